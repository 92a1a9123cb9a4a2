/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The catheter's step with real clicks: a mandrel found, set beside the others, taken into the plan; the target dragged
 * and the answer following; undo; the insertion played; the plan saved. WILLIS_SHOTS names a folder for pictures of the
 * window.
 */
#include <glib/gstdio.h>
#include <string.h>

#include "core/num/vec3.h"
#include "tests/ui/window/stage.h"
#include "ui/steps/catheter-page-private.h"
#include "ui/steps/catheter-scene.h"
#include "ui/model/favourites.h"
#include "ui/views/slice-view.h"
#include "ui/views/view3d.h"

static WillisCatheterPage *page;

/* Scrolls the panel so far that a widget of it is seen. */
static void
bring_up (GtkWidget *widget)
{
  GtkWidget *scrolled = gtk_widget_get_ancestor (page->content, GTK_TYPE_SCROLLED_WINDOW);
  GtkAdjustment *at = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scrolled));
  double x, y;

  for (int n = 0; n < 2; n++) // what was just made is laid out first
    {
      spin (0.3);
      g_assert_true (gtk_widget_translate_coordinates (widget, page->content, 0, 0, &x, &y));
      gtk_adjustment_set_value (at, y - 60.0);
    }
  spin (0.3);
}

static void
test_open (void)
{
  const double dome[3] = { 1.5, 0.0, 0.0 };

  raise_curtain (900);
  open_phantom ("small-phantom.json");
  g_assert_cmpint (willis_session_step_state (session, WILLIS_STEP_CATHETER), ==, WILLIS_STEP_EMPTY);
  find_arteries ();
  measure_at (dome);
  spin (2.0); // working views
}

static void
test_step (void)
{
  hands ("key 4");
  spin (0.5);
  page = WILLIS_CATHETER_PAGE (find_widget (GTK_WIDGET (window), WILLIS_TYPE_CATHETER_PAGE, NULL));
  g_assert_nonnull (page);
  page->draws = 12; // the test is of the window, not of the solver
  page->effort = 0.25;
  WAIT_FOR (page->site != NULL && idle (), 60);
  g_assert_cmpint (willis_session_step_state (session, WILLIS_STEP_CATHETER), ==, WILLIS_STEP_WAITING);
  g_assert_true (page->has_catheter);
  g_assert_true (((WillisCatheterChoice *) page->choices->pdata[0])->fits);
  shot ("1-step");
}

/* A favourite stands before the others that fit; a test of one's own changes what stays of a bend, and is taken back. */
static void
test_calibrate (void)
{
  GtkWidget *expander = find_widget (page->test_bin, GTK_TYPE_EXPANDER, NULL);
  WillisCatheterChoice *last = NULL;
  g_autofree char *id = NULL;
  double before = page->values.catheter.set_fraction;
  int tests = page->values.catheter.calibrations;

  for (guint i = 0; i < page->choices->len; i++)
    if (((WillisCatheterChoice *) page->choices->pdata[i])->fits)
      last = page->choices->pdata[i];
  id = g_strdup (last->device->id);
  g_assert_true (willis_favourite_set (id, TRUE, NULL));
  _willis_catheter_page_list (page, page->values.catheter.id);
  g_assert_cmpstr (((WillisCatheterChoice *) page->choices->pdata[0])->device->id, ==, id);
  g_assert_true (willis_favourite_set (id, FALSE, NULL));
  _willis_catheter_page_list (page, page->values.catheter.id);
  bring_up (page->catheter_row);
  click_on (page->favourite_button);
  WAIT_FOR (((WillisCatheterChoice *) page->choices->pdata[0])->favourite, 10);
  g_assert_cmpstr (((WillisCatheterChoice *) page->choices->pdata[0])->device->id, ==, page->values.catheter.id);
  shot ("1-favourite");
  click_on (page->favourite_button);
  WAIT_FOR (!((WillisCatheterChoice *) page->choices->pdata[0])->favourite, 10);
  gtk_expander_set_expanded (GTK_EXPANDER (expander), TRUE);
  bring_up (page->test_bin);
  shot ("1-calibrate");
  g_signal_emit_by_name (g_object_get_data (G_OBJECT (page->test), "add"), "clicked");
  WAIT_FOR (page->values.catheter.calibrations == tests + 1 && idle (), 60);
  g_assert_cmpfloat (page->values.catheter.set_fraction, !=, before);
  g_signal_emit_by_name (g_object_get_data (G_OBJECT (page->test), "forget"), "clicked");
  WAIT_FOR (page->values.catheter.calibrations == tests && idle (), 60);
  g_assert_cmpfloat (page->values.catheter.set_fraction, ==, before);
  gtk_expander_set_expanded (GTK_EXPANDER (expander), FALSE);
  spin (0.3);
}

