/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Cutting a surface exactly: triangles that the cut crosses are split along it, and neighbours share the new points.
 */
#include "core/mesh/surface.h"

G_BEGIN_DECLS

/* Keeps the part where value (one per point, linear over triangles) is positive. Values within snap of zero count as
 * on the cut; triangles that lie in the cut are left out. on_cut, when not NULL, receives one byte per point of the
 * result: whether it lies on the cut (new; g_free). Never NULL; may be empty. */
WillisSurface *willis_surface_clip_values (const WillisSurface *surface, const double *value, double snap,
                                           guint8 **on_cut);

/* The same without leaving anything out: side[t] of the result's triangles is 1 where value is positive, -1 where it is
 * negative, 0 for triangles that lie in the cut (new; g_free). */
WillisSurface *willis_surface_split_values (const WillisSurface *surface, const double *value, double snap,
                                            guint8 **on_cut, gint8 **side);

/* Keeps the side of the plane to which normal (unit) points. snap in mm; < 0 for a distance that stands for the
 * digits of single precision files. */
WillisSurface *willis_surface_clip_plane (const WillisSurface *surface, const double origin_lps_mm[3],
                                          const double normal[3], double snap_mm, guint8 **on_cut);

/* The snap distance that clip_plane takes for < 0. */
double willis_surface_snap_mm (const WillisSurface *surface);

G_END_DECLS
