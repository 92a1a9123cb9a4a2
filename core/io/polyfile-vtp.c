/* SPDX-License-Identifier: Apache-2.0 */
/*
 * VTP, the XML form of VTK polydata: ASCII, base64 and appended data (raw or base64), zlib compressed or not.
 */
#include "core/io/polyfile.h"

#include <gio/gio.h>
#include <string.h>

#define MAX_ARRAY_BYTES ((gsize) 1 << 30)

typedef struct
{
  WillisPacked type;
  char *section; // "Points", "Polys" ...
  char *name;
  int components;
  char *format; // "ascii", "binary", "appended"
  guint64 offset;
  GString *text;
  int piece;
} Array;

typedef struct
{
  GPtrArray *arrays;
  Array *open;
  char section[32];
  int piece;
  gboolean big_endian, wide_header, compressed, polydata, appended_raw;
  const WillisCursor *cursor;
} Document;

static void
array_free (gpointer data)
{
  Array *array = data;

  g_free (array->section);
  g_free (array->name);
  g_free (array->format);
  g_string_free (array->text, TRUE);
  g_free (array);
}

static WillisPacked
vtp_type (const char *name)
{
  static const char *const names[] = { "", "Int8", "UInt8", "Int16", "UInt16", "Int32", "UInt32", "Int64", "UInt64",
                                       "Float32", "Float64" };

  for (gsize i = 1; name != NULL && i < G_N_ELEMENTS (names); i++)
    if (strcmp (name, names[i]) == 0)
      return (WillisPacked) i;
  return WILLIS_PACKED_NONE;
}

static const char *
attribute (const char **names, const char **values, const char *name)
{
  for (; *names != NULL; names++, values++)
    if (strcmp (*names, name) == 0)
      return *values;
  return NULL;
}

static gboolean
start_file (Document *d, const char **names, const char **values, GError **error)
{
  const char *type = attribute (names, values, "type"), *order = attribute (names, values, "byte_order"),
             *header = attribute (names, values, "header_type"), *compressor = attribute (names, values, "compressor");

  if (type == NULL || strcmp (type, "PolyData") != 0)
    return willis_cursor_fail (d->cursor, error, "holds %.40s, not PolyData", type != NULL ? type : "nothing known");
  if (compressor != NULL && strcmp (compressor, "vtkZLibDataCompressor") != 0)
    return willis_cursor_fail (d->cursor, error, "is compressed by %.40s, which Willis does not read", compressor);
  d->polydata = TRUE;
  d->compressed = compressor != NULL;
  d->big_endian = order != NULL && strcmp (order, "BigEndian") == 0;
  d->wide_header = header != NULL && strcmp (header, "UInt64") == 0;
  return TRUE;
}

static void
start_element (GMarkupParseContext *context, const char *element, const char **names, const char **values,
               gpointer data, GError **error)
{
  Document *d = data;
  const char *text;

  if (strcmp (element, "VTKFile") == 0)
    start_file (d, names, values, error);
  else if (strcmp (element, "Piece") == 0)
    d->piece++;
  else if (strcmp (element, "DataArray") == 0 && d->section[0] != '\0')
    {
      Array *array = g_new0 (Array, 1);

      array->section = g_strdup (d->section);
      array->name = g_strdup (attribute (names, values, "Name"));
      array->type = vtp_type (attribute (names, values, "type"));
      text = attribute (names, values, "NumberOfComponents");
      array->components = text != NULL ? (int) g_ascii_strtoll (text, NULL, 10) : 1;
      array->format = g_strdup (attribute (names, values, "format"));
      text = attribute (names, values, "offset");
      array->offset = text != NULL ? g_ascii_strtoull (text, NULL, 10) : 0;
      array->piece = d->piece;
      array->text = g_string_new (NULL);
      g_ptr_array_add (d->arrays, array);
      d->open = array;
    }
  else if (strcmp (element, "Points") == 0 || strcmp (element, "Polys") == 0 || strcmp (element, "Lines") == 0
           || strcmp (element, "Strips") == 0 || strcmp (element, "PointData") == 0)
    g_strlcpy (d->section, element, sizeof d->section);
}

