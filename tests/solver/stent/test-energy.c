/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>
#include <math.h>

#include "core/base/error.h"
#include "solver/stent/energy.h"

#define N 401

static void
lumen (double s[N], double d[N], double open[N], double diameter)
{
  for (int i = 0; i < N; i++)
    {
      s[i] = 0.2 * i;
      d[i] = diameter;
      open[i] = s[i] > 12.0 && s[i] < 17.0 ? 0.3 : 0.0;
    }
}

static WillisBraid
braid (void)
{
  WillisBraid b;

  g_assert_true (willis_braid_from_free (&b, 48, 0.03, 4.25, 20, 74 * G_PI / 180, 200, 0.3, NULL));
  return b;
}

/* Over a neck the braid widens, never beyond what it is when free, passes over smoothly, and becomes shorter for it. */
static void
test_neck (void)
{
  double s[N], d[N], open[N], most = 0.0, step = 0.0;
  WillisLumenLine line = { N, s, d, NULL, NULL };
  WillisBraidEnergy options = { .open = open };
  WillisBraid b = braid ();
  WillisDeployment with, without;
  g_autoptr (GError) error = NULL;

  lumen (s, d, open, 3.6);
  g_assert_true (willis_braid_relax (&b, &line, 2.0, 1, NULL, &without, &error));
  g_assert_true (willis_braid_relax (&b, &line, 2.0, 1, &options, &with, &error));
  for (guint i = 1; i < with.stations->len; i++)
    {
      const WillisStation *p = &g_array_index (with.stations, WillisStation, i - 1), *q = p + 1;

      most = fmax (most, q->state.diameter_mm);
      step = fmax (step, fabs (q->state.angle - p->state.angle));
      if (q->s_mm < 9.0 || q->s_mm > 20.0)
        g_assert_cmpfloat_with_epsilon (q->state.diameter_mm, 3.54, 1e-3);
    }
  g_test_message ("neck: widest %.3f mm, length %.2f and %.2f mm", most, with.length_mm, without.length_mm);
  g_assert_cmpfloat (most, >, 3.6);
  g_assert_cmpfloat (most, <, 3.54 + 0.3 * (4.25 - 3.54) + 1e-3);
  g_assert_cmpfloat (step, <, 0.03);
  g_assert_cmpfloat (with.length_mm, <, without.length_mm - 0.3);
  willis_deployment_clear (&with);
  willis_deployment_clear (&without);
}

/* Where it is wider than free, a push shortens and a pull lengthens; friction keeps it from the distal part. */
static void
test_push (void)
{
  double s[N], d[N], open[N], length[3];
  WillisLumenLine line = { N, s, d, NULL, NULL };
  WillisBraid b = braid ();

  lumen (s, d, open, 3.6);
  for (int q = -1; q <= 1; q++)
    {
      WillisBraidEnergy options = { .open = open, .axial_force_n = 0.004 * q, .friction = 0.0 };
      WillisDeployment out;
      g_autoptr (GError) error = NULL;

      g_assert_true (willis_braid_relax (&b, &line, 2.0, 1, &options, &out, &error));
      length[q + 1] = out.length_mm;
      willis_deployment_clear (&out);
    }
  g_assert_cmpfloat (length[0], <=, length[1]);
  g_assert_cmpfloat (length[2], >=, length[1]);
  g_assert_cmpfloat (length[2], >, length[0]);
}

static void
test_flare (void)
{
  double s[N], d[N], open[N];
  WillisLumenLine line = { N, s, d, NULL, NULL };
  WillisBraid b = braid ();
  WillisBraidEnergy options = { .flare = 0.03, .flare_mm = 8.0 };
  WillisDeployment out;
  const WillisStation *first, *middle;

  lumen (s, d, open, 6.0); // touches nothing
  g_assert_true (willis_braid_relax (&b, &line, 2.0, 1, &options, &out, NULL));
  first = &g_array_index (out.stations, WillisStation, 0);
  middle = &g_array_index (out.stations, WillisStation, out.stations->len / 2);
  g_assert_cmpfloat (first->state.diameter_mm, >, middle->state.diameter_mm + 0.03);
  g_assert_cmpfloat_with_epsilon (middle->state.diameter_mm, 4.25, 1e-3);
  willis_deployment_clear (&out);
}

static void
test_errors (void)
{
  double s[N], d[N], open[N];
  WillisLumenLine line = { N, s, d, NULL, NULL };
  WillisBraid b = braid ();
  WillisDeployment out;
  g_autoptr (GError) error = NULL;

  lumen (s, d, open, 3.6);
  b.young_gpa = NAN;
  g_assert_false (willis_braid_relax (&b, &line, 2.0, 1, NULL, &out, &error));
  g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_BAD_INPUT);
  g_clear_error (&error);
  b = braid ();
  g_assert_false (willis_braid_relax (&b, &line, 500.0, 1, NULL, &out, &error));
  g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_BAD_INPUT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stent/energy/neck", test_neck);
  g_test_add_func ("/stent/energy/push", test_push);
  g_test_add_func ("/stent/energy/flare", test_flare);
  g_test_add_func ("/stent/energy/errors", test_errors);
  return g_test_run ();
}
