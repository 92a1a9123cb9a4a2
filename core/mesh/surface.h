/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * A triangle surface in LPS millimetres. Immutable once made and reference counted. Triangles are
 * counter-clockwise seen from outside, so normals point out of the lumen. Open rims are allowed.
 */
#include <glib.h>

G_BEGIN_DECLS

typedef struct _WillisSurface WillisSurface;

/* Takes points [n_points][3] and triangles [n_triangles][3] (g_malloc'd). */
WillisSurface *willis_surface_new_take (double *points_lps_mm, gsize n_points, gint32 *triangles,
                                        gsize n_triangles);
WillisSurface *willis_surface_new_copy (const double *points_lps_mm, gsize n_points,
                                        const gint32 *triangles, gsize n_triangles);

WillisSurface *willis_surface_ref (WillisSurface *surface);
void willis_surface_unref (WillisSurface *surface);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WillisSurface, willis_surface_unref)

gsize willis_surface_n_points (const WillisSurface *surface);
gsize willis_surface_n_triangles (const WillisSurface *surface);
const double *willis_surface_points (const WillisSurface *surface);    // [n_points][3], mm LPS, borrowed
const gint32 *willis_surface_triangles (const WillisSurface *surface); // [n_triangles][3], borrowed

/* Points finite, indices inside, no triangle that uses a point twice; WILLIS_ERROR_BAD_INPUT otherwise. */
gboolean willis_surface_check (const WillisSurface *surface, GError **error);

/* Axis-aligned box: box[0..2] lowest, box[3..5] highest corner; zeros when empty. */
void willis_surface_bounds (const WillisSurface *surface, double box_lps_mm[6]);

/* Sum of triangle areas. */
double willis_surface_area_mm2 (const WillisSurface *surface);

/* Volume by the divergence theorem; meaningful for a closed, outward surface only. */
double willis_surface_volume_mm3 (const WillisSurface *surface);

/* Barycentre of the solid that a closed, outward surface encloses, from tetrahedra with its first point; returns the
 * volume, mm3. Where that is 0 the barycentre is left alone. */
double willis_surface_barycentre (const WillisSurface *surface, double centre_lps_mm[3]);

/* Angle-weighted unit normals at the points (new, [n_points][3]; g_free). */
double *willis_surface_point_normals (const WillisSurface *surface);

/* The surface moved by by_mm along its point normals (new). */
WillisSurface *willis_surface_offset (const WillisSurface *surface, double by_mm);

/* Digest of points and triangles (borrowed; computed once, then remembered). */
const char *willis_surface_digest (const WillisSurface *surface);

G_END_DECLS
