/* SPDX-License-Identifier: Apache-2.0 */
/* The stages as the window, the command line and tests run them. Each sets its result only when it has one. */
#include <math.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/json.h"
#include "core/case/case-private.h"
#include "core/vessel/anatomy.h"

#define LEAST_VOXELS 8 // of a sac

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

/* The axes of the scan that the arteries were found in, NULL for a case without one. */
static const double *
case_direction (const WillisCase *c)
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
  tree = willis_tree_extract (c->surface, case_direction (c), progress != NULL ? &finding : NULL, error);
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

/* Is there a scan, and the segmentation of that scan? */
static gboolean
has_segmented_scan (const WillisCase *c)
{
  return c->volume != NULL && c->segmentation != NULL
         && willis_grid_equal (willis_volume_grid (c->volume),
                               willis_volume_grid (willis_segmentation_labels (c->segmentation)));
}

double
willis_case_surface_sd_mm (const WillisCase *c)
{
  return has_segmented_scan (c) ? willis_lumen_surface_sd_mm (c->volume, c->segmentation) : 0.0;
}

/* The blur of the scan, 0 for a case without one. */
static double
case_blur_mm (const WillisCase *c)
{
  return has_segmented_scan (c) ? willis_lumen_blur_mm (c->volume, c->segmentation) : 0.0;
}

double
willis_case_diameter_sd_mm (const WillisCase *c)
{
  return has_segmented_scan (c) ? willis_lumen_diameter_sd_mm (c->volume, c->segmentation) : 0.0;
}

/* What is found without a person must be larger than what the scan can hold: a neck narrower than a voxel and a sac of
 * a few of them are folds of the surface. */
static gboolean
is_seen (const WillisCase *c, const WillisAneurysm *aneurysm, GError **error)
{
  const WillisMeasure *index = willis_aneurysm_morphology (aneurysm)->index;
  double volume = index[WILLIS_INDEX_VOLUME].value, neck = index[WILLIS_INDEX_NECK_DIAMETER].value;
  const double *spacing;

  if (c->volume == NULL)
    return TRUE;
  spacing = willis_volume_grid (c->volume)->spacing_mm;
  if (volume >= LEAST_VOXELS * spacing[0] * spacing[1] * spacing[2]
      && neck >= MIN (spacing[0], MIN (spacing[1], spacing[2])))
    return TRUE;
  return willis_fail (
      error, WILLIS_ERROR_FAILED,
      _ ("what stands out of the artery there (%.2g mm³, neck %.2g mm) is smaller than this scan can show"), volume,
      neck);
}

static gboolean
run_neck (WillisCase *c, int replace, const WillisNeck *neck, const double *seed_lps_mm, const WillisProgress *progress,
          GError **error)
{
  double sd_mm = willis_case_surface_sd_mm (c);
  g_autoptr (JsonBuilder) builder = params_begin ();
  g_autoptr (WillisAneurysm) aneurysm = NULL;
  g_autofree char *text = NULL;

  if (replace >= (int) c->aneurysms->len)
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("the case has no aneurysm number %d"), replace + 1);
  aneurysm = willis_aneurysm_isolate (c->surface, c->tree, neck, sd_mm, progress, error);
  if (aneurysm == NULL || (seed_lps_mm != NULL && !is_seen (c, aneurysm, error)))
    return FALSE;
  willis_json_add_string (builder, "neck", seed_lps_mm != NULL ? "found" : "by hand");
  if (seed_lps_mm != NULL)
    willis_json_add_doubles (builder, "seed_lps_mm", seed_lps_mm, 3);
  willis_json_add_double (builder, "surface_sd_mm", sd_mm);
  text = one_line (builder);
  if (replace >= 0)
    willis_case_replace_aneurysm (c, (gsize) replace, aneurysm, text);
  else
    willis_case_add_aneurysm (c, aneurysm, text);
  return TRUE;
}

gboolean
willis_case_run_aneurysm_at (WillisCase *c, const double seed_lps_mm[3], int replace, const WillisProgress *progress,
                             GError **error)
{
  WillisProgress first = willis_progress_part (progress, 0.0, 0.4, NULL);
  WillisProgress second = willis_progress_part (progress, 0.4, 1.0, NULL);
  WillisNeck neck;

  return need (c->surface, _ ("the case has no arteries yet: segment it first"), error)
         && willis_neck_find (c->surface, c->tree, seed_lps_mm, case_blur_mm (c), case_direction (c),
                              progress != NULL ? &first : NULL, &neck, error)
         && run_neck (c, replace, &neck, seed_lps_mm, progress != NULL ? &second : NULL, error);
}

gboolean
willis_case_run_neck (WillisCase *c, int replace, const WillisNeck *neck, const WillisProgress *progress,
                      GError **error)
{
  return need (c->surface, _ ("the case has no arteries yet: segment it first"), error)
         && run_neck (c, replace, neck, NULL, progress, error);
}

/* A sac lower than the scan can resolve, or than its own uncertainty, is no finding; nor is one whose neck cannot be
 * moved at all without losing it. */
static gboolean
is_resolved (const WillisCase *c, const WillisAneurysm *aneurysm)
{
  const WillisMeasure *height = &willis_aneurysm_morphology (aneurysm)->index[WILLIS_INDEX_HEIGHT];
  const double *spacing = willis_volume_grid (c->volume)->spacing_mm;

  return height->value > 1.5 * MAX (spacing[0], MAX (spacing[1], spacing[2])) && height->sd <= 0.5 * height->value;
}

gboolean
willis_case_run_best (WillisCase *c, const WillisProgress *progress, GError **error)
{
  if (!need (c->candidates, _ ("the case has no candidates yet: run the search for aneurysms"), error))
    return FALSE;
  for (guint n = 0; n < c->candidates->len; n++)
    {
      const WillisCandidate *candidate = &g_array_index (c->candidates, WillisCandidate, n);
      g_autoptr (GError) local = NULL;

      if (candidate->score < WILLIS_LIKELY_SCORE)
        break;
      if (willis_case_run_aneurysm_at (c, candidate->centre_lps_mm, -1, progress, &local))
        {
          gsize last = willis_case_n_aneurysms (c) - 1;

          if (is_resolved (c, willis_case_aneurysm (c, last)))
            return TRUE;
          willis_case_remove_aneurysm (c, last);
          continue;
        }
      if (!g_error_matches (local, WILLIS_ERROR, WILLIS_ERROR_FAILED))
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
    }
  return TRUE;
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
         && willis_case_run_best (c, shown ? &neck : NULL, error);
}
