/* SPDX-License-Identifier: Apache-2.0 */
#include "core/vessel/working-angle.h"

#include <math.h>
#include <string.h>

#include "core/num/vec3.h"

#define REACH_MM 25.0
#define CELL_MM 0.4
#define CELLS 128 // across the picture: 2 x 25 mm and a rim
#define COARSE_RAD (2.5 * G_PI / 180.0)
#define FINE_RAD (0.5 * G_PI / 180.0)
#define APART_RAD (30.0 * G_PI / 180.0)

typedef struct
{
  const double *neck; // [n_neck][3]
  gsize n_neck;
  double centre[3], normal[3];
  GArray *sac;   // double[3]: points of the sac, relative to the neck's centre
  GArray *other; // the same of the arteries
} Subject;

static void
collect (const WillisSurface *surface, const double centre[3], GArray *out)
{
  const double *p = willis_surface_points (surface);

  for (gsize i = 0; i < willis_surface_n_points (surface); i++)
    {
      double q[3];

      vec3_sub (q, p + 3 * i, centre);
      if (vec3_norm2 (q) < REACH_MM * REACH_MM)
        g_array_append_vals (out, q, 3);
    }
}

static void
subject_init (Subject *s, const WillisSurface *lumen, const WillisAneurysm *aneurysm)
{
  const WillisNeck *neck = willis_aneurysm_neck (aneurysm);
  g_autoptr (GArray) near = g_array_new (FALSE, FALSE, sizeof (double));
  const double *q;
  double reach = 0.0;

  s->neck = willis_aneurysm_neck_curve (aneurysm, &s->n_neck);
  vec3_copy (s->centre, neck->centre_lps_mm);
  vec3_copy (s->normal, neck->normal);
  s->sac = g_array_new (FALSE, FALSE, sizeof (double));
  s->other = g_array_new (FALSE, FALSE, sizeof (double));
  collect (willis_aneurysm_sac (aneurysm), s->centre, s->sac);
  for (guint i = 0; i + 2 < s->sac->len; i += 3)
    reach = MAX (reach, vec3_norm (&g_array_index (s->sac, double, i)));
  /* the arteries: what lies below the neck plane, or farther from the neck than the sac reaches */
  collect (lumen, s->centre, near);
  q = (const double *) near->data;
  for (guint i = 0; i + 2 < near->len; i += 3)
    if (vec3_dot (q + i, s->normal) < -0.3 || vec3_norm (q + i) > reach + 0.5)
      g_array_append_vals (s->other, q + i, 3);
}

static void
subject_clear (Subject *s)
{
  g_array_unref (s->sac);
  g_array_unref (s->other);
}

/* Marks the cells that points cover in the picture spanned by u and v; each point covers its 3 x 3 neighbourhood, so
 * that surfaces sampled at about the cell's size leave no holes. */
static void
stamp (const GArray *points, const double u[3], const double v[3], guint8 *cells, guint8 bit)
{
  const double *p = (const double *) points->data;

  for (guint i = 0; i + 2 < points->len; i += 3)
    {
      int x = (int) floor (vec3_dot (p + i, u) / CELL_MM) + CELLS / 2;
      int y = (int) floor (vec3_dot (p + i, v) / CELL_MM) + CELLS / 2;

      for (int dy = -1; dy <= 1; dy++)
        for (int dx = -1; dx <= 1; dx++)
          if (x + dx >= 0 && x + dx < CELLS && y + dy >= 0 && y + dy < CELLS)
            cells[(y + dy) * CELLS + x + dx] |= bit;
    }
}

static double
overlap_share (const Subject *s, const double u[3], const double v[3])
{
  guint8 cells[CELLS * CELLS] = { 0 };
  int sac = 0, both = 0;

  stamp (s->sac, u, v, cells, 1);
  stamp (s->other, u, v, cells, 2);
  for (int n = 0; n < CELLS * CELLS; n++)
    {
      sac += (cells[n] & 1) != 0;
      both += cells[n] == 3;
    }
  return sac > 0 ? (double) both / sac : 0.0;
}

/* Length of the neck curve's picture across the projected normal. */
static double
neck_length (const Subject *s, const double view[3])
{
  double across[3], lo = INFINITY, hi = -INFINITY;

  vec3_cross (across, s->normal, view);
  if (vec3_normalize (across) < 1e-6)
    return 0.0;
  for (gsize i = 0; i < s->n_neck; i++)
    {
      double along = vec3_dot (s->neck + 3 * i, across);

      lo = MIN (lo, along);
      hi = MAX (hi, along);
    }
  return s->n_neck > 0 ? hi - lo : 0.0;
}

static double
rate (const Subject *s, const WillisCArm *angles, WillisWorkingView *view)
{
  double to_detector[3], up[3], right[3], c;

  willis_c_arm_to_view (angles, to_detector, up);
  vec3_cross (right, up, to_detector);
  c = vec3_dot (s->normal, to_detector);
  view->kind = WILLIS_WORKING_VIEW_NECK;
  view->angles = *angles;
  view->neck_mm = neck_length (s, to_detector);
  view->foreshortening = 1.0 - sqrt (MAX (1.0 - c * c, 0.0));
  view->overlap = overlap_share (s, right, up);
  view->at_limit = FALSE;
  /* the profile counts squared: ten degrees off it is nothing, forty is too much */
  return view->neck_mm * (1.0 - c * c) * (1.0 - c * c) * (1.0 - view->overlap);
}

