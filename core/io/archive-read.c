/* SPDX-License-Identifier: Apache-2.0 */
/* An archive read from an HDF5 file: the file is met in the reader process, its tree is built again here. */
#include <hdf5.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/json.h"
#include "core/io/archive-private.h"

#define MAX_DEPTH 12
#define MAX_OBJECTS 20000
#define READ_BYTES ((gsize) 16 << 20) // at a time

/* ---- in the reader process ---- */

typedef struct
{
  const char *path; // of the file
  WillisReply *reply;
  int n_objects, n_blobs, depth;
  double bytes_done;
  GError *error;
} Scan;

static gboolean
refuse (Scan *scan, const char *name, const char *why)
{
  return willis_fail (&scan->error, WILLIS_ERROR_BAD_FILE, "%s: %s: %s", scan->path, name, why);
}

static gboolean
broken (Scan *scan)
{
  if (scan->error != NULL)
    return FALSE;
  return willis_fail (&scan->error, WILLIS_ERROR_BAD_FILE, _("%s: is not a whole HDF5 file"), scan->path);
}

/* Our type for one of the file; WILLIS_N_ARRAY_TYPES for what we do not take. */
static WillisArrayType
array_type (hid_t type)
{
  gsize size = H5Tget_size (type);

  if (H5Tget_class (type) == H5T_INTEGER)
    {
      gboolean is_signed = H5Tget_sign (type) == H5T_SGN_2;

      if (size == 1 && !is_signed)
        return WILLIS_ARRAY_U8;
      if (is_signed && size == 2)
        return WILLIS_ARRAY_I16;
      if (is_signed && size == 4)
        return WILLIS_ARRAY_I32;
      if (is_signed && size == 8)
        return WILLIS_ARRAY_I64;
    }
  if (H5Tget_class (type) == H5T_FLOAT)
    return size == 4 ? WILLIS_ARRAY_F32 : size == 8 ? WILLIS_ARRAY_F64 : WILLIS_N_ARRAY_TYPES;
  return WILLIS_N_ARRAY_TYPES;
}

static hid_t
native_type (WillisArrayType type)
{
  const hid_t types[WILLIS_N_ARRAY_TYPES] = { H5T_NATIVE_UINT8, H5T_NATIVE_INT16, H5T_NATIVE_INT32,
                                              H5T_NATIVE_INT64, H5T_NATIVE_FLOAT, H5T_NATIVE_DOUBLE };

  return types[type];
}

/* Stored in this file itself, packed by nothing but the library's own filters. */
static gboolean
check_storage (Scan *scan, const char *name, hid_t dataset)
{
  hid_t plist = H5Dget_create_plist (dataset);
  H5D_layout_t layout = H5Pget_layout (plist);
  int n_filters = H5Pget_nfilters (plist), n_external = H5Pget_external_count (plist);
  gboolean ok = layout == H5D_COMPACT || layout == H5D_CONTIGUOUS || layout == H5D_CHUNKED;

  for (int n = 0; n < n_filters && ok; n++)
    {
      unsigned flags = 0, config = 0;
      size_t n_values = 0;
      H5Z_filter_t filter = H5Pget_filter2 (plist, (unsigned) n, &flags, &n_values, NULL, 0, NULL, &config);

      ok = filter == H5Z_FILTER_DEFLATE || filter == H5Z_FILTER_SHUFFLE || filter == H5Z_FILTER_FLETCHER32;
    }
  H5Pclose (plist);
  if (n_external != 0 || n_filters < 0 || !ok)
    return refuse (scan, name, _("stored in a way that is not accepted"));
  return TRUE;
}

/* Reads rows of the first axis, some at a time. */
static gboolean
read_rows (Scan *scan, hid_t dataset, WillisArrayType type, int rank, const hsize_t *extents, guint8 *out)
{
  gsize row_bytes = willis_array_type_size (type);
  hsize_t start[WILLIS_ARRAY_MAX_RANK] = { 0 }, count[WILLIS_ARRAY_MAX_RANK];
  hid_t space = H5Dget_space (dataset);
  gboolean ok = space >= 0;

  memcpy (count, extents, (gsize) rank * sizeof *count);
  for (int a = 1; a < rank; a++)
    row_bytes *= extents[a];
  for (hsize_t row = 0; row < extents[0] && ok; row += count[0])
    {
      hid_t memory;

      start[0] = row;
      count[0] = MIN (extents[0] - row, MAX (READ_BYTES / MAX (row_bytes, 1), 1));
      memory = H5Screate_simple (rank, count, NULL);
      ok = H5Sselect_hyperslab (space, H5S_SELECT_SET, start, NULL, count, NULL) >= 0
           && H5Dread (dataset, native_type (type), memory, space, H5P_DEFAULT, out + row * row_bytes) >= 0;
      H5Sclose (memory);
      scan->bytes_done += (double) (count[0] * row_bytes);
      // how much there is in all is not known yet: approach the end, never reach it
      willis_progress_step (willis_reply_progress (scan->reply), scan->bytes_done / (scan->bytes_done + 1e8), NULL);
    }
  H5Sclose (space);
  return ok;
}

