/* SPDX-License-Identifier: Apache-2.0 */
#include "core/num/chain.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/num/kernel.h"

#define PANEL 16 // columns that are factored together
#define TALL 4   // rows of the inner tile

typedef double Eight __attribute__ ((vector_size (64), aligned (8)));

int
willis_chain_init (WillisChain *chain, int n, int size)
{
  int stride = (size + PANEL - 1) / PANEL * PANEL;
  size_t block = (size_t) stride * stride;

  *chain = (WillisChain){ .n = n, .size = size, .stride = stride };
  chain->diag = calloc ((size_t) n * block, sizeof (double));
  chain->below = calloc ((size_t) (n > 1 ? n - 1 : 1) * block, sizeof (double));
  chain->pack[0] = calloc ((size_t) 2 * PANEL * stride, sizeof (double));
  chain->pack[1] = calloc ((size_t) 2 * PANEL * stride, sizeof (double));
  chain->sum = calloc ((size_t) stride, sizeof (double));
  if (chain->diag != NULL && chain->below != NULL && chain->pack[0] != NULL && chain->pack[1] != NULL && chain->sum != NULL)
    return 0;
  willis_chain_clear (chain);
  return -1;
}

void
willis_chain_clear (WillisChain *chain)
{
  free (chain->diag);
  free (chain->below);
  free (chain->pack[0]);
  free (chain->pack[1]);
  free (chain->sum);
  memset (chain, 0, sizeof *chain);
}

void
willis_chain_zero (WillisChain *chain)
{
  size_t block = (size_t) chain->stride * chain->stride;

  memset (chain->diag, 0, (size_t) chain->n * block * sizeof (double));
  memset (chain->below, 0, (size_t) (chain->n - 1) * block * sizeof (double));
  for (int i = 0; i < chain->n; i++) // what pads a block stands alone
    for (int k = chain->size; k < chain->stride; k++)
      willis_chain_diag (chain, i)[(size_t) k * chain->stride + k] = 1.0;
}

/* c (rows x PANEL) -= a (rows x depth) p, p [depth][PANEL]; row stride of a and c is stride; rows a multiple of TALL. */
WILLIS_KERNEL static void
subtract_product (double *restrict c, const double *restrict a, const double *restrict p, int rows, int depth, int stride)
{
  for (int i = 0; i < rows; i += TALL)
    {
      const double *a0 = a + (size_t) i * stride, *a1 = a0 + stride, *a2 = a1 + stride, *a3 = a2 + stride;
      Eight s00 = { 0 }, s01 = { 0 }, s10 = { 0 }, s11 = { 0 }, s20 = { 0 }, s21 = { 0 }, s30 = { 0 }, s31 = { 0 };
      double *out = c + (size_t) i * stride;

      for (int k = 0; k < depth; k++)
        {
          const Eight lo = *(const Eight *) (p + (size_t) PANEL * k), hi = *(const Eight *) (p + (size_t) PANEL * k + 8);

          s00 += lo * a0[k];
          s01 += hi * a0[k];
          s10 += lo * a1[k];
          s11 += hi * a1[k];
          s20 += lo * a2[k];
          s21 += hi * a2[k];
          s30 += lo * a3[k];
          s31 += hi * a3[k];
        }
      *(Eight *) out -= s00;
      *(Eight *) (out + 8) -= s01;
      out += stride;
      *(Eight *) out -= s10;
      *(Eight *) (out + 8) -= s11;
      out += stride;
      *(Eight *) out -= s20;
      *(Eight *) (out + 8) -= s21;
      out += stride;
      *(Eight *) out -= s30;
      *(Eight *) (out + 8) -= s31;
    }
}

/* Rows of a panel, transposed: p [depth][PANEL] from PANEL rows of a. */
static void
pack_rows (const double *a, int depth, int stride, double *p)
{
  for (int r = 0; r < PANEL; r++)
    for (int k = 0; k < depth; k++)
      p[(size_t) PANEL * k + r] = a[(size_t) r * stride + k];
}

/* Rows of x (PANEL wide) times the inverse transpose of the lower triangle l; row stride of both is stride. */
WILLIS_KERNEL static void
divide_rows (double *x, const double *l, int rows, int stride)
{
  double t[PANEL][PANEL], inverse[PANEL];

  for (int j = 0; j < PANEL; j++)
    {
      inverse[j] = 1.0 / l[(size_t) j * stride + j];
      for (int k = 0; k < PANEL; k++)
        t[j][k] = k > j ? l[(size_t) k * stride + j] : 0.0;
    }
  for (int i = 0; i < rows; i++)
    {
      double *row = x + (size_t) i * stride;
      Eight lo = *(Eight *) row, hi = *(Eight *) (row + 8);

      for (int j = 0; j < PANEL; j++)
        {
          double v = (j < 8 ? lo[j & 7] : hi[j & 7]) * inverse[j];

          row[j] = v;
          lo -= *(const Eight *) t[j] * v;
          hi -= *(const Eight *) (t[j] + 8) * v;
        }
    }
}

static int
factor_corner (double *a, int stride)
{
  for (int j = 0; j < PANEL; j++)
    {
      double *row = a + (size_t) j * stride, d = row[j];

      for (int k = 0; k < j; k++)
        d -= row[k] * row[k];
      if (!(d > 0.0) || !isfinite (d))
        return 1;
      row[j] = d = sqrt (d);
      for (int i = j + 1; i < PANEL; i++)
        {
          double *other = a + (size_t) i * stride, s = other[j];

          for (int k = 0; k < j; k++)
            s -= other[k] * row[k];
          other[j] = s / d;
        }
    }
  return 0;
}

