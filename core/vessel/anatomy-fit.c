/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The atlas laid on a tree: expectation maximisation with an outlier class (Myronenko and Song 2010) over a similarity,
 * whose rotation and scale have priors, from every start that puts an atlas landmark on a place of the tree.
 */
#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/num/dense.h"
#include "core/num/so3.h"
#include "core/num/vec3.h"
#include "core/vessel/anatomy-private.h"

#define ROTATION_SD (14.0 * G_PI / 180.0) // heads are laid straight within about this
#define LOG_SCALE_SD 0.07
#define LOG_RADIUS_SD 0.38
#define DIRECTION_WEIGHT 1.6
#define OUTLIER 0.02   // likelihood of what is none of the atlas, relative to a perfect match
#define EVIDENCE 0.06  // neighbouring samples err together: weight of a sample per millimetre
#define GOOD -0.7      // mean log likelihood of a fit that needs no other frame beside it
#define POOR -1.75     // mean log likelihood of a tree that looks like no head's arteries as often as like some
#define POOR_WIDTH 0.12
#define TURNED 3.0     // log odds that a scan's axes are the patient's against any other frame
#define FAR 9.0        // squared distance over variance beyond which a match is none

GArray *
anatomy_samples (const WillisTree *tree, double step_mm, gsize **first)
{
  gsize n_branches = willis_tree_n_branches (tree);
  GArray *out = g_array_new (FALSE, TRUE, sizeof (AnatomySample));

  *first = g_new0 (gsize, n_branches + 1);
  for (gsize b = 0; b < n_branches; b++)
    {
      const WillisBranch *branch = willis_tree_branch (tree, b);
      int n = MAX (1, (int) lround (branch->length_mm / step_mm));
      gsize k = 0;

      (*first)[b] = out->len;
      for (int i = 0; i < n; i++)
        {
          AnatomySample s = { .branch = (int) b, .mm = branch->length_mm / n, .at_mm = branch->length_mm * (i + 0.5) / n };
          gsize before = k, after = k;

          while (k + 1 < branch->n_points && branch->abscissa_mm[k] < s.at_mm)
            k++;
          for (before = k; before > 0 && branch->abscissa_mm[before] > s.at_mm - 1.0; before--)
            ;
          for (after = k; after + 1 < branch->n_points && branch->abscissa_mm[after] < s.at_mm + 1.0; after++)
            ;
          vec3_copy (s.p, branch->points_lps_mm + 3 * k);
          vec3_sub (s.t, branch->points_lps_mm + 3 * after, branch->points_lps_mm + 3 * before);
          vec3_normalize (s.t);
          s.r = branch->radius_mm[k];
          s.log_r = log (s.r);
          g_array_append_val (out, s);
        }
    }
  (*first)[n_branches] = out->len;
  return out;
}

/* Likelihood of sample s as a sight of the atlas point that lies at q with direction t (scan coordinates), 1 at best. */
static inline double
match (const AnatomySample *s, const double q[3], const double t[3], double log_radius, double variance)
{
  double d2 = 0.0, c, lr;

  for (int a = 0; a < 3; a++)
    d2 += (s->p[a] - q[a]) * (s->p[a] - q[a]);
  if (d2 > FAR * variance)
    return 0.0;
  c = vec3_dot (s->t, t);
  lr = (s->log_r - log_radius) / LOG_RADIUS_SD;
  return exp (-0.5 * d2 / variance - DIRECTION_WEIGHT * (1.0 - c * c) - 0.5 * MIN (lr * lr, 8.0));
}

typedef struct
{
  double *q, *t, *log_r, *variance; // atlas points in the scan; [n][3], [n][3], [n], [n]
  gsize n;
} Placed;

