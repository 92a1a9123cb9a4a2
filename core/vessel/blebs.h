/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Blebs (daughter sacs): where the wall of a sac stands out of the ball-shaped rest of it.
 */
#include "core/mesh/surface.h"

G_BEGIN_DECLS

typedef struct
{
  double tip_lps_mm[3];
  double height_mm; // of the tip above the saddle over which one comes to a higher bleb, or above the opened sac
  double base_mm;   // radius of the disc as large as its foot
} WillisBleb;

/* The blebs of a sac, highest first (new GArray of WillisBleb, may be empty). sac is open at its neck; closed is the
 * same with the neck and any other rim closed, its triangles beginning with those of sac; both outward.
 *
 * The sac is opened by a ball of 0.7 of the radius of the largest ball that fits into it (opening as in mathematical
 * morphology, Serra 1982: all that the ball covers when it rolls inside; through the neck and cut arteries it may stick
 * out). How far the wall stands out of what is left has peaks; one counts as a bleb where, all the same, its height is
 * 0.5 mm or more, and a quarter of the radius of its foot (a cap that turns by 28 degrees) or more; the wall around it
 * lies, on a third of the directions or more, below the hull of the bleb and its surroundings by a tenth of the height
 * or more: the tip of an oval or a pear does not; it does not run into the neck or an artery above that height. No
 * source gives numbers for any of these; core/vessel/README-morphology.md tells how they were chosen. */
GArray *willis_sac_blebs (WillisSurface *sac, WillisSurface *closed);

G_END_DECLS
