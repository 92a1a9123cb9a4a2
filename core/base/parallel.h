/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Parallel loops over index ranges. The split into ranges depends on n and grain alone, never on the
 * number of threads, so results do not either.
 */
#include <glib.h>

G_BEGIN_DECLS

/* Handles the indices [lo, hi). May write only what belongs to these indices and its own scratch;
 * may run on any thread, at the same time as other ranges. */
typedef void (*WillisRangeFunc) (gsize lo, gsize hi, gpointer context);

/* Calls func for ranges of at most grain indices that together cover [0, n). */
void willis_parallel_for (gsize n, gsize grain, WillisRangeFunc func, gpointer context);

/* Sets how many threads the loops use (0: as many as the machine has); for tests and --threads. */
void willis_parallel_set_threads (int n);

G_END_DECLS
