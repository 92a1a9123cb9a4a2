/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PLY: ASCII and binary of both endings, any elements and properties; points, faces, strips and edges are kept.
 */
#include "core/io/polyfile.h"

#include <string.h>

#define MAX_PROPERTIES 64
#define MAX_ELEMENTS 32

typedef struct
{
  char name[64];
  WillisPacked type;
  WillisPacked count_type; // NONE: not a list
} Property;

typedef struct
{
  char name[64];
  gint64 n;
  Property properties[MAX_PROPERTIES];
  int n_properties;
} Element;

typedef struct
{
  gboolean ascii, big_endian;
  Element elements[MAX_ELEMENTS];
  int n_elements;
} Header;

static WillisPacked
ply_type (const char *name)
{
  static const struct
  {
    const char *name;
    WillisPacked type;
  } types[] = {
    { "char", WILLIS_PACKED_I8 },    { "int8", WILLIS_PACKED_I8 },     { "uchar", WILLIS_PACKED_U8 },
    { "uint8", WILLIS_PACKED_U8 },   { "short", WILLIS_PACKED_I16 },   { "int16", WILLIS_PACKED_I16 },
    { "ushort", WILLIS_PACKED_U16 }, { "uint16", WILLIS_PACKED_U16 },  { "int", WILLIS_PACKED_I32 },
    { "int32", WILLIS_PACKED_I32 },  { "uint", WILLIS_PACKED_U32 },    { "uint32", WILLIS_PACKED_U32 },
    { "float", WILLIS_PACKED_F32 },  { "float32", WILLIS_PACKED_F32 }, { "double", WILLIS_PACKED_F64 },
    { "float64", WILLIS_PACKED_F64 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    if (strcmp (name, types[i].name) == 0)
      return types[i].type;
  return WILLIS_PACKED_NONE;
}

static gboolean
parse_property (Header *header, char **words, const WillisCursor *cursor, GError **error)
{
  guint n = g_strv_length (words);
  gboolean list = n == 5 && strcmp (words[1], "list") == 0;
  Element *element = header->n_elements > 0 ? &header->elements[header->n_elements - 1] : NULL;
  Property *property;

  if (element == NULL || element->n_properties == MAX_PROPERTIES || (!list && n != 3))
    return willis_cursor_fail (cursor, error, "has a property line that makes no sense");
  property = &element->properties[element->n_properties++];
  property->count_type = list ? ply_type (words[2]) : WILLIS_PACKED_NONE;
  property->type = ply_type (words[list ? 3 : 1]);
  g_strlcpy (property->name, words[n - 1], sizeof property->name);
  if (property->type == WILLIS_PACKED_NONE || (list && property->count_type == WILLIS_PACKED_NONE))
    return willis_cursor_fail (cursor, error, "property %s has an unknown type", property->name);
  return TRUE;
}

static gboolean
parse_element (Header *header, char **words, const WillisCursor *cursor, GError **error)
{
  Element *element;

  if (g_strv_length (words) != 3 || header->n_elements == MAX_ELEMENTS)
    return willis_cursor_fail (cursor, error, "has an element line that makes no sense");
  element = &header->elements[header->n_elements++];
  g_strlcpy (element->name, words[1], sizeof element->name);
  if (!g_ascii_string_to_signed (words[2], 10, 0, G_MAXINT32, &element->n, NULL))
    return willis_cursor_fail (cursor, error, "announces \"%.20s\" items of element %s", words[2], element->name);
  return TRUE;
}

static gboolean
parse_header (Header *header, WillisCursor *cursor, GError **error)
{
  gboolean format = FALSE;

  for (guint n = 0; n < 10000; n++)
    {
      g_autofree char *line = willis_cursor_line (cursor);
      g_auto (GStrv) words = NULL;

      if (line == NULL)
        break;
      words = g_strsplit (g_strstrip (line), " ", -1);
      if (words[0] == NULL || strcmp (words[0], "ply") == 0 || strcmp (words[0], "comment") == 0
          || strcmp (words[0], "obj_info") == 0)
        continue;
      if (strcmp (words[0], "end_header") == 0)
        return format || willis_cursor_fail (cursor, error, "has no format line");
      if (strcmp (words[0], "format") == 0 && words[1] != NULL)
        {
          format = TRUE;
          header->ascii = strcmp (words[1], "ascii") == 0;
          header->big_endian = strcmp (words[1], "binary_big_endian") == 0;
          if (!header->ascii && !header->big_endian && strcmp (words[1], "binary_little_endian") != 0)
            return willis_cursor_fail (cursor, error, "has the unknown format \"%.40s\"", words[1]);
        }
      else if (strcmp (words[0], "element") == 0)
        {
          if (!parse_element (header, words, cursor, error))
            return FALSE;
        }
      else if (strcmp (words[0], "property") == 0 && !parse_property (header, words, cursor, error))
        return FALSE;
    }
  return willis_cursor_fail (cursor, error, "has no complete header");
}

/* The next number of the body; index where it is wanted as one. */
static gboolean
next_value (const Header *header, WillisCursor *cursor, WillisPacked type, double *value)
{
  gsize size = willis_packed_size (type);

  if (header->ascii)
    return willis_cursor_double (cursor, value);
  if ((gsize) (cursor->end - cursor->at) < size)
    return FALSE;
  *value = willis_packed_double (type, header->big_endian, cursor->at);
  cursor->at += size;
  return TRUE;
}

static int
axis_of (const Property *property)
{
  return property->name[1] == '\0' && property->name[0] >= 'x' && property->name[0] <= 'z'
             ? property->name[0] - 'x' : -1;
}

/* A list property: the ids go to cells where it is wanted; -1 inside a strip begins the next one. */
static gboolean
parse_list (const Header *header, const Property *property, WillisCells *cells, WillisCursor *cursor)
{
  double n, value;

  if (!next_value (header, cursor, property->count_type, &n) || n < 0 || n > cursor->end - cursor->at)
    return FALSE;
  for (gint64 i = 0; i < (gint64) n; i++)
    {
      if (!next_value (header, cursor, property->type, &value))
        return FALSE;
      if (cells == NULL)
        continue;
      if (value == -1)
        willis_cells_end (cells);
      else
        willis_cells_add (cells, value >= 0 && value < 1e15 ? (gint64) value : -1);
    }
  if (cells != NULL)
    willis_cells_end (cells);
  return TRUE;
}

static gboolean
parse_item (WillisPolyFile *file, const Header *header, const Element *element, WillisCursor *cursor)
{
  gboolean vertex = strcmp (element->name, "vertex") == 0, edge = strcmp (element->name, "edge") == 0;
  WillisCells *cells = strcmp (element->name, "face") == 0        ? &file->polygons
                       : strcmp (element->name, "tristrips") == 0 ? &file->strips : NULL;
  double p[3] = { 0 }, value;

  for (int i = 0; i < element->n_properties; i++)
    {
      const Property *property = &element->properties[i];
      gboolean wanted = strcmp (property->name, "vertex_indices") == 0
                        || strcmp (property->name, "vertex_index") == 0;

      if (property->count_type != WILLIS_PACKED_NONE)
        {
          if (!parse_list (header, property, wanted ? cells : NULL, cursor))
            return FALSE;
          continue;
        }
      if (!next_value (header, cursor, property->type, &value))
        return FALSE;
      if (vertex && axis_of (property) >= 0)
        p[axis_of (property)] = value;
      if (edge && (strcmp (property->name, "vertex1") == 0 || strcmp (property->name, "vertex2") == 0))
        willis_cells_add (&file->lines, value >= 0 && value < 1e15 ? (gint64) value : -1);
    }
  if (vertex)
    g_array_append_vals (file->points, p, 3);
  if (edge)
    willis_cells_end (&file->lines);
  return TRUE;
}

gboolean
willis_poly_parse_ply (WillisPolyFile *file, WillisCursor *cursor, GError **error)
{
  g_autofree Header *header = g_new0 (Header, 1);

  if (!parse_header (header, cursor, error))
    return FALSE;
  for (int e = 0; e < header->n_elements; e++)
    {
      const Element *element = &header->elements[e];

      if (element->n_properties == 0)
        continue;
      for (gint64 i = 0; i < element->n; i++)
        if (!parse_item (file, header, element, cursor))
          return willis_cursor_fail (cursor, error, "is cut short or damaged in element %s %" G_GINT64_FORMAT
                                     " of %" G_GINT64_FORMAT, element->name, i + 1, element->n);
    }
  return TRUE;
}
