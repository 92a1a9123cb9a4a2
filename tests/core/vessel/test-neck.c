/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finding necks on the AneuRisk arteries from a seed in the sac, against the neck curves of the data set. A few
 * cases, so that the test stays short; the bounds are what the method reaches on all
 * (core/vessel/README-morphology.md). Skipped where the data are absent.
 */
#include <glib.h>
#include <math.h>
#include <string.h>
#include <stdlib.h>

#include "core/base/error.h"
#include "core/mesh/rims.h"
#include "core/vessel/alongside.h"
#include "core/vessel/aneurysm.h"
#include "core/vessel/artery-tubes.h"
#include "core/vessel/neck-foot.h"
#include "core/vessel/sac-doubt.h"
#include "core/vessel/segmentation.h"
#include "core/vessel/touching.h"
#include "tests/core/vessel/shape.h"
#include "tests/support/aneurisk.h"
#include "tests/support/centrelines.h"
#include "tests/support/shapes.h"

static double
mean_distance (const double *a, gsize n, const double *b, gsize m)
{
  double sum = 0.0;

  for (gsize i = 0; i < n; i++)
    {
      double best = G_MAXDOUBLE, d[3];

      for (gsize k = 0; k < m; k++)
        {
          vec3_sub (d, b + 3 * k, a + 3 * i);
          best = MIN (best, vec3_norm2 (d));
        }
      sum += sqrt (best) / (double) n;
    }
  return sum;
}

/* Mean distance of the found neck curve to the reference, mm; NaN without data. direction: of the grid that a tree of
 * our own is found on, NULL: the surface's axes. */
static double
one_case (const char *id, gboolean with_tree, const double *direction)
{
  g_autofree char *name = g_strconcat (id, ".vtk", NULL);
  g_autofree char *surface_path = aneurisk_file ("isolated", name), *neck_path = aneurisk_file ("necks", name),
                  *tree_path = aneurisk_file ("centrelines", name);
  g_autoptr (WillisSurface) surface = NULL;
  g_autoptr (WillisTree) tree = NULL;
  g_autoptr (GArray) necks = NULL;
  g_autoptr (WillisAneurysm) reference = NULL, aneurysm = NULL;
  g_autoptr (GError) error = NULL;
  const WillisPolyline *line;
  const double *curve;
  WillisNeck neck;
  gsize n;

  if (!g_file_test (surface_path, G_FILE_TEST_EXISTS))
    return NAN;
  surface = willis_surface_parse (surface_path, &error);
  g_assert_no_error (error);
  tree = with_tree ? centreline_tree (tree_path, &error) : NULL;
  g_assert_no_error (error);
  if (tree != NULL)
    g_assert_true (willis_tree_check (tree, NULL));
  necks = willis_polylines_parse (neck_path, &error);
  g_assert_no_error (error);
  line = &g_array_index (necks, WillisPolyline, 0);
  reference = willis_aneurysm_isolate_curve (surface, NULL, line->points_lps_mm, line->n, NULL, -1.0, NULL, &error);
  g_assert_no_error (error);
  if (!willis_neck_find (surface, tree, willis_aneurysm_neck (reference)->dome_lps_mm, 0.0, direction, NULL, &neck,
                         &error))
    return G_MAXDOUBLE;
  aneurysm = willis_aneurysm_isolate (surface, tree, &neck, -1.0, NULL, &error);
  g_assert_no_error (error); // a neck that is found can always be cut along
  curve = willis_aneurysm_neck_curve (aneurysm, &n);
  return 0.5
         * (mean_distance (curve, n, line->points_lps_mm, line->n)
            + mean_distance (line->points_lps_mm, line->n, curve, n));
}

