/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One stack of DICOM slices into a volume: samples, rescale, padding, and the grid.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/note.h"
#include "core/base/parallel.h"
#include "core/io/bytes.h"
#include "core/io/dicom.h"
#include "core/io/raw-image.h"
#include "core/io/stack.h"
#include "core/num/vec3.h"

#define AIR_HU (-1024.0)

static gboolean
is_ct (const WillisDicomStack *stack)
{
  return g_strcmp0 (stack->slices[0].file->modality, "CT") == 0;
}

static const WillisDicomFrame *
frame_of (const WillisDicomStack *stack, int k)
{
  return willis_dicom_frame (stack->slices[k].file, stack->slices[k].frame);
}

/* The stack's geometry; *origins (new) is what it points to. */
static WillisStack
geometry_of (const WillisDicomStack *dicom, double (**origins)[3])
{
  const WillisDicomFrame *f = frame_of (dicom, 0);
  WillisStack s = { .dims = { dicom->slices[0].file->columns, dicom->slices[0].file->rows }, .n = dicom->n };
  double lean;

  *origins = g_malloc0_n ((gsize) dicom->n, sizeof (double[3]));
  for (int k = 0; k < dicom->n; k++)
    vec3_copy ((*origins)[k], frame_of (dicom, k)->position_lps_mm);
  s.origin_lps_mm = (const double (*)[3]) * origins;
  s.spacing_mm[0] = f->spacing_mm[0];
  s.spacing_mm[1] = f->spacing_mm[1];
  s.thickness_mm = f->thickness_mm;
  vec3_copy (s.axis_i, f->row_axis);
  vec3_normalize (s.axis_i);
  lean = vec3_dot (s.axis_i, f->column_axis);
  vec3_axpy (s.axis_j, f->column_axis, -lean, s.axis_i);
  vec3_normalize (s.axis_j);
  return s;
}

gboolean
willis_dicom_stack_grid (const WillisDicomStack *stack, WillisGrid *grid, GPtrArray *warnings, GError **error)
{
  double (*origins)[3] = NULL;
  WillisStack s = geometry_of (stack, &origins);
  WillisStackPlan plan = { 0 };
  gboolean ok = willis_stack_plan (&s, &plan, warnings, error);

  if (ok && stack->n > 1 && s.thickness_mm > 1.001 * plan.grid.spacing_mm[2] && !plan.resample)
    willis_note_add (warnings, WILLIS_NOTE_OVERLAP, s.thickness_mm, plan.grid.spacing_mm[2]);
  if (ok && stack->duplicates)
    willis_note_add (warnings, WILLIS_NOTE_SAME_PLACE);
  *grid = plan.grid;
  g_free (origins);
  return ok;
}

/* ---- samples to values ---- */

typedef struct
{
  const WillisDicomStack *stack;
  WillisScalar scalar;
  gboolean ct;
  gsize n_slice;
  guint8 *out;
  int first;
  gint unfit; // a value that the type does not hold was met
  GMutex lock;
  GError *error; // the first, by slice
  int error_slice;
  int cached_slice;
} Decode;

static inline gint64
sample_at (const guint8 *p, int bytes, gboolean big_endian)
{
  switch (bytes)
    {
    case 1:
      return *p;
    case 2:
      return big_endian ? p[0] << 8 | p[1] : p[1] << 8 | p[0];
    default:
      return big_endian ? (gint64) p[0] << 24 | p[1] << 16 | p[2] << 8 | p[3]
                        : (gint64) p[3] << 24 | p[2] << 16 | p[1] << 8 | p[0];
    }
}

/* How the samples of a file become values. */
typedef struct
{
  int bytes, shift, bits;
  gboolean big_endian, is_signed, has_padding;
  gint64 padding; // as a stored value
  double padding_value, slope, intercept;
  gboolean whole; // slope and intercept are integers
} Rule;

static inline gint64
stored_value (const Rule *r, gint64 raw)
{
  gint64 v = (raw >> r->shift) & (((gint64) 1 << r->bits) - 1);

  if (r->is_signed && v >> (r->bits - 1) & 1)
    v -= (gint64) 1 << r->bits;
  return v;
}

