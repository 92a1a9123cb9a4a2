/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Surfaces and curves through the helper process: what a hostile file does, it does there.
 */
#include "core/io/surface-io.h"

#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/io/reader.h"

static const WillisReaderLimits limits = { (guint64) 8 << 30, 120.0, 60.0, -1 };

static void
polyline_clear (gpointer data)
{
  WillisPolyline *line = data;

  g_free (line->points_lps_mm);
  g_free (line->radius_mm);
}

GArray *
willis_polylines_new (void)
{
  GArray *out = g_array_new (FALSE, FALSE, sizeof (WillisPolyline));

  g_array_set_clear_func (out, polyline_clear);
  return out;
}

/* --- the helper's side --- */

static gboolean
put_blob (WillisReply *reply, const char *name, const void *bytes, gsize size, GError **error)
{
  void *room = willis_reply_blob (reply, name, MAX (size, 1), error);

  if (room == NULL)
    return FALSE;
  memcpy (room, bytes, size);
  return TRUE;
}

static gboolean
reply_lines (const char *path, WillisReply *reply, GError **error)
{
  g_autoptr (GArray) lines = willis_polylines_parse (path, error);
  g_autoptr (GArray) heads = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GArray) numbers = g_array_new (FALSE, FALSE, sizeof (double));

  if (lines == NULL)
    return FALSE;
  for (guint l = 0; l < lines->len; l++)
    {
      const WillisPolyline *line = &g_array_index (lines, WillisPolyline, l);
      gint64 head[3] = { (gint64) line->n, line->closed, line->radius_mm != NULL };

      g_array_append_vals (heads, head, 3);
      g_array_append_vals (numbers, line->points_lps_mm, (guint) (3 * line->n));
      if (line->radius_mm != NULL)
        g_array_append_vals (numbers, line->radius_mm, (guint) line->n);
    }
  return put_blob (reply, "heads", heads->data, heads->len * sizeof (gint64), error)
         && put_blob (reply, "numbers", numbers->data, numbers->len * sizeof (double), error);
}

gboolean
willis_surface_handle_read (JsonObject *request, WillisReply *reply, GError **error)
{
  const char *path = json_object_get_string_member_with_default (request, "path", "");
  g_autoptr (WillisSurface) surface = NULL;

  if (json_object_get_boolean_member_with_default (request, "lines", FALSE))
    return reply_lines (path, reply, error);
  surface = willis_surface_parse (path, error);
  return surface != NULL
         && put_blob (reply, "points", willis_surface_points (surface),
                      3 * willis_surface_n_points (surface) * sizeof (double), error)
         && put_blob (reply, "triangles", willis_surface_triangles (surface),
                      3 * willis_surface_n_triangles (surface) * sizeof (gint32), error);
}

/* --- the asking side --- */

static WillisReading *
ask (const char *path, gboolean lines, GError **error)
{
  g_autoptr (JsonObject) request = json_object_new ();
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *absolute = g_canonicalize_filename (path, NULL);

  json_object_set_string_member (request, "path", absolute);
  json_object_set_boolean_member (request, "lines", lines);
  return willis_reader_run ("surface", request, name, &limits, NULL, error);
}

/* The answer comes from a process that met a foreign file: nothing in it is believed. */
static gboolean
refuse (const char *path, GError **error)
{
  return willis_fail (error, WILLIS_ERROR_BAD_FILE, _ ("%s: the reader gave an answer that makes no sense"), path);
}

WillisSurface *
willis_surface_read (const char *path, GError **error)
{
  g_autoptr (WillisReading) reading = ask (path, FALSE, error);
  g_autoptr (WillisSurface) surface = NULL;
  const double *points;
  const gint32 *triangles;
  gsize n_points = 0, n_triangles = 0;

  if (reading == NULL)
    return NULL;
  points = willis_reading_blob (reading, "points", G_MAXSIZE, &n_points);
  triangles = willis_reading_blob (reading, "triangles", G_MAXSIZE, &n_triangles);
  if (points == NULL || triangles == NULL || n_points % 24 != 0 || n_triangles % 12 != 0)
    {
      refuse (path, error);
      return NULL;
    }
  surface = willis_surface_new_copy (points, n_points / 24, triangles, n_triangles / 12);
  if (!willis_surface_check (surface, NULL))
    {
      refuse (path, error);
      return NULL;
    }
  return g_steal_pointer (&surface);
}

GArray *
willis_polylines_read (const char *path, GError **error)
{
  g_autoptr (WillisReading) reading = ask (path, TRUE, error);
  g_autoptr (GArray) out = willis_polylines_new ();
  const gint64 *heads;
  const double *numbers;
  gsize n_heads = 0, n_numbers = 0, at = 0;

  if (reading == NULL)
    return NULL;
  heads = willis_reading_blob (reading, "heads", G_MAXSIZE, &n_heads);
  numbers = willis_reading_blob (reading, "numbers", G_MAXSIZE, &n_numbers);
  n_numbers /= sizeof (double);
  for (gsize l = 0; heads != NULL && numbers != NULL && l < n_heads / 24; l++)
    {
      const gint64 *head = heads + 3 * l;
      WillisPolyline line = { .closed = head[1] != 0 };

      if (head[0] <= 0 || (guint64) head[0] > (n_numbers - at) / (head[2] != 0 ? 4 : 3))
        {
          refuse (path, error);
          return NULL;
        }
      line.n = (gsize) head[0];
      line.points_lps_mm = g_memdup2 (numbers + at, 3 * line.n * sizeof (double));
      at += 3 * line.n;
      if (head[2] != 0)
        {
          line.radius_mm = g_memdup2 (numbers + at, line.n * sizeof (double));
          at += line.n;
        }
      g_array_append_val (out, line);
      for (gsize i = 0; i < 3 * line.n; i++)
        if (!isfinite (line.points_lps_mm[i]))
          {
            refuse (path, error);
            return NULL;
          }
    }
  if (out->len == 0)
    {
      refuse (path, error);
      return NULL;
    }
  return g_steal_pointer (&out);
}

double *
willis_polyline_read (const char *path, gsize *n, double **radius_mm, GError **error)
{
  g_autoptr (GArray) lines = willis_polylines_read (path, error);
  g_autofree double *points = NULL, *radius = NULL;
  gboolean have_radius = TRUE;
  gsize total = 0;

  if (lines == NULL)
    return NULL;
  for (guint c = 0; c < lines->len; c++)
    {
      total += g_array_index (lines, WillisPolyline, c).n;
      have_radius = have_radius && g_array_index (lines, WillisPolyline, c).radius_mm != NULL;
    }
  points = g_new (double, 3 * total);
  radius = have_radius ? g_new (double, total) : NULL;
  total = 0;
  for (guint c = 0; c < lines->len; c++)
    {
      const WillisPolyline *line = &g_array_index (lines, WillisPolyline, c);

      memcpy (points + 3 * total, line->points_lps_mm, 3 * line->n * sizeof (double));
      if (have_radius)
        memcpy (radius + total, line->radius_mm, line->n * sizeof (double));
      total += line->n;
    }
  *n = total;
  if (radius_mm != NULL)
    *radius_mm = g_steal_pointer (&radius);
  return g_steal_pointer (&points);
}
