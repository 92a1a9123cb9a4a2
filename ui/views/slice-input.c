/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The slice view's hands: what a pointer or key takes hold of, and what follows.
 */
#include "ui/views/slice-view-private.h"

#include <math.h>
#include <string.h>

#include "core/base/i18n.h"
#include "core/num/vec3.h"
#include "ui/model/format.h"

#define REACH_PX 9.0
#define CLICK_PX 3.0

static gboolean
near (const double a[2], double x, double y)
{
  return hypot (a[0] - x, a[1] - y) <= REACH_PX;
}

static gboolean
hit_neck (WillisSliceView *self, double x, double y, WillisHit *hit)
{
  WillisNeckTrace t;

  if (!_willis_slice_view_neck_trace (self, &t))
    return FALSE;
  if (near (t.centre, x, y))
    hit->kind = WILLIS_HIT_NECK_MOVE;
  else if (t.flat)
    return FALSE;
  else if (near (t.arrow, x, y))
    hit->kind = WILLIS_HIT_NECK_SHIFT;
  else if (near (t.ends[0], x, y) || near (t.ends[1], x, y))
    {
      hit->kind = WILLIS_HIT_NECK_TILT;
      hit->index = near (t.ends[0], x, y) ? 0 : 1;
    }
  else
    return FALSE;
  return TRUE;
}

WillisHit
_willis_slice_view_hit (WillisSliceView *self, double x, double y)
{
  const GArray *marks = willis_session_marks (self->session);
  WillisHit hit = { WILLIS_HIT_NONE, 0, 0 };
  double at[2], ends[2][2];

  if (!_willis_slice_view_update_frame (self) || willis_session_tool (self->session) != WILLIS_TOOL_NONE)
    return hit;
  if (hit_neck (self, x, y, &hit))
    return hit;
  for (guint n = 0; n < marks->len; n++)
    {
      const WillisMark *m = &g_array_index (marks, WillisMark, n);

      for (int p = 0; p < m->n_points; p++)
        if (fabs (willis_slice_frame_to_px (&self->frame, m->lps_mm[p], &at[0], &at[1])) < 5.0 && near (at, x, y))
          return (WillisHit){ WILLIS_HIT_MARK, n, (guint) p };
    }
  if (_willis_slice_view_oblique_trace (self, ends))
    for (guint e = 0; e < 2; e++)
      if (near (ends[e], x, y))
        return (WillisHit){ WILLIS_HIT_OBLIQUE, e, 0 };
  willis_slice_frame_to_px (&self->frame, willis_session_crosshair (self->session), &at[0], &at[1]);
  if (hypot (at[0] - x, at[1] - y) <= 14.0)
    hit.kind = WILLIS_HIT_CROSSHAIR;
  return hit;
}

static void
set_cursor (WillisSliceView *self)
{
  static const char *const names[] = { NULL, "move", "move", "grab", "ns-resize", "move", "grab" };
  const char *name = willis_session_tool (self->session) != WILLIS_TOOL_NONE ? "crosshair" : names[self->hover.kind];

  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), name);
}

/* --- dragging */

static void
turn (double v[3], const double axis[3], double angle)
{
  double c = cos (angle), s = sin (angle), cross[3], out[3];

  vec3_cross (cross, axis, v);
  vec3_scale (out, v, c);
  vec3_axpy (out, out, s, cross);
  vec3_axpy (out, out, vec3_dot (axis, v) * (1.0 - c), axis);
  vec3_copy (v, out);
}

/* The angle by which the pointer has gone round (cx, cy) since the grab, positive from right to down. */
static double
turned (WillisSliceView *self, double cx, double cy, double x, double y)
{
  return atan2 (y - cy, x - cx) - atan2 (self->grab_start[1] - cy, self->grab_start[0] - cx);
}

