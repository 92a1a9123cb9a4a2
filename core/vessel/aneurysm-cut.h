/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Cutting the sac off the lumen along one closed loop. Private to core/vessel.
 */
#include "core/mesh/surface.h"

G_BEGIN_DECLS

typedef struct
{
  WillisSurface *sac;  // open at the neck, outward
  double *curve;       // [n_curve][3] its rim
  gsize n_curve;
  double other_rim_mm2; // area of the rims that the sac has besides (artery ends, holes)
} WillisCut;

void willis_cut_clear (WillisCut *cut);

/* Cuts along the loop of the plane's section that belongs to the neck: with dome (a point inside the sac) the loop that
 * bounds the piece nearest to it, without the loop around centre, or the nearest to it. A closed lobe that dips
 * below the plane elsewhere stays with the sac; an artery that leaves it is cut at the plane. lumen must be consistently oriented. WILLIS_ERROR_FAILED where the
 * loop does not part the sac from the artery. */
gboolean willis_cut_plane (const WillisSurface *lumen, const double centre[3], const double normal[3],
                           const double *dome, WillisCut *out, GError **error);

/* Cuts along a closed curve on or near the surface; which side is the sac is found: the one with fewer open ends,
 * then the smaller one. */
gboolean willis_cut_curve (const WillisSurface *lumen, const double *curve, gsize n_curve, const double *dome,
                           WillisCut *out, GError **error);

/* The part of the surface whose triangles reach into the ball (new): enough to work on a neck, and small. */
WillisSurface *willis_cut_near (const WillisSurface *lumen, const double centre[3], double radius_mm);

G_END_DECLS
