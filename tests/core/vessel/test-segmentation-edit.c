/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Corrections by hand on tubes and balls of known place: what they join, separate, add and take away, and that the surface follows
 * their shapes finer than the voxels.
 */
#include <glib.h>
#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/mesh/check.h"
#include "core/mesh/components.h"
#include "core/vessel/segmentation-edit.h"
#include "tests/core/vessel/scene.h"

/* One vessel along z, a gap of 5 mm in a second one that runs beside it, and a short third one. Places in the scene's own
 * coordinates; the scan lies at (-3, 5, 7). */
static const SceneTube tubes[] = {
  { { 8, 8, -5 }, { 8, 8, 40 }, 1.6 },
  { { 20, 20, -5 }, { 20, 20, 12 }, 1.3 },
  { { 20, 20, 17 }, { 20, 20, 40 }, 1.3 },
};

static const Scene scene = { 64, 0.45, 40, 350, 40, 40, 0.4, 6, 1e3, tubes, 3 };
static const double place[3] = { -3.0, 5.0, 7.0 };

static WillisVolume *scan;
static WillisSegmentation *start;

static void
at (double out[3], double x, double y, double z)
{
  vec3_set (out, x + place[0], y + place[1], z + place[2]);
}

static WillisEdit *
make (WillisEditKind kind, double x, double y, double z, double radius)
{
  double p[3], normal[3] = { 0, 0, 1 };
  GError *error = NULL;
  WillisEdit *e;

  at (p, x, y, z);
  e = willis_edit_new (kind, p, &radius, 1, normal, &error);
  g_assert_no_error (error);
  return e;
}

static WillisSegmentation *
edited (const WillisSegmentation *before, WillisEdit *edit)
{
  GError *error = NULL;
  WillisSegmentation *s = willis_segmentation_edit (scan, before, edit, NULL, &error);

  g_assert_no_error (error);
  willis_edit_unref (edit);
  return s;
}

static guint
n_surface_pieces (const WillisSegmentation *s)
{
  GError *error = NULL;
  g_autoptr (WillisSurface) surface = willis_lumen_surface (scan, s, NULL, &error);
  g_autofree gint32 *label = NULL;
  g_autoptr (GArray) pieces = NULL;

  g_assert_no_error (error);
  label = g_new (gint32, willis_surface_n_triangles (surface));
  pieces = willis_surface_pieces (surface, label);
  return pieces->len;
}

static void
test_cut (void)
{
  g_autoptr (WillisSegmentation) s = NULL;
  g_autoptr (WillisSurface) surface = NULL;
  double lo = INFINITY, hi = -INFINITY;
  GError *error = NULL;

  g_assert_cmpint (willis_segmentation_components (start), ==, 3);
  s = edited (start, make (WILLIS_EDIT_CUT, 8, 8, 14, 3.5));
  g_assert_cmpint (willis_segmentation_components (s), ==, 4);
  g_assert_cmpuint (n_surface_pieces (s), ==, 4);
  // the two ends face each other across the cut and no more
  surface = willis_lumen_surface (scan, s, NULL, &error);
  g_assert_no_error (error);
  for (gsize i = 0; i < willis_surface_n_points (surface); i++)
    {
      const double *p = willis_surface_points (surface) + 3 * i;
      double z = p[2] - place[2] - 14.0;

      if (hypot (p[0] - place[0] - 8.0, p[1] - place[1] - 8.0) > 0.8)
        continue;
      if (z < 0.0)
        lo = MAX (isfinite (lo) ? lo : -INFINITY, z);
      else
        hi = MIN (isfinite (hi) ? hi : INFINITY, z);
    }
  g_assert_cmpfloat (lo, >, -1.2);
  g_assert_cmpfloat (lo, <, -0.1);
  g_assert_cmpfloat (hi, <, 1.2);
  g_assert_cmpfloat (hi, >, 0.1);
}

/* Cuts at any angle separate: no voxel touches one on the other side. */
static void
test_cut_slanted (void)
{
  for (int n = 0; n < 12; n++)
    {
      double angle = n * G_PI / 24.0, p[3], normal[3] = { sin (angle) * 0.8, sin (angle) * 0.6, cos (angle) }, radius = 9.0;
      g_autoptr (WillisEdit) edit = NULL;
      g_autoptr (WillisSegmentation) s = NULL;

      if (cos (angle) < 0.25)
        continue;
      at (p, 8, 8, 14);
      edit = willis_edit_new (WILLIS_EDIT_CUT, p, &radius, 1, normal, NULL);
      s = edited (start, willis_edit_ref (edit));
      g_assert_cmpint (willis_segmentation_components (s), ==, 4);
    }
}

