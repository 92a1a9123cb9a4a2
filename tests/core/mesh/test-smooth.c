/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>

#include "core/base/error.h"
#include "core/base/parallel.h"
#include "core/mesh/check.h"
#include "core/mesh/isosurface.h"
#include "core/mesh/smooth.h"
#include "core/num/vec3.h"
#include "tests/core/image/shapes.h"

/* A ball of 0 / 1 voxels: the staircase that smoothing is for. */
static WillisSurface *
stair_ball (double radius)
{
  WillisGrid grid = shape_cube_grid (48, 0.25);
  g_autoptr (WillisVolume) volume = shape_volume (&grid, shape_ball, &radius);
  float *v = willis_volume_voxels_rw (volume);

  for (gsize n = 0; n < willis_grid_n_voxels (&grid); n++)
    v[n] = v[n] > 0 ? 1.0f : 0.0f;
  return willis_isosurface (volume, 0.5, NULL, NULL, NULL, NULL);
}

static double
roughness (const WillisSurface *surface, double radius)
{
  double sum = 0.0;
  gsize n = willis_surface_n_points (surface);

  for (gsize p = 0; p < n; p++)
    {
      double d = vec3_norm (willis_surface_points (surface) + 3 * p) - radius;

      sum += d * d;
    }
  return sqrt (sum / (double)n);
}

static void
test_keeps_volume (void)
{
  WillisSmoothParams params = WILLIS_SMOOTH_PARAMS_INIT;
  g_autoptr (WillisSurface) before = stair_ball (4.0);
  g_autoptr (WillisSurface) after = willis_surface_smooth (before, &params, NULL, NULL);
  double v0 = willis_surface_volume_mm3 (before), v1 = willis_surface_volume_mm3 (after);
  WillisSurfaceReport r;

  g_assert_cmpfloat_with_epsilon (v1 / v0, 1.0, 1e-5);
  g_assert_cmpfloat (roughness (after, 4.0), <, 0.6 * roughness (before, 4.0));
  willis_surface_report (after, &r);
  g_assert_true (r.outward);
  g_assert_cmpuint (r.n_flat_triangles, ==, 0);
}

/* The filter alone, seen on an open surface whose rim stays and where no volume is put back: a smooth torus
 * tube cut in half keeps its area to 0.3 %. */
static void
test_keeps_shape (void)
{
  WillisGrid grid = shape_cube_grid (64, 0.25);
  const double radii[2] = { 5.0, 1.5 };
  g_autoptr (WillisVolume) volume = shape_volume (&grid, shape_torus, radii);
  g_autoptr (WillisSurface) before = willis_isosurface (volume, 0.0, NULL, NULL, NULL, NULL);
  WillisSmoothParams params = WILLIS_SMOOTH_PARAMS_INIT;
  g_autoptr (WillisSurface) after = willis_surface_smooth (before, &params, NULL, NULL);
  double worst = 0.0;

  g_assert_cmpfloat_with_epsilon (willis_surface_volume_mm3 (after) / willis_surface_volume_mm3 (before), 1.0,
                                  1e-5);
  g_assert_cmpfloat_with_epsilon (willis_surface_area_mm2 (after), 4 * G_PI * G_PI * 7.5, 0.01 * 296.1);
  for (gsize p = 0; p < willis_surface_n_points (after); p++)
    worst = MAX (worst, fabs (shape_torus (willis_surface_points (after) + 3 * p, radii)));
  g_assert_cmpfloat (worst, <, 0.1 * 0.25); // a tenth of a voxel
}

/* One hemisphere: its rim must not move, and the inside hardly. */
static void
test_rim_stays (void)
{
  g_autoptr (WillisSurface) ball = stair_ball (4.0);
  gsize n = willis_surface_n_triangles (ball), kept = 0;
  gint32 *triangles = g_new (gint32, 3 * n);
  g_autoptr (WillisSurface) half = NULL;
  g_autoptr (WillisSurface) after = NULL;
  WillisSmoothParams params = WILLIS_SMOOTH_PARAMS_INIT;
  const gint32 *v = willis_surface_triangles (ball);
  gsize fixed = 0;

  for (gsize t = 0; t < n; t++)
    if (willis_surface_points (ball)[3 * v[3 * t] + 2] > 0.0)
      memcpy (triangles + 3 * kept++, v + 3 * t, 3 * sizeof (gint32));
  half = willis_surface_new_take (
      g_memdup2 (willis_surface_points (ball), willis_surface_n_points (ball) * 3 * sizeof (double)),
      willis_surface_n_points (ball), triangles, kept);
  after = willis_surface_smooth (half, &params, NULL, NULL);
  for (gsize p = 0; p < willis_surface_n_points (half); p++)
    fixed += vec3_dist (willis_surface_points (half) + 3 * p, willis_surface_points (after) + 3 * p) == 0.0;
  g_assert_cmpuint (fixed, >, willis_surface_n_points (half) / 3);
  g_assert_cmpfloat_with_epsilon (willis_surface_area_mm2 (after), 2 * G_PI * 16.0, 0.06 * 100.5);
}

static void
test_threads_refuse_cancel (void)
{
  g_autoptr (WillisSurface) ball = stair_ball (3.0);
  WillisSmoothParams params = WILLIS_SMOOTH_PARAMS_INIT;
  g_autofree char *digest = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GCancellable) stop = g_cancellable_new ();
  WillisProgress progress = WILLIS_PROGRESS_INIT;
  const int threads[3] = { 1, 2, 7 };

  for (int n = 0; n < 3; n++)
    {
      g_autoptr (WillisSurface) after = NULL;

      willis_parallel_set_threads (threads[n]);
      after = willis_surface_smooth (ball, &params, NULL, NULL);
      if (digest == NULL)
        digest = g_strdup (willis_surface_digest (after));
      g_assert_cmpstr (digest, ==, willis_surface_digest (after));
    }
  willis_parallel_set_threads (2);
  progress.cancellable = stop;
  g_cancellable_cancel (stop);
  g_assert_null (willis_surface_smooth (ball, &params, &progress, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  params.pass_band = 0.0;
  g_assert_null (willis_surface_smooth (ball, &params, NULL, &error));
  g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_BAD_INPUT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/smooth/keeps-volume", test_keeps_volume);
  g_test_add_func ("/smooth/keeps-shape", test_keeps_shape);
  g_test_add_func ("/smooth/rim-stays", test_rim_stays);
  g_test_add_func ("/smooth/threads-refuse-cancel", test_threads_refuse_cancel);
  return g_test_run ();
}
