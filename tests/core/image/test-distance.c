/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>

#include "core/base/error.h"
#include "core/base/parallel.h"
#include "core/image/distance.h"
#include "tests/core/image/shapes.h"

static WillisVolume *
sparse_mask (const WillisGrid *grid, guint64 seed, int n_points)
{
  WillisVolume *mask = willis_volume_new (grid, WILLIS_SCALAR_U8, NULL);
  guint8 *v = willis_volume_voxels_rw (mask);
  gsize n = willis_grid_n_voxels (grid);
  WillisRng rng;

  memset (v, 0, n);
  willis_rng_init (&rng, seed, 3);
  for (int m = 0; m < n_points; m++)
    v[willis_rng_u32 (&rng) % n] = 255;
  return mask;
}

/* 64^3 with a few hundred voxels, against every pair; isotropic, then not, then on odd sizes. */
static void
test_against_all_pairs (void)
{
  const int dims[3][3] = { { 64, 64, 64 }, { 70, 33, 19 }, { 5, 1, 130 } };
  const double spacing[3][3] = { { 1, 1, 1 }, { 0.43, 0.43, 0.7 }, { 2.0, 0.3, 0.11 } },
               origin[3] = { 0, 0, 0 };

  for (int c = 0; c < 3; c++)
    {
      WillisGrid grid = willis_grid_new (dims[c], spacing[c], origin);
      g_autoptr (WillisVolume) mask = sparse_mask (&grid, 11 + (guint64)c, 40);
      g_autoptr (WillisVolume) distance = willis_distance_to_mask (mask, INFINITY, NULL, NULL);
      g_autoptr (WillisVolume) capped = willis_distance_to_mask (mask, 3.0, NULL, NULL);
      gsize n = willis_grid_n_voxels (&grid);
      g_autofree int *points = g_new (int, 3 * 40);
      int n_points = 0;

      for (gsize m = 0; m < n; m++)
        if (willis_volume_u8 (mask)[m])
          {
            points[3 * n_points] = (int)m % dims[c][0];
            points[3 * n_points + 1] = (int)m / dims[c][0] % dims[c][1];
            points[3 * n_points++ + 2] = (int)m / dims[c][0] / dims[c][1];
          }
      for (gsize m = 0; m < n; m++)
        {
          const int at[3]
              = { (int)m % dims[c][0], (int)m / dims[c][0] % dims[c][1], (int)m / dims[c][0] / dims[c][1] };
          double best = INFINITY;

          for (int p = 0; p < n_points; p++)
            {
              double sum = 0.0;

              for (int a = 0; a < 3; a++)
                sum += pow ((at[a] - points[3 * p + a]) * spacing[c][a], 2);
              best = MIN (best, sum);
            }
          best = sqrt (best);
          g_assert_cmpfloat_with_epsilon ((double)willis_volume_f32 (distance)[m], best, 1e-6 * (1 + best));
          g_assert_cmpfloat_with_epsilon ((double)willis_volume_f32 (capped)[m], MIN (best, 3.0), 1e-5);
        }
    }
}

static void
test_signed_ball (void)
{
  WillisGrid grid = shape_cube_grid (48, 0.5);
  double radius = 8.0;
  g_autoptr (WillisVolume) field = shape_volume (&grid, shape_ball, &radius);
  g_autoptr (WillisVolume) mask = willis_volume_new (&grid, WILLIS_SCALAR_U8, NULL);
  g_autoptr (WillisVolume) distance = NULL;
  guint8 *v = willis_volume_voxels_rw (mask);
  double worst = 0.0;

  for (gsize n = 0; n < willis_grid_n_voxels (&grid); n++)
    v[n] = willis_volume_f32 (field)[n] >= 0.0f;
  distance = willis_distance_signed (mask, INFINITY, NULL, NULL);
  for (gsize n = 0; n < willis_grid_n_voxels (&grid); n++)
    {
      double d = (double)willis_volume_f32 (distance)[n], truth = (double)willis_volume_f32 (field)[n];

      g_assert_cmpint (d > 0, ==, v[n]);
      worst = MAX (worst, fabs (d - truth));
    }
  g_assert_cmpfloat (worst, <, 0.5 * sqrt (3.0)); // the voxel met lies within a cell's diagonal of the ball
}

