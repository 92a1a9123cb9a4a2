/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Mutual information of two scans at the sample places, with its exact gradient: the fixed values fall into bins, the
 * moving ones are spread over bins by the cubic B-spline (Mattes 2003, IEEE TMI 22:120; Thevenaz & Unser 2000).
 * Climbed by BFGS over the six motions, a millimetre of turning at ARM_MM weighing like a millimetre of shift.
 */
#include <math.h>

#include "core/base/parallel.h"
#include "core/followup/followup-private.h"
#include "core/num/kernel.h"

#define BINS 32
#define GRAIN 2048
#define ARM_MM 30.0

typedef struct
{
  const WillisSamples *samples;
  const WillisLevel *moving;
  float a[9], b[3];
  float lo, unit;        // moving value to bin: (v - lo) * unit + 1
  guint8 *fixed_bin;     // [n]
  float *value, *g[3];   // [n]; value in bins, -1 outside
  float (*joint)[BINS][BINS]; // [n_chunks]
  double (*gradient)[6]; // [n_chunks]
  double ratio[BINS][BINS];   // log (p / p_moving)
} Information;

WILLIS_KERNEL static void
read_linear (const WillisLevel *level, const float *const x[3], const float a[9], const float b[3], gsize n, float lo,
             float unit, float *value, float *const g[3])
{
  const int *dims = level->grid.dims;
  gsize sy = (gsize) dims[0], sz = sy * (gsize) dims[1];

  for (gsize i = 0; i < n; i++)
    {
      float at[3], t[3], c00, c01, c10, c11, d00, d01, d10, d11, c0, c1, v, gx, gy, gz;
      int base[3], ok = 1;
      const float *p;

      value[i] = -1.0f;
      for (int c = 0; c < 3 && ok; c++)
        {
          at[c] = a[3 * c] * x[0][i] + a[3 * c + 1] * x[1][i] + a[3 * c + 2] * x[2][i] + b[c];
          ok = at[c] >= 0.0f && at[c] < (float) (dims[c] - 1);
          base[c] = ok ? (int) at[c] : 0;
          t[c] = at[c] - (float) base[c];
        }
      if (!ok)
        continue;
      p = level->v + (gsize) base[2] * sz + (gsize) base[1] * sy + (gsize) base[0];
      d00 = p[1] - p[0];
      d01 = p[sy + 1] - p[sy];
      d10 = p[sz + 1] - p[sz];
      d11 = p[sz + sy + 1] - p[sz + sy];
      c00 = p[0] + t[0] * d00;
      c01 = p[sy] + t[0] * d01;
      c10 = p[sz] + t[0] * d10;
      c11 = p[sz + sy] + t[0] * d11;
      c0 = c00 + t[1] * (c01 - c00);
      c1 = c10 + t[1] * (c11 - c10);
      v = c0 + t[2] * (c1 - c0);
      gz = c1 - c0;
      gy = (1.0f - t[2]) * (c01 - c00) + t[2] * (c11 - c10);
      gx = (1.0f - t[2]) * (d00 + t[1] * (d01 - d00)) + t[2] * (d10 + t[1] * (d11 - d10));
      value[i] = CLAMP ((v - lo) * unit + 1.0f, 1.0f, (float) BINS - 2.001f);
      g[0][i] = unit * (a[0] * gx + a[3] * gy + a[6] * gz);
      g[1][i] = unit * (a[1] * gx + a[4] * gy + a[7] * gz);
      g[2][i] = unit * (a[2] * gx + a[5] * gy + a[8] * gz);
    }
}

/* Cubic B-spline weights and their derivatives for the four bins from floor (v) - 1 on. */
static inline void
spline (float t, float w[4], float d[4])
{
  float u = 1.0f - t;

  w[0] = u * u * u / 6.0f;
  w[1] = 2.0f / 3.0f - 0.5f * t * t * (2.0f - t);
  w[2] = 2.0f / 3.0f - 0.5f * u * u * (2.0f - u);
  w[3] = t * t * t / 6.0f;
  d[0] = -0.5f * u * u;
  d[1] = t * (1.5f * t - 2.0f);
  d[2] = -u * (1.5f * u - 2.0f);
  d[3] = 0.5f * t * t;
}

