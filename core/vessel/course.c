/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/num/vec3.h"
#include "core/vessel/profile.h"

#define SMOOTH_MM 0.7 // standard deviation of the smoothing along the curve
#define BENDS 0.02    // 1/mm; straighter than this a curve has no plane that could turn
#define END_MM 1.0    // the tangent at an end is that of this stretch
#define FREE_END_MM 6.0 // of a branch before its free end

struct _WillisCourse
{
  WillisCoursePoint *points; // [n]
  gsize n;
};

/* The raw curve: points with radius, arc length, and the branch each belongs to. */
typedef struct
{
  GArray *p;      // double[3]
  GArray *r, *s;  // double
  GArray *branch; // int
} Raw;

static void
raw_add (Raw *raw, const double p[3], double r, int branch)
{
  double s = 0.0;

  if (raw->r->len > 0)
    {
      const double *last = &g_array_index (raw->p, double, 3 * (raw->r->len - 1));
      double step = vec3_dist (last, p);

      if (step < 1e-6)
        return;
      s = g_array_index (raw->s, double, raw->s->len - 1) + step;
    }
  g_array_append_vals (raw->p, p, 3);
  g_array_append_val (raw->r, r);
  g_array_append_val (raw->s, s);
  g_array_append_val (raw->branch, branch);
}

static void
raw_clear (Raw *raw)
{
  g_array_unref (raw->p);
  g_array_unref (raw->r);
  g_array_unref (raw->s);
  g_array_unref (raw->branch);
}

/* Whether branch b runs backwards on a way that comes from node (-1: none yet; next: the branch after it, or NULL).
 * Sets *end to the node it leaves by; FALSE where it does not join. */
static gboolean
orient (const WillisBranch *b, int node, const WillisBranch *next, gboolean *backwards, int *end)
{
  if (node >= 0)
    {
      if (b->node[0] != node && b->node[1] != node)
        return FALSE;
      *backwards = b->node[0] != node;
    }
  else
    *backwards = next != NULL && b->node[1] != next->node[0] && b->node[1] != next->node[1];
  *end = b->node[*backwards ? 0 : 1];
  return node >= 0 || next == NULL || *end == next->node[0] || *end == next->node[1];
}

static gboolean
gather (const WillisTree *tree, const int *branches, gsize n, Raw *raw, GError **error)
{
  int node = -1;

  for (gsize k = 0; k < n; k++)
    {
      const WillisBranch *b, *next;
      gboolean backwards;

      if (branches[k] < 0 || (gsize) branches[k] >= willis_tree_n_branches (tree))
        return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("the case has no branch number %d"), branches[k]);
      b = willis_tree_branch (tree, (gsize) branches[k]);
      next = k + 1 < n && branches[k + 1] >= 0 && (gsize) branches[k + 1] < willis_tree_n_branches (tree)
                 ? willis_tree_branch (tree, (gsize) branches[k + 1])
                 : NULL;
      if (!orient (b, node, next, &backwards, &node))
        return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("branch %d does not join the branch before it"), branches[k]);
      for (gsize i = 0; i < b->n_points; i++)
        {
          gsize at = backwards ? b->n_points - 1 - i : i;

          raw_add (raw, b->points_lps_mm + 3 * at, b->radius_mm[at], branches[k]);
        }
    }
  if (raw->s->len < 3 || g_array_index (raw->s, double, raw->s->len - 1) < 1.0)
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("the branch is shorter than 1 mm"));
  return TRUE;
}

/* Position, radius and branch at arc length s of the raw curve. */
static void
raw_at (const Raw *raw, double s, gsize *hint, double p[3], double *r, int *branch)
{
  const double *at = (const double *) (const void *) raw->s->data;
  gsize i = *hint;
  double t;

  while (i > 0 && at[i] > s)
    i--;
  while (i + 2 < raw->s->len && at[i + 1] < s)
    i++;
  *hint = i;
  t = CLAMP ((s - at[i]) / (at[i + 1] - at[i]), 0.0, 1.0);
  vec3_lerp (p, &g_array_index (raw->p, double, 3 * i), &g_array_index (raw->p, double, 3 * (i + 1)), t);
  *r = (1.0 - t) * g_array_index (raw->r, double, i) + t * g_array_index (raw->r, double, i + 1);
  *branch = g_array_index (raw->branch, int, t < 0.5 ? i : i + 1);
}

