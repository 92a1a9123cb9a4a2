/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/views/vessel-strip.h"

#include <math.h>

#include "core/base/i18n.h"
#include "ui/scene/scene.h"
#include "ui/views/profile-chart.h"

struct _WillisVesselStrip
{
  GtkDrawingArea parent_instance;
  float *values;
  double *edges;
  int width, height; // of values: across, along
  double pixel_mm, length_mm, window, level, cursor_mm;
  cairo_surface_t *picture; // along from left to right
};

enum
{
  CURSOR_MOVED,
  TURNED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WillisVesselStrip, willis_vessel_strip, GTK_TYPE_DRAWING_AREA)

static void
make_picture (WillisVesselStrip *self)
{
  guint32 *pixels;
  int stride;

  self->picture = cairo_image_surface_create (CAIRO_FORMAT_RGB24, self->height, self->width);
  pixels = (guint32 *) (void *) cairo_image_surface_get_data (self->picture);
  stride = cairo_image_surface_get_stride (self->picture) / 4;
  cairo_surface_flush (self->picture);
  for (int y = 0; y < self->height; y++)
    for (int x = 0; x < self->width; x++)
      {
        double v = self->values[(gsize) y * (gsize) self->width + (gsize) x];
        double t = (v - self->level) / self->window + 0.5;
        guint32 g = isfinite (v) ? (guint32) (255.0 * CLAMP (t, 0.0, 1.0)) : 20;

        pixels[x * stride + y] = 0xff000000u | g << 16 | g << 8 | g;
      }
  cairo_surface_mark_dirty (self->picture);
}

static void
draw_edges (WillisVesselStrip *self, cairo_t *cr, double scale, double middle)
{
  for (int side = 0; side < 2; side++)
    {
      gboolean on = FALSE;

      for (int y = 0; y < self->height; y++)
        {
          double e = self->edges[2 * y + side];

          if (!isfinite (e))
            {
              on = FALSE;
              continue;
            }
          if (on)
            cairo_line_to (cr, WILLIS_ALONG_LEFT_PX + y * self->pixel_mm * scale, middle + (side == 0 ? -e : e) * scale);
          else
            cairo_move_to (cr, WILLIS_ALONG_LEFT_PX + y * self->pixel_mm * scale, middle + (side == 0 ? -e : e) * scale);
          on = TRUE;
        }
    }
  cairo_set_source_rgba (cr, ((WILLIS_COLOUR_VESSEL >> 16) & 255) / 255.0, ((WILLIS_COLOUR_VESSEL >> 8) & 255) / 255.0,
                         (WILLIS_COLOUR_VESSEL & 255) / 255.0, 1.0);
  cairo_set_line_width (cr, 1.4);
  cairo_stroke (cr);
}

static double
scale_of (WillisVesselStrip *self)
{
  return willis_along_width_px (gtk_widget_get_width (GTK_WIDGET (self)), self->length_mm) / MAX (self->length_mm, 1e-3);
}

static void
draw (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer data)
{
  WillisVesselStrip *self = WILLIS_VESSEL_STRIP (area);
  double scale, middle = 0.5 * height;

  cairo_set_source_rgb (cr, 0.05, 0.05, 0.06);
  cairo_paint (cr);
  if (self->values == NULL)
    return;
  if (self->picture == NULL)
    make_picture (self);
  scale = scale_of (self);
  cairo_save (cr);
  cairo_rectangle (cr, WILLIS_ALONG_LEFT_PX, 0.0, self->length_mm * scale, height);
  cairo_clip (cr);
  cairo_translate (cr, WILLIS_ALONG_LEFT_PX - 0.5 * self->pixel_mm * scale, middle - 0.5 * self->width * self->pixel_mm * scale);
  cairo_scale (cr, self->pixel_mm * scale, self->pixel_mm * scale);
  cairo_set_source_surface (cr, self->picture, 0.0, 0.0);
  cairo_paint (cr);
  cairo_restore (cr);
  draw_edges (self, cr, scale, middle);
  if (isfinite (self->cursor_mm))
    {
      double x = floor (WILLIS_ALONG_LEFT_PX + self->cursor_mm * scale) + 0.5;

      cairo_set_source_rgba (cr, 1.0, 1.0, 1.0, 0.9);
      cairo_set_line_width (cr, 1.0);
      cairo_move_to (cr, x, 0.0);
      cairo_line_to (cr, x, height);
      cairo_stroke (cr);
    }
}

