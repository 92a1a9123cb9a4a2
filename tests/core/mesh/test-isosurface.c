/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>

#include "core/base/error.h"
#include "core/base/parallel.h"
#include "core/image/gaussian.h"
#include "core/mesh/check.h"
#include "core/mesh/isosurface.h"
#include "core/num/vec3.h"
#include "tests/core/image/shapes.h"

static void
assert_closed (const WillisSurface *surface)
{
  g_autoptr (GError) error = NULL;
  WillisSurfaceReport r;

  g_assert_true (willis_surface_check (surface, &error));
  willis_surface_report (surface, &r);
  g_assert_cmpuint (r.n_bad_edges, ==, 0);
  g_assert_cmpuint (r.n_bad_points, ==, 0);
  g_assert_cmpuint (r.n_rim_edges, ==, 0);
  g_assert_cmpuint (r.n_lone_points, ==, 0);
  g_assert_cmpuint (r.n_flat_triangles, ==, 0);
  g_assert_true (r.outward);
}

/* R = 5 mm at 0.25 mm: the linear crossings of a distance field are exact to h^2 / (8 R). */
static void
test_ball (void)
{
  WillisGrid grid = shape_cube_grid (48, 0.25);
  double radius = 5.0;
  g_autoptr (WillisVolume) volume = NULL;
  g_autoptr (WillisSurface) surface = NULL;
  WillisSurfaceReport r;

  volume = shape_volume (&grid, shape_ball, &radius);
  surface = willis_isosurface (volume, 0.0, NULL, NULL, NULL, NULL);
  assert_closed (surface);
  willis_surface_report (surface, &r);
  g_assert_cmpuint (r.n_components, ==, 1);
  g_assert_cmpint (r.euler, ==, 2);
  g_assert_cmpfloat_with_epsilon (r.volume_mm3, 4.0 / 3.0 * G_PI * 125.0, 0.002 * 523.6); // chords lie inside
  for (gsize p = 0; p < willis_surface_n_points (surface); p++)
    g_assert_cmpfloat_with_epsilon (vec3_norm (willis_surface_points (surface) + 3 * p), 5.0,
                                    0.25 * 0.25 / (8 * 5.0) + 0.25 * 2e-3);
}

/* A linear field: every point lies on the plane exactly, also on a turned grid. */
static double
plane (const double p[3], gconstpointer data)
{
  return 0.3 * p[0] - 0.5 * p[1] + 0.8 * p[2] - 0.123;
}

static void
test_exact_on_turned_grid (void)
{
  WillisGrid grid = shape_cube_grid (20, 0.5);
  const double turned[9] = { 0.6, -0.8, 0, 0.8, 0.6, 0, 0, 0, 1 };
  const int box[6] = { 2, 2, 2, 17, 17, 17 };
  g_autoptr (WillisVolume) volume = NULL;
  g_autoptr (WillisSurface) surface = NULL;
  gsize on_plane = 0;

  memcpy (grid.direction, turned, sizeof turned);
  grid.spacing_mm[2] = 0.9;
  volume = shape_volume (&grid, plane, NULL);
  surface = willis_isosurface (volume, 0.0, NULL, box, NULL, NULL);
  assert_closed (surface);
  for (gsize p = 0; p < willis_surface_n_points (surface); p++)
    {
      double ijk[3], f = plane (willis_surface_points (surface) + 3 * p, NULL);
      gboolean wall = FALSE;

      willis_grid_lps_to_ijk (&grid, willis_surface_points (surface) + 3 * p, ijk);
      for (int a = 0; a < 3; a++)
        wall |= fabs (ijk[a] - 1.5) < 1e-9 || fabs (ijk[a] - 17.5) < 1e-9;
      if (!wall)
        {
          g_assert_cmpfloat_with_epsilon (f, 0.0, 2e-3 * 0.9); // the gap kept from voxel centres
          on_plane++;
        }
    }
  g_assert_cmpuint (on_plane, >, 200);
}

/* Outward means towards lower values, and a void inside is oriented into the void. */
static double
shell (const double p[3], gconstpointer data)
{
  double r = vec3_norm (p);

  return MIN (4.0 - r, r - 2.0);
}

