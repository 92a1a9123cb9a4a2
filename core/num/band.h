/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Banded LU with partial pivoting, for unsymmetric or indefinite matrices whose unknowns are ordered so that entries
 * stay near the diagonal. Row-major: row i holds columns i - lower .. i + upper + lower (room for pivoting).
 */
typedef struct
{
  int n, lower, upper; // size, number of sub- and superdiagonals
  int width;           // 2 lower + upper + 1
  double *a;           // [n][width]
  int *pivots;         // [n]
} WillisBand;

/* Returns 0, or -1 where memory is short. Entries are zero. */
int willis_band_init (WillisBand *band, int n, int lower, int upper);
void willis_band_clear (WillisBand *band);
void willis_band_zero (WillisBand *band);

/* Adds to entry (i, j), |i - j| within the band. */
static inline void
willis_band_add (WillisBand *band, int i, int j, double value)
{
  band->a[(long) i * band->width + (j - i + band->lower)] += value;
}

/* Factors in place. Returns k + 1 for an exactly zero pivot, which is then replaced by a tiny one. *negative_det: 1
 * where the determinant is below zero. *pivot_ratio: smallest pivot over largest. Either may be NULL. */
int willis_band_factor (WillisBand *band, int *negative_det, double *pivot_ratio);

/* x: right side on entry, solution on return. */
void willis_band_solve (const WillisBand *band, double *x);

/* x: right side of the transposed system on entry, its solution on return. */
void willis_band_solve_transposed (const WillisBand *band, double *x);

/* How many eigenvalues of the symmetric part of a band (lower == upper, not factored) lie below zero: signs of the pivots of
 * an LDL^T without exchanges (Sylvester). shift is added to the diagonal, size n, or NULL. work: n x (lower + 1)
 * numbers. *smallest: the smallest |pivot| over its diagonal entry, may be NULL. */
int willis_band_inertia (const WillisBand *band, const double *shift, double *work, double *smallest);