/* Gaussian smoothing of [n][3] positions; ends stay, the window shrinks towards them. */
static void
smooth (double *p, gsize n)
{
  const double step = WILLIS_COURSE_STEP_MM;
  g_autofree double *from = g_memdup2 (p, 3 * n * sizeof *p);
  gssize reach = (gssize) ceil (3.0 * SMOOTH_MM / step);

  for (gssize i = 1; i + 1 < (gssize) n; i++)
    {
      gssize k = MIN (reach, MIN (i, (gssize) n - 1 - i));
      double sum = 0.0, q[3] = { 0 };

      for (gssize j = -k; j <= k; j++)
        {
          double d = (double) j * step / SMOOTH_MM, w = exp (-0.5 * d * d);

          vec3_axpy (q, q, w, from + 3 * (i + j));
          sum += w;
        }
      vec3_scale (p + 3 * i, q, 1.0 / sum);
    }
}

static void
set_tangents (WillisCourse *c)
{
  gssize reach = (gssize) lround (0.5 * END_MM / WILLIS_COURSE_STEP_MM);

  for (gssize i = 0; i < (gssize) c->n; i++)
    {
      gssize a = MAX (i - reach, 0), b = MIN (i + reach, (gssize) c->n - 1);

      vec3_sub (c->points[i].tangent, c->points[b].centre_lps_mm, c->points[a].centre_lps_mm);
      vec3_normalize (c->points[i].tangent);
    }
}

/* Curvature from the circle through three points 1 mm apart, or less at the ends. */
static void
set_curvature (WillisCourse *c)
{
  gssize reach = (gssize) lround (1.0 / WILLIS_COURSE_STEP_MM);

  for (gssize i = 0; i < (gssize) c->n; i++)
    {
      gssize k = MIN (reach, MIN (i, (gssize) c->n - 1 - i));
      double a[3], b[3], d[3], x[3], area;

      if (k < 1)
        continue;
      vec3_sub (a, c->points[i].centre_lps_mm, c->points[i - k].centre_lps_mm);
      vec3_sub (b, c->points[i + k].centre_lps_mm, c->points[i].centre_lps_mm);
      vec3_add (d, a, b);
      vec3_cross (x, a, b);
      area = vec3_norm (x);
      c->points[i].curvature_per_mm = 2.0 * area / MAX (vec3_norm (a) * vec3_norm (b) * vec3_norm (d), 1e-9);
    }
  if (c->n >= 3)
    {
      c->points[0].curvature_per_mm = c->points[1].curvature_per_mm;
      c->points[c->n - 1].curvature_per_mm = c->points[c->n - 2].curvature_per_mm;
    }
}

/* The frame that turns least: double reflection (Wang, Juettler, Zheng, Liu 2008, Table I). */
static void
set_normals (WillisCourse *c)
{
  double v[3];

  vec3_basis (c->points[0].tangent, c->points[0].normal, v);
  for (gsize i = 0; i + 1 < c->n; i++)
    {
      const WillisCoursePoint *p = c->points + i;
      WillisCoursePoint *q = c->points + i + 1;
      double v1[3], v2[3], r[3], t[3], c1, c2;

      vec3_sub (v1, q->centre_lps_mm, p->centre_lps_mm);
      c1 = MAX (vec3_norm2 (v1), 1e-18);
      vec3_axpy (r, p->normal, -2.0 / c1 * vec3_dot (v1, p->normal), v1);
      vec3_axpy (t, p->tangent, -2.0 / c1 * vec3_dot (v1, p->tangent), v1);
      vec3_sub (v2, q->tangent, t);
      c2 = vec3_norm2 (v2);
      if (c2 > 1e-18)
        vec3_axpy (r, r, -2.0 / c2 * vec3_dot (v2, r), v2);
      vec3_axpy (r, r, -vec3_dot (r, q->tangent), q->tangent);
      vec3_normalize (r);
      vec3_copy (q->normal, r);
    }
}

/* How near to a free end a branch says nothing of its width: it fades there, or the scan's edge cuts it aslant. A
 * diameter, as it is where that no longer takes of it. */
static double
end_reach (const WillisBranch *b, int e)
{
  double end = e == 0 ? 0.0 : b->length_mm, widest = 0.0;

  for (gsize i = 0; i < b->n_points; i++)
    if (fabs (b->abscissa_mm[i] - end) < FREE_END_MM)
      widest = MAX (widest, b->radius_mm[i]);
  return 2.0 * widest;
}

