/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The two-node geometrically exact beam on SE(3) (Sonneville, Cardona & Bruls 2014, CMAME 268:451). Between its frames the
 * strain e = log (H1^-1 H2) / length is constant, so arcs and helices are represented exactly by any number of elements;
 * no locking, and the energy does not change under rigid motion. Valid while the turn over one element stays below pi.
 */
#include <glib.h>

#include "solver/rod/frame.h"

G_BEGIN_DECLS

typedef struct
{
  int node[2];
  double length;       // stress-free length
  double rest[6];      // stress-free strain: (1, 0, 0, twist, curvature about axis 2, about axis 3); 1/mm
  double stiffness[6]; // EA, GA2, GA3, GJ, EI2, EI3 (EI2 resists bending about the second axis)
} WillisRodElement;

/* What one evaluation gives. Rows and columns: (du, dtheta) of node 1, then of node 2, spatial. */
typedef struct
{
  double energy;
  double stress[6];      // C (e - rest), in the element's frame
  double gradient[12];   // internal forces and moments
  double tangent[12][12]; // derivative of gradient; symmetric at equilibrium only
  double map[6][12];     // d (strain * length) / d (increments)
} WillisRodElementForces;

/* Strain times length between the two frames, and the energy. */
double willis_rod_element_energy (const WillisRodElement *element, const WillisFrame *a, const WillisFrame *b);

/* Energy, forces and consistent tangent. geometric_stress: stress for the geometric part of the tangent, or NULL for
 * the element's own (mixed Newton: Magisano, Leonetti & Garcea 2017, CMAME 313:986). */
void willis_rod_element_eval (const WillisRodElement *element, const WillisFrame *a, const WillisFrame *b,
                              const double *geometric_stress, WillisRodElementForces *out);

G_END_DECLS
