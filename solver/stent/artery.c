/* SPDX-License-Identifier: Apache-2.0 */
#include "solver/stent/artery.h"

#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/parallel.h"
#include "core/num/vec3.h"
#include "core/vessel/profile.h"

#define STEP_MM 0.25
#define DIAMETER_SIGMA_MM 0.5
#define SHORTEST_MM 5.0
#define LONGEST_MM 2000.0
#define SECTION_EVERY 2       // stations
#define LEAK 1.15             // a section this much wider than its neighbours, against the inscribed circle, has leaked

typedef struct
{
  const WillisTree *tree;
  const WillisAneurysm *aneurysm;
  gboolean *sac;  // branches that end in the sac
  gboolean *used;
  GArray *branches; // int, proximal to distal once the walk is done
  GArray *nodes;    // int, those it passes or ends at
  int into;
} Walk;

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

/* ---- the way through the tree */

static gboolean
beyond_neck (const Walk *w, const double p[3])
{
  const WillisNeck *neck = willis_aneurysm_neck (w->aneurysm);
  double d[3], height;

  vec3_sub (d, p, neck->centre_lps_mm);
  height = vec3_dot (d, neck->normal);
  return height > 0.2 && vec3_norm (d) < willis_aneurysm_morphology (w->aneurysm)->index[WILLIS_INDEX_MAX_HEIGHT].value + 1.0;
}

/* A branch with a dead end beyond the neck plane, no farther than the dome, runs in the sac. */
static void
mark_sac (Walk *w)
{
  for (gsize b = 0; b < willis_tree_n_branches (w->tree); b++)
    {
      const WillisBranch *branch = willis_tree_branch (w->tree, b);

      for (int end = 0; end < 2; end++)
        if (willis_tree_node (w->tree, branch->node[end])->degree == 1
            && beyond_neck (w, branch->points_lps_mm + 3 * (end ? branch->n_points - 1 : 0)))
          w->sac[b] = TRUE;
    }
}

/* Direction in which a branch leaves one of its ends, over two radii, and its mean radius there. */
static double
leaving (const WillisBranch *b, gboolean from_start, double direction[3])
{
  gsize n = b->n_points, first = from_start ? 0 : n - 1, k = 0;
  double reach = 4.0 * b->radius_mm[first], sum = 0.0;
  const double *p0 = b->points_lps_mm + 3 * first;

  for (; k < n; k++)
    {
      gsize i = from_start ? k : n - 1 - k;

      sum += b->radius_mm[i];
      vec3_sub (direction, b->points_lps_mm + 3 * i, p0);
      if (vec3_norm (direction) > reach && k > 1)
        {
          k++;
          break;
        }
    }
  vec3_normalize (direction);
  return sum / (double) k;
}

/* The branch that goes on best at a node: wide, and straight with respect to arriving (unit). */
static int
go_on (const Walk *w, int node, const double arriving[3], gboolean downstream)
{
  int best = -1;
  double best_score = 0.0;

  for (gsize b = 0; b < willis_tree_n_branches (w->tree); b++)
    {
      const WillisBranch *branch = willis_tree_branch (w->tree, b);

      if (w->sac[b] || w->used[b] || branch->n_points < 2)
        continue;
      for (int end = 0; end < 2; end++)
        {
          double direction[3], score;

          if (branch->node[end] != node)
            continue;
          score = leaving (branch, end == 0, direction);
          score *= 1.2 + vec3_dot (direction, arriving);
          if ((end == 0) == downstream) // as the tree's own direction has it
            score *= 1.3;
          if (w->into == (int) b && downstream)
            score = 1e9;
          if (score > best_score)
            {
              best_score = score;
              best = (int) b;
            }
        }
    }
  return best;
}

static void
push_branch (Walk *w, int b)
{
  g_array_append_val (w->branches, b);
  w->used[b] = TRUE;
}

/* Branch after branch for at least reach_mm, the first one from its start or its end. */
static void
follow (Walk *w, int branch, gboolean from_start, gboolean downstream, double reach_mm)
{
  double length = 0.0;

  for (int guard = 0; guard < 64; guard++)
    {
      const WillisBranch *b = willis_tree_branch (w->tree, (gsize) branch);
      int node = b->node[from_start ? 1 : 0];
      double arriving[3];

      push_branch (w, branch);
      if (branch == w->into)
        w->into = -1;
      length += b->length_mm;
      g_array_append_val (w->nodes, node);
      if (length > reach_mm && w->into < 0)
        break;
      leaving (b, !from_start, arriving);
      vec3_scale (arriving, arriving, -1.0);
      branch = go_on (w, node, arriving, downstream);
      if (branch < 0)
        break;
      from_start = willis_tree_branch (w->tree, (gsize) branch)->node[0] == node;
    }
}

/* The branch whose points come nearest to the neck, runners in the sac left out. */
static int
nearest_branch (const Walk *w)
{
  const double *centre = willis_aneurysm_neck (w->aneurysm)->centre_lps_mm;
  double best = INFINITY;
  int found = -1;

  for (gsize b = 0; b < willis_tree_n_branches (w->tree); b++)
    {
      const WillisBranch *branch = willis_tree_branch (w->tree, b);

      if (w->sac[b] || branch->n_points < 2)
        continue;
      for (gsize i = 0; i < branch->n_points; i++)
        {
          double d = vec3_dist (branch->points_lps_mm + 3 * i, centre) - branch->radius_mm[i];

          if (d < best)
            {
              best = d;
              found = (int) b;
            }
        }
    }
  return best < 4.0 ? found : -1;
}

