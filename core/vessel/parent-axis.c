/* SPDX-License-Identifier: Apache-2.0 */
#include "core/vessel/parent-axis.h"

#include <math.h>

#include "core/num/dense.h"
#include "core/num/vec3.h"

#define STRETCH 2.5     // radii of each limb that are fitted, where there are two
#define STRETCH_ONE 5.0 // of one alone
#define LED_ON 1.0      // radii, at most, into the mouth that a limb alone leads to
#define MOST_MM 25.0    // of a limb
#define LEAST 0.5       // radii: a shorter limb says nothing
#define SHORT 1.5       // radii: with a shorter limb no cubic is told
#define MOST_DEGREE 3
#define STEPS 64 // over the mouth

/* A stretch of healthy centreline: its points from the mouth on, t: mm from its first one. */
typedef struct
{
  GArray *t, *p; // double, double[3]
  double length, radius;
  double before; // mm from its limb's start
} Stretch;

/* FALSE where the limb is too short. */
static gboolean
stretch_init (Stretch *stretch, const WillisTree *tree, const WillisLimb *limb, double radii)
{
  WillisLimbPoints points;
  guint first;

  willis_limb_points_init (&points, tree, limb, MOST_MM);
  stretch->t = g_array_new (FALSE, FALSE, sizeof (double));
  stretch->p = g_array_new (FALSE, FALSE, sizeof (double));
  stretch->length = stretch->radius = stretch->before = 0.0;
  first = willis_limb_own (&points);
  for (guint i = first; i < points.r->len; i++)
    {
      double t = g_array_index (points.s, double, i) - g_array_index (points.s, double, first);

      if (i == first)
        {
          stretch->radius = g_array_index (points.r, double, i);
          stretch->before = g_array_index (points.s, double, i);
        }
      if (t > radii * stretch->radius)
        break;
      g_array_append_val (stretch->t, t);
      g_array_append_vals (stretch->p, &g_array_index (points.p, double, 3 * i), 3);
      stretch->length = t;
    }
  willis_limb_points_clear (&points);
  return stretch->t->len >= 3 && stretch->length >= LEAST * stretch->radius;
}

static void
stretch_clear (Stretch *s)
{
  g_array_unref (s->t);
  g_array_unref (s->p);
}

/* Adds the sums of a stretch for a polynomial in x = (start + sign t) / scale. */
static void
add_sums (const Stretch *s, double start, double sign, double scale, int degree, double *a, double *b)
{
  const int n = degree + 1;

  for (guint k = 0; k < s->t->len; k++)
    {
      const double x = (start + sign * g_array_index (s->t, double, k)) / scale;
      const double *p = &g_array_index (s->p, double, 3 * k);
      double power[MOST_DEGREE + 1] = { 1.0 };

      for (int i = 1; i < n; i++)
        power[i] = power[i - 1] * x;
      for (int i = 0; i < n; i++)
        {
          for (int j = 0; j < n; j++)
            a[i * n + j] += power[i] * power[j];
          for (int c = 0; c < 3; c++)
            b[3 * i + c] += power[i] * p[c];
        }
    }
}

/* A curve: the sum of c[i] x^i, x the way with the blood in units of scale. */
typedef struct
{
  int degree;
  double c[MOST_DEGREE + 1][3], scale;
} Curve;

/* The curve through both stretches (either may be NULL) with a gap between them, which is about x = 0. */
static gboolean
fit (const Stretch *up, const Stretch *down, double gap, int degree, Curve *out)
{
  double a[(MOST_DEGREE + 1) * (MOST_DEGREE + 1)] = { 0 }, *b = out->c[0];

  out->degree = degree;
  out->scale = MAX (up != NULL ? up->length : 0.0, down != NULL ? down->length : 0.0) + 0.5 * gap;
  for (int i = 0; i < 3 * (MOST_DEGREE + 1); i++)
    b[i] = 0.0;
  if (up != NULL)
    add_sums (up, -0.5 * gap, -1.0, out->scale, degree, a, b);
  if (down != NULL)
    add_sums (down, 0.5 * gap, 1.0, out->scale, degree, a, b);
  if (willis_cholesky_factor (a, degree + 1) != 0)
    return FALSE;
  willis_cholesky_solve (a, degree + 1, b, 3);
  return TRUE;
}

static void
curve_at (const Curve *curve, double mm, double point[3], double direction[3])
{
  const double x = mm / curve->scale;

  vec3_set (point, 0.0, 0.0, 0.0);
  vec3_set (direction, 0.0, 0.0, 0.0);
  for (int i = curve->degree; i >= 0; i--) // Horner's rule, of the curve and its derivative
    {
      vec3_scale (direction, direction, x);
      vec3_add (direction, direction, point);
      vec3_scale (point, point, x);
      vec3_add (point, point, curve->c[i]);
    }
}

/* The length of the curve over the gap. */
static double
length_over (const Curve *curve, double gap)
{
  double last[3], at[3], ignored[3], sum = 0.0;

  curve_at (curve, -0.5 * gap, last, ignored);
  for (int k = 1; k <= STEPS; k++)
    {
      curve_at (curve, gap * ((double) k / STEPS - 0.5), at, ignored);
      sum += vec3_dist (at, last);
      vec3_copy (last, at);
    }
  return sum;
}

/* The course over the mouth between two limbs, and its direction where it is nearest to the neck. */
static gboolean
across (const Stretch *up, const Stretch *down, const double neck[3], double axis[3])
{
  const gboolean is_short = up->length < SHORT * up->radius || down->length < SHORT * down->radius;
  double gap = vec3_dist ((const double *) (void *) up->p->data, (const double *) (void *) down->p->data);
  double least = INFINITY;
  Curve curve;

  for (int round = 0; round < 3; round++) // how long it is over the mouth is told by the curve itself
    {
      if (!fit (up, down, gap, is_short ? 2 : 3, &curve))
        return FALSE;
      gap = length_over (&curve, gap);
    }
  for (int k = 0; k <= STEPS; k++)
    {
      double at[3], direction[3];

      curve_at (&curve, gap * ((double) k / STEPS - 0.5), at, direction);
      if (vec3_dist (at, neck) >= least)
        continue;
      least = vec3_dist (at, neck);
      vec3_copy (axis, direction);
    }
  return vec3_normalize (axis) > 0.0;
}

static gboolean
at_end (const WillisTree *tree, const WillisLimb *limb, gboolean is_up, double axis[3])
{
  Stretch s;
  Curve curve;
  double at[3];
  gboolean ok = stretch_init (&s, tree, limb, STRETCH_ONE)
                && fit (is_up ? &s : NULL, is_up ? NULL : &s, 0.0, s.length < SHORT * s.radius ? 1 : 2, &curve);

  stretch_clear (&s);
  if (!ok)
    return FALSE;
  curve_at (&curve, (is_up ? 1.0 : -1.0) * MIN (limb->mouth_mm + s.before, LED_ON * s.radius), at, axis);
  return vec3_normalize (axis) > 0.0;
}

gboolean
willis_parent_axis (const WillisTree *tree, const WillisLimb *up, const WillisLimb *down, const double neck_lps_mm[3],
                    double axis[3])
{
  Stretch before, after;
  const gboolean has_up = stretch_init (&before, tree, up, STRETCH),
                 has_down = stretch_init (&after, tree, down, STRETCH);
  const gboolean ok = has_up && has_down && across (&before, &after, neck_lps_mm, axis);

  stretch_clear (&before);
  stretch_clear (&after);
  return ok || at_end (tree, up, TRUE, axis) || at_end (tree, down, FALSE, axis);
}
