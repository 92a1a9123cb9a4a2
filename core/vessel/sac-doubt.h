/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What speaks against a sac as it was cut off. Private to core/vessel; willis_aneurysm_doubt () says it.
 */
#include "core/mesh/surface.h"
#include "core/vessel/aneurysm.h"

G_BEGIN_DECLS

/* How far what is thin of a sac reaches from what is not, in mm; 0 where nothing is. Thin is where the wall across,
 * inwards along the normal, is nearer than a part of width_mm, the sac's width: daughter sacs and pointed domes are
 * thin for a short way, an artery that was cut off with the sac for a long one. sac: without its lid, normals outward.
 */
double willis_sac_thin_reach (WillisSurface *sac, double width_mm);

/* What of the lumen goes on below a neck out of all arteries' tubes, beside the sac that was cut off, in parts of its
 * volume: where an artery lies against a sac or runs through it, no plane cuts off all of the sac. The part of the wall
 * that stands out and hangs together with the sac, no farther from the neck than 1.5 of its radii, is taken as a wedge
 * over the tubes. lumen: oriented; morphology: the sac's. NaN without a tree (NULL) or arteries. */
double willis_sac_below (const WillisSurface *lumen, const WillisTree *tree, const WillisNeck *neck, WillisSurface *sac,
                         const WillisMorphology *morphology);

/* How far above its neck the centrelines lead through a sac: out of its wall at two places, or at one and down to the
 * neck by two ways, as where it touches an artery and is not parted from it. 0 where they end in it, or one artery
 * leaves it. NaN without a tree (NULL). */
double willis_sac_through_mm (const WillisTree *tree, const WillisNeck *neck, WillisSurface *sac);

G_END_DECLS
