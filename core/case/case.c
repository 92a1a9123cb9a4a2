/* SPDX-License-Identifier: Apache-2.0 */
#include "core/case/case.h"

#include <string.h>

#include "core/base/digest.h"
#include "core/case/case-private.h"
#include "core/case/compare.h"

static const char *const stage_names[WILLIS_N_STAGES]
    = { "scan", "segmentation", "surface", "tree", "candidates", "aneurysms" };

/* What each stage is made from; ended by WILLIS_N_STAGES. */
static const WillisStage stage_inputs[WILLIS_N_STAGES][3] = {
  [WILLIS_STAGE_SCAN] = { WILLIS_N_STAGES },
  [WILLIS_STAGE_SEGMENTATION] = { WILLIS_STAGE_SCAN, WILLIS_N_STAGES },
  [WILLIS_STAGE_SURFACE] = { WILLIS_STAGE_SCAN, WILLIS_STAGE_SEGMENTATION, WILLIS_N_STAGES },
  [WILLIS_STAGE_TREE] = { WILLIS_STAGE_SURFACE, WILLIS_N_STAGES },
  [WILLIS_STAGE_CANDIDATES] = { WILLIS_STAGE_SURFACE, WILLIS_STAGE_TREE, WILLIS_N_STAGES },
  [WILLIS_STAGE_ANEURYSMS] = { WILLIS_STAGE_SURFACE, WILLIS_STAGE_TREE, WILLIS_N_STAGES },
};

const char *
willis_stage_name (WillisStage stage)
{
  return stage_names[stage];
}

void
willis_provenance_clear (WillisProvenance *provenance)
{
  g_clear_pointer (&provenance->digest, g_free);
  g_clear_pointer (&provenance->inputs, g_free);
  g_clear_pointer (&provenance->params, g_free);
  g_clear_pointer (&provenance->program, g_free);
  g_clear_pointer (&provenance->time, g_free);
}

void
willis_provenance_copy (WillisProvenance *out, const WillisProvenance *in)
{
  out->digest = g_strdup (in->digest);
  out->inputs = g_strdup (in->inputs);
  out->params = g_strdup (in->params);
  out->program = g_strdup (in->program);
  out->time = g_strdup (in->time);
}

static void
case_aneurysm_free (gpointer data)
{
  WillisCaseAneurysm *item = data;

  willis_aneurysm_unref (item->aneurysm);
  willis_case_clear_sac_plan (item);
  willis_provenance_clear (&item->provenance);
  g_free (item);
}

WillisCase *
willis_case_new (void)
{
  WillisCase *c = g_new0 (WillisCase, 1);

  g_atomic_ref_count_init (&c->refs);
  c->study.patient_age = -1;
  willis_risk_inputs_init (&c->risk);
  c->aneurysms = g_ptr_array_new_with_free_func (case_aneurysm_free);
  c->comparisons = g_ptr_array_new_with_free_func ((GDestroyNotify) willis_comparison_unref);
  return c;
}

WillisCase *
willis_case_copy (const WillisCase *other)
{
  WillisCase *c = willis_case_new ();

  willis_study_copy (&c->study, &other->study);
  c->volume = other->volume != NULL ? willis_volume_ref (other->volume) : NULL;
  c->segmentation = other->segmentation != NULL ? willis_segmentation_ref (other->segmentation) : NULL;
  c->surface = other->surface != NULL ? willis_surface_ref (other->surface) : NULL;
  c->tree = other->tree != NULL ? willis_tree_ref (other->tree) : NULL;
  c->candidates = other->candidates != NULL ? g_array_ref (other->candidates) : NULL;
  for (int stage = 0; stage < WILLIS_N_STAGES; stage++)
    willis_provenance_copy (&c->provenance[stage], &other->provenance[stage]);
  for (guint n = 0; n < other->aneurysms->len; n++)
    {
      const WillisCaseAneurysm *item = g_ptr_array_index (other->aneurysms, n);
      WillisCaseAneurysm *copy;
      WillisProvenance provenance;

      willis_provenance_copy (&provenance, &item->provenance);
      willis_case_put_aneurysm (c, item->aneurysm, &provenance);
      copy = g_ptr_array_index (c->aneurysms, n);
      copy->risk = item->risk;
      willis_case_copy_sac_plan (copy, item);
    }
  c->risk = other->risk;
  willis_case_copy_plans (c, other);
  for (guint n = 0; n < other->comparisons->len; n++)
    g_ptr_array_add (c->comparisons, willis_comparison_ref (other->comparisons->pdata[n]));
  return c;
}

