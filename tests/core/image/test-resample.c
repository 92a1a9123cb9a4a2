/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>

#include "core/base/error.h"
#include "core/base/parallel.h"
#include "core/image/histogram.h"
#include "core/image/morphology.h"
#include "core/image/resample.h"
#include "core/num/vec3.h"
#include "tests/core/image/shapes.h"

static double
linear (const double p[3], gconstpointer data)
{
  return 100.0 + 3.0 * p[0] - 2.0 * p[1] + 0.5 * p[2];
}

static double
quadratic (const double p[3], gconstpointer data)
{
  return 0.2 * p[0] * p[0] - 0.1 * p[1] * p[1] + 0.05 * p[0] * p[2] + p[1];
}

/* A turned, finer grid in the middle of the source. */
static WillisGrid
turned_grid (void)
{
  WillisGrid grid = shape_cube_grid (15, 0.31);
  const double turned[9] = { 0.6, -0.8, 0, 0.8, 0.6, 0, 0, 0, 1 };

  memcpy (grid.direction, turned, sizeof turned);
  vec3_set (grid.origin_lps_mm, 0.3, -3.1, -2.0);
  return grid;
}

static void
test_reproduces_polynomials (void)
{
  WillisGrid source = shape_cube_grid (31, 0.5), grid = turned_grid ();
  ShapeFunc funcs[2] = { linear, quadratic };
  WillisInterpolation kinds[2] = { WILLIS_INTERPOLATE_LINEAR, WILLIS_INTERPOLATE_CUBIC };

  source.spacing_mm[2] = 0.7;
  for (int f = 0; f < 2; f++)
    {
      g_autoptr (WillisVolume) volume = shape_volume (&source, funcs[f], NULL);
      g_autoptr (WillisVolume) truth = shape_volume (&grid, funcs[f], NULL);
      g_autoptr (WillisVolume) got = willis_resample (volume, &grid, kinds[f], NULL, 0, NULL, NULL);

      for (gsize n = 0; n < willis_grid_n_voxels (&grid); n++)
        g_assert_cmpfloat_with_epsilon (willis_volume_f32 (got)[n], willis_volume_f32 (truth)[n], 1e-4);
    }
}

/* A shift by the transform is a shift of the picture; outside gets its value; labels stay labels. */
static void
test_transform_outside_labels (void)
{
  WillisGrid grid = shape_cube_grid (12, 1.0);
  g_autoptr (WillisVolume) volume = shape_noise (&grid, 3);
  const double shift[12] = { 1, 0, 0, 2, 0, 1, 0, -1, 0, 0, 1, 3 };
  g_autoptr (WillisVolume) moved
      = willis_resample (volume, &grid, WILLIS_INTERPOLATE_NEAREST, shift, 9, NULL, NULL);
  g_autoptr (WillisVolume) same
      = willis_resample (volume, &grid, WILLIS_INTERPOLATE_CUBIC, NULL, 9, NULL, NULL);
  g_autofree char *digest = NULL;
  const int threads[3] = { 1, 2, 7 };
  WillisGrid finer = willis_grid_isotropic (&grid, 0.3);

  for (int k = 0; k < 12; k++)
    for (int j = 0; j < 12; j++)
      for (int i = 0; i < 12; i++)
        {
          gboolean inside = i + 2 < 12 && j - 1 >= 0 && k + 3 < 12;

          g_assert_cmpfloat (willis_volume_get (moved, i, j, k), ==,
                             inside ? willis_volume_get (volume, i + 2, j - 1, k + 3) : 9.0);
        }
  g_assert_cmpstr (willis_volume_digest (same), ==, willis_volume_digest (volume));
  g_assert_cmpint (finer.dims[0], ==, 40);
  for (int n = 0; n < 3; n++)
    {
      g_autoptr (WillisVolume) fine = NULL;

      willis_parallel_set_threads (threads[n]);
      fine = willis_resample (volume, &finer, WILLIS_INTERPOLATE_CUBIC, NULL, 0, NULL, NULL);
      if (digest == NULL)
        digest = g_strdup (willis_volume_digest (fine));
      g_assert_cmpstr (digest, ==, willis_volume_digest (fine));
    }
  willis_parallel_set_threads (2);
}

static gsize
count_set (const WillisVolume *mask)
{
  gsize n = 0;

  for (gsize m = 0; m < willis_grid_n_voxels (willis_volume_grid (mask)); m++)
    n += willis_volume_u8 (mask)[m] != 0;
  return n;
}

