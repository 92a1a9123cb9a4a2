/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/json.h"
#include "core/io/surface-io.h"
#include "solver/problem/problem-private.h"

#define MAX_POINTS 200000

/* A vector that must be there. */
static gboolean
need_vector (JsonObject *object, const char *where, const char *key, double out[3], GError **error)
{
  gsize n = 0;

  if (!willis_json_get_doubles (object, where, key, 3, 3, out, &n, error))
    return FALSE;
  return n == 3 || willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("%s: \"%s\" is missing"), where, key);
}

static gboolean
need_number (JsonObject *object, const char *where, const char *key, double lo, double hi, double *out,
             GError **error)
{
  if (!json_object_has_member (object, key))
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("%s: \"%s\" is missing"), where, key);
  return willis_json_get_double (object, where, key, 0.0, lo, hi, out, error);
}

static gboolean
read_line (RodSpec *spec, JsonObject *line, const char *where, GError **error)
{
  static const char *const keys[] = { "from", "to", NULL };
  double from[3], to[3];

  if (!willis_json_check_keys (line, where, keys, error) || !need_vector (line, where, "from", from, error)
      || !need_vector (line, where, "to", to, error))
    return FALSE;
  if (!(vec3_dist (from, to) > 0.0))
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("%s: the line has no length"), where);
  spec->curve = willis_curve_line (from, to);
  return TRUE;
}

static gboolean
read_arc (RodSpec *spec, JsonObject *arc, const char *where, GError **error)
{
  static const char *const keys[] = { "start", "tangent", "normal", "radius", "angle_deg", NULL };
  double start[3], tangent[3], normal[3], cross[3], radius, angle;

  if (!willis_json_check_keys (arc, where, keys, error) || !need_vector (arc, where, "start", start, error)
      || !need_vector (arc, where, "tangent", tangent, error)
      || !need_vector (arc, where, "normal", normal, error)
      || !need_number (arc, where, "radius", 1e-9, 1e12, &radius, error)
      || !need_number (arc, where, "angle_deg", 1e-9, 36000.0, &angle, error))
    return FALSE;
  vec3_cross (cross, tangent, normal);
  if (!(vec3_norm (cross) > 1e-9 * vec3_norm (tangent) * vec3_norm (normal)) || !(vec3_norm (tangent) > 0.0))
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT,
                        _ ("%s: \"tangent\" and \"normal\" of the arc span no plane"), where);
  spec->curve = willis_curve_arc (start, tangent, normal, radius, angle * M_PI / 180.0);
  return TRUE;
}

static gboolean
read_points (RodSpec *spec, JsonArray *array, const char *where, GError **error)
{
  guint n = json_array_get_length (array);
  g_autofree double *points = NULL;

  if (n < 2 || n > MAX_POINTS)
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("%s: \"points\" must hold at least two points"),
                        where);
  points = g_new0 (double, 3 * n);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (JsonObject) holder = json_object_new ();
      g_autofree char *name = g_strdup_printf ("points[%u]", i);

      json_object_set_member (holder, name, json_node_copy (json_array_get_element (array, i)));
      if (!need_vector (holder, where, name, points + 3 * i, error))
        return FALSE;
      if (i > 0 && !(vec3_dist (points + 3 * i, points + 3 * (i - 1)) > 0.0))
        return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("%s: points %u and %u are the same"), where,
                            i - 1, i);
    }
  spec->curve = willis_curve_points (points, n);
  return TRUE;
}

static gboolean
read_shape (RodSpec *spec, JsonObject *item, const char *where, GError **error)
{
  JsonObject *line = NULL, *arc = NULL;
  JsonArray *points = NULL;

  if (!willis_json_get_object (item, where, "line", &line, error)
      || !willis_json_get_object (item, where, "arc", &arc, error)
      || !willis_json_get_array (item, where, "points", &points, error))
    return FALSE;
  if ((line != NULL) + (arc != NULL) + (points != NULL) != 1)
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("%s: needs one of \"line\", \"arc\" or \"points\""),
                        where);
  if (line != NULL)
    return read_line (spec, line, where, error);
  return arc != NULL ? read_arc (spec, arc, where, error) : read_points (spec, points, where, error);
}

