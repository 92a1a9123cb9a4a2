/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The third model of a braid in a lumen: every wire a rod (geometrically exact, with the curvature and twist of the free braid), every
 * crossing a hinge about the wall's normal that does not slide, the lumen a distance field that wire centres keep a wire's diameter away
 * from, without friction. Wires of both hands run on one surface, half way between the two layers. It starts from the first model and
 * needs nothing of it but that: what it ends in is its own equilibrium.
 */
#include "solver/contact/lumen.h"
#include "solver/stent/deploy.h"

G_BEGIN_DECLS

/* The centreline of the lumen (borrowed). */
typedef struct
{
  gsize n;
  const double *s_mm;          // rising
  const double *points_lps_mm; // [n][3]
} WillisWirePath;

typedef struct
{
  double axial_force_n;   // on the proximal end (+ pulls), against the distal one
  double wall_n_mm;       // stiffness of an elastic wall, a crossing; 0: rigid
  int max_steps;          // 0: 400
} WillisWireOptions;

typedef struct
{
  double length_mm;             // along the centreline, mean over the circumference
  double start_mm, end_mm;      // abscissae of the distal and the proximal end
  double diameter_mm;           // of the helix, mean over the middle half
  double angle;                 // of the wires there, rad
  double radial_force_n_mm;     // wall force over length, over the middle half
  double gap_max_mm;            // of a crossing to the wall; the ends' last two rings and the neck are left out
  double apposed_01, apposed_03; // fractions of the crossings with a gap below 0.1 and 0.3 mm
  double porosity_inner, porosity_outer; // of the middle half's cells at the inner and outer side of the bend; NAN where straight
  int n_rings, around, steps;
  double *points_lps_mm;        // [n_rings * around][3], crossings
  double *gap_mm;               // [n_rings * around]
} WillisWires;

/* The wall's stiffness (wall_n_mm) for a lumen from a scan. Such a lumen is rough by some hundredths of a millimetre; a wall that
 * gives a little at each crossing (0.01 mm at an ordinary force) lets the wires lie on its mean. The value is an assumption: on one
 * case a flow diverter became 18.1, 19.2 and 19.8 mm long with 0.01, 0.03 and 0.1, and 20.4 mm against a rigid wall, riding on the
 * roughness. */
#define WILLIS_WIRES_SCAN_WALL_N_MM 0.03

void willis_wires_clear (WillisWires *wires);

/* Errors: cancelled; WILLIS_ERROR_BAD_INPUT for a braid whose wires, stiffness or free diameter are not known, or a lumen that ends
 * before the braid does; WILLIS_ERROR_FAILED where the wires do not come to rest. line: the lumen as the first model takes it; lumen (may
 * be NULL: no wall) the distance field about path. */
gboolean willis_wires_settle (const WillisBraid *braid, const WillisLumenLine *line, const WillisWirePath *path, WillisLumen *lumen,
                              double start_mm, int direction, const WillisWireOptions *options, const WillisProgress *progress,
                              WillisWires *out, GError **error);

/* Crossings of wire w (0 .. 2 around - 1; even: right-handed) as indices, one a ring. */
int willis_wires_crossing (const WillisWires *wires, int wire, int ring);

G_END_DECLS
