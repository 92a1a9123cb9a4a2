/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cutting, sections, rims and hulls on shapes whose answer is known.
 */
#include <glib.h>

#include "core/base/error.h"
#include "core/mesh/clip.h"
#include "core/mesh/hull.h"
#include "core/mesh/rims.h"
#include "core/mesh/sections.h"
#include "core/num/rng.h"
#include "tests/support/shapes.h"

/* A closed surface cut by any plane: both parts have one rim in the plane, and their areas and volumes add up. */
static void
test_clip_adds_up (void)
{
  g_autoptr (WillisSurface) sphere = shape_sphere (4);
  WillisRng rng;

  willis_rng_init (&rng, 3, 1);
  for (int k = 0; k < 20; k++)
    {
      double normal[3], back[3], origin[3], area = 0.0, volume = 0.0;

      for (int a = 0; a < 3; a++)
        {
          normal[a] = willis_rng_normal (&rng);
          origin[a] = 0.5 * (willis_rng_uniform (&rng) - 0.5);
        }
      vec3_normalize (normal);
      vec3_scale (back, normal, -1.0);
      for (int side = 0; side < 2; side++)
        {
          g_autofree guint8 *on_cut = NULL;
          g_autoptr (WillisSurface) part = willis_surface_clip_plane (sphere, origin, side == 0 ? normal : back, -1.0,
                                                                      &on_cut);
          g_autoptr (WillisLoops) rims = willis_surface_rims (part);
          gsize n;
          const gint32 *ids = willis_loops_get (rims, 0, &n);
          g_autofree double *loop = g_new (double, 3 * n);
          double cap[3], d[3];

          g_assert_cmpuint (willis_loops_n (rims), ==, 1);
          for (gsize i = 0; i < n; i++)
            {
              vec3_copy (loop + 3 * i, willis_surface_points (part) + 3 * ids[i]);
              vec3_sub (d, loop + 3 * i, origin);
              g_assert_true (on_cut[ids[i]]);
              g_assert_cmpfloat_with_epsilon (vec3_dot (d, normal), 0.0, 1e-6);
            }
          willis_polygon_measure (loop, n, cap, NULL);
          area += willis_surface_area_mm2 (part);
          /* divergence theorem about a point of the plane: the lid adds nothing */
          for (gsize t = 0; t < willis_surface_n_triangles (part); t++)
            {
              const gint32 *v = willis_surface_triangles (part) + 3 * t;
              double p[3][3], x[3];

              for (int c = 0; c < 3; c++)
                vec3_sub (p[c], willis_surface_points (part) + 3 * v[c], loop);
              vec3_cross (x, p[0], p[1]);
              volume += vec3_dot (x, p[2]) / 6.0;
            }
          g_assert_cmpfloat (vec3_dot (cap, side == 0 ? normal : back), >, 0.0); // the rim runs round the part
        }
      g_assert_cmpfloat_with_epsilon (area, willis_surface_area_mm2 (sphere), 1e-9);
      g_assert_cmpfloat_with_epsilon (volume, willis_surface_volume_mm3 (sphere), 1e-5);
    }
}

/* A circle of a sphere, an open tube cut across (one ring) and along (two open lines). */
static void
test_sections (void)
{
  double tube[11][2], origin[3] = { 0, 0, 0.3 }, up[3] = { 0, 0, 1 }, across[3] = { 0.6, 0.8, 0 }, beside[3] = { 3, 0, 0.3 };
  g_autoptr (WillisSurface) sphere = shape_sphere (5);
  g_autoptr (WillisSurface) pipe = NULL;
  g_autoptr (WillisSectioner) in_sphere = willis_sectioner_new (sphere);
  g_autoptr (WillisSectioner) in_pipe = NULL;
  const WillisSection *section;

  g_assert_cmpuint (willis_sectioner_cut (in_sphere, origin, up), ==, 1);
  g_assert_cmpint (willis_sectioner_around (in_sphere, origin), ==, 0);
  section = willis_sectioner_section (in_sphere, 0);
  g_assert_true (section->closed);
  g_assert_cmpfloat_with_epsilon (section->area_mm2, G_PI * 0.91, 2e-3 * G_PI);
  g_assert_cmpfloat_with_epsilon (section->perimeter_mm, 2.0 * G_PI * sqrt (0.91), 2e-3);
  g_assert_cmpfloat_with_epsilon (willis_section_diameter (section), 2.0 * sqrt (0.91), 3e-3);
  g_assert_cmpfloat_with_epsilon (section->centre_lps_mm[0], 0.0, 1e-3);
  g_assert_cmpint (willis_sectioner_around (in_sphere, beside), ==, 0); // not inside, but the nearest
  for (int i = 0; i <= 10; i++)
    {
      tube[i][0] = 2.0;
      tube[i][1] = i - 5.03;
    }
  pipe = shape_turned ((const double (*)[2]) tube, 11, 90);
  in_pipe = willis_sectioner_new (pipe);
  g_assert_cmpuint (willis_sectioner_cut (in_pipe, origin, up), ==, 1);
  g_assert_true (willis_sectioner_section (in_pipe, 0)->closed);
  g_assert_cmpuint (willis_sectioner_cut (in_pipe, origin, across), ==, 2);
  for (gsize k = 0; k < 2; k++)
    {
      section = willis_sectioner_section (in_pipe, k);
      g_assert_false (section->closed);
      /* its points come in order: the length of the line is that of the pipe, there and back */
      g_assert_cmpfloat_with_epsilon (section->perimeter_mm, 20.0, 0.2);
    }
  g_assert_cmpint (willis_sectioner_around (in_pipe, origin), ==, -1);
}

