/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>
#include <math.h>
#include <string.h>

#include "core/num/dense.h"
#include "core/num/rng.h"
#include "core/num/sparse.h"

/* Laplacian of an n x n grid with a shift on the diagonal and, skew > 0, an unsymmetric part along x. */
static WillisCsr *
grid (int n, double shift, double skew)
{
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (int));
  g_autoptr (GArray) columns = g_array_new (FALSE, FALSE, sizeof (int));
  g_autoptr (GArray) values = g_array_new (FALSE, FALSE, sizeof (double));

  for (int i = 0; i < n * n; i++)
    for (int d = 0; d < 5; d++)
      {
        static const int di[5] = { 0, 1, -1, 0, 0 }, dj[5] = { 0, 0, 0, 1, -1 };
        int x = i % n + di[d], y = i / n + dj[d], j = y * n + x;
        double v = d == 0 ? 4.0 + shift : d == 1 ? -1.0 + skew : d == 2 ? -1.0 - skew : -1.0;

        if (x < 0 || y < 0 || x >= n || y >= n)
          continue;
        /* in two halves, to be summed */
        for (int half = 0; half < 2; half++)
          {
            double part = 0.5 * v;

            g_array_append_val (rows, i);
            g_array_append_val (columns, j);
            g_array_append_val (values, part);
          }
      }
  return willis_csr_new (n * n, n * n, (int) rows->len, (int *) (void *) rows->data, (int *) (void *) columns->data,
                         (double *) (void *) values->data);
}

static double
error_of (const WillisCsr *a, const double *x, const double *b)
{
  g_autofree double *r = g_new (double, a->rows);
  double worst = 0.0, size = 0.0;

  willis_csr_multiply (a, x, r);
  for (int i = 0; i < a->rows; i++)
    {
      worst = fmax (worst, fabs (r[i] - b[i]));
      size = fmax (size, fabs (x[i]));
    }
  return worst / (8.0 * size);
}

static double *
right_side (int n)
{
  double *b = g_new (double, n);

  for (int i = 0; i < n; i++)
    b[i] = sin (1.0 + i);
  return b;
}

static void
test_csr (void)
{
  WillisCsr *a = grid (5, 0.5, 0.2), *t = willis_csr_transpose (a), *back = willis_csr_transpose (t);

  g_assert_cmpint (a->start[25], ==, 25 + 4 * 20);
  g_assert_cmpmem (a->value, sizeof (double) * a->start[25], back->value, sizeof (double) * back->start[25]);
  for (int i = 0; i < 25; i++)
    for (int k = a->start[i] + 1; k < a->start[i + 1]; k++)
      g_assert_cmpint (a->column[k], >, a->column[k - 1]);
  willis_csr_free (a);
  willis_csr_free (t);
  willis_csr_free (back);
}

/* Residual at round-off; as many negative pivots as the Laplacian has eigenvalues below the shift (known in closed form). */
static void
test_ldlt (void)
{
  static const double shifts[] = { 0.0, -0.51, -1.93, -4.03 };
  int n = 30;

  for (gsize k = 0; k < G_N_ELEMENTS (shifts); k++)
    {
      WillisCsr *a = grid (n, shifts[k], 0.0);
      WillisLdlt *f = willis_ldlt_sparse_new (a, NULL);
      g_autofree double *b = right_side (n * n), *x = g_memdup2 (b, sizeof (double) * n * n);
      int below = 0;

      for (int i = 1; i <= n; i++)
        for (int j = 1; j <= n; j++)
          below += 4.0 - 2.0 * cos (M_PI * i / (n + 1)) - 2.0 * cos (M_PI * j / (n + 1)) + shifts[k] < 0.0;
      g_assert_cmpint (willis_ldlt_sparse_factor (f, a), ==, below);
      willis_ldlt_sparse_solve (f, x);
      /* no exchanges: an indefinite matrix may cost digits */
      g_assert_cmpfloat (error_of (a, x, b), <, below == 0 ? 1e-15 : 1e-10);
      willis_ldlt_sparse_free (f);
      willis_csr_free (a);
    }
}

