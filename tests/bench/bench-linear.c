/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every solver of core/num that has no line of its own elsewhere: microseconds beside LAPACK's where it has the like, and
 * the residual. One JSON object a line. Block-tridiagonal and sparse factors: tests/core/num/test-peers.c.
 */
#include <glib.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/num/band.h"
#include "core/num/dense.h"
#include "core/num/rng.h"
#include "core/num/sparse.h"
#include "tests/bench/bench.h"

#define N 100
#define M 140
#define GRID 100 // of the Poisson problem, unknowns a side
#define RUNS 20

void dgesv_ (const int *n, const int *nrhs, double *a, const int *lda, int *ipiv, double *b, const int *ldb, int *info);
void dposv_ (const char *uplo, const int *n, const int *nrhs, double *a, const int *lda, double *b, const int *ldb,
             int *info);
void dsysv_ (const char *uplo, const int *n, const int *nrhs, double *a, const int *lda, int *ipiv, double *b,
             const int *ldb, double *work, const int *lwork, int *info);
void dgels_ (const char *trans, const int *m, const int *n, const int *nrhs, double *a, const int *lda, double *b,
             const int *ldb, double *work, const int *lwork, int *info);
void dsyev_ (const char *jobz, const char *uplo, const int *n, double *a, const int *lda, double *w, double *work,
             const int *lwork, int *info);
void dgeev_ (const char *left, const char *right, const int *n, double *a, const int *lda, double *wr, double *wi,
             double *vl, const int *ldvl, double *vr, const int *ldvr, double *work, const int *lwork, int *info);
void dgesvd_ (const char *jobu, const char *jobvt, const int *m, const int *n, double *a, const int *lda, double *s,
              double *u, const int *ldu, double *vt, const int *ldvt, double *work, const int *lwork, int *info);

static double general[N * N], symmetric[N * N], definite[N * N], tall[M * N], b[M]; // the problems
static double a[M * N], x[M], y[M], v[N * N], u[M * N], tau[N], work[64 * M];       // what a run spoils
static int pivots[N];
static const int n = N, m = M, one = 1, lwork = 64 * M;

static void
make (void)
{
  WillisRng rng;

  willis_rng_init (&rng, 1, 1);
  for (int i = 0; i < M; i++)
    {
      b[i] = cos (i);
      for (int j = 0; j < N; j++)
        tall[i * N + j] = willis_rng_normal (&rng);
    }
  for (int i = 0; i < N; i++)
    for (int j = 0; j < N; j++)
      {
        general[i * N + j] = tall[i * N + j];
        symmetric[i * N + j] = tall[i * N + j] + tall[j * N + i];
        definite[i * N + j] = (i == j ? N : 0.0) + 0.5 * symmetric[i * N + j];
      }
}

/* |A x - b| / |b|, largest entries; square A. */
static double
residual (const double *matrix)
{
  double worst = 0.0;

  for (int i = 0; i < N; i++)
    {
      double r = -b[i];

      for (int j = 0; j < N; j++)
        r += matrix[i * N + j] * x[j];
      worst = fmax (worst, fabs (r));
    }
  return worst;
}

/* A^T (A x - b), which least squares makes nothing. */
static double
normal_residual (void)
{
  double worst = 0.0, r[M];

  for (int i = 0; i < M; i++)
    {
      r[i] = -b[i];
      for (int j = 0; j < N; j++)
        r[i] += tall[i * N + j] * x[j];
    }
  for (int j = 0; j < N; j++)
    {
      double s = 0.0;

      for (int i = 0; i < M; i++)
        s += tall[i * N + j] * r[i];
      worst = fmax (worst, fabs (s));
    }
  return worst;
}

static void
lu (gpointer unused)
{
  memcpy (a, general, sizeof general);
  memcpy (x, b, sizeof x);
  willis_lu_factor (a, N, pivots);
  willis_lu_solve (a, N, pivots, x, 1);
}

static void
lu_peer (gpointer unused)
{
  int info;

  memcpy (a, general, sizeof general);
  memcpy (y, b, sizeof y);
  dgesv_ (&n, &one, a, &n, pivots, y, &n, &info);
}

