/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "solver/rod/frame.h"
#include "solver/stent/wires.h"

G_BEGIN_DECLS

/* The place at s; goes on straight beyond the ends. */
void _willis_wire_path_point (const WillisWirePath *path, double s, double point[3]);

/* Unit, towards rising s, over a stretch of twice over. */
void _willis_wire_path_tangent (const WillisWirePath *path, double s, double over, double tangent[3]);

/* Abscissa of the point of the path nearest to x, within 6 mm of a guess. */
double _willis_wire_path_foot (const WillisWirePath *path, const double x[3], double guess);

/* Curvature [n] in 1/mm at points ([n][3], mm) with their abscissae s, by the angle between the chords over two pieces to either
 * side; 0 at both ends. */
void _willis_wire_path_curvature (const double *points, const double *s, gsize n, double *curvature);

/* The frame of a crossing on a tube of this radius about centre, at azimuth phi from u towards v: first axis along the tube (t),
 * second outwards. t, u, v: unit, at right angles. */
void _willis_wire_path_crossing (const double centre[3], const double t[3], const double u[3], const double v[3], double phi,
                                 double radius, WillisFrame *frame);

/* Whether s lies at the neck. */
gboolean _willis_wire_path_unsupported (const WillisLumenLine *line, double s);

G_END_DECLS
