/* SPDX-License-Identifier: Apache-2.0 */
/* Closest points on triangles and rays, by a tree of boxes with few triangles in each leaf. */
#include <math.h>
#include <stdlib.h>

#include "core/num/vec3.h"
#include "core/vessel/tree-private.h"

#define LEAF 4

typedef struct
{
  double lo[3], hi[3];
  gint32 first; // leaf: first of its triangles in order; else the second child (the first follows at once)
  gint32 count; // 0: not a leaf
} Box;

struct _WillisNearest
{
  const double *points;
  const gint32 *triangles;
  gint32 *order; // [n]
  Box *boxes;
  gsize n, n_boxes;
};

typedef struct
{
  double key;
  gint32 id;
} Keyed;

static int
compare_keyed (const void *a, const void *b)
{
  const Keyed *x = a, *y = b;

  if (x->key != y->key)
    return x->key < y->key ? -1 : 1;
  return (x->id > y->id) - (x->id < y->id);
}

static void
grow_box (const WillisNearest *self, gint32 triangle, double lo[3], double hi[3])
{
  for (int c = 0; c < 3; c++)
    {
      const double *p = self->points + 3 * self->triangles[3 * triangle + c];

      for (int a = 0; a < 3; a++)
        {
          lo[a] = MIN (lo[a], p[a]);
          hi[a] = MAX (hi[a], p[a]);
        }
    }
}

/* Splits order[first, first + count) at the median centre along the longest side. */
static void
build (WillisNearest *self, gsize first, gsize count, Keyed *scratch)
{
  Box *box = self->boxes + self->n_boxes++;
  int axis = 0;

  vec3_set (box->lo, INFINITY, INFINITY, INFINITY);
  vec3_set (box->hi, -INFINITY, -INFINITY, -INFINITY);
  for (gsize i = first; i < first + count; i++)
    grow_box (self, self->order[i], box->lo, box->hi);
  if (count <= LEAF)
    {
      box->first = (gint32) first;
      box->count = (gint32) count;
      return;
    }
  for (int a = 1; a < 3; a++)
    if (box->hi[a] - box->lo[a] > box->hi[axis] - box->lo[axis])
      axis = a;
  for (gsize i = 0; i < count; i++)
    {
      const gint32 *v = self->triangles + 3 * self->order[first + i];

      scratch[i].id = self->order[first + i];
      scratch[i].key = self->points[3 * v[0] + axis] + self->points[3 * v[1] + axis]
                       + self->points[3 * v[2] + axis];
    }
  qsort (scratch, count, sizeof (Keyed), compare_keyed);
  for (gsize i = 0; i < count; i++)
    self->order[first + i] = scratch[i].id;
  build (self, first, count / 2, scratch);
  box->count = 0;
  box->first = (gint32) self->n_boxes;
  build (self, first + count / 2, count - count / 2, scratch);
}

WillisNearest *
willis_nearest_new (const double *points, const gint32 *triangles, gsize n)
{
  WillisNearest *self = g_new0 (WillisNearest, 1);
  g_autofree Keyed *scratch = g_new (Keyed, MAX (n, 1));

  self->points = points;
  self->triangles = triangles;
  self->n = n;
  self->order = g_new (gint32, MAX (n, 1));
  self->boxes = g_new (Box, 2 * n + 1);
  for (gsize i = 0; i < n; i++)
    self->order[i] = (gint32) i;
  if (n > 0)
    build (self, 0, n, scratch);
  return self;
}

void
willis_nearest_free (WillisNearest *nearest)
{
  if (nearest == NULL)
    return;
  g_free (nearest->order);
  g_free (nearest->boxes);
  g_free (nearest);
}

/* Closest point of triangle abc to q (Ericson 2005, Real-Time Collision Detection 5.1.5). */
static void
closest_on_triangle (const double q[3], const double a[3], const double b[3], const double c[3], double out[3])
{
  double ab[3], ac[3], ap[3], bp[3], cp[3];
  double d1, d2, d3, d4, d5, d6, va, vb, vc, v, w, sum;

  vec3_sub (ab, b, a);
  vec3_sub (ac, c, a);
  vec3_sub (ap, q, a);
  d1 = vec3_dot (ab, ap);
  d2 = vec3_dot (ac, ap);
  if (d1 <= 0.0 && d2 <= 0.0)
    {
      vec3_copy (out, a);
      return;
    }
  vec3_sub (bp, q, b);
  d3 = vec3_dot (ab, bp);
  d4 = vec3_dot (ac, bp);
  if (d3 >= 0.0 && d4 <= d3)
    {
      vec3_copy (out, b);
      return;
    }
  vc = d1 * d4 - d3 * d2;
  if (vc <= 0.0 && d1 >= 0.0 && d3 <= 0.0)
    {
      vec3_axpy (out, a, d1 / (d1 - d3), ab);
      return;
    }
  vec3_sub (cp, q, c);
  d5 = vec3_dot (ab, cp);
  d6 = vec3_dot (ac, cp);
  if (d6 >= 0.0 && d5 <= d6)
    {
      vec3_copy (out, c);
      return;
    }
  vb = d5 * d2 - d1 * d6;
  if (vb <= 0.0 && d2 >= 0.0 && d6 <= 0.0)
    {
      vec3_axpy (out, a, d2 / (d2 - d6), ac);
      return;
    }
  va = d3 * d6 - d5 * d4;
  if (va <= 0.0 && d4 - d3 >= 0.0 && d5 - d6 >= 0.0)
    {
      w = (d4 - d3) / ((d4 - d3) + (d5 - d6));
      vec3_lerp (out, b, c, w);
      return;
    }
  sum = va + vb + vc;
  v = vb / sum;
  w = vc / sum;
  for (int k = 0; k < 3; k++)
    out[k] = a[k] + ab[k] * v + ac[k] * w;
}

