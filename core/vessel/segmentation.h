/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * From a scan to the lumen: which voxels are artery, and the smooth surface between the voxels.
 */
#include "core/base/progress.h"
#include "core/image/volume.h"
#include "core/mesh/surface.h"
#include "core/vessel/tree.h"

G_BEGIN_DECLS

typedef enum
{
  WILLIS_LABEL_NONE = 0,
  WILLIS_LABEL_ARTERY = 1,
  WILLIS_LABEL_BONE = 2,
  WILLIS_LABEL_CALCIUM = 3,
  WILLIS_LABEL_VEIN = 4,
  WILLIS_LABEL_BY_HAND = 5, // artery that a person added, whatever the scan says
} WillisLabel;

typedef enum
{
  WILLIS_MODALITY_UNKNOWN,
  WILLIS_MODALITY_CTA,  // Hounsfield units, bone present
  WILLIS_MODALITY_3DRA, // rotational angiography, arbitrary units, little bone
  WILLIS_MODALITY_MRA,
} WillisModality;

typedef struct
{
  WillisModality modality; // UNKNOWN: guessed from the histogram
  double threshold;        // lumen threshold in scan units; NaN: found from the histogram
  double min_component_mm3; // pieces smaller than this are left out
  const double *seeds_lps_mm; // [n_seeds][3], borrowed; none: all artery-like pieces
  gsize n_seeds;
  gboolean is_ct; // the scan says so: CTA or, as rotational angiographies are often stored, 3DRA; never taken for MRA
} WillisSegmentParams;

#define WILLIS_SEGMENT_PARAMS_INIT                                                                                     \
  {                                                                                                                    \
    WILLIS_MODALITY_UNKNOWN, (0.0 / 0.0), 20.0, NULL, 0, FALSE                                                         \
  }

typedef struct _WillisSegmentation WillisSegmentation;

/* Segments the arteries of volume. Errors: WILLIS_ERROR_FAILED where there are none ("no vessels"). */
WillisSegmentation *willis_segment (WillisVolume *volume, const WillisSegmentParams *params,
                                    const WillisProgress *progress, GError **error);

/* From parts, as read from a case file (refs what it keeps). */
WillisSegmentation *willis_segmentation_new (WillisVolume *labels, WillisModality modality, double threshold,
                                             double background, double contrast, int components);
WillisSegmentation *willis_segmentation_ref (WillisSegmentation *segmentation);
void willis_segmentation_unref (WillisSegmentation *segmentation);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WillisSegmentation, willis_segmentation_unref)

WillisVolume *willis_segmentation_labels (const WillisSegmentation *segmentation); // u8 on the scan's grid, borrowed
WillisModality willis_segmentation_modality (const WillisSegmentation *segmentation);
double willis_segmentation_threshold (const WillisSegmentation *segmentation);  // half maximum, scan units
double willis_segmentation_background (const WillisSegmentation *segmentation); // mean outside, scan units
double willis_segmentation_contrast (const WillisSegmentation *segmentation);   // lumen minus background
int willis_segmentation_components (const WillisSegmentation *segmentation);
double willis_segmentation_volume_mm3 (const WillisSegmentation *segmentation);
const char *willis_segmentation_digest (const WillisSegmentation *segmentation);

/* The lumen's surface between the voxels: iso-surface at the half maximum within the artery label, smoothed without
 * shrinking, watertight (closed where it leaves the scan). */
WillisSurface *willis_lumen_surface (WillisVolume *volume, const WillisSegmentation *segmentation,
                                     const WillisProgress *progress, GError **error);

/* How far the lumen surface may be off, one standard deviation: half a voxel threshold step, noise, blur. */
double willis_lumen_surface_sd_mm (WillisVolume *volume, const WillisSegmentation *segmentation);

/* The blur of a CTA at the walls of its arteries as the mean step from voxel to voxel across the label's edge shows it:
 * an index for the search for necks, with the voxels' own width and the slant of the walls in it, so that it is some
 * 1.6 times the standard deviation of the point spread; at most 1 mm. 0 for rotational scans and MR, whose walls are
 * not fitted to the voxels. */
double willis_lumen_blur_mm (WillisVolume *volume, const WillisSegmentation *segmentation);

/* How far the diameter of an artery may be off over some centimetres together (one standard deviation): the level and the blur, as far as
 * computed scans of known lumen show them; noise averages out around sections and along the artery. What no computed scan has (calcium,
 * thrombus, movement) is not in it. */
double willis_lumen_diameter_sd_mm (WillisVolume *volume, const WillisSegmentation *segmentation);

/* How far diameters may be off: what all of an artery shares, and what one place has beside it. All 0 without a scan.
 */
typedef struct
{
  double mean_mm;  // as willis_lumen_diameter_sd_mm ()
  double noise_mm; // what the scan's noise shifts one point of a wall by
  double voxel_mm, blur_mm;
} WillisDiameterSd;

WillisDiameterSd willis_lumen_diameter_sd (WillisVolume *volume, const WillisSegmentation *segmentation);

/* One standard deviation of a single section where the artery is diameter_mm wide: of the diameter of its area; and of
 * its least width, which noise makes smaller, so that the narrowest place of an artery and the mean of least widths
 * along some millimetres have the same. What the whole artery shares, the noise of one point of the wall, the voxels,
 * and, in arteries hardly wider than the blur, how bright their blood is taken to be. Fitted to 228 computed scans of
 * one straight artery with one narrowing each (tests/sweep/sections: voxels of 0.35 to 0.8 mm, noise 8 to 30 HU,
 * contrast 250 to 500 HU, blur 0.55 to 1 mm, narrowings down to 0.8 mm): 66 of 100 narrowest places lie within one
 * deviation, 96 within two. Not in it: narrowings shorter than the blur, which come out too wide, and what no computed
 * scan has. */
double willis_section_sd_mm (const WillisDiameterSd *sd, double diameter_mm);
double willis_narrowest_sd_mm (const WillisDiameterSd *sd, double diameter_mm);

/* The centreline tree of a closed lumen surface. direction: of the scan's grid (WillisGrid), NULL for a surface that is
 * not of a scan: the paths run over cells along these axes, so that the same voxels have the same tree whatever their
 * axes are called. Never fails on odd surfaces: what has no centreline (a speck) becomes a single-point branch.
 * Errors: empty surface, cancelled. */
WillisTree *willis_tree_extract (const WillisSurface *lumen, const double *direction, const WillisProgress *progress,
                                 GError **error);

/* The same of the arteries alone where a likely sac touches an artery beside its own: the two are one lumen in the
 * scan, and centrelines would lead through the sac from the one to the other, and those of its own artery into it. */
WillisTree *willis_tree_extract_apart (const WillisSurface *lumen, const double *direction,
                                       const WillisProgress *progress, GError **error);

G_END_DECLS
