/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Volumes in HDF5: VTKHDF ImageData, or any three-dimensional array of numbers with its spacing. Reading a foreign
 * file may crash or hang libhdf5: only the reader process does it. Private to core/io.
 */
#include "core/base/progress.h"
#include "core/image/volume.h"
#include "core/io/raw-image.h"

G_BEGIN_DECLS

/* Finds the volume in the file and says where it lies; data_set (new) is its path in the file. spacing_mm, where
 * positive, is used instead of what the file says. */
gboolean willis_hdf5_parse (const char *path, const double spacing_mm[3], WillisRawImage *image, char **data_set,
                            GError **error);

WillisVolume *willis_hdf5_read (const char *path, const char *data_set, WillisRawImage *image,
                                const WillisRoom *room, const WillisProgress *progress, GError **error);

/* Writes VTKHDF ImageData, the array in PointData/scan; ParaView and h5py read it. */
gboolean willis_hdf5_write (const WillisVolume *volume, const char *path, const WillisProgress *progress,
                            GError **error);

G_END_DECLS
