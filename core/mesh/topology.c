/* SPDX-License-Identifier: Apache-2.0 */
#include "core/mesh/topology.h"

static gint32
start_of (const WillisTopology *topology, gint32 h)
{
  return topology->triangles[h];
}

static gint32
end_of (const WillisTopology *topology, gint32 h)
{
  return topology->triangles[willis_half_edge_next (h)];
}

/* Sorts half edges in (NULL: 0, 1, 2 ...) by their start or end point into out; stable counting sort.
 * first [n_points + 2] gets the index where each point's part begins. */
static void
sort_half_edges (const WillisTopology *topology, const gint32 *in, gboolean by_end, gint32 *first,
                 gint32 *out)
{
  gsize n = 3 * topology->n_triangles;

  for (gsize p = 0; p < topology->n_points + 2; p++)
    first[p] = 0;
  for (gsize h = 0; h < n; h++)
    first[topology->triangles[h] + 2]++; // each point ends as many half edges as it starts
  for (gsize p = 2; p < topology->n_points + 2; p++)
    first[p] += first[p - 1];
  for (gsize m = 0; m < n; m++)
    {
      gint32 h = in != NULL ? in[m] : (gint32)m;

      out[first[(by_end ? end_of (topology, h) : start_of (topology, h)) + 1]++] = h;
    }
}

/* The half edges from a to b: *n of them from the returned place in corners on. */
static gint32
find_half_edges (const WillisTopology *topology, gint32 a, gint32 b, int *n)
{
  gint32 lo = topology->first[a], hi = topology->first[a + 1];

  while (lo < hi)
    {
      gint32 mid = lo + (hi - lo) / 2;

      if (end_of (topology, topology->corners[mid]) < b)
        lo = mid + 1;
      else
        hi = mid;
    }
  for (*n = 0; lo + *n < topology->first[a + 1] && end_of (topology, topology->corners[lo + *n]) == b; ++*n)
    ;
  return lo;
}

WillisTopology *
willis_topology_new (const WillisSurface *surface)
{
  WillisTopology *topology = g_new0 (WillisTopology, 1);
  gsize n = 3 * willis_surface_n_triangles (surface);
  g_autofree gint32 *by_end = g_new (gint32, MAX (n, 1));

  topology->n_points = willis_surface_n_points (surface);
  topology->n_triangles = willis_surface_n_triangles (surface);
  topology->triangles = willis_surface_triangles (surface);
  topology->first = g_new (gint32, topology->n_points + 2);
  topology->corners = g_new (gint32, MAX (n, 1));
  topology->twin = g_new (gint32, MAX (n, 1));
  sort_half_edges (topology, NULL, TRUE, topology->first, by_end);
  sort_half_edges (topology, by_end, FALSE, topology->first, topology->corners);
  for (gsize h = 0; h < n; h++)
    {
      int same, opposite;
      gint32 a = start_of (topology, (gint32)h), b = end_of (topology, (gint32)h);
      gint32 own = topology->corners[find_half_edges (topology, a, b, &same)];
      gint32 twin = find_half_edges (topology, b, a, &opposite);

      if (same == 1 && opposite <= 1)
        {
          topology->twin[h] = opposite == 1 ? topology->corners[twin] : WILLIS_EDGE_RIM;
          topology->n_rim_edges += opposite == 0;
          continue;
        }
      topology->twin[h] = WILLIS_EDGE_BAD;
      if (own == (gint32)h && (opposite == 0 || a < b)) // count each bad edge once
        {
          topology->n_bad_edges++;
          topology->n_flipped_edges += same == 2 && opposite == 0;
        }
    }
  return topology;
}

void
willis_topology_free (WillisTopology *topology)
{
  if (topology == NULL)
    return;
  g_free (topology->twin);
  g_free (topology->first);
  g_free (topology->corners);
  g_free (topology);
}

/* The rim half edge that follows h: turns about its end point from triangle to triangle. */
static gint32
next_on_rim (const WillisTopology *topology, gint32 h)
{
  gint32 at = willis_half_edge_next (h);

  for (gsize turns = 0; turns <= topology->n_triangles; turns++)
    {
      if (topology->twin[at] == WILLIS_EDGE_RIM)
        return at;
      if (topology->twin[at] < 0)
        return -1;
      at = willis_half_edge_next (topology->twin[at]);
    }
  return -1;
}

GPtrArray *
willis_topology_rims (const WillisTopology *topology)
{
  GPtrArray *rims = g_ptr_array_new_with_free_func ((GDestroyNotify)g_array_unref);
  g_autofree guint8 *done = g_new0 (guint8, 3 * topology->n_triangles + 1);

  for (gsize h = 0; h < 3 * topology->n_triangles; h++)
    {
      GArray *rim;
      gint32 at = (gint32)h;

      if (done[h] || topology->twin[h] != WILLIS_EDGE_RIM)
        continue;
      rim = g_array_new (FALSE, FALSE, sizeof (gint32));
      while (at >= 0 && !done[at])
        {
          done[at] = 1;
          g_array_append_val (rim, topology->triangles[at]);
          at = next_on_rim (topology, at);
        }
      g_ptr_array_add (rims, rim);
    }
  return rims;
}
