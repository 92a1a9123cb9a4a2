/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/window/rail.h"

#include "core/base/i18n.h"

struct _WillisRail
{
  GtkWidget parent_instance;
  WillisSession *session;
  GtkWidget *list;
  GtkWidget *images[WILLIS_N_STEPS], *spinners[WILLIS_N_STEPS], *stacks[WILLIS_N_STEPS], *states[WILLIS_N_STEPS];
  gboolean updating;
};

G_DEFINE_FINAL_TYPE (WillisRail, willis_rail, GTK_TYPE_WIDGET)

static const struct
{
  const char *icon, *css;
} looks[] = {
  [WILLIS_STEP_EMPTY] = { NULL, "dim-label" },
  [WILLIS_STEP_WAITING] = { "media-record-symbolic", "accent" },
  [WILLIS_STEP_RUNNING] = { NULL, "accent" },
  [WILLIS_STEP_FRESH] = { "object-select-symbolic", "success" },
  [WILLIS_STEP_STALE] = { "dialog-warning-symbolic", "warning" },
};

static void
update_row (WillisRail *self, int n)
{
  WillisStepState state = willis_session_step_state (self->session, (WillisStep) n), look = state;
  GtkListBoxRow *row = gtk_list_box_get_row_at_index (GTK_LIST_BOX (self->list), n);
  const char *text = willis_session_step_text (self->session, (WillisStep) n);
  g_autofree char *label = g_strdup_printf ("%d %s: %s", n + 1, willis_step_title ((WillisStep) n), text);

  if (n == WILLIS_STEP_ANEURYSM && state == WILLIS_STEP_FRESH && willis_session_likely_left (self->session) > 0)
    look = WILLIS_STEP_WAITING; // done, but not with all
  for (gsize i = 0; i < G_N_ELEMENTS (looks); i++)
    {
      gtk_widget_remove_css_class (self->images[n], looks[i].css);
      gtk_widget_remove_css_class (self->states[n], looks[i].css);
    }
  gtk_widget_add_css_class (self->images[n], looks[look].css);
  gtk_widget_add_css_class (self->states[n], looks[look].css);
  if (looks[look].icon != NULL)
    gtk_image_set_from_icon_name (GTK_IMAGE (self->images[n]), looks[look].icon);
  else
    gtk_image_clear (GTK_IMAGE (self->images[n]));
  gtk_stack_set_visible_child (GTK_STACK (self->stacks[n]),
                               state == WILLIS_STEP_RUNNING ? self->spinners[n] : self->images[n]);
  gtk_spinner_set_spinning (GTK_SPINNER (self->spinners[n]), state == WILLIS_STEP_RUNNING);
  gtk_label_set_text (GTK_LABEL (self->states[n]), text);
  gtk_widget_set_visible (self->states[n], look != WILLIS_STEP_FRESH && look != WILLIS_STEP_EMPTY);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

static void
update (WillisRail *self)
{
  GtkListBox *list = GTK_LIST_BOX (self->list);
  GtkListBoxRow *open = gtk_list_box_get_row_at_index (list, (int) willis_session_step (self->session));
  gboolean other = open != gtk_list_box_get_selected_row (list);

  self->updating = TRUE;
  for (int n = 0; n < WILLIS_N_STEPS; n++)
    update_row (self, n);
  gtk_list_box_select_row (list, open);
  if (other && gtk_widget_get_focus_child (self->list) != NULL) // the keys go with the step
    gtk_widget_grab_focus (GTK_WIDGET (open));
  self->updating = FALSE;
}

static void
on_selected (GtkListBox *list, GtkListBoxRow *row, WillisRail *self)
{
  if (row != NULL && !self->updating)
    willis_session_set_step (self->session, (WillisStep) gtk_list_box_row_get_index (row));
}

/* The arrows go through the steps without opening them, as what a step opens may take long; Enter and Space open. */
static gboolean
on_key (GtkEventControllerKey *keys, guint key, guint code, GdkModifierType state, WillisRail *self)
{
  GtkWidget *focus = gtk_widget_get_focus_child (self->list);
  int at = focus != NULL ? gtk_list_box_row_get_index (GTK_LIST_BOX_ROW (focus)) : -1, to;

  if (at < 0 || (state & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SUPER_MASK | GDK_SHIFT_MASK)))
    return FALSE;
  if (key == GDK_KEY_Up || key == GDK_KEY_KP_Up)
    to = MAX (at - 1, 0);
  else if (key == GDK_KEY_Down || key == GDK_KEY_KP_Down)
    to = MIN (at + 1, WILLIS_N_STEPS - 1);
  else if (key == GDK_KEY_Home || key == GDK_KEY_KP_Home)
    to = 0;
  else if (key == GDK_KEY_End || key == GDK_KEY_KP_End)
    to = WILLIS_N_STEPS - 1;
  else
    return FALSE;
  gtk_widget_grab_focus (GTK_WIDGET (gtk_list_box_get_row_at_index (GTK_LIST_BOX (self->list), to)));
  return TRUE;
}

