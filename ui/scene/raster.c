/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/scene/raster.h"

#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/parallel.h"
#include "core/num/vec3.h"

/* Rows of samples that one piece of parallel work draws. */
#define BAND 64

/* A point as it is drawn. */
typedef struct
{
  float x, y;  // in samples
  float depth; // mm in front of the eye
  float q;     // 1 / depth in perspective, 1 in parallel views: what attributes are linear in
  float n[3];  // normal: right, up, to the eye
  float side;  // signed distance from the clip plane, mm
  guint8 rgb[3];
} Vertex;

struct _WillisRaster
{
  WillisCamera camera;
  double right[3], up[3], back[3];
  int width, height, samples; // picture; samples along a side of a pixel
  int w, h;                   // in samples
  float *depth;               // [h][w]
  guint8 *rgba;               // [h][w][4], premultiplied
  float *layers;              // [h][w][5], translucent: sums of rgb a (3) and a, product of 1 - a; or NULL
  gboolean clip;
  double plane[4];
};

/* One drawing of triangles. */
typedef struct
{
  WillisRaster *raster;
  const Vertex *vertices;
  const gint32 *triangles;
  gsize n_triangles;
  float opacity; // below 1: adds to the layers
  gboolean lit;
} Draw;

WillisRaster *
willis_raster_new (const WillisCamera *camera, int width, int height, int samples, guint32 background,
                   GError **error)
{
  WillisRaster *raster;
  guint8 a = background >> 24, premultiplied[4];
  gsize n;

  if (width < 1 || height < 1 || samples < 1 || samples > 4 || width > 16384 / samples || height > 16384 / samples)
    {
      willis_fail (error, WILLIS_ERROR_BAD_INPUT, "a picture of %d x %d pixels cannot be drawn", width, height);
      return NULL;
    }
  raster = g_new0 (WillisRaster, 1);
  raster->camera = *camera;
  willis_camera_axes (camera, raster->right, raster->up, raster->back);
  raster->width = width;
  raster->height = height;
  raster->samples = samples;
  raster->w = width * samples;
  raster->h = height * samples;
  n = (gsize) raster->w * raster->h;
  raster->depth = g_new (float, n);
  raster->rgba = g_malloc (4 * n);
  for (int c = 0; c < 3; c++)
    premultiplied[c] = (background >> (16 - 8 * c) & 255) * a / 255;
  premultiplied[3] = a;
  for (gsize i = 0; i < n; i++)
    {
      raster->depth[i] = INFINITY;
      memcpy (raster->rgba + 4 * i, premultiplied, 4);
    }
  return raster;
}

void
willis_raster_free (WillisRaster *raster)
{
  if (raster == NULL)
    return;
  g_free (raster->depth);
  g_free (raster->rgba);
  g_free (raster->layers);
  g_free (raster);
}

void
willis_raster_set_clip (WillisRaster *raster, const double plane[4])
{
  raster->clip = plane != NULL;
  if (plane != NULL)
    memcpy (raster->plane, plane, sizeof raster->plane);
}

/* --- Points. */

static void
make_vertex (const WillisRaster *raster, const double p[3], const double n[3], const guint8 rgb[3], Vertex *out)
{
  double x = NAN, y = NAN, depth = -1.0;
  gboolean seen = willis_camera_project (&raster->camera, raster->w, raster->h, p, &x, &y, &depth);

  out->x = (float) x;
  out->y = (float) y;
  out->depth = (float) depth;
  out->q = !raster->camera.perspective ? 1.0f : seen ? (float) (1.0 / depth) : -1.0f;
  out->n[0] = n != NULL ? (float) vec3_dot (n, raster->right) : 0.0f;
  out->n[1] = n != NULL ? (float) vec3_dot (n, raster->up) : 0.0f;
  out->n[2] = n != NULL ? (float) vec3_dot (n, raster->back) : 1.0f;
  out->side = raster->clip ? (float) (vec3_dot (raster->plane, p) - raster->plane[3]) : 0.0f;
  memcpy (out->rgb, rgb, 3);
}

typedef struct
{
  const WillisRaster *raster;
  const WillisShape *shape;
  guint8 rgb[3];
  Vertex *vertices;
} Points;

