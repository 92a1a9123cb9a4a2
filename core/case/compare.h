/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Two cases of one patient compared, as the window, the command line and tests do it.
 */
#include "core/case/case.h"
#include "core/followup/growth.h"

G_BEGIN_DECLS

typedef struct
{
  WillisGrowth *growth;
  double years;      // from baseline to follow-up by the study dates; NaN where they are not known
  char **warnings;   // NULL-terminated: what the studies say against the comparison, and growth's own
  int aneurysm[2];   // number in each case, from 0; -1: none there
} WillisComparison;

void willis_comparison_clear (WillisComparison *comparison);

/* What is needed of a case for a comparison: itself (a reference), or a copy on which the missing stages ran. */
WillisCase *willis_case_prepare (const WillisCase *c, const WillisProgress *progress, GError **error);

/* The parts of a prepared case, borrowed; aneurysm -1: none. */
WillisFollowupScan willis_case_followup_scan (const WillisCase *c, int aneurysm);

/* Compares aneurysm n (from 0; of the baseline, or of the follow-up where the baseline has none) of two prepared cases.
 * motion: set by hand, or NULL. The follow-up's aneurysm is the one at the same place. Errors: as
 * willis_growth_measure. */
gboolean willis_case_compare (const WillisCase *baseline, const WillisCase *followup, int n, const WillisRigid *motion,
                              const WillisProgress *progress, WillisComparison *out, GError **error);

/* Years between two studies by their dates, NaN where one is not known. */
double willis_study_years (const WillisStudy *from, const WillisStudy *to);

G_END_DECLS
