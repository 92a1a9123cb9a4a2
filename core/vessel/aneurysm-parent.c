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
#include "core/vessel/parent-axis.h"
#include "core/vessel/profile.h"

#define MOUTH_MARGIN 0.5    // radii beside a mouth, or before its plane, that are not yet the artery's own
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

/* Does blood run through branch b from its end to its start? Where the names do not say, the tree has it right. */
static gboolean
runs_back (const WillisTree *tree, gsize b)
{
  const int alone = (int) b;

  return willis_flow_along (tree, &alone, 1) < 0;
}

/* Unit direction of the blood from one abscissa to a later one. */
static void
flow_direction (const WillisBranch *branch, gboolean back, double from, double to, double out[3])
{
  direction (branch, CLAMP (from, 0.0, branch->length_mm), CLAMP (to, 0.0, branch->length_mm), out);
  if (back)
    vec3_scale (out, out, -1.0);
}

static void
fill_sidewall (const WillisTree *tree, int b, const WillisNeck *neck, const double *curve, gsize n_curve,
               double s_centre, WillisParent *out)
{
  const WillisBranch *branch = willis_tree_branch (tree, (gsize) b);
  const gboolean back = runs_back (tree, (gsize) b);
  const double up = back ? 1.0 : -1.0; // the abscissa's sense against the blood
  double edge = s_centre, lee = s_centre, p[3], r, rest;
  WillisLimb before, after;

  for (gsize i = 0; i < n_curve; i++) // the proximal and the distal edge of the neck
    {
      double s;

      if (nearest_on (branch, neck, curve + 3 * i, &s) == G_MAXDOUBLE)
        continue;
      edge = back ? MAX (edge, s) : MIN (edge, s);
      lee = back ? MIN (lee, s) : MAX (lee, s);
    }
  branch_at (branch, edge, p, &r);
  out->diameter_mm = mean_diameter (branch, edge, up);
  rest = back ? branch->length_mm - edge : edge; // of the artery upstream
  before = (WillisLimb){ b, edge + MOUTH_MARGIN * r * up, up, fabs (edge - s_centre) + MOUTH_MARGIN * r };
  after = (WillisLimb){ b, lee - MOUTH_MARGIN * r * up, -up, fabs (lee - s_centre) + MOUTH_MARGIN * r };
  if (!willis_parent_axis (tree, &before, &after, neck->centre_lps_mm, out->axis))
    flow_direction (branch, back, edge - r, edge + r, out->axis);
  if (rest > r)
    flow_direction (branch, back, MIN (edge, edge + 3.0 * up * r), MAX (edge, edge + 3.0 * up * r), out->upstream);
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

/* An artery at a bifurcation. */
typedef struct
{
  gsize branch;
  double radius; // where it is its own
  gboolean ends; // at the node: else it starts there
  int flow;      // into the node: 1; out of it: -1; as the names say, else as the tree has it, less surely
  gboolean sure;
} Meets;

/* Thicker first. */
static int
compare_meets (const void *a, const void *b)
{
  const Meets *x = a, *y = b;

  return x->radius != y->radius ? (x->radius < y->radius) - (x->radius > y->radius)
                                : (x->branch > y->branch) - (x->branch < y->branch);
}

/* How far from its end at the node a branch is its own. */
static double
own_from (const WillisBranch *branch, gboolean ends)
{
  double p[3], r;

  branch_at (branch, ends ? branch->length_mm : 0.0, p, &r);
  return MIN (r, branch->length_mm);
}

/* The abscissa so far from the end at the node. */
static double
from_node (const WillisBranch *branch, gboolean ends, double mm)
{
  return CLAMP (ends ? branch->length_mm - mm : mm, 0.0, branch->length_mm);
}

/* Unit direction along a branch towards the node, from so far to so near of it. */
static void
along_to_node (const WillisBranch *branch, gboolean ends, double far, double near, double out[3])
{
  double a[3], b[3], r;

  branch_at (branch, from_node (branch, ends, far), a, &r);
  branch_at (branch, from_node (branch, ends, near), b, &r);
  vec3_sub (out, b, a);
  vec3_normalize (out);
}

/* The arteries that meet at the node (new array of Meets, the thickest first), but for those that run into the sac. */
static GArray *
meeting_at (const WillisTree *tree, int node, const WillisNeck *neck)
{
  GArray *out = g_array_new (FALSE, FALSE, sizeof (Meets));

  for (gsize b = 0; b < willis_tree_n_branches (tree); b++)
    {
      const WillisBranch *at = willis_tree_branch (tree, b);
      const int alone = (int) b;
      Meets m = { .branch = b, .ends = at->node[1] == node };
      double p[3], d[3], own;
      int along;

      if ((!m.ends && at->node[0] != node) || at->length_mm <= 0.0)
        continue;
      own = own_from (at, m.ends);
      branch_at (at, from_node (at, m.ends, own), p, &m.radius);
      branch_at (at, from_node (at, m.ends, own + m.radius), p, &m.radius);
      vec3_sub (d, p, neck->centre_lps_mm);
      if (vec3_dot (d, neck->normal) > 0.5 * m.radius)
        continue;
      along = willis_flow_along (tree, &alone, 1);
      m.sure = along != 0;
      m.flow = (along < 0) == m.ends ? -1 : 1;
      g_array_append_val (out, m);
    }
  g_array_sort (out, compare_meets);
  return out;
}

/* Which of the arteries that meet brings the blood: the thickest that surely runs in, else the thickest that may. */
static int
find_parent (const GArray *meets)
{
  int unsure = -1;

  for (guint i = 0; i < meets->len; i++)
    {
      const Meets *m = &g_array_index (meets, Meets, i);

      if (m->flow > 0 && m->sure)
        return (int) i;
      if (m->flow > 0 && unsure < 0)
        unsure = (int) i;
    }
  return unsure;
}

/* A branch from where it leaves the mouth of a sac at the node. */
static WillisLimb
limb_from (const WillisTree *tree, int b, int node, const WillisNeck *neck, const double *curve, gsize n_curve)
{
  const WillisBranch *branch = willis_tree_branch (tree, (gsize) b);
  const gboolean ends = branch->node[1] == node;
  double mm = 0.0, p[3], r;

  for (gsize i = 0; i < n_curve; i++)
    {
      double s;

      if (nearest_on (branch, neck, curve + 3 * i, &s) < G_MAXDOUBLE)
        mm = MAX (mm, ends ? branch->length_mm - s : s);
    }
  branch_at (branch, from_node (branch, ends, mm), p, &r);
  mm = MIN (mm + MOUTH_MARGIN * r, branch->length_mm);
  return (WillisLimb){ b, from_node (branch, ends, mm), ends ? -1.0 : 1.0, mm };
}

static gboolean
fill_bifurcation (const WillisTree *tree, int node, const WillisNeck *neck, const double *curve, gsize n_curve,
                  WillisParent *out, int *branch)
{
  g_autoptr (GArray) meets = meeting_at (tree, node, neck);
  const WillisBranch *fork[3] = { NULL }, *at; // parent, the two thickest daughters
  gboolean ends[3] = { FALSE };
  int parent = find_parent (meets), n = 0;
  double sum = 0.0, own, r;
  WillisLimb before, after = { -1, 0.0, 1.0, 0.0 };
  const Meets *in;
  int on;

  if (meets->len < 2 || parent < 0)
    return FALSE;
  for (guint i = 0; i < meets->len; i++)
    {
      const Meets *m = &g_array_index (meets, Meets, i);
      int place = (int) i == parent ? 0 : ++n;

      at = willis_tree_branch (tree, m->branch);
      sum += mean_diameter (at, from_node (at, m->ends, own_from (at, m->ends)), m->ends ? -1.0 : 1.0);
      if (place < 3)
        {
          fork[place] = at;
          ends[place] = m->ends;
        }
    }
  in = &g_array_index (meets, Meets, parent);
  at = fork[0];
  own = own_from (at, in->ends);
  r = in->radius;
  *branch = (int) in->branch;
  out->diameter_mm = sum / meets->len;
  along_to_node (at, in->ends, own + 3.0 * r, own, out->upstream);
  if (vec3_norm (out->upstream) == 0.0)
    along_to_node (at, in->ends, own, 0.0, out->upstream);
  on = willis_artery_goes_on (tree, node, *branch);
  before = limb_from (tree, *branch, node, neck, curve, n_curve);
  if (on >= 0)
    after = limb_from (tree, on, node, neck, curve, n_curve);
  if (!willis_parent_axis (tree, &before, &after, neck->centre_lps_mm, out->axis))
    vec3_copy (out->axis, out->upstream);
  if (fork[2] != NULL)
    fill_angles (fork, ends, out);
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
  if (node >= 0 && node_best < 1.2 * r + 0.5 * half
      && fill_bifurcation (tree, node, neck, neck_curve_lps_mm, n_curve, out, branch))
    {
      fill_course (tree, *branch, out);
      return TRUE;
    }
  fill_sidewall (tree, found, neck, neck_curve_lps_mm, n_curve, s_best, out);
  fill_course (tree, found, out);
  return TRUE;
}
