/* SPDX-License-Identifier: Apache-2.0 */
#include "core/vessel/parting.h"

#include <math.h>

#include "core/mesh/edit.h"
#include "core/num/vec3.h"
#include "core/vessel/neck-ostium.h"

double
willis_neck_above (const WillisNeck *neck, const double point[3])
{
  double d[3];

  vec3_sub (d, point, neck->centre_lps_mm);
  return vec3_dot (d, neck->normal);
}

guint8 *
willis_piece_at (const WillisSurface *whole, const gint8 *side, const double inside[3])
{
  gsize n = willis_surface_n_triangles (whole);
  const gint32 *v = willis_surface_triangles (whole);
  const double *p = willis_surface_points (whole);
  g_autofree gint32 *opposite = willis_surface_opposites (whole);
  g_autoptr (GArray) stack = g_array_new (FALSE, FALSE, sizeof (gint32));
  guint8 *piece = g_new0 (guint8, MAX (n, 1));
  double best = INFINITY;
  gint32 first = -1;

  for (gsize t = 0; t < n; t++)
    if (side[t] > 0 && vec3_dist (p + 3 * v[3 * t], inside) < best)
      {
        best = vec3_dist (p + 3 * v[3 * t], inside);
        first = (gint32) t;
      }
  if (first < 0)
    return piece;
  piece[first] = TRUE;
  g_array_append_val (stack, first);
  while (stack->len > 0)
    {
      gint32 t = g_array_index (stack, gint32, stack->len - 1);

      g_array_set_size (stack, stack->len - 1);
      for (int c = 0; c < 3; c++)
        {
          gint32 k = opposite[3 * t + c] / 3;

          if (opposite[3 * t + c] < 0 || side[k] <= 0 || piece[k])
            continue;
          piece[k] = TRUE;
          g_array_append_val (stack, k);
        }
    }
  return piece;
}

WillisLoops *
willis_kept_rims (const WillisSurface *whole, const guint8 *keep)
{
  gsize n = willis_surface_n_points (whole);
  g_autofree gint32 *map = g_new (gint32, MAX (n, 1)), *back = g_new0 (gint32, MAX (n, 1));
  g_autoptr (WillisSurface) kept = willis_surface_pick (whole, keep, map);
  WillisLoops *rims = willis_surface_rims (kept);

  for (gsize i = 0; i < n; i++)
    if (map[i] >= 0)
      back[map[i]] = (gint32) i;
  for (guint i = 0; i < rims->ids->len; i++)
    g_array_index (rims->ids, gint32, i) = back[g_array_index (rims->ids, gint32, i)];
  return rims;
}

/* Appends what closes a rim. */
static gboolean
close_rim (const WillisSurface *whole, const WillisLoops *rims, gsize l, GArray *points, GArray *triangles)
{
  gsize n, n_inner;
  const gint32 *ids = willis_loops_get (rims, l, &n);
  g_autofree double *curve = willis_loops_points (rims, l, whole, &n);
  gint32 inner = (gint32) (points->len / 3);
  WillisOstium lid;

  if (!willis_ostium_init (&lid, curve, n, NULL))
    return FALSE;
  n_inner = willis_surface_n_points (lid.surface) - n;
  g_array_append_vals (points, willis_surface_points (lid.surface) + 3 * n, (guint) (3 * n_inner));
  for (gsize k = 0; k < 3 * willis_surface_n_triangles (lid.surface); k++)
    {
      gint32 id = willis_surface_triangles (lid.surface)[k];

      id = (gsize) id < n ? ids[id] : id - (gint32) n + inner;
      g_array_append_val (triangles, id);
    }
  willis_ostium_clear (&lid);
  return TRUE;
}

WillisSurface *
willis_kept_closed (const WillisSurface *whole, const guint8 *keep, const WillisLoops *rims, const gsize *which,
                    gsize n)
{
  g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GArray) triangles = g_array_new (FALSE, FALSE, sizeof (gint32));
  g_autoptr (WillisSurface) closed = NULL;
  gsize n_points, n_triangles;

  g_array_append_vals (points, willis_surface_points (whole), (guint) (3 * willis_surface_n_points (whole)));
  for (gsize t = 0; t < willis_surface_n_triangles (whole); t++)
    if (keep[t])
      g_array_append_vals (triangles, willis_surface_triangles (whole) + 3 * t, 3);
  for (gsize i = 0; i < n; i++)
    if (!close_rim (whole, rims, which[i], points, triangles))
      return NULL;
  n_points = points->len / 3;
  n_triangles = triangles->len / 3;
  closed
      = willis_surface_new_take ((double *) (void *) g_array_free (g_steal_pointer (&points), FALSE), n_points,
                                 (gint32 *) (void *) g_array_free (g_steal_pointer (&triangles), FALSE), n_triangles);
  return willis_surface_oriented (closed);
}
