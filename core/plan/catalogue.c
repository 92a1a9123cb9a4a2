/* SPDX-License-Identifier: Apache-2.0 */
#include "core/plan/catalogue.h"

#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/plan/catalogue-private.h"
#include "core/plan/catalogue-resource.h"

#define RESOURCE_FOLDER "/org/willis/catalogue/"

struct _WillisCatalogue
{
  gatomicrefcount refs;
  GPtrArray *devices;
  GHashTable *by_id; // borrowed
};

/* A text while it is read: GKeyFile does not tell lines, so they are noted before. */
typedef struct
{
  const char *name;
  GKeyFile *keys;
  GHashTable *lines; // "group" or "group\nkey" -> line
  GPtrArray *groups; // in order, owned
  gboolean user;
} Source;

static int
line_of (const Source *s, const char *group, const char *key)
{
  g_autofree char *name = key != NULL ? g_strdup_printf ("%s\n%s", group, key) : g_strdup (group);

  return GPOINTER_TO_INT (g_hash_table_lookup (s->lines, name));
}

static gboolean
fail_at (GError **error, const Source *s, int line, const char *format, ...) G_GNUC_PRINTF (4, 5);

static gboolean
fail_at (GError **error, const Source *s, int line, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  return willis_fail (error, WILLIS_ERROR_BAD_FILE, _ ("%s, line %d: %s"), s->name, line, text);
}

/* Notes the lines of groups and keys; refuses what is neither, and what is there twice. */
static gboolean
scan_lines (Source *s, const char *text, GError **error)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autofree char *group = NULL;

  for (int n = 0; lines[n] != NULL; n++)
    {
      char *line = g_strstrip (lines[n]), *equals = strchr (line, '='), *name;

      if (*line == '\0' || *line == '#')
        continue;
      if (*line == '[' && line[strlen (line) - 1] == ']')
        {
          g_free (group);
          group = g_strndup (line + 1, strlen (line) - 2);
          name = g_strdup (group);
          g_ptr_array_add (s->groups, g_strdup (group));
        }
      else if (equals != NULL && equals != line && group != NULL)
        {
          *equals = '\0';
          name = g_strdup_printf ("%s\n%s", group, g_strchomp (line));
        }
      else
        return fail_at (error, s, n + 1, _ ("\"%.40s\" is neither [group] nor key=value"), line);
      if (g_hash_table_contains (s->lines, name))
        {
          const char *what = strchr (name, '\n');

          fail_at (error, s, n + 1, _ ("\"%s\" is there twice"), what != NULL ? what + 1 : name);
          g_free (name);
          return FALSE;
        }
      g_hash_table_insert (s->lines, name, GINT_TO_POINTER (n + 1));
    }
  return TRUE;
}

/* The field of a key, and what a number of it is multiplied with to be in millimetres. */
static const WillisDeviceField *
field_of (const char *key, double *scale)
{
  static const struct
  {
    const char *suffix;
    double mm;
  } units[] = { { "_mm", 1.0 }, { "_cm", 10.0 }, { "_in", 25.4 }, { "_fr", 1.0 / 3.0 } };

  for (const WillisDeviceField *f = willis_device_fields; f->key != NULL; f++)
    {
      gsize n = strlen (f->key);

      *scale = 1.0;
      if (f->kind != FIELD_LENGTH && f->kind != FIELD_LENGTH_LIST)
        {
          if (strcmp (key, f->key) == 0)
            return f;
          continue;
        }
      for (gsize u = 0; strncmp (key, f->key, n) == 0 && u < G_N_ELEMENTS (units); u++)
        if (strcmp (key + n, units[u].suffix) == 0)
          {
            *scale = units[u].mm;
            return f;
          }
    }
  return NULL;
}

