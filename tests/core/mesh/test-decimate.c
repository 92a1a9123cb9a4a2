/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>

#include "core/base/error.h"
#include "core/mesh/bvh.h"
#include "core/mesh/check.h"
#include "core/mesh/decimate.h"
#include "core/mesh/edit.h"
#include "core/mesh/isosurface.h"
#include "core/num/vec3.h"
#include "tests/core/image/shapes.h"

static const double radii[2] = { 5.0, 1.5 };

static WillisSurface *
torus_surface (double spacing)
{
  WillisGrid grid = shape_cube_grid ((int)(14.0 / spacing), spacing);
  g_autoptr (WillisVolume) volume = shape_volume (&grid, shape_torus, radii);

  return willis_isosurface (volume, 0.0, NULL, NULL, NULL, NULL);
}

/* A tenth of the triangles: same topology, volume and area, every point near the torus. */
static void
test_torus (void)
{
  g_autoptr (WillisSurface) before = torus_surface (0.125);
  gsize n = willis_surface_n_triangles (before);
  WillisDecimateParams params = { n / 10, INFINITY };
  g_autoptr (WillisSurface) after = willis_surface_decimate (before, &params, NULL, NULL);
  g_autoptr (WillisSurface) again = willis_surface_decimate (before, &params, NULL, NULL);
  WillisSurfaceReport r;
  double worst = 0.0;

  g_assert_true (willis_surface_check (after, NULL));
  willis_surface_report (after, &r);
  g_assert_true (r.outward);
  g_assert_cmpint (r.euler, ==, 0);
  g_assert_cmpuint (r.n_flat_triangles, ==, 0);
  g_assert_cmpuint (willis_surface_n_triangles (after), <=, n / 10 + 2);
  /* edges of e = 0.45 mm on r = 1.5 mm: facets lie e^2 / (8 r) = 0.017 mm inside, 1.1 % of r; the corners
   * make up for half */
  g_assert_cmpfloat_with_epsilon (r.volume_mm3 / willis_surface_volume_mm3 (before), 1.0, 0.008);
  g_assert_cmpfloat_with_epsilon (r.area_mm2 / willis_surface_area_mm2 (before), 1.0, 0.005);
  for (gsize p = 0; p < willis_surface_n_points (after); p++)
    worst = MAX (worst, fabs (shape_torus (willis_surface_points (after) + 3 * p, radii)));
  g_assert_cmpfloat (worst, <, 0.03);
  g_assert_cmpstr (willis_surface_digest (after), ==, willis_surface_digest (again));
}

/* The error bound stops in time. */
static void
test_error_bound (void)
{
  g_autoptr (WillisSurface) before = torus_surface (0.25);
  WillisDecimateParams params = { 0, 0.01 };
  g_autoptr (WillisSurface) after = willis_surface_decimate (before, &params, NULL, NULL);
  g_autoptr (WillisBvh) bvh = willis_bvh_new (after);

  g_assert_cmpuint (willis_surface_n_triangles (after), <, willis_surface_n_triangles (before) / 2);
  for (gsize p = 0; p < willis_surface_n_points (before); p++)
    {
      WillisNearest nearest;

      willis_bvh_nearest (bvh, willis_surface_points (before) + 3 * p, INFINITY, &nearest);
      g_assert_cmpfloat (nearest.distance_mm, <,
                         0.1); // the bound is on a mean over planes, not on the largest
    }
}

/* Noise: hardly any edge may go, but whatever goes leaves a closed manifold of the same topology. */
static void
test_noise_keeps_topology (void)
{
  for (guint64 seed = 1; seed <= 4; seed++)
    {
      WillisGrid grid = shape_cube_grid (14, 1.0);
      g_autoptr (WillisVolume) volume = shape_noise (&grid, seed);
      g_autoptr (WillisSurface) before
          = willis_isosurface (volume, 60.0 * (double)seed - 10.0, NULL, NULL, NULL, NULL);
      WillisDecimateParams params = { 0, INFINITY };
      g_autoptr (WillisSurface) after = willis_surface_decimate (before, &params, NULL, NULL);
      WillisSurfaceReport a, b;

      g_assert_true (willis_surface_check (after, NULL));
      willis_surface_report (before, &b);
      willis_surface_report (after, &a);
      g_assert_true (a.manifold);
      g_assert_cmpint (a.euler, ==, b.euler);
      g_assert_cmpuint (a.n_components, ==, b.n_components);
      g_assert_cmpuint (a.n_rim_edges, ==, 0);
      g_assert_cmpuint (willis_surface_n_triangles (after), <, willis_surface_n_triangles (before));
    }
}

/* An open half: the rim stays point for point. */
static void
test_rim_stays (void)
{
  g_autoptr (WillisSurface) whole = torus_surface (0.25);
  gsize n = willis_surface_n_triangles (whole);
  g_autofree guint8 *keep = g_new0 (guint8, n);
  g_autoptr (WillisSurface) half = NULL;
  g_autoptr (WillisSurface) after = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GCancellable) stop = g_cancellable_new ();
  WillisProgress progress = WILLIS_PROGRESS_INIT;
  WillisDecimateParams params = { n / 20, INFINITY };
  WillisSurfaceReport a, b;

  for (gsize t = 0; t < n; t++)
    keep[t] = willis_surface_points (whole)[3 * willis_surface_triangles (whole)[3 * t]] > 0.3;
  half = willis_surface_pick (whole, keep, NULL);
  after = willis_surface_decimate (half, &params, NULL, NULL);
  willis_surface_report (half, &b);
  willis_surface_report (after, &a);
  g_assert_cmpuint (b.n_rims, ==, 2);
  g_assert_cmpuint (a.n_rims, ==, b.n_rims);
  g_assert_cmpuint (a.n_rim_edges, ==, b.n_rim_edges);
  g_assert_cmpint (a.euler, ==, b.euler);
  g_assert_true (a.manifold);
  progress.cancellable = stop;
  g_cancellable_cancel (stop);
  g_assert_null (willis_surface_decimate (half, &params, &progress, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/decimate/torus", test_torus);
  g_test_add_func ("/decimate/error-bound", test_error_bound);
  g_test_add_func ("/decimate/noise-keeps-topology", test_noise_keeps_topology);
  g_test_add_func ("/decimate/rim-stays", test_rim_stays);
  return g_test_run ();
}