static Rule
rule_of (const WillisDicomFile *file, const WillisDicomFrame *frame, gboolean big_endian, gboolean ct)
{
  Rule r = { file->bits_allocated / 8, file->high_bit + 1 - file->bits_stored, file->bits_stored, big_endian,
             file->is_signed, FALSE, 0, 0, frame->slope, frame->intercept, FALSE };

  r.whole = r.slope == nearbyint (r.slope) && r.intercept == nearbyint (r.intercept) && fabs (r.slope) < 1e6
            && fabs (r.intercept) < 1e6;
  if (file->has_padding && ct)
    {
      // what lies outside the scanned circle is air, not a value far below it
      r.padding = r.bits <= 16 ? stored_value (&r, (gint64) file->padding << r.shift) : file->padding;
      r.padding_value = AIR_HU;
      r.has_padding = r.slope * (double) r.padding + r.intercept < AIR_HU
                      || (!r.is_signed && r.padding == ((gint64) 1 << r.bits) - 1);
    }
  return r;
}

/* The common case: 16 bits, least significant byte first, whole scale, int16 out. */
static gboolean
convert_fast (const Rule *r, const guint8 *in, gsize n, gint16 *out)
{
  const guint16 *samples = (const guint16 *) (gconstpointer) in; // of even offset: the caller sees to it
  const int slope = (int) r->slope, intercept = (int) r->intercept, shift = r->shift, mask = (1 << r->bits) - 1;
  const int sign = r->is_signed ? 1 << (r->bits - 1) : 0, padding = r->has_padding ? (int) r->padding : G_MAXINT;
  const int padding_value = (int) r->padding_value;
  int lo = G_MAXINT, hi = G_MININT;

#pragma omp simd reduction(min : lo) reduction(max : hi)
  for (gsize k = 0; k < n; k++)
    {
      // (v ^ s) - s extends the sign bit s
      int v = ((int) GUINT16_FROM_LE (samples[k]) >> shift) & mask;
      int value, pad;

      v = (v ^ sign) - sign;
      value = slope * v + intercept;
      pad = -(v == padding); // all bits where padding
      value = (value & ~pad) | (padding_value & pad);
      lo = value < lo ? value : lo;
      hi = value > hi ? value : hi;
      out[k] = (gint16) value;
    }
  return lo >= -32768 && hi <= 32767;
}

static gboolean
convert_slice (const Rule *r, const guint8 *in, gsize n, WillisScalar scalar, gboolean ct, guint8 *out)
{
  gboolean fits = TRUE;

  if (scalar == WILLIS_SCALAR_I16 && r->bytes == 2 && !r->big_endian && r->whole && ((gsize) in & 1) == 0 && fabs (r->slope) < 30000)
    return convert_fast (r, in, n, (gint16 *) out);
  for (gsize k = 0; k < n; k++)
    {
      gint64 v = stored_value (r, sample_at (in + k * (gsize) r->bytes, r->bytes, r->big_endian));
      double value = r->has_padding && v == r->padding ? r->padding_value : r->slope * (double) v + r->intercept;

      switch (scalar)
        {
        case WILLIS_SCALAR_U8:
          out[k] = (guint8) CLAMP (value, 0, 255);
          break;
        case WILLIS_SCALAR_I16:
          // Hounsfield units are whole numbers; others keep their fractions
          fits = fits && value >= -32768.5 && value < 32767.5 && (ct || r->whole);
          ((gint16 *) out)[k] = (gint16) lrint (CLAMP (value, -32768, 32767));
          break;
        case WILLIS_SCALAR_F32:
        default:
          ((float *) out)[k] = (float) value;
        }
    }
  return fits;
}

static void
keep_error (Decode *d, int k, const WillisDicomFile *file, GError *error)
{
  g_autofree char *name = willis_file_name (file->path);

  g_prefix_error (&error, "%s: ", name);
  g_mutex_lock (&d->lock);
  if (d->error == NULL || k < d->error_slice)
    {
      g_clear_error (&d->error);
      d->error = error;
      d->error_slice = k;
    }
  else
    g_error_free (error);
  g_mutex_unlock (&d->lock);
}

static void
decode_range (gsize lo, gsize hi, gpointer context)
{
  Decode *d = context;
  g_autoptr (GBytes) bytes = NULL;
  const WillisDicomFile *open = NULL;
  g_autofree guint8 *scratch = NULL;

  for (gsize m = lo; m < hi; m++)
    {
      int k = d->first + (int) m;
      const WillisDicomSlice *slice = &d->stack->slices[k];
      const WillisDicomFile *file = slice->file;
      GError *error = NULL;
      const guint8 *samples = NULL;
      gboolean big_endian = FALSE;
      Rule rule;

      if (open != file)
        {
          g_autoptr (GBytes) mapped = willis_file_map (file->path, &error);

          g_clear_pointer (&bytes, g_bytes_unref);
          g_clear_pointer (&scratch, g_free);
          if (mapped != NULL)
            bytes = willis_dicom_bytes (mapped, file->inflated, &error);
          open = file;
          if (file->encapsulated)
            scratch = g_malloc0 (willis_dicom_frame_size (file));
        }
      if (bytes == NULL
          || !willis_dicom_frame_samples (file, bytes, slice->frame, scratch, &samples, &big_endian, &error))
        {
          if (error != NULL)
            keep_error (d, k, file, error);
          continue;
        }
      rule = rule_of (file, frame_of (d->stack, k), big_endian, d->ct);
      if (!convert_slice (&rule, samples, d->n_slice, d->scalar, d->ct,
                          d->out + (gsize) k * d->n_slice * willis_scalar_size (d->scalar)))
        g_atomic_int_set (&d->unfit, 1);
    }
}

