/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the parent artery contributes to the indices (Dhar 2008): for a sidewall aneurysm the mean of the diameters at
 * the proximal edge of the neck (D1) and 1.5 D1 upstream of it; at a bifurcation the same for every branch that
 * meets there, averaged.
 */
#include <math.h>
#include <string.h>

#include "core/num/vec3.h"
#include "core/vessel/aneurysm.h"

/* A place on a branch. */
typedef struct
{
  const WillisBranch *branch;
  double s; // abscissa, mm
} Place;

static void
branch_at (const WillisBranch *branch, double s, double point[3], double *radius)
{
  gsize i = 0;
  double t;

  while (i + 2 < branch->n_points && branch->abscissa_mm[i + 1] < s)
    i++;
  if (branch->n_points == 1)
    {
      vec3_copy (point, branch->points_lps_mm);
      *radius = branch->radius_mm[0];
      return;
    }
  t = branch->abscissa_mm[i + 1] > branch->abscissa_mm[i]
          ? CLAMP ((s - branch->abscissa_mm[i]) / (branch->abscissa_mm[i + 1] - branch->abscissa_mm[i]), 0.0, 1.0)
          : 0.0;
  vec3_lerp (point, branch->points_lps_mm + 3 * i, branch->points_lps_mm + 3 * (i + 1), t);
  *radius = (1.0 - t) * branch->radius_mm[i] + t * branch->radius_mm[i + 1];
}

/* Unit direction of rising abscissa between two abscissae. */
static void
direction (const WillisBranch *branch, double from, double to, double out[3])
{
  double a[3], b[3], r;

  branch_at (branch, from, a, &r);
  branch_at (branch, to, b, &r);
  vec3_sub (out, b, a);
  vec3_normalize (out);
}

/* Nearest point of a branch below the neck plane to q: abscissa and distance minus radius. */
static double
nearest_on (const WillisBranch *branch, const WillisNeck *neck, const double q[3], double *s)
{
  double best = G_MAXDOUBLE;

  for (gsize i = 0; i < branch->n_points; i++)
    {
      double d[3], gap;

      vec3_sub (d, branch->points_lps_mm + 3 * i, neck->centre_lps_mm);
      if (vec3_dot (d, neck->normal) > 0.3 * branch->radius_mm[i]) // in the sac, or beyond it
        continue;
      gap = vec3_dist (branch->points_lps_mm + 3 * i, q) - branch->radius_mm[i];
      if (gap < best)
        {
          best = gap;
          *s = branch->abscissa_mm[i];
        }
    }
  return best;
}

/* Mean of D1 at `edge` and D2 1.5 D1 further along, going down (sign -1) or up (+1) the abscissa. */
static double
mean_diameter (const WillisBranch *branch, double edge, double sign)
{
  double p[3], r1, r2;

  branch_at (branch, edge, p, &r1);
  branch_at (branch, edge + sign * 3.0 * r1, p, &r2);
  return r1 + r2;
}

static void
fill_sidewall (const WillisBranch *branch, const WillisNeck *neck, const double *curve, gsize n_curve, double s_centre,
               WillisParent *out)
{
  double edge = s_centre, p[3], r, ahead;

  for (gsize i = 0; i < n_curve; i++) // the proximal edge of the neck
    {
      double s;

      if (nearest_on (branch, neck, curve + 3 * i, &s) < G_MAXDOUBLE)
        edge = MIN (edge, s);
    }
  branch_at (branch, edge, p, &r);
  out->diameter_mm = mean_diameter (branch, edge, -1.0);
  ahead = MIN (edge + r, branch->length_mm);
  direction (branch, MAX (edge - r, 0.0), MAX (ahead, MIN (0.5 * r, branch->length_mm)), out->axis);
  if (edge > r)
    direction (branch, MAX (edge - 3.0 * r, 0.0), edge, out->upstream);
  else
    vec3_copy (out->upstream, out->axis);
}

/* The branches that meet at the node, but for those that run into the sac. */
static gboolean
fill_bifurcation (const WillisTree *tree, int node, const WillisNeck *neck, WillisParent *out, int *branch)
{
  double sum = 0.0, thickest = 0.0;
  int n = 0;

  for (gsize b = 0; b < willis_tree_n_branches (tree); b++)
    {
      const WillisBranch *at = willis_tree_branch (tree, b);
      gboolean ends = at->node[1] == node;
      double p[3], r, d[3], edge, towards[3];

      if ((!ends && at->node[0] != node) || at->length_mm <= 0.0)
        continue;
      branch_at (at, ends ? at->length_mm : 0.0, p, &r);
      edge = ends ? MAX (at->length_mm - r, 0.0) : MIN (r, at->length_mm);
      branch_at (at, ends ? MAX (edge - r, 0.0) : MIN (edge + r, at->length_mm), p, &r);
      vec3_sub (d, p, neck->centre_lps_mm);
      if (vec3_dot (d, neck->normal) > 0.5 * r)
        continue;
      sum += mean_diameter (at, edge, ends ? -1.0 : 1.0);
      n++;
      if (!ends || r <= thickest)
        continue;
      thickest = r;
      *branch = (int) b;
      direction (at, MAX (edge - r, 0.0), at->length_mm, towards);
      vec3_copy (out->axis, towards);
      direction (at, MAX (edge - 3.0 * r, 0.0), edge, out->upstream);
      if (vec3_norm (out->upstream) == 0.0)
        vec3_copy (out->upstream, towards);
    }
  if (n < 2 || thickest == 0.0)
    return FALSE;
  out->diameter_mm = sum / n;
  return TRUE;
}

gboolean
willis_parent_find (const WillisTree *tree, const WillisNeck *neck, const double *neck_curve_lps_mm, gsize n_curve,
                    WillisParent *out, int *branch)
{
  double best = G_MAXDOUBLE, s_best = 0.0, node_best = G_MAXDOUBLE, p[3], r, half;
  int found = -1, node = -1, ignored;

  memset (out, 0, sizeof *out);
  out->diameter_mm = NAN;
  branch = branch != NULL ? branch : &ignored;
  *branch = -1;
  for (gsize b = 0; tree != NULL && b < willis_tree_n_branches (tree); b++)
    {
      double s = 0.0, gap = nearest_on (willis_tree_branch (tree, b), neck, neck->centre_lps_mm, &s);

      if (gap < best)
        {
          best = gap;
          s_best = s;
          found = (int) b;
        }
    }
  if (found < 0)
    return FALSE;
  branch_at (willis_tree_branch (tree, (gsize) found), s_best, p, &r);
  half = 0.0; // half the width of the neck
  for (gsize i = 0; i < n_curve; i++)
    half += vec3_dist (neck_curve_lps_mm + 3 * i, neck->centre_lps_mm) / (double) n_curve;
  if (best > MAX (2.0 * r, half)) // the tree passes elsewhere
    return FALSE;
  *branch = found;
  for (gsize i = 0; i < willis_tree_n_nodes (tree); i++)
    {
      const WillisTreeNode *at = willis_tree_node (tree, i);
      double distance = vec3_dist (at->lps_mm, neck->centre_lps_mm);

      if (at->degree >= 3 && distance < node_best)
        {
          node_best = distance;
          node = (int) i;
        }
    }
  if (node >= 0 && node_best < 1.2 * r + 0.5 * half && fill_bifurcation (tree, node, neck, out, branch))
    return TRUE;
  fill_sidewall (willis_tree_branch (tree, (gsize) found), neck, neck_curve_lps_mm, n_curve, s_best, out);
  return TRUE;
}
