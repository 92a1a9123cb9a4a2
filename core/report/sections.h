/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The parts of a report, one function each; private to this room.
 */
#include "core/case/compare.h"
#include "core/report/pages.h"

G_BEGIN_DECLS

/* The slices through aneurysm n: one along the sac's axis and three along the body's, beside the picture (or NULL)
 * where large is TRUE. */
void report_slices (Pages *pages, const WillisCase *c, gsize n, const WillisReportPicture *picture);

/* A picture in a box, as large as fits. */
void report_picture (Pages *pages, const WillisReportPicture *picture, double x, double y, double width, double height);

/* The five numbers that people use. */
void report_headline (Pages *pages, const WillisMorphology *morphology);

/* The table of all indices of aneurysm n, and what they mean. */
void report_indices (Pages *pages, const WillisCase *c, gsize n);
void report_conventions (Pages *pages);

void report_catheter_plan (Pages *pages, const WillisCase *c); // nothing where none is chosen
void report_stent_plan (Pages *pages, const WillisCase *c);    // nothing where none is chosen
void report_sac_plan (Pages *pages, const WillisCase *c, gsize aneurysm); // likewise
/* A date in the report's language (new; text itself where it is none, NULL for NULL), or only its month: days single
 * out a person, so a report without the patient's name prints none. */
char *report_date (const Pages *pages, const char *text, gboolean with_day);

/* Comparison n with an earlier scan, on a page of its own. */
void report_followup (Pages *pages, const WillisCase *c, gsize n, gboolean identified);

/* The sac coloured by displacement and by its significance, each from two sides; nothing where there is no map. */
void report_growth_maps (Pages *pages, const WillisGrowth *g);

/* Every index over the scans, where there are three or more, with deviations; on a page of its own. */
void report_series (Pages *pages, const WillisCase *c);

/* The risk scores of aneurysm n, unless identified an age of 90 or over as such; nothing where nobody answered what
 * they ask. */
void report_risk (Pages *pages, const WillisCase *c, gsize n, gboolean identified);

void report_candidates (Pages *pages, const WillisCase *c);
void report_working_views (Pages *pages, const GArray *views);
void report_provenance (Pages *pages, const WillisCase *c);

/* A column of a table. */
typedef struct
{
  double width;
  PangoAlignment align;
  gboolean formula;
} Column;

void table_head (Pages *pages, const Column *columns, int n, const char *const *texts);
void table_row (Pages *pages, const Column *columns, int n, const char *const *texts, gboolean shaded);

G_END_DECLS