static double
box_distance2 (const Box *box, const double q[3])
{
  double sum = 0.0;

  for (int a = 0; a < 3; a++)
    {
      double d = MAX (MAX (box->lo[a] - q[a], q[a] - box->hi[a]), 0.0);

      sum += d * d;
    }
  return sum;
}

double
willis_nearest_distance (const WillisNearest *self, const double q[3], double limit, double closest[3],
                         gint32 *triangle)
{
  struct
  {
    gint32 box;
    double d2;
  } stack[64];
  double best = limit * limit;
  gboolean found = FALSE;
  int top = 0;

  if (self->n == 0)
    return limit;
  stack[top].box = 0;
  stack[top++].d2 = box_distance2 (self->boxes, q);
  while (top > 0)
    {
      gint32 b = stack[--top].box;
      const Box *box = self->boxes + b;

      if (stack[top].d2 >= best)
        continue;
      if (box->count > 0)
        for (gint32 i = box->first; i < box->first + box->count; i++)
          {
            const gint32 *v = self->triangles + 3 * self->order[i];
            double p[3], d[3], d2;

            closest_on_triangle (q, self->points + 3 * v[0], self->points + 3 * v[1], self->points + 3 * v[2], p);
            vec3_sub (d, p, q);
            d2 = vec3_norm2 (d);
            if (d2 >= best)
              continue;
            best = d2;
            found = TRUE;
            if (closest != NULL)
              vec3_copy (closest, p);
            if (triangle != NULL)
              *triangle = self->order[i];
          }
      else
        {
          double d0 = box_distance2 (self->boxes + b + 1, q), d1 = box_distance2 (self->boxes + box->first, q);
          gboolean first_near = d0 <= d1;

          /* the nearer child on top, so that it is looked at first */
          stack[top].box = first_near ? box->first : b + 1;
          stack[top++].d2 = first_near ? d1 : d0;
          stack[top].box = first_near ? b + 1 : box->first;
          stack[top++].d2 = first_near ? d0 : d1;
        }
    }
  return found ? sqrt (best) : limit;
}

static gboolean
ray_meets_box (const Box *box, const double q[3], const double d[3], double limit)
{
  double t0 = 0.0, t1 = limit;

  for (int a = 0; a < 3; a++)
    {
      double u, v;

      if (fabs (d[a]) < 1e-300)
        {
          if (q[a] < box->lo[a] || q[a] > box->hi[a])
            return FALSE;
          continue;
        }
      u = (box->lo[a] - q[a]) / d[a];
      v = (box->hi[a] - q[a]) / d[a];
      t0 = MAX (t0, MIN (u, v));
      t1 = MIN (t1, MAX (u, v));
    }
  return t0 <= t1;
}

/* Moeller and Trumbore 1997, both sides. */
static double
ray_triangle (const double q[3], const double d[3], const double a[3], const double b[3], const double c[3])
{
  double e1[3], e2[3], p[3], s[3], r[3], det, u, v, t;

  vec3_sub (e1, b, a);
  vec3_sub (e2, c, a);
  vec3_cross (p, d, e2);
  det = vec3_dot (e1, p);
  if (fabs (det) < 1e-14 * (vec3_norm (e1) * vec3_norm (e2)))
    return INFINITY;
  vec3_sub (s, q, a);
  u = vec3_dot (s, p) / det;
  if (u < -1e-9 || u > 1.0 + 1e-9)
    return INFINITY;
  vec3_cross (r, s, e1);
  v = vec3_dot (d, r) / det;
  if (v < -1e-9 || u + v > 1.0 + 1e-9)
    return INFINITY;
  t = vec3_dot (e2, r) / det;
  return t > 1e-9 ? t : INFINITY;
}

double
willis_nearest_ray (const WillisNearest *self, const double q[3], const double direction[3], double limit)
{
  gint32 stack[64];
  int top = 0;

  if (self->n == 0)
    return limit;
  stack[top++] = 0;
  while (top > 0)
    {
      gint32 b = stack[--top];
      const Box *box = self->boxes + b;

      if (!ray_meets_box (box, q, direction, limit))
        continue;
      if (box->count > 0)
        for (gint32 i = box->first; i < box->first + box->count; i++)
          {
            const gint32 *v = self->triangles + 3 * self->order[i];

            limit = MIN (limit, ray_triangle (q, direction, self->points + 3 * v[0], self->points + 3 * v[1],
                                              self->points + 3 * v[2]));
          }
      else
        {
          stack[top++] = box->first;
          stack[top++] = b + 1;
        }
    }
  return limit;
}
