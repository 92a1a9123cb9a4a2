/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * A volume: scalars on a regular grid in patient space. Immutable once made and reference counted, so
 * window and worker threads share it without locks. Index (i, j, k) addresses voxel centres; memory is
 * [k][j][i], i fastest. World is LPS millimetres; only the functions here convert.
 */
#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  int dims[3];             // number of voxels along i, j, k; each >= 1
  double origin_lps_mm[3]; // centre of voxel (0, 0, 0)
  double spacing_mm[3];    // > 0
  double direction[9];     // row major; column c is the unit direction of index axis c in LPS; right-handed
} WillisGrid;

typedef enum
{
  WILLIS_SCALAR_U8,  // masks, labels, 8-bit scans
  WILLIS_SCALAR_I16, // Hounsfield units
  WILLIS_SCALAR_F32,
} WillisScalar;

typedef struct _WillisVolume WillisVolume;

/* An axis-aligned grid at the given origin. */
WillisGrid willis_grid_new (const int dims[3], const double spacing_mm[3], const double origin_lps_mm[3]);

gsize willis_grid_n_voxels (const WillisGrid *grid);
gboolean willis_grid_equal (const WillisGrid *a, const WillisGrid *b);

/* Sizes positive and not absurd, spacing finite and 1e-4 .. 1e3 mm, direction orthonormal to 1e-4 and
 * right-handed; WILLIS_ERROR_BAD_INPUT otherwise. */
gboolean willis_grid_check (const WillisGrid *grid, GError **error);

/* Between continuous voxel indices and world points. Outputs may alias inputs. */
void willis_grid_ijk_to_lps (const WillisGrid *grid, const double ijk[3], double lps_mm[3]);
void willis_grid_lps_to_ijk (const WillisGrid *grid, const double lps_mm[3], double ijk[3]);

/* A direction or gradient (no translation): world = direction * (d_ijk / spacing) for gradients. */
void willis_grid_gradient_to_lps (const WillisGrid *grid, const double gradient_ijk[3],
                                  double gradient_lps[3]);

/* The smallest of the three spacings. */
double willis_grid_min_spacing (const WillisGrid *grid);

/* The grid of the sub-box [lo, hi] (voxel indices, inclusive, inside the grid). */
WillisGrid willis_grid_crop (const WillisGrid *grid, const int lo[3], const int hi[3]);

gsize willis_scalar_size (WillisScalar scalar);

/* Takes voxels (grid dims of them), which destroy (voxels_owner) frees; owner NULL means voxels itself.
 * The grid must pass willis_grid_check. */
WillisVolume *willis_volume_new_take (const WillisGrid *grid, WillisScalar scalar, void *voxels,
                                      GDestroyNotify destroy, gpointer owner);

/* Allocates voxels (not cleared) that the caller fills through willis_volume_voxels_rw before sharing it. */
WillisVolume *willis_volume_new (const WillisGrid *grid, WillisScalar scalar, GError **error);

WillisVolume *willis_volume_ref (WillisVolume *volume);
void willis_volume_unref (WillisVolume *volume);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WillisVolume, willis_volume_unref)

const WillisGrid *willis_volume_grid (const WillisVolume *volume);
WillisScalar willis_volume_scalar (const WillisVolume *volume);

/* The voxels (borrowed), typed; NULL where the volume holds another type. */
const void *willis_volume_voxels (const WillisVolume *volume);
const guint8 *willis_volume_u8 (const WillisVolume *volume);
const gint16 *willis_volume_i16 (const WillisVolume *volume);
const float *willis_volume_f32 (const WillisVolume *volume);

/* For the maker only, before the first reference is shared. */
void *willis_volume_voxels_rw (WillisVolume *volume);

/* The value of voxel (i, j, k) as double; indices must be inside. */
double willis_volume_get (const WillisVolume *volume, int i, int j, int k);

/* Trilinear value at a continuous index, clamped to the border. */
double willis_volume_sample (const WillisVolume *volume, const double ijk[3]);

/* Smallest and largest finite value (computed once, then remembered). */
void willis_volume_range (const WillisVolume *volume, double range[2]);

/* Digest of grid, type and voxels (borrowed text; computed once, then remembered). */
const char *willis_volume_digest (const WillisVolume *volume);

/* The same voxels as another type (new); values are rounded and clamped to the type's range. */
WillisVolume *willis_volume_convert (const WillisVolume *volume, WillisScalar scalar, GError **error);

/* The sub-box [lo, hi] (inclusive) as a new volume. */
WillisVolume *willis_volume_crop (const WillisVolume *volume, const int lo[3], const int hi[3],
                                  GError **error);

G_END_DECLS
