/* SPDX-License-Identifier: Apache-2.0 */
#include "core/image/vesselness.h"

#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/parallel.h"
#include "core/image/hessian.h"
#include "core/num/kernel.h"

/* Frangi's alpha and beta, and Sato's alpha for bright sides. */
#define FRANGI_ALPHA        0.5f
#define FRANGI_BETA         0.5f
#define SATO_ALPHA_POSITIVE 2.0f
#define SATO_ALPHA_NEGATIVE 0.5f

typedef struct
{
  const WillisVesselnessParams *params;
  const guint8 *mask;
  gsize nx, ny;
  float *out;
  float *row_max; // [ny * nz] strongest eigenvalue or norm of each row
  float strength; // of this scale
} Work;

/* The volume halved some times, to be read at scales that are coarse for it. */
typedef struct
{
  WillisVolume *volume, *mask; // mask may be NULL
  double blur_mm[3];           // that is in it already
} Level;

/* A level is used for scales from this many of its voxels up, and blurred by that many before it is halved:
 * what is above the halved grid's own frequencies is then below 1e-3 of the response. */
#define HALVE_FROM 2.5
#define HALVE_BLUR 1.25
#define MAX_LEVELS 4

/* Slices between two that are searched for the strongest eigenvalue, on the whole grid. */
#define STRENGTH_STEP 3

/* Eigenvalues high >= mid >= low as those of a bright tube, negated: two = -lambda2, three = -lambda3 by
 * magnitude, one the remaining |lambda1|; two <= 0 where the second by magnitude is not negative. */
#define SORT_BRIGHT(high, mid, low)                                                                          \
  float one = fabsf (high), two = -(mid), three = -(low);                                                    \
  two = one > two ? -1.0f : two /* the large positive one is second or third by magnitude */

WILLIS_KERNEL static void
jerman_row (const float *restrict high, const float *restrict mid, const float *restrict low, gsize n,
            float floor, float *restrict v)
{
  for (gsize x = 0; x < n; x++)
    {
      SORT_BRIGHT (high[x], mid[x], low[x]);
      float rho = three > floor ? three : floor, sum = two + rho, ratio, value;

      sum = sum > 1e-20f ? sum : 1e-20f;
      ratio = 3.0f / sum;
      value = two * two * (rho - two) * ratio * ratio * ratio;
      value = two >= 0.5f * rho ? 1.0f : value;
      v[x] = two > 0.0f && three > 0.0f ? value : 0.0f;
    }
}

WILLIS_KERNEL static void
sato_row (const float *restrict high, const float *restrict mid, const float *restrict low, gsize n,
          float *restrict v)
{
  for (gsize x = 0; x < n; x++)
    {
      float two = -mid[x], one = high[x], width, value;

      width = one <= 0.0f ? SATO_ALPHA_NEGATIVE * two : SATO_ALPHA_POSITIVE * two;
      width = width > 1e-20f ? width : 1e-20f;
      value = two * expf (-0.5f * (one / width) * (one / width));
      v[x] = two > 0.0f ? value : 0.0f;
    }
}

static void
frangi_row (const float *high, const float *mid, const float *low, gsize n, float norm, float *v)
{
  for (gsize x = 0; x < n; x++)
    {
      SORT_BRIGHT (high[x], mid[x], low[x]);
      float plate, blob, size2;

      v[x] = 0.0f;
      if (!(two > 0.0f))
        continue;
      plate = two / three;
      blob = one * one / (two * three);
      size2 = one * one + two * two + three * three;
      v[x] = (1.0f - expf (-plate * plate / (2 * FRANGI_ALPHA * FRANGI_ALPHA)))
             * expf (-blob / (2 * FRANGI_BETA * FRANGI_BETA)) * (1.0f - expf (-size2 / (2 * norm * norm)));
    }
}

/* Dark tubes are bright ones of the negated volume. */
static void
turn_row (const Work *w, float *const *rows, int n)
{
  if (w->params->dark)
    for (int x = 0; x < n; x++)
      {
        float high = rows[0][x];

        rows[0][x] = -rows[2][x];
        rows[1][x] = -rows[1][x];
        rows[2][x] = -high;
      }
}

static void
respond (float *const *rows, int n, int j, int k, gpointer context)
{
  const Work *w = context;
  gsize at = ((gsize)k * w->ny + (gsize)j) * w->nx, m = (gsize)n;
  float *v = rows[3], *out = w->out + at;

  turn_row (w, rows, n);
  if (w->params->kind == WILLIS_VESSELNESS_JERMAN)
    jerman_row (rows[0], rows[1], rows[2], m, (float)w->params->tau * w->strength, v);
  else if (w->params->kind == WILLIS_VESSELNESS_FRANGI)
    frangi_row (rows[0], rows[1], rows[2], m, w->strength, v);
  else
    sato_row (rows[0], rows[1], rows[2], m, v);
  if (w->mask != NULL)
    for (gsize x = 0; x < m; x++)
      v[x] = w->mask[at + x] ? v[x] : 0.0f;
  for (gsize x = 0; x < m; x++)
    out[x] = v[x] > out[x] ? v[x] : out[x];
}

