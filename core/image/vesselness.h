/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * How much the neighbourhood of each voxel looks like a tube, over several scales.
 */
#include "core/base/progress.h"
#include "core/image/volume.h"

G_BEGIN_DECLS

typedef enum
{
  WILLIS_VESSELNESS_JERMAN, // Jerman et al. 2016, IEEE TMI 35:2107: even in tubes, bifurcations and round
                            // sacs
  WILLIS_VESSELNESS_FRANGI, // Frangi et al. 1998, MICCAI: low in blobs and bifurcations
  WILLIS_VESSELNESS_SATO, // Sato et al. 1998, Med Image Anal 2:143: for thin vessels, in units of the volume
} WillisVesselnessKind;

typedef struct
{
  WillisVesselnessKind kind;
  gboolean dark;       // dark tubes on bright ground instead
  double min_sigma_mm; // scales from this
  double max_sigma_mm; // to this, in equal ratios
  int n_scales;        // 1 .. 32
  double tau;          // JERMAN: 0.5 .. 1, lower is more even where contrast is low
  double strength;     // JERMAN: the eigenvalue taken as the largest of the volume, 0: found (costs a second
                   // pass); FRANGI: the structure norm c, 0: half the largest norm found
} WillisVesselnessParams;

/* A tube of radius R answers best at sigma = R / sqrt (2), a ball at R / sqrt (3). */
#define WILLIS_VESSELNESS_PARAMS_INIT { WILLIS_VESSELNESS_JERMAN, FALSE, 0.5, 3.0, 6, 0.75, 0.0 }

/* The largest response over the scales as f32 on the same grid (new): 0 .. 1 for JERMAN and FRANGI. Voxels
 * whose mask (u8, may be NULL) is zero get 0. Errors: WILLIS_ERROR_BAD_INPUT for parameters; NO_MEMORY;
 * cancelled. Streams the Hessian: besides the result only some rows a thread. Scales from 2.5 voxels on are
 * computed on a volume blurred and halved first, and again from 5 (the response then differs by under 0.02
 * from that of the whole grid). The strongest eigenvalue is looked for in every third slice of the whole
 * grid. Same bits for any number of threads. */
WillisVolume *willis_vesselness (const WillisVolume *volume, const WillisVesselnessParams *params,
                                 const WillisVolume *mask, const WillisProgress *progress, GError **error);

G_END_DECLS
