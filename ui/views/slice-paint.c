/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is drawn over a slice: outlines, neck, crosshair, rulers, seeds, candidates, letters, scale bar, texts.
 */
#include "ui/views/slice-view-private.h"

#include <math.h>
#include <string.h>

#include "core/base/i18n.h"
#include "core/num/vec3.h"
#include "ui/model/format.h"
#include "ui/scene/scene.h"
#include "ui/views/section.h"

#define NECK_HANDLE_MIN_PX 26.0
#define GAP_PX 14.0 // of the crosshair about its point

/* One colour a plane, as in other viewers; the name stands beside, so colour alone says nothing. */
static const guint32 plane_rgb[WILLIS_N_ORIENTS] = { 0xe8675a, 0x7cc36e, 0xe6c84f, 0x7fb2f0 };

static void
set_rgb (cairo_t *cr, guint32 rgb, double alpha)
{
  cairo_set_source_rgba (cr, (rgb >> 16 & 0xff) / 255.0, (rgb >> 8 & 0xff) / 255.0, (rgb & 0xff) / 255.0, alpha);
}

/* Text with a dark rim, so that it reads on bright bone and on air. ax, ay: which part of the text lies at (x, y). */
static void
draw_text (WillisSliceView *self, cairo_t *cr, const char *text, double x, double y, double ax, double ay, double size,
           guint32 rgb, gboolean bold)
{
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);
  PangoFontDescription *font = pango_font_description_copy (
      pango_context_get_font_description (gtk_widget_get_pango_context (GTK_WIDGET (self))));
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();
  int w, h;

  pango_font_description_set_absolute_size (font, size * PANGO_SCALE);
  pango_font_description_set_weight (font, bold ? PANGO_WEIGHT_SEMIBOLD : PANGO_WEIGHT_NORMAL);
  pango_layout_set_font_description (layout, font);
  pango_attr_list_insert (attributes, pango_attr_font_features_new ("tnum=1"));
  pango_layout_set_attributes (layout, attributes);
  pango_font_description_free (font);
  pango_layout_get_pixel_size (layout, &w, &h);
  // the rim is the text itself, moved: glyphs are kept, strokes along their outlines would be made anew for every picture
  cairo_set_source_rgba (cr, 0, 0, 0, 0.6);
  for (int k = 0; k < 8; k++)
    {
      cairo_move_to (cr, floor (x - ax * w) + 1.2 * cos (k * G_PI / 4.0), floor (y - ay * h) + 1.2 * sin (k * G_PI / 4.0));
      pango_cairo_show_layout (cr, layout);
    }
  cairo_move_to (cr, floor (x - ax * w), floor (y - ay * h));
  set_rgb (cr, rgb, 1.0);
  pango_cairo_show_layout (cr, layout);
}

/* Strokes the path twice: dark and wide, then in colour. */
static void
stroke_rimmed (cairo_t *cr, guint32 rgb, double alpha, double width)
{
  cairo_set_line_width (cr, width + 2.0);
  cairo_set_source_rgba (cr, 0, 0, 0, 0.5 * alpha);
  cairo_stroke_preserve (cr);
  cairo_set_line_width (cr, width);
  set_rgb (cr, rgb, alpha);
  cairo_stroke (cr);
}

static void
paint_lines (WillisSliceView *self, cairo_t *cr, const GArray *lines, guint32 rgb, double width)
{
  for (guint n = 0; n < lines->len; n++)
    {
      const WillisSegment *s = &g_array_index (lines, WillisSegment, n);
      double x0, y0, x1, y1;

      willis_slice_frame_to_px (&self->frame, s->lps_mm[0], &x0, &y0);
      willis_slice_frame_to_px (&self->frame, s->lps_mm[1], &x1, &y1);
      if (MAX (x0, x1) < 0 || MAX (y0, y1) < 0 || MIN (x0, x1) > self->frame.width_px
          || MIN (y0, y1) > self->frame.height_px)
        continue;
      cairo_move_to (cr, x0, y0);
      cairo_line_to (cr, x1, y1);
    }
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  cairo_set_line_width (cr, width);
  set_rgb (cr, rgb, 0.95);
  cairo_stroke (cr);
}