static void
end_element (GMarkupParseContext *context, const char *element, gpointer data, GError **error)
{
  Document *d = data;

  if (strcmp (element, "DataArray") == 0)
    d->open = NULL;
  else if (strcmp (element, d->section) == 0)
    d->section[0] = '\0';
}

static void
on_text (GMarkupParseContext *context, const char *text, gsize size, gpointer data, GError **error)
{
  Document *d = data;

  if (d->open != NULL)
    g_string_append_len (d->open->text, text, (gssize) size);
}

/* Bytes one after the other, from raw data or from base64 text whose pieces may be padded on their own. */
typedef struct
{
  const char *at, *end;
  gboolean raw;
  guchar left[3]; // decoded, not yet taken
  int n_left;
} Bytes;

static int
base64_value (char c)
{
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const char *at = c != '\0' ? strchr (digits, c) : NULL;

  return at != NULL ? (int) (at - digits) : -1;
}

static gboolean
decode_group (Bytes *b)
{
  int v[4], n = 0, pads = 0;

  while (n < 4)
    {
      while (b->at < b->end && g_ascii_isspace (*b->at))
        b->at++;
      if (b->at >= b->end)
        return FALSE;
      if (*b->at == '=')
        {
          pads++;
          v[n++] = 0;
        }
      else if ((v[n] = base64_value (*b->at)) < 0 || pads > 0)
        return FALSE;
      else
        n++;
      b->at++;
    }
  if (pads > 2)
    return FALSE;
  b->left[0] = (guchar) (v[0] << 2 | v[1] >> 4);
  b->left[1] = (guchar) (v[1] << 4 | v[2] >> 2);
  b->left[2] = (guchar) (v[2] << 6 | v[3]);
  b->n_left = 3 - pads;
  return TRUE;
}

static gboolean
take_bytes (Bytes *b, char *out, gsize n)
{
  if (n == 0)
    return TRUE; // an empty array, whose room may be NULL
  if (b->raw)
    {
      if ((gsize) (b->end - b->at) < n)
        return FALSE;
      memcpy (out, b->at, n);
      b->at += n;
      return TRUE;
    }
  for (gsize i = 0; i < n; i++)
    {
      if (b->n_left == 0 && !decode_group (b))
        return FALSE;
      out[i] = (char) b->left[0];
      b->left[0] = b->left[1];
      b->left[1] = b->left[2];
      b->n_left--;
    }
  return TRUE;
}

/* The most bytes that may still come. */
static gsize
room (const Bytes *b)
{
  return (gsize) (b->end - b->at) + 3;
}

static gboolean
take_header (const Document *d, Bytes *b, guint64 *value)
{
  char bytes[8];
  WillisPacked type = d->wide_header ? WILLIS_PACKED_U64 : WILLIS_PACKED_U32;

  if (!take_bytes (b, bytes, willis_packed_size (type)))
    return FALSE;
  *value = (guint64) willis_packed_int (type, d->big_endian, bytes);
  return TRUE;
}

static gboolean
inflate (const char *in, gsize n_in, GByteArray *out, gsize n_out)
{
  g_autoptr (GConverter) zlib = G_CONVERTER (g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_ZLIB));
  gsize start = out->len, done = 0, used = 0;

  g_byte_array_set_size (out, (guint) (start + n_out));
  while (done < n_out)
    {
      gsize took = 0, gave = 0;
      GConverterResult result = g_converter_convert (zlib, in + used, n_in - used, out->data + start + done,
                                                     n_out - done, G_CONVERTER_INPUT_AT_END, &took, &gave, NULL);

      if (result == G_CONVERTER_ERROR)
        return FALSE;
      used += took;
      done += gave;
      if (result == G_CONVERTER_FINISHED)
        break;
    }
  return done == n_out;
}

