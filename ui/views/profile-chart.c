/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/views/profile-chart.h"

#include <math.h>

#include "core/base/i18n.h"
#include "ui/scene/scene.h"

#define TOP_PX 16.0
#define BOTTOM_PX 18.0
#define GRAB_PX 8.0

struct _WillisProfileChart
{
  GtkDrawingArea parent_instance;
  const WillisCourse *course;
  const WillisProfile *profile;
  const WillisStenosis *stenosis;
  WillisAlongWhat what;
  double cursor_mm;
  gboolean on_reference; // what the pointer took
  double start_mm;
};

enum
{
  CURSOR_MOVED,
  REFERENCE_MOVED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WillisProfileChart, willis_profile_chart, GTK_TYPE_DRAWING_AREA)

double
willis_along_value (const WillisCourse *course, const WillisProfile *profile, gsize n, WillisAlongWhat what)
{
  switch (what)
    {
    case WILLIS_ALONG_AREA:
      return profile->sections[n].area_mm2;
    case WILLIS_ALONG_CURVATURE:
      return willis_course_points (course)[n].curvature_per_mm;
    case WILLIS_ALONG_DIAMETER:
    default:
      return profile->sections[n].area_diameter_mm;
    }
}

double
willis_along_width_px (int width_px, double length_mm)
{
  return CLAMP (width_px - WILLIS_ALONG_LEFT_PX - WILLIS_ALONG_RIGHT_PX, 1.0, MAX (length_mm * WILLIS_ALONG_MOST_PX_PER_MM, 1.0));
}

typedef struct
{
  double left, width, top, height; // px
  double length_mm, most;          // what they stand for
} Frame;

static Frame
frame_of (WillisProfileChart *self, int width, int height)
{
  Frame f = { WILLIS_ALONG_LEFT_PX, willis_along_width_px (width, willis_course_length_mm (self->course)), TOP_PX,
              MAX (height - TOP_PX - BOTTOM_PX, 1.0), MAX (willis_course_length_mm (self->course), 1e-3), 0.0 };

  for (gsize n = 0; n < self->profile->n; n++)
    {
      double v = willis_along_value (self->course, self->profile, n, self->what);

      if (isfinite (v) && !willis_course_points (self->course)[n].near_junction)
        f.most = MAX (f.most, v);
      if (self->what == WILLIS_ALONG_DIAMETER && isfinite (v) && !willis_course_points (self->course)[n].near_junction)
        f.most = MAX (f.most, self->profile->sections[n].max_diameter_mm);
    }
  f.most = f.most > 0.0 ? 1.12 * f.most : 1.0;
  return f;
}

static double
x_of (const Frame *f, double at_mm)
{
  return f->left + f->width * at_mm / f->length_mm;
}

static double
y_of (const Frame *f, double value)
{
  return f->top + f->height * (1.0 - CLAMP (value / f->most, 0.0, 1.0));
}

static double
mm_of (WillisProfileChart *self, double x)
{
  Frame f = frame_of (self, gtk_widget_get_width (GTK_WIDGET (self)), gtk_widget_get_height (GTK_WIDGET (self)));

  return CLAMP ((x - f.left) / f.width * f.length_mm, 0.0, f.length_mm);
}

static void
set_rgb (cairo_t *cr, guint32 rgb, double alpha)
{
  cairo_set_source_rgba (cr, ((rgb >> 16) & 255) / 255.0, ((rgb >> 8) & 255) / 255.0, (rgb & 255) / 255.0, alpha);
}

static void
draw_text (WillisProfileChart *self, cairo_t *cr, const char *text, double x, double y, double ax, double ay)
{
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);
  PangoAttrList *attrs = pango_attr_list_new ();
  int w, h;

  pango_attr_list_insert (attrs, pango_attr_size_new_absolute (11 * PANGO_SCALE));
  pango_layout_set_attributes (layout, attrs);
  pango_attr_list_unref (attrs);
  pango_layout_get_pixel_size (layout, &w, &h);
  cairo_move_to (cr, CLAMP (x - ax * w, 2.0, MAX (gtk_widget_get_width (GTK_WIDGET (self)) - w - 2.0, 2.0)), y - ay * h);
  pango_cairo_show_layout (cr, layout);
}

