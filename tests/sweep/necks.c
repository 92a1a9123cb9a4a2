/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Necks found on the AneuRisk arteries against the curves of the data set, one line a case: distances of the curves,
 * how much higher and how much tilted the found one is, and the ratio of the areas; with the data set's centrelines,
 * with a tree of our own of the lumen around the sac and with one of all of it, as a scan has. usage: necks [FIRST
 * [STEP [TURN]]] (of the cases in order; "0 2" and "1 2" are the two halves; TURN other than 0: the grid that our own
 * tree is found on lies another way)
 */
#include <glib.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/mesh/edit.h"
#include "core/num/vec3.h"
#include "core/vessel/aneurysm.h"
#include "core/vessel/segmentation.h"
#include "tests/support/aneurisk.h"
#include "tests/support/centrelines.h"
#include "tests/support/curves.h"

typedef struct
{
  double distance, up, tilt_deg, area, volume;
} Found;

static double
index_of (const WillisAneurysm *a, WillisIndex index)
{
  return willis_aneurysm_morphology (a)->index[index].value;
}

static gboolean
find (WillisSurface *lumen, WillisTree *tree, const double direction[9], const WillisAneurysm *reference,
      const WillisPolyline *line, Found *out)
{
  const WillisNeck *true_neck = willis_aneurysm_neck (reference);
  g_autoptr (WillisAneurysm) sac = NULL;
  const double *curve;
  WillisNeck neck;
  double d[3];
  gsize n;

  *out = (Found){ INFINITY, NAN, NAN, NAN, NAN };
  if (willis_neck_find (lumen, tree, true_neck->dome_lps_mm, 0.0, direction, NULL, &neck, NULL))
    sac = willis_aneurysm_isolate (lumen, tree, &neck, -1.0, NULL, NULL);
  if (sac == NULL)
    return FALSE;
  curve = willis_aneurysm_neck_curve (sac, &n);
  out->distance
      = 0.5 * (curve_one_way (curve, n, line->points_lps_mm, line->n) + curve_one_way (line->points_lps_mm, line->n, curve, n));
  vec3_sub (d, willis_aneurysm_neck (sac)->centre_lps_mm, true_neck->centre_lps_mm);
  out->up = vec3_dot (d, true_neck->normal);
  out->tilt_deg
      = acos (MIN (fabs (vec3_dot (true_neck->normal, willis_aneurysm_neck (sac)->normal)), 1.0)) * 180.0 / G_PI;
  out->area = index_of (sac, WILLIS_INDEX_OSTIUM_AREA) / index_of (reference, WILLIS_INDEX_OSTIUM_AREA);
  out->volume = index_of (sac, WILLIS_INDEX_VOLUME) / index_of (reference, WILLIS_INDEX_VOLUME);
  return TRUE;
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static void
summarise (const char *what, GArray *distances)
{
  int within[3] = { 0 };
  const double limit[3] = { 0.3, 0.5, 1.0 };

  if (distances->len == 0)
    return;
  g_array_sort (distances, compare_doubles);
  for (guint i = 0; i < distances->len; i++)
    for (int k = 0; k < 3; k++)
      within[k] += g_array_index (distances, double, i) < limit[k];
  printf ("%s: %u cases, median %.2f mm, < 0.3 mm %d, < 0.5 mm %d, < 1 mm %d\n", what, distances->len,
          g_array_index (distances, double, distances->len / 2), within[0], within[1], within[2]);
}

/* Axes drawn by number; 0: those of the surfaces. */
static void
draw_direction (guint32 number, double out[9])
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (number);
  double x[3] = { 1, 0, 0 }, y[3] = { 0, 1, 0 }, z[3];

  for (int a = 0; a < 3 && number != 0; a++)
    {
      x[a] = g_rand_double_range (rand, -1.0, 1.0);
      y[a] = g_rand_double_range (rand, -1.0, 1.0);
    }
  vec3_normalize (x);
  vec3_axpy (y, y, -vec3_dot (x, y), x);
  vec3_normalize (y);
  vec3_cross (z, x, y);
  for (int a = 0; a < 3; a++)
    vec3_set (out + 3 * a, x[a], y[a], z[a]);
}

int
main (int argc, char **argv)
{
  int first = argc > 1 ? (int) g_ascii_strtoll (argv[1], NULL, 10) : 0;
  int step = argc > 2 ? (int) g_ascii_strtoll (argv[2], NULL, 10) : 1;
  guint32 turn = argc > 3 ? (guint32) g_ascii_strtoull (argv[3], NULL, 10) : 0;
  double direction[9];
  g_autoptr (GPtrArray) names = aneurisk_files ("isolated");
  g_autoptr (GArray) given = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GArray) own = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GArray) whole = g_array_new (FALSE, FALSE, sizeof (double));

  draw_direction (turn, direction);
  for (int i = first; i < (int) names->len; i += MAX (step, 1))
    {
      g_autofree char *surface_path = aneurisk_file ("isolated", names->pdata[i]);
      g_autofree char *neck_path = aneurisk_file ("necks", names->pdata[i]);
      g_autofree char *tree_path = aneurisk_file ("centrelines", names->pdata[i]);
      g_autoptr (GError) error = NULL;
      g_autoptr (WillisSurface) lumen = willis_surface_parse (surface_path, &error);
      g_autoptr (GArray) necks = lumen != NULL ? willis_polylines_parse (neck_path, &error) : NULL;
      g_autoptr (WillisTree) tree = necks != NULL ? centreline_tree (tree_path, &error) : NULL;
      g_autoptr (WillisSurface) closed = lumen != NULL ? willis_surface_fill_holes (lumen, 0, NULL) : NULL;
      g_autoptr (WillisTree) found = closed != NULL ? willis_tree_extract (closed, direction, NULL, NULL) : NULL;
      g_autoptr (WillisAneurysm) reference = NULL;
      const WillisPolyline *line;

      if (tree == NULL)
        {
          printf ("%s %s\n", (char *) names->pdata[i], error->message);
          continue;
        }
      line = &g_array_index (necks, WillisPolyline, 0);
      reference = willis_aneurysm_isolate_curve (lumen, NULL, line->points_lps_mm, line->n, NULL, -1.0, NULL, &error);
      if (reference == NULL)
        continue;
      printf ("%-10s size %4.1f neck %4.1f", (char *) names->pdata[i], index_of (reference, WILLIS_INDEX_SIZE),
              index_of (reference, WILLIS_INDEX_NECK_DIAMETER));
      for (int k = 0; k < 3; k++)
        {
          Found f;

          find (lumen, k == 0 ? tree : k == 1 ? NULL : found, direction, reference, line, &f);
          printf (" | %s%5.2f mm up %+5.2f tilt %2.0f area %.2f volume %.2f", f.distance < 0.5 ? " " : "*", f.distance,
                  f.up, f.tilt_deg, f.area, f.volume);
          g_array_append_val (k == 0 ? given : k == 1 ? own : whole, f.distance);
        }
      printf ("\n");
      fflush (stdout);
    }
  summarise ("centrelines of the data set", given);
  summarise ("a tree of our own", own);
  summarise ("a tree of our own of all of it", whole);
  return 0;
}
