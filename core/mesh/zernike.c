/* SPDX-License-Identifier: Apache-2.0 */
#include "core/mesh/zernike.h"

#include <math.h>
#include <string.h>

#include "core/num/kernel.h"
#include "core/num/vec3.h"

#define ORDER WILLIS_ZERNIKE_ORDER
#define N_HARMONICS ((ORDER + 1) * (ORDER + 1)) // of all l <= ORDER, and their signs of m
#define N_RADIAL (ORDER / 2 + 1)                // powers of r^2
#define RULE 5                                  // Gauss points an axis: exact to degree 2 RULE - 2 on the triangle
#define LANES 8                                 // quadrature points that are worked on together

/* l (l + 1) + m: the harmonic of l and m, m < 0 for the sine. */
static inline int
harmonic (int l, int m)
{
  return l * (l + 1) + m;
}

typedef struct
{
  /* Recursion of the real harmonic polynomials r^l Y(l, m) with mean square 1 on the unit sphere (the fully normalised
   * ones of geodesy; Holmes & Featherstone 2002, eqs. 11 to 13):
   * P(l, m) = up z P(l - 1, m) - back r^2 P(l - 2, m), P(m, m) = start P(m - 1, m - 1). */
  double up[ORDER + 1][ORDER + 1], back[ORDER + 1][ORDER + 1], start[ORDER + 1];
  double weight[RULE * RULE], corner[RULE * RULE][3]; // rule on the triangle: weights sum to 1/2; barycentric
} Tables;

static void
make_recursion (Tables *t)
{
  for (int m = 0; m <= ORDER; m++)
    {
      t->start[m] = m == 0 ? 1.0 : m == 1 ? sqrt (3.0) : sqrt ((2.0 * m + 1.0) / (2.0 * m));
      for (int l = m + 1; l <= ORDER; l++)
        {
          double a = (2.0 * l + 1.0) / (((double) l - m) * (l + m));

          t->up[l][m] = sqrt (a * (2.0 * l - 1.0));
          t->back[l][m] = l > m + 1 ? sqrt (a * (l + m - 1.0) * (l - m - 1.0) / (2.0 * l - 3.0)) : 0.0;
        }
    }
}

/* Gauss-Legendre on [0, 1] along both edges of the square that falls together into a corner (Duffy 1982). */
static void
make_rule (Tables *t)
{
  double x[RULE], w[RULE];

  for (int i = 0; i < RULE; i++)
    {
      double s = cos (G_PI * (i + 0.75) / (RULE + 0.5)), slope = 1.0;

      for (int step = 0; step < 20; step++) // Newton on the Legendre polynomial
        {
          double p = s, before = 1.0;

          for (int k = 2; k <= RULE; k++)
            {
              double next = ((2.0 * k - 1.0) * s * p - (k - 1.0) * before) / k;

              before = p;
              p = next;
            }
          slope = RULE * (s * p - before) / (s * s - 1.0);
          s -= p / slope;
        }
      x[i] = 0.5 * (1.0 + s);
      w[i] = 1.0 / ((1.0 - s * s) * slope * slope);
    }
  for (int i = 0; i < RULE; i++)
    for (int j = 0; j < RULE; j++)
      {
        double *corner = t->corner[RULE * i + j];

        corner[1] = x[i] * (1.0 - x[j]);
        corner[2] = x[i] * x[j];
        corner[0] = 1.0 - corner[1] - corner[2];
        t->weight[RULE * i + j] = w[i] * w[j] * x[i];
      }
}

typedef struct
{
  double x[3][LANES], weight[LANES]; // positions; weight times six volumes of the tetrahedron
} Batch;

/* Adds to moment[harmonic][k] the values of r^(2 k) times the harmonic at the points of a batch, lane by lane. */
WILLIS_KERNEL static void
add_batch (const Tables *t, const Batch *batch, double moment[N_HARMONICS][N_RADIAL][LANES])
{
  double r2[LANES], c[LANES], s[LANES]; // c + i s = weight (x + i y)^m

  for (int k = 0; k < LANES; k++)
    {
      r2[k] = batch->x[0][k] * batch->x[0][k] + batch->x[1][k] * batch->x[1][k] + batch->x[2][k] * batch->x[2][k];
      c[k] = batch->weight[k];
      s[k] = 0.0;
    }
  for (int m = 0; m <= ORDER; m++)
    {
      double p[LANES] = { 0 }, before[LANES] = { 0 };

      if (m > 0)
        for (int k = 0; k < LANES; k++)
          {
            double both = c[k] * batch->x[0][k] - s[k] * batch->x[1][k];

            s[k] = t->start[m] * (c[k] * batch->x[1][k] + s[k] * batch->x[0][k]);
            c[k] = t->start[m] * both;
          }
      for (int k = 0; k < LANES; k++)
        p[k] = 1.0;
      for (int l = m; l <= ORDER; l++)
        {
          double even[LANES], odd[LANES];

          if (l > m)
            for (int k = 0; k < LANES; k++)
              {
                double next = t->up[l][m] * batch->x[2][k] * p[k] - t->back[l][m] * r2[k] * before[k];

                before[k] = p[k];
                p[k] = next;
              }
          for (int k = 0; k < LANES; k++)
            {
              even[k] = c[k] * p[k];
              odd[k] = s[k] * p[k];
            }
          for (int power = 0; l + 2 * power <= ORDER; power++)
            {
              double *sum_even = moment[harmonic (l, m)][power], *sum_odd = moment[harmonic (l, -m)][power];

              for (int k = 0; k < LANES; k++)
                {
                  sum_even[k] += even[k];
                  even[k] *= r2[k];
                }
              for (int k = 0; m > 0 && k < LANES; k++)
                {
                  sum_odd[k] += odd[k];
                  odd[k] *= r2[k];
                }
            }
        }
    }
}

