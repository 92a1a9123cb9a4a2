/* SPDX-License-Identifier: Apache-2.0 */
#include "core/mesh/edit.h"

#include <math.h>

#include "core/mesh/components.h"
#include "core/mesh/topology.h"
#include "core/num/vec3.h"

/* Longest rim that is triangulated for least area: its time grows with the third power. */
#define MAX_EXACT_RIM 200

WillisSurface *
willis_surface_pick (const WillisSurface *surface, const guint8 *keep, gint32 *point_map)
{
  gsize n_points = willis_surface_n_points (surface), n_triangles = willis_surface_n_triangles (surface);
  const double *points = willis_surface_points (surface);
  const gint32 *triangles = willis_surface_triangles (surface);
  g_autofree gint32 *own_map = point_map == NULL ? g_new (gint32, MAX (n_points, 1)) : NULL;
  gint32 *map = point_map != NULL ? point_map : own_map;
  double *out_points;
  gint32 *out_triangles, n_out = 0;
  gsize n_kept = 0;

  for (gsize p = 0; p < n_points; p++)
    map[p] = -1;
  for (gsize t = 0; t < n_triangles; t++)
    {
      n_kept += keep[t] != 0;
      for (int c = 0; keep[t] && c < 3; c++)
        map[triangles[3 * t + c]] = 0;
    }
  for (gsize p = 0; p < n_points; p++)
    if (map[p] == 0)
      map[p] = n_out++;
  out_points = g_new (double, 3 * MAX (n_out, 1));
  out_triangles = g_new (gint32, 3 * MAX (n_kept, 1));
  for (gsize p = 0; p < n_points; p++)
    if (map[p] >= 0)
      vec3_copy (out_points + 3 * map[p], points + 3 * p);
  n_kept = 0;
  for (gsize t = 0; t < n_triangles; t++)
    if (keep[t])
      {
        for (int c = 0; c < 3; c++)
          out_triangles[3 * n_kept + c] = map[triangles[3 * t + c]];
        n_kept++;
      }
  return willis_surface_new_take (out_points, (gsize)n_out, out_triangles, n_kept);
}

static WillisSurface *
pick_pieces (const WillisSurface *surface, double min_area_mm2, gboolean only_first)
{
  gsize n = willis_surface_n_triangles (surface);
  g_autofree gint32 *labels = g_new (gint32, MAX (n, 1));
  g_autofree guint8 *keep = g_new (guint8, MAX (n, 1));
  g_autoptr (GArray) pieces = willis_surface_pieces (surface, labels);

  for (gsize t = 0; t < n; t++)
    keep[t] = g_array_index (pieces, WillisSurfacePiece, labels[t]).area_mm2 >= min_area_mm2
              && (!only_first || labels[t] == 0);
  return willis_surface_pick (surface, keep, NULL);
}

WillisSurface *
willis_surface_drop_small (const WillisSurface *surface, double min_area_mm2)
{
  return pick_pieces (surface, min_area_mm2, FALSE);
}

WillisSurface *
willis_surface_largest_piece (const WillisSurface *surface)
{
  return pick_pieces (surface, 0.0, TRUE);
}

static double
triangle_area (const double *points, gint32 a, gint32 b, gint32 c)
{
  double u[3], v[3], n[3];

  vec3_sub (u, points + 3 * b, points + 3 * a);
  vec3_sub (v, points + 3 * c, points + 3 * a);
  vec3_cross (n, u, v);
  return 0.5 * vec3_norm (n);
}

static void
add_triangle (GArray *triangles, gint32 a, gint32 b, gint32 c)
{
  gint32 t[3] = { a, b, c };

  g_array_append_vals (triangles, t, 3);
}

/* Whether the surface already has an edge between the points: a second one would not be a manifold. */
static gboolean
has_edge (const WillisTopology *topology, gint32 a, gint32 b)
{
  for (int side = 0; side < 2; side++)
    {
      gint32 p = side == 0 ? a : b, q = side == 0 ? b : a;

      for (gint32 n = topology->first[p]; n < topology->first[p + 1]; n++)
        if (topology->triangles[willis_half_edge_next (topology->corners[n])] == q)
          return TRUE;
    }
  return FALSE;
}

/* Closes a rim by the triangles of least area whose inner edges are new; FALSE where there are none such. The
 * rim runs with the surface on its left, so the new triangles run against it. */
