/* SPDX-License-Identifier: Apache-2.0 */
#include "core/mesh/decimate.h"

#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/mesh/topology.h"
#include "core/num/vec3.h"

/* Least height over longest edge of a triangle that a collapse may leave, and least cosine of its turn. */
#define MIN_SHAPE  0.05
#define MIN_COSINE 0.2

/* The summed squared distance to planes, x^T A x + 2 b x + c, times their areas; w is the sum of areas. */
typedef struct
{
  double xx, xy, xz, yy, yz, zz, x, y, z, c, w;
} Quadric;

/* A collapse waiting its turn; stale once either point has changed since. */
typedef struct
{
  double cost;
  gint32 a, b;
  guint32 stamp_a, stamp_b;
} Entry;

typedef struct
{
  gsize n_points, n_triangles, n_alive;
  double origin[3];
  double *points;    // relative to origin
  gint32 *triangles; // -1 in the first place: gone
  gint32 *twin;
  gint32 *out;     // a half edge that starts at each point
  gint32 *valence; // triangles at each point; 0: gone
  guint8 *fixed;
  guint32 *stamp;
  Quadric *quadrics;
  double max_error;
  Entry *heap;
  gsize n_heap, room;
} Mesh;

static void
quadric_add (Quadric *q, const Quadric *other)
{
  const double *from = &other->xx;
  double *to = &q->xx;

  for (int n = 0; n < 11; n++)
    to[n] += from[n];
}

static void
quadric_plane (Quadric *q, const double n[3], double d, double area)
{
  *q = (Quadric){ area * n[0] * n[0],
                  area * n[0] * n[1],
                  area * n[0] * n[2],
                  area * n[1] * n[1],
                  area * n[1] * n[2],
                  area * n[2] * n[2],
                  area * n[0] * d,
                  area * n[1] * d,
                  area * n[2] * d,
                  area * d * d,
                  area };
}

static double
quadric_at (const Quadric *q, const double p[3])
{
  double x = p[0], y = p[1], z = p[2];

  return x * (q->xx * x + 2 * q->xy * y + 2 * q->xz * z + 2 * q->x)
         + y * (q->yy * y + 2 * q->yz * z + 2 * q->y) + z * (q->zz * z + 2 * q->z) + q->c;
}

/* The point of least error; FALSE where the planes hardly fix it. */
static gboolean
quadric_solve (const Quadric *q, double p[3])
{
  double a = q->yy * q->zz - q->yz * q->yz, b = q->xz * q->yz - q->xy * q->zz,
         c = q->xy * q->yz - q->xz * q->yy;
  double e = q->xx * q->zz - q->xz * q->xz, f = q->xy * q->xz - q->xx * q->yz,
         g = q->xx * q->yy - q->xy * q->xy;
  double det = q->xx * a + q->xy * b + q->xz * c, scale = q->xx + q->yy + q->zz;

  if (!(det > 1e-5 * scale * scale * scale))
    return FALSE;
  vec3_set (p, -(a * q->x + b * q->y + c * q->z) / det, -(b * q->x + e * q->y + f * q->z) / det,
            -(c * q->x + f * q->y + g * q->z) / det);
  return TRUE;
}

static gboolean
is_before (const Entry *a, const Entry *b)
{
  if (a->cost != b->cost)
    return a->cost < b->cost;
  return a->a != b->a ? a->a < b->a : a->b < b->b;
}

static void
heap_push (Mesh *m, Entry e)
{
  gsize at;

  if (m->n_heap == m->room)
    {
      m->room = MAX (1024, 2 * m->room);
      m->heap = g_renew (Entry, m->heap, m->room);
    }
  for (at = m->n_heap++; at > 0 && is_before (&e, &m->heap[(at - 1) / 2]); at = (at - 1) / 2)
    m->heap[at] = m->heap[(at - 1) / 2];
  m->heap[at] = e;
}

