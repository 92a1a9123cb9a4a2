/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The session's work on the case: jobs, the steps' states, the steps with their defaults.
 */
#include "ui/model/followup.h"
#include "ui/model/session-private.h"

#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/note.h"
#include "core/num/vec3.h"

/* --- jobs */

static void
on_job_changed (WillisJob *job, WillisSession *self)
{
  if (!willis_job_running (job))
    {
      g_signal_handlers_disconnect_by_func (job, on_job_changed, self);
      g_ptr_array_remove (self->jobs, job);
    }
  _willis_session_emit (self, WILLIS_SESSION_JOBS_CHANGED);
}

static void
adopt (WillisSession *self, WillisJob *job)
{
  g_ptr_array_add (self->jobs, g_object_ref (job));
  g_signal_connect_object (job, "changed", G_CALLBACK (on_job_changed), self, 0);
  _willis_session_emit (self, WILLIS_SESSION_JOBS_CHANGED);
}

WillisJob *
willis_session_start_job (WillisSession *self, const char *label, WillisJobWork work, gpointer input,
                          GDestroyNotify free_input, GDestroyNotify free_result, WillisJobDone done, gpointer data)
{
  g_autoptr (WillisJob) job = willis_job_start (label, work, input, free_input, free_result, done, data);

  adopt (self, job);
  return job; // lives on in self->jobs
}

GPtrArray *
willis_session_jobs (WillisSession *self)
{
  return self->jobs;
}

gboolean
willis_session_busy (WillisSession *self)
{
  return self->case_job != NULL;
}

void
willis_session_cancel_jobs (WillisSession *self)
{
  for (guint n = 0; n < self->jobs->len; n++)
    willis_job_cancel (self->jobs->pdata[n]);
  if (self->live_job != NULL)
    willis_job_cancel (self->live_job);
}

typedef struct
{
  WillisCase *copy;
  WillisCaseWork work;
  gpointer input;
  GDestroyNotify free_input;
} CaseInput;

typedef struct
{
  WillisSession *session; // ref
  WillisCase *base;       // ref: what the copy was made from
  char *label;
} CaseData;

static void
case_input_free (gpointer data)
{
  CaseInput *input = data;

  willis_case_unref (input->copy);
  if (input->free_input != NULL)
    input->free_input (input->input);
  g_free (input);
}

static gpointer
case_work (const WillisProgress *progress, gpointer data, GError **error)
{
  CaseInput *input = data;

  if (!input->work (input->copy, progress, input->input, error))
    return NULL;
  return willis_case_ref (input->copy);
}

static void
case_done (WillisJob *job, gpointer result, const GError *error, gpointer data)
{
  CaseData *d = data;
  WillisSession *self = d->session;

  if (self->case_job == job)
    self->case_job = NULL;
  if (result != NULL && self->c == d->base)
    willis_session_commit (self, result, d->label);
  else if (result != NULL)
    {
      willis_case_unref (result);
      willis_session_say (self, FALSE, _ ("“%s” finished after the case had changed; its result was dropped."),
                          d->label);
    }
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    _willis_session_emit (self, WILLIS_SESSION_CASE_CHANGED); // widgets show the old state again
  else
    {
      willis_session_say (self, TRUE, "%s", error->message);
      willis_session_neck_cancel (self); // an exact measurement that failed: the neck goes back
      _willis_session_emit (self, WILLIS_SESSION_CASE_CHANGED);
    }
  if (error != NULL)
    g_ptr_array_set_size (self->pending, 0); // what waited was meant for what did not come
  _willis_session_edits_go_on (self);
  if (self->end_again && self->case_job == NULL)
    {
      self->end_again = FALSE;
      willis_session_neck_end (self);
    }
  willis_case_unref (d->base);
  g_free (d->label);
  g_free (d);
  g_object_unref (self);
}

gboolean
willis_session_run (WillisSession *self, WillisStep step, const char *label, WillisCaseWork work, gpointer input,
                    GDestroyNotify free_input)
{
  CaseInput *in;
  CaseData *d;

  if (self->c == NULL || self->case_job != NULL)
    {
      if (free_input != NULL)
        free_input (input);
      return FALSE;
    }
  in = g_new0 (CaseInput, 1);
  in->copy = willis_case_copy (self->c);
  in->work = work;
  in->input = input;
  in->free_input = free_input;
  d = g_new0 (CaseData, 1);
  d->session = g_object_ref (self);
  d->base = willis_case_ref (self->c);
  d->label = g_strdup (label);
  self->case_step = step;
  self->case_job = willis_session_start_job (self, label, case_work, in, case_input_free,
                                             (GDestroyNotify) willis_case_unref, case_done, d);
  _willis_session_emit (self, WILLIS_SESSION_JOBS_CHANGED);
  return TRUE;
}

