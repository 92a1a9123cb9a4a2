/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scans through the reader process: both sides of what is asked and answered.
 */
#include "core/io/volume-io.h"

#include <math.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/json.h"
#include "core/base/note.h"
#include "core/image/hounsfield.h"
#include "core/io/bytes.h"
#include "core/io/scan-private.h"
#include "core/io/volume-write.h"

/* ---- the asking side ---- */

static JsonObject *
request_of (const char *const *paths, const char *uid, const WillisReadOptions *options)
{
  JsonObject *request = json_object_new ();
  JsonArray *list = json_array_new (), *spacing = json_array_new ();

  for (const char *const *path = paths; *path != NULL; path++)
    {
      // names of files are bytes: JSON takes them as UTF-8 or, escaped, as a URI
      g_autofree char *full = g_canonicalize_filename (*path, NULL);
      g_autofree char *uri = g_filename_to_uri (full, NULL, NULL);

      json_array_add_string_element (list, uri);
    }
  json_object_set_array_member (request, "paths", list);
  if (uid != NULL)
    json_object_set_string_member (request, "uid", uid);
  for (int a = 0; a < 3; a++)
    json_array_add_double_element (spacing, options != NULL ? options->spacing_mm[a] : 0);
  json_object_set_array_member (request, "spacing_mm", spacing);
  json_object_set_boolean_member (request, "with_range", options != NULL && options->with_range);
  return request;
}

/* What is read, in a word, for errors. */
static char *
subject_of (const char *const *paths)
{
  return paths[0] != NULL ? willis_file_name (paths[0]) : g_strdup ("");
}

static WillisReading *
ask (const char *kind, const char *const *paths, const char *uid, const WillisReadOptions *options,
     const WillisReaderLimits *limits, const WillisProgress *progress, GError **error)
{
  g_autoptr (JsonObject) request = request_of (paths, uid, options);
  g_autofree char *subject = subject_of (paths);

  return willis_reader_run (kind, request, subject, limits, progress, error);
}

static GPtrArray *
list_of_json (JsonObject *header, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) willis_series_free);
  JsonArray *array = NULL;

  if (!willis_json_get_array (header, "answer", "series", &array, error))
    return NULL;
  for (guint n = 0; array != NULL && n < json_array_get_length (array); n++)
    {
      JsonNode *node = json_array_get_element (array, n);
      WillisSeries *s = JSON_NODE_HOLDS_OBJECT (node) ? willis_series_from_json (json_node_get_object (node), error)
                                                      : NULL;

      if (s == NULL)
        {
          if (error != NULL && *error == NULL)
            willis_fail (error, WILLIS_ERROR_BAD_FILE, _("the reader gave a senseless answer"));
          return NULL;
        }
      g_ptr_array_add (list, s);
    }
  if (list->len > 0)
    return g_steal_pointer (&list);
  willis_fail (error, WILLIS_ERROR_BAD_FILE, _("the reader gave a senseless answer"));
  return NULL;
}

static char **
skipped_of_json (JsonObject *header)
{
  JsonArray *array = json_object_has_member (header, "skipped") ? json_object_get_array_member (header, "skipped")
                                                                : NULL;
  guint n = array != NULL ? json_array_get_length (array) : 0;
  char **skipped = g_new0 (char *, n + 1);

  for (guint k = 0; k < n; k++)
    {
      const char *text = json_array_get_string_element (array, k);

      skipped[k] = g_strdup (text != NULL ? text : "");
    }
  return skipped;
}

GPtrArray *
willis_series_list_all (const char *const *paths, const WillisReadOptions *options, char ***skipped,
                        const WillisProgress *progress, GError **error)
{
  g_autoptr (WillisReading) reading = ask ("scan-list", paths, NULL, options, NULL, progress, error);
  GPtrArray *list;

  if (reading == NULL)
    return NULL;
  list = list_of_json (willis_reading_header (reading), error);
  if (list != NULL && skipped != NULL)
    *skipped = skipped_of_json (willis_reading_header (reading));
  return list;
}

