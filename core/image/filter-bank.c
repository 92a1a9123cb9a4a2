/* SPDX-License-Identifier: Apache-2.0 */
#include "core/image/filter-bank.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/error.h"
#include "core/image/batch.h"
#include "core/num/kernel.h"

/* Taps beyond this many sigma are left out. */
#define TRUNCATE 4.0

/* Taps that one sweep over a row handles, so that sums stay in registers. */
#define TAPS 4

/* Rows of one slice that a task works on. */
#define BAND 48

/* The three kernels of one axis: w[order][d] for taps at +-d, order 1 antisymmetric. */
typedef struct
{
  int radius; // a multiple of TAPS; the last weights may be zero
  float *w[3];
  float *scale; // [n] 1 / the sum of the weights inside the volume, for SMOOTH
} Axis;

typedef struct
{
  const WillisVolume *volume;
  const void *voxels;
  WillisScalar scalar;
  gsize dims[3];
  WillisBankKind kind;
  Axis axis[3];
  const guint8 *mask;
  WillisBankFunc func;
  gpointer context;
  void *zeros; // a row of zero voxels of any type
  gsize n_bands, slice_step;
} Bank;

/* Sampled Gaussian and its derivatives. Their moments are set to the exact ones, so that a ramp has slope 1
 * and a parabola second derivative 2 even where sigma is below a voxel. */
static void
axis_init (Axis *axis, double sigma, double scale, double spacing, gsize n)
{
  int radius = MAX ((int)ceil (TRUNCATE * sigma / spacing), 1), padded = (radius + TAPS - 1) / TAPS * TAPS;
  double sum0, sum1 = 0.0, sum2 = 0.0, moment2 = 0.0;

  axis->radius = padded;
  for (int o = 0; o < 3; o++)
    axis->w[o] = g_new0 (float, padded + 1);
  sum0 = 1.0;
  for (int d = 1; d <= radius; d++)
    {
      double x = d * spacing, g = exp (-0.5 * x * x / (sigma * sigma)),
             c = (x * x / (sigma * sigma) - 1.0) * g;

      sum0 += 2.0 * g;
      sum1 += 2.0 * x * x * g;
      sum2 += 2.0 * c;
      moment2 += 2.0 * x * x * c;
    }
  /* where sigma is so small that the second moment of the sampled kernel fails, fall back to a difference */
  gboolean plain = moment2 < 0.5 * sqrt (2.0 * G_PI) * sigma * sigma * sigma / spacing;

  axis->w[0][0] = (float)(1.0 / sum0);
  for (int d = 1; d <= radius; d++)
    {
      double x = d * spacing, g = exp (-0.5 * x * x / (sigma * sigma)),
             c = (x * x / (sigma * sigma) - 1.0) * g;

      axis->w[0][d] = (float)(g / sum0);
      axis->w[1][d] = (float)(scale * x * g / sum1);
      axis->w[2][d] = (float)(scale * scale * 2.0 * c / moment2);
    }
  axis->w[2][0] = (float)(-scale * scale * 2.0 * sum2 / moment2);
  if (plain || !(sum1 > 1e-12 * spacing * spacing))
    {
      memset (axis->w[1], 0, (gsize)(padded + 1) * sizeof (float));
      memset (axis->w[2], 0, (gsize)(padded + 1) * sizeof (float));
      axis->w[1][1] = (float)(0.5 * scale / spacing);
      axis->w[2][1] = (float)(scale * scale / (spacing * spacing));
      axis->w[2][0] = -2.0f * axis->w[2][1];
    }
  axis->scale = g_new (float, n);
  for (gsize at = 0; at < n; at++)
    {
      double inside = axis->w[0][0];

      for (int d = 1; d <= radius; d++)
        inside += (double)axis->w[0][d] * ((at >= (gsize)d) + (at + (gsize)d < n));
      axis->scale[at] = (float)(1.0 / inside);
    }
}

static void
axis_clear (Axis *axis)
{
  for (int o = 0; o < 3; o++)
    g_free (axis->w[o]);
  g_free (axis->scale);
}

