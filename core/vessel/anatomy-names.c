/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The vocabulary: names as they stand in files, and as people read them.
 */
#include <string.h>

#include "core/base/i18n.h"
#include "core/vessel/anatomy.h"

static const struct
{
  const char *stem; // as in files, without the side
  WillisArtery artery;
  const char *text; // for people
} vocabulary[] = {
  { "ICA C1", WILLIS_ARTERY_ICA, N_ ("ICA C1 (cervical)") },
  { "ICA C2", WILLIS_ARTERY_ICA, N_ ("ICA C2 (petrous)") },
  { "ICA C3", WILLIS_ARTERY_ICA, N_ ("ICA C3 (lacerum)") },
  { "ICA C4", WILLIS_ARTERY_ICA, N_ ("ICA C4 (cavernous)") },
  { "ICA C5", WILLIS_ARTERY_ICA, N_ ("ICA C5 (clinoid)") },
  { "ICA C6", WILLIS_ARTERY_ICA, N_ ("ICA C6 (ophthalmic)") },
  { "ICA C7", WILLIS_ARTERY_ICA, N_ ("ICA C7 (communicating)") },
  { "ICA", WILLIS_ARTERY_ICA, N_ ("ICA") },
  { "MCA M1", WILLIS_ARTERY_MCA_M1, N_ ("MCA M1") },
  { "MCA M2 superior", WILLIS_ARTERY_MCA_M2, N_ ("MCA M2 superior") },
  { "MCA M2 inferior", WILLIS_ARTERY_MCA_M2, N_ ("MCA M2 inferior") },
  { "MCA M2", WILLIS_ARTERY_MCA_M2, N_ ("MCA M2") },
  { "MCA", WILLIS_ARTERY_MCA_M1, N_ ("MCA") },
  { "ACA A1", WILLIS_ARTERY_ACA_A1, N_ ("ACA A1") },
  { "ACA A2", WILLIS_ARTERY_ACA_A2, N_ ("ACA A2") },
  { "ACA", WILLIS_ARTERY_ACA_A2, N_ ("ACA") },
  { "ACom", WILLIS_ARTERY_ACOM, N_ ("ACom") },
  { "PCom", WILLIS_ARTERY_PCOM, N_ ("PCom") },
  { "Basilar tip", WILLIS_ARTERY_BASILAR, N_ ("Basilar tip") },
  { "Basilar", WILLIS_ARTERY_BASILAR, N_ ("Basilar") },
  { "VA", WILLIS_ARTERY_VERTEBRAL, N_ ("VA") },
  { "PCA P1", WILLIS_ARTERY_PCA_P1, N_ ("PCA P1") },
  { "PCA P2", WILLIS_ARTERY_PCA_P2, N_ ("PCA P2") },
  { "PCA", WILLIS_ARTERY_PCA_P2, N_ ("PCA") },
  { "SCA", WILLIS_ARTERY_SCA, N_ ("SCA") },
  { "AICA", WILLIS_ARTERY_AICA, N_ ("AICA") },
  { "PICA", WILLIS_ARTERY_PICA, N_ ("PICA") },
  { "Ophthalmic", WILLIS_ARTERY_OPHTHALMIC, N_ ("Ophthalmic artery") },
  { "Anterior choroidal", WILLIS_ARTERY_CHOROIDAL, N_ ("Anterior choroidal artery") },
};

/* The row whose stem name begins with, followed by a side or nothing; -1 where it is no artery's. */
static int
find_row (const char *name, int *side)
{
  for (guint n = 0; name != NULL && n < G_N_ELEMENTS (vocabulary); n++)
    {
      const char *rest;

      if (!g_str_has_prefix (name, vocabulary[n].stem))
        continue;
      rest = name + strlen (vocabulary[n].stem);
      if (*rest != '\0' && strcmp (rest, " left") != 0 && strcmp (rest, " right") != 0)
        continue;
      *side = *rest == '\0' ? 0 : rest[1] == 'l' ? 1 : -1;
      return (int) n;
    }
  return -1;
}

WillisArtery
willis_artery_of_name (const char *name, int *side)
{
  int s = 0, row = find_row (name, &s);

  if (side != NULL)
    *side = row >= 0 ? s : 0;
  return row >= 0 ? vocabulary[row].artery : WILLIS_ARTERY_NONE;
}

char *
willis_artery_text_with (const char *name, WillisTextFunc translate, gconstpointer data)
{
  int side, row = find_row (name, &side);

  if (name == NULL || *name == '\0' || strcmp (name, WILLIS_NAME_UNSURE) == 0)
    return g_strdup (translate (data, N_ ("not sure")));
  if (row < 0)
    return g_strdup (name);
  if (side == 0)
    return g_strdup (translate (data, vocabulary[row].text));
  // Translators: %s is an artery
  return g_strdup_printf (translate (data, side > 0 ? N_ ("%s, left") : N_ ("%s, right")),
                          translate (data, vocabulary[row].text));
}

static const char *
in_own_language (gconstpointer data, const char *text)
{
  return _ (text);
}

char *
willis_artery_text (const char *name)
{
  return willis_artery_text_with (name, in_own_language, NULL);
}

const char *const *
willis_artery_names (void)
{
  static const char *const names[]
      = { "ICA left",        "ICA right",        "MCA M1 left",     "MCA M1 right",     "MCA M2 superior left",
          "MCA M2 superior right", "MCA M2 inferior left", "MCA M2 inferior right", "MCA M2 left", "MCA M2 right",
          "ACA A1 left",     "ACA A1 right",     "ACA A2 left",     "ACA A2 right",     "ACom",
          "PCom left",       "PCom right",       "Basilar",         "VA left",          "VA right",
          "PCA P1 left",     "PCA P1 right",     "PCA P2 left",     "PCA P2 right",     "SCA left",
          "SCA right",       "AICA left",        "AICA right",      "PICA left",        "PICA right",
          "Ophthalmic left", "Ophthalmic right", "Anterior choroidal left", "Anterior choroidal right", NULL };

  return names;
}
