/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/note.h"

#include <locale.h>
#include <string.h>

static const char *const formats[] = {
  WILLIS_NOTE_NO_PLACE,       WILLIS_NOTE_NO_PLACE_NIFTI, WILLIS_NOTE_NO_MATRIX,    WILLIS_NOTE_NO_SPACING,
  WILLIS_NOTE_UNIT_SPACING,   WILLIS_NOTE_SLANTED,        WILLIS_NOTE_NOT_FINITE,   WILLIS_NOTE_SINGLE,
  WILLIS_NOTE_ROUNDED,        WILLIS_NOTE_ONE_SLICE,      WILLIS_NOTE_NO_THICKNESS, WILLIS_NOTE_MOSAIC,
  WILLIS_NOTE_MISSING_SLICES, WILLIS_NOTE_UNEVEN_SLICES,  WILLIS_NOTE_TILTED,       WILLIS_NOTE_OVERLAP,
  WILLIS_NOTE_SAME_PLACE,     WILLIS_NOTE_LARGE_VOXELS,   WILLIS_NOTE_CUT_BY_HAND,  WILLIS_NOTE_OTHER_SERIES,
  WILLIS_NOTE_SHIFTED,        WILLIS_NOTE_SCALED,
};

static char *
new_valist (const char *format, va_list args)
{
  locale_t c = newlocale (LC_NUMERIC_MASK, "C", duplocale (uselocale ((locale_t) 0))), before = uselocale (c);
  char *note = g_strdup_vprintf (format, args);

  uselocale (before);
  freelocale (c);
  return note;
}

char *
willis_note_new (const char *format, ...)
{
  va_list args;
  char *note;

  va_start (args, format);
  note = new_valist (format, args);
  va_end (args);
  return note;
}

void
willis_note_add (GPtrArray *list, const char *format, ...)
{
  va_list args;

  if (list == NULL)
    return;
  va_start (args, format);
  g_ptr_array_add (list, new_valist (format, args));
  va_end (args);
}

/* Length of the conversion that begins at text ("%.2f"), 0 where none does. */
static gsize
conversion_length (const char *text)
{
  gsize n;

  if (*text != '%')
    return 0;
  n = 1 + strspn (text + 1, "0123456789.z");
  return text[n] != '\0' && strchr ("dufg", text[n]) != NULL ? n + 1 : 0;
}

/* How much of a format stands for the character that begins there: "%%" for a per cent sign. */
static gsize
literal_length (const char *text)
{
  return text[0] == '%' && text[1] == '%' ? 2 : 1;
}

/* Length of the number that begins at text, as a conversion in the C locale writes it. */
static gsize
number_length (const char *text)
{
  char *end = NULL;

  if (g_ascii_isspace (*text))
    return 0;
  g_ascii_strtod (text, &end);
  return (gsize) (end - text);
}

/* Whether format made note; then the numbers in it, in order, in numbers (borrowed). */
static gboolean
made_by (const char *format, const char *note, const char **numbers)
{
  int n = 0;

  while (*format != '\0')
    {
      gsize conversion = conversion_length (format), number = conversion > 0 ? number_length (note) : 0;

      if (conversion > 0)
        {
          if (number == 0)
            return FALSE;
          numbers[n++] = note;
          format += conversion;
          note += number;
        }
      else if (*format != *note)
        return FALSE;
      else
        {
          format += literal_length (format);
          note++;
        }
    }
  return *note == '\0';
}

/* format with the numbers in the place of its conversions, written as the locale does (new). */
static char *
filled (const char *format, const char *const *numbers)
{
  GString *text = g_string_new (NULL);

  while (*format != '\0')
    {
      gsize conversion = conversion_length (format);

      if (conversion == 0)
        {
          g_string_append_c (text, *format);
          format += literal_length (format);
          continue;
        }
      if (strchr ("fg", format[conversion - 1]) != NULL)
        {
          g_autofree char *how = g_strndup (format, conversion);
          double value = g_ascii_strtod (*numbers++, NULL);

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
          g_string_append_printf (text, how, value);
#pragma GCC diagnostic pop
        }
      else
        {
          g_string_append_len (text, *numbers, (gssize) number_length (*numbers));
          numbers++;
        }
      format += conversion;
    }
  return g_string_free (text, FALSE);
}

gboolean
willis_note_is (const char *note, const char *format)
{
  const char *numbers[8] = { NULL };

  return made_by (format, note, numbers);
}

char *
willis_note_text_of (const char *const *of, gsize n, const char *note, WillisTranslate translate, gconstpointer data)
{
  for (gsize i = 0; i < n; i++)
    {
      const char *numbers[8] = { NULL };

      if (made_by (of[i], note, numbers))
        return filled (translate != NULL ? translate (data, of[i]) : _ (of[i]), numbers);
    }
  return g_strdup (note);
}

char *
willis_note_text (const char *note, WillisTranslate translate, gconstpointer data)
{
  return willis_note_text_of (formats, G_N_ELEMENTS (formats), note, translate, data);
}
