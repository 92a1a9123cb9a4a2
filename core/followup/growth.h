/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What has changed between two scans of one aneurysm, measured against the unchanged arteries of the same two scans.
 */
#include "core/base/i18n.h"
#include "core/followup/register.h"
#include "core/mesh/surface.h"
#include "core/vessel/aneurysm.h"
#include "core/vessel/segmentation.h"
#include "core/vessel/tree.h"

G_BEGIN_DECLS

/* One of the two scans with what was made of it; all borrowed. */
typedef struct
{
  WillisVolume *volume;
  const WillisSegmentation *segmentation;
  WillisSurface *lumen;
  const WillisTree *tree;   // may be NULL
  WillisAneurysm *aneurysm; // NULL: none found here
} WillisFollowupScan;

typedef enum
{
  WILLIS_VERDICT_UNCERTAIN,
  WILLIS_VERDICT_STABLE,
  WILLIS_VERDICT_GROWN,
  WILLIS_VERDICT_SHRUNK,
} WillisVerdict;

const char *willis_verdict_name (WillisVerdict verdict); // "grown", as in JSON

/* Why it is that verdict; willis_growth_rule_text says it with its numbers. */
typedef enum
{
  WILLIS_RULE_NO_VERDICT, // registration or noise beyond what allows one
  WILLIS_RULE_BOTH_WAYS,  // parts moved outwards, parts inwards
  WILLIS_RULE_REGION_OUT,
  WILLIS_RULE_REGION_IN,
  WILLIS_RULE_WHOLE, // the mean of the wall
  WILLIS_RULE_NO_CHANGE,
  WILLIS_RULE_NEW,
  WILLIS_RULE_VANISHED,
  WILLIS_RULE_MAY_BE_MIRRORED, // an aneurysm in one scan only, but one of the scans may be mirrored
  WILLIS_N_RULES
} WillisRule;

/* What speaks against a comparison or should be known with it. */
typedef enum
{
  WILLIS_REMARK_SCALE,    // value: percent by which the follow-up's anatomy is larger
  WILLIS_REMARK_FEW_MEET, // value: percent of the arteries
  WILLIS_REMARK_LITTLE_ARTERY,
  WILLIS_REMARK_MAY_BE_MIRRORED,
  WILLIS_REMARK_NO_COMMON_NECK,
  WILLIS_REMARK_OTHER_PATIENT, // by what the studies say
  WILLIS_REMARK_TIME_ORDER,
  WILLIS_REMARK_SAME_DAY,
  WILLIS_REMARK_SAME_SCAN,
  WILLIS_REMARK_NEW,  // number: aneurysm of the follow-up without counterpart; value: its size
  WILLIS_REMARK_GONE, // the same of the baseline
  WILLIS_N_REMARKS
} WillisRemarkKind;

typedef struct
{
  WillisRemarkKind kind;
  int number; // from 1; 0: none
  double value;
} WillisRemark;

/* A connected part of the sac's surface that moved by more than the arteries did. */
typedef struct
{
  double centre_lps_mm[3]; // baseline coordinates
  double area_mm2;
  double max_mm, mean_mm; // displacement, positive outwards
  double z;               // largest significance
  gboolean daughter;      // a bulge of its own: growth that is high for its width
} WillisGrowthRegion;

/* How well the two scans lie on each other at the aneurysm. */
typedef struct
{
  WillisRegistration rigid; // by the whole picture; NaN similarity where motion was given
  WillisRigid motion;       // baseline to follow-up, after refinement on the arteries
  double tre_mm;            // expected error (root mean square) at the aneurysm
  double bone_mm;           // the same of the whole picture's registration; NaN: not known
  double artery_mm;         // rms distance between the artery surfaces after refinement
  double artery_share;      // of their points that lie within 0.8 mm of the other scan's arteries
  double refined_mm;        // how far the refinement moved the aneurysm
  double artery_area_mm2;   // what it rests on
} WillisAlign;

typedef struct _WillisGrowth
{
  gatomicrefcount refs;
  WillisVerdict verdict;
  gboolean is_new, vanished; // an aneurysm in one scan only
  WillisRule rule;
  GArray *remarks; // of WillisRemark
  WillisAlign align;
  WillisMeasure before[WILLIS_N_INDICES], after[WILLIS_N_INDICES]; // with corresponding necks
  WillisMeasure delta[WILLIS_N_INDICES];                           // after - before
  GArray *regions;                                                 // of WillisGrowthRegion, largest significance first
  double null_mean_mm, null_sd_mm;                                 // displacement of the unchanged arteries
  double limit_mm;            // displacement of a region from which on it is told from noise
  double mean_mm, mean_sd_mm; // of the whole sac, the arteries' mean taken off
  double volume_percent, volume_percent_sd;
  gboolean one_mm, two_half_mm, volume_cov; // the clinic's definitions
  WillisSurface *sac;                       // follow-up's, carried to baseline coordinates
  double *displacement_mm, *z;              // [points of sac]; the arteries' mean taken off
  WillisSurface *sac_before;                // baseline's
} WillisGrowth;

/* With no numbers, regions or remarks yet; for who fills it in. */
WillisGrowth *willis_growth_new (const WillisAlign *align);
WillisGrowth *willis_growth_ref (WillisGrowth *growth);
void willis_growth_unref (WillisGrowth *growth);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WillisGrowth, willis_growth_unref)

/* Registers and refines. motion not NULL: this one instead, not searched for and not refined (set by hand). Errors as
 * willis_register, and WILLIS_ERROR_FAILED where the arteries do not meet. */
gboolean willis_followup_align (const WillisFollowupScan *baseline, const WillisFollowupScan *followup,
                                const WillisRigid *motion, const WillisProgress *progress, WillisAlign *out,
                                GError **error);

/* All of it; align NULL: found here. Never NULL but on errors: those of willis_followup_align; BAD_INPUT where neither
 * scan has an aneurysm. */
WillisGrowth *willis_growth_measure (const WillisFollowupScan *baseline, const WillisFollowupScan *followup,
                                     const WillisAlign *align, const WillisProgress *progress, GError **error);

/* Why this verdict, and what a remark says: a sentence (new). translate: from the English text to the language wanted,
 * NULL: the program's. */
char *willis_growth_rule_text (const WillisGrowth *growth, WillisTranslate translate, gconstpointer data);
char *willis_remark_text (const WillisRemark *remark, WillisTranslate translate, gconstpointer data);

/* surface under motion (new). */
WillisSurface *willis_surface_carried (const WillisSurface *surface, const WillisRigid *motion);

G_END_DECLS
