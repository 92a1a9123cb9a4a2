/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>

#include "core/base/error.h"
#include "core/base/parallel.h"
#include "core/mesh/isosurface.h"
#include "core/mesh/sdf.h"
#include "core/num/vec3.h"
#include "tests/core/image/shapes.h"

static const double radii[2] = { 5.0, 1.5 };

static WillisSurface *
torus_surface (void)
{
  WillisGrid grid = shape_cube_grid (140, 0.1); // facets exact to h^2 / (2 r) = 0.0033 mm
  g_autoptr (WillisVolume) volume = shape_volume (&grid, shape_torus, radii);

  return willis_isosurface (volume, 0.0, NULL, NULL, NULL, NULL);
}

/* Values at grid points and between them, gradient against the closed form and against differences. */
static void
test_torus (void)
{
  g_autoptr (WillisSurface) surface = torus_surface ();
  WillisSdfParams params = WILLIS_SDF_PARAMS_INIT;
  g_autoptr (WillisSdf) sdf = willis_sdf_new (surface, &params, NULL, NULL);
  const WillisGrid *grid = willis_volume_grid (willis_sdf_volume (sdf));
  double worst_grid = 0.0, worst = 0.0, worst_far = 0.0, worst_slope = 0.0;
  WillisRng rng;

  for (int k = 0; k < grid->dims[2]; k++)
    for (int j = 0; j < grid->dims[1]; j++)
      for (int i = 0; i < grid->dims[0]; i++)
        {
          double p[3] = { i, j, k }, truth, v = willis_volume_get (willis_sdf_volume (sdf), i, j, k);

          willis_grid_ijk_to_lps (grid, p, p);
          truth = shape_torus (p, radii);
          if (truth > -1.0)
            worst_grid = MAX (worst_grid, fabs (v - truth));
          else
            worst_far = MAX (worst_far, fabs (v - truth));
        }
  g_test_message ("grid %g far %g", worst_grid, worst_far);
  g_assert_cmpfloat (worst_grid, <, 0.0033);
  g_assert_cmpfloat (worst_far, <, 0.2 * sqrt (3.0));
  willis_rng_init (&rng, 1, 1);
  for (int n = 0; n < 6000; n++)
    {
      double p[3], q, g[3], h[6], value, angle = 6.2832 * willis_rng_uniform (&rng), truth, normal[3];
      double turn = 6.2832 * willis_rng_uniform (&rng), r = 0.3 + 1.9 * willis_rng_uniform (&rng);

      q = 5.0 + r * cos (turn);
      vec3_set (p, q * cos (angle), q * sin (angle), r * sin (turn));
      vec3_set (normal, -cos (turn) * cos (angle), -cos (turn) * sin (angle), -sin (turn));
      truth = 1.5 - r;
      value = willis_sdf_sample2 (sdf, p, g, h);
      if (r > 0.8) // away from the middle, where the field has a corner
        {
          worst = MAX (worst, fabs (value - truth));
          worst_slope = MAX (worst_slope, vec3_dist (g, normal));
        }
      g_assert_cmpfloat (value, ==, willis_sdf_sample (sdf, p, NULL));
      for (int a = 0; a < 3; a++)
        {
          double up[3] = { p[0], p[1], p[2] }, down[3] = { p[0], p[1], p[2] }, gu[3], gd[3], fu, fd;

          up[a] += 1e-5;
          down[a] -= 1e-5;
          fu = willis_sdf_sample (sdf, up, gu);
          fd = willis_sdf_sample (sdf, down, gd);
          g_assert_cmpfloat_with_epsilon ((fu - fd) / 2e-5, g[a], 1e-4); // the gradient is the field's own
          g_assert_cmpfloat_with_epsilon (gu[a], gd[a], 1e-3);           // and continuous
        }
    }
  g_test_message ("value %g slope %g", worst, worst_slope);
  g_assert_cmpfloat (worst, <, 0.0045); // and the spline's own
  g_assert_cmpfloat (worst_slope, <, 0.03);
}

