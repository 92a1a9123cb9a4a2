/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The convex hull of points in space (quickhull; Barber, Dobkin, Huhdanpaa 1996).
 */
#include "core/mesh/surface.h"

G_BEGIN_DECLS

/* Triangles of the hull, outward, as indices of the given points (new GArray of gint32, three a triangle). Points
 * within 1e-12 of the extent of a face count as on it. NULL with WILLIS_ERROR_BAD_INPUT where the points are fewer
 * than four or lie in a plane. */
GArray *willis_convex_hull (const double *points_lps_mm, gsize n, GError **error);

G_END_DECLS
