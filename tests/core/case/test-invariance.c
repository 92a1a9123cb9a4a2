/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The same head moved, turned or sampled otherwise gives the same aneurysm: exactly where only the numbers of the grid
 * change, within the stated uncertainty where the scan is another one.
 */
#include <glib.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "core/case/case.h"
#include "core/image/resample.h"
#include "core/num/vec3.h"
#include "core/phantom/phantom-private.h"

/* What is compared: sizes that planning hangs on. */
static const WillisIndex indices[] = { WILLIS_INDEX_HEIGHT, WILLIS_INDEX_WIDTH, WILLIS_INDEX_NECK_DIAMETER,
                                       WILLIS_INDEX_VOLUME, WILLIS_INDEX_AREA };

/* About the z axis, and about x before that. */
static const double turns[][9]
    = { { 0.8, -0.6, 0.0, 0.6, 0.8, 0.0, 0.0, 0.0, 1.0 },
        { 0.8, -0.6 * 12 / 13, 0.6 * 5 / 13, 0.6, 0.8 * 12 / 13, -0.8 * 5 / 13, 0.0, 5.0 / 13, 12.0 / 13 } };

typedef struct
{
  double value[G_N_ELEMENTS (indices)], sd[G_N_ELEMENTS (indices)];
  double neck[3], normal[3];
  WillisTree *tree;
} Answer;

/* A sidewall aneurysm beside bone, in a head moved as told, on a grid of this spacing. */
static WillisPhantom *
head (double spacing, const char *motion)
{
  g_autofree char *folder = g_build_filename (g_getenv ("WILLIS_SOURCE_DIR"), "data", "phantoms", NULL);
  g_autofree char *base = g_build_filename (folder, "circle-of-willis.json", NULL);
  g_autofree char *dir = g_dir_make_tmp ("willis-invariance-XXXXXX", NULL);
  g_autofree char *copy = g_build_filename (dir, "base.json", NULL);
  g_autofree char *path = g_build_filename (dir, "case.json", NULL);
  int n = (int) ceil (38.0 / spacing);
  g_autofree char *text = g_strdup_printf (
      "{\"base\": \"base.json\", \"seed\": 3, \"grid\": {\"dims\": [%d, %d, %d], \"spacing_mm\": [%g, %g, %g],"
      "\"centre_lps_mm\": [12, -8, -13]}, %s"
      "\"aneurysms\": [{\"parent\": \"ICA left\", \"kind\": \"sidewall\", \"at_mm\": 78, \"axis\": [-0.75, 0.15, 0.65],"
      "\"height_mm\": 6, \"width_mm\": 6.2, \"neck_mm\": 4}]}",
      n, n, n, spacing, spacing, spacing, motion);
  g_autofree char *whole = NULL;
  g_autoptr (GError) error = NULL;
  WillisPhantom *phantom;

  g_assert_true (g_file_get_contents (base, &whole, NULL, NULL) && g_file_set_contents (copy, whole, -1, NULL)
                 && g_file_set_contents (path, text, -1, NULL));
  phantom = willis_phantom_load (path, &error);
  g_assert_no_error (error);
  g_remove (copy);
  g_remove (path);
  g_rmdir (dir);
  return phantom;
}

/* The whole chain. seed: a point in the sac, scan coordinates. */
static void
answer (WillisVolume *scan, const double seed[3], Answer *out)
{
  WillisSegmentParams params = WILLIS_SEGMENT_PARAMS_INIT;
  WillisStudy study = { .modality = (char *) "CT", .patient_age = -1 };
  g_autoptr (WillisCase) c = willis_case_new ();
  g_autoptr (GError) error = NULL;
  const WillisAneurysm *a;

  willis_case_set_scan (c, scan, &study);
  g_assert_true (willis_case_run_segment (c, &params, NULL, &error) && willis_case_run_tree (c, NULL, &error)
                 && willis_case_run_aneurysm_at (c, seed, -1, NULL, &error));
  a = willis_case_aneurysm (c, 0);
  for (gsize n = 0; n < G_N_ELEMENTS (indices); n++)
    {
      out->value[n] = willis_aneurysm_morphology (a)->index[indices[n]].value;
      out->sd[n] = willis_aneurysm_morphology (a)->index[indices[n]].sd;
    }
  vec3_copy (out->neck, willis_aneurysm_neck (a)->centre_lps_mm);
  vec3_copy (out->normal, willis_aneurysm_neck (a)->normal);
  out->tree = willis_tree_ref ((WillisTree *) willis_case_tree (c));
}

