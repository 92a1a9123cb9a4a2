/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The window's actions and keys.
 */
#include "ui/window/window-private.h"

#include <math.h>
#include <string.h>

#include "core/base/i18n.h"
#include "ui/steps/catheter-page.h"
#include "ui/steps/report-page.h"
#include "ui/views/slice-view.h"
#include "ui/views/view3d.h"
#include "ui/window/help-window.h"

static const char *const layout_names[WILLIS_N_LAYOUTS] = { "four", "3d", "slices", "one" };
static const char *const slab_names[] = { "off", "mip", "minip", "mean" };

static int
index_of (const char *const *names, gsize n, const char *name)
{
  for (gsize i = 0; i < n; i++)
    if (g_strcmp0 (names[i], name) == 0)
      return (int) i;
  return 0;
}

/* --- editing and looking */

static void
action_undo (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  willis_session_undo (WILLIS_WINDOW (data)->session);
}

static void
action_redo (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  willis_session_redo (WILLIS_WINDOW (data)->session);
}

static void
change_layout (GSimpleAction *action, GVariant *state, gpointer data)
{
  int n = index_of (layout_names, G_N_ELEMENTS (layout_names), g_variant_get_string (state, NULL));

  willis_view_grid_set_layout (WILLIS_VIEW_GRID (WILLIS_WINDOW (data)->views), (WillisLayout) n);
}

static void
change_preset (GSimpleAction *action, GVariant *state, gpointer data)
{
  willis_session_set_preset (WILLIS_WINDOW (data)->session, g_variant_get_int32 (state));
}

/* --- the person's own presets */

static void
store_presets (WillisWindow *self)
{
  if (self->settings != NULL)
    g_settings_set_value (self->settings, "presets", willis_session_own_presets (self->session));
}

/* The menus list what there is. */
static void
list_presets (WillisWindow *self)
{
  gsize n_presets;
  const WillisPreset *presets = willis_session_presets (self->session, &n_presets);

  g_menu_remove_all (self->own_presets);
  g_menu_remove_all (self->drop_presets);
  for (gsize n = 0; n < n_presets; n++)
    if (presets[n].own)
      {
        g_autofree char *shows = g_strdup_printf ("win.preset(%d)", (int) n), *drops = g_strdup_printf ("win.drop-preset(%d)", (int) n);

        g_menu_append (self->own_presets, presets[n].name, shows);
        g_menu_append (self->drop_presets, presets[n].name, drops);
      }
}

static void
on_keep_answer (AdwMessageDialog *dialog, const char *response, WillisWindow *self)
{
  g_autofree char *name = g_strdup (gtk_editable_get_text (GTK_EDITABLE (adw_message_dialog_get_extra_child (dialog))));

  g_strstrip (name);
  if (strcmp (response, "keep") != 0 || *name == '\0')
    return;
  willis_session_keep_preset (self->session, name);
  store_presets (self);
  list_presets (self);
}

static void
action_keep_preset (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  WillisWindow *self = data;
  const WillisDisplay *display = willis_session_display (self->session);
  g_autofree char *name = g_strdup_printf ("W %.0f L %.0f", display->window, display->level);
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (self), _ ("Keep this window"), _ ("The key W comes to it after the others."));
  GtkWidget *entry = gtk_entry_new ();

  gtk_editable_set_text (GTK_EDITABLE (entry), name);
  gtk_entry_set_activates_default (GTK_ENTRY (entry), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Name"), -1);
  adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (dialog), entry);
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("_Cancel"), "keep", _ ("_Keep"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "keep", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "keep");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_keep_answer), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
  gtk_widget_grab_focus (entry);
}

static void
action_drop_preset (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  WillisWindow *self = data;

  willis_session_drop_preset (self->session, g_variant_get_int32 (parameter));
  store_presets (self);
  list_presets (self);
}

/* --- help */

static void
action_help (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  WillisWindow *self = data;

  willis_help_show (self, willis_session_case (self->session) != NULL ? (int) willis_session_step (self->session) : -1);
}

/* The report's page lays it out first where it has not yet. */
static void
action_print (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  WillisWindow *self = data;

  willis_session_set_step (self->session, WILLIS_STEP_REPORT);
  willis_report_page_print (WILLIS_REPORT_PAGE (gtk_stack_get_child_by_name (self->step_stack, "report")), NULL);
}

static void
change_slab (GSimpleAction *action, GVariant *state, gpointer data)
{
  WillisSession *session = WILLIS_WINDOW (data)->session;
  WillisDisplay display = *willis_session_display (session);

  display.slab = (WillisSlabMode) index_of (slab_names, G_N_ELEMENTS (slab_names), g_variant_get_string (state, NULL));
  willis_session_set_display (session, &display);
}

