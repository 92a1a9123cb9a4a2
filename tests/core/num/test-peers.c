/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The same systems by LAPACK and CHOLMOD, which no part of the product uses: answers agree to 1e-12; times are printed.
 */
#include <glib.h>
#include <math.h>
#include <string.h>

#ifdef HAVE_CHOLMOD
#include <suitesparse/cholmod.h>
#endif

#include "core/num/blocktri.h"
#include "core/num/dense.h"
#include "core/num/rng.h"
#include "core/num/sparse.h"

void dgesv_ (const int *n, const int *nrhs, double *a, const int *lda, int *ipiv, double *b, const int *ldb, int *info);
void dpbsv_ (const char *uplo, const int *n, const int *kd, const int *nrhs, double *ab, const int *ldab, double *b,
             const int *ldb, int *info);
void dsyev_ (const char *jobz, const char *uplo, const int *n, double *a, const int *lda, double *w, double *work,
             const int *lwork, int *info);

static double
difference (const double *a, const double *b, int n)
{
  double worst = 0.0, size = 0.0;

  for (int i = 0; i < n; i++)
    {
      worst = fmax (worst, fabs (a[i] - b[i]));
      size = fmax (size, fabs (b[i]));
    }
  return worst / size;
}

static void
test_dense (void)
{
  int n = 60, one = 1, info, lwork = 600, pivots[60];
  double a[3600], f[3600], x[60], y[60], w[60], v[60], work[600];
  WillisRng rng;

  willis_rng_init (&rng, 1, 1);
  for (int i = 0; i < n; i++)
    for (int j = 0; j <= i; j++)
      a[i * n + j] = a[j * n + i] = willis_rng_normal (&rng) + (i == j ? 20.0 : 0.0);
  for (int i = 0; i < n; i++)
    x[i] = y[i] = cos (i);
  memcpy (f, a, sizeof f);
  willis_lu_factor (f, n, pivots);
  willis_lu_solve (f, n, pivots, x, 1);
  memcpy (f, a, sizeof f);
  dgesv_ (&n, &one, f, &n, pivots, y, &n, &info);
  g_assert_cmpfloat (difference (x, y, n), <, 1e-12);
  memcpy (f, a, sizeof f);
  willis_eigen_symmetric (f, n, w, NULL);
  memcpy (f, a, sizeof f);
  dsyev_ ("N", "U", &n, f, &n, v, work, &lwork, &info);
  g_assert_cmpfloat (difference (w, v, n), <, 1e-12);
}

static void
test_blocktri (void)
{
  int blocks = 300, n = 6 * blocks, kd = 11, ldab = 12, one = 1, info;
  g_autofree double *band = g_new0 (double, 12 * n), *copy = g_new (double, 12 * n), *x = g_new (double, n),
                    *y = g_new (double, n);
  gint64 ours = G_MAXINT64, theirs = G_MAXINT64;
  WillisBlockTri t;
  WillisRng rng;

  willis_rng_init (&rng, 2, 1);
  willis_blocktri_init (&t, blocks);
  for (int i = 0; i < blocks; i++)
    for (int r = 0; r < 6; r++)
      for (int c = 0; c < 6; c++)
        {
          if (c <= r)
            t.diag[i][6 * r + c] = t.diag[i][6 * c + r] = 0.5 * willis_rng_normal (&rng) + (r == c ? 20.0 : 0.0);
          t.below[i][6 * r + c] = willis_rng_normal (&rng);
        }
  for (int i = 0; i < blocks; i++)
    for (int r = 0; r < 6; r++)
      for (int c = 0; c < 6; c++)
        {
          if (r >= c)
            band[(6 * i + c) * 12 + r - c] = t.diag[i][6 * r + c];
          if (i + 1 < blocks)
            band[(6 * i + c) * 12 + 6 + r - c] = t.below[i][6 * r + c];
        }
  for (int round = 0; round < 20; round++)
    {
      gint64 start;

      for (int i = 0; i < n; i++)
        x[i] = y[i] = sin (i);
      start = g_get_monotonic_time ();
      willis_blocktri_factor (&t, NULL, NULL);
      willis_blocktri_solve (&t, x);
      ours = MIN (ours, g_get_monotonic_time () - start);
      memcpy (copy, band, sizeof (double) * 12 * n);
      start = g_get_monotonic_time ();
      dpbsv_ ("L", &n, &kd, &one, copy, &ldab, y, &n, &info);
      theirs = MIN (theirs, g_get_monotonic_time () - start);
    }
  g_assert_cmpint (info, ==, 0);
  g_assert_cmpfloat (difference (x, y, n), <, 1e-12);
  g_test_message ("300 blocks, factor and solve: ours %d us, LAPACK's dpbsv %d us", (int) ours, (int) theirs);
  willis_blocktri_clear (&t);
}

