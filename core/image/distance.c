/* SPDX-License-Identifier: Apache-2.0 */
#include "core/image/distance.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/error.h"
#include "core/image/batch.h"
#include "core/num/kernel.h"

/* Lines that one kernel call handles side by side. */
#define LANES 32

/* Steps of the search between two looks at whether it may stop; rows of padding at both ends of a tile. */
#define BLOCK 8

/* Larger than any squared distance, but adding two of them stays finite. */
#define FAR 1e30f

typedef struct
{
  const guint8 *mask;
  guint8 measure_to; // 1: to the mask's voxels, 0: to the others
  int dims[3];
  float step2[3]; // squared spacing, mm2
  int reach[3];   // farthest that max_mm lets one look, in voxels
  float limit;    // mm
  float *out;
} Transform;

/* Distance along one axis only: squared distance from each row of a tile [n][LANES] of flags to the nearest set flag
 * of its column. */
WILLIS_KERNEL static void
scan_columns (const guint8 *flags, float *tile, int n, float step2)
{
  float since[LANES];

  for (int l = 0; l < LANES; l++)
    since[l] = 1e9f;
  for (int y = 0; y < n; y++)
    for (int l = 0; l < LANES; l++)
      {
        since[l] = flags[y * LANES + l] ? 0.0f : since[l] + 1.0f;
        tile[y * LANES + l] = since[l];
      }
  for (int l = 0; l < LANES; l++)
    since[l] = 1e9f;
  for (int y = n - 1; y >= 0; y--)
    for (int l = 0; l < LANES; l++)
      {
        float d = tile[y * LANES + l];

        since[l] = since[l] + 1.0f;
        d = d < since[l] ? d : since[l];
        since[l] = d;
        tile[y * LANES + l] = d < 1e8f ? d * d * step2 : FAR;
      }
}

static inline float
smaller (float a, float b)
{
  return a < b ? a : b;
}

/* best[l] = min (best[l], from[m * stride + l] + add[m]) for m = 0 .. BLOCK - 1. Written out, so that it is one straight
 * line for each lane. */
static inline void
look_block (const float *restrict from, gssize stride, const float *restrict add, float *restrict best)
{
  const float *restrict f0 = from, *restrict f1 = from + stride, *restrict f2 = from + 2 * stride;
  const float *restrict f3 = from + 3 * stride, *restrict f4 = from + 4 * stride, *restrict f5 = from + 5 * stride;
  const float *restrict f6 = from + 6 * stride, *restrict f7 = from + 7 * stride;
  float a0 = add[0], a1 = add[1], a2 = add[2], a3 = add[3], a4 = add[4], a5 = add[5], a6 = add[6], a7 = add[7];

  for (int l = 0; l < LANES; l++)
    {
      float x = smaller (smaller (f0[l] + a0, f1[l] + a1), smaller (f2[l] + a2, f3[l] + a3));
      float y = smaller (smaller (f4[l] + a4, f5[l] + a5), smaller (f6[l] + a6, f7[l] + a7));

      best[l] = smaller (best[l], smaller (x, y));
    }
}

/* out[y][l] = min over z of tile[z][l] + step2 (y - z)^2. tile has BLOCK rows of FAR before and behind its n rows. add
 * [n + BLOCK] holds step2 d^2. */
WILLIS_KERNEL static void
lower_envelope (const float *restrict tile, float *restrict out, int n, const float *restrict add, int reach)
{
  for (int y = 0; y < n; y++)
    {
      const float *row = tile + (gssize) y * LANES;
      float *best = out + (gssize) y * LANES;
      int end = MIN (MAX (y, n - 1 - y), reach);

      memcpy (best, row, LANES * sizeof (float));
      for (int d = 1; d <= end; d += BLOCK)
        {
          int more = 0;

          for (int l = 0; l < LANES; l++) // nothing at d or beyond can be less than add[d]
            more += best[l] > add[d];
          if (more == 0)
            break;
          if (d <= y)
            look_block (row - (gssize) d * LANES, -LANES, add + d, best);
          if (d < n - y)
            look_block (row + (gssize) d * LANES, LANES, add + d, best);
        }
    }
}

