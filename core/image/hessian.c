/* SPDX-License-Identifier: Apache-2.0 */
#include "core/image/hessian.h"

#include <float.h>
#include <math.h>

#include "core/image/filter-bank.h"
#include "core/num/kernel.h"

/* cos (2/3 acos (u)) for u in [0, 1] to 2.3e-8: Chebyshev fit. */
static inline float
cos_two_thirds (float u)
{
  return 0.500000022768f
         + u
               * (0.577347222501f
                  + u
                        * (-0.11104323954f
                           + u
                                 * (0.05286910595f
                                    + u
                                          * (-0.030313063111f
                                             + u
                                                   * (0.016159489191f
                                                      + u * (-0.006169949687f + u * 0.001150429008f))))));
}

/* Trigonometric solution of the characteristic cubic (Smith 1961, CACM 4:168) without branches or acos: with
 * r in
 * [-1, 1] the scaled determinant, cos (acos (r) / 3) is a smooth function of sqrt ((1 + r) / 2). */
WILLIS_KERNEL static void
solve_rows (float *restrict xx, float *restrict xy, float *restrict xz, const float *restrict yy,
            const float *restrict yz, const float *restrict zz, int n)
{
  for (int x = 0; x < n; x++)
    {
      float q = (xx[x] + yy[x] + zz[x]) * (1.0f / 3.0f);
      float a = xx[x] - q, b = yy[x] - q, c = zz[x] - q, d = xy[x], e = xz[x], f = yz[x];
      float p2 = (a * a + b * b + c * c + 2.0f * (d * d + e * e + f * f)) * (1.0f / 6.0f);
      float p = sqrtf (p2);
      float det = a * (b * c - f * f) - d * (d * c - f * e) + e * (d * f - b * e);
      float r = 0.5f * det / (p2 * p + FLT_MIN);
      float up, down, high, low;

      r = r > 1.0f ? 1.0f : r;
      r = r < -1.0f ? -1.0f : r;
      up = cos_two_thirds (sqrtf (0.5f + 0.5f * r));
      down = cos_two_thirds (sqrtf (0.5f - 0.5f * r));
      high = q + 2.0f * p * up;
      low = q - 2.0f * p * down;
      xx[x] = high;
      xy[x] = 3.0f * q - high - low;
      xz[x] = low;
    }
}

void
willis_symmetric3_eigenvalues (float *const *rows, int n)
{
  solve_rows (rows[0], rows[1], rows[2], rows[3], rows[4], rows[5], n);
}

gboolean
willis_hessian_eigenvalues (const WillisVolume *volume, double sigma_mm, const WillisVolume *mask,
                            WillisEigenFunc func, gpointer context, const WillisProgress *progress,
                            GError **error)
{
  const WillisBankParams params = { { sigma_mm, sigma_mm, sigma_mm }, sigma_mm, mask, 1 };

  return willis_hessian_bank (volume, &params, func, context, progress, error);
}

typedef struct
{
  WillisEigenFunc func;
  gpointer context;
} Stream;

static void
pass_on (float *const *rows, int n, int j, int k, gpointer context)
{
  const Stream *stream = context;

  willis_symmetric3_eigenvalues (rows, n);
  stream->func (rows, n, j, k, stream->context);
}

gboolean
willis_hessian_bank (const WillisVolume *volume, const WillisBankParams *params, WillisEigenFunc func,
                     gpointer context, const WillisProgress *progress, GError **error)
{
  Stream stream = { func, context };

  return willis_filter_bank (volume, WILLIS_BANK_HESSIAN, params, pass_on, &stream, progress, error);
}
