/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/error.h"
#include "ui/model/job.h"
#include "ui/model/session.h"

typedef struct
{
  int steps;
  gboolean done, freed;
  char *text, *error;
  int changes;
} Trace;

static gpointer
count (const WillisProgress *progress, gpointer data, GError **error)
{
  Trace *trace = data;

  for (int n = 0; n < trace->steps; n++)
    {
      if (!willis_progress_step (progress, (double) n / trace->steps, error))
        return NULL;
      g_usleep (1000);
    }
  return g_strdup ("counted");
}

static gpointer
fail (const WillisProgress *progress, gpointer data, GError **error)
{
  willis_fail (error, WILLIS_ERROR_FAILED, "it broke");
  return NULL;
}

static void
on_done (WillisJob *job, gpointer result, const GError *error, gpointer data)
{
  Trace *trace = data;

  trace->done = TRUE;
  trace->text = result;
  trace->error = error != NULL ? g_strdup (error->message) : NULL;
  if (error != NULL && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_assert_null (result);
}

static void
on_freed (gpointer data)
{
  ((Trace *) data)->freed = TRUE;
}

static void
on_changed (WillisJob *job, Trace *trace)
{
  trace->changes++;
}

static void
finish (Trace *trace)
{
  while (!trace->done)
    g_main_context_iteration (NULL, TRUE);
}

static void
clear (Trace *trace)
{
  g_free (trace->text);
  g_free (trace->error);
}

/* The result arrives, the input is freed once, progress is reported but not for every step. */
static void
test_run (void)
{
  Trace trace = { .steps = 300 };
  WillisJob *job = willis_job_start ("Count", count, &trace, on_freed, g_free, on_done, &trace);

  g_signal_connect (job, "changed", G_CALLBACK (on_changed), &trace);
  g_assert_true (willis_job_running (job));
  finish (&trace);
  g_assert_cmpstr (trace.text, ==, "counted");
  g_assert_true (trace.freed);
  g_assert_false (willis_job_running (job));
  g_assert_cmpint (trace.changes, >=, 1);
  g_assert_cmpint (trace.changes, <, 100);
  g_object_add_weak_pointer (G_OBJECT (job), (gpointer *) &job);
  g_object_unref (job);
  // the worker thread lets go of the job a moment after its result has arrived
  for (int n = 0; n < 5000 && job != NULL; n++)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (1000);
  g_assert_null (job);
  clear (&trace);
}

static void
test_cancel (void)
{
  Trace trace = { .steps = 100000 };
  g_autoptr (WillisJob) job = willis_job_start ("Count", count, &trace, on_freed, g_free, on_done, &trace);
  gint64 start = g_get_monotonic_time ();

  willis_job_cancel (job);
  finish (&trace);
  g_assert_null (trace.text);
  g_assert_nonnull (trace.error);
  g_assert_true (trace.freed);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 20 * G_USEC_PER_SEC);
  clear (&trace);
}

static void
test_failure (void)
{
  Trace trace = { 0 };
  g_autoptr (WillisJob) job = willis_job_start ("Fail", fail, &trace, on_freed, g_free, on_done, &trace);

  finish (&trace);
  g_assert_cmpstr (trace.error, ==, "it broke");
  clear (&trace);
}

/* --- the session: undo, stale results */

static WillisCase *
small_case (void)
{
  const int dims[3] = { 8, 8, 8 };
  const double spacing[3] = { 1, 1, 1 }, origin[3] = { 0, 0, 0 };
  WillisGrid grid = willis_grid_new (dims, spacing, origin);
  g_autoptr (WillisVolume) volume = willis_volume_new (&grid, WILLIS_SCALAR_I16, NULL);
  WillisCase *c = willis_case_new ();
  WillisStudy study = WILLIS_STUDY_INIT;

  for (int n = 0; n < 512; n++)
    ((gint16 *) willis_volume_voxels_rw (volume))[n] = (gint16) n;
  willis_case_set_scan (c, volume, &study);
  return c;
}

