/* SPDX-License-Identifier: Apache-2.0 */
#include "solver/problem/problem.h"

#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/json.h"
#include "solver/problem/problem-private.h"

#define MAX_TENSION 0.2 // of 12 EI / length^2
#define MAX_TURN 1.0    // radians over one element before it is refined

static void
rod_free (gpointer data)
{
  WillisProblemRod *rod = data;

  g_free (rod->id);
  g_free (rod->nodes);
  g_free (rod->stations);
  g_free (rod);
}

static void
spec_clear (RodSpec *spec)
{
  willis_curve_free (spec->curve);
  g_clear_pointer (&spec->breaks, g_array_unref);
}

/* Index of the rod an item speaks of: "rod": its id, or nothing where there is only one. */
static gboolean
find_rod (GArray *specs, JsonObject *item, const char *where, int *index, GError **error)
{
  const char *id = NULL;

  if (!willis_json_get_string (item, where, "rod", NULL, &id, error))
    return FALSE;
  if (id == NULL && specs->len == 1)
    return *index = 0, TRUE;
  if (id == NULL)
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("%s: \"rod\" must name a rod"), where);
  for (guint i = 0; i < specs->len; i++)
    if (strcmp (g_array_index (specs, RodSpec, i).id, id) == 0)
      return *index = (int) i, TRUE;
  return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("%s: there is no rod \"%s\""), where, id);
}

/* "at": "start", "end" or millimetres from the start. */
static gboolean
find_station (const RodSpec *spec, JsonObject *item, const char *where, double *station, GError **error)
{
  JsonNode *node = json_object_get_member (item, "at");
  double length = willis_curve_length (spec->curve);

  if (node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
    {
      const char *text = json_node_get_string (node);

      if (strcmp (text, "start") == 0)
        return *station = 0.0, TRUE;
      if (strcmp (text, "end") == 0)
        return *station = length, TRUE;
      return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("%s: \"at\" must be \"start\", \"end\" or millimetres"),
                          where);
    }
  if (node == NULL)
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("%s: \"at\" is missing"), where);
  if (!willis_json_get_double (item, where, "at", 0.0, -1e-6 * length, length * (1.0 + 1e-6), station, error))
    return FALSE;
  *station = CLAMP (*station, 0.0, length);
  return TRUE;
}

typedef gboolean (*ItemFunc) (Reader *reader, JsonObject *item, const char *where, GError **error);

static gboolean
each (Reader *reader, JsonObject *object, const char *key, ItemFunc func, GError **error)
{
  JsonArray *array = NULL;

  if (!willis_json_get_array (object, _ ("the rod problem"), key, &array, error))
    return FALSE;
  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    {
      g_autofree char *where = g_strdup_printf ("%s[%u]", key, i);
      JsonNode *node = json_array_get_element (array, i);

      if (!JSON_NODE_HOLDS_OBJECT (node))
        return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("%s must be an object"), where);
      if (!func (reader, json_node_get_object (node), where, error))
        return FALSE;
    }
  return TRUE;
}

/* First pass: the stations at which nodes must lie. */
static gboolean
note_station (Reader *reader, JsonObject *item, const char *where, GError **error)
{
  RodSpec *spec;
  double station;
  int rod;

  if (!find_rod (reader->specs, item, where, &rod, error))
    return FALSE;
  spec = &g_array_index (reader->specs, RodSpec, rod);
  if (!find_station (spec, item, where, &station, error))
    return FALSE;
  g_array_append_val (spec->breaks, station);
  return TRUE;
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return x < y ? -1 : x > y;
}