static gboolean
read_numbers (const Source *s, const char *group, const char *key, const WillisDeviceField *f, double scale, WillisValues *out,
              GError **error)
{
  g_auto (GStrv) items = g_key_file_get_string_list (s->keys, group, key, NULL, NULL);
  gboolean list = f->kind == FIELD_LENGTH_LIST || f->kind == FIELD_NUMBER_LIST;
  gsize n = items != NULL ? g_strv_length (items) : 0;
  int line = line_of (s, group, key);

  if (n == 0 || (!list && n > 1))
    return fail_at (error, s, line, _ ("%s wants %s"), key, list ? _ ("numbers between semicolons") : _ ("one number"));
  out->v = g_new (double, n);
  out->n = n;
  for (gsize i = 0; i < n; i++)
    {
      char *end;

      g_strstrip (items[i]);
      out->v[i] = g_ascii_strtod (items[i], &end) * scale;
      if (end == items[i] || *end != '\0' || !isfinite (out->v[i]))
        return fail_at (error, s, line, _ ("%s: \"%s\" is no number"), key, items[i]);
      if (out->v[i] < f->lo - 1e-12 || out->v[i] > f->hi + 1e-12)
        return fail_at (error, s, line, _ ("%s: %s is outside %g to %g"), key, items[i], f->lo / scale, f->hi / scale);
    }
  return TRUE;
}

/* A text that the key file holds but cannot give: an escape that is none. */
static gboolean
fail_text (const Source *s, const char *group, const char *key, GError **error)
{
  return fail_at (error, s, line_of (s, group, key), _ ("%s of [%s] is no text that can be read"), key, group);
}

static gboolean
read_field (const Source *s, WillisDeviceRow *row, const char *key, const WillisDeviceField *f, double scale, GError **error)
{
  WillisDevice *d = &row->base;
  const char *group = d->family;
  WillisValues values = { 0 };

  if (f->kind == FIELD_TEXT)
    {
      g_free (G_STRUCT_MEMBER (char *, d, f->offset));
      G_STRUCT_MEMBER (char *, d, f->offset) = g_key_file_get_string (s->keys, group, key, NULL);
      return G_STRUCT_MEMBER (char *, d, f->offset) != NULL || fail_text (s, group, key, error);
    }
  if (f->kind == FIELD_TEXT_LIST)
    {
      g_strfreev (G_STRUCT_MEMBER (char **, d, f->offset));
      G_STRUCT_MEMBER (char **, d, f->offset) = g_key_file_get_string_list (s->keys, group, key, NULL, NULL);
      if (G_STRUCT_MEMBER (char **, d, f->offset) != NULL)
        return TRUE;
      G_STRUCT_MEMBER (char **, d, f->offset) = g_new0 (char *, 1); // a list is always there
      return fail_text (s, group, key, error);
    }
  if (!read_numbers (s, group, key, f, scale, &values, error))
    {
      g_free (values.v);
      return FALSE;
    }
  if (f->kind == FIELD_LENGTH || f->kind == FIELD_NUMBER)
    {
      G_STRUCT_MEMBER (double, d, f->offset) = values.v[0];
      g_free (values.v);
    }
  else
    {
      WillisValues *to = f->offset != 0                    ? &G_STRUCT_MEMBER (WillisValues, d, f->offset)
                         : strcmp (f->key, "heights") == 0 ? &row->heights_mm
                                                           : &row->working_lengths_mm;

      g_free (to->v);
      *to = values;
    }
  return TRUE;
}

static gboolean
is_date (const char *text)
{
  g_autoptr (GDateTime) date = NULL;
  g_autofree char *full = g_strdup_printf ("%sT00:00:00Z", text);

  date = g_date_time_new_from_iso8601 (full, NULL);
  return strlen (text) == 10 && date != NULL;
}

