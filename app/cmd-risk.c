/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "app/case-json.h"
#include "app/cli.h"
#include "app/commands.h"
#include "app/risk-json.h"
#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/json.h"
#include "core/case/case.h"
#include "core/report/risk-text.h"

#define NOT_GIVEN G_MININT
#define LABEL_COLUMNS 56 // as wide as the longest label

static int option_age = NOT_GIVEN, option_aneurysm = 1;
static char **option_forget;
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
  { "earlier-sah", 0, 0, G_OPTION_ARG_NONE, &earlier_sah, N_ ("Earlier subarachnoid haemorrhage from another aneurysm"),
    NULL },
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
  { "thromboembolism", 0, 0, G_OPTION_ARG_NONE, &flags.thromboembolism, N_ ("Thrombo-embolic events from the aneurysm"),
    NULL },
  { "epilepsy", 0, 0, G_OPTION_ARG_NONE, &flags.epilepsy, N_ ("Epilepsy"), NULL },
  { "fear", 0, 0, G_OPTION_ARG_NONE, &flags.fear, N_ ("Reduced quality of life by fear of rupture"), NULL },
  { "growth", 0, 0, G_OPTION_ARG_NONE, &flags.growth, N_ ("Growth seen on imaging"), NULL },
  { "de-novo", 0, 0, G_OPTION_ARG_NONE, &flags.de_novo, N_ ("New aneurysm on imaging"), NULL },
  { "steno-occlusive", 0, 0, G_OPTION_ARG_NONE, &flags.steno_occlusive, N_ ("Contralateral steno-occlusive disease"),
    NULL },
  { "neurocognitive", 0, 0, G_OPTION_ARG_NONE, &flags.neurocognitive, N_ ("Neurocognitive disorder"), NULL },
  { "coagulopathy", 0, 0, G_OPTION_ARG_NONE, &flags.coagulopathy, N_ ("Coagulopathy or thrombophilia"), NULL },
  { "psychiatric", 0, 0, G_OPTION_ARG_NONE, &flags.psychiatric, N_ ("Psychiatric disorder"), NULL },
  { "complex", 0, 0, G_OPTION_ARG_NONE, &flags.complex_treatment, N_ ("Complex to treat"), NULL },
  { "life-expectancy", 0, 0, G_OPTION_ARG_STRING, &option_life,
    N_ ("Limited by disease to: under-5, 5-10, over-10 years"), "YEARS" },
  { "keep", 0, 0, G_OPTION_ARG_NONE, &option_keep, N_ ("Keep these answers in the case"), NULL },
  { "forget", 0, 0, G_OPTION_ARG_STRING_ARRAY, &option_forget,
    N_ ("Leave out an answer that is kept in the case, such as --forget smoker; with --keep it is withdrawn there. "
        "Repeatable"),
    "NAME" },
  { NULL },
};

/* What is answered by one option or the other. */
static const struct
{
  const gboolean *yes, *no;
  const char *yes_name, *no_name, *key;
} pairs[] = {
  { &hypertension, &no_hypertension, "hypertension", "no-hypertension", "hypertension" },
  { &earlier_sah, &no_earlier_sah, "earlier-sah", "no-earlier-sah", "earlier_sah" },
  { &irregular, &regular, "irregular", "regular", "irregular" },
  { &multiple, &single, "multiple", "single", "multiple" },
};

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
answers_from_pairs (WillisRiskInputs *in, GError **error)
{
  for (gsize n = 0; n < G_N_ELEMENTS (pairs); n++)
    {
      if (*pairs[n].yes && *pairs[n].no)
        return willis_fail (error, WILLIS_ERROR_USAGE, _ ("--%s and --%s contradict each other"), pairs[n].yes_name,
                            pairs[n].no_name);
      if (*pairs[n].yes || *pairs[n].no)
        willis_risk_set_answer (in, willis_risk_question_find (pairs[n].key),
                                *pairs[n].yes ? WILLIS_ANSWER_YES : WILLIS_ANSWER_NO);
    }
  return TRUE;
}

