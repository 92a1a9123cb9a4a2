/* SPDX-License-Identifier: Apache-2.0 */
#include "core/followup/growth.h"

#include <math.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/followup/arteries.h"
#include "core/followup/growth-map.h"
#include "core/followup/repeat.h"

#define ZONE_MM 25.0      // around the aneurysm
#define MARGIN_MM 1.5     // arteries this near to a sac are not unchanged artery
#define LEAST_PEAK_MM 0.2 // no region lower than this
#define FIT_SHARE 0.35    // of the arteries that must meet
#define WARN_SHARE 0.65
#define SCALE_WARN 0.005
#define MIRROR_BELOW 0.9 // correlation from which on no mirror is suspected
#define MIRROR_BETTER 0.07
#define RAISE_MM 0.45 // a neck's plane at most, until it leaves the artery alone
#define TALLER 1.25   // than the scan's own sac is no sac: an artery runs on in what is cut off
#define TALLER_MM 1.0
#define COV_PERCENT 5.5 // of a volume between two observers (contrast-enhanced MRA, PMC8423054)
#define COMMON_MM 0.02  // of the registration's error
#define LIMIT_MM 1.0    // of what a region must move by, up to which no change is told
#define SURE 2.6        // deviations
#define DOME_NOISES 2.0 // deviations of the wall by which a point may fall short of the farthest and be it
#define BLUR_MM 0.03    // how differently two scanners may blur a sac and its arteries

const char *
willis_verdict_name (WillisVerdict verdict)
{
  static const char *const names[] = { "uncertain", "stable", "grown", "shrunk" };

  return names[verdict];
}

WillisGrowth *
willis_growth_ref (WillisGrowth *growth)
{
  g_atomic_ref_count_inc (&growth->refs);
  return growth;
}

void
willis_growth_unref (WillisGrowth *growth)
{
  if (growth == NULL || !g_atomic_ref_count_dec (&growth->refs))
    return;
  g_clear_pointer (&growth->remarks, g_array_unref);
  g_clear_pointer (&growth->regions, g_array_unref);
  g_clear_pointer (&growth->sac, willis_surface_unref);
  g_clear_pointer (&growth->sac_before, willis_surface_unref);
  g_free (growth->displacement_mm);
  g_free (growth->z);
  g_free (growth);
}

WillisSurface *
willis_surface_carried (const WillisSurface *surface, const WillisRigid *motion)
{
  gsize n = willis_surface_n_points (surface);
  double *p = g_memdup2 (willis_surface_points (surface), MAX (n, 1) * 3 * sizeof (double));
  gint32 *t
      = g_memdup2 (willis_surface_triangles (surface), willis_surface_n_triangles (surface) * 3 * sizeof (gint32));

  for (gsize i = 0; i < n; i++)
    willis_rigid_apply (motion, p + 3 * i, p + 3 * i);
  return willis_surface_new_take (p, n, t, willis_surface_n_triangles (surface));
}

/* ---- registration ---- */

static WillisScanView
view_of (const WillisFollowupScan *scan)
{
  const WillisVolume *labels = willis_segmentation_labels (scan->segmentation);
  WillisScanView view = willis_scan_view (scan->volume, labels);
  WillisModality modality = willis_segmentation_modality (scan->segmentation);

  if (modality != WILLIS_MODALITY_UNKNOWN)
    view.hounsfield = modality == WILLIS_MODALITY_CTA;
  view.bone = view.bone && view.hounsfield;
  return view;
}

static gboolean
sac_middle (const WillisAneurysm *aneurysm, double out[3])
{
  WillisSurface *sac = aneurysm != NULL ? willis_aneurysm_sac (aneurysm) : NULL;
  gsize n = sac != NULL ? willis_surface_n_points (sac) : 0;

  vec3_set (out, 0, 0, 0);
  for (gsize i = 0; i < n; i++)
    vec3_axpy (out, out, 1.0 / (double) n, willis_surface_points (sac) + 3 * i);
  return n > 0;
}

