/* SPDX-License-Identifier: Apache-2.0 */
/* The blurred inside of a surface against closed forms, and the surface that is fitted to it. */
#include <glib.h>
#include <math.h>
#include <string.h>

#include "core/base/parallel.h"
#include "core/mesh/components.h"
#include "core/vessel/lumen-model.h"
#include "tests/core/vessel/scene.h"
#include "tests/support/shapes.h"

/* A ball of radius_mm about centre, stretched along the third axis. */
static WillisSurface *
ball (const double centre[3], double radius_mm, double stretch)
{
  g_autoptr (WillisSurface) unit = shape_sphere (4);
  gsize n = willis_surface_n_points (unit), n_triangles = willis_surface_n_triangles (unit);
  double *p = g_memdup2 (willis_surface_points (unit), 3 * n * sizeof (double));

  for (gsize i = 0; i < n; i++)
    for (int a = 0; a < 3; a++)
      p[3 * i + a] = centre[a] + radius_mm * (a == 2 ? stretch : 1.0) * p[3 * i + a];
  return willis_surface_new_take (p, n, g_memdup2 (willis_surface_triangles (unit), 3 * n_triangles * sizeof (gint32)),
                                  n_triangles);
}

/* Every voxel's part inside an ellipsoid that is a ball once lengths are in blurs; mirrored: axes of a left-handed
 * scan. */
static void
test_ball (gconstpointer data)
{
  gboolean mirrored = GPOINTER_TO_INT (data);
  const int dims[3] = { 24, 22, 20 };
  const double spacing[3] = { 0.4, 0.4, 0.6 }, origin[3] = { mirrored ? 4.6 : -4.6, -4.2, -5.7 };
  const double sigma[3] = { 0.3, 0.3, 0.45 }, centre[3] = { 0.07, -0.03, 0.11 };
  const SceneTube tube = { { 0, 0, 0 }, { 0, 0, 0 }, 1.1 };
  WillisGrid grid = willis_grid_new (dims, spacing, origin);
  g_autofree guint8 *mark = g_new0 (guint8, willis_grid_n_voxels (&grid));
  g_autoptr (WillisSurface) surface = ball (centre, 1.1, sigma[2] / sigma[0]);
  WillisLumenModel model;
  WillisBricks bricks;
  double worst = 0.0, change = 0.0, more = 0.0;

  if (mirrored)
    grid.direction[0] = -1.0;
  memset (mark, 1, willis_grid_n_voxels (&grid));
  willis_bricks_init (&bricks, dims, mark, 1, 0, 0.0f);
  willis_lumen_model_init (&model, &grid, &bricks, sigma, surface);
  for (gsize b = 0; b < bricks.n; b++)
    {
      double m[512], broader[512][2];
      int at = model.place[b];

      willis_lumen_model_brick (&model, b, m, broader);
      for (int n = 0; n < 512; n++)
        {
          double ijk[3]
              = { 8 * (at % bricks.bricks[0]) + (n & 7), 8 * (at / bricks.bricks[0] % bricks.bricks[1]) + (n >> 3 & 7),
                  8 * (at / bricks.bricks[0] / bricks.bricks[1]) + (n >> 6) };
          double x[3], r, want, wide, narrow;

          if (ijk[0] >= dims[0] || ijk[1] >= dims[1] || ijk[2] >= dims[2])
            continue;
          willis_grid_ijk_to_lps (&grid, ijk, x);
          vec3_sub (x, x, centre);
          x[2] *= sigma[0] / sigma[2];
          r = vec3_norm (x);
          want = scene_blurred (&tube, sigma[0], r);
          worst = MAX (worst, fabs (m[n] - want));
          wide = scene_blurred (&tube, 1.01 * sigma[0], r); // all three blurs wider is the same as a smaller ball
          narrow = scene_blurred (&tube, sigma[0] / 1.01, r);
          more = MAX (more, fabs ((wide - narrow) / (2.0 * log (1.01))));
          change = MAX (change, fabs (broader[n][0] + broader[n][1] - (wide - narrow) / (2.0 * log (1.01))));
        }
    }
  g_test_message ("worst part %.4f, worst change with blur %.4f of %.4f", worst, change, more);
  g_assert_cmpfloat (worst, <, 0.006);
  g_assert_cmpfloat (more, >, 0.4);
  g_assert_cmpfloat (change, <, 0.04); // deep inside, where all of it lies beyond the reach of the sum
  willis_lumen_model_clear (&model);
  willis_bricks_clear (&bricks);
}

/* A ball hardly wider than three voxels beside an artery: its volume, which the half maximum misses by far, and the
 * same surface for any number of threads. */
static void
test_small_sac (void)
{
  const SceneTube parts[2]
      = { { { 10, 10, -5 }, { 12, 12, 50 }, 1.9 }, { { 17.3, 17.1, 18.2 }, { 17.3, 17.1, 18.2 }, 1.15 } };
  const Scene scene = { 40, 0.75, 40, 350, 1000, -1000, 0.32, 6, 1000.0, parts, 2 };
  g_autoptr (WillisVolume) scan = scene_scan (&scene, WILLIS_SCALAR_I16);
  WillisSegmentParams params = WILLIS_SEGMENT_PARAMS_INIT;
  g_autofree char *digest = NULL;

  params.modality = WILLIS_MODALITY_CTA;
  params.min_component_mm3 = 2.0;
  for (int threads = 1; threads <= 2; threads++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (WillisSegmentation) s = NULL;
      g_autoptr (WillisSurface) lumen = NULL;
      g_autoptr (GArray) pieces = NULL;
      g_autofree gint32 *label = NULL;
      double least = INFINITY, want = 4.0 / 3.0 * G_PI * pow (1.15, 3.0);

      willis_parallel_set_threads (threads);
      s = willis_segment (scan, &params, NULL, &error);
      g_assert_no_error (error);
      lumen = willis_lumen_surface (scan, s, NULL, &error);
      g_assert_no_error (error);
      label = g_new (gint32, willis_surface_n_triangles (lumen));
      pieces = willis_surface_pieces (lumen, label);
      for (guint i = 0; i < pieces->len; i++)
        least = MIN (least, g_array_index (pieces, WillisSurfacePiece, i).volume_mm3);
      g_test_message ("volume %.3f of %.3f mm3", least, want);
      g_assert_cmpuint (pieces->len, ==, 2);
      g_assert_cmpfloat (fabs (least / want - 1.0), <, 0.05);
      if (digest == NULL)
        digest = g_strdup (willis_surface_digest (lumen));
      g_assert_cmpstr (willis_surface_digest (lumen), ==, digest);
    }
  willis_parallel_set_threads (0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/lumen-model/ball", GINT_TO_POINTER (FALSE), test_ball);
  g_test_add_data_func ("/lumen-model/ball-mirrored", GINT_TO_POINTER (TRUE), test_ball);
  g_test_add_func ("/lumen-model/small-sac", test_small_sac);
  return g_test_run ();
}