static void
drag_neck (WillisSliceView *self, double x, double y)
{
  const WillisSliceFrame *f = &self->frame;
  WillisNeck neck = self->grab_neck;
  double from[3], to[3], d[3], cx, cy;

  willis_slice_frame_to_lps (f, self->grab_start[0], self->grab_start[1], from);
  willis_slice_frame_to_lps (f, x, y, to);
  vec3_sub (d, to, from);
  if (self->grab.kind == WILLIS_HIT_NECK_MOVE)
    vec3_add (neck.centre_lps_mm, neck.centre_lps_mm, d);
  else if (self->grab.kind == WILLIS_HIT_NECK_SHIFT)
    vec3_axpy (neck.centre_lps_mm, neck.centre_lps_mm, vec3_dot (d, neck.normal), neck.normal);
  else
    {
      willis_slice_frame_to_px (f, neck.centre_lps_mm, &cx, &cy);
      turn (neck.normal, f->normal, turned (self, cx, cy, x, y));
    }
  willis_session_neck_move (self->session, &neck);
}

static void
drag_oblique (WillisSliceView *self, double x, double y)
{
  double normal[3], up[3], cx, cy, last;

  willis_session_get_oblique (self->session, normal, up);
  willis_slice_frame_to_px (&self->frame, willis_session_crosshair (self->session), &cx, &cy);
  last = atan2 (y - cy, x - cx) - atan2 (self->grab_last[1] - cy, self->grab_last[0] - cx);
  turn (normal, self->frame.normal, last);
  turn (up, self->frame.normal, last);
  willis_session_set_oblique (self->session, normal, up);
}

static void
drag_window (WillisSliceView *self, double dx, double dy)
{
  WillisDisplay display = *willis_session_display (self->session);
  double gain = MAX (self->grab_window, 50.0) / 300.0; // a small window moves finely

  display.window = CLAMP (self->grab_window + dx * gain, 1.0, 20000.0);
  display.level = CLAMP (self->grab_level + dy * gain, -5000.0, 40000.0);
  willis_session_set_display (self->session, &display);
}

static void
on_drag_begin (GtkGestureDrag *gesture, double x, double y, WillisSliceView *self)
{
  const WillisDisplay *display = willis_session_display (self->session);
  guint button = gtk_gesture_single_get_current_button (GTK_GESTURE_SINGLE (gesture));
  GdkModifierType state = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (gesture));

  if (!_willis_slice_view_update_frame (self) || button == GDK_BUTTON_SECONDARY)
    {
      gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_DENIED);
      return;
    }
  gtk_widget_grab_focus (GTK_WIDGET (self));
  self->button = button == GDK_BUTTON_PRIMARY && (state & GDK_CONTROL_MASK) ? GDK_BUTTON_MIDDLE : button;
  self->dragged = FALSE;
  self->grab_start[0] = self->grab_last[0] = x;
  self->grab_start[1] = self->grab_last[1] = y;
  self->grab_window = display->window;
  self->grab_level = display->level;
  self->grab = (WillisHit){ WILLIS_HIT_NONE, 0, 0 };
  if (self->button == GDK_BUTTON_PRIMARY)
    self->grab = _willis_slice_view_hit (self, x, y);
  if (self->button == GDK_BUTTON_PRIMARY && willis_tool_is_edit (willis_session_tool (self->session)))
    _willis_slice_view_stroke_begin (self, x, y);
  willis_session_get_neck (self->session, &self->grab_neck);
}

static void
on_drag_update (GtkGestureDrag *gesture, double dx, double dy, WillisSliceView *self)
{
  double x = self->grab_start[0] + dx, y = self->grab_start[1] + dy, from[3], to[3], d[3];

  if (self->button == 0 || (!self->dragged && hypot (dx, dy) < CLICK_PX))
    return;
  self->dragged = TRUE;
  self->pointer[0] = x;
  self->pointer[1] = y;
  willis_slice_frame_to_lps (&self->frame, self->grab_last[0], self->grab_last[1], from);
  willis_slice_frame_to_lps (&self->frame, x, y, to);
  vec3_sub (d, to, from);
  if (self->button == GDK_BUTTON_MIDDLE)
    {
      vec3_sub (self->frame.centre_lps_mm, self->frame.centre_lps_mm, d);
      gtk_widget_queue_draw (GTK_WIDGET (self));
    }
  else if (willis_tool_is_edit (willis_session_tool (self->session)))
    _willis_slice_view_stroke_to (self, x, y);
  else if (willis_session_tool (self->session) != WILLIS_TOOL_NONE)
    gtk_widget_queue_draw (GTK_WIDGET (self));
  else
    switch (self->grab.kind)
      {
      case WILLIS_HIT_CROSSHAIR:
        willis_session_set_crosshair (self->session, to);
        break;
      case WILLIS_HIT_NECK_MOVE:
      case WILLIS_HIT_NECK_TILT:
      case WILLIS_HIT_NECK_SHIFT:
        drag_neck (self, x, y);
        break;
      case WILLIS_HIT_MARK:
        willis_session_move_mark_point (self->session, self->grab.index, self->grab.point, to);
        break;
      case WILLIS_HIT_OBLIQUE:
        drag_oblique (self, x, y);
        break;
      case WILLIS_HIT_NONE:
      default:
        drag_window (self, dx, dy);
        break;
      }
  self->grab_last[0] = x;
  self->grab_last[1] = y;
}

