/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/views/view3d.h"

#include <epoxy/gl.h>
#include <math.h>

#include "core/base/error.h"
#include "core/base/i18n.h"

/* The wheel's step: one click is this factor. */
#define ZOOM_STEP 1.15
/* One press of an arrow key. */
#define TURN_STEP (5.0 * G_PI / 180.0)
/* After the last wheel click or key the view counts as at rest. */
#define REST_MS 250
/* A press that moves less than this is a click. */
#define CLICK_PX 4.0
/* What one turn of the main loop may spend on a finer picture. */
#define REFINE_MS 25.0
/* From the view's first frame to its first picture. */
#define BEGIN_MS 20

struct _WillisView3d
{
  GtkWidget parent;
  GtkWidget *area;    // GtkGLArea; NULL where the processor draws
  GtkWidget *overlay; // GtkDrawingArea: captions, figure, bar
  WillisScene *scene;
  gboolean software, dark;
  gboolean gl_begun;       // between begin_gl and end_gl
  GdkTexture *picture;     // drawn by the processor
  double last_x, last_y;   // of the drag, widget pixels
  double hover_x, hover_y; // of the pointer
  gboolean dragged, panning;
  char *ring; // id of the ring in hand, or NULL
  WillisRingHandle handle;
  double pinch; // of the touch pad, so far
  guint begin_source, rest_source, notify_source, refine_source, paint_source, drop_source;
  double shown_primary, shown_secondary; // deg, last notified
};

enum
{
  PROP_0,
  PROP_DARK,
  PROP_SOFTWARE,
  PROP_C_ARM,
  N_PROPS
};

enum
{
  SIGNAL_PICKED,
  SIGNAL_VIEW_CHANGED,
  SIGNAL_RING_DRAGGED,
  SIGNAL_CONTEXT_MENU,
  N_SIGNALS
};

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WillisView3d, willis_view3d, GTK_TYPE_WIDGET)

/* --- Drawing. */

static void fall_back (WillisView3d *self, const char *reason);

/* Tells the scene how large its picture is, in device pixels. */
static void
update_size (WillisView3d *self)
{
  int scale = gtk_widget_get_scale_factor (GTK_WIDGET (self));
  int w = gtk_widget_get_width (GTK_WIDGET (self)) * scale, h = gtk_widget_get_height (GTK_WIDGET (self)) * scale;
  int old_w, old_h;

  willis_scene_get_size (self->scene, &old_w, &old_h);
  if (w > 0 && h > 0 && (w != old_w || h != old_h))
    willis_scene_set_size (self->scene, w, h, scale);
}

static gboolean
on_refine (gpointer data)
{
  WillisView3d *self = data;

  if (willis_scene_refine (self->scene, REFINE_MS) == WILLIS_DRAW_MORE)
    return G_SOURCE_CONTINUE;
  self->refine_source = 0;
  if (self->area != NULL)
    gtk_gl_area_queue_render (GTK_GL_AREA (self->area));
  return G_SOURCE_REMOVE;
}

static gboolean
on_gl_render (GtkGLArea *area, GdkGLContext *context, WillisView3d *self)
{
  g_autoptr (GError) error = NULL;
  WillisDraw drawn;

  if (!self->gl_begun)
    {
      glClearColor (0.0f, 0.0f, 0.0f, 1.0f);
      glClear (GL_COLOR_BUFFER_BIT);
      return TRUE;
    }
  update_size (self);
  drawn = willis_scene_draw_gl (self->scene, &error);
  if (drawn == WILLIS_DRAW_FAILED)
    fall_back (self, error->message);
  else if (drawn == WILLIS_DRAW_MORE && self->refine_source == 0)
    self->refine_source = g_idle_add_full (G_PRIORITY_LOW, on_refine, self, NULL);
  return TRUE;
}

static gboolean
on_begin_gl (gpointer data)
{
  WillisView3d *self = data;
  g_autoptr (GError) error = NULL;

  self->begin_source = 0;
  gtk_gl_area_make_current (GTK_GL_AREA (self->area));
  if (!willis_scene_begin_gl (self->scene, &error))
    {
      fall_back (self, error->message);
      return G_SOURCE_REMOVE;
    }
  self->gl_begun = TRUE;
  gtk_gl_area_queue_render (GTK_GL_AREA (self->area));
  return G_SOURCE_REMOVE;
}

/* The first frame of a page lays all of it out; the first picture in 3D takes as long again, so it has a frame of its
 * own. */
