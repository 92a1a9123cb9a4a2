/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The follow-up's step with a real window: an earlier case laid over this one, looked at in all ways, nudged, a second
 * one for the time line, undo, what makes it stale, and the comparison found again in the file. WILLIS_SHOTS names a
 * folder for pictures of the window.
 */
#include <glib/gstdio.h>
#include <string.h>

#include "core/phantom/phantom-private.h"
#include "tests/ui/window/stage.h"
#include "ui/model/followup.h"
#include "ui/steps/followup-page.h"
#include "ui/views/compare-view.h"

static char *folder;
static const double sac_there[3] = { 5.2, -5.6, 3.8 };

static char *
file_of (const char *name)
{
  return g_build_filename (folder, name, NULL);
}

/* Scrolls the step's panel so far down. */
static void
scroll_to (double y)
{
  GtkWidget *page = find_widget (GTK_WIDGET (window), WILLIS_TYPE_FOLLOWUP_PAGE, NULL);
  GtkWidget *scrolled = find_widget (page, GTK_TYPE_SCROLLED_WINDOW, NULL);

  gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scrolled)), y);
  spin (0.3);
}

/* An earlier case in a file: the head as it was, with the noise of seed. */
static void
write_earlier (const char *name, guint64 seed, const char *date)
{
  g_autofree char *spec = g_test_build_filename (G_TEST_DIST, "followup-earlier.json", NULL), *path = file_of (name);
  g_autoptr (GError) error = NULL;
  g_autoptr (WillisPhantom) phantom = willis_phantom_load (spec, &error);
  g_autoptr (WillisVolume) scan = NULL;
  g_autoptr (WillisCase) c = willis_case_new ();
  WillisStudy study = WILLIS_STUDY_INIT;
  const double dome[3] = { -0.2, 0.0, -0.4 };

  g_assert_no_error (error);
  phantom->seed = seed;
  scan = willis_phantom_scan (phantom, NULL, &error);
  g_assert_no_error (error);
  study.study_date = (char *) date;
  willis_case_set_scan (c, scan, &study);
  g_assert_true (willis_case_run_segment (c, NULL, NULL, &error) && willis_case_run_tree (c, NULL, &error)
                 && willis_case_run_aneurysm_at (c, dome, -1, NULL, &error));
  g_assert_true (willis_case_save (c, path, NULL, &error));
}

static void
test_open (void)
{
  WillisStudy study;
  WillisCase *c;

  write_earlier ("b.h5", 3, "2022-03-01");
  raise_curtain (900);
  open_phantom ("followup-now.json");
  find_arteries ();
  measure_at (sac_there);
  c = willis_case_copy (willis_session_case (session));
  willis_study_copy (&study, willis_case_study (c));
  g_free (study.study_date);
  study.study_date = g_strdup ("2024-06-01");
  willis_case_set_study (c, &study);
  willis_study_clear (&study);
  willis_session_commit (session, c, "Date");
  spin (2.0); // working views
}