static void
on_drag_end (GtkGestureDrag *gesture, double dx, double dy, WillisSliceView *self)
{
  double x = self->grab_start[0] + dx, y = self->grab_start[1] + dy, lps[3];
  guint button = self->button;

  self->button = 0;
  if (button != GDK_BUTTON_PRIMARY || !_willis_slice_view_update_frame (self))
    return;
  willis_slice_frame_to_lps (&self->frame, x, y, lps);
  if (willis_tool_is_edit (willis_session_tool (self->session)))
    _willis_slice_view_stroke_end (self, x, y);
  else if (willis_session_tool (self->session) != WILLIS_TOOL_NONE)
    {
      double start[3];

      willis_slice_frame_to_lps (&self->frame, self->grab_start[0], self->grab_start[1], start);
      willis_session_add_mark_point (self->session, start); // a drag sets two points, a click one
      if (self->dragged)
        willis_session_add_mark_point (self->session, lps);
    }
  else if (!self->dragged && self->grab.kind == WILLIS_HIT_NONE)
    willis_session_set_crosshair (self->session, lps);
  else if (self->dragged && self->grab.kind >= WILLIS_HIT_NECK_MOVE && self->grab.kind <= WILLIS_HIT_NECK_SHIFT)
    willis_session_neck_end (self->session);
  set_cursor (self);
}

static void
on_pressed (GtkGestureClick *gesture, int n_press, double x, double y, WillisSliceView *self)
{
  if (n_press == 2 && willis_session_tool (self->session) == WILLIS_TOOL_NONE)
    g_signal_emit_by_name (self, "toggle-full");
}

/* --- pointer, wheel, keys */

