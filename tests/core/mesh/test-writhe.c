/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The writhe of surfaces: what is known in closed form, and what may not change it.
 */
#include "core/base/parallel.h"
#include "core/mesh/curvature.h"
#include "core/mesh/rims.h"
#include "core/mesh/writhe.h"
#include "tests/support/shapes.h"

typedef struct
{
  double absolute, with_sign;
} Writhe;

static Writhe
writhe_of (const WillisSurface *surface)
{
  gsize n = willis_surface_n_points (surface);
  g_autofree double *mean = g_new (double, n), *gauss = g_new (double, n);
  g_autofree double *area = willis_surface_point_areas (surface);
  Writhe w;

  willis_surface_curvature (surface, mean, gauss);
  willis_surface_writhe (surface, mean, gauss, area, &w.absolute, &w.with_sign);
  return w;
}

/* Points moved to (x, y, z) = f (p), triangles turned over where the map mirrors. */
static WillisSurface *
mapped (const WillisSurface *in, void (*map) (double p[3]), gboolean mirrors)
{
  gsize n = willis_surface_n_points (in), n_triangles = willis_surface_n_triangles (in);
  double *points = g_memdup2 (willis_surface_points (in), 3 * n * sizeof (double));
  gint32 *triangles = g_memdup2 (willis_surface_triangles (in), 12 * n_triangles);

  for (gsize i = 0; i < n; i++)
    map (points + 3 * i);
  for (gsize t = 0; mirrors && t < n_triangles; t++)
    {
      gint32 swap = triangles[3 * t];

      triangles[3 * t] = triangles[3 * t + 1];
      triangles[3 * t + 1] = swap;
    }
  return willis_surface_new_take (points, n, triangles, n_triangles);
}

/* Bent and twisted, an open rim a wave: no plane mirrors it. */
static void
twist (double p[3])
{
  double x = 1.6 * p[0], y = p[1], a;

  p[2] += 0.5 * p[0] * p[1];
  a = 0.5 * p[2];

  p[0] = x * cos (a) - y * sin (a) + 0.15 * p[2] * p[2];
  p[1] = x * sin (a) + y * cos (a) + 0.1 * p[0] * p[2];
}

static void
mirror (double p[3])
{
  p[0] = -p[0];
}

static WillisSurface *
twisted_cup (int steps)
{
  g_autofree double *profile = g_new (double, 2 * (gsize) (steps + 1));
  g_autoptr (WillisSurface) cup = NULL;

  for (int i = 0; i <= steps; i++)
    {
      double a = 0.75 * G_PI * (1.0 - (double) i / steps);

      profile[2 * i] = i == steps ? 0.0 : sin (a);
      profile[2 * i + 1] = 1.4 * cos (a);
    }
  cup = shape_turned ((const double (*)[2]) profile, (gsize) steps + 1, 3 * (gsize) steps);
  return mapped (cup, twist, FALSE);
}

static void
test_round (void)
{
  g_autoptr (WillisSurface) ball = shape_sphere (4), coarse = shape_sphere (3);
  const double profile[][2] = { { 4, 0 }, { 3, 0 }, { 2, 0 }, { 1, 0 }, { 0, 0 } };
  g_autoptr (WillisSurface) disc = shape_turned (profile, 5, 40);
  Writhe w = writhe_of (ball), wider = writhe_of (coarse);

  g_assert_cmpfloat_with_epsilon (w.absolute, 0.0, 0.01);
  g_assert_cmpfloat (w.absolute, <, 0.6 * wider.absolute); // what is left is the facets'
  g_assert_cmpfloat_with_epsilon (w.with_sign, 0.0, 1e-6);
  w = writhe_of (disc);
  g_assert_cmpfloat_with_epsilon (w.absolute, 0.0, 1e-9);
}

/* The side of a cylinder of radius 1 and length L: with c = 2 |sin (a / 2)| for the chord over an angle a, the integral of |w|
 * along one side of a point over a length h is |sin a| (1 / c - 1 / sqrt (c^2 + h^2)); its mean over h from 0 to L is
 * |sin a| (1 / c - asinh (L / c) / L). */