/* The first axis, j: flags from the mask, columns of LANES voxels side by side, for slices [lo, hi). */
static void
pass_j (gsize lo, gsize hi, gpointer context)
{
  const Transform *t = context;
  gsize nx = (gsize) t->dims[0], ny = (gsize) t->dims[1];
  g_autofree guint8 *flags = g_malloc (ny * LANES);
  g_autofree float *tile = g_new (float, ny * LANES);

  for (gsize k = lo; k < hi; k++)
    for (gsize i = 0; i < nx; i += LANES)
      {
        gsize base = k * nx * ny + i, width = MIN (LANES, nx - i);

        memset (flags, 0, ny * LANES);
        for (gsize j = 0; j < ny; j++)
          for (gsize l = 0; l < width; l++)
            flags[j * LANES + l] = (t->mask[base + j * nx + l] != 0) == t->measure_to;
        scan_columns (flags, tile, t->dims[1], t->step2[1]);
        for (gsize j = 0; j < ny; j++)
          memcpy (t->out + base + j * nx, tile + j * LANES, width * sizeof (float));
      }
}

/* step2 d^2 for d = 0 .. n + BLOCK - 1. */
static float *
squares (gsize n, float step2)
{
  float *add = g_new (float, n + BLOCK);

  for (gsize d = 0; d < n + BLOCK; d++)
    add[d] = step2 * (float) d * (float) d;
  return add;
}

static float *
padded_tile (gsize n)
{
  float *tile = g_new (float, (n + 2 * BLOCK) * LANES);

  for (gsize m = 0; m < (n + 2 * BLOCK) * LANES; m++)
    tile[m] = FAR;
  return tile;
}

/* The second axis, k, for rows [lo, hi). */
static void
pass_k (gsize lo, gsize hi, gpointer context)
{
  const Transform *t = context;
  gsize nx = (gsize) t->dims[0], ny = (gsize) t->dims[1], nz = (gsize) t->dims[2];
  g_autofree float *padded = padded_tile (nz);
  g_autofree float *result = g_new (float, nz * LANES);
  g_autofree float *add = squares (nz, t->step2[2]);
  float *tile = padded + BLOCK * LANES;

  for (gsize j = lo; j < hi; j++)
    for (gsize i = 0; i < nx; i += LANES)
      {
        gsize base = j * nx + i, width = MIN (LANES, nx - i);

        for (gsize k = 0; k < nz; k++)
          {
            memcpy (tile + k * LANES, t->out + base + k * nx * ny, width * sizeof (float));
            for (gsize l = width; l < LANES; l++)
              tile[k * LANES + l] = 0.0f; // so that empty lanes do not lengthen the search
          }
        lower_envelope (tile, result, t->dims[2], add, t->reach[2]);
        for (gsize k = 0; k < nz; k++)
          memcpy (t->out + base + k * nx * ny, result + k * LANES, width * sizeof (float));
      }
}

WILLIS_KERNEL static void
finish_rows (const float *tile, float *out, gsize n, gsize row, gsize width, float limit)
{
  for (gsize l = 0; l < width; l++)
    for (gsize i = 0; i < n; i++)
      {
        float d = sqrtf (tile[i * LANES + l]);

        out[l * row + i] = d < limit ? d : limit;
      }
}

/* The last axis, i: LANES rows of one slice are turned so that they lie side by side; bundles [lo, hi). */
static void
pass_i (gsize lo, gsize hi, gpointer context)
{
  const Transform *t = context;
  gsize nx = (gsize) t->dims[0], n_rows = (gsize) t->dims[1] * (gsize) t->dims[2];
  g_autofree float *padded = padded_tile (nx);
  g_autofree float *result = g_new (float, nx * LANES);
  g_autofree float *add = squares (nx, t->step2[0]);
  float *tile = padded + BLOCK * LANES;

  for (gsize b = lo; b < hi; b++)
    {
      gsize first = b * LANES, width = MIN (LANES, n_rows - first);

      for (gsize l = 0; l < LANES; l++)
        for (gsize i = 0; i < nx; i++)
          tile[i * LANES + l] = l < width ? t->out[(first + l) * nx + i] : 0.0f;
      lower_envelope (tile, result, t->dims[0], add, t->reach[0]);
      finish_rows (result, t->out + first * nx, nx, nx, width, t->limit);
    }
}