/* --- steps */

const char *
willis_step_title (WillisStep step)
{
  static const char *const titles[WILLIS_N_STEPS] = { N_ ("Scan"),  N_ ("Vessels"),   N_ ("Aneurysm"), N_ ("Catheter"),
                                                      N_ ("Stent"), N_ ("Follow-up"), N_ ("Report") };

  return _ (titles[step]);
}

const char *
willis_step_state_text (WillisStepState state)
{
  switch (state)
    {
    case WILLIS_STEP_EMPTY:
      return _ ("an earlier step comes first");
    case WILLIS_STEP_WAITING:
      return _ ("needs you");
    case WILLIS_STEP_RUNNING:
      return _ ("running");
    case WILLIS_STEP_FRESH:
      return _ ("done");
    case WILLIS_STEP_STALE:
    default:
      return _ ("inputs changed; recompute");
    }
}

static WillisStepState
state_of_stages (const WillisCase *c, const WillisStage *stages, gsize n)
{
  WillisStepState state = WILLIS_STEP_FRESH;

  for (gsize i = 0; i < n; i++)
    {
      WillisState s = willis_case_state (c, stages[i]);

      if (s == WILLIS_STATE_MISSING)
        return WILLIS_STEP_WAITING;
      if (s == WILLIS_STATE_STALE)
        state = WILLIS_STEP_STALE;
    }
  return state;
}

/* Of the stent and of what goes into the sacs together. */
static WillisState
state_of_devices (const WillisCase *c)
{
  WillisState state = willis_case_stent_plan_state (c);

  for (gsize n = 0; n < willis_case_n_aneurysms (c); n++)
    {
      WillisState of_sac = willis_case_sac_plan_state (c, n);

      if (of_sac == WILLIS_STATE_STALE || state == WILLIS_STATE_MISSING)
        state = of_sac;
    }
  return state;
}

WillisStepState
willis_session_step_state (WillisSession *self, WillisStep step)
{
  static const WillisStage vessels[] = { WILLIS_STAGE_SEGMENTATION, WILLIS_STAGE_SURFACE, WILLIS_STAGE_TREE };
  static const WillisStage aneurysm[] = { WILLIS_STAGE_ANEURYSMS };
  WillisCase *c = self->c;

  if (self->case_job != NULL && self->case_step == step)
    return WILLIS_STEP_RUNNING;
  if (step == WILLIS_STEP_SCAN)
    return c != NULL && willis_case_volume (c) != NULL ? WILLIS_STEP_FRESH : WILLIS_STEP_WAITING;
  if (c == NULL)
    return WILLIS_STEP_EMPTY;
  if (step == WILLIS_STEP_VESSELS)
    return willis_case_volume (c) == NULL && willis_case_surface (c) == NULL
               ? WILLIS_STEP_EMPTY
               : state_of_stages (c, vessels, G_N_ELEMENTS (vessels));
  if (willis_case_surface (c) == NULL)
    return WILLIS_STEP_EMPTY;
  if (step == WILLIS_STEP_FOLLOWUP)
    {
      static const WillisStepState states[] = { [WILLIS_STATE_MISSING] = WILLIS_STEP_WAITING,
                                                [WILLIS_STATE_FRESH] = WILLIS_STEP_FRESH,
                                                [WILLIS_STATE_STALE] = WILLIS_STEP_STALE };

      return willis_session_comparing (self) ? WILLIS_STEP_RUNNING : states[willis_session_comparison_state (self)];
    }
  if (step == WILLIS_STEP_ANEURYSM)
    return willis_case_n_aneurysms (c) == 0 ? WILLIS_STEP_WAITING
                                            : state_of_stages (c, aneurysm, G_N_ELEMENTS (aneurysm));
  if (step == WILLIS_STEP_STENT || step == WILLIS_STEP_CATHETER)
    {
      static const WillisStepState states[] = { [WILLIS_STATE_MISSING] = WILLIS_STEP_WAITING,
                                                [WILLIS_STATE_FRESH] = WILLIS_STEP_FRESH,
                                                [WILLIS_STATE_STALE] = WILLIS_STEP_STALE };

      return willis_case_n_aneurysms (c) == 0
                 ? WILLIS_STEP_EMPTY
                 : states[step == WILLIS_STEP_STENT ? state_of_devices (c) : willis_case_catheter_plan_state (c)];
    }
  if (self->reported != NULL)
    return self->reported == c ? WILLIS_STEP_FRESH : WILLIS_STEP_STALE;
  return willis_case_n_aneurysms (c) == 0 ? WILLIS_STEP_EMPTY : WILLIS_STEP_WAITING;
}

