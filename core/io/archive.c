/* SPDX-License-Identifier: Apache-2.0 */
/* The tree in memory. */
#include "core/io/archive.h"

#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/io/archive-private.h"

gsize
willis_array_type_size (WillisArrayType type)
{
  static const gsize sizes[WILLIS_N_ARRAY_TYPES] = { 1, 2, 4, 8, 4, 8 };

  return sizes[type];
}

gsize
willis_array_length (const WillisArray *array)
{
  gsize n = 1;

  for (int a = 0; a < array->rank; a++)
    n *= array->extents[a];
  return n;
}

WillisArray *
willis_array_new (WillisArrayType type, int rank, const gsize *extents, const void *data, GDestroyNotify destroy,
                  gpointer owner)
{
  WillisArray *array = g_new0 (WillisArray, 1);

  g_assert (rank >= 1 && rank <= WILLIS_ARRAY_MAX_RANK);
  g_atomic_ref_count_init (&array->refs);
  array->type = type;
  array->rank = rank;
  memcpy (array->extents, extents, (gsize) rank * sizeof *extents);
  array->data = data;
  array->destroy = destroy;
  array->owner = owner;
  return array;
}

WillisArray *
willis_array_new_copy (WillisArrayType type, int rank, const gsize *extents, const void *data)
{
  gsize n = willis_array_type_size (type);
  gpointer copy;

  for (int a = 0; a < rank; a++)
    n *= extents[a];
  copy = g_memdup2 (data, n);
  return willis_array_new (type, rank, extents, copy, g_free, copy);
}

WillisArray *
willis_array_ref (WillisArray *array)
{
  g_atomic_ref_count_inc (&array->refs);
  return array;
}

void
willis_array_unref (WillisArray *array)
{
  if (array == NULL || !g_atomic_ref_count_dec (&array->refs))
    return;
  if (array->destroy != NULL)
    array->destroy (array->owner);
  g_free (array);
}

void
willis_attribute_free (gpointer data)
{
  WillisAttribute *attribute = data;

  g_free (attribute->text);
  g_free (attribute->ints);
  g_free (attribute->doubles);
  g_free (attribute);
}

static int
compare_names (gconstpointer a, gconstpointer b, gpointer data)
{
  return strcmp (a, b);
}

static WillisArchive *
group_new (char *path)
{
  WillisArchive *group = g_new0 (WillisArchive, 1);

  group->path = path;
  group->groups = g_tree_new_full (compare_names, NULL, g_free, (GDestroyNotify) willis_archive_free);
  group->attributes = g_tree_new_full (compare_names, NULL, g_free, willis_attribute_free);
  group->arrays = g_tree_new_full (compare_names, NULL, g_free, (GDestroyNotify) willis_array_unref);
  return group;
}

WillisArchive *
willis_archive_new (void)
{
  return group_new (g_strdup ("/"));
}

void
willis_archive_free (WillisArchive *root)
{
  if (root == NULL)
    return;
  g_tree_unref (root->groups);
  g_tree_unref (root->attributes);
  g_tree_unref (root->arrays);
  g_free (root->path);
  g_free (root);
}

WillisArchive *
willis_archive_find_group (const WillisArchive *parent, const char *name)
{
  return g_tree_lookup (parent->groups, name);
}

WillisArchive *
willis_archive_group (WillisArchive *parent, const char *name)
{
  WillisArchive *group = g_tree_lookup (parent->groups, name);

  g_assert (strchr (name, '/') == NULL && *name != '\0');
  if (group == NULL)
    {
      group = group_new (g_strconcat (parent->path, strcmp (parent->path, "/") != 0 ? "/" : "", name, NULL));
      g_tree_insert (parent->groups, g_strdup (name), group);
    }
  return group;
}

const char *
willis_archive_path (const WillisArchive *group)
{
  return group->path;
}

char **
willis_archive_group_names (const WillisArchive *group)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  for (GTreeNode *n = g_tree_node_first (group->groups); n != NULL; n = g_tree_node_next (n))
    g_ptr_array_add (names, g_strdup (g_tree_node_key (n)));
  g_ptr_array_add (names, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&names), FALSE);
}

gboolean
willis_archive_has (const WillisArchive *group, const char *name)
{
  return g_tree_lookup (group->attributes, name) != NULL || g_tree_lookup (group->arrays, name) != NULL;
}

void
willis_archive_remove (WillisArchive *group, const char *name)
{
  g_tree_remove (group->attributes, name);
  g_tree_remove (group->arrays, name);
}

static WillisAttribute *
add_attribute (WillisArchive *group, const char *name, gsize n)
{
  WillisAttribute *attribute = g_new0 (WillisAttribute, 1);

  attribute->n = n;
  g_tree_replace (group->attributes, g_strdup (name), attribute);
  return attribute;
}

void
willis_archive_set_string (WillisArchive *group, const char *name, const char *value)
{
  if (value == NULL)
    return;
  g_assert (strlen (value) <= WILLIS_ARCHIVE_MAX_TEXT);
  add_attribute (group, name, 1)->text = g_strdup (value);
}

