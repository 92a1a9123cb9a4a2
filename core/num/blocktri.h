/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Symmetric block-tridiagonal systems with 6 x 6 blocks, as a chain of beam nodes gives: A = L D L^T block by block in O(n).
 * Within a block pivots are taken in order while they stay well above zero; a block that is indefinite or near singular is
 * taken apart by its eigenvalues instead, so that its inertia is certain. The number of negative pivots is the number of
 * negative eigenvalues of A (Sylvester).
 */
#include <stdint.h>

typedef struct
{
  int n;               // blocks
  double (*diag)[36];  // [n] row-major, full and symmetric
  double (*below)[36]; // [n - 1] block (i + 1, i)
  double (*work)[104]; // [n] factors: see blocktri.c
  uint8_t *turned;     // [n] 1: this block was taken apart by its eigenvalues
} WillisBlockTri;

/* Returns 0, or -1 where memory is short. Entries are zero. */
int willis_blocktri_init (WillisBlockTri *a, int n);
void willis_blocktri_clear (WillisBlockTri *a);
void willis_blocktri_zero (WillisBlockTri *a);

/* Factors; diag and below stay. shift [6] (may be NULL) is added to every diagonal block's diagonal. Returns the number of
 * negative eigenvalues. *smallest (may be NULL): the smallest pivot over its diagonal entry, a measure of how near singular
 * the matrix is. */
int willis_blocktri_factor (WillisBlockTri *a, const double *shift, double *smallest);

/* The same for a matrix that should be positive definite: stops and returns 1 at the first block that is not, else 0. */
int willis_blocktri_factor_positive (WillisBlockTri *a, const double *shift);

/* x [6 n]: right side on entry, solution on return. */
void willis_blocktri_solve (const WillisBlockTri *a, double *x);

/* y = A x */
void willis_blocktri_multiply (const WillisBlockTri *a, const double *x, double *y);
