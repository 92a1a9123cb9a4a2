/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The artery that a device is planned for: one way through the tree past a neck, with the lumen's sections along it. s runs
 * from proximal to distal, millimetres along the smoothed centreline.
 */
#include "core/base/progress.h"
#include "core/mesh/surface.h"
#include "core/vessel/aneurysm.h"
#include "solver/stent/deploy.h"

G_BEGIN_DECLS

typedef struct
{
  double s_mm;
  double diameter_mm; // of the branch near its origin, twice the inscribed radius
  int branch;
} WillisSideBranch;

typedef struct
{
  gsize n;
  double step_mm;
  double *s_mm;           // 0, step, 2 step ...
  double *points_lps_mm;  // [n][3]
  double *tangents;       // [n][3], unit, distal
  double *curvature_1_mm;
  double *diameter_mm;    // perimeter over pi of the section across, smoothed over 0.5 mm; bridged where interpolated
  double *area_diameter_mm; // of the circle of equal area, likewise
  double *inscribed_mm;   // twice the inscribed radius, as the tree has it
  gboolean *unsupported;  // at the neck
  gboolean *interpolated; // at the neck, at branches and where no section could be made
  double neck_lo_mm, neck_hi_mm; // proximal and distal edge of the neck
  double neck_mm;         // foot of the neck's centre
  double *open;           // fraction of the circumference that the neck takes
  GArray *side_branches;  // of WillisSideBranch, by s
} WillisStentArtery;

void willis_stent_artery_free (WillisStentArtery *artery);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WillisStentArtery, willis_stent_artery_free)

/* The way through tree past the aneurysm's neck with the blood (solver/stent/way.h), up to reach_mm on either side,
 * downstream into the branch named (into >= 0). Branches that end in the sac are left out. Errors: WILLIS_ERROR_FAILED
 * where the tree does not pass the neck, WILLIS_ERROR_BAD_INPUT where the blood does not come from it to into. */
WillisStentArtery *willis_stent_artery_new (WillisSurface *surface, const WillisTree *tree, const WillisAneurysm *aneurysm,
                                            int into, double reach_mm, const WillisProgress *progress, GError **error);

/* A lumen that is given, from its distal end on, with a neck from neck_from_mm to neck_to_mm (abscissae of the line): no side branches,
 * half of the circumference open at the neck's middle. points [line->n][3] (NULL: straight, or bent in one plane where the line has
 * curvature). Errors: WILLIS_ERROR_BAD_INPUT for a line of less than 5 mm or a neck that is not within it. */
WillisStentArtery *willis_stent_artery_of_line (const WillisLumenLine *line, const double *points_lps_mm, double neck_from_mm,
                                                double neck_to_mm, GError **error);

/* As a lumen to lay a braid in (borrows). */
WillisLumenLine willis_stent_artery_line (const WillisStentArtery *artery);

/* Where s lies (ends held). */
void willis_stent_artery_point (const WillisStentArtery *artery, double s_mm, double lps_mm[3], double tangent[3]);

G_END_DECLS
