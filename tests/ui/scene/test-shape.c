/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>
#include <math.h>
#include <string.h>

#include "core/num/vec3.h"
#include "tests/ui/scene/ball.h"
#include "ui/scene/shape.h"

/* Normals look the way the triangles do. */
static void
assert_outward (const WillisShape *shape)
{
  const double *p = willis_surface_points (shape->surface);
  const gint32 *t = willis_surface_triangles (shape->surface);

  for (gsize i = 0; i < willis_surface_n_triangles (shape->surface); i++, t += 3)
    {
      double a[3], b[3], n[3], mean[3] = { 0, 0, 0 };

      vec3_sub (a, p + 3 * t[1], p + 3 * t[0]);
      vec3_sub (b, p + 3 * t[2], p + 3 * t[0]);
      vec3_cross (n, a, b);
      for (int k = 0; k < 3; k++)
        vec3_add (mean, mean, shape->normals + 3 * t[k]);
      if (vec3_norm (n) > 1e-6)
        g_assert_cmpfloat (vec3_dot (n, mean), >, 0.0);
    }
}

static void
test_tube (void)
{
  const double points[] = { 0, 0, 0, 0, 0, 5, 0, 0, 10 }, radii[] = { 2, 2, 2 };
  const guint8 rgb[9] = { 1, 2, 3, 4, 5, 6, 7, 8, 9 };
  WillisShapeBuilder builder;
  WillisShape *shape;
  double box[6], n_gon = 12 * sin (2 * G_PI / 12) / 2; // area of the unit 12-gon

  willis_shape_builder_init (&builder);
  willis_shape_add_tube (&builder, points, radii, 3, FALSE, rgb, 12, 42);
  shape = willis_shape_builder_finish (&builder);
  g_assert_true (willis_surface_check (shape->surface, NULL));
  assert_outward (shape);
  willis_surface_bounds (shape->surface, box);
  g_assert_cmpfloat_with_epsilon (box[2], -2, 1e-9); // rounded ends
  g_assert_cmpfloat_with_epsilon (box[5], 12, 1e-9);
  /* The straight part exactly, the two caps (pi 2^3 4/3 = 33.5) short of it by their facets. */
  g_assert_cmpfloat (willis_surface_volume_mm3 (shape->surface), >, 40 * n_gon + 28);
  g_assert_cmpfloat (willis_surface_volume_mm3 (shape->surface), <, 40 * n_gon + 33.5);
  g_assert_cmpint (shape->cells[0], ==, 42);
  willis_shape_free (shape);
}

/* A closed tube is a torus: volume 2 pi^2 R r^2, less what facets lose (sides, steps: under 6 %). */
static void
test_torus (void)
{
  double points[3 * 90], radii[90], volume = 2 * G_PI * G_PI * 10 * 4;
  guint8 rgb[3 * 90] = { 0 };
  WillisShapeBuilder builder;
  WillisShape *shape;

  for (int i = 0; i < 90; i++)
    {
      vec3_set (points + 3 * i, 10 * cos (2 * G_PI * i / 90), 10 * sin (2 * G_PI * i / 90), 0);
      radii[i] = 2;
    }
  willis_shape_builder_init (&builder);
  willis_shape_add_tube (&builder, points, radii, 90, TRUE, rgb, 12, 0);
  shape = willis_shape_builder_finish (&builder);
  assert_outward (shape);
  g_assert_cmpfloat (willis_surface_volume_mm3 (shape->surface), <, volume);
  g_assert_cmpfloat (willis_surface_volume_mm3 (shape->surface), >, 0.94 * volume);
  willis_shape_free (shape);
}

static void
test_ball_and_cone (void)
{
  const double c[3] = { 1, 2, 3 }, tip[3] = { 1, 2, 9 };
  WillisShapeBuilder builder;
  WillisShape *shape;

  willis_shape_builder_init (&builder);
  willis_shape_add_ball (&builder, c, 3.0, 0x102030, 7);
  shape = willis_shape_builder_finish (&builder);
  assert_outward (shape);
  g_assert_cmpfloat (willis_surface_volume_mm3 (shape->surface), >, 0.95 * 36 * G_PI);
  g_assert_cmpint (shape->rgb[2], ==, 0x30);
  willis_shape_free (shape);
  willis_shape_builder_init (&builder);
  willis_shape_add_cone (&builder, c, tip, 2.0, 0, 0);
  shape = willis_shape_builder_finish (&builder);
  assert_outward (shape);
  g_assert_cmpfloat (willis_surface_volume_mm3 (shape->surface), >, 0.95 * 8 * G_PI);
  g_assert_cmpfloat (willis_surface_volume_mm3 (shape->surface), <, 8 * G_PI);
  willis_shape_free (shape);
}

