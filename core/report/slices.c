/* SPDX-License-Identifier: Apache-2.0 */
/* Slices through an aneurysm with the outline of the lumen, of the sac, and the neck. */
#include <math.h>

#include "core/base/i18n.h"
#include "core/image/reslice.h"
#include "core/num/vec3.h"
#include "core/report/format.h"
#include "core/report/sections.h"

#define PIXELS 420
#define VESSEL 0xff5a4fu
#define SAC 0xffc04du
#define NECK 0x59e0f0u

typedef struct
{
  const char *caption;
  double centre[3], right[3], down[3]; // unit vectors, mm LPS
  double extent_mm;                    // width
  const char *letters[4];              // left, right, top, bottom edge; NULL: none
} View;

/* Area-weighted middle of a surface. */
static void
surface_centre (WillisSurface *surface, double centre[3])
{
  const double *p = willis_surface_points (surface);
  const gint32 *tri = willis_surface_triangles (surface);
  double sum[3] = { 0, 0, 0 }, all = 0;

  for (gsize n = 0; n < willis_surface_n_triangles (surface); n++)
    {
      const double *a = p + 3 * tri[3 * n], *b = p + 3 * tri[3 * n + 1], *c = p + 3 * tri[3 * n + 2];
      double u[3], v[3], w[3], area;

      vec3_sub (u, b, a);
      vec3_sub (v, c, a);
      vec3_cross (w, u, v);
      area = sqrt (vec3_dot (w, w)) / 2;
      for (int k = 0; k < 3; k++)
        sum[k] += area * (a[k] + b[k] + c[k]) / 3;
      all += area;
    }
  for (int k = 0; k < 3; k++)
    centre[k] = all > 0 ? sum[k] / all : 0;
}

/* Where a world point lies on the picture, in points from its middle, and how far in front of its plane. */
static void
project (const View *view, double scale, const double world[3], double xy[2], double *off)
{
  double d[3], normal[3];

  vec3_cross (normal, view->right, view->down);
  vec3_sub (d, world, view->centre);
  xy[0] = vec3_dot (d, view->right) * scale;
  xy[1] = vec3_dot (d, view->down) * scale;
  *off = vec3_dot (d, normal);
}

/* The crossing of the segment a b with the plane; FALSE where it does not cross. */
static gboolean
cross_edge (const View *view, double scale, const double *a, const double *b, double xy[2])
{
  double pa[2], pb[2], fa, fb, s;

  project (view, scale, a, pa, &fa);
  project (view, scale, b, pb, &fb);
  if ((fa < 0) == (fb < 0))
    return FALSE;
  s = fa / (fa - fb);
  xy[0] = pa[0] + s * (pb[0] - pa[0]);
  xy[1] = pa[1] + s * (pb[1] - pa[1]);
  return TRUE;
}

/* The cut of surface with the plane, as strokes. */
static void
draw_cut (cairo_t *cr, const View *view, double scale, WillisSurface *surface)
{
  const double *p = willis_surface_points (surface);
  const gint32 *tri = willis_surface_triangles (surface);
  double half = view->extent_mm * scale / 2;

  for (gsize n = 0; n < willis_surface_n_triangles (surface); n++)
    {
      double ends[3][2];
      int found = 0;

      for (int e = 0; e < 3; e++)
        found += cross_edge (view, scale, p + 3 * tri[3 * n + e], p + 3 * tri[3 * n + (e + 1) % 3], ends[found]);
      if (found < 2 || fabs (ends[0][0]) > half || fabs (ends[0][1]) > half)
        continue;
      cairo_move_to (cr, ends[0][0], ends[0][1]);
      cairo_line_to (cr, ends[1][0], ends[1][1]);
    }
  cairo_stroke (cr);
}

/* The neck curve's crossings of the plane, joined; where it lies flat in it, the whole curve. */
static void
draw_neck (cairo_t *cr, const View *view, double scale, const WillisAneurysm *aneurysm)
{
  gsize n = 0;
  const double *curve = willis_aneurysm_neck_curve (aneurysm, &n);
  double xy[2];
  int found = 0;

  for (gsize i = 0; i < n; i++)
    if (cross_edge (view, scale, curve + 3 * i, curve + 3 * ((i + 1) % n), xy))
      {
        if (found++ % 2 == 0)
          cairo_move_to (cr, xy[0], xy[1]);
        else
          cairo_line_to (cr, xy[0], xy[1]);
      }
  cairo_stroke (cr);
}

