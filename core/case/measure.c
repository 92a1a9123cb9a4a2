/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The aneurysms of a case: their necks found and their sacs measured, each of them once.
 */
#include <math.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/json.h"
#include "core/case/case-private.h"
#include "core/mesh/check.h"
#include "core/num/vec3.h"

#define LEAST_VOXELS 8   // of a sac
#define INSIDE_MM 0.3    // so far inside the wall of a sac ..
#define INSIDE_POINTS 64 // .. about so many points are looked for in another

static gboolean
need_surface (const WillisCase *c, GError **error)
{
  return c->surface != NULL
         || willis_fail (error, WILLIS_ERROR_BAD_INPUT, "%s", _ ("the case has no arteries yet: segment it first"));
}

/* The blur of the scan, 0 for a case without one. */
static double
case_blur_mm (const WillisCase *c)
{
  return willis_case_has_segmented_scan (c) ? willis_lumen_blur_mm (c->volume, c->segmentation) : 0.0;
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

/* Inside a sac that is closed by its flat ostium: seen from there the ostium takes up half of all directions at most,
 * as it does from outside. */
static gboolean
is_in_sac (const WillisAneurysm *aneurysm, const double lps_mm[3])
{
  double box[6];

  willis_surface_bounds (willis_aneurysm_sac (aneurysm), box);
  for (int a = 0; a < 3; a++)
    if (lps_mm[a] < box[a] || lps_mm[a] > box[3 + a])
      return FALSE; // most points; the sum over all triangles takes long
  return willis_surface_winding (willis_aneurysm_sac (aneurysm), lps_mm) > 0.5;
}

int
willis_case_aneurysm_at (const WillisCase *c, const double lps_mm[3])
{
  for (guint n = 0; n < c->aneurysms->len; n++)
    if (is_in_sac (willis_case_aneurysm (c, n), lps_mm))
      return (int) n;
  return -1;
}

/* How much of one sac lies in another, of its wall a little inside. */
static double
part_in_sac (const WillisAneurysm *one, const WillisAneurysm *other)
{
  WillisSurface *sac = willis_aneurysm_sac (one);
  const double *p = willis_surface_points (sac);
  g_autofree double *normals = willis_surface_point_normals (sac);
  gsize n = willis_surface_n_points (sac), step = MAX (n / INSIDE_POINTS, 1), count = 0, in = 0;

  for (gsize i = 0; i < n; i += step, count++)
    {
      double inside[3];

      vec3_axpy (inside, p + 3 * i, -INSIDE_MM, normals + 3 * i);
      in += is_in_sac (other, inside);
    }
  return count > 0 ? (double) in / (double) count : 0.0;
}

/* Sacs may be bent, so that the middle of one lies in none: they are the same where one lies for the most part in the
 * other. */
static gboolean
is_same_sac (const WillisAneurysm *one, const WillisAneurysm *other)
{
  return willis_aneurysm_sac (one) == willis_aneurysm_sac (other) || part_in_sac (one, other) > 0.5
         || part_in_sac (other, one) > 0.5;
}

/* The aneurysm of the case that this one is once more, from the seed or from another neck on the same sac; -1: none. */
static int
same_sac (const WillisCase *c, const WillisAneurysm *aneurysm, const double *seed_lps_mm)
{
  int found = seed_lps_mm != NULL ? willis_case_aneurysm_at (c, seed_lps_mm) : -1;

  for (guint n = 0; n < c->aneurysms->len && found < 0; n++)
    if (is_same_sac (aneurysm, willis_case_aneurysm (c, n)))
      found = (int) n;
  return found;
}

int
willis_case_sac_before (const WillisCase *c, gsize n)
{
  for (gsize i = 0; i < n; i++)
    if (is_same_sac (willis_case_aneurysm (c, i), willis_case_aneurysm (c, n)))
      return (int) i;
  return -1;
}

gsize
willis_case_n_sacs (const WillisCase *c)
{
  gsize count = 0;

  for (guint n = 0; n < c->aneurysms->len; n++)
    count += willis_case_sac_before (c, n) < 0;
  return count;
}

int
willis_case_new_aneurysm (const WillisCase *before, const WillisCase *after)
{
  for (guint n = 0; n < after->aneurysms->len; n++)
    {
      gboolean old = FALSE;

      for (guint i = 0; i < before->aneurysms->len && !old; i++)
        old = willis_aneurysm_sac (willis_case_aneurysm (before, i))
              == willis_aneurysm_sac (willis_case_aneurysm (after, n));
      if (!old)
        return (int) n;
    }
  return -1;
}

/* The aneurysm with this neck (new) and how it came to be; seed_lps_mm NULL: by hand. */
static WillisAneurysm *
measure_neck (const WillisCase *c, const WillisNeck *neck, const double *seed_lps_mm, char **params,
              const WillisProgress *progress, GError **error)
{
  double sd_mm = willis_case_surface_sd_mm (c);
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autoptr (WillisAneurysm) aneurysm = willis_aneurysm_isolate (c->surface, c->tree, neck, sd_mm, progress, error);

  if (aneurysm == NULL || (seed_lps_mm != NULL && !is_seen (c, aneurysm, error)))
    return NULL;
  json_builder_begin_object (builder);
  willis_json_add_string (builder, "neck", seed_lps_mm != NULL ? "found" : "by hand");
  if (seed_lps_mm != NULL)
    willis_json_add_doubles (builder, "seed_lps_mm", seed_lps_mm, 3);
  willis_json_add_double (builder, "surface_sd_mm", sd_mm);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  *params = willis_json_node_to_text (root, FALSE);
  return g_steal_pointer (&aneurysm);
}

/* The same with the neck found at a point of the sac. */
static WillisAneurysm *
measure_at (const WillisCase *c, const double seed_lps_mm[3], char **params, const WillisProgress *progress,
            GError **error)
{
  WillisProgress first = willis_progress_part (progress, 0.0, 0.4, NULL);
  WillisProgress second = willis_progress_part (progress, 0.4, 1.0, NULL);
  WillisNeck neck;

  if (!willis_neck_find (c->surface, c->tree, seed_lps_mm, case_blur_mm (c), willis_case_direction (c),
                         progress != NULL ? &first : NULL, &neck, error))
    return NULL;
  return measure_neck (c, &neck, seed_lps_mm, params, progress != NULL ? &second : NULL, error);
}

static gboolean
can_replace (const WillisCase *c, int replace, GError **error)
{
  return replace < (int) c->aneurysms->len
         || willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("the case has no aneurysm number %d"), replace + 1);
}

