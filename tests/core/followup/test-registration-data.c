/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Real scans against moved, resampled and re-noised copies of themselves, and a CTA against an MRA of one person.
 */
#include "core/base/error.h"
#include "tests/core/followup/copies.h"

static char *
data_file (const char *name)
{
  const char *folder = g_getenv ("WILLIS_DATA");
  g_autofree char *beside = NULL;
  char *path;

  if (folder == NULL)
    folder = beside = g_build_filename (g_getenv ("WILLIS_SOURCE_DIR"), "..", "shared", "data", NULL);
  path = g_build_filename (folder, name, NULL);
  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    {
      g_test_skip ("the sample data are not there");
      g_clear_pointer (&path, g_free);
    }
  return path;
}

static void
test_copy (gconstpointer data)
{
  static const struct
  {
    const char *name;
    double noise;
  } scans[] = { { "rotational/aneurysm.nrrd", 6 },
                { "whole-head/ct-angio-bone-removed.nii.gz", 15 },
                { "circle-of-willis/cta.mha", 15 },
                { "circle-of-willis/mra.mha", 10 } };
  int which = GPOINTER_TO_INT (data);
  g_autofree char *path = data_file (scans[which].name);
  g_autoptr (WillisVolume) a = path != NULL ? read_scan (path) : NULL;

  if (a == NULL)
    return;
  for (int pose = 0; pose < 3; pose++)
    {
      const double turn[3][3] = { { 0.2, -0.1, 0.3 }, { -0.5, 0.4, 0.3 }, { 0.3, 0.5, -0.45 } };
      const double shift[3][3] = { { 5, -8, 3 }, { 30, 20, -15 }, { -25, 30, 35 } };
      const WillisGrid *g = willis_volume_grid (a);
      g_autoptr (WillisVolume) b = NULL;
      g_autoptr (GError) error = NULL;
      WillisRigid motion;
      WillisScanView va, vb;
      WillisRegistration r;
      double middle[3], gap;

      for (int c = 0; c < 3; c++)
        middle[c] = 0.5 * (g->dims[c] - 1);
      willis_grid_ijk_to_lps (g, middle, middle);
      motion = willis_rigid_about (turn[pose], middle, shift[pose]);
      b = moved_copy (a, &motion, 1.15, 1.0, scans[which].noise);
      va = willis_scan_view (a, NULL);
      vb = willis_scan_view (b, NULL);
      willis_register (&va, &vb, NULL, NULL, &r, &error);
      g_assert_no_error (error);
      gap = willis_rigid_gap (&r.motion, &motion, middle);
      g_test_message ("%s, pose %d: %.3f mm at the middle, expected %.3f; correlation %.3f", scans[which].name, pose,
                      gap, willis_registration_sd_at (&r, middle), r.similarity);
      g_assert_cmpfloat (gap, <, 0.15);
    }
}

/* A piece of 0.45 mm voxels against a whole head of 0.9 mm: each onto the other. */
static void
test_piece (void)
{
  g_autofree char *path = data_file ("whole-head/ct-angio-bone-removed.nii.gz");
  g_autoptr (WillisVolume) a = path != NULL ? read_scan (path) : NULL;
  const double turn[3] = { 0.3, -0.4, 0.35 }, shift[3] = { 25, -20, 30 }, none[3] = { 0 };
  g_autoptr (WillisVolume) whole = NULL;
  g_autoptr (WillisVolume) piece = NULL;
  WillisRigid motion, still;
  WillisScanView va, vb;
  double middle[3];

  if (a == NULL)
    return;
  for (int c = 0; c < 3; c++)
    middle[c] = 0.5 * (willis_volume_grid (a)->dims[c] - 1);
  willis_grid_ijk_to_lps (willis_volume_grid (a), middle, middle);
  motion = willis_rigid_about (turn, middle, shift);
  still = willis_rigid_about (none, middle, none);
  whole = moved_copy (a, &still, 1.25, 1.0, 15);
  piece = moved_copy (a, &motion, 0.62, 0.45, 15);
  va = willis_scan_view (whole, NULL);
  vb = willis_scan_view (piece, NULL);
  for (int way = 0; way < 2; way++)
    {
      g_autoptr (GError) error = NULL;
      WillisRegistration r;
      WillisRigid back = willis_rigid_invert (&motion);
      double gap, at[3];

      willis_register (way == 0 ? &va : &vb, way == 0 ? &vb : &va, NULL, NULL, &r, &error);
      g_assert_no_error (error);
      willis_rigid_apply (&motion, middle, at);
      gap = willis_rigid_gap (&r.motion, way == 0 ? &motion : &back, way == 0 ? middle : at);
      g_test_message ("a piece, way %d: %.3f mm, correlation %.3f, overlap %.2f", way, gap, r.similarity, r.overlap);
      g_assert_cmpfloat (gap, <, 0.15);
    }
}

