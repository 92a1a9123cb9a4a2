/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * A frame of a rod: where a cross-section is and how it is turned. Its axes are the columns of the rotation: the
 * first is the section's normal (the tangent where shear is small), the second and third lie in the section.
 * Increments h = (du, dtheta) are spatial: r += du, R <- exp(dtheta) R, in world axes.
 */
#include "core/num/so3.h"

typedef struct
{
  double r[3]; // mm
  double q[4]; // unit quaternion (w, x, y, z)
} WillisFrame;

/* Moves frame f by the increment h[6]. */
static inline void
willis_frame_move (WillisFrame *f, const double h[6])
{
  double q[4];

  vec3_add (f->r, f->r, h);
  quat_exp (q, h + 3);
  quat_mul (f->q, q, f->q);
  quat_normalize (f->q);
}

/* Axis 0, 1 or 2 of the frame. */
static inline void
willis_frame_axis (const WillisFrame *f, int axis, double out[3])
{
  double r[9];

  quat_to_matrix (r, f->q);
  vec3_set (out, r[axis], r[3 + axis], r[6 + axis]);
}

/* d[6] = log (a^-1 b): the constant strain that leads from a to b over unit length (axis, shear, twist, bending). */
void willis_frame_log (const WillisFrame *a, const WillisFrame *b, double d[6]);

/* out = a exp (t d): the frame reached from a along the constant strain d. out may alias a. */
void willis_frame_exp (const WillisFrame *a, const double d[6], double t, WillisFrame *out);