static void
place (const GArray *atlas, const AnatomyFit *fit, double blur_mm, Placed *out)
{
  double total[9];

  mat3_mul (total, fit->rotation, fit->base);
  for (gsize j = 0; j < atlas->len; j++)
    {
      const AnatomyPoint *a = &g_array_index (atlas, AnatomyPoint, j);

      mat3_apply (out->q + 3 * j, total, a->p);
      mat3_apply (out->t + 3 * j, total, a->t);
      for (int k = 0; k < 3; k++)
        out->q[3 * j + (gsize) k] = fit->scale * out->q[3 * j + (gsize) k] + fit->translation[k];
      out->log_r[j] = log (a->r);
      out->variance[j] = a->sigma * a->sigma + blur_mm * blur_mm;
    }
}

/* Thick arteries say more of where the head is than thin ones, which vary. */
static double
sample_weight (const AnatomySample *s)
{
  return EVIDENCE * s->mm * CLAMP (s->r / 1.2, 0.4, 1.6);
}

static double
prior (const AnatomyFit *fit)
{
  double c = 0.5 * (fit->rotation[0] + fit->rotation[4] + fit->rotation[8] - 1.0);
  double angle = acos (CLAMP (c, -1.0, 1.0)) / ROTATION_SD, scale = log (fit->scale) / LOG_SCALE_SD;

  return -0.5 * (angle * angle + scale * scale) - (fit->turned ? TURNED : 0.0);
}

/* The log likelihood of a pose. */
static double
score_of (const GArray *samples, const GArray *atlas, double blur_mm, Placed *placed, const AnatomyFit *fit)
{
  double total = prior (fit);

  place (atlas, fit, blur_mm, placed);
  for (guint i = 0; i < samples->len; i++)
    {
      const AnatomySample *s = &g_array_index (samples, AnatomySample, i);
      double best = 0.0;

      for (gsize j = 0; j < placed->n; j++)
        best = MAX (best, match (s, placed->q + 3 * j, placed->t + 3 * j, placed->log_r[j], placed->variance[j]));
      total += sample_weight (s) * log (OUTLIER + best);
    }
  return total;
}

/* Adds to the normal equations that the atlas at q should come to p, with weight u. */
static void
add_pull (const double centre[3], const double q[3], const double p[3], double u, double h[49], double g[7])
{
  double row[3][7] = { { 0 } }, x[3], e[3];

  vec3_sub (x, q, centre);
  vec3_sub (e, p, q);
  // d (q) = w x (q - centre) + dt + ds (q - centre)
  vec3_set (row[0], 0, x[2], -x[1]);
  vec3_set (row[1], -x[2], 0, x[0]);
  vec3_set (row[2], x[1], -x[0], 0);
  for (int k = 0; k < 3; k++)
    {
      row[k][3 + k] = 1.0;
      row[k][6] = x[k];
      for (int a = 0; a < 7; a++)
        {
          g[a] += u * row[k][a] * e[k];
          for (int b = 0; b < 7; b++)
            h[7 * a + b] += u * row[k][a] * row[k][b];
        }
    }
}

/* Moves the pose by the Gauss-Newton step of the normal equations and the priors. */
static void
move_pose (AnatomyFit *fit, const double centre[3], double h[49], double g[7])
{
  double turn[9], rotation[9], tilt[3], quaternion[4], growth, x[3];

  quat_from_matrix (quaternion, fit->rotation);
  quat_log (tilt, quaternion);
  for (int k = 0; k < 3; k++)
    {
      h[8 * k] += 1.0 / (ROTATION_SD * ROTATION_SD);
      g[k] -= tilt[k] / (ROTATION_SD * ROTATION_SD);
      h[8 * (3 + k)] += 1e-6;
    }
  h[48] += 1.0 / (LOG_SCALE_SD * LOG_SCALE_SD);
  g[6] -= log (fit->scale) / (LOG_SCALE_SD * LOG_SCALE_SD);
  if (willis_cholesky_factor (h, 7) != 0)
    return;
  willis_cholesky_solve (h, 7, g, 1);
  quat_exp (quaternion, g);
  quat_to_matrix (turn, quaternion);
  mat3_mul (rotation, turn, fit->rotation);
  memcpy (fit->rotation, rotation, sizeof rotation);
  growth = exp (g[6]);
  // t' = centre + growth turn (t - centre) + dt
  vec3_sub (x, fit->translation, centre);
  mat3_apply (x, turn, x);
  for (int k = 0; k < 3; k++)
    fit->translation[k] = centre[k] + growth * x[k] + g[3 + k];
  fit->scale *= growth;
}

