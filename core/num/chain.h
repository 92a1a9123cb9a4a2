/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Symmetric positive definite block-tridiagonal systems with large dense blocks, as the rings of a tubular lattice give: Cholesky from
 * both ends towards the middle, so two threads share the work and the result does not depend on how many there are.
 */
#include <stddef.h>

typedef struct
{
  int n, size;    // blocks, and the size of one
  int stride;     // size rounded up; rows of all blocks are so far apart
  double *diag;   // [n][stride][stride] lower triangles; factored in place
  double *below;  // [n - 1][stride][stride] block (i + 1, i); factored in place
  double *pack[2]; // scratch of the two halves
  double *sum;    // [stride] scratch
} WillisChain;

/* Returns 0, or -1 where memory is short. */
int willis_chain_init (WillisChain *chain, int n, int size);
void willis_chain_clear (WillisChain *chain);
void willis_chain_zero (WillisChain *chain);

static inline double *
willis_chain_diag (WillisChain *chain, int block)
{
  return chain->diag + (size_t) block * chain->stride * chain->stride;
}

static inline double *
willis_chain_below (WillisChain *chain, int block)
{
  return chain->below + (size_t) block * chain->stride * chain->stride;
}

/* One half of the factorisation: 0 from the first block on, 1 from the last. Both may run at the same time; then finish. Each returns 0,
 * or 1 where the matrix is not positive definite. */
int willis_chain_factor_half (WillisChain *chain, int half);
int willis_chain_factor_finish (WillisChain *chain);

/* x [n][size]: right side on entry, solution on return. */
void willis_chain_solve (const WillisChain *chain, double *x);
