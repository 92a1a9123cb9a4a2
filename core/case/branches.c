/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which branch of the tree an aneurysm or a candidate is of. Its number says something in the tree that it was found in
 * alone: one that takes that tree's place numbers its branches anew, so each is looked for again where it lies.
 */
#include <string.h>

#include "core/case/case-private.h"
#include "core/vessel/profile.h"

/* Was this found in the tree at hand? */
static gboolean
is_of_tree (const WillisCase *c, const WillisProvenance *provenance)
{
  g_autofree char *tree = g_strdup_printf ("tree=%s", c->provenance[WILLIS_STAGE_TREE].digest);

  return provenance->inputs != NULL && strstr (provenance->inputs, tree) != NULL;
}

/* The branch whose lumen the bulge touches, at a fork the one that feeds it, as the search has it; -1 where none comes
 * so near. */
static int
branch_of_candidate (const WillisTree *tree, const WillisCandidate *candidate)
{
  double distance;
  gsize point;
  int branch;

  if (!willis_tree_nearest (tree, candidate->centre_lps_mm, &branch, &point, &distance)
      || distance > willis_tree_branch (tree, (gsize) branch)->radius_mm[point] + candidate->size_mm)
    return -1;
  return willis_flow_feeder (tree, branch, candidate->centre_lps_mm, 0.5 * candidate->neck_mm);
}

static void
follow_candidates (WillisCase *c)
{
  GArray *moved = g_array_copy (c->candidates); // copies of the case share the old ones

  for (guint n = 0; n < moved->len; n++)
    {
      WillisCandidate *candidate = &g_array_index (moved, WillisCandidate, n);

      candidate->branch = branch_of_candidate (c->tree, candidate);
    }
  g_array_unref (c->candidates);
  c->candidates = moved;
}

void
willis_case_follow_tree (WillisCase *c, gboolean replaced)
{
  if (c->tree == NULL)
    return;
  for (guint n = 0; n < c->aneurysms->len; n++)
    {
      WillisCaseAneurysm *item = g_ptr_array_index (c->aneurysms, n);
      WillisAneurysm *old = item->aneurysm;

      if (!replaced && is_of_tree (c, &item->provenance))
        continue;
      item->aneurysm = willis_aneurysm_in_tree (old, c->tree);
      willis_aneurysm_unref (old);
    }
  if (c->candidates != NULL && (replaced || !is_of_tree (c, &c->provenance[WILLIS_STAGE_CANDIDATES])))
    follow_candidates (c);
}
