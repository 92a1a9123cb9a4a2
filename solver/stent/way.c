/* SPDX-License-Identifier: Apache-2.0 */
#include "solver/stent/way.h"

#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/num/vec3.h"
#include "core/vessel/anatomy.h"
#include "core/vessel/profile.h"

#define BEYOND_MM 5.0 // of the neck's own branch that must be left for a device to land in it

typedef struct
{
  const WillisTree *tree;
  const WillisWayNeck *neck;
  int *flow; // [branches]
  WillisStentWay *way;
} Walk;

void
willis_stent_way_free (WillisStentWay *way)
{
  if (way == NULL)
    return;
  g_array_unref (way->branches);
  g_array_unref (way->nodes);
  g_free (way->sac);
  g_free (way->on);
  g_free (way);
}

/* ---- which way the blood runs */

/* What meets at a node, but for one branch: how many bring blood, take it, and may do either. */
typedef struct
{
  guint in, out, unknown;
  gboolean vertebral; // one that brings it is a vertebral artery: two join
} Meeting;

static Meeting
meeting_at (const WillisTree *tree, const int *flow, const gboolean *left_out, int node, gsize but)
{
  Meeting m = { 0 };

  for (gsize b = 0; b < willis_tree_n_branches (tree); b++)
    for (int end = 0; end < 2; end++)
      {
        const WillisBranch *branch = willis_tree_branch (tree, b);
        int away = end == 0 ? flow[b] : -flow[b];

        if (b == but || branch->node[end] != node || (left_out != NULL && left_out[b]))
          continue;
        m.in += away < 0;
        m.out += away > 0;
        m.unknown += away == 0;
        m.vertebral |= away < 0 && willis_artery_of_name (branch->name, NULL) == WILLIS_ARTERY_VERTEBRAL;
      }
  return m;
}

/* What the others at one of its ends say of a branch without a name: 1 it leaves that node, -1 it comes to it, 0
 * nothing. */
static int
told_at (const WillisTree *tree, const int *flow, const gboolean *left_out, gsize b, int end)
{
  Meeting m = meeting_at (tree, flow, left_out, willis_tree_branch (tree, b)->node[end], b);

  if (m.in > 0)
    return m.vertebral ? 0 : 1;
  return m.out > 0 && m.unknown == 0 ? -1 : 0;
}

int *
willis_stent_way_flow (const WillisTree *tree, const gboolean *left_out)
{
  gsize n = willis_tree_n_branches (tree);
  int *flow = g_new0 (int, MAX (n, 1));
  g_autofree int *next = NULL;
  gboolean more = TRUE;

  for (gsize b = 0; b < n; b++)
    {
      const int alone = (int) b;

      flow[b] = willis_flow_along (tree, &alone, 1);
    }
  next = g_memdup2 (flow, MAX (n, 1) * sizeof *flow);
  for (gsize round = 0; more && round < n; round++) // all at once, so that their order says nothing
    {
      more = FALSE;
      for (gsize b = 0; b < n; b++)
        if (flow[b] == 0 && willis_artery_of_name (willis_tree_branch (tree, b)->name, NULL) == WILLIS_ARTERY_NONE)
          {
            int told = told_at (tree, flow, left_out, b, 0) - told_at (tree, flow, left_out, b, 1);

            next[b] = (told > 0) - (told < 0);
            more |= next[b] != 0;
          }
      memcpy (flow, next, n * sizeof *flow);
    }
  return flow;
}

/* ---- from branch to branch */

static gboolean
beyond_neck (const WillisWayNeck *n, const double p[3])
{
  double d[3], height;

  vec3_sub (d, p, n->neck->centre_lps_mm);
  height = vec3_dot (d, n->neck->normal);
  return height > 0.2 && vec3_norm (d) < n->height_mm + 1.0;
}

/* A branch with a dead end beyond the neck plane, no farther than the dome, runs in the sac. */
static void
mark_sac (Walk *w)
{
  for (gsize b = 0; b < willis_tree_n_branches (w->tree); b++)
    {
      const WillisBranch *branch = willis_tree_branch (w->tree, b);

      for (int end = 0; end < 2; end++)
        if (willis_tree_node (w->tree, (gsize) branch->node[end])->degree == 1
            && beyond_neck (w->neck, branch->points_lps_mm + 3 * (end ? branch->n_points - 1 : 0)))
          w->way->sac[b] = TRUE;
    }
}

/* Direction in which a branch leaves one of its ends, over two radii, and its mean radius there. */
static double
leaving (const WillisBranch *b, gboolean from_start, double direction[3])
{
  gsize n = b->n_points, first = from_start ? 0 : n - 1, k = 0;
  double reach = 4.0 * b->radius_mm[first], sum = 0.0;
  const double *p0 = b->points_lps_mm + 3 * first;

  for (; k < n; k++)
    {
      gsize i = from_start ? k : n - 1 - k;

      sum += b->radius_mm[i];
      vec3_sub (direction, b->points_lps_mm + 3 * i, p0);
      if (vec3_norm (direction) > reach && k > 1)
        {
          k++;
          break;
        }
    }
  vec3_normalize (direction);
  return sum / (double) k;
}

