/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The centreline tree of a lumen surface: each connected piece is closed, filled with voxels that know their
 * distance to the wall, skeletonised along that distance, and refined on the exact distance to the triangles.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/parallel.h"
#include "core/num/vec3.h"
#include "core/vessel/segmentation.h"
#include "core/vessel/tree-private.h"

#define RADIUS_RAYS 16
#define ROUND_PART 1.2 // walls farther than this part of the inscribed radius are not the tube's
#define SPECK_MM 0.4

/* The tree as it grows, piece by piece. */
typedef struct
{
  GArray *nodes;    // WillisTreeNode
  GArray *branches; // WillisBranch
} Growing;

static gint32
add_node (Growing *g, const double lps_mm[3])
{
  WillisTreeNode node = { { lps_mm[0], lps_mm[1], lps_mm[2] }, 0 };

  g_array_append_val (g->nodes, node);
  return (gint32) g->nodes->len - 1;
}

static void
add_single_point (Growing *g, const double lps_mm[3], double radius, int component)
{
  WillisBranch b = { .n_points = 1, .component = component };

  b.node[0] = b.node[1] = add_node (g, lps_mm);
  b.points_lps_mm = g_memdup2 (lps_mm, 3 * sizeof (double));
  b.radius_mm = g_new (double, 1);
  b.radius_mm[0] = MAX (radius, 1e-6);
  g_array_append_val (g->branches, b);
}

/* The widest inside place, refined over the exact distance; the middle of the points where nothing is inside. */
static void
add_blob (Growing *g, const WillisPiece *piece, const WillisInside *in, const WillisBvh *wall, int component)
{
  double q[3] = { 0 }, best, step = in->h;
  gint32 widest = 0;

  if (in->n == 0)
    {
      for (gsize i = 0; i < piece->n_points; i++)
        vec3_add (q, q, piece->points + 3 * i);
      vec3_scale (q, q, 1.0 / (double) piece->n_points);
      add_single_point (g, q, willis_wall_distance (wall, q, 1e6), component);
      return;
    }
  for (gsize v = 1; v < in->n; v++)
    if (in->phi[v] > in->phi[widest])
      widest = (gint32) v;
  willis_inside_point (in, widest, q);
  best = in->phi[widest];
  for (int tries = 0; step > 0.005 * in->h && tries < 200; tries++)
    {
      double to[3] = { 0 }, found = best;

      for (int k = 0; k < 6; k++)
        {
          double x[3], d;

          vec3_copy (x, q);
          x[k / 2] += k % 2 ? step : -step;
          d = willis_wall_distance (wall, x, 1e6);
          if (d > found)
            {
              found = d;
              vec3_copy (to, x);
            }
        }
      if (found > best)
        {
          best = found;
          vec3_copy (q, to);
        }
      else
        step *= 0.5;
    }
  add_single_point (g, q, best, component);
}

typedef struct
{
  const WillisBvh *wall;
  const double *normals; // at the wall's points
  WillisBranch *branches;
} RadiusContext;

/* The distance to the curved wall that the triangles stand for: half of what the tangent planes of the corners say is
 * exact for quadratic shapes (Phong tessellation, Boubekeur & Alexa 2008), less its mean over the triangle, because
 * the triangles enclose the volume of the curved wall. */
static double
curved_distance (const RadiusContext *c, const double q[3])
{
  const WillisSurface *surface = willis_bvh_surface (c->wall);
  const double *p = willis_surface_points (surface);
  const gint32 *t;
  WillisNearest nearest;
  double lift = 0.0, sharpest = 1.0;

  if (!willis_bvh_nearest (c->wall, q, 1e6, &nearest))
    return 1e6;
  t = willis_surface_triangles (surface) + 3 * nearest.triangle;
  for (int a = 0; a < 3; a++)
    {
      int b = (a + 1) % 3;
      double edge[3], turn[3];

      vec3_sub (edge, p + 3 * t[b], p + 3 * t[a]);
      vec3_sub (turn, c->normals + 3 * t[b], c->normals + 3 * t[a]);
      lift += vec3_dot (edge, turn) * (0.5 * nearest.weight[a] * nearest.weight[b] - 1.0 / 24.0);
      sharpest = MIN (sharpest, vec3_dot (c->normals + 3 * t[a], c->normals + 3 * t[b]));
    }
  if (sharpest < 0.75) // an edge, not a curved wall
    lift = 0.0;
  return nearest.distance_mm + CLAMP (lift, -0.1 * nearest.distance_mm, 0.1 * nearest.distance_mm);
}

