/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/views/view-grid.h"

#include <math.h>

#include "core/base/i18n.h"
#include "ui/views/scene-bar.h"
#include "ui/views/scene-sync.h"
#include "ui/views/way-sync.h"

#define N_CELLS 4
#define CELL_3D 3
#define GAP_PX 2

struct _WillisViewGrid
{
  GtkWidget parent_instance;
  WillisSession *session;
  GtkWidget *cells[N_CELLS]; // overlays: the view and its buttons
  WillisSliceView *slices[3];
  WillisView3d *view3d;
  GtkWidget *full_buttons[N_CELLS];
  WillisLayout layout, before_one;
  int one;  // which cell WILLIS_LAYOUT_ONE shows
};

G_DEFINE_FINAL_TYPE (WillisViewGrid, willis_view_grid, GTK_TYPE_WIDGET)

enum
{
  PROP_0,
  PROP_LAYOUT,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

const char *
willis_layout_name (WillisLayout layout)
{
  static const char *const names[WILLIS_N_LAYOUTS] = { N_ ("Four views"), N_ ("3D large"), N_ ("Slices large"),
                                                       N_ ("One view") };

  return _ (names[layout]);
}

static void
willis_view_grid_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                          int *minimum_baseline, int *natural_baseline)
{
  WillisViewGrid *self = WILLIS_VIEW_GRID (widget);

  *minimum = 240;
  *natural = 800;
  for (int n = 0; n < N_CELLS; n++)
    {
      int least, wish;

      gtk_widget_measure (self->cells[n], orientation, -1, &least, &wish, NULL, NULL);
      *minimum = MAX (*minimum, MIN (least, 320));
    }
}

static void
place (WillisViewGrid *self, int cell, int x, int y, int width, int height)
{
  const GtkAllocation at = { x, y, MAX (width, 1), MAX (height, 1) };

  gtk_widget_set_child_visible (self->cells[cell], width > 0 && height > 0);
  if (width > 0 && height > 0)
    gtk_widget_size_allocate (self->cells[cell], &at, -1);
}

static void
willis_view_grid_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  WillisViewGrid *self = WILLIS_VIEW_GRID (widget);
  int left = (width - GAP_PX) / 2, top = (height - GAP_PX) / 2, large, side, third = (height - 2 * GAP_PX) / 3;

  switch (self->layout)
    {
    case WILLIS_LAYOUT_FOUR:
      place (self, 0, 0, 0, left, top);
      place (self, CELL_3D, left + GAP_PX, 0, width - left - GAP_PX, top);
      place (self, 2, 0, top + GAP_PX, left, height - top - GAP_PX);
      place (self, 1, left + GAP_PX, top + GAP_PX, width - left - GAP_PX, height - top - GAP_PX);
      break;
    case WILLIS_LAYOUT_3D_LARGE:
    case WILLIS_LAYOUT_SLICES:
      large = width * 2 / 3;
      side = width - large - GAP_PX;
      place (self, self->layout == WILLIS_LAYOUT_SLICES ? 0 : CELL_3D, 0, 0, large, height);
      place (self, self->layout == WILLIS_LAYOUT_SLICES ? CELL_3D : 0, large + GAP_PX, 0, side, third);
      place (self, 1, large + GAP_PX, third + GAP_PX, side, third);
      place (self, 2, large + GAP_PX, 2 * (third + GAP_PX), side, height - 2 * (third + GAP_PX));
      break;
    case WILLIS_LAYOUT_ONE:
    default:
      for (int n = 0; n < N_CELLS; n++)
        place (self, n, 0, 0, n == self->one ? width : 0, n == self->one ? height : 0);
      break;
    }
}

WillisLayout
willis_view_grid_get_layout (WillisViewGrid *self)
{
  return self->layout;
}

static void
note_oblique (WillisViewGrid *self)
{
  gboolean shown = FALSE;

  for (int n = 0; n < 3; n++)
    shown = shown || willis_slice_view_get_orient (self->slices[n]) == WILLIS_ORIENT_OBLIQUE;
  g_object_set_data (G_OBJECT (self->session), "oblique-shown", GINT_TO_POINTER (shown));
  for (int n = 0; n < 3; n++)
    gtk_widget_queue_draw (GTK_WIDGET (self->slices[n]));
}

void
willis_view_grid_set_layout (WillisViewGrid *self, WillisLayout layout)
{
  if (layout == WILLIS_LAYOUT_ONE && self->layout != WILLIS_LAYOUT_ONE)
    self->before_one = self->layout;
  self->layout = layout;
  for (int n = 0; n < N_CELLS; n++)
    gtk_button_set_icon_name (GTK_BUTTON (self->full_buttons[n]),
                              layout == WILLIS_LAYOUT_ONE ? "view-restore-symbolic" : "view-fullscreen-symbolic");
  gtk_widget_queue_resize (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_LAYOUT]);
}

static void
toggle_cell (WillisViewGrid *self, int cell)
{
  self->one = cell;
  willis_view_grid_set_layout (self, self->layout == WILLIS_LAYOUT_ONE ? self->before_one : WILLIS_LAYOUT_ONE);
}

void
willis_view_grid_toggle_full (WillisViewGrid *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  for (int n = 0; focus != NULL && n < N_CELLS; n++)
    if (focus == self->cells[n] || gtk_widget_is_ancestor (focus, self->cells[n]))
      self->one = n;
  toggle_cell (self, self->one);
}

