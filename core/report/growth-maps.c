/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What moved on the sac, in colours: the signed displacement and its significance, seen from two sides; and how indices
 * went over all scans. Drawn here, without a 3D scene, so that a report looks the same on any machine.
 */
#include <math.h>

#include "core/base/i18n.h"
#include "core/case/compare.h"
#include "core/report/format.h"
#include "core/report/sections.h"

#define PIXELS 420
#define COLOURS 33

/* Blue inwards, grey none, red outwards; v in -1 .. 1. Grey of another kind where nothing is known. */
static void
colour_of (double v, double shade, guint8 rgb[3])
{
  static const double ends[3][3] = { { 33, 102, 172 }, { 236, 236, 232 }, { 178, 24, 43 } };
  double u = isfinite (v) ? CLAMP (v, -1.0, 1.0) : 0.0, t = fabs (u);
  const double *end = u < 0.0 ? ends[0] : ends[2];

  for (int c = 0; c < 3; c++)
    {
      double base = isfinite (v) ? ends[1][c] + t * (end[c] - ends[1][c]) : 150.0;

      rgb[c] = (guint8) lrint (CLAMP (base * shade, 0.0, 255.0));
    }
}

/* A view of the sac from far: right, up and towards the eye. */
typedef struct
{
  double axis[3][3], middle[3], mm; // mm: half the picture's edge
} MapView;

static void
view_init (MapView *view, WillisSurface *sac, const double towards[3])
{
  double box[6], up[3] = { 0, 0, 1 }, reach = 1.0;

  willis_surface_bounds (sac, box);
  for (int a = 0; a < 3; a++)
    view->middle[a] = 0.5 * (box[a] + box[a + 3]);
  vec3_copy (view->axis[2], towards);
  if (fabs (towards[2]) > 0.9) // seen from above or below, the front is up
    vec3_set (up, 0, -1, 0);
  vec3_cross (view->axis[0], up, view->axis[2]);
  vec3_normalize (view->axis[0]);
  vec3_cross (view->axis[1], view->axis[2], view->axis[0]);
  for (gsize i = 0; i < willis_surface_n_points (sac); i++)
    reach = MAX (reach, vec3_dist (willis_surface_points (sac) + 3 * i, view->middle));
  view->mm = 1.08 * reach;
}

static void
view_place (const MapView *view, const double x[3], double out[3])
{
  double d[3];

  vec3_sub (d, x, view->middle);
  out[0] = 0.5 * PIXELS * (1.0 + vec3_dot (d, view->axis[0]) / view->mm);
  out[1] = 0.5 * PIXELS * (1.0 - vec3_dot (d, view->axis[1]) / view->mm);
  out[2] = vec3_dot (d, view->axis[2]);
}

/* One triangle: places in pixels with depth, values, brightness at its corners. */
static void
fill_triangle (const double p[3][3], const double value[3], const double shade[3], guint32 *pixels, float *depth)
{
  double area = (p[1][0] - p[0][0]) * (p[2][1] - p[0][1]) - (p[2][0] - p[0][0]) * (p[1][1] - p[0][1]);
  int lo[2], hi[2];

  if (fabs (area) < 1e-12)
    return;
  for (int a = 0; a < 2; a++)
    {
      lo[a] = CLAMP ((int) ceil (MIN (MIN (p[0][a], p[1][a]), p[2][a]) - 0.5), 0, PIXELS - 1);
      hi[a] = CLAMP ((int) floor (MAX (MAX (p[0][a], p[1][a]), p[2][a]) - 0.5), 0, PIXELS - 1);
    }
  for (int y = lo[1]; y <= hi[1]; y++)
    for (int x = lo[0]; x <= hi[0]; x++)
      {
        double w[3], z = 0.0, v = 0.0, s = 0.0;
        guint8 rgb[3];

        for (int c = 0; c < 3; c++)
          {
            const double *a = p[(c + 1) % 3], *b = p[(c + 2) % 3];

            w[c] = ((a[0] - x - 0.5) * (b[1] - y - 0.5) - (b[0] - x - 0.5) * (a[1] - y - 0.5)) / area;
            z += w[c] * p[c][2];
            v += w[c] * value[c];
            s += w[c] * shade[c];
          }
        if (MIN (MIN (w[0], w[1]), w[2]) < -1e-9 || z <= (double) depth[y * PIXELS + x])
          continue;
        depth[y * PIXELS + x] = (float) z;
        colour_of (v, s, rgb);
        pixels[y * PIXELS + x] = 0xff000000u | (guint32) rgb[0] << 16 | (guint32) rgb[1] << 8 | rgb[2];
      }
}

