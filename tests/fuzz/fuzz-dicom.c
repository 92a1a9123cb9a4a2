/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/io/dicom.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* Decodes the first frames, but for the JPEG family, which is GDCM's. */
static void
decode (const WillisDicomFile *file, GBytes *bytes)
{
  gsize n = willis_dicom_frame_size (file);
  g_autofree guint8 *scratch = NULL;

  if (n == 0 || n > 1 << 22 || (file->encapsulated && strcmp (file->transfer_syntax, "1.2.840.10008.1.2.5") != 0))
    return;
  scratch = g_malloc0 (n);
  for (int k = 0; k < MIN (file->n_frames, 3); k++)
    {
      const guint8 *samples = NULL;
      gboolean big_endian;
      guint8 sum = 0;
      g_autoptr (GError) error = NULL;

      if (!willis_dicom_frame_samples (file, bytes, k, scratch, &samples, &big_endian, &error))
        {
          g_assert_nonnull (error);
          continue;
        }
      for (gsize at = 0; at < n; at++)
        sum ^= samples[at];
      g_assert_true (sum == sum);
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GError) error = NULL;
  WillisDicomFile *file = willis_dicom_parse (data, size, &error);
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func ((GDestroyNotify) willis_dicom_file_free);
  g_autoptr (GPtrArray) skipped = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) stacks = NULL;
  g_autoptr (GBytes) whole = g_bytes_new_static (data, size);
  g_autoptr (GBytes) bytes = NULL;

  g_assert_true ((file == NULL) == (error != NULL));
  if (file == NULL)
    return 0;
  file->path = g_strdup ("fuzz");
  g_ptr_array_add (files, file);
  stacks = willis_dicom_sort (files, skipped);
  for (guint n = 0; n < stacks->len; n++)
    {
      WillisGrid grid;
      g_autoptr (GError) why = NULL;

      if (willis_dicom_stack_grid (stacks->pdata[n], &grid, skipped, &why))
        g_assert_true (willis_grid_check (&grid, NULL));
      else
        g_assert_nonnull (why);
    }
  bytes = willis_dicom_bytes (whole, file->inflated, NULL);
  if (stacks->len > 0 && bytes != NULL)
    decode (file, bytes);
  return 0;
}