typedef struct
{
  WillisPhantom *phantom;
  WillisVolume *scan;
  double dome[3];
  Answer answer;
} Still;

/* The head as it lies, computed once. */
static const Still *
still (void)
{
  static Still s;
  PhantomSacTruth *truth;

  if (s.scan != NULL)
    return &s;
  s.phantom = head (0.45, "");
  s.scan = willis_phantom_scan (s.phantom, NULL, NULL);
  truth = phantom_sac_truth (s.phantom, s.phantom->sacs->pdata[0]);
  vec3_copy (s.dome, truth->dome);
  phantom_sac_truth_free (truth);
  answer (s.scan, s.dome, &s.answer);
  return &s;
}

/* within: how many combined deviations two answers may lie apart: less than one, for the deviations stand for more than
 * the sampling (they move the neck by 0.5 mm and 5 degrees); up to 0.15 was measured. */
static void
assert_same (const char *what, const Answer *x, const Answer *y, double within)
{
  for (gsize n = 0; n < G_N_ELEMENTS (indices); n++)
    {
      double apart = fabs (x->value[n] - y->value[n]), sd = hypot (x->sd[n], y->sd[n]);

      g_test_message ("%s: %s %.4f and %.4f, %.3f of the deviation", what, willis_index_info (indices[n])->name, x->value[n],
                      y->value[n], apart / sd);
      g_assert_cmpfloat (apart, <, within * sd);
    }
}

static int
compare_doubles (const void *a, const void *b)
{
  const double *x = a, *y = b;

  return (*x > *y) - (*x < *y);
}

/* Points of a tree, moved by turn and shift, lie on the other tree: nineteen in twenty within the first bound, all
 * within the second. */
static void
assert_on_tree (const WillisTree *tree, const double turn[9], const double shift[3], const WillisTree *other)
{
  g_autoptr (GArray) apart = g_array_new (FALSE, FALSE, sizeof (double));

  for (gsize b = 0; b < willis_tree_n_branches (tree); b++)
    for (gsize i = 0; i < willis_tree_branch (tree, b)->n_points; i++)
      {
        double x[3], d;

        for (int a = 0; a < 3; a++)
          x[a] = shift[a] + vec3_dot (turn + 3 * a, willis_tree_branch (tree, b)->points_lps_mm + 3 * i);
        g_assert_true (willis_tree_nearest (other, x, NULL, NULL, &d));
        g_array_append_val (apart, d);
      }
  qsort (apart->data, apart->len, sizeof (double), compare_doubles);
  g_test_message ("centrelines apart: half within %.4f, 95 %% within %.4f, all within %.4f mm",
                  g_array_index (apart, double, apart->len / 2), g_array_index (apart, double, apart->len * 95 / 100),
                  g_array_index (apart, double, apart->len - 1));
  g_assert_cmpfloat (g_array_index (apart, double, apart->len * 95 / 100), <, 0.02);
  g_assert_cmpfloat (g_array_index (apart, double, apart->len - 1), <, 0.1);
}

static double
tree_length_mm (const WillisTree *tree)
{
  double sum = 0.0;

  for (gsize b = 0; b < willis_tree_n_branches (tree); b++)
    sum += willis_tree_branch (tree, b)->length_mm;
  return sum;
}

