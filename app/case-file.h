/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What the subcommands that make cases and reports share.
 */
#include <glib.h>

#include "core/case/case.h"

G_BEGIN_DECLS

typedef struct
{
  char *out, *series, *roi, *spacing;
  WillisSeries *taken; // of those that were found; NULL before
} WillisImportArgs;

// the options of "import" for a table of options
#define WILLIS_IMPORT_ENTRIES(args)                                                                                  \
  { "output", 'o', 0, G_OPTION_ARG_FILENAME, &(args).out, N_ ("The case file to write"), "CASE" },                   \
  { "series", 0, 0, G_OPTION_ARG_STRING, &(args).series, N_ ("Take the series with this UID"), "UID" },              \
  { "roi", 0, 0, G_OPTION_ARG_STRING, &(args).roi, N_ ("Keep these voxels only, first and last along each axis"),    \
    "x0,x1,y0,y1,z0,z1" },                                                                                           \
  { "spacing", 0, 0, G_OPTION_ARG_STRING, &(args).spacing,                                                           \
    N_ ("Voxel spacing in millimetres, for files that do not say it"), "X,Y,Z" }

void willis_import_args_clear (WillisImportArgs *args);

gboolean willis_cli_roi (const char *text, int roi[6], GError **error);

/* The case of a scan as "import" makes it. */
WillisCase *willis_cli_import (char **paths, WillisImportArgs *args, const WillisProgress *progress, GError **error);

/* Refuses a case file that would overwrite something that is no case, or one of the paths it is made from. */
gboolean willis_cli_check_target (const char *out, const char *const *paths, GError **error);

gboolean willis_cli_is_hdf5 (const char *path);

/* Lines for people on stdout. */
void willis_cli_print_series (const WillisCase *c, const WillisSeries *taken);
void willis_cli_print_warnings (const WillisCase *c);

/* Writes the report of c, with pictures and working views where there is an aneurysm. */
typedef struct
{
  char *paper, *language;
  gboolean identified, no_pictures;
} WillisReportArgs;

#define WILLIS_REPORT_ENTRIES(args)                                                                                  \
  { "paper", 0, 0, G_OPTION_ARG_STRING, &(args).paper, N_ ("Paper of the report: a4 or letter"), "SIZE" },           \
  { "language", 0, 0, G_OPTION_ARG_STRING, &(args).language, N_ ("Language of the report: en or zh_CN"), "LANG" },   \
  { "identified", 0, 0, G_OPTION_ARG_NONE, &(args).identified, N_ ("Print the patient's name and number"), NULL },   \
  { "no-pictures", 0, 0, G_OPTION_ARG_NONE, &(args).no_pictures, N_ ("Leave out the pictures in 3D"), NULL }

void willis_report_args_clear (WillisReportArgs *args);
gboolean willis_report_args_check (const WillisReportArgs *args, GError **error);
gboolean willis_cli_report (const WillisCase *c, const WillisReportArgs *args, const char *out, int *n_pages,
                            const WillisProgress *progress, GError **error);

G_END_DECLS
