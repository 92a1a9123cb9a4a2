/* SPDX-License-Identifier: Apache-2.0 */
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include <libintl.h>

#include "app/application.h"
#include "app/cli.h"
#include "app/commands.h"
#include "core/base/i18n.h"
#include "core/io/reader.h"

static void
print_help (FILE *out)
{
  fprintf (out, "%s\n\n", _ ("Usage: willis [PATH] | willis COMMAND [OPTIONS]"));
  fprintf (out, "%s\n\n", _ ("Plans the endovascular treatment of intracranial aneurysms. "
                             "For research and training, not for clinical decisions."));
  for (const WillisCommand *c = willis_commands (); c->name != NULL; c++)
    fprintf (out, "  %-10s %s\n", c->name, _ (c->summary));
}

/* Translations lie beside the program in the build tree, or where it was installed. */
static void
init_locale (void)
{
  const char *folder = g_getenv ("WILLIS_LOCALE_DIR");

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, folder != NULL ? folder : WILLIS_LOCALE_DIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
}

int
main (int argc, char **argv)
{
  const WillisCommand *command;
  int status;

  init_locale ();
  if (willis_reader_main (argc, argv, &status))
    return status;
  if (argc >= 2 && (strcmp (argv[1], "--help") == 0 || strcmp (argv[1], "-h") == 0))
    {
      print_help (stdout);
      return WILLIS_EXIT_DONE;
    }
  if (argc >= 2 && strcmp (argv[1], "--version") == 0)
    {
      puts ("willis " WILLIS_VERSION);
      return WILLIS_EXIT_DONE;
    }
  command = argc >= 2 ? willis_command_find (argv[1]) : NULL;
  if (command != NULL)
    return command->run (argc - 1, argv + 1);
  if (argc == 1 || g_file_test (argv[1], G_FILE_TEST_EXISTS))
    return willis_application_run (argc, argv);
  fprintf (stderr, _ ("willis: \"%s\" is neither a command nor a file; \"willis --help\" lists the commands\n"), argv[1]);
  return WILLIS_EXIT_USAGE;
}
