/* SPDX-License-Identifier: Apache-2.0 */
#include "core/vessel/aneurysm.h"

#include <math.h>

#include "core/base/digest.h"
#include "core/base/i18n.h"
#include "core/vessel/sac-doubt.h"

struct _WillisAneurysm
{
  gatomicrefcount refs;
  WillisNeck neck;
  double *curve; // [n_curve][3], mm LPS
  gsize n_curve;
  WillisSurface *sac;
  WillisSurface *ostium; // or NULL
  int branch;
  WillisMorphology morphology;
  char *digest;
  GMutex lock; // guards reach_mm
  double reach_mm; // of what is thin; NaN: not asked for yet
  WillisNeckDoubt doubt;
};

#define ARTERY_REACH_MM 3.0    // what is thin reaches this far, and ..
#define ARTERY_REACH_WIDTH 0.5 // .. this part of the width, where it is an artery; of 50 patients' sacs none by 0.3
#define FOOT_MM 0.7 // the neck stands off the foot of the sac by more than its own deviation, 0.5 mm, by this, and ..
#define FOOT_RADIUS 0.1 // .. this part of its radius; the reference necks of 50 patients by at most 0.4 mm
#define BELOW_PART 0.12 // of the sac's volume left below: over it in one of 50 patients' sacs
#define BELOW_TALL 0.25 // of one that is higher than FLAT of its neck: what is cut too far up is flat
#define FLAT 0.8
#define THROUGH_MM 1.2     // above the neck, and by ..
#define THROUGH_RADIUS 0.5 // .. this part of its radius: a wide neck draws a centreline aside, too

WillisAneurysm *
willis_aneurysm_new (const WillisNeck *neck, const double *neck_curve_lps_mm, gsize n_curve, WillisSurface *sac,
                     WillisSurface *ostium, int branch, const WillisMorphology *morphology,
                     const WillisNeckDoubt *doubt)
{
  WillisAneurysm *aneurysm = g_new0 (WillisAneurysm, 1);
  WillisDigest *digest = willis_digest_new ();

  g_atomic_ref_count_init (&aneurysm->refs);
  aneurysm->neck = *neck;
  aneurysm->curve = g_memdup2 (neck_curve_lps_mm, 3 * n_curve * sizeof (double));
  aneurysm->n_curve = n_curve;
  aneurysm->sac = willis_surface_ref (sac);
  aneurysm->ostium = ostium != NULL ? willis_surface_ref (ostium) : NULL;
  aneurysm->branch = branch;
  aneurysm->morphology = *morphology;
  aneurysm->reach_mm = NAN;
  aneurysm->doubt = doubt != NULL ? *doubt : (WillisNeckDoubt){ NAN, NAN, NAN };
  g_mutex_init (&aneurysm->lock);
  willis_digest_doubles (digest, neck->centre_lps_mm, 3);
  willis_digest_doubles (digest, neck->normal, 3);
  willis_digest_doubles (digest, neck->dome_lps_mm, 3);
  willis_digest_doubles (digest, aneurysm->curve, 3 * n_curve);
  willis_digest_string (digest, willis_surface_digest (sac));
  willis_digest_int (digest, branch);
  for (int i = 0; i < WILLIS_N_INDICES; i++)
    {
      willis_digest_doubles (digest, &morphology->index[i].value, 1);
      willis_digest_doubles (digest, &morphology->index[i].sd, 1);
    }
  aneurysm->digest = willis_digest_finish (digest);
  return aneurysm;
}

WillisAneurysm *
willis_aneurysm_in_tree (WillisAneurysm *aneurysm, const WillisTree *tree)
{
  WillisParent parent;
  int branch;

  willis_parent_find (tree, &aneurysm->neck, aneurysm->curve, aneurysm->n_curve, &parent, &branch);
  if (branch == aneurysm->branch)
    return willis_aneurysm_ref (aneurysm);
  return willis_aneurysm_new (&aneurysm->neck, aneurysm->curve, aneurysm->n_curve, aneurysm->sac, aneurysm->ostium,
                              branch, &aneurysm->morphology, &aneurysm->doubt);
}

WillisAneurysm *
willis_aneurysm_ref (WillisAneurysm *aneurysm)
{
  g_atomic_ref_count_inc (&aneurysm->refs);
  return aneurysm;
}

void
willis_aneurysm_unref (WillisAneurysm *aneurysm)
{
  if (aneurysm == NULL || !g_atomic_ref_count_dec (&aneurysm->refs))
    return;
  g_free (aneurysm->curve);
  willis_surface_unref (aneurysm->sac);
  willis_surface_unref (aneurysm->ostium);
  g_free (aneurysm->digest);
  g_mutex_clear (&aneurysm->lock);
  g_free (aneurysm);
}

