/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What kind of scan it is and how bright vessels are in it, from its histogram and from the flat insides of bright
 * structures.
 */
#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/parallel.h"
#include "core/vessel/segmentation-private.h"

#define BINS 4096
#define SLAB ((gsize) 1 << 20)

typedef struct
{
  double lo, width; // of a bin
  double count[BINS];
  double total;
} Histogram;

typedef struct
{
  const WillisVolume *volume;
  const void *voxels;
  double lo, width;
  gsize n;
  guint32 *counts; // [slabs][BINS]
} CountContext;

static void
count_range (gsize first, gsize last, gpointer data)
{
  CountContext *c = data;

  for (gsize s = first; s < last; s++)
    for (gsize n = s * SLAB; n < MIN (c->n, (s + 1) * SLAB); n++)
      {
        double bin = (willis_voxel (c->volume, c->voxels, n) - c->lo) / c->width;

        if (isfinite (bin))
          c->counts[s * BINS + (gsize) CLAMP (bin, 0.0, BINS - 1.0)]++;
      }
}

static void
histogram_fill (Histogram *h, WillisVolume *volume)
{
  CountContext c = { volume, willis_volume_voxels (volume), 0.0, 1.0,
                     willis_grid_n_voxels (willis_volume_grid (volume)), NULL };
  gsize slabs = (c.n + SLAB - 1) / SLAB;
  double range[2];
  g_autofree guint32 *counts = g_new0 (guint32, slabs * BINS);

  willis_volume_range (volume, range);
  /* whole units where they fit: no comb of empty bins in integer data */
  h->width = MAX ((range[1] - range[0]) / (BINS - 1), 1e-12);
  if (willis_volume_scalar (volume) != WILLIS_SCALAR_F32)
    h->width = ceil (h->width);
  h->lo = range[0] - 0.5 * h->width;
  c.lo = h->lo;
  c.width = h->width;
  c.counts = counts;
  willis_parallel_for (slabs, 1, count_range, &c);
  memset (h->count, 0, sizeof h->count);
  h->total = 0.0;
  for (gsize s = 0; s < slabs; s++)
    for (int b = 0; b < BINS; b++)
      h->count[b] += counts[s * BINS + (gsize) b];
  for (int b = 0; b < BINS; b++)
    h->total += h->count[b];
}

static double
bin_centre (const Histogram *h, double b)
{
  return h->lo + (b + 0.5) * h->width;
}

static int
bin_of (const Histogram *h, double value)
{
  return (int) CLAMP (floor ((value - h->lo) / h->width), 0.0, BINS - 1.0);
}

/* Part of all voxels below value. */
static double
part_below (const Histogram *h, double value)
{
  double sum = 0.0;

  for (int b = 0; b < bin_of (h, value); b++)
    sum += h->count[b];
  return h->total > 0.0 ? sum / h->total : 0.0;
}

static double
quantile (const Histogram *h, int from, int to, double q)
{
  double all = 0.0, sum = 0.0;

  for (int b = from; b <= to; b++)
    all += h->count[b];
  for (int b = from; b <= to; b++)
    {
      sum += h->count[b];
      if (sum >= q * all && sum > 0.0)
        return bin_centre (h, b);
    }
  return bin_centre (h, to);
}

/* The bin with most voxels in a window of width value units, between lo and hi. */
static double
mode_between (const Histogram *h, double lo, double hi, double window)
{
  int half = (int) MAX (0.5 * window / h->width, 0.0), best = bin_of (h, lo);
  double most = -1.0;

  for (int b = bin_of (h, lo); b <= bin_of (h, hi); b++)
    {
      double sum = 0.0;

      for (int c = MAX (b - half, 0); c <= MIN (b + half, BINS - 1); c++)
        sum += h->count[c];
      if (sum > most)
        {
          most = sum;
          best = b;
        }
    }
  return bin_centre (h, best);
}

static WillisModality
guess_modality (const Histogram *h)
{
  double lowest = bin_centre (h, 0), span = quantile (h, 0, BINS - 1, 0.9999) - lowest;

  /* only Hounsfield units go far below zero */
  if (part_below (h, -200.0) > 0.002 || (part_below (h, -20.0) > 0.001 && lowest < -20.0))
    return WILLIS_MODALITY_CTA;
  /* a piece of a CT without fat or air: brain's own value, the noise reaching below zero, and a range no byte holds */
  if (lowest < -2.0 && span > 300.0)
    {
      double mode = mode_between (h, lowest, lowest + span, 8.0);

      if (mode > 5.0 && mode < 90.0)
        return WILLIS_MODALITY_CTA;
    }
  if (part_below (h, lowest + 0.15 * span) > 0.6
      && mode_between (h, lowest, lowest + span, 0.02 * span) < lowest + 0.06 * span)
    return WILLIS_MODALITY_3DRA; // nearly empty but for the vessels
  return WILLIS_MODALITY_MRA;
}

