/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * A laser-cut stent in a lumen: rows of struts between crowns, every strut a rod, crowns rigid; rows share their crowns (closed cells) or
 * are joined by short bridges at some of them (open and hybrid cells). It opens from a tube that fits the lumen towards its free diameter.
 * Struts are elastic (the plateau of nitinol is not modelled: forces are those of small strains). It says how cells open, where crowns
 * leave the wall, how hard they press and how long the stent becomes. Length rests on the angle between struts, which follows from crowns
 * and length of a row; where the catalogue assumes those, so is the length (willis_laser_length).
 */
#include "core/plan/catalogue.h"
#include "solver/stent/wires.h"

G_BEGIN_DECLS

/* Length of the stent where it is so wide everywhere, and in *sd (may be NULL) how far that is left open by what is printed. Two readings
 * of a label: by the cells, struts as long as they are, rows sqrt (strut^2 - (pi D / 2 crowns)^2), the labelled length that of the stent
 * at its labelled diameter; or by the foreshortening, the labelled length that in the catheter, less with the square of the diameter (the
 * first order of the same law). The value is half way between, sd half of what they differ, and not below half of the foreshortening.
 * Where cells are not known the second alone. */
double willis_laser_length (const WillisDevice *device, double diameter_mm, double *sd_mm);

typedef struct
{
  double length_mm;         // along the centreline
  double start_mm, end_mm;
  double diameter_mm;       // through the crowns, mean over the middle half
  double radial_force_n_mm;
  double gap_max_mm;        // of a crown to the wall: crowns that stand into the lumen in a bend
  double apposed_03;        // fraction of the crowns with a gap below 0.3 mm
  double opening_outer_mm, opening_inner_mm; // largest circle between struts at the outer and inner side of the bend; equal where straight
  int n_rings, around, steps;
  double *points_lps_mm;    // [n_rings * around][3]
} WillisLaserCut;

void willis_laser_cut_clear (WillisLaserCut *cut);

/* As willis_wires_settle. length_mm: of the device when free. Errors: cancelled; WILLIS_ERROR_BAD_INPUT for a device that is no laser-cut
 * stent or whose cells the catalogue does not know; WILLIS_ERROR_FAILED where it does not come to rest. */
gboolean willis_laser_cut_settle (const WillisDevice *device, const WillisLumenLine *line, const WillisWirePath *path, WillisLumen *lumen,
                                  double start_mm, int direction, const WillisProgress *progress, WillisLaserCut *out, GError **error);

G_END_DECLS