/* The zone of unchanged arteries around the aneurysm, under motion. sacs [2]: trees that the caller frees. */
static void
zone_init (WillisArteryZone *zone, const WillisFollowupScan *baseline, const WillisFollowupScan *followup,
           const WillisRigid *motion, WillisBvh *sacs[2])
{
  WillisRigid back = willis_rigid_invert (motion);
  double c[2][3];
  gboolean has[2] = { sac_middle (baseline->aneurysm, c[0]), sac_middle (followup->aneurysm, c[1]) };

  memset (zone, 0, sizeof *zone);
  willis_rigid_apply (&back, c[1], c[1]);
  if (has[0])
    vec3_copy (zone->centre, c[0]);
  else
    vec3_copy (zone->centre, c[1]);
  zone->radius_mm = ZONE_MM;
  zone->margin_mm = MARGIN_MM;
  zone->motion = *motion;
  zone->grids[0] = willis_volume_grid (baseline->volume);
  zone->grids[1] = willis_volume_grid (followup->volume);
  sacs[0] = sacs[1] = NULL;
  if (has[0])
    sacs[0] = willis_bvh_new (willis_aneurysm_sac (baseline->aneurysm));
  if (has[1])
    {
      g_autoptr (WillisSurface) carried = willis_surface_carried (willis_aneurysm_sac (followup->aneurysm), &back);

      sacs[1] = willis_bvh_new (carried);
    }
  zone->sacs[0] = sacs[0];
  zone->sacs[1] = sacs[1];
}

/* The scan with left and right exchanged (new). */
static WillisVolume *
mirrored (const WillisVolume *volume)
{
  const WillisGrid *g = willis_volume_grid (volume);
  gsize size = willis_scalar_size (willis_volume_scalar (volume)), row = (gsize) g->dims[0] * size;
  WillisVolume *out = willis_volume_new (g, willis_volume_scalar (volume), NULL);
  const char *from = willis_volume_voxels (volume);
  char *to = out != NULL ? willis_volume_voxels_rw (out) : NULL;

  for (gsize r = 0; to != NULL && r < (gsize) g->dims[1] * (gsize) g->dims[2]; r++)
    for (int i = 0; i < g->dims[0]; i++)
      memcpy (to + r * row + (gsize) i * size, from + r * row + (gsize) (g->dims[0] - 1 - i) * size, size);
  return out;
}

/* How well the scans fit with one of them mirrored, in the measure that match says; -1: not at all. */
static double
mirrored_fit (const WillisFollowupScan *baseline, const WillisFollowupScan *followup, WillisMatch match)
{
  g_autoptr (WillisVolume) volume = mirrored (followup->volume);
  g_autoptr (WillisVolume) labels = mirrored (willis_segmentation_labels (followup->segmentation));
  WillisScanView a = view_of (baseline), b = view_of (followup);
  WillisRegisterParams params = WILLIS_REGISTER_PARAMS_INIT;
  WillisRegistration r;

  b.volume = volume;
  b.labels = labels;
  params.match = match;
  return volume != NULL && labels != NULL && willis_register (&a, &b, &params, NULL, &r, NULL) ? r.similarity : -1.0;
}

/* A mirrored scan fits clearly better with left and right exchanged back; clearly, because heads are nearly symmetric
 * and noise moves the correlation too. Asked where the fit as they are leaves room for it. */
static gboolean
is_mirrored (const WillisFollowupScan *baseline, const WillisFollowupScan *followup, const WillisRegistration *r)
{
  return r->match == WILLIS_MATCH_CORRELATION && r->similarity < MIRROR_BELOW
         && mirrored_fit (baseline, followup, r->match) > r->similarity + MIRROR_BETTER;
}

static gboolean
may_be_mirrored (const WillisFollowupScan *baseline, const WillisFollowupScan *followup, const WillisAlign *align)
{
  if (isnan (align->rigid.similarity)) // set by hand
    return FALSE;
  if (align->rigid.match == WILLIS_MATCH_CORRELATION)
    return mirrored_fit (baseline, followup, align->rigid.match) > align->rigid.similarity - 0.05;
  return mirrored_fit (baseline, followup, align->rigid.match) > 0.9 * align->rigid.similarity;
}

static gboolean
refuse_mirrored (GError **error)
{
  return willis_fail (error, WILLIS_ERROR_FAILED,
                      _ ("the two scans fit each other only with left and right exchanged: one of them is mirrored"));
}

