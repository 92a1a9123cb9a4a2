/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/steps/step-page.h"

#include "core/base/i18n.h"

#define LEAST_CHARS 10 // of a wrapping label's width

typedef struct
{
  WillisSession *session;
  guint idle_id;
} WillisStepPagePrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (WillisStepPage, willis_step_page, ADW_TYPE_BIN)

void
willis_labels_steady (GtkWidget *root)
{
  if (GTK_IS_LABEL (root) && gtk_label_get_wrap (GTK_LABEL (root)) && gtk_label_get_width_chars (GTK_LABEL (root)) < 0)
    gtk_label_set_width_chars (GTK_LABEL (root), LEAST_CHARS);
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL; child = gtk_widget_get_next_sibling (child))
    willis_labels_steady (child);
}

static gboolean
on_idle (gpointer data)
{
  WillisStepPage *self = data;
  WillisStepPagePrivate *p = willis_step_page_get_instance_private (self);

  p->idle_id = 0;
  if (WILLIS_STEP_PAGE_GET_CLASS (self)->update != NULL)
    WILLIS_STEP_PAGE_GET_CLASS (self)->update (self, p->session);
  willis_labels_steady (GTK_WIDGET (self));
  return G_SOURCE_REMOVE;
}

/* Several changes at once make one update, before the next frame; a page out of sight waits until it is looked at. */
static void
queue_update (WillisStepPage *self)
{
  WillisStepPagePrivate *p = willis_step_page_get_instance_private (self);

  if (p->idle_id == 0 && gtk_widget_get_mapped (GTK_WIDGET (self)))
    p->idle_id = g_idle_add_full (G_PRIORITY_HIGH_IDLE, on_idle, self, NULL);
}

static void
willis_step_page_dispose (GObject *object)
{
  WillisStepPagePrivate *p = willis_step_page_get_instance_private (WILLIS_STEP_PAGE (object));

  g_clear_handle_id (&p->idle_id, g_source_remove);
  g_clear_object (&p->session);
  G_OBJECT_CLASS (willis_step_page_parent_class)->dispose (object);
}

static void
willis_step_page_class_init (WillisStepPageClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = willis_step_page_dispose;
}

static void
willis_step_page_init (WillisStepPage *self)
{
}

GtkWidget *
willis_step_page_new (GType type, WillisSession *session)
{
  static const char *const signals[]
      = { "case-changed", "selection-changed", "jobs-changed", "neck-changed", "tools-changed" };
  WillisStepPage *self = g_object_new (type, NULL);
  WillisStepPagePrivate *p = willis_step_page_get_instance_private (self);

  p->session = g_object_ref (session);
  willis_labels_steady (GTK_WIDGET (self));
  if (WILLIS_STEP_PAGE_GET_CLASS (self)->session_set != NULL)
    WILLIS_STEP_PAGE_GET_CLASS (self)->session_set (self, session);
  for (gsize n = 0; n < G_N_ELEMENTS (signals); n++)
    g_signal_connect_object (session, signals[n], G_CALLBACK (queue_update), self, G_CONNECT_SWAPPED);
  g_signal_connect_after (self, "map", G_CALLBACK (queue_update), NULL);
  return GTK_WIDGET (self);
}

WillisSession *
willis_step_page_session (WillisStepPage *self)
{
  WillisStepPagePrivate *p = willis_step_page_get_instance_private (self);

  return p->session;
}

void
willis_step_page_say_state (GtkLabel *label, WillisSession *session, WillisStep step)
{
  WillisStepState state = willis_session_step_state (session, step);

  if (step == WILLIS_STEP_ANEURYSM && state == WILLIS_STEP_FRESH && willis_session_likely_left (session) > 0)
    state = WILLIS_STEP_WAITING; // done, but not with all
  gtk_label_set_text (label, willis_session_step_text (session, step));
  gtk_widget_remove_css_class (GTK_WIDGET (label), "warning");
  gtk_widget_remove_css_class (GTK_WIDGET (label), "success");
  gtk_widget_remove_css_class (GTK_WIDGET (label), "accent");
  if (state == WILLIS_STEP_STALE)
    gtk_widget_add_css_class (GTK_WIDGET (label), "warning");
  else if (state == WILLIS_STEP_FRESH)
    gtk_widget_add_css_class (GTK_WIDGET (label), "success");
  else if (state == WILLIS_STEP_WAITING)
    gtk_widget_add_css_class (GTK_WIDGET (label), "accent");
}

GtkWidget *
willis_row_new (const char *title, const char *value)
{
  GtkWidget *row = adw_action_row_new (), *label = gtk_label_new (value);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  gtk_label_set_selectable (GTK_LABEL (label), FALSE);
  gtk_label_set_xalign (GTK_LABEL (label), 1.0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_set_tooltip_text (label, value);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_widget_add_css_class (label, "numeric");
  gtk_widget_add_css_class (label, "row-value");
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), label);
  gtk_widget_add_css_class (row, "compact");
  g_object_set_data (G_OBJECT (row), "value", label);
  willis_labels_steady (row);
  return row;
}

gboolean
willis_row_set_value (GtkWidget *row, const char *value)
{
  GtkWidget *label = g_object_get_data (G_OBJECT (row), "value");
  const char *text = value != NULL ? value : "–";

  if (g_strcmp0 (gtk_label_get_text (GTK_LABEL (label)), text) == 0)
    return FALSE;
  gtk_label_set_text (GTK_LABEL (label), text);
  gtk_widget_set_tooltip_text (label, value);
  return TRUE;
}

GtkWidget *
willis_warning_row_new (const char *text)
{
  GtkWidget *row = adw_action_row_new (), *icon = gtk_image_new_from_icon_name ("dialog-warning-symbolic");
  g_autofree char *sentence = willis_sentence (text);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), sentence);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 0);
  gtk_widget_add_css_class (icon, "warning");
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), icon);
  return row;
}

void
willis_list_clear (GtkWidget *list)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (list)) != NULL)
    gtk_list_box_remove (GTK_LIST_BOX (list), child);
}
