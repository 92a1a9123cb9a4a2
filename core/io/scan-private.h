/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* What the files of the scan reader share. Private to core/io. */
#include "core/io/dicom.h"
#include "core/io/raw-image.h"
#include "core/io/scan.h"

G_BEGIN_DECLS

typedef enum
{
  WILLIS_SCAN_UNKNOWN,
  WILLIS_SCAN_DICOM,
  WILLIS_SCAN_NIFTI,
  WILLIS_SCAN_NRRD,
  WILLIS_SCAN_METAIMAGE,
  WILLIS_SCAN_TIFF,
  WILLIS_SCAN_HDF5,
} WillisScanKind;

/* How a series is read again. */
struct _WillisSeriesSource
{
  WillisScanKind kind;
  gint64 part;             // which volume of the file
  int likeliness;          // to be an angiography
  char *when;              // yyyymmddhhmmss of its study, "" where not said
  int number;              // of the series in its study, 0 where not said
  WillisDicomStack *stack; // of DICOM
  GPtrArray *files;        // of WillisDicomFile, shared by all series
};

/* What a file is by its bytes. */
WillisScanKind willis_scan_kind (const guint8 *data, gsize size);

/* The header of a NIfTI, NRRD or MetaImage file. */
gboolean willis_scan_parse_raw (WillisScanKind kind, const char *path, GBytes *file, WillisRawImage *image,
                                GError **error);

/* Adds the series found in files (of WillisDicomFile; kept). */
void willis_scan_add_dicom (GPtrArray *series, GPtrArray *files, GPtrArray *skipped);

/* Tells the first of the list, which is taken unasked, which others fit as well: likely to a like degree, or of another
 * date and no scout. They stay the list's. */
void willis_scan_note_others (GPtrArray *series);

/* Likeliest angiography first; those that are as likely the newest study first, in a study as they are numbered. First
 * of all one of the newest study that is likely to a like degree as any. Makes the uids differ. */
void willis_scan_sort (GPtrArray *series);

G_END_DECLS
