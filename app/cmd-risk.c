/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "app/cli.h"
#include "app/commands.h"
#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/json.h"
#include "core/case/case.h"
#include "core/vessel/risk.h"

static int option_age = -1, option_aneurysm = 1;
static char *option_sex, *option_population, *option_site, *option_life, *option_size;
static gboolean option_keep, hypertension, no_hypertension, earlier_sah, no_earlier_sah, irregular, regular, multiple, single;
static WillisRiskInputs flags;

static const GOptionEntry entries[] = {
  { "aneurysm", 'n', 0, G_OPTION_ARG_INT, &option_aneurysm, N_ ("Number of the aneurysm, from 1"), "N" },
  { "age", 0, 0, G_OPTION_ARG_INT, &option_age, N_ ("Age in years"), "YEARS" },
  { "sex", 0, 0, G_OPTION_ARG_STRING, &option_sex, N_ ("M or F"), "SEX" },
  { "population", 0, 0, G_OPTION_ARG_STRING, &option_population,
    N_ ("north-america-europe, japan, finland, china or other"), "NAME" },
  { "site", 0, 0, G_OPTION_ARG_STRING, &option_site,
    N_ ("ica, mca, aca, acom, pcom, basilar-tip or posterior; otherwise from the arteries at the neck"), "NAME" },
  { "size", 0, 0, G_OPTION_ARG_STRING, &option_size, N_ ("Size in millimetres instead of the measured one"), "MM" },
  { "hypertension", 0, 0, G_OPTION_ARG_NONE, &hypertension, N_ ("Hypertension"), NULL },
  { "no-hypertension", 0, 0, G_OPTION_ARG_NONE, &no_hypertension, N_ ("No hypertension"), NULL },
  { "earlier-sah", 0, 0, G_OPTION_ARG_NONE, &earlier_sah, N_ ("Earlier subarachnoid haemorrhage from another aneurysm"), NULL },
  { "no-earlier-sah", 0, 0, G_OPTION_ARG_NONE, &no_earlier_sah, N_ ("No earlier subarachnoid haemorrhage"), NULL },
  { "irregular", 0, 0, G_OPTION_ARG_NONE, &irregular, N_ ("Irregular shape"), NULL },
  { "regular", 0, 0, G_OPTION_ARG_NONE, &regular, N_ ("Regular shape"), NULL },
  { "multiple", 0, 0, G_OPTION_ARG_NONE, &multiple, N_ ("Several aneurysms"), NULL },
  { "single", 0, 0, G_OPTION_ARG_NONE, &single, N_ ("Only one aneurysm"), NULL },
  { "inuit", 0, 0, G_OPTION_ARG_NONE, &flags.inuit, N_ ("Inuit"), NULL },
  { "familial", 0, 0, G_OPTION_ARG_NONE, &flags.familial, N_ ("Aneurysm or haemorrhage in the family"), NULL },
  { "smoker", 0, 0, G_OPTION_ARG_NONE, &flags.smoker, N_ ("Current smoking"), NULL },
  { "adpkd", 0, 0, G_OPTION_ARG_NONE, &flags.adpkd, N_ ("Autosomal dominant polycystic kidney disease"), NULL },
  { "drugs", 0, 0, G_OPTION_ARG_NONE, &flags.drugs, N_ ("Drug abuse (cocaine, amphetamine)"), NULL },
  { "alcohol", 0, 0, G_OPTION_ARG_NONE, &flags.alcohol, N_ ("Alcohol abuse"), NULL },
  { "nerve-deficit", 0, 0, G_OPTION_ARG_NONE, &flags.nerve_deficit, N_ ("Cranial nerve deficit"), NULL },
  { "mass-effect", 0, 0, G_OPTION_ARG_NONE, &flags.mass_effect, N_ ("Mass effect"), NULL },
  { "thromboembolism", 0, 0, G_OPTION_ARG_NONE, &flags.thromboembolism, N_ ("Thrombo-embolic events from the aneurysm"), NULL },
  { "epilepsy", 0, 0, G_OPTION_ARG_NONE, &flags.epilepsy, N_ ("Epilepsy"), NULL },
  { "fear", 0, 0, G_OPTION_ARG_NONE, &flags.fear, N_ ("Reduced quality of life by fear of rupture"), NULL },
  { "growth", 0, 0, G_OPTION_ARG_NONE, &flags.growth, N_ ("Growth seen on imaging"), NULL },
  { "de-novo", 0, 0, G_OPTION_ARG_NONE, &flags.de_novo, N_ ("New aneurysm on imaging"), NULL },
  { "steno-occlusive", 0, 0, G_OPTION_ARG_NONE, &flags.steno_occlusive, N_ ("Contralateral steno-occlusive disease"), NULL },
  { "neurocognitive", 0, 0, G_OPTION_ARG_NONE, &flags.neurocognitive, N_ ("Neurocognitive disorder"), NULL },
  { "coagulopathy", 0, 0, G_OPTION_ARG_NONE, &flags.coagulopathy, N_ ("Coagulopathy or thrombophilia"), NULL },
  { "psychiatric", 0, 0, G_OPTION_ARG_NONE, &flags.psychiatric, N_ ("Psychiatric disorder"), NULL },
  { "complex", 0, 0, G_OPTION_ARG_NONE, &flags.complex_treatment, N_ ("Complex to treat"), NULL },
  { "life-expectancy", 0, 0, G_OPTION_ARG_STRING, &option_life,
    N_ ("Limited by disease to: under-5, 5-10, over-10 years"), "YEARS" },
  { "keep", 0, 0, G_OPTION_ARG_NONE, &option_keep, N_ ("Keep these answers in the case"), NULL },
  { NULL },
};

