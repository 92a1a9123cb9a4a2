/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Private to ui/scene. Our own rasteriser: pictures with no OpenGL and no display, and a second opinion on VTK's.
 * Light, colours and geometry are those of the VTK stage. The same input gives the same bytes, whatever the number
 * of threads.
 */
#include "ui/scene/camera.h"
#include "ui/scene/shape.h"
#include "ui/scene/volume-caster.h"

G_BEGIN_DECLS

/* Light from the eye: colour (AMBIENT + DIFFUSE cos) + SPECULAR cos^POWER. */
#define WILLIS_LIGHT_AMBIENT 0.22
#define WILLIS_LIGHT_DIFFUSE 0.78
#define WILLIS_LIGHT_SPECULAR 0.18
#define WILLIS_LIGHT_POWER 24.0
/* The inside of a cut surface is drawn this much darker. */
#define WILLIS_LIGHT_INSIDE 0.55

typedef struct _WillisRaster WillisRaster;

/* A picture of width x height, each pixel of samples x samples; background 0xAARRGGBB. NULL with
 * WILLIS_ERROR_BAD_INPUT for absurd sizes. */
WillisRaster *willis_raster_new (const WillisCamera *camera, int width, int height, int samples,
                                 guint32 background, GError **error);
void willis_raster_free (WillisRaster *raster);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WillisRaster, willis_raster_free)

/* Nothing is drawn where plane[0..2] . x < plane[3]; NULL: everything is. */
void willis_raster_set_clip (WillisRaster *raster, const double plane[4]);

/* rgb is used where shape has no colours. Draw opaque shapes (opacity 1) and lines first, then the translucent ones in
 * any order: their colours are averaged by opacity (Meshkin 2007), as VTK does. */
void willis_raster_shape (WillisRaster *raster, const WillisShape *shape, guint32 rgb, double opacity);
void willis_raster_line (WillisRaster *raster, const WillisLine *line, guint32 rgb, double scale);

/* RGBA bytes from the top left (new), straight alpha. volume (may be NULL) is cast in front of what was drawn. */
guint8 *willis_raster_finish (WillisRaster *raster, const WillisCaster *volume);

/* Distance in front of the eye of the opaque thing at a pixel's middle; infinite where there is none. */
float willis_raster_depth (const WillisRaster *raster, int x, int y);

G_END_DECLS
