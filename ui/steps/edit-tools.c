/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/steps/edit-tools.h"

#include "core/base/i18n.h"

#define REGION_MM 60.0

static const struct
{
  WillisHandTool tool;
  const char *label, *key;
} buttons[] = {
  { WILLIS_TOOL_SEED, N_ ("Add"), "S" },    { WILLIS_TOOL_REMOVE, N_ ("Remove"), "X" }, { WILLIS_TOOL_CUT, N_ ("Cut"), "C" },
  { WILLIS_TOOL_BRIDGE, N_ ("Join"), "J" }, { WILLIS_TOOL_BRUSH, N_ ("Brush"), "B" },   { WILLIS_TOOL_ERASER, N_ ("Erase"), "E" },
};

struct _WillisEditTools
{
  GtkBox parent_instance;
  WillisSession *session;
  GtkWidget *buttons[G_N_ELEMENTS (buttons)];
  GtkWidget *hint_label, *brush_spin, *region_button, *keep_button, *done_label, *forget_button;
  gboolean updating;
};

G_DEFINE_FINAL_TYPE (WillisEditTools, willis_edit_tools, GTK_TYPE_BOX)

static void
on_tool (GtkToggleButton *button, WillisEditTools *self)
{
  WillisHandTool tool = (WillisHandTool) GPOINTER_TO_INT (g_object_get_data (G_OBJECT (button), "tool"));

  if (self->updating)
    return;
  willis_session_set_tool (self->session, gtk_toggle_button_get_active (button) ? tool : WILLIS_TOOL_NONE);
}

static void
on_brush (WillisEditTools *self)
{
  if (!self->updating)
    willis_session_set_brush_mm (self->session, 0.5 * gtk_spin_button_get_value (GTK_SPIN_BUTTON (self->brush_spin)));
}

static void
on_region (GtkToggleButton *button, WillisEditTools *self)
{
  if (!self->updating)
    willis_session_set_roi_mm (self->session, gtk_toggle_button_get_active (button) ? REGION_MM : 0.0);
}

static void
on_keep (WillisEditTools *self)
{
  willis_session_keep_region (self->session);
}

static void
on_forget (WillisEditTools *self)
{
  willis_session_forget_edits (self->session);
}

void
willis_edit_tools_update (WillisEditTools *self)
{
  WillisCase *c = willis_session_case (self->session);
  WillisSegmentation *s = c != NULL ? willis_case_segmentation (c) : NULL;
  const GPtrArray *edits = s != NULL ? willis_segmentation_edits (s) : NULL;
  WillisHandTool tool = willis_session_tool (self->session);
  gboolean edited = edits != NULL && edits->len > 0, region = willis_session_roi_mm (self->session) > 0.0;
  g_autofree char *done = g_strdup_printf (_ ("corrections by hand: %u"), edited ? edits->len : 0);
  gboolean ready = s != NULL && willis_case_volume (c) != NULL && willis_case_state (c, WILLIS_STAGE_SEGMENTATION) == WILLIS_STATE_FRESH;

  self->updating = TRUE;
  for (gsize n = 0; n < G_N_ELEMENTS (buttons); n++)
    {
      gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->buttons[n]), tool == buttons[n].tool);
      gtk_widget_set_sensitive (self->buttons[n], ready);
    }
  gtk_label_set_text (GTK_LABEL (self->hint_label), willis_tool_title (tool));
  gtk_widget_set_visible (self->hint_label, willis_tool_is_edit (tool));
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->brush_spin), 2.0 * willis_session_brush_mm (self->session));
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->region_button), region);
  gtk_widget_set_sensitive (self->region_button, ready);
  gtk_widget_set_sensitive (self->keep_button, ready && region && !willis_session_busy (self->session));
  gtk_label_set_text (GTK_LABEL (self->done_label), done);
  gtk_widget_set_visible (self->done_label, edited);
  gtk_widget_set_visible (self->forget_button, edited);
  gtk_widget_set_sensitive (self->forget_button, !willis_session_busy (self->session));
  self->updating = FALSE;
}

static void
willis_edit_tools_dispose (GObject *object)
{
  g_clear_object (&WILLIS_EDIT_TOOLS (object)->session);
  G_OBJECT_CLASS (willis_edit_tools_parent_class)->dispose (object);
}

static void
willis_edit_tools_class_init (WillisEditToolsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = willis_edit_tools_dispose;
}

static GtkWidget *
small_label (const char *text, const char *css)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0.0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_width_chars (GTK_LABEL (label), 8);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_widget_add_css_class (label, css);
  return label;
}

