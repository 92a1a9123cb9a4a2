/* SPDX-License-Identifier: Apache-2.0 */
/* A case without what says whose it is. This test is its own reader process. */
#include <string.h>
#include <unistd.h>

#include "core/base/error.h"
#include "core/case/case-private.h"
#include "core/case/compare.h"
#include "core/io/reader.h"
#include "tests/core/case/make-case.h"

/* Nothing of what says whose a case is stands in the file of its de-identified copy, and the rest does. */
static void
test_deidentified (void)
{
  static const char *const gone[]
      = { "Zhang", "张三", "P-77", "1960-02-01", "2024-03", "1.2.840.99", "WANG", "old-scan", "2021-07", "CTA head" };
  g_autofree char *folder = g_dir_make_tmp ("willis-case-XXXXXX", NULL);
  g_autofree char *named = g_build_filename (folder, "named.h5", NULL);
  g_autofree char *path = g_build_filename (folder, "copy.h5", NULL);
  g_autoptr (WillisCase) c = make_case (1);
  g_autoptr (WillisCase) stripped = NULL;
  g_autoptr (WillisCase) loaded = NULL;
  const WillisRigid still = { .r = { 1, 0, 0, 0, 1, 0, 0, 0, 1 } };
  const WillisAlign align = { .rigid.motion = still, .motion = still, .tre_mm = 0.1 };
  g_autoptr (WillisComparison) comparison = willis_comparison_new (willis_growth_new (&align));
  g_autofree char *bytes = NULL;
  WillisRiskInputs answers = willis_case_risk_answers (c, 0);
  WillisStudy study;
  gsize size;
  GError *error = NULL;

  willis_study_copy (&study, willis_case_study (c));
  g_free (study.series_uid);
  study.series_uid = g_strdup ("1.2.840.99");
  study.source = g_strdup ("WANG_scan.nii");
  study.patient_age = 93;
  willis_case_set_study (c, &study);
  willis_study_clear (&study);
  answers.age = 93;
  willis_case_set_risk_answers (c, 0, &answers);
  comparison->earlier = g_strdup ("scan=0 surface=0 aneurysms=0");
  comparison->earlier_date = g_strdup ("2021-07-01");
  comparison->earlier_file = g_strdup ("old-scan.h5");
  comparison->years = 2.68;
  comparison->provenance.time = g_strdup ("2024-03-09T10:11:12Z");
  comparison->provenance.digest = g_strdup ("0");
  comparison->provenance.inputs = g_strdup ("scan=1");
  comparison->provenance.params = g_strdup ("");
  comparison->provenance.program = g_strdup ("willis");
  willis_case_add_comparison (c, comparison);
  g_assert_true (willis_case_rename_branch (c, 2, "Zhang's own", NULL));
  g_assert_true (willis_case_save (c, named, NULL, NULL));
  g_assert_true (g_file_get_contents (named, &bytes, &size, NULL));
  for (gsize n = 0; n < G_N_ELEMENTS (gone); n++)
    if (memmem (bytes, size, gone[n], strlen (gone[n])) == NULL)
      g_error ("the case itself does not hold \"%s\"", gone[n]);

  stripped = willis_case_deidentified (c, "Trainee 4", &error);
  g_assert_no_error (error);
  g_assert_true (willis_case_save (stripped, path, NULL, &error));
  g_clear_pointer (&bytes, g_free);
  g_assert_true (g_file_get_contents (path, &bytes, &size, NULL));
  for (gsize n = 0; n < G_N_ELEMENTS (gone); n++)
    if (memmem (bytes, size, gone[n], strlen (gone[n])) != NULL)
      g_error ("the copy holds \"%s\"", gone[n]);
  loaded = willis_case_load (path, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (willis_case_study (loaded)->pseudonym, ==, "Trainee 4");
  g_assert_cmpstr (willis_case_study (loaded)->study_date, ==, "2024");
  g_assert_cmpstr (willis_case_study (loaded)->patient_sex, ==, "F");
  g_assert_cmpint (willis_case_study (loaded)->patient_age, ==, 90);
  g_assert_cmpint (willis_case_risk_answers (loaded, 0).age, ==, 90);
  g_assert_cmpuint (g_strv_length (willis_case_study (loaded)->warnings), ==, 2);
  g_assert_cmpfloat (willis_case_comparison (loaded, 0)->years, ==, 2.68);
  g_assert_cmpstr (willis_case_comparison (loaded, 0)->earlier_date, ==, "2021");
  g_assert_cmpstr (willis_case_digest (loaded, WILLIS_STAGE_SCAN), ==, willis_case_digest (c, WILLIS_STAGE_SCAN));
  g_assert_cmpstr (willis_tree_branch (willis_case_tree (loaded), 1)->name, ==, "ICA left 左");
  for (int stage = 0; stage < WILLIS_STAGE_ANEURYSMS; stage++)
    g_assert_cmpint (willis_case_state (loaded, stage), ==, willis_case_state (c, stage));
  g_assert_cmpstr (willis_case_study (c)->patient_id, ==, "P-77"); // the case itself stays as it was

  g_assert_null (willis_case_deidentified (c, "p-77 b", &error));
  g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_USAGE);
  g_clear_error (&error);
  g_assert_null (willis_case_deidentified (c, "", &error));
  g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_USAGE);
  g_clear_error (&error);
  unlink (named);
  unlink (path);
  rmdir (folder);
}

int
main (int argc, char **argv)
{
  int status;

  if (willis_reader_main (argc, argv, &status))
    return status;
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/case/deidentified", test_deidentified);
  return g_test_run ();
}
