/* SPDX-License-Identifier: Apache-2.0 */
#include "app/run.h"

#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <libintl.h>

#include "app/cli.h"
#include "app/commands.h"
#include "core/base/i18n.h"
#include "core/io/reader.h"

static const WillisDesktop *desktop; // of this program; set once

static void
print_help (FILE *out)
{
  fprintf (out, "%s\n\n", _ ("Usage: willis [PATH] | willis COMMAND [OPTIONS]"));
  fprintf (out, "%s\n\n",
           _ ("Plans the endovascular treatment of intracranial aneurysms. "
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

/* Turns this process into willis-window with the same arguments. Returns only where that fails. */
static int
become_window (char **argv)
{
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *folder = g_path_get_dirname (self != NULL ? self : argv[0]);
  g_autofree char *program = g_build_filename (folder, "willis-window", NULL);

  execv (program, argv);
  fprintf (stderr, _ ("willis: %s cannot be started: %s\n"), program, g_strerror (errno));
  return WILLIS_EXIT_FAILED;
}

/* Whether the command, with these arguments, draws in 3D. */
static gboolean
draws (const WillisCommand *command, int argc, char **argv)
{
  if (command->draws != WILLIS_DRAWS_REPORT)
    return command->draws == WILLIS_DRAWS_ALWAYS;
  for (int i = 2; i < argc; i++)
    if (g_str_has_prefix (argv[i], "--report"))
      return TRUE;
  return FALSE;
}

GArray *
willis_run_pictures (const WillisCase *c, const GPtrArray *views)
{
  return desktop != NULL ? desktop->pictures (c, views) : NULL;
}

int
willis_run (int argc, char **argv, const WillisDesktop *its_desktop)
{
  const WillisCommand *command;
  int status;

  desktop = its_desktop;
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
  if (command == NULL && argc != 1 && !g_file_test (argv[1], G_FILE_TEST_EXISTS))
    {
      fprintf (stderr, _ ("willis: \"%s\" is neither a command nor a file; \"willis --help\" lists the commands\n"),
               argv[1]);
      return WILLIS_EXIT_USAGE;
    }
  if (desktop == NULL && (command == NULL || draws (command, argc, argv)))
    return become_window (argv);
  if (command == NULL)
    return desktop->open (argc, argv);
  return (command->run != NULL ? command->run : desktop->demo) (argc - 1, argv + 1);
}
