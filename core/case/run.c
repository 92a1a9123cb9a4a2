/* SPDX-License-Identifier: Apache-2.0 */
/* The stages as the window, the command line and tests run them. Each sets its result only when it has one. */
#include <math.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/json.h"
#include "core/case/case-private.h"
#include "core/vessel/anatomy.h"

/* A one-line text of what builder holds (new). */
static char *
one_line (JsonBuilder *builder)
{
  g_autoptr (JsonNode) root = NULL;

  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  return willis_json_node_to_text (root, FALSE);
}

static JsonBuilder *
params_begin (void)
{
  JsonBuilder *builder = json_builder_new ();

  json_builder_begin_object (builder);
  return builder;
}

static char *
segment_params_text (const WillisSegmentParams *params, const WillisSegmentation *result)
{
  static const char *const names[] = { "unknown", "CTA", "3DRA", "MRA" };
  g_autoptr (JsonBuilder) builder = params_begin ();

  // what was found where it was not given
  willis_json_add_string (builder, "modality", names[willis_segmentation_modality (result)]);
  willis_json_add_double (builder, "threshold", willis_segmentation_threshold (result));
  willis_json_add_bool (builder, "threshold_given", isfinite (params->threshold));
  willis_json_add_double (builder, "min_component_mm3", params->min_component_mm3);
  willis_json_add_doubles (builder, "seeds_lps_mm", params->seeds_lps_mm, params->n_seeds * 3);
  return one_line (builder);
}

static gboolean
need (gconstpointer artefact, const char *message, GError **error)
{
  return artefact != NULL || willis_fail (error, WILLIS_ERROR_BAD_INPUT, "%s", message);
}

gboolean
willis_case_run_segment (WillisCase *c, const WillisSegmentParams *params, const WillisProgress *progress,
                         GError **error)
{
  WillisSegmentParams p = WILLIS_SEGMENT_PARAMS_INIT;
  WillisProgress first = willis_progress_part (progress, 0.0, 0.7, NULL);
  WillisProgress second = willis_progress_part (progress, 0.7, 1.0, NULL);
  g_autoptr (WillisSegmentation) segmentation = NULL;
  g_autoptr (WillisSurface) surface = NULL;
  g_autofree char *text = NULL;

  if (!need (c->volume, _ ("the case has no scan yet"), error))
    return FALSE;
  if (params != NULL)
    p = *params;
  // CT says little: rotational angiographies are often stored as CT, so those are judged by their histogram
  p.is_ct = g_strcmp0 (c->study.modality, "CT") == 0;
  if (p.modality == WILLIS_MODALITY_UNKNOWN && g_strcmp0 (c->study.modality, "XA") == 0)
    p.modality = WILLIS_MODALITY_3DRA;
  if (p.modality == WILLIS_MODALITY_UNKNOWN && g_strcmp0 (c->study.modality, "MR") == 0)
    p.modality = WILLIS_MODALITY_MRA;
  segmentation = willis_segment (c->volume, &p, progress != NULL ? &first : NULL, error);
  if (segmentation == NULL)
    return FALSE;
  surface = willis_lumen_surface (c->volume, segmentation, progress != NULL ? &second : NULL, error);
  if (surface == NULL)
    return FALSE;
  text = segment_params_text (&p, segmentation);
  willis_case_set_segmentation (c, segmentation, text);
  willis_case_set_surface (c, surface, NULL);
  return TRUE;
}

const double *
willis_case_direction (const WillisCase *c)
{
  return c->segmentation != NULL ? willis_volume_grid (willis_segmentation_labels (c->segmentation))->direction : NULL;
}

