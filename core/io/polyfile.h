/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What a surface or curve file holds, before it becomes a WillisSurface or polylines. Private to core/io: the
 * parsers (polyfile-*.c) fill it, surface-io.c turns it into values. Parsers meet foreign bytes: every
 * count is checked against the bytes that are there before anything is allocated or indexed.
 */
#include <glib.h>

G_BEGIN_DECLS

/* Cells of one kind: indices of cell c are ids[ends[c - 1] .. ends[c]). */
typedef struct
{
  GArray *ids;  // gint64
  GArray *ends; // gsize
} WillisCells;

typedef struct
{
  GArray *points; // double, 3 a point
  WillisCells polygons, strips, lines;
  GArray *radius; // double, 1 a point, or NULL: MaximumInscribedSphereRadius
  gboolean soup;  // triangles share no points (STL)
} WillisPolyFile;

WillisPolyFile *willis_poly_file_new (void);
void willis_poly_file_free (WillisPolyFile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WillisPolyFile, willis_poly_file_free)

void willis_cells_add (WillisCells *cells, gint64 id); // to the cell that is open
void willis_cells_end (WillisCells *cells);            // closes it
gsize willis_cells_n (const WillisCells *cells);
const gint64 *willis_cells_get (const WillisCells *cells, gsize c, gsize *n);

/* A place in a file's bytes (NUL follows the last one). */
typedef struct
{
  const char *at, *end;
  const char *path; // for messages
} WillisCursor;

/* FALSE with WILLIS_ERROR_BAD_FILE "PATH: what". */
gboolean willis_cursor_fail (const WillisCursor *cursor, GError **error, const char *format, ...)
    G_GNUC_PRINTF (3, 4);
void willis_cursor_skip_space (WillisCursor *cursor);
/* The next word (at most size - 1 bytes); FALSE at the end or where it is longer. */
gboolean willis_cursor_word (WillisCursor *cursor, char *out, gsize size);
gboolean willis_cursor_double (WillisCursor *cursor, double *out);
gboolean willis_cursor_int (WillisCursor *cursor, gint64 *out);
/* The rest of this line without its end, new; NULL at the end of the file. */
char *willis_cursor_line (WillisCursor *cursor);

/* Numbers as they lie in binary files. */
typedef enum
{
  WILLIS_PACKED_NONE,
  WILLIS_PACKED_I8,
  WILLIS_PACKED_U8,
  WILLIS_PACKED_I16,
  WILLIS_PACKED_U16,
  WILLIS_PACKED_I32,
  WILLIS_PACKED_U32,
  WILLIS_PACKED_I64,
  WILLIS_PACKED_U64,
  WILLIS_PACKED_F32,
  WILLIS_PACKED_F64,
} WillisPacked;

gsize willis_packed_size (WillisPacked type);
double willis_packed_double (WillisPacked type, gboolean big_endian, const char *at);
gint64 willis_packed_int (WillisPacked type, gboolean big_endian, const char *at);

/* The parsers; text is the whole file. */
gboolean willis_poly_parse_stl (WillisPolyFile *file, WillisCursor *cursor, GError **error);
gboolean willis_poly_parse_ply (WillisPolyFile *file, WillisCursor *cursor, GError **error);
gboolean willis_poly_parse_obj (WillisPolyFile *file, WillisCursor *cursor, GError **error);
gboolean willis_poly_parse_vtk (WillisPolyFile *file, WillisCursor *cursor, GError **error);
gboolean willis_poly_parse_vtp (WillisPolyFile *file, WillisCursor *cursor, GError **error);
gboolean willis_poly_parse_text (WillisPolyFile *file, WillisCursor *cursor, GError **error);

G_END_DECLS