static void
make_vertices (gsize lo, gsize hi, gpointer context)
{
  Points *points = context;
  const WillisShape *shape = points->shape;
  const double *p = willis_surface_points (shape->surface);

  for (gsize i = lo; i < hi; i++)
    make_vertex (points->raster, p + 3 * i, shape->normals + 3 * i,
                 shape->rgb != NULL ? shape->rgb + 3 * i : points->rgb, points->vertices + i);
}

/* --- Triangles. */

/* The colour of a sample: light from the eye. Surfaces are seen from both sides. */
static void
shade (const float n[3], const float rgb[3], gboolean lit, gboolean inside, guint8 out[4])
{
  float length = sqrtf (n[0] * n[0] + n[1] * n[1] + n[2] * n[2]);
  float c = length > 0.0f ? fabsf (n[2]) / length : 1.0f;
  float diffuse = 1.0f, shine = 0.0f;

  if (lit)
    {
      diffuse = (float) WILLIS_LIGHT_AMBIENT + (float) WILLIS_LIGHT_DIFFUSE * c;
      shine = 255.0f * (float) WILLIS_LIGHT_SPECULAR * powf (c, (float) WILLIS_LIGHT_POWER);
      if (inside)
        {
          diffuse *= (float) WILLIS_LIGHT_INSIDE;
          shine = 0.0f;
        }
    }
  for (int k = 0; k < 3; k++)
    out[k] = (guint8) MIN (rgb[k] * diffuse + shine + 0.5f, 255.0f);
  out[3] = 255;
}

/* Twice the area of (a, b, p), positive when p is on the inner side of a -> b. */
static inline double
edge (const Vertex *a, const Vertex *b, double x, double y)
{
  return ((double) b->x - a->x) * (y - a->y) - ((double) b->y - a->y) * (x - a->x);
}

static void
draw_sample (const Draw *draw, const Vertex *v[3], const double weight[3], gboolean inside, gsize at)
{
  double q = weight[0] * v[0]->q + weight[1] * v[1]->q + weight[2] * v[2]->q;
  float n[3] = { 0, 0, 0 }, rgb[3] = { 0, 0, 0 }, depth = 0.0f, side = 0.0f;

  for (int k = 0; k < 3; k++)
    {
      float f = (float) (weight[k] * v[k]->q / q);

      depth += f * v[k]->depth;
      side += f * v[k]->side;
      for (int c = 0; c < 3; c++)
        {
          n[c] += f * v[k]->n[c];
          rgb[c] += f * v[k]->rgb[c];
        }
    }
  if (!(depth < draw->raster->depth[at]) || side < 0.0f)
    return;
  if (draw->opacity < 1.0f)
    {
      float *layer = draw->raster->layers + 5 * at;
      guint8 colour[4];

      shade (n, rgb, draw->lit, inside, colour);
      for (int c = 0; c < 3; c++)
        layer[c] += draw->opacity * colour[c];
      layer[3] += draw->opacity;
      layer[4] *= 1.0f - draw->opacity;
      return;
    }
  draw->raster->depth[at] = depth;
  shade (n, rgb, draw->lit, inside, draw->raster->rgba + 4 * at);
}

/* Draws the samples of rows [row_lo, row_hi) whose middles are in the triangle. A middle on an edge belongs to the
 * triangle whose edge runs the chosen way, so that two neighbours never both miss or both take it. */
