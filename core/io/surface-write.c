/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes surfaces: binary STL, PLY, OBJ, VTP and legacy VTK, each whole or not at all.
 */
#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/io/surface-io.h"
#include "core/num/vec3.h"

typedef void (*Writer) (const WillisSurface *surface, GByteArray *out);

static void
add (GByteArray *out, const void *bytes, gsize n)
{
  g_byte_array_append (out, bytes, (guint) n);
}

static void
add_text (GByteArray *out, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
add_text (GByteArray *out, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  add (out, text, strlen (text));
}

static void
add_f32 (GByteArray *out, double value)
{
  float f = (float) value;
  guint32 bits;

  memcpy (&bits, &f, sizeof bits);
  bits = GUINT32_TO_LE (bits);
  add (out, &bits, sizeof bits);
}

static void
add_f64 (GByteArray *out, double value, gboolean big_endian)
{
  guint64 bits;

  memcpy (&bits, &value, sizeof bits);
  bits = big_endian ? GUINT64_TO_BE (bits) : GUINT64_TO_LE (bits);
  add (out, &bits, sizeof bits);
}

static void
add_i32 (GByteArray *out, gint32 value, gboolean big_endian)
{
  guint32 bits = big_endian ? GUINT32_TO_BE ((guint32) value) : GUINT32_TO_LE ((guint32) value);

  add (out, &bits, sizeof bits);
}

static void
write_stl (const WillisSurface *surface, GByteArray *out)
{
  const double *points = willis_surface_points (surface);
  const gint32 *triangles = willis_surface_triangles (surface);
  gsize n = willis_surface_n_triangles (surface);
  char head[80] = "Willis surface, LPS mm";

  add (out, head, sizeof head);
  add_i32 (out, (gint32) n, FALSE);
  for (gsize t = 0; t < n; t++)
    {
      const gint32 *v = triangles + 3 * t;
      double a[3], b[3], normal[3];

      vec3_sub (a, points + 3 * v[1], points + 3 * v[0]);
      vec3_sub (b, points + 3 * v[2], points + 3 * v[0]);
      vec3_cross (normal, a, b);
      vec3_normalize (normal);
      for (int c = 0; c < 3; c++)
        add_f32 (out, normal[c]);
      for (int c = 0; c < 9; c++)
        add_f32 (out, points[3 * v[c / 3] + c % 3]);
      add (out, "\0\0", 2);
    }
}

static void
write_ply (const WillisSurface *surface, GByteArray *out)
{
  gsize n_points = willis_surface_n_points (surface), n = willis_surface_n_triangles (surface);

  add_text (out, "ply\nformat binary_little_endian 1.0\ncomment Willis surface, LPS mm\nelement vertex %" G_GSIZE_FORMAT
            "\nproperty double x\nproperty double y\nproperty double z\nelement face %" G_GSIZE_FORMAT
            "\nproperty list uchar int vertex_indices\nend_header\n", n_points, n);
  for (gsize i = 0; i < 3 * n_points; i++)
    add_f64 (out, willis_surface_points (surface)[i], FALSE);
  for (gsize t = 0; t < n; t++)
    {
      add (out, "\3", 1);
      for (int c = 0; c < 3; c++)
        add_i32 (out, willis_surface_triangles (surface)[3 * t + c], FALSE);
    }
}

/* "x y z" with all digits, never localised. */
static void
add_point_text (GByteArray *out, const double p[3], const char *before)
{
  char text[3][G_ASCII_DTOSTR_BUF_SIZE];

  for (int a = 0; a < 3; a++)
    g_ascii_dtostr (text[a], sizeof text[a], p[a]);
  add_text (out, "%s%s %s %s\n", before, text[0], text[1], text[2]);
}

static void
write_obj (const WillisSurface *surface, GByteArray *out)
{
  const gint32 *t = willis_surface_triangles (surface);

  add_text (out, "# Willis surface, LPS mm\n");
  for (gsize i = 0; i < willis_surface_n_points (surface); i++)
    add_point_text (out, willis_surface_points (surface) + 3 * i, "v ");
  for (gsize i = 0; i < willis_surface_n_triangles (surface); i++, t += 3)
    add_text (out, "f %d %d %d\n", t[0] + 1, t[1] + 1, t[2] + 1);
}

static void
write_vtk (const WillisSurface *surface, GByteArray *out)
{
  gsize n_points = willis_surface_n_points (surface), n = willis_surface_n_triangles (surface);

  add_text (out, "# vtk DataFile Version 3.0\nWillis surface, LPS mm\nBINARY\nDATASET POLYDATA\nPOINTS %" G_GSIZE_FORMAT
            " double\n", n_points);
  for (gsize i = 0; i < 3 * n_points; i++)
    add_f64 (out, willis_surface_points (surface)[i], TRUE);
  add_text (out, "\nPOLYGONS %" G_GSIZE_FORMAT " %" G_GSIZE_FORMAT "\n", n, 4 * n);
  for (gsize t = 0; t < n; t++)
    {
      add_i32 (out, 3, TRUE);
      for (int c = 0; c < 3; c++)
        add_i32 (out, willis_surface_triangles (surface)[3 * t + c], TRUE);
    }
  add_text (out, "\n");
}

/* Inline base64: a 32-bit length, then the bytes. */
static void
add_vtp_array (GByteArray *out, const char *attributes, GByteArray *data)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autofree char *text = NULL;

  add_i32 (bytes, (gint32) data->len, FALSE);
  add (bytes, data->data, data->len);
  text = g_base64_encode (bytes->data, bytes->len);
  add_text (out, "<DataArray %s format=\"binary\">\n", attributes);
  add (out, text, strlen (text));
  add_text (out, "\n</DataArray>\n");
}