/* Whether the blood runs the way that a branch is entered at one of its ends: 1 it does, -1 it does not, 0 it may. */
static int
with_blood (const Walk *w, gsize b, int end, gboolean downstream)
{
  return (end == 0) == downstream ? w->flow[b] : -w->flow[b];
}

/* A branch that can be gone on by: whole, not in the sac, not on the way yet. */
static gboolean
is_free (const Walk *w, gsize b)
{
  return !w->way->sac[b] && !w->way->on[b] && willis_tree_branch (w->tree, b)->n_points >= 2;
}

/* The branch that goes on best at a node from one that comes there: with the blood rather than maybe so, wide,
 * straight. */
static int
go_on (const Walk *w, int from, int node, gboolean downstream, double *best_score)
{
  const WillisBranch *came = willis_tree_branch (w->tree, (gsize) from);
  double arriving[3];
  int best = -1, best_sure = 0;

  *best_score = 0.0;
  leaving (came, came->node[0] == node, arriving);
  vec3_scale (arriving, arriving, -1.0);
  for (gsize b = 0; b < willis_tree_n_branches (w->tree); b++)
    {
      const WillisBranch *branch = willis_tree_branch (w->tree, b);

      for (int end = 0; is_free (w, b) && end < 2; end++)
        {
          int sure = with_blood (w, b, end, downstream);
          double direction[3], score;

          if (branch->node[end] != node || sure < 0)
            continue;
          score = leaving (branch, end == 0, direction);
          score *= 1.2 + vec3_dot (direction, arriving);
          if (branch->name == NULL && sure == 0 && (end == 0) == downstream) // as the tree's own direction has it
            score *= 1.3;
          if (sure > best_sure || (sure == best_sure && score > *best_score))
            {
              *best_score = score;
              best_sure = sure;
              best = (int) b;
            }
        }
    }
  return best;
}

static void
push_branch (Walk *w, int b, int node)
{
  g_array_append_val (w->way->branches, b);
  g_array_append_val (w->way->nodes, node);
  w->way->on[b] = TRUE;
}

static int
other_end (const Walk *w, int b, int node)
{
  const WillisBranch *branch = willis_tree_branch (w->tree, (gsize) b);

  return branch->node[branch->node[0] == node ? 1 : 0];
}

/* Branch after branch for at least reach_mm, from a node that a branch of the way comes to. */
static void
follow (Walk *w, int from, int node, gboolean downstream, double reach_mm)
{
  double length = 0.0, score;

  while (length <= reach_mm && (from = go_on (w, from, node, downstream, &score)) >= 0)
    {
      node = other_end (w, from, node);
      push_branch (w, from, node);
      length += willis_tree_branch (w->tree, (gsize) from)->length_mm;
    }
}

/* Appends the shortest way with the blood from a node to a branch and over it; its length, or -1 where none leads
 * there. */
static double
follow_into (Walk *w, int node, int into, double reach_mm)
{
  gsize n = willis_tree_n_nodes (w->tree), n_branches = willis_tree_n_branches (w->tree);
  g_autofree double *far = g_new (double, n);
  g_autofree int *by = g_new (int, n);
  g_autoptr (GArray) back = g_array_new (FALSE, FALSE, sizeof (int));
  const WillisBranch *last = willis_tree_branch (w->tree, (gsize) into);
  gboolean more = TRUE;
  int at = -1;

  for (gsize i = 0; i < n; i++)
    {
      far[i] = (int) i == node ? 0.0 : INFINITY;
      by[i] = -1;
    }
  for (gsize round = 0; more && round <= n; round++)
    {
      more = FALSE;
      for (gsize b = 0; b < n_branches; b++)
        for (int end = 0; (int) b != into && is_free (w, b) && end < 2; end++)
          {
            const WillisBranch *branch = willis_tree_branch (w->tree, b);
            double to = far[branch->node[end]] + branch->length_mm;

            if (with_blood (w, b, end, TRUE) < 0 || !(to < far[branch->node[!end]]))
              continue;
            far[branch->node[!end]] = to;
            by[branch->node[!end]] = (int) b;
            more = TRUE;
          }
    }
  for (int end = 0; is_free (w, (gsize) into) && end < 2; end++)
    if (with_blood (w, (gsize) into, end, TRUE) >= 0 && far[last->node[end]] < reach_mm
        && (at < 0 || far[last->node[end]] < far[at]))
      at = last->node[end];
  if (at < 0)
    return -1.0;
  for (int i = at; i != node; i = other_end (w, by[i], i))
    g_array_append_val (back, by[i]);
  for (guint k = back->len, i = 0; i < back->len; i++)
    {
      int b = g_array_index (back, int, k - 1 - i);

      node = other_end (w, b, node);
      push_branch (w, b, node);
    }
  push_branch (w, into, other_end (w, into, node));
  return far[at] + last->length_mm;
}

/* ---- the whole */

