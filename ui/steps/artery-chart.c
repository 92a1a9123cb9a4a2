/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/steps/artery-chart.h"

#include <math.h>

#include "core/base/i18n.h"
#include "ui/scene/scene.h"

#define MARGIN_PX 14.0
#define GRAB_PX 14.0
#define FOOT_PX 26.0 // under the marks: room for a line of Chinese

struct _WillisArteryChart
{
  GtkDrawingArea parent_instance;
  const WillisStentArtery *artery;
  const WillisStentChoice *choice;
  const GArray *stations;
  double landing[2]; // distal, proximal
  int mark;          // in hand or focused: 0 distal, 1 proximal
  gboolean dragging;
  double at_start;
};

enum
{
  LANDING_MOVED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WillisArteryChart, willis_artery_chart, GTK_TYPE_DRAWING_AREA)

/* The part of the artery that is drawn, and the scale, the same along and across. */
typedef struct
{
  double from_mm, to_mm, scale, middle_px;
} Frame;

static Frame
frame_of (const WillisArteryChart *self, int width, int height)
{
  const WillisStentArtery *a = self->artery;
  double reach = 16.0;
  Frame f;

  if (self->choice != NULL)
    reach = fmax (reach, a->neck_lo_mm - self->choice->proximal_mm + 3.0);
  f.from_mm = fmax (a->neck_lo_mm - fmax (reach, self->landing[1] + 4.0), 0.0);
  f.to_mm = fmin (a->neck_hi_mm + fmax (12.0, self->landing[0] + 4.0), a->s_mm[a->n - 1]);
  f.scale = fmax ((width - 2.0 * MARGIN_PX) / (f.to_mm - f.from_mm), 0.1);
  f.middle_px = 0.55 * height;
  return f;
}

static double
x_of (const Frame *f, double s)
{
  return MARGIN_PX + (s - f->from_mm) * f->scale;
}

static double
mark_s (const WillisArteryChart *self, int mark)
{
  return mark == 0 ? self->artery->neck_hi_mm + self->landing[0] : self->artery->neck_lo_mm - self->landing[1];
}

static void
set_rgb (cairo_t *cr, guint32 rgb, double alpha)
{
  cairo_set_source_rgba (cr, ((rgb >> 16) & 255) / 255.0, ((rgb >> 8) & 255) / 255.0, (rgb & 255) / 255.0, alpha);
}

static void
draw_text (WillisArteryChart *self, cairo_t *cr, double x, double y, const char *text, gboolean centred)
{
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);
  int w, h;

  pango_layout_get_pixel_size (layout, &w, &h);
  cairo_move_to (cr, centred ? CLAMP (x - 0.5 * w, 2.0, gtk_widget_get_width (GTK_WIDGET (self)) - w - 2.0) : x, y);
  pango_cairo_show_layout (cr, layout);
}

static void
draw_lumen (WillisArteryChart *self, cairo_t *cr, const Frame *f)
{
  const WillisStentArtery *a = self->artery;

  for (int side = -1; side <= 1; side += 2)
    for (gsize k = 0; k < a->n; k++)
      {
        gsize i = side < 0 ? k : a->n - 1 - k;

        if (a->s_mm[i] >= f->from_mm && a->s_mm[i] <= f->to_mm)
          cairo_line_to (cr, x_of (f, a->s_mm[i]), f->middle_px + side * 0.5 * a->diameter_mm[i] * f->scale);
      }
  cairo_close_path (cr);
  set_rgb (cr, WILLIS_COLOUR_VESSEL, 0.35);
  cairo_fill_preserve (cr);
  set_rgb (cr, WILLIS_COLOUR_VESSEL, 1.0);
  cairo_set_line_width (cr, 1.2);
  cairo_stroke (cr);
  // at the neck the wall is not there: a band through, with a name for those who do not see the colour
  set_rgb (cr, WILLIS_COLOUR_NECK, 0.30);
  cairo_rectangle (cr, x_of (f, a->neck_lo_mm), 16.0, (a->neck_hi_mm - a->neck_lo_mm) * f->scale, f->middle_px - 16.0);
  cairo_fill (cr);
  set_rgb (cr, WILLIS_COLOUR_NECK, 1.0);
  draw_text (self, cr, x_of (f, 0.5 * (a->neck_lo_mm + a->neck_hi_mm)), 1.0, _ ("neck"), TRUE);
}

