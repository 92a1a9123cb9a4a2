/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Distance transform, Gaussian, Hessian eigenvalues, vesselness, connected pieces, front marching and surface extraction
 * against ITK and VTK, in one
 * process on the same volume, with one thread and with two. Prints one line of JSON a measurement and one
 * line of verdict a kernel. usage: bench-kernels [NX NY NZ]
 */
#include <malloc.h>
#include <stdlib.h>

#include "core/base/parallel.h"
#include "core/image/components.h"
#include "core/image/distance.h"
#include "core/image/fast-marching.h"
#include "core/image/gaussian.h"
#include "core/image/hessian.h"
#include "core/image/vesselness.h"
#include "core/mesh/isosurface.h"
#include "core/num/rng.h"
#include "tests/bench/bench.h"
#include "tests/bench/peers.h"

#define RUNS 3

typedef struct
{
  int dims[3];
  double spacing[3];
  gsize n;
  WillisVolume *scan, *mask;
  WillisVolume *result, *speed;
  WillisSurface *surface;
  float *peer[3], *own[3];
  double sigma;
  int kind;
  long n_points, n_triangles;
} Bench;

/* A bundle of winding tubes of 300 HU in 40 HU with noise of 15 HU. */
static void
make_scan (Bench *b)
{
  const double origin[3] = { 0, 0, 0 };
  WillisGrid grid = willis_grid_new (b->dims, b->spacing, origin);
  gint16 *v;
  guint8 *m;
  WillisRng rng;

  b->n = willis_grid_n_voxels (&grid);
  b->scan = willis_volume_new (&grid, WILLIS_SCALAR_I16, NULL);
  b->mask = willis_volume_new (&grid, WILLIS_SCALAR_U8, NULL);
  v = willis_volume_voxels_rw (b->scan);
  m = willis_volume_voxels_rw (b->mask);
  willis_rng_init (&rng, 1, 1);
  for (int k = 0; k < b->dims[2]; k++)
    for (int j = 0; j < b->dims[1]; j++)
      for (int i = 0; i < b->dims[0]; i++)
        {
          double x = i * b->spacing[0], y = j * b->spacing[1], z = k * b->spacing[2];
          double u = fmod (x + 4 * sin (z / 9), 24.0) - 12.0, w = fmod (y + 4 * cos (z / 7), 24.0) - 12.0;
          double inside = CLAMP (0.5 + (2.0 - hypot (u, w)) / 0.5, 0.0, 1.0);

          *v++ = (gint16)(40 + 260 * inside + 15 * (2 * willis_rng_uniform (&rng) - 1) * 1.7);
          *m++ = inside >= 0.5;
        }
}

static void
own_distance (gpointer context)
{
  Bench *b = context;

  g_clear_pointer (&b->result, willis_volume_unref);
  b->result = b->kind == 0 ? willis_distance_to_mask (b->mask, INFINITY, NULL, NULL)
                           : willis_distance_signed (b->mask, INFINITY, NULL, NULL);
}

static void
itk_distance (gpointer context)
{
  Bench *b = context;

  peer_itk_distance (willis_volume_u8 (b->mask), b->dims, b->spacing, b->peer[0]);
}

static void
own_gaussian (gpointer context)
{
  Bench *b = context;

  g_clear_pointer (&b->result, willis_volume_unref);
  b->result = willis_gaussian (b->scan, b->sigma, NULL, NULL);
}

static void
itk_gaussian (gpointer context)
{
  Bench *b = context;

  peer_itk_gaussian (willis_volume_i16 (b->scan), b->dims, b->spacing, b->sigma, b->peer[0]);
}

static void
keep_row (float *const *rows, int n, int j, int k, gpointer context)
{
  Bench *b = context;
  gsize at = ((gsize)k * (gsize)b->dims[1] + (gsize)j) * (gsize)b->dims[0];

  for (int a = 0; a < 3; a++) // smallest first, as ITK
    memcpy (b->own[a] + at, rows[2 - a], (gsize)n * sizeof (float));
}

static void
own_eigenvalues (gpointer context)
{
  Bench *b = context;

  willis_hessian_eigenvalues (b->scan, b->sigma, NULL, keep_row, b, NULL, NULL);
}

