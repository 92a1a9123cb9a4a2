/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Real scans against moved, resampled and re-noised copies of themselves, and a CTA against an MRA of one person.
 */
#include "core/base/error.h"
#include "core/followup/register.h"
#include "core/image/resample.h"
#include "core/io/volume-io.h"
#include "core/num/rng.h"
#include "core/vessel/segmentation.h"

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

static WillisVolume *
read_scan (const char *path)
{
  const char *const paths[] = { path, NULL };
  const double nominal[3] = { 0.3, 0.3, 0.3 };
  WillisReadOptions options = WILLIS_READ_OPTIONS_INIT;
  g_autoptr (GError) error = NULL;
  WillisVolume *v;

  if (g_str_has_suffix (path, "aneurysm.nrrd")) // its spacing of 1 mm is nominal
    memcpy (options.spacing_mm, nominal, sizeof nominal);
  v = willis_volume_read (paths, NULL, &options, NULL, NULL, &error);
  g_assert_no_error (error);
  return v;
}

/* volume under motion, on voxels of other edges, with noise. */
static WillisVolume *
moved_copy (const WillisVolume *volume, const WillisRigid *motion, double spacing_factor, double noise)
{
  WillisGrid grid = *willis_volume_grid (volume);
  double middle[3], back[12];
  WillisRigid inverse = willis_rigid_invert (motion);
  g_autoptr (WillisVolume) f = willis_volume_convert (volume, WILLIS_SCALAR_F32, NULL);
  WillisVolume *out;
  double range[2];
  float *v;
  WillisRng rng;

  for (int a = 0; a < 3; a++)
    middle[a] = 0.5 * (grid.dims[a] - 1);
  willis_grid_ijk_to_lps (&grid, middle, middle);
  willis_rigid_apply (motion, middle, middle);
  for (int a = 0; a < 3; a++)
    {
      grid.spacing_mm[a] *= spacing_factor;
      grid.dims[a] = MAX ((int) (grid.dims[a] / spacing_factor), 8);
    }
  // the same axes, the middle where the motion carried it
  for (int a = 0; a < 3; a++)
    {
      grid.origin_lps_mm[a] = middle[a];
      for (int c = 0; c < 3; c++)
        grid.origin_lps_mm[a] -= 0.5 * (grid.dims[c] - 1) * grid.spacing_mm[c] * grid.direction[3 * a + c];
    }
  willis_rigid_to_rows (&inverse, back);
  willis_volume_range (volume, range);
  out = willis_resample (f, &grid, WILLIS_INTERPOLATE_CUBIC, back, range[0], NULL, NULL);
  v = willis_volume_voxels_rw (out);
  willis_rng_init (&rng, 99, 1);
  for (gsize i = 0; i < willis_grid_n_voxels (&grid); i++)
    v[i] += (float) (noise * willis_rng_normal (&rng));
  return out;
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
      b = moved_copy (a, &motion, 1.15, scans[which].noise);
      va = willis_scan_view (a, NULL);
      vb = willis_scan_view (b, NULL);
      willis_register (&va, &vb, NULL, NULL, &r, &error);
      g_assert_no_error (error);
      gap = willis_rigid_gap (&r.motion, &motion, middle);
      g_test_message ("%s, pose %d: %.3f mm at the middle, expected %.3f; correlation %.3f", scans[which].name, pose, gap,
                      willis_registration_sd_at (&r, middle), r.similarity);
      g_assert_cmpfloat (gap, <, 0.15);
    }
}

static WillisSegmentation *
segment (WillisVolume *volume, WillisModality modality)
{
  WillisSegmentParams params = WILLIS_SEGMENT_PARAMS_INIT;
  g_autoptr (GError) error = NULL;
  WillisSegmentation *s;

  params.modality = modality;
  s = willis_segment (volume, &params, NULL, &error);
  g_assert_no_error (error);
  return s;
}

/* Share of the artery voxels of b that lie on (within slack_mm of) arteries of a. */
static double
shared (const WillisVolume *a, const WillisVolume *b, const WillisRigid *motion, double slack_mm)
{
  const WillisGrid *ga = willis_volume_grid (a), *gb = willis_volume_grid (b);
  WillisRigid back = willis_rigid_invert (motion);
  gsize in = 0, hit = 0;

  for (int k = 0; k < gb->dims[2]; k++)
    for (int j = 0; j < gb->dims[1]; j++)
      for (int i = 0; i < gb->dims[0]; i++)
        if (willis_volume_get (b, i, j, k) == WILLIS_LABEL_ARTERY)
          {
            double x[3] = { i, j, k };
            gboolean found = FALSE;
            int lo[3], hi[3];

            willis_grid_ijk_to_lps (gb, x, x);
            willis_rigid_apply (&back, x, x);
            willis_grid_lps_to_ijk (ga, x, x);
            if (x[0] < 0 || x[1] < 0 || x[2] < 0 || x[0] > ga->dims[0] - 1 || x[1] > ga->dims[1] - 1
                || x[2] > ga->dims[2] - 1)
              continue;
            in++;
            for (int c = 0; c < 3; c++)
              {
                lo[c] = MAX ((int) ceil (x[c] - slack_mm / ga->spacing_mm[c] - 0.5), 0);
                hi[c] = MIN ((int) floor (x[c] + slack_mm / ga->spacing_mm[c] + 0.5), ga->dims[c] - 1);
              }
            for (int z = lo[2]; z <= hi[2] && !found; z++)
              for (int y = lo[1]; y <= hi[1] && !found; y++)
                for (int q = lo[0]; q <= hi[0] && !found; q++)
                  found = willis_volume_get (a, q, y, z) == WILLIS_LABEL_ARTERY;
            hit += found;
          }
  return in > 0 ? (double) hit / (double) in : 0.0;
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
  g_test_add_func ("/followup/data/two-kinds", test_two_kinds);
  return g_test_run ();
}