static double
nice_step (double range, int ticks)
{
  double raw = range / ticks, power = pow (10.0, floor (log10 (raw))), part = raw / power;

  return power * (part <= 1.0 ? 1.0 : part <= 2.0 ? 2.0 : part <= 5.0 ? 5.0 : 10.0);
}

static void
draw_axes (WillisProfileChart *self, cairo_t *cr, const Frame *f)
{
  static const char *const units[WILLIS_N_ALONG] = { "mm", "mm²", "1/mm" };
  double step = nice_step (f->most, 4), along = nice_step (f->length_mm, 8);

  cairo_set_line_width (cr, 1.0);
  for (double v = 0.0; v < f->most; v += step)
    {
      g_autofree char *text = g_strdup_printf ("%g", v);

      set_rgb (cr, 0xffffff, 0.14);
      cairo_move_to (cr, f->left, floor (y_of (f, v)) + 0.5);
      cairo_line_to (cr, f->left + f->width, floor (y_of (f, v)) + 0.5);
      cairo_stroke (cr);
      set_rgb (cr, 0xffffff, 0.75);
      draw_text (self, cr, text, f->left - 5.0, y_of (f, v), 1.0, 0.5);
    }
  draw_text (self, cr, units[self->what], f->left - 5.0, 1.0, 1.0, 0.0);
  for (double s = 0.0; s <= f->length_mm; s += along)
    {
      g_autofree char *text = g_strdup_printf ("%g", s);

      set_rgb (cr, 0xffffff, 0.14);
      cairo_move_to (cr, floor (x_of (f, s)) + 0.5, f->top);
      cairo_line_to (cr, floor (x_of (f, s)) + 0.5, f->top + f->height);
      cairo_stroke (cr);
      set_rgb (cr, 0xffffff, 0.75);
      draw_text (self, cr, text, x_of (f, s), f->top + f->height + 2.0, 0.5, 0.0);
    }
}

/* The line of what is shown; where a junction or end leaves no vessel of its own it is faint and dashed. */
static void
draw_values (WillisProfileChart *self, cairo_t *cr, const Frame *f)
{
  const WillisCoursePoint *p = willis_course_points (self->course);
  const double dash[2] = { 3.0, 3.0 };

  if (self->what == WILLIS_ALONG_DIAMETER) // narrowest to widest
    for (gsize n = 0; n + 1 < self->profile->n; n++)
      {
        const WillisCrossSection *a = self->profile->sections + n, *b = a + 1;

        if (!isfinite (a->min_diameter_mm) || !isfinite (b->min_diameter_mm) || p[n].near_junction || p[n + 1].near_junction)
          continue;
        cairo_move_to (cr, x_of (f, p[n].at_mm), y_of (f, a->min_diameter_mm));
        cairo_line_to (cr, x_of (f, p[n].at_mm), y_of (f, a->max_diameter_mm));
        cairo_line_to (cr, x_of (f, p[n + 1].at_mm), y_of (f, b->max_diameter_mm));
        cairo_line_to (cr, x_of (f, p[n + 1].at_mm), y_of (f, b->min_diameter_mm));
        cairo_close_path (cr);
        set_rgb (cr, WILLIS_COLOUR_VESSEL, 0.30);
        cairo_fill (cr);
      }
  for (gsize n = 0; n + 1 < self->profile->n; n++)
    {
      double a = willis_along_value (self->course, self->profile, n, self->what);
      double b = willis_along_value (self->course, self->profile, n + 1, self->what);
      gboolean faint = p[n].near_junction || p[n + 1].near_junction;

      if (!isfinite (a) || !isfinite (b))
        continue;
      cairo_set_dash (cr, dash, faint ? 2 : 0, 0.0);
      set_rgb (cr, 0xff8a80, faint ? 0.45 : 1.0);
      cairo_set_line_width (cr, faint ? 1.0 : 2.0);
      cairo_move_to (cr, x_of (f, p[n].at_mm), y_of (f, a));
      cairo_line_to (cr, x_of (f, p[n + 1].at_mm), y_of (f, b));
      cairo_stroke (cr);
    }
  cairo_set_dash (cr, NULL, 0, 0.0);
}

