/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * How the triangles of a surface hang together: neighbours, connected pieces, open rims, orientation.
 * Half-edge h = 3 t + c runs from corner c of triangle t to corner c + 1.
 */
#include "core/mesh/surface.h"

G_BEGIN_DECLS

/* Opposite half-edge of every half-edge, [3 n_triangles], -1 at a rim (new; g_free). Where more than two triangles
 * share an edge, those that run against each other are paired, the rest counts as rim. */
gint32 *willis_surface_opposites (const WillisSurface *surface);

/* Piece of every triangle, [n_triangles], counted from 0 in the order of their first triangle (new; g_free).
 * Triangles are connected over edges. */
gint32 *willis_surface_patches (const WillisSurface *surface, gsize *n_pieces);

/* Closed lists of point indices. */
typedef struct
{
  GArray *ids;  // gint32
  GArray *ends; // gsize, loop l is ids[ends[l - 1] .. ends[l])
} WillisLoops;

void willis_loops_free (WillisLoops *loops);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WillisLoops, willis_loops_free)
gsize willis_loops_n (const WillisLoops *loops);
const gint32 *willis_loops_get (const WillisLoops *loops, gsize l, gsize *n);
/* The points of loop l, whose ids are of surface: new [n][3], mm LPS. */
double *willis_loops_points (const WillisLoops *loops, gsize l, const WillisSurface *surface, gsize *n);

/* The open rims of a consistently oriented surface, each run with the surface on its left seen from outside (new). */
WillisLoops *willis_surface_rims (const WillisSurface *surface);

/* The same triangles, turned so that neighbours agree and each piece faces outward (its volume, rims closed by
 * fans, is positive); new. Triangles that use a point twice are left out. */
WillisSurface *willis_surface_oriented (const WillisSurface *surface);

/* Area vector of a closed polygon of n points: its length is the area of a flat one (Newell). centre (may be NULL)
 * receives the barycentre of the triangles that fan around the mean point; returns the length of the polygon. */
double willis_polygon_measure (const double *points, gsize n, double area_vector[3], double centre[3]);

G_END_DECLS