static Entry
heap_pop (Mesh *m)
{
  Entry top = m->heap[0], last = m->heap[--m->n_heap];
  gsize at = 0;

  for (gsize child = 1; child < m->n_heap; child = 2 * at + 1)
    {
      if (child + 1 < m->n_heap && is_before (&m->heap[child + 1], &m->heap[child]))
        child++;
      if (!is_before (&m->heap[child], &last))
        break;
      m->heap[at] = m->heap[child];
      at = child;
    }
  m->heap[at] = last;
  return top;
}

/* Where the edge collapses to, and what that costs. */
static double
place (const Mesh *m, gint32 a, gint32 b, double p[3])
{
  Quadric q = m->quadrics[a];
  const double *pa = m->points + 3 * a, *pb = m->points + 3 * b;
  double length2, mid[3], d[3];

  quadric_add (&q, &m->quadrics[b]);
  vec3_lerp (mid, pa, pb, 0.5);
  vec3_sub (d, pb, pa);
  length2 = vec3_norm2 (d);
  if (!quadric_solve (&q, p) || pow (vec3_dist (p, mid), 2) > length2)
    {
      const double *best = mid;

      if (quadric_at (&q, pa) < quadric_at (&q, best))
        best = pa;
      if (quadric_at (&q, pb) < quadric_at (&q, best))
        best = pb;
      vec3_copy (p, best);
    }
  /* a little for length, so that flat parts lose their short edges first */
  return MAX (quadric_at (&q, p), 0.0) / MAX (q.w, 1e-300) + 1e-8 * length2;
}

static void
push_edge (Mesh *m, gint32 a, gint32 b)
{
  double p[3], cost;

  if (m->fixed[a] || m->fixed[b])
    return;
  if (a > b)
    {
      gint32 swap = a;

      a = b;
      b = swap;
    }
  cost = place (m, a, b, p);
  if (cost <= m->max_error * m->max_error)
    heap_push (m, (Entry){ cost, a, b, m->stamp[a], m->stamp[b] });
}

/* The next half edge that starts at the same inner point. */
static gint32
turn (const Mesh *m, gint32 h)
{
  return m->twin[willis_half_edge_prev (h)];
}

static gint32
end_of (const Mesh *m, gint32 h)
{
  return m->triangles[willis_half_edge_next (h)];
}

/* Whether moving point v to p keeps the triangles about it, but for those with other, in shape and on their
 * side. */
static gboolean
keeps_shape (const Mesh *m, gint32 v, gint32 other, const double p[3])
{
  gint32 h = m->out[v];

  do
    {
      gint32 q = end_of (m, h), r = m->triangles[willis_half_edge_prev (h)];

      if (q != other && r != other)
        {
          const double *x = m->points + 3 * v, *y = m->points + 3 * q, *z = m->points + 3 * r;
          double e1[3], e2[3], e3[3], f1[3], f2[3], before[3], after[3], longest, area;

          vec3_sub (e1, y, x);
          vec3_sub (e2, z, x);
          vec3_cross (before, e1, e2);
          vec3_sub (f1, y, p);
          vec3_sub (f2, z, p);
          vec3_sub (e3, z, y);
          vec3_cross (after, f1, f2);
          area = vec3_norm (after);
          longest = MAX (vec3_norm2 (e3), MAX (vec3_norm2 (f1), vec3_norm2 (f2)));
          if (vec3_dot (before, after) <= MIN_COSINE * vec3_norm (before) * area
              || area < MIN_SHAPE * longest)
            return FALSE;
        }
      h = turn (m, h);
    }
  while (h != m->out[v]);
  return TRUE;
}

