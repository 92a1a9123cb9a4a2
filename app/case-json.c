/* SPDX-License-Identifier: Apache-2.0 */
#include "app/case-json.h"

#include "app/cli.h"
#include "core/base/i18n.h"
#include "core/base/json.h"
#include "core/case/date.h"
#include "core/vessel/anatomy.h"
#include "core/vessel/doubts.h"

/* [[x, y, z], ...] */
static void
add_points (JsonBuilder *builder, const char *key, const double *points, gsize n)
{
  json_builder_set_member_name (builder, key);
  json_builder_begin_array (builder);
  for (gsize i = 0; i < n; i++)
    willis_json_add_doubles (builder, NULL, points + 3 * i, 3);
  json_builder_end_array (builder);
}

void
willis_cli_add_import (JsonBuilder *builder, const WillisCase *c, const char *path)
{
  const WillisStudy *study = willis_case_study (c);
  const WillisGrid *grid = willis_volume_grid (willis_case_volume (c));

  willis_json_add_string (builder, "case", path);
  json_builder_set_member_name (builder, "dims");
  json_builder_begin_array (builder);
  for (int a = 0; a < 3; a++)
    json_builder_add_int_value (builder, grid->dims[a]);
  json_builder_end_array (builder);
  willis_json_add_doubles (builder, "spacing_mm", grid->spacing_mm, 3);
  willis_json_add_string (builder, "series_uid", study->series_uid);
  willis_json_add_string (builder, "study_date", study->study_date);
  willis_json_add_string (builder, "description", study->description);
  willis_json_add_string (builder, "pseudonym", study->pseudonym);
  json_builder_set_member_name (builder, "warnings");
  json_builder_begin_array (builder);
  for (char **text = study->warnings; text != NULL && *text != NULL; text++)
    json_builder_add_string_value (builder, *text);
  json_builder_end_array (builder);
}

