/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdlib.h>

#include "core/base/alloc.h"
#include "core/base/parallel.h"
#include "core/followup/followup-private.h"
#include "core/num/kernel.h"

/* ---- thinning ---- */

typedef struct
{
  const WillisVolume *volume;
  int factor[3];
  float lo, hi;
  WillisGrid grid;
  float *out;
} Thin;

static WillisGrid
thin_grid (const WillisGrid *g, double target_mm, int factor[3])
{
  WillisGrid out = *g;
  double centre[3];

  for (int a = 0; a < 3; a++)
    {
      factor[a] = CLAMP ((int) lrint (target_mm / g->spacing_mm[a]), 1, g->dims[a]);
      out.dims[a] = MAX (g->dims[a] / factor[a], 1);
      out.spacing_mm[a] = g->spacing_mm[a] * factor[a];
      centre[a] = 0.5 * (factor[a] - 1);
    }
  willis_grid_ijk_to_lps (g, centre, out.origin_lps_mm);
  return out;
}

#define DEFINE_ADD_ROW(type)                                                                                           \
  WILLIS_KERNEL static void add_row_##type (const type *row, int n, int factor, float lo, float hi, float *out)        \
  {                                                                                                                    \
    if (factor == 1)                                                                                                   \
      for (int i = 0; i < n; i++)                                                                                      \
        {                                                                                                              \
          float v = (float) row[i];                                                                                    \
          v = v < lo ? lo : v;                                                                                         \
          out[i] += v > hi ? hi : v;                                                                                   \
        }                                                                                                              \
    else                                                                                                               \
      for (int i = 0; i < n; i++)                                                                                      \
        {                                                                                                              \
          float sum = 0.0f;                                                                                            \
          for (int m = 0; m < factor; m++)                                                                             \
            {                                                                                                          \
              float v = (float) row[i * factor + m];                                                                   \
              v = v < lo ? lo : v;                                                                                     \
              sum += v > hi ? hi : v;                                                                                  \
            }                                                                                                          \
          out[i] += sum;                                                                                               \
        }                                                                                                              \
  }

DEFINE_ADD_ROW (guint8)
DEFINE_ADD_ROW (gint16)
DEFINE_ADD_ROW (float)

static void
thin_slices (gsize from, gsize to, gpointer context)
{
  const Thin *t = context;
  const int *dims = willis_volume_grid (t->volume)->dims, *n = t->grid.dims;
  const void *voxels = willis_volume_voxels (t->volume);
  float unit = 1.0f / (float) (t->factor[0] * t->factor[1] * t->factor[2]);

  for (gsize k = from; k < to; k++)
    for (int j = 0; j < n[1]; j++)
      {
        float *out = t->out + (k * (gsize) n[1] + (gsize) j) * (gsize) n[0];

        memset (out, 0, (gsize) n[0] * sizeof (float));
        for (int c = 0; c < t->factor[2]; c++)
          for (int b = 0; b < t->factor[1]; b++)
            {
              gsize row = ((k * (gsize) t->factor[2] + (gsize) c) * (gsize) dims[1] + (gsize) (j * t->factor[1] + b))
                          * (gsize) dims[0];

              switch (willis_volume_scalar (t->volume))
                {
                case WILLIS_SCALAR_U8:
                  add_row_guint8 ((const guint8 *) voxels + row, n[0], t->factor[0], t->lo, t->hi, out);
                  break;
                case WILLIS_SCALAR_I16:
                  add_row_gint16 ((const gint16 *) voxels + row, n[0], t->factor[0], t->lo, t->hi, out);
                  break;
                default:
                  add_row_float ((const float *) voxels + row, n[0], t->factor[0], t->lo, t->hi, out);
                }
            }
        for (int i = 0; i < n[0]; i++)
          out[i] *= unit;
      }
}

gboolean
willis_level_init (WillisLevel *level, const WillisVolume *volume, double target_mm, double lo, double hi,
                   GError **error)
{
  Thin t = { .volume = volume, .lo = (float) lo, .hi = (float) hi };

  t.grid = thin_grid (willis_volume_grid (volume), target_mm, t.factor);
  t.out = willis_try_alloc ((gsize) t.grid.dims[0], (gsize) t.grid.dims[1], (gsize) t.grid.dims[2], sizeof (float),
                            error);
  if (t.out == NULL)
    return FALSE;
  willis_parallel_for ((gsize) t.grid.dims[2], 4, thin_slices, &t);
  level->grid = t.grid;
  level->v = t.out;
  return TRUE;
}