/* Background and its spread: soft tissue in CTA, the commonest value otherwise. */
static void
find_background (const Histogram *h, WillisLevels *out)
{
  double lowest = bin_centre (h, 0), top = bin_centre (h, BINS - 1), mode;
  int lo, hi;

  if (out->modality == WILLIS_MODALITY_CTA)
    {
      out->background = mode_between (h, -20.0, 100.0, 8.0);
      lo = bin_of (h, out->background - 40.0);
      hi = bin_of (h, out->background);
    }
  else
    {
      double span = quantile (h, 0, BINS - 1, 0.9999) - lowest;

      mode = mode_between (h, lowest, top, 0.02 * span);
      /* tissue rather than the air around it, where there is some */
      if (out->modality == WILLIS_MODALITY_MRA)
        mode = mode_between (h, lowest + 0.04 * span, lowest + 0.5 * span, 0.02 * span);
      out->background = mode;
      lo = 0;
      hi = bin_of (h, mode);
    }
  /* the lower side of the peak is free of vessels: a sixth lies below one deviation */
  out->noise = MAX (out->background - quantile (h, lo, hi, 0.3173), h->width);
}

typedef struct
{
  const WillisVolume *volume;
  const void *voxels;
  const WillisGrid *grid;
  double lo, hi, flat; // band and largest step to a neighbour, as part of the value over background
  double background;
  double bone; // what is this bright is bone; INFINITY where there is none
  int step[3];
  GArray **found; // [dims2] of float
} FlatContext;

/* Is there bone within about 3 mm? Looked for along 26 rays, voxel by voxel. */
static gboolean
beside_bone (const FlatContext *c, int i, int j, int k)
{
  const int *d = c->grid->dims;
  const double *h = c->grid->spacing_mm;

  for (int ray = 0; ray < 27; ray++)
    {
      int s[3] = { ray % 3 - 1, ray / 3 % 3 - 1, ray / 9 - 1 };
      double length = sqrt (s[0] * s[0] * h[0] * h[0] + s[1] * s[1] * h[1] * h[1] + s[2] * s[2] * h[2] * h[2]);

      for (int n = 1; length > 0.0 && n * length <= MAX (3.0, length); n++)
        {
          int x = i + n * s[0], y = j + n * s[1], z = k + n * s[2];

          if (x < 0 || y < 0 || z < 0 || x >= d[0] || y >= d[1] || z >= d[2])
            break;
          if (willis_voxel (c->volume, c->voxels, ((gsize) z * d[1] + y) * d[0] + x) > c->bone)
            return TRUE;
        }
    }
  return FALSE;
}

/* Voxels in the band whose surroundings at about 1 mm are as bright: the inside of something thick. In CTA not beside
 * bone, whose spongy inside is as bright and as flat as blood with contrast agent. */
static void
flat_range (gsize first, gsize last, gpointer data)
{
  FlatContext *c = data;
  const int *d = c->grid->dims;
  gsize stride[3] = { 1, (gsize) d[0], (gsize) d[0] * d[1] };

  for (gsize k = first; k < last; k++)
    {
      GArray *found = c->found[k] = g_array_new (FALSE, FALSE, sizeof (float));

      if (k < (gsize) c->step[2] || k + c->step[2] >= (gsize) d[2])
        continue;
      for (int j = c->step[1]; j < d[1] - c->step[1]; j++)
        for (int i = c->step[0]; i < d[0] - c->step[0]; i++)
          {
            gsize v = k * stride[2] + j * stride[1] + i;
            float x = willis_voxel (c->volume, c->voxels, v);
            double tolerance, sum = x;
            gboolean flat = TRUE;

            if (!(x >= c->lo && x <= c->hi))
              continue;
            tolerance = c->flat * (x - c->background);
            for (int a = 0; a < 3 && flat; a++)
              for (int s = -1; s <= 1 && flat; s += 2)
                {
                  float y = willis_voxel (c->volume, c->voxels,
                                          s > 0 ? v + c->step[a] * stride[a] : v - c->step[a] * stride[a]);

                  flat = fabs (y - x) <= tolerance;
                  sum += y;
                }
            if (flat && !(isfinite (c->bone) && beside_bone (c, i, j, (int) k)))
              {
                float mean = (float) ((x + sum / 7.0) / 2.0); // the neighbours may be dimmed by blur, one voxel is noisy

                g_array_append_val (found, mean);
              }
          }
    }
}