static GtkWidget *
row_of (GtkWidget *first, GtkWidget *second, GtkWidget *third)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  gtk_box_append (GTK_BOX (row), first);
  gtk_box_append (GTK_BOX (row), second);
  if (third != NULL)
    gtk_box_append (GTK_BOX (row), third);
  return row;
}

static void
willis_edit_tools_init (WillisEditTools *self)
{
  GtkWidget *grid = gtk_grid_new (), *heading = gtk_label_new (_ ("Corrections"));

  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (self), 6);
  gtk_label_set_xalign (GTK_LABEL (heading), 0.0);
  gtk_widget_add_css_class (heading, "heading");
  gtk_box_append (GTK_BOX (self), heading);
  gtk_grid_set_row_spacing (GTK_GRID (grid), 6);
  gtk_grid_set_column_spacing (GTK_GRID (grid), 6);
  gtk_grid_set_column_homogeneous (GTK_GRID (grid), TRUE);
  for (gsize n = 0; n < G_N_ELEMENTS (buttons); n++)
    {
      g_autofree char *tip = g_strdup_printf ("%s (%s)", willis_tool_title (buttons[n].tool), buttons[n].key);

      self->buttons[n] = gtk_toggle_button_new_with_label (_ (buttons[n].label));
      gtk_widget_set_tooltip_text (self->buttons[n], tip);
      gtk_widget_set_hexpand (self->buttons[n], TRUE);
      gtk_widget_add_css_class (self->buttons[n], "small");
      g_object_set_data (G_OBJECT (self->buttons[n]), "tool", GINT_TO_POINTER (buttons[n].tool));
      g_signal_connect (self->buttons[n], "toggled", G_CALLBACK (on_tool), self);
      gtk_grid_attach (GTK_GRID (grid), self->buttons[n], (int) n % 3, (int) n / 3, 1, 1);
    }
  gtk_box_append (GTK_BOX (self), grid);
  self->hint_label = small_label ("", "caption");
  gtk_box_append (GTK_BOX (self), self->hint_label);
  self->brush_spin = gtk_spin_button_new_with_range (0.6, 20.0, 0.2);
  gtk_editable_set_width_chars (GTK_EDITABLE (self->brush_spin), 5);
  gtk_widget_set_tooltip_text (self->brush_spin, _ ("The brush's diameter; also the keys [ and ]"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->brush_spin), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Brush (mm)"), -1);
  g_signal_connect_swapped (self->brush_spin, "value-changed", G_CALLBACK (on_brush), self);
  gtk_box_append (GTK_BOX (self), row_of (small_label (_ ("Brush (mm)"), "caption"), self->brush_spin, NULL));
  self->region_button = gtk_toggle_button_new_with_label (_ ("Show"));
  self->keep_button = gtk_button_new_with_label (_ ("Keep only it"));
  gtk_widget_add_css_class (self->region_button, "small");
  gtk_widget_add_css_class (self->keep_button, "small");
  gtk_widget_set_tooltip_text (self->region_button, _ ("A box of 60 mm about the crosshair"));
  g_signal_connect (self->region_button, "toggled", G_CALLBACK (on_region), self);
  g_signal_connect_swapped (self->keep_button, "clicked", G_CALLBACK (on_keep), self);
  gtk_box_append (GTK_BOX (self), row_of (small_label (_ ("Region"), "caption"), self->region_button, self->keep_button));
  self->done_label = small_label ("", "caption");
  self->forget_button = gtk_button_new_with_label (_ ("Forget them"));
  gtk_widget_add_css_class (self->forget_button, "small");
  gtk_widget_set_tooltip_text (self->forget_button, _ ("Segment anew without the corrections"));
  g_signal_connect_swapped (self->forget_button, "clicked", G_CALLBACK (on_forget), self);
  gtk_box_append (GTK_BOX (self), row_of (self->done_label, self->forget_button, NULL));
}

GtkWidget *
willis_edit_tools_new (WillisSession *session)
{
  WillisEditTools *self = g_object_new (WILLIS_TYPE_EDIT_TOOLS, NULL);

  self->session = g_object_ref (session);
  return GTK_WIDGET (self);
}

GtkWidget *
willis_edit_tools_button (WillisEditTools *self, WillisHandTool tool)
{
  for (gsize n = 0; n < G_N_ELEMENTS (buttons); n++)
    if (buttons[n].tool == tool)
      return self->buttons[n];
  return NULL;
}