/* One round: beliefs of the matches, then a Gauss-Newton step towards each sample's mean match. */
static void
em_step (const GArray *samples, const GArray *atlas, double blur_mm, Placed *placed, AnatomyFit *fit)
{
  double h[49] = { 0 }, g[7] = { 0 }, centre[3] = { 0 };

  for (guint i = 0; i < samples->len; i++)
    for (int k = 0; k < 3; k++)
      centre[k] += g_array_index (samples, AnatomySample, i).p[k] / samples->len;
  place (atlas, fit, blur_mm, placed);
  for (guint i = 0; i < samples->len; i++)
    {
      const AnatomySample *s = &g_array_index (samples, AnatomySample, i);
      double sum = 0.0, q[3] = { 0 }, stiffness = 0.0;

      for (gsize j = 0; j < placed->n; j++)
        {
          double a = match (s, placed->q + 3 * j, placed->t + 3 * j, placed->log_r[j], placed->variance[j]);

          if (a <= 0.0)
            continue;
          sum += a;
          stiffness += a / placed->variance[j];
          vec3_axpy (q, q, a / placed->variance[j], placed->q + 3 * j);
        }
      if (!(stiffness > 0.0))
        continue;
      vec3_scale (q, q, 1.0 / stiffness);
      add_pull (centre, q, s->p, sample_weight (s) * stiffness / (sum + OUTLIER), h, g);
    }
  move_pose (fit, centre, h, g);
}

static void
placed_init (Placed *p, gsize n)
{
  p->n = n;
  p->q = g_new (double, 3 * n + 1);
  p->t = g_new (double, 3 * n + 1);
  p->log_r = g_new (double, n + 1);
  p->variance = g_new (double, n + 1);
}

static void
placed_clear (Placed *p)
{
  g_free (p->q);
  g_free (p->t);
  g_free (p->log_r);
  g_free (p->variance);
}

static int
by_score (gconstpointer a, gconstpointer b)
{
  double x = ((const AnatomyFit *) a)->score, y = ((const AnatomyFit *) b)->score;

  return x > y ? -1 : x < y ? 1 : 0;
}

/* Keeps the best that lie at least mm apart. */
static void
keep_different (GArray *fits, guint max, double mm)
{
  g_autoptr (GArray) kept = g_array_new (FALSE, FALSE, sizeof (AnatomyFit));

  g_array_sort (fits, by_score);
  for (guint n = 0; n < fits->len && kept->len < max; n++)
    {
      const AnatomyFit *f = &g_array_index (fits, AnatomyFit, n);
      gboolean same = FALSE;

      for (guint k = 0; k < kept->len && !same; k++)
        same = vec3_dist (f->translation, g_array_index (kept, AnatomyFit, k).translation) < mm
               && memcmp (f->base, g_array_index (kept, AnatomyFit, k).base, sizeof f->base) == 0;
      if (!same)
        g_array_append_val (kept, *f);
    }
  g_array_set_size (fits, 0);
  if (kept->len > 0)
    g_array_append_vals (fits, kept->data, kept->len);
}

/* Every so manyth sample, standing for the others too. */
static GArray *
thin_out (const GArray *samples, guint at_most)
{
  GArray *out = g_array_new (FALSE, FALSE, sizeof (AnatomySample));
  guint stride = MAX (1, (samples->len + at_most - 1) / at_most);

  for (guint n = stride / 2; n < samples->len; n += stride)
    {
      AnatomySample s = g_array_index (samples, AnatomySample, n);

      s.mm *= stride;
      g_array_append_val (out, s);
    }
  if (out->len == 0 && samples->len > 0)
    g_array_append_vals (out, samples->data, 1);
  return out;
}

