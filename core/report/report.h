/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The report of a case: pages to look at and to keep as PDF. Who the patient is stands on it only where asked for;
 * every page says that it is not for clinical decisions; every number has its unit and, where there is one, its
 * standard deviation. The same case and options give the same bytes.
 */
#include <cairo.h>

#include "core/case/case.h"
#include "core/vessel/working-angle.h"

G_BEGIN_DECLS

typedef enum
{
  WILLIS_PAPER_A4,
  WILLIS_PAPER_LETTER,
} WillisPaper;

typedef enum
{
  WILLIS_REPORT_SLICES = 1 << 0,     // slices through each aneurysm
  WILLIS_REPORT_PICTURES = 1 << 1,   // the pictures given
  WILLIS_REPORT_INDICES = 1 << 2,    // the table of all indices
  WILLIS_REPORT_PROVENANCE = 1 << 3, // how all of it was made
  WILLIS_REPORT_ALL = (1 << 4) - 1,
} WillisReportSections;

/* A picture made elsewhere (core cannot draw in 3D). */
typedef struct
{
  const char *caption; // untranslated (N_): the report puts it into its own language; may hold one %s for detail
  int width, height;   // pixels
  gsize stride;        // bytes from row to row
  const guint8 *rgba;  // straight alpha, top row first
  const char *detail;  // the same in all languages: C-arm angles; NULL where caption holds no %s
  int aneurysm;        // whose it is; -1: of all arteries
} WillisReportPicture;

typedef struct
{
  WillisPaper paper;
  gboolean identified;                 // print name, number and birth date
  const char *language;                // "en", "zh_CN"; NULL: the program's
  guint sections;                      // WillisReportSections
  const WillisReportPicture *pictures; // the first of each aneurysm stands large beside its slices
  gsize n_pictures;
  const GPtrArray *working_views; // as of willis_report_views, or NULL
} WillisReportOptions;

#define WILLIS_REPORT_OPTIONS_INIT                                                                                     \
  {                                                                                                                    \
    WILLIS_PAPER_A4, FALSE, NULL, WILLIS_REPORT_ALL, NULL, 0, NULL                                                     \
  }

/* The working views of every aneurysm of c that the report prints (new, of GArray of WillisWorkingView in the order of
 * the aneurysms; NULL in it where the sac is not of the arteries at hand, or is printed before). known: those that are
 * known already, in the same form, or NULL. limits NULL: the defaults. Errors: cancelled. */
GPtrArray *willis_report_views (const WillisCase *c, const GPtrArray *known, const WillisCArmLimits *limits,
                                const WillisProgress *progress, GError **error);

/* Those of aneurysm n (borrowed); NULL where there are none. */
const GArray *willis_report_views_of (const GPtrArray *views, gsize n);

typedef struct _WillisReport WillisReport;

/* Lays the report out; nothing of the arguments is kept. Works for a case at any stage. options may be NULL.
 * Errors: WILLIS_ERROR_BAD_INPUT for a language that is not there. */
WillisReport *willis_report_new (const WillisCase *c, const WillisReportOptions *options, GError **error);
void willis_report_free (WillisReport *report);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WillisReport, willis_report_free)

int willis_report_n_pages (const WillisReport *report);
void willis_report_page_size (const WillisReport *report, double *width_pt, double *height_pt);

/* Draws one page (0 the first), one user unit a point. */
void willis_report_draw_page (const WillisReport *report, int page, cairo_t *cr);

/* Writes all pages as PDF; atomic. Errors: WILLIS_ERROR_BAD_FILE where it cannot be written. */
gboolean willis_report_save (const WillisReport *report, const char *path, GError **error);

G_END_DECLS
