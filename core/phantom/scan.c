/* SPDX-License-Identifier: Apache-2.0 */
#include "core/phantom/phantom-private.h"

#include <math.h>
#include <stdlib.h>

#include "core/base/alloc.h"
#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/num/rng.h"
#include "core/num/vec3.h"

/* The anatomy is sampled with edges at most this far apart before the point spread is applied. */
#define FINE_MM 0.25

/* A Gaussian sampled at step, cut at 3.5 deviations, sum 1. weights has 2 * radius + 1 entries. */
static float *
gaussian_weights (double sigma, double step, int *radius)
{
  float *weights;
  double sum = 0.0;

  *radius = sigma > 0.0 ? (int) ceil (3.5 * sigma / step) : 0;
  weights = g_new (float, 2 * *radius + 1);
  for (int n = -*radius; n <= *radius; n++)
    {
      double w = sigma > 0.0 ? exp (-0.5 * (n * step / sigma) * (n * step / sigma)) : 1.0;

      weights[n + *radius] = (float) w;
      sum += w;
    }
  for (int n = 0; n <= 2 * *radius; n++)
    weights[n] = (float) (weights[n] / sum);
  return weights;
}

/* What a scanner does along one axis, sampled at step: a Gaussian; with sharpness less a part of one twice as wide; with
 * box_mm averaged over that thickness. Sum 1. */
static float *
spread_weights (double sigma, double sharpness, double box_mm, double step, int *radius)
{
  int narrow, wide = 0, plain, box = (int) floor (0.5 * box_mm / step + 0.5);
  g_autofree float *core = gaussian_weights (sigma, step, &narrow);
  g_autofree float *skirt = sharpness > 0.0 ? gaussian_weights (2.0 * sigma, step, &wide) : NULL;
  float *weights;

  plain = MAX (narrow, wide);
  *radius = plain + box;
  weights = g_new0 (float, 2 * *radius + 1);
  for (int n = -plain; n <= plain; n++)
    {
      double w = abs (n) <= narrow ? core[n + narrow] : 0.0;

      if (skirt != NULL)
        w = (1.0 + sharpness) * w - sharpness * skirt[n + wide];
      for (int b = -box; b <= box; b++)
        weights[n + b + *radius] += (float) (w / (2 * box + 1));
    }
  return weights;
}

/* How much of a cell of edge h lies inside a surface at signed distance d. */
static double
coverage (double d, double h)
{
  return CLAMP (0.5 - d / h, 0.0, 1.0);
}

/* Density at one point: tissues in the order in which they displace each other. */
static double
density (const WillisPhantom *phantom, const double scan[3], double h)
{
  double x[3], hu, artery, other_hu = 0.0, d;

  phantom_to_anatomy (phantom, scan, x);
  hu = phantom_tissue_hu (phantom, x);
  artery = phantom_field_artery (phantom->field, x);
  d = phantom_field_vein (phantom->field, x, &other_hu);
  hu += coverage (d, h) * (other_hu - hu);
  d = phantom_field_bone (phantom->field, x, artery, &other_hu);
  hu += coverage (d, h) * (other_hu - hu);
  hu += coverage (artery, h) * (phantom->lumen_hu - hu);
  d = phantom_field_plaque (phantom->field, x, &other_hu);
  return hu + coverage (d, h) * (other_hu - hu);
}

typedef struct
{
  const WillisPhantom *phantom;
  int factor[3]; // fine samples per voxel
  int pad[3];    // fine samples beyond the scan that the point spread reaches
  double step_mm[3];
  float *weights[3];
} Raster;

/* The fine slice number kf (may be negative), blurred in the slice and thinned to the scan's columns and rows. */
static void
fine_slice (const Raster *raster, int kf, float *fine, float *half, float *out)
{
  const WillisGrid *g = &raster->phantom->grid;
  int nfx = (g->dims[0] - 1) * raster->factor[0] + 1 + 2 * raster->pad[0];
  int nfy = (g->dims[1] - 1) * raster->factor[1] + 1 + 2 * raster->pad[1];
  double h = MAX (raster->step_mm[0], MAX (raster->step_mm[1], raster->step_mm[2]));

  for (int j = 0; j < nfy; j++)
    for (int i = 0; i < nfx; i++)
      {
        double ijk[3] = { (double) (i - raster->pad[0]) / raster->factor[0],
                          (double) (j - raster->pad[1]) / raster->factor[1], (double) kf / raster->factor[2] };
        double scan[3];

        willis_grid_ijk_to_lps (g, ijk, scan);
        fine[(gsize) j * (gsize) nfx + (gsize) i] = (float) density (raster->phantom, scan, h);
      }
  for (int j = 0; j < nfy; j++)
    for (int i = 0; i < g->dims[0]; i++)
      {
        const float *from = fine + (gsize) j * (gsize) nfx + (gsize) (i * raster->factor[0]);
        float sum = 0.0f;

        for (int n = 0; n <= 2 * raster->pad[0]; n++)
          sum += raster->weights[0][n] * from[n];
        half[(gsize) j * (gsize) g->dims[0] + (gsize) i] = sum;
      }
  for (int j = 0; j < g->dims[1]; j++)
    for (int i = 0; i < g->dims[0]; i++)
      {
        float sum = 0.0f;

        for (int n = 0; n <= 2 * raster->pad[1]; n++)
          sum += raster->weights[1][n]
                 * half[(gsize) (j * raster->factor[1] + n) * (gsize) g->dims[0] + (gsize) i];
        out[(gsize) j * (gsize) g->dims[0] + (gsize) i] = sum;
      }
}

