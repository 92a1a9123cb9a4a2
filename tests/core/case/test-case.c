/* SPDX-License-Identifier: Apache-2.0 */
/* Cases: states, copies, files. This test is its own reader process. */
#include "core/case/case.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/error.h"
#include "core/base/parallel.h"
#include "core/io/archive.h"
#include "tests/core/case/make-case.h"
#include "tests/core/vessel/shape.h"

static char *folder;

static char *
in_folder (const char *name)
{
  return g_build_filename (folder, name, NULL);
}

static void
assert_states (const WillisCase *c, const char *expected)
{
  for (int stage = 0; stage < WILLIS_N_STAGES; stage++)
    {
      const char letters[] = { 'm', 'f', 's' };

      if (letters[willis_case_state (c, stage)] != expected[stage])
        g_error ("%s is %c, not %c", willis_stage_name (stage), letters[willis_case_state (c, stage)], expected[stage]);
    }
}

/* The letters are scan, segmentation, surface, tree, candidates, aneurysms: missing, fresh, stale. */
static void
test_states (void)
{
  g_autoptr (WillisCase) c = make_case (0);
  g_autoptr (WillisCase) empty = willis_case_new ();
  g_autoptr (WillisCase) before = willis_case_copy (c);
  const int dims[3] = { 5, 5, 5 };
  g_autoptr (WillisVolume) other = make_volume (dims, WILLIS_SCALAR_I16, 9);
  g_autoptr (WillisVolume) same = make_volume ((int[]){ 21, 19, 17 }, WILLIS_SCALAR_I16, 0);
  g_autoptr (WillisSurface) surface = make_tetrahedron (99);
  g_autoptr (WillisTree) tree = make_tree (2.5);
  g_autoptr (WillisAneurysm) aneurysm = make_aneurysm (1);

  assert_states (empty, "mmmmmm");
  assert_states (c, "ffffff");
  willis_case_set_tree (c, tree, NULL);
  assert_states (c, "ffffss");
  g_assert_cmpint (willis_case_aneurysm_state (c, 0), ==, WILLIS_STATE_STALE);
  willis_case_replace_aneurysm (c, 0, aneurysm, NULL);
  g_assert_cmpint (willis_case_aneurysm_state (c, 0), ==, WILLIS_STATE_FRESH);
  assert_states (c, "ffffss"); // the second is still of the old tree
  willis_case_remove_aneurysm (c, 1);
  assert_states (c, "ffffsf");
  willis_case_set_surface (c, surface, NULL);
  assert_states (c, "fffsss");
  willis_case_set_scan (c, other, NULL);
  assert_states (c, "fsssss");
  willis_case_set_scan (c, same, NULL); // the bytes of the first scan again: what was made from it holds
  assert_states (c, "fffsss");
  assert_states (before, "ffffff"); // a copy is another value
  g_assert_cmpuint (willis_case_n_aneurysms (before), ==, 2);
  g_assert_cmpint (willis_case_aneurysm_state (before, 7), ==, WILLIS_STATE_MISSING);
}

static void
assert_same_surface (WillisSurface *a, WillisSurface *b)
{
  g_assert_cmpstr (willis_surface_digest (a), ==, willis_surface_digest (b));
}

/* older: b comes from a file of a time when fewer indices were measured. */
static void
assert_same_aneurysm (WillisAneurysm *a, WillisAneurysm *b, gboolean older)
{
  gsize n = 0, m = 0;
  const double *x = willis_aneurysm_neck_curve (a, &n), *y = willis_aneurysm_neck_curve (b, &m);
  const WillisMorphology *p = willis_aneurysm_morphology (a), *q = willis_aneurysm_morphology (b);

  g_assert_cmpmem (willis_aneurysm_neck (a), sizeof (WillisNeck), willis_aneurysm_neck (b), sizeof (WillisNeck));
  g_assert_cmpmem (x, n * 3 * sizeof *x, y, m * 3 * sizeof *y);
  assert_same_surface (willis_aneurysm_sac (a), willis_aneurysm_sac (b));
  assert_same_surface (willis_aneurysm_ostium (a), willis_aneurysm_ostium (b));
  g_assert_cmpint (willis_aneurysm_branch (a), ==, willis_aneurysm_branch (b));
  g_assert_true (older ? isnan (willis_aneurysm_neck_doubt (b)->foot_mm)
                       : willis_aneurysm_neck_doubt (a)->foot_mm == willis_aneurysm_neck_doubt (b)->foot_mm);
  g_assert_true (older ? isnan (willis_aneurysm_neck_doubt (b)->below)
                       : willis_aneurysm_neck_doubt (a)->below == willis_aneurysm_neck_doubt (b)->below);
  g_assert_true (older ? isnan (willis_aneurysm_neck_doubt (b)->through_mm)
                       : willis_aneurysm_neck_doubt (a)->through_mm == willis_aneurysm_neck_doubt (b)->through_mm);
  // the values of the made case go by place: in an older file, by place among those that were measured then
  for (int i = 0, k = 0; i < WILLIS_N_INDICES; i++)
    {
      if (older && g_strcmp0 (q->index[i].reason, "not in this file") == 0)
        {
          g_assert_true (isnan (q->index[i].value));
          continue;
        }
      g_assert_true (p->index[k].value == q->index[i].value
                     || (isnan (p->index[k].value) && isnan (q->index[i].value)));
      g_assert_true (p->index[k].sd == q->index[i].sd || (isnan (p->index[k].sd) && isnan (q->index[i].sd)));
      g_assert_cmpstr (p->index[k].reason, ==, q->index[i].reason);
      k++;
    }
}

