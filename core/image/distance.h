/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Exact Euclidean distances between voxel centres, in millimetres, for any spacing.
 */
#include "core/base/progress.h"
#include "core/image/volume.h"

G_BEGIN_DECLS

/* All functions: mask is u8, non-zero is inside. Distances above max_mm are given as max_mm; INFINITY: no
 * limit (a small limit makes the work much shorter). Where nothing to measure to is in the volume, the value
 * is the smaller of max_mm and the length of the volume's diagonal. Result: f32 on the mask's grid (new),
 * exact to float rounding. Errors: WILLIS_ERROR_BAD_INPUT for another scalar type or max_mm <= 0; NO_MEMORY;
 * cancelled. Method: one separable minimum of parabolas per axis, the search bounded by the best so far;
 * several lines side by side in vector lanes. Memory: the result and some cache-size tiles a thread. Same
 * bits for any number of threads. */

/* From each voxel to the nearest inside voxel: 0 inside. */
WillisVolume *willis_distance_to_mask (const WillisVolume *mask, double max_mm,
                                       const WillisProgress *progress, GError **error);

/* From each voxel to the nearest outside voxel of the volume: 0 outside. What lies beyond the border does not
 * count. */
WillisVolume *willis_distance_in_mask (const WillisVolume *mask, double max_mm,
                                       const WillisProgress *progress, GError **error);

/* Positive inside (to the nearest outside voxel), negative outside (to the nearest inside voxel). */
WillisVolume *willis_distance_signed (const WillisVolume *mask, double max_mm, const WillisProgress *progress,
                                      GError **error);

G_END_DECLS