static void
test_shell (void)
{
  WillisGrid grid = shape_cube_grid (40, 0.25);
  g_autoptr (WillisVolume) volume = shape_volume (&grid, shell, NULL);
  g_autoptr (WillisSurface) surface = willis_isosurface (volume, 0.0, NULL, NULL, NULL, NULL);
  WillisSurfaceReport r;

  assert_closed (surface);
  willis_surface_report (surface, &r);
  g_assert_cmpuint (r.n_components, ==, 2);
  g_assert_cmpfloat_with_epsilon (r.volume_mm3, 4.0 / 3.0 * G_PI * (64.0 - 8.0), 0.005 * 234.6);
}

/* Noise has every case of the table, ambiguous faces and the border: still a manifold, at any density. */
static void
test_noise_is_manifold (void)
{
  for (guint64 seed = 1; seed <= 12; seed++)
    {
      const int dims[3] = { 40, 17, 13 };
      const double spacing[3] = { 0.5, 0.6, 0.7 }, origin[3] = { 0, 0, 0 };
      WillisGrid grid = willis_grid_new (dims, spacing, origin);
      g_autoptr (WillisVolume) volume = shape_noise (&grid, seed);
      g_autoptr (WillisVolume) mask = shape_noise (&grid, seed + 100);
      g_autoptr (WillisSurface) surface
          = willis_isosurface (volume, 20.0 * (double)seed, NULL, NULL, NULL, NULL);
      g_autoptr (WillisSurface) masked = NULL;
      guint8 *m = willis_volume_voxels_rw (mask);

      for (gsize n = 0; n < willis_grid_n_voxels (&grid); n++)
        m[n] = m[n] > 60;
      masked = willis_isosurface (volume, 20.0 * (double)seed, mask, NULL, NULL, NULL);
      g_assert_cmpuint (willis_surface_n_triangles (surface), >, 100);
      assert_closed (surface);
      assert_closed (masked);
    }
}

/* Two values only, the level at one of them: crossings fall on voxel centres and still nothing degenerates.
 */
static void
test_level_on_values (void)
{
  WillisGrid grid = shape_cube_grid (24, 1.0);
  g_autoptr (WillisVolume) volume = shape_noise (&grid, 5);
  g_autoptr (WillisVolume) hu = NULL;
  guint8 *v = willis_volume_voxels_rw (volume);

  for (gsize n = 0; n < willis_grid_n_voxels (&grid); n++)
    v[n] = v[n] > 128 ? 200 : 100;
  hu = willis_volume_convert (volume, WILLIS_SCALAR_I16, NULL);
  for (int n = 0; n < 3; n++)
    {
      double levels[3] = { 200.0, 150.0, 100.5 };
      g_autoptr (WillisSurface) a = willis_isosurface (volume, levels[n], NULL, NULL, NULL, NULL);
      g_autoptr (WillisSurface) b = willis_isosurface (hu, levels[n], NULL, NULL, NULL, NULL);

      assert_closed (a);
      g_assert_cmpstr (willis_surface_digest (a), ==, willis_surface_digest (b));
    }
}

static void
test_odd_values (void)
{
  WillisGrid grid = shape_cube_grid (9, 1.0);
  g_autoptr (WillisVolume) volume = willis_volume_new (&grid, WILLIS_SCALAR_F32, NULL);
  g_autoptr (WillisSurface) surface = NULL;
  g_autoptr (WillisSurface) empty = NULL;
  g_autoptr (WillisSurface) all = NULL;
  float *v = willis_volume_voxels_rw (volume);
  WillisSurfaceReport r;

  for (int n = 0; n < 729; n++)
    v[n] = n % 3 == 0 ? NAN : n % 5 == 0 ? INFINITY : n % 7 == 0 ? -INFINITY : (float)n;
  surface = willis_isosurface (volume, 300.0, NULL, NULL, NULL, NULL);
  assert_closed (surface);
  for (int n = 0; n < 729; n++)
    v[n] = 1.0f;
  empty = willis_isosurface (volume, 2.0, NULL, NULL, NULL, NULL);
  g_assert_cmpuint (willis_surface_n_triangles (empty), ==, 0);
  all = willis_isosurface (volume, 0.5, NULL, NULL, NULL, NULL);
  willis_surface_report (all, &r);
  assert_closed (all);
  /* closed on the outer voxel faces: 9^3 mm but for the bevelled edges and corners */
  g_assert_cmpfloat (r.volume_mm3, >, 729.0 - 12 * 8 * 0.125 - 8 * 0.125);
  g_assert_cmpfloat (r.volume_mm3, <, 729.0);
}