static void
change_slab_mm (GSimpleAction *action, GVariant *state, gpointer data)
{
  WillisSession *session = WILLIS_WINDOW (data)->session;
  WillisDisplay display = *willis_session_display (session);

  display.slab_mm = g_variant_get_int32 (state);
  if (display.slab == WILLIS_SLAB_OFF)
    display.slab = WILLIS_SLAB_MIP;
  willis_session_set_display (session, &display);
}

static void
change_shown (GSimpleAction *action, GVariant *state, gpointer data)
{
  WillisSession *session = WILLIS_WINDOW (data)->session;
  WillisDisplay display = *willis_session_display (session);
  const char *name = g_action_get_name (G_ACTION (action));
  gboolean on = g_variant_get_boolean (state);

  if (strcmp (name, "show-crosshair") == 0)
    display.show_crosshair = on;
  else if (strcmp (name, "show-contours") == 0)
    display.show_contours = on;
  else
    display.show_labels = on;
  willis_session_set_display (session, &display);
}

static void
set_state (WillisWindow *self, const char *name, GVariant *state)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), name);
  g_autoptr (GVariant) sunk = g_variant_ref_sink (state);

  if (action != NULL)
    g_simple_action_set_state (G_SIMPLE_ACTION (action), sunk);
}

static void
set_enabled (WillisWindow *self, const char *name, gboolean enabled)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), name);

  if (action != NULL)
    g_simple_action_set_enabled (G_SIMPLE_ACTION (action), enabled);
}

void
_willis_window_update_actions (WillisWindow *self)
{
  const WillisCArmLimits limits = willis_session_c_arm_limits (self->session);
  const WillisDisplay *display = willis_session_display (self->session);
  gboolean open = willis_session_case (self->session) != NULL;
  static const char *const of_case[]
      = { "save",        "save-as", "save-deidentified", "close-case",     "print",         "layout",     "preset",
          "keep-preset", "slab",    "slab-mm",           "show-crosshair", "show-contours", "show-labels" };

  if (self->settings != NULL && fabs (g_settings_get_double (self->settings, "c-arm-primary") - limits.primary_max * 180.0 / G_PI) > 1e-6)
    g_settings_set_double (self->settings, "c-arm-primary", limits.primary_max * 180.0 / G_PI);
  if (self->settings != NULL && fabs (g_settings_get_double (self->settings, "c-arm-secondary") - limits.secondary_max * 180.0 / G_PI) > 1e-6)
    g_settings_set_double (self->settings, "c-arm-secondary", limits.secondary_max * 180.0 / G_PI);

  for (gsize n = 0; n < G_N_ELEMENTS (of_case); n++)
    set_enabled (self, of_case[n], open);
  set_enabled (self, "undo", willis_session_undo_label (self->session) != NULL);
  set_enabled (self, "redo", willis_session_redo_label (self->session) != NULL);
  set_state (self, "preset", g_variant_new_int32 (willis_session_preset (self->session)));
  set_state (self, "slab", g_variant_new_string (slab_names[display->slab]));
  set_state (self, "slab-mm", g_variant_new_int32 ((int) display->slab_mm));
  set_state (self, "show-crosshair", g_variant_new_boolean (display->show_crosshair));
  set_state (self, "show-contours", g_variant_new_boolean (display->show_contours));
  set_state (self, "show-labels", g_variant_new_boolean (display->show_labels));
}

static void
on_layout_notify (WillisViewGrid *views, GParamSpec *spec, WillisWindow *self)
{
  const char *name = layout_names[willis_view_grid_get_layout (views)];

  set_state (self, "layout", g_variant_new_string (name));
  if (self->settings != NULL && willis_view_grid_get_layout (views) != WILLIS_LAYOUT_ONE)
    g_settings_set_string (self->settings, "layout", name);
}

/* --- plain keys: only where no entry wants the letter, so on the way up */

