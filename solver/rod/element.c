/* SPDX-License-Identifier: Apache-2.0 */
#include "solver/rod/element.h"

#include <string.h>

#include "core/num/kernel.h"

/* Into the kernels whole, so that they are compiled for each instruction set. */
#define INLINE static inline __attribute__ ((always_inline))

typedef struct
{
  double a2, a4;   // even part of the inverse Jacobian: 1 + a2 ad^2 + a4 ad^4
  double b2, b4;   // derivatives of a2, a4 by phi^2
  double c;        // (1 - (phi/2) cot (phi/2)) / phi^2
} Coefficients;

/* With c_i = |B_2i| / (2i)! (Bernoulli numbers) and p = phi^2: c = sum c_(i+1) p^i, a2 = sum (1 - i) c_(i+1) p^i,
 * a4 = -sum (i + 1) c_(i+2) p^i, b2 = -sum i (i + 1) c_(i+2) p^i, b4 = -sum (i + 1) (i + 2) c_(i+3) p^i. */
#define C1 0.08333333333333333
#define C2 0.001388888888888889
#define C3 3.306878306878307e-05
#define C4 8.267195767195768e-07
#define C5 2.08767569878681e-08
#define C6 5.284190138687493e-10
#define C7 1.3382536530684679e-11
#define C8 3.3896802963225827e-13
#define C9 8.586062056277845e-15
#define C10 2.174868698558062e-16
#define C11 5.5090028283602295e-18
#define C12 1.3954464685812522e-19
#define N_SERIES 11

static const double series[N_SERIES][8] = {
  { C1, C1, -C2, 0, -2 * C3, 0, 0, 0 },
  { C2, 0, -2 * C3, -2 * C3, -6 * C4, 0, 0, 0 },
  { C3, -C3, -3 * C4, -6 * C4, -12 * C5, 0, 0, 0 },
  { C4, -2 * C4, -4 * C5, -12 * C5, -20 * C6, 0, 0, 0 },
  { C5, -3 * C5, -5 * C6, -20 * C6, -30 * C7, 0, 0, 0 },
  { C6, -4 * C6, -6 * C7, -30 * C7, -42 * C8, 0, 0, 0 },
  { C7, -5 * C7, -7 * C8, -42 * C8, -56 * C9, 0, 0, 0 },
  { C8, -6 * C8, -8 * C9, -56 * C9, -72 * C10, 0, 0, 0 },
  { C9, -7 * C9, -9 * C10, -72 * C10, -90 * C11, 0, 0, 0 },
  { C10, -8 * C10, -10 * C11, -90 * C11, -110 * C12, 0, 0, 0 },
  { C11, -9 * C11, -11 * C12, -110 * C12, 0, 0, 0, 0 },
};

typedef double Eight __attribute__ ((vector_size (64), aligned (8)));
typedef double Four __attribute__ ((vector_size (32), aligned (8)));

/* For an angle whose square is p: power series below 1.2 rad (what is left out is under 1e-15), closed forms above. */
INLINE void
coefficients (double p, Coefficients *k)
{
  if (p < 1.5)
    {
      int n = p < 0.1 ? 6 : N_SERIES;
      Eight sum = { 0 };

      for (int i = n - 1; i >= 0; i--)
        sum = sum * p + *(const Eight *) series[i];
      *k = (Coefficients){ sum[1], sum[2], sum[3], sum[4], sum[0] };
    }
  else
    {
      double phi = sqrt (p), half = 0.5 * phi, cot = 1.0 / tan (half), csc2 = 1.0 + cot * cot;
      double g = half * cot, g1 = 0.5 * cot - 0.5 * half * csc2; /* dg / dphi */
      double g2 = -0.5 * csc2 + 0.5 * half * csc2 * cot;
      double a = 2.0 * (1.0 - g) + 0.5 * g1 * phi, b = 1.0 - g + 0.5 * g1 * phi;
      double da = -1.5 * g1 + 0.5 * g2 * phi, db = -0.5 * g1 + 0.5 * g2 * phi;

      k->a2 = a / p;
      k->a4 = b / (p * p);
      k->c = (1.0 - g) / p;
      k->b2 = (da / p - 2.0 * a / (p * phi)) / (2.0 * phi);
      k->b4 = (db / (p * p) - 4.0 * b / (p * p * phi)) / (2.0 * phi);
    }
}