void
willis_session_set_reported (WillisSession *self, WillisCase *reported)
{
  willis_case_ref (reported);
  g_clear_pointer (&self->reported, willis_case_unref);
  self->reported = reported;
  _willis_session_emit (self, WILLIS_SESSION_SELECTION_CHANGED);
}

typedef struct
{
  double threshold;
  gsize n_seeds;
  double *seeds;
  gboolean forget;
  WillisSession *session; // only to say something on the main thread
} VesselsInput;

static void
vessels_input_free (gpointer data)
{
  VesselsInput *in = data;

  g_free (in->seeds);
  g_object_unref (in->session);
  g_free (in);
}

typedef struct
{
  WillisSession *session;
  gboolean is_error;
  char *text;
} Saying;

static gboolean
on_say (gpointer data)
{
  Saying *s = data;

  willis_session_say (s->session, s->is_error, "%s", s->text);
  g_object_unref (s->session);
  g_free (s->text);
  g_free (s);
  return G_SOURCE_REMOVE;
}

void
_willis_session_say_later (WillisSession *session, gboolean is_error, char *text)
{
  Saying *s = g_new (Saying, 1);

  s->session = g_object_ref (session);
  s->is_error = is_error;
  s->text = text;
  g_idle_add (on_say, s);
}

static gboolean
vessels_work (WillisCase *copy, const WillisProgress *progress, gpointer data, GError **error)
{
  const VesselsInput *in = data;
  WillisSegmentParams params = WILLIS_SEGMENT_PARAMS_INIT;
  g_autoptr (GError) later = NULL;
  WillisProgress part;
  gsize n_left_out = 0;

  params.threshold = in->threshold;
  params.seeds_lps_mm = in->seeds;
  params.n_seeds = in->n_seeds;
  part = willis_progress_part (progress, 0.0, 0.6, _ ("segmenting the arteries"));
  if (in->forget ? !willis_case_run_segment (copy, &params, &part, error)
                 : !willis_case_run_segment_again (copy, &params, &n_left_out, &part, error))
    return FALSE;
  part = willis_progress_part (progress, 0.6, 0.85, _ ("finding the centrelines"));
  if (!willis_case_run_tree (copy, &part, error))
    return FALSE;
  part = willis_progress_part (progress, 0.85, 1.0, _ ("looking for aneurysms"));
  if (willis_case_run_detect (copy, &part, &later))
    return TRUE;
  if (g_error_matches (later, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_propagate_error (error, g_steal_pointer (&later));
      return FALSE;
    }
  _willis_session_say_later (in->session, TRUE,
                             g_strdup (later->message)); // the arteries are worth keeping all the same
  return TRUE;
}

gboolean
willis_session_run_vessels (WillisSession *self, double threshold, const double *seeds_lps_mm, gsize n_seeds)
{
  VesselsInput *in = g_new0 (VesselsInput, 1);

  in->session = g_object_ref (self);
  in->threshold = threshold;
  in->n_seeds = n_seeds;
  in->seeds = g_memdup2 (seeds_lps_mm, n_seeds * 3 * sizeof (double));
  return willis_session_run (self, WILLIS_STEP_VESSELS, _ ("Segment the arteries"), vessels_work, in,
                             vessels_input_free);
}

gboolean
willis_session_forget_edits (WillisSession *self)
{
  VesselsInput *in = g_new0 (VesselsInput, 1);

  in->session = g_object_ref (self);
  in->threshold = NAN;
  in->forget = TRUE;
  return willis_session_run (self, WILLIS_STEP_VESSELS, _ ("Forget the corrections"), vessels_work, in, vessels_input_free);
}

gboolean
willis_session_dismiss_candidate (WillisSession *self, int n)
{
  const GArray *candidates = self->c != NULL ? willis_case_candidates (self->c) : NULL;
  g_autoptr (GArray) left = NULL;
  WillisCase *copy;

  if (candidates == NULL || self->case_job != NULL || n < 0 || n >= (int) candidates->len)
    return FALSE;
  left = g_array_new (FALSE, FALSE, sizeof (WillisCandidate));
  g_array_append_vals (left, candidates->data, candidates->len);
  g_array_remove_index (left, (guint) n);
  copy = willis_case_copy (self->c);
  willis_case_set_candidates (copy, left, "{\"dismissed\": true}");
  self->candidate = -1;
  willis_session_commit (self, copy, _ ("Dismiss the candidate"));
  return TRUE;
}

/* --- the region of interest */

double
willis_session_roi_mm (WillisSession *self)
{
  return self->roi_mm;
}

void
willis_session_set_roi_mm (WillisSession *self, double edge_mm)
{
  self->roi_mm = edge_mm;
  _willis_session_emit (self, WILLIS_SESSION_TOOLS_CHANGED);
}

gboolean
willis_session_roi_box (WillisSession *self, int lo[3], int hi[3])
{
  WillisVolume *volume = self->c != NULL ? willis_case_volume (self->c) : NULL;
  const WillisGrid *grid;
  double ijk[3];

  if (volume == NULL || self->roi_mm <= 0.0)
    return FALSE;
  grid = willis_volume_grid (volume);
  willis_grid_lps_to_ijk (grid, self->crosshair, ijk);
  for (int n = 0; n < 3; n++)
    {
      double half = 0.5 * self->roi_mm / grid->spacing_mm[n];

      lo[n] = (int) CLAMP (ceil (ijk[n] - half), 0.0, grid->dims[n] - 1.0);
      hi[n] = (int) CLAMP (floor (ijk[n] + half), lo[n], grid->dims[n] - 1.0);
    }
  return TRUE;
}

typedef struct
{
  int lo[3], hi[3];
} CropInput;

static gboolean
crop_work (WillisCase *copy, const WillisProgress *progress, gpointer data, GError **error)
{
  const CropInput *in = data;
  g_autoptr (WillisVolume) cropped = NULL;
  WillisStudy study;
  char **warnings;
  guint n;

  if (!willis_progress_step (progress, 0.0, error))
    return FALSE;
  cropped = willis_volume_crop (willis_case_volume (copy), in->lo, in->hi, error);
  if (cropped == NULL)
    return FALSE;
  willis_study_copy (&study, willis_case_study (copy));
  n = study.warnings != NULL ? g_strv_length (study.warnings) : 0;
  warnings = g_new0 (char *, n + 2); // whoever reads the report must know
  for (guint i = 0; i < n; i++)
    warnings[i] = g_strdup (study.warnings[i]);
  warnings[n] = willis_note_new (WILLIS_NOTE_CUT_BY_HAND, in->hi[0] - in->lo[0] + 1,
                                 in->hi[1] - in->lo[1] + 1, in->hi[2] - in->lo[2] + 1);
  g_strfreev (study.warnings);
  study.warnings = warnings;
  willis_case_set_scan (copy, cropped, &study);
  willis_study_clear (&study);
  return TRUE;
}

gboolean
willis_session_run_crop (WillisSession *self)
{
  CropInput *in = g_new0 (CropInput, 1);

  if (!willis_session_roi_box (self, in->lo, in->hi))
    {
      g_free (in);
      return FALSE;
    }
  self->roi_mm = 0.0;
  return willis_session_run (self, WILLIS_STEP_SCAN, _ ("Keep the region of interest"), crop_work, in, g_free);
}

/* --- the neck in hand */

typedef struct
{
  WillisSurface *surface;
  WillisTree *tree;
  WillisNeck neck;
  int replace;
} NeckInput;

static void
neck_input_free (gpointer data)
{
  NeckInput *in = data;

  g_clear_pointer (&in->surface, willis_surface_unref);
  g_clear_pointer (&in->tree, willis_tree_unref);
  g_free (in);
}

/* Coarse: without the deviations, which take a dozen more cuts. */
static gpointer
live_work (const WillisProgress *progress, gpointer data, GError **error)
{
  NeckInput *in = data;

  return willis_aneurysm_isolate (in->surface, in->tree, &in->neck, 0.0, progress, error);
}

static void start_live (WillisSession *self);

static void
live_done (WillisJob *job, gpointer result, const GError *error, gpointer data)
{
  WillisSession *self = data;

  g_clear_object (&self->live_job);
  if (!self->neck_in_hand)
    g_clear_pointer (&result, willis_aneurysm_unref);
  else
    {
      g_clear_pointer (&self->neck_problem, g_free);
      if (result != NULL)
        {
          g_clear_pointer (&self->live, willis_aneurysm_unref);
          self->live = result;
        }
      else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        self->neck_problem = g_strdup (error->message);
      if (self->live_again)
        start_live (self);
      _willis_session_emit (self, WILLIS_SESSION_NECK_CHANGED);
    }
  g_object_unref (self);
}

static void
start_live (WillisSession *self)
{
  NeckInput *in;

  self->live_again = FALSE;
  if (willis_case_surface (self->c) == NULL)
    return;
  in = g_new0 (NeckInput, 1);
  in->surface = willis_surface_ref (willis_case_surface (self->c));
  if (willis_case_tree (self->c) != NULL)
    in->tree = willis_tree_ref (willis_case_tree (self->c));
  in->neck = self->neck;
  self->live_job = willis_job_start (_ ("Measure while moving"), live_work, in, neck_input_free,
                                     (GDestroyNotify) willis_aneurysm_unref, live_done, g_object_ref (self));
}

gboolean
willis_session_get_neck (WillisSession *self, WillisNeck *neck)
{
  if (self->neck_in_hand)
    {
      *neck = self->neck;
      return TRUE;
    }
  if (self->c == NULL || self->aneurysm < 0 || self->aneurysm >= (int) willis_case_n_aneurysms (self->c))
    return FALSE;
  *neck = *willis_aneurysm_neck (willis_case_aneurysm (self->c, (gsize) self->aneurysm));
  return TRUE;
}

double
willis_session_neck_radius_mm (WillisSession *self)
{
  WillisAneurysm *aneurysm = willis_session_shown_aneurysm (self);
  double d;

  if (aneurysm == NULL)
    return 3.0;
  d = willis_aneurysm_morphology (aneurysm)->index[WILLIS_INDEX_NECK_MAX].value;
  return isfinite (d) && d > 0.2 ? 0.5 * d : 3.0;
}

void
willis_session_neck_move (WillisSession *self, const WillisNeck *neck)
{
  WillisNeck now;

  if (!willis_session_get_neck (self, &now) || (self->case_job != NULL && self->case_step != WILLIS_STEP_ANEURYSM))
    return;
  if (self->case_job != NULL) // an exact measurement of the position before this one
    willis_job_cancel (self->case_job);
  self->neck = *neck;
  vec3_normalize (self->neck.normal);
  self->neck_in_hand = TRUE;
  if (self->live_job != NULL)
    self->live_again = TRUE;
  else
    start_live (self);
  _willis_session_emit (self, WILLIS_SESSION_NECK_CHANGED);
}

static gboolean
neck_work (WillisCase *copy, const WillisProgress *progress, gpointer data, GError **error)
{
  const NeckInput *in = data;

  return willis_case_run_neck (copy, in->replace, &in->neck, progress, error);
}

void
willis_session_neck_end (WillisSession *self)
{
  NeckInput *in;

  if (!self->neck_in_hand)
    return;
  if (self->case_job != NULL)
    {
      self->end_again = TRUE;
      return;
    }
  in = g_new0 (NeckInput, 1);
  in->neck = self->neck;
  in->replace = self->aneurysm;
  willis_session_run (self, WILLIS_STEP_ANEURYSM, _ ("Move the neck"), neck_work, in, neck_input_free);
}

void
willis_session_neck_cancel (WillisSession *self)
{
  if (!self->neck_in_hand)
    return;
  self->neck_in_hand = FALSE;
  self->live_again = self->end_again = FALSE;
  if (self->case_job != NULL && self->case_step == WILLIS_STEP_ANEURYSM)
    willis_job_cancel (self->case_job);
  g_clear_pointer (&self->live, willis_aneurysm_unref);
  g_clear_pointer (&self->neck_problem, g_free);
  _willis_session_emit (self, WILLIS_SESSION_NECK_CHANGED);
}

void
willis_session_take_working_views (WillisSession *self, WillisAneurysm *aneurysm, GArray *views)
{
  g_clear_pointer (&self->views_of, willis_aneurysm_unref);
  g_clear_pointer (&self->views, g_array_unref);
  self->views_of = willis_aneurysm_ref (aneurysm);
  self->views = views;
}

GArray *
willis_session_working_views (WillisSession *self, WillisAneurysm *aneurysm)
{
  return aneurysm != NULL && aneurysm == self->views_of ? self->views : NULL;
}

gboolean
willis_session_neck_in_hand (WillisSession *self)
{
  return self->neck_in_hand;
}

WillisAneurysm *
willis_session_shown_aneurysm (WillisSession *self)
{
  if (self->neck_in_hand && self->live != NULL)
    return self->live;
  if (self->c == NULL || self->aneurysm < 0 || self->aneurysm >= (int) willis_case_n_aneurysms (self->c))
    return NULL;
  return willis_case_aneurysm (self->c, (gsize) self->aneurysm);
}

const char *
willis_session_neck_problem (WillisSession *self)
{
  return self->neck_in_hand ? self->neck_problem : NULL;
}