/* The radius at point i: the inscribed sphere touches the wall where noise dents it most, so the mean is taken over the
 * directions across the branch in which the wall is hardly farther than that; in others a branch or a sac opens. */
static double
radius_at (const RadiusContext *c, const WillisBranch *b, gsize i)
{
  const double *q = b->points_lps_mm + 3 * i;
  double least = curved_distance (c, q), t[3], u[3], v[3], sum = 0.0;
  int count = 0;

  if (b->n_points < 3)
    return least;
  vec3_sub (t, b->points_lps_mm + 3 * MIN (i + 2, b->n_points - 1), b->points_lps_mm + 3 * (i >= 2 ? i - 2 : 0));
  if (vec3_normalize (t) == 0.0)
    return least;
  vec3_basis (t, u, v);
  for (int k = 0; k < RADIUS_RAYS; k++)
    {
      double d[3], r;

      vec3_scale (d, u, cos (k * 2.0 * G_PI / RADIUS_RAYS));
      vec3_axpy (d, d, sin (k * 2.0 * G_PI / RADIUS_RAYS), v);
      r = willis_wall_ray (c->wall, q, d, ROUND_PART * least);
      if (r >= ROUND_PART * least)
        continue;
      sum += r;
      count++;
    }
  return count >= RADIUS_RAYS / 4 ? MAX (sum / count, least) : least;
}

static void
radius_range (gsize lo, gsize hi, gpointer data)
{
  RadiusContext *c = data;

  for (gsize n = lo; n < hi; n++)
    for (gsize i = 0; i < c->branches[n].n_points; i++)
      c->branches[n].radius_mm[i] = radius_at (c, c->branches + n, i);
}

/* Near an end that was run on to a flat cut the cap would shrink the sphere, though the lumen goes on: from where
 * the radius falls as fast as the way to the end, it is carried on from further in. */
static void
carry_radius_to_end (double *radius, const double *points, gsize n, gboolean at_end)
{
  gsize last = n - 1;
  double way = 0.0;
  gsize k = 1;

#define AT(i) (at_end ? last - (i) : (i))
  for (; k < n; k++)
    {
      way += vec3_dist (points + 3 * AT (k), points + 3 * AT (k - 1));
      if (radius[AT (k)] < 0.9 * way)
        break;
    }
  if (k >= n || radius[AT (0)] > 0.5 * radius[AT (k)])
    return; // no cap here
  for (gsize i = 0; i < k; i++)
    radius[AT (i)] = radius[AT (k)];
#undef AT
}

static double
median_of (const double *values, gsize n)
{
  g_autofree double *copy = g_memdup2 (values, n * sizeof (double));

  for (gsize i = 1; i < n; i++)
    for (gsize j = i; j > 0 && copy[j - 1] > copy[j]; j--)
      {
        double x = copy[j];

        copy[j] = copy[j - 1];
        copy[j - 1] = x;
      }
  return copy[n / 2];
}

static void
reverse_branch (WillisBranch *b)
{
  int node = b->node[0];

  b->node[0] = b->node[1];
  b->node[1] = node;
  for (gsize i = 0; i < b->n_points / 2; i++)
    {
      gsize j = b->n_points - 1 - i;
      double r = b->radius_mm[i], x[3];

      b->radius_mm[i] = b->radius_mm[j];
      b->radius_mm[j] = r;
      vec3_copy (x, b->points_lps_mm + 3 * i);
      vec3_copy (b->points_lps_mm + 3 * i, b->points_lps_mm + 3 * j);
      vec3_copy (b->points_lps_mm + 3 * j, x);
    }
}

static double
branch_length (const WillisBranch *b)
{
  double sum = 0.0;

  for (gsize i = 1; i < b->n_points; i++)
    sum += vec3_dist (b->points_lps_mm + 3 * i, b->points_lps_mm + 3 * (i - 1));
  return sum;
}