/* The sac coloured by field / most (new). */
static cairo_surface_t *
map_image (WillisSurface *sac, const double *field, double most, const MapView *view)
{
  cairo_surface_t *image = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, PIXELS, PIXELS);
  const double *points = willis_surface_points (sac);
  const gint32 *t = willis_surface_triangles (sac);
  g_autofree double *normals = willis_surface_point_normals (sac);
  g_autofree float *depth = g_new (float, PIXELS *PIXELS);
  guint32 *pixels = (guint32 *) (void *) cairo_image_surface_get_data (image); // PIXELS * 4 bytes a row: no padding

  for (int i = 0; i < PIXELS * PIXELS; i++)
    depth[i] = -1e9f;
  cairo_surface_flush (image);
  for (gsize i = 0; pixels != NULL && i < willis_surface_n_triangles (sac); i++)
    {
      double p[3][3], value[3], shade[3];

      for (int c = 0; c < 3; c++)
        {
          gsize at = (gsize) t[3 * i + (gsize) c];

          view_place (view, points + 3 * at, p[c]);
          value[c] = field[at] / most;
          shade[c] = 0.5 + 0.5 * fabs (vec3_dot (normals + 3 * at, view->axis[2]));
        }
      fill_triangle (p, value, shade, pixels, depth);
    }
  cairo_surface_mark_dirty (image);
  return image;
}

static void
draw_image (Pages *pages, cairo_surface_t *image, double x, double y, double edge)
{
  fill_box (pages, x, y, edge, edge, PANEL);
  cairo_save (pages->cr);
  cairo_translate (pages->cr, x, y);
  cairo_scale (pages->cr, edge / PIXELS, edge / PIXELS);
  cairo_set_source_surface (pages->cr, image, 0, 0);
  cairo_paint (pages->cr);
  cairo_restore (pages->cr);
}

/* The numbers of the regions that this view shows. */
static void
draw_region_numbers (Pages *pages, const WillisGrowth *g, const MapView *view, double x, double y, double edge)
{
  const Style style = { 7.5, TRUE, INK, PANGO_ALIGN_LEFT };

  for (guint i = 0; i < g->regions->len; i++)
    {
      const WillisGrowthRegion *r = &g_array_index (g->regions, WillisGrowthRegion, i);
      double at[3];
      char text[12];

      view_place (view, r->centre_lps_mm, at);
      if (at[2] < 0.0)
        continue;
      g_snprintf (text, sizeof text, "%u", i + 1);
      at[0] = x + at[0] * edge / PIXELS;
      at[1] = y + at[1] * edge / PIXELS;
      set_colour (pages->cr, 0xffffffu);
      cairo_arc (pages->cr, at[0], at[1], 5.5, 0, 2 * G_PI);
      cairo_fill_preserve (pages->cr);
      set_colour (pages->cr, INK);
      cairo_set_line_width (pages->cr, 0.7);
      cairo_stroke (pages->cr);
      draw_text (pages, &style, at[0] - 0.5 * text_width (pages, &style, text), at[1] - 5.2, 0, text);
    }
}