/* --- the neck */

gboolean
_willis_slice_view_neck_trace (WillisSliceView *self, WillisNeckTrace *trace)
{
  const WillisSliceFrame *f = &self->frame;
  double radius = willis_session_neck_radius_mm (self->session), distance, sine, slide, middle[3], d[3], half;
  WillisNeck neck;

  if (willis_session_step (self->session) != WILLIS_STEP_ANEURYSM || !willis_session_get_neck (self->session, &neck))
    return FALSE;
  memset (trace, 0, sizeof *trace);
  distance = willis_slice_frame_to_px (f, neck.centre_lps_mm, &trace->centre[0], &trace->centre[1]);
  if (fabs (distance) > 1.2 * radius)
    return FALSE;
  vec3_cross (trace->along, neck.normal, f->normal);
  sine = vec3_normalize (trace->along);
  vec3_axpy (trace->into, neck.normal, -vec3_dot (neck.normal, f->normal), f->normal);
  vec3_normalize (trace->into);
  trace->flat = sine < 0.3;
  vec3_axpy (middle, neck.centre_lps_mm, -distance, f->normal);
  if (!trace->flat)
    {
      // the slice meets the neck plane beside the centre's projection
      vec3_sub (d, neck.centre_lps_mm, middle);
      slide = vec3_dot (d, neck.normal) / vec3_dot (trace->into, neck.normal);
      vec3_axpy (middle, middle, slide, trace->into);
      willis_slice_frame_to_px (f, middle, &trace->centre[0], &trace->centre[1]);
    }
  half = MAX (radius * 1.25, NECK_HANDLE_MIN_PX / f->px_per_mm);
  for (int e = 0; e < 2; e++)
    {
      vec3_axpy (d, middle, e == 0 ? -half : half, trace->along);
      willis_slice_frame_to_px (f, d, &trace->ends[e][0], &trace->ends[e][1]);
    }
  vec3_axpy (d, middle, MAX (0.8 * radius, NECK_HANDLE_MIN_PX / f->px_per_mm), trace->into);
  willis_slice_frame_to_px (f, d, &trace->arrow[0], &trace->arrow[1]);
  return TRUE;
}

static void
dot (cairo_t *cr, const double at[2], double radius, guint32 rgb, gboolean lit)
{
  cairo_new_path (cr);
  cairo_arc (cr, at[0], at[1], radius + (lit ? 2.0 : 0.0), 0, 2 * M_PI);
  cairo_set_source_rgba (cr, 0, 0, 0, 0.6);
  cairo_fill_preserve (cr);
  cairo_set_line_width (cr, lit ? 3.0 : 2.0);
  set_rgb (cr, rgb, 1.0);
  cairo_stroke (cr);
}

static gboolean
lit (WillisSliceView *self, WillisHitKind kind, guint index)
{
  const WillisHit *hit = self->button != 0 ? &self->grab : &self->hover;

  return hit->kind == kind && hit->index == index;
}

