/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>
#include <math.h>

#include "core/num/vec3.h"
#include "core/vessel/profile.h"
#include "core/vessel/risk.h"
#include "tests/support/tubes.h"

/* A European woman of 72 with hypertension and a 7.5 mm MCA aneurysm: 0 + 1 + 1 + 3 + 0 + 2. */
static WillisRiskInputs
example (void)
{
  WillisRiskInputs in;

  willis_risk_inputs_init (&in);
  in.age = 72;
  in.sex = 'F';
  in.population = WILLIS_POPULATION_NORTH_AMERICA_EUROPE;
  in.hypertension = WILLIS_ANSWER_YES;
  in.earlier_sah = WILLIS_ANSWER_NO;
  in.site = WILLIS_SITE_MCA;
  in.size_mm = 7.5;
  in.irregular = WILLIS_ANSWER_YES;
  in.multiple = WILLIS_ANSWER_NO;
  in.aspect_ratio = 1.7;
  in.size_ratio = 2.0;
  return in;
}

static void
test_phases (void)
{
  WillisRiskInputs in = example ();
  g_autoptr (WillisRiskScore) s = willis_risk_phases (&in);

  g_assert_true (s->complete);
  g_assert_cmpfloat (s->score, ==, 7);
  g_assert_cmpfloat (s->percent, ==, 2.4);
  g_assert_cmpfloat (s->percent_low, ==, 1.6);
}

static void
test_phases_ends (void)
{
  WillisRiskInputs in = example ();
  g_autoptr (WillisRiskScore) high = NULL;
  g_autoptr (WillisRiskScore) low = NULL;

  in.population = WILLIS_POPULATION_FINLAND;
  in.size_mm = 20.0;
  high = willis_risk_phases (&in);
  g_assert_cmpfloat (high->score, ==, 5 + 1 + 1 + 10 + 2);
  g_assert_cmpfloat (high->percent, ==, 17.8);
  in = example ();
  in.age = 69;
  in.hypertension = WILLIS_ANSWER_NO;
  in.site = WILLIS_SITE_ICA;
  in.size_mm = 6.94; // prints as 6.9: below the step at 7
  low = willis_risk_phases (&in);
  g_assert_cmpfloat (low->score, ==, 0);
  g_assert_cmpfloat (low->percent, ==, 0.4);
}

static void
test_elapss (void)
{
  WillisRiskInputs in = example ();
  g_autoptr (WillisRiskScore) s = willis_risk_elapss (&in);

  /* no SAH 1, MCA 3, 72 years 3, Europe 0, 7.5 mm 13, irregular 4 */
  g_assert_cmpfloat (s->score, ==, 24);
  g_assert_cmpfloat (s->percent, ==, 25.8);
  g_assert_cmpfloat (s->percent_5y, ==, 39.9);
}

static void
test_uiats (void)
{
  WillisRiskInputs in = example ();
  g_autoptr (WillisRiskScore) s = willis_risk_uiats (&in);

  /* repair: age 1, hypertension 2, size 2, irregular 3, ratio 1; observe: age 4, size 1, constant 5 */
  g_assert_cmpfloat (s->repair, ==, 9);
  g_assert_cmpfloat (s->observe, ==, 10);
  g_assert_cmpstr (s->verdict, ==, "not definitive");
  in.growth = TRUE;
  {
    g_autoptr (WillisRiskScore) grown = willis_risk_uiats (&in);

    g_assert_cmpstr (grown->verdict, ==, "favours repair");
  }
}

static void
test_missing_gives_no_number (void)
{
  WillisRiskInputs in = example ();
  g_autoptr (WillisRiskScore) p = NULL;
  g_autoptr (WillisRiskScore) e = NULL;
  g_autoptr (WillisRiskScore) u = NULL;

  in.age = -1;
  p = willis_risk_phases (&in);
  e = willis_risk_elapss (&in);
  u = willis_risk_uiats (&in);
  g_assert_false (p->complete || e->complete || u->complete);
  g_assert_true (isnan (p->score) && isnan (e->score) && isnan (u->score));
  g_assert_null (u->verdict);
}

static const WillisRiskItem *
item_of (const WillisRiskScore *s, const char *key, int side)
{
  for (guint n = 0; n < s->items->len; n++)
    {
      const WillisRiskItem *item = &g_array_index (s->items, WillisRiskItem, n);

      if (g_str_equal (item->key, key) && item->side == side)
        return item;
    }
  g_error ("no item \"%s\"", key);
}

