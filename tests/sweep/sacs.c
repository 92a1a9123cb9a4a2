/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the errors of a measured sac come from: surface or neck. Cases of the sweep, each cut four times: the true
 * surface at the true neck, the true surface at the neck that is found, the found surface at the true neck, the found
 * surface at the found neck ("found": only the last two; "true": only the first two, without a scan). Scans with their
 * labels and true surfaces are kept in a folder, so that a change of surface or neck is seen in seconds.
 * usage: sacs FOLDER [FIRST [COUNT [found|true]]]
 */
#include <glib.h>
#include <glib/gstdio.h>
#include <math.h>
#include <stdio.h>

#include "core/io/reader.h"
#include "core/io/surface-io.h"
#include "core/num/vec3.h"
#include "tests/support/curves.h"
#include "tests/sweep/sweep.h"

#define STEP_MM 0.22 // of the true surface
#define AROUND_MM 12.0

/* The true lumen around the sac, kept in the folder. */
static WillisSurface *
true_surface (const char *folder, int number, const WillisPhantom *phantom, const PhantomSacTruth *truth,
              GError **error)
{
  g_autofree char *name = g_strdup_printf ("%03d.vtp", number);
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (WillisSurface) out = NULL;

  if (g_file_test (path, G_FILE_TEST_EXISTS))
    return willis_surface_parse (path, error);
  out = sweep_true_surface (phantom, truth->dome, truth->size_mm + AROUND_MM, STEP_MM, error);
  if (out == NULL || !willis_surface_write (out, path, error))
    return NULL;
  return g_steal_pointer (&out);
}

static void
print_sac (const char *what, WillisAneurysm *sac, const PhantomSacTruth *truth, const char *why)
{
  const WillisMorphology *m;
  const double *curve, *true_curve = (const double *) (void *) truth->neck_curve->data;
  double d[3], distance;
  gsize n, n_true = truth->neck_curve->len / 3;

  if (sac == NULL)
    {
      printf ("    %-12s %s\n", what, why);
      return;
    }
  m = willis_aneurysm_morphology (sac);
  curve = willis_aneurysm_neck_curve (sac, &n);
  distance = 0.5 * (curve_one_way (curve, n, true_curve, n_true) + curve_one_way (true_curve, n_true, curve, n));
  vec3_sub (d, willis_aneurysm_neck (sac)->centre_lps_mm, truth->neck_centre);
  printf ("    %-12s volume %+6.1f%% height %+5.2f width %+5.2f neck %+5.2f area %+6.1f%% | curve %.2f "
          "up %+5.2f tilt %2.0f\n",
          what, 100.0 * (m->index[WILLIS_INDEX_VOLUME].value / truth->volume_mm3 - 1.0),
          m->index[WILLIS_INDEX_HEIGHT].value - truth->height_mm, m->index[WILLIS_INDEX_WIDTH].value - truth->width_mm,
          m->index[WILLIS_INDEX_NECK_DIAMETER].value - truth->neck_diameter_mm,
          100.0 * (m->index[WILLIS_INDEX_AREA].value / truth->area_mm2 - 1.0), distance,
          vec3_dot (d, truth->neck_normal),
          acos (MIN (fabs (vec3_dot (truth->neck_normal, willis_aneurysm_neck (sac)->normal)), 1.0)) * 180.0 / G_PI);
}

/* Cuts lumen at the true neck or at the one that is found from the dome, and prints what it gives. */
static void
cut (const char *what, WillisSurface *lumen, WillisTree *tree, gboolean true_neck, double blur_mm,
     const double *direction, const PhantomSacTruth *truth)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WillisAneurysm) sac = NULL;
  WillisNeck found;

  if (true_neck)
    sac = willis_aneurysm_isolate_curve (lumen, tree, (const double *) (void *) truth->neck_curve->data,
                                         truth->neck_curve->len / 3, truth->dome, -1.0, NULL, &error);
  else if (willis_neck_find (lumen, tree, truth->dome, blur_mm, direction, NULL, &found, &error))
    sac = willis_aneurysm_isolate (lumen, tree, &found, -1.0, NULL, &error);
  print_sac (what, sac, truth, error != NULL ? error->message : "");
}