static void
test_hull (void)
{
  g_autoptr (WillisSurface) sphere = shape_sphere (4);
  g_autoptr (GArray) ball = NULL, box = NULL;
  double points[3 * 1008];
  const double flat[] = { 0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 1, 0, 2, 3, 0 };
  double volume = 0.0;
  GError *error = NULL;
  WillisRng rng;

  ball = willis_convex_hull (willis_surface_points (sphere), willis_surface_n_points (sphere), &error);
  g_assert_no_error (error);
  /* all points are corners: Euler */
  g_assert_cmpuint (ball->len / 3, ==, 2 * willis_surface_n_points (sphere) - 4);
  willis_rng_init (&rng, 5, 1);
  for (int i = 0; i < 1008; i++) // the corners of a box, and many points in it and on its faces
    for (int a = 0; a < 3; a++)
      points[3 * i + a] = i < 8 ? 2.0 * (i >> a & 1) - 1.0 : i % 3 == a ? 1.0 : 2.0 * willis_rng_uniform (&rng) - 1.0;
  box = willis_convex_hull (points, 1008, &error);
  g_assert_no_error (error);
  for (guint k = 0; k < box->len; k += 3)
    {
      const gint32 *v = &g_array_index (box, gint32, k);
      double x[3];

      vec3_cross (x, points + 3 * v[0], points + 3 * v[1]);
      volume += vec3_dot (x, points + 3 * v[2]) / 6.0;
      g_assert_cmpfloat (vec3_dot (x, points + 3 * v[2]), >, -1e-9); // outward, the origin lies inside
    }
  g_assert_cmpfloat_with_epsilon (volume, 8.0, 1e-9);
  g_assert_null (willis_convex_hull (flat, 5, &error));
  g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_BAD_INPUT);
  g_clear_error (&error);
}

static void
test_oriented (void)
{
  g_autoptr (WillisSurface) sphere = shape_sphere (2);
  gint32 *t = g_memdup2 (willis_surface_triangles (sphere), 12 * willis_surface_n_triangles (sphere));
  g_autoptr (WillisSurface) mixed = NULL, right = NULL;
  gsize n;
  g_autofree gint32 *piece = NULL;

  for (gsize i = 0; i < willis_surface_n_triangles (sphere); i += 2)
    {
      gint32 keep = t[3 * i];

      t[3 * i] = t[3 * i + 1];
      t[3 * i + 1] = keep;
    }
  mixed = willis_surface_new_take (g_memdup2 (willis_surface_points (sphere), 24 * willis_surface_n_points (sphere)),
                                   willis_surface_n_points (sphere), t, willis_surface_n_triangles (sphere));
  right = willis_surface_oriented (mixed);
  g_assert_cmpfloat_with_epsilon (willis_surface_volume_mm3 (right), willis_surface_volume_mm3 (sphere), 1e-12);
  piece = willis_surface_patches (right, &n);
  g_assert_cmpuint (n, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/kernels/clip-adds-up", test_clip_adds_up);
  g_test_add_func ("/kernels/sections", test_sections);
  g_test_add_func ("/kernels/hull", test_hull);
  g_test_add_func ("/kernels/oriented", test_oriented);
  return g_test_run ();
}