/* A cut-off within the deviation of a size is said, with the score on its other side; so is one that rounding leaps. */
static void
test_near_cutoff (void)
{
  WillisRiskInputs in = example ();
  g_autoptr (WillisRiskScore) measured = NULL;
  g_autoptr (WillisRiskScore) sure = NULL;
  g_autoptr (WillisRiskScore) rounded = NULL;
  g_autoptr (WillisRiskScore) exact = NULL;
  g_autoptr (WillisRiskScore) wide = NULL;
  const WillisRiskOther *other;

  in.size_mm = 6.966;
  in.size_sd_mm = 0.457;
  measured = willis_risk_phases (&in);
  g_assert_cmpfloat (measured->score, ==, 7);
  g_assert_true (item_of (measured, "size", 0)->unsure && item_of (measured, "size", 0)->near_cutoff);
  g_assert_cmpuint (measured->others->len, ==, 1);
  other = &g_array_index (measured->others, WillisRiskOther, 0);
  g_assert_cmpint (other->where, ==, WILLIS_RISK_SIZE_UNDER);
  g_assert_cmpfloat (other->cutoff_mm, ==, 7.0);
  g_assert_cmpfloat (other->score, ==, 4);
  g_assert_cmpfloat (other->percent, ==, 0.9);
  g_assert_cmpuint (measured->notes->len, ==, 1); // that it is rounded

  in.size_sd_mm = 0.02; // and a size that is as sure as can be is not in doubt but by its rounding
  in.size_mm = 7.1;
  sure = willis_risk_phases (&in);
  g_assert_cmpuint (sure->others->len, ==, 0);
  g_assert_false (item_of (sure, "size", 0)->unsure);
  in.size_sd_mm = NAN;
  in.size_mm = 6.96;
  rounded = willis_risk_phases (&in);
  g_assert_cmpuint (rounded->others->len, ==, 1);
  g_assert_cmpuint (rounded->notes->len, ==, 1);
  in.size_mm = 7.0;
  exact = willis_risk_phases (&in);
  g_assert_cmpuint (exact->others->len, ==, 0);

  in.size_mm = 4.2; // two cut-offs, one on each side
  in.size_sd_mm = 1.3;
  wide = willis_risk_elapss (&in);
  g_assert_cmpuint (wide->others->len, ==, 2);
  g_assert_cmpint (g_array_index (wide->others, WillisRiskOther, 0).where, ==, WILLIS_RISK_SIZE_UNDER);
  g_assert_cmpint (g_array_index (wide->others, WillisRiskOther, 1).where, ==, WILLIS_RISK_SIZE_FROM);
  g_assert_cmpfloat (g_array_index (wide->others, WillisRiskOther, 0).score, ==, wide->score - 4);
  g_assert_cmpfloat (g_array_index (wide->others, WillisRiskOther, 1).score, ==, wide->score + 6);
}

/* The same of UIATS, whose size counts on both sides, and of its ratios. */
static void
test_uiats_near_cutoff (void)
{
  WillisRiskInputs in = example ();
  g_autoptr (WillisRiskScore) s = NULL;
  const WillisRiskOther *size, *ratio;

  in.size_mm = 6.2; // 4 to 6.9 for repair: sure; 6 and more for observation: not
  in.size_sd_mm = 0.3;
  in.aspect_ratio = 1.7;
  in.aspect_ratio_sd = 0.15;
  s = willis_risk_uiats (&in);
  g_assert_false (item_of (s, "size", 1)->unsure);
  g_assert_true (item_of (s, "size_risk", -1)->near_cutoff && item_of (s, "ratio", 1)->near_cutoff);
  g_assert_cmpuint (s->others->len, ==, 2);
  ratio = &g_array_index (s->others, WillisRiskOther, 0);
  size = &g_array_index (s->others, WillisRiskOther, 1);
  g_assert_cmpint (ratio->where, ==, WILLIS_RISK_RATIO_NOT);
  g_assert_cmpfloat (ratio->repair, ==, s->repair - 1);
  g_assert_cmpint (size->where, ==, WILLIS_RISK_SIZE_UNDER);
  g_assert_cmpfloat (size->repair, ==, s->repair);
  g_assert_cmpfloat (size->observe, ==, s->observe - 1);
}

/* Every item says what it was scored on, and who said so. */
static void
test_values (void)
{
  WillisRiskInputs in = example ();
  g_autoptr (WillisRiskScore) e = NULL;
  g_autoptr (WillisRiskScore) u = NULL;
  const WillisRiskItem *item;

  in.size_sd_mm = 0.4;
  in.size_from_picture = in.age_from_header = TRUE;
  in.inuit = TRUE;
  in.population = WILLIS_POPULATION_UNKNOWN;
  e = willis_risk_elapss (&in);
  u = willis_risk_uiats (&in);
  item = item_of (e, "size", 0);
  g_assert_true (item->value.kind == WILLIS_RISK_VALUE_MM && item->value.number == 7.5 && item->value.sd == 0.4);
  g_assert_cmpstr (willis_risk_item_origin (item), ==, "picture");
  item = item_of (e, "age", 0);
  g_assert_true (item->value.kind == WILLIS_RISK_VALUE_YEARS && item->value.number == 72);
  g_assert_cmpstr (willis_risk_item_origin (item), ==, "header");
  item = item_of (e, "earlier_sah", 0); // a "no" counts
  g_assert_true (item->value.kind == WILLIS_RISK_VALUE_YES_NO && !item->value.yes && item->points == 1.0);
  g_assert_cmpstr (item_of (e, "site", 0)->value.name, ==, "mca");
  g_assert_false (item_of (e, "population", 0)->known);
  g_assert_cmpstr (item_of (u, "population", 1)->value.name, ==, "inuit");
  item = item_of (u, "ratio", 1);
  g_assert_true (item->value.yes && item->value.aspect_ratio.value == 1.7 && item->value.size_ratio.value == 2.0);
  item = item_of (u, "smoker", 1);
  g_assert_true (item->known && !item->value.yes && item->assumed);
  g_assert_cmpstr (willis_risk_item_origin (item), ==, "asked");
  g_assert_cmpfloat (willis_risk_item_points (item_of (u, "constant", -1)), ==, -5.0);
  g_assert_cmpstr (willis_life_name (willis_life_find ("5-10")), ==, "5-10");
}

static void
test_names (void)
{
  g_assert_cmpint (willis_population_find ("china"), ==, WILLIS_POPULATION_CHINA);
  g_assert_cmpint (willis_population_find ("nowhere"), ==, WILLIS_POPULATION_UNKNOWN);
  g_assert_cmpint (willis_site_find ("basilar-tip"), ==, WILLIS_SITE_BASILAR_TIP);
  g_assert_cmpint (willis_site_of_branch ("MCA M1 left"), ==, WILLIS_SITE_MCA);
  g_assert_cmpint (willis_site_of_branch ("ACom"), ==, WILLIS_SITE_ACOM);
  g_assert_cmpint (willis_site_of_branch (NULL), ==, WILLIS_SITE_UNKNOWN);
}

