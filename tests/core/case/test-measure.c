/* SPDX-License-Identifier: Apache-2.0 */
/* A sac of a case is measured once, however often it is pointed at, and again where its arteries have changed. */
#include <math.h>

#include "core/base/error.h"
#include "core/num/vec3.h"
#include "tests/core/case/make-sacs.h"

static void
test_once (void)
{
  g_autoptr (WillisCase) c = case_with_sacs (2), before = NULL;
  WillisRiskInputs answers;
  const double outside[3] = { 10, 14, 14 }, above[3] = { 10, 24, 14 };
  WillisNeck neck;
  GError *error = NULL;

  measure (c, seed);
  answers = willis_case_risk_answers (c, 0);
  answers.irregular = WILLIS_ANSWER_YES;
  willis_case_set_risk_answers (c, 0, &answers);
  before = willis_case_copy (c);
  g_assert_cmpint (willis_case_aneurysm_at (c, other_seed), ==, 0);
  g_assert_cmpint (willis_case_aneurysm_at (c, outside), ==, -1);
  g_assert_cmpint (willis_case_aneurysm_at (c, above), ==, -1);
  g_assert_cmpint (willis_case_new_aneurysm (before, c), ==, -1);
  measure (c, other_seed);
  g_assert_cmpuint (willis_case_n_aneurysms (c), ==, 1);
  g_assert_cmpint (willis_case_new_aneurysm (before, c), ==, 0);
  g_assert_cmpint (willis_case_risk_answers (c, 0).irregular, ==, WILLIS_ANSWER_YES); // what was answered stays
  measure (c, second_seed);
  g_assert_cmpuint (willis_case_n_aneurysms (c), ==, 2);
  g_assert_cmpint (willis_case_new_aneurysm (before, c), ==, 0);
  g_assert_cmpint (willis_case_aneurysm_at (c, second_seed), ==, 1);
  neck = *willis_aneurysm_neck (willis_case_aneurysm (c, 1)); // by hand on the sac of the second
  vec3_axpy (neck.centre_lps_mm, neck.centre_lps_mm, 0.3, neck.normal);
  g_assert_true (willis_case_run_neck (c, -1, &neck, NULL, &error));
  g_assert_cmpuint (willis_case_n_aneurysms (c), ==, 2);
  g_assert_cmpuint (willis_case_n_sacs (c), ==, 2);
  willis_case_add_aneurysm (c, willis_case_aneurysm (before, 0), NULL); // as an older Willis did
  g_assert_cmpuint (willis_case_n_aneurysms (c), ==, 3);
  g_assert_cmpuint (willis_case_n_sacs (c), ==, 2);
  g_assert_cmpint (willis_case_sac_before (c, 1), ==, -1);
  g_assert_cmpint (willis_case_sac_before (c, 2), ==, 0);
}

