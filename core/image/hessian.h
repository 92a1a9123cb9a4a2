/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Second derivatives of a volume at a scale, and their eigenvalues, streamed row by row: nobody needs to hold
 * six float volumes.
 */
#include "core/base/progress.h"
#include "core/image/filter-bank.h"
#include "core/image/volume.h"

G_BEGIN_DECLS

/* Gets row (j, k), n voxels: rows[0 .. 2] the eigenvalues, largest first (not by magnitude). The callee may
 * change rows. Called from several threads at a time, never twice for one row. */
typedef void (*WillisEigenFunc) (float *const *rows, int n, int j, int k, gpointer context);

/* Eigenvalues of sigma^2 times the Hessian of volume smoothed with sigma_mm (scale-normalised, in the
 * volume's units), for every row, or for all rows near non-zero voxels of mask (u8, same grid, may be NULL).
 * Errors: WILLIS_ERROR_BAD_INPUT for sigma or mask; cancelled. Accuracy: 1e-5 of the largest eigenvalue, 3e-4
 * where two are equal (float). Method: derivative-of-Gaussian kernels with exact moments; closed form of the
 * cubic. */
gboolean willis_hessian_eigenvalues (const WillisVolume *volume, double sigma_mm, const WillisVolume *mask,
                                     WillisEigenFunc func, gpointer context, const WillisProgress *progress,
                                     GError **error);

/* The same with a blur of its own along each axis, for volumes that are blurred already (filter-bank.h). */
gboolean willis_hessian_bank (const WillisVolume *volume, const WillisBankParams *params,
                              WillisEigenFunc func, gpointer context, const WillisProgress *progress,
                              GError **error);

/* The same for n symmetric matrices given as arrays rows[0 .. 5] = xx, xy, xz, yy, yz, zz: the eigenvalues
 * replace rows[0 .. 2], largest first. */
void willis_symmetric3_eigenvalues (float *const *rows, int n);

G_END_DECLS