/* The sweeps: out_o[x] += sum over m of w_o[m] * (up[m][x] +- down[m][x]) for the orders o in use, voxels of
 * type T. One sweep adds TAPS taps. */
#define DEFINE_SWEEPS(suffix, T)                                                                             \
  WILLIS_KERNEL static void start_##suffix (const T *restrict c, gsize n, float w, float *restrict out)      \
  {                                                                                                          \
    for (gsize x = 0; x < n; x++)                                                                            \
      out[x] = w * (float)c[x];                                                                              \
  }                                                                                                          \
  WILLIS_KERNEL static void even_##suffix (const T *const *up, const T *const *down, gsize n,                \
                                           const float *w, float *restrict out)                              \
  {                                                                                                          \
    const T *restrict u0 = up[0], *restrict u1 = up[1], *restrict u2 = up[2], *restrict u3 = up[3];          \
    const T *restrict d0 = down[0], *restrict d1 = down[1], *restrict d2 = down[2], *restrict d3 = down[3];  \
    float w0 = w[0], w1 = w[1], w2 = w[2], w3 = w[3];                                                        \
    for (gsize x = 0; x < n; x++)                                                                            \
      out[x] += w0 * ((float)u0[x] + (float)d0[x]) + w1 * ((float)u1[x] + (float)d1[x])                      \
                + (w2 * ((float)u2[x] + (float)d2[x]) + w3 * ((float)u3[x] + (float)d3[x]));                 \
  }                                                                                                          \
  WILLIS_KERNEL static void odd_##suffix (const T *const *up, const T *const *down, gsize n, const float *w, \
                                          float *restrict out)                                               \
  {                                                                                                          \
    const T *restrict u0 = up[0], *restrict u1 = up[1], *restrict u2 = up[2], *restrict u3 = up[3];          \
    const T *restrict d0 = down[0], *restrict d1 = down[1], *restrict d2 = down[2], *restrict d3 = down[3];  \
    float w0 = w[0], w1 = w[1], w2 = w[2], w3 = w[3];                                                        \
    for (gsize x = 0; x < n; x++)                                                                            \
      out[x] += w0 * ((float)u0[x] - (float)d0[x]) + w1 * ((float)u1[x] - (float)d1[x])                      \
                + (w2 * ((float)u2[x] - (float)d2[x]) + w3 * ((float)u3[x] - (float)d3[x]));                 \
  }                                                                                                          \
  WILLIS_KERNEL static void all_##suffix (const T *const *up, const T *const *down, gsize n, const float *a, \
                                          const float *b, const float *c, float *restrict out0,              \
                                          float *restrict out1, float *restrict out2)                        \
  {                                                                                                          \
    const T *restrict u0 = up[0], *restrict u1 = up[1], *restrict u2 = up[2], *restrict u3 = up[3];          \
    const T *restrict d0 = down[0], *restrict d1 = down[1], *restrict d2 = down[2], *restrict d3 = down[3];  \
    float a0 = a[0], a1 = a[1], a2 = a[2], a3 = a[3], b0 = b[0], b1 = b[1], b2 = b[2], b3 = b[3];            \
    float c0 = c[0], c1 = c[1], c2 = c[2], c3 = c[3];                                                        \
    for (gsize x = 0; x < n; x++)                                                                            \
      {                                                                                                      \
        float p0 = (float)u0[x], p1 = (float)u1[x], p2 = (float)u2[x], p3 = (float)u3[x];                    \
        float q0 = (float)d0[x], q1 = (float)d1[x], q2 = (float)d2[x], q3 = (float)d3[x];                    \
        out0[x] += a0 * (p0 + q0) + a1 * (p1 + q1) + (a2 * (p2 + q2) + a3 * (p3 + q3));                      \
        out1[x] += b0 * (p0 - q0) + b1 * (p1 - q1) + (b2 * (p2 - q2) + b3 * (p3 - q3));                      \
        out2[x] += c0 * (p0 + q0) + c1 * (p1 + q1) + (c2 * (p2 + q2) + c3 * (p3 + q3));                      \
      }                                                                                                      \
  }                                                                                                          \
  /* out[o] (NULL: not wanted) = kernel of order o over the rows row_at gives for offsets -radius .. radius  \
   */                                                                                                        \
  static void fold_##suffix (const T *(*row_at) (const void *source, gssize offset), const void *source,     \
                             gsize n, const Axis *axis, float *const out[3])                                 \
  {                                                                                                          \
    const T *up[TAPS], *down[TAPS];                                                                          \
    if (out[0] != NULL)                                                                                      \
      start_##suffix (row_at (source, 0), n, axis->w[0][0], out[0]);                                         \
    if (out[1] != NULL)                                                                                      \
      memset (out[1], 0, n * sizeof (float));                                                                \
    if (out[2] != NULL)                                                                                      \
      start_##suffix (row_at (source, 0), n, axis->w[2][0], out[2]);                                         \
    for (int d = 1; d <= axis->radius; d += TAPS)                                                            \
      {                                                                                                      \
        for (int m = 0; m < TAPS; m++)                                                                       \
          {                                                                                                  \
            up[m] = row_at (source, d + m);                                                                  \
            down[m] = row_at (source, -d - m);                                                               \
          }                                                                                                  \
        if (out[0] != NULL && out[1] != NULL && out[2] != NULL)                                              \
          all_##suffix (up, down, n, axis->w[0] + d, axis->w[1] + d, axis->w[2] + d, out[0], out[1],         \
                        out[2]);                                                                             \
        else                                                                                                 \
          {                                                                                                  \
            if (out[0] != NULL)                                                                              \
              even_##suffix (up, down, n, axis->w[0] + d, out[0]);                                           \
            if (out[1] != NULL)                                                                              \
              odd_##suffix (up, down, n, axis->w[1] + d, out[1]);                                            \
            if (out[2] != NULL)                                                                              \
              even_##suffix (up, down, n, axis->w[2] + d, out[2]);                                           \
          }                                                                                                  \
      }                                                                                                      \
  }

