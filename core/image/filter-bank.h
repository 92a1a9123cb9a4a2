/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Rows of a volume convolved with a Gaussian and its derivatives, made slice band by slice band in cache: the
 * engine of gaussian.h and hessian.h, private to this room.
 */
#include "core/base/progress.h"
#include "core/image/volume.h"

G_BEGIN_DECLS

typedef enum
{
  WILLIS_BANK_SMOOTH,  // one row: the smoothed volume
  WILLIS_BANK_HESSIAN, // six rows: second derivatives xx, xy, xz, yy, yz, zz along the index axes
} WillisBankKind;

/* Gets row (j, k): n voxels of each row of the kind. rows are scratch that the callee may change. Called from
 * several threads at a time, never twice for one row. */
typedef void (*WillisBankFunc) (float *const *rows, int n, int j, int k, gpointer context);

typedef struct
{
  double sigma_mm[3];       // along i, j, k; > 0
  double scale_mm;          // each derivative is multiplied by it: the scale that the result is normalised to
  const WillisVolume *mask; // u8, same grid; only slice bands with a non-zero voxel are made; NULL: all
  int slice_step;           // only every such slice is made; 1: all
} WillisBankParams;

/* Calls func for the rows that params ask for. Border: SMOOTH leaves out the missing voxels and renormalises,
 * HESSIAN repeats the border voxel. */
gboolean willis_filter_bank (const WillisVolume *volume, WillisBankKind kind, const WillisBankParams *params,
                             WillisBankFunc func, gpointer context, const WillisProgress *progress,
                             GError **error);

G_END_DECLS
