/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shapes whose indices are known in closed form. Lengths, areas and volumes to 1e-3 and curvature norms to 1e-2
 * relative on fine meshes (that is what is promised), looser where a coarse mesh itself is smaller than its shape.
 */
#include <glib.h>

#include "core/base/error.h"
#include "core/mesh/curvature.h"
#include "core/num/rng.h"
#include "core/vessel/aneurysm.h"
#include "tests/support/shapes.h"

static const double move[3] = { 31.0, -52.0, 77.0 };
static const double turn = 0.7;

/* Measures the part of a shape (given in its own frame) with z above z0, after a turn and a move. */
static WillisMorphology
measure_above (const WillisSurface *shape, double sx, double sy, double sz, double z0)
{
  g_autoptr (WillisSurface) moved = shape_moved (shape, sx, sy, sz, turn, move);
  g_autoptr (WillisAneurysm) aneurysm = NULL;
  g_autoptr (GError) error = NULL;
  const double up[3] = { 0, 0, 1 }, base[3] = { 0, 0, z0 };
  WillisNeck neck = { { 0 }, { 0 }, { NAN, NAN, NAN } };

  shape_turn (up, turn, neck.normal);
  shape_turn (base, turn, neck.centre_lps_mm);
  vec3_add (neck.centre_lps_mm, neck.centre_lps_mm, move);
  aneurysm = willis_aneurysm_isolate (moved, NULL, &neck, -1.0, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (aneurysm);
  return *willis_aneurysm_morphology (aneurysm);
}

static void
check (const WillisMorphology *m, WillisIndex index, double expected, double tolerance)
{
  double value = m->index[index].value;

  if (!(fabs (value - expected) <= tolerance))
    g_error ("%s is %.6f, not %.6f (+- %g)", willis_index_info (index)->name, value, expected, tolerance);
}

/* Share of the ball about the barycentre of a cap, out to its farthest point, that the cap takes. */
static double
cap_in_ball (double radius, double height)
{
  double volume = G_PI * height * height * (3.0 * radius - height) / 3.0;
  double middle = 0.75 * pow (2.0 * radius - height, 2.0) / (3.0 * radius - height); // from the middle of the sphere
  double rim = hypot (sqrt (height * (2.0 * radius - height)), middle - (radius - height));

  return volume / (4.0 * G_PI / 3.0 * pow (MAX (radius - middle, rim), 3.0));
}

static void
test_caps (void)
{
  /* h, V, S, D_n, AR, BF, H/W, CP, NSI, VOR, MLN, GLN, IPR for R = 3 */
  static const double rows[4][13] = {
    { 1.5, 17.6715, 28.2743, 5.1962, 0.2887, 1, 0.2887, 0.5, 0.0790, 0.8333, .1410, .25, 4.1677 },
    { 3, 56.5487, 56.5487, 6, 0.5, 1, 0.5, 0.5, 0, 2.0, .1995, .5, 3.8383 },
    { 4.5, 95.4259, 84.8230, 5.1962, .8660, 1.1547, .75, .1667, .0551, 4.5, .2443, .75, 4.0620 },
    { 5.4, 109.9306, 101.7876, 3.6, 1.5, 1.6667, .9, .0556, .1347, 10.8, .2676, .9, 4.4356 },
  };
  g_autoptr (WillisSurface) sphere = shape_sphere (5);

  for (int i = 0; i < 4; i++)
    {
      const double *r = rows[i];
      WillisMorphology m = measure_above (sphere, 3, 3, 3, 3.0 - r[0]);

      check (&m, WILLIS_INDEX_VOLUME, r[1], 1e-3 * r[1]);
      check (&m, WILLIS_INDEX_AREA, r[2], 1e-3 * r[2]);
      check (&m, WILLIS_INDEX_NECK_DIAMETER, r[3], 1e-3 * r[3]);
      check (&m, WILLIS_INDEX_NECK_MIN, r[3], 1e-3 * r[3]);
      check (&m, WILLIS_INDEX_NECK_MAX, r[3], 1e-3 * r[3]);
      check (&m, WILLIS_INDEX_HEIGHT, r[0], 1e-3 * r[0]);
      check (&m, WILLIS_INDEX_ASPECT_RATIO, r[4], 1e-3 * r[4]);
      check (&m, WILLIS_INDEX_BOTTLENECK_FACTOR, r[5], 1e-3 * r[5]);
      check (&m, WILLIS_INDEX_HEIGHT_WIDTH, r[6], 1e-3 * r[6]);
      check (&m, WILLIS_INDEX_CONICITY, r[7], 5e-3); // the widest level of a sphere is flat: 1 % of R in height
      check (&m, WILLIS_INDEX_NONSPHERICITY, r[8], 1e-3);
      check (&m, WILLIS_INDEX_VOLUME_OSTIUM, r[9], 1e-3 * r[9]);
      check (&m, WILLIS_INDEX_MLN, r[10], 1e-2 * r[10]);
      check (&m, WILLIS_INDEX_GLN, r[11], 1e-2 * r[11]);
      check (&m, WILLIS_INDEX_ISOPERIMETRIC, r[12], 1e-3 * r[12]);
      check (&m, WILLIS_INDEX_UNDULATION, 0.0, 1e-3);
      check (&m, WILLIS_INDEX_CONVEXITY, 1.0, 1e-3);
      check (&m, WILLIS_INDEX_ELLIPTICITY, r[8], 1e-3);
      check (&m, WILLIS_INDEX_MAA, 1.0 / 3.0, 1e-2 / 3.0);
      check (&m, WILLIS_INDEX_GAA, 1.0 / 9.0, 1e-2 / 9.0);
      check (&m, WILLIS_INDEX_HGLN, 0.0, 1e-6);
      check (&m, WILLIS_INDEX_WRITHE, 0.0, 1e-2);
      check (&m, WILLIS_INDEX_ZERNIKE_0_0, cap_in_ball (3.0, r[0]), 1e-3);
      check (&m, WILLIS_INDEX_ANEURYSM_ANGLE, 90.0, r[0] > 3.0 ? 3.0 : 91.0); // below the equator the rim is farthest
      check (&m, WILLIS_INDEX_SIZE, r[0] >= 3.0 ? 6.0 : r[3], 6e-3);
      check (&m, WILLIS_INDEX_OSTIUM_AREA, r[1] / r[9], 1e-3 * r[1] / r[9]);
      g_assert_true (isnan (m.index[WILLIS_INDEX_SIZE_RATIO].value));
      g_assert_nonnull (m.index[WILLIS_INDEX_SIZE_RATIO].reason);
    }
}

static void
test_spheroids (void)
{
  /* a, c, z0, V, S, D_n, A_o, H, AR, BF, CP, NSI, MLN, GLN */
  static const double rows[3][14] = {
    { 2, 4, 0, 33.5103, 42.9569, 4, 12.5664, 4, 1, 1, .5, .0713, .2212, .7161 },
    { 2, 4, -2, 56.5487, 67.2805, 3.4641, 9.4248, 6, 1.7321, 1.1547, .1667, .1595, .2559, .9258 },
    { 3, 4, -2.4, 135.1136, 113.4887, 4.8, 18.0956, 6.4, 1.3333, 1.25, .125, .1095, .2496, .7869 },
  };
  g_autoptr (WillisSurface) sphere = shape_sphere (5);

  for (int i = 0; i < 3; i++)
    {
      const double *r = rows[i];
      WillisMorphology m = measure_above (sphere, r[0], r[0], r[1], r[2]);

      check (&m, WILLIS_INDEX_VOLUME, r[3], 1e-3 * r[3]);
      check (&m, WILLIS_INDEX_AREA, r[4], 1e-3 * r[4]);
      check (&m, WILLIS_INDEX_NECK_DIAMETER, r[5], 1e-3 * r[5]);
      check (&m, WILLIS_INDEX_OSTIUM_AREA, r[6], 1e-3 * r[6]);
      check (&m, WILLIS_INDEX_HEIGHT, r[7], 1e-3 * r[7]);
      check (&m, WILLIS_INDEX_MAX_HEIGHT, r[7], 1e-3 * r[7]);
      check (&m, WILLIS_INDEX_ASPECT_RATIO, r[8], 1e-3 * r[8]);
      check (&m, WILLIS_INDEX_BOTTLENECK_FACTOR, r[9], 1e-3 * r[9]);
      check (&m, WILLIS_INDEX_CONICITY, r[10], 5e-3);
      check (&m, WILLIS_INDEX_NONSPHERICITY, r[11], 1e-3);
      check (&m, WILLIS_INDEX_MLN, r[12], 1e-2 * r[12]);
      check (&m, WILLIS_INDEX_GLN, r[13], 1e-2 * r[13]);
      check (&m, WILLIS_INDEX_PERPENDICULAR_WIDTH, 2.0 * r[0], 2e-3 * r[0]);
    }
}

/* Coarse, as a surface from thick slices: 320 triangles on the whole sphere. The fit is exact for quadrics; what is
 * left is the area of the facets. */
static void
test_coarse_curvature (void)
{
  g_autoptr (WillisSurface) sphere = shape_sphere (3);
  WillisMorphology m = measure_above (sphere, 3, 3, 3, -1.5);

  check (&m, WILLIS_INDEX_MLN, .2443, 1.5e-2 * .2443);
  check (&m, WILLIS_INDEX_GLN, .75, 2.5e-2 * .75);
}

/* A torus is no quadric: the outer half of it, whose curvature is known. R = 5, r = 1.5; for the half with
 * |angle| <= 90 degrees: area 2 pi r (pi R + 2 r), integral of K 4 pi. */
static void
test_torus_curvature (void)
{
  enum
  {
    STEPS = 60
  };
  double profile[STEPS + 1][2], saa = 0.0, area, R = 5.0, r = 1.5;
  g_autoptr (WillisSurface) half = NULL;
  g_autofree double *mean = NULL, *gauss = NULL, *areas = NULL;

  for (int i = 0; i <= STEPS; i++)
    {
      double a = -G_PI / 2.0 + G_PI * i / STEPS;

      profile[i][0] = R + r * cos (a);
      profile[i][1] = r * sin (a);
    }
  half = shape_turned ((const double (*)[2]) profile, STEPS + 1, 400);
  mean = g_new (double, willis_surface_n_points (half));
  gauss = g_new (double, willis_surface_n_points (half));
  areas = willis_surface_point_areas (half);
  willis_surface_curvature (half, mean, gauss);
  for (gsize i = 0; i < willis_surface_n_points (half); i++)
    {
      const double *p = willis_surface_points (half) + 3 * i;
      double c = (hypot (p[0], p[1]) - R) / r, k = c / (r * (R + r * c)), h = 0.5 * (1.0 / r + c / (R + r * c));

      double tolerance = fabs (p[2]) > r - 1e-9 ? 0.02 : 0.01; // rim points are half an edge off

      g_assert_cmpfloat_with_epsilon (mean[i], h, tolerance / r);
      g_assert_cmpfloat_with_epsilon (gauss[i], k, tolerance / (r * r));
      saa += areas[i] * gauss[i];
    }
  area = 2.0 * G_PI * r * (G_PI * R + 2.0 * r);
  g_assert_cmpfloat_with_epsilon (willis_surface_area_mm2 (half), area, 1e-3 * area);
  g_assert_cmpfloat_with_epsilon (saa, 4.0 * G_PI, 1e-2 * 4.0 * G_PI);
}

static void
test_cylinder_and_capsule (void)
{
  const double flat_top[][2] = { { 2, 0 }, { 2, 1 }, { 2, 2 }, { 2, 3 }, { 2, 4 }, { 2, 5 }, { 1, 5 }, { 0, 5 } };
  double capsule[3 + 60][2] = { { 2, 0 }, { 2, 1 }, { 2, 2 } };
  g_autoptr (WillisSurface) one = shape_turned (flat_top, G_N_ELEMENTS (flat_top), 400);
  g_autoptr (WillisSurface) two = NULL;
  WillisMorphology m = measure_above (one, 1, 1, 1, 0);

  check (&m, WILLIS_INDEX_VOLUME, 62.8319, 1e-3 * 62.8319);
  check (&m, WILLIS_INDEX_AREA, 75.3982, 1e-3 * 75.3982);
  check (&m, WILLIS_INDEX_ASPECT_RATIO, 1.25, 1e-3 * 1.25);
  check (&m, WILLIS_INDEX_NONSPHERICITY, .1954, 1e-3);
  check (&m, WILLIS_INDEX_CONICITY, 0.5, 1e-9);
  for (int i = 0; i < 60; i++)
    {
      double a = G_PI / 2.0 * i / 59.0;

      capsule[3 + i][0] = i == 59 ? 0.0 : 2.0 * cos (a);
      capsule[3 + i][1] = 3.0 + 2.0 * sin (a);
    }
  two = shape_turned ((const double (*)[2]) capsule, G_N_ELEMENTS (capsule), 400);
  m = measure_above (two, 1, 1, 1, 0);
  check (&m, WILLIS_INDEX_VOLUME, 54.4543, 1e-3 * 54.4543);
  check (&m, WILLIS_INDEX_AREA, 62.8319, 1e-3 * 62.8319);
  check (&m, WILLIS_INDEX_NONSPHERICITY, .1224, 1e-3);
}

/* R = 4 sphere cut at z = -2, without a ball of 1.5 about its pole: their crossing lies at z = 4 - 1.5^2 / 8. */
static void
test_dented_sphere (void)
{
  enum
  {
    LOW = 140,
    DENT = 50
  };
  double profile[LOW + DENT + 1][2], seam = acos ((4.0 - 1.5 * 1.5 / 8.0) / 4.0), start = acos (-0.5), dent;
  g_autoptr (WillisSurface) surface = NULL;
  WillisMorphology m;

  for (int i = 0; i <= LOW; i++)
    {
      double a = start + (seam - start) * i / LOW;

      profile[i][0] = 4.0 * sin (a);
      profile[i][1] = 4.0 * cos (a);
    }
  dent = atan2 (4.0 * sin (seam), 4.0 - 4.0 * cos (seam)); // from straight down about the pole
  for (int i = 1; i <= DENT; i++)
    {
      double a = dent * (1.0 - (double) i / DENT);

      profile[LOW + i][0] = i == DENT ? 0.0 : 1.5 * sin (a);
      profile[LOW + i][1] = 4.0 - 1.5 * cos (a);
    }
  surface = shape_turned ((const double (*)[2]) profile, LOW + DENT + 1, 240);
  m = measure_above (surface, 1, 1, 1, -2);
  check (&m, WILLIS_INDEX_VOLUME, 220.1201, 1e-3 * 220.1201);
  check (&m, WILLIS_INDEX_AREA, 155.2143, 1e-3 * 155.2143);
  check (&m, WILLIS_INDEX_UNDULATION, 0.022661, 2e-4);
  check (&m, WILLIS_INDEX_CONVEXITY, 0.977339, 2e-4);
  check (&m, WILLIS_INDEX_NONSPHERICITY, 0.098466, 1e-3);
  check (&m, WILLIS_INDEX_ELLIPTICITY, 0.056209, 1e-3);
  /* V_ch = V / CR and S_ch from EI */
  g_assert_cmpfloat_with_epsilon (m.index[WILLIS_INDEX_VOLUME].value / m.index[WILLIS_INDEX_CONVEXITY].value, 225.2239,
                                  1e-3 * 225.2239);
}

/* A sac that is open already, one with a flat base in the plane, and one with its base a little above it. */
static void
test_open_and_flat_base (void)
{
  double open[61][2], closed[62][2];

  for (int variant = 0; variant < 3; variant++)
    {
      g_autoptr (WillisSurface) surface = NULL;
      WillisMorphology m;

      for (int i = 0; i <= 60; i++)
        {
          double a = 2.0 * G_PI / 3.0 * (1.0 - i / 60.0); // z from -1.5: R = 3, h = 4.5

          open[i][0] = i == 60 ? 0.0 : 3.0 * sin (a);
          open[i][1] = 3.0 * cos (a) + (variant == 2 ? 1e-3 : 0.0);
        }
      closed[0][0] = 0.0;
      closed[0][1] = open[0][1];
      memcpy (closed + 1, open, sizeof open);
      surface = variant == 0 ? shape_turned ((const double (*)[2]) open, 61, 200)
                             : shape_turned ((const double (*)[2]) closed, 62, 200);
      m = measure_above (surface, 1, 1, 1, -1.5);
      check (&m, WILLIS_INDEX_VOLUME, 95.4259, 1e-3 * 95.4259);
      check (&m, WILLIS_INDEX_AREA, 84.8230, 1e-3 * 84.8230);
      check (&m, WILLIS_INDEX_NECK_DIAMETER, 5.1962, 1e-3 * 5.1962);
    }
}

/* A lip of the sac that hangs below its neck by 0.02 mm hides the neck from the hull. The hull must still be measured
 * without what closes it there: else ellipticity leaps by a quarter, and its deviation with it. */
static void
test_hanging_lip (void)
{
  double profile[62][2], ellipticity[2];

  for (int lip = 0; lip < 2; lip++)
    {
      g_autoptr (WillisSurface) sac = NULL;
      g_autoptr (GError) error = NULL;
      const double up[3] = { 0, 0, 1 };
      WillisMorphology m;

      for (int i = 0; i <= 60; i++)
        {
          double a = 2.0 * G_PI / 3.0 * (1.0 - i / 60.0); // z from -1.5: R = 3

          profile[i + 1][0] = i == 60 ? 0.0 : 3.0 * sin (a);
          profile[i + 1][1] = 3.0 * cos (a);
        }
      profile[0][0] = profile[1][0] - 0.01;
      profile[0][1] = profile[1][1] + (lip ? 0.02 : -0.02);
      sac = shape_turned ((const double (*)[2]) profile, 62, 200);
      g_assert_true (willis_morphology_measure (sac, NULL, 0, up, NULL, &m, &error));
      g_assert_no_error (error);
      ellipticity[lip] = m.index[WILLIS_INDEX_ELLIPTICITY].value;
    }
  g_assert_cmpfloat_with_epsilon (ellipticity[0], 0.0551, 0.005); // the cap is its own hull
  g_assert_cmpfloat_with_epsilon (ellipticity[1], ellipticity[0], 0.01);
}

/* A ball of 3 at the origin and smaller balls about points in it, as one surface: each point moved out along its ray.
 */
static WillisSurface *
ball_with_bumps (int n_bumps, const double (*at)[3], double r)
{
  g_autoptr (WillisSurface) unit = shape_sphere (5);
  gsize n = willis_surface_n_points (unit);
  double *points = g_memdup2 (willis_surface_points (unit), 3 * n * sizeof (double));

  for (gsize i = 0; i < n; i++)
    {
      double far = 3.0;

      for (int b = 0; b < n_bumps; b++)
        {
          double along = vec3_dot (points + 3 * i, at[b]), square = r * r - vec3_norm2 (at[b]) + along * along;

          if (along > 0.0 && square > 0.0)
            far = MAX (far, along + sqrt (square));
        }
      vec3_scale (points + 3 * i, points + 3 * i, far);
    }
  return willis_surface_new_take (points, n,
                                  g_memdup2 (willis_surface_triangles (unit), 12 * willis_surface_n_triangles (unit)),
                                  willis_surface_n_triangles (unit));
}

/* Each point of the shape moved along its ray by noise of so many millimetres, evenly spread. */
static WillisSurface *
roughened (const WillisSurface *shape, double most)
{
  gsize n = willis_surface_n_points (shape);
  double *points = g_memdup2 (willis_surface_points (shape), 3 * n * sizeof (double));
  WillisRng rng;

  willis_rng_init (&rng, 31, 0);
  for (gsize i = 0; i < n; i++)
    {
      double far = vec3_norm (points + 3 * i);

      vec3_scale (points + 3 * i, points + 3 * i, (far + most * (2.0 * willis_rng_uniform (&rng) - 1.0)) / far);
    }
  return willis_surface_new_take (points, n,
                                  g_memdup2 (willis_surface_triangles (shape), 12 * willis_surface_n_triangles (shape)),
                                  willis_surface_n_triangles (shape));
}

/* A ball of 3 that runs out into a cone with half an opening angle of so many degrees, rounded by a ball of 0.5. */
static WillisSurface *
pear (double half_degrees)
{
  g_autoptr (WillisSurface) unit = shape_sphere (5);
  gsize n = willis_surface_n_points (unit);
  double *points = g_memdup2 (willis_surface_points (unit), 3 * n * sizeof (double));
  double sine = sin (half_degrees * G_PI / 180.0), tip = (3.0 - 0.5) / sine; // centre of the small ball

  for (gsize i = 0; i < n; i++)
    {
      const double *u = points + 3 * i;
      double lo = 2.0, hi = 30.0;

      while (hi - lo > 1e-9) // the hull of the two balls, along the ray
        {
          double x[3], t = 0.5 * (lo + hi), least = INFINITY;

          vec3_scale (x, u, t);
          for (int k = 0; k <= 200; k++)
            {
              const double at[3] = { 0, 0, tip * k / 200.0 };

              least = MIN (least, vec3_dist (x, at) - (3.0 - 2.5 * k / 200.0));
            }
          *(least < 0.0 ? &lo : &hi) = t;
        }
      vec3_scale (points + 3 * i, points + 3 * i, lo);
    }
  return willis_surface_new_take (points, n,
                                  g_memdup2 (willis_surface_triangles (unit), 12 * willis_surface_n_triangles (unit)),
                                  willis_surface_n_triangles (unit));
}

/* What stands out of a sac without being a bleb: a waist that runs into the neck, ovals, a pear, noise. */
static void
test_no_blebs (void)
{
  const double low[1][3] = { { 2.2, 0, -1.3 } };
  g_autoptr (WillisSurface) sphere = shape_sphere (5);
  g_autoptr (WillisSurface) ball = ball_with_bumps (0, NULL, 0.0);
  g_autoptr (WillisSurface) rough = roughened (ball, 0.2);
  g_autoptr (WillisSurface) cut = ball_with_bumps (1, low, 1.1); // the neck runs through it
  g_autoptr (WillisSurface) blunt = pear (45);
  g_autoptr (WillisSurface) sharp = pear (30);
  const WillisSurface *others[] = { rough, cut, blunt, sharp };
  const double ovals[][3] = { { 2, 2, 4 }, { 3, 2, 4 }, { 2, 2, 6 }, { 6, 2, 2 } };

  for (gsize i = 0; i < G_N_ELEMENTS (ovals); i++)
    {
      WillisMorphology m = measure_above (sphere, ovals[i][0], ovals[i][1], ovals[i][2], -0.5 * ovals[i][2]);

      check (&m, WILLIS_INDEX_BLEBS, 0.0, 0.0);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (others); i++)
    {
      WillisMorphology m = measure_above (others[i], 1, 1, 1, -1.5);

      check (&m, WILLIS_INDEX_BLEBS, 0.0, 0.0);
    }
}

/* Bumps on a ball are counted, with noise on them too, but not where they stand out by 0.15 mm. */
static void
test_blebs (void)
{
  const double at[2][3] = { { 0, 0, 2.6 }, { 2.1, 1.3, 0.8 } };

  for (int n = 1; n <= 2; n++)
    {
      g_autoptr (WillisSurface) bumps = ball_with_bumps (n, at, 1.1);
      g_autoptr (WillisSurface) specks = ball_with_bumps (n, at, 0.55);
      g_autoptr (WillisSurface) rough = roughened (bumps, 0.1);
      WillisMorphology m = measure_above (bumps, 1, 1, 1, -1.5);

      check (&m, WILLIS_INDEX_BLEBS, n, 0.0);
      m = measure_above (rough, 1, 1, 1, -1.5);
      check (&m, WILLIS_INDEX_BLEBS, n, 0.0);
      m = measure_above (specks, 1, 1, 1, -1.5);
      check (&m, WILLIS_INDEX_BLEBS, 0.0, 0.0);
    }
}

static WillisBranch
straight_branch (int from, int to, const double a[3], const double b[3], double radius)
{
  WillisBranch branch = { .node = { from, to }, .n_points = 101 };

  branch.points_lps_mm = g_new (double, 3 * branch.n_points);
  branch.radius_mm = g_new (double, branch.n_points);
  for (gsize i = 0; i < branch.n_points; i++)
    {
      vec3_lerp (branch.points_lps_mm + 3 * i, a, b, (double) i / 100.0);
      branch.radius_mm[i] = radius;
    }
  return branch;
}

/* An artery that comes up z and forks at the origin: the thicker daughter 100 degrees from the way back, to +x, the
 * thinner 140 degrees, turned by 120 degrees about z. turned: the thinner branch stored against the flow. */
static WillisTree *
fork_tree (gboolean with_thin, gboolean turned)
{
  double a = 100.0 * G_PI / 180.0, b = 140.0 * G_PI / 180.0, c = 120.0 * G_PI / 180.0, l = 20.0;
  const double ends[4][3] = { { 0, 0, -30 },
                              { 0, 0, 0 },
                              { l * sin (a), 0, -l * cos (a) },
                              { l * sin (b) * cos (c), l * sin (b) * sin (c), -l * cos (b) } };
  WillisTreeNode *nodes = g_new0 (WillisTreeNode, 4);
  WillisBranch *branches = g_new0 (WillisBranch, 3);

  for (int i = 0; i < 4; i++)
    {
      vec3_copy (nodes[i].lps_mm, ends[i]);
      nodes[i].degree = i == 1 ? 2 + with_thin : i == 3 && !with_thin ? 0 : 1;
    }
  branches[0] = straight_branch (0, 1, ends[0], ends[1], 1.5);
  branches[1] = straight_branch (1, 2, ends[1], ends[2], 1.2);
  if (with_thin && turned)
    branches[2] = straight_branch (3, 1, ends[3], ends[1], 0.9);
  else if (with_thin)
    branches[2] = straight_branch (1, 3, ends[1], ends[3], 0.9);
  return willis_tree_new_take (nodes, 4, branches, with_thin ? 3 : 2);
}

static void
test_fork (void)
{
  const double cosine = cos (100.0 * G_PI / 180.0) * cos (140.0 * G_PI / 180.0)
                        + sin (100.0 * G_PI / 180.0) * sin (140.0 * G_PI / 180.0) * cos (120.0 * G_PI / 180.0);
  WillisNeck neck = { { 0, 0, 1.8 }, { -0.2, -0.3, 1 }, { 0, 0, 5 } };
  double curve[24 * 3], u[3], v[3];

  vec3_normalize (neck.normal);
  vec3_basis (neck.normal, u, v);
  for (int i = 0; i < 24; i++)
    {
      vec3_axpy (curve + 3 * i, neck.centre_lps_mm, 2.0 * cos (i * G_PI / 12.0), u);
      vec3_axpy (curve + 3 * i, curve + 3 * i, 2.0 * sin (i * G_PI / 12.0), v);
    }
  for (int turned = 0; turned < 2; turned++)
    {
      g_autoptr (WillisTree) tree = fork_tree (TRUE, turned);
      WillisParent parent;
      int branch = -1;

      g_assert_true (willis_parent_find (tree, &neck, curve, 24, &parent, &branch));
      g_assert_cmpint (branch, ==, 0);
      g_assert_cmpfloat_with_epsilon (parent.bifurcation_angle.value, acos (cosine), 1e-6);
      g_assert_cmpfloat_with_epsilon (parent.daughter_angle[0].value, 100.0 * G_PI / 180.0, 1e-6);
      g_assert_cmpfloat_with_epsilon (parent.daughter_angle[1].value, 140.0 * G_PI / 180.0, 1e-6);
      g_assert_cmpfloat_with_epsilon (parent.lateral_ratio.value, 100.0 / 140.0, 1e-6);
      g_assert_cmpfloat_with_epsilon (parent.lateral_ratio.sd, 0.0, 1e-6);
      g_assert_cmpfloat_with_epsilon (parent.tortuosity.value, 0.0, 1e-9);
      g_assert_cmpfloat_with_epsilon (parent.torsion.value, 0.0, 1e-6);
    }
  {
    g_autoptr (WillisTree) bend = fork_tree (FALSE, FALSE); // one daughter is no bifurcation
    WillisParent parent;

    g_assert_true (willis_parent_find (bend, &neck, curve, 24, &parent, NULL));
    g_assert_true (isnan (parent.bifurcation_angle.value) && isnan (parent.lateral_ratio.value));
    g_assert_true (isfinite (parent.tortuosity.value));
  }
}

/* Triangles in any order and facing any way give the same. */
static void
test_any_orientation (void)
{
  g_autoptr (WillisSurface) sphere = shape_sphere (4);
  g_autoptr (WillisSurface) mixed = NULL;
  gint32 *t = g_memdup2 (willis_surface_triangles (sphere), 12 * willis_surface_n_triangles (sphere));
  WillisMorphology a, b;

  for (gsize i = 0; i < willis_surface_n_triangles (sphere); i += 3)
    {
      gint32 keep = t[3 * i];

      t[3 * i] = t[3 * i + 1];
      t[3 * i + 1] = keep;
    }
  mixed = willis_surface_new_take (g_memdup2 (willis_surface_points (sphere), 24 * willis_surface_n_points (sphere)),
                                   willis_surface_n_points (sphere), t, willis_surface_n_triangles (sphere));
  a = measure_above (sphere, 3, 3, 4, -1);
  b = measure_above (mixed, 3, 3, 4, -1);
  for (int i = 0; i < WILLIS_N_INDICES; i++)
    if (isfinite (a.index[i].value))
      check (&b, i, a.index[i].value, 1e-6 * MAX (1.0, fabs (a.index[i].value)));
}

/* Scaling by 2 scales each index by its unit. */
static void
test_units_scale (void)
{
  g_autoptr (WillisSurface) sphere = shape_sphere (4);
  WillisMorphology a = measure_above (sphere, 3, 2.5, 4, -1), b = measure_above (sphere, 6, 5, 8, -2);

  for (int i = 0; i < WILLIS_N_INDICES; i++)
    {
      const char *unit = willis_index_info (i)->unit;
      double factor = strcmp (unit, "mm") == 0      ? 2
                      : strcmp (unit, "mm2") == 0   ? 4
                      : strcmp (unit, "mm3") == 0   ? 8
                      : strcmp (unit, "1/mm") == 0  ? 0.5
                      : strcmp (unit, "1/mm2") == 0 ? 0.25
                                                    : 1;

      if (isfinite (a.index[i].value))
        check (&b, i, factor * a.index[i].value, 1e-6 * MAX (1.0, fabs (factor * a.index[i].value)));
    }
}

static void
test_names (void)
{
  static const char *const stable[]
      = { "volume",        "area",         "ostium_area",  "height",     "max_height",        "width",
          "neck_diameter", "size",         "aspect_ratio", "size_ratio", "bottleneck_factor", "undulation",
          "ellipticity",   "nonsphericity" };
  int headlines = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (stable); i++)
    g_assert_cmpint (willis_index_find (stable[i]), >=, 0);
  for (int i = 0; i < WILLIS_N_INDICES; i++)
    {
      const WillisIndexInfo *info = willis_index_info (i);

      g_assert_cmpint (willis_index_find (info->name), ==, i);
      g_assert_true (info->label != NULL && info->unit != NULL && info->formula != NULL && info->source != NULL);
      headlines += info->headline;
    }
  g_assert_cmpint (headlines, ==, 5);
  for (int n = 0, index = WILLIS_INDEX_ZERNIKE_0_0; n <= 8; n++) // in the order in which they are filled
    for (int l = n % 2; l <= n; l += 2)
      if (n != 1)
        {
          g_autofree char *name = g_strdup_printf ("zernike_%d_%d", n, l);

          g_assert_cmpint (willis_index_find (name), ==, index++);
        }
  g_assert_cmpint (willis_index_find ("no such index"), ==, -1);
}

