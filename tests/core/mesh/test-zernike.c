/* SPDX-License-Identifier: Apache-2.0 */
/*
 * 3D Zernike moments against shapes whose moments are known, and against the published formulas of the polynomials.
 */
#include <complex.h>

#include "core/mesh/zernike.h"
#include "tests/support/shapes.h"

#define ORDER WILLIS_ZERNIKE_ORDER

typedef double Invariants[ORDER + 1][ORDER + 1];

static double
difference (Invariants a, Invariants b)
{
  double most = 0.0;

  for (int n = 0; n <= ORDER; n++)
    for (int l = 0; l <= ORDER; l++)
      most = MAX (most, fabs (a[n][l] - b[n][l]));
  return most;
}

static WillisSurface *
corners_surface (const double (*points)[3], gsize n, const gint32 (*triangles)[3], gsize n_triangles)
{
  return willis_surface_new_copy (points[0], n, triangles[0], n_triangles);
}

static WillisSurface *
box (double half_x, double half_y, double half_z)
{
  static const gint32 faces[12][3] = { { 0, 2, 3 }, { 0, 3, 1 }, { 4, 5, 7 }, { 4, 7, 6 }, { 0, 1, 5 }, { 0, 5, 4 },
                                       { 2, 6, 7 }, { 2, 7, 3 }, { 0, 4, 6 }, { 0, 6, 2 }, { 1, 3, 7 }, { 1, 7, 5 } };
  double corners[8][3];

  for (int k = 0; k < 8; k++)
    vec3_set (corners[k], k & 1 ? half_x : -half_x, k & 2 ? half_y : -half_y, k & 4 ? half_z : -half_z);
  return corners_surface ((const double (*)[3]) corners, 8, faces, 12);
}

static void
test_ball (void)
{
  g_autoptr (WillisSurface) ball = shape_sphere (5);
  Invariants f;

  willis_zernike_moments (ball, f);
  g_assert_cmpfloat_with_epsilon (f[0][0], 1.0, 2e-3); // the facets lie inside
  f[0][0] = 0.0;
  for (int n = 0; n <= ORDER; n++)
    for (int l = 0; l <= ORDER; l++)
      g_assert_cmpfloat (f[n][l], <, l == 0 ? 4e-3 : 2e-4);
}

/* Edge s = 2 / sqrt (3): the corners lie at 1. By hand from R(2, 0) = sqrt (7 / 3) (5 r^2 - 3) / 2, R(4, 4) = sqrt (11 / 3) r^4
 * and the one harmonic of l = 4 that a cube has, 5 sqrt (21) / 4 (x^4 + y^4 + z^4 - 3 r^4 / 5). */
static void
test_cube (void)
{
  const double s = 2.0 / sqrt (3.0), per = 3.0 / (4.0 * G_PI), s7 = pow (s, 7);
  double fourth = 3.0 * s7 / 80.0, r4 = fourth + s7 / 24.0;
  g_autoptr (WillisSurface) cube = box (2.5, 2.5, 2.5);
  Invariants f;

  willis_zernike_moments (cube, f);
  g_assert_cmpfloat_with_epsilon (f[0][0], per * s * s * s, 1e-13);
  g_assert_cmpfloat_with_epsilon (f[2][0], per * sqrt (7.0 / 3.0) * fabs (2.5 * pow (s, 5) / 4.0 - 1.5 * s * s * s), 1e-13);
  g_assert_cmpfloat_with_epsilon (f[4][4], per * sqrt (11.0 / 3.0) * 1.25 * sqrt (21.0) * fabs (fourth - 0.6 * r4), 1e-13);
  for (int n = 0; n <= ORDER; n++)
    for (int l = 1; l <= ORDER; l++)
      if (l != 4 && l != 6 && l != 8)
        g_assert_cmpfloat (f[n][l], <, 1e-13); // a cube has no harmonics of other l
  g_assert_cmpfloat (f[6][6], >, 1e-3);
}

/* Half axes a, b and 1: the second moments are V a^2 / 5 and so on. */
static void
test_ellipsoid (void)
{
  const double a = 0.6, b = 0.8, volume = 4.0 / 3.0 * G_PI * a * b, nowhere[3] = { 0 };
  double xx = volume * a * a / 5.0, yy = volume * b * b / 5.0, zz = volume / 5.0, per = 3.0 / (4.0 * G_PI);
  double axial = sqrt (5.0) / 2.0 * (2.0 * zz - xx - yy), across = sqrt (15.0) / 2.0 * (xx - yy);
  g_autoptr (WillisSurface) ball = shape_sphere (5), ellipsoid = shape_moved (ball, a, b, 1.0, 0.9, nowhere);
  Invariants f;

  willis_zernike_moments (ellipsoid, f);
  g_assert_cmpfloat_with_epsilon (f[0][0], a * b, 2e-3 * a * b);
  g_assert_cmpfloat_with_epsilon (f[2][2], per * sqrt (7.0 / 3.0) * hypot (axial, across), 2e-3);
  g_assert_cmpfloat_with_epsilon (f[2][0], per * sqrt (7.0 / 3.0) * fabs (2.5 * (xx + yy + zz) - 1.5 * volume), 2e-3);
  for (int n = 1; n <= ORDER; n += 2)
    for (int l = 1; l <= n; l += 2)
      g_assert_cmpfloat (f[n][l], <, 1e-6); // it is its own image in its middle
}

