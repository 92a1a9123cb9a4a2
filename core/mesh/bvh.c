/* SPDX-License-Identifier: Apache-2.0 */
#include "core/mesh/bvh.h"

#include <math.h>

#include "core/mesh/topology.h"
#include "core/num/vec3.h"

/* Most triangles of a leaf, and bins of the surface-area split (Wald 2007). */
#define LEAF 4
#define BINS 16

/* An inner node's children are the next node and node right; a leaf holds n triangles from order[first]. */
typedef struct
{
  double box[6]; // lowest, highest corner
  gint32 n;      // 0 for inner nodes
  gint32 first;  // of a leaf, or the right child
} Node;

struct _WillisBvh
{
  WillisSurface *surface;
  const double *points;
  const gint32 *triangles;
  gsize n_triangles;
  Node *nodes;
  gsize n_nodes;
  gint32 *order;          // [n_triangles]
  gint32 *slot;           // [n_triangles] where each triangle stands in order
  double *corners;        // [n_triangles][3][3] by order: what a leaf needs lies together
  double *corner_normals; // [n_points][3] angle-weighted
  gint32 *twin;           // [3 n_triangles] as in WillisTopology
};

typedef struct
{
  WillisBvh *bvh;
  double (*boxes)[6];
} Builder;

static void
box_empty (double box[6])
{
  for (int a = 0; a < 3; a++)
    {
      box[a] = INFINITY;
      box[3 + a] = -INFINITY;
    }
}

static void
box_add (double box[6], const double other[6])
{
  for (int a = 0; a < 3; a++)
    {
      box[a] = MIN (box[a], other[a]);
      box[3 + a] = MAX (box[3 + a], other[3 + a]);
    }
}

static double
box_area (const double box[6])
{
  double x = box[3] - box[0], y = box[4] - box[1], z = box[5] - box[2];

  return x < 0 ? 0.0 : x * y + y * z + z * x;
}

static double
box_middle (const double box[6], int axis)
{
  return 0.5 * (box[axis] + box[3 + axis]);
}

/* Where to cut [lo, hi) of the order: the cheapest plane between bins of box centres along their longest
 * axis. Returns the first index of the right part, lo where all centres coincide. */
static gsize
split_at (const Builder *b, gsize lo, gsize hi)
{
  gint32 *order = b->bvh->order;
  double centres[6], bins[BINS][6], right_area[BINS], box[6], best = INFINITY, scale;
  gsize counts[BINS] = { 0 }, right_count = 0, left_count = 0, at = lo;
  int axis = 0, cut = 0;

  box_empty (centres);
  for (gsize n = lo; n < hi; n++)
    {
      double m[6];

      for (int a = 0; a < 3; a++)
        m[a] = m[3 + a] = box_middle (b->boxes[order[n]], a);
      box_add (centres, m);
    }
  for (int a = 1; a < 3; a++)
    if (centres[3 + a] - centres[a] > centres[3 + axis] - centres[axis])
      axis = a;
  if (!(centres[3 + axis] > centres[axis]))
    return lo;
  scale = BINS / (centres[3 + axis] - centres[axis]);
#define BIN(t) MIN ((int)((box_middle (b->boxes[t], axis) - centres[axis]) * scale), BINS - 1)
  for (int n = 0; n < BINS; n++)
    box_empty (bins[n]);
  for (gsize n = lo; n < hi; n++)
    {
      int bin = BIN (order[n]);

      counts[bin]++;
      box_add (bins[bin], b->boxes[order[n]]);
    }
  box_empty (box);
  for (int n = BINS - 1; n > 0; n--)
    {
      box_add (box, bins[n]);
      right_area[n] = box_area (box);
    }
  box_empty (box);
  for (int n = 1; n < BINS; n++)
    {
      double cost;

      box_add (box, bins[n - 1]);
      left_count += counts[n - 1];
      right_count = hi - lo - left_count;
      cost = box_area (box) * (double)left_count + right_area[n] * (double)right_count;
      if (left_count > 0 && right_count > 0 && cost < best)
        {
          best = cost;
          cut = n;
        }
    }
  for (gsize n = lo; n < hi; n++)
    if (BIN (order[n]) < cut)
      {
        gint32 swap = order[at];

        order[at++] = order[n];
        order[n] = swap;
      }
#undef BIN
  return at;
}