static void
draw_branches (WillisArteryChart *self, cairo_t *cr, const Frame *f)
{
  const WillisStentArtery *a = self->artery;

  for (guint i = 0; i < a->side_branches->len; i++)
    {
      const WillisSideBranch *b = &g_array_index (a->side_branches, WillisSideBranch, i);
      double x = x_of (f, b->s_mm), y = f->middle_px + 0.5 * willis_lumen_line_diameter (&(WillisLumenLine){ a->n, a->s_mm, a->diameter_mm, NULL, NULL }, b->s_mm) * f->scale;
      double w = 0.5 * b->diameter_mm * f->scale;

      if (b->s_mm < f->from_mm || b->s_mm > f->to_mm)
        continue;
      set_rgb (cr, WILLIS_COLOUR_VESSEL, 0.6);
      cairo_move_to (cr, x - w, y);
      cairo_line_to (cr, x + w, y);
      cairo_line_to (cr, x + w + 6.0, y + 14.0);
      cairo_line_to (cr, x - w + 6.0, y + 14.0);
      cairo_close_path (cr);
      cairo_fill (cr);
    }
}

/* The device as its two outlines; where it does not touch, in amber and dashed; ends that are no working length,
 * fainter. */
static void
draw_device (WillisArteryChart *self, cairo_t *cr, const Frame *f)
{
  const WillisStentChoice *c = self->choice;
  double lo = x_of (f, c->distal_mm - c->length_hi_mm), hi = x_of (f, c->distal_mm - c->length_lo_mm);

  for (guint i = 1; self->stations != NULL && i < self->stations->len; i++)
    {
      const WillisStation *p = &g_array_index (self->stations, WillisStation, i - 1), *q = p + 1;
      gboolean gap = fmax (p->gap_mm, q->gap_mm) > 0.1;
      gboolean works = q->s_mm >= c->proximal_mm + c->end_mm - 1e-6 && p->s_mm <= c->distal_mm - c->end_mm + 1e-6;
      const double dash[2] = { 3.0, 3.0 };

      set_rgb (cr, gap ? WILLIS_COLOUR_SAC : WILLIS_COLOUR_DEVICE, works ? 1.0 : 0.45);
      cairo_set_line_width (cr, 2.2);
      cairo_set_dash (cr, dash, gap ? 2 : 0, 0.0);
      for (int side = -1; side <= 1; side += 2)
        {
          cairo_move_to (cr, x_of (f, p->s_mm), f->middle_px + side * 0.5 * p->state.diameter_mm * f->scale);
          cairo_line_to (cr, x_of (f, q->s_mm), f->middle_px + side * 0.5 * q->state.diameter_mm * f->scale);
          cairo_stroke (cr);
        }
    }
  cairo_set_dash (cr, NULL, 0, 0.0);
  set_rgb (cr, WILLIS_COLOUR_DEVICE, 0.30);
  {
    double d = 0.5 * 3.0 * f->scale;

    // where its proximal end may lie: 90 %
    set_rgb (cr, WILLIS_COLOUR_DEVICE, 0.45);
    cairo_rectangle (cr, lo, f->middle_px - 1.3 * d, hi - lo, 2.6 * d);
    cairo_fill (cr);
  }
  set_rgb (cr, WILLIS_COLOUR_DEVICE, 1.0);
  cairo_set_line_width (cr, 2.0);
  cairo_move_to (cr, x_of (f, c->proximal_mm), f->middle_px - 2.0 * f->scale);
  cairo_line_to (cr, x_of (f, c->proximal_mm), f->middle_px + 2.0 * f->scale);
  cairo_stroke (cr);
}

static void
draw_mark (WillisArteryChart *self, cairo_t *cr, const Frame *f, int mark, int height)
{
  double x = x_of (f, mark_s (self, mark));
  g_autofree char *text = g_strdup_printf (mark == 0 ? _ ("distal %.1f mm") : _ ("proximal %.1f mm"), self->landing[mark]);
  gboolean focus = gtk_widget_has_focus (GTK_WIDGET (self)) && self->mark == mark;

  cairo_set_source_rgba (cr, 1, 1, 1, 0.9);
  cairo_set_line_width (cr, focus ? 2.4 : 1.4);
  cairo_move_to (cr, x, 20.0);
  cairo_line_to (cr, x, height - FOOT_PX);
  cairo_stroke (cr);
  cairo_arc (cr, x, height - FOOT_PX, focus ? 7.0 : 5.5, 0.0, 2.0 * G_PI);
  cairo_fill (cr);
  draw_text (self, cr, x, height - FOOT_PX + 5.0, text, TRUE);
}

static void
draw (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer data)
{
  WillisArteryChart *self = WILLIS_ARTERY_CHART (area);
  Frame f;

  cairo_set_source_rgb (cr, 0.08, 0.08, 0.09);
  cairo_paint (cr);
  cairo_set_source_rgb (cr, 0.85, 0.85, 0.85);
  if (self->artery == NULL)
    return;
  f = frame_of (self, width, height);
  draw_lumen (self, cr, &f);
  draw_branches (self, cr, &f);
  if (self->choice != NULL)
    draw_device (self, cr, &f);
  draw_mark (self, cr, &f, 0, height);
  draw_mark (self, cr, &f, 1, height);
  cairo_set_source_rgba (cr, 0.8, 0.8, 0.8, 0.8); // scale
  cairo_set_line_width (cr, 2.0);
  cairo_move_to (cr, 8.0, 12.0);
  cairo_line_to (cr, 8.0 + 5.0 * f.scale, 12.0);
  cairo_stroke (cr);
  draw_text (self, cr, 12.0 + 5.0 * f.scale, 2.0, "5 mm", FALSE);
}

