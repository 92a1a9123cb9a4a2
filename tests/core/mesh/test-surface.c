/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>
#include <math.h>

#include "core/base/error.h"
#include "core/mesh/surface.h"

static const double tetra_points[] = { 100, 0, 0, 101, 0, 0, 100, 1, 0, 100, 0, 1 };
static const gint32 tetra_triangles[] = { 0, 2, 1, 0, 1, 3, 0, 3, 2, 1, 2, 3 };

static void
test_tetrahedron (void)
{
  g_autoptr (WillisSurface) s = willis_surface_new_copy (tetra_points, 4, tetra_triangles, 4);
  g_autofree double *normals = willis_surface_point_normals (s);
  double box[6];

  g_assert_true (willis_surface_check (s, NULL));
  g_assert_cmpfloat_with_epsilon (willis_surface_volume_mm3 (s), 1.0 / 6.0, 1e-12);
  g_assert_cmpfloat_with_epsilon (willis_surface_area_mm2 (s), 1.5 + 0.8660254037844386, 1e-12);
  willis_surface_bounds (s, box);
  g_assert_cmpfloat (box[3], ==, 101);
  g_assert_cmpfloat (normals[0], <, 0); // outward at the corner
}

static void
test_offset (void)
{
  g_autoptr (WillisSurface) s = willis_surface_new_copy (tetra_points, 4, tetra_triangles, 4);
  g_autoptr (WillisSurface) grown = willis_surface_offset (s, 0.1);
  g_autoptr (WillisSurface) same = willis_surface_offset (s, 0.0);

  g_assert_cmpfloat (willis_surface_volume_mm3 (grown), >, willis_surface_volume_mm3 (s));
  g_assert_cmpfloat_with_epsilon (willis_surface_points (grown)[0], 100 - 0.1 / sqrt (3.0), 1e-9); // the corner's diagonal
  g_assert_cmpstr (willis_surface_digest (same), ==, willis_surface_digest (s));
}

static void
test_check_refuses (void)
{
  const gint32 bad[] = { 0, 1, 4 };
  g_autoptr (WillisSurface) s = willis_surface_new_copy (tetra_points, 4, bad, 1);
  g_autoptr (GError) error = NULL;

  g_assert_false (willis_surface_check (s, &error));
  g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_BAD_INPUT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/surface/tetrahedron", test_tetrahedron);
  g_test_add_func ("/surface/offset", test_offset);
  g_test_add_func ("/surface/check-refuses", test_check_refuses);
  return g_test_run ();
}