static void
assert_same_study (const WillisStudy *a, const WillisStudy *b)
{
  g_assert_cmpstr (a->modality, ==, b->modality);
  g_assert_cmpstr (a->description, ==, b->description);
  g_assert_cmpstr (a->study_date, ==, b->study_date);
  g_assert_cmpstr (a->kernel, ==, b->kernel);
  g_assert_cmpstr (a->patient_name, ==, b->patient_name);
  g_assert_cmpstr (a->patient_id, ==, b->patient_id);
  g_assert_cmpstr (a->patient_birth_date, ==, b->patient_birth_date);
  g_assert_cmpstr (a->patient_sex, ==, b->patient_sex);
  g_assert_cmpint (a->patient_age, ==, b->patient_age);
  g_assert_cmpstr (a->pseudonym, ==, b->pseudonym);
  g_assert_cmpint (a->warnings == NULL, ==, b->warnings == NULL);
  if (a->warnings != NULL)
    g_assert_cmpstrv (a->warnings, b->warnings);
}

static void
assert_same_case_but (const WillisCase *a, const WillisCase *b, int but)
{
  const GArray *x = willis_case_candidates (a), *y = willis_case_candidates (b);

  assert_same_study (willis_case_study (a), willis_case_study (b));
  g_assert_true (willis_grid_equal (willis_volume_grid (willis_case_volume (a)),
                                    willis_volume_grid (willis_case_volume (b))));
  g_assert_cmpstr (willis_volume_digest (willis_case_volume (a)), ==, willis_volume_digest (willis_case_volume (b)));
  g_assert_cmpstr (willis_segmentation_digest (willis_case_segmentation (a)), ==,
                   willis_segmentation_digest (willis_case_segmentation (b)));
  assert_same_surface (willis_case_surface (a), willis_case_surface (b));
  g_assert_cmpstr (willis_tree_digest (willis_case_tree (a)), ==, willis_tree_digest (willis_case_tree (b)));
  g_assert_cmpuint (x->len, ==, y->len);
  for (guint n = 0; n < x->len; n++)
    {
      const WillisCandidate *p = &g_array_index (x, WillisCandidate, n), *q = &g_array_index (y, WillisCandidate, n);

      g_assert_cmpmem (p, offsetof (WillisCandidate, branch), q, offsetof (WillisCandidate, branch));
      g_assert_cmpint (p->branch, ==, q->branch);
    }
  g_assert_cmpuint (willis_case_n_aneurysms (a), ==, willis_case_n_aneurysms (b));
  for (gsize n = 0; n < willis_case_n_aneurysms (a); n++)
    {
      assert_same_aneurysm (willis_case_aneurysm (a, n), willis_case_aneurysm (b, n), but >= 0);
      g_assert_cmpint (willis_case_aneurysm_state (a, n), ==, willis_case_aneurysm_state (b, n));
      g_assert_cmpstr (willis_case_aneurysm_provenance (a, n)->params, ==,
                       willis_case_aneurysm_provenance (b, n)->params);
    }
  for (int stage = 0; stage < WILLIS_N_STAGES; stage++)
    {
      g_assert_cmpint (willis_case_state (a, stage), ==, willis_case_state (b, stage));
      if (stage != but && !(but >= 0 && stage == WILLIS_STAGE_ANEURYSMS)) // an older file: of the indices of then
        g_assert_cmpstr (willis_case_digest (a, stage), ==, willis_case_digest (b, stage));
      g_assert_cmpstr (willis_case_params (a, stage), ==, willis_case_params (b, stage));
    }
}