static void
count_range (gsize from, gsize to, gpointer context)
{
  Information *s = context;
  gsize c = from / GRAIN;
  const float *const x[3] = { s->samples->x[0] + from, s->samples->x[1] + from, s->samples->x[2] + from };
  float *const g[3] = { s->g[0] + from, s->g[1] + from, s->g[2] + from };

  read_linear (s->moving, x, s->a, s->b, to - from, s->lo, s->unit, s->value + from, g);
  memset (s->joint[c], 0, sizeof s->joint[c]);
  for (gsize i = from; i < to; i++)
    if (s->value[i] >= 0.0f)
      {
        int bin = (int) s->value[i];
        float w[4], d[4];
        float *row = s->joint[c][s->fixed_bin[i]] + bin - 1;

        spline (s->value[i] - (float) bin, w, d);
        for (int k = 0; k < 4; k++)
          row[k] += w[k];
      }
}

static void
slope_range (gsize from, gsize to, gpointer context)
{
  Information *s = context;
  double *out = s->gradient[from / GRAIN];

  memset (out, 0, 6 * sizeof (double));
  for (gsize i = from; i < to; i++)
    if (s->value[i] >= 0.0f)
      {
        int bin = (int) s->value[i];
        const double *row = s->ratio[s->fixed_bin[i]] + bin - 1;
        float w[4], d[4];
        double slope, x = (double) s->samples->x[0][i], y = (double) s->samples->x[1][i], z = (double) s->samples->x[2][i];
        double gx = (double) s->g[0][i], gy = (double) s->g[1][i], gz = (double) s->g[2][i];

        spline (s->value[i] - (float) bin, w, d);
        slope = (double) d[0] * row[0] + (double) d[1] * row[1] + (double) d[2] * row[2] + (double) d[3] * row[3];
        out[0] += slope * (y * gz - z * gy);
        out[1] += slope * (z * gx - x * gz);
        out[2] += slope * (x * gy - y * gx);
        out[3] += slope * gx;
        out[4] += slope * gy;
        out[5] += slope * gz;
      }
}

/* Information under motion and its slope by (turn, shift) about the samples' centre; slope may be NULL. */
static double
measure (Information *s, const WillisRigid *motion, double slope[6], double *overlap)
{
  gsize n = s->samples->n, n_chunks = (n + GRAIN - 1) / GRAIN;
  double a[9], b[3], joint[BINS][BINS] = { { 0 } }, moving[BINS] = { 0 }, fixed[BINS] = { 0 }, sum = 0.0, info = 0.0;

  willis_level_map (&s->moving->grid, motion, s->samples->centre, a, b);
  for (int i = 0; i < 9; i++)
    s->a[i] = (float) a[i];
  for (int i = 0; i < 3; i++)
    s->b[i] = (float) b[i];
  willis_parallel_for (n, GRAIN, count_range, s);
  for (gsize c = 0; c < n_chunks; c++)
    for (int i = 0; i < BINS; i++)
      for (int j = 0; j < BINS; j++)
        joint[i][j] += (double) s->joint[c][i][j];
  for (int i = 0; i < BINS; i++)
    for (int j = 0; j < BINS; j++)
      {
        fixed[i] += joint[i][j];
        moving[j] += joint[i][j];
        sum += joint[i][j];
      }
  *overlap = sum / (double) MAX (n, 1);
  if (slope != NULL)
    memset (slope, 0, 6 * sizeof (double));
  if (sum < 0.1 * (double) n || sum < 100.0)
    return 0.0;
  for (int i = 0; i < BINS; i++)
    for (int j = 0; j < BINS; j++)
      {
        double p = joint[i][j];

        s->ratio[i][j] = log ((p + 1e-3) / (moving[j] + 1e-3));
        if (p > 0.0)
          info += p / sum * log (p * sum / (fixed[i] * moving[j]));
      }
  if (slope == NULL)
    return info;
  willis_parallel_for (n, GRAIN, slope_range, s);
  for (gsize c = 0; c < n_chunks; c++)
    for (int i = 0; i < 6; i++)
      slope[i] += s->gradient[c][i] / sum;
  return info;
}

static void
information_init (Information *s, const WillisSamples *samples, const WillisLevel *moving)
{
  gsize n = samples->n, n_chunks = (n + GRAIN - 1) / GRAIN;
  float lo = moving->v[0], hi = moving->v[0], f_lo = samples->f[0], f_hi = samples->f[0];

  s->samples = samples;
  s->moving = moving;
  for (gsize i = 0; i < willis_grid_n_voxels (&moving->grid); i++)
    {
      lo = MIN (lo, moving->v[i]);
      hi = MAX (hi, moving->v[i]);
    }
  s->lo = lo;
  s->unit = (float) (BINS - 3) / MAX (hi - lo, 1e-6f);
  s->fixed_bin = g_new (guint8, n);
  s->value = g_new (float, n);
  for (int a = 0; a < 3; a++)
    s->g[a] = g_new (float, n);
  s->joint = g_malloc_n (n_chunks, sizeof *s->joint);
  s->gradient = g_malloc_n (n_chunks, sizeof *s->gradient);
  for (gsize i = 0; i < n; i++)
    {
      f_lo = MIN (f_lo, samples->f[i]);
      f_hi = MAX (f_hi, samples->f[i]);
    }
  for (gsize i = 0; i < n; i++)
    s->fixed_bin[i] = (guint8) ((samples->f[i] - f_lo) / MAX (f_hi - f_lo, 1e-6f) * ((float) BINS - 0.001f));
}