/* In the arteries' step letters take the tools that correct them; the same letter puts one away. */
static gboolean
key_of_edit_tool (WillisSession *session, guint key)
{
  static const struct
  {
    guint key;
    WillisHandTool tool;
  } tools[] = { { GDK_KEY_s, WILLIS_TOOL_SEED },   { GDK_KEY_x, WILLIS_TOOL_REMOVE }, { GDK_KEY_c, WILLIS_TOOL_CUT },
                { GDK_KEY_j, WILLIS_TOOL_BRIDGE }, { GDK_KEY_b, WILLIS_TOOL_BRUSH },  { GDK_KEY_e, WILLIS_TOOL_ERASER } };

  if (willis_session_step (session) != WILLIS_STEP_VESSELS || willis_case_segmentation (willis_session_case (session)) == NULL)
    return FALSE;
  if (key == GDK_KEY_bracketleft || key == GDK_KEY_bracketright)
    {
      willis_session_set_brush_mm (session, willis_session_brush_mm (session) * (key == GDK_KEY_bracketleft ? 0.8 : 1.25));
      return TRUE;
    }
  for (gsize n = 0; n < G_N_ELEMENTS (tools); n++)
    if (gdk_keyval_to_lower (key) == tools[n].key)
      {
        willis_session_set_tool (session, willis_session_tool (session) == tools[n].tool ? WILLIS_TOOL_NONE : tools[n].tool);
        return TRUE;
      }
  return FALSE;
}

static gboolean
key_in_case (WillisWindow *self, guint key)
{
  WillisSession *session = self->session;
  WillisViewGrid *views = WILLIS_VIEW_GRID (self->views);

  if (key >= GDK_KEY_1 && key <= GDK_KEY_7)
    {
      willis_session_set_step (session, (WillisStep) (key - GDK_KEY_1));
      adw_flap_set_reveal_flap (self->flap, TRUE);
      return TRUE;
    }
  switch (gdk_keyval_to_lower (key))
    {
    case GDK_KEY_f:
      willis_view_grid_toggle_full (views);
      return TRUE;
    case GDK_KEY_l:
      willis_view_grid_set_layout (views, (WillisLayout) ((willis_view_grid_get_layout (views) + 1) % WILLIS_N_LAYOUTS));
      return TRUE;
    case GDK_KEY_w:
      willis_session_set_preset (session, willis_session_preset (session) + 1);
      return TRUE;
    case GDK_KEY_r:
      willis_session_set_tool (session, WILLIS_TOOL_RULER);
      return TRUE;
    case GDK_KEY_a:
      willis_session_set_tool (session, WILLIS_TOOL_ANGLE);
      return TRUE;
    case GDK_KEY_Escape:
      return willis_session_escape (session);
    default:
      return key_of_edit_tool (session, key);
    }
}

static gboolean
on_key (GtkEventControllerKey *keys, guint key, guint code, GdkModifierType state, WillisWindow *self)
{
  if (state & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SUPER_MASK))
    return FALSE;
  if (key == GDK_KEY_question)
    return gtk_widget_activate_action (GTK_WIDGET (self), "win.show-help-overlay", NULL);
  if (key == GDK_KEY_F9)
    {
      adw_flap_set_reveal_flap (self->flap, !adw_flap_get_reveal_flap (self->flap));
      return TRUE;
    }
  if (willis_session_case (self->session) == NULL)
    return key == GDK_KEY_Escape && willis_session_escape (self->session);
  return key_in_case (self, key);
}

/* --- Space plays the insertion; it is taken on the way down, since the button that has the focus would take it */

static gboolean
moves_focus (guint key)
{
  static const guint keys[]
      = { GDK_KEY_Tab,   GDK_KEY_ISO_Left_Tab, GDK_KEY_KP_Tab, GDK_KEY_Up,      GDK_KEY_Down,     GDK_KEY_Left,
          GDK_KEY_Right, GDK_KEY_Home,         GDK_KEY_End,    GDK_KEY_Page_Up, GDK_KEY_Page_Down };

  for (gsize n = 0; n < G_N_ELEMENTS (keys); n++)
    if (keys[n] == key)
      return TRUE;
  return FALSE;
}

/* Space belongs to a text, to a menu that is open, and to a button that was gone to by keys. */
static gboolean
focus_takes_space (WillisWindow *self)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (self));

  if (focus == NULL)
    return FALSE;
  if (GTK_IS_EDITABLE (focus) || (GTK_IS_TEXT_VIEW (focus) && gtk_text_view_get_editable (GTK_TEXT_VIEW (focus)))
      || gtk_widget_get_native (focus) != GTK_NATIVE (self))
    return TRUE;
  return self->focus_by_key && !GTK_IS_RANGE (focus) && !WILLIS_IS_SLICE_VIEW (focus) && !WILLIS_IS_VIEW3D (focus);
}

