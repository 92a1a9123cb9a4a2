/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Corrections of the arteries by hand, in the case and in its file.
 */
#include <math.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/json.h"
#include "core/case/case-private.h"
#include "core/vessel/segmentation-edit.h"

/* What the automatic part was given and found, and how many corrections of each kind were made since. */
static char *
params_text (const char *before, const WillisSegmentation *segmentation)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  const GPtrArray *edits = willis_segmentation_edits (segmentation);
  guint count[WILLIS_N_EDITS] = { 0 }, bridges = 0;
  g_autoptr (JsonNode) old = before != NULL && *before != '\0' ? json_from_string (before, NULL) : NULL;
  g_autoptr (JsonNode) counts = NULL;

  for (guint n = 0; edits != NULL && n < edits->len; n++)
    {
      const WillisEdit *e = edits->pdata[n];

      bridges += e->bridge;
      count[e->kind] += !e->bridge;
    }
  json_builder_begin_object (builder);
  for (int kind = 0; kind < WILLIS_N_EDITS; kind++)
    if (count[kind] > 0)
      willis_json_add_int (builder, willis_edit_name ((WillisEditKind) kind), count[kind]);
  if (bridges > 0)
    willis_json_add_int (builder, "bridge", bridges);
  json_builder_end_object (builder);
  counts = json_builder_get_root (builder);
  root = json_node_new (JSON_NODE_OBJECT);
  json_node_take_object (root, old != NULL && JSON_NODE_HOLDS_OBJECT (old) ? json_object_ref (json_node_get_object (old))
                                                                          : json_object_new ());
  json_object_set_member (json_node_get_object (root), "by_hand", g_steal_pointer (&counts));
  return willis_json_node_to_text (root, FALSE);
}

gboolean
willis_case_run_edits (WillisCase *c, WillisEdit *const *edits, gsize n_edits, gboolean leave_out_failing,
                       const WillisProgress *progress, GError **error)
{
  WillisProgress first = willis_progress_part (progress, 0.0, 0.2, _ ("Correcting the arteries"));
  WillisProgress second = willis_progress_part (progress, 0.2, 1.0, NULL);
  g_autoptr (WillisSegmentation) now = c->segmentation != NULL ? willis_segmentation_ref (c->segmentation) : NULL;
  g_autoptr (WillisSurface) surface = NULL;
  g_autofree char *text = NULL;

  if (c->volume == NULL || now == NULL)
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, "%s", _ ("the case has no arteries yet: segment it first"));
  for (gsize n = 0; n < n_edits; n++)
    {
      g_autoptr (GError) local = NULL;
      WillisSegmentation *next = willis_segmentation_edit (c->volume, now, edits[n], progress != NULL ? &first : NULL, &local);

      if (next != NULL)
        {
          willis_segmentation_unref (now);
          now = next;
        }
      else if (!leave_out_failing || !g_error_matches (local, WILLIS_ERROR, WILLIS_ERROR_FAILED))
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
    }
  if (now == c->segmentation)
    return TRUE;
  surface = willis_lumen_surface (c->volume, now, progress != NULL ? &second : NULL, error);
  if (surface == NULL)
    return FALSE;
  text = params_text (c->provenance[WILLIS_STAGE_SEGMENTATION].params, now);
  willis_case_set_segmentation (c, now, text);
  willis_case_set_surface (c, surface, NULL);
  return TRUE;
}

gboolean
willis_case_run_segment_again (WillisCase *c, const WillisSegmentParams *params, gsize *n_left_out,
                               const WillisProgress *progress, GError **error)
{
  gboolean holds = c->segmentation != NULL && willis_case_state (c, WILLIS_STAGE_SEGMENTATION) == WILLIS_STATE_FRESH;
  const GPtrArray *made = holds ? willis_segmentation_edits (c->segmentation) : NULL;
  g_autoptr (GPtrArray) edits = made != NULL ? g_ptr_array_ref ((GPtrArray *) made) : NULL;
  gboolean any = edits != NULL && edits->len > 0;
  WillisProgress first = willis_progress_part (progress, 0.0, any ? 0.8 : 1.0, NULL);
  WillisProgress second = willis_progress_part (progress, 0.8, 1.0, NULL);
  const GPtrArray *kept;

  *n_left_out = 0;
  if (!willis_case_run_segment (c, params, progress != NULL ? &first : NULL, error)
      || (any
          && !willis_case_run_edits (c, (WillisEdit *const *) edits->pdata, edits->len, TRUE,
                                     progress != NULL ? &second : NULL, error)))
    return FALSE;
  kept = willis_segmentation_edits (c->segmentation);
  if (any)
    *n_left_out = edits->len - (kept != NULL ? kept->len : 0);
  return TRUE;
}