/* How far from end e of a branch its width is another's, or none: 0 where the next branch is the same vessel. */
static double
unclear_mm (const WillisTree *tree, const WillisBranch *b, int e)
{
  int degree = willis_tree_node (tree, (gsize) b->node[e])->degree;

  return degree == 2 ? 0.0 : degree <= 1 ? end_reach (b, e) : b->radius_mm[e == 0 ? 0 : b->n_points - 1];
}

gboolean
willis_branch_clear (const WillisTree *tree, gsize n, gsize *from, gsize *to)
{
  const WillisBranch *b = willis_tree_branch (tree, n);
  const double reach[2] = { unclear_mm (tree, b, 0), unclear_mm (tree, b, 1) };
  gboolean found = FALSE;

  for (gsize i = 0; i < b->n_points; i++)
    if (vec3_dist (b->points_lps_mm + 3 * i, willis_tree_node (tree, (gsize) b->node[0])->lps_mm) >= reach[0]
        && vec3_dist (b->points_lps_mm + 3 * i, willis_tree_node (tree, (gsize) b->node[1])->lps_mm) >= reach[1])
      {
        *from = found ? *from : i;
        *to = i;
        found = TRUE;
      }
  return found;
}

/* Marks what lies in the sphere of a junction, or near a free end. */
static void
set_junctions (WillisCourse *c, const WillisTree *tree, const int *branches, gsize n_branches)
{
  for (gsize k = 0; k < n_branches; k++)
    for (int e = 0; e < 2; e++)
      {
        const WillisBranch *b = willis_tree_branch (tree, (gsize) branches[k]);
        const WillisTreeNode *node = willis_tree_node (tree, (gsize) b->node[e]);
        double r = unclear_mm (tree, b, e);

        if (node->degree == 2)
          continue;
        for (gsize i = 0; i < c->n; i++)
          if (vec3_dist (c->points[i].centre_lps_mm, node->lps_mm) < r)
            c->points[i].near_junction = TRUE;
      }
}

WillisCourse *
willis_course_new (const WillisTree *tree, const int *branches, gsize n_branches, GError **error)
{
  Raw raw = { g_array_new (FALSE, FALSE, sizeof (double)), g_array_new (FALSE, FALSE, sizeof (double)),
              g_array_new (FALSE, FALSE, sizeof (double)), g_array_new (FALSE, FALSE, sizeof (int)) };
  WillisCourse *c = NULL;

  if (n_branches > 0 && gather (tree, branches, n_branches, &raw, error))
    {
      double length = g_array_index (raw.s, double, raw.s->len - 1);
      g_autofree double *p = NULL;
      gsize hint = 0;

      c = g_new0 (WillisCourse, 1);
      c->n = (gsize) floor (length / WILLIS_COURSE_STEP_MM) + 1;
      c->points = g_new0 (WillisCoursePoint, c->n);
      p = g_new (double, 3 * c->n);
      for (gsize i = 0; i < c->n; i++)
        {
          double r;

          raw_at (&raw, (double) i * WILLIS_COURSE_STEP_MM, &hint, p + 3 * i, &r, &c->points[i].branch);
          c->points[i].inscribed_mm = 2.0 * r;
        }
      smooth (p, c->n);
      for (gsize i = 0; i < c->n; i++)
        {
          vec3_copy (c->points[i].centre_lps_mm, p + 3 * i);
          c->points[i].at_mm = i > 0 ? c->points[i - 1].at_mm + vec3_dist (p + 3 * i, p + 3 * (i - 1)) : 0.0;
        }
      set_tangents (c);
      set_curvature (c);
      set_normals (c);
      set_junctions (c, tree, branches, n_branches);
    }
  raw_clear (&raw);
  return c;
}

/* The same curve from its other end; the frame keeps its normals and turns its tangents. */
static void
reverse (WillisCourse *c)
{
  double length = c->points[c->n - 1].at_mm;

  for (gsize i = 0; i < c->n / 2; i++)
    {
      WillisCoursePoint swap = c->points[i];

      c->points[i] = c->points[c->n - 1 - i];
      c->points[c->n - 1 - i] = swap;
    }
  for (gsize i = 0; i < c->n; i++)
    {
      c->points[i].at_mm = length - c->points[i].at_mm;
      vec3_scale (c->points[i].tangent, c->points[i].tangent, -1.0);
    }
}

