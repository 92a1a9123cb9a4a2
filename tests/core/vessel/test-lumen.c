/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>
#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/parallel.h"
#include "core/vessel/segmentation.h"
#include "tests/core/vessel/scene.h"

/* Distances of the surface points from a tube's wall, away from the border of the scan: mean and spread. */
static void
wall_error (const WillisSurface *surface, const Scene *scene, double *mean, double *spread)
{
  const double *p = willis_surface_points (surface);
  double sum = 0.0, sum2 = 0.0, n = 0.0, side = scene->n * scene->spacing;

  for (gsize i = 0; i < willis_surface_n_points (surface); i++)
    {
      double q[3] = { p[3 * i] + 3.0, p[3 * i + 1] - 5.0, p[3 * i + 2] - 7.0 }, d;

      if (q[2] < 2.0 || q[2] > side - 2.0)
        continue;
      d = -scene_depth (scene, q);
      sum += d;
      sum2 += d * d;
      n += 1.0;
    }
  *mean = sum / n;
  *spread = sqrt (MAX (sum2 / n - *mean * *mean, 0.0));
}

static WillisSurface *
lumen_of (const Scene *scene, WillisScalar scalar, double *sd)
{
  g_autoptr (WillisVolume) scan = scene_scan (scene, scalar);
  g_autoptr (GError) error = NULL;
  g_autoptr (WillisSegmentation) s = willis_segment (scan, NULL, NULL, &error);
  WillisSurface *surface;

  g_assert_no_error (error);
  surface = willis_lumen_surface (scan, s, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (willis_surface_check (surface, NULL));
  *sd = willis_lumen_surface_sd_mm (scan, s);
  return surface;
}

/* Every edge in two triangles, run once each way: watertight. */
static void
assert_closed (const WillisSurface *surface)
{
  const gint32 *t = willis_surface_triangles (surface);
  g_autoptr (GHashTable) edges = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);

  for (gsize i = 0; i < 3 * willis_surface_n_triangles (surface); i++)
    {
      gint64 a = t[i], b = t[i / 3 * 3 + (i + 1) % 3], key = a << 32 | b;

      g_assert_false (g_hash_table_contains (edges, &key));
      g_hash_table_add (edges, g_memdup2 (&key, sizeof key));
    }
  for (gsize i = 0; i < 3 * willis_surface_n_triangles (surface); i++)
    {
      gint64 a = t[i], b = t[i / 3 * 3 + (i + 1) % 3], key = b << 32 | a;

      g_assert_true (g_hash_table_contains (edges, &key));
    }
}

/* One tube at a time: the wall within a tenth of a voxel on average, spread within a quarter of one, both with noise of
 * 4 % of the contrast; the stated uncertainty covers the mean error. The thin one is 1.6 mm wide at 0.45 mm. */
static void
test_tube (gconstpointer data)
{
  const SceneTube tube = { { 10, 6, -5 }, { 20, 24, 40 }, GPOINTER_TO_INT (data) / 10.0 };
  const Scene scene = { 72, 0.45, 40, 350, 1000, -1000, 0.4, 12, 29.0, &tube, 1 };
  double mean, spread, sd;
  g_autoptr (WillisSurface) surface = lumen_of (&scene, WILLIS_SCALAR_I16, &sd);

  assert_closed (surface);
  wall_error (surface, &scene, &mean, &spread);
  g_test_message ("radius %.1f: mean error %.4f mm, spread %.4f mm, stated %.4f mm", tube.radius, mean, spread, sd);
  g_assert_cmpfloat (fabs (mean), <, 0.045);
  g_assert_cmpfloat (spread, <, 0.11);
  g_assert_cmpfloat (sd, >, 0.02);
  g_assert_cmpfloat (sd, <, 0.25);
  g_assert_cmpfloat (fabs (mean), <, 2.0 * sd);
}

/* A tube within 3 mm of whose wall lies something with a fifth of its contrast, or fat: the wall is where it is in
 * plain tissue, though half of the tube's brightness is reached a tenth of a millimetre farther out, or in. */