/* Deviations: a sphere cap of R = 3, h = 4.5 whose neck moves by 0.5 mm: V changes by the section area there,
 * and tilting about the centre changes it by nothing in the first order. */
static void
test_deviations (void)
{
  g_autoptr (WillisSurface) sphere = shape_sphere (4);
  g_autoptr (WillisSurface) ball = shape_moved (sphere, 3, 3, 3, 0, move);
  g_autoptr (WillisAneurysm) aneurysm = NULL, again = NULL;
  g_autoptr (GError) error = NULL;
  WillisNeck neck = { { move[0], move[1], move[2] - 1.5 }, { 0, 0, 1 }, { move[0], move[1], move[2] } };
  double up = G_PI * 5.0 * 5.0 * (9 - 5.0) / 3, middle = G_PI * 4.5 * 4.5 * (9 - 4.5) / 3,
         down = G_PI * 4.0 * 4.0 * (9 - 4.0) / 3, along, surface, sd;

  aneurysm = willis_aneurysm_isolate (ball, NULL, &neck, 0.1, NULL, &error);
  g_assert_no_error (error);
  along = 0.5 * ((up - middle) * (up - middle) + (down - middle) * (down - middle));
  surface = 84.823 * 0.1; // S times the step
  sd = willis_aneurysm_morphology (aneurysm)->index[WILLIS_INDEX_VOLUME].sd;
  g_assert_cmpfloat_with_epsilon (sd, sqrt (along + surface * surface), 0.03 * sd);
  for (int i = 0; i < WILLIS_N_INDICES; i++)
    if (isfinite (willis_aneurysm_morphology (aneurysm)->index[i].value))
      g_assert_true (isfinite (willis_aneurysm_morphology (aneurysm)->index[i].sd));
  again = willis_aneurysm_isolate (ball, NULL, &neck, 0.1, NULL, &error);
  g_assert_cmpstr (willis_aneurysm_digest (aneurysm), ==, willis_aneurysm_digest (again));
}

