/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/window/window-private.h"

#include <glib/gstdio.h>

#include "core/base/i18n.h"
#include "ui/library/start-page.h"
#include "ui/model/recent.h"
#include "ui/model/session-file.h"
#include "ui/steps/aneurysm-page.h"
#include "ui/steps/followup-page.h"
#include "ui/steps/catheter-page.h"
#include "ui/steps/stent-page.h"
#include "ui/steps/report-page.h"
#include "ui/steps/scan-page.h"
#include "ui/steps/vessels-page.h"
#include "ui/views/vessel-dock.h"
#include "ui/willis-resources.h"
#include "ui/window/job-bar.h"
#include "ui/window/rail.h"

G_DEFINE_FINAL_TYPE (WillisWindow, willis_window, ADW_TYPE_APPLICATION_WINDOW)

void
willis_window_init_resources (void)
{
  static gsize once = 0;

  if (g_once_init_enter (&once))
    {
      willis_register_resource ();
      g_once_init_leave (&once, 1);
    }
}

static const char *const step_names[WILLIS_N_STEPS] = { "scan",  "vessels",  "aneurysm", "catheter",
                                                        "stent", "followup", "report" };

static void show_hint (WillisWindow *self, int n);

/* --- following the session */

typedef struct
{
  GdkTexture *texture;
  char *path;
} Thumbnail;

static void
thumbnail_free (gpointer data)
{
  Thumbnail *t = data;

  g_object_unref (t->texture);
  g_free (t->path);
  g_free (t);
}

/* On a thread: packing the picture takes longer than a frame. */
static gpointer
write_thumbnail (const WillisProgress *progress, gpointer data, GError **error)
{
  Thumbnail *t = data;

  gdk_texture_save_to_png (t->texture, t->path);
  return GINT_TO_POINTER (1);
}

/* What the case at hand was opened from: a case file or a scan; NULL where there is nothing to come back to: a
 * demonstration, several files, a copy for recovery. */
static const char *
origin (WillisWindow *self)
{
  const char *path = willis_session_path (self->session);
  const char *const *sources = willis_session_sources (self->session);

  if (path != NULL || willis_session_case (self->session) == NULL)
    return path;
  return sources != NULL && sources[1] == NULL && !g_str_has_suffix (sources[0], ".json") ? sources[0] : NULL;
}

void
_willis_window_remember (WillisWindow *self)
{
  const char *path = origin (self);
  g_autofree char *title = willis_session_title (self->session);
  g_autofree char *png = NULL;
  g_autoptr (GdkTexture) texture = NULL;

  if (path == NULL)
    return;
  png = willis_recent_add (path, title);
  texture = willis_slice_view_texture (willis_view_grid_slice (WILLIS_VIEW_GRID (self->views), 0));
  if (texture != NULL)
    {
      Thumbnail *t = g_new (Thumbnail, 1);
      g_autoptr (WillisJob) job = NULL;

      t->texture = g_steal_pointer (&texture);
      t->path = g_steal_pointer (&png);
      job = willis_job_start (_ ("Keep a picture"), write_thumbnail, t, thumbnail_free, NULL, NULL, NULL);
    }
}

/* Another window that shows the file at path, or NULL. */
static WillisWindow *
window_with (WillisWindow *self, const char *path)
{
  GtkApplication *application = gtk_window_get_application (GTK_WINDOW (self));

  for (GList *l = application != NULL ? gtk_application_get_windows (application) : NULL; l != NULL; l = l->next)
    if (l->data != self && WILLIS_IS_WINDOW (l->data)
        && willis_session_shows_file (WILLIS_WINDOW (l->data)->session, path))
      return l->data;
  return NULL;
}

/* Another case has come up, or the same one under another name: it is among the recent ones from now on, and it is said
 * where it is open twice. */
static void
note_origin (WillisWindow *self)
{
  const char *now = origin (self);
  g_autofree char *title = NULL, *png = NULL;

  if (g_strcmp0 (now, self->remembered) == 0)
    return;
  g_free (self->remembered);
  self->remembered = g_strdup (now);
  if (now == NULL)
    return;
  title = willis_session_title (self->session);
  png = willis_recent_add (now, title); // the picture comes when it has been drawn
  if (willis_session_path (self->session) != NULL && window_with (self, now) != NULL)
    willis_session_say (
        self->session, TRUE, "%s",
        _ ("This case is open in another window, too. What is saved in one of them the other does not know of."));
}