static void
itk_eigenvalues (gpointer context)
{
  Bench *b = context;

  peer_itk_eigenvalues (willis_volume_i16 (b->scan), b->dims, b->spacing, b->sigma, b->peer);
}

static void
own_surface (gpointer context)
{
  Bench *b = context;

  g_clear_pointer (&b->surface, willis_surface_unref);
  b->surface = willis_isosurface (b->scan, 170.0, NULL, NULL, NULL, NULL);
}

static void
vtk_surface (gpointer context)
{
  Bench *b = context;

  peer_vtk_surface (willis_volume_i16 (b->scan), b->dims, b->spacing, 170.0, b->kind, &b->n_points,
                    &b->n_triangles);
}

static void
own_mask_surface (gpointer context)
{
  Bench *b = context;

  g_clear_pointer (&b->surface, willis_surface_unref);
  b->surface = willis_isosurface (b->mask, 0.5, NULL, NULL, NULL, NULL);
}

static void
itk_surface (gpointer context)
{
  Bench *b = context;

  peer_itk_surface (willis_volume_u8 (b->mask), b->dims, b->spacing, &b->n_points, &b->n_triangles);
}

/* The convolution with a Gaussian (or sigma^2 times its Laplacian) by the plain sum in double, to 6 sigma. */
static double
direct (const Bench *b, gsize voxel, gboolean laplacian)
{
  const int at[3] = { (int)(voxel % (gsize)b->dims[0]), (int)(voxel / (gsize)b->dims[0] % (gsize)b->dims[1]),
                      (int)(voxel / (gsize)b->dims[0] / (gsize)b->dims[1]) };
  const gint16 *v = willis_volume_i16 (b->scan);
  double sum = 0.0, weights = 0.0, s2 = b->sigma * b->sigma;
  int r[3];

  for (int a = 0; a < 3; a++)
    r[a] = (int)ceil (6 * b->sigma / b->spacing[a]);
  for (int k = -r[2]; k <= r[2]; k++)
    for (int j = -r[1]; j <= r[1]; j++)
      for (int i = -r[0]; i <= r[0]; i++)
        {
          double x = i * b->spacing[0], y = j * b->spacing[1], z = k * b->spacing[2],
                 d2 = x * x + y * y + z * z;
          double w = exp (-0.5 * d2 / s2);
          gsize idx = ((gsize)(at[2] + k) * (gsize)b->dims[1] + (gsize)(at[1] + j)) * (gsize)b->dims[0]
                      + (gsize)(at[0] + i);

          weights += w;
          sum += (double)v[idx] * w * (laplacian ? d2 / s2 - 3.0 : 1.0);
        }
  return sum / weights;
}

/* Prints how far both are from the plain sum at 60 voxels. own and peer: one volume, or three to add up (the
 * trace). */
static void
print_accuracy (const Bench *b, const char *name, const float *const *own, const float *const *peer,
                int n_parts)
{
  double worst_own = 0.0, worst_peer = 0.0;
  WillisRng rng;

  willis_rng_init (&rng, 5, 5);
  for (int n = 0; n < 60; n++)
    {
      gsize voxel = 0, stride = 1;
      double truth, mine = 0.0, theirs = 0.0;

      for (int a = 0; a < 3; a++)
        {
          int border = (int)ceil (6 * b->sigma / b->spacing[a]) + 1;

          if (b->dims[a] <= 2 * border)
            return;
          voxel += stride * (gsize)(border + (int)(willis_rng_uniform (&rng) * (b->dims[a] - 2 * border)));
          stride *= (gsize)b->dims[a];
        }
      truth = direct (b, voxel, n_parts == 3);
      for (int p = 0; p < n_parts; p++)
        {
          mine += (double)own[p][voxel];
          theirs += (double)peer[p][voxel];
        }
      worst_own = MAX (worst_own, fabs (mine - truth));
      worst_peer = MAX (worst_peer, fabs (theirs - truth));
    }
  printf ("# %s: largest error against the plain sum%s: willis %.2g HU, ITK %.2g HU\n", name,
          n_parts == 3 ? " (trace)" : "", worst_own, worst_peer);
}

static void
own_vesselness (gpointer context)
{
  Bench *b = context;
  WillisVesselnessParams params = WILLIS_VESSELNESS_PARAMS_INIT;

  params.n_scales = 5;
  g_clear_pointer (&b->result, willis_volume_unref);
  b->result = willis_vesselness (b->scan, &params, NULL, NULL, NULL);
}