static void
paint_neck (WillisSliceView *self, cairo_t *cr)
{
  double radius = willis_session_neck_radius_mm (self->session) * self->frame.px_per_mm, angle;
  guint32 rgb = willis_session_neck_problem (self->session) != NULL ? 0xff6060u : WILLIS_COLOUR_NECK;
  WillisNeckTrace t;

  if (!_willis_slice_view_neck_trace (self, &t))
    return;
  if (t.flat)
    {
      const double dashes[] = { 6, 4 };

      cairo_arc (cr, t.centre[0], t.centre[1], MAX (radius, 6.0), 0, 2 * M_PI);
      cairo_set_dash (cr, dashes, 2, 0);
      stroke_rimmed (cr, rgb, 1.0, 1.5);
      cairo_set_dash (cr, NULL, 0, 0);
      dot (cr, t.centre, 5.0, rgb, lit (self, WILLIS_HIT_NECK_MOVE, 0));
      return;
    }
  cairo_move_to (cr, t.ends[0][0], t.ends[0][1]);
  cairo_line_to (cr, t.ends[1][0], t.ends[1][1]);
  stroke_rimmed (cr, rgb, 1.0, 2.0);
  cairo_move_to (cr, t.centre[0], t.centre[1]);
  cairo_line_to (cr, t.arrow[0], t.arrow[1]);
  stroke_rimmed (cr, rgb, 0.9, lit (self, WILLIS_HIT_NECK_SHIFT, 0) ? 3.0 : 1.5);
  angle = atan2 (t.arrow[1] - t.centre[1], t.arrow[0] - t.centre[0]);
  cairo_move_to (cr, t.arrow[0] + 7 * cos (angle), t.arrow[1] + 7 * sin (angle));
  cairo_line_to (cr, t.arrow[0] + 6 * cos (angle + 2.4), t.arrow[1] + 6 * sin (angle + 2.4));
  cairo_line_to (cr, t.arrow[0] + 6 * cos (angle - 2.4), t.arrow[1] + 6 * sin (angle - 2.4));
  cairo_close_path (cr);
  set_rgb (cr, rgb, 1.0);
  cairo_fill (cr);
  dot (cr, t.centre, 5.0, rgb, lit (self, WILLIS_HIT_NECK_MOVE, 0));
  for (guint e = 0; e < 2; e++)
    dot (cr, t.ends[e], 4.5, rgb, lit (self, WILLIS_HIT_NECK_TILT, e));
}

/* --- crosshair and the oblique plane's trace */

/* Draws the trace of the plane with this normal through (x, y), with a gap about the point. */
static void
paint_trace (WillisSliceView *self, cairo_t *cr, const double normal[3], guint32 rgb, double x, double y)
{
  double along[3], dx, dy, reach = self->frame.width_px + self->frame.height_px;

  vec3_cross (along, normal, self->frame.normal);
  if (vec3_normalize (along) < 1e-3)
    return;
  dx = vec3_dot (along, self->frame.right);
  dy = vec3_dot (along, self->frame.down);
  for (int side = -1; side <= 1; side += 2)
    {
      double x0 = x + side * GAP_PX * dx, y0 = y + side * GAP_PX * dy;

      if (fabs (dx) < 1e-6 || fabs (dy) < 1e-6) // sharp where they run along the pixels
        {
          x0 = floor (x0) + 0.5;
          y0 = floor (y0) + 0.5;
        }
      cairo_move_to (cr, x0, y0);
      cairo_line_to (cr, x0 + side * reach * dx, y0 + side * reach * dy);
    }
  cairo_set_line_width (cr, 1.0);
  set_rgb (cr, rgb, 0.75);
  cairo_stroke (cr);
}

gboolean
_willis_slice_view_oblique_trace (WillisSliceView *self, double ends[2][2])
{
  double normal[3], up[3], along[3], x, y, reach;

  if (self->orient == WILLIS_ORIENT_OBLIQUE
      || g_object_get_data (G_OBJECT (self->session), "oblique-shown") == NULL)
    return FALSE;
  willis_session_get_oblique (self->session, normal, up);
  vec3_cross (along, normal, self->frame.normal);
  if (vec3_normalize (along) < 0.05)
    return FALSE;
  willis_slice_frame_to_px (&self->frame, willis_session_crosshair (self->session), &x, &y);
  reach = 0.32 * MIN (self->frame.width_px, self->frame.height_px);
  for (int e = 0; e < 2; e++)
    {
      ends[e][0] = x + (e == 0 ? -reach : reach) * vec3_dot (along, self->frame.right);
      ends[e][1] = y + (e == 0 ? -reach : reach) * vec3_dot (along, self->frame.down);
    }
  return TRUE;
}

