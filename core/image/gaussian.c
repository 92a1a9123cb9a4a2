/* SPDX-License-Identifier: Apache-2.0 */
#include "core/image/gaussian.h"

#include <string.h>

#include "core/image/filter-bank.h"

static void
store_row (float *const *rows, int n, int j, int k, gpointer context)
{
  WillisVolume *out = context;
  const int *dims = willis_volume_grid (out)->dims;
  float *v = willis_volume_voxels_rw (out);

  memcpy (v + ((gsize)k * (gsize)dims[1] + (gsize)j) * (gsize)dims[0], rows[0], (gsize)n * sizeof (float));
}

WillisVolume *
willis_gaussian (const WillisVolume *volume, double sigma_mm, const WillisProgress *progress, GError **error)
{
  g_autoptr (WillisVolume) out = NULL;
  const WillisBankParams params = { { sigma_mm, sigma_mm, sigma_mm }, 1.0, NULL, 1 };

  if (sigma_mm == 0.0)
    return willis_volume_convert (volume, WILLIS_SCALAR_F32, error);
  out = willis_volume_new (willis_volume_grid (volume), WILLIS_SCALAR_F32, error);
  if (out == NULL
      || !willis_filter_bank (volume, WILLIS_BANK_SMOOTH, &params, store_row, out, progress, error))
    return NULL;
  return g_steal_pointer (&out);
}
