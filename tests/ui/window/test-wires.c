/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The stent's step: landing marks dragged in the 3D view, every wire of the picked device and the artery after release
 * asked for (cancelled once, then carried through), a device in the sac. WILLIS_SHOTS names a folder for pictures of
 * the window.
 */
#include <string.h>

#include "tests/ui/window/stage.h"
#include "core/num/vec3.h"
#include "tests/core/case/make-case.h"
#include "ui/steps/stent-page.h"
#include "ui/views/view3d.h"

static void
test_open (void)
{
  const double dome[3] = { 1.5, 0.0, 0.0 };

  raise_curtain (900);
  open_phantom ("small-phantom.json");
  find_arteries ();
  measure_at (dome);
}

/* The label of the group that the button stands in, where something is said. */
static const char *
said (GtkWidget *button)
{
  GtkWidget *label = gtk_widget_get_next_sibling (button);

  return label != NULL && gtk_widget_get_visible (label) ? gtk_label_get_text (GTK_LABEL (label)) : NULL;
}

static GtkWidget *
stent_page (void)
{
  GtkWidget *page;

  hands ("key 5");
  spin (0.5);
  page = find_widget (GTK_WIDGET (window), WILLIS_TYPE_STENT_PAGE, NULL);
  g_assert_nonnull (page);
  return page;
}

/* Where a hoop stands, and the pixel of the widget where its edge is seen farthest from the middle of the vessel. */
static gboolean
hoop (GtkWidget *view, const char *id, double centre[3], double normal[3], double *x, double *y)
{
  WillisScene *scene = willis_view3d_get_scene (WILLIS_VIEW3D (view));
  int w = gtk_widget_get_width (view), h = gtk_widget_get_height (view);
  double u[3], v[3], radius, cx, cy, best = -1.0;
  WillisCamera camera;
  WillisNeck plane;

  if (scene == NULL || !willis_scene_get_ring (scene, id, &plane, &radius))
    return FALSE;
  willis_scene_get_camera (scene, &camera);
  vec3_copy (centre, plane.centre_lps_mm);
  vec3_copy (normal, plane.normal);
  vec3_basis (plane.normal, u, v);
  willis_camera_project (&camera, w, h, centre, &cx, &cy, NULL);
  for (int k = 0; k < 64; k++)
    {
      double p[3], px, py;

      vec3_axpy (p, centre, radius * cos (G_PI * k / 32.0), u);
      vec3_axpy (p, p, radius * sin (G_PI * k / 32.0), v);
      willis_camera_project (&camera, w, h, p, &px, &py, NULL);
      if (hypot (px - cx, py - cy) > best && px > 8 && py > 8 && px < w - 8 && py < h - 8)
        {
          best = hypot (px - cx, py - cy);
          *x = px;
          *y = py;
        }
    }
  return best > 0.0;
}

/* The numbers of the two spin buttons for the landings. */
static void
landing_numbers (GtkWidget *root, double out[2], int *n)
{
  if (GTK_IS_SPIN_BUTTON (root) && *n < 2)
    out[(*n)++] = gtk_spin_button_get_value (GTK_SPIN_BUTTON (root));
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL; child = gtk_widget_get_next_sibling (child))
    landing_numbers (child, out, n);
}

/* The list under root whose rows are devices. */
static GtkWidget *
device_list (GtkWidget *root)
{
  if (GTK_IS_LIST_BOX (root) && gtk_list_box_get_row_at_index (GTK_LIST_BOX (root), 0) != NULL
      && g_object_get_data (G_OBJECT (gtk_list_box_get_row_at_index (GTK_LIST_BOX (root), 0)), "device") != NULL)
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = device_list (child);

      if (found != NULL)
        return found;
    }
  return NULL;
}

/* Both marks pulled away from the neck by 3 mm of the picture: the numbers follow, the mark stays on the artery, under
 * the pointer. */
