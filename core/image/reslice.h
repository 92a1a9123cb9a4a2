/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Pictures of a volume: the values on any plane through it, alone or over a slab, and these values as
 * shades of grey with labels laid over them. Made for the screen: single precision, sixty times a second.
 */
#include "core/image/volume.h"

G_BEGIN_DECLS

/* A picture's place in the patient. Pixel (x, y) lies at corner + pixel_mm (x right + y down). */
typedef struct
{
  double corner_lps_mm[3]; // centre of pixel (0, 0)
  double right[3];         // unit, orthogonal to down
  double down[3];          // unit
  double pixel_mm;         // > 0
  int width, height;       // pixels
} WillisPlane;

typedef enum
{
  WILLIS_SLAB_MAX,  // maximum intensity
  WILLIS_SLAB_MIN,
  WILLIS_SLAB_MEAN,
} WillisSlab;

typedef struct
{
  gboolean nearest;     // the voxel's own value instead of the trilinear one
  WillisSlab slab;
  double thickness_mm;  // of the slab, centred on the plane; 0: the plane alone
  double window, level; // scan units: level - window / 2 is black, level + window / 2 white
  guint32 outside;      // colour outside the volume, 0xAARRGGBB premultiplied
  const WillisVolume *labels; // u8, any grid, or NULL; value n is drawn in palette[n] over the grey
  const guint32 *palette;     // [256], 0xAARRGGBB premultiplied; only with labels
} WillisResliceParams;

#define WILLIS_RESLICE_PARAMS_INIT { FALSE, WILLIS_SLAB_MAX, 0.0, 700.0, 250.0, 0xff000000, NULL, NULL }

/* The plane's normal, right x down: away from the viewer. */
void willis_plane_normal (const WillisPlane *plane, double normal[3]);

/* Values on the plane into out [height][width]; NaN outside the volume, which reaches half a voxel beyond the outermost
 * voxel centres. Uses window, level, outside and labels of params not at all. */
void willis_reslice_values (const WillisVolume *volume, const WillisPlane *plane, const WillisResliceParams *params,
                            float *out);

/* The picture, 0xAARRGGBB premultiplied in machine order (cairo's ARGB32), rows stride_px pixels apart. */
void willis_reslice_argb (const WillisVolume *volume, const WillisPlane *plane, const WillisResliceParams *params,
                          guint32 *out, gsize stride_px);

/* The value below which the fraction q of the voxels lies (of at most about a million of them, evenly taken). */
double willis_volume_quantile (const WillisVolume *volume, double q);

G_END_DECLS
