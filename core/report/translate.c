/* SPDX-License-Identifier: Apache-2.0 */
#include "core/report/translate.h"

#include <libintl.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"

struct _WillisTranslator
{
  gboolean of_program; // ask gettext
  char *bytes;         // of the catalogue
  GHashTable *texts;   // into bytes; NULL: as written
};

static guint32
word (const char *bytes, gsize at)
{
  guint32 value;

  memcpy (&value, bytes + at, sizeof value);
  return GUINT32_FROM_LE (value);
}

/* The text of entry n of a table, zero-terminated inside the file; NULL where it is not. */
static const char *
entry (const char *bytes, gsize size, gsize table, gsize n)
{
  gsize at = table + 8 * n, length, offset;

  if (at + 8 > size)
    return NULL;
  length = word (bytes, at);
  offset = word (bytes, at + 4);
  if (offset >= size || length >= size - offset || bytes[offset + length] != '\0')
    return NULL;
  return bytes + offset;
}

/* A .mo file: magic, revision, number of texts, where the originals and the translations are listed. */
static gboolean
read_catalogue (WillisTranslator *translator, const char *path)
{
  gsize size = 0, n;

  if (!g_file_get_contents (path, &translator->bytes, &size, NULL) || size < 28
      || word (translator->bytes, 0) != 0x950412de)
    return FALSE;
  translator->texts = g_hash_table_new (g_str_hash, g_str_equal);
  n = word (translator->bytes, 8);
  for (gsize i = 0; i < n; i++)
    {
      const char *original = entry (translator->bytes, size, word (translator->bytes, 12), i);
      const char *translated = entry (translator->bytes, size, word (translator->bytes, 16), i);

      if (original == NULL || translated == NULL || !g_utf8_validate (translated, -1, NULL))
        return FALSE;
      if (*original != '\0' && *translated != '\0')
        g_hash_table_insert (translator->texts, (gpointer) original, (gpointer) translated);
    }
  return TRUE;
}

WillisTranslator *
willis_translator_new (const char *language, GError **error)
{
  g_autoptr (WillisTranslator) translator = g_new0 (WillisTranslator, 1);
  const char *folder = bindtextdomain (GETTEXT_PACKAGE, NULL);
  g_autofree char *path = NULL;

  translator->of_program = language == NULL;
  if (language == NULL || strcmp (language, "en") == 0)
    return g_steal_pointer (&translator);
  path = g_build_filename (folder != NULL ? folder : ".", language, "LC_MESSAGES", GETTEXT_PACKAGE ".mo", NULL);
  if (strchr (language, '/') != NULL || !read_catalogue (translator, path))
    {
      willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("there are no texts in the language \"%s\""), language);
      return NULL;
    }
  return g_steal_pointer (&translator);
}

void
willis_translator_free (WillisTranslator *translator)
{
  if (translator == NULL)
    return;
  g_clear_pointer (&translator->texts, g_hash_table_unref);
  g_free (translator->bytes);
  g_free (translator);
}

const char *
willis_translate (const WillisTranslator *translator, const char *text)
{
  const char *found;

  if (translator->of_program && *text != '\0')
    return _ (text);
  found = translator->texts != NULL ? g_hash_table_lookup (translator->texts, text) : NULL;
  return found != NULL ? found : text;
}
