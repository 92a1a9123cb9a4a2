/* SPDX-License-Identifier: Apache-2.0 */
#include "core/image/resample.h"

#include <math.h>

#include "core/image/batch.h"
#include "core/num/vec3.h"

typedef struct
{
  const WillisVolume *volume;
  const void *voxels;
  WillisScalar scalar;
  const int *dims;
  WillisVolume *out;
  WillisInterpolation kind;
  double origin[3], step[3][3]; // source index of out voxel 0, and its change along each out axis
  double outside;
} Resample;

static inline float
load (const Resample *r, int i, int j, int k)
{
  gsize idx = ((gsize)k * (gsize)r->dims[1] + (gsize)j) * (gsize)r->dims[0] + (gsize)i;

  switch (r->scalar)
    {
    case WILLIS_SCALAR_U8:
      return ((const guint8 *)r->voxels)[idx];
    case WILLIS_SCALAR_I16:
      return ((const gint16 *)r->voxels)[idx];
    case WILLIS_SCALAR_F32:
    default:
      return ((const float *)r->voxels)[idx];
    }
}

/* Weights of the taps around x along one axis, with the border voxel repeated. Returns the number of taps. */
static int
taps (WillisInterpolation kind, double x, int n, int at[4], float w[4])
{
  int base, count = kind == WILLIS_INTERPOLATE_CUBIC ? 4 : kind == WILLIS_INTERPOLATE_LINEAR ? 2 : 1;
  float t;

  if (kind == WILLIS_INTERPOLATE_NEAREST)
    {
      at[0] = CLAMP ((int)floor (x + 0.5), 0, n - 1);
      w[0] = 1.0f;
      return 1;
    }
  base = (int)floor (x);
  t = (float)(x - base);
  if (count == 2)
    {
      w[0] = 1.0f - t;
      w[1] = t;
    }
  else
    {
      w[0] = t * (-0.5f + t * (1.0f - 0.5f * t));
      w[1] = 1.0f + t * t * (-2.5f + 1.5f * t);
      w[2] = t * (0.5f + t * (2.0f - 1.5f * t));
      w[3] = t * t * (-0.5f + 0.5f * t);
    }
  for (int m = 0; m < count; m++)
    at[m] = CLAMP (base + m - (count == 4), 0, n - 1);
  return count;
}

static double
value_at (const Resample *r, const double x[3])
{
  int at[3][4], n = 0;
  float w[3][4], sum = 0.0f;

  for (int a = 0; a < 3; a++)
    {
      if (!(x[a] >= -0.5 - 1e-6 && x[a] <= r->dims[a] - 0.5 + 1e-6))
        return r->outside;
      n = taps (r->kind, x[a], r->dims[a], at[a], w[a]);
    }
  for (int c = 0; c < n; c++)
    for (int b = 0; b < n; b++)
      {
        float row = 0.0f;

        for (int a = 0; a < n; a++)
          row += w[0][a] * load (r, at[0][a], at[1][b], at[2][c]);
        sum += w[2][c] * w[1][b] * row;
      }
  return (double)sum;
}

static void
resample_rows (gsize lo, gsize hi, gpointer context)
{
  const Resample *r = context;
  const int *n = willis_volume_grid (r->out)->dims;
  void *out = willis_volume_voxels_rw (r->out);

  for (gsize row = lo; row < hi; row++)
    for (int i = 0; i < n[0]; i++)
      {
        const double at[3] = { i, (double)(row % (gsize)n[1]), (double)(row / (gsize)n[1]) };
        gsize idx = row * (gsize)n[0] + (gsize)i;
        double x[3], v;

        for (int a = 0; a < 3; a++)
          x[a] = r->origin[a] + at[0] * r->step[0][a] + at[1] * r->step[1][a] + at[2] * r->step[2][a];
        v = value_at (r, x);
        if (r->scalar == WILLIS_SCALAR_U8)
          ((guint8 *)out)[idx] = (guint8)lrint (CLAMP (v, 0.0, 255.0));
        else if (r->scalar == WILLIS_SCALAR_I16)
          ((gint16 *)out)[idx] = (gint16)lrint (CLAMP (v, -32768.0, 32767.0));
        else
          ((float *)out)[idx] = (float)v;
      }
}

/* The source index of an index of the new grid. */
static void
source_index (const WillisVolume *volume, const WillisGrid *grid, const double to_source[12],
              const double ijk[3], double out[3])
{
  double p[3], q[3];

  willis_grid_ijk_to_lps (grid, ijk, p);
  vec3_copy (q, p);
  for (int a = 0; to_source != NULL && a < 3; a++)
    q[a] = vec3_dot (to_source + 4 * a, p) + to_source[4 * a + 3];
  willis_grid_lps_to_ijk (willis_volume_grid (volume), q, out);
}

WillisVolume *
willis_resample (const WillisVolume *volume, const WillisGrid *grid, WillisInterpolation kind,
                 const double to_source[12], double outside, const WillisProgress *progress, GError **error)
{
  g_autoptr (WillisVolume) out = willis_volume_new (grid, willis_volume_scalar (volume), error);
  const double zero[3] = { 0, 0, 0 };
  Resample r = { volume,
                 willis_volume_voxels (volume),
                 willis_volume_scalar (volume),
                 willis_volume_grid (volume)->dims,
                 out,
                 kind };

  if (out == NULL)
    return NULL;
  r.outside = outside;
  source_index (volume, grid, to_source, zero, r.origin);
  for (int a = 0; a < 3; a++)
    {
      double one[3] = { 0, 0, 0 };

      one[a] = 1.0;
      source_index (volume, grid, to_source, one, r.step[a]);
      vec3_sub (r.step[a], r.step[a], r.origin);
    }
  if (!willis_batch_for ((gsize)grid->dims[1] * (gsize)grid->dims[2], 16, resample_rows, &r, progress, 0.0,
                         1.0, error))
    return NULL;
  return g_steal_pointer (&out);
}

WillisGrid
willis_grid_isotropic (const WillisGrid *grid, double spacing_mm)
{
  WillisGrid out = *grid;
  double first[3];

  for (int a = 0; a < 3; a++)
    {
      double length = grid->dims[a] * grid->spacing_mm[a];

      out.dims[a] = MAX ((int)ceil (length / spacing_mm - 1e-6), 1);
      out.spacing_mm[a] = spacing_mm;
      first[a] = ((grid->dims[a] - 1) - (out.dims[a] - 1) * spacing_mm / grid->spacing_mm[a]) / 2.0;
    }
  willis_grid_ijk_to_lps (grid, first, out.origin_lps_mm);
  return out;
}
