/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Replacing a file whole, for libraries that write to a path of their own: write to a temporary file beside it, then
 * sync and rename. Whenever the program is killed, the path holds the old file or the new one whole; what is left of
 * the temporary file is overwritten by the next attempt.
 */
#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  char *path;      // what is replaced; a symbolic link is followed
  char *temporary; // write here
  int lock;        // open file, keeps others from doing the same at the same time
} WillisReplaceFile;

/* Errors: WILLIS_ERROR_BAD_FILE where the folder cannot be written, or another program is replacing the same file. */
gboolean willis_replace_file_begin (WillisReplaceFile *file, const char *path, GError **error);

/* Makes what was written durable and gives it its name; frees what file holds, whatever happens. */
gboolean willis_replace_file_finish (WillisReplaceFile *file, GError **error);

/* Removes the temporary file; frees what file holds. */
void willis_replace_file_abandon (WillisReplaceFile *file);

/* All three in one: path holds data, or what it held before. */
gboolean willis_replace_file_write (const char *path, const void *data, gsize size, GError **error);

G_END_DECLS
