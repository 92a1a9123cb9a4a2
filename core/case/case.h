/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * A case: one study and all that was made from it, each artefact with its provenance (parameters and the digests
 * of what it was made from). A case is a value: copying is cheap (artefacts are shared and immutable), so
 * undo is a list of earlier cases and a worker thread computes on a copy of its own. Not thread-safe itself.
 */
#include "core/base/progress.h"
#include "core/image/volume.h"
#include "core/io/volume-io.h"
#include "core/mesh/surface.h"
#include "core/plan/catheter-plan.h"
#include "core/plan/sac-plan.h"
#include "core/plan/stent-plan.h"
#include "core/vessel/aneurysm.h"
#include "core/vessel/risk.h"
#include "core/vessel/segmentation-edit.h"
#include "core/vessel/segmentation.h"
#include "core/vessel/tree.h"

G_BEGIN_DECLS

typedef enum
{
  WILLIS_STAGE_SCAN,
  WILLIS_STAGE_SEGMENTATION,
  WILLIS_STAGE_SURFACE,
  WILLIS_STAGE_TREE,
  WILLIS_STAGE_CANDIDATES,
  WILLIS_STAGE_ANEURYSMS, // necks, sacs and their morphology
  WILLIS_N_STAGES
} WillisStage;

typedef enum
{
  WILLIS_STATE_MISSING,
  WILLIS_STATE_FRESH,
  WILLIS_STATE_STALE, // made from inputs that have changed since
} WillisState;

/* What is known of the study. All texts g_malloc'd or NULL; nothing here identifies a person unless identity is set. */
typedef struct
{
  char *modality;    // DICOM: CT, XA, MR
  char *description; // series description, with no name in it
  char *study_date;  // ISO 8601, or NULL
  char *series_uid;
  char *source; // file name without folders
  char *kernel, *manufacturer;
  char *patient_name, *patient_id, *patient_birth_date; // identity: kept in the case file, never logged
  char *patient_sex;                                    // M, F, O
  int patient_age;                                      // years, -1 unknown
  char *pseudonym;                                      // what reports show instead of a name
  char **warnings;                                      // NULL-terminated, or NULL
} WillisStudy;

#define WILLIS_STUDY_INIT                                                                                              \
  {                                                                                                                    \
    .patient_age = -1                                                                                                  \
  }

void willis_study_clear (WillisStudy *study);
void willis_study_copy (WillisStudy *out, const WillisStudy *in); // out need not be initialised

/* What stands for the person in reports: "W-" and eight letters and digits, from the patient's identity (or digest,
 * where none is known) and a secret made once for this user of this machine. The same person gets the same one here,
 * and nobody can go back from it (new). */
char *willis_study_make_pseudonym (const WillisStudy *study, const char *digest);

/* How an artefact came to be. All texts may be NULL only where the artefact is missing. */
typedef struct
{
  char *digest;  // of the artefact
  char *inputs;  // "scan=DIGEST segmentation=DIGEST": what it was made from
  char *params;  // one line of JSON, "" where there are none
  char *program; // "willis 0.1.0"
  char *time;    // ISO 8601, UTC; the time of SOURCE_DATE_EPOCH where that is set
} WillisProvenance;

typedef struct _WillisCase WillisCase;

WillisCase *willis_case_new (void);
WillisCase *willis_case_copy (const WillisCase *other); // shares artefacts
WillisCase *willis_case_ref (WillisCase *c);
void willis_case_unref (WillisCase *c);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WillisCase, willis_case_unref)

/* The case without what says whose it is, for teaching and research (new): name, number, birth date, UIDs, file names,
 * series description, and names of branches that name the patient go; dates keep their year, comparisons their years
 * between; ages over 89 become 90. pseudonym NULL: the case's own, or one made for it. What the voxels show (a face)
 * stays. Errors: WILLIS_ERROR_USAGE for a pseudonym that is none or names the patient. */
WillisCase *willis_case_deidentified (const WillisCase *c, const char *pseudonym, GError **error);

WillisState willis_case_state (const WillisCase *c, WillisStage stage);
WillisState willis_case_aneurysm_state (const WillisCase *c, gsize n);
const char *willis_stage_name (WillisStage stage); // "segmentation", as in files

/* Artefacts, borrowed, NULL where missing. */
const WillisStudy *willis_case_study (const WillisCase *c);
WillisVolume *willis_case_volume (const WillisCase *c);
WillisSegmentation *willis_case_segmentation (const WillisCase *c);
WillisSurface *willis_case_surface (const WillisCase *c);
WillisTree *willis_case_tree (const WillisCase *c);
const GArray *willis_case_candidates (const WillisCase *c); // of WillisCandidate
gsize willis_case_n_aneurysms (const WillisCase *c);
WillisAneurysm *willis_case_aneurysm (const WillisCase *c, gsize n);

