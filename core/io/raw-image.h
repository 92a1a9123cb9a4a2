/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What the headers of NIfTI, NRRD and MetaImage say, in one form: how indices map to LPS millimetres and where the
 * voxels lie. Each format has one strict parser of a buffer into this form; reading is common. Private to core/io.
 */
#include "core/base/progress.h"
#include "core/image/volume.h"
#include "core/io/bytes.h"
#include "core/io/room.h"

G_BEGIN_DECLS

typedef enum
{
  WILLIS_RAW_U8,
  WILLIS_RAW_I8,
  WILLIS_RAW_U16,
  WILLIS_RAW_I16,
  WILLIS_RAW_U32,
  WILLIS_RAW_I32,
  WILLIS_RAW_U64,
  WILLIS_RAW_I64,
  WILLIS_RAW_F32,
  WILLIS_RAW_F64,
} WillisRawType;

gsize willis_raw_size (WillisRawType type);

/* How numbers are stored, and value = slope * stored + intercept. */
typedef struct
{
  WillisRawType type;
  gboolean big_endian;
  double slope, intercept;
} WillisRawFormat;

typedef struct
{
  int dims[3];
  gint64 n_parts;          // volumes one after the other: time points, phases
  double origin_lps_mm[3]; // centre of voxel (0, 0, 0)
  double axis_lps_mm[3][3]; // the step of one index along each axis
  WillisRawFormat format;
  WillisCodec codec;
  gboolean text;      // numbers written out, not binary
  gsize offset;       // in the data file: where the coded data starts
  int skip_lines;     // lines to leave out from there, before decoding
  gint64 skip;        // bytes to leave out after decoding; -1: the data ends with the file
  char **data_files;  // relative to the header; NULL: the header's own file
  gboolean spacing_missing; // the file does not say its spacing: one millimetre until it is given
  char *modality, *description;
  GPtrArray *warnings; // of char
} WillisRawImage;

void willis_raw_image_init (WillisRawImage *image);
void willis_raw_image_clear (WillisRawImage *image);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WillisRawImage, willis_raw_image_clear)

/* Parsers: image is initialised; the message of an error does not name the file. Data is the (decompressed) head of
 * the file, size how much of it there is. */
gboolean willis_nifti_parse (const guint8 *data, gsize size, gboolean gzip, WillisRawImage *image, GError **error);
gboolean willis_nrrd_parse (const guint8 *data, gsize size, WillisRawImage *image, GError **error);
gboolean willis_metaimage_parse (const guint8 *data, gsize size, WillisRawImage *image, GError **error);

/* Where the file does not say its voxel spacing, or says what writers put who do not know it (exactly one millimetre along
 * all axes), takes spacing_mm (0: not given) or warns. */
void willis_raw_image_settle_spacing (WillisRawImage *image, const double spacing_mm[3]);

/* The grid of the volume that will be read: right-handed and orthonormal. *flip: the slices come in reverse order.
 * *sheared: the slices must be shifted within their planes (grid is that of the result). May add warnings. */
gboolean willis_raw_image_grid (WillisRawImage *image, WillisGrid *grid, gboolean *flip, gboolean *sheared,
                                GError **error);

/* Reads volume part of the image whose header is the file at path (mapped in file). */
WillisVolume *willis_raw_image_read (WillisRawImage *image, const char *path, GBytes *file, gint64 part,
                                     const WillisRoom *room, const WillisProgress *progress, GError **error);

/* Stored numbers (not aligned) as a volume of the smallest type that holds all: unsigned bytes, int16, else float.
 * Numbers that are not finite become the lowest one, with a warning. */
WillisVolume *willis_raw_to_volume (const WillisGrid *grid, const WillisRawFormat *format, const guint8 *data,
                                    gboolean flip, const WillisRoom *room, GPtrArray *warnings,
                                    const WillisProgress *progress, GError **error);

G_END_DECLS
