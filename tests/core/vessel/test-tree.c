/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>
#include <math.h>

#include "core/base/error.h"
#include "core/base/parallel.h"
#include "core/num/vec3.h"
#include "core/vessel/segmentation.h"
#include "core/vessel/tree.h"
#include "tests/core/vessel/shape.h"

/* Two branches in a row along x, each of 3 points 1 mm apart. */
static WillisTree *
make_tree (double radius)
{
  WillisTreeNode *nodes = g_new0 (WillisTreeNode, 3);
  WillisBranch *branches = g_new0 (WillisBranch, 2);

  for (int n = 0; n < 3; n++)
    {
      nodes[n].lps_mm[0] = 2.0 * n;
      nodes[n].degree = n == 1 ? 2 : 1;
    }
  for (int n = 0; n < 2; n++)
    {
      WillisBranch *b = branches + n;

      b->node[0] = n;
      b->node[1] = n + 1;
      b->name = n == 0 ? g_strdup ("ICA left") : NULL;
      b->n_points = 3;
      b->points_lps_mm = g_new0 (double, 9);
      b->radius_mm = g_new0 (double, 3);
      for (int i = 0; i < 3; i++)
        {
          b->points_lps_mm[3 * i] = 2.0 * n + i;
          b->radius_mm[i] = radius;
        }
    }
  return willis_tree_new_take (nodes, 3, branches, 2);
}

static void
test_container (void)
{
  g_autoptr (WillisTree) tree = make_tree (1.0);
  g_autoptr (WillisTree) other = make_tree (1.0);
  g_autoptr (WillisTree) thick = make_tree (1.5);
  const double near[3] = { 3.2, 2.0, 0.0 };
  int branch = -1;
  gsize point = 0;
  double distance = 0.0;

  g_assert_true (willis_tree_check (tree, NULL));
  g_assert_cmpfloat (willis_tree_branch (tree, 1)->length_mm, ==, 2.0);
  g_assert_true (willis_tree_nearest (tree, near, &branch, &point, &distance));
  g_assert_cmpint (branch, ==, 1);
  g_assert_cmpuint (point, ==, 1);
  g_assert_cmpfloat_with_epsilon (distance, sqrt (0.04 + 4.0), 1e-12);
  g_assert_cmpstr (willis_tree_digest (tree), ==, willis_tree_digest (other));
  g_assert_cmpstr (willis_tree_digest (tree), !=, willis_tree_digest (thick));
}

static void
test_check_refuses (void)
{
  g_autoptr (WillisTree) tree = make_tree (0.0);
  g_autoptr (WillisTree) empty = willis_tree_new_take (NULL, 0, NULL, 0);
  g_autoptr (GError) error = NULL;
  const double origin[3] = { 0 };

  g_assert_false (willis_tree_check (tree, &error));
  g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_BAD_INPUT);
  g_assert_true (willis_tree_check (empty, NULL));
  g_assert_false (willis_tree_nearest (empty, origin, NULL, NULL, NULL));
}

/* A tube of the given radius around centre line f (t), t = 0 .. 1; ring: closed on itself; capped: flat caps. */
typedef void (*CurveFunc) (double t, double out[3]);

typedef struct
{
  GArray *points, *triangles;
} Mesh;

static Mesh
mesh_new (void)
{
  return (Mesh){ g_array_new (FALSE, FALSE, sizeof (double)), g_array_new (FALSE, FALSE, sizeof (gint32)) };
}

static WillisSurface *
mesh_finish (Mesh m)
{
  gsize n_points = m.points->len / 3, n_triangles = m.triangles->len / 3;

  return willis_surface_new_take ((double *) (void *) g_array_free (m.points, FALSE), n_points,
                                  (gint32 *) (void *) g_array_free (m.triangles, FALSE), n_triangles);
}

static void
add_triangle (Mesh m, gint32 a, gint32 b, gint32 c)
{
  const gint32 v[3] = { a, b, c };

  g_array_append_vals (m.triangles, v, 3);
}

