/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Step 2: one button segments the arteries; threshold and seeds can be given by hand; the branches as a table.
 */
#include "ui/steps/step-page.h"

G_BEGIN_DECLS

#define WILLIS_TYPE_VESSELS_PAGE (willis_vessels_page_get_type ())
G_DECLARE_FINAL_TYPE (WillisVesselsPage, willis_vessels_page, WILLIS, VESSELS_PAGE, WillisStepPage)

G_END_DECLS