static gboolean
choices_from_options (WillisRiskInputs *in, GError **error)
{
  if (option_sex != NULL && g_ascii_strcasecmp (option_sex, "M") != 0 && g_ascii_strcasecmp (option_sex, "F") != 0)
    return willis_fail (error, WILLIS_ERROR_USAGE, _ ("--sex must be M or F"));
  in->sex = option_sex != NULL ? g_ascii_toupper (option_sex[0]) : in->sex;
  in->population = option_population != NULL ? willis_population_find (option_population) : in->population;
  if (option_population != NULL && in->population == WILLIS_POPULATION_UNKNOWN)
    return willis_fail (error, WILLIS_ERROR_USAGE, _ ("--population \"%s\" is not known"), option_population);
  in->site = option_site != NULL ? willis_site_find (option_site) : in->site;
  if (option_site != NULL && in->site == WILLIS_SITE_UNKNOWN)
    return willis_fail (error, WILLIS_ERROR_USAGE, _ ("--site \"%s\" is not known"), option_site);
  in->life = option_life != NULL ? willis_life_find (option_life) : in->life;
  if (option_life != NULL && in->life == WILLIS_LIFE_NOT_LIMITED)
    return willis_fail (error, WILLIS_ERROR_USAGE, _ ("--life-expectancy must be under-5, 5-10 or over-10"));
  return TRUE;
}

static gboolean
inputs_from_options (WillisRiskInputs *in, GError **error)
{
  if (option_age != NOT_GIVEN)
    {
      if (option_age < 0 || option_age > 130)
        return willis_fail (error, WILLIS_ERROR_USAGE, _ ("an age of %d years is not possible"), option_age);
      in->age = option_age;
      in->age_from_header = FALSE;
    }
  if (option_size != NULL && !willis_cli_numbers (option_size, 1, &in->size_mm, error))
    return FALSE;
  if (option_size != NULL && !(in->size_mm > 0.0 && in->size_mm < 100.0))
    return willis_fail (error, WILLIS_ERROR_USAGE, _ ("--size must be between 0 and 100 mm"));
  return choices_from_options (in, error) && answers_from_pairs (in, error);
}

/* The question that an option answers; NULL where there is none. */
static const WillisRiskQuestion *
question_of_option (const char *name)
{
  static const char *const other[][2]
      = { { "complex", "complex_treatment" },  { "life-expectancy", "life" }, { "no-hypertension", "hypertension" },
          { "no-earlier-sah", "earlier_sah" }, { "regular", "irregular" },    { "single", "multiple" } };

  for (gsize n = 0; n < G_N_ELEMENTS (other); n++)
    if (g_str_equal (other[n][0], name))
      return willis_risk_question_find (other[n][1]);
  return willis_risk_question_find (name);
}

/* Answers that the case keeps and that are not to count; the case in memory only, until it is saved. */
static gboolean
forget_answers (WillisCase *c, GError **error)
{
  WillisRiskInputs in = willis_case_risk_answers (c, (gsize) option_aneurysm - 1);

  for (gsize n = 0; option_forget != NULL && option_forget[n] != NULL; n++)
    {
      const WillisRiskQuestion *question = question_of_option (option_forget[n]);

      if (question == NULL)
        return willis_fail (error, WILLIS_ERROR_USAGE, _ ("--forget \"%s\": there is no such answer"),
                            option_forget[n]);
      willis_risk_set_answer (&in, question, willis_risk_no_answer (question));
    }
  if (option_forget != NULL)
    willis_case_set_risk_answers (c, (gsize) option_aneurysm - 1, &in);
  return TRUE;
}

/* A row: what, its points, what they are for and who said so. */
static void
print_item (const WillisRiskItem *item)
{
  g_autofree char *label = willis_cli_pad (_ (item->label), LABEL_COLUMNS);
  g_autofree char *value = willis_risk_value_text (&item->value, NULL, NULL);
  g_autofree char *points = g_strdup_printf (item->points != 0.0 ? "%+.0f" : "%.0f", willis_risk_item_points (item));
  g_autofree char *unsure
      = item->unsure ? g_strdup_printf (" (%s)", _ (willis_risk_unsure_text (item))) : g_strdup ("");

  willis_cli_print ("  %s%3s   %s%s(%s)%s\n", label, item->known ? points : "?", item->known ? value : "",
                    item->known && *value != '\0' ? " " : "", _ (willis_risk_item_origin_text (item)), unsure);
}

