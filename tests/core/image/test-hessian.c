/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>

#include "core/base/error.h"
#include "core/base/parallel.h"
#include "core/image/gaussian.h"
#include "core/image/hessian.h"
#include "core/image/vesselness.h"
#include "tests/core/image/shapes.h"

/* Keeps the eigenvalues of one voxel. */
typedef struct
{
  int i, j, k;
  double high, mid, low;
} Probe;

static void
probe_row (float *const *rows, int n, int j, int k, gpointer context)
{
  Probe *p = context;

  if (j == p->j && k == p->k)
    {
      p->high = (double)rows[0][p->i];
      p->mid = (double)rows[1][p->i];
      p->low = (double)rows[2][p->i];
    }
}

static Probe
probe (const WillisVolume *volume, double sigma, int i, int j, int k)
{
  Probe p = { i, j, k };

  g_assert_true (willis_hessian_eigenvalues (volume, sigma, NULL, probe_row, &p, NULL, NULL));
  return p;
}

/* exp (-r^2 / 2 s0^2) about the z axis; data: s0 */
static double
gauss_tube (const double p[3], gconstpointer data)
{
  double s0 = *(const double *)data;

  return 100.0 * exp (-(p[0] * p[0] + p[1] * p[1]) / (2 * s0 * s0));
}

/* -s^2 lambda = A s0^2 s^2 / (s0^2 + s^2)^2, A / 4 at s = s0: exact but for truncation at 4 sigma and
 * sampling. */
static void
test_gauss_tube (void)
{
  WillisGrid grid = shape_cube_grid (49, 0.5);
  double s0 = 1.5, scales[3] = { 1.0, 1.5, 2.5 };
  g_autoptr (WillisVolume) volume = NULL;

  grid.spacing_mm[2] = 0.8;
  volume = shape_volume (&grid, gauss_tube, &s0);
  for (int n = 0; n < 3; n++)
    {
      double s = scales[n], want = 100.0 * s0 * s0 * s * s / pow (s0 * s0 + s * s, 2);
      Probe p = probe (volume, s, 24, 24, 24);

      g_assert_cmpfloat_with_epsilon (-p.low, want, 5e-3 * want);
      g_assert_cmpfloat_with_epsilon (-p.mid, want, 5e-3 * want);
      g_assert_cmpfloat_with_epsilon (p.high, 0.0, 1e-3 * want);
    }
}

/* Part of a voxel inside a cylinder about z, or a ball, by 5^3 samples; data: radius, ball?, voxel size */
static double
solid (const double p[3], gconstpointer data)
{
  const double *d = data;
  int inside = 0;

  for (int n = 0; n < 125; n++)
    {
      double x = p[0] + d[2] * ((n % 5) - 2) / 5.0, y = p[1] + d[2] * ((n / 5 % 5) - 2) / 5.0;
      double z = d[1] > 0 ? p[2] + d[2] * ((n / 25) - 2) / 5.0 : 0.0;

      inside += x * x + y * y + z * z <= d[0] * d[0];
    }
  return 300.0 * inside / 125.0;
}

/* Solid cylinder: -s^2 lambda = A (R^2 / 2 s^2) exp (-R^2 / 2 s^2), largest A / e at s = R / sqrt 2; ball: A
 * 2 / (3 sqrt (2 pi)) (R / s)^3 exp (-R^2 / 2 s^2), largest 0.3083 A at s = R / sqrt 3. The voxels blur by
 * h^2 / 12. */
static void
test_solid_tube_and_ball (void)
{
  WillisGrid grid = shape_cube_grid (41, 0.5);
  const double tube[3] = { 3.0, 0, 0.5 }, ball[3] = { 3.0, 1, 0.5 };
  g_autoptr (WillisVolume) t = shape_volume (&grid, solid, tube);
  g_autoptr (WillisVolume) b = shape_volume (&grid, solid, ball);
  double best = 3.0 / sqrt (2.0);
  Probe p = probe (t, best, 20, 20, 20);

  g_assert_cmpfloat_with_epsilon (-p.low, 300.0 * 0.36788, 0.01 * 110);
  g_assert_cmpfloat_with_epsilon (p.low, p.mid, 0.5);
  best = 3.0 / sqrt (3.0);
  p = probe (b, best, 20, 20, 20);
  g_assert_cmpfloat_with_epsilon (-p.low, 300.0 * 0.3083, 0.015 * 92);
  g_assert_cmpfloat_with_epsilon (-p.high, 300.0 * 0.3083, 0.015 * 92);
}

