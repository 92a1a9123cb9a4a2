/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>

#include "core/base/error.h"
#include "core/image/fast-marching.h"
#include "core/num/vec3.h"
#include "tests/core/image/shapes.h"

static double
speed_two (const double p[3], gconstpointer data)
{
  return 2.0;
}

static double
largest_error (int n, double spacing)
{
  WillisGrid grid = shape_cube_grid (n, spacing);
  const double start[3] = { 0.3 * spacing, -0.2 * spacing, 0.1 * spacing };
  g_autoptr (WillisVolume) speed = NULL;
  g_autoptr (WillisVolume) time = NULL;
  WillisMarchParams params = WILLIS_MARCH_PARAMS_INIT;
  double worst = 0.0;

  grid.spacing_mm[2] = 1.6 * spacing;
  grid.origin_lps_mm[2] = -1.6 * spacing * (n - 1) / 2;
  speed = shape_volume (&grid, speed_two, NULL);
  params.starts_lps_mm = start;
  params.n_starts = 1;
  time = willis_fast_march (speed, &params, NULL, NULL);
  for (int k = 0; k < n; k++)
    for (int j = 0; j < n; j++)
      for (int i = 0; i < n; i++)
        {
          double p[3] = { i, j, k };

          willis_grid_ijk_to_lps (&grid, p, p);
          worst = MAX (worst, fabs (2.0 * willis_volume_get (time, i, j, k) - vec3_dist (p, start)));
        }
  return worst;
}

/* Constant speed: T = |x| / 2. The error over the cube falls with the spacing, and stays below 0.15 of the
 * largest voxel edge (1.6 mm). */
static void
test_against_distance (void)
{
  double coarse = largest_error (21, 1.0), fine = largest_error (41, 0.5);

  g_assert_cmpfloat (coarse, <, 0.15 * 1.6);
  g_assert_cmpfloat (fine, <, 0.6 * coarse); // first order or better
}

/* Speed growing linearly: 1 + a x. Eikonal time between two points: acosh (1 + a^2 d^2 / (2 v1 v2)) / a. */
static double
speed_slope (const double p[3], gconstpointer data)
{
  return 1.0 + 0.05 * (p[0] + 10.0);
}

static void
test_against_linear_speed (void)
{
  WillisGrid grid = shape_cube_grid (41, 0.5);
  g_autoptr (WillisVolume) speed = shape_volume (&grid, speed_slope, NULL);
  const double start[3] = { -5.0, 0.0, 0.0 };
  g_autoptr (WillisVolume) time = NULL;
  WillisMarchParams params = WILLIS_MARCH_PARAMS_INIT;
  double worst = 0.0;

  params.starts_lps_mm = start;
  params.n_starts = 1;
  time = willis_fast_march (speed, &params, NULL, NULL);
  for (int k = 0; k < 41; k++)
    for (int j = 0; j < 41; j++)
      for (int i = 0; i < 41; i++)
        {
          double p[3] = { i, j, k }, d, truth;

          willis_grid_ijk_to_lps (&grid, p, p);
          d = vec3_dist (p, start);
          truth = acosh (1.0 + 0.05 * 0.05 * d * d / (2 * speed_slope (p, NULL) * speed_slope (start, NULL)))
                  / 0.05;
          worst = MAX (worst, fabs (willis_volume_get (time, i, j, k) - truth));
        }
  g_assert_cmpfloat (worst, <, 0.1); // a fifth of a voxel at speed about 1
}

/* The way around in a torus: speed from the distance to the wall, so the path follows the axis. */
static double
torus_speed (const double p[3], gconstpointer data)
{
  double d = shape_torus (p, data);

  return d > 0 ? d * d : 0.0;
}

