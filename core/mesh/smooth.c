/* SPDX-License-Identifier: Apache-2.0 */
#include "core/mesh/smooth.h"

#include <math.h>

#include "core/base/error.h"
#include "core/base/parallel.h"
#include "core/mesh/components.h"
#include "core/mesh/topology.h"
#include "core/num/vec3.h"

/* The smoothing step (Taubin 1995). */
#define LAMBDA 0.5

typedef struct
{
  const WillisTopology *topology;
  guint8 *fixed;     // [n_points] on a rim, a bad edge, or of no triangle
  double *from, *to; // [n_points][3]
  double step;
} Filter;

static void
filter_points (gsize lo, gsize hi, gpointer context)
{
  const Filter *f = context;
  const WillisTopology *topology = f->topology;

  for (gsize p = lo; p < hi; p++)
    {
      const double *x = f->from + 3 * p;
      gint32 n = topology->first[p + 1] - topology->first[p];
      double sum[3] = { 0, 0, 0 };

      vec3_copy (f->to + 3 * p, x);
      if (f->fixed[p])
        continue;
      /* inside the surface each neighbour ends exactly one half edge that starts here */
      for (gint32 m = topology->first[p]; m < topology->first[p + 1]; m++)
        vec3_add (sum, sum, f->from + 3 * topology->triangles[willis_half_edge_next (topology->corners[m])]);
      for (int c = 0; c < 3; c++)
        f->to[3 * p + c] = x[c] + f->step * (sum[c] / n - x[c]);
    }
}

static void
mark_fixed (Filter *f)
{
  const WillisTopology *topology = f->topology;

  f->fixed = g_new0 (guint8, MAX (topology->n_points, 1));
  for (gsize p = 0; p < topology->n_points; p++)
    f->fixed[p] = topology->first[p] == topology->first[p + 1];
  for (gsize h = 0; h < 3 * topology->n_triangles; h++)
    if (topology->twin[h] < 0)
      f->fixed[topology->triangles[h]] = f->fixed[topology->triangles[willis_half_edge_next ((gint32)h)]] = 1;
}

/* Moves the points of each closed piece along the surface normals so that its volume is that of before. The
 * offset d solves V + A d + C d^2 ~ V0 by Newton steps on the real volume. */
static WillisSurface *
restore_volumes (const WillisSurface *before, WillisSurface *after, const Filter *f)
{
  gsize n_points = willis_surface_n_points (before), n_triangles = willis_surface_n_triangles (before);
  const gint32 *v = willis_surface_triangles (before);
  g_autofree gint32 *labels = g_new (gint32, MAX (n_triangles, 1));
  g_autofree gint32 *piece_of = g_new (gint32, MAX (n_points, 1));
  g_autoptr (GArray) old = willis_surface_pieces (before, labels);
  g_autofree double *shift = g_new0 (double, MAX (old->len, 1));
  g_autofree guint8 *open = g_new0 (guint8, MAX (old->len, 1));

  for (gsize p = 0; p < n_points; p++)
    piece_of[p] = -1;
  for (gsize c = 0; c < 3 * n_triangles; c++)
    {
      piece_of[v[c]] = labels[c / 3];
      open[labels[c / 3]] |= f->fixed[v[c]];
    }
  for (int round = 0; round < 4; round++)
    {
      g_autofree double *normals = willis_surface_point_normals (after);
      g_autofree double *volume = g_new0 (double, MAX (old->len, 1));
      g_autofree double *area = g_new0 (double, MAX (old->len, 1));
      double *points = g_memdup2 (willis_surface_points (after), n_points * 3 * sizeof (double));
      gboolean moved = FALSE;

      for (gsize t = 0; t < n_triangles; t++)
        {
          const WillisSurfacePiece *piece = &g_array_index (old, WillisSurfacePiece, labels[t]);
          const double *origin = willis_surface_points (before) + 3 * v[3 * piece->triangle];
          double a[3], b[3], n[3], x[3];

          vec3_sub (a, points + 3 * v[3 * t + 1], points + 3 * v[3 * t]);
          vec3_sub (b, points + 3 * v[3 * t + 2], points + 3 * v[3 * t]);
          vec3_sub (x, points + 3 * v[3 * t], origin);
          vec3_cross (n, a, b);
          volume[labels[t]] += vec3_dot (x, n) / 6.0;
          area[labels[t]] += 0.5 * vec3_norm (n);
        }
      for (guint n = 0; n < old->len; n++)
        {
          double want = g_array_index (old, WillisSurfacePiece, n).volume_mm3;

          shift[n] = open[n] || !(area[n] > 0.0) ? 0.0 : (want - volume[n]) / area[n];
          /* a piece so small that it nearly vanished is left as it is rather than blown up */
          if (!(fabs (shift[n]) < 0.2 * sqrt (area[n])))
            shift[n] = 0.0;
          moved |= fabs (want - volume[n]) > 1e-7 * fabs (want) && shift[n] != 0.0;
        }
      for (gsize p = 0; p < n_points; p++)
        if (piece_of[p] >= 0)
          vec3_axpy (points + 3 * p, points + 3 * p, shift[piece_of[p]], normals + 3 * p);
      willis_surface_unref (after);
      after = willis_surface_new_take (points, n_points, g_memdup2 (v, n_triangles * 3 * sizeof (gint32)),
                                       n_triangles);
      if (!moved)
        break;
    }
  return after;
}

WillisSurface *
willis_surface_smooth (const WillisSurface *surface, const WillisSmoothParams *params,
                       const WillisProgress *progress, GError **error)
{
  g_autoptr (WillisTopology) topology = NULL;
  gsize n_points = willis_surface_n_points (surface), n_triangles = willis_surface_n_triangles (surface);
  Filter f = { 0 };
  WillisSurface *result = NULL;
  double mu;
  gboolean ok = TRUE;

  if (params->iterations < 0 || params->iterations > 1000
      || !(params->pass_band >= 0.01 && params->pass_band <= 0.5))
    {
      willis_fail (error, WILLIS_ERROR_BAD_INPUT,
                   "smoothing with %d iterations and pass band %g is not possible", params->iterations,
                   params->pass_band);
      return NULL;
    }
  mu = 1.0 / (params->pass_band - 1.0 / LAMBDA);
  topology = willis_topology_new (surface);
  f.topology = topology;
  mark_fixed (&f);
  f.from = g_memdup2 (willis_surface_points (surface), n_points * 3 * sizeof (double));
  f.to = g_new (double, MAX (n_points, 1) * 3);
  for (int n = 0; ok && n < 2 * params->iterations; n++)
    {
      double *swap = f.from;

      ok = willis_progress_step (progress, 0.9 * n / (2 * params->iterations), error);
      f.step = n % 2 == 0 ? LAMBDA : mu;
      willis_parallel_for (n_points, 4096, filter_points, &f);
      f.from = f.to;
      f.to = swap;
    }
  g_free (f.to);
  if (ok)
    {
      result = willis_surface_new_take (
          f.from, n_points, g_memdup2 (willis_surface_triangles (surface), n_triangles * 3 * sizeof (gint32)),
          n_triangles);
      if (params->iterations > 0)
        result = restore_volumes (surface, result, &f);
    }
  else
    g_free (f.from);
  g_free (f.fixed);
  return result;
}
