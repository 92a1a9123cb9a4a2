/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/note.h"
#include "core/base/parallel.h"
#include "core/io/raw-image.h"

#define CHUNK 4096

gsize
willis_raw_size (WillisRawType type)
{
  static const gsize sizes[] = { 1, 1, 2, 2, 4, 4, 8, 8, 4, 8 };

  return sizes[type];
}

static inline guint16
load16 (const guint8 *p, gboolean swap)
{
  guint16 v;

  memcpy (&v, p, 2);
  return swap ? GUINT16_SWAP_LE_BE (v) : v;
}

static inline guint32
load32 (const guint8 *p, gboolean swap)
{
  guint32 v;

  memcpy (&v, p, 4);
  return swap ? GUINT32_SWAP_LE_BE (v) : v;
}

static inline guint64
load64 (const guint8 *p, gboolean swap)
{
  guint64 v;

  memcpy (&v, p, 8);
  return swap ? GUINT64_SWAP_LE_BE (v) : v;
}

static inline double
bits_f32 (guint32 bits)
{
  float v;

  memcpy (&v, &bits, 4);
  return (double) v;
}

static inline double
bits_f64 (guint64 bits)
{
  double v;

  memcpy (&v, &bits, 8);
  return v;
}

#define EACH(step, expression)                                                                                        \
  for (gsize n = 0; n < count; n++, p += step)                                                                        \
    out[n] = (double) (expression);                                                                                   \
  break

/* count numbers from p, scaled */
static void
load_chunk (const WillisRawFormat *format, const guint8 *p, gsize count, double *out)
{
  gboolean swap = format->big_endian != (G_BYTE_ORDER == G_BIG_ENDIAN);

  switch (format->type)
    {
    case WILLIS_RAW_U8:
      EACH (1, *p);
    case WILLIS_RAW_I8:
      EACH (1, (gint8) *p);
    case WILLIS_RAW_U16:
      EACH (2, load16 (p, swap));
    case WILLIS_RAW_I16:
      EACH (2, (gint16) load16 (p, swap));
    case WILLIS_RAW_U32:
      EACH (4, load32 (p, swap));
    case WILLIS_RAW_I32:
      EACH (4, (gint32) load32 (p, swap));
    case WILLIS_RAW_U64:
      EACH (8, load64 (p, swap));
    case WILLIS_RAW_I64:
      EACH (8, (gint64) load64 (p, swap));
    case WILLIS_RAW_F32:
      EACH (4, bits_f32 (load32 (p, swap)));
    case WILLIS_RAW_F64:
    default:
      EACH (8, bits_f64 (load64 (p, swap)));
    }
  if (format->slope != 1 || format->intercept != 0)
    for (gsize n = 0; n < count; n++)
      out[n] = format->slope * out[n] + format->intercept;
}

/* What a first pass over the numbers finds; one per slice, merged in order. */
typedef struct
{
  double lo, hi;
  gsize n_bad;
  gboolean whole; // all are integers
} Found;

typedef struct
{
  const WillisRawFormat *format;
  const guint8 *data;
  gsize n_slice; // voxels in a slice
  int n_slices;
  gboolean flip;
  Found *found;
  double lo; // replaces what is not finite
  WillisScalar scalar;
  guint8 *out;
  gboolean plain; // the numbers are stored as they are wanted
} Job;

static void
look_at_slices (gsize k_lo, gsize k_hi, gpointer context)
{
  Job *job = context;
  gsize size = willis_raw_size (job->format->type);
  double values[CHUNK];

  for (gsize k = k_lo; k < k_hi; k++)
    {
      Found found = { INFINITY, -INFINITY, 0, TRUE };

      for (gsize at = 0; at < job->n_slice; at += CHUNK)
        {
          gsize count = MIN (CHUNK, job->n_slice - at);

          load_chunk (job->format, job->data + (k * job->n_slice + at) * size, count, values);
          for (gsize n = 0; n < count; n++)
            {
              double v = values[n];

              // what float cannot hold counts as not finite too
              if (!(fabs (v) <= (double) G_MAXFLOAT))
                {
                  found.n_bad++;
                  continue;
                }
              found.lo = MIN (found.lo, v);
              found.hi = MAX (found.hi, v);
              if (v != nearbyint (v))
                found.whole = FALSE;
            }
        }
      job->found[k] = found;
    }
}

static void
store_chunk (const Job *job, const double *values, gsize count, gsize at)
{
  double lo = job->lo;

  switch (job->scalar)
    {
    case WILLIS_SCALAR_U8:
      for (gsize n = 0; n < count; n++)
        job->out[at + n] = (guint8) values[n];
      break;
    case WILLIS_SCALAR_I16:
      for (gsize n = 0; n < count; n++)
        ((gint16 *) job->out)[at + n] = (gint16) values[n];
      break;
    case WILLIS_SCALAR_F32:
    default:
      for (gsize n = 0; n < count; n++)
        ((float *) job->out)[at + n] = (float) (fabs (values[n]) <= (double) G_MAXFLOAT ? values[n] : lo);
    }
}