static void
write_vtp (const WillisSurface *surface, GByteArray *out)
{
  gsize n_points = willis_surface_n_points (surface), n = willis_surface_n_triangles (surface);
  g_autoptr (GByteArray) points = g_byte_array_new ();
  g_autoptr (GByteArray) ids = g_byte_array_new ();
  g_autoptr (GByteArray) offsets = g_byte_array_new ();

  for (gsize i = 0; i < 3 * n_points; i++)
    add_f64 (points, willis_surface_points (surface)[i], FALSE);
  for (gsize i = 0; i < 3 * n; i++)
    add_i32 (ids, willis_surface_triangles (surface)[i], FALSE);
  for (gsize t = 1; t <= n; t++)
    add_i32 (offsets, (gint32) (3 * t), FALSE);
  add_text (out, "<?xml version=\"1.0\"?>\n<VTKFile type=\"PolyData\" version=\"0.1\" byte_order=\"LittleEndian\" "
            "header_type=\"UInt32\">\n<PolyData>\n<Piece NumberOfPoints=\"%" G_GSIZE_FORMAT "\" NumberOfVerts=\"0\" "
            "NumberOfLines=\"0\" NumberOfStrips=\"0\" NumberOfPolys=\"%" G_GSIZE_FORMAT "\">\n<Points>\n", n_points, n);
  add_vtp_array (out, "type=\"Float64\" Name=\"Points\" NumberOfComponents=\"3\"", points);
  add_text (out, "</Points>\n<Polys>\n");
  add_vtp_array (out, "type=\"Int32\" Name=\"connectivity\"", ids);
  add_vtp_array (out, "type=\"Int32\" Name=\"offsets\"", offsets);
  add_text (out, "</Polys>\n</Piece>\n</PolyData>\n</VTKFile>\n");
}

gboolean
willis_surface_write (const WillisSurface *surface, const char *path, GError **error)
{
  static const struct
  {
    const char *ending;
    Writer write;
  } writers[] = {
    { ".stl", write_stl }, { ".ply", write_ply }, { ".obj", write_obj }, { ".vtp", write_vtp }, { ".vtk", write_vtk },
  };
  g_autofree char *lower = g_ascii_strdown (path, -1);
  g_autoptr (GByteArray) out = g_byte_array_new ();
  g_autoptr (GError) local = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (writers); i++)
    {
      if (!g_str_has_suffix (lower, writers[i].ending))
        continue;
      if (willis_surface_n_triangles (surface) > 20000000 || willis_surface_n_points (surface) > 20000000)
        return willis_fail (error, WILLIS_ERROR_UNSUPPORTED, _ ("%s: the surface is too large to be written"), path);
      writers[i].write (surface, out);
      if (!g_file_set_contents_full (path, (const char *) out->data, (gssize) out->len, G_FILE_SET_CONTENTS_CONSISTENT,
                                     0666, &local))
        return willis_fail (error, WILLIS_ERROR_BAD_FILE, "%s", local->message);
      return TRUE;
    }
  return willis_fail (error, WILLIS_ERROR_USAGE, _ ("%s: a surface file ends in .stl, .ply, .obj, .vtp or .vtk"), path);
}