/* Part of a pixel inside a disc of the radius data, by 10 x 10 samples; the same along z. */
static double
disc (const double p[3], gconstpointer data)
{
  double radius = *(const double *) data;
  int inside = 0;

  for (int n = 0; n < 100; n++)
    inside += hypot (p[0] + 0.01 * (n % 10 - 4.5), p[1] + 0.01 * (n / 10 - 4.5)) <= radius;
  return inside;
}

/* A tube blurred by a point spread of 0.4 mm: the surface at half the contrast lies inside the wall by about s^2 / (2 R), the one at
 * 45 % outside, at 55 % further in; values of the exact integral. The voxels themselves blur by h^2 / 12, 0.0002 mm. */
static void
test_blur_bias (void)
{
  const int dims[3] = { 61, 61, 7 };
  const double spacing[3] = { 0.1, 0.1, 0.1 }, origin[3] = { -3.0, -3.0, -0.3 };
  const double levels[3] = { 50, 45, 55 }, shift[3] = { -0.04676, 0.0042, -0.0978 };
  WillisGrid grid = willis_grid_new (dims, spacing, origin);
  double radius = 1.75;
  g_autoptr (WillisVolume) sharp = shape_volume (&grid, disc, &radius);
  g_autoptr (WillisVolume) blurred = willis_gaussian (sharp, 0.4, NULL, NULL);

  for (int n = 0; n < 3; n++)
    {
      g_autoptr (WillisSurface) surface = willis_isosurface (blurred, levels[n], NULL, NULL, NULL, NULL);
      double sum = 0.0;
      gsize count = 0;

      for (gsize p = 0; p < willis_surface_n_points (surface); p++)
        {
          const double *x = willis_surface_points (surface) + 3 * p;

          if (fabs (x[2]) > 0.25)
            continue; // the flat ends
          sum += hypot (x[0], x[1]);
          count++;
        }
      g_assert_cmpfloat_with_epsilon (sum / (double) count, 1.75 + shift[n], 0.002); // 0.02 voxels
    }
}

static void
test_refuses (void)
{
  WillisGrid grid = shape_cube_grid (8, 1.0), other = shape_cube_grid (9, 1.0);
  g_autoptr (WillisVolume) volume = shape_noise (&grid, 1);
  g_autoptr (WillisVolume) mask = shape_noise (&other, 1);
  const int box[6] = { 0, 0, 0, 7, 8, 7 };
  g_autoptr (GError) error = NULL;

  g_assert_null (willis_isosurface (volume, NAN, NULL, NULL, NULL, &error));
  g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_BAD_INPUT);
  g_clear_error (&error);
  g_assert_null (willis_isosurface (volume, 9, mask, NULL, NULL, &error));
  g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_BAD_INPUT);
  g_clear_error (&error);
  g_assert_null (willis_isosurface (volume, 9, NULL, box, NULL, &error));
  g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_BAD_INPUT);
}

static void
test_threads_and_cancel (void)
{
  WillisGrid grid = shape_cube_grid (40, 1.0);
  g_autoptr (WillisVolume) volume = shape_noise (&grid, 77);
  g_autofree char *digest = NULL;
  const int threads[3] = { 1, 2, 7 };
  g_autoptr (GCancellable) stop = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  WillisProgress progress = WILLIS_PROGRESS_INIT;

  for (int n = 0; n < 3; n++)
    {
      g_autoptr (WillisSurface) surface = NULL;

      willis_parallel_set_threads (threads[n]);
      surface = willis_isosurface (volume, 128, NULL, NULL, n == 1 ? &progress : NULL, NULL);
      if (digest == NULL)
        digest = g_strdup (willis_surface_digest (surface));
      g_assert_cmpstr (digest, ==, willis_surface_digest (surface));
    }
  willis_parallel_set_threads (2);
  progress.cancellable = stop;
  g_cancellable_cancel (stop);
  g_assert_null (willis_isosurface (volume, 128, NULL, NULL, &progress, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/isosurface/ball", test_ball);
  g_test_add_func ("/isosurface/exact-on-turned-grid", test_exact_on_turned_grid);
  g_test_add_func ("/isosurface/shell", test_shell);
  g_test_add_func ("/isosurface/noise-is-manifold", test_noise_is_manifold);
  g_test_add_func ("/isosurface/level-on-values", test_level_on_values);
  g_test_add_func ("/isosurface/odd-values", test_odd_values);
  g_test_add_func ("/isosurface/blur-bias", test_blur_bias);
  g_test_add_func ("/isosurface/refuses", test_refuses);
  g_test_add_func ("/isosurface/threads-and-cancel", test_threads_and_cancel);
  return g_test_run ();
}
