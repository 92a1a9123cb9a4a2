/* SPDX-License-Identifier: Apache-2.0 */
/* Comparisons with earlier scans as parts of a case: in the file and back, stale, replaced, damaged. This test is its own reader
 * process. */
#include <glib/gstdio.h>

#include "core/base/error.h"
#include "core/case/case-private.h"
#include "core/case/compare.h"
#include "core/case/date.h"
#include "tests/core/case/make-case.h"

/* What a comparison of two made cases could look like; its numbers mean nothing. */
static WillisComparison *
make_comparison (const WillisCase *earlier, const WillisCase *now, double seed)
{
  const double w[3] = { 0.1, -0.2, 0.3 * seed }, t[3] = { 5, -6, seed }, zero[3] = { 0 };
  WillisAlign align = { .tre_mm = 0.03 * seed, .bone_mm = NAN, .artery_mm = 0.1, .artery_share = 0.9 };
  const WillisGrowthRegion region = { { 1, 2, 3 }, 4.5, 0.6, 0.4, 7.0, TRUE };
  const WillisRemark remarks[] = { { WILLIS_REMARK_TIME_ORDER, 0, 0.0 }, { WILLIS_REMARK_NEW, 2, 3.5 } };
  WillisComparison *c;
  WillisGrowth *g;

  align.motion = align.rigid.motion = willis_rigid_about (w, zero, t);
  align.rigid.match = WILLIS_MATCH_INFORMATION;
  align.rigid.scale = NAN;
  g = willis_growth_new (&align);
  g->verdict = WILLIS_VERDICT_GROWN;
  g->rule = WILLIS_RULE_REGION_OUT;
  g->one_mm = TRUE;
  g->limit_mm = 0.2;
  g->mean_mm = 0.01 * seed;
  for (int i = 0; i < WILLIS_N_INDICES; i += 2)
    {
      g->before[i] = (WillisMeasure){ i, 0.1, NULL };
      g->after[i] = (WillisMeasure){ i + seed, 0.1, NULL };
      g->delta[i] = (WillisMeasure){ seed, 0.1 * G_SQRT2, NULL };
    }
  g_array_append_val (g->regions, region);
  g->sac = make_tetrahedron (3.0 + seed);
  g->sac_before = make_tetrahedron (3.0);
  g->displacement_mm = g_new (double, 4);
  g->z = g_new (double, 4);
  for (int i = 0; i < 4; i++)
    {
      g->displacement_mm[i] = i == 2 ? NAN : 0.1 * i;
      g->z[i] = i == 2 ? NAN : i;
    }
  c = willis_comparison_new (g);
  g_array_append_vals (c->remarks, remarks, G_N_ELEMENTS (remarks));
  c->years = 1.5 * seed;
  c->aneurysm[1] = 1;
  c->earlier_date = g_strdup_printf ("20%02.0f-01-02", 10 + seed);
  c->earlier_file = g_strdup ("früher.h5");
  c->earlier = willis_case_compared_text (earlier);
  c->provenance.inputs = willis_case_compared_text (now);
  c->provenance.params = g_strdup ("");
  c->provenance.digest = g_strdup ("d1");
  willis_provenance_sign (&c->provenance);
  return c;
}

static WillisCase *
compared_case (void)
{
  WillisCase *now = make_case (1);
  g_autoptr (WillisCase) first = make_case (2);
  g_autoptr (WillisCase) second = make_case (3);
  g_autoptr (WillisComparison) newer = make_comparison (second, now, 3.0);
  g_autoptr (WillisComparison) older = make_comparison (first, now, 1.0);

  willis_case_add_comparison (now, newer);
  willis_case_add_comparison (now, older);
  return now;
}

static char *
path_in (const char *folder, const char *name)
{
  return g_build_filename (folder, name, NULL);
}

