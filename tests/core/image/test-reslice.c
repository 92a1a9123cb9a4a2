/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>
#include <time.h>

#include "core/base/parallel.h"
#include "core/image/reslice.h"
#include "core/num/vec3.h"

/* A volume on a turned grid whose value is a linear function of the world point. */
static double
truth (const double p[3])
{
  return -50.0 + 3.0 * p[0] - 2.0 * p[1] + 5.0 * p[2];
}

static WillisVolume *
linear_volume (WillisScalar scalar)
{
  const double c = cos (0.3), s = sin (0.3);
  WillisGrid grid = { { 24, 20, 16 }, { -10, 5, 30 }, { 0.5, 0.7, 1.1 }, { c, -s, 0, s, c, 0, 0, 0, 1 } };
  WillisVolume *volume = willis_volume_new (&grid, scalar, NULL);
  void *voxels = willis_volume_voxels_rw (volume);
  gsize n = 0;

  for (int k = 0; k < grid.dims[2]; k++)
    for (int j = 0; j < grid.dims[1]; j++)
      for (int i = 0; i < grid.dims[0]; i++, n++)
        {
          double ijk[3] = { i, j, k }, p[3];

          willis_grid_ijk_to_lps (&grid, ijk, p);
          if (scalar == WILLIS_SCALAR_F32)
            ((float *) voxels)[n] = (float) truth (p);
          else if (scalar == WILLIS_SCALAR_I16)
            ((gint16 *) voxels)[n] = (gint16) lrint (truth (p));
          else
            ((guint8 *) voxels)[n] = (guint8) CLAMP (lrint (truth (p)), 0, 255);
        }
  return volume;
}

static WillisPlane
oblique_plane (const WillisVolume *volume, int width, int height)
{
  const WillisGrid *grid = willis_volume_grid (volume);
  double middle[3] = { 11.5, 9.5, 7.5 }, normal[3] = { 0.3, -0.5, 0.8 };
  WillisPlane plane = { .pixel_mm = 0.4, .width = width, .height = height };

  vec3_normalize (normal);
  vec3_basis (normal, plane.right, plane.down);
  willis_grid_ijk_to_lps (grid, middle, plane.corner_lps_mm);
  vec3_axpy (plane.corner_lps_mm, plane.corner_lps_mm, -0.5 * plane.pixel_mm * (width - 1), plane.right);
  vec3_axpy (plane.corner_lps_mm, plane.corner_lps_mm, -0.5 * plane.pixel_mm * (height - 1), plane.down);
  return plane;
}

/* Trilinear interpolation reproduces a linear function, so the picture is known at each pixel well inside; outside it
 * is NaN, and where is decided by the voxels' box. */
static void
test_values (void)
{
  const struct
  {
    WillisScalar scalar;
    double tolerance; // rounding of the stored values
  } cases[] = { { WILLIS_SCALAR_F32, 1e-3 }, { WILLIS_SCALAR_I16, 0.51 }, { WILLIS_SCALAR_U8, 0.51 } };
  WillisResliceParams params = WILLIS_RESLICE_PARAMS_INIT;

  for (gsize n = 0; n < G_N_ELEMENTS (cases); n++)
    {
      g_autoptr (WillisVolume) volume = linear_volume (cases[n].scalar);
      const WillisGrid *grid = willis_volume_grid (volume);
      WillisPlane plane = oblique_plane (volume, 90, 70);
      g_autofree float *out = g_new (float, 90 * 70);
      int inside = 0, outside = 0;

      willis_reslice_values (volume, &plane, &params, out);
      for (int y = 0; y < 70; y++)
        for (int x = 0; x < 90; x++)
          {
            double p[3], ijk[3];
            gboolean core = TRUE, beyond = FALSE;
            float v = out[y * 90 + x];

            vec3_axpy (p, plane.corner_lps_mm, x * plane.pixel_mm, plane.right);
            vec3_axpy (p, p, y * plane.pixel_mm, plane.down);
            willis_grid_lps_to_ijk (grid, p, ijk);
            for (int a = 0; a < 3; a++)
              {
                core = core && ijk[a] > 0.0 && ijk[a] < grid->dims[a] - 1;
                beyond = beyond || ijk[a] < -0.51 || ijk[a] > grid->dims[a] - 0.49;
              }
            if (beyond)
              g_assert_true (isnan (v));
            if (core)
              g_assert_cmpfloat_with_epsilon (v, truth (p), cases[n].tolerance);
            inside += core;
            outside += beyond;
          }
      g_assert_cmpint (inside, >, 500);
      g_assert_cmpint (outside, >, 500);
    }
}