static void
raster_init (Raster *raster, const WillisPhantom *phantom)
{
  raster->phantom = phantom;
  for (int a = 0; a < 3; a++)
    {
      double sigma = phantom->psf_sigma_mm[a == 2];

      raster->factor[a] = MAX (1, (int) ceil (phantom->grid.spacing_mm[a] / FINE_MM - 1e-9));
      raster->step_mm[a] = phantom->grid.spacing_mm[a] / raster->factor[a];
      raster->weights[a] = spread_weights (sigma, a < 2 ? phantom->sharpness : 0.0, a == 2 ? phantom->slice_mm : 0.0,
                                           raster->step_mm[a], &raster->pad[a]);
    }
}

/* All fine slices, blurred within themselves, a block of scan slices at a time to bound memory; then across slices. */
static gboolean
render (const Raster *raster, float *out, const WillisProgress *progress, GError **error)
{
  const WillisGrid *g = &raster->phantom->grid;
  int first = -raster->pad[2], last = (g->dims[2] - 1) * raster->factor[2] + raster->pad[2];
  gsize slice = (gsize) g->dims[0] * (gsize) g->dims[1];
  gsize nfx = (gsize) ((g->dims[0] - 1) * raster->factor[0] + 1 + 2 * raster->pad[0]);
  gsize nfy = (gsize) ((g->dims[1] - 1) * raster->factor[1] + 1 + 2 * raster->pad[1]);
  float *thin = willis_try_alloc (slice, (gsize) (last - first + 1), 1, sizeof (float), error);
  gboolean ok = thin != NULL;

  for (int at = first; ok && at <= last; at += 8)
    {
      int n = MIN (8, last - at + 1);

#pragma omp parallel for schedule(dynamic, 1)
      for (int s = 0; s < n; s++)
        {
          g_autofree float *fine = g_new (float, nfx *nfy);
          g_autofree float *half = g_new (float, (gsize) g->dims[0] * nfy);

          fine_slice (raster, at + s, fine, half, thin + (gsize) (at + s - first) * slice);
        }
      ok = willis_progress_step (progress, 0.9 * (at + n - first) / (last - first + 1), error);
    }
  if (ok)
    {
#pragma omp parallel for schedule(static)
      for (int k = 0; k < g->dims[2]; k++)
        for (gsize idx = 0; idx < slice; idx++)
          {
            float sum = 0.0f;

            for (int n = 0; n <= 2 * raster->pad[2]; n++)
              sum += raster->weights[2][n] * thin[(gsize) (k * raster->factor[2] + n) * slice + idx];
            out[(gsize) k * slice + idx] = sum;
          }
    }
  free (thin);
  return ok;
}

/* Blurs along one axis of stride; values beyond the border repeat the border. */
static void
blur_axis (float *data, const int dims[3], int axis, const float *weights, int radius)
{
  gsize stride = axis == 0 ? 1 : axis == 1 ? (gsize) dims[0] : (gsize) dims[0] * (gsize) dims[1];
  int n = dims[axis], n1 = axis == 0 ? dims[1] : dims[0], n2 = axis == 2 ? dims[1] : dims[2];
  gsize s1 = axis == 0 ? (gsize) dims[0] : 1;
  gsize s2 = axis == 2 ? (gsize) dims[0] : (gsize) dims[0] * (gsize) dims[1];

#pragma omp parallel for schedule(static)
  for (int b = 0; b < n2; b++)
    {
      g_autofree float *line = g_new (float, n);

      for (int a = 0; a < n1; a++)
        {
          float *at = data + (gsize) a * s1 + (gsize) b * s2;

          for (int i = 0; i < n; i++)
            line[i] = at[(gsize) i * stride];
          for (int i = 0; i < n; i++)
            {
              float sum = 0.0f;

              for (int m = -radius; m <= radius; m++)
                sum += weights[m + radius] * line[CLAMP (i + m, 0, n - 1)];
              at[(gsize) i * stride] = sum;
            }
        }
    }
}