WillisCase *
willis_case_ref (WillisCase *c)
{
  g_atomic_ref_count_inc (&c->refs);
  return c;
}

void
willis_case_unref (WillisCase *c)
{
  if (c == NULL || !g_atomic_ref_count_dec (&c->refs))
    return;
  willis_study_clear (&c->study);
  g_clear_pointer (&c->volume, willis_volume_unref);
  g_clear_pointer (&c->segmentation, willis_segmentation_unref);
  g_clear_pointer (&c->surface, willis_surface_unref);
  g_clear_pointer (&c->tree, willis_tree_unref);
  g_clear_pointer (&c->candidates, g_array_unref);
  g_ptr_array_unref (c->aneurysms);
  willis_case_clear_plans (c);
  g_ptr_array_unref (c->comparisons);
  for (int stage = 0; stage < WILLIS_N_STAGES; stage++)
    willis_provenance_clear (&c->provenance[stage]);
  g_free (c);
}

/* ---- what is there, and whether it still holds ---- */

static gboolean
is_there (const WillisCase *c, WillisStage stage)
{
  switch (stage)
    {
    case WILLIS_STAGE_SCAN:
      return c->volume != NULL;
    case WILLIS_STAGE_SEGMENTATION:
      return c->segmentation != NULL;
    case WILLIS_STAGE_SURFACE:
      return c->surface != NULL;
    case WILLIS_STAGE_TREE:
      return c->tree != NULL;
    case WILLIS_STAGE_CANDIDATES:
      return c->candidates != NULL;
    case WILLIS_STAGE_ANEURYSMS:
      return c->aneurysms->len > 0;
    case WILLIS_N_STAGES:
      break;
    }
  g_return_val_if_reached (FALSE);
}

/* "scan=DIGEST segmentation=DIGEST" as of now; "-" stands for what is missing (new). */
static char *
inputs_text (const WillisCase *c, WillisStage stage)
{
  GString *text = g_string_new (NULL);

  for (const WillisStage *input = stage_inputs[stage]; *input != WILLIS_N_STAGES; input++)
    g_string_append_printf (text, "%s%s=%s", text->len > 0 ? " " : "", stage_names[*input],
                            is_there (c, *input) ? c->provenance[*input].digest : "-");
  return g_string_free (text, FALSE);
}

/* Made from what is there now, and that holds itself. */
static gboolean
holds (const WillisCase *c, WillisStage stage, const WillisProvenance *provenance)
{
  g_autofree char *now = inputs_text (c, stage);

  for (const WillisStage *input = stage_inputs[stage]; *input != WILLIS_N_STAGES; input++)
    if (willis_case_state (c, *input) == WILLIS_STATE_STALE)
      return FALSE;
  return g_strcmp0 (now, provenance->inputs) == 0;
}

WillisState
willis_case_aneurysm_state (const WillisCase *c, gsize n)
{
  const WillisCaseAneurysm *item;

  if (n >= c->aneurysms->len)
    return WILLIS_STATE_MISSING;
  item = g_ptr_array_index (c->aneurysms, n);
  return holds (c, WILLIS_STAGE_ANEURYSMS, &item->provenance) ? WILLIS_STATE_FRESH : WILLIS_STATE_STALE;
}

WillisState
willis_case_state (const WillisCase *c, WillisStage stage)
{
  if (!is_there (c, stage))
    return WILLIS_STATE_MISSING;
  if (stage == WILLIS_STAGE_ANEURYSMS)
    {
      for (guint n = 0; n < c->aneurysms->len; n++)
        if (willis_case_aneurysm_state (c, n) == WILLIS_STATE_STALE)
          return WILLIS_STATE_STALE;
      return WILLIS_STATE_FRESH;
    }
  return holds (c, stage, &c->provenance[stage]) ? WILLIS_STATE_FRESH : WILLIS_STATE_STALE;
}

const WillisStudy *
willis_case_study (const WillisCase *c)
{
  return &c->study;
}