/* Builds the node over [lo, hi); returns its index. */
static gint32
build (const Builder *b, gsize lo, gsize hi, int depth)
{
  WillisBvh *bvh = b->bvh;
  gint32 self = (gint32)bvh->n_nodes++;
  Node *node = &bvh->nodes[self];
  gsize mid = lo;

  box_empty (node->box);
  for (gsize n = lo; n < hi; n++)
    box_add (node->box, b->boxes[bvh->order[n]]);
  if (hi - lo > LEAF)
    {
      mid = depth < 40 ? split_at (b, lo, hi) : lo;
      if (mid == lo || mid == hi)
        mid = lo + (hi - lo) / 2; // centres coincide, or the cuts are hopeless: halve the list
    }
  if (mid == lo)
    {
      node->n = (gint32)(hi - lo);
      node->first = (gint32)lo;
      return self;
    }
  node->n = 0;
  build (b, lo, mid, depth + 1);
  node->first = build (b, mid, hi, depth + 1); // the array does not move while building
  return self;
}

WillisBvh *
willis_bvh_new (WillisSurface *surface)
{
  WillisBvh *bvh = g_new0 (WillisBvh, 1);
  g_autoptr (WillisTopology) topology = willis_topology_new (surface);
  Builder b = { bvh };

  bvh->surface = willis_surface_ref (surface);
  bvh->points = willis_surface_points (surface);
  bvh->triangles = willis_surface_triangles (surface);
  bvh->n_triangles = willis_surface_n_triangles (surface);
  bvh->corner_normals = willis_surface_point_normals (surface);
  bvh->twin = g_steal_pointer (&topology->twin);
  bvh->order = g_new (gint32, MAX (bvh->n_triangles, 1));
  bvh->nodes = g_new (Node, 2 * MAX (bvh->n_triangles, 1));
  b.boxes = g_malloc_n (MAX (bvh->n_triangles, 1), sizeof *b.boxes);
  for (gsize t = 0; t < bvh->n_triangles; t++)
    {
      bvh->order[t] = (gint32)t;
      box_empty (b.boxes[t]);
      for (int c = 0; c < 3; c++)
        {
          const double *p = bvh->points + 3 * bvh->triangles[3 * t + (gsize)c];
          const double box[6] = { p[0], p[1], p[2], p[0], p[1], p[2] };

          box_add (b.boxes[t], box);
        }
    }
  if (bvh->n_triangles > 0)
    build (&b, 0, bvh->n_triangles, 0);
  g_free (b.boxes);
  bvh->slot = g_new (gint32, MAX (bvh->n_triangles, 1));
  bvh->corners = g_new (double, 9 * MAX (bvh->n_triangles, 1));
  for (gsize n = 0; n < bvh->n_triangles; n++)
    {
      gint32 t = bvh->order[n];

      bvh->slot[t] = (gint32)n;
      for (int c = 0; c < 3; c++)
        vec3_copy (bvh->corners + 9 * n + 3 * c, bvh->points + 3 * bvh->triangles[3 * t + c]);
    }
  bvh->nodes = g_renew (Node, bvh->nodes, MAX (bvh->n_nodes, 1));
  return bvh;
}

void
willis_bvh_free (WillisBvh *bvh)
{
  if (bvh == NULL)
    return;
  willis_surface_unref (bvh->surface);
  g_free (bvh->nodes);
  g_free (bvh->order);
  g_free (bvh->slot);
  g_free (bvh->corners);
  g_free (bvh->corner_normals);
  g_free (bvh->twin);
  g_free (bvh);
}

WillisSurface *
willis_bvh_surface (const WillisBvh *bvh)
{
  return bvh->surface;
}

static inline double
larger (double a, double b)
{
  return a > b ? a : b;
}

/* Written out without branches: half of all the time of a search is spent here. */
static inline double
box_distance2 (const double box[6], const double p[3])
{
  double x = larger (larger (box[0] - p[0], p[0] - box[3]), 0.0);
  double y = larger (larger (box[1] - p[1], p[1] - box[4]), 0.0);
  double z = larger (larger (box[2] - p[2], p[2] - box[5]), 0.0);

  return x * x + y * y + z * z;
}

/* The nearest point of a triangle (Ericson 2005, Real-Time Collision Detection, 5.1.5): weights and the
 * feature. */
