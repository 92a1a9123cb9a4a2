/* SPDX-License-Identifier: Apache-2.0 */
#include "core/vessel/risk.h"

#include <math.h>
#include <string.h>

#include "core/base/i18n.h"

void
willis_risk_inputs_init (WillisRiskInputs *inputs)
{
  memset (inputs, 0, sizeof *inputs);
  inputs->age = -1;
  inputs->size_mm = inputs->aspect_ratio = inputs->size_ratio = NAN;
}

static WillisRiskScore *
score_new (const char *name, const char *source, const char *derived_on)
{
  WillisRiskScore *score = g_new0 (WillisRiskScore, 1);

  score->name = name;
  score->source = source;
  score->derived_on = derived_on;
  score->items = g_array_new (FALSE, FALSE, sizeof (WillisRiskItem));
  score->notes = g_ptr_array_new ();
  score->complete = TRUE;
  score->score = score->percent = score->percent_low = score->percent_high = score->percent_5y = NAN;
  score->repair = score->observe = NAN;
  return score;
}

void
willis_risk_score_free (WillisRiskScore *score)
{
  if (score == NULL)
    return;
  g_array_unref (score->items);
  g_ptr_array_unref (score->notes);
  g_free (score);
}

static void
note (WillisRiskScore *score, const char *text)
{
  g_ptr_array_add (score->notes, (gpointer) text);
}

static void
add (WillisRiskScore *score, const char *key, const char *label, gboolean known, double points, gboolean from_picture)
{
  WillisRiskItem item = { key, label, known ? points : 0.0, known, from_picture, FALSE, 0, FALSE };

  g_array_append_val (score->items, item);
  score->complete = score->complete && known;
}

/* UIATS: an item for one side. */
static void
add_side (WillisRiskScore *score, int side, const char *key, const char *label, gboolean known, double points,
          gboolean from_picture, gboolean unsure)
{
  WillisRiskItem item = { key, label, known ? points : 0.0, known, from_picture, unsure && points > 0.0, side, FALSE };

  g_array_append_val (score->items, item);
  score->complete = score->complete && known;
}

const char *
willis_risk_item_origin (const WillisRiskItem *item)
{
  return item->fixed ? N_ ("always") : item->from_picture ? N_ ("picture") : N_ ("asked");
}

static double
sum_points (const WillisRiskScore *score, int side)
{
  double sum = 0.0;

  for (guint n = 0; n < score->items->len; n++)
    if (g_array_index (score->items, WillisRiskItem, n).side == side)
      sum += g_array_index (score->items, WillisRiskItem, n).points;
  return sum;
}

/* The tables print sizes to a tenth of a millimetre; so are they read here. */
static double
tenth (double mm)
{
  return floor (mm * 10.0 + 0.5) / 10.0;
}

/* points[i] for the last limit[i] that is not above value. */
static double
band (double value, const double *limit, const double *points, int n)
{
  double result = points[0];

  for (int i = 0; i < n; i++)
    if (value >= limit[i])
      result = points[i];
  return result;
}

#define BAND(value, limits, points) band (value, limits, points, (int) G_N_ELEMENTS (limits))