static double
angle_between (const WillisCArm *a, const WillisCArm *b)
{
  double p[3], q[3];

  willis_c_arm_to_view (a, p, NULL);
  willis_c_arm_to_view (b, q, NULL);
  return acos (CLAMP (vec3_dot (p, q), -1.0, 1.0));
}

static void
refine (const Subject *s, const WillisCArmLimits *limits, WillisWorkingView *best, double score)
{
  WillisCArm from = best->angles;

  for (int i = -4; i <= 4; i++)
    for (int j = -4; j <= 4; j++)
      {
        WillisCArm a = { from.primary + i * FINE_RAD, from.secondary + j * FINE_RAD };
        WillisWorkingView view;
        double r;

        if (fabs (a.primary) > limits->primary_max || fabs (a.secondary) > limits->secondary_max)
          continue;
        r = rate (s, &a, &view);
        if (r > score)
          {
            score = r;
            *best = view;
          }
      }
  best->at_limit = limits->primary_max - fabs (best->angles.primary) < FINE_RAD
                   || limits->secondary_max - fabs (best->angles.secondary) < FINE_RAD;
}

/* The direction along the parent axis (either way) that the machine comes nearest to. */
static WillisWorkingView
barrel_view (const Subject *s, const double axis[3], const WillisCArmLimits *limits)
{
  WillisWorkingView best = { 0 };
  double best_dot = -1.0;

  for (int sign = -1; sign <= 1; sign += 2)
    {
      double d[3], back[3], dot;
      WillisCArm a, reach;
      WillisWorkingView view;

      vec3_scale (d, axis, sign);
      a = reach = willis_c_arm_from_view (d);
      reach.primary = CLAMP (a.primary, -limits->primary_max, limits->primary_max);
      reach.secondary = CLAMP (a.secondary, -limits->secondary_max, limits->secondary_max);
      willis_c_arm_to_view (&reach, back, NULL);
      dot = vec3_dot (back, d);
      rate (s, &reach, &view);
      view.kind = WILLIS_WORKING_VIEW_BARREL;
      view.foreshortening = MAX (1.0 - dot, 0.0); // rounding may take the ideal below 0
      view.at_limit = dot < cos (FINE_RAD);
      if (dot > best_dot)
        {
          best_dot = dot;
          best = view;
        }
    }
  return best;
}

GArray *
willis_working_views (const WillisSurface *lumen, const WillisAneurysm *aneurysm, const double parent_axis[3],
                      const WillisCArmLimits *limits, const WillisProgress *progress, GError **error)
{
  const WillisCArmLimits standard = WILLIS_C_ARM_LIMITS_INIT;
  g_autoptr (GArray) views = g_array_new (FALSE, FALSE, sizeof (WillisWorkingView));
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (WillisWorkingView));
  g_autoptr (GArray) scores = g_array_new (FALSE, FALSE, sizeof (double));
  Subject subject;
  gboolean ok = TRUE;

  if (limits == NULL)
    limits = &standard;
  subject_init (&subject, lumen, aneurysm);
  for (double p = -limits->primary_max; ok && p <= limits->primary_max + 1e-9; p += COARSE_RAD)
    {
      ok = willis_progress_step (progress, 0.5 * (p / limits->primary_max + 1.0), error);
      for (double q = -limits->secondary_max; ok && q <= limits->secondary_max + 1e-9; q += COARSE_RAD)
        {
          WillisCArm a = { p, q };
          WillisWorkingView view;
          double score = rate (&subject, &a, &view);

          g_array_append_val (all, view);
          g_array_append_val (scores, score);
        }
    }
  for (int n = 0; ok && n < 2; n++)
    {
      int best = -1;

      for (guint i = 0; i < all->len; i++)
        if ((views->len == 0
             || angle_between (&g_array_index (all, WillisWorkingView, i).angles,
                               &g_array_index (views, WillisWorkingView, 0).angles)
                    >= APART_RAD)
            && (best < 0 || g_array_index (scores, double, i) > g_array_index (scores, double, best)))
          best = (int) i;
      if (best >= 0 && g_array_index (scores, double, best) > 0.0)
        {
          WillisWorkingView view = g_array_index (all, WillisWorkingView, best);

          refine (&subject, limits, &view, g_array_index (scores, double, best));
          g_array_append_val (views, view);
        }
    }
  if (ok && parent_axis != NULL && vec3_norm (parent_axis) > 0.5)
    {
      WillisWorkingView view = barrel_view (&subject, parent_axis, limits);

      g_array_append_val (views, view);
    }
  subject_clear (&subject);
  return ok ? g_steal_pointer (&views) : NULL;
}

GArray *
willis_working_views_in_tree (const WillisSurface *lumen, const WillisTree *tree, const WillisAneurysm *aneurysm,
                              const WillisCArmLimits *limits, const WillisProgress *progress, GError **error)
{
  gsize n_curve = 0;
  const double *curve = willis_aneurysm_neck_curve (aneurysm, &n_curve);
  WillisParent parent;
  gboolean known = willis_parent_find (tree, willis_aneurysm_neck (aneurysm), curve, n_curve, &parent, NULL);

  return willis_working_views (lumen, aneurysm, known ? parent.axis : NULL, limits, progress, error);
}
