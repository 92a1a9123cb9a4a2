/* SPDX-License-Identifier: Apache-2.0 */
#include "core/mesh/check.h"

#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/mesh/bvh.h"
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

/* Whether the piece lies inside another piece of positive volume: a ray from one of its points meets that one
 * an odd number of times. The direction is an odd one, so that it does not run along edges of a grid. */
static gboolean
is_enclosed (const WillisBvh *bvh, const gint32 *labels, const GArray *pieces, guint self)
{
  static const double direction[3] = { 0.87438, 0.33921, 0.34712 };
  const WillisSurfacePiece *piece = &g_array_index (pieces, WillisSurfacePiece, self);
  const WillisSurface *surface = willis_bvh_surface (bvh);
  const gint32 *v = willis_surface_triangles (surface) + 3 * piece->triangle;
  g_autoptr (GArray) hits = NULL;
  g_autoptr (GHashTable) odd = g_hash_table_new (NULL, NULL);
  GHashTableIter iter;
  gpointer key;
  double p[3] = { 0, 0, 0 };

  for (int c = 0; c < 3; c++)
    vec3_axpy (p, p, 1.0 / 3.0, willis_surface_points (surface) + 3 * v[c]);
  hits = willis_bvh_ray_all (bvh, p, direction, INFINITY);
  for (guint n = 0; n < hits->len; n++)
    {
      gpointer label = GINT_TO_POINTER (labels[g_array_index (hits, WillisRayHit, n).triangle]);

      if (!g_hash_table_remove (odd, label))
        g_hash_table_add (odd, label);
    }
  g_hash_table_iter_init (&iter, odd);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    if ((guint)GPOINTER_TO_INT (key) != self
        && g_array_index (pieces, WillisSurfacePiece, GPOINTER_TO_INT (key)).volume_mm3 > 0.0)
      return TRUE;
  return FALSE;
}

/* Every piece of positive volume, or a void inside one. */
static gboolean
is_outward (const WillisSurface *surface)
{
  g_autofree gint32 *labels = g_new (gint32, MAX (willis_surface_n_triangles (surface), 1));
  g_autoptr (GArray) pieces = willis_surface_pieces (surface, labels);
  g_autoptr (WillisBvh) bvh = NULL;

  for (guint n = 0; n < pieces->len; n++)
    {
      if (g_array_index (pieces, WillisSurfacePiece, n).volume_mm3 > 0.0)
        continue;
      if (bvh == NULL)
        bvh = willis_bvh_new ((WillisSurface *)surface); // takes a reference only
      if (!is_enclosed (bvh, labels, pieces, n))
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

double
willis_winding_of_triangle (const double a[3], const double b[3], const double c[3], const double lps_mm[3])
{
  double u[3], v[3], w[3], cross[3], lu, lv, lw;

  vec3_sub (u, a, lps_mm);
  vec3_sub (v, b, lps_mm);
  vec3_sub (w, c, lps_mm);
  lu = vec3_norm (u);
  lv = vec3_norm (v);
  lw = vec3_norm (w);
  vec3_cross (cross, v, w);
  return atan2 (vec3_dot (u, cross),
                lu * lv * lw + vec3_dot (u, v) * lw + vec3_dot (v, w) * lu + vec3_dot (w, u) * lv)
         / (2.0 * G_PI);
}

double
willis_surface_winding (const WillisSurface *surface, const double lps_mm[3])
{
  const double *p = willis_surface_points (surface);
  const gint32 *v = willis_surface_triangles (surface);
  double sum = 0.0;

  for (gsize t = 0; t < willis_surface_n_triangles (surface); t++)
    sum += willis_winding_of_triangle (p + 3 * v[3 * t], p + 3 * v[3 * t + 1], p + 3 * v[3 * t + 2], lps_mm);
  return sum;
}