static inline int
nearest_on_triangle (const double p[3], const double a[3], const double b[3], const double c[3], double w[3])
{
  double ab[3], ac[3], ap[3], bp[3], cp[3], d1, d2, d3, d4, d5, d6, va, vb, vc, t;

  vec3_sub (ab, b, a);
  vec3_sub (ac, c, a);
  vec3_sub (ap, p, a);
  d1 = vec3_dot (ab, ap);
  d2 = vec3_dot (ac, ap);
  if (d1 <= 0 && d2 <= 0)
    return vec3_set (w, 1, 0, 0), 4;
  vec3_sub (bp, p, b);
  d3 = vec3_dot (ab, bp);
  d4 = vec3_dot (ac, bp);
  if (d3 >= 0 && d4 <= d3)
    return vec3_set (w, 0, 1, 0), 5;
  vc = d1 * d4 - d3 * d2;
  if (vc <= 0 && d1 >= 0 && d3 <= 0)
    {
      t = d1 / (d1 - d3);
      return vec3_set (w, 1 - t, t, 0), 1;
    }
  vec3_sub (cp, p, c);
  d5 = vec3_dot (ab, cp);
  d6 = vec3_dot (ac, cp);
  if (d6 >= 0 && d5 <= d6)
    return vec3_set (w, 0, 0, 1), 6;
  vb = d5 * d2 - d1 * d6;
  if (vb <= 0 && d2 >= 0 && d6 <= 0)
    {
      t = d2 / (d2 - d6);
      return vec3_set (w, 1 - t, 0, t), 3;
    }
  va = d3 * d6 - d5 * d4;
  if (va <= 0 && d4 - d3 >= 0 && d5 - d6 >= 0)
    {
      t = (d4 - d3) / ((d4 - d3) + (d5 - d6));
      return vec3_set (w, 0, 1 - t, t), 2;
    }
  t = 1.0 / (va + vb + vc);
  vec3_set (w, 1 - (vb + vc) * t, vb * t, vc * t);
  return 0;
}

/* Tries the triangle in one place of the order; among equal distances the lowest number wins, whatever the
 * order of the tree. */
static void
try_triangle (const WillisBvh *bvh, gint32 slot, const double p[3], double *best2, WillisNearest *out)
{
  const double *a = bvh->corners + 9 * (gsize)slot, *b = a + 3, *c = a + 6;
  gint32 t = bvh->order[slot];
  double w[3], q[3], d2 = 0.0;
  int feature = nearest_on_triangle (p, a, b, c, w);

  for (int n = 0; n < 3; n++)
    {
      q[n] = w[0] * a[n] + w[1] * b[n] + w[2] * c[n];
      d2 += (p[n] - q[n]) * (p[n] - q[n]);
    }
  if (d2 > *best2 || (d2 == *best2 && out->triangle >= 0 && t > out->triangle))
    return;
  *best2 = d2;
  out->triangle = t;
  out->feature = feature;
  vec3_copy (out->lps_mm, q);
  vec3_copy (out->weight, w);
}

/* Looks through the tree for something nearer than *nearest at sqrt (best2). */
static gboolean
search_nearest (const WillisBvh *bvh, const double lps_mm[3], double best2, WillisNearest *nearest)
{
  gint32 stack[128];
  double bound[128];
  int top = 0;

  if (bvh->n_nodes > 0)
    {
      bound[top] = box_distance2 (bvh->nodes[0].box, lps_mm);
      stack[top++] = 0;
    }
  while (top > 0)
    {
      const Node *node;
      gint32 n = stack[--top], left, right;
      double dl, dr;

      if (bound[top] > best2)
        continue;
      node = &bvh->nodes[n];
      if (node->n > 0)
        {
          for (gint32 m = 0; m < node->n; m++)
            try_triangle (bvh, node->first + m, lps_mm, &best2, nearest);
          continue;
        }
      left = n + 1;
      right = node->first;
      dl = box_distance2 (bvh->nodes[left].box, lps_mm);
      dr = box_distance2 (bvh->nodes[right].box, lps_mm);
      if (dl > dr) // the nearer child is looked at first
        {
          gint32 swap = left;
          double d = dl;

          left = right;
          right = swap;
          dl = dr;
          dr = d;
        }
      if (dr <= best2)
        {
          bound[top] = dr;
          stack[top++] = right;
        }
      if (dl <= best2)
        {
          bound[top] = dl;
          stack[top++] = left;
        }
    }
  nearest->distance_mm = sqrt (best2);
  return nearest->triangle >= 0;
}

gboolean
willis_bvh_nearest (const WillisBvh *bvh, const double lps_mm[3], double max_mm, WillisNearest *nearest)
{
  nearest->triangle = -1;
  return search_nearest (bvh, lps_mm, max_mm * max_mm, nearest);
}