/* Distances to the voxels with (mask != 0) == measure_to into out. */
static gboolean
transform (const WillisVolume *mask, guint8 measure_to, double max_mm, WillisVolume *out,
           const WillisProgress *progress, double from, double to, GError **error)
{
  const WillisGrid *grid = willis_volume_grid (mask);
  Transform t = { willis_volume_u8 (mask), measure_to };
  double diagonal = 0.0, part = (to - from) / 3.0;

  for (int a = 0; a < 3; a++)
    {
      double length = grid->dims[a] * grid->spacing_mm[a];

      diagonal += length * length;
    }
  t.limit = (float) MIN (max_mm, sqrt (diagonal));
  for (int a = 0; a < 3; a++)
    {
      t.dims[a] = grid->dims[a];
      t.step2[a] = (float) (grid->spacing_mm[a] * grid->spacing_mm[a]);
      t.reach[a] = (int) MIN (ceil (max_mm / grid->spacing_mm[a]), 1e6);
    }
  t.out = willis_volume_voxels_rw (out);
  return willis_batch_for ((gsize) t.dims[2], 1, pass_j, &t, progress, from, from + part, error)
         && willis_batch_for ((gsize) t.dims[1], 4, pass_k, &t, progress, from + part, from + 2 * part, error)
         && willis_batch_for (((gsize) t.dims[1] * (gsize) t.dims[2] + LANES - 1) / LANES, 8, pass_i, &t, progress,
                              from + 2 * part, to, error);
}

static WillisVolume *
new_result (const WillisVolume *mask, double max_mm, GError **error)
{
  if (willis_volume_u8 (mask) == NULL || !(max_mm > 0.0))
    {
      willis_fail (error, WILLIS_ERROR_BAD_INPUT, "distances need an 8-bit mask and a limit above 0 mm");
      return NULL;
    }
  return willis_volume_new (willis_volume_grid (mask), WILLIS_SCALAR_F32, error);
}

static WillisVolume *
one_sided (const WillisVolume *mask, guint8 measure_to, double max_mm, const WillisProgress *progress,
           GError **error)
{
  g_autoptr (WillisVolume) out = new_result (mask, max_mm, error);

  if (out == NULL || !transform (mask, measure_to, max_mm, out, progress, 0.0, 1.0, error))
    return NULL;
  return g_steal_pointer (&out);
}

WillisVolume *
willis_distance_to_mask (const WillisVolume *mask, double max_mm, const WillisProgress *progress, GError **error)
{
  return one_sided (mask, 1, max_mm, progress, error);
}

WillisVolume *
willis_distance_in_mask (const WillisVolume *mask, double max_mm, const WillisProgress *progress, GError **error)
{
  return one_sided (mask, 0, max_mm, progress, error);
}

typedef struct
{
  const guint8 *mask;
  const float *outside;
  float *inside;
} Merge;

static void
merge_sides (gsize lo, gsize hi, gpointer context)
{
  const Merge *m = context;

  for (gsize n = lo; n < hi; n++)
    if (!m->mask[n])
      m->inside[n] = -m->outside[n];
}

WillisVolume *
willis_distance_signed (const WillisVolume *mask, double max_mm, const WillisProgress *progress, GError **error)
{
  g_autoptr (WillisVolume) inside = new_result (mask, max_mm, error);
  g_autoptr (WillisVolume) outside = NULL;
  Merge merge = { willis_volume_u8 (mask) };

  if (inside == NULL || !transform (mask, 0, max_mm, inside, progress, 0.0, 0.5, error))
    return NULL;
  outside = willis_volume_new (willis_volume_grid (mask), WILLIS_SCALAR_F32, error);
  if (outside == NULL || !transform (mask, 1, max_mm, outside, progress, 0.5, 1.0, error))
    return NULL;
  merge.outside = willis_volume_f32 (outside);
  merge.inside = willis_volume_voxels_rw (inside);
  willis_parallel_for (willis_grid_n_voxels (willis_volume_grid (mask)), 1 << 18, merge_sides, &merge);
  return g_steal_pointer (&inside);
}
