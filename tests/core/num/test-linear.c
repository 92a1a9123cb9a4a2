/* SPDX-License-Identifier: Apache-2.0 */
#include <float.h>
#include <glib.h>
#include <math.h>
#include <string.h>

#include "core/num/band.h"
#include "core/num/blocktri.h"
#include "core/num/dense.h"
#include "core/num/rng.h"

#define N 40

/* The hard ones: random, Hilbert (condition 1e18 at 12 x 12), graded over twelve decades, symmetric indefinite. */
static void
fill (double *a, int n, const char *kind)
{
  WillisRng rng;

  willis_rng_init (&rng, 17, 3);
  for (int i = 0; i < n; i++)
    for (int j = 0; j <= i; j++)
      {
        double v = willis_rng_normal (&rng);

        if (strcmp (kind, "hilbert") == 0)
          v = 1.0 / (i + j + 1.0);
        else if (strcmp (kind, "graded") == 0)
          v = (v + (i == j ? 4.0 * n : 0.0)) * pow (10.0, -6.0 * (i + j) / (double) n);
        else if (strcmp (kind, "definite") == 0)
          v += i == j ? 4.0 * n : 0.0;
        a[i * n + j] = a[j * n + i] = v;
      }
}

static double
residual (const double *a, const double *x, const double *b, int n)
{
  double worst = 0.0, size = 0.0, xs = 0.0;

  for (int i = 0; i < n; i++)
    {
      double s = -b[i], row = 0.0;

      for (int j = 0; j < n; j++)
        {
          s += a[i * n + j] * x[j];
          row += fabs (a[i * n + j]);
        }
      worst = fmax (worst, fabs (s));
      size = fmax (size, row);
      xs = fmax (xs, fabs (x[i]));
    }
  return worst / (size * xs);
}

/* The backward error of each factorisation is round-off, however ill the matrix. */
static void
test_solves (void)
{
  static const char *const kinds[] = { "random", "hilbert", "graded", "definite" };

  for (gsize k = 0; k < G_N_ELEMENTS (kinds); k++)
    for (int n = 1; n <= N; n += 13)
      {
        double a[N * N], f[N * N], b[N], x[N], tau[N];
        int pivots[N];

        fill (a, n, kinds[k]);
        for (int i = 0; i < n; i++)
          b[i] = sin (i + 1.0);
        memcpy (f, a, sizeof f);
        memcpy (x, b, sizeof x);
        g_assert_cmpint (willis_lu_factor (f, n, pivots), ==, 0);
        willis_lu_solve (f, n, pivots, x, 1);
        g_assert_cmpfloat (residual (a, x, b, n), <, 1e-14);
        memcpy (f, a, sizeof f);
        memcpy (x, b, sizeof x);
        g_assert_cmpint (willis_ldlt_factor (f, n, pivots, NULL), ==, 0);
        willis_ldlt_solve (f, n, pivots, x, 1);
        g_assert_cmpfloat (residual (a, x, b, n), <, 1e-14);
        memcpy (f, a, sizeof f);
        memcpy (x, b, sizeof x);
        willis_qr_factor (f, n, n, tau);
        g_assert_cmpint (willis_qr_solve (f, n, n, tau, x), ==, 0);
        g_assert_cmpfloat (residual (a, x, b, n), <, 1e-14);
        if (k < 2)
          continue;
        memcpy (f, a, sizeof f);
        memcpy (x, b, sizeof x);
        g_assert_cmpint (willis_cholesky_factor (f, n), ==, 0);
        willis_cholesky_solve (f, n, x, 1);
        g_assert_cmpfloat (residual (a, x, b, n), <, 1e-14);
      }
}

/* Singular matrices are reported, not solved. */
static void
test_singular (void)
{
  double a[9] = { 1, 2, 3, 2, 4, 6, 3, 6, 9 }, b[9], z[4] = { 0 };
  int pivots[3];

  memcpy (b, a, sizeof b);
  g_assert_cmpint (willis_lu_factor (b, 3, pivots), >, 0);
  memcpy (b, a, sizeof b);
  g_assert_cmpint (willis_cholesky_factor (b, 3), >, 0);
  g_assert_cmpint (willis_ldlt_factor (z, 2, pivots, NULL), >, 0);
}

