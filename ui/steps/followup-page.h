/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The follow-up: an earlier case laid over the open one, what has grown, and the time line of all scans.
 */
#include "ui/steps/step-page.h"

G_BEGIN_DECLS

#define WILLIS_TYPE_FOLLOWUP_PAGE (willis_followup_page_get_type ())
G_DECLARE_FINAL_TYPE (WillisFollowupPage, willis_followup_page, WILLIS, FOLLOWUP_PAGE, WillisStepPage)

GtkWidget *willis_followup_page_new (WillisSession *session);

G_END_DECLS