DEFINE_SWEEPS (u8, guint8)
DEFINE_SWEEPS (i16, gint16)
DEFINE_SWEEPS (f32, float)

/* The rows of the volume at (j, k + offset). */
typedef struct
{
  const Bank *bank;
  gssize j, k;
} SourceRow;

static const void *
volume_row (const SourceRow *at, gssize offset)
{
  const Bank *bank = at->bank;
  gssize k = at->k + offset, n = (gssize)bank->dims[2];

  if (k < 0 || k >= n)
    {
      if (bank->kind == WILLIS_BANK_SMOOTH)
        return bank->zeros;
      k = CLAMP (k, 0, n - 1);
    }
  return (const guint8 *)bank->voxels
         + ((gsize)k * bank->dims[1] + (gsize)at->j) * bank->dims[0] * willis_scalar_size (bank->scalar);
}

static const guint8 *
volume_row_u8 (const void *source, gssize offset)
{
  return volume_row (source, offset);
}

static const gint16 *
volume_row_i16 (const void *source, gssize offset)
{
  return volume_row (source, offset);
}

static const float *
volume_row_f32 (const void *source, gssize offset)
{
  return volume_row (source, offset);
}

/* Rows already folded along k, kept for a band: row j + offset of one of them. */
typedef struct
{
  const Bank *bank;
  const float *rows; // row first of the slice stands first
  gssize first, j;
} BandRow;

static const float *
band_row (const void *source, gssize offset)
{
  const BandRow *at = source;
  gssize j = at->j + offset, n = (gssize)at->bank->dims[1];

  if (j < 0 || j >= n)
    {
      if (at->bank->kind == WILLIS_BANK_SMOOTH)
        return at->bank->zeros;
      j = CLAMP (j, 0, n - 1);
    }
  return at->rows + (gsize)(j - at->first) * at->bank->dims[0];
}

/* A row with its border extended, shifted. */
static const float *
shifted_row (const void *source, gssize offset)
{
  return (const float *)source + offset;
}

