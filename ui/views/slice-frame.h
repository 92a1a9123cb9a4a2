/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * How a slice view lies in the patient, and the way between its pixels and LPS. Radiological manner: the patient's
 * left is on the right of the picture, the feet (axial) or the front (coronal) towards the viewer.
 */
#include "core/image/reslice.h"

G_BEGIN_DECLS

typedef enum
{
  WILLIS_ORIENT_AXIAL,
  WILLIS_ORIENT_CORONAL,
  WILLIS_ORIENT_SAGITTAL,
  WILLIS_ORIENT_OBLIQUE,
  WILLIS_N_ORIENTS
} WillisOrient;

typedef struct
{
  double right[3], down[3], normal[3]; // unit, right x down = normal (away from the viewer)
  double centre_lps_mm[3];             // at the middle of the view
  double px_per_mm;
  double width_px, height_px;
} WillisSliceFrame;

const char *willis_orient_name (WillisOrient orient); // translated

/* The axes of a view; oblique_normal and oblique_up are used by the oblique one only. */
void willis_slice_frame_axes (WillisSliceFrame *frame, WillisOrient orient, const double oblique_normal[3],
                              const double oblique_up[3]);

void willis_slice_frame_to_lps (const WillisSliceFrame *frame, double x, double y, double lps_mm[3]);
/* The point's projection along the normal; returns its signed distance from the plane, mm. */
double willis_slice_frame_to_px (const WillisSliceFrame *frame, const double lps_mm[3], double *x, double *y);

/* Centre and scale so that the whole volume is seen. */
void willis_slice_frame_fit (WillisSliceFrame *frame, const WillisGrid *grid);

/* Keeps the lps point under its pixel while the scale changes by factor (0.05 .. 200 px / mm). */
void willis_slice_frame_zoom (WillisSliceFrame *frame, double factor, double x, double y);

/* The plane for a picture of width x height device pixels that covers the view. */
WillisPlane willis_slice_frame_plane (const WillisSliceFrame *frame, int width, int height);

/* "R", "LA" ...: the patient's side that a direction points to; up to two letters where it is oblique. */
void willis_direction_letters (const double direction[3], char letters[4]);

/* The distance to the next slice along the normal, and where the crosshair lies in the stack: *number (1 ...) of *count,
 * count 0 where the plane is not along the voxels. */
double willis_slice_step (const WillisGrid *grid, const double normal[3], const double crosshair[3], int *number,
                          int *count);

G_END_DECLS