/* The true surface of a case, cut at the true neck and at the one that is found on it. */
static gboolean
cut_true (const char *folder, int number, const WillisPhantom *phantom, const PhantomSacTruth *truth, GError **error)
{
  g_autoptr (WillisSurface) lumen = true_surface (folder, number, phantom, truth, error);
  g_autoptr (WillisTree) tree = lumen != NULL ? willis_tree_extract (lumen, NULL, NULL, error) : NULL;

  if (tree == NULL)
    return FALSE;
  cut ("true true", lumen, tree, TRUE, 0.0, NULL, truth);
  cut ("true found", lumen, tree, FALSE, 0.0, NULL, truth);
  return TRUE;
}

/* The surface that is found in the scan of a case, cut likewise, and the candidates. */
static gboolean
cut_found (const WillisCase *c, const PhantomSacTruth *truth, GError **error)
{
  g_autoptr (WillisSurface) lumen
      = willis_lumen_surface (willis_case_volume (c), willis_case_segmentation (c), NULL, error);
  const double *direction = willis_volume_grid (willis_case_volume (c))->direction;
  g_autoptr (WillisTree) tree = lumen != NULL ? willis_tree_extract (lumen, direction, NULL, error) : NULL;
  g_autoptr (GArray) found = NULL;

  if (tree == NULL)
    return FALSE;
  cut ("found true", lumen, tree, TRUE, 0.0, direction, truth);
  cut ("found found", lumen, tree, FALSE, willis_lumen_blur_mm (willis_case_volume (c), willis_case_segmentation (c)),
       direction, truth);
  found = willis_detect (lumen, tree, NULL, NULL);
  printf ("    candidates ");
  for (guint i = 0; i < MIN (found->len, 4); i++)
    {
      const WillisCandidate *w = &g_array_index (found, WillisCandidate, i);

      printf (" %.2f (%.1f mm, %.1f away at %.0f %.0f %.0f)", w->score, w->size_mm,
              vec3_dist (w->centre_lps_mm, truth->dome), w->centre_lps_mm[0], w->centre_lps_mm[1],
              w->centre_lps_mm[2]);
    }
  printf ("\n");
  return TRUE;
}

static gboolean
run_case (const char *folder, int number, const char *which, GError **error)
{
  Draw d = sweep_draw (number);
  g_autoptr (WillisPhantom) phantom = sweep_phantom (&d, number, error);
  g_autofree char *name = g_strdup_printf ("%03d.h5", number), *path = g_build_filename (folder, name, NULL);
  gboolean there = g_file_test (path, G_FILE_TEST_EXISTS), scan = !g_str_equal (which, "true");
  g_autoptr (WillisCase) c = phantom != NULL && scan ? sweep_case (path, there ? NULL : phantom, error) : NULL;
  PhantomSacTruth *truth;
  gboolean ok;

  if (phantom == NULL || (scan && c == NULL))
    return FALSE;
  truth = phantom_sac_truth (phantom, phantom->sacs->pdata[0]);
  printf ("%3d %-15s size %.1f height %.2f width %.2f neck %.2f V %.1f | voxels %.2f x %.2f psf %.2f %.2f "
          "slice %.2f sharp %.2f noise %.0f contrast %.0f%s\n",
          number, d.site->name, truth->size_mm, truth->height_mm, truth->width_mm, truth->neck_diameter_mm,
          truth->volume_mm3, d.spacing_mm[0], d.spacing_mm[1], d.psf_fwhm_mm[0], d.psf_fwhm_mm[1], d.slice_mm,
          d.sharpness, d.noise_hu, d.contrast_hu, truth->artery_beyond ? " (an artery runs through it)" : "");
  ok = (g_str_equal (which, "found") || cut_true (folder, number, phantom, truth, error))
       && (!scan || cut_found (c, truth, error));
  phantom_sac_truth_free (truth);
  fflush (stdout);
  return ok;
}

int
main (int argc, char **argv)
{
  int status;

  if (willis_reader_main (argc, argv, &status)) // case files are read in a helper process: this one again
    return status;
  const char *folder = argc > 1 ? argv[1] : ".";
  int first = argc > 2 ? (int) g_ascii_strtoll (argv[2], NULL, 10) : 0;
  int count = argc > 3 ? (int) g_ascii_strtoll (argv[3], NULL, 10) : 12;
  const char *which = argc > 4 ? argv[4] : "all";

  g_mkdir_with_parents (folder, 0755);
  for (int i = first; i < first + count; i++)
    {
      g_autoptr (GError) error = NULL;

      if (!run_case (folder, i, which, &error))
        printf ("%3d %s\n", i, error->message);
    }
  return 0;
}