static void
on_motion (GtkEventControllerMotion *motion, double x, double y, WillisSliceView *self)
{
  self->pointer_inside = TRUE;
  self->pointer[0] = x;
  self->pointer[1] = y;
  if (self->button == 0)
    {
      self->hover = _willis_slice_view_hit (self, x, y);
      set_cursor (self);
    }
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
on_leave (GtkEventControllerMotion *motion, WillisSliceView *self)
{
  self->pointer_inside = FALSE;
  self->hover.kind = WILLIS_HIT_NONE;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
step_slices (WillisSliceView *self, int n)
{
  WillisVolume *volume = willis_case_volume (willis_session_case (self->session));
  const WillisGrid *grid = willis_volume_grid (volume);
  const double *at = willis_session_crosshair (self->session);
  double step, next[3], ijk[3];
  int number, count;

  step = willis_slice_step (grid, self->frame.normal, at, &number, &count);
  vec3_axpy (next, at, n * step, self->frame.normal);
  willis_grid_lps_to_ijk (grid, next, ijk);
  for (int a = 0; a < 3; a++)
    ijk[a] = CLAMP (ijk[a], 0.0, grid->dims[a] - 1.0); // stays inside the scan
  willis_grid_ijk_to_lps (grid, ijk, next);
  willis_session_set_crosshair (self->session, next);
}

static gboolean
on_scroll (GtkEventControllerScroll *scroll, double dx, double dy, WillisSliceView *self)
{
  GdkModifierType state = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (scroll));
  int whole;

  if (!_willis_slice_view_update_frame (self))
    return FALSE;
  if (dy == 0.0)
    dy = dx; // Shift turns the wheel sideways on some systems
  if (state & GDK_CONTROL_MASK)
    {
      willis_slice_frame_zoom (&self->frame, pow (1.15, -dy), self->pointer[0], self->pointer[1]);
      gtk_widget_queue_draw (GTK_WIDGET (self));
      return TRUE;
    }
  self->scroll_rest += dy;
  whole = (int) self->scroll_rest;
  self->scroll_rest -= whole;
  if (whole != 0)
    step_slices (self, state & GDK_SHIFT_MASK ? 5 * whole : whole);
  return TRUE;
}

static void
on_zoom_begin (GtkGesture *gesture, GdkEventSequence *sequence, WillisSliceView *self)
{
  self->zoom_start = self->frame.px_per_mm;
}

static void
on_zoom (GtkGestureZoom *gesture, double scale, WillisSliceView *self)
{
  double x = 0.5 * self->frame.width_px, y = 0.5 * self->frame.height_px;

  gtk_gesture_get_bounding_box_center (GTK_GESTURE (gesture), &x, &y);
  willis_slice_frame_zoom (&self->frame, self->zoom_start * scale / self->frame.px_per_mm, x, y);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static gboolean
key_neck (WillisSliceView *self, guint key, GdkModifierType state)
{
  const WillisSliceFrame *f = &self->frame;
  double step = state & GDK_SHIFT_MASK ? 1.0 : 0.1;
  WillisNeckTrace trace;
  WillisNeck neck;

  if (!_willis_slice_view_neck_trace (self, &trace) || !willis_session_get_neck (self->session, &neck))
    return FALSE;
  if (state & GDK_ALT_MASK)
    turn (neck.normal, f->normal,
          (key == GDK_KEY_Left || key == GDK_KEY_Up ? -1.0 : 1.0) * (state & GDK_SHIFT_MASK ? 5.0 : 1.0) * M_PI / 180.0);
  else if (key == GDK_KEY_Left || key == GDK_KEY_Right)
    vec3_axpy (neck.centre_lps_mm, neck.centre_lps_mm, key == GDK_KEY_Left ? -step : step, f->right);
  else
    vec3_axpy (neck.centre_lps_mm, neck.centre_lps_mm, key == GDK_KEY_Up ? -step : step, f->down);
  willis_session_neck_move (self->session, &neck);
  return TRUE;
}

/* The step's own place, where this slice shows it. */
static gboolean
key_place (WillisSliceView *self, guint key, GdkModifierType state)
{
  const GArray *places = willis_session_places (self->session);
  const WillisSliceFrame *f = &self->frame;
  double step = state & GDK_SHIFT_MASK ? 1.0 : 0.1, at[3], x, y;

  if (places->len == 0 || state & GDK_ALT_MASK)
    return FALSE;
  vec3_copy (at, g_array_index (places, WillisPlace, 0).lps_mm);
  if (fabs (willis_slice_frame_to_px (f, at, &x, &y)) > WILLIS_PLACE_NEAR_MM || x < 0.0 || y < 0.0 || x > f->width_px
      || y > f->height_px)
    return FALSE;
  if (key == GDK_KEY_Left || key == GDK_KEY_Right)
    vec3_axpy (at, at, key == GDK_KEY_Left ? -step : step, f->right);
  else
    vec3_axpy (at, at, key == GDK_KEY_Up ? -step : step, f->down);
  willis_session_move_place (self->session, at, FALSE);
  return TRUE;
}

static gboolean
on_key (GtkEventControllerKey *keys, guint key, guint code, GdkModifierType state, WillisSliceView *self)
{
  if (!_willis_slice_view_update_frame (self))
    return FALSE;
  switch (key)
    {
    case GDK_KEY_Left:
    case GDK_KEY_Right:
    case GDK_KEY_Up:
    case GDK_KEY_Down:
      if (!key_neck (self, key, state) && !key_place (self, key, state))
        step_slices (self, (key == GDK_KEY_Left || key == GDK_KEY_Up ? -1 : 1) * (state & GDK_SHIFT_MASK ? 5 : 1));
      return TRUE;
    case GDK_KEY_Page_Up:
      step_slices (self, -1);
      return TRUE;
    case GDK_KEY_Page_Down:
      step_slices (self, 1);
      return TRUE;
    case GDK_KEY_Menu:
      gtk_widget_activate_action (GTK_WIDGET (self), "slice.menu", NULL);
      return TRUE;
    default:
      return FALSE;
    }
}

static void
on_key_up (GtkEventControllerKey *keys, guint key, guint code, GdkModifierType state, WillisSliceView *self)
{
  if (key >= GDK_KEY_Left && key <= GDK_KEY_Down && self->button == 0)
    {
      willis_session_neck_end (self->session); // does nothing where no neck is in hand
      willis_session_end_move (self->session);
    }
}

/* --- the menu */

static GMenu *
build_menu (WillisSliceView *self)
{
  GMenu *menu = g_menu_new ();
  g_autoptr (GMenu) point = g_menu_new (), tools = g_menu_new (), look = g_menu_new (), planes = g_menu_new ();
  gsize n_presets;
  const WillisPreset *presets = willis_session_presets (self->session, &n_presets);
  g_autoptr (GMenu) windows = g_menu_new ();

  g_menu_append (point, _ ("Aneurysm _here"), "slice.aneurysm-here");
  g_menu_append (point, _ ("Place a _seed here"), "slice.seed");
  g_menu_append (point, _ ("_Copy the position"), "slice.copy");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (point));
  g_menu_append (tools, _ ("_Ruler"), "slice.ruler");
  g_menu_append (tools, _ ("_Angle"), "slice.angle");
  if (self->grab.kind == WILLIS_HIT_MARK)
    g_menu_append (tools, _ ("_Delete this measurement"), "slice.delete-mark");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (tools));
  for (int n = 0; n < WILLIS_N_ORIENTS; n++)
    {
      g_autofree char *action = g_strdup_printf ("slice.orient::%d", n);

      g_menu_append (planes, willis_orient_name ((WillisOrient) n), action);
    }
  g_menu_append_submenu (look, _ ("_Plane"), G_MENU_MODEL (planes));
  for (gsize n = 0; n < n_presets; n++)
    {
      g_autofree char *action = g_strdup_printf ("slice.preset::%d", (int) n);

      g_menu_append (windows, willis_preset_title (&presets[n]), action);
    }
  g_menu_append_submenu (look, _ ("_Window"), G_MENU_MODEL (windows));
  g_menu_append (look, _ ("_Whole scan"), "slice.reset");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (look));
  return menu;
}

