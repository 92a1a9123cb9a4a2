/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The second model of a braid in a lumen: its wires store bending and twist (the springs of Jedwab & Clerc), resist a change of their
 * angle along the device, and press on a wall that they cannot pass. Unknown is the angle of the wires at nodes equally spaced along
 * the wire, so all of the wire is used by construction (a wire whose angle to the axis changes by a' along it has a geodesic curvature of 2 a':
 * Clairaut's relation with sin a = D / D_max); where a node lies along the lumen follows from the angles before it. Gives what
 * geometry alone cannot: how the diameter passes over at the neck and at a step, flared ends, the force on the wall, and what a push or
 * pull at the proximal end does where friction lets it through.
 *
 * The place of the nodes is fixed while the angles are found, and found anew from them until both stay (friction holds what touches the
 * wall: a taper does not squeeze the braid along).
 */
#include "solver/stent/deploy.h"

G_BEGIN_DECLS

typedef struct
{
  const double *open;     // per sample of the line: fraction of the circumference without a wall; NULL: none
  double flare;           // the free diameter is wider by this fraction at both ends ...
  double flare_mm;        // ... and over this length of wire has become the device's own
  double axial_force_n;   // at the proximal end, + pulls; friction takes it away toward the distal end
  double friction;        // of braid and wall
  guint nodes;            // 0: 400
} WillisBraidEnergy;

/* Lays the braid as willis_braid_deploy does, by energy. The stations' radial force is the wall's answer, their state that of the local
 * diameter. options may be NULL. Errors: as willis_braid_deploy; WILLIS_ERROR_BAD_INPUT for a braid whose free diameter, wires or
 * stiffness are not known; WILLIS_ERROR_FAILED where the iteration does not settle. */
gboolean willis_braid_relax (const WillisBraid *braid, const WillisLumenLine *line, double start_mm, int direction,
                             const WillisBraidEnergy *options, WillisDeployment *out, GError **error);

/* Length of a braid that touches nothing, under an axial force (+ pulls); closed form by Newton, for checks. */
double willis_braid_length_under_force (const WillisBraid *braid, double force_n);

G_END_DECLS
