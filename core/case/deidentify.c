/* SPDX-License-Identifier: Apache-2.0 */
/* A case without what says whose it is. */
#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/case/case-private.h"
#include "core/case/compare.h"

#define OLDEST 90 // years; who is older is known by it
#define LONGEST_PSEUDONYM 64

gboolean
willis_study_names (const WillisStudy *study, const char *text)
{
  const char *const identities[] = { study->patient_name, study->patient_id, study->patient_birth_date };
  g_autofree char *folded = text != NULL ? g_utf8_casefold (text, -1) : NULL;

  for (gsize n = 0; n < G_N_ELEMENTS (identities) && folded != NULL; n++)
    {
      g_auto (GStrv) parts = identities[n] != NULL ? g_strsplit_set (identities[n], "^= ,", -1) : NULL;

      for (char **part = parts; part != NULL && *part != NULL; part++)
        {
          g_autofree char *small = g_utf8_casefold (*part, -1);

          // two letters of a Chinese name say as much as a Latin surname; two Latin letters say nothing
          if (strlen (small) >= 3 && strstr (folded, small) != NULL)
            return TRUE;
        }
    }
  return FALSE;
}

/* The year of a date: its first four digits; taken. */
static char *
year_of (char *date)
{
  gsize digits = date != NULL ? strspn (date, "0123456789") : 0;
  char *year = digits >= 4 ? g_strndup (date, 4) : NULL;

  g_free (date);
  return year;
}

static void
strip_provenance (WillisProvenance *provenance)
{
  provenance->time = year_of (provenance->time);
}

static void
strip_study (WillisStudy *study, const char *pseudonym)
{
  g_autoptr (GPtrArray) warnings = g_ptr_array_new ();
  g_auto (GStrv) before = g_steal_pointer (&study->warnings);

  for (char **text = before; text != NULL && *text != NULL; text++)
    if (!willis_study_names (study, *text))
      g_ptr_array_add (warnings, g_strdup (*text));
  if (warnings->len > 0)
    {
      g_ptr_array_add (warnings, NULL);
      study->warnings = (char **) g_ptr_array_free (g_steal_pointer (&warnings), FALSE);
    }
  for (const WillisStudyField *f = willis_study_fields; f->name != NULL; f++)
    if (f->identity)
      g_clear_pointer (willis_study_field (study, f), g_free);
  g_clear_pointer (&study->description, g_free); // typed by hand at the scanner
  study->study_date = year_of (study->study_date);
  study->patient_age = MIN (study->patient_age, OLDEST);
  g_free (study->pseudonym);
  study->pseudonym = g_strdup (pseudonym);
}

static void
strip_comparisons (WillisCase *c)
{
  for (guint n = 0; n < c->comparisons->len; n++)
    {
      const WillisComparison *from = c->comparisons->pdata[n];
      WillisComparison *to = willis_comparison_new (willis_growth_ref (from->growth));

      g_array_set_size (to->remarks, 0);
      g_array_append_vals (to->remarks, from->remarks->data, from->remarks->len);
      to->years = from->years;
      memcpy (to->aneurysm, from->aneurysm, sizeof to->aneurysm);
      to->by_hand = from->by_hand;
      to->earlier_date = year_of (g_strdup (from->earlier_date));
      to->earlier = g_strdup (from->earlier);
      willis_provenance_copy (&to->provenance, &from->provenance);
      strip_provenance (&to->provenance);
      willis_comparison_unref (g_steal_pointer (&c->comparisons->pdata[n]));
      c->comparisons->pdata[n] = to;
    }
}

/* Names that a person gave to branches, where they name the patient. */
static void
strip_branches (WillisCase *c, const WillisStudy *identity)
{
  for (gsize n = 0; c->tree != NULL && n < willis_tree_n_branches (c->tree); n++)
    if (willis_tree_branch (c->tree, n)->by_hand
        && willis_study_names (identity, willis_tree_branch (c->tree, n)->name))
      willis_case_rename_branch (c, n, NULL, NULL);
}

WillisCase *
willis_case_deidentified (const WillisCase *c, const char *pseudonym, GError **error)
{
  g_autoptr (WillisCase) out = NULL;
  g_autofree char *made = NULL;
  const WillisStudy *study = &c->study;

  if (pseudonym != NULL
      && (*pseudonym == '\0' || !g_utf8_validate (pseudonym, -1, NULL) || strlen (pseudonym) > LONGEST_PSEUDONYM))
    {
      willis_fail (error, WILLIS_ERROR_USAGE, _ ("a pseudonym is a text of at most %d letters"), LONGEST_PSEUDONYM);
      return NULL;
    }
  if (willis_study_names (study, pseudonym))
    {
      willis_fail (error, WILLIS_ERROR_USAGE,
                   _ ("the pseudonym holds part of the patient's name, number or birth date"));
      return NULL;
    }
  if (pseudonym == NULL && (study->pseudonym == NULL || *study->pseudonym == '\0'))
    pseudonym = made = willis_study_make_pseudonym (study, willis_case_digest (c, WILLIS_STAGE_SCAN));
  out = willis_case_copy (c);
  strip_branches (out, study);
  strip_study (&out->study, pseudonym != NULL ? pseudonym : study->pseudonym);
  strip_comparisons (out);
  for (int stage = 0; stage < WILLIS_N_STAGES; stage++)
    strip_provenance (&out->provenance[stage]);
  for (guint n = 0; n < out->aneurysms->len; n++)
    strip_provenance (&((WillisCaseAneurysm *) out->aneurysms->pdata[n])->provenance);
  out->risk.age = MIN (out->risk.age, OLDEST);
  return g_steal_pointer (&out);
}
