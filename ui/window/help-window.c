/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/window/help-window.h"

#include <string.h>

#include "core/base/i18n.h"
#include "ui/window/window-private.h"

#define ROOT "/org/willis/Willis/help/"

/* In the order of the list; the steps' pages stand at FIRST_STEP. */
static const char *const names[] = { "start", "views",    "scan",   "vessels", "aneurysm",  "catheter",
                                     "stent", "followup", "report", "numbers", "shortcuts", "limits" };
#define FIRST_STEP 2

/* A page's lines are laid out as many at a time as a frame bears: a whole page takes more than half the time after
 * which a window counts as not answering. */
#define LINES_AT_ONCE 2
#define LINES_PAUSE_MS 16

typedef struct
{
  char *text[G_N_ELEMENTS (names)];
  GtkListBox *list;
  GtkWidget *body; // GtkBox
  GtkScrolledWindow *scroller;
  GtkEditable *search;
  char **lines; // of the page that is shown
  gsize next;   // of them to be laid out
  guint fill_id;
} Help;

static void
help_free (gpointer data)
{
  Help *h = data;

  g_clear_handle_id (&h->fill_id, g_source_remove);
  g_strfreev (h->lines);
  for (gsize n = 0; n < G_N_ELEMENTS (names); n++)
    g_free (h->text[n]);
  g_free (h);
}

/* The page in the person's language, else in English (new). */
static char *
load_page (const char *name)
{
  const char *const *languages = g_get_language_names ();

  for (gsize n = 0; languages[n] != NULL; n++)
    {
      g_autofree char *path = g_strconcat (ROOT, languages[n], "/", name, ".txt", NULL);
      g_autoptr (GBytes) bytes = g_resources_lookup_data (path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);

      if (bytes != NULL)
        return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
    }
  {
    g_autofree char *path = g_strconcat (ROOT "en/", name, ".txt", NULL);
    g_autoptr (GBytes) bytes = g_resources_lookup_data (path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);

    return bytes != NULL ? g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes)) : g_strdup ("");
  }
}

/* --- a page's lines as widgets */

static GtkWidget *
add_text (GtkWidget *body, const char *text, const char *style)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (label), 0.0);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_widget_set_can_focus (label, FALSE); // the keys scroll; text is marked with the pointer
  if (style != NULL)
    gtk_widget_add_css_class (label, style);
  gtk_box_append (GTK_BOX (body), label);
  return label;
}

static void
add_bullet (GtkWidget *body, const char *text)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8), *dot = gtk_label_new ("•");

  gtk_widget_set_valign (dot, GTK_ALIGN_START);
  gtk_box_append (GTK_BOX (box), dot);
  gtk_widget_set_hexpand (add_text (box, text, NULL), TRUE);
  gtk_box_append (GTK_BOX (body), box);
}

/* "| key | what |" as a row of the grid at the end of body. */
static void
add_row (GtkWidget *body, const char *line)
{
  GtkWidget *grid = gtk_widget_get_last_child (body);
  g_auto (GStrv) cells = g_strsplit (line, "|", 4);
  int row = 0;

  if (grid == NULL || !GTK_IS_GRID (grid))
    {
      grid = gtk_grid_new ();
      gtk_grid_set_column_spacing (GTK_GRID (grid), 18);
      gtk_grid_set_row_spacing (GTK_GRID (grid), 6);
      gtk_box_append (GTK_BOX (body), grid);
    }
  while (gtk_grid_get_child_at (GTK_GRID (grid), 0, row) != NULL)
    row++;
  for (int c = 0; c < 2 && g_strv_length (cells) == 4; c++)
    {
      GtkWidget *label = gtk_label_new (g_strstrip (cells[c + 1]));

      gtk_label_set_wrap (GTK_LABEL (label), TRUE);
      gtk_label_set_xalign (GTK_LABEL (label), 0.0);
      gtk_widget_set_valign (label, GTK_ALIGN_START);
      if (c == 0)
        gtk_widget_add_css_class (label, "help-key");
      gtk_grid_attach (GTK_GRID (grid), label, c, row, 1, 1);
    }
}

static void
add_line (GtkWidget *body, const char *line)
{
  if (g_str_has_prefix (line, "# "))
    add_text (body, line + 2, "title-1");
  else if (g_str_has_prefix (line, "## "))
    add_text (body, line + 3, "title-4");
  else if (g_str_has_prefix (line, "! "))
    add_text (body, line + 2, "standing-line");
  else if (g_str_has_prefix (line, "- "))
    add_bullet (body, line + 2);
  else if (g_str_has_prefix (line, "|"))
    add_row (body, line);
  else if (*line != '\0')
    add_text (body, line, NULL);
}

static gboolean
on_fill (gpointer data)
{
  Help *h = data;

  for (int n = 0; n < LINES_AT_ONCE && h->lines[h->next] != NULL; n++)
    add_line (h->body, h->lines[h->next++]);
  if (h->lines[h->next] != NULL)
    return G_SOURCE_CONTINUE;
  h->fill_id = 0;
  return G_SOURCE_REMOVE;
}

static void
show_page (Help *h, int page)
{
  GtkWidget *child;

  g_clear_handle_id (&h->fill_id, g_source_remove);
  while ((child = gtk_widget_get_first_child (h->body)) != NULL)
    gtk_box_remove (GTK_BOX (h->body), child);
  g_strfreev (h->lines);
  h->lines = g_strsplit (h->text[page], "\n", -1);
  h->next = 0;
  gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (h->scroller), 0.0);
  if (on_fill (h))
    h->fill_id = g_timeout_add (LINES_PAUSE_MS, on_fill, h);
}