static gboolean
check_pairs (const Source *s, const WillisDeviceRow *row, GError **error)
{
  const WillisDevice *d = &row->base;
  const struct
  {
    const char *low, *high;
    double lo, hi;
  } pairs[] = { { "vessel_min", "vessel_max", d->vessel_min_mm, d->vessel_max_mm },
                { "width_min", "width_max", d->width_min_mm, d->width_max_mm },
                { "neck_min", "neck_max", d->neck_min_mm, d->neck_max_mm },
                { "catheter_inner_min", "catheter_inner_max", d->catheter_inner_min_mm, d->catheter_inner_max_mm },
                { "inner", "outer_proximal", d->inner_mm, d->outer_proximal_mm },
                { "inner", "outer_distal", d->inner_mm, d->outer_distal_mm },
                { "label_diameter", "free_diameter", d->label_diameter_mm, d->free_diameter_mm } };
  const struct
  {
    const char *a, *b;
    gsize na, nb;
  } twins[] = { { "table_diameter", "table_length", d->table_diameter_mm.n, d->table_length_mm.n },
                { "stiffness_at", "stiffness_ei_n_mm2", d->stiffness_at_mm.n, d->stiffness_ei_n_mm2.n },
                { "lengths", "free_lengths", d->lengths_mm.n, d->family_free_lengths_mm.n ? d->family_free_lengths_mm.n : d->lengths_mm.n },
                { "lengths", "working_lengths", d->lengths_mm.n, row->working_lengths_mm.n ? row->working_lengths_mm.n : d->lengths_mm.n } };

  for (gsize i = 0; i < G_N_ELEMENTS (pairs); i++)
    if (pairs[i].lo > pairs[i].hi)
      return fail_at (error, s, d->line, _ ("[%s]: %s is more than %s"), d->family, pairs[i].low, pairs[i].high);
  for (gsize i = 0; i < G_N_ELEMENTS (twins); i++)
    if (twins[i].na != twins[i].nb)
      return fail_at (error, s, d->line, _ ("[%s]: %s and %s do not have the same number of values"), d->family, twins[i].a, twins[i].b);
  if (d->table_diameter_mm.n == 1)
    return fail_at (error, s, d->line, _ ("[%s]: a table wants at least two diameters"), d->family);
  for (gsize i = 1; i < d->table_diameter_mm.n; i++)
    if (d->table_diameter_mm.v[i] <= d->table_diameter_mm.v[i - 1] || d->table_length_mm.v[i] >= d->table_length_mm.v[i - 1])
      return fail_at (error, s, d->line, _ ("[%s]: in the table diameters must rise and lengths fall"), d->family);
  for (gsize i = 1; i < d->stiffness_at_mm.n; i++)
    if (d->stiffness_at_mm.v[i] <= d->stiffness_at_mm.v[i - 1])
      return fail_at (error, s, d->line, _ ("[%s]: the places of the stiffness must rise"), d->family);
  if ((d->type == WILLIS_DEVICE_BRAIDED_STENT || d->type == WILLIS_DEVICE_FLOW_DIVERTER) && d->table_diameter_mm.n == 0
      && d->family_free_lengths_mm.n == 0 && isnan (d->label_angle_deg))
    return fail_at (error, s, d->line, _ ("[%s]: a braid wants a table, free_lengths or label_angle_deg"), d->family);
  if (isfinite (d->wires) && fmod (d->wires, 2.0) != 0.0)
    return fail_at (error, s, d->line, _ ("[%s]: half of the wires run each way, so their number is even"), d->family);
  return TRUE;
}

static gboolean
check_row (const Source *s, const WillisDeviceRow *row, GError **error)
{
  const WillisDevice *d = &row->base;
  g_auto (GStrv) keys = g_key_file_get_keys (s->keys, d->family, NULL, NULL);

  for (const WillisDeviceField *f = willis_device_fields; f->key != NULL; f++)
    {
      gboolean there = FALSE;
      double scale;

      for (int i = 0; keys[i] != NULL; i++)
        there = there || field_of (keys[i], &scale) == f;
      if (!there && (f->required & (1u << d->type)))
        return fail_at (error, s, d->line, _ ("[%s] has no %s"), d->family, f->key);
    }
  if (d->name == NULL || d->source == NULL || d->date == NULL || *d->name == '\0' || *d->source == '\0')
    return fail_at (error, s, d->line, _ ("[%s] wants name, source and date"), d->family);
  if (!is_date (d->date))
    return fail_at (error, s, line_of (s, d->family, "date"), _ ("\"%s\" is no date like 2026-01-31"), d->date);
  for (int i = 0; d->assumed[i] != NULL; i++)
    {
      double scale;
      gboolean there = FALSE;

      for (int k = 0; keys[k] != NULL; k++)
        there = there || strcmp (keys[k], d->assumed[i]) == 0;
      if (!there || field_of (d->assumed[i], &scale) == NULL)
        return fail_at (error, s, line_of (s, d->family, "assumed"), _ ("\"%s\" is no key of [%s]"), d->assumed[i], d->family);
    }
  return check_pairs (s, row, error);
}