gboolean
willis_bvh_nearest_from (const WillisBvh *bvh, const double lps_mm[3], gint32 triangle,
                         WillisNearest *nearest)
{
  double best2 = INFINITY;

  nearest->triangle = -1;
  if (triangle >= 0)
    try_triangle (bvh, bvh->slot[triangle], lps_mm, &best2, nearest);
  return search_nearest (bvh, lps_mm, best2, nearest);
}

static void
add_triangle_normal (const WillisBvh *bvh, gint32 t, double sum[3])
{
  const gint32 *v = bvh->triangles + 3 * t;
  double a[3], b[3], n[3];

  vec3_sub (a, bvh->points + 3 * v[1], bvh->points + 3 * v[0]);
  vec3_sub (b, bvh->points + 3 * v[2], bvh->points + 3 * v[0]);
  vec3_cross (n, a, b);
  vec3_normalize (n);
  vec3_add (sum, sum, n);
}

void
willis_bvh_normal (const WillisBvh *bvh, const WillisNearest *nearest, double normal[3])
{
  gint32 t = nearest->triangle;

  vec3_set (normal, 0, 0, 0);
  if (nearest->feature >= 4)
    {
      vec3_copy (normal, bvh->corner_normals + 3 * bvh->triangles[3 * t + nearest->feature - 4]);
      return;
    }
  add_triangle_normal (bvh, t, normal);
  if (nearest->feature >= 1)
    {
      gint32 twin = bvh->twin[3 * t + nearest->feature - 1];

      if (twin >= 0)
        add_triangle_normal (bvh, twin / 3, normal);
      vec3_normalize (normal);
    }
}

double
willis_bvh_sign_distance (const WillisBvh *bvh, const double lps_mm[3], const WillisNearest *nearest)
{
  double normal[3], d[3];

  willis_bvh_normal (bvh, nearest, normal);
  vec3_sub (d, lps_mm, nearest->lps_mm);
  return vec3_dot (d, normal) > 0.0 ? -nearest->distance_mm : nearest->distance_mm;
}

double
willis_bvh_signed_distance (const WillisBvh *bvh, const double lps_mm[3], WillisNearest *nearest)
{
  WillisNearest own, *out = nearest != NULL ? nearest : &own;

  if (!willis_bvh_nearest (bvh, lps_mm, INFINITY, out))
    return -INFINITY;
  return willis_bvh_sign_distance (bvh, lps_mm, out);
}

/* Whether the ray meets the box between 0 and t_max. */
static gboolean
ray_meets_box (const double box[6], const double p[3], const double inverse[3], double t_max)
{
  double lo = 0.0, hi = t_max;

  for (int a = 0; a < 3; a++)
    {
      double t0 = (box[a] - p[a]) * inverse[a], t1 = (box[3 + a] - p[a]) * inverse[a];

      if (isnan (t0) || isnan (t1)) // along a face of the box: this axis does not cut
        continue;
      lo = MAX (lo, MIN (t0, t1));
      hi = MIN (hi, MAX (t0, t1));
    }
  return lo <= hi * (1.0 + 1e-12) + 1e-300;
}

/* Moeller & Trumbore 1997. */
static gboolean
ray_meets_triangle (const WillisBvh *bvh, gint32 t, const double p[3], const double dir[3], double t_max,
                    WillisRayHit *hit)
{
  const gint32 *v = bvh->triangles + 3 * t;
  const double *a = bvh->points + 3 * v[0];
  double e1[3], e2[3], q[3], s[3], r[3], det, u, w, at;

  vec3_sub (e1, bvh->points + 3 * v[1], a);
  vec3_sub (e2, bvh->points + 3 * v[2], a);
  vec3_cross (q, dir, e2);
  det = vec3_dot (e1, q);
  if (det == 0.0)
    return FALSE;
  vec3_sub (s, p, a);
  u = vec3_dot (s, q) / det;
  if (!(u >= 0.0 && u <= 1.0))
    return FALSE;
  vec3_cross (r, s, e1);
  w = vec3_dot (dir, r) / det;
  if (!(w >= 0.0 && u + w <= 1.0))
    return FALSE;
  at = vec3_dot (e2, r) / det;
  if (!(at >= 0.0 && at <= t_max))
    return FALSE;
  *hit = (WillisRayHit){ at, t, det < 0.0 };
  return TRUE;
}