static gboolean
walk (Walk *w, double reach_mm, GError **error)
{
  int base = willis_aneurysm_branch (w->aneurysm), into = w->into;

  mark_sac (w);
  if (into >= (int) willis_tree_n_branches (w->tree) || (into >= 0 && w->sac[into]))
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("branch %d is no artery of this tree"), into);
  if (base < 0 || base >= (int) willis_tree_n_branches (w->tree) || w->sac[base])
    base = nearest_branch (w);
  if (base < 0)
    return willis_fail (error, WILLIS_ERROR_FAILED, _ ("no artery of the tree passes the neck"));
  // upstream first, turned about, then downstream from the same branch
  w->into = -1;
  follow (w, base, FALSE, FALSE, reach_mm + willis_tree_branch (w->tree, (gsize) base)->length_mm);
  for (guint i = 0; i < w->branches->len / 2; i++)
    {
      int *p = &g_array_index (w->branches, int, i), *q = &g_array_index (w->branches, int, w->branches->len - 1 - i), swap = *p;

      *p = *q;
      *q = swap;
    }
  w->into = into == base ? -1 : into;
  {
    const WillisBranch *b = willis_tree_branch (w->tree, (gsize) base);
    double arriving[3];
    int next;

    g_array_append_val (w->nodes, b->node[1]);
    leaving (b, FALSE, arriving);
    vec3_scale (arriving, arriving, -1.0);
    next = go_on (w, b->node[1], arriving, TRUE);
    if (next >= 0)
      follow (w, next, willis_tree_branch (w->tree, (gsize) next)->node[0] == b->node[1], TRUE, reach_mm);
  }
  if (w->into >= 0)
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("the way past the neck does not come to branch %d"), into);
  return TRUE;
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

/* Stations at equal steps of arc length, between two places of the course. */
static WillisStentArtery *
artery_of_course (const WillisCourse *course, gsize first, gsize last)
{
  const WillisCoursePoint *p = willis_course_points (course);
  WillisStentArtery *a = artery_new ((gsize) ((p[last].at_mm - p[first].at_mm) / STEP_MM) + 1);
  gsize k = first;

  for (gsize i = 0; i < a->n; i++)
    {
      double at = p[first].at_mm + i * STEP_MM, t;

      while (k + 1 < last && p[k + 1].at_mm < at)
        k++;
      t = CLAMP ((at - p[k].at_mm) / (p[k + 1].at_mm - p[k].at_mm), 0.0, 1.0);
      a->s_mm[i] = i * STEP_MM;
      vec3_lerp (a->points_lps_mm + 3 * i, p[k].centre_lps_mm, p[k + 1].centre_lps_mm, t);
      vec3_lerp (a->tangents + 3 * i, p[k].tangent, p[k + 1].tangent, t);
      vec3_normalize (a->tangents + 3 * i);
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
place_branches (WillisStentArtery *a, const Walk *w)
{
  for (guint k = 0; k < w->nodes->len; k++)
    {
      int node = g_array_index (w->nodes, int, k);
      double s = foot (a, willis_tree_node (w->tree, (gsize) node)->lps_mm, NULL);

      for (gsize b = 0; b < willis_tree_n_branches (w->tree); b++)
        {
          const WillisBranch *branch = willis_tree_branch (w->tree, b);
          WillisSideBranch side = { s, 0.0, (int) b };

          if (w->used[b] || w->sac[b] || (branch->node[0] != node && branch->node[1] != node)
              || s <= 0.5 || s >= a->s_mm[a->n - 1] - 0.5)
            continue;
          side.diameter_mm = 2.0 * branch->radius_mm[branch->n_points / 2];
          g_array_append_val (a->side_branches, side);
        }
    }
  g_array_sort (a->side_branches, by_s);
}

static WillisStentArtery *
artery_of_walk (Walk *w, WillisSurface *surface, double reach_mm, GError **error)
{
  g_autoptr (WillisCourse) course
      = willis_course_new (w->tree, (const int *) (gpointer) w->branches->data, w->branches->len, error);
  g_autoptr (WillisStentArtery) a = NULL;
  const WillisCoursePoint *p;
  gsize at, first, last;

  if (course == NULL)
    return NULL;
  p = willis_course_points (course);
  at = first = last = willis_course_nearest (course, willis_aneurysm_neck (w->aneurysm)->centre_lps_mm, NULL);
  while (first > 0 && p[at].at_mm - p[first].at_mm < reach_mm)
    first--;
  while (last + 1 < willis_course_n (course) && p[last].at_mm - p[at].at_mm < reach_mm)
    last++;
  if (p[last].at_mm - p[first].at_mm < SHORTEST_MM)
    {
      willis_fail (error, WILLIS_ERROR_FAILED, _ ("the artery at the neck is too short to land a device in"));
      return NULL;
    }
  a = artery_of_course (course, first, last);
  if (!place_neck (a, w->aneurysm, error))
    return NULL;
  measure_lumen (a, surface);
  open_neck (a, w->aneurysm);
  place_branches (a, w);
  return g_steal_pointer (&a);
}

WillisStentArtery *
willis_stent_artery_new (WillisSurface *surface, const WillisTree *tree, const WillisAneurysm *aneurysm, int into, double reach_mm,
                         const WillisProgress *progress, GError **error)
{
  gsize n = MAX (willis_tree_n_branches (tree), 1);
  g_autofree gboolean *sac = g_new0 (gboolean, n), *used = g_new0 (gboolean, n);
  g_autoptr (GArray) branches = g_array_new (FALSE, FALSE, sizeof (int)), nodes = g_array_new (FALSE, FALSE, sizeof (int));
  Walk w = { tree, aneurysm, sac, used, branches, nodes, into };
  WillisStentArtery *a = NULL;

  if (willis_progress_step (progress, 0.0, error) && walk (&w, reach_mm, error))
    a = artery_of_walk (&w, surface, reach_mm, error);
  return a;
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