gboolean
willis_followup_align (const WillisFollowupScan *baseline, const WillisFollowupScan *followup,
                       const WillisRigid *motion, const WillisProgress *progress, WillisAlign *out, GError **error)
{
  WillisProgress first = willis_progress_part (progress, 0.0, 0.8, NULL);
  WillisSurface *const lumens[2] = { baseline->lumen, followup->lumen };
  WillisArteryZone zone;
  WillisBvh *sacs[2];
  gboolean refined;
  WillisAlign by_hand;

  memset (out, 0, sizeof *out);
  if (baseline->aneurysm == NULL && followup->aneurysm == NULL)
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("neither scan has an aneurysm to compare"));
  if (motion == NULL)
    {
      WillisScanView a = view_of (baseline), b = view_of (followup);

      if (!willis_register (&a, &b, NULL, progress != NULL ? &first : NULL, &out->rigid, error))
        {
          // say it where a mirror is the reason
          if (error != NULL && g_error_matches (*error, WILLIS_ERROR, WILLIS_ERROR_FAILED)
              && mirrored_fit (baseline, followup, WILLIS_MATCH_CORRELATION) > 0.8)
            {
              g_clear_error (error);
              refuse_mirrored (error);
            }
          return FALSE;
        }
      if (is_mirrored (baseline, followup, &out->rigid))
        return refuse_mirrored (error);
      out->bone_mm = out->rigid.bone_sd_mm;
    }
  else
    {
      out->rigid.motion = *motion;
      out->rigid.similarity = out->rigid.overlap = out->rigid.scale = out->rigid.bone_sd_mm = NAN;
      out->bone_mm = NAN;
    }
  zone_init (&zone, baseline, followup, &out->rigid.motion, sacs);
  out->tre_mm = motion == NULL ? willis_registration_sd_at (&out->rigid, zone.centre) : NAN;
  by_hand = *out;
  refined = willis_arteries_align (lumens, &zone, out);
  if (motion != NULL) // set by hand: measured, not moved
    {
      out->motion = *motion;
      out->tre_mm = hypot (isfinite (out->tre_mm) ? out->tre_mm : 0.3, out->refined_mm);
      refined = TRUE;
    }
  else if (!refined)
    {
      out->motion = by_hand.rigid.motion;
      out->tre_mm = isfinite (by_hand.tre_mm) && by_hand.tre_mm > 0.0 ? by_hand.tre_mm : 0.5;
    }
  // what all parts of the picture share (interpolation, voxel sizes) does not show when parts are left out
  out->tre_mm = hypot (out->tre_mm, COMMON_MM);
  if (isfinite (out->bone_mm))
    out->bone_mm = hypot (out->bone_mm, COMMON_MM);
  willis_bvh_free (sacs[0]);
  willis_bvh_free (sacs[1]);
  if (!(out->artery_share >= FIT_SHARE) && isfinite (out->artery_share))
    return willis_fail (error, WILLIS_ERROR_FAILED,
                        _ ("the arteries around the aneurysm do not meet (%.0f %% of them within 0.8 mm): another "
                           "patient, or a mirrored scan"),
                        100.0 * out->artery_share);
  return willis_progress_step (progress, 1.0, error);
}

/* ---- indices with corresponding necks ---- */

/* The lumens in baseline coordinates, near the sacs. */
typedef struct
{
  WillisSurface *lumen[2];
  const WillisTree *tree;
  WillisNeck neck[2];
  gboolean has_neck[2];
  double height_mm[2]; // of the scans' own sacs; NaN: has none
} Pair;

static gboolean
measure_with (const WillisSurface *lumen, const WillisTree *tree, const WillisNeck *neck, WillisMorphology *out)
{
  g_autoptr (WillisAneurysm) a = willis_aneurysm_isolate (lumen, tree, neck, -1.0, NULL, NULL);

  if (a == NULL)
    return FALSE;
  *out = *willis_aneurysm_morphology (a);
  return TRUE;
}

/* Takes the thickness that all arteries seem to have gained off both lumens, half each: it is the scanners', not the
 * sac's. */
static void
even_thickness (Pair *pair, double thicker_mm)
{
  for (int side = 0; side < 2; side++)
    {
      WillisSurface *even = willis_surface_offset (pair->lumen[side], (side == 0 ? 0.5 : -0.5) * thicker_mm);

      willis_surface_unref (pair->lumen[side]);
      pair->lumen[side] = even;
    }
}

static gboolean
as_tall_as_a_sac (const Pair *pair, int side, const WillisMorphology *cut)
{
  double most = TALLER * pair->height_mm[side] + TALLER_MM;

  return !(cut->index[WILLIS_INDEX_HEIGHT].value > most); // also where the scan has no sac of its own
}

/* Both lumens cut at neck k. A plane that grazes the parent artery takes some of it with the sac in one scan and not in
 * the other: no corresponding neck; their volumes must change as the wall's displacement says (moved_mm3), and what is
 * cut off reaches no farther than the scan's own sac. Else the plane is raised towards the dome, in both alike, as far
 * as RAISE_MM. */