WillisVolume *
willis_case_volume (const WillisCase *c)
{
  return c->volume;
}

WillisSegmentation *
willis_case_segmentation (const WillisCase *c)
{
  return c->segmentation;
}

WillisSurface *
willis_case_surface (const WillisCase *c)
{
  return c->surface;
}

WillisTree *
willis_case_tree (const WillisCase *c)
{
  return c->tree;
}

const GArray *
willis_case_candidates (const WillisCase *c)
{
  return c->candidates;
}

gsize
willis_case_n_aneurysms (const WillisCase *c)
{
  return c->aneurysms->len;
}

WillisAneurysm *
willis_case_aneurysm (const WillisCase *c, gsize n)
{
  WillisCaseAneurysm *item = n < c->aneurysms->len ? g_ptr_array_index (c->aneurysms, n) : NULL;

  return item != NULL ? item->aneurysm : NULL;
}

const WillisProvenance *
willis_case_provenance (const WillisCase *c, WillisStage stage)
{
  return is_there (c, stage) && stage != WILLIS_STAGE_ANEURYSMS ? &c->provenance[stage] : NULL;
}

const WillisProvenance *
willis_case_aneurysm_provenance (const WillisCase *c, gsize n)
{
  const WillisCaseAneurysm *item = n < c->aneurysms->len ? g_ptr_array_index (c->aneurysms, n) : NULL;

  return item != NULL ? &item->provenance : NULL;
}

const char *
willis_case_digest (const WillisCase *c, WillisStage stage)
{
  const WillisProvenance *provenance
      = stage == WILLIS_STAGE_ANEURYSMS ? willis_case_aneurysm_provenance (c, 0) : willis_case_provenance (c, stage);

  return provenance != NULL ? provenance->digest : NULL;
}

const char *
willis_case_params (const WillisCase *c, WillisStage stage)
{
  const WillisProvenance *provenance
      = stage == WILLIS_STAGE_ANEURYSMS ? willis_case_aneurysm_provenance (c, 0) : willis_case_provenance (c, stage);

  return provenance != NULL ? provenance->params : NULL;
}

/* ---- setting ---- */

/* Now, to the second; a fixed time where SOURCE_DATE_EPOCH asks for files that compare (new). */
static char *
time_text (void)
{
  const char *fixed = g_getenv ("SOURCE_DATE_EPOCH");
  g_autoptr (GDateTime) time = NULL;

  if (fixed != NULL)
    time = g_date_time_new_from_unix_utc (g_ascii_strtoll (fixed, NULL, 10));
  if (time == NULL)
    time = g_date_time_new_now_utc ();
  return g_date_time_format (time, "%Y-%m-%dT%H:%M:%SZ");
}

void
willis_provenance_sign (WillisProvenance *provenance)
{
  provenance->program = g_strdup ("willis " WILLIS_VERSION);
  provenance->time = time_text ();
}

static void
record (const WillisCase *c, WillisStage stage, WillisProvenance *provenance, const char *digest, const char *params)
{
  g_autofree char *old_digest = g_steal_pointer (&provenance->digest); // digest may be the old one

  willis_provenance_clear (provenance);
  provenance->digest = g_strdup (digest);
  provenance->inputs = inputs_text (c, stage);
  provenance->params = g_strdup (params != NULL ? params : "");
  willis_provenance_sign (provenance);
}

void
willis_case_set_study (WillisCase *c, const WillisStudy *study)
{
  WillisStudy copy;

  willis_study_copy (&copy, study);
  willis_study_clear (&c->study);
  c->study = copy;
}

void
willis_case_set_scan (WillisCase *c, WillisVolume *volume, const WillisStudy *study)
{
  WillisVolume *old = c->volume;

  c->volume = willis_volume_ref (volume);
  g_clear_pointer (&old, willis_volume_unref);
  record (c, WILLIS_STAGE_SCAN, &c->provenance[WILLIS_STAGE_SCAN], willis_volume_digest (volume), NULL);
  if (study != NULL)
    willis_case_set_study (c, study);
}