static void
put (WillisCase *c, int replace, WillisAneurysm *aneurysm, const double *seed_lps_mm, const char *params)
{
  if (replace < 0)
    replace = same_sac (c, aneurysm, seed_lps_mm);
  if (replace >= 0)
    willis_case_replace_aneurysm (c, (gsize) replace, aneurysm, params);
  else
    willis_case_add_aneurysm (c, aneurysm, params);
}

gboolean
willis_case_run_aneurysm_at (WillisCase *c, const double seed_lps_mm[3], int replace, const WillisProgress *progress,
                             GError **error)
{
  g_autoptr (WillisAneurysm) aneurysm = NULL;
  g_autofree char *params = NULL;

  if (!need_surface (c, error) || !can_replace (c, replace, error))
    return FALSE;
  aneurysm = measure_at (c, seed_lps_mm, &params, progress, error);
  if (aneurysm == NULL)
    return FALSE;
  put (c, replace, aneurysm, seed_lps_mm, params);
  return TRUE;
}

gboolean
willis_case_run_neck (WillisCase *c, int replace, const WillisNeck *neck, const WillisProgress *progress,
                      GError **error)
{
  g_autoptr (WillisAneurysm) aneurysm = NULL;
  g_autofree char *params = NULL;

  if (!need_surface (c, error) || !can_replace (c, replace, error))
    return FALSE;
  aneurysm = measure_neck (c, neck, NULL, &params, progress, error);
  if (aneurysm == NULL)
    return FALSE;
  put (c, replace, aneurysm, NULL, params);
  return TRUE;
}

/* Did a hand put the neck where it is? */
static gboolean
is_by_hand (const WillisCaseAneurysm *item)
{
  const char *params = item->provenance.params;
  g_autoptr (JsonNode) node = params != NULL && *params != '\0' ? json_from_string (params, NULL) : NULL;

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node)
         && g_strcmp0 (json_object_get_string_member_with_default (json_node_get_object (node), "neck", NULL),
                       "by hand")
                == 0;
}

/* Measures aneurysm n with the neck found from its dome; where that is now another sac's, it is gone. */
static gboolean
find_again (WillisCase *c, gsize n, const WillisProgress *progress, GError **error)
{
  const WillisAneurysm *old = willis_case_aneurysm (c, n);
  const double *dome = willis_aneurysm_neck (old)->dome_lps_mm;
  g_autofree char *params = NULL;
  g_autoptr (WillisAneurysm) aneurysm = need_surface (c, error) ? measure_at (c, dome, &params, progress, error) : NULL;

  if (aneurysm == NULL)
    return FALSE;
  if (!is_same_sac (old, aneurysm))
    return willis_fail (error, WILLIS_ERROR_FAILED, "%s", _ ("no sac is there any more, the nearest is another one"));
  willis_case_replace_aneurysm (c, n, aneurysm, params);
  return TRUE;
}