void
willis_archive_set_ints (WillisArchive *group, const char *name, const gint64 *values, gsize n)
{
  add_attribute (group, name, n)->ints = g_memdup2 (values, n * sizeof *values);
}

void
willis_archive_set_int (WillisArchive *group, const char *name, gint64 value)
{
  willis_archive_set_ints (group, name, &value, 1);
}

void
willis_archive_set_doubles (WillisArchive *group, const char *name, const double *values, gsize n)
{
  add_attribute (group, name, n)->doubles = g_memdup2 (values, n * sizeof *values);
}

void
willis_archive_set_double (WillisArchive *group, const char *name, double value)
{
  willis_archive_set_doubles (group, name, &value, 1);
}

static gboolean
lacks (const WillisArchive *group, const char *name, GError **error)
{
  return willis_fail (error, WILLIS_ERROR_BAD_FILE, _("\"%s\" in %s is missing or not as expected"), name,
                      group->path);
}

gboolean
willis_archive_get_string (const WillisArchive *group, const char *name, const char **out, GError **error)
{
  const WillisAttribute *attribute = g_tree_lookup (group->attributes, name);

  if (attribute == NULL || attribute->text == NULL)
    return lacks (group, name, error);
  *out = attribute->text;
  return TRUE;
}

gboolean
willis_archive_get_ints (const WillisArchive *group, const char *name, gsize n, gint64 lo, gint64 hi, gint64 *out,
                         GError **error)
{
  const WillisAttribute *attribute = g_tree_lookup (group->attributes, name);

  if (attribute == NULL || attribute->ints == NULL || attribute->n != n)
    return lacks (group, name, error);
  for (gsize i = 0; i < n; i++)
    if (attribute->ints[i] < lo || attribute->ints[i] > hi)
      return lacks (group, name, error);
  memcpy (out, attribute->ints, n * sizeof *out);
  return TRUE;
}

gboolean
willis_archive_get_int (const WillisArchive *group, const char *name, gint64 lo, gint64 hi, gint64 *out,
                        GError **error)
{
  return willis_archive_get_ints (group, name, 1, lo, hi, out, error);
}

gboolean
willis_archive_get_doubles (const WillisArchive *group, const char *name, gsize n, double lo, double hi, double *out,
                            GError **error)
{
  const WillisAttribute *attribute = g_tree_lookup (group->attributes, name);

  if (attribute == NULL || attribute->doubles == NULL || attribute->n != n)
    return lacks (group, name, error);
  for (gsize i = 0; i < n && !isnan (lo); i++)
    if (!(attribute->doubles[i] >= lo && attribute->doubles[i] <= hi))
      return lacks (group, name, error);
  memcpy (out, attribute->doubles, n * sizeof *out);
  return TRUE;
}

gboolean
willis_archive_get_double (const WillisArchive *group, const char *name, double lo, double hi, double *out,
                           GError **error)
{
  return willis_archive_get_doubles (group, name, 1, lo, hi, out, error);
}

void
willis_archive_set_strings (WillisArchive *group, const char *name, const char *const *values)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  gsize extent;

  for (; values != NULL && *values != NULL; values++)
    g_byte_array_append (bytes, (const guint8 *) *values, (guint) strlen (*values) + 1);
  extent = bytes->len;
  willis_archive_take_array (group, name, willis_array_new_copy (WILLIS_ARRAY_U8, 1, &extent, bytes->data));
}

gboolean
willis_archive_get_strings (const WillisArchive *group, const char *name, char ***out, GError **error)
{
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  const WillisArray *array = willis_archive_get_array (group, name, WILLIS_ARRAY_U8, 1, NULL, error);
  const char *at, *end;

  if (array == NULL)
    return FALSE;
  at = array->data;
  end = at + array->extents[0];
  while (at < end)
    {
      const char *stop = memchr (at, '\0', (gsize) (end - at));

      if (stop == NULL || !g_utf8_validate (at, stop - at, NULL))
        return lacks (group, name, error);
      g_ptr_array_add (texts, g_strndup (at, (gsize) (stop - at)));
      at = stop + 1;
    }
  g_ptr_array_add (texts, NULL);
  *out = (char **) g_ptr_array_free (g_steal_pointer (&texts), FALSE);
  return TRUE;
}

void
willis_archive_take_array (WillisArchive *group, const char *name, WillisArray *array)
{
  g_tree_replace (group->arrays, g_strdup (name), array);
}

WillisArray *
willis_archive_get_array (const WillisArchive *group, const char *name, WillisArrayType type, int rank,
                          const gsize *extents, GError **error)
{
  WillisArray *array = g_tree_lookup (group->arrays, name);

  if (array == NULL || array->type != type || array->rank != rank)
    {
      lacks (group, name, error);
      return NULL;
    }
  for (int a = 0; a < rank && extents != NULL; a++)
    if (extents[a] != 0 && extents[a] != array->extents[a])
      {
        lacks (group, name, error);
        return NULL;
      }
  return array;
}
