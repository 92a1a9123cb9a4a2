/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The arteries' step with real clicks and keys: measuring along a branch, its name, corrections by hand, and the risk scores.
 */
#include <string.h>

#include "core/num/vec3.h"
#include "core/vessel/anatomy.h"
#include "core/vessel/doubts.h"
#include "tests/ui/window/stage.h"
#include "ui/steps/aneurysm-page.h"
#include "ui/steps/doubts-list.h"
#include "ui/steps/edit-tools.h"
#include "ui/steps/risk-list.h"
#include "ui/steps/risk-window.h"
#include "ui/steps/vessels-page.h"
#include "ui/views/profile-chart.h"
#include "ui/views/vessel-dock.h"
#include "ui/window/rail.h"

static WillisVesselDock *dock;
static GtkWidget *chart;

static WillisSegmentation *
segmentation (void)
{
  return willis_case_segmentation (willis_session_case (session));
}

static guint
n_edits (void)
{
  const GPtrArray *edits = willis_segmentation_edits (segmentation ());

  return edits != NULL ? edits->len : 0;
}

static void
test_start (void)
{
  raise_curtain (800);
  open_phantom ("small-phantom.json");
  find_arteries ();
  willis_session_set_step (session, WILLIS_STEP_VESSELS);
  spin (1.0);
}

static int
longest_branch (void)
{
  const WillisTree *tree = willis_case_tree (willis_session_case (session));
  int best = 0;

  for (gsize n = 1; n < willis_tree_n_branches (tree); n++)
    if (willis_tree_branch (tree, n)->length_mm > willis_tree_branch (tree, (gsize) best)->length_mm)
      best = (int) n;
  return best;
}

/* A click in the chart moves the crosshair onto the centreline there, keys move it on; the blue stretch is dragged. */
static void
test_along (void)
{
  const WillisCourse *course;
  double w, h, before, after, distance;
  gsize n;

  willis_session_select_branch (session, longest_branch ());
  dock = WILLIS_VESSEL_DOCK (find_widget (GTK_WIDGET (window), WILLIS_TYPE_VESSEL_DOCK, NULL));
  g_assert_nonnull (dock);
  WAIT_FOR (willis_vessel_dock_profile (dock) != NULL && gtk_widget_get_mapped (GTK_WIDGET (dock)), 30);
  spin (0.5);
  course = willis_vessel_dock_course (dock);
  chart = find_widget (GTK_WIDGET (dock), WILLIS_TYPE_PROFILE_CHART, NULL);
  w = willis_along_width_px (gtk_widget_get_width (chart), willis_course_length_mm (course));
  h = gtk_widget_get_height (chart);
  move_to (chart, WILLIS_ALONG_LEFT_PX + 0.2 * w, 0.5 * h);
  hands ("click 1");
  before = willis_vessel_dock_cursor_mm (dock);
  if (willis_vessel_dock_stenosis (dock).reference == WILLIS_REFERENCE_NONE
      || 0.2 * willis_course_length_mm (course) < willis_vessel_dock_stenosis (dock).reference_from_mm
      || 0.2 * willis_course_length_mm (course) > willis_vessel_dock_stenosis (dock).reference_to_mm)
    g_assert_cmpfloat_with_epsilon (before, 0.2 * willis_course_length_mm (course), 0.3);
  hands ("key Right");
  after = willis_vessel_dock_cursor_mm (dock);
  g_assert_cmpfloat_with_epsilon (after - before, WILLIS_COURSE_STEP_MM, 1e-9);
  n = willis_course_nearest (course, willis_session_crosshair (session), &distance);
  g_assert_cmpfloat (distance, <, 0.2);
  g_assert_cmpfloat_with_epsilon (willis_course_points (course)[n].at_mm, after, 0.3);
  if (willis_vessel_dock_stenosis (dock).reference != WILLIS_REFERENCE_NONE)
    {
      const WillisStenosis s = willis_vessel_dock_stenosis (dock);

      hands ("keydown alt key Right keyup alt");
      g_assert_cmpint (willis_vessel_dock_stenosis (dock).reference, ==, WILLIS_REFERENCE_GIVEN);
      g_assert_true (isfinite (s.percent));
    }
  // the crosshair set in a slice brings the cursor with it
  willis_session_set_crosshair (session, willis_course_points (course)[willis_course_n (course) / 2].centre_lps_mm);
  g_assert_cmpfloat_with_epsilon (willis_vessel_dock_cursor_mm (dock), 0.5 * willis_course_length_mm (course), 0.6);
}

