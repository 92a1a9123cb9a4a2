/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/steps/trend-chart.h"

#include <math.h>

struct _WillisTrendChart
{
  GtkWidget parent_instance;
  GArray *points; // of WillisTrendPoint
  char *unit;
};

G_DEFINE_FINAL_TYPE (WillisTrendChart, willis_trend_chart, GTK_TYPE_WIDGET)

static void
say (WillisTrendChart *self, cairo_t *cr, const GdkRGBA *ink, const char *text, double x, double y, double ax)
{
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);
  PangoFontDescription *font = pango_font_description_copy (
      pango_context_get_font_description (gtk_widget_get_pango_context (GTK_WIDGET (self))));
  int width, height;

  pango_font_description_set_absolute_size (font, 11 * PANGO_SCALE);
  pango_layout_set_font_description (layout, font);
  pango_font_description_free (font);
  pango_layout_get_pixel_size (layout, &width, &height);
  gdk_cairo_set_source_rgba (cr, ink);
  cairo_move_to (cr, x - ax * width, y - 0.5 * height);
  pango_cairo_show_layout (cr, layout);
}

/* Lowest and highest of what is drawn, bars included; a little room about them. */
static void
value_range (const WillisTrendChart *self, double range[2])
{
  range[0] = INFINITY;
  range[1] = -INFINITY;
  for (guint i = 0; i < self->points->len; i++)
    {
      const WillisTrendPoint *p = &g_array_index (self->points, WillisTrendPoint, i);
      double sd = isfinite (p->sd) ? p->sd : 0.0;

      if (!isfinite (p->value))
        continue;
      range[0] = MIN (range[0], p->value - sd);
      range[1] = MAX (range[1], p->value + sd);
    }
  if (!(range[1] > range[0]))
    {
      double middle = isfinite (range[0]) ? range[0] : 0.0;

      range[0] = middle - MAX (0.05 * fabs (middle), 0.5);
      range[1] = middle + MAX (0.05 * fabs (middle), 0.5);
    }
  else
    {
      double room = 0.15 * (range[1] - range[0]);

      range[0] -= room;
      range[1] += room;
    }
}

static double
place_of (const WillisTrendChart *self, guint i, gboolean dated)
{
  const WillisTrendPoint *p = (const WillisTrendPoint *) self->points->data;
  double first = p[0].year, last = p[self->points->len - 1].year;

  if (self->points->len < 2)
    return 0.5;
  return dated ? (p[i].year - first) / (last - first) : (double) i / (self->points->len - 1);
}

static double
height_of (const WillisTrendChart *self, guint i, const double range[2], double top, double bottom)
{
  double value = g_array_index (self->points, WillisTrendPoint, i).value;

  return bottom - (value - range[0]) / (range[1] - range[0]) * (bottom - top);
}

/* The line through the values that there are. */
static void
draw_line (const WillisTrendChart *self, cairo_t *cr, gboolean dated, const double range[2], const double box[4])
{
  gboolean begun = FALSE;

  cairo_set_source_rgba (cr, 0.94, 0.66, 0.19, 0.55);
  cairo_set_line_width (cr, 1.5);
  for (guint i = 0; i < self->points->len; i++)
    {
      double x = box[0] + 12 + place_of (self, i, dated) * (box[2] - box[0] - 24);

      if (!isfinite (g_array_index (self->points, WillisTrendPoint, i).value))
        continue;
      if (begun)
        cairo_line_to (cr, x, height_of (self, i, range, box[1], box[3]));
      else
        cairo_move_to (cr, x, height_of (self, i, range, box[1], box[3]));
      begun = TRUE;
    }
  cairo_stroke (cr);
}