/* Least squares: the residual is orthogonal to the columns. */
static void
test_least_squares (void)
{
  double a[30 * 4], f[30 * 4], b[30], x[30], tau[4];

  for (int i = 0; i < 30; i++)
    {
      for (int j = 0; j < 4; j++)
        a[4 * i + j] = pow (i / 29.0, j);
      b[i] = cos (3.0 * i / 29.0);
    }
  memcpy (f, a, sizeof f);
  memcpy (x, b, sizeof x);
  willis_qr_factor (f, 30, 4, tau);
  g_assert_cmpint (willis_qr_solve (f, 30, 4, tau, x), ==, 0);
  for (int j = 0; j < 4; j++)
    {
      double s = 0.0;

      for (int i = 0; i < 30; i++)
        s += a[4 * i + j] * (b[i] - x[0] - x[1] * a[4 * i + 1] - x[2] * a[4 * i + 2] - x[3] * a[4 * i + 3]);
      g_assert_cmpfloat (fabs (s), <, 1e-13);
    }
}

/* A V = V diag (w), V orthogonal, inertia by Bunch-Kaufman the same as by eigenvalues. */
static void
test_eigen (void)
{
  static const char *const kinds[] = { "random", "hilbert", "graded" };

  for (gsize k = 0; k < G_N_ELEMENTS (kinds); k++)
    {
      int n = k == 1 ? 8 : 24, below = 0, negative, pivots[N];
      double a[N * N], f[N * N], w[N], v[N * N], size = 0.0;

      fill (a, n, kinds[k]);
      memcpy (f, a, sizeof f);
      willis_eigen_symmetric (f, n, w, v);
      for (int i = 0; i < n; i++)
        {
          size = fmax (size, fabs (w[i]));
          below += w[i] < 0.0;
          g_assert_true (i == 0 || w[i] >= w[i - 1]);
        }
      for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++)
          {
            double s = -w[j] * v[i * n + j], o = i == j ? -1.0 : 0.0;

            for (int l = 0; l < n; l++)
              {
                s += a[i * n + l] * v[l * n + j];
                o += v[l * n + i] * v[l * n + j];
              }
            g_assert_cmpfloat (fabs (s), <, 1e-13 * size * n);
            g_assert_cmpfloat (fabs (o), <, 1e-13 * n);
          }
      willis_ldlt_factor (a, n, pivots, &negative);
      g_assert_cmpint (negative, ==, below);
    }
}

/* Jacobi finds the small eigenvalues of a graded matrix to full relative accuracy: those of D A D scale like D. */
static void
test_graded_accuracy (void)
{
  double a[4] = { 1.0, 1e-8, 1e-8, 1e-12 }, w[2];

  willis_eigen_symmetric (a, 2, w, NULL);
  /* det / trace, from the exact quadratic */
  g_assert_cmpfloat (fabs (w[0] / ((1e-12 - 1e-16) / (1.0 + 1e-12)) - 1.0), <, 1e-10);
}

static void
test_svd (void)
{
  double a[12 * 5], u[12 * 5], s[5], v[25];
  WillisRng rng;

  willis_rng_init (&rng, 2, 2);
  for (int i = 0; i < 60; i++)
    a[i] = willis_rng_normal (&rng) * pow (10.0, -(i % 5));
  memcpy (u, a, sizeof u);
  willis_svd (u, 12, 5, s, v);
  for (int i = 0; i < 12; i++)
    for (int j = 0; j < 5; j++)
      {
        double t = -a[5 * i + j];

        for (int k = 0; k < 5; k++)
          t += u[5 * i + k] * s[k] * v[5 * j + k];
        g_assert_cmpfloat (fabs (t), <, 1e-14 * s[0]);
      }
  for (int k = 1; k < 5; k++)
    g_assert_true (s[k] <= s[k - 1] && s[k] > 0.0);
}

/* The companion matrix of (x - 1)(x - 2)(x - 3)(x2 + 1), and traces of random ones. */
static void
test_eigen_general (void)
{
  double a[25] = { 6, -12, 12, -11, 6, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0 }, re[N], im[N], b[N * N];
  double trace = 0.0, sum = 0.0;
  int found[5] = { 0 };
  WillisRng rng;

  g_assert_cmpint (willis_eigen_general (a, 5, re, im), ==, 0);
  for (int i = 0; i < 5; i++)
    for (int k = 0; k < 5; k++)
      found[k] += hypot (re[i] - (k < 3 ? k + 1.0 : 0.0), im[i] - (k == 3 ? 1.0 : k == 4 ? -1.0 : 0.0)) < 1e-9;
  for (int k = 0; k < 5; k++)
    g_assert_cmpint (found[k], ==, 1);
  willis_rng_init (&rng, 6, 6);
  for (int i = 0; i < N * N; i++)
    b[i] = willis_rng_normal (&rng);
  for (int i = 0; i < N; i++)
    trace += b[i * N + i];
  g_assert_cmpint (willis_eigen_general (b, N, re, im), ==, 0);
  for (int i = 0; i < N; i++)
    sum += re[i];
  g_assert_cmpfloat (fabs (sum - trace), <, 1e-11);
}

