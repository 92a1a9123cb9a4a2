/* SPDX-License-Identifier: Apache-2.0 */
#include "core/vessel/tree.h"

#include <math.h>

#include "core/base/digest.h"
#include "core/base/error.h"
#include "core/num/vec3.h"

struct _WillisTree
{
  gatomicrefcount refs;
  WillisTreeNode *nodes;   // [n_nodes]
  WillisBranch *branches;  // [n_branches]
  gsize n_nodes, n_branches;
  GMutex lock; // guards digest
  char *digest;
};

/* Arc length along the polyline of branch b, from its start. */
static void
fill_abscissa (WillisBranch *b)
{
  b->abscissa_mm = g_new0 (double, MAX (b->n_points, 1));
  for (gsize i = 1; i < b->n_points; i++)
    b->abscissa_mm[i] = b->abscissa_mm[i - 1]
                        + vec3_dist (b->points_lps_mm + 3 * i, b->points_lps_mm + 3 * (i - 1));
}

WillisTree *
willis_tree_new_take (WillisTreeNode *nodes, gsize n_nodes, WillisBranch *branches, gsize n_branches)
{
  WillisTree *tree = g_new0 (WillisTree, 1);

  g_atomic_ref_count_init (&tree->refs);
  g_mutex_init (&tree->lock);
  tree->nodes = nodes;
  tree->n_nodes = n_nodes;
  tree->branches = branches;
  tree->n_branches = n_branches;
  for (gsize n = 0; n < n_branches; n++)
    {
      WillisBranch *b = branches + n;

      if (b->abscissa_mm == NULL)
        fill_abscissa (b);
      b->length_mm = b->n_points > 0 ? b->abscissa_mm[b->n_points - 1] : 0.0;
    }
  return tree;
}

static void
clear_parts (WillisBranch *b)
{
  for (gsize k = 0; k < b->n_parts; k++)
    g_free (b->parts[k].name);
  g_clear_pointer (&b->parts, g_free);
  b->n_parts = 0;
}

WillisTree *
willis_tree_copy (const WillisTree *tree)
{
  WillisTreeNode *nodes = g_new0 (WillisTreeNode, tree->n_nodes + 1);
  WillisBranch *branches = g_new0 (WillisBranch, tree->n_branches + 1);

  for (gsize n = 0; n < tree->n_nodes; n++)
    nodes[n] = tree->nodes[n];
  for (gsize n = 0; n < tree->n_branches; n++)
    {
      const WillisBranch *from = tree->branches + n;
      WillisBranch *to = branches + n;

      *to = *from;
      to->name = g_strdup (from->name);
      to->points_lps_mm = g_memdup2 (from->points_lps_mm, 3 * from->n_points * sizeof (double));
      to->radius_mm = g_memdup2 (from->radius_mm, from->n_points * sizeof (double));
      to->abscissa_mm = g_memdup2 (from->abscissa_mm, from->n_points * sizeof (double));
      to->parts = g_memdup2 (from->parts, from->n_parts * sizeof (WillisBranchPart));
      for (gsize k = 0; k < from->n_parts; k++)
        to->parts[k].name = g_strdup (from->parts[k].name);
    }
  return willis_tree_new_take (nodes, tree->n_nodes, branches, tree->n_branches);
}

void
willis_tree_set_name (WillisTree *tree, gsize n, const char *name, double confidence, gboolean by_hand)
{
  g_return_if_fail (n < tree->n_branches);
  g_free (tree->branches[n].name);
  tree->branches[n].name = name != NULL && *name != '\0' ? g_strdup (name) : NULL;
  tree->branches[n].confidence = confidence;
  tree->branches[n].by_hand = by_hand;
}

void
willis_tree_take_parts (WillisTree *tree, gsize n, WillisBranchPart *parts, gsize n_parts)
{
  g_return_if_fail (n < tree->n_branches);
  clear_parts (tree->branches + n);
  tree->branches[n].parts = parts;
  tree->branches[n].n_parts = n_parts;
}

WillisTree *
willis_tree_ref (WillisTree *tree)
{
  g_atomic_ref_count_inc (&tree->refs);
  return tree;
}

void
willis_tree_unref (WillisTree *tree)
{
  if (tree == NULL || !g_atomic_ref_count_dec (&tree->refs))
    return;
  for (gsize n = 0; n < tree->n_branches; n++)
    {
      WillisBranch *b = tree->branches + n;

      g_free (b->name);
      clear_parts (b);
      g_free (b->points_lps_mm);
      g_free (b->radius_mm);
      g_free (b->abscissa_mm);
    }
  g_free (tree->branches);
  g_free (tree->nodes);
  g_free (tree->digest);
  g_mutex_clear (&tree->lock);
  g_free (tree);
}

gsize
willis_tree_n_nodes (const WillisTree *tree)
{
  return tree->n_nodes;
}

const WillisTreeNode *
willis_tree_node (const WillisTree *tree, gsize n)
{
  g_return_val_if_fail (n < tree->n_nodes, NULL);
  return tree->nodes + n;
}

gsize
willis_tree_n_branches (const WillisTree *tree)
{
  return tree->n_branches;
}

