/* SPDX-License-Identifier: Apache-2.0 */
/* A head in Hounsfield units otherwise stored is told from one in them and from an MR angiography. */
#include <glib.h>

#include "core/image/hounsfield.h"

#define N 40

/* Brain with noise, a shell of bone and a corner of air, in Hounsfield units; or an MR angiography whose brain has the
 * mean of such a head's, 1024 higher. */
static WillisVolume *
make_head (double scale, double shift, gboolean air_and_bone, gboolean mr)
{
  const int dims[3] = { N, N, N };
  const double spacing[3] = { 1, 1, 1 }, origin[3] = { 0, 0, 0 };
  WillisGrid grid = willis_grid_new (dims, spacing, origin);
  WillisVolume *volume = willis_volume_new (&grid, WILLIS_SCALAR_F32, NULL);
  float *v = willis_volume_voxels_rw (volume);
  for (int k = 0; k < N; k++)
    for (int j = 0; j < N; j++)
      for (int i = 0; i < N; i++)
        {
          double noise = (i * 31 + j * 97 + k * 53) % 101 / 100.0;
          double hu = mr ? -300.0 + 600.0 * noise : 10.0 + 50.0 * noise;

          if (air_and_bone && k < 3)
            hu = -1000.0;
          else if (air_and_bone && k < 6)
            hu = 900.0;
          *v++ = (float) ((hu - shift) / scale);
        }
  return volume;
}

static void
assert_found (double scale, double shift, gboolean air_and_bone, gboolean mr, gboolean is_ct, gboolean found)
{
  g_autoptr (WillisVolume) volume = make_head (scale, shift, air_and_bone, mr);
  g_autoptr (WillisVolume) hu = NULL;
  WillisHounsfield stored = { 0 };

  g_assert_cmpint (willis_hounsfield_find (volume, is_ct, &stored), ==, found);
  if (!found)
    return;
  g_assert_cmpfloat (stored.scale, ==, scale);
  g_assert_cmpfloat (stored.shift, ==, shift);
  hu = willis_hounsfield_convert (volume, &stored, NULL);
  g_assert_cmpint (willis_volume_scalar (hu), ==, WILLIS_SCALAR_I16);
  if (air_and_bone)
    {
      g_assert_cmpfloat (willis_volume_get (hu, 5, 5, 1), ==, -1000.0);
      g_assert_cmpfloat (willis_volume_get (hu, 5, 5, 4), ==, 900.0);
    }
  g_assert_cmpfloat_with_epsilon (willis_volume_get (hu, 5, 5, 20), 35.0, 26.0);
}

static void
test_stored (void)
{
  for (int is_ct = 0; is_ct < 2; is_ct++)
    {
      assert_found (1.0, -1024.0, TRUE, FALSE, is_ct, TRUE);
      assert_found (1000.0, 0.0, TRUE, FALSE, is_ct, TRUE);
      assert_found (1.0, 0.0, TRUE, FALSE, is_ct, FALSE); // Hounsfield units as they are
      assert_found (1.0, -1024.0, TRUE, TRUE, is_ct, FALSE);
    }
}

/* A piece of brain alone: where the scan says that it is a CT. */
static void
test_piece (void)
{
  assert_found (1.0, -1024.0, FALSE, FALSE, TRUE, TRUE);
  assert_found (1.0, -1024.0, FALSE, FALSE, FALSE, FALSE);
  assert_found (1.0, 0.0, FALSE, FALSE, TRUE, FALSE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/hounsfield/stored", test_stored);
  g_test_add_func ("/hounsfield/piece", test_piece);
  return g_test_run ();
}