static int
compare (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static void
check_cases (const char *const *ids, int n_ids, gboolean with_tree, const double *direction)
{
  g_autofree double *distance = g_new (double, n_ids);
  int n = 0, near = 0;

  for (int i = 0; i < n_ids; i++)
    {
      double d = one_case (ids[i], with_tree, direction);

      if (isnan (d))
        continue;
      g_test_message ("%s: %.2f mm", ids[i], d);
      distance[n++] = d;
      near += d < 0.5;
    }
  if (n == 0)
    {
      g_test_skip ("no AneuRisk data");
      return;
    }
  qsort (distance, (gsize) n, sizeof (double), compare);
  g_assert_cmpfloat (distance[n / 2], <, 0.35);
  g_assert_cmpint (near * 10, >=, n * 9);
}

static void
test_aneurisk (void)
{
  static const char *const ids[] = { "C0005", "C0015", "C0023", "C0045", "C0061", "C0071", "C0079" };

  check_cases (ids, G_N_ELEMENTS (ids), TRUE, NULL);
}

/* A side branch leaves the sac (C0007, C0031), a small wide sac (C0073), a fork (C0053): with the tree made here. */
static void
test_own_tree (void)
{
  static const char *const ids[] = { "C0007", "C0031", "C0053", "C0073" };

  check_cases (ids, G_N_ELEMENTS (ids), FALSE, NULL);
}

/* The same with the grid of the tree turned. Then the centreline of a thin artery stops short of its rim (C0001), and
 * the planes that leap from the artery to the sac do so at other levels (C0021, C0027), or an artery counts as a side
 * branch, below which the neck would be wider (C0091). */
static void
test_turned_tree (void)
{
  static const char *const ids[] = { "C0001", "C0021", "C0027", "C0091" };
  double direction[9] = { -0.630, 0.895, -0.359, 0.863, -0.031, -0.691 }, *x = direction, *y = direction + 3; // drawn

  vec3_normalize (x);
  vec3_axpy (y, y, -vec3_dot (x, y), x);
  vec3_normalize (y);
  vec3_cross (direction + 6, x, y);
  check_cases (ids, G_N_ELEMENTS (ids), FALSE, direction);
}

/* A lone ball is no sac on an artery: nothing parts it. */
static void
test_refuses (void)
{
  double tube[41][2], seed[3] = { 1.0, 0, 0 };
  g_autoptr (WillisSurface) artery = NULL;
  g_autoptr (WillisSurface) nothing = willis_surface_new_copy (NULL, 0, NULL, 0);
  GError *error = NULL;
  WillisNeck neck;

  for (int i = 0; i <= 40; i++)
    {
      tube[i][0] = 2.0;
      tube[i][1] = 0.5 * i - 10.0;
    }
  artery = shape_turned ((const double (*)[2]) tube, 41, 48);
  g_assert_false (willis_neck_find (artery, NULL, seed, 0.0, NULL, NULL, &neck, &error)); // an artery without a sac
  g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_FAILED);
  g_clear_error (&error);
  g_assert_false (willis_neck_find (nothing, NULL, seed, 0.0, NULL, NULL, &neck, &error));
  g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_FAILED);
  g_clear_error (&error);
}

/* The sac found from its middle; the lumen parted from what touches it into parted (may be NULL). */
static WillisAneurysm *
find_sac (const SceneTube *parts, int n, const double middle[3], WillisSurface **parted)
{
  g_autoptr (WillisSurface) lumen = shape_surface (parts, n, 64, 0.5);
  g_autoptr (GError) error = NULL;
  g_autoptr (WillisTree) tree = willis_tree_extract (lumen, NULL, NULL, &error);
  WillisAneurysm *sac;
  WillisNeck neck;

  g_assert_no_error (error);
  g_assert_true (willis_neck_find (lumen, tree, middle, 0.0, NULL, NULL, &neck, &error));
  *parted = willis_part_touching (lumen, tree, middle, &neck);
  sac = willis_aneurysm_isolate (lumen, tree, &neck, -1.0, NULL, &error);
  g_assert_no_error (error);
  return sac;
}

/* A ball of 5 mm radius on the side of a tube, the first two parts, is measured the same alone and with the others,
 * which touch it. */
static void
check_touched (const SceneTube *parts, int n)
{
  const double middle[3] = { 12.4, 16, 16 };
  g_autoptr (WillisSurface) none = NULL;
  g_autoptr (WillisSurface) parted = NULL;
  g_autoptr (WillisAneurysm) alone = find_sac (parts, 2, middle, &none);
  g_autoptr (WillisAneurysm) touched = find_sac (parts, n, middle, &parted);
  const WillisMorphology *a = willis_aneurysm_morphology (alone), *b = willis_aneurysm_morphology (touched);

  g_assert_null (none);
  g_assert_nonnull (parted);
  g_assert_true (willis_surface_check (parted, NULL));
  g_assert_cmpfloat_with_epsilon (b->index[WILLIS_INDEX_VOLUME].value / a->index[WILLIS_INDEX_VOLUME].value, 1.0, 0.03);
  g_assert_cmpfloat_with_epsilon (b->index[WILLIS_INDEX_WIDTH].value, a->index[WILLIS_INDEX_WIDTH].value, 0.3);
  g_assert_cmpfloat_with_epsilon (b->index[WILLIS_INDEX_NECK_DIAMETER].value,
                                  a->index[WILLIS_INDEX_NECK_DIAMETER].value, 0.3);
  g_assert_cmpfloat (
      vec3_dist (willis_aneurysm_neck (touched)->centre_lps_mm, willis_aneurysm_neck (alone)->centre_lps_mm), <, 0.4);
}