static void
information_clear (Information *s)
{
  g_free (s->fixed_bin);
  g_free (s->value);
  for (int a = 0; a < 3; a++)
    g_free (s->g[a]);
  g_free (s->joint);
  g_free (s->gradient);
}

/* The inverse Hessian h after a step that changed the slope by y (BFGS; both in scaled units, descending). */
static void
bfgs_update (double h[36], const double step[6], const double y[6])
{
  double sy = 0.0, yhy = 0.0, hy[6];

  for (int i = 0; i < 6; i++)
    {
      sy += step[i] * y[i];
      hy[i] = 0.0;
      for (int j = 0; j < 6; j++)
        hy[i] += h[6 * i + j] * y[j];
    }
  for (int i = 0; i < 6; i++)
    yhy += y[i] * hy[i];
  if (sy <= 1e-12)
    return;
  for (int i = 0; i < 6; i++)
    for (int j = 0; j < 6; j++)
      h[6 * i + j] += (1.0 + yhy / sy) * step[i] * step[j] / sy - (hy[i] * step[j] + step[i] * hy[j]) / sy;
}

double
willis_align_information (const WillisSamples *samples, const WillisLevel *moving, int max_iterations,
                          WillisRigid *motion, double *overlap)
{
  Information s = { 0 };
  double h[36] = { 0 }, slope[6], info, spacing = willis_grid_min_spacing (&moving->grid);
  gboolean first = TRUE;

  *overlap = 0.0;
  if (samples->n < 200)
    return 0.0;
  information_init (&s, samples, moving);
  info = measure (&s, motion, slope, overlap);
  for (int it = 0; it < max_iterations; it++)
    {
      double step[6], reach = 0.0, gain = 0.0, factor = 1.0, next_info = 0.0, next_slope[6], y[6], size = 0.0;
      WillisRigid next = *motion;
      gboolean better = FALSE;

      for (int i = 0; i < 6; i++) // slope per scaled unit: descending on -information
        slope[i] /= i < 3 ? ARM_MM : 1.0;
      for (int i = 0; i < 6; i++)
        {
          step[i] = first ? slope[i] : 0.0;
          for (int j = 0; j < 6 && !first; j++)
            step[i] += h[6 * i + j] * slope[j];
          reach += step[i] * step[i];
        }
      reach = sqrt (reach);
      if (reach <= 0.0)
        break;
      if (first || reach > 2.0 * spacing)
        for (int i = 0; i < 6; i++)
          step[i] *= (first ? spacing : 2.0 * spacing) / reach;
      for (int i = 0; i < 6; i++)
        gain += step[i] * slope[i];
      for (int half = 0; half < 8 && !better; half++, factor *= 0.4)
        {
          double w[3], t[3];
          WillisRigid change;

          for (int i = 0; i < 3; i++)
            {
              w[i] = factor * step[i] / ARM_MM;
              t[i] = factor * step[3 + i];
            }
          change = willis_rigid_about (w, samples->centre, t);
          next = willis_rigid_compose (motion, &change);
          next_info = measure (&s, &next, next_slope, overlap);
          better = next_info > info + 1e-4 * factor * gain;
          if (better)
            for (int i = 0; i < 6; i++)
              step[i] *= factor;
        }
      if (!better)
        break;
      if (first)
        for (int i = 0; i < 6; i++)
          h[7 * i] = spacing * spacing / MAX (gain, 1e-12);
      first = FALSE;
      for (int i = 0; i < 6; i++)
        {
          y[i] = slope[i] - next_slope[i] / (i < 3 ? ARM_MM : 1.0);
          size += step[i] * step[i];
        }
      bfgs_update (h, step, y);
      *motion = next;
      info = next_info;
      memcpy (slope, next_slope, sizeof slope);
      if (sqrt (size) < 1e-3 * spacing)
        break;
    }
  info = measure (&s, motion, NULL, overlap);
  information_clear (&s);
  return info;
}