static int
compare_floats (gconstpointer a, gconstpointer b)
{
  float x = *(const float *) a, y = *(const float *) b;

  return (x > y) - (x < y);
}

/* The highest value at which sorted values gather: veins are duller than arteries, so of several heaps the brightest
 * counts that has a quarter of the largest's height. Heaps are seen through a triangle window of half width w. */
static double
brightest_heap (const float *values, gsize n, double w)
{
  double highest = 0.0, best = values[n / 2];
  double step = 0.25 * w;
  gsize bins = (gsize) MIN ((values[n - 1] - values[0]) / step + 1.0, 1e5);
  g_autofree double *density = g_new0 (double, bins + 2);

  for (gsize i = 0; i < n; i++)
    {
      gssize c = (gssize) ((values[i] - values[0]) / step);

      for (gssize b = MAX (c - 4, 0); b <= MIN (c + 4, (gssize) bins - 1); b++)
        density[b + 1] += 5.0 - (double) ABS (b - c);
    }
  for (gsize b = 1; b <= bins; b++)
    highest = MAX (highest, density[b]);
  for (gsize b = 1; b <= bins; b++)
    if (density[b] >= density[b - 1] && density[b] > density[b + 1] && density[b] >= 0.25 * highest)
      best = values[0] + ((double) b - 0.5) * step;
  return best;
}

static gboolean
find_lumen (WillisVolume *volume, double lo, double hi, double step_mm, double flat, WillisLevels *out)
{
  const WillisGrid *grid = willis_volume_grid (volume);
  FlatContext c = { volume, willis_volume_voxels (volume), grid, lo, hi, flat, out->background,
                    out->modality == WILLIS_MODALITY_CTA ? 650.0 : INFINITY, { 1, 1, 1 }, NULL };
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (float));
  g_autofree GArray **found = g_new0 (GArray *, grid->dims[2]);

  c.found = found;
  for (int a = 0; a < 3; a++)
    c.step[a] = (int) MAX (1.0, floor (step_mm / grid->spacing_mm[a] + 0.5));
  willis_parallel_for (grid->dims[2], 1, flat_range, &c);
  for (int k = 0; k < grid->dims[2]; k++)
    {
      g_array_append_vals (all, found[k]->data, found[k]->len);
      g_array_unref (found[k]);
    }
  if (all->len < 20)
    return FALSE;
  g_array_sort (all, compare_floats);
  out->lumen = brightest_heap ((const float *) (void *) all->data, all->len,
                              MAX (1.5 * out->noise, 0.08 * (lo - out->background)));
  return TRUE;
}

gboolean
willis_levels_find (WillisVolume *volume, WillisModality modality, const WillisProgress *progress,
                    WillisLevels *out, GError **error)
{
  g_autofree Histogram *h = g_new (Histogram, 1);
  double top;

  histogram_fill (h, volume);
  out->modality = modality == WILLIS_MODALITY_UNKNOWN ? guess_modality (h) : modality;
  find_background (h, out);
  if (!willis_progress_step (progress, 0.5, error))
    return FALSE;
  if (out->modality == WILLIS_MODALITY_CTA)
    {
      double lo = out->background + MAX (90.0, 5.0 * out->noise);

      /* thick vessels; where there are none, the middles of thin ones */
      if (find_lumen (volume, lo, 650.0, 0.9, 0.2, out) || find_lumen (volume, lo, 650.0, 0.0, 0.3, out))
        return TRUE;
    }
  else
    {
      double span;

      top = quantile (h, bin_of (h, out->background + 3.0 * out->noise), BINS - 1, 0.99);
      span = top - out->background;
      if (span > 6.0 * out->noise && span > 3.0 * h->width)
        {
          double lo = out->background + MAX (0.35 * span, 4.0 * out->noise);

          if (!find_lumen (volume, lo, INFINITY, 0.9, 0.2, out)) // thin vessels only: their brightest voxels
            out->lumen = out->background + 0.9 * span;
          return TRUE;
        }
    }
  return willis_fail (error, WILLIS_ERROR_FAILED,
                      _ ("no vessels found: nothing in the scan is as bright as blood with contrast agent"));
}
