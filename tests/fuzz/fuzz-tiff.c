/* SPDX-License-Identifier: Apache-2.0 */
#include "core/io/tiff.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autofree guint8 *pixels = NULL;
  WillisTiff tiff;

  if (!willis_tiff_parse (data, size, &tiff, &error))
    {
      g_assert_nonnull (error);
      return 0;
    }
  g_assert_true (tiff.width > 0 && tiff.height > 0 && tiff.n_pages > 0);
  if ((double) tiff.width * tiff.height * tiff.n_pages > 1 << 20)
    return 0;
  pixels = g_malloc0 ((gsize) tiff.width * (gsize) tiff.height * (gsize) tiff.n_pages * willis_raw_size (tiff.type));
  if (!willis_tiff_pixels (data, size, &tiff, pixels, NULL, &error))
    g_assert_nonnull (error);
  return 0;
}
