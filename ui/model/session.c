/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/model/session-private.h"

#include <math.h>
#include <string.h>

#include "core/base/i18n.h"
#include "core/num/vec3.h"
#include "core/vessel/anatomy.h"
#include "ui/model/format.h"

#define MAX_UNDO 100
#define LEAST_UNDO 10
#define UNDO_BYTES (1500.0 * 1024 * 1024) // what earlier states may hold beyond what they share

G_DEFINE_FINAL_TYPE (WillisSession, willis_session, G_TYPE_OBJECT)

static guint signals[WILLIS_SESSION_N_SIGNALS];

static void
undo_free (gpointer data)
{
  WillisUndo *u = data;

  willis_case_unref (u->state);
  g_free (u->label);
  g_free (u);
}

static void
willis_session_dispose (GObject *object)
{
  WillisSession *self = WILLIS_SESSION (object);

  willis_session_cancel_jobs (self);
  G_OBJECT_CLASS (willis_session_parent_class)->dispose (object);
}

static void
willis_session_finalize (GObject *object)
{
  WillisSession *self = WILLIS_SESSION (object);

  g_clear_pointer (&self->c, willis_case_unref);
  g_clear_pointer (&self->saved, willis_case_unref);
  g_clear_pointer (&self->reported, willis_case_unref);
  g_clear_pointer (&self->live, willis_aneurysm_unref);
  g_free (self->neck_problem);
  g_free (self->path);
  g_ptr_array_unref (self->undo);
  g_ptr_array_unref (self->redo);
  g_clear_pointer (&self->series, g_ptr_array_unref);
  g_strfreev (self->sources);
  g_ptr_array_unref (self->jobs);
  g_clear_object (&self->live_job);
  g_clear_pointer (&self->views_of, willis_aneurysm_unref);
  g_clear_pointer (&self->views, g_array_unref);
  g_array_unref (self->way);
  g_ptr_array_unref (self->pending);
  g_clear_pointer (&self->applied, g_ptr_array_unref);
  g_hash_table_unref (self->not_found);
  g_array_unref (self->marks);
  g_array_unref (self->seeds);
  g_array_unref (self->places);
  g_array_unref (self->place_line);
  g_array_unref (self->presets);
  G_OBJECT_CLASS (willis_session_parent_class)->finalize (object);
}