static int
compare_hits (gconstpointer a, gconstpointer b)
{
  const WillisRayHit *ha = a, *hb = b;

  if (ha->t != hb->t)
    return ha->t < hb->t ? -1 : 1;
  return (ha->triangle > hb->triangle) - (ha->triangle < hb->triangle);
}

/* Walks the boxes that the ray meets; adds hits to all, or keeps the first in *first and shortens the ray. */
static gboolean
walk_ray (const WillisBvh *bvh, const double p[3], const double dir[3], double t_max, WillisRayHit *first,
          GArray *all)
{
  const double inverse[3] = { 1.0 / dir[0], 1.0 / dir[1], 1.0 / dir[2] };
  gint32 stack[128];
  int top = 0;
  gboolean found = FALSE;

  if (bvh->n_nodes > 0)
    stack[top++] = 0;
  while (top > 0)
    {
      gint32 n = stack[--top];
      const Node *node = &bvh->nodes[n];

      if (!ray_meets_box (node->box, p, inverse, t_max))
        continue;
      if (node->n == 0)
        {
          stack[top++] = node->first;
          stack[top++] = n + 1;
          continue;
        }
      for (gint32 m = 0; m < node->n; m++)
        {
          WillisRayHit hit;

          if (!ray_meets_triangle (bvh, bvh->order[node->first + m], p, dir, t_max, &hit))
            continue;
          if (all != NULL)
            g_array_append_val (all, hit);
          else if (!found || compare_hits (&hit, first) < 0)
            {
              *first = hit;
              t_max = hit.t;
            }
          found = TRUE;
        }
    }
  return found;
}

gboolean
willis_bvh_ray (const WillisBvh *bvh, const double lps_mm[3], const double direction[3], double t_max,
                WillisRayHit *hit)
{
  return walk_ray (bvh, lps_mm, direction, t_max, hit, NULL);
}

GArray *
willis_bvh_ray_all (const WillisBvh *bvh, const double lps_mm[3], const double direction[3], double t_max)
{
  GArray *all = g_array_new (FALSE, FALSE, sizeof (WillisRayHit));

  walk_ray (bvh, lps_mm, direction, t_max, NULL, all);
  g_array_sort (all, compare_hits);
  return all;
}

static int
compare_ints (gconstpointer a, gconstpointer b)
{
  gint32 na = *(const gint32 *)a, nb = *(const gint32 *)b;

  return (na > nb) - (na < nb);
}

GArray *
willis_bvh_triangles_in_sphere (const WillisBvh *bvh, const double lps_mm[3], double radius_mm)
{
  GArray *found = g_array_new (FALSE, FALSE, sizeof (gint32));
  double r2 = radius_mm * radius_mm;
  gint32 stack[128];
  int top = 0;

  if (bvh->n_nodes > 0)
    stack[top++] = 0;
  while (top > 0)
    {
      gint32 n = stack[--top];
      const Node *node = &bvh->nodes[n];

      if (box_distance2 (node->box, lps_mm) > r2)
        continue;
      if (node->n == 0)
        {
          stack[top++] = node->first;
          stack[top++] = n + 1;
          continue;
        }
      for (gint32 m = 0; m < node->n; m++)
        {
          WillisNearest nearest = { .triangle = -1 };
          double best2 = r2;

          try_triangle (bvh, node->first + m, lps_mm, &best2, &nearest);
          if (nearest.triangle >= 0)
            g_array_append_val (found, nearest.triangle);
        }
    }
  g_array_sort (found, compare_ints);
  return found;
}

GArray *
willis_bvh_points_in_sphere (const WillisBvh *bvh, const double lps_mm[3], double radius_mm)
{
  g_autoptr (GArray) triangles = willis_bvh_triangles_in_sphere (bvh, lps_mm, radius_mm);
  GArray *found = g_array_new (FALSE, FALSE, sizeof (gint32));
  guint n_unique = 0;

  for (guint n = 0; n < triangles->len; n++)
    for (int c = 0; c < 3; c++)
      {
        gint32 p = bvh->triangles[3 * g_array_index (triangles, gint32, n) + c];

        if (vec3_dist (bvh->points + 3 * p, lps_mm) <= radius_mm)
          g_array_append_val (found, p);
      }
  g_array_sort (found, compare_ints);
  for (guint n = 0; n < found->len; n++)
    if (n == 0 || g_array_index (found, gint32, n) != g_array_index (found, gint32, n - 1))
      g_array_index (found, gint32, n_unique++) = g_array_index (found, gint32, n);
  g_array_set_size (found, n_unique);
  return found;
}
