/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>

#include "core/mesh/bvh.h"
#include "core/mesh/isosurface.h"
#include "core/num/vec3.h"
#include "tests/core/image/shapes.h"

static void
random_point (WillisRng *rng, double size, double p[3])
{
  for (int a = 0; a < 3; a++)
    p[a] = size * (2.0 * willis_rng_uniform (rng) - 1.0);
}

/* Triangles anywhere, long and short. */
static WillisSurface *
soup (gsize n, guint64 seed)
{
  double *points = g_new (double, 9 * n);
  gint32 *triangles = g_new (gint32, 3 * n);
  WillisRng rng;

  willis_rng_init (&rng, seed, 1);
  for (gsize t = 0; t < n; t++)
    {
      double at[3], size = t % 5 == 0 ? 8.0 : 0.7;

      random_point (&rng, 10.0, at);
      for (int c = 0; c < 3; c++)
        {
          double d[3];

          random_point (&rng, size, d);
          vec3_add (points + 9 * t + 3 * c, at, d);
          triangles[3 * t + c] = (gint32)(3 * t) + c;
        }
    }
  return willis_surface_new_take (points, 3 * n, triangles, n);
}

/* The distance to one triangle by fine search over its barycentric weights, refined: slow and independent. */
static double
slow_distance (const WillisSurface *surface, gsize t, const double p[3])
{
  const double *x = willis_surface_points (surface);
  const gint32 *v = willis_surface_triangles (surface) + 3 * t;
  double best = INFINITY, bu = 0, bw = 0, step = 0.1;

  for (int round = 0; round < 9; round++, step *= 0.25)
    {
      double cu = bu, cw = bw;

      for (int i = -10; i <= 10; i++)
        for (int j = -10; j <= 10; j++)
          {
            double u = CLAMP (cu + i * step, 0, 1), w = CLAMP (cw + j * step, 0, 1 - u), d2 = 0;

            for (int a = 0; a < 3; a++)
              {
                double q = (1 - u - w) * x[3 * v[0] + a] + u * x[3 * v[1] + a] + w * x[3 * v[2] + a];

                d2 += (q - p[a]) * (q - p[a]);
              }
            if (d2 < best)
              {
                best = d2;
                bu = u;
                bw = w;
              }
          }
    }
  return sqrt (best);
}

static void
test_nearest_against_all (void)
{
  g_autoptr (WillisSurface) surface = soup (60, 3);
  g_autoptr (WillisBvh) bvh = willis_bvh_new (surface);
  WillisRng rng;

  willis_rng_init (&rng, 8, 1);
  for (int n = 0; n < 60; n++)
    {
      double p[3], best = INFINITY;
      WillisNearest nearest, again;

      random_point (&rng, 14.0, p);
      for (gsize t = 0; t < 60; t++)
        best = MIN (best, slow_distance (surface, t, p));
      g_assert_true (willis_bvh_nearest (bvh, p, INFINITY, &nearest));
      g_assert_cmpfloat_with_epsilon (nearest.distance_mm, best, 1e-4);
      g_assert_cmpfloat_with_epsilon (vec3_dist (nearest.lps_mm, p), nearest.distance_mm, 1e-12);
      g_assert_true (willis_bvh_nearest (bvh, p, nearest.distance_mm * 1.001, &again));
      g_assert_cmpint (again.triangle, ==, nearest.triangle);
      g_assert_false (willis_bvh_nearest (bvh, p, nearest.distance_mm * 0.999, &again));
    }
}

static void
test_sphere_and_rays_against_all (void)
{
  g_autoptr (WillisSurface) surface = soup (400, 4);
  g_autoptr (WillisBvh) bvh = willis_bvh_new (surface);
  WillisRng rng;
  gsize n_hits = 0, n_points = 0;

  willis_rng_init (&rng, 9, 1);
  for (int n = 0; n < 40; n++)
    {
      double p[3], dir[3], first = INFINITY;
      gsize count = 0, count_points = 0, all = 0;
      g_autoptr (GArray) found = NULL;
      g_autoptr (GArray) points = NULL;
      g_autoptr (GArray) hits = NULL;
      WillisRayHit hit;

      random_point (&rng, 10.0, p);
      random_point (&rng, 1.0, dir);
      if (n % 4 == 0)
        vec3_set (dir, 0, n % 8 == 0 ? -1 : 2, 0); // along an axis
      found = willis_bvh_triangles_in_sphere (bvh, p, 3.0);
      for (guint m = 1; m < found->len; m++)
        g_assert_cmpint (g_array_index (found, gint32, m - 1), <, g_array_index (found, gint32, m));
      points = willis_bvh_points_in_sphere (bvh, p, 3.0);
      for (gsize q = 0; q < willis_surface_n_points (surface); q++)
        count_points += vec3_dist (willis_surface_points (surface) + 3 * q, p) <= 3.0;
      g_assert_cmpuint (points->len, ==, count_points);
      n_points += count_points;
      hits = willis_bvh_ray_all (bvh, p, dir, 50.0);
      for (gsize t = 0; t < 400; t++)
        {
          const gint32 *v = willis_surface_triangles (surface) + 3 * t;
          g_autoptr (WillisSurface) one = willis_surface_new_copy (willis_surface_points (surface),
                                                                   willis_surface_n_points (surface), v, 1);
          g_autoptr (WillisBvh) alone = willis_bvh_new (one);
          WillisNearest nearest;

          count += willis_bvh_nearest (alone, p, 3.0, &nearest);
          if (willis_bvh_ray (alone, p, dir, 50.0, &hit))
            {
              all++;
              first = MIN (first, hit.t);
            }
        }
      g_assert_cmpuint (found->len, ==, count);
      g_assert_cmpuint (hits->len, ==, all);
      n_hits += all;
      g_assert_cmpint (willis_bvh_ray (bvh, p, dir, 50.0, &hit), ==, all > 0);
      if (all > 0)
        g_assert_cmpfloat (hit.t, ==, first);
    }
  g_assert_cmpuint (n_hits, >, 40);
  g_assert_cmpuint (n_points, >, 100);
}