static void
draw_triangle (const Draw *draw, const gint32 *triangle, int row_lo, int row_hi)
{
  const WillisRaster *raster = draw->raster;
  const Vertex *v[3] = { draw->vertices + triangle[0], draw->vertices + triangle[1], draw->vertices + triangle[2] };
  double area, weight[3];
  float x_lo, x_hi, y_lo, y_hi;
  gboolean turned;
  int x0, x1, y0, y1;

  if (!(v[0]->q > 0.0f && v[1]->q > 0.0f && v[2]->q > 0.0f))
    return; // behind the eye, or no point at all
  y_lo = MIN (MIN (v[0]->y, v[1]->y), v[2]->y);
  y_hi = MAX (MAX (v[0]->y, v[1]->y), v[2]->y);
  if (y_hi < row_lo || y_lo > row_hi)
    return;
  x_lo = MIN (MIN (v[0]->x, v[1]->x), v[2]->x);
  x_hi = MAX (MAX (v[0]->x, v[1]->x), v[2]->x);
  if (x_hi < 0.0f || x_lo > raster->w)
    return;
  area = edge (v[0], v[1], v[2]->x, v[2]->y);
  if (area == 0.0 || !isfinite (area))
    return;
  turned = area > 0.0; // y points down: outward triangles have negative area when seen from outside
  x0 = (int) floorf (MAX (x_lo - 0.5f, 0.0f));
  x1 = (int) ceilf (MIN (x_hi - 0.5f, raster->w - 1.0f));
  y0 = (int) floorf (MAX (y_lo - 0.5f, (float) row_lo));
  y1 = (int) ceilf (MIN (y_hi - 0.5f, row_hi - 1.0f));
  for (int y = y0; y <= y1; y++)
    for (int x = x0; x <= x1; x++)
      {
        gboolean in = TRUE;

        for (int k = 0; k < 3 && in; k++)
          {
            const Vertex *a = v[(k + 1) % 3], *b = v[(k + 2) % 3];

            weight[k] = edge (a, b, x + 0.5, y + 0.5) / area;
            if (weight[k] < 0.0)
              in = FALSE;
            else if (weight[k] == 0.0)
              in = (a->y == b->y ? a->x < b->x : a->y < b->y) == turned;
          }
        if (in)
          draw_sample (draw, v, weight, turned, (gsize) y * raster->w + x);
      }
}

static void
draw_band (gsize lo, gsize hi, gpointer context)
{
  const Draw *draw = context;

  for (gsize band = lo; band < hi; band++)
    {
      int row_lo = (int) band * BAND, row_hi = MIN (row_lo + BAND, draw->raster->h);

      for (gsize t = 0; t < draw->n_triangles; t++)
        draw_triangle (draw, draw->triangles + 3 * t, row_lo, row_hi);
    }
}

static void
draw_all (WillisRaster *raster, const Vertex *vertices, const gint32 *triangles, gsize n, double opacity,
          gboolean lit)
{
  gsize size = (gsize) raster->w * raster->h, bands = ((gsize) raster->h + BAND - 1) / BAND;
  Draw draw = { raster, vertices, triangles, n, (float) opacity, lit };

  if (opacity < 1.0 && raster->layers == NULL)
    {
      raster->layers = g_new0 (float, 5 * size);
      for (gsize i = 0; i < size; i++)
        raster->layers[5 * i + 4] = 1.0f;
    }
  if (size < 100000)
    draw_band (0, bands, &draw); // the little head: waking threads would take longer
  else
    willis_parallel_for (bands, 1, draw_band, &draw);
}

/* Lays the translucent surfaces over the opaque ones. */
static void
blend_layers (WillisRaster *raster)
{
  gsize n = (gsize) raster->w * raster->h;

  if (raster->layers == NULL)
    return;
  for (gsize i = 0; i < n; i++)
    {
      const float *layer = raster->layers + 5 * i;
      guint8 *p = raster->rgba + 4 * i;
      float f = 1.0f - layer[4];

      if (!(layer[3] > 0.0f))
        continue;
      for (int c = 0; c < 3; c++)
        p[c] = (guint8) (f * layer[c] / layer[3] + (1.0f - f) * p[c] + 0.5f);
      p[3] = (guint8) (f * 255.0f + (1.0f - f) * p[3] + 0.5f);
    }
  g_clear_pointer (&raster->layers, g_free);
}

void
willis_raster_shape (WillisRaster *raster, const WillisShape *shape, guint32 rgb, double opacity)
{
  gsize n = willis_surface_n_points (shape->surface);
  Points points = { raster, shape, { rgb >> 16 & 255, rgb >> 8 & 255, rgb & 255 }, NULL };

  if (opacity <= 0.0 || n == 0)
    return;
  points.vertices = g_new (Vertex, n);
  if (n <= 8192)
    make_vertices (0, n, &points);
  else
    willis_parallel_for (n, 8192, make_vertices, &points);
  draw_all (raster, points.vertices, willis_surface_triangles (shape->surface),
            willis_surface_n_triangles (shape->surface), opacity, TRUE);
  g_free (points.vertices);
}

