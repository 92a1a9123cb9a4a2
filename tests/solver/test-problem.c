/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "solver/problem/curve.h"
#include "solver/problem/problem.h"

#define ROD                                                                                                            \
  "\"rods\":[{\"line\":{\"from\":[0,0,0],\"to\":[1,0,0]},\"elements\":4,\"EA\":1e4,\"GA\":1e4,\"GJ\":1,"               \
  "\"EI\":1}]"
#define HELD "\"supports\":[{\"at\":\"start\",\"fix\":[\"x\",\"y\",\"z\",\"rx\",\"ry\",\"rz\"]}]"

static WillisRodProblem *
read_text (const char *text, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new ();

  g_assert_true (json_parser_load_from_data (parser, text, -1, NULL));
  return willis_rod_problem_new (json_node_get_object (json_parser_get_root (parser)), ".", 1, FALSE, error);
}

/* Each of these is refused with a sentence that names the place. */
static void
test_refused (void)
{
  static const char *const bad[][2] = {
    { "{}", "rods" },
    { "{" ROD "," HELD ",\"colour\":1}", "colour" },
    { "{" ROD "," HELD ",\"loads\":[{\"at\":\"end\",\"force\":[0,1]}]}", "force" },
    { "{" ROD "," HELD ",\"loads\":[{\"at\":\"end\"}]}", "loads[0]" },
    { "{" ROD "," HELD ",\"loads\":[{\"at\":2,\"force\":[0,1,0]}]}", "at" },
    { "{" ROD "," HELD ",\"loads\":[{\"at\":\"middle\",\"force\":[0,1,0]}]}", "at" },
    { "{" ROD "," HELD ",\"loads\":[{\"rod\":\"q\",\"at\":\"end\",\"force\":[0,1,0]}]}", "q" },
    { "{" ROD ",\"supports\":[{\"at\":\"start\",\"fix\":[\"w\"]}]}", "w" },
    { "{" ROD ",\"supports\":[{\"at\":\"start\",\"fix\":[]}]}", "fix" },
    { "{" ROD "," HELD ",\"path\":{\"type\":\"walk\"}}", "type" },
    { "{" ROD "," HELD ",\"path\":{\"steps\":0}}", "steps" },
    { "{" ROD "," HELD ",\"path\":{\"steps\":1.5}}", "steps" },
    { "{" ROD "," HELD ",\"lumen\":{\"cube\":{}}}", "cube" },
    { "{" ROD "," HELD ",\"lumen\":{\"surface\":\"not-there.stl\"}}", "not-there" },
    { "{\"rods\":[{\"line\":{\"from\":[0,0,0],\"to\":[0,0,0]},\"EA\":1,\"GA\":1,\"GJ\":1,\"EI\":1}]}", "length" },
    { "{\"rods\":[{\"line\":{\"from\":[0,0,0],\"to\":[1,0,0]},\"EA\":1,\"GA\":1,\"GJ\":1}]}", "EI" },
    { "{\"rods\":[{\"line\":{\"from\":[0,0,0],\"to\":[1,0,0]},\"EA\":1,\"GA\":1,\"GJ\":1,\"EI\":[1,2]}]}", "axis2" },
    { "{\"rods\":[{\"line\":{\"from\":[0,0,0],\"to\":[1,0,0]},\"EA\":1,\"GA\":1,\"GJ\":1,\"EI\":-1}]}", "EI" },
    { "{\"rods\":[{\"points\":[[0,0,0],[0,0,0]],\"EA\":1,\"GA\":1,\"GJ\":1,\"EI\":1}]}", "same" },
    { "{\"rods\":[{\"points\":[[0,0,0]],\"EA\":1,\"GA\":1,\"GJ\":1,\"EI\":1}]}", "points" },
    { "{\"rods\":[7]}", "rods[0]" },
    { "{" ROD "," HELD ",\"friction\":0.1}", "friction" },
    { "{" ROD "," HELD ",\"lumen\":{\"cylinder\":{\"from\":[0,0,0],\"to\":[1,0,0],\"radius\":0.1}},\"radius_mm\":0.2}",
      "thinner" },
    { "{" ROD "," HELD ",\"joints\":[{\"rods\":[\"rods[0]\",\"rods[0]\"],\"ends\":[\"start\",\"end\"]}]}",
      "joints[0]" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      WillisRodProblem *problem = read_text (bad[i][0], &error);

      g_assert_null (problem);
      g_assert_nonnull (error);
      if (strstr (error->message, bad[i][1]) == NULL)
        g_error ("case %u: \"%s\" does not name \"%s\"", (guint) i, error->message, bad[i][1]);
    }
}

/* Loads between nodes get a node of their own; the number of elements grows by what that takes. */
static void
test_stations (void)
{
  g_autoptr (WillisRodProblem) problem
      = read_text ("{" ROD "," HELD ",\"loads\":[{\"at\":0.3,\"force\":[0,1,0]}],\"monitor\":[{\"at\":0.3}]}", NULL);
  int node;

  g_assert_nonnull (problem);
  node = g_array_index (problem->monitor, int, 0);
  g_assert_cmpfloat (fabs (problem->model->start[node].r[0] - 0.3), <, 1e-12);
}

/* The spline through points of a circle is the circle to fourth order; its frames follow the tangent. */
static void
test_curve (void)
{
  double points[33][3], errors[2];

  for (int level = 0; level < 2; level++)
    {
      int n = level ? 33 : 17;
      g_autoptr (WillisCurve) curve = NULL;

      for (int i = 0; i < n; i++)
        vec3_set (points[i], cos (M_PI * i / (n - 1)), sin (M_PI * i / (n - 1)), 0.0);
      curve = willis_curve_points (points[0], n);
      errors[level] = fabs (willis_curve_length (curve) - M_PI);
    }
  g_assert_cmpfloat (errors[1], <, 1e-5);
  g_assert_cmpfloat (errors[0] / errors[1], >, 10.0);
}

/* The pressed right-angle frame is perfect: it has two branchings on its way, and the load path stays in the
 * plane across both. */
static void
test_branching (void)
{
#define SECTION "\"elements\":20,\"EA\":1.282e6,\"GA\":4.08e5,\"GJ\":5.8e4,\"EI\":[9.617e7,3.847e4],\"axis2\":[0,0,1]"
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (WillisRodProblem) problem = NULL;
  g_autoptr (WillisRodPath) path = NULL;
  GError *error = NULL;

  g_assert_true (json_parser_load_from_data (
      parser,
      "{\"rods\":[{\"id\":\"c\",\"line\":{\"from\":[0,0,0],\"to\":[0,240,0]}," SECTION "},"
      "{\"id\":\"b\",\"line\":{\"from\":[0,240,0],\"to\":[240,240,0]}," SECTION "}],"
      "\"joints\":[{\"rods\":[\"c\",\"b\"],\"ends\":[\"end\",\"start\"],\"type\":\"rigid\"}],"
      "\"supports\":[{\"rod\":\"c\",\"at\":\"start\",\"fix\":\"x y z rx ry rz\"}],"
      "\"loads\":[{\"rod\":\"b\",\"at\":\"end\",\"force\":[0,-1,0]}],\"path\":{\"steps\":20,\"max_factor\":4}"
      "}",
      -1, NULL));
  problem
      = willis_rod_problem_run_object (json_node_get_object (json_parser_get_root (parser)), ".", NULL, &path, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (path->limits->len, ==, 2);
  g_assert_cmpint (path->last->unstable_modes, ==, 2);
  for (int n = 0; n < path->n_nodes; n++)
    g_assert_cmpfloat (fabs (path->last->frames[n].r[2]), <, 1e-3);
}

/* Runs text and gives the result as it is written. */
static JsonNode *
result_of (const char *text)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (WillisRodProblem) problem = NULL;
  g_autoptr (WillisRodPath) path = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (json_parser_load_from_data (parser, text, -1, NULL));
  problem
      = willis_rod_problem_run_object (json_node_get_object (json_parser_get_root (parser)), ".", NULL, &path, &error);
  g_assert_no_error (error);
  json_builder_begin_object (builder);
  willis_rod_problem_write (problem, path, builder);
  json_builder_end_object (builder);
  return json_builder_get_root (builder);
}

static double
number (JsonArray *rows, guint row, const char *key, guint k)
{
  return json_array_get_double_element (json_object_get_array_member (json_array_get_object_element (rows, row), key),
                                        k);
}

/* Supports, walls and loads keep each other in balance, as printed. */
static void
test_forces (void)
{
  g_autoptr (JsonNode) node = result_of (
      "{\"rods\":[{\"line\":{\"from\":[0,0,0],\"to\":[1,0,0]},\"elements\":40,\"EA\":1e5,\"GA\":1e5,\"GJ\":3,\"EI\":[1,"
      "2],"
      "\"axis2\":[0,0,1]}],\"supports\":[{\"at\":\"start\",\"fix\":\"x y z rx\"},{\"at\":\"end\",\"fix\":\"y z\"}],"
      "\"loads\":[{\"at\":\"end\",\"force\":[-29.6,0,0]},{\"at\":0.5,\"force\":[0,1e-3,0]}],\"lumen\":{\"cylinder\":{"
      "\"from\":[0,0,0],\"to\":[1,0,0],\"radius\":0.11}},\"radius_mm\":0.1,\"path\":{\"steps\":4}}");
  JsonObject *result = json_node_get_object (node);
  JsonArray *reactions = json_object_get_array_member (result, "reactions");
  JsonArray *contacts = json_object_get_array_member (result, "contacts");
  JsonObject *rod = json_array_get_object_element (json_object_get_array_member (result, "rods"), 0);
  double sum[3] = { -29.6, 1e-3, 0.0 }, wall = 0.0;

  g_assert_cmpuint (json_array_get_length (reactions), ==, 2);
  g_assert_cmpuint (json_array_get_length (contacts), >, 0);
  for (guint k = 0; k < 3; k++)
    {
      sum[k] += number (reactions, 0, "force_n", k) + number (reactions, 1, "force_n", k);
      for (guint i = 0; i < json_array_get_length (contacts); i++)
        {
          sum[k] += number (contacts, i, "normal_n", k) + number (contacts, i, "friction_n", k);
          wall += k == 1 ? fabs (number (contacts, i, "normal_n", k)) : 0.0;
        }
      g_assert_cmpfloat (fabs (sum[k]), <, 1e-7);
    }
  g_assert_cmpfloat (fabs (wall - json_object_get_double_member (result, "wall_n")), <, 1e-9);
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (rod, "forces_n")), ==, 40);
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (rod, "tangents")), ==, 41);
  /* the thrust goes through */
  g_assert_cmpfloat (fabs (json_array_get_double_element (
                               json_array_get_array_element (json_object_get_array_member (rod, "forces_n"), 20), 0)
                           + 29.6),
                     <, 0.05);
}