/* The strongest negative eigenvalue (JERMAN) or squared norm (FRANGI) of the row's voxels. */
static void
find_strength (float *const *rows, int n, int j, int k, gpointer context)
{
  const Work *w = context;
  gsize at = ((gsize)k * w->ny + (gsize)j) * w->nx;
  float most = 0.0f;

  turn_row (w, rows, n);
  for (int x = 0; x < n; x++)
    {
      float s = w->params->kind == WILLIS_VESSELNESS_JERMAN
                    ? -rows[2][x]
                    : rows[0][x] * rows[0][x] + rows[1][x] * rows[1][x] + rows[2][x] * rows[2][x];

      if (s > most && (w->mask == NULL || w->mask[at + (gsize)x]))
        most = s;
    }
  w->row_max[(gsize)k * w->ny + (gsize)j] = most;
}

/* Sets strength for this scale; FALSE on error. */
static gboolean
prepare_strength (const Level *level, Work *w, WillisBankParams *bank, gboolean whole,
                  const WillisProgress *progress, GError **error)
{
  const int *n = willis_volume_grid (level->volume)->dims;
  gsize n_rows = (gsize)n[1] * (gsize)n[2];
  float most = 0.0f;

  w->strength = (float)w->params->strength;
  if (w->params->kind == WILLIS_VESSELNESS_SATO || w->strength > 0.0f)
    return TRUE;
  memset (w->row_max, 0, n_rows * sizeof (float));
  bank->slice_step = whole ? STRENGTH_STEP : 1;
  if (!willis_hessian_bank (level->volume, bank, find_strength, w, progress, error))
    return FALSE;
  bank->slice_step = 1;
  for (gsize r = 0; r < n_rows; r++)
    most = MAX (most, w->row_max[r]);
  w->strength = w->params->kind == WILLIS_VESSELNESS_JERMAN ? most : 0.5f * sqrtf (most);
  return TRUE;
}

/* The response of one level into w->out (of that level's size). */
static gboolean
one_scale (const Level *level, Work *w, double sigma, gboolean whole, const WillisProgress *progress,
           GError **error)
{
  WillisProgress first = willis_progress_part (progress, 0.0, whole ? 0.25 : 0.5, NULL);
  WillisProgress second = willis_progress_part (progress, whole ? 0.25 : 0.5, 1.0, NULL);
  WillisBankParams bank = { .scale_mm = sigma, .mask = level->mask, .slice_step = 1 };

  for (int a = 0; a < 3; a++)
    bank.sigma_mm[a] = sqrt (sigma * sigma - level->blur_mm[a] * level->blur_mm[a]);
  w->nx = (gsize)willis_volume_grid (level->volume)->dims[0];
  w->ny = (gsize)willis_volume_grid (level->volume)->dims[1];
  w->mask = level->mask != NULL ? willis_volume_u8 (level->mask) : NULL;
  if (!prepare_strength (level, w, &bank, whole, progress != NULL ? &first : NULL, error))
    return FALSE;
  if (w->params->kind != WILLIS_VESSELNESS_SATO && !(w->strength > 0.0f))
    return TRUE; // a flat volume answers nowhere
  return willis_hessian_bank (level->volume, &bank, respond, w, progress != NULL ? &second : NULL, error);
}

/* Keeps every second voxel of the even rows of even slices. */
static void
keep_half (float *const *rows, int n, int j, int k, gpointer context)
{
  WillisVolume *half = context;
  const int *dims = willis_volume_grid (half)->dims;
  float *out;

  if (j % 2 != 0)
    return;
  out = (float *)willis_volume_voxels_rw (half)
        + ((gsize)(k / 2) * (gsize)dims[1] + (gsize)(j / 2)) * (gsize)dims[0];
  for (int i = 0; i < n; i += 2)
    out[i / 2] = rows[0][i];
}

/* A voxel of the half mask is set where any voxel next to it on the finer grid is: those it is interpolated
 * to. */