void
willis_level_clear (WillisLevel *level)
{
  free (level->v);
  level->v = NULL;
}

WillisVolume *
willis_level_labels (const WillisVolume *labels, guint8 label, double target_mm, GError **error)
{
  const WillisGrid *g = willis_volume_grid (labels);
  const guint8 *in = willis_volume_u8 (labels);
  int factor[3];
  WillisGrid grid = thin_grid (g, target_mm, factor);
  WillisVolume *out = willis_volume_new (&grid, WILLIS_SCALAR_U8, error);
  guint8 *to;

  if (out == NULL)
    return NULL;
  to = willis_volume_voxels_rw (out);
  memset (to, 0, willis_grid_n_voxels (&grid));
  for (int k = 0; k < grid.dims[2] * factor[2]; k++)
    for (int j = 0; j < grid.dims[1] * factor[1]; j++)
      {
        const guint8 *row = in + ((gsize) k * (gsize) g->dims[1] + (gsize) j) * (gsize) g->dims[0];
        guint8 *to_row
            = to + ((gsize) (k / factor[2]) * (gsize) grid.dims[1] + (gsize) (j / factor[1])) * (gsize) grid.dims[0];

        for (int i = 0; i < grid.dims[0]; i++)
          for (int m = 0; m < factor[0]; m++)
            to_row[i] |= row[i * factor[0] + m] == label;
      }
  return out;
}

/* ---- places of strong gradient ---- */

/* The level smoothed by the tri-quadratic B-spline at voxel (i, j, k), as align.c samples the other one: value and
 * gradient per voxel. The taps at a voxel centre are 1/8, 6/8, 1/8 and -1/2, 0, 1/2. */
static void
smooth_at (const WillisLevel *level, int i, int j, int k, float out[4])
{
  static const float w[3] = { 0.125f, 0.75f, 0.125f }, d[3] = { -0.5f, 0.0f, 0.5f };
  const int *n = level->grid.dims;

  memset (out, 0, 4 * sizeof (float));
  for (int c = 0; c < 3; c++)
    for (int b = 0; b < 3; b++)
      {
        const float *row = level->v + ((gsize) (k + c - 1) * (gsize) n[1] + (gsize) (j + b - 1)) * (gsize) n[0] + i;
        float s = 0.125f * (row[-1] + row[1]) + 0.75f * row[0], g = 0.5f * (row[1] - row[-1]);

        out[0] += w[c] * w[b] * s;
        out[1] += w[c] * w[b] * g;
        out[2] += w[c] * d[b] * s;
        out[3] += d[c] * w[b] * s;
      }
}

typedef struct
{
  const WillisLevel *level;
  float scale[3];  // 1 / spacing
  guint32 *counts; // [n slices][1024] histograms of gradient magnitudes
  float unit;      // bins a unit of magnitude
} Gradients;

#define BINS 1024
#define BLOCKS_A_SIDE 16

/* Squared magnitude of the plain central difference per mm of a row. */
WILLIS_KERNEL static void
gradient_row (const float *row, gsize sy, gsize sz, int n, const float scale[3], float *out)
{
  float a = 0.5f * scale[0], b = 0.5f * scale[1], c = 0.5f * scale[2];

  for (int i = 1; i < n - 1; i++)
    {
      const float *p = row + i;
      float gx = a * (p[1] - p[-1]), gy = b * (*(p + sy) - *(p - sy)), gz = c * (*(p + sz) - *(p - sz));

      out[i] = gx * gx + gy * gy + gz * gz;
    }
}

static int
bin_of (float g2, float unit)
{
  int bin = (int) (sqrtf (g2) * unit);

  return MIN (bin, BINS - 1);
}

static void
count_slices (gsize from, gsize to, gpointer context)
{
  Gradients *g = context;
  const int *n = g->level->grid.dims;
  gsize sy = (gsize) n[0], sz = sy * (gsize) n[1];
  g_autofree float *row = g_new (float, n[0]);

  for (gsize s = from; s < to; s++)
    for (int j = 1; j < n[1] - 1; j++)
      {
        gradient_row (g->level->v + (s + 1) * sz + (gsize) j * sy, sy, sz, n[0], g->scale, row);
        for (int i = 1; i < n[0] - 1; i++)
          g->counts[s * BINS + (gsize) bin_of (row[i], g->unit)]++;
      }
}

static guint32
hash3 (guint32 i, guint32 j, guint32 k)
{
  guint32 h = i * 73856093u ^ j * 19349663u ^ k * 83492791u;

  h ^= h >> 16;
  h *= 0x85ebca6bu;
  h ^= h >> 13;
  h *= 0xc2b2ae35u;
  return h ^ h >> 16;
}

