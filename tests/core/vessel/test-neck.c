/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finding necks on the AneuRisk arteries from a seed in the sac, against the neck curves of the data set. A few
 * cases, so that the test stays short; the bounds are what the method reaches on all (core/vessel/README-morphology.md).
 * Skipped where the data are absent.
 */
#include <glib.h>
#include <math.h>
#include <stdlib.h>

#include "core/base/error.h"
#include "core/vessel/aneurysm.h"
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

/* Mean distance of the found neck curve to the reference, mm; NaN without data. */
static double
one_case (const char *id, gboolean with_tree)
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
  if (!willis_neck_find (surface, tree, willis_aneurysm_neck (reference)->dome_lps_mm, NULL, &neck, &error))
    return G_MAXDOUBLE;
  aneurysm = willis_aneurysm_isolate (surface, tree, &neck, -1.0, NULL, &error);
  g_assert_no_error (error); // a neck that is found can always be cut along
  curve = willis_aneurysm_neck_curve (aneurysm, &n);
  return 0.5 * (mean_distance (curve, n, line->points_lps_mm, line->n)
                + mean_distance (line->points_lps_mm, line->n, curve, n));
}

static int
compare (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static void
test_aneurisk (void)
{
  static const char *const ids[] = { "C0005", "C0015", "C0023", "C0045", "C0061", "C0071", "C0079" };
  double distance[G_N_ELEMENTS (ids)];
  int n = 0, near = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      double d = one_case (ids[i], TRUE);

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
  g_assert_cmpint (near * 10, >=, n * 7);
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
  g_assert_false (willis_neck_find (artery, NULL, seed, NULL, &neck, &error)); // an artery without a sac
  g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_FAILED);
  g_clear_error (&error);
  g_assert_false (willis_neck_find (nothing, NULL, seed, NULL, &neck, &error));
  g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_FAILED);
  g_clear_error (&error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/neck/aneurisk", test_aneurisk);
  g_test_add_func ("/neck/refuses", test_refuses);
  return g_test_run ();
}