static WillisAnswer
answer (gboolean yes, gboolean no)
{
  return yes ? WILLIS_ANSWER_YES : no ? WILLIS_ANSWER_NO : WILLIS_ANSWER_UNKNOWN;
}

static gboolean
check_aneurysm (const WillisCase *c, GError **error)
{
  return (option_aneurysm >= 1 && (gsize) option_aneurysm <= willis_case_n_aneurysms (c))
         || willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("the case has no aneurysm number %d; measure it first"),
                         option_aneurysm);
}

/* Flags of the command line add to what the case holds. */
static void
add_flags (WillisRiskInputs *in)
{
  gsize n;
  const WillisRiskQuestion *questions = willis_risk_questions (&n);

  for (gsize i = 0; i < n; i++)
    if (questions[i].kind == WILLIS_QUESTION_FLAG && willis_risk_answer (&flags, questions + i))
      willis_risk_set_answer (in, questions + i, TRUE);
}

static gboolean
keep_answers (WillisCase *c, const WillisRiskInputs *in, const char *path, GError **error)
{
  willis_case_set_risk_answers (c, (gsize) option_aneurysm - 1, in);
  return willis_case_save (c, path, NULL, error);
}

static gboolean
inputs_from_options (WillisRiskInputs *in, GError **error)
{
  if (option_age >= 0)
    in->age = option_age;
  if (in->age > 130)
    return willis_fail (error, WILLIS_ERROR_USAGE, _ ("an age of %d years is not possible"), in->age);
  if (option_sex != NULL && g_ascii_strcasecmp (option_sex, "M") != 0 && g_ascii_strcasecmp (option_sex, "F") != 0)
    return willis_fail (error, WILLIS_ERROR_USAGE, _ ("--sex must be M or F"));
  in->sex = option_sex != NULL ? g_ascii_toupper (option_sex[0]) : in->sex;
  in->population = option_population != NULL ? willis_population_find (option_population) : in->population;
  if (option_population != NULL && in->population == WILLIS_POPULATION_UNKNOWN)
    return willis_fail (error, WILLIS_ERROR_USAGE, _ ("--population \"%s\" is not known"), option_population);
  in->site = option_site != NULL ? willis_site_find (option_site) : in->site;
  if (option_site != NULL && in->site == WILLIS_SITE_UNKNOWN)
    return willis_fail (error, WILLIS_ERROR_USAGE, _ ("--site \"%s\" is not known"), option_site);
  if (option_size != NULL && !willis_cli_numbers (option_size, 1, &in->size_mm, error))
    return FALSE;
  if (option_size != NULL && !(in->size_mm > 0.0 && in->size_mm < 100.0))
    return willis_fail (error, WILLIS_ERROR_USAGE, _ ("--size must be between 0 and 100 mm"));
  if (hypertension || no_hypertension)
    in->hypertension = answer (hypertension, no_hypertension);
  if (earlier_sah || no_earlier_sah)
    in->earlier_sah = answer (earlier_sah, no_earlier_sah);
  if (irregular || regular)
    in->irregular = answer (irregular, regular);
  if (multiple || single)
    in->multiple = answer (multiple, single);
  if (option_life == NULL)
    return TRUE;
  in->life = g_str_equal (option_life, "under-5")   ? WILLIS_LIFE_UNDER_5_Y
             : g_str_equal (option_life, "5-10")    ? WILLIS_LIFE_5_TO_10_Y
             : g_str_equal (option_life, "over-10") ? WILLIS_LIFE_OVER_10_Y
                                                    : WILLIS_LIFE_NOT_LIMITED;
  if (in->life == WILLIS_LIFE_NOT_LIMITED)
    return willis_fail (error, WILLIS_ERROR_USAGE, _ ("--life-expectancy must be under-5, 5-10 or over-10"));
  return TRUE;
}