static void
add_tube (Mesh m, CurveFunc f, double radius, int along, int around, gboolean ring, gboolean capped)
{
  gint32 base = (gint32) (m.points->len / 3);
  double u[3] = { 0.36, 0.48, 0.8 }, q[3];

  for (int i = 0; i <= along - (ring ? 1 : 0); i++)
    {
      double p[3], a[3], b[3], t[3], v[3];

      f ((double) i / along, p);
      f ((double) i / along - 1e-5, a);
      f ((double) i / along + 1e-5, b);
      vec3_sub (t, b, a);
      vec3_normalize (t);
      vec3_axpy (u, u, -vec3_dot (u, t), t);
      vec3_normalize (u);
      vec3_cross (v, t, u);
      for (int k = 0; k < around; k++)
        {
          vec3_axpy (q, p, radius * cos (2.0 * G_PI * k / around), u);
          vec3_axpy (q, q, radius * sin (2.0 * G_PI * k / around), v);
          g_array_append_vals (m.points, q, 3);
        }
    }
  for (int i = 0; i < along; i++)
    for (int k = 0; k < around; k++)
      {
        gint32 a = base + i * around, b = base + (ring ? (i + 1) % along : i + 1) * around;
        int l = (k + 1) % around;

        add_triangle (m, a + k, a + l, b + l);
        add_triangle (m, a + k, b + l, b + k);
      }
  for (int e = 0; capped && e < 2; e++)
    {
      gint32 rim = base + (e == 0 ? 0 : along * around), centre = (gint32) (m.points->len / 3);

      f (e, q);
      g_array_append_vals (m.points, q, 3);
      for (int k = 0; k < around; k++)
        if (e == 0)
          add_triangle (m, centre, rim + (k + 1) % around, rim + k);
        else
          add_triangle (m, centre, rim + k, rim + (k + 1) % around);
    }
}

static void
add_sphere (Mesh m, const double centre[3], double radius, int n)
{
  gint32 base = (gint32) (m.points->len / 3);

  for (int i = 0; i <= n; i++)
    for (int k = 0; k < 2 * n; k++)
      {
        double a = G_PI * i / n, b = G_PI * k / n;
        double q[3] = { centre[0] + radius * sin (a) * cos (b), centre[1] + radius * sin (a) * sin (b),
                        centre[2] + radius * cos (a) };

        if ((i > 0 && i < n) || k == 0)
          g_array_append_vals (m.points, q, 3);
      }
#define AT(i, k) (base + ((i) == 0 ? 0 : (i) == n ? 1 + (n - 1) * 2 * n : 1 + ((i) - 1) * 2 * n + (k) % (2 * n)))
  for (int i = 0; i < n; i++)
    for (int k = 0; k < 2 * n; k++)
      {
        if (i > 0)
          add_triangle (m, AT (i, k), AT (i + 1, k), AT (i, k + 1));
        if (i < n - 1)
          add_triangle (m, AT (i, k + 1), AT (i + 1, k), AT (i + 1, k + 1));
      }
#undef AT
}

static void
line (double t, double out[3])
{
  vec3_set (out, 5.0 + 12.0 * t, 3.0 + 16.0 * t, -4.0);
}

static void
circle (double t, double out[3])
{
  vec3_set (out, 8.0 * cos (2.0 * G_PI * t), 8.0 * sin (2.0 * G_PI * t), 40.0);
}

static void
helix (double t, double out[3])
{
  vec3_set (out, 5.0 * cos (4.0 * G_PI * t), 5.0 * sin (4.0 * G_PI * t), 20.0 * t);
}