/* Gaussian noise of the wanted deviation and correlation, one generator a slice. */
static float *
noise_field (const WillisPhantom *phantom, GError **error)
{
  const int *dims = phantom->grid.dims;
  gsize slice = (gsize) dims[0] * (gsize) dims[1];
  float *noise = willis_try_alloc (slice, (gsize) dims[2], 1, sizeof (float), error);
  double gain = 1.0;

  if (noise == NULL)
    return NULL;
#pragma omp parallel for schedule(static)
  for (int k = 0; k < dims[2]; k++)
    {
      WillisRng rng;

      willis_rng_init (&rng, phantom->seed, (guint64) k + 1);
      for (gsize idx = 0; idx < slice; idx++)
        noise[(gsize) k * slice + idx] = (float) willis_rng_normal (&rng);
    }
  for (int a = 0; a < 3; a++)
    {
      int radius;
      g_autofree float *weights = gaussian_weights (phantom->noise_sigma_mm, phantom->grid.spacing_mm[a], &radius);
      double sum2 = 0.0;

      for (int n = 0; n <= 2 * radius; n++)
        sum2 += (double) weights[n] * weights[n];
      gain /= sqrt (sum2);
      if (radius > 0)
        blur_axis (noise, dims, a, weights, radius);
    }
  for (gsize idx = 0; idx < slice * (gsize) dims[2]; idx++)
    noise[idx] = (float) (noise[idx] * gain * phantom->noise_hu);
  return noise;
}

float *
phantom_scan_clean (const WillisPhantom *phantom, const WillisProgress *progress, GError **error)
{
  Raster raster = { 0 };
  gsize n = willis_grid_n_voxels (&phantom->grid);
  float *hu = willis_try_alloc (n, 1, 1, sizeof (float), error);

  raster_init (&raster, phantom);
  if (hu != NULL && !render (&raster, hu, progress, error))
    g_clear_pointer (&hu, free);
  for (int a = 0; a < 3; a++)
    g_free (raster.weights[a]);
  return hu;
}

WillisVolume *
phantom_scan_noisy (const WillisPhantom *phantom, const float *clean, GError **error)
{
  gsize n = willis_grid_n_voxels (&phantom->grid);
  float *noise = noise_field (phantom, error);
  WillisVolume *scan = noise != NULL ? willis_volume_new (&phantom->grid, WILLIS_SCALAR_I16, error) : NULL;

  if (scan != NULL)
    {
      gint16 *out = willis_volume_voxels_rw (scan);

      for (gsize idx = 0; idx < n; idx++)
        out[idx] = (gint16) lrintf (CLAMP (clean[idx] + noise[idx], -1024.0f, 3071.0f));
    }
  free (noise);
  return scan;
}

WillisVolume *
willis_phantom_scan (const WillisPhantom *phantom, const WillisProgress *progress, GError **error)
{
  float *clean = phantom_scan_clean (phantom, progress, error);
  WillisVolume *scan = clean != NULL ? phantom_scan_noisy (phantom, clean, error) : NULL;

  free (clean);
  return scan;
}

WillisVolume *
willis_phantom_labels (const WillisPhantom *phantom, const WillisProgress *progress, GError **error)
{
  const WillisGrid *g = &phantom->grid;
  WillisVolume *labels = willis_volume_new (g, WILLIS_SCALAR_U8, error);
  guint8 *out;

  if (labels == NULL)
    return NULL;
  out = willis_volume_voxels_rw (labels);
  for (int k = 0; k < g->dims[2]; k++)
    {
      if (!willis_progress_step (progress, (double) k / g->dims[2], error))
        {
          willis_volume_unref (labels);
          return NULL;
        }
#pragma omp parallel for schedule(dynamic, 8)
      for (int j = 0; j < g->dims[1]; j++)
        for (int i = 0; i < g->dims[0]; i++)
          {
            double ijk[3] = { i, j, k }, x[3], artery, hu;
            guint8 label = WILLIS_LABEL_NONE;

            willis_grid_ijk_to_lps (g, ijk, x);
            phantom_to_anatomy (phantom, x, x);
            artery = phantom_field_artery (phantom->field, x);
            if (phantom_field_plaque (phantom->field, x, &hu) < 0.0)
              label = WILLIS_LABEL_CALCIUM;
            else if (artery < 0.0)
              label = WILLIS_LABEL_ARTERY;
            else if (phantom_field_bone (phantom->field, x, artery, &hu) < 0.0)
              label = WILLIS_LABEL_BONE;
            else if (phantom_field_vein (phantom->field, x, &hu) < 0.0)
              label = WILLIS_LABEL_VEIN;
            out[((gsize) k * (gsize) g->dims[1] + (gsize) j) * (gsize) g->dims[0] + (gsize) i] = label;
          }
    }
  return labels;
}