static void
on_gl_realize (GtkGLArea *area, WillisView3d *self)
{
  gtk_gl_area_make_current (area);
  if (gtk_gl_area_get_error (area) != NULL)
    fall_back (self, gtk_gl_area_get_error (area)->message);
  else
    self->begin_source = g_timeout_add (BEGIN_MS, on_begin_gl, self);
}

static void
on_gl_unrealize (GtkGLArea *area, WillisView3d *self)
{
  g_clear_handle_id (&self->begin_source, g_source_remove);
  if (!self->gl_begun)
    return;
  gtk_gl_area_make_current (area);
  willis_scene_end_gl (self->scene);
  self->gl_begun = FALSE;
  g_clear_handle_id (&self->refine_source, g_source_remove);
}

/* A picture drawn by the processor; a quarter of the pixels while moving. */
static gboolean
on_paint (gpointer data)
{
  WillisView3d *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  guint8 *rgba;
  int w, h, scale = gtk_widget_get_scale_factor (GTK_WIDGET (self));
  gboolean moving = self->dragged || self->rest_source != 0;

  self->paint_source = 0;
  update_size (self);
  willis_scene_get_size (self->scene, &w, &h);
  w = MAX (moving ? w / 2 : w, 1);
  h = MAX (moving ? h / 2 : h, 1);
  willis_scene_set_style (self->scene, self->dark, FALSE);
  rgba = willis_scene_render_rgba (self->scene, w, h, moving ? 0.5 * scale : scale, WILLIS_RENDERER_ANY, &error);
  willis_scene_set_style (self->scene, self->dark, TRUE);
  g_clear_handle_id (&self->paint_source, g_source_remove); // set_style asked for one
  if (rgba == NULL)
    {
      g_warning ("%s", error->message);
      return G_SOURCE_REMOVE;
    }
  bytes = g_bytes_new_take (rgba, (gsize) 4 * w * h);
  g_clear_object (&self->picture);
  self->picture = gdk_memory_texture_new (w, h, GDK_MEMORY_R8G8B8A8, bytes, (gsize) 4 * w);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  return G_SOURCE_REMOVE;
}

static void
queue_picture (WillisView3d *self)
{
  if (self->area != NULL)
    gtk_gl_area_queue_render (GTK_GL_AREA (self->area));
  else if (self->paint_source == 0 && gtk_widget_get_mapped (GTK_WIDGET (self)))
    self->paint_source = g_idle_add_full (GDK_PRIORITY_REDRAW + 5, on_paint, self, NULL);
  gtk_widget_queue_draw (self->overlay);
}

static gboolean
drop_area (gpointer data)
{
  WillisView3d *self = data;

  self->drop_source = 0;
  g_clear_pointer (&self->area, gtk_widget_unparent);
  queue_picture (self);
  return G_SOURCE_REMOVE;
}

/* OpenGL does not work here: the processor draws from now on. */
static void
fall_back (WillisView3d *self, const char *reason)
{
  if (self->software)
    return;
  g_message ("3D is drawn by the processor: %s", reason);
  self->software = TRUE;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SOFTWARE]);
  self->drop_source = g_idle_add_full (GDK_PRIORITY_REDRAW - 5, drop_area, self, NULL); // not from its own handlers
}

static void
willis_view3d_snapshot_widget (GtkWidget *widget, GtkSnapshot *snapshot)
{
  WillisView3d *self = WILLIS_VIEW3D (widget);

  if (self->area == NULL && self->picture != NULL)
    {
      graphene_rect_t box = GRAPHENE_RECT_INIT (0, 0, gtk_widget_get_width (widget), gtk_widget_get_height (widget));

      gtk_snapshot_append_texture (snapshot, self->picture, &box);
    }
  GTK_WIDGET_CLASS (willis_view3d_parent_class)->snapshot (widget, snapshot);
}

static void
willis_view3d_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  WillisView3d *self = WILLIS_VIEW3D (widget);

  if (self->area != NULL)
    gtk_widget_allocate (self->area, width, height, -1, NULL);
  gtk_widget_allocate (self->overlay, width, height, -1, NULL);
  if (self->scene != NULL)
    update_size (self);
}

static void
willis_view3d_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                       int *minimum_baseline, int *natural_baseline)
{
  *minimum = 64;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 480 : 360;
}

static void
willis_view3d_map (GtkWidget *widget)
{
  WillisView3d *self = WILLIS_VIEW3D (widget);

  GTK_WIDGET_CLASS (willis_view3d_parent_class)->map (widget);
  if (self->scene != NULL)
    queue_picture (self);
}

