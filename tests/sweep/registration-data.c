/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Registration of real scans with moved, resampled, re-noised copies of themselves, and of a CTA with an MRA of one
 * person: a table. usage: registration-data FOLDER (of the sample data; scans that are not there are left out)
 */
#include <stdio.h>

#include "core/io/reader.h"
#include "tests/core/followup/copies.h"

typedef struct
{
  const char *name;
  double noise;
} Scan;

static const Scan scans[] = { { "whole-head/ct-angio-bone-removed.nii.gz", 15 },
                              { "circle-of-willis/cta.mha", 15 },
                              { "rotational/aneurysm.nrrd", 6 },
                              { "circle-of-willis/mra.mha", 10 } };

/* Turned by turn_deg about a drawn axis, moved by shift_mm. */
static void
one_copy (const Scan *scan, WillisVolume *a, int number, double turn_deg, double shift_mm, double factor, double part)
{
  const WillisGrid *g = willis_volume_grid (a);
  g_autoptr (WillisVolume) b = NULL;
  g_autoptr (GError) error = NULL;
  WillisScanView va, vb;
  WillisRegistration r;
  WillisRigid motion;
  WillisRng rng;
  double middle[3], turn[3], shift[3], worst = 0.0, reach = INFINITY;
  gint64 start;

  willis_rng_init (&rng, 20260709, (guint64) number);
  for (int c = 0; c < 3; c++)
    {
      middle[c] = 0.5 * (g->dims[c] - 1);
      turn[c] = willis_rng_normal (&rng);
      shift[c] = willis_rng_normal (&rng);
      reach = MIN (reach, 0.4 * part * g->dims[c] * g->spacing_mm[c]);
    }
  vec3_scale (turn, turn, turn_deg * G_PI / 180.0 / vec3_norm (turn));
  vec3_scale (shift, shift, shift_mm / vec3_norm (shift));
  willis_grid_ijk_to_lps (g, middle, middle);
  motion = willis_rigid_about (turn, middle, shift);
  b = moved_copy (a, &motion, factor, part, scan->noise);
  va = willis_scan_view (a, NULL);
  vb = willis_scan_view (b, NULL);
  start = g_get_monotonic_time ();
  if (!willis_register (&va, &vb, NULL, NULL, &r, &error))
    {
      printf ("%-42s %5.0f %5.0f %5.2f %5.2f | %s\n", scan->name, turn_deg, shift_mm, factor, part, error->message);
      return;
    }
  for (int c = 0; c < 8; c++) // corners of a cube about the middle
    {
      double x[3];

      for (int k = 0; k < 3; k++)
        x[k] = middle[k] + (c & (1 << k) ? reach : -reach);
      worst = MAX (worst, willis_rigid_gap (&r.motion, &motion, x));
    }
  printf ("%-42s %5.0f %5.0f %5.2f %5.2f | %7.3f %7.3f %8.3f %6.3f %7.2f %5.1f\n", scan->name, turn_deg, shift_mm,
          factor, part, willis_rigid_gap (&r.motion, &motion, middle), worst, willis_registration_sd_at (&r, middle),
          r.similarity, r.overlap, (double) (g_get_monotonic_time () - start) * 1e-6);
  fflush (stdout);
}

static void
two_kinds (const char *folder)
{
  g_autofree char *path_a = g_build_filename (folder, "circle-of-willis/cta.mha", NULL);
  g_autofree char *path_b = g_build_filename (folder, "circle-of-willis/mra.mha", NULL);
  g_autoptr (WillisVolume) a = read_scan (path_a);
  g_autoptr (WillisVolume) b = read_scan (path_b);
  g_autoptr (WillisSegmentation) sa = segment (a, WILLIS_MODALITY_CTA);
  g_autoptr (WillisSegmentation) sb = segment (b, WILLIS_MODALITY_MRA);
  WillisRigid first = WILLIS_RIGID_INIT;
  double middle[3];

  for (int c = 0; c < 3; c++)
    middle[c] = 0.5 * (willis_volume_grid (a)->dims[c] - 1);
  willis_grid_ijk_to_lps (willis_volume_grid (a), middle, middle);
  printf ("\nCTA and MRA of one person, no truth known: share of the MRA's artery voxels within 0.7 mm of the CTA's, "
          "and how "
          "far the answers from several starting poses lie apart\n");
  for (int pose = 0; pose < 4; pose++)
    {
      const double turn[4][3] = { { 0, 0, 0 }, { 0.3, -0.2, 0.4 }, { -0.4, 0.5, 0.2 }, { 0.2, 0.3, -0.6 } };
      const double shift[3] = { 20, -15, 10 };
      WillisRigid start = willis_rigid_about (turn[pose], middle, pose > 0 ? shift : turn[0]);
      WillisScanView va = willis_scan_view (a, willis_segmentation_labels (sa));
      WillisScanView vb = willis_scan_view (b, willis_segmentation_labels (sb));
      WillisRegisterParams params = WILLIS_REGISTER_PARAMS_INIT;
      g_autoptr (GError) error = NULL;
      WillisRegistration r;

      params.start = &start;
      if (!willis_register (&va, &vb, &params, NULL, &r, &error))
        {
          printf ("start %.0f degrees: %s\n", vec3_norm (turn[pose]) * 180 / G_PI, error->message);
          continue;
        }
      if (pose == 0)
        first = r.motion;
      printf (
          "start turned %2.0f degrees, moved %2.0f mm: %3.0f %% of the arteries meet, %.3f mm from the first answer\n",
          vec3_norm (turn[pose]) * 180 / G_PI, pose > 0 ? vec3_norm (shift) : 0.0,
          100 * shared (willis_segmentation_labels (sa), willis_segmentation_labels (sb), &r.motion, 0.7),
          willis_rigid_gap (&r.motion, &first, middle));
    }
}

int
main (int argc, char **argv)
{
  static const double poses[][2] = { { 5, 5 }, { 15, 20 }, { 30, 40 }, { 45, 60 } };

  int status = 0;

  if (willis_reader_main (argc, argv, &status)) // foreign files are read by this program run again
    return status;
  if (argc != 2)
    {
      fprintf (stderr, "usage: registration-data FOLDER\n");
      return 2;
    }
  printf ("%-42s %5s %5s %5s %5s | %7s %7s %8s %6s %7s %5s\n", "scan", "turn", "mm", "voxel", "part", "middle",
          "corner", "expected", "corr", "overlap", "s");
  for (gsize n = 0; n < G_N_ELEMENTS (scans); n++)
    {
      g_autofree char *path = g_build_filename (argv[1], scans[n].name, NULL);
      g_autoptr (WillisVolume) a = g_file_test (path, G_FILE_TEST_EXISTS) ? read_scan (path) : NULL;

      for (gsize p = 0; a != NULL && p < G_N_ELEMENTS (poses); p++)
        one_copy (&scans[n], a, (int) (10 * n + p), poses[p][0], poses[p][1], 1.15, 1.0);
      if (a != NULL && n % 2 == 0) // a piece of finer voxels
        one_copy (&scans[n], a, 99, 30, 40, 0.6, 0.45);
    }
  two_kinds (argv[1]);
  return 0;
}