static void
test_round_trip (void)
{
  g_autofree char *folder = g_dir_make_tmp ("willis-comparisons-XXXXXX", NULL);
  g_autofree char *path = path_in (folder, "a.h5"), *again = path_in (folder, "b.h5"), *one = NULL, *two = NULL;
  g_autoptr (WillisCase) c = compared_case ();
  g_autoptr (WillisCase) back = NULL;
  g_autoptr (GError) error = NULL;
  gsize size[2];

  g_assert_cmpuint (willis_case_n_comparisons (c), ==, 2);
  willis_case_save (c, path, NULL, &error);
  g_assert_no_error (error);
  back = willis_case_load (path, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (willis_case_n_comparisons (back), ==, 2);
  for (gsize n = 0; n < 2; n++)
    {
      const WillisComparison *p = willis_case_comparison (c, n), *q = willis_case_comparison (back, n);
      const WillisGrowth *g = p->growth, *h = q->growth;
      g_autofree char *rule = willis_growth_rule_text (g, NULL, NULL), *same = willis_growth_rule_text (h, NULL, NULL);

      g_assert_cmpstr (p->earlier, ==, q->earlier);
      g_assert_cmpstr (p->earlier_date, ==, q->earlier_date);
      g_assert_cmpstr (p->earlier_file, ==, q->earlier_file);
      g_assert_cmpstr (p->provenance.inputs, ==, q->provenance.inputs);
      g_assert_cmpstr (p->provenance.digest, ==, q->provenance.digest);
      g_assert_cmpstr (rule, ==, same);
      g_assert_cmpmem (&g->align.motion, sizeof g->align.motion, &h->align.motion, sizeof h->align.motion);
      g_assert_cmpuint (h->regions->len, ==, 1);
      g_assert_cmpfloat (g_array_index (h->regions, WillisGrowthRegion, 0).max_mm, ==, 0.6);
      g_assert_true (g_array_index (h->regions, WillisGrowthRegion, 0).daughter);
      g_assert_cmpuint (q->remarks->len, ==, 2);
      g_assert_cmpint (g_array_index (q->remarks, WillisRemark, 1).number, ==, 2);
      g_assert_true (isnan (h->align.bone_mm) && isnan (h->displacement_mm[2]) && isnan (h->delta[1].value));
      g_assert_cmpfloat (h->displacement_mm[3], ==, g->displacement_mm[3]);
      g_assert_cmpfloat (h->delta[4].value, ==, g->delta[4].value);
      g_assert_cmpfloat_with_epsilon (h->after[4].sd, 0.1, 1e-12);
      g_assert_cmpint (willis_case_comparison_state (back, n), ==, WILLIS_STATE_FRESH);
    }
  willis_case_save (back, again, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (path, &one, &size[0], NULL) && g_file_get_contents (again, &two, &size[1], NULL));
  g_assert_cmpmem (one, size[0], two, size[1]);
  g_remove (path);
  g_remove (again);
  g_rmdir (folder);
}

/* Oldest first; the same earlier scan has one; an earlier state of a case keeps what it had. */
static void
test_list (void)
{
  g_autoptr (WillisCase) c = compared_case ();
  g_autoptr (WillisCase) before = willis_case_copy (c);
  g_autoptr (WillisCase) first = make_case (2);
  g_autoptr (WillisComparison) anew = make_comparison (first, c, 2.0);

  g_assert_cmpstr (willis_case_comparison (c, 0)->earlier_date, ==, "2011-01-02");
  willis_case_add_comparison (c, anew);
  g_assert_cmpuint (willis_case_n_comparisons (c), ==, 2);
  g_assert_true (willis_case_comparison (c, 0) == anew);
  g_assert_true (willis_comparison_is_with (anew, first) && willis_comparison_holds_for (anew, first));
  willis_case_remove_aneurysm (first, 0);
  g_assert_true (willis_comparison_is_with (anew, first) && !willis_comparison_holds_for (anew, first));
  willis_case_remove_comparison (c, 0);
  willis_case_remove_comparison (c, 7);
  g_assert_cmpuint (willis_case_n_comparisons (c), ==, 1);
  g_assert_cmpuint (willis_case_n_comparisons (before), ==, 2);
  g_assert_null (willis_case_comparison (c, 1));
  g_assert_cmpint (willis_case_comparison_state (c, 1), ==, WILLIS_STATE_MISSING);
}

static void
test_stale (void)
{
  g_autoptr (WillisCase) c = compared_case ();
  g_autoptr (WillisCase) other = willis_case_copy (c);
  g_autoptr (WillisSurface) surface = make_tetrahedron (77);
  g_autoptr (WillisTree) tree = make_tree (1.75);

  g_assert_cmpint (willis_case_comparison_state (c, 0), ==, WILLIS_STATE_FRESH);
  willis_case_remove_aneurysm (c, 1);
  g_assert_cmpint (willis_case_comparison_state (c, 0), ==, WILLIS_STATE_STALE);
  g_assert_cmpint (willis_case_comparison_state (other, 0), ==, WILLIS_STATE_FRESH);
  willis_case_set_tree (other, tree, NULL); // the aneurysms were found in another one
  g_assert_cmpint (willis_case_comparison_state (other, 0), ==, WILLIS_STATE_STALE);
  willis_case_set_surface (other, surface, NULL);
  g_assert_cmpint (willis_case_comparison_state (other, 0), ==, WILLIS_STATE_STALE);
}

/* Every number of a file is looked at before it is believed. */
static void
test_damaged (void)
{
  g_autofree char *folder = g_dir_make_tmp ("willis-comparisons-XXXXXX", NULL);
  g_autofree char *path = path_in (folder, "a.h5");
  g_autoptr (WillisCase) c = compared_case ();
  g_autoptr (GError) error = NULL;
  const double few[2] = { 0.1, 0.2 }, skew[12] = { 2, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0 }, remark[3] = { 99, 0, 0 };

  willis_case_save (c, path, NULL, &error);
  g_assert_no_error (error);
  for (int kind = 0; kind < 7; kind++)
    {
      g_autoptr (WillisArchive) root = willis_archive_read (path, NULL, &error);
      WillisArchive *group = willis_archive_group (willis_archive_group (root, "comparisons"), "0001");
      const gsize two = 2, one_row[2] = { 1, 3 };
      g_autofree char *bad = path_in (folder, "bad.h5");
      g_autoptr (WillisCase) loaded = NULL;

      g_assert_no_error (error);
      if (kind == 0)
        willis_archive_set_int (group, "verdict", 9);
      else if (kind == 1)
        willis_archive_set_int (group, "rule", WILLIS_N_RULES);
      else if (kind == 2)
        willis_archive_take_array (willis_archive_group (willis_archive_group (group, "sac"), "PointData"),
                                   "displacement_mm", willis_array_new_copy (WILLIS_ARRAY_F64, 1, &two, few));
      else if (kind == 3)
        willis_archive_set_doubles (willis_archive_group (group, "registration"), "motion", skew, 12);
      else if (kind == 4)
        willis_archive_take_array (group, "remark_kind_number_value",
                                   willis_array_new_copy (WILLIS_ARRAY_F64, 2, one_row, remark));
      else if (kind == 5)
        willis_archive_remove (group, "earlier");
      else
        willis_archive_set_int (group, "followup_aneurysm", -2);
      g_assert_true (willis_archive_write (root, bad, NULL, NULL));
      loaded = willis_case_load (bad, NULL, &error);
      g_assert_null (loaded);
      g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_BAD_FILE);
      g_clear_error (&error);
      g_remove (bad);
    }
  g_remove (path);
  g_rmdir (folder);
}

