/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What the fuzz targets of NIfTI, NRRD and MetaImage share: whatever parses must give a valid grid or a reason, and
 * whatever reads must give a volume of that grid.
 */
#include "core/io/raw-image.h"

#define FUZZ_MAX_VOXELS (1 << 20) // larger ones only cost time

static inline void
fuzz_raw (WillisRawImage *image, gboolean parsed, const guint8 *data, gsize size, GError *error)
{
  WillisGrid grid;
  gboolean flip, sheared;
  g_autoptr (GBytes) bytes = g_bytes_new_static (data, size);
  g_autoptr (WillisVolume) volume = NULL;

  g_assert_true (parsed == (error == NULL));
  if (!parsed)
    {
      g_error_free (error);
      return;
    }
  if (!willis_raw_image_grid (image, &grid, &flip, &sheared, &error))
    {
      g_assert_nonnull (error);
      g_error_free (error);
      return;
    }
  g_assert_true (willis_grid_check (&grid, NULL));
  // other files are not the fuzzer's to open
  if (image->data_files != NULL || willis_grid_n_voxels (&grid) > FUZZ_MAX_VOXELS
      || (double) image->dims[0] * image->dims[1] * image->dims[2] > FUZZ_MAX_VOXELS)
    return;
  volume = willis_raw_image_read (image, "fuzz", bytes, image->n_parts - 1, NULL, NULL, &error);
  g_assert_true ((volume != NULL) == (error == NULL));
  if (volume != NULL)
    {
      double range[2];

      g_assert_true (willis_grid_equal (willis_volume_grid (volume), &grid));
      willis_volume_range (volume, range);
      g_assert_true (range[0] <= range[1]);
    }
  g_clear_error (&error);
}
