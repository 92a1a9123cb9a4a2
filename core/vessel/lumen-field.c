/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The local half maximum. Around the artery label every voxel gets the lumen level L of the vessel it belongs to (the
 * brightest smoothed value within reach, averaged along the vessel) and the level B of what lies around; the edge is
 * where the scan passes T = B + fraction (L - B). A vessel whose middle is dimmed by blur gets a lower T, so its
 * diameter does not collapse as it would with one threshold for all.
 *
 * What stays (methods: Hoffmann 2012 CT sizing, exact disc integrals): blur of standard deviation s moves the half
 * maximum of a tube of radius R inward by s^2 / (2 R), against which the lower T of dimmed vessels pulls outward.
 */
#include <math.h>
#include <string.h>

#include "core/base/parallel.h"
#include "core/vessel/segmentation-private.h"

#define LEVEL_REACH_MM 1.2
#define AVERAGE_MM 1.5

typedef struct
{
  WillisVolume *volume;
  const void *voxels;
  const guint8 *labels;
  const WillisGrid *grid;
  const WillisLevels *levels;
  double fraction;
  WillisBricks smooth; // smoothed scan on artery voxels, NaN elsewhere
  WillisBricks level;  // lumen level, NaN where none yet
  WillisBricks other;  // scratch of the same shape
  WillisBricks *out, *contrast;
  double *around; // [bricks of the whole grid][4] sum and count of background voxels, of vein voxels
  double reach;   // mm, of the running pass
} Field;

typedef void (*VoxelFunc) (Field *f, int i, int j, int k, float *value);

typedef struct
{
  Field *f;
  WillisBricks *on;
  const gint32 *brick_of; // stored brick -> place in the table
  VoxelFunc func;
} Visit;

static void
visit_range (gsize lo, gsize hi, gpointer data)
{
  Visit *v = data;
  const WillisBricks *b = v->on;

  for (gsize n = lo; n < hi; n++)
    {
      gint32 at = v->brick_of[n];
      int bi = at % b->bricks[0], bj = at / b->bricks[0] % b->bricks[1], bk = at / b->bricks[0] / b->bricks[1];

      for (int k = 8 * bk; k < MIN (8 * bk + 8, b->dims[2]); k++)
        for (int j = 8 * bj; j < MIN (8 * bj + 8, b->dims[1]); j++)
          for (int i = 8 * bi; i < MIN (8 * bi + 8, b->dims[0]); i++)
            v->func (v->f, i, j, k, willis_bricks_at (b, i, j, k));
    }
}

/* Calls func for every voxel of the stored bricks, in parallel; func writes through value alone. */
static void
visit (Field *f, WillisBricks *on, VoxelFunc func)
{
  gsize n_bricks = (gsize) on->bricks[0] * on->bricks[1] * on->bricks[2];
  g_autofree gint32 *brick_of = g_new (gint32, MAX (on->n, 1));
  Visit v = { f, on, brick_of, func };

  for (gsize n = 0; n < n_bricks; n++)
    if (on->table[n] >= 0)
      brick_of[on->table[n]] = (gint32) n;
  willis_parallel_for (on->n, 8, visit_range, &v);
}

static gsize
voxel_at (const Field *f, int i, int j, int k)
{
  return ((gsize) k * f->grid->dims[1] + j) * f->grid->dims[0] + i;
}

static gboolean
inside_grid (const Field *f, int i, int j, int k)
{
  return i >= 0 && j >= 0 && k >= 0 && i < f->grid->dims[0] && j < f->grid->dims[1] && k < f->grid->dims[2];
}

/* Mean over the artery voxels among a voxel and its face neighbours, itself counted four times: less noise, and no
 * background mixed in. */
static void
smooth_voxel (Field *f, int i, int j, int k, float *value)
{
  static const int step[6][3] = { { 1, 0, 0 }, { -1, 0, 0 }, { 0, 1, 0 }, { 0, -1, 0 }, { 0, 0, 1 }, { 0, 0, -1 } };
  double sum, weights = 4.0;

  if (f->labels[voxel_at (f, i, j, k)] != WILLIS_LABEL_ARTERY)
    return;
  sum = 4.0 * willis_voxel (f->volume, f->voxels, voxel_at (f, i, j, k));
  for (int s = 0; s < 6; s++)
    {
      int x = i + step[s][0], y = j + step[s][1], z = k + step[s][2];

      if (!inside_grid (f, x, y, z) || f->labels[voxel_at (f, x, y, z)] != WILLIS_LABEL_ARTERY)
        continue;
      sum += willis_voxel (f->volume, f->voxels, voxel_at (f, x, y, z));
      weights += 1.0;
    }
  *value = (float) (sum / weights);
}

typedef struct
{
  double sum, most;
  int count;
} Gathered;

