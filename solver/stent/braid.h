/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The braid: wires of fixed length that cross without sliding. D is always the diameter of the wire-centre helix, alpha the
 * angle of the wires to the axis. The cells are rhombi of constant side, so (Jedwab & Clerc 1993; De Beule 2009; helix geometry)
 *
 *   sin alpha = D / D_max,   dL / ds = cos alpha,   L = S cos alpha = sqrt (S^2 - (n pi D)^2) where D is uniform.
 *
 * Forces are those of open-coiled springs, all wires in parallel, ends that do not turn, crossings without friction
 * (Jedwab & Clerc 1993, J Appl Biomater 4:77). Units: mm, N, MPa.
 */
#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  double wires;            // all of them, half each way; NAN where not known
  double wire_diameter_mm; // NAN where not known
  double d_max_mm;         // where the cells are flat
  double wire_length_mm;   // S, of one wire
  double free_diameter_mm; // unloaded; NAN where not known, then nothing limits the braid but its table
  double young_gpa, poisson; // NAN where not known
  double lumen_offset_mm;  // lumen diameter less D: two wire diameters, 0 where diameters are given of the helix
  double known_lo_mm, known_hi_mm; // D between which a maker's table speaks; NAN where there is no table
} WillisBraid;

/* What a braid is like where its diameter is D. NAN where the braid does not know it. */
typedef struct
{
  double diameter_mm;
  double angle;            // alpha, rad
  double spacing_mm;       // between neighbouring parallel wires, across them
  double coverage;         // metal over surface, of the thin lattice
  double porosity;         // 1 - coverage
  double pore_density_mm2; // cells per square millimetre
  double axial_force_n;    // that holds it at this diameter
  double pressure_mpa;     // on the wall
  double radial_force_n_mm; // pressure x circumference, per millimetre of length
  double dl_l_per_dd_d;    // relative length change per relative diameter change: -tan^2 alpha
} WillisBraidState;

/* Of the unloaded braid: helix diameter, length, angle to the axis. Errors: WILLIS_ERROR_BAD_INPUT for numbers that are no
 * braid. lumen_offset_mm is set to two wire diameters. */
gboolean willis_braid_from_free (WillisBraid *out, double wires, double wire_diameter_mm, double free_diameter_mm,
                                 double free_length_mm, double free_angle, double young_gpa, double poisson, GError **error);

typedef struct
{
  double worst_mm, rms_mm;           // residuals of the fit; 0 with two rows, which any braid meets
  double loo_worst_mm, loo_rms_mm;   // each inner row predicted from the others; NAN with fewer than three rows
  double loo_end_worst_mm;           // the two end rows predicted from the others: extrapolation; NAN likewise
} WillisBraidFit;

/* The braid of a maker's table of length against diameter, by least squares of the lengths: D_max and S. offset_mm is what
 * the diameters of the table are larger than the helix. fit may be NULL. Errors: WILLIS_ERROR_BAD_INPUT where the table is
 * not one of a braid (lengths that do not fall, fewer than two rows). */
gboolean willis_braid_from_table (WillisBraid *out, const double *diameter_mm, const double *length_mm, gsize n, double offset_mm,
                                  WillisBraidFit *fit, GError **error);

/* Length of the whole braid where its diameter is D everywhere; NAN above D_max. */
double willis_braid_length (const WillisBraid *braid, double diameter_mm);

void willis_braid_state (const WillisBraid *braid, double diameter_mm, WillisBraidState *out);

/* cos of the angle of the wires where the axis is bent: each azimuth has cells of its own, stretched at the outer curve and
 * crowded at the inner, and the circumference closes:
 * mean over phi of sqrt (1 - c^2 (1 - e cos phi)^2) = sin alpha, e = curvature x radius. To first order the length falls by
 * e^2 / (4 sin^2 alpha). Where the outer cells would be longer than their wires, they are straight: c = 1 / (1 + e). */
double willis_braid_bent_cos (double sin_alpha, double bend);

G_END_DECLS
