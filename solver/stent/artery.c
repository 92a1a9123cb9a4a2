/* SPDX-License-Identifier: Apache-2.0 */
#include "solver/stent/artery.h"

#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/parallel.h"
#include "core/num/vec3.h"
#include "core/vessel/profile.h"
#include "solver/stent/way.h"

#define STEP_MM 0.25
#define DIAMETER_SIGMA_MM 0.5
#define SHORTEST_MM 5.0
#define LONGEST_MM 2000.0
#define SECTION_EVERY 2       // stations
#define LEAK 1.15             // a section this much wider than its neighbours, against the inscribed circle, has leaked

void
willis_stent_artery_free (WillisStentArtery *artery)
{
  if (artery == NULL)
    return;
  g_free (artery->s_mm);
  g_free (artery->points_lps_mm);
  g_free (artery->tangents);
  g_free (artery->curvature_1_mm);
  g_free (artery->diameter_mm);
  g_free (artery->area_diameter_mm);
  g_free (artery->inscribed_mm);
  g_free (artery->unsupported);
  g_free (artery->interpolated);
  g_free (artery->open);
  if (artery->side_branches != NULL)
    g_array_unref (artery->side_branches);
  g_free (artery);
}

/* ---- the line */

/* Gaussian smoothing along a uniformly sampled line; ends are reflected through their point, so they stay. */
static void
smooth (double *values, gsize n, double sigma_steps)
{
  int half = (int) ceil (3.0 * sigma_steps);
  g_autofree double *in = g_memdup2 (values, n * sizeof *values);

  for (gsize i = 0; i < n; i++)
    {
      double sum = 0.0, weight = 0.0;

      for (int k = -half; k <= half; k++)
        {
          gssize j = (gssize) i + k;
          double g = exp (-0.5 * k * k / (sigma_steps * sigma_steps)), v;

          if (j < 0)
            v = 2.0 * in[0] - in[MIN (-j, (gssize) n - 1)];
          else if (j >= (gssize) n)
            v = 2.0 * in[n - 1] - in[MAX (2 * (gssize) n - 2 - j, 0)];
          else
            v = in[j];
          sum += g * v;
          weight += g;
        }
      values[i] = sum / weight;
    }
}

static WillisStentArtery *
artery_new (gsize n)
{
  WillisStentArtery *a = g_new0 (WillisStentArtery, 1);

  a->n = n;
  a->step_mm = STEP_MM;
  a->s_mm = g_new (double, n);
  a->points_lps_mm = g_new (double, 3 * n);
  a->tangents = g_new (double, 3 * n);
  a->curvature_1_mm = g_new (double, n);
  a->diameter_mm = g_new (double, n);
  a->area_diameter_mm = g_new (double, n);
  a->inscribed_mm = g_new (double, n);
  a->unsupported = g_new0 (gboolean, n);
  a->interpolated = g_new0 (gboolean, n);
  a->open = g_new0 (double, n);
  a->side_branches = g_array_new (FALSE, FALSE, sizeof (WillisSideBranch));
  return a;
}

/* Stations at equal steps of arc length, between two places of the course; back: from the later to the earlier one. */
static WillisStentArtery *
artery_of_course (const WillisCourse *course, gsize first, gsize last, gboolean back)
{
  const WillisCoursePoint *p = willis_course_points (course);
  WillisStentArtery *a = artery_new ((gsize) ((p[last].at_mm - p[first].at_mm) / STEP_MM) + 1);
  gsize k = first;

  for (gsize j = 0; j < a->n; j++)
    {
      double at = p[first].at_mm + j * STEP_MM, t;
      gsize i = back ? a->n - 1 - j : j;

      while (k + 1 < last && p[k + 1].at_mm < at)
        k++;
      t = CLAMP ((at - p[k].at_mm) / (p[k + 1].at_mm - p[k].at_mm), 0.0, 1.0);
      a->s_mm[i] = i * STEP_MM;
      vec3_lerp (a->points_lps_mm + 3 * i, p[k].centre_lps_mm, p[k + 1].centre_lps_mm, t);
      vec3_lerp (a->tangents + 3 * i, p[k].tangent, p[k + 1].tangent, t);
      vec3_normalize (a->tangents + 3 * i);
      if (back)
        vec3_scale (a->tangents + 3 * i, a->tangents + 3 * i, -1.0);
      a->curvature_1_mm[i] = p[k].curvature_per_mm + t * (p[k + 1].curvature_per_mm - p[k].curvature_per_mm);
      a->inscribed_mm[i] = p[k].inscribed_mm + t * (p[k + 1].inscribed_mm - p[k].inscribed_mm);
    }
  smooth (a->curvature_1_mm, a->n, DIAMETER_SIGMA_MM / STEP_MM);
  for (gsize i = 0; i < a->n; i++)
    a->curvature_1_mm[i] = fmax (a->curvature_1_mm[i], 0.0);
  return a;
}