/* Sum and maximum of the stored values of b in a ball. */
static Gathered
gather (const Field *f, const WillisBricks *b, int i, int j, int k, double radius_mm)
{
  const double *h = f->grid->spacing_mm;
  int reach[3];
  Gathered g = { 0.0, -INFINITY, 0 };

  for (int a = 0; a < 3; a++)
    reach[a] = (int) MAX (1.0, floor (radius_mm / h[a]));
  for (int z = MAX (k - reach[2], 0); z <= MIN (k + reach[2], b->dims[2] - 1); z++)
    for (int y = MAX (j - reach[1], 0); y <= MIN (j + reach[1], b->dims[1] - 1); y++)
      for (int x = MAX (i - reach[0], 0); x <= MIN (i + reach[0], b->dims[0] - 1); x++)
        {
          double dx = (x - i) * h[0], dy = (y - j) * h[1], dz = (z - k) * h[2];
          const float *p;

          if (dx * dx + dy * dy + dz * dz > radius_mm * radius_mm && abs (x - i) + abs (y - j) + abs (z - k) > 1)
            continue;
          p = willis_bricks_at (b, x, y, z);
          if (p == NULL || isnan (*p))
            continue;
          g.sum += *p;
          g.most = MAX (g.most, *p);
          g.count++;
        }
  return g;
}

static void
level_voxel (Field *f, int i, int j, int k, float *value)
{
  const float *own = willis_bricks_at (&f->smooth, i, j, k);

  if (isnan (*own))
    return;
  *value = (float) gather (f, &f->smooth, i, j, k, f->reach).most;
}

/* Averages level along the vessel, and carries it to voxels beside it that have none. */
static void
average_voxel (Field *f, int i, int j, int k, float *value)
{
  const float *own = willis_bricks_at (&f->level, i, j, k);
  Gathered g;

  *value = *own;
  if (isnan (*own))
    return;
  g = gather (f, &f->level, i, j, k, f->reach);
  *value = (float) (g.sum / g.count);
}

static void
spread_voxel (Field *f, int i, int j, int k, float *value)
{
  const float *own = willis_bricks_at (&f->level, i, j, k);
  Gathered g;

  *value = *own;
  if (!isnan (*own))
    return;
  g = gather (f, &f->level, i, j, k, 0.0);
  if (g.count > 0)
    *value = (float) (g.sum / g.count);
}

static void
swap_level (Field *f)
{
  WillisBricks t = f->level;

  f->level = f->other;
  f->other = t;
}

/* Background around the vessels, summed brick by brick: voxels that no level has reached. */
static void
sum_background (Field *f)
{
  const WillisBricks *b = &f->level;
  double lo = f->levels->background - 6.0 * f->levels->noise - 20.0;
  double hi = f->levels->background + 0.5 * (f->levels->lumen - f->levels->background);

  if (f->levels->modality != WILLIS_MODALITY_CTA)
    lo = -INFINITY;
  f->around = g_new0 (double, 4 * (gsize) b->bricks[0] * b->bricks[1] * b->bricks[2]);
  for (int k = 0; k < b->dims[2]; k++)
    for (int j = 0; j < b->dims[1]; j++)
      for (int i = 0; i < b->dims[0]; i++)
        {
          gsize place = ((gsize) (k >> 3) * b->bricks[1] + (j >> 3)) * b->bricks[0] + (i >> 3);
          double x;

          if (b->table[place] < 0)
            {
              i |= 7;
              continue;
            }
          x = willis_voxel (f->volume, f->voxels, voxel_at (f, i, j, k));
          if (f->labels[voxel_at (f, i, j, k)] == WILLIS_LABEL_VEIN)
            {
              f->around[4 * place + 2] += x;
              f->around[4 * place + 3] += 1.0;
            }
          if (!isnan (*willis_bricks_at (b, i, j, k)) || f->labels[voxel_at (f, i, j, k)] != WILLIS_LABEL_NONE || x < lo
              || x > hi)
            continue;
          f->around[4 * place] += x;
          f->around[4 * place + 1] += 1.0;
        }
}

/* What lies around at a voxel, background (kind 0) or vein (1): brick means, weighted by linear falloff over two
 * bricks; the background drawn to the scan's own. NaN: none. */
static double
around_at (const Field *f, int i, int j, int k, int kind)
{
  const int *n = f->level.bricks;
  int b[3] = { i >> 3, j >> 3, k >> 3 };
  double weights = kind == 0 ? 8.0 : 0.0, sum = weights * f->levels->background;

  for (int z = MAX (b[2] - 1, 0); z <= MIN (b[2] + 1, n[2] - 1); z++)
    for (int y = MAX (b[1] - 1, 0); y <= MIN (b[1] + 1, n[1] - 1); y++)
      for (int x = MAX (b[0] - 1, 0); x <= MIN (b[0] + 1, n[0] - 1); x++)
        {
          const double *a = f->around + 4 * (((gsize) z * n[1] + y) * n[0] + x) + 2 * kind;
          double w = MAX (0.0, 1.0 - fabs (8 * x + 3.5 - i) / 12.0) * MAX (0.0, 1.0 - fabs (8 * y + 3.5 - j) / 12.0)
                     * MAX (0.0, 1.0 - fabs (8 * z + 3.5 - k) / 12.0);

          sum += w * a[0];
          weights += w * a[1];
        }
  return weights > 0.0 ? sum / weights : NAN;
}