static void
assert_same_case (const WillisCase *a, const WillisCase *b)
{
  assert_same_case_but (a, b, -1);
}

static void
test_round_trip (void)
{
  g_autofree char *path = in_folder ("病例 one.h5"), *path2 = in_folder ("two.h5"), *x = NULL, *y = NULL;
  g_autoptr (WillisCase) a = make_case (1);
  g_autoptr (WillisCase) b = NULL, c = NULL;
  g_autoptr (GError) error = NULL;
  gsize nx = 0, ny = 0;

  willis_case_save (a, path, NULL, &error);
  g_assert_no_error (error);
  b = willis_case_load (path, NULL, &error);
  g_assert_no_error (error);
  assert_same_case (a, b);
  willis_case_save (b, path2, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (path, &x, &nx, NULL) && g_file_get_contents (path2, &y, &ny, NULL));
  g_assert_cmpmem (x, nx, y, ny); // load and save: the same bytes
  c = willis_case_load (path2, NULL, &error);
  g_assert_no_error (error);
  assert_same_case (a, c);
}

static void
test_partial (void)
{
  g_autofree char *path = in_folder ("partial.h5");
  g_autoptr (WillisCase) empty = willis_case_new ();
  g_autoptr (WillisCase) scan = willis_case_new ();
  g_autoptr (WillisCase) back = NULL;
  const int dims[3] = { 3, 4, 5 };

  g_assert_true (willis_case_save (empty, path, NULL, NULL));
  back = willis_case_load (path, NULL, NULL);
  g_assert_nonnull (back);
  assert_states (back, "mmmmmm");
  for (int scalar = 0; scalar <= WILLIS_SCALAR_F32; scalar++)
    {
      g_autoptr (WillisVolume) volume = make_volume (dims, scalar, 2);
      g_autoptr (WillisCase) loaded = NULL;

      willis_case_set_scan (scan, volume, NULL);
      g_assert_true (willis_case_save (scan, path, NULL, NULL));
      loaded = willis_case_load (path, NULL, NULL);
      g_assert_nonnull (loaded);
      g_assert_cmpint (willis_volume_scalar (willis_case_volume (loaded)), ==, scalar);
      g_assert_cmpstr (willis_volume_digest (willis_case_volume (loaded)), ==, willis_volume_digest (volume));
      assert_states (loaded, "fmmmmm");
    }
}

/* The labels of an earlier scan of another size stay with it. */
static void
test_stale_labels (void)
{
  g_autofree char *path = in_folder ("stale.h5");
  g_autoptr (WillisCase) a = make_case (1);
  g_autoptr (WillisCase) b = NULL;
  g_autoptr (WillisVolume) other = make_volume ((int[]){ 7, 6, 5 }, WILLIS_SCALAR_I16, 1);
  g_autoptr (GError) error = NULL;

  willis_case_set_scan (a, other, NULL);
  g_assert_true (willis_case_save (a, path, NULL, NULL));
  b = willis_case_load (path, NULL, &error);
  g_assert_no_error (error);
  assert_same_case (a, b);
  assert_states (b, "fsssss");
}

/* One change to the archive of a good case; each must be refused. */
typedef void (*Spoil) (WillisArchive *root);

static WillisArchive *
in (WillisArchive *root, const char *path)
{
  g_auto (GStrv) names = g_strsplit (path, "/", -1);

  for (char **name = names; *name != NULL; name++)
    {
      root = willis_archive_find_group (root, *name);
      g_assert_nonnull (root);
    }
  return root;
}

static void
put (WillisArchive *group, const char *name, WillisArrayType type, gsize n, gsize width, double value)
{
  const gsize extents[2] = { n, width };
  g_autofree double *f64 = g_new (double, n *width + 1);
  g_autofree gint64 *i64 = g_new (gint64, n *width + 1);
  g_autofree gint32 *i32 = g_new (gint32, n *width + 1);
  const void *data = type == WILLIS_ARRAY_F64 ? (void *) f64 : type == WILLIS_ARRAY_I64 ? (void *) i64 : i32;

  for (gsize i = 0; i < n * width; i++)
    {
      f64[i] = value;
      i64[i] = isnan (value) ? 0 : (gint64) value;
      i32[i] = isnan (value) ? 0 : (gint32) value;
    }
  willis_archive_take_array (group, name, willis_array_new_copy (type, width > 1 ? 2 : 1, extents, data));
}

