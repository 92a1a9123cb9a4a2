/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The inside of a case, for the files of this room.
 */
#include "core/case/case.h"
#include "core/followup/growth.h"
#include "core/io/archive.h"

// the layout of case files; see README.md and migrate.c
#define WILLIS_CASE_FORMAT "willis case"
#define WILLIS_CASE_SCHEMA 2

typedef struct
{
  const char *name; // as in files
  gsize offset;     // of the char * in WillisStudy
  gboolean identity;
} WillisStudyField;

extern const WillisStudyField willis_study_fields[]; // ended by a NULL name
char **willis_study_field (const WillisStudy *study, const WillisStudyField *field);

typedef struct
{
  WillisAneurysm *aneurysm;
  WillisProvenance provenance;
  WillisRiskInputs risk;   // what was answered for this one
  WillisSacPlan *sac_plan; // what is to go into it, NULL: not chosen
  char *sac_plan_inputs;   // digests of what it was chosen for
} WillisCaseAneurysm;

struct _WillisCase
{
  gatomicrefcount refs;
  WillisStudy study;
  WillisVolume *volume;
  WillisSegmentation *segmentation;
  WillisSurface *surface;
  WillisTree *tree;
  GArray *candidates;   // of WillisCandidate, never changed once set
  GPtrArray *aneurysms; // of WillisCaseAneurysm
  WillisProvenance provenance[WILLIS_N_STAGES];
  WillisStentPlan *stent_plan;
  char *stent_plan_inputs; // digests of what it was made for
  WillisCatheterPlan *catheter_plan;
  char *catheter_plan_inputs;
  WillisRiskInputs risk;   // what was answered for the patient
  GPtrArray *comparisons;  // of WillisComparison, oldest earlier scan first
};

/* risk.c: answers and their groups in the file, in that of the root or of an aneurysm. */
void willis_save_risk (WillisArchive *parent, const WillisRiskInputs *answers, gboolean of_aneurysm);
gboolean willis_load_risk (const WillisArchive *parent, WillisRiskInputs *answers, GError **error);

/* plans.c: the plans of a case and their groups in the file. */
void willis_case_copy_plans (WillisCase *to, const WillisCase *from);
void willis_case_clear_plans (WillisCase *c);
void willis_save_plans (WillisArchive *root, const WillisCase *c);
gboolean willis_load_plans (WillisCase *c, const WillisArchive *root, GError **error);
/* The same for what goes into a sac; group is its aneurysm's. */
void willis_case_copy_sac_plan (WillisCaseAneurysm *to, const WillisCaseAneurysm *from);
void willis_case_clear_sac_plan (WillisCaseAneurysm *item);
void willis_save_sac_plan (WillisArchive *group, const WillisCaseAneurysm *item);
gboolean willis_load_sac_plan (WillisCaseAneurysm *item, const WillisArchive *group, GError **error);

/* branches.c: what was found in another tree than the one at hand gets its branch in this one; all, where this one has
 * just replaced another. */
void willis_case_follow_tree (WillisCase *c, gboolean replaced);

/* run.c: is there a scan, and the segmentation of that scan? The axes of the scan that the arteries were found in, NULL
 * for a case without one. */
gboolean willis_case_has_segmented_scan (const WillisCase *c);
const double *willis_case_direction (const WillisCase *c);

/* edit.c: corrections of the arteries in the file. */
void willis_save_edits (WillisArchive *group, const GPtrArray *edits);
gboolean willis_load_edits (WillisSegmentation *segmentation, const WillisArchive *group, GError **error);

/* comparisons.c: their groups in the file; compare.c: an empty one that takes growth (new). */
void willis_save_comparisons (WillisArchive *root, const WillisCase *c);
gboolean willis_load_comparisons (WillisCase *c, const WillisArchive *root, GError **error);
WillisComparison *willis_comparison_new (WillisGrowth *growth);

/* Fills in which program made it, and when. */
void willis_provenance_sign (WillisProvenance *provenance);
void willis_save_provenance (WillisArchive *group, const WillisProvenance *provenance);
gboolean willis_load_provenance (const WillisArchive *group, WillisProvenance *out, GError **error);

void willis_provenance_clear (WillisProvenance *provenance);
void willis_provenance_copy (WillisProvenance *out, const WillisProvenance *in); // out need not be initialised

/* deidentify.c: does text (or NULL) hold part of the person's name, number or birth date? */
gboolean willis_study_names (const WillisStudy *study, const char *text);

/* Adds an aneurysm with the provenance it had (takes provenance's texts). */
void willis_case_put_aneurysm (WillisCase *c, WillisAneurysm *aneurysm, WillisProvenance *provenance);

/* Brings an archive of an older schema to the present one; UNSUPPORTED for a newer one. */
gboolean willis_case_migrate (WillisArchive *root, GError **error);

/* The pieces of the layout that several artefacts share. */
void willis_save_surface (WillisArchive *group, WillisSurface *surface);
WillisSurface *willis_load_surface (const WillisArchive *group, GError **error);