static gboolean
measure_at_neck (Pair *pair, int k, double moved_mm3, WillisMorphology m[2])
{
  const WillisNeck given = pair->neck[k];

  for (double up = 0.0; up <= RAISE_MM; up += 0.1)
    {
      double v0, v1;

      vec3_axpy (pair->neck[k].centre_lps_mm, given.centre_lps_mm, up, given.normal);
      if (!measure_with (pair->lumen[0], pair->tree, &pair->neck[k], &m[0])
          || !measure_with (pair->lumen[1], pair->tree, &pair->neck[k], &m[1]) || !as_tall_as_a_sac (pair, 0, &m[0])
          || !as_tall_as_a_sac (pair, 1, &m[1]))
        continue;
      v0 = m[0].index[WILLIS_INDEX_VOLUME].value;
      v1 = m[1].index[WILLIS_INDEX_VOLUME].value;
      if (v0 > 0.0 && v1 > 0.0 && v1 < 8.0 * v0 && v0 < 8.0 * v1
          && fabs (v1 - v0 - moved_mm3) < 0.12 * MIN (v0, v1) + 0.3 * fabs (moved_mm3))
        return TRUE;
    }
  pair->neck[k] = given;
  return FALSE;
}

/* Both lumens cut at each of the two necks; the mean of the changes, and half their difference as what the choice of
 * the neck is worth. Necks that do not correspond are dropped from the pair. */
static gboolean
measure_pair (Pair *pair, WillisGrowth *g, double moved_mm3, double neck_part[WILLIS_N_INDICES])
{
  WillisMorphology m[2][2]; // [neck][scan]
  gboolean *ok = pair->has_neck;
  int n = 0;

  for (int k = 0; k < 2; k++)
    {
      ok[k] = ok[k] && measure_at_neck (pair, k, moved_mm3, m[k]);
      n += ok[k];
    }
  if (n == 0)
    return FALSE;
  for (int i = 0; i < WILLIS_N_INDICES; i++)
    {
      double before = 0.0, after = 0.0, change[2] = { 0 };

      for (int k = 0; k < 2; k++)
        if (ok[k])
          {
            before += m[k][0].index[i].value / n;
            after += m[k][1].index[i].value / n;
            change[k] = m[k][1].index[i].value - m[k][0].index[i].value;
          }
      g->before[i] = (WillisMeasure){ before, NAN, NULL };
      g->after[i] = (WillisMeasure){ after, NAN, NULL };
      g->delta[i] = (WillisMeasure){ after - before, NAN, NULL };
      // would read as no change
      if (i == WILLIS_INDEX_VESSEL_ANGLE || (i >= WILLIS_INDEX_PARENT_DIAMETER && i <= WILLIS_INDEX_PARENT_TORSION))
        g->before[i] = g->after[i] = g->delta[i]
            = (WillisMeasure){ NAN, NAN, N_ ("both scans are measured along the same centreline tree") };
      neck_part[i] = n == 2 ? 0.5 * fabs (change[1] - change[0]) : 0.25 * fabs (change[0] + change[1]);
    }
  return TRUE;
}

/* The follow-up with its surface out by offset_mm, or its neck raised by up_mm, at neck k. FALSE where the plane then
 * met the artery, which is no measure of how sure the sac's numbers are: the neck is that of base no more, or the
 * volume changes by more than most_mm3. */
static gboolean
measure_changed (const Pair *pair, int k, double offset_mm, double up_mm, const WillisMorphology *base, double most_mm3,
                 WillisMorphology *out)
{
  g_autoptr (WillisSurface) lumen
      = offset_mm != 0.0 ? willis_surface_offset (pair->lumen[1], offset_mm) : willis_surface_ref (pair->lumen[1]);
  WillisNeck neck = pair->neck[k];

  vec3_axpy (neck.centre_lps_mm, neck.centre_lps_mm, up_mm, neck.normal);
  return measure_with (lumen, pair->tree, &neck, out) && willis_morphology_same_neck (base, out)
         && fabs (out->index[WILLIS_INDEX_VOLUME].value - base->index[WILLIS_INDEX_VOLUME].value) < most_mm3;
}

/* How much each index changes where the surface moves by offset_mm or the neck by up_mm: the way where it stays a neck,
 * else half and a quarter as far, scaled. FALSE where none does. */
