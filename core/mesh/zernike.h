/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * 3D Zernike moments of the solid that a closed surface encloses: its shape in numbers that no turn changes.
 */
#include "core/mesh/surface.h"

G_BEGIN_DECLS

#define WILLIS_ZERNIKE_ORDER 8 // highest order n

/* The invariants F(n, l) = (sum over m of |Omega(n, l, m)|^2)^(1/2) (Novotni & Klein 2003, eq. 10 and after) into f[n][l],
 * dimensionless, for n from 0 to WILLIS_ZERNIKE_ORDER and l = n, n - 2, ... >= 0; the other entries are 0. Here
 *   Omega(n, l, m) = 3 / (4 pi) * integral over the solid of conj (Z(n, l, m)) dx,
 *   Z(n, l, m) = R(n, l)(r) Y(l, m),  integral over the unit ball of |Z|^2 dx = 4 pi / 3.
 * The solid is moved so that its barycentre lies at 0 and scaled so that the farthest point of its surface lies at 1: it then
 * fills the unit ball as far as it can, F(0, 0) is the share of the ball's volume that it takes, F(1, 1) is 0, the sum of all
 * F^2 is F(0, 0), and a ball has F(0, 0) = 1 and all others 0. Turning, mirroring, moving and scaling change nothing.
 *
 * The integrals are exact for the given triangles but for rounding: each triangle spans a tetrahedron with the barycentre,
 * in which the homogeneous polynomials integrate along the ray, and over the triangle by a Gauss rule of their degree.
 * surface: closed, outward. All entries NaN where it encloses no volume. */
void willis_zernike_moments (const WillisSurface *surface,
                             double f[WILLIS_ZERNIKE_ORDER + 1][WILLIS_ZERNIKE_ORDER + 1]);

G_END_DECLS