/* The first neck was set by hand and stays where it is; the second is found again; both are of the arteries now. */
static void
test_again (void)
{
  g_autoptr (WillisCase) c = case_with_sacs (2);
  g_autoptr (WillisSurface) smaller = willis_surface_offset (willis_case_surface (c), -0.1);
  WillisNeck neck;
  GError *error = NULL;

  measure (c, seed);
  measure (c, second_seed);
  neck = *willis_aneurysm_neck (willis_case_aneurysm (c, 0));
  vec3_axpy (neck.centre_lps_mm, neck.centre_lps_mm, 0.5, neck.normal);
  g_assert_true (willis_case_run_neck (c, 0, &neck, NULL, &error));
  neck = *willis_aneurysm_neck (willis_case_aneurysm (c, 0));
  willis_case_set_surface (c, smaller, NULL);
  g_assert_true (willis_case_run_tree (c, NULL, &error));
  g_assert_cmpint (willis_case_aneurysm_state (c, 1), ==, WILLIS_STATE_STALE);
  g_assert_true (willis_case_run_aneurysms (c, NULL, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (willis_case_n_aneurysms (c), ==, 2);
  g_assert_cmpint (willis_case_state (c, WILLIS_STAGE_ANEURYSMS), ==, WILLIS_STATE_FRESH);
  g_assert_cmpfloat (vec3_dist (neck.centre_lps_mm, willis_aneurysm_neck (willis_case_aneurysm (c, 0))->centre_lps_mm),
                     <, 0.15);
  g_assert_nonnull (strstr (willis_case_aneurysm_provenance (c, 0)->params, "by hand"));
  g_assert_nonnull (strstr (willis_case_aneurysm_provenance (c, 1)->params, "found"));
}

/* A sac that the arteries no longer have keeps its numbers, and stays marked. */
static void
test_gone (void)
{
  g_autoptr (WillisCase) c = case_with_sacs (1), bare = case_with_sacs (0);
  g_autoptr (GPtrArray) left = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *why = NULL;
  GError *error = NULL;

  measure (c, seed);
  willis_case_set_surface (c, willis_case_surface (bare), NULL);
  willis_case_set_tree (c, willis_case_tree (bare), NULL);
  g_assert_false (willis_case_run_again (c, 0, NULL, &error));
  g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_FAILED);
  why = g_strdup (error->message);
  g_clear_error (&error);
  g_assert_false (willis_case_run_again (c, 1, NULL, &error));
  g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_BAD_INPUT);
  g_clear_error (&error);
  g_assert_true (willis_case_run_aneurysms (c, left, NULL, &error));
  g_assert_cmpuint (willis_case_n_aneurysms (c), ==, 1);
  g_assert_cmpint (willis_case_aneurysm_state (c, 0), ==, WILLIS_STATE_STALE);
  g_assert_cmpuint (left->len, ==, 1); // and it is said
  g_assert_true (g_str_has_prefix (left->pdata[0], "aneurysm 1 was not found again"));
  g_assert_true (g_str_has_suffix (left->pdata[0], why));
}

/* Nor does it become the sac beside it. */
static void
test_gone_beside_another (void)
{
  g_autoptr (WillisCase) c = case_with_sacs (2), one = case_with_sacs (1);
  g_autofree char *before = NULL;
  GError *error = NULL;

  measure (c, seed);
  measure (c, second_seed);
  before = g_strdup (willis_aneurysm_digest (willis_case_aneurysm (c, 1)));
  willis_case_set_surface (c, willis_case_surface (one), NULL);
  willis_case_set_tree (c, willis_case_tree (one), NULL);
  g_assert_true (willis_case_run_aneurysms (c, NULL, NULL, &error));
  g_assert_cmpint (willis_case_aneurysm_state (c, 0), ==, WILLIS_STATE_FRESH);
  g_assert_cmpint (willis_case_aneurysm_state (c, 1), ==, WILLIS_STATE_STALE);
  g_assert_cmpstr (willis_aneurysm_digest (willis_case_aneurysm (c, 1)), ==, before);
}

/* A point in the bare artery is not that of the sac beside it; one a little outside its wall is. */
static void
test_beside (void)
{
  g_autoptr (WillisCase) c = case_with_sacs (1);
  const double beside[3] = { 16, 14, 14 }, below[3] = { 10, 13.5, 14 }, off_wall[3] = { 13, 18, 14 };
  GError *error = NULL;

  g_assert_false (willis_case_run_aneurysm_at (c, beside, -1, NULL, &error));
  g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, "no sac is at this place"));
  g_clear_error (&error);
  g_assert_false (willis_case_run_aneurysm_at (c, below, -1, NULL, &error));
  g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_FAILED);
  g_clear_error (&error);
  measure (c, off_wall);
  g_assert_cmpuint (willis_case_n_aneurysms (c), ==, 1);
  g_assert_cmpint (willis_case_aneurysm_at (c, seed), ==, 0);
}

/* A sac bent so far that its middle lies outside. */
static WillisAneurysm *
bent_sac (double turn)
{
  const SceneTube parts[] = { { { 8, 6, 14 }, { 8, 24, 14 }, 2.0 },
                              { { 8, 24, 14 }, { 20, 24, 14 }, 2.0 },
                              { { 20, 24, 14 }, { 20, 14, 14 }, 2.0 } };
  const WillisNeck neck = { { 8, 10, 14 }, { 0, cos (turn), sin (turn) }, { 8, 20, 14 } };
  g_autoptr (WillisSurface) surface = shape_surface (parts, 3, 64, 0.56);
  GError *error = NULL;
  WillisAneurysm *aneurysm = willis_aneurysm_isolate (surface, NULL, &neck, -1.0, NULL, &error);

  g_assert_no_error (error);
  return aneurysm;
}

