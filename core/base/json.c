/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/json.h"

#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"

#define MAX_JSON_BYTES ((gsize) 64 << 20)

JsonObject *
willis_json_load (const char *path, GError **error)
{
  g_autofree char *text = NULL;
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) local = NULL;
  gsize size = 0;
  JsonNode *root;

  if (!g_file_get_contents (path, &text, &size, &local))
    {
      willis_fail (error, WILLIS_ERROR_BAD_FILE, "%s", local->message);
      return NULL;
    }
  if (size > MAX_JSON_BYTES || !g_utf8_validate (text, (gssize) size, NULL)
      || !json_parser_load_from_data (parser, text, (gssize) size, &local))
    {
      willis_fail (error, WILLIS_ERROR_BAD_FILE, _("%s: not a JSON file: %s"), path,
                   local != NULL ? local->message : _("not text"));
      return NULL;
    }
  root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    {
      willis_fail (error, WILLIS_ERROR_BAD_FILE, _("%s: must hold one JSON object"), path);
      return NULL;
    }
  return json_node_dup_object (root);
}

gboolean
willis_json_check_keys (JsonObject *object, const char *where, const char *const *keys, GError **error)
{
  g_autoptr (GList) members = json_object_get_members (object);

  for (GList *l = members; l != NULL; l = l->next)
    if (!g_strv_contains (keys, l->data))
      return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _("%s: unknown key \"%s\""), where,
                          (const char *) l->data);
  return TRUE;
}

static gboolean
node_number (JsonNode *node, double *out)
{
  GType type;

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node))
    return FALSE;
  type = json_node_get_value_type (node);
  if (type == G_TYPE_INT64)
    *out = (double) json_node_get_int (node);
  else if (type == G_TYPE_DOUBLE)
    *out = json_node_get_double (node);
  else
    return FALSE;
  return isfinite (*out);
}

gboolean
willis_json_get_double (JsonObject *object, const char *where, const char *key, double fallback, double lo,
                        double hi, double *out, GError **error)
{
  double value;

  if (!json_object_has_member (object, key))
    {
      *out = fallback;
      return TRUE;
    }
  if (!node_number (json_object_get_member (object, key), &value))
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _("%s: \"%s\" must be a number"), where, key);
  if (value < lo || value > hi)
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _("%s: \"%s\" is %g, must be between %g and %g"),
                        where, key, value, lo, hi);
  *out = value;
  return TRUE;
}

gboolean
willis_json_get_int (JsonObject *object, const char *where, const char *key, gint64 fallback, gint64 lo,
                     gint64 hi, gint64 *out, GError **error)
{
  double value;

  if (!willis_json_get_double (object, where, key, (double) fallback, (double) lo, (double) hi, &value,
                               error))
    return FALSE;
  if (value != floor (value))
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _("%s: \"%s\" must be a whole number"), where, key);
  *out = (gint64) value;
  return TRUE;
}

gboolean
willis_json_get_bool (JsonObject *object, const char *where, const char *key, gboolean fallback,
                      gboolean *out, GError **error)
{
  JsonNode *node = json_object_get_member (object, key);

  if (node == NULL)
    *out = fallback;
  else if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_BOOLEAN)
    *out = json_node_get_boolean (node);
  else
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _("%s: \"%s\" must be true or false"), where, key);
  return TRUE;
}

gboolean
willis_json_get_string (JsonObject *object, const char *where, const char *key, const char *fallback,
                        const char **out, GError **error)
{
  JsonNode *node = json_object_get_member (object, key);

  if (node == NULL)
    *out = fallback;
  else if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
    *out = json_node_get_string (node);
  else
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _("%s: \"%s\" must be a text"), where, key);
  return TRUE;
}

gboolean
willis_json_get_doubles (JsonObject *object, const char *where, const char *key, gsize n_min, gsize n_max,
                         double *out, gsize *n_out, GError **error)
{
  JsonArray *array = NULL;
  gsize n;

  if (!willis_json_get_array (object, where, key, &array, error))
    return FALSE;
  if (array == NULL)
    {
      if (n_out != NULL)
        *n_out = 0;
      return TRUE;
    }
  n = json_array_get_length (array);
  if (n < n_min || n > n_max)
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _("%s: \"%s\" has %u numbers, must have %u to %u"),
                        where, key, (guint) n, (guint) n_min, (guint) n_max);
  for (gsize i = 0; i < n; i++)
    if (!node_number (json_array_get_element (array, (guint) i), &out[i]))
      return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _("%s: \"%s\" must hold finite numbers"), where,
                          key);
  if (n_out != NULL)
    *n_out = n;
  return TRUE;
}