/* A click on the lumen in 3D takes the branch that runs there. */
static void
test_click (void)
{
  WillisView3d *view = willis_view_grid_view3d (willis_window_views (window));
  WillisScene *scene = willis_view3d_get_scene (view);
  int branch = willis_session_branch (session), w, h;
  gboolean found = FALSE;

  willis_session_select_branch (session, -1);
  spin (0.4);
  g_assert_false (gtk_widget_get_visible (GTK_WIDGET (dock)));
  willis_scene_get_size (scene, &w, &h);
  for (int y = h / 4; y < 3 * h / 4 && !found; y += 6)
    for (int x = w / 4; x < 3 * w / 4 && !found; x += 6)
      {
        WillisPick pick;
        double distance;
        int nearest;

        if (!willis_scene_pick (scene, x, y, &pick) || strcmp (pick.id, "lumen") != 0
            || !willis_tree_nearest (willis_case_tree (willis_session_case (session)), pick.point_lps_mm, &nearest, NULL, &distance)
            || nearest != branch)
          continue;
        found = TRUE;
        move_to (GTK_WIDGET (view), (double) x / gtk_widget_get_scale_factor (GTK_WIDGET (view)),
                 (double) y / gtk_widget_get_scale_factor (GTK_WIDGET (view)));
        hands ("click 1");
      }
  g_assert_true (found);
  WAIT_FOR (willis_session_branch (session) == branch && willis_vessel_dock_profile (dock) != NULL, 10);
  WAIT_FOR (willis_scene_has (scene, "way-wall"), 10); // it is marked in the picture
  spin (0.3);
}

static void
test_name (void)
{
  GtkWidget *name = find_widget (GTK_WIDGET (dock), GTK_TYPE_MENU_BUTTON, NULL);
  int branch = willis_session_branch (session);
  const WillisBranch *b;

  name = gtk_widget_get_next_sibling (name); // after the one that goes back
  click_on (name);
  spin (0.5);
  hands ("type --delay 40 m1");
  hands ("key space");
  hands ("type --delay 40 left");
  spin (0.4); // the search waits for the typing to end
  hands ("key Return");
  spin (0.4);
  b = willis_tree_branch (willis_case_tree (willis_session_case (session)), (gsize) branch);
  g_assert_cmpstr (b->name, ==, "MCA M1 left");
  g_assert_true (b->by_hand);
  g_assert_nonnull (willis_vessel_dock_profile (dock)); // a name changes no measurement
  focus_window (GTK_WINDOW (window));
  hands ("key ctrl+z");
  b = willis_tree_branch (willis_case_tree (willis_session_case (session)), (gsize) branch);
  g_assert_false (b->by_hand);
}

static GtkSwitch *
own_threshold (void)
{
  return GTK_SWITCH (
      find_widget (find_widget (GTK_WIDGET (window), WILLIS_TYPE_VESSELS_PAGE, NULL), GTK_TYPE_SWITCH, NULL));
}

