/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The artery after the device has been let go: a rod that wants to be straight in an artery that wants to keep its shape and is held by
 * what is around it,
 *
 *   minimise  INT  B_stent / 2 |x''|^2 + B_artery / 2 |u''|^2 + k / 2 |u|^2  ds,   x = x0 + u,   B_artery = k lambda^4
 *
 * the artery's length kept (beam on an elastic foundation; Hetenyi 1946). Stiffnesses of arteries with what holds them are not known, so the ratio of the two is
 * found from how much of its curvature the artery loses under the device, which is: King et al. 2012 (AJNR 33:1657, 24 arteries)
 * measured radii of curvature of 7.1 mm before and 10.7 mm after, a third.
 */
#include "solver/stent/artery.h"

G_BEGIN_DECLS

typedef struct
{
  WillisLumenLine line;      // the artery along its new centreline (points to the arrays below)
  double *s_mm, *curvature_1_mm, *points_lps_mm; // [n], [n], [n][3]
  double from_mm, to_mm;     // of the device on the new line
  double mean_curvature_before, mean_curvature_after; // under the device
  double moved_mm;           // the farthest that the centreline moves
  double shorter_mm;         // of the centreline under the device; about nothing
} WillisStraightened;

void willis_straightened_clear (WillisStraightened *s);

/* The artery with a device from from_mm to to_mm (abscissae, either order) that takes away this fraction of the curvature under it, as far
 * as the rod can. lambda_mm: the length over which the surroundings hold (0: 6 mm, an assumption). The artery must live on. Errors:
 * WILLIS_ERROR_BAD_INPUT for a device of less than 2 mm or a fraction that is not within 0 and 0.9. */
gboolean willis_stent_straighten (const WillisStentArtery *artery, double from_mm, double to_mm, double fraction, double lambda_mm,
                                  WillisStraightened *out, GError **error);

/* What that does to a braid's length: laid from its distal end on the line after less on the line before, both measured
 * alike. distal_mm, proximal_mm: its ends on the artery as it is. Errors: as willis_stent_straighten and
 * willis_braid_deploy. */
gboolean willis_stent_straighten_change (const WillisStentArtery *artery, const WillisBraid *braid, double distal_mm,
                                         double proximal_mm, const WillisStraightened *after, double *change_mm,
                                         GError **error);

G_END_DECLS
