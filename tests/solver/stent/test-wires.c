/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>
#include <math.h>

#include "core/base/parallel.h"
#include "core/num/rng.h"
#include "core/num/vec3.h"
#include "solver/stent/energy.h"
#include "solver/stent/lattice.h"
#include "solver/stent/wires.h"

/* Forces are the slope of the energy, hinges, wall and hold among them. */
static void
test_gradient (void)
{
  static const double from[3] = { 0 }, to[3] = { 0, 0, 1 };
  g_autoptr (WillisLattice) l = willis_lattice_new (3, 4, TRUE);
  double(*gradient)[7] = g_malloc0_n (12, sizeof *gradient);
  WillisRng rng;

  willis_rng_init (&rng, 5, 0);
  for (int i = 0; i < 12; i++)
    {
      double phi = 2.0 * G_PI * (i % 4 + 0.5 * (i / 4 % 2)) / 4.0, turn[3];

      vec3_set (l->frames[i].r, 1.02 * cos (phi), 1.02 * sin (phi), 0.7 * (i / 4));
      for (int k = 0; k < 3; k++)
        turn[k] = willis_rng_uniform (&rng) - 0.5;
      quat_exp (l->frames[i].q, turn);
      l->angle[i] = 0.4 + 0.3 * willis_rng_uniform (&rng);
      vec3_set (l->load[i], 0.1, -0.2, 0.3);
    }
  for (int k = 0; k < 2; k++)
    for (int m = 0; m < 4; m++)
      for (int hand = -1; hand <= 1; hand += 2)
        {
          const double rest[6] = { 1, 0, 0, 0.1 * hand, 0, -0.4 }, stiffness[6] = { 50, 20, 20, 2, 3, 3 };

          willis_lattice_add_rod (l, 4 * k + m, 4 * (k + 1) + (hand > 0 ? (m + k % 2) % 4 : (m + 3 + k % 2) % 4), -hand, 1.1, rest, stiffness);
        }
  l->lumen = willis_lumen_cylinder (from, to, 1.0);
  l->wall_n_mm = 10.0;
  willis_lattice_hold (l, to, 1.0);
  l->hold_at[1] += 0.1;
  willis_lattice_energy (l, gradient);
  for (int i = 0; i < 12; i++)
    for (int k = 0; k < 7; k++)
      {
        const double h = 1e-6;
        double e[2], step[6] = { 0 };
        WillisFrame before = l->frames[i];
        double angle = l->angle[i];

        for (int side = 0; side < 2; side++)
          {
            if (k < 6)
              {
                step[k] = side ? h : -h;
                willis_frame_move (&l->frames[i], step);
              }
            else
              l->angle[i] = angle + (side ? h : -h);
            e[side] = willis_lattice_energy (l, NULL);
            l->frames[i] = before;
            l->angle[i] = angle;
          }
        g_assert_cmpfloat (fabs ((e[1] - e[0]) / (2.0 * h) - gradient[i][k]), <, 1e-6);
      }
  g_free (gradient);
}

static WillisBraid
braid (double wires)
{
  WillisBraid b;

  g_assert_true (willis_braid_from_free (&b, wires, 0.96 / wires, 4.25, 10, 74 * G_PI / 180, 200, 0.3, NULL));
  b.lumen_offset_mm = 0.0;
  return b;
}

/* In a bend of constant radius the cells of the outer side open, and the length falls as the first model says; the answer is the same
 * for any number of threads. */
static void
test_bend (void)
{
  enum
  {
    N = 161
  };
  static const double centre[3] = { 10, 0, 0 }, axis[3] = { 0, 1, 0 };
  g_autoptr (WillisLumen) lumen = willis_lumen_torus (centre, axis, 10.0, 1.75);
  double s[N], d[N], k[N], points[3 * N], length[2];
  WillisLumenLine line = { N, s, d, k, NULL };
  WillisWirePath path = { N, s, points };
  WillisBraid b = braid (12);
  WillisDeployment first;
  g_autoptr (GError) error = NULL;

  for (int i = 0; i < N; i++)
    {
      s[i] = 0.25 * i;
      d[i] = 3.5;
      k[i] = 0.1;
      vec3_set (points + 3 * i, 10 - 10 * cos (0.1 * s[i]), 0, 10 * sin (0.1 * s[i]));
    }
  g_assert_true (willis_braid_deploy (&b, &line, 2.0, 1, 0.0, FALSE, &first, &error));
  for (int threads = 0; threads < 2; threads++)
    {
      WillisWires out;

      willis_parallel_set_threads (1 + threads);
      g_assert_true (willis_wires_settle (&b, &line, &path, lumen, 2.0, 1, NULL, NULL, &out, &error));
      length[threads] = out.length_mm;
      g_assert_cmpfloat (fabs (out.length_mm - first.length_mm), <, 0.03 * first.length_mm);
      g_assert_cmpfloat (out.porosity_outer, >, out.porosity_inner);
      g_assert_cmpfloat (out.gap_max_mm, <, 0.1);
      for (int w = 0; w < 12; w++) // every wire keeps its length
        for (int r = 0; r + 1 < out.n_rings; r++)
          {
            double chord = vec3_dist (out.points_lps_mm + 3 * willis_wires_crossing (&out, w, r),
                                      out.points_lps_mm + 3 * willis_wires_crossing (&out, w, r + 1));

            g_assert_cmpfloat (chord, <, G_PI * b.d_max_mm / 12 * 1.0001);
            g_assert_cmpfloat (chord, >, G_PI * b.d_max_mm / 12 * 0.9);
          }
      willis_wires_clear (&out);
    }
  willis_parallel_set_threads (0);
  g_assert_cmpfloat (length[0], ==, length[1]);
  willis_deployment_clear (&first);
}

