/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Real scans, copies of them as another scanner would give on another day, and how well two scans of different kinds
 * lie on each other. For the test of registration on real scans and the table of its errors.
 */
#include "core/followup/register.h"
#include "core/image/resample.h"
#include "core/io/volume-io.h"
#include "core/num/rng.h"
#include "core/vessel/segmentation.h"

static inline WillisVolume *
read_scan (const char *path)
{
  const char *const paths[] = { path, NULL };
  const double nominal[3] = { 0.3, 0.3, 0.3 };
  WillisReadOptions options = WILLIS_READ_OPTIONS_INIT;
  g_autoptr (GError) error = NULL;
  WillisVolume *v;

  if (g_str_has_suffix (path, "aneurysm.nrrd")) // its spacing of 1 mm is nominal
    memcpy (options.spacing_mm, nominal, sizeof nominal);
  v = willis_volume_read (paths, NULL, &options, NULL, NULL, &error);
  g_assert_no_error (error);
  return v;
}

/* part of volume (1: all, about the middle) under motion, on voxels of other edges, with noise. */
static inline WillisVolume *
moved_copy (const WillisVolume *volume, const WillisRigid *motion, double spacing_factor, double part, double noise)
{
  WillisGrid grid = *willis_volume_grid (volume);
  double middle[3], back[12];
  WillisRigid inverse = willis_rigid_invert (motion);
  g_autoptr (WillisVolume) f = willis_volume_convert (volume, WILLIS_SCALAR_F32, NULL);
  WillisVolume *out;
  double range[2];
  float *v;
  WillisRng rng;

  for (int a = 0; a < 3; a++)
    middle[a] = 0.5 * (grid.dims[a] - 1);
  willis_grid_ijk_to_lps (&grid, middle, middle);
  willis_rigid_apply (motion, middle, middle);
  for (int a = 0; a < 3; a++)
    {
      grid.spacing_mm[a] *= spacing_factor;
      grid.dims[a] = MAX ((int) (part * grid.dims[a] / spacing_factor), 8);
    }
  // the same axes, the middle where the motion carried it
  for (int a = 0; a < 3; a++)
    {
      grid.origin_lps_mm[a] = middle[a];
      for (int c = 0; c < 3; c++)
        grid.origin_lps_mm[a] -= 0.5 * (grid.dims[c] - 1) * grid.spacing_mm[c] * grid.direction[3 * a + c];
    }
  willis_rigid_to_rows (&inverse, back);
  willis_volume_range (volume, range);
  out = willis_resample (f, &grid, WILLIS_INTERPOLATE_CUBIC, back, range[0], NULL, NULL);
  v = willis_volume_voxels_rw (out);
  willis_rng_init (&rng, 99, 1);
  for (gsize i = 0; i < willis_grid_n_voxels (&grid); i++)
    v[i] += (float) (noise * willis_rng_normal (&rng));
  return out;
}

static inline WillisSegmentation *
segment (WillisVolume *volume, WillisModality modality)
{
  WillisSegmentParams params = WILLIS_SEGMENT_PARAMS_INIT;
  g_autoptr (GError) error = NULL;
  WillisSegmentation *s;

  params.modality = modality;
  s = willis_segment (volume, &params, NULL, &error);
  g_assert_no_error (error);
  return s;
}

/* Share of the artery voxels of b that lie on (within slack_mm of) arteries of a. */
static inline double
shared (const WillisVolume *a, const WillisVolume *b, const WillisRigid *motion, double slack_mm)
{
  const WillisGrid *ga = willis_volume_grid (a), *gb = willis_volume_grid (b);
  WillisRigid back = willis_rigid_invert (motion);
  gsize in = 0, hit = 0;

  for (int k = 0; k < gb->dims[2]; k++)
    for (int j = 0; j < gb->dims[1]; j++)
      for (int i = 0; i < gb->dims[0]; i++)
        if (willis_volume_get (b, i, j, k) == WILLIS_LABEL_ARTERY)
          {
            double x[3] = { i, j, k };
            gboolean found = FALSE;
            int lo[3], hi[3];

            willis_grid_ijk_to_lps (gb, x, x);
            willis_rigid_apply (&back, x, x);
            willis_grid_lps_to_ijk (ga, x, x);
            if (x[0] < 0 || x[1] < 0 || x[2] < 0 || x[0] > ga->dims[0] - 1 || x[1] > ga->dims[1] - 1
                || x[2] > ga->dims[2] - 1)
              continue;
            in++;
            for (int c = 0; c < 3; c++)
              {
                lo[c] = MAX ((int) ceil (x[c] - slack_mm / ga->spacing_mm[c] - 0.5), 0);
                hi[c] = MIN ((int) floor (x[c] + slack_mm / ga->spacing_mm[c] + 0.5), ga->dims[c] - 1);
              }
            for (int z = lo[2]; z <= hi[2] && !found; z++)
              for (int y = lo[1]; y <= hi[1] && !found; y++)
                for (int q = lo[0]; q <= hi[0] && !found; q++)
                  found = willis_volume_get (a, q, y, z) == WILLIS_LABEL_ARTERY;
            hit += found;
          }
  return in > 0 ? (double) hit / (double) in : 0.0;
}