static void
test_bridge (void)
{
  double a[3], b[3];
  GError *error = NULL;
  WillisEdit *bridge;
  g_autoptr (WillisSegmentation) s = NULL;
  g_autoptr (WillisSurface) surface = NULL;
  double sum = 0.0;
  int n = 0;

  at (a, 20, 20, 11);
  at (b, 20, 20, 18);
  bridge = willis_edit_bridge (scan, start, a, b, NAN, &error);
  g_assert_no_error (error);
  g_assert_true (bridge->bridge);
  g_assert_cmpfloat_with_epsilon (bridge->radius_mm[0], 1.3, 0.35);
  s = edited (start, bridge);
  g_assert_cmpint (willis_segmentation_components (s), ==, 2);
  g_assert_cmpuint (n_surface_pieces (s), ==, 2);
  // in the gap the wall is where the bridge's radius has it
  surface = willis_lumen_surface (scan, s, NULL, &error);
  for (gsize i = 0; i < willis_surface_n_points (surface); i++)
    {
      const double *p = willis_surface_points (surface) + 3 * i;
      double r = hypot (p[0] - place[0] - 20.0, p[1] - place[1] - 20.0), z = p[2] - place[2];

      if (r > 4.0 || z < 13.6 || z > 15.4)
        continue;
      sum += r;
      n++;
    }
  g_assert_cmpint (n, >, 40);
  g_assert_cmpfloat_with_epsilon (sum / n, bridge->radius_mm[bridge->n_points / 2], 0.1);
}

/* A ball of the brush is a ball of that radius wherever its middle lies between the voxels. */
static void
test_ball (void)
{
  static const double shifts[][3] = { { 0, 0, 0 }, { 0.21, 0.1, 0.07 }, { 0.11, -0.2, 0.19 } };

  for (gsize n = 0; n < G_N_ELEMENTS (shifts); n++)
    {
      double c[3] = { 22 + shifts[n][0], 8 + shifts[n][1], 20 + shifts[n][2] }, sum = 0.0, worst = 0.0;
      g_autoptr (WillisSegmentation) s = edited (start, make (WILLIS_EDIT_ADD, c[0], c[1], c[2], 2.0));
      g_autoptr (WillisSurface) surface = willis_lumen_surface (scan, s, NULL, NULL);
      int count = 0;

      g_assert_cmpint (willis_segmentation_components (s), ==, 4);
      for (gsize i = 0; i < willis_surface_n_points (surface); i++)
        {
          double p[3], r;

          vec3_sub (p, willis_surface_points (surface) + 3 * i, place);
          r = vec3_dist (p, c);
          if (r > 3.0)
            continue;
          sum += r;
          worst = MAX (worst, fabs (r - 2.0));
          count++;
        }
      g_assert_cmpint (count, >, 200);
      g_assert_cmpfloat_with_epsilon (sum / count, 2.0, 0.06);
      g_assert_cmpfloat (worst, <, 0.2);
    }
}

static void
test_erase_and_grow (void)
{
  g_autoptr (WillisSegmentation) erased = edited (start, make (WILLIS_EDIT_ERASE, 8, 8, 14, 3.0));
  g_autoptr (WillisSegmentation) grown = NULL;
  const guint8 *before = willis_volume_u8 (willis_segmentation_labels (start)), *after;
  gsize n = (gsize) scene.n * scene.n * scene.n, differs = 0;

  g_assert_cmpint (willis_segmentation_components (erased), ==, 4);
  g_assert_cmpfloat_with_epsilon (willis_segmentation_volume_mm3 (start) - willis_segmentation_volume_mm3 (erased), G_PI * 1.6 * 1.6 * 5.1, 6.0);
  grown = edited (erased, make (WILLIS_EDIT_GROW, 8, 8, 14, 20.0));
  g_assert_cmpint (willis_segmentation_components (grown), ==, 3);
  g_assert_cmpuint (n_surface_pieces (grown), ==, 3); // the eraser's shape holds no more where artery was put back
  after = willis_volume_u8 (willis_segmentation_labels (grown));
  for (gsize v = 0; v < n; v++)
    differs += (before[v] == WILLIS_LABEL_ARTERY) != (after[v] == WILLIS_LABEL_ARTERY);
  g_assert_cmpuint (differs, <, 25); // at the rim, where the half maximum is a local one
  g_assert_cmpuint (willis_segmentation_edits (grown)->len, ==, 2);
  g_assert_null (willis_segmentation_edits (start)); // what was before is as it was
}

static void
test_remove_and_keep (void)
{
  g_autoptr (WillisSegmentation) removed = edited (start, make (WILLIS_EDIT_REMOVE, 20, 20, 5, 1.0));
  g_autoptr (WillisSegmentation) kept = NULL;
  double corners[6];
  WillisEdit *box;

  g_assert_cmpint (willis_segmentation_components (removed), ==, 2);
  at (corners, 0, 0, 5);
  at (corners + 3, 30, 14, 16);
  box = willis_edit_new (WILLIS_EDIT_KEEP, corners, NULL, 2, NULL, NULL);
  kept = edited (start, box);
  g_assert_cmpint (willis_segmentation_components (kept), ==, 1);
  g_assert_cmpfloat_with_epsilon (willis_segmentation_volume_mm3 (kept), G_PI * 1.6 * 1.6 * 11.0, 7.0);
  {
    g_autoptr (WillisSurface) surface = willis_lumen_surface (scan, kept, NULL, NULL);
    double lo = INFINITY, hi = -INFINITY;

    for (gsize i = 0; i < willis_surface_n_points (surface); i++)
      {
        lo = MIN (lo, willis_surface_points (surface)[3 * i + 2] - place[2]);
        hi = MAX (hi, willis_surface_points (surface)[3 * i + 2] - place[2]);
      }
    g_assert_cmpfloat_with_epsilon (lo, 5.0, 0.25);
    g_assert_cmpfloat_with_epsilon (hi, 16.0, 0.25);
  }
}

