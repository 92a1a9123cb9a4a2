/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A thin artery that comes from the artery of a sac beside its neck may lie against the sac on its way: both are one
 * lumen in the scan from the neck on, and no plane parts the sac but one above all that. But the artery has a
 * centreline and a radius of its own, so the part of the lumen in its tube can be left out. What opens is the hole
 * where it comes from its artery, as round as itself, or, where it lies against a sac, a slit that runs up the sac:
 * longer than around the tube, and far out of all other arteries. Such a slit is closed by the least surface on it. So
 * is the mouth of one that leaves the sac itself, farther out of all arteries than any neck stands: it may run through
 * the sac from beside the neck, and no plane parts the two. The arteries of a fork, which share its blood, are left as
 * they are: there the neck runs beside them.
 */
#include "core/vessel/alongside.h"

#include <math.h>

#include "core/mesh/clip.h"
#include "core/mesh/rims.h"
#include "core/num/vec3.h"
#include "core/vessel/aneurysm-cut.h"
#include "core/vessel/artery-tubes.h"
#include "core/vessel/healthy.h"
#include "core/vessel/neck-field.h"
#include "core/vessel/parting.h"

#define SIDE_PART 0.2   // of the cube of the radius of the artery that goes on (Murray 1926): what a side branch takes
#define LEVEL_MM 0.2    // beyond its tube, more than noise moves the wall
#define FIRST 2.0       // radii: the tube ends so far from its artery, or farther on, ..
#define STEP 0.5        // .. by so many at a time, ..
#define LONGEST_MM 12.0 // .. at most here, where its end is free
#define ROUND 1.4       // times around the tube: its free end
#define LEAST_MM 2.0    // a shorter rim is noise of the wall
#define SLIT 1.25       // times around the tube: where it is alone it is 0.97 to 1.2
#define OUT 2.0         // radii out of all other arteries; where it is alone, mostly under 1
#define OFF_MM 3.0      // out of them all, where no neck is (at most 1.9 mm): what leaves there leaves the sac itself

typedef WillisTubeBall Ball;

/* A side branch from the wall of its artery on. */
typedef struct
{
  gsize branch;
  double radius;
  GArray *balls; // of its tube
} Side;

/* The radius of the artery that goes on where a branch ends at a node: the second thickest of those that meet there.
 * 0 where none does. */
static double
passing_radius (const WillisTree *tree, const WillisHealthy *healthy, gsize branch, int node)
{
  double most = 0.0, second = 0.0;

  for (gsize k = 0; k < willis_tree_n_branches (tree); k++)
    {
      const WillisBranch *other = willis_tree_branch (tree, k);
      double radius = healthy->radius[k][other->n_points / 2];

      if (k == branch || healthy->sac[k] || (other->node[0] != node && other->node[1] != node))
        continue;
      second = MAX (second, MIN (radius, most));
      most = MAX (most, radius);
    }
  return second;
}

/* Is a branch that ends at its end e in another artery a side branch of it? */
static gboolean
side_init (Side *side, const WillisTree *tree, const WillisHealthy *healthy, gsize b, int e)
{
  const WillisBranch *branch = willis_tree_branch (tree, b);
  const double *root = willis_tree_node (tree, (gsize) branch->node[e])->lps_mm;
  double passing = passing_radius (tree, healthy, b, branch->node[e]);
  gboolean outside = FALSE;

  *side = (Side){ b, healthy->radius[b][branch->n_points / 2], g_array_new (FALSE, FALSE, sizeof (Ball)) };
  if (healthy->sac[b] || passing <= 0.0 || pow (side->radius / passing, 3) >= SIDE_PART)
    return FALSE;
  for (gsize k = 0; k < branch->n_points; k++)
    {
      gsize i = e == 0 ? k : branch->n_points - 1 - k;
      Ball ball = { { 0 }, MIN (side->radius, healthy->radius[b][i]) };

      vec3_copy (ball.at, branch->points_lps_mm + 3 * i);
      outside |= vec3_dist (ball.at, root) >= passing;
      if (outside)
        g_array_append_val (side->balls, ball);
    }
  return side->balls->len > 2;
}

