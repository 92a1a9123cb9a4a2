/* SPDX-License-Identifier: Apache-2.0 */
#include "core/vessel/parent-axis.h"

#include <math.h>

#include "core/num/dense.h"
#include "core/num/vec3.h"

#define THICKER 1.1     // than the artery beyond: of the mouth still
#define BEYOND 4.0      // radii
#define STRETCH 2.5     // radii of each limb that are fitted, where there are two
#define STRETCH_ONE 5.0 // of one alone
#define LED_ON 1.0      // radii, at most, into the mouth that a limb alone leads to
#define MOST_MM 25.0    // of a limb
#define ONWARD 0.5      // cosine of the angle that an artery turns by where it goes on, at least
#define GOES_ON 0.75    // of its radius, at least, that it then has
#define SIDE_BRANCH 0.6 // of its radius, at most, that what leaves it has
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

/* The abscissa so far from the end of a branch that is at the node (its end; else its start). */
static double
off_node (const WillisBranch *branch, gboolean ends, double mm)
{
  return CLAMP (ends ? branch->length_mm - mm : mm, 0.0, branch->length_mm);
}

/* The point of a branch next to an abscissa. */
static gsize
point_at (const WillisBranch *branch, double mm)
{
  gsize i = 0;

  while (i + 1 < branch->n_points && branch->abscissa_mm[i] < mm)
    i++;
  return i;
}

/* The least radius of a branch some way from its end at a node: a mouth there widens it. */
static double
radius_off (const WillisBranch *branch, gboolean ends)
{
  const double r = branch->radius_mm[ends ? branch->n_points - 1 : 0];
  double least = INFINITY;

  for (int k = 2; k <= 4; k++)
    least = MIN (least, branch->radius_mm[point_at (branch, off_node (branch, ends, k * r))]);
  return least;
}

/* Unit direction in which a branch leaves the node, beyond what is in others there. FALSE of one too short to tell. */
static gboolean
leaves (const WillisBranch *branch, gboolean ends, double out[3])
{
  const double r = radius_off (branch, ends);

  if (branch->length_mm < 2.0 * r)
    return FALSE;
  vec3_sub (out, branch->points_lps_mm + 3 * point_at (branch, off_node (branch, ends, 3.0 * r)),
            branch->points_lps_mm + 3 * point_at (branch, off_node (branch, ends, r)));
  return vec3_normalize (out) > 0.0;
}

int
willis_artery_goes_on (const WillisTree *tree, int node, int branch)
{
  const WillisBranch *artery = willis_tree_branch (tree, (gsize) branch), *next;
  const gboolean ends = artery->node[1] == node;
  double most = 0.0, second = 0.0, one[3], two[3];
  int on = -1;

  for (gsize b = 0; b < willis_tree_n_branches (tree); b++)
    {
      const WillisBranch *other = willis_tree_branch (tree, b);
      double r;

      if ((int) b == branch || other->length_mm <= 0.0 || (other->node[0] != node && other->node[1] != node))
        continue;
      r = radius_off (other, other->node[1] == node);
      second = MAX (second, MIN (r, most));
      if (r <= most)
        continue;
      most = r;
      on = (int) b;
    }
  if (on < 0 || second > SIDE_BRANCH * most || most < GOES_ON * radius_off (artery, ends))
    return -1;
  next = willis_tree_branch (tree, (gsize) on);
  if (leaves (artery, ends, one) && leaves (next, next->node[1] == node, two) && -vec3_dot (one, two) < ONWARD)
    return -1;
  return on;
}

/* The points of a limb, up to so many mm or its end: their places and radii, and the ways to them along it. */
typedef struct
{
  GArray *p, *r, *s; // double[3], double, double
} Points;

static void
points_init (Points *points, const WillisTree *tree, const WillisLimb *limb, double most_mm)
{
  int branch = limb->branch;
  double away = limb->away, from = limb->from_mm, way = 0.0;

  points->p = g_array_new (FALSE, FALSE, sizeof (double));
  points->r = g_array_new (FALSE, FALSE, sizeof (double));
  points->s = g_array_new (FALSE, FALSE, sizeof (double));
  while (branch >= 0 && way < most_mm)
    {
      const WillisBranch *b = willis_tree_branch (tree, (gsize) branch);
      const gssize n = (gssize) b->n_points;
      int node = b->node[away > 0.0];

      for (gssize k = 0; k < n; k++)
        {
          const gssize i = away > 0.0 ? k : n - 1 - k;
          const double on = way + (b->abscissa_mm[i] - from) * away;

          if (on < way || on > most_mm)
            continue;
          g_array_append_vals (points->p, b->points_lps_mm + 3 * i, 3);
          g_array_append_val (points->r, b->radius_mm[i]);
          g_array_append_val (points->s, on);
        }
      way += MAX ((away > 0.0 ? b->length_mm - from : from), 1e-3); // a ring of nothing ends, too
      branch = willis_artery_goes_on (tree, node, branch);
      if (branch < 0)
        break;
      b = willis_tree_branch (tree, (gsize) branch);
      away = b->node[0] == node ? 1.0 : -1.0;
      from = away > 0.0 ? 0.0 : b->length_mm;
    }
}

static void
points_clear (Points *points)
{
  g_array_unref (points->p);
  g_array_unref (points->r);
  g_array_unref (points->s);
}

/* The median of the radii from point i on. */
static double
radius_beyond (const Points *points, guint i)
{
  const double *s = (const double *) (void *) points->s->data, *from = (const double *) (void *) points->r->data;
  g_autofree double *r = g_new (double, points->r->len);
  const double reach = s[i] + BEYOND * from[i];
  guint n = 0;

  for (; i < points->r->len && s[i] <= reach; i++)
    {
      guint k = n++;

      for (; k > 0 && r[k - 1] > from[i]; k--)
        r[k] = r[k - 1];
      r[k] = from[i];
    }
  return r[n / 2];
}

/* FALSE where the limb is too short. */
static gboolean
stretch_init (Stretch *stretch, const WillisTree *tree, const WillisLimb *limb, double radii)
{
  Points points;
  guint first = 0;

  points_init (&points, tree, limb, MOST_MM);
  stretch->t = g_array_new (FALSE, FALSE, sizeof (double));
  stretch->p = g_array_new (FALSE, FALSE, sizeof (double));
  stretch->length = stretch->radius = stretch->before = 0.0;
  while (first < points.r->len && g_array_index (points.r, double, first) > THICKER * radius_beyond (&points, first))
    first++;
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
  points_clear (&points);
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
