/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "ui/scene/volume-caster.h"

/* An anchor of a look: position, colour 0 .. 1, opacity of one voxel. */
typedef struct
{
  double at, r, g, b, a;
} Anchor;

/* In Hounsfield units: contrast-filled lumen red, calcium and bone ivory. */
static const Anchor cta_anchors[] = {
  { 130, 0.45, 0.08, 0.06, 0.00 }, { 190, 0.60, 0.12, 0.10, 0.10 }, { 280, 0.85, 0.26, 0.22, 0.55 },
  { 420, 0.95, 0.55, 0.42, 0.75 }, { 650, 0.93, 0.85, 0.75, 0.85 }, { 1500, 0.98, 0.95, 0.88, 0.95 },
};
static const Anchor bone_anchors[] = {
  { 220, 0.60, 0.50, 0.38, 0.00 }, { 350, 0.78, 0.68, 0.52, 0.25 }, { 700, 0.93, 0.87, 0.76, 0.80 },
  { 1500, 1.00, 0.98, 0.93, 0.95 },
};
/* Between the ramp's start (0) and its full height (1). */
static const Anchor vessel_anchors[] = {
  { 0.0, 0.45, 0.08, 0.06, 0.00 }, { 0.35, 0.72, 0.18, 0.14, 0.18 }, { 0.7, 0.86, 0.30, 0.25, 0.65 },
  { 1.0, 0.95, 0.55, 0.42, 0.85 },
};
static const Anchor mip_anchors[] = { { 0.0, 0, 0, 0, 0.0 }, { 1.0, 1, 1, 1, 1.0 } };

static void
look_up (const Anchor *anchors, gsize n, double x, float rgba[4])
{
  gsize i = 0;
  double t;

  while (i + 2 < n && x > anchors[i + 1].at)
    i++;
  t = CLAMP ((x - anchors[i].at) / (anchors[i + 1].at - anchors[i].at), 0.0, 1.0);
  rgba[0] = (float) (anchors[i].r + t * (anchors[i + 1].r - anchors[i].r));
  rgba[1] = (float) (anchors[i].g + t * (anchors[i + 1].g - anchors[i].g));
  rgba[2] = (float) (anchors[i].b + t * (anchors[i + 1].b - anchors[i].b));
  rgba[3] = (float) (anchors[i].a + t * (anchors[i + 1].a - anchors[i].a));
}

#define BINS 2048

static double
voxel_at (WillisVolume *volume, gsize i)
{
  switch (willis_volume_scalar (volume))
    {
    case WILLIS_SCALAR_U8:
      return willis_volume_u8 (volume)[i];
    case WILLIS_SCALAR_I16:
      return willis_volume_i16 (volume)[i];
    default:
      return willis_volume_f32 (volume)[i];
    }
}

/* Where vessels begin in a scan of unknown units: the threshold that best parts the brighter half of its values
 * (Otsu 1979), from about two million voxels. full: the mean of what is above it. */
static void
guess_ramp (WillisVolume *volume, double *start, double *full)
{
  g_autofree double *histogram = g_new0 (double, BINS);
  gsize n = willis_grid_n_voxels (willis_volume_grid (volume)), stride = 1 + n / 2000000, first = 1;
  double range[2], total = 0.0, sum = 0.0, below = 0.0, below_sum = 0.0, best = -1.0, width;

  willis_volume_range (volume, range);
  width = MAX ((range[1] - range[0]) / BINS, 1e-12);
  for (gsize i = 0; i < n; i += stride)
    {
      double v = voxel_at (volume, i);

      if (isfinite (v))
        histogram[MIN ((gsize) ((v - range[0]) / width), BINS - 1)]++;
    }
  for (gsize b = first; b < BINS; b++) // the lowest bin is the padding around the scan
    {
      total += histogram[b];
      sum += histogram[b] * b;
    }
  *start = range[0] + 0.5 * (range[1] - range[0]);
  *full = range[1];
  for (gsize b = first; b + 1 < BINS; b++)
    {
      double above, difference;

      below += histogram[b];
      below_sum += histogram[b] * b;
      above = total - below;
      if (below <= 0.0 || above <= 0.0)
        continue;
      difference = below_sum / below - (sum - below_sum) / above;
      if (below * above * difference * difference > best)
        {
          best = below * above * difference * difference;
          *start = range[0] + (b + 0.5) * width;
          *full = range[0] + ((sum - below_sum) / above + 0.5) * width;
        }
    }
}

void
willis_transfer_table (const WillisTransfer *transfer, WillisVolume *volume, WillisTransferTable *table)
{
  gboolean given = transfer->lo < transfer->hi;
  double range[2], lo = transfer->lo, hi = transfer->hi;

  willis_volume_range (volume, range);
  table->mip = transfer->preset == WILLIS_TRANSFER_MIP;
  table->reference_mm = willis_grid_min_spacing (willis_volume_grid (volume));
  table->lo = range[0];
  table->hi = range[1] > range[0] ? range[1] : range[0] + 1.0;
  if (!given && transfer->preset == WILLIS_TRANSFER_3DRA)
    {
      double start, full;

      guess_ramp (volume, &start, &full);
      lo = start - 0.3 * (full - start);
      hi = full;
    }
  else if (!given && transfer->preset == WILLIS_TRANSFER_MIP)
    {
      lo = range[0];
      hi = table->hi;
    }
  for (int i = 0; i < WILLIS_TRANSFER_SIZE; i++)
    {
      double v = table->lo + (table->hi - table->lo) * i / (WILLIS_TRANSFER_SIZE - 1.0);
      double t = (v - lo) / MAX (hi - lo, 1e-12);

      switch (transfer->preset)
        {
        case WILLIS_TRANSFER_CTA_VESSELS: /* a given window moves the anchors 130 .. 650 */
          look_up (cta_anchors, G_N_ELEMENTS (cta_anchors), given ? 130.0 + 520.0 * t : v, table->rgba[i]);
          break;
        case WILLIS_TRANSFER_BONE:
          look_up (bone_anchors, G_N_ELEMENTS (bone_anchors), given ? 220.0 + 480.0 * t : v, table->rgba[i]);
          break;
        case WILLIS_TRANSFER_3DRA:
          look_up (vessel_anchors, G_N_ELEMENTS (vessel_anchors), t, table->rgba[i]);
          break;
        case WILLIS_TRANSFER_MIP:
          look_up (mip_anchors, G_N_ELEMENTS (mip_anchors), t, table->rgba[i]);
          break;
        }
    }
}