static gboolean
change_by (const Pair *pair, int k, double offset_mm, double up_mm, const WillisMorphology *base,
           double change[WILLIS_N_INDICES])
{
  WillisIndex over = offset_mm != 0.0 ? WILLIS_INDEX_AREA : WILLIS_INDEX_OSTIUM_AREA;
  double most = 0.02 * base->index[WILLIS_INDEX_VOLUME].value + 2.0 * (offset_mm + up_mm) * base->index[over].value;
  WillisMorphology changed;

  for (double s = 1.0; s > 0.2; s *= 0.5)
    for (int side = 1; side >= -1; side -= 2)
      if (measure_changed (pair, k, side * s * offset_mm, side * s * up_mm, base, most, &changed))
        {
          for (int i = 0; i < WILLIS_N_INDICES; i++)
            change[i] = (changed.index[i].value - base->index[i].value) / s;
          return TRUE;
        }
  return FALSE;
}

/* Deviations of the changes: the choice of the neck, the follow-up's surface out by offset_mm as a whole, its neck out
 * by tre_mm along its normal and by the turn that goes with it. Not known where either meets the artery both ways. */
static void
fill_deviations (const Pair *pair, WillisGrowth *g, const double neck_part[WILLIS_N_INDICES], double offset_mm,
                 double tre_mm)
{
  gboolean ok = FALSE;
  WillisMorphology base;
  double by_surface[WILLIS_N_INDICES], by_neck[WILLIS_N_INDICES];

  for (int k = 0; k < 2 && !ok; k++)
    ok = pair->has_neck[k] && measure_with (pair->lumen[1], pair->tree, &pair->neck[k], &base)
         && change_by (pair, k, offset_mm, 0.0, &base, by_surface)
         && change_by (pair, k, 0.0, MAX (tre_mm, 0.02), &base, by_neck);
  for (int i = 0; i < WILLIS_N_INDICES; i++)
    {
      g->delta[i].sd
          = ok ? sqrt (neck_part[i] * neck_part[i] + by_surface[i] * by_surface[i] + by_neck[i] * by_neck[i]) : NAN;
      g->before[i].sd = g->after[i].sd = g->delta[i].sd / G_SQRT2;
    }
}

/* The same for what the shared neck leaves as uncertain as each scan has it. */
static void
widen_deviations (WillisGrowth *g, const Pair *pair, WillisSurface *const sacs[2], const WillisFollowupScan *baseline,
                  const WillisFollowupScan *followup)
{
  const WillisAneurysm *const own[2] = { baseline->aneurysm, followup->aneurysm };
  const WillisNeck *neck = &pair->neck[pair->has_neck[0] ? 0 : 1];
  double noise = DOME_NOISES * g->null_sd_mm;

  willis_growth_widen (g, own,
                       hypot (willis_dome_spread_deg (sacs[0], neck->centre_lps_mm, noise),
                              willis_dome_spread_deg (sacs[1], neck->centre_lps_mm, noise)));
}

/* ---- verdict ---- */

static void
clinic_definitions (WillisGrowth *g)
{
  const WillisIndex directions[3] = { WILLIS_INDEX_HEIGHT, WILLIS_INDEX_WIDTH, WILLIS_INDEX_SIZE };
  int half = 0;

  g->one_mm = FALSE;
  for (int i = 0; i < 3; i++)
    g->one_mm = g->one_mm || g->delta[directions[i]].value >= 1.0;
  half = (g->delta[WILLIS_INDEX_HEIGHT].value >= 0.5) + (g->delta[WILLIS_INDEX_WIDTH].value >= 0.5);
  g->two_half_mm = half >= 2;
  g->volume_cov = g->volume_percent > 2.0 * COV_PERCENT;
}

static gboolean
changed_surely (const WillisGrowth *g, WillisIndex index, double sign)
{
  return sign * g->delta[index].value > SURE * g->delta[index].sd;
}

/* Where regions would have to move very far the arteries around are a poor yardstick: then a change of the field counts
 * where the volume has changed beyond its own deviation, too, the same way. */
static gboolean
volume_agrees (const WillisGrowth *g, double sign)
{
  return g->limit_mm <= LIMIT_MM || changed_surely (g, WILLIS_INDEX_VOLUME, sign);
}

/* The whole wall moved out (sign 1) or in (-1) by more than its deviation allows; with a poor yardstick the sac must be
 * higher or lower as well. */
static gboolean
whole_moved (const WillisGrowth *g, double sign)
{
  return sign * g->mean_mm > SURE * MAX (g->mean_sd_mm, 1e-6) && volume_agrees (g, sign)
         && (g->limit_mm <= LIMIT_MM || changed_surely (g, WILLIS_INDEX_HEIGHT, sign));
}

