/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Blur of standard deviation s moves the half maximum of a wall with curvatures k1, k2 inward by s^2 (k1 + k2) / 2
 * (Bouma et al. 2005, IEEE TMI 24:1; first order). In a tube hardly thicker than the blur the middle is dimmed too, so
 * that half of what is left lies farther out again: there the exact integral over a blurred disc is used.
 */
#include "core/vessel/lumen-blur.h"

#include <math.h>
#include <string.h>

#include "core/mesh/rims.h"
#include "core/num/vec3.h"

#define BIN_MM 0.05
#define BINS 40       // of distances from -1.2 to +0.8 mm
#define INSIDE_MM 1.2 // distances start so deep
#define FLATTEST 0.72 // walls curved more than this (1/mm) say little about the blur
#define LEAST_VOXELS 1500

void
willis_patch_curvatures (const WillisSurface *surface, double reach_mm, double **most, double **least)
{
  gsize n = willis_surface_n_points (surface), n_triangles = willis_surface_n_triangles (surface);
  const double *p = willis_surface_points (surface);
  const gint32 *t = willis_surface_triangles (surface);
  g_autofree gint32 *opposite = willis_surface_opposites (surface);
  g_autofree double *normal = g_new (double, MAX (3 * n_triangles, 1));
  g_autofree double *heap = g_new0 (double, MAX (3 * n, 1)); // bend, angle defect, area of each point
  g_autofree double *next = g_new (double, MAX (3 * n, 1));
  g_autofree double *degree = g_new0 (double, MAX (n, 1));
  double edge = 0.0;
  int passes;

  for (gsize i = 0; i < n; i++)
    heap[3 * i + 1] = 2.0 * G_PI;
  for (gsize k = 0; k < n_triangles; k++)
    {
      double side[3][3], area;

      for (int c = 0; c < 3; c++)
        vec3_sub (side[c], p + 3 * t[3 * k + (c + 1) % 3], p + 3 * t[3 * k + c]);
      vec3_cross (normal + 3 * k, side[0], side[1]);
      area = 0.5 * vec3_normalize (normal + 3 * k);
      for (int c = 0; c < 3; c++)
        {
          double x[3], back[3];

          vec3_scale (back, side[(c + 2) % 3], -1.0);
          vec3_cross (x, side[c], back);
          heap[3 * t[3 * k + c] + 1] -= atan2 (vec3_norm (x), vec3_dot (side[c], back));
          heap[3 * t[3 * k + c] + 2] += area / 3.0;
          degree[t[3 * k + c]] += 1.0;
          edge += vec3_norm (side[c]);
        }
    }
  for (gsize h = 0; h < 3 * n_triangles; h++)
    {
      gsize k = h / 3, c = h % 3;
      gint32 a = t[h], b = t[3 * k + (c + 1) % 3];
      double along[3], x[3], bend, length;

      if (opposite[h] < 0 || (gsize) opposite[h] < h)
        continue;
      vec3_sub (along, p + 3 * b, p + 3 * a);
      length = vec3_normalize (along);
      vec3_cross (x, normal + 3 * k, normal + 3 * (opposite[h] / 3));
      bend = length * atan2 (vec3_dot (x, along), vec3_dot (normal + 3 * k, normal + 3 * (opposite[h] / 3)));
      heap[3 * a] += 0.5 * bend;
      heap[3 * b] += 0.5 * bend;
    }
  edge /= MAX (3.0 * (double) n_triangles, 1.0);
  passes = (int) CLAMP (2.0 * reach_mm * reach_mm / MAX (edge * edge, 1e-9), 1.0, 40.0);
  for (int pass = 0; pass < passes; pass++) // each point gives half of its heap to its neighbours
    {
      for (gsize i = 0; i < 3 * n; i++)
        next[i] = 0.5 * heap[i];
      for (gsize h = 0; h < 3 * n_triangles; h++)
        {
          gint32 a = t[h], b = t[h / 3 * 3 + (h + 1) % 3];

          for (int v = 0; v < 3; v++)
            next[3 * b + v] += 0.5 * heap[3 * a + v] / degree[a];
        }
      memcpy (heap, next, 3 * n * sizeof (double));
    }
  *most = g_new (double, MAX (n, 1));
  *least = g_new (double, MAX (n, 1));
  for (gsize i = 0; i < n; i++)
    {
      double area = MAX (heap[3 * i + 2], 1e-12), mean = 0.5 * heap[3 * i] / area, gauss = heap[3 * i + 1] / area;
      double apart = sqrt (MAX (mean * mean - gauss, 0.0));

      (*most)[i] = mean + apart;
      (*least)[i] = mean - apart;
    }
}

/* Heaps of voxel values by their distance from the wall. */
typedef struct
{
  double sum[BINS], count[BINS], all;
} Spread;