/* A saddle-shaped neck curve on a sphere: cut along the curve, closed by a minimal surface, measured against the
 * exact area and the volume under z0 (angle) = -1 + 0.4 cos (2 angle). */
static void
test_bent_curve (void)
{
  enum
  {
    N = 200
  };
  g_autoptr (WillisSurface) sphere = shape_sphere (5);
  g_autoptr (WillisSurface) ball = shape_moved (sphere, 3, 3, 3, 0, move);
  g_autoptr (WillisAneurysm) aneurysm = NULL;
  g_autoptr (GError) error = NULL;
  double curve[3 * N], area;

  for (int i = 0; i < N; i++)
    {
      double a = -2.0 * G_PI * i / N, z = -1.0 + 0.4 * cos (2.0 * a), r = sqrt (9.0 - z * z);

      curve[3 * i] = move[0] + r * cos (a);
      curve[3 * i + 1] = move[1] + r * sin (a);
      curve[3 * i + 2] = move[2] + z;
    }
  aneurysm = willis_aneurysm_isolate_curve (ball, NULL, curve, N, NULL, -1.0, NULL, &error);
  g_assert_no_error (error);
  area = 2.0 * G_PI * 3.0 * 2.0; // the small side: 2 pi R (R - 1), the wave cancels
  g_assert_cmpfloat_with_epsilon (willis_surface_area_mm2 (willis_aneurysm_sac (aneurysm)), area, 2e-3 * area);
  /* the saddle is symmetric: its minimal surface lies about the plane z = -1, where the section is 8 pi */
  area = willis_aneurysm_morphology (aneurysm)->index[WILLIS_INDEX_OSTIUM_AREA].value;
  g_assert_cmpfloat (area, >, 8.0 * G_PI);
  g_assert_cmpfloat (area, <, 8.0 * G_PI * 1.06);
  g_assert_cmpfloat_with_epsilon (willis_aneurysm_morphology (aneurysm)->index[WILLIS_INDEX_VOLUME].value,
                                  G_PI * 4.0 * (9.0 - 2.0) / 3.0, 0.02 * 29.3);
}

