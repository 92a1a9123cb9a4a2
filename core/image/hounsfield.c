/* SPDX-License-Identifier: Apache-2.0 */
#include "core/image/hounsfield.h"

#include <math.h>

#include "core/base/parallel.h"
#include "core/image/histogram.h"

#define LO_HU (-1200.0)
#define HI_HU 3200.0
#define BIN_HU 4.0
#define SMOOTH_BINS 4.0
#define AIR_HU (-700.0)       // below it there is air
#define NARROW 0.7            // of what is within 300 HU of soft tissue's peak, within 60: heads have 0.87 and more
#define BETWEEN 0.1           // of the rest, between fat and air: heads have up to 0.012, an MR angiography far more
#define LEAST_PART 0.001      // of a scan that must be air, and bone
#define BELOW_ZERO_PART 0.002 // of a scan in Hounsfield units lies far below zero

static const WillisHounsfield known[] = { { 1.0, -1024.0 }, { 1000.0, 0.0 } };

/* Part of the voxels from one value to another, in Hounsfield units; the histogram has those as stored. */
static double
part_between (const WillisHistogram *h, double from_hu, double to_hu)
{
  gsize first = (gsize) ((from_hu - LO_HU) / BIN_HU), last = (gsize) ((to_hu - LO_HU) / BIN_HU);
  guint64 sum = 0;

  for (gsize b = first; b < MIN (last, h->n_bins); b++)
    sum += h->counts[b];
  return (double) sum / MAX ((double) (h->n_total + h->below + h->above), 1.0);
}

static gboolean
is_hounsfield (const WillisVolume *volume, gboolean is_ct, const WillisHounsfield *stored)
{
  double lo = (LO_HU - stored->shift) / stored->scale, hi = (HI_HU - stored->shift) / stored->scale, peak;
  g_autoptr (WillisHistogram) h = willis_histogram_new (volume, NULL, lo, hi, (gsize) ((HI_HU - LO_HU) / BIN_HU), NULL);

  if (h == NULL)
    return FALSE;
  peak = willis_histogram_peak (h, (AIR_HU - stored->shift) / stored->scale, hi, SMOOTH_BINS);
  peak = stored->scale * peak + stored->shift;
  return peak > -20.0 && peak < 100.0
         && part_between (h, peak - 60.0, peak + 60.0) > NARROW * part_between (h, peak - 300.0, peak + 300.0)
         && part_between (h, -850.0, -250.0) < BETWEEN * part_between (h, -250.0, HI_HU)
         && (is_ct || (part_between (h, -1100.0, -900.0) > LEAST_PART && part_between (h, 300.0, 2000.0) > LEAST_PART));
}

/* Is anything as far below zero as only air in Hounsfield units is? */
static gboolean
has_air_below_zero (const WillisVolume *volume)
{
  g_autoptr (WillisHistogram) h = willis_histogram_new (volume, NULL, -200.0, 0.0, 1, NULL);

  return h != NULL && (double) h->below > BELOW_ZERO_PART * (double) (h->n_total + h->below + h->above);
}

gboolean
willis_hounsfield_find (const WillisVolume *volume, gboolean is_ct, WillisHounsfield *out)
{
  if (has_air_below_zero (volume))
    return FALSE;
  for (gsize k = 0; k < G_N_ELEMENTS (known); k++)
    if (is_hounsfield (volume, is_ct, &known[k]))
      {
        *out = known[k];
        return TRUE;
      }
  return FALSE;
}

typedef struct
{
  const WillisVolume *from;
  WillisHounsfield stored;
  gint16 *to;
} Convert;

static double
value_at (const WillisVolume *volume, gsize n)
{
  const gint16 *whole = willis_volume_i16 (volume);
  const float *real = willis_volume_f32 (volume);

  return whole != NULL ? whole[n] : real != NULL ? (double) real[n] : willis_volume_u8 (volume)[n];
}

static void
convert_range (gsize first, gsize last, gpointer data)
{
  const Convert *c = data;

  for (gsize n = first; n < last; n++)
    {
      double hu = c->stored.scale * value_at (c->from, n) + c->stored.shift;

      c->to[n] = (gint16) lround (CLAMP (isfinite (hu) ? hu : LO_HU, G_MININT16, G_MAXINT16));
    }
}

WillisVolume *
willis_hounsfield_convert (const WillisVolume *volume, const WillisHounsfield *stored, GError **error)
{
  WillisVolume *out = willis_volume_new (willis_volume_grid (volume), WILLIS_SCALAR_I16, error);
  Convert c = { volume, *stored, out != NULL ? willis_volume_voxels_rw (out) : NULL };

  if (out != NULL)
    willis_parallel_for (willis_grid_n_voxels (willis_volume_grid (volume)), 1 << 20, convert_range, &c);
  return out;
}