gboolean
willis_json_get_object (JsonObject *object, const char *where, const char *key, JsonObject **out,
                        GError **error)
{
  JsonNode *node = json_object_get_member (object, key);

  if (node != NULL && !JSON_NODE_HOLDS_OBJECT (node))
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _("%s: \"%s\" must be an object"), where, key);
  *out = node != NULL ? json_node_get_object (node) : NULL;
  return TRUE;
}

gboolean
willis_json_get_array (JsonObject *object, const char *where, const char *key, JsonArray **out,
                       GError **error)
{
  JsonNode *node = json_object_get_member (object, key);

  if (node != NULL && !JSON_NODE_HOLDS_ARRAY (node))
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _("%s: \"%s\" must be a list"), where, key);
  *out = node != NULL ? json_node_get_array (node) : NULL;
  return TRUE;
}

static void
add_value (JsonBuilder *builder, double value)
{
  if (isfinite (value))
    json_builder_add_double_value (builder, value);
  else
    json_builder_add_null_value (builder);
}

void
willis_json_add_double (JsonBuilder *builder, const char *key, double value)
{
  json_builder_set_member_name (builder, key);
  add_value (builder, value);
}

void
willis_json_add_doubles (JsonBuilder *builder, const char *key, const double *values, gsize n)
{
  if (key != NULL)
    json_builder_set_member_name (builder, key);
  json_builder_begin_array (builder);
  for (gsize i = 0; i < n; i++)
    add_value (builder, values[i]);
  json_builder_end_array (builder);
}

void
willis_json_add_int (JsonBuilder *builder, const char *key, gint64 value)
{
  json_builder_set_member_name (builder, key);
  json_builder_add_int_value (builder, value);
}

void
willis_json_add_string (JsonBuilder *builder, const char *key, const char *value)
{
  json_builder_set_member_name (builder, key);
  if (value != NULL)
    json_builder_add_string_value (builder, value);
  else
    json_builder_add_null_value (builder);
}

void
willis_json_add_bool (JsonBuilder *builder, const char *key, gboolean value)
{
  json_builder_set_member_name (builder, key);
  json_builder_add_boolean_value (builder, value);
}

void
willis_json_add_texts (JsonBuilder *builder, const char *key, const GPtrArray *texts)
{
  json_builder_set_member_name (builder, key);
  json_builder_begin_array (builder);
  for (guint i = 0; i < texts->len; i++)
    json_builder_add_string_value (builder, texts->pdata[i]);
  json_builder_end_array (builder);
}

/* json-glib puts ".0" behind every real number without a point, also behind an exponent: 1e-10 becomes "1e-10.0", which
 * is no JSON. Takes these tails out, in place; strings stay as they are. */
static void
mend_exponents (char *text)
{
  gboolean in_string = FALSE, in_exponent = FALSE;
  char *to = text;

  for (const char *at = text; *at != '\0'; at++)
    {
      if (in_exponent && at[0] == '.' && at[1] == '0')
        {
          at++;
          continue;
        }
      if (!in_string && (*at == 'e' || *at == 'E') && at > text && g_ascii_isdigit (at[-1]))
        in_exponent = TRUE;
      else if (!g_ascii_isdigit (*at) && *at != '-' && *at != '+')
        in_exponent = FALSE;
      *to++ = *at;
      if (in_string && *at == '\\' && at[1] != '\0')
        *to++ = *++at;
      else if (*at == '"')
        in_string = !in_string;
    }
  *to = '\0';
}

char *
willis_json_node_to_text (JsonNode *node, gboolean pretty)
{
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  char *text;

  json_generator_set_pretty (generator, pretty);
  json_generator_set_indent (generator, 1);
  json_generator_set_root (generator, node);
  text = json_generator_to_data (generator, NULL);
  mend_exponents (text);
  return text;
}

char *
willis_json_to_text (JsonBuilder *builder)
{
  g_autoptr (JsonNode) root = json_builder_get_root (builder);

  return willis_json_node_to_text (root, TRUE);
}