static void
test_compare (void)
{
  g_autofree char *path = file_of ("b.h5");
  WillisComparison *comparison;
  GtkWidget *view;

  hands ("key 6");
  spin (0.5);
  g_assert_cmpint (willis_session_step (session), ==, WILLIS_STEP_FOLLOWUP);
  g_assert_cmpint (willis_session_step_state (session, WILLIS_STEP_FOLLOWUP), ==, WILLIS_STEP_WAITING);
  shot ("1-waiting");
  g_assert_true (willis_session_compare_with (session, path));
  g_assert_cmpint (willis_session_step_state (session, WILLIS_STEP_FOLLOWUP), ==, WILLIS_STEP_RUNNING);
  g_assert_false (willis_session_compare_with (session, path));
  WAIT_FOR (idle (), 100);
  comparison = willis_session_comparison (session);
  g_assert_nonnull (comparison);
  g_assert_cmpint (comparison->growth->verdict, ==, WILLIS_VERDICT_GROWN);
  g_assert_cmpfloat (fabs (comparison->years - 2.25), <, 0.01);
  // a neck's plane that grazes the artery in one scan says nothing of how sure the size is
  g_assert_cmpfloat (comparison->growth->delta[WILLIS_INDEX_SIZE].sd, <, 0.5);
  g_assert_cmpfloat (comparison->growth->volume_percent_sd, <, 8.0);
  g_assert_cmpint (willis_session_step_state (session, WILLIS_STEP_FOLLOWUP), ==, WILLIS_STEP_FRESH);
  g_assert_nonnull (willis_session_earlier_case (session));
  spin (0.5);
  view = find_widget (GTK_WIDGET (window), WILLIS_TYPE_COMPARE_VIEW, NULL);
  g_assert_nonnull (view);
  WAIT_FOR (gtk_widget_get_mapped (view), 10);
  shot ("2-grown");
}

/* Blend, checkerboard, curtain, by keys in the drop-down; a click in the overlay moves the common point. */
static void
test_overlay (void)
{
  GtkWidget *page = find_widget (GTK_WIDGET (window), WILLIS_TYPE_FOLLOWUP_PAGE, NULL);
  GtkWidget *view = find_widget (page, WILLIS_TYPE_COMPARE_VIEW, NULL),
            *mode = find_widget (page, GTK_TYPE_DROP_DOWN, NULL);
  double before[3];

  willis_session_set_crosshair (session, sac_there);
  scroll_to (150);
  shot ("3-blend");
  gtk_drop_down_set_selected (GTK_DROP_DOWN (mode), WILLIS_COMPARE_CHECKER);
  shot ("4-checkerboard");
  gtk_drop_down_set_selected (GTK_DROP_DOWN (mode), WILLIS_COMPARE_CURTAIN);
  shot ("5-curtain");
  vec3_copy (before, willis_session_crosshair (session));
  move_to (view, 0.5 * gtk_widget_get_width (view) + 40, 0.5 * gtk_widget_get_height (view));
  hands ("click 1");
  g_assert_cmpfloat (vec3_dist (before, willis_session_crosshair (session)), >, 2.0);
  hands ("click 4"); // the wheel
  g_assert_cmpfloat (vec3_dist (before, willis_session_crosshair (session)), >, 2.0);
  willis_session_set_crosshair (session, sac_there);
}

/* A position set by hand is measured as it is; searching again comes back to the first. */
static void
test_nudge (void)
{
  WillisRigid motion = willis_session_comparison (session)->growth->align.motion;
  WillisRigid moved = motion;
  GtkWidget *page = find_widget (GTK_WIDGET (window), WILLIS_TYPE_FOLLOWUP_PAGE, NULL);
  GtkWidget *expander = find_widget (page, GTK_TYPE_EXPANDER, NULL), *left, *apply;

  gtk_expander_set_expanded (GTK_EXPANDER (expander), TRUE);
  spin (0.3);
  left = find_widget (expander, GTK_TYPE_SPIN_BUTTON, NULL);
  apply = find_widget (expander, GTK_TYPE_BUTTON, g_dgettext (GETTEXT_PACKAGE, "Measure in this position"));
  g_assert_true (left != NULL && apply != NULL);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (left), 3.0);
  scroll_to (400);
  shot ("5b-nudge"); // 3 mm, to be seen
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (left), 0.3);
  moved.t[0] += 0.3;
  g_signal_emit_by_name (apply, "clicked");
  WAIT_FOR (idle (), 100);
  gtk_expander_set_expanded (GTK_EXPANDER (expander), FALSE);
  g_assert_true (willis_session_comparison (session)->by_hand);
  g_assert_cmpuint (willis_case_n_comparisons (willis_session_case (session)), ==, 1);
  g_assert_cmpfloat (willis_rigid_gap (&willis_session_comparison (session)->growth->align.motion, &moved, sac_there),
                     <, 1e-9);
  willis_session_undo (session);
  g_assert_false (willis_session_comparison (session)->by_hand);
}

