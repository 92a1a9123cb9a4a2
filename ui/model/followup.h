/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Comparisons of the open case with earlier scans of the same patient. They are part of the case (core/case/compare.h),
 * so undo and the case file keep them; here is which one is shown, and the earlier cases as far as they are open too.
 * Changes are told by the session's "case-changed" and "selection-changed".
 */
#include "core/case/compare.h"
#include "ui/model/session.h"

G_BEGIN_DECLS

/* The comparison shown: its number in the case, -1 none. */
int willis_session_shown_comparison (WillisSession *session);
void willis_session_show_comparison (WillisSession *session, int n);
WillisComparison *willis_session_comparison (WillisSession *session); // the shown one, borrowed, or NULL

/* The earlier case of the shown one (borrowed), NULL where its file has not been opened. */
WillisCase *willis_session_earlier_case (WillisSession *session);

/* Opens it where its file lies beside the open case's file. FALSE where it is open already, was not found or other work
 * runs. */
gboolean willis_session_open_earlier (WillisSession *session);

/* Loads the case file, compares, keeps the comparison in the open case (one step that can be undone). FALSE while other
 * work runs or nothing is open. */
gboolean willis_session_compare_with (WillisSession *session, const char *path);

/* Compares the shown one again: with this position (earlier to open), or searched for (NULL). FALSE also where the
 * earlier case is not open. */
gboolean willis_session_compare_again (WillisSession *session, const WillisRigid *motion);

/* Whether the sac is coloured by the significance of its displacement instead of the displacement. */
gboolean willis_session_growth_significance (WillisSession *session);
void willis_session_set_growth_significance (WillisSession *session, gboolean significance);

/* Takes comparison n out of the case; can be undone. */
void willis_session_forget_comparison (WillisSession *session, int n);

/* FRESH only where both cases are what was compared, as far as they are known. */
WillisState willis_session_comparison_state (WillisSession *session);
gboolean willis_session_comparing (WillisSession *session);

G_END_DECLS