/* A line drawn across the vessel cuts it in two; undo joins it to the bit. */
static void
test_cut (void)
{
  WillisSliceView *coronal = willis_view_grid_slice (willis_window_views (window), 1);
  const double at[3] = { -3.4, 0.0, -8.0 };
  int pieces = willis_segmentation_components (segmentation ());
  g_autofree char *digest = g_strdup (willis_segmentation_digest (segmentation ()));
  double x, y;

  willis_session_set_tool (session, WILLIS_TOOL_CUT); // a click in the brain beside the artery is none of it
  g_assert_false (willis_session_use_tool (session, (const double[]){ -6.8, 0.0, -8.0 }, 1, NULL));
  willis_session_set_tool (session, WILLIS_TOOL_NONE);
  g_assert_true (idle ());
  g_assert_cmpuint (n_edits (), ==, 0);
  willis_session_set_crosshair (session, at);
  spin (0.3);
  g_assert_true (willis_slice_view_locate (coronal, at, &x, &y));
  hands ("key c");
  g_assert_cmpint (willis_session_tool (session), ==, WILLIS_TOOL_CUT);
  drag (GTK_WIDGET (coronal), x - 30, y, x + 30, y, 1);
  WAIT_FOR (n_edits () == 1 && idle (), 60);
  g_assert_cmpint (willis_segmentation_components (segmentation ()), ==, pieces + 1);
  g_assert_cmpstr (willis_session_undo_label (session), ==, "Cut");
  g_assert_true (willis_session_branches_stale (session));
  gtk_switch_set_active (own_threshold (), TRUE); // another threshold may be asked for all the same
  g_assert_nonnull (find_widget (GTK_WIDGET (window), GTK_TYPE_BUTTON, "Segment again"));
  gtk_switch_set_active (own_threshold (), FALSE);
  g_assert_nonnull (find_widget (GTK_WIDGET (window), GTK_TYPE_BUTTON, "Find the branches again"));
  hands ("key ctrl+z");
  spin (0.2);
  g_assert_cmpstr (willis_segmentation_digest (segmentation ()), ==, digest);
  hands ("key ctrl+shift+z");
  spin (0.2);
  g_assert_cmpint (willis_segmentation_components (segmentation ()), ==, pieces + 1);
  // joined again: from one side of the cut to the other
  hands ("key j");
  move_to (GTK_WIDGET (coronal), x, y - 14);
  hands ("click 1");
  g_assert_true (willis_session_bridge_begin (session, (double[3]){ 0 }));
  move_to (GTK_WIDGET (coronal), x, y + 14);
  hands ("click 1");
  WAIT_FOR (n_edits () == 2 && idle (), 60);
  g_assert_cmpint (willis_segmentation_components (segmentation ()), ==, pieces);
}

/* The button takes the brush, a drag paints, Escape puts it away; then the branches are found again by themselves. */
static void
test_brush (void)
{
  WillisSliceView *axial = willis_view_grid_slice (willis_window_views (window), 0);
  GtkWidget *tools = find_widget (GTK_WIDGET (window), WILLIS_TYPE_EDIT_TOOLS, NULL);
  const double at[3] = { -3.4, 0.0, 4.0 };
  double x, y, volume = willis_segmentation_volume_mm3 (segmentation ()), size;

  willis_session_set_crosshair (session, at);
  spin (0.3);
  click_on (willis_edit_tools_button (WILLIS_EDIT_TOOLS (tools), WILLIS_TOOL_BRUSH));
  g_assert_cmpint (willis_session_tool (session), ==, WILLIS_TOOL_BRUSH);
  size = willis_session_brush_mm (session);
  hands ("key bracketright");
  g_assert_cmpfloat_with_epsilon (willis_session_brush_mm (session), 1.25 * size, 0.06);
  g_assert_true (willis_slice_view_locate (axial, at, &x, &y));
  drag (GTK_WIDGET (axial), x - 40, y + 40, x - 10, y + 50, 1);
  WAIT_FOR (n_edits () == 3 && idle (), 60);
  g_assert_cmpfloat (willis_segmentation_volume_mm3 (segmentation ()), >, volume + 3.0);
  hands ("key Escape");
  g_assert_cmpint (willis_session_tool (session), ==, WILLIS_TOOL_NONE);
  WAIT_FOR (willis_session_step_state (session, WILLIS_STEP_VESSELS) == WILLIS_STEP_FRESH && idle (), 100);
  spin (0.5);
}

