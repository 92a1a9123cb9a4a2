/* SPDX-License-Identifier: Apache-2.0 */
#include "core/image/histogram.h"

#include <math.h>

#include "core/base/error.h"
#include "core/base/parallel.h"

typedef struct
{
  const WillisVolume *volume;
  const guint8 *mask;
  WillisHistogram *out;
  GMutex lock; // guards out: sums of integers do not depend on their order
} Count;

static inline double
value_at (const WillisVolume *volume, gsize n)
{
  switch (willis_volume_scalar (volume))
    {
    case WILLIS_SCALAR_U8:
      return willis_volume_u8 (volume)[n];
    case WILLIS_SCALAR_I16:
      return willis_volume_i16 (volume)[n];
    case WILLIS_SCALAR_F32:
    default:
      return (double)willis_volume_f32 (volume)[n];
    }
}

static void
count_range (gsize lo, gsize hi, gpointer context)
{
  Count *c = context;
  WillisHistogram *h = c->out;
  g_autofree guint64 *counts = g_new0 (guint64, h->n_bins);
  guint64 below = 0, above = 0;
  double scale = (double)h->n_bins / (h->hi - h->lo);

  for (gsize n = lo; n < hi; n++)
    {
      double v;

      if (c->mask != NULL && !c->mask[n])
        continue;
      v = value_at (c->volume, n);
      if (!isfinite (v))
        continue;
      if (v < h->lo)
        below++;
      else if (v >= h->hi)
        above++;
      else
        counts[MIN ((gsize)((v - h->lo) * scale), h->n_bins - 1)]++;
    }
  g_mutex_lock (&c->lock);
  for (gsize b = 0; b < h->n_bins; b++)
    {
      h->counts[b] += counts[b];
      h->n_total += counts[b];
    }
  h->below += below;
  h->above += above;
  g_mutex_unlock (&c->lock);
}

WillisHistogram *
willis_histogram_new (const WillisVolume *volume, const WillisVolume *mask, double lo, double hi,
                      gsize n_bins, GError **error)
{
  const WillisGrid *grid = willis_volume_grid (volume);
  WillisHistogram *h;
  Count count = { volume };

  if (!(hi > lo) || !isfinite (hi - lo) || n_bins < 1 || n_bins > 1 << 20
      || (mask != NULL
          && (willis_volume_u8 (mask) == NULL || !willis_grid_equal (willis_volume_grid (mask), grid))))
    {
      willis_fail (error, WILLIS_ERROR_BAD_INPUT, "a histogram from %g to %g with this mask is not possible",
                   lo, hi);
      return NULL;
    }
  h = g_new0 (WillisHistogram, 1);
  h->lo = lo;
  h->hi = hi;
  h->n_bins = n_bins;
  h->counts = g_new0 (guint64, n_bins);
  count.mask = mask != NULL ? willis_volume_u8 (mask) : NULL;
  count.out = h;
  g_mutex_init (&count.lock);
  willis_parallel_for (willis_grid_n_voxels (grid), 1 << 21, count_range, &count);
  g_mutex_clear (&count.lock);
  return h;
}

void
willis_histogram_free (WillisHistogram *histogram)
{
  if (histogram == NULL)
    return;
  g_free (histogram->counts);
  g_free (histogram);
}

static double
bin_edge (const WillisHistogram *h, double bin)
{
  return h->lo + (h->hi - h->lo) * bin / (double)h->n_bins;
}

double
willis_histogram_quantile (const WillisHistogram *histogram, double q)
{
  double want = CLAMP (q, 0.0, 1.0) * (double)histogram->n_total, sum = 0.0;

  for (gsize b = 0; b < histogram->n_bins; b++)
    {
      double count = (double)histogram->counts[b];

      if (count > 0.0 && sum + count >= want)
        return bin_edge (histogram, (double)b + (want - sum) / count);
      sum += count;
    }
  return histogram->lo;
}

double
willis_histogram_otsu (const WillisHistogram *histogram)
{
  double total = (double)histogram->n_total, all = 0.0, n = 0.0, sum = 0.0, best = -1.0;
  gsize at = 0;

  for (gsize b = 0; b < histogram->n_bins; b++)
    all += ((double)b + 0.5) * (double)histogram->counts[b];
  for (gsize b = 0; b + 1 < histogram->n_bins; b++)
    {
      double d, between;

      n += (double)histogram->counts[b];
      sum += ((double)b + 0.5) * (double)histogram->counts[b];
      if (n == 0.0 || n == total)
        continue;
      d = sum / n - (all - sum) / (total - n);
      between = n * (total - n) * d * d;
      if (between > best)
        {
          best = between;
          at = b + 1;
        }
    }
  return bin_edge (histogram, (double)at);
}

double
willis_histogram_peak (const WillisHistogram *histogram, double from, double to, double sigma_bins)
{
  gssize n = (gssize)histogram->n_bins, radius = (gssize)ceil (3.0 * sigma_bins), at = -1;
  double scale = (double)histogram->n_bins / (histogram->hi - histogram->lo), left, right, bend;
  gssize first = CLAMP ((gssize)floor ((from - histogram->lo) * scale), 0, n - 1);
  gssize last = CLAMP ((gssize)floor ((to - histogram->lo) * scale), 0, n - 1);
  g_autofree double *smooth = g_new0 (double, histogram->n_bins);

  for (gssize b = 0; b < n; b++)
    for (gssize m = MAX (b - radius, 0); m <= MIN (b + radius, n - 1); m++)
      smooth[b] += (double)histogram->counts[m]
                   * (sigma_bins > 0.0 ? exp (-0.5 * (double)((m - b) * (m - b)) / (sigma_bins * sigma_bins))
                                       : 1.0);
  for (gssize b = first; b <= last; b++)
    if (smooth[b] > 0.0 && (at < 0 || smooth[b] > smooth[at]))
      at = b;
  if (at < 0)
    return NAN;
  left = at > 0 ? smooth[at - 1] : smooth[at];
  right = at + 1 < n ? smooth[at + 1] : smooth[at];
  bend = left - 2.0 * smooth[at] + right;
  return bin_edge (histogram,
                   (double)at + 0.5 + (bend < 0.0 ? CLAMP (0.5 * (left - right) / bend, -0.5, 0.5) : 0.0));
}

void
willis_histogram_moments (const WillisHistogram *histogram, double from, double to, double *mean, double *sd,
                          guint64 *n)
{
  double count = 0.0, sum = 0.0, sum2 = 0.0, m;

  for (gsize b = 0; b < histogram->n_bins; b++)
    {
      double c = bin_edge (histogram, (double)b + 0.5);

      if (c >= from && c <= to)
        {
          count += (double)histogram->counts[b];
          sum += c * (double)histogram->counts[b];
        }
    }
  m = count > 0.0 ? sum / count : NAN;
  for (gsize b = 0; b < histogram->n_bins; b++)
    {
      double c = bin_edge (histogram, (double)b + 0.5);

      if (c >= from && c <= to)
        sum2 += (c - m) * (c - m) * (double)histogram->counts[b];
    }
  if (mean != NULL)
    *mean = m;
  if (sd != NULL)
    *sd = count > 0.0 ? sqrt (sum2 / count) : NAN;
  if (n != NULL)
    *n = (guint64)count;
}
