/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/model/favourites.h"

#define GROUP "devices"

static char *
file_name (void)
{
  return g_build_filename (g_get_user_data_dir (), "willis", "favourites.ini", NULL);
}

GHashTable *
willis_favourites (void)
{
  GHashTable *set = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *name = file_name ();
  g_auto (GStrv) keys = NULL;

  if (g_key_file_load_from_file (file, name, G_KEY_FILE_NONE, NULL))
    keys = g_key_file_get_keys (file, GROUP, NULL, NULL);
  for (char **k = keys; k != NULL && *k != NULL; k++)
    if (g_key_file_get_boolean (file, GROUP, *k, NULL))
      g_hash_table_add (set, g_strdup (*k));
  return set;
}

gboolean
willis_favourite_set (const char *id, gboolean favourite, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *name = file_name (), *folder = g_path_get_dirname (name);

  g_key_file_load_from_file (file, name, G_KEY_FILE_KEEP_COMMENTS, NULL);
  if (favourite)
    g_key_file_set_boolean (file, GROUP, id, TRUE);
  else
    g_key_file_remove_key (file, GROUP, id, NULL);
  g_mkdir_with_parents (folder, 0700);
  return g_key_file_save_to_file (file, name, error);
}
