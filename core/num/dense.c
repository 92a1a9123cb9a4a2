/* SPDX-License-Identifier: Apache-2.0 */
#include "core/num/dense.h"

#include <float.h>
#include <math.h>
#include <stddef.h>

#include "core/num/kernel.h"

#define A(i, j) a[(size_t) (i) * n + (j)]

static void
swap_rows (double *a, int width, int i, int j)
{
  double *p = a + (size_t) i * width, *q = a + (size_t) j * width;

  for (int k = 0; i != j && k < width; k++)
    {
      double t = p[k];

      p[k] = q[k];
      q[k] = t;
    }
}

/* y += s x over n entries */
static inline void
axpy (double *restrict y, double s, const double *restrict x, int n)
{
  for (int k = 0; k < n; k++)
    y[k] += s * x[k];
}

WILLIS_KERNEL int
willis_lu_factor (double *a, int n, int *pivots)
{
  int info = 0;

  for (int k = 0; k < n; k++)
    {
      int p = k;

      for (int i = k + 1; i < n; i++)
        if (fabs (A (i, k)) > fabs (A (p, k)))
          p = i;
      pivots[k] = p;
      swap_rows (a, n, k, p);
      if (A (k, k) == 0.0)
        {
          info = info != 0 ? info : k + 1;
          continue;
        }
      for (int i = k + 1; i < n; i++)
        {
          double f = A (i, k) / A (k, k);

          A (i, k) = f;
          if (f != 0.0)
            axpy (&A (i, k + 1), -f, &A (k, k + 1), n - k - 1);
        }
    }
  return info;
}

void
willis_lu_solve (const double *lu, int n, const int *pivots, double *x, int nrhs)
{
  const double *a = lu;

  for (int i = 0; i < n; i++)
    swap_rows (x, nrhs, i, pivots[i]);
  for (int i = 0; i < n; i++)
    for (int j = 0; j < i; j++)
      axpy (x + i * nrhs, -A (i, j), x + j * nrhs, nrhs);
  for (int i = n - 1; i >= 0; i--)
    {
      for (int j = i + 1; j < n; j++)
        axpy (x + i * nrhs, -A (i, j), x + j * nrhs, nrhs);
      for (int k = 0; k < nrhs; k++)
        x[i * nrhs + k] /= A (i, i);
    }
}

WILLIS_KERNEL int
willis_cholesky_factor (double *a, int n)
{
  for (int i = 0; i < n; i++)
    for (int j = 0; j <= i; j++)
      {
        double s = A (i, j);

        for (int k = 0; k < j; k++)
          s -= A (i, k) * A (j, k);
        if (i > j)
          A (i, j) = s / A (j, j);
        else if (s > 0.0)
          A (i, i) = sqrt (s);
        else
          return i + 1;
      }
  return 0;
}

void
willis_cholesky_solve (const double *l, int n, double *x, int nrhs)
{
  const double *a = l;

  for (int i = 0; i < n; i++)
    {
      for (int j = 0; j < i; j++)
        axpy (x + i * nrhs, -A (i, j), x + j * nrhs, nrhs);
      for (int k = 0; k < nrhs; k++)
        x[i * nrhs + k] /= A (i, i);
    }
  for (int i = n - 1; i >= 0; i--)
    {
      for (int j = i + 1; j < n; j++)
        axpy (x + i * nrhs, -A (j, i), x + j * nrhs, nrhs);
      for (int k = 0; k < nrhs; k++)
        x[i * nrhs + k] /= A (i, i);
    }
}

/* Exchanges rows and columns k < p of the symmetric matrix whose trailing lower triangle starts at k; the columns of L
 * already found are exchanged too. */
static void
swap_symmetric (double *a, int n, int k, int p)
{
  double t;

  if (p == k)
    return;
  for (int j = 0; j < k; j++)
    t = A (k, j), A (k, j) = A (p, j), A (p, j) = t;
  t = A (k, k), A (k, k) = A (p, p), A (p, p) = t;
  for (int j = k + 1; j < p; j++)
    t = A (j, k), A (j, k) = A (p, j), A (p, j) = t;
  for (int i = p + 1; i < n; i++)
    t = A (i, k), A (i, k) = A (i, p), A (i, p) = t;
}

/* The pivot choice of Bunch and Kaufman at column k: returns the size (1 or 2), *p the row to bring to the end of the
 * pivot. */
static int
choose_pivot (const double *a, int n, int k, int *p)
{
  const double alpha = (1.0 + sqrt (17.0)) / 8.0;
  double column = 0.0, row = 0.0, diagonal = fabs (A (k, k));
  int r = k;

  *p = k;
  for (int i = k + 1; i < n; i++)
    if (fabs (A (i, k)) > column)
      column = fabs (A (i, k)), r = i;
  if (column == 0.0 || diagonal >= alpha * column)
    return 1;
  for (int j = k; j < r; j++)
    row = fmax (row, fabs (A (r, j)));
  for (int i = r + 1; i < n; i++)
    row = fmax (row, fabs (A (i, r)));
  if (diagonal * row >= alpha * column * column)
    return 1;
  *p = r;
  return fabs (A (r, r)) >= alpha * row ? 1 : 2;
}

