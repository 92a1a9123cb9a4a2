/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Speed of the rod: a Newton step with contact for 100 to 10000 elements (processor time of this thread), and an insertion of 60 mm
 * into a siphon with elements of 0.4 mm. Prints JSON.
 */
#include <glib.h>
#include <time.h>

#include "solver/insertion/insertion-private.h"

static double
now (void)
{
  struct timespec t;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &t);
  return t.tv_sec + 1e-9 * t.tv_nsec;
}

static const WillisTool catheter = { 2,
                                     { { 6, { 30e6, 10e6, 10e6, 0.4e6, 0.5e6, 0.5e6 }, { 0, 0, 0.2 } },
                                       { 1e9, { 60e6, 20e6, 20e6, 1.2e6, 1.5e6, 1.5e6 }, { 0, 0, 0 } } },
                                     0.3 };

static WillisLumen *
line_lumen (double length, double bend, double radius)
{
  int count = (int) (length / 0.5);
  g_autofree double *points = g_new (double, 3 * count), *radii = g_new (double, count);
  double x[3] = { -2, 0, 0 }, t[3] = { 1, 0, 0 }, n[3] = { 0, 1, 0 };

  for (int i = 0; i < count; i++)
    {
      double s = 0.5 * i, k = s < 15.0 ? 0.0 : s < 30.0 ? bend : s < 45.0 ? -bend : s < 55.0 ? bend : 0.0;

      vec3_copy (points + 3 * i, x);
      radii[i] = radius;
      vec3_axpy (x, x, 0.5, t);
      vec3_axpy (t, t, 0.5 * k, n);
      vec3_normalize (t);
      vec3_axpy (n, n, -vec3_dot (n, t), t);
      vec3_normalize (n);
    }
  return willis_lumen_line (points, radii, count, FALSE, 0.4, NULL);
}

/* A straight rod of n elements lying in a tube: one solve from a small disturbance; time over Newton steps. */
static void
newton_step (int n)
{
  const double from[3] = { 0, 0, 0 }, to[3] = { 1, 0, 0 };
  const WillisFrame mouth = { { 0, 0, 0 }, { 1, 0, 0, 0 } };
  g_autoptr (WillisLumen) tube = willis_lumen_cylinder (from, to, 0.32);
  WillisInsertionParams params = WILLIS_INSERTION_PARAMS_INIT;
  g_autoptr (WillisInsertion) in = NULL;
  double best = INFINITY;

  params.self_contact = FALSE;
  in = willis_insertion_new (tube, &mouth, &params);
  willis_insertion_add_tool (in, &catheter, 0.4 * n, NULL);
  for (int round = 0; round < 5; round++)
    {
      int steps = 0;
      double start;

      for (int i = 1; i < in->model.n_nodes; i++)
        in->frames[i].r[1] += 1e-3 * sin (0.7 * i + round);
      start = now ();
      _willis_insertion_solve (in, &steps);
      best = MIN (best, (now () - start) / MAX (1, steps));
    }
  g_print ("  {\"elements\": %d, \"newton_step_ms\": %.4f, \"us_per_element\": %.3f},\n", n, 1e3 * best, 1e6 * best / n);
}

int
main (void)
{
  const WillisFrame mouth = { { 0, 0, 0 }, { 1, 0, 0, 0 } };
  g_autoptr (WillisLumen) siphon = line_lumen (80.0, 1.0 / 6.0, 1.9);
  WillisInsertionParams params = WILLIS_INSERTION_PARAMS_INIT;
  g_autoptr (WillisInsertion) in = willis_insertion_new (siphon, &mouth, &params);
  const WillisInsertionRecord *last;
  double start;
  long newton = 0;

  g_print ("{\"newton\": [\n");
  newton_step (100);
  newton_step (300);
  newton_step (1000);
  newton_step (3000);
  newton_step (10000);
  start = now ();
  willis_insertion_add_tool (in, &catheter, 1.0, NULL);
  willis_insertion_move (in, 0, 59.0, 0.0, NULL, NULL);
  for (guint i = 0; i < willis_insertion_records (in)->len; i++)
    newton += g_array_index (willis_insertion_records (in), WillisInsertionRecord, i).newton;
  last = &g_array_index (willis_insertion_records (in), WillisInsertionRecord, willis_insertion_records (in)->len - 1);
  g_print ("  null],\n \"insertion_60_mm\": {\"seconds\": %.3f, \"newton\": %ld, \"depth_mm\": %.2f, \"tip_mm\": [%.6f, %.6f, %.6f]}}\n",
           now () - start, newton, last->depth_mm, last->tip_mm[0], last->tip_mm[1], last->tip_mm[2]);
  return 0;
}