/* The window of the picture: the CTA preset, or about the lumen's own values. */
static void
choose_window (const WillisCase *c, WillisResliceParams *params)
{
  const WillisSegmentation *s = willis_case_segmentation (c);

  params->window = 700;
  params->level = 250;
  if (s != NULL && willis_segmentation_modality (s) != WILLIS_MODALITY_CTA
      && willis_segmentation_modality (s) != WILLIS_MODALITY_UNKNOWN && willis_segmentation_contrast (s) > 0)
    {
      params->window = 1.6 * willis_segmentation_contrast (s);
      params->level = willis_segmentation_background (s) + 0.6 * willis_segmentation_contrast (s);
    }
}

static cairo_surface_t *
slice_image (const WillisCase *c, const View *view, int height_px)
{
  cairo_surface_t *image = cairo_image_surface_create (CAIRO_FORMAT_RGB24, PIXELS, height_px);
  WillisResliceParams params = WILLIS_RESLICE_PARAMS_INIT;
  WillisPlane plane = { .width = PIXELS, .height = height_px, .pixel_mm = view->extent_mm / PIXELS };

  choose_window (c, &params);
  vec3_copy (plane.right, view->right);
  vec3_copy (plane.down, view->down);
  for (int k = 0; k < 3; k++)
    plane.corner_lps_mm[k]
        = view->centre[k]
          - plane.pixel_mm * ((PIXELS - 1) / 2.0 * view->right[k] + (height_px - 1) / 2.0 * view->down[k]);
  cairo_surface_flush (image);
  willis_reslice_argb (willis_case_volume (c), &plane, &params,
                       (guint32 *) (void *) cairo_image_surface_get_data (image),
                       (gsize) cairo_image_surface_get_stride (image) / 4);
  cairo_surface_mark_dirty (image);
  return image;
}

static void
draw_scale_bar (Pages *pages, double x, double y, double width, double height, double extent_mm)
{
  const Style style = { 6.5, FALSE, 0xffffff, PANGO_ALIGN_LEFT };
  double mm = extent_mm > 40 ? 10 : 5, length = mm / extent_mm * width;
  g_autofree char *text = g_strdup_printf ("%.0f mm", mm);

  set_colour (pages->cr, 0xffffff);
  cairo_set_line_width (pages->cr, 1.4);
  cairo_move_to (pages->cr, x + 8, y + height - 9);
  cairo_line_to (pages->cr, x + 8 + length, y + height - 9);
  cairo_stroke (pages->cr);
  draw_text (pages, &style, x + 11 + length, y + height - 14, 0, text);
}

static void
draw_letters (Pages *pages, const View *view, double x, double y, double width, double height)
{
  const Style style = { 8, TRUE, 0xffffff, PANGO_ALIGN_CENTER };
  const double at[4][2]
      = { { 2, height / 2 - 5 }, { width - 14, height / 2 - 5 }, { width / 2 - 6, 2 }, { width / 2 - 6, height - 14 } };

  for (int n = 0; n < 4; n++)
    if (view->letters[n] != NULL)
      draw_text (pages, &style, x + at[n][0], y + at[n][1], 12, view->letters[n]);
}

static void
draw_outlines (cairo_t *cr, const WillisCase *c, const WillisAneurysm *aneurysm, const View *view, double scale)
{
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  if (willis_case_surface (c) != NULL)
    {
      set_colour (cr, VESSEL);
      cairo_set_line_width (cr, 0.8);
      draw_cut (cr, view, scale, willis_case_surface (c));
    }
  set_colour (cr, SAC);
  cairo_set_line_width (cr, 1.1);
  draw_cut (cr, view, scale, willis_aneurysm_sac (aneurysm));
  set_colour (cr, NECK);
  cairo_set_line_width (cr, 1.5);
  draw_neck (cr, view, scale, aneurysm);
}