/* Another artery across its top, whose axis is so many tenths of a millimetre above the ball: it lies in it by most of
 * its radius, or beside it, but joined by a waist, as blur joins what hardly touches. */
static void
test_touching (gconstpointer data)
{
  const double above = 17.4 + 0.1 * GPOINTER_TO_INT (data);
  const SceneTube parts[] = { { { 6, 16, -5 }, { 6, 16, 40 }, 2.0 },
                              { { 12.4, 16, 16 }, { 12.4, 16, 16 }, 5.0 },
                              { { above, -5, 16 }, { above, 40, 16 }, 1.1 },
                              { { 16.4, 16, 16 }, { above, 16, 16 }, 0.45 } };

  check_touched (parts, 4);
}

/* One low on its side: of the wall between it and the neck little stands out of both tubes, and farther out the contact
 * and the neck are one hole. */
static void
test_touching_low (void)
{
  const SceneTube parts[] = { { { 6, 16, -5 }, { 6, 16, 40 }, 2.0 },
                              { { 12.4, 16, 16 }, { 12.4, 16, 16 }, 5.0 },
                              { { 8.4, 19.9, -5 }, { 8.4, 19.9, 40 }, 1.1 } };

  check_touched (parts, 3);
}

/* The middle of a tube of the scene that is nearest to a point, and how far that is. */
static double
off_axes (const SceneTube *parts, const int *arteries, int n, const double point[3], double *radius)
{
  double least = INFINITY;

  for (int k = 0; k < n; k++)
    {
      SceneTube axis = parts[arteries[k]];
      double off;

      axis.radius = 0.0;
      off = scene_distance (&axis, point);
      if (off >= least)
        continue;
      least = off;
      *radius = parts[arteries[k]].radius;
    }
  return least;
}

/* The centrelines of what touches a sac keep to the arteries' own courses, and are as wide: those of them that are
 * found in the whole lumen lead through the sac. */