/* Cholesky of d; w (may be NULL), stride rows, becomes w L^-T. */
static int
factor_block (double *d, double *w, int stride, double *pack)
{
  for (int j = 0; j < stride; j += PANEL)
    {
      double *corner = d + (size_t) j * stride + j;
      int left = stride - j - PANEL;

      if (j > 0)
        {
          pack_rows (d + (size_t) j * stride, j, stride, pack);
          subtract_product (corner, d + (size_t) j * stride, pack, stride - j, j, stride);
          if (w != NULL)
            subtract_product (w + j, w, pack, stride, j, stride);
        }
      if (factor_corner (corner, stride) != 0)
        return 1;
      if (left > 0)
        divide_rows (corner + (size_t) PANEL * stride, corner, left, stride);
      if (w != NULL)
        divide_rows (w + j, corner, stride, stride);
    }
  return 0;
}

/* The lower triangle of d less w w^T. */
static void
subtract_square (double *d, const double *w, int stride, double *pack)
{
  for (int j = 0; j < stride; j += PANEL)
    {
      pack_rows (w + (size_t) j * stride, stride, stride, pack);
      subtract_product (d + (size_t) j * stride + j, w + (size_t) j * stride, pack, stride - j, stride, stride);
    }
}

static void
transpose (double *a, int n)
{
  for (int i = 0; i < n; i++)
    for (int j = 0; j < i; j++)
      {
        double t = a[(size_t) i * n + j];

        a[(size_t) i * n + j] = a[(size_t) j * n + i];
        a[(size_t) j * n + i] = t;
      }
}

static int
middle_of (const WillisChain *chain)
{
  return chain->n / 2;
}

int
willis_chain_factor_half (WillisChain *chain, int half)
{
  int middle = middle_of (chain), stride = chain->stride;

  if (half == 0)
    for (int i = 0; i < middle; i++)
      {
        if (factor_block (willis_chain_diag (chain, i), willis_chain_below (chain, i), stride, chain->pack[0]) != 0)
          return 1;
        if (i + 1 < middle) // the middle itself is left to the end: both halves come there
          subtract_square (willis_chain_diag (chain, i + 1), willis_chain_below (chain, i), stride, chain->pack[0]);
      }
  else
    for (int i = chain->n - 1; i > middle; i--)
      {
        transpose (willis_chain_below (chain, i - 1), stride); // block (i - 1, i)
        if (factor_block (willis_chain_diag (chain, i), willis_chain_below (chain, i - 1), stride, chain->pack[1]) != 0)
          return 1;
        if (i - 1 > middle)
          subtract_square (willis_chain_diag (chain, i - 1), willis_chain_below (chain, i - 1), stride, chain->pack[1]);
      }
  return 0;
}

int
willis_chain_factor_finish (WillisChain *chain)
{
  int middle = middle_of (chain);

  if (middle > 0)
    subtract_square (willis_chain_diag (chain, middle), willis_chain_below (chain, middle - 1), chain->stride, chain->pack[0]);
  if (middle + 1 < chain->n)
    subtract_square (willis_chain_diag (chain, middle), willis_chain_below (chain, middle), chain->stride, chain->pack[0]);
  return factor_block (willis_chain_diag (chain, middle), NULL, chain->stride, chain->pack[0]);
}

static void
forward (const double *l, double *x, int n, int stride)
{
  for (int i = 0; i < n; i++)
    {
      double s = x[i];

      for (int k = 0; k < i; k++)
        s -= l[(size_t) i * stride + k] * x[k];
      x[i] = s / l[(size_t) i * stride + i];
    }
}

static void
backward (const double *l, double *x, int n, int stride)
{
  for (int i = n - 1; i >= 0; i--)
    {
      double v = x[i] /= l[(size_t) i * stride + i];

      for (int k = 0; k < i; k++)
        x[k] -= l[(size_t) i * stride + k] * v;
    }
}

/* y -= w x */
static void
less_product (double *y, const double *w, const double *x, int n, int stride)
{
  for (int i = 0; i < n; i++)
    {
      double s = 0.0;

      for (int k = 0; k < n; k++)
        s += w[(size_t) i * stride + k] * x[k];
      y[i] -= s;
    }
}

/* y -= w^T x */
static void
less_transposed (double *y, const double *w, const double *x, int n, int stride)
{
  for (int i = 0; i < n; i++)
    for (int k = 0; k < n; k++)
      y[k] -= w[(size_t) i * stride + k] * x[i];
}

void
willis_chain_solve (const WillisChain *chain, double *x)
{
  int n = chain->size, stride = chain->stride, middle = middle_of (chain), last = chain->n - 1;
  size_t block = (size_t) stride * stride;

  for (int i = 0; i < middle; i++)
    {
      forward (chain->diag + i * block, x + (size_t) i * n, n, stride);
      less_product (x + (size_t) (i + 1) * n, chain->below + i * block, x + (size_t) i * n, n, stride);
    }
  for (int i = last; i > middle; i--)
    {
      forward (chain->diag + i * block, x + (size_t) i * n, n, stride);
      less_product (x + (size_t) (i - 1) * n, chain->below + (i - 1) * block, x + (size_t) i * n, n, stride);
    }
  forward (chain->diag + middle * block, x + (size_t) middle * n, n, stride);
  backward (chain->diag + middle * block, x + (size_t) middle * n, n, stride);
  for (int i = middle; i-- > 0;)
    {
      less_transposed (x + (size_t) i * n, chain->below + i * block, x + (size_t) (i + 1) * n, n, stride);
      backward (chain->diag + i * block, x + (size_t) i * n, n, stride);
    }
  for (int i = middle + 1; i <= last; i++)
    {
      less_transposed (x + (size_t) i * n, chain->below + (i - 1) * block, x + (size_t) (i - 1) * n, n, stride);
      backward (chain->diag + i * block, x + (size_t) i * n, n, stride);
    }
}
