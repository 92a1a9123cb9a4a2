/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "ui/steps/step-page.h"
#include "ui/views/view3d.h"

G_BEGIN_DECLS

#define WILLIS_TYPE_STENT_PAGE (willis_stent_page_get_type ())
G_DECLARE_FINAL_TYPE (WillisStentPage, willis_stent_page, WILLIS, STENT_PAGE, WillisStepPage)

/* The device is drawn in view. */
GtkWidget *willis_stent_page_new (WillisSession *session, WillisView3d *view);

G_END_DECLS