static void
test_refusals (void)
{
  double tube[21][2], normal[3] = { 0, 0, 1 };
  g_autoptr (WillisSurface) surface = NULL;
  g_autoptr (WillisSurface) nothing = willis_surface_new_copy (NULL, 0, NULL, 0);
  WillisNeck neck = { { 0, 0, 0 }, { 0, 0, 1 }, { NAN, NAN, NAN } };
  WillisMorphology m;
  GError *error = NULL;

  for (int i = 0; i <= 20; i++)
    {
      tube[i][0] = 2.0;
      tube[i][1] = i - 10.0;
    }
  surface = shape_turned ((const double (*)[2]) tube, 21, 60);
  g_assert_null (willis_aneurysm_isolate (surface, NULL, &neck, -1.0, NULL, &error)); // an artery, no sac
  g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_FAILED);
  g_clear_error (&error);
  neck.centre_lps_mm[2] = 50.0;
  g_assert_null (willis_aneurysm_isolate (surface, NULL, &neck, -1.0, NULL, &error)); // beside it
  g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_FAILED);
  g_clear_error (&error);
  vec3_set (neck.normal, 0, 0, 0);
  g_assert_null (willis_aneurysm_isolate (surface, NULL, &neck, -1.0, NULL, &error));
  g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_BAD_INPUT);
  g_clear_error (&error);
  g_assert_false (willis_morphology_measure (nothing, normal, 0, NULL, NULL, &m, &error));
  g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_BAD_INPUT);
  g_clear_error (&error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/morphology/caps", test_caps);
  g_test_add_func ("/morphology/spheroids", test_spheroids);
  g_test_add_func ("/morphology/coarse-curvature", test_coarse_curvature);
  g_test_add_func ("/morphology/torus-curvature", test_torus_curvature);
  g_test_add_func ("/morphology/cylinder-and-capsule", test_cylinder_and_capsule);
  g_test_add_func ("/morphology/dented-sphere", test_dented_sphere);
  g_test_add_func ("/morphology/open-and-flat-base", test_open_and_flat_base);
  g_test_add_func ("/morphology/hanging-lip", test_hanging_lip);
  g_test_add_func ("/morphology/any-orientation", test_any_orientation);
  g_test_add_func ("/morphology/blebs", test_blebs);
  g_test_add_func ("/morphology/no-blebs", test_no_blebs);
  g_test_add_func ("/morphology/fork", test_fork);
  g_test_add_func ("/morphology/units-scale", test_units_scale);
  g_test_add_func ("/morphology/names", test_names);
  g_test_add_func ("/morphology/deviations", test_deviations);
  g_test_add_func ("/morphology/bent-curve", test_bent_curve);
  g_test_add_func ("/morphology/refusals", test_refusals);
  return g_test_run ();
}
