/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/json.h"
#include "core/io/scan.h"

WillisSeries *
willis_series_new (void)
{
  WillisSeries *s = g_new0 (WillisSeries, 1);

  s->range[0] = s->range[1] = NAN;
  s->patient_age = -1;
  s->warnings = g_new0 (char *, 1);
  s->files = g_new0 (char *, 1);
  return s;
}

void
willis_series_free (WillisSeries *s)
{
  if (s == NULL)
    return;
  g_free (s->uid);
  g_free (s->modality);
  g_free (s->description);
  g_free (s->transfer_syntax);
  g_strfreev (s->warnings);
  g_strfreev (s->files);
  g_free (s->study_date);
  g_free (s->kernel);
  g_free (s->manufacturer);
  g_free (s->patient_name);
  g_free (s->patient_id);
  g_free (s->patient_birth_date);
  g_free (s->patient_sex);
  g_clear_pointer (&s->others, g_ptr_array_unref);
  willis_series_source_free (s->source);
  g_free (s);
}

void
willis_series_warn (WillisSeries *s, const char *text)
{
  guint n = g_strv_length (s->warnings);

  if (g_strv_contains ((const char *const *) s->warnings, text))
    return;
  s->warnings = g_renew (char *, s->warnings, n + 2);
  s->warnings[n] = g_strdup (text);
  s->warnings[n + 1] = NULL;
}

/* yyyymmdd, or 0 */
static int
date_number (const char *date)
{
  int n = 0, digits = 0;

  for (const char *c = date != NULL ? date : ""; *c != '\0' && digits < 8; c++)
    if (g_ascii_isdigit (*c))
      {
        n = 10 * n + (*c - '0');
        digits++;
      }
    else if (*c != '.' && *c != '-')
      return 0;
  return digits == 8 ? n : 0;
}

int
willis_series_age (const char *age, const char *birth_date, const char *study_date)
{
  char *end = NULL;
  gint64 n = age != NULL ? g_ascii_strtoll (age, &end, 10) : 0;
  int born = date_number (birth_date), seen = date_number (study_date);

  if (age != NULL && end != age && n >= 0 && n < 1000)
    switch (g_ascii_toupper (*end))
      {
      case 'D':
        return (int) (n / 365);
      case 'W':
        return (int) (n / 52);
      case 'M':
        return (int) (n / 12);
      case 'Y':
      case '\0':
        return n <= 150 ? (int) n : -1;
      default:
        break;
      }
  if (born > 0 && seen > born && (seen - born) / 10000 <= 150)
    return (seen - born) / 10000;
  return -1;
}

/* ---- JSON ---- */

static const struct
{
  const char *key;
  gsize offset;
} texts[] = {
  { "uid", G_STRUCT_OFFSET (WillisSeries, uid) },
  { "modality", G_STRUCT_OFFSET (WillisSeries, modality) },
  { "description", G_STRUCT_OFFSET (WillisSeries, description) },
  { "transfer_syntax", G_STRUCT_OFFSET (WillisSeries, transfer_syntax) },
  { "study_date", G_STRUCT_OFFSET (WillisSeries, study_date) },
  { "kernel", G_STRUCT_OFFSET (WillisSeries, kernel) },
  { "manufacturer", G_STRUCT_OFFSET (WillisSeries, manufacturer) },
  { "patient_name", G_STRUCT_OFFSET (WillisSeries, patient_name) },
  { "patient_id", G_STRUCT_OFFSET (WillisSeries, patient_id) },
  { "patient_birth_date", G_STRUCT_OFFSET (WillisSeries, patient_birth_date) },
  { "patient_sex", G_STRUCT_OFFSET (WillisSeries, patient_sex) },
};

static void
add_list (JsonBuilder *b, const char *key, char **list)
{
  json_builder_set_member_name (b, key);
  json_builder_begin_array (b);
  for (char **text = list; *text != NULL; text++)
    json_builder_add_string_value (b, *text);
  json_builder_end_array (b);
}