/* Stations of the nodes: even, unless something sits between; then even between such places. */
static GArray *
choose_stations (const RodSpec *spec, int refine)
{
  GArray *out = g_array_new (FALSE, FALSE, sizeof (double));
  double length = willis_curve_length (spec->curve), h = length / spec->elements, last = 0.0;
  gsize n_points = willis_curve_n_points (spec->curve);
  gboolean even = TRUE;

  g_array_sort (spec->breaks, compare_doubles);
  for (guint i = 0; i < spec->breaks->len; i++)
    {
      double k = g_array_index (spec->breaks, double, i) / h;

      even = even && fabs (k - round (k)) < 1e-6;
    }
  g_array_append_val (out, last);
  if (n_points > 0 && spec->elements == (int) n_points - 1)
    {
      /* as many elements as spans: nodes at the points, and at what sits between them */
      for (gsize i = 1; i < n_points; i++)
        {
          double s = willis_curve_at_point (spec->curve, i);

          g_array_append_val (spec->breaks, s);
        }
      g_array_sort (spec->breaks, compare_doubles);
      even = FALSE;
    }
  if (even)
    for (int i = 1; i <= spec->elements * refine; i++)
      {
        double s = length * i / (spec->elements * refine);

        g_array_append_val (out, s);
      }
  for (guint i = 0; !even && i <= spec->breaks->len; i++)
    {
      double next = i < spec->breaks->len ? g_array_index (spec->breaks, double, i) : length;
      int n = MAX (1, (int) round ((next - last) / h)) * refine;

      if (next - last < 1e-9 * length)
        continue;
      for (int k = 1; k <= n; k++)
        {
          double s = k == n ? next : last + (next - last) * k / n;

          g_array_append_val (out, s);
        }
      last = next;
    }
  return out;
}

/* Nodes and elements of one rod. */
static gboolean
build_rod (Reader *reader, const RodSpec *spec, GError **error)
{
  g_autoptr (GArray) stations = choose_stations (spec, reader->refine);
  int n = (int) stations->len;
  g_autofree WillisFrame *frames = g_new0 (WillisFrame, n);
  WillisProblemRod *rod = g_new0 (WillisProblemRod, 1);

  rod->id = g_strdup (spec->id);
  rod->n_nodes = n;
  rod->first_element = reader->problem->model->n_elements;
  rod->nodes = g_new0 (int, n);
  rod->stations = g_memdup2 (stations->data, sizeof (double) * n);
  rod->radius_mm = spec->radius_mm;
  memcpy (rod->stiffness, spec->stiffness, sizeof rod->stiffness);
  g_ptr_array_add (reader->problem->rods, rod);
  willis_curve_frames (spec->curve, rod->stations, n, spec->has_axis2 ? spec->axis2 : NULL, frames);
  for (int i = 0; i < n; i++)
    rod->nodes[i] = willis_rod_model_add_node (reader->problem->model, &frames[i]);
  for (int i = 0; i + 1 < n; i++)
    {
      double d[6], arc = rod->stations[i + 1] - rod->stations[i], rest[6] = { 1.0, 0.0, 0.0, 0.0, 0.0, 0.0 };

      willis_frame_log (&frames[i], &frames[i + 1], d);
      for (int k = 0; k < 6 && !spec->straight; k++)
        rest[k] = d[k] / arc;
      willis_rod_model_add_element (reader->problem->model, rod->nodes[i], rod->nodes[i + 1], arc, rest,
                                    spec->stiffness);
    }
  return TRUE;
}

/* The node of a rod at a station (one of its stations). */
static int
node_at (const WillisProblemRod *rod, double station)
{
  int best = 0;

  for (int i = 1; i < rod->n_nodes; i++)
    if (fabs (rod->stations[i] - station) < fabs (rod->stations[best] - station))
      best = i;
  return rod->nodes[best];
}

static gboolean
item_node (Reader *reader, JsonObject *item, const char *where, int *node, GError **error)
{
  double station;
  int rod;

  if (!find_rod (reader->specs, item, where, &rod, error)
      || !find_station (&g_array_index (reader->specs, RodSpec, rod), item, where, &station, error))
    return FALSE;
  *node = node_at (reader->problem->rods->pdata[rod], station);
  return TRUE;
}

/* What is held twice counts for the first support. */
static void
note_support (Reader *reader, JsonObject *item, int node, guint mask)
{
  GArray *supports = reader->problem->supports;
  WillisProblemSupport support = { 0, node, mask, 0.0 };
  const WillisProblemRod *rod;

  find_rod (reader->specs, item, "", &support.rod, NULL);
  rod = reader->problem->rods->pdata[support.rod];
  for (int i = 0; i < rod->n_nodes; i++)
    if (rod->nodes[i] == node)
      support.station = rod->stations[i];
  for (guint i = 0; i < supports->len; i++)
    if (g_array_index (supports, WillisProblemSupport, i).node == node)
      support.mask &= ~g_array_index (supports, WillisProblemSupport, i).mask;
  g_array_append_val (supports, support);
}