static void
update_title (WillisWindow *self)
{
  g_autofree char *title = willis_session_title (self->session);
  g_autofree char *subtitle = willis_session_subtitle (self->session);
  g_autofree char *marked = g_strconcat (willis_session_dirty (self->session) ? "• " : "", title, NULL);

  adw_window_title_set_title (self->title, marked);
  adw_window_title_set_subtitle (self->title, subtitle);
  gtk_window_set_title (GTK_WINDOW (self), title);
}

static gboolean
on_panel_late (gpointer data)
{
  WillisWindow *self = data;

  self->panel_id = 0;
  gtk_stack_set_visible_child_name (self->step_stack, step_names[willis_session_step (self->session)]);
  return G_SOURCE_REMOVE;
}

/* When a case comes up the panel follows a frame later: laying it out takes as long as drawing the views, and both at once would
 * keep the window from answering. */
static void
defer_panel (WillisWindow *self)
{
  gtk_stack_set_visible_child_name (self->step_stack, "blank");
  if (self->panel_id == 0)
    self->panel_id = g_timeout_add (60, on_panel_late, self); // an idle source may wait for long while frames follow each other
}

static void
on_case_changed (WillisWindow *self)
{
  gboolean open = willis_session_case (self->session) != NULL;
  const char *undo = willis_session_undo_label (self->session), *redo = willis_session_redo_label (self->session);
  g_autofree char *undo_tip = g_strdup_printf (undo != NULL ? _ ("Undo: %s (Ctrl+Z)") : "%s", undo != NULL ? undo : _ ("Undo"));
  g_autofree char *redo_tip = g_strdup_printf (redo != NULL ? _ ("Redo: %s (Shift+Ctrl+Z)") : "%s", redo != NULL ? redo : _ ("Redo"));
  gboolean was_open = g_strcmp0 (gtk_stack_get_visible_child_name (self->main_stack), "case") == 0;
  GtkWidget *of_case[] = { self->back_button, self->undo_button, self->redo_button, self->layout_button,
                           self->panel_button, self->save_button };

  if (open != was_open)
    {
      if (open)
        defer_panel (self);
      gtk_stack_set_visible_child_name (self->main_stack, open ? "case" : "start");
      if (open && self->hint < 0 && self->settings != NULL && !g_settings_get_boolean (self->settings, "hints-seen"))
        show_hint (self, 0);
      if (!open)
        willis_start_page_refresh (WILLIS_START_PAGE (self->start_page));
    }
  for (gsize n = 0; n < G_N_ELEMENTS (of_case); n++)
    gtk_widget_set_visible (of_case[n], open);
  gtk_widget_set_tooltip_text (self->undo_button, undo_tip);
  gtk_widget_set_tooltip_text (self->redo_button, redo_tip);
  update_title (self);
  note_origin (self);
  _willis_window_update_actions (self);
}

static void
on_selection_changed (WillisWindow *self)
{
  if (self->panel_id == 0)
    gtk_stack_set_visible_child_name (self->step_stack, step_names[willis_session_step (self->session)]);
  update_title (self);
}

static void
on_message (WillisSession *session, gboolean is_error, const char *text, WillisWindow *self)
{
  if (is_error)
    {
      gtk_label_set_text (GTK_LABEL (self->error_label), text);
      gtk_info_bar_set_revealed (GTK_INFO_BAR (self->error_bar), TRUE);
    }
  else
    {
      g_autofree char *escaped = g_markup_escape_text (text, -1);

      adw_toast_overlay_add_toast (self->toasts, adw_toast_new (escaped));
    }
}

/* The picture on the start page is taken when a case is left or saved, once it has been drawn. */
static void
on_jobs_changed (WillisWindow *self)
{
  _willis_window_update_actions (self);
}

/* --- dropping files */

static gboolean
on_drop (GtkDropTarget *target, const GValue *value, double x, double y, WillisWindow *self)
{
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  GSList *files;

  if (!G_VALUE_HOLDS (value, GDK_TYPE_FILE_LIST))
    return FALSE;
  files = gdk_file_list_get_files (g_value_get_boxed (value));
  for (GSList *l = files; l != NULL; l = l->next)
    {
      char *path = g_file_get_path (l->data);

      if (path != NULL)
        g_ptr_array_add (paths, path);
    }
  g_slist_free (files);
  g_ptr_array_add (paths, NULL);
  if (paths->len > 1)
    willis_window_open (self, (const char *const *) paths->pdata);
  return paths->len > 1;
}

static GdkDragAction
on_drop_enter (GtkDropTarget *target, double x, double y, WillisWindow *self)
{
  gtk_revealer_set_reveal_child (GTK_REVEALER (self->drop_revealer), TRUE);
  return GDK_ACTION_COPY;
}