WillisCourse *
willis_course_new_with_flow (const WillisTree *tree, const int *branches, gsize n_branches, GError **error)
{
  WillisCourse *c = willis_course_new (tree, branches, n_branches, error);

  if (c != NULL && willis_way_against_flow (tree, branches, n_branches))
    reverse (c);
  return c;
}

void
willis_course_free (WillisCourse *course)
{
  if (course == NULL)
    return;
  g_free (course->points);
  g_free (course);
}

gsize
willis_course_n (const WillisCourse *course)
{
  return course->n;
}

const WillisCoursePoint *
willis_course_points (const WillisCourse *course)
{
  return course->points;
}

double
willis_course_length_mm (const WillisCourse *course)
{
  return course->points[course->n - 1].at_mm;
}

double
willis_course_tortuosity (const WillisCourse *course)
{
  double chord = vec3_dist (course->points[0].centre_lps_mm, course->points[course->n - 1].centre_lps_mm);

  return willis_course_length_mm (course) / MAX (chord, 1e-9) - 1.0;
}

double
willis_course_total_curvature (const WillisCourse *course)
{
  double sum = 0.0;

  for (gsize i = 0; i + 1 < course->n; i++)
    sum += 0.5 * (course->points[i].curvature_per_mm + course->points[i + 1].curvature_per_mm)
           * (course->points[i + 1].at_mm - course->points[i].at_mm);
  return sum;
}

/* Curvature and torsion (1/mm) at i from cubics in the point number fitted to the k points on each side. */
static void
fit_cubic (const WillisCourse *c, gssize i, gssize k, double *curvature, double *torsion)
{
  double s2 = 0.0, s4 = 0.0, s6 = 0.0, n = 2.0 * (double) k + 1.0, det;
  double q0[3] = { 0 }, q1[3] = { 0 }, q2[3] = { 0 }, q3[3] = { 0 }, d1[3], d2[3], d3[3], x[3];

  for (gssize j = -k; j <= k; j++)
    {
      double t = (double) j, y[3];

      vec3_sub (y, c->points[i + j].centre_lps_mm, c->points[i].centre_lps_mm);
      s2 += t * t;
      s4 += t * t * t * t;
      s6 += t * t * t * t * t * t;
      vec3_add (q0, q0, y);
      vec3_axpy (q1, q1, t, y);
      vec3_axpy (q2, q2, t * t, y);
      vec3_axpy (q3, q3, t * t * t, y);
    }
  det = s2 * s6 - s4 * s4;
  for (int a = 0; a < 3; a++)
    {
      d1[a] = (s6 * q1[a] - s4 * q3[a]) / det;
      d2[a] = 2.0 * (n * q2[a] - s2 * q0[a]) / (n * s4 - s2 * s2);
      d3[a] = 6.0 * (s2 * q3[a] - s4 * q1[a]) / det;
    }
  vec3_cross (x, d1, d2);
  *curvature = vec3_norm (x) / MAX (pow (vec3_norm (d1), 3.0), 1e-30);
  *torsion = vec3_dot (x, d3) / MAX (vec3_norm2 (x), 1e-30);
}

double
willis_course_turning (const WillisCourse *course, double half_mm, double *torsion)
{
  gssize n = (gssize) course->n, k = (gssize) lround (half_mm / WILLIS_COURSE_STEP_MM);
  double total = 0.0, turned = 0.0;

  *torsion = NAN;
  if (k < 2 || n < 2 * k + 1)
    return NAN;
  for (gssize i = 0; i < n; i++)
    {
      double curvature, twist;
      double ds = 0.5 * (course->points[MIN (i + 1, n - 1)].at_mm - course->points[MAX (i - 1, 0)].at_mm);

      fit_cubic (course, CLAMP (i, k, n - 1 - k), k, &curvature, &twist);
      total += curvature * ds;
      if (curvature > BENDS)
        turned += fabs (twist) * ds;
    }
  *torsion = turned;
  return total;
}

gsize
willis_course_nearest (const WillisCourse *course, const double lps_mm[3], double *distance_mm)
{
  gsize best = 0;
  double d = INFINITY;

  for (gsize i = 0; i < course->n; i++)
    {
      double e = vec3_dist (course->points[i].centre_lps_mm, lps_mm);

      if (e < d)
        {
          d = e;
          best = i;
        }
    }
  if (distance_mm != NULL)
    *distance_mm = d;
  return best;
}
