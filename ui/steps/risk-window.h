/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * PHASES, ELAPSS and UIATS in full: left what is asked, right each score with every item, where it came from, what it was derived
 * on, and where its sources disagree. Answers are kept in the case and can be undone.
 */
#include <adwaita.h>

#include "ui/model/session.h"

G_BEGIN_DECLS

#define WILLIS_TYPE_RISK_WINDOW (willis_risk_window_get_type ())
G_DECLARE_FINAL_TYPE (WillisRiskWindow, willis_risk_window, WILLIS, RISK_WINDOW, AdwWindow)

GtkWidget *willis_risk_window_new (WillisSession *session);

/* The widget that asks a question, by its key: an entry, a dropdown, a box of two toggle buttons (no, yes) or a check button. */
GtkWidget *willis_risk_window_asker (WillisRiskWindow *window, const char *key);

G_END_DECLS