gboolean
willis_case_run_tree (WillisCase *c, const WillisProgress *progress, GError **error)
{
  WillisProgress finding = willis_progress_part (progress, 0.0, 0.85, NULL);
  WillisProgress naming = willis_progress_part (progress, 0.85, 1.0, _ ("Naming the arteries"));
  g_autoptr (WillisTree) tree = NULL;
  g_autoptr (WillisTree) carried = NULL;
  g_autoptr (WillisTree) named = NULL;

  if (!need (c->surface, _ ("the case has no arteries yet: segment it first"), error))
    return FALSE;
  tree = willis_tree_extract_apart (c->surface, willis_case_direction (c), progress != NULL ? &finding : NULL, error);
  if (tree == NULL)
    return FALSE;
  if (c->tree != NULL)
    carried = willis_anatomy_carry (tree, c->tree);
  named = willis_anatomy_name (carried != NULL ? carried : tree, progress != NULL ? &naming : NULL, error);
  if (named == NULL)
    return FALSE;
  willis_case_set_tree (c, named, NULL);
  return TRUE;
}

gboolean
willis_case_rename_branch (WillisCase *c, gsize branch, const char *name, GError **error)
{
  WillisTree *named;

  if (!need (c->tree, _ ("the case has no vessel tree yet"), error))
    return FALSE;
  if (branch >= willis_tree_n_branches (c->tree))
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("the case has no branch number %d"), (int) branch);
  named = willis_anatomy_rename (c->tree, branch, name);
  willis_tree_unref (c->tree); // names change nothing that was made from the tree: its provenance stays
  c->tree = named;
  return TRUE;
}

gboolean
willis_case_run_detect (WillisCase *c, const WillisProgress *progress, GError **error)
{
  g_autoptr (GArray) candidates = NULL;

  if (!need (c->surface, _ ("the case has no arteries yet: segment it first"), error)
      || !need (c->tree, _ ("the case has no vessel tree yet"), error))
    return FALSE;
  candidates = willis_detect (c->surface, c->tree, progress, error);
  if (candidates == NULL)
    return FALSE;
  willis_case_set_candidates (c, candidates, NULL);
  return TRUE;
}

gboolean
willis_case_has_segmented_scan (const WillisCase *c)
{
  return c->volume != NULL && c->segmentation != NULL
         && willis_grid_equal (willis_volume_grid (c->volume),
                               willis_volume_grid (willis_segmentation_labels (c->segmentation)));
}

gboolean
willis_case_threshold_given (const WillisCase *c)
{
  const char *params = willis_case_params (c, WILLIS_STAGE_SEGMENTATION);
  g_autoptr (JsonNode) node = params != NULL && *params != '\0' ? json_from_string (params, NULL) : NULL;

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node)
         && json_object_get_boolean_member_with_default (json_node_get_object (node), "threshold_given", FALSE);
}

double
willis_case_surface_sd_mm (const WillisCase *c)
{
  return willis_case_has_segmented_scan (c) ? willis_lumen_surface_sd_mm (c->volume, c->segmentation) : 0.0;
}

double
willis_case_diameter_sd_mm (const WillisCase *c)
{
  return willis_case_has_segmented_scan (c) ? willis_lumen_diameter_sd_mm (c->volume, c->segmentation) : 0.0;
}

WillisDiameterSd
willis_case_diameter_sd (const WillisCase *c)
{
  return willis_case_has_segmented_scan (c) ? willis_lumen_diameter_sd (c->volume, c->segmentation) : (WillisDiameterSd){ 0 };
}

gboolean
willis_case_run_all (WillisCase *c, const WillisProgress *progress, GError **error)
{
  WillisProgress segment = willis_progress_part (progress, 0.0, 0.5, _ ("Segmenting the arteries"));
  WillisProgress tree = willis_progress_part (progress, 0.5, 0.75, _ ("Finding the centrelines"));
  WillisProgress detect = willis_progress_part (progress, 0.75, 0.85, _ ("Looking for aneurysms"));
  WillisProgress neck = willis_progress_part (progress, 0.85, 1.0, _ ("Measuring the aneurysm"));
  gboolean shown = progress != NULL;

  return willis_case_run_segment (c, NULL, shown ? &segment : NULL, error)
         && willis_case_run_tree (c, shown ? &tree : NULL, error)
         && willis_case_run_detect (c, shown ? &detect : NULL, error)
         && willis_case_run_aneurysms (c, NULL, shown ? &neck : NULL, error);
}
