/* SPDX-License-Identifier: Apache-2.0 */
#include "app/cli.h"

#include <errno.h>
#include <glib-unix.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/json.h"
#include "core/base/parallel.h"

static gboolean want_json;
static int want_threads;
static GCancellable *cancellable;
static gboolean bar_shown;

/* Until a command follows its progress there is nothing to clean up. */
static void
leave_cancelled (int signal_number)
{
  _exit (WILLIS_EXIT_CANCELLED);
}

gboolean
willis_cli_parse (int *argc, char ***argv, const char *usage, const char *summary, const GOptionEntry *entries,
                  int n_min, int n_max)
{
  g_autoptr (GOptionContext) context = g_option_context_new (usage);
  g_autoptr (GError) error = NULL;
  const GOptionEntry common[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &want_json, N_ ("Print one JSON object on standard output"), NULL },
    { "threads", 0, 0, G_OPTION_ARG_INT, &want_threads, N_ ("Use this many threads"), "N" },
    { NULL },
  };
  int n;

  if (cancellable == NULL)
    signal (SIGINT, leave_cancelled);
  g_option_context_set_summary (context, _ (summary));
  g_option_context_set_translation_domain (context, GETTEXT_PACKAGE);
  if (entries != NULL)
    g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  g_option_context_add_main_entries (context, common, GETTEXT_PACKAGE);
  if (!g_option_context_parse (context, argc, argv, &error))
    {
      fprintf (stderr, "willis %s: %s\n", (*argv)[0], error->message);
      return FALSE;
    }
  n = *argc - 1;
  if (n >= 2 && strcmp ((*argv)[1], "--") == 0)
    {
      (*argv)++;
      (*argc)--;
      n--;
    }
  if (n < n_min || (n_max >= 0 && n > n_max))
    {
      g_autofree char *help = g_option_context_get_help (context, TRUE, NULL);

      fprintf (stderr, "%s", help);
      return FALSE;
    }
  if (want_threads > 0)
    willis_parallel_set_threads (want_threads);
  return TRUE;
}

gboolean
willis_cli_json (void)
{
  return want_json;
}

static void
on_interrupt (int signal_number)
{
  if (cancellable != NULL)
    g_cancellable_cancel (cancellable); // sets an atomic flag; no callbacks are connected
}

static void
show_bar (double fraction, const char *label, gpointer data)
{
  static int last = -1;
  int percent = (int) (fraction * 100.0);
  char bar[21];

  if (percent == last)
    return;
  last = percent;
  for (int n = 0; n < 20; n++)
    bar[n] = n * 5 < percent ? '=' : ' ';
  bar[20] = '\0';
  fprintf (stderr, "\r\033[K[%s] %3d %% %s", bar, percent, label != NULL ? label : "");
  fflush (stderr);
  bar_shown = TRUE;
}

WillisProgress *
willis_cli_progress (void)
{
  static WillisProgress progress = WILLIS_PROGRESS_INIT;

  if (cancellable == NULL)
    {
      cancellable = g_cancellable_new ();
      signal (SIGINT, on_interrupt);
      signal (SIGTERM, on_interrupt);
      progress.cancellable = cancellable;
      if (isatty (STDERR_FILENO))
        progress.func = show_bar;
    }
  return &progress;
}

static void
clear_bar (void)
{
  if (bar_shown)
    fprintf (stderr, "\r\033[K");
  bar_shown = FALSE;
}

/* One line that a terminal shows and does not obey: names of files may hold any byte (new). */
static char *
tame (const char *message)
{
  g_autofree char *valid = g_utf8_make_valid (message, -1);
  GString *out = g_string_new (NULL);

  for (const char *at = valid; *at != '\0'; at = g_utf8_next_char (at))
    g_string_append_unichar (out, g_unichar_iscntrl (g_utf8_get_char (at)) ? ' ' : g_utf8_get_char (at));
  return g_string_free (out, FALSE);
}