static gboolean
read_support (Reader *reader, JsonObject *item, const char *where, GError **error)
{
  static const char *const keys[] = { "rod", "at", "fix", NULL };
  static const char *const names[] = { "x", "y", "z", "rx", "ry", "rz" };
  g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);
  JsonNode *fix = json_object_get_member (item, "fix");
  guint mask = 0;
  int node;

  if (!willis_json_check_keys (item, where, keys, error) || !item_node (reader, item, where, &node, error))
    return FALSE;
  if (fix != NULL && JSON_NODE_HOLDS_ARRAY (fix))
    for (guint i = 0; i < json_array_get_length (json_node_get_array (fix)); i++)
      {
        JsonNode *word = json_array_get_element (json_node_get_array (fix), i);

        if (!JSON_NODE_HOLDS_VALUE (word) || json_node_get_value_type (word) != G_TYPE_STRING)
          return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("%s: \"fix\" must name x, y, z, rx, ry or rz"), where);
        g_ptr_array_add (words, g_strdup (json_node_get_string (word)));
      }
  else if (fix != NULL && JSON_NODE_HOLDS_VALUE (fix) && json_node_get_value_type (fix) == G_TYPE_STRING)
    {
      g_auto (GStrv) parts = g_strsplit_set (json_node_get_string (fix), " ,", -1);

      for (guint i = 0; parts[i] != NULL; i++)
        if (*parts[i] != '\0')
          g_ptr_array_add (words, g_strdup (parts[i]));
    }
  for (guint i = 0; i < words->len; i++)
    {
      int k = 0;

      while (k < 6 && strcmp (names[k], words->pdata[i]) != 0)
        k++;
      if (k == 6)
        return willis_fail (error, WILLIS_ERROR_BAD_INPUT,
                            _ ("%s: \"fix\" holds \"%s\", must be x, y, z, rx, ry or rz"), where,
                            (const char *) words->pdata[i]);
      mask |= 1u << k;
    }
  if (mask == 0)
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("%s: \"fix\" must name x, y, z, rx, ry or rz"), where);
  willis_rod_model_hold (reader->problem->model, node, mask);
  note_support (reader, item, node, mask);
  return TRUE;
}

static gboolean
read_load (Reader *reader, JsonObject *item, const char *where, GError **error)
{
  static const char *const keys[] = { "rod", "at", "force", "moment", "follower", NULL };
  double force[3] = { 0 }, moment[3] = { 0 };
  gboolean follower;
  gsize nf = 0, nm = 0;
  int node;

  if (!willis_json_check_keys (item, where, keys, error) || !item_node (reader, item, where, &node, error)
      || !willis_json_get_doubles (item, where, "force", 3, 3, force, &nf, error)
      || !willis_json_get_doubles (item, where, "moment", 3, 3, moment, &nm, error)
      || !willis_json_get_bool (item, where, "follower", FALSE, &follower, error))
    return FALSE;
  if (nf + nm == 0)
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("%s: needs a \"force\" or a \"moment\""), where);
  willis_rod_model_add_load (reader->problem->model, node, force, moment, follower);
  return TRUE;
}

static gboolean
read_distributed (Reader *reader, JsonObject *item, const char *where, GError **error)
{
  static const char *const keys[] = { "rod", "force_per_mm", NULL };
  const WillisProblemRod *rod;
  double q[3];
  gsize n;
  int index;

  if (!willis_json_check_keys (item, where, keys, error) || !find_rod (reader->specs, item, where, &index, error)
      || !willis_json_get_doubles (item, where, "force_per_mm", 3, 3, q, &n, error))
    return FALSE;
  if (n == 0)
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("%s: \"force_per_mm\" is missing"), where);
  rod = reader->problem->rods->pdata[index];
  for (int e = 0; e < reader->problem->model->n_elements; e++)
    {
      const int *node = reader->problem->model->elements[e].node;

      if (node[0] >= rod->nodes[0] && node[1] <= rod->nodes[rod->n_nodes - 1])
        willis_rod_model_add_spread (reader->problem->model, e, q);
    }
  return TRUE;
}

