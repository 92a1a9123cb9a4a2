/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <json-glib/json-glib.h>

#include "solver/stent/rank.h"
#include "solver/stent/wires.h"

G_BEGIN_DECLS

/* willis stent --level 3: member "wires" of the object that is being built. points [line->n][3] of the centreline; NULL: straight, or bent in
 * one plane where the line has a curvature. Errors: as willis_wires_settle. */
gboolean willis_cli_wires_in_line (JsonBuilder *builder, const WillisBraid *braid, const WillisLumenLine *line, const double *points,
                                   gboolean tube, GError **error);

/* The same in the artery of a case, in the distance field of its surface. */
gboolean willis_cli_wires_in_artery (JsonBuilder *builder, const WillisBraid *braid, const WillisStentArtery *artery,
                                     WillisSurface *surface, double distal_mm, GError **error);

/* A laser-cut stent by its struts: member "cells". */
gboolean willis_cli_cells_in_artery (JsonBuilder *builder, const WillisDevice *device, const WillisStentArtery *artery,
                                     WillisSurface *surface, double distal_mm, GError **error);

/* willis stent --straighten: the artery after release, and the length of the device in it: member "straightened". */
gboolean willis_cli_straightened (JsonBuilder *builder, const WillisStentChoice *choice, const WillisStentArtery *artery, double fraction,
                                  GError **error);

G_END_DECLS