/* On a cube all features occur: sign and distance are known in closed form. */
static void
test_sign_on_cube (void)
{
  const double points[]
      = { -1, -1, -1, 1, -1, -1, -1, 1, -1, 1, 1, -1, -1, -1, 1, 1, -1, 1, -1, 1, 1, 1, 1, 1 };
  const gint32 triangles[] = { 0, 2, 1, 1, 2, 3, 4, 5, 6, 5, 7, 6, 0, 1, 4, 1, 5, 4,
                               2, 6, 3, 3, 6, 7, 0, 4, 2, 2, 4, 6, 1, 3, 5, 3, 7, 5 };
  g_autoptr (WillisSurface) cube = willis_surface_new_copy (points, 8, triangles, 12);
  g_autoptr (WillisBvh) bvh = willis_bvh_new (cube);
  WillisRng rng;

  g_assert_cmpfloat_with_epsilon (willis_surface_volume_mm3 (cube), 8.0, 1e-12);
  willis_rng_init (&rng, 6, 1);
  for (int n = 0; n < 5000; n++)
    {
      double p[3], outside[3], inside = INFINITY, want;

      random_point (&rng, 2.0, p);
      if (n % 2 == 0) // exact edge and corner directions as well
        for (int a = 0; a < 3; a++)
          p[a] = rint (p[a] * 2) / 2;
      for (int a = 0; a < 3; a++)
        {
          outside[a] = MAX (fabs (p[a]) - 1.0, 0.0);
          inside = MIN (inside, 1.0 - fabs (p[a]));
        }
      want = inside >= 0 ? inside : -vec3_norm (outside);
      g_assert_cmpfloat_with_epsilon (willis_bvh_signed_distance (bvh, p, NULL), want, 1e-12);
    }
}

static void
test_torus_and_empty (void)
{
  WillisGrid grid = shape_cube_grid (64, 0.25);
  const double radii[2] = { 5.0, 1.5 };
  g_autoptr (WillisVolume) volume = shape_volume (&grid, shape_torus, radii);
  g_autoptr (WillisSurface) torus = willis_isosurface (volume, 0.0, NULL, NULL, NULL, NULL);
  g_autoptr (WillisSurface) empty = willis_surface_new_take (NULL, 0, NULL, 0);
  g_autoptr (WillisBvh) bvh = willis_bvh_new (torus);
  g_autoptr (WillisBvh) none = willis_bvh_new (empty);
  WillisNearest nearest;
  const double origin[3] = { 0, 0, 0 }, dir[3] = { 1, 0, 0 };
  g_autoptr (GArray) hits = willis_bvh_ray_all (bvh, origin, dir, 100.0);
  WillisRng rng;

  willis_rng_init (&rng, 2, 1);
  for (int n = 0; n < 3000; n++)
    {
      double p[3];

      random_point (&rng, 8.0, p);
      /* a facet spans a cube's diagonal: it lies inside by up to 3 h^2 / (8 r) = 0.016 mm, its corners by h^2
       * / (8 r) */
      g_assert_cmpfloat_with_epsilon (willis_bvh_signed_distance (bvh, p, NULL), shape_torus (p, radii),
                                      0.021);
    }
  g_assert_cmpuint (hits->len % 2, ==, 0);
  g_assert_false (g_array_index (hits, WillisRayHit, 0).leaves);
  g_assert_cmpfloat_with_epsilon (g_array_index (hits, WillisRayHit, 0).t, 3.5, 0.01);
  g_assert_true (g_array_index (hits, WillisRayHit, hits->len - 1).leaves);
  g_assert_false (willis_bvh_nearest (none, origin, INFINITY, &nearest));
  g_assert_false (willis_bvh_ray (none, origin, dir, 9.0, &(WillisRayHit){ 0 }));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bvh/nearest-against-all", test_nearest_against_all);
  g_test_add_func ("/bvh/sphere-and-rays-against-all", test_sphere_and_rays_against_all);
  g_test_add_func ("/bvh/sign-on-cube", test_sign_on_cube);
  g_test_add_func ("/bvh/torus-and-empty", test_torus_and_empty);
  return g_test_run ();
}
