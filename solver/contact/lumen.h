/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * A lumen as a signed distance: positive inside, zero on the wall, in millimetres. Gradient and second derivatives come with
 * it. Immutable once made; any number of threads may sample it.
 */
#include <glib.h>

#include "core/base/progress.h"
#include "core/image/volume.h"
#include "core/mesh/surface.h"

G_BEGIN_DECLS

typedef struct _WillisLumen WillisLumen;

/* An endless straight tube about the line from .. to. */
WillisLumen *willis_lumen_cylinder (const double from[3], const double to[3], double radius_mm);

/* A closed bent tube: minor radius about the circle of the major radius around axis. */
WillisLumen *willis_lumen_torus (const double centre[3], const double axis[3], double major_mm, double minor_mm);

/* A bent tube about any line [n][3] (closed: the last point joins the first): the distance to the line, smoothed, taken from
 * radius_mm [n]. For phantoms and for centrelines with their radii. */
WillisLumen *willis_lumen_line (const double *points, const double *radius_mm, gsize n, gboolean closed, double voxel_mm,
                                GError **error);

/* From samples of a signed distance, positive inside (kept): interpolated by quadratic B-splines, so that the gradient is
 * continuous (27 taps); voxels should be at most a quarter of the lumen's radius. Outside the grid the distance goes on
 * falling. */
WillisLumen *willis_lumen_volume (WillisVolume *distance, GError **error);

/* From a closed surface (mm, LPS); open ends are closed flat and hold a rod back like any wall. spacing_mm of the samples: 0 takes
 * what about fifteen million of them allow, 0.1 to 1 mm. */
WillisLumen *willis_lumen_from_surface (WillisSurface *surface, double spacing_mm, const WillisProgress *progress, GError **error);

/* From the voxels of one label: exact distances between voxel centres, the steps smoothed over a voxel. The wall is right to about a
 * tenth of a voxel in the mean where the lumen is at least six voxels wide; a surface made from grey values is better. */
WillisLumen *willis_lumen_from_labels (const WillisVolume *labels, int label, const WillisProgress *progress, GError **error);

WillisLumen *willis_lumen_ref (WillisLumen *lumen);
void willis_lumen_unref (WillisLumen *lumen);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WillisLumen, willis_lumen_unref)

/* Distance to the wall at x; gradient and hessian [9] may be NULL. */
double willis_lumen_sample (const WillisLumen *lumen, const double x[3], double gradient[3], double hessian[9]);

/* The size below which the lumen is not resolved: its radius where that is known, else four voxels. */
double willis_lumen_scale_mm (const WillisLumen *lumen);

G_END_DECLS