static void
test_search (void)
{
  const WillisShapeProposal *p;

  click_on (page->run_button);
  WAIT_FOR (page->jobs[WILLIS_CATHETER_SEARCH] != NULL || page->searched, 20);
  WAIT_FOR (page->searched, 200);
  g_assert_cmpuint (page->alternatives->len, >=, 1);
  g_assert_nonnull (page->picked);
  p = _willis_alternative_proposal (page->picked);
  g_assert_cmpfloat (p->seat.error_mm, <, 4.0);
  g_assert_cmpfloat (p->seat.error_mm, ==, page->picked->proposal->seat.error_mm);
  shot ("2-found");
  spin (0.5); // the cards come into view
  WAIT_FOR (page->picked->cloud != NULL || page->picked->no_cloud, 240);
  g_assert_nonnull (page->picked->cloud);
  p = _willis_alternative_proposal (page->picked);
  g_assert_cmpint (p->cloud.n, ==, page->draws);
  g_assert_true (p->cloud.in_zone > 0.0 && p->cloud.in_zone < 1.0);
  shot ("3-cloud");
}

/* A click on another card shows that one. */
static void
test_pick (void)
{
  GtkListBoxRow *row;

  if (page->alternatives->len < 2)
    return;
  row = gtk_list_box_get_row_at_index (GTK_LIST_BOX (page->shapes_list), 1);
  bring_up (GTK_WIDGET (row));
  click_on (GTK_WIDGET (row));
  WAIT_FOR (page->picked == page->alternatives->pdata[1], 20);
  bring_up (page->result_group);
  shot ("4-compared");
  row = gtk_list_box_get_row_at_index (GTK_LIST_BOX (page->shapes_list), 0);
  bring_up (GTK_WIDGET (row));
  click_on (GTK_WIDGET (row));
  WAIT_FOR (page->picked == page->alternatives->pdata[0], 20);
}

static void
test_keep (void)
{
  WillisCatheterPlan *plan;
  const WillisCatheterPlanData *d;

  click_on (page->keep_button);
  WAIT_FOR (willis_case_catheter_plan (willis_session_case (session)) != NULL, 20);
  plan = willis_case_catheter_plan (willis_session_case (session));
  g_assert_nonnull (plan);
  d = willis_catheter_plan_data (plan);
  g_assert_cmpint (willis_session_step_state (session, WILLIS_STEP_CATHETER), ==, WILLIS_STEP_FRESH);
  g_assert_cmpfloat (vec3_dist (d->target, page->site->site->target), ==, 0.0);
  g_assert_cmpfloat (d->error_mm, ==, _willis_alternative_proposal (page->picked)->seat.error_mm);
}

/* Where the ring's middle can be taken; FALSE where it is not seen. */
static gboolean
find_handle (GtkWidget *view, double *x, double *y)
{
  WillisScene *scene = willis_view3d_get_scene (WILLIS_VIEW3D (view));
  int w = gtk_widget_get_width (view), h = gtk_widget_get_height (view);

  for (int j = 4; j < h; j += 4)
    for (int i = 4; i < w; i += 4)
      {
        WillisPick pick;

        if (willis_scene_pick (scene, i, j, &pick) && g_strcmp0 (pick.id, WILLIS_CATHETER_TARGET) == 0
            && pick.cell == WILLIS_RING_MOVE)
          {
            *x = i;
            *y = j;
            return TRUE;
          }
      }
  return FALSE;
}

