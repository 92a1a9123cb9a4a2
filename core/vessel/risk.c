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
  inputs->size_sd_mm = inputs->aspect_ratio_sd = inputs->size_ratio_sd = NAN;
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
  score->others = g_array_new (FALSE, FALSE, sizeof (WillisRiskOther));
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
  g_array_unref (score->others);
  g_free (score);
}

static void
note (WillisRiskScore *score, const char *text)
{
  g_ptr_array_add (score->notes, (gpointer) text);
}

/* --- what the items are scored on */

static WillisRiskValue
value_yes (gboolean yes)
{
  return (WillisRiskValue){ .kind = WILLIS_RISK_VALUE_YES_NO, .known = TRUE, .yes = yes };
}

static WillisRiskValue
value_answer (WillisAnswer answer)
{
  return (WillisRiskValue){ .kind = WILLIS_RISK_VALUE_YES_NO,
                            .known = answer != WILLIS_ANSWER_UNKNOWN,
                            .yes = answer == WILLIS_ANSWER_YES };
}

static WillisRiskValue
value_age (const WillisRiskInputs *in)
{
  return (WillisRiskValue){ .kind = WILLIS_RISK_VALUE_YEARS, .known = in->age >= 0, .number = in->age, .sd = NAN };
}

static WillisRiskValue
value_size (const WillisRiskInputs *in)
{
  return (WillisRiskValue){
    .kind = WILLIS_RISK_VALUE_MM, .known = isfinite (in->size_mm), .number = in->size_mm, .sd = in->size_sd_mm
  };
}

static WillisRiskValue
value_site (const WillisRiskInputs *in)
{
  return (WillisRiskValue){ .kind = WILLIS_RISK_VALUE_CHOICE,
                            .known = in->site != WILLIS_SITE_UNKNOWN,
                            .name = willis_site_name (in->site),
                            .text = willis_site_text (in->site) };
}

static WillisRiskValue
value_population (const WillisRiskInputs *in)
{
  return (WillisRiskValue){ .kind = WILLIS_RISK_VALUE_CHOICE,
                            .known = in->population != WILLIS_POPULATION_UNKNOWN,
                            .name = willis_population_name (in->population),
                            .text = willis_population_text (in->population) };
}

/* UIATS asks for the risk group, to which the Inuit belong wherever they live. */
static WillisRiskValue
value_risk_group (const WillisRiskInputs *in)
{
  WillisRiskValue value = value_population (in);

  if (in->inuit)
    value = (WillisRiskValue){ .kind = WILLIS_RISK_VALUE_CHOICE, .known = TRUE, .name = "inuit", .text = N_ ("Inuit") };
  return value;
}

static gboolean
ratios_over (double size_ratio, double aspect_ratio)
{
  return size_ratio > 3.0 || aspect_ratio > 1.6;
}

static WillisRiskValue
value_ratios (const WillisRiskInputs *in)
{
  gboolean over = ratios_over (in->size_ratio, in->aspect_ratio);

  return (WillisRiskValue){ .kind = WILLIS_RISK_VALUE_RATIOS,
                            .known = over || (isfinite (in->size_ratio) && isfinite (in->aspect_ratio)),
                            .yes = over,
                            .size_ratio = { in->size_ratio, in->size_ratio_sd },
                            .aspect_ratio = { in->aspect_ratio, in->aspect_ratio_sd } };
}

/* --- items */

static WillisRiskOrigin
origin_of (gboolean from_picture)
{
  return from_picture ? WILLIS_RISK_PICTURE : WILLIS_RISK_ASKED;
}

static WillisRiskOrigin
origin_of_age (const WillisRiskInputs *in)
{
  return in->age_from_header ? WILLIS_RISK_HEADER : WILLIS_RISK_ASKED;
}

/* UIATS: an item for one side; 0 in the other scores. */
static void
add_side (WillisRiskScore *score, int side, const char *key, const char *label, WillisRiskValue value, double points,
          WillisRiskOrigin origin)
{
  WillisRiskItem item = { .key = key,
                          .label = label,
                          .value = value,
                          .points = value.known ? points : 0.0,
                          .known = value.known,
                          .origin = origin,
                          .side = side };

  g_array_append_val (score->items, item);
  score->complete = score->complete && value.known;
}

static void
add (WillisRiskScore *score, const char *key, const char *label, WillisRiskValue value, double points,
     WillisRiskOrigin origin)
{
  add_side (score, 0, key, label, value, points, origin);
}

/* UIATS: what is ticked or not. */
static void
add_flag (WillisRiskScore *score, int side, const char *key, const char *label, gboolean yes, double points)
{
  add_side (score, side, key, label, value_yes (yes), yes ? points : 0.0, WILLIS_RISK_ASKED);
  g_array_index (score->items, WillisRiskItem, score->items->len - 1).assumed = !yes;
}