INLINE void
relative (const WillisFrame *a, const WillisFrame *b, const double r1[9], double u[3], double w[3], Coefficients *k)
{
  double q[4], x[3], wx[3], wwx[3];

  quat_mul_conj (q, a->q, b->q);
  quat_log (w, q);
  coefficients (vec3_norm2 (w), k);
  vec3_sub (x, b->r, a->r);
  mat3_apply_t (x, r1, x);
  vec3_cross (wx, w, x);
  vec3_cross (wwx, w, wx);
  for (int i = 0; i < 3; i++)
    u[i] = x[i] - 0.5 * wx[i] + k->c * wwx[i];
}

void
willis_frame_log (const WillisFrame *a, const WillisFrame *b, double d[6])
{
  Coefficients k;
  double r1[9];

  quat_to_matrix (r1, a->q);
  relative (a, b, r1, d, d + 3, &k);
}

void
willis_frame_exp (const WillisFrame *a, const double d[6], double t, WillisFrame *out)
{
  double w[3], u[3], wu[3], wwu[3], q[4], x[3], p, phi, s, c;

  vec3_scale (w, d + 3, t);
  vec3_scale (u, d, t);
  p = vec3_norm2 (w);
  phi = sqrt (p);
  /* (1 - cos) / phi^2 and (phi - sin) / phi^3 */
  s = phi > 0.02 ? 2.0 * sin (0.5 * phi) * sin (0.5 * phi) / p : 0.5 - p / 24.0 + p * p / 720.0;
  c = phi > 0.02 ? (phi - sin (phi)) / (p * phi) : 1.0 / 6.0 - p / 120.0 + p * p / 5040.0;
  vec3_cross (wu, w, u);
  vec3_cross (wwu, w, wu);
  for (int i = 0; i < 3; i++)
    x[i] = u[i] + s * wu[i] + c * wwu[i];
  quat_apply (x, a->q, x);
  quat_exp (q, w);
  vec3_add (out->r, a->r, x);
  quat_mul (out->q, a->q, q);
  quat_normalize (out->q);
}

INLINE double
stress_and_energy (const WillisRodElement *element, const double u[3], const double w[3], double stress[6])
{
  double energy = 0.0;

  for (int i = 0; i < 6; i++)
    {
      double e = (i < 3 ? u[i] : w[i - 3]) / element->length - element->rest[i];

      stress[i] = element->stiffness[i] * e;
      energy += 0.5 * stress[i] * e;
    }
  return energy * element->length;
}

WILLIS_KERNEL double
willis_rod_element_energy (const WillisRodElement *element, const WillisFrame *a, const WillisFrame *b)
{
  double r1[9], u[3], w[3], stress[6];
  Coefficients k;

  quat_to_matrix (r1, a->q);
  relative (a, b, r1, u, w, &k);
  return stress_and_energy (element, u, w, stress);
}

/* Even part of the inverse Jacobian: diagonal blocks e3, upper block q3 (both symmetric). */
INLINE void
even_part (const double u[3], const double w[3], const Coefficients *k, double e3[9], double q3[9])
{
  double p = vec3_norm2 (w), wu = vec3_dot (w, u), ww[9], s[9], a[9], b[9];

  for (int i = 0; i < 3; i++)
    for (int j = 0; j < 3; j++)
      {
        ww[3 * i + j] = w[i] * w[j] - (i == j ? p : 0.0);
        s[3 * i + j] = w[i] * u[j] + u[i] * w[j] - (i == j ? 2.0 * wu : 0.0);
      }
  mat3_mul (a, ww, s);
  mat3_mul (b, s, ww);
  for (int i = 0; i < 9; i++)
    {
      e3[i] = (i % 4 == 0) + (k->a2 - k->a4 * p) * ww[i];
      q3[i] = k->a2 * s[i] + k->a4 * (a[i] + b[i]);
    }
}