/* Every verdict and remark is a sentence, in the language asked for. */
static const char *
shout (gconstpointer data, const char *text)
{
  g_assert_true (data == shout);
  return g_str_has_prefix (text, "New:") ? "NEU" : text;
}

static void
test_words (void)
{
  const WillisAlign align = { .tre_mm = 0.1 };
  g_autoptr (WillisGrowth) g = willis_growth_new (&align);
  g_autofree char *translated = NULL;

  for (int r = 0; r < WILLIS_N_RULES; r++)
    {
      g_autofree char *text = NULL;

      g->rule = (WillisRule) r;
      text = willis_growth_rule_text (g, NULL, NULL);
      g_assert_cmpuint (strlen (text), >, 20);
    }
  for (int r = 0; r < WILLIS_N_REMARKS; r++)
    {
      const WillisRemark remark = { (WillisRemarkKind) r, 1, 2.5 };
      g_autofree char *text = willis_remark_text (&remark, NULL, NULL);

      g_assert_cmpuint (strlen (text), >, 20);
    }
  g->rule = WILLIS_RULE_NEW;
  translated = willis_growth_rule_text (g, shout, shout);
  g_assert_cmpstr (translated, ==, "NEU");
}

/* Dates as scans give them, and as files and people get them. */
static void
test_dates (void)
{
  static const char *const same[] = { "2023-01-31", "20230131", "2023.01.31" };
  static const char *const none[] = { "", "2023", "20230231", "January", "2023-1-31" };

  for (gsize n = 0; n < G_N_ELEMENTS (same); n++)
    {
      g_autofree char *iso = willis_date_iso (same[n]);

      g_assert_cmpstr (iso, ==, "2023-01-31");
      g_assert_cmpfloat_with_epsilon (willis_date_year (same[n]), 2023.08, 0.01);
    }
  for (gsize n = 0; n < G_N_ELEMENTS (none); n++)
    {
      g_autofree char *iso = willis_date_iso (none[n]), *local = willis_date_local (none[n]);

      g_assert_null (iso);
      g_assert_cmpstr (local, ==, none[n]);
      g_assert_true (isnan (willis_date_years (none[n], same[0])));
    }
  g_assert_null (willis_date_iso (NULL));
  g_assert_null (willis_date_local (NULL));
  g_assert_cmpfloat_with_epsilon (willis_date_years ("20220131", "2023-01-31"), 1.0, 0.01);
}

