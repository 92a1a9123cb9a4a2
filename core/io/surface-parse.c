/* SPDX-License-Identifier: Apache-2.0 */
#include "core/io/surface-io.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/io/polyfile.h"
#include "core/num/vec3.h"

#define MAX_FILE_BYTES ((goffset) 512 << 20)

typedef gboolean (*Parser) (WillisPolyFile *file, WillisCursor *cursor, GError **error);

/* The first bytes decide; the ending only where they do not. */
static Parser
choose_parser (const char *path, const char *text, gsize size)
{
  g_autofree char *lower = g_ascii_strdown (path, -1);

  if (size >= 14 && memcmp (text, "# vtk DataFile", 14) == 0)
    return willis_poly_parse_vtk;
  if (size >= 4 && memcmp (text, "ply", 3) == 0 && g_ascii_isspace (text[3]))
    return willis_poly_parse_ply;
  if (g_strstr_len (text, (gssize) MIN (size, 1000), "<VTKFile") != NULL)
    return willis_poly_parse_vtp;
  if (g_str_has_suffix (lower, ".stl"))
    return willis_poly_parse_stl;
  if (g_str_has_suffix (lower, ".obj"))
    return willis_poly_parse_obj;
  if (g_str_has_suffix (lower, ".csv") || g_str_has_suffix (lower, ".txt") || g_str_has_suffix (lower, ".xyz")
      || g_str_has_suffix (lower, ".dat"))
    return willis_poly_parse_text;
  return NULL;
}