void
willis_cli_add_others (JsonBuilder *builder, const WillisSeries *taken)
{
  json_builder_set_member_name (builder, "others");
  json_builder_begin_array (builder);
  for (guint n = 0; taken != NULL && taken->others != NULL && n < taken->others->len; n++)
    {
      const WillisSeries *s = taken->others->pdata[n];
      g_autofree char *date = willis_date_iso (s->study_date);

      json_builder_begin_object (builder);
      willis_json_add_string (builder, "series_uid", s->uid);
      willis_json_add_string (builder, "study_date", date);
      willis_json_add_string (builder, "modality", s->modality);
      willis_json_add_string (builder, "description", s->description);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

void
willis_cli_add_segmentation (JsonBuilder *builder, const WillisCase *c, double seconds)
{
  const WillisSegmentation *s = willis_case_segmentation (c);
  static const char *const names[] = { "unknown", "CTA", "3DRA", "MRA" };

  willis_json_add_double (builder, "volume_mm3", willis_segmentation_volume_mm3 (s));
  willis_json_add_double (builder, "seconds", seconds);
  willis_json_add_double (builder, "threshold_hu", willis_segmentation_threshold (s));
  willis_json_add_int (builder, "components", willis_segmentation_components (s));
  willis_json_add_string (builder, "modality", names[willis_segmentation_modality (s)]);
}

char **
willis_cli_doubts (const WillisCase *c)
{
  return c != NULL && willis_case_volume (c) != NULL && willis_case_segmentation (c) != NULL
             ? willis_vessel_doubts (willis_case_volume (c), willis_case_segmentation (c), willis_case_tree (c))
             : g_new0 (char *, 1);
}

void
willis_cli_add_doubts (JsonBuilder *builder, char **doubts)
{
  json_builder_set_member_name (builder, "doubts");
  json_builder_begin_array (builder);
  for (; *doubts != NULL; doubts++)
    json_builder_add_string_value (builder, *doubts);
  json_builder_end_array (builder);
}

void
willis_cli_say_doubts (JsonBuilder *builder, const WillisCase *c)
{
  g_auto (GStrv) doubts = willis_cli_doubts (c);

  for (char **text = doubts; *text != NULL; text++)
    willis_cli_print (_ ("note: %s\n"), *text);
  willis_cli_add_doubts (builder, doubts);
}

/* The named stretches of a branch. */
static void
add_parts (JsonBuilder *builder, const WillisBranch *branch)
{
  json_builder_set_member_name (builder, "parts");
  json_builder_begin_array (builder);
  for (gsize k = 0; k < branch->n_parts; k++)
    {
      json_builder_begin_object (builder);
      willis_json_add_string (builder, "name", branch->parts[k].name);
      willis_json_add_double (builder, "from_mm", branch->parts[k].from_mm);
      willis_json_add_double (builder, "to_mm", branch->parts[k].to_mm);
      willis_json_add_double (builder, "confidence", branch->parts[k].confidence);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

void
willis_cli_add_branches (JsonBuilder *builder, const WillisTree *tree)
{
  json_builder_set_member_name (builder, "branches");
  json_builder_begin_array (builder);
  for (gsize n = 0; tree != NULL && n < willis_tree_n_branches (tree); n++)
    {
      const WillisBranch *branch = willis_tree_branch (tree, n);

      json_builder_begin_object (builder);
      willis_json_add_int (builder, "id", (gint64) n);
      willis_json_add_string (builder, "name", branch->name != NULL ? branch->name : WILLIS_NAME_UNSURE);
      willis_json_add_double (builder, "name_confidence", branch->confidence);
      willis_json_add_bool (builder, "name_by_hand", branch->by_hand);
      add_parts (builder, branch);
      willis_json_add_double (builder, "length_mm", branch->length_mm);
      willis_json_add_int (builder, "component", branch->component);
      json_builder_set_member_name (builder, "nodes");
      json_builder_begin_array (builder);
      json_builder_add_int_value (builder, branch->node[0]);
      json_builder_add_int_value (builder, branch->node[1]);
      json_builder_end_array (builder);
      add_points (builder, "points_lps_mm", branch->points_lps_mm, branch->n_points);
      willis_json_add_doubles (builder, "radius_mm", branch->radius_mm, branch->n_points);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

void
willis_cli_add_candidates (JsonBuilder *builder, const WillisCase *c)
{
  const GArray *candidates = willis_case_candidates (c);

  json_builder_set_member_name (builder, "candidates");
  json_builder_begin_array (builder);
  for (guint n = 0; candidates != NULL && n < candidates->len; n++)
    {
      const WillisCandidate *candidate = &g_array_index (candidates, WillisCandidate, n);

      json_builder_begin_object (builder);
      willis_json_add_doubles (builder, "centre_lps_mm", candidate->centre_lps_mm, 3);
      willis_json_add_double (builder, "size_mm", candidate->size_mm);
      willis_json_add_double (builder, "neck_mm", candidate->neck_mm);
      willis_json_add_double (builder, "score", candidate->score);
      willis_json_add_int (builder, "branch", candidate->branch);
      willis_json_add_string (builder, "branch_name",
                              willis_tree_name_near (willis_case_tree (c), candidate->branch, candidate->centre_lps_mm));
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static void
add_indices (JsonBuilder *builder, const WillisMorphology *morphology)
{
  json_builder_begin_object (builder);
  for (int i = 0; i < WILLIS_N_INDICES; i++)
    {
      const WillisMeasure *measure = &morphology->index[i];

      json_builder_set_member_name (builder, willis_index_info (i)->name);
      json_builder_begin_object (builder);
      willis_json_add_double (builder, "value", measure->value);
      willis_json_add_string (builder, "unit", willis_index_info (i)->unit);
      willis_json_add_double (builder, "sd", measure->sd);
      if (measure->reason != NULL)
        willis_json_add_string (builder, "reason", measure->reason);
      json_builder_end_object (builder);
    }
  json_builder_end_object (builder);
}

void
willis_cli_add_measures (JsonBuilder *builder, const WillisCase *c, WillisAneurysm *aneurysm)
{
  gsize n_curve = 0;
  const double *curve;
  const char *doubt;

  json_builder_set_member_name (builder, "indices");
  if (aneurysm == NULL)
    {
      json_builder_add_null_value (builder);
      json_builder_set_member_name (builder, "neck");
      json_builder_add_null_value (builder);
      return;
    }
  add_indices (builder, willis_aneurysm_morphology (aneurysm));
  willis_json_add_string (builder, "kind", willis_sac_kind_id (willis_aneurysm_kind (aneurysm)));
  doubt = willis_case_sac_doubt (c, aneurysm);
  willis_json_add_string (builder, "doubt", doubt != NULL ? _ (doubt) : NULL);
  curve = willis_aneurysm_neck_curve (aneurysm, &n_curve);
  json_builder_set_member_name (builder, "neck");
  json_builder_begin_object (builder);
  willis_json_add_doubles (builder, "centre_lps_mm", willis_aneurysm_neck (aneurysm)->centre_lps_mm, 3);
  willis_json_add_doubles (builder, "normal", willis_aneurysm_neck (aneurysm)->normal, 3);
  add_points (builder, "curve_lps_mm", curve, n_curve);
  json_builder_end_object (builder);
}

/* NULL where nothing has changed. */
static const char *
stale_doubt (const WillisCase *c, gsize n)
{
  return c != NULL && willis_case_aneurysm_state (c, n) == WILLIS_STATE_STALE ? _ (
             "The scan or the arteries have changed since the aneurysm was measured: its neck and its numbers are of "
             "the earlier state.")
                                                                              : NULL;
}

void
willis_cli_add_aneurysm_state (JsonBuilder *builder, const WillisCase *c, gsize n)
{
  const char *doubt = stale_doubt (c, n);

  json_builder_set_member_name (builder, "aneurysm");
  if (c != NULL && n < willis_case_n_aneurysms (c))
    json_builder_add_int_value (builder, (gint64) n + 1);
  else
    json_builder_add_null_value (builder);
  willis_json_add_bool (builder, "stale", doubt != NULL);
  willis_json_add_string (builder, "stale_doubt", doubt);
}

void
willis_cli_warn_stale (const WillisCase *c, gsize n, const char *path)
{
  const char *doubt = stale_doubt (c, n);

  if (doubt == NULL)
    return;
  g_printerr ("willis: %s\n", doubt);
  g_printerr (_ ("willis: \"willis measure %s --aneurysm %d --again\" measures it again\n"), path, (int) n + 1);
}