static double
binomial (int n, int k)
{
  return k < 0 || k > n ? 0.0 : round (exp (lgamma (n + 1.0) - lgamma (k + 1.0) - lgamma (n - k + 1.0)));
}

/* e(l, m), the harmonic polynomial of Novotni & Klein 2003, eq. 5, for m >= 0; z not 0. */
static double complex
polynomial (int l, int m, const double p[3])
{
  double norm = sqrt ((2.0 * l + 1.0) * tgamma (l + m + 1.0) * tgamma (l - m + 1.0)) / tgamma (l + 1.0), sum = 0.0;

  for (int u = 0; 2 * u <= l - m; u++)
    sum += binomial (l, u) * binomial (l - u, m + u) * pow (-(p[0] * p[0] + p[1] * p[1]) / (4.0 * p[2] * p[2]), u);
  return norm * cpow ((I * p[0] - p[1]) / 2.0, m) * pow (p[2], l - m) * sum;
}

/* R(n, l) / r^l by the coefficients q of eq. 8. */
static double
radial (int n, int l, double r2)
{
  int k = (n - l) / 2;
  double sum = 0.0;

  for (int v = 0; v <= k; v++)
    sum += (k % 2 ? -1.0 : 1.0) / pow (2.0, 2 * k) * sqrt ((2.0 * l + 4.0 * k + 3.0) / 3.0) * binomial (2 * k, k)
           * (v % 2 ? -1.0 : 1.0) * binomial (k, v) * binomial (2 * (k + l + v) + 1, 2 * k) / binomial (k + l + v, k)
           * pow (r2, v);
  return sum;
}

/* Gauss rule of 7 points on [0, 1]. */
static const double gauss[7][2] = {
  { 0.5, 0.2089795918367347 },
  { 0.2970774243113014, 0.1909150252525595 },
  { 0.7029225756886986, 0.1909150252525595 },
  { 0.1292344072003028, 0.1398526957446383 },
  { 0.8707655927996972, 0.1398526957446383 },
  { 0.0254460438286207, 0.0647424830844348 },
  { 0.9745539561713793, 0.0647424830844348 },
};

/* F of a tetrahedron by a rule over its volume and the published formulas as they stand. */
static void
by_formula (const double (*corner)[3], Invariants f)
{
  double middle[3] = { 0 }, reach = 0.0, e[3][3], x[3], six;
  double complex omega[ORDER + 1][ORDER + 1][ORDER + 1] = { { { 0 } } };

  for (int c = 0; c < 4; c++)
    vec3_axpy (middle, middle, 0.25, corner[c]);
  for (int c = 0; c < 4; c++)
    reach = MAX (reach, vec3_dist (corner[c], middle));
  for (int c = 0; c < 3; c++)
    {
      vec3_sub (e[c], corner[c + 1], corner[0]);
      vec3_scale (e[c], e[c], 1.0 / reach);
    }
  vec3_cross (x, e[0], e[1]);
  six = fabs (vec3_dot (x, e[2]));
  for (int i = 0; i < 7 * 7 * 7; i++)
    {
      double u = gauss[i % 7][0], v = gauss[i / 7 % 7][0], w = gauss[i / 49][0], p[3];
      double weight = six * gauss[i % 7][1] * gauss[i / 7 % 7][1] * gauss[i / 49][1] * u * u * v;

      vec3_sub (p, corner[0], middle);
      vec3_scale (p, p, 1.0 / reach);
      vec3_axpy (p, p, u * (1.0 - v), e[0]);
      vec3_axpy (p, p, u * v * (1.0 - w), e[1]);
      vec3_axpy (p, p, u * v * w, e[2]);
      for (int n = 0; n <= ORDER; n++)
        for (int l = n % 2; l <= n; l += 2)
          for (int m = 0; m <= l; m++)
            omega[n][l][m]
                += 3.0 / (4.0 * G_PI) * weight * radial (n, l, vec3_norm2 (p)) * conj (polynomial (l, m, p));
    }
  memset (f, 0, sizeof (Invariants));
  for (int n = 0; n <= ORDER; n++)
    for (int l = n % 2; l <= n; l += 2)
      {
        for (int m = 0; m <= l; m++) // m < 0 has the same size
          f[n][l] += (m > 0 ? 2.0 : 1.0) * creal (omega[n][l][m] * conj (omega[n][l][m]));
        f[n][l] = sqrt (f[n][l]);
      }
}

