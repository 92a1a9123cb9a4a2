/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Volumes and surfaces of known truth for the tests of core/image and core/mesh.
 */
#include <math.h>

#include "core/image/volume.h"
#include "core/num/rng.h"

typedef double (*ShapeFunc) (const double lps_mm[3], gconstpointer data);

/* A float volume of func at the voxel centres. */
static inline WillisVolume *
shape_volume (const WillisGrid *grid, ShapeFunc func, gconstpointer data)
{
  WillisVolume *volume = willis_volume_new (grid, WILLIS_SCALAR_F32, NULL);
  float *v = willis_volume_voxels_rw (volume);

  for (int k = 0; k < grid->dims[2]; k++)
    for (int j = 0; j < grid->dims[1]; j++)
      for (int i = 0; i < grid->dims[0]; i++)
        {
          double p[3] = { i, j, k };

          willis_grid_ijk_to_lps (grid, p, p);
          *v++ = (float)func (p, data);
        }
  return volume;
}

/* R - |x|: positive inside a ball about the origin; data: the radius. */
static inline double
shape_ball (const double p[3], gconstpointer data)
{
  return *(const double *)data - sqrt (p[0] * p[0] + p[1] * p[1] + p[2] * p[2]);
}

/* Positive inside a torus about z; data: major and minor radius. */
static inline double
shape_torus (const double p[3], gconstpointer data)
{
  const double *r = data;
  double q = hypot (p[0], p[1]) - r[0];

  return r[1] - hypot (q, p[2]);
}

/* n^3 voxels of the given spacing centred at the origin. */
static inline WillisGrid
shape_cube_grid (int n, double spacing)
{
  const int dims[3] = { n, n, n };
  const double s[3] = { spacing, spacing, spacing };
  const double o[3] = { -spacing * (n - 1) / 2, -spacing * (n - 1) / 2, -spacing * (n - 1) / 2 };

  return willis_grid_new (dims, s, o);
}

/* Uniform noise 0 .. 255 as u8. */
static inline WillisVolume *
shape_noise (const WillisGrid *grid, guint64 seed)
{
  WillisVolume *volume = willis_volume_new (grid, WILLIS_SCALAR_U8, NULL);
  guint8 *v = willis_volume_voxels_rw (volume);
  WillisRng rng;

  willis_rng_init (&rng, seed, 1);
  for (gsize n = 0; n < willis_grid_n_voxels (grid); n++)
    v[n] = (guint8)(willis_rng_u32 (&rng) >> 24);
  return volume;
}