/* A quadratic field sampled through the spline comes out exactly; shown by the Hessian of a far-off ball. */
static void
test_curvature (void)
{
  WillisGrid grid = shape_cube_grid (90, 0.1);
  double radius = 4.0;
  g_autoptr (WillisVolume) volume = shape_volume (&grid, shape_ball, &radius);
  g_autoptr (WillisSurface) ball = willis_isosurface (volume, 0.0, NULL, NULL, NULL, NULL);
  WillisSdfParams params = WILLIS_SDF_PARAMS_INIT;
  g_autoptr (WillisSdf) sdf = NULL;
  const double p[3] = { 2.9, 0.04, -0.03 };
  double g[3], h[6];

  params.spacing_mm = 0.25;
  sdf = willis_sdf_new (ball, &params, NULL, NULL);
  willis_sdf_sample2 (sdf, p, g, h);
  /* phi = R - |x|: second derivatives across the radius are -1 / r */
  g_assert_cmpfloat_with_epsilon (h[3], -1.0 / 2.9, 0.03);
  g_assert_cmpfloat_with_epsilon (h[5], -1.0 / 2.9, 0.03);
  g_assert_cmpfloat_with_epsilon (h[0], 0.0, 0.03);
  g_assert_cmpfloat_with_epsilon (willis_sdf_sample (sdf, (const double[3]){ 20, 0, 0 }, g), -16.0, 0.2);
  g_assert_cmpfloat_with_epsilon (g[0], -1.0, 1e-6);
}

/* A part of the field has the same values as the whole. */
static void
test_box_threads (void)
{
  WillisGrid grid = shape_cube_grid (64, 0.25);
  g_autoptr (WillisVolume) volume = shape_volume (&grid, shape_torus, radii);
  g_autoptr (WillisSurface) surface = willis_isosurface (volume, 0.0, NULL, NULL, NULL, NULL);
  const double box[6] = { 2.05, -1.0, -2.0, 7.0, 1.33, 2.0 };
  WillisSdfParams params = WILLIS_SDF_PARAMS_INIT;
  g_autoptr (WillisSdf) part = NULL;
  g_autofree char *digest = NULL;
  g_autoptr (WillisSdf) whole = NULL;
  const int threads[3] = { 1, 2, 7 };

  for (int n = 0; n < 3; n++)
    {
      g_clear_pointer (&whole, willis_sdf_unref);
      willis_parallel_set_threads (threads[n]);
      whole = willis_sdf_new (surface, &params, NULL, NULL);
      if (digest == NULL)
        digest = g_strdup (willis_volume_digest (willis_sdf_volume (whole)));
      g_assert_cmpstr (digest, ==, willis_volume_digest (willis_sdf_volume (whole)));
    }
  willis_parallel_set_threads (2);
  params.box_lps_mm = box;
  part = willis_sdf_new (surface, &params, NULL, NULL);
  for (int n = 0; n < 50; n++)
    {
      const double p[3] = { 4.0 + 0.03 * n, 0.1 - 0.01 * n, 0.02 * n };

      g_assert_cmpfloat_with_epsilon (willis_sdf_sample (whole, p, NULL), willis_sdf_sample (part, p, NULL),
                                      1e-6);
    }
}

static void
test_refuses_and_cancels (void)
{
  const double points[] = { 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1 };
  const gint32 open[] = { 0, 2, 1, 0, 1, 3, 0, 3, 2 }, closed[] = { 0, 2, 1, 0, 1, 3, 0, 3, 2, 1, 2, 3 };
  g_autoptr (WillisSurface) a = willis_surface_new_copy (points, 4, open, 3);
  g_autoptr (WillisSurface) b = willis_surface_new_copy (points, 4, closed, 4);
  WillisSdfParams params = WILLIS_SDF_PARAMS_INIT;
  g_autoptr (GError) error = NULL;
  g_autoptr (GCancellable) stop = g_cancellable_new ();
  WillisProgress progress = WILLIS_PROGRESS_INIT;

  g_assert_null (willis_sdf_new (a, &params, NULL, &error));
  g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_BAD_INPUT);
  g_clear_error (&error);
  params.band_mm = 0.1;
  g_assert_null (willis_sdf_new (b, &params, NULL, &error));
  g_clear_error (&error);
  params.band_mm = 900.0;
  g_assert_null (willis_sdf_new (b, &params, NULL, &error));
  g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_BAD_INPUT);
  g_clear_error (&error);
  params.band_mm = 1.0;
  progress.cancellable = stop;
  g_cancellable_cancel (stop);
  g_assert_null (willis_sdf_new (b, &params, &progress, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sdf/torus", test_torus);
  g_test_add_func ("/sdf/curvature", test_curvature);
  g_test_add_func ("/sdf/box-threads", test_box_threads);
  g_test_add_func ("/sdf/refuses-and-cancels", test_refuses_and_cancels);
  return g_test_run ();
}