/* --- every row of every table, as printed in the papers */

/* The points of one item of a score. */
static double
points_of (WillisRiskScore *(*make) (const WillisRiskInputs *), const WillisRiskInputs *in, const char *key, int side)
{
  g_autoptr (WillisRiskScore) s = make (in);
  const WillisRiskItem *item = item_of (s, key, side);

  g_assert_true (item->known);
  return item->points;
}

#define EXPECT(MAKE, MEMBER, VALUE, KEY, SIDE, POINTS)                                                                 \
  G_STMT_START                                                                                                         \
  {                                                                                                                    \
    WillisRiskInputs expect_in = example ();                                                                           \
    expect_in.MEMBER = VALUE;                                                                                          \
    g_assert_cmpfloat (points_of (MAKE, &expect_in, KEY, SIDE), ==, POINTS);                                           \
  }                                                                                                                    \
  G_STMT_END

static void
test_phases_rows (void)
{
  static const struct
  {
    double mm, points;
  } sizes[] = { { 0.5, 0 }, { 6.9, 0 }, { 6.94, 0 }, { 6.96, 3 }, { 7.0, 3 }, { 9.9, 3 }, { 10.0, 6 }, { 19.9, 6 }, { 20.0, 10 }, { 35, 10 } };
  static const double population[] = { [WILLIS_POPULATION_NORTH_AMERICA_EUROPE] = 0, [WILLIS_POPULATION_JAPAN] = 3,
                                       [WILLIS_POPULATION_FINLAND] = 5, [WILLIS_POPULATION_CHINA] = 0, [WILLIS_POPULATION_OTHER] = 0 };
  static const double site[] = { [WILLIS_SITE_ICA] = 0, [WILLIS_SITE_MCA] = 2, [WILLIS_SITE_ACA] = 4, [WILLIS_SITE_ACOM] = 4,
                                 [WILLIS_SITE_PCOM] = 4, [WILLIS_SITE_BASILAR_TIP] = 4, [WILLIS_SITE_POSTERIOR] = 4 };

  for (gsize n = 0; n < G_N_ELEMENTS (sizes); n++)
    EXPECT (willis_risk_phases, size_mm, sizes[n].mm, "size", 0, sizes[n].points);
  for (int n = WILLIS_POPULATION_NORTH_AMERICA_EUROPE; n <= WILLIS_POPULATION_OTHER; n++)
    EXPECT (willis_risk_phases, population, (WillisPopulation) n, "population", 0, population[n]);
  for (int n = WILLIS_SITE_ICA; n <= WILLIS_SITE_POSTERIOR; n++)
    EXPECT (willis_risk_phases, site, (WillisSite) n, "site", 0, site[n]);
  EXPECT (willis_risk_phases, age, 69, "age", 0, 0);
  EXPECT (willis_risk_phases, age, 70, "age", 0, 1);
  EXPECT (willis_risk_phases, hypertension, WILLIS_ANSWER_NO, "hypertension", 0, 0);
  EXPECT (willis_risk_phases, hypertension, WILLIS_ANSWER_YES, "hypertension", 0, 1);
  EXPECT (willis_risk_phases, earlier_sah, WILLIS_ANSWER_NO, "earlier_sah", 0, 0);
  EXPECT (willis_risk_phases, earlier_sah, WILLIS_ANSWER_YES, "earlier_sah", 0, 1);
}

/* All sums that can occur, and what the paper gives for each. */
static void
test_phases_risk (void)
{
  static const double risk[][3] = { { 0.4, 0.1, 1.5 }, { 0.4, 0.1, 1.5 }, { 0.4, 0.1, 1.5 }, { 0.7, 0.2, 1.5 },
                                    { 0.9, 0.3, 2.0 }, { 1.3, 0.8, 2.4 }, { 1.7, 1.1, 2.7 }, { 2.4, 1.6, 3.3 },
                                    { 3.2, 2.3, 4.4 }, { 4.3, 2.9, 6.1 }, { 5.3, 3.5, 8.0 }, { 7.2, 5.0, 10.2 },
                                    { 17.8, 15.2, 20.7 } };
  static const double sizes[] = { 5, 8, 15, 25 };
  gboolean met[23] = { FALSE };

  for (int p = WILLIS_POPULATION_NORTH_AMERICA_EUROPE; p <= WILLIS_POPULATION_FINLAND; p++)
    for (int site = WILLIS_SITE_ICA; site <= WILLIS_SITE_POSTERIOR; site++)
      for (int bits = 0; bits < 32; bits++)
        {
          WillisRiskInputs in = example ();
          g_autoptr (WillisRiskScore) s = NULL;
          int row;

          in.population = (WillisPopulation) p;
          in.site = (WillisSite) site;
          in.size_mm = sizes[bits & 3];
          in.age = bits & 4 ? 75 : 50;
          in.hypertension = bits & 8 ? WILLIS_ANSWER_YES : WILLIS_ANSWER_NO;
          in.earlier_sah = bits & 16 ? WILLIS_ANSWER_YES : WILLIS_ANSWER_NO;
          s = willis_risk_phases (&in);
          g_assert_true (s->complete);
          row = (int) MIN (s->score, 12);
          met[(int) s->score] = TRUE;
          g_assert_cmpfloat (s->percent, ==, risk[row][0]);
          g_assert_cmpfloat (s->percent_low, ==, risk[row][1]);
          g_assert_cmpfloat (s->percent_high, ==, risk[row][2]);
        }
  for (int score = 0; score <= 12; score++)
    g_assert_true (met[score]);
}

