/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Two cases of one patient compared, as the window, the command line and tests do it. The comparison is kept in the
 * follow-up case (willis_case_add_comparison), with what was compared.
 */
#include "core/case/case.h"
#include "core/followup/growth.h"

G_BEGIN_DECLS

/* Immutable and reference counted. */
struct _WillisComparison
{
  gatomicrefcount refs;
  WillisGrowth *growth;
  double years;                // from baseline to follow-up by the study dates; NaN where they are not known
  GArray *remarks;             // of WillisRemark: what the studies say against the comparison, and growth's own
  int aneurysm[2];             // number in each case, from 0; -1: none there
  gboolean by_hand;            // the motion was set by hand
  char *earlier_date;          // of the baseline's study, ISO 8601, or NULL
  char *earlier_file;          // the baseline's case file without its folder, or NULL
  char *earlier;               // what of the baseline was compared, as willis_case_compared_text says it
  WillisProvenance provenance; // inputs: the same of the follow-up
};

WillisComparison *willis_comparison_ref (WillisComparison *comparison);
void willis_comparison_unref (WillisComparison *comparison);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WillisComparison, willis_comparison_unref)

/* What a comparison rests on, of either case: "scan=DIGEST surface=DIGEST aneurysms=DIGEST,DIGEST" (new). */
char *willis_case_compared_text (const WillisCase *c);

/* TRUE where this earlier case is still what was compared. */
gboolean willis_comparison_holds_for (const WillisComparison *comparison, const WillisCase *earlier);

/* TRUE where the comparison is with the scan of this earlier case, in whatever state its artefacts are. */
gboolean willis_comparison_is_with (const WillisComparison *comparison, const WillisCase *earlier);

/* What is needed of a case for a comparison: itself (a reference), or a copy on which the missing stages ran. */
WillisCase *willis_case_prepare (const WillisCase *c, const WillisProgress *progress, GError **error);

/* The parts of a prepared case, borrowed; aneurysm -1: none. */
WillisFollowupScan willis_case_followup_scan (const WillisCase *c, int aneurysm);

/* Compares aneurysm n (from 0; of the baseline, or of the follow-up where the baseline has none) of two prepared cases
 * (new). motion: set by hand, or NULL. earlier_file: where the baseline is kept, its folder is left out; or NULL. The
 * follow-up's aneurysm is the one at the same place. Errors: as willis_growth_measure. */
WillisComparison *willis_case_compare (const WillisCase *baseline, const WillisCase *followup, int n,
                                       const WillisRigid *motion, const char *earlier_file,
                                       const WillisProgress *progress, GError **error);

/* Years between two studies by their dates, NaN where one is not known. */
double willis_study_years (const WillisStudy *from, const WillisStudy *to);

/* One scan in a time line. */
typedef struct
{
  double year;      // calendar year with its part; NaN where the date is not known
  double value, sd; // sd: of the change to the open scan; NaN for the open scan itself
} WillisTrendPoint;

/* One index over all scans that c was compared with, and c itself, with the necks that correspond: each earlier value
 * is c's less the change (new GArray of WillisTrendPoint; empty without comparisons). By date; as the comparisons
 * stand, c last, where a date is not known (dated FALSE, may be NULL). Values may be NaN. */
GArray *willis_case_trend (const WillisCase *c, WillisIndex index, gboolean *dated);

G_END_DECLS
