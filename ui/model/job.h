/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * One piece of long work on a thread of its own, with progress and cancel. The only user of GTask. All functions and
 * signals belong to the main thread; only the work itself runs elsewhere. "changed" is emitted (coalesced) when
 * fraction or text change, and once more when the job ends.
 */
#include "core/base/progress.h"

#include <glib-object.h>

G_BEGIN_DECLS

#define WILLIS_TYPE_JOB (willis_job_get_type ())
G_DECLARE_FINAL_TYPE (WillisJob, willis_job, WILLIS, JOB, GObject)

/* Runs on the worker thread; may touch only input and what is immutable. Returns the result (new), or NULL with error. */
typedef gpointer (*WillisJobWork) (const WillisProgress *progress, gpointer input, GError **error);

/* Runs on the main thread when the work has ended: result (take it, or leave it NULL and look at error, borrowed).
 * A cancelled job always arrives with G_IO_ERROR_CANCELLED, even if its work had just finished. */
typedef void (*WillisJobDone) (WillisJob *job, gpointer result, const GError *error, gpointer data);

/* Starts work at once. label names it for people. Frees input with free_input when the work has ended; frees a result
 * that nobody takes with free_result. done may be NULL. The job keeps itself alive until it has ended. */
WillisJob *willis_job_start (const char *label, WillisJobWork work, gpointer input, GDestroyNotify free_input,
                             GDestroyNotify free_result, WillisJobDone done, gpointer data);

void willis_job_cancel (WillisJob *job);
gboolean willis_job_running (WillisJob *job);
double willis_job_fraction (WillisJob *job);  // 0 .. 1
const char *willis_job_label (WillisJob *job); // as given
const char *willis_job_text (WillisJob *job);  // what the work says it is doing, or the label

G_END_DECLS
