/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The session's work on aneurysms: measured, measured again, removed; and which are not found any more.
 */
#include "ui/model/session-private.h"

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/num/vec3.h"

typedef struct
{
  double seed[3];         // none where all are measured again
  int replace;            // the aneurysm that it takes the place of
  WillisSession *session; // only to say something on the main thread
} MeasureInput;

static void
measure_input_free (gpointer data)
{
  MeasureInput *in = data;

  g_object_unref (in->session);
  g_free (in);
}

static gboolean
measure_work (WillisCase *copy, const WillisProgress *progress, gpointer data, GError **error)
{
  const MeasureInput *in = data;
  g_autoptr (WillisCase) before = willis_case_copy (copy);

  if (!willis_case_run_aneurysm_at (copy, in->seed, in->replace, progress, error))
    return FALSE;
  if (in->replace < 0 && willis_case_n_aneurysms (copy) == willis_case_n_aneurysms (before))
    _willis_session_say_later (
        in->session, FALSE,
        g_strdup_printf (
            _ ("This sac was measured already, as aneurysm %d: the new numbers take the place of the old."),
            willis_case_new_aneurysm (before, copy) + 1));
  return TRUE;
}

gboolean
willis_session_run_measure (WillisSession *self, const double seed_lps_mm[3], int replace)
{
  MeasureInput *in = g_new0 (MeasureInput, 1);

  vec3_copy (in->seed, seed_lps_mm);
  in->replace = replace;
  in->session = g_object_ref (self);
  return willis_session_run (self, WILLIS_STEP_ANEURYSM, _ ("Measure the aneurysm"), measure_work, in,
                             measure_input_free);
}

/* What of an aneurysm was looked for in which arteries. */
static char *
search_key (const WillisCase *c, gsize n)
{
  return g_strdup_printf ("%s %s %s", willis_aneurysm_digest (willis_case_aneurysm (c, n)),
                          willis_case_digest (c, WILLIS_STAGE_SURFACE), willis_case_digest (c, WILLIS_STAGE_TREE));
}

gboolean
willis_session_not_found (WillisSession *self, gsize n)
{
  g_autofree char *key = NULL;

  if (self->c == NULL || willis_case_aneurysm_state (self->c, n) != WILLIS_STATE_STALE)
    return FALSE;
  key = search_key (self->c, n);
  return g_hash_table_contains (self->not_found, key);
}

gboolean
willis_session_wants_again (WillisSession *self)
{
  if (willis_session_step_state (self, WILLIS_STEP_ANEURYSM) != WILLIS_STEP_STALE)
    return FALSE;
  if (willis_case_state (self->c, WILLIS_STAGE_TREE) != WILLIS_STATE_FRESH)
    return TRUE;
  for (gsize n = 0; n < willis_case_n_aneurysms (self->c); n++)
    if (willis_case_aneurysm_state (self->c, n) == WILLIS_STATE_STALE && !willis_session_not_found (self, n))
      return TRUE;
  return FALSE;
}

guint
willis_session_likely_left (WillisSession *self)
{
  const GArray *candidates = self->c != NULL ? willis_case_candidates (self->c) : NULL;

  if (candidates == NULL || willis_case_state (self->c, WILLIS_STAGE_CANDIDATES) != WILLIS_STATE_FRESH)
    return 0;
  if (self->likely_left < 0)
    {
      self->likely_left = 0;
      for (guint n = 0; n < candidates->len; n++)
        {
          const WillisCandidate *k = &g_array_index (candidates, WillisCandidate, n);

          self->likely_left
              += k->score >= WILLIS_LIKELY_SCORE && willis_case_aneurysm_at (self->c, k->centre_lps_mm) < 0;
        }
    }
  return (guint) self->likely_left;
}

