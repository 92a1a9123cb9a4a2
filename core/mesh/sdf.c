/* SPDX-License-Identifier: Apache-2.0 */
#include "core/mesh/sdf.h"

#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/image/batch.h"
#include "core/image/distance.h"
#include "core/mesh/bvh.h"
#include "core/mesh/check.h"
#include "core/num/vec3.h"

/* Most grid points: the field and its weights then take 2.4 GB. */
#define MAX_POINTS 300000000.0

struct _WillisSdf
{
  gatomicrefcount refs;
  WillisVolume *volume;  // distances at the grid points
  WillisVolume *weights; // of the B-splines
  int dims[3];
  double origin[3];
  double spacing;
};

typedef struct
{
  const WillisBvh *bvh;
  const WillisGrid *grid;
  double band_mm;
  double left_mm; // all of the surface lies to the right of it
  float *out;
  const float *rough; // distance to the inside mask
  const guint8 *inside;
} Work;

/* The grid about the surface, or the part of it in the wanted box. Corners fall on whole spacings, so that
 * the same place gets the same grid points whatever the box. */
static gboolean
make_grid (const WillisSurface *surface, const WillisSdfParams *params, WillisGrid *grid, GError **error)
{
  double box[6], h = params->spacing_mm, n_points = 1.0, origin[3];
  const double spacing[3] = { h, h, h };
  int dims[3];

  if (!(h >= 0.01 && h <= 10.0) || !(params->band_mm >= 2.0 * h) || !(params->band_mm <= 1000.0))
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT,
                        "a distance field of spacing %g mm and band %g mm is not possible", h,
                        params->band_mm);
  willis_surface_bounds (surface, box);
  for (int a = 0; a < 3; a++)
    {
      double lo = box[a] - params->band_mm - h, hi = box[3 + a] + params->band_mm + h;

      if (params->box_lps_mm != NULL)
        {
          lo = MAX (lo, params->box_lps_mm[a]);
          hi = MIN (hi, params->box_lps_mm[3 + a]);
        }
      lo = floor (lo / h);
      hi = ceil (hi / h);
      if (!(hi - lo >= 3.0))
        return willis_fail (error, WILLIS_ERROR_BAD_INPUT,
                            "the box of the distance field does not meet the surface");
      n_points *= hi - lo + 1.0;
      dims[a] = (int)MIN (hi - lo + 1.0, 1e6);
      origin[a] = lo * h;
    }
  if (n_points > MAX_POINTS)
    return willis_fail (
        error, WILLIS_ERROR_BAD_INPUT,
        "a distance field of %d x %d x %d points is too large: take a larger spacing or a smaller box",
        dims[0], dims[1], dims[2]);
  *grid = willis_grid_new (dims, spacing, origin);
  return willis_grid_check (grid, error);
}

/* Marks the grid points inside by the crossings of each row of points with the surface. Rows are moved aside
 * by an odd part of the spacing so that they do not meet edges; points this near to the surface get their
 * exact sign later. */
static void
mark_inside (gsize lo, gsize hi, gpointer context)
{
  const Work *w = context;
  const int *dims = w->grid->dims;
  const double h = w->grid->spacing_mm[0], direction[3] = { 1, 0, 0 };

  for (gsize row = lo; row < hi; row++)
    {
      guint8 *out = (guint8 *)w->inside + row * (gsize)dims[0];
      const double start[3]
          = { w->left_mm, w->grid->origin_lps_mm[1] + h * ((double)(row % (gsize)dims[1]) + 1.2345e-5),
              w->grid->origin_lps_mm[2] + h * ((double)(row / (gsize)dims[1]) + 0.8765e-5) };
      g_autoptr (GArray) hits = willis_bvh_ray_all (w->bvh, start, direction, INFINITY);
      int depth = 0, at = 0;

      for (guint n = 0; n < hits->len; n++)
        {
          const WillisRayHit *hit = &g_array_index (hits, WillisRayHit, n);
          int to = (int)CLAMP (ceil ((w->left_mm + hit->t - w->grid->origin_lps_mm[0]) / h), 0.0,
                               (double)dims[0]);

          if (depth > 0)
            memset (out + at, 1, (gsize)MAX (to - at, 0));
          at = MAX (at, to);
          depth += hit->leaves ? -1 : 1;
        }
    }
}