/* Is the voxel vein, or does it touch one with a face? */
static gboolean
beside_vein (const Field *f, int i, int j, int k)
{
  for (int s = -1; s <= 1; s++)
    if ((inside_grid (f, i + s, j, k) && f->labels[voxel_at (f, i + s, j, k)] == WILLIS_LABEL_VEIN)
        || (inside_grid (f, i, j + s, k) && f->labels[voxel_at (f, i, j + s, k)] == WILLIS_LABEL_VEIN)
        || (inside_grid (f, i, j, k + s) && f->labels[voxel_at (f, i, j, k + s)] == WILLIS_LABEL_VEIN))
      return TRUE;
  return FALSE;
}

static void
field_voxel (Field *f, int i, int j, int k, float *value)
{
  const float *level = willis_bricks_at (&f->level, i, j, k);
  gsize v = voxel_at (f, i, j, k);
  double x = willis_voxel (f->volume, f->voxels, v), lumen, background, contrast;

  *value = -0.5f;
  if (isnan (*level))
    return;
  lumen = *level;
  background = around_at (f, i, j, k, 0);
  if (beside_vein (f, i, j, k)) // the wall between the two is half way from one to the other
    {
      double vein = around_at (f, i, j, k, 1);

      background = isnan (vein) ? background : CLAMP (vein, background, lumen - 0.2 * (lumen - background));
    }
  contrast = MAX (lumen - background, 0.2 * (f->levels->lumen - f->levels->background));
  if (f->labels[v] == WILLIS_LABEL_BONE || f->labels[v] == WILLIS_LABEL_CALCIUM)
    {
      /* to bone the edge is half way up from the lumen, not half way down to the background */
      double middle = lumen + 0.25 * contrast;

      *value = (float) CLAMP ((middle - x) / contrast, -0.5, x > middle ? 0.0 : -0.25);
      return;
    }
  *value = (float) ((x - background) / contrast - f->fraction);
  if (f->contrast != NULL)
    *willis_bricks_at (f->contrast, i, j, k) = (float) contrast;
}

gboolean
willis_lumen_field (WillisVolume *volume, const WillisVolume *labels, const WillisLevels *levels, double fraction,
                    const WillisProgress *progress, WillisBricks *out, WillisBricks *contrast, GError **error)
{
  const WillisGrid *grid = willis_volume_grid (volume);
  Field f = { .volume = volume,
              .voxels = willis_volume_voxels (volume),
              .labels = willis_volume_u8 (labels),
              .grid = grid,
              .levels = levels,
              .fraction = fraction,
              .contrast = contrast };
  gsize n = willis_grid_n_voxels (grid);
  gboolean ok;
  g_autofree guint8 *artery = g_new (guint8, n);
  double least = willis_grid_min_spacing (grid);

  for (gsize v = 0; v < n; v++)
    artery[v] = f.labels[v] == WILLIS_LABEL_ARTERY;
  willis_bricks_init (&f.smooth, grid->dims, artery, 1, 5, NAN);
  g_clear_pointer (&artery, g_free);
  willis_bricks_init_like (&f.level, &f.smooth, NAN);
  willis_bricks_init_like (&f.other, &f.smooth, NAN);
  visit (&f, &f.smooth, smooth_voxel);
  ok = willis_progress_step (progress, 0.1, error);
  f.reach = MAX (LEVEL_REACH_MM, 1.5 * least);
  if (ok)
    visit (&f, &f.level, level_voxel);
  f.reach = MAX (AVERAGE_MM, 1.5 * least);
  for (int pass = 0; ok && pass < 2; pass++)
    {
      ok = willis_progress_step (progress, 0.3 + 0.2 * pass, error);
      visit (&f, &f.other, average_voxel);
      swap_level (&f);
    }
  for (int pass = 0; ok && pass < 2; pass++)
    {
      visit (&f, &f.other, spread_voxel);
      swap_level (&f);
    }
  ok = ok && willis_progress_step (progress, 0.8, error);
  if (ok)
    {
      sum_background (&f);
      if (contrast != NULL && levels->modality == WILLIS_MODALITY_CTA) // the fit of the wall sees what is beside it
        {
          visit (&f, &f.other, spread_voxel);
          swap_level (&f);
        }
      *out = f.other;
      if (contrast != NULL)
        willis_bricks_init_like (contrast, out, NAN);
      visit (&f, out, field_voxel);
    }
  else
    willis_bricks_clear (&f.other);
  willis_bricks_clear (&f.smooth);
  willis_bricks_clear (&f.level);
  g_free (f.around);
  return ok;
}