WillisRiskScore *
willis_risk_phases (const WillisRiskInputs *in)
{
  static const double size_limit[] = { 0, 7, 10, 20 }, size_points[] = { 0, 3, 6, 10 };
  static const double population[] = { 0, 0, 3, 5, 0, 0 };
  static const double site[] = { 0, 0, 2, 4, 4, 4, 4, 4 };
  /* per cent and 95 % interval for 2 and less, 3, ... 11, 12 and more */
  static const double risk[11][3] = { { 0.4, 0.1, 1.5 }, { 0.7, 0.2, 1.5 },  { 0.9, 0.3, 2.0 },   { 1.3, 0.8, 2.4 },
                                      { 1.7, 1.1, 2.7 }, { 2.4, 1.6, 3.3 },  { 3.2, 2.3, 4.4 },   { 4.3, 2.9, 6.1 },
                                      { 5.3, 3.5, 8.0 }, { 7.2, 5.0, 10.2 }, { 17.8, 15.2, 20.7 } };
  WillisRiskScore *s
      = score_new ("PHASES", "Greving et al., Lancet Neurol 2014;13:59",
                   N_ ("8382 patients of six prospective cohorts in North America, Europe, Finland and Japan"));

  add (s, "population", N_ ("Population"), in->population != WILLIS_POPULATION_UNKNOWN, population[in->population],
       FALSE);
  add (s, "hypertension", N_ ("Hypertension"), in->hypertension != WILLIS_ANSWER_UNKNOWN,
       in->hypertension == WILLIS_ANSWER_YES, FALSE);
  add (s, "age", N_ ("Age"), in->age >= 0, in->age >= 70, FALSE);
  add (s, "size", N_ ("Size"), isfinite (in->size_mm), BAND (tenth (in->size_mm), size_limit, size_points),
       in->size_from_picture);
  add (s, "earlier_sah", N_ ("Earlier subarachnoid haemorrhage from another aneurysm"),
       in->earlier_sah != WILLIS_ANSWER_UNKNOWN, in->earlier_sah == WILLIS_ANSWER_YES, FALSE);
  add (s, "site", N_ ("Site"), in->site != WILLIS_SITE_UNKNOWN, site[in->site], in->site_from_picture);
  if (in->population == WILLIS_POPULATION_CHINA || in->population == WILLIS_POPULATION_OTHER)
    note (s, N_ ("The score was not derived on this population; the population item counts 0 here."));
  if (s->complete)
    {
      const double *row;

      s->score = sum_points (s, 0);
      row = risk[(int) CLAMP (s->score, 2.0, 12.0) - 2];
      s->percent = row[0];
      s->percent_low = row[1];
      s->percent_high = row[2];
    }
  return s;
}

WillisRiskScore *
willis_risk_elapss (const WillisRiskInputs *in)
{
  static const double size_limit[] = { 0, 3, 5, 7, 10 }, size_points[] = { 0, 4, 10, 13, 22 };
  static const double population[] = { 0, 0, 1, 7, 0, 0 };
  static const double site[] = { 0, 0, 3, 0, 0, 5, 5, 5 };
  static const double growth[6][2]
      = { { 5.0, 8.4 }, { 7.8, 13.0 }, { 11.7, 19.3 }, { 17.5, 28.1 }, { 25.8, 39.9 }, { 42.7, 60.8 } };
  WillisRiskScore *s
      = score_new ("ELAPSS", "Backes et al., Neurology 2017;88:1600",
                   N_ ("1507 patients of ten cohorts in North America, China, Europe, Japan and Finland"));

  add (s, "earlier_sah", N_ ("No earlier subarachnoid haemorrhage"), in->earlier_sah != WILLIS_ANSWER_UNKNOWN,
       in->earlier_sah == WILLIS_ANSWER_NO, FALSE);
  add (s, "site", N_ ("Site"), in->site != WILLIS_SITE_UNKNOWN, site[in->site], in->site_from_picture);
  add (s, "age", N_ ("Age over 60, one point for every 5 years begun"), in->age >= 0,
       in->age > 60 ? ceil ((in->age - 60) / 5.0) : 0.0, FALSE);
  add (s, "population", N_ ("Population"), in->population != WILLIS_POPULATION_UNKNOWN, population[in->population],
       FALSE);
  add (s, "size", N_ ("Size"), isfinite (in->size_mm), BAND (tenth (in->size_mm), size_limit, size_points),
       in->size_from_picture);
  add (s, "shape", N_ ("Irregular shape"), in->irregular != WILLIS_ANSWER_UNKNOWN,
       in->irregular == WILLIS_ANSWER_YES ? 4.0 : 0.0, in->irregular_from_picture);
  note (s,
        N_ ("The age item is read as one point for every 5 years begun after 60 (61-65: 1, 66-70: 2); the source says "
            "one point for 5 years."));
  if (in->population == WILLIS_POPULATION_OTHER)
    note (s, N_ ("The score was not derived on this population; the population item counts 0 here."));
  if (s->complete)
    {
      int row;

      s->score = sum_points (s, 0);
      row = (int) CLAMP (floor (s->score / 5.0), 0.0, 5.0);
      s->percent = growth[row][0];
      s->percent_5y = growth[row][1];
    }
  return s;
}