/* The signed field is the two one-sided ones put together, to the bit. */
static void
test_signed_is_both (void)
{
  const int dims[3] = { 53, 21, 34 };
  const double spacing[3] = { 0.4, 0.7, 0.5 }, origin[3] = { 0, 0, 0 };
  WillisGrid grid = willis_grid_new (dims, spacing, origin);

  for (int n_points = 0; n_points < 40000; n_points = 3 * n_points + 5)
    {
      g_autoptr (WillisVolume) mask = sparse_mask (&grid, 21, n_points);
      double limit = n_points % 2 == 0 ? 2.0 : INFINITY;
      g_autoptr (WillisVolume) both = willis_distance_signed (mask, limit, NULL, NULL);
      g_autoptr (WillisVolume) to = willis_distance_to_mask (mask, limit, NULL, NULL);
      g_autoptr (WillisVolume) in = willis_distance_in_mask (mask, limit, NULL, NULL);

      for (gsize n = 0; n < willis_grid_n_voxels (&grid); n++)
        g_assert_cmpfloat (willis_volume_f32 (both)[n], ==,
                           willis_volume_u8 (mask)[n] ? willis_volume_f32 (in)[n]
                                                      : -willis_volume_f32 (to)[n]);
    }
}

static void
test_nothing_to_measure_to (void)
{
  WillisGrid grid = shape_cube_grid (9, 1.0);
  g_autoptr (WillisVolume) mask = sparse_mask (&grid, 1, 0);
  g_autoptr (WillisVolume) far = willis_distance_to_mask (mask, INFINITY, NULL, NULL);
  g_autoptr (WillisVolume) capped = willis_distance_to_mask (mask, 4.0, NULL, NULL);
  g_autoptr (WillisVolume) inside = willis_distance_in_mask (mask, 4.0, NULL, NULL);

  g_assert_cmpfloat_with_epsilon (willis_volume_get (far, 4, 4, 4), sqrt (243.0), 1e-4);
  g_assert_cmpfloat (willis_volume_get (capped, 0, 0, 0), ==, 4.0);
  g_assert_cmpfloat (willis_volume_get (inside, 0, 0, 0), ==, 0.0);
}

static void
test_threads_refuse_cancel (void)
{
  WillisGrid grid = shape_cube_grid (50, 0.7);
  g_autoptr (WillisVolume) mask = sparse_mask (&grid, 4, 30);
  g_autofree char *digest = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GCancellable) stop = g_cancellable_new ();
  WillisProgress progress = WILLIS_PROGRESS_INIT;
  const int threads[3] = { 1, 2, 7 };

  for (int n = 0; n < 3; n++)
    {
      g_autoptr (WillisVolume) distance = NULL;

      willis_parallel_set_threads (threads[n]);
      distance = willis_distance_signed (mask, INFINITY, &progress, NULL);
      if (digest == NULL)
        digest = g_strdup (willis_volume_digest (distance));
      g_assert_cmpstr (digest, ==, willis_volume_digest (distance));
    }
  willis_parallel_set_threads (2);
  g_assert_null (willis_distance_to_mask (mask, 0.0, NULL, &error));
  g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_BAD_INPUT);
  g_clear_error (&error);
  progress.cancellable = stop;
  g_cancellable_cancel (stop);
  g_assert_null (willis_distance_signed (mask, INFINITY, &progress, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/distance/against-all-pairs", test_against_all_pairs);
  g_test_add_func ("/distance/signed-ball", test_signed_ball);
  g_test_add_func ("/distance/signed-is-both", test_signed_is_both);
  g_test_add_func ("/distance/nothing-to-measure-to", test_nothing_to_measure_to);
  g_test_add_func ("/distance/threads-refuse-cancel", test_threads_refuse_cancel);
  return g_test_run ();
}
