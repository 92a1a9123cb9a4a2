/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/views/name-popover.h"

#include <string.h>

#include "core/base/i18n.h"
#include "core/vessel/anatomy.h"

typedef struct
{
  WillisSession *session;
  GtkWidget *popover, *entry, *list;
} Names;

static void
add_name (Names *names, const char *name)
{
  g_autofree char *text = willis_artery_text (name);
  GtkWidget *label = gtk_label_new (text), *row = gtk_list_box_row_new ();

  gtk_label_set_xalign (GTK_LABEL (label), 0.0);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), label);
  g_object_set_data (G_OBJECT (row), "name", (gpointer) name); // static, NULL: not sure
  gtk_list_box_append (GTK_LIST_BOX (names->list), row);
}

/* What was typed is looked for in both the shown and the stored name. */
static gboolean
matches (GtkListBoxRow *row, gpointer data)
{
  Names *names = data;
  const char *typed = gtk_editable_get_text (GTK_EDITABLE (names->entry)), *name = g_object_get_data (G_OBJECT (row), "name");
  const char *text = gtk_label_get_text (GTK_LABEL (gtk_list_box_row_get_child (row)));
  g_auto (GStrv) words = g_strsplit (typed, " ", -1);

  for (char **word = words; *word != NULL; word++)
    {
      g_autofree char *low = g_utf8_casefold (*word, -1), *shown = g_utf8_casefold (text, -1);
      g_autofree char *stored = g_utf8_casefold (name != NULL ? name : "", -1);

      if (strstr (shown, low) == NULL && strstr (stored, low) == NULL)
        return FALSE;
    }
  return TRUE;
}

static void
choose (Names *names, GtkListBoxRow *row)
{
  const char *name = g_object_get_data (G_OBJECT (row), "name");

  gtk_popover_popdown (GTK_POPOVER (names->popover));
  willis_session_rename_branch (names->session, willis_session_branch (names->session), name);
}

static void
on_row (GtkListBox *list, GtkListBoxRow *row, Names *names)
{
  choose (names, row);
}

/* Enter takes the first that is left. */
static void
on_enter (GtkEntry *entry, Names *names)
{
  for (int n = 0;; n++)
    {
      GtkListBoxRow *row = gtk_list_box_get_row_at_index (GTK_LIST_BOX (names->list), n);

      if (row == NULL)
        return;
      if (gtk_widget_get_child_visible (GTK_WIDGET (row)))
        {
          choose (names, row);
          return;
        }
    }
}

static void
on_shown (GtkWidget *popover, Names *names)
{
  const char *const *all = willis_artery_names ();

  gtk_editable_set_text (GTK_EDITABLE (names->entry), "");
  if (gtk_list_box_get_row_at_index (GTK_LIST_BOX (names->list), 0) == NULL)
    {
      add_name (names, NULL);
      for (gsize n = 0; all[n] != NULL; n++)
        add_name (names, all[n]);
    }
  gtk_list_box_invalidate_filter (GTK_LIST_BOX (names->list));
  gtk_widget_grab_focus (names->entry);
}

static void
names_free (gpointer data)
{
  Names *names = data;

  g_object_unref (names->session);
  g_free (names);
}

GtkWidget *
willis_name_popover_new (WillisSession *session)
{
  Names *names = g_new0 (Names, 1);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6), *scrolled = gtk_scrolled_window_new ();

  names->session = g_object_ref (session);
  names->popover = gtk_popover_new ();
  names->entry = gtk_search_entry_new ();
  names->list = gtk_list_box_new ();
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (names->list), GTK_SELECTION_NONE);
  gtk_list_box_set_filter_func (GTK_LIST_BOX (names->list), matches, names, NULL);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), names->list);
  gtk_widget_set_size_request (scrolled, 240, 260);
  gtk_box_append (GTK_BOX (box), names->entry);
  gtk_box_append (GTK_BOX (box), scrolled);
  gtk_popover_set_child (GTK_POPOVER (names->popover), box);
  g_signal_connect_swapped (names->entry, "search-changed", G_CALLBACK (gtk_list_box_invalidate_filter), names->list);
  g_signal_connect (names->entry, "activate", G_CALLBACK (on_enter), names);
  g_signal_connect (names->list, "row-activated", G_CALLBACK (on_row), names);
  g_signal_connect (names->popover, "show", G_CALLBACK (on_shown), names);
  g_object_set_data_full (G_OBJECT (names->popover), "names", names, names_free);
  return names->popover;
}