/* Over a slab the linear function's mean is its value on the plane, its extremes lie half the thickness away. */
static void
test_slab (void)
{
  g_autoptr (WillisVolume) volume = linear_volume (WILLIS_SCALAR_F32);
  WillisPlane plane = oblique_plane (volume, 5, 5);
  WillisResliceParams params = WILLIS_RESLICE_PARAMS_INIT;
  const double gradient[3] = { 3, -2, 5 };
  double normal[3], middle[3], slope;
  float out[25];

  willis_plane_normal (&plane, normal);
  slope = fabs (vec3_dot (normal, gradient));
  vec3_axpy (middle, plane.corner_lps_mm, 2 * plane.pixel_mm, plane.right);
  vec3_axpy (middle, middle, 2 * plane.pixel_mm, plane.down);
  params.thickness_mm = 4.0;
  params.slab = WILLIS_SLAB_MEAN;
  willis_reslice_values (volume, &plane, &params, out);
  g_assert_cmpfloat_with_epsilon (out[12], truth (middle), 1e-2);
  params.slab = WILLIS_SLAB_MAX;
  willis_reslice_values (volume, &plane, &params, out);
  g_assert_cmpfloat_with_epsilon (out[12], truth (middle) + 2.0 * slope, 1e-2);
  params.slab = WILLIS_SLAB_MIN;
  willis_reslice_values (volume, &plane, &params, out);
  g_assert_cmpfloat_with_epsilon (out[12], truth (middle) - 2.0 * slope, 1e-2);
}

/* An axis-aligned picture with one pixel a voxel shows the voxels; window, level and labels give known colours. */
static void
test_colours (void)
{
  const int dims[3] = { 4, 3, 2 };
  const double spacing[3] = { 1, 1, 1 }, origin[3] = { 0, 0, 0 };
  WillisGrid grid = willis_grid_new (dims, spacing, origin);
  g_autoptr (WillisVolume) volume = willis_volume_new (&grid, WILLIS_SCALAR_I16, NULL);
  g_autoptr (WillisVolume) labels = willis_volume_new (&grid, WILLIS_SCALAR_U8, NULL);
  gint16 *v = willis_volume_voxels_rw (volume);
  guint8 *l = willis_volume_voxels_rw (labels);
  WillisPlane plane = { { 0, 0, 1 }, { 1, 0, 0 }, { 0, 1, 0 }, 1.0, 5, 3 };
  WillisResliceParams params = WILLIS_RESLICE_PARAMS_INIT;
  guint32 palette[256] = { 0 }, out[3 * 8];

  for (int n = 0; n < 24; n++)
    {
      v[n] = (gint16) (n * 10);
      l[n] = n == 13 ? 1 : n == 14 ? 2 : 0;
    }
  palette[1] = 0xffff0000;
  palette[2] = 0x80800000;
  params.window = 100;
  params.level = 150;
  params.outside = 0xff123456;
  params.labels = labels;
  params.palette = palette;
  willis_reslice_argb (volume, &plane, &params, out, 8);
  g_assert_cmphex (out[0], ==, 0xff000000 | (guint) 51 * 0x010101); // 120: a fifth of the window above black
  g_assert_cmphex (out[1], ==, 0xffff0000);
  g_assert_cmpint ((int) (out[2] >> 16 & 0xff), >, 0x80); // half red over 40 % grey
  g_assert_cmpint ((int) (out[2] & 0xff), <, 102);
  g_assert_cmphex (out[2] >> 24, ==, 0xff);
  g_assert_cmphex (out[4], ==, 0xff123456);
  g_assert_cmphex (out[2 * 8 + 3], ==, 0xffffffff); // 230, above the window
  params.nearest = TRUE;
  params.labels = NULL;
  plane.corner_lps_mm[0] = 0.4;
  willis_reslice_argb (volume, &plane, &params, out, 8);
  g_assert_cmphex (out[0], ==, 0xff000000 | (guint) 51 * 0x010101);
}

