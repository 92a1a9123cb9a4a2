/* SPDX-License-Identifier: Apache-2.0 */
#include "core/io/bytes.h"

#include <bzlib.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <glib/gstdio.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/parallel.h"

#define PIECE ((gsize) 1 << 20) // what one thread packs at a time
#define BATCH 32                // pieces packed between two looks at the user's wish to stop

char *
willis_file_name (const char *path)
{
  g_autofree char *base = g_path_get_basename (path);

  return g_filename_display_name (base);
}

GBytes *
willis_file_map (const char *path, GError **error)
{
  g_autofree char *name = willis_file_name (path);
  g_autoptr (GError) local = NULL;
  GStatBuf info;
  GMappedFile *map;
  GBytes *bytes;

  if (g_stat (path, &info) != 0)
    {
      willis_fail (error, WILLIS_ERROR_BAD_FILE, _("%s: %s"), name, g_strerror (errno));
      return NULL;
    }
  if (!S_ISREG (info.st_mode))
    {
      willis_fail (error, WILLIS_ERROR_BAD_FILE, _("%s is not a file"), name);
      return NULL;
    }
  if (info.st_size == 0)
    {
      willis_fail (error, WILLIS_ERROR_BAD_FILE, _("%s is empty"), name);
      return NULL;
    }
  map = g_mapped_file_new (path, FALSE, &local);
  if (map == NULL)
    {
      willis_fail (error, WILLIS_ERROR_BAD_FILE, _("%s cannot be read: %s"), name, g_strerror (EACCES));
      return NULL;
    }
  bytes = g_mapped_file_get_bytes (map);
  g_mapped_file_unref (map);
  return bytes;
}

/* ---- inflating ---- */

typedef struct
{
  guint64 skip; // still to drop
  guint8 *out;  // NULL: only count
  gsize n_out, n_got;
  guint64 total, limit;
} Sink;

/* TRUE while more is wanted. */
static gboolean
sink_take (Sink *sink, const guint8 *bytes, gsize n)
{
  gsize drop = (gsize) MIN (sink->skip, n);
  gsize keep = MIN (n - drop, sink->n_out - sink->n_got);

  sink->total += n;
  sink->skip -= drop;
  if (sink->out != NULL && keep > 0)
    memcpy (sink->out + sink->n_got, bytes + drop, keep);
  sink->n_got += keep;
  return sink->out != NULL ? sink->n_got < sink->n_out : sink->total < sink->limit;
}

static gboolean
inflate_zlib (const guint8 *in, gsize n_in, int window, Sink *sink, gsize *n_used)
{
  g_autofree guint8 *buffer = g_malloc (1 << 16);
  z_stream stream = { 0 };
  gsize at = 0;
  int status = Z_OK;
  gboolean more = TRUE;

  if (inflateInit2 (&stream, window) != Z_OK)
    return FALSE;
  while (status == Z_OK && more)
    {
      // straight into the caller's memory once nothing is left to skip
      gboolean direct = sink->out != NULL && sink->skip == 0;
      gsize room = direct ? MIN (sink->n_out - sink->n_got, (gsize) 1 << 30) : 1 << 16;
      gsize n;

      if (stream.avail_in == 0)
        {
          stream.next_in = (Bytef *) in + at;
          stream.avail_in = (uInt) MIN (n_in - at, (gsize) 1 << 30);
          at += stream.avail_in;
        }
      stream.next_out = direct ? sink->out + sink->n_got : buffer;
      stream.avail_out = (uInt) room;
      status = inflate (&stream, Z_NO_FLUSH);
      n = room - stream.avail_out;
      if (direct)
        {
          sink->n_got += n;
          sink->total += n;
          more = sink->n_got < sink->n_out;
        }
      else
        more = sink_take (sink, buffer, n);
      if (status == Z_BUF_ERROR && n > 0)
        status = Z_OK;
    }
  *n_used = at - stream.avail_in;
  inflateEnd (&stream);
  return more && status == Z_STREAM_END;
}

