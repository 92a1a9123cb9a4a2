/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Row by row along the elimination tree (Davis 2005, ACM TOMS 31:587; Liu 1990): row k of L is a sparse triangular solve with the
 * rows before it, whose pattern the tree gives.
 */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/num/sparse.h"

struct _WillisLdlt
{
  int n;
  int *order, *inverse; // [n] unknown number k is order[k]; inverse back
  int *parent;          // [n] elimination tree
  long *start;          // [n + 1] columns of L
  int *row;             // [start[n]]
  double *value;        // [start[n]]
  double *d;            // [n]
  int *fill, *flag, *pattern; // [n] work
  double *y;                  // [n] work
};

void
willis_ldlt_sparse_free (WillisLdlt *f)
{
  if (f == NULL)
    return;
  free (f->order);
  free (f->inverse);
  free (f->parent);
  free (f->start);
  free (f->row);
  free (f->value);
  free (f->d);
  free (f->fill);
  free (f->flag);
  free (f->pattern);
  free (f->y);
  free (f);
}

/* Tree and column counts. */
static void
symbolic (WillisLdlt *f, const WillisCsr *a)
{
  for (int k = 0; k < f->n; k++)
    {
      int original = f->order[k];

      f->parent[k] = -1;
      f->flag[k] = k;
      f->fill[k] = 0;
      for (int p = a->start[original]; p < a->start[original + 1]; p++)
        for (int i = f->inverse[a->column[p]]; i < k && f->flag[i] != k; i = f->parent[i])
          {
            if (f->parent[i] < 0)
              f->parent[i] = k;
            f->fill[i]++;
            f->flag[i] = k;
          }
    }
  f->start[0] = 0;
  for (int k = 0; k < f->n; k++)
    f->start[k + 1] = f->start[k] + f->fill[k];
}

WillisLdlt *
willis_ldlt_sparse_new (const WillisCsr *a, const int *order)
{
  WillisLdlt *f = calloc (1, sizeof *f);
  size_t n = (size_t) a->rows;
  int good;

  if (f == NULL)
    return NULL;
  f->n = a->rows;
  f->order = malloc (sizeof (int) * (n + 1));
  f->inverse = malloc (sizeof (int) * (n + 1));
  f->parent = malloc (sizeof (int) * (n + 1));
  f->fill = malloc (sizeof (int) * (n + 1));
  f->flag = malloc (sizeof (int) * (n + 1));
  f->pattern = malloc (sizeof (int) * (n + 1));
  f->start = malloc (sizeof (long) * (n + 1));
  f->d = malloc (sizeof (double) * (n + 1));
  f->y = calloc (n + 1, sizeof (double));
  good = f->order && f->inverse && f->parent && f->fill && f->flag && f->pattern && f->start && f->d && f->y;
  if (good && order != NULL)
    memcpy (f->order, order, sizeof (int) * n);
  else if (good)
    good = willis_order_dissection (a, f->order) == 0;
  if (good)
    {
      for (int k = 0; k < f->n; k++)
        f->inverse[f->order[k]] = k;
      symbolic (f, a);
      f->row = malloc (sizeof (int) * (size_t) (f->start[f->n] + 1));
      f->value = malloc (sizeof (double) * (size_t) (f->start[f->n] + 1));
      good = f->row != NULL && f->value != NULL;
    }
  if (good)
    return f;
  willis_ldlt_sparse_free (f);
  return NULL;
}

int
willis_ldlt_sparse_factor (WillisLdlt *f, const WillisCsr *a)
{
  int negative = 0;

  for (int k = 0; k < f->n; k++)
    {
      int top = f->n, original = f->order[k];
      double diagonal;

      f->flag[k] = k;
      f->fill[k] = 0;
      f->y[k] = 0.0;
      for (int p = a->start[original]; p < a->start[original + 1]; p++)
        {
          int i = f->inverse[a->column[p]], length = 0;

          if (i > k)
            continue;
          f->y[i] += a->value[p];
          for (; f->flag[i] != k; i = f->parent[i])
            {
              f->pattern[length++] = i;
              f->flag[i] = k;
            }
          while (length > 0)
            f->pattern[--top] = f->pattern[--length];
        }
      f->d[k] = f->y[k];
      diagonal = fabs (f->y[k]);
      f->y[k] = 0.0;
      for (; top < f->n; top++)
        {
          int i = f->pattern[top];
          double y = f->y[i], l = y / f->d[i];
          long end = f->start[i] + f->fill[i];

          f->y[i] = 0.0;
          for (long p = f->start[i]; p < end; p++)
            f->y[f->row[p]] -= f->value[p] * y;
          f->d[k] -= l * y;
          f->row[end] = k;
          f->value[end] = l;
          f->fill[i]++;
        }
      if (fabs (f->d[k]) <= DBL_EPSILON * (diagonal + DBL_MIN))
        f->d[k] = DBL_EPSILON * (diagonal > 0.0 ? diagonal : 1.0);
      negative += f->d[k] < 0.0;
    }
  return negative;
}

void
willis_ldlt_sparse_solve (const WillisLdlt *f, double *x)
{
  double *y = f->y;

  for (int k = 0; k < f->n; k++)
    y[k] = x[f->order[k]];
  for (int k = 0; k < f->n; k++)
    for (long p = f->start[k]; p < f->start[k + 1]; p++)
      y[f->row[p]] -= f->value[p] * y[k];
  for (int k = f->n - 1; k >= 0; k--)
    {
      double s = y[k] / f->d[k];

      for (long p = f->start[k]; p < f->start[k + 1]; p++)
        s -= f->value[p] * y[f->row[p]];
      y[k] = s;
    }
  for (int k = 0; k < f->n; k++)
    {
      x[f->order[k]] = y[k];
      y[k] = 0.0;
    }
}

long
willis_ldlt_sparse_size (const WillisLdlt *f)
{
  return f->start[f->n];
}
