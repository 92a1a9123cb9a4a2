/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The camera of a 3D view and its arithmetic: pure functions, no drawing. World is LPS millimetres. Pixels
 * have their origin at the top left of the picture, x to the right, y down; pixel centres are at .5.
 */
#include <glib.h>

#include "core/vessel/c-arm.h"

G_BEGIN_DECLS

typedef struct
{
  double eye_lps_mm[3];
  double focus_lps_mm[3]; // what the view turns about
  double up[3];           // roughly up; need not be perpendicular
  double height_mm;       // height of the picture in the plane through the focus
  gboolean perspective;   // FALSE: parallel, so that the scale bar holds at every depth
} WillisCamera;

typedef enum
{
  WILLIS_VIEW_ANTERIOR, // seen from the front: AP, C-arm 0/0
  WILLIS_VIEW_POSTERIOR,
  WILLIS_VIEW_LEFT, // seen from the patient's left: C-arm LAO 90
  WILLIS_VIEW_RIGHT,
  WILLIS_VIEW_SUPERIOR, // seen from the head, anterior up
  WILLIS_VIEW_INFERIOR, // seen from the feet, anterior up: as axial slices are
  WILLIS_N_STANDARD_VIEWS
} WillisStandardView;

/* Turns camera about its focus to these angles; keeps distance and height. */
void willis_camera_set_c_arm (WillisCamera *camera, const WillisCArm *angles);
WillisCArm willis_camera_get_c_arm (const WillisCamera *camera);
void willis_camera_set_standard (WillisCamera *camera, WillisStandardView view);

/* Looks at the sphere so that it fills a picture of this width to height; keeps the direction. */
void willis_camera_frame (WillisCamera *camera, const double centre_lps_mm[3], double radius_mm,
                          double aspect);

/* Unit right, up and backward (to the eye) directions. */
void willis_camera_axes (const WillisCamera *camera, double right[3], double up[3], double back[3]);

/* World point to pixel; depth_mm (may be NULL) is the distance in front of the eye. FALSE behind the eye. */
gboolean willis_camera_project (const WillisCamera *camera, double w, double h, const double lps_mm[3],
                                double *x, double *y, double *depth_mm);

/* The ray seen at a pixel: a point (in the plane through the eye) and a unit direction. */
void willis_camera_ray (const WillisCamera *camera, double w, double h, double x, double y,
                        double origin_lps_mm[3], double direction[3]);

/* The point seen at a pixel in the plane through point, parallel to the picture. */
void willis_camera_unproject (const WillisCamera *camera, double w, double h, double x, double y,
                              const double point_lps_mm[3], double out_lps_mm[3]);

/* Millimetres per pixel in the plane through the focus. */
double willis_camera_mm_per_px (const WillisCamera *camera, double h);

/* Gestures. Orbit: arcball from (x0, y0) to (x1, y1). Pan: the point of the focus plane under the pointer
 * stays under it. Zoom: factor > 1 comes nearer; the point under (x, y) stays there. */
void willis_camera_orbit (WillisCamera *camera, double w, double h, double x0, double y0, double x1,
                          double y1);
void willis_camera_pan (WillisCamera *camera, double w, double h, double x0, double y0, double x1, double y1);
void willis_camera_zoom (WillisCamera *camera, double w, double h, double factor, double x, double y);

/* Turns the camera about axis (unit, world) through its focus by angle. */
void willis_camera_turn (WillisCamera *camera, const double axis[3], double angle);

G_END_DECLS