/* Undo brings back the threshold with the arteries; the chart stays with its artery. */
static void
test_threshold (void)
{
  const double at[3] = { -3.4, 0.0, 0.0 };
  const WillisBranch *b;
  double distance;
  int branch;
  gsize n;

  willis_tree_nearest (willis_case_tree (willis_session_case (session)), at, &branch, NULL, NULL);
  willis_session_select_branch (session, branch);
  gtk_switch_set_active (own_threshold (), TRUE);
  click_on (find_widget (GTK_WIDGET (window), GTK_TYPE_BUTTON, "Segment again"));
  WAIT_FOR (willis_case_threshold_given (willis_session_case (session)) && idle (), 100);
  spin (0.5); // until the panel shows it, as a person would wait
  g_assert_true (gtk_switch_get_active (own_threshold ()));
  g_assert_cmpint (n_edits (), ==, 3); // the corrections were made again
  g_assert_true (willis_tree_nearest (willis_case_tree (willis_session_case (session)), at, &branch, &n, &distance));
  b = willis_tree_branch (willis_case_tree (willis_session_case (session)), (gsize) branch);
  g_assert_cmpfloat (distance, <, b->radius_mm[n]);
  g_assert_cmpint (willis_session_branch (session), ==, branch);
  hands ("key ctrl+z");
  WAIT_FOR (!willis_case_threshold_given (willis_session_case (session)) && idle (), 20);
  spin (0.3);
  g_assert_false (gtk_switch_get_active (own_threshold ()));
}

static gboolean
known_neck (WillisCase *copy, const WillisProgress *progress, gpointer data, GError **error)
{
  WillisNeck neck = { { -1.4, 0.0, 0.0 }, { 1.0, 0.0, 0.0 }, { 2.0, 0.0, 0.0 } };

  return willis_case_run_neck (copy, -1, &neck, progress, error);
}

static void
test_risk (void)
{
  GtkWidget *list, *asker, *scores = NULL;
  GListModel *all = gtk_window_get_toplevels ();

  willis_session_set_step (session, WILLIS_STEP_ANEURYSM);
  g_assert_true (willis_session_run (session, WILLIS_STEP_ANEURYSM, "Measure", known_neck, NULL, NULL));
  WAIT_FOR (willis_case_n_aneurysms (willis_session_case (session)) == 1 && idle (), 60);
  spin (1.0);
  list = find_widget (GTK_WIDGET (window), WILLIS_TYPE_RISK_LIST, NULL);
  g_assert_nonnull (list);
  willis_risk_list_open (WILLIS_RISK_LIST (list));
  spin (1.0);
  for (guint n = 0; n < g_list_model_get_n_items (all); n++)
    {
      g_autoptr (GtkWidget) other = g_list_model_get_item (all, n);

      if (WILLIS_IS_RISK_WINDOW (other))
        scores = other;
    }
  g_assert_nonnull (scores);
  focus_window (GTK_WINDOW (scores));
  asker = willis_risk_window_asker (WILLIS_RISK_WINDOW (scores), "hypertension");
  click_on (gtk_widget_get_last_child (asker));
  g_assert_cmpint (willis_case_risk_answers (willis_session_case (session), 0).hypertension, ==, WILLIS_ANSWER_YES);
  click_on (willis_risk_window_asker (WILLIS_RISK_WINDOW (scores), "age"));
  hands ("key ctrl+a");
  hands ("type --delay 40 71");
  WAIT_FOR (willis_case_risk_answers (willis_session_case (session), 0).age == 71, 5);
  spin (0.3);
  hands ("key Escape");
  spin (0.3);
  focus_window (GTK_WINDOW (window));
  hands ("key ctrl+z");
  g_assert_cmpint (willis_case_risk_answers (willis_session_case (session), 0).age, !=, 71);
  g_assert_cmpint (willis_case_risk_answers (willis_session_case (session), 0).hypertension, ==, WILLIS_ANSWER_YES);
}

static gboolean
focus_within (GtkWidget *widget)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (window));

  return focus != NULL && (focus == widget || gtk_widget_is_ancestor (focus, widget));
}

/* Tab through all of the panel: how many stops, and how many of them type the neck. */
static int
tab_through (GtkWidget *page, int *ret_spins)
{
  GtkWidget *last = NULL;
  int stops = 0;

  for (*ret_spins = 0; focus_within (page); stops++)
    {
      GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (window));
      GtkWidget *spin = gtk_widget_get_ancestor (focus, GTK_TYPE_SPIN_BUTTON);

      g_assert_cmpint (stops, <, 100);
      *ret_spins += spin != NULL && spin != last;
      last = spin;
      hands ("key Tab");
    }
  return stops;
}

