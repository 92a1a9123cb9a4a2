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

#define TORSION_HALF_MM 4.0 // of the fit; shorter ones turn noise of the centreline into torsion

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

/* The angles at a fork: between its parent a[0] and its two thickest daughters. */
static void
fill_angles (const WillisTree *tree, const WillisMouthArtery *a, WillisParent *out)
{
  static const double stretches[3] = { 1.0, 0.5, 2.0 }; // diameters
  double angle[3][3], ratio[3];

  for (int k = 0; k < 3; k++)
    {
      double d[3][3];

      for (int b = 0; b < 3; b++)
        if (!leaves (willis_tree_branch (tree, (gsize) a[b].limb.branch), a[b].limb.away < 0.0, stretches[k], d[b]))
          vec3_copy (d[b], a[b].away); // of a short one what there is
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

/* The way of the blood at the neck and before it. */
static void
fill_axis (const WillisTree *tree, const WillisMouth *mouth, const WillisNeck *neck, WillisParent *out)
{
  const WillisMouthArtery *a = (const WillisMouthArtery *) (void *) mouth->arteries->data;
  const WillisLimb none = { -1, 0.0, 1.0, 0.0 };
  const gboolean goes_on = !mouth->fork && mouth->arteries->len > 1;
  const WillisLimb *before = mouth->has_in ? &a[0].limb : &none;
  const WillisLimb *after = !mouth->has_in ? &a[0].limb : goes_on ? &a[1].limb : &none;

  vec3_scale (out->upstream, a[0].away, mouth->has_in ? -1.0 : 1.0);
  if (!willis_parent_axis (tree, before, after, neck->centre_lps_mm, out->axis))
    vec3_copy (out->axis, out->upstream);
  if (vec3_norm (out->upstream) == 0.0)
    vec3_copy (out->upstream, out->axis);
}

/* The mean diameter: of the artery before the neck, before and after it where that is not known, at a fork of all that
 * meet. */
static double
mean_diameter (const WillisMouth *mouth)
{
  const WillisMouthArtery *a = (const WillisMouthArtery *) (void *) mouth->arteries->data;
  const guint n = mouth->fork ? mouth->arteries->len : mouth->has_in ? 1 : MIN (mouth->arteries->len, 2);
  double sum = 0.0;

  for (guint i = 0; i < n; i++)
    sum += a[i].diameter_mm;
  return sum / n;
}

gboolean
willis_parent_find (const WillisTree *tree, const WillisNeck *neck, const double *neck_curve_lps_mm, gsize n_curve,
                    WillisParent *out, int *branch)
{
  const WillisEstimate unknown = { NAN, NAN };
  const WillisMouthArtery *a;
  WillisMouth mouth;
  int ignored;

  memset (out, 0, sizeof *out);
  out->diameter_mm = NAN;
  out->bifurcation_angle = out->daughter_angle[0] = out->daughter_angle[1] = out->lateral_ratio = unknown;
  out->tortuosity = out->curvature = out->torsion = unknown;
  branch = branch != NULL ? branch : &ignored;
  *branch = -1;
  if (tree == NULL || !willis_mouth_init (&mouth, tree, neck, neck_curve_lps_mm, n_curve))
    return FALSE;
  a = (const WillisMouthArtery *) (void *) mouth.arteries->data;
  *branch
      = !mouth.fork
                && (mouth.branch == a[0].limb.branch || (mouth.arteries->len > 1 && mouth.branch == a[1].limb.branch))
            ? mouth.branch
            : a[0].limb.branch;
  out->diameter_mm = mean_diameter (&mouth);
  fill_axis (tree, &mouth, neck, out);
  if (mouth.fork)
    fill_angles (tree, a, out);
  fill_course (tree, *branch, out);
  willis_mouth_clear (&mouth);
  return TRUE;
}