/* Setters reference (or copy) what they are given and record what it was made from: the artefacts before it
 * in this case. params is a one-line description of the parameters (JSON), or NULL. */
void willis_case_set_scan (WillisCase *c, WillisVolume *volume, const WillisStudy *study);
void willis_case_set_study (WillisCase *c, const WillisStudy *study);
void willis_case_set_segmentation (WillisCase *c, WillisSegmentation *segmentation, const char *params);
void willis_case_set_surface (WillisCase *c, WillisSurface *surface, const char *params);
/* Another tree than before: aneurysms and candidates get their branch in it, -1 where none is near; they are stale all
 * the same. */
void willis_case_set_tree (WillisCase *c, WillisTree *tree, const char *params);
void willis_case_set_candidates (WillisCase *c, const GArray *candidates, const char *params);
void willis_case_add_aneurysm (WillisCase *c, WillisAneurysm *aneurysm, const char *params);
void willis_case_replace_aneurysm (WillisCase *c, gsize n, WillisAneurysm *aneurysm, const char *params);
void willis_case_remove_aneurysm (WillisCase *c, gsize n);

/* The stent in the plan (borrowed, NULL where none is chosen); it is stale where arteries, tree or its aneurysm have
 * changed. NULL takes it away. */
WillisStentPlan *willis_case_stent_plan (const WillisCase *c);
WillisState willis_case_stent_plan_state (const WillisCase *c);
void willis_case_set_stent_plan (WillisCase *c, WillisStentPlan *plan);

/* The coils or the device that are to go into the sac of aneurysm n, in the same way: one choice for each sac, which is
 * stale where its arteries or its measures have changed. */
WillisSacPlan *willis_case_sac_plan (const WillisCase *c, gsize n);
WillisState willis_case_sac_plan_state (const WillisCase *c, gsize n);
void willis_case_set_sac_plan (WillisCase *c, gsize n, WillisSacPlan *plan);

/* The shaped microcatheter in the plan, in the same way. */
WillisCatheterPlan *willis_case_catheter_plan (const WillisCase *c);
WillisState willis_case_catheter_plan_state (const WillisCase *c);
void willis_case_set_catheter_plan (WillisCase *c, WillisCatheterPlan *plan);

/* What was answered for the risk scores (age and sex from the study where nobody did), and the same with what the picture says
 * of an aneurysm. Setting takes the asked fields of answers: those of the patient, and those of this aneurysm where there is
 * one. */
WillisRiskInputs willis_case_risk_answers (const WillisCase *c, gsize aneurysm);
WillisRiskInputs willis_case_risk_inputs (const WillisCase *c, gsize aneurysm);
/* Adds to answers what the picture says of an aneurysm that is there (willis_risk_inputs_from_picture). */
void willis_case_risk_add_picture (const WillisCase *c, gsize aneurysm, WillisRiskInputs *inputs);
void willis_case_set_risk_answers (WillisCase *c, gsize aneurysm, const WillisRiskInputs *answers);

/* Comparisons with earlier scans of the same patient, oldest first (compare.h; borrowed, NULL beyond the last). One is
 * stale where this case's lumen or aneurysms have changed since. Adding replaces the one with the same earlier scan. */
typedef struct _WillisComparison WillisComparison;
gsize willis_case_n_comparisons (const WillisCase *c);
WillisComparison *willis_case_comparison (const WillisCase *c, gsize n);
WillisState willis_case_comparison_state (const WillisCase *c, gsize n);
void willis_case_add_comparison (WillisCase *c, WillisComparison *comparison);
void willis_case_remove_comparison (WillisCase *c, gsize n);

/* Provenance as text for reports (borrowed): digest, inputs, parameters, program version, UTC time. */
const char *willis_case_digest (const WillisCase *c, WillisStage stage);
const char *willis_case_params (const WillisCase *c, WillisStage stage);
const WillisProvenance *willis_case_provenance (const WillisCase *c, WillisStage stage); // not of ANEURYSMS
const WillisProvenance *willis_case_aneurysm_provenance (const WillisCase *c, gsize n);

/* The case file (HDF5; its layout stands in README.md). Saving is atomic: a new file beside, synced, renamed over the
 * old. The same case gives the same bytes. Loading refuses files of a newer Willis (WILLIS_ERROR_UNSUPPORTED) and
 * damaged ones (WILLIS_ERROR_BAD_FILE). */
gboolean willis_case_save (const WillisCase *c, const char *path, const WillisProgress *progress, GError **error);
WillisCase *willis_case_load (const char *path, const WillisProgress *progress, GError **error);

/* A new case of one series of paths (uid NULL: the likeliest; options as for willis_volume_read), cut to the voxels
 * [x0, x1, y0, y1, z0, z1] (inclusive) where roi is given. The study gets its pseudonym; its description and source
 * leave out texts that hold the person's name or number. *series (new, may be NULL) says what was taken. Errors as
 * willis_volume_read. */