static gboolean
on_key_down (GtkEventControllerKey *keys, guint key, guint code, GdkModifierType state, WillisWindow *self)
{
  gboolean repeated = key == GDK_KEY_space && self->space_down;

  self->moving_focus = moves_focus (key);
  self->space_down = key == GDK_KEY_space;
  if (key != GDK_KEY_space || (state & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SUPER_MASK | GDK_SHIFT_MASK))
      || willis_session_case (self->session) == NULL || willis_session_step (self->session) != WILLIS_STEP_CATHETER
      || focus_takes_space (self))
    return FALSE;
  if (!repeated)
    willis_catheter_page_toggle_play (
        WILLIS_CATHETER_PAGE (gtk_stack_get_child_by_name (self->step_stack, "catheter")));
  return TRUE;
}

static void
on_key_up (GtkEventControllerKey *keys, guint key, guint code, GdkModifierType state, WillisWindow *self)
{
  self->moving_focus = self->space_down = FALSE;
}

static void
on_focus (WillisWindow *self)
{
  self->focus_by_key = self->moving_focus;
}

static const GActionEntry entries[] = {
  { .name = "undo", .activate = action_undo },
  { .name = "redo", .activate = action_redo },
  { .name = "layout", .parameter_type = "s", .state = "'four'", .change_state = change_layout },
  { .name = "preset", .parameter_type = "i", .state = "0", .change_state = change_preset },
  { .name = "keep-preset", .activate = action_keep_preset },
  { .name = "drop-preset", .activate = action_drop_preset, .parameter_type = "i" },
  { .name = "print", .activate = action_print },
  { .name = "help", .activate = action_help },
  { .name = "slab", .parameter_type = "s", .state = "'off'", .change_state = change_slab },
  { .name = "slab-mm", .parameter_type = "i", .state = "10", .change_state = change_slab_mm },
  { .name = "show-crosshair", .state = "true", .change_state = change_shown },
  { .name = "show-contours", .state = "true", .change_state = change_shown },
  { .name = "show-labels", .state = "false", .change_state = change_shown },
};

static void
load_c_arm (WillisWindow *self)
{
  const double degree = G_PI / 180.0;
  const WillisCArmLimits limits = { g_settings_get_double (self->settings, "c-arm-primary") * degree,
                                    g_settings_get_double (self->settings, "c-arm-secondary") * degree };

  willis_session_set_c_arm_limits (self->session, &limits);
}

void
_willis_window_init_actions (WillisWindow *self)
{
  GtkEventController *keys = gtk_event_controller_key_new (), *first = gtk_event_controller_key_new ();
  g_autoptr (GtkBuilder) builder = gtk_builder_new_from_resource ("/org/willis/Willis/window/shortcuts.ui");

  _willis_window_init_files (self);
  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  gtk_event_controller_set_propagation_phase (first, GTK_PHASE_CAPTURE);
  g_signal_connect (first, "key-pressed", G_CALLBACK (on_key_down), self);
  g_signal_connect (first, "key-released", G_CALLBACK (on_key_up), self);
  gtk_widget_add_controller (GTK_WIDGET (self), first);
  g_signal_connect (self, "notify::focus-widget", G_CALLBACK (on_focus), NULL);
  if (self->settings != NULL)
    load_c_arm (self);
  if (self->settings != NULL)
    {
      g_autoptr (GVariant) presets = g_settings_get_value (self->settings, "presets");

      willis_session_take_own_presets (self->session, presets);
    }
  list_presets (self);
  if (self->settings != NULL)
    {
      g_autofree char *layout = g_settings_get_string (self->settings, "layout");

      g_action_group_activate_action (G_ACTION_GROUP (self), "layout", g_variant_new_string (layout));
    }
  g_signal_connect (self->views, "notify::layout", G_CALLBACK (on_layout_notify), self);
  gtk_application_window_set_help_overlay (GTK_APPLICATION_WINDOW (self),
                                           GTK_SHORTCUTS_WINDOW (gtk_builder_get_object (builder, "shortcuts")));
}

void
willis_window_add_keys (GtkApplication *application)
{
  static const struct
  {
    const char *action;
    const char *keys[3];
  } table[] = {
    { "win.open", { "<Ctrl>o" } },
    { "win.open-folder", { "<Shift><Ctrl>o" } },
    { "win.save", { "<Ctrl>s" } },
    { "win.save-as", { "<Shift><Ctrl>s" } },
    { "win.undo", { "<Ctrl>z" } },
    { "win.redo", { "<Shift><Ctrl>z", "<Ctrl>y" } },
    { "win.show-help-overlay", { "<Ctrl>question" } },
    { "win.help", { "F1" } },
    { "win.print", { "<Ctrl>p" } },
    { "window.close", { "<Ctrl>w" } },
    { "app.quit", { "<Ctrl>q" } },
  };

  for (gsize n = 0; n < G_N_ELEMENTS (table); n++)
    gtk_application_set_accels_for_action (application, table[n].action, table[n].keys);
}
