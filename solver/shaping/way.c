/* SPDX-License-Identifier: Apache-2.0 */
/* The wire's way: along the tree to the neck, then relaxed like a soft wire. */
#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "solver/shaping/site-private.h"

#define END_MM 3.0     // near an end of the tree radii fall and the lumen is closed flat
#define SHORTEST_MM 6.0

typedef struct
{
  double distance;   // to the start
  double narrowest;  // smallest radius on the way
  int from, branch;  // node before, by this branch; -1: from the start itself
  gboolean done;
} Reach;

/* Whether a point of the tree is the sac's own: large sacs have a branch of theirs. */
static gboolean
in_sac (const double *x, const WillisNeck *neck, double reach)
{
  double d[3];

  vec3_sub (d, x, neck->centre_lps_mm);
  return vec3_dot (d, neck->normal) > 0.1 && vec3_norm (d) < reach;
}

/* The point of the tree nearest to the neck's centre that is not the sac's own. */
static gboolean
leave_point (const WillisTree *tree, const WillisNeck *neck, double reach, int *branch, gsize *point)
{
  double best = INFINITY;

  for (gsize b = 0; b < willis_tree_n_branches (tree); b++)
    {
      const WillisBranch *br = willis_tree_branch (tree, b);

      for (gsize i = 0; i < br->n_points; i++)
        {
          double size = vec3_dist (br->points_lps_mm + 3 * i, neck->centre_lps_mm);

          if (size >= best || in_sac (br->points_lps_mm + 3 * i, neck, reach))
            continue;
          best = size;
          *branch = (int) b;
          *point = i;
        }
    }
  return isfinite (best);
}

static double
narrowest (const WillisBranch *b, gsize lo, gsize hi)
{
  double least = INFINITY;

  for (gsize i = lo; i <= hi && i < b->n_points; i++)
    if ((b->abscissa_mm[i] > END_MM && b->abscissa_mm[i] < b->length_mm - END_MM) || b->length_mm < 2.5 * END_MM)
      least = MIN (least, b->radius_mm[i]);
  return least;
}

static void
relax_node (Reach *r, int node, double distance, double narrow, int from, int branch)
{
  if (distance < r[node].distance)
    r[node] = (Reach){ distance, narrow, from, branch, FALSE };
}

/* Dijkstra over the nodes from point of branch b. */
static Reach *
reach_nodes (const WillisTree *tree, int b, gsize point)
{
  gsize n = willis_tree_n_nodes (tree);
  Reach *r = g_new (Reach, MAX (n, 1));
  const WillisBranch *br = willis_tree_branch (tree, b);

  for (gsize i = 0; i < n; i++)
    r[i] = (Reach){ INFINITY, INFINITY, -1, -1, FALSE };
  relax_node (r, br->node[0], br->abscissa_mm[point], narrowest (br, 0, point), -1, b);
  relax_node (r, br->node[1], br->length_mm - br->abscissa_mm[point], narrowest (br, point, br->n_points - 1), -1, b);
  for (;;)
    {
      int at = -1;

      for (gsize i = 0; i < n; i++)
        if (!r[i].done && isfinite (r[i].distance) && (at < 0 || r[i].distance < r[at].distance))
          at = (int) i;
      if (at < 0)
        return r;
      r[at].done = TRUE;
      for (gsize k = 0; k < willis_tree_n_branches (tree); k++)
        {
          const WillisBranch *next = willis_tree_branch (tree, k);
          int side = next->node[0] == at ? 0 : next->node[1] == at ? 1 : -1;

          if (side < 0 || next->node[0] == next->node[1] || r[next->node[1 - side]].done)
            continue;
          relax_node (r, next->node[1 - side], r[at].distance + next->length_mm,
                      MIN (r[at].narrowest, narrowest (next, 0, next->n_points - 1)), at, (int) k);
        }
    }
}

/* Appends points lo .. hi (or falling) of a branch. */
static void
append_points (GArray *line, const WillisBranch *b, gsize from, gsize to)
{
  gssize step = from <= to ? 1 : -1;

  for (gssize i = (gssize) from;; i += step)
    {
      g_array_append_vals (line, b->points_lps_mm + 3 * i, 3);
      if (i == (gssize) to)
        return;
    }
}

/* The way from node to the start point, as points. */
static void
append_way (GArray *line, const WillisTree *tree, const Reach *r, int node, int branch, gsize point)
{
  for (;;)
    {
      const WillisBranch *b = willis_tree_branch (tree, r[node].branch);
      gsize at = b->node[0] == node ? 0 : b->n_points - 1;

      if (r[node].from < 0)
        {
          /* a branch that is a loop has both its ends here */
          append_points (line, willis_tree_branch (tree, branch), at, point);
          return;
        }
      append_points (line, b, at, b->n_points - 1 - at);
      node = r[node].from;
    }
}