/* out = ad^T m for the six-vector m. */
INLINE void
coadjoint (const double u[3], const double w[3], const double m[6], double out[6])
{
  double a[3], b[3];

  vec3_cross (out, m, w);
  vec3_cross (a, m, u);
  vec3_cross (b, m + 3, w);
  vec3_add (out + 3, a, b);
}

/* t (rows of six, the last two unused) += C(m), where ad_d^T m = C(m) d. */
INLINE void
add_coadjoint_map (Eight t[6], const double m[6])
{
  const double *f = m, *n = m + 3;

  t[0] += (Eight){ 0, 0, 0, 0, -f[2], f[1] };
  t[1] += (Eight){ 0, 0, 0, f[2], 0, -f[0] };
  t[2] += (Eight){ 0, 0, 0, -f[1], f[0], 0 };
  t[3] += (Eight){ 0, -f[2], f[1], 0, -n[2], n[1] };
  t[4] += (Eight){ f[2], 0, -f[0], n[2], 0, -n[0] };
  t[5] += (Eight){ -f[1], f[0], 0, -n[1], n[0], 0 };
}

/* t <- ad^T t, row by row. */
INLINE void
apply_coadjoint (const double u[3], const double w[3], Eight t[6])
{
  Eight f0 = t[0], f1 = t[1], f2 = t[2], m0 = t[3], m1 = t[4], m2 = t[5];

  t[0] = f1 * w[2] - f2 * w[1];
  t[1] = f2 * w[0] - f0 * w[2];
  t[2] = f0 * w[1] - f1 * w[0];
  t[3] = f1 * u[2] - f2 * u[1] + m1 * w[2] - m2 * w[1];
  t[4] = f2 * u[0] - f0 * u[2] + m2 * w[0] - m0 * w[2];
  t[5] = f0 * u[1] - f1 * u[0] + m0 * w[1] - m1 * w[0];
}

/* Derivative by d of (even part)^T s at fixed s: rows of g. */
INLINE void
even_derivative (const double u[3], const double w[3], const Coefficients *k, const double s[6], Eight g[6])
{
  const Eight turn = { 0, 0, 0, w[0], w[1], w[2] };
  Eight t[6] = { 0 };
  double m[5][6];

  memcpy (m[0], s, sizeof m[0]);
  for (int i = 0; i < 4; i++)
    coadjoint (u, w, m[i], m[i + 1]);
  add_coadjoint_map (t, m[0]);
  apply_coadjoint (u, w, t);
  add_coadjoint_map (t, m[1]);
  for (int i = 0; i < 6; i++)
    g[i] = t[i] * k->a2 + turn * (2.0 * (k->b2 * m[2][i] + k->b4 * m[4][i]));
  apply_coadjoint (u, w, t);
  add_coadjoint_map (t, m[2]);
  apply_coadjoint (u, w, t);
  add_coadjoint_map (t, m[3]);
  for (int i = 0; i < 6; i++)
    g[i] += t[i] * k->a4;
}

/* The rows of the strain map that belong to one node: sign (even +- ad / 2) R^T. side: -1 first node, +1 second. */
INLINE void
fill_map (const double e3[9], const double q3[9], const double u[3], const double w[3], const double r[9], int side,
          double map[6][12])
{
  double wx[9], ux[9], d[9], o[9];
  int at = side < 0 ? 0 : 6;

  mat3_skew (wx, w);
  mat3_skew (ux, u);
  for (int i = 0; i < 9; i++)
    {
      d[i] = side * e3[i] + 0.5 * wx[i];
      o[i] = side * q3[i] + 0.5 * ux[i];
    }
  for (int i = 0; i < 3; i++)
    for (int j = 0; j < 3; j++)
      {
        double dd = 0.0, oo = 0.0;

        for (int l = 0; l < 3; l++)
          {
            dd += d[3 * i + l] * r[3 * j + l];
            oo += o[3 * i + l] * r[3 * j + l];
          }
        map[i][at + j] = dd;
        map[i][at + 3 + j] = oo;
        map[3 + i][at + j] = 0.0;
        map[3 + i][at + 3 + j] = dd;
      }
}