/* One voxel grown by r holds the voxels within r; eroded again it is one voxel. */
static void
test_morphology (void)
{
  WillisGrid grid = shape_cube_grid (31, 0.5);
  g_autoptr (WillisVolume) mask = willis_volume_new (&grid, WILLIS_SCALAR_U8, NULL);
  g_autoptr (WillisVolume) ball = NULL;
  g_autoptr (WillisVolume) back = NULL;
  g_autoptr (WillisVolume) opened = NULL;
  g_autoptr (WillisVolume) closed = NULL;
  guint8 *v = willis_volume_voxels_rw (mask);
  gsize want = 0;
  g_autoptr (GError) error = NULL;

  memset (v, 0, willis_grid_n_voxels (&grid));
  v[(15 * 31 + 15) * 31 + 15] = 1;
  for (int n = 0; n < 15 * 15 * 15; n++)
    want
        += (n % 15 - 7) * (n % 15 - 7) + (n / 15 % 15 - 7) * (n / 15 % 15 - 7) + (n / 225 - 7) * (n / 225 - 7)
           <= 36;
  ball = willis_mask_dilate (mask, 3.0, NULL, NULL);
  g_assert_cmpuint (count_set (ball), ==, want);
  closed = willis_mask_close (mask, 3.0, NULL, NULL);
  g_assert_cmpuint (count_set (closed), ==, 1);
  back = willis_mask_erode (ball, 3.0, NULL, NULL);
  g_assert_cmpuint (count_set (back), ==, 1);
  opened = willis_mask_open (mask, 0.6, NULL, NULL);
  g_assert_cmpuint (count_set (opened), ==, 0);
  g_assert_null (willis_mask_dilate (mask, -1.0, NULL, &error));
  g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_BAD_INPUT);
}

static void
test_histogram (void)
{
  WillisGrid grid = shape_cube_grid (40, 1.0);
  g_autoptr (WillisVolume) volume = willis_volume_new (&grid, WILLIS_SCALAR_I16, NULL);
  g_autoptr (WillisVolume) mask = shape_noise (&grid, 1);
  g_autoptr (WillisHistogram) h = NULL;
  g_autoptr (WillisHistogram) masked = NULL;
  gint16 *v = willis_volume_voxels_rw (volume);
  WillisRng rng;
  double mean, sd;
  guint64 n;
  g_autoptr (GError) error = NULL;

  willis_rng_init (&rng, 1, 1);
  for (gsize m = 0; m < 64000; m++) // a fifth of 300 +- 20 in 40 +- 10
    v[m] = (gint16)lrint (m % 5 == 0 ? 300 + 20 * willis_rng_normal (&rng)
                                     : 40 + 10 * willis_rng_normal (&rng));
  h = willis_histogram_new (volume, NULL, -100, 500, 600, NULL);
  g_assert_cmpuint (h->n_total + h->below + h->above, ==, 64000);
  g_assert_cmpfloat_with_epsilon (willis_histogram_quantile (h, 0.4), 40.5, 0.5); // the bin of 40 is [40, 41)
  g_assert_cmpfloat_with_epsilon (willis_histogram_quantile (h, 0.9), 300.5, 1.0);
  g_assert_cmpfloat (willis_histogram_otsu (h), >, 80);
  g_assert_cmpfloat (willis_histogram_otsu (h), <, 240);
  g_assert_cmpfloat_with_epsilon (willis_histogram_peak (h, 150, 450, 8.0), 300.5, 3.0);
  g_assert_cmpfloat_with_epsilon (willis_histogram_peak (h, -100, 500, 3.0), 40.5, 1.5);
  g_assert_true (isnan (willis_histogram_peak (h, 460, 490, 0.0)));
  willis_histogram_moments (h, 200, 400, &mean, &sd, &n);
  g_assert_cmpfloat_with_epsilon (mean, 300.5, 1.0);
  g_assert_cmpfloat_with_epsilon (sd, 20.0, 0.5);
  g_assert_cmpuint (n, ==, 12800);
  masked = willis_histogram_new (volume, mask, -100, 500, 60, NULL);
  g_assert_cmpuint (masked->n_total, <, 64000);
  g_assert_null (willis_histogram_new (volume, NULL, 5, 5, 10, &error));
  g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_BAD_INPUT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/resample/reproduces-polynomials", test_reproduces_polynomials);
  g_test_add_func ("/resample/transform-outside-labels", test_transform_outside_labels);
  g_test_add_func ("/morphology/balls", test_morphology);
  g_test_add_func ("/histogram/two-classes", test_histogram);
  return g_test_run ();
}