static void
test_marks (void)
{
  static const char *const ids[] = { "stent-mark-distal", "stent-mark-proximal" };
  GtkWidget *page = stent_page (), *view = find_widget (GTK_WIDGET (window), WILLIS_TYPE_VIEW3D, NULL);
  double centre[2][3], normal[3], x, y, before[2], after[2];
  int n = 0;

  WAIT_FOR (idle () && hoop (view, ids[0], centre[0], normal, &x, &y), 60);
  willis_scene_zoom (willis_view3d_get_scene (WILLIS_VIEW3D (view)), 0.55, 0.5 * gtk_widget_get_width (view),
                     0.5 * gtk_widget_get_height (view)); // the marks away from the buttons that lie over the view
  spin (1.0);
  shot ("marks-before");
  landing_numbers (page, before, &n);
  g_assert_cmpint (n, ==, 2);
  for (int mark = 0; mark < 2; mark++)
    {
      WillisScene *scene = willis_view3d_get_scene (WILLIS_VIEW3D (view));
      double other[3], moved[3], ahead[3], x0, y0, x1, y1, length;
      WillisCamera camera;
      int w = gtk_widget_get_width (view), h = gtk_widget_get_height (view);

      g_assert_true (hoop (view, ids[!mark], other, normal, &x, &y));
      g_assert_true (hoop (view, ids[mark], centre[mark], normal, &x, &y));
      vec3_sub (ahead, centre[mark], other); // away from the other mark, along the artery
      vec3_scale (ahead, normal, vec3_dot (ahead, normal) > 0.0 ? 3.0 : -3.0);
      vec3_add (ahead, ahead, centre[mark]);
      willis_scene_get_camera (scene, &camera);
      willis_camera_project (&camera, w, h, centre[mark], &x0, &y0, NULL);
      willis_camera_project (&camera, w, h, ahead, &x1, &y1, NULL);
      length = hypot (x1 - x0, y1 - y0);
      g_test_message ("mark %d seen at %.0f %.0f, 3 mm are %.0f pixels", mark, x, y, length);
      g_assert_cmpfloat (length, >, 5.0);
      drag (view, x, y, x + x1 - x0, y + y1 - y0, 1);
      WAIT_FOR (idle (), 60);
      n = 0;
      landing_numbers (page, after, &n);
      g_test_message ("landing %.1f -> %.1f mm", before[mark], after[mark]);
      g_assert_cmpfloat_with_epsilon (after[mark] - before[mark], 3.0, 0.8);
      g_assert_cmpfloat_with_epsilon (after[!mark], mark == 0 ? before[1] : after[!mark], 1e-9);
      g_assert_true (hoop (view, ids[mark], moved, normal, &x, &y));
      willis_camera_project (&camera, w, h, moved, &x0, &y0, NULL);
      g_assert_cmpfloat (hypot (x0 - x1, y0 - y1), <, 0.35 * length); // the artery bends, the pull was straight
    }
  spin (0.5);
  shot ("marks-after");
}

/* The rows of the list, by the ids of their devices. */
static GHashTable *
rows_by_device (GtkWidget *list)
{
  GHashTable *rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  GtkListBoxRow *row;

  for (int n = 0; (row = gtk_list_box_get_row_at_index (GTK_LIST_BOX (list), n)) != NULL; n++)
    g_hash_table_insert (rows, g_strdup (g_object_get_data (G_OBJECT (row), "device")), g_object_ref (row));
  return rows;
}

/* Of the devices in both, how many have the same row, and how many another. */
static void
count_rows (GHashTable *before, GHashTable *after, guint *kept, guint *remade)
{
  gpointer device, row;
  GHashTableIter iter;

  *kept = *remade = 0;
  g_hash_table_iter_init (&iter, before);
  while (g_hash_table_iter_next (&iter, &device, &row))
    {
      gpointer now = g_hash_table_lookup (after, device);

      *kept += now == row;
      *remade += now != NULL && now != row;
    }
}

/* What the list says of the device in its nth row, and of its length. */
static char *
row_words (GtkWidget *list, int n)
{
  GtkListBoxRow *row = gtk_list_box_get_row_at_index (GTK_LIST_BOX (list), n);

  return g_strdup_printf ("%s: %s, %s", (const char *) g_object_get_data (G_OBJECT (row), "device"),
                          adw_action_row_get_subtitle (ADW_ACTION_ROW (row)),
                          gtk_label_get_text (GTK_LABEL (g_object_get_data (G_OBJECT (row), "value"))));
}

/* After a mark has moved a little, most devices are still in the list: their rows stay, and say what rows made anew
 * would say. */