static void
test_two_kinds (void)
{
  g_autofree char *path_a = data_file ("circle-of-willis/cta.mha");
  g_autofree char *path_b = data_file ("circle-of-willis/mra.mha");
  g_autoptr (WillisVolume) a = NULL;
  g_autoptr (WillisVolume) b = NULL;
  g_autoptr (WillisSegmentation) sa = NULL;
  g_autoptr (WillisSegmentation) sb = NULL;

  if (path_a == NULL || path_b == NULL)
    return;
  a = read_scan (path_a);
  b = read_scan (path_b);
  sa = segment (a, WILLIS_MODALITY_CTA);
  sb = segment (b, WILLIS_MODALITY_MRA);
  for (int pose = 0; pose < 3; pose++)
    {
      const double turn[3][3] = { { 0, 0, 0 }, { 0.3, -0.2, 0.4 }, { -0.4, 0.5, 0.2 } }, shift[3] = { 20, -15, 10 };
      const WillisGrid *g = willis_volume_grid (a);
      g_autoptr (GError) error = NULL;
      WillisRigid start;
      WillisRegisterParams params = WILLIS_REGISTER_PARAMS_INIT;
      WillisScanView va = willis_scan_view (a, willis_segmentation_labels (sa));
      WillisScanView vb = willis_scan_view (b, willis_segmentation_labels (sb));
      WillisRegistration r;
      double middle[3], share;

      for (int c = 0; c < 3; c++)
        middle[c] = 0.5 * (g->dims[c] - 1);
      willis_grid_ijk_to_lps (g, middle, middle);
      start = willis_rigid_about (turn[pose], middle, pose > 0 ? shift : turn[0]);
      params.start = &start;
      params.match = WILLIS_MATCH_INFORMATION;
      willis_register (&va, &vb, &params, NULL, &r, &error);
      g_assert_no_error (error);
      share = shared (willis_segmentation_labels (sa), willis_segmentation_labels (sb), &r.motion, 0.7);
      g_test_message ("CTA and MRA, pose %d: turned %.2f degrees, %.0f %% of the MRA's arteries on the CTA's, "
                      "information %.3f, at %.2f %.2f %.2f",
                      pose, willis_rigid_angle (&r.motion) * 180 / G_PI, 100 * share, r.similarity, r.motion.t[0],
                      r.motion.t[1], r.motion.t[2]);
      g_assert_cmpfloat (share, >, 0.8);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/followup/data/rotational", GINT_TO_POINTER (0), test_copy);
  g_test_add_data_func ("/followup/data/whole-head", GINT_TO_POINTER (1), test_copy);
  g_test_add_data_func ("/followup/data/cta", GINT_TO_POINTER (2), test_copy);
  g_test_add_data_func ("/followup/data/mra", GINT_TO_POINTER (3), test_copy);
  g_test_add_func ("/followup/data/piece", test_piece);
  g_test_add_func ("/followup/data/two-kinds", test_two_kinds);
  return g_test_run ();
}