static void
fold_source (const Bank *bank, gssize j, gssize k, float *const out[3])
{
  SourceRow at = { bank, j, k };

  switch (bank->scalar)
    {
    case WILLIS_SCALAR_U8:
      fold_u8 (volume_row_u8, &at, bank->dims[0], &bank->axis[2], out);
      break;
    case WILLIS_SCALAR_I16:
      fold_i16 (volume_row_i16, &at, bank->dims[0], &bank->axis[2], out);
      break;
    case WILLIS_SCALAR_F32:
    default:
      fold_f32 (volume_row_f32, &at, bank->dims[0], &bank->axis[2], out);
    }
}

/* One output row: folds padded along i with the kernel of that order. */
static void
fold_row (const Bank *bank, float *padded, int order, float *out)
{
  const Axis *axis = &bank->axis[0];
  gsize n = bank->dims[0];
  float *row = padded + axis->radius, *wanted[3] = { NULL, NULL, NULL };
  gboolean repeat = bank->kind == WILLIS_BANK_HESSIAN;

  for (int d = 1; d <= axis->radius; d++)
    {
      row[-d] = repeat ? row[0] : 0.0f;
      row[n - 1 + (gsize)d] = repeat ? row[n - 1] : 0.0f;
    }
  wanted[order] = out;
  fold_f32 (shifted_row, row, n, axis, wanted);
}

/* Rows a task needs besides its output: three slabs folded along k and the padded rows. */
typedef struct
{
  float *slab[3];
  float *padded[6];
  float *rows[6];
} Scratch;

static void
smooth_band (const Bank *bank, Scratch *s, gssize j0, gssize j1, gssize first, gssize last, gssize k)
{
  gsize n = bank->dims[0];
  gssize radius = bank->axis[0].radius;
  float *along_k[3] = { NULL, NULL, NULL }, *along_j[3] = { s->padded[0] + radius, NULL, NULL };
  float scale_k = bank->axis[2].scale[k];

  for (gssize j = first; j < last; j++)
    {
      along_k[0] = s->slab[0] + (gsize)(j - first) * n;
      fold_source (bank, j, k, along_k);
    }
  for (gssize j = j0; j < j1; j++)
    {
      BandRow at = { bank, s->slab[0], first, j };
      float scale = scale_k * bank->axis[1].scale[j];

      fold_f32 (band_row, &at, n, &bank->axis[1], along_j);
      fold_row (bank, s->padded[0], 0, s->rows[0]);
      for (gsize x = 0; x < n; x++)
        s->rows[0][x] *= scale * bank->axis[0].scale[x];
      bank->func (s->rows, (int)n, (int)j, (int)k, bank->context);
    }
}

static void
hessian_band (const Bank *bank, Scratch *s, gssize j0, gssize j1, gssize first, gssize last, gssize k)
{
  /* the order along i of xx, xy, xz, yy, yz, zz */
  static const int order_i[6] = { 2, 1, 1, 0, 0, 0 };
  gsize n = bank->dims[0];
  gssize radius = bank->axis[0].radius;
  float *const *p = s->padded;

  for (gssize j = first; j < last; j++)
    {
      float *along_k[3];

      for (int o = 0; o < 3; o++)
        along_k[o] = s->slab[o] + (gsize)(j - first) * n;
      fold_source (bank, j, k, along_k);
    }
  for (gssize j = j0; j < j1; j++)
    {
      BandRow at[3] = { { bank, s->slab[0], first, j },
                        { bank, s->slab[1], first, j },
                        { bank, s->slab[2], first, j } };
      float *of_k0[3] = { p[0] + radius, p[1] + radius, p[3] + radius };
      float *of_k1[3] = { p[2] + radius, p[4] + radius, NULL };
      float *of_k2[3] = { p[5] + radius, NULL, NULL };

      fold_f32 (band_row, &at[0], n, &bank->axis[1], of_k0);
      fold_f32 (band_row, &at[1], n, &bank->axis[1], of_k1);
      fold_f32 (band_row, &at[2], n, &bank->axis[1], of_k2);
      for (int d = 0; d < 6; d++)
        fold_row (bank, p[d], order_i[d], s->rows[d]);
      bank->func (s->rows, (int)n, (int)j, (int)k, bank->context);
    }
}