static void
show_menu (WillisSliceView *self, double x, double y)
{
  const GdkRectangle at = { (int) x, (int) y, 1, 1 };
  g_autoptr (GMenu) menu = NULL;
  WillisCase *c = willis_session_case (self->session);

  if (!_willis_slice_view_update_frame (self))
    return;
  self->grab = _willis_slice_view_hit (self, x, y);
  willis_slice_frame_to_lps (&self->frame, x, y, self->grab_point);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "slice.aneurysm-here",
                                 willis_case_surface (c) != NULL && !willis_session_busy (self->session));
  menu = build_menu (self);
  g_clear_pointer (&self->menu, gtk_widget_unparent);
  self->menu = gtk_popover_menu_new_from_model (G_MENU_MODEL (menu));
  gtk_widget_set_parent (self->menu, GTK_WIDGET (self));
  gtk_widget_set_halign (self->menu, GTK_ALIGN_START);
  gtk_popover_set_has_arrow (GTK_POPOVER (self->menu), FALSE);
  gtk_popover_set_pointing_to (GTK_POPOVER (self->menu), &at);
  gtk_popover_popup (GTK_POPOVER (self->menu));
}

static void
on_secondary (GtkGestureClick *gesture, int n_press, double x, double y, WillisSliceView *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self));
  show_menu (self, x, y);
}

static void
action_menu (GtkWidget *widget, const char *name, GVariant *parameter)
{
  show_menu (WILLIS_SLICE_VIEW (widget), 0.5 * gtk_widget_get_width (widget), 0.5 * gtk_widget_get_height (widget));
}

static void
action_aneurysm_here (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WillisSliceView *self = WILLIS_SLICE_VIEW (widget);

  willis_session_set_crosshair (self->session, self->grab_point);
  willis_session_set_step (self->session, WILLIS_STEP_ANEURYSM);
  willis_session_run_measure (self->session, self->grab_point, -1);
}

static void
action_seed (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WillisSliceView *self = WILLIS_SLICE_VIEW (widget);

  willis_session_add_seed (self->session, self->grab_point);
}