static gboolean
read_monitor (Reader *reader, JsonObject *item, const char *where, GError **error)
{
  static const char *const keys[] = { "rod", "at", NULL };
  int node;

  if (!willis_json_check_keys (item, where, keys, error) || !item_node (reader, item, where, &node, error))
    return FALSE;
  g_array_append_val (reader->problem->monitor, node);
  return TRUE;
}

static gboolean
read_joint (Reader *reader, JsonObject *item, const char *where, GError **error)
{
  static const char *const keys[] = { "rods", "ends", "type", NULL };
  JsonArray *rods = NULL, *ends = NULL;
  const char *type;
  int node[2];

  if (!willis_json_check_keys (item, where, keys, error) || !willis_json_get_array (item, where, "rods", &rods, error)
      || !willis_json_get_array (item, where, "ends", &ends, error)
      || !willis_json_get_string (item, where, "type", "rigid", &type, error))
    return FALSE;
  if (rods == NULL || ends == NULL || json_array_get_length (rods) != 2 || json_array_get_length (ends) != 2)
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("%s: \"rods\" and \"ends\" must each have two entries"),
                        where);
  if (strcmp (type, "rigid") != 0 && strcmp (type, "hinge") != 0)
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("%s: \"type\" must be \"rigid\" or \"hinge\""), where);
  for (guint k = 0; k < 2; k++)
    {
      g_autoptr (JsonObject) end = json_object_new ();

      json_object_set_member (end, "rod", json_node_copy (json_array_get_element (rods, k)));
      json_object_set_member (end, "at", json_node_copy (json_array_get_element (ends, k)));
      if (!item_node (reader, end, where, &node[k], error))
        return FALSE;
    }
  if (vec3_dist (reader->problem->model->start[node[0]].r, reader->problem->model->start[node[1]].r)
      > 1e-6 * (1.0 + vec3_norm (reader->problem->model->start[node[0]].r)))
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("%s: the ends that it joins do not meet"), where);
  willis_rod_model_tie (reader->problem->model, node[0], node[1], strcmp (type, "rigid") == 0);
  return TRUE;
}

