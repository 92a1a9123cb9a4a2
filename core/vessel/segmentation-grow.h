/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Growth of arteries from their cores, and the choice of pieces. Used only inside this room.
 */
#include "core/vessel/segmentation-private.h"

G_BEGIN_DECLS

typedef struct
{
  WillisVolume *volume;
  const void *voxels; // of volume
  const WillisGrid *grid;
  const WillisLevels *levels;
  guint8 *mark; // [voxels]
  double voxel_mm3, min_mm3;
} WillisGrowth;

/* A connected piece of artery. */
typedef struct
{
  double extent_mm; // diagonal of its box
  gsize first, n;   // its voxels in the list
  gboolean dull;    // thick, and inside less bright than blood
} WillisArteryPiece;

/* Marks arteries and bone in CTA with bone in it. */
gboolean willis_grow_beside_bone (const WillisGrowth *growth, const WillisProgress *progress, GError **error);

/* Marks arteries where everything bright is one. */
gboolean willis_grow_bright (const WillisGrowth *growth, const WillisProgress *progress, GError **error);

/* Unmarks pieces that are too small, sit in bone, or have no seed within 2 mm (where seeds are given). Returns how many
 * are left; longest_mm: the largest extent of one. */
int willis_keep_arteries (const WillisGrowth *growth, const double *seeds_lps_mm, gsize n_seeds, double *longest_mm);

/* Labels veins that hang on the arteries and unmarks them. */
void willis_veins_part (const WillisGrowth *growth, guint8 *labels);

/* Bone that hangs on the arteries is marked as such; labels say what of the bone is none, but plaque. */
void willis_limbs_part (const WillisGrowth *growth, const guint8 *labels);

G_END_DECLS
