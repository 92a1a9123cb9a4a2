/* SPDX-License-Identifier: Apache-2.0 */
#include "core/vessel/working-angle.h"

#include <math.h>
#include <string.h>

#include "core/mesh/bvh.h"
#include "core/num/vec3.h"

#define REACH_MM 25.0
#define CELL_MM 0.4
#define SAME_MM 0.35 // the lumen so near to the sac is the sac, or its rim
#define CELLS 128 // across the picture: 2 x 25 mm and a rim
#define COARSE_RAD (2.5 * G_PI / 180.0)
#define FINE_RAD (0.5 * G_PI / 180.0)
#define APART_RAD (30.0 * G_PI / 180.0)

/* A part of a surface and where its points are in a picture. */
typedef struct
{
  GArray *p;  // double[3], relative to the neck's centre
  GArray *t;  // guint32[3]: points of a triangle
  GArray *at; // double[2]: of each point, in cells
} Shape;

typedef struct
{
  const double *neck; // [n_neck][3]
  gsize n_neck;
  double centre[3], normal[3];
  Shape sac, other; // other: the arteries
} Subject;

/* Takes the triangles of a surface near the neck, without those that are of another one (may be NULL). */
static void
shape_init (Shape *s, const WillisSurface *surface, const double centre[3], const WillisBvh *without)
{
  const double *p = willis_surface_points (surface);
  const gint32 *t = willis_surface_triangles (surface);
  const gsize n = willis_surface_n_points (surface);
  g_autofree guint32 *id = g_new (guint32, MAX (n, 1));

  s->p = g_array_new (FALSE, FALSE, sizeof (double));
  s->t = g_array_new (FALSE, FALSE, sizeof (guint32));
  for (gsize i = 0; i < n; i++)
    {
      WillisNearest nearest;
      double q[3];

      vec3_sub (q, p + 3 * i, centre);
      id[i] = G_MAXUINT32;
      if (vec3_norm2 (q) >= REACH_MM * REACH_MM
          || (without != NULL && willis_bvh_nearest (without, p + 3 * i, SAME_MM, &nearest)))
        continue;
      id[i] = s->p->len / 3;
      g_array_append_vals (s->p, q, 3);
    }
  for (gsize i = 0; i < willis_surface_n_triangles (surface); i++)
    {
      const guint32 corner[3] = { id[t[3 * i]], id[t[3 * i + 1]], id[t[3 * i + 2]] };

      if (corner[0] != G_MAXUINT32 && corner[1] != G_MAXUINT32 && corner[2] != G_MAXUINT32)
        g_array_append_vals (s->t, corner, 3);
    }
  s->at = g_array_new (FALSE, FALSE, sizeof (double));
  g_array_set_size (s->at, s->p->len / 3 * 2);
}

static void
shape_clear (Shape *s)
{
  g_array_unref (s->p);
  g_array_unref (s->t);
  g_array_unref (s->at);
}

static void
subject_init (Subject *s, const WillisSurface *lumen, const WillisAneurysm *aneurysm)
{
  const WillisNeck *neck = willis_aneurysm_neck (aneurysm);
  g_autoptr (WillisBvh) sac = willis_bvh_new (willis_aneurysm_sac (aneurysm));

  s->neck = willis_aneurysm_neck_curve (aneurysm, &s->n_neck);
  vec3_copy (s->centre, neck->centre_lps_mm);
  vec3_copy (s->normal, neck->normal);
  shape_init (&s->sac, willis_aneurysm_sac (aneurysm), s->centre, NULL);
  shape_init (&s->other, lumen, s->centre, sac); // the arteries: what of the lumen is not the sac
}

static void
subject_clear (Subject *s)
{
  shape_clear (&s->sac);
  shape_clear (&s->other);
}

/* Cells of a picture: from, to and no farther. */
typedef struct
{
  int x[2], y[2];
} Window;

/* Marks the cells whose middles lie in a triangle (double[2] each), those in the window only. */
static void
fill (const double *a, const double *b, const double *c, const Window *in, guint8 *cells, guint8 bit)
{
  const int x0 = MAX ((int) ceil (MIN (a[0], MIN (b[0], c[0]))), in->x[0]);
  const int x1 = MIN ((int) floor (MAX (a[0], MAX (b[0], c[0]))), in->x[1]);
  const int y0 = MAX ((int) ceil (MIN (a[1], MIN (b[1], c[1]))), in->y[0]);
  const int y1 = MIN ((int) floor (MAX (a[1], MAX (b[1], c[1]))), in->y[1]);

  for (int y = y0; y <= y1; y++)
    for (int x = x0; x <= x1; x++)
      {
        const double ab = (b[0] - a[0]) * (y - a[1]) - (b[1] - a[1]) * (x - a[0]);
        const double bc = (c[0] - b[0]) * (y - b[1]) - (c[1] - b[1]) * (x - b[0]);
        const double ca = (a[0] - c[0]) * (y - c[1]) - (a[1] - c[1]) * (x - c[0]);

        if ((ab >= 0.0 && bc >= 0.0 && ca >= 0.0) || (ab <= 0.0 && bc <= 0.0 && ca <= 0.0)) // from either side
          cells[y * CELLS + x] |= bit;
      }
}

/* Marks the cells of a window that a shape covers in the picture spanned by u and v. */
static void
stamp (Shape *s, const double u[3], const double v[3], const Window *in, guint8 *cells, guint8 bit)
{
  const double *p = (const double *) (void *) s->p->data;
  const guint32 *t = (const guint32 *) (void *) s->t->data;
  double *at = (double *) (void *) s->at->data;

  for (guint i = 0; i < s->p->len / 3; i++)
    {
      at[2 * i] = vec3_dot (p + 3 * i, u) / CELL_MM + CELLS / 2;
      at[2 * i + 1] = vec3_dot (p + 3 * i, v) / CELL_MM + CELLS / 2;
    }
  for (guint i = 0; i + 2 < s->t->len; i += 3)
    fill (at + 2 * t[i], at + 2 * t[i + 1], at + 2 * t[i + 2], in, cells, bit);
}

/* The window that a shape's points are in. */
static Window
window_of (const Shape *s)
{
  const double *at = (const double *) (void *) s->at->data;
  Window out = { { CELLS - 1, 0 }, { CELLS - 1, 0 } };

  for (guint i = 0; i + 1 < s->at->len; i += 2)
    {
      out.x[0] = MIN (out.x[0], (int) floor (at[i]));
      out.x[1] = MAX (out.x[1], (int) ceil (at[i]));
      out.y[0] = MIN (out.y[0], (int) floor (at[i + 1]));
      out.y[1] = MAX (out.y[1], (int) ceil (at[i + 1]));
    }
  return out;
}

static double
overlap_share (Subject *s, const double u[3], const double v[3])
{
  const Window all = { { 0, CELLS - 1 }, { 0, CELLS - 1 } };
  guint8 cells[CELLS * CELLS] = { 0 };
  int sac = 0, both = 0;
  Window in;

  stamp (&s->sac, u, v, &all, cells, 1);
  in = window_of (&s->sac);
  stamp (&s->other, u, v, &in, cells, 2);
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
rate (Subject *s, const WillisCArm *angles, WillisWorkingView *view)
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
refine (Subject *s, const WillisCArmLimits *limits, WillisWorkingView *best, double score)
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
barrel_view (Subject *s, const double axis[3], const WillisCArmLimits *limits)
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
