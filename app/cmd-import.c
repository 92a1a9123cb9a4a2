/* SPDX-License-Identifier: Apache-2.0 */
/* willis import PATH... -o CASE: a study as a new case. */
#include <math.h>

#include "app/case-file.h"
#include "app/case-json.h"
#include "app/cli.h"
#include "app/commands.h"
#include "core/base/error.h"
#include "core/base/i18n.h"

gboolean
willis_cli_roi (const char *text, int roi[6], GError **error)
{
  double numbers[6];

  if (!willis_cli_numbers (text, 6, numbers, error))
    return FALSE;
  for (int n = 0; n < 6; n++)
    {
      if (numbers[n] != floor (numbers[n]) || fabs (numbers[n]) > 1e6)
        return willis_fail (error, WILLIS_ERROR_USAGE, _ ("\"%s\" must be voxel numbers, counted from 0"), text);
      roi[n] = (int) numbers[n];
    }
  return TRUE;
}

WillisCase *
willis_cli_import (char **paths, WillisImportArgs *args, const WillisProgress *progress, GError **error)
{
  WillisReadOptions options = WILLIS_READ_OPTIONS_INIT;
  int roi[6];

  if (args->out == NULL)
    {
      willis_fail (error, WILLIS_ERROR_USAGE, _ ("where to? Give the case file with -o"));
      return NULL;
    }
  if (!willis_cli_spacing (args->spacing, options.spacing_mm, error)
      || (args->roi != NULL && !willis_cli_roi (args->roi, roi, error))
      || !willis_cli_check_target (args->out, (const char *const *) paths, error))
    return NULL;
  return willis_case_import ((const char *const *) paths, args->series, &options, args->roi != NULL ? roi : NULL,
                             progress, &args->taken, error);
}

int
willis_cmd_import (int argc, char **argv)
{
  WillisImportArgs args = { NULL };
  const GOptionEntry entries[] = { WILLIS_IMPORT_ENTRIES (args), { NULL } };
  g_autoptr (WillisCase) c = NULL;
  g_autoptr (JsonBuilder) builder = NULL;
  WillisProgress reading, writing;
  GError *error = NULL;
  int status;

  if (!willis_cli_parse (
          &argc, &argv, _ ("PATH... -o CASE"),
          N_ ("Makes a case of a scan: of a file, a folder, or the series that a DICOM slice is of. Where several "
              "series are there it takes the likeliest, of like ones that of the newest study, and says which others "
              "fit as well."),
          entries, 1, -1))
    return WILLIS_EXIT_USAGE;
  reading = willis_progress_part (willis_cli_progress (), 0.0, 0.6, _ ("Reading"));
  writing = willis_progress_part (willis_cli_progress (), 0.6, 1.0, _ ("Saving"));
  c = willis_cli_import (argv + 1, &args, &reading, &error);
  if (c == NULL || !willis_case_save (c, args.out, &writing, &error))
    status = willis_cli_fail (error);
  else
    {
      const WillisGrid *grid = willis_volume_grid (willis_case_volume (c));

      builder = json_builder_new ();
      json_builder_begin_object (builder);
      willis_cli_add_import (builder, c, args.out);
      willis_cli_add_others (builder, args.taken);
      json_builder_end_object (builder);
      willis_cli_print (_ ("%s: %d x %d x %d voxels of %.4g x %.4g x %.4g mm\n"), args.out, grid->dims[0],
                        grid->dims[1], grid->dims[2], grid->spacing_mm[0], grid->spacing_mm[1], grid->spacing_mm[2]);
      willis_cli_print_series (c, args.taken);
      willis_cli_print_warnings (c);
      status = willis_cli_done (builder);
    }
  willis_import_args_clear (&args);
  return status;
}