const WillisBranch *
willis_tree_branch (const WillisTree *tree, gsize n)
{
  g_return_val_if_fail (n < tree->n_branches, NULL);
  return tree->branches + n;
}

static gboolean
check_branch (const WillisTree *tree, gsize n, GError **error)
{
  const WillisBranch *b = tree->branches + n;

  for (int e = 0; e < 2; e++)
    if (b->node[e] < 0 || (gsize) b->node[e] >= tree->n_nodes)
      return willis_fail (error, WILLIS_ERROR_BAD_INPUT,
                          "centreline branch %" G_GSIZE_FORMAT " ends at a node that is not there", n);
  if (b->n_points < 1 || b->component < 0)
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, "centreline branch %" G_GSIZE_FORMAT " is empty", n);
  for (gsize i = 0; i < b->n_points; i++)
    {
      const double *p = b->points_lps_mm + 3 * i;

      if (!isfinite (p[0]) || !isfinite (p[1]) || !isfinite (p[2]) || !isfinite (b->abscissa_mm[i]))
        return willis_fail (error, WILLIS_ERROR_BAD_INPUT,
                            "centreline branch %" G_GSIZE_FORMAT " has a point that is not finite", n);
      if (!(b->radius_mm[i] > 0.0) || !isfinite (b->radius_mm[i]))
        return willis_fail (error, WILLIS_ERROR_BAD_INPUT,
                            "centreline branch %" G_GSIZE_FORMAT " has a radius that is not positive", n);
      if (i > 0 && !(b->abscissa_mm[i] > b->abscissa_mm[i - 1]))
        return willis_fail (error, WILLIS_ERROR_BAD_INPUT,
                            "centreline branch %" G_GSIZE_FORMAT " does not advance at point %" G_GSIZE_FORMAT,
                            n, i);
    }
  return TRUE;
}

gboolean
willis_tree_check (const WillisTree *tree, GError **error)
{
  for (gsize n = 0; n < tree->n_nodes; n++)
    {
      const WillisTreeNode *node = tree->nodes + n;

      if (!isfinite (node->lps_mm[0]) || !isfinite (node->lps_mm[1]) || !isfinite (node->lps_mm[2])
          || node->degree < 0)
        return willis_fail (error, WILLIS_ERROR_BAD_INPUT,
                            "centreline node %" G_GSIZE_FORMAT " is not finite", n);
    }
  for (gsize n = 0; n < tree->n_branches; n++)
    if (!check_branch (tree, n, error))
      return FALSE;
  return TRUE;
}

gsize
willis_branch_nearest (const WillisBranch *branch, const double lps_mm[3], double *distance_mm)
{
  double best = INFINITY, d[3];
  gsize nearest = 0;

  for (gsize i = 0; i < branch->n_points; i++)
    {
      vec3_sub (d, branch->points_lps_mm + 3 * i, lps_mm);
      if (vec3_norm2 (d) >= best)
        continue;
      best = vec3_norm2 (d);
      nearest = i;
    }
  if (distance_mm != NULL)
    *distance_mm = sqrt (best);
  return nearest;
}

gboolean
willis_tree_nearest (const WillisTree *tree, const double lps_mm[3], int *branch, gsize *point,
                     double *distance_mm)
{
  double best = INFINITY;

  for (gsize n = 0; n < tree->n_branches; n++)
    {
      double distance;
      gsize i = willis_branch_nearest (tree->branches + n, lps_mm, &distance);

      if (distance >= best)
        continue;
      best = distance;
      if (branch != NULL)
        *branch = (int) n;
      if (point != NULL)
        *point = i;
    }
  if (distance_mm != NULL && isfinite (best))
    *distance_mm = best;
  return isfinite (best);
}

static char *
make_digest (const WillisTree *tree)
{
  WillisDigest *digest = willis_digest_new ();

  willis_digest_int (digest, (gint64) tree->n_nodes);
  for (gsize n = 0; n < tree->n_nodes; n++)
    {
      willis_digest_doubles (digest, tree->nodes[n].lps_mm, 3);
      willis_digest_int (digest, tree->nodes[n].degree);
    }
  willis_digest_int (digest, (gint64) tree->n_branches);
  for (gsize n = 0; n < tree->n_branches; n++)
    {
      const WillisBranch *b = tree->branches + n;

      willis_digest_int (digest, b->node[0]);
      willis_digest_int (digest, b->node[1]);
      willis_digest_string (digest, NULL); // where the name stood
      willis_digest_int (digest, b->component);
      willis_digest_int (digest, (gint64) b->n_points);
      willis_digest_doubles (digest, b->points_lps_mm, 3 * b->n_points);
      willis_digest_doubles (digest, b->radius_mm, b->n_points);
      willis_digest_doubles (digest, b->abscissa_mm, b->n_points);
    }
  return willis_digest_finish (digest);
}

const char *
willis_tree_digest (const WillisTree *tree)
{
  WillisTree *self = (WillisTree *) tree; // only the remembered value changes, under the lock

  g_mutex_lock (&self->lock);
  if (self->digest == NULL)
    self->digest = make_digest (tree);
  g_mutex_unlock (&self->lock);
  return self->digest;
}