/* Every index of the cells must be a point of the file. */
static gboolean
check_cells (const WillisPolyFile *file, const WillisCells *cells, const WillisCursor *cursor, GError **error)
{
  gint64 n = file->points->len / 3;

  for (guint i = 0; i < cells->ids->len; i++)
    {
      gint64 id = g_array_index (cells->ids, gint64, i);

      if (id < 0 || id >= n)
        return willis_cursor_fail (cursor, error, "uses point %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT, id, n);
    }
  return TRUE;
}

static gboolean
check_points (const WillisPolyFile *file, const WillisCursor *cursor, GError **error)
{
  if (file->points->len == 0)
    return willis_cursor_fail (cursor, error, "holds no points");
  if (file->points->len / 3 > G_MAXINT32)
    return willis_cursor_fail (cursor, error, "holds more points than Willis can handle");
  for (guint i = 0; i < file->points->len; i++)
    if (!(fabs (g_array_index (file->points, double, i)) < 1e9))
      return willis_cursor_fail (cursor, error, "point %u is not a place", i / 3);
  return TRUE;
}

static WillisPolyFile *
read_file (const char *path, GError **error)
{
  g_autoptr (WillisPolyFile) file = willis_poly_file_new ();
  g_autoptr (GError) local = NULL;
  g_autofree char *text = NULL;
  WillisCursor cursor = { NULL, NULL, path };
  struct stat st;
  Parser parser;
  gsize size;

  if (stat (path, &st) != 0)
    {
      willis_fail (error, WILLIS_ERROR_BAD_FILE, _ ("%s: cannot be opened: %s"), path, g_strerror (errno));
      return NULL;
    }
  if (!S_ISREG (st.st_mode) || st.st_size > MAX_FILE_BYTES || st.st_size == 0)
    {
      willis_fail (error, WILLIS_ERROR_BAD_FILE, st.st_size == 0 ? _ ("%s: is empty")
                   : S_ISREG (st.st_mode) ? _ ("%s: is too large") : _ ("%s: is not a file"), path);
      return NULL;
    }
  if (!g_file_get_contents (path, &text, &size, &local))
    {
      willis_fail (error, WILLIS_ERROR_BAD_FILE, "%s", local->message);
      return NULL;
    }
  cursor.at = text;
  cursor.end = text + size;
  parser = choose_parser (path, text, size);
  if (parser == NULL)
    {
      willis_fail (error, WILLIS_ERROR_BAD_FILE, _ ("%s: is not a surface or curve that Willis can read (STL, PLY, OBJ, VTP, "
                   "VTK)"), path);
      return NULL;
    }
  if (!parser (file, &cursor, error) || !check_points (file, &cursor, error)
      || !check_cells (file, &file->polygons, &cursor, error) || !check_cells (file, &file->strips, &cursor, error)
      || !check_cells (file, &file->lines, &cursor, error))
    return NULL;
  return g_steal_pointer (&file);
}

/* --- merging the corners of a triangle soup --- */

typedef struct
{
  gint64 cell[3];
  gint32 point;
} Entry;

static guint
entry_hash (gconstpointer key)
{
  const Entry *e = key;
  guint64 h = 1469598103934665603u;

  for (int a = 0; a < 3; a++)
    h = (h ^ (guint64) e->cell[a]) * 1099511628211u + (h >> 29);
  return (guint) (h ^ h >> 32);
}

static gboolean
entry_equal (gconstpointer a, gconstpointer b)
{
  return memcmp (((const Entry *) a)->cell, ((const Entry *) b)->cell, sizeof ((const Entry *) a)->cell) == 0;
}

/* The kept point within tol of p, or -1. One point a cell of width 2 tol, so 8 cells are looked into. */
static gint32
find_near (GHashTable *table, const double *kept, const double p[3], double tol)
{
  for (int k = 0; k < 8; k++)
    {
      Entry probe, *found;

      for (int a = 0; a < 3; a++)
        {
          double c = p[a] / (2.0 * tol);

          probe.cell[a] = (gint64) floor (c) + ((k >> a & 1) == 0 ? 0 : c - floor (c) < 0.5 ? -1 : 1);
        }
      found = g_hash_table_lookup (table, &probe);
      if (found != NULL && vec3_dist (kept + 3 * found->point, p) <= tol)
        return found->point;
    }
  return -1;
}

/* Merges points closer than tol (mm): map[i] is the new index of point i; the points are packed in place. */
static gint32 *
merge_points (GArray *points, double tol)
{
  gsize n = points->len / 3, n_kept = 0;
  double *p = (double *) (void *) points->data;
  gint32 *map = g_new (gint32, MAX (n, 1));
  Entry *entries = g_new (Entry, MAX (n, 1));
  g_autoptr (GHashTable) table = g_hash_table_new (entry_hash, entry_equal);

  for (gsize i = 0; i < n; i++)
    {
      map[i] = find_near (table, p, p + 3 * i, tol);
      if (map[i] >= 0)
        continue;
      vec3_copy (p + 3 * n_kept, p + 3 * i);
      for (int a = 0; a < 3; a++)
        entries[n_kept].cell[a] = (gint64) floor (p[3 * n_kept + a] / (2.0 * tol));
      entries[n_kept].point = map[i] = (gint32) n_kept;
      if (!g_hash_table_contains (table, &entries[n_kept]))
        g_hash_table_add (table, &entries[n_kept]);
      n_kept++;
    }
  g_hash_table_unref (g_steal_pointer (&table));
  g_free (entries);
  g_array_set_size (points, (guint) (3 * n_kept));
  return map;
}

/* --- cells to triangles --- */

static void
add_triangle (GArray *out, gint32 a, gint32 b, gint32 c)
{
  gint32 t[3] = { a, b, c };

  if (a != b && b != c && a != c)
    g_array_append_vals (out, t, 3);
}

/* Is corner q of the ring p, q, r an ear: convex, with no other corner inside or on its edge? */
static gboolean
is_ear (const double *points, const gint32 *ring, gsize n, gsize at, const double normal[3])
{
  gsize prev = (at + n - 1) % n, next = (at + 1) % n;
  const double *p = points + 3 * ring[prev], *q = points + 3 * ring[at], *r = points + 3 * ring[next];
  double e[3], f[3], x[3];

  vec3_sub (e, q, p);
  vec3_sub (f, r, q);
  vec3_cross (x, e, f);
  if (vec3_dot (x, normal) <= 0.0)
    return FALSE;
  for (gsize i = 0; i < n; i++)
    {
      const double *s = points + 3 * ring[i], *corner[3] = { p, q, r };
      int inside = 0;

      if (i == prev || i == at || i == next)
        continue;
      for (int c = 0; c < 3; c++)
        {
          vec3_sub (e, corner[(c + 1) % 3], corner[c]);
          vec3_sub (f, s, corner[c]);
          vec3_cross (x, e, f);
          inside += vec3_dot (x, normal) >= 0.0;
        }
      if (inside == 3 && ring[i] != ring[prev] && ring[i] != ring[at] && ring[i] != ring[next])
        return FALSE;
    }
  return TRUE;
}

/* A polygon, not always convex or flat, by cutting ears off (Meisters 1975). */
static void
add_polygon (GArray *out, const double *points, const gint32 *ids, gsize n)
{
  g_autofree gint32 *ring = g_memdup2 (ids, n * sizeof (gint32));
  double normal[3] = { 0 };
  gsize at = 0, tries = 0;

  for (gsize i = 0; i < n; i++)
    {
      double a[3], b[3], x[3];

      vec3_sub (a, points + 3 * ids[i], points + 3 * ids[0]);
      vec3_sub (b, points + 3 * ids[(i + 1) % n], points + 3 * ids[0]);
      vec3_cross (x, a, b);
      vec3_add (normal, normal, x);
    }
  while (n > 3)
    {
      at %= n;
      if (tries <= n && n < 5000 && !is_ear (points, ring, n, at, normal))
        {
          at++;
          tries++;
          continue;
        }
      add_triangle (out, ring[(at + n - 1) % n], ring[at], ring[(at + 1) % n]);
      memmove (ring + at, ring + at + 1, (n - at - 1) * sizeof (gint32));
      n--;
      tries = 0;
    }
  if (n == 3)
    add_triangle (out, ring[0], ring[1], ring[2]);
}

static GArray *
triangulate (const WillisPolyFile *file, const gint32 *map)
{
  GArray *out = g_array_new (FALSE, FALSE, sizeof (gint32));
  g_autoptr (GArray) ring = g_array_new (FALSE, FALSE, sizeof (gint32));
  const double *points = (const double *) (const void *) file->points->data;

  for (gsize c = 0; c < willis_cells_n (&file->polygons); c++)
    {
      gsize n;
      const gint64 *ids = willis_cells_get (&file->polygons, c, &n);

      g_array_set_size (ring, 0);
      for (gsize i = 0; i < n; i++)
        {
          gint32 id = map != NULL ? map[ids[i]] : (gint32) ids[i];

          g_array_append_val (ring, id);
        }
      add_polygon (out, points, (const gint32 *) (const void *) ring->data, n);
    }
  for (gsize c = 0; c < willis_cells_n (&file->strips); c++)
    {
      gsize n;
      const gint64 *ids = willis_cells_get (&file->strips, c, &n);

      for (gsize i = 0; i + 2 < n; i++)
        add_triangle (out, (gint32) ids[i + (i & 1)], (gint32) ids[i + 1 - (i & 1)], (gint32) ids[i + 2]);
    }
  return out;
}

/* Leaves out points that no triangle uses, so that bounds and sizes speak of the surface alone. */
static void
drop_unused (GArray *points, GArray *triangles)
{
  gsize n = points->len / 3, n_kept = 0;
  double *p = (double *) (void *) points->data;
  gint32 *t = (gint32 *) (void *) triangles->data;
  g_autofree gint32 *map = g_new0 (gint32, MAX (n, 1));

  for (guint i = 0; i < triangles->len; i++)
    map[t[i]] = 1;
  for (gsize i = 0; i < n; i++)
    if (map[i] != 0)
      {
        vec3_copy (p + 3 * n_kept, p + 3 * i);
        map[i] = (gint32) n_kept++;
      }
  for (guint i = 0; i < triangles->len; i++)
    t[i] = map[t[i]];
  g_array_set_size (points, (guint) (3 * n_kept));
}

WillisSurface *
willis_surface_parse (const char *path, GError **error)
{
  g_autoptr (WillisPolyFile) file = read_file (path, error);
  g_autofree gint32 *map = NULL;
  g_autoptr (GArray) triangles = NULL;
  gsize n_points, n_triangles;

  if (file == NULL)
    return NULL;
  if (file->soup)
    {
      double lo[3] = { G_MAXDOUBLE, G_MAXDOUBLE, G_MAXDOUBLE }, hi[3] = { -G_MAXDOUBLE, -G_MAXDOUBLE, -G_MAXDOUBLE };

      for (guint i = 0; i < file->points->len; i++)
        {
          lo[i % 3] = MIN (lo[i % 3], g_array_index (file->points, double, i));
          hi[i % 3] = MAX (hi[i % 3], g_array_index (file->points, double, i));
        }
      map = merge_points (file->points, MAX (1e-7 * vec3_dist (lo, hi), 1e-12));
    }
  triangles = triangulate (file, map);
  if (triangles->len == 0)
    {
      willis_fail (error, WILLIS_ERROR_BAD_FILE, _ ("%s: holds no triangles"), path);
      return NULL;
    }
  drop_unused (file->points, triangles);
  n_points = file->points->len / 3;
  n_triangles = triangles->len / 3;
  return willis_surface_new_take ((double *) (void *) g_array_free (g_steal_pointer (&file->points), FALSE), n_points,
                                  (gint32 *) (void *) g_array_free (g_steal_pointer (&triangles), FALSE), n_triangles);
}

/* --- curves --- */

static void
add_line (GArray *out, const WillisPolyFile *file, const gint64 *ids, gsize n, gboolean closed)
{
  gboolean radius = file->radius != NULL && file->radius->len == file->points->len / 3;
  WillisPolyline line = { 0 };

  if (n > 1 && ids[0] == ids[n - 1])
    {
      closed = TRUE;
      n--;
    }
  if (n == 0)
    return;
  line.n = n;
  line.closed = closed;
  line.points_lps_mm = g_new (double, 3 * n);
  line.radius_mm = radius ? g_new (double, n) : NULL;
  for (gsize i = 0; i < n; i++)
    {
      vec3_copy (line.points_lps_mm + 3 * i, (const double *) (const void *) file->points->data + 3 * ids[i]);
      if (radius)
        line.radius_mm[i] = g_array_index (file->radius, double, ids[i]);
    }
  g_array_append_val (out, line);
}

GArray *
willis_polylines_parse (const char *path, GError **error)
{
  g_autoptr (WillisPolyFile) file = read_file (path, error);
  GArray *out;
  gsize n;

  if (file == NULL)
    return NULL;
  out = willis_polylines_new ();
  for (gsize c = 0; c < willis_cells_n (&file->lines); c++)
    {
      const gint64 *ids = willis_cells_get (&file->lines, c, &n);

      add_line (out, file, ids, n, FALSE);
    }
  for (gsize c = 0; c < willis_cells_n (&file->polygons); c++)
    {
      const gint64 *ids = willis_cells_get (&file->polygons, c, &n);

      add_line (out, file, ids, n, TRUE);
    }
  if (out->len == 0)
    {
      g_array_unref (out);
      willis_fail (error, WILLIS_ERROR_BAD_FILE, _ ("%s: holds no lines"), path);
      return NULL;
    }
  return out;
}
