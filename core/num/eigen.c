/* SPDX-License-Identifier: Apache-2.0 */
#include <float.h>
#include <math.h>
#include <stddef.h>

#include "core/num/dense.h"

#define A(i, j) a[(size_t) (i) * n + (j)]
#define MAX_SWEEPS 60

static double
square (double x)
{
  return x * x;
}

/* Tangent of the angle that annuls apq between diagonal entries app and aqq (Rutishauser). */
static double
jacobi_tangent (double app, double aqq, double apq)
{
  double theta = (aqq - app) / (2.0 * apq);

  return copysign (1.0, theta) / (fabs (theta) + sqrt (1.0 + theta * theta));
}

static void
rotate_columns (double *a, int m, int n, int p, int q, double c, double s)
{
  for (int i = 0; i < m; i++)
    {
      double x = A (i, p), y = A (i, q);

      A (i, p) = c * x - s * y;
      A (i, q) = s * x + c * y;
    }
}

static void
rotate_rows (double *a, int n, int p, int q, double c, double s)
{
  for (int j = 0; j < n; j++)
    {
      double x = A (p, j), y = A (q, j);

      A (p, j) = c * x - s * y;
      A (q, j) = s * x + c * y;
    }
}

static void
identity (double *a, int n)
{
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++)
      A (i, j) = i == j;
}

static void
swap_columns (double *a, int m, int n, int p, int q)
{
  for (int i = 0; i < m; i++)
    {
      double t = A (i, p);

      A (i, p) = A (i, q);
      A (i, q) = t;
    }
}

void
willis_eigen_symmetric (double *a, int n, double *w, double *v)
{
  int rotated = 1;

  if (v != NULL)
    identity (v, n);
  for (int sweep = 0; sweep < MAX_SWEEPS && rotated; sweep++)
    {
      rotated = 0;
      for (int p = 0; p < n; p++)
        for (int q = p + 1; q < n; q++)
          {
            double t, c, s;

            if (fabs (A (p, q)) <= DBL_EPSILON * sqrt (fabs (A (p, p)) * fabs (A (q, q)))
                || fabs (A (p, q)) < DBL_MIN)
              continue;
            rotated = 1;
            t = jacobi_tangent (A (p, p), A (q, q), A (p, q));
            c = 1.0 / sqrt (1.0 + t * t);
            s = t * c;
            rotate_columns (a, n, n, p, q, c, s);
            rotate_rows (a, n, p, q, c, s);
            A (p, q) = A (q, p) = 0.0;
            if (v != NULL)
              rotate_columns (v, n, n, p, q, c, s);
          }
    }
  for (int i = 0; i < n; i++)
    w[i] = A (i, i);
  for (int i = 0; i < n; i++)
    {
      int k = i;
      double t;

      for (int j = i + 1; j < n; j++)
        if (w[j] < w[k])
          k = j;
      t = w[i], w[i] = w[k], w[k] = t;
      if (v != NULL && k != i)
        swap_columns (v, n, n, i, k);
    }
}

void
willis_svd (double *a, int m, int n, double *s, double *v)
{
  int rotated = 1;

  if (v != NULL)
    identity (v, n);
  for (int sweep = 0; sweep < MAX_SWEEPS && rotated; sweep++)
    {
      rotated = 0;
      for (int p = 0; p < n; p++)
        for (int q = p + 1; q < n; q++)
          {
            double pp = 0.0, qq = 0.0, pq = 0.0, t, c;

            for (int i = 0; i < m; i++)
              {
                pp += A (i, p) * A (i, p);
                qq += A (i, q) * A (i, q);
                pq += A (i, p) * A (i, q);
              }
            if (fabs (pq) <= DBL_EPSILON * sqrt (pp * qq) || fabs (pq) < DBL_MIN)
              continue;
            rotated = 1;
            t = jacobi_tangent (pp, qq, pq);
            c = 1.0 / sqrt (1.0 + t * t);
            rotate_columns (a, m, n, p, q, c, t * c);
            if (v != NULL)
              rotate_columns (v, n, n, p, q, c, t * c);
          }
    }
  for (int j = 0; j < n; j++)
    {
      s[j] = 0.0;
      for (int i = 0; i < m; i++)
        s[j] = hypot (s[j], A (i, j));
      for (int i = 0; s[j] > 0.0 && i < m; i++)
        A (i, j) /= s[j];
    }
  for (int i = 0; i < n; i++)
    {
      int k = i;
      double t;

      for (int j = i + 1; j < n; j++)
        if (s[j] > s[k])
          k = j;
      if (k == i)
        continue;
      t = s[i], s[i] = s[k], s[k] = t;
      swap_columns (a, m, n, i, k);
      if (v != NULL)
        swap_columns (v, n, n, i, k);
    }
}

