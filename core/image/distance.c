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

/* What is measured to. BOTH carries two fields in one array: inside voxels hold the squared distance to the
 * outside, outside voxels minus that to the inside; the other one of the two is zero there and needs no room.
 */
enum
{
  OTHERS = 0,
  MASK = 1,
  BOTH = 2,
};

typedef struct
{
  const guint8 *mask;
  int measure_to; // MASK, OTHERS or BOTH
  int dims[3];
  float step2[3]; // squared spacing, mm2
  int reach[3];   // farthest that max_mm lets one look, in voxels
  float limit;    // mm
  float *out;
} Transform;

/* Distance along one axis only: squared distance from each row of a tile [n][LANES] of flags to the nearest
 * set flag of its column. */
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

/* best[l] = min (best[l], from[m * stride + l] + add[m]) for m = 0 .. BLOCK - 1. Written out, so that it is
 * one straight line for each lane. */
static inline void
look_block (const float *restrict from, gssize stride, const float *restrict add, float *restrict best)
{
  const float *restrict f0 = from, *restrict f1 = from + stride, *restrict f2 = from + 2 * stride;
  const float *restrict f3 = from + 3 * stride, *restrict f4 = from + 4 * stride,
                        *restrict f5 = from + 5 * stride;
  const float *restrict f6 = from + 6 * stride, *restrict f7 = from + 7 * stride;
  float a0 = add[0], a1 = add[1], a2 = add[2], a3 = add[3], a4 = add[4], a5 = add[5], a6 = add[6],
        a7 = add[7];

  for (int l = 0; l < LANES; l++)
    {
      float x = smaller (smaller (f0[l] + a0, f1[l] + a1), smaller (f2[l] + a2, f3[l] + a3));
      float y = smaller (smaller (f4[l] + a4, f5[l] + a5), smaller (f6[l] + a6, f7[l] + a7));

      best[l] = smaller (best[l], smaller (x, y));
    }
}

/* out[y][l] = min over z of tile[z][l] + step2 (y - z)^2. tile has BLOCK rows of FAR before and behind its n
 * rows. add [n + BLOCK] holds step2 d^2. */
WILLIS_KERNEL static void
lower_envelope (const float *restrict tile, float *restrict out, int n, const float *restrict add, int reach)
{
  for (int y = 0; y < n; y++)
    {
      const float *row = tile + (gssize)y * LANES;
      float *best = out + (gssize)y * LANES;
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
            look_block (row - (gssize)d * LANES, -LANES, add + d, best);
          if (d < n - y)
            look_block (row + (gssize)d * LANES, LANES, add + d, best);
        }
    }
}