/* The reason that is given for an edit that cannot be made. */
static void
assert_refused (WillisVolume *volume, const WillisSegmentation *before, WillisEdit *edit, const char *reason)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (willis_segmentation_edit (volume, before, edit, NULL, &error));
  g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_FAILED);
  if (strstr (error->message, reason) == NULL)
    g_error ("\"%s\" does not say \"%s\"", error->message, reason);
  willis_edit_unref (edit);
}

/* What is refused is told by its own reason: a place beside the scan, a removal that would take everything, a speck of
 * noise. */
static void
test_reasons (void)
{
  g_autoptr (WillisVolume) speckled = NULL;
  g_autoptr (WillisSegmentation) one = NULL;
  double corners[6];

  assert_refused (scan, start, make (WILLIS_EDIT_ADD, 100, 100, 100, 2.0), "outside the scan");
  assert_refused (scan, start, make (WILLIS_EDIT_REMOVE, 100, 100, 100, 1.0), "outside the scan");
  at (corners, 0, 0, 0);
  at (corners + 3, 14, 14, 28);
  one = edited (start, willis_edit_new (WILLIS_EDIT_KEEP, corners, NULL, 2, NULL, NULL));
  assert_refused (scan, one, make (WILLIS_EDIT_REMOVE, 8, 8, 8, 1.0), "cut it off first");
  speckled = willis_volume_convert (scan, WILLIS_SCALAR_I16, NULL);
  for (int i = 0; i < 3; i++)
    ((gint16 *) willis_volume_voxels_rw (speckled))[(20 * 64 + 12) * 64 + 40 + i] = 340;
  assert_refused (speckled, start, make (WILLIS_EDIT_GROW, 41 * 0.45, 12 * 0.45, 20 * 0.45, 10.0), "speck of noise");
}

static void
test_refusals (void)
{
  const struct
  {
    WillisEditKind kind;
    double z, radius;
  } rows[] = { { WILLIS_EDIT_CUT, 14, 1.0 }, { WILLIS_EDIT_ERASE, 14, 1.0 }, { WILLIS_EDIT_REMOVE, 14, 1.0 }, { WILLIS_EDIT_GROW, 14, 20.0 } };
  double p[3] = { NAN, 0, 0 }, good = 1.0, none = 0.0;
  GError *error = NULL;

  for (gsize n = 0; n < G_N_ELEMENTS (rows); n++) // where there is neither artery nor anything bright
    {
      g_autoptr (WillisEdit) edit = make (rows[n].kind, 14, 25, rows[n].z, rows[n].radius);

      g_assert_null (willis_segmentation_edit (scan, start, edit, NULL, &error));
      g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_FAILED);
      g_clear_error (&error);
    }
  g_assert_null (willis_edit_new (WILLIS_EDIT_ADD, p, &good, 1, NULL, &error));
  g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_BAD_INPUT);
  g_clear_error (&error);
  at (p, 8, 8, 8);
  g_assert_null (willis_edit_new (WILLIS_EDIT_ADD, p, &none, 1, NULL, NULL));
  g_assert_null (willis_edit_new (WILLIS_EDIT_CUT, p, &good, 1, (const double[3]){ 0, 0, 0 }, NULL));
  g_assert_null (willis_edit_new (WILLIS_EDIT_KEEP, p, NULL, 1, NULL, NULL));
  g_assert_null (willis_edit_new ((WillisEditKind) 77, p, &good, 1, NULL, NULL));
}

int
main (int argc, char **argv)
{
  int status;
  GError *error = NULL;
  WillisSegmentParams params = WILLIS_SEGMENT_PARAMS_INIT;

  g_test_init (&argc, &argv, NULL);
  params.modality = WILLIS_MODALITY_3DRA;
  scan = scene_scan (&scene, WILLIS_SCALAR_I16);
  start = willis_segment (scan, &params, NULL, &error);
  g_assert_no_error (error);
  g_test_add_func ("/segmentation-edit/cut", test_cut);
  g_test_add_func ("/segmentation-edit/cut-slanted", test_cut_slanted);
  g_test_add_func ("/segmentation-edit/bridge", test_bridge);
  g_test_add_func ("/segmentation-edit/ball", test_ball);
  g_test_add_func ("/segmentation-edit/erase-and-grow", test_erase_and_grow);
  g_test_add_func ("/segmentation-edit/remove-and-keep", test_remove_and_keep);
  g_test_add_func ("/segmentation-edit/refusals", test_refusals);
  g_test_add_func ("/segmentation-edit/reasons", test_reasons);
  status = g_test_run ();
  willis_segmentation_unref (start);
  willis_volume_unref (scan);
  return status;
}