/* ---- sections */

typedef struct
{
  WillisStentArtery *artery;
  WillisSurface *surface;
} Cutting;

/* Every SECTION_EVERYth station is cut; others are NaN. Each range has a sectioner of its own. */
static void
cut_range (gsize lo, gsize hi, gpointer context)
{
  Cutting *c = context;
  WillisStentArtery *a = c->artery;
  g_autoptr (WillisSectioner) sectioner = willis_sectioner_new (c->surface);

  for (gsize i = lo; i < hi; i++)
    {
      WillisCoursePoint at = { .inscribed_mm = a->inscribed_mm[i] };
      WillisCrossSection section;
      double across[3];

      a->diameter_mm[i] = a->area_diameter_mm[i] = NAN;
      if (i % SECTION_EVERY != 0)
        continue;
      vec3_copy (at.centre_lps_mm, a->points_lps_mm + 3 * i);
      vec3_copy (at.tangent, a->tangents + 3 * i);
      vec3_basis (at.tangent, at.normal, across);
      section = willis_cross_section (sectioner, &at);
      if (!(section.off_mm <= 0.5 * a->inscribed_mm[i] + 0.5)) // not round this artery alone
        continue;
      a->diameter_mm[i] = section.perimeter_diameter_mm;
      a->area_diameter_mm[i] = section.area_diameter_mm;
    }
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  const double *x = a, *y = b;

  return (*x > *y) - (*x < *y);
}

/* Sections that are much wider than the inscribed circle, against those around them, have leaked into a branch or the sac. */
static void
drop_leaks (WillisStentArtery *a)
{
  gsize half = (gsize) (8.0 / a->step_mm);
  g_autofree double *ratio = g_new (double, a->n), *sorted = g_new (double, a->n);

  for (gsize i = 0; i < a->n; i++)
    ratio[i] = a->diameter_mm[i] / a->inscribed_mm[i];
  for (gsize i = 0; i < a->n; i++)
    {
      gsize n = 0;

      if (isnan (ratio[i]))
        continue;
      for (gsize j = i > half ? i - half : 0; j < MIN (i + half + 1, a->n); j++)
        if (!isnan (ratio[j]) && !a->unsupported[j])
          sorted[n++] = ratio[j];
      if (n < 4)
        continue;
      qsort (sorted, n, sizeof *sorted, compare_doubles);
      // the lower third: near a neck leaks may be more than half of the sections
      if (ratio[i] > LEAK * sorted[n / 3] || ratio[i] < 0.8)
        a->diameter_mm[i] = NAN;
    }
}

static void
bridge (const WillisStentArtery *a, double *values, const double *model)
{
  gssize before = -1;

  for (gsize i = 0; i <= a->n; i++)
    {
      if (i < a->n && isnan (values[i]))
        continue;
      for (gsize k = (gsize) (before + 1); k < i && k < a->n; k++)
        {
          double t = before >= 0 && i < a->n ? (double) ((gssize) k - before) / (double) ((gssize) i - before) : i < a->n ? 1.0 : 0.0;

          if (before < 0 && i == a->n)
            values[k] = model[k];
          else
            values[k] = (before >= 0 ? (1.0 - t) * values[before] : 0.0) + (i < a->n && t > 0.0 ? t * values[i] : 0.0);
        }
      before = (gssize) i;
    }
}

