/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/views/compare-view.h"

#include "core/base/i18n.h"
#include "core/image/reslice.h"

#define FIELD_MM 60.0 // seen across the view

struct _WillisCompareView
{
  GtkWidget parent_instance;
  WillisSession *session;
  WillisVolume *earlier;
  WillisRigid back; // this scan to the earlier one
  double window, level; // of the earlier scan
  WillisCompareMode mode;
  double part;
  WillisOrient orient;
};

G_DEFINE_FINAL_TYPE (WillisCompareView, willis_compare_view, GTK_TYPE_WIDGET)

static gboolean
frame_of (WillisCompareView *self, WillisSliceFrame *frame)
{
  const double normal[3] = { 0, 0, 1 }, up[3] = { 0, -1, 0 };
  int width = gtk_widget_get_width (GTK_WIDGET (self)), height = gtk_widget_get_height (GTK_WIDGET (self));

  if (width < 8 || height < 8)
    return FALSE;
  willis_slice_frame_axes (frame, self->orient, normal, up);
  vec3_copy (frame->centre_lps_mm, willis_session_crosshair (self->session));
  frame->width_px = width;
  frame->height_px = height;
  frame->px_per_mm = MIN (width, height) / FIELD_MM;
  return TRUE;
}

static guint32
mix (guint32 a, guint32 b, double part)
{
  guint32 out = 0xff000000u;

  for (int shift = 0; shift < 24; shift += 8)
    out |= (guint32) ((1.0 - part) * ((a >> shift) & 0xff) + part * ((b >> shift) & 0xff) + 0.5) << shift;
  return out;
}

/* The two pictures, a the earlier, put together in b. */
static void
put_together (const WillisCompareView *self, const guint32 *a, guint32 *b, int width, int height)
{
  int field = (int) (8 + 40 * self->part), edge = (int) (self->part * width);

  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      {
        gsize at = (gsize) y * (gsize) width + (gsize) x;

        if (self->mode == WILLIS_COMPARE_BLEND)
          b[at] = mix (a[at], b[at], self->part);
        else if (self->mode == WILLIS_COMPARE_CHECKER ? (x / field + y / field) % 2 == 0 : x < edge)
          b[at] = a[at];
      }
}

static void
add_label (WillisCompareView *self, GtkSnapshot *snapshot, const char *text, double x, double align)
{
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);
  const GdkRGBA light = { 1, 1, 1, 0.95 }, dark = { 0, 0, 0, 0.6 };
  int width, height;
  graphene_point_t at;

  pango_layout_get_pixel_size (layout, &width, &height);
  at.x = (float) (x - align * width);
  at.y = 4;
  gtk_snapshot_append_color (snapshot, &dark, &GRAPHENE_RECT_INIT (at.x - 4, 2, (float) width + 8, (float) height + 4));
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &at);
  gtk_snapshot_append_layout (snapshot, layout, &light);
  gtk_snapshot_restore (snapshot);
}

static void
willis_compare_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  WillisCompareView *self = WILLIS_COMPARE_VIEW (widget);
  WillisCase *c = willis_session_case (self->session);
  WillisVolume *now = c != NULL ? willis_case_volume (c) : NULL;
  const WillisDisplay *display = willis_session_display (self->session);
  WillisResliceParams params = WILLIS_RESLICE_PARAMS_INIT;
  WillisSliceFrame frame;
  WillisPlane plane, there;
  g_autofree guint32 *a = NULL;
  guint32 *b;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GdkTexture) texture = NULL;
  const GdkRGBA black = { 0, 0, 0, 1 }, cross = { 0.31f, 0.82f, 0.88f, 0.9f };
  int width, height;

  if (!frame_of (self, &frame))
    return;
  width = (int) frame.width_px;
  height = (int) frame.height_px;
  gtk_snapshot_append_color (snapshot, &black, &GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height));
  if (now == NULL || self->earlier == NULL)
    return;
  plane = there = willis_slice_frame_plane (&frame, width, height);
  willis_rigid_apply (&self->back, plane.corner_lps_mm, there.corner_lps_mm);
  mat3_apply (there.right, self->back.r, plane.right);
  mat3_apply (there.down, self->back.r, plane.down);
  a = g_new (guint32, (gsize) width * (gsize) height);
  b = g_new (guint32, (gsize) width * (gsize) height);
  params.window = self->window > 0.0 ? self->window : display->window;
  params.level = self->window > 0.0 ? self->level : display->level;
  willis_reslice_argb (self->earlier, &there, &params, a, (gsize) width);
  params.window = display->window;
  params.level = display->level;
  willis_reslice_argb (now, &plane, &params, b, (gsize) width);
  put_together (self, a, b, width, height);
  bytes = g_bytes_new_take (b, (gsize) width * (gsize) height * 4);
  texture = gdk_memory_texture_new (width, height, GDK_MEMORY_DEFAULT, bytes, (gsize) width * 4);
  gtk_snapshot_append_texture (snapshot, texture, &GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height));
  gtk_snapshot_append_color (snapshot, &cross, &GRAPHENE_RECT_INIT ((float) width / 2 - 12, (float) height / 2, 24, 1));
  gtk_snapshot_append_color (snapshot, &cross, &GRAPHENE_RECT_INIT ((float) width / 2, (float) height / 2 - 12, 1, 24));
  add_label (self, snapshot, _ ("earlier"), 8, 0);
  add_label (self, snapshot, _ ("now"), width - 8, 1);
  if (self->mode == WILLIS_COMPARE_CURTAIN)
    gtk_snapshot_append_color (snapshot, &cross, &GRAPHENE_RECT_INIT ((float) (self->part * width), 0, 1, (float) height));
}

