/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * A parallel loop that reports and can be stopped: the range is worked off in batches, and between two
 * batches the calling thread speaks to the progress. The chunks are those of willis_parallel_for.
 */
#include "core/base/parallel.h"
#include "core/base/progress.h"

G_BEGIN_DECLS

/* As willis_parallel_for over [0, n) in chunks of grain indices; reports the part [from, to] of progress
 * while it goes. FALSE with G_IO_ERROR_CANCELLED when stopped: then only some chunks have been handled. */
gboolean willis_batch_for (gsize n, gsize grain, WillisRangeFunc func, gpointer context,
                           const WillisProgress *progress, double from, double to, GError **error);

G_END_DECLS
