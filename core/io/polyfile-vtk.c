/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Legacy VTK polydata, ASCII and binary (big endian), versions 1 to 5.1.
 */
#include "core/io/polyfile.h"

#include <string.h>

typedef struct
{
  WillisPolyFile *file;
  WillisCursor *cursor;
  gboolean binary;
} Reader;

static WillisPacked
vtk_type (const char *name)
{
  static const struct
  {
    const char *name;
    WillisPacked type;
  } types[] = {
    { "char", WILLIS_PACKED_I8 },           { "signed_char", WILLIS_PACKED_I8 },     { "unsigned_char", WILLIS_PACKED_U8 },
    { "short", WILLIS_PACKED_I16 },         { "unsigned_short", WILLIS_PACKED_U16 }, { "int", WILLIS_PACKED_I32 },
    { "unsigned_int", WILLIS_PACKED_U32 },  { "long", WILLIS_PACKED_I64 },           { "unsigned_long", WILLIS_PACKED_U64 },
    { "vtkidtype", WILLIS_PACKED_I32 },     { "vtktypeint64", WILLIS_PACKED_I64 },   { "vtktypeuint64", WILLIS_PACKED_U64 },
    { "vtktypeint32", WILLIS_PACKED_I32 },  { "vtktypeuint32", WILLIS_PACKED_U32 },  { "float", WILLIS_PACKED_F32 },
    { "double", WILLIS_PACKED_F64 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    if (g_ascii_strcasecmp (name, types[i].name) == 0)
      return types[i].type;
  return WILLIS_PACKED_NONE;
}

/* After a keyword line: binary data begin behind its newline. */
static void
to_data (Reader *r)
{
  if (!r->binary)
    return;
  while (r->cursor->at < r->cursor->end && *r->cursor->at != '\n')
    r->cursor->at++;
  if (r->cursor->at < r->cursor->end)
    r->cursor->at++;
}

/* n numbers of a type, as doubles to `out` or as integers to `ints` or nowhere (both NULL). */
static gboolean
read_values (Reader *r, gint64 n, WillisPacked type, GArray *out, GArray *ints, const char *what, GError **error)
{
  WillisCursor *c = r->cursor;
  gsize size = willis_packed_size (type);
  gsize room = (gsize) (c->end - c->at);

  if (n < 0 || (guint64) n > (r->binary ? room / MAX (size, 1) : (room + 1) / 2))
    return willis_cursor_fail (c, error, "is cut short: %s need %" G_GINT64_FORMAT " numbers", what, n);
  for (gint64 i = 0; i < n; i++)
    {
      double value = 0.0;
      gint64 id = 0;

      if (r->binary)
        {
          if (out != NULL)
            value = willis_packed_double (type, TRUE, c->at);
          if (ints != NULL)
            id = willis_packed_int (type, TRUE, c->at);
          c->at += size;
        }
      else if (ints != NULL ? !willis_cursor_int (c, &id) : !willis_cursor_double (c, &value))
        return willis_cursor_fail (c, error, "has something that is not a number among the %s", what);
      if (out != NULL)
        g_array_append_val (out, value);
      if (ints != NULL)
        g_array_append_val (ints, id);
    }
  return TRUE;
}

static gboolean
read_points (Reader *r, GError **error)
{
  char type[64];
  gint64 n;

  if (!willis_cursor_int (r->cursor, &n) || !willis_cursor_word (r->cursor, type, sizeof type)
      || vtk_type (type) == WILLIS_PACKED_NONE || n < 0 || n > G_MAXINT32)
    return willis_cursor_fail (r->cursor, error, "has a POINTS line that makes no sense");
  to_data (r);
  g_array_set_size (r->file->points, 0);
  return read_values (r, 3 * n, vtk_type (type), r->file->points, NULL, "points", error);
}

/* Version 5: offsets and connectivity. */
static gboolean
read_cells_5 (Reader *r, WillisCells *cells, gint64 n_offsets, gint64 n_ids, GError **error)
{
  g_autoptr (GArray) offsets = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  char word[64], type[64];

  if (!willis_cursor_word (r->cursor, type, sizeof type))
    return willis_cursor_fail (r->cursor, error, "has an OFFSETS line that makes no sense");
  to_data (r);
  if (!read_values (r, n_offsets, vtk_type (type), NULL, offsets, "cell offsets", error))
    return FALSE;
  if (!willis_cursor_word (r->cursor, word, sizeof word) || strcmp (word, "CONNECTIVITY") != 0
      || !willis_cursor_word (r->cursor, type, sizeof type))
    return willis_cursor_fail (r->cursor, error, "has cells without CONNECTIVITY");
  to_data (r);
  if (!read_values (r, n_ids, vtk_type (type), NULL, ids, "cells", error))
    return FALSE;
  for (guint c = 0; c + 1 < offsets->len; c++)
    {
      gint64 lo = g_array_index (offsets, gint64, c), hi = g_array_index (offsets, gint64, c + 1);

      if (lo < 0 || hi < lo || hi > (gint64) ids->len)
        return willis_cursor_fail (r->cursor, error, "has damaged cell offsets");
      for (gint64 i = lo; i < hi; i++)
        willis_cells_add (cells, g_array_index (ids, gint64, i));
      willis_cells_end (cells);
    }
  return TRUE;
}

static gboolean
read_cells (Reader *r, WillisCells *cells, GError **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  WillisCursor ahead;
  char word[64];
  gint64 n, size;
  guint at = 0;

  if (!willis_cursor_int (r->cursor, &n) || !willis_cursor_int (r->cursor, &size) || n < 0 || size < 0)
    return willis_cursor_fail (r->cursor, error, "has a cell line that makes no sense");
  ahead = *r->cursor;
  if (willis_cursor_word (&ahead, word, sizeof word) && strcmp (word, "OFFSETS") == 0)
    {
      *r->cursor = ahead;
      return read_cells_5 (r, cells, n, size, error);
    }
  to_data (r);
  if (!read_values (r, size, WILLIS_PACKED_I32, NULL, ids, "cells", error))
    return FALSE;
  for (gint64 c = 0; c < n; c++)
    {
      gint64 count = at < ids->len ? g_array_index (ids, gint64, at++) : -1;

      if (count < 0 || count > (gint64) (ids->len - at))
        return willis_cursor_fail (r->cursor, error, "has a damaged cell list");
      for (gint64 i = 0; i < count; i++)
        willis_cells_add (cells, g_array_index (ids, gint64, at++));
      willis_cells_end (cells);
    }
  return TRUE;
}

/* Keeps the radius of centrelines, passes over anything else. */
static gboolean
read_array (Reader *r, const char *name, gint64 n, gint64 components, WillisPacked type, gboolean point_data, GError **error)
{
  gboolean wanted = point_data && components == 1 && n == (gint64) r->file->points->len / 3
                    && (strcmp (name, "MaximumInscribedSphereRadius") == 0 || strcmp (name, "Radius") == 0);
  GArray *out = NULL;

  if (n < 0 || components < 0 || components > 1000 || n > G_MAXINT32)
    return willis_cursor_fail (r->cursor, error, "array %.40s has an absurd size", name);
  if (wanted)
    {
      g_clear_pointer (&r->file->radius, g_array_unref);
      out = r->file->radius = g_array_new (FALSE, FALSE, sizeof (double));
    }
  return read_values (r, n * components, type, out, NULL, name, error);
}

static gboolean
read_field (Reader *r, gboolean point_data, gboolean *stop, GError **error)
{
  char name[256], type[64];
  gint64 n_arrays, components, n;

  if (!willis_cursor_word (r->cursor, name, sizeof name) || !willis_cursor_int (r->cursor, &n_arrays))
    return willis_cursor_fail (r->cursor, error, "has a FIELD line that makes no sense");
  for (gint64 i = 0; i < n_arrays; i++)
    {
      if (!willis_cursor_word (r->cursor, name, sizeof name))
        return willis_cursor_fail (r->cursor, error, "is cut short in its field data");
      if (strcmp (name, "METADATA") == 0)
        {
          g_autofree char *line = NULL;

          do
            {
              g_free (line);
              line = willis_cursor_line (r->cursor);
            }
          while (line != NULL && line[strspn (line, " \t")] != '\0');
          g_free (willis_cursor_line (r->cursor));
          i--;
          continue;
        }
      if (!willis_cursor_int (r->cursor, &components) || !willis_cursor_int (r->cursor, &n)
          || !willis_cursor_word (r->cursor, type, sizeof type))
        return willis_cursor_fail (r->cursor, error, "has a damaged field array");
      if (vtk_type (type) == WILLIS_PACKED_NONE)
        {
          *stop = TRUE; // strings and bits: of no use here, and geometry comes before them
          return TRUE;
        }
      to_data (r);
      if (!read_array (r, name, n, components, vtk_type (type), point_data, error))
        return FALSE;
    }
  return TRUE;
}

/* SCALARS, VECTORS, NORMALS ...: keyword has been read. */
static gboolean
read_attribute (Reader *r, const char *keyword, gint64 n, gboolean point_data, gboolean *stop, GError **error)
{
  char name[256], type[64], word[64];
  gint64 components = strcmp (keyword, "TENSORS") == 0 ? 9 : 3;
  WillisCursor ahead;

  if (!willis_cursor_word (r->cursor, name, sizeof name))
    return willis_cursor_fail (r->cursor, error, "has a nameless %s", keyword);
  if (strcmp (keyword, "LOOKUP_TABLE") == 0 || strcmp (keyword, "COLOR_SCALARS") == 0)
    {
      gint64 count;

      if (!willis_cursor_int (r->cursor, &count) || count < 0 || count > G_MAXINT32)
        return willis_cursor_fail (r->cursor, error, "has a damaged %s", keyword);
      to_data (r);
      count *= keyword[0] == 'L' ? 4 : n;
      return read_values (r, count, r->binary ? WILLIS_PACKED_U8 : WILLIS_PACKED_F32, NULL, NULL, name, error);
    }
  if (strcmp (keyword, "TEXTURE_COORDINATES") == 0 && !willis_cursor_int (r->cursor, &components))
    return willis_cursor_fail (r->cursor, error, "has damaged texture coordinates");
  if (!willis_cursor_word (r->cursor, type, sizeof type))
    return willis_cursor_fail (r->cursor, error, "has a damaged %s", keyword);
  if (vtk_type (type) == WILLIS_PACKED_NONE)
    {
      *stop = TRUE;
      return TRUE;
    }
  if (strcmp (keyword, "SCALARS") == 0)
    {
      components = 1;
      ahead = *r->cursor;
      while (ahead.at < ahead.end && (*ahead.at == ' ' || *ahead.at == '\t'))
        ahead.at++;
      if (g_ascii_isdigit (*ahead.at))
        willis_cursor_int (r->cursor, &components);
      ahead = *r->cursor;
      if (willis_cursor_word (&ahead, word, sizeof word) && strcmp (word, "LOOKUP_TABLE") == 0)
        {
          willis_cursor_word (&ahead, word, sizeof word);
          *r->cursor = ahead;
        }
    }
  else if (strstr (keyword, "_IDS") != NULL)
    components = 1;
  to_data (r);
  return read_array (r, name, n, components, vtk_type (type), point_data, error);
}

static gboolean
read_section (Reader *r, const char *keyword, gint64 *n_data, gboolean *point_data, gboolean *stop, GError **error)
{
  static const char *const attributes[] = { "SCALARS", "VECTORS", "NORMALS", "TENSORS", "TEXTURE_COORDINATES",
                                            "COLOR_SCALARS", "LOOKUP_TABLE", "GLOBAL_IDS", "PEDIGREE_IDS", NULL };

  if (strcmp (keyword, "POINTS") == 0)
    return read_points (r, error);
  if (strcmp (keyword, "POLYGONS") == 0)
    return read_cells (r, &r->file->polygons, error);
  if (strcmp (keyword, "LINES") == 0)
    return read_cells (r, &r->file->lines, error);
  if (strcmp (keyword, "TRIANGLE_STRIPS") == 0)
    return read_cells (r, &r->file->strips, error);
  if (strcmp (keyword, "VERTICES") == 0)
    {
      g_autoptr (WillisPolyFile) ignored = willis_poly_file_new ();

      return read_cells (r, &ignored->lines, error);
    }
  if (strcmp (keyword, "POINT_DATA") == 0 || strcmp (keyword, "CELL_DATA") == 0)
    {
      *point_data = keyword[0] == 'P';
      if (!willis_cursor_int (r->cursor, n_data) || *n_data < 0 || *n_data > G_MAXINT32)
        return willis_cursor_fail (r->cursor, error, "has a damaged %s line", keyword);
      return TRUE;
    }
  if (strcmp (keyword, "FIELD") == 0)
    return read_field (r, *point_data, stop, error);
  if (strcmp (keyword, "METADATA") == 0)
    {
      g_free (willis_cursor_line (r->cursor));
      for (;;)
        {
          g_autofree char *line = willis_cursor_line (r->cursor);

          if (line == NULL || line[strspn (line, " \t")] == '\0')
            return TRUE;
        }
    }
  if (g_strv_contains (attributes, keyword) && *n_data >= 0)
    return read_attribute (r, keyword, *n_data, *point_data, stop, error);
  return willis_cursor_fail (r->cursor, error, "has the unexpected word \"%.40s\"", keyword);
}

gboolean
willis_poly_parse_vtk (WillisPolyFile *file, WillisCursor *cursor, GError **error)
{
  g_autofree char *version = willis_cursor_line (cursor);
  g_autofree char *title = willis_cursor_line (cursor);
  Reader r = { file, cursor, FALSE };
  char word[64], kind[64];
  gint64 n_data = -1;
  gboolean point_data = FALSE, stop = FALSE;

  if (version == NULL || title == NULL || !willis_cursor_word (cursor, word, sizeof word))
    return willis_cursor_fail (cursor, error, "is too short for a VTK file");
  r.binary = g_ascii_strcasecmp (word, "BINARY") == 0;
  if (!r.binary && g_ascii_strcasecmp (word, "ASCII") != 0)
    return willis_cursor_fail (cursor, error, "is neither ASCII nor BINARY");
  if (!willis_cursor_word (cursor, word, sizeof word) || strcmp (word, "DATASET") != 0
      || !willis_cursor_word (cursor, kind, sizeof kind))
    return willis_cursor_fail (cursor, error, "has no DATASET line");
  if (strcmp (kind, "POLYDATA") != 0)
    return willis_cursor_fail (cursor, error, "holds %s, not POLYDATA", kind);
  while (!stop && willis_cursor_word (cursor, word, sizeof word))
    if (!read_section (&r, word, &n_data, &point_data, &stop, error))
      return FALSE;
  return TRUE;
}