static void
cholesky (gpointer unused)
{
  memcpy (a, definite, sizeof definite);
  memcpy (x, b, sizeof x);
  willis_cholesky_factor (a, N);
  willis_cholesky_solve (a, N, x, 1);
}

static void
cholesky_peer (gpointer unused)
{
  int info;

  memcpy (a, definite, sizeof definite);
  memcpy (y, b, sizeof y);
  dposv_ ("U", &n, &one, a, &n, y, &n, &info);
}

static void
ldlt (gpointer unused)
{
  memcpy (a, symmetric, sizeof symmetric);
  memcpy (x, b, sizeof x);
  willis_ldlt_factor (a, N, pivots, NULL);
  willis_ldlt_solve (a, N, pivots, x, 1);
}

static void
ldlt_peer (gpointer unused)
{
  int info;

  memcpy (a, symmetric, sizeof symmetric);
  memcpy (y, b, sizeof y);
  dsysv_ ("U", &n, &one, a, &n, pivots, y, &n, work, &lwork, &info);
}

static void
qr (gpointer unused)
{
  memcpy (a, tall, sizeof tall);
  memcpy (x, b, sizeof x);
  willis_qr_factor (a, M, N, tau);
  willis_qr_solve (a, M, N, tau, x);
}

static void
qr_peer (gpointer unused)
{
  int info;

  memcpy (a, tall, sizeof tall); // its columns are our rows: the transposed problem
  memcpy (y, b, sizeof y);
  dgels_ ("T", &n, &m, &one, a, &n, y, &m, work, &lwork, &info);
}

static void
eigen_symmetric (gpointer unused)
{
  memcpy (a, symmetric, sizeof symmetric);
  willis_eigen_symmetric (a, N, x, v);
}

static void
eigen_symmetric_peer (gpointer unused)
{
  int info;

  memcpy (a, symmetric, sizeof symmetric);
  dsyev_ ("V", "U", &n, a, &n, y, work, &lwork, &info);
}

static void
eigen_general (gpointer unused)
{
  memcpy (a, general, sizeof general);
  willis_eigen_general (a, N, x, y);
}

static void
eigen_general_peer (gpointer unused)
{
  int info;

  memcpy (a, general, sizeof general);
  dgeev_ ("N", "N", &n, a, &n, x, y, v, &one, u, &one, work, &lwork, &info);
}

static void
svd (gpointer unused)
{
  memcpy (a, tall, sizeof tall);
  willis_svd (a, M, N, x, v);
}

static void
svd_peer (gpointer unused)
{
  int info;

  memcpy (a, tall, sizeof tall);
  dgesvd_ ("S", "S", &n, &m, a, &n, y, v, &n, u, &n, work, &lwork, &info);
}

static double
difference (void)
{
  double worst = 0.0;

  for (int i = 0; i < N; i++)
    worst = fmax (worst, fabs (x[i] - y[i]) / fabs (y[0] > y[N - 1] ? y[0] : y[N - 1]));
  return worst;
}

/* The sum of the eigenvalues' real parts in x less the trace of general. */
static double
trace_error (void)
{
  double sum = 0.0;

  for (int i = 0; i < N; i++)
    sum += x[i] - general[i * N + i];
  return fabs (sum);
}

static void
tell (const char *name, BenchFunc ours, BenchFunc theirs, const char *measure, double error)
{
  double mine = bench_run (ours, NULL, RUNS).cpu_seconds, peer = bench_run (theirs, NULL, RUNS).cpu_seconds;

  printf ("{\"name\": \"%s\", \"size\": %d, \"willis_us\": %.0f, \"lapack_us\": %.0f, \"%s\": %.1e}\n", name, N, 1e6 * mine,
          1e6 * peer, measure, error);
}

/* ---- sparse: Poisson's problem on a square ---- */

typedef struct
{
  WillisCsr *matrix;
  WillisIlu *ilu;
  double *right, *solution;
  int steps;
} Poisson;

