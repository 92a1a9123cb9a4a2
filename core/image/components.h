/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Connected pieces of a mask. They are held as runs of voxels, so even a whole head needs little memory.
 */
#include "core/base/progress.h"
#include "core/image/volume.h"

G_BEGIN_DECLS

typedef struct
{
  gsize n_voxels;
  int box[6];       // lowest and highest voxel index along i, j, k (inclusive)
  int first[3];     // its first voxel in memory order
  double centre[3]; // mean voxel index
} WillisComponent;

typedef struct _WillisComponents WillisComponents;

/* Which voxels count. */
enum
{
  WILLIS_COMPONENTS_NONZERO = -1, // else a value 0 .. 255: voxels equal to it
};

/* Finds the pieces of mask (u8): connectivity 6 (faces), 18 (edges) or 26 (corners). Largest first, ties by
 * the first voxel. Time O(voxels), memory 16 bytes a run; the same result for any number of threads. Errors:
 * WILLIS_ERROR_BAD_INPUT for another scalar type or connectivity; cancelled. */
WillisComponents *willis_components_new (const WillisVolume *mask, int value, int connectivity,
                                         const WillisProgress *progress, GError **error);
void willis_components_free (WillisComponents *components);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WillisComponents, willis_components_free)

gsize willis_components_n (const WillisComponents *components);

/* Piece n (borrowed). */
const WillisComponent *willis_components_get (const WillisComponents *components, gsize n);

/* The piece at a voxel, -1 where there is none or the index is outside. */
gssize willis_components_at (const WillisComponents *components, int i, int j, int k);

/* A u8 volume (new): voxels of piece n have paint[n], all others 0. */
WillisVolume *willis_components_paint (const WillisComponents *components, const guint8 *paint,
                                       GError **error);

/* The pieces with at least min_voxels voxels, at most max_pieces of them (0: all), as a 0 / 1 volume (new).
 */
WillisVolume *willis_components_keep_large (const WillisComponents *components, gsize min_voxels,
                                            gsize max_pieces, GError **error);

/* mask (u8, any non-zero value) with its cavities filled: background that does not reach the border (new, 0 /
 * 1). */
WillisVolume *willis_mask_fill_cavities (const WillisVolume *mask, const WillisProgress *progress,
                                         GError **error);

G_END_DECLS
