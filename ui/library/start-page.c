/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/library/start-page.h"

#include <string.h>

#include "core/base/i18n.h"
#include "ui/library/demos.h"
#include "ui/model/recent.h"
#include "ui/model/session-file.h"

struct _WillisStartPage
{
  AdwBin parent_instance;
  WillisSession *session;
  GtkWidget *recent_box, *recent_flow, *demo_box, *demo_list, *folder_button, *file_button;
};

G_DEFINE_FINAL_TYPE (WillisStartPage, willis_start_page, ADW_TYPE_BIN)

static void
on_recent (GtkButton *button, WillisStartPage *self)
{
  const char *paths[] = { g_object_get_data (G_OBJECT (button), "path"), NULL };

  willis_session_open (self->session, paths, NULL);
}

static GtkWidget *
recent_card (WillisStartPage *self, const WillisRecent *r)
{
  GtkWidget *button = gtk_button_new (), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6), *picture, *title, *when;
  g_autoptr (GDateTime) utc = r->time != NULL ? g_date_time_new_from_iso8601 (r->time, NULL) : NULL;
  g_autoptr (GDateTime) local = utc != NULL ? g_date_time_to_local (utc) : NULL;
  g_autofree char *shown = local != NULL ? g_date_time_format (local, "%x") : g_strdup ("");
  g_autofree char *tip = g_filename_display_name (r->path);

  if (g_file_test (r->thumbnail, G_FILE_TEST_EXISTS))
    {
      picture = gtk_picture_new_for_filename (r->thumbnail);
      gtk_picture_set_content_fit (GTK_PICTURE (picture), GTK_CONTENT_FIT_COVER);
    }
  else
    picture = gtk_image_new_from_icon_name ("image-x-generic-symbolic");
  gtk_widget_set_size_request (picture, 180, 120);
  gtk_widget_add_css_class (picture, "recent-picture");
  title = gtk_label_new (r->title);
  gtk_label_set_ellipsize (GTK_LABEL (title), PANGO_ELLIPSIZE_END);
  when = gtk_label_new (shown);
  gtk_widget_add_css_class (when, "caption");
  gtk_widget_add_css_class (when, "dim-label");
  gtk_box_append (GTK_BOX (box), picture);
  gtk_box_append (GTK_BOX (box), title);
  gtk_box_append (GTK_BOX (box), when);
  gtk_button_set_child (GTK_BUTTON (button), box);
  gtk_widget_add_css_class (button, "card");
  gtk_widget_add_css_class (button, "recent-card");
  gtk_widget_set_tooltip_text (button, tip);
  g_object_set_data_full (G_OBJECT (button), "path", g_strdup (r->path), g_free);
  g_signal_connect (button, "clicked", G_CALLBACK (on_recent), self);
  return button;
}

static void
fill_recent (WillisStartPage *self)
{
  g_autoptr (GPtrArray) list = willis_recent_list ();
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (self->recent_flow)) != NULL)
    gtk_flow_box_remove (GTK_FLOW_BOX (self->recent_flow), child);
  for (guint n = 0; n < MIN (list->len, 8); n++)
    gtk_flow_box_append (GTK_FLOW_BOX (self->recent_flow), recent_card (self, list->pdata[n]));
  gtk_widget_set_visible (self->recent_box, list->len > 0);
}

static void
on_demo (GtkListBox *list, GtkListBoxRow *row, WillisStartPage *self)
{
  const WillisDemo *demo = g_object_get_data (G_OBJECT (row), "demo");
  g_autofree char *path = willis_demo_path (demo);
  const char *const paths[] = { path, NULL };

  if (g_str_has_suffix (path, ".json"))
    willis_session_open_demo (self->session, path);
  else
    willis_session_open (self->session, paths, NULL);
}

static void
fill_demos (WillisStartPage *self)
{
  gsize n_demos;
  const WillisDemo *demos = willis_demos (&n_demos);
  gboolean any = FALSE;
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (self->demo_list)) != NULL)
    gtk_list_box_remove (GTK_LIST_BOX (self->demo_list), child);
  for (gsize n = 0; n < n_demos; n++)
    {
      g_autofree char *path = willis_demo_path (&demos[n]);
      GtkWidget *row, *arrow;

      if (!g_file_test (path, G_FILE_TEST_EXISTS))
        continue;
      row = adw_action_row_new ();
      arrow = gtk_image_new_from_icon_name ("go-next-symbolic");
      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _ (demos[n].title));
      adw_action_row_set_subtitle (ADW_ACTION_ROW (row), _ (demos[n].text));
      adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 1); // lines that may wrap are tried at many widths: too slow
      adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 1);
      gtk_widget_set_tooltip_text (row, _ (demos[n].text));
      adw_action_row_add_suffix (ADW_ACTION_ROW (row), arrow);
      gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
      gtk_widget_set_name (row, strrchr (demos[n].file, '/') + 1);
      g_object_set_data (G_OBJECT (row), "demo", (gpointer) &demos[n]);
      gtk_list_box_append (GTK_LIST_BOX (self->demo_list), row);
      any = TRUE;
    }
  gtk_widget_set_visible (self->demo_box, any);
}

void
willis_start_page_refresh (WillisStartPage *self)
{
  fill_recent (self);
  fill_demos (self);
}

static void
willis_start_page_dispose (GObject *object)
{
  g_clear_object (&WILLIS_START_PAGE (object)->session);
  G_OBJECT_CLASS (willis_start_page_parent_class)->dispose (object);
}

static void
willis_start_page_class_init (WillisStartPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = willis_start_page_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/willis/Willis/library/start-page.ui");
  gtk_widget_class_bind_template_child (widget_class, WillisStartPage, recent_box);
  gtk_widget_class_bind_template_child (widget_class, WillisStartPage, recent_flow);
  gtk_widget_class_bind_template_child (widget_class, WillisStartPage, demo_box);
  gtk_widget_class_bind_template_child (widget_class, WillisStartPage, demo_list);
  gtk_widget_class_bind_template_child (widget_class, WillisStartPage, folder_button);
  gtk_widget_class_bind_template_child (widget_class, WillisStartPage, file_button);
}

static void
willis_start_page_init (WillisStartPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect (self->demo_list, "row-activated", G_CALLBACK (on_demo), self);
}

GtkWidget *
willis_start_page_new (WillisSession *session)
{
  WillisStartPage *self = g_object_new (WILLIS_TYPE_START_PAGE, NULL);

  self->session = g_object_ref (session);
  willis_start_page_refresh (self);
  return GTK_WIDGET (self);
}