static WillisVolume *
halve_mask (const WillisVolume *mask, const WillisGrid *half, GError **error)
{
  WillisVolume *out = willis_volume_new (half, WILLIS_SCALAR_U8, error);
  const int *n = willis_volume_grid (mask)->dims;
  const guint8 *in = willis_volume_u8 (mask);
  guint8 *v;

  if (out == NULL)
    return NULL;
  v = willis_volume_voxels_rw (out);
  memset (v, 0, willis_grid_n_voxels (half));
  for (int k = 0; k < n[2]; k++)
    for (int j = 0; j < n[1]; j++)
      for (int i = 0; i < n[0]; i++)
        if (in[((gsize)k * (gsize)n[1] + (gsize)j) * (gsize)n[0] + (gsize)i])
          for (int c = 0; c < 8; c++)
            {
              int x = MIN ((i + (c & 1)) / 2, half->dims[0] - 1),
                  y = MIN ((j + (c >> 1 & 1)) / 2, half->dims[1] - 1);
              int z = MIN ((k + (c >> 2)) / 2, half->dims[2] - 1);

              v[((gsize)z * (gsize)half->dims[1] + (gsize)y) * (gsize)half->dims[0] + (gsize)x] = 1;
            }
  return out;
}

static gboolean
halve (const Level *level, Level *out, const WillisProgress *progress, GError **error)
{
  WillisGrid grid = *willis_volume_grid (level->volume);
  WillisBankParams bank = { .scale_mm = 1.0, .slice_step = 2 };
  WillisProgress quiet = WILLIS_PROGRESS_INIT; // can be stopped, but is no part of the fraction

  if (progress != NULL)
    quiet.cancellable = progress->cancellable;

  for (int a = 0; a < 3; a++)
    {
      double want = HALVE_BLUR * grid.spacing_mm[a];

      bank.sigma_mm[a] = sqrt (want * want - level->blur_mm[a] * level->blur_mm[a]);
      out->blur_mm[a] = want;
    }
  for (int a = 0; a < 3; a++)
    {
      grid.dims[a] = (grid.dims[a] + 1) / 2;
      grid.spacing_mm[a] *= 2.0;
    }
  out->volume = willis_volume_new (&grid, WILLIS_SCALAR_F32, error);
  if (out->volume == NULL
      || !willis_filter_bank (level->volume, WILLIS_BANK_SMOOTH, &bank, keep_half, out->volume, &quiet,
                              error))
    return FALSE;
  out->mask = level->mask != NULL ? halve_mask (level->mask, &grid, error) : NULL;
  return level->mask == NULL || out->mask != NULL;
}

/* The larger of the fine response and the coarse one interpolated, where the mask allows. */
typedef struct
{
  const float *coarse;
  const int *n, *m; // sizes of the fine and the coarse grid
  int step;         // fine voxels per coarse one
  const guint8 *mask;
  float *fine;
} Raise;

static void
raise_rows (gsize lo, gsize hi, gpointer context)
{
  const Raise *r = context;
  gsize mx = (gsize)r->m[0], my = (gsize)r->m[1];

  for (gsize row = lo; row < hi; row++)
    {
      int j = (int)(row % (gsize)r->n[1]), k = (int)(row / (gsize)r->n[1]);
      gsize y0 = (gsize)(j / r->step), z0 = (gsize)(k / r->step);
      gsize y1 = MIN (y0 + 1, my - 1), z1 = MIN (z0 + 1, (gsize)r->m[2] - 1);
      float ty = (float)(j % r->step) / (float)r->step, tz = (float)(k % r->step) / (float)r->step;
      const float *a = r->coarse + (z0 * my + y0) * mx, *b = r->coarse + (z0 * my + y1) * mx;
      const float *c = r->coarse + (z1 * my + y0) * mx, *d = r->coarse + (z1 * my + y1) * mx;
      float *out = r->fine + row * (gsize)r->n[0];

      for (int i = 0; i < r->n[0]; i++)
        {
          gsize x0 = (gsize)(i / r->step), x1 = MIN (x0 + 1, mx - 1);
          float tx = (float)(i % r->step) / (float)r->step, low, high, v;

          if (r->mask != NULL && !r->mask[row * (gsize)r->n[0] + (gsize)i])
            continue;
          low = (1 - tz) * ((1 - ty) * a[x0] + ty * b[x0]) + tz * ((1 - ty) * c[x0] + ty * d[x0]);
          high = (1 - tz) * ((1 - ty) * a[x1] + ty * b[x1]) + tz * ((1 - ty) * c[x1] + ty * d[x1]);
          v = low + tx * (high - low);
          out[i] = v > out[i] ? v : out[i];
        }
    }
}