/* The rail is one stop for Tab; the panel follows, then the views. Nothing opens or starts but what is asked for. */
static void
test_tab (void)
{
  GtkWidget *rail = find_widget (GTK_WIDGET (window), WILLIS_TYPE_RAIL, NULL);
  GtkWidget *page = find_widget (GTK_WIDGET (window), WILLIS_TYPE_ANEURYSM_PAGE, NULL);
  WillisCase *c;
  WillisNeck neck;
  int spins;

  g_assert_true (willis_session_get_neck (session, &neck));
  neck.centre_lps_mm[0] += 0.037; // more digits than are shown
  willis_session_neck_move (session, &neck);
  willis_session_neck_end (session);
  WAIT_FOR (idle (), 60);
  spin (0.5);
  c = willis_session_case (session);
  gtk_widget_child_focus (rail, GTK_DIR_TAB_FORWARD);
  g_assert_true (focus_within (rail));
  hands ("key Down");
  hands ("key Down");
  g_assert_true (focus_within (rail));
  g_assert_cmpint (willis_session_step (session), ==, WILLIS_STEP_ANEURYSM);
  hands ("key Tab");
  g_assert_true (focus_within (page));
  g_assert_cmpint (tab_through (page, &spins), >, 15);
  g_assert_cmpint (spins, >=, 5);
  g_assert_true (focus_within (GTK_WIDGET (willis_window_views (window))));
  hands ("key shift+Tab");
  g_assert_true (focus_within (page));
  spin (1.0);
  g_assert_true (idle ());
  g_assert_true (willis_session_case (session) == c);
  g_assert_cmpint (willis_session_step (session), ==, WILLIS_STEP_ANEURYSM);
  gtk_widget_child_focus (rail, GTK_DIR_TAB_FORWARD);
  hands ("key Home");
  hands ("key Return");
  g_assert_cmpint (willis_session_step (session), ==, WILLIS_STEP_SCAN);
  hands ("key 3");
  g_assert_true (focus_within (rail)); // with the step
  hands ("key ctrl+z");
  WAIT_FOR (idle (), 20);
}

/* What speaks against the arteries stands above the numbers, too. */
static void
test_beware (void)
{
  const WillisCase *c = willis_session_case (session);
  g_auto (GStrv) doubts
      = willis_vessel_doubts (willis_case_volume (c), willis_case_segmentation (c), willis_case_tree (c));
  GtkWidget *page = find_widget (GTK_WIDGET (window), WILLIS_TYPE_ANEURYSM_PAGE, NULL), *list;

  g_assert_cmpint (willis_session_step (session), ==, WILLIS_STEP_ANEURYSM);
  list = find_widget (page, WILLIS_TYPE_DOUBTS_LIST, NULL);
  g_assert_nonnull (list);
  WAIT_FOR (gtk_widget_get_visible (list) == (doubts[0] != NULL) && idle (), 20);
  g_assert_cmpuint (willis_doubts_list_n (WILLIS_DOUBTS_LIST (list)), ==, g_strv_length (doubts));
  shot ("beware");
}

/* After a correction of the arteries the page's button measures again, and the step is up to date. */
static void
test_again (void)
{
  const double at[3] = { -3.0, 1.0, -14.0 }, radius = 2.6;
  int edits = n_edits ();

  g_assert_true (willis_session_edit (session, willis_edit_new (WILLIS_EDIT_ADD, at, &radius, 1, NULL, NULL)));
  WAIT_FOR (n_edits () == edits + 1 && idle ()
                && willis_session_step_state (session, WILLIS_STEP_VESSELS) == WILLIS_STEP_FRESH,
            100);
  g_assert_cmpint (willis_session_step_state (session, WILLIS_STEP_ANEURYSM), ==, WILLIS_STEP_STALE);
  spin (0.5);
  click_on (find_widget (GTK_WIDGET (window), GTK_TYPE_BUTTON, "Measure again"));
  WAIT_FOR (willis_session_step_state (session, WILLIS_STEP_ANEURYSM) == WILLIS_STEP_FRESH && idle (), 60);
  g_assert_cmpuint (willis_case_n_aneurysms (willis_session_case (session)), ==, 1);
  spin (0.5);
  g_assert_nonnull (find_widget (GTK_WIDGET (window), GTK_TYPE_BUTTON, "On to the report"));
}