/* The colours from -most to most, with marks at the limit (0: none). */
static void
draw_scale (Pages *pages, double x, double y, double width, double most, double limit, const char *unit)
{
  const Style style = { 7, FALSE, INK_SOFT, PANGO_ALIGN_LEFT };
  double marks[5] = { -most, -limit, 0.0, limit, most };

  for (int i = 0; i < COLOURS; i++)
    {
      guint8 rgb[3];

      colour_of (2.0 * (i + 0.5) / COLOURS - 1.0, 1.0, rgb);
      set_colour (pages->cr, (guint32) rgb[0] << 16 | (guint32) rgb[1] << 8 | rgb[2]);
      cairo_rectangle (pages->cr, x + width * i / COLOURS, y, width / COLOURS + 0.4, 6);
      cairo_fill (pages->cr);
    }
  for (int m = 0; m < 5; m++)
    {
      g_autofree char *text = m == 4   ? g_strdup_printf ("%+.*f %s", most < 3.0 ? 2 : 0, marks[m], unit)
                              : m == 2 ? g_strdup ("0")
                                       : g_strdup_printf ("%+.*f", most < 3.0 ? 2 : 0, marks[m]);
      double at = x + 0.5 * width * (1.0 + marks[m] / most), wide = text_width (pages, &style, text);

      if ((m == 1 || m == 3) && (limit <= 0.0 || limit > 0.75 * most || limit < 0.15 * most))
        continue;
      set_colour (pages->cr, INK_SOFT);
      cairo_set_line_width (pages->cr, 0.6);
      cairo_move_to (pages->cr, at, y);
      cairo_line_to (pages->cr, at, y + 8);
      cairo_stroke (pages->cr);
      draw_text (pages, &style, CLAMP (at - 0.5 * wide, x, x + width - wide), y + 8, 0, text);
    }
}

void
report_growth_maps (Pages *pages, const WillisGrowth *g)
{
  const Style caption = { 7.5, TRUE, INK, PANGO_ALIGN_LEFT };
  double gap = 8, edge = (pages->right - pages->left - 3 * gap) / 4, most[2] = { MAX (2.0 * g->limit_mm, 0.5), 8.0 };
  double towards[3] = { 0, -1, 0 }, limits[2] = { g->limit_mm, 2.0 };
  const double *fields[2] = { g->displacement_mm, g->z };
  const char *captions[2]
      = { N_ ("Displacement of the wall, out is red"), N_ ("Its significance, in deviations of unchanged artery") };
  MapView view;

  if (g->sac == NULL || g->displacement_mm == NULL || g->z == NULL)
    return;
  view_init (&view, g->sac, towards);
  if (g->regions->len > 0) // the strongest region faces the reader
    {
      vec3_sub (towards, g_array_index (g->regions, WillisGrowthRegion, 0).centre_lps_mm, view.middle);
      if (vec3_normalize (towards) < 1e-6)
        vec3_set (towards, 0, -1, 0);
    }
  for (gsize i = 0; i < willis_surface_n_points (g->sac); i++)
    if (isfinite (g->displacement_mm[i]))
      most[0] = MAX (most[0], fabs (g->displacement_mm[i]));
  pages_need (pages, edge + 40);
  for (int f = 0; f < 2; f++)
    {
      double x = pages->left + 2 * f * (edge + gap);

      draw_text (pages, &caption, x, pages->y, 2 * edge + gap, t (pages, captions[f]));
      for (int side = 0; side < 2; side++)
        {
          const double other[3] = { -towards[0], -towards[1], -towards[2] };
          cairo_surface_t *image;

          view_init (&view, g->sac, side == 0 ? towards : other);
          image = map_image (g->sac, fields[f], most[f], &view);
          draw_image (pages, image, x + side * (edge + gap), pages->y + 13, edge);
          draw_region_numbers (pages, g, &view, x + side * (edge + gap), pages->y + 13, edge);
          cairo_surface_destroy (image);
        }
      draw_scale (pages, x, pages->y + edge + 17, 2 * edge + gap, most[f], limits[f], f == 0 ? "mm" : "");
    }
  pages->y += edge + 44;
}

/* ---- over all scans ---- */

/* One index over the scans; only those with a date and a value (new). */
static GArray *
trend_points (const WillisCase *c, WillisIndex index)
{
  GArray *points = willis_case_trend (c, index, NULL);

  for (guint i = points->len; i-- > 0;)
    {
      const WillisTrendPoint *p = &g_array_index (points, WillisTrendPoint, i);

      if (!isfinite (p->year) || !isfinite (p->value))
        g_array_remove_index (points, i);
    }
  return points;
}

