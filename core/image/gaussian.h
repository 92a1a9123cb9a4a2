/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Gaussian smoothing in millimetres.
 */
#include "core/base/progress.h"
#include "core/image/volume.h"

G_BEGIN_DECLS

/* volume convolved with a Gaussian of standard deviation sigma_mm (0: unchanged), as f32 on the same grid
 * (new). At the border the weights inside the volume are renormalised to 1. Taps to 4 sigma, sums in float: a
 * constant stays to 1e-6. Errors: WILLIS_ERROR_BAD_INPUT for a negative sigma or one above 100 voxels;
 * NO_MEMORY; cancelled. Time O(voxels sigma); memory the result and a few rows a thread. Same bits for any
 * number of threads. */
WillisVolume *willis_gaussian (const WillisVolume *volume, double sigma_mm, const WillisProgress *progress,
                               GError **error);

G_END_DECLS
