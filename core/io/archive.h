/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * An archive: a tree of named groups with attributes and typed arrays, in memory, and the same as an HDF5 file.
 * Written in this process, atomically and with the same bytes for the same content; read back in the reader process
 * (reader.h), its arrays mapped without copying. Not thread-safe itself; files may be written from any thread.
 */
#include <glib.h>

#include "core/base/progress.h"
#include "core/io/reader.h"

G_BEGIN_DECLS

typedef enum
{
  WILLIS_ARRAY_U8,
  WILLIS_ARRAY_I16,
  WILLIS_ARRAY_I32,
  WILLIS_ARRAY_I64,
  WILLIS_ARRAY_F32,
  WILLIS_ARRAY_F64,
  WILLIS_N_ARRAY_TYPES
} WillisArrayType;

#define WILLIS_ARRAY_MAX_RANK 4

/* An immutable array; data is [extents[0]][extents[1]]..., the last index fastest. */
typedef struct
{
  gatomicrefcount refs;
  WillisArrayType type;
  int rank;
  gsize extents[WILLIS_ARRAY_MAX_RANK];
  const void *data;
  GDestroyNotify destroy; // frees owner; may be NULL
  gpointer owner;
} WillisArray;

/* Keeps data, which destroy (owner) frees; destroy NULL: the caller keeps it alive. */
WillisArray *willis_array_new (WillisArrayType type, int rank, const gsize *extents, const void *data,
                               GDestroyNotify destroy, gpointer owner);
/* The same with a copy of data. */
WillisArray *willis_array_new_copy (WillisArrayType type, int rank, const gsize *extents, const void *data);
WillisArray *willis_array_ref (WillisArray *array);
void willis_array_unref (WillisArray *array);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WillisArray, willis_array_unref)

gsize willis_array_type_size (WillisArrayType type);
gsize willis_array_length (const WillisArray *array); // number of elements

/* A group of an archive; the root stands for the whole. */
typedef struct _WillisArchive WillisArchive;

WillisArchive *willis_archive_new (void);
void willis_archive_free (WillisArchive *root);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WillisArchive, willis_archive_free)

/* The group of this name in parent, made where missing (borrowed). Names hold no "/". */
WillisArchive *willis_archive_group (WillisArchive *parent, const char *name);

/* The same, NULL where missing. */
WillisArchive *willis_archive_find_group (const WillisArchive *parent, const char *name);

/* "/surface/Polygons", for messages (borrowed). */
const char *willis_archive_path (const WillisArchive *group);

/* Names of groups, sorted (new, g_strfreev). */
char **willis_archive_group_names (const WillisArchive *group);

gboolean willis_archive_has (const WillisArchive *group, const char *name); // an attribute or an array

/* Takes an attribute or array away, if there is one. */
void willis_archive_remove (WillisArchive *group, const char *name);

/* Attributes. Text is UTF-8 of at most 60 kB; NULL sets nothing. */
void willis_archive_set_string (WillisArchive *group, const char *name, const char *value);
void willis_archive_set_ints (WillisArchive *group, const char *name, const gint64 *values, gsize n);
void willis_archive_set_int (WillisArchive *group, const char *name, gint64 value);
void willis_archive_set_doubles (WillisArchive *group, const char *name, const double *values, gsize n);
void willis_archive_set_double (WillisArchive *group, const char *name, double value);

/* Each fails with WILLIS_ERROR_BAD_FILE where the attribute is missing, of another type or length, or out of
 * [lo, hi] (doubles must be finite then; pass -INFINITY, INFINITY to allow all but NaN, NAN, NAN to allow all). */
gboolean willis_archive_get_string (const WillisArchive *group, const char *name, const char **out, GError **error);
gboolean willis_archive_get_int (const WillisArchive *group, const char *name, gint64 lo, gint64 hi, gint64 *out,
                                 GError **error);
gboolean willis_archive_get_ints (const WillisArchive *group, const char *name, gsize n, gint64 lo, gint64 hi,
                                  gint64 *out, GError **error);
gboolean willis_archive_get_doubles (const WillisArchive *group, const char *name, gsize n, double lo, double hi,
                                     double *out, GError **error);
gboolean willis_archive_get_double (const WillisArchive *group, const char *name, double lo, double hi, double *out,
                                    GError **error);

/* Text of any length and number, NULL-terminated (stored as bytes, each ended by a zero). */
void willis_archive_set_strings (WillisArchive *group, const char *name, const char *const *values);
gboolean willis_archive_get_strings (const WillisArchive *group, const char *name, char ***out, GError **error);

/* Takes array. */
void willis_archive_take_array (WillisArchive *group, const char *name, WillisArray *array);

/* The array, borrowed. WILLIS_ERROR_BAD_FILE where missing or of another type, rank or extents; extents[a] 0: any
 * (extents NULL: all any). */
WillisArray *willis_archive_get_array (const WillisArchive *group, const char *name, WillisArrayType type, int rank,
                                       const gsize *extents, GError **error);

/* Writes the archive as path, by way of a new file beside it: whoever looks, and whenever the program is killed, finds
 * the old file or the new one whole. The same content gives the same bytes. */
gboolean willis_archive_write (const WillisArchive *root, const char *path, const WillisProgress *progress,
                               GError **error);

/* Reads a file written by willis_archive_write (or of such a shape) in the reader process. External and soft links are
 * refused, attributes and arrays of types not listed above are passed over. */
WillisArchive *willis_archive_read (const char *path, const WillisProgress *progress, GError **error);

/* The reader's part of it. */
gboolean willis_archive_handle_read (JsonObject *request, WillisReply *reply, GError **error);

/* libhdf5 of Debian is not made for threads: whoever calls it in this process holds this lock. It also turns off
 * the library's own printing of errors. */
void willis_hdf5_lock (void);
void willis_hdf5_unlock (void);

G_END_DECLS