/* --- hands */

static void
move_mark (WillisArteryChart *self, int mark, double landing_mm, gboolean finished)
{
  const WillisStentArtery *a = self->artery;
  double most = mark == 0 ? a->s_mm[a->n - 1] - a->neck_hi_mm : a->neck_lo_mm;

  self->landing[mark] = CLAMP (landing_mm, 0.0, fmin (WILLIS_LANDING_MOST_MM, most));
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_signal_emit (self, signals[LANDING_MOVED], 0, self->landing[0], self->landing[1], finished);
}

static void
on_drag_begin (GtkGestureDrag *gesture, double x, double y, WillisArteryChart *self)
{
  Frame f;
  double best = GRAB_PX;

  self->dragging = FALSE;
  if (self->artery == NULL)
    return;
  f = frame_of (self, gtk_widget_get_width (GTK_WIDGET (self)), gtk_widget_get_height (GTK_WIDGET (self)));
  for (int mark = 0; mark < 2; mark++)
    {
      double d = fabs (x - x_of (&f, mark_s (self, mark)));

      if (d < best)
        {
          best = d;
          self->mark = mark;
          self->dragging = TRUE;
        }
    }
  self->at_start = self->landing[self->mark];
  gtk_widget_grab_focus (GTK_WIDGET (self));
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
drag_to (WillisArteryChart *self, double dx, gboolean finished)
{
  Frame f;

  if (!self->dragging || self->artery == NULL)
    return;
  f = frame_of (self, gtk_widget_get_width (GTK_WIDGET (self)), gtk_widget_get_height (GTK_WIDGET (self)));
  move_mark (self, self->mark, self->at_start + (self->mark == 0 ? dx : -dx) / f.scale, finished);
}

static void
on_drag_update (GtkGestureDrag *gesture, double dx, double dy, WillisArteryChart *self)
{
  drag_to (self, dx, FALSE);
}

static void
on_drag_end (GtkGestureDrag *gesture, double dx, double dy, WillisArteryChart *self)
{
  drag_to (self, dx, TRUE);
  self->dragging = FALSE;
}

static gboolean
on_key (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state, WillisArteryChart *self)
{
  double step = (state & GDK_SHIFT_MASK) ? 1.0 : 0.1;

  if (self->artery == NULL)
    return FALSE;
  if (key == GDK_KEY_Up || key == GDK_KEY_Down)
    {
      self->mark = !self->mark;
      gtk_widget_queue_draw (GTK_WIDGET (self));
      return TRUE;
    }
  if (key != GDK_KEY_Left && key != GDK_KEY_Right)
    return FALSE;
  if ((key == GDK_KEY_Left) == (self->mark == 0))
    step = -step;
  move_mark (self, self->mark, self->landing[self->mark] + step, TRUE);
  return TRUE;
}

static void
willis_artery_chart_class_init (WillisArteryChartClass *klass)
{
  signals[LANDING_MOVED] = g_signal_new ("landing-moved", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 3, G_TYPE_DOUBLE, G_TYPE_DOUBLE, G_TYPE_BOOLEAN);
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "arterychart");
}

static void
willis_artery_chart_init (WillisArteryChart *self)
{
  GtkGesture *drag = gtk_gesture_drag_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();

  self->landing[0] = self->landing[1] = WILLIS_STENT_LANDING_MM;
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_size_request (GTK_WIDGET (self), 280, 150);
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (self), draw, NULL, NULL);
  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (on_drag_update), self);
  g_signal_connect (drag, "drag-end", G_CALLBACK (on_drag_end), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self),
                               _ ("Drag the white marks: where the device begins and where it must reach. Arrow keys move the mark in "
                                  "hand by 0.1 mm, with Shift by 1 mm."));
}

GtkWidget *
willis_artery_chart_new (void)
{
  return g_object_new (WILLIS_TYPE_ARTERY_CHART, NULL);
}

void
willis_artery_chart_show (WillisArteryChart *chart, const WillisStentArtery *artery, const WillisStentChoice *choice,
                          const GArray *stations)
{
  chart->artery = artery;
  chart->choice = choice;
  chart->stations = stations;
  gtk_widget_queue_draw (GTK_WIDGET (chart));
}

void
willis_artery_chart_set_landing (WillisArteryChart *chart, double distal_mm, double proximal_mm)
{
  chart->landing[0] = distal_mm;
  chart->landing[1] = proximal_mm;
  gtk_widget_queue_draw (GTK_WIDGET (chart));
}
