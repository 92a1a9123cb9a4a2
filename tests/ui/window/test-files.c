/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the window does with the file of a case: it asks before it writes over what another has written, knows recent
 * cases, and writes a copy without what says whose the case is.
 */
#include <glib/gstdio.h>
#include <string.h>

#include "tests/ui/window/stage.h"
#include "ui/model/recent.h"

static void
test_start (void)
{
  raise_curtain (800);
  open_phantom ("small-phantom.json");
  g_assert_false (willis_session_file_changed (session)); // of no file yet
}

static void
on_saved (gboolean saved, gpointer data)
{
  *(int *) data = saved ? 1 : -1;
}

/* Presses the answer of the question that is open. */
static void
answer (const char *response)
{
  GtkWindow *dialog = other_window ();

  g_assert_true (ADW_IS_MESSAGE_DIALOG (dialog));
  adw_message_dialog_response (ADW_MESSAGE_DIALOG (dialog), response);
  gtk_window_destroy (dialog); // a button closes it, too
  settle ();
}

static gboolean
asked (void)
{
  GListModel *all = gtk_window_get_toplevels ();
  gboolean found = FALSE;

  for (guint n = 0; n < g_list_model_get_n_items (all); n++)
    {
      g_autoptr (GtkWindow) other = g_list_model_get_item (all, n);

      found = found || ADW_IS_MESSAGE_DIALOG (other);
    }
  return found;
}

/* What another program does to a case: its own file in place of the one that was opened. Returns what it wrote. */
static char *
write_as_another (const char *path)
{
  g_autoptr (WillisCase) theirs = willis_case_load (path, NULL, NULL);
  WillisRiskInputs answers = willis_case_risk_answers (theirs, 0);
  char *bytes = NULL;

  answers.age = answers.age == 61 ? 62 : 61;
  willis_case_set_risk_answers (theirs, 0, &answers);
  g_assert_true (willis_case_save (theirs, path, NULL, NULL));
  g_assert_true (g_file_get_contents (path, &bytes, NULL, NULL));
  return bytes;
}

static gboolean
is_recent (const char *path)
{
  g_autoptr (GPtrArray) list = willis_recent_list ();
  gboolean found = FALSE;

  for (guint n = 0; n < list->len; n++)
    found = found || strcmp (((WillisRecent *) list->pdata[n])->path, path) == 0;
  return found;
}

/* A case that another program writes while it is open is not written over without a question, and one that is open is
 * among the recent ones. */
static void
test_written_by_another (void)
{
  g_autofree char *folder = g_dir_make_tmp ("willis-window-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "case.willis", NULL);
  g_autofree char *theirs = NULL, *bytes = NULL, *again = NULL;
  const char *paths[] = { path, NULL };
  int saved = 0;

  willis_session_save (session, path, on_saved, &saved);
  WAIT_FOR (saved != 0, 40);
  g_assert_true (is_recent (path)); // a case that is saved for the first time
  willis_recent_remove (path);
  willis_session_close (session);
  settle ();
  g_assert_false (is_recent (path));
  willis_window_open (window, paths);
  WAIT_FOR (willis_session_case (session) != NULL && idle (), 40);
  settle ();
  g_assert_true (is_recent (path));
  g_assert_false (willis_session_file_changed (session));
  g_assert_true (willis_session_shows_file (session, path));

  theirs = write_as_another (path);
  g_assert_true (willis_session_file_changed (session));
  g_action_group_activate_action (G_ACTION_GROUP (window), "save", NULL);
  WAIT_FOR (asked (), 5);
  shot ("changed");
  answer ("cancel");
  WAIT_FOR (idle (), 20);
  g_assert_true (g_file_get_contents (path, &bytes, NULL, NULL));
  g_assert_true (willis_session_file_changed (session)); // still as they wrote it

  g_action_group_activate_action (G_ACTION_GROUP (window), "save", NULL);
  WAIT_FOR (asked (), 5);
  answer ("reload");
  WAIT_FOR (!willis_session_file_changed (session) && idle (), 40);
  g_assert_cmpfloat (willis_case_risk_answers (willis_session_case (session), 0).age, ==, 61);
  g_assert_false (willis_session_dirty (session));

  again = write_as_another (path);
  g_action_group_activate_action (G_ACTION_GROUP (window), "save", NULL);
  WAIT_FOR (asked (), 5);
  answer ("overwrite");
  WAIT_FOR (!willis_session_file_changed (session) && idle (), 40);
  {
    g_autoptr (WillisCase) there = willis_case_load (path, NULL, NULL);

    g_assert_cmpfloat (willis_case_risk_answers (there, 0).age, ==, 61);
  }
  g_action_group_activate_action (G_ACTION_GROUP (window), "save", NULL); // nobody else since: no question
  settle ();
  g_assert_false (asked ());
  WAIT_FOR (idle (), 40);

  g_action_group_activate_action (G_ACTION_GROUP (window), "close-case", NULL);
  settle ();
  g_assert_null (willis_session_case (session));
  g_assert_true (is_recent (path));
  willis_window_open (window, paths);
  WAIT_FOR (willis_session_case (session) != NULL && idle (), 40);
  g_unlink (path);
  g_assert_false (willis_session_file_changed (session)); // gone: nothing there to lose
  g_rmdir (folder);
}

/* The copy is another file; the session stays with its own. */
static void
test_deidentified (void)
{
  g_autofree char *folder = g_dir_make_tmp ("willis-window-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "copy.willis", NULL);
  WillisCase *before = willis_session_case (session);
  g_autofree char *own = g_strdup (willis_session_path (session));
  g_autoptr (WillisCase) copy = NULL;
  int saved = 0;

  g_assert_true (g_action_group_get_action_enabled (G_ACTION_GROUP (window), "save-deidentified"));
  willis_session_save_deidentified (session, path, on_saved, &saved);
  WAIT_FOR (saved != 0 && idle (), 40);
  g_assert_cmpint (saved, ==, 1);
  g_assert_true (willis_session_case (session) == before);
  g_assert_cmpstr (willis_session_path (session), ==, own);
  copy = willis_case_load (path, NULL, NULL);
  g_assert_nonnull (copy);
  g_assert_true (g_str_has_prefix (willis_case_study (copy)->pseudonym, "W-"));
  g_assert_null (willis_case_study (copy)->description);
  g_assert_null (willis_case_study (copy)->source);
  g_unlink (path);
  g_rmdir (folder);
}

static void
test_close (void)
{
  drop_curtain (gtk_window_destroy);
}

static const Act acts[] = {
  { "/files/start", test_start, TRUE },
  { "/files/written-by-another", test_written_by_another, TRUE }, // the test writes as another in the window's loop
  { "/files/deidentified", test_deidentified, TRUE },
  { "/files/close", test_close },
};

int
main (int argc, char **argv)
{
  int status;

  if (!set_up_stage (argc, argv, &status))
    return status;
  for (gsize n = 0; n < G_N_ELEMENTS (acts); n++)
    g_test_add_data_func (acts[n].name, &acts[n], watched);
  return g_test_run ();
}
