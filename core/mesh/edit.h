/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Small changes of a surface: leave pieces out, close holes. Each returns a new surface.
 */
#include "core/mesh/surface.h"

G_BEGIN_DECLS

/* The triangles t with keep[t] != 0 and the points they use, both in their old order (new). point_map
 * [n_points] (may be NULL) gets the new index of each old point, -1 where it went. */
WillisSurface *willis_surface_pick (const WillisSurface *surface, const guint8 *keep, gint32 *point_map);

/* Without the pieces of less area than min_area_mm2 and without points of no triangle (new). */
WillisSurface *willis_surface_drop_small (const WillisSurface *surface, double min_area_mm2);

/* The piece of the largest area alone (new; empty for an empty surface). */
WillisSurface *willis_surface_largest_piece (const WillisSurface *surface);

/* Closes every rim of at most max_edges edges (0: any): short ones (up to 200 edges) by the triangles of
 * least area (Klincsek 1980; Liepa 2003), longer ones by a fan about their middle. Old points and triangles
 * come first, unchanged (new). n_closed may be NULL. */
WillisSurface *willis_surface_fill_holes (const WillisSurface *surface, gsize max_edges, gsize *n_closed);

/* The surface with its outside in (new). */
WillisSurface *willis_surface_flip (const WillisSurface *surface);

G_END_DECLS
