/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "solver/rod/equilibrium.h"

G_BEGIN_DECLS

/* Increment h[6] that leads from frame a to frame b. */
void _willis_rod_frame_difference (const WillisFrame *a, const WillisFrame *b, double h[6]);

/* Moves the frames by scale times solver->step and extrapolates the stress of the geometric part along it. */
void _willis_rod_take_step (WillisRodSolver *solver, WillisFrame *frames, double scale);

/* The residual is round-off beside the loads and the stiffness of the structure. */
gboolean _willis_rod_is_balanced (const WillisRodSolver *solver, double factor);

/* Largest increment of a step: radians, or lengths of the structure. */
double _willis_rod_largest (const WillisRodSolver *solver, const double *step);

G_END_DECLS