GPtrArray *
willis_series_list (const char *const *paths, const WillisReadOptions *options, const WillisProgress *progress,
                    GError **error)
{
  return willis_series_list_all (paths, options, NULL, progress, error);
}

static void
let_go (gpointer reading)
{
  willis_reading_unref (reading);
}

/* As willis_volume_read (). *first (may be NULL): the voxels are the first blob of the answer. */
static WillisVolume *
read_volume (const char *const *paths, const char *uid, const WillisReadOptions *options,
             const WillisReaderLimits *limits, const WillisProgress *progress, WillisSeries **series, gboolean *first,
             GError **error)
{
  g_autoptr (WillisReading) reading = ask ("scan-read", paths, uid, options, limits, progress, error);
  g_autoptr (WillisSeries) s = NULL;
  JsonObject *header, *object = NULL;
  gint64 scalar = -1;
  const char *blob = NULL;
  const void *voxels;
  WillisVolume *volume;

  if (reading == NULL)
    return NULL;
  header = willis_reading_header (reading);
  if (!willis_json_get_object (header, "answer", "series", &object, error)
      || !willis_json_get_int (header, "answer", "scalar", -1, WILLIS_SCALAR_U8, WILLIS_SCALAR_F32, &scalar, error)
      || !willis_json_get_string (header, "answer", "voxels", "", &blob, error))
    return NULL;
  s = object != NULL ? willis_series_from_json (object, error) : NULL;
  voxels = s != NULL && scalar >= 0
               ? willis_reading_blob (reading, blob,
                                      willis_grid_n_voxels (&s->grid) * willis_scalar_size ((WillisScalar) scalar), NULL)
               : NULL;
  if (voxels == NULL)
    {
      if (error != NULL && *error == NULL)
        willis_fail (error, WILLIS_ERROR_BAD_FILE, _("the reader gave a senseless answer"));
      return NULL;
    }
  volume = willis_volume_new_take (&s->grid, (WillisScalar) scalar, (void *) voxels, let_go,
                                   willis_reading_ref (reading));
  if (series != NULL)
    *series = g_steal_pointer (&s);
  if (first != NULL)
    *first = g_str_equal (blob, "voxels1");
  return volume;
}

/* The volume in Hounsfield units, and a warning, where the scan is a CT, or does not say, and its values are those
 * units otherwise stored; else itself. Takes volume. */
static WillisVolume *
settle_values (WillisVolume *volume, WillisSeries *s, GError **error)
{
  gboolean is_ct = g_strcmp0 (s->modality, "CT") == 0;
  g_autofree char *note = NULL;
  WillisHounsfield stored;
  WillisVolume *out;

  if ((!is_ct && s->modality != NULL && *s->modality != '\0') || !willis_hounsfield_find (volume, is_ct, &stored))
    return volume;
  note = stored.shift != 0.0 ? willis_note_new (WILLIS_NOTE_SHIFTED, (int) -stored.shift)
                             : willis_note_new (WILLIS_NOTE_SCALED, (int) stored.scale);
  willis_series_warn (s, note);
  out = willis_hounsfield_convert (volume, &stored, error);
  if (out != NULL)
    willis_volume_range (out, s->range);
  willis_volume_unref (volume);
  return out;
}

WillisVolume *
willis_volume_read (const char *const *paths, const char *uid, const WillisReadOptions *options,
                    const WillisProgress *progress, WillisSeries **series, GError **error)
{
  g_autoptr (WillisSeries) s = NULL;
  WillisVolume *volume = read_volume (paths, uid, options, NULL, progress, &s, NULL, error);

  if (volume != NULL)
    volume = settle_values (volume, s, error);
  if (volume != NULL && series != NULL)
    *series = g_steal_pointer (&s);
  return volume;
}