/* One stop for Tab: it comes to the step that is open, and leaves from wherever it is. */
static gboolean
willis_rail_focus (GtkWidget *widget, GtkDirectionType direction)
{
  WillisRail *self = WILLIS_RAIL (widget);
  GtkListBoxRow *row = gtk_list_box_get_selected_row (GTK_LIST_BOX (self->list));

  if (direction != GTK_DIR_TAB_FORWARD && direction != GTK_DIR_TAB_BACKWARD)
    return GTK_WIDGET_CLASS (willis_rail_parent_class)->focus (widget, direction);
  return row != NULL && gtk_widget_get_focus_child (widget) == NULL && gtk_widget_grab_focus (GTK_WIDGET (row));
}

static GtkWidget *
build_row (WillisRail *self, int n)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 10), *texts = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *number, *title = gtk_label_new (willis_step_title ((WillisStep) n)), *row = gtk_list_box_row_new ();
  g_autofree char *digit = g_strdup_printf ("%d", n + 1);

  number = gtk_label_new (digit);
  gtk_widget_add_css_class (number, "rail-number");
  gtk_widget_set_valign (number, GTK_ALIGN_CENTER);
  gtk_label_set_xalign (GTK_LABEL (title), 0.0);
  self->states[n] = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->states[n]), 0.0);
  gtk_label_set_wrap (GTK_LABEL (self->states[n]), TRUE);
  gtk_label_set_max_width_chars (GTK_LABEL (self->states[n]), 14);
  gtk_label_set_width_chars (GTK_LABEL (self->states[n]), 10); // a least width: see willis_labels_steady
  gtk_widget_add_css_class (self->states[n], "caption");
  gtk_box_append (GTK_BOX (texts), title);
  gtk_box_append (GTK_BOX (texts), self->states[n]);
  gtk_widget_set_hexpand (texts, TRUE);
  gtk_widget_set_valign (texts, GTK_ALIGN_CENTER);
  self->stacks[n] = gtk_stack_new ();
  self->images[n] = gtk_image_new ();
  self->spinners[n] = gtk_spinner_new ();
  gtk_stack_add_child (GTK_STACK (self->stacks[n]), self->images[n]);
  gtk_stack_add_child (GTK_STACK (self->stacks[n]), self->spinners[n]);
  gtk_box_append (GTK_BOX (box), number);
  gtk_box_append (GTK_BOX (box), texts);
  gtk_box_append (GTK_BOX (box), self->stacks[n]);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  return row;
}

static void
on_activated (WillisRail *self)
{
  g_signal_emit_by_name (self, "opened");
}

static void
willis_rail_dispose (GObject *object)
{
  WillisRail *self = WILLIS_RAIL (object);

  g_clear_pointer (&self->list, gtk_widget_unparent);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (willis_rail_parent_class)->dispose (object);
}

static void
willis_rail_class_init (WillisRailClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = willis_rail_dispose;
  GTK_WIDGET_CLASS (klass)->focus = willis_rail_focus;
  g_signal_new ("opened", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "rail");
}

static void
willis_rail_init (WillisRail *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  self->list = gtk_list_box_new ();
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (self->list), GTK_SELECTION_BROWSE);
  gtk_widget_add_css_class (self->list, "navigation-sidebar");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Steps of the work"),
                                  -1);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE); // the list's own would open
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (self->list, keys);
  gtk_widget_set_parent (self->list, GTK_WIDGET (self));
  for (int n = 0; n < WILLIS_N_STEPS; n++)
    gtk_list_box_append (GTK_LIST_BOX (self->list), build_row (self, n));
  g_signal_connect (self->list, "row-selected", G_CALLBACK (on_selected), self);
  g_signal_connect_swapped (self->list, "row-activated", G_CALLBACK (on_activated), self);
}

GtkWidget *
willis_rail_new (WillisSession *session)
{
  WillisRail *self = g_object_new (WILLIS_TYPE_RAIL, NULL);

  self->session = g_object_ref (session);
  g_signal_connect_object (session, "case-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "selection-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "jobs-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
  return GTK_WIDGET (self);
}