static void
on_row (GtkListBox *list, GtkListBoxRow *row, Help *h)
{
  if (row != NULL)
    show_page (h, gtk_list_box_row_get_index (row));
}

static gboolean
found (GtkListBoxRow *row, gpointer data)
{
  Help *h = data;
  g_autofree char *what = g_utf8_casefold (gtk_editable_get_text (h->search), -1);
  g_autofree char *text = g_utf8_casefold (h->text[gtk_list_box_row_get_index (row)], -1);

  return strstr (text, what) != NULL;
}

static void
on_search (Help *h)
{
  gtk_list_box_invalidate_filter (h->list);
}

/* --- the window */

static GtkWidget *
build_list (Help *h)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6), *list = gtk_list_box_new (),
            *search = gtk_search_entry_new ();
  GtkWidget *scroller = gtk_scrolled_window_new ();

  h->list = GTK_LIST_BOX (list);
  h->search = GTK_EDITABLE (search);
  gtk_widget_add_css_class (list, "navigation-sidebar");
  gtk_widget_set_margin_start (search, 8);
  gtk_widget_set_margin_end (search, 8);
  gtk_widget_set_margin_top (search, 8);
  gtk_accessible_update_property (GTK_ACCESSIBLE (search), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Search the help"), -1);
  for (gsize n = 0; n < G_N_ELEMENTS (names); n++)
    {
      char *end = strchr (h->text[n], '\n');
      g_autofree char *title = end != NULL && end > h->text[n] + 2
                                   ? g_strndup (h->text[n] + 2, (gsize) (end - h->text[n] - 2))
                                   : g_strdup (names[n]);
      GtkWidget *label = gtk_label_new (title);

      gtk_label_set_xalign (GTK_LABEL (label), 0.0);
      gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
      gtk_list_box_append (h->list, label);
    }
  gtk_list_box_set_filter_func (h->list, found, h, NULL);
  g_signal_connect (list, "row-selected", G_CALLBACK (on_row), h);
  g_signal_connect_swapped (search, "search-changed", G_CALLBACK (on_search), h);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), list);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_widget_set_vexpand (scroller, TRUE);
  gtk_box_append (GTK_BOX (box), search);
  gtk_box_append (GTK_BOX (box), scroller);
  gtk_widget_set_size_request (box, 220, -1);
  return box;
}

static GtkWidget *
build_body (Help *h)
{
  GtkWidget *scroller = gtk_scrolled_window_new (), *clamp = adw_clamp_new ();

  h->scroller = GTK_SCROLLED_WINDOW (scroller);
  h->body = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  gtk_widget_add_css_class (h->body, "help-body");
  adw_clamp_set_maximum_size (ADW_CLAMP (clamp), 640);
  adw_clamp_set_child (ADW_CLAMP (clamp), h->body);
  gtk_scrolled_window_set_child (h->scroller, clamp);
  gtk_scrolled_window_set_policy (h->scroller, GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_widget_set_hexpand (scroller, TRUE);
  return scroller;
}

static void
close_on_escape (GtkWidget *window)
{
  GtkEventController *keys = gtk_shortcut_controller_new ();

  gtk_shortcut_controller_add_shortcut (
      GTK_SHORTCUT_CONTROLLER (keys),
      gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_Escape, 0), gtk_named_action_new ("window.close")));
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE); // before the search entry takes the key
  gtk_widget_add_controller (window, keys);
}

static GtkWindow *
build (WillisWindow *window)
{
  Help *h = g_new0 (Help, 1);
  GtkWidget *help = adw_window_new (), *all = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0),
            *header = adw_header_bar_new ();
  GtkWidget *columns = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

  for (gsize n = 0; n < G_N_ELEMENTS (names); n++)
    h->text[n] = load_page (names[n]);
  g_object_set_data_full (G_OBJECT (help), "help", h, help_free);
  adw_header_bar_set_title_widget (ADW_HEADER_BAR (header), adw_window_title_new (_ ("Help"), ""));
  gtk_box_append (GTK_BOX (columns), build_list (h));
  gtk_box_append (GTK_BOX (columns), gtk_separator_new (GTK_ORIENTATION_VERTICAL));
  gtk_box_append (GTK_BOX (columns), build_body (h));
  gtk_widget_set_vexpand (columns, TRUE);
  gtk_box_append (GTK_BOX (all), header);
  gtk_box_append (GTK_BOX (all), columns);
  adw_window_set_content (ADW_WINDOW (help), all);
  gtk_window_set_title (GTK_WINDOW (help), _ ("Help"));
  gtk_window_set_default_size (GTK_WINDOW (help), 880, 640);
  gtk_window_set_transient_for (GTK_WINDOW (help), GTK_WINDOW (window));
  close_on_escape (help);
  return GTK_WINDOW (help);
}

void
willis_help_show (WillisWindow *window, int step)
{
  Help *h;

  if (window->help == NULL)
    {
      window->help = build (window);
      g_object_add_weak_pointer (G_OBJECT (window->help), (gpointer *) &window->help);
    }
  h = g_object_get_data (G_OBJECT (window->help), "help");
  gtk_editable_set_text (h->search, "");
  gtk_list_box_select_row (h->list, gtk_list_box_get_row_at_index (h->list, step < 0 ? 0 : FIRST_STEP + step));
  gtk_window_present (window->help);
}

GtkWindow *
willis_help_window (WillisWindow *window)
{
  return window->help;
}

const char *
willis_help_page (GtkWindow *help)
{
  Help *h = g_object_get_data (G_OBJECT (help), "help");
  GtkListBoxRow *row = h != NULL ? gtk_list_box_get_selected_row (h->list) : NULL;

  return row != NULL ? names[gtk_list_box_row_get_index (row)] : NULL;
}
