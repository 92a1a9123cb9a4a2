/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Sparse matrices by rows, direct factorisation of symmetric ones, and Krylov iterations. Plain libc; functions that allocate
 * return NULL or -1 where memory is short. Deterministic: no threads.
 */
typedef struct
{
  int rows, columns;
  int *start;    // [rows + 1]
  int *column;   // [start[rows]] rising within a row
  double *value; // [start[rows]]
} WillisCsr;

/* Sums n_entries triplets (row[i], column[i], value[i]). */
WillisCsr *willis_csr_new (int rows, int columns, int n_entries, const int *row, const int *column, const double *value);
void willis_csr_free (WillisCsr *a);
WillisCsr *willis_csr_transpose (const WillisCsr *a);

/* y = A x */
void willis_csr_multiply (const WillisCsr *a, const double *x, double *y);

/* z = M^-1 r for a preconditioner M; z and r differ. */
typedef void (*WillisPrecondition) (void *context, const double *r, double *z);

/* Division by the diagonal; context: the matrix. */
void willis_precondition_jacobi (void *context, const double *r, double *z);

/* Incomplete LU on the matrix's own pattern (Saad 10.3); for a symmetric matrix that is incomplete LDL^T. */
typedef struct _WillisIlu WillisIlu;
WillisIlu *willis_ilu_new (const WillisCsr *a);
void willis_ilu_free (WillisIlu *ilu);
void willis_precondition_ilu (void *context, const double *r, double *z); // context: WillisIlu

/* Solves A x = b for symmetric positive definite A by conjugate gradients from the x given; precondition may be NULL. Returns the
 * iterations, or -1 - iterations where |r| <= tolerance |b| was not reached (or A proved indefinite). */
int willis_pcg (const WillisCsr *a, const double *b, double *x, double tolerance, int most, WillisPrecondition precondition,
                void *context);

/* The same for any A by restarted GMRES (Saad & Schultz 1986), preconditioned from the right. */
int willis_gmres (const WillisCsr *a, const double *b, double *x, double tolerance, int most, int restart,
                  WillisPrecondition precondition, void *context);

/* An order of the unknowns that keeps factors sparse: nested dissection by level sets (George 1973; separators from a breadth-first
 * search out of a far point), small parts by minimum degree. order[k]: the unknown eliminated as number k; size rows. a must be
 * square with a symmetric pattern. Returns 0 or -1. */
int willis_order_dissection (const WillisCsr *a, int *order);

/* P A P^T = L D L^T for symmetric A, D diagonal, without exchanges: for definite matrices, and for indefinite ones where no pivot
 * vanishes. The symbolic part depends on the pattern alone and is kept. */
typedef struct _WillisLdlt WillisLdlt;

/* Symbolic step; order may be NULL (nested dissection). */
WillisLdlt *willis_ldlt_sparse_new (const WillisCsr *a, const int *order);
void willis_ldlt_sparse_free (WillisLdlt *f);

/* Numeric step for a matrix of the same pattern. Pivots below round-off of their diagonal are raised to it. Returns the number of
 * negative pivots: the eigenvalues below zero (Sylvester). */
int willis_ldlt_sparse_factor (WillisLdlt *f, const WillisCsr *a);

/* x: right side on entry, solution on return. */
void willis_ldlt_sparse_solve (const WillisLdlt *f, double *x);

/* Entries of L. */
long willis_ldlt_sparse_size (const WillisLdlt *f);