static void
test_elapss_rows (void)
{
  static const struct
  {
    double value, points;
  } sizes[] = { { 1.0, 0 }, { 2.9, 0 }, { 3.0, 4 }, { 4.9, 4 }, { 5.0, 10 }, { 6.9, 10 }, { 7.0, 13 }, { 9.9, 13 }, { 10.0, 22 }, { 24, 22 } },
    ages[] = { { 20, 0 }, { 60, 0 }, { 61, 1 }, { 65, 1 }, { 66, 2 }, { 70, 2 }, { 71, 3 }, { 75, 3 }, { 76, 4 }, { 81, 5 } };
  static const double population[] = { [WILLIS_POPULATION_NORTH_AMERICA_EUROPE] = 0, [WILLIS_POPULATION_JAPAN] = 1,
                                       [WILLIS_POPULATION_FINLAND] = 7, [WILLIS_POPULATION_CHINA] = 0, [WILLIS_POPULATION_OTHER] = 0 };
  static const double site[] = { [WILLIS_SITE_ICA] = 0, [WILLIS_SITE_MCA] = 3, [WILLIS_SITE_ACA] = 0, [WILLIS_SITE_ACOM] = 0,
                                 [WILLIS_SITE_PCOM] = 5, [WILLIS_SITE_BASILAR_TIP] = 5, [WILLIS_SITE_POSTERIOR] = 5 };

  for (gsize n = 0; n < G_N_ELEMENTS (sizes); n++)
    EXPECT (willis_risk_elapss, size_mm, sizes[n].value, "size", 0, sizes[n].points);
  for (gsize n = 0; n < G_N_ELEMENTS (ages); n++)
    EXPECT (willis_risk_elapss, age, (int) ages[n].value, "age", 0, ages[n].points);
  for (int n = WILLIS_POPULATION_NORTH_AMERICA_EUROPE; n <= WILLIS_POPULATION_OTHER; n++)
    EXPECT (willis_risk_elapss, population, (WillisPopulation) n, "population", 0, population[n]);
  for (int n = WILLIS_SITE_ICA; n <= WILLIS_SITE_POSTERIOR; n++)
    EXPECT (willis_risk_elapss, site, (WillisSite) n, "site", 0, site[n]);
  EXPECT (willis_risk_elapss, earlier_sah, WILLIS_ANSWER_YES, "earlier_sah", 0, 0);
  EXPECT (willis_risk_elapss, earlier_sah, WILLIS_ANSWER_NO, "earlier_sah", 0, 1);
  EXPECT (willis_risk_elapss, irregular, WILLIS_ANSWER_NO, "shape", 0, 0);
  EXPECT (willis_risk_elapss, irregular, WILLIS_ANSWER_YES, "shape", 0, 4);
}

static void
test_elapss_growth (void)
{
  static const double growth[6][2] = { { 5.0, 8.4 }, { 7.8, 13.0 }, { 11.7, 19.3 }, { 17.5, 28.1 }, { 25.8, 39.9 }, { 42.7, 60.8 } };
  static const double sizes[] = { 2, 4, 6, 8, 12 };
  gboolean met[6] = { FALSE };

  for (int p = WILLIS_POPULATION_NORTH_AMERICA_EUROPE; p <= WILLIS_POPULATION_FINLAND; p++)
    for (int site = WILLIS_SITE_ICA; site <= WILLIS_SITE_POSTERIOR; site++)
      for (int k = 0; k < 5 * 4; k++)
        {
          WillisRiskInputs in = example ();
          g_autoptr (WillisRiskScore) s = NULL;
          int row;

          in.population = (WillisPopulation) p;
          in.site = (WillisSite) site;
          in.size_mm = sizes[k / 4];
          in.irregular = k & 1 ? WILLIS_ANSWER_YES : WILLIS_ANSWER_NO;
          in.age = k & 2 ? 73 : 40;
          s = willis_risk_elapss (&in);
          // under 5, 5 to 9, 10 to 14, 15 to 19, 20 to 24, 25 and more
          row = s->score < 5 ? 0 : s->score <= 9 ? 1 : s->score <= 14 ? 2 : s->score <= 19 ? 3 : s->score <= 24 ? 4 : 5;
          met[row] = TRUE;
          g_assert_cmpfloat (s->percent, ==, growth[row][0]);
          g_assert_cmpfloat (s->percent_5y, ==, growth[row][1]);
        }
  for (int row = 0; row < 6; row++)
    g_assert_true (met[row]);
}