int
willis_cli_fail (GError *error)
{
  int status = WILLIS_EXIT_FAILED;
  g_autofree char *text = NULL;

  clear_bar ();
  if (error == NULL)
    {
      fprintf (stderr, "willis: %s\n", _ ("failed for an unknown reason"));
      return status;
    }
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    status = WILLIS_EXIT_CANCELLED;
  else if (g_error_matches (error, WILLIS_ERROR, WILLIS_ERROR_USAGE))
    status = WILLIS_EXIT_USAGE;
  else if (error->domain != WILLIS_ERROR || error->code == WILLIS_ERROR_BAD_FILE
           || error->code == WILLIS_ERROR_BAD_INPUT || error->code == WILLIS_ERROR_UNSUPPORTED)
    status = WILLIS_EXIT_BAD_INPUT;
  text = tame (error->message);
  fprintf (stderr, "willis: %s\n", status == WILLIS_EXIT_CANCELLED ? _ ("cancelled") : text);
  g_error_free (error);
  return status;
}

int
willis_cli_usage (const char *message)
{
  fprintf (stderr, "willis: %s\n", message);
  return WILLIS_EXIT_USAGE;
}

int
willis_cli_done (JsonBuilder *builder)
{
  clear_bar ();
  if (want_json)
    {
      g_autofree char *text = willis_json_to_text (builder);

      puts (text);
    }
  return WILLIS_EXIT_DONE;
}

void
willis_cli_print (const char *format, ...)
{
  va_list args;

  if (want_json)
    return;
  clear_bar ();
  va_start (args, format);
  vprintf (format, args);
  va_end (args);
}

char *
willis_cli_pad (const char *text, int columns)
{
  int width = 0;

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    width += g_unichar_iswide (g_utf8_get_char (p)) ? 2 : 1;
  return g_strdup_printf ("%s%*s", text, MAX (columns - width, 0), "");
}

gboolean
willis_cli_check_output (const char *out, const char *const *inputs, GError **error)
{
  g_autofree char *folder = out != NULL ? g_path_get_dirname (out) : NULL;
  struct stat target, source;

  if (out == NULL)
    return TRUE;
  if (stat (out, &target) != 0)
    {
      if (!g_file_test (folder, G_FILE_TEST_IS_DIR))
        return willis_fail (error, WILLIS_ERROR_BAD_FILE, _ ("%s: there is no such folder"), folder);
      // minutes of work would be lost
      return access (folder, W_OK) == 0
             || willis_fail (error, WILLIS_ERROR_BAD_FILE, _ ("%s: cannot be written: %s"), out, g_strerror (errno));
    }
  if (S_ISDIR (target.st_mode))
    return willis_fail (error, WILLIS_ERROR_BAD_FILE, _ ("%s: is a folder; give the name of a file"), out);
  for (; *inputs != NULL; inputs++)
    if (stat (*inputs, &source) == 0 && source.st_ino == target.st_ino && source.st_dev == target.st_dev)
      return willis_fail (error, WILLIS_ERROR_USAGE, _ ("%s: would overwrite what it is made from; give another name"),
                          out);
  return TRUE;
}

gboolean
willis_cli_spacing (const char *text, double out[3], GError **error)
{
  if (text == NULL)
    return TRUE;
  if (!willis_cli_numbers (text, 3, out, error))
    return FALSE;
  for (int n = 0; n < 3; n++)
    if (out[n] <= 0.0)
      return willis_fail (error, WILLIS_ERROR_USAGE, _ ("\"%s\": every voxel spacing must be above 0"), text);
  return TRUE;
}

gboolean
willis_cli_numbers (const char *text, gsize n, double *out, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (text, ",", -1);

  if (g_strv_length (parts) != n)
    return n == 1 ? willis_fail (error, WILLIS_ERROR_USAGE, _ ("\"%s\" is not a number"), text)
                  : willis_fail (error, WILLIS_ERROR_USAGE, _ ("\"%s\" must be %u numbers separated by commas"), text,
                                 (guint) n);
  for (gsize i = 0; i < n; i++)
    {
      char *end = NULL;

      out[i] = g_ascii_strtod (parts[i], &end);
      if (end == parts[i] || *g_strchug (end) != '\0' || !isfinite (out[i]))
        return willis_fail (error, WILLIS_ERROR_USAGE, _ ("\"%s\" is not a number"), parts[i]);
    }
  return TRUE;
}
