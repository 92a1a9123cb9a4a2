/* SPDX-License-Identifier: Apache-2.0 */
#include "app/case-file.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "app/cli.h"
#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/note.h"
#include "core/case/date.h"

void
willis_import_args_clear (WillisImportArgs *args)
{
  g_clear_pointer (&args->out, g_free);
  g_clear_pointer (&args->series, g_free);
  g_clear_pointer (&args->roi, g_free);
  g_clear_pointer (&args->spacing, g_free);
  g_clear_pointer (&args->taken, willis_series_free);
}

gboolean
willis_cli_is_hdf5 (const char *path)
{
  static const char signature[8] = "\x89HDF\r\n\x1a\n";
  char head[8] = { 0 };
  FILE *file = fopen (path, "rb");
  gboolean is = file != NULL && fread (head, 1, sizeof head, file) == sizeof head && memcmp (head, signature, 8) == 0;

  if (file != NULL)
    fclose (file);
  return is;
}

gboolean
willis_cli_check_target (const char *out, const char *const *paths, GError **error)
{
  struct stat target, source;
  g_autofree char *folder = g_path_get_dirname (out);

  if (stat (out, &target) != 0)
    return g_file_test (folder, G_FILE_TEST_IS_DIR)
           || willis_fail (error, WILLIS_ERROR_BAD_FILE, _ ("%s: there is no such folder"), folder);
  for (; *paths != NULL; paths++)
    if (stat (*paths, &source) == 0 && source.st_ino == target.st_ino && source.st_dev == target.st_dev)
      return willis_fail (error, WILLIS_ERROR_USAGE, _ ("%s: would overwrite the scan itself"), out);
  return willis_cli_is_hdf5 (out)
         || willis_fail (error, WILLIS_ERROR_BAD_FILE, _ ("%s: is there already and is no case; give another name"), out);
}

static void
print_one (const char *what, const char *uid, const char *modality, const char *date, const char *about)
{
  willis_cli_print ("  %s: %s  %s  %s  %s\n", what, uid != NULL ? uid : "", modality != NULL ? modality : "",
                    date != NULL ? date : "", about != NULL ? about : "");
}

/* Is a series of a later date than all others that fit as well, of which some are of another date? */
static gboolean
is_of_newest (const WillisSeries *taken)
{
  gboolean newest = FALSE;

  for (guint n = 0; taken != NULL && taken->others != NULL && n < taken->others->len; n++)
    {
      const WillisSeries *s = taken->others->pdata[n];
      const int order = g_strcmp0 (taken->study_date, s->study_date);

      if (order < 0)
        return FALSE;
      newest |= order > 0;
    }
  return newest;
}

void
willis_cli_print_series (const WillisCase *c, const WillisSeries *taken)
{
  const WillisStudy *study = willis_case_study (c);

  print_one (is_of_newest (taken) ? _ ("series, of the newest study") : _ ("series"), study->series_uid,
             study->modality, study->study_date, study->description);
  for (guint n = 0; taken != NULL && taken->others != NULL && n < taken->others->len; n++)
    {
      const WillisSeries *s = taken->others->pdata[n];
      g_autofree char *date = willis_date_iso (s->study_date);

      print_one (_ ("fits as well (--series)"), s->uid, s->modality, date, s->description);
    }
}

void
willis_cli_print_warnings (const WillisCase *c)
{
  for (char **text = willis_case_study (c)->warnings; text != NULL && *text != NULL; text++)
    {
      g_autofree char *note = willis_note_text (*text, NULL, NULL);

      willis_cli_print (_ ("  note: %s\n"), note);
    }
}