/* One or two numbers, above zero. */
static gboolean
read_pair (JsonObject *item, const char *where, const char *key, double out[2], gboolean *two, GError **error)
{
  JsonNode *node = json_object_get_member (item, key);
  gsize n = 0;

  if (node != NULL && JSON_NODE_HOLDS_ARRAY (node))
    {
      if (!willis_json_get_doubles (item, where, key, 1, 2, out, &n, error))
        return FALSE;
      if (!(out[0] > 0.0) || (n == 2 && !(out[1] > 0.0)))
        return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("%s: \"%s\" must be above zero"), where, key);
      if (n == 1)
        out[1] = out[0];
    }
  else
    {
      if (!need_number (item, where, key, 1e-300, 1e30, &out[0], error))
        return FALSE;
      out[1] = out[0];
    }
  *two |= out[0] != out[1];
  return TRUE;
}

static gboolean
read_section (RodSpec *spec, JsonObject *item, const char *where, GError **error)
{
  const char *rest;
  gboolean two = FALSE;
  gsize n = 0;

  if (!need_number (item, where, "EA", 1e-300, 1e30, &spec->stiffness[0], error)
      || !read_pair (item, where, "GA", spec->stiffness + 1, &two, error)
      || !need_number (item, where, "GJ", 1e-300, 1e30, &spec->stiffness[3], error)
      || !read_pair (item, where, "EI", spec->stiffness + 4, &two, error)
      || !willis_json_get_doubles (item, where, "axis2", 3, 3, spec->axis2, &n, error)
      || !willis_json_get_string (item, where, "rest", "as_given", &rest, error)
      || !willis_json_get_double (item, where, "radius_mm", -1.0, 0.0, 1e6, &spec->radius_mm, error))
    return FALSE;
  spec->has_axis2 = n == 3;
  if (two && !spec->has_axis2)
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("%s: two values of EI or GA need \"axis2\""),
                        where);
  if (strcmp (rest, "as_given") != 0 && strcmp (rest, "straight") != 0)
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT,
                        _ ("%s: \"rest\" must be \"as_given\" or \"straight\""), where);
  spec->straight = strcmp (rest, "straight") == 0;
  return TRUE;
}

/* The second axis must not run along the rod where it starts. */
static gboolean
check_axis (const RodSpec *spec, const char *where, GError **error)
{
  const double first = 0.0;
  double t[3], c[3];
  WillisFrame frame;

  if (!spec->has_axis2)
    return TRUE;
  willis_curve_frames (spec->curve, &first, 1, NULL, &frame);
  willis_frame_axis (&frame, 0, t);
  vec3_cross (c, t, spec->axis2);
  if (vec3_norm (c) > 1e-6 * vec3_norm (spec->axis2))
    return TRUE;
  return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("%s: \"axis2\" must lie across the rod"), where);
}

gboolean
_willis_problem_read_rod (Reader *reader, JsonObject *item, const char *where, GError **error)
{
  static const char *const keys[] = { "id", "line", "arc",   "points", "elements",  "EA", "GA",
                                      "GJ", "EI",   "axis2", "rest",   "radius_mm", NULL };
  RodSpec spec = { 0 };
  gint64 elements;

  spec.breaks = g_array_new (FALSE, FALSE, sizeof (double));
  if (!willis_json_check_keys (item, where, keys, error)
      || !willis_json_get_string (item, where, "id", where, &spec.id, error)
      || !read_shape (&spec, item, where, error)
      || !willis_json_get_int (item, where, "elements", 40, 1, 100000, &elements, error)
      || !read_section (&spec, item, where, error) || !check_axis (&spec, where, error))
    {
      willis_curve_free (spec.curve);
      g_array_unref (spec.breaks);
      return FALSE;
    }
  spec.id = g_intern_string (spec.id); // where, the fallback, does not live as long
  spec.elements = (int)elements;
  for (guint i = 0; i < reader->specs->len; i++)
    if (strcmp (g_array_index (reader->specs, RodSpec, i).id, spec.id) == 0)
      {
        willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("%s: there is already a rod \"%s\""), where, spec.id);
        willis_curve_free (spec.curve);
        g_array_unref (spec.breaks);
        return FALSE;
      }
  g_array_append_val (reader->specs, spec);
  return TRUE;
}

