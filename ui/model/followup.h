/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Earlier cases of the session's patient and what was found in comparing them with the open case. They belong to the open
 * scan: another scan has none. Changes are told by the session's "selection-changed".
 */
#include "core/case/compare.h"
#include "ui/model/session.h"

G_BEGIN_DECLS

typedef struct
{
  char *path;
  WillisCase *c;               // prepared: the earlier one
  WillisCase *with;            // the open case that it was compared with, prepared
  WillisComparison comparison; // earlier (baseline) to open (follow-up)
  gboolean by_hand;            // the position was set by hand
} WillisEarlier;

/* Oldest first (borrowed, of WillisEarlier, never NULL). */
const GPtrArray *willis_session_earlier (WillisSession *session);

/* The one shown: -1 none. */
int willis_session_shown_earlier (WillisSession *session);
void willis_session_show_earlier (WillisSession *session, int n);

/* Loads the case file, compares, adds or replaces it. FALSE while other work runs or nothing is open. */
gboolean willis_session_compare_with (WillisSession *session, const char *path);

/* Compares the shown one again: with this position (earlier to open), or searched for (NULL). */
gboolean willis_session_compare_again (WillisSession *session, const WillisRigid *motion);

void willis_session_forget_earlier (WillisSession *session, int n);

/* TRUE where the open case has changed since. */
gboolean willis_session_earlier_stale (WillisSession *session);

G_END_DECLS