/* Random symmetric matrices: invariants of the cubic hold. */
static void
test_eigenvalues (void)
{
  enum
  {
    N = 3000
  };
  float data[6][N], *rows[6];
  double in[6][N];
  WillisRng rng;

  willis_rng_init (&rng, 5, 1);
  for (int d = 0; d < 6; d++)
    {
      rows[d] = data[d];
      for (int n = 0; n < N; n++)
        {
          double size = n % 3 == 0 ? 1.0 : n % 3 == 1 ? 1e-3 : 1e4;

          data[d][n] = (float)(size * (willis_rng_uniform (&rng) - 0.5));
          if (n % 7 == 0 && d != 0 && d != 3 && d != 5)
            data[d][n] = 0.0f; // diagonal
          if (n % 49 == 0)
            data[d][n] = d == 0 || d == 3 ? 2.0f : 0.0f; // two equal
          if (n == 1)
            data[d][n] = 0.0f;
          in[d][n] = (double)data[d][n];
        }
    }
  willis_symmetric3_eigenvalues (rows, N);
  for (int n = 0; n < N; n++)
    {
      double a = in[0][n], b = in[3][n], c = in[5][n], d = in[1][n], e = in[2][n], f = in[4][n];
      double x = data[0][n], y = data[1][n], z = data[2][n];
      double scale = 1e-30 + sqrt (a * a + b * b + c * c + 2 * (d * d + e * e + f * f));
      double tol = 4e-4; // float: the square root at a double eigenvalue

      if (n == 1)
        {
          g_assert_cmpfloat (fabs (x) + fabs (y) + fabs (z), ==, 0.0);
          continue;
        }
      g_assert_cmpfloat (x, >=, y - tol * scale);
      g_assert_cmpfloat (y, >=, z - tol * scale);
      g_assert_cmpfloat_with_epsilon ((x + y + z) / scale, (a + b + c) / scale, 1e-6);
      g_assert_cmpfloat_with_epsilon ((x * x + y * y + z * z) / (scale * scale), 1.0, 1e-5);
      g_assert_cmpfloat_with_epsilon (
          x * y * z / pow (scale, 3),
          (a * (b * c - f * f) - d * (d * c - f * e) + e * (d * f - b * e)) / pow (scale, 3), 1e-5);
    }
}

static void
test_gaussian (void)
{
  WillisGrid grid = shape_cube_grid (41, 0.5);
  double s0 = 1.5, s = 2.0;
  g_autoptr (WillisVolume) volume = NULL;
  g_autoptr (WillisVolume) smooth = NULL;
  g_autoptr (WillisVolume) flat = NULL;
  g_autoptr (WillisVolume) flat_smooth = NULL;
  guint8 *v;

  grid.spacing_mm[1] = 0.3;
  grid.origin_lps_mm[1] = -6.0;
  volume = shape_volume (&grid, gauss_tube, &s0);
  smooth = willis_gaussian (volume, s, NULL, NULL);
  /* the variances add; the volume reaches 10 mm and 6 mm, so truncation at 4 s and the border stay below 1e-3
   */
  g_assert_cmpfloat_with_epsilon (willis_volume_get (smooth, 20, 20, 20), 100 * s0 * s0 / (s0 * s0 + s * s),
                                  0.1);
  g_assert_cmpfloat_with_epsilon (willis_volume_get (smooth, 24, 20, 20),
                                  100 * s0 * s0 / (s0 * s0 + s * s) * exp (-4.0 / (2 * (s0 * s0 + s * s))),
                                  0.1);
  flat = shape_noise (&grid, 1);
  v = willis_volume_voxels_rw (flat);
  memset (v, 77, willis_grid_n_voxels (&grid));
  flat_smooth = willis_gaussian (flat, 3.0, NULL, NULL);
  for (gsize n = 0; n < willis_grid_n_voxels (&grid); n++)
    g_assert_cmpfloat_with_epsilon ((double)willis_volume_f32 (flat_smooth)[n], 77.0, 77 * 2e-6);
}