static void
test_rows (void)
{
  GtkWidget *page = stent_page (), *list, *spin_button = find_widget (page, GTK_TYPE_SPIN_BUTTON, NULL);
  g_autoptr (GHashTable) before = NULL;
  g_autoptr (GHashTable) after = NULL;
  GtkWidget *kind = find_widget (page, ADW_TYPE_COMBO_ROW, NULL);
  g_auto (GStrv) kept_words = g_new0 (char *, 11);
  guint kept, remade;

  WAIT_FOR (idle () && device_list (page) != NULL, 60);
  spin (1.0);
  list = device_list (page);
  before = rows_by_device (list);
  gtk_spin_button_spin (GTK_SPIN_BUTTON (spin_button), GTK_SPIN_STEP_FORWARD, 0.1);
  spin (0.2);
  WAIT_FOR (idle (), 60);
  spin (1.0);
  after = rows_by_device (list);
  count_rows (before, after, &kept, &remade);
  g_test_message ("%u rows kept, %u made anew, of %u", kept, remade, g_hash_table_size (before));
  g_assert_cmpuint (g_hash_table_size (after), ==, g_hash_table_size (before));
  g_assert_cmpuint (kept, >, 0);
  g_assert_cmpuint (remade, ==, 0);
  g_assert_cmpuint (g_hash_table_size (after), ==, 10);
  for (int n = 0; n < 10; n++)
    kept_words[n] = row_words (list, n);
  adw_combo_row_set_selected (ADW_COMBO_ROW (kind), 1); // other devices
  spin (1.0);
  adw_combo_row_set_selected (ADW_COMBO_ROW (kind), 0);
  spin (1.0);
  for (int n = 0; n < 10; n++)
    {
      g_autofree char *words = row_words (list, n);

      g_assert_cmpstr (words, ==, kept_words[n]);
    }
}

static void
test_wires (void)
{
  GtkWidget *page = stent_page (), *button;

  WAIT_FOR ((button = find_widget (page, GTK_TYPE_BUTTON, "Follow every wire")) != NULL
                && gtk_widget_get_mapped (button) && idle (),
            60);
  spin (1.0);
  g_signal_emit_by_name (button, "clicked");
  WAIT_FOR (!idle (), 10);
  g_assert_false (gtk_widget_get_sensitive (button));
  willis_session_cancel_jobs (session);
  WAIT_FOR (idle () && gtk_widget_get_sensitive (button), 20);
  g_assert_null (said (button));
  g_signal_emit_by_name (button, "clicked");
  WAIT_FOR (idle () && gtk_widget_get_sensitive (button), 200);
  g_assert_nonnull (said (button));
  g_test_message ("%s", said (button));
  g_assert_nonnull (strstr (said (button), "wall"));
  shot ("wires");
}

/* The button says what is so of the device that is picked, not of the one before: of other kinds too. */
static void
test_kinds (void)
{
  GtkWidget *page = stent_page (), *row = find_widget (page, ADW_TYPE_COMBO_ROW, NULL);

  WAIT_FOR (idle (), 60);
  for (guint kind = 4; kind-- > 0;)
    {
      GtkWidget *list, *picked;
      gboolean fits;

      adw_combo_row_set_selected (ADW_COMBO_ROW (row), kind);
      spin (1.5);
      list = device_list (page);
      g_assert_nonnull (list);
      picked = GTK_WIDGET (gtk_list_box_get_selected_row (GTK_LIST_BOX (list)));
      g_assert_nonnull (picked);
      fits = strstr (adw_action_row_get_subtitle (ADW_ACTION_ROW (picked)), "Does not fit") == NULL;
      g_assert_true ((find_widget (page, GTK_TYPE_BUTTON, "Take this device into the plan") != NULL) == fits);
      if (kind == 3)
        shot ("laser");
    }
}

static void
test_straighten (void)
{
  GtkWidget *page = stent_page (), *view = find_widget (GTK_WIDGET (window), WILLIS_TYPE_VIEW3D, NULL), *button;

  WAIT_FOR ((button = find_widget (page, GTK_TYPE_BUTTON, "Straighten the artery")) != NULL && idle (), 60);
  g_signal_emit_by_name (button, "clicked");
  WAIT_FOR (idle () && gtk_widget_get_sensitive (button), 100);
  g_assert_nonnull (said (button));
  g_test_message ("%s", said (button));
  g_assert_nonnull (strstr (said (button), "radius of curvature"));
  g_assert_true (willis_scene_has (willis_view3d_get_scene (WILLIS_VIEW3D (view)), "stent-artery-after"));
  shot ("straightened");
}

