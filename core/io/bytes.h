/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Bytes of files in, bytes of files out: whole files mapped, streams inflated into buffers of known size, gzip made
 * by all threads, and files that appear under their name only when they are complete. Private to core/io.
 */
#include "core/base/progress.h"
#include "core/io/replace-file.h"

G_BEGIN_DECLS

typedef enum
{
  WILLIS_CODEC_RAW,
  WILLIS_CODEC_GZIP, // gzip or zlib, told by the first bytes; members may follow each other
  WILLIS_CODEC_BZIP2,
  WILLIS_CODEC_DEFLATE, // bare deflate, as in DICOM
} WillisCodec;

/* The name of path for a person: its last part, in valid UTF-8 (new). */
char *willis_file_name (const char *path);

/* Maps a regular, not empty file (new). WILLIS_ERROR_BAD_FILE says what is wrong with it. */
GBytes *willis_file_map (const char *path, GError **error);

/* Decodes in[0..n_in): skips the first skip bytes of the result, fills at most n_out bytes of out, and says in *n_got
 * how many there were. A stream that ends early, or is damaged after that, is no error here: look at *n_got. */
gboolean willis_inflate (WillisCodec codec, const guint8 *in, gsize n_in, guint64 skip, guint8 *out, gsize n_out,
                         gsize *n_got, GError **error);

/* How many bytes in[0..n_in) decodes to, counted up to limit. */
guint64 willis_inflate_size (WillisCodec codec, const guint8 *in, gsize n_in, guint64 limit);

/* A file being written beside its final name. */
typedef struct
{
  WillisReplaceFile replace;
  int fd;
} WillisAtomicFile;

/* Opens a temporary file beside path. */
gboolean willis_atomic_begin (WillisAtomicFile *file, const char *path, GError **error);
gboolean willis_atomic_write (WillisAtomicFile *file, const void *bytes, gsize n, GError **error);

/* Appends one gzip member (or zlib stream) of all bytes, packed by all threads: the same bytes for any number of
 * them. *n_packed (may be NULL) says how many there are. */
gboolean willis_atomic_deflate (WillisAtomicFile *file, gboolean gzip, const guint8 *bytes, gsize n, gsize *n_packed,
                                const WillisProgress *progress, GError **error);

/* Makes the file durable and gives it its name; on failure, and by willis_atomic_abort (), the temporary file goes. */
gboolean willis_atomic_commit (WillisAtomicFile *file, GError **error);
void willis_atomic_abort (WillisAtomicFile *file);

G_END_DECLS