static void
test_band (void)
{
  int n = 60, m = 5;
  g_autofree double *a = g_new0 (double, n * n), *x = g_new (double, n), *b = g_new (double, n), *f = NULL;
  g_autofree double *work = g_new (double, n * (m + 1));
  g_autofree int *pivots = g_new (int, n);
  WillisBand band;
  WillisRng rng;
  int negative, negative_det, inertia;

  g_assert_cmpint (willis_band_init (&band, n, m, m), ==, 0);
  willis_rng_init (&rng, 9, 9);
  for (int i = 0; i < n; i++)
    for (int j = MAX (0, i - m); j <= i; j++)
      a[i * n + j] = a[j * n + i] = willis_rng_normal (&rng);
  for (int i = 0; i < n; i++)
    for (int j = MAX (0, i - m); j <= MIN (n - 1, i + m); j++)
      willis_band_add (&band, i, j, a[i * n + j]);
  inertia = willis_band_inertia (&band, NULL, work, NULL);
  f = g_memdup2 (a, sizeof (double) * n * n);
  willis_ldlt_factor (f, n, pivots, &negative);
  g_assert_cmpint (inertia, ==, negative);
  g_assert_cmpint (willis_band_factor (&band, &negative_det, NULL), ==, 0);
  g_assert_cmpint (negative_det, ==, negative % 2);
  for (int pass = 0; pass < 2; pass++)
    {
      for (int i = 0; i < n; i++)
        x[i] = b[i] = cos (i);
      if (pass == 0)
        willis_band_solve (&band, x);
      else
        willis_band_solve_transposed (&band, x);
      g_assert_cmpfloat (residual (a, x, b, n), <, 1e-13);
    }
  willis_band_clear (&band);
}

/* Chains of 6 x 6 blocks: positive definite, indefinite, and with zero pivots in the natural order. */
static void
test_blocktri (void)
{
  for (int kind = 0; kind < 3; kind++)
    {
      int blocks = 9, n = 6 * blocks, negative, below, *pivots = g_new (int, n);
      double *a = g_new0 (double, n * n), *b = g_new (double, n), *x = g_new (double, n);
      WillisBlockTri t;
      WillisRng rng;

      g_assert_cmpint (willis_blocktri_init (&t, blocks), ==, 0);
      willis_rng_init (&rng, 5, kind);
      for (int i = 0; i < blocks; i++)
        for (int k = 0; k < 36; k++)
          {
            double v = willis_rng_normal (&rng) + (k % 7 == 0 && kind == 0 ? 12.0 : 0.0);

            if (k % 6 <= k / 6)
              t.diag[i][k] = t.diag[i][6 * (k % 6) + k / 6] = kind == 2 && k % 7 == 0 ? 0.0 : v;
            if (i + 1 < blocks)
              t.below[i][k] = willis_rng_normal (&rng);
          }
      for (int i = 0; i < blocks; i++)
        for (int k = 0; k < 36; k++)
          {
            a[(6 * i + k / 6) * n + 6 * i + k % 6] = t.diag[i][k];
            if (i + 1 < blocks)
              a[(6 * i + 6 + k / 6) * n + 6 * i + k % 6] = a[(6 * i + k % 6) * n + 6 * i + 6 + k / 6] = t.below[i][k];
          }
      for (int i = 0; i < n; i++)
        x[i] = b[i] = sin (2.0 * i);
      negative = willis_blocktri_factor (&t, NULL, NULL);
      willis_blocktri_solve (&t, x);
      /* no exchanges between blocks: growth may cost a few digits where the matrix is indefinite */
      g_assert_cmpfloat (residual (a, x, b, n), <, kind == 0 ? 1e-15 : 1e-11);
      willis_blocktri_multiply (&t, x, b);
      for (int i = 0; i < n; i++)
        g_assert_cmpfloat (fabs (b[i] - sin (2.0 * i)), <, 1e-9);
      g_assert_cmpint (willis_blocktri_factor_positive (&t, NULL), ==, kind != 0);
      willis_ldlt_factor (a, n, pivots, &below);
      g_assert_cmpint (negative, ==, below);
      willis_blocktri_clear (&t);
      g_free (a);
      g_free (b);
      g_free (x);
      g_free (pivots);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/linear/solves", test_solves);
  g_test_add_func ("/linear/singular", test_singular);
  g_test_add_func ("/linear/least-squares", test_least_squares);
  g_test_add_func ("/linear/eigen", test_eigen);
  g_test_add_func ("/linear/graded", test_graded_accuracy);
  g_test_add_func ("/linear/svd", test_svd);
  g_test_add_func ("/linear/eigen-general", test_eigen_general);
  g_test_add_func ("/linear/band", test_band);
  g_test_add_func ("/linear/blocktri", test_blocktri);
  return g_test_run ();
}