static void
draw_stenosis (WillisProfileChart *self, cairo_t *cr, const Frame *f)
{
  const WillisStenosis *s = self->stenosis;
  double x;

  if (s == NULL || s->reference == WILLIS_REFERENCE_NONE)
    return;
  set_rgb (cr, WILLIS_COLOUR_DEVICE, 0.35);
  cairo_rectangle (cr, x_of (f, s->reference_from_mm), f->top, MAX (x_of (f, s->reference_to_mm) - x_of (f, s->reference_from_mm), 3.0),
                   f->height);
  cairo_fill (cr);
  set_rgb (cr, 0xa9cbe8, 1.0);
  draw_text (self, cr, _ ("reference"), x_of (f, 0.5 * (s->reference_from_mm + s->reference_to_mm)), 1.0, 0.5, 0.0);
  if (self->what == WILLIS_ALONG_DIAMETER)
    {
      cairo_set_line_width (cr, 1.0);
      cairo_move_to (cr, MIN (x_of (f, s->at_mm), x_of (f, s->reference_from_mm)), floor (y_of (f, s->reference_mm)) + 0.5);
      cairo_line_to (cr, MAX (x_of (f, s->at_mm), x_of (f, s->reference_to_mm)), floor (y_of (f, s->reference_mm)) + 0.5);
      cairo_stroke (cr);
    }
  x = x_of (f, s->at_mm); // the narrowest place: a triangle below the line
  set_rgb (cr, WILLIS_COLOUR_SAC, 1.0);
  cairo_move_to (cr, x, f->top + f->height - 8.0);
  cairo_line_to (cr, x - 5.0, f->top + f->height);
  cairo_line_to (cr, x + 5.0, f->top + f->height);
  cairo_close_path (cr);
  cairo_fill (cr);
}

static void
draw (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer data)
{
  WillisProfileChart *self = WILLIS_PROFILE_CHART (area);
  Frame f;

  cairo_set_source_rgb (cr, 0.08, 0.08, 0.09);
  cairo_paint (cr);
  if (self->course == NULL || self->profile == NULL)
    return;
  f = frame_of (self, width, height);
  draw_axes (self, cr, &f);
  draw_stenosis (self, cr, &f);
  draw_values (self, cr, &f);
  if (isfinite (self->cursor_mm))
    {
      double x = floor (x_of (&f, self->cursor_mm)) + 0.5;

      set_rgb (cr, 0xffffff, 0.95);
      cairo_set_line_width (cr, 1.0);
      cairo_move_to (cr, x, 0.0);
      cairo_line_to (cr, x, height);
      cairo_stroke (cr);
    }
  if (gtk_widget_has_focus (GTK_WIDGET (self)))
    {
      set_rgb (cr, 0x78aeed, 0.9);
      cairo_rectangle (cr, 0.5, 0.5, width - 1, height - 1);
      cairo_stroke (cr);
    }
}

/* --- hands */

static void
move_cursor (WillisProfileChart *self, double at_mm)
{
  self->cursor_mm = at_mm;
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_signal_emit (self, signals[CURSOR_MOVED], 0, at_mm);
}

