/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Blebs (daughter sacs): caps on the wall of a sac, each set off by a ring where the wall is concave.
 */
#include "core/mesh/surface.h"

G_BEGIN_DECLS

/* How many blebs (Salimi-Ashkezari 2021): the surface falls into pieces along the points with mean curvature H < 0, their
 * own or the average with their neighbours'; the largest piece is the dome, one that reaches an open rim is not enclosed,
 * and each other one whose cap (H > 0, K > 0) has 0.8 mm2 or more and normals spread over 0.84 sr (a turn of 30 degrees
 * from the top) or more counts. mean, gauss, area: [n_points] as from willis_surface_curvature and _point_areas; NaN
 * counts as not concave. A bleb whose ring is open is missed. */
guint willis_surface_blebs (const WillisSurface *sac, const double *mean, const double *gauss, const double *area);

G_END_DECLS