static void
paint_crosshair (WillisSliceView *self, cairo_t *cr)
{
  static const double normals[3][3] = { { 0, 0, 1 }, { 0, 1, 0 }, { 1, 0, 0 } };
  double x, y, ends[2][2];

  willis_slice_frame_to_px (&self->frame, willis_session_crosshair (self->session), &x, &y);
  if (willis_session_display (self->session)->show_crosshair)
    for (int n = 0; n < 3; n++)
      if ((WillisOrient) n != self->orient)
        paint_trace (self, cr, normals[n], plane_rgb[n], x, y);
  if (_willis_slice_view_oblique_trace (self, ends))
    {
      const double dashes[] = { 7, 4 };

      cairo_move_to (cr, ends[0][0], ends[0][1]);
      cairo_line_to (cr, ends[1][0], ends[1][1]);
      cairo_set_dash (cr, dashes, 2, 0);
      stroke_rimmed (cr, plane_rgb[WILLIS_ORIENT_OBLIQUE], 0.95, 1.5);
      cairo_set_dash (cr, NULL, 0, 0);
      for (guint e = 0; e < 2; e++)
        dot (cr, ends[e], 4.5, plane_rgb[WILLIS_ORIENT_OBLIQUE], lit (self, WILLIS_HIT_OBLIQUE, e));
    }
}

/* --- rulers, seeds, candidates */

static void
paint_marks (WillisSliceView *self, cairo_t *cr)
{
  const GArray *marks = willis_session_marks (self->session);

  for (guint n = 0; n < marks->len; n++)
    {
      const WillisMark *m = &g_array_index (marks, WillisMark, n);
      double px[3][2], far = 0.0, alpha;

      for (int p = 0; p < m->n_points; p++)
        far = MAX (far, fabs (willis_slice_frame_to_px (&self->frame, m->lps_mm[p], &px[p][0], &px[p][1])));
      if (far > 5.0)
        continue;
      alpha = far < 1.0 ? 1.0 : 0.45;
      for (int p = 0; p < m->n_points; p++)
        cairo_line_to (cr, px[p][0], px[p][1]);
      if (m->n_points == (m->kind == WILLIS_TOOL_ANGLE ? 2 : 1) && self->pointer_inside
          && n + 1 == marks->len && willis_session_tool (self->session) != WILLIS_TOOL_NONE)
        cairo_line_to (cr, self->pointer[0], self->pointer[1]);
      stroke_rimmed (cr, 0xffe070, alpha, 1.5);
      for (int p = 0; p < m->n_points; p++)
        dot (cr, px[p], 3.0, 0xffe070, self->hover.kind == WILLIS_HIT_MARK && self->hover.index == n && (int) self->hover.point == p);
      if (isfinite (willis_mark_value (m)))
        {
          int last = m->n_points - 1, at = m->kind == WILLIS_TOOL_ANGLE ? 1 : last;
          g_autofree char *text = m->kind == WILLIS_TOOL_ANGLE ? g_strdup_printf ("%.1f°", willis_mark_value (m))
                                                               : g_strdup_printf ("%.1f\u00a0mm", willis_mark_value (m));

          draw_text (self, cr, text, px[at][0] + 9, px[at][1] - 4, 0, 1, 14, 0xffe070, TRUE);
        }
    }
}