static void
on_drag_begin (GtkGestureDrag *gesture, double x, double y, WillisProfileChart *self)
{
  const WillisStenosis *s = self->stenosis;
  Frame f;

  gtk_widget_grab_focus (GTK_WIDGET (self));
  self->on_reference = FALSE;
  if (self->course == NULL || self->profile == NULL)
    return;
  f = frame_of (self, gtk_widget_get_width (GTK_WIDGET (self)), gtk_widget_get_height (GTK_WIDGET (self)));
  if (s != NULL && s->reference != WILLIS_REFERENCE_NONE && x >= x_of (&f, s->reference_from_mm) - GRAB_PX
      && x <= x_of (&f, s->reference_to_mm) + GRAB_PX
      && (!isfinite (self->cursor_mm) || fabs (x - x_of (&f, self->cursor_mm)) > GRAB_PX))
    {
      self->on_reference = TRUE;
      self->start_mm = 0.5 * (s->reference_from_mm + s->reference_to_mm);
      return;
    }
  move_cursor (self, mm_of (self, x));
}

static void
on_drag_update (GtkGestureDrag *gesture, double dx, double dy, WillisProfileChart *self)
{
  double x, y;

  if (self->course == NULL || self->profile == NULL || !gtk_gesture_drag_get_start_point (gesture, &x, &y))
    return;
  if (self->on_reference)
    g_signal_emit (self, signals[REFERENCE_MOVED], 0,
                   CLAMP (self->start_mm + mm_of (self, x + dx) - mm_of (self, x), 0.0, willis_course_length_mm (self->course)));
  else
    move_cursor (self, mm_of (self, x + dx));
}

static gboolean
on_key (GtkEventControllerKey *keys, guint key, guint code, GdkModifierType state, WillisProfileChart *self)
{
  double step = state & GDK_SHIFT_MASK ? 1.0 : WILLIS_COURSE_STEP_MM, at = self->cursor_mm;

  if (self->course == NULL || self->profile == NULL || (key != GDK_KEY_Left && key != GDK_KEY_Right))
    return FALSE;
  if (state & GDK_ALT_MASK) // the reference
    {
      const WillisStenosis *s = self->stenosis;

      if (s != NULL && s->reference != WILLIS_REFERENCE_NONE)
        g_signal_emit (self, signals[REFERENCE_MOVED], 0,
                       CLAMP (0.5 * (s->reference_from_mm + s->reference_to_mm) + (key == GDK_KEY_Left ? -step : step), 0.0,
                              willis_course_length_mm (self->course)));
      return TRUE;
    }
  if (!isfinite (at))
    at = 0.5 * willis_course_length_mm (self->course);
  move_cursor (self, CLAMP (at + (key == GDK_KEY_Left ? -step : step), 0.0, willis_course_length_mm (self->course)));
  return TRUE;
}

static void
willis_profile_chart_class_init (WillisProfileChartClass *klass)
{
  signals[CURSOR_MOVED] = g_signal_new ("cursor-moved", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 1, G_TYPE_DOUBLE);
  signals[REFERENCE_MOVED] = g_signal_new ("reference-moved", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                           NULL, G_TYPE_NONE, 1, G_TYPE_DOUBLE);
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "profilechart");
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_IMG);
}

static void
willis_profile_chart_init (WillisProfileChart *self)
{
  GtkGesture *drag = gtk_gesture_drag_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();

  self->cursor_mm = NAN;
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_hexpand (GTK_WIDGET (self), TRUE);
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (self), draw, NULL, NULL);
  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (on_drag_update), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), _ ("Drag the white line along the vessel, or the blue stretch that narrowing is measured against. "
                                                     "Arrow keys move the line, with Alt the stretch."));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Diameter along the vessel"), -1);
}

GtkWidget *
willis_profile_chart_new (void)
{
  return g_object_new (WILLIS_TYPE_PROFILE_CHART, NULL);
}

void
willis_profile_chart_show (WillisProfileChart *self, const WillisCourse *course, const WillisProfile *profile,
                           const WillisStenosis *stenosis)
{
  self->course = course;
  self->profile = profile;
  self->stenosis = stenosis;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
willis_profile_chart_set_what (WillisProfileChart *self, WillisAlongWhat what)
{
  self->what = what;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
willis_profile_chart_set_cursor (WillisProfileChart *self, double at_mm)
{
  self->cursor_mm = at_mm;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