static void
on_drop_leave (GtkDropTarget *target, WillisWindow *self)
{
  gtk_revealer_set_reveal_child (GTK_REVEALER (self->drop_revealer), FALSE);
}

static gboolean
on_drop_done (GtkDropTarget *target, const GValue *value, double x, double y, WillisWindow *self)
{
  on_drop_leave (target, self);
  return on_drop (target, value, x, y, self);
}

/* --- recovery, closing */

static void
offer_recovery (WillisWindow *self)
{
  g_autoptr (GPtrArray) list = willis_recovery_list (NULL);
  g_autofree char *title = NULL, *text = NULL;

  if (list->len == 0)
    return;
  self->recover_path = g_strdup (list->pdata[0]);
  title = willis_recovery_title (self->recover_path);
  text = g_strdup_printf (_ ("Willis ended without saving “%s”."), title);
  gtk_label_set_text (GTK_LABEL (self->recover_label), text);
  gtk_info_bar_set_revealed (GTK_INFO_BAR (self->recover_bar), TRUE);
}

static void
on_recover_response (GtkInfoBar *bar, int response, WillisWindow *self)
{
  gtk_info_bar_set_revealed (bar, FALSE);
  if (self->recover_path == NULL)
    return;
  if (response == 1)
    willis_session_recover (self->session, self->recover_path);
  else if (response == 2)
    willis_recovery_discard (self->recover_path);
  g_clear_pointer (&self->recover_path, g_free);
}

/* --- the hints of the first run */

static const char *const hints[] = {
  N_ ("1 of 5 · The steps on the left are the order of the work. The keys 1 to 7 open them."),
  N_ ("2 of 5 · The wheel goes through the slices; dragging changes the window; click to set the crosshair everywhere."),
  N_ ("3 of 5 · A right click in a slice measures an aneurysm there, places seeds, or starts a ruler."),
  N_ ("4 of 5 · The neck is a plane with handles: drag it in a slice or in 3D, and the numbers follow. Ctrl+Z brings it back."),
  N_ ("5 of 5 · The round ⓘ beside a number says how it is measured, and who defined it. ? shows all keys."),
};

static void
show_hint (WillisWindow *self, int n)
{
  self->hint = n;
  if (n >= (int) G_N_ELEMENTS (hints))
    {
      gtk_info_bar_set_revealed (GTK_INFO_BAR (self->hint_bar), FALSE);
      if (self->settings != NULL)
        g_settings_set_boolean (self->settings, "hints-seen", TRUE);
      return;
    }
  gtk_label_set_text (GTK_LABEL (self->hint_label), _ (hints[n]));
  gtk_widget_set_visible (self->hint_next_button, n + 1 < (int) G_N_ELEMENTS (hints));
  gtk_info_bar_set_revealed (GTK_INFO_BAR (self->hint_bar), TRUE);
}

static void
on_hint_response (GtkInfoBar *bar, int response, WillisWindow *self)
{
  show_hint (self, response == 1 ? self->hint + 1 : (int) G_N_ELEMENTS (hints));
}

static void
on_error_response (GtkInfoBar *bar, int response, gpointer data)
{
  gtk_info_bar_set_revealed (bar, FALSE);
}

static void
really_close (WillisWindow *self)
{
  self->closing = TRUE;
  gtk_window_close (GTK_WINDOW (self));
}

static gboolean
willis_window_close_request (GtkWindow *window)
{
  WillisWindow *self = WILLIS_WINDOW (window);

  if (!self->closing && willis_session_dirty (self->session))
    {
      _willis_window_ask_then (self, really_close);
      return TRUE;
    }
  if (willis_session_case (self->session) != NULL)
    _willis_window_remember (self);
  willis_session_cancel_jobs (self->session);
  willis_session_autosave_stop (self->session);
  if (self->settings != NULL && !gtk_window_is_maximized (window))
    {
      g_settings_set_int (self->settings, "window-width", gtk_widget_get_width (GTK_WIDGET (self)));
      g_settings_set_int (self->settings, "window-height", gtk_widget_get_height (GTK_WIDGET (self)));
    }
  return GTK_WINDOW_CLASS (willis_window_parent_class)->close_request (window);
}

