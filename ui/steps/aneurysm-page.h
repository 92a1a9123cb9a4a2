/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Step 3: candidates as cards, the neck by hand, every index with its deviation and where it comes from, working views.
 */
#include "ui/steps/step-page.h"
#include "ui/views/view3d.h"

G_BEGIN_DECLS

#define WILLIS_TYPE_ANEURYSM_PAGE (willis_aneurysm_page_get_type ())
G_DECLARE_FINAL_TYPE (WillisAneurysmPage, willis_aneurysm_page, WILLIS, ANEURYSM_PAGE, WillisStepPage)

/* view: turned by the working views (borrowed). */
GtkWidget *willis_aneurysm_page_new (WillisSession *session, WillisView3d *view);

G_END_DECLS