void
willis_raster_line (WillisRaster *raster, const WillisLine *line, guint32 rgb, double scale)
{
  const guint8 one[3] = { rgb >> 16 & 255, rgb >> 8 & 255, rgb & 255 };
  float half = (float) (0.5 * line->width_px * scale * raster->samples);
  Vertex *vertices = g_new (Vertex, 4 * MAX (line->n, 1));
  gint32 *triangles = g_new (gint32, 6 * MAX (line->n, 1));
  gsize n = 0;

  for (gsize i = 0; i + 1 < line->n; i++)
    {
      Vertex ends[2];
      float dx, dy, length;

      for (int e = 0; e < 2; e++)
        make_vertex (raster, line->points_lps_mm + 3 * (i + e), NULL,
                     line->rgb != NULL ? line->rgb + 3 * (i + e) : one, ends + e);
      if (!(ends[0].q > 0.0f && ends[1].q > 0.0f))
        continue;
      dx = ends[1].x - ends[0].x;
      dy = ends[1].y - ends[0].y;
      length = hypotf (dx, dy);
      if (!(length > 0.0f))
        continue;
      dx *= half / length;
      dy *= half / length;
      for (int k = 0; k < 4; k++)
        {
          Vertex *v = vertices + 4 * n + k;
          float side = k & 1 ? 1.0f : -1.0f, along = k >> 1 ? 0.5f : -0.5f; // a little longer, so that joints close

          *v = ends[k >> 1];
          v->x += along * dx - side * dy;
          v->y += along * dy + side * dx;
        }
      for (int k = 0; k < 6; k++)
        triangles[6 * n + k] = (gint32) (4 * n) + (const int[]){ 0, 1, 2, 1, 3, 2 }[k];
      n++;
    }
  draw_all (raster, vertices, triangles, 2 * n, 1.0, FALSE);
  g_free (vertices);
  g_free (triangles);
}

/* --- The picture. */

float
willis_raster_depth (const WillisRaster *raster, int x, int y)
{
  int s = raster->samples;

  return raster->depth[((gsize) y * s + s / 2) * raster->w + (gsize) x * s + s / 2];
}

guint8 *
willis_raster_finish (WillisRaster *raster, const WillisCaster *volume)
{
  int w = raster->width, h = raster->height, s = raster->samples, all = s * s;
  guint8 *out = g_malloc (4 * (gsize) w * h);
  g_autofree float *depth = NULL;
  g_autofree guint8 *cast = NULL;

  blend_layers (raster);
  if (volume != NULL)
    {
      depth = g_new (float, (gsize) w * h);
      cast = g_malloc0 (4 * (gsize) w * h);
      for (int y = 0; y < h; y++)
        for (int x = 0; x < w; x++)
          depth[(gsize) y * w + x] = willis_raster_depth (raster, x, y);
      willis_caster_cast (volume, &raster->camera, w, h, depth, raster->clip ? raster->plane : NULL, 0.5, 0, h, cast);
    }
  for (int y = 0; y < h; y++)
    for (int x = 0; x < w; x++)
      {
        double sum[4] = { 0, 0, 0, 0 };
        gsize at = (gsize) y * w + x;

        for (int i = 0; i < all; i++)
          for (int c = 0; c < 4; c++)
            sum[c] += raster->rgba[4 * (((gsize) y * s + i / s) * raster->w + (gsize) x * s + i % s) + c];
        for (int c = 0; c < 4; c++)
          {
            sum[c] /= all;
            if (cast != NULL)
              sum[c] = cast[4 * at + c] + sum[c] * (1.0 - cast[4 * at + 3] / 255.0);
          }
        for (int c = 0; c < 3; c++) // straight alpha
          out[4 * at + c] = (guint8) (sum[3] > 0.0 ? MIN (sum[c] * 255.0 / sum[3] + 0.5, 255.0) : 0.0);
        out[4 * at + 3] = (guint8) MIN (sum[3] + 0.5, 255.0);
      }
  return out;
}