/* The step's line where it runs near this slice, thinner and paler with the distance; its places as rings. */
static void
paint_places (WillisSliceView *self, cairo_t *cr)
{
  const GArray *places = willis_session_places (self->session);
  double radius;
  const GArray *line = willis_session_place_line (self->session, &radius);
  double reach = radius + WILLIS_PLACE_NEAR_MM;

  for (guint i = 0; i + 6 <= line->len; i += 3)
    {
      const double *p = (const double *) line->data + i;
      double x[2], y[2], far = 0.0;

      for (int e = 0; e < 2; e++)
        far = fmax (far, fabs (willis_slice_frame_to_px (&self->frame, p + 3 * e, &x[e], &y[e])));
      if (far > reach)
        continue;
      cairo_move_to (cr, x[0], y[0]);
      cairo_line_to (cr, x[1], y[1]);
      cairo_set_line_width (cr, fmax (2.0 * sqrt (fmax (radius * radius - far * far, 0.0)) * self->frame.px_per_mm, 1.5));
      set_rgb (cr, WILLIS_COLOUR_DEVICE, far < radius ? 0.9 : 0.4);
      cairo_stroke (cr);
    }
  for (guint n = 0; n < places->len; n++)
    {
      const WillisPlace *p = &g_array_index (places, WillisPlace, n);
      double x, y, far = fabs (willis_slice_frame_to_px (&self->frame, p->lps_mm, &x, &y)), size = n == 0 ? 7.0 : 4.0;

      if (far > 4.0 * WILLIS_PLACE_NEAR_MM)
        continue;
      cairo_new_path (cr);
      cairo_arc (cr, x, y, size, 0, 2 * M_PI);
      stroke_rimmed (cr, p->rgb, far < WILLIS_PLACE_NEAR_MM ? 1.0 : 0.45, 2.0);
      if (far < WILLIS_PLACE_NEAR_MM)
        draw_text (self, cr, p->caption, x + (n == 0 ? size + 3 : -size - 3), y, n == 0 ? 0.0 : 1.0, n == 0 ? 1.0 : 0.0, 12, p->rgb, TRUE);
    }
}

static void
paint_seeds (WillisSliceView *self, cairo_t *cr)
{
  const GArray *seeds = willis_session_seeds (self->session);

  for (guint n = 0; n < seeds->len; n++)
    {
      double x, y, far = fabs (willis_slice_frame_to_px (&self->frame, g_array_index (seeds, WillisSeed, n).lps_mm, &x, &y));

      if (far > 4.0)
        continue;
      cairo_move_to (cr, x - 6, y);
      cairo_line_to (cr, x + 6, y);
      cairo_move_to (cr, x, y - 6);
      cairo_line_to (cr, x, y + 6);
      stroke_rimmed (cr, 0x8fe388, far < 1.0 ? 1.0 : 0.45, 2.0);
    }
}

static void
paint_candidates (WillisSliceView *self, cairo_t *cr)
{
  WillisCase *c = willis_session_case (self->session);
  const GArray *candidates = willis_case_candidates (c);

  if (candidates == NULL || willis_session_step (self->session) != WILLIS_STEP_ANEURYSM
      || willis_case_n_aneurysms (c) > 0)
    return;
  for (guint n = 0; n < candidates->len; n++)
    {
      const WillisCandidate *k = &g_array_index (candidates, WillisCandidate, n);
      double x, y, radius = MAX (0.5 * k->size_mm, 1.0);
      double far = fabs (willis_slice_frame_to_px (&self->frame, k->centre_lps_mm, &x, &y));
      g_autofree char *text = g_strdup_printf ("%u", n + 1);

      if (far > radius)
        continue;
      radius = MAX (sqrt (radius * radius - far * far) * 1.25 * self->frame.px_per_mm, 7.0);
      cairo_new_path (cr);
      cairo_arc (cr, x, y, radius, 0, 2 * M_PI);
      stroke_rimmed (cr, WILLIS_COLOUR_SAC, 1.0, (int) n == willis_session_candidate (self->session) ? 2.5 : 1.3);
      draw_text (self, cr, text, x + 0.72 * radius + 3, y - 0.72 * radius, 0, 1, 13, WILLIS_COLOUR_SAC, TRUE);
    }
}

/* --- letters, bar, texts */