/* The response at one scale, on the level that suits it, into out. */
static gboolean
scale_into (const Level *levels, int at, Work *w, double sigma, WillisVolume *out,
            const WillisProgress *progress, GError **error)
{
  const WillisGrid *fine = willis_volume_grid (out), *grid = willis_volume_grid (levels[at].volume);
  g_autoptr (WillisVolume) coarse = NULL;
  Raise raise;

  if (at == 0)
    {
      w->out = willis_volume_voxels_rw (out);
      return one_scale (&levels[0], w, sigma, TRUE, progress, error);
    }
  coarse = willis_volume_new (grid, WILLIS_SCALAR_F32, error);
  if (coarse == NULL)
    return FALSE;
  w->out = willis_volume_voxels_rw (coarse);
  memset (w->out, 0, willis_grid_n_voxels (grid) * sizeof (float));
  if (!one_scale (&levels[at], w, sigma, FALSE, progress, error))
    return FALSE;
  raise = (Raise){ willis_volume_f32 (coarse),
                   fine->dims,
                   grid->dims,
                   1 << at,
                   levels[0].mask != NULL ? willis_volume_u8 (levels[0].mask) : NULL,
                   willis_volume_voxels_rw (out) };
  willis_parallel_for ((gsize)fine->dims[1] * (gsize)fine->dims[2], 64, raise_rows, &raise);
  return TRUE;
}

static gboolean
check_params (const WillisVolume *volume, const WillisVesselnessParams *params, const WillisVolume *mask,
              GError **error)
{
  if (params->n_scales < 1 || params->n_scales > 32 || !(params->min_sigma_mm > 0.0)
      || !(params->max_sigma_mm >= params->min_sigma_mm) || !(params->tau > 0.0 && params->tau <= 1.0)
      || !(params->strength >= 0.0))
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT,
                        "vesselness at %d scales from %g to %g mm is not possible", params->n_scales,
                        params->min_sigma_mm, params->max_sigma_mm);
  if (mask != NULL
      && (willis_volume_u8 (mask) == NULL
          || !willis_grid_equal (willis_volume_grid (mask), willis_volume_grid (volume))))
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT,
                        "the mask of the vesselness is not on the volume's grid");
  return TRUE;
}

/* The coarsest level that a scale may use, halving further as needed; -1 on error. */
static int
level_for (Level *levels, int *n_levels, double sigma, const WillisProgress *progress, GError **error)
{
  int at = 0;

  for (; at + 1 < MAX_LEVELS; at++)
    {
      const WillisGrid *grid = willis_volume_grid (levels[at].volume);
      double coarsest = MAX (grid->spacing_mm[0], MAX (grid->spacing_mm[1], grid->spacing_mm[2]));

      if (sigma < HALVE_FROM * coarsest || MIN (grid->dims[0], MIN (grid->dims[1], grid->dims[2])) < 8)
        break;
      if (at + 1 == *n_levels)
        {
          ++*n_levels; // so that it is freed
          if (!halve (&levels[at], &levels[at + 1], progress, error))
            return -1;
        }
    }
  return at;
}

WillisVolume *
willis_vesselness (const WillisVolume *volume, const WillisVesselnessParams *params, const WillisVolume *mask,
                   const WillisProgress *progress, GError **error)
{
  const WillisGrid *grid = willis_volume_grid (volume);
  g_autoptr (WillisVolume) out = NULL;
  g_autofree float *row_max = NULL;
  Work w = { .params = params };
  Level levels[MAX_LEVELS] = { { (WillisVolume *)volume, (WillisVolume *)mask, { 0, 0, 0 } } };
  int n_levels = 1;
  gboolean ok = TRUE;

  if (!check_params (volume, params, mask, error))
    return NULL;
  out = willis_volume_new (grid, WILLIS_SCALAR_F32, error);
  if (out == NULL)
    return NULL;
  w.row_max = row_max = g_new0 (float, (gsize)grid->dims[1] * (gsize)grid->dims[2]);
  memset (willis_volume_voxels_rw (out), 0, willis_grid_n_voxels (grid) * sizeof (float));
  for (int s = 0; ok && s < params->n_scales; s++)
    {
      double t = params->n_scales > 1 ? (double)s / (params->n_scales - 1) : 0.0;
      double sigma = params->min_sigma_mm * pow (params->max_sigma_mm / params->min_sigma_mm, t);
      WillisProgress part = willis_progress_part (progress, (double)s / params->n_scales,
                                                  (double)(s + 1) / params->n_scales, NULL);
      int at = level_for (levels, &n_levels, sigma, progress, error);

      ok = at >= 0 && scale_into (levels, at, &w, sigma, out, progress != NULL ? &part : NULL, error);
    }
  for (int l = 1; l < n_levels; l++)
    {
      willis_volume_unref (levels[l].volume);
      willis_volume_unref (levels[l].mask);
    }
  return ok ? g_steal_pointer (&out) : NULL;
}
