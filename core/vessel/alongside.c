/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A thin artery that comes from the artery of a sac beside its neck may lie against the sac on its way: both are one
 * lumen in the scan from the neck on, and no plane parts the sac but one above all that. But the artery has a
 * centreline and a radius of its own, so the part of the lumen in its tube can be left out. What opens is the hole
 * where it comes from its artery, as round as itself, or, where it lies against a sac, a slit that runs up the sac:
 * longer than around the tube, and far out of all other arteries. Such a slit is closed by the least surface on it. So
 * is the mouth of one that leaves the sac itself, farther out of all arteries than any neck stands: it may run through
 * the sac from beside the neck, and no plane parts the two. Where one lies against the sac's foot from its root on, its
 * centreline is drawn aside into the foot, or makes a ring through it: its course is then that of the wall that is
 * still seen of it. The arteries of a fork, which share its blood, are left as they are: there the neck runs beside
 * them.
 */
#include "core/vessel/alongside.h"

#include <math.h>

#include "core/mesh/bvh.h"
#include "core/mesh/clip.h"
#include "core/mesh/rims.h"
#include "core/num/vec3.h"
#include "core/vessel/aneurysm-cut.h"
#include "core/vessel/artery-tubes.h"
#include "core/vessel/healthy.h"
#include "core/vessel/neck-field.h"
#include "core/vessel/parting.h"
#include "core/vessel/thin-course.h"

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
#define LIKE 1.8        // radii of one thin artery before and after a node differ by no more than this factor
#define THICKER 1.3     // times its radius: an artery at whose node it ends
#define MOST_NODES 2    // over which it is followed
#define ALONE_SEEN 0.9  // of the wall around an artery that is on its own ..
#define ALONE 1.5       // .. over so many radii
#define ASIDE 0.5       // radii: a centreline that is drawn aside
#define THIN_PART 0.14  // as SIDE_PART, of such an artery: thicker ones have their part in the shape of the neck
#define WHOLE 0.7       // times around the tube: its end, at least
#define OFF_FOOT_MM 2.3 // out of all arteries: so far up the slit runs that one leaves, more than necks stand

typedef WillisTubeBall Ball;

/* A side branch from the wall of its artery on. */
typedef struct
{
  double radius;
  GArray *balls;   // of its tube
  gboolean traced; // along its wall
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

  *side = (Side){ healthy->radius[b][branch->n_points / 2], g_array_new (FALSE, FALSE, sizeof (Ball)), FALSE };
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

static double
middle_radius (const WillisTree *tree, const WillisHealthy *healthy, gsize b)
{
  return healthy->radius[b][willis_tree_branch (tree, b)->n_points / 2];
}

/* The tubes of all arteries but one (G_MAXSIZE: of all) that are at least so thick in their middle (new). */
static GArray *
tubes_of (const WillisTree *tree, const WillisHealthy *healthy, gsize but, double least)
{
  GArray *balls = g_array_new (FALSE, FALSE, sizeof (Ball));

  for (gsize b = 0; b < willis_tree_n_branches (tree); b++)
    for (gsize i = 0; i < willis_tree_branch (tree, b)->n_points; i++)
      {
        Ball ball = { { 0 }, healthy->radius[b][i] };

        vec3_copy (ball.at, willis_tree_branch (tree, b)->points_lps_mm + 3 * i);
        if (b != but && !healthy->sac[b] && middle_radius (tree, healthy, b) >= least)
          g_array_append_val (balls, ball);
      }
  return balls;
}

/* The surface split along the tube of a side branch, and the rims of what is left: the slit where the tube lay, or
 * several where its wall was whole in between, and its free end. */
typedef struct
{
  WillisSurface *whole;
  guint8 *keep; // [triangles] out of the tube
  WillisLoops *rims;
  GArray *slits;  // gsize
  double slit_mm; // all of them
} Opening;

static void
opening_clear (Opening *open)
{
  g_clear_pointer (&open->whole, willis_surface_unref);
  g_clear_pointer (&open->keep, g_free);
  g_clear_pointer (&open->rims, willis_loops_free);
  g_clear_pointer (&open->slits, g_array_unref);
}

/* Tells the rims apart that are on the cut; FALSE where there are not just an end and a slit, or slits of a tube that
 * was traced, whose end is whole. */
static gboolean
find_rims (Opening *open, const Side *side, guint n_balls, const guint8 *on_cut)
{
  double around = 2.0 * G_PI * (side->radius + LEVEL_MM);
  int n_ends = 0;

  open->slits = g_array_new (FALSE, FALSE, sizeof (gsize));
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
      if (2 * last > n && length < ROUND * around && (!side->traced || length > WHOLE * around))
        n_ends++;
      else
        {
          g_array_append_val (open->slits, l);
          open->slit_mm += length;
        }
    }
  return n_ends == 1 && (side->traced ? open->slits->len > 0 : open->slits->len == 1);
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

/* Does the slit run up a sac, or lie on one, away from the tubes of the other arteries? */
static gboolean
lies_along (const Opening *open, const Side *side, const GArray *others)
{
  double part = open->slit_mm / (2.0 * G_PI * (side->radius + LEVEL_MM)), out, most = 0.0;

  for (guint k = 0; k < open->slits->len; k++)
    {
      gsize n;
      g_autofree double *points
          = willis_loops_points (open->rims, g_array_index (open->slits, gsize, k), open->whole, &n);

      for (gsize i = 0; i < n; i++)
        {
          willis_tubes_nearest (others, others->len, points + 3 * i, &out);
          most = MAX (most, out);
        }
    }
  return most >= OFF_MM || (part >= SLIT && most >= MAX (OUT * side->radius, side->traced ? OFF_FOOT_MM : 0.0));
}

/* The surface without a side branch where it lies along a sac (new), NULL where it does not. Its end is sought farther
 * on until it is free. others: the tubes of the other arteries. */
static WillisSurface *
without (const WillisSurface *near, const Side *side, const GArray *others)
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
      if (done && lies_along (&open, side, others))
        parted = willis_kept_closed (open.whole, open.keep, open.rims, (const gsize *) (const void *) open.slits->data,
                                     open.slits->len);
      opening_clear (&open);
    }
  return parted;
}

