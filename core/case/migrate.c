/* SPDX-License-Identifier: Apache-2.0 */
/* Older layouts of case files, brought up step by step: one function a schema, each tested with a stored file. */
#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/case/case-private.h"

typedef gboolean (*Migration) (WillisArchive *root, GError **error);

/* 2: what can lead to the person - the series' number, the file's name - stands with the identity. */
static gboolean
migrate_1_to_2 (WillisArchive *root, GError **error)
{
  static const char *const names[] = { "series_uid", "source" };
  WillisArchive *study = willis_archive_group (root, "study"), *identity = willis_archive_group (study, "identity");

  for (gsize n = 0; n < G_N_ELEMENTS (names); n++)
    {
      const char *text = NULL;

      if (!willis_archive_get_string (study, names[n], &text, NULL))
        continue;
      willis_archive_set_string (identity, names[n], text);
      willis_archive_remove (study, names[n]);
    }
  return TRUE;
}

/* migrations[n] brings schema n + 1 to n + 2. */
static const Migration migrations[WILLIS_CASE_SCHEMA - 1] = {
  migrate_1_to_2,
};

gboolean
willis_case_migrate (WillisArchive *root, GError **error)
{
  const char *format = NULL;
  gint64 schema = 0;

  if (!willis_archive_get_string (root, "willis_format", &format, NULL) || g_strcmp0 (format, WILLIS_CASE_FORMAT) != 0)
    return willis_fail (error, WILLIS_ERROR_BAD_FILE, _ ("it is not a case of Willis"));
  if (!willis_archive_get_int (root, "willis_schema", 1, G_MAXINT32, &schema, error))
    return FALSE;
  if (schema > WILLIS_CASE_SCHEMA)
    return willis_fail (error, WILLIS_ERROR_UNSUPPORTED,
                        _ ("it was written by a newer Willis (layout %d, this program knows %d); update the program"),
                        (int) schema, WILLIS_CASE_SCHEMA);
  for (; schema < WILLIS_CASE_SCHEMA; schema++)
    if (!migrations[schema - 1](root, error))
      return FALSE;
  return TRUE;
}
