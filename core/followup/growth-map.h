/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Displacements between two lumens in one coordinate system, and what of them is more than noise. Private to this room.
 */
#include "core/followup/arteries.h"

G_BEGIN_DECLS

/* Displacements at the points of a surface, averaged over patches of about a millimetre. */
typedef struct
{
  WillisSurface *surface; // borrowed
  double *mm;             // [points], positive where the follow-up reaches farther out; NaN: not comparable
  double *area;           // [points] a third of the triangles around
} WillisMap;

/* The displacement of surface's points against other; sign +1: surface is the follow-up's, -1: the baseline's.
 * use [points] or NULL: only these. */
void willis_map_init (WillisMap *map, WillisSurface *surface, const WillisBvh *other, double sign, const guint8 *use);
void willis_map_clear (WillisMap *map);

/* What unchanged arteries do. */
typedef struct
{
  double mean_mm, sd_mm; // of the displacements
  double sac_mm;         // deviation of the mean over a patch as large as the sac
  double area_mm2;
  double extreme_mm; // the largest |displacement - mean| that a patch as large as the sac has by chance, 99 of 100
} WillisNull;

/* From the maps of both lumens over the zone; sac_area_mm2: of the patches. FALSE: too little artery. */
gboolean willis_null_measure (const WillisMap maps[2], const WillisArteryZone *zone, double sac_area_mm2,
                              WillisNull *out);

/* Connected parts of the sac where sign * (displacement - null mean) is significant: z from 2 on, its peak at least
 * peak_mm. Appends to regions (of WillisGrowthRegion). */
void willis_regions_find (const WillisMap *map, const WillisNull *null, double sd_mm, double sign, double peak_mm,
                          GArray *regions);

/* The largest displacement of the growth's regions outwards (sign 1) or inwards (-1), positive; 0: none. */
double willis_growth_best_region (const WillisGrowth *growth, double sign);

/* Verdict and rule from what was measured. That nothing has changed is said only where the limit is small; a change
 * beyond a large limit is one where the volume agrees. */
void willis_growth_decide (WillisGrowth *growth);

G_END_DECLS
