/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Gauss-Newton on the values. The moving scan is read through the tri-quadratic B-spline, which smooths by a quarter of
 * a squared voxel and has no favourite places between the voxels, so noise does not pull towards them.
 */
#include <math.h>

#include "core/base/parallel.h"
#include "core/followup/followup-private.h"
#include "core/num/dense.h"
#include "core/num/kernel.h"

#define BATCH 256
#define ROBUST_BINS 256
#define AHEAD 12 // samples whose voxels are asked for before they are read

void
willis_level_map (const WillisGrid *moving, const WillisRigid *motion, const double centre[3], double a[9], double b[3])
{
  double c[3];

  for (int i = 0; i < 3; i++)
    for (int j = 0; j < 3; j++)
      {
        a[3 * i + j] = 0.0;
        for (int k = 0; k < 3; k++)
          a[3 * i + j] += moving->direction[3 * k + i] * motion->r[3 * k + j] / moving->spacing_mm[i];
      }
  willis_rigid_apply (motion, centre, c);
  willis_grid_lps_to_ijk (moving, c, b);
}

double
willis_covariance_at (const double covariance[36], const double centre[3], const double x[3])
{
  // displacement = t + w x arm, so per axis a linear form of (w, t)
  double arm[3], j[3][6] = { { 0 } }, sum = 0.0;

  vec3_sub (arm, x, centre);
  for (int a = 0; a < 3; a++)
    {
      int b = (a + 1) % 3, c = (a + 2) % 3;

      j[a][b] = arm[c];
      j[a][c] = -arm[b];
      j[a][3 + a] = 1.0;
      for (int r = 0; r < 6; r++)
        for (int s = 0; s < 6; s++)
          sum += j[a][r] * covariance[6 * r + s] * j[a][s];
    }
  return sum;
}

/* Where n moved places lie: first of the 27 voxels around each (at 0 where the moving scan does not have them), place
 * from the middle one, in: 1 where it has them. */
WILLIS_KERNEL static void
find_places (const int dims[3], const float *const x[3], const float a[9], const float b[3], int n, gint32 *first,
             float (*t)[BATCH], float *in)
{
  float hi[3] = { (float) dims[0] - 1.5f, (float) dims[1] - 1.5f, (float) dims[2] - 1.5f };
  int sy = dims[0], sz = dims[0] * dims[1];

  for (int i = 0; i < n; i++)
    {
      float u = a[0] * x[0][i] + a[1] * x[1][i] + a[2] * x[2][i] + b[0];
      float v = a[3] * x[0][i] + a[4] * x[1][i] + a[5] * x[2][i] + b[1];
      float w = a[6] * x[0][i] + a[7] * x[1][i] + a[8] * x[2][i] + b[2];
      // below, not at, half a voxel from the end: one after the nearest is still a voxel
      int ok = (u >= 0.5f) & (u < hi[0]) & (v >= 0.5f) & (v < hi[1]) & (w >= 0.5f) & (w < hi[2]);
      int iu, iv, iw;

      u = ok ? u : 1.0f;
      v = ok ? v : 1.0f;
      w = ok ? w : 1.0f;
      iu = (int) (u + 0.5f);
      iv = (int) (v + 0.5f);
      iw = (int) (w + 0.5f);
      first[i] = ok ? (iw - 1) * sz + (iv - 1) * sy + iu - 1 : 0;
      t[0][i] = u - (float) iu;
      t[1][i] = v - (float) iv;
      t[2][i] = w - (float) iw;
      in[i] = (float) ok;
    }
}

/* Value and gradient (in the fixed frame, per mm) at n moved places; in: 1 where the moving scan has them. */
WILLIS_KERNEL static void
read_places (const WillisLevel *level, const float *const x[3], const float a[9], const float b[3], int n, float *value,
             float *const g[3], float *in)
{
  gsize sy = (gsize) level->grid.dims[0], sz = sy * (gsize) level->grid.dims[1];
  gint32 first[BATCH];
  float at[3][BATCH];

  find_places (level->grid.dims, x, a, b, n, first, at, in);
  for (int i = 0; i < n; i++)
    {
      const float *p = level->v + first[i], *next = level->v + first[MIN (i + AHEAD, n - 1)];
      float w[3][3], d[3][3], v = 0.0f, gx = 0.0f, gy = 0.0f, gz = 0.0f;

      for (int c = 0; c < 3; c++)
        {
          float t = at[c][i];

          w[c][0] = 0.5f * (0.5f - t) * (0.5f - t);
          w[c][1] = 0.75f - t * t;
          w[c][2] = 0.5f * (0.5f + t) * (0.5f + t);
          d[c][0] = t - 0.5f;
          d[c][1] = -2.0f * t;
          d[c][2] = t + 0.5f;
        }
      for (int k = 0; k < 3; k++)
        for (int j = 0; j < 3; j++)
          {
            const float *row = p + (gsize) k * sz + (gsize) j * sy;
            float s = w[0][0] * row[0] + w[0][1] * row[1] + w[0][2] * row[2];
            float e = d[0][0] * row[0] + d[0][1] * row[1] + d[0][2] * row[2];
            float ww = w[2][k] * w[1][j];

            __builtin_prefetch (next + (gsize) k * sz + (gsize) j * sy + 1);
            v += ww * s;
            gx += ww * e;
            gy += w[2][k] * d[1][j] * s;
            gz += d[2][k] * w[1][j] * s;
          }
      value[i] = in[i] * v;
      g[0][i] = in[i] * (a[0] * gx + a[3] * gy + a[6] * gz);
      g[1][i] = in[i] * (a[1] * gx + a[4] * gy + a[7] * gz);
      g[2][i] = in[i] * (a[2] * gx + a[5] * gy + a[8] * gz);
    }
}

