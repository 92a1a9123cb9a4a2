/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The head of a NIfTI-1 file. Private to core/io.
 */
#include "core/image/volume.h"

G_BEGIN_DECLS

#define WILLIS_NIFTI_HEAD 352 // bytes, with the four that say that no extension follows

/* Fills head for a file whose voxels begin at voxels_at. WILLIS_ERROR_UNSUPPORTED where a side is over 32767. */
gboolean willis_nifti_head (const WillisVolume *volume, gsize voxels_at, guint8 head[WILLIS_NIFTI_HEAD],
                            GError **error);

G_END_DECLS
