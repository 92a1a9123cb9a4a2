/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The C-arm's angles on aneurysms whose best view is known from their geometry, in DICOM's signs (PS3.3 C.8.7.5): the positioner's
 * primary angle is + towards the patient's left (LAO), the secondary + towards the head (CRA).
 */
#include <glib.h>
#include <math.h>
#include <string.h>

#include "core/num/vec3.h"
#include "core/vessel/working-angle.h"

#define DEG (G_PI / 180.0)

/* A ball of the sac above the neck, and beside it a straight artery of points along axis through the neck. */
static WillisSurface *
ball (const double centre[3], double radius)
{
  enum { U = 24, V = 12 };
  double *points = g_new (double, 3 * U * V);
  gint32 *triangles = g_new (gint32, 6 * U * (V - 1));
  gsize n = 0;

  for (int v = 0; v < V; v++)
    for (int u = 0; u < U; u++)
      {
        double theta = (v + 0.5) * G_PI / V, phi = 2.0 * G_PI * u / U;

        vec3_set (points + 3 * (v * U + u), centre[0] + radius * sin (theta) * cos (phi), centre[1] + radius * sin (theta) * sin (phi),
                  centre[2] + radius * cos (theta));
      }
  for (int v = 0; v + 1 < V; v++)
    for (int u = 0; u < U; u++)
      {
        gint32 a = v * U + u, b = v * U + (u + 1) % U, c = a + U, d = b + U;
        gint32 both[6] = { a, c, b, b, c, d };

        for (int k = 0; k < 6; k++)
          triangles[n++] = both[k];
      }
  return willis_surface_new_take (points, U * V, triangles, n / 3);
}

/* The neck is an ellipse, 5 mm along `along` and 2.5 mm across; its normal points into the sac. */
static WillisAneurysm *
aneurysm_with (const double normal[3], const double along[3])
{
  enum { N = 120 };
  WillisNeck neck = { { 4, -3, 10 }, { normal[0], normal[1], normal[2] }, { 0, 0, 0 } };
  WillisMorphology m = { 0 };
  double curve[3 * N], across[3], middle[3];
  g_autoptr (WillisSurface) sac = NULL;

  vec3_axpy (neck.dome_lps_mm, neck.centre_lps_mm, 3.0, normal);
  vec3_cross (across, normal, along);
  for (int i = 0; i < N; i++)
    {
      vec3_axpy (curve + 3 * i, neck.centre_lps_mm, 2.5 * cos (2.0 * G_PI * i / N), along);
      vec3_axpy (curve + 3 * i, curve + 3 * i, 1.25 * sin (2.0 * G_PI * i / N), across);
    }
  vec3_axpy (middle, neck.centre_lps_mm, 2.5, normal);
  sac = ball (middle, 2.5);
  return willis_aneurysm_new (&neck, curve, N, sac, NULL, -1, &m, NULL);
}

static WillisSurface *
far_away (void)
{
  return ball ((const double[3]){ 500, 0, 0 }, 1.0);
}

static WillisWorkingView
view_of (const WillisAneurysm *a, const double *axis, WillisWorkingViewKind kind, const WillisCArmLimits *limits)
{
  g_autoptr (WillisSurface) lumen = far_away ();
  g_autoptr (GArray) views = willis_working_views (lumen, a, axis, limits, NULL, NULL);

  g_assert_nonnull (views);
  for (guint n = 0; n < views->len; n++)
    if (g_array_index (views, WillisWorkingView, n).kind == kind)
      return g_array_index (views, WillisWorkingView, n);
  g_error ("no such view");
}

/* A neck that lies longest across one line of sight: 35 degrees towards the patient's left is LAO 35, its mirror image RAO 35. */
static void
test_primary_sign (void)
{
  static const double up[3] = { 0, 0, 1 };

  for (int sign = -1; sign <= 1; sign += 2)
    {
      double p = sign * 35.0 * DEG;
      // left of the front by p: the line of sight (sin p, -cos p, 0), across it the neck is longest
      const double along[3] = { cos (p), sin (p), 0 };
      g_autoptr (WillisAneurysm) a = aneurysm_with (up, along);
      WillisWorkingView v = view_of (a, NULL, WILLIS_WORKING_VIEW_NECK, NULL);
      g_autofree char *text = willis_c_arm_text (&v.angles);

      g_test_message ("%s", text);
      g_assert_cmpfloat_with_epsilon (v.angles.primary, p, 2.6 * DEG);
      g_assert_cmpfloat_with_epsilon (v.angles.secondary, 0.0, 2.6 * DEG);
      g_assert_cmpfloat_with_epsilon (v.neck_mm, 5.0, 0.02);
      g_assert_true (g_str_has_prefix (text, sign > 0 ? "LAO 3" : "RAO 3"));
      g_assert_false (v.at_limit);
    }
}

