/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Lumen surfaces of known shape: the iso-surface of the union of capsules and balls.
 */
#include "core/mesh/isosurface.h"
#include "tests/core/vessel/scene.h"

static inline WillisSurface *
shape_surface (const SceneTube *tubes, int n_tubes, int n, double spacing)
{
  const Scene scene = { .n = n, .spacing = spacing, .tubes = tubes, .n_tubes = n_tubes };
  const int dims[3] = { n, n, n };
  const double h[3] = { spacing, spacing, spacing }, origin[3] = { 0 };
  WillisGrid grid = willis_grid_new (dims, h, origin);
  g_autoptr (WillisVolume) f = willis_volume_new (&grid, WILLIS_SCALAR_F32, NULL);
  float *out = willis_volume_voxels_rw (f);
  g_autoptr (GError) error = NULL;
  WillisSurface *surface;

  for (int k = 0; k < n; k++)
    for (int j = 0; j < n; j++)
      for (int i = 0; i < n; i++)
        {
          double p[3] = { i * spacing, j * spacing, k * spacing };

          *out++ = (float) scene_depth (&scene, p);
        }
  surface = willis_isosurface (f, 0.0, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  return surface;
}