static void
test_torus_path (void)
{
  WillisGrid grid = shape_cube_grid (84, 0.25);
  const double radii[2] = { 8.0, 2.0 }, start[3] = { 8, 0, 0 },
               end[3] = { -8.0 * cos (0.3), 8.0 * sin (0.3), 0 };
  g_autoptr (WillisVolume) speed = shape_volume (&grid, torus_speed, radii);
  g_autoptr (WillisVolume) time = NULL;
  g_autofree double *path = NULL;
  WillisMarchParams params = WILLIS_MARCH_PARAMS_INIT;
  gsize n;
  double length = 0.0, worst = 0.0;

  params.starts_lps_mm = start;
  params.n_starts = 1;
  time = willis_fast_march (speed, &params, NULL, NULL);
  g_assert_cmpfloat (willis_volume_get (time, 42, 42, 42), >=, (double)WILLIS_NOT_REACHED);
  path = willis_fast_march_path (time, end, 0.1, &n, NULL);
  g_assert_nonnull (path);
  for (gsize m = 0; m < n; m++)
    {
      worst = MAX (worst, 2.0 - shape_torus (path + 3 * m, radii));
      if (m > 0)
        length += vec3_dist (path + 3 * m, path + 3 * m - 3);
    }
  /* the quickest way with cost 1 / d^2 cuts the bend by a little */
  g_assert_cmpfloat_with_epsilon (length, 8.0 * (G_PI - 0.3), 0.04 * 22.7);
  g_assert_cmpfloat (worst, <, 0.45);
  g_assert_cmpfloat (vec3_dist (path + 3 * (n - 1), start), <, 0.25);
  g_assert_cmpfloat (vec3_dist (path, end), <, 1e-9);
}

/* A row and a sheet of voxels end at all sides, and the front does not go round their ends. */
static void
test_thin_grids (void)
{
  const int dims[2][3] = { { 40, 1, 1 }, { 1, 40, 40 } };

  for (int g = 0; g < 2; g++)
    {
      WillisGrid grid = willis_grid_new (dims[g], (double[]){ 0.5, 0.5, 0.5 }, (double[]){ 0, 0, 0 });
      const double start[3] = { 0, 0, 0 };
      g_autoptr (WillisVolume) speed = shape_volume (&grid, speed_two, NULL);
      g_autoptr (WillisVolume) time = NULL;
      WillisMarchParams params = WILLIS_MARCH_PARAMS_INIT;
      double worst = 0.0;

      params.starts_lps_mm = start;
      params.n_starts = 1;
      time = willis_fast_march (speed, &params, NULL, NULL);
      for (int k = 0; k < dims[g][2]; k++)
        for (int j = 0; j < dims[g][1]; j++)
          for (int i = 0; i < dims[g][0]; i++)
            {
              double p[3] = { i, j, k };

              willis_grid_ijk_to_lps (&grid, p, p);
              worst = MAX (worst, fabs (2.0 * willis_volume_get (time, i, j, k) - vec3_norm (p)));
            }
      g_assert_cmpfloat (worst, <, g == 0 ? 1e-5 : 0.2 * 0.5); // mm; the start in the corner has the longest way
    }
}

/* Among walls at random the front comes to all voxels that hang together with its start by faces, and to no others. */
static double
speed_at_random (const double p[3], gconstpointer data)
{
  return g_test_rand_double () < 0.4 ? 0.0 : g_test_rand_double_range (0.1, 3.0);
}

static void
test_reaches_all (void)
{
  WillisGrid grid = shape_cube_grid (24, 1.0);
  g_autoptr (WillisVolume) speed = shape_volume (&grid, speed_at_random, NULL);
  g_autoptr (WillisVolume) time = NULL, again = NULL;
  g_autofree gboolean *known = g_new0 (gboolean, willis_grid_n_voxels (&grid));
  const double start[3] = { 0.5, 0.5, 0.5 };
  const int step[3] = { 1, 24, 24 * 24 };
  WillisMarchParams params = WILLIS_MARCH_PARAMS_INIT;
  float *s = willis_volume_voxels_rw (speed);
  gboolean more = TRUE;
  gsize centre = 12 + 12 * 24 + 12 * 24 * 24;

  s[centre] = 1.0f;
  known[centre] = TRUE;
  params.starts_lps_mm = start;
  params.n_starts = 1;
  time = willis_fast_march (speed, &params, NULL, NULL);
  while (more)
    {
      more = FALSE;
      for (int n = 0; n < 24 * 24 * 24; n++)
        for (int d = 0; d < 6; d++)
          {
            int at = n / step[d / 2] % 24 + (d % 2 == 0 ? -1 : 1), to = n + (d % 2 == 0 ? -1 : 1) * step[d / 2];

            if (known[n] || !(s[n] > 0.0f) || at < 0 || at >= 24 || !known[to])
              continue;
            known[n] = more = TRUE;
          }
    }
  for (gsize n = 0; n < willis_grid_n_voxels (&grid); n++)
    g_assert_cmpint (known[n], ==, willis_volume_f32 (time)[n] < WILLIS_NOT_REACHED);
  again = willis_fast_march (speed, &params, NULL, NULL);
  g_assert_cmpmem (willis_volume_f32 (time), willis_grid_n_voxels (&grid) * sizeof (float), willis_volume_f32 (again),
                   willis_grid_n_voxels (&grid) * sizeof (float));
}

