/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/steps/stent-rows.h"

#include <adwaita.h>

#include "core/base/i18n.h"
#include "ui/steps/stent-table.h"

#define PAUSE_MS 30

struct _WillisStentRows
{
  GtkListBox *list; // borrowed
  GCallback on_compare;
  GFunc on_tried;
  gpointer data;
  GPtrArray *choices; // what the rows show, in their order
  const GPtrArray *compared;
  char *picked;
  const WillisStentArtery *artery; // NULL: the choices as they are, not tried again
  WillisStentRequest request;
  guint next, left; // the row to look at next, and how many are left to look at
  guint tick_id;
};

static const char *
device_of (gpointer widget)
{
  return g_object_get_data (G_OBJECT (widget), "device");
}

/* Where the row of this device belongs; as many as there are: nowhere. */
static guint
place_of (const WillisStentRows *rows, const char *device)
{
  guint k = 0;

  while (k < rows->choices->len && g_strcmp0 (((WillisStentChoice *) rows->choices->pdata[k])->device->id, device) != 0)
    k++;
  return k;
}

static int
by_place (GtkListBoxRow *a, GtkListBoxRow *b, gpointer data)
{
  return (int) place_of (data, device_of (a)) - (int) place_of (data, device_of (b));
}

static GtkListBoxRow *
row_of (const WillisStentRows *rows, const char *device)
{
  GtkListBoxRow *row;

  for (int n = 0; (row = gtk_list_box_get_row_at_index (rows->list, n)) != NULL; n++)
    if (g_strcmp0 (device_of (row), device) == 0)
      return row;
  return NULL;
}

static void
check_row (WillisStentRows *rows, GtkListBoxRow *row)
{
  GtkCheckButton *check = g_object_get_data (G_OBJECT (row), "check");

  g_signal_handlers_block_by_func (check, rows->on_compare, rows->data);
  gtk_check_button_set_active (check, rows->compared != NULL
                                          && g_ptr_array_find_with_equal_func ((GPtrArray *) rows->compared,
                                                                               device_of (row), g_str_equal, NULL));
  g_signal_handlers_unblock_by_func (check, rows->on_compare, rows->data);
}

static void
add_row (WillisStentRows *rows, const WillisStentChoice *c)
{
  GtkWidget *row = willis_stent_row_new (c), *check = gtk_check_button_new ();

  gtk_widget_set_valign (check, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (check, _ ("Compare"));
  g_object_set_data_full (G_OBJECT (check), "device", g_strdup (c->device->id), g_free);
  g_object_set_data (G_OBJECT (row), "check", check);
  g_signal_connect (check, "toggled", rows->on_compare, rows->data);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), check);
  check_row (rows, GTK_LIST_BOX_ROW (row));
  gtk_list_box_append (rows->list, row); // to its place
  if (g_strcmp0 (c->device->id, rows->picked) == 0)
    gtk_list_box_select_row (rows->list, GTK_LIST_BOX_ROW (row));
}

/* Brings row k up to date; whether anything of it has changed. */
static gboolean
update_row (WillisStentRows *rows, guint k)
{
  const WillisStentChoice *c = rows->choices->pdata[k];
  GtkListBoxRow *row = row_of (rows, c->device->id);
  WillisStentChoice *tried;
  gboolean changed;

  if (row == NULL)
    {
      add_row (rows, c);
      return TRUE;
    }
  tried = rows->artery != NULL ? willis_stent_try (c->device, rows->artery, &rows->request, NULL, NULL) : NULL;
  changed = willis_stent_row_fill (GTK_WIDGET (row), tried != NULL ? tried : c);
  willis_stent_choice_free (tried);
  return changed;
}

static gboolean
on_tick (gpointer data)
{
  WillisStentRows *rows = data;

  while (rows->left > 0)
    {
      guint k = rows->next;

      rows->next = (k + 1) % rows->choices->len;
      rows->left--;
      if (update_row (rows, k))
        return G_SOURCE_CONTINUE;
    }
  rows->tick_id = 0;
  if (rows->artery != NULL)
    rows->on_tried (rows->data, NULL);
  return G_SOURCE_REMOVE;
}

/* Those of devices that are not shown any more go. */
static void
remove_rows (WillisStentRows *rows)
{
  GtkListBoxRow *row;

  for (int n = 0; (row = gtk_list_box_get_row_at_index (rows->list, n)) != NULL;)
    if (place_of (rows, device_of (row)) == rows->choices->len)
      gtk_list_box_remove (rows->list, GTK_WIDGET (row));
    else
      n++;
}

WillisStentRows *
willis_stent_rows_new (GtkListBox *list, GCallback on_compare, GFunc on_tried, gpointer data)
{
  WillisStentRows *rows = g_new0 (WillisStentRows, 1);

  rows->list = list;
  rows->on_compare = on_compare;
  rows->on_tried = on_tried;
  rows->data = data;
  rows->choices = g_ptr_array_new ();
  gtk_list_box_set_sort_func (list, by_place, rows, NULL);
  return rows;
}

void
willis_stent_rows_free (WillisStentRows *rows)
{
  if (rows == NULL)
    return;
  g_clear_handle_id (&rows->tick_id, g_source_remove);
  gtk_list_box_set_sort_func (rows->list, NULL, NULL, NULL);
  g_ptr_array_unref (rows->choices);
  g_free (rows->picked);
  g_free (rows);
}

void
willis_stent_rows_show (WillisStentRows *rows, GPtrArray *choices, const char *picked)
{
  GtkListBoxRow *row;

  g_clear_handle_id (&rows->tick_id, g_source_remove);
  g_ptr_array_unref (rows->choices);
  rows->choices = choices != NULL ? g_ptr_array_ref (choices) : g_ptr_array_new ();
  g_free (rows->picked);
  rows->picked = g_strdup (picked);
  rows->artery = NULL;
  rows->next = 0;
  rows->left = rows->choices->len;
  remove_rows (rows);
  gtk_list_box_invalidate_sort (rows->list);
  row = picked != NULL ? row_of (rows, picked) : NULL;
  if (row != NULL)
    gtk_list_box_select_row (rows->list, row);
  if (on_tick (rows))
    rows->tick_id = g_timeout_add (PAUSE_MS, on_tick, rows);
}

void
willis_stent_rows_check (WillisStentRows *rows, const GPtrArray *compared)
{
  GtkListBoxRow *row;

  rows->compared = compared;
  for (int n = 0; (row = gtk_list_box_get_row_at_index (rows->list, n)) != NULL; n++)
    check_row (rows, row);
}

void
willis_stent_rows_try (WillisStentRows *rows, const WillisStentArtery *artery, const WillisStentRequest *request)
{
  rows->artery = artery;
  rows->request = *request;
  rows->left = rows->choices->len;
  if (rows->tick_id == 0)
    rows->tick_id = g_timeout_add (PAUSE_MS, on_tick, rows);
}

gboolean
willis_stent_rows_showing (const WillisStentRows *rows)
{
  return rows->tick_id != 0 && rows->artery == NULL;
}
