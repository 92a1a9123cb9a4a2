/* SPDX-License-Identifier: Apache-2.0 */
#include "core/image/batch.h"

/* Batches a loop is cut into at most: enough for a poll every 50 ms of a two-second loop. */
#define MAX_BATCHES 40

typedef struct
{
  WillisRangeFunc func;
  gpointer context;
  gsize first;
} Batch;

static void
run_range (gsize lo, gsize hi, gpointer context)
{
  const Batch *batch = context;

  batch->func (batch->first + lo, batch->first + hi, batch->context);
}

gboolean
willis_batch_for (gsize n, gsize grain, WillisRangeFunc func, gpointer context,
                  const WillisProgress *progress, double from, double to, GError **error)
{
  gsize chunks, per_batch, size;

  grain = MAX (grain, 1);
  if (progress == NULL)
    {
      willis_parallel_for (n, grain, func, context);
      return TRUE;
    }
  chunks = (n + grain - 1) / grain;
  per_batch = MAX ((chunks + MAX_BATCHES - 1) / MAX_BATCHES, 8); // at least some chunks for each core
  size = per_batch * grain;
  for (gsize first = 0; first < n; first += size)
    {
      Batch batch = { func, context, first };

      if (!willis_progress_step (progress, from + (to - from) * (double)first / (double)n, error))
        return FALSE;
      willis_parallel_for (MIN (size, n - first), grain, run_range, &batch);
    }
  return willis_progress_step (progress, to, error);
}
