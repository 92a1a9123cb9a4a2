/* SPDX-License-Identifier: Apache-2.0 */
/* willis report CASE -o OUT.pdf: what is to be printed of a case. */
#include <string.h>

#include "app/case-file.h"
#include "app/cli.h"
#include "app/commands.h"
#include "app/run.h"
#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/json.h"
#include "core/report/report.h"

void
willis_report_args_clear (WillisReportArgs *args)
{
  g_clear_pointer (&args->paper, g_free);
  g_clear_pointer (&args->language, g_free);
}

gboolean
willis_report_args_check (const WillisReportArgs *args, GError **error)
{
  if (args->paper == NULL || g_ascii_strcasecmp (args->paper, "a4") == 0
      || g_ascii_strcasecmp (args->paper, "letter") == 0)
    return TRUE;
  return willis_fail (error, WILLIS_ERROR_USAGE, _ ("the paper \"%s\" is not known: a4 or letter"), args->paper);
}

gboolean
willis_cli_report (const WillisCase *c, const WillisReportArgs *args, const char *out, int *n_pages,
                   const WillisProgress *progress, GError **error)
{
  WillisReportOptions options = WILLIS_REPORT_OPTIONS_INIT;
  WillisProgress first = willis_progress_part (progress, 0.0, 0.5, _ ("Working projections"));
  g_autoptr (GPtrArray) views = willis_report_views (c, NULL, NULL, &first, error);
  g_autoptr (GArray) pictures = NULL;
  g_autoptr (WillisReport) report = NULL;

  if (views == NULL)
    return FALSE;
  if (!args->no_pictures)
    pictures = willis_run_pictures (c, views);
  if (!willis_progress_step (progress, 0.8, error))
    return FALSE;
  options.paper = args->paper != NULL && g_ascii_strcasecmp (args->paper, "letter") == 0 ? WILLIS_PAPER_LETTER
                                                                                         : WILLIS_PAPER_A4;
  options.identified = args->identified;
  options.language = args->language;
  options.working_views = views;
  options.pictures = pictures != NULL ? (const WillisReportPicture *) (void *) pictures->data : NULL;
  options.n_pictures = pictures != NULL ? pictures->len : 0;
  report = willis_report_new (c, &options, error);
  if (report == NULL || !willis_report_save (report, out, error))
    return FALSE;
  *n_pages = willis_report_n_pages (report);
  return TRUE;
}

int
willis_cmd_report (int argc, char **argv)
{
  WillisReportArgs args = { NULL };
  g_autofree char *out = NULL;
  const GOptionEntry entries[] = {
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &out, N_ ("The PDF file to write"), "OUT.pdf" },
    WILLIS_REPORT_ENTRIES (args),
    { NULL },
  };
  g_autoptr (WillisCase) c = NULL;
  g_autoptr (JsonBuilder) builder = NULL;
  WillisProgress reading, printing;
  GError *error = NULL;
  int n_pages = 0, status;

  if (!willis_cli_parse (&argc, &argv, _ ("CASE -o OUT.pdf"), N_ ("Writes the report of a case."), entries, 1, 1))
    return WILLIS_EXIT_USAGE;
  reading = willis_progress_part (willis_cli_progress (), 0.0, 0.3, _ ("Reading"));
  printing = willis_progress_part (willis_cli_progress (), 0.3, 1.0, _ ("Printing"));
  if (out == NULL)
    willis_fail (&error, WILLIS_ERROR_USAGE, _ ("where to? Give the PDF file with -o"));
  else if (willis_report_args_check (&args, &error)
           && willis_cli_check_output (out, (const char *const[]) { argv[1], NULL }, &error))
    c = willis_case_load (argv[1], &reading, &error);
  if (c == NULL || !willis_cli_report (c, &args, out, &n_pages, &printing, &error))
    status = willis_cli_fail (error);
  else
    {
      builder = json_builder_new ();
      json_builder_begin_object (builder);
      willis_json_add_string (builder, "out", out);
      willis_json_add_int (builder, "pages", n_pages);
      json_builder_end_object (builder);
      willis_cli_print (_ ("%s: %d page(s)\n"), out, n_pages);
      status = willis_cli_done (builder);
    }
  willis_report_args_clear (&args);
  return status;
}