/* The tab of the stent's step, seen. */
static GtkWidget *
open_tab (const char *name)
{
  GtkWidget *stack = find_widget (stent_page (), GTK_TYPE_STACK, NULL);

  g_assert_nonnull (stack);
  WAIT_FOR (idle (), 60);
  gtk_stack_set_visible_child_name (GTK_STACK (stack), name);
  spin (0.5);
  return gtk_stack_get_visible_child (GTK_STACK (stack));
}

static const WillisSacPlanData *
in_plan (void)
{
  WillisSacPlan *plan = willis_case_sac_plan (willis_session_case (session), 0);

  return plan != NULL ? willis_sac_plan_data (plan) : NULL;
}

static void
press (const char *label)
{
  GtkWidget *button = find_widget (stent_page (), GTK_TYPE_BUTTON, label);

  g_assert_nonnull (button);
  g_assert_true (gtk_widget_get_mapped (button) && gtk_widget_get_sensitive (button));
  g_signal_emit_by_name (button, "clicked");
  spin (0.5);
}

static int
n_rows (GtkWidget *list)
{
  int n = 0;

  while (gtk_list_box_get_row_at_index (GTK_LIST_BOX (list), n) != NULL)
    n++;
  return n;
}

/* The proposal is taken, a coil removed by key and one added by typing, each undone as a step; the last one gone leaves
 * no list, and the way back to the proposal. */
static void
test_coils (void)
{
  GtkWidget *tab = open_tab ("coils"), *list = device_list (tab);
  GtkWidget *add = find_widget (tab, GTK_TYPE_MENU_BUTTON, NULL);
  double packing;
  int n;

  g_assert_nonnull (list);
  n = n_rows (list);
  g_assert_null (in_plan ());
  shot ("coils-proposed");
  press ("Take these coils into the plan");
  g_assert_nonnull (in_plan ());
  g_assert_true (in_plan ()->coils);
  g_assert_cmpuint (in_plan ()->n_devices, ==, n);
  g_assert_cmpint (willis_session_step_state (session, WILLIS_STEP_STENT), ==, WILLIS_STEP_FRESH);
  g_assert_nonnull (find_widget (stent_page (), GTK_TYPE_BUTTON, "These coils are in the plan"));
  packing = in_plan ()->packing;
  click_on (add);
  spin (0.5);
  shot ("coils-add");
  hands ("type --delay 40 es");
  hands ("key space");
  hands ("type --delay 40 1.5");
  spin (0.5); // the search waits for the typing to end
  hands ("key Return");
  spin (0.5);
  focus_window (GTK_WINDOW (window));
  g_assert_cmpint (n_rows (list), ==, n + 1);
  g_assert_cmpfloat (in_plan ()->packing, >, packing);
  g_assert_nonnull (strstr (in_plan ()->devices[n].id, "-es-1.5")); // the narrowest comes last
  gtk_widget_grab_focus (GTK_WIDGET (gtk_list_box_get_row_at_index (GTK_LIST_BOX (list), n)));
  hands ("key Delete");
  spin (0.5);
  g_assert_cmpint (n_rows (list), ==, n);
  g_assert_cmpfloat (in_plan ()->packing, ==, packing);
  willis_session_undo (session);
  willis_session_undo (session);
  spin (0.5);
  g_assert_cmpuint (in_plan ()->n_devices, ==, n);
  willis_session_redo (session);
  spin (0.5);
  g_assert_cmpuint (in_plan ()->n_devices, ==, n + 1);
  g_assert_cmpint (n_rows (list), ==, n + 1);
  shot ("coils-edited");
  for (int left = n + 1; left > 0; left--)
    {
      gtk_widget_grab_focus (GTK_WIDGET (gtk_list_box_get_row_at_index (GTK_LIST_BOX (list), 0)));
      hands ("key Delete");
      spin (0.5);
    }
  g_assert_null (in_plan ());
  g_assert_cmpint (n_rows (list), ==, 0);
  press ("Back to the Proposal");
  g_assert_cmpint (n_rows (list), ==, n);
  g_assert_null (in_plan ()); // it is only shown
  press ("Take these coils into the plan");
}

