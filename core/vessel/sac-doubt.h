/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What speaks against a sac as it was cut off. Private to core/vessel; willis_aneurysm_doubt () says it.
 */
#include "core/mesh/surface.h"

G_BEGIN_DECLS

/* How far what is thin of a sac reaches from what is not, in mm; 0 where nothing is. Thin is where the wall across,
 * inwards along the normal, is nearer than a part of width_mm, the sac's width: daughter sacs and pointed domes are
 * thin for a short way, an artery that was cut off with the sac for a long one. sac: without its lid, normals outward.
 */
double willis_sac_thin_reach (WillisSurface *sac, double width_mm);

G_END_DECLS
