/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A sac that touches an artery beside its own is one lumen with it in the scan, and a centreline leads through the sac
 * from its own artery to the other. That of its own artery then runs to where the ways meet, in the middle of the sac:
 * longer than the artery, and as wide as the sac or as what joins the two. But where the two touch is known from their
 * tubes (touching.h). So the tree is found again in the lumen without such sacs.
 */
#include "core/vessel/aneurysm.h"
#include "core/vessel/segmentation.h"
#include "core/vessel/touching.h"
#include "core/vessel/tree-private.h"

#define TOUCHED_SCORE 0.3 // of a sac, at least: one that is touched stands out less of a tree that leads through it

/* The lumen without the sacs that an artery beside their own touches (new). NULL where there are none, or when
 * cancelled. */
static WillisSurface *
without_sacs (const WillisSurface *lumen, const WillisTree *tree, const WillisProgress *progress)
{
  g_autoptr (GArray) candidates = willis_detect (lumen, tree, progress, NULL);
  g_autoptr (WillisSurface) left = NULL;

  for (guint i = 0; candidates != NULL && i < candidates->len; i++)
    {
      const WillisCandidate *candidate = &g_array_index (candidates, WillisCandidate, i);
      WillisSurface *next = NULL;

      if (candidate->score >= TOUCHED_SCORE)
        next = willis_without_touching (left != NULL ? left : lumen, tree, candidate->centre_lps_mm);
      if (next == NULL)
        continue;
      g_clear_pointer (&left, willis_surface_unref);
      left = next;
    }
  return g_steal_pointer (&left);
}

WillisTree *
willis_tree_extract_apart (const WillisSurface *lumen, const double *direction, const WillisProgress *progress,
                           GError **error)
{
  WillisProgress first = willis_progress_part (progress, 0.0, 0.6, NULL),
                 search = willis_progress_part (progress, 0.6, 0.7, NULL),
                 second = willis_progress_part (progress, 0.7, 1.0, NULL);
  WillisTree *tree = willis_tree_extract (lumen, direction, progress != NULL ? &first : NULL, error), *apart = NULL;
  g_autoptr (WillisSurface) left = NULL;

  if (tree != NULL)
    left = without_sacs (lumen, tree, progress != NULL ? &search : NULL);
  if (left != NULL)
    {
      apart = willis_tree_extract_on (left, lumen, direction, progress != NULL ? &second : NULL, error);
      willis_tree_unref (tree);
      return apart;
    }
  if (tree != NULL && !willis_progress_step (progress, 1.0, error))
    g_clear_pointer (&tree, willis_tree_unref);
  return tree;
}
