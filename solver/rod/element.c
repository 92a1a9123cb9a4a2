/* SPDX-License-Identifier: Apache-2.0 */
#include "solver/rod/element.h"

#include <string.h>

#include "core/num/kernel.h"

/* |B_2k| / (2k)!: the even part of the inverse Jacobian of the exponential map is 1 + sum_k c_k ad^2k (-1)^(k+1) ... */
static const double bernoulli[] = {
  1.0,
  0.08333333333333333,
  0.001388888888888889,
  3.306878306878307e-05,
  8.267195767195768e-07,
  2.08767569878681e-08,
  5.284190138687493e-10,
  1.3382536530684679e-11,
  3.3896802963225827e-13,
  8.586062056277845e-15,
  2.174868698558062e-16,
  5.5090028283602295e-18,
  1.3954464685812522e-19,
};
#define N_BERNOULLI 13

typedef struct
{
  double a2, a4;   // even part of the inverse Jacobian: 1 + a2 ad^2 + a4 ad^4
  double b2, b4;   // derivatives of a2, a4 by phi^2
  double c;        // (1 - (phi/2) cot (phi/2)) / phi^2
} Coefficients;

/* For an angle whose square is p: power series below 1.2 rad (nine digits beyond the last kept), closed forms above. */
static inline void
coefficients (double p, Coefficients *k)
{
  if (p < 1.5)
    {
      double x = 1.0;

      memset (k, 0, sizeof *k);
      for (int i = 1; i < N_BERNOULLI - 1; i++)
        {
          /* a2 = sum (2 - i) c_i p^(i-1), a4 = sum (1 - i) c_i p^(i-2), c = sum c_i p^(i-1) */
          k->a2 += (2 - i) * bernoulli[i] * x;
          k->c += bernoulli[i] * x;
          k->a4 -= i * bernoulli[i + 1] * x;
          k->b2 += (1 - i) * i * bernoulli[i + 1] * x;
          if (i + 2 < N_BERNOULLI)
            k->b4 -= (i + 1) * i * bernoulli[i + 2] * x;
          x *= p;
        }
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

static inline void
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

static double
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
static inline void
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
static inline void
coadjoint (const double u[3], const double w[3], const double m[6], double out[6])
{
  double a[3], b[3];

  vec3_cross (out, m, w);
  vec3_cross (a, m, u);
  vec3_cross (b, m + 3, w);
  vec3_add (out + 3, a, b);
}

/* g += s C(m), where ad_d^T m = C(m) d. */
static inline void
add_coadjoint_map (double g[6][6], double s, const double m[6])
{
  double f[9], t[9];

  mat3_skew (f, m);
  mat3_skew (t, m + 3);
  for (int i = 0; i < 3; i++)
    for (int j = 0; j < 3; j++)
      {
        g[i][3 + j] += s * f[3 * i + j];
        g[3 + i][j] += s * f[3 * i + j];
        g[3 + i][3 + j] += s * t[3 * i + j];
      }
}

/* g <- ad^T g */
static inline void
apply_coadjoint (const double u[3], const double w[3], double g[6][6])
{
  for (int j = 0; j < 6; j++)
    {
      double m[6], out[6];

      for (int i = 0; i < 6; i++)
        m[i] = g[i][j];
      coadjoint (u, w, m, out);
      for (int i = 0; i < 6; i++)
        g[i][j] = out[i];
    }
}

/* Derivative by d of (even part)^T s at fixed s. */
static inline void
even_derivative (const double u[3], const double w[3], const Coefficients *k, const double s[6], double g[6][6])
{
  double m[5][6], t[6][6] = { 0 };

  memcpy (m[0], s, sizeof m[0]);
  for (int i = 0; i < 4; i++)
    coadjoint (u, w, m[i], m[i + 1]);
  memset (g, 0, sizeof (double) * 36);
  for (int i = 0; i < 4; i++)
    {
      if (i > 0)
        apply_coadjoint (u, w, t);
      add_coadjoint_map (t, 1.0, m[i]);
      if (i == 1 || i == 3)
        for (int a = 0; a < 36; a++)
          g[a / 6][a % 6] += (i == 1 ? k->a2 : k->a4) * t[a / 6][a % 6];
    }
  for (int i = 0; i < 6; i++)
    for (int j = 0; j < 3; j++)
      g[i][3 + j] += 2.0 * (k->b2 * m[2][i] + k->b4 * m[4][i]) * w[j];
}

/* The rows of the strain map that belong to one node: sign (even +- ad / 2) R^T. side: -1 first node, +1 second. */
static inline void
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

/* rows of the tangent of one node: R (side G_even + C(s) / 2) map. */
static inline void
add_geometric (const double g[6][6], const double s[6], const double r[9], int side, WillisRodElementForces *out)
{
  double h[6][6], l[6][6];
  int at = side < 0 ? 0 : 6;

  for (int i = 0; i < 36; i++)
    h[i / 6][i % 6] = side * g[i / 6][i % 6];
  add_coadjoint_map (h, 0.5, s);
  for (int b = 0; b < 2; b++)
    for (int i = 0; i < 3; i++)
      for (int j = 0; j < 6; j++)
        l[3 * b + i][j] = r[3 * i] * h[3 * b][j] + r[3 * i + 1] * h[3 * b + 1][j] + r[3 * i + 2] * h[3 * b + 2][j];
  for (int i = 0; i < 6; i++)
    for (int k = 0; k < 6; k++)
      {
        double f = l[i][k];

        for (int j = 0; j < 12; j++)
          out->tangent[at + i][j] += f * out->map[k][j];
      }
}

/* The moments and forces of one node are turned with its frame: adds their part of the tangent. */
static inline void
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

static inline void
material_part (const WillisRodElement *element, const double *s, WillisRodElementForces *out, double geometric[12])
{
  memset (out->gradient, 0, sizeof out->gradient);
  memset (geometric, 0, sizeof (double) * 12);
  memset (out->tangent, 0, sizeof out->tangent);
  for (int k = 0; k < 6; k++)
    {
      double c = element->stiffness[k] / element->length;

      for (int i = 0; i < 12; i++)
        {
          double f = c * out->map[k][i];

          out->gradient[i] += out->map[k][i] * out->stress[k];
          geometric[i] += out->map[k][i] * s[k];
          for (int j = 0; j < 12; j++)
            out->tangent[i][j] += f * out->map[k][j];
        }
    }
}

WILLIS_KERNEL void
willis_rod_element_eval (const WillisRodElement *element, const WillisFrame *a, const WillisFrame *b,
                         const double *geometric_stress, WillisRodElementForces *out)
{
  double r1[9], r2[9], u[3], w[3], e3[9], q3[9], g[6][6], turning[12];
  const double *s = geometric_stress != NULL ? geometric_stress : out->stress;
  Coefficients k;

  quat_to_matrix (r1, a->q);
  quat_to_matrix (r2, b->q);
  relative (a, b, r1, u, w, &k);
  out->energy = stress_and_energy (element, u, w, out->stress);
  even_part (u, w, &k, e3, q3);
  fill_map (e3, q3, u, w, r1, -1, out->map);
  fill_map (e3, q3, u, w, r2, 1, out->map);
  material_part (element, s, out, turning);
  even_derivative (u, w, &k, s, g);
  add_geometric (g, s, r1, -1, out);
  add_geometric (g, s, r2, 1, out);
  add_turning (turning, 0, out);
  add_turning (turning + 6, 6, out);
}