static gboolean
note_joint (Reader *reader, JsonObject *item, const char *where, GError **error)
{
  JsonArray *rods = NULL, *ends = NULL;

  if (!willis_json_get_array (item, where, "rods", &rods, error)
      || !willis_json_get_array (item, where, "ends", &ends, error))
    return FALSE;
  for (guint k = 0;
       rods != NULL && ends != NULL && k < 2 && k < json_array_get_length (rods) && k < json_array_get_length (ends);
       k++)
    {
      g_autoptr (JsonObject) end = json_object_new ();

      json_object_set_member (end, "rod", json_node_copy (json_array_get_element (rods, k)));
      json_object_set_member (end, "at", json_node_copy (json_array_get_element (ends, k)));
      if (!note_station (reader, end, where, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
read_path (Reader *reader, JsonObject *object, GError **error)
{
  static const char *const keys[] = { "type", "steps", "max_factor", "stop_after_limits", "monitor", NULL };
  WillisRodPathParams *p = &reader->problem->params;
  JsonObject *path = NULL;
  const char *type;
  gint64 steps, limits;
  double fallback;

  *p = (WillisRodPathParams) WILLIS_ROD_PATH_PARAMS_INIT;
  if (!willis_json_get_object (object, _ ("the rod problem"), "path", &path, error))
    return FALSE;
  if (path == NULL)
    return TRUE;
  if (!willis_json_check_keys (path, "path", keys, error)
      || !willis_json_get_string (path, "path", "type", "load", &type, error)
      || !willis_json_get_int (path, "path", "steps", 20, 1, 100000, &steps, error)
      || !willis_json_get_int (path, "path", "stop_after_limits", 0, 0, 1000, &limits, error))
    return FALSE;
  if (strcmp (type, "load") != 0 && strcmp (type, "arc") != 0)
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("path: \"type\" must be \"load\" or \"arc\""));
  p->type = strcmp (type, "arc") == 0 ? WILLIS_ROD_PATH_ARC : WILLIS_ROD_PATH_LOAD;
  p->steps = (int) steps;
  p->stop_after_limits = (int) limits;
  /* an arc that is to stop after limits needs no other end */
  fallback = p->type == WILLIS_ROD_PATH_ARC && limits > 0 ? INFINITY : 1.0;
  if (!willis_json_get_double (path, "path", "max_factor", fallback, 1e-12, 1e15, &p->max_factor, error))
    return FALSE;
  return each (reader, path, "monitor", read_monitor, error);
}

static gboolean
read_lumen (Reader *reader, JsonObject *object, const char *folder, GError **error)
{
  WillisContactParams params = WILLIS_CONTACT_PARAMS_INIT;
  g_autoptr (WillisLumen) lumen = NULL;
  JsonObject *spec = NULL;
  WillisRodField field;
  double radius = 0.0;

  if (!willis_json_get_object (object, _ ("the rod problem"), "lumen", &spec, error)
      || !willis_json_get_double (object, _ ("the rod problem"), "radius_mm", -1.0, 0.0, 1e6, &radius, error)
      || !willis_json_get_double (object, _ ("the rod problem"), "friction", 0.0, 0.0, 10.0, &params.friction, error))
    return FALSE;
  if (spec == NULL)
    return params.friction == 0.0
           || willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("the rod problem: \"friction\" needs a \"lumen\""));
  lumen = _willis_problem_read_lumen (spec, folder, error);
  if (lumen == NULL)
    return FALSE;
  for (guint i = 0; radius < 0.0 && i < reader->specs->len; i++)
    radius = g_array_index (reader->specs, RodSpec, i).radius_mm;
  params.radius_mm = MAX (0.0, radius);
  for (guint i = 0; !json_object_has_member (spec, "surface") && i < reader->specs->len; i++)
    if (MAX (params.radius_mm, g_array_index (reader->specs, RodSpec, i).radius_mm) >= willis_lumen_scale_mm (lumen))
      return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("lumen: rod \"%s\" is no thinner than it"),
                          g_array_index (reader->specs, RodSpec, i).id);
  params.coupled = TRUE;
  reader->problem->contact = willis_contact_new (reader->problem->model, lumen, &params);
  for (guint i = 0; i < reader->problem->rods->len; i++)
    {
      const WillisProblemRod *rod = reader->problem->rods->pdata[i];

      for (int p = 0; rod->radius_mm >= 0.0 && p < reader->problem->contact->n_points; p++)
        {
          WillisContactPoint *point = &reader->problem->contact->points[p];

          if (point->a >= rod->nodes[0] && point->a <= rod->nodes[rod->n_nodes - 1])
            point->radius_mm = rod->radius_mm;
        }
    }
  field = willis_contact_field (reader->problem->contact);
  willis_rod_model_add_field (reader->problem->model, &field);
  return TRUE;
}

static gboolean
read_all (Reader *reader, JsonObject *object, const char *folder, GError **error)
{
  static const char *const keys[] = { "rods",    "joints", "supports",  "loads",    "distributed", "path",
                                      "monitor", "lumen",  "radius_mm", "friction", NULL };
  JsonObject *path = NULL;

  if (!willis_json_check_keys (object, _ ("the rod problem"), keys, error)
      || !each (reader, object, "rods", _willis_problem_read_rod, error))
    return FALSE;
  if (reader->specs->len == 0)
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("the rod problem: \"rods\" is missing or empty"));
  if (!willis_json_get_object (object, _ ("the rod problem"), "path", &path, error)
      || !each (reader, object, "supports", note_station, error) || !each (reader, object, "loads", note_station, error)
      || !each (reader, object, "monitor", note_station, error)
      || (path != NULL && !each (reader, path, "monitor", note_station, error))
      || !each (reader, object, "joints", note_joint, error))
    return FALSE;
  for (guint i = 0; i < reader->specs->len; i++)
    if (!build_rod (reader, &g_array_index (reader->specs, RodSpec, i), error))
      return FALSE;
  if (!each (reader, object, "joints", read_joint, error) || !each (reader, object, "supports", read_support, error)
      || !each (reader, object, "loads", read_load, error)
      || !each (reader, object, "distributed", read_distributed, error)
      || !each (reader, object, "monitor", read_monitor, error) || !read_path (reader, object, error)
      || !read_lumen (reader, object, folder, error))
    return FALSE;
  return willis_rod_model_finish (reader->problem->model, error);
}

