/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From voxel paths to smooth centred branches: spurs pruned, points moved to the ridge of the distance to the wall,
 * branches that run together zipped up to where they part (Antiga 2004 parts them by touching spheres; on a ridge
 * they coincide), wiggles smoothed without shrinking, flat ends run on to the cut.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/image/batch.h"
#include "core/num/vec3.h"
#include "core/vessel/tree-private.h"

#define BOW_MM 0.9       // in wider things than arteries branches may run beside each other

static double *
point_of (GArray *points, gsize i)
{
  return &g_array_index (points, double, 3 * i);
}

static gsize
n_points (const GArray *points)
{
  return points->len / 3;
}

static double
chain_length (GArray *points)
{
  double sum = 0.0;

  for (gsize i = 1; i < n_points (points); i++)
    sum += vec3_dist (point_of (points, i), point_of (points, i - 1));
  return sum;
}

static gboolean
is_ring (const WillisChain *chain, const int *degree)
{
  return chain->node[0] == chain->node[1] && degree[chain->node[0]] == 2;
}

static int *
node_degrees (const WillisGraph *graph)
{
  int *degree = g_new0 (int, MAX (graph->nodes->len / 3, 1));

  for (guint c = 0; c < graph->chains->len; c++)
    for (int e = 0; e < 2; e++)
      degree[g_array_index (graph->chains, WillisChain, c).node[e]]++;
  return degree;
}

static double
wall_distance (const WillisBvh *wall, const double q[3])
{
  return willis_wall_distance (wall, q, WILLIS_WALL_FAR_MM);
}

static void
reverse (GArray *points)
{
  gsize n = n_points (points);

  for (gsize i = 0; i < n / 2; i++)
    for (int a = 0; a < 3; a++)
      {
        double x = point_of (points, i)[a];

        point_of (points, i)[a] = point_of (points, n - 1 - i)[a];
        point_of (points, n - 1 - i)[a] = x;
      }
}

static void
turn_around (WillisChain *chain)
{
  int n = chain->node[0];

  chain->node[0] = chain->node[1];
  chain->node[1] = n;
  reverse (chain->points);
}

/* Joins the two chains at every node where exactly two ends of different chains meet. */
static void
merge_through (WillisGraph *graph)
{
  for (guint n = 0; n < graph->nodes->len / 3; n++)
    {
      int found[2] = { -1, -1 }, count = 0;

      for (guint c = 0; c < graph->chains->len; c++)
        for (int e = 0; e < 2; e++)
          if (g_array_index (graph->chains, WillisChain, c).node[e] == (int) n)
            {
              if (count < 2)
                found[count] = (int) c;
              count++;
            }
      if (count != 2 || found[0] == found[1])
        continue;
      {
        WillisChain *a = &g_array_index (graph->chains, WillisChain, found[0]);
        WillisChain *b = &g_array_index (graph->chains, WillisChain, found[1]);

        if (a->node[1] != (int) n)
          turn_around (a);
        if (b->node[0] != (int) n)
          turn_around (b);
        g_array_append_vals (a->points, point_of (b->points, 1), 3 * (guint) (n_points (b->points) - 1));
        a->node[1] = b->node[1];
        g_array_remove_index (graph->chains, (guint) found[1]);
      }
    }
}

/* Drops dead ends that hardly leave the sphere of the node they start from. */
static void
prune_spurs (WillisGraph *graph, const WillisBvh *wall)
{
  for (gboolean again = TRUE; again;)
    {
      g_autofree int *degree = node_degrees (graph);
      int worst = -1;
      double shortest = 0.0;

      for (guint c = 0; c < graph->chains->len; c++)
        {
          WillisChain *chain = &g_array_index (graph->chains, WillisChain, c);
          gsize last = n_points (chain->points) - 1;
          gboolean tip_first = degree[chain->node[0]] == 1;
          double out;

          if (tip_first == (degree[chain->node[1]] == 1) || degree[chain->node[tip_first ? 1 : 0]] < 3)
            continue;
          out = chain_length (chain->points) - wall_distance (wall, point_of (chain->points, tip_first ? last : 0))
                - wall_distance (wall, point_of (chain->points, tip_first ? 0 : last));
          if (out < shortest)
            {
              shortest = out;
              worst = (int) c;
            }
        }
      again = worst >= 0;
      if (again)
        g_array_remove_index (graph->chains, (guint) worst);
      merge_through (graph);
    }
}