static void
test_uiats_repair_rows (void)
{
  static const struct
  {
    double value, points;
  } ages[] = { { 20, 4 }, { 39, 4 }, { 40, 3 }, { 60, 3 }, { 61, 2 }, { 70, 2 }, { 71, 1 }, { 80, 1 }, { 81, 0 }, { 95, 0 } },
    sizes[] = { { 1, 0 }, { 3.9, 0 }, { 4.0, 1 }, { 6.9, 1 }, { 7.0, 2 }, { 12.9, 2 }, { 13.0, 3 }, { 24.9, 3 }, { 25.0, 4 } };
  static const double site[] = { [WILLIS_SITE_ICA] = 0, [WILLIS_SITE_MCA] = 0, [WILLIS_SITE_ACA] = 0, [WILLIS_SITE_ACOM] = 2,
                                 [WILLIS_SITE_PCOM] = 2, [WILLIS_SITE_BASILAR_TIP] = 5, [WILLIS_SITE_POSTERIOR] = 4 };
  static const double population[] = { [WILLIS_POPULATION_NORTH_AMERICA_EUROPE] = 0, [WILLIS_POPULATION_JAPAN] = 2,
                                       [WILLIS_POPULATION_FINLAND] = 2, [WILLIS_POPULATION_CHINA] = 0, [WILLIS_POPULATION_OTHER] = 0 };

  for (gsize n = 0; n < G_N_ELEMENTS (ages); n++)
    EXPECT (willis_risk_uiats, age, (int) ages[n].value, "age", 1, ages[n].points);
  for (gsize n = 0; n < G_N_ELEMENTS (sizes); n++)
    EXPECT (willis_risk_uiats, size_mm, sizes[n].value, "size", 1, sizes[n].points);
  for (int n = WILLIS_SITE_ICA; n <= WILLIS_SITE_POSTERIOR; n++)
    EXPECT (willis_risk_uiats, site, (WillisSite) n, "site", 1, site[n]);
  for (int n = WILLIS_POPULATION_NORTH_AMERICA_EUROPE; n <= WILLIS_POPULATION_OTHER; n++)
    EXPECT (willis_risk_uiats, population, (WillisPopulation) n, "population", 1, population[n]);
  EXPECT (willis_risk_uiats, inuit, TRUE, "population", 1, 2);
  EXPECT (willis_risk_uiats, earlier_sah, WILLIS_ANSWER_YES, "earlier_sah", 1, 4);
  EXPECT (willis_risk_uiats, familial, TRUE, "familial", 1, 3);
  EXPECT (willis_risk_uiats, smoker, TRUE, "smoker", 1, 3);
  EXPECT (willis_risk_uiats, hypertension, WILLIS_ANSWER_YES, "hypertension", 1, 2);
  EXPECT (willis_risk_uiats, adpkd, TRUE, "adpkd", 1, 2);
  EXPECT (willis_risk_uiats, drugs, TRUE, "drugs", 1, 2);
  EXPECT (willis_risk_uiats, alcohol, TRUE, "alcohol", 1, 1);
  EXPECT (willis_risk_uiats, nerve_deficit, TRUE, "nerve_deficit", 1, 4);
  EXPECT (willis_risk_uiats, mass_effect, TRUE, "mass_effect", 1, 4);
  EXPECT (willis_risk_uiats, thromboembolism, TRUE, "thromboembolism", 1, 3);
  EXPECT (willis_risk_uiats, epilepsy, TRUE, "epilepsy", 1, 1);
  EXPECT (willis_risk_uiats, fear, TRUE, "fear", 1, 2);
  EXPECT (willis_risk_uiats, multiple, WILLIS_ANSWER_YES, "multiple", 1, 1);
  EXPECT (willis_risk_uiats, irregular, WILLIS_ANSWER_YES, "irregular", 1, 3);
  EXPECT (willis_risk_uiats, irregular, WILLIS_ANSWER_NO, "irregular", 1, 0);
  EXPECT (willis_risk_uiats, aspect_ratio, 1.6, "ratio", 1, 0); // size ratio 2.0
  EXPECT (willis_risk_uiats, aspect_ratio, 1.61, "ratio", 1, 1);
  EXPECT (willis_risk_uiats, size_ratio, 3.01, "ratio", 1, 1);
  EXPECT (willis_risk_uiats, growth, TRUE, "growth", 1, 4);
  EXPECT (willis_risk_uiats, de_novo, TRUE, "de_novo", 1, 3);
  EXPECT (willis_risk_uiats, steno_occlusive, TRUE, "steno_occlusive", 1, 1);
}

static void
test_uiats_observe_rows (void)
{
  static const struct
  {
    double value, points;
  } ages[] = { { 39, 0 }, { 40, 1 }, { 41, 1 }, { 60, 1 }, { 61, 3 }, { 70, 3 }, { 71, 4 }, { 80, 4 }, { 81, 5 } },
    sizes[] = { { 5.9, 0 }, { 6.0, 1 }, { 10.0, 1 }, { 10.1, 3 }, { 20.0, 3 }, { 20.1, 5 }, { 30, 5 } };
  static const double life[] = { [WILLIS_LIFE_NOT_LIMITED] = 0, [WILLIS_LIFE_OVER_10_Y] = 1, [WILLIS_LIFE_5_TO_10_Y] = 3, [WILLIS_LIFE_UNDER_5_Y] = 4 };

  for (gsize n = 0; n < G_N_ELEMENTS (ages); n++)
    EXPECT (willis_risk_uiats, age, (int) ages[n].value, "age_risk", -1, ages[n].points);
  for (gsize n = 0; n < G_N_ELEMENTS (sizes); n++)
    EXPECT (willis_risk_uiats, size_mm, sizes[n].value, "size_risk", -1, sizes[n].points);
  for (int n = WILLIS_LIFE_NOT_LIMITED; n <= WILLIS_LIFE_UNDER_5_Y; n++)
    EXPECT (willis_risk_uiats, life, (WillisLife) n, "life_expectancy", -1, life[n]);
  EXPECT (willis_risk_uiats, neurocognitive, TRUE, "neurocognitive", -1, 3);
  EXPECT (willis_risk_uiats, coagulopathy, TRUE, "coagulopathy", -1, 2);
  EXPECT (willis_risk_uiats, psychiatric, TRUE, "psychiatric", -1, 2);
  EXPECT (willis_risk_uiats, complex_treatment, TRUE, "complexity", -1, 3);
  EXPECT (willis_risk_uiats, complex_treatment, FALSE, "complexity", -1, 0);
  EXPECT (willis_risk_uiats, age, 50, "constant", -1, 5);
}