/* The link condition: the ends of h share exactly the two points across it, and these stay with a fan. */
static gboolean
keeps_topology (const Mesh *m, gint32 a, gint32 b, gint32 h)
{
  gint32 c = m->triangles[willis_half_edge_prev (h)], d = m->triangles[willis_half_edge_prev (m->twin[h])];
  gint32 i = m->out[a];

  if (c == d || m->valence[c] <= (m->fixed[c] ? 1 : 3) || m->valence[d] <= (m->fixed[d] ? 1 : 3))
    return FALSE;
  do
    {
      gint32 q = end_of (m, i), j = m->out[b];

      if (q != c && q != d && q != b)
        do
          {
            if (end_of (m, j) == q)
              return FALSE;
            j = turn (m, j);
          }
        while (j != m->out[b]);
      i = turn (m, i);
    }
  while (i != m->out[a]);
  return TRUE;
}

static void
remove_side (Mesh *m, gint32 h)
{
  gint32 next = willis_half_edge_next (h), prev = willis_half_edge_prev (h), c = m->triangles[prev];
  gint32 t1 = m->twin[next], t2 = m->twin[prev]; // both there: the ends of h are inner points

  m->twin[t1] = t2;
  m->twin[t2] = t1;
  m->out[c] = m->triangles[t1] == c ? t1 : t2;
  m->valence[c]--;
  m->triangles[h / 3 * 3] = -1;
  m->n_alive--;
}

/* Merges b into a at p across half edge h from a to b. */
static void
collapse (Mesh *m, gint32 a, gint32 b, gint32 h, const double p[3])
{
  gint32 g = m->twin[h], start = m->twin[willis_half_edge_prev (h)], i = m->out[b];
  gint32 stay = start; // starts at a, next to h; its triangle stays

  do // while the fan of b is whole: its corners become a's
    {
      gint32 at = i;

      i = turn (m, i);
      m->triangles[at] = a;
    }
  while (i != m->out[b]);
  m->valence[a] += m->valence[b] - 4;
  m->valence[b] = 0;
  remove_side (m, h);
  remove_side (m, g);
  m->out[a] = stay;
  vec3_copy (m->points + 3 * a, p);
  quadric_add (&m->quadrics[a], &m->quadrics[b]);
  m->stamp[a]++;
  m->stamp[b]++;
}

static gboolean
try_entry (Mesh *m, const Entry *e)
{
  gint32 h, first;
  double p[3];

  if (m->valence[e->a] == 0 || m->valence[e->b] == 0 || m->stamp[e->a] != e->stamp_a
      || m->stamp[e->b] != e->stamp_b)
    return FALSE;
  h = first = m->out[e->a];
  while (end_of (m, h) != e->b)
    {
      h = turn (m, h);
      if (h == first)
        return FALSE;
    }
  place (m, e->a, e->b, p);
  if (!keeps_topology (m, e->a, e->b, h) || !keeps_shape (m, e->a, e->b, p)
      || !keeps_shape (m, e->b, e->a, p))
    return FALSE;
  collapse (m, e->a, e->b, h, p);
  h = first = m->out[e->a];
  do
    {
      push_edge (m, e->a, end_of (m, h));
      h = turn (m, h);
    }
  while (h != first);
  return TRUE;
}