/* u8, int16 and float of the same values give the same filter results. */
static void
test_types_agree (void)
{
  WillisGrid grid = shape_cube_grid (23, 0.6);
  g_autoptr (WillisVolume) u8 = shape_noise (&grid, 2);
  g_autoptr (WillisVolume) i16 = willis_volume_convert (u8, WILLIS_SCALAR_I16, NULL);
  g_autoptr (WillisVolume) f32 = willis_volume_convert (u8, WILLIS_SCALAR_F32, NULL);
  g_autoptr (WillisVolume) a = willis_gaussian (u8, 0.9, NULL, NULL);
  g_autoptr (WillisVolume) b = willis_gaussian (i16, 0.9, NULL, NULL);
  g_autoptr (WillisVolume) c = willis_gaussian (f32, 0.9, NULL, NULL);

  g_assert_cmpstr (willis_volume_digest (a), ==, willis_volume_digest (b));
  g_assert_cmpstr (willis_volume_digest (a), ==, willis_volume_digest (c));
}

/* A straight tube of radius 1.5 joined by a ball of radius 4: Jerman answers in both, Frangi not in the ball.
 */
static double
tube_and_ball (const double p[3], gconstpointer data)
{
  double tube = 1.5 - hypot (p[0] + 5.0, p[1]),
         ball = 4.0 - sqrt (pow (p[0] - 4.0, 2) + p[1] * p[1] + p[2] * p[2]);

  return 300.0 * CLAMP (0.5 + MAX (tube, ball) / 0.5, 0.0, 1.0);
}

static void
test_vesselness (void)
{
  WillisGrid grid = shape_cube_grid (48, 0.5);
  g_autoptr (WillisVolume) volume = shape_volume (&grid, tube_and_ball, NULL);
  WillisVesselnessParams params = WILLIS_VESSELNESS_PARAMS_INIT;
  double at_tube[3], at_ball[3], outside[3];
  const int tube[3] = { 14, 24, 24 }, ball[3] = { 32, 24, 24 }, nowhere[3] = { 24, 44, 24 };

  for (int kind = 0; kind < 3; kind++)
    {
      g_autoptr (WillisVolume) v = NULL;

      params.kind = (WillisVesselnessKind)kind;
      v = willis_vesselness (volume, &params, NULL, NULL, NULL);
      at_tube[kind] = willis_volume_get (v, tube[0], tube[1], tube[2]);
      at_ball[kind] = willis_volume_get (v, ball[0], ball[1], ball[2]);
      outside[kind] = willis_volume_get (v, nowhere[0], nowhere[1], nowhere[2]);
    }
  g_assert_cmpfloat (at_tube[0], >, 0.95);
  g_assert_cmpfloat (at_ball[0], >, 0.95);
  g_assert_cmpfloat (outside[0], <, 0.05);
  g_assert_cmpfloat (at_tube[1], >, 0.4);
  g_assert_cmpfloat (at_ball[1], <, 0.5 * at_tube[1]);
  g_assert_cmpfloat (at_tube[2], >, 50.0);
  g_assert_cmpfloat (outside[2], <, 5.0);
}

/* A large scale on a fine grid is computed on a halved volume, on a coarse grid directly: the answers agree.
 */
