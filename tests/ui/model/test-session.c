/* SPDX-License-Identifier: Apache-2.0 */
/* What is picked in the session, over changes of the case and undo. */
#include <string.h>

#include "tests/core/case/make-arteries.h"
#include "tests/core/case/make-case.h"
#include "tests/core/case/make-sacs.h"
#include "ui/model/session.h"

static void
commit_tree (WillisSession *session, const char *const *names, const double *x, gsize n)
{
  WillisCase *copy = willis_case_copy (willis_session_case (session));
  g_autoptr (WillisTree) tree = make_arteries (names, x, n);

  willis_case_set_tree (copy, tree, NULL);
  willis_session_commit (session, copy, "Find the branches");
}

/* The artery that is picked, not its number in a tree that is gone. */
static void
test_branch (void)
{
  static const char *const names[] = { "Basilar", "ICA left", "MCA M1 left" };
  g_autoptr (WillisSession) session = willis_session_new ();
  const double quantiles[2] = { 0, 1 };

  willis_session_install (session, make_case (0), NULL, quantiles);
  commit_tree (session, names, (double[]){ 30, 0, 60 }, 3);
  willis_session_select_branch (session, 1);
  commit_tree (session, (const char *const[]){ "ICA left", "Basilar" }, (double[]){ 0.4, 30 }, 2);
  g_assert_cmpint (willis_session_branch (session), ==, 0);
  g_assert_cmpuint (willis_session_way (session)->len, ==, 1);
  g_assert_cmpint (g_array_index (willis_session_way (session), int, 0), ==, 0);
  willis_session_undo (session);
  g_assert_cmpint (willis_session_branch (session), ==, 1);
  commit_tree (session, names, (double[]){ 30, 90, 60 }, 3); // nothing runs there any more
  g_assert_cmpint (willis_session_branch (session), ==, -1);
  g_assert_cmpuint (willis_session_way (session)->len, ==, 0);
}

/* A new aneurysm is the one to look at, and one that is measured anew in its place. */
static void
test_aneurysm (void)
{
  g_autoptr (WillisSession) session = willis_session_new ();
  const double quantiles[2] = { 0, 1 };
  g_autoptr (WillisAneurysm) other = make_aneurysm (4), third = make_aneurysm (5);
  WillisCase *copy;

  willis_session_install (session, make_case (0), NULL, quantiles);
  willis_session_select_aneurysm (session, 1);
  copy = willis_case_copy (willis_session_case (session));
  willis_case_replace_aneurysm (copy, 0, other, NULL);
  willis_session_commit (session, copy, "Measure the aneurysm");
  g_assert_cmpint (willis_session_aneurysm (session), ==, 0);
  copy = willis_case_copy (willis_session_case (session));
  willis_case_add_aneurysm (copy, third, NULL);
  willis_session_commit (session, copy, "Measure the aneurysm");
  g_assert_cmpint (willis_session_aneurysm (session), ==, 2);
  willis_session_undo (session);
  g_assert_cmpuint (willis_case_n_aneurysms (willis_session_case (session)), ==, 2);
}

static void
keep_message (WillisSession *session, gboolean is_error, const char *text, char **said)
{
  g_free (*said);
  *said = g_strdup (text);
}

/* Arteries of a case with two sacs, both measured, of which only the first is there now. */
static void
open_with_one_gone (WillisSession *session)
{
  WillisCase *c = case_with_sacs (2);
  g_autoptr (WillisCase) one = case_with_sacs (1);
  const double quantiles[2] = { 0, 1 };

  measure (c, seed);
  measure (c, second_seed);
  willis_case_set_surface (c, willis_case_surface (one), NULL);
  willis_session_install (session, c, NULL, quantiles);
}

static void
measure_again (WillisSession *session, char **said)
{
  g_clear_pointer (said, g_free);
  g_assert_true (willis_session_run_again (session));
  while (willis_session_busy (session) || *said == NULL || willis_session_wants_again (session))
    g_main_context_iteration (NULL, TRUE);
}

/* What "Measure again" leaves behind is said: the second sac is no longer there. */
static void
test_again (void)
{
  g_autoptr (WillisSession) session = willis_session_new ();
  g_autofree char *said = NULL;

  open_with_one_gone (session);
  g_signal_connect (session, "message", G_CALLBACK (keep_message), &said);
  willis_session_select_aneurysm (session, 0);
  measure_again (session, &said);
  g_assert_cmpint (willis_case_aneurysm_state (willis_session_case (session), 0), ==, WILLIS_STATE_FRESH);
  g_assert_cmpint (willis_case_aneurysm_state (willis_session_case (session), 1), ==, WILLIS_STATE_STALE);
  g_assert_true (g_str_has_prefix (said, "Aneurysm 2 was not found again"));
}