/* Points at equal steps of about step along the polyline; both ends kept. */
static GArray *
resample (GArray *points, double step)
{
  double length = chain_length (points), at = 0.0;
  gsize n = (gsize) MAX (2.0, floor (length / step + 0.5) + 1.0), i = 1, k = 1;
  GArray *out = g_array_sized_new (FALSE, FALSE, sizeof (double), (guint) (3 * n));

  g_array_append_vals (out, point_of (points, 0), 3);
  while (k + 1 < n && i < n_points (points))
    {
      double seg = vec3_dist (point_of (points, i), point_of (points, i - 1));
      double target = length * (double) k / (double) (n - 1), x[3];

      if (at + seg < target)
        {
          at += seg;
          i++;
          continue;
        }
      vec3_lerp (x, point_of (points, i - 1), point_of (points, i), seg > 0.0 ? (target - at) / seg : 0.0);
      g_array_append_vals (out, x, 3);
      k++;
    }
  g_array_append_vals (out, point_of (points, n_points (points) - 1), 3);
  return out;
}

/* Point i of an array continued beyond its ends: point reflection at the ends, or around a ring. */
static void
continued (GArray *points, long i, gboolean ring, double out[3])
{
  long n = (long) n_points (points), last = n - 1;

  if (ring)
    {
      i = ((i % last) + last) % last;
      vec3_copy (out, point_of (points, (gsize) i));
    }
  else if (i < 0 || i > last)
    {
      long end = i < 0 ? 0 : last, mirror = CLAMP (2 * end - i, 0, last);

      vec3_scale (out, point_of (points, (gsize) end), 2.0);
      vec3_sub (out, out, point_of (points, (gsize) mirror));
    }
  else
    vec3_copy (out, point_of (points, (gsize) i));
}

/* Gaussian along the chain, sigma in points for each point. */
static GArray *
gaussian_along (GArray *points, const double *sigma, gboolean ring)
{
  gsize n = n_points (points);
  GArray *out = g_array_sized_new (FALSE, FALSE, sizeof (double), (guint) (3 * n));

  for (gsize i = 0; i < n; i++)
    {
      long reach = (long) MIN (ceil (3.0 * sigma[i]), (double) n - 1.0);
      double sum[3] = { 0 }, weights = 0.0;

      for (long k = -reach; k <= reach; k++)
        {
          double w = exp (-0.5 * (double) (k * k) / MAX (sigma[i] * sigma[i], 1e-12)), x[3];

          continued (points, (long) i + k, ring, x);
          vec3_axpy (sum, sum, w, x);
          weights += w;
        }
      vec3_scale (sum, sum, 1.0 / weights);
      g_array_append_vals (out, sum, 3);
    }
  return out;
}

/* Smooths by S + S (1 - S): what a plain Gaussian pulls off a bend is given back (Tukey's twicing), so a circle keeps
 * its radius to fourth order. sigma_mm = part of the radius. */