static double
cylinder (double length)
{
  enum
  {
    STEPS = 100000
  };
  double sum = 0.0;

  for (int i = 0; i < STEPS; i++)
    {
      double a = G_PI * (i + 0.5) / STEPS, c = 2.0 * sin (0.5 * a);

      sum += sin (a) * (1.0 / c - asinh (length / c) / length);
    }
  return 2.0 * 2.0 * sum * G_PI / STEPS / (4.0 * G_PI); // both sides; a < 0 too
}

static void
test_cylinder (void)
{
  double error[3];

  g_assert_cmpfloat_with_epsilon (cylinder (1e6), 2.0 / G_PI, 1e-4); // without end: 2 / pi
  for (int level = 0; level < 3; level++)
    {
      int steps = 8 << level;
      g_autofree double *profile = g_new (double, 2 * (gsize) (3 * steps + 1));
      g_autoptr (WillisSurface) tube = NULL;
      Writhe w;

      for (int i = 0; i <= 3 * steps; i++)
        {
          profile[2 * i] = 1.0;
          profile[2 * i + 1] = (double) i / steps;
        }
      tube = shape_turned ((const double (*)[2]) profile, (gsize) (3 * steps + 1), 6 * (gsize) steps);
      w = writhe_of (tube);
      error[level] = w.absolute - cylinder (3.0);
      g_assert_cmpfloat (fabs (w.with_sign), <, 2e-3 * w.absolute); // the diagonals all run one way
      g_test_message ("%" G_GSIZE_FORMAT " points: %.5f, exact %.5f", willis_surface_n_points (tube), w.absolute,
                      cylinder (3.0));
    }
  for (int level = 0; level < 3; level++)
    g_assert_cmpfloat (fabs (error[level]), <, 0.006 * cylinder (3.0));
}

/* -1 / (4 pi A) times the integral over the surface of n . (integral along the rim of dq / |p - q|): each rim edge cut small. */
static double
by_stokes (const WillisSurface *surface)
{
  g_autofree double *normals = willis_surface_point_normals (surface), *area = willis_surface_point_areas (surface);
  g_autoptr (WillisLoops) rims = willis_surface_rims (surface);
  const double *p = willis_surface_points (surface);
  double sum = 0.0, whole = 0.0;

  for (gsize i = 0; i < willis_surface_n_points (surface); i++)
    {
      double field[3] = { 0 };

      for (gsize l = 0; l < willis_loops_n (rims); l++)
        {
          gsize n;
          const gint32 *ids = willis_loops_get (rims, l, &n);

          for (gsize k = 0; k < n; k++)
            for (int cut = 0; cut < 8; cut++)
              {
                const double *a = p + 3 * ids[k], *b = p + 3 * ids[(k + 1) % n];
                double edge[3], middle[3];

                vec3_sub (edge, b, a);
                vec3_axpy (middle, a, (cut + 0.5) / 8.0, edge);
                vec3_axpy (field, field, 1.0 / 8.0 / vec3_dist (middle, p + 3 * i), edge);
              }
        }
      sum -= area[i] * vec3_dot (normals + 3 * i, field);
      whole += area[i];
    }
  return sum / (4.0 * G_PI * whole);
}

/* The bare sum, whose error falls with the edge length, is what the share of the curvature makes good. */
static void
test_convergence (void)
{
  const double nowhere[3] = { 0 };
  double value[3];

  for (int level = 2; level < 5; level++)
    {
      g_autoptr (WillisSurface) ball = shape_sphere (level), shape = shape_moved (ball, 1, 1.3, 2, 0.4, nowhere);

      value[level - 2] = writhe_of (shape).absolute;
      g_test_message ("%" G_GSIZE_FORMAT " points: %.6f", willis_surface_n_points (shape), value[level - 2]);
    }
  g_assert_cmpfloat_with_epsilon (value[2], 0.1985, 0.01 * 0.1985); // 10 242 points without merging: 0.19832
  g_assert_cmpfloat (fabs (value[1] - 0.1985), <, 0.6 * fabs (value[0] - 0.1985));
}