static void
measure_lumen (WillisStentArtery *a, WillisSurface *surface)
{
  Cutting c = { a, surface };
  gsize chunk = MAX (a->n / 2 + 1, 1); // two sectioners: each costs as much as many cuts

  cut_range (0, 0, &c);
  willis_parallel_for (a->n, chunk, cut_range, &c);
  for (gsize i = 0; i < a->n; i++)
    if (a->unsupported[i])
      a->diameter_mm[i] = NAN;
  drop_leaks (a);
  for (gsize i = 0; i < a->n; i++)
    {
      a->interpolated[i] = isnan (a->diameter_mm[i]) && i % SECTION_EVERY == 0;
      if (isnan (a->diameter_mm[i]))
        a->area_diameter_mm[i] = NAN;
    }
  for (gsize i = 0; i < a->n; i++)
    if (i % SECTION_EVERY != 0)
      a->interpolated[i] = a->interpolated[i - i % SECTION_EVERY];
  bridge (a, a->diameter_mm, a->inscribed_mm);
  bridge (a, a->area_diameter_mm, a->inscribed_mm);
  smooth (a->diameter_mm, a->n, DIAMETER_SIGMA_MM / a->step_mm);
  smooth (a->area_diameter_mm, a->n, DIAMETER_SIGMA_MM / a->step_mm);
}

/* ---- neck and branches */

static double
foot (const WillisStentArtery *a, const double p[3], double *distance)
{
  gsize best = 0;

  for (gsize i = 1; i < a->n; i++)
    if (vec3_dist (a->points_lps_mm + 3 * i, p) < vec3_dist (a->points_lps_mm + 3 * best, p))
      best = i;
  if (distance != NULL)
    *distance = vec3_dist (a->points_lps_mm + 3 * best, p);
  return a->s_mm[best];
}

static gboolean
place_neck (WillisStentArtery *a, const WillisAneurysm *aneurysm, GError **error)
{
  gsize n;
  const double *curve = willis_aneurysm_neck_curve (aneurysm, &n);
  double distance;

  a->neck_mm = foot (a, willis_aneurysm_neck (aneurysm)->centre_lps_mm, &distance);
  a->neck_lo_mm = a->neck_hi_mm = a->neck_mm;
  for (gsize i = 0; i < n; i++)
    {
      double d, s = foot (a, curve + 3 * i, &d);

      // a far-off end of the line is no foot
      if (fabs (s - a->neck_mm) > 15.0)
        continue;
      a->neck_lo_mm = fmin (a->neck_lo_mm, s);
      a->neck_hi_mm = fmax (a->neck_hi_mm, s);
    }
  if (distance > 8.0 || a->neck_lo_mm <= 0.0 || a->neck_hi_mm >= a->s_mm[a->n - 1])
    return willis_fail (error, WILLIS_ERROR_FAILED, _ ("the artery ends at the neck: there is nowhere to land a device"));
  for (gsize i = 0; i < a->n; i++)
    a->unsupported[i] = a->s_mm[i] >= a->neck_lo_mm - 0.5 && a->s_mm[i] <= a->neck_hi_mm + 0.5;
  return TRUE;
}

/* The neck as an ellipse, as wide as it is round (4 A / P): what its chord takes of the circumference. */
static void
open_neck (WillisStentArtery *a, const WillisAneurysm *aneurysm)
{
  double width = willis_aneurysm_morphology (aneurysm)->index[WILLIS_INDEX_NECK_DIAMETER].value;
  double middle = 0.5 * (a->neck_lo_mm + a->neck_hi_mm), half = fmax (0.5 * (a->neck_hi_mm - a->neck_lo_mm), 0.1);

  for (gsize i = 0; i < a->n; i++)
    {
      double t = (a->s_mm[i] - middle) / half;

      if (fabs (t) < 1.0 && width > 0.0)
        a->open[i] = asin (fmin (width * sqrt (1.0 - t * t) / a->diameter_mm[i], 1.0)) / G_PI;
    }
}

static int
by_s (gconstpointer a, gconstpointer b)
{
  const WillisSideBranch *x = a, *y = b;

  return x->s_mm != y->s_mm ? (x->s_mm > y->s_mm) - (x->s_mm < y->s_mm) : x->branch - y->branch;
}

