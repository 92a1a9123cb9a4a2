/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * TIFF stacks: pages of one file, or one page of each of many files. Private to core/io.
 */
#include "core/base/progress.h"
#include "core/image/volume.h"
#include "core/io/raw-image.h"

G_BEGIN_DECLS

/* What a TIFF file says of itself. */
typedef struct
{
  int width, height, n_pages; // pages that are full images
  WillisRawType type;
  int bits;          // of a sample; below 16 and not 8: packed, read into 16
  gboolean inverted; // 0 is white
  gboolean has_spacing, has_place;
  double spacing_mm[3], origin_lps_mm[3], direction[9];
} WillisTiff;

/* Looks through the pages of a file in memory. Errors do not name the file. */
gboolean willis_tiff_parse (const guint8 *data, gsize size, WillisTiff *tiff, GError **error);

/* Decodes all pages into out (width * height * n_pages samples of type, this machine's byte order). */
gboolean willis_tiff_pixels (const guint8 *data, gsize size, const WillisTiff *tiff, guint8 *out,
                             const WillisProgress *progress, GError **error);

/* Writes a stack with its place in the patient in ImageDescription (also in the form ImageJ reads) to the open file. */
gboolean willis_tiff_write (const WillisVolume *volume, const char *path, const WillisProgress *progress,
                            GError **error);

G_END_DECLS