/* The same where sources disagree about the points. */
static void
add_unsure (WillisRiskScore *score, int side, const char *key, const char *label, gboolean yes, double points)
{
  add_flag (score, side, key, label, yes, points);
  g_array_index (score->items, WillisRiskItem, score->items->len - 1).unsure = yes;
}

const char *
willis_risk_item_origin (const WillisRiskItem *item)
{
  static const char *const names[] = { "asked", "picture", "header", "always" };

  return names[item->origin];
}

const char *
willis_risk_item_origin_text (const WillisRiskItem *item)
{
  static const char *const texts[] = { N_ ("asked"), N_ ("picture"), N_ ("scan header"), N_ ("always") };

  if (item->origin == WILLIS_RISK_ASKED
      && (!item->known || (item->assumed && item->value.kind == WILLIS_RISK_VALUE_CHOICE)))
    return N_ ("not answered");
  return item->assumed ? N_ ("not ticked") : texts[item->origin];
}

double
willis_risk_item_points (const WillisRiskItem *item)
{
  return item->side < 0 && item->points != 0.0 ? -item->points : item->points;
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

/* --- sizes and their cut-offs */

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

/* What is added up where the size lies on the other side of a cut-off; its score comes later (with_others). */
static void
add_other (WillisRiskScore *score, WillisRiskWhere where, double cutoff_mm)
{
  const WillisRiskOther other = { where, cutoff_mm, NAN, NAN, NAN, NAN, NAN, NULL };

  for (guint n = 0; n < score->others->len; n++)
    if (g_array_index (score->others, WillisRiskOther, n).cutoff_mm == cutoff_mm)
      return; // of the other side's item
  g_array_append_val (score->others, other);
}

static WillisRiskItem *
last_item (WillisRiskScore *score)
{
  return &g_array_index (score->items, WillisRiskItem, score->items->len - 1);
}

static void
add_size (WillisRiskScore *score, int side, const char *key, const char *label, const WillisRiskInputs *in,
          const double *limit, const double *points, int n)
{
  double mm = in->size_mm, read = tenth (mm), doubt = isfinite (in->size_sd_mm) ? in->size_sd_mm : 0.0;
  WillisRiskItem *item;

  add_side (score, side, key, label, value_size (in), band (read, limit, points, n), origin_of (in->size_from_picture));
  item = last_item (score);
  for (int i = 1; i < n && item->known; i++)
    {
      gboolean leapt = mm < limit[i] && read >= limit[i];

      if (!leapt && !(doubt > 0.0 && fabs (limit[i] - mm) <= doubt))
        continue;
      item->near_cutoff = item->unsure = TRUE;
      add_other (score, read >= limit[i] ? WILLIS_RISK_SIZE_UNDER : WILLIS_RISK_SIZE_FROM, limit[i]);
      if (leapt)
        note (score,
              N_ ("The size is read to a tenth of a millimetre, as the tables print it; unrounded it lies under a "
                  "cut-off."));
    }
}

#define ADD_SIZE(score, side, key, label, in, limits, points)                                                          \
  add_size (score, side, key, label, in, limits, points, (int) G_N_ELEMENTS (limits))

/* UIATS: whether the ratios are over theirs; unsure where either is, or might be, within its deviation. */
static void
add_ratios (WillisRiskScore *score, const WillisRiskInputs *in)
{
  WillisRiskValue ratios = value_ratios (in);
  double size_sd = isfinite (in->size_ratio_sd) ? in->size_ratio_sd : 0.0;
  double aspect_sd = isfinite (in->aspect_ratio_sd) ? in->aspect_ratio_sd : 0.0, sign = ratios.yes ? -1.0 : 1.0;

  add_side (score, 1, "ratio", N_ ("Size ratio over 3 or aspect ratio over 1.6"), ratios, ratios.yes ? 1 : 0,
            WILLIS_RISK_PICTURE);
  if (!ratios.known || ratios_over (in->size_ratio + sign * size_sd, in->aspect_ratio + sign * aspect_sd) == ratios.yes)
    return;
  last_item (score)->near_cutoff = last_item (score)->unsure = TRUE;
  add_other (score, ratios.yes ? WILLIS_RISK_RATIO_NOT : WILLIS_RISK_RATIO_OVER, 0.0);
}

/* What make gives for in, and for each other side of a cut-off within reach. */
static WillisRiskScore *
with_others (WillisRiskScore *(*make) (const WillisRiskInputs *), const WillisRiskInputs *in)
{
  WillisRiskScore *score = make (in);

  for (guint n = 0; n < score->others->len && score->complete; n++)
    {
      WillisRiskOther *other = &g_array_index (score->others, WillisRiskOther, n);
      g_autoptr (WillisRiskScore) there = NULL;
      WillisRiskInputs moved = *in;

      if (other->where == WILLIS_RISK_SIZE_UNDER || other->where == WILLIS_RISK_SIZE_FROM)
        moved.size_mm = other->where == WILLIS_RISK_SIZE_FROM ? other->cutoff_mm : other->cutoff_mm - 0.1;
      else
        moved.size_ratio = moved.aspect_ratio = other->where == WILLIS_RISK_RATIO_OVER ? G_MAXDOUBLE : 0.0;
      there = make (&moved);
      other->score = there->score;
      other->percent = there->percent;
      other->percent_5y = there->percent_5y;
      other->repair = there->repair;
      other->observe = there->observe;
      other->verdict = there->verdict;
    }
  return score;
}

/* --- the scores */

static WillisRiskScore *
make_phases (const WillisRiskInputs *in)
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

  add (s, "population", N_ ("Population"), value_population (in), population[in->population], WILLIS_RISK_ASKED);
  add (s, "hypertension", N_ ("Hypertension"), value_answer (in->hypertension), in->hypertension == WILLIS_ANSWER_YES,
       WILLIS_RISK_ASKED);
  add (s, "age", N_ ("Age"), value_age (in), in->age >= 70, origin_of_age (in));
  ADD_SIZE (s, 0, "size", N_ ("Size"), in, size_limit, size_points);
  add (s, "earlier_sah", N_ ("Earlier subarachnoid haemorrhage from another aneurysm"), value_answer (in->earlier_sah),
       in->earlier_sah == WILLIS_ANSWER_YES, WILLIS_RISK_ASKED);
  add (s, "site", N_ ("Site"), value_site (in), site[in->site], origin_of (in->site_from_picture));
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

static WillisRiskScore *
make_elapss (const WillisRiskInputs *in)
{
  static const double size_limit[] = { 0, 3, 5, 7, 10 }, size_points[] = { 0, 4, 10, 13, 22 };
  static const double population[] = { 0, 0, 1, 7, 0, 0 };
  static const double site[] = { 0, 0, 3, 0, 0, 5, 5, 5 };
  static const double growth[6][2]
      = { { 5.0, 8.4 }, { 7.8, 13.0 }, { 11.7, 19.3 }, { 17.5, 28.1 }, { 25.8, 39.9 }, { 42.7, 60.8 } };
  WillisRiskScore *s
      = score_new ("ELAPSS", "Backes et al., Neurology 2017;88:1600",
                   N_ ("1507 patients of ten cohorts in North America, China, Europe, Japan and Finland"));

  add (s, "earlier_sah", N_ ("Earlier subarachnoid haemorrhage from another aneurysm"), value_answer (in->earlier_sah),
       in->earlier_sah == WILLIS_ANSWER_NO, WILLIS_RISK_ASKED);
  add (s, "site", N_ ("Site"), value_site (in), site[in->site], origin_of (in->site_from_picture));
  add (s, "age", N_ ("Age over 60, one point for every 5 years begun"), value_age (in),
       in->age > 60 ? ceil ((in->age - 60) / 5.0) : 0.0, origin_of_age (in));
  add (s, "population", N_ ("Population"), value_population (in), population[in->population], WILLIS_RISK_ASKED);
  ADD_SIZE (s, 0, "size", N_ ("Size"), in, size_limit, size_points);
  add (s, "shape", N_ ("Irregular shape"), value_answer (in->irregular), in->irregular == WILLIS_ANSWER_YES ? 4.0 : 0.0,
       origin_of (in->irregular_from_picture));
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

  add_side (s, 1, "age", N_ ("Age"), value_age (in), BAND (in->age, age_limit, age_points), origin_of_age (in));
  add_side (s, 1, "earlier_sah", N_ ("Earlier subarachnoid haemorrhage from another aneurysm"),
            value_answer (in->earlier_sah), in->earlier_sah == WILLIS_ANSWER_YES ? 4 : 0, WILLIS_RISK_ASKED);
  add_flag (s, 1, "familial", N_ ("Aneurysm or haemorrhage in the family"), in->familial, 3);
  add_side (s, 1, "population", N_ ("Japanese, Finnish or Inuit"), value_risk_group (in), risk_group ? 2 : 0,
            WILLIS_RISK_ASKED);
  add_flag (s, 1, "smoker", N_ ("Current smoking"), in->smoker, 3);
  add_side (s, 1, "hypertension", N_ ("Hypertension"), value_answer (in->hypertension),
            in->hypertension == WILLIS_ANSWER_YES ? 2 : 0, WILLIS_RISK_ASKED);
  add_flag (s, 1, "adpkd", N_ ("Autosomal dominant polycystic kidney disease"), in->adpkd, 2);
  add_unsure (s, 1, "drugs", N_ ("Drug abuse (cocaine, amphetamine)"), in->drugs, 2);
  add_flag (s, 1, "alcohol", N_ ("Alcohol abuse"), in->alcohol, 1);
  add_flag (s, 1, "nerve_deficit", N_ ("Cranial nerve deficit"), in->nerve_deficit, 4);
  add_unsure (s, 1, "mass_effect", N_ ("Mass effect"), in->mass_effect, 4);
  add_unsure (s, 1, "thromboembolism", N_ ("Thrombo-embolic events from the aneurysm"), in->thromboembolism, 3);
  add_flag (s, 1, "epilepsy", N_ ("Epilepsy"), in->epilepsy, 1);
  add_flag (s, 1, "fear", N_ ("Reduced quality of life by fear of rupture"), in->fear, 2);
  add_side (s, 1, "multiple", N_ ("Several aneurysms"), value_answer (in->multiple),
            in->multiple == WILLIS_ANSWER_YES ? 1 : 0, origin_of (in->multiple_from_picture));
  ADD_SIZE (s, 1, "size", N_ ("Size"), in, size_limit, size_points);
  add_side (s, 1, "irregular", N_ ("Irregular or lobulated"), value_answer (in->irregular),
            in->irregular == WILLIS_ANSWER_YES ? 3 : 0, origin_of (in->irregular_from_picture));
  add_ratios (s, in);
  add_side (s, 1, "site", N_ ("Site"), value_site (in), site[in->site], origin_of (in->site_from_picture));
  add_flag (s, 1, "growth", N_ ("Growth seen on imaging"), in->growth, 4);
  add_flag (s, 1, "de_novo", N_ ("New aneurysm on imaging"), in->de_novo, 3);
  add_flag (s, 1, "steno_occlusive", N_ ("Contralateral steno-occlusive disease"), in->steno_occlusive, 1);
}

static void
uiats_observe (WillisRiskScore *s, const WillisRiskInputs *in)
{
  static const double life[] = { 0, 1, 3, 4 };
  static const double age_limit[] = { 0, 40, 61, 71, 81 }, age_points[] = { 0, 1, 3, 4, 5 };
  static const double size_limit[] = { 0, 6, 10.1, 20.1 }, size_points[] = { 0, 1, 3, 5 };
  WillisRiskValue expectancy = { .kind = WILLIS_RISK_VALUE_CHOICE,
                                 .known = TRUE,
                                 .name = willis_life_name (in->life),
                                 .text = willis_life_text (in->life) };

  add_side (s, -1, "life_expectancy", N_ ("Life expectancy limited by disease"), expectancy, life[in->life],
            WILLIS_RISK_ASKED);
  g_array_index (s->items, WillisRiskItem, s->items->len - 1).assumed = in->life == WILLIS_LIFE_NOT_LIMITED;
  add_flag (s, -1, "neurocognitive", N_ ("Neurocognitive disorder"), in->neurocognitive, 3);
  add_flag (s, -1, "coagulopathy", N_ ("Coagulopathy or thrombophilia"), in->coagulopathy, 2);
  add_unsure (s, -1, "psychiatric", N_ ("Psychiatric disorder"), in->psychiatric, 2);
  add_side (s, -1, "age_risk", N_ ("Treatment risk by age"), value_age (in), BAND (in->age, age_limit, age_points),
            origin_of_age (in));
  ADD_SIZE (s, -1, "size_risk", N_ ("Treatment risk by size"), in, size_limit, size_points);
  add_flag (s, -1, "complexity", N_ ("Complex to treat"), in->complex_treatment, 3);
  add_side (s, -1, "constant", N_ ("Constant risk of any intervention"),
            (WillisRiskValue){ .kind = WILLIS_RISK_VALUE_NONE, .known = TRUE }, 5, WILLIS_RISK_ALWAYS);
}

static WillisRiskScore *
make_uiats (const WillisRiskInputs *in)
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

WillisRiskScore *
willis_risk_phases (const WillisRiskInputs *in)
{
  return with_others (make_phases, in);
}

WillisRiskScore *
willis_risk_elapss (const WillisRiskInputs *in)
{
  return with_others (make_elapss, in);
}

WillisRiskScore *
willis_risk_uiats (const WillisRiskInputs *in)
{
  return with_others (make_uiats, in);
}