static void
draw_overlay (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer data)
{
  WillisView3d *self = data;

  if (self->scene != NULL)
    willis_scene_draw_overlay (self->scene, cr, width, height, 1.0);
}

/* --- Telling others. */

static gboolean
tell_angles (gpointer data)
{
  WillisView3d *self = data;
  double primary, secondary;

  self->notify_source = 0;
  willis_view3d_get_c_arm (self, &primary, &secondary);
  if (fabs (primary - self->shown_primary) < 0.01 && fabs (secondary - self->shown_secondary) < 0.01)
    return G_SOURCE_REMOVE;
  self->shown_primary = primary;
  self->shown_secondary = secondary;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_C_ARM]);
  g_signal_emit (self, signals[SIGNAL_VIEW_CHANGED], 0, primary, secondary);
  return G_SOURCE_REMOVE;
}

static void
on_scene_changed (WillisScene *scene, gpointer data)
{
  WillisView3d *self = data;

  queue_picture (self);
  if (self->notify_source == 0)
    self->notify_source = g_idle_add_full (G_PRIORITY_HIGH_IDLE, tell_angles, self, NULL);
}

/* --- Hands. */

static gboolean
on_rest (gpointer data)
{
  WillisView3d *self = data;

  self->rest_source = 0;
  willis_scene_set_moving (self->scene, FALSE);
  queue_picture (self);
  return G_SOURCE_REMOVE;
}

/* The view moves now and for a little while after. */
static void
keep_moving (WillisView3d *self)
{
  willis_scene_set_moving (self->scene, TRUE);
  g_clear_handle_id (&self->rest_source, g_source_remove);
  self->rest_source = g_timeout_add (REST_MS, on_rest, self);
}

static void
on_drag_begin (GtkGestureDrag *gesture, double x, double y, WillisView3d *self)
{
  guint button = gtk_gesture_single_get_current_button (GTK_GESTURE_SINGLE (gesture));
  GdkModifierType state = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (gesture));
  int scale = gtk_widget_get_scale_factor (GTK_WIDGET (self));
  WillisPick pick;

  gtk_widget_grab_focus (GTK_WIDGET (self));
  self->last_x = x;
  self->last_y = y;
  self->dragged = FALSE;
  self->panning = button == GDK_BUTTON_MIDDLE || (state & GDK_SHIFT_MASK) != 0;
  g_clear_pointer (&self->ring, g_free);
  if (button == GDK_BUTTON_SECONDARY)
    gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_DENIED);
  else if (!self->panning && willis_scene_pick (self->scene, x * scale, y * scale, &pick)
           && willis_scene_get_ring (self->scene, pick.id, NULL, NULL))
    {
      self->ring = g_strdup (pick.id);
      self->handle = (WillisRingHandle) pick.cell;
    }
}

static void
on_drag_update (GtkGestureDrag *gesture, double dx, double dy, WillisView3d *self)
{
  double x, y, s = gtk_widget_get_scale_factor (GTK_WIDGET (self));

  if (!self->dragged && hypot (dx, dy) < CLICK_PX)
    return;
  if (!self->dragged)
    willis_scene_set_moving (self->scene, TRUE);
  self->dragged = TRUE;
  gtk_gesture_drag_get_start_point (gesture, &x, &y);
  x += dx;
  y += dy;
  if (self->ring != NULL)
    {
      willis_scene_drag_ring (self->scene, self->ring, self->handle, self->last_x * s, self->last_y * s, x * s, y * s);
      g_signal_emit (self, signals[SIGNAL_RING_DRAGGED], 0, self->ring, FALSE);
    }
  else if (self->panning)
    willis_scene_pan (self->scene, self->last_x * s, self->last_y * s, x * s, y * s);
  else
    willis_scene_orbit (self->scene, self->last_x * s, self->last_y * s, x * s, y * s);
  self->last_x = x;
  self->last_y = y;
}

static void
click (WillisView3d *self, double x, double y)
{
  int scale = gtk_widget_get_scale_factor (GTK_WIDGET (self));
  WillisPick pick;
  g_autofree char *id = NULL;

  if (!willis_scene_pick (self->scene, x * scale, y * scale, &pick))
    return;
  id = g_strdup (pick.id); // handlers may take the thing away
  g_signal_emit (self, signals[SIGNAL_PICKED], 0, pick.point_lps_mm[0], pick.point_lps_mm[1], pick.point_lps_mm[2], id,
                 pick.cell);
}

