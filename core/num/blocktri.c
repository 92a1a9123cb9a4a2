/* SPDX-License-Identifier: Apache-2.0 */
#include "core/num/blocktri.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/num/dense.h"
#include "core/num/kernel.h"

/*
 * work[i]: 48 numbers: rows k = 0 .. 5 of W = L^-1 B^T (8 a row, the last two zero), B the block below;
 * 36: L (unit lower triangle, row-major) or the eigenvectors V (columns); 6: 1 / D; 14 spare.
 */
#define AT_L 48
#define AT_D 84
#define SMALL 1e-9 // a pivot this far below its diagonal entry sends the block to its eigenvalues

typedef double Row __attribute__ ((vector_size (64), aligned (8)));

int
willis_blocktri_init (WillisBlockTri *a, int n)
{
  a->n = n;
  a->diag = calloc ((size_t) n + 1, sizeof *a->diag);
  a->below = calloc ((size_t) n + 1, sizeof *a->below);
  a->work = aligned_alloc (64, ((size_t) n + 1) * sizeof *a->work);
  a->turned = calloc ((size_t) n + 1, 1);
  if (a->diag != NULL && a->below != NULL && a->work != NULL && a->turned != NULL)
    return 0;
  willis_blocktri_clear (a);
  return -1;
}

void
willis_blocktri_clear (WillisBlockTri *a)
{
  free (a->diag);
  free (a->below);
  free (a->work);
  free (a->turned);
  memset (a, 0, sizeof *a);
}

void
willis_blocktri_zero (WillisBlockTri *a)
{
  memset (a->diag, 0, sizeof *a->diag * a->n);
  memset (a->below, 0, sizeof *a->below * a->n);
}

/* The block d taken apart by its eigenvalues: w <- V^T w. Returns how many are negative. */
static int
turn_block (double d[6][8], double w[6][8], double *l, double *inverse, double *ratio)
{
  double a[36], value[6], v[36], t[6][8], size = 0.0;
  int negative = 0;

  for (int i = 0; i < 6; i++)
    for (int j = 0; j < 6; j++)
      a[6 * i + j] = 0.5 * (d[i][j] + d[j][i]);
  willis_eigen_symmetric (a, 6, value, v);
  for (int k = 0; k < 6; k++)
    size = fmax (size, fabs (value[k]));
  memcpy (t, w, sizeof t);
  memcpy (l, v, sizeof v);
  for (int k = 0; k < 6; k++)
    {
      if (fabs (value[k]) < 1e-16 * size || value[k] == 0.0)
        value[k] = size > 0.0 ? 1e-16 * size : 1e-300;
      negative += value[k] < 0.0;
      *ratio = fmin (*ratio, fabs (value[k]) / size);
      inverse[k] = 1.0 / value[k];
      for (int j = 0; j < 8; j++)
        {
          w[k][j] = 0.0;
          for (int i = 0; i < 6; i++)
            w[k][j] += v[6 * i + k] * t[i][j];
        }
    }
  return negative;
}

WILLIS_KERNEL static int
factor (WillisBlockTri *a, const double *shift, double *smallest, int positive_only)
{
  double next[6][8] __attribute__ ((aligned (64))) = { { 0 } };
  double ratio = INFINITY;
  int negative = 0;

  for (int i = 0; i < a->n; i++)
    {
      double d[6][8] __attribute__ ((aligned (64))), w[6][8] __attribute__ ((aligned (64)));
      double before[6][8] __attribute__ ((aligned (64)));
      double *out = a->work[i], *l = out + AT_L, *inverse = out + AT_D;
      int good = 1;

      for (int r = 0; r < 6; r++)
        {
          for (int c = 0; c < 6; c++)
            {
              d[r][c] = a->diag[i][6 * r + c] - next[r][c];
              w[r][c] = i + 1 < a->n ? a->below[i][6 * c + r] : 0.0;
            }
          d[r][6] = d[r][7] = w[r][6] = w[r][7] = 0.0;
          if (shift != NULL)
            d[r][r] += shift[r];
        }
      memcpy (before, d, sizeof d);
      for (int k = 0; k < 6; k++)
        {
          double pivot = d[k][k], scale = fabs (before[k][k]);
          Row dk = *(Row *) d[k], wk = *(Row *) w[k];

          good &= pivot > SMALL * scale && pivot > 0.0;
          inverse[k] = 1.0 / pivot;
          ratio = good ? fmin (ratio, pivot / scale) : ratio;
          for (int r = k + 1; r < 6; r++)
            {
              double f = d[r][k] * inverse[k];

              l[6 * r + k] = f;
              *(Row *) d[r] -= f * dk;
              *(Row *) w[r] -= f * wk;
            }
        }
      if (!good && positive_only)
        return 1;
      if (!good)
        {
          for (int r = 0; r < 6; r++)
            for (int c = 0; c < 8; c++)
              w[r][c] = c < 6 && i + 1 < a->n ? a->below[i][6 * c + r] : 0.0;
          negative += turn_block (before, w, l, inverse, &ratio);
        }
      a->turned[i] = !good;
      for (int r = 0; r < 6; r++)
        {
          Row sum = { 0 };

          for (int k = 0; k < 6; k++)
            sum += w[k][r] * inverse[k] * *(Row *) w[k];
          *(Row *) next[r] = sum;
        }
      memcpy (out, w, sizeof w);
    }
  if (smallest != NULL)
    *smallest = ratio;
  return negative;
}

