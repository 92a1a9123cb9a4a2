/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An artery of radius t goes on: from each of its points it leads away, both ways, to places some radii off, and is as
 * thick all the way, unless it ends before or divides into arteries that take its blood on. A ball does not: none of
 * its points is far from its middle. So the radius of the artery at a point is the largest t of which that is true (an
 * opening of the radius along the paths of the tree, across its junctions). A branch with a blind end that is thick up
 * to its tip and not long is the inside of a sac, and so is one that lies in a ball far thicker than what leads away.
 */
#include "core/vessel/healthy.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/mesh/rims.h"
#include "core/num/vec3.h"

#define AWAY 3.0        // radii that an artery leads away from each of its points
#define LONGEST 12.0    // way to there, in radii
#define DEEPEST 10      // junctions on that way
#define DIP 1.5         // radii: dips of the radius up to this long are narrowings or noise
#define SLACK 0.94      // of the radius, which noise changes
#define STUB 4.0        // blind and shorter than this many of its radii: a sac
#define BLIND 7.0       // the same where the tip is thick
#define THICK_TIP 0.65  // of the widest place of the branch
#define THICK_PART 0.55 // and of the artery that it comes from
#define THICK_MM 0.8    // arteries as thin as this fade out anywhere
#define TAKES_ON 0.45 // of the cube of the radius (Murray 1926): what the arteries have together into which one divides
#define BRANCH 4.0    // of its radii, at least: a branch that speaks for itself
#define TIP 1.5       // radii: an artery may taper so far before a free end
#define FLAT 0.5      // of an edge: triangles so near the side of the box, and along it, are cut there
#define SHORT 3.0     // of its radii, at most: so far before its rim the centreline of an artery ends
#define CUT_PART 0.4  // of its cross-section: an end of an artery of which so much lies flat is cut
#define ELSEWHERE 0.25 // of the cube of its radius, at least, that an artery has as daughters where it ends at a sac
#define WITHIN 1.5     // times what leads away: the inside of a sac
#define STEPS 9        // of the bisection

typedef struct
{
  const WillisTree *tree;
  double **closed;    // [branches][points] radius without its dips
  gint32 *start, *at; // at[start[n] .. start[n + 1]): 2 branch + end of what meets at node n
  gboolean *leaves;   // [nodes] the picture ends there
  double *usual;      // [branches] the radius that each mostly has
  gboolean *sac;      // [branches] inside a sac
} Healthy;

