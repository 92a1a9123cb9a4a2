/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "solver/stent/wires.h"

G_BEGIN_DECLS

/* The place at s; goes on straight beyond the ends. */
void _willis_wire_path_point (const WillisWirePath *path, double s, double point[3]);

/* Unit, towards rising s, over a stretch of twice over. */
void _willis_wire_path_tangent (const WillisWirePath *path, double s, double over, double tangent[3]);

/* Abscissa of the point of the path nearest to x, within 6 mm of a guess. */
double _willis_wire_path_foot (const WillisWirePath *path, const double x[3], double guess);

/* Whether s lies at the neck. */
gboolean _willis_wire_path_unsupported (const WillisLumenLine *line, double s);

G_END_DECLS