/* ---- the file: points and radii of all edits in a row */

void
willis_save_edits (WillisArchive *group, const GPtrArray *edits)
{
  g_autoptr (GArray) kinds = g_array_new (FALSE, FALSE, sizeof (gint32));
  g_autoptr (GArray) first = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GArray) normals = g_array_new (FALSE, FALSE, sizeof (double));
  gint64 n_points = 0;
  gsize extents[2];

  if (edits == NULL || edits->len == 0)
    return;
  g_array_append_val (first, n_points);
  for (guint n = 0; n < edits->len; n++)
    {
      const WillisEdit *e = edits->pdata[n];
      gint32 kind = (gint32) e->kind + (e->bridge ? 256 : 0);

      for (gsize i = 0; i < e->n_points; i++)
        {
          g_array_append_vals (points, e->points_lps_mm + 3 * i, 3);
          g_array_append_val (points, e->radius_mm[i]);
        }
      n_points += (gint64) e->n_points;
      g_array_append_val (kinds, kind);
      g_array_append_val (first, n_points);
      g_array_append_vals (normals, e->normal, 3);
    }
  extents[0] = edits->len;
  willis_archive_take_array (group, "edit_kind", willis_array_new_copy (WILLIS_ARRAY_I32, 1, extents, kinds->data));
  extents[1] = 3;
  willis_archive_take_array (group, "edit_normal", willis_array_new_copy (WILLIS_ARRAY_F64, 2, extents, normals->data));
  extents[0] = edits->len + 1;
  willis_archive_take_array (group, "edit_first_point", willis_array_new_copy (WILLIS_ARRAY_I64, 1, extents, first->data));
  extents[0] = (gsize) n_points;
  extents[1] = 4;
  willis_archive_take_array (group, "edit_points_radius", willis_array_new_copy (WILLIS_ARRAY_F64, 2, extents, points->data));
}

static gboolean
bad_edits (const WillisArchive *group, GError **error)
{
  return willis_fail (error, WILLIS_ERROR_BAD_FILE, _ ("%s: the corrections by hand are damaged"), willis_archive_path (group));
}

gboolean
willis_load_edits (WillisSegmentation *segmentation, const WillisArchive *group, GError **error)
{
  const gsize four[2] = { 0, 4 }, three[2] = { 0, 3 };
  const WillisArray *kinds, *first, *points, *normals;
  g_autoptr (GPtrArray) edits = g_ptr_array_new_with_free_func ((GDestroyNotify) willis_edit_unref);

  if (!willis_archive_has (group, "edit_kind"))
    return TRUE;
  kinds = willis_archive_get_array (group, "edit_kind", WILLIS_ARRAY_I32, 1, NULL, error);
  first = kinds != NULL ? willis_archive_get_array (group, "edit_first_point", WILLIS_ARRAY_I64, 1, NULL, error) : NULL;
  points = first != NULL ? willis_archive_get_array (group, "edit_points_radius", WILLIS_ARRAY_F64, 2, four, error) : NULL;
  normals = points != NULL ? willis_archive_get_array (group, "edit_normal", WILLIS_ARRAY_F64, 2, three, error) : NULL;
  if (normals == NULL)
    return FALSE;
  if (first->extents[0] != kinds->extents[0] + 1 || normals->extents[0] != kinds->extents[0])
    return bad_edits (group, error);
  for (gsize n = 0; n < kinds->extents[0]; n++)
    {
      gint32 kind = ((const gint32 *) kinds->data)[n];
      gint64 from = ((const gint64 *) first->data)[n], to = ((const gint64 *) first->data)[n + 1];
      const double *row = points->data;
      g_autofree double *at = NULL;
      g_autofree double *radius = NULL;
      WillisEdit *edit;

      if (from < 0 || to <= from || to > (gint64) points->extents[0] || to - from > WILLIS_EDIT_MOST_POINTS || kind < 0)
        return bad_edits (group, error);
      at = g_new (double, 3 * (to - from));
      radius = g_new (double, to - from);
      for (gint64 i = from; i < to; i++)
        {
          for (int a = 0; a < 3; a++)
            at[3 * (i - from) + a] = row[4 * i + a];
          radius[i - from] = row[4 * i + 3];
        }
      edit = willis_edit_new ((WillisEditKind) (kind & 255), at, radius, (gsize) (to - from), (const double *) normals->data + 3 * n, NULL);
      if (edit == NULL)
        return bad_edits (group, error);
      edit->bridge = (kind & 256) != 0;
      g_ptr_array_add (edits, edit);
    }
  willis_segmentation_take_edits (segmentation, g_steal_pointer (&edits));
  return TRUE;
}