static void
move_to_px (WillisVesselStrip *self, double x)
{
  if (self->values != NULL)
    g_signal_emit (self, signals[CURSOR_MOVED], 0, CLAMP ((x - WILLIS_ALONG_LEFT_PX) / scale_of (self), 0.0, self->length_mm));
}

static void
on_drag_begin (GtkGestureDrag *gesture, double x, double y, WillisVesselStrip *self)
{
  move_to_px (self, x);
}

static void
on_drag_update (GtkGestureDrag *gesture, double dx, double dy, WillisVesselStrip *self)
{
  double x, y;

  if (gtk_gesture_drag_get_start_point (gesture, &x, &y))
    move_to_px (self, x + dx);
}

static gboolean
on_scroll (GtkEventControllerScroll *scroll, double dx, double dy, WillisVesselStrip *self)
{
  g_signal_emit (self, signals[TURNED], 0, dy * 10.0 * G_PI / 180.0);
  return TRUE;
}

static void
clear (WillisVesselStrip *self)
{
  g_clear_pointer (&self->values, g_free);
  g_clear_pointer (&self->edges, g_free);
  g_clear_pointer (&self->picture, cairo_surface_destroy);
}

static void
willis_vessel_strip_finalize (GObject *object)
{
  clear (WILLIS_VESSEL_STRIP (object));
  G_OBJECT_CLASS (willis_vessel_strip_parent_class)->finalize (object);
}

static void
willis_vessel_strip_class_init (WillisVesselStripClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = willis_vessel_strip_finalize;
  signals[CURSOR_MOVED] = g_signal_new ("cursor-moved", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 1, G_TYPE_DOUBLE);
  signals[TURNED] = g_signal_new ("turned", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                  G_TYPE_DOUBLE);
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_IMG);
}

static void
willis_vessel_strip_init (WillisVesselStrip *self)
{
  GtkGesture *drag = gtk_gesture_drag_new ();
  GtkEventController *scroll = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_VERTICAL);

  self->cursor_mm = NAN;
  self->window = 700.0;
  self->level = 250.0;
  gtk_widget_set_hexpand (GTK_WIDGET (self), TRUE);
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (self), draw, NULL, NULL);
  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (on_drag_update), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
  g_signal_connect (scroll, "scroll", G_CALLBACK (on_scroll), self);
  gtk_widget_add_controller (GTK_WIDGET (self), scroll);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), _ ("The scan along the vessel. Drag to move the line, wheel to turn about the vessel."));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("The scan along the vessel"), -1);
}

GtkWidget *
willis_vessel_strip_new (void)
{
  return g_object_new (WILLIS_TYPE_VESSEL_STRIP, NULL);
}

void
willis_vessel_strip_show (WillisVesselStrip *self, const float *values, const double *edges, int width, int height,
                          double pixel_mm, double length_mm)
{
  clear (self);
  if (values != NULL)
    {
      self->values = g_memdup2 (values, sizeof *values * (gsize) width * (gsize) height);
      self->edges = g_memdup2 (edges, sizeof *edges * 2 * (gsize) height);
    }
  self->width = width;
  self->height = height;
  self->pixel_mm = pixel_mm;
  self->length_mm = length_mm;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
willis_vessel_strip_set_window (WillisVesselStrip *self, double window, double level)
{
  if (window == self->window && level == self->level)
    return;
  self->window = window;
  self->level = level;
  g_clear_pointer (&self->picture, cairo_surface_destroy);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
willis_vessel_strip_set_cursor (WillisVesselStrip *self, double at_mm)
{
  self->cursor_mm = at_mm;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
