/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>

#include "core/base/error.h"
#include "core/base/parallel.h"
#include "core/image/components.h"
#include "tests/core/image/shapes.h"

/* Noise with about this part of voxels set. */
static WillisVolume *
noise_mask (const WillisGrid *grid, guint64 seed, double part)
{
  WillisVolume *mask = shape_noise (grid, seed);
  guint8 *v = willis_volume_voxels_rw (mask);

  for (gsize n = 0; n < willis_grid_n_voxels (grid); n++)
    v[n] = v[n] < 256 * part ? 3 : 0;
  return mask;
}

static gboolean
are_neighbours (int di, int dj, int dk, int connectivity)
{
  int n = abs (di) + abs (dj) + abs (dk);

  return n > 0 && n <= (connectivity == 6 ? 1 : connectivity == 18 ? 2 : 3);
}

/* Flood fill, the plain way; labels by first voxel. Returns the number of pieces. */
static int
flood (const WillisVolume *mask, int connectivity, int *labels)
{
  const int *n = willis_volume_grid (mask)->dims;
  gsize total = willis_grid_n_voxels (willis_volume_grid (mask));
  g_autofree int *stack = g_new (int, total);
  int count = 0;

  for (gsize m = 0; m < total; m++)
    labels[m] = -1;
  for (gsize m = 0; m < total; m++)
    {
      gsize top = 0;

      if (!willis_volume_u8 (mask)[m] || labels[m] >= 0)
        continue;
      labels[m] = count;
      stack[top++] = (int)m;
      while (top > 0)
        {
          int at = stack[--top], i = at % n[0], j = at / n[0] % n[1], k = at / n[0] / n[1];

          for (int c = 0; c < 27; c++)
            {
              int di = c % 3 - 1, dj = c / 3 % 3 - 1, dk = c / 9 - 1, x = i + di, y = j + dj, z = k + dk;
              int to = (z * n[1] + y) * n[0] + x;

              if (!are_neighbours (di, dj, dk, connectivity) || x < 0 || y < 0 || z < 0 || x >= n[0]
                  || y >= n[1] || z >= n[2] || !willis_volume_u8 (mask)[to] || labels[to] >= 0)
                continue;
              labels[to] = count;
              stack[top++] = to;
            }
        }
      count++;
    }
  return count;
}

static void
test_against_flood (void)
{
  const int connectivities[3] = { 6, 18, 26 };

  for (int c = 0; c < 3; c++)
    for (guint64 seed = 1; seed <= 6; seed++)
      {
        const int dims[3] = { 21 + (int)seed, 14, 11 };
        const double spacing[3] = { 1, 1, 1 }, origin[3] = { 0, 0, 0 };
        WillisGrid grid = willis_grid_new (dims, spacing, origin);
        g_autoptr (WillisVolume) mask = noise_mask (&grid, seed, 0.08 * (double)seed);
        g_autofree int *labels = g_new (int, willis_grid_n_voxels (&grid));
        int n = flood (mask, connectivities[c], labels);
        g_autoptr (WillisComponents) pieces = willis_components_new (mask, 3, connectivities[c], NULL, NULL);
        g_autofree gssize *seen = g_new (gssize, n);
        g_autofree gsize *size = g_new0 (gsize, n);
        gsize sum = 0;

        g_assert_cmpuint (willis_components_n (pieces), ==, n);
        for (int m = 0; m < n; m++)
          seen[m] = -1;
        for (int m = 0; m < (int)willis_grid_n_voxels (&grid); m++)
          {
            gssize at
                = willis_components_at (pieces, m % dims[0], m / dims[0] % dims[1], m / dims[0] / dims[1]);

            g_assert_cmpint (at >= 0, ==, labels[m] >= 0);
            if (labels[m] < 0)
              continue;
            size[labels[m]]++;
            if (seen[labels[m]] < 0)
              seen[labels[m]] = at;
            g_assert_cmpint (seen[labels[m]], ==, at); // same pieces, whatever their numbers
          }
        for (int m = 0; m < n; m++)
          {
            const WillisComponent *piece = willis_components_get (pieces, seen[m]);

            g_assert_cmpuint (piece->n_voxels, ==, size[m]);
            sum += piece->n_voxels;
            for (int a = 0; a < 3; a++)
              {
                g_assert_cmpfloat (piece->centre[a], >=, piece->box[a]);
                g_assert_cmpfloat (piece->centre[a], <=, piece->box[3 + a]);
              }
          }
        for (gsize m = 1; m < willis_components_n (pieces); m++)
          g_assert_cmpuint (willis_components_get (pieces, m)->n_voxels, <=,
                            willis_components_get (pieces, m - 1)->n_voxels);
        g_assert_cmpuint (sum, >, 0);
      }
}