static void
willis_session_class_init (WillisSessionClass *klass)
{
  static const char *const names[] = { "case-changed", "crosshair-changed", "display-changed", "selection-changed",
                                       "neck-changed", "tools-changed",     "jobs-changed",    "places-changed",
                                       "place-moved" };

  G_OBJECT_CLASS (klass)->dispose = willis_session_dispose;
  G_OBJECT_CLASS (klass)->finalize = willis_session_finalize;
  for (int n = 0; n < WILLIS_SESSION_MESSAGE; n++)
    signals[n] = g_signal_new (names[n], G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[WILLIS_SESSION_MESSAGE] = g_signal_new ("message", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                                  NULL, G_TYPE_NONE, 2, G_TYPE_BOOLEAN, G_TYPE_STRING);
}

static void
willis_session_init (WillisSession *self)
{
  const WillisDisplay display = { 700.0, 250.0, WILLIS_SLAB_OFF, 10.0, FALSE, TRUE, TRUE, TRUE, FALSE, FALSE };

  self->undo = g_ptr_array_new_with_free_func (undo_free);
  self->redo = g_ptr_array_new_with_free_func (undo_free);
  self->jobs = g_ptr_array_new_with_free_func (g_object_unref);
  self->not_found = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->marks = g_array_new (FALSE, FALSE, sizeof (WillisMark));
  self->seeds = g_array_new (FALSE, FALSE, sizeof (WillisSeed));
  self->places = g_array_new (FALSE, FALSE, sizeof (WillisPlace));
  self->place_line = g_array_new (FALSE, FALSE, sizeof (double));
  self->way = g_array_new (FALSE, FALSE, sizeof (int));
  self->pending = g_ptr_array_new_with_free_func ((GDestroyNotify) willis_edit_unref);
  self->brush_mm = 1.0;
  self->limits = (WillisCArmLimits) WILLIS_C_ARM_LIMITS_INIT;
  _willis_session_init_presets (self);
  self->display = display;
  self->aneurysm = self->candidate = self->branch = -1;
  vec3_set (self->oblique_normal, M_SQRT1_2, 0.0, M_SQRT1_2);
  vec3_set (self->oblique_up, 0.0, -1.0, 0.0);
}

WillisSession *
willis_session_new (void)
{
  return g_object_new (WILLIS_TYPE_SESSION, NULL);
}

void
_willis_session_emit (WillisSession *self, int signal)
{
  g_signal_emit (self, signals[signal], 0);
}

void
willis_session_say (WillisSession *self, gboolean is_error, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_signal_emit (self, signals[WILLIS_SESSION_MESSAGE], 0, is_error, text);
}

/* --- the case */

WillisCase *
willis_session_case (WillisSession *self)
{
  return self->c;
}

const char *
willis_session_path (WillisSession *self)
{
  return self->path;
}

gboolean
willis_session_dirty (WillisSession *self)
{
  return self->c != NULL && self->c != self->saved;
}

char *
willis_session_title (WillisSession *self)
{
  const WillisStudy *study;

  if (self->c == NULL)
    return g_strdup (_ ("Willis"));
  study = willis_case_study (self->c);
  if (study->pseudonym != NULL && *study->pseudonym != '\0')
    return g_strdup (study->pseudonym);
  if (self->path != NULL)
    {
      g_autofree char *base = g_filename_display_basename (self->path);
      char *dot = strrchr (base, '.');

      if (dot != NULL && dot != base)
        *dot = '\0';
      return g_steal_pointer (&base);
    }
  if (study->description != NULL && *study->description != '\0')
    return g_strdup (study->description);
  return g_strdup (study->source != NULL ? study->source : _ ("New case"));
}

char *
willis_session_subtitle (WillisSession *self)
{
  WillisAneurysm *aneurysm = willis_session_shown_aneurysm (self);
  const WillisMorphology *m;
  const WillisTree *tree;
  g_autofree char *size = NULL, *neck = NULL;
  int branch;

  if (self->c == NULL)
    return g_strdup ("");
  if (aneurysm == NULL)
    return g_strdup (willis_case_state (self->c, WILLIS_STAGE_SEGMENTATION) == WILLIS_STATE_MISSING
                         ? _ ("arteries not yet segmented")
                         : _ ("no aneurysm measured"));
  m = willis_aneurysm_morphology (aneurysm);
  size = willis_text_measure (&m->index[WILLIS_INDEX_SIZE], willis_index_info (WILLIS_INDEX_SIZE)->unit);
  neck = willis_text_measure (&m->index[WILLIS_INDEX_NECK_DIAMETER],
                                willis_index_info (WILLIS_INDEX_NECK_DIAMETER)->unit);
  tree = willis_case_tree (self->c);
  branch = willis_aneurysm_branch (aneurysm);
  if (tree != NULL && branch >= 0 && (gsize) branch < willis_tree_n_branches (tree)
      && willis_tree_branch (tree, (gsize) branch)->name != NULL)
    {
      g_autofree char *artery = willis_artery_text (willis_tree_branch (tree, (gsize) branch)->name);

      return g_strdup_printf (_ ("%s · size %s, neck %s"), artery, size, neck);
    }
  return g_strdup_printf (_ ("size %s, neck %s"), size, neck);
}

static void
clamp_selection (WillisSession *self)
{
  const GArray *candidates = self->c != NULL ? willis_case_candidates (self->c) : NULL;
  int n = self->c != NULL ? (int) willis_case_n_aneurysms (self->c) : 0;
  int n_candidates = candidates != NULL ? (int) candidates->len : 0;
  WillisTree *tree = self->c != NULL ? willis_case_tree (self->c) : NULL;

  if (self->aneurysm >= n || self->aneurysm < 0)
    self->aneurysm = n - 1;
  if (self->candidate >= n_candidates)
    self->candidate = -1;
  if (tree == NULL || self->branch >= (int) willis_tree_n_branches (tree))
    self->branch = -1;
  if (self->branch < 0 || !_willis_session_way_holds (self))
    g_array_set_size (self->way, 0);
  if (self->branch >= 0 && self->way->len == 0)
    g_array_append_val (self->way, self->branch);
}

void
_willis_session_replace (WillisSession *self, WillisCase *c)
{
  WillisCase *old = self->c;

  self->c = c;
  self->likely_left = -1;
  self->neck_in_hand = FALSE;
  g_clear_pointer (&self->live, willis_aneurysm_unref);
  g_clear_pointer (&self->neck_problem, g_free);
  if (old != NULL && c != NULL)
    _willis_session_follow_tree (self, willis_case_tree (old), willis_case_tree (c));
  clamp_selection (self);
  _willis_session_emit (self, WILLIS_SESSION_CASE_CHANGED);
  if (old != NULL)
    willis_case_unref (old);
}

/* What the states of a stack hold that the next one does not share: labels and surfaces, which corrections by hand make anew. */
static double
own_bytes (const GPtrArray *stack)
{
  double sum = 0.0;

  for (guint n = 0; n + 1 < stack->len; n++)
    {
      const WillisCase *a = ((WillisUndo *) stack->pdata[n])->state, *b = ((WillisUndo *) stack->pdata[n + 1])->state;
      WillisSegmentation *s = willis_case_segmentation (a);
      WillisSurface *surface = willis_case_surface (a);

      if (s != NULL && s != willis_case_segmentation (b))
        sum += (double) willis_grid_n_voxels (willis_volume_grid (willis_segmentation_labels (s)));
      if (surface != NULL && surface != willis_case_surface (b))
        sum += 24.0 * (double) willis_surface_n_points (surface) + 12.0 * (double) willis_surface_n_triangles (surface);
    }
  return sum;
}

static void
push (GPtrArray *stack, WillisCase *state, const char *label)
{
  WillisUndo *u = g_new (WillisUndo, 1);

  u->state = willis_case_ref (state);
  u->label = g_strdup (label);
  g_ptr_array_add (stack, u);
  while (stack->len > MAX_UNDO || (stack->len > LEAST_UNDO && own_bytes (stack) > UNDO_BYTES))
    g_ptr_array_remove_index (stack, 0);
}

/* The aneurysm to look at once c takes the place of the case: what was measured in it, but for the one at hand, if that
 * is among it. */
static int
aneurysm_after (WillisSession *self, const WillisCase *c)
{
  WillisAneurysm *here = self->aneurysm >= 0 ? willis_case_aneurysm (self->c, (gsize) self->aneurysm) : NULL;
  WillisAneurysm *then = self->aneurysm >= 0 ? willis_case_aneurysm (c, (gsize) self->aneurysm) : NULL;
  int made = willis_case_new_aneurysm (self->c, c);

  if (made < 0
      || (here != NULL && then != NULL && willis_case_n_aneurysms (c) == willis_case_n_aneurysms (self->c)
          && willis_aneurysm_sac (here) != willis_aneurysm_sac (then)))
    return self->aneurysm;
  return made;
}

void
willis_session_commit (WillisSession *self, WillisCase *c, const char *label)
{
  g_return_if_fail (self->c != NULL && c != NULL);
  push (self->undo, self->c, label);
  g_ptr_array_set_size (self->redo, 0);
  self->aneurysm = aneurysm_after (self, c);
  _willis_session_replace (self, c);
}

static void
travel (WillisSession *self, GPtrArray *from, GPtrArray *to)
{
  WillisUndo *u;
  WillisCase *state;

  if (from->len == 0 || self->c == NULL)
    return;
  if (self->case_job != NULL)
    willis_job_cancel (self->case_job);
  u = from->pdata[from->len - 1];
  push (to, self->c, u->label);
  state = willis_case_ref (u->state);
  g_ptr_array_set_size (from, (int) from->len - 1);
  _willis_session_replace (self, state);
}

void
willis_session_undo (WillisSession *self)
{
  travel (self, self->undo, self->redo);
}

void
willis_session_redo (WillisSession *self)
{
  travel (self, self->redo, self->undo);
}

const char *
willis_session_undo_label (WillisSession *self)
{
  return self->undo->len > 0 ? ((WillisUndo *) self->undo->pdata[self->undo->len - 1])->label : NULL;
}

const char *
willis_session_redo_label (WillisSession *self)
{
  return self->redo->len > 0 ? ((WillisUndo *) self->redo->pdata[self->redo->len - 1])->label : NULL;
}

static WillisStep
first_open_step (WillisSession *self)
{
  for (int step = WILLIS_STEP_SCAN; step <= WILLIS_STEP_ANEURYSM; step++)
    if (willis_session_step_state (self, (WillisStep) step) != WILLIS_STEP_FRESH)
      return (WillisStep) step;
  return WILLIS_STEP_ANEURYSM;
}

void
willis_session_install (WillisSession *self, WillisCase *c, const char *path, const double quantiles[2])
{
  WillisVolume *volume = willis_case_volume (c);

  willis_session_cancel_jobs (self);
  g_ptr_array_set_size (self->undo, 0);
  g_ptr_array_set_size (self->redo, 0);
  g_array_set_size (self->marks, 0);
  g_array_set_size (self->seeds, 0);
  self->tool = WILLIS_TOOL_NONE;
  g_ptr_array_set_size (self->pending, 0);
  g_clear_pointer (&self->applied, g_ptr_array_unref);
  self->branches_wanted = self->bridge_begun = FALSE;
  self->aneurysm = self->candidate = self->branch = -1;
  g_clear_pointer (&self->reported, willis_case_unref);
  memcpy (self->quantiles, quantiles, sizeof self->quantiles);
  g_free (self->path);
  self->path = g_strdup (path);
  g_clear_pointer (&self->saved, willis_case_unref);
  if (path != NULL)
    self->saved = willis_case_ref (c);
  if (volume != NULL)
    {
      const WillisGrid *grid = willis_volume_grid (volume);
      double middle[3], range[2];
      gboolean hounsfield;

      for (int n = 0; n < 3; n++)
        middle[n] = (grid->dims[n] - 1) / 2; // on a voxel
      willis_grid_ijk_to_lps (grid, middle, self->crosshair);
      willis_volume_range (volume, range);
      // Hounsfield units know air, or water and bone; everything else is judged by its own percentiles
      hounsfield = (willis_volume_scalar (volume) == WILLIS_SCALAR_I16 || (range[0] >= -1100.0 && range[0] < -300.0))
                   && (range[0] < -300.0 || (range[0] < 0.0 && range[1] > 600.0)
                       || g_strcmp0 (willis_case_study (c)->modality, "CT") == 0);
      willis_session_set_preset (self, hounsfield ? 0 : 3);
    }
  if (willis_case_n_aneurysms (c) > 0) // the first: what is shown and where the slices stand are the same
    self->aneurysm = 0;
  _willis_session_replace (self, c);
  willis_session_go_to_aneurysm (self, self->aneurysm);
  willis_session_set_step (self, first_open_step (self));
  _willis_session_emit (self, WILLIS_SESSION_CROSSHAIR_CHANGED);
  _willis_session_emit (self, WILLIS_SESSION_TOOLS_CHANGED);
}

void
willis_session_close (WillisSession *self)
{
  willis_session_cancel_jobs (self);
  g_ptr_array_set_size (self->undo, 0);
  g_ptr_array_set_size (self->redo, 0);
  g_array_set_size (self->marks, 0);
  g_array_set_size (self->seeds, 0);
  g_clear_pointer (&self->saved, willis_case_unref);
  g_clear_pointer (&self->path, g_free);
  g_clear_pointer (&self->series, g_ptr_array_unref);
  g_clear_pointer (&self->sources, g_strfreev);
  if (self->c != NULL)
    _willis_session_replace (self, NULL);
}

void
willis_session_set_saved (WillisSession *self, WillisCase *saved, const char *path)
{
  willis_case_ref (saved);
  g_clear_pointer (&self->saved, willis_case_unref);
  self->saved = saved;
  if (path != self->path)
    {
      g_free (self->path);
      self->path = g_strdup (path);
    }
  _willis_session_emit (self, WILLIS_SESSION_CASE_CHANGED);
}

GPtrArray *
willis_session_series (WillisSession *self)
{
  return self->series;
}

const char *const *
willis_session_sources (WillisSession *self)
{
  return (const char *const *) self->sources;
}

void
willis_session_take_series (WillisSession *self, GPtrArray *series, char **sources)
{
  g_clear_pointer (&self->series, g_ptr_array_unref);
  g_strfreev (self->sources);
  self->series = series;
  self->sources = sources;
}

/* --- how it is looked at */

const double *
willis_session_crosshair (WillisSession *self)
{
  return self->crosshair;
}

void
willis_session_set_crosshair (WillisSession *self, const double lps_mm[3])
{
  if (memcmp (self->crosshair, lps_mm, sizeof self->crosshair) == 0)
    return;
  vec3_copy (self->crosshair, lps_mm);
  _willis_session_emit (self, WILLIS_SESSION_CROSSHAIR_CHANGED);
}

const WillisDisplay *
willis_session_display (WillisSession *self)
{
  return &self->display;
}

void
willis_session_set_display (WillisSession *self, const WillisDisplay *display)
{
  if (display->window != self->display.window || display->level != self->display.level)
    self->preset = -1;
  self->display = *display;
  self->display.window = MAX (self->display.window, 1.0);
  _willis_session_emit (self, WILLIS_SESSION_DISPLAY_CHANGED);
}

void
willis_session_get_oblique (WillisSession *self, double normal[3], double up[3])
{
  vec3_copy (normal, self->oblique_normal);
  vec3_copy (up, self->oblique_up);
}

void
willis_session_set_oblique (WillisSession *self, const double normal[3], const double up[3])
{
  double n[3], u[3];

  vec3_copy (n, normal);
  if (vec3_normalize (n) == 0.0)
    return;
  vec3_axpy (u, up, -vec3_dot (up, n), n); // keep the two orthogonal
  if (vec3_normalize (u) < 1e-6)
    {
      double other[3];

      vec3_basis (n, u, other);
    }
  vec3_copy (self->oblique_normal, n);
  vec3_copy (self->oblique_up, u);
  _willis_session_emit (self, WILLIS_SESSION_CROSSHAIR_CHANGED);
}

WillisStep
willis_session_step (WillisSession *self)
{
  return self->step;
}

void
willis_session_set_step (WillisSession *self, WillisStep step)
{
  g_return_if_fail (step < WILLIS_N_STEPS);
  self->step = step;
  _willis_session_emit (self, WILLIS_SESSION_SELECTION_CHANGED);
}

int
willis_session_aneurysm (WillisSession *self)
{
  return self->aneurysm;
}

void
willis_session_select_aneurysm (WillisSession *self, int n)
{
  if (self->neck_in_hand && n != self->aneurysm)
    willis_session_neck_cancel (self);
  self->aneurysm = n;
  clamp_selection (self);
  _willis_session_emit (self, WILLIS_SESSION_SELECTION_CHANGED);
}

void
willis_session_go_to_aneurysm (WillisSession *self, int n)
{
  if (self->c == NULL || n < 0 || n >= (int) willis_case_n_aneurysms (self->c))
    return;
  willis_session_select_aneurysm (self, n);
  willis_session_set_crosshair (self, willis_aneurysm_neck (willis_case_aneurysm (self->c, (gsize) n))->centre_lps_mm);
}

int
willis_session_candidate (WillisSession *self)
{
  return self->candidate;
}

void
willis_session_select_candidate (WillisSession *self, int n)
{
  const GArray *candidates = self->c != NULL ? willis_case_candidates (self->c) : NULL;

  self->candidate = n;
  clamp_selection (self);
  if (n >= 0 && candidates != NULL && n < (int) candidates->len)
    willis_session_set_crosshair (self, g_array_index (candidates, WillisCandidate, n).centre_lps_mm);
  _willis_session_emit (self, WILLIS_SESSION_SELECTION_CHANGED);
}

int
willis_session_branch (WillisSession *self)
{
  return self->branch;
}

void
willis_session_select_branch (WillisSession *self, int n)
{
  self->branch = n;
  g_array_set_size (self->way, 0);
  clamp_selection (self);
  _willis_session_emit (self, WILLIS_SESSION_SELECTION_CHANGED);
}

/* --- rulers, angles, seeds */

WillisHandTool
willis_session_tool (WillisSession *self)
{
  return self->tool;
}

static gboolean
mark_open (const WillisMark *mark)
{
  return mark->n_points < (mark->kind == WILLIS_TOOL_ANGLE ? 3 : 2);
}

static void
drop_open_mark (WillisSession *self)
{
  if (self->marks->len > 0 && mark_open (&g_array_index (self->marks, WillisMark, self->marks->len - 1)))
    g_array_set_size (self->marks, self->marks->len - 1);
}

void
willis_session_set_tool (WillisSession *self, WillisHandTool tool)
{
  drop_open_mark (self);
  if (self->tool != tool)
    self->bridge_begun = FALSE;
  self->tool = tool;
  if (!willis_tool_is_edit (tool))
    _willis_session_edits_go_on (self);
  _willis_session_emit (self, WILLIS_SESSION_TOOLS_CHANGED);
}

const GArray *
willis_session_marks (WillisSession *self)
{
  return self->marks;
}

void
willis_session_add_mark_point (WillisSession *self, const double lps_mm[3])
{
  WillisMark *last = self->marks->len > 0 ? &g_array_index (self->marks, WillisMark, self->marks->len - 1) : NULL;

  if (self->tool == WILLIS_TOOL_NONE || willis_tool_is_edit (self->tool))
    return;
  if (last == NULL || !mark_open (last))
    {
      const WillisMark empty = { .kind = self->tool };

      g_array_append_val (self->marks, empty);
      last = &g_array_index (self->marks, WillisMark, self->marks->len - 1);
    }
  vec3_copy (last->lps_mm[last->n_points++], lps_mm);
  if (!mark_open (last))
    self->tool = WILLIS_TOOL_NONE; // one at a time; the key is pressed again for the next
  _willis_session_emit (self, WILLIS_SESSION_TOOLS_CHANGED);
}

void
willis_session_move_mark_point (WillisSession *self, guint mark, guint point, const double lps_mm[3])
{
  WillisMark *m;

  if (mark >= self->marks->len)
    return;
  m = &g_array_index (self->marks, WillisMark, mark);
  if (point >= (guint) m->n_points)
    return;
  vec3_copy (m->lps_mm[point], lps_mm);
  _willis_session_emit (self, WILLIS_SESSION_TOOLS_CHANGED);
}

void
willis_session_remove_mark (WillisSession *self, guint mark)
{
  if (mark < self->marks->len)
    g_array_remove_index (self->marks, mark);
  _willis_session_emit (self, WILLIS_SESSION_TOOLS_CHANGED);
}

double
willis_mark_value (const WillisMark *mark)
{
  double a[3], b[3];

  if (mark->kind == WILLIS_TOOL_RULER)
    return mark->n_points == 2 ? vec3_dist (mark->lps_mm[0], mark->lps_mm[1]) : NAN;
  if (mark->n_points < 3)
    return NAN;
  vec3_sub (a, mark->lps_mm[0], mark->lps_mm[1]);
  vec3_sub (b, mark->lps_mm[2], mark->lps_mm[1]);
  if (vec3_normalize (a) == 0.0 || vec3_normalize (b) == 0.0)
    return NAN;
  return acos (CLAMP (vec3_dot (a, b), -1.0, 1.0)) * 180.0 / M_PI;
}

const GArray *
willis_session_seeds (WillisSession *self)
{
  return self->seeds;
}

void
willis_session_add_seed (WillisSession *self, const double lps_mm[3])
{
  g_array_append_vals (self->seeds, lps_mm, 1);
  _willis_session_emit (self, WILLIS_SESSION_TOOLS_CHANGED);
}

void
willis_session_clear_seeds (WillisSession *self)
{
  g_array_set_size (self->seeds, 0);
  _willis_session_emit (self, WILLIS_SESSION_TOOLS_CHANGED);
}

gboolean
willis_session_escape (WillisSession *self)
{
  if (self->tool != WILLIS_TOOL_NONE)
    {
      willis_session_set_tool (self, WILLIS_TOOL_NONE);
      return TRUE;
    }
  if (self->neck_in_hand)
    {
      willis_session_neck_cancel (self);
      return TRUE;
    }
  if (self->jobs->len > 0)
    {
      willis_session_cancel_jobs (self);
      return TRUE;
    }
  return FALSE;
}
