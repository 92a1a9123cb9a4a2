/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/model/followup.h"

#include <string.h>

#include "core/base/i18n.h"

/* An earlier case that is open too. */
typedef struct
{
  char *path;
  WillisCase *c; // prepared
} Earlier;

typedef struct
{
  GPtrArray *earlier; // of Earlier
  char *shown;        // what of the earlier case the shown comparison was made from; NULL: none chosen
  char *tried;        // the same of the one whose file was looked for
  WillisJob *job;     // borrowed: comparing
  gboolean significance; // what the sac's colours say
} Followup;

static void
earlier_free (gpointer data)
{
  Earlier *e = data;

  g_free (e->path);
  g_clear_pointer (&e->c, willis_case_unref);
  g_free (e);
}

static void
followup_free (gpointer data)
{
  Followup *f = data;

  g_ptr_array_unref (f->earlier);
  g_free (f->shown);
  g_free (f->tried);
  g_free (f);
}

static Followup *
followup_of (WillisSession *session)
{
  Followup *f = g_object_get_data (G_OBJECT (session), "willis-followup");

  if (f == NULL)
    {
      f = g_new0 (Followup, 1);
      f->earlier = g_ptr_array_new_with_free_func (earlier_free);
      g_object_set_data_full (G_OBJECT (session), "willis-followup", f, followup_free);
    }
  return f;
}

int
willis_session_shown_comparison (WillisSession *session)
{
  Followup *f = followup_of (session);
  WillisCase *c = willis_session_case (session);
  gsize n = c != NULL ? willis_case_n_comparisons (c) : 0;

  for (gsize i = 0; i < n; i++)
    if (g_strcmp0 (willis_case_comparison (c, i)->earlier, f->shown) == 0)
      return (int) i;
  return (int) n - 1; // the nearest in time
}

WillisComparison *
willis_session_comparison (WillisSession *session)
{
  int n = willis_session_shown_comparison (session);

  return n >= 0 ? willis_case_comparison (willis_session_case (session), (gsize) n) : NULL;
}

static void
tell (WillisSession *session)
{
  g_signal_emit_by_name (session, "selection-changed");
}

void
willis_session_show_comparison (WillisSession *session, int n)
{
  Followup *f = followup_of (session);
  WillisCase *c = willis_session_case (session);

  if (c == NULL || n < 0 || (gsize) n >= willis_case_n_comparisons (c)
      || n == willis_session_shown_comparison (session))
    return;
  g_free (f->shown);
  f->shown = g_strdup (willis_case_comparison (c, (gsize) n)->earlier);
  tell (session);
}

gboolean
willis_session_growth_significance (WillisSession *session)
{
  return followup_of (session)->significance;
}

void
willis_session_set_growth_significance (WillisSession *session, gboolean significance)
{
  Followup *f = followup_of (session);

  if (f->significance == !!significance)
    return;
  f->significance = !!significance;
  tell (session);
}

void
willis_session_forget_comparison (WillisSession *session, int n)
{
  WillisCase *c = willis_session_case (session), *copy;

  if (c == NULL || n < 0 || (gsize) n >= willis_case_n_comparisons (c) || willis_session_busy (session))
    return;
  copy = willis_case_copy (c);
  willis_case_remove_comparison (copy, (gsize) n);
  willis_session_commit (session, copy, _ ("Remove the comparison"));
}

static Earlier *
open_earlier (WillisSession *session)
{
  Followup *f = followup_of (session);
  WillisComparison *comparison = willis_session_comparison (session);

  for (guint i = 0; comparison != NULL && i < f->earlier->len; i++)
    if (willis_comparison_is_with (comparison, ((Earlier *) f->earlier->pdata[i])->c))
      return f->earlier->pdata[i];
  return NULL;
}

WillisCase *
willis_session_earlier_case (WillisSession *session)
{
  Earlier *e = open_earlier (session);

  return e != NULL ? e->c : NULL;
}

WillisState
willis_session_comparison_state (WillisSession *session)
{
  int n = willis_session_shown_comparison (session);
  Earlier *e = open_earlier (session);
  WillisState state;

  if (n < 0)
    return WILLIS_STATE_MISSING;
  state = willis_case_comparison_state (willis_session_case (session), (gsize) n);
  return state == WILLIS_STATE_FRESH && e != NULL
                 && !willis_comparison_holds_for (willis_session_comparison (session), e->c)
             ? WILLIS_STATE_STALE
             : state;
}

gboolean
willis_session_comparing (WillisSession *session)
{
  return followup_of (session)->job != NULL;
}

/* Keeps an earlier case (takes it) in place of one of the same file. */
static void
keep_earlier (Followup *f, Earlier *e)
{
  for (guint i = 0; i < f->earlier->len; i++)
    if (g_strcmp0 (((Earlier *) f->earlier->pdata[i])->path, e->path) == 0)
      {
        g_ptr_array_remove_index (f->earlier, i);
        break;
      }
  g_ptr_array_add (f->earlier, e);
}

/* ---- opening an earlier case to look at ---- */

static gpointer
open_work (const WillisProgress *progress, gpointer data, GError **error)
{
  WillisCase *c = willis_case_load (data, progress, error);
  Earlier *e;

  if (c == NULL)
    return NULL;
  e = g_new0 (Earlier, 1);
  e->path = g_strdup (data);
  e->c = c;
  return e;
}

static void
open_done (WillisJob *job, gpointer result, const GError *error, gpointer data)
{
  WillisSession *session = data;

  if (result != NULL)
    keep_earlier (followup_of (session), result);
  // a file beside of the same name that cannot be read is no case to show: the comparison says what it says without it
  tell (session);
  g_object_unref (session);
}