static void
test_surround (gconstpointer data)
{
  const SceneTube tube = { { 10, 6, -5 }, { 20, 24, 40 }, 1.8 };
  const Scene scene = { 72, 0.45, 40, 350, 1000, -1000, 0.4, 12, 1000.0, &tube, 1 };
  double more = GPOINTER_TO_INT (data), mean, spread, blur;
  g_autoptr (WillisVolume) scan = scene_scan (&scene, WILLIS_SCALAR_I16);
  const WillisGrid *grid = willis_volume_grid (scan);
  gint16 *v = willis_volume_voxels_rw (scan);
  g_autoptr (GError) error = NULL;
  g_autoptr (WillisSegmentation) s = NULL;
  g_autoptr (WillisSurface) surface = NULL;

  for (int k = 0; k < grid->dims[2]; k++)
    for (int j = 0; j < grid->dims[1]; j++)
      for (int i = 0; i < grid->dims[0]; i++, v++)
        {
          double x[3], depth, part;

          willis_grid_ijk_to_lps (grid, (double[3]){ i, j, k }, x);
          depth = scene_depth (&scene, (double[3]){ x[0] + 3.0, x[1] - 5.0, x[2] - 7.0 });
          part = CLAMP ((*v - scene.tissue) / (scene.blood - scene.tissue), 0.0, 1.0);
          if (depth > -3.0)
            *v = (gint16) lrint (*v + more * (1.0 - part));
        }
  s = willis_segment (scan, NULL, NULL, &error);
  g_assert_no_error (error);
  surface = willis_lumen_surface (scan, s, NULL, &error);
  g_assert_no_error (error);
  wall_error (surface, &scene, &mean, &spread);
  blur = willis_lumen_blur_mm (scan, s);
  g_test_message ("%+.0f around: mean error %.4f mm, spread %.4f mm, blur %.3f mm", more, mean, spread, blur);
  g_assert_cmpfloat (fabs (mean), <, 0.045);
  g_assert_cmpfloat (blur, >, scene.blur);
  g_assert_cmpfloat (blur, <, 2.2 * scene.blur);
}

static void
test_rotational (void)
{
  const SceneTube parts[2] = { { { 6, 6, -5 }, { 12, 12, 40 }, 1.8 }, { { 14, 13, 16 }, { 14, 13, 16 }, 4.0 } };
  const Scene scene = { 80, 0.35, 10, 200, 0, 0, 0.3, 4, 1000.0, parts, 2 };
  double mean, spread, sd;
  g_autoptr (WillisSurface) surface = lumen_of (&scene, WILLIS_SCALAR_U8, &sd);

  assert_closed (surface);
  wall_error (surface, &scene, &mean, &spread);
  g_test_message ("mean error %.4f mm, spread %.4f mm, stated %.4f mm", mean, spread, sd);
  g_assert_cmpfloat (fabs (mean), <, 0.035);
  g_assert_cmpfloat (spread, <, 0.09);
}

static void
test_refuses (void)
{
  const SceneTube tube = { { 10, 6, -5 }, { 20, 24, 40 }, 1.5 };
  const Scene scene = { 64, 0.45, 40, 350, 1000, -1000, 0.4, 10, 1000.0, &tube, 1 };
  Scene small = scene;
  g_autoptr (WillisVolume) scan = scene_scan (&scene, WILLIS_SCALAR_I16);
  g_autoptr (WillisVolume) other = NULL;
  g_autoptr (WillisVolume) none = willis_volume_new (willis_volume_grid (scan), WILLIS_SCALAR_U8, NULL);
  g_autoptr (WillisSegmentation) s = willis_segment (scan, NULL, NULL, NULL);
  g_autoptr (WillisSegmentation) empty = NULL;
  g_autoptr (GError) error = NULL;

  small.n = 32;
  other = scene_scan (&small, WILLIS_SCALAR_I16);
  g_assert_null (willis_lumen_surface (other, s, NULL, &error));
  g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_BAD_INPUT);
  g_clear_error (&error);
  memset (willis_volume_voxels_rw (none), 0, willis_grid_n_voxels (willis_volume_grid (none)));
  empty = willis_segmentation_new (none, WILLIS_MODALITY_CTA, 195, 40, 310, 0);
  g_assert_null (willis_lumen_surface (scan, empty, NULL, &error));
  g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_FAILED);
  g_assert_cmpfloat (willis_lumen_surface_sd_mm (scan, empty), >, 0.0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/lumen/tube/thick", GINT_TO_POINTER (20), test_tube);
  g_test_add_data_func ("/lumen/tube/middle", GINT_TO_POINTER (13), test_tube);
  g_test_add_data_func ("/lumen/tube/thin", GINT_TO_POINTER (8), test_tube);
  g_test_add_data_func ("/lumen/surround/none", GINT_TO_POINTER (0), test_surround);
  g_test_add_data_func ("/lumen/surround/sinus", GINT_TO_POINTER (60), test_surround);
  g_test_add_data_func ("/lumen/surround/fat", GINT_TO_POINTER (-100), test_surround);
  g_test_add_func ("/lumen/rotational", test_rotational);
  g_test_add_func ("/lumen/refuses", test_refuses);
  return g_test_run ();
}
