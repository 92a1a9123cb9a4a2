/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tools that correct the arteries: strokes and clicks become edits, edits run one after the other on a thread, and the branches are
 * found again when the tool is put away.
 */
#include <math.h>
#include <string.h>

#include "core/base/i18n.h"
#include "core/num/vec3.h"
#include "core/vessel/cut-square.h"
#include "ui/model/session-private.h"

#define LEAST_BRUSH_MM 0.3
#define MOST_BRUSH_MM 10.0

gboolean
willis_tool_is_edit (WillisHandTool tool)
{
  return tool >= WILLIS_TOOL_SEED && tool <= WILLIS_TOOL_ERASER;
}

const char *
willis_tool_title (WillisHandTool tool)
{
  switch (tool)
    {
    case WILLIS_TOOL_SEED:
      return _ ("Add an artery: click where it is missing");
    case WILLIS_TOOL_REMOVE:
      return _ ("Remove a piece: click on it");
    case WILLIS_TOOL_CUT:
      return _ ("Cut: click on the vessel, or draw a line across in a slice");
    case WILLIS_TOOL_BRIDGE:
      return _ ("Bridge: click where it begins, then where it ends");
    case WILLIS_TOOL_BRUSH:
      return _ ("Brush: drag over what is artery");
    case WILLIS_TOOL_ERASER:
      return _ ("Eraser: drag over what is none");
    case WILLIS_TOOL_NONE:
    case WILLIS_TOOL_RULER:
    case WILLIS_TOOL_ANGLE:
    default:
      return "";
    }
}

double
willis_session_brush_mm (WillisSession *self)
{
  return self->brush_mm;
}

void
willis_session_set_brush_mm (WillisSession *self, double radius_mm)
{
  self->brush_mm = CLAMP (radius_mm, LEAST_BRUSH_MM, MOST_BRUSH_MM);
  _willis_session_emit (self, WILLIS_SESSION_TOOLS_CHANGED);
}

gboolean
willis_session_bridge_begin (WillisSession *self, double lps_mm[3])
{
  if (self->bridge_begun)
    vec3_copy (lps_mm, self->bridge_from);
  return self->bridge_begun;
}

const GPtrArray *
willis_session_pending_edits (WillisSession *self)
{
  return self->pending;
}

/* --- running edits */

typedef struct
{
  GPtrArray *edits;
} EditInput;

static void
edit_input_free (gpointer data)
{
  EditInput *in = data;

  g_ptr_array_unref (in->edits);
  g_free (in);
}

static gboolean
edit_work (WillisCase *copy, const WillisProgress *progress, gpointer data, GError **error)
{
  EditInput *in = data;

  return willis_case_run_edits (copy, (WillisEdit *const *) in->edits->pdata, in->edits->len, FALSE, progress, error);
}

static void
run_pending (WillisSession *self)
{
  EditInput *in;
  const WillisEdit *last;

  if (self->pending->len == 0 || self->case_job != NULL || self->c == NULL)
    return;
  in = g_new0 (EditInput, 1);
  in->edits = self->pending;
  self->pending = g_ptr_array_new_with_free_func ((GDestroyNotify) willis_edit_unref);
  g_clear_pointer (&self->applied, g_ptr_array_unref);
  self->applied = g_ptr_array_ref (in->edits); // shown until the surface has them
  last = in->edits->pdata[in->edits->len - 1];
  willis_session_run (self, WILLIS_STEP_VESSELS, _ (willis_edit_title (last)), edit_work, in, edit_input_free);
}

const GPtrArray *
willis_session_applied_edits (WillisSession *self)
{
  return self->applied;
}

/* --- the branches anew */

static gboolean
branches_work (WillisCase *copy, const WillisProgress *progress, gpointer data, GError **error)
{
  WillisProgress part = willis_progress_part (progress, 0.0, 0.7, _ ("finding the centrelines"));

  if (!willis_case_run_tree (copy, &part, error))
    return FALSE;
  part = willis_progress_part (progress, 0.7, 1.0, _ ("looking for aneurysms"));
  return willis_case_run_detect (copy, &part, error);
}

gboolean
willis_session_run_branches (WillisSession *self)
{
  return willis_session_run (self, WILLIS_STEP_VESSELS, _ ("Find the branches"), branches_work, NULL, NULL);
}

gboolean
willis_session_branches_stale (WillisSession *self)
{
  return self->c != NULL && willis_case_state (self->c, WILLIS_STAGE_SURFACE) == WILLIS_STATE_FRESH
         && willis_case_state (self->c, WILLIS_STAGE_SEGMENTATION) == WILLIS_STATE_FRESH
         && willis_case_state (self->c, WILLIS_STAGE_TREE) != WILLIS_STATE_FRESH;
}

void
_willis_session_edits_go_on (WillisSession *self)
{
  if (self->case_job != NULL)
    return;
  g_clear_pointer (&self->applied, g_ptr_array_unref);
  if (self->pending->len > 0)
    run_pending (self);
  else if (self->branches_wanted && !willis_tool_is_edit (self->tool) && willis_session_branches_stale (self))
    {
      self->branches_wanted = FALSE;
      willis_session_run_branches (self);
    }
  _willis_session_emit (self, WILLIS_SESSION_TOOLS_CHANGED);
}

gboolean
willis_session_edit (WillisSession *self, WillisEdit *edit)
{
  if (self->c == NULL || willis_case_segmentation (self->c) == NULL || willis_case_volume (self->c) == NULL
      || (self->case_job != NULL && self->case_step != WILLIS_STEP_VESSELS))
    {
      willis_edit_unref (edit);
      return FALSE;
    }
  self->branches_wanted = TRUE;
  g_ptr_array_add (self->pending, edit);
  if (self->case_job == NULL)
    run_pending (self);
  _willis_session_emit (self, WILLIS_SESSION_TOOLS_CHANGED);
  return TRUE;
}