/* Exact distances inside and in the band; the neighbour's triangle is the first guess. */
static void
measure_rows (gsize lo, gsize hi, gpointer context)
{
  const Work *w = context;
  gsize nx = (gsize)w->grid->dims[0], ny = (gsize)w->grid->dims[1];
  double h = w->grid->spacing_mm[0];

  for (gsize row = lo; row < hi; row++)
    {
      gint32 guess = -1;

      for (gsize i = 0; i < nx; i++)
        {
          gsize idx = row * nx + i;
          const double ijk[3] = { (double)i, (double)(row % ny), (double)(row / ny) };
          double p[3];
          WillisNearest nearest;

          if (!w->inside[idx] && (double)w->rough[idx] > w->band_mm + 2.0 * h)
            {
              w->out[idx] = 0.5f * (float)h - w->rough[idx]; // the mask's edge lies half a spacing inside
              continue;
            }
          willis_grid_ijk_to_lps (w->grid, ijk, p);
          willis_bvh_nearest_from (w->bvh, p, guess, &nearest);
          w->out[idx] = (float)willis_bvh_sign_distance (w->bvh, p, &nearest);
          guess = nearest.triangle;
        }
    }
}

/* Weights c = f - (second differences) / 8: the B-spline then reproduces quadratic polynomials (de Boor & Fix
 * 1973). At the border the differences are left out. */
static void
make_weights (gsize lo, gsize hi, gpointer context)
{
  const WillisSdf *sdf = context;
  const float *f = willis_volume_f32 (sdf->volume);
  float *c = willis_volume_voxels_rw (sdf->weights);
  const int *n = sdf->dims;
  const gssize stride[3] = { 1, n[0], (gssize)n[0] * n[1] };

  for (gsize row = lo; row < hi; row++)
    for (int i = 0; i < n[0]; i++)
      {
        gssize idx = (gssize)row * n[0] + i;
        const int at[3] = { i, (int)(row % (gsize)n[1]), (int)(row / (gsize)n[1]) };
        float sum = 0.0f;

        for (int a = 0; a < 3; a++)
          if (at[a] > 0 && at[a] + 1 < n[a])
            sum += f[idx - stride[a]] - 2.0f * f[idx] + f[idx + stride[a]];
        c[idx] = f[idx] - 0.125f * sum;
      }
}

static gboolean
fill (WillisSdf *sdf, WillisSurface *surface, const WillisGrid *grid, double band_mm,
      const WillisProgress *progress, GError **error)
{
  g_autoptr (WillisBvh) bvh = willis_bvh_new (surface);
  g_autoptr (WillisVolume) inside = willis_volume_new (grid, WILLIS_SCALAR_U8, error);
  g_autoptr (WillisVolume) rough = NULL;
  gsize n_rows = (gsize)grid->dims[1] * (gsize)grid->dims[2];
  WillisProgress part = willis_progress_part (progress, 0.1, 0.2, NULL);
  Work w = { bvh, grid, band_mm };
  double box[6];

  if (inside == NULL)
    return FALSE;
  willis_surface_bounds (surface, box);
  w.left_mm = box[0] - 1.0;
  w.inside = willis_volume_voxels_rw (inside);
  memset (willis_volume_voxels_rw (inside), 0, willis_grid_n_voxels (grid));
  if (!willis_batch_for (n_rows, 64, mark_inside, &w, progress, 0.0, 0.1, error))
    return FALSE;
  rough = willis_distance_to_mask (inside, INFINITY, progress != NULL ? &part : NULL, error);
  if (rough == NULL)
    return FALSE;
  w.rough = willis_volume_f32 (rough);
  w.out = willis_volume_voxels_rw (sdf->volume);
  return willis_batch_for (n_rows, 16, measure_rows, &w, progress, 0.2, 0.95, error);
}

WillisSdf *
willis_sdf_new (WillisSurface *surface, const WillisSdfParams *params, const WillisProgress *progress,
                GError **error)
{
  g_autoptr (WillisSdf) sdf = NULL;
  WillisGrid grid;

  if (!willis_surface_check_closed (surface, error) || !make_grid (surface, params, &grid, error))
    return NULL;
  sdf = g_new0 (WillisSdf, 1);
  g_atomic_ref_count_init (&sdf->refs);
  memcpy (sdf->dims, grid.dims, sizeof sdf->dims);
  vec3_copy (sdf->origin, grid.origin_lps_mm);
  sdf->spacing = params->spacing_mm;
  sdf->volume = willis_volume_new (&grid, WILLIS_SCALAR_F32, error);
  if (sdf->volume == NULL)
    return NULL;
  if (!fill (sdf, surface, &grid, params->band_mm, progress, error))
    return NULL;
  sdf->weights = willis_volume_new (&grid, WILLIS_SCALAR_F32, error);
  if (sdf->weights == NULL
      || !willis_batch_for ((gsize)grid.dims[1] * (gsize)grid.dims[2], 64, make_weights, sdf, progress, 0.95,
                            1.0, error))
    return NULL;
  return g_steal_pointer (&sdf);
}

