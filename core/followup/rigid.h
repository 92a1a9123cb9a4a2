/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Rigid motions between the patient spaces of two scans: y = r x + t, LPS millimetres. All functions are pure and
 * inline; outputs may alias inputs.
 */
#include <string.h>

#include "core/num/so3.h"

typedef struct
{
  double r[9]; // rotation, row major
  double t[3]; // mm
} WillisRigid;

#define WILLIS_RIGID_INIT { { 1, 0, 0, 0, 1, 0, 0, 0, 1 }, { 0, 0, 0 } }

static inline void
willis_rigid_apply (const WillisRigid *m, const double x[3], double out[3])
{
  double y[3];

  mat3_apply (y, m->r, x);
  vec3_add (out, y, m->t);
}

static inline WillisRigid
willis_rigid_invert (const WillisRigid *m)
{
  WillisRigid out;

  for (int i = 0; i < 3; i++)
    for (int j = 0; j < 3; j++)
      out.r[3 * i + j] = m->r[3 * j + i];
  mat3_apply (out.t, out.r, m->t);
  vec3_scale (out.t, out.t, -1.0);
  return out;
}

/* First b, then a. */
static inline WillisRigid
willis_rigid_compose (const WillisRigid *a, const WillisRigid *b)
{
  WillisRigid out;

  mat3_mul (out.r, a->r, b->r);
  mat3_apply (out.t, a->r, b->t);
  vec3_add (out.t, out.t, a->t);
  return out;
}

/* Rotation by the vector w (rad) about centre, then translation by t. */
static inline WillisRigid
willis_rigid_about (const double w[3], const double centre[3], const double t[3])
{
  WillisRigid out;
  double q[4], c[3];

  quat_exp (q, w);
  quat_to_matrix (out.r, q);
  mat3_apply (c, out.r, centre);
  vec3_sub (out.t, centre, c);
  vec3_add (out.t, out.t, t);
  return out;
}

/* The rotation's angle, rad. */
static inline double
willis_rigid_angle (const WillisRigid *m)
{
  double q[4], w[3];

  quat_from_matrix (q, m->r);
  quat_log (w, q);
  return vec3_norm (w);
}

/* How far the two motions carry the point x apart, mm. */
static inline double
willis_rigid_gap (const WillisRigid *a, const WillisRigid *b, const double x[3])
{
  double p[3], q[3];

  willis_rigid_apply (a, x, p);
  willis_rigid_apply (b, x, q);
  return vec3_dist (p, q);
}

/* As [3][4] rows r | t, as willis_resample takes it. */
static inline void
willis_rigid_to_rows (const WillisRigid *m, double rows[12])
{
  for (int i = 0; i < 3; i++)
    {
      memcpy (rows + 4 * i, m->r + 3 * i, 3 * sizeof (double));
      rows[4 * i + 3] = m->t[i];
    }
}