static int
compare_doubles (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

/* The radius that is mostly there, of n, which are sorted. */
static double
usual_of (double *radii, gsize n)
{
  qsort (radii, n, sizeof (double), compare_doubles);
  return radii[(gsize) (0.4 * (double) (n - 1))];
}

/* The radius that a branch mostly has between the junctions that it joins, or as a whole where it is not longer than
 * they are thick. */
static double
usual_radius (const WillisTree *tree, const WillisBranch *branch)
{
  g_autofree double *sorted = g_new (double, branch->n_points);
  double first = branch->radius_mm[0], last = branch->radius_mm[branch->n_points - 1];
  gsize n = 0;

  if (willis_tree_node (tree, (gsize) branch->node[0])->degree <= 1)
    first = 0.0;
  if (willis_tree_node (tree, (gsize) branch->node[1])->degree <= 1)
    last = 0.0;
  for (gsize i = 0; i < branch->n_points; i++)
    if (branch->abscissa_mm[i] >= first && branch->length_mm - branch->abscissa_mm[i] >= last)
      sorted[n++] = branch->radius_mm[i];
  if (n == 0)
    for (; n < branch->n_points; n++)
      sorted[n] = branch->radius_mm[n];
  return usual_of (sorted, n);
}

/* The radii with dips up to a length filled: the largest within half of it to both sides, then the least of those. New.
 */
static double *
close_dips (const WillisBranch *b, double length_mm)
{
  g_autofree double *most = g_new (double, b->n_points);
  double *out = g_new (double, b->n_points);

  for (int pass = 0; pass < 2; pass++)
    {
      const double *in = pass == 0 ? b->radius_mm : most;
      double *to = pass == 0 ? most : out;
      gsize lo = 0, hi = 0;

      for (gsize i = 0; i < b->n_points; i++)
        {
          while (b->abscissa_mm[i] - b->abscissa_mm[lo] > length_mm / 2.0)
            lo++;
          while (hi + 1 < b->n_points && b->abscissa_mm[hi + 1] - b->abscissa_mm[i] <= length_mm / 2.0)
            hi++;
          to[i] = in[lo];
          for (gsize k = lo + 1; k <= hi; k++)
            to[i] = pass == 0 ? MAX (to[i], in[k]) : MIN (to[i], in[k]);
        }
    }
  return out;
}

static void
link_nodes (Healthy *h)
{
  gsize n_nodes = willis_tree_n_nodes (h->tree), n = willis_tree_n_branches (h->tree);
  g_autofree gint32 *fill = g_new0 (gint32, n_nodes + 1);

  h->start = g_new0 (gint32, n_nodes + 2);
  h->at = g_new0 (gint32, MAX (2 * n, 1));
  for (gsize e = 0; e < 2 * n; e++)
    h->start[willis_tree_branch (h->tree, e / 2)->node[e % 2] + 1]++;
  for (gsize i = 0; i < n_nodes; i++)
    h->start[i + 1] += h->start[i];
  for (gsize e = 0; e < 2 * n; e++)
    {
      int node = willis_tree_branch (h->tree, e / 2)->node[e % 2];

      h->at[h->start[node] + fill[node]++] = (gint32) e;
    }
}

double
willis_flat_area (const WillisSurface *lumen, const double box[6], gsize triangle)
{
  const double *p = willis_surface_points (lumen);
  const gint32 *t = willis_surface_triangles (lumen) + 3 * triangle;
  double a[3], b[3], x[3], size;

  vec3_sub (a, p + 3 * t[1], p + 3 * t[0]);
  vec3_sub (b, p + 3 * t[2], p + 3 * t[0]);
  vec3_cross (x, a, b);
  size = vec3_norm (x);
  for (int side = 0; side < 6; side++)
    if (fabs (p[3 * t[0] + side % 3] - box[side]) < FLAT * vec3_norm (a) && fabs (x[side % 3]) > 0.9 * size)
      return 0.5 * size;
  return 0.0;
}

/* The area of the lumen within reach of a point that lies flat on a side of its box, about. */
static double
flat_area (const WillisSurface *lumen, const double box[6], const double tip[3], double reach)
{
  const double *p = willis_surface_points (lumen);
  const gint32 *t = willis_surface_triangles (lumen);
  double sum = 0.0;

  for (gsize n = 0; n < willis_surface_n_triangles (lumen); n++)
    if (vec3_dist (p + 3 * t[3 * n], tip) <= reach)
      sum += willis_flat_area (lumen, box, n);
  return sum;
}

/* The free end of the tree that is nearest to an open rim is that of its artery, though the centreline of a thin one
 * may stop short of it. */
static void
find_rim_ends (Healthy *h, const WillisSurface *lumen, const WillisLoops *rims)
{
  for (gsize l = 0; l < willis_loops_n (rims); l++)
    {
      gsize n, best = 0;
      g_autofree double *loop = willis_loops_points (rims, l, lumen, &n);
      double area[3], centre[3], least = INFINITY;

      willis_polygon_measure (loop, n, area, centre);
      for (gsize i = 0; i < willis_tree_n_nodes (h->tree); i++)
        if (willis_tree_node (h->tree, i)->degree == 1
            && vec3_dist (willis_tree_node (h->tree, i)->lps_mm, centre) < least)
          {
            least = vec3_dist (willis_tree_node (h->tree, i)->lps_mm, centre);
            best = i;
          }
      if (least < SHORT * sqrt (vec3_norm (area) / G_PI))
        h->leaves[best] = TRUE;
    }
}

/* Free ends of the tree that lie at an open rim of the lumen or where it is cut by a side of its box: there the picture
 * ends. */
static void
find_leaving (Healthy *h, const WillisSurface *lumen)
{
  g_autoptr (WillisLoops) rims = willis_surface_rims (lumen);
  const double *p = willis_surface_points (lumen);
  double box[6];

  h->leaves = g_new0 (gboolean, MAX (willis_tree_n_nodes (h->tree), 1));
  willis_surface_bounds (lumen, box);
  find_rim_ends (h, lumen, rims);
  for (gsize e = 0; e < 2 * willis_tree_n_branches (h->tree); e++)
    {
      const WillisBranch *b = willis_tree_branch (h->tree, e / 2);
      int node = b->node[e % 2];
      const double *tip = willis_tree_node (h->tree, (gsize) node)->lps_mm;
      double radius = 0.0, away = INFINITY;

      if (willis_tree_node (h->tree, (gsize) node)->degree != 1)
        continue;
      for (gsize i = 0; i < b->n_points; i++)
        if (vec3_dist (b->points_lps_mm + 3 * i, tip) < 2.0 * b->radius_mm[i])
          radius = MAX (radius, b->radius_mm[i]);
      for (int a = 0; a < 3; a++)
        away = MIN (away, MIN (tip[a] - box[a], box[3 + a] - tip[a]));
      h->leaves[node] |= away < radius && flat_area (lumen, box, tip, 2.0 * radius) > CUT_PART * G_PI * radius * radius;
      for (guint i = 0; i < rims->ids->len && !h->leaves[node]; i++)
        h->leaves[node] = vec3_dist (p + 3 * g_array_index (rims->ids, gint32, i), tip) < 1.5 * radius;
    }
}

/* The arteries behind the end e % 2 of branch e / 2, seen through short pieces between junctions: the thickest, and the
 * sum of the cubes of the radii of all. */
static void
arteries_behind (const Healthy *h, gint32 e, int depth, double *thickest, double *cubes)
{
  const WillisBranch *b = willis_tree_branch (h->tree, (gsize) e / 2);
  double usual = h->usual[e / 2];
  int far = b->node[1 - e % 2];

  if (h->sac[e / 2])
    return;
  if (b->length_mm > BRANCH * usual || h->start[far + 1] - h->start[far] == 1 || depth > 3)
    {
      *thickest = MAX (*thickest, usual);
      *cubes += usual * usual * usual;
      return;
    }
  for (gint32 k = h->start[far]; k < h->start[far + 1]; k++)
    if (h->at[k] / 2 != e / 2)
      arteries_behind (h, h->at[k], depth + 1, thickest, cubes);
}

/* Does a path from point i of branch b, towards its start (way -1) or end (+1), lead to places away_mm from `from` and
 * stay as thick as t? */
static gboolean
leads_away (const Healthy *h, gsize b, gsize i, int way, const double from[3], double t, double away_mm, double left_mm,
            int depth)
{
  const WillisBranch *branch = willis_tree_branch (h->tree, b);
  gsize last = way > 0 ? branch->n_points - 1 : 0;
  double thickest = 0.0, daughters = 0.0, begin = branch->abscissa_mm[i];
  int node = branch->node[way > 0], others = 0;

  for (gint32 k = h->start[node]; k < h->start[node + 1]; k++)
    others += h->at[k] != (gint32) (2 * b + (way > 0)) && !h->sac[h->at[k] / 2];
  for (;; i = way > 0 ? i + 1 : i - 1)
    {
      double gone = fabs (branch->abscissa_mm[i] - begin),
             to_go = fabs (branch->abscissa_mm[last] - branch->abscissa_mm[i]);

      if (others == 0 && to_go < TIP * t) // an artery may end anywhere, if not in a ball
        return TRUE;
      if (h->closed[b][i] < SLACK * t || gone > left_mm)
        return FALSE;
      if (vec3_dist (branch->points_lps_mm + 3 * i, from) >= away_mm)
        return TRUE;
      if (i == last)
        break;
    }
  for (gint32 k = h->start[node]; k < h->start[node + 1]; k++)
    if (h->at[k] / 2 != (gint32) b)
      arteries_behind (h, h->at[k], 0, &thickest, &daughters);
  if (daughters > TAKES_ON * t * t * t)
    return TRUE;
  left_mm -= fabs (branch->abscissa_mm[last] - begin);
  for (gint32 k = h->start[node]; k < h->start[node + 1] && depth < DEEPEST; k++)
    {
      gsize other = (gsize) h->at[k] / 2;
      gboolean from_end = h->at[k] % 2;

      if (h->at[k] == (gint32) (2 * b + (way > 0)) || h->sac[other])
        continue;
      if (leads_away (h, other, from_end ? willis_tree_branch (h->tree, other)->n_points - 1 : 0, from_end ? -1 : 1,
                      from, t, away_mm, left_mm, depth + 1))
        return TRUE;
    }
  return FALSE;
}

static double
artery_radius (const Healthy *h, gsize b, gsize i)
{
  const WillisBranch *branch = willis_tree_branch (h->tree, b);
  const double *from = branch->points_lps_mm + 3 * i;
  double lo = 0.0, hi = branch->radius_mm[i];

  for (int step = 0; step <= STEPS; step++)
    {
      double t = step == 0 ? hi : 0.5 * (lo + hi); // first whether there is nothing to take off

      if (leads_away (h, b, i, 1, from, t, AWAY * t, LONGEST * t, 0)
          && leads_away (h, b, i, -1, from, t, AWAY * t, LONGEST * t, 0))
        lo = t;
      else
        hi = t;
      if (lo >= hi)
        break;
    }
  return lo;
}

/* The branches at a node that are not marked as sac. */
static int
live_degree (const Healthy *h, int node)
{
  int n = 0;

  for (gint32 k = h->start[node]; k < h->start[node + 1]; k++)
    n += !h->sac[h->at[k] / 2];
  return n;
}

/* Does the blood of the thickest artery at the node go on into others than branch n? Else n is what it runs on into. */
static gboolean
goes_on_elsewhere (const Healthy *h, int node, gsize n)
{
  double thickest = 0.0, cubes = 0.0;

  for (gint32 k = h->start[node]; k < h->start[node + 1]; k++)
    if ((gsize) h->at[k] / 2 != n)
      arteries_behind (h, h->at[k], 0, &thickest, &cubes);
  return cubes > (1.0 + ELSEWHERE) * thickest * thickest * thickest;
}

/* A blind branch that is the inside of a sac: short for how thick it is, and thick up to its tip. tip: its blind end.
 */
static gboolean
is_inside_sac (const Healthy *h, gsize n, int tip)
{
  const WillisBranch *b = willis_tree_branch (h->tree, n);
  double base = b->radius_mm[tip == 0 ? b->n_points - 1 : 0], widest = 0.0, widest_tip = 0.0, parent = 0.0, length;
  int node = b->node[1 - tip];

  if (h->leaves[b->node[tip]] || !goes_on_elsewhere (h, node, n))
    return FALSE;
  length = b->length_mm - base; // outside its parent
  for (gsize i = 0; i < b->n_points; i++)
    {
      double beyond = (tip == 0 ? b->length_mm - b->abscissa_mm[i] : b->abscissa_mm[i]) - base;

      if (beyond > 0.0)
        widest = MAX (widest, b->radius_mm[i]);
      if (beyond > 0.75 * length)
        widest_tip = MAX (widest_tip, b->radius_mm[i]);
    }
  if (length < STUB * widest)
    return TRUE;
  for (gint32 k = h->start[node]; k < h->start[node + 1]; k++)
    if ((gsize) h->at[k] / 2 != n && !h->sac[h->at[k] / 2])
      parent = MAX (parent, h->usual[h->at[k] / 2]);
  return length < BLIND * widest && widest_tip > THICK_TIP * widest && widest_tip > THICK_PART * parent
         && widest_tip > THICK_MM;
}

/* The radius that a branch mostly has outside a ball; 0 where it lies in it. */
static double
usual_outside (const WillisBranch *b, const double centre[3], double radius)
{
  g_autofree double *sorted = g_new (double, b->n_points);
  gsize n = 0;

  for (gsize i = 0; i < b->n_points; i++)
    if (vec3_dist (b->points_lps_mm + 3 * i, centre) > radius)
      sorted[n++] = b->radius_mm[i];
  return n > 0 ? usual_of (sorted, n) : 0.0;
}

/* A branch between two junctions that is the inside of a sac: it lies within the ball of its own widest place, and all
 * of it is far thicker than what leads away from there. So are parts of a ring that leads through a sac and along the
 * artery that it touches: no end of them is blind. */
static gboolean
is_within_sac (const Healthy *h, gsize n)
{
  const WillisBranch *b = willis_tree_branch (h->tree, n);
  double least = INFINITY, outer = 0.0, widest;
  const double *centre;
  gsize at = 0;

  for (gsize i = 0; i < b->n_points; i++)
    {
      least = MIN (least, b->radius_mm[i]);
      at = b->radius_mm[i] > b->radius_mm[at] ? i : at;
    }
  widest = b->radius_mm[at];
  centre = b->points_lps_mm + 3 * at;
  for (int e = 0; e < 2; e++)
    {
      const WillisTreeNode *node = willis_tree_node (h->tree, (gsize) b->node[e]);

      if (node->degree <= 1 || vec3_dist (node->lps_mm, centre) > widest)
        return FALSE;
      for (gint32 k = h->start[b->node[e]]; k < h->start[b->node[e] + 1]; k++)
        if ((gsize) h->at[k] / 2 != n)
          outer = MAX (outer, usual_outside (willis_tree_branch (h->tree, (gsize) h->at[k] / 2), centre, widest));
    }
  return outer > 0.0 && least > WITHIN * outer;
}

/* Branches inside sacs: within one, or blind; what these leave blind is looked at again. */
static void
find_sacs (const Healthy *h)
{
  gboolean changed = TRUE;

  for (gsize b = 0; b < willis_tree_n_branches (h->tree); b++)
    h->sac[b] = is_within_sac (h, b);
  while (changed)
    {
      changed = FALSE;
      for (gsize b = 0; b < willis_tree_n_branches (h->tree); b++)
        {
          const WillisBranch *branch = willis_tree_branch (h->tree, b);
          gboolean blind[2];

          if (h->sac[b] || branch->n_points < 3)
            continue;
          for (int e = 0; e < 2; e++)
            blind[e] = live_degree (h, branch->node[e]) == 1;
          if (blind[0] == blind[1] || !is_inside_sac (h, b, blind[0] ? 0 : 1))
            continue;
          h->sac[b] = changed = TRUE;
        }
    }
}

WillisHealthy *
willis_healthy_new (const WillisTree *tree, const WillisSurface *lumen)
{
  WillisHealthy *out = g_new0 (WillisHealthy, 1);
  Healthy h = { .tree = tree };
  gsize n = willis_tree_n_branches (tree);

  out->n_branches = n;
  out->sac = g_new0 (gboolean, MAX (n, 1));
  out->radius = g_new0 (double *, MAX (n, 1));
  h.closed = g_new0 (double *, MAX (n, 1));
  h.usual = g_new0 (double, MAX (n, 1));
  h.sac = out->sac;
  link_nodes (&h);
  find_leaving (&h, lumen);
  for (gsize b = 0; b < n; b++)
    {
      const WillisBranch *branch = willis_tree_branch (tree, b);

      h.usual[b] = usual_radius (tree, branch);
      h.closed[b] = close_dips (branch, DIP * h.usual[b]);
    }
  find_sacs (&h);
  for (gsize b = 0; b < n; b++)
    {
      const WillisBranch *branch = willis_tree_branch (tree, b);

      out->radius[b] = g_new (double, branch->n_points);
      for (gsize i = 0; i < branch->n_points; i++)
        out->radius[b][i] = artery_radius (&h, b, i);
    }
  for (gsize b = 0; b < n; b++)
    g_free (h.closed[b]);
  g_free (h.closed);
  g_free (h.start);
  g_free (h.at);
  g_free (h.leaves);
  g_free (h.usual);
  return out;
}

void
willis_healthy_free (WillisHealthy *healthy)
{
  if (healthy == NULL)
    return;
  for (gsize b = 0; b < healthy->n_branches; b++)
    g_free (healthy->radius[b]);
  g_free (healthy->radius);
  g_free (healthy->sac);
  g_free (healthy);
}