/* The free end with the widest way to it, not that of the sac. */
static int
proposed_end (const WillisTree *tree, const Reach *r, const WillisNeck *neck, double reach)
{
  double best = -INFINITY;
  int at = -1;

  for (gsize i = 0; i < willis_tree_n_nodes (tree); i++)
    {
      const WillisBranch *b;
      double wide = 0.0, score;

      if (willis_tree_node (tree, i)->degree != 1 || !isfinite (r[i].distance) || r[i].distance < SHORTEST_MM)
        continue;
      b = willis_tree_branch (tree, r[i].branch);
      if (in_sac (b->points_lps_mm + 3 * (b->node[0] == (int) i ? 0 : b->n_points - 1), neck, reach))
        continue;
      for (gsize k = 0; k < b->n_points; k++)
        {
          double from_end = b->node[0] == (int) i ? b->abscissa_mm[k] : b->length_mm - b->abscissa_mm[k];

          if (from_end > 0.5 * END_MM && from_end < 3.0 * END_MM)
            wide = MAX (wide, b->radius_mm[k]);
        }
      score = (isfinite (r[i].narrowest) ? r[i].narrowest : 0.0) + 0.4 * wide;
      if (score > best)
        {
          best = score;
          at = (int) i;
        }
    }
  return at;
}

GArray *
_willis_shaping_tree_way (const WillisTree *tree, const WillisNeck *neck, double sac_reach_mm, const double *entry, GError **error)
{
  g_autofree Reach *r = NULL;
  g_autoptr (GArray) line = g_array_new (FALSE, FALSE, sizeof (double));
  int branch = 0, entry_branch;
  gsize point = 0, entry_point;
  double distance;

  if (!leave_point (tree, neck, sac_reach_mm, &branch, &point))
    {
      willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("The centreline tree does not come near the aneurysm's neck"));
      return NULL;
    }
  r = reach_nodes (tree, branch, point);
  if (entry == NULL)
    {
      int end = proposed_end (tree, r, neck, sac_reach_mm);

      if (end < 0)
        {
          willis_fail (error, WILLIS_ERROR_BAD_INPUT,
                       _ ("No way along the tree leads to the aneurysm's neck; give the entry on the tree"));
          return NULL;
        }
      append_way (line, tree, r, end, branch, point);
      return g_steal_pointer (&line);
    }
  if (!willis_tree_nearest (tree, entry, &entry_branch, &entry_point, &distance)
      || distance > 2.0 + willis_tree_branch (tree, entry_branch)->radius_mm[entry_point])
    {
      willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("The entry is not in an artery"));
      return NULL;
    }
  if (entry_branch == branch)
    append_points (line, willis_tree_branch (tree, branch), entry_point, point);
  else
    {
      const WillisBranch *b = willis_tree_branch (tree, entry_branch);
      double d0 = r[b->node[0]].distance + b->abscissa_mm[entry_point];
      double d1 = r[b->node[1]].distance + b->length_mm - b->abscissa_mm[entry_point];

      if (!isfinite (d0) && !isfinite (d1))
        {
          willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("No artery of the tree leads from the entry to the aneurysm's neck"));
          return NULL;
        }
      append_points (line, b, entry_point, d0 <= d1 ? 0 : b->n_points - 1);
      append_way (line, tree, r, b->node[d0 <= d1 ? 0 : 1], branch, point);
    }
  if (line->len < 6)
    {
      willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("The entry lies at the aneurysm's neck"));
      return NULL;
    }
  return g_steal_pointer (&line);
}

GArray *
_willis_shaping_resample (const double *line, gsize n, double step_mm)
{
  GArray *out = g_array_new (FALSE, FALSE, sizeof (double));
  g_autofree double *s = g_new0 (double, MAX (n, 1));
  gsize count, k = 0;

  for (gsize i = 1; i < n; i++)
    s[i] = s[i - 1] + vec3_dist (line + 3 * i, line + 3 * (i - 1));
  count = MAX (2, (gsize) ceil (s[n - 1] / step_mm) + 1);
  for (gsize i = 0; i < count; i++)
    {
      double at = s[n - 1] * i / (count - 1), x[3];

      while (k + 2 < n && s[k + 1] < at)
        k++;
      vec3_lerp (x, line + 3 * k, line + 3 * (k + 1), CLAMP ((at - s[k]) / fmax (s[k + 1] - s[k], 1e-12), 0.0, 1.0));
      g_array_append_vals (out, x, 3);
    }
  return out;
}

void
_willis_shaping_relax (const WillisLumen *lumen, double *x, gsize n, double margin, int rounds)
{
  g_autofree double *next = g_new (double, 3 * n);

  for (int round = 0; round < rounds; round++)
    {
      memcpy (next, x, sizeof (double) * 3 * n);
      for (gsize i = 2; i + 2 < n; i++)
        {
          double *y = next + 3 * i, g[3], phi;

          /* a step down the bending energy (fourth difference) with some tension */
          for (int k = 0; k < 3; k++)
            {
              const double *c = x + 3 * i + k;
              double second = c[-3] - 2.0 * c[0] + c[3], fourth = c[-6] - 4.0 * c[-3] + 6.0 * c[0] - 4.0 * c[3] + c[6];

              y[k] += 0.1 * second - 0.06 * fourth;
            }
          phi = willis_lumen_sample (lumen, y, g, NULL);
          if (phi < margin && phi > -5.0)
            {
              double size = fmax (vec3_norm (g), 0.3);

              vec3_axpy (y, y, fmin (0.3, 0.7 * (margin - phi)) / size, g);
            }
        }
      memcpy (x, next, sizeof (double) * 3 * n);
    }
}