/* The root of a piece: its thickest open end, by the median of the first 40 radii; the widest node without ends. */
static int
choose_root (const Growing *g, guint first)
{
  double best = -1.0;
  int root = -1;

  for (int ends = 1; ends >= 0 && root < 0; ends--)
    for (guint n = first; n < g->branches->len; n++)
      {
        const WillisBranch *b = &g_array_index (g->branches, WillisBranch, n);
        gsize count = MIN (b->n_points, 40);

        for (int e = 0; e < 2; e++)
          {
            double r = median_of (e == 0 ? b->radius_mm : b->radius_mm + b->n_points - count, count);

            if (ends && g_array_index (g->nodes, WillisTreeNode, b->node[e]).degree != 1)
              continue;
            if (r > best)
              {
                best = r;
                root = b->node[e];
              }
          }
      }
  return root;
}

/* Turns every branch away from the root and puts branches into the order in which the way from the root meets them. */
static void
orient (Growing *g, guint first)
{
  guint n_nodes = g->nodes->len, count = g->branches->len - first;
  g_autofree double *way = g_new (double, n_nodes);
  g_autofree guint8 *done = g_new0 (guint8, count);
  g_autoptr (GArray) sorted = g_array_new (FALSE, FALSE, sizeof (WillisBranch));
  int root = choose_root (g, first);

  for (guint n = 0; n < n_nodes; n++)
    way[n] = INFINITY;
  if (root >= 0)
    way[root] = 0.0;
  while (sorted->len < count)
    {
      double best = INFINITY;
      int next = -1, end = 0;

      for (guint k = 0; k < count; k++)
        for (int e = 0; e < 2 && !done[k]; e++)
          {
            const WillisBranch *b = &g_array_index (g->branches, WillisBranch, first + k);

            if (way[b->node[e]] < best)
              {
                best = way[b->node[e]];
                next = (int) k;
                end = e;
              }
          }
      if (next < 0) // not reached from the root: start again there
        {
          guint k = 0;

          while (done[k])
            k++;
          way[g_array_index (g->branches, WillisBranch, first + k).node[0]] = 0.0;
          continue;
        }
      {
        WillisBranch *b = &g_array_index (g->branches, WillisBranch, first + next);

        if (end == 1)
          reverse_branch (b);
        done[next] = 1;
        way[b->node[1]] = MIN (way[b->node[1]], best + branch_length (b));
        g_array_append_val (sorted, *b);
      }
    }
  if (count > 0)
    memcpy (&g_array_index (g->branches, WillisBranch, first), sorted->data, count * sizeof (WillisBranch));
}

static void
add_graph (Growing *g, const WillisGraph *graph, const WillisBvh *wall, int component)
{
  guint first = g->branches->len;
  g_autofree double *normals = willis_surface_point_normals (willis_bvh_surface (wall));
  RadiusContext context = { wall, normals, NULL };
  g_autofree gint32 *used = g_new (gint32, graph->nodes->len / 3 + 1);

  for (guint n = 0; n < graph->nodes->len / 3; n++)
    used[n] = -1;
  for (guint c = 0; c < graph->chains->len; c++)
    {
      const WillisChain *chain = &g_array_index (graph->chains, WillisChain, c);
      WillisBranch b = { .n_points = chain->points->len / 3, .component = component };

      for (int e = 0; e < 2; e++)
        {
          int n = chain->node[e];

          if (used[n] < 0)
            used[n] = add_node (g, &g_array_index (graph->nodes, double, 3 * n));
          b.node[e] = used[n];
          g_array_index (g->nodes, WillisTreeNode, used[n]).degree++;
        }
      b.points_lps_mm = g_memdup2 (chain->points->data, chain->points->len * sizeof (double));
      b.radius_mm = g_new (double, b.n_points);
      g_array_append_val (g->branches, b);
    }
  context.branches = &g_array_index (g->branches, WillisBranch, first);
  willis_parallel_for (g->branches->len - first, 1, radius_range, &context);
  for (guint n = first; n < g->branches->len; n++)
    {
      WillisBranch *b = &g_array_index (g->branches, WillisBranch, n);

      for (int e = 0; e < 2; e++)
        if (g_array_index (g->nodes, WillisTreeNode, b->node[e]).degree == 1)
          carry_radius_to_end (b->radius_mm, b->points_lps_mm, b->n_points, e == 1);
      for (gsize i = 0; i < b->n_points; i++)
        b->radius_mm[i] = MAX (b->radius_mm[i], 1e-6);
    }
  orient (g, first);
}