static void
place_branches (WillisStentArtery *a, const WillisTree *tree, const WillisStentWay *way)
{
  for (guint k = 0; k < way->nodes->len; k++)
    {
      int node = g_array_index (way->nodes, int, k);
      double s = foot (a, willis_tree_node (tree, (gsize) node)->lps_mm, NULL);

      for (gsize b = 0; b < willis_tree_n_branches (tree); b++)
        {
          const WillisBranch *branch = willis_tree_branch (tree, b);
          WillisSideBranch side = { s, 0.0, (int) b };

          if (way->on[b] || way->sac[b] || (branch->node[0] != node && branch->node[1] != node) || s <= 0.5
              || s >= a->s_mm[a->n - 1] - 0.5)
            continue;
          side.diameter_mm = 2.0 * branch->radius_mm[branch->n_points / 2];
          g_array_append_val (a->side_branches, side);
        }
    }
  g_array_sort (a->side_branches, by_s);
}

static WillisStentArtery *
artery_of_way (const WillisTree *tree, const WillisAneurysm *aneurysm, const WillisStentWay *way,
               WillisSurface *surface, double reach_mm, GError **error)
{
  g_autoptr (WillisCourse) course
      = willis_course_new (tree, (const int *) (gpointer) way->branches->data, way->branches->len, error);
  g_autoptr (WillisStentArtery) a = NULL;
  const WillisCoursePoint *p;
  gsize at, first, last;

  if (course == NULL)
    return NULL;
  p = willis_course_points (course);
  at = first = last = willis_course_nearest (course, willis_aneurysm_neck (aneurysm)->centre_lps_mm, NULL);
  while (first > 0 && p[at].at_mm - p[first].at_mm < reach_mm)
    first--;
  while (last + 1 < willis_course_n (course) && p[last].at_mm - p[at].at_mm < reach_mm)
    last++;
  if (p[last].at_mm - p[first].at_mm < SHORTEST_MM)
    {
      willis_fail (error, WILLIS_ERROR_FAILED, _ ("the artery at the neck is too short to land a device in"));
      return NULL;
    }
  a = artery_of_course (course, first, last, way->back);
  if (!place_neck (a, aneurysm, error))
    return NULL;
  measure_lumen (a, surface);
  open_neck (a, aneurysm);
  place_branches (a, tree, way);
  return g_steal_pointer (&a);
}

WillisStentArtery *
willis_stent_artery_new (WillisSurface *surface, const WillisTree *tree, const WillisAneurysm *aneurysm, int into, double reach_mm,
                         const WillisProgress *progress, GError **error)
{
  const WillisMeasure *index = willis_aneurysm_morphology (aneurysm)->index;
  const WillisWayNeck neck = { willis_aneurysm_neck (aneurysm), index[WILLIS_INDEX_MAX_HEIGHT].value,
                               index[WILLIS_INDEX_NECK_DIAMETER].value, willis_aneurysm_branch (aneurysm) };
  g_autoptr (WillisStentWay) way = NULL;

  if (!willis_progress_step (progress, 0.0, error))
    return NULL;
  way = willis_stent_way_new (tree, &neck, into, reach_mm, error);
  return way != NULL ? artery_of_way (tree, aneurysm, way, surface, reach_mm, error) : NULL;
}

/* ---- a lumen that is given */

/* Points of a line without any: in one plane, turning by its curvature. */
static double *
plane_points (const WillisLumenLine *line)
{
  double *p = g_new0 (double, 3 * line->n), angle = 0.0;

  for (gsize i = 1; i < line->n; i++)
    {
      double ds = line->s_mm[i] - line->s_mm[i - 1], k = line->curvature_1_mm != NULL ? line->curvature_1_mm[i - 1] : 0.0;

      p[3 * i] = p[3 * i - 3] + ds * sin (angle + 0.5 * k * ds);
      p[3 * i + 2] = p[3 * i - 1] + ds * cos (angle + 0.5 * k * ds);
      angle += k * ds;
    }
  return p;
}