void
willis_growth_decide (WillisGrowth *g)
{
  double out = volume_agrees (g, 1.0) ? willis_growth_best_region (g, 1.0) : 0.0;
  double in = volume_agrees (g, -1.0) ? willis_growth_best_region (g, -1.0) : 0.0;
  gboolean more = whole_moved (g, 1.0), less = whole_moved (g, -1.0);

  g->verdict = WILLIS_VERDICT_UNCERTAIN;
  if (g->align.tre_mm > 0.5)
    g->rule = WILLIS_RULE_NO_VERDICT;
  else if ((out > 0.0 || more) && (in > 0.0 || less))
    g->rule = WILLIS_RULE_BOTH_WAYS;
  else if (out > 0.0 || in > 0.0)
    {
      g->verdict = out > 0.0 ? WILLIS_VERDICT_GROWN : WILLIS_VERDICT_SHRUNK;
      g->rule = out > 0.0 ? WILLIS_RULE_REGION_OUT : WILLIS_RULE_REGION_IN;
    }
  else if (more || less)
    {
      g->verdict = more ? WILLIS_VERDICT_GROWN : WILLIS_VERDICT_SHRUNK;
      g->rule = WILLIS_RULE_WHOLE;
    }
  else if (g->limit_mm > LIMIT_MM)
    g->rule = WILLIS_RULE_NO_VERDICT;
  else
    {
      g->verdict = WILLIS_VERDICT_STABLE;
      g->rule = WILLIS_RULE_NO_CHANGE;
    }
}

static void
remark (WillisGrowth *g, WillisRemarkKind kind, double value)
{
  const WillisRemark r = { kind, 0, value };

  g_array_append_val (g->remarks, r);
}

static void
add_remarks (WillisGrowth *g, gboolean measured)
{
  if (isfinite (g->align.rigid.scale) && fabs (g->align.rigid.scale) > SCALE_WARN)
    remark (g, WILLIS_REMARK_SCALE, 100.0 * g->align.rigid.scale);
  if (isfinite (g->align.artery_share) && g->align.artery_share < WARN_SHARE)
    remark (g, WILLIS_REMARK_FEW_MEET, 100.0 * g->align.artery_share);
  if (!isfinite (g->align.artery_share))
    remark (g, WILLIS_REMARK_LITTLE_ARTERY, 0.0);
  if (g->rule == WILLIS_RULE_MAY_BE_MIRRORED)
    remark (g, WILLIS_REMARK_MAY_BE_MIRRORED, 0.0);
  if (!measured)
    remark (g, WILLIS_REMARK_NO_COMMON_NECK, 0.0);
}

/* ---- all of it ---- */

WillisGrowth *
willis_growth_new (const WillisAlign *align)
{
  WillisGrowth *g = g_new0 (WillisGrowth, 1);

  g_atomic_ref_count_init (&g->refs);
  g->align = *align;
  g->regions = g_array_new (FALSE, FALSE, sizeof (WillisGrowthRegion));
  g->remarks = g_array_new (FALSE, FALSE, sizeof (WillisRemark));
  g->volume_percent = g->volume_percent_sd = g->mean_mm = g->mean_sd_mm = NAN;
  for (int i = 0; i < WILLIS_N_INDICES; i++)
    g->before[i] = g->after[i] = g->delta[i] = (WillisMeasure){ NAN, NAN, NULL };
  return g;
}

static guint8 *
zone_points (const WillisArteryZone *zone, const WillisSurface *surface)
{
  gsize n = willis_surface_n_points (surface);
  guint8 *use = g_new0 (guint8, MAX (n, 1));

  for (gsize i = 0; i < n; i++)
    use[i] = willis_artery_zone_has (zone, willis_surface_points (surface) + 3 * i);
  return use;
}

/* The mean of a sac's displacements by area. */
static double
map_mean (const WillisMap *map)
{
  double sum = 0.0, area = 0.0;

  for (gsize i = 0; i < willis_surface_n_points (map->surface); i++)
    if (!isnan (map->mm[i]))
      {
        sum += map->area[i] * map->mm[i];
        area += map->area[i];
      }
  return area > 0.0 ? sum / area : 0.0;
}

