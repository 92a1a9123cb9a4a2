/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Daughter sacs counted. usage:
 *   blebs patients [FOLDER]          AneuRisk sacs beyond the necks of the data set, one line each; the sacs go to
 * FOLDER blebs phantoms [FIRST [COUNT]]   scans of the sweep with sacs of 5 to 12 mm, each without and with a bleb:
 * counted on the true surface and on the found one at the found neck
 */
#include <glib.h>
#include <glib/gstdio.h>
#include <math.h>
#include <stdio.h>

#include "core/io/surface-io.h"
#include "core/num/rng.h"
#include "core/num/vec3.h"
#include "tests/support/aneurisk.h"
#include "tests/sweep/sweep.h"

#define STEP_MM 0.15 // of the true surface
#define AROUND_MM 6.0

static double
count_of (const WillisAneurysm *sac)
{
  return willis_aneurysm_morphology (sac)->index[WILLIS_INDEX_BLEBS].value;
}

static void
patient (const char *name, const char *folder)
{
  g_autofree char *surface_path = aneurisk_file ("isolated", name), *neck_path = aneurisk_file ("necks", name);
  g_autoptr (GError) error = NULL;
  g_autoptr (WillisSurface) lumen = willis_surface_parse (surface_path, &error);
  g_autoptr (GArray) necks = lumen != NULL ? willis_polylines_parse (neck_path, &error) : NULL;
  const WillisPolyline *line = necks != NULL ? &g_array_index (necks, WillisPolyline, 0) : NULL;
  g_autoptr (WillisAneurysm) sac = NULL;
  const WillisMorphology *m;

  if (line != NULL)
    sac = willis_aneurysm_isolate_curve (lumen, NULL, line->points_lps_mm, line->n, NULL, 0.1, NULL, &error);
  if (sac == NULL)
    {
      printf ("%-10s %s\n", name, error->message);
      return;
    }
  m = willis_aneurysm_morphology (sac);
  printf ("%-10s size %4.1f mm, daughter sacs %.0f, deviation %.2f\n", name, m->index[WILLIS_INDEX_SIZE].value,
          count_of (sac), m->index[WILLIS_INDEX_BLEBS].sd);
  fflush (stdout);
  if (folder != NULL)
    {
      g_autofree char *out = g_build_filename (folder, name, NULL);

      if (!willis_surface_write (willis_aneurysm_sac (sac), out, &error))
        printf ("%s\n", error->message);
    }
}

static int
patients (const char *folder)
{
  g_autoptr (GPtrArray) names = aneurisk_files ("isolated");

  if (folder != NULL)
    g_mkdir_with_parents (folder, 0755);
  for (guint i = 0; i < names->len; i++)
    patient (names->pdata[i], folder);
  return 0;
}

/* Counts on the true and the found surface, NaN where no sac is found. */
static gboolean
counts (const Draw *d, int number, double count[2], GError **error)
{
  g_autoptr (WillisPhantom) phantom = sweep_phantom (d, number, error);
  g_autoptr (WillisVolume) scan = phantom != NULL ? willis_phantom_scan (phantom, NULL, error) : NULL;
  g_autoptr (WillisCase) c = willis_case_new ();
  WillisSegmentParams params = WILLIS_SEGMENT_PARAMS_INIT;
  WillisStudy study = { .modality = (char *) "CT", .patient_age = -1 };
  PhantomSacTruth *truth = scan != NULL ? phantom_sac_truth (phantom, phantom->sacs->pdata[0]) : NULL;
  g_autoptr (WillisSurface) real
      = truth != NULL ? sweep_true_surface (phantom, truth->dome, 0.5 * truth->size_mm + AROUND_MM, STEP_MM, error)
                      : NULL;
  g_autoptr (WillisSurface) lumen = NULL;
  g_autoptr (WillisTree) tree = NULL;
  g_autoptr (WillisAneurysm) true_sac = NULL;
  g_autoptr (WillisAneurysm) found = NULL;
  WillisNeck neck;

  count[0] = count[1] = NAN;
  if (real == NULL)
    return FALSE;
  willis_case_set_scan (c, scan, &study);
  if (willis_case_run_segment (c, &params, NULL, error))
    lumen = willis_lumen_surface (willis_case_volume (c), willis_case_segmentation (c), NULL, error);
  tree = lumen != NULL ? willis_tree_extract (lumen, willis_volume_grid (scan)->direction, NULL, error) : NULL;
  if (tree == NULL)
    {
      phantom_sac_truth_free (truth);
      return FALSE;
    }
  true_sac = willis_aneurysm_isolate_curve (real, NULL, (const double *) (void *) truth->neck_curve->data,
                                            truth->neck_curve->len / 3, truth->dome, -1.0, NULL, NULL);
  if (willis_neck_find (lumen, tree, truth->dome,
                        willis_lumen_blur_mm (willis_case_volume (c), willis_case_segmentation (c)),
                        willis_volume_grid (scan)->direction, NULL, &neck, NULL))
    found = willis_aneurysm_isolate (lumen, tree, &neck, -1.0, NULL, NULL);
  if (true_sac != NULL)
    count[0] = count_of (true_sac);
  if (found != NULL)
    count[1] = count_of (found);
  phantom_sac_truth_free (truth);
  return TRUE;
}

static int
phantoms (int first, int n)
{
  printf ("case voxel  sac  bleb radius height | true surface: without, with | found: without, with\n");
  for (int i = first; i < first + n; i++)
    {
      Draw plain = sweep_draw (i), with;
      double count[2][2];
      g_autoptr (GError) error = NULL;
      WillisRng rng;

      willis_rng_init (&rng, 20260202, (guint64) i);
      plain.neck_mm /= plain.height_mm;
      plain.width_mm /= plain.height_mm;
      plain.height_mm = 5.0 + 7.0 * willis_rng_uniform (&rng);
      plain.neck_mm *= plain.height_mm;
      plain.width_mm *= plain.height_mm;
      with = plain;
      with.bleb_radius_mm = MAX ((0.15 + 0.1 * willis_rng_uniform (&rng)) * plain.width_mm, 0.8);
      with.bleb_height_mm = (0.8 + 0.5 * willis_rng_uniform (&rng)) * with.bleb_radius_mm;
      for (int a = 0; a < 3; a++) // within some 60 degrees of the axis
        with.bleb_direction[a]
            = plain.site->axis[a] / vec3_norm (plain.site->axis) + 0.9 * (2.0 * willis_rng_uniform (&rng) - 1.0);
      if (!counts (&plain, i, count[0], &error) || !counts (&with, i, count[1], &error))
        {
          printf ("%3d %s\n", i, error->message);
          continue;
        }
      printf ("%3d  %.2f x %.2f  %4.1f mm  %.2f %.2f | %.0f %.0f | %.0f %.0f\n", i, plain.spacing_mm[0],
              plain.spacing_mm[1], plain.height_mm, with.bleb_radius_mm, with.bleb_height_mm, count[0][0], count[1][0],
              count[0][1], count[1][1]);
      fflush (stdout);
    }
  return 0;
}

int
main (int argc, char **argv)
{
  if (argc > 1 && g_str_equal (argv[1], "patients"))
    return patients (argc > 2 ? argv[2] : NULL);
  if (argc > 1 && g_str_equal (argv[1], "phantoms"))
    return phantoms (argc > 2 ? (int) g_ascii_strtoll (argv[2], NULL, 10) : 0,
                     argc > 3 ? (int) g_ascii_strtoll (argv[3], NULL, 10) : 12);
  fprintf (stderr, "usage: blebs patients [FOLDER] | phantoms [FIRST [COUNT]]\n");
  return 1;
}
