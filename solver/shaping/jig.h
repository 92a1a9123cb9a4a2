/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * A jig for a 3D printer: a bar that follows the mandrel, with an open groove into which the wire is pressed bend by bend.
 */
#include "core/mesh/surface.h"
#include "solver/shaping/mandrel.h"

G_BEGIN_DECLS

#define WILLIS_JIG_HALF_MM 1.4 // half the width of the bar: below the least radius of a bend, so that it does not cut itself

/* Closed outward surface in millimetres, the wire's centreline at the bottom of the groove's round (new). wire_mm: 0.2 to 1. */
WillisSurface *willis_mandrel_jig (const WillisMandrel *mandrel, double wire_mm, GError **error);

G_END_DECLS