/* Where the lumen changes, second and third model pass over alike: over a neck all around (wider by 0.55 mm), into a wider tube, and at a
 * mouth that is wider than the free braid, where its end flares. Slopes are those that the third model's distance field can tell. */
static void
test_transitions (void)
{
  enum
  {
    N = 241
  };
  static const char *const names[] = { "neck", "step", "mouth" };

  for (int kind = 0; kind < 3; kind++)
    {
      double s[N], d[N], radius[N], points[3 * N], first_off = 0.0, second_off = 0.0;
      WillisLumenLine line = { N, s, d, NULL, NULL };
      WillisWirePath path = { N, s, points };
      WillisBraid b = braid (24);
      WillisDeployment first, second;
      g_autoptr (WillisLumen) lumen = NULL;
      g_autoptr (GError) error = NULL;
      WillisWires out;

      for (int i = 0; i < N; i++)
        {
          const double wide[] = { 4.05, 4.05, 4.6 };
          double x;

          s[i] = 0.25 * i;
          x = kind == 0 ? fabs (s[i] - 12.0) - 3.0 : kind == 1 ? 12.0 - s[i] : 17.0 - s[i];
          x = CLAMP (0.5 - x / 5.0, 0.0, 1.0); // over 5 mm
          d[i] = 3.5 + (wide[kind] - 3.5) * x * x * (3.0 - 2.0 * x);
          radius[i] = 0.5 * d[i];
          vec3_set (points + 3 * i, 0.0, 0.0, s[i]);
        }
      lumen = willis_lumen_line (points, radius, N, FALSE, 0.15, &error);
      g_assert_true (willis_braid_deploy (&b, &line, 4.0, 1, 0.0, TRUE, &first, &error));
      g_assert_true (willis_braid_relax (&b, &line, 4.0, 1, NULL, &second, &error));
      g_assert_true (willis_wires_settle (&b, &line, &path, lumen, 4.0, 1, NULL, NULL, &out, &error));
      for (int k = 2; k + 2 < out.n_rings; k++)
        {
          double z = 0.0, wide = 0.0, at[2] = { NAN, NAN };
          const GArray *stations[2] = { first.stations, second.stations };

          for (int m = 0; m < out.around; m++)
            {
              const double *p = out.points_lps_mm + 3 * (k * out.around + m);

              z += p[2] / out.around;
              wide += 2.0 * hypot (p[0], p[1]) / out.around;
            }
          for (int model = 0; model < 2; model++)
            for (guint i = 1; i < stations[model]->len; i++)
              {
                const WillisStation *a = &g_array_index (stations[model], WillisStation, i - 1), *q = a + 1;

                if (a->s_mm <= z && z <= q->s_mm && q->s_mm > a->s_mm)
                  at[model] = a->state.diameter_mm + (z - a->s_mm) / (q->s_mm - a->s_mm) * (q->state.diameter_mm - a->state.diameter_mm);
              }
          if (isnan (at[0]) || isnan (at[1]))
            continue;
          first_off = fmax (first_off, fabs (at[0] - wide));
          second_off = fmax (second_off, fabs (at[1] - wide));
        }
      g_test_message ("%s: %.2f, %.2f, %.2f mm long by geometry, energy, wires; diameters off by at most %.2f and %.2f mm", names[kind],
                      first.length_mm, second.length_mm, out.length_mm, first_off, second_off);
      g_assert_cmpfloat (fabs (second.length_mm - out.length_mm), <, 0.02 * out.length_mm);
      g_assert_cmpfloat (second_off, <, 0.06);
      if (kind == 2) // geometry knows of no passage
        g_assert_cmpfloat (first_off, >, 0.2);
      willis_wires_clear (&out);
      willis_deployment_clear (&first);
      willis_deployment_clear (&second);
    }
}

static void
test_refused (void)
{
  const double s[2] = { 0, 100 }, d[2] = { 3.5, 3.5 }, points[6] = { 0, 0, 0, 0, 0, 100 };
  WillisLumenLine line = { 2, s, d, NULL, NULL };
  WillisWirePath path = { 2, s, points };
  WillisBraid b = braid (12);
  WillisWires out;

  b.wires = NAN;
  g_assert_false (willis_wires_settle (&b, &line, &path, NULL, 0.0, 1, NULL, NULL, &out, NULL));
  b = braid (13);
  g_assert_false (willis_wires_settle (&b, &line, &path, NULL, 0.0, 1, NULL, NULL, &out, NULL));
  {
    g_autoptr (GCancellable) cancellable = g_cancellable_new ();
    WillisProgress progress = WILLIS_PROGRESS_INIT;
    g_autoptr (GError) error = NULL;

    b = braid (12);
    progress.cancellable = cancellable;
    g_cancellable_cancel (cancellable);
    g_assert_false (willis_wires_settle (&b, &line, &path, NULL, 0.0, 1, NULL, &progress, &out, &error));
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wires/gradient", test_gradient);
  g_test_add_func ("/wires/bend", test_bend);
  g_test_add_func ("/wires/transitions", test_transitions);
  g_test_add_func ("/wires/refused", test_refused);
  return g_test_run ();
}