/* What one pass over the samples needs. */
typedef struct
{
  const WillisSamples *samples;
  const WillisLevel *moving;
  float a[9], b[3];
  float gain, offset, width;         // model f = gain m + offset; residuals of about width count half
  const gsize *chunk;                // [n_chunks + 1] sample ranges, none across a block
  WillisNormal *normal;              // [n_chunks]
  guint32 (*histogram)[ROBUST_BINS]; // [n_chunks] of |residual|
  float bin;                         // residual a bin
} Pass;

/* The columns of one batch into its normal equations. */
WILLIS_KERNEL static void
add_products (float (*column)[BATCH], const float *weight, int n, WillisNormal *out)
{
  for (int a = 0; a < 10; a++)
    {
      float wa[BATCH];

      for (int i = 0; i < n; i++)
        wa[i] = weight[i] * column[a][i];
      for (int b = a; b < 10; b++)
        {
          float sum[16] = { 0 };

          for (int i = 0; i < n; i += 16)
            for (int lane = 0; lane < 16; lane++)
              sum[lane] += wa[i + lane] * column[b][i + lane];
          for (int lane = 0; lane < 16; lane++)
            out->sum[a][b] += (double) sum[lane];
        }
    }
}

/* Columns: 0-2 turn, 3-5 shift, 6 gain, 7 offset, 8 scale, 9 residual. n is a multiple of 16 (padded with weight 0). */
WILLIS_KERNEL static void
fill_columns (const Pass *p, gsize from, int n, int padded, const float *value, float *const g[3], const float *in,
              float (*column)[BATCH], float *weight, guint32 *histogram, WillisNormal *out)
{
  const WillisSamples *s = p->samples;
  float back = p->gain > 1e-3f ? 1.0f / p->gain : 0.0f, half = back > 0.0f ? 0.5f : 1.0f, inv = 1.0f / p->width;
  double sf = 0.0, sm = 0.0, sff = 0.0, smm = 0.0, sfm = 0.0, sn = 0.0, sw = 0.0, swrr = 0.0;

  for (int i = 0; i < n; i++)
    {
      gsize at = from + (gsize) i;
      float x = s->x[0][at], y = s->x[1][at], z = s->x[2][at], f = s->f[at], m = value[i];
      float gx = p->gain * half * (g[0][i] + back * s->g[0][at]);
      float gy = p->gain * half * (g[1][i] + back * s->g[1][at]);
      float gz = p->gain * half * (g[2][i] + back * s->g[2][at]);
      float r = p->gain * m + p->offset - f, u = r * inv;

      column[0][i] = y * gz - z * gy;
      column[1][i] = z * gx - x * gz;
      column[2][i] = x * gy - y * gx;
      column[3][i] = gx;
      column[4][i] = gy;
      column[5][i] = gz;
      column[6][i] = m;
      column[7][i] = 1.0f;
      column[8][i] = x * gx + y * gy + z * gz;
      column[9][i] = r;
      weight[i] = in[i] / (1.0f + u * u);
      sn += in[i];
      sf += in[i] * f;
      sm += in[i] * m;
      sff += in[i] * f * f;
      smm += in[i] * m * m;
      sfm += in[i] * f * m;
      sw += weight[i];
      swrr += weight[i] * r * r;
    }
  for (int i = n; i < padded; i++)
    {
      weight[i] = 0.0f;
      for (int a = 0; a < 10; a++)
        column[a][i] = 0.0f;
    }
  for (int i = 0; i < n; i++)
    if (in[i] > 0.0f)
      {
        int bin = (int) MIN (fabsf (column[9][i]) / p->bin, (float) (ROBUST_BINS - 1));

        histogram[bin]++;
      }
  out->n += sn;
  out->f += sf;
  out->m += sm;
  out->ff += sff;
  out->mm += smm;
  out->fm += sfm;
  out->weight += sw;
  out->wrr += swrr;
}