static void
test_levels_agree (void)
{
  WillisGrid coarse = shape_cube_grid (25, 1.0), fine = shape_cube_grid (97, 0.25);
  double s0 = 2.4;
  g_autoptr (WillisVolume) a = shape_volume (&coarse, gauss_tube, &s0);
  g_autoptr (WillisVolume) b = shape_volume (&fine, gauss_tube, &s0);
  WillisVesselnessParams params = { WILLIS_VESSELNESS_SATO, FALSE, 2.3, 2.3, 1, 0.75, 0.0 };
  g_autoptr (WillisVolume) va = willis_vesselness (a, &params, NULL, NULL, NULL);
  g_autoptr (WillisVolume) vb = willis_vesselness (b, &params, NULL, NULL, NULL);
  double peak = willis_volume_get (va, 12, 12, 12);

  g_assert_cmpfloat_with_epsilon (peak, 25.0, 0.1); // a quarter of the contrast at s about s0
  for (int k = 8; k < 17; k++)
    for (int j = 2; j < 23; j++)
      for (int i = 2; i < 23; i++)
        g_assert_cmpfloat_with_epsilon (willis_volume_get (va, i, j, k),
                                        willis_volume_get (vb, 4 * i, 4 * j, 4 * k), 0.005 * peak);
}

static void
test_dark_mask_threads_cancel (void)
{
  WillisGrid grid = shape_cube_grid (48, 0.5);
  g_autoptr (WillisVolume) volume = shape_volume (&grid, tube_and_ball, NULL);
  g_autoptr (WillisVolume) negative = willis_volume_convert (volume, WILLIS_SCALAR_F32, NULL);
  g_autoptr (WillisVolume) mask = willis_volume_new (&grid, WILLIS_SCALAR_U8, NULL);
  g_autoptr (WillisVolume) bright = NULL;
  g_autoptr (WillisVolume) dark = NULL;
  g_autofree char *digest = NULL;
  WillisVesselnessParams params = WILLIS_VESSELNESS_PARAMS_INIT;
  g_autoptr (GError) error = NULL;
  g_autoptr (GCancellable) stop = g_cancellable_new ();
  WillisProgress progress = WILLIS_PROGRESS_INIT;
  float *f = willis_volume_voxels_rw (negative);
  guint8 *m = willis_volume_voxels_rw (mask);
  const int threads[3] = { 1, 2, 7 };

  params.n_scales = 3;
  for (gsize n = 0; n < willis_grid_n_voxels (&grid); n++)
    {
      f[n] = -f[n];
      m[n] = n % 48 < 24; // the tube's side
    }
  bright = willis_vesselness (volume, &params, NULL, NULL, NULL);
  params.dark = TRUE;
  dark = willis_vesselness (negative, &params, NULL, NULL, NULL);
  for (gsize n = 0; n < willis_grid_n_voxels (&grid); n++)
    g_assert_cmpfloat_with_epsilon (willis_volume_f32 (bright)[n], willis_volume_f32 (dark)[n], 1e-3);
  params.dark = FALSE;
  for (int n = 0; n < 3; n++)
    {
      g_autoptr (WillisVolume) v = NULL;

      willis_parallel_set_threads (threads[n]);
      v = willis_vesselness (volume, &params, mask, &progress, NULL);
      g_assert_cmpfloat (willis_volume_get (v, 14, 24, 24), >, 0.9);
      g_assert_cmpfloat (willis_volume_get (v, 32, 24, 24), ==, 0.0);
      if (digest == NULL)
        digest = g_strdup (willis_volume_digest (v));
      g_assert_cmpstr (digest, ==, willis_volume_digest (v));
    }
  willis_parallel_set_threads (2);
  params.n_scales = 0;
  g_assert_null (willis_vesselness (volume, &params, mask, NULL, &error));
  g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_BAD_INPUT);
  g_clear_error (&error);
  params.n_scales = 3;
  progress.cancellable = stop;
  g_cancellable_cancel (stop);
  g_assert_null (willis_vesselness (volume, &params, mask, &progress, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/hessian/gauss-tube", test_gauss_tube);
  g_test_add_func ("/hessian/solid-tube-and-ball", test_solid_tube_and_ball);
  g_test_add_func ("/hessian/eigenvalues", test_eigenvalues);
  g_test_add_func ("/gaussian/truth", test_gaussian);
  g_test_add_func ("/gaussian/types-agree", test_types_agree);
  g_test_add_func ("/vesselness/tube-and-ball", test_vesselness);
  g_test_add_func ("/vesselness/levels-agree", test_levels_agree);
  g_test_add_func ("/vesselness/dark-mask-threads-cancel", test_dark_mask_threads_cancel);
  return g_test_run ();
}