/* The standard deviation of the error function that fits a heap best, its height and place free; 0 where none does. */
static double
fit_spread (const Spread *s)
{
  double best = G_MAXDOUBLE, found = 0.0;

  for (double sigma = 0.1; sigma < 1.2; sigma += 0.01)
    for (double at = -0.3; at <= 0.3; at += 0.02)
      {
        double ff = 0.0, fv = 0.0, vv = 0.0, left;

        for (int b = 0; b < BINS; b++)
          {
            double d = (b + 0.5) * BIN_MM - INSIDE_MM - at, f, v;

            if (s->count[b] == 0.0)
              continue;
            f = 0.5 * erfc (d / (sigma * G_SQRT2));
            v = s->sum[b] / s->count[b];
            ff += s->count[b] * f * f;
            fv += s->count[b] * f * v;
            vv += s->count[b] * v * v;
          }
        left = vv - fv * fv / MAX (ff, 1e-12);
        if (left < best)
          {
            best = left;
            found = sigma;
          }
      }
  return found > 0.105 && found < 1.185 ? found : 0.0;
}

/* Is there anything but lumen and soft tissue beside the voxel? Then its value is not of this wall alone. */
static gboolean
alone (const WillisGrid *grid, const guint8 *labels, const int at[3])
{
  for (int k = MAX (at[2] - 1, 0); k <= MIN (at[2] + 1, grid->dims[2] - 1); k++)
    for (int j = MAX (at[1] - 1, 0); j <= MIN (at[1] + 1, grid->dims[1] - 1); j++)
      for (int i = MAX (at[0] - 1, 0); i <= MIN (at[0] + 1, grid->dims[0] - 1); i++)
        if (labels[((gsize) k * grid->dims[1] + j) * grid->dims[0] + i] > WILLIS_LABEL_ARTERY)
          return FALSE;
  return TRUE;
}

static void
gather_spread (Spread *s, const WillisGrid *grid, const WillisBricks *field, const guint8 *labels, const double p[3],
               const double normal[3])
{
  double centre[3];
  int lo[3], hi[3];

  willis_grid_lps_to_ijk (grid, p, centre);
  for (int a = 0; a < 3; a++)
    {
      lo[a] = (int) MAX (ceil (centre[a] - INSIDE_MM / grid->spacing_mm[a]), 0.0);
      hi[a] = (int) MIN (floor (centre[a] + INSIDE_MM / grid->spacing_mm[a]), grid->dims[a] - 1.0);
    }
  for (int k = lo[2]; k <= hi[2]; k++)
    for (int j = lo[1]; j <= hi[1]; j++)
      for (int i = lo[0]; i <= hi[0]; i++)
        {
          const int at[3] = { i, j, k };
          const float *f = willis_bricks_at (field, i, j, k);
          double ijk[3] = { i, j, k }, x[3], d;
          int b;

          if (f == NULL || *f < -1.0f || *f > 1.5f)
            continue;
          willis_grid_ijk_to_lps (grid, ijk, x);
          vec3_sub (x, x, p);
          d = vec3_dot (x, normal);
          b = (int) floor ((d + INSIDE_MM) / BIN_MM);
          if (b < 0 || b >= BINS || vec3_norm2 (x) - d * d > 0.09 || !alone (grid, labels, at))
            continue;
          s->sum[b] += *f + 0.5;
          s->count[b] += 1.0;
          s->all += 1.0;
        }
}

WillisBlur
willis_blur_measure (const WillisGrid *grid, const WillisBricks *field, const guint8 *labels,
                     const WillisSurface *surface, const double *most)
{
  gsize n = willis_surface_n_points (surface), flat = 0, step;
  const double *p = willis_surface_points (surface);
  g_autofree double *normals = willis_surface_point_normals (surface);
  g_autofree Spread *spread = g_new0 (Spread, 2);
  WillisBlur blur = { { 0.0, 0.0 }, TRUE };

  for (gsize i = 0; i < n; i++)
    flat += fabs (most[i]) < FLATTEST;
  step = MAX (flat / 30000, 1);
  for (gsize i = 0, seen = 0; i < n; i++)
    {
      double across;

      if (!(fabs (most[i]) < FLATTEST) || seen++ % step != 0)
        continue;
      across = fabs (normals[3 * i] * grid->direction[2] + normals[3 * i + 1] * grid->direction[5]
                     + normals[3 * i + 2] * grid->direction[8]);
      if (across < 0.4)
        gather_spread (&spread[0], grid, field, labels, p + 3 * i, normals + 3 * i);
      else if (across > 0.85)
        gather_spread (&spread[1], grid, field, labels, p + 3 * i, normals + 3 * i);
    }
  for (int a = 0; a < 2; a++)
    if (spread[a].all >= LEAST_VOXELS)
      blur.sigma_mm[a] = fit_spread (&spread[a]);
  for (int a = 0; a < 2; a++)
    if (blur.sigma_mm[a] == 0.0)
      {
        double h = a == 0 ? MAX (grid->spacing_mm[0], grid->spacing_mm[1]) : grid->spacing_mm[2];

        /* the other one, or what scanners of such voxels have */
        blur.measured &= blur.sigma_mm[1 - a] > 0.0;
        blur.sigma_mm[a] = MAX (blur.sigma_mm[1 - a], CLAMP (0.6 * h, 0.2, 0.5));
      }
  return blur;
}