WillisCase *willis_case_import (const char *const *paths, const char *uid, const WillisReadOptions *options,
                                const int roi[6], const WillisProgress *progress, WillisSeries **series,
                                GError **error);

/* The stages, as the window, the command line and tests run them: compute on this copy and set the result. */
gboolean willis_case_run_segment (WillisCase *c, const WillisSegmentParams *params,
                                  const WillisProgress *progress, GError **error); // labels and surface
/* Was the threshold of the arteries given, and not found by itself? */
gboolean willis_case_threshold_given (const WillisCase *c);
/* Corrections by hand, one after the other, then the surface; what is made from it becomes stale. leave_out_failing: edits that have
 * nothing to do (after segmenting anew) are dropped instead of failing all. */
gboolean willis_case_run_edits (WillisCase *c, WillisEdit *const *edits, gsize n_edits, gboolean leave_out_failing,
                                const WillisProgress *progress, GError **error);
/* Segments anew; the corrections that were made by hand on this scan are made again after it, but for the *n_left_out
 * that have nothing to do any more. willis_case_run_segment forgets them. */
gboolean willis_case_run_segment_again (WillisCase *c, const WillisSegmentParams *params, gsize *n_left_out,
                                        const WillisProgress *progress, GError **error);
gboolean willis_case_run_tree (WillisCase *c, const WillisProgress *progress, GError **error); // with its names
/* Gives a branch a name by hand (NULL or "": none); it is carried over where the tree is made anew. */
gboolean willis_case_rename_branch (WillisCase *c, gsize branch, const char *name, GError **error);
gboolean willis_case_run_detect (WillisCase *c, const WillisProgress *progress, GError **error);

/* How far the lumen's surface may be off (one standard deviation); 0 where the case cannot tell. */
double willis_case_surface_sd_mm (const WillisCase *c);

/* How far the arteries' diameters may be off together (one standard deviation); 0 where the case cannot tell. */
double willis_case_diameter_sd_mm (const WillisCase *c);
WillisDiameterSd willis_case_diameter_sd (const WillisCase *c); // the same for a single place, too

/* The aneurysm whose sac this point lies in, -1: none. */
int willis_case_aneurysm_at (const WillisCase *c, const double lps_mm[3]);
/* What speaks against a sac of these arteries (willis_aneurysm_doubt), or that it reaches the edge of the scan; c may
 * be NULL. To be translated (static), NULL where nothing does. */
const char *willis_case_sac_doubt (const WillisCase *c, WillisAneurysm *aneurysm);
/* Whether what a neck cuts off is more than a sac: an artery runs on in it, or it goes on outside the scan. */
gboolean willis_case_sac_is_more (const WillisCase *c, WillisAneurysm *aneurysm);
/* The first aneurysm before n that is the same sac, -1: none. In cases of an older Willis a sac may be there twice. */
int willis_case_sac_before (const WillisCase *c, gsize n);
gsize willis_case_n_sacs (const WillisCase *c); // how many different sacs its aneurysms are
/* The first aneurysm of after that was measured since before, its copy, was taken; -1: none. */
int willis_case_new_aneurysm (const WillisCase *before, const WillisCase *after);

/* Adds (replace < 0) or replaces an aneurysm: neck found at the seed. A sac is measured once: instead of adding it a
 * second time, it takes its own place. */
gboolean willis_case_run_aneurysm_at (WillisCase *c, const double seed_lps_mm[3], int replace,
                                      const WillisProgress *progress, GError **error);
/* The same with the neck plane given. */
gboolean willis_case_run_neck (WillisCase *c, int replace, const WillisNeck *neck, const WillisProgress *progress,
                               GError **error);
/* Measures aneurysm n in the arteries as they are now: with its neck where a hand has put it, else found from its dome.
 * WILLIS_ERROR_FAILED where there is no sac any more, or only another one in reach. */
gboolean willis_case_run_again (WillisCase *c, gsize n, const WillisProgress *progress, GError **error);

/* Adds the aneurysm of the first likely candidate (score at least WILLIS_LIKELY_SCORE) whose neck is found, whose
 * sac is higher than 1.5 voxels and than twice its deviation, and that is not measured yet; none is no error. */
gboolean willis_case_run_best (WillisCase *c, const WillisProgress *progress, GError **error);
/* The aneurysms of a case whose arteries are up to date: the best where there is none, else those whose inputs have
 * changed are measured again. One that is not found again stays, and stays stale: left (may be NULL) gets a sentence
 * that says which and why (g_free), and so for a likely candidate that was left out. */
gboolean willis_case_run_aneurysms (WillisCase *c, GPtrArray *left, const WillisProgress *progress, GError **error);

/* Everything after the scan with defaults: segment, tree, candidates, best. */
gboolean willis_case_run_all (WillisCase *c, const WillisProgress *progress, GError **error);

G_END_DECLS