/* The first axis, j: flags from the mask, columns of LANES voxels side by side, for slices [lo, hi). */
static void
pass_j (gsize lo, gsize hi, gpointer context)
{
  const Transform *t = context;
  gsize nx = (gsize)t->dims[0], ny = (gsize)t->dims[1];
  g_autofree guint8 *flags = g_malloc (ny * LANES);
  g_autofree float *tile = g_new (float, ny *LANES);
  g_autofree float *other = g_new (float, ny *LANES);

  for (gsize k = lo; k < hi; k++)
    for (gsize i = 0; i < nx; i += LANES)
      {
        gsize base = k * nx * ny + i, width = MIN (LANES, nx - i);

        memset (flags, 0, ny * LANES);
        for (gsize j = 0; j < ny; j++)
          for (gsize l = 0; l < width; l++)
            flags[j * LANES + l] = (t->mask[base + j * nx + l] != 0) == (t->measure_to == MASK);
        scan_columns (flags, tile, t->dims[1], t->step2[1]);
        if (t->measure_to == BOTH)
          {
            for (gsize m = 0; m < ny * LANES; m++)
              flags[m] = !flags[m];
            scan_columns (flags, other, t->dims[1], t->step2[1]);
            for (gsize m = 0; m < ny * LANES; m++)
              tile[m] = flags[m] ? tile[m] : -other[m];
          }
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
    add[d] = step2 * (float)d * (float)d;
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

/* A bundle of LANES lines of n voxels, and the room to work on them. */
typedef struct
{
  gsize n;
  int reach;
  gboolean both;
  float *padded[2], *tile[2], *result[2],
      *add; // [0]: the lines and what comes of them; [1]: the other field of BOTH
} Lines;

static void
lines_init (Lines *s, const Transform *t, int axis)
{
  s->n = (gsize)t->dims[axis];
  s->reach = t->reach[axis];
  s->both = t->measure_to == BOTH;
  s->add = squares (s->n, t->step2[axis]);
  for (int f = 0; f < 2; f++)
    {
      s->padded[f] = padded_tile (s->n);
      s->tile[f] = s->padded[f] + BLOCK * LANES;
      s->result[f] = g_new (float, s->n *LANES);
    }
}

static void
lines_clear (Lines *s)
{
  for (int f = 0; f < 2; f++)
    {
      g_free (s->padded[f]);
      g_free (s->result[f]);
    }
  g_free (s->add);
}

WILLIS_KERNEL static void
split_fields (float *restrict tile, float *restrict other, gsize n)
{
  for (gsize m = 0; m < n; m++)
    {
      float f = tile[m];

      tile[m] = f > 0.0f ? f : 0.0f;
      other[m] = f > 0.0f ? 0.0f : -f;
    }
}

WILLIS_KERNEL static void
join_fields (float *restrict result, const float *restrict other, const float *restrict outside, gsize n)
{
  for (gsize m = 0; m < n; m++)
    result[m] = outside[m] > 0.0f ? -other[m] : result[m];
}

/* tile[0] to result[0] along the lines. */
static void
lines_run (Lines *s)
{
  if (s->both)
    split_fields (s->tile[0], s->tile[1], s->n * LANES);
  lower_envelope (s->tile[0], s->result[0], (int)s->n, s->add, s->reach);
  if (!s->both)
    return;
  lower_envelope (s->tile[1], s->result[1], (int)s->n, s->add, s->reach);
  join_fields (s->result[0], s->result[1], s->tile[1], s->n * LANES);
}

/* The second axis, k, for rows [lo, hi). */
static void
pass_k (gsize lo, gsize hi, gpointer context)
{
  const Transform *t = context;
  gsize nx = (gsize)t->dims[0], ny = (gsize)t->dims[1], nz = (gsize)t->dims[2];
  Lines s;

  lines_init (&s, t, 2);
  for (gsize j = lo; j < hi; j++)
    for (gsize i = 0; i < nx; i += LANES)
      {
        gsize base = j * nx + i, width = MIN (LANES, nx - i);

        for (gsize k = 0; k < nz; k++)
          {
            memcpy (s.tile[0] + k * LANES, t->out + base + k * nx * ny, width * sizeof (float));
            for (gsize l = width; l < LANES; l++)
              s.tile[0][k * LANES + l] = 0.0f; // so that empty lanes do not lengthen the search
          }
        lines_run (&s);
        for (gsize k = 0; k < nz; k++)
          memcpy (t->out + base + k * nx * ny, s.result[0] + k * LANES, width * sizeof (float));
      }
  lines_clear (&s);
}

WILLIS_KERNEL static void
finish_rows (const float *tile, float *out, gsize n, gsize row, gsize width, float limit)
{
  for (gsize l = 0; l < width; l++)
    for (gsize i = 0; i < n; i++)
      {
        float f = tile[i * LANES + l], d = sqrtf (fabsf (f));

        out[l * row + i] = copysignf (d < limit ? d : limit, f);
      }
}

/* The last axis, i: LANES rows of one slice are turned so that they lie side by side; bundles [lo, hi). */
static void
pass_i (gsize lo, gsize hi, gpointer context)
{
  const Transform *t = context;
  gsize nx = (gsize)t->dims[0], n_rows = (gsize)t->dims[1] * (gsize)t->dims[2];
  Lines s;

  lines_init (&s, t, 0);
  for (gsize b = lo; b < hi; b++)
    {
      gsize first = b * LANES, width = MIN (LANES, n_rows - first);

      for (gsize l = 0; l < LANES; l++)
        for (gsize i = 0; i < nx; i++)
          s.tile[0][i * LANES + l] = l < width ? t->out[(first + l) * nx + i] : 0.0f;
      lines_run (&s);
      finish_rows (s.result[0], t->out + first * nx, nx, nx, width, t->limit);
    }
  lines_clear (&s);
}

static WillisVolume *
transform (const WillisVolume *mask, int measure_to, double max_mm, const WillisProgress *progress,
           GError **error)
{
  const WillisGrid *grid = willis_volume_grid (mask);
  g_autoptr (WillisVolume) out = NULL;
  Transform t = { .mask = willis_volume_u8 (mask), .measure_to = measure_to };
  double diagonal = 0.0;

  if (t.mask == NULL || !(max_mm > 0.0))
    {
      willis_fail (error, WILLIS_ERROR_BAD_INPUT, "distances need an 8-bit mask and a limit above 0 mm");
      return NULL;
    }
  out = willis_volume_new (grid, WILLIS_SCALAR_F32, error);
  if (out == NULL)
    return NULL;
  for (int a = 0; a < 3; a++)
    {
      double length = grid->dims[a] * grid->spacing_mm[a];

      diagonal += length * length;
      t.dims[a] = grid->dims[a];
      t.step2[a] = (float)(grid->spacing_mm[a] * grid->spacing_mm[a]);
      t.reach[a] = (int)MIN (ceil (max_mm / grid->spacing_mm[a]), 1e6);
    }
  t.limit = (float)MIN (max_mm, sqrt (diagonal));
  t.out = willis_volume_voxels_rw (out);
  if (!willis_batch_for ((gsize)t.dims[2], 1, pass_j, &t, progress, 0.0, 0.2, error)
      || !willis_batch_for ((gsize)t.dims[1], 4, pass_k, &t, progress, 0.2, 0.6, error)
      || !willis_batch_for (((gsize)t.dims[1] * (gsize)t.dims[2] + LANES - 1) / LANES, 8, pass_i, &t,
                            progress, 0.6, 1.0, error))
    return NULL;
  return g_steal_pointer (&out);
}

WillisVolume *
willis_distance_to_mask (const WillisVolume *mask, double max_mm, const WillisProgress *progress,
                         GError **error)
{
  return transform (mask, MASK, max_mm, progress, error);
}

WillisVolume *
willis_distance_in_mask (const WillisVolume *mask, double max_mm, const WillisProgress *progress,
                         GError **error)
{
  return transform (mask, OTHERS, max_mm, progress, error);
}

WillisVolume *
willis_distance_signed (const WillisVolume *mask, double max_mm, const WillisProgress *progress,
                        GError **error)
{
  return transform (mask, BOTH, max_mm, progress, error);
}