static void
test_drag (void)
{
  GtkWidget *view = find_widget (GTK_WIDGET (window), WILLIS_TYPE_VIEW3D, NULL);
  WillisCase *before = willis_case_ref (willis_session_case (session));
  double from[3], x = 0.0, y = 0.0, start;

  WAIT_FOR (idle (), 400); // the clouds of all
  vec3_copy (from, page->site->site->target);
  time_round (FALSE);
  g_assert_true (find_handle (view, &x, &y));
  round_wall = 0.0; // the search for the handle is not the window's work
  drag (view, x, y, x + 12.0, y, 1);
  start = clock_ms (CLOCK_MONOTONIC);
  WAIT_FOR (!page->settle && page->jobs[WILLIS_CATHETER_FOLLOW] == NULL && willis_session_case (session) != before, 30);
  g_test_message ("the answer followed within %.1f s of letting go", (clock_ms (CLOCK_MONOTONIC) - start) * 1e-3);
  g_assert_cmpfloat (vec3_dist (page->site->site->target, from), >, 0.1);
  g_assert_cmpuint (page->alternatives->len, ==, 1);
  g_assert_cmpfloat (
      vec3_dist (willis_catheter_plan_data (willis_case_catheter_plan (willis_session_case (session)))->target, from),
      >, 0.1);
  shot ("5-dragged");
  focus_window (GTK_WINDOW (window));
  hands ("key ctrl+z");
  WAIT_FOR (page->site != NULL && page->picked != NULL && vec3_dist (page->site->site->target, from) < 1e-6, 60);
  willis_case_unref (before);
}

/* The arrow keys in a slice through the target move it by a tenth of a millimetre; the answer follows. */
static void
test_nudge (void)
{
  GtkWidget *slice = find_widget (GTK_WIDGET (window), WILLIS_TYPE_SLICE_VIEW, NULL);
  WillisCase *before = willis_case_ref (willis_session_case (session));
  double from[3];

  WAIT_FOR (page->picked != NULL && idle (), 400);
  vec3_copy (from, page->site->site->target);
  willis_session_set_crosshair (session, from);
  gtk_widget_grab_focus (slice);
  spin (0.5);
  g_assert_cmpuint (willis_session_places (session)->len, ==, 2);
  shot ("5-slices");
  hands ("key Right");
  WAIT_FOR (vec3_dist (page->site->site->target, from) > 0.01 && !page->settle && page->jobs[WILLIS_CATHETER_FOLLOW] == NULL
                && willis_session_case (session) != before,
            30);
  g_assert_cmpfloat (fabs (vec3_dist (page->site->site->target, from) - 0.1), <, 1e-6);
  hands ("key ctrl+z");
  WAIT_FOR (page->site != NULL && page->picked != NULL && vec3_dist (page->site->site->target, from) < 1e-6, 60);
  willis_case_unref (before);
}

static void
test_play (void)
{
  WAIT_FOR (page->picked != NULL && idle (), 60); // the panel is as it stays
  bring_up (page->play_button);
  click_on (page->play_button);
  g_assert_true (gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (page->play_button)) || page->play != NULL);
  WAIT_FOR (page->play != NULL, 120);
  g_assert_cmpuint (page->play->stages->len, >, 5);
  WAIT_FOR (!gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (page->play_button)), 60);
  g_assert_cmpfloat (gtk_adjustment_get_value (page->play_time), ==, gtk_adjustment_get_upper (page->play_time));
}

static gboolean
is_playing (void)
{
  gboolean active = gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (page->play_button));

  g_assert_cmpstr (gtk_button_get_icon_name (GTK_BUTTON (page->play_button)), ==,
                   active ? "media-playback-stop-symbolic" : "media-playback-start-symbolic");
  return active;
}