typedef struct
{
  guint32 block;
  int ijk[3];
} Place;

/* Sorts by block, keeping the order within a block (new). */
static GArray *
by_block (const GArray *places, guint n_blocks)
{
  g_autofree guint32 *at = g_new0 (guint32, n_blocks + 1);
  GArray *out = g_array_sized_new (FALSE, FALSE, sizeof (Place), places->len);

  g_array_set_size (out, places->len);
  for (guint i = 0; i < places->len; i++)
    at[g_array_index (places, Place, i).block + 1]++;
  for (guint b = 0; b < n_blocks; b++)
    at[b + 1] += at[b];
  for (guint i = 0; i < places->len; i++)
    {
      const Place *p = &g_array_index (places, Place, i);

      g_array_index (out, Place, at[p->block]++) = *p;
    }
  return out;
}

static gboolean
on_mask (const WillisVolume *near, const WillisGrid *grid, const int ijk[3])
{
  const WillisGrid *g = willis_volume_grid (near);
  double x[3] = { ijk[0], ijk[1], ijk[2] };
  int at[3];

  willis_grid_ijk_to_lps (grid, x, x);
  willis_grid_lps_to_ijk (g, x, x);
  for (int a = 0; a < 3; a++)
    {
      at[a] = (int) lrint (x[a]);
      if (at[a] < 0 || at[a] >= g->dims[a])
        return FALSE;
    }
  return willis_volume_u8 (
             near)[((gsize) at[2] * (gsize) g->dims[1] + (gsize) at[1]) * (gsize) g->dims[0] + (gsize) at[0]]
         != 0;
}

/* The places with a magnitude in bins from first on; a place is taken when its hash lies below part of all hashes. */
static GArray *
pick_places (Gradients *g, const WillisVolume *near, int first, double part, double block_mm)
{
  const WillisGrid *grid = &g->level->grid;
  const int *n = grid->dims;
  gsize sy = (gsize) n[0], sz = sy * (gsize) n[1];
  g_autofree float *row = g_new (float, n[0]);
  g_autoptr (GArray) places = g_array_new (FALSE, FALSE, sizeof (Place));
  guint32 limit = part >= 1.0 ? G_MAXUINT32 : (guint32) (part * 4294967295.0);
  float least = (float) first / g->unit;

  least *= least;
  for (int k = 1; k < n[2] - 1; k++)
    for (int j = 1; j < n[1] - 1; j++)
      {
        gradient_row (g->level->v + (gsize) k * sz + (gsize) j * sy, sy, sz, n[0], g->scale, row);
        for (int i = 1; i < n[0] - 1; i++)
          if (row[i] >= least && row[i] > 0.0f && hash3 ((guint32) i, (guint32) j, (guint32) k) <= limit)
            {
              Place p = { 0, { i, j, k } };

              if (near != NULL && !on_mask (near, grid, p.ijk))
                continue;
              for (int a = 2; a >= 0; a--)
                p.block = p.block * BLOCKS_A_SIDE
                          + (guint32) CLAMP (p.ijk[a] * grid->spacing_mm[a] / block_mm, 0, BLOCKS_A_SIDE - 1);
              g_array_append_val (places, p);
            }
      }
  return by_block (places, BLOCKS_A_SIDE * BLOCKS_A_SIDE * BLOCKS_A_SIDE);
}

typedef struct
{
  const WillisLevel *level;
  const Place *places;
  WillisSamples *samples;
} Fill;

static void
fill_range (gsize from, gsize to, gpointer context)
{
  const Fill *fill = context;
  const WillisGrid *grid = &fill->level->grid;
  WillisSamples *s = fill->samples;

  for (gsize n = from; n < to; n++)
    {
      const int *at = fill->places[n].ijk;
      double x[3] = { at[0], at[1], at[2] }, g[3];
      float v[4];

      smooth_at (fill->level, at[0], at[1], at[2], v);
      vec3_set (g, v[1], v[2], v[3]);
      willis_grid_gradient_to_lps (grid, g, g);
      willis_grid_ijk_to_lps (grid, x, x);
      s->f[n] = v[0];
      for (int a = 0; a < 3; a++)
        {
          s->x[a][n] = (float) (x[a] - s->centre[a]);
          s->g[a][n] = (float) g[a];
        }
    }
}