/* The branch whose points come nearest to the neck, runners in the sac left out. */
static int
nearest_branch (const Walk *w)
{
  const double *centre = w->neck->neck->centre_lps_mm;
  double best = INFINITY;
  int found = -1;

  for (gsize b = 0; b < willis_tree_n_branches (w->tree); b++)
    {
      const WillisBranch *branch = willis_tree_branch (w->tree, b);

      if (w->way->sac[b] || branch->n_points < 2)
        continue;
      for (gsize i = 0; i < branch->n_points; i++)
        {
          double d = vec3_dist (branch->points_lps_mm + 3 * i, centre) - branch->radius_mm[i];

          if (d < best)
            {
              best = d;
              found = (int) b;
            }
        }
    }
  return best < 4.0 ? found : -1;
}

/* At which of its ends blood comes into the neck's branch: as it runs; where it may run either way, at the one with the
 * better feeder; where nothing tells, at its first point. */
static int
proximal_end (const Walk *w, int base)
{
  const WillisBranch *b = willis_tree_branch (w->tree, (gsize) base);
  double score[2];

  if (w->flow[base] != 0 || b->name == NULL)
    return w->flow[base] < 0;
  for (int end = 0; end < 2; end++)
    go_on (w, base, b->node[end], FALSE, &score[end]);
  return score[1] > score[0];
}

/* Whether enough of the neck's own branch lies beyond the neck to land in. */
static gboolean
goes_on_beyond (const Walk *w, int base, int proximal)
{
  const WillisBranch *b = willis_tree_branch (w->tree, (gsize) base);
  double at = b->abscissa_mm[willis_branch_nearest (b, w->neck->neck->centre_lps_mm, NULL)];

  return (proximal == 0 ? b->length_mm - at : at) > 0.5 * w->neck->neck_mm + BEYOND_MM;
}

/* The way with the neck's branch entered at one of its ends; FALSE where it does not come into the branch asked for. */
static gboolean
walk (Walk *w, int base, int proximal, int into, double reach_mm)
{
  const WillisBranch *b = willis_tree_branch (w->tree, (gsize) base);
  GArray *branches = w->way->branches;
  double gone = 0.0;

  g_array_set_size (branches, 0);
  g_array_set_size (w->way->nodes, 0);
  memset (w->way->on, 0, willis_tree_n_branches (w->tree) * sizeof *w->way->on);
  push_branch (w, base, b->node[proximal]);
  follow (w, base, b->node[proximal], FALSE, reach_mm);
  for (guint i = 0; i < branches->len / 2; i++) // upstream first, turned about
    {
      int *p = &g_array_index (branches, int, i), *q = &g_array_index (branches, int, branches->len - 1 - i), swap = *p;

      *p = *q;
      *q = swap;
    }
  g_array_append_val (w->way->nodes, b->node[!proximal]);
  if (into == base)
    {
      if (!goes_on_beyond (w, base, proximal))
        return FALSE;
    }
  else if (into >= 0 && (gone = follow_into (w, b->node[!proximal], into, reach_mm)) < 0.0)
    return FALSE;
  follow (w, g_array_index (branches, int, branches->len - 1),
          g_array_index (w->way->nodes, int, w->way->nodes->len - 1), TRUE, reach_mm - gone);
  w->way->back = branches->len == 1 && proximal == 1; // of several the next tells how the first runs
  return TRUE;
}

WillisStentWay *
willis_stent_way_new (const WillisTree *tree, const WillisWayNeck *neck, int into, double reach_mm, GError **error)
{
  gsize n = willis_tree_n_branches (tree);
  g_autoptr (WillisStentWay) way = g_new0 (WillisStentWay, 1);
  g_autofree int *flow = NULL;
  Walk w = { tree, neck, NULL, way };
  int base = neck->branch, proximal;

  way->branches = g_array_new (FALSE, FALSE, sizeof (int));
  way->nodes = g_array_new (FALSE, FALSE, sizeof (int));
  way->sac = g_new0 (gboolean, MAX (n, 1));
  way->on = g_new0 (gboolean, MAX (n, 1));
  mark_sac (&w);
  w.flow = flow = willis_stent_way_flow (tree, way->sac);
  if (into >= (int) n || (into >= 0 && way->sac[into]))
    {
      willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("branch %d is no artery of this tree"), into);
      return NULL;
    }
  if (base < 0 || base >= (int) n || way->sac[base])
    base = nearest_branch (&w);
  if (base < 0)
    {
      willis_fail (error, WILLIS_ERROR_FAILED, _ ("no artery of the tree passes the neck"));
      return NULL;
    }
  proximal = proximal_end (&w, base);
  if (!walk (&w, base, proximal, into, reach_mm) && (flow[base] != 0 || !walk (&w, base, !proximal, into, reach_mm)))
    {
      willis_fail (error, WILLIS_ERROR_BAD_INPUT,
                   _ ("from the neck the blood does not come to branch %d within %.0f mm"), into, reach_mm);
      return NULL;
    }
  return g_steal_pointer (&way);
}
