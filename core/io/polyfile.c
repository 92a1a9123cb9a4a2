/* SPDX-License-Identifier: Apache-2.0 */
#include "core/io/polyfile.h"

#include <math.h>
#include <string.h>

#include "core/base/error.h"

static void
cells_init (WillisCells *cells)
{
  cells->ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  cells->ends = g_array_new (FALSE, FALSE, sizeof (gsize));
}

static void
cells_clear (WillisCells *cells)
{
  g_array_unref (cells->ids);
  g_array_unref (cells->ends);
}

WillisPolyFile *
willis_poly_file_new (void)
{
  WillisPolyFile *file = g_new0 (WillisPolyFile, 1);

  file->points = g_array_new (FALSE, FALSE, sizeof (double));
  cells_init (&file->polygons);
  cells_init (&file->strips);
  cells_init (&file->lines);
  return file;
}

void
willis_poly_file_free (WillisPolyFile *file)
{
  if (file == NULL)
    return;
  g_clear_pointer (&file->points, g_array_unref);
  g_clear_pointer (&file->radius, g_array_unref);
  cells_clear (&file->polygons);
  cells_clear (&file->strips);
  cells_clear (&file->lines);
  g_free (file);
}

void
willis_cells_add (WillisCells *cells, gint64 id)
{
  g_array_append_val (cells->ids, id);
}

void
willis_cells_end (WillisCells *cells)
{
  gsize end = cells->ids->len;

  g_array_append_val (cells->ends, end);
}

gsize
willis_cells_n (const WillisCells *cells)
{
  return cells->ends->len;
}

const gint64 *
willis_cells_get (const WillisCells *cells, gsize c, gsize *n)
{
  gsize start = c > 0 ? g_array_index (cells->ends, gsize, c - 1) : 0;

  *n = g_array_index (cells->ends, gsize, c) - start;
  return (const gint64 *) (const void *) cells->ids->data + start;
}

gboolean
willis_cursor_fail (const WillisCursor *cursor, GError **error, const char *format, ...)
{
  g_autofree char *what = NULL;
  va_list args;

  va_start (args, format);
  what = g_strdup_vprintf (format, args);
  va_end (args);
  return willis_fail (error, WILLIS_ERROR_BAD_FILE, "%s: %s", cursor->path, what);
}

void
willis_cursor_skip_space (WillisCursor *cursor)
{
  while (cursor->at < cursor->end && g_ascii_isspace (*cursor->at))
    cursor->at++;
}

gboolean
willis_cursor_word (WillisCursor *cursor, char *out, gsize size)
{
  gsize n = 0;

  willis_cursor_skip_space (cursor);
  while (cursor->at < cursor->end && !g_ascii_isspace (*cursor->at) && *cursor->at != '\0')
    {
      if (n + 1 >= size)
        return FALSE;
      out[n++] = *cursor->at++;
    }
  out[n] = '\0';
  return n > 0;
}

gboolean
willis_cursor_double (WillisCursor *cursor, double *out)
{
  char *end = NULL;

  willis_cursor_skip_space (cursor);
  if (cursor->at >= cursor->end)
    return FALSE;
  *out = g_ascii_strtod (cursor->at, &end);
  if (end == cursor->at || end > cursor->end)
    return FALSE;
  cursor->at = end;
  return TRUE;
}

gboolean
willis_cursor_int (WillisCursor *cursor, gint64 *out)
{
  char *end = NULL;

  willis_cursor_skip_space (cursor);
  if (cursor->at >= cursor->end)
    return FALSE;
  *out = g_ascii_strtoll (cursor->at, &end, 10);
  if (end == cursor->at || end > cursor->end)
    return FALSE;
  cursor->at = end;
  return TRUE;
}

char *
willis_cursor_line (WillisCursor *cursor)
{
  const char *start = cursor->at, *stop;

  if (start >= cursor->end)
    return NULL;
  stop = memchr (start, '\n', (gsize) (cursor->end - start));
  cursor->at = stop != NULL ? stop + 1 : cursor->end;
  if (stop == NULL)
    stop = cursor->end;
  if (stop > start && stop[-1] == '\r')
    stop--;
  return g_strndup (start, (gsize) (stop - start));
}

gsize
willis_packed_size (WillisPacked type)
{
  static const gsize sizes[] = { 0, 1, 1, 2, 2, 4, 4, 8, 8, 4, 8 };

  return sizes[type];
}

/* The bytes at `at` as an unsigned number. */
static guint64
raw_bits (gsize size, gboolean big_endian, const char *at)
{
  guint64 bits = 0;

  for (gsize i = 0; i < size; i++)
    bits |= (guint64) (guchar) at[i] << 8 * (big_endian ? size - 1 - i : i);
  return bits;
}

gint64
willis_packed_int (WillisPacked type, gboolean big_endian, const char *at)
{
  guint64 bits = raw_bits (willis_packed_size (type), big_endian, at);

  switch (type)
    {
    case WILLIS_PACKED_I8:
      return (gint8) bits;
    case WILLIS_PACKED_I16:
      return (gint16) bits;
    case WILLIS_PACKED_I32:
      return (gint32) bits;
    case WILLIS_PACKED_F32:
    case WILLIS_PACKED_F64:
      {
        double value = willis_packed_double (type, big_endian, at);

        return fabs (value) < 1e15 ? (gint64) value : -1; // -1 is refused as an index
      }
    case WILLIS_PACKED_NONE:
    case WILLIS_PACKED_U8:
    case WILLIS_PACKED_U16:
    case WILLIS_PACKED_U32:
    case WILLIS_PACKED_I64:
    case WILLIS_PACKED_U64:
    default:
      return (gint64) bits;
    }
}

double
willis_packed_double (WillisPacked type, gboolean big_endian, const char *at)
{
  guint64 bits = raw_bits (willis_packed_size (type), big_endian, at);
  guint32 bits32 = (guint32) bits;
  float f;
  double d;

  if (type == WILLIS_PACKED_F32)
    {
      memcpy (&f, &bits32, sizeof f);
      return f;
    }
  if (type == WILLIS_PACKED_F64)
    {
      memcpy (&d, &bits, sizeof d);
      return d;
    }
  return type == WILLIS_PACKED_U64 ? (double) bits : (double) willis_packed_int (type, big_endian, at);
}
