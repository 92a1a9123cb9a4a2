/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * A WillisTree from centreline files whose lines all run from one inlet to an outlet each: what two lines share is kept
 * once.
 */
#include "core/io/surface-io.h"
#include "core/num/vec3.h"
#include "core/vessel/tree.h"

typedef struct
{
  GArray *nodes;    // WillisTreeNode
  GArray *branches; // WillisBranch
} CentrelineBuild;

static inline int
centreline_node (CentrelineBuild *build, const double p[3])
{
  WillisTreeNode node = { { p[0], p[1], p[2] }, 0 };

  g_array_append_val (build->nodes, node);
  return (int) build->nodes->len - 1;
}

static inline void
centreline_branch (CentrelineBuild *build, const WillisPolyline *line, gsize from, gsize to, int start, int end)
{
  WillisBranch branch = { .node = { start, end }, .n_points = to - from + 1 };

  branch.points_lps_mm = g_memdup2 (line->points_lps_mm + 3 * from, 3 * branch.n_points * sizeof (double));
  branch.radius_mm = g_memdup2 (line->radius_mm + from, branch.n_points * sizeof (double));
  g_array_index (build->nodes, WillisTreeNode, start).degree++;
  g_array_index (build->nodes, WillisTreeNode, end).degree++;
  g_array_append_val (build->branches, branch);
}

/* Nearest branch point that lies within a third of its radius of p; FALSE where there is none. */
static inline gboolean
centreline_shared (const CentrelineBuild *build, const double p[3], guint *branch, gsize *point)
{
  double best = 1.0 / 3.0;

  for (guint b = 0; b < build->branches->len; b++)
    {
      const WillisBranch *at = &g_array_index (build->branches, WillisBranch, b);

      for (gsize i = 0; i < at->n_points; i++)
        {
          double d = vec3_dist (at->points_lps_mm + 3 * i, p) / at->radius_mm[i];

          if (d < best)
            {
              best = d;
              *branch = b;
              *point = i;
            }
        }
    }
  return best < 1.0 / 3.0;
}

/* Splits branch b at a point into two; returns the node there. */
static inline int
centreline_split (CentrelineBuild *build, guint b, gsize point)
{
  WillisBranch *at = &g_array_index (build->branches, WillisBranch, b), tail = *at;
  int node;

  if (point == 0 || point + 1 >= at->n_points)
    return at->node[point == 0 ? 0 : 1];
  node = centreline_node (build, at->points_lps_mm + 3 * point);
  g_array_index (build->nodes, WillisTreeNode, node).degree = 2;
  tail.n_points = at->n_points - point;
  tail.points_lps_mm = g_memdup2 (at->points_lps_mm + 3 * point, 3 * tail.n_points * sizeof (double));
  tail.radius_mm = g_memdup2 (at->radius_mm + point, tail.n_points * sizeof (double));
  tail.node[0] = node;
  at->node[1] = node;
  at->n_points = point + 1;
  g_array_append_val (build->branches, tail);
  return node;
}

static inline WillisTree *
centreline_tree (const char *path, GError **error)
{
  g_autoptr (GArray) lines = willis_polylines_parse (path, error);
  CentrelineBuild build;

  if (lines == NULL)
    return NULL;
  build.nodes = g_array_new (FALSE, FALSE, sizeof (WillisTreeNode));
  build.branches = g_array_new (FALSE, FALSE, sizeof (WillisBranch));
  for (guint l = 0; l < lines->len; l++)
    {
      const WillisPolyline *line = &g_array_index (lines, WillisPolyline, l);
      gsize from = line->n - 1, point = 0;
      guint b = 0;
      int start, end;

      if (line->n < 2 || line->radius_mm == NULL)
        continue;
      /* from the outlet back to where it meets what is there already */
      while (from > 0 && !centreline_shared (&build, line->points_lps_mm + 3 * from, &b, &point))
        from--;
      if (from + 2 >= line->n)
        continue;
      start = from == 0 ? centreline_node (&build, line->points_lps_mm) : centreline_split (&build, b, point);
      end = centreline_node (&build, line->points_lps_mm + 3 * (line->n - 1));
      centreline_branch (&build, line, from, line->n - 1, start, end);
    }
  {
    gsize n_nodes = build.nodes->len, n_branches = build.branches->len;

    return willis_tree_new_take ((WillisTreeNode *) (void *) g_array_free (build.nodes, FALSE), n_nodes,
                                 (WillisBranch *) (void *) g_array_free (build.branches, FALSE), n_branches);
  }
}
