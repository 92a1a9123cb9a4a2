/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/error.h"
#include "core/vessel/aneurysm.h"

GArray *
willis_detect (const WillisSurface *lumen, const WillisTree *tree, const WillisProgress *progress, GError **error)
{
  willis_fail (error, WILLIS_ERROR_UNSUPPORTED, "Looking for aneurysms is not part of this build.");
  return NULL;
}
