/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/num/sparse.h"

struct _WillisIlu
{
  int n;
  const int *start, *column; // of the matrix, borrowed: it must live as long
  int *diagonal;             // [n] place of the diagonal entry
  double *value;             // L below (unit diagonal), U above
};

static double
dot (const double *a, const double *b, int n)
{
  double s = 0.0;

  for (int i = 0; i < n; i++)
    s += a[i] * b[i];
  return s;
}

void
willis_precondition_jacobi (void *context, const double *r, double *z)
{
  const WillisCsr *a = context;

  for (int i = 0; i < a->rows; i++)
    {
      z[i] = r[i];
      for (int k = a->start[i]; k < a->start[i + 1]; k++)
        if (a->column[k] == i && a->value[k] != 0.0)
          z[i] = r[i] / a->value[k];
    }
}

WillisIlu *
willis_ilu_new (const WillisCsr *a)
{
  WillisIlu *f = calloc (1, sizeof *f);
  int *place = malloc (sizeof *place * ((size_t) a->rows + 1));

  if (f == NULL || place == NULL)
    {
      free (f);
      free (place);
      return NULL;
    }
  f->n = a->rows;
  f->start = a->start;
  f->column = a->column;
  f->diagonal = malloc (sizeof *f->diagonal * ((size_t) f->n + 1));
  f->value = malloc (sizeof *f->value * ((size_t) a->start[f->n] + 1));
  if (f->diagonal == NULL || f->value == NULL)
    {
      free (place);
      willis_ilu_free (f);
      return NULL;
    }
  memcpy (f->value, a->value, sizeof *f->value * (size_t) a->start[f->n]);
  for (int i = 0; i < f->n; i++)
    place[i] = -1;
  for (int i = 0; i < f->n; i++)
    {
      f->diagonal[i] = -1;
      for (int k = a->start[i]; k < a->start[i + 1]; k++)
        place[a->column[k]] = k;
      for (int k = a->start[i]; k < a->start[i + 1]; k++)
        {
          int j = a->column[k];

          if (j == i)
            f->diagonal[i] = k;
          if (j >= i || f->diagonal[j] < 0)
            continue;
          f->value[k] /= f->value[f->diagonal[j]];
          for (int m = f->diagonal[j] + 1; m < a->start[j + 1]; m++)
            if (place[a->column[m]] >= 0)
              f->value[place[a->column[m]]] -= f->value[k] * f->value[m];
        }
      if (f->diagonal[i] >= 0 && f->value[f->diagonal[i]] == 0.0)
        f->value[f->diagonal[i]] = 1e-12;
      for (int k = a->start[i]; k < a->start[i + 1]; k++)
        place[a->column[k]] = -1;
    }
  free (place);
  return f;
}

void
willis_ilu_free (WillisIlu *f)
{
  if (f == NULL)
    return;
  free (f->diagonal);
  free (f->value);
  free (f);
}

void
willis_precondition_ilu (void *context, const double *r, double *z)
{
  const WillisIlu *f = context;

  for (int i = 0; i < f->n; i++)
    {
      z[i] = r[i];
      for (int k = f->start[i]; k < f->start[i + 1] && f->column[k] < i; k++)
        z[i] -= f->value[k] * z[f->column[k]];
    }
  for (int i = f->n - 1; i >= 0; i--)
    {
      for (int k = f->start[i + 1] - 1; k >= f->start[i] && f->column[k] > i; k--)
        z[i] -= f->value[k] * z[f->column[k]];
      if (f->diagonal[i] >= 0)
        z[i] /= f->value[f->diagonal[i]];
    }
}

static void
precondition_or_copy (WillisPrecondition precondition, void *context, const double *r, double *z, int n)
{
  if (precondition != NULL)
    precondition (context, r, z);
  else
    memcpy (z, r, sizeof (double) * (size_t) n);
}