static void
paint_letters (WillisSliceView *self, cairo_t *cr)
{
  const WillisSliceFrame *f = &self->frame;
  double left[3], up[3];
  char text[4];

  vec3_scale (left, f->right, -1.0);
  vec3_scale (up, f->down, -1.0);
  willis_direction_letters (f->right, text);
  draw_text (self, cr, text, f->width_px - 10, 0.5 * f->height_px, 1, 0.5, 16, 0xffffff, TRUE);
  willis_direction_letters (left, text);
  draw_text (self, cr, text, 10, 0.5 * f->height_px, 0, 0.5, 16, 0xffffff, TRUE);
  willis_direction_letters (up, text);
  draw_text (self, cr, text, 0.5 * f->width_px, 8, 0.5, 0, 16, 0xffffff, TRUE);
  willis_direction_letters (f->down, text);
  draw_text (self, cr, text, 0.5 * f->width_px, f->height_px - 8, 0.5, 1, 16, 0xffffff, TRUE);
}

static void
paint_scale_bar (WillisSliceView *self, cairo_t *cr)
{
  static const double lengths[] = { 0.5, 1, 2, 5, 10, 20, 50, 100, 200 };
  const WillisSliceFrame *f = &self->frame;
  double length = lengths[0], x = f->width_px - 12, y = f->height_px - 34, px;
  g_autofree char *text = NULL;

  for (gsize n = 0; n < G_N_ELEMENTS (lengths); n++)
    if (lengths[n] * f->px_per_mm <= 0.28 * f->width_px)
      length = lengths[n];
  px = length * f->px_per_mm;
  cairo_move_to (cr, x - px, y - 4);
  cairo_line_to (cr, x - px, y + 4);
  cairo_move_to (cr, x - px, y);
  cairo_line_to (cr, x, y);
  cairo_move_to (cr, x, y - 4);
  cairo_line_to (cr, x, y + 4);
  stroke_rimmed (cr, 0xffffff, 0.95, 1.5);
  text = g_strdup_printf ("%g\u00a0mm", length);
  draw_text (self, cr, text, x, y - 6, 1, 1, 12, 0xffffff, FALSE);
}

static char *
pointer_text (WillisSliceView *self)
{
  WillisVolume *volume = willis_case_volume (willis_session_case (self->session));
  const WillisStudy *study = willis_case_study (willis_session_case (self->session));
  const WillisGrid *grid = willis_volume_grid (volume);
  double lps[3], ijk[3];

  if (!self->pointer_inside)
    return NULL;
  willis_slice_frame_to_lps (&self->frame, self->pointer[0], self->pointer[1], lps);
  willis_grid_lps_to_ijk (grid, lps, ijk);
  for (int n = 0; n < 3; n++)
    if (ijk[n] < -0.5 || ijk[n] > grid->dims[n] - 0.5)
      return NULL;
  return g_strdup_printf ("%.0f%s", willis_volume_sample (volume, ijk),
                          g_strcmp0 (study->modality, "CT") == 0 ? "\u00a0HU" : "");
}

static void
paint_texts (WillisSliceView *self, cairo_t *cr)
{
  static const char *const slab_names[] = { "", N_ ("MIP"), N_ ("MinIP"), N_ ("mean") };
  static const char axis_letters[WILLIS_N_ORIENTS] = { 'z', 'y', 'x', 0 };
  const WillisSliceFrame *f = &self->frame;
  const WillisDisplay *display = willis_session_display (self->session);
  const WillisGrid *grid = willis_volume_grid (willis_case_volume (willis_session_case (self->session)));
  const double *crosshair = willis_session_crosshair (self->session);
  gboolean roomy = f->width_px >= 300 && f->height_px >= 200;
  g_autofree char *window = g_strdup_printf ("W\u00a0%.0f  L\u00a0%.0f", display->window, display->level);
  g_autofree char *slice = NULL, *under = pointer_text (self);
  int number, count;
  double y = f->height_px - 10;

  draw_text (self, cr, willis_orient_name (self->orient), 12, 9, 0, 0, 14, plane_rgb[self->orient], TRUE);
  willis_slice_step (grid, f->normal, crosshair, &number, &count);
  if (count > 0 && self->orient != WILLIS_ORIENT_OBLIQUE)
    slice = g_strdup_printf ("%c\u00a0%d/%d", axis_letters[self->orient], number, count);
  else
    slice = g_strdup_printf ("%.1f\u00a0mm", vec3_dot (f->normal, crosshair));
  draw_text (self, cr, slice, f->width_px - 12, y, 1, 1, 12, 0xffffff, FALSE);
  draw_text (self, cr, window, 12, y, 0, 1, 12, 0xffffff, FALSE);
  if (display->slab != WILLIS_SLAB_OFF)
    {
      g_autofree char *slab = g_strdup_printf ("%s\u00a0%.0f\u00a0mm", _ (slab_names[display->slab]), display->slab_mm);

      y -= 17;
      draw_text (self, cr, slab, 12, y, 0, 1, 12, 0x9fd0ff, FALSE);
    }
  if (roomy && f->right[0] > 0.7)
    draw_text (self, cr, _ ("radiological: patient’s left on the right"), 12, y - 17, 0, 1, 11, 0xd8d8d8, FALSE);
  if (under != NULL)
    draw_text (self, cr, under, f->width_px - 12, 9, 1, 0, 12, 0xffffff, FALSE);
}

