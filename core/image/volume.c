/* SPDX-License-Identifier: Apache-2.0 */
#include "core/image/volume.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/digest.h"
#include "core/base/error.h"
#include "core/num/vec3.h"

struct _WillisVolume
{
  gatomicrefcount refs;
  WillisGrid grid;
  WillisScalar scalar;
  void *voxels;
  GDestroyNotify destroy;
  gpointer owner;
  GMutex lock; // guards the two remembered values below
  gboolean has_range;
  double range[2];
  char *digest;
};

WillisGrid
willis_grid_new (const int dims[3], const double spacing_mm[3], const double origin_lps_mm[3])
{
  WillisGrid grid = { .direction = { 1, 0, 0, 0, 1, 0, 0, 0, 1 } };

  memcpy (grid.dims, dims, sizeof grid.dims);
  vec3_copy (grid.spacing_mm, spacing_mm);
  vec3_copy (grid.origin_lps_mm, origin_lps_mm);
  return grid;
}

gsize
willis_grid_n_voxels (const WillisGrid *grid)
{
  return (gsize) grid->dims[0] * (gsize) grid->dims[1] * (gsize) grid->dims[2];
}

gboolean
willis_grid_equal (const WillisGrid *a, const WillisGrid *b)
{
  return memcmp (a->dims, b->dims, sizeof a->dims) == 0
         && memcmp (a->origin_lps_mm, b->origin_lps_mm, sizeof a->origin_lps_mm) == 0
         && memcmp (a->spacing_mm, b->spacing_mm, sizeof a->spacing_mm) == 0
         && memcmp (a->direction, b->direction, sizeof a->direction) == 0;
}

gboolean
willis_grid_check (const WillisGrid *grid, GError **error)
{
  const double *d = grid->direction;
  double det;

  for (int a = 0; a < 3; a++)
    {
      if (grid->dims[a] < 1 || grid->dims[a] > 65535)
        return willis_fail (error, WILLIS_ERROR_BAD_INPUT, "size %d along axis %d is not possible",
                            grid->dims[a], a);
      if (!isfinite (grid->spacing_mm[a]) || grid->spacing_mm[a] < 1e-4 || grid->spacing_mm[a] > 1e3)
        return willis_fail (error, WILLIS_ERROR_BAD_INPUT, "spacing %g mm along axis %d is not possible",
                            grid->spacing_mm[a], a);
      if (!isfinite (grid->origin_lps_mm[a]) || fabs (grid->origin_lps_mm[a]) > 1e6)
        return willis_fail (error, WILLIS_ERROR_BAD_INPUT, "origin %g mm along axis %d is not possible",
                            grid->origin_lps_mm[a], a);
    }
  if (willis_grid_n_voxels (grid) > WILLIS_MAX_VOXELS)
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, "%d x %d x %d voxels are too many", grid->dims[0],
                        grid->dims[1], grid->dims[2]);
  for (int a = 0; a < 3; a++)
    for (int b = a; b < 3; b++)
      {
        double dot = d[a] * d[b] + d[3 + a] * d[3 + b] + d[6 + a] * d[6 + b];

        if (!(fabs (dot - (a == b)) <= 1e-4))
          return willis_fail (error, WILLIS_ERROR_BAD_INPUT, "its axes are not orthonormal");
      }
  det = d[0] * (d[4] * d[8] - d[5] * d[7]) - d[1] * (d[3] * d[8] - d[5] * d[6])
        + d[2] * (d[3] * d[7] - d[4] * d[6]);
  if (det < 0)
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, "its axes are left-handed");
  return TRUE;
}

void
willis_grid_ijk_to_lps (const WillisGrid *grid, const double ijk[3], double lps_mm[3])
{
  const double *d = grid->direction, *o = grid->origin_lps_mm;
  double x = ijk[0] * grid->spacing_mm[0], y = ijk[1] * grid->spacing_mm[1];
  double z = ijk[2] * grid->spacing_mm[2];

  vec3_set (lps_mm, o[0] + d[0] * x + d[1] * y + d[2] * z, o[1] + d[3] * x + d[4] * y + d[5] * z,
            o[2] + d[6] * x + d[7] * y + d[8] * z);
}

void
willis_grid_lps_to_ijk (const WillisGrid *grid, const double lps_mm[3], double ijk[3])
{
  const double *d = grid->direction, *s = grid->spacing_mm;
  double p[3];

  vec3_sub (p, lps_mm, grid->origin_lps_mm);
  vec3_set (ijk, (d[0] * p[0] + d[3] * p[1] + d[6] * p[2]) / s[0],
            (d[1] * p[0] + d[4] * p[1] + d[7] * p[2]) / s[1],
            (d[2] * p[0] + d[5] * p[1] + d[8] * p[2]) / s[2]);
}

