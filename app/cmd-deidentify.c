/* SPDX-License-Identifier: Apache-2.0 */
/* willis deidentify CASE -o OUT: a case without what says whose it is. */
#include "app/case-file.h"
#include "app/cli.h"
#include "app/commands.h"
#include "core/base/i18n.h"
#include "core/base/json.h"

static char *out, *pseudonym;

static const GOptionEntry entries[] = {
  { "output", 'o', 0, G_OPTION_ARG_FILENAME, &out, N_ ("The case file to write"), "CASE" },
  { "pseudonym", 0, 0, G_OPTION_ARG_STRING, &pseudonym,
    N_ ("What stands for the person; otherwise the case's own, or a new one"), "TEXT" },
  { NULL },
};

int
willis_cmd_deidentify (int argc, char **argv)
{
  g_autoptr (WillisCase) c = NULL;
  g_autoptr (WillisCase) stripped = NULL;
  g_autoptr (JsonBuilder) b = NULL;
  WillisProgress reading, writing;
  GError *error = NULL;
  const char *paths[] = { NULL, NULL };

  if (!willis_cli_parse (
          &argc, &argv, _ ("CASE -o OUT"),
          N_ ("Writes a copy of a case without name, number, birth date, exact dates, UIDs and file names."), entries,
          1, 1))
    return WILLIS_EXIT_USAGE;
  if (out == NULL)
    return willis_cli_usage (_ ("where to? Give the case file with -o"));
  paths[0] = argv[1];
  reading = willis_progress_part (willis_cli_progress (), 0.0, 0.4, _ ("Reading"));
  writing = willis_progress_part (willis_cli_progress (), 0.4, 1.0, _ ("Saving"));
  if (!willis_cli_check_target (out, paths, &error) || (c = willis_case_load (argv[1], &reading, &error)) == NULL
      || (stripped = willis_case_deidentified (c, pseudonym, &error)) == NULL
      || !willis_case_save (stripped, out, &writing, &error))
    return willis_cli_fail (error);
  b = json_builder_new ();
  json_builder_begin_object (b);
  willis_json_add_string (b, "case", out);
  willis_json_add_string (b, "pseudonym", willis_case_study (stripped)->pseudonym);
  json_builder_end_object (b);
  willis_cli_print ("%s: %s\n", out, willis_case_study (stripped)->pseudonym);
  willis_cli_print ("%s\n", _ ("The voxels are as they were: a scan of the whole head still shows the face."));
  return willis_cli_done (b);
}
