/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>

#include "core/mesh/check.h"
#include "core/mesh/components.h"
#include "core/mesh/edit.h"
#include "core/mesh/isosurface.h"
#include "core/mesh/topology.h"
#include "core/num/vec3.h"
#include "tests/core/image/shapes.h"

/* Two balls, radius 3 and 1. */
static double
two_balls (const double p[3], gconstpointer data)
{
  const double a[3] = { -1.2, 0, 0 }, b[3] = { 4, 0, 0 };

  return MAX (3.0 - vec3_dist (p, a), 1.0 - vec3_dist (p, b));
}

static WillisSurface *
two_ball_surface (void)
{
  WillisGrid grid = shape_cube_grid (44, 0.25);
  g_autoptr (WillisVolume) volume = shape_volume (&grid, two_balls, NULL);

  return willis_isosurface (volume, 0.0, NULL, NULL, NULL, NULL);
}

/* Without the triangles that have a point with coordinate axis above limit. */
static WillisSurface *
open_above (const WillisSurface *surface, int axis, double limit)
{
  gsize n = willis_surface_n_triangles (surface);
  g_autofree guint8 *keep = g_new0 (guint8, n);

  for (gsize t = 0; t < n; t++)
    {
      keep[t] = 1;
      for (int c = 0; c < 3; c++)
        if (willis_surface_points (surface)[3 * willis_surface_triangles (surface)[3 * t + c] + axis] > limit)
          keep[t] = 0;
    }
  return willis_surface_pick (surface, keep, NULL);
}

static void
test_pieces (void)
{
  g_autoptr (WillisSurface) surface = two_ball_surface ();
  g_autofree gint32 *labels = g_new (gint32, willis_surface_n_triangles (surface));
  g_autoptr (GArray) pieces = willis_surface_pieces (surface, labels);
  g_autoptr (WillisSurface) large = willis_surface_largest_piece (surface);
  g_autoptr (WillisSurface) kept = willis_surface_drop_small (surface, 20.0);
  g_autoptr (WillisSurface) both = willis_surface_drop_small (surface, 5.0);
  gsize count = 0;

  g_assert_cmpuint (pieces->len, ==, 2);
  for (gsize t = 0; t < willis_surface_n_triangles (surface); t++)
    count += labels[t] == 1;
  g_assert_cmpuint (count, ==, g_array_index (pieces, WillisSurfacePiece, 1).n_triangles);
  /* facets of edge h lie inside the ball by up to h^2 / (8 R) */
  g_assert_cmpfloat_with_epsilon (g_array_index (pieces, WillisSurfacePiece, 0).volume_mm3, 36 * G_PI,
                                  0.01 * 113);
  g_assert_cmpfloat_with_epsilon (g_array_index (pieces, WillisSurfacePiece, 1).area_mm2, 4 * G_PI,
                                  0.03 * 12.6);
  g_assert_cmpstr (willis_surface_digest (large), ==, willis_surface_digest (kept));
  g_assert_cmpuint (willis_surface_n_triangles (both), ==, willis_surface_n_triangles (surface));
}

static void
test_fill_holes (void)
{
  g_autoptr (WillisSurface) both = two_ball_surface ();
  g_autoptr (WillisSurface) ball = willis_surface_largest_piece (both);
  g_autoptr (WillisSurface) open = open_above (ball, 2, 1.5);
  g_autoptr (WillisSurface) closed = NULL;
  g_autoptr (WillisSurface) untouched = NULL;
  WillisSurfaceReport before, after;
  gsize n_closed;
  double h = 3.0 + 1.5, cap = G_PI * h * h * (9.0 - h) / 3.0;

  willis_surface_report (open, &before);
  g_assert_cmpuint (before.n_rims, ==, 1);
  g_assert_true (before.manifold);
  g_assert_false (before.closed);
  g_assert_cmpint (before.euler, ==, 1);
  closed = willis_surface_fill_holes (open, 0, &n_closed);
  g_assert_cmpuint (n_closed, ==, 1);
  willis_surface_report (closed, &after);
  g_assert_true (after.closed);
  g_assert_true (after.outward);
  g_assert_cmpint (after.euler, ==, 2);
  /* the rim is ragged by one voxel (0.25 mm) below the plane z = 1.5 of area pi (9 - 2.25) */
  g_assert_cmpfloat_with_epsilon (after.volume_mm3, cap, 0.25 * G_PI * 6.75);
  untouched = willis_surface_fill_holes (open, 4, &n_closed);
  g_assert_cmpuint (n_closed, ==, 0);
  g_assert_cmpstr (willis_surface_digest (untouched), ==, willis_surface_digest (open));
}