static void
draw_trend (Pages *pages, const GArray *points, double x, double y, double width, double height, int digits)
{
  const Style style = { 7, FALSE, INK_SOFT, PANGO_ALIGN_LEFT };
  const WillisTrendPoint *p = (const WillisTrendPoint *) (const void *) points->data;
  double lo = INFINITY, hi = -INFINITY, from = p[0].year, to = MAX (p[points->len - 1].year, from + 0.01), room;

  for (guint i = 0; i < points->len; i++)
    {
      lo = MIN (lo, p[i].value - (isfinite (p[i].sd) ? p[i].sd : 0.0));
      hi = MAX (hi, p[i].value + (isfinite (p[i].sd) ? p[i].sd : 0.0));
    }
  room = MAX (0.15 * (hi - lo), 0.02 * fabs (hi) + 1e-6);
  lo -= room;
  hi += room;
  fill_box (pages, x, y, width, height, PANEL);
  cairo_set_line_width (pages->cr, 0.9);
  for (guint i = 0; i < points->len; i++)
    {
      double px = x + 14 + (width - 28) * (p[i].year - from) / (to - from), unit = (height - 34) / (hi - lo);
      double py = y + height - 22 - unit * (p[i].value - lo), bar = isfinite (p[i].sd) ? unit * p[i].sd : 0.0;
      g_autofree char *value = g_strdup_printf ("%.*f", digits, p[i].value);
      g_autofree char *year = g_strdup_printf ("%.1f", p[i].year);
      double wide = text_width (pages, &style, value), wide_year = text_width (pages, &style, year);

      set_colour (pages->cr, ACCENT);
      if (i > 0)
        {
          cairo_move_to (pages->cr, x + 14 + (width - 28) * (p[i - 1].year - from) / (to - from),
                         y + height - 22 - unit * (p[i - 1].value - lo));
          cairo_line_to (pages->cr, px, py);
          cairo_stroke (pages->cr);
        }
      cairo_move_to (pages->cr, px, py - bar);
      cairo_line_to (pages->cr, px, py + bar);
      cairo_move_to (pages->cr, px - 2.5, py - bar);
      cairo_line_to (pages->cr, px + 2.5, py - bar);
      cairo_move_to (pages->cr, px - 2.5, py + bar);
      cairo_line_to (pages->cr, px + 2.5, py + bar);
      cairo_stroke (pages->cr);
      cairo_arc (pages->cr, px, py, 2, 0, 2 * G_PI);
      cairo_fill (pages->cr);
      draw_text (pages, &style, CLAMP (px - 0.5 * wide, x + 2, x + width - wide - 2), py - bar - 10, 0, value);
      draw_text (pages, &style, CLAMP (px - 0.5 * wide_year, x + 2, x + width - wide_year - 2), y + height - 11, 0,
                 year);
    }
}

void
report_series (Pages *pages, const WillisCase *c)
{
  const Style caption = { 7, TRUE, INK, PANGO_ALIGN_LEFT }, small = { 8, FALSE, INK_SOFT, PANGO_ALIGN_LEFT };
  double gap = 8, width = (pages->right - pages->left - 3 * gap) / 4, height = 82;
  int n = 0;

  if (willis_case_n_comparisons (c) < 2)
    return;
  pages_break (pages);
  draw_heading (pages, t (pages, N_ ("Time line")), height + 40);
  pages->y += draw_text (pages, &small, pages->left, pages->y, pages->right - pages->left,
                         t (pages, N_ ("All scans against this one, with necks that correspond. Bars: one deviation of "
                                       "the change to this scan.")))
              + 6;
  for (int i = 0; i < WILLIS_N_INDICES; i++)
    {
      const WillisIndexInfo *info = willis_index_info ((WillisIndex) i);
      g_autoptr (GArray) points = trend_points (c, (WillisIndex) i);
      g_autofree char *text = NULL;
      double x = pages->left + (n % 4) * (width + gap);

      if (points->len < 3 || g_str_has_prefix (info->name, "zernike")) // those moments say nothing one by one
        continue;
      if (n % 4 == 0)
        pages_need (pages, height + 20);
      text = *info->unit != '\0' ? g_strdup_printf ("%s, %s", t (pages, info->label), willis_format_unit (info->unit))
                                 : g_strdup (t (pages, info->label));
      draw_text (pages, &caption, x, pages->y, width, text);
      draw_trend (pages, points, x, pages->y + 11, width, height,
                  fabs (g_array_index (points, WillisTrendPoint, 0).value) < 20 ? 2 : 1);
      if (n++ % 4 == 3)
        pages->y += height + 20;
    }
  if (n % 4 != 0)
    pages->y += height + 20;
}