static void
test_stops_and_walls (void)
{
  WillisGrid grid = shape_cube_grid (31, 1.0);
  g_autoptr (WillisVolume) speed = shape_volume (&grid, speed_two, NULL);
  g_autoptr (WillisVolume) time = NULL;
  g_autoptr (WillisVolume) near = NULL;
  const double start[3] = { -10, 0, 0 }, stop[3] = { -5, 0, 0 }, behind[3] = { 5, 0, 0 },
               outside[3] = { 99, 0, 0 };
  WillisMarchParams params = WILLIS_MARCH_PARAMS_INIT;
  g_autoptr (GError) error = NULL;
  g_autoptr (GCancellable) cancel = g_cancellable_new ();
  WillisProgress progress = WILLIS_PROGRESS_INIT;
  float *v = willis_volume_voxels_rw (speed);
  gsize n, reached = 0, reached_near = 0;

  for (gsize m = 0; m < willis_grid_n_voxels (&grid); m++)
    if (m % 31 == 15)
      v[m] = m % 2 == 0 ? 0.0f : NAN; // a wall across
  params.starts_lps_mm = start;
  params.n_starts = 1;
  time = willis_fast_march (speed, &params, NULL, NULL);
  g_assert_cmpfloat (willis_volume_get (time, 14, 15, 15), <, 8.0);
  g_assert_cmpfloat (willis_volume_get (time, 16, 15, 15), >=, (double)WILLIS_NOT_REACHED);
  g_assert_null (willis_fast_march_path (time, behind, 0.5, &n, &error));
  g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_FAILED);
  g_clear_error (&error);
  params.stop_lps_mm = stop;
  params.n_stops = 1;
  near = willis_fast_march (speed, &params, NULL, NULL);
  g_assert_cmpfloat_with_epsilon (willis_volume_get (near, 10, 15, 15), 2.5, 0.05);
  for (gsize m = 0; m < willis_grid_n_voxels (&grid); m++)
    {
      reached += willis_volume_f32 (time)[m] < WILLIS_NOT_REACHED;
      reached_near += willis_volume_f32 (near)[m] < WILLIS_NOT_REACHED;
    }
  g_assert_cmpuint (reached, ==, 15 * 31 * 31);
  g_assert_cmpuint (reached_near, <, reached / 8);
  params.starts_lps_mm = outside;
  g_assert_null (willis_fast_march (speed, &params, NULL, &error));
  g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_BAD_INPUT);
  g_clear_error (&error);
  params.starts_lps_mm = start;
  progress.cancellable = cancel;
  g_cancellable_cancel (cancel);
  g_assert_null (willis_fast_march (speed, &params, &progress, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/fast-marching/against-distance", test_against_distance);
  g_test_add_func ("/fast-marching/against-linear-speed", test_against_linear_speed);
  g_test_add_func ("/fast-marching/torus-path", test_torus_path);
  g_test_add_func ("/fast-marching/thin-grids", test_thin_grids);
  g_test_add_func ("/fast-marching/reaches-all", test_reaches_all);
  g_test_add_func ("/fast-marching/stops-and-walls", test_stops_and_walls);
  return g_test_run ();
}
