/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * A braid laid from its distal end along a lumen: wires of fixed length are used up from station to station
 * (dL / ds = cos alpha), so the proximal end is where they are used up. Geometry alone; the first of the three models.
 */
#include "solver/stent/braid.h"

G_BEGIN_DECLS

/* A lumen along its centreline; between samples diameters are linear. Arrays are borrowed. */
typedef struct
{
  gsize n;                        // >= 2
  const double *s_mm;             // rising
  const double *diameter_mm;      // of the circle with the section's perimeter
  const double *curvature_1_mm;   // of the centreline; NULL: straight
  const gboolean *unsupported;    // at the neck: diameter_mm is that of the virtual healthy artery; NULL: nowhere
} WillisLumenLine;

typedef struct
{
  double s_mm;
  double lumen_mm;
  double gap_mm;                  // between wall and braid
  gboolean unsupported;
  WillisBraidState state;
  double bend;                    // curvature x radius
} WillisStation;

typedef struct
{
  double length_mm;               // along the centreline
  double start_mm, end_mm;        // abscissae of the distal and the proximal end
  double beyond_mm;               // of length_mm, past the end of the line: there its last diameter was assumed
  double outside_table_mm;        // of length_mm, where the diameter is outside the maker's table
  double diameter_mm;             // means over the length
  double coverage, porosity, pore_density_mm2, radial_force_n_mm;
  double gap_max_mm;
  double apposed_01, apposed_03;  // fractions of the length with a gap below 0.1 and 0.3 mm, neck left out
  GArray *stations;               // of WillisStation, every sample and both ends; NULL where not asked for
} WillisDeployment;

void willis_deployment_clear (WillisDeployment *deployment);

/* direction +1: s rises from the distal end on; -1: it falls. packing -1 (pulled) .. 1 (pushed): the braid is up to 4 % of its
 * free diameter narrower or wider where no wall holds it. stations: also fill the list. Errors: WILLIS_ERROR_BAD_INPUT where
 * the start is not on the line, or the lumen is wider than a braid whose free diameter is not known can open, or narrower than
 * two layers of wire. */
gboolean willis_braid_deploy (const WillisBraid *braid, const WillisLumenLine *line, double start_mm, int direction, double packing,
                              gboolean stations, WillisDeployment *out, GError **error);

/* The lumen's diameter at s (ends held). */
double willis_lumen_line_diameter (const WillisLumenLine *line, double s_mm);

G_END_DECLS
