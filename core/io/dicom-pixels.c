/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stored samples of one frame. Source: DICOM PS3.5 A.4 (fragments), annex G (RLE).
 */
#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/io/bytes.h"
#include "core/io/dicom.h"

#define RLE_SYNTAX "1.2.840.10008.1.2.5"
#define MAX_FRAGMENTS 1000000

static WillisDicomCodec (*find_codec) (void);

void
willis_dicom_set_codec_finder (WillisDicomCodec (*finder) (void))
{
  find_codec = finder;
}

static gpointer
find_codec_once (gpointer data)
{
  return find_codec != NULL ? (gpointer) find_codec () : NULL;
}

static gboolean
decode_jpeg (const WillisDicomFile *file, const guint8 *const *parts, const gsize *lengths, gsize n, guint8 *out,
             GError **error)
{
  static GOnce once = G_ONCE_INIT;
  WillisDicomCodec codec = (WillisDicomCodec) g_once (&once, find_codec_once, NULL);

  if (codec == NULL)
    return willis_fail (error, WILLIS_ERROR_UNSUPPORTED,
                        _ ("its pixels are compressed, and the program \"willis-reader\" "
                           "that decodes them is missing"));
  switch (codec (file, parts, lengths, n, out, willis_dicom_frame_size (file)))
    {
    case WILLIS_DICOM_DECODED:
      return TRUE;
    case WILLIS_DICOM_UNSUPPORTED:
      return willis_fail (error, WILLIS_ERROR_UNSUPPORTED, _ ("its compression (transfer syntax %s) is not supported"),
                          file->transfer_syntax);
    case WILLIS_DICOM_DAMAGED:
    default:
      return willis_fail (error, WILLIS_ERROR_BAD_FILE, _ ("its compressed pixels cannot be decoded"));
    }
}

gsize
willis_dicom_frame_size (const WillisDicomFile *file)
{
  return (gsize) file->rows * (gsize) file->columns * (gsize) (file->bits_allocated / 8);
}

typedef struct
{
  const guint8 *bytes;
  gsize length;
} Fragment;

static guint32
little32 (const guint8 *p)
{
  return (guint32) p[0] | (guint32) p[1] << 8 | (guint32) p[2] << 16 | (guint32) p[3] << 24;
}

/* All fragments behind the offset table, which goes to *table. */
static GArray *
find_fragments (const guint8 *at, gsize size, Fragment *table, GError **error)
{
  const guint8 *end = at + size;
  GArray *list = g_array_new (FALSE, FALSE, sizeof (Fragment));
  gboolean first = TRUE;

  while (end - at >= 8)
    {
      guint32 length = little32 (at + 4);
      Fragment fragment;

      if (at[0] == 0xFE && at[1] == 0xFF && at[2] == 0xDD && at[3] == 0xE0)
        return list;
      if (at[0] != 0xFE || at[1] != 0xFF || at[2] != 0x00 || at[3] != 0xE0 || length > (gsize) (end - at - 8)
          || list->len > MAX_FRAGMENTS)
        break;
      fragment = (Fragment){ at + 8, length };
      if (first)
        *table = fragment;
      else
        g_array_append_val (list, fragment);
      first = FALSE;
      at += 8 + (gsize) length;
    }
  // a missing delimiter at the very end does no harm
  if (at == end && list->len > 0)
    return list;
  g_array_unref (list);
  willis_fail (error, WILLIS_ERROR_BAD_FILE, _ ("its compressed pixels are damaged or truncated"));
  return NULL;
}

static gboolean
starts_code_stream (const Fragment *f)
{
  return f->length >= 4 && f->bytes[0] == 0xFF && (f->bytes[1] == 0xD8 || f->bytes[1] == 0x4F);
}

/* The fragments [*lo, *hi) of frame n. */
static gboolean
fragments_of_frame (GArray *list, const Fragment *table, int n_frames, int n, guint *lo, guint *hi, GError **error)
{
  guint starts = 0, seen = 0;

  if (n_frames == 1 || list->len == (guint) n_frames)
    {
      *lo = n_frames == 1 ? 0 : (guint) n;
      *hi = n_frames == 1 ? list->len : (guint) n + 1;
      return list->len > 0
             || willis_fail (error, WILLIS_ERROR_BAD_FILE, _ ("its compressed pixels are damaged or truncated"));
    }
  if (table->length == 4 * (gsize) n_frames && list->len > 0)
    {
      // offsets count from the first byte behind the table
      const guint8 *base = table->bytes + table->length;
      guint32 from = little32 (table->bytes + 4 * (gsize) n);
      guint32 to = n + 1 < n_frames ? little32 (table->bytes + 4 * (gsize) n + 4) : G_MAXUINT32;

      *lo = *hi = list->len;
      for (guint k = 0; k < list->len; k++)
        {
          gsize at = (gsize) (g_array_index (list, Fragment, k).bytes - 8 - base);

          if (at == from)
            *lo = k;
          if (at == to)
            *hi = k;
        }
      if (*lo < *hi)
        return TRUE;
    }
  for (guint k = 0; k < list->len; k++)
    starts += starts_code_stream (&g_array_index (list, Fragment, k));
  *lo = *hi = list->len;
  for (guint k = 0; k < list->len && starts == (guint) n_frames; k++)
    if (starts_code_stream (&g_array_index (list, Fragment, k)))
      {
        if (seen == (guint) n)
          *lo = k;
        if (seen == (guint) n + 1)
          *hi = k;
        seen++;
      }
  return *lo < *hi
         || willis_fail (error, WILLIS_ERROR_BAD_FILE, _ ("its compressed pixels do not divide into %d frames"),
                         n_frames);
}