static gboolean
add_candidates (WillisCase *copy, const WillisProgress *progress, gpointer data, GError **error)
{
  g_autoptr (GArray) list = g_array_new (FALSE, TRUE, sizeof (WillisCandidate));

  g_usleep (50000);
  g_array_set_size (list, 1);
  willis_case_set_candidates (copy, list, NULL);
  return TRUE;
}

static void
on_message (WillisSession *session, gboolean is_error, const char *text, int *count_out)
{
  (*count_out)++;
}

static void
wait_idle (WillisSession *session)
{
  while (willis_session_busy (session) || willis_session_jobs (session)->len > 0)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_undo (void)
{
  g_autoptr (WillisSession) session = willis_session_new ();
  const double quantiles[2] = { 0, 500 };
  WillisCase *first;

  willis_session_install (session, small_case (), NULL, quantiles);
  first = willis_session_case (session);
  g_assert_cmpint (willis_session_preset (session), ==, 3);
  g_assert_cmpfloat (willis_session_display (session)->window, ==, 500);
  g_assert_null (willis_session_undo_label (session));
  g_assert_true (willis_session_run (session, WILLIS_STEP_ANEURYSM, "Look", add_candidates, NULL, NULL));
  g_assert_false (willis_session_run (session, WILLIS_STEP_ANEURYSM, "Look", add_candidates, NULL, NULL));
  wait_idle (session);
  g_assert_true (willis_session_case (session) != first);
  g_assert_nonnull (willis_case_candidates (willis_session_case (session)));
  g_assert_cmpstr (willis_session_undo_label (session), ==, "Look");
  willis_session_undo (session);
  g_assert_true (willis_session_case (session) == first);
  g_assert_cmpstr (willis_session_redo_label (session), ==, "Look");
  willis_session_redo (session);
  g_assert_nonnull (willis_case_candidates (willis_session_case (session)));
}

/* A result that was made from a case which is no longer the current one is dropped, and said so. */
static void
test_stale (void)
{
  g_autoptr (WillisSession) session = willis_session_new ();
  const double quantiles[2] = { 0, 500 };
  WillisCase *second;
  int messages = 0;

  willis_session_install (session, small_case (), NULL, quantiles);
  g_signal_connect (session, "message", G_CALLBACK (on_message), &messages);
  g_assert_true (willis_session_run (session, WILLIS_STEP_ANEURYSM, "Look", add_candidates, NULL, NULL));
  second = small_case ();
  willis_session_commit (session, second, "Other");
  wait_idle (session);
  g_assert_true (willis_session_case (session) == second);
  g_assert_cmpint (messages, ==, 1);
}

/* The box of interest keeps the voxels within it at their places, says so, and can be undone. */
static void
test_crop (void)
{
  g_autoptr (WillisSession) session = willis_session_new ();
  const double quantiles[2] = { 0, 500 }, at[3] = { 4.0, 3.0, 2.0 };
  const WillisGrid *grid;
  WillisVolume *volume;

  willis_session_install (session, small_case (), NULL, quantiles);
  g_assert_false (willis_session_run_crop (session));
  willis_session_set_crosshair (session, at);
  willis_session_set_roi_mm (session, 4.0);
  g_assert_true (willis_session_run_crop (session));
  wait_idle (session);
  volume = willis_case_volume (willis_session_case (session));
  grid = willis_volume_grid (volume);
  g_assert_cmpint (grid->dims[0], ==, 5);
  g_assert_cmpint (grid->dims[2], ==, 5);
  g_assert_cmpfloat (grid->origin_lps_mm[0], ==, 2.0);
  g_assert_cmpfloat (willis_volume_get (volume, 0, 0, 0), ==, 2 + 8 * 1 + 64 * 0);
  g_assert_cmpuint (g_strv_length (willis_case_study (willis_session_case (session))->warnings), ==, 1);
  willis_session_undo (session);
  g_assert_cmpint (willis_volume_grid (willis_case_volume (willis_session_case (session)))->dims[0], ==, 8);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/job/run", test_run);
  g_test_add_func ("/job/cancel", test_cancel);
  g_test_add_func ("/job/failure", test_failure);
  g_test_add_func ("/session/undo", test_undo);
  g_test_add_func ("/session/stale", test_stale);
  g_test_add_func ("/session/crop", test_crop);
  return g_test_run ();
}
