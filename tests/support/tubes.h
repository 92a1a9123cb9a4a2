/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * A WillisTree of straight arteries that meet where their ends do.
 */
#include "core/num/vec3.h"
#include "core/vessel/tree.h"

typedef struct
{
  const char *name;
  double from[3], to[3], radius;
} Tube;

/* A tree of straight tubes, joined where their ends are the same place. */
static inline WillisTree *
tubes_tree (const Tube *tubes, gsize n)
{
  g_autoptr (GArray) nodes = g_array_new (FALSE, FALSE, sizeof (WillisTreeNode));
  WillisBranch *branches = g_new0 (WillisBranch, n);

  for (gsize t = 0; t < n; t++)
    {
      WillisBranch *b = branches + t;

      b->name = g_strdup (tubes[t].name);
      b->confidence = 0.9;
      b->n_points = 21;
      b->points_lps_mm = g_new (double, 63);
      b->radius_mm = g_new (double, 21);
      for (int i = 0; i <= 20; i++)
        {
          vec3_lerp (b->points_lps_mm + 3 * i, tubes[t].from, tubes[t].to, i / 20.0);
          b->radius_mm[i] = tubes[t].radius;
        }
      for (int e = 0; e < 2; e++)
        {
          const double *p = e == 0 ? tubes[t].from : tubes[t].to;
          guint found = 0;

          while (found < nodes->len && vec3_dist (g_array_index (nodes, WillisTreeNode, found).lps_mm, p) > 1e-9)
            found++;
          if (found == nodes->len)
            {
              WillisTreeNode node = { { p[0], p[1], p[2] }, 0 };

              g_array_append_val (nodes, node);
            }
          g_array_index (nodes, WillisTreeNode, found).degree++;
          b->node[e] = (int) found;
        }
    }
  {
    gsize n_nodes = nodes->len;

    return willis_tree_new_take ((WillisTreeNode *) (void *) g_array_free (g_steal_pointer (&nodes), FALSE), n_nodes,
                                 branches, n);
  }
}