double
willis_blur_shift (double r_mm, double sigma_mm, double voxel_mm)
{
  /* half maximum of a blurred disc, in blurs: its radius, and how much larger the disc is (numerical integration of the
   * Rice integral; the maximum is the disc's own dimmed middle) */
  static const double table[][2] = { { 1.411, -0.211 }, { 1.559, -0.059 }, { 1.715, 0.035 }, { 1.901, 0.0995 },
                                     { 2.111, 0.139 },  { 2.342, 0.158 },  { 2.839, 0.161 }, { 3.355, 0.145 },
                                     { 3.872, 0.128 },  { 4.898, 0.1017 } };
  double y = r_mm / sigma_mm, shift, wider = 1.0 + 0.2 * voxel_mm * voxel_mm / (sigma_mm * sigma_mm), dimmed;
  gsize last = G_N_ELEMENTS (table) - 1, i = 0;

  /* the smoothing of the level (weights 4 and six times 1) dims the middle further, and a level that is too low by one
   * part moves its half outward by sqrt (2 pi) sigma / 2 of it */
  dimmed = exp (-0.5 * y * y / wider) - exp (-0.5 * y * y);
  dimmed = MIN (dimmed * 0.5 * sqrt (2.0 * G_PI), 0.25);
  if (y >= table[last][0])
    shift = 0.5 / y;
  else if (y <= table[0][0])
    shift = table[0][1];
  else
    {
      while (y > table[i + 1][0])
        i++;
      shift = table[i][1] + (table[i + 1][1] - table[i][1]) * (y - table[i][0]) / (table[i + 1][0] - table[i][0]);
    }
  return sigma_mm * (shift - dimmed);
}

WillisSurface *
willis_blur_correct (const WillisGrid *grid, const WillisBlur *blur, const WillisSurface *surface, const double *most,
                     const double *least)
{
  gsize n = willis_surface_n_points (surface), n_triangles = willis_surface_n_triangles (surface);
  const double *p = willis_surface_points (surface);
  const gint32 *t = willis_surface_triangles (surface);
  g_autofree double *normals = willis_surface_point_normals (surface);
  g_autofree double *sag = g_new0 (double, MAX (2 * n, 1)); // sum over triangles, and their number
  double *out = g_new (double, MAX (3 * n, 1));
  double voxel = cbrt (grid->spacing_mm[0] * grid->spacing_mm[1] * grid->spacing_mm[2]);

  /* how far the curved wall stands off a flat triangle on average: the sum of e^T II e over its edges / 24 */
  for (gsize k = 0; k < n_triangles; k++)
    {
      double sum = 0.0;

      for (int c = 0; c < 3; c++)
        {
          gint32 a = t[3 * k + c], b = t[3 * k + (c + 1) % 3];
          double e[3], turn[3];

          vec3_sub (e, p + 3 * b, p + 3 * a);
          vec3_sub (turn, normals + 3 * b, normals + 3 * a);
          sum += vec3_dot (e, turn) / 24.0;
        }
      for (int c = 0; c < 3; c++)
        {
          sag[2 * t[3 * k + c]] += sum;
          sag[2 * t[3 * k + c] + 1] += 1.0;
        }
    }
  for (gsize i = 0; i < n; i++)
    {
      const double *m = normals + 3 * i;
      double across = m[0] * grid->direction[2] + m[1] * grid->direction[5] + m[2] * grid->direction[8];
      double in = blur->sigma_mm[0] * blur->sigma_mm[0], through = blur->sigma_mm[1] * blur->sigma_mm[1];
      /* mean variance of the blur along the wall, the part along the normal left out */
      double variance = 0.5 * (in * (1.0 + across * across) + through * (1.0 - across * across));
      double sigma = sqrt (variance), shift;

      shift = most[i] > 0.0 ? willis_blur_shift (1.0 / most[i], sigma, voxel) : 0.5 * variance * most[i];
      shift += 0.5 * variance * CLAMP (least[i], -1.0 / sigma, 1.0 / sigma);
      shift += sag[2 * i + 1] > 0.0 ? CLAMP (sag[2 * i] / sag[2 * i + 1], -0.1, 0.1) : 0.0;
      vec3_axpy (out + 3 * i, p + 3 * i, CLAMP (shift, -0.5 * sigma, 0.5 * sigma + 0.1), m);
    }
  return willis_surface_new_take (out, n, g_memdup2 (t, 3 * n_triangles * sizeof (gint32)), n_triangles);
}