static void
test_series (void)
{
  g_autofree char *path = file_of ("a.h5");

  write_earlier ("a.h5", 17, "2020-09-15");
  round_wall = 0.0;
  g_assert_true (willis_session_compare_with (session, path));
  WAIT_FOR (idle (), 100);
  g_assert_cmpuint (willis_case_n_comparisons (willis_session_case (session)), ==, 2);
  g_assert_cmpstr (willis_session_comparison (session)->earlier_date, ==, "2020-09-15");
  g_assert_cmpint (willis_session_shown_comparison (session), ==, 0);
  scroll_to (1e5);
  shot ("6-time-line");
  willis_session_show_comparison (session, 1);
  g_assert_cmpstr (willis_session_comparison (session)->earlier_date, ==, "2022-03-01");
  scroll_to (0);
  shot ("7-two");
}

static void
test_undo_and_stale (void)
{
  willis_session_undo (session);
  g_assert_cmpuint (willis_case_n_comparisons (willis_session_case (session)), ==, 1);
  willis_session_redo (session);
  g_assert_cmpuint (willis_case_n_comparisons (willis_session_case (session)), ==, 2);
  willis_session_forget_comparison (session, 0);
  g_assert_cmpuint (willis_case_n_comparisons (willis_session_case (session)), ==, 1);
  willis_session_undo (session);
  g_assert_true (willis_session_remove_aneurysm (session, 0));
  WAIT_FOR (idle (), 20);
  g_assert_cmpint (willis_session_step_state (session, WILLIS_STEP_FOLLOWUP), ==, WILLIS_STEP_STALE);
  shot ("8-stale");
  willis_session_undo (session);
  g_assert_cmpint (willis_session_step_state (session, WILLIS_STEP_FOLLOWUP), ==, WILLIS_STEP_FRESH);
}

/* The case opened again has its comparisons, and finds the earlier scan beside it. */
static void
test_again (void)
{
  g_autofree char *path = file_of ("now.h5");
  const char *const paths[] = { path, NULL };

  g_assert_true (willis_case_save (willis_session_case (session), path, NULL, NULL));
  hands ("key 3");
  willis_session_open (session, paths, NULL);
  spin (0.5);
  WAIT_FOR (g_strcmp0 (willis_session_path (session), path) == 0 && idle (), 60);
  g_assert_cmpuint (willis_case_n_comparisons (willis_session_case (session)), ==, 2);
  hands ("key 6");
  spin (0.5);
  WAIT_FOR (idle () && willis_session_earlier_case (session) != NULL, 60);
  g_assert_cmpint (willis_session_step_state (session, WILLIS_STEP_FOLLOWUP), ==, WILLIS_STEP_FRESH);
  shot ("9-again");
}

static void
test_close (void)
{
  static const char *const names[] = { "a.h5", "b.h5", "now.h5" };

  drop_curtain (gtk_window_destroy);
  for (gsize n = 0; n < G_N_ELEMENTS (names); n++)
    {
      g_autofree char *path = file_of (names[n]);

      g_unlink (path);
    }
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  int status;

  if (!set_up_stage (argc, argv, &status))
    return status;
  folder = g_dir_make_tmp ("willis-followup-XXXXXX", NULL);
  g_test_add_func ("/followup/open", test_open);
  g_test_add_func ("/followup/compare", test_compare);
  g_test_add_func ("/followup/overlay", test_overlay);
  g_test_add_func ("/followup/nudge", test_nudge);
  g_test_add_func ("/followup/series", test_series);
  g_test_add_func ("/followup/undo-and-stale", test_undo_and_stale);
  g_test_add_func ("/followup/again", test_again);
  g_test_add_func ("/followup/close", test_close);
  return g_test_run ();
}