void
willis_grid_gradient_to_lps (const WillisGrid *grid, const double gradient_ijk[3], double gradient_lps[3])
{
  const double *d = grid->direction;
  double x = gradient_ijk[0] / grid->spacing_mm[0], y = gradient_ijk[1] / grid->spacing_mm[1];
  double z = gradient_ijk[2] / grid->spacing_mm[2];

  vec3_set (gradient_lps, d[0] * x + d[1] * y + d[2] * z, d[3] * x + d[4] * y + d[5] * z,
            d[6] * x + d[7] * y + d[8] * z);
}

double
willis_grid_min_spacing (const WillisGrid *grid)
{
  return MIN (grid->spacing_mm[0], MIN (grid->spacing_mm[1], grid->spacing_mm[2]));
}

WillisGrid
willis_grid_crop (const WillisGrid *grid, const int lo[3], const int hi[3])
{
  WillisGrid crop = *grid;
  double ijk[3] = { lo[0], lo[1], lo[2] };

  for (int a = 0; a < 3; a++)
    crop.dims[a] = hi[a] - lo[a] + 1;
  willis_grid_ijk_to_lps (grid, ijk, crop.origin_lps_mm);
  return crop;
}

gsize
willis_scalar_size (WillisScalar scalar)
{
  switch (scalar)
    {
    case WILLIS_SCALAR_U8:
      return 1;
    case WILLIS_SCALAR_I16:
      return 2;
    case WILLIS_SCALAR_F32:
    default:
      return 4;
    }
}

WillisVolume *
willis_volume_new_take (const WillisGrid *grid, WillisScalar scalar, void *voxels, GDestroyNotify destroy,
                        gpointer owner)
{
  WillisVolume *volume = g_new0 (WillisVolume, 1);

  g_atomic_ref_count_init (&volume->refs);
  g_mutex_init (&volume->lock);
  volume->grid = *grid;
  volume->scalar = scalar;
  volume->voxels = voxels;
  volume->destroy = destroy;
  volume->owner = owner != NULL ? owner : voxels;
  return volume;
}

WillisVolume *
willis_volume_new (const WillisGrid *grid, WillisScalar scalar, GError **error)
{
  void *voxels;

  if (!willis_grid_check (grid, error))
    return NULL;
  voxels = willis_try_alloc ((gsize) grid->dims[0], (gsize) grid->dims[1], (gsize) grid->dims[2],
                             willis_scalar_size (scalar), error);
  if (voxels == NULL)
    return NULL;
  return willis_volume_new_take (grid, scalar, voxels, free, NULL);
}

WillisVolume *
willis_volume_ref (WillisVolume *volume)
{
  g_atomic_ref_count_inc (&volume->refs);
  return volume;
}

void
willis_volume_unref (WillisVolume *volume)
{
  if (volume == NULL || !g_atomic_ref_count_dec (&volume->refs))
    return;
  if (volume->destroy != NULL)
    volume->destroy (volume->owner);
  g_mutex_clear (&volume->lock);
  g_free (volume->digest);
  g_free (volume);
}

const WillisGrid *
willis_volume_grid (const WillisVolume *volume)
{
  return &volume->grid;
}

WillisScalar
willis_volume_scalar (const WillisVolume *volume)
{
  return volume->scalar;
}

const void *
willis_volume_voxels (const WillisVolume *volume)
{
  return volume->voxels;
}

const guint8 *
willis_volume_u8 (const WillisVolume *volume)
{
  return volume->scalar == WILLIS_SCALAR_U8 ? volume->voxels : NULL;
}

const gint16 *
willis_volume_i16 (const WillisVolume *volume)
{
  return volume->scalar == WILLIS_SCALAR_I16 ? volume->voxels : NULL;
}

const float *
willis_volume_f32 (const WillisVolume *volume)
{
  return volume->scalar == WILLIS_SCALAR_F32 ? volume->voxels : NULL;
}

void *
willis_volume_voxels_rw (WillisVolume *volume)
{
  return volume->voxels;
}

static inline double
value_at (const WillisVolume *volume, gsize idx)
{
  switch (volume->scalar)
    {
    case WILLIS_SCALAR_U8:
      return ((const guint8 *) volume->voxels)[idx];
    case WILLIS_SCALAR_I16:
      return ((const gint16 *) volume->voxels)[idx];
    case WILLIS_SCALAR_F32:
    default:
      return (double) ((const float *) volume->voxels)[idx];
    }
}

static inline gsize
voxel_idx (const WillisGrid *grid, int i, int j, int k)
{
  return ((gsize) k * (gsize) grid->dims[1] + (gsize) j) * (gsize) grid->dims[0] + (gsize) i;
}

double
willis_volume_get (const WillisVolume *volume, int i, int j, int k)
{
  return value_at (volume, voxel_idx (&volume->grid, i, j, k));
}