static void
spoil_format (WillisArchive *root)
{
  willis_archive_set_string (root, "willis_format", "something else");
}

static void
spoil_spacing (WillisArchive *root)
{
  willis_archive_set_doubles (in (root, "VTKHDF"), "Spacing", (double[]){ 0, 1, 1 }, 3);
}

static void
spoil_direction (WillisArchive *root)
{
  willis_archive_set_doubles (in (root, "VTKHDF"), "Direction", (double[]){ 1, 0, 0, 0, 1, 0, 0, 0, -1 }, 9);
}

static void
spoil_extent (WillisArchive *root)
{
  willis_archive_set_ints (in (root, "VTKHDF"), "WholeExtent", (gint64[]){ 0, 20, 0, 18, 0, 99 }, 6);
}

static void
spoil_points (WillisArchive *root)
{
  put (in (root, "surface"), "Points", WILLIS_ARRAY_F64, 4, 3, NAN);
}

static void
spoil_few_points (WillisArchive *root)
{
  put (in (root, "surface"), "Points", WILLIS_ARRAY_F64, 2, 3, 1);
}

static void
spoil_ids (WillisArchive *root)
{
  put (in (root, "surface/Polygons"), "Connectivity", WILLIS_ARRAY_I64, 12, 1, -1);
}

static void
spoil_offsets (WillisArchive *root)
{
  put (in (root, "surface/Polygons"), "Offsets", WILLIS_ARRAY_I64, 5, 1, 1);
}

static void
spoil_first (WillisArchive *root)
{
  put (in (root, "tree"), "branch_first_point", WILLIS_ARRAY_I64, 4, 1, 1e15);
}

static void
spoil_nodes (WillisArchive *root)
{
  put (in (root, "tree"), "branch_nodes", WILLIS_ARRAY_I32, 3, 2, 77);
}

static void
spoil_radii (WillisArchive *root)
{
  put (in (root, "tree"), "radius_mm", WILLIS_ARRAY_F64, 12, 1, -1);
}

static void
spoil_names (WillisArchive *root)
{
  willis_archive_set_strings (in (root, "tree"), "branch_names", (const char *[]){ "one", NULL });
}

static void
spoil_candidates (WillisArchive *root)
{
  put (in (root, "candidates"), "values", WILLIS_ARRAY_F64, 3, 6, NAN);
}

static void
spoil_candidate_branch (WillisArchive *root)
{
  put (in (root, "candidates"), "branch", WILLIS_ARRAY_I32, 2, 1, 0);
}

static void
spoil_curve (WillisArchive *root)
{
  put (in (root, "aneurysms/0001"), "neck_curve_lps_mm", WILLIS_ARRAY_F64, 4, 3, INFINITY);
}

static void
spoil_morphology (WillisArchive *root)
{
  put (in (root, "aneurysms/0000/morphology"), "values", WILLIS_ARRAY_F64, 3, 1, 0);
}

static void
spoil_modality (WillisArchive *root)
{
  willis_archive_set_int (in (root, "segmentation"), "modality", 99);
}

static void
spoil_age (WillisArchive *root)
{
  willis_archive_set_int (in (root, "study"), "age_years", 7777);
}

static void
spoil_provenance (WillisArchive *root)
{
  willis_archive_set_int (in (root, "provenance/tree"), "digest", 3);
}

static void
test_spoilt (void)
{
  const Spoil spoils[] = { spoil_format,     spoil_spacing,    spoil_direction,        spoil_extent,
                           spoil_points,     spoil_few_points, spoil_ids,              spoil_offsets,
                           spoil_first,      spoil_nodes,      spoil_radii,            spoil_names,
                           spoil_candidates, spoil_curve,      spoil_candidate_branch, spoil_morphology,
                           spoil_modality,   spoil_age,        spoil_provenance };
  g_autofree char *good = in_folder ("good.h5"), *spoilt = in_folder ("spoilt.h5");
  g_autoptr (WillisCase) a = make_case (1);

  g_assert_true (willis_case_save (a, good, NULL, NULL));
  for (gsize n = 0; n < G_N_ELEMENTS (spoils); n++)
    {
      g_autoptr (WillisArchive) root = willis_archive_read (good, NULL, NULL);
      g_autoptr (WillisCase) b = NULL;
      g_autoptr (GError) error = NULL;

      g_assert_nonnull (root);
      spoils[n](root);
      g_assert_true (willis_archive_write (root, spoilt, NULL, NULL));
      b = willis_case_load (spoilt, NULL, &error);
      if (b != NULL)
        g_error ("spoilt case number %d was read", (int) n);
      g_assert_true (error->domain == WILLIS_ERROR);
      g_assert_true (g_str_has_prefix (error->message, spoilt));
    }
}