static void
uiats_repair (WillisRiskScore *s, const WillisRiskInputs *in)
{
  static const double age_limit[] = { 0, 40, 61, 71, 81 }, age_points[] = { 4, 3, 2, 1, 0 };
  static const double size_limit[] = { 0, 4, 7, 13, 25 }, size_points[] = { 0, 1, 2, 3, 4 };
  static const double site[] = { 0, 0, 0, 0, 2, 2, 5, 4 };
  gboolean risk_group
      = in->population == WILLIS_POPULATION_JAPAN || in->population == WILLIS_POPULATION_FINLAND || in->inuit;
  gboolean ratio = in->size_ratio > 3.0 || in->aspect_ratio > 1.6;
  gboolean ratio_known = ratio || (isfinite (in->size_ratio) && isfinite (in->aspect_ratio));

  add_side (s, 1, "age", N_ ("Age"), in->age >= 0, BAND (in->age, age_limit, age_points), FALSE, FALSE);
  add_side (s, 1, "earlier_sah", N_ ("Earlier subarachnoid haemorrhage from another aneurysm"),
            in->earlier_sah != WILLIS_ANSWER_UNKNOWN, in->earlier_sah == WILLIS_ANSWER_YES ? 4 : 0, FALSE, FALSE);
  add_side (s, 1, "familial", N_ ("Aneurysm or haemorrhage in the family"), TRUE, in->familial ? 3 : 0, FALSE, FALSE);
  add_side (s, 1, "population", N_ ("Japanese, Finnish or Inuit"), in->population != WILLIS_POPULATION_UNKNOWN,
            risk_group ? 2 : 0, FALSE, FALSE);
  add_side (s, 1, "smoker", N_ ("Current smoking"), TRUE, in->smoker ? 3 : 0, FALSE, FALSE);
  add_side (s, 1, "hypertension", N_ ("Hypertension"), in->hypertension != WILLIS_ANSWER_UNKNOWN,
            in->hypertension == WILLIS_ANSWER_YES ? 2 : 0, FALSE, FALSE);
  add_side (s, 1, "adpkd", N_ ("Autosomal dominant polycystic kidney disease"), TRUE, in->adpkd ? 2 : 0, FALSE, FALSE);
  add_side (s, 1, "drugs", N_ ("Drug abuse (cocaine, amphetamine)"), TRUE, in->drugs ? 2 : 0, FALSE, TRUE);
  add_side (s, 1, "alcohol", N_ ("Alcohol abuse"), TRUE, in->alcohol ? 1 : 0, FALSE, FALSE);
  add_side (s, 1, "nerve_deficit", N_ ("Cranial nerve deficit"), TRUE, in->nerve_deficit ? 4 : 0, FALSE, FALSE);
  add_side (s, 1, "mass_effect", N_ ("Mass effect"), TRUE, in->mass_effect ? 4 : 0, FALSE, TRUE);
  add_side (s, 1, "thromboembolism", N_ ("Thrombo-embolic events from the aneurysm"), TRUE, in->thromboembolism ? 3 : 0,
            FALSE, TRUE);
  add_side (s, 1, "epilepsy", N_ ("Epilepsy"), TRUE, in->epilepsy ? 1 : 0, FALSE, FALSE);
  add_side (s, 1, "fear", N_ ("Reduced quality of life by fear of rupture"), TRUE, in->fear ? 2 : 0, FALSE, FALSE);
  add_side (s, 1, "multiple", N_ ("Several aneurysms"), in->multiple != WILLIS_ANSWER_UNKNOWN,
            in->multiple == WILLIS_ANSWER_YES ? 1 : 0, in->multiple_from_picture, FALSE);
  add_side (s, 1, "size", N_ ("Size"), isfinite (in->size_mm), BAND (tenth (in->size_mm), size_limit, size_points),
            in->size_from_picture, FALSE);
  add_side (s, 1, "irregular", N_ ("Irregular or lobulated"), in->irregular != WILLIS_ANSWER_UNKNOWN,
            in->irregular == WILLIS_ANSWER_YES ? 3 : 0, in->irregular_from_picture, FALSE);
  add_side (s, 1, "ratio", N_ ("Size ratio over 3 or aspect ratio over 1.6"), ratio_known, ratio ? 1 : 0, TRUE, FALSE);
  add_side (s, 1, "site", N_ ("Site"), in->site != WILLIS_SITE_UNKNOWN, site[in->site], in->site_from_picture, FALSE);
  add_side (s, 1, "growth", N_ ("Growth seen on imaging"), TRUE, in->growth ? 4 : 0, FALSE, FALSE);
  add_side (s, 1, "de_novo", N_ ("New aneurysm on imaging"), TRUE, in->de_novo ? 3 : 0, FALSE, FALSE);
  add_side (s, 1, "steno_occlusive", N_ ("Contralateral steno-occlusive disease"), TRUE, in->steno_occlusive ? 1 : 0,
            FALSE, FALSE);
}