static void
on_drag_end (GtkGestureDrag *gesture, double dx, double dy, WillisView3d *self)
{
  guint button = gtk_gesture_single_get_current_button (GTK_GESTURE_SINGLE (gesture));
  g_autofree char *ring = g_steal_pointer (&self->ring);
  gboolean dragged = self->dragged;

  self->dragged = FALSE;
  willis_scene_set_moving (self->scene, FALSE);
  queue_picture (self);
  if (dragged && ring != NULL)
    g_signal_emit (self, signals[SIGNAL_RING_DRAGGED], 0, ring, TRUE);
  else if (!dragged && ring == NULL && button == GDK_BUTTON_PRIMARY)
    click (self, self->last_x, self->last_y);
}

static void
on_motion (GtkEventControllerMotion *controller, double x, double y, WillisView3d *self)
{
  self->hover_x = x;
  self->hover_y = y;
}

static void
zoom (WillisView3d *self, double factor, double x, double y)
{
  int scale = gtk_widget_get_scale_factor (GTK_WIDGET (self));

  keep_moving (self);
  willis_scene_zoom (self->scene, factor, x * scale, y * scale);
}

static gboolean
on_scroll (GtkEventControllerScroll *controller, double dx, double dy, WillisView3d *self)
{
  zoom (self, pow (ZOOM_STEP, -dy), self->hover_x, self->hover_y);
  return TRUE;
}

static void
on_pinch_begin (GtkGesture *gesture, GdkEventSequence *sequence, WillisView3d *self)
{
  self->pinch = 1.0;
}

static void
on_pinch (GtkGestureZoom *gesture, double scale, WillisView3d *self)
{
  double x = self->hover_x, y = self->hover_y;

  gtk_gesture_get_bounding_box_center (GTK_GESTURE (gesture), &x, &y);
  zoom (self, scale / self->pinch, x, y);
  self->pinch = scale;
}

static void
on_right_click (GtkGestureClick *gesture, int n_press, double x, double y, WillisView3d *self)
{
  g_signal_emit (self, signals[SIGNAL_CONTEXT_MENU], 0, x, y);
}

/* Turns about the picture's own axes: right (0) or up (1). */
static void
turn (WillisView3d *self, int about, double angle)
{
  WillisCamera camera;
  double axes[2][3];

  keep_moving (self);
  willis_scene_get_camera (self->scene, &camera);
  willis_camera_axes (&camera, axes[0], axes[1], NULL);
  willis_camera_turn (&camera, axes[about], angle);
  willis_scene_set_camera (self->scene, &camera);
}

static gboolean
on_key (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state, WillisView3d *self)
{
  double w = gtk_widget_get_width (GTK_WIDGET (self)), h = gtk_widget_get_height (GTK_WIDGET (self));

  if (state & (GDK_CONTROL_MASK | GDK_ALT_MASK))
    return FALSE;
  switch (key)
    {
    case GDK_KEY_Left:
      turn (self, 1, -TURN_STEP);
      return TRUE;
    case GDK_KEY_Right:
      turn (self, 1, TURN_STEP);
      return TRUE;
    case GDK_KEY_Up:
      turn (self, 0, -TURN_STEP);
      return TRUE;
    case GDK_KEY_Down:
      turn (self, 0, TURN_STEP);
      return TRUE;
    case GDK_KEY_plus:
    case GDK_KEY_equal:
    case GDK_KEY_KP_Add:
      zoom (self, ZOOM_STEP, 0.5 * w, 0.5 * h);
      return TRUE;
    case GDK_KEY_minus:
    case GDK_KEY_KP_Subtract:
      zoom (self, 1.0 / ZOOM_STEP, 0.5 * w, 0.5 * h);
      return TRUE;
    case GDK_KEY_Home:
      willis_scene_frame (self->scene, NULL);
      return TRUE;
    case GDK_KEY_Menu:
      g_signal_emit (self, signals[SIGNAL_CONTEXT_MENU], 0, 0.5 * w, 0.5 * h);
      return TRUE;
    default:
      return FALSE;
    }
}

/* --- The widget. */