int
willis_blocktri_factor (WillisBlockTri *a, const double *shift, double *smallest)
{
  return factor (a, shift, smallest, 0);
}

int
willis_blocktri_factor_positive (WillisBlockTri *a, const double *shift)
{
  return factor (a, shift, NULL, 1);
}

/* y = L^-1 y, or V^T y. */
static inline void
forward_block (const double *l, int turned, double y[6])
{
  double t[6];

  if (!turned)
    {
      for (int r = 1; r < 6; r++)
        for (int k = 0; k < r; k++)
          y[r] -= l[6 * r + k] * y[k];
      return;
    }
  memcpy (t, y, sizeof t);
  for (int k = 0; k < 6; k++)
    {
      y[k] = 0.0;
      for (int i = 0; i < 6; i++)
        y[k] += l[6 * i + k] * t[i];
    }
}

/* y = L^-T y, or V y. */
static inline void
backward_block (const double *l, int turned, double y[6])
{
  double t[6];

  if (!turned)
    {
      for (int r = 4; r >= 0; r--)
        for (int k = r + 1; k < 6; k++)
          y[r] -= l[6 * k + r] * y[k];
      return;
    }
  memcpy (t, y, sizeof t);
  for (int i = 0; i < 6; i++)
    {
      y[i] = 0.0;
      for (int k = 0; k < 6; k++)
        y[i] += l[6 * i + k] * t[k];
    }
}

WILLIS_KERNEL void
willis_blocktri_solve (const WillisBlockTri *a, double *x)
{
  for (int i = 0; i < a->n; i++)
    {
      const double *w = a->work[i], *inverse = w + AT_D;
      double *y = x + 6 * i;

      forward_block (w + AT_L, a->turned[i], y);
      if (i + 1 < a->n)
        for (int k = 0; k < 6; k++)
          for (int j = 0; j < 6; j++)
            y[6 + j] -= w[8 * k + j] * (y[k] * inverse[k]);
    }
  for (int i = a->n - 1; i >= 0; i--)
    {
      const double *w = a->work[i], *inverse = w + AT_D;
      double *y = x + 6 * i;

      for (int k = 0; k < 6; k++)
        {
          double s = y[k];

          for (int j = 0; j < 6 && i + 1 < a->n; j++)
            s -= w[8 * k + j] * y[6 + j];
          y[k] = s * inverse[k];
        }
      backward_block (w + AT_L, a->turned[i], y);
    }
}

void
willis_blocktri_multiply (const WillisBlockTri *a, const double *x, double *y)
{
  for (int i = 0; i < a->n; i++)
    for (int r = 0; r < 6; r++)
      {
        double s = 0.0;

        for (int c = 0; c < 6; c++)
          {
            s += a->diag[i][6 * r + c] * x[6 * i + c];
            if (i > 0)
              s += a->below[i - 1][6 * r + c] * x[6 * (i - 1) + c];
            if (i + 1 < a->n)
              s += a->below[i][6 * c + r] * x[6 * (i + 1) + c];
          }
        y[6 * i + r] = s;
      }
}
