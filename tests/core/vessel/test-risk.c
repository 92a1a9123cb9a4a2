/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>
#include <math.h>

#include "core/vessel/risk.h"

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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/risk/phases", test_phases);
  g_test_add_func ("/risk/phases-ends", test_phases_ends);
  g_test_add_func ("/risk/elapss", test_elapss);
  g_test_add_func ("/risk/uiats", test_uiats);
  g_test_add_func ("/risk/missing-gives-no-number", test_missing_gives_no_number);
  g_test_add_func ("/risk/names", test_names);
  return g_test_run ();
}