static void
uiats_observe (WillisRiskScore *s, const WillisRiskInputs *in)
{
  static const double life[] = { 0, 1, 3, 4 };
  static const double age_limit[] = { 0, 40, 61, 71, 81 }, age_points[] = { 0, 1, 3, 4, 5 };
  static const double size_limit[] = { 0, 6, 10.1, 20.1 }, size_points[] = { 0, 1, 3, 5 };

  add_side (s, -1, "life_expectancy", N_ ("Life expectancy limited by disease"), TRUE, life[in->life], FALSE, FALSE);
  add_side (s, -1, "neurocognitive", N_ ("Neurocognitive disorder"), TRUE, in->neurocognitive ? 3 : 0, FALSE, FALSE);
  add_side (s, -1, "coagulopathy", N_ ("Coagulopathy or thrombophilia"), TRUE, in->coagulopathy ? 2 : 0, FALSE, FALSE);
  add_side (s, -1, "psychiatric", N_ ("Psychiatric disorder"), TRUE, in->psychiatric ? 2 : 0, FALSE, TRUE);
  add_side (s, -1, "age_risk", N_ ("Treatment risk by age"), in->age >= 0, BAND (in->age, age_limit, age_points), FALSE,
            FALSE);
  add_side (s, -1, "size_risk", N_ ("Treatment risk by size"), isfinite (in->size_mm),
            BAND (tenth (in->size_mm), size_limit, size_points), in->size_from_picture, FALSE);
  add_side (s, -1, "complexity", N_ ("Complex to treat"), TRUE, in->complex_treatment ? 3 : 0, FALSE, FALSE);
  add_side (s, -1, "constant", N_ ("Constant risk of any intervention"), TRUE, 5, FALSE, FALSE);
  g_array_index (s->items, WillisRiskItem, s->items->len - 1).fixed = TRUE;
}

WillisRiskScore *
willis_risk_uiats (const WillisRiskInputs *in)
{
  WillisRiskScore *s = score_new ("UIATS", "Etminan et al., Neurology 2015;85:881",
                                  N_ ("the agreement of 69 specialists, not on outcomes of patients"));

  uiats_repair (s, in);
  uiats_observe (s, in);
  note (s, N_ ("Printed tables disagree about four items (drug abuse, mass effect, thrombo-embolic events, psychiatric "
               "disorder); the larger points are used and marked."));
  note (s, N_ ("The source has no row for observation at exactly 40 years; it is read as 40 to 60."));
  note (s, N_ ("What is not ticked counts as no."));
  if (s->complete)
    {
      s->repair = sum_points (s, 1);
      s->observe = sum_points (s, -1);
      s->score = s->repair - s->observe;
      s->verdict = s->score >= 3.0    ? N_ ("favours repair")
                   : s->score <= -3.0 ? N_ ("favours observation")
                                      : N_ ("not definitive");
    }
  return s;
}
