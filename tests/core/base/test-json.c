/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>
#include <glib/gstdio.h>
#include <math.h>

#include "core/base/error.h"
#include "core/base/json.h"

static JsonObject *
load_text (const char *text, GError **error)
{
  g_autofree char *path = NULL;
  int fd = g_file_open_tmp ("willis-json-XXXXXX", &path, NULL);
  JsonObject *object;

  g_close (fd, NULL);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  object = willis_json_load (path, error);
  g_unlink (path);
  return object;
}

static void
test_reads_numbers (void)
{
  g_autoptr (JsonObject) object = load_text ("{\"a\": 2.5, \"v\": [1, 2, 3]}", NULL);
  double a, v[3];
  gsize n;

  g_assert_nonnull (object);
  g_assert_true (willis_json_get_double (object, "x", "a", 0, 0, 10, &a, NULL));
  g_assert_cmpfloat (a, ==, 2.5);
  g_assert_true (willis_json_get_doubles (object, "x", "v", 3, 3, v, &n, NULL));
  g_assert_cmpint (n, ==, 3);
  g_assert_cmpfloat (v[2], ==, 3.0);
  g_assert_true (willis_json_get_double (object, "x", "missing", 7, 0, 10, &a, NULL));
  g_assert_cmpfloat (a, ==, 7);
}

static void
test_refuses (void)
{
  const char *const keys[] = { "a", NULL };
  g_autoptr (JsonObject) object = load_text ("{\"a\": 25, \"b\": \"text\"}", NULL);
  g_autoptr (GError) error = NULL;
  double a = -1;

  g_assert_false (willis_json_check_keys (object, "x", keys, &error));
  g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_BAD_INPUT);
  g_clear_error (&error);
  g_assert_false (willis_json_get_double (object, "x", "a", 0, 0, 10, &a, &error));
  g_assert_cmpfloat (a, ==, -1);
  g_clear_error (&error);
  g_assert_false (willis_json_get_double (object, "x", "b", 0, 0, 10, &a, &error));
  g_clear_error (&error);
  g_assert_null (load_text ("[1]", &error));
  g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_BAD_FILE);
  g_clear_error (&error);
  g_assert_null (load_text ("{", &error));
  g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_BAD_FILE);
}

static void
test_writes_no_nan (void)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autofree char *text = NULL;

  json_builder_begin_object (builder);
  willis_json_add_double (builder, "bad", NAN);
  willis_json_add_double (builder, "good", 0.1);
  json_builder_end_object (builder);
  text = willis_json_to_text (builder);
  g_assert_nonnull (strstr (text, "null"));
  g_assert_nonnull (strstr (text, "0.1"));
}

/* Numbers that %g writes without a point come back as they were; strings that look like them stay. */
static void
test_writes_exponents (void)
{
  static const double numbers[] = { 1e-10, 3.0, 5e-324, -2e+20, 1e100, 1.5e-9, 0.0, 100.0 };
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autofree char *text = NULL;

  json_builder_begin_object (builder);
  willis_json_add_doubles (builder, "numbers", numbers, G_N_ELEMENTS (numbers));
  willis_json_add_string (builder, "text 1e-10.0", "\\\"1e-10.0");
  json_builder_end_object (builder);
  text = willis_json_to_text (builder);
  g_assert_nonnull (strstr (text, "\"text 1e-10.0\" : \"\\\\\\\"1e-10.0\""));
  for (gsize n = 0; n < G_N_ELEMENTS (numbers); n++)
    {
      const char *at = strchr (text, '[') + 1;
      char *end = NULL;

      for (gsize k = 0; k < n; k++)
        at = strchr (at, ',') + 1;
      g_assert_cmpfloat (g_ascii_strtod (at, &end), ==, numbers[n]);
      g_assert_true (*end == ',' || g_ascii_isspace (*end));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/json/reads-numbers", test_reads_numbers);
  g_test_add_func ("/json/refuses", test_refuses);
  g_test_add_func ("/json/writes-no-nan", test_writes_no_nan);
  g_test_add_func ("/json/writes-exponents", test_writes_exponents);
  return g_test_run ();
}