static void
print_score (const WillisRiskScore *s)
{
  willis_cli_print ("%s  (%s)\n", s->name, s->source);
  for (guint n = 0; n < s->items->len; n++)
    print_item (&g_array_index (s->items, WillisRiskItem, n));
  if (!s->complete)
    willis_cli_print ("  %s\n", _ ("No score: inputs marked ? are missing."));
  else if (s->verdict != NULL)
    willis_cli_print (_ ("  repair %.0f, observation %.0f: %s\n"), s->repair, s->observe, _ (s->verdict));
  else if (isfinite (s->percent_5y))
    willis_cli_print (_ ("  score %.0f: growth %.1f %% in 3 years, %.1f %% in 5 years\n"), s->score, s->percent, s->percent_5y);
  else
    willis_cli_print (_ ("  score %.0f: rupture %.1f %% in 5 years (95 %% interval %.1f to %.1f)\n"), s->score, s->percent,
                      s->percent_low, s->percent_high);
  for (guint n = 0; n < s->others->len; n++)
    {
      g_autofree char *other = willis_risk_other_text (s, &g_array_index (s->others, WillisRiskOther, n), NULL, NULL);

      willis_cli_print ("  %s\n", other);
    }
  willis_cli_print (_ ("  derived on %s\n"), _ (s->derived_on));
  for (guint n = 0; n < s->notes->len; n++)
    willis_cli_print ("  %s\n", _ ((const char *) s->notes->pdata[n]));
}

/* What is asked and what the case keeps, from the command line and the file; FALSE with the error set. */
static gboolean
read_inputs (WillisCase *c, const char *path, WillisRiskInputs *in, GError **error)
{
  if (!check_aneurysm (c, error) || !forget_answers (c, error))
    return FALSE;
  *in = willis_case_risk_answers (c, (gsize) option_aneurysm - 1);
  add_flags (in);
  return inputs_from_options (in, error) && (!option_keep || keep_answers (c, in, path, error));
}

int
willis_cmd_risk (int argc, char **argv)
{
  g_autoptr (WillisCase) c = NULL;
  g_autoptr (JsonBuilder) b = json_builder_new ();
  WillisRiskScore *(*const make[]) (const WillisRiskInputs *)
      = { willis_risk_phases, willis_risk_elapss, willis_risk_uiats };
  WillisAneurysm *aneurysm;
  const char *doubt;
  GError *error = NULL;
  WillisRiskInputs in;
  WillisSiteFound found;

  willis_risk_inputs_init (&flags);
  if (!willis_cli_parse (&argc, &argv, "CASE", N_ ("Scores PHASES, ELAPSS and UIATS, with every item shown."), entries, 1, 1))
    return WILLIS_EXIT_USAGE;
  c = willis_case_load (argv[1], willis_cli_progress (), &error);
  if (c == NULL || !read_inputs (c, argv[1], &in, &error))
    return willis_cli_fail (error);
  aneurysm = willis_case_aneurysm (c, (gsize) option_aneurysm - 1);
  found = willis_site_of_aneurysm (willis_case_tree (c), aneurysm);
  willis_case_risk_add_picture (c, (gsize) option_aneurysm - 1, &in);
  json_builder_begin_object (b);
  willis_cli_say_doubts (b, c);
  willis_cli_print (_ ("site: %s (%s)\n"), _ (willis_site_text (in.site)),
                    in.site_from_picture ? _ ("from the picture") : _ ("asked"));
  if (in.site_from_picture && found.doubt != NULL)
    willis_cli_print ("%s\n", _ (found.doubt));
  doubt = willis_case_sac_doubt (c, aneurysm);
  if (doubt != NULL)
    willis_cli_print (_ ("note: %s\n"), _ (doubt));
  willis_cli_warn_stale (c, (gsize) option_aneurysm - 1, argv[1]);
  for (gsize n = 0; n < G_N_ELEMENTS (make); n++)
    {
      g_autoptr (WillisRiskScore) score = make[n](&in);

      print_score (score);
    }
  willis_cli_add_aneurysm_state (b, c, (gsize) option_aneurysm - 1);
  willis_json_add_string (b, "doubt", doubt != NULL ? _ (doubt) : NULL);
  willis_cli_add_risk (b, &in, &found);
  json_builder_end_object (b);
  return willis_cli_done (b);
}