static void
mesh_init (Mesh *m, const WillisSurface *surface)
{
  g_autoptr (WillisTopology) topology = willis_topology_new (surface);
  double box[6];

  m->n_points = willis_surface_n_points (surface);
  m->n_alive = m->n_triangles = willis_surface_n_triangles (surface);
  willis_surface_bounds (surface, box);
  m->points = g_new (double, 3 * MAX (m->n_points, 1));
  m->triangles = g_new (gint32, 3 * MAX (m->n_triangles, 1));
  m->out = g_new (gint32, MAX (m->n_points, 1));
  m->valence = g_new0 (gint32, MAX (m->n_points, 1));
  m->fixed = g_new0 (guint8, MAX (m->n_points, 1));
  m->stamp = g_new0 (guint32, MAX (m->n_points, 1));
  m->quadrics = g_new0 (Quadric, MAX (m->n_points, 1));
  vec3_lerp (m->origin, box, box + 3, 0.5);
  for (gsize p = 0; p < m->n_points; p++)
    {
      gint32 first = topology->first[p], n = topology->first[p + 1] - first, h, count = 0;

      vec3_sub (m->points + 3 * p, willis_surface_points (surface) + 3 * p, m->origin);
      m->valence[p] = n;
      m->out[p] = n > 0 ? topology->corners[first] : -1;
      /* an inner point's half edges form one closed fan */
      h = m->out[p];
      while (h >= 0 && count < n)
        {
          h = topology->twin[willis_half_edge_prev (h)];
          count++;
          if (h == m->out[p])
            break;
        }
      m->fixed[p] = n == 0 || h != m->out[p] || count != n;
    }
  for (gsize c = 0; c < 3 * m->n_triangles; c++)
    m->triangles[c] = topology->triangles[c];
  m->twin = g_steal_pointer (&topology->twin);
  for (gsize t = 0; t < m->n_triangles; t++)
    {
      const gint32 *v = m->triangles + 3 * t;
      double a[3], b[3], n[3], area;
      Quadric q;

      vec3_sub (a, m->points + 3 * v[1], m->points + 3 * v[0]);
      vec3_sub (b, m->points + 3 * v[2], m->points + 3 * v[0]);
      vec3_cross (n, a, b);
      area = 0.5 * vec3_normalize (n);
      quadric_plane (&q, n, -vec3_dot (n, m->points + 3 * v[0]), area);
      for (int c = 0; c < 3; c++)
        quadric_add (&m->quadrics[v[c]], &q);
    }
}

static WillisSurface *
mesh_result (const Mesh *m)
{
  g_autofree gint32 *map = g_new (gint32, MAX (m->n_points, 1));
  double *points = g_new (double, 3 * MAX (m->n_points, 1));
  gint32 *triangles = g_new (gint32, 3 * MAX (m->n_alive, 1)), n = 0;
  gsize at = 0;

  for (gsize p = 0; p < m->n_points; p++)
    {
      map[p] = m->valence[p] > 0 ? n : -1;
      if (m->valence[p] > 0)
        vec3_add (points + 3 * n++, m->points + 3 * p, m->origin);
    }
  for (gsize t = 0; t < m->n_triangles; t++)
    if (m->triangles[3 * t] >= 0)
      for (int c = 0; c < 3; c++)
        triangles[at++] = map[m->triangles[3 * t + (gsize)c]];
  return willis_surface_new_take (points, (gsize)n, triangles, m->n_alive);
}

static gboolean
run (Mesh *m, gsize target, const WillisProgress *progress, GError **error)
{
  gsize before = m->n_alive, count = 0;

  for (gsize h = 0; h < 3 * m->n_triangles; h++)
    if (m->twin[h] > (gint32)h)
      push_edge (m, m->triangles[h], end_of (m, (gint32)h));
  while (m->n_heap > 0 && m->n_alive > target)
    {
      Entry e = heap_pop (m);

      if (count++ % 4096 == 0
          && !willis_progress_step (progress,
                                    (double)(before - m->n_alive) / (double)MAX (before - target, 1), error))
        return FALSE;
      try_entry (m, &e);
    }
  return TRUE;
}

WillisSurface *
willis_surface_decimate (const WillisSurface *surface, const WillisDecimateParams *params,
                         const WillisProgress *progress, GError **error)
{
  Mesh m = { .max_error = params->max_error_mm };
  WillisSurface *result = NULL;

  if (!(params->max_error_mm >= 0.0))
    {
      willis_fail (error, WILLIS_ERROR_BAD_INPUT, "a surface cannot be thinned to an error of %g mm",
                   params->max_error_mm);
      return NULL;
    }
  mesh_init (&m, surface);
  if (run (&m, params->target_triangles, progress, error))
    result = mesh_result (&m);
  g_free (m.points);
  g_free (m.triangles);
  g_free (m.twin);
  g_free (m.out);
  g_free (m.valence);
  g_free (m.fixed);
  g_free (m.stamp);
  g_free (m.quadrics);
  g_free (m.heap);
  return result;
}