static void
inflate_bzip2 (const guint8 *in, gsize n_in, Sink *sink)
{
  g_autofree char *buffer = g_malloc (1 << 16);
  bz_stream stream = { 0 };
  gsize at = 0;
  int status = BZ_OK;
  gboolean more = TRUE;

  if (BZ2_bzDecompressInit (&stream, 0, 0) != BZ_OK)
    return;
  while (status == BZ_OK && more)
    {
      gsize n;

      if (stream.avail_in == 0)
        {
          if (at == n_in)
            break;
          stream.next_in = (char *) in + at;
          stream.avail_in = (unsigned) MIN (n_in - at, (gsize) 1 << 30);
          at += stream.avail_in;
        }
      stream.next_out = buffer;
      stream.avail_out = 1 << 16;
      status = BZ2_bzDecompress (&stream);
      n = (1 << 16) - stream.avail_out;
      more = sink_take (sink, (guint8 *) buffer, n);
    }
  BZ2_bzDecompressEnd (&stream);
}

static void
inflate_any (WillisCodec codec, const guint8 *in, gsize n_in, Sink *sink)
{
  gsize at = 0, used = 0;

  switch (codec)
    {
    case WILLIS_CODEC_BZIP2:
      inflate_bzip2 (in, n_in, sink);
      break;
    case WILLIS_CODEC_DEFLATE:
      inflate_zlib (in, n_in, -15, sink, &used);
      break;
    case WILLIS_CODEC_GZIP:
      // members of gzip may follow each other; 47: gzip or zlib, as the first bytes say
      while (at < n_in && inflate_zlib (in + at, n_in - at, 47, sink, &used) && used > 0)
        at += used;
      break;
    case WILLIS_CODEC_RAW:
    default:
      sink_take (sink, in, n_in);
      break;
    }
}

gboolean
willis_inflate (WillisCodec codec, const guint8 *in, gsize n_in, guint64 skip, guint8 *out, gsize n_out, gsize *n_got,
                GError **error)
{
  Sink sink = { .skip = skip, .out = out, .n_out = n_out };

  *n_got = 0;
  if (n_out == 0)
    return TRUE;
  inflate_any (codec, in, n_in, &sink);
  *n_got = sink.n_got;
  if (sink.total == 0)
    return willis_fail (error, WILLIS_ERROR_BAD_FILE, _("its compressed data is damaged"));
  return TRUE;
}

guint64
willis_inflate_size (WillisCodec codec, const guint8 *in, gsize n_in, guint64 limit)
{
  Sink sink = { .skip = G_MAXUINT64, .limit = limit };

  inflate_any (codec, in, n_in, &sink);
  return MIN (sink.total, limit);
}

/* ---- files that appear whole ---- */

static gboolean
fail_writing (WillisAtomicFile *file, int code, GError **error)
{
  g_autofree char *name = willis_file_name (file->replace.path);

  willis_fail (error, WILLIS_ERROR_BAD_FILE, _("%s cannot be written: %s"), name, g_strerror (code));
  willis_atomic_abort (file);
  return FALSE;
}