static void
poisson_make (Poisson *p)
{
  const int size = GRID * GRID, most = 5 * size;
  g_autofree int *row = g_new (int, most), *column = g_new (int, most);
  g_autofree double *value = g_new (double, most);
  int k = 0;

  for (int i = 0; i < size; i++)
    {
      const int near[5] = { i, i - 1, i + 1, i - GRID, i + GRID };
      const gboolean there[5] = { TRUE, i % GRID > 0, i % GRID < GRID - 1, i >= GRID, i < size - GRID };

      for (int c = 0; c < 5; c++)
        if (there[c])
          {
            row[k] = i;
            column[k] = near[c];
            value[k++] = c == 0 ? 4.0 : -1.0;
          }
    }
  p->matrix = willis_csr_new (size, size, k, row, column, value);
  p->ilu = willis_ilu_new (p->matrix);
  p->right = g_new (double, size);
  p->solution = g_new (double, size);
  for (int i = 0; i < size; i++)
    p->right[i] = sin (0.01 * i);
}

static void
pcg (gpointer context)
{
  Poisson *p = context;

  memset (p->solution, 0, GRID * GRID * sizeof (double));
  p->steps = willis_pcg (p->matrix, p->right, p->solution, 1e-10, 10000, willis_precondition_ilu, p->ilu);
}

static void
gmres (gpointer context)
{
  Poisson *p = context;

  memset (p->solution, 0, GRID * GRID * sizeof (double));
  p->steps = willis_gmres (p->matrix, p->right, p->solution, 1e-10, 10000, 50, willis_precondition_ilu, p->ilu);
}

static void
band (gpointer context)
{
  Poisson *p = context;
  WillisBand matrix;

  willis_band_init (&matrix, GRID * GRID, GRID, GRID);
  for (int i = 0; i < GRID * GRID; i++)
    for (int k = p->matrix->start[i]; k < p->matrix->start[i + 1]; k++)
      willis_band_add (&matrix, i, p->matrix->column[k], p->matrix->value[k]);
  memcpy (p->solution, p->right, GRID * GRID * sizeof (double));
  p->steps = 1;
  willis_band_factor (&matrix, NULL, NULL);
  willis_band_solve (&matrix, p->solution);
  willis_band_clear (&matrix);
}

static void
tell_poisson (const char *name, BenchFunc func, Poisson *p)
{
  double seconds = bench_run (func, p, 3).cpu_seconds, worst = 0.0;
  g_autofree double *product = g_new (double, GRID * GRID);

  willis_csr_multiply (p->matrix, p->solution, product);
  for (int i = 0; i < GRID * GRID; i++)
    worst = fmax (worst, fabs (product[i] - p->right[i]));
  printf ("{\"name\": \"%s\", \"size\": %d, \"willis_us\": %.0f, \"steps\": %d, \"residual\": %.1e}\n", name, GRID * GRID,
          1e6 * seconds, p->steps, worst);
}

int
main (void)
{
  Poisson p = { 0 };

  make ();
  lu (NULL);
  tell ("lu", lu, lu_peer, "residual", residual (general));
  cholesky (NULL);
  tell ("cholesky", cholesky, cholesky_peer, "residual", residual (definite));
  ldlt (NULL);
  tell ("ldlt", ldlt, ldlt_peer, "residual", residual (symmetric));
  qr (NULL);
  tell ("least-squares", qr, qr_peer, "residual", normal_residual ());
  eigen_symmetric (NULL);
  eigen_symmetric_peer (NULL);
  tell ("eigen-symmetric", eigen_symmetric, eigen_symmetric_peer, "difference", difference ());
  eigen_general (NULL);
  tell ("eigen-general", eigen_general, eigen_general_peer, "trace", trace_error ());
  svd (NULL);
  svd_peer (NULL);
  tell ("svd", svd, svd_peer, "difference", difference ());
  poisson_make (&p);
  tell_poisson ("pcg-ilu", pcg, &p);
  tell_poisson ("gmres-ilu", gmres, &p);
  tell_poisson ("band", band, &p);
  willis_csr_free (p.matrix);
  willis_ilu_free (p.ilu);
  g_free (p.right);
  g_free (p.solution);
  return 0;
}