/* Once it was looked for in vain the page goes on, and says so. */
static void
test_gone (void)
{
  const double at[3] = { 1.5, 0.0, 0.0 }, radius = 4.2;
  int edits = n_edits ();

  g_assert_true (willis_session_run_measure (session, at, 0)); // its neck found, not by hand
  WAIT_FOR (idle (), 60);
  g_assert_cmpuint (willis_case_n_aneurysms (willis_session_case (session)), ==, 1);
  g_assert_true (willis_session_edit (session, willis_edit_new (WILLIS_EDIT_ERASE, at, &radius, 1, NULL, NULL)));
  WAIT_FOR (n_edits () == edits + 1 && idle ()
                && willis_session_step_state (session, WILLIS_STEP_VESSELS) == WILLIS_STEP_FRESH,
            100);
  spin (0.5);
  click_on (find_widget (GTK_WIDGET (window), GTK_TYPE_BUTTON, "Measure again"));
  WAIT_FOR (willis_session_not_found (session, 0) && idle (), 60);
  g_assert_cmpint (willis_session_step_state (session, WILLIS_STEP_ANEURYSM), ==, WILLIS_STEP_STALE);
  spin (0.5);
  g_assert_null (find_widget (GTK_WIDGET (window), GTK_TYPE_BUTTON, "Measure again"));
  g_assert_nonnull (find_widget (GTK_WIDGET (window), GTK_TYPE_BUTTON, "On to the report"));
  shot ("gone");
  for (int n = 0; n < 2 && n_edits () > edits; n++) // the search, the correction
    {
      willis_session_undo (session);
      spin (0.3);
    }
  spin (0.5);
  g_assert_cmpint (willis_session_step_state (session, WILLIS_STEP_ANEURYSM), ==, WILLIS_STEP_FRESH);
}

/* The last hint offers no next one. */
static void
test_hints (void)
{
  for (int n = 0; n < 4; n++)
    {
      g_assert_true (gtk_widget_get_visible (find_widget (GTK_WIDGET (window), GTK_TYPE_BUTTON, "Next hint")));
      g_signal_emit_by_name (find_widget (GTK_WIDGET (window), GTK_TYPE_BUTTON, "Next hint"), "clicked");
      spin (0.2);
    }
  g_assert_false (gtk_widget_get_visible (find_widget (GTK_WIDGET (window), GTK_TYPE_BUTTON, "Next hint")));
  g_assert_true (gtk_widget_get_visible (find_widget (GTK_WIDGET (window), GTK_TYPE_BUTTON, "No more hints")));
  shot ("last-hint");
}

static void
test_close (void)
{
  willis_session_close (session);
  spin (0.3);
  drop_curtain (gtk_window_close);
}

static const Act acts[] = {
  { "/vessel-hands/start", test_start, TRUE },
  { "/vessel-hands/along", test_along },
  { "/vessel-hands/click", test_click },
  { "/vessel-hands/name", test_name },
  { "/vessel-hands/cut", test_cut },
  { "/vessel-hands/brush", test_brush },
  { "/vessel-hands/threshold", test_threshold },
  { "/vessel-hands/risk", test_risk },
  { "/vessel-hands/tab", test_tab },
  { "/vessel-hands/beware", test_beware },
  { "/vessel-hands/again", test_again },
  /* when the undone measures come back, GTK lays out all the indices' labels in one round: 67 to 147 ms were seen */
  { "/vessel-hands/gone", test_gone, FALSE, 200.0 },
  { "/vessel-hands/hints", test_hints },
  { "/vessel-hands/close", test_close },
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