static void
test_newer (void)
{
  g_autofree char *path = in_folder ("newer.h5");
  g_autoptr (WillisArchive) root = willis_archive_new ();
  g_autoptr (GError) error = NULL;

  willis_archive_set_string (root, "willis_format", "willis case");
  willis_archive_set_int (root, "willis_schema", 1000);
  g_assert_true (willis_archive_write (root, path, NULL, NULL));
  g_assert_null (willis_case_load (path, NULL, &error));
  g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_UNSUPPORTED);
  g_assert_nonnull (strstr (error->message, "newer"));
}

/* A file as the first layout had it reads as the same case, and is saved in the new layout. */
static void
test_schema_1 (void)
{
  g_autofree char *old = g_build_filename (g_getenv ("WILLIS_SOURCE_DIR"), "tests", "core", "case", "schema-1.h5", NULL);
  g_autofree char *new = in_folder ("migrated.h5");
  g_autoptr (GError) error = NULL;
  g_autoptr (WillisCase) a = willis_case_load (old, NULL, &error);
  g_autoptr (WillisCase) expected = make_case (1);
  g_autoptr (WillisArchive) root = NULL;
  const char *text = NULL;
  gint64 schema = 0;

  g_assert_no_error (error);
  assert_same_case_but (expected, a, WILLIS_STAGE_TREE); // what it recorded then holds the names too
  g_assert_cmpstr (willis_case_study (a)->series_uid, ==, "1.2.3");
  g_assert_cmpstr (willis_case_study (a)->source, ==, "zhang.nii.gz");
  g_assert_null (willis_case_sac_plan (a, 0)); // nobody could choose one then
  g_assert_true (willis_case_save (a, new, NULL, NULL));
  root = willis_archive_read (new, NULL, NULL);
  g_assert_true (willis_archive_get_int (root, "willis_schema", 2, 2, &schema, NULL));
  g_assert_false (willis_archive_has (in (root, "study"), "source"));
  g_assert_true (willis_archive_get_string (in (root, "study/identity"), "source", &text, NULL));
}

static void
test_not_a_case (void)
{
  g_autofree char *path = in_folder ("no-case.h5");
  g_autoptr (WillisArchive) root = willis_archive_new ();
  g_autoptr (GError) error = NULL;

  g_assert_true (willis_archive_write (root, path, NULL, NULL));
  g_assert_null (willis_case_load (path, NULL, &error));
  g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_BAD_FILE);
}

/* Saving is ended at a random instant, many times: the file holds the old case or the new one, whole. */
static void
test_kill (void)
{
  g_autofree char *path = in_folder ("killed.h5");
  g_autoptr (WillisVolume) volume = make_volume ((int[]){ 120, 120, 80 }, WILLIS_SCALAR_I16, 1);
  g_autoptr (WillisCase) even = make_case (0), odd = make_case (1);
  WillisCase *const cases[2] = { even, odd };
  int n_new = 0, now = 0;
  gint64 started, one_save;

  for (int n = 0; n < 2; n++)
    willis_case_set_scan (cases[n], volume, NULL);
  started = g_get_monotonic_time ();
  g_assert_true (willis_case_save (cases[0], path, NULL, NULL));
  one_save = g_get_monotonic_time () - started;
  for (int n = 0; n < 12; n++)
    {
      g_autoptr (WillisCase) found = NULL;
      g_autoptr (GError) error = NULL;
      pid_t pid = fork ();
      int status;

      if (pid == 0)
        {
          willis_parallel_set_threads (1);
          willis_case_save (cases[1 - now], path, NULL, NULL);
          _exit (0);
        }
      g_usleep ((gulong) g_test_rand_int_range (0, (gint32) (one_save * 2)));
      kill (pid, SIGKILL);
      waitpid (pid, &status, 0);
      found = willis_case_load (path, NULL, &error);
      g_assert_no_error (error);
      if (g_strcmp0 (willis_case_digest (found, WILLIS_STAGE_SURFACE),
                     willis_case_digest (cases[1 - now], WILLIS_STAGE_SURFACE))
          == 0)
        {
          now = 1 - now;
          n_new++;
        }
      assert_same_case (cases[now], found);
    }
  g_test_message ("%d of 12 saves had come to their end", n_new);
}