/* All slices as scalar, one after the other; NULL without an error where the type does not hold them. */
static WillisVolume *
decode_all (const WillisDicomStack *stack, const WillisGrid *grid, WillisScalar scalar, const WillisRoom *room,
            const WillisProgress *progress, GError **error)
{
  g_autoptr (WillisVolume) volume = willis_room_volume (room, grid, scalar, error);
  // a block lies between two looks at the progress; frames of one inflated file are decoded together
  int block = stack->slices[0].file->encapsulated ? 32 : 64, grain = stack->slices[0].file->inflated ? 64 : 4;
  Decode d = { .stack = stack, .scalar = scalar, .ct = is_ct (stack) };

  if (volume == NULL)
    return NULL;
  g_mutex_init (&d.lock);
  d.n_slice = (gsize) grid->dims[0] * (gsize) grid->dims[1];
  d.out = willis_volume_voxels_rw (volume);
  for (d.first = 0; d.first < stack->n && d.error == NULL && !d.unfit; d.first += block)
    {
      if (!willis_progress_step (progress, (double) d.first / stack->n, error))
        return NULL;
      willis_parallel_for ((gsize) MIN (block, stack->n - d.first), (gsize) grain, decode_range, &d);
    }
  g_mutex_clear (&d.lock);
  if (d.error != NULL)
    g_propagate_error (error, d.error);
  return d.error == NULL && !d.unfit ? g_steal_pointer (&volume) : NULL;
}

/* Unscaled bytes stay bytes; else int16 is tried first. */
static WillisScalar
first_choice (const WillisDicomStack *stack)
{
  for (int k = 0; k < stack->n; k++)
    {
      const WillisDicomFile *file = stack->slices[k].file;
      const WillisDicomFrame *frame = frame_of (stack, k);

      if (file->bits_allocated != 8 || file->is_signed || frame->slope != 1 || frame->intercept != 0 || is_ct (stack))
        return WILLIS_SCALAR_I16;
    }
  return WILLIS_SCALAR_U8;
}

static void
warn_of_values (const WillisDicomStack *stack, GPtrArray *warnings)
{
  for (int k = 0; k < stack->n && is_ct (stack); k++)
    if (frame_of (stack, k)->slope != nearbyint (frame_of (stack, k)->slope))
      {
        willis_note_add (warnings, WILLIS_NOTE_ROUNDED);
        return;
      }
}

WillisVolume *
willis_dicom_stack_read (const WillisDicomStack *stack, const WillisRoom *room, GPtrArray *warnings,
                         const WillisProgress *progress, GError **error)
{
  g_autofree double (*origins)[3] = NULL;
  WillisStack s = geometry_of (stack, &origins);
  WillisStackPlan plan = { 0 };
  WillisGrid as_stored;
  WillisProgress decoding, shaping;
  g_autoptr (WillisVolume) slices = NULL;
  GError *local = NULL;
  double range[2];

  if (!willis_stack_plan (&s, &plan, NULL, error))
    return NULL;
  decoding = willis_progress_part (progress, 0, plan.resample ? 0.7 : 1, NULL);
  shaping = willis_progress_part (progress, 0.7, 1, NULL);
  as_stored = plan.grid;
  as_stored.dims[0] = s.dims[0];
  as_stored.dims[1] = s.dims[1];
  as_stored.dims[2] = s.n;
  slices = decode_all (stack, &as_stored, first_choice (stack), plan.resample ? NULL : room, &decoding, &local);
  if (slices == NULL && local == NULL)
    slices = decode_all (stack, &as_stored, WILLIS_SCALAR_F32, plan.resample ? NULL : room, &decoding, &local);
  if (slices == NULL)
    {
      g_propagate_error (error, local);
      return NULL;
    }
  warn_of_values (stack, warnings);
  if (!plan.resample)
    return g_steal_pointer (&slices);
  willis_volume_range (slices, range);
  return willis_stack_resample (&s, &plan, slices, is_ct (stack) ? MAX (range[0], AIR_HU) : range[0], room, &shaping,
                                error);
}