/* A rod hinged at one end falls on the floor of a tube and lies there. */
static void
test_falls (void)
{
  g_autoptr (JsonNode) node = result_of (
      "{\"rods\":[{\"line\":{\"from\":[0,-0.9,0],\"to\":[30,-0.9,0]},\"elements\":60,\"EA\":1e4,\"GA\":1e4,\"GJ\":1,"
      "\"EI\":1}],"
      "\"supports\":[{\"at\":\"start\",\"fix\":\"x y z "
      "rx\"}],\"distributed\":[{\"force_per_mm\":[0,-0.01,0]}],\"lumen\":{"
      "\"cylinder\":{\"from\":[0,0,0],\"to\":[1,0,0],\"radius\":1.2}},\"radius_mm\":0.2,\"path\":{\"steps\":4}}");
  JsonObject *result = json_node_get_object (node);
  JsonArray *points = json_object_get_array_member (
      json_array_get_object_element (json_object_get_array_member (result, "rods"), 0), "points");

  g_assert_cmpstr (json_object_get_string_member (result, "reason"), ==, "max_factor");
  g_assert_cmpfloat (fabs (json_array_get_double_element (json_array_get_array_element (points, 60), 1) + 1.0), <,
                     1e-4);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/problem/refused", test_refused);
  g_test_add_func ("/problem/stations", test_stations);
  g_test_add_func ("/problem/curve", test_curve);
  g_test_add_func ("/problem/branching", test_branching);
  g_test_add_func ("/problem/forces", test_forces);
  g_test_add_func ("/problem/falls", test_falls);
  return g_test_run ();
}
