/* SPDX-License-Identifier: Apache-2.0 */
#include "core/mesh/check.h"

#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/mesh/components.h"
#include "core/mesh/topology.h"
#include "core/num/vec3.h"

/* The number of half edges at point p that one reaches by turning about it from h: its fan of triangles. */
static gint32
fan_size (const WillisTopology *topology, gint32 h)
{
  gint32 n = 1, at = h;

  /* forwards to a rim or around, then backwards from the start */
  while (topology->twin[willis_half_edge_prev (at)] >= 0)
    {
      at = topology->twin[willis_half_edge_prev (at)];
      if (at == h)
        return n;
      n++;
    }
  at = h;
  while (topology->twin[at] >= 0)
    {
      at = willis_half_edge_next (topology->twin[at]);
      n++;
    }
  return n;
}

static gsize
count_bad_points (const WillisTopology *topology, gsize *n_lone)
{
  gsize n_bad = 0;

  *n_lone = 0;
  for (gsize p = 0; p < topology->n_points; p++)
    {
      gint32 n = topology->first[p + 1] - topology->first[p];

      if (n == 0)
        ++*n_lone;
      else if (fan_size (topology, topology->corners[topology->first[p]]) != n)
        n_bad++;
    }
  return n_bad;
}

static gsize
count_flat (const WillisSurface *surface)
{
  const double *points = willis_surface_points (surface);
  gsize n_flat = 0;

  for (gsize t = 0; t < willis_surface_n_triangles (surface); t++)
    {
      const gint32 *v = willis_surface_triangles (surface) + 3 * t;
      double e[3][3], n[3], longest = 0.0;

      for (int c = 0; c < 3; c++)
        {
          vec3_sub (e[c], points + 3 * v[(c + 1) % 3], points + 3 * v[c]);
          longest = MAX (longest, vec3_norm2 (e[c]));
        }
      vec3_cross (n, e[0], e[1]);
      n_flat += 0.5 * vec3_norm (n) <= 1e-12 * longest;
    }
  return n_flat;
}

/* Whether p is inside piece number label: the solid angle of its triangles (Van Oosterom & Strackee 1983). */
static gboolean
is_enclosed (const WillisSurface *surface, const gint32 *labels, gint32 label, const double p[3])
{
  const double *points = willis_surface_points (surface);
  double sum = 0.0;

  for (gsize t = 0; t < willis_surface_n_triangles (surface); t++)
    if (labels[t] == label)
      {
        const gint32 *v = willis_surface_triangles (surface) + 3 * t;
        double a[3], b[3], c[3], x[3], la, lb, lc;

        vec3_sub (a, points + 3 * v[0], p);
        vec3_sub (b, points + 3 * v[1], p);
        vec3_sub (c, points + 3 * v[2], p);
        la = vec3_norm (a);
        lb = vec3_norm (b);
        lc = vec3_norm (c);
        vec3_cross (x, b, c);
        sum += 2.0
               * atan2 (vec3_dot (a, x),
                        la * lb * lc + vec3_dot (a, b) * lc + vec3_dot (b, c) * la + vec3_dot (c, a) * lb);
      }
  return sum > 2.0 * G_PI;
}

/* Every piece of positive volume, or a void inside a larger piece of positive volume. */
static gboolean
is_outward (const WillisSurface *surface)
{
  g_autofree gint32 *labels = g_new (gint32, MAX (willis_surface_n_triangles (surface), 1));
  g_autoptr (GArray) pieces = willis_surface_pieces (surface, labels);

  for (guint n = 0; n < pieces->len; n++)
    {
      const WillisSurfacePiece *piece = &g_array_index (pieces, WillisSurfacePiece, n);
      const double *p
          = willis_surface_points (surface) + 3 * willis_surface_triangles (surface)[3 * piece->triangle];
      gboolean enclosed = FALSE;

      if (piece->volume_mm3 > 0.0)
        continue;
      for (guint m = 0; m < pieces->len && !enclosed; m++)
        enclosed = m != n && g_array_index (pieces, WillisSurfacePiece, m).volume_mm3 > -piece->volume_mm3
                   && is_enclosed (surface, labels, (gint32)m, p);
      if (!enclosed)
        return FALSE;
    }
  return pieces->len > 0;
}

void
willis_surface_report (const WillisSurface *surface, WillisSurfaceReport *report)
{
  g_autoptr (WillisTopology) topology = willis_topology_new (surface);
  g_autoptr (GArray) pieces = willis_surface_pieces (surface, NULL);
  g_autoptr (GPtrArray) rims = willis_topology_rims (topology);
  gsize n_twins = 0;

  memset (report, 0, sizeof *report);
  for (gsize h = 0; h < 3 * topology->n_triangles; h++)
    n_twins += topology->twin[h] >= 0;
  report->n_components = pieces->len;
  report->n_rims = rims->len;
  report->n_rim_edges = topology->n_rim_edges;
  report->n_bad_edges = topology->n_bad_edges;
  report->n_bad_points = count_bad_points (topology, &report->n_lone_points);
  report->n_flat_triangles = count_flat (surface);
  report->euler = (gint64)(topology->n_points - report->n_lone_points)
                  - (gint64)(n_twins / 2 + topology->n_rim_edges + topology->n_bad_edges)
                  + (gint64)topology->n_triangles;
  report->manifold = report->n_bad_edges == 0 && report->n_bad_points == 0;
  report->closed = report->manifold && report->n_rim_edges == 0 && topology->n_triangles > 0;
  report->outward = report->closed && is_outward (surface);
  report->area_mm2 = willis_surface_area_mm2 (surface);
  report->volume_mm3 = topology->n_triangles > 0 ? willis_surface_volume_mm3 (surface) : 0.0;
}

gboolean
willis_surface_check_closed (const WillisSurface *surface, GError **error)
{
  WillisSurfaceReport r;

  if (!willis_surface_check (surface, error))
    return FALSE;
  willis_surface_report (surface, &r);
  if (willis_surface_n_triangles (surface) == 0)
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, "the surface is empty");
  if (r.n_bad_edges > 0 || r.n_bad_points > 0)
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT,
                        "the surface is not a manifold: %" G_GSIZE_FORMAT " edges and %" G_GSIZE_FORMAT
                        " points where more than two sides meet",
                        r.n_bad_edges, r.n_bad_points);
  if (!r.closed)
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, "the surface is open at %" G_GSIZE_FORMAT " rims",
                        r.n_rims);
  if (!r.outward)
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, "the surface is inside out");
  return TRUE;
}
