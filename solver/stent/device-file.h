/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Braids from outside: the small JSON file of a braided device, a lumen as CSV, and the devices of the catalogue.
 */
#include "core/plan/catalogue.h"
#include "solver/stent/deploy.h"

G_BEGIN_DECLS

/* Reads a device file: wires, wire_diameter_mm, free_diameter_mm, free_length_mm, free_angle_deg, young_gpa, poisson, or
 * table [{diameter_mm, length_mm}...] as printed by a maker (with any of the others that are known); diameter "lumen" (the
 * default: tubes and tables are lumens) or "helix". A free braid is of the wire-centre helix in either case. Unknown keys are
 * errors. fit may be NULL; it is zero where the file has no table. */
gboolean willis_braid_load (const char *path, WillisBraid *out, WillisBraidFit *fit, GError **error);

/* A CSV with the head "s_mm,diameter_mm" (a third column "curvature_1_mm" may follow). The arrays are owned by *data, to be
 * freed with g_free after the line. */
gboolean willis_lumen_line_load (const char *path, WillisLumenLine *out, double **data, GError **error);

/* A curve in space with its lumen: points every quarter of a millimetre, smoothed over a millimetre. */
typedef struct
{
  WillisLumenLine line; // with curvature
  double *points_lps_mm; // [line.n][3]
  double *data;          // what line points to
} WillisLumenCurve;

void willis_lumen_curve_clear (WillisLumenCurve *curve);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WillisLumenCurve, willis_lumen_curve_clear)

/* A CSV with the head "x_mm,y_mm,z_mm,diameter_mm", from the distal end on. */
gboolean willis_lumen_curve_load (const char *path, WillisLumenCurve *out, GError **error);

/* Whether the head of a CSV is that of a curve; FALSE also where it cannot be read. */
gboolean willis_lumen_is_curve (const char *path);

/* A CSV with the head "diameter_mm,length_mm", in any order; new arrays by rising diameter. */
gboolean willis_table_load (const char *path, double **diameter_mm, double **length_mm, gsize *n, GError **error);

/* The braid of a device of the catalogue: of its table, of its nominal and unconstrained lengths (D_max from all sizes of the
 * family together, since each length is rounded), or of its label's diameter, length and angle. Diameters of the catalogue are
 * those of vessels, except free diameters. fit may be NULL. */
gboolean willis_braid_from_device (const WillisDevice *device, WillisBraid *out, WillisBraidFit *fit, GError **error);

G_END_DECLS