/* Makes the file a page long; FALSE where its file system does not let it be mapped for writing. */
static gboolean
can_map (int fd, gsize page)
{
  void *bytes = ftruncate (fd, (off_t) page) == 0 ? mmap (NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0)
                                                  : MAP_FAILED;

  if (bytes != MAP_FAILED)
    munmap (bytes, page);
  return bytes != MAP_FAILED;
}

/* Head and length of a file whose voxels stand behind its first page. */
static gboolean
finish_nifti (const WillisVolume *volume, WillisAtomicFile *file, gsize page, GError **error)
{
  gsize n = willis_grid_n_voxels (willis_volume_grid (volume)) * willis_scalar_size (willis_volume_scalar (volume));
  guint8 head[WILLIS_NIFTI_HEAD];

  if (!willis_nifti_head (volume, page, head, error))
    {
      willis_atomic_abort (file);
      return FALSE;
    }
  if (ftruncate (file->fd, (off_t) (page + n)) != 0)
    {
      willis_fail (error, WILLIS_ERROR_BAD_FILE, _("the file cannot be written"));
      willis_atomic_abort (file);
      return FALSE;
    }
  return willis_atomic_write (file, head, sizeof head, error) && willis_atomic_commit (file, error);
}

WillisVolume *
willis_volume_transfer (const char *const *paths, const char *uid, const WillisReadOptions *options, const char *out,
                       const WillisProgress *progress, WillisSeries **series, GError **error)
{
  WillisProgress reading = willis_progress_part (progress, 0, 0.7, _("reading"));
  WillisProgress writing = willis_progress_part (progress, 0.7, 1, _("writing"));
  WillisReaderLimits limits = WILLIS_READER_LIMITS_INIT;
  gsize n = strlen (out), page = (gsize) sysconf (_SC_PAGESIZE);
  g_autoptr (WillisVolume) volume = NULL;
  gboolean first = FALSE, ok, in_place = n > 4 && g_ascii_strcasecmp (out + n - 4, ".nii") == 0;
  WillisAtomicFile file = { 0 };

  if (in_place && !willis_atomic_begin (&file, out, error))
    return NULL;
  if (in_place && !can_map (file.fd, page))
    {
      willis_atomic_abort (&file);
      in_place = FALSE;
    }
  limits.file = in_place ? file.fd : -1;
  volume = read_volume (paths, uid, options, &limits, &reading, series, &first, error);
  if (in_place && !first) // refused, or of a type that was not tried first: other voxels stand where these should
    {
      willis_atomic_abort (&file); // what is mapped stays
      in_place = FALSE;
    }
  if (volume == NULL)
    return NULL;
  ok = in_place ? finish_nifti (volume, &file, page, error) : willis_volume_write (volume, out, &writing, error);
  return ok ? g_steal_pointer (&volume) : NULL;
}

/* ---- the answering side, in the helper ---- */

static gboolean
take_request (JsonObject *request, char ***paths, WillisReadOptions *options, GError **error)
{
  JsonArray *list = NULL;
  guint n;

  if (!willis_json_get_array (request, "request", "paths", &list, error)
      || !willis_json_get_doubles (request, "request", "spacing_mm", 3, 3, options->spacing_mm, NULL, error)
      || !willis_json_get_bool (request, "request", "with_range", FALSE, &options->with_range, error))
    return FALSE;
  n = list != NULL ? json_array_get_length (list) : 0;
  *paths = g_new0 (char *, n + 1);
  for (guint k = 0; k < n; k++)
    {
      (*paths)[k] = g_filename_from_uri (json_array_get_string_element (list, k), NULL, error);
      if ((*paths)[k] == NULL)
        return FALSE;
    }
  return n > 0 || willis_fail (error, WILLIS_ERROR_USAGE, _("there is nothing to read"));
}