static void
willis_view3d_dispose (GObject *object)
{
  WillisView3d *self = WILLIS_VIEW3D (object);

  if (self->scene != NULL)
    willis_scene_on_change (self->scene, NULL, NULL);
  g_clear_pointer (&self->area, gtk_widget_unparent); // its unrealize ends the drawing
  g_clear_pointer (&self->overlay, gtk_widget_unparent);
  g_clear_handle_id (&self->rest_source, g_source_remove);
  g_clear_handle_id (&self->notify_source, g_source_remove);
  g_clear_handle_id (&self->refine_source, g_source_remove);
  g_clear_handle_id (&self->paint_source, g_source_remove);
  g_clear_handle_id (&self->drop_source, g_source_remove);
  g_clear_pointer (&self->scene, willis_scene_free);
  g_clear_pointer (&self->ring, g_free);
  g_clear_object (&self->picture);
  G_OBJECT_CLASS (willis_view3d_parent_class)->dispose (object);
}

static void
willis_view3d_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  WillisView3d *self = WILLIS_VIEW3D (object);

  switch (id)
    {
    case PROP_DARK:
      g_value_set_boolean (value, self->dark);
      break;
    case PROP_SOFTWARE:
      g_value_set_boolean (value, self->software);
      break;
    case PROP_C_ARM:
      {
        WillisCArm angles = { self->shown_primary * G_PI / 180.0, self->shown_secondary * G_PI / 180.0 };

        g_value_take_string (value, willis_c_arm_text (&angles));
        break;
      }
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
    }
}

static void
willis_view3d_set_property (GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
  WillisView3d *self = WILLIS_VIEW3D (object);

  switch (id)
    {
    case PROP_DARK:
      if (self->dark == g_value_get_boolean (value))
        break;
      self->dark = g_value_get_boolean (value);
      if (self->scene != NULL)
        willis_scene_set_style (self->scene, self->dark, TRUE);
      g_object_notify_by_pspec (object, spec);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
    }
}

static void
willis_view3d_class_init (WillisView3dClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  object_class->dispose = willis_view3d_dispose;
  object_class->get_property = willis_view3d_get_property;
  object_class->set_property = willis_view3d_set_property;
  props[PROP_DARK] = g_param_spec_boolean ("dark", NULL, NULL, TRUE,
                                           G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  props[PROP_SOFTWARE]
      = g_param_spec_boolean ("software", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  props[PROP_C_ARM] = g_param_spec_string ("c-arm", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  signals[SIGNAL_PICKED] = g_signal_new ("picked", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 5,
                                         G_TYPE_DOUBLE, G_TYPE_DOUBLE, G_TYPE_DOUBLE, G_TYPE_STRING, G_TYPE_INT64);
  signals[SIGNAL_VIEW_CHANGED] = g_signal_new ("view-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                               G_TYPE_NONE, 2, G_TYPE_DOUBLE, G_TYPE_DOUBLE);
  signals[SIGNAL_RING_DRAGGED] = g_signal_new ("ring-dragged", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                               G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_BOOLEAN);
  signals[SIGNAL_CONTEXT_MENU] = g_signal_new ("context-menu", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                               G_TYPE_NONE, 2, G_TYPE_DOUBLE, G_TYPE_DOUBLE);
  widget_class->snapshot = willis_view3d_snapshot_widget;
  widget_class->size_allocate = willis_view3d_size_allocate;
  widget_class->measure = willis_view3d_measure;
  widget_class->map = willis_view3d_map;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_widget_class_set_css_name (widget_class, "view3d");
}

static void
add_controllers (WillisView3d *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  GtkEventController *scroll = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_VERTICAL);
  GtkEventController *motion = gtk_event_controller_motion_new (), *key = gtk_event_controller_key_new ();
  GtkGesture *drag = gtk_gesture_drag_new (), *pinch = gtk_gesture_zoom_new (), *right = gtk_gesture_click_new ();

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (drag), 0);
  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (on_drag_update), self);
  g_signal_connect (drag, "drag-end", G_CALLBACK (on_drag_end), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (drag));
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (right), GDK_BUTTON_SECONDARY);
  g_signal_connect (right, "pressed", G_CALLBACK (on_right_click), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (right));
  g_signal_connect (pinch, "begin", G_CALLBACK (on_pinch_begin), self);
  g_signal_connect (pinch, "scale-changed", G_CALLBACK (on_pinch), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (pinch));
  g_signal_connect (scroll, "scroll", G_CALLBACK (on_scroll), self);
  gtk_widget_add_controller (widget, scroll);
  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), self);
  gtk_widget_add_controller (widget, motion);
  g_signal_connect (key, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (widget, key);
}