static WillisLumen *
read_cylinder (JsonObject *spec, GError **error)
{
  static const char *const keys[] = { "from", "to", "radius", NULL };
  double from[3], to[3], radius;

  if (!willis_json_check_keys (spec, "lumen.cylinder", keys, error)
      || !need_vector (spec, "lumen.cylinder", "from", from, error)
      || !need_vector (spec, "lumen.cylinder", "to", to, error)
      || !need_number (spec, "lumen.cylinder", "radius", 1e-9, 1e9, &radius, error))
    return NULL;
  if (!(vec3_dist (from, to) > 0.0))
    {
      willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("lumen.cylinder: the line has no length"));
      return NULL;
    }
  return willis_lumen_cylinder (from, to, radius);
}

static WillisLumen *
read_torus (JsonObject *spec, GError **error)
{
  static const char *const keys[] = { "centre", "axis", "major", "minor", NULL };
  double centre[3], axis[3], major, minor;

  if (!willis_json_check_keys (spec, "lumen.torus", keys, error)
      || !need_vector (spec, "lumen.torus", "centre", centre, error)
      || !need_vector (spec, "lumen.torus", "axis", axis, error)
      || !need_number (spec, "lumen.torus", "major", 1e-9, 1e9, &major, error)
      || !need_number (spec, "lumen.torus", "minor", 1e-9, major, &minor, error))
    return NULL;
  if (!(vec3_norm (axis) > 0.0))
    {
      willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("lumen.torus: \"axis\" has no length"));
      return NULL;
    }
  return willis_lumen_torus (centre, axis, major, minor);
}

static WillisLumen *
read_surface (const char *name, const char *folder, GError **error)
{
  g_autofree char *path = g_path_is_absolute (name) ? g_strdup (name) : g_build_filename (folder, name, NULL);
  g_autoptr (WillisSurface) given = willis_surface_read (path, error);
  WillisLumen *lumen;

  if (given == NULL)
    return NULL;
  lumen = willis_lumen_from_surface (given, 0.0, NULL, error);
  if (lumen == NULL)
    g_prefix_error (error, "%s: ", path);
  return lumen;
}

WillisLumen *
_willis_problem_read_lumen (JsonObject *spec, const char *folder, GError **error)
{
  static const char *const keys[] = { "cylinder", "torus", "surface", NULL };
  JsonObject *cylinder = NULL, *torus = NULL;
  const char *surface = NULL;

  if (!willis_json_check_keys (spec, "lumen", keys, error)
      || !willis_json_get_object (spec, "lumen", "cylinder", &cylinder, error)
      || !willis_json_get_object (spec, "lumen", "torus", &torus, error)
      || !willis_json_get_string (spec, "lumen", "surface", NULL, &surface, error))
    return NULL;
  if ((cylinder != NULL) + (torus != NULL) + (surface != NULL) != 1)
    {
      willis_fail (error, WILLIS_ERROR_BAD_INPUT,
                   _ ("lumen: needs one of \"cylinder\", \"torus\" or \"surface\""));
      return NULL;
    }
  if (cylinder != NULL)
    return read_cylinder (cylinder, error);
  if (torus != NULL)
    return read_torus (torus, error);
  return read_surface (surface, folder, error);
}
