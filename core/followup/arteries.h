/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The refinement on the arteries around the aneurysm, and what of a lumen counts as unchanged artery. Private to
 * this room.
 */
#include "core/followup/growth.h"
#include "core/mesh/bvh.h"

G_BEGIN_DECLS

/* Which points may be compared: within radius of centre, away from both sacs and from the borders of both scans. All in
 * baseline coordinates. */
typedef struct
{
  double centre[3], radius_mm, margin_mm;
  const WillisBvh *sacs[2];     // either may be NULL
  const WillisGrid *grids[2];   // of baseline and follow-up
  WillisRigid motion;           // baseline to follow-up
} WillisArteryZone;

gboolean willis_artery_zone_has (const WillisArteryZone *zone, const double lps_mm[3]);

/* Moves align->motion so that the lumen surfaces lie on each other in the zone, both ways, the mean thickness between
 * them free; fills the rest of align. lumens: baseline and follow-up, each in its own coordinates; the zone's motion
 * is the starting one. FALSE: too few arteries, motion is left. Method: point to plane (Chen & Medioni 1992), weights
 * of Tukey, with a prior of 0.4 mm and 0.6 degrees about the start; error by leaving out one block of 8 mm after
 * another. */
gboolean willis_arteries_align (WillisSurface *const lumens[2], const WillisArteryZone *zone, WillisAlign *align);

G_END_DECLS
