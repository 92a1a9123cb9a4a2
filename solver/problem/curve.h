/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The given shape of a rod as a curve by arc length with a frame at every station: a line, an arc of a circle, or a smooth
 * curve through points (cubic spline over the chord, not-a-knot ends).
 */
#include <glib.h>

#include "solver/rod/frame.h"

G_BEGIN_DECLS

typedef struct _WillisCurve WillisCurve;

WillisCurve *willis_curve_line (const double from[3], const double to[3]);

/* From start along the unit tangent, bending towards normal (its part across the tangent counts). */
WillisCurve *willis_curve_arc (const double start[3], const double tangent[3], const double normal[3], double radius,
                               double angle);

/* points [n][3], n >= 2, no two neighbours equal. */
WillisCurve *willis_curve_points (const double *points, gsize n);

void willis_curve_free (WillisCurve *curve);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WillisCurve, willis_curve_free)

double willis_curve_length (const WillisCurve *curve);

/* Number of points given (0 for line and arc) and the arc length at point i. */
gsize willis_curve_n_points (const WillisCurve *curve);
double willis_curve_at_point (const WillisCurve *curve, gsize i);

/* Frames at n rising stations (mm): first axis along the tangent, second axis as near to axis2 as it can be at the start
 * (NULL: any), then carried along without twist. */
void willis_curve_frames (const WillisCurve *curve, const double *stations, gsize n, const double *axis2,
                          WillisFrame *frames);

G_END_DECLS