gboolean
willis_session_open_earlier (WillisSession *session)
{
  Followup *f = followup_of (session);
  WillisComparison *comparison = willis_session_comparison (session);
  const char *here = willis_session_path (session);
  g_autofree char *folder = NULL;
  g_autofree char *path = NULL;

  if (comparison == NULL || comparison->earlier_file == NULL || here == NULL || open_earlier (session) != NULL
      || willis_session_jobs (session)->len > 0 || g_strcmp0 (f->tried, comparison->earlier) == 0)
    return FALSE;
  g_free (f->tried);
  f->tried = g_strdup (comparison->earlier);
  folder = g_path_get_dirname (here);
  path = g_build_filename (folder, comparison->earlier_file, NULL);
  if (!g_file_test (path, G_FILE_TEST_IS_REGULAR))
    return FALSE;
  willis_session_start_job (session, _ ("Opening the earlier case"), open_work, g_steal_pointer (&path), g_free,
                            earlier_free, open_done, g_object_ref (session));
  return TRUE;
}

/* ---- comparing ---- */

typedef struct
{
  char *path;
  WillisCase *c, *open; // the earlier one where it is open; a copy of the open one
  WillisRigid motion;
  gboolean by_hand;
} Input;

static void
input_free (gpointer data)
{
  Input *in = data;

  g_free (in->path);
  g_clear_pointer (&in->c, willis_case_unref);
  willis_case_unref (in->open);
  g_free (in);
}

typedef struct
{
  Earlier *earlier;
  WillisCase *open; // with the comparison in it
} Result;

static void
result_free (gpointer data)
{
  Result *r = data;

  g_clear_pointer (&r->earlier, earlier_free);
  g_clear_pointer (&r->open, willis_case_unref);
  g_free (r);
}

static gpointer
compare_work (const WillisProgress *progress, gpointer data, GError **error)
{
  Input *in = data;
  WillisProgress first = willis_progress_part (progress, 0.0, 0.3, NULL);
  WillisProgress second = willis_progress_part (progress, 0.3, 0.4, NULL);
  WillisProgress third = willis_progress_part (progress, 0.4, 1.0, NULL);
  g_autoptr (WillisCase) loaded = in->c != NULL ? willis_case_ref (in->c) : willis_case_load (in->path, NULL, error);
  g_autoptr (WillisCase) earlier = loaded != NULL ? willis_case_prepare (loaded, &first, error) : NULL;
  g_autoptr (WillisCase) open = earlier != NULL ? willis_case_prepare (in->open, &second, error) : NULL;
  g_autoptr (WillisComparison) comparison = NULL;
  Result *r;

  if (open != NULL)
    comparison = willis_case_compare (earlier, open, 0, in->by_hand ? &in->motion : NULL, in->path, &third, error);
  if (comparison == NULL)
    return NULL;
  willis_case_add_comparison (open, comparison);
  r = g_new0 (Result, 1);
  r->open = g_steal_pointer (&open);
  r->earlier = g_new0 (Earlier, 1);
  r->earlier->path = g_strdup (in->path);
  r->earlier->c = g_steal_pointer (&earlier);
  return r;
}

typedef struct
{
  WillisSession *session;
  WillisCase *base; // what the copy was made from
} Done;

static void
compare_done (WillisJob *job, gpointer result, const GError *error, gpointer data)
{
  Done *d = data;
  WillisSession *session = d->session;
  Followup *f = followup_of (session);
  Result *r = result;

  if (f->job == job)
    f->job = NULL;
  if (r == NULL)
    {
      if (error != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        willis_session_say (session, TRUE, "%s", error->message);
    }
  else if (willis_session_case (session) != d->base)
    willis_session_say (session, FALSE, _ ("“%s” finished after the case had changed; its result was dropped."),
                        _ ("Compare with an earlier scan"));
  else
    {
      g_free (f->shown);
      f->shown = willis_case_compared_text (r->earlier->c);
      keep_earlier (f, g_steal_pointer (&r->earlier));
      willis_session_commit (session, g_steal_pointer (&r->open), _ ("Compare with an earlier scan"));
    }
  g_clear_pointer (&r, result_free);
  tell (session);
  willis_case_unref (d->base);
  g_object_unref (session);
  g_free (d);
}

static gboolean
start (WillisSession *session, const char *path, WillisCase *c, const WillisRigid *motion)
{
  Followup *f = followup_of (session);
  WillisCase *open = willis_session_case (session);
  Input *in;
  Done *done;

  if (open == NULL || willis_session_busy (session) || willis_session_jobs (session)->len > 0)
    return FALSE;
  in = g_new0 (Input, 1);
  in->path = g_strdup (path);
  in->c = c != NULL ? willis_case_ref (c) : NULL;
  in->open = willis_case_copy (open);
  in->by_hand = motion != NULL;
  if (motion != NULL)
    in->motion = *motion;
  done = g_new0 (Done, 1);
  done->session = g_object_ref (session);
  done->base = willis_case_ref (open);
  f->job = willis_session_start_job (session, _ ("Comparing the scans"), compare_work, in, input_free, result_free,
                                     compare_done, done);
  tell (session);
  return TRUE;
}

gboolean
willis_session_compare_with (WillisSession *session, const char *path)
{
  return start (session, path, NULL, NULL);
}

gboolean
willis_session_compare_again (WillisSession *session, const WillisRigid *motion)
{
  Earlier *e = open_earlier (session);

  return e != NULL && start (session, e->path, e->c, motion);
}