/* A device in the sac is seen once its row is picked, and goes with the tab; it takes the place of the coils in the
 * plan, and goes out of it. */
static void
test_in_sac (void)
{
  GtkWidget *view = find_widget (GTK_WIDGET (window), WILLIS_TYPE_VIEW3D, NULL);
  GtkWidget *list = device_list (open_tab ("sac")), *stack = find_widget (stent_page (), GTK_TYPE_STACK, NULL);
  WillisScene *scene = willis_view3d_get_scene (WILLIS_VIEW3D (view));

  g_assert_nonnull (list);
  gtk_list_box_select_row (GTK_LIST_BOX (list), gtk_list_box_get_row_at_index (GTK_LIST_BOX (list), 0));
  WAIT_FOR (willis_scene_has (scene, "stent-in-sac"), 10);
  g_assert_false (willis_scene_has (scene, "stent-mark-distal"));
  spin (0.5);
  shot ("in-sac");
  press ("Take this device into the plan");
  g_assert_false (in_plan ()->coils);
  g_assert_cmpstr (in_plan ()->devices[0].id, ==,
                   g_object_get_data (G_OBJECT (gtk_list_box_get_row_at_index (GTK_LIST_BOX (list), 0)), "device"));
  g_assert_null (willis_case_stent_plan (willis_session_case (session))); // that would be the stent
  g_assert_nonnull (find_widget (stent_page (), GTK_TYPE_BUTTON, "This device is in the plan"));
  shot ("in-sac-taken");
  press ("Take Out of the Plan");
  g_assert_null (in_plan ());
  willis_session_undo (session);
  spin (0.5);
  g_assert_nonnull (in_plan ());
  gtk_stack_set_visible_child_name (GTK_STACK (stack), "stents");
  WAIT_FOR (!willis_scene_has (scene, "stent-in-sac") && willis_scene_has (scene, "stent-mark-distal"), 10);
}

/* Where no artery passes the neck a device has nowhere to land; there are coils all the same, and the choice that was
 * made in the arteries of before is out of date. */
static void
test_no_room (void)
{
  WillisCase *copy = willis_case_copy (willis_session_case (session));
  g_autoptr (WillisSurface) speck = make_tetrahedron (0.5);
  g_autoptr (WillisTree) elsewhere = make_tree (0.3);

  willis_case_set_surface (copy, speck, NULL);
  willis_case_set_tree (copy, elsewhere, NULL);
  willis_session_commit (session, copy, "Other arteries");
  spin (0.5);
  g_assert_nonnull (device_list (open_tab ("coils")));
  g_assert_cmpint (willis_session_step_state (session, WILLIS_STEP_STENT), ==, WILLIS_STEP_STALE);
  shot ("no-room");
  press ("Take these coils into the plan");
  g_assert_true (in_plan ()->coils);
  open_tab ("stents");
  shot ("no-room-stents");
  willis_session_undo (session);
  willis_session_undo (session);
  WAIT_FOR (idle (), 60);
}

static void
test_close (void)
{
  willis_session_cancel_jobs (session);
  drop_curtain (gtk_window_destroy);
}

int
main (int argc, char **argv)
{
  static const Act marks = { "marks", test_marks }, rows = { "rows", test_rows }, coils = { "coils", test_coils };
  int status;

  if (!set_up_stage (argc, argv, &status))
    return status;
  g_test_add_func ("/wires/open", test_open);
  g_test_add_data_func ("/wires/marks", &marks, watched);
  g_test_add_data_func ("/wires/rows", &rows, watched);
  g_test_add_func ("/wires/ask", test_wires);
  g_test_add_func ("/wires/kinds", test_kinds);
  g_test_add_func ("/wires/straighten", test_straighten);
  g_test_add_data_func ("/wires/coils", &coils, watched);
  g_test_add_func ("/wires/in-sac", test_in_sac);
  g_test_add_func ("/wires/no-room", test_no_room);
  g_test_add_func ("/wires/close", test_close);
  return g_test_run ();
}
