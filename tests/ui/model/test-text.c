/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "ui/model/format.h"
#include "ui/model/session.h"

static void
check (double value, double sd, const char *unit, const char *expected)
{
  const WillisMeasure m = { value, sd, NULL };
  g_autofree char *text = willis_text_measure (&m, unit);

  g_assert_cmpstr (text, ==, expected);
}

static void
check_index (WillisIndex index, double value, double sd, const char *expected)
{
  g_autofree char *text = willis_text_index (index, value, sd);

  g_assert_cmpstr (text, ==, expected);
}

/* No more digits than the uncertainty allows: its first digit is the last one shown, its second where the first is a 1 or 2. */
static void
test_measures (void)
{
  check (6.234, 0.31, "mm", "6.2\u00a0±\u00a00.3\u00a0mm");
  check (6.234, 0.031, "mm", "6.23\u00a0±\u00a00.03\u00a0mm");
  check (123.4, 12.0, "mm3", "123\u00a0±\u00a012\u00a0mm³");
  check (6434.0, 302.0, "mm3", "6400\u00a0±\u00a0300\u00a0mm³");
  check (98.0, 9.6, "mm3", "98\u00a0±\u00a010\u00a0mm³");
  check (0.1234, 0.0098, "", "0.123\u00a0±\u00a00.010");
  check (31.6, 1.2, "deg", "31.6\u00a0±\u00a01.2°");
  check (NAN, 0.1, "mm", "–");
  check (6.2, NAN, "mm", "6.20\u00a0mm");
  check_index (WILLIS_INDEX_BLEBS, 2.0, 0.4, "2");
  check_index (WILLIS_INDEX_BLEBS, 0.0, 0.0, "0");
  check_index (WILLIS_INDEX_SIZE, 6.234, 0.31, "6.2\u00a0mm");
}

static void
test_position (void)
{
  const double p[3] = { -12.34, 4.0, 55.06 };
  g_autofree char *text = willis_text_position (p);

  g_assert_cmpstr (text, ==, "R\u00a012.3  P\u00a04.0  S\u00a055.1\u00a0mm");
}

static void
test_marks (void)
{
  const WillisMark ruler = { WILLIS_TOOL_RULER, 2, { { 0, 0, 0 }, { 3, 4, 0 } } };
  const WillisMark angle = { WILLIS_TOOL_ANGLE, 3, { { 1, 0, 0 }, { 0, 0, 0 }, { 0, 2, 0 } } };
  const WillisMark half = { WILLIS_TOOL_ANGLE, 2, { { 1, 0, 0 }, { 0, 0, 0 } } };

  g_assert_cmpfloat_with_epsilon (willis_mark_value (&ruler), 5.0, 1e-12);
  g_assert_cmpfloat_with_epsilon (willis_mark_value (&angle), 90.0, 1e-12);
  g_assert_true (isnan (willis_mark_value (&half)));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/text/measures", test_measures);
  g_test_add_func ("/text/position", test_position);
  g_test_add_func ("/text/marks", test_marks);
  return g_test_run ();
}