static void
willis_trend_chart_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  WillisTrendChart *self = WILLIS_TREND_CHART (widget);
  double width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  double left = 52, right = width - 34, top = 16, bottom = height - 24, range[2];
  g_autofree char *hi = NULL;
  g_autofree char *lo = NULL;
  gboolean dated = TRUE;
  double named = -1e3;
  GdkRGBA ink, soft;
  cairo_t *cr;

  if (self->points->len == 0 || width < 80 || height < 50)
    return;
  for (guint i = 0; i < self->points->len; i++)
    dated = dated && isfinite (g_array_index (self->points, WillisTrendPoint, i).year);
  dated = dated
          && g_array_index (self->points, WillisTrendPoint, self->points->len - 1).year
                 > g_array_index (self->points, WillisTrendPoint, 0).year;
  value_range (self, range);
  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &ink);
  soft = ink;
  soft.alpha = 0.35f;
  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height));
  cairo_set_line_width (cr, 1);
  gdk_cairo_set_source_rgba (cr, &soft);
  cairo_move_to (cr, left, top);
  cairo_line_to (cr, left, bottom);
  cairo_line_to (cr, right, bottom);
  cairo_stroke (cr);
  hi = g_strdup_printf ("%.3g %s", range[1], self->unit);
  lo = g_strdup_printf ("%.3g", range[0]);
  say (self, cr, &ink, hi, left - 4, top, 1);
  say (self, cr, &ink, lo, left - 4, bottom, 1);
  draw_line (self, cr, dated, range, (const double[4]){ left, top, right, bottom });
  for (guint i = 0; i < self->points->len; i++)
    {
      const WillisTrendPoint *p = &g_array_index (self->points, WillisTrendPoint, i);
      double x = left + 12 + place_of (self, i, dated) * (right - left - 24),
             y = height_of (self, i, range, top, bottom);
      g_autofree char *year = dated ? g_strdup_printf ("%.1f", p->year) : g_strdup_printf ("%u", i + 1);

      if (x - named > 44) // names of scans close to each other would overlap
        {
          say (self, cr, &ink, year, x, bottom + 12, 0.5);
          named = x;
        }
      if (!isfinite (p->value))
        continue;
      cairo_set_source_rgb (cr, 0.94, 0.66, 0.19); // the sac's amber
      if (isfinite (p->sd))
        {
          double d = p->sd / (range[1] - range[0]) * (bottom - top);

          cairo_set_line_width (cr, 1.5);
          cairo_move_to (cr, x, y - d);
          cairo_line_to (cr, x, y + d);
          for (int side = -1; side <= 1; side += 2)
            {
              cairo_move_to (cr, x - 4, y + side * d);
              cairo_line_to (cr, x + 4, y + side * d);
            }
          cairo_stroke (cr);
        }
      cairo_arc (cr, x, y, 4, 0, 2 * G_PI);
      cairo_fill (cr);
    }
  cairo_destroy (cr);
}

static void
willis_trend_chart_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                            int *minimum_baseline, int *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_VERTICAL ? 130 : 160;
  *natural = orientation == GTK_ORIENTATION_VERTICAL ? 150 : 280;
  *minimum_baseline = *natural_baseline = -1;
}

static void
willis_trend_chart_finalize (GObject *object)
{
  WillisTrendChart *self = WILLIS_TREND_CHART (object);

  g_array_unref (self->points);
  g_free (self->unit);
  G_OBJECT_CLASS (willis_trend_chart_parent_class)->finalize (object);
}

static void
willis_trend_chart_class_init (WillisTrendChartClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = willis_trend_chart_finalize;
  GTK_WIDGET_CLASS (klass)->snapshot = willis_trend_chart_snapshot;
  GTK_WIDGET_CLASS (klass)->measure = willis_trend_chart_measure;
}

static void
willis_trend_chart_init (WillisTrendChart *self)
{
  self->points = g_array_new (FALSE, FALSE, sizeof (WillisTrendPoint));
  self->unit = g_strdup ("");
}

GtkWidget *
willis_trend_chart_new (void)
{
  return g_object_new (WILLIS_TYPE_TREND_CHART, NULL);
}

void
willis_trend_chart_set (WillisTrendChart *self, const WillisTrendPoint *points, guint n, const char *unit)
{
  g_array_set_size (self->points, 0);
  g_array_append_vals (self->points, points, n);
  g_free (self->unit);
  self->unit = g_strdup (unit);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