const char *
willis_session_step_text (WillisSession *self, WillisStep step)
{
  WillisStepState state = willis_session_step_state (self, step);
  guint left = step == WILLIS_STEP_ANEURYSM && state == WILLIS_STEP_FRESH ? willis_session_likely_left (self) : 0;

  if (left > 0)
    {
      // Translators: how many places that are likely aneurysms
      g_autofree char *text = g_strdup_printf (_ ("likely, not measured: %u"), left);

      return g_intern_string (text); // one for each of some small numbers
    }
  return step == WILLIS_STEP_ANEURYSM && state == WILLIS_STEP_STALE && !willis_session_wants_again (self)
             ? _ ("not all were found again")
             : willis_step_state_text (state);
}

typedef struct
{
  WillisSession *session;
  WillisCase *searched;
} Search;

static gboolean
on_searched (gpointer data)
{
  Search *s = data;

  for (gsize n = 0; n < willis_case_n_aneurysms (s->searched); n++)
    if (willis_case_aneurysm_state (s->searched, n) == WILLIS_STATE_STALE)
      g_hash_table_add (s->session->not_found, search_key (s->searched, n));
  _willis_session_emit (s->session, WILLIS_SESSION_CASE_CHANGED);
  g_object_unref (s->session);
  willis_case_unref (s->searched);
  g_free (s);
  return G_SOURCE_REMOVE;
}

/* All aneurysms of searched have been looked for: those that are stale still are not there. */
static void
note_later (WillisSession *session, WillisCase *searched)
{
  Search *s = g_new (Search, 1);

  s->session = g_object_ref (session);
  s->searched = willis_case_copy (searched);
  g_idle_add (on_searched, s);
}

/* Those that are not found stay as they are, which is said; where nothing else is new either, nothing is changed. */
static gboolean
again_work (WillisCase *copy, const WillisProgress *progress, gpointer data, GError **error)
{
  const MeasureInput *in = data;
  WillisProgress tree = willis_progress_part (progress, 0.0, 0.4, _ ("finding the centrelines"));
  WillisProgress detect = willis_progress_part (progress, 0.4, 0.5, _ ("looking for aneurysms"));
  WillisProgress last = willis_progress_part (progress, 0.5, 1.0, NULL);
  g_autoptr (GPtrArray) left = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (WillisCase) before = willis_case_copy (copy);
  g_autofree char *text = NULL;
  g_autofree char *sentence = NULL;

  if ((willis_case_state (copy, WILLIS_STAGE_TREE) != WILLIS_STATE_FRESH && !willis_case_run_tree (copy, &tree, error))
      || (willis_case_state (copy, WILLIS_STAGE_CANDIDATES) != WILLIS_STATE_FRESH
          && !willis_case_run_detect (copy, &detect, error))
      || !willis_case_run_aneurysms (copy, left, &last, error))
    return FALSE;
  if (left->len == 0)
    return TRUE;
  note_later (in->session, copy);
  g_ptr_array_add (left, NULL);
  text = g_strjoinv ("\n", (char **) left->pdata);
  sentence = willis_sentence (text);
  if (willis_case_new_aneurysm (before, copy) < 0 && willis_case_candidates (before) == willis_case_candidates (copy))
    return willis_fail (error, WILLIS_ERROR_FAILED, "%s", sentence);
  _willis_session_say_later (in->session, TRUE, g_steal_pointer (&sentence));
  return TRUE;
}

gboolean
willis_session_run_again (WillisSession *self)
{
  MeasureInput *in;

  if (self->aneurysm < 0)
    return FALSE;
  in = g_new0 (MeasureInput, 1);
  in->session = g_object_ref (self);
  return willis_session_run (self, WILLIS_STEP_ANEURYSM, _ ("Measure again"), again_work, in, measure_input_free);
}

gboolean
willis_session_remove_aneurysm (WillisSession *self, int n)
{
  WillisCase *copy;

  if (self->c == NULL || self->case_job != NULL || n < 0 || n >= (int) willis_case_n_aneurysms (self->c))
    return FALSE;
  copy = willis_case_copy (self->c);
  willis_case_remove_aneurysm (copy, (gsize) n);
  willis_session_commit (self, copy, _ ("Remove the aneurysm"));
  return TRUE;
}
