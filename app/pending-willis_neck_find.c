/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/error.h"
#include "core/vessel/aneurysm.h"

gboolean
willis_neck_find (const WillisSurface *lumen, const WillisTree *tree, const double seed_lps_mm[3],
                  const WillisProgress *progress, WillisNeck *out, GError **error)
{
  return willis_fail (error, WILLIS_ERROR_UNSUPPORTED, "Finding the neck is not part of this build.");
}