int
willis_pcg (const WillisCsr *a, const double *b, double *x, double tolerance, int most, WillisPrecondition precondition,
            void *context)
{
  int n = a->rows, it = 0, done = 0;
  double *r = malloc (sizeof (double) * 4 * (size_t) (n + 1)), *z, *p, *q, rz, stop = tolerance * sqrt (dot (b, b, n));

  if (r == NULL)
    return -1;
  z = r + n;
  p = z + n;
  q = p + n;
  willis_csr_multiply (a, x, q);
  for (int i = 0; i < n; i++)
    r[i] = b[i] - q[i];
  precondition_or_copy (precondition, context, r, z, n);
  memcpy (p, z, sizeof (double) * (size_t) n);
  rz = dot (r, z, n);
  done = sqrt (dot (r, r, n)) <= stop;
  for (; it < most && !done; it++)
    {
      double pq, alpha, next;

      willis_csr_multiply (a, p, q);
      pq = dot (p, q, n);
      if (!(pq > 0.0))
        break;
      alpha = rz / pq;
      for (int i = 0; i < n; i++)
        {
          x[i] += alpha * p[i];
          r[i] -= alpha * q[i];
        }
      done = sqrt (dot (r, r, n)) <= stop;
      precondition_or_copy (precondition, context, r, z, n);
      next = dot (r, z, n);
      for (int i = 0; i < n; i++)
        p[i] = z[i] + next / rz * p[i];
      rz = next;
    }
  free (r);
  return done ? it : -1 - it;
}

/* One cycle of at most m steps; returns the steps taken, *norm the residual it ends with. work: v [(m + 1) n], z [n], h, c, s, g. */
static int
gmres_cycle (const WillisCsr *a, double *x, double *norm, double stop, int m, WillisPrecondition precondition, void *context,
             double *work)
{
  int n = a->rows, j;
  double *v = work, *z = v + (size_t) (m + 1) * n, *h = z + n, *c = h + (size_t) (m + 1) * m, *s = c + m, *g = s + m;

  /* v[0] holds the residual */
  for (int i = 0; i < n; i++)
    v[i] /= *norm;
  g[0] = *norm;
  for (j = 0; j < m && fabs (g[j]) > stop; j++)
    {
      double *w = v + (size_t) (j + 1) * n, t;

      precondition_or_copy (precondition, context, v + (size_t) j * n, z, n);
      willis_csr_multiply (a, z, w);
      for (int pass = 0; pass < 2; pass++)
        for (int k = 0; k <= j; k++)
          {
            double p = dot (v + (size_t) k * n, w, n);

            h[k * m + j] = pass == 0 ? p : h[k * m + j] + p;
            for (int i = 0; i < n; i++)
              w[i] -= p * v[(size_t) k * n + i];
          }
      t = sqrt (dot (w, w, n));
      h[(j + 1) * m + j] = t;
      for (int i = 0; i < n && t > 0.0; i++)
        w[i] /= t;
      for (int k = 0; k < j; k++)
        {
          double u = h[k * m + j], l = h[(k + 1) * m + j];

          h[k * m + j] = c[k] * u + s[k] * l;
          h[(k + 1) * m + j] = -s[k] * u + c[k] * l;
        }
      t = hypot (h[j * m + j], h[(j + 1) * m + j]);
      c[j] = t > 0.0 ? h[j * m + j] / t : 1.0;
      s[j] = t > 0.0 ? h[(j + 1) * m + j] / t : 0.0;
      h[j * m + j] = t;
      g[j + 1] = -s[j] * g[j];
      g[j] *= c[j];
    }
  for (int k = j - 1; k >= 0; k--)
    {
      for (int i = k + 1; i < j; i++)
        g[k] -= h[k * m + i] * g[i];
      g[k] = h[k * m + k] != 0.0 ? g[k] / h[k * m + k] : 0.0;
    }
  memset (z, 0, sizeof (double) * (size_t) n);
  for (int k = 0; k < j; k++)
    for (int i = 0; i < n; i++)
      z[i] += g[k] * v[(size_t) k * n + i];
  precondition_or_copy (precondition, context, z, v, n);
  for (int i = 0; i < n; i++)
    x[i] += v[i];
  return j;
}

int
willis_gmres (const WillisCsr *a, const double *b, double *x, double tolerance, int most, int restart,
              WillisPrecondition precondition, void *context)
{
  int n = a->rows, m = restart, it = 0, taken = 1;
  double *work = calloc ((size_t) (m + 2) * n + (size_t) (m + 1) * m + 3 * (size_t) m + 2, sizeof (double));
  double stop = tolerance * sqrt (dot (b, b, n)), norm = INFINITY;

  if (work == NULL)
    return -1;
  while (taken > 0)
    {
      willis_csr_multiply (a, x, work);
      for (int i = 0; i < n; i++)
        work[i] = b[i] - work[i];
      norm = sqrt (dot (work, work, n));
      if (norm <= stop || it >= most)
        break;
      taken = gmres_cycle (a, x, &norm, stop, m, precondition, context, work);
      it += taken;
    }
  free (work);
  return norm <= stop ? it : -1 - it;
}
