/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Small scans of known truth for the tests of this room: straight tubes, balls and a slab of bone in soft tissue, seen
 * through a blur that is exact for flat edges (so the half maximum lies on the truth), with seeded noise.
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

static inline WillisVolume *
scene_scan (const Scene *scene, WillisScalar scalar)
{
  const int dims[3] = { scene->n, scene->n, scene->n };
  const double spacing[3] = { scene->spacing, scene->spacing, scene->spacing }, origin[3] = { -3.0, 5.0, 7.0 };
  WillisGrid grid = willis_grid_new (dims, spacing, origin);
  g_autoptr (WillisVolume) f = willis_volume_new (&grid, WILLIS_SCALAR_F32, NULL);
  float *out = willis_volume_voxels_rw (f);
  WillisRng rng;

  willis_rng_init (&rng, 7, 1);
  for (int k = 0; k < scene->n; k++)
    for (int j = 0; j < scene->n; j++)
      for (int i = 0; i < scene->n; i++)
        {
          double p[3] = { i * scene->spacing, j * scene->spacing, k * scene->spacing };
          double s = scene->blur * sqrt (2.0), in = 0.5 * erfc (-scene_depth (scene, p) / s), value;
          double bone = 0.5 * erfc ((scene->bone_x - p[0]) / s) - 0.5 * erfc ((scene->bone_x + 2.0 - p[0]) / s);
          double air = 0.5 * erfc ((scene->bone_x + 2.0 - p[0]) / s);

          value = scene->tissue + in * (scene->blood - scene->tissue);
          value += bone * (scene->bone - value);
          value += air * (scene->air - value);
          *out++ = (float) (value + scene->noise * willis_rng_normal (&rng));
        }
  return willis_volume_convert (f, scalar, NULL);
}
