/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What VTK's own reader makes of a case file.
 */

/* 0 where the image in the file's VTKHDF group is that of these values ("scan", x fastest), else what differs: 1 it cannot be read,
 * 2 no image, 3 size or place, 4 direction, 5 no scan in it, 6 voxels. */
int vtkhdf_differs (const char *path, const int dims[3], const double spacing[3], const double origin[3],
                    const double direction[9], const double *scan);