static gboolean
take_compressed (const Document *d, Bytes *b, GByteArray *out)
{
  guint64 n_blocks, block, last;
  g_autofree guint64 *sizes = NULL;

  if (!take_header (d, b, &n_blocks))
    return FALSE;
  if (n_blocks == 0)
    return TRUE;
  if (!take_header (d, b, &block) || !take_header (d, b, &last) || n_blocks > room (b) || last > block
      || block > MAX_ARRAY_BYTES || n_blocks * block > MAX_ARRAY_BYTES
      || n_blocks * block / 1100 > room (b)) // deflate packs at most 1032 to 1
    return FALSE;
  sizes = g_new (guint64, n_blocks);
  for (guint64 i = 0; i < n_blocks; i++)
    if (!take_header (d, b, &sizes[i]) || sizes[i] > room (b))
      return FALSE;
  /* the header's own base64 ends with its padding; nothing of it is left over */
  b->n_left = b->raw ? 0 : b->n_left;
  for (guint64 i = 0; i < n_blocks; i++)
    {
      g_autofree char *packed = g_malloc (MAX (sizes[i], 1));
      gsize n_out = i + 1 == n_blocks && last > 0 ? last : block;

      if (sizes[i] > room (b) || !take_bytes (b, packed, sizes[i]) || !inflate (packed, sizes[i], out, n_out))
        return FALSE;
    }
  return TRUE;
}

/* The bytes of an array in binary form. */
static gboolean
array_bytes (const Document *d, const Array *array, const char *appended, GByteArray *out)
{
  Bytes b = { array->text->str, array->text->str + array->text->len, FALSE, { 0 }, 0 };
  guint64 n;

  if (g_strcmp0 (array->format, "appended") == 0)
    {
      if (appended == NULL || array->offset > (guint64) (d->cursor->end - appended))
        return FALSE;
      b = (Bytes){ appended + array->offset, d->cursor->end, d->appended_raw, { 0 }, 0 };
    }
  if (d->compressed)
    return take_compressed (d, &b, out);
  if (!take_header (d, &b, &n) || n > room (&b) || n > MAX_ARRAY_BYTES)
    return FALSE;
  g_byte_array_set_size (out, (guint) n);
  return take_bytes (&b, (char *) out->data, n);
}

/* The numbers of an array, as doubles or as integers. */
static gboolean
array_values (const Document *d, const Array *array, const char *appended, GArray *out, gboolean as_ints)
{
  gsize size = willis_packed_size (array->type);

  if (size == 0)
    return FALSE;
  if (g_strcmp0 (array->format, "ascii") == 0 || array->format == NULL)
    {
      WillisCursor in = { array->text->str, array->text->str + array->text->len, NULL };
      gint64 id;
      double value;

      for (willis_cursor_skip_space (&in); in.at < in.end; willis_cursor_skip_space (&in))
        {
          if (as_ints ? !willis_cursor_int (&in, &id) : !willis_cursor_double (&in, &value))
            return FALSE;
          if (as_ints)
            g_array_append_val (out, id);
          else
            g_array_append_val (out, value);
        }
      return TRUE;
    }
  {
    g_autoptr (GByteArray) bytes = g_byte_array_new ();

    if (!array_bytes (d, array, appended, bytes))
      return FALSE;
    for (gsize at = 0; at + size <= bytes->len; at += size)
      if (as_ints)
        {
          gint64 id = willis_packed_int (array->type, d->big_endian, (const char *) bytes->data + at);

          g_array_append_val (out, id);
        }
      else
        {
          double value = willis_packed_double (array->type, d->big_endian, (const char *) bytes->data + at);

          g_array_append_val (out, value);
        }
  }
  return TRUE;
}

static const Array *
find_array (const Document *d, int piece, const char *section, const char *name)
{
  for (guint i = 0; i < d->arrays->len; i++)
    {
      const Array *array = g_ptr_array_index (d->arrays, i);

      if (array->piece == piece && strcmp (array->section, section) == 0
          && (name == NULL || g_strcmp0 (array->name, name) == 0))
        return array;
    }
  return NULL;
}