double
willis_volume_sample (const WillisVolume *volume, const double ijk[3])
{
  const WillisGrid *g = &volume->grid;
  int lo[3], hi[3];
  double t[3], plane[2];

  for (int a = 0; a < 3; a++)
    {
      double x = CLAMP (ijk[a], 0.0, (double) (g->dims[a] - 1));

      lo[a] = (int) x;
      hi[a] = MIN (lo[a] + 1, g->dims[a] - 1);
      t[a] = x - lo[a];
    }
  for (int c = 0; c < 2; c++)
    {
      int k = c == 0 ? lo[2] : hi[2];
      double v00 = value_at (volume, voxel_idx (g, lo[0], lo[1], k));
      double v10 = value_at (volume, voxel_idx (g, hi[0], lo[1], k));
      double v01 = value_at (volume, voxel_idx (g, lo[0], hi[1], k));
      double v11 = value_at (volume, voxel_idx (g, hi[0], hi[1], k));
      double row0 = v00 + t[0] * (v10 - v00), row1 = v01 + t[0] * (v11 - v01);

      plane[c] = row0 + t[1] * (row1 - row0);
    }
  return plane[0] + t[2] * (plane[1] - plane[0]);
}

void
willis_volume_range (const WillisVolume *volume, double range[2])
{
  WillisVolume *self = (WillisVolume *) volume; // only the remembered value changes, under the lock

  g_mutex_lock (&self->lock);
  if (!self->has_range)
    {
      gsize n = willis_grid_n_voxels (&volume->grid);
      double lo = INFINITY, hi = -INFINITY;

      for (gsize idx = 0; idx < n; idx++)
        {
          double v = value_at (volume, idx);

          if (isfinite (v))
            {
              lo = MIN (lo, v);
              hi = MAX (hi, v);
            }
        }
      self->range[0] = isfinite (lo) ? lo : 0.0;
      self->range[1] = isfinite (hi) ? hi : 0.0;
      self->has_range = TRUE;
    }
  range[0] = self->range[0];
  range[1] = self->range[1];
  g_mutex_unlock (&self->lock);
}

const char *
willis_volume_digest (const WillisVolume *volume)
{
  WillisVolume *self = (WillisVolume *) volume; // only the remembered value changes, under the lock

  g_mutex_lock (&self->lock);
  if (self->digest == NULL)
    {
      WillisDigest *digest = willis_digest_new ();

      for (int a = 0; a < 3; a++)
        willis_digest_int (digest, volume->grid.dims[a]);
      willis_digest_doubles (digest, volume->grid.origin_lps_mm, 3);
      willis_digest_doubles (digest, volume->grid.spacing_mm, 3);
      willis_digest_doubles (digest, volume->grid.direction, 9);
      willis_digest_int (digest, volume->scalar);
      willis_digest_bytes (digest, volume->voxels,
                           willis_grid_n_voxels (&volume->grid) * willis_scalar_size (volume->scalar));
      self->digest = willis_digest_finish (digest);
    }
  g_mutex_unlock (&self->lock);
  return self->digest;
}

WillisVolume *
willis_volume_convert (const WillisVolume *volume, WillisScalar scalar, GError **error)
{
  WillisVolume *out = willis_volume_new (&volume->grid, scalar, error);
  gsize n = willis_grid_n_voxels (&volume->grid);

  if (out == NULL)
    return NULL;
  if (scalar == volume->scalar)
    {
      memcpy (out->voxels, volume->voxels, n * willis_scalar_size (scalar));
      return out;
    }
#pragma omp parallel for schedule(static)
  for (gsize idx = 0; idx < n; idx++)
    {
      double v = value_at (volume, idx);

      if (scalar == WILLIS_SCALAR_U8)
        ((guint8 *) out->voxels)[idx] = (guint8) lrint (CLAMP (v, 0.0, 255.0));
      else if (scalar == WILLIS_SCALAR_I16)
        ((gint16 *) out->voxels)[idx] = (gint16) lrint (CLAMP (v, -32768.0, 32767.0));
      else
        ((float *) out->voxels)[idx] = (float) v;
    }
  return out;
}

WillisVolume *
willis_volume_crop (const WillisVolume *volume, const int lo[3], const int hi[3], GError **error)
{
  WillisGrid grid;
  WillisVolume *out;
  gsize size = willis_scalar_size (volume->scalar), row;

  for (int a = 0; a < 3; a++)
    if (lo[a] < 0 || hi[a] < lo[a] || hi[a] >= volume->grid.dims[a])
      {
        willis_fail (error, WILLIS_ERROR_BAD_INPUT, "the box %d..%d along axis %d leaves the volume", lo[a],
                     hi[a], a);
        return NULL;
      }
  grid = willis_grid_crop (&volume->grid, lo, hi);
  out = willis_volume_new (&grid, volume->scalar, error);
  if (out == NULL)
    return NULL;
  row = (gsize) grid.dims[0] * size;
  for (int k = 0; k < grid.dims[2]; k++)
    for (int j = 0; j < grid.dims[1]; j++)
      memcpy ((guint8 *) out->voxels + voxel_idx (&grid, 0, j, k) * size,
              (const guint8 *) volume->voxels
                  + voxel_idx (&volume->grid, lo[0], lo[1] + j, lo[2] + k) * size,
              row);
  return out;
}