static WillisTree *
extract (WillisSurface *surface)
{
  g_autoptr (GError) error = NULL;
  WillisTree *tree = willis_tree_extract (surface, NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_true (willis_tree_check (tree, &error));
  g_assert_no_error (error);
  return tree;
}

static void
assert_radii (const WillisBranch *b, double radius, double tolerance)
{
  for (gsize i = 0; i < b->n_points; i++)
    g_assert_cmpfloat_with_epsilon (b->radius_mm[i], radius, tolerance);
}

/* Facets of 48 around a circle cut off 0.002 of the radius; a tenth of the point distance for the search. */
static void
test_tube (gconstpointer capped)
{
  Mesh m = mesh_new ();
  g_autoptr (WillisSurface) surface = NULL;
  g_autoptr (WillisTree) tree = NULL;

  add_tube (m, line, 2.0, 60, 48, FALSE, GPOINTER_TO_INT (capped));
  surface = mesh_finish (m);
  tree = extract (surface);
  g_assert_cmpuint (willis_tree_n_branches (tree), ==, 1);
  g_assert_cmpuint (willis_tree_n_nodes (tree), ==, 2);
  assert_radii (willis_tree_branch (tree, 0), 2.0, 0.01);
  g_assert_cmpfloat_with_epsilon (willis_tree_branch (tree, 0)->length_mm, 20.0, 0.05);
  for (gsize i = 0; i < willis_tree_branch (tree, 0)->n_points; i++)
    {
      double d[3], t[3] = { 0.6, 0.8, 0.0 }, start[3];

      line (0.0, start);
      vec3_sub (d, willis_tree_branch (tree, 0)->points_lps_mm + 3 * i, start);
      vec3_axpy (d, d, -vec3_dot (d, t), t);
      g_assert_cmpfloat (vec3_norm (d), <, 0.02);
    }
}

/* Closed ring: length 16 pi, maximal inscribed radius 2 (methods D8: within 0.05 of a 0.2 mm voxel). */
static void
test_torus (void)
{
  Mesh m = mesh_new ();
  g_autoptr (WillisSurface) surface = NULL;
  g_autoptr (WillisTree) tree = NULL;
  const WillisBranch *b;

  add_tube (m, circle, 2.0, 200, 60, TRUE, FALSE);
  surface = mesh_finish (m);
  g_assert_cmpfloat_with_epsilon (willis_surface_volume_mm3 (surface), 2.0 * G_PI * G_PI * 8.0 * 4.0, 2.0);
  tree = extract (surface);
  g_assert_cmpuint (willis_tree_n_branches (tree), ==, 1);
  b = willis_tree_branch (tree, 0);
  g_assert_cmpint (b->node[0], ==, b->node[1]);
  g_assert_cmpfloat_with_epsilon (b->length_mm, 16.0 * G_PI, 0.05);
  assert_radii (b, 2.0, 0.01);
}

/* Two turns, R = 5, rise 10 mm a turn: length 2 sqrt ((2 pi 5)^2 + 10^2). */
static void
test_helix (void)
{
  Mesh m = mesh_new ();
  g_autoptr (WillisSurface) surface = NULL;
  g_autoptr (WillisTree) tree = NULL;
  const WillisBranch *b;

  add_tube (m, helix, 1.2, 300, 36, FALSE, TRUE);
  surface = mesh_finish (m);
  tree = extract (surface);
  g_assert_cmpuint (willis_tree_n_branches (tree), ==, 1);
  b = willis_tree_branch (tree, 0);
  for (gsize i = 0; i < b->n_points; i++) // the last bend before a cut end is run on straight
    {
      double from_end = MIN (b->abscissa_mm[i], b->length_mm - b->abscissa_mm[i]);

      g_assert_cmpfloat_with_epsilon (b->radius_mm[i], 1.2, from_end > 3.6 ? 0.015 : 0.035);
    }
  g_assert_cmpfloat_with_epsilon (willis_tree_branch (tree, 0)->length_mm,
                                  2.0 * sqrt (100.0 * G_PI * G_PI + 100.0), 0.15);
}

/* Several pieces: a tube, a sphere (one point, its radius), a speck of four tiny triangles, a lone triangle. */
static void
test_pieces (void)
{
  Mesh m = mesh_new ();
  const double ball[3] = { 30.0, 0.0, 0.0 };
  const double more[] = { 50, 0, 0, 50.01, 0, 0, 50, 0.01, 0, 50, 0, 0.01, 60, 0, 0, 61, 0, 0, 60, 1, 0 };
  g_autoptr (WillisSurface) surface = NULL;
  g_autoptr (WillisTree) tree = NULL;
  gint32 base;

  add_tube (m, line, 1.5, 40, 32, FALSE, TRUE);
  add_sphere (m, ball, 3.0, 40);
  base = (gint32) (m.points->len / 3);
  g_array_append_vals (m.points, more, 21);
  add_triangle (m, base, base + 2, base + 1);
  add_triangle (m, base, base + 1, base + 3);
  add_triangle (m, base, base + 3, base + 2);
  add_triangle (m, base + 1, base + 2, base + 3);
  add_triangle (m, base + 4, base + 5, base + 6);
  surface = mesh_finish (m);
  tree = extract (surface);
  g_assert_cmpuint (willis_tree_n_branches (tree), ==, 4);
  for (gsize n = 0; n < 4; n++)
    {
      const WillisBranch *b = willis_tree_branch (tree, n);

      g_assert_cmpint (b->component, ==, (int) n);
      g_assert_cmpint (willis_tree_node (tree, b->node[0])->degree, ==, b->n_points > 1 ? 1 : 0);
    }
  g_assert_cmpfloat_with_epsilon (willis_tree_branch (tree, 0)->length_mm, 20.0, 0.05);
  g_assert_cmpuint (willis_tree_branch (tree, 1)->n_points, ==, 1);
  g_assert_cmpfloat_with_epsilon (willis_tree_branch (tree, 1)->radius_mm[0], 3.0, 0.02);
  g_assert_cmpfloat (vec3_dist (willis_tree_branch (tree, 1)->points_lps_mm, ball), <, 0.05);
  g_assert_cmpuint (willis_tree_branch (tree, 2)->n_points, ==, 1);
  g_assert_cmpuint (willis_tree_branch (tree, 3)->n_points, ==, 1);
}

/* A stem that forks: three branches, one node where three meet, near the true fork; radii of the limbs. The mesh has
 * edges of 0.4 mm, so radii are good to a twentieth of that. */
static void
test_fork (void)
{
  const SceneTube parts[] = { { { 14, 14, -5 }, { 14, 14, 14 }, 2.0 },
                              { { 14, 14, 14 }, { 4, 14, 34 }, 1.5 },
                              { { 14, 14, 14 }, { 24, 14, 34 }, 1.5 } };
  const double centre[3] = { 14, 14, 14 };
  g_autoptr (WillisSurface) surface = shape_surface (parts, 3, 70, 0.4);
  g_autoptr (WillisTree) tree = extract (surface);
  int forks = 0, ends = 0;

  g_assert_cmpuint (willis_tree_n_branches (tree), ==, 3);
  for (gsize n = 0; n < willis_tree_n_nodes (tree); n++)
    {
      const WillisTreeNode *node = willis_tree_node (tree, n);

      ends += node->degree == 1;
      forks += node->degree == 3;
      if (node->degree == 3)
        g_assert_cmpfloat (vec3_dist (node->lps_mm, centre), <, 2.0);
    }
  g_assert_cmpint (forks, ==, 1);
  g_assert_cmpint (ends, ==, 3);
  /* the stem is the thickest end, so it is the root and comes first */
  for (gsize n = 0; n < 3; n++)
    {
      const WillisBranch *b = willis_tree_branch (tree, n);

      g_assert_cmpfloat_with_epsilon (b->radius_mm[b->n_points / 2], n == 0 ? 2.0 : 1.5, 0.03);
    }
}

/* A thin artery leaves a thick one by its side: their node lies in the thick one, which runs by it without a narrowing,
 * whichever of their ends the paths run to. */
static void
test_thin_branch (void)
{
  const SceneTube parts[] = { { { 9, 14, -5 }, { 9, 14, 33 }, 2.0 },
                              { { 9, 14, 13 }, { 20, 14, 9 }, 0.6 },
                              { { 20, 14, 9 }, { 22, 14, 24 }, 0.6 } };
  g_autoptr (WillisSurface) surface = shape_surface (parts, 3, 70, 0.4);
  g_autoptr (WillisTree) tree = extract (surface);
  int forks = 0;

  for (gsize n = 0; n < willis_tree_n_nodes (tree); n++)
    {
      const WillisTreeNode *node = willis_tree_node (tree, n);
      const double on_axis[3] = { 9, 14, node->lps_mm[2] };

      if (node->degree < 3)
        continue;
      forks++;
      g_assert_cmpfloat (vec3_dist (node->lps_mm, on_axis), <, 0.6);
    }
  g_assert_cmpint (forks, ==, 1);
  for (gsize b = 0; b < willis_tree_n_branches (tree); b++)
    {
      const WillisBranch *branch = willis_tree_branch (tree, b);

      for (gsize i = 0; i < branch->n_points && branch->radius_mm[branch->n_points / 2] > 1.0; i++)
        if (branch->points_lps_mm[3 * i + 2] > 3.0 && branch->points_lps_mm[3 * i + 2] < 24.0)
          g_assert_cmpfloat (branch->radius_mm[i], >, 1.8);
    }
}

static void
test_empty_and_cancelled (void)
{
  g_autoptr (WillisSurface) empty = willis_surface_new_take (NULL, 0, NULL, 0);
  g_autoptr (WillisSurface) surface = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  WillisProgress progress = WILLIS_PROGRESS_INIT;
  Mesh m = mesh_new ();

  g_assert_null (willis_tree_extract (empty, NULL, NULL, &error));
  g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_BAD_INPUT);
  g_clear_error (&error);
  add_tube (m, line, 1.5, 40, 32, FALSE, TRUE);
  surface = mesh_finish (m);
  progress.cancellable = cancellable;
  g_cancellable_cancel (cancellable);
  g_assert_null (willis_tree_extract (surface, NULL, &progress, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* Two arteries around a short piece in which they meet, and a third that comes into the middle of it: two loops, whose
 * fronts meet a few radii from each other. All pieces must be there. */
static void
test_two_loops (void)
{
  const SceneTube parts[] = {
    { { -4, 16, 16 }, { 6, 16, 16 }, 1.4 },  // in
    { { 6, 16, 16 }, { 16, 27, 16 }, 1.4 },  // above, with a branch out of the picture half way
    { { 16, 27, 16 }, { 26, 18.5, 16 }, 1.4 },
    { { 16, 27, 16 }, { 16, 40, 16 }, 1.0 },
    { { 6, 16, 16 }, { 16, 5, 16 }, 1.4 },   // below, alike
    { { 16, 5, 16 }, { 26, 13.5, 16 }, 1.4 },
    { { 16, 5, 16 }, { 16, -8, 16 }, 1.0 },
    { { 26, 13.5, 16 }, { 26, 18.5, 16 }, 1.4 }, // the short piece
    { { 1, 16, 16 }, { 16, 16, 24 }, 1.0 },      // the third, by way of a detour, and on out of the picture
    { { 16, 16, 24 }, { 26, 16, 16 }, 1.0 },
    { { 26, 16, 16 }, { 40, 16, 16 }, 1.0 },
  };
  const double places[][3] = { { 26, 14.4, 16 }, { 26, 17.6, 16 }, { 11, 21.5, 16 }, { 11, 10.5, 16 }, { 13, 16, 22.4 } };
  g_autoptr (WillisSurface) surface = shape_surface (parts, G_N_ELEMENTS (parts), 64, 0.5);
  g_autoptr (WillisTree) tree = extract (surface);

  for (gsize i = 0; i < G_N_ELEMENTS (places); i++)
    {
      double away;

      g_assert_true (willis_tree_nearest (tree, places[i], NULL, NULL, &away));
      g_assert_cmpfloat (away, <, 0.8);
    }
  g_assert_cmpuint (willis_tree_n_branches (tree) + 1 - willis_tree_n_nodes (tree), ==, 2);
}

static void
test_threads (void)
{
  Mesh m = mesh_new ();
  g_autoptr (WillisSurface) surface = NULL;
  g_autofree char *first = NULL;

  add_tube (m, helix, 1.2, 200, 24, FALSE, FALSE);
  surface = mesh_finish (m);
  for (int threads = 1; threads <= 5; threads += 2)
    {
      g_autoptr (WillisTree) tree = NULL;

      willis_parallel_set_threads (threads);
      tree = extract (surface);
      if (first == NULL)
        first = g_strdup (willis_tree_digest (tree));
      g_assert_cmpstr (first, ==, willis_tree_digest (tree));
    }
  willis_parallel_set_threads (0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tree/container", test_container);
  g_test_add_func ("/tree/check-refuses", test_check_refuses);
  g_test_add_data_func ("/tree/tube/open", GINT_TO_POINTER (FALSE), test_tube);
  g_test_add_data_func ("/tree/tube/capped", GINT_TO_POINTER (TRUE), test_tube);
  g_test_add_func ("/tree/torus", test_torus);
  g_test_add_func ("/tree/helix", test_helix);
  g_test_add_func ("/tree/fork", test_fork);
  g_test_add_func ("/tree/thin-branch", test_thin_branch);
  g_test_add_func ("/tree/pieces", test_pieces);
  g_test_add_func ("/tree/empty-and-cancelled", test_empty_and_cancelled);
  g_test_add_func ("/tree/two-loops", test_two_loops);
  g_test_add_func ("/tree/threads", test_threads);
  return g_test_run ();
}
