/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The lumen surface moved until the scan that its inside would give is the scan that was measured.
 * Used only inside this room.
 */
#include "core/base/progress.h"
#include "core/vessel/lumen-blur.h"

G_BEGIN_DECLS

/* surface (new, same triangles) moved along its normals so that its inside, blurred, is the scan around it; blur starts
 * as given and is fitted too. field and contrast: of willis_lumen_field, for the same fraction. What is
 * beside the vessel without a label (a dull sinus, fluid, fat) is reckoned with; where bone, plaque, a vein or a shape
 * by hand is, at the border of the scan and where nothing says otherwise the surface stays as it is. NULL: cancelled.
 */
WillisSurface *willis_lumen_fit (const WillisGrid *grid, const WillisBricks *field, const WillisBricks *contrast,
                                 double fraction, const guint8 *labels, WillisBlur *blur, const WillisSurface *surface,
                                 const WillisProgress *progress, GError **error);

G_END_DECLS
