/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>

#include "core/num/rng.h"
#include "core/num/vec3.h"
#include "ui/scene/camera.h"

#define DEG (G_PI / 180.0)

static void
assert_vec (const double a[3], double x, double y, double z, double epsilon)
{
  g_assert_cmpfloat_with_epsilon (a[0], x, epsilon);
  g_assert_cmpfloat_with_epsilon (a[1], y, epsilon);
  g_assert_cmpfloat_with_epsilon (a[2], z, epsilon);
}

/* DICOM PS3.3 C.8.7.5.1.2: 0 in front of the chest, +90 at the patient's left; LPS: left +x, posterior +y. */
static void
test_known_angles (void)
{
  const struct
  {
    double primary, secondary, d[3], up[3];
    const char *text;
  } cases[] = {
    { 0, 0, { 0, -1, 0 }, { 0, 0, 1 }, "LAO 0° CRA 0°" },
    { 90, 0, { 1, 0, 0 }, { 0, 0, 1 }, "LAO 90° CRA 0°" },
    { -90, 0, { -1, 0, 0 }, { 0, 0, 1 }, "RAO 90° CRA 0°" },
    { 180, 0, { 0, 1, 0 }, { 0, 0, 1 }, "LAO 180° CRA 0°" },
    { 0, 90, { 0, 0, 1 }, { 0, 1, 0 }, "LAO 0° CRA 90°" },
    { 0, -30, { 0, -0.8660254037844386, -0.5 }, { 0, -0.5, 0.8660254037844386 }, "LAO 0° CAU 30°" },
    { -45, 0, { -0.7071067811865476, -0.7071067811865476, 0 }, { 0, 0, 1 }, "RAO 45° CRA 0°" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      WillisCArm angles = { cases[i].primary * DEG, cases[i].secondary * DEG };
      g_autofree char *text = willis_c_arm_text (&angles);
      double d[3], up[3];

      willis_c_arm_to_view (&angles, d, up);
      assert_vec (d, cases[i].d[0], cases[i].d[1], cases[i].d[2], 1e-12);
      assert_vec (up, cases[i].up[0], cases[i].up[1], cases[i].up[2], 1e-12);
      g_assert_cmpstr (text, ==, cases[i].text);
    }
}

static void
test_angles_round_trip (void)
{
  WillisCamera camera = { { 0, 0, 0 }, { 10, -20, 30 }, { 0, 0, 1 }, 80, FALSE };

  for (int p = -179; p <= 180; p += 7)
    for (int s = -89; s <= 89; s += 6)
      {
        WillisCArm in = { p * DEG, s * DEG }, out;
        double d[3], up[3], right[3], back[3];

        willis_c_arm_to_view (&in, d, up);
        g_assert_cmpfloat_with_epsilon (vec3_dot (d, up), 0.0, 1e-12);
        out = willis_c_arm_from_view (d);
        g_assert_cmpfloat_with_epsilon (out.primary, in.primary, 1e-9);
        g_assert_cmpfloat_with_epsilon (out.secondary, in.secondary, 1e-9);
        willis_camera_set_c_arm (&camera, &in);
        out = willis_camera_get_c_arm (&camera);
        g_assert_cmpfloat_with_epsilon (out.primary, in.primary, 1e-9);
        g_assert_cmpfloat_with_epsilon (out.secondary, in.secondary, 1e-9);
        willis_camera_axes (&camera, right, NULL, back);
        vec3_cross (right, up, back);
        g_assert_cmpfloat_with_epsilon (vec3_norm (right), 1.0, 1e-12);
      }
  camera.eye_lps_mm[0] = camera.focus_lps_mm[0];
  camera.eye_lps_mm[1] = camera.focus_lps_mm[1];
  camera.eye_lps_mm[2] = camera.focus_lps_mm[2] + 50;
  g_assert_cmpfloat (willis_camera_get_c_arm (&camera).primary, ==, 0.0); // no meaning there, but a value
}

/* From the front, the patient's left is on the right of the picture and the head is up. */
static void
test_left_is_right (void)
{
  WillisCamera camera = { { 0, 0, 0 }, { 0, 0, 0 }, { 0, 0, 1 }, 100, FALSE };
  double x, y, left[3] = { 10, 0, 0 }, head[3] = { 0, 0, 10 }, back[3] = { 0, 10, 0 };

  willis_camera_set_standard (&camera, WILLIS_VIEW_ANTERIOR);
  g_assert_true (willis_camera_project (&camera, 200, 100, left, &x, &y, NULL));
  g_assert_cmpfloat_with_epsilon (x, 110, 1e-9);
  g_assert_cmpfloat_with_epsilon (y, 50, 1e-9);
  willis_camera_project (&camera, 200, 100, head, &x, &y, NULL);
  g_assert_cmpfloat_with_epsilon (x, 100, 1e-9);
  g_assert_cmpfloat_with_epsilon (y, 40, 1e-9);
  willis_camera_set_standard (&camera, WILLIS_VIEW_LEFT); // LAO 90: the spine is on the right
  willis_camera_project (&camera, 200, 100, back, &x, &y, NULL);
  g_assert_cmpfloat_with_epsilon (x, 110, 1e-9);
  willis_camera_set_standard (&camera, WILLIS_VIEW_INFERIOR); // as axial slices: left on the right, face up
  willis_camera_project (&camera, 200, 100, left, &x, &y, NULL);
  g_assert_cmpfloat_with_epsilon (x, 110, 1e-9);
  willis_camera_project (&camera, 200, 100, back, &x, &y, NULL);
  g_assert_cmpfloat_with_epsilon (y, 60, 1e-9);
}

static void
random_camera (WillisRng *rng, WillisCamera *camera)
{
  for (int a = 0; a < 3; a++)
    {
      camera->eye_lps_mm[a] = 100 * willis_rng_uniform (rng) - 50;
      camera->focus_lps_mm[a] = 100 * willis_rng_uniform (rng) - 50;
      camera->up[a] = willis_rng_uniform (rng) - 0.5;
    }
  camera->height_mm = 20 + 80 * willis_rng_uniform (rng);
}

static void
test_rays_meet_projection (void)
{
  WillisRng rng;

  willis_rng_init (&rng, 7, 0);
  for (int i = 0; i < 400; i++)
    {
      WillisCamera camera = { .perspective = i % 2 };
      double x = 640 * willis_rng_uniform (&rng), y = 480 * willis_rng_uniform (&rng), px, py, depth;
      double origin[3], direction[3], p[3], q[3];

      random_camera (&rng, &camera);
      willis_camera_ray (&camera, 640, 480, x, y, origin, direction);
      g_assert_cmpfloat_with_epsilon (vec3_norm (direction), 1.0, 1e-12);
      vec3_axpy (p, origin, 37.0, direction);
      g_assert_true (willis_camera_project (&camera, 640, 480, p, &px, &py, &depth));
      g_assert_cmpfloat_with_epsilon (px, x, 1e-6);
      g_assert_cmpfloat_with_epsilon (py, y, 1e-6);
      willis_camera_unproject (&camera, 640, 480, x, y, p, q);
      g_assert_cmpfloat_with_epsilon (vec3_dist (p, q), 0.0, 1e-8);
    }
}

static void
test_gestures (void)
{
  WillisRng rng;

  willis_rng_init (&rng, 8, 0);
  for (int i = 0; i < 200; i++)
    {
      WillisCamera camera = { .perspective = i % 2 }, before;
      double x0 = 100 + 400 * willis_rng_uniform (&rng), y0 = 100 + 300 * willis_rng_uniform (&rng);
      double x1 = 100 + 400 * willis_rng_uniform (&rng), y1 = 100 + 300 * willis_rng_uniform (&rng);
      double p[3], x, y, mm;

      random_camera (&rng, &camera);
      willis_camera_unproject (&camera, 640, 480, x0, y0, camera.focus_lps_mm, p);
      before = camera;
      willis_camera_pan (&camera, 640, 480, x0, y0, x1, y1); // the point follows the pointer
      willis_camera_project (&camera, 640, 480, p, &x, &y, NULL);
      g_assert_cmpfloat_with_epsilon (x, x1, 1e-6);
      g_assert_cmpfloat_with_epsilon (y, y1, 1e-6);
      camera = before;
      mm = willis_camera_mm_per_px (&camera, 480);
      willis_camera_zoom (&camera, 640, 480, 2.0, x0, y0); // the point stays
      willis_camera_project (&camera, 640, 480, p, &x, &y, NULL);
      g_assert_cmpfloat_with_epsilon (x, x0, 1e-6);
      g_assert_cmpfloat_with_epsilon (y, y0, 1e-6);
      g_assert_cmpfloat_with_epsilon (willis_camera_mm_per_px (&camera, 480), mm / 2, 1e-12);
      camera = before;
      willis_camera_orbit (&camera, 640, 480, x0, y0, x1, y1);
      g_assert_cmpfloat_with_epsilon (vec3_dist (camera.eye_lps_mm, camera.focus_lps_mm),
                                      vec3_dist (before.eye_lps_mm, before.focus_lps_mm), 1e-9);
      willis_camera_orbit (&camera, 640, 480, x1, y1, x0, y0); // and back
      g_assert_cmpfloat_with_epsilon (vec3_dist (camera.eye_lps_mm, before.eye_lps_mm), 0.0, 1e-6);
    }
}

/* Dragging to the right brings what was on the left side to the front: from AP to a right anterior oblique view. */
static void
test_orbit_direction (void)
{
  WillisCamera camera = { { 0, 0, 0 }, { 0, 0, 0 }, { 0, 0, 1 }, 100, FALSE };
  WillisCArm angles;

  willis_camera_set_standard (&camera, WILLIS_VIEW_ANTERIOR);
  willis_camera_orbit (&camera, 640, 480, 320, 240, 380, 240);
  angles = willis_camera_get_c_arm (&camera);
  g_assert_cmpfloat (angles.primary, <, -0.2);
  g_assert_cmpfloat_with_epsilon (angles.secondary, 0.0, 1e-9);
  willis_camera_set_standard (&camera, WILLIS_VIEW_ANTERIOR);
  willis_camera_orbit (&camera, 640, 480, 320, 240, 320, 300); // dragging down tips the head to us
  angles = willis_camera_get_c_arm (&camera);
  g_assert_cmpfloat (angles.secondary, >, 0.2);
}

static void
test_frame (void)
{
  WillisCamera camera = { { 0, 0, 0 }, { 0, 0, 0 }, { 0, 0, 1 }, 100, TRUE };
  double centre[3] = { 5, 6, 7 }, p[3] = { 5, 6, 17 }, x, y;

  willis_camera_set_standard (&camera, WILLIS_VIEW_ANTERIOR);
  willis_camera_frame (&camera, centre, 10.0, 0.5); // narrow picture: the width limits
  g_assert_cmpfloat_with_epsilon (camera.height_mm, 42.0, 1e-9);
  willis_camera_project (&camera, 100, 200, p, &x, &y, NULL);
  g_assert_cmpfloat_with_epsilon (y, 100 - 10 / 0.21, 1e-9);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/camera/known-angles", test_known_angles);
  g_test_add_func ("/camera/angles-round-trip", test_angles_round_trip);
  g_test_add_func ("/camera/left-is-right", test_left_is_right);
  g_test_add_func ("/camera/rays-meet-projection", test_rays_meet_projection);
  g_test_add_func ("/camera/gestures", test_gestures);
  g_test_add_func ("/camera/orbit-direction", test_orbit_direction);
  g_test_add_func ("/camera/frame", test_frame);
  return g_test_run ();
}