static gboolean
scan_dataset (Scan *scan, hid_t dataset, const char *name, JsonObject *arrays)
{
  hid_t space = H5Dget_space (dataset), h5type = H5Dget_type (dataset);
  int rank = H5Sget_simple_extent_ndims (space);
  WillisArrayType type = array_type (h5type);
  hsize_t extents[WILLIS_ARRAY_MAX_RANK] = { 0 };
  g_autofree char *blob = g_strdup_printf ("%d", scan->n_blobs);
  gsize n = 1;
  gboolean ok = TRUE;

  H5Tclose (h5type);
  if (rank >= 1 && rank <= WILLIS_ARRAY_MAX_RANK)
    H5Sget_simple_extent_dims (space, extents, NULL);
  H5Sclose (space);
  if (rank < 1 || rank > WILLIS_ARRAY_MAX_RANK || type == WILLIS_N_ARRAY_TYPES)
    return TRUE; // not ours: passed over
  for (int a = 0; a < rank && ok; a++)
    ok = g_size_checked_mul (&n, n, extents[a]) && n <= WILLIS_MAX_VOXELS;
  if (!ok)
    return refuse (scan, name, _("its size is not possible"));
  if (check_storage (scan, name, dataset))
    {
      gsize bytes = n * willis_array_type_size (type);
      guint8 *out = willis_reply_blob (scan->reply, blob, bytes, &scan->error);
      JsonArray *array = json_array_new ();

      json_array_add_int_element (array, type);
      json_array_add_int_element (array, scan->n_blobs);
      for (int a = 0; a < rank; a++)
        json_array_add_int_element (array, (gint64) extents[a]);
      json_object_set_array_member (arrays, name, array);
      scan->n_blobs++;
      if (out != NULL && (n == 0 || read_rows (scan, dataset, type, rank, extents, out)))
        return TRUE;
    }
  return broken (scan);
}

/* The attribute as a JSON member: text as a string, whole numbers as numbers, others as text (which holds NaN). */
static void
scan_attribute (hid_t attribute, const char *name, JsonObject *out)
{
  hid_t type = H5Aget_type (attribute), space = H5Aget_space (attribute);
  H5T_class_t class = H5Tget_class (type);
  gsize size = H5Tget_size (type);
  hssize_t n = H5Sget_simple_extent_npoints (space);
  g_autofree char *text = NULL;

  if (class == H5T_STRING && H5Tis_variable_str (type) == 0 && n == 1 && size <= WILLIS_ARCHIVE_MAX_TEXT)
    {
      text = g_malloc0 (size + 1);
      if (H5Aread (attribute, type, text) >= 0 && g_utf8_validate (text, -1, NULL))
        json_object_set_string_member (out, name, text);
    }
  else if ((class == H5T_INTEGER || class == H5T_FLOAT) && n >= 1 && n <= 1024)
    {
      JsonArray *array = json_array_new ();
      g_autofree gint64 *ints = g_new0 (gint64, n);
      g_autofree double *doubles = g_new0 (double, n);
      gboolean ok = class == H5T_INTEGER ? H5Aread (attribute, H5T_NATIVE_INT64, ints) >= 0
                                         : H5Aread (attribute, H5T_NATIVE_DOUBLE, doubles) >= 0;

      for (hssize_t i = 0; i < n; i++)
        {
          char buffer[G_ASCII_DTOSTR_BUF_SIZE];

          if (class == H5T_INTEGER)
            json_array_add_int_element (array, ints[i]);
          else
            json_array_add_string_element (array, g_ascii_dtostr (buffer, sizeof buffer, doubles[i]));
        }
      if (ok)
        json_object_set_array_member (out, name, array);
      else
        json_array_unref (array);
    }
  H5Sclose (space);
  H5Tclose (type);
}

static gboolean
scan_attributes (Scan *scan, hid_t group, JsonObject *out)
{
  H5O_info_t info;

  if (H5Oget_info2 (group, &info, H5O_INFO_NUM_ATTRS) < 0)
    return broken (scan);
  for (hsize_t n = 0; n < info.num_attrs && n < MAX_OBJECTS; n++)
    {
      hid_t attribute = H5Aopen_by_idx (group, ".", H5_INDEX_NAME, H5_ITER_INC, n, H5P_DEFAULT, H5P_DEFAULT);
      char name[256];

      if (attribute < 0)
        return broken (scan);
      if (H5Aget_name (attribute, sizeof name, name) > 0 && g_utf8_validate (name, -1, NULL))
        scan_attribute (attribute, name, out);
      H5Aclose (attribute);
    }
  return TRUE;
}