/* --- from the hands */

static gboolean
edit_or_say (WillisSession *self, WillisEdit *edit, GError *error)
{
  g_autoptr (GError) owned = error;

  if (edit == NULL)
    {
      willis_session_say (self, TRUE, "%s", error->message);
      return FALSE;
    }
  return willis_session_edit (self, edit);
}

static gboolean
cut (WillisSession *self, const double *points, gsize n, const double slice_normal[3])
{
  double centre[3], normal[3], radius;
  GError *error = NULL;
  WillisEdit *edit;

  if (n > 1 && slice_normal != NULL && vec3_dist (points, points + 3 * (n - 1)) > 1.0)
    {
      double along[3];

      vec3_sub (along, points + 3 * (n - 1), points);
      vec3_lerp (centre, points, points + 3 * (n - 1), 0.5);
      vec3_cross (normal, along, slice_normal);
      radius = 0.5 * vec3_norm (along);
    }
  else if (!willis_cut_square (willis_case_tree (self->c), points, centre, normal, &radius, &error))
    {
      // Translators: why there is no cut
      willis_session_say (self, TRUE, _ ("%s; click on the artery, or draw a line across it in a slice"),
                          error->message);
      g_error_free (error);
      return FALSE;
    }
  edit = willis_edit_new (WILLIS_EDIT_CUT, centre, &radius, 1, normal, &error);
  return edit_or_say (self, edit, error);
}

static gboolean
bridge (WillisSession *self, const double *points, gsize n)
{
  const double *to = points + 3 * (n - 1);
  double from[3];
  GError *error = NULL;
  WillisEdit *edit;

  if (!self->bridge_begun)
    {
      vec3_copy (self->bridge_from, points);
      self->bridge_begun = TRUE;
      _willis_session_emit (self, WILLIS_SESSION_TOOLS_CHANGED);
      if (n == 1 || vec3_dist (points, to) < 1.0)
        return TRUE;
    }
  vec3_copy (from, self->bridge_from);
  self->bridge_begun = FALSE;
  edit = willis_edit_bridge (willis_case_volume (self->c), willis_case_segmentation (self->c), from, to, NAN, &error);
  return edit_or_say (self, edit, error);
}

/* Points closer together than a third of the radius say nothing. */
static WillisEdit *
stroke (WillisSession *self, WillisEditKind kind, const double *points, gsize n, GError **error)
{
  g_autoptr (GArray) kept = g_array_new (FALSE, FALSE, 3 * sizeof (double));
  g_autofree double *radius = NULL;

  for (gsize i = 0; i < n && kept->len < WILLIS_EDIT_MOST_POINTS; i++)
    if (kept->len == 0 || i + 1 == n
        || vec3_dist ((const double *) (const void *) kept->data + 3 * (kept->len - 1), points + 3 * i) > self->brush_mm / 3.0)
      g_array_append_vals (kept, points + 3 * i, 1);
  radius = g_new (double, kept->len);
  for (guint i = 0; i < kept->len; i++)
    radius[i] = self->brush_mm;
  return willis_edit_new (kind, (const double *) (const void *) kept->data, radius, kept->len, NULL, error);
}

gboolean
willis_session_use_tool (WillisSession *self, const double *points_lps_mm, gsize n, const double slice_normal[3])
{
  const double reach = WILLIS_GROW_MM;
  GError *error = NULL;
  WillisEdit *edit;

  if (n == 0 || self->c == NULL || willis_case_segmentation (self->c) == NULL)
    return FALSE;
  switch (self->tool)
    {
    case WILLIS_TOOL_SEED:
      edit = willis_edit_new (WILLIS_EDIT_GROW, points_lps_mm + 3 * (n - 1), &reach, 1, NULL, &error);
      return edit_or_say (self, edit, error);
    case WILLIS_TOOL_REMOVE:
      edit = willis_edit_new (WILLIS_EDIT_REMOVE, points_lps_mm + 3 * (n - 1), NULL, 1, NULL, &error);
      return edit_or_say (self, edit, error);
    case WILLIS_TOOL_CUT:
      return cut (self, points_lps_mm, n, slice_normal);
    case WILLIS_TOOL_BRIDGE:
      return bridge (self, points_lps_mm, n);
    case WILLIS_TOOL_BRUSH:
    case WILLIS_TOOL_ERASER:
      edit = stroke (self, self->tool == WILLIS_TOOL_BRUSH ? WILLIS_EDIT_ADD : WILLIS_EDIT_ERASE, points_lps_mm, n, &error);
      return edit_or_say (self, edit, error);
    case WILLIS_TOOL_NONE:
    case WILLIS_TOOL_RULER:
    case WILLIS_TOOL_ANGLE:
    default:
      return FALSE;
    }
}

gboolean
willis_session_keep_region (WillisSession *self)
{
  double corners[6];
  int lo[3], hi[3];
  GError *error = NULL;
  WillisEdit *edit;

  if (self->c == NULL || !willis_session_roi_box (self, lo, hi))
    return FALSE;
  for (int e = 0; e < 2; e++)
    {
      double ijk[3];

      for (int a = 0; a < 3; a++)
        ijk[a] = e == 0 ? lo[a] - 0.5 : hi[a] + 0.5;
      willis_grid_ijk_to_lps (willis_volume_grid (willis_case_volume (self->c)), ijk, corners + 3 * e);
    }
  self->roi_mm = 0.0;
  edit = willis_edit_new (WILLIS_EDIT_KEEP, corners, NULL, 2, NULL, &error);
  return edit_or_say (self, edit, error);
}