JsonNode *
willis_series_to_json (const WillisSeries *s)
{
  g_autoptr (JsonBuilder) b = json_builder_new ();
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_free); // escaped: a path may hold any byte, JSON not
  double dims[3] = { s->grid.dims[0], s->grid.dims[1], s->grid.dims[2] };

  json_builder_begin_object (b);
  for (gsize n = 0; n < G_N_ELEMENTS (texts); n++)
    willis_json_add_string (b, texts[n].key, G_STRUCT_MEMBER (char *, s, texts[n].offset));
  willis_json_add_doubles (b, "dims", dims, 3);
  willis_json_add_doubles (b, "spacing_mm", s->grid.spacing_mm, 3);
  willis_json_add_doubles (b, "origin_lps_mm", s->grid.origin_lps_mm, 3);
  willis_json_add_doubles (b, "direction", s->grid.direction, 9);
  if (isfinite (s->range[0]) && isfinite (s->range[1]))
    willis_json_add_doubles (b, "range", s->range, 2);
  willis_json_add_int (b, "patient_age", s->patient_age);
  add_list (b, "warnings", s->warnings);
  for (char **path = s->files; *path != NULL; path++)
    g_ptr_array_add (files, g_uri_escape_bytes ((const guint8 *) *path, strlen (*path), "/"));
  g_ptr_array_add (files, NULL);
  add_list (b, "files", (char **) files->pdata);
  if (s->others != NULL)
    {
      json_builder_set_member_name (b, "others");
      json_builder_begin_array (b);
      for (guint n = 0; n < s->others->len; n++)
        json_builder_add_value (b, willis_series_to_json (s->others->pdata[n]));
      json_builder_end_array (b);
    }
  json_builder_end_object (b);
  return json_builder_get_root (b);
}

static gboolean
get_list (JsonObject *object, const char *key, char ***list, GError **error)
{
  JsonArray *array = NULL;
  guint n;

  if (!willis_json_get_array (object, "series", key, &array, error))
    return FALSE;
  n = array != NULL ? json_array_get_length (array) : 0;
  g_strfreev (*list);
  *list = g_new0 (char *, n + 1);
  for (guint k = 0; k < n; k++)
    {
      const char *text = json_array_get_string_element (array, k);

      (*list)[k] = g_strdup (text != NULL ? text : "");
    }
  return TRUE;
}

static WillisSeries *
read_series (JsonObject *object, GError **error)
{
  g_autoptr (WillisSeries) s = willis_series_new ();
  double dims[3] = { 0 };
  gint64 age = -1;
  gsize n;

  for (gsize k = 0; k < G_N_ELEMENTS (texts); k++)
    {
      const char *text = NULL;

      if (json_object_has_member (object, texts[k].key) && !json_object_get_null_member (object, texts[k].key)
          && !willis_json_get_string (object, "series", texts[k].key, NULL, &text, error))
        return NULL;
      G_STRUCT_MEMBER (char *, s, texts[k].offset) = g_strdup (text);
    }
  if (!willis_json_get_doubles (object, "series", "dims", 3, 3, dims, &n, error)
      || !willis_json_get_doubles (object, "series", "spacing_mm", 3, 3, s->grid.spacing_mm, &n, error)
      || !willis_json_get_doubles (object, "series", "origin_lps_mm", 3, 3, s->grid.origin_lps_mm, &n, error)
      || !willis_json_get_doubles (object, "series", "direction", 9, 9, s->grid.direction, &n, error)
      || !willis_json_get_doubles (object, "series", "range", 2, 2, s->range, &n, error)
      || !willis_json_get_int (object, "series", "patient_age", -1, -1, 150, &age, error)
      || !get_list (object, "warnings", &s->warnings, error) || !get_list (object, "files", &s->files, error))
    return NULL;
  for (char **path = s->files; *path != NULL; path++)
    {
      GBytes *bytes = g_uri_unescape_bytes (*path, -1, NULL, error);

      if (bytes == NULL)
        return NULL;
      g_free (*path);
      *path = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
      g_bytes_unref (bytes);
    }
  for (int a = 0; a < 3; a++)
    s->grid.dims[a] = (int) CLAMP (dims[a], 0, 65536);
  s->patient_age = (int) age;
  return willis_grid_check (&s->grid, error) ? g_steal_pointer (&s) : NULL;
}

WillisSeries *
willis_series_from_json (JsonObject *object, GError **error)
{
  g_autoptr (WillisSeries) s = read_series (object, error);
  JsonArray *others = NULL;

  if (s == NULL || !willis_json_get_array (object, "series", "others", &others, error))
    return NULL;
  for (guint n = 0; others != NULL && n < json_array_get_length (others); n++)
    {
      JsonNode *node = json_array_get_element (others, n);
      WillisSeries *other = JSON_NODE_HOLDS_OBJECT (node) ? read_series (json_node_get_object (node), error) : NULL;

      if (other == NULL)
        {
          if (error != NULL && *error == NULL)
            willis_fail (error, WILLIS_ERROR_BAD_FILE, _ ("the reader gave a senseless answer"));
          return NULL;
        }
      if (s->others == NULL)
        s->others = g_ptr_array_new_with_free_func ((GDestroyNotify) willis_series_free);
      g_ptr_array_add (s->others, other);
    }
  return g_steal_pointer (&s);
}
