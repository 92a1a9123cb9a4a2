/* SPDX-License-Identifier: Apache-2.0 */
#include "solver/stent/straighten.h"

#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/num/band.h"
#include "core/num/vec3.h"
#include "solver/stent/wire-path.h"

#define LAMBDA_MM 6.0
#define STIFFEST 1e4  // of the device over the artery
#define STRETCH 1e3   // of the artery along itself, over its bending stiffness, 1/mm2: it keeps its length
#define ROUNDS 400

void
willis_straightened_clear (WillisStraightened *s)
{
  g_clear_pointer (&s->s_mm, g_free);
  g_clear_pointer (&s->curvature_1_mm, g_free);
  g_clear_pointer (&s->points_lps_mm, g_free);
}

/* Adds stiffness times the square of a difference of three points (weights w) to the band, with its pull towards target. */
static void
add_square (WillisBand *band, double *right, int first, int count, const double *w, double stiffness, const double target[3])
{
  for (int p = 0; p < count; p++)
    for (int c = 0; c < 3; c++)
      {
        for (int q = 0; q < count; q++)
          willis_band_add (band, 3 * (first + p) + c, 3 * (first + q) + c, stiffness * w[p] * w[q]);
        right[3 * (first + p) + c] += stiffness * w[p] * target[c];
      }
}

/* Points of least energy where stretch is counted along the present directions. */
static void
relax_once (const WillisStentArtery *a, gsize lo, gsize hi, double ratio, double lambda, WillisBand *band, double *right, const double *now)
{
  static const double second[3] = { 1.0, -2.0, 1.0 }, one[1] = { 1.0 };
  int n = (int) a->n;
  double h = a->step_mm, bending = 1.0 / (h * h * h), hold = h / (lambda * lambda * lambda * lambda), stretch = STRETCH / h;

  willis_band_zero (band);
  memset (right, 0, 3 * a->n * sizeof *right);
  for (int i = 0; i < n; i++)
    add_square (band, right, i, 1, one, hold, a->points_lps_mm + 3 * i);
  for (int i = 1; i + 1 < n; i++)
    {
      static const double straight[3] = { 0 };
      const double *p = a->points_lps_mm + 3 * i;
      double own[3];

      for (int c = 0; c < 3; c++)
        own[c] = p[c - 3] - 2.0 * p[c] + p[c + 3];
      add_square (band, right, i - 1, 3, second, bending, own);
      if ((gsize) i >= lo && (gsize) i <= hi && ratio > 0.0)
        add_square (band, right, i - 1, 3, second, ratio * bending, straight);
    }
  for (int i = 0; i + 1 < n; i++)
    {
      double t[3], length = vec3_dist (a->points_lps_mm + 3 * i + 3, a->points_lps_mm + 3 * i);

      vec3_sub (t, now + 3 * i + 3, now + 3 * i);
      vec3_normalize (t);
      for (int p = 0; p < 2; p++)
        for (int c = 0; c < 3; c++)
          {
            double sign = p ? 1.0 : -1.0;

            for (int q = 0; q < 2; q++)
              for (int d = 0; d < 3; d++)
                willis_band_add (band, 3 * (i + p) + c, 3 * (i + q) + d, stretch * sign * (q ? 1.0 : -1.0) * t[c] * t[d]);
            right[3 * (i + p) + c] += stretch * sign * t[c] * length;
          }
    }
}

/* New points for a device ratio times as stiff as the artery, between stations lo and hi; start from those that are there. */
static gboolean
bend (const WillisStentArtery *a, gsize lo, gsize hi, double ratio, double lambda, double *points)
{
  g_autofree double *right = g_new (double, 3 * a->n);
  WillisBand band;
  gboolean ok = FALSE;

  if (willis_band_init (&band, 3 * (int) a->n, 8, 8) != 0)
    return FALSE;
  for (int round = 0; round < ROUNDS && !ok; round++)
    {
      double moved = 0.0;

      relax_once (a, lo, hi, ratio, lambda, &band, right, points);
      willis_band_factor (&band, NULL, NULL);
      willis_band_solve (&band, right);
      for (gsize i = 0; i < 3 * a->n; i++)
        {
          double step = 0.7 * (right[i] - points[i]);

          moved = fmax (moved, fabs (step));
          points[i] += step;
        }
      ok = moved < 1e-5;
    }
  willis_band_clear (&band);
  return ok;
}

/* Abscissae of the points, and the curvature there. */
static void
measure (const double *points, gsize n, double *s, double *curvature)
{
  s[0] = 0.0;
  for (gsize i = 1; i < n; i++)
    s[i] = s[i - 1] + vec3_dist (points + 3 * i, points + 3 * i - 3);
  _willis_wire_path_curvature (points, s, n, curvature);
}