static void
test_bent (void)
{
  g_autoptr (WillisCase) c = case_with_sacs (1);
  g_autoptr (WillisAneurysm) one = bent_sac (0.0), other = bent_sac (0.15);

  willis_case_add_aneurysm (c, one, NULL);
  willis_case_add_aneurysm (c, other, NULL);
  g_assert_cmpuint (willis_case_n_sacs (c), ==, 1);
  g_assert_cmpint (willis_case_sac_before (c, 1), ==, 0);
}

/* A scan that ends below the top of the sac, of so many voxels along y. */
static WillisCase *
case_of_scan (int ny)
{
  const int dims[3] = { 80, ny, 60 };
  const double spacing[3] = { 0.5, 0.5, 0.5 }, origin[3] = { 0, 0, 0 };
  WillisGrid grid = willis_grid_new (dims, spacing, origin);
  g_autoptr (WillisVolume) volume = willis_volume_new (&grid, WILLIS_SCALAR_I16, NULL);
  WillisCase *c = willis_case_new ();

  willis_case_set_scan (c, volume, &(WillisStudy) WILLIS_STUDY_INIT);
  return c;
}

static void
test_edge (void)
{
  g_autoptr (WillisCase) c = case_with_sacs (1), whole = case_of_scan (60), cut = case_of_scan (40);
  WillisAneurysm *aneurysm;

  measure (c, seed);
  aneurysm = willis_case_aneurysm (c, 0);
  g_assert_null (willis_case_sac_doubt (NULL, aneurysm));
  g_assert_null (willis_case_sac_doubt (c, aneurysm));
  g_assert_null (willis_case_sac_doubt (whole, aneurysm));
  g_assert_nonnull (strstr (willis_case_sac_doubt (cut, aneurysm), "reaches the edge of the scan"));
  /* the size of what is more than a sac is asked, not taken */
  willis_case_add_aneurysm (whole, aneurysm, NULL);
  willis_case_add_aneurysm (cut, aneurysm, NULL);
  g_assert_cmpfloat (willis_case_risk_inputs (whole, 0).size_mm, ==,
                     willis_aneurysm_morphology (aneurysm)->index[WILLIS_INDEX_SIZE].value);
  g_assert_true (isnan (willis_case_risk_inputs (cut, 0).size_mm));
}

/* A likely candidate that the scan is too coarse for is left out, and it is said which and why. */
static void
test_left_out (void)
{
  const int dims[3] = { 24, 24, 12 };
  const double spacing[3] = { 1.5, 1.5, 3.5 }, origin[3] = { 0, 0, 0 };
  WillisGrid grid = willis_grid_new (dims, spacing, origin);
  g_autoptr (WillisVolume) volume = willis_volume_new (&grid, WILLIS_SCALAR_I16, NULL);
  g_autoptr (WillisCase) sacs = case_with_sacs (1), c = willis_case_new ();
  g_autoptr (GPtrArray) left = g_ptr_array_new_with_free_func (g_free);
  GError *error = NULL;

  willis_case_set_scan (c, volume, &(WillisStudy) WILLIS_STUDY_INIT);
  willis_case_set_surface (c, willis_case_surface (sacs), NULL);
  willis_case_set_tree (c, willis_case_tree (sacs), NULL);
  g_assert_true (willis_case_run_detect (c, NULL, &error));
  g_assert_true (willis_case_run_aneurysms (c, left, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (willis_case_n_aneurysms (c), ==, 0);
  g_assert_cmpuint (left->len, ==, 1);
  g_assert_true (g_str_has_prefix (left->pdata[0], "candidate 1 at 10."));
  g_assert_nonnull (strstr (left->pdata[0], "the scan shows nothing below 5.2 mm"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/case/measure/once", test_once);
  g_test_add_func ("/case/measure/again", test_again);
  g_test_add_func ("/case/measure/gone", test_gone);
  g_test_add_func ("/case/measure/gone-beside-another", test_gone_beside_another);
  g_test_add_func ("/case/measure/beside", test_beside);
  g_test_add_func ("/case/measure/bent", test_bent);
  g_test_add_func ("/case/measure/edge", test_edge);
  g_test_add_func ("/case/measure/left-out", test_left_out);
  return g_test_run ();
}