/* The box of interest: its twelve edges as seen along the normal, a rectangle where the scan lies straight. */
static void
paint_roi (WillisSliceView *self, cairo_t *cr)
{
  static const int edges[12][2] = { { 0, 1 }, { 2, 3 }, { 4, 5 }, { 6, 7 }, { 0, 2 }, { 1, 3 },
                                    { 4, 6 }, { 5, 7 }, { 0, 4 }, { 1, 5 }, { 2, 6 }, { 3, 7 } };
  const double dashes[] = { 6, 4 };
  double px[8][2];
  int lo[3], hi[3];

  if ((willis_session_step (self->session) != WILLIS_STEP_SCAN && willis_session_step (self->session) != WILLIS_STEP_VESSELS)
      || !willis_session_roi_box (self->session, lo, hi))
    return;
  for (int c = 0; c < 8; c++)
    {
      double ijk[3], p[3];

      for (int n = 0; n < 3; n++)
        ijk[n] = c >> n & 1 ? hi[n] + 0.5 : lo[n] - 0.5;
      willis_grid_ijk_to_lps (willis_volume_grid (willis_case_volume (willis_session_case (self->session))), ijk, p);
      willis_slice_frame_to_px (&self->frame, p, &px[c][0], &px[c][1]);
    }
  for (int e = 0; e < 12; e++)
    {
      cairo_move_to (cr, px[edges[e][0]][0], px[edges[e][0]][1]);
      cairo_line_to (cr, px[edges[e][1]][0], px[edges[e][1]][1]);
    }
  cairo_set_dash (cr, dashes, 2, 0);
  stroke_rimmed (cr, 0x8fe388, 1.0, 1.5);
  cairo_set_dash (cr, NULL, 0, 0);
}

void
_willis_slice_view_paint (WillisSliceView *self, cairo_t *cr)
{
  paint_lines (self, cr, self->lumen_lines, WILLIS_COLOUR_VESSEL, 1.4);
  paint_lines (self, cr, self->sac_lines, WILLIS_COLOUR_SAC, 2.2);
  paint_roi (self, cr);
  paint_crosshair (self, cr);
  paint_candidates (self, cr);
  paint_seeds (self, cr);
  paint_neck (self, cr);
  paint_places (self, cr);
  paint_marks (self, cr);
  _willis_slice_view_paint_edit (self, cr);
  paint_letters (self, cr);
  paint_scale_bar (self, cr);
  paint_texts (self, cr);
  if (gtk_widget_has_focus (GTK_WIDGET (self)))
    {
      cairo_rectangle (cr, 0.5, 0.5, self->frame.width_px - 1, self->frame.height_px - 1);
      cairo_set_line_width (cr, 1.0);
      set_rgb (cr, 0x78aeed, 0.9);
      cairo_stroke (cr);
    }
}
