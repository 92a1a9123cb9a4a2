/* SPDX-License-Identifier: Apache-2.0 */
#include "core/num/band.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/num/kernel.h"

int
willis_band_init (WillisBand *band, int n, int lower, int upper)
{
  band->n = n;
  band->lower = lower;
  band->upper = upper;
  band->width = 2 * lower + upper + 1;
  band->a = calloc ((size_t) n * band->width + 8, sizeof (double));
  band->pivots = calloc ((size_t) n + 1, sizeof (int));
  if (band->a != NULL && band->pivots != NULL)
    return 0;
  willis_band_clear (band);
  return -1;
}

void
willis_band_clear (WillisBand *band)
{
  free (band->a);
  free (band->pivots);
  band->a = NULL;
  band->pivots = NULL;
}

void
willis_band_zero (WillisBand *band)
{
  memset (band->a, 0, sizeof (double) * (size_t) band->n * band->width);
}

WILLIS_KERNEL static void
row_update (double *restrict y, const double *restrict x, double f, int n)
{
  for (int k = 0; k < n; k++)
    y[k] -= f * x[k];
}

/* Entry (i, j) lies at row[i][j - i + lower]. */
WILLIS_KERNEL int
willis_band_factor (WillisBand *band, int *negative_det, double *pivot_ratio)
{
  int n = band->n, w = band->width, lower = band->lower, info = 0, sign = 0;
  double smallest = INFINITY, largest = 0.0;

  for (int k = 0; k < n; k++)
    {
      int last = k + lower < n - 1 ? k + lower : n - 1, p = k;
      int length = lower + band->upper < n - 1 - k ? lower + band->upper : n - 1 - k;
      double *row = band->a + (size_t) k * w + lower, pivot;

      for (int i = k + 1; i <= last; i++)
        if (fabs (band->a[(size_t) i * w + k - i + lower]) > fabs (band->a[(size_t) p * w + k - p + lower]))
          p = i;
      band->pivots[k] = p;
      if (p != k)
        {
          double *other = band->a + (size_t) p * w + k - p + lower;

          sign ^= 1;
          for (int c = 0; c <= length; c++)
            {
              double t = row[c];

              row[c] = other[c];
              other[c] = t;
            }
        }
      pivot = row[0];
      if (pivot == 0.0)
        {
          info = info != 0 ? info : k + 1;
          pivot = row[0] = largest > 0.0 ? largest * DBL_EPSILON : DBL_EPSILON;
        }
      sign ^= pivot < 0.0;
      smallest = fmin (smallest, fabs (pivot));
      largest = fmax (largest, fabs (pivot));
      for (int i = k + 1; i <= last; i++)
        {
          double *target = band->a + (size_t) i * w + k - i + lower;
          double f = target[0] / pivot;

          target[0] = f;
          if (f != 0.0)
            row_update (target + 1, row + 1, f, length);
        }
    }
  if (negative_det != NULL)
    *negative_det = sign;
  if (pivot_ratio != NULL)
    *pivot_ratio = largest > 0.0 ? smallest / largest : 0.0;
  return info;
}

void
willis_band_solve (const WillisBand *band, double *x)
{
  int n = band->n, w = band->width, lower = band->lower;

  for (int k = 0; k < n; k++)
    {
      int last = k + lower < n - 1 ? k + lower : n - 1, p = band->pivots[k];
      double t = x[p];

      x[p] = x[k];
      x[k] = t;
      for (int i = k + 1; i <= last; i++)
        x[i] -= band->a[(size_t) i * w + k - i + lower] * t;
    }
  for (int k = n - 1; k >= 0; k--)
    {
      const double *row = band->a + (size_t) k * w + lower;
      int length = lower + band->upper < n - 1 - k ? lower + band->upper : n - 1 - k;
      double s = x[k];

      for (int c = 1; c <= length; c++)
        s -= row[c] * x[k + c];
      x[k] = s / row[0];
    }
}

void
willis_band_solve_transposed (const WillisBand *band, double *x)
{
  int n = band->n, w = band->width, lower = band->lower;

  for (int k = 0; k < n; k++)
    {
      const double *row = band->a + (size_t) k * w + lower;
      int length = lower + band->upper < n - 1 - k ? lower + band->upper : n - 1 - k;

      x[k] /= row[0];
      for (int c = 1; c <= length; c++)
        x[k + c] -= row[c] * x[k];
    }
  for (int k = n - 1; k >= 0; k--)
    {
      int last = k + lower < n - 1 ? k + lower : n - 1, p = band->pivots[k];
      double t;

      for (int i = k + 1; i <= last; i++)
        x[k] -= band->a[(size_t) i * w + k - i + lower] * x[i];
      t = x[p];
      x[p] = x[k];
      x[k] = t;
    }
}

WILLIS_KERNEL int
willis_band_inertia (const WillisBand *band, const double *shift, double *work, double *smallest)
{
  int n = band->n, m = band->lower, w = band->width, negative = 0;
  double ratio = INFINITY;

  /* work[i][c]: entry (i, i + c) of the upper triangle */
  for (int i = 0; i < n; i++)
    for (int c = 0; c <= m; c++)
      {
        double v = 0.0;

        if (i + c < n)
          v = 0.5 * (band->a[(size_t) i * w + m + c] + band->a[(size_t) (i + c) * w + m - c]);
        work[(size_t) i * (m + 1) + c] = c == 0 && shift != NULL ? v + shift[i] : v;
      }
  for (int k = 0; k < n; k++)
    {
      double *row = work + (size_t) k * (m + 1), d = row[0];
      double diagonal = fabs (band->a[(size_t) k * w + m]) + DBL_MIN;
      int length = m < n - 1 - k ? m : n - 1 - k;

      ratio = fmin (ratio, fabs (d) / diagonal);
      /* below round-off of what was subtracted its sign says nothing */
      if (fabs (d) < 8.0 * DBL_EPSILON * diagonal)
        d = 8.0 * DBL_EPSILON * diagonal;
      negative += d < 0.0;
      for (int c = 1; c <= length; c++)
        if (row[c] != 0.0)
          row_update (work + (size_t) (k + c) * (m + 1), row + c, row[c] / d, length - c + 1);
    }
  if (smallest != NULL)
    *smallest = ratio;
  return negative;
}