/* Every translation that puts one of a few atlas points on a place of the tree of like calibre. */
static GArray *
starts (const GArray *samples, const GArray *landmarks, const double base[9], gboolean turned)
{
  GArray *out = g_array_new (FALSE, TRUE, sizeof (AnatomyFit));

  for (guint i = 0; i < samples->len; i++)
    for (guint j = 0; j < landmarks->len; j++)
      {
        const AnatomySample *s = &g_array_index (samples, AnatomySample, i);
        const AnatomyPoint *a = &g_array_index (landmarks, AnatomyPoint, j);
        AnatomyFit fit = { .rotation = { 1, 0, 0, 0, 1, 0, 0, 0, 1 }, .scale = 1.0, .turned = turned };
        double p[3];

        if (a->r < 1.0 || fabs (log (s->r / a->r)) > 0.8)
          continue;
        memcpy (fit.base, base, sizeof fit.base);
        mat3_apply (p, base, a->p);
        vec3_sub (fit.translation, s->p, p);
        g_array_append_val (out, fit);
      }
  return out;
}

/* The n-th of the 24 turns by right angles; 0 is none. */
static void
right_turn (int n, double out[9])
{
  static const int axes[6][3] = { { 0, 1, 2 }, { 1, 2, 0 }, { 2, 0, 1 }, { 0, 2, 1 }, { 1, 0, 2 }, { 2, 1, 0 } };
  const int *axis = axes[n / 4];
  int odd = n / 4 >= 3; // an odd exchange of axes wants an odd number of minus signs
  int sign[3] = { n & 1 ? -1 : 1, n & 2 ? -1 : 1, 0 };

  sign[2] = sign[0] * sign[1] * (odd ? -1 : 1);
  memset (out, 0, 9 * sizeof *out);
  for (int k = 0; k < 3; k++)
    out[3 * k + axis[k]] = sign[k];
}

/* Rounds of fitting on all of fits; then their scores. FALSE: cancelled. */
static gboolean
improve (GArray *fits, const GArray *samples, const GArray *atlas, const double *blur, guint n_rounds, Placed *placed,
         const WillisProgress *progress, GError **error)
{
  placed->n = atlas->len;
  for (guint n = 0; n < fits->len; n++)
    {
      AnatomyFit *fit = &g_array_index (fits, AnatomyFit, n);

      if (!willis_progress_step (progress, (double) n / fits->len, error))
        return FALSE;
      for (guint round = 0; round < n_rounds; round++)
        em_step (samples, atlas, blur[round], placed, fit);
      fit->score = score_of (samples, atlas, n_rounds > 0 ? blur[n_rounds - 1] : *blur, placed, fit);
    }
  return TRUE;
}

static const double wide[] = { 6, 6, 5, 5, 4 }, narrow[] = { 4, 3, 3, 2, 2, 2, 2, 2 };

static double
mean_score (const GArray *samples, const AnatomyFit *fit)
{
  double weight = 0.0;

  for (guint i = 0; i < samples->len; i++)
    weight += sample_weight (&g_array_index (samples, AnatomySample, i));
  return weight > 0.0 ? fit->score / weight : -INFINITY;
}

/* The best poses in one frame, roughly, put onto fits. */
static gboolean
fit_roughly (GArray *fits, const GArray *samples, int turn, Placed *placed, const WillisProgress *progress, GError **error)
{
  gboolean turned = turn > 0;
  g_autoptr (GArray) rough = anatomy_atlas (turned ? 9.0 : 7.0);
  g_autoptr (GArray) landmarks = anatomy_atlas (turned ? 22.0 : 16.0);
  g_autoptr (GArray) few = thin_out (samples, turned ? 32 : 70);
  g_autoptr (GArray) places = thin_out (samples, turned ? 14 : 40);
  g_autoptr (GArray) found = NULL;
  double base[9];

  right_turn (turn, base);
  found = starts (places, landmarks, base, turned);
  if (!improve (found, few, rough, wide, 0, placed, progress, error))
    return FALSE;
  keep_different (found, turned ? 12 : 60, 4.0);
  if (!improve (found, few, rough, wide, G_N_ELEMENTS (wide), placed, NULL, error))
    return FALSE;
  keep_different (found, turned ? 2 : 10, 3.0);
  if (found->len > 0)
    g_array_append_vals (fits, found->data, found->len);
  return TRUE;
}