/* It is asked for once in the same arteries, not for ever; whichever aneurysm is at hand, the others are measured. */
static void
test_gone (void)
{
  g_autoptr (WillisSession) session = willis_session_new ();
  g_autoptr (WillisCase) two = case_with_sacs (2);
  g_autofree char *said = NULL;
  WillisCase *c;

  open_with_one_gone (session);
  g_signal_connect (session, "message", G_CALLBACK (keep_message), &said);
  willis_session_select_aneurysm (session, 1);
  g_assert_true (willis_session_wants_again (session));
  g_assert_false (willis_session_not_found (session, 1));
  measure_again (session, &said);
  g_assert_cmpint (willis_case_aneurysm_state (willis_session_case (session), 0), ==, WILLIS_STATE_FRESH);
  g_assert_false (willis_session_not_found (session, 0));
  g_assert_true (willis_session_not_found (session, 1));
  g_assert_cmpint (willis_session_step_state (session, WILLIS_STEP_ANEURYSM), ==, WILLIS_STEP_STALE);
  c = willis_session_case (session);
  measure_again (session, &said); // asked for all the same
  g_assert_true (g_str_has_prefix (said, "Aneurysm 2 was not found again"));
  g_assert_true (willis_session_case (session) == c);
  c = willis_case_copy (c);
  willis_case_set_surface (c, willis_case_surface (two), NULL); // other arteries
  willis_session_commit (session, c, "Correct the arteries");
  g_assert_true (willis_session_wants_again (session));
  g_assert_false (willis_session_not_found (session, 1));
  willis_session_undo (session);
  g_assert_false (willis_session_wants_again (session));
  g_assert_true (willis_session_remove_aneurysm (session, 1));
  g_assert_cmpint (willis_session_step_state (session, WILLIS_STEP_ANEURYSM), ==, WILLIS_STEP_FRESH);
}

/* What an opened case shows and where its slices stand are the same aneurysm, and so with the next one chosen. */
static void
test_opened (void)
{
  g_autoptr (WillisSession) session = willis_session_new ();

  open_with_one_gone (session);
  for (int n = 0; n < 2; n++)
    {
      const WillisAneurysm *aneurysm = willis_case_aneurysm (willis_session_case (session), (gsize) n);

      g_assert_cmpint (willis_session_aneurysm (session), ==, n);
      g_assert_cmpmem (willis_session_crosshair (session), 3 * sizeof (double),
                       willis_aneurysm_neck (aneurysm)->centre_lps_mm, 3 * sizeof (double));
      willis_session_go_to_aneurysm (session, n + 1);
    }
  g_assert_cmpint (willis_session_aneurysm (session), ==, 1); // there is no third
}

/* A step is not all done while a likely place is not measured, and says how many there are. */
static void
test_likely_left (void)
{
  g_autoptr (WillisSession) session = willis_session_new ();
  g_autoptr (GArray) candidates = g_array_new (FALSE, TRUE, sizeof (WillisCandidate));
  const double quantiles[2] = { 0, 1 }, scores[3] = { 0.96, 0.87, 0.3 };
  const double *const places[3] = { seed, second_seed, second_seed };
  WillisCase *c = case_with_sacs (2);

  for (int n = 0; n < 3; n++)
    {
      WillisCandidate k = { .size_mm = 4.0, .neck_mm = 3.0, .score = scores[n], .branch = -1 };

      memcpy (k.centre_lps_mm, places[n], sizeof k.centre_lps_mm);
      g_array_append_val (candidates, k);
    }
  willis_case_set_candidates (c, candidates, NULL);
  measure (c, seed);
  willis_session_install (session, willis_case_copy (c), NULL, quantiles);
  g_assert_cmpuint (willis_session_likely_left (session), ==, 1);
  g_assert_cmpstr (willis_session_step_text (session, WILLIS_STEP_ANEURYSM), ==, "likely, not measured: 1");
  measure (c, second_seed);
  willis_session_commit (session, c, "Measure");
  g_assert_cmpuint (willis_session_likely_left (session), ==, 0);
  g_assert_cmpstr (willis_session_step_text (session, WILLIS_STEP_ANEURYSM), ==, "done");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/session/branch", test_branch);
  g_test_add_func ("/session/aneurysm", test_aneurysm);
  g_test_add_func ("/session/opened", test_opened);
  g_test_add_func ("/session/likely-left", test_likely_left);
  g_test_add_func ("/session/again", test_again);
  g_test_add_func ("/session/gone", test_gone);
  return g_test_run ();
}
