/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Rotations as unit quaternions (w, x, y, z), matrices row major [9], rotation vectors in radians.
 * All functions are pure; outputs may not alias inputs unless said.
 */
#include <math.h>

#include "core/num/vec3.h"

/* out = a b (first b, then a); out may alias. */
static inline void
quat_mul (double out[4], const double a[4], const double b[4])
{
  double w = a[0] * b[0] - a[1] * b[1] - a[2] * b[2] - a[3] * b[3];
  double x = a[0] * b[1] + a[1] * b[0] + a[2] * b[3] - a[3] * b[2];
  double y = a[0] * b[2] - a[1] * b[3] + a[2] * b[0] + a[3] * b[1];
  double z = a[0] * b[3] + a[1] * b[2] - a[2] * b[1] + a[3] * b[0];

  out[0] = w;
  out[1] = x;
  out[2] = y;
  out[3] = z;
}

/* out = conjugate of a times b: the rotation from frame a to frame b; out may alias. */
static inline void
quat_mul_conj (double out[4], const double a[4], const double b[4])
{
  const double c[4] = { a[0], -a[1], -a[2], -a[3] };

  quat_mul (out, c, b);
}

static inline void
quat_normalize (double q[4])
{
  double n = 1.0 / sqrt (q[0] * q[0] + q[1] * q[1] + q[2] * q[2] + q[3] * q[3]);

  for (int i = 0; i < 4; i++)
    q[i] *= n;
}

/* The quaternion of the rotation vector w. */
static inline void
quat_exp (double q[4], const double w[3])
{
  double a2 = vec3_norm2 (w), a = sqrt (a2);
  double s = a > 1e-4 ? sin (0.5 * a) / a : 0.5 - a2 / 48.0;

  q[0] = cos (0.5 * a);
  q[1] = s * w[0];
  q[2] = s * w[1];
  q[3] = s * w[2];
}

/* The rotation vector of q, of length at most pi. */
static inline void
quat_log (double w[3], const double q[4])
{
  double sign = q[0] < 0.0 ? -1.0 : 1.0;
  double n = sqrt (q[1] * q[1] + q[2] * q[2] + q[3] * q[3]);
  double s = n > 1e-9 ? 2.0 * atan2 (n, sign * q[0]) / n : 2.0;

  vec3_set (w, sign * s * q[1], sign * s * q[2], sign * s * q[3]);
}

/* The matrix of q; its columns are the frame's axes. */
static inline void
quat_to_matrix (double r[9], const double q[4])
{
  double w = q[0], x = q[1], y = q[2], z = q[3];

  r[0] = 1.0 - 2.0 * (y * y + z * z);
  r[1] = 2.0 * (x * y - w * z);
  r[2] = 2.0 * (x * z + w * y);
  r[3] = 2.0 * (x * y + w * z);
  r[4] = 1.0 - 2.0 * (x * x + z * z);
  r[5] = 2.0 * (y * z - w * x);
  r[6] = 2.0 * (x * z - w * y);
  r[7] = 2.0 * (y * z + w * x);
  r[8] = 1.0 - 2.0 * (x * x + y * y);
}

/* The quaternion of a rotation matrix (Shepperd 1978). */
static inline void
quat_from_matrix (double q[4], const double r[9])
{
  double t = r[0] + r[4] + r[8];

  if (t >= r[0] && t >= r[4] && t >= r[8])
    {
      q[0] = 1.0 + t;
      vec3_set (q + 1, r[7] - r[5], r[2] - r[6], r[3] - r[1]);
    }
  else
    {
      int i = r[0] >= r[4] && r[0] >= r[8] ? 0 : r[4] >= r[8] ? 1 : 2;
      int j = (i + 1) % 3, k = (i + 2) % 3;

      q[0] = r[3 * k + j] - r[3 * j + k];
      q[1 + i] = 1.0 + r[4 * i] - r[4 * j] - r[4 * k];
      q[1 + j] = r[3 * i + j] + r[3 * j + i];
      q[1 + k] = r[3 * i + k] + r[3 * k + i];
    }
  quat_normalize (q);
}

/* out = r a for a matrix r; out may alias a. */
static inline void
mat3_apply (double out[3], const double r[9], const double a[3])
{
  vec3_set (out, r[0] * a[0] + r[1] * a[1] + r[2] * a[2], r[3] * a[0] + r[4] * a[1] + r[5] * a[2],
            r[6] * a[0] + r[7] * a[1] + r[8] * a[2]);
}

/* out = transpose of r times a; out may alias a. */
static inline void
mat3_apply_t (double out[3], const double r[9], const double a[3])
{
  vec3_set (out, r[0] * a[0] + r[3] * a[1] + r[6] * a[2], r[1] * a[0] + r[4] * a[1] + r[7] * a[2],
            r[2] * a[0] + r[5] * a[1] + r[8] * a[2]);
}

/* out = a b */
static inline void
mat3_mul (double out[9], const double a[9], const double b[9])
{
  for (int i = 0; i < 3; i++)
    for (int j = 0; j < 3; j++)
      out[3 * i + j] = a[3 * i] * b[j] + a[3 * i + 1] * b[3 + j] + a[3 * i + 2] * b[6 + j];
}

/* The matrix of the cross product with a. */
static inline void
mat3_skew (double out[9], const double a[3])
{
  out[0] = out[4] = out[8] = 0.0;
  out[1] = -a[2];
  out[2] = a[1];
  out[3] = a[2];
  out[5] = -a[0];
  out[6] = -a[1];
  out[7] = a[0];
}

/* out = q applied to a; out may alias a. */
static inline void
quat_apply (double out[3], const double q[4], const double a[3])
{
  double r[9];

  quat_to_matrix (r, q);
  mat3_apply (out, r, a);
}