/* A volume of one slice, a plane that misses it, and equality for any number of threads. */
static void
test_edges (void)
{
  const int dims[3] = { 6, 6, 1 };
  const double spacing[3] = { 1, 1, 1 }, origin[3] = { 0, 0, 0 };
  WillisGrid grid = willis_grid_new (dims, spacing, origin);
  g_autoptr (WillisVolume) flat = willis_volume_new (&grid, WILLIS_SCALAR_I16, NULL);
  g_autoptr (WillisVolume) volume = linear_volume (WILLIS_SCALAR_F32);
  WillisPlane plane = { { 0, 0, 0.4 }, { 1, 0, 0 }, { 0, 1, 0 }, 1.0, 6, 6 };
  WillisPlane oblique = oblique_plane (volume, 90, 70);
  WillisResliceParams params = WILLIS_RESLICE_PARAMS_INIT;
  float out[36];
  g_autofree guint32 *one = g_new0 (guint32, 90 * 70), *many = g_new0 (guint32, 90 * 70);

  for (int n = 0; n < 36; n++)
    ((gint16 *) willis_volume_voxels_rw (flat))[n] = (gint16) n;
  willis_reslice_values (flat, &plane, &params, out);
  for (int n = 0; n < 36; n++)
    g_assert_cmpfloat (out[n], ==, n);
  plane.corner_lps_mm[2] = 2;
  willis_reslice_values (flat, &plane, &params, out);
  for (int n = 0; n < 36; n++)
    g_assert_true (isnan (out[n]));

  willis_parallel_set_threads (1);
  willis_reslice_argb (volume, &oblique, &params, one, 90);
  willis_parallel_set_threads (3);
  willis_reslice_argb (volume, &oblique, &params, many, 90);
  willis_parallel_set_threads (0);
  g_assert_cmpmem (one, 90 * 70 * 4, many, 90 * 70 * 4);
}

static void
test_quantile (void)
{
  const int dims[3] = { 10, 10, 10 };
  const double spacing[3] = { 1, 1, 1 }, origin[3] = { 0, 0, 0 };
  WillisGrid grid = willis_grid_new (dims, spacing, origin);
  g_autoptr (WillisVolume) volume = willis_volume_new (&grid, WILLIS_SCALAR_I16, NULL);

  for (int n = 0; n < 1000; n++)
    ((gint16 *) willis_volume_voxels_rw (volume))[n] = (gint16) ((n * 7) % 1000);
  g_assert_cmpfloat_with_epsilon (willis_volume_quantile (volume, 0.0), 0, 1e-6);
  g_assert_cmpfloat_with_epsilon (willis_volume_quantile (volume, 0.5), 499.5, 1);
  g_assert_cmpfloat_with_epsilon (willis_volume_quantile (volume, 1.0), 999, 1e-6);
}

static double
thread_ms (void)
{
  struct timespec t;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &t);
  return (double) t.tv_sec * 1e3 + (double) t.tv_nsec * 1e-6;
}

/* A 1080p screen of an oblique plane takes about 22 ms of one processor's time, so that two make a frame of 1/60 s.
 * Processor time of one thread, as the machine may be busy. */
static void
test_speed (void)
{
  const int dims[3] = { 256, 256, 128 };
  const double spacing[3] = { 0.5, 0.5, 0.6 }, origin[3] = { 0, 0, 0 };
  WillisGrid grid = willis_grid_new (dims, spacing, origin);
  g_autoptr (WillisVolume) volume = willis_volume_new (&grid, WILLIS_SCALAR_I16, NULL);
  WillisPlane plane = { { 0, 0, 20 }, { 1, 0, 0 }, { 0, 0.8, 0.6 }, 0.09, 1920, 1080 };
  WillisResliceParams params = WILLIS_RESLICE_PARAMS_INIT;
  g_autofree guint32 *out = g_new (guint32, 1920 * 1080);
  double best = 1e9;

  willis_parallel_set_threads (1);
  memset (willis_volume_voxels_rw (volume), 0, willis_grid_n_voxels (&grid) * 2);
  for (int n = 0; n < 8; n++)
    {
      double start = thread_ms ();

      willis_reslice_argb (volume, &plane, &params, out, 1920);
      best = MIN (best, thread_ms () - start);
    }
  willis_parallel_set_threads (0);
  g_test_message ("1920 x 1080 oblique: %.1f ms of one processor", best);
#ifndef __SANITIZE_ADDRESS__ // which makes everything two to three times as slow
  g_assert_cmpfloat (best, <, 80.0);
#endif
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/reslice/values", test_values);
  g_test_add_func ("/reslice/slab", test_slab);
  g_test_add_func ("/reslice/colours", test_colours);
  g_test_add_func ("/reslice/edges", test_edges);
  g_test_add_func ("/reslice/quantile", test_quantile);
  g_test_add_func ("/reslice/speed", test_speed);
  return g_test_run ();
}
