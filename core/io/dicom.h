/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * DICOM in: a strict parser of our own for the headers and uncompressed, RLE and deflated pixels; GDCM for the pixels
 * of the JPEG family. Private to core/io.
 */
#include "core/base/progress.h"
#include "core/image/volume.h"
#include "core/io/room.h"

G_BEGIN_DECLS

/* One element of a data set, borrowed from the file's bytes. */
typedef struct
{
  guint32 tag;         // group << 16 | element
  char vr[3];          // "" with implicit value representation
  const guint8 *value; // items included, for sequences
  gsize length;        // of value; without the delimiter where the length was undefined
  gboolean undefined;  // the length was
} WillisDicomElement;

typedef struct
{
  const guint8 *at, *end;
  gboolean explicit_vr, big_endian;
} WillisDicomCursor;

/* The next element. FALSE at the end (*error unset) and where the data is damaged (*error set). */
gboolean willis_dicom_next (WillisDicomCursor *cursor, WillisDicomElement *element, GError **error);

/* Helpers of the parser: numbers in either order of bytes, two letters that can be a value representation, the tags
 * of pixels, and the error for a damaged element (returns FALSE). */
guint16 willis_dicom_get16 (const guint8 *p, gboolean big_endian);
guint32 willis_dicom_get32 (const guint8 *p, gboolean big_endian);
gboolean willis_dicom_is_vr (const guint8 *p);
gboolean willis_dicom_is_pixels (guint32 tag);
gboolean willis_dicom_damaged (guint32 tag, GError **error);

/* What places and scales one frame. */
typedef struct
{
  gboolean has_position, has_orientation, has_spacing;
  double position_lps_mm[3], row_axis[3], column_axis[3]; // row_axis: along a row, as i
  double spacing_mm[2];                                   // between columns (along i), between rows (along j)
  double thickness_mm, between_mm;                        // 0: not said
  double slope, intercept;
  int acquisition, temporal, echo, trigger_ms, stack; // 0: not said
  char time[16];                                      // of acquisition, or of the content
} WillisDicomFrame;

typedef enum
{
  WILLIS_DICOM_NO_PIXELS,
  WILLIS_DICOM_INTEGERS,
  WILLIS_DICOM_FLOATS, // (7FE0,0008), (7FE0,0009)
} WillisDicomPixels;

/* The header of one file. */
typedef struct
{
  char *path;
  char *transfer_syntax, *sop_class, *sop_uid, *study_uid, *series_uid, *frame_of_reference;
  char *modality, *description, *image_type, *study_date, *study_time, *acquisition_date, *kernel, *manufacturer,
      *contrast, *photometric;
  char *patient_name, *patient_id, *patient_birth_date, *patient_sex, *patient_age;
  char *charset;
  int series_number, instance, rows, columns, n_frames; // the first two 0: not said
  int bits_allocated, bits_stored, high_bit, samples;
  gboolean is_signed, has_padding;
  guint16 padding; // as stored
  WillisDicomFrame shared;
  WillisDicomFrame *frames; // [n_frames], NULL where there is one
  WillisDicomPixels pixels;
  gboolean encapsulated, inflated;
  gsize pixel_offset, pixel_length; // in the data set's bytes
} WillisDicomFile;

void willis_dicom_file_free (WillisDicomFile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WillisDicomFile, willis_dicom_file_free)

/* TRUE where the bytes begin like DICOM, with or without its preamble. */
gboolean willis_dicom_is (const guint8 *data, gsize size);

/* The header of a file from its bytes (new). Errors do not name the file. */
WillisDicomFile *willis_dicom_parse (const guint8 *data, gsize size, GError **error);

/* The bytes that pixel_offset counts in: those of the file, or inflated from them (new). */
GBytes *willis_dicom_bytes (GBytes *bytes, gboolean inflated, GError **error);

/* The place of frame n. */
const WillisDicomFrame *willis_dicom_frame (const WillisDicomFile *file, int n);

/* How many bytes one decoded frame has. */
gsize willis_dicom_frame_size (const WillisDicomFile *file);

/* The stored samples of frame n: *samples points into bytes or into scratch (willis_dicom_frame_size), which is filled.
 * *big_endian says how they lie. */
gboolean willis_dicom_frame_samples (const WillisDicomFile *file, GBytes *bytes, int n, guint8 *scratch,
                                     const guint8 **samples, gboolean *big_endian, GError **error);

typedef enum
{
  WILLIS_DICOM_DECODED,
  WILLIS_DICOM_UNSUPPORTED, // the compression
  WILLIS_DICOM_DAMAGED,
} WillisDicomDecoded;

/* Who decodes the JPEG family: the n fragments of one frame (lengths in bytes) into out, n_out bytes of samples;
 * threads may call it at the same time. */
typedef WillisDicomDecoded (*WillisDicomCodec) (const WillisDicomFile *file, const guint8 *const *fragments,
                                                const gsize *lengths, gsize n, guint8 *out, gsize n_out);

/* Sets who finds it, once, at the start of main (); finder is called at the first such frame and returns NULL where it
 * finds none. Without one such files are refused. Only willis-reader has one, so that GDCM is neither loaded by the
 * program itself nor ever meets a file there. */
void willis_dicom_set_codec_finder (WillisDicomCodec (*finder) (void));

#define WILLIS_DICOM_CODEC_MODULE "willis-codec.so" // beside willis-reader or in the folder of modules
#define WILLIS_DICOM_CODEC_SYMBOL "willis_gdcm_decode"

/* ---- series ---- */

typedef struct
{
  const WillisDicomFile *file;
  int frame;
} WillisDicomSlice;

/* Slices that make up one volume, in order along the normal. */
typedef struct
{
  WillisDicomSlice *slices;
  int n;
  gboolean duplicates; // more than one slice at a place was left out
} WillisDicomStack;

/* Sorts files (of WillisDicomFile, borrowed) into stacks (new, of WillisDicomStack); files that cannot be used leave a
 * sentence in skipped. */
GPtrArray *willis_dicom_sort (GPtrArray *files, GPtrArray *skipped);
void willis_dicom_stack_free (WillisDicomStack *stack);

/* The grid of the stack's volume; adds warnings. */
gboolean willis_dicom_stack_grid (const WillisDicomStack *stack, WillisGrid *grid, GPtrArray *warnings, GError **error);

/* Reads the stack's volume: int16 Hounsfield units for CT. May add warnings. */
WillisVolume *willis_dicom_stack_read (const WillisDicomStack *stack, const WillisRoom *room, GPtrArray *warnings,
                                       const WillisProgress *progress, GError **error);

G_END_DECLS
