/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/scene/camera.h"

#include <math.h>

#include "core/num/vec3.h"

/* How far the eye stands off when the camera has to place it anew, in picture heights: a view angle of 30
 * degrees when perspective is on. */
#define EYE_HEIGHTS 1.866

void
willis_camera_axes (const WillisCamera *camera, double right[3], double up[3], double back[3])
{
  double b[3], r[3], u[3];

  vec3_sub (b, camera->eye_lps_mm, camera->focus_lps_mm);
  if (!(vec3_normalize (b) > 0.0))
    vec3_set (b, 0.0, -1.0, 0.0);
  vec3_cross (r, camera->up, b);
  if (!(vec3_normalize (r) > 1e-9))
    vec3_basis (b, r, u); // up along the view: any direction across will do
  vec3_cross (u, b, r);
  if (right != NULL)
    vec3_copy (right, r);
  if (up != NULL)
    vec3_copy (up, u);
  if (back != NULL)
    vec3_copy (back, b);
}

static double
eye_distance (const WillisCamera *camera)
{
  double d = vec3_dist (camera->eye_lps_mm, camera->focus_lps_mm);

  return d > 0.0 && isfinite (d) ? d : EYE_HEIGHTS * camera->height_mm;
}

void
willis_camera_set_c_arm (WillisCamera *camera, const WillisCArm *angles)
{
  double d = eye_distance (camera), direction[3];

  willis_c_arm_to_view (angles, direction, camera->up);
  vec3_axpy (camera->eye_lps_mm, camera->focus_lps_mm, d, direction);
}

WillisCArm
willis_camera_get_c_arm (const WillisCamera *camera)
{
  double back[3];

  willis_camera_axes (camera, NULL, NULL, back);
  return willis_c_arm_from_view (back);
}

void
willis_camera_set_standard (WillisCamera *camera, WillisStandardView view)
{
  static const struct
  {
    double back[3], up[3];
  } views[WILLIS_N_STANDARD_VIEWS] = {
    [WILLIS_VIEW_ANTERIOR] = { { 0, -1, 0 }, { 0, 0, 1 } },
    [WILLIS_VIEW_POSTERIOR] = { { 0, 1, 0 }, { 0, 0, 1 } },
    [WILLIS_VIEW_LEFT] = { { 1, 0, 0 }, { 0, 0, 1 } },
    [WILLIS_VIEW_RIGHT] = { { -1, 0, 0 }, { 0, 0, 1 } },
    [WILLIS_VIEW_SUPERIOR] = { { 0, 0, 1 }, { 0, -1, 0 } },
    [WILLIS_VIEW_INFERIOR] = { { 0, 0, -1 }, { 0, -1, 0 } },
  };
  double d = eye_distance (camera);

  g_return_if_fail (view >= 0 && view < WILLIS_N_STANDARD_VIEWS);
  vec3_axpy (camera->eye_lps_mm, camera->focus_lps_mm, d, views[view].back);
  vec3_copy (camera->up, views[view].up);
}

void
willis_camera_frame (WillisCamera *camera, const double centre_lps_mm[3], double radius_mm, double aspect)
{
  double back[3];

  willis_camera_axes (camera, NULL, NULL, back);
  radius_mm = MAX (radius_mm, 1e-3);
  camera->height_mm = 2.1 * radius_mm / CLAMP (aspect, 1e-3, 1.0);
  vec3_copy (camera->focus_lps_mm, centre_lps_mm);
  vec3_axpy (camera->eye_lps_mm, centre_lps_mm, EYE_HEIGHTS * camera->height_mm, back);
}

gboolean
willis_camera_project (const WillisCamera *camera, double w, double h, const double lps_mm[3], double *x,
                       double *y, double *depth_mm)
{
  double right[3], up[3], back[3], d[3], depth, scale = h / camera->height_mm;

  willis_camera_axes (camera, right, up, back);
  vec3_sub (d, lps_mm, camera->eye_lps_mm);
  depth = -vec3_dot (d, back);
  if (depth_mm != NULL)
    *depth_mm = depth;
  if (camera->perspective)
    {
      if (!(depth > 0.0))
        return FALSE;
      scale *= eye_distance (camera) / depth;
    }
  *x = 0.5 * w + scale * vec3_dot (d, right);
  *y = 0.5 * h - scale * vec3_dot (d, up);
  return TRUE;
}

void
willis_camera_ray (const WillisCamera *camera, double w, double h, double x, double y, double origin_lps_mm[3],
                   double direction[3])
{
  double right[3], up[3], back[3], mm = camera->height_mm / h;
  double a = (x - 0.5 * w) * mm, b = (0.5 * h - y) * mm;

  willis_camera_axes (camera, right, up, back);
  vec3_copy (origin_lps_mm, camera->eye_lps_mm);
  vec3_scale (direction, back, -1.0);
  if (camera->perspective)
    {
      vec3_scale (direction, direction, eye_distance (camera));
      vec3_axpy (direction, direction, a, right);
      vec3_axpy (direction, direction, b, up);
      vec3_normalize (direction);
    }
  else
    {
      vec3_axpy (origin_lps_mm, origin_lps_mm, a, right);
      vec3_axpy (origin_lps_mm, origin_lps_mm, b, up);
    }
}

