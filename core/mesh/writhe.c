/* SPDX-License-Identifier: Apache-2.0 */
#include "core/mesh/writhe.h"

#include <math.h>
#include <string.h>

#include "core/base/parallel.h"
#include "core/num/kernel.h"
#include "core/num/vec3.h"

#define MOST_POINTS 2000 // more are merged with their neighbours
#define NEAR 4.0         // reach of the share that comes from the curvature, in square roots of a point's area
#define LANES 8

/* Quadrature points of the surface. The arrays are padded to a multiple of LANES by points far away without area. */
typedef struct
{
  gsize n, n_padded;
  double *p[3], *normal[3]; // [n_padded] mm; unit
  double *area;             // [n_padded] mm2
  double *twist;            // [n_padded] |kappa_1 - kappa_2|, 1/mm
  double *absolute, *with_sign; // [n] results: 4 pi times the inner integrals
} Points;

static void
points_alloc (Points *points, gsize n)
{
  points->n = n;
  points->n_padded = (n + LANES - 1) / LANES * LANES;
  for (int a = 0; a < 3; a++)
    {
      points->p[a] = g_new0 (double, points->n_padded);
      points->normal[a] = g_new0 (double, points->n_padded);
    }
  points->area = g_new0 (double, points->n_padded);
  points->twist = g_new0 (double, points->n_padded);
  points->absolute = g_new0 (double, points->n_padded);
  points->with_sign = g_new0 (double, points->n_padded);
}

static void
points_clear (Points *points)
{
  for (int a = 0; a < 3; a++)
    {
      g_free (points->p[a]);
      g_free (points->normal[a]);
    }
  g_free (points->area);
  g_free (points->twist);
  g_free (points->absolute);
  g_free (points->with_sign);
}

/* One round of merging: three points of a triangle none of whose points is taken yet become one; what is left over joins a
 * neighbour, or stays alone. triangles are rewritten to the merged points. Depends on the order of the triangles, not on
 * where the points lie. Returns how many points there are then; to: [n] where each went. */
static gsize
merge_round (GArray *triangles, gsize n, gint32 *to)
{
  gint32 *v = (gint32 *) (void *) triangles->data;
  gsize count = 0, kept = 0;
  gboolean joined = TRUE;

  for (gsize i = 0; i < n; i++)
    to[i] = -1;
  for (gsize h = 0; h < triangles->len; h += 3)
    if (to[v[h]] < 0 && to[v[h + 1]] < 0 && to[v[h + 2]] < 0)
      to[v[h]] = to[v[h + 1]] = to[v[h + 2]] = (gint32) count++;
  while (joined)
    {
      joined = FALSE;
      for (gsize h = 0; h < triangles->len; h += 3)
        {
          gint32 owner = MAX (to[v[h]], MAX (to[v[h + 1]], to[v[h + 2]]));

          for (int c = 0; c < 3 && owner >= 0; c++)
            if (to[v[h + (gsize) c]] < 0)
              {
                to[v[h + (gsize) c]] = owner;
                joined = TRUE;
              }
        }
    }
  for (gsize i = 0; i < n; i++)
    if (to[i] < 0)
      to[i] = (gint32) count++;
  for (gsize h = 0; h < triangles->len; h += 3)
    {
      gint32 a = to[v[h]], b = to[v[h + 1]], c = to[v[h + 2]];

      if (a == b || b == c || c == a)
        continue;
      v[kept] = a;
      v[kept + 1] = b;
      v[kept + 2] = c;
      kept += 3;
    }
  g_array_set_size (triangles, (guint) kept);
  return count;
}

/* Which quadrature point each surface point goes to (new); *n: how many there are. */
static gint32 *
merge_points (const WillisSurface *surface, gsize *n)
{
  gsize n_points = willis_surface_n_points (surface), before = n_points + 1;
  g_autoptr (GArray) triangles = g_array_new (FALSE, FALSE, sizeof (gint32));
  g_autofree gint32 *step = g_new (gint32, MAX (n_points, 1));
  gint32 *to = g_new (gint32, MAX (n_points, 1));

  g_array_append_vals (triangles, willis_surface_triangles (surface),
                       (guint) (3 * willis_surface_n_triangles (surface)));
  for (gsize i = 0; i < n_points; i++)
    to[i] = (gint32) i;
  for (*n = n_points; *n > MOST_POINTS && *n < before;)
    {
      before = *n;
      *n = merge_round (triangles, before, step);
      for (gsize i = 0; i < n_points; i++)
        to[i] = step[to[i]];
    }
  return to;
}