static void
willis_window_dispose (GObject *object)
{
  WillisWindow *self = WILLIS_WINDOW (object);

  g_clear_handle_id (&self->panel_id, g_source_remove);
  g_clear_pointer (&self->recover_path, g_free);
  g_clear_pointer (&self->remembered, g_free);
  g_clear_object (&self->chooser);
  if (self->help != NULL)
    gtk_window_destroy (self->help);
  if (self->session != NULL)
    g_signal_handlers_disconnect_by_data (self->session, self);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (willis_window_parent_class)->dispose (object);
}

static void
willis_window_class_init (WillisWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (WILLIS_TYPE_TAB_ORDER);
  G_OBJECT_CLASS (klass)->dispose = willis_window_dispose;
  GTK_WINDOW_CLASS (klass)->close_request = willis_window_close_request;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/willis/Willis/window/window.ui");
  gtk_widget_class_bind_template_child (widget_class, WillisWindow, title);
  gtk_widget_class_bind_template_child (widget_class, WillisWindow, tab_order);
  gtk_widget_class_bind_template_child (widget_class, WillisWindow, flap);
  gtk_widget_class_bind_template_child (widget_class, WillisWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, WillisWindow, main_stack);
  gtk_widget_class_bind_template_child (widget_class, WillisWindow, step_stack);
  gtk_widget_class_bind_template_child (widget_class, WillisWindow, start_bin);
  gtk_widget_class_bind_template_child (widget_class, WillisWindow, rail_bin);
  gtk_widget_class_bind_template_child (widget_class, WillisWindow, views_bin);
  gtk_widget_class_bind_template_child (widget_class, WillisWindow, job_bin);
  gtk_widget_class_bind_template_child (widget_class, WillisWindow, back_button);
  gtk_widget_class_bind_template_child (widget_class, WillisWindow, undo_button);
  gtk_widget_class_bind_template_child (widget_class, WillisWindow, redo_button);
  gtk_widget_class_bind_template_child (widget_class, WillisWindow, layout_button);
  gtk_widget_class_bind_template_child (widget_class, WillisWindow, panel_button);
  gtk_widget_class_bind_template_child (widget_class, WillisWindow, save_button);
  gtk_widget_class_bind_template_child (widget_class, WillisWindow, error_bar);
  gtk_widget_class_bind_template_child (widget_class, WillisWindow, error_label);
  gtk_widget_class_bind_template_child (widget_class, WillisWindow, recover_bar);
  gtk_widget_class_bind_template_child (widget_class, WillisWindow, recover_label);
  gtk_widget_class_bind_template_child (widget_class, WillisWindow, drop_revealer);
  gtk_widget_class_bind_template_child (widget_class, WillisWindow, hint_bar);
  gtk_widget_class_bind_template_child (widget_class, WillisWindow, hint_label);
  gtk_widget_class_bind_template_child (widget_class, WillisWindow, hint_next_button);
  gtk_widget_class_bind_template_child (widget_class, WillisWindow, own_presets);
  gtk_widget_class_bind_template_child (widget_class, WillisWindow, drop_presets);
}

static void
build_pages (WillisWindow *self)
{
  GtkWidget *pages[WILLIS_N_STEPS];

  pages[WILLIS_STEP_SCAN] = willis_step_page_new (WILLIS_TYPE_SCAN_PAGE, self->session);
  pages[WILLIS_STEP_VESSELS] = willis_step_page_new (WILLIS_TYPE_VESSELS_PAGE, self->session);
  pages[WILLIS_STEP_ANEURYSM] = willis_aneurysm_page_new (self->session, willis_view_grid_view3d (WILLIS_VIEW_GRID (self->views)));
  pages[WILLIS_STEP_CATHETER] = willis_catheter_page_new (self->session, willis_view_grid_view3d (WILLIS_VIEW_GRID (self->views)));
  pages[WILLIS_STEP_STENT] = willis_stent_page_new (self->session, willis_view_grid_view3d (WILLIS_VIEW_GRID (self->views)));
  pages[WILLIS_STEP_FOLLOWUP] = willis_followup_page_new (self->session);
  pages[WILLIS_STEP_REPORT] = willis_report_page_new (self->session);
  gtk_stack_add_named (self->step_stack, adw_bin_new (), "blank");
  for (int n = 0; n < WILLIS_N_STEPS; n++)
    gtk_stack_add_named (self->step_stack, pages[n], step_names[n]);
}

static GSettings *
load_settings (void)
{
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchemaSource) built = NULL;
  g_autoptr (GSettingsSchema) schema = NULL;

  if (source != NULL)
    schema = g_settings_schema_source_lookup (source, WILLIS_APP_ID, TRUE);
  if (schema == NULL) // run from the build tree
    {
      built = g_settings_schema_source_new_from_directory (WILLIS_SCHEMA_DIR, source, FALSE, NULL);
      schema = built != NULL ? g_settings_schema_source_lookup (built, WILLIS_APP_ID, FALSE) : NULL;
    }
  return schema != NULL ? g_settings_new_full (schema, NULL, NULL) : NULL;
}