static void
test_pseudonym (void)
{
  const WillisStudy a = { .patient_id = (char *) "P-77", .patient_birth_date = (char *) "1960-02-01" };
  const WillisStudy b = { .patient_id = (char *) "P-78", .patient_birth_date = (char *) "1960-02-01" };
  const WillisStudy nobody = WILLIS_STUDY_INIT;
  g_autofree char *a1 = willis_study_make_pseudonym (&a, "x"), *a2 = willis_study_make_pseudonym (&a, "y");
  g_autofree char *b1 = willis_study_make_pseudonym (&b, "x"), *c1 = willis_study_make_pseudonym (&nobody, "x");
  g_autofree char *c2 = willis_study_make_pseudonym (&nobody, "y"), *secret = NULL, *again = NULL;

  g_assert_true (g_regex_match_simple ("^W-[2-9A-HJ-NP-Z]{8}$", a1, 0, 0));
  g_assert_cmpstr (a1, ==, a2);
  g_assert_cmpstr (a1, !=, b1);
  g_assert_cmpstr (c1, !=, c2);
  // with another secret the same person has another one: it cannot be computed from the identity alone
  secret = g_build_filename (g_get_user_data_dir (), "willis", "pseudonym-secret", NULL);
  g_assert_cmpint (unlink (secret), ==, 0);
  again = willis_study_make_pseudonym (&a, "x");
  g_assert_cmpstr (again, !=, a1);
}

static void
test_run_without_scan (void)
{
  g_autoptr (WillisCase) c = willis_case_new ();
  const double seed[3] = { 0, 0, 0 };
  g_autoptr (GError) error = NULL;

  g_assert_false (willis_case_run_segment (c, NULL, NULL, &error));
  g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_BAD_INPUT);
  g_assert_false (willis_case_run_tree (c, NULL, NULL));
  g_assert_false (willis_case_run_detect (c, NULL, NULL));
  g_assert_false (willis_case_run_aneurysm_at (c, seed, -1, NULL, NULL));
  assert_states (c, "mmmmmm");
}

/* The same sac on the same surface, once in a scan that can show it and once in one of 4 mm voxels: there it is refused, not
 * measured. A neck drawn by hand is measured all the same. */
static void
test_too_small_to_see (void)
{
  const SceneTube parts[] = { { { 2, 14, 14 }, { 26, 14, 14 }, 2.0 }, { { 14, 18, 14 }, { 14, 18, 14 }, 2.6 } };
  g_autoptr (WillisSurface) surface = shape_surface (parts, 2, 80, 0.35);
  const double seed[3] = { 14, 19, 14 }, origin[3] = { 0 };

  for (int coarse = 0; coarse < 2; coarse++)
    {
      const double spacing[3] = { coarse ? 4.0 : 0.35, coarse ? 4.0 : 0.35, coarse ? 4.0 : 0.35 };
      const int dims[3] = { 8, 8, 8 };
      WillisGrid grid = willis_grid_new (dims, spacing, origin);
      g_autoptr (WillisVolume) volume = willis_volume_new (&grid, WILLIS_SCALAR_U8, NULL);
      g_autoptr (WillisCase) c = willis_case_new ();
      g_autoptr (GError) error = NULL;
      WillisNeck neck = { { 14, 16.1, 14 }, { 0, 1, 0 }, { 14, 18, 14 } };

      willis_case_set_scan (c, volume, &(WillisStudy) WILLIS_STUDY_INIT);
      willis_case_set_surface (c, surface, NULL);
      g_assert_cmpint (willis_case_run_aneurysm_at (c, seed, -1, NULL, &error), ==, !coarse);
      if (coarse)
        {
          g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_FAILED);
          g_assert_cmpuint (willis_case_n_aneurysms (c), ==, 0);
          g_clear_error (&error);
          g_assert_true (willis_case_run_neck (c, -1, &neck, NULL, &error));
        }
      g_assert_no_error (error);
      g_assert_cmpuint (willis_case_n_aneurysms (c), ==, 1);
    }
}