/* A difference of 3 decides, 2 does not, either way; every switch moves its own side by its own points and no more. */
static void
test_uiats_verdict (void)
{
  gboolean met[3] = { FALSE };
  gsize n_questions;
  const WillisRiskQuestion *questions = willis_risk_questions (&n_questions);

  for (int bits = 0; bits < 64; bits++)
    {
      WillisRiskInputs in = example ();
      g_autoptr (WillisRiskScore) s = NULL;

      in.smoker = bits & 1;
      in.alcohol = (bits & 2) != 0;
      in.adpkd = (bits & 4) != 0;
      in.complex_treatment = (bits & 8) != 0;
      in.coagulopathy = (bits & 16) != 0;
      in.epilepsy = (bits & 32) != 0;
      s = willis_risk_uiats (&in);
      g_assert_cmpfloat (s->score, ==, s->repair - s->observe);
      met[s->score >= 3 ? 0 : s->score <= -3 ? 1 : 2] = TRUE;
      g_assert_cmpstr (s->verdict, ==, s->score >= 3 ? "favours repair" : s->score <= -3 ? "favours observation" : "not definitive");
    }
  g_assert_true (met[0] && met[1] && met[2]);
  for (gsize n = 0; n < n_questions; n++)
    if (questions[n].kind == WILLIS_QUESTION_FLAG && !g_str_equal (questions[n].key, "inuit"))
      {
        WillisRiskInputs in = example ();
        g_autoptr (WillisRiskScore) before = willis_risk_uiats (&in);
        g_autoptr (WillisRiskScore) after = NULL;
        g_autoptr (WillisRiskScore) phases = NULL;

        willis_risk_set_answer (&in, questions + n, TRUE);
        after = willis_risk_uiats (&in);
        phases = willis_risk_phases (&in);
        g_assert_true ((after->repair > before->repair) != (after->observe > before->observe));
        g_assert_cmpfloat (phases->score, ==, 7); // these belong to UIATS alone
      }
}

static void
test_questions (void)
{
  gsize n_questions;
  const WillisRiskQuestion *questions = willis_risk_questions (&n_questions);
  WillisRiskInputs in;

  willis_risk_inputs_init (&in);
  for (gsize n = 0; n < n_questions; n++)
    {
      int value = questions[n].kind == WILLIS_QUESTION_NUMBER ? 61 : questions[n].kind == WILLIS_QUESTION_SEX ? 'F' : 1;

      g_assert_cmpint (willis_risk_answer (&in, questions + n), ==, willis_risk_no_answer (questions + n));
      willis_risk_set_answer (&in, questions + n, value);
      g_assert_cmpint (willis_risk_answer (&in, questions + n), ==, value);
      willis_risk_set_answer (&in, questions + n, 250); // as from a damaged file
      g_assert_cmpint (willis_risk_answer (&in, questions + n), ==, willis_risk_no_answer (questions + n));
    }
}

/* --- the site from what meets at the neck */

/* An aneurysm whose neck is a circle at centre. */
static WillisAneurysm *
aneurysm_with_blebs (const double centre[3], const double normal[3], double neck_radius, int branch, double n_blebs)
{
  WillisNeck neck;
  WillisMorphology m = { .index = { [WILLIS_INDEX_SIZE] = { 8.0, 0.3, NULL },
                                    [WILLIS_INDEX_SIZE_RATIO] = { 2.5, 0.2, NULL },
                                    [WILLIS_INDEX_BLEBS] = { n_blebs, 0.0, NULL } } };
  double curve[36], u[3], v[3];
  g_autoptr (WillisSurface) sac = willis_surface_new_take (g_new0 (double, 3), 0, g_new0 (gint32, 3), 0);

  vec3_copy (neck.centre_lps_mm, centre);
  vec3_copy (neck.normal, normal);
  vec3_axpy (neck.dome_lps_mm, centre, 4.0, normal);
  vec3_basis (normal, u, v);
  for (int i = 0; i < 12; i++)
    {
      vec3_axpy (curve + 3 * i, centre, neck_radius * cos (i * G_PI / 6.0), u);
      vec3_axpy (curve + 3 * i, curve + 3 * i, neck_radius * sin (i * G_PI / 6.0), v);
    }
  return willis_aneurysm_new (&neck, curve, 12, sac, NULL, branch, &m, NULL);
}

static WillisAneurysm *
aneurysm_at (const double centre[3], const double normal[3], double neck_radius, int branch)
{
  return aneurysm_with_blebs (centre, normal, neck_radius, branch, 0.0);
}

static WillisSite
site_at (const Tube *tubes, gsize n, const double centre[3], const double normal[3], int branch, WillisSiteFound *out)
{
  g_autoptr (WillisTree) tree = tubes_tree (tubes, n);
  g_autoptr (WillisAneurysm) aneurysm = aneurysm_at (centre, normal, 1.5, branch);
  WillisSiteFound found = willis_site_of_aneurysm (tree, aneurysm);

  if (out != NULL)
    *out = found;
  return found.site;
}

/* Daughter sacs make a sac irregular unless a person says otherwise; that none is counted does not make it regular. */
static void
test_picture_answers (void)
{
  static const Tube trunk[] = { { "MCA M1 right", { 0, 0, 0 }, { -15, 0, 0 }, 1.4 } };
  static const double centre[3] = { -7, 1.4, 0 }, up[3] = { 0, 1, 0 };
  g_autoptr (WillisTree) tree = tubes_tree (trunk, 1);
  g_autoptr (WillisAneurysm) lobed = aneurysm_with_blebs (centre, up, 1.5, 0, 2.0);
  g_autoptr (WillisAneurysm) smooth = aneurysm_at (centre, up, 1.5, 0);
  const WillisRiskQuestion *irregular = willis_risk_question_find ("irregular");
  WillisRiskInputs in;

  willis_risk_inputs_init (&in);
  willis_risk_inputs_from_picture (&in, tree, lobed, 1, TRUE);
  g_assert_true (in.irregular == WILLIS_ANSWER_YES && willis_risk_answer_from_picture (&in, irregular));
  g_assert_true (in.size_from_picture && in.size_mm == 8.0 && in.size_sd_mm == 0.3 && in.size_ratio_sd == 0.2);
  g_assert_false (willis_risk_answer_from_picture (&in, willis_risk_question_find ("multiple")));
  willis_risk_inputs_init (&in);
  in.irregular = WILLIS_ANSWER_NO;
  in.size_mm = 5.0;
  willis_risk_inputs_from_picture (&in, tree, lobed, 2, TRUE);
  g_assert_true (in.irregular == WILLIS_ANSWER_NO && !in.irregular_from_picture && in.multiple_from_picture);
  g_assert_true (!in.size_from_picture && in.size_mm == 5.0 && isnan (in.size_sd_mm));
  willis_risk_inputs_init (&in);
  willis_risk_inputs_from_picture (&in, tree, smooth, 1, TRUE);
  g_assert_cmpint (in.irregular, ==, WILLIS_ANSWER_UNKNOWN);
  willis_risk_inputs_init (&in);
  willis_risk_inputs_from_picture (&in, tree, lobed, 1, FALSE);
  g_assert_true (isnan (in.size_mm) && !in.size_from_picture && isnan (in.size_ratio) && isnan (in.aspect_ratio));
  g_assert_true (in.irregular == WILLIS_ANSWER_UNKNOWN && in.site_from_picture);
}

