/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Masks grown and shrunk by balls of a radius in millimetres, by exact distances. What lies beyond the
 * volume's border counts neither as mask nor as background.
 */
#include "core/base/progress.h"
#include "core/image/volume.h"

G_BEGIN_DECLS

/* mask: u8, non-zero inside. Results: 0 / 1 on the same grid (new). A voxel centre within radius_mm (>= 0) of
 * one inside belongs to the dilated mask; one farther than radius_mm from all outside to the eroded. Open:
 * erode, dilate; close: dilate, erode. Errors: WILLIS_ERROR_BAD_INPUT for type or radius; NO_MEMORY;
 * cancelled. */
WillisVolume *willis_mask_dilate (const WillisVolume *mask, double radius_mm, const WillisProgress *progress,
                                  GError **error);
WillisVolume *willis_mask_erode (const WillisVolume *mask, double radius_mm, const WillisProgress *progress,
                                 GError **error);
WillisVolume *willis_mask_open (const WillisVolume *mask, double radius_mm, const WillisProgress *progress,
                                GError **error);
WillisVolume *willis_mask_close (const WillisVolume *mask, double radius_mm, const WillisProgress *progress,
                                 GError **error);

G_END_DECLS
