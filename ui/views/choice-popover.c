/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/views/choice-popover.h"

#include <string.h>

typedef struct
{
  WillisChoiceFill fill;
  WillisChoiceMade made;
  gpointer data;
  GDestroyNotify free_data;
  GtkWidget *popover, *entry, *list;
} Choice;

static Choice *
choice_of (GtkWidget *popover)
{
  return g_object_get_data (G_OBJECT (popover), "choice");
}

void
willis_choice_popover_add (GtkWidget *popover, const char *key, const char *text, const char *value)
{
  Choice *choice = choice_of (popover);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12), *label = gtk_label_new (text),
            *row = gtk_list_box_row_new ();

  gtk_label_set_xalign (GTK_LABEL (label), 0.0);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_box_append (GTK_BOX (box), label);
  if (value != NULL)
    {
      GtkWidget *beside = gtk_label_new (value);

      gtk_widget_add_css_class (beside, "numeric");
      gtk_box_append (GTK_BOX (box), beside);
    }
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  g_object_set_data_full (G_OBJECT (row), "key", g_strdup (key), g_free);
  g_object_set_data_full (G_OBJECT (row), "text", g_strdup (text), g_free);
  gtk_list_box_append (GTK_LIST_BOX (choice->list), row);
}

/* What was typed is looked for in both the shown and the stored name. */
static gboolean
matches (GtkListBoxRow *row, gpointer data)
{
  Choice *choice = data;
  const char *typed = gtk_editable_get_text (GTK_EDITABLE (choice->entry)),
             *key = g_object_get_data (G_OBJECT (row), "key"), *text = g_object_get_data (G_OBJECT (row), "text");
  g_auto (GStrv) words = g_strsplit (typed, " ", -1);

  for (char **word = words; *word != NULL; word++)
    {
      g_autofree char *low = g_utf8_casefold (*word, -1), *shown = g_utf8_casefold (text, -1);
      g_autofree char *stored = g_utf8_casefold (key != NULL ? key : "", -1);

      if (strstr (shown, low) == NULL && strstr (stored, low) == NULL)
        return FALSE;
    }
  return TRUE;
}

static void
choose (Choice *choice, GtkListBoxRow *row)
{
  g_autofree char *key = g_strdup (g_object_get_data (G_OBJECT (row), "key"));

  gtk_popover_popdown (GTK_POPOVER (choice->popover));
  choice->made (key, choice->data);
}

static void
on_row (GtkListBox *list, GtkListBoxRow *row, Choice *choice)
{
  choose (choice, row);
}

static void
on_enter (GtkEntry *entry, Choice *choice)
{
  GtkListBoxRow *row;

  for (int n = 0; (row = gtk_list_box_get_row_at_index (GTK_LIST_BOX (choice->list), n)) != NULL; n++)
    if (gtk_widget_get_child_visible (GTK_WIDGET (row)))
      {
        choose (choice, row);
        return;
      }
}

static void
on_shown (GtkWidget *popover, Choice *choice)
{
  GtkWidget *row;

  gtk_editable_set_text (GTK_EDITABLE (choice->entry), "");
  while ((row = gtk_widget_get_first_child (choice->list)) != NULL)
    gtk_list_box_remove (GTK_LIST_BOX (choice->list), row);
  choice->fill (popover, choice->data);
  gtk_list_box_invalidate_filter (GTK_LIST_BOX (choice->list));
  gtk_widget_grab_focus (choice->entry);
}

static void
choice_free (gpointer data)
{
  Choice *choice = data;

  if (choice->free_data != NULL)
    choice->free_data (choice->data);
  g_free (choice);
}

GtkWidget *
willis_choice_popover_new (WillisChoiceFill fill, WillisChoiceMade made, gpointer data, GDestroyNotify free_data)
{
  Choice *choice = g_new0 (Choice, 1);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6), *scrolled = gtk_scrolled_window_new ();

  *choice = (Choice){ fill, made, data, free_data, gtk_popover_new (), gtk_search_entry_new (), gtk_list_box_new () };
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (choice->list), GTK_SELECTION_NONE);
  gtk_list_box_set_filter_func (GTK_LIST_BOX (choice->list), matches, choice, NULL);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), choice->list);
  gtk_widget_set_size_request (scrolled, 240, 260);
  gtk_box_append (GTK_BOX (box), choice->entry);
  gtk_box_append (GTK_BOX (box), scrolled);
  gtk_popover_set_child (GTK_POPOVER (choice->popover), box);
  g_signal_connect_swapped (choice->entry, "search-changed", G_CALLBACK (gtk_list_box_invalidate_filter), choice->list);
  g_signal_connect (choice->entry, "activate", G_CALLBACK (on_enter), choice);
  g_signal_connect (choice->list, "row-activated", G_CALLBACK (on_row), choice);
  g_signal_connect (choice->popover, "show", G_CALLBACK (on_shown), choice);
  g_object_set_data_full (G_OBJECT (choice->popover), "choice", choice, choice_free);
  return choice->popover;
}