/* A name by hand makes nothing stale, and comes back from the file with how sure it is and the parts beside. */
static void
test_names (void)
{
  g_autoptr (WillisCase) c = make_case (3);
  g_autoptr (WillisCase) back = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (g_get_tmp_dir (), "willis-names.h5", NULL);
  WillisBranchPart *part = g_new0 (WillisBranchPart, 1);
  WillisTree *tree = willis_tree_copy (willis_case_tree (c));
  const WillisBranch *b;

  *part = (WillisBranchPart){ g_strdup ("ICA C4 left"), 0.25, 0.75, 0.625 };
  willis_tree_set_name (tree, 0, "ICA left", 0.875, FALSE);
  willis_tree_take_parts (tree, 0, part, 1);
  g_assert_cmpstr (willis_tree_digest (tree), ==, willis_tree_digest (willis_case_tree (c)));
  willis_case_set_tree (c, tree, NULL);
  willis_tree_unref (tree);
  g_assert_true (willis_case_rename_branch (c, 1, "Basilar", &error));
  g_assert_no_error (error);
  g_assert_cmpint (willis_case_state (c, WILLIS_STAGE_CANDIDATES), ==, WILLIS_STATE_FRESH);
  g_assert_false (willis_case_rename_branch (c, 1000, "Basilar", NULL));
  g_assert_true (willis_case_save (c, path, NULL, &error));
  back = willis_case_load (path, NULL, &error);
  g_assert_no_error (error);
  b = willis_tree_branch (willis_case_tree (back), 0);
  g_assert_cmpstr (b->name, ==, "ICA left");
  g_assert_cmpfloat (b->confidence, ==, 0.875);
  g_assert_false (b->by_hand);
  g_assert_cmpuint (b->n_parts, ==, 1);
  g_assert_cmpstr (b->parts[0].name, ==, "ICA C4 left");
  g_assert_cmpfloat (b->parts[0].to_mm, ==, 0.75);
  b = willis_tree_branch (willis_case_tree (back), 1);
  g_assert_cmpstr (b->name, ==, "Basilar");
  g_assert_true (b->by_hand);
  g_assert_cmpint (willis_case_state (back, WILLIS_STAGE_CANDIDATES), ==, WILLIS_STATE_FRESH);
  g_assert_cmpint (unlink (path), ==, 0);
}

/* Corrections by hand are in the file in their order, and a file in which they are damaged is refused. */
static void
test_edits (void)
{
  g_autofree char *path = in_folder ("edits.h5");
  g_autoptr (WillisCase) a = make_case (4);
  g_autoptr (WillisCase) b = NULL;
  g_autoptr (GError) error = NULL;
  const double points[9] = { 1, 2, 3, 2, 2, 3, 3, 2.5, 3 }, radii[3] = { 0.5, 0.75, 1.0 }, normal[3] = { 0, 0.6, 0.8 };
  GPtrArray *edits = g_ptr_array_new_with_free_func ((GDestroyNotify) willis_edit_unref);
  const GPtrArray *back;
  g_autoptr (WillisSegmentation) s
      = willis_segmentation_new (willis_segmentation_labels (willis_case_segmentation (a)), WILLIS_MODALITY_CTA, 200, 40, 310, 2);
  WillisEdit *add = willis_edit_new (WILLIS_EDIT_ADD, points, radii, 3, NULL, NULL);

  add->bridge = TRUE;
  g_ptr_array_add (edits, add);
  g_ptr_array_add (edits, willis_edit_new (WILLIS_EDIT_CUT, points + 3, radii, 1, normal, NULL));
  g_ptr_array_add (edits, willis_edit_new (WILLIS_EDIT_KEEP, points, NULL, 2, NULL, NULL));
  willis_segmentation_take_edits (s, edits);
  willis_case_set_segmentation (a, s, NULL);
  willis_case_save (a, path, NULL, &error);
  g_assert_no_error (error);
  b = willis_case_load (path, NULL, &error);
  g_assert_no_error (error);
  back = willis_segmentation_edits (willis_case_segmentation (b));
  g_assert_nonnull (back);
  g_assert_cmpuint (back->len, ==, 3);
  for (guint n = 0; n < 3; n++)
    {
      const WillisEdit *x = edits->pdata[n], *y = back->pdata[n];

      g_assert_cmpint (x->kind, ==, y->kind);
      g_assert_cmpint (x->bridge, ==, y->bridge);
      g_assert_cmpmem (x->points_lps_mm, 3 * x->n_points * sizeof (double), y->points_lps_mm, 3 * y->n_points * sizeof (double));
      g_assert_cmpmem (x->radius_mm, x->n_points * sizeof (double), y->radius_mm, y->n_points * sizeof (double));
      g_assert_cmpmem (x->normal, sizeof x->normal, y->normal, sizeof y->normal);
    }
  g_assert_cmpstr (willis_segmentation_digest (s), ==, willis_segmentation_digest (willis_case_segmentation (b)));
}

/* Answers for the risk scores stay with the patient or with the aneurysm, through copies and files; the case's own age counts
 * where nobody gave another. */
