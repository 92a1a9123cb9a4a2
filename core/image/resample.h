/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * A volume on another grid.
 */
#include "core/base/progress.h"
#include "core/image/volume.h"

G_BEGIN_DECLS

typedef enum
{
  WILLIS_INTERPOLATE_NEAREST, // labels
  WILLIS_INTERPOLATE_LINEAR,
  WILLIS_INTERPOLATE_CUBIC, // Catmull-Rom (Keys 1981, a = -1/2): exact for quadratics, may overshoot at edges
} WillisInterpolation;

/* volume at the voxel centres of grid, in the same scalar type (rounded and clamped; new). to_source [3][4]
 * maps world points of grid to world points of volume, NULL: the same place. Beyond half a voxel outside the
 * volume the value is outside. Errors: WILLIS_ERROR_BAD_INPUT for the grid; NO_MEMORY; cancelled. Same bits
 * for any number of threads. */
WillisVolume *willis_resample (const WillisVolume *volume, const WillisGrid *grid, WillisInterpolation kind,
                               const double to_source[12], double outside, const WillisProgress *progress,
                               GError **error);

/* The grid over the same box with this spacing along all axes (sizes rounded up, centred). */
WillisGrid willis_grid_isotropic (const WillisGrid *grid, double spacing_mm);

G_END_DECLS