static int
cell_of (WillisViewGrid *self, GtkWidget *widget)
{
  for (int n = 0; n < N_CELLS; n++)
    if (gtk_widget_is_ancestor (widget, self->cells[n]))
      return n;
  return 0;
}

static void
on_full (GtkWidget *widget, WillisViewGrid *self)
{
  toggle_cell (self, cell_of (self, widget));
}

static void
on_3d_pressed (GtkGestureClick *gesture, int n_press, double x, double y, WillisViewGrid *self)
{
  if (n_press == 2)
    toggle_cell (self, CELL_3D);
}

/* A view with its "full" button over the upper right corner. */
static GtkWidget *
make_cell (WillisViewGrid *self, int n, GtkWidget *view)
{
  GtkWidget *overlay = gtk_overlay_new (), *button = gtk_button_new_from_icon_name ("view-fullscreen-symbolic");

  gtk_overlay_set_child (GTK_OVERLAY (overlay), view);
  gtk_widget_add_css_class (overlay, "view-cell");
  gtk_widget_add_css_class (button, "osd");
  gtk_widget_add_css_class (button, "circular");
  gtk_widget_add_css_class (button, "view-full");
  gtk_widget_set_tooltip_text (button, _ ("Full view (F)"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Full view"), -1);
  gtk_widget_set_focusable (button, FALSE);
  gtk_widget_set_halign (button, GTK_ALIGN_END);
  gtk_widget_set_valign (button, GTK_ALIGN_START);
  g_signal_connect (button, "clicked", G_CALLBACK (on_full), self);
  gtk_overlay_add_overlay (GTK_OVERLAY (overlay), button);
  self->full_buttons[n] = button;
  gtk_widget_set_parent (overlay, GTK_WIDGET (self));
  return overlay;
}

static void
build_3d (WillisViewGrid *self)
{
  GtkGesture *click = gtk_gesture_click_new ();
  GtkWidget *bar;

  self->view3d = WILLIS_VIEW3D (willis_view3d_new ());
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->view3d), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("3D view"), -1);
  g_signal_connect (click, "pressed", G_CALLBACK (on_3d_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self->view3d), GTK_EVENT_CONTROLLER (click));
  self->cells[CELL_3D] = make_cell (self, CELL_3D, GTK_WIDGET (self->view3d));
  bar = willis_scene_bar_new (self->session, self->view3d);
  gtk_overlay_add_overlay (GTK_OVERLAY (self->cells[CELL_3D]), bar);
  willis_scene_sync (self->view3d, self->session);
  willis_way_sync (self->view3d, self->session);
}

static void
willis_view_grid_dispose (GObject *object)
{
  WillisViewGrid *self = WILLIS_VIEW_GRID (object);

  for (int n = 0; n < N_CELLS; n++)
    g_clear_pointer (&self->cells[n], gtk_widget_unparent);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (willis_view_grid_parent_class)->dispose (object);
}

static void
willis_view_grid_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  if (id == PROP_LAYOUT)
    g_value_set_int (value, (int) WILLIS_VIEW_GRID (object)->layout);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
willis_view_grid_set_property (GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
  if (id == PROP_LAYOUT)
    willis_view_grid_set_layout (WILLIS_VIEW_GRID (object), (WillisLayout) g_value_get_int (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
willis_view_grid_class_init (WillisViewGridClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = willis_view_grid_dispose;
  object_class->get_property = willis_view_grid_get_property;
  object_class->set_property = willis_view_grid_set_property;
  widget_class->measure = willis_view_grid_measure;
  widget_class->size_allocate = willis_view_grid_size_allocate;
  props[PROP_LAYOUT] = g_param_spec_int ("layout", NULL, NULL, 0, WILLIS_N_LAYOUTS - 1, 0,
                                         G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, props);
  gtk_widget_class_set_css_name (widget_class, "viewgrid");
}

static void
willis_view_grid_init (WillisViewGrid *self)
{
  gtk_widget_set_hexpand (GTK_WIDGET (self), TRUE);
  gtk_widget_set_vexpand (GTK_WIDGET (self), TRUE);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
}

GtkWidget *
willis_view_grid_new (WillisSession *session)
{
  static const WillisOrient orients[3] = { WILLIS_ORIENT_AXIAL, WILLIS_ORIENT_CORONAL, WILLIS_ORIENT_SAGITTAL };
  WillisViewGrid *self = g_object_new (WILLIS_TYPE_VIEW_GRID, NULL);

  self->session = g_object_ref (session);
  for (int n = 0; n < 3; n++)
    {
      self->slices[n] = WILLIS_SLICE_VIEW (willis_slice_view_new (session, orients[n]));
      self->cells[n] = make_cell (self, n, GTK_WIDGET (self->slices[n]));
      g_signal_connect (self->slices[n], "toggle-full", G_CALLBACK (on_full), self);
      g_signal_connect_object (self->slices[n], "notify::orient", G_CALLBACK (note_oblique), self, G_CONNECT_SWAPPED);
    }
  build_3d (self);
  return GTK_WIDGET (self);
}

WillisSliceView *
willis_view_grid_slice (WillisViewGrid *self, int n)
{
  g_return_val_if_fail (n >= 0 && n < 3, NULL);
  return self->slices[n];
}

WillisView3d *
willis_view_grid_view3d (WillisViewGrid *self)
{
  return self->view3d;
}