static void
itk_vesselness (gpointer context)
{
  Bench *b = context;
  WillisVesselnessParams params = WILLIS_VESSELNESS_PARAMS_INIT;

  peer_itk_vesselness (willis_volume_i16 (b->scan), b->dims, b->spacing, params.min_sigma_mm, params.max_sigma_mm, 5,
                       b->peer[0]);
}

static void
own_components (gpointer context)
{
  Bench *b = context;
  g_autoptr (WillisComponents) pieces = willis_components_new (b->mask, WILLIS_COMPONENTS_NONZERO, 26, NULL, NULL);

  b->n_points = (long)willis_components_n (pieces);
}

static void
itk_components (gpointer context)
{
  Bench *b = context;

  b->n_triangles = peer_itk_components (willis_volume_u8 (b->mask), b->dims, b->spacing);
}

/* Quick in the tubes, slow outside, as where vessels and bone share out what lies between. */
static void
set_speed (Bench *b)
{
  const WillisGrid *grid = willis_volume_grid (b->scan);
  float *speed;

  g_clear_pointer (&b->speed, willis_volume_unref);
  b->speed = willis_volume_new (grid, WILLIS_SCALAR_F32, NULL);
  speed = willis_volume_voxels_rw (b->speed);
  for (gsize n = 0; n < b->n; n++)
    speed[n] = willis_volume_u8 (b->mask)[n] ? 1.0f : 0.2f;
}

static void
own_march (gpointer context)
{
  Bench *b = context;
  WillisMarchParams params = WILLIS_MARCH_PARAMS_INIT;
  double ijk[3] = { b->dims[0] / 2, b->dims[1] / 2, b->dims[2] / 2 }, start[3];

  willis_grid_ijk_to_lps (willis_volume_grid (b->scan), ijk, start);
  params.starts_lps_mm = start;
  params.n_starts = 1;
  g_clear_pointer (&b->result, willis_volume_unref);
  b->result = willis_fast_march (b->speed, &params, NULL, NULL);
}

static void
itk_march (gpointer context)
{
  Bench *b = context;
  int start[3] = { b->dims[0] / 2, b->dims[1] / 2, b->dims[2] / 2 };

  peer_itk_march (willis_volume_f32 (b->speed), b->dims, b->spacing, start, b->peer[0]);
}

static double
largest_difference (const Bench *b, const float *own, const float *peer, gboolean outside_only, int border)
{
  double worst = 0.0;

  for (gsize n = 0; n < b->n; n++)
    {
      int i = (int)(n % (gsize)b->dims[0]), j = (int)(n / (gsize)b->dims[0] % (gsize)b->dims[1]);
      int k = (int)(n / (gsize)b->dims[0] / (gsize)b->dims[1]);

      if ((outside_only && willis_volume_u8 (b->mask)[n]) || i < border || j < border || k < border
          || i >= b->dims[0] - border || j >= b->dims[1] - border || k >= b->dims[2] - border)
        continue;
      worst = MAX (worst, fabs ((double)own[n] - (double)peer[n]));
    }
  return worst;
}

static void
verdict (const Bench *b, const char *name, int threads, BenchTime own, BenchTime peer, const char *who)
{
  double scan_bytes = 2.0 * (double)b->n;

  printf ("# %s, %d thread%s: %.2f times as fast as %s; %.0f Mvoxel/s; peak %.2f times the scan\n", name,
          threads, threads > 1 ? "s" : "", peer.seconds / own.seconds, who, 1e-6 * (double)b->n / own.seconds,
          own.peak_bytes / scan_bytes);
}

static void
compare (Bench *b, const char *name, const char *who, BenchFunc own, BenchFunc peer, int threads,
         BenchTime *own_time)
{
  BenchTime o, p;

  willis_parallel_set_threads (threads);
  peer_set_threads (threads);
  /* nothing of an earlier kernel may be held, or its memory would not count as this one's */
  g_clear_pointer (&b->result, willis_volume_unref);
  g_clear_pointer (&b->surface, willis_surface_unref);
  malloc_trim (0);
  o = bench_run (own, b, RUNS);
  bench_print (name, "willis", threads, o, "");
  if (peer != NULL)
    {
      p = bench_run (peer, b, threads == 1 ? 1 : 2);
      bench_print (name, who, threads, p, "");
      verdict (b, name, threads, o, p, who);
    }
  *own_time = o;
}