static void
test_site (void)
{
  static const Tube basilar[] = { { "Basilar", { 0, 0, -20 }, { 0, 0, 0 }, 1.6 }, { "PCA P1 left", { 0, 0, 0 }, { 9, 3, 3 }, 1.1 },
                                  { "PCA P1 right", { 0, 0, 0 }, { -9, 3, 3 }, 1.1 }, { NULL, { 0, 0, 0 }, { 0, 0, 6 }, 1.5 } };
  static const Tube carotid[] = { { "ICA C7 left", { 0, 0, -12 }, { 0, 0, 0 }, 1.9 }, { "PCom left", { 0, 0, 0 }, { 0, 12, 0 }, 0.7 },
                                  { "ICA C7 left", { 0, 0, 0 }, { 0, 0, 6 }, 1.9 }, { "MCA M1 left", { 0, 0, 6 }, { 14, 0, 6 }, 1.4 },
                                  { "ACA A1 left", { 0, 0, 6 }, { -10, -6, 8 }, 1.1 } };
  static const Tube front[] = { { "ACA A1 left", { 10, 0, 0 }, { 2, -6, 3 }, 1.1 }, { "ACA A2 left", { 2, -6, 3 }, { 2, -12, 15 }, 1.1 },
                                { "ACom", { 2, -6, 3 }, { -2, -6, 3 }, 0.8 }, { "ACA A1 right", { -10, 0, 0 }, { -2, -6, 3 }, 1.1 },
                                { "ACA A2 right", { -2, -6, 3 }, { -2, -12, 15 }, 1.1 } };
  static const Tube middle[] = { { "MCA M1 right", { 0, 0, 0 }, { -15, 0, 0 }, 1.4 }, { "MCA M2 superior right", { -15, 0, 0 }, { -24, 0, 9 }, 1 },
                                 { "MCA M2 inferior right", { -15, 0, 0 }, { -24, 0, -9 }, 1 } };
  static const double up[3] = { 0, 0, 1 }, back[3] = { 0, 1, 0 }, right[3] = { -1, 0, 0 }, ahead[3] = { 0, -1, 0 };
  WillisSiteFound found;

  g_assert_cmpint (site_at (basilar, 4, (double[]){ 0, 0, 1.6 }, up, 0, &found), ==, WILLIS_SITE_BASILAR_TIP);
  g_assert_cmpfloat (found.confidence, ==, 0.9);
  // half way down the trunk it is not the tip
  g_assert_cmpint (site_at (basilar, 4, (double[]){ 0, 1.6, -10 }, back, 0, NULL), ==, WILLIS_SITE_POSTERIOR);
  // at the origin of the PCom, though its parent is the carotid
  g_assert_cmpint (site_at (carotid, 5, (double[]){ 0, 1.9, -1 }, back, 0, NULL), ==, WILLIS_SITE_PCOM);
  // on the carotid's other side it is not the PCom's, though at its level
  g_assert_cmpint (site_at (carotid, 5, (double[]){ 0, -1.9, -0.5 }, ahead, 0, NULL), ==, WILLIS_SITE_ICA);
  // nor where its origin stays 3 mm away from the neck
  g_assert_cmpint (site_at (carotid, 5, (double[]){ 1.9, 0, -3.5 }, (double[]){ 1, 0, 0 }, 0, NULL), ==, WILLIS_SITE_ICA);
  // 7 mm below it, and at the top of the carotid, it is the carotid's
  g_assert_cmpint (site_at (carotid, 5, (double[]){ 0, 1.9, -7 }, back, 0, &found), ==, WILLIS_SITE_ICA);
  g_assert_nonnull (found.doubt); // a PCom too thin to see may be there
  g_assert_cmpint (site_at (carotid, 5, (double[]){ 0, 0, 7.9 }, up, 2, NULL), ==, WILLIS_SITE_ICA);
  // nor is that an artery's of those that leave there, whichever the tree has at the neck
  for (int branch = 2; branch < 5; branch++)
    {
      g_assert_cmpint (site_at (carotid, 5, (double[]){ 0, 0, 7.9 }, up, branch, &found), ==, WILLIS_SITE_ICA);
      g_assert_null (found.doubt);
    }
  g_assert_cmpint (site_at (front, 5, (double[]){ 2, -7.2, 3 }, ahead, 0, NULL), ==, WILLIS_SITE_ACOM);
  g_assert_cmpint (site_at (front, 5, (double[]){ 2, -11, 12 }, ahead, 1, NULL), ==, WILLIS_SITE_ACA);
  g_assert_cmpint (site_at (middle, 3, (double[]){ -16.4, 0, 0 }, right, 0, NULL), ==, WILLIS_SITE_MCA);
  // two arteries that merely pass each other do not meet
  g_assert_cmpint (site_at ((Tube[]){ { "Basilar", { 0, 0, -20 }, { 0, 0, 20 }, 1.6 }, { "PCA P1 left", { 3, 0, 0 }, { 9, 3, 3 }, 1.1 } }, 2,
                            (double[]){ 0, 1.6, 0 }, back, 0, NULL), ==, WILLIS_SITE_POSTERIOR);
  // no name, no site
  g_assert_cmpint (site_at ((Tube[]){ { NULL, { 0, 0, -20 }, { 0, 0, 20 }, 1.6 } }, 1, (double[]){ 0, 1.6, 0 }, back, 0, &found), ==,
                   WILLIS_SITE_UNKNOWN);
  g_assert_nonnull (found.doubt);
}

