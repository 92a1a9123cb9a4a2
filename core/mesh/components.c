/* SPDX-License-Identifier: Apache-2.0 */
#include "core/mesh/components.h"

#include "core/num/vec3.h"

static gint32
find_root (gint32 *parent, gint32 p)
{
  while (parent[p] != p)
    p = parent[p] = parent[parent[p]];
  return p;
}

static void
join (gint32 *parent, gint32 a, gint32 b)
{
  a = find_root (parent, a);
  b = find_root (parent, b);
  /* the lower index stays the root, so that numbering does not depend on the order of joins */
  if (a < b)
    parent[b] = a;
  else
    parent[a] = b;
}

static void
add_triangle (WillisSurfacePiece *piece, const WillisSurface *surface, gsize t)
{
  const double *points = willis_surface_points (surface);
  const gint32 *v = willis_surface_triangles (surface) + 3 * t;
  const double *origin = points + 3 * willis_surface_triangles (surface)[3 * piece->triangle];
  double a[3], b[3], n[3], p[3];

  vec3_sub (a, points + 3 * v[1], points + 3 * v[0]);
  vec3_sub (b, points + 3 * v[2], points + 3 * v[0]);
  vec3_sub (p, points + 3 * v[0], origin);
  vec3_cross (n, a, b);
  piece->n_triangles++;
  piece->area_mm2 += 0.5 * vec3_norm (n);
  piece->volume_mm3 += vec3_dot (p, n) / 6.0;
}

static int
compare_pieces (gconstpointer a, gconstpointer b, gpointer data)
{
  const WillisSurfacePiece *pa = (const WillisSurfacePiece *)data + *(const gint32 *)a;
  const WillisSurfacePiece *pb = (const WillisSurfacePiece *)data + *(const gint32 *)b;

  if (pa->area_mm2 != pb->area_mm2)
    return pa->area_mm2 > pb->area_mm2 ? -1 : 1;
  return pa->triangle < pb->triangle ? -1 : 1;
}

GArray *
willis_surface_pieces (const WillisSurface *surface, gint32 *labels)
{
  gsize n_points = willis_surface_n_points (surface), n_triangles = willis_surface_n_triangles (surface);
  const gint32 *v = willis_surface_triangles (surface);
  g_autofree gint32 *parent = g_new (gint32, MAX (n_points, 1));
  g_autofree gint32 *piece_of = g_new (gint32, MAX (n_points, 1)); // of a root point
  g_autofree gint32 *order = NULL;
  g_autofree gint32 *rank = NULL;
  g_autoptr (GArray) found = g_array_new (FALSE, TRUE, sizeof (WillisSurfacePiece));
  GArray *sorted = g_array_new (FALSE, TRUE, sizeof (WillisSurfacePiece));

  for (gsize p = 0; p < n_points; p++)
    {
      parent[p] = (gint32)p;
      piece_of[p] = -1;
    }
  for (gsize t = 0; t < n_triangles; t++)
    {
      join (parent, v[3 * t], v[3 * t + 1]);
      join (parent, v[3 * t], v[3 * t + 2]);
    }
  for (gsize t = 0; t < n_triangles; t++)
    {
      gint32 root = find_root (parent, v[3 * t]);

      if (piece_of[root] < 0)
        {
          WillisSurfacePiece piece = { .triangle = (gint32)t };

          piece_of[root] = (gint32)found->len;
          g_array_append_val (found, piece);
        }
      add_triangle (&g_array_index (found, WillisSurfacePiece, piece_of[root]), surface, t);
    }
  order = g_new (gint32, MAX (found->len, 1));
  rank = g_new (gint32, MAX (found->len, 1));
  for (guint n = 0; n < found->len; n++)
    order[n] = (gint32)n;
  g_qsort_with_data (order, (int)found->len, sizeof (gint32), compare_pieces, found->data);
  for (guint n = 0; n < found->len; n++)
    {
      rank[order[n]] = (gint32)n;
      g_array_append_val (sorted, g_array_index (found, WillisSurfacePiece, order[n]));
    }
  for (gsize t = 0; labels != NULL && t < n_triangles; t++)
    labels[t] = rank[piece_of[find_root (parent, v[3 * t])]];
  return sorted;
}