/* The grid's origin and axes are only names: the same voxels elsewhere and turned are the same answer there. */
static void
test_relabelled (gconstpointer turned)
{
  const double *turn = turned;
  const Still *s = still ();
  WillisGrid grid = *willis_volume_grid (s->scan);
  const double shift[3] = { 41.7, -15.2, 8.1 };
  g_autoptr (WillisVolume) moved = NULL;
  double origin[3], seed[3], expected[3], direction[9], back[9], home[3];
  Answer there;

  for (int a = 0; a < 3; a++)
    {
      origin[a] = shift[a] + vec3_dot (turn + 3 * a, grid.origin_lps_mm);
      seed[a] = shift[a] + vec3_dot (turn + 3 * a, s->dome);
      expected[a] = shift[a] + vec3_dot (turn + 3 * a, s->answer.neck);
      home[a] = -(turn[a] * shift[0] + turn[3 + a] * shift[1] + turn[6 + a] * shift[2]);
      for (int b = 0; b < 3; b++)
        {
          direction[3 * a + b] = turn[3 * a] * grid.direction[b] + turn[3 * a + 1] * grid.direction[3 + b]
                                 + turn[3 * a + 2] * grid.direction[6 + b];
          back[3 * a + b] = turn[3 * b + a];
        }
    }
  vec3_copy (grid.origin_lps_mm, origin);
  memcpy (grid.direction, direction, sizeof direction);
  moved = willis_volume_new (&grid, WILLIS_SCALAR_I16, NULL);
  memcpy (willis_volume_voxels_rw (moved), willis_volume_i16 (s->scan), willis_grid_n_voxels (&grid) * sizeof (gint16));
  answer (moved, seed, &there);
  assert_same ("relabelled", &s->answer, &there, 0.02);
  g_assert_cmpfloat (vec3_dist (expected, there.neck), <, 0.05);
  g_assert_cmpfloat_with_epsilon (tree_length_mm (there.tree) / tree_length_mm (s->answer.tree), 1.0, 0.002);
  assert_on_tree (s->answer.tree, turn, shift, there.tree);
  assert_on_tree (there.tree, back, home, s->answer.tree);
  willis_tree_unref (there.tree);
}

/* Another position of the head in the scanner: other voxels, other noise. */
static void
test_moved (void)
{
  const char *const motions[] = {
    "\"rotation_deg\": [0, 0, 0], \"translation_mm\": [0.21, -0.13, 0.17],",
    "\"rotation_deg\": [14, -9, 22], \"translation_mm\": [1.3, -0.7, 0.9],",
  };
  const Still *s = still ();

  for (gsize m = 0; m < G_N_ELEMENTS (motions); m++)
    {
      WillisPhantom *phantom = head (0.45, motions[m]);
      g_autoptr (WillisVolume) scan = willis_phantom_scan (phantom, NULL, NULL);
      double anatomy[3], seed[3], expected[3];
      Answer there;

      phantom_to_anatomy (s->phantom, s->dome, anatomy);
      phantom_to_scan (phantom, anatomy, seed);
      phantom_to_anatomy (s->phantom, s->answer.neck, anatomy);
      phantom_to_scan (phantom, anatomy, expected);
      answer (scan, seed, &there);
      assert_same (m == 0 ? "shifted" : "turned", &s->answer, &there, 0.4);
      g_assert_cmpfloat (vec3_dist (expected, there.neck), <, 0.5);
      willis_tree_unref (there.tree);
      willis_phantom_free (phantom);
    }
}

/* The same scan interpolated to other voxels, and a scan with other voxels. */
static void
test_resampled (void)
{
  const Still *s = still ();
  WillisGrid finer = willis_grid_isotropic (willis_volume_grid (s->scan), 0.36);
  g_autoptr (WillisVolume) resampled
      = willis_resample (s->scan, &finer, WILLIS_INTERPOLATE_CUBIC, NULL, -1000.0, NULL, NULL);
  WillisPhantom *phantom = head (0.6, "");
  g_autoptr (WillisVolume) coarse = willis_phantom_scan (phantom, NULL, NULL);
  Answer there;

  answer (resampled, s->dome, &there);
  assert_same ("resampled", &s->answer, &there, 0.4);
  willis_tree_unref (there.tree);
  answer (coarse, s->dome, &there);
  assert_same ("coarser", &s->answer, &there, 0.4);
  willis_tree_unref (there.tree);
  willis_phantom_free (phantom);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/invariance/relabelled/axial", turns[0], test_relabelled);
  g_test_add_data_func ("/invariance/relabelled/oblique", turns[1], test_relabelled);
  g_test_add_func ("/invariance/moved", test_moved);
  g_test_add_func ("/invariance/resampled", test_resampled);
  return g_test_run ();
}
