/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Leaving a part of a surface out and closing what opens by least surfaces. Private to core/vessel.
 */
#include "core/mesh/rims.h"
#include "core/mesh/surface.h"
#include "core/vessel/aneurysm.h"

G_BEGIN_DECLS

/* How far a point is beyond the plane of a neck, mm; negative below it. */
double willis_neck_above (const WillisNeck *neck, const double point[3]);

/* The triangles on the positive side (a byte each, new) that hang together with the one nearest to a point. */
guint8 *willis_piece_at (const WillisSurface *whole, const gint8 *side, const double inside[3]);

/* The rims of the triangles that are kept (a byte each), in ids of the whole surface (new). */
WillisLoops *willis_kept_rims (const WillisSurface *whole, const guint8 *keep);

/* The triangles that are kept, oriented, with n of the rims, rims of kept ones, closed by the least surface on each
 * (new). NULL where one encloses no area. */
WillisSurface *willis_kept_closed (const WillisSurface *whole, const guint8 *keep, const WillisLoops *rims,
                                   const gsize *which, gsize n);

G_END_DECLS