/* A long rim takes the fan; both ways must leave a closed surface. */
static void
test_fill_long_hole (void)
{
  WillisGrid grid = shape_cube_grid (100, 0.1);
  double radius = 4.5;
  g_autoptr (WillisVolume) volume = shape_volume (&grid, shape_ball, &radius);
  g_autoptr (WillisSurface) ball = willis_isosurface (volume, 0.0, NULL, NULL, NULL, NULL);
  g_autoptr (WillisSurface) open = open_above (ball, 0, 0.3);
  g_autoptr (WillisSurface) closed = willis_surface_fill_holes (open, 0, NULL);
  g_autoptr (WillisTopology) topology = willis_topology_new (open);
  g_autoptr (GPtrArray) rims = willis_topology_rims (topology);
  WillisSurfaceReport r;

  g_assert_cmpuint (rims->len, ==, 1);
  g_assert_cmpuint (((GArray *)g_ptr_array_index (rims, 0))->len, >, 200);
  willis_surface_report (closed, &r);
  g_assert_true (r.outward);
}

static void
test_report_finds_faults (void)
{
  /* three triangles at one edge; then two fans at one point; then two that disagree */
  const double points[] = { 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, -1, 0, 2, 0, 1, 2, 1, 0, 9, 9, 9 };
  const gint32 three[] = { 0, 1, 2, 1, 0, 3, 0, 1, 4 }, fans[] = { 0, 1, 2, 1, 5, 6 },
               flipped[] = { 0, 1, 2, 0, 1, 3 };
  const gint32 flat[] = { 0, 1, 2, 0, 2, 0 };
  g_autoptr (WillisSurface) a = willis_surface_new_copy (points, 8, three, 3);
  g_autoptr (WillisSurface) b = willis_surface_new_copy (points, 8, fans, 2);
  g_autoptr (WillisSurface) c = willis_surface_new_copy (points, 8, flipped, 2);
  g_autoptr (WillisSurface) inside_out = NULL;
  g_autoptr (WillisSurface) ball = two_ball_surface ();
  g_autoptr (GError) error = NULL;
  WillisSurfaceReport r;

  willis_surface_report (a, &r);
  g_assert_cmpuint (r.n_bad_edges, ==, 1);
  g_assert_false (r.manifold);
  willis_surface_report (b, &r);
  g_assert_cmpuint (r.n_bad_edges, ==, 0);
  g_assert_cmpuint (r.n_bad_points, ==, 1);
  g_assert_cmpuint (r.n_lone_points, ==, 3);
  willis_surface_report (c, &r);
  g_assert_cmpuint (r.n_bad_edges, ==, 1);
  g_assert_true (willis_surface_check_closed (ball, NULL));
  inside_out = willis_surface_flip (ball);
  g_assert_false (willis_surface_check_closed (inside_out, &error));
  g_clear_error (&error);
  g_autoptr (WillisSurface) twice = willis_surface_new_copy (points, 8, flat, 2);
  g_assert_false (willis_surface_check_closed (twice, &error));
}

/* A fan of many triangles about one point must not take quadratic time. */
static void
test_large_fan (void)
{
  gsize n = 200000;
  double *points = g_new (double, 3 * (n + 1));
  gint32 *triangles = g_new (gint32, 3 * n);
  g_autoptr (WillisSurface) fan = NULL;
  WillisSurfaceReport r;
  gint64 start = g_get_monotonic_time ();

  vec3_set (points, 0, 0, 0);
  for (gsize m = 0; m < n; m++)
    {
      double a = 2 * G_PI * (double)m / (double)n;

      vec3_set (points + 3 * (m + 1), cos (a), sin (a), 0);
      triangles[3 * m] = 0;
      triangles[3 * m + 1] = (gint32)(m + 1);
      triangles[3 * m + 2] = (gint32)((m + 1) % n + 1);
    }
  fan = willis_surface_new_take (points, n + 1, triangles, n);
  willis_surface_report (fan, &r);
  g_assert_true (r.manifold);
  g_assert_cmpuint (r.n_rims, ==, 1);
  g_assert_cmpfloat_with_epsilon (r.area_mm2, G_PI, 1e-6);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 10 * G_USEC_PER_SEC);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/edit/pieces", test_pieces);
  g_test_add_func ("/edit/fill-holes", test_fill_holes);
  g_test_add_func ("/edit/fill-long-hole", test_fill_long_hole);
  g_test_add_func ("/edit/report-finds-faults", test_report_finds_faults);
  g_test_add_func ("/edit/large-fan", test_large_fan);
  return g_test_run ();
}
