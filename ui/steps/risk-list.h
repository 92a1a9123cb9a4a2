/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The three risk scores of an aneurysm in the panel, a row each; a row opens them in full with what is asked.
 */
#include <adwaita.h>

#include "ui/model/session.h"

G_BEGIN_DECLS

#define WILLIS_TYPE_RISK_LIST (willis_risk_list_get_type ())
G_DECLARE_FINAL_TYPE (WillisRiskList, willis_risk_list, WILLIS, RISK_LIST, AdwBin)

GtkWidget *willis_risk_list_new (WillisSession *session);

/* Fills it for the selected aneurysm. */
void willis_risk_list_update (WillisRiskList *list);

/* The window with the scores in full, over the window that list is in. */
void willis_risk_list_open (WillisRiskList *list);

/* One line of a score: "7 · 2.4 % (1.6–3.3) in 5 years", "2 inputs missing" (new). */
char *willis_risk_text (const WillisRiskScore *score);

G_END_DECLS
