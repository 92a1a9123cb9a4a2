/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Vectors of three doubles, the smallest tool of the house. All functions are pure and inline;
 * outputs may alias inputs. Points are world LPS millimetres unless a name says otherwise.
 */
#include <math.h>

static inline void
vec3_set (double out[3], double x, double y, double z)
{
  out[0] = x;
  out[1] = y;
  out[2] = z;
}

static inline void
vec3_copy (double out[3], const double a[3])
{
  vec3_set (out, a[0], a[1], a[2]);
}

static inline void
vec3_add (double out[3], const double a[3], const double b[3])
{
  vec3_set (out, a[0] + b[0], a[1] + b[1], a[2] + b[2]);
}

static inline void
vec3_sub (double out[3], const double a[3], const double b[3])
{
  vec3_set (out, a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

static inline void
vec3_scale (double out[3], const double a[3], double s)
{
  vec3_set (out, a[0] * s, a[1] * s, a[2] * s);
}

/* out = a + s b */
static inline void
vec3_axpy (double out[3], const double a[3], double s, const double b[3])
{
  vec3_set (out, a[0] + s * b[0], a[1] + s * b[1], a[2] + s * b[2]);
}

/* out = (1 - t) a + t b */
static inline void
vec3_lerp (double out[3], const double a[3], const double b[3], double t)
{
  vec3_set (out, a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1]), a[2] + t * (b[2] - a[2]));
}

static inline double
vec3_dot (const double a[3], const double b[3])
{
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

static inline void
vec3_cross (double out[3], const double a[3], const double b[3])
{
  vec3_set (out, a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2],
            a[0] * b[1] - a[1] * b[0]);
}

static inline double
vec3_norm2 (const double a[3])
{
  return vec3_dot (a, a);
}

static inline double
vec3_norm (const double a[3])
{
  return sqrt (vec3_dot (a, a));
}

static inline double
vec3_dist (const double a[3], const double b[3])
{
  double d[3];

  vec3_sub (d, a, b);
  return vec3_norm (d);
}

/* Scales a to unit length; returns its length before. A zero vector stays zero. */
static inline double
vec3_normalize (double a[3])
{
  double n = vec3_norm (a);

  if (n > 0.0)
    vec3_scale (a, a, 1.0 / n);
  return n;
}

/* Two unit vectors u, v that make (u, v, n) right-handed for a unit vector n
 * (Duff et al. 2017, JCGT 6:1). */
static inline void
vec3_basis (const double n[3], double u[3], double v[3])
{
  double sign = copysign (1.0, n[2]);
  double a = -1.0 / (sign + n[2]);
  double b = n[0] * n[1] * a;

  vec3_set (u, 1.0 + sign * n[0] * n[0] * a, sign * b, -sign * n[0]);
  vec3_set (v, b, sign + n[1] * n[1] * a, -n[1]);
}
