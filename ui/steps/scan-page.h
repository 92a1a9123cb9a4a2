/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Step 1: which series was read, what it is, what to beware of.
 */
#include "ui/steps/step-page.h"

G_BEGIN_DECLS

#define WILLIS_TYPE_SCAN_PAGE (willis_scan_page_get_type ())
G_DECLARE_FINAL_TYPE (WillisScanPage, willis_scan_page, WILLIS, SCAN_PAGE, WillisStepPage)

G_END_DECLS
