/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Scans in and out of files. Foreign files are read in a helper process (this program run again with
 * "--willis-reader", limited in memory and time), so a hostile file can end no more than the helper.
 */
#include "core/base/progress.h"
#include "core/image/volume.h"

G_BEGIN_DECLS

/* One series of images as found in files or folders. */
typedef struct
{
  char *uid;             // DICOM series UID, with "#2" ... for further acquisitions in it; file name otherwise
  char *modality;        // CT, XA, MR, or "" for formats that do not say
  char *description;
  WillisGrid grid;       // as the volume will be
  double range[2];       // NaN until read
  char *transfer_syntax; // UID, or the format's name
  char **warnings;       // NULL-terminated
  char **files;          // NULL-terminated
  char *study_date, *kernel, *manufacturer;
  char *patient_name, *patient_id, *patient_birth_date, *patient_sex;
  int patient_age;       // years, -1 unknown
  GPtrArray *others;     // of WillisSeries: they fit as well as this one, which was taken unasked; NULL: none
  struct _WillisSeriesSource *source; // private: how to read it; NULL on the asking side of the reader
} WillisSeries;

void willis_series_free (WillisSeries *series);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WillisSeries, willis_series_free)

/* How to read what a file does not say. */
typedef struct
{
  double spacing_mm[3]; // where the file does not say it (or says a stand-in of exactly 1 mm), and for TIFF and raw HDF5; 0: as it says
  gboolean with_range;  // when listing: read the voxels too, fill in range, and leave out what cannot be read
} WillisReadOptions;

#define WILLIS_READ_OPTIONS_INIT { { 0, 0, 0 }, FALSE }

/* Lists the series in files and folders (folders are searched whole), likeliest angiography first,
 * of like ones that of the newest study (new GPtrArray of WillisSeries). A single slice of DICOM stands for its series
 * in the same folder. Fails where nothing readable is found, naming the first reason. */
GPtrArray *willis_series_list (const char *const *paths, const WillisReadOptions *options,
                               const WillisProgress *progress, GError **error);

/* The same; *skipped (new, NULL-terminated, may be NULL) tells what was left out and why, a sentence each. */
GPtrArray *willis_series_list_all (const char *const *paths, const WillisReadOptions *options, char ***skipped,
                                   const WillisProgress *progress, GError **error);

/* Reads one series of paths: the one with this uid, or the first of the list (NULL); of a single DICOM slice all of its
 * series that lies beside it. *series (new) says what it was;
 * may be NULL. The volume is int16 for Hounsfield units, else the smallest type that holds it. A CT, or a scan that
 * does not say what it is, whose values are Hounsfield units otherwise stored (core/image/hounsfield.h) comes in
 * Hounsfield units, with a warning. */
WillisVolume *willis_volume_read (const char *const *paths, const char *uid, const WillisReadOptions *options,
                                  const WillisProgress *progress, WillisSeries **series, GError **error);

/* Writes by the ending of path: .nii .nii.gz .nrrd .mha .tif .h5. Atomic: temporary file, renamed. */
gboolean willis_volume_write (const WillisVolume *volume, const char *path, const WillisProgress *progress,
                              GError **error);

/* Both, with one copy less: the reader puts the voxels of an uncompressed NIfTI file where they stay. The volume (new)
 * is as from willis_volume_read (). */
WillisVolume *willis_volume_transfer (const char *const *paths, const char *uid, const WillisReadOptions *options,
                                      const char *out, const WillisProgress *progress, WillisSeries **series,
                                      GError **error);

/* Years of age: as DICOM says it ("045Y"), else by birth and study date; -1 where neither says it. */
int willis_series_age (const char *age, const char *birth_date, const char *study_date);

G_END_DECLS