/* moment[harmonic][k]: integral over the solid of r^(2 k) times the harmonic, in the frame of centre and reach. */
static void
integrate (const WillisSurface *surface, const double centre[3], double reach, double moment[N_HARMONICS][N_RADIAL])
{
  const double *p = willis_surface_points (surface);
  const gint32 *v = willis_surface_triangles (surface);
  double sums[N_HARMONICS][N_RADIAL][LANES] = { { { 0 } } };
  Tables tables;
  Batch batch = { 0 };
  int n = 0;

  make_recursion (&tables);
  make_rule (&tables);
  for (gsize i = 0; i < willis_surface_n_triangles (surface); i++, v += 3)
    {
      double corner[3][3], x[3], six;

      for (int k = 0; k < 3; k++)
        {
          vec3_sub (corner[k], p + 3 * v[k], centre);
          vec3_scale (corner[k], corner[k], 1.0 / reach);
        }
      vec3_cross (x, corner[0], corner[1]);
      six = vec3_dot (x, corner[2]);
      for (int q = 0; q < RULE * RULE; q++)
        {
          for (int a = 0; a < 3; a++)
            batch.x[a][n] = tables.corner[q][0] * corner[0][a] + tables.corner[q][1] * corner[1][a]
                            + tables.corner[q][2] * corner[2][a];
          batch.weight[n] = tables.weight[q] * six;
          if (++n < LANES)
            continue;
          add_batch (&tables, &batch, sums);
          n = 0;
        }
    }
  if (n > 0)
    {
      for (; n < LANES; n++)
        batch.weight[n] = 0.0;
      add_batch (&tables, &batch, sums);
    }
  for (int l = 0; l <= ORDER; l++)
    for (int m = -l; m <= l; m++)
      for (int power = 0; l + 2 * power <= ORDER; power++)
        {
          double sum = 0.0;

          for (int k = 0; k < LANES; k++)
            sum += sums[harmonic (l, m)][power][k];
          moment[harmonic (l, m)][power] = sum / (l + 2 * power + 3); // along the ray from the barycentre
        }
}

/* Coefficient of r^(l + 2 v) in R(n, l) = sqrt ((2 n + 3) / 3) r^l P(k; 0, l + 1/2)(2 r^2 - 1), k = (n - l) / 2, with the
 * Jacobi polynomial about r = 0 (Abramowitz & Stegun 22.5.42); the same as q of Novotni & Klein 2003, eq. 8. */
static double
radial (int n, int l, int v)
{
  int k = (n - l) / 2;
  double beta = l + 0.5, c = k % 2 == 0 ? 1.0 : -1.0;

  for (int i = 1; i <= k; i++)
    c *= (beta + i) / i;
  for (int i = 0; i < v; i++)
    c *= (i - k) * (k + beta + 1.0 + i) / ((beta + 1.0 + i) * (i + 1.0));
  return sqrt ((2.0 * n + 3.0) / 3.0) * c;
}

void
willis_zernike_moments (const WillisSurface *surface, double f[ORDER + 1][ORDER + 1])
{
  double moment[N_HARMONICS][N_RADIAL] = { { 0 } }, centre[3], reach = 0.0;
  gboolean solid = willis_surface_barycentre (surface, centre) > 0.0;

  for (gsize i = 0; solid && i < willis_surface_n_points (surface); i++)
    reach = MAX (reach, vec3_dist (willis_surface_points (surface) + 3 * i, centre));
  if (solid)
    integrate (surface, centre, reach, moment);
  for (int n = 0; n <= ORDER; n++)
    for (int l = 0; l <= ORDER; l++)
      {
        double square = 0.0;

        for (int m = -l; m <= l && l <= n && (n - l) % 2 == 0; m++)
          {
            double omega = 0.0;

            for (int v = 0; v <= (n - l) / 2; v++)
              omega += radial (n, l, v) * moment[harmonic (l, m)][v];
            omega *= 3.0 / (4.0 * G_PI);
            square += omega * omega;
          }
        f[n][l] = solid ? sqrt (square) : NAN;
      }
}