static gboolean scan_group (Scan *scan, hid_t group, JsonObject *out);

static gboolean
scan_link (Scan *scan, hid_t group, const char *name, JsonObject *groups, JsonObject *arrays)
{
  H5L_info_t link;
  hid_t object;
  H5I_type_t kind;
  gboolean ok = TRUE;

  if (H5Lget_info (group, name, &link, H5P_DEFAULT) < 0)
    return broken (scan);
  if (link.type != H5L_TYPE_HARD)
    return refuse (scan, name, _("links are not accepted"));
  if (++scan->n_objects > MAX_OBJECTS)
    return refuse (scan, name, _("too many objects"));
  object = H5Oopen (group, name, H5P_DEFAULT);
  if (object < 0)
    return broken (scan);
  kind = H5Iget_type (object);
  if (kind == H5I_GROUP)
    {
      JsonObject *child = json_object_new ();

      json_object_set_object_member (groups, name, child);
      ok = scan_group (scan, object, child);
    }
  else if (kind == H5I_DATASET)
    ok = scan_dataset (scan, object, name, arrays);
  H5Oclose (object);
  return ok;
}

static gboolean
scan_group (Scan *scan, hid_t group, JsonObject *out)
{
  JsonObject *attributes = json_object_new (), *groups = json_object_new (), *arrays = json_object_new ();
  H5G_info_t info;
  gboolean ok;

  json_object_set_object_member (out, "attributes", attributes);
  json_object_set_object_member (out, "groups", groups);
  json_object_set_object_member (out, "arrays", arrays);
  if (++scan->depth > MAX_DEPTH)
    return refuse (scan, "/", _("groups lie too deep in each other"));
  ok = H5Gget_info (group, &info) >= 0 && scan_attributes (scan, group, attributes);
  for (hsize_t n = 0; n < info.nlinks && ok; n++)
    {
      char name[256];
      gssize length = H5Lget_name_by_idx (group, ".", H5_INDEX_NAME, H5_ITER_INC, n, name, sizeof name, H5P_DEFAULT);

      ok = length > 0 && length < (gssize) sizeof name && g_utf8_validate (name, -1, NULL)
           && scan_link (scan, group, name, groups, arrays);
    }
  scan->depth--;
  return ok || broken (scan);
}

gboolean
willis_archive_handle_read (JsonObject *request, WillisReply *reply, GError **error)
{
  Scan scan = { .reply = reply };
  hid_t access, file;
  gboolean ok = FALSE;

  if (!willis_json_get_string (request, "request", "path", "", &scan.path, error))
    return FALSE;
  willis_hdf5_lock ();
  access = H5Pcreate (H5P_FILE_ACCESS);
  H5Pset_file_locking (access, 0, 1);
  file = H5Fopen (scan.path, H5F_ACC_RDONLY, access);
  if (file >= 0)
    {
      hid_t group = H5Gopen2 (file, "/", H5P_DEFAULT);

      ok = group >= 0 && scan_group (&scan, group, willis_reply_header (reply));
    }
  else
    willis_fail (&scan.error, WILLIS_ERROR_BAD_FILE, _("%s: is not a case of Willis, or is damaged (it is not a whole HDF5 file)"), scan.path);
  willis_hdf5_unlock ();
  if (!ok)
    {
      broken (&scan);
      g_propagate_error (error, scan.error);
    }
  return ok;
}

/* ---- in the asking process ---- */

static gboolean
build_attribute (WillisArchive *group, const char *name, JsonNode *node)
{
  JsonArray *array;
  gsize n;

  if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
    {
      if (strlen (json_node_get_string (node)) > WILLIS_ARCHIVE_MAX_TEXT)
        return FALSE;
      willis_archive_set_string (group, name, json_node_get_string (node));
      return TRUE;
    }
  if (!JSON_NODE_HOLDS_ARRAY (node) || json_array_get_length (json_node_get_array (node)) == 0)
    return FALSE;
  array = json_node_get_array (node);
  n = json_array_get_length (array);
  if (json_node_get_value_type (json_array_get_element (array, 0)) == G_TYPE_STRING)
    {
      g_autofree double *values = g_new (double, n);

      for (gsize i = 0; i < n; i++)
        {
          JsonNode *value = json_array_get_element (array, (guint) i);

          if (!JSON_NODE_HOLDS_VALUE (value) || json_node_get_value_type (value) != G_TYPE_STRING)
            return FALSE;
          values[i] = g_ascii_strtod (json_node_get_string (value), NULL);
        }
      willis_archive_set_doubles (group, name, values, n);
    }
  else
    {
      g_autofree gint64 *values = g_new (gint64, n);

      for (gsize i = 0; i < n; i++)
        {
          JsonNode *value = json_array_get_element (array, (guint) i);

          if (!JSON_NODE_HOLDS_VALUE (value) || json_node_get_value_type (value) != G_TYPE_INT64)
            return FALSE;
          values[i] = json_node_get_int (value);
        }
      willis_archive_set_ints (group, name, values, n);
    }
  return TRUE;
}

