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
#include "core/vessel/profile.h"

#define TORSION_HALF_MM 4.0 // of the fit; shorter ones turn noise of the centreline into torsion

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

static WillisEstimate
estimate (double value, double lower, double upper)
{
  double a = lower - value, b = upper - value;

  return (WillisEstimate){ value, sqrt (0.5 * (a * a + b * b)) };
}

/* Unit direction in which a branch leaves the node at its end (ends) or start, from a radius on over `diameters`. */
static gboolean
leaves (const WillisBranch *branch, gboolean ends, double diameters, double out[3])
{
  double p[3], r, from, to;

  branch_at (branch, ends ? branch->length_mm : 0.0, p, &r);
  from = r;
  branch_at (branch, ends ? branch->length_mm - from : from, p, &r);
  to = MIN (from + 2.0 * diameters * r, branch->length_mm);
  if (to < from + 0.5 * r) // no more of it in the picture
    return FALSE;
  if (ends)
    direction (branch, branch->length_mm - to, branch->length_mm - from, out);
  else
    direction (branch, from, to, out);
  if (ends)
    vec3_scale (out, out, -1.0);
  return vec3_norm (out) > 0.0;
}

static double
angle_between (const double a[3], const double b[3])
{
  double x[3];

  vec3_cross (x, a, b);
  return atan2 (vec3_norm (x), vec3_dot (a, b));
}

/* The angles at a bifurcation: at[0] ends there, at[1] and at[2] are its daughters, the thicker first; ends: which of
 * them end at the node. */
static void
fill_angles (const WillisBranch *const at[3], const gboolean ends[3], WillisParent *out)
{
  static const double stretches[3] = { 1.0, 0.5, 2.0 }; // diameters
  double angle[3][3], ratio[3];

  for (int k = 0; k < 3; k++)
    {
      double d[3][3];

      for (int b = 0; b < 3; b++)
        if (!leaves (at[b], ends[b], stretches[k], d[b]))
          return;
      for (int b = 0; b < 3; b++)
        angle[b][k] = b == 0 ? angle_between (d[1], d[2]) : angle_between (d[0], d[b]);
      ratio[k] = angle[1][k] / MAX (angle[2][k], 1e-6);
    }
  out->bifurcation_angle = estimate (angle[0][0], angle[0][1], angle[0][2]);
  for (int b = 0; b < 2; b++)
    out->daughter_angle[b] = estimate (angle[b + 1][0], angle[b + 1][1], angle[b + 1][2]);
  out->lateral_ratio = estimate (ratio[0], ratio[1], ratio[2]);
}

static double
tortuosity_between (const WillisCoursePoint *p, gsize a, gsize b)
{
  return (p[b].at_mm - p[a].at_mm) / MAX (vec3_dist (p[a].centre_lps_mm, p[b].centre_lps_mm), 1e-9) - 1.0;
}

static void
fill_course (const WillisTree *tree, int branch, WillisParent *out)
{
  g_autoptr (WillisCourse) course = willis_course_new (tree, &branch, 1, NULL);
  const gsize step = (gsize) (1.0 / WILLIS_COURSE_STEP_MM);
  double value, torsion[3], curvature[2];
  gsize n;

  if (course == NULL || willis_course_length_mm (course) < 5.0)
    return;
  n = willis_course_n (course);
  value = willis_course_tortuosity (course);
  out->tortuosity = estimate (value, tortuosity_between (willis_course_points (course), step, n - 1),
                              tortuosity_between (willis_course_points (course), 0, n - 1 - step));
  curvature[0] = willis_course_turning (course, 1.0, &torsion[0]);
  curvature[1] = willis_course_turning (course, 2.0, &torsion[0]);
  out->curvature = estimate (willis_course_total_curvature (course), curvature[0], curvature[1]);
  for (int k = 0; k < 3; k++)
    willis_course_turning (course, (k == 0 ? 1.0 : k == 1 ? 0.75 : 1.25) * TORSION_HALF_MM, &torsion[k]);
  out->torsion = estimate (torsion[0], torsion[1], torsion[2]);
}

/* Keeps the two thickest in places 1 and 2. */
static void
offer_daughter (const WillisBranch *at, gboolean ends, double r, const WillisBranch *fork[3], gboolean fork_ends[3],
                double radius[3])
{
  int place = r > radius[1] ? 1 : 2;

  if (r <= radius[2])
    return;
  if (place == 1)
    {
      fork[2] = fork[1];
      fork_ends[2] = fork_ends[1];
      radius[2] = radius[1];
    }
  fork[place] = at;
  fork_ends[place] = ends;
  radius[place] = r;
}

/* The branches that meet at the node, but for those that run into the sac. */
static gboolean
fill_bifurcation (const WillisTree *tree, int node, const WillisNeck *neck, WillisParent *out, int *branch)
{
  double sum = 0.0, thickest = 0.0, radius[3] = { 0 };
  const WillisBranch *fork[3] = { NULL }; // parent, daughters
  gboolean fork_ends[3] = { TRUE, FALSE, FALSE };
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
        {
          offer_daughter (at, ends, r, fork, fork_ends, radius);
          continue;
        }
      if (fork[0] != NULL)
        offer_daughter (fork[0], TRUE, thickest, fork, fork_ends, radius);
      fork[0] = at;
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
  if (fork[2] != NULL)
    fill_angles (fork, fork_ends, out);
  return TRUE;
}

gboolean
willis_parent_find (const WillisTree *tree, const WillisNeck *neck, const double *neck_curve_lps_mm, gsize n_curve,
                    WillisParent *out, int *branch)
{
  double best = G_MAXDOUBLE, s_best = 0.0, node_best = G_MAXDOUBLE, p[3], r, half;
  const WillisEstimate unknown = { NAN, NAN };
  int found = -1, node = -1, ignored;

  memset (out, 0, sizeof *out);
  out->diameter_mm = NAN;
  out->bifurcation_angle = out->daughter_angle[0] = out->daughter_angle[1] = out->lateral_ratio = unknown;
  out->tortuosity = out->curvature = out->torsion = unknown;
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
    {
      fill_course (tree, *branch, out);
      return TRUE;
    }
  fill_sidewall (willis_tree_branch (tree, (gsize) found), neck, neck_curve_lps_mm, n_curve, s_best, out);
  fill_course (tree, found, out);
  return TRUE;
}