/* Maps of both lumens' arteries and both sacs, what is noise, regions, the mean. */
static gboolean
measure_maps (WillisGrowth *g, const Pair *pair, const WillisArteryZone *zone, WillisSurface *const sacs[2],
              const WillisProgress *progress, GError **error)
{
  g_autoptr (WillisBvh) first = willis_bvh_new (pair->lumen[0]);
  g_autoptr (WillisBvh) second = willis_bvh_new (pair->lumen[1]);
  const WillisBvh *const other[2] = { second, first };
  WillisMap arteries[2] = { { 0 } }, sac[2] = { { 0 } };
  WillisNull null;
  double area = 0.5 * (willis_surface_area_mm2 (sacs[0]) + willis_surface_area_mm2 (sacs[1])), sd,
         tre = g->align.tre_mm;
  gboolean ok;

  for (int side = 0; side < 2; side++)
    {
      g_autofree guint8 *use = zone_points (zone, pair->lumen[side]);
      double sign = side == 0 ? -1.0 : 1.0;

      willis_map_init (&arteries[side], pair->lumen[side], other[side], sign, use);
      willis_map_init (&sac[side], sacs[side], other[side], sign, NULL);
    }
  ok = willis_null_measure (arteries, zone, area, &null);
  if (!ok)
    willis_fail (error, WILLIS_ERROR_FAILED,
                 _ ("too little unchanged artery around the aneurysm (%.0f mm2) to measure growth against"),
                 null.area_mm2);
  else if ((ok = willis_progress_step (progress, 0.5, error)))
    {
      gsize n = willis_surface_n_points (sacs[1]);

      sd = sqrt (null.sd_mm * null.sd_mm + tre * tre / 3.0);
      g->null_mean_mm = null.mean_mm;
      g->null_sd_mm = null.sd_mm;
      g->align.artery_area_mm2 = null.area_mm2;
      g->limit_mm = MAX (LEAST_PEAK_MM, hypot (null.extreme_mm, 1.64 * tre / sqrt (3.0)));
      // growth shows on the later surface, shrinkage on the earlier one
      willis_regions_find (&sac[1], &null, sd, 1.0, g->limit_mm, g->regions);
      willis_regions_find (&sac[0], &null, sd, -1.0, g->limit_mm, g->regions);
      g->mean_mm = 0.5 * (map_mean (&sac[0]) + map_mean (&sac[1])) - null.mean_mm;
      g->mean_sd_mm = sqrt (null.sac_mm * null.sac_mm + tre * tre / 12.0 + BLUR_MM * BLUR_MM);
      g->displacement_mm = g_new (double, MAX (n, 1));
      g->z = g_new (double, MAX (n, 1));
      for (gsize i = 0; i < n; i++)
        {
          g->displacement_mm[i] = sac[1].mm[i] - null.mean_mm;
          g->z[i] = g->displacement_mm[i] / sd;
        }
    }
  for (int side = 0; side < 2; side++)
    {
      willis_map_clear (&arteries[side]);
      willis_map_clear (&sac[side]);
    }
  return ok;
}

/* An aneurysm in one scan only. Where the scans fit about as well with left and right exchanged, it may be the same one
 * on the other side: then nothing is said of it. */
static void
say_one_sided (WillisGrowth *g, gboolean in_followup, gboolean may_be_mirrored)
{
  g->is_new = in_followup && !may_be_mirrored;
  g->vanished = !in_followup && !may_be_mirrored;
  g->verdict = may_be_mirrored ? WILLIS_VERDICT_UNCERTAIN : in_followup ? WILLIS_VERDICT_GROWN : WILLIS_VERDICT_SHRUNK;
  g->rule = may_be_mirrored ? WILLIS_RULE_MAY_BE_MIRRORED : in_followup ? WILLIS_RULE_NEW : WILLIS_RULE_VANISHED;
}

static double
height_of (const WillisAneurysm *aneurysm)
{
  return aneurysm != NULL ? willis_aneurysm_morphology (aneurysm)->index[WILLIS_INDEX_HEIGHT].value : NAN;
}

static void
pair_init (Pair *pair, const WillisFollowupScan *baseline, const WillisFollowupScan *followup, const WillisRigid *back)
{
  pair->tree = baseline->tree;
  pair->lumen[0] = willis_surface_ref (baseline->lumen);
  pair->lumen[1] = willis_surface_carried (followup->lumen, back);
  pair->height_mm[0] = height_of (baseline->aneurysm);
  pair->height_mm[1] = height_of (followup->aneurysm);
  pair->has_neck[0] = baseline->aneurysm != NULL;
  pair->has_neck[1] = followup->aneurysm != NULL;
  if (pair->has_neck[0])
    pair->neck[0] = *willis_aneurysm_neck (baseline->aneurysm);
  if (pair->has_neck[1])
    {
      pair->neck[1] = *willis_aneurysm_neck (followup->aneurysm);
      willis_rigid_apply (back, pair->neck[1].centre_lps_mm, pair->neck[1].centre_lps_mm);
      willis_rigid_apply (back, pair->neck[1].dome_lps_mm, pair->neck[1].dome_lps_mm);
      mat3_apply (pair->neck[1].normal, back->r, pair->neck[1].normal);
    }
}

