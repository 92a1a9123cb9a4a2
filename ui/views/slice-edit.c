/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tools that correct the arteries, in a slice: the stroke in hand, and what is drawn of it.
 */
#include "ui/views/slice-view-private.h"

#include <math.h>

#include "core/num/vec3.h"
#include "ui/scene/scene.h"

static void
add_point (WillisSliceView *self, double x, double y)
{
  double p[3];

  willis_slice_frame_to_lps (&self->frame, x, y, p);
  if (self->stroke->len > 0 && vec3_dist ((const double *) (const void *) self->stroke->data + 3 * (self->stroke->len - 1), p) < 1e-9)
    return;
  g_array_append_vals (self->stroke, p, 1);
}

void
_willis_slice_view_stroke_begin (WillisSliceView *self, double x, double y)
{
  g_array_set_size (self->stroke, 0);
  add_point (self, x, y);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
_willis_slice_view_stroke_to (WillisSliceView *self, double x, double y)
{
  WillisHandTool tool = willis_session_tool (self->session);

  if (tool != WILLIS_TOOL_BRUSH && tool != WILLIS_TOOL_ERASER && self->stroke->len > 1)
    g_array_set_size (self->stroke, 1); // a line from where it began
  add_point (self, x, y);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
_willis_slice_view_stroke_end (WillisSliceView *self, double x, double y)
{
  _willis_slice_view_stroke_to (self, x, y);
  willis_session_use_tool (self->session, (const double *) (const void *) self->stroke->data, self->stroke->len, self->frame.normal);
  g_array_set_size (self->stroke, 0);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
set_colour (cairo_t *cr, gboolean takes, double alpha)
{
  guint32 rgb = takes ? WILLIS_COLOUR_SAC : 0x8fe388u;

  cairo_set_source_rgba (cr, ((rgb >> 16) & 255) / 255.0, ((rgb >> 8) & 255) / 255.0, (rgb & 255) / 255.0, alpha);
}

/* A stroke as it cuts this slice. */
static void
paint_points (WillisSliceView *self, cairo_t *cr, const double *points, const double *radii, double radius, gsize n, gboolean takes)
{
  for (gsize i = 0; i < n; i++)
    {
      double x, y, far = willis_slice_frame_to_px (&self->frame, points + 3 * i, &x, &y), r = radii != NULL ? radii[i] : radius;

      if (fabs (far) >= r)
        continue;
      cairo_new_sub_path (cr);
      cairo_arc (cr, x, y, MAX (sqrt (r * r - far * far) * self->frame.px_per_mm, 1.0), 0.0, 2.0 * M_PI);
    }
  set_colour (cr, takes, 0.35);
  cairo_fill (cr);
}

static void
paint_edits (WillisSliceView *self, cairo_t *cr, const GPtrArray *edits)
{
  for (guint n = 0; edits != NULL && n < edits->len; n++)
    {
      const WillisEdit *e = edits->pdata[n];

      if (e->kind == WILLIS_EDIT_ADD || e->kind == WILLIS_EDIT_ERASE)
        paint_points (self, cr, e->points_lps_mm, e->radius_mm, 0.0, e->n_points, e->kind == WILLIS_EDIT_ERASE);
    }
}

static void
paint_line (WillisSliceView *self, cairo_t *cr, const double from[3], double x1, double y1, gboolean takes)
{
  const double dashes[] = { 5, 4 };
  double x, y;

  willis_slice_frame_to_px (&self->frame, from, &x, &y);
  cairo_move_to (cr, x, y);
  cairo_line_to (cr, x1, y1);
  cairo_set_dash (cr, dashes, takes ? 0 : 2, 0);
  cairo_set_line_width (cr, 2.0);
  set_colour (cr, takes, 1.0);
  cairo_stroke (cr);
  cairo_set_dash (cr, NULL, 0, 0);
  cairo_arc (cr, x, y, 4.0, 0.0, 2.0 * M_PI);
  cairo_fill (cr);
}

void
_willis_slice_view_paint_edit (WillisSliceView *self, cairo_t *cr)
{
  WillisHandTool tool = willis_session_tool (self->session);
  gboolean brush = tool == WILLIS_TOOL_BRUSH || tool == WILLIS_TOOL_ERASER, takes = tool != WILLIS_TOOL_BRUSH && tool != WILLIS_TOOL_BRIDGE && tool != WILLIS_TOOL_SEED;
  double radius = willis_session_brush_mm (self->session), from[3];

  paint_edits (self, cr, willis_session_applied_edits (self->session));
  paint_edits (self, cr, willis_session_pending_edits (self->session));
  if (!willis_tool_is_edit (tool))
    return;
  if (brush)
    paint_points (self, cr, (const double *) (const void *) self->stroke->data, NULL, radius, self->stroke->len, takes);
  else if (self->stroke->len > 0 && tool == WILLIS_TOOL_CUT && self->dragged)
    paint_line (self, cr, (const double *) (const void *) self->stroke->data, self->pointer[0], self->pointer[1], TRUE);
  if (tool == WILLIS_TOOL_BRIDGE && willis_session_bridge_begin (self->session, from) && self->pointer_inside)
    paint_line (self, cr, from, self->pointer[0], self->pointer[1], FALSE);
  if (self->pointer_inside)
    {
      cairo_new_path (cr);
      cairo_arc (cr, self->pointer[0], self->pointer[1], brush ? MAX (radius * self->frame.px_per_mm, 2.0) : 6.0, 0.0, 2.0 * M_PI);
      cairo_set_line_width (cr, 1.5);
      set_colour (cr, takes, 1.0);
      cairo_stroke (cr);
    }
}
