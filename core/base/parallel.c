/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/parallel.h"

#include <omp.h>

void
willis_parallel_for (gsize n, gsize grain, WillisRangeFunc func, gpointer context)
{
  gsize chunks;

  if (n == 0)
    return;
  grain = MAX (grain, 1);
  chunks = (n + grain - 1) / grain;
#pragma omp parallel for schedule(dynamic, 1)
  for (gsize c = 0; c < chunks; c++)
    func (c * grain, MIN (n, (c + 1) * grain), context);
}

void
willis_parallel_set_threads (int n)
{
  omp_set_num_threads (n > 0 ? n : omp_get_num_procs ());
}