static void
test_keep_and_fill (void)
{
  WillisGrid grid = shape_cube_grid (20, 1.0);
  g_autoptr (WillisVolume) mask = willis_volume_new (&grid, WILLIS_SCALAR_U8, NULL);
  g_autoptr (WillisComponents) pieces = NULL;
  g_autoptr (WillisVolume) filled = NULL;
  g_autoptr (WillisVolume) kept = NULL;
  guint8 *v = willis_volume_voxels_rw (mask);
  gsize count = 0;

  /* a hollow box of 10^3 with an 8^3 cavity, and a single voxel */
  for (int n = 0; n < 8000; n++)
    {
      int i = n % 20, j = n / 20 % 20, k = n / 400;
      gboolean box = i >= 3 && i < 13 && j >= 3 && j < 13 && k >= 3 && k < 13;
      gboolean cavity = i > 3 && i < 12 && j > 3 && j < 12 && k > 3 && k < 12;

      v[n] = (box && !cavity) || n == 7999;
    }
  pieces = willis_components_new (mask, WILLIS_COMPONENTS_NONZERO, 26, NULL, NULL);
  g_assert_cmpuint (willis_components_n (pieces), ==, 2);
  g_assert_cmpuint (willis_components_get (pieces, 0)->n_voxels, ==, 1000 - 512);
  g_assert_cmpint (willis_components_get (pieces, 0)->box[0], ==, 3);
  g_assert_cmpint (willis_components_get (pieces, 0)->box[5], ==, 12);
  g_assert_cmpint (willis_components_get (pieces, 1)->first[2], ==, 19);
  kept = willis_components_keep_large (pieces, 2, 0, NULL);
  g_assert_cmpfloat (willis_volume_get (kept, 19, 19, 19), ==, 0);
  filled = willis_mask_fill_cavities (mask, NULL, NULL);
  for (int n = 0; n < 8000; n++)
    count += willis_volume_u8 (filled)[n];
  g_assert_cmpuint (count, ==, 1001);
}

static void
test_threads_refuse_cancel (void)
{
  WillisGrid grid = shape_cube_grid (40, 1.0);
  g_autoptr (WillisVolume) mask = noise_mask (&grid, 9, 0.3);
  g_autoptr (WillisVolume) wrong = willis_volume_convert (mask, WILLIS_SCALAR_I16, NULL);
  g_autofree char *digest = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GCancellable) stop = g_cancellable_new ();
  WillisProgress progress = WILLIS_PROGRESS_INIT;
  const int threads[3] = { 1, 2, 7 };

  for (int n = 0; n < 3; n++)
    {
      g_autoptr (WillisComponents) pieces = NULL;
      g_autoptr (WillisVolume) painted = NULL;

      willis_parallel_set_threads (threads[n]);
      pieces = willis_components_new (mask, 3, 6, &progress, NULL);
      g_autofree guint8 *colours = g_new0 (guint8, willis_components_n (pieces));
      for (gsize m = 0; m < MIN (64, willis_components_n (pieces)); m++)
        colours[m] = (guint8)(m + 1);
      painted = willis_components_paint (pieces, colours, NULL);
      if (digest == NULL)
        digest = g_strdup (willis_volume_digest (painted));
      g_assert_cmpstr (digest, ==, willis_volume_digest (painted));
    }
  willis_parallel_set_threads (2);
  g_assert_null (willis_components_new (wrong, 3, 6, NULL, &error));
  g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_BAD_INPUT);
  g_clear_error (&error);
  g_assert_null (willis_components_new (mask, 3, 8, NULL, &error));
  g_clear_error (&error);
  progress.cancellable = stop;
  g_cancellable_cancel (stop);
  g_assert_null (willis_components_new (mask, 3, 6, &progress, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/components/against-flood", test_against_flood);
  g_test_add_func ("/components/keep-and-fill", test_keep_and_fill);
  g_test_add_func ("/components/threads-refuse-cancel", test_threads_refuse_cancel);
  return g_test_run ();
}
