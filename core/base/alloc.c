/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/alloc.h"

#include <errno.h>
#include <stdlib.h>

#include "core/base/error.h"

void *
willis_try_alloc (gsize n0, gsize n1, gsize n2, gsize item_size, GError **error)
{
  gsize n, bytes;
  void *memory = NULL;

  if (n0 == 0 || n1 == 0 || n2 == 0 || !g_size_checked_mul (&n, n0, n1)
      || !g_size_checked_mul (&n, n, n2) || n > WILLIS_MAX_VOXELS
      || !g_size_checked_mul (&bytes, n, item_size))
    {
      willis_fail (error, WILLIS_ERROR_BAD_INPUT,
                   "a size of %" G_GSIZE_FORMAT " x %" G_GSIZE_FORMAT " x %" G_GSIZE_FORMAT
                   " is not possible",
                   n0, n1, n2);
      return NULL;
    }
  if (posix_memalign (&memory, 64, MAX (bytes, 64)) != 0)
    {
      willis_fail (error, WILLIS_ERROR_NO_MEMORY, "not enough memory for %.1f GB",
                   (double) bytes / 1e9);
      return NULL;
    }
  return memory;
}
