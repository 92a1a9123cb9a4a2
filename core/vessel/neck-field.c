/* SPDX-License-Identifier: Apache-2.0 */
#include "core/vessel/neck-field.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/mesh/clip.h"
#include "core/mesh/rims.h"
#include "core/num/vec3.h"
#include "core/vessel/aneurysm-cut.h"
#include "core/vessel/healthy.h"

#define N_LEVELS 64
#define SIDE_PART                                                                                                      \
  0.2 // of the cube of the radius of the artery that goes on (Murray 1926): what a side branch takes at most
#define UNKNOWN 3.0     // radii from a rim to the tree: its artery is none of the tree's
#define SIDE_DEEPEST 8  // pieces of the tree from a free end to the trunk
#define N_LOW 32        // of them next to the artery
#define HEALTHY_MM 10.0 // window of the healthy radius, at least
#define BULGE 1.25      // how much a healthy artery may widen within that
#define STEP_MM 0.08    // of the levels next to the artery
#define SMOOTH_MM 0.45  // of the wall's normals
#define OFF_AXIS 1.6 // where the lumen is so much wider than its artery, the centreline is that of a sac or a fork

/* A ball of the arteries' tubes. */
typedef struct
{
  double at[3], radius;
} Ball;

/* A free end of the tree. */
typedef struct
{
  double at[3], radius;
  gboolean side; // of a side branch
} End;

/* Points over edges: around[start[i] .. start[i + 1]), neighbours twice where two triangles meet. */
typedef struct
{
  gint32 *start, *around;
} Web;

static void
web_init (Web *web, const WillisSurface *surface)
{
  gsize n = willis_surface_n_points (surface), n_edges = 3 * willis_surface_n_triangles (surface);
  const gint32 *v = willis_surface_triangles (surface);
  gint32 *fill = g_new0 (gint32, n + 1);

  web->start = g_new0 (gint32, n + 2);
  web->around = g_new (gint32, MAX (2 * n_edges, 1));
  for (gsize h = 0; h < n_edges; h++)
    web->start[v[h] + 1] += 2;
  for (gsize i = 0; i < n; i++)
    web->start[i + 1] += web->start[i];
  for (gsize h = 0; h < n_edges; h++)
    {
      web->around[web->start[v[h]] + fill[v[h]]++] = v[h % 3 == 2 ? h - 2 : h + 1];
      web->around[web->start[v[h]] + fill[v[h]]++] = v[h % 3 == 0 ? h + 2 : h - 1];
    }
  g_free (fill);
}

static void
web_clear (Web *web)
{
  g_free (web->start);
  g_free (web->around);
}

/* Point of the surface nearest to p. */
static gint32
nearest_point (const WillisSurface *surface, const double p[3], double *distance)
{
  double best = G_MAXDOUBLE;
  gint32 found = 0;

  for (gsize i = 0; i < willis_surface_n_points (surface); i++)
    {
      double d[3];

      vec3_sub (d, willis_surface_points (surface) + 3 * i, p);
      if (vec3_norm2 (d) < best)
        {
          best = vec3_norm2 (d);
          found = (gint32) i;
        }
    }
  *distance = sqrt (best);
  return found;
}

/* A branch that ends in the sac itself: the seed lies in its tube, and it is known for the inside of a sac, or has a
 * free end that is near the seed. */
static gboolean
runs_into_sac (const WillisTree *tree, const WillisBranch *branch, gboolean in_sac, const double seed[3])
{
  gboolean free_end[2], inside = FALSE;
  double near = 0.0, tip = G_MAXDOUBLE;

  for (int e = 0; e < 2; e++)
    {
      const double *end = branch->points_lps_mm + (e == 0 ? 0 : 3 * (branch->n_points - 1));

      free_end[e] = willis_tree_node (tree, (gsize) branch->node[e])->degree <= 1;
      if (free_end[e])
        tip = MIN (tip, vec3_dist (end, seed));
    }
  for (gsize i = 0; i < branch->n_points; i++)
    if (vec3_dist (branch->points_lps_mm + 3 * i, seed) < branch->radius_mm[i])
      {
        inside = TRUE;
        near = MAX (near, branch->radius_mm[i]);
      }
  return inside && (in_sac || (free_end[0] != free_end[1] && tip < 2.0 * near));
}