/* The tubes of all arteries but one (new). */
static GArray *
other_tubes (const WillisTree *tree, const WillisHealthy *healthy, gsize but)
{
  GArray *balls = g_array_new (FALSE, FALSE, sizeof (Ball));

  for (gsize b = 0; b < willis_tree_n_branches (tree); b++)
    for (gsize i = 0; i < willis_tree_branch (tree, b)->n_points; i++)
      {
        Ball ball = { { 0 }, healthy->radius[b][i] };

        vec3_copy (ball.at, willis_tree_branch (tree, b)->points_lps_mm + 3 * i);
        if (b != but && !healthy->sac[b])
          g_array_append_val (balls, ball);
      }
  return balls;
}

/* The surface split along the tube of a side branch, and the two rims of what is left: the slit where the tube lay, and
 * its free end. */
typedef struct
{
  WillisSurface *whole;
  guint8 *keep; // [triangles] out of the tube
  WillisLoops *rims;
  gsize slit, end; // G_MAXSIZE: none
  double slit_mm;
} Opening;

static void
opening_clear (Opening *open)
{
  g_clear_pointer (&open->whole, willis_surface_unref);
  g_clear_pointer (&open->keep, g_free);
  g_clear_pointer (&open->rims, willis_loops_free);
}

/* Tells the rims apart that are on the cut; FALSE where there are not just the two. */
static gboolean
find_rims (Opening *open, const Side *side, guint n_balls, const guint8 *on_cut)
{
  double around = 2.0 * G_PI * (side->radius + LEVEL_MM);
  int n_cut = 0;

  open->slit = open->end = G_MAXSIZE;
  for (gsize l = 0; l < willis_loops_n (open->rims); l++)
    {
      gsize n, last = 0;
      const gint32 *ids = willis_loops_get (open->rims, l, &n);
      g_autofree double *points = willis_loops_points (open->rims, l, open->whole, &n);
      double area[3], length = willis_polygon_measure (points, n, area, NULL), out;
      gboolean cut = TRUE;

      for (gsize i = 0; i < n; i++)
        {
          cut &= on_cut[ids[i]] != 0;
          last += willis_tubes_nearest (side->balls, n_balls, points + 3 * i, &out) + 1 == n_balls;
        }
      if (!cut || length < LEAST_MM)
        continue;
      n_cut++;
      if (2 * last > n && length < ROUND * around)
        open->end = l;
      else
        {
          open->slit = l;
          open->slit_mm = length;
        }
    }
  return n_cut == 2 && open->slit != G_MAXSIZE && open->end != G_MAXSIZE;
}

/* Splits the surface along the first n balls of the tube. */
static gboolean
opening_init (Opening *open, const WillisSurface *near, const Side *side, guint n_balls)
{
  gsize n = willis_surface_n_points (near);
  const Ball *first = &g_array_index (side->balls, Ball, 0);
  g_autofree double *value = g_new (double, MAX (n, 1));
  g_autofree guint8 *on_cut = NULL;
  g_autofree gint8 *sides = NULL;
  double farthest = 0.0;

  for (guint b = 0; b < n_balls; b++)
    farthest = MAX (farthest, vec3_dist (g_array_index (side->balls, Ball, b).at, first->at));
  farthest += 2.0 * (side->radius + LEVEL_MM);
  for (gsize i = 0; i < n; i++)
    {
      const double *p = willis_surface_points (near) + 3 * i;

      value[i] = side->radius;
      if (vec3_dist (p, first->at) < farthest)
        willis_tubes_nearest (side->balls, n_balls, p, &value[i]);
      value[i] -= LEVEL_MM;
    }
  open->whole = willis_surface_split_values (near, value, willis_surface_snap_mm (near), &on_cut, &sides);
  open->keep = g_new (guint8, MAX (willis_surface_n_triangles (open->whole), 1));
  for (gsize t = 0; t < willis_surface_n_triangles (open->whole); t++)
    open->keep[t] = sides[t] > 0;
  open->rims = willis_kept_rims (open->whole, open->keep);
  return find_rims (open, side, n_balls, on_cut);
}

/* Does the slit run up a sac, or lie on one? */
static gboolean
lies_along (const Opening *open, const Side *side, const WillisTree *tree, const WillisHealthy *healthy)
{
  g_autoptr (GArray) others = NULL;
  g_autofree double *points = NULL;
  double part = open->slit_mm / (2.0 * G_PI * (side->radius + LEVEL_MM)), out, most = 0.0;
  gsize n;

  others = other_tubes (tree, healthy, side->branch);
  points = willis_loops_points (open->rims, open->slit, open->whole, &n);
  for (gsize i = 0; i < n; i++)
    {
      willis_tubes_nearest (others, others->len, points + 3 * i, &out);
      most = MAX (most, out);
    }
  return most >= OFF_MM || (part >= SLIT && most >= OUT * side->radius);
}