gboolean
willis_atomic_begin (WillisAtomicFile *file, const char *path, GError **error)
{
  file->fd = -1;
  if (!willis_replace_file_begin (&file->replace, path, error))
    return FALSE;
  file->fd = g_open (file->replace.temporary, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  return file->fd >= 0 || fail_writing (file, errno, error);
}

gboolean
willis_atomic_write (WillisAtomicFile *file, const void *bytes, gsize n, GError **error)
{
  const guint8 *at = bytes;

  while (n > 0)
    {
      gssize done = write (file->fd, at, MIN (n, (gsize) 1 << 30));

      if (done < 0 && errno == EINTR)
        continue;
      if (done <= 0)
        return fail_writing (file, done < 0 ? errno : ENOSPC, error);
      at += done;
      n -= (gsize) done;
    }
  return TRUE;
}

gboolean
willis_atomic_commit (WillisAtomicFile *file, GError **error)
{
  int fd = file->fd;

  file->fd = -1;
  if (close (fd) != 0)
    return fail_writing (file, errno, error);
  return willis_replace_file_finish (&file->replace, error);
}

void
willis_atomic_abort (WillisAtomicFile *file)
{
  if (file->fd >= 0)
    close (file->fd);
  file->fd = -1;
  willis_replace_file_abandon (&file->replace);
}

/* ---- deflating ---- */

typedef struct
{
  const guint8 *in; // of this batch
  gsize n_in, n_pieces;
  gboolean gzip, last_batch;
  GBytes **packed;
  gulong *sums; // crc32 or adler32 of each piece
} Packing;

static GBytes *
pack_piece (const guint8 *in, gsize n, gboolean last)
{
  z_stream stream = { 0 };
  guint8 *out;
  gsize room;

  if (deflateInit2 (&stream, 3, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) != Z_OK)
    return NULL;
  room = deflateBound (&stream, n) + 16;
  out = g_malloc (room);
  stream.next_in = (Bytef *) in;
  stream.avail_in = (uInt) n;
  stream.next_out = out;
  stream.avail_out = (uInt) room;
  deflate (&stream, last ? Z_FINISH : Z_FULL_FLUSH);
  room -= stream.avail_out;
  deflateEnd (&stream);
  return g_bytes_new_take (g_realloc (out, room), room);
}

static void
pack_range (gsize lo, gsize hi, gpointer context)
{
  Packing *p = context;

  for (gsize k = lo; k < hi; k++)
    {
      gsize at = k * PIECE, n = MIN (PIECE, p->n_in - at);

      p->packed[k] = pack_piece (p->in + at, n, p->last_batch && k + 1 == p->n_pieces);
      p->sums[k] = p->gzip ? crc32 (0, p->in + at, (uInt) n) : adler32 (1, p->in + at, (uInt) n);
    }
}

/* Packs one batch of pieces and appends it; *sum runs along. */
static gboolean
pack_batch (WillisAtomicFile *file, Packing *p, gulong *sum, gsize *n_packed, GError **error)
{
  GBytes *packed[BATCH] = { NULL };
  gulong sums[BATCH];
  gboolean ok = TRUE;

  p->packed = packed;
  p->sums = sums;
  willis_parallel_for (p->n_pieces, 1, pack_range, p);
  for (gsize k = 0; k < p->n_pieces; k++)
    {
      z_off_t length = (z_off_t) MIN (PIECE, p->n_in - k * PIECE);
      gsize size = 0;
      const void *bytes = packed[k] != NULL ? g_bytes_get_data (packed[k], &size) : NULL;

      if (ok && bytes == NULL)
        ok = fail_writing (file, ENOMEM, error);
      ok = ok && willis_atomic_write (file, bytes, size, error);
      *n_packed += size;
      *sum = p->gzip ? crc32_combine (*sum, sums[k], length) : adler32_combine (*sum, sums[k], length);
      g_clear_pointer (&packed[k], g_bytes_unref);
    }
  return ok;
}

gboolean
willis_atomic_deflate (WillisAtomicFile *file, gboolean gzip, const guint8 *bytes, gsize n, gsize *n_packed,
                       const WillisProgress *progress, GError **error)
{
  static const guint8 gzip_head[10] = { 0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3 }, zlib_head[2] = { 0x78, 0x5e };
  gsize n_head = gzip ? sizeof gzip_head : sizeof zlib_head, total = n_head + (gzip ? 8 : 4), at = 0;
  gulong sum = gzip ? 0 : 1;
  guint32 tail[2];

  if (!willis_atomic_write (file, gzip ? gzip_head : zlib_head, n_head, error))
    return FALSE;
  do
    {
      gsize length = MIN (n - at, PIECE * BATCH);
      Packing p = { bytes + at, length, MAX (1, (length + PIECE - 1) / PIECE), gzip, at + length == n, NULL, NULL };

      if (!willis_progress_step (progress, n > 0 ? (double) at / (double) n : 1, error))
        {
          willis_atomic_abort (file);
          return FALSE;
        }
      if (!pack_batch (file, &p, &sum, &total, error))
        return FALSE;
      at += length;
    }
  while (at < n);
  tail[0] = gzip ? GUINT32_TO_LE ((guint32) sum) : GUINT32_TO_BE ((guint32) sum);
  tail[1] = GUINT32_TO_LE ((guint32) n);
  if (n_packed != NULL)
    *n_packed = total;
  return willis_atomic_write (file, tail, gzip ? 8 : 4, error);
}