/* Of an aneurysm whose neck is here the parent is branch 0, and the blood comes up in it. */
static void
assert_fed_from_below (const WillisTree *tree, const double centre[3], const double normal[3])
{
  const double up[3] = { 0, 0, 1 };
  g_autoptr (WillisAneurysm) aneurysm = aneurysm_at (centre, normal, 1.5, -1);
  gsize n_curve;
  const double *curve = willis_aneurysm_neck_curve (aneurysm, &n_curve);
  WillisParent parent;
  int branch = -1;

  g_assert_true (willis_parent_find (tree, willis_aneurysm_neck (aneurysm), curve, n_curve, &parent, &branch));
  g_assert_cmpint (branch, ==, 0);
  g_assert_cmpfloat_with_epsilon (vec3_dot (parent.axis, up), 1.0, 1e-9);
  g_assert_cmpfloat_with_epsilon (vec3_dot (parent.upstream, up), 1.0, 1e-9);
}

/* In the circle of Willis a tree runs against the blood here and there: the artery that feeds a fork is known by the
 * names, whichever way its branches point, and so are its axis and what a candidate at the fork hangs on. */
static void
test_feeding (void)
{
  static const Tube ways[][4] = { { { "Basilar", { 0, 0, -20 }, { 0, 0, 0 }, 1.6 },
                                    { "PCA P1 left", { 0, 0, 0 }, { 9, 3, 3 }, 1.1 },
                                    { "PCA P1 right", { 0, 0, 0 }, { -9, 3, 3 }, 1.1 },
                                    { NULL, { 0, 0, 0 }, { 0, 0, 6 }, 1.5 } },
                                  { { "Basilar", { 0, 0, 0 }, { 0, 0, -20 }, 1.6 },
                                    { "PCA P1 left", { 9, 3, 3 }, { 0, 0, 0 }, 1.1 },
                                    { "PCA P1 right", { 0, 0, 0 }, { -9, 3, 3 }, 1.1 },
                                    { NULL, { 0, 0, 0 }, { 0, 0, 6 }, 1.5 } } };
  const double top[3] = { 0, 0, 1.6 }, up[3] = { 0, 0, 1 }, dome[3] = { 1.0, 0.3, 4 }, aside[3] = { 8, 3, 4 };

  for (int way = 0; way < 2; way++)
    {
      g_autoptr (WillisTree) tree = tubes_tree (ways[way], 4);

      assert_fed_from_below (tree, top, up);
      for (int daughter = 1; daughter < 4; daughter++)
        g_assert_cmpint (willis_flow_feeder (tree, daughter, dome, 3.0), ==, 0);
      g_assert_cmpint (willis_flow_feeder (tree, 0, dome, 3.0), ==, 0);
      g_assert_cmpint (willis_flow_feeder (tree, 1, aside, 3.0), ==, 1);
    }
}

/* A sac on the side of an artery that the tree has from its far end to its near one: upstream is what comes before. */
static void
test_feeding_sidewall (void)
{
  static const Tube ways[][1] = { { { "ICA C6 left", { 0, 0, -20 }, { 0, 0, 20 }, 1.8 } },
                                  { { "ICA C6 left", { 0, 0, 20 }, { 0, 0, -20 }, 1.8 } } };
  const double side[3] = { 1.8, 0, 0 }, out[3] = { 1, 0, 0 };

  for (int way = 0; way < 2; way++)
    {
      g_autoptr (WillisTree) tree = tubes_tree (ways[way], 1);

      assert_fed_from_below (tree, side, out);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/risk/phases", test_phases);
  g_test_add_func ("/risk/near-cutoff", test_near_cutoff);
  g_test_add_func ("/risk/uiats-near-cutoff", test_uiats_near_cutoff);
  g_test_add_func ("/risk/phases-ends", test_phases_ends);
  g_test_add_func ("/risk/elapss", test_elapss);
  g_test_add_func ("/risk/uiats", test_uiats);
  g_test_add_func ("/risk/missing-gives-no-number", test_missing_gives_no_number);
  g_test_add_func ("/risk/values", test_values);
  g_test_add_func ("/risk/names", test_names);
  g_test_add_func ("/risk/phases/rows", test_phases_rows);
  g_test_add_func ("/risk/phases/risk", test_phases_risk);
  g_test_add_func ("/risk/elapss/rows", test_elapss_rows);
  g_test_add_func ("/risk/elapss/growth", test_elapss_growth);
  g_test_add_func ("/risk/uiats/repair-rows", test_uiats_repair_rows);
  g_test_add_func ("/risk/uiats/observe-rows", test_uiats_observe_rows);
  g_test_add_func ("/risk/uiats/verdict", test_uiats_verdict);
  g_test_add_func ("/risk/questions", test_questions);
  g_test_add_func ("/risk/picture-answers", test_picture_answers);
  g_test_add_func ("/risk/site", test_site);
  g_test_add_func ("/risk/feeding-artery", test_feeding);
  g_test_add_func ("/risk/feeding-artery/sidewall", test_feeding_sidewall);
  return g_test_run ();
}