/* The two sacs in baseline coordinates; where one scan has no aneurysm of its own, its lumen is cut at the other's
 * neck. NULL where that gives nothing. */
static void
find_sacs (const Pair *pair, const WillisFollowupScan *baseline, const WillisFollowupScan *followup,
           const WillisRigid *back, WillisSurface *sacs[2])
{
  sacs[0] = baseline->aneurysm != NULL ? willis_surface_ref (willis_aneurysm_sac (baseline->aneurysm)) : NULL;
  sacs[1] = followup->aneurysm != NULL ? willis_surface_carried (willis_aneurysm_sac (followup->aneurysm), back) : NULL;
  for (int side = 0; side < 2; side++)
    if (sacs[side] == NULL)
      {
        g_autoptr (WillisAneurysm) cut
            = willis_aneurysm_isolate (pair->lumen[side], pair->tree, &pair->neck[1 - side], -1.0, NULL, NULL);

        // what is cut off must reach as high as a sac does
        if (cut != NULL && willis_aneurysm_morphology (cut)->index[WILLIS_INDEX_HEIGHT].value > 1.0
            && willis_aneurysm_morphology (cut)->index[WILLIS_INDEX_VOLUME].value
                   > 0.1 * willis_surface_volume_mm3 (sacs[1 - side]))
          sacs[side] = willis_surface_ref (willis_aneurysm_sac (cut));
      }
}

WillisGrowth *
willis_growth_measure (const WillisFollowupScan *baseline, const WillisFollowupScan *followup, const WillisAlign *align,
                       const WillisProgress *progress, GError **error)
{
  WillisProgress first = willis_progress_part (progress, 0.0, 0.5, _ ("Registering the scans"));
  WillisProgress second = willis_progress_part (progress, 0.5, 1.0, _ ("Measuring the change"));
  WillisAlign found;
  WillisRigid back;
  WillisArteryZone zone;
  WillisBvh *trees[2];
  Pair pair = { 0 };
  WillisSurface *sacs[2];
  double neck_part[WILLIS_N_INDICES];
  WillisGrowth *g;
  gboolean ok = TRUE, measured = FALSE;

  if (align == NULL)
    {
      if (!willis_followup_align (baseline, followup, NULL, progress != NULL ? &first : NULL, &found, error))
        return NULL;
      align = &found;
    }
  g = willis_growth_new (align);
  back = willis_rigid_invert (&align->motion);
  pair_init (&pair, baseline, followup, &back);
  find_sacs (&pair, baseline, followup, &back, sacs);
  zone_init (&zone, baseline, followup, &align->motion, trees);
  if (sacs[0] == NULL || sacs[1] == NULL)
    {
      say_one_sided (g, sacs[0] == NULL, may_be_mirrored (baseline, followup, align));
      g->sac = sacs[1] != NULL ? willis_surface_ref (sacs[1]) : NULL;
      g->sac_before = sacs[0] != NULL ? willis_surface_ref (sacs[0]) : NULL;
      add_remarks (g, TRUE);
    }
  else
    {
      g->sac = willis_surface_ref (sacs[1]);
      g->sac_before = willis_surface_ref (sacs[0]);
      ok = measure_maps (g, &pair, &zone, sacs, progress != NULL ? &second : NULL, error);
      if (ok)
        {
          even_thickness (&pair, g->null_mean_mm);
          measured = measure_pair (
              &pair, g, 0.5 * g->mean_mm * (willis_surface_area_mm2 (sacs[0]) + willis_surface_area_mm2 (sacs[1])),
              neck_part);
          if (measured)
            {
              fill_deviations (&pair, g, neck_part, g->mean_sd_mm, align->tre_mm);
              widen_deviations (g, &pair, sacs, baseline, followup);
            }
          if (measured)
            {
              double before = g->before[WILLIS_INDEX_VOLUME].value;

              g->volume_percent = 100.0 * g->delta[WILLIS_INDEX_VOLUME].value / before;
              g->volume_percent_sd = 100.0 * g->delta[WILLIS_INDEX_VOLUME].sd / before;
              clinic_definitions (g);
            }
          willis_growth_decide (g);
          add_remarks (g, measured);
          ok = willis_progress_step (progress, 1.0, error);
        }
    }
  for (int side = 0; side < 2; side++)
    {
      g_clear_pointer (&sacs[side], willis_surface_unref);
      willis_surface_unref (pair.lumen[side]);
      willis_bvh_free (trees[side]);
    }
  if (!ok)
    g_clear_pointer (&g, willis_growth_unref);
  return g;
}
