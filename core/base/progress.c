/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/progress.h"

WillisProgress
willis_progress_part (const WillisProgress *parent, double lo, double hi, const char *label)
{
  WillisProgress part = WILLIS_PROGRESS_INIT;

  if (parent == NULL)
    return part;
  part = *parent;
  part.lo = parent->lo + lo * (parent->hi - parent->lo);
  part.hi = parent->lo + hi * (parent->hi - parent->lo);
  if (label != NULL)
    part.label = label;
  return part;
}

gboolean
willis_progress_step (const WillisProgress *progress, double fraction, GError **error)
{
  if (progress == NULL)
    return TRUE;
  if (progress->cancellable != NULL
      && g_cancellable_set_error_if_cancelled (progress->cancellable, error))
    return FALSE;
  if (progress->func != NULL)
    progress->func (progress->lo + CLAMP (fraction, 0.0, 1.0) * (progress->hi - progress->lo),
                    progress->label, progress->data);
  return TRUE;
}
