/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Step 7: the pages as they will print, what stands on them, save and print.
 */
#include "ui/steps/step-page.h"
#include "ui/views/view3d.h"

G_BEGIN_DECLS

#define WILLIS_TYPE_REPORT_PAGE (willis_report_page_get_type ())
G_DECLARE_FINAL_TYPE (WillisReportPage, willis_report_page, WILLIS, REPORT_PAGE, WillisStepPage)

GtkWidget *willis_report_page_new (WillisSession *session);

/* Writes the report as it stands to path, in a job (what "Save as PDF" does after asking). */
void willis_report_page_save (WillisReportPage *page, const char *path);

/* Prints the report as it is now, laying it out first where that has not been done: by the desktop's dialog, or, with a path,
 * into that PDF without asking. */
void willis_report_page_print (WillisReportPage *page, const char *export_path);

G_END_DECLS
