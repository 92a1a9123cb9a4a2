/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the search for aneurysms finds and why: every bulge with its features, on the surfaces of AneuRisk as they are
 * (the neck curve of the data set says where the sac is), on scans made of them, and on drawn ones, of their own size
 * or of one that is given. Scans with their labels are kept in a folder, so that a change of the search is seen in
 * seconds. usage: candidates isolated|models [NAME...]             (isolated alone: those of whom there is no whole
 * model) candidates patients FOLDER [FIRST [COUNT]] candidates drawn FOLDER [FIRST [COUNT [HEIGHT_MM]]]
 */
#include <glib.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/io/reader.h"
#include "core/io/surface-io.h"
#include "core/mesh/rims.h"
#include "core/num/vec3.h"
#include "core/vessel/detect-private.h"
#include "tests/sweep/sweep.h"

typedef struct
{
  int cases, likely, first, false_ones;
} Tally;

/* Prints the bulges; the first within reach of the truth is the sac. */
static void
print_bulges (const char *name, const WillisSurface *lumen, const WillisTree *tree, const SweepTruth *truth,
              Tally *tally)
{
  g_autoptr (GArray) bulges = willis_detect_bulges (lumen, tree, NULL, NULL);
  int hit = -1, wrong = 0;

  for (guint i = 0; i < bulges->len; i++)
    {
      const WillisBulge *b = &g_array_index (bulges, WillisBulge, i);

      if (vec3_dist (b->centre_lps_mm, truth->dome) < MAX (0.6 * truth->size_mm, 1.5))
        hit = hit < 0 ? (int) i : hit;
      else
        wrong += b->score >= WILLIS_LIKELY_SCORE;
    }
  tally->cases++;
  tally->likely += hit >= 0 && g_array_index (bulges, WillisBulge, hit).score >= WILLIS_LIKELY_SCORE;
  tally->first += hit == 0;
  tally->false_ones += wrong;
  printf ("%-10s size %4.1f neck %4.1f  %s, %d false\n", name, truth->size_mm, truth->neck_diameter_mm,
          hit < 0                                                                ? "MISSED"
          : g_array_index (bulges, WillisBulge, hit).score < WILLIS_LIKELY_SCORE ? "DOUBTED"
          : hit == 0                                                             ? "first"
                                                                                 : "found",
          wrong);
  for (guint i = 0; i < bulges->len; i++)
    {
      const WillisBulge *b = &g_array_index (bulges, WillisBulge, i);
      gboolean is_hit = vec3_dist (b->centre_lps_mm, truth->dome) < MAX (0.6 * truth->size_mm, 1.5);

      if (!is_hit && b->score < 0.25)
        continue;
      printf ("    %s %.2f size %4.1f neck %4.1f height %4.1f ball %4.2f parent %4.2f%s edge %.2f flat %.2f open %.2f "
              "cut %.2f, %4.1f away at %.1f %.1f %.1f\n",
              is_hit ? "*" : " ", b->score, b->size_mm, b->neck_mm, b->height_mm, b->ball_mm, b->parent_mm,
              b->through ? " through" : "", b->edge_mm, b->flatness, b->open_part, b->cut_part,
              vec3_dist (b->centre_lps_mm, truth->dome), b->centre_lps_mm[0], b->centre_lps_mm[1], b->centre_lps_mm[2]);
    }
  fflush (stdout);
}

/* A surface as it is, with a tree of our own. */
static void
run_surface (const char *folder, const char *name, Tally *tally)
{
  g_autofree char *path = sweep_patient_file (folder, name);
  g_autoptr (GError) error = NULL;
  g_autoptr (WillisSurface) surface = willis_surface_parse (path, &error);
  g_autoptr (WillisSurface) lumen = surface != NULL ? willis_surface_oriented (surface) : NULL;
  g_autoptr (WillisTree) tree = lumen != NULL ? willis_tree_extract (lumen, NULL, NULL, &error) : NULL;
  SweepTruth truth = { 0 };
  double neck[3];

  if (tree == NULL || !sweep_patient_sac (lumen, name, &truth, neck, &error))
    printf ("%-10s %s\n", name, error->message);
  else
    print_bulges (name, lumen, tree, &truth, tally);
}

/* The truth that goes with a kept scan: FALSE where it is not kept. */
static gboolean
load_truth (const char *path, SweepTruth *truth)
{
  g_autofree char *file = g_strconcat (path, ".truth", NULL);
  g_autofree char *text = NULL;
  double *v[] = { &truth->dome[0],   &truth->dome[1],  &truth->dome[2], &truth->volume_mm3,
                  &truth->height_mm, &truth->width_mm, &truth->size_mm, &truth->neck_diameter_mm };
  char *at;

  if (!g_file_get_contents (file, &text, NULL, NULL))
    return FALSE;
  at = text;
  for (gsize i = 0; i < G_N_ELEMENTS (v); i++)
    *v[i] = g_ascii_strtod (at, &at);
  return TRUE;
}

static void
save_truth (const char *path, const SweepTruth *t)
{
  g_autofree char *file = g_strconcat (path, ".truth", NULL);
  g_autofree char *text
      = g_strdup_printf ("%.17g %.17g %.17g %.17g %.17g %.17g %.17g %.17g\n", t->dome[0], t->dome[1], t->dome[2],
                         t->volume_mm3, t->height_mm, t->width_mm, t->size_mm, t->neck_diameter_mm);

  g_file_set_contents (file, text, -1, NULL);
}

