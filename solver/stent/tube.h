/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The laid device as a surface to look at.
 */
#include "solver/stent/artery.h"

G_BEGIN_DECLS

/* A tube around the artery's centreline with the device's own diameter, 24 points around, with the gap to the wall at each point.
 * stations: of WillisStation. gaps (new, may be NULL): one per point of the surface. */
WillisSurface *willis_stent_tube (const WillisStentArtery *artery, const GArray *stations, double **gaps_mm);

/* The wires themselves as curves of n_points each (new, [n_wires][n_points][3]); at most max_wires are drawn, half each way. */
double *willis_stent_wires (const WillisStentArtery *artery, const GArray *stations, guint wires, guint max_wires, guint *n_wires,
                            guint *n_points);

/* The struts of a laser-cut stent as rows of crowns, each row one closed curve of *n_points (new,
 * [n_rows][n_points][3]); rows are row_mm long, at most max_rows are drawn, crowns at most 40. For looking at: how its
 * cells open says laser.h. */
double *willis_stent_crowns (const WillisStentArtery *artery, const GArray *stations, guint crowns, double row_mm,
                             guint max_rows, guint *n_rows, guint *n_points);

G_END_DECLS
