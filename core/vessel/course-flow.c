/* SPDX-License-Identifier: Apache-2.0 */
/* Which way the blood runs along branches: from their names, and where these do not say, as the tree has it. */
#include <math.h>

#include "core/num/vec3.h"
#include "core/vessel/anatomy.h"
#include "core/vessel/profile.h"

/* How far an artery is from the neck, in arteries; -1 where the flow may go either way, or is not known. */
static int
rank_of (const char *name)
{
  switch (willis_artery_of_name (name, NULL))
    {
    case WILLIS_ARTERY_ICA:
    case WILLIS_ARTERY_VERTEBRAL:
      return 0;
    case WILLIS_ARTERY_MCA_M1:
    case WILLIS_ARTERY_ACA_A1:
    case WILLIS_ARTERY_BASILAR:
    case WILLIS_ARTERY_OPHTHALMIC:
    case WILLIS_ARTERY_CHOROIDAL:
    case WILLIS_ARTERY_PICA:
      return 1;
    case WILLIS_ARTERY_MCA_M2:
    case WILLIS_ARTERY_ACA_A2:
    case WILLIS_ARTERY_PCA_P1:
    case WILLIS_ARTERY_SCA:
    case WILLIS_ARTERY_AICA:
      return 2;
    case WILLIS_ARTERY_PCA_P2:
      return 3;
    case WILLIS_ARTERY_ACOM:
    case WILLIS_ARTERY_PCOM:
    case WILLIS_ARTERY_NONE:
    default:
      return -1;
    }
}

/* Carotids, vertebrals and the basilar run upwards as a whole. */
static gboolean
runs_up (const char *name)
{
  WillisArtery artery = willis_artery_of_name (name, NULL);

  return artery == WILLIS_ARTERY_ICA || artery == WILLIS_ARTERY_VERTEBRAL || artery == WILLIS_ARTERY_BASILAR;
}

/* The least rank of the other branches that meet at a node; -1 where none has one. */
static int
rank_at (const WillisTree *tree, int node, const int *branches, gsize n_branches)
{
  int least = -1;

  for (gsize n = 0; n < willis_tree_n_branches (tree); n++)
    {
      const WillisBranch *b = willis_tree_branch (tree, n);
      gboolean own = b->node[0] != node && b->node[1] != node;
      int rank = rank_of (b->name);

      for (gsize i = 0; i < n_branches; i++)
        own |= branches[i] == (int) n;
      if (!own && rank >= 0 && (least < 0 || rank < least))
        least = rank;
    }
  return least;
}

int
willis_flow_along (const WillisTree *tree, const int *branches, gsize n_branches)
{
  const WillisBranch *first, *last, *next;
  int ends[2], ranks[2], outside[2];
  const double *from, *to;

  if (tree == NULL || n_branches == 0)
    return 0;
  first = willis_tree_branch (tree, (gsize) branches[0]);
  last = willis_tree_branch (tree, (gsize) branches[n_branches - 1]);
  ends[0] = first->node[0];
  ends[1] = last->node[1];
  if (n_branches > 1)
    {
      next = willis_tree_branch (tree, (gsize) branches[1]);
      ends[0] = first->node[0] == next->node[0] || first->node[0] == next->node[1] ? first->node[1] : first->node[0];
      next = willis_tree_branch (tree, (gsize) branches[n_branches - 2]);
      ends[1] = last->node[0] == next->node[0] || last->node[0] == next->node[1] ? last->node[1] : last->node[0];
    }
  ranks[0] = rank_of (first->name);
  ranks[1] = rank_of (last->name);
  if (ranks[0] >= 0 && ranks[1] >= 0 && ranks[0] != ranks[1])
    return ranks[0] > ranks[1] ? -1 : 1;
  from = willis_tree_node (tree, (gsize) ends[0])->lps_mm;
  to = willis_tree_node (tree, (gsize) ends[1])->lps_mm;
  if (runs_up (first->name) && runs_up (last->name) && vec3_dist (from, to) > 0.0)
    return from[2] > to[2] ? -1 : 1;
  for (int e = 0; e < 2; e++)
    outside[e] = rank_at (tree, ends[e], branches, n_branches);
  if (ranks[0] >= 0 && ranks[0] == ranks[1])
    {
      // whoever feeds it is nearer to the neck than it is itself
      gboolean fed[2] = { outside[0] >= 0 && outside[0] < ranks[0], outside[1] >= 0 && outside[1] < ranks[1] };

      if (fed[0] != fed[1])
        return fed[1] ? -1 : 1;
    }
  return 0;
}

gboolean
willis_way_against_flow (const WillisTree *tree, const int *branches, gsize n_branches)
{
  return willis_flow_along (tree, branches, n_branches) < 0;
}

int
willis_flow_feeder (const WillisTree *tree, int branch, const double lps_mm[3], double reach_mm)
{
  const WillisBranch *own = willis_tree_branch (tree, (gsize) branch);
  double thickest = 0.0, ends[2];
  int found = branch, node;
  gsize at = willis_branch_nearest (own, lps_mm, NULL), e;

  for (e = 0; e < 2; e++)
    ends[e] = willis_tree_node (tree, (gsize) own->node[e])->degree < 3 ? INFINITY
              : e == 0                                                  ? own->abscissa_mm[at]
                                                                        : own->length_mm - own->abscissa_mm[at];
  e = ends[1] < ends[0];
  node = own->node[e];
  if (ends[e] > reach_mm + own->radius_mm[e == 0 ? 0 : own->n_points - 1]
      || willis_flow_along (tree, &branch, 1) == (e == 0 ? -1 : 1)) // it brings the blood itself
    return branch;
  for (gsize b = 0; b < willis_tree_n_branches (tree); b++)
    {
      const WillisBranch *other = willis_tree_branch (tree, b);
      const int alone = (int) b, in = other->node[1] == node ? 1 : -1;
      double radius = other->radius_mm[in > 0 ? other->n_points - 1 : 0];

      if (alone != branch && (other->node[0] == node || other->node[1] == node) && radius > thickest
          && willis_flow_along (tree, &alone, 1) == in)
        {
          thickest = radius;
          found = alone;
        }
    }
  return found;
}
