/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>

#include "core/base/error.h"
#include "core/image/volume.h"

static WillisGrid
tilted_grid (void)
{
  const int dims[3] = { 4, 3, 2 };
  const double spacing[3] = { 0.5, 0.75, 2.0 }, origin[3] = { -10, 20, 5 };
  WillisGrid grid = willis_grid_new (dims, spacing, origin);
  const double turned[9] = { 0, 0, 1, 1, 0, 0, 0, 1, 0 };

  for (int n = 0; n < 9; n++)
    grid.direction[n] = turned[n];
  return grid;
}

static void
test_world_round_trip (void)
{
  WillisGrid grid = tilted_grid ();
  double ijk[3] = { 1.25, 0.5, 1.75 }, lps[3], back[3];

  willis_grid_ijk_to_lps (&grid, ijk, lps);
  g_assert_cmpfloat_with_epsilon (lps[0], -10 + 1.75 * 2.0, 1e-12);
  g_assert_cmpfloat_with_epsilon (lps[1], 20 + 1.25 * 0.5, 1e-12);
  willis_grid_lps_to_ijk (&grid, lps, back);
  for (int a = 0; a < 3; a++)
    g_assert_cmpfloat_with_epsilon (back[a], ijk[a], 1e-12);
}

static void
test_grid_check (void)
{
  WillisGrid grid = tilted_grid ();
  g_autoptr (GError) error = NULL;

  g_assert_true (willis_grid_check (&grid, &error));
  grid.spacing_mm[1] = 0;
  g_assert_false (willis_grid_check (&grid, &error));
  g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_BAD_INPUT);
  g_clear_error (&error);
  grid = tilted_grid ();
  grid.direction[2] = -1; // left-handed
  g_assert_false (willis_grid_check (&grid, &error));
}

static void
test_sample_crop_digest (void)
{
  WillisGrid grid = tilted_grid ();
  g_autoptr (WillisVolume) volume = willis_volume_new (&grid, WILLIS_SCALAR_I16, NULL);
  g_autoptr (WillisVolume) crop = NULL;
  g_autoptr (WillisVolume) wide = NULL;
  gint16 *v = willis_volume_voxels_rw (volume);
  const int lo[3] = { 1, 1, 0 }, hi[3] = { 3, 2, 1 };
  double range[2], a[3] = { 2, 1, 1 }, b[3] = { 1, 0, 1 }, la[3], lb[3];

  for (int n = 0; n < 24; n++)
    v[n] = (gint16) (10 * (n % 4) + 100 * ((n / 4) % 3) + 1000 * (n / 12));
  g_assert_cmpfloat_with_epsilon (willis_volume_sample (volume, (double[3]){ 1.5, 0.5, 0.25 }),
                                  15 + 50 + 250, 1e-9);
  willis_volume_range (volume, range);
  g_assert_cmpfloat (range[1], ==, 1230);
  crop = willis_volume_crop (volume, lo, hi, NULL);
  g_assert_cmpfloat (willis_volume_get (crop, 1, 0, 1), ==, willis_volume_get (volume, 2, 1, 1));
  willis_grid_ijk_to_lps (willis_volume_grid (volume), a, la);
  willis_grid_ijk_to_lps (willis_volume_grid (crop), b, lb);
  for (int n = 0; n < 3; n++)
    g_assert_cmpfloat_with_epsilon (la[n], lb[n], 1e-12);
  wide = willis_volume_convert (volume, WILLIS_SCALAR_F32, NULL);
  g_assert_cmpfloat (willis_volume_get (wide, 3, 2, 1), ==, 1230);
  g_assert_cmpstr (willis_volume_digest (volume), !=, willis_volume_digest (wide));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/volume/world-round-trip", test_world_round_trip);
  g_test_add_func ("/volume/grid-check", test_grid_check);
  g_test_add_func ("/volume/sample-crop-digest", test_sample_crop_digest);
  return g_test_run ();
}
