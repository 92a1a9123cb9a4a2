/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Dense linear algebra on row-major arrays: a[i * n + j] is row i, column j. Factors overwrite their input.
 * Functions that can meet a singular matrix return 0 for success and k + 1 where pivot k is zero (or, for
 * Cholesky, not positive); nothing is printed and no memory is kept. Sizes up to a few hundred are meant.
 */

/* P A = L U with partial pivoting (Golub & Van Loan 3.4). pivots: size n, row exchanged with row i. */
int willis_lu_factor (double *a, int n, int *pivots);
/* x: the right side on entry, the solution on return; nrhs columns stored as x[i * nrhs + k]. */
void willis_lu_solve (const double *lu, int n, const int *pivots, double *x, int nrhs);

/* A = L L^T in the lower triangle; the upper one is not read. */
int willis_cholesky_factor (double *a, int n);
void willis_cholesky_solve (const double *l, int n, double *x, int nrhs);

/* P A P^T = L D L^T for symmetric, possibly indefinite A (Bunch & Kaufman 1977: 1 x 1 and 2 x 2 pivots), lower
 * triangle. pivots: size n; < 0 marks the two rows of a 2 x 2 pivot. *negative: eigenvalues below zero
 * (Sylvester); may be NULL. */
int willis_ldlt_factor (double *a, int n, int *pivots, int *negative);
void willis_ldlt_solve (const double *ldl, int n, const int *pivots, double *x, int nrhs);

/* A = Q R by Householder reflections, m >= n. tau: size n. R in the upper triangle, the reflectors below. */
void willis_qr_factor (double *a, int m, int n, double *tau);
/* Least squares: x (size m) holds b on entry, the solution in its first n entries on return. */
int willis_qr_solve (const double *qr, int m, int n, const double *tau, double *x);

/* A = V diag(w) V^T for symmetric A by cyclic Jacobi rotations (Golub & Van Loan 8.5), which keeps small eigenvalues
 * of graded matrices accurate. w ascending (size n); v: columns are the eigenvectors (size n x n), may be NULL.
 * a is destroyed. */
void willis_eigen_symmetric (double *a, int n, double *w, double *v);

/* Eigenvalues of a general real matrix: Hessenberg form and shifted QR (Golub & Van Loan 7.5). a is destroyed.
 * Returns how many eigenvalues were not found (0: all). */
int willis_eigen_general (double *a, int n, double *re, double *im);

/* A = U diag(s) V^T, m >= n, by one-sided Jacobi (Demmel & Veselic 1992: high relative accuracy). a (m x n) becomes U;
 * s descending (size n); v n x n, may be NULL. Columns of U for s = 0 are zero. */
void willis_svd (double *a, int m, int n, double *s, double *v);