/* Similar to an upper Hessenberg matrix, by Householder reflections. */
static void
to_hessenberg (double *a, int n)
{
  for (int k = 0; k < n - 2; k++)
    {
      double norm = 0.0, vv = 0.0, head;

      for (int i = k + 1; i < n; i++)
        norm = hypot (norm, A (i, k));
      if (norm == 0.0)
        continue;
      head = A (k + 1, k) + copysign (norm, A (k + 1, k));
      for (int i = k + 2; i < n; i++)
        vv += square (A (i, k) / head);
      vv = 2.0 / (1.0 + vv);
      /* v = (1, a[k+2..]/head); column k keeps the tail of v while both sides are reflected */
      for (int i = k + 2; i < n; i++)
        A (i, k) /= head;
      for (int j = k + 1; j < n; j++)
        {
          double s = A (k + 1, j);

          for (int i = k + 2; i < n; i++)
            s += A (i, k) * A (i, j);
          s *= vv;
          A (k + 1, j) -= s;
          for (int i = k + 2; i < n; i++)
            A (i, j) -= s * A (i, k);
        }
      for (int i = 0; i < n; i++)
        {
          double s = A (i, k + 1);

          for (int j = k + 2; j < n; j++)
            s += A (j, k) * A (i, j);
          s *= vv;
          A (i, k + 1) -= s;
          for (int j = k + 2; j < n; j++)
            A (i, j) -= s * A (j, k);
        }
      A (k + 1, k) = -copysign (norm, head);
      for (int i = k + 2; i < n; i++)
        A (i, k) = 0.0;
    }
}

/* One sweep of the implicit double shift on rows lo..hi with shift sum and product. */
static void
francis_step (double *a, int n, int lo, int hi, double sum, double product)
{
  double x = A (lo, lo) * A (lo, lo) + A (lo, lo + 1) * A (lo + 1, lo) - sum * A (lo, lo) + product;
  double y = A (lo + 1, lo) * (A (lo, lo) + A (lo + 1, lo + 1) - sum);
  double z = lo + 2 <= hi ? A (lo + 1, lo) * A (lo + 2, lo + 1) : 0.0;

  for (int k = lo; k < hi; k++)
    {
      int size = k + 2 <= hi ? 3 : 2;
      double v[3] = { x, y, size == 3 ? z : 0.0 };
      double norm = sqrt (x * x + y * y + (size == 3 ? z * z : 0.0)), vv = 0.0;

      if (norm > 0.0)
        {
          v[0] += copysign (norm, x);
          vv = 2.0 / (v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);
        }
      for (int j = k > lo ? k - 1 : lo; j < n; j++)
        {
          double s = 0.0;

          for (int i = 0; i < size; i++)
            s += v[i] * A (k + i, j);
          for (int i = 0; i < size; i++)
            A (k + i, j) -= vv * s * v[i];
        }
      for (int i = 0; i <= (k + 3 < hi ? k + 3 : hi); i++)
        {
          double s = 0.0;

          for (int j = 0; j < size; j++)
            s += v[j] * A (i, k + j);
          for (int j = 0; j < size; j++)
            A (i, k + j) -= vv * s * v[j];
        }
      x = k + 1 <= hi ? A (k + 1, k) : 0.0;
      y = k + 2 <= hi ? A (k + 2, k) : 0.0;
      z = k + 3 <= hi ? A (k + 3, k) : 0.0;
    }
}

static void
pair_eigenvalues (double p, double q, double r, double s, double *re, double *im)
{
  double half = 0.5 * (p - s), mean = 0.5 * (p + s), disc = half * half + q * r;
  double root = sqrt (fabs (disc));

  im[0] = im[1] = 0.0;
  if (disc < 0.0)
    {
      re[0] = re[1] = mean;
      im[0] = root;
      im[1] = -root;
    }
  else
    {
      re[0] = mean + copysign (root, mean);
      re[1] = re[0] != 0.0 ? (p * s - q * r) / re[0] : mean - copysign (root, mean);
    }
}

int
willis_eigen_general (double *a, int n, double *re, double *im)
{
  int hi = n - 1, tries = 0;

  to_hessenberg (a, n);
  while (hi >= 0)
    {
      int lo = hi;
      double sum, product;

      for (; lo > 0; lo--)
        {
          double size = fabs (A (lo, lo)) + fabs (A (lo - 1, lo - 1));

          if (fabs (A (lo, lo - 1)) <= DBL_EPSILON * size || fabs (A (lo, lo - 1)) < DBL_MIN)
            {
              A (lo, lo - 1) = 0.0;
              break;
            }
        }
      if (lo == hi)
        {
          re[hi] = A (hi, hi);
          im[hi] = 0.0;
          hi -= 1;
          tries = 0;
          continue;
        }
      if (lo == hi - 1)
        {
          pair_eigenvalues (A (lo, lo), A (lo, hi), A (hi, lo), A (hi, hi), re + lo, im + lo);
          hi -= 2;
          tries = 0;
          continue;
        }
      if (++tries > MAX_SWEEPS)
        return hi + 1;
      sum = A (hi, hi) + A (hi - 1, hi - 1);
      product = A (hi, hi) * A (hi - 1, hi - 1) - A (hi, hi - 1) * A (hi - 1, hi);
      if (tries % 10 == 0)
        {
          /* exceptional shift against cycles */
          double s = fabs (A (hi, hi - 1)) + fabs (A (hi - 1, hi - 2));

          sum = 1.5 * s;
          product = s * s;
        }
      francis_step (a, n, lo, hi, sum, product);
    }
  return 0;
}
