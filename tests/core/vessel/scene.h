/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Small scans of known truth for the tests of this room: straight tubes, balls and a slab of bone in soft tissue, seen
 * through an exact Gaussian blur, with seeded noise.
 */
#include <glib.h>
#include <math.h>

#include "core/image/volume.h"
#include "core/num/rng.h"
#include "core/num/vec3.h"

typedef struct
{
  double a[3], b[3], radius; // a capsule from a to b, mm
} SceneTube;

typedef struct
{
  int n;
  double spacing;     // mm
  double tissue, blood, bone, air, blur, noise;
  double bone_x;      // bone where x > bone_x and x < bone_x + 2 mm; air beyond
  const SceneTube *tubes;
  int n_tubes;
} Scene;

static inline double
scene_distance (const SceneTube *t, const double p[3])
{
  double ab[3], ap[3], x[3], len2, s;

  vec3_sub (ab, t->b, t->a);
  vec3_sub (ap, p, t->a);
  len2 = vec3_norm2 (ab);
  s = len2 > 0.0 ? CLAMP (vec3_dot (ab, ap) / len2, 0.0, 1.0) : 0.0;
  vec3_axpy (x, t->a, s, ab);
  return vec3_dist (x, p) - t->radius;
}

/* Depth inside the nearest tube, negative outside. */
static inline double
scene_depth (const Scene *scene, const double p[3])
{
  double best = -INFINITY;

  for (int t = 0; t < scene->n_tubes; t++)
    best = MAX (best, -scene_distance (scene->tubes + t, p));
  return best;
}

/* A long tube or a ball of value 1, blurred, at distance r from its axis or centre: Rice's integral; closed form. */
static inline double
scene_blurred (const SceneTube *t, double blur, double r)
{
  double sum = 0.0, step = t->radius / 80.0, lo = (t->radius - r) / blur, hi = (t->radius + r) / blur;

  if (fabs (lo) > 5.0)
    return lo > 0.0;
  if (vec3_dist (t->a, t->b) == 0.0)
    return 0.5 * (erf (lo / sqrt (2.0)) + erf (hi / sqrt (2.0)))
           - blur / (MAX (r, 1e-6) * sqrt (2.0 * G_PI)) * (exp (-0.5 * lo * lo) - exp (-0.5 * hi * hi));
  for (int n = 0; n <= 80; n++)
    {
      double s = n * step, x = r * s / (blur * blur), bessel = 0.0;

      for (int m = 0; m < 24; m++) // exp (-x) I0 (x), trapezia over the half circle
        bessel += exp (x * (cos (G_PI * (m + 0.5) / 24) - 1.0)) / 24.0;
      if (x > 40.0)
        bessel = (1.0 + 0.125 / x) / sqrt (2.0 * G_PI * x);
      sum += (n == 0 || n == 80 ? 1.0 : n % 2 ? 4.0 : 2.0) * s * exp (-0.5 * pow ((r - s) / blur, 2.0)) * bessel;
    }
  return sum * step / (3.0 * blur * blur);
}

#define SCENE_TABLE 600 // distances 0.02 mm apart

static inline WillisVolume *
scene_scan (const Scene *scene, WillisScalar scalar)
{
  const int dims[3] = { scene->n, scene->n, scene->n };
  const double spacing[3] = { scene->spacing, scene->spacing, scene->spacing }, origin[3] = { -3.0, 5.0, 7.0 };
  WillisGrid grid = willis_grid_new (dims, spacing, origin);
  g_autoptr (WillisVolume) f = willis_volume_new (&grid, WILLIS_SCALAR_F32, NULL);
  float *out = willis_volume_voxels_rw (f);
  g_autofree double *table = g_new (double, SCENE_TABLE *scene->n_tubes);
  WillisRng rng;

  for (int t = 0; t < scene->n_tubes; t++)
    for (int n = 0; n < SCENE_TABLE; n++)
      table[t * SCENE_TABLE + n] = scene_blurred (scene->tubes + t, scene->blur, 0.02 * n);
  willis_rng_init (&rng, 7, 1);
  for (int k = 0; k < scene->n; k++)
    for (int j = 0; j < scene->n; j++)
      for (int i = 0; i < scene->n; i++)
        {
          double p[3] = { i * scene->spacing, j * scene->spacing, k * scene->spacing };
          double s = scene->blur * sqrt (2.0), in = 0.0, value;
          double bone = 0.5 * erfc ((scene->bone_x - p[0]) / s) - 0.5 * erfc ((scene->bone_x + 2.0 - p[0]) / s);
          double air = 0.5 * erfc ((scene->bone_x + 2.0 - p[0]) / s);

          for (int t = 0; t < scene->n_tubes; t++)
            {
              double r = (scene_distance (scene->tubes + t, p) + scene->tubes[t].radius) / 0.02;
              const double *row = table + t * SCENE_TABLE;
              int n = (int) MIN (r, SCENE_TABLE - 2.0);

              in = MAX (in, row[n] + MIN (r - n, 1.0) * (row[n + 1] - row[n]));
            }
          value = scene->tissue + in * (scene->blood - scene->tissue);
          value += bone * (scene->bone - value);
          value += air * (scene->air - value);
          *out++ = (float) (value + scene->noise * willis_rng_normal (&rng));
        }
  return willis_volume_convert (f, scalar, NULL);
}