/* A coarser ball is still that ball: few triangles, outward, volume to 5 %; two thin sheets stay two. */
static void
test_coarser (void)
{
  const double c[3] = { 0, 0, 0 };
  g_autoptr (WillisSurface) ball = make_ball (c, 10, 200);
  WillisShape *shape = willis_shape_new (ball), *coarse = willis_shape_coarser (shape, 10000);
  gsize n = willis_surface_n_triangles (coarse->surface);

  g_assert_cmpuint (willis_surface_n_triangles (ball), ==, 120000);
  g_test_message ("%" G_GSIZE_FORMAT " triangles", n);
  g_assert_cmpuint (n, >, 3000);
  g_assert_cmpuint (n, <, 15000);
  g_assert_true (willis_surface_check (coarse->surface, NULL));
  g_assert_cmpfloat (fabs (willis_surface_volume_mm3 (coarse->surface) / willis_surface_volume_mm3 (ball) - 1), <,
                     0.05);
  g_assert_null (willis_shape_coarser (coarse, n));
  willis_shape_free (coarse);
  willis_shape_free (shape);
}

/* A ball of label 2 among label 1: closed, outward, its volume to 3 %, also through a turned grid. */
static void
test_label (void)
{
  const int dims[3] = { 64, 60, 56 };
  const double spacing[3] = { 0.5, 0.5, 0.6 }, origin[3] = { -3, 4, 5 };
  WillisGrid grid = willis_grid_new (dims, spacing, origin);
  const double turned[9] = { 0, -1, 0, 1, 0, 0, 0, 0, 1 };

  for (int pass = 0; pass < 2; pass++)
    {
      g_autoptr (WillisVolume) volume = NULL;
      guint8 *v;
      WillisShape *shape;
      double centre[3] = { 32, 30, 28 }, r = 10.0, inside = 0;

      if (pass == 1)
        memcpy (grid.direction, turned, sizeof turned);
      willis_grid_ijk_to_lps (&grid, centre, centre);
      volume = willis_volume_new (&grid, WILLIS_SCALAR_U8, NULL);
      v = willis_volume_voxels_rw (volume);
      for (int k = 0; k < dims[2]; k++)
        for (int j = 0; j < dims[1]; j++)
          for (int i = 0; i < dims[0]; i++, v++)
            {
              double p[3] = { i, j, k };

              willis_grid_ijk_to_lps (&grid, p, p);
              *v = vec3_dist (p, centre) < r ? 2 : 1;
              inside += *v == 2;
            }
      shape = willis_shape_from_label (volume, 2, 100000);
      g_assert_nonnull (shape);
      g_assert_true (willis_surface_check (shape->surface, NULL));
      assert_outward (shape);
      g_assert_cmpfloat (fabs (willis_surface_volume_mm3 (shape->surface) / (4.0 / 3 * G_PI * r * r * r) - 1), <, 0.03);
      willis_shape_free (shape);
      shape = willis_shape_from_label (volume, 2, 2000); // a wider step
      g_assert_cmpuint (willis_surface_n_triangles (shape->surface), <, 4000);
      g_assert_cmpfloat (willis_surface_volume_mm3 (shape->surface), >, 0.8 * 4.0 / 3 * G_PI * r * r * r);
      willis_shape_free (shape);
      g_assert_null (willis_shape_from_label (volume, 3, 1000));
    }
}

static void
test_hit (void)
{
  const double c[3] = { 0, 0, 0 }, o[3] = { 1, 2, -50 }, d[3] = { 0, 0, 1 };
  const double above[4] = { 0, 0, 1, 0 };
  g_autoptr (WillisSurface) ball = make_ball (c, 10, 100);
  WillisShape *shape = willis_shape_new (ball);
  double t, expected = 50 - sqrt (95);
  gsize triangle;

  g_assert_true (willis_shape_hit (shape, o, d, 0, 1e6, NULL, &t, &triangle));
  g_assert_cmpfloat_with_epsilon (t, expected, 0.01);
  g_assert_true (willis_shape_hit (shape, o, d, 0, 1e6, above, &t, &triangle)); // the near side is cut away
  g_assert_cmpfloat_with_epsilon (t, 50 + sqrt (95), 0.01);
  g_assert_false (willis_shape_hit (shape, o, d, 61, 1e6, NULL, &t, &triangle));
  willis_shape_free (shape);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/shape/tube", test_tube);
  g_test_add_func ("/shape/torus", test_torus);
  g_test_add_func ("/shape/ball-and-cone", test_ball_and_cone);
  g_test_add_func ("/shape/coarser", test_coarser);
  g_test_add_func ("/shape/label", test_label);
  g_test_add_func ("/shape/hit", test_hit);
  return g_test_run ();
}