static gboolean
fill_least_area (const WillisTopology *topology, const double *points, const gint32 *rim, gsize n,
                 GArray *out)
{
  g_autofree double *cost = g_new0 (double, n *n);
  g_autofree gint32 *split = g_new0 (gint32, n * n);
  g_autofree gsize *stack = g_new (gsize, 4 * n);
  gsize top = 0;

  for (gsize span = 2; span < n; span++)
    for (gsize a = 0; a + span < n; a++)
      {
        gsize b = a + span;

        cost[a * n + b] = INFINITY;
        if (rim[a] == rim[b] || (span < n - 1 && has_edge (topology, rim[a], rim[b])))
          continue;
        for (gsize m = a + 1; m < b; m++)
          {
            double c = cost[a * n + m] + cost[m * n + b] + triangle_area (points, rim[a], rim[m], rim[b]);

            if (c < cost[a * n + b])
              {
                cost[a * n + b] = c;
                split[a * n + b] = (gint32)m;
              }
          }
      }
  if (!isfinite (cost[n - 1]))
    return FALSE;
  stack[top++] = 0;
  stack[top++] = n - 1;
  while (top > 0)
    {
      gsize b = stack[--top], a = stack[--top], m;

      if (b - a < 2)
        continue;
      m = (gsize)split[a * n + b];
      add_triangle (out, rim[a], rim[b], rim[m]);
      stack[top++] = a;
      stack[top++] = m;
      stack[top++] = m;
      stack[top++] = b;
    }
  return TRUE;
}

/* FALSE where the rim passes a point twice: the fan would not be a manifold. */
static gboolean
fill_fan (GArray *points, const gint32 *rim, gsize n, GArray *out)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  gint32 centre = (gint32)(points->len / 3);
  double p[3] = { 0, 0, 0 };

  for (gsize m = 0; m < n; m++)
    {
      if (!g_hash_table_add (seen, GINT_TO_POINTER (rim[m])))
        return FALSE;
      vec3_add (p, p, (const double *)(gconstpointer)points->data + 3 * rim[m]);
    }
  vec3_scale (p, p, 1.0 / (double)n);
  g_array_append_vals (points, p, 3);
  for (gsize m = 0; m < n; m++)
    add_triangle (out, rim[(m + 1) % n], rim[m], centre);
  return TRUE;
}

WillisSurface *
willis_surface_fill_holes (const WillisSurface *surface, gsize max_edges, gsize *n_closed)
{
  g_autoptr (WillisTopology) topology = willis_topology_new (surface);
  g_autoptr (GPtrArray) rims = willis_topology_rims (topology);
  GArray *points = g_array_new (FALSE, FALSE, sizeof (double));
  GArray *triangles = g_array_new (FALSE, FALSE, sizeof (gint32));
  gsize n_points, n_triangles, closed = 0;

  g_array_append_vals (points, willis_surface_points (surface), 3 * (guint)willis_surface_n_points (surface));
  g_array_append_vals (triangles, willis_surface_triangles (surface),
                       3 * (guint)willis_surface_n_triangles (surface));
  for (guint r = 0; r < rims->len; r++)
    {
      const GArray *rim = g_ptr_array_index (rims, r);
      const gint32 *loop = (const gint32 *)(gconstpointer)rim->data;

      if (rim->len < 3 || (max_edges > 0 && rim->len > max_edges))
        continue;
      if ((rim->len <= MAX_EXACT_RIM
           && fill_least_area (topology, (const double *)(gconstpointer)points->data, loop, rim->len,
                               triangles))
          || fill_fan (points, loop, rim->len, triangles))
        closed++;
    }
  if (n_closed != NULL)
    *n_closed = closed;
  n_points = points->len / 3;
  n_triangles = triangles->len / 3;
  return willis_surface_new_take ((double *)(gpointer)g_array_free (points, FALSE), n_points,
                                  (gint32 *)(gpointer)g_array_free (triangles, FALSE), n_triangles);
}

WillisSurface *
willis_surface_flip (const WillisSurface *surface)
{
  gsize n_triangles = willis_surface_n_triangles (surface), n_points = willis_surface_n_points (surface);
  gint32 *triangles = g_memdup2 (willis_surface_triangles (surface), n_triangles * 3 * sizeof (gint32));

  for (gsize t = 0; t < n_triangles; t++)
    {
      gint32 swap = triangles[3 * t + 1];

      triangles[3 * t + 1] = triangles[3 * t + 2];
      triangles[3 * t + 2] = swap;
    }
  return willis_surface_new_take (g_memdup2 (willis_surface_points (surface), n_points * 3 * sizeof (double)),
                                  n_points, triangles, n_triangles);
}