/* Keys without their unit, as willis_device_assumes () asks for them. */
static void
strip_units (WillisDevice *d)
{
  for (int i = 0; d->assumed[i] != NULL; i++)
    {
      double scale;
      const WillisDeviceField *f = field_of (d->assumed[i], &scale);

      g_free (d->assumed[i]);
      d->assumed[i] = g_strdup (f->key);
    }
}

static gboolean
put_device (WillisCatalogue *c, const Source *s, WillisDevice *d, GError **error)
{
  if (g_hash_table_contains (c->by_id, d->id))
    {
      fail_at (error, s, d->line, _ ("[%s]: there is a device \"%s\" already"), d->family, d->id);
      willis_device_free (d);
      return FALSE;
    }
  g_ptr_array_add (c->devices, d);
  g_hash_table_insert (c->by_id, d->id, d);
  return TRUE;
}

/* One device a size. */
static gboolean
expand_row (WillisCatalogue *c, const Source *s, WillisDeviceRow *row, GError **error)
{
  WillisDevice *base = &row->base;
  gboolean implant = base->type >= WILLIS_DEVICE_LASER_STENT;
  const WillisValues *sizes = base->type == WILLIS_DEVICE_INTRASACCULAR ? &row->heights_mm : &base->lengths_mm;
  gboolean single = !implant || sizes->n == 0 || (base->table_diameter_mm.n > 0 && sizes->n == 1);
  gsize n = single ? 1 : sizes->n;

  g_free (base->family_lengths_mm.v);
  base->family_lengths_mm
      = implant ? (WillisValues){ g_memdup2 (base->lengths_mm.v, base->lengths_mm.n * sizeof (double)), base->lengths_mm.n }
                : (WillisValues){ 0 };
  for (gsize i = 0; i < n; i++)
    {
      WillisDevice *d = willis_device_copy (base);

      if (single)
        d->id = g_strdup (base->family);
      else
        {
          double shown = sizes->v[i] / (base->type == WILLIS_DEVICE_COIL ? 10.0 : 1.0);
          char number[G_ASCII_DTOSTR_BUF_SIZE];

          g_ascii_formatd (number, sizeof number, "%.6g", shown);
          d->id = g_strdup_printf ("%sx%s", base->family, number);
          g_free (d->name);
          d->name = g_strdup_printf ("%s x %s %s", base->name, number, base->type == WILLIS_DEVICE_COIL ? "cm" : "mm");
        }
      if (implant && base->lengths_mm.n > i)
        d->length_mm = base->lengths_mm.v[i];
      if (row->working_lengths_mm.n > i)
        d->working_length_mm = row->working_lengths_mm.v[i];
      else if (isfinite (d->end_inset_mm))
        d->working_length_mm = d->length_mm - 2.0 * d->end_inset_mm;
      if (base->family_free_lengths_mm.n > i)
        d->free_length_mm = base->family_free_lengths_mm.v[i];
      if (row->heights_mm.n > i)
        d->height_mm = row->heights_mm.v[i];
      if (!put_device (c, s, d, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
read_row (const Source *s, WillisDeviceRow *row, GError **error)
{
  WillisDevice *d = &row->base;
  g_auto (GStrv) keys = g_key_file_get_keys (s->keys, d->family, NULL, NULL);
  g_autofree char *type = g_key_file_get_string (s->keys, d->family, "type", NULL);

  if (type == NULL || !willis_device_type_find (type, &d->type))
    return fail_at (error, s, d->line, _ ("[%s] has no known type"), d->family);
  for (int i = 0; keys[i] != NULL; i++)
    {
      double scale;
      const WillisDeviceField *f = field_of (keys[i], &scale);
      char **text = strcmp (keys[i], "name") == 0     ? &d->name
                    : strcmp (keys[i], "source") == 0 ? &d->source
                    : strcmp (keys[i], "date") == 0   ? &d->date
                    : strcmp (keys[i], "note") == 0   ? &d->note
                                                      : NULL;

      if (text != NULL)
        *text = g_key_file_get_string (s->keys, d->family, keys[i], NULL);
      else if (strcmp (keys[i], "assumed") == 0)
        {
          g_strfreev (d->assumed);
          d->assumed = g_key_file_get_string_list (s->keys, d->family, keys[i], NULL, NULL);
          if (d->assumed == NULL)
            {
              d->assumed = g_new0 (char *, 1); // a list is always there
              return fail_text (s, d->family, keys[i], error);
            }
        }
      else if (strcmp (keys[i], "type") == 0)
        continue;
      else if (f == NULL || !(f->types & (1u << d->type)))
        return fail_at (error, s, line_of (s, d->family, keys[i]), _ ("a %s has no key \"%s\""), type, keys[i]);
      else if (!read_field (s, row, keys[i], f, scale, error))
        return FALSE;
    }
  if (!check_row (s, row, error))
    return FALSE;
  strip_units (d);
  return TRUE;
}

/* The groups of the user's own file replace those of the same name. */
static void
forget_family (WillisCatalogue *c, const char *family)
{
  for (guint i = c->devices->len; i-- > 0;)
    {
      WillisDevice *d = c->devices->pdata[i];

      if (strcmp (d->family, family) == 0 && !d->user)
        {
          g_hash_table_remove (c->by_id, d->id);
          g_ptr_array_remove_index (c->devices, i);
        }
    }
}

static gboolean
read_group (WillisCatalogue *c, const Source *s, const char *group, const char *manufacturer, GError **error)
{
  WillisDevice *base = willis_device_new ();
  WillisDeviceRow row = { *base };
  gboolean ok;

  g_free (base);
  row.base.family = g_strdup (group);
  row.base.file = g_strdup (s->name);
  row.base.line = line_of (s, group, NULL);
  row.base.user = s->user;
  row.base.manufacturer = g_strdup (manufacturer);
  ok = read_row (s, &row, error);
  if (ok && s->user)
    forget_family (c, group);
  ok = ok && expand_row (c, s, &row, error);
  base = g_memdup2 (&row.base, sizeof row.base);
  willis_device_free (base);
  g_free (row.working_lengths_mm.v);
  g_free (row.heights_mm.v);
  return ok;
}

static gboolean
read_source (WillisCatalogue *c, Source *s, const char *text, gsize length, GError **error)
{
  g_autofree char *manufacturer = NULL;
  GError *inner = NULL;

  if (!g_utf8_validate (text, length, NULL))
    return willis_fail (error, WILLIS_ERROR_BAD_FILE, _ ("%s is not UTF-8 text"), s->name);
  if (!scan_lines (s, text, error))
    return FALSE;
  if (!g_key_file_load_from_data (s->keys, text, length, G_KEY_FILE_NONE, &inner))
    {
      willis_fail (error, WILLIS_ERROR_BAD_FILE, _ ("%s: %s"), s->name, inner->message);
      g_error_free (inner);
      return FALSE;
    }
  manufacturer = g_key_file_get_string (s->keys, "manufacturer", "name", NULL);
  if (manufacturer == NULL)
    return fail_at (error, s, 1, _ ("there is no [manufacturer] with a name"));
  for (guint i = 0; i < s->groups->len; i++)
    if (strcmp (s->groups->pdata[i], "manufacturer") != 0 && !read_group (c, s, s->groups->pdata[i], manufacturer, error))
      return FALSE;
  return TRUE;
}

static gboolean
read_text (WillisCatalogue *c, const char *text, gsize length, const char *name, gboolean user, GError **error)
{
  g_autoptr (GKeyFile) keys = g_key_file_new ();
  g_autoptr (GHashTable) lines = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GPtrArray) groups = g_ptr_array_new_with_free_func (g_free);
  Source s = { name, keys, lines, groups, user };

  return read_source (c, &s, text, length, error);
}

static WillisCatalogue *
catalogue_new (void)
{
  WillisCatalogue *c = g_new0 (WillisCatalogue, 1);

  g_atomic_ref_count_init (&c->refs);
  c->devices = g_ptr_array_new_with_free_func ((GDestroyNotify) willis_device_free);
  c->by_id = g_hash_table_new (g_str_hash, g_str_equal);
  return c;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static gboolean
read_resources (WillisCatalogue *c, GError **error)
{
  static gsize registered = 0;
  g_auto (GStrv) names = NULL;
  GResource *resource;

  if (g_once_init_enter (&registered))
    {
      willis_catalogue_register_resource ();
      g_once_init_leave (&registered, 1);
    }
  resource = willis_catalogue_get_resource ();
  names = g_resource_enumerate_children (resource, RESOURCE_FOLDER, G_RESOURCE_LOOKUP_FLAGS_NONE, error);
  if (names == NULL)
    return FALSE;
  qsort (names, g_strv_length (names), sizeof *names, compare_names);
  for (int i = 0; names[i] != NULL; i++)
    {
      g_autofree char *path = g_strconcat (RESOURCE_FOLDER, names[i], NULL);
      g_autoptr (GBytes) bytes = g_resource_lookup_data (resource, path, G_RESOURCE_LOOKUP_FLAGS_NONE, error);
      g_autofree char *text = NULL;

      if (bytes == NULL)
        return FALSE;
      text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
      if (!read_text (c, text, strlen (text), names[i], FALSE, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
read_user (WillisCatalogue *c, GError **error)
{
  g_autofree char *folder = willis_catalogue_user_folder ();
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  for (const char *name = NULL; dir != NULL && (name = g_dir_read_name (dir)) != NULL;)
    if (g_str_has_suffix (name, ".ini"))
      g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_names);
  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *path = g_build_filename (folder, names->pdata[i], NULL);
      g_autofree char *text = NULL;
      GError *inner = NULL;
      gsize length;

      if (!g_file_get_contents (path, &text, &length, &inner))
        {
          willis_fail (error, WILLIS_ERROR_BAD_FILE, _ ("%s cannot be read: %s"), path, inner->message);
          g_error_free (inner);
          return FALSE;
        }
      if (!read_text (c, text, length, path, TRUE, error))
        return FALSE;
    }
  return TRUE;
}

char *
willis_catalogue_user_folder (void)
{
  return g_build_filename (g_get_user_data_dir (), "willis", "catalogue", NULL);
}

WillisCatalogue *
willis_catalogue_load (gboolean user, GError **error)
{
  g_autoptr (WillisCatalogue) c = catalogue_new ();

  if (!read_resources (c, error) || (user && !read_user (c, error)))
    return NULL;
  return g_steal_pointer (&c);
}

WillisCatalogue *
willis_catalogue_parse (const char *text, const char *name, GError **error)
{
  g_autoptr (WillisCatalogue) c = catalogue_new ();

  return read_text (c, text, strlen (text), name, FALSE, error) ? g_steal_pointer (&c) : NULL;
}

WillisCatalogue *
willis_catalogue_ref (WillisCatalogue *catalogue)
{
  g_atomic_ref_count_inc (&catalogue->refs);
  return catalogue;
}

void
willis_catalogue_unref (WillisCatalogue *catalogue)
{
  if (!g_atomic_ref_count_dec (&catalogue->refs))
    return;
  g_hash_table_unref (catalogue->by_id);
  g_ptr_array_unref (catalogue->devices);
  g_free (catalogue);
}

gsize
willis_catalogue_n (const WillisCatalogue *catalogue)
{
  return catalogue->devices->len;
}

const WillisDevice *
willis_catalogue_device (const WillisCatalogue *catalogue, gsize n)
{
  g_return_val_if_fail (n < catalogue->devices->len, NULL);
  return catalogue->devices->pdata[n];
}

const WillisDevice *
willis_catalogue_find (const WillisCatalogue *catalogue, const char *id)
{
  return g_hash_table_lookup (catalogue->by_id, id);
}