static void
run_all (Bench *b, int threads)
{
  const double sigmas[3] = { 0.5, 1.0, 2.0 };
  BenchTime t;

  b->kind = 0;
  compare (b, "distance", "ITK", own_distance, itk_distance, threads, &t);
  printf ("# distance: largest difference from ITK outside the mask %.2g mm\n",
          largest_difference (b, willis_volume_f32 (b->result), b->peer[0], TRUE, 0));
  b->kind = 1;
  compare (b, "distance-signed", "ITK", own_distance, itk_distance, threads, &t);
  for (int s = 0; s < 3; s++)
    {
      g_autofree char *gauss = g_strdup_printf ("gaussian-%g", sigmas[s]);
      g_autofree char *hess = g_strdup_printf ("hessian-eigenvalues-%g", sigmas[s]);
      int border = (int)(5 * sigmas[s] / b->spacing[0]);

      b->sigma = sigmas[s];
      compare (b, gauss, "ITK", own_gaussian, itk_gaussian, threads, &t);
      printf ("# %s: largest difference from ITK away from the border %.3g HU\n", gauss,
              largest_difference (b, willis_volume_f32 (b->result), b->peer[0], FALSE, border));
      print_accuracy (b, gauss, (const float *const[]){ willis_volume_f32 (b->result) },
                      (const float *const[]){ b->peer[0] }, 1);
      g_clear_pointer (&b->result, willis_volume_unref);
      compare (b, hess, "ITK", own_eigenvalues, itk_eigenvalues, threads, &t);
      for (int a = 0; a < 3; a++)
        printf ("# %s: largest difference from ITK, eigenvalue %d, %.3g HU\n", hess, a,
                largest_difference (b, b->own[a], b->peer[a], FALSE, border));
      print_accuracy (b, hess, (const float *const[]){ b->own[0], b->own[1], b->own[2] },
                      (const float *const[]){ b->peer[0], b->peer[1], b->peer[2] }, 3);
    }
  compare (b, "surface-of-mask", "ITK", own_mask_surface, itk_surface, threads, &t);
  printf ("# surface-of-mask: %" G_GSIZE_FORMAT " points, %" G_GSIZE_FORMAT " triangles (ITK %ld, %ld)\n",
          willis_surface_n_points (b->surface), willis_surface_n_triangles (b->surface), b->n_points,
          b->n_triangles);
  b->kind = 0;
  compare (b, "surface", "VTK marching cubes", own_surface, vtk_surface, threads, &t);
  b->kind = 1;
  compare (b, "surface", "VTK flying edges", own_surface, vtk_surface, threads, &t);
  printf ("# surface: %" G_GSIZE_FORMAT " points, %" G_GSIZE_FORMAT
          " triangles (VTK %ld, %ld, open at the border)\n",
          willis_surface_n_points (b->surface), willis_surface_n_triangles (b->surface), b->n_points,
          b->n_triangles);
  compare (b, "vesselness-5-scales", "ITK", own_vesselness, itk_vesselness, threads, &t);
  compare (b, "components", "ITK", own_components, itk_components, threads, &t);
  printf ("# components: %ld pieces (ITK %ld)\n", b->n_points, b->n_triangles);
  if (threads > 1)
    return; // both march on one thread
  set_speed (b);
  compare (b, "fast-march", "ITK", own_march, itk_march, threads, &t);
  printf ("# fast-march: largest difference from ITK, which is of first order, %.3g\n",
          largest_difference (b, willis_volume_f32 (b->result), b->peer[0], FALSE, 0));
}

int
main (int argc, char **argv)
{
  Bench b = { { 256, 256, 160 }, { 0.5, 0.5, 0.6 } };

  for (int a = 0; argc == 4 && a < 3; a++)
    b.dims[a] = (int)g_ascii_strtoll (argv[1 + a], NULL, 10);
  make_scan (&b);
  for (int a = 0; a < 3; a++)
    {
      b.peer[a] = g_new0 (float, b.n);
      b.own[a] = g_new0 (float, b.n);
    }
  run_all (&b, 1);
  run_all (&b, 2);
  return 0;
}