/* 1e5 unknowns; nested dissection keeps the fill near n log n (31 n log2 n / 4 entries for perfect separators of a grid). */
static void
test_large (void)
{
  int n = 316;
  WillisCsr *a = grid (n, 0.0, 0.0);
  WillisLdlt *f = willis_ldlt_sparse_new (a, NULL);
  g_autofree double *b = right_side (n * n), *x = g_memdup2 (b, sizeof (double) * n * n);

  g_assert_nonnull (f);
  g_assert_cmpfloat ((double) willis_ldlt_sparse_size (f), <, 7.75 * n * n * log2 (n * (double) n));
  g_assert_cmpint (willis_ldlt_sparse_factor (f, a), ==, 0);
  willis_ldlt_sparse_solve (f, x);
  g_assert_cmpfloat (error_of (a, x, b), <, 1e-14);
  willis_ldlt_sparse_free (f);
  willis_csr_free (a);
}

/* Parts that do not hang together, and an order that is a permutation. */
static void
test_order (void)
{
  int rows[200], columns[200], order[200], seen[200] = { 0 };
  double values[200];
  WillisCsr *a;

  for (int i = 0; i < 200; i++)
    {
      rows[i] = columns[i] = i;
      values[i] = 1.0 + i;
    }
  a = willis_csr_new (200, 200, 200, rows, columns, values);
  g_assert_cmpint (willis_order_dissection (a, order), ==, 0);
  for (int i = 0; i < 200; i++)
    seen[order[i]]++;
  for (int i = 0; i < 200; i++)
    g_assert_cmpint (seen[i], ==, 1);
  willis_csr_free (a);
}

static void
test_krylov (void)
{
  int n = 40, plain, jacobi, ilu_steps, size = n * n;
  WillisCsr *a = grid (n, 0.0, 0.0), *u = grid (n, 0.1, 0.6), *indefinite = grid (n, -3.0, 0.0);
  WillisIlu *ilu = willis_ilu_new (a), *ilu_u = willis_ilu_new (u);
  g_autofree double *b = right_side (size), *x = g_new0 (double, size);

  plain = willis_pcg (a, b, x, 1e-12, 1000, NULL, NULL);
  g_assert_cmpint (plain, >, 0);
  g_assert_cmpfloat (error_of (a, x, b), <, 1e-10);
  memset (x, 0, sizeof (double) * size);
  jacobi = willis_pcg (a, b, x, 1e-12, 1000, willis_precondition_jacobi, a);
  g_assert_cmpint (jacobi, <=, plain + 1);
  memset (x, 0, sizeof (double) * size);
  ilu_steps = willis_pcg (a, b, x, 1e-12, 1000, willis_precondition_ilu, ilu);
  g_assert_true (ilu_steps > 0 && ilu_steps < plain / 2);
  g_assert_cmpfloat (error_of (a, x, b), <, 1e-10);
  /* indefinite: says so */
  memset (x, 0, sizeof (double) * size);
  g_assert_cmpint (willis_pcg (indefinite, b, x, 1e-12, 1000, NULL, NULL), <, 0);
  memset (x, 0, sizeof (double) * size);
  g_assert_cmpint (willis_gmres (u, b, x, 1e-12, 2000, 40, NULL, NULL), >, 0);
  g_assert_cmpfloat (error_of (u, x, b), <, 1e-10);
  memset (x, 0, sizeof (double) * size);
  g_assert_cmpint (willis_gmres (u, b, x, 1e-12, 2000, 40, willis_precondition_ilu, ilu_u), >, 0);
  g_assert_cmpfloat (error_of (u, x, b), <, 1e-10);
  /* too few steps: says so */
  memset (x, 0, sizeof (double) * size);
  g_assert_cmpint (willis_gmres (u, b, x, 1e-12, 5, 5, NULL, NULL), <, 0);
  willis_ilu_free (ilu);
  willis_ilu_free (ilu_u);
  willis_csr_free (a);
  willis_csr_free (u);
  willis_csr_free (indefinite);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sparse/csr", test_csr);
  g_test_add_func ("/sparse/order", test_order);
  g_test_add_func ("/sparse/ldlt", test_ldlt);
  g_test_add_func ("/sparse/large", test_large);
  g_test_add_func ("/sparse/krylov", test_krylov);
  return g_test_run ();
}
