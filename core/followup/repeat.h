/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * How far the indices of an unchanged aneurysm lie apart from scan to scan.
 */
#include "core/followup/growth.h"

G_BEGIN_DECLS

/* How far, in degrees, points of a sac that are as far from the neck's centre as its farthest, but for noise_mm, lie
 * from that: on a round dome noise decides which is the farthest. */
double willis_dome_spread_deg (const WillisSurface *sac, const double centre_lps_mm[3], double noise_mm);

/* Widens the deviations of the changes of shape and angles in g, which a shared neck plane leaves as uncertain as each
 * scan has them, by those of the two aneurysms (either may be NULL); spread_deg: of both domes. */
void willis_growth_widen (WillisGrowth *g, const WillisAneurysm *const own[2], double spread_deg);

G_END_DECLS