const WillisNeck *
willis_aneurysm_neck (const WillisAneurysm *aneurysm)
{
  return &aneurysm->neck;
}

const double *
willis_aneurysm_neck_curve (const WillisAneurysm *aneurysm, gsize *n)
{
  *n = aneurysm->n_curve;
  return aneurysm->curve;
}

WillisSurface *
willis_aneurysm_sac (const WillisAneurysm *aneurysm)
{
  return aneurysm->sac;
}

WillisSurface *
willis_aneurysm_ostium (const WillisAneurysm *aneurysm)
{
  return aneurysm->ostium;
}

int
willis_aneurysm_branch (const WillisAneurysm *aneurysm)
{
  return aneurysm->branch;
}

const WillisMorphology *
willis_aneurysm_morphology (const WillisAneurysm *aneurysm)
{
  return &aneurysm->morphology;
}

const WillisNeckDoubt *
willis_aneurysm_neck_doubt (const WillisAneurysm *aneurysm)
{
  return &aneurysm->doubt;
}

const char *
willis_aneurysm_digest (const WillisAneurysm *aneurysm)
{
  return aneurysm->digest;
}

WillisSacKind
willis_aneurysm_kind (const WillisAneurysm *aneurysm)
{
  const WillisMeasure *index = aneurysm->morphology.index;

  if (isfinite (index[WILLIS_INDEX_BIFURCATION_ANGLE].value))
    return WILLIS_SAC_BIFURCATION;
  return isfinite (index[WILLIS_INDEX_PARENT_DIAMETER].value) ? WILLIS_SAC_SIDEWALL : WILLIS_SAC_UNKNOWN;
}

const char *
willis_sac_kind_id (WillisSacKind kind)
{
  return kind == WILLIS_SAC_BIFURCATION ? "bifurcation" : kind == WILLIS_SAC_SIDEWALL ? "sidewall" : NULL;
}

const char *
willis_sac_kind_label (WillisSacKind kind)
{
  return kind == WILLIS_SAC_BIFURCATION ? N_ ("Bifurcation aneurysm")
         : kind == WILLIS_SAC_SIDEWALL  ? N_ ("Sidewall aneurysm")
                                        : N_ ("Kind not known: no parent artery near the neck");
}

gboolean
willis_aneurysm_runs_on (WillisAneurysm *aneurysm)
{
  double width = aneurysm->morphology.index[WILLIS_INDEX_WIDTH].value, reach;

  g_mutex_lock (&aneurysm->lock);
  if (isnan (aneurysm->reach_mm))
    aneurysm->reach_mm = isfinite (width) ? willis_sac_thin_reach (aneurysm->sac, width) : 0.0;
  reach = aneurysm->reach_mm;
  g_mutex_unlock (&aneurysm->lock);
  return reach > MAX (ARTERY_REACH_MM, ARTERY_REACH_WIDTH * width);
}

const char *
willis_aneurysm_doubt (WillisAneurysm *aneurysm)
{
  const WillisMeasure *index = aneurysm->morphology.index;
  double radius = sqrt (index[WILLIS_INDEX_OSTIUM_AREA].value / G_PI), foot = MAX (FOOT_MM, FOOT_RADIUS * radius);
  gboolean is_flat = index[WILLIS_INDEX_HEIGHT].value < FLAT * index[WILLIS_INDEX_NECK_DIAMETER].value;

  if (willis_aneurysm_runs_on (aneurysm))
    return N_ ("An artery runs on in what the neck cuts off: the numbers are those of more than the sac. Move the "
               "neck, or part the artery by hand.");
  if (aneurysm->doubt.below > (is_flat ? BELOW_PART : BELOW_TALL))
    return N_ ("Much of what stands out of the arteries lies below the neck: an artery may lie against the sac, or run "
               "through it, and the sac be larger than the numbers say. Look at the neck; part the artery by hand.");
  if (aneurysm->doubt.foot_mm > foot)
    return N_ (
        "The neck does not stand where the wall of the sac turns into that of an artery: the numbers may be those "
        "of a part of the sac, or of more than it. Move the neck, or part the artery by hand.");
  if (aneurysm->doubt.through_mm > MAX (THROUGH_MM, THROUGH_RADIUS * radius))
    return N_ (
        "Centrelines lead through the sac, as where it touches another artery: the parent artery's diameter, angles "
        "and narrowing, lengths along it and where a stent lands may be wrong. Part the artery by hand.");
  return NULL;
}
