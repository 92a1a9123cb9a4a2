/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Rows of a volume convolved with a Gaussian and its derivatives, made slice band by slice band in cache: the engine
 * of gaussian.h and hessian.h, private to this room.
 */
#include "core/base/progress.h"
#include "core/image/volume.h"

G_BEGIN_DECLS

typedef enum
{
  WILLIS_BANK_SMOOTH,  // one row: the smoothed volume
  WILLIS_BANK_HESSIAN, // six rows: second derivatives xx, xy, xz, yy, yz, zz along the index axes
} WillisBankKind;

/* Gets row (j, k): n voxels of each row of the kind. rows are scratch that the callee may change. Called from several
 * threads at a time, never twice for one row. */
typedef void (*WillisBankFunc) (float *const *rows, int n, int j, int k, gpointer context);

/* Calls func for every row, or for all rows of those slice bands in which mask (u8, same grid, may be NULL) has a
 * non-zero voxel. sigma_mm > 0 per index axis. Derivatives are per mm and multiplied by sigma of their axes. Border:
 * SMOOTH leaves out the missing voxels and renormalises, HESSIAN repeats the border voxel. */
gboolean willis_filter_bank (const WillisVolume *volume, WillisBankKind kind, const double sigma_mm[3],
                             const WillisVolume *mask, WillisBankFunc func, gpointer context,
                             const WillisProgress *progress, GError **error);

G_END_DECLS