static void
draw_view (Pages *pages, const WillisCase *c, const WillisAneurysm *aneurysm, const View *view, double x, double y,
           double width, double height)
{
  const Style caption = { 7.5, TRUE, 0xffffff, PANGO_ALIGN_LEFT };
  int height_px = (int) ceil (PIXELS * height / width);
  cairo_t *cr = pages->cr;
  cairo_surface_t *image = slice_image (c, view, height_px);

  cairo_save (cr);
  rounded (cr, x, y, width, height, 4);
  cairo_clip (cr);
  cairo_translate (cr, x + width / 2, y + height / 2);
  cairo_save (cr);
  cairo_scale (cr, width / PIXELS, width / PIXELS);
  cairo_set_source_surface (cr, image, -PIXELS / 2.0, -height_px / 2.0);
  cairo_paint (cr);
  cairo_restore (cr);
  draw_outlines (cr, c, aneurysm, view, width / view->extent_mm);
  cairo_restore (cr);
  draw_text (pages, &caption, x + 7, y + 5, width - 14, view->caption);
  draw_letters (pages, view, x, y, width, height);
  draw_scale_bar (pages, x, y, width, height, view->extent_mm);
  cairo_surface_destroy (image);
}

/* The body's planes, radiological: the patient's left on the right of the picture. */
static void
body_views (Pages *pages, View views[3], const double centre[3], double extent_mm)
{
  const View axial = { .right = { 1, 0, 0 }, .down = { 0, 1, 0 }, .letters = { "R", "L", "A", "P" } };
  const View coronal = { .right = { 1, 0, 0 }, .down = { 0, 0, -1 }, .letters = { "R", "L", "S", "I" } };
  const View sagittal = { .right = { 0, 1, 0 }, .down = { 0, 0, -1 }, .letters = { "A", "P", "S", "I" } };

  views[0] = axial;
  views[0].caption = t (pages, N_ ("Axial"));
  views[1] = coronal;
  views[1].caption = t (pages, N_ ("Coronal"));
  views[2] = sagittal;
  views[2].caption = t (pages, N_ ("Sagittal"));
  for (int n = 0; n < 3; n++)
    {
      vec3_copy (views[n].centre, centre);
      views[n].extent_mm = extent_mm;
    }
}

/* The plane of the neck's normal in which the sac lies widest off it: the neck stands below as a line. */
static void
axis_view (Pages *pages, View *view, const WillisAneurysm *aneurysm, const double centre[3], double extent_mm)
{
  const WillisNeck *neck = willis_aneurysm_neck (aneurysm);
  gsize n = 0;
  const double *curve = willis_aneurysm_neck_curve (aneurysm, &n);
  double best = -1, right[3] = { 1, 0, 0 };

  for (gsize i = 0; i < n; i++) // the neck's own longest direction
    {
      double d[3], along, length;

      vec3_sub (d, curve + 3 * i, neck->centre_lps_mm);
      along = vec3_dot (d, neck->normal);
      for (int k = 0; k < 3; k++)
        d[k] -= along * neck->normal[k];
      length = sqrt (vec3_dot (d, d));
      if (length > best && length > 1e-6)
        {
          best = length;
          for (int k = 0; k < 3; k++)
            right[k] = d[k] / length;
        }
    }
  *view = (View){ .caption = t (pages, N_ ("Along the sac's axis")), .extent_mm = extent_mm };
  vec3_copy (view->right, right);
  for (int k = 0; k < 3; k++)
    view->down[k] = -neck->normal[k];
  // through the neck's centre, as high as the sac's middle
  {
    double d[3], rise;

    vec3_sub (d, centre, neck->centre_lps_mm);
    rise = vec3_dot (d, neck->normal);
    for (int k = 0; k < 3; k++)
      view->centre[k] = neck->centre_lps_mm[k] + rise * neck->normal[k];
  }
}

static void
draw_legend (Pages *pages)
{
  const Style style = { 7.5, FALSE, INK_SOFT, PANGO_ALIGN_LEFT };
  const guint32 colours[3] = { 0xd8473f, 0xe09a20, 0x28b4c8 };
  const char *const texts[3] = { t (pages, N_ ("lumen")), t (pages, N_ ("sac")), t (pages, N_ ("neck")) };
  double x = pages->left;

  for (int n = 0; n < 3; n++)
    {
      set_colour (pages->cr, colours[n]);
      cairo_set_line_width (pages->cr, 1.6);
      cairo_move_to (pages->cr, x, pages->y + 5.5);
      cairo_line_to (pages->cr, x + 14, pages->y + 5.5);
      cairo_stroke (pages->cr);
      draw_text (pages, &style, x + 18, pages->y, 0, texts[n]);
      x += 30 + text_width (pages, &style, texts[n]);
    }
  pages->y += 12;
}