/* Does a branch that comes from a node lead to a thicker artery at its other end? */
static gboolean
leads_to_artery (const WillisTree *tree, const WillisHealthy *healthy, gsize b, int node)
{
  const WillisBranch *branch = willis_tree_branch (tree, b);
  int other = branch->node[branch->node[0] == node];

  return passing_radius (tree, healthy, b, other) > THICKER * middle_radius (tree, healthy, b);
}

/* The branch with which a thin one goes on at a node, the most alike; G_MAXSIZE where there is none. */
static gsize
next_branch (const WillisTree *tree, const WillisHealthy *healthy, gsize b, int node)
{
  double own = middle_radius (tree, healthy, b), least = log (LIKE);
  gsize best = G_MAXSIZE;

  for (gsize k = 0; k < willis_tree_n_branches (tree); k++)
    {
      const WillisBranch *other = willis_tree_branch (tree, k);
      double unlike = fabs (log (middle_radius (tree, healthy, k) / own));

      if (k == b || healthy->sac[k] || (other->node[0] != node && other->node[1] != node) || unlike >= least
          || leads_to_artery (tree, healthy, k, node))
        continue;
      least = unlike;
      best = k;
    }
  return best;
}

/* The middle of a thin artery from end e of a branch on, over nodes where it is not long (new, balls). */
static GArray *
outward (const WillisTree *tree, const WillisHealthy *healthy, gsize b, int e)
{
  GArray *balls = g_array_new (FALSE, FALSE, sizeof (Ball));
  double way = 0.0;

  for (int nodes = 0; nodes <= MOST_NODES && b != G_MAXSIZE && way < LONGEST_MM; nodes++)
    {
      const WillisBranch *branch = willis_tree_branch (tree, b);
      int node = branch->node[1 - e];

      for (gsize k = 0; k < branch->n_points; k++)
        {
          gsize i = e == 0 ? k : branch->n_points - 1 - k;
          Ball ball = { { 0 }, healthy->radius[b][i] };

          vec3_copy (ball.at, branch->points_lps_mm + 3 * i);
          g_array_append_val (balls, ball);
        }
      way += branch->length_mm;
      b = next_branch (tree, healthy, b, node);
      e = b != G_MAXSIZE && willis_tree_branch (tree, b)->node[0] != node;
    }
  return balls;
}

/* The direction back along balls from one of them, over its radius. */
static gboolean
direction_back (const GArray *balls, guint i, double out[3])
{
  const Ball *here = &g_array_index (balls, Ball, i);

  for (guint k = i + 1; k < balls->len; k++)
    {
      vec3_sub (out, here->at, g_array_index (balls, Ball, k).at);
      if (vec3_norm (out) >= here->radius || k + 1 == balls->len)
        return vec3_normalize (out) > 0.0;
    }
  return FALSE;
}

/* The first ball from which on an artery is on its own for a while; radius receives how thick it is there, back the
 * direction from there to its root. G_MAXUINT where there is none. */
static guint
first_alone (const WillisBvh *near, const GArray *balls, double *radius, double back[3])
{
  double way = 0.0, along[3];
  guint from = 0;

  *radius = 0.0;
  for (guint i = 0; direction_back (balls, i, along); i++)
    {
      const Ball *here = &g_array_index (balls, Ball, i);

      if (willis_thin_seen (near, here->at, along, here->radius) < ALONE_SEEN)
        {
          from = i + 1;
          way = *radius = 0.0;
          continue;
        }
      if (i == from)
        vec3_copy (back, along);
      else
        way += vec3_dist (here->at, here[-1].at);
      *radius += here->radius;
      if (way < ALONE * here->radius)
        continue;
      *radius /= i + 1 - from;
      return from;
    }
  return G_MAXUINT;
}