/* A ribbon that turns once by half about the z axis: its rim is bent in space and no plane mirrors it. */
static WillisSurface *
ribbon (gsize across)
{
  gsize along = 2 * across, n = (across + 1) * (along + 1), h = 0;
  double *points = g_new (double, 3 * n);
  gint32 *triangles = g_new (gint32, 6 * across * along);

  for (gsize i = 0; i <= along; i++)
    for (gsize j = 0; j <= across; j++)
      {
        double a = G_PI * (double) i / (double) along, r = -1.0 + 2.0 * (double) j / (double) across;

        vec3_set (points + 3 * (i * (across + 1) + j), r * cos (a), r * sin (a), a);
      }
  for (gsize i = 0; i < along; i++)
    for (gsize j = 0; j < across; j++)
      {
        gint32 at = (gint32) (i * (across + 1) + j), up = at + (gint32) across + 1;
        const gint32 both[2][6] = { { at, at + 1, up + 1, at, up + 1, up }, { at, at + 1, up, at + 1, up + 1, up } };

        memcpy (triangles + h, both[(i + j) % 2], sizeof both[0]);
        h += 6;
      }
  return willis_surface_new_take (points, n, triangles, 2 * across * along);
}

static void
test_stokes (void)
{
  g_autoptr (WillisSurface) coarse = ribbon (15), fine = ribbon (30);
  Writhe w[2] = { writhe_of (coarse), writhe_of (fine) };
  double exact = by_stokes (fine);

  g_test_message ("with sign %.5f, %.5f; along the rim %.5f, %.5f; absolute %.5f, %.5f", w[0].with_sign, w[1].with_sign,
                  by_stokes (coarse), exact, w[0].absolute, w[1].absolute);
  g_assert_cmpfloat_with_epsilon (w[1].with_sign, exact, 0.05 * fabs (exact));
  g_assert_cmpfloat (fabs (w[1].with_sign - exact), <, fabs (w[0].with_sign - exact));
  g_assert_cmpfloat_with_epsilon (w[1].absolute, w[0].absolute, 0.02 * w[0].absolute);
}

/* A closed shape, however twisted, has none with sign. */
static void
test_closed (void)
{
  g_autoptr (WillisSurface) ball = shape_sphere (4), odd = mapped (ball, twist, FALSE);
  Writhe w = writhe_of (odd);

  g_assert_cmpfloat (w.absolute, >, 0.1);
  g_assert_cmpfloat (fabs (w.with_sign), <, 5e-3 * w.absolute);
}

static void
test_what_changes_nothing (void)
{
  const double move[3] = { 31, -52, 77 };
  g_autoptr (WillisSurface) cup = twisted_cup (40), moved = shape_moved (cup, 1, 1, 1, 1.3, move);
  g_autoptr (WillisSurface) larger = shape_moved (cup, 4, 4, 4, 0, move), other = mapped (cup, mirror, TRUE);
  Writhe w = writhe_of (cup), turned = writhe_of (moved), scaled = writhe_of (larger), mirrored = writhe_of (other);

  g_assert_cmpuint (willis_surface_n_points (cup), >, 3000); // so that points are merged too
  g_assert_cmpfloat_with_epsilon (turned.absolute, w.absolute, 1e-5 * w.absolute);
  g_assert_cmpfloat_with_epsilon (turned.with_sign, w.with_sign, 1e-5 * w.absolute);
  g_assert_cmpfloat_with_epsilon (scaled.absolute, w.absolute, 1e-5 * w.absolute);
  g_assert_cmpfloat_with_epsilon (scaled.with_sign, w.with_sign, 1e-5 * w.absolute);
  g_assert_cmpfloat_with_epsilon (mirrored.absolute, w.absolute, 1e-5 * w.absolute);
  g_assert_cmpfloat_with_epsilon (mirrored.with_sign, -w.with_sign, 1e-5 * w.absolute);
}

static void
test_threads (void)
{
  g_autoptr (WillisSurface) cup = twisted_cup (20);
  Writhe w = writhe_of (cup);

  for (int threads = 1; threads <= 7; threads += 3)
    {
      Writhe again;

      willis_parallel_set_threads (threads);
      again = writhe_of (cup);
      g_assert_true (again.absolute == w.absolute && again.with_sign == w.with_sign);
    }
  willis_parallel_set_threads (0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/writhe/round", test_round);
  g_test_add_func ("/writhe/cylinder", test_cylinder);
  g_test_add_func ("/writhe/convergence", test_convergence);
  g_test_add_func ("/writhe/stokes", test_stokes);
  g_test_add_func ("/writhe/closed", test_closed);
  g_test_add_func ("/writhe/what-changes-nothing", test_what_changes_nothing);
  g_test_add_func ("/writhe/threads", test_threads);
  return g_test_run ();
}
