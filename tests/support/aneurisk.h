/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Where the files of the AneuRisk data lie: $WILLIS_DATA/aneurisk, or beside the sources.
 */
#include <glib.h>
#include <string.h>

/* The file of a kind ("models", "isolated", "necks", "centrelines"); name with its ending, "" for the folder. New. */
static inline char *
aneurisk_file (const char *kind, const char *name)
{
  const char *data = g_getenv ("WILLIS_DATA"), *source = g_getenv ("WILLIS_SOURCE_DIR");

  return data != NULL
             ? g_build_filename (data, "aneurisk", kind, name, NULL)
             : g_build_filename (source != NULL ? source : ".", "..", "shared", "data", "aneurisk", kind, name, NULL);
}

static inline int
aneurisk_by_name (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* All files of a kind by name, with their ending (new, of char *); none where the data are absent. */
static inline GPtrArray *
aneurisk_files (const char *kind)
{
  g_autofree char *folder = aneurisk_file (kind, "");
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  GDir *dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (name, ".vtk"))
      g_ptr_array_add (names, g_strdup (name));
  g_clear_pointer (&dir, g_dir_close);
  g_ptr_array_sort (names, aneurisk_by_name);
  return names;
}