static gboolean
is_wanted (const Bank *bank, gsize j0, gsize j1, gsize k)
{
  const guint8 *at;
  gsize n = (j1 - j0) * bank->dims[0];

  if (bank->mask == NULL)
    return TRUE;
  at = bank->mask + (k * bank->dims[1] + j0) * bank->dims[0];
  return at[0] != 0 || memcmp (at, at + 1, n - 1) != 0; // all equal and zero: nothing there
}

static void
run_bands (gsize lo, gsize hi, gpointer context)
{
  const Bank *bank = context;
  gsize n = bank->dims[0], n_rows = BAND + 2 * (gsize)bank->axis[1].radius;
  int n_rows_out = bank->kind == WILLIS_BANK_HESSIAN ? 6 : 1,
      n_slabs = bank->kind == WILLIS_BANK_HESSIAN ? 3 : 1;
  Scratch s = { 0 };

  for (int o = 0; o < n_slabs; o++)
    s.slab[o] = g_new (float, n_rows *n);
  for (int d = 0; d < n_rows_out; d++)
    {
      s.padded[d] = g_new (float, n + 2 * (gsize)bank->axis[0].radius);
      s.rows[d] = g_new (float, n);
    }
  for (gsize task = lo; task < hi; task++)
    {
      gsize k = task / bank->n_bands * bank->slice_step, j0 = task % bank->n_bands * BAND,
            j1 = MIN (j0 + BAND, bank->dims[1]);
      gssize first = MAX ((gssize)j0 - bank->axis[1].radius, 0);
      gssize last = MIN ((gssize)j1 + bank->axis[1].radius, (gssize)bank->dims[1]);

      if (!is_wanted (bank, j0, j1, k))
        continue;
      if (bank->kind == WILLIS_BANK_HESSIAN)
        hessian_band (bank, &s, (gssize)j0, (gssize)j1, first, last, (gssize)k);
      else
        smooth_band (bank, &s, (gssize)j0, (gssize)j1, first, last, (gssize)k);
    }
  for (int o = 0; o < 3; o++)
    g_free (s.slab[o]);
  for (int d = 0; d < 6; d++)
    {
      g_free (s.padded[d]);
      g_free (s.rows[d]);
    }
}

gboolean
willis_filter_bank (const WillisVolume *volume, WillisBankKind kind, const WillisBankParams *params,
                    WillisBankFunc func, gpointer context, const WillisProgress *progress, GError **error)
{
  const WillisGrid *grid = willis_volume_grid (volume);
  const WillisVolume *mask = params->mask;
  Bank bank = { .volume = volume,
                .voxels = willis_volume_voxels (volume),
                .scalar = willis_volume_scalar (volume),
                .kind = kind,
                .func = func,
                .context = context,
                .slice_step = (gsize)MAX (params->slice_step, 1) };
  gsize n_slices;
  gboolean done;

  for (int a = 0; a < 3; a++)
    if (!(params->sigma_mm[a] > 0.0) || params->sigma_mm[a] > 100.0 * grid->spacing_mm[a])
      return willis_fail (error, WILLIS_ERROR_BAD_INPUT,
                          "a Gaussian of %g mm is not possible for voxels of %g mm", params->sigma_mm[a],
                          grid->spacing_mm[a]);
  if (mask != NULL
      && (willis_volume_u8 (mask) == NULL || !willis_grid_equal (willis_volume_grid (mask), grid)))
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, "the mask of the filter is not on the volume's grid");
  bank.mask = mask != NULL ? willis_volume_u8 (mask) : NULL;
  for (int a = 0; a < 3; a++)
    {
      bank.dims[a] = (gsize)grid->dims[a];
      axis_init (&bank.axis[a], params->sigma_mm[a], params->scale_mm, grid->spacing_mm[a], bank.dims[a]);
    }
  bank.zeros = g_malloc0 (bank.dims[0] * sizeof (float));
  bank.n_bands = (bank.dims[1] + BAND - 1) / BAND;
  n_slices = (bank.dims[2] + bank.slice_step - 1) / bank.slice_step;
  done = willis_batch_for (bank.n_bands * n_slices, 2, run_bands, &bank, progress, 0.0, 1.0, error);
  for (int a = 0; a < 3; a++)
    axis_clear (&bank.axis[a]);
  g_free (bank.zeros);
  return done;
}