static void
store_slices (gsize k_lo, gsize k_hi, gpointer context)
{
  Job *job = context;
  gsize size = willis_raw_size (job->format->type);
  double values[CHUNK];

  for (gsize k = k_lo; k < k_hi && job->plain; k++)
    {
      gsize to = job->flip ? (gsize) job->n_slices - 1 - k : k, n = job->n_slice * size;

      memcpy (job->out + to * n, job->data + k * n, n);
    }
  for (gsize k = k_lo; k < k_hi && !job->plain; k++)
    {
      gsize to = (job->flip ? (gsize) job->n_slices - 1 - k : k) * job->n_slice;

      for (gsize at = 0; at < job->n_slice; at += CHUNK)
        {
          gsize count = MIN (CHUNK, job->n_slice - at);

          load_chunk (job->format, job->data + (k * job->n_slice + at) * size, count, values);
          store_chunk (job, values, count, to + at);
        }
    }
}

/* Runs over the slices in blocks, with a look at the progress between them. */
static gboolean
over_slices (Job *job, WillisRangeFunc func, const WillisProgress *progress, double lo, double hi, GError **error)
{
  WillisProgress part = willis_progress_part (progress, lo, hi, NULL);
  int block = (int) CLAMP (((gsize) 1 << 24) / job->n_slice, 1, 4096);

  for (int k = 0; k < job->n_slices; k += block)
    {
      Job piece = *job;
      int n = MIN (block, job->n_slices - k);

      if (!willis_progress_step (progress != NULL ? &part : NULL, (double) k / job->n_slices, error))
        return FALSE;
      // the block as a job of its own: its first slice is slice 0
      piece.data += (gsize) k * job->n_slice * willis_raw_size (job->format->type);
      piece.found = job->found + k;
      piece.n_slices = n;
      if (piece.out != NULL)
        piece.out += (gsize) (job->flip ? job->n_slices - k - n : k) * job->n_slice * willis_scalar_size (job->scalar);
      willis_parallel_for ((gsize) n, 1, func, &piece);
    }
  return TRUE;
}

static gboolean
choose_type (const Found *found, int n, const WillisRawFormat *format, Job *job, GPtrArray *warnings, GError **error)
{
  Found all = { INFINITY, -INFINITY, 0, TRUE };
  gboolean is_float = format->type == WILLIS_RAW_F32 || format->type == WILLIS_RAW_F64;

  for (int k = 0; k < n; k++)
    {
      all.lo = MIN (all.lo, found[k].lo);
      all.hi = MAX (all.hi, found[k].hi);
      all.n_bad += found[k].n_bad;
      all.whole = all.whole && found[k].whole;
    }
  if (!(all.lo <= all.hi))
    return willis_fail (error, WILLIS_ERROR_BAD_FILE, _("none of its values is a number"));
  job->lo = all.lo;
  if (all.n_bad > 0)
    willis_note_add (warnings, WILLIS_NOTE_NOT_FINITE, all.n_bad, all.lo);
  if (!all.whole || is_float || all.lo < -32768 || all.hi > 32767)
    job->scalar = WILLIS_SCALAR_F32;
  else if (format->type == WILLIS_RAW_U8 && format->slope == 1 && format->intercept == 0)
    job->scalar = WILLIS_SCALAR_U8;
  else
    job->scalar = WILLIS_SCALAR_I16;
  if (job->scalar == WILLIS_SCALAR_F32 && !is_float && MAX (fabs (all.lo), fabs (all.hi)) > 16777216.0)
    willis_note_add (warnings, WILLIS_NOTE_SINGLE, MAX (fabs (all.lo), fabs (all.hi)));
  return TRUE;
}

WillisVolume *
willis_raw_to_volume (const WillisGrid *grid, const WillisRawFormat *format, const guint8 *data, gboolean flip,
                      const WillisRoom *room, GPtrArray *warnings, const WillisProgress *progress, GError **error)
{
  gsize n_slice = (gsize) grid->dims[0] * (gsize) grid->dims[1];
  g_autofree Found *found = g_new0 (Found, grid->dims[2]);
  g_autoptr (WillisVolume) volume = NULL;
  Job job = { format, data, n_slice, grid->dims[2], flip, found, 0, WILLIS_SCALAR_U8, NULL, FALSE };
  gboolean unscaled = format->slope == 1 && format->intercept == 0;

  job.plain = unscaled && (format->type == WILLIS_RAW_U8
                           || (format->type == WILLIS_RAW_I16 && format->big_endian == (G_BYTE_ORDER == G_BIG_ENDIAN)));
  if (job.plain)
    job.scalar = format->type == WILLIS_RAW_U8 ? WILLIS_SCALAR_U8 : WILLIS_SCALAR_I16;
  else
    {
      if (!over_slices (&job, look_at_slices, progress, 0, 0.5, error)
          || !choose_type (found, grid->dims[2], format, &job, warnings, error))
        return NULL;
    }
  volume = willis_room_volume (room, grid, job.scalar, error);
  if (volume == NULL)
    return NULL;
  job.out = willis_volume_voxels_rw (volume);
  if (!over_slices (&job, store_slices, progress, 0.5, 1, error))
    return NULL;
  return g_steal_pointer (&volume);
}
