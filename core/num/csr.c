/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "core/num/sparse.h"

static WillisCsr *
csr_alloc (int rows, int columns, int entries)
{
  WillisCsr *a = calloc (1, sizeof *a);

  if (a == NULL)
    return NULL;
  a->rows = rows;
  a->columns = columns;
  a->start = calloc ((size_t) rows + 1, sizeof *a->start);
  a->column = malloc (sizeof *a->column * ((size_t) entries + 1));
  a->value = malloc (sizeof *a->value * ((size_t) entries + 1));
  if (a->start != NULL && a->column != NULL && a->value != NULL)
    return a;
  willis_csr_free (a);
  return NULL;
}

void
willis_csr_free (WillisCsr *a)
{
  if (a == NULL)
    return;
  free (a->start);
  free (a->column);
  free (a->value);
  free (a);
}

/* Rows of the transpose are filled in the order of a's rows, so they come out sorted. */
WillisCsr *
willis_csr_transpose (const WillisCsr *a)
{
  WillisCsr *t = csr_alloc (a->columns, a->rows, a->start[a->rows]);
  int *fill;

  if (t == NULL)
    return NULL;
  fill = malloc (sizeof *fill * ((size_t) a->columns + 1));
  if (fill == NULL)
    {
      willis_csr_free (t);
      return NULL;
    }
  for (int k = 0; k < a->start[a->rows]; k++)
    t->start[a->column[k] + 1]++;
  for (int i = 0; i < t->rows; i++)
    t->start[i + 1] += t->start[i];
  memcpy (fill, t->start, sizeof *fill * ((size_t) t->rows + 1));
  for (int i = 0; i < a->rows; i++)
    for (int k = a->start[i]; k < a->start[i + 1]; k++)
      {
        int to = fill[a->column[k]]++;

        t->column[to] = i;
        t->value[to] = a->value[k];
      }
  free (fill);
  return t;
}

/* Adds up neighbours of the same column in sorted rows. */
static void
merge (WillisCsr *a)
{
  int to = 0, from = 0;

  for (int i = 0; i < a->rows; i++)
    {
      int first = to;

      for (; from < a->start[i + 1]; from++)
        if (to > first && a->column[to - 1] == a->column[from])
          a->value[to - 1] += a->value[from];
        else
          {
            a->column[to] = a->column[from];
            a->value[to++] = a->value[from];
          }
      a->start[i + 1] = to;
    }
}

WillisCsr *
willis_csr_new (int rows, int columns, int n_entries, const int *row, const int *column, const double *value)
{
  WillisCsr *t = csr_alloc (columns, rows, n_entries), *a;
  int *fill = malloc (sizeof *fill * ((size_t) columns + 1));

  if (t == NULL || fill == NULL)
    {
      willis_csr_free (t);
      free (fill);
      return NULL;
    }
  for (int k = 0; k < n_entries; k++)
    t->start[column[k] + 1]++;
  for (int i = 0; i < columns; i++)
    t->start[i + 1] += t->start[i];
  memcpy (fill, t->start, sizeof *fill * ((size_t) columns + 1));
  for (int k = 0; k < n_entries; k++)
    {
      int to = fill[column[k]]++;

      t->column[to] = row[k];
      t->value[to] = value[k];
    }
  free (fill);
  a = willis_csr_transpose (t);
  willis_csr_free (t);
  if (a != NULL)
    merge (a);
  return a;
}

void
willis_csr_multiply (const WillisCsr *a, const double *x, double *y)
{
  for (int i = 0; i < a->rows; i++)
    {
      double s = 0.0;

      for (int k = a->start[i]; k < a->start[i + 1]; k++)
        s += a->value[k] * x[a->column[k]];
      y[i] = s;
    }
}
