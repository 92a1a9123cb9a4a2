/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/i18n.h"

char *
willis_sentence (const char *note)
{
  GString *out = g_string_new (NULL);

  if (*note != '\0')
    {
      g_string_append_unichar (out, g_unichar_toupper (g_utf8_get_char (note)));
      g_string_append (out, g_utf8_next_char (note));
    }
  return g_string_free (out, FALSE);
}
