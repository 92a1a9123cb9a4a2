/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/model/recent.h"

#include <glib/gstdio.h>
#include <string.h>

#include "core/base/digest.h"

#define MAX_RECENT 12

void
willis_recent_free (WillisRecent *r)
{
  g_free (r->path);
  g_free (r->title);
  g_free (r->time);
  g_free (r->thumbnail);
  g_free (r);
}

static char *
list_path (void)
{
  return g_build_filename (g_get_user_state_dir (), "willis", "recent.ini", NULL);
}

/* The group of a path and the stem of its picture. */
static char *
key_of (const char *path)
{
  WillisDigest *digest = willis_digest_new ();
  char *key;

  willis_digest_string (digest, path);
  key = willis_digest_finish (digest);
  key[16] = '\0';
  return key;
}

static int
newest_first (gconstpointer a, gconstpointer b)
{
  const WillisRecent *x = *(WillisRecent *const *) a, *y = *(WillisRecent *const *) b;

  return g_strcmp0 (y->time, x->time);
}

static GKeyFile *
load (void)
{
  GKeyFile *keys = g_key_file_new ();
  g_autofree char *path = list_path ();

  g_key_file_load_from_file (keys, path, G_KEY_FILE_NONE, NULL);
  return keys;
}

static GPtrArray *
list_all (GKeyFile *keys)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) willis_recent_free);
  g_auto (GStrv) groups = g_key_file_get_groups (keys, NULL);

  for (gsize n = 0; groups[n] != NULL; n++)
    {
      WillisRecent *r = g_new0 (WillisRecent, 1);
      g_autofree char *png = g_strconcat (groups[n], ".png", NULL);

      r->path = g_key_file_get_string (keys, groups[n], "path", NULL);
      r->title = g_key_file_get_string (keys, groups[n], "title", NULL);
      r->time = g_key_file_get_string (keys, groups[n], "time", NULL);
      r->thumbnail = g_build_filename (g_get_user_cache_dir (), "willis", "thumbnails", png, NULL);
      if (r->path != NULL && r->title != NULL)
        g_ptr_array_add (list, r);
      else
        willis_recent_free (r);
    }
  g_ptr_array_sort (list, newest_first);
  return list;
}

GPtrArray *
willis_recent_list (void)
{
  g_autoptr (GKeyFile) keys = load ();
  GPtrArray *list = list_all (keys);

  for (guint n = list->len; n > 0; n--)
    if (!g_file_test (((WillisRecent *) list->pdata[n - 1])->path, G_FILE_TEST_EXISTS))
      g_ptr_array_remove_index (list, n - 1);
  if (list->len > MAX_RECENT)
    g_ptr_array_set_size (list, MAX_RECENT);
  return list;
}

static void
save (GKeyFile *keys)
{
  g_autofree char *path = list_path ();
  g_autofree char *folder = g_path_get_dirname (path);

  if (g_mkdir_with_parents (folder, 0700) == 0)
    g_key_file_save_to_file (keys, path, NULL);
}

char *
willis_recent_add (const char *path, const char *title)
{
  g_autoptr (GKeyFile) keys = load ();
  g_autofree char *absolute = g_canonicalize_filename (path, NULL);
  g_autofree char *key = key_of (absolute);
  g_autofree char *png = g_strconcat (key, ".png", NULL);
  g_autofree char *folder = g_build_filename (g_get_user_cache_dir (), "willis", "thumbnails", NULL);
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *time = g_date_time_format (now, "%Y-%m-%dT%H:%M:%S.%fZ");
  g_autoptr (GPtrArray) list = NULL;

  g_key_file_set_string (keys, key, "path", absolute);
  g_key_file_set_string (keys, key, "title", title);
  g_key_file_set_string (keys, key, "time", time);
  list = list_all (keys);
  for (guint n = 2 * MAX_RECENT; n < list->len; n++) // forget the oldest, and their pictures
    {
      WillisRecent *r = list->pdata[n];
      g_autofree char *old = key_of (r->path);

      g_unlink (r->thumbnail);
      g_key_file_remove_group (keys, old, NULL);
    }
  save (keys);
  g_mkdir_with_parents (folder, 0700);
  return g_build_filename (folder, png, NULL);
}

void
willis_recent_remove (const char *path)
{
  g_autoptr (GKeyFile) keys = load ();
  g_autofree char *key = key_of (path);

  g_key_file_remove_group (keys, key, NULL);
  save (keys);
}
