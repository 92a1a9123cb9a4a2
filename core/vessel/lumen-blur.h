/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The blur of a scan, measured at the walls of its thick arteries, and what it does to the half maximum of round things.
 * Used only inside this room.
 */
#include "core/vessel/segmentation-private.h"

G_BEGIN_DECLS

typedef struct
{
  double sigma_mm[2]; // standard deviation of the point spread: in the slice, across slices
  gboolean measured;  // else guessed from the voxels: not enough thick artery in the scan
} WillisBlur;

/* Mean and smaller principal curvature of a closed surface, averaged over about reach_mm; new arrays of n_points, 1/mm,
 * positive where it bulges outward. From dihedral angles and angle defects (Cohen-Steiner & Morvan 2003), gathered over
 * neighbours before they are divided by the area, so slivers do no harm. */
void willis_patch_curvatures (const WillisSurface *surface, double reach_mm, double **most, double **least);

/* Measures the edge spread: voxels around points of surface where it is nearly flat are gathered by their distance from
 * it, for walls that face along the slice and across; an error function is fitted to each heap. field: unclamped lumen
 * field (segmentation-private.h). */
WillisBlur willis_blur_measure (const WillisGrid *grid, const WillisBricks *field, const guint8 *labels,
                                const WillisSurface *surface, const double *most);

/* How far outward of the half maximum the wall of a tube of measured radius r_mm lies, for blur sigma_mm. The maximum
 * was taken of voxels of edge voxel_mm smoothed as in the lumen field. */
double willis_blur_shift (double r_mm, double sigma_mm, double voxel_mm);

/* surface (half maximum) moved to where the wall is, and so that its flat triangles enclose what the curved wall does. */
WillisSurface *willis_blur_correct (const WillisGrid *grid, const WillisBlur *blur, const WillisSurface *surface,
                                    const double *most, const double *least);

G_END_DECLS
