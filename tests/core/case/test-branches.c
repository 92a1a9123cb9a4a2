/* SPDX-License-Identifier: Apache-2.0 */
/* What was found in one tree, in the trees that take its place: it stays with its artery, whatever the branches'
 * numbers. */
#include <unistd.h>

#include "core/io/archive.h"
#include "core/io/reader.h"
#include "core/vessel/risk.h"
#include "tests/core/case/make-arteries.h"
#include "tests/core/case/make-case.h"
#include "tests/support/tubes.h"

/* A case whose aneurysm and candidate stand on the carotid at x = 0, branch 1 of 2. */
static WillisCase *
carotid_case (void)
{
  static const char *const names[] = { "Basilar", "ICA left" };
  const WillisNeck neck = { { 0, 2, 0 }, { 0, 1, 0 }, { 0, 5, 0 } };
  const double curve[] = { -1.5, 2, -1.5, 1.5, 2, -1.5, 1.5, 2, 1.5, -1.5, 2, 1.5 };
  WillisCase *c = make_case (0);
  g_autoptr (WillisTree) tree = make_arteries (names, (double[]){ 30, 0 }, 2);
  g_autoptr (WillisSurface) sac = make_tetrahedron (3);
  g_autoptr (GArray) candidates = g_array_new (FALSE, TRUE, sizeof (WillisCandidate));
  const WillisCandidate candidate = { { 0, 4, 0 }, 4, 3, 0.9, 1 };
  WillisMorphology morphology = { 0 };
  g_autoptr (WillisAneurysm) aneurysm = NULL;

  while (willis_case_n_aneurysms (c) > 0)
    willis_case_remove_aneurysm (c, 0);
  willis_case_set_tree (c, tree, NULL);
  aneurysm = willis_aneurysm_new (&neck, curve, 4, sac, NULL, 1, &morphology, NULL);
  willis_case_add_aneurysm (c, aneurysm, NULL);
  g_array_append_val (candidates, candidate);
  willis_case_set_candidates (c, candidates, NULL);
  return c;
}

static void
assert_branches (const WillisCase *c, int branch, WillisSite site)
{
  g_assert_cmpint (willis_aneurysm_branch (willis_case_aneurysm (c, 0)), ==, branch);
  g_assert_cmpint (g_array_index (willis_case_candidates (c), WillisCandidate, 0).branch, ==, branch);
  g_assert_cmpint (willis_site_of_aneurysm (willis_case_tree (c), willis_case_aneurysm (c, 0)).site, ==, site);
}

static void
test_another_tree (void)
{
  static const char *const names[] = { "ICA left", "Basilar", "MCA M1 left" };
  g_autoptr (WillisCase) c = carotid_case (), before = NULL;
  g_autoptr (WillisTree) three = make_arteries (names, (double[]){ 0, 30, 60 }, 3);
  g_autoptr (WillisTree) elsewhere = make_arteries (names + 1, (double[]){ 30, 60 }, 2);

  assert_branches (c, 1, WILLIS_SITE_ICA);
  before = willis_case_copy (c);
  willis_case_set_tree (c, three, NULL); // its branch 1 is the basilar
  assert_branches (c, 0, WILLIS_SITE_ICA);
  g_assert_cmpint (willis_case_state (c, WILLIS_STAGE_ANEURYSMS), ==, WILLIS_STATE_STALE);
  g_assert_cmpint (willis_case_state (c, WILLIS_STAGE_CANDIDATES), ==, WILLIS_STATE_STALE);
  assert_branches (before, 1, WILLIS_SITE_ICA); // the case before is what it was
  willis_case_set_tree (c, elsewhere, NULL);    // nothing runs at the neck any more
  assert_branches (c, -1, WILLIS_SITE_UNKNOWN);
  willis_case_set_tree (c, willis_case_tree (before), NULL);
  assert_branches (c, 1, WILLIS_SITE_ICA);
  g_assert_cmpint (willis_case_state (c, WILLIS_STAGE_ANEURYSMS), ==, WILLIS_STATE_FRESH);
}

/* A candidate at a fork stays with the artery that feeds it, though another branch runs nearer to its middle. */
static void
test_candidate_at_fork (void)
{
  static const Tube fork[] = { { "PCA P1 left", { 0, 0, 0 }, { 9, 3, 3 }, 1.1 },
                               { "PCA P1 right", { 0, 0, 0 }, { -9, 3, 3 }, 1.1 },
                               { "Basilar", { 0, 0, -20 }, { 0, 0, 0 }, 1.6 } };
  const WillisCandidate candidates[] = { { { 1.0, 0.3, 1.5 }, 4, 3, 0.9, 0 },    // at the tip
                                         { { 8.0, 3.0, 4.0 }, 4, 3, 0.9, 0 },    // along the P1
                                         { { 40.0, 0.0, 0.0 }, 4, 3, 0.9, 0 } }; // nowhere
  const int branches[] = { 2, 0, -1 };
  g_autoptr (WillisCase) c = carotid_case ();
  g_autoptr (WillisTree) tree = tubes_tree (fork, 3);
  g_autoptr (GArray) list = g_array_new (FALSE, TRUE, sizeof (WillisCandidate));

  g_array_append_vals (list, candidates, 3);
  willis_case_set_candidates (c, list, NULL);
  willis_case_set_tree (c, tree, NULL);
  for (guint n = 0; n < 3; n++)
    g_assert_cmpint (g_array_index (willis_case_candidates (c), WillisCandidate, n).branch, ==, branches[n]);
}

/* A file in which the branches are still those of a tree that is gone. */
static void
test_file (void)
{
  static const char *const names[] = { "ICA left", "Basilar" };
  g_autoptr (WillisCase) c = carotid_case (), back = NULL;
  g_autoptr (WillisTree) tree = make_arteries (names, (double[]){ 0, 30 }, 2);
  g_autofree char *path = g_build_filename (g_get_tmp_dir (), "willis-branches.h5", NULL);
  g_autoptr (WillisArchive) root = NULL;
  g_autoptr (GError) error = NULL;
  WillisArchive *group;
  const gsize one[1] = { 1 };
  const gint32 wrong = 1;

  willis_case_set_tree (c, tree, NULL);
  g_assert_true (willis_case_save (c, path, NULL, &error));
  root = willis_archive_read (path, NULL, &error);
  g_assert_no_error (error);
  willis_archive_set_int (willis_archive_group (willis_archive_group (root, "aneurysms"), "0000"), "branch", 1);
  group = willis_archive_group (root, "candidates");
  willis_archive_take_array (group, "branch", willis_array_new_copy (WILLIS_ARRAY_I32, 1, one, &wrong));
  g_assert_true (willis_archive_write (root, path, NULL, &error));
  back = willis_case_load (path, NULL, &error);
  g_assert_no_error (error);
  assert_branches (back, 0, WILLIS_SITE_ICA);
  g_assert_cmpint (unlink (path), ==, 0);
}

int
main (int argc, char **argv)
{
  int status;

  if (willis_reader_main (argc, argv, &status))
    return status;
  g_setenv ("WILLIS_EXE", "/proc/self/exe", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/case/branches/another-tree", test_another_tree);
  g_test_add_func ("/case/branches/candidate-at-fork", test_candidate_at_fork);
  g_test_add_func ("/case/branches/file", test_file);
  return g_test_run ();
}