GArray *
anatomy_fit (const GArray *samples, int max, const WillisProgress *progress, GError **error)
{
  g_autoptr (GArray) fine = anatomy_atlas (3.0);
  g_autoptr (GArray) many = thin_out (samples, 350);
  g_autoptr (GArray) fits = g_array_new (FALSE, TRUE, sizeof (AnatomyFit));
  g_autoptr (GArray) turned = g_array_new (FALSE, TRUE, sizeof (AnatomyFit));
  WillisProgress first = willis_progress_part (progress, 0.0, 0.2, NULL);
  WillisProgress second = willis_progress_part (progress, 0.2, 0.4, NULL);
  WillisProgress third = willis_progress_part (progress, 0.4, 1.0, NULL);
  gboolean shown = progress != NULL, ok = TRUE;
  Placed placed;

  placed_init (&placed, fine->len);
  ok = fit_roughly (fits, samples, 0, &placed, shown ? &first : NULL, error)
       && improve (fits, many, fine, narrow, G_N_ELEMENTS (narrow), &placed, shown ? &second : NULL, error);
  g_array_sort (fits, by_score);
  // other frames only where the scan's own leaves something to wish for
  if (ok && (fits->len == 0 || mean_score (many, &g_array_index (fits, AnatomyFit, 0)) < GOOD))
    {
      for (int turn = 1; ok && turn < 24; turn++)
        ok = willis_progress_step (shown ? &third : NULL, (turn - 1) / 23.0, error)
             && fit_roughly (turned, samples, turn, &placed, NULL, error);
      g_array_sort (turned, by_score);
      g_array_set_size (turned, MIN (turned->len, 4));
      ok = ok && improve (turned, many, fine, narrow, G_N_ELEMENTS (narrow), &placed, NULL, error);
      if (turned->len > 0)
        g_array_append_vals (fits, turned->data, turned->len);
    }
  placed_clear (&placed);
  if (!ok)
    return NULL;
  keep_different (fits, (guint) max, 4.0);
  return g_steal_pointer (&fits);
}

double
anatomy_sureness (const GArray *samples, const AnatomyFit *fit)
{
  return 1.0 / (1.0 + exp ((POOR - mean_score (samples, fit)) / POOR_WIDTH));
}

double *
anatomy_evidence (const GArray *samples, const AnatomyFit *fit)
{
  g_autoptr (GArray) atlas = anatomy_atlas (1.5);
  double *out = g_new (double, samples->len * ANATOMY_N_STATES + 1);
  Placed placed;

  placed_init (&placed, atlas->len);
  place (atlas, fit, 1.5, &placed);
  for (guint i = 0; i < samples->len; i++)
    {
      const AnatomySample *s = &g_array_index (samples, AnatomySample, i);
      double *row = out + (gsize) i * ANATOMY_N_STATES;

      for (int k = 0; k < ANATOMY_N_STATES; k++)
        row[k] = 0.0;
      row[ANATOMY_OTHER] = OUTLIER;
      for (gsize j = 0; j < atlas->len; j++)
        {
          int state = g_array_index (atlas, AnatomyPoint, j).state;

          row[state] = MAX (row[state], match (s, placed.q + 3 * j, placed.t + 3 * j, placed.log_r[j], placed.variance[j]));
        }
      for (int k = 0; k < ANATOMY_N_STATES; k++)
        row[k] = log (row[k] + 1e-4) * MIN (1.0, 0.5 * s->mm) * 0.6;
    }
  placed_clear (&placed);
  return out;
}