static gboolean
piece_cells (const Document *d, int piece, const char *section, const char *appended, gint64 first_point,
             WillisCells *cells, GError **error)
{
  const Array *connectivity = find_array (d, piece, section, "connectivity"),
              *offsets = find_array (d, piece, section, "offsets");
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GArray) ends = g_array_new (FALSE, FALSE, sizeof (gint64));
  gint64 lo = 0;

  if (connectivity == NULL || offsets == NULL)
    return TRUE;
  if (!array_values (d, connectivity, appended, ids, TRUE) || !array_values (d, offsets, appended, ends, TRUE))
    return willis_cursor_fail (d->cursor, error, "has damaged or missing data in %s", section);
  for (guint c = 0; c < ends->len; c++)
    {
      gint64 hi = g_array_index (ends, gint64, c);

      if (hi < lo || hi > (gint64) ids->len)
        return willis_cursor_fail (d->cursor, error, "has damaged offsets in %s", section);
      for (; lo < hi; lo++)
        {
          gint64 id = g_array_index (ids, gint64, lo);

          willis_cells_add (cells, id >= 0 && id < G_MAXINT32 ? id + first_point : -1);
        }
      willis_cells_end (cells);
    }
  return TRUE;
}

static gboolean
read_piece (const Document *d, int piece, const char *appended, WillisPolyFile *file, GError **error)
{
  const Array *points = find_array (d, piece, "Points", NULL),
              *radius = find_array (d, piece, "PointData", "MaximumInscribedSphereRadius");
  gint64 first = file->points->len / 3;

  if (radius == NULL)
    radius = find_array (d, piece, "PointData", "Radius"); // another name vmtk gives it
  if (points == NULL)
    return TRUE;
  if (!array_values (d, points, appended, file->points, FALSE) || file->points->len % 3 != 0)
    return willis_cursor_fail (d->cursor, error, "has damaged or missing points");
  if (radius != NULL)
    {
      if (file->radius == NULL)
        file->radius = g_array_new (FALSE, FALSE, sizeof (double));
      if (!array_values (d, radius, appended, file->radius, FALSE))
        return willis_cursor_fail (d->cursor, error, "has damaged or missing radii");
    }
  return piece_cells (d, piece, "Polys", appended, first, &file->polygons, error)
         && piece_cells (d, piece, "Strips", appended, first, &file->strips, error)
         && piece_cells (d, piece, "Lines", appended, first, &file->lines, error);
}

gboolean
willis_poly_parse_vtp (WillisPolyFile *file, WillisCursor *cursor, GError **error)
{
  static const GMarkupParser parser = { start_element, end_element, on_text, NULL, NULL };
  Document d = { .piece = -1, .cursor = cursor };
  const char *mark = g_strstr_len (cursor->at, cursor->end - cursor->at, "<AppendedData"), *appended = NULL;
  gsize size = (gsize) ((mark != NULL ? mark : cursor->end) - cursor->at);
  g_autoptr (GMarkupParseContext) context = g_markup_parse_context_new (&parser, 0, &d, NULL);
  g_autoptr (GPtrArray) arrays = g_ptr_array_new_with_free_func (array_free);
  g_autoptr (GError) local = NULL;

  d.arrays = arrays;
  if (mark != NULL)
    {
      const char *close = memchr (mark, '>', (gsize) (cursor->end - mark));

      if (close != NULL)
        appended = memchr (close, '_', (gsize) (cursor->end - close));
      if (appended == NULL)
        return willis_cursor_fail (cursor, error, "has no appended data");
      appended++;
      d.appended_raw = g_strstr_len (mark, close - mark, "\"base64\"") == NULL;
    }
  if (!g_markup_parse_context_parse (context, cursor->at, (gssize) size, &local)
      || (mark == NULL && !g_markup_parse_context_end_parse (context, &local)))
    {
      if (local->domain == G_MARKUP_ERROR)
        return willis_cursor_fail (cursor, error, "is not whole XML: %s", local->message);
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (!d.polydata)
    return willis_cursor_fail (cursor, error, "is not a VTK XML file");
  for (int piece = 0; piece <= d.piece; piece++)
    if (!read_piece (&d, piece, appended, file, error))
      return FALSE;
  return TRUE;
}