static void
smooth_chain (GArray *points, const double *radius, double part, gboolean ring)
{
  gsize n = n_points (points);
  double step = chain_length (points) / (double) MAX (n - 1, 1);
  g_autofree double *sigma = g_new (double, n);
  g_autoptr (GArray) once = NULL;
  g_autoptr (GArray) rest = NULL;
  g_autoptr (GArray) back = NULL;

  if (n < 3 || step <= 0.0)
    return;
  for (gsize i = 0; i < n; i++)
    {
      sigma[i] = MIN (part * radius[i] / step, 60.0);
      if (!ring) // what lies beyond the ends is made up: less of it
        sigma[i] = MIN (sigma[i], 0.4 * (double) MIN (i, n - 1 - i));
    }
  once = gaussian_along (points, sigma, ring);
  rest = g_array_sized_new (FALSE, FALSE, sizeof (double), (guint) (3 * n));
  for (gsize i = 0; i < n; i++)
    {
      double d[3];

      vec3_sub (d, point_of (points, i), point_of (once, i));
      g_array_append_vals (rest, d, 3);
    }
  back = gaussian_along (rest, sigma, ring);
  for (gsize i = ring ? 0 : 1; i + (ring ? 0 : 1) < n; i++)
    vec3_add (point_of (points, i), point_of (once, i), point_of (back, i));
  if (ring)
    vec3_copy (point_of (points, n - 1), point_of (points, 0));
}

typedef struct
{
  const WillisBvh *wall;
  GArray *points;
  GArray *moved;
  double *radius; // [n] in: how far a point may go is a part of it; out: distance to the wall
  double h;
  gboolean ring, centre;
} Centre;

static void
tangent_at (GArray *points, gsize i, gboolean ring, double out[3])
{
  double a[3], b[3];

  continued (points, (long) i - 1, ring, a);
  continued (points, (long) i + 1, ring, b);
  vec3_sub (out, b, a);
  if (vec3_normalize (out) == 0.0)
    vec3_set (out, 0.0, 0.0, 1.0);
}

/* Moves q across the tangent to where the wall is farthest: a search over six directions with halving steps. */
static double
centre_point (const WillisBvh *wall, double q[3], const double tangent[3], double reach, double h)
{
  double u[3], v[3], start[3], best = wall_distance (wall, q);
  double step = MIN (0.25 * best + 0.25 * h, 0.5 * reach);

  vec3_basis (tangent, u, v);
  vec3_copy (start, q);
  for (int tries = 0; step > 0.02 * h && tries < 60; tries++)
    {
      double found = best, to[3] = { 0 };

      for (int k = 0; k < 6; k++)
        {
          double x[3], d;

          vec3_axpy (x, q, step * cos (k * G_PI / 3.0), u);
          vec3_axpy (x, x, step * sin (k * G_PI / 3.0), v);
          if (vec3_dist (x, start) > reach)
            continue;
          d = willis_wall_distance (wall, x, best + 1.01 * step);
          if (d > found)
            {
              found = d;
              vec3_copy (to, x);
            }
        }
      if (found > best + 1e-3 * step)
        {
          best = found;
          vec3_copy (q, to);
        }
      else
        step *= 0.5;
    }
  return best;
}

static void
centre_range (gsize lo, gsize hi, gpointer data)
{
  Centre *c = data;
  gsize n = n_points (c->points);

  for (gsize i = lo; i < hi; i++)
    {
      double q[3], t[3];

      vec3_copy (q, point_of (c->points, i));
      if (c->centre && (c->ring || (i > 0 && i + 1 < n)))
        {
          tangent_at (c->points, i, c->ring, t);
          c->radius[i] = centre_point (c->wall, q, t, 0.6 * c->radius[i] + c->h, c->h);
        }
      else
        c->radius[i] = wall_distance (c->wall, q);
      vec3_copy (point_of (c->moved, i), q);
    }
}