/* The time line stands by date; without one of the dates as the comparisons do. */
static void
test_trend (void)
{
  g_autoptr (WillisCase) now = willis_case_new ();
  const char *const dates[] = { "2021-06-30", "2019-06-30" };
  gboolean dated;

  for (int n = 0; n < 2; n++)
    {
      g_autoptr (WillisCase) earlier = willis_case_new ();
      g_autoptr (WillisComparison) c = make_comparison (earlier, now, 1.0 + n);

      g_free (c->earlier_date);
      c->earlier_date = g_strdup (dates[n]);
      g_free (c->earlier);
      c->earlier = g_strdup (dates[n]); // another scan
      c->growth->after[WILLIS_INDEX_SIZE].value = 6.0;
      c->growth->delta[WILLIS_INDEX_SIZE] = (WillisMeasure){ 0.5 + n, 0.1, NULL };
      willis_case_add_comparison (now, c);
    }
  for (int pass = 0; pass < 2; pass++)
    {
      g_autoptr (GArray) points = NULL;
      WillisStudy study = WILLIS_STUDY_INIT;
      const WillisTrendPoint *p;

      study.study_date = (char *) (pass == 0 ? NULL : "20230630");
      willis_case_set_study (now, &study);
      points = willis_case_trend (now, WILLIS_INDEX_SIZE, &dated);
      g_assert_cmpuint (points->len, ==, 3);
      g_assert_true (dated == pass);
      p = (const WillisTrendPoint *) points->data;
      g_assert_cmpfloat (p[2].value, ==, 6.0);
      if (pass == 1)
        {
          g_assert_cmpfloat (p[0].value, ==, 4.5);
          g_assert_cmpfloat (p[1].value, ==, 5.5);
          g_assert_true (p[0].year < p[1].year && p[1].year < p[2].year);
        }
    }
}

int
main (int argc, char **argv)
{
  int status;

  if (willis_reader_main (argc, argv, &status))
    return status;
  g_setenv ("WILLIS_EXE", "/proc/self/exe", TRUE);
  g_setenv ("SOURCE_DATE_EPOCH", "1700000000", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/case/comparisons/round-trip", test_round_trip);
  g_test_add_func ("/case/comparisons/list", test_list);
  g_test_add_func ("/case/comparisons/stale", test_stale);
  g_test_add_func ("/case/comparisons/damaged", test_damaged);
  g_test_add_func ("/case/comparisons/words", test_words);
  g_test_add_func ("/case/comparisons/dates", test_dates);
  g_test_add_func ("/case/comparisons/trend", test_trend);
  return g_test_run ();
}