static void
add_gl_area (WillisView3d *self)
{
  self->area = gtk_gl_area_new ();
  gtk_gl_area_set_required_version (GTK_GL_AREA (self->area), 3, 2);
  gtk_gl_area_set_auto_render (GTK_GL_AREA (self->area), FALSE);
  g_signal_connect (self->area, "render", G_CALLBACK (on_gl_render), self);
  g_signal_connect_after (self->area, "realize", G_CALLBACK (on_gl_realize), self);
  g_signal_connect (self->area, "unrealize", G_CALLBACK (on_gl_unrealize), self);
  gtk_widget_set_parent (self->area, GTK_WIDGET (self));
}

static void
willis_view3d_init (WillisView3d *self)
{
  g_autoptr (GError) error = NULL;

  self->dark = TRUE;
  self->scene = willis_scene_new (&error);
  self->overlay = gtk_drawing_area_new ();
  gtk_widget_set_can_target (self->overlay, FALSE);
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (self->overlay), draw_overlay, self, NULL);
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_hexpand (GTK_WIDGET (self), TRUE);
  gtk_widget_set_vexpand (GTK_WIDGET (self), TRUE);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("3D view"), -1);
  if (self->scene == NULL)
    {
      g_warning ("%s", error->message);
      gtk_widget_set_parent (self->overlay, GTK_WIDGET (self));
      return;
    }
  add_gl_area (self);
  gtk_widget_set_parent (self->overlay, GTK_WIDGET (self));
  add_controllers (self);
  willis_scene_on_change (self->scene, on_scene_changed, self);
}

GtkWidget *
willis_view3d_new (void)
{
  return g_object_new (WILLIS_TYPE_VIEW3D, NULL);
}

WillisScene *
willis_view3d_get_scene (WillisView3d *view)
{
  g_return_val_if_fail (WILLIS_IS_VIEW3D (view), NULL);
  return view->scene;
}

void
willis_view3d_frame (WillisView3d *view, const char *id)
{
  g_return_if_fail (WILLIS_IS_VIEW3D (view));
  if (view->scene != NULL)
    willis_scene_frame (view->scene, id);
}

void
willis_view3d_set_standard (WillisView3d *view, WillisStandardView standard)
{
  WillisCamera camera;

  g_return_if_fail (WILLIS_IS_VIEW3D (view));
  if (view->scene == NULL)
    return;
  willis_scene_get_camera (view->scene, &camera);
  willis_camera_set_standard (&camera, standard);
  willis_scene_set_camera (view->scene, &camera);
}

void
willis_view3d_set_c_arm (WillisView3d *view, double primary_deg, double secondary_deg)
{
  WillisCArm angles = { primary_deg * G_PI / 180.0, secondary_deg * G_PI / 180.0 };
  WillisCamera camera;

  g_return_if_fail (WILLIS_IS_VIEW3D (view));
  if (view->scene == NULL)
    return;
  willis_scene_get_camera (view->scene, &camera);
  willis_camera_set_c_arm (&camera, &angles);
  willis_scene_set_camera (view->scene, &camera);
}

void
willis_view3d_get_c_arm (WillisView3d *view, double *primary_deg, double *secondary_deg)
{
  WillisCArm angles = { 0.0, 0.0 };
  WillisCamera camera;

  g_return_if_fail (WILLIS_IS_VIEW3D (view));
  if (view->scene != NULL)
    {
      willis_scene_get_camera (view->scene, &camera);
      angles = willis_camera_get_c_arm (&camera);
    }
  *primary_deg = angles.primary * 180.0 / G_PI;
  *secondary_deg = angles.secondary * 180.0 / G_PI;
}

GdkTexture *
willis_view3d_snapshot (WillisView3d *view, int max_px, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;
  guint8 *rgba;
  int w, h;
  double f;

  g_return_val_if_fail (WILLIS_IS_VIEW3D (view), NULL);
  if (view->scene == NULL || max_px < 1)
    {
      willis_fail (error, WILLIS_ERROR_USAGE, "there is nothing to take a picture of");
      return NULL;
    }
  willis_scene_get_size (view->scene, &w, &h);
  f = (double) max_px / MAX (w, h);
  w = MAX ((int) lround (f * w), 1);
  h = MAX ((int) lround (f * h), 1);
  rgba = willis_scene_render_rgba (view->scene, w, h, MAX (f, 0.5), WILLIS_RENDERER_ANY, error);
  if (rgba == NULL)
    return NULL;
  bytes = g_bytes_new_take (rgba, (gsize) 4 * w * h);
  return gdk_memory_texture_new (w, h, GDK_MEMORY_R8G8B8A8, bytes, (gsize) 4 * w);
}
