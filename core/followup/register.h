/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Registration of two scans of one head: the rigid motion that carries the one onto the other.
 */
#include "core/base/progress.h"
#include "core/followup/rigid.h"
#include "core/image/volume.h"

G_BEGIN_DECLS

/* What is known of a scan. */
typedef struct
{
  WillisVolume *volume;       // borrowed
  const WillisVolume *labels; // u8, WillisLabel, borrowed; may be NULL
  gboolean hounsfield;        // values are Hounsfield units
  gboolean bone;              // bone is in the picture and bright
} WillisScanView;

/* Fills volume, labels and a guess of the rest from the values. */
WillisScanView willis_scan_view (WillisVolume *volume, const WillisVolume *labels);

typedef enum
{
  WILLIS_MATCH_AUTO,        // by the two scans
  WILLIS_MATCH_CORRELATION, // same kind: values are linear in each other
  WILLIS_MATCH_INFORMATION, // different kinds: mutual information
} WillisMatch;

typedef struct
{
  WillisMatch match;
  const WillisRigid *start; // where to begin, baseline to follow-up, borrowed; NULL: the scans' own coordinates
  gboolean local_only;      // no search: begin at start and stay in its neighbourhood
} WillisRegisterParams;

#define WILLIS_REGISTER_PARAMS_INIT { WILLIS_MATCH_AUTO, NULL, FALSE }

typedef struct
{
  WillisRigid motion;    // baseline to follow-up
  WillisMatch match;     // how the values were compared
  double similarity;     // correlation (-1 .. 1) or information (nats) at the places of strong gradient
  double overlap;        // share of the places that both scans hold
  double scale;          // follow-up's anatomy is 1 + scale times as large as the baseline's: voxel sizes disagree
  double bone_sd_mm;     // expected error of the motion at the middle of the scans, by leaving out parts; NaN: not known
  double covariance[36]; // of (rotation vector, translation) about centre_lps_mm of the baseline, rad and mm
  double centre_lps_mm[3];
} WillisRegistration;

/* Registers follow-up to baseline, from any starting pose within 45 degrees and 60 mm. Exchanging the two gives the
 * inverse motion to the bit: the one with the finer voxels is always carried onto. The same bits for any number of
 * threads. Method: exhaustive search on shapes (start.c), Gauss-Newton on values with robust weights, coarse to fine,
 * at the places of strong gradient (Baker & Matthews 2004, IJCV 56:221; Benhimane & Malis 2004 for the mean of both
 * gradients), or mutual information (Mattes 2003, IEEE TMI 22:120) where the kinds differ.
 * Errors: WILLIS_ERROR_FAILED where the scans do not fit each other (the message says how); BAD_INPUT for empty scans;
 * cancelled. */
gboolean willis_register (const WillisScanView *baseline, const WillisScanView *followup,
                          const WillisRegisterParams *params, const WillisProgress *progress, WillisRegistration *out,
                          GError **error);

/* Expected distance error (root mean square) of the registration at a point of the baseline, mm. */
double willis_registration_sd_at (const WillisRegistration *registration, const double lps_mm[3]);

G_END_DECLS
