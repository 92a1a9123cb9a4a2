/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Making a report away from the main thread: 3D pictures by the scene's own rasteriser, layout, pages as pictures.
 */
#include "core/report/report.h"
#include "ui/model/job.h"

G_BEGIN_DECLS

typedef struct
{
  WillisCase *c;               // the job's own copy
  WillisReportOptions options; // pictures and working_views are filled in by the work
  GPtrArray *views;            // as of willis_report_views: those that are known already, or NULL
  WillisCArmLimits limits; // for views that are not known
  char *language;  // owned; options.language points here
  char *save_path; // NULL: only lay out
  double page_scale; // pixels per point of the preview; 0: no preview
} WillisReportInput;

typedef struct
{
  WillisReport *report;
  GPtrArray *pages; // of cairo_surface_t
} WillisReportResult;

void willis_report_input_free (gpointer input);
void willis_report_result_free (gpointer result);

/* A WillisJobWork: WillisReportInput to WillisReportResult. */
gpointer willis_report_work (const WillisProgress *progress, gpointer input, GError **error);

G_END_DECLS
