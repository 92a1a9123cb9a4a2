/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The microcatheter: from where to where, which one, how its mandrel is bent, where its tip comes to rest and how
 * surely.
 */
#include "ui/steps/step-page.h"
#include "ui/views/view3d.h"

G_BEGIN_DECLS

#define WILLIS_TYPE_CATHETER_PAGE (willis_catheter_page_get_type ())
G_DECLARE_FINAL_TYPE (WillisCatheterPage, willis_catheter_page, WILLIS, CATHETER_PAGE, WillisStepPage)

GtkWidget *willis_catheter_page_new (WillisSession *session, WillisView3d *view);

/* Plays the insertion of the shape at hand, or stops it; nothing where there is no shape. */
void willis_catheter_page_toggle_play (WillisCatheterPage *self);

G_END_DECLS
