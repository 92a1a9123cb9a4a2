/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fuzz/fuzz-raw.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_auto (WillisRawImage) image = { 0 };
  GError *error = NULL;
  gboolean parsed;

  willis_raw_image_init (&image);
  parsed = willis_nifti_parse (data, size, FALSE, &image, &error);
  fuzz_raw (&image, parsed, data, size, error);
  return 0;
}
