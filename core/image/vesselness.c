/* SPDX-License-Identifier: Apache-2.0 */
#include "core/image/vesselness.h"

#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/image/hessian.h"
#include "core/num/kernel.h"

/* Frangi's alpha and beta, and Sato's alpha for bright sides. */
#define FRANGI_ALPHA 0.5f
#define FRANGI_BETA 0.5f
#define SATO_ALPHA_POSITIVE 2.0f
#define SATO_ALPHA_NEGATIVE 0.5f

typedef struct
{
  const WillisVesselnessParams *params;
  const guint8 *mask;
  gsize nx, ny;
  float *out;
  float *row_max;  // [ny * nz] strongest eigenvalue or norm of each row
  float strength;  // of this scale
  gboolean any;    // out holds a scale already
} Work;

/* Eigenvalues high >= mid >= low as those of a bright tube, negated: two = -lambda2, three = -lambda3 by magnitude, one
 * the remaining |lambda1|; two <= 0 where the second by magnitude is not negative. */
#define SORT_BRIGHT(high, mid, low)                                                                                  \
  float one = fabsf (high), two = -(mid), three = -(low);                                                            \
  two = one > two ? -1.0f : two /* the large positive one is second or third by magnitude */

WILLIS_KERNEL static void
jerman_row (const float *restrict high, const float *restrict mid, const float *restrict low, gsize n, float floor,
            float *restrict v)
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
  gsize at = ((gsize) k * w->ny + (gsize) j) * w->nx, m = (gsize) n;
  float *v = rows[3], *out = w->out + at;

  turn_row (w, rows, n);
  if (w->params->kind == WILLIS_VESSELNESS_JERMAN)
    jerman_row (rows[0], rows[1], rows[2], m, (float) w->params->tau * w->strength, v);
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
  gsize at = ((gsize) k * w->ny + (gsize) j) * w->nx;
  float most = 0.0f;

  turn_row (w, rows, n);
  for (int x = 0; x < n; x++)
    {
      float s = w->params->kind == WILLIS_VESSELNESS_JERMAN
                    ? -rows[2][x]
                    : rows[0][x] * rows[0][x] + rows[1][x] * rows[1][x] + rows[2][x] * rows[2][x];

      if (s > most && (w->mask == NULL || w->mask[at + (gsize) x]))
        most = s;
    }
  w->row_max[(gsize) k * w->ny + (gsize) j] = most;
}

static gboolean
one_scale (const WillisVolume *volume, Work *w, double sigma, const WillisVolume *mask, gsize n_rows,
           const WillisProgress *progress, GError **error)
{
  WillisProgress first = willis_progress_part (progress, 0.0, 0.5, NULL), second = first;
  const WillisProgress *respond_progress = progress;

  w->strength = (float) w->params->strength;
  if (w->params->kind != WILLIS_VESSELNESS_SATO && !(w->strength > 0.0f))
    {
      float most = 0.0f;

      memset (w->row_max, 0, n_rows * sizeof (float));
      if (!willis_hessian_eigenvalues (volume, sigma, mask, find_strength, w, progress != NULL ? &first : NULL, error))
        return FALSE;
      for (gsize r = 0; r < n_rows; r++)
        most = MAX (most, w->row_max[r]);
      w->strength = w->params->kind == WILLIS_VESSELNESS_JERMAN ? most : 0.5f * sqrtf (most);
      second = willis_progress_part (progress, 0.5, 1.0, NULL);
      respond_progress = progress != NULL ? &second : NULL;
    }
  if (w->params->kind != WILLIS_VESSELNESS_SATO && !(w->strength > 0.0f))
    return TRUE; // a flat volume answers nowhere
  return willis_hessian_eigenvalues (volume, sigma, mask, respond, w, respond_progress, error);
}

WillisVolume *
willis_vesselness (const WillisVolume *volume, const WillisVesselnessParams *params, const WillisVolume *mask,
                   const WillisProgress *progress, GError **error)
{
  const WillisGrid *grid = willis_volume_grid (volume);
  gsize n_rows = (gsize) grid->dims[1] * (gsize) grid->dims[2];
  g_autoptr (WillisVolume) out = NULL;
  g_autofree float *row_max = NULL;
  Work w = { .params = params, .nx = (gsize) grid->dims[0], .ny = (gsize) grid->dims[1] };

  if (params->n_scales < 1 || params->n_scales > 32 || !(params->min_sigma_mm > 0.0)
      || !(params->max_sigma_mm >= params->min_sigma_mm) || !(params->tau > 0.0 && params->tau <= 1.0)
      || !(params->strength >= 0.0))
    {
      willis_fail (error, WILLIS_ERROR_BAD_INPUT, "vesselness at %d scales from %g to %g mm is not possible",
                   params->n_scales, params->min_sigma_mm, params->max_sigma_mm);
      return NULL;
    }
  if (mask != NULL && willis_volume_u8 (mask) == NULL)
    {
      willis_fail (error, WILLIS_ERROR_BAD_INPUT, "the mask of the vesselness is not an 8-bit volume");
      return NULL;
    }
  out = willis_volume_new (grid, WILLIS_SCALAR_F32, error);
  if (out == NULL)
    return NULL;
  w.out = willis_volume_voxels_rw (out);
  w.mask = mask != NULL ? willis_volume_u8 (mask) : NULL;
  w.row_max = row_max = g_new0 (float, n_rows);
  memset (w.out, 0, n_rows * w.nx * sizeof (float));
  for (int s = 0; s < params->n_scales; s++)
    {
      double t = params->n_scales > 1 ? (double) s / (params->n_scales - 1) : 0.0;
      double sigma = params->min_sigma_mm * pow (params->max_sigma_mm / params->min_sigma_mm, t);
      WillisProgress part = willis_progress_part (progress, (double) s / params->n_scales,
                                                  (double) (s + 1) / params->n_scales, NULL);

      if (!one_scale (volume, &w, sigma, mask, n_rows, progress != NULL ? &part : NULL, error))
        return NULL;
    }
  return g_steal_pointer (&out);
}
