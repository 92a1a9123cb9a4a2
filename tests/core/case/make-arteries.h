/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * A tree of straight arteries side by side, in any order.
 */
#include "core/num/vec3.h"
#include "core/vessel/tree.h"

/* Straight arteries of 2 mm radius along z through (x, 0), each of its own. */
static inline WillisTree *
make_arteries (const char *const *names, const double *x, gsize n)
{
  WillisTreeNode *nodes = g_new0 (WillisTreeNode, 2 * n);
  WillisBranch *branches = g_new0 (WillisBranch, n);

  for (gsize b = 0; b < n; b++)
    {
      branches[b].node[0] = (int) (2 * b);
      branches[b].node[1] = (int) (2 * b + 1);
      branches[b].component = (int) b;
      branches[b].name = g_strdup (names[b]);
      branches[b].n_points = 41;
      branches[b].points_lps_mm = g_new0 (double, 3 * 41);
      branches[b].radius_mm = g_new0 (double, 41);
      for (gsize i = 0; i < 41; i++)
        {
          vec3_set (branches[b].points_lps_mm + 3 * i, x[b], 0.0, (double) i - 20.0);
          branches[b].radius_mm[i] = 2.0;
        }
      for (int e = 0; e < 2; e++)
        {
          vec3_copy (nodes[2 * b + (gsize) e].lps_mm, branches[b].points_lps_mm + (e == 0 ? 0 : 3 * 40));
          nodes[2 * b + (gsize) e].degree = 1;
        }
    }
  return willis_tree_new_take (nodes, 2 * n, branches, n);
}
