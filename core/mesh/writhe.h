/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Writhe of a surface: how far it twists away from round, from its normals alone.
 */
#include "core/mesh/surface.h"

G_BEGIN_DECLS

/* The writhe of two points p and q with unit normals n is that of two stretches of a curve (Fuller 1971) with normals in the
 * place of tangents, as Lauric et al. 2010 carry it over to surfaces:
 *   w (p, q) = n_p . ((p - q) x n_q) / |p - q|^3.
 * Means over the surface S of its integrals, dimensionless:
 *   *absolute = 1 / (4 pi A(S)) * double integral over S of |w (p, q)| dq dp,
 *   *with_sign = 1 / (4 pi A(S)) * double integral over S of w (p, q) dq dp; either may be NULL.
 * Both are 0 for spheres, planes and parts of them; moving, turning and scaling change neither, mirroring turns the sign.
 *
 * (p - q) / |p - q|^3 is a gradient in q, so by Stokes' theorem the inner integral with sign is
 * -1 / (4 pi) n_p . (integral of dq / |p - q| along the open rims): 0 at every point of a closed surface. What the rims leave has
 * no divergence, so the mean depends on the rims alone too, and is 0 where the one rim is flat, whatever the shape. The one
 * with sign is therefore of use in tests only; absolute, which is to it as the average crossing number is to the writhe of a curve, is
 * the index. The papers' own formulas could not be had, so no published value could be compared.
 *
 * mean, gauss, area: [n_points] as from willis_surface_curvature and willis_surface_point_areas. Points are quadrature points of
 * their areas; what lies close to each is integrated from its curvature (points without one: left out). Where there are more
 * than 2000, neighbours are merged first. The error is of the first order in the edge length, 0.4 % for 2500 points.
 * Time O(points^2), at most 4 million pairs; the result does not depend on the number of threads. */
void willis_surface_writhe (const WillisSurface *surface, const double *mean, const double *gauss, const double *area,
                            double *absolute, double *with_sign);

G_END_DECLS