static void
add_items (JsonBuilder *b, const WillisRiskScore *s)
{
  json_builder_set_member_name (b, "inputs");
  json_builder_begin_array (b);
  for (guint n = 0; n < s->items->len; n++)
    {
      const WillisRiskItem *item = &g_array_index (s->items, WillisRiskItem, n);

      json_builder_begin_object (b);
      willis_json_add_string (b, "key", item->key);
      willis_json_add_bool (b, "known", item->known);
      willis_json_add_double (b, "points", item->known ? item->points : NAN);
      willis_json_add_string (b, "from", willis_risk_item_origin (item));
      willis_json_add_bool (b, "unsure", item->unsure);
      if (item->side != 0)
        willis_json_add_string (b, "side", item->side > 0 ? "repair" : "observation");
      json_builder_end_object (b);
    }
  json_builder_end_array (b);
  json_builder_set_member_name (b, "notes");
  json_builder_begin_array (b);
  for (guint n = 0; n < s->notes->len; n++)
    json_builder_add_string_value (b, s->notes->pdata[n]);
  json_builder_end_array (b);
}

static void
add_score (JsonBuilder *b, const char *key, const WillisRiskScore *s)
{
  json_builder_set_member_name (b, key);
  json_builder_begin_object (b);
  willis_json_add_double (b, "score", s->score);
  willis_json_add_bool (b, "complete", s->complete);
  willis_json_add_double (b, "percent", s->percent);
  if (g_str_equal (key, "phases"))
    willis_json_add_doubles (b, "percent_ci95", (const double[]){ s->percent_low, s->percent_high }, 2);
  if (g_str_equal (key, "elapss"))
    willis_json_add_double (b, "percent_5y", s->percent_5y);
  if (g_str_equal (key, "uiats"))
    {
      willis_json_add_double (b, "repair", s->repair);
      willis_json_add_double (b, "observation", s->observe);
      willis_json_add_string (b, "verdict", s->verdict);
    }
  willis_json_add_string (b, "source", s->source);
  willis_json_add_string (b, "derived_on", s->derived_on);
  add_items (b, s);
  json_builder_end_object (b);
}

