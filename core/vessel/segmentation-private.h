/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The parts of willis_segment and willis_lumen_surface: levels of a scan, sparse fields, tube cores, growth, and the
 * local half maximum. Used only inside this room. Values are in scan units unless a name says otherwise.
 */
#include "core/vessel/segmentation.h"

G_BEGIN_DECLS

/* What the histogram says about a scan. */
typedef struct
{
  WillisModality modality;
  double background; // what surrounds the vessels
  double noise;      // standard deviation of it
  double lumen;      // inside thick vessels
} WillisLevels;

/* One voxel as float, whatever the type. */
static inline float
willis_voxel (const WillisVolume *volume, const void *voxels, gsize n)
{
  switch (willis_volume_scalar (volume))
    {
    case WILLIS_SCALAR_U8:
      return ((const guint8 *) voxels)[n];
    case WILLIS_SCALAR_I16:
      return ((const gint16 *) voxels)[n];
    default:
      return ((const float *) voxels)[n];
    }
}

/* Levels from the histogram. FALSE: nothing bright enough to be a vessel, or cancelled. */
gboolean willis_levels_find (WillisVolume *volume, WillisModality modality, const WillisProgress *progress,
                             WillisLevels *out, GError **error);

/* A field on a grid of which only some bricks of 8 x 8 x 8 voxels are stored. */
typedef struct
{
  int dims[3], bricks[3];
  gint32 *table; // [bricks product] number of the stored brick or -1
  float *data;   // [n][512]
  gsize n;
} WillisBricks;

/* Stores all bricks in which mark has a voxel set, and those within margin voxels of one; values are fill. */
void willis_bricks_init (WillisBricks *bricks, const int dims[3], const guint8 *mark, guint8 mask, int margin,
                         float fill);
/* The same bricks with other values. */
void willis_bricks_init_like (WillisBricks *bricks, const WillisBricks *other, float fill);
void willis_bricks_clear (WillisBricks *bricks);

/* Where the value of voxel (i, j, k) is stored, NULL where it is not; the indices must be inside. */
static inline float *
willis_bricks_at (const WillisBricks *b, int i, int j, int k)
{
  gint32 n = b->table[((gsize) (k >> 3) * b->bricks[1] + (j >> 3)) * b->bricks[0] + (i >> 3)];

  return n < 0 ? NULL : b->data + ((gsize) n << 9 | (gsize) ((k & 7) << 6 | (j & 7) << 3 | (i & 7)));
}

/* Flags of a voxel while a scan is segmented. */
enum
{
  WILLIS_MARK_ARTERY = 1,
  WILLIS_MARK_BONE = 2,
  WILLIS_MARK_CORE = 4,
  WILLIS_MARK_BAND = 8, // bright enough to be looked at
  WILLIS_MARK_SEEN = 16,
  WILLIS_MARK_NEAR_BONE = 32,
  WILLIS_MARK_NEAR_CORE = 64,
  WILLIS_MARK_VISITED = 128,
};

/* Sets CORE where the scan, clipped at ceiling, is curved down in two directions at some scale between 0.6 and 1.6 mm
 * by more than part of contrast: tubes and blobs, not plates. Only BAND voxels are looked at. */
gboolean willis_cores_mark (WillisVolume *volume, const WillisLevels *levels, double ceiling, guint8 *mark,
                            const WillisProgress *progress, GError **error);

/* Connected pieces (26 neighbours) of the voxels with all bits of mask: calls func with the voxels of each piece;
 * SEEN is used and left cleared. */
typedef void (*WillisPieceFunc) (const gsize *voxels, gsize n, gpointer data);
void willis_mark_pieces (guint8 *mark, const int dims[3], guint8 mask, guint8 not_mask, WillisPieceFunc func,
                         gpointer data);

/* Sets bit out on all voxels within radius_mm of a voxel with bit in (a ball in millimetres). */
void willis_mark_dilate (guint8 *mark, const WillisGrid *grid, guint8 in, guint8 out, double radius_mm);

/* The lumen field: (I - T) / (L - B) with T the local threshold between the local background B and the local lumen
 * level L, on the bricks around the artery label, not clamped; -0.5 away from it and -0.5 .. 0 on bone and plaque.
 * fraction: T = B + fraction (L - B). contrast (may be NULL): L - B on the same bricks, NaN where the field is not of
 * this form. */
gboolean willis_lumen_field (WillisVolume *volume, const WillisVolume *labels, const WillisLevels *levels,
                             double fraction, const WillisProgress *progress, WillisBricks *out,
                             WillisBricks *contrast, GError **error);

G_END_DECLS
