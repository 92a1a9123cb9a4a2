/* SPDX-License-Identifier: Apache-2.0 */
/*
 * STL (binary and ASCII), OBJ and plain lists of points.
 */
#include "core/io/polyfile.h"

#include <math.h>
#include <string.h>

static void
add_point (WillisPolyFile *file, const double p[3])
{
  g_array_append_vals (file->points, p, 3);
}

/* The last three points make a triangle of their own. */
static void
end_triangle (WillisPolyFile *file)
{
  gint64 n = file->points->len / 3;

  for (gint64 c = 3; c >= 1; c--)
    willis_cells_add (&file->polygons, n - c);
  willis_cells_end (&file->polygons);
}

static gboolean
parse_stl_binary (WillisPolyFile *file, WillisCursor *cursor, guint64 n, GError **error)
{
  const char *at = cursor->at + 84;

  if ((guint64) (cursor->end - at) / 50 < n)
    return willis_cursor_fail (cursor, error, "is cut short: %" G_GUINT64_FORMAT " triangles announced, %"
                               G_GUINT64_FORMAT " there", n, (guint64) (cursor->end - at) / 50);
  for (guint64 t = 0; t < n; t++, at += 50)
    {
      for (int c = 0; c < 3; c++)
        {
          double p[3];

          for (int a = 0; a < 3; a++)
            p[a] = willis_packed_double (WILLIS_PACKED_F32, FALSE, at + 12 + 12 * c + 4 * a);
          add_point (file, p);
        }
      end_triangle (file);
    }
  return TRUE;
}

static gboolean
parse_stl_ascii (WillisPolyFile *file, WillisCursor *cursor, GError **error)
{
  char word[128];
  int in_facet = 0;
  gboolean closed = FALSE;

  while (willis_cursor_word (cursor, word, sizeof word))
    {
      double p[3];

      closed = g_ascii_strcasecmp (word, "endsolid") == 0;
      if (closed || g_ascii_strcasecmp (word, "solid") == 0)
        {
          g_free (willis_cursor_line (cursor)); // the name
          continue;
        }
      if (g_ascii_strcasecmp (word, "endfacet") == 0)
        {
          if (in_facet != 3)
            return willis_cursor_fail (cursor, error, "facet %u has %d corners", willis_cells_n (&file->polygons) > 0
                                       ? (guint) willis_cells_n (&file->polygons) : 0, in_facet);
          end_triangle (file);
          in_facet = 0;
        }
      if (g_ascii_strcasecmp (word, "vertex") != 0)
        continue;
      if (!willis_cursor_double (cursor, &p[0]) || !willis_cursor_double (cursor, &p[1])
          || !willis_cursor_double (cursor, &p[2]))
        return willis_cursor_fail (cursor, error, "has a vertex that is not three numbers");
      add_point (file, p);
      in_facet++;
    }
  if (!closed || in_facet != 0)
    return willis_cursor_fail (cursor, error, "is cut short");
  return TRUE;
}

gboolean
willis_poly_parse_stl (WillisPolyFile *file, WillisCursor *cursor, GError **error)
{
  gsize size = (gsize) (cursor->end - cursor->at);
  guint64 n = size >= 84 ? (guint64) willis_packed_int (WILLIS_PACKED_U32, FALSE, cursor->at + 80) : 0;

  file->soup = TRUE;
  /* some programs begin binary files with "solid" too: the size decides */
  if (size >= 84 && size == 84 + 50 * n)
    return parse_stl_binary (file, cursor, n, error);
  if (size >= 5 && g_ascii_strncasecmp (cursor->at, "solid", 5) == 0)
    return parse_stl_ascii (file, cursor, error);
  if (size < 84)
    return willis_cursor_fail (cursor, error, "is too short for an STL file");
  return parse_stl_binary (file, cursor, n, error);
}

/* "7", "7/1", "7//2" or "-1/..": the point's index from zero, -1 where it is not one. */
static gint64
obj_index (const char *word, gsize n_points)
{
  char *end = NULL;
  gint64 i = g_ascii_strtoll (word, &end, 10);

  if (end == word || (*end != '\0' && *end != '/'))
    return -1;
  if (i > 0)
    return i - 1;
  return i < 0 && (guint64) -i <= n_points ? (gint64) n_points + i : -1;
}

static gboolean
obj_cell (WillisPolyFile *file, WillisCells *cells, char **words, const WillisCursor *cursor, guint line,
          GError **error)
{
  for (int i = 1; words[i] != NULL; i++)
    {
      gint64 id;

      if (words[i][0] == '\0')
        continue;
      id = obj_index (words[i], file->points->len / 3);
      if (id < 0)
        return willis_cursor_fail (cursor, error, "line %u: \"%.20s\" is not a point", line, words[i]);
      willis_cells_add (cells, id);
    }
  willis_cells_end (cells);
  return TRUE;
}

gboolean
willis_poly_parse_obj (WillisPolyFile *file, WillisCursor *cursor, GError **error)
{
  for (guint line = 1; cursor->at < cursor->end; line++)
    {
      g_autofree char *text = willis_cursor_line (cursor);
      g_auto (GStrv) words = NULL;

      g_strdelimit (text, "\t", ' ');
      g_strstrip (text);
      if (text[0] != 'v' && text[0] != 'f' && text[0] != 'l')
        continue;
      words = g_strsplit (text, " ", -1);
      if (strcmp (words[0], "v") == 0)
        {
          WillisCursor in = { text + 1, text + strlen (text), cursor->path };
          double p[3];

          if (!willis_cursor_double (&in, &p[0]) || !willis_cursor_double (&in, &p[1])
              || !willis_cursor_double (&in, &p[2]))
            return willis_cursor_fail (cursor, error, "line %u: a point needs three numbers", line);
          add_point (file, p);
        }
      else if (strcmp (words[0], "f") == 0 && !obj_cell (file, &file->polygons, words, cursor, line, error))
        return FALSE;
      else if (strcmp (words[0], "l") == 0 && !obj_cell (file, &file->lines, words, cursor, line, error))
        return FALSE;
    }
  return TRUE;
}

/* One point a line, three numbers separated by spaces, commas or semicolons; "#" and a heading are passed over. */
gboolean
willis_poly_parse_text (WillisPolyFile *file, WillisCursor *cursor, GError **error)
{
  for (guint line = 1; cursor->at < cursor->end; line++)
    {
      g_autofree char *text = willis_cursor_line (cursor);
      WillisCursor in;
      double p[3];

      g_strdelimit (text, ",;\t", ' ');
      g_strstrip (text);
      if (text[0] == '\0' || text[0] == '#' || (file->points->len == 0 && g_ascii_isalpha (text[0])))
        continue;
      in = (WillisCursor){ text, text + strlen (text), cursor->path };
      if (!willis_cursor_double (&in, &p[0]) || !willis_cursor_double (&in, &p[1])
          || !willis_cursor_double (&in, &p[2]))
        return willis_cursor_fail (cursor, error, "line %u is not three numbers", line);
      add_point (file, p);
    }
  for (gint64 i = 0; i < (gint64) file->points->len / 3; i++)
    willis_cells_add (&file->lines, i);
  willis_cells_end (&file->lines);
  return TRUE;
}