static void
test_risk (void)
{
  g_autofree char *path = in_folder ("risk.h5");
  g_autoptr (WillisCase) a = make_case (3);
  g_autoptr (WillisCase) b = NULL;
  g_autoptr (WillisCase) loaded = NULL;
  g_autoptr (GError) error = NULL;
  WillisRiskInputs in = willis_case_risk_answers (a, 0), back;

  g_assert_cmpint (in.age, ==, willis_case_study (a)->patient_age);
  g_assert_cmpint (in.hypertension, ==, WILLIS_ANSWER_UNKNOWN);
  // what the scan's header says does not become an answer when another is kept
  g_assert_true (in.age_from_header);
  willis_case_set_risk_answers (a, 0, &in);
  g_assert_true (willis_case_risk_answers (a, 0).age_from_header);
  in.age = 66;
  in.sex = 'F';
  in.hypertension = WILLIS_ANSWER_NO;
  in.population = WILLIS_POPULATION_CHINA;
  in.irregular = WILLIS_ANSWER_YES;
  in.site = WILLIS_SITE_BASILAR_TIP;
  in.smoker = TRUE;
  willis_case_set_risk_answers (a, 0, &in);
  b = willis_case_copy (a);
  in.smoker = FALSE;
  willis_case_set_risk_answers (a, 0, &in);
  g_assert_true (willis_case_risk_answers (b, 0).smoker); // a copy is another value
  g_assert_false (willis_case_risk_answers (a, 0).smoker);
  willis_case_replace_aneurysm (b, 0, willis_case_aneurysm (b, 0), NULL); // a neck moved: the answers stay
  willis_case_save (b, path, NULL, &error);
  g_assert_no_error (error);
  loaded = willis_case_load (path, NULL, &error);
  g_assert_no_error (error);
  back = willis_case_risk_answers (loaded, 0);
  g_assert_cmpint (back.age, ==, 66);
  g_assert_cmpint (back.sex, ==, 'F');
  g_assert_cmpint (back.hypertension, ==, WILLIS_ANSWER_NO);
  g_assert_cmpint (back.population, ==, WILLIS_POPULATION_CHINA);
  g_assert_cmpint (back.irregular, ==, WILLIS_ANSWER_YES);
  g_assert_cmpint (back.site, ==, WILLIS_SITE_BASILAR_TIP);
  g_assert_true (back.smoker);
  back = willis_case_risk_inputs (loaded, 0);
  // the sac of this case goes on outside its scan
  g_assert_true (!back.size_from_picture && isnan (back.size_mm) && !back.site_from_picture
                 && !back.irregular_from_picture);
  // what belongs to the aneurysm goes with it
  willis_case_remove_aneurysm (loaded, 0);
  back = willis_case_risk_answers (loaded, 0);
  g_assert_cmpint (back.age, ==, 66);
  if (willis_case_n_aneurysms (loaded) == 0)
    g_assert_cmpint (back.site, ==, WILLIS_SITE_UNKNOWN);
}

int
main (int argc, char **argv)
{
  int status;

  if (willis_reader_main (argc, argv, &status))
    return status;
  folder = g_dir_make_tmp ("willis-case-XXXXXX", NULL);
  g_setenv ("WILLIS_EXE", "/proc/self/exe", TRUE);
  g_setenv ("XDG_DATA_HOME", folder, TRUE);
  g_setenv ("SOURCE_DATE_EPOCH", "1700000000", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/case/kill", test_kill); // first: it forks, and no threads are there yet
  g_test_add_func ("/case/states", test_states);
  g_test_add_func ("/case/round-trip", test_round_trip);
  g_test_add_func ("/case/too-small-to-see", test_too_small_to_see);
  g_test_add_func ("/case/names", test_names);
  g_test_add_func ("/case/risk", test_risk);
  g_test_add_func ("/case/edits", test_edits);
  g_test_add_func ("/case/partial", test_partial);
  g_test_add_func ("/case/stale-labels", test_stale_labels);
  g_test_add_func ("/case/spoilt", test_spoilt);
  g_test_add_func ("/case/newer", test_newer);
  g_test_add_func ("/case/schema-1", test_schema_1);
  g_test_add_func ("/case/not-a-case", test_not_a_case);
  g_test_add_func ("/case/run-without-scan", test_run_without_scan);
  g_test_add_func ("/case/pseudonym", test_pseudonym);
  status = g_test_run ();
  {
    g_autofree char *remove = g_strdup_printf ("rm -rf '%s'", folder);

    if (system (remove) != 0)
      g_printerr ("%s stays\n", folder);
  }
  return status;
}