void
report_picture (Pages *pages, const WillisReportPicture *picture, double x, double y, double width, double height)
{
  const Style caption = { 7.5, TRUE, INK, PANGO_ALIGN_LEFT };
  cairo_surface_t *image = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, picture->width, picture->height);
  double scale = MIN (width / picture->width, height / picture->height);
  guint8 *out = cairo_image_surface_get_data (image);
  int stride = cairo_image_surface_get_stride (image);

  cairo_surface_flush (image);
  for (int j = 0; j < picture->height && out != NULL; j++)
    for (int i = 0; i < picture->width; i++)
      {
        const guint8 *p = picture->rgba + (gsize) j * picture->stride + 4 * (gsize) i;
        guint32 *q = (guint32 *) (void *) (out + (gsize) j * (gsize) stride + 4 * (gsize) i);
        guint a = p[3];

        *q = a << 24 | (p[0] * a + 127) / 255 << 16 | (p[1] * a + 127) / 255 << 8 | (p[2] * a + 127) / 255;
      }
  cairo_surface_mark_dirty (image);
  cairo_save (pages->cr);
  rounded (pages->cr, x, y, width, height, 4);
  cairo_clip (pages->cr);
  fill_box (pages, x, y, width, height, PANEL);
  cairo_translate (pages->cr, x + (width - scale * picture->width) / 2, y + (height - scale * picture->height) / 2);
  cairo_scale (pages->cr, scale, scale);
  cairo_set_source_surface (pages->cr, image, 0, 0);
  cairo_paint (pages->cr);
  cairo_restore (pages->cr);
  if (picture->caption != NULL)
    {
      g_autofree char *text = picture->detail != NULL ? g_strdup_printf (t (pages, picture->caption), picture->detail)
                                                      : g_strdup (t (pages, picture->caption));

      draw_text (pages, &caption, x, y + height + 3, width, text);
    }
  cairo_surface_destroy (image);
}

/* Heights that fill what is left of the page, or a page of its own where that is little: rows of the given shares
 * of width, with fixed_pt between and below them. */
static double
fit (Pages *pages, double heights_pt, double fixed_pt)
{
  double room = pages->bottom - pages->y - fixed_pt;

  if (room < 0.7 * heights_pt)
    {
      pages_break (pages);
      room = pages->bottom - pages->y - fixed_pt;
    }
  return MIN (1.0, room / heights_pt);
}

void
report_slices (Pages *pages, const WillisCase *c, gsize n, const WillisReportPicture *picture)
{
  const WillisAneurysm *aneurysm = willis_case_aneurysm (c, n);
  double size = aneurysm != NULL ? willis_aneurysm_morphology (aneurysm)->index[WILLIS_INDEX_SIZE].value : NAN;
  double extent_mm = CLAMP (isfinite (size) ? 3.0 * size : 30, 18, 90), centre[3];
  double gap = 8, half = (pages->right - pages->left - gap) / 2, third = (pages->right - pages->left - 2 * gap) / 3;
  double x = pages->left, scale;
  View views[3], axis;

  if (aneurysm == NULL || willis_case_volume (c) == NULL)
    return;
  surface_centre (willis_aneurysm_sac (aneurysm), centre);
  body_views (pages, views, centre, extent_mm);
  axis_view (pages, &axis, aneurysm, centre, extent_mm);
  if (picture != NULL)
    {
      scale = fit (pages, half + third, 42);
      pages->y += 4;
      report_picture (pages, picture, x, pages->y, half, half * scale);
      draw_view (pages, c, aneurysm, &axis, x + half + gap, pages->y, half, half * scale);
      pages->y += half * scale + 17;
      for (int v = 0; v < 3; v++)
        draw_view (pages, c, aneurysm, &views[v], x + v * (third + gap), pages->y, third, third * scale);
      pages->y += third * scale + 5;
    }
  else
    {
      scale = fit (pages, 2 * half, 34);
      pages->y += 4;
      draw_view (pages, c, aneurysm, &axis, x, pages->y, half, half * scale);
      draw_view (pages, c, aneurysm, &views[0], x + half + gap, pages->y, half, half * scale);
      pages->y += half * scale + gap;
      draw_view (pages, c, aneurysm, &views[1], x, pages->y, half, half * scale);
      draw_view (pages, c, aneurysm, &views[2], x + half + gap, pages->y, half, half * scale);
      pages->y += half * scale + 5;
    }
  draw_legend (pages);
}