static void
fill_from_line (WillisStentArtery *a, const WillisLumenLine *line, const double *points)
{
  double end = line->s_mm[line->n - 1];
  gsize k = line->n - 2;

  for (gsize i = 0; i < a->n; i++) // from the proximal end on
    {
      double s = end - i * STEP_MM, t, back[3];

      while (k > 0 && line->s_mm[k] > s)
        k--;
      t = CLAMP ((s - line->s_mm[k]) / (line->s_mm[k + 1] - line->s_mm[k]), 0.0, 1.0);
      a->s_mm[i] = i * STEP_MM;
      vec3_lerp (a->points_lps_mm + 3 * i, points + 3 * k, points + 3 * k + 3, t);
      vec3_sub (back, points + 3 * k, points + 3 * k + 3);
      vec3_normalize (back);
      vec3_copy (a->tangents + 3 * i, back);
      a->diameter_mm[i] = line->diameter_mm[k] + t * (line->diameter_mm[k + 1] - line->diameter_mm[k]);
      a->area_diameter_mm[i] = a->inscribed_mm[i] = a->diameter_mm[i];
      if (line->curvature_1_mm != NULL)
        a->curvature_1_mm[i] = line->curvature_1_mm[k] + t * (line->curvature_1_mm[k + 1] - line->curvature_1_mm[k]);
      else
        a->curvature_1_mm[i] = 0.0;
    }
}

WillisStentArtery *
willis_stent_artery_of_line (const WillisLumenLine *line, const double *points_lps_mm, double neck_from_mm, double neck_to_mm,
                             GError **error)
{
  double first = line->s_mm[0], end = line->s_mm[line->n - 1], middle, half;
  g_autofree double *plane = points_lps_mm == NULL ? plane_points (line) : NULL;
  WillisStentArtery *a;

  if (!(end - first >= SHORTEST_MM && end - first <= LONGEST_MM))
    {
      willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("a lumen of %.1f mm: devices are tried in %.0f to %.0f mm"), end - first, SHORTEST_MM,
                   LONGEST_MM);
      return NULL;
    }
  if (!(neck_from_mm > first && neck_to_mm >= neck_from_mm && neck_to_mm < end))
    {
      willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("the neck from %g to %g mm is not within the lumen from %g to %g mm"), neck_from_mm,
                   neck_to_mm, first, end);
      return NULL;
    }
  a = artery_new ((gsize) ((end - first) / STEP_MM) + 1);
  fill_from_line (a, line, plane != NULL ? plane : points_lps_mm);
  a->neck_lo_mm = end - neck_to_mm;
  a->neck_hi_mm = end - neck_from_mm;
  a->neck_mm = middle = 0.5 * (a->neck_lo_mm + a->neck_hi_mm);
  half = fmax (0.5 * (a->neck_hi_mm - a->neck_lo_mm), 0.1);
  for (gsize i = 0; i < a->n; i++)
    {
      double t = (a->s_mm[i] - middle) / half;

      a->unsupported[i] = a->s_mm[i] >= a->neck_lo_mm - 0.5 && a->s_mm[i] <= a->neck_hi_mm + 0.5;
      a->open[i] = fabs (t) < 1.0 ? 0.5 * sqrt (1.0 - t * t) : 0.0;
    }
  return a;
}

WillisLumenLine
willis_stent_artery_line (const WillisStentArtery *artery)
{
  return (WillisLumenLine){ artery->n, artery->s_mm, artery->diameter_mm, artery->curvature_1_mm, artery->unsupported };
}

void
willis_stent_artery_point (const WillisStentArtery *artery, double s_mm, double lps_mm[3], double tangent[3])
{
  double x = CLAMP (s_mm / artery->step_mm, 0.0, (double) (artery->n - 1));
  gsize i = MIN ((gsize) x, artery->n - 2);

  vec3_lerp (lps_mm, artery->points_lps_mm + 3 * i, artery->points_lps_mm + 3 * i + 3, x - (double) i);
  if (tangent != NULL)
    vec3_copy (tangent, artery->tangents + 3 * MIN ((gsize) (x + 0.5), artery->n - 1));
}