void
willis_camera_unproject (const WillisCamera *camera, double w, double h, double x, double y,
                         const double point_lps_mm[3], double out_lps_mm[3])
{
  double origin[3], direction[3], back[3], d[3], along;

  willis_camera_axes (camera, NULL, NULL, back);
  willis_camera_ray (camera, w, h, x, y, origin, direction);
  vec3_sub (d, point_lps_mm, origin);
  along = vec3_dot (direction, back); // -1 for a parallel view, never 0
  vec3_axpy (out_lps_mm, origin, vec3_dot (d, back) / along, direction);
}

double
willis_camera_mm_per_px (const WillisCamera *camera, double h)
{
  return camera->height_mm / h;
}

/* Where a pixel meets the arcball (view coordinates: right, up, back): a sphere that runs out into a
 * hyperbola, so that the turn stays smooth at its rim (Bell 1988; Henriksen et al. 2004). */
static void
arcball_point (double w, double h, double x, double y, double out[3])
{
  double r = 0.45 * MIN (w, h);
  double a = (x - 0.5 * w) / r, b = (0.5 * h - y) / r, q = a * a + b * b;

  vec3_set (out, a, b, q < 0.5 ? sqrt (1.0 - q) : 0.5 / sqrt (q));
  vec3_normalize (out);
}

/* v turned about the unit axis by angle (Rodrigues). */
static void
turn (double v[3], const double axis[3], double angle)
{
  double c = cos (angle), s = sin (angle), cross[3], out[3];

  vec3_cross (cross, axis, v);
  vec3_scale (out, v, c);
  vec3_axpy (out, out, s, cross);
  vec3_axpy (v, out, (1.0 - c) * vec3_dot (axis, v), axis);
}

void
willis_camera_turn (WillisCamera *camera, const double axis[3], double angle)
{
  double d[3], right[3], up[3], back[3];

  willis_camera_axes (camera, right, up, back);
  vec3_scale (d, back, eye_distance (camera));
  turn (d, axis, angle);
  turn (up, axis, angle);
  vec3_add (camera->eye_lps_mm, camera->focus_lps_mm, d);
  vec3_copy (camera->up, up);
}

void
willis_camera_orbit (WillisCamera *camera, double w, double h, double x0, double y0, double x1, double y1)
{
  double a[3], b[3], axis[3], world[3] = { 0, 0, 0 }, right[3], up[3], back[3], s;

  arcball_point (w, h, x0, y0, a);
  arcball_point (w, h, x1, y1, b);
  vec3_cross (axis, a, b);
  s = vec3_normalize (axis);
  if (!(s > 1e-12))
    return;
  willis_camera_axes (camera, right, up, back);
  vec3_axpy (world, world, axis[0], right);
  vec3_axpy (world, world, axis[1], up);
  vec3_axpy (world, world, axis[2], back);
  vec3_normalize (world);
  willis_camera_turn (camera, world, -atan2 (s, vec3_dot (a, b))); // the camera goes against the scene
}

static void
shift (WillisCamera *camera, const double from[3], const double to[3])
{
  double d[3];

  vec3_sub (d, to, from);
  vec3_add (camera->eye_lps_mm, camera->eye_lps_mm, d);
  vec3_add (camera->focus_lps_mm, camera->focus_lps_mm, d);
}

void
willis_camera_pan (WillisCamera *camera, double w, double h, double x0, double y0, double x1, double y1)
{
  double p0[3], p1[3];

  willis_camera_unproject (camera, w, h, x0, y0, camera->focus_lps_mm, p0);
  willis_camera_unproject (camera, w, h, x1, y1, camera->focus_lps_mm, p1);
  shift (camera, p1, p0);
}

void
willis_camera_zoom (WillisCamera *camera, double w, double h, double factor, double x, double y)
{
  double p0[3], p1[3], back[3], d = eye_distance (camera);

  if (!(factor > 0.0) || !isfinite (factor))
    return;
  factor = camera->height_mm / CLAMP (camera->height_mm / factor, 0.05, 5000.0);
  willis_camera_unproject (camera, w, h, x, y, camera->focus_lps_mm, p0);
  willis_camera_axes (camera, NULL, NULL, back);
  camera->height_mm /= factor;
  vec3_axpy (camera->eye_lps_mm, camera->focus_lps_mm, d / factor, back);
  willis_camera_unproject (camera, w, h, x, y, camera->focus_lps_mm, p1);
  shift (camera, p1, p0);
}