GSettings *
willis_window_settings (void)
{
  static GSettings *settings = NULL;

  if (settings == NULL)
    settings = load_settings ();
  return settings;
}

static void
connect_session (WillisWindow *self)
{
  g_signal_connect_swapped (self->session, "case-changed", G_CALLBACK (on_case_changed), self);
  g_signal_connect_swapped (self->session, "selection-changed", G_CALLBACK (on_selection_changed), self);
  g_signal_connect_swapped (self->session, "neck-changed", G_CALLBACK (update_title), self);
  g_signal_connect_swapped (self->session, "display-changed", G_CALLBACK (_willis_window_update_actions), self);
  g_signal_connect_swapped (self->session, "jobs-changed", G_CALLBACK (on_jobs_changed), self);
  g_signal_connect (self->session, "message", G_CALLBACK (on_message), self);
}

static void
connect_drop (WillisWindow *self)
{
  GtkDropTarget *drop = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);

  g_signal_connect (drop, "enter", G_CALLBACK (on_drop_enter), self);
  g_signal_connect (drop, "leave", G_CALLBACK (on_drop_leave), self);
  g_signal_connect (drop, "drop", G_CALLBACK (on_drop_done), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drop));
}

/* In a narrow window the panel lies over the views, or hides. */
static void
on_step_opened (WillisWindow *self)
{
  adw_flap_set_reveal_flap (self->flap, TRUE);
}

static void
willis_window_init (WillisWindow *self)
{
  GtkWidget *rail;

  gtk_widget_init_template (GTK_WIDGET (self));
  self->session = willis_session_new ();
  rail = willis_rail_new (self->session);
  self->settings = willis_window_settings ();
  self->views = willis_view_grid_new (self->session);
  {
    GtkWidget *below = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

    gtk_widget_set_vexpand (self->views, TRUE);
    gtk_box_append (GTK_BOX (below), self->views);
    gtk_box_append (GTK_BOX (below), willis_vessel_dock_new (self->session));
    adw_bin_set_child (ADW_BIN (self->views_bin), below);
  }
  adw_bin_set_child (ADW_BIN (self->rail_bin), rail);
  g_signal_connect_swapped (rail, "opened", G_CALLBACK (on_step_opened), self);
  willis_tab_order_add (self->tab_order, rail);
  willis_tab_order_add (self->tab_order, GTK_WIDGET (self->step_stack));
  willis_tab_order_add (self->tab_order, self->views_bin);
  adw_bin_set_child (ADW_BIN (self->job_bin), willis_job_bar_new (self->session));
  self->start_page = willis_start_page_new (self->session);
  adw_bin_set_child (ADW_BIN (self->start_bin), self->start_page);
  build_pages (self);
  g_signal_connect (self->recover_bar, "response", G_CALLBACK (on_recover_response), self);
  self->hint = -1;
  g_signal_connect (self->hint_bar, "response", G_CALLBACK (on_hint_response), self);
  g_signal_connect (self->error_bar, "response", G_CALLBACK (on_error_response), NULL);
  _willis_window_init_actions (self);
  connect_session (self);
  connect_drop (self);
  willis_session_autosave_start (self->session, NULL);
  offer_recovery (self);
  on_case_changed (self);
  on_selection_changed (self);
}

GtkWidget *
willis_window_new (AdwApplication *application)
{
  WillisWindow *self = g_object_new (WILLIS_TYPE_WINDOW, "application", application, NULL);
  int width = self->settings != NULL ? g_settings_get_int (self->settings, "window-width") : 1280;
  int height = self->settings != NULL ? g_settings_get_int (self->settings, "window-height") : 800;

  gtk_window_set_default_size (GTK_WINDOW (self), width, height);
  return GTK_WIDGET (self);
}

WillisSession *
willis_window_session (WillisWindow *self)
{
  return self->session;
}

WillisViewGrid *
willis_window_views (WillisWindow *self)
{
  return WILLIS_VIEW_GRID (self->views);
}

void
willis_window_open (WillisWindow *self, const char *const *paths)
{
  gtk_info_bar_set_revealed (GTK_INFO_BAR (self->error_bar), FALSE);
  if (willis_session_case (self->session) != NULL)
    _willis_window_remember (self);
  willis_session_open (self->session, paths, NULL);
}