static void
willis_compare_view_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                             int *minimum_baseline, int *natural_baseline)
{
  *minimum = 180;
  *natural = 300;
  *minimum_baseline = *natural_baseline = -1;
}

static void
on_click (GtkGestureClick *gesture, int n, double x, double y, WillisCompareView *self)
{
  WillisSliceFrame frame;
  double lps[3];

  if (!frame_of (self, &frame))
    return;
  willis_slice_frame_to_lps (&frame, x, y, lps);
  willis_session_set_crosshair (self->session, lps);
}

static gboolean
on_scroll (GtkEventControllerScroll *controller, double dx, double dy, WillisCompareView *self)
{
  WillisCase *c = willis_session_case (self->session);
  WillisSliceFrame frame;
  double at[3];

  if (c == NULL || willis_case_volume (c) == NULL || !frame_of (self, &frame))
    return FALSE;
  vec3_axpy (at, willis_session_crosshair (self->session),
             (dy > 0 ? 1 : -1) * willis_grid_min_spacing (willis_volume_grid (willis_case_volume (c))), frame.normal);
  willis_session_set_crosshair (self->session, at);
  return TRUE;
}

static void
willis_compare_view_dispose (GObject *object)
{
  WillisCompareView *self = WILLIS_COMPARE_VIEW (object);

  g_clear_object (&self->session);
  g_clear_pointer (&self->earlier, willis_volume_unref);
  G_OBJECT_CLASS (willis_compare_view_parent_class)->dispose (object);
}

static void
willis_compare_view_class_init (WillisCompareViewClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = willis_compare_view_dispose;
  GTK_WIDGET_CLASS (klass)->snapshot = willis_compare_view_snapshot;
  GTK_WIDGET_CLASS (klass)->measure = willis_compare_view_measure;
}

static void
willis_compare_view_init (WillisCompareView *self)
{
  GtkGesture *click = gtk_gesture_click_new ();
  GtkEventController *scroll = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_VERTICAL
                                                                | GTK_EVENT_CONTROLLER_SCROLL_DISCRETE);

  self->back = (WillisRigid) WILLIS_RIGID_INIT;
  self->part = 0.5;
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  g_signal_connect (click, "pressed", G_CALLBACK (on_click), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
  g_signal_connect (scroll, "scroll", G_CALLBACK (on_scroll), self);
  gtk_widget_add_controller (GTK_WIDGET (self), scroll);
}

GtkWidget *
willis_compare_view_new (WillisSession *session)
{
  WillisCompareView *self = g_object_new (WILLIS_TYPE_COMPARE_VIEW, NULL);
  static const char *const signals[] = { "crosshair-changed", "display-changed", "case-changed" };

  self->session = g_object_ref (session);
  for (gsize n = 0; n < G_N_ELEMENTS (signals); n++)
    g_signal_connect_object (session, signals[n], G_CALLBACK (gtk_widget_queue_draw), self, G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}

void
willis_compare_view_set (WillisCompareView *self, WillisVolume *earlier, const WillisRigid *motion)
{
  if (earlier != self->earlier)
    {
      g_clear_pointer (&self->earlier, willis_volume_unref);
      self->window = 0.0;
      if (earlier != NULL)
        {
          WillisCase *c = willis_session_case (self->session);
          WillisVolume *now = c != NULL ? willis_case_volume (c) : NULL;
          double range[2] = { 0 }, own[2] = { 0 };

          self->earlier = willis_volume_ref (earlier);
          willis_volume_range (earlier, range);
          if (now != NULL)
            willis_volume_range (now, own);
          // other units than this scan's: a window of its own
          if (now != NULL && (range[0] < -500.0) != (own[0] < -500.0))
            {
              double lo = willis_volume_quantile (earlier, 0.02), hi = willis_volume_quantile (earlier, 0.998);

              self->window = MAX (hi - lo, 1.0);
              self->level = 0.5 * (lo + hi);
            }
        }
    }
  willis_compare_view_set_motion (self, motion);
}

void
willis_compare_view_set_motion (WillisCompareView *self, const WillisRigid *motion)
{
  if (motion != NULL)
    self->back = willis_rigid_invert (motion);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
willis_compare_view_set_mode (WillisCompareView *self, WillisCompareMode mode, double part)
{
  self->mode = mode;
  self->part = CLAMP (part, 0.0, 1.0);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
willis_compare_view_set_orient (WillisCompareView *self, WillisOrient orient)
{
  self->orient = orient;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