/* What stands left of the map in the geometric part, for one node: R (side G_even + C(s) / 2). */
INLINE void
geometric_left (const Eight g[6], const double s[6], const double r[9], int side, double left[12][8])
{
  Eight h[6] = { 0 };
  int at = side < 0 ? 0 : 6;

  add_coadjoint_map (h, s);
  for (int i = 0; i < 6; i++)
    h[i] = h[i] * 0.5 + g[i] * (double) side;
  for (int b = 0; b < 2; b++)
    for (int i = 0; i < 3; i++)
      *(Eight *) left[at + 3 * b + i] = h[3 * b] * r[3 * i] + h[3 * b + 1] * r[3 * i + 1] + h[3 * b + 2] * r[3 * i + 2];
}

/* The moments and forces of one node are turned with its frame: adds their part of the tangent. */
INLINE void
add_turning (const double p[6], int at, WillisRodElementForces *out)
{
  double f[9], m[9];

  mat3_skew (f, p);
  mat3_skew (m, p + 3);
  for (int i = 0; i < 3; i++)
    for (int j = 0; j < 3; j++)
      {
        out->tangent[at + i][at + 3 + j] -= f[3 * i + j];
        out->tangent[at + 3 + i][at + 3 + j] -= m[3 * i + j];
      }
}

/* Gradient and tangent: (map^T C / length + left) map. turning: the gradient for the geometric stress s. */
INLINE void
multiply_out (const WillisRodElement *element, const double *s, double left[12][8], WillisRodElementForces *out, double turning[12])
{
  Four row[6][3], sum[3] = { 0 }, turn[3] = { 0 };

  for (int k = 0; k < 6; k++)
    for (int c = 0; c < 3; c++)
      {
        row[k][c] = *(const Four *) (out->map[k] + 4 * c);
        sum[c] += row[k][c] * out->stress[k];
        turn[c] += row[k][c] * s[k];
      }
  memcpy (out->gradient, sum, sizeof sum);
  memcpy (turning, turn, sizeof turn);
  for (int i = 0; i < 12; i++)
    {
      Four t[3] = { 0 };

      for (int k = 0; k < 6; k++)
        {
          double f = left[i][k] + element->stiffness[k] / element->length * out->map[k][i];

          for (int c = 0; c < 3; c++)
            t[c] += row[k][c] * f;
        }
      memcpy (out->tangent[i], t, sizeof t);
    }
}

WILLIS_KERNEL void
willis_rod_element_eval (const WillisRodElement *element, const WillisFrame *a, const WillisFrame *b,
                         const double *geometric_stress, WillisRodElementForces *out)
{
  double r1[9], r2[9], u[3], w[3], e3[9], q3[9], turning[12], left[12][8];
  const double *s = geometric_stress != NULL ? geometric_stress : out->stress;
  Coefficients k;
  Eight g[6];

  quat_to_matrix (r1, a->q);
  quat_to_matrix (r2, b->q);
  relative (a, b, r1, u, w, &k);
  out->energy = stress_and_energy (element, u, w, out->stress);
  even_part (u, w, &k, e3, q3);
  fill_map (e3, q3, u, w, r1, -1, out->map);
  fill_map (e3, q3, u, w, r2, 1, out->map);
  even_derivative (u, w, &k, s, g);
  geometric_left (g, s, r1, -1, left);
  geometric_left (g, s, r2, 1, left);
  multiply_out (element, s, left, out, turning);
  add_turning (turning, 0, out);
  add_turning (turning + 6, 6, out);
}