/* Space plays and stops, whatever a click has left the focus on; a button that was gone to by keys takes it itself. */
static void
test_space (void)
{
  GtkWidget *menu = find_widget (GTK_WIDGET (window), GTK_TYPE_MENU_BUTTON, NULL), *focus;

  WAIT_FOR (page->picked != NULL && idle (), 60);
  focus_window (GTK_WINDOW (window));
  for (int n = 0; n < 2; n++)
    {
      gtk_widget_grab_focus (n == 0 ? gtk_widget_get_first_child (menu) : page->play_scale);
      spin (0.2);
      g_assert_false (is_playing ());
      hands ("key space");
      WAIT_FOR (is_playing (), 5);
      WAIT_FOR (page->play != NULL && gtk_adjustment_get_value (page->play_time) > 1.0, 120);
      if (n == 0)
        shot ("6-playing");
      hands ("key space");
      WAIT_FOR (!is_playing (), 5);
      g_assert_cmpint (willis_session_step (session), ==, WILLIS_STEP_CATHETER);
    }
  g_assert_false (gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (gtk_widget_get_first_child (menu))));
  hands ("key Tab");
  spin (0.3);
  focus = gtk_window_get_focus (GTK_WINDOW (window));
  g_assert_true (focus != page->play_scale && !GTK_IS_RANGE (focus));
  hands ("key space");
  spin (0.3);
  g_assert_false (is_playing ());
}

/* Turns the mandrel's hub by hand: another shape beside, with its own answer. */
static void
test_numbers (void)
{
  GtkWidget *expander = find_widget (page->numbers_bin, GTK_TYPE_EXPANDER, NULL), *spin_button;
  double was = page->values.shape.feed_mm;

  bring_up (expander);
  gtk_expander_set_expanded (GTK_EXPANDER (expander), TRUE);
  spin (0.5);
  shot ("6-numbers");
  spin_button = g_object_get_data (G_OBJECT (page->numbers), "feed");
  g_assert_nonnull (spin_button);
  gtk_widget_grab_focus (spin_button); // text takes Space
  hands ("key space");
  spin (0.3);
  g_assert_false (is_playing ());
  gtk_widget_grab_focus (page->play_scale);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (spin_button), was + 1.0);
  WAIT_FOR (page->picked != NULL && fabs (page->picked->proposal->shape.feed_mm - was - 1.0) < 1e-6, 30);
  g_assert_nonnull (page->picked->own);
}

static void
test_save (void)
{
  g_autofree char *folder = g_dir_make_tmp ("willis-catheter-XXXXXX", NULL),
                  *path = g_build_filename (folder, "case.willis", NULL);
  g_autoptr (WillisCase) again = NULL;
  WillisCatheterPlan *plan = willis_case_catheter_plan (willis_session_case (session));

  g_assert_true (willis_case_save (willis_session_case (session), path, NULL, NULL));
  again = willis_case_load (path, NULL, NULL);
  g_assert_nonnull (again);
  g_assert_cmpint (willis_case_catheter_plan_state (again), ==, WILLIS_STATE_FRESH);
  g_assert_cmpstr (willis_catheter_plan_digest (willis_case_catheter_plan (again)), ==,
                   willis_catheter_plan_digest (plan));
  willis_case_remove_aneurysm (again, 0);
  g_assert_cmpint (willis_case_catheter_plan_state (again), ==, WILLIS_STATE_STALE);
  g_unlink (path);
  g_rmdir (folder);
}

static void
test_close (void)
{
  hands ("key 3"); // nothing of the step stays in the scene
  spin (0.3);
  g_assert_false (willis_scene_has (willis_view3d_get_scene (page->view), WILLIS_CATHETER_TARGET));
  drop_curtain (gtk_window_destroy);
}

static const Act acts[] = {
  { "/catheter/open", test_open, TRUE },     { "/catheter/step", test_step },
  { "/catheter/calibrate", test_calibrate }, { "/catheter/search", test_search },
  { "/catheter/pick", test_pick },           { "/catheter/keep", test_keep },
  { "/catheter/drag", test_drag },           { "/catheter/nudge", test_nudge },
  { "/catheter/play", test_play },           { "/catheter/space", test_space },
  { "/catheter/numbers", test_numbers },     { "/catheter/save", test_save, TRUE },
  { "/catheter/close", test_close },
};

int
main (int argc, char **argv)
{
  int status;

  if (!set_up_stage (argc, argv, &status))
    return status;
  for (gsize n = 0; n < G_N_ELEMENTS (acts); n++)
    g_test_add_data_func (acts[n].name, &acts[n], watched);
  return g_test_run ();
}