static double
mean_of (const double *values, gsize lo, gsize hi)
{
  double sum = 0.0;

  for (gsize i = lo; i <= hi; i++)
    sum += values[i];
  return sum / (double) (hi - lo + 1);
}

gboolean
willis_stent_straighten (const WillisStentArtery *artery, double from_mm, double to_mm, double fraction, double lambda_mm,
                         WillisStraightened *out, GError **error)
{
  double a = fmax (fmin (from_mm, to_mm), 0.0), b = fmin (fmax (from_mm, to_mm), artery->s_mm[artery->n - 1]);
  double lambda = lambda_mm > 0.0 ? lambda_mm : LAMBDA_MM, lower = 0.0, upper = STIFFEST;
  gsize n = artery->n, lo = (gsize) ceil (a / artery->step_mm), hi = MIN ((gsize) (b / artery->step_mm), n - 1);

  memset (out, 0, sizeof *out);
  if (!(fraction >= 0.0 && fraction <= 0.9) || !(b - a >= 2.0) || hi < lo + 4)
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("nothing to straighten: a device of %.1f mm that takes away %g of the curvature"),
                        b - a, fraction);
  out->s_mm = g_new (double, n);
  out->curvature_1_mm = g_new (double, n);
  out->points_lps_mm = g_new (double, 3 * n);
  memcpy (out->points_lps_mm, artery->points_lps_mm, 3 * n * sizeof *out->points_lps_mm);
  measure (artery->points_lps_mm, n, out->s_mm, out->curvature_1_mm);
  out->mean_curvature_before = mean_of (out->curvature_1_mm, lo, hi);
  out->shorter_mm = out->s_mm[hi] - out->s_mm[lo];
  for (int step = 0; step < 40; step++)
    {
      double ratio = step == 0 ? 0.0 : sqrt (fmax (lower, 1e-4) * upper);

      if (fraction <= 0.0)
        ratio = 0.0;
      if (!bend (artery, lo, hi, ratio, lambda, out->points_lps_mm))
        {
          willis_straightened_clear (out);
          return willis_fail (error, WILLIS_ERROR_FAILED, _ ("the artery under the device does not come to rest"));
        }
      measure (out->points_lps_mm, n, out->s_mm, out->curvature_1_mm);
      out->mean_curvature_after = mean_of (out->curvature_1_mm, lo, hi);
      if (fraction <= 0.0)
        break;
      if (out->mean_curvature_after > (1.0 - fraction) * out->mean_curvature_before)
        lower = ratio;
      else
        upper = ratio;
      if (step > 0 && fabs (out->mean_curvature_after - (1.0 - fraction) * out->mean_curvature_before) < 1e-4 * out->mean_curvature_before)
        break;
    }
  out->shorter_mm -= out->s_mm[hi] - out->s_mm[lo];
  for (gsize i = 0; i < n; i++)
    out->moved_mm = fmax (out->moved_mm, vec3_dist (out->points_lps_mm + 3 * i, artery->points_lps_mm + 3 * i));
  {
    double t = fmin (from_mm / artery->step_mm, (double) (n - 1)), u = fmin (fmax (to_mm, 0.0) / artery->step_mm, (double) (n - 1));
    gsize i = MIN ((gsize) t, n - 2), j = MIN ((gsize) u, n - 2);

    out->from_mm = out->s_mm[i] + (t - (double) i) * (out->s_mm[i + 1] - out->s_mm[i]);
    out->to_mm = out->s_mm[j] + (u - (double) j) * (out->s_mm[j + 1] - out->s_mm[j]);
  }
  out->line = (WillisLumenLine){ n, out->s_mm, artery->diameter_mm, out->curvature_1_mm, artery->unsupported };
  return TRUE;
}

gboolean
willis_stent_straighten_change (const WillisStentArtery *artery, const WillisBraid *braid, double distal_mm,
                                double proximal_mm, const WillisStraightened *after, double *change_mm, GError **error)
{
  WillisStraightened as_is = { 0 };
  WillisDeployment laid, before;
  gboolean ok = willis_stent_straighten (artery, distal_mm, proximal_mm, 0.0, 0.0, &as_is, error)
                && willis_braid_deploy (braid, &after->line, after->from_mm, -1, 0.0, FALSE, &laid, error)
                && willis_braid_deploy (braid, &as_is.line, as_is.from_mm, -1, 0.0, FALSE, &before, error);

  if (ok)
    *change_mm = laid.length_mm - before.length_mm;
  willis_straightened_clear (&as_is);
  return ok;
}
