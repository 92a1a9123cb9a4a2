/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * An aneurysm: where its neck is, and the sac beyond it. Immutable, reference counted.
 */
#include <glib.h>

#include "core/base/progress.h"
#include "core/mesh/surface.h"
#include "core/vessel/morphology.h"
#include "core/vessel/tree.h"

G_BEGIN_DECLS

/* Something that may be an aneurysm. */
typedef struct
{
  double centre_lps_mm[3];
  double size_mm; // largest extent of the bulge
  double neck_mm; // estimated neck width
  double score;   // 0 .. 1, best first
  int branch;     // of the tree, -1 where not known
} WillisCandidate;

/* Candidates from here on are more likely aneurysms than not; the others are listed, not measured unasked. */
#define WILLIS_LIKELY_SCORE 0.5

/* Pictures draw the sac this far outside the lumen that it is a part of, or the two would flicker. */
#define WILLIS_SAC_LIFT_MM 0.05

/* The neck as a person handles it: a plane, with the seed that says which side and piece is the sac. */
typedef struct
{
  double centre_lps_mm[3];
  double normal[3];     // unit, into the sac
  double dome_lps_mm[3]; // a point inside the sac
} WillisNeck;

typedef struct _WillisAneurysm WillisAneurysm;

/* Finds the neck of the sac around seed: virtual healthy parent, residual, plane search. The tree may be NULL: then
 * one is made of the lumen around the seed. blur_mm, direction: of the scan that the lumen was found in
 * (willis_lumen_blur_mm, WillisGrid), 0 and NULL for a surface that is not of a scan.
 * Errors: WILLIS_ERROR_FAILED where no sac stands out at the seed, or only one that does not hold it (to 1 mm). */
gboolean willis_neck_find (const WillisSurface *lumen, const WillisTree *tree, const double seed_lps_mm[3],
                           double blur_mm, const double *direction, const WillisProgress *progress, WillisNeck *out,
                           GError **error);

/* Cuts lumen at the neck plane, keeps the piece of the sac, measures it. surface_sd_mm >= 0 also fills the
 * deviations: for each of these changes alone - the neck moved by +-0.5 mm along its normal and along two directions
 * across, tilted by +-5 degrees about the two, the surface moved by +-surface_sd_mm along its normals - the mean
 * square change of each index is taken as its variance, and the variances are added; so is that of what the tree alone
 * tells (WillisParent). (Moving a plane within
 * itself changes nothing; a change that drives the neck into the artery is made smaller and scaled up.)
 * surface_sd_mm < 0: no deviations. neck->dome_lps_mm may be NaN: then the loop around the neck's centre is taken.
 * Errors: WILLIS_ERROR_FAILED where the plane does not cut off a piece that holds the dome point. */
WillisAneurysm *willis_aneurysm_isolate (const WillisSurface *lumen, const WillisTree *tree,
                                         const WillisNeck *neck, double surface_sd_mm,
                                         const WillisProgress *progress, GError **error);

/* The same with the neck given as a closed curve on or near the surface; for the deviations it moves and tilts as the plane
 * does. dome_lps_mm (a point in the sac) may be NULL: then the side with fewer open ends is the sac, then the smaller. */
WillisAneurysm *willis_aneurysm_isolate_curve (const WillisSurface *lumen, const WillisTree *tree,
                                               const double *curve_lps_mm, gsize n_curve, const double *dome_lps_mm,
                                               double surface_sd_mm, const WillisProgress *progress, GError **error);

/* The artery that feeds the sac, from the tree: sidewall or bifurcation is told by the arteries that leave its mouth.
 * FALSE (and zeros, NaN) where the tree is NULL or does not come near the neck. branch may be NULL. */
gboolean willis_parent_find (const WillisTree *tree, const WillisNeck *neck, const double *neck_curve_lps_mm,
                             gsize n_curve, WillisParent *out, int *branch);

/* What may speak against a neck, as the sac's surroundings show it. NaN where it was measured without deviations, or by
 * a Willis that did not know it. */
typedef struct
{
  double foot_mm; // how much farther down the neck could stand with the sac's wall upright all around: some tenths
                  // where it stands at the sac's foot
  double
      below; // what goes on below the neck out of all arteries, in parts of the sac's volume; NaN without a tree, too
  double through_mm; // how far above the neck centrelines lead through the sac; NaN without a tree, too
} WillisNeckDoubt;

/* From parts, as read from a case file (refs and copies what it keeps). ostium and doubt may be NULL. */
WillisAneurysm *willis_aneurysm_new (const WillisNeck *neck, const double *neck_curve_lps_mm, gsize n_curve,
                                     WillisSurface *sac, WillisSurface *ostium, int branch,
                                     const WillisMorphology *morphology, const WillisNeckDoubt *doubt);

/* The same with its parent branch found again at its neck in another tree, -1 where none is near; the measures stay
 * those of the tree before (a reference to aneurysm itself where the number is the same). */
WillisAneurysm *willis_aneurysm_in_tree (WillisAneurysm *aneurysm, const WillisTree *tree);

WillisAneurysm *willis_aneurysm_ref (WillisAneurysm *aneurysm);
void willis_aneurysm_unref (WillisAneurysm *aneurysm);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WillisAneurysm, willis_aneurysm_unref)

const WillisNeck *willis_aneurysm_neck (const WillisAneurysm *aneurysm);
const double *willis_aneurysm_neck_curve (const WillisAneurysm *aneurysm, gsize *n); // [n][3], closed, borrowed
WillisSurface *willis_aneurysm_sac (const WillisAneurysm *aneurysm);    // borrowed, open at the neck
WillisSurface *willis_aneurysm_ostium (const WillisAneurysm *aneurysm); // borrowed, may be NULL
int willis_aneurysm_branch (const WillisAneurysm *aneurysm);            // parent branch, -1 unknown
const WillisMorphology *willis_aneurysm_morphology (const WillisAneurysm *aneurysm);
const char *willis_aneurysm_digest (const WillisAneurysm *aneurysm);

/* What may speak against its neck (borrowed). */
const WillisNeckDoubt *willis_aneurysm_neck_doubt (const WillisAneurysm *aneurysm);

/* Where a sac stands on its artery. */
typedef enum
{
  WILLIS_SAC_UNKNOWN, // no tree near the neck
  WILLIS_SAC_SIDEWALL,
  WILLIS_SAC_BIFURCATION, // two daughters of the parent leave at the neck
} WillisSacKind;

/* What the tree showed when the sac was measured. */
WillisSacKind willis_aneurysm_kind (const WillisAneurysm *aneurysm);

/* The kind as files have it, "sidewall", "bifurcation", NULL; and as people read it, to be translated (static). */
const char *willis_sac_kind_id (WillisSacKind kind);
const char *willis_sac_kind_label (WillisSacKind kind);

/* What speaks against the sac as it was cut off, to be translated (static): an artery that was cut off with it, a
 * part of it that was left below, a neck that does not stand at its foot, or centrelines that lead through it. NULL
 * where nothing does. Worked out when first asked for, some milliseconds. */
const char *willis_aneurysm_doubt (WillisAneurysm *aneurysm);
/* The first of these: an artery runs on in what the neck cuts off, so that it is more than a sac. */
gboolean willis_aneurysm_runs_on (WillisAneurysm *aneurysm);

/* All places that bulge out of the tree, best first (new GArray of WillisCandidate; may be empty). */
GArray *willis_detect (const WillisSurface *lumen, const WillisTree *tree, const WillisProgress *progress,
                       GError **error);

G_END_DECLS