WillisSdf *
willis_sdf_ref (WillisSdf *sdf)
{
  g_atomic_ref_count_inc (&sdf->refs);
  return sdf;
}

void
willis_sdf_unref (WillisSdf *sdf)
{
  if (sdf == NULL || !g_atomic_ref_count_dec (&sdf->refs))
    return;
  g_clear_pointer (&sdf->volume, willis_volume_unref);
  g_clear_pointer (&sdf->weights, willis_volume_unref);
  g_free (sdf);
}

WillisVolume *
willis_sdf_volume (const WillisSdf *sdf)
{
  return sdf->volume;
}

/* The three quadratic B-splines that are not zero at position t in [-1/2, 1/2] from the middle one, and
 * derivatives. */
static void
spline_weights (double t, double w[3], double d[3])
{
  double a = 0.5 - t, b = 0.5 + t;

  w[0] = 0.5 * a * a;
  w[1] = 0.75 - t * t;
  w[2] = 0.5 * b * b;
  d[0] = -a;
  d[1] = -2.0 * t;
  d[2] = b;
}

double
willis_sdf_sample2 (const WillisSdf *sdf, const double lps_mm[3], double gradient[3], double hessian[6])
{
  static const double second[3] = { 1.0, -2.0, 1.0 };
  const float *c = willis_volume_f32 (sdf->weights);
  const gssize stride[2] = { sdf->dims[0], (gssize)sdf->dims[0] * sdf->dims[1] };
  double w[3][3], d[3][3], off[3], value = 0.0, g[3] = { 0 }, h[6] = { 0 }, beyond,
                                   inverse = 1.0 / sdf->spacing;
  int base[3];

  for (int a = 0; a < 3; a++)
    {
      double x = (lps_mm[a] - sdf->origin[a]) * inverse, on = CLAMP (x, 0.5, sdf->dims[a] - 1.5);

      off[a] = (x - on) * sdf->spacing;
      base[a] = MIN ((int)(on + 0.5), sdf->dims[a] - 2) - 1;
      spline_weights (on - base[a] - 1, w[a], d[a]);
    }
  for (int k = 0; k < 3; k++)
    for (int j = 0; j < 3; j++)
      {
        const float *row = c + (base[2] + k) * stride[1] + (base[1] + j) * stride[0] + base[0];
        double v = w[0][0] * (double)row[0] + w[0][1] * (double)row[1] + w[0][2] * (double)row[2];
        double x = d[0][0] * (double)row[0] + d[0][1] * (double)row[1] + d[0][2] * (double)row[2];
        double wjk = w[1][j] * w[2][k], djk = d[1][j] * w[2][k], wdk = w[1][j] * d[2][k];

        value += wjk * v;
        g[0] += wjk * x;
        g[1] += djk * v;
        g[2] += wdk * v;
        if (hessian != NULL)
          {
            h[0] += wjk * ((double)row[0] - 2.0 * (double)row[1] + (double)row[2]);
            h[1] += djk * x;
            h[2] += wdk * x;
            h[3] += second[j] * w[2][k] * v;
            h[4] += d[1][j] * d[2][k] * v;
            h[5] += w[1][j] * second[k] * v;
          }
      }
  for (int a = 0; hessian != NULL && a < 6; a++)
    hessian[a] = h[a] * inverse * inverse;
  vec3_scale (g, g, inverse);
  beyond = vec3_norm (off);
  if (beyond > 0.0) // off the grid: straight back to it
    {
      value -= beyond;
      vec3_scale (g, off, -1.0 / beyond);
      for (int a = 0; hessian != NULL && a < 6; a++)
        hessian[a] = 0.0;
    }
  if (gradient != NULL)
    vec3_copy (gradient, g);
  return value;
}

double
willis_sdf_sample (const WillisSdf *sdf, const double lps_mm[3], double gradient[3])
{
  return willis_sdf_sample2 (sdf, lps_mm, gradient, NULL);
}