gboolean
willis_scan_handle_list (JsonObject *request, WillisReply *reply, GError **error)
{
  g_auto (GStrv) paths = NULL;
  WillisReadOptions options = WILLIS_READ_OPTIONS_INIT;
  g_autoptr (GPtrArray) skipped = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) list = NULL;
  JsonArray *out, *reasons;

  if (!take_request (request, &paths, &options, error))
    return FALSE;
  list = willis_scan_list ((const char *const *) paths, &options, skipped, willis_reply_progress (reply), error);
  if (list == NULL)
    return FALSE;
  out = json_array_new ();
  for (guint n = 0; n < list->len; n++)
    json_array_add_element (out, willis_series_to_json (list->pdata[n]));
  json_object_set_array_member (willis_reply_header (reply), "series", out);
  reasons = json_array_new ();
  for (guint n = 0; n < MIN (skipped->len, 1000); n++)
    json_array_add_string_element (reasons, skipped->pdata[n]);
  json_object_set_array_member (willis_reply_header (reply), "skipped", reasons);
  return TRUE;
}

static WillisSeries *
find_series (GPtrArray *list, const char *uid)
{
  for (guint n = 0; n < list->len; n++)
    if (uid == NULL || strcmp (((WillisSeries *) list->pdata[n])->uid, uid) == 0)
      return list->pdata[n];
  return NULL;
}

/* Room for voxels in the answer. A volume that did not suit is left behind under its own name. */
typedef struct
{
  WillisReply *reply;
  int n;
} Answer;

static WillisVolume *
make_in_answer (const WillisGrid *grid, WillisScalar scalar, gpointer data, GError **error)
{
  Answer *answer = data;
  g_autofree char *name = NULL;
  void *voxels;

  if (!willis_grid_check (grid, error))
    return NULL;
  name = g_strdup_printf ("voxels%d", ++answer->n);
  voxels = willis_reply_blob (answer->reply, name, willis_grid_n_voxels (grid) * willis_scalar_size (scalar), error);
  return voxels != NULL ? willis_volume_new_take (grid, scalar, voxels, NULL, NULL) : NULL;
}

gboolean
willis_scan_handle_read (JsonObject *request, WillisReply *reply, GError **error)
{
  g_auto (GStrv) paths = NULL;
  WillisReadOptions options = WILLIS_READ_OPTIONS_INIT;
  const WillisProgress *progress = willis_reply_progress (reply);
  WillisProgress listing = willis_progress_part (progress, 0, 0.2, NULL);
  WillisProgress reading = willis_progress_part (progress, 0.2, 1, NULL);
  Answer answer = { reply, 0 };
  const WillisRoom room = { make_in_answer, &answer };
  g_autofree char *name = NULL;
  g_autoptr (GPtrArray) list = NULL;
  g_autoptr (WillisVolume) volume = NULL;
  const char *uid = NULL;
  WillisSeries *series;

  if (!take_request (request, &paths, &options, error)
      || !willis_json_get_string (request, "request", "uid", NULL, &uid, error))
    return FALSE;
  options.with_range = FALSE;
  list = willis_scan_list ((const char *const *) paths, &options, NULL, &listing, error);
  if (list == NULL)
    return FALSE;
  series = find_series (list, uid);
  if (series == NULL)
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _("there is no series %s; \"willis info\" lists them"), uid);
  if (uid == NULL && (paths[1] != NULL || g_file_test (paths[0], G_FILE_TEST_IS_DIR)))
    willis_scan_note_others (list);
  volume = willis_scan_read (series, &options, &room, &reading, error);
  if (volume == NULL)
    return FALSE;
  name = g_strdup_printf ("voxels%d", answer.n);
  json_object_set_string_member (willis_reply_header (reply), "voxels", name);
  json_object_set_member (willis_reply_header (reply), "series", willis_series_to_json (series));
  json_object_set_int_member (willis_reply_header (reply), "scalar", willis_volume_scalar (volume));
  return TRUE;
}
