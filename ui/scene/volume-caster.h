/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Private to ui/scene. Ray casting of volumes on the processor, for machines whose OpenGL is software too: empty
 * bricks are skipped, rays end when they are full. World is LPS millimetres.
 */
#include "core/image/volume.h"
#include "ui/scene/camera.h"
#include "ui/scene/scene.h"

G_BEGIN_DECLS

#define WILLIS_TRANSFER_SIZE 1024

/* What scan values look like. */
typedef struct
{
  double lo, hi;                            // values of the first and last entry; clamped beyond
  float rgba[WILLIS_TRANSFER_SIZE][4];      // colour; opacity of one reference length
  double reference_mm;
  gboolean mip;                             // maximum instead of compositing
} WillisTransferTable;

void willis_transfer_table (const WillisTransfer *transfer, WillisVolume *volume, WillisTransferTable *table);

typedef struct _WillisCaster WillisCaster;

/* References volume. */
WillisCaster *willis_caster_new (WillisVolume *volume, const WillisTransfer *transfer);
void willis_caster_free (WillisCaster *caster);

/* Casts the rays through a picture of w x h pixels as camera sees it: premultiplied RGBA into rgba [h][w][4] from the
 * top left. depth [h][w] (may be NULL) is where each ray ends: distance in front of the eye along the view axis.
 * plane as in willis_raster_set_clip. step: sample distance in smallest voxel spacings. Only rows
 * row_lo <= row < row_hi are done. */
void willis_caster_cast (const WillisCaster *caster, const WillisCamera *camera, int w, int h,
                         const float *depth, const double plane[4], double step, int row_lo, int row_hi,
                         guint8 *rgba);

/* Where the ray from origin along direction (t in [t_lo, t_hi]) first meets something you can see: opacity gathered
 * of half. FALSE: nowhere. */
gboolean willis_caster_hit (const WillisCaster *caster, const double origin[3], const double direction[3],
                            double t_lo, double t_hi, const double plane[4], double *t);

G_END_DECLS
