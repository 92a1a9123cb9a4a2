/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * A step that this version does not have yet: says what it will do and what it still lacks, and shows no numbers.
 */
#include "ui/steps/step-page.h"

G_BEGIN_DECLS

#define WILLIS_TYPE_LATER_PAGE (willis_later_page_get_type ())
G_DECLARE_FINAL_TYPE (WillisLaterPage, willis_later_page, WILLIS, LATER_PAGE, WillisStepPage)

/* step: catheter. */
GtkWidget *willis_later_page_new (WillisSession *session, WillisStep step);

G_END_DECLS