/* Sums with the weights of the areas, then means. */
static void
gather (Points *out, const WillisSurface *surface, const double *mean, const double *gauss, const double *area)
{
  g_autofree double *normals = willis_surface_point_normals (surface);
  g_autofree gint32 *to = NULL;
  gsize n;

  to = merge_points (surface, &n);
  points_alloc (out, n);
  for (gsize i = 0; i < willis_surface_n_points (surface); i++)
    {
      double square = mean[i] * mean[i] - gauss[i];
      gint32 k = to[i];

      for (int a = 0; a < 3; a++)
        {
          out->p[a][k] += area[i] * willis_surface_points (surface)[3 * i + (gsize) a];
          out->normal[a][k] += area[i] * normals[3 * i + (gsize) a];
        }
      out->area[k] += area[i];
      if (square > 0.0)
        out->twist[k] += area[i] * 2.0 * sqrt (square);
    }
  for (gsize k = 0; k < n; k++)
    {
      double normal[3] = { out->normal[0][k], out->normal[1][k], out->normal[2][k] };

      vec3_normalize (normal);
      for (int a = 0; a < 3; a++)
        {
          out->p[a][k] = out->area[k] > 0.0 ? out->p[a][k] / out->area[k] : 0.0;
          out->normal[a][k] = normal[a];
        }
      out->twist[k] = out->area[k] > 0.0 ? out->twist[k] / out->area[k] : 0.0;
    }
}

/* 4 pi times the inner integrals at the points [lo, hi). |w| grows like 1 / r towards a point, which no sum over points
 * follows: it is split by eta = (1 - (r / reach)^2)^2 within a reach. What eta takes is integrated in polar coordinates with
 * |w| = twist |sin a cos a| / r, as on a quadric: 2 twist reach * 8 / 15; the rest is smooth enough for the sum. A pair of two
 * points at one place counts as 0: the little that is added to the square keeps it finite. */
WILLIS_KERNEL static void
integrate (gsize lo, gsize hi, gpointer context)
{
  Points *w = context;
  const double *restrict x = w->p[0], *restrict y = w->p[1], *restrict z = w->p[2], *restrict u = w->normal[0],
                         *restrict v = w->normal[1], *restrict t = w->normal[2], *restrict area = w->area;

  for (gsize i = lo; i < hi; i++)
    {
      double absolute[LANES] = { 0 }, with_sign[LANES] = { 0 };
      double px = x[i], py = y[i], pz = z[i], a = u[i], b = v[i], c = t[i];
      double reach = NEAR * sqrt (area[i]), per_square = reach > 0.0 ? 1.0 / (reach * reach) : 0.0;

      for (gsize j = 0; j < w->n_padded; j += LANES)
        for (gsize k = 0; k < LANES; k++)
          {
            double dx = px - x[j + k], dy = py - y[j + k], dz = pz - z[j + k];
            double triple = a * (dy * t[j + k] - dz * v[j + k]) + b * (dz * u[j + k] - dx * t[j + k])
                            + c * (dx * v[j + k] - dy * u[j + k]);
            double square = dx * dx + dy * dy + dz * dz + 1e-30;
            double part = area[j + k] * triple / (square * sqrt (square));
            double out = square * per_square < 1.0 ? 1.0 - square * per_square : 0.0;

            absolute[k] += (1.0 - out * out) * fabs (part);
            with_sign[k] += part;
          }
      for (gsize k = 0; k < LANES; k++)
        {
          w->absolute[i] += absolute[k];
          w->with_sign[i] += with_sign[k];
        }
      w->absolute[i] += 2.0 * 8.0 / 15.0 * reach * w->twist[i];
    }
}

void
willis_surface_writhe (const WillisSurface *surface, const double *mean, const double *gauss, const double *area,
                       double *absolute, double *with_sign)
{
  double sums[2] = { 0 }, whole = 0.0;
  Points points = { 0 };

  gather (&points, surface, mean, gauss, area);
  willis_parallel_for (points.n, 64, integrate, &points);
  for (gsize i = 0; i < points.n; i++)
    {
      sums[0] += points.area[i] * points.absolute[i];
      sums[1] += points.area[i] * points.with_sign[i];
      whole += points.area[i];
    }
  if (absolute != NULL)
    *absolute = whole > 0.0 ? sums[0] / (4.0 * G_PI * whole) : NAN;
  if (with_sign != NULL)
    *with_sign = whole > 0.0 ? sums[1] / (4.0 * G_PI * whole) : NAN;
  points_clear (&points);
}
