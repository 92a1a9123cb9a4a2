/* SPDX-License-Identifier: Apache-2.0 */
#include "core/report/format.h"

#include <math.h>

static void
assert_measure (double value, double sd, const char *value_text, const char *sd_text)
{
  g_autofree char *v = NULL, *s = NULL;

  willis_format_measure (value, sd, &v, &s);
  g_assert_cmpstr (v, ==, value_text);
  g_assert_cmpstr (s, ==, sd_text);
}

/* A count is a whole number beside any deviation, and so is its change. */
static void
test_count (void)
{
  static const struct
  {
    double value, sd;
    const char *text;
  } rows[] = { { 0, 0, "0" }, { 2, NAN, "2" }, { 3, 0.52, "3" }, { -1, 0.71, "\xe2\x88\x92" "1" }, { NAN, NAN, "\xe2\x80\x93" } };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *v = NULL, *s = NULL;

      willis_format_index (WILLIS_INDEX_BLEBS, rows[i].value, rows[i].sd, &v, &s);
      g_assert_cmpstr (v, ==, rows[i].text);
      g_assert_cmpint (s != NULL, ==, rows[i].sd > 0);
    }
}

static void
test_with_sd (void)
{
  assert_measure (6.2374, 0.3412, "6.2", "0.3");
  assert_measure (6.2374, 0.1412, "6.24", "0.14");
  assert_measure (6.2374, 0.0294, "6.237", "0.029");
  assert_measure (6.2374, 0.0296, "6.24", "0.03");
  assert_measure (6.2374, 0.0996, "6.24", "0.10"); // rounded it leads with a 1
  assert_measure (207.3, 28.4, "207", "28");
  assert_measure (207.3, 34.0, "210", "30");
  assert_measure (12345, 960.0, "12300", "1000");
  assert_measure (-0.0532, 0.004, "\xe2\x88\x92" "0.053", "0.004");
  assert_measure (-0.0002, 0.04, "0.00", "0.04");
  assert_measure (0, 0.5, "0.0", "0.5");
  assert_measure (1.5, 1.0, "1.5", "1.0");
}

static void
test_without_sd (void)
{
  assert_measure (6.2374, NAN, "6.24", NULL);
  assert_measure (62.374, 0, "62.4", NULL);
  assert_measure (623.74, NAN, "624", NULL);
  assert_measure (6237.4, NAN, "6237", NULL); // whole units are never rounded away without a reason
  assert_measure (0.062374, NAN, "0.0624", NULL);
  assert_measure (0.99951, NAN, "1.00", NULL);
  assert_measure (0, NAN, "0.00", NULL);
  assert_measure (-1.234, NAN, "\xe2\x88\x92" "1.23", NULL);
}

static void
test_not_finite (void)
{
  assert_measure (NAN, 0.1, "\xe2\x80\x93", NULL);
  assert_measure (INFINITY, NAN, "\xe2\x80\x93", NULL);
}

static void
test_units (void)
{
  g_assert_cmpstr (willis_format_unit ("mm3"), ==, "mm³");
  g_assert_cmpstr (willis_format_unit ("deg"), ==, "°");
  g_assert_cmpstr (willis_format_unit ("mm"), ==, "mm");
  g_assert_cmpstr (willis_format_unit (""), ==, "");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/format/count", test_count);
  g_test_add_func ("/format/with-sd", test_with_sd);
  g_test_add_func ("/format/without-sd", test_without_sd);
  g_test_add_func ("/format/not-finite", test_not_finite);
  g_test_add_func ("/format/units", test_units);
  return g_test_run ();
}