#ifdef HAVE_CHOLMOD
static void
compare_sparse (int n, int rounds)
{
  int size = n * n, at = 0;
  g_autofree int *row = g_new (int, 5 * size), *column = g_new (int, 5 * size);
  g_autofree double *value = g_new (double, 5 * size), *x = g_new (double, size);
  gint64 start, ours = G_MAXINT64, theirs = G_MAXINT64;
  cholmod_common common;
  cholmod_triplet *triplet;
  cholmod_sparse *sparse;
  cholmod_dense *b, *y = NULL;
  cholmod_factor *factor;
  WillisCsr *a;
  WillisLdlt *f;

  cholmod_start (&common);
  for (int i = 0; i < size; i++)
    for (int d = 0; d < 5; d++)
      {
        static const int di[5] = { 0, 1, -1, 0, 0 }, dj[5] = { 0, 0, 0, 1, -1 };
        int u = i % n + di[d], v = i / n + dj[d];

        if (u < 0 || v < 0 || u >= n || v >= n)
          continue;
        row[at] = i;
        column[at] = v * n + u;
        value[at++] = d == 0 ? 4.1 : -1.0;
      }
  a = willis_csr_new (size, size, at, row, column, value);
  f = willis_ldlt_sparse_new (a, NULL);
  for (int round = 0; round < rounds; round++)
    {
      for (int i = 0; i < size; i++)
        x[i] = sin (i);
      start = g_get_monotonic_time ();
      willis_ldlt_sparse_factor (f, a);
      willis_ldlt_sparse_solve (f, x);
      ours = MIN (ours, g_get_monotonic_time () - start);
    }
  triplet = cholmod_allocate_triplet (size, size, at, -1, CHOLMOD_REAL, &common);
  for (int k = 0; k < at; k++)
    if (row[k] >= column[k])
      {
        ((int *) triplet->i)[triplet->nnz] = row[k];
        ((int *) triplet->j)[triplet->nnz] = column[k];
        ((double *) triplet->x)[triplet->nnz++] = value[k];
      }
  sparse = cholmod_triplet_to_sparse (triplet, 0, &common);
  b = cholmod_allocate_dense (size, 1, size, CHOLMOD_REAL, &common);
  for (int i = 0; i < size; i++)
    ((double *) b->x)[i] = sin (i);
  factor = cholmod_analyze (sparse, &common);
  for (int round = 0; round < rounds; round++)
    {
      cholmod_free_dense (&y, &common);
      start = g_get_monotonic_time ();
      cholmod_factorize (sparse, factor, &common);
      y = cholmod_solve (CHOLMOD_A, factor, b, &common);
      theirs = MIN (theirs, g_get_monotonic_time () - start);
    }
  g_assert_cmpfloat (difference (x, y->x, size), <, 1e-12);
  g_test_message ("%d unknowns, numeric factor and solve: ours %d us (%ld entries), CHOLMOD %d us", size, (int) ours,
                  willis_ldlt_sparse_size (f), (int) theirs);
  cholmod_free_triplet (&triplet, &common);
  cholmod_free_sparse (&sparse, &common);
  cholmod_free_dense (&b, &common);
  cholmod_free_dense (&y, &common);
  cholmod_free_factor (&factor, &common);
  cholmod_finish (&common);
  willis_ldlt_sparse_free (f);
  willis_csr_free (a);
}

static void
test_sparse (void)
{
  compare_sparse (200, 3);
  compare_sparse (320, 2);
}
#endif

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/peers/dense", test_dense);
  g_test_add_func ("/peers/blocktri", test_blocktri);
#ifdef HAVE_CHOLMOD
  g_test_add_func ("/peers/sparse", test_sparse);
#endif
  return g_test_run ();
}