static int
compare_doubles (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

/* Running median of value over +- half points. */
static double *
running_median (const double *value, gsize n, gsize half)
{
  double *out = g_new (double, MAX (n, 1));
  g_autofree double *window = g_new (double, 2 * half + 1);

  for (gsize i = 0; i < n; i++)
    {
      gsize lo = i > half ? i - half : 0, hi = MIN (n, i + half + 1);

      memcpy (window, value + lo, (hi - lo) * sizeof (double));
      qsort (window, hi - lo, sizeof (double), compare_doubles);
      out[i] = window[(hi - lo) / 2];
    }
  return out;
}

/* Distances to the wall along points; centre: after moving them to the ridge, by at most a part of the radius usual
 * there, so that a sac at the side does not swallow its parent. */
static double *
measure_chain (const WillisBvh *wall, GArray **points, double h, gboolean ring, gboolean centre)
{
  gsize n = n_points (*points);
  double *radius = g_new (double, MAX (n, 1));
  Centre context = { wall, *points, NULL, radius, h, ring, FALSE };

  context.moved = g_array_new (FALSE, FALSE, sizeof (double));
  g_array_set_size (context.moved, (guint) (3 * n));
  centre_range (0, n, &context);
  if (centre && n > 2)
    {
      double step = chain_length (*points) / (double) (n - 1), typical;
      g_autofree double *median = NULL;

      typical = radius[n / 2];
      median = running_median (radius, n, (gsize) CLAMP (4.0 * typical / MAX (step, 1e-9), 1.0, 200.0));
      for (gsize i = 0; i < n; i++)
        radius[i] = MIN (radius[i], median[i]);
      context.centre = TRUE;
      centre_range (0, n, &context);
      if (ring)
        {
          vec3_copy (point_of (context.moved, n - 1), point_of (context.moved, 0));
          radius[n - 1] = radius[0];
        }
    }
  g_array_unref (*points);
  *points = context.moved;
  return radius;
}

static double
distance_to_chain (const double q[3], GArray *points)
{
  double best = INFINITY;

  for (gsize i = 1; i < n_points (points); i++)
    {
      const double *a = point_of (points, i - 1), *b = point_of (points, i);
      double ab[3], aq[3], x[3], len2, t;

      vec3_sub (ab, b, a);
      vec3_sub (aq, q, a);
      len2 = vec3_norm2 (ab);
      t = len2 > 0.0 ? CLAMP (vec3_dot (aq, ab) / len2, 0.0, 1.0) : 0.0;
      vec3_axpy (x, a, t, ab);
      best = MIN (best, vec3_dist (x, q));
    }
  return best;
}

/* How many points of a (from its start) run along b. */
static gsize
shared_points (GArray *a, GArray *b, const WillisBvh *wall, double h)
{
  gsize n = n_points (a), i = 1;

  while (i + 1 < n
         && distance_to_chain (point_of (a, i), b) < MAX (0.25 * wall_distance (wall, point_of (a, i)), 0.75 * h))
    i++;
  return i - 1;
}

static void
drop_front (GArray *points, gsize n)
{
  if (n > 0)
    g_array_remove_range (points, 0, (guint) (3 * n));
}

/* Index of the point of points nearest to q. */
static gsize
nearest_point (GArray *points, const double q[3])
{
  gsize best = 0;

  for (gsize i = 1; i < n_points (points); i++)
    if (vec3_dist (point_of (points, i), q) < vec3_dist (point_of (points, best), q))
      best = i;
  return best;
}

/* At node n: two chains that leave together get a common start up to where they part. TRUE where that was so. */
static gboolean
zip_node (WillisGraph *graph, int n, const WillisBvh *wall, double h)
{
  for (guint a = 0; a < graph->chains->len; a++)
    for (guint b = a + 1; b < graph->chains->len; b++)
      {
        WillisChain *x = &g_array_index (graph->chains, WillisChain, a);
        WillisChain *y = &g_array_index (graph->chains, WillisChain, b);
        WillisChain stem = { { n, 0 }, NULL };
        gsize shared, other;
        double q[3];

        if ((x->node[0] != n && x->node[1] != n) || (y->node[0] != n && y->node[1] != n) || x->node[0] == x->node[1]
            || y->node[0] == y->node[1])
          continue;
        if (x->node[0] != n)
          turn_around (x);
        if (y->node[0] != n)
          turn_around (y);
        shared = shared_points (x->points, y->points, wall, h);
        vec3_copy (q, point_of (x->points, shared));
        other = MIN (nearest_point (y->points, q), n_points (y->points) - 2);
        if (shared < 2 || other < 1 || vec3_dist (q, point_of (x->points, 0)) < 0.3 * wall_distance (wall, q))
          continue;
        vec3_lerp (q, q, point_of (y->points, other), 0.5);
        stem.node[1] = (int) (graph->nodes->len / 3);
        g_array_append_vals (graph->nodes, q, 3);
        stem.points = g_array_new (FALSE, FALSE, sizeof (double));
        g_array_append_vals (stem.points, x->points->data, (guint) (3 * shared));
        g_array_append_vals (stem.points, q, 3);
        drop_front (x->points, shared);
        drop_front (y->points, other);
        vec3_copy (point_of (x->points, 0), q);
        vec3_copy (point_of (y->points, 0), q);
        x->node[0] = y->node[0] = stem.node[1];
        g_array_append_val (graph->chains, stem);
        return TRUE;
      }
  return FALSE;
}

static void
zip_all (WillisGraph *graph, const WillisBvh *wall, double h)
{
  int rounds = 0;

  for (int n = 0; n < (int) (graph->nodes->len / 3); n++)
    while (rounds++ < 4096 && zip_node (graph, n, wall, h))
      ;
  merge_through (graph);
}

/* Is the chain far shorter than it is thick, or in an artery a bow within the sphere at its start? */
static gboolean
is_short (GArray *points, const WillisBvh *wall)
{
  const double *first = point_of (points, 0);
  double near = 0.35 * wall_distance (wall, first);

  if (chain_length (points) <= near)
    return TRUE;
  if (near > BOW_MM || vec3_dist (first, point_of (points, n_points (points) - 1)) > near)
    return FALSE;
  for (gsize i = 1; i < n_points (points); i++)
    if (vec3_dist (first, point_of (points, i)) > 1.7 * near)
      return FALSE;
  return TRUE;
}

/* Draws two nodes together where the chain between them is short. */
static void
contract_short (WillisGraph *graph, const WillisBvh *wall)
{
  for (guint c = 0; c < graph->chains->len;)
    {
      WillisChain *chain = &g_array_index (graph->chains, WillisChain, c);
      int keep = chain->node[0], gone = chain->node[1];
      g_autofree int *degree = NULL;
      double q[3];

      if (keep == gone || !is_short (chain->points, wall))
        {
          c++;
          continue;
        }
      degree = node_degrees (graph);
      if (degree[keep] < 2 || degree[gone] < 2)
        {
          c++;
          continue;
        }
      vec3_lerp (q, &g_array_index (graph->nodes, double, 3 * keep), &g_array_index (graph->nodes, double, 3 * gone),
                 0.5);
      g_array_remove_index (graph->chains, c);
      vec3_copy (&g_array_index (graph->nodes, double, 3 * keep), q);
      for (guint k = 0; k < graph->chains->len; k++)
        {
          WillisChain *other = &g_array_index (graph->chains, WillisChain, k);

          for (int e = 0; e < 2; e++)
            {
              if (other->node[e] == gone)
                other->node[e] = keep;
              if (other->node[e] == keep)
                vec3_copy (point_of (other->points, e == 0 ? 0 : n_points (other->points) - 1), q);
            }
        }
      c = 0;
    }
}

/* Mean distance to the wall across direction t at q, over eight rays. */
static double
width_across (const WillisBvh *wall, const double q[3], const double t[3], double limit)
{
  double u[3], v[3], sum = 0.0;

  vec3_basis (t, u, v);
  for (int k = 0; k < 8; k++)
    {
      double d[3];

      vec3_scale (d, u, cos (k * G_PI / 4.0));
      vec3_axpy (d, d, sin (k * G_PI / 4.0), v);
      sum += MIN (willis_wall_ray (wall, q, d, limit), limit);
    }
  return sum / 8.0;
}

/* Runs the last end of points on to a flat cut: where the lumen is as wide close before the end as at the last point.
 * Returns how many points were added. */
static gsize
extend_end (GArray *points, double radius, double step, const WillisBvh *closed)
{
  gsize n = n_points (points), back = (gsize) MIN (ceil (radius / step), (double) n - 1.0);
  double *end = point_of (points, n - 1), t[3], q[3], gap, wide;
  gsize count;

  if (n < 3)
    return 0;
  vec3_sub (t, end, point_of (points, n - 1 - back));
  if (vec3_normalize (t) == 0.0)
    return 0;
  gap = willis_wall_ray (closed, end, t, 2.5 * radius);
  if (gap >= 2.5 * radius || gap < 1e-3 * step)
    return 0;
  vec3_axpy (q, end, 0.7 * gap, t);
  wide = width_across (closed, q, t, 2.0 * radius);
  /* a round tip as deep as its radius is 0.71 as wide there, a flat cut 1 */
  if (gap > 0.4 * radius && wide < 0.87 * radius)
    return 0;
  count = (gsize) MAX (1.0, floor (gap / step + 0.5));
  vec3_copy (q, end);
  for (gsize k = 1; k <= count; k++)
    {
      double x[3];

      vec3_axpy (x, q, gap * (double) k / (double) count, t);
      g_array_append_vals (points, x, 3);
    }
  return count;
}

static void
finish_chain (WillisChain *chain, const int *degree, const WillisGraph *graph, const WillisBvh *wall,
              const WillisBvh *closed, double step, double h)
{
  gboolean ring = is_ring (chain, degree);
  GArray *fine;

  for (int pass = 0; pass < 2; pass++)
    {
      g_autofree double *radius = measure_chain (wall, &chain->points, h, ring, pass == 1);

      smooth_chain (chain->points, radius, 0.5, ring);
    }
  if (!ring)
    for (int e = 0; e < 2; e++)
      {
        double r;

        if (degree[chain->node[e]] != 1)
          continue;
        if (e == 0)
          reverse (chain->points);
        r = wall_distance (wall, point_of (chain->points, n_points (chain->points) - 1));
        extend_end (chain->points, r, step, closed);
        vec3_copy (&g_array_index (graph->nodes, double, 3 * chain->node[e]),
                   point_of (chain->points, n_points (chain->points) - 1));
        if (e == 0)
          reverse (chain->points);
      }
  else
    vec3_copy (&g_array_index (graph->nodes, double, 3 * chain->node[0]), point_of (chain->points, 0));
  fine = resample (chain->points, step);
  g_array_unref (chain->points);
  chain->points = fine;
}

/* Moves inner nodes to the widest place close by, and dead ends across their branch. */
static void
centre_nodes (WillisGraph *graph, const int *degree, const WillisBvh *wall, double h)
{
  for (guint c = 0; c < graph->chains->len; c++)
    {
      WillisChain *chain = &g_array_index (graph->chains, WillisChain, c);
      gsize n = n_points (chain->points);

      for (int e = 0; e < 2; e++)
        {
          double *end = point_of (chain->points, e == 0 ? 0 : n - 1), t[3];

          if (degree[chain->node[e]] != 1 || n < 3)
            continue;
          vec3_sub (t, end, point_of (chain->points, e == 0 ? MIN (3, n - 1) : n - 1 - MIN (3, n - 1)));
          if (vec3_normalize (t) == 0.0)
            continue;
          centre_point (wall, end, t, 0.3 * wall_distance (wall, end) + h, h);
          vec3_copy (&g_array_index (graph->nodes, double, 3 * chain->node[e]), end);
        }
    }
}

static void
join_ends (WillisGraph *graph)
{
  for (guint c = 0; c < graph->chains->len; c++)
    {
      WillisChain *chain = &g_array_index (graph->chains, WillisChain, c);

      for (int e = 0; e < 2; e++)
        vec3_copy (point_of (chain->points, e == 0 ? 0 : n_points (chain->points) - 1),
                   &g_array_index (graph->nodes, double, 3 * chain->node[e]));
    }
}

typedef struct
{
  WillisGraph *graph;
  const int *degree;
  const WillisBvh *wall, *closed;
  double step, h;
} Refine;

/* One chain after another, each by one thread: chains share no points, and write only to nodes of their own. */
static void
centre_chains (gsize lo, gsize hi, gpointer data)
{
  Refine *r = data;

  for (gsize c = lo; c < hi; c++)
    {
      WillisChain *chain = &g_array_index (r->graph->chains, WillisChain, c);
      gboolean ring = is_ring (chain, r->degree);
      GArray *even = resample (chain->points, r->h);

      g_array_unref (chain->points);
      chain->points = even;
      for (int pass = 0; pass < 2; pass++)
        {
          g_autofree double *radius = measure_chain (r->wall, &chain->points, r->h, ring, pass == 1);

          smooth_chain (chain->points, radius, 0.5, ring);
        }
      if (ring)
        vec3_copy (&g_array_index (r->graph->nodes, double, 3 * chain->node[0]), point_of (chain->points, 0));
    }
}

static void
finish_chains (gsize lo, gsize hi, gpointer data)
{
  Refine *r = data;

  for (gsize c = lo; c < hi; c++)
    finish_chain (&g_array_index (r->graph->chains, WillisChain, c), r->degree, r->graph, r->wall, r->closed, r->step,
                  r->h);
}

static gboolean
same_ends (const WillisChain *x, const WillisChain *y)
{
  return (x->node[0] == y->node[0] && x->node[1] == y->node[1])
         || (x->node[0] == y->node[1] && x->node[1] == y->node[0]);
}

/* A chain back to its start, or two side by side, that are shorter than a way around a wall can be are no loops. */
static void
drop_tiny_loops (WillisGraph *graph, const WillisBvh *wall)
{
  g_autofree int *degree = node_degrees (graph);

  for (guint c = graph->chains->len; c-- > 0;)
    {
      WillisChain *chain = &g_array_index (graph->chains, WillisChain, c);
      double least = 6.0 * wall_distance (wall, point_of (chain->points, 0)), length = chain_length (chain->points);
      gboolean drop = chain->node[0] == chain->node[1] && !is_ring (chain, degree) && length < least;

      for (guint d = 0; d < c && !drop && chain->node[0] != chain->node[1]; d++)
        {
          const WillisChain *other = &g_array_index (graph->chains, WillisChain, d);

          drop = same_ends (chain, other) && length + chain_length (other->points) < least;
        }
      if (drop)
        g_array_remove_index (graph->chains, c);
    }
}

gboolean
willis_graph_refine (WillisGraph *graph, const WillisInside *inside, const WillisBvh *wall, const WillisBvh *closed,
                     double step_mm, const WillisProgress *progress, GError **error)
{
  Refine r = { graph, NULL, wall, closed, step_mm, inside->h };
  g_autofree int *before = NULL;
  g_autofree int *after = NULL;

  prune_spurs (graph, wall);
  r.degree = before = node_degrees (graph);
  if (!willis_batch_for (graph->chains->len, 1, centre_chains, &r, progress, 0.0, 0.5, error))
    return FALSE;
  centre_nodes (graph, before, wall, inside->h);
  for (int pass = 0; pass < 3; pass++) // nodes drawn together may hold chains that run on together
    {
      guint chains = graph->chains->len;

      zip_all (graph, wall, inside->h);
      contract_short (graph, wall);
      if (pass > 0 && graph->chains->len == chains)
        break;
    }
  drop_tiny_loops (graph, wall);
  merge_through (graph);
  willis_graph_seat (graph, wall);
  join_ends (graph);
  r.degree = after = node_degrees (graph);
  return willis_batch_for (graph->chains->len, 1, finish_chains, &r, progress, 0.5, 1.0, error);
}