void
willis_case_set_segmentation (WillisCase *c, WillisSegmentation *segmentation, const char *params)
{
  WillisSegmentation *old = c->segmentation;

  c->segmentation = willis_segmentation_ref (segmentation);
  g_clear_pointer (&old, willis_segmentation_unref);
  record (c, WILLIS_STAGE_SEGMENTATION, &c->provenance[WILLIS_STAGE_SEGMENTATION],
          willis_segmentation_digest (segmentation), params);
}

void
willis_case_set_surface (WillisCase *c, WillisSurface *surface, const char *params)
{
  WillisSurface *old = c->surface;

  c->surface = willis_surface_ref (surface);
  g_clear_pointer (&old, willis_surface_unref);
  record (c, WILLIS_STAGE_SURFACE, &c->provenance[WILLIS_STAGE_SURFACE], willis_surface_digest (surface), params);
}

void
willis_case_set_tree (WillisCase *c, WillisTree *tree, const char *params)
{
  WillisTree *old = c->tree;
  gboolean other = old == NULL || !g_str_equal (willis_tree_digest (old), willis_tree_digest (tree));

  c->tree = willis_tree_ref (tree);
  g_clear_pointer (&old, willis_tree_unref);
  record (c, WILLIS_STAGE_TREE, &c->provenance[WILLIS_STAGE_TREE], willis_tree_digest (tree), params);
  if (other)
    willis_case_follow_tree (c, TRUE);
}

static char *
candidates_digest (const GArray *candidates)
{
  WillisDigest *digest = willis_digest_new ();

  willis_digest_int (digest, candidates->len);
  for (guint n = 0; n < candidates->len; n++)
    {
      const WillisCandidate *candidate = &g_array_index (candidates, WillisCandidate, n);

      willis_digest_doubles (digest, candidate->centre_lps_mm, 3);
      willis_digest_doubles (digest, &candidate->size_mm, 1);
      willis_digest_doubles (digest, &candidate->neck_mm, 1);
      willis_digest_doubles (digest, &candidate->score, 1);
      willis_digest_int (digest, candidate->branch);
    }
  return willis_digest_finish (digest);
}

void
willis_case_set_candidates (WillisCase *c, const GArray *candidates, const char *params)
{
  g_autofree char *digest = candidates_digest (candidates);
  GArray *copy = g_array_sized_new (FALSE, FALSE, sizeof (WillisCandidate), MAX (candidates->len, 1));

  if (candidates->len > 0)
    g_array_append_vals (copy, candidates->data, candidates->len);
  g_clear_pointer (&c->candidates, g_array_unref);
  c->candidates = copy;
  record (c, WILLIS_STAGE_CANDIDATES, &c->provenance[WILLIS_STAGE_CANDIDATES], digest, params);
}

void
willis_case_put_aneurysm (WillisCase *c, WillisAneurysm *aneurysm, WillisProvenance *provenance)
{
  WillisCaseAneurysm *item = g_new0 (WillisCaseAneurysm, 1);

  item->aneurysm = willis_aneurysm_ref (aneurysm);
  item->provenance = *provenance;
  willis_risk_inputs_init (&item->risk);
  memset (provenance, 0, sizeof *provenance);
  g_ptr_array_add (c->aneurysms, item);
}

void
willis_case_add_aneurysm (WillisCase *c, WillisAneurysm *aneurysm, const char *params)
{
  WillisProvenance provenance = { 0 };

  record (c, WILLIS_STAGE_ANEURYSMS, &provenance, willis_aneurysm_digest (aneurysm), params);
  willis_case_put_aneurysm (c, aneurysm, &provenance);
}

void
willis_case_replace_aneurysm (WillisCase *c, gsize n, WillisAneurysm *aneurysm, const char *params)
{
  WillisCaseAneurysm *item;
  WillisAneurysm *old;

  g_return_if_fail (n < c->aneurysms->len);
  item = g_ptr_array_index (c->aneurysms, n);
  old = item->aneurysm;
  item->aneurysm = willis_aneurysm_ref (aneurysm);
  willis_aneurysm_unref (old);
  record (c, WILLIS_STAGE_ANEURYSMS, &item->provenance, willis_aneurysm_digest (aneurysm), params);
}

void
willis_case_remove_aneurysm (WillisCase *c, gsize n)
{
  g_return_if_fail (n < c->aneurysms->len);
  g_ptr_array_remove_index (c->aneurysms, (guint) n);
}