/* The same up and down: a line of sight from 25 degrees towards the head is CRA 25, towards the feet CAU 25. */
static void
test_secondary_sign (void)
{
  static const double left[3] = { 1, 0, 0 };

  for (int sign = -1; sign <= 1; sign += 2)
    {
      double s = sign * 25.0 * DEG;
      const double along[3] = { 0, sin (s), cos (s) }; // square to the line of sight (0, -cos s, sin s)
      g_autoptr (WillisAneurysm) a = aneurysm_with (left, along);
      WillisWorkingView v = view_of (a, NULL, WILLIS_WORKING_VIEW_NECK, NULL);
      g_autofree char *text = willis_c_arm_text (&v.angles);

      g_test_message ("%s", text);
      g_assert_cmpfloat_with_epsilon (v.angles.primary, 0.0, 2.6 * DEG);
      g_assert_cmpfloat_with_epsilon (v.angles.secondary, s, 2.6 * DEG);
      g_assert_nonnull (strstr (text, sign > 0 ? "CRA 2" : "CAU 2"));
    }
}

/* Down the barrel of an artery of known direction; a machine that cannot reach it stops at its limit and says so. */
static void
test_barrel (void)
{
  static const double up[3] = { 0, 0, 1 }, along[3] = { 1, 0, 0 };
  g_autoptr (WillisAneurysm) a = aneurysm_with (up, along);

  for (int sign = -1; sign <= 1; sign += 2)
    {
      const double p = sign * 40.0 * DEG, s = 20.0 * DEG;
      const double axis[3] = { sin (p) * cos (s), -cos (p) * cos (s), sin (s) };
      const WillisCArmLimits small = { 30.0 * DEG, 15.0 * DEG };
      WillisWorkingView v = view_of (a, axis, WILLIS_WORKING_VIEW_BARREL, NULL);

      g_assert_cmpfloat_with_epsilon (v.angles.primary, p, 1e-6);
      g_assert_cmpfloat_with_epsilon (v.angles.secondary, s, 1e-6);
      g_assert_cmpfloat_with_epsilon (v.foreshortening, 0.0, 1e-9);
      g_assert_false (v.at_limit);
      v = view_of (a, axis, WILLIS_WORKING_VIEW_BARREL, &small);
      g_assert_cmpfloat_with_epsilon (v.angles.primary, sign * 30.0 * DEG, 1e-6);
      g_assert_cmpfloat_with_epsilon (v.angles.secondary, 15.0 * DEG, 1e-6);
      g_assert_true (v.at_limit);
      g_assert_cmpfloat (v.foreshortening, >, 0.01);
    }
}

/* No view leaves the machine's reach, and one that wants to is marked. */
static void
test_limits (void)
{
  static const double up[3] = { 0, 0, 1 };
  const WillisCArmLimits small = { 20.0 * DEG, 10.0 * DEG };
  const double p = 60.0 * DEG, along[3] = { cos (p), sin (p), 0 };
  g_autoptr (WillisAneurysm) a = aneurysm_with (up, along);
  g_autoptr (WillisSurface) lumen = far_away ();
  g_autoptr (GArray) views = willis_working_views (lumen, a, NULL, &small, NULL, NULL);

  g_assert_cmpuint (views->len, >, 0);
  for (guint n = 0; n < views->len; n++)
    {
      const WillisWorkingView *v = &g_array_index (views, WillisWorkingView, n);

      g_assert_cmpfloat (fabs (v->angles.primary), <=, small.primary_max + 1e-9);
      g_assert_cmpfloat (fabs (v->angles.secondary), <=, small.secondary_max + 1e-9);
    }
  g_assert_true (g_array_index (views, WillisWorkingView, 0).at_limit);
  g_assert_cmpfloat (g_array_index (views, WillisWorkingView, 0).angles.primary, >, 15.0 * DEG); // towards where it wants to go
}

/* An artery in front of the sac on one side is looked past. */
static void
test_overlap (void)
{
  static const double up[3] = { 0, 0, 1 }, along[3] = { 1, 0, 0 };
  g_autoptr (WillisAneurysm) a = aneurysm_with (up, along);
  const double in_front[3] = { 4, -3 - 15, 12.5 };
  g_autoptr (WillisSurface) lumen = ball (in_front, 3.0);
  g_autoptr (GArray) views = willis_working_views (lumen, a, NULL, NULL, NULL, NULL);
  const WillisWorkingView *v = &g_array_index (views, WillisWorkingView, 0);

  g_assert_cmpfloat (v->overlap, <, 0.05);
  g_assert_cmpfloat (v->neck_mm, >, 4.0);
}

/* Two equal balls in line: the share that is covered is that of two discs whose middles are 0.404 of a diameter apart,
 * a half. */
static void
test_covered_share (void)
{
  static const double up[3] = { 0, 0, 1 }, along[3] = { 1, 0, 0 };
  const WillisCArmLimits front = { 1e-3, 1e-3 };
  g_autoptr (WillisAneurysm) a = aneurysm_with (up, along);
  const double in_front[3] = { 4 + 0.404 * 5.0, -3 - 10, 12.5 };
  g_autoptr (WillisSurface) lumen = ball (in_front, 2.5);
  g_autoptr (GArray) views = willis_working_views (lumen, a, NULL, &front, NULL, NULL);

  g_assert_cmpfloat_with_epsilon (g_array_index (views, WillisWorkingView, 0).overlap, 0.5, 0.04);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/working-angle/primary-sign", test_primary_sign);
  g_test_add_func ("/working-angle/secondary-sign", test_secondary_sign);
  g_test_add_func ("/working-angle/barrel", test_barrel);
  g_test_add_func ("/working-angle/limits", test_limits);
  g_test_add_func ("/working-angle/overlap", test_overlap);
  g_test_add_func ("/working-angle/covered-share", test_covered_share);
  return g_test_run ();
}