gboolean
willis_case_run_again (WillisCase *c, gsize n, const WillisProgress *progress, GError **error)
{
  if (!can_replace (c, (int) n, error))
    return FALSE;
  return is_by_hand (g_ptr_array_index (c->aneurysms, n))
             ? willis_case_run_neck (c, (int) n, willis_aneurysm_neck (willis_case_aneurysm (c, n)), progress, error)
             : find_again (c, n, progress, error);
}

/* A sac lower than the scan can resolve, or than its own uncertainty, is no finding; nor is one whose neck cannot be
 * moved at all without losing it. */
static gboolean
is_resolved (const WillisCase *c, const WillisAneurysm *aneurysm, GError **error)
{
  const WillisMeasure *height = &willis_aneurysm_morphology (aneurysm)->index[WILLIS_INDEX_HEIGHT];
  const double *spacing = c->volume != NULL ? willis_volume_grid (c->volume)->spacing_mm : NULL;
  double least = spacing != NULL ? 1.5 * MAX (spacing[0], MAX (spacing[1], spacing[2])) : 0.0;

  if (!(height->value > least))
    return willis_fail (error, WILLIS_ERROR_FAILED,
                        _ ("it is %.1f mm high, and the scan shows nothing below %.1f mm for sure"), height->value,
                        least);
  if (!(height->sd <= 0.5 * height->value))
    return willis_fail (error, WILLIS_ERROR_FAILED,
                        _ ("its height, %.1f ± %.1f mm, hangs too much on where its neck is"), height->value,
                        height->sd);
  return TRUE;
}

/* Says that a candidate, from 0, was left out and why; left may be NULL. */
static void
say_left_out (GPtrArray *left, guint n, const WillisCandidate *candidate, const char *why)
{
  const double *at = candidate->centre_lps_mm;

  if (left != NULL)
    g_ptr_array_add (left, g_strdup_printf (_ ("candidate %u at %.1f,%.1f,%.1f (likelihood %.2f) was not measured: %s"),
                                            n + 1, at[0], at[1], at[2], candidate->score, why));
}

/* willis_case_run_best () that says in left (may be NULL) which likely candidates were left out. */
static gboolean
measure_best (WillisCase *c, GPtrArray *left, const WillisProgress *progress, GError **error)
{
  if (c->candidates == NULL)
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, "%s",
                        _ ("the case has no candidates yet: run the search for aneurysms"));
  for (guint n = 0; n < c->candidates->len; n++)
    {
      const WillisCandidate *candidate = &g_array_index (c->candidates, WillisCandidate, n);
      g_autoptr (WillisAneurysm) aneurysm = NULL;
      g_autofree char *params = NULL;
      g_autoptr (GError) local = NULL;

      if (candidate->score < WILLIS_LIKELY_SCORE)
        break;
      if (!need_surface (c, error))
        return FALSE;
      aneurysm = measure_at (c, candidate->centre_lps_mm, &params, progress, &local);
      if (aneurysm != NULL && is_resolved (c, aneurysm, &local))
        {
          if (same_sac (c, aneurysm, candidate->centre_lps_mm) >= 0)
            continue;
          willis_case_add_aneurysm (c, aneurysm, params);
          return TRUE;
        }
      if (!g_error_matches (local, WILLIS_ERROR, WILLIS_ERROR_FAILED))
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
      say_left_out (left, n, candidate, local->message);
    }
  return TRUE;
}

gboolean
willis_case_run_best (WillisCase *c, const WillisProgress *progress, GError **error)
{
  return measure_best (c, NULL, progress, error);
}

gboolean
willis_case_run_aneurysms (WillisCase *c, GPtrArray *left, const WillisProgress *progress, GError **error)
{
  if (c->aneurysms->len == 0)
    return measure_best (c, left, progress, error);
  for (guint n = 0; n < c->aneurysms->len; n++)
    {
      WillisProgress part
          = willis_progress_part (progress, (double) n / c->aneurysms->len, (double) (n + 1) / c->aneurysms->len, NULL);
      g_autoptr (GError) local = NULL;

      if (willis_case_aneurysm_state (c, n) == WILLIS_STATE_FRESH
          || willis_case_run_again (c, n, progress != NULL ? &part : NULL, &local))
        continue;
      if (!g_error_matches (local, WILLIS_ERROR, WILLIS_ERROR_FAILED))
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
      if (left != NULL)
        g_ptr_array_add (
            left, g_strdup_printf (
                      _ ("aneurysm %d was not found again in these arteries, its numbers are of the earlier state: %s"),
                      (int) n + 1, local->message));
    }
  return TRUE;
}
