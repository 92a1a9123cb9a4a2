/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Curvature of a triangle surface at its points.
 */
#include "core/mesh/surface.h"

G_BEGIN_DECLS

/* Mean curvature (1/mm, positive where the surface bulges outward) and Gaussian curvature (1/mm2) of every point, into
 * arrays of n_points; both NaN where too few neighbours are known. The surface must be consistently oriented.
 * A quadric plus a cubic height function is fitted to the points around (about 2.6 edge lengths), so spheres,
 * ellipsoids and cylinders come out exact. Points on an open rim are not fitted to (after a cut they lie on chords of the
 * surface) and take the mean of their neighbours. */
void willis_surface_curvature (const WillisSurface *surface, double *mean, double *gauss);

/* A third of the area of the triangles around each point (new, [n_points]; g_free). */
double *willis_surface_point_areas (const WillisSurface *surface);

G_END_DECLS