/* [type, number of the blob, extents...] */
static gboolean
build_array (WillisArchive *group, const char *name, JsonObject *arrays, WillisReading *reading)
{
  g_autofree char *blob = NULL;
  double numbers[2 + WILLIS_ARRAY_MAX_RANK];
  gsize extents[WILLIS_ARRAY_MAX_RANK], n = 0, bytes;
  const void *data;

  if (!willis_json_get_doubles (arrays, "", name, 3, G_N_ELEMENTS (numbers), numbers, &n, NULL) || n < 3
      || numbers[0] < 0 || numbers[0] >= WILLIS_N_ARRAY_TYPES || numbers[1] < 0 || numbers[1] > MAX_OBJECTS)
    return FALSE;
  bytes = willis_array_type_size ((WillisArrayType) numbers[0]);
  for (gsize a = 2; a < n; a++)
    {
      if (numbers[a] < 0 || numbers[a] > (double) WILLIS_MAX_VOXELS)
        return FALSE;
      extents[a - 2] = (gsize) numbers[a];
      if (!g_size_checked_mul (&bytes, bytes, extents[a - 2]))
        return FALSE;
    }
  blob = g_strdup_printf ("%d", (int) numbers[1]);
  data = willis_reading_blob (reading, blob, bytes, NULL);
  if (data == NULL)
    return FALSE;
  willis_archive_take_array (group, name,
                             willis_array_new ((WillisArrayType) numbers[0], (int) n - 2, extents, data,
                                               (GDestroyNotify) willis_reading_unref, willis_reading_ref (reading)));
  return TRUE;
}

static gboolean
name_is_good (const char *name)
{
  return *name != '\0' && strchr (name, '/') == NULL && strcmp (name, ".") != 0;
}

static gboolean
build_group (WillisArchive *group, JsonObject *in, WillisReading *reading, int depth)
{
  JsonObject *attributes = NULL, *groups = NULL, *arrays = NULL;
  g_autoptr (GList) attribute_names = NULL, group_names = NULL, array_names = NULL;

  if (depth > MAX_DEPTH || !willis_json_get_object (in, "", "attributes", &attributes, NULL)
      || !willis_json_get_object (in, "", "groups", &groups, NULL)
      || !willis_json_get_object (in, "", "arrays", &arrays, NULL) || attributes == NULL || groups == NULL
      || arrays == NULL)
    return FALSE;
  attribute_names = json_object_get_members (attributes);
  group_names = json_object_get_members (groups);
  array_names = json_object_get_members (arrays);
  for (GList *l = attribute_names; l != NULL; l = l->next)
    if (!name_is_good (l->data) || !build_attribute (group, l->data, json_object_get_member (attributes, l->data)))
      return FALSE;
  for (GList *l = array_names; l != NULL; l = l->next)
    if (!name_is_good (l->data) || !build_array (group, l->data, arrays, reading))
      return FALSE;
  for (GList *l = group_names; l != NULL; l = l->next)
    {
      JsonObject *child = NULL;

      if (!name_is_good (l->data) || !willis_json_get_object (groups, "", l->data, &child, NULL)
          || !build_group (willis_archive_group (group, l->data), child, reading, depth + 1))
        return FALSE;
    }
  return TRUE;
}

WillisArchive *
willis_archive_read (const char *path, const WillisProgress *progress, GError **error)
{
  g_autoptr (JsonObject) request = json_object_new ();
  g_autoptr (WillisArchive) root = willis_archive_new ();
  g_autoptr (WillisReading) reading = NULL;

  if (g_file_test (path, G_FILE_TEST_IS_DIR))
    {
      willis_fail (error, WILLIS_ERROR_BAD_FILE, _("%s: is a folder, not a case"), path);
      return NULL;
    }
  if (!g_file_test (path, G_FILE_TEST_IS_REGULAR) || !g_utf8_validate (path, -1, NULL))
    {
      willis_fail (error, WILLIS_ERROR_BAD_FILE, _("%s: there is no such file"), path);
      return NULL;
    }
  json_object_set_string_member (request, "path", path);
  reading = willis_reader_run ("archive", request, path, NULL, progress, error);
  if (reading == NULL)
    return NULL;
  if (!build_group (root, willis_reading_header (reading), reading, 0))
    {
      willis_fail (error, WILLIS_ERROR_BAD_FILE, _("%s: the reader's answer makes no sense; the file is damaged"), path);
      return NULL;
    }
  return g_steal_pointer (&root);
}