static void
pass_chunks (gsize from, gsize to, gpointer context)
{
  Pass *p = context;
  const WillisSamples *s = p->samples;
  float value[BATCH], gradient[3][BATCH], in[BATCH], weight[BATCH], column[10][BATCH];
  float *const g[3] = { gradient[0], gradient[1], gradient[2] };

  for (gsize c = from; c < to; c++)
    {
      memset (&p->normal[c], 0, sizeof p->normal[c]);
      memset (p->histogram[c], 0, sizeof p->histogram[c]);
      for (gsize at = p->chunk[c]; at < p->chunk[c + 1]; at += BATCH)
        {
          int n = (int) MIN ((gsize) BATCH, p->chunk[c + 1] - at), padded = (n + 15) & ~15;
          const float *const x[3] = { s->x[0] + at, s->x[1] + at, s->x[2] + at };

          read_places (p->moving, x, p->a, p->b, n, value, g, in);
          fill_columns (p, at, n, padded, value, g, in, column, weight, p->histogram[c], &p->normal[c]);
          add_products (column, weight, padded, &p->normal[c]);
        }
    }
}

static void
normal_add (WillisNormal *out, const WillisNormal *in, double sign)
{
  for (int a = 0; a < 10; a++)
    for (int b = a; b < 10; b++)
      out->sum[a][b] += sign * in->sum[a][b];
  out->weight += sign * in->weight;
  out->wrr += sign * in->wrr;
  out->n += sign * in->n;
  out->f += sign * in->f;
  out->m += sign * in->m;
  out->ff += sign * in->ff;
  out->mm += sign * in->mm;
  out->fm += sign * in->fm;
}

/* The step of least squares: n_used 8, or 9 with scale. FALSE where the equations do not determine it. */
static gboolean
normal_solve (const WillisNormal *normal, int n_used, double damping, double step[9])
{
  double a[81], b[9];

  for (int r = 0; r < n_used; r++)
    {
      for (int c = 0; c <= r; c++)
        a[n_used * r + c] = normal->sum[c][r];
      a[n_used * r + r] *= 1.0 + damping;
      b[r] = -normal->sum[r][9];
    }
  if (willis_cholesky_factor (a, n_used) != 0)
    return FALSE;
  willis_cholesky_solve (a, n_used, b, 1);
  memset (step, 0, 9 * sizeof (double));
  memcpy (step, b, (gsize) n_used * sizeof (double));
  return TRUE;
}

static double
correlation (const WillisNormal *s)
{
  double cov = s->n * s->fm - s->f * s->m, vf = s->n * s->ff - s->f * s->f, vm = s->n * s->mm - s->m * s->m;

  return vf > 0.0 && vm > 0.0 ? cov / sqrt (vf * vm) : 0.0;
}

static GArray *
make_chunks (const WillisSamples *samples)
{
  GArray *chunks = g_array_new (FALSE, FALSE, sizeof (gsize));
  const gsize zero = 0;

  g_array_append_val (chunks, zero);
  for (gsize b = 0; b < samples->n_blocks; b++)
    for (gsize at = samples->first[b]; at < samples->first[b + 1];)
      {
        at = MIN (at + 2048, samples->first[b + 1]);
        g_array_append_val (chunks, at);
      }
  return chunks;
}

static void
run_pass (Pass *p, const WillisRigid *motion, gsize n_chunks, WillisNormal *total)
{
  double a[9], b[3];

  willis_level_map (&p->moving->grid, motion, p->samples->centre, a, b);
  for (int i = 0; i < 9; i++)
    p->a[i] = (float) a[i];
  for (int i = 0; i < 3; i++)
    p->b[i] = (float) b[i];
  willis_parallel_for (n_chunks, 10, pass_chunks, p); // less is not worth waking a thread
  memset (total, 0, sizeof *total);
  for (gsize c = 0; c < n_chunks; c++)
    normal_add (total, &p->normal[c], 1.0);
}

/* Median of |residual|, from the histograms; also chooses the bins of the next pass. */
static double
median_residual (Pass *p, gsize n_chunks)
{
  guint64 total[ROBUST_BINS] = { 0 }, all = 0, sum = 0;
  int bin = 0;
  double median;

  for (gsize c = 0; c < n_chunks; c++)
    for (int i = 0; i < ROBUST_BINS; i++)
      total[i] += p->histogram[c][i];
  for (int i = 0; i < ROBUST_BINS; i++)
    all += total[i];
  while (bin < ROBUST_BINS - 1 && 2 * (sum + total[bin]) < all)
    sum += total[bin++];
  median = ((double) bin + (total[bin] > 0 ? (0.5 * (double) all - (double) sum) / (double) total[bin] : 0.5)) * p->bin;
  return MAX (median, 0.5 * p->bin);
}