/* The surface without a side branch where it lies along a sac (new), NULL where it does not. Its end is sought farther
 * on until it is free. */
static WillisSurface *
without (const WillisSurface *near, const Side *side, const WillisTree *tree, const WillisHealthy *healthy)
{
  WillisSurface *parted = NULL;
  gboolean done = FALSE;
  double way = 0.0, next = FIRST * side->radius;

  for (guint b = 1; b < side->balls->len && way < LONGEST_MM && !done; b++)
    {
      Opening open = { 0 };

      way += vec3_dist (g_array_index (side->balls, Ball, b).at, g_array_index (side->balls, Ball, b - 1).at);
      if (way < next)
        continue;
      next = way + STEP * side->radius;
      done = opening_init (&open, near, side, b + 1);
      if (done && lies_along (&open, side, tree, healthy))
        parted = willis_kept_closed (open.whole, open.keep, open.rims, &open.slit, 1);
      opening_clear (&open);
    }
  return parted;
}

/* The tree without some of its branches (a byte each), and without names (new). */
static WillisTree *
without_branches (const WillisTree *tree, const guint8 *gone)
{
  gsize n_nodes = willis_tree_n_nodes (tree), n = 0;
  WillisTreeNode *nodes = g_new (WillisTreeNode, MAX (n_nodes, 1));
  WillisBranch *branches = g_new0 (WillisBranch, MAX (willis_tree_n_branches (tree), 1));

  for (gsize i = 0; i < n_nodes; i++)
    nodes[i] = *willis_tree_node (tree, i);
  for (gsize b = 0; b < willis_tree_n_branches (tree); b++)
    {
      const WillisBranch *branch = willis_tree_branch (tree, b);
      WillisBranch *to = &branches[n];

      if (gone[b])
        {
          nodes[branch->node[0]].degree--;
          nodes[branch->node[1]].degree--;
          continue;
        }
      *to = (WillisBranch){ .node = { branch->node[0], branch->node[1] },
                            .n_points = branch->n_points,
                            .component = branch->component };
      to->points_lps_mm = g_memdup2 (branch->points_lps_mm, 3 * branch->n_points * sizeof (double));
      to->radius_mm = g_memdup2 (branch->radius_mm, branch->n_points * sizeof (double));
      n++;
    }
  return willis_tree_new_take (nodes, n_nodes, branches, n);
}

WillisSurface *
willis_part_alongside (const WillisSurface *lumen, const WillisTree *tree, const double inside[3],
                       WillisTree **tree_left)
{
  g_autoptr (WillisHealthy) healthy = NULL;
  g_autoptr (WillisSurface) cut = NULL;
  g_autoptr (WillisSurface) near = NULL;
  g_autofree guint8 *gone = NULL;
  gboolean any = FALSE;

  *tree_left = NULL;
  if (tree == NULL)
    return NULL;
  healthy = willis_healthy_new (tree, lumen);
  cut = willis_cut_near (lumen, inside, NECK_REACH_MM);
  near = willis_surface_oriented (cut);
  gone = g_new0 (guint8, MAX (willis_tree_n_branches (tree), 1));
  for (gsize b = 0; b < willis_tree_n_branches (tree); b++)
    for (int e = 0; e < 2; e++)
      {
        const double *root = willis_tree_node (tree, (gsize) willis_tree_branch (tree, b)->node[e])->lps_mm;
        WillisSurface *parted = NULL;
        Side side;

        if (vec3_dist (root, inside) > NECK_REACH_MM - LONGEST_MM)
          continue;
        if (side_init (&side, tree, healthy, b, e))
          parted = without (near, &side, tree, healthy);
        g_array_unref (side.balls);
        if (parted == NULL)
          continue;
        willis_surface_unref (near);
        near = parted;
        gone[b] = any = TRUE;
      }
  if (!any)
    return NULL;
  *tree_left = without_branches (tree, gone);
  return g_steal_pointer (&near);
}