/* Eliminates the 2 x 2 pivot at k. */
static void
eliminate_pair (double *a, int n, int k)
{
  double d11 = A (k, k), d21 = A (k + 1, k), d22 = A (k + 1, k + 1), det = d11 * d22 - d21 * d21;

  for (int j = k + 2; j < n; j++)
    {
      double u = A (j, k), v = A (j, k + 1);
      double l1 = (d22 * u - d21 * v) / det, l2 = (d11 * v - d21 * u) / det;

      for (int i = j; i < n; i++)
        A (i, j) -= A (i, k) * l1 + A (i, k + 1) * l2;
      A (j, k) = l1;
      A (j, k + 1) = l2;
    }
}

static void
eliminate_single (double *a, int n, int k)
{
  for (int j = k + 1; j < n; j++)
    {
      double l = A (j, k) / A (k, k);

      for (int i = j; l != 0.0 && i < n; i++)
        A (i, j) -= A (i, k) * l;
      A (j, k) = l;
    }
}

int
willis_ldlt_factor (double *a, int n, int *pivots, int *negative)
{
  int info = 0, below = 0;

  for (int k = 0, size; k < n; k += size)
    {
      int p;

      size = choose_pivot (a, n, k, &p);
      swap_symmetric (a, n, k + size - 1, p);
      if (size == 1)
        {
          pivots[k] = p;
          below += A (k, k) < 0.0;
          if (A (k, k) != 0.0)
            eliminate_single (a, n, k);
          else
            info = info != 0 ? info : k + 1;
        }
      else
        {
          /* such a pair always has one eigenvalue of either sign */
          pivots[k] = pivots[k + 1] = -1 - p;
          below += 1;
          eliminate_pair (a, n, k);
        }
    }
  if (negative != NULL)
    *negative = below;
  return info;
}

void
willis_ldlt_solve (const double *ldl, int n, const int *pivots, double *x, int nrhs)
{
  const double *a = ldl;
  int k, size;

  /* the exchanges were made in the columns of L found before them too: all first, then L */
  for (k = 0; k < n; k += size)
    {
      size = pivots[k] < 0 ? 2 : 1;
      swap_rows (x, nrhs, k + size - 1, size == 2 ? -1 - pivots[k] : pivots[k]);
    }
  for (k = 0; k < n; k += size)
    {
      size = pivots[k] < 0 ? 2 : 1;
      for (int i = k + size; i < n; i++)
        for (int j = 0; j < size; j++)
          axpy (x + i * nrhs, -A (i, k + j), x + (k + j) * nrhs, nrhs);
    }
  for (k = 0; k < n; k += size)
    {
      size = pivots[k] < 0 ? 2 : 1;
      for (int c = 0; c < nrhs; c++)
        if (size == 1)
          x[k * nrhs + c] /= A (k, k);
        else
          {
            double d11 = A (k, k), d21 = A (k + 1, k), d22 = A (k + 1, k + 1), det = d11 * d22 - d21 * d21;
            double u = x[k * nrhs + c], v = x[(k + 1) * nrhs + c];

            x[k * nrhs + c] = (d22 * u - d21 * v) / det;
            x[(k + 1) * nrhs + c] = (d11 * v - d21 * u) / det;
          }
    }
  for (k = n - 1; k >= 0; k -= size)
    {
      int first;

      size = pivots[k] < 0 ? 2 : 1;
      first = k - size + 1;
      for (int j = 0; j < size; j++)
        for (int i = k + 1; i < n; i++)
          axpy (x + (first + j) * nrhs, -A (i, first + j), x + i * nrhs, nrhs);
    }
  for (k = n - 1; k >= 0; k -= size)
    {
      size = pivots[k] < 0 ? 2 : 1;
      swap_rows (x, nrhs, k, size == 2 ? -1 - pivots[k] : pivots[k]);
    }
}

WILLIS_KERNEL void
willis_qr_factor (double *a, int m, int n, double *tau)
{
  for (int k = 0; k < n; k++)
    {
      double scale = 0.0, norm2 = 0.0, alpha, beta;

      for (int i = k; i < m; i++)
        scale = fmax (scale, fabs (A (i, k)));
      tau[k] = 0.0;
      if (scale == 0.0)
        continue;
      for (int i = k; i < m; i++)
        norm2 += (A (i, k) / scale) * (A (i, k) / scale);
      alpha = A (k, k);
      beta = -copysign (scale * sqrt (norm2), alpha);
      tau[k] = (beta - alpha) / beta;
      for (int i = k + 1; i < m; i++)
        A (i, k) /= alpha - beta;
      A (k, k) = beta;
      for (int j = k + 1; j < n; j++)
        {
          double s = A (k, j);

          for (int i = k + 1; i < m; i++)
            s += A (i, k) * A (i, j);
          s *= tau[k];
          A (k, j) -= s;
          for (int i = k + 1; i < m; i++)
            A (i, j) -= s * A (i, k);
        }
    }
}

int
willis_qr_solve (const double *qr, int m, int n, const double *tau, double *x)
{
  const double *a = qr;

  for (int k = 0; k < n; k++)
    {
      double s = x[k];

      for (int i = k + 1; i < m; i++)
        s += A (i, k) * x[i];
      s *= tau[k];
      x[k] -= s;
      for (int i = k + 1; i < m; i++)
        x[i] -= s * A (i, k);
    }
  for (int k = n - 1; k >= 0; k--)
    {
      if (A (k, k) == 0.0)
        return k + 1;
      for (int j = k + 1; j < n; j++)
        x[k] -= A (k, j) * x[j];
      x[k] /= A (k, k);
    }
  return 0;
}