static WillisBvh *
bvh_of (const WillisPiece *piece, gsize n_triangles)
{
  g_autoptr (WillisSurface) surface
      = willis_surface_new_copy (piece->points, piece->n_points, piece->triangles, n_triangles);

  return willis_bvh_new (surface);
}

static gboolean
grow_piece (Growing *g, const WillisPiece *piece, int component, const WillisProgress *progress, GError **error)
{
  g_autoptr (WillisBvh) wall = bvh_of (piece, piece->n_wall);
  g_autoptr (WillisBvh) closed = NULL;
  WillisProgress fill = willis_progress_part (progress, 0.0, 0.3, NULL);
  WillisProgress paths = willis_progress_part (progress, 0.3, 0.7, NULL);
  WillisProgress refine = willis_progress_part (progress, 0.7, 1.0, NULL);
  WillisInside inside = { 0 };
  WillisGraph graph = { NULL, NULL };
  /* a crumpled sheet without an inside is a speck, however many triangles it has, and so is what no scanner resolves */
  gboolean flat = 2.0 * piece->volume_mm3 < 0.05 * piece->edge_mm * piece->area_mm2
                  || vec3_dist (piece->box, piece->box + 3) < SPECK_MM;
  gboolean ok = flat
                || (willis_inside_fill (piece, wall, &fill, &inside, error)
                    && willis_paths_find (&inside, &paths, &graph, error));

  if (ok && (flat || graph.chains->len == 0))
    add_blob (g, piece, &inside, wall, component);
  else if (ok)
    {
      double step = MIN (0.7 * piece->edge_mm, inside.h * 2.0);

      closed = bvh_of (piece, piece->n_triangles);
      ok = willis_graph_refine (&graph, &inside, wall, closed, step, &refine, error);
      if (ok)
        add_graph (g, &graph, wall, component);
    }
  willis_inside_clear (&inside);
  willis_graph_clear (&graph);
  return ok;
}

/* The axes of a grid as rows, orthonormal to the last digit: what is turned there and back is where it was. */
static void
axes_of (const double *direction, double axes[9])
{
  for (int a = 0; a < 3; a++)
    vec3_set (axes + 3 * a, direction[a], direction[3 + a], direction[6 + a]);
  vec3_normalize (axes);
  vec3_axpy (axes + 3, axes + 3, -vec3_dot (axes, axes + 3), axes);
  vec3_normalize (axes + 3);
  vec3_cross (axes + 6, axes, axes + 3);
}

/* points [n][3] (new) as the axes have them. */
static double *
along_axes (const double *points, gsize n, const double axes[9])
{
  double *out = g_new (double, MAX (3 * n, 1));

  for (gsize i = 0; i < n; i++)
    for (int a = 0; a < 3; a++)
      out[3 * i + a] = vec3_dot (axes + 3 * a, points + 3 * i);
  return out;
}

static void
back_from_axes (const double axes[9], double x[3])
{
  double out[3] = { 0 };

  for (int a = 0; a < 3; a++)
    vec3_axpy (out, out, x[a], axes + 3 * a);
  vec3_copy (x, out);
}

static void
turn_back (Growing *g, const double axes[9])
{
  for (guint n = 0; n < g->nodes->len; n++)
    back_from_axes (axes, g_array_index (g->nodes, WillisTreeNode, n).lps_mm);
  for (guint n = 0; n < g->branches->len; n++)
    for (gsize i = 0; i < g_array_index (g->branches, WillisBranch, n).n_points; i++)
      back_from_axes (axes, g_array_index (g->branches, WillisBranch, n).points_lps_mm + 3 * i);
}

/* The pieces of a surface along the axes (new GArray of WillisPiece with its clear function). */
static GArray *
pieces_along (const WillisSurface *surface, const double axes[9])
{
  g_autofree double *points = along_axes (willis_surface_points (surface), willis_surface_n_points (surface), axes);

  return willis_pieces_new (points, willis_surface_n_points (surface), willis_surface_triangles (surface),
                            willis_surface_n_triangles (surface));
}

