/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lumens made from what a patient's artery comes as: a surface, or a label map.
 */
#include <math.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/image/distance.h"
#include "core/image/gaussian.h"
#include "core/mesh/edit.h"
#include "core/mesh/sdf.h"
#include "solver/contact/lumen.h"

#define VOXELS  1.5e7 // a surface is sampled as finely as so many allow
#define STAIRS  0.7   // voxels: the steps of a label map are smoothed over so much
#define BAND_MM 3.0   // outside a label map distances are known to here

/* The surface with its triangles turned over where it encloses less than nothing: some files come inside out. */
static WillisSurface *
outside_out (WillisSurface *surface)
{
  gsize n = willis_surface_n_triangles (surface);
  gint32 *turned;

  if (!(willis_surface_volume_mm3 (surface) < 0.0))
    return willis_surface_ref (surface);
  turned = g_memdup2 (willis_surface_triangles (surface), 3 * n * sizeof (gint32));
  for (gsize t = 0; t < n; t++)
    {
      gint32 keep = turned[3 * t + 1];

      turned[3 * t + 1] = turned[3 * t + 2];
      turned[3 * t + 2] = keep;
    }
  return willis_surface_new_take (g_memdup2 (willis_surface_points (surface),
                                             3 * willis_surface_n_points (surface) * sizeof (double)),
                                  willis_surface_n_points (surface), turned, n);
}

WillisLumen *
willis_lumen_from_surface (WillisSurface *surface, double spacing_mm, const WillisProgress *progress,
                           GError **error)
{
  g_autoptr (WillisSurface) whole = willis_surface_fill_holes (surface, G_MAXSIZE, NULL);
  g_autoptr (WillisSurface) closed = outside_out (whole);
  g_autoptr (WillisSdf) sdf = NULL;
  WillisSdfParams params = WILLIS_SDF_PARAMS_INIT;
  double box[6], volume = 1.0;

  willis_surface_bounds (closed, box);
  for (int k = 0; k < 3; k++)
    volume *= box[3 + k] - box[k] + 2.0;
  params.spacing_mm = spacing_mm > 0.0 ? spacing_mm : CLAMP (cbrt (volume / VOXELS), 0.1, 1.0);
  params.band_mm = MAX (1.0, 4.0 * params.spacing_mm);
  sdf = willis_sdf_new (closed, &params, progress, error);
  return sdf != NULL ? willis_lumen_volume (willis_sdf_volume (sdf), error) : NULL;
}

/* The mask's box with room around it; FALSE where the mask is empty. */
static gboolean
mask_box (const WillisVolume *labels, int label, int lo[3], int hi[3])
{
  const WillisGrid *grid = willis_volume_grid (labels);
  gboolean any = FALSE;

  for (int a = 0; a < 3; a++)
    {
      lo[a] = grid->dims[a];
      hi[a] = -1;
    }
  for (int k = 0; k < grid->dims[2]; k++)
    for (int j = 0; j < grid->dims[1]; j++)
      for (int i = 0; i < grid->dims[0]; i++)
        if (willis_volume_get (labels, i, j, k) == label)
          {
            const int at[3] = { i, j, k };

            any = TRUE;
            for (int a = 0; a < 3; a++)
              {
                lo[a] = MIN (lo[a], at[a]);
                hi[a] = MAX (hi[a], at[a]);
              }
          }
  return any;
}

/* Voxel (i, j, k) of the padded mask, whose first voxel is at lo. What lies outside the labels is not inside
 * the lumen. */
static guint8
padded (const WillisVolume *labels, int label, const int lo[3], int i, int j, int k)
{
  const int *dims = willis_volume_grid (labels)->dims;
  const int at[3] = { lo[0] + i, lo[1] + j, lo[2] + k };

  for (int a = 0; a < 3; a++)
    if (at[a] < 0 || at[a] >= dims[a])
      return 0;
  return willis_volume_get (labels, at[0], at[1], at[2]) == label;
}

/* The mask alone, with a rim of voxels around it. */
static WillisVolume *
cut_mask (const WillisVolume *labels, int label, GError **error)
{
  WillisGrid grid = *willis_volume_grid (labels);
  g_autoptr (WillisVolume) mask = NULL;
  int lo[3], hi[3];
  double first[3];
  guint8 *out;

  if (!mask_box (labels, label, lo, hi))
    {
      willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("The label map has no voxel of label %d"), label);
      return NULL;
    }
  for (int a = 0; a < 3; a++)
    {
      int rim = (int)ceil (BAND_MM / grid.spacing_mm[a]);

      lo[a] -= rim;
      first[a] = lo[a];
      grid.dims[a] = hi[a] + rim + 1 - lo[a];
    }
  willis_grid_ijk_to_lps (willis_volume_grid (labels), first, grid.origin_lps_mm);
  mask = willis_volume_new (&grid, WILLIS_SCALAR_U8, error);
  if (mask == NULL)
    return NULL;
  out = willis_volume_voxels_rw (mask);
  for (int k = 0; k < grid.dims[2]; k++)
    for (int j = 0; j < grid.dims[1]; j++)
      for (int i = 0; i < grid.dims[0]; i++)
        *out++ = padded (labels, label, lo, i, j, k);
  return g_steal_pointer (&mask);
}

WillisLumen *
willis_lumen_from_labels (const WillisVolume *labels, int label, const WillisProgress *progress,
                          GError **error)
{
  g_autoptr (WillisVolume) mask = cut_mask (labels, label, error);
  g_autoptr (WillisVolume) distance = NULL;
  g_autoptr (WillisVolume) once = NULL;
  g_autoptr (WillisVolume) twice = NULL;
  double voxel, sigma;
  gsize n;
  float *d;

  if (mask == NULL)
    return NULL;
  distance = willis_distance_signed (mask, INFINITY, progress, error);
  if (distance == NULL)
    return NULL;
  voxel = cbrt (willis_volume_grid (mask)->spacing_mm[0] * willis_volume_grid (mask)->spacing_mm[1]
                * willis_volume_grid (mask)->spacing_mm[2]);
  sigma = STAIRS * voxel;
  n = willis_grid_n_voxels (willis_volume_grid (mask));
  /* between voxel centres: the wall lies half way */
  d = willis_volume_voxels_rw (distance);
  for (gsize v = 0; v < n; v++)
    d[v] += (float)(d[v] > 0.0f ? -0.5 * voxel : 0.5 * voxel);
  once = willis_gaussian (distance, sigma, progress, error);
  twice = once != NULL ? willis_gaussian (once, sigma, progress, error) : NULL;
  if (twice == NULL)
    return NULL;
  /* smoothing draws a round wall inwards by sigma^2 / 2 R; twicing (Tukey 1977) takes that back */
  d = willis_volume_voxels_rw (once);
  for (gsize v = 0; v < n; v++)
    d[v] = 2.0f * d[v] - willis_volume_f32 (twice)[v];
  return willis_lumen_volume (once, error);
}