static void
action_copy (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WillisSliceView *self = WILLIS_SLICE_VIEW (widget);
  char number[3][G_ASCII_DTOSTR_BUF_SIZE];
  g_autofree char *text = NULL;

  for (int n = 0; n < 3; n++)
    g_ascii_formatd (number[n], sizeof number[n], "%.3f", self->grab_point[n]);
  text = g_strdup_printf ("%s,%s,%s", number[0], number[1], number[2]); // as the command line's --seed takes it
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), text);
}

static void
action_tool (GtkWidget *widget, const char *name, GVariant *parameter)
{
  willis_session_set_tool (WILLIS_SLICE_VIEW (widget)->session,
                           strcmp (name, "slice.angle") == 0 ? WILLIS_TOOL_ANGLE : WILLIS_TOOL_RULER);
}

static void
action_delete_mark (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WillisSliceView *self = WILLIS_SLICE_VIEW (widget);

  if (self->grab.kind == WILLIS_HIT_MARK)
    willis_session_remove_mark (self->session, self->grab.index);
}

static void
action_orient (GtkWidget *widget, const char *name, GVariant *parameter)
{
  int n = (int) g_ascii_strtoll (g_variant_get_string (parameter, NULL), NULL, 10);

  willis_slice_view_set_orient (WILLIS_SLICE_VIEW (widget), (WillisOrient) CLAMP (n, 0, WILLIS_N_ORIENTS - 1));
}

static void
action_preset (GtkWidget *widget, const char *name, GVariant *parameter)
{
  willis_session_set_preset (WILLIS_SLICE_VIEW (widget)->session,
                             (int) g_ascii_strtoll (g_variant_get_string (parameter, NULL), NULL, 10));
}

static void
action_reset (GtkWidget *widget, const char *name, GVariant *parameter)
{
  willis_slice_view_reset (WILLIS_SLICE_VIEW (widget));
}

void
_willis_slice_view_class_init_actions (GtkWidgetClass *klass)
{
  gtk_widget_class_install_action (klass, "slice.menu", NULL, action_menu);
  gtk_widget_class_install_action (klass, "slice.aneurysm-here", NULL, action_aneurysm_here);
  gtk_widget_class_install_action (klass, "slice.seed", NULL, action_seed);
  gtk_widget_class_install_action (klass, "slice.copy", NULL, action_copy);
  gtk_widget_class_install_action (klass, "slice.ruler", NULL, action_tool);
  gtk_widget_class_install_action (klass, "slice.angle", NULL, action_tool);
  gtk_widget_class_install_action (klass, "slice.delete-mark", NULL, action_delete_mark);
  gtk_widget_class_install_action (klass, "slice.orient", "s", action_orient);
  gtk_widget_class_install_action (klass, "slice.preset", "s", action_preset);
  gtk_widget_class_install_action (klass, "slice.reset", NULL, action_reset);
}

void
_willis_slice_view_init_input (WillisSliceView *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  GtkGesture *drag = gtk_gesture_drag_new (), *click = gtk_gesture_click_new (), *menu = gtk_gesture_click_new ();
  GtkGesture *zoom = gtk_gesture_zoom_new ();
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *scroll = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);
  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (drag), 0);
  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (on_drag_update), self);
  g_signal_connect (drag, "drag-end", G_CALLBACK (on_drag_end), self);
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), GDK_BUTTON_PRIMARY);
  g_signal_connect (click, "pressed", G_CALLBACK (on_pressed), self);
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (menu), GDK_BUTTON_SECONDARY);
  g_signal_connect (menu, "pressed", G_CALLBACK (on_secondary), self);
  g_signal_connect (zoom, "begin", G_CALLBACK (on_zoom_begin), self);
  g_signal_connect (zoom, "scale-changed", G_CALLBACK (on_zoom), self);
  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect (motion, "leave", G_CALLBACK (on_leave), self);
  g_signal_connect (scroll, "scroll", G_CALLBACK (on_scroll), self);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), self);
  g_signal_connect (keys, "key-released", G_CALLBACK (on_key_up), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (drag));
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (click));
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (menu));
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (zoom));
  gtk_widget_add_controller (widget, motion);
  gtk_widget_add_controller (widget, scroll);
  gtk_widget_add_controller (widget, keys);
}