static void
fill_samples (WillisSamples *samples, const WillisLevel *level, const GArray *places)
{
  Fill fill = { level, (const Place *) places->data, samples };
  gsize n = places->len;
  double sum[3] = { 0 };
  g_autoptr (GArray) first = g_array_new (FALSE, FALSE, sizeof (gsize));

  samples->n = n;
  samples->f = g_new (float, MAX (n, 1));
  for (int a = 0; a < 3; a++)
    {
      samples->x[a] = g_new (float, MAX (n, 1));
      samples->g[a] = g_new (float, MAX (n, 1));
    }
  for (gsize i = 0; i < n; i++)
    {
      for (int a = 0; a < 3; a++)
        sum[a] += fill.places[i].ijk[a];
      if (i == 0 || fill.places[i].block != fill.places[i - 1].block)
        g_array_append_val (first, i);
    }
  vec3_scale (sum, sum, 1.0 / (double) MAX (n, 1));
  willis_grid_ijk_to_lps (&level->grid, sum, samples->centre);
  samples->n_blocks = first->len;
  g_array_append_val (first, n);
  samples->first = (gsize *) g_array_free (g_steal_pointer (&first), FALSE);
  willis_parallel_for (n, 4096, fill_range, &fill);
}

void
willis_samples_init (WillisSamples *samples, const WillisLevel *level, const WillisVolume *near, gsize target,
                     double block_mm)
{
  const int *n = level->grid.dims;
  Gradients g = { .level = level };
  g_autoptr (GArray) places = NULL;
  g_autofree gsize *total = g_new0 (gsize, BINS);
  gsize strong = 0;
  float range[2] = { level->v[0], level->v[0] };
  int first = BINS - 1;

  memset (samples, 0, sizeof *samples);
  if (n[0] < 3 || n[1] < 3 || n[2] < 3)
    {
      places = g_array_new (FALSE, FALSE, sizeof (Place));
      fill_samples (samples, level, places);
      return;
    }
  for (gsize i = 0; i < willis_grid_n_voxels (&level->grid); i += 7)
    {
      range[0] = MIN (range[0], level->v[i]);
      range[1] = MAX (range[1], level->v[i]);
    }
  for (int a = 0; a < 3; a++)
    g.scale[a] = (float) (1.0 / level->grid.spacing_mm[a]);
  g.unit = (float) (BINS * willis_grid_min_spacing (&level->grid)) / MAX (range[1] - range[0], 1e-6f);
  g.counts = g_new0 (guint32, (gsize) (n[2] - 2) * BINS);
  willis_parallel_for ((gsize) (n[2] - 2), 4, count_slices, &g);
  for (gsize i = 0; i < (gsize) (n[2] - 2) * BINS; i++)
    total[i % BINS] += g.counts[i];
  // a mask takes most places away, so all that are somewhat strong come into question
  while (first > 1 && strong < (near != NULL ? 40 : 4) * target)
    strong += total[first--];
  places = pick_places (&g, near, first + 1, near != NULL ? 1.0 : (double) target / (double) MAX (strong, 1), block_mm);
  if (near != NULL && places->len > target)
    {
      guint kept = 0;

      for (guint i = 0; i < places->len; i++)
        if ((guint64) i * target / places->len != (guint64) (i + 1) * target / places->len)
          g_array_index (places, Place, kept++) = g_array_index (places, Place, i);
      g_array_set_size (places, kept);
    }
  fill_samples (samples, level, places);
  g_free (g.counts);
}

void
willis_samples_thin (const WillisSamples *samples, gsize target, WillisSamples *out)
{
  gsize stride = MAX (samples->n / MAX (target, 1), 1), n = (samples->n + stride - 1) / stride;

  memset (out, 0, sizeof *out);
  vec3_copy (out->centre, samples->centre);
  out->n = n;
  out->n_blocks = n > 0;
  out->f = g_new (float, MAX (n, 1));
  out->first = g_new0 (gsize, 2);
  out->first[out->n_blocks] = n;
  for (int a = 0; a < 3; a++)
    {
      out->x[a] = g_new (float, MAX (n, 1));
      out->g[a] = g_new (float, MAX (n, 1));
    }
  for (gsize i = 0; i < n; i++)
    {
      out->f[i] = samples->f[i * stride];
      for (int a = 0; a < 3; a++)
        {
          out->x[a][i] = samples->x[a][i * stride];
          out->g[a][i] = samples->g[a][i * stride];
        }
    }
}

void
willis_samples_clear (WillisSamples *samples)
{
  for (int a = 0; a < 3; a++)
    {
      g_free (samples->x[a]);
      g_free (samples->g[a]);
    }
  g_free (samples->f);
  g_free (samples->first);
  memset (samples, 0, sizeof *samples);
}