static const double corners[4][3] = { { 10, 21, -7 }, { 14.2, 20.1, -6.1 }, { 11.3, 24.7, -8.2 }, { 10.4, 21.9, -1.7 } };
static const gint32 faces[4][3] = { { 0, 2, 1 }, { 0, 1, 3 }, { 1, 2, 3 }, { 2, 0, 3 } };

static void
test_published_formulas (void)
{
  g_autoptr (WillisSurface) tetrahedron = corners_surface (corners, 4, faces, 4);
  Invariants f, expected;

  willis_zernike_moments (tetrahedron, f);
  by_formula (corners, expected);
  g_assert_cmpfloat (difference (f, expected), <, 1e-12);
  g_assert_cmpfloat (f[1][1], <, 1e-13);
  for (int n = 2; n <= ORDER; n++)
    for (int l = n % 2; l <= n; l += 2)
      g_assert_cmpfloat (f[n][l], >, 1e-5); // nothing that would agree by being 0
}

static void
test_what_changes_nothing (void)
{
  const double move[3] = { 300, -120, 45 };
  g_autoptr (WillisSurface) tetrahedron = corners_surface (corners, 4, faces, 4);
  g_autoptr (WillisSurface) turned = shape_moved (tetrahedron, 1, 1, 1, 2.1, move);
  g_autoptr (WillisSurface) larger = shape_moved (tetrahedron, 7, 7, 7, 0.3, move);
  double mirrored[4][3];
  const gint32 flipped[4][3] = { { 2, 0, 1 }, { 1, 0, 3 }, { 2, 1, 3 }, { 0, 2, 3 } };
  g_autoptr (WillisSurface) image = NULL;
  Invariants f, g;

  for (int c = 0; c < 4; c++)
    vec3_set (mirrored[c], -corners[c][0], corners[c][1], corners[c][2]);
  image = corners_surface ((const double (*)[3]) mirrored, 4, flipped, 4);
  willis_zernike_moments (tetrahedron, f);
  willis_zernike_moments (turned, g);
  g_assert_cmpfloat (difference (f, g), <, 1e-12);
  willis_zernike_moments (larger, g);
  g_assert_cmpfloat (difference (f, g), <, 1e-12);
  willis_zernike_moments (image, g);
  g_assert_cmpfloat (difference (f, g), <, 1e-12);
}

/* Parseval: the squares of all orders add up to F(0, 0); those up to 8 to less, and not much less for a plain shape. */
static void
test_parseval (void)
{
  g_autoptr (WillisSurface) solid = box (1.0, 0.8, 0.9);
  double sum = 0.0, before = 0.0;
  Invariants f;

  willis_zernike_moments (solid, f);
  for (int n = 0; n <= ORDER; n++)
    {
      before = sum;
      for (int l = 0; l <= n; l++)
        sum += f[n][l] * f[n][l];
      g_assert_cmpfloat (sum, >=, before);
    }
  g_assert_cmpfloat (sum, <, f[0][0]);
  g_assert_cmpfloat (sum, >, 0.8 * f[0][0]);
}

static void
test_nothing (void)
{
  static const double flat[3][3] = { { 0, 0, 0 }, { 1, 0, 0 }, { 0, 1, 0 } };
  static const gint32 both[2][3] = { { 0, 1, 2 }, { 0, 2, 1 } };
  g_autoptr (WillisSurface) empty = willis_surface_new_copy (NULL, 0, NULL, 0);
  g_autoptr (WillisSurface) sheet = corners_surface (flat, 3, both, 2);
  Invariants f;

  willis_zernike_moments (empty, f);
  g_assert_true (isnan (f[0][0]) && isnan (f[4][2]));
  willis_zernike_moments (sheet, f);
  g_assert_true (isnan (f[0][0]) && isnan (f[4][2]));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/zernike/ball", test_ball);
  g_test_add_func ("/zernike/cube", test_cube);
  g_test_add_func ("/zernike/ellipsoid", test_ellipsoid);
  g_test_add_func ("/zernike/published-formulas", test_published_formulas);
  g_test_add_func ("/zernike/what-changes-nothing", test_what_changes_nothing);
  g_test_add_func ("/zernike/parseval", test_parseval);
  g_test_add_func ("/zernike/nothing", test_nothing);
  return g_test_run ();
}