/* Covariance of the motion by leaving out one block of space at a time (Quenouille & Tukey's jackknife). */
static void
jackknife (const Pass *p, gsize n_chunks, const WillisNormal *total, const double mean[9], double covariance[36])
{
  const WillisSamples *s = p->samples;
  gsize c = 0, used = 0;

  memset (covariance, 0, 36 * sizeof (double));
  for (gsize b = 0; b < s->n_blocks; b++)
    {
      WillisNormal rest = *total;
      double step[9], d[6];

      for (; c < n_chunks && p->chunk[c] < s->first[b + 1]; c++)
        normal_add (&rest, &p->normal[c], -1.0);
      if (!normal_solve (&rest, 8, 0.0, step))
        continue;
      used++;
      for (int r = 0; r < 6; r++)
        d[r] = step[r] - mean[r];
      for (int r = 0; r < 6; r++)
        for (int q = 0; q < 6; q++)
          covariance[6 * r + q] += d[r] * d[q];
    }
  for (int i = 0; i < 36; i++)
    covariance[i] *= used > 1 ? (double) (used - 1) / (double) used : 0.0;
}

void
willis_align (const WillisSamples *samples, const WillisLevel *moving, int max_iterations, gboolean with_jackknife,
              const WillisAlignment *near, WillisRigid *motion, WillisAlignment *out)
{
  g_autoptr (GArray) chunks = make_chunks (samples);
  gsize n_chunks = chunks->len - 1;
  Pass p = { .samples = samples, .moving = moving, .gain = 1.0f, .chunk = (const gsize *) chunks->data };
  double spacing = willis_grid_min_spacing (&moving->grid), range = 1.0, last = INFINITY;
  WillisNormal total;
  double step[9] = { 0 };
  int careful = near != NULL ? 0 : 3; // steps damped, and none of them the last

  memset (out, 0, sizeof *out);
  if (samples->n < 20)
    return;
  p.normal = g_new (WillisNormal, n_chunks);
  p.histogram = g_malloc_n (n_chunks, sizeof *p.histogram);
  for (gsize i = 0; i < samples->n; i++)
    range = MAX (range, fabs ((double) samples->f[i]));
  p.bin = (float) (2.0 * range / ROBUST_BINS);
  p.width = (float) (4.0 * range); // the first pass takes all alike
  if (near != NULL && near->width > 0.0)
    {
      p.gain = (float) near->gain;
      p.offset = (float) near->offset;
      p.width = (float) near->width;
      p.bin = 2.0f / (4.0f * 1.4826f) * p.width * 4.0f / ROBUST_BINS;
    }
  run_pass (&p, motion, n_chunks, &total);
  for (int it = 0; it <= max_iterations; it++)
    {
      double median = median_residual (&p, n_chunks), size;
      WillisRigid change;

      out->iterations = it;
      if (total.n < 20 || total.n < 0.1 * samples->n || !normal_solve (&total, 8, it < careful ? 1e-2 : 1e-6, step))
        break;
      if (it == max_iterations || ((it > 1 || near != NULL) && last < 2e-4 * spacing))
        break;
      if (vec3_norm (step) > 0.15)
        vec3_scale (step, step, 0.15 / vec3_norm (step));
      if (vec3_norm (step + 3) > 3.0 * spacing)
        vec3_scale (step + 3, step + 3, 3.0 * spacing / vec3_norm (step + 3));
      change = willis_rigid_about (step, samples->centre, step + 3);
      *motion = willis_rigid_compose (motion, &change);
      p.gain = CLAMP (p.gain + (float) step[6], 0.2f, 5.0f);
      p.offset += (float) step[7];
      p.width = (float) (4.0 * 1.4826 * median);
      p.bin = (float) (8.0 * median / ROBUST_BINS);
      size = vec3_norm (step + 3) + 40.0 * vec3_norm (step);
      last = size;
      run_pass (&p, motion, n_chunks, &total);
    }
  out->gain = (double) p.gain;
  out->offset = (double) p.offset;
  out->width = (double) p.width;
  out->ncc = correlation (&total);
  out->overlap = total.n / (double) samples->n;
  if (normal_solve (&total, 9, 0.0, step))
    out->scale = step[8];
  if (with_jackknife && normal_solve (&total, 8, 0.0, step))
    jackknife (&p, n_chunks, &total, step, out->covariance);
  g_free (p.normal);
  g_free (p.histogram);
}