static void
print_score (const WillisRiskScore *s)
{
  willis_cli_print ("%s  (%s)\n", s->name, s->source);
  for (guint n = 0; n < s->items->len; n++)
    {
      const WillisRiskItem *item = &g_array_index (s->items, WillisRiskItem, n);

      if (!item->known)
        willis_cli_print ("  %-58s ?\n", _ (item->label));
      else if (item->points != 0.0 || s->verdict == NULL)
        willis_cli_print ("  %-58s %+.0f%s\n", _ (item->label), item->side < 0 ? -item->points : item->points,
                          item->unsure ? _ (" (sources disagree)") : "");
    }
  if (!s->complete)
    willis_cli_print ("  %s\n", _ ("No score: inputs marked ? are missing."));
  else if (s->verdict != NULL)
    willis_cli_print (_ ("  repair %.0f, observation %.0f: %s\n"), s->repair, s->observe, _ (s->verdict));
  else if (isfinite (s->percent_5y))
    willis_cli_print (_ ("  score %.0f: growth %.1f %% in 3 years, %.1f %% in 5 years\n"), s->score, s->percent, s->percent_5y);
  else
    willis_cli_print (_ ("  score %.0f: rupture %.1f %% in 5 years (95 %% interval %.1f to %.1f)\n"), s->score, s->percent,
                      s->percent_low, s->percent_high);
  willis_cli_print (_ ("  derived on %s\n"), _ (s->derived_on));
  for (guint n = 0; n < s->notes->len; n++)
    willis_cli_print ("  %s\n", _ ((const char *) s->notes->pdata[n]));
}

int
willis_cmd_risk (int argc, char **argv)
{
  g_autoptr (WillisCase) c = NULL;
  g_autoptr (JsonBuilder) b = json_builder_new ();
  g_autoptr (WillisRiskScore) phases = NULL;
  g_autoptr (WillisRiskScore) elapss = NULL;
  g_autoptr (WillisRiskScore) uiats = NULL;
  GError *error = NULL;
  WillisRiskInputs in;
  WillisSiteFound found;
  gboolean in_picture;

  willis_risk_inputs_init (&flags);
  if (!willis_cli_parse (&argc, &argv, "CASE", N_ ("Scores PHASES, ELAPSS and UIATS, with every item shown."), entries, 1, 1))
    return WILLIS_EXIT_USAGE;
  c = willis_case_load (argv[1], willis_cli_progress (), &error);
  if (c == NULL)
    return willis_cli_fail (error);
  if (!check_aneurysm (c, &error))
    return willis_cli_fail (error);
  in = willis_case_risk_answers (c, (gsize) option_aneurysm - 1);
  add_flags (&in);
  if (!inputs_from_options (&in, &error) || (option_keep && !keep_answers (c, &in, argv[1], &error)))
    return willis_cli_fail (error);
  {
    double size = in.size_mm;

    found = willis_site_of_aneurysm (willis_case_tree (c), willis_case_aneurysm (c, (gsize) option_aneurysm - 1));
    in_picture = in.site == WILLIS_SITE_UNKNOWN;
    willis_risk_inputs_from_picture (&in, willis_case_tree (c), willis_case_aneurysm (c, (gsize) option_aneurysm - 1),
                                     willis_case_n_aneurysms (c));
    in.size_from_picture = !isfinite (size);
    in.size_mm = isfinite (size) ? size : in.size_mm;
  }
  phases = willis_risk_phases (&in);
  elapss = willis_risk_elapss (&in);
  uiats = willis_risk_uiats (&in);
  willis_cli_print (_ ("site: %s (%s)\n"), _ (willis_site_text (in.site)), in_picture ? _ ("from the picture") : _ ("asked"));
  if (in_picture && found.doubt != NULL)
    willis_cli_print ("%s\n", _ (found.doubt));
  print_score (phases);
  print_score (elapss);
  print_score (uiats);
  json_builder_begin_object (b);
  willis_json_add_string (b, "site", willis_site_name (in.site));
  willis_json_add_string (b, "site_from", in_picture ? "picture" : "asked");
  willis_json_add_string (b, "site_doubt", in_picture ? found.doubt : NULL);
  json_builder_set_member_name (b, "scores");
  json_builder_begin_object (b);
  add_score (b, "phases", phases);
  add_score (b, "elapss", elapss);
  add_score (b, "uiats", uiats);
  json_builder_end_object (b);
  json_builder_end_object (b);
  return willis_cli_done (b);
}
