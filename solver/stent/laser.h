/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * A laser-cut stent in a lumen: rows of struts between crowns, every strut a rod, crowns rigid; rows share their crowns (closed cells) or
 * are joined by short bridges at some of them (open and hybrid cells). It opens from a tube that fits the lumen towards its free diameter.
 * Struts are elastic (the plateau of nitinol is not modelled: forces are those of small strains). It says how cells open, where crowns
 * leave the wall and how hard they press. How long the stent becomes it does not say: the angle between struts that the catalogue implies
 * is not that of the maker's drawing, and length follows from it; willis_stent_try takes the label's foreshortening.
 */
#include "core/plan/catalogue.h"
#include "solver/stent/wires.h"

G_BEGIN_DECLS

typedef struct
{
  double length_mm;         // of this model along the centreline; not a prediction (see above)
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