WillisRodProblem *
willis_rod_problem_new (JsonObject *object, const char *folder, int refine, gboolean plain_shear, GError **error)
{
  g_autoptr (WillisRodProblem) problem = g_new0 (WillisRodProblem, 1);
  Reader reader = { problem, g_array_new (FALSE, TRUE, sizeof (RodSpec)), refine };
  gboolean good;

  problem->model = willis_rod_model_new ();
  problem->model->plain_shear = plain_shear;
  problem->rods = g_ptr_array_new_with_free_func (rod_free);
  problem->monitor = g_array_new (FALSE, FALSE, sizeof (int));
  problem->supports = g_array_new (FALSE, FALSE, sizeof (WillisProblemSupport));
  good = read_all (&reader, object, folder, error);
  for (guint i = 0; i < reader.specs->len; i++)
    spec_clear (&g_array_index (reader.specs, RodSpec, i));
  g_array_unref (reader.specs);
  return good ? g_steal_pointer (&problem) : NULL;
}

void
willis_rod_problem_free (WillisRodProblem *problem)
{
  if (problem == NULL)
    return;
  willis_contact_free (problem->contact);
  willis_rod_model_free (problem->model);
  g_clear_pointer (&problem->rods, g_ptr_array_unref);
  g_clear_pointer (&problem->monitor, g_array_unref);
  g_clear_pointer (&problem->supports, g_array_unref);
  g_free (problem);
}

double
willis_rod_problem_turn (const WillisRodProblem *problem, const WillisFrame *frames)
{
  double most = 0.0;

  for (int e = 0; e < problem->model->n_elements; e++)
    {
      const int *node = problem->model->elements[e].node;
      double d[6];

      willis_frame_log (&frames[node[0]], &frames[node[1]], d);
      most = MAX (most, vec3_norm (d + 3));
    }
  return most;
}

double
willis_rod_problem_tension (const WillisRodProblem *problem, const WillisFrame *frames)
{
  double most = 0.0;

  for (int e = 0; e < problem->model->n_elements; e++)
    {
      const WillisRodElement *el = &problem->model->elements[e];
      double d[6], bending = MIN (el->stiffness[4], el->stiffness[5]);

      willis_frame_log (&frames[el->node[0]], &frames[el->node[1]], d);
      most = MAX (most,
                  el->stiffness[0] * (d[0] / el->length - el->rest[0]) * el->length * el->length / (12.0 * bending));
    }
  return most;
}

WillisRodProblem *
willis_rod_problem_run_object (JsonObject *object, const char *folder, const WillisProgress *progress,
                               WillisRodPath **path_out, GError **error)
{
  for (int refine = 1, plain = 0;;)
    {
      g_autoptr (WillisRodProblem) problem = willis_rod_problem_new (object, folder, refine, plain, error);
      g_autoptr (WillisRodPath) path = NULL;
      double turn = 0.0;

      if (problem == NULL)
        return NULL;
      path = willis_rod_path_follow (problem->model, &problem->params, progress, error);
      if (path == NULL)
        return NULL;
      turn = willis_rod_problem_turn (problem, path->last->frames);
      for (guint i = 0; i < path->states->len; i++)
        turn = MAX (turn, willis_rod_problem_turn (problem, ((WillisRodState *) path->states->pdata[i])->frames));
      if (!plain
          && (path->end == WILLIS_ROD_END_NOT_CONVERGED || path->end == WILLIS_ROD_END_NO_START
              || willis_rod_problem_tension (problem, path->last->frames) > MAX_TENSION))
        {
          /* a cable, or what may be one: see the elements' shear in model.h */
          plain = 1;
          continue;
        }
      if (refine >= 16
          || turn < (path->end == WILLIS_ROD_END_MAX_FACTOR || path->end == WILLIS_ROD_END_LIMITS ? MAX_TURN
                                                                                                  : 0.5 * MAX_TURN))
        {
          *path_out = g_steal_pointer (&path);
          return g_steal_pointer (&problem);
        }
      refine *= 2;
    }
}

WillisRodProblem *
willis_rod_problem_run (const char *file, const WillisProgress *progress, WillisRodPath **path_out, GError **error)
{
  g_autoptr (JsonObject) object = willis_json_load (file, error);
  g_autofree char *folder = g_path_get_dirname (file);
  WillisRodProblem *problem;

  if (object == NULL)
    return NULL;
  problem = willis_rod_problem_run_object (object, folder, progress, path_out, error);
  if (problem == NULL)
    g_prefix_error (error, "%s: ", file);
  return problem;
}
