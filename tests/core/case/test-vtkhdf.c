/* SPDX-License-Identifier: Apache-2.0 */
#include <glib/gstdio.h>

#include "tests/core/case/make-case.h"
#include "tests/core/case/vtkhdf.h"

static void
test_image (void)
{
  const int dims[3] = { 7, 5, 4 };
  g_autofree char *folder = g_dir_make_tmp ("willis-vtkhdf-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "case.h5", NULL);

  for (int scalar = WILLIS_SCALAR_U8; scalar <= WILLIS_SCALAR_F32; scalar++)
    {
      g_autoptr (WillisVolume) volume = make_volume (dims, (WillisScalar) scalar, 3);
      const WillisGrid *grid = willis_volume_grid (volume);
      g_autoptr (WillisCase) c = willis_case_new ();
      g_autofree double *values = g_new (double, willis_grid_n_voxels (grid));
      g_autoptr (GError) error = NULL;

      for (gsize i = 0; i < willis_grid_n_voxels (grid); i++)
        values[i] = scalar == WILLIS_SCALAR_U8    ? ((const guint8 *) willis_volume_voxels (volume))[i]
                    : scalar == WILLIS_SCALAR_I16 ? ((const gint16 *) willis_volume_voxels (volume))[i]
                                                  : (double) ((const float *) willis_volume_voxels (volume))[i];
      willis_case_set_scan (c, volume, NULL);
      g_assert_true (willis_case_save (c, path, NULL, &error));
      g_assert_no_error (error);
      g_assert_cmpint (vtkhdf_differs (path, grid->dims, grid->spacing_mm, grid->origin_lps_mm, grid->direction, values), ==, 0);
      values[11] += 1.0; // and the comparison would see it
      g_assert_cmpint (vtkhdf_differs (path, grid->dims, grid->spacing_mm, grid->origin_lps_mm, grid->direction, values), ==, 6);
    }
  g_unlink (path);
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/vtkhdf/image", test_image);
  return g_test_run ();
}
