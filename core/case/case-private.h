/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The inside of a case, for the files of this room.
 */
#include "core/case/case.h"
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
};

void willis_provenance_clear (WillisProvenance *provenance);

/* Adds an aneurysm with the provenance it had (takes provenance's texts). */
void willis_case_put_aneurysm (WillisCase *c, WillisAneurysm *aneurysm, WillisProvenance *provenance);

/* Brings an archive of an older schema to the present one; UNSUPPORTED for a newer one. */
gboolean willis_case_migrate (WillisArchive *root, GError **error);

/* The pieces of the layout that several artefacts share. */
void willis_save_surface (WillisArchive *group, WillisSurface *surface);
WillisSurface *willis_load_surface (const WillisArchive *group, GError **error);