/* Gives a piece the grid of the smallest of those that hold it. */
static void
take_grid (WillisPiece *piece, const GArray *pieces)
{
  const double tolerance = SPECK_MM;

  for (guint n = pieces->len; n-- > 0;)
    {
      const WillisPiece *whole = &g_array_index (pieces, WillisPiece, n);
      gboolean holds = TRUE;

      for (int a = 0; a < 3; a++)
        holds &= piece->box[a] > whole->box[a] - tolerance && piece->box[3 + a] < whole->box[3 + a] + tolerance;
      if (!holds)
        continue;
      for (int a = 0; a < 3; a++)
        {
          piece->box[a] = MIN (piece->box[a], whole->box[a]);
          piece->box[3 + a] = MAX (piece->box[3 + a], whole->box[3 + a]);
        }
      piece->spacing_mm = willis_piece_spacing_mm (whole);
      piece->edge_mm = whole->edge_mm;
      return;
    }
}

WillisTree *
willis_tree_extract (const WillisSurface *lumen, const double *direction, const WillisProgress *progress,
                     GError **error)
{
  return willis_tree_extract_on (lumen, NULL, direction, progress, error);
}

WillisTree *
willis_tree_extract_on (const WillisSurface *lumen, const WillisSurface *grid_of, const double *direction,
                        const WillisProgress *progress, GError **error)
{
  static const double lps[9] = { 1, 0, 0, 0, 1, 0, 0, 0, 1 };
  Growing g = { NULL, NULL };
  g_autoptr (GArray) pieces = NULL;
  g_autoptr (GArray) wholes = NULL;
  double axes[9];
  double total = 0.0, done = 0.0;
  gboolean ok = TRUE;
  guint n_nodes, n_branches;
  WillisTreeNode *nodes;
  WillisBranch *branches;

  if (!willis_surface_check (lumen, error))
    return NULL;
  if (willis_surface_n_triangles (lumen) == 0)
    {
      willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("the lumen surface is empty, so it has no centreline"));
      return NULL;
    }
  g.nodes = g_array_new (FALSE, TRUE, sizeof (WillisTreeNode));
  g.branches = g_array_new (FALSE, TRUE, sizeof (WillisBranch));
  axes_of (direction != NULL ? direction : lps, axes);
  pieces = pieces_along (lumen, axes);
  if (grid_of != NULL)
    wholes = pieces_along (grid_of, axes);
  for (guint n = 0; wholes != NULL && n < pieces->len; n++)
    take_grid (&g_array_index (pieces, WillisPiece, n), wholes);
  for (guint n = 0; n < pieces->len; n++)
    total += g_array_index (pieces, WillisPiece, n).n_triangles;
  for (guint n = 0; ok && n < pieces->len; n++)
    {
      const WillisPiece *piece = &g_array_index (pieces, WillisPiece, n);
      WillisProgress part = willis_progress_part (progress, done / total,
                                                  (done + piece->n_triangles) / total, _ ("Finding the centrelines"));

      ok = willis_progress_step (&part, 0.0, error) && grow_piece (&g, piece, (int) n, &part, error);
      done += piece->n_triangles;
    }
  if (!ok)
    {
      WillisTree *half = willis_tree_new_take ((WillisTreeNode *) (void *) g_array_free (g.nodes, FALSE), 0, NULL, 0);

      for (guint n = 0; n < g.branches->len; n++)
        {
          g_free (g_array_index (g.branches, WillisBranch, n).points_lps_mm);
          g_free (g_array_index (g.branches, WillisBranch, n).radius_mm);
        }
      g_array_free (g.branches, TRUE);
      willis_tree_unref (half);
      return NULL;
    }
  turn_back (&g, axes);
  n_nodes = g.nodes->len;
  n_branches = g.branches->len;
  nodes = (WillisTreeNode *) (void *) g_array_free (g.nodes, FALSE);
  branches = (WillisBranch *) (void *) g_array_free (g.branches, FALSE);
  return willis_tree_new_take (nodes, n_nodes, branches, n_branches);
}