/* One run-length coded segment into every step-th byte of out. */
static gboolean
decode_segment (const guint8 *in, gsize n_in, guint8 *out, gsize n_out, gsize step)
{
  gsize at = 0, done = 0;

  while (done < n_out && at < n_in)
    {
      gint8 code = (gint8) in[at++];

      if (code >= 0)
        for (int k = 0; k <= code && done < n_out; k++)
          {
            if (at >= n_in)
              return FALSE;
            out[step * done++] = in[at++];
          }
      else if (code != -128)
        {
          if (at >= n_in)
            return FALSE;
          for (int k = 0; k <= -code && done < n_out; k++)
            out[step * done++] = in[at];
          at++;
        }
    }
  return done == n_out;
}

/* Segments hold the bytes of all samples, most significant first. */
static gboolean
decode_rle (const WillisDicomFile *file, const guint8 *in, gsize n_in, guint8 *out, GError **error)
{
  gsize n_bytes = (gsize) file->bits_allocated / 8, n = (gsize) file->rows * (gsize) file->columns;
  guint32 n_segments = n_in >= 64 ? little32 (in) : 0;
  gboolean ok = n_segments == n_bytes;

  for (gsize s = 0; ok && s < n_bytes; s++)
    {
      gsize from = little32 (in + 4 + 4 * s), to = s + 1 < n_bytes ? little32 (in + 8 + 4 * s) : n_in;

      ok = from >= 64 && from < to && to <= n_in
           && decode_segment (in + from, to - from, out + (n_bytes - 1 - s), n, n_bytes);
    }
  return ok || willis_fail (error, WILLIS_ERROR_BAD_FILE, _ ("its run-length coded pixels are damaged"));
}

static gboolean
decode_fragments (const WillisDicomFile *file, const guint8 *pixels, int n, guint8 *out, GError **error)
{
  Fragment table = { NULL, 0 };
  g_autoptr (GArray) list = find_fragments (pixels, file->pixel_length, &table, error);
  g_autofree const guint8 **parts = NULL;
  g_autofree gsize *lengths = NULL;
  guint lo, hi;

  if (list == NULL || !fragments_of_frame (list, &table, file->n_frames, n, &lo, &hi, error))
    return FALSE;
  parts = g_new (const guint8 *, hi - lo);
  lengths = g_new (gsize, hi - lo);
  for (guint k = lo; k < hi; k++)
    {
      parts[k - lo] = g_array_index (list, Fragment, k).bytes;
      lengths[k - lo] = g_array_index (list, Fragment, k).length;
    }
  if (strcmp (file->transfer_syntax, RLE_SYNTAX) == 0)
    {
      if (hi - lo == 1)
        return decode_rle (file, parts[0], lengths[0], out, error);
      return willis_fail (error, WILLIS_ERROR_BAD_FILE, _ ("its run-length coded pixels are damaged"));
    }
  return decode_jpeg (file, parts, lengths, hi - lo, out, error);
}

gboolean
willis_dicom_frame_samples (const WillisDicomFile *file, GBytes *bytes, int n, guint8 *scratch, const guint8 **samples,
                            gboolean *big_endian, GError **error)
{
  gsize size, frame = willis_dicom_frame_size (file);
  const guint8 *data = g_bytes_get_data (bytes, &size);

  if (file->pixel_offset > size || file->pixel_length > size - file->pixel_offset)
    return willis_fail (error, WILLIS_ERROR_BAD_FILE, _ ("it changed while it was read"));
  data += file->pixel_offset;
  *big_endian = FALSE;
  if (file->encapsulated)
    {
      *samples = scratch;
      *big_endian = G_BYTE_ORDER == G_BIG_ENDIAN && strcmp (file->transfer_syntax, RLE_SYNTAX) != 0;
      return decode_fragments (file, data, n, scratch, error);
    }
  if (frame * (gsize) (n + 1) > file->pixel_length)
    return willis_fail (error, WILLIS_ERROR_BAD_FILE, _ ("it is truncated: %zu of %zu bytes of pixels are there"),
                        file->pixel_length, frame * (gsize) file->n_frames);
  *samples = data + frame * (gsize) n;
  *big_endian = strcmp (file->transfer_syntax, "1.2.840.10008.1.2.2") == 0;
  return TRUE;
}