static void
run_scan (const char *name, const char *path, const WillisPhantom *phantom, const SweepTruth *truth, Tally *tally)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WillisCase) c = sweep_case (path, phantom, &error);
  const WillisMorphology *m;

  if (c == NULL || !willis_case_run_tree (c, NULL, &error))
    {
      printf ("%-10s %s\n", name, error->message);
      return;
    }
  print_bulges (name, willis_case_surface (c), willis_case_tree (c), truth, tally);
  if (!willis_case_run_aneurysm_at (c, truth->dome, -1, NULL, &error))
    {
      printf ("    %s\n", error->message);
      return;
    }
  m = willis_aneurysm_morphology (willis_case_aneurysm (c, willis_case_n_aneurysms (c) - 1));
  printf ("    sac: volume %+.1f%% height %+.2f width %+.2f neck %+.2f\n",
          100.0 * (m->index[WILLIS_INDEX_VOLUME].value / truth->volume_mm3 - 1.0),
          m->index[WILLIS_INDEX_HEIGHT].value - truth->height_mm, m->index[WILLIS_INDEX_WIDTH].value - truth->width_mm,
          m->index[WILLIS_INDEX_NECK_DIAMETER].value - truth->neck_diameter_mm);
}

static void
run_drawn (const char *folder, int number, double height_mm, Tally *tally)
{
  Draw d = sweep_draw (number);
  g_autofree char *name = NULL;
  g_autofree char *path = NULL;
  g_autoptr (WillisPhantom) phantom = NULL;
  g_autoptr (GError) error = NULL;
  SweepTruth truth = { 0 };

  if (height_mm > d.site->largest_mm) // no room for it there
    return;
  if (height_mm > 0.0)
    {
      d.width_mm *= height_mm / d.height_mm;
      d.neck_mm *= height_mm / d.height_mm;
      d.height_mm = height_mm;
    }
  name = g_strdup_printf ("%03d-%.1f", number, d.height_mm);
  path = g_strdup_printf ("%s/%s.h5", folder, name);
  if (!load_truth (path, &truth))
    {
      PhantomSacTruth *sac;

      phantom = sweep_phantom (&d, number, &error);
      if (phantom == NULL)
        {
          printf ("%s %s\n", name, error->message);
          return;
        }
      sac = phantom_sac_truth (phantom, phantom->sacs->pdata[0]);
      truth = (SweepTruth){ { sac->dome[0], sac->dome[1], sac->dome[2] },
                            sac->volume_mm3,
                            sac->height_mm,
                            sac->width_mm,
                            sac->parted ? sac->size_mm : 0.0,
                            sac->neck_diameter_mm,
                            NULL };
      phantom_sac_truth_free (sac);
      save_truth (path, &truth);
    }
  printf ("%s, voxels %.2f x %.2f, height %.1f width %.1f neck %.1f", d.site->name, d.spacing_mm[0], d.spacing_mm[1],
          d.height_mm, d.width_mm, d.neck_mm);
  if (truth.size_mm <= 0.0)
    {
      printf (": another artery runs through the sac, not a case\n");
      return;
    }
  printf ("\n");
  run_scan (name, path, phantom, &truth, tally);
}

static void
run_patient (const char *folder, const char *name, int number, Tally *tally)
{
  g_autofree char *path = g_strdup_printf ("%s/%s.h5", folder, name);
  g_autoptr (WillisPhantom) phantom = NULL;
  g_autoptr (GError) error = NULL;
  SweepTruth truth = { 0 };
  Draw d;

  if (!load_truth (path, &truth))
    {
      phantom = sweep_patient (name, number, &d, &truth, &error);
      if (phantom == NULL)
        {
          printf ("%s %s\n", name, error->message);
          return;
        }
      save_truth (path, &truth);
    }
  run_scan (name, path, phantom, &truth, tally);
  sweep_truth_clear (&truth);
}

static int
number_or (int argc, char **argv, int at, int otherwise)
{
  return argc > at ? (int) g_ascii_strtoll (argv[at], NULL, 10) : otherwise;
}

int
main (int argc, char **argv)
{
  g_auto (GStrv) models = NULL;
  Tally tally = { 0 };
  const char *what = argc > 1 ? argv[1] : "models";
  int first, count, status;

  if (willis_reader_main (argc, argv, &status)) // case files are read in a helper process: this one again
    return status;
  models = sweep_patient_names ("models");
  first = number_or (argc, argv, 3, 0);
  count = number_or (argc, argv, 4, 100);
  if (g_str_equal (what, "drawn") && argc > 2)
    for (int i = first; i < first + count; i++)
      run_drawn (argv[2], i, argc > 5 ? g_ascii_strtod (argv[5], NULL) : 0.0, &tally);
  else if (g_str_equal (what, "patients") && argc > 2)
    for (int i = first; i < MIN (first + count, (int) g_strv_length (models)); i++)
      run_patient (argv[2], models[i], i, &tally);
  else
    {
      g_auto (GStrv) names = argc > 2 ? g_strdupv (argv + 2) : sweep_patient_names (what);

      for (int i = 0; names[i] != NULL; i++)
        if (argc > 2 || g_str_equal (what, "models") || !g_strv_contains ((const char *const *) models, names[i]))
          run_surface (what, names[i], &tally);
    }
  printf ("%d sacs: %d likely, %d first; %d false candidates\n", tally.cases, tally.likely, tally.first,
          tally.false_ones);
  return 0;
}