static void
check_courses (const SceneTube *parts, int n_parts, const int *arteries, int n)
{
  g_autoptr (WillisSurface) lumen = shape_surface (parts, n_parts, 64, 0.5);
  g_autoptr (GError) error = NULL;
  g_autoptr (WillisTree) tree = willis_tree_extract_apart (lumen, NULL, NULL, &error);
  g_autoptr (WillisAneurysm) sac = NULL;
  double length = 0.0, whole = 0.0;
  WillisNeck neck;

  g_assert_no_error (error);
  g_assert_cmpuint (willis_tree_n_branches (tree), ==, (guint) n);
  for (int b = 0; b < n; b++)
    {
      const WillisBranch *branch = willis_tree_branch (tree, (gsize) b);

      length += branch->length_mm;
      whole += 32.0; // of the scene
      for (gsize i = 0; i < branch->n_points; i++)
        {
          double radius = 0.0;

          g_assert_cmpfloat (off_axes (parts, arteries, n, branch->points_lps_mm + 3 * i, &radius), <, 0.25);
          g_assert_cmpfloat_with_epsilon (branch->radius_mm[i], radius, 0.15);
        }
    }
  g_assert_cmpfloat_with_epsilon (length, whole, 0.5);
  g_assert_true (willis_neck_find (lumen, tree, parts[1].a, 0.0, NULL, NULL, &neck, &error));
  sac = willis_aneurysm_isolate (lumen, tree, &neck, -1.0, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat_with_epsilon (willis_aneurysm_morphology (sac)->index[WILLIS_INDEX_PARENT_DIAMETER].value,
                                  2.0 * parts[0].radius, 0.1);
}

static void
test_courses (void)
{
  const int two[] = { 0, 2 }, three[] = { 0, 2, 4 };

  for (int above = 2; above <= 13; above += 11)
    {
      const double x = 17.4 + 0.1 * above;
      const SceneTube parts[] = { { { 6, 16, -5 }, { 6, 16, 40 }, 2.0 },
                                  { { 12.4, 16, 16 }, { 12.4, 16, 16 }, 5.0 },
                                  { { x, -5, 16 }, { x, 40, 16 }, 1.1 },
                                  { { 16.4, 16, 16 }, { x, 16, 16 }, 0.45 },
                                  { { 13.4, 22, -5 }, { 13.4, 22, 40 }, 1.5 } };

      check_courses (parts, 4, two, 2);
      check_courses (parts, 5, three, 3);
    }
}

/* Where the tree of the whole leads through the sac, that is said; of the arteries' own tree nothing is. */
static void
test_courses_through (void)
{
  const SceneTube parts[] = { { { 6, 16, -5 }, { 6, 16, 40 }, 2.0 },
                              { { 12.4, 16, 16 }, { 12.4, 16, 16 }, 5.0 },
                              { { 18.7, -5, 16 }, { 18.7, 40, 16 }, 1.1 },
                              { { 16.4, 16, 16 }, { 18.7, 16, 16 }, 0.45 } };
  g_autoptr (WillisSurface) lumen = shape_surface (parts, 4, 64, 0.5);

  for (int k = 0; k < 2; k++)
    {
      g_autoptr (WillisTree) tree = k == 0 ? willis_tree_extract (lumen, NULL, NULL, NULL)
                                           : willis_tree_extract_apart (lumen, NULL, NULL, NULL);
      g_autoptr (WillisAneurysm) sac = NULL;
      WillisNeck neck;

      g_assert_true (willis_neck_find (lumen, tree, parts[1].a, 0.0, NULL, NULL, &neck, NULL));
      sac = willis_aneurysm_isolate (lumen, tree, &neck, 0.1, NULL, NULL);
      g_assert_nonnull (sac);
      if (k == 0)
        g_assert_nonnull (strstr (willis_aneurysm_doubt (sac), "lead through the sac"));
      else
        g_assert_null (willis_aneurysm_doubt (sac));
    }
}

/* An artery that lies by half in a small sac, as long as its neck is wide: the tree of the whole hides the sac, which
 * is less than likely; of two rims as large the neck is that of the thicker artery. */
static void
test_courses_deep (void)
{
  const int two[] = { 0, 2 };
  const double x = 10.6 + 3.3 * cos (50.0 * G_PI / 180.0), y = 16.0 + 3.3 * sin (50.0 * G_PI / 180.0);
  const SceneTube parts[] = { { { 6, 16, -5 }, { 6, 16, 40 }, 2.0 },
                              { { 10.6, 16, 16 }, { 10.6, 16, 16 }, 3.2 },
                              { { x, y, -5 }, { x, y, 40 }, 1.1 } };

  check_courses (parts, 3, two, 2);
}

/* Where nothing touches a sac the tree is that of the whole lumen: of a sac at a side, and of one at a fork. */
static void
test_courses_kept (void)
{
  const SceneTube side[] = { { { 6, 16, -5 }, { 6, 16, 40 }, 2.0 }, { { 12.4, 16, 16 }, { 12.4, 16, 16 }, 5.0 } };
  const SceneTube fork[] = { { { 16, 16, -5 }, { 16, 16, 14 }, 1.8 },
                             { { 16, 16, 14 }, { 2, 16, 36 }, 1.4 },
                             { { 16, 16, 14 }, { 30, 16, 36 }, 1.4 },
                             { { 16, 16, 20 }, { 16, 16, 20 }, 4.5 } };

  for (int k = 0; k < 2; k++)
    {
      g_autoptr (WillisSurface) lumen = shape_surface (k == 0 ? side : fork, k == 0 ? 2 : 4, 64, 0.5);
      g_autoptr (WillisTree) tree = willis_tree_extract_apart (lumen, NULL, NULL, NULL);
      g_autoptr (WillisTree) whole = willis_tree_extract (lumen, NULL, NULL, NULL);

      g_assert_cmpstr (willis_tree_digest (tree), ==, willis_tree_digest (whole));
    }
}

/* A thin artery that comes from the same tube beside the neck and lies against the ball on its way. Before it is parted
 * from the ball, the lowest plane that cuts off the ball alone stands 1.2 mm too high: 5 % of the volume and 0.8 mm of
 * the height are lost, and the neck is 1.9 mm wider. Where it only leaves the tube nothing is parted. */
static void
test_alongside (void)
{
  const SceneTube parts[]
      = { { { 6, 16, -5 }, { 6, 16, 40 }, 2.0 },         { { 12.4, 16, 16 }, { 12.4, 16, 16 }, 5.0 },
          { { 6, 16, 17 }, { 8.2, 19.4, 17.8 }, 0.8 },   { { 8.2, 19.4, 17.8 }, { 10.5, 20.9, 18.4 }, 0.8 },
          { { 10.5, 20.9, 18.4 }, { 14, 26, 26 }, 0.8 }, { { 14, 26, 26 }, { 14, 40, 30 }, 0.8 } };
  const SceneTube off[] = { parts[0], parts[1], { { 6, 16, 19.4 }, { 6, 40, 26 }, 0.8 } };
  const double middle[3] = { 12.4, 16, 16 };
  g_autoptr (WillisSurface) none = NULL;
  g_autoptr (WillisSurface) lumen = shape_surface (parts, 6, 64, 0.5);
  g_autoptr (WillisSurface) other = shape_surface (off, 3, 64, 0.5);
  g_autoptr (WillisTree) tree = willis_tree_extract (lumen, NULL, NULL, NULL);
  g_autoptr (WillisTree) other_tree = willis_tree_extract (other, NULL, NULL, NULL);
  g_autoptr (WillisTree) left = NULL;
  g_autoptr (WillisSurface) parted = willis_part_alongside (lumen, tree, middle, &left);
  g_autoptr (WillisAneurysm) alone = find_sac (parts, 2, middle, &none);
  g_autoptr (WillisAneurysm) beside = find_sac (parts, 6, middle, &none);
  const WillisMorphology *a = willis_aneurysm_morphology (alone), *b = willis_aneurysm_morphology (beside);

  g_assert_nonnull (parted);
  g_assert_true (willis_surface_check (parted, NULL));
  g_assert_cmpuint (willis_tree_n_branches (left), ==, willis_tree_n_branches (tree) - 1);
  g_assert_true (willis_tree_check (left, NULL));
  g_assert_cmpfloat_with_epsilon (b->index[WILLIS_INDEX_VOLUME].value / a->index[WILLIS_INDEX_VOLUME].value, 1.0, 0.02);
  g_assert_cmpfloat_with_epsilon (b->index[WILLIS_INDEX_HEIGHT].value, a->index[WILLIS_INDEX_HEIGHT].value, 0.3);
  g_assert_cmpfloat_with_epsilon (b->index[WILLIS_INDEX_NECK_DIAMETER].value,
                                  a->index[WILLIS_INDEX_NECK_DIAMETER].value, 0.7);
  g_clear_pointer (&left, willis_tree_unref);
  g_assert_null (willis_part_alongside (other, other_tree, middle, &left));
  g_assert_null (left);
  g_assert_null (willis_part_alongside (lumen, NULL, middle, &left));
}

/* A thin artery that lies against the ball's foot from its root on: its centreline leads through the foot, not along
 * it. Parted along that, or not at all, the neck is tilted off it. */
static void
test_at_foot (void)
{
  const SceneTube parts[]
      = { { { 6, 16, -5 }, { 6, 16, 40 }, 2.0 },         { { 11.2, 16, 16 }, { 11.2, 16, 16 }, 3.6 },
          { { 6, 16, 12.4 }, { 8.2, 17.0, 12.8 }, 0.8 }, { { 8.2, 17.0, 12.8 }, { 9.2, 18.6, 13.0 }, 0.8 },
          { { 9.2, 18.6, 13.0 }, { 11, 24, 13 }, 0.8 },  { { 11, 24, 13 }, { 12, 40, 12 }, 0.8 } };
  const double middle[3] = { 11.2, 16, 16 };
  g_autoptr (WillisSurface) none = NULL;
  g_autoptr (WillisAneurysm) alone = find_sac (parts, 2, middle, &none);
  g_autoptr (WillisAneurysm) beside = find_sac (parts, 6, middle, &none);
  const WillisMorphology *a = willis_aneurysm_morphology (alone), *b = willis_aneurysm_morphology (beside);

  g_assert_cmpfloat_with_epsilon (b->index[WILLIS_INDEX_VOLUME].value / a->index[WILLIS_INDEX_VOLUME].value, 1.0, 0.02);
  g_assert_cmpfloat_with_epsilon (b->index[WILLIS_INDEX_HEIGHT].value, a->index[WILLIS_INDEX_HEIGHT].value, 0.2);
  g_assert_cmpfloat_with_epsilon (b->index[WILLIS_INDEX_NECK_DIAMETER].value,
                                  a->index[WILLIS_INDEX_NECK_DIAMETER].value, 0.3);
  g_assert_cmpfloat (vec3_dot (willis_aneurysm_neck (alone)->normal, willis_aneurysm_neck (beside)->normal), >, 0.99);
}

/* One that runs through the ball and leaves it farther out of the tube than any neck stands: it is no more than a round
 * hole in the ball, but parted from it. */
static void
test_through (void)
{
  const SceneTube parts[]
      = { { { 6, 16, -5 }, { 6, 16, 40 }, 2.0 },       { { 12.4, 16, 16 }, { 12.4, 16, 16 }, 5.0 },
          { { 6, 16, 18.8 }, { 8.6, 16, 19.7 }, 0.8 }, { { 8.6, 16, 19.7 }, { 11.0, 16, 21.1 }, 0.8 },
          { { 11.0, 16, 21.1 }, { 14, 16, 25 }, 0.8 }, { { 14, 16, 25 }, { 20, 16, 40 }, 0.8 } };
  const double middle[3] = { 12.4, 16, 16 };
  g_autoptr (WillisSurface) none = NULL;
  g_autoptr (WillisAneurysm) alone = find_sac (parts, 2, middle, &none);
  g_autoptr (WillisAneurysm) through = find_sac (parts, 6, middle, &none);
  const WillisMorphology *a = willis_aneurysm_morphology (alone), *b = willis_aneurysm_morphology (through);
  g_autoptr (WillisSurface) lumen = shape_surface (parts, 6, 64, 0.5);
  g_autoptr (WillisTree) tree = willis_tree_extract (lumen, NULL, NULL, NULL);
  g_autoptr (WillisTree) left = NULL;
  g_autoptr (WillisSurface) parted = willis_part_alongside (lumen, tree, middle, &left);

  g_assert_nonnull (parted);
  g_assert_cmpfloat_with_epsilon (b->index[WILLIS_INDEX_VOLUME].value / a->index[WILLIS_INDEX_VOLUME].value, 1.0, 0.03);
  g_assert_cmpfloat_with_epsilon (b->index[WILLIS_INDEX_HEIGHT].value, a->index[WILLIS_INDEX_HEIGHT].value, 0.4);
}

/* An artery that leaves the same ball away from its neck. */
static void
test_leaving (void)
{
  const SceneTube parts[] = { { { 6, 16, -5 }, { 6, 16, 40 }, 2.0 },
                              { { 12.4, 16, 16 }, { 12.4, 16, 16 }, 5.0 },
                              { { 13.4, 18, 16 }, { 20.0, 40, 16 }, 1.1 } };
  const double middle[3] = { 12.4, 16, 16 };
  g_autoptr (WillisSurface) none = NULL;
  g_autoptr (WillisSurface) parted = NULL;
  g_autoptr (WillisAneurysm) alone = find_sac (parts, 2, middle, &none);
  g_autoptr (WillisAneurysm) left = find_sac (parts, 3, middle, &parted);
  const WillisMorphology *a = willis_aneurysm_morphology (alone), *b = willis_aneurysm_morphology (left);
  g_autoptr (WillisSurface) lumen = shape_surface (parts, 3, 64, 0.5);
  g_autoptr (WillisAneurysm) whole = willis_aneurysm_isolate (lumen, NULL, willis_aneurysm_neck (left), -1.0, NULL, NULL);

  g_assert_nonnull (parted);
  g_assert_cmpfloat_with_epsilon (b->index[WILLIS_INDEX_VOLUME].value / a->index[WILLIS_INDEX_VOLUME].value, 1.0, 0.03);
  g_assert_cmpfloat_with_epsilon (b->index[WILLIS_INDEX_HEIGHT].value, a->index[WILLIS_INDEX_HEIGHT].value, 0.3);
  g_assert_cmpfloat_with_epsilon (b->index[WILLIS_INDEX_WIDTH].value, a->index[WILLIS_INDEX_WIDTH].value, 0.3);
  g_assert_cmpfloat_with_epsilon (b->index[WILLIS_INDEX_NECK_DIAMETER].value,
                                  a->index[WILLIS_INDEX_NECK_DIAMETER].value, 0.3);
  g_assert_null (willis_aneurysm_doubt (alone));
  g_assert_null (willis_aneurysm_doubt (left));
  g_assert_nonnull (whole);
  g_assert_nonnull (willis_aneurysm_doubt (whole)); // without a tree the artery is not known, but it is said
}

/* A neck that is moved from the foot of a ball of 5 mm radius by less than it is uncertain, and by more: only the
 * second is in doubt, and so it is across the tube itself, where there is no foot. */
static void
test_off_foot (void)
{
  const SceneTube parts[] = { { { 6, 16, -5 }, { 6, 16, 40 }, 2.0 }, { { 12.4, 16, 16 }, { 12.4, 16, 16 }, 5.0 } };
  const double middle[3] = { 12.4, 16, 16 };
  g_autoptr (WillisSurface) none = NULL;
  g_autoptr (WillisSurface) lumen = shape_surface (parts, 2, 64, 0.5);
  g_autoptr (WillisSurface) oriented = willis_surface_oriented (lumen);
  g_autoptr (WillisAneurysm) found = find_sac (parts, 2, middle, &none);
  const WillisNeck across = { { 6, 16, 26 }, { 0, 0, -1 }, { 12.4, 16, 16 } };

  g_assert_true (isnan (willis_aneurysm_neck_doubt (found)->foot_mm)); // measured without deviations
  for (int moved = 0; moved <= 8; moved += 2)
    {
      WillisNeck neck = *willis_aneurysm_neck (found);
      g_autoptr (WillisAneurysm) sac = NULL;

      vec3_axpy (neck.centre_lps_mm, neck.centre_lps_mm, 0.25 * moved, neck.normal);
      sac = willis_aneurysm_isolate (lumen, NULL, &neck, 0.05, NULL, NULL);
      g_assert_nonnull (sac);
      g_assert_cmpfloat_with_epsilon (willis_aneurysm_neck_doubt (sac)->foot_mm, 0.25 * moved, 0.2);
      g_assert_true ((willis_aneurysm_doubt (sac) != NULL) == (moved >= 4));
    }
  g_assert_cmpfloat (willis_neck_foot_mm (oriented, &across), >, 2.0);
}

/* A neck that is moved up a ball leaves some of it below, out of the tube: little by little more, and in doubt from a
 * seventh of what is cut off. Without a tree it is not known. */
static void
test_below (void)
{
  const SceneTube parts[] = { { { 6, 16, -5 }, { 6, 16, 40 }, 2.0 }, { { 12.4, 16, 16 }, { 12.4, 16, 16 }, 5.0 } };
  const double middle[3] = { 12.4, 16, 16 };
  g_autoptr (WillisSurface) none = NULL;
  g_autoptr (WillisSurface) lumen = shape_surface (parts, 2, 64, 0.5);
  g_autoptr (WillisSurface) oriented = willis_surface_oriented (lumen);
  g_autoptr (WillisTree) tree = willis_tree_extract (lumen, NULL, NULL, NULL);
  g_autoptr (WillisAneurysm) found = find_sac (parts, 2, middle, &none);
  double whole = willis_aneurysm_morphology (found)->index[WILLIS_INDEX_VOLUME].value, last = 0.0;

  for (int moved = 0; moved <= 5; moved++)
    {
      WillisNeck neck = *willis_aneurysm_neck (found);
      g_autoptr (WillisAneurysm) sac = NULL;
      double volume, below;

      vec3_axpy (neck.centre_lps_mm, neck.centre_lps_mm, moved, neck.normal);
      sac = willis_aneurysm_isolate (lumen, NULL, &neck, -1.0, NULL, NULL);
      g_assert_nonnull (sac);
      volume = willis_aneurysm_morphology (sac)->index[WILLIS_INDEX_VOLUME].value;
      below = willis_sac_below (oriented, tree, &neck, willis_aneurysm_sac (sac), willis_aneurysm_morphology (sac));
      g_test_message ("moved %d mm: %.3f below, %.3f lost", moved, below, whole / volume - 1.0);
      g_assert_cmpfloat (below, >=, last);
      g_assert_cmpfloat (below, <, whole / volume - 1.0 + 0.02);
      last = below;
      g_assert_true (isnan (
          willis_sac_below (oriented, NULL, &neck, willis_aneurysm_sac (sac), willis_aneurysm_morphology (sac))));
    }
  g_assert_cmpfloat (last, >, 0.3);
}

/* A thin vessel lies against the ball above its foot and leads to the artery: sections there are not round, those below
 * are led around by it, but the neck is at the foot. */
static void
test_beside (void)
{
  const double middle[3] = { 12.4, 16, 16 };
  const struct
  {
    double up, radius;
  } vessel[] = { { 9.2, 0.3 }, { 9.5, 0.5 } };

  for (guint k = 0; k < G_N_ELEMENTS (vessel); k++)
    {
      const double out = sqrt (pow (5.0, 2) - pow (12.4 - vessel[k].up, 2));
      const SceneTube parts[] = { { { 6, 16, -5 }, { 6, 16, 40 }, 2.0 },
                                  { { 12.4, 16, 16 }, { 12.4, 16, 16 }, 5.0 },
                                  { { vessel[k].up, 16, 16 + out }, { 6, 16, 19 + out }, vessel[k].radius } };
      g_autoptr (WillisSurface) none = NULL;
      g_autoptr (WillisAneurysm) alone = find_sac (parts, 2, middle, &none);
      g_autoptr (WillisAneurysm) beside = find_sac (parts, 3, middle, &none);

      g_assert_cmpfloat (
          willis_aneurysm_neck (beside)->centre_lps_mm[0] - willis_aneurysm_neck (alone)->centre_lps_mm[0], <, 0.15);
    }
}

/* A sac at a trunk leads on by its daughter sac into an artery that the trunk gives off: a ring, though not eight radii
 * of the sac around. */
static void
test_ring (void)
{
  const struct
  {
    double top, radius; // of the trunk, of the sac
  } ring[] = { { 17.5, 4.0 }, { 21.0, 3.2 } };

  for (guint k = 0; k < G_N_ELEMENTS (ring); k++)
    {
      const double top = ring[k].top, r = ring[k].radius, x = 11.0 + 0.75 * r;
      const SceneTube parts[] = { { { 9, 16, -5 }, { 9, 16, top }, 2.0 },
                                  { { 9, 16, top }, { 9, 32, top }, 1.5 },
                                  { { 9, 16, top }, { 19, 16, top }, 1.1 },
                                  { { 19, 16, top }, { 28, 16, top + 6 }, 1.1 },
                                  { { x, 16, 13 }, { x, 16, 13 }, r },
                                  { { x + 0.8, 16, 13 + 0.6 * r }, { x + 2, 16, MAX (top - 1.2, 13 + r) }, 1.2 } };
      g_autoptr (WillisSurface) lumen = shape_surface (parts, 6, 64, 0.5);
      g_autoptr (WillisTree) tree = willis_tree_extract (lumen, NULL, NULL, NULL);

      g_assert_cmpuint (willis_tree_n_branches (tree), ==, 6); // three that end, three around the ring
    }
}

/* A large ball lies in the side of an artery that soon forks, with two thin branches between. Their ends lie in the
 * artery, which is wide for them, but no sac: its tube is known up to the ball, and led through it. */
static void
test_tubes (void)
{
  const SceneTube parts[] = { { { 6, 16, -5 }, { 6, 16, 25 }, 2.0 },      { { 6, 16, 25 }, { 6, 2, 31 }, 1.5 },
                              { { 6, 16, 25 }, { 6, 30, 31 }, 1.5 },      { { 6, 16, 19.5 }, { -5, 16, 19.5 }, 0.7 },
                              { { 6, 16, 22.5 }, { -5, 16, 22.5 }, 0.7 }, { { 11.5, 16, 16 }, { 11.5, 16, 16 }, 6.0 } };
  const double middle[3] = { 11.5, 16, 16 };
  g_autoptr (WillisSurface) lumen = shape_surface (parts, 6, 64, 0.5);
  g_autoptr (WillisTree) tree = willis_tree_extract (lumen, NULL, NULL, NULL);
  g_autoptr (GArray) balls = willis_artery_tubes (tree, lumen, middle);

  for (double z = 8.0; z < 25.0; z += 0.5)
    {
      const double on_axis[3] = { 6, 16, z };
      double radius = 0.0;

      for (guint b = 0; b < balls->len; b++)
        {
          const WillisTubeBall *ball = &g_array_index (balls, WillisTubeBall, b);

          if (vec3_dist (ball->at, on_axis) < 0.8)
            radius = MAX (radius, ball->radius);
        }
      g_assert_cmpfloat_with_epsilon (radius, 2.0, 0.15);
    }
}

/* The arteries of a fork belong to the neck of the sac at it: they are not parted, nor is anything without a tree. */
static void
test_not_touching (void)
{
  const SceneTube fork[] = { { { 16, 16, -5 }, { 16, 16, 14 }, 1.8 },
                             { { 16, 16, 14 }, { 2, 16, 36 }, 1.4 },
                             { { 16, 16, 14 }, { 30, 16, 36 }, 1.4 },
                             { { 16, 16, 20 }, { 16, 16, 20 }, 4.5 } };
  const double apex[3] = { 16, 16, 20 };
  g_autoptr (WillisSurface) surface = shape_surface (fork, 4, 64, 0.5);
  g_autoptr (WillisTree) tree = willis_tree_extract (surface, NULL, NULL, NULL);
  WillisNeck neck;

  g_assert_true (willis_neck_find (surface, tree, apex, 0.0, NULL, NULL, &neck, NULL));
  g_assert_null (willis_part_touching (surface, tree, apex, &neck));
  g_assert_null (willis_part_touching (surface, NULL, apex, &neck));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/neck/aneurisk", test_aneurisk);
  g_test_add_func ("/neck/own-tree", test_own_tree);
  g_test_add_func ("/neck/turned-tree", test_turned_tree);
  g_test_add_func ("/neck/refuses", test_refuses);
  g_test_add_data_func ("/neck/touching", GINT_TO_POINTER (2), test_touching);
  g_test_add_func ("/neck/touching-low", test_touching_low);
  g_test_add_data_func ("/neck/touching-lightly", GINT_TO_POINTER (13), test_touching);
  g_test_add_func ("/neck/courses", test_courses);
  g_test_add_func ("/neck/courses-deep", test_courses_deep);
  g_test_add_func ("/neck/courses-through", test_courses_through);
  g_test_add_func ("/neck/courses-kept", test_courses_kept);
  g_test_add_func ("/neck/alongside", test_alongside);
  g_test_add_func ("/neck/at-foot", test_at_foot);
  g_test_add_func ("/neck/through", test_through);
  g_test_add_func ("/neck/leaving", test_leaving);
  g_test_add_func ("/neck/off-foot", test_off_foot);
  g_test_add_func ("/neck/below", test_below);
  g_test_add_func ("/neck/beside", test_beside);
  g_test_add_func ("/neck/ring", test_ring);
  g_test_add_func ("/neck/tubes", test_tubes);
  g_test_add_func ("/neck/not-touching", test_not_touching);
  return g_test_run ();
}
