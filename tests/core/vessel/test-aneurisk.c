/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The AneuRisk surfaces with their own neck curves against the published table: median difference under 3 %, nine
 * in ten under 10 %. Why single cases differ more stands in core/vessel/README-morphology.md. Skipped where the data are absent.
 */
#include <glib.h>
#include <math.h>
#include <stdlib.h>

#include "core/io/surface-io.h"
#include "core/vessel/aneurysm.h"

static char *
data_folder (void)
{
  const char *data = g_getenv ("WILLIS_DATA");

  return data != NULL ? g_build_filename (data, "aneurisk", NULL)
                      : g_build_filename (g_getenv ("WILLIS_SOURCE_DIR"), "..", "shared", "data", "aneurisk", NULL);
}

static int
compare (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static int
column_of (char **head, const char *name)
{
  for (int i = 0; head[i] != NULL; i++)
    if (g_strcmp0 (head[i], name) == 0)
      return i;
  g_error ("the table has no column %s", name);
}

/* Relative differences of the three sizes for one case; FALSE where its surface is not there. */
static gboolean
one_case (const char *folder, char **row, const int columns[3], double difference[3])
{
  static const WillisIndex indices[3] = { WILLIS_INDEX_VOLUME, WILLIS_INDEX_AREA, WILLIS_INDEX_OSTIUM_AREA };
  g_autofree char *name = g_strconcat (row[0], ".vtk", NULL);
  g_autofree char *surface_path = g_build_filename (folder, "isolated", name, NULL);
  g_autofree char *neck_path = g_build_filename (folder, "necks", name, NULL);
  g_autoptr (GArray) necks = NULL;
  g_autoptr (WillisSurface) surface = NULL;
  g_autoptr (WillisAneurysm) aneurysm = NULL;
  g_autoptr (GError) error = NULL;
  const WillisPolyline *neck;

  if (!g_file_test (surface_path, G_FILE_TEST_EXISTS))
    return FALSE;
  surface = willis_surface_parse (surface_path, &error);
  g_assert_no_error (error);
  necks = willis_polylines_parse (neck_path, &error);
  g_assert_no_error (error);
  neck = &g_array_index (necks, WillisPolyline, 0);
  aneurysm = willis_aneurysm_isolate_curve (surface, NULL, neck->points_lps_mm, neck->n, NULL, -1.0, NULL, &error);
  g_assert_no_error (error);
  for (int i = 0; i < 3; i++)
    difference[i] = fabs (willis_aneurysm_morphology (aneurysm)->index[indices[i]].value
                          / g_ascii_strtod (row[columns[i]], NULL) - 1.0);
  return TRUE;
}

static void
test_table (void)
{
  static const char *const names[3] = { "sacVolume", "sacSurfaceArea", "ostiumSectionArea" };
  g_autofree char *folder = data_folder ();
  g_autofree char *path = g_build_filename (folder, "morphology.csv", NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  g_auto (GStrv) head = NULL;
  double all[3][100];
  int columns[3], n = 0;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    {
      g_test_skip ("no AneuRisk data");
      return;
    }
  lines = g_strsplit (text, "\n", -1);
  head = g_strsplit (lines[0], ",", -1);
  for (int i = 0; i < 3; i++)
    columns[i] = column_of (head, names[i]);
  for (int l = 1; lines[l] != NULL && n < 100; l++)
    {
      g_auto (GStrv) row = g_strsplit (lines[l], ",", -1);
      double difference[3];

      if (g_strv_length (row) < 20 || !one_case (folder, row, columns, difference))
        continue;
      for (int i = 0; i < 3; i++)
        all[i][n] = difference[i];
      n++;
    }
  g_assert_cmpint (n, >=, 40);
  for (int i = 0; i < 3; i++)
    {
      qsort (all[i], (gsize) n, sizeof (double), compare);
      g_test_message ("%s: %d cases, median %.4f, nine in ten %.4f, largest %.4f", names[i], n, all[i][n / 2],
                      all[i][n * 9 / 10], all[i][n - 1]);
      g_assert_cmpfloat (all[i][n / 2], <, 0.03);
      g_assert_cmpfloat (all[i][n * 9 / 10], <, 0.10);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/aneurisk/table", test_table);
  return g_test_run ();
}