static int
compare_doubles (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

/* The radius that a branch mostly has. */
static double
usual_radius (const WillisBranch *branch)
{
  g_autofree double *sorted = g_memdup2 (branch->radius_mm, branch->n_points * sizeof (double));

  qsort (sorted, branch->n_points, sizeof (double), compare_doubles);
  return sorted[(gsize) (0.4 * (double) (branch->n_points - 1))];
}

/* Does the free end e of branch b belong to a side branch: one so thin beside the trunk that it comes from that the
 * trunk goes on as if it were not there? Branches in sacs are none (in_sac, a byte a branch). */
static gboolean
is_side_branch (const WillisTree *tree, const guint8 *in_sac, gsize b, int e)
{
  double own = usual_radius (willis_tree_branch (tree, b));
  int node = willis_tree_branch (tree, b)->node[1 - e];

  for (int depth = 0; depth < SIDE_DEEPEST; depth++)
    {
      double most = 0.0, second = 0.0;
      gsize next = b;

      for (gsize k = 0; k < willis_tree_n_branches (tree); k++)
        {
          const WillisBranch *other = willis_tree_branch (tree, k);
          double usual;

          if (k == b || in_sac[k] || (other->node[0] != node && other->node[1] != node))
            continue;
          usual = usual_radius (other);
          second = MAX (second, MIN (usual, most));
          most = MAX (most, usual);
          next = k;
        }
      if (second > 0.0)
        return pow (own / second, 3) < SIDE_PART;
      if (next == b)
        return FALSE;
      b = next; // the same artery goes on, or nothing but a sac leaves it here
      node = willis_tree_branch (tree, b)->node[willis_tree_branch (tree, b)->node[0] == node];
    }
  return FALSE;
}

/* Radii of the healthy artery: what a sac or a wide fork adds over a length shorter than HEALTHY_MM is taken off
 * (opening along the branch, over at least six radii: the least radius within the window, then the largest of those).
 * New. */
static double *
healthy_radii (const WillisBranch *branch)
{
  gsize n = branch->n_points;
  double window = MAX (HEALTHY_MM, 6.0 * usual_radius (branch));
  double *out = g_new (double, n);
  g_autofree double *least = g_new (double, n);

  for (int pass = 0; pass < 2; pass++)
    {
      const double *in = pass == 0 ? branch->radius_mm : least;
      double *to = pass == 0 ? least : out;
      gsize lo = 0, hi = 0;

      for (gsize i = 0; i < n; i++)
        {
          double best;

          while (branch->abscissa_mm[i] - branch->abscissa_mm[lo] > window / 2.0)
            lo++;
          while (hi + 1 < n && branch->abscissa_mm[hi + 1] - branch->abscissa_mm[i] <= window / 2.0)
            hi++;
          best = in[lo];
          for (gsize k = lo + 1; k <= hi; k++)
            best = pass == 0 ? MIN (best, in[k]) : MAX (best, in[k]);
          to[i] = best;
        }
    }
  for (gsize i = 0; i < n; i++)
    out[i] = MIN (branch->radius_mm[i], BULGE * out[i]);
  return out;
}

/* The tubes of the arteries near the seed; ends receives the free ends of the tree that are artery, in_sac, a byte a
 * branch, what is none. */
static GArray *
collect_balls (const WillisTree *tree, const WillisSurface *lumen, const double seed[3], GArray *ends,
               guint8 **in_sac_out)
{
  g_autoptr (WillisHealthy) healthy = tree != NULL ? willis_healthy_new (tree, lumen) : NULL;
  GArray *balls = g_array_new (FALSE, FALSE, sizeof (Ball));
  gsize n = tree != NULL ? willis_tree_n_branches (tree) : 0;
  guint8 *in_sac = *in_sac_out = g_new0 (guint8, MAX (n, 1));

  for (gsize b = 0; b < n; b++)
    in_sac[b] = runs_into_sac (tree, willis_tree_branch (tree, b), healthy->sac[b], seed);
  for (gsize b = 0; b < n; b++)
    {
      const WillisBranch *branch = willis_tree_branch (tree, b);

      g_autofree double *radius = NULL;

      if (in_sac[b])
        continue;
      radius = healthy_radii (branch);
      for (gsize i = 0; i < branch->n_points; i++)
        {
          Ball ball = { { 0 }, radius[i] };

          if (branch->radius_mm[i] > OFF_AXIS * healthy->radius[b][i])
            continue;
          vec3_copy (ball.at, branch->points_lps_mm + 3 * i);
          if (vec3_dist (ball.at, seed) < NECK_REACH_MM + 5.0)
            g_array_append_val (balls, ball);
        }
      for (int e = 0; e < 2; e++)
        if (willis_tree_node (tree, (gsize) branch->node[e])->degree <= 1)
          {
            gsize at = e == 0 ? 0 : branch->n_points - 1;
            End end = { { 0 }, branch->radius_mm[at], is_side_branch (tree, in_sac, b, e) };

            vec3_copy (end.at, branch->points_lps_mm + 3 * at);
            g_array_append_val (ends, end);
          }
    }
  return balls;
}

/* Length along edges from a point to all others (Dijkstra); unreached: G_MAXDOUBLE. */
static double *
lengths_from (const WillisSurface *surface, const Web *web, gint32 from)
{
  gsize n = willis_surface_n_points (surface), n_heap = 0;
  const double *p = willis_surface_points (surface);
  double *length = g_new (double, MAX (n, 1));
  g_autofree gint32 *heap = g_new (gint32, n + 1), *place = g_new (gint32, n + 1);

  for (gsize i = 0; i < n; i++)
    {
      length[i] = G_MAXDOUBLE;
      place[i] = -1;
    }
  length[from] = 0.0;
  heap[n_heap] = from;
  place[from] = (gint32) n_heap++;
  while (n_heap > 0)
    {
      gint32 top = heap[0], last = heap[--n_heap];
      gsize at = 0;

      place[top] = -2;
      for (gsize child = 1; n_heap > 0 && child < n_heap; child = 2 * at + 1) // sink the last one
        {
          if (child + 1 < n_heap && length[heap[child + 1]] < length[heap[child]])
            child++;
          if (length[heap[child]] >= length[last])
            break;
          heap[at] = heap[child];
          place[heap[at]] = (gint32) at;
          at = child;
        }
      if (n_heap > 0)
        {
          heap[at] = last;
          place[last] = (gint32) at;
        }
      for (gint32 k = web->start[top]; k < web->start[top + 1]; k++)
        {
          gint32 j = web->around[k];
          double next = length[top] + vec3_dist (p + 3 * top, p + 3 * j);

          if (place[j] == -2 || next >= length[j])
            continue;
          length[j] = next;
          at = place[j] >= 0 ? (gsize) place[j] : n_heap++;
          while (at > 0 && length[heap[(at - 1) / 2]] > next)
            {
              heap[at] = heap[(at - 1) / 2];
              place[heap[at]] = (gint32) at;
              at = (at - 1) / 2;
            }
          heap[at] = j;
          place[j] = (gint32) at;
        }
    }
  return length;
}

/* mm that each point stands out of the tubes. */
static void
fill_out (WillisNeckField *field, const GArray *balls)
{
  for (gsize i = 0; i < willis_surface_n_points (field->near); i++)
    {
      const double *p = willis_surface_points (field->near) + 3 * i;
      double best = G_MAXDOUBLE;

      for (guint b = 0; b < balls->len; b++)
        {
          const Ball *ball = &g_array_index (balls, Ball, b);
          double d = vec3_dist (ball->at, p) - ball->radius;

          best = MIN (best, d);
        }
      field->out[i] = best;
    }
}

/* Does the artery that ends at an open rim, round the centre, belong to a side branch? The tree may know nothing of it.
 */
static gboolean
is_side_rim (const WillisTree *tree, const guint8 *in_sac, const double centre[3], double radius_mm,
             const double seed[3])
{
  const WillisTreeNode *end[2];
  double best = G_MAXDOUBLE;
  gsize found = 0;
  int far;

  for (gsize b = 0; tree != NULL && b < willis_tree_n_branches (tree); b++)
    for (gsize i = 0; i < willis_tree_branch (tree, b)->n_points && !in_sac[b]; i++)
      {
        double d = vec3_dist (willis_tree_branch (tree, b)->points_lps_mm + 3 * i, centre);

        if (d < best)
          {
            best = d;
            found = b;
          }
      }
  if (best == G_MAXDOUBLE)
    return FALSE;
  if (best > UNKNOWN * radius_mm)
    return pow (radius_mm / usual_radius (willis_tree_branch (tree, found)), 3) < SIDE_PART;
  for (int e = 0; e < 2; e++)
    end[e] = willis_tree_node (tree, (gsize) willis_tree_branch (tree, found)->node[e]);
  if ((end[0]->degree <= 1) != (end[1]->degree <= 1))
    far = end[1]->degree <= 1;
  else
    far = vec3_dist (end[1]->lps_mm, seed) > vec3_dist (end[0]->lps_mm, seed);
  return is_side_branch (tree, in_sac, found, far);
}

/* Takes out the ends of the tree that lie at open rims, which count for themselves. */
static void
drop_ends_at_rims (GArray *ends, const GArray *centres, const GArray *sizes)
{
  for (guint e = ends->len; e-- > 0;)
    for (guint l = 0; l < sizes->len; l++)
      if (vec3_dist (g_array_index (ends, End, e).at, &g_array_index (centres, double, (gsize) 3 * l))
          < 2.0 * sqrt (g_array_index (sizes, double, l) / G_PI))
        {
          g_array_remove_index (ends, e);
          break;
        }
}

/* Triangles that are certainly artery: at open rims, and the neighbourhood of the free ends of the tree. */
static void
mark_artery (WillisNeckField *field, const WillisTree *tree, const guint8 *in_sac, const double seed[3], GArray *ends)
{
  gsize n = willis_surface_n_triangles (field->near);
  const gint32 *v = willis_surface_triangles (field->near);
  const double *p = willis_surface_points (field->near);

  g_autoptr (WillisLoops) rims = willis_surface_rims (field->near);
  g_autoptr (GArray) centres = g_array_new (FALSE, FALSE, sizeof (double));
  g_autofree gint32 *rim_of = g_new0 (gint32, MAX (willis_surface_n_points (field->near), 1));

  for (gsize l = 0; l < willis_loops_n (rims); l++)
    {
      gsize n_ids;
      const gint32 *ids = willis_loops_get (rims, l, &n_ids);
      g_autofree double *loop = g_new (double, 3 * n_ids);
      double area[3], centre[3], size;
      gboolean side;

      for (gsize i = 0; i < n_ids; i++)
        {
          vec3_copy (loop + 3 * i, p + 3 * ids[i]);
          rim_of[ids[i]] = (gint32) field->sizes->len + 1;
        }
      willis_polygon_measure (loop, n_ids, area, centre);
      size = vec3_norm (area);
      side = is_side_rim (tree, in_sac, centre, sqrt (size / G_PI), seed);
      g_array_append_val (field->sizes, size);
      g_array_append_val (field->sides, side);
      g_array_append_vals (centres, centre, 3);
    }
  drop_ends_at_rims (ends, centres, field->sizes);
  for (gsize h = 0; h < 3 * n; h++)
    if (field->opposite[h] < 0)
      field->artery[h / 3] = (guint8) MIN (rim_of[v[h]], 255);
  for (gsize t = 0; t < n; t++)
    for (guint e = 0; e < ends->len && !field->artery[t]; e++)
      {
        const End *end = &g_array_index (ends, End, e);

        if (vec3_dist (p + 3 * v[3 * t], end->at) < 1.2 * end->radius)
          field->artery[t] = (guint8) MIN (field->sizes->len + e + 1, 255);
      }
  for (guint e = 0; e < ends->len; e++)
    {
      const End *end = &g_array_index (ends, End, e);
      double size = G_PI * pow (end->radius, 2);

      g_array_append_val (field->sizes, size);
      g_array_append_val (field->sides, end->side);
    }
}

/* The point that stands out most in the part of the surface around the seed that stands out. */
static void
find_dome (WillisNeckField *field, const Web *web, const double seed[3])
{
  gsize n = willis_surface_n_points (field->near), top = 0;
  const double *p = willis_surface_points (field->near);
  g_autofree gint32 *stack = g_new (gint32, MAX (n, 1));
  g_autofree guint8 *seen = g_new0 (guint8, MAX (n, 1));
  double distance, threshold;
  gint32 start = nearest_point (field->near, seed, &distance);

  for (gsize i = 0; i < n; i++)
    if (vec3_dist (p + 3 * i, seed) < 1.3 * distance + 0.3 && field->out[i] > field->out[start])
      start = (gint32) i;
  threshold = 0.6 * field->out[start];
  stack[top++] = start;
  seen[start] = TRUE;
  field->dome = start;
  while (top > 0)
    {
      gint32 i = stack[--top];

      if (field->out[i] > field->out[field->dome])
        field->dome = i;
      for (gint32 k = web->start[i]; k < web->start[i + 1]; k++)
        if (!seen[web->around[k]] && field->out[web->around[k]] > threshold)
          {
            seen[web->around[k]] = TRUE;
            stack[top++] = web->around[k];
          }
    }
}

/* The part above a level that holds the dome: barycentre of its longest rim. FALSE where there is none or where the
 * part holds artery. */
static gboolean
level_centre (const WillisNeckField *field, const double *value, double centre[3])
{
  g_autofree guint8 *on_cut = NULL;
  g_autoptr (WillisSurface) above = willis_surface_clip_values (field->near, value, 0.0, &on_cut);
  gsize n_pieces;
  g_autofree gint32 *piece = willis_surface_patches (above, &n_pieces);
  g_autoptr (WillisLoops) rims = willis_surface_rims (above);
  const double *p = willis_surface_points (above), *dome = willis_surface_points (field->near) + 3 * field->dome;
  const gint32 *v = willis_surface_triangles (above);
  g_autofree gint32 *piece_of = g_new0 (gint32, MAX (willis_surface_n_points (above), 1));
  double best = G_MAXDOUBLE, longest = 0.0, second = 0.0, open = 0.0, area_longest = 0.0;
  gint32 wanted = -1;

  for (gsize k = 0; k < 3 * willis_surface_n_triangles (above); k++)
    {
      double d[3];

      piece_of[v[k]] = piece[k / 3];
      vec3_sub (d, p + 3 * v[k], dome);
      if (vec3_norm2 (d) < best)
        {
          best = vec3_norm2 (d);
          wanted = piece[k / 3];
        }
    }
  for (gsize l = 0; l < willis_loops_n (rims); l++)
    {
      gsize n, cut = 0;
      const gint32 *ids = willis_loops_get (rims, l, &n);
      g_autofree double *loop = g_new (double, 3 * n);
      double middle[3], area[3], length;

      if (piece_of[ids[0]] != wanted)
        continue;
      for (gsize i = 0; i < n; i++)
        {
          vec3_copy (loop + 3 * i, p + 3 * ids[i]);
          cut += on_cut[ids[i]];
        }
      if (cut < n) // an end of an artery: small ones may leave the sac itself
        {
          willis_polygon_measure (loop, n, area, NULL);
          open += vec3_norm (area);
          continue;
        }
      length = willis_polygon_measure (loop, n, area, middle);
      second = MAX (second, MIN (length, longest));
      if (length > longest)
        {
          longest = length;
          area_longest = vec3_norm (area);
          vec3_copy (centre, middle);
        }
    }
  /* without tubes the part grows over the neck into the artery, and then around it: two rims */
  return longest > 0.0 && open <= 0.35 * area_longest && (field->has_tubes || second < 0.4 * longest);
}

/* The axis, from the lowest level that parts the dome from the arteries up to the dome. */
static void
find_axis (WillisNeckField *field)
{
  gsize n = willis_surface_n_points (field->near);
  g_autofree double *value = g_new (double, MAX (n, 1));
  double top = field->out[field->dome];

  for (int k = 0; k < N_LEVELS; k++)
    {
      double low = STEP_MM * (k + 0.75), centre[3];
      double level = !field->has_tubes ? top - NECK_REACH_MM * (N_LEVELS - k) / N_LEVELS
                     : k < N_LOW       ? low
                                 : STEP_MM * N_LOW + (top - STEP_MM * N_LOW) * (k - N_LOW + 0.5) / (N_LEVELS - N_LOW);

      if (level >= 0.98 * top || (field->has_tubes && k >= N_LOW && top <= STEP_MM * N_LOW))
        break;
      for (gsize i = 0; i < n; i++)
        value[i] = field->out[i] - level;
      if (!level_centre (field, value, centre))
        {
          g_array_set_size (field->axis, 0); // something artery-like above: begin again
          g_array_set_size (field->level, 0);
          continue;
        }
      g_array_append_vals (field->axis, centre, 3);
      g_array_append_val (field->level, level);
    }
}

/* Normals of the wall as the mean of their neighbourhood, some SMOOTH_MM wide (new). */
static double *
smooth_normals (const WillisSurface *surface, const Web *web)
{
  gsize n = willis_surface_n_points (surface);
  const double *p = willis_surface_points (surface);
  double *normal = willis_surface_point_normals (surface), edge = 0.0;
  g_autofree double *before = g_new (double, MAX (3 * n, 1));
  int passes;

  for (gsize i = 0; i < n; i++)
    for (gint32 k = web->start[i]; k < web->start[i + 1]; k++)
      edge += vec3_dist (p + 3 * i, p + 3 * web->around[k]) / (double) web->start[n];
  passes = edge > 0.0 ? (int) CLAMP (round (pow (SMOOTH_MM / edge, 2)), 1.0, 8.0) : 1;
  for (int pass = 0; pass < passes; pass++)
    {
      memcpy (before, normal, 3 * n * sizeof (double));
      for (gsize i = 0; i < n; i++)
        {
          for (gint32 k = web->start[i]; k < web->start[i + 1]; k++)
            vec3_axpy (normal + 3 * i, normal + 3 * i, 0.5, before + 3 * web->around[k]);
          vec3_normalize (normal + 3 * i);
        }
    }
  return normal;
}

gboolean
willis_neck_field_init (WillisNeckField *field, const WillisSurface *lumen, const WillisTree *tree,
                        const double seed_lps_mm[3], GError **error)
{
  g_autoptr (GArray) ends = g_array_new (FALSE, FALSE, sizeof (End));
  g_autofree guint8 *in_sac = NULL;
  g_autoptr (GArray) balls = collect_balls (tree, lumen, seed_lps_mm, ends, &in_sac);
  g_autoptr (WillisSurface) cut = willis_cut_near (lumen, seed_lps_mm, NECK_REACH_MM);
  gsize n, n_triangles;
  Web web;

  memset (field, 0, sizeof *field);
  if (willis_surface_n_triangles (cut) == 0)
    return willis_fail (error, WILLIS_ERROR_FAILED, _ ("there is no artery near the seed of the aneurysm"));
  field->near = willis_surface_oriented (cut);
  n = willis_surface_n_points (field->near);
  n_triangles = willis_surface_n_triangles (field->near);
  field->opposite = willis_surface_opposites (field->near);
  field->sectioner = willis_sectioner_new (field->near);
  field->out = g_new (double, n);
  field->artery = g_new0 (guint8, n_triangles);
  field->stamp = g_new0 (guint32, n_triangles);
  field->stack = g_new (gint32, n_triangles);
  field->axis = g_array_new (FALSE, FALSE, sizeof (double));
  field->level = g_array_new (FALSE, FALSE, sizeof (double));
  field->sizes = g_array_new (FALSE, FALSE, sizeof (double));
  field->sides = g_array_new (FALSE, FALSE, sizeof (gboolean));
  web_init (&web, field->near);
  mark_artery (field, tree, in_sac, seed_lps_mm, ends);
  field->has_tubes = balls->len > 0;
  if (field->has_tubes)
    fill_out (field, balls);
  else
    {
      double distance;
      g_autofree double *length = lengths_from (field->near, &web, nearest_point (field->near, seed_lps_mm, &distance));

      for (gsize i = 0; i < n; i++) // without a tree: nearness to the seed over the surface
        field->out[i] = NECK_REACH_MM - MIN (length[i], NECK_REACH_MM);
    }
  find_dome (field, &web, seed_lps_mm);
  field->normal = smooth_normals (field->near, &web);
  web_clear (&web);
  for (gsize k = 0; k < 3 * n_triangles; k++)
    if (willis_surface_triangles (field->near)[k] == field->dome)
      field->dome_triangle = (gint32) (k / 3);
  find_axis (field);
  if (field->level->len < 3)
    {
      willis_neck_field_clear (field);
      return willis_fail (error, WILLIS_ERROR_FAILED, _ ("no sac stands out of the arteries at the seed"));
    }
  return TRUE;
}

gboolean
willis_neck_field_init_wall (WillisNeckField *field, const WillisSurface *lumen, const double centre[3])
{
  Web web;

  memset (field, 0, sizeof *field);
  field->near = willis_cut_near (lumen, centre, NECK_REACH_MM);
  if (willis_surface_n_triangles (field->near) == 0)
    {
      willis_neck_field_clear (field);
      return FALSE;
    }
  field->sectioner = willis_sectioner_new (field->near);
  web_init (&web, field->near);
  field->normal = smooth_normals (field->near, &web);
  web_clear (&web);
  return TRUE;
}

void
willis_neck_field_clear (WillisNeckField *field)
{
  g_clear_pointer (&field->near, willis_surface_unref);
  g_clear_pointer (&field->opposite, g_free);
  g_clear_pointer (&field->sectioner, willis_sectioner_free);
  g_clear_pointer (&field->out, g_free);
  g_clear_pointer (&field->normal, g_free);
  g_clear_pointer (&field->artery, g_free);
  g_clear_pointer (&field->stamp, g_free);
  g_clear_pointer (&field->stack, g_free);
  g_clear_pointer (&field->axis, g_array_unref);
  g_clear_pointer (&field->level, g_array_unref);
  g_clear_pointer (&field->sizes, g_array_unref);
  g_clear_pointer (&field->sides, g_array_unref);
}