/* How far the balls are off the centreline of a branch, at most. */
static double
off_branch (const WillisBranch *branch, const GArray *balls)
{
  double most = 0.0;

  for (guint i = 0; i < balls->len; i++)
    {
      double away;

      willis_branch_nearest (branch, g_array_index (balls, Ball, i).at, &away);
      most = MAX (most, away);
    }
  return most;
}

/* The surface without an artery that comes from a thicker one at end e of a branch, as its wall shows its course where
 * its centreline is drawn aside (new). NULL where that is no side branch, is not drawn aside or does not lie along a
 * sac.
 */
static WillisSurface *
without_traced (const WillisBvh *near, const WillisTree *tree, const WillisHealthy *healthy, gsize b, int e)
{
  double passing = passing_radius (tree, healthy, b, willis_tree_branch (tree, b)->node[e]), back[3];
  g_autoptr (GArray) out = NULL;
  g_autoptr (GArray) thick = NULL;
  WillisSurface *parted = NULL;
  Side side = { .traced = TRUE };
  guint from;

  if (healthy->sac[b] || middle_radius (tree, healthy, b) >= passing)
    return NULL;
  out = outward (tree, healthy, b, e);
  from = first_alone (near, out, &side.radius, back);
  if (from == G_MAXUINT || pow (side.radius / passing, 3) >= THIN_PART)
    return NULL;
  thick = tubes_of (tree, healthy, G_MAXSIZE, side.radius / cbrt (SIDE_PART));
  side.balls = willis_thin_course (near, thick, g_array_index (out, Ball, from).at, back, side.radius, LONGEST_MM);
  if (side.balls == NULL)
    return NULL;
  if (off_branch (willis_tree_branch (tree, b), side.balls) > ASIDE * side.radius)
    {
      g_array_append_vals (side.balls, &g_array_index (out, Ball, from + 1), out->len - from - 1);
      parted = without (willis_bvh_surface (near), &side, thick);
    }
  g_array_unref (side.balls);
  return parted;
}

/* The surface without the branch that ends at its end e in another artery, as its centreline runs (new). NULL where
 * that is no side branch or does not lie along a sac. */
static WillisSurface *
without_branch (const WillisSurface *near, const WillisTree *tree, const WillisHealthy *healthy, gsize b, int e)
{
  g_autoptr (GArray) others = tubes_of (tree, healthy, b, 0.0);
  WillisSurface *parted = NULL;
  Side side;

  if (side_init (&side, tree, healthy, b, e))
    parted = without (near, &side, others);
  g_array_unref (side.balls);
  return parted;
}

/* Marks a branch that ends at a node and was parted there as its wall shows its course, and those that lead from there
 * to its artery, too, where it goes on: a ring through the sac. */
static void
mark_gone (const WillisTree *tree, const WillisHealthy *healthy, gsize b, int node, guint8 *gone)
{
  gsize next = next_branch (tree, healthy, b, node);

  gone[b] = TRUE;
  for (gsize k = 0; k < willis_tree_n_branches (tree) && next != G_MAXSIZE; k++)
    {
      const WillisBranch *other = willis_tree_branch (tree, k);

      if (k != next && !healthy->sac[k] && (other->node[0] == node || other->node[1] == node)
          && leads_to_artery (tree, healthy, k, node))
        gone[k] = TRUE;
    }
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
  g_autoptr (WillisBvh) bvh = NULL;
  g_autofree guint8 *gone = NULL;
  gboolean any = FALSE;

  *tree_left = NULL;
  if (tree == NULL)
    return NULL;
  healthy = willis_healthy_new (tree, lumen);
  cut = willis_cut_near (lumen, inside, NECK_REACH_MM);
  near = willis_surface_oriented (cut);
  bvh = willis_bvh_new (near);
  gone = g_new0 (guint8, MAX (willis_tree_n_branches (tree), 1));
  for (gsize b = 0; b < willis_tree_n_branches (tree); b++)
    for (int e = 0; e < 2 && !gone[b]; e++)
      {
        const double *root = willis_tree_node (tree, (gsize) willis_tree_branch (tree, b)->node[e])->lps_mm;
        WillisSurface *parted;

        if (vec3_dist (root, inside) > NECK_REACH_MM - LONGEST_MM)
          continue;
        parted = without_traced (bvh, tree, healthy, b, e);
        if (parted != NULL)
          mark_gone (tree, healthy, b, willis_tree_branch (tree, b)->node[1 - e], gone);
        else
          parted = without_branch (near, tree, healthy, b, e);
        if (parted == NULL)
          continue;
        willis_surface_unref (near);
        near = parted;
        willis_bvh_free (bvh);
        bvh = willis_bvh_new (near);
        gone[b] = any = TRUE;
      }
  if (!any)
    return NULL;
  *tree_left = without_branches (tree, gone);
  return g_steal_pointer (&near);
}
