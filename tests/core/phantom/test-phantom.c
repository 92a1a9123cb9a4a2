/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>
#include <glib/gstdio.h>
#include <math.h>

#include "core/base/error.h"
#include "core/base/parallel.h"
#include "core/io/surface-io.h"
#include "core/num/vec3.h"
#include "core/phantom/phantom-private.h"
#include "tests/support/shapes.h"

static WillisPhantom *
phantom_from (const char *text, GError **error)
{
  g_autofree char *path = NULL;
  int fd = g_file_open_tmp ("willis-phantom-XXXXXX", &path, NULL);
  WillisPhantom *phantom;

  g_close (fd, NULL);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  phantom = willis_phantom_load (path, error);
  g_unlink (path);
  return phantom;
}

#define GRID "\"grid\": {\"dims\": [40, 40, 40], \"spacing_mm\": [0.5, 0.5, 0.5]}"
#define TUBE "\"vessels\": [{\"id\": \"a\", \"points\": [[0,0,-30,2],[0,0,30,2]]}]"
#define QUIET "\"noise_hu\": 0, \"texture_hu\": 0, \"lumen_hu\": 400, \"brain_hu\": 0"

/* A tube of radius R blurred by s: the half-maximum radius moves by -s^2 / (2 R) (methods: blur of a disc). */
static void
test_tube_profile (void)
{
  g_autoptr (WillisPhantom) p
      = phantom_from ("{" GRID "," QUIET ", \"psf_fwhm_mm\": [0.9419, 0], " TUBE "}", NULL); // sigma 0.4
  g_autoptr (WillisVolume) scan = willis_phantom_scan (p, NULL, NULL);
  double lo = 1.0, hi = 3.0;

  g_assert_nonnull (scan);
  for (int n = 0; n < 40; n++)
    {
      double mid = 0.5 * (lo + hi), ijk[3], x[3] = { mid * cos (0.4), mid * sin (0.4), 0 };

      willis_grid_lps_to_ijk (willis_volume_grid (scan), x, ijk);
      if (willis_volume_sample (scan, ijk) > 200.0)
        lo = mid;
      else
        hi = mid;
    }
  g_assert_cmpfloat_with_epsilon (lo, 2.0 - 0.16 / 4.0, 0.012);
}

static void
test_noise_level (void)
{
  g_autoptr (WillisPhantom) p
      = phantom_from ("{" GRID ", \"noise_hu\": 20, \"texture_hu\": 0, \"brain_hu\": 30}", NULL);
  g_autoptr (WillisVolume) scan = willis_phantom_scan (p, NULL, NULL);
  const gint16 *v = willis_volume_i16 (scan);
  double sum = 0, sum2 = 0;
  gsize n = 64000;

  for (gsize i = 0; i < n; i++)
    {
      sum += v[i];
      sum2 += (double) v[i] * v[i];
    }
  g_assert_cmpfloat_with_epsilon (sum / (double) n, 30.0, 1.0);
  g_assert_cmpfloat_with_epsilon (sqrt (sum2 / (double) n - sum * sum / (double) n / (double) n), 20.0, 1.0);
}

static void
test_same_for_any_threads (void)
{
  g_autofree char *first = NULL;

  for (int threads = 1; threads <= 7; threads += 3)
    {
      g_autoptr (WillisPhantom) p = phantom_from ("{" GRID "," TUBE "}", NULL);
      g_autoptr (WillisVolume) scan = NULL;

      willis_parallel_set_threads (threads);
      scan = willis_phantom_scan (p, NULL, NULL);
      if (first == NULL)
        first = g_strdup (willis_volume_digest (scan));
      g_assert_cmpstr (first, ==, willis_volume_digest (scan));
    }
  willis_parallel_set_threads (0);
}

/* A sphere of 6 mm on a thin tube: the sac's measures are those of the spherical cap above the neck. */
static void
test_sac_truth (void)
{
  g_autoptr (WillisPhantom) p = phantom_from (
      "{" GRID ", \"blend_mm\": 0," TUBE ", \"aneurysms\": [{\"parent\": \"a\", \"at_mm\": 30, \"axis\": [1, 0, 0.5],"
      "\"height_mm\": 5.598076, \"width_mm\": 6, \"neck_mm\": 3}]}",
      NULL);
  const PhantomSac *sac = p->sacs->pdata[0];
  PhantomSacTruth *t = phantom_sac_truth (p, sac);
  double R = 3.0, h = 5.598076; // q = sqrt (3) / 2, so the ellipsoid is the sphere of radius 3

  g_assert_cmpfloat_with_epsilon (sac->semi[1], R, 1e-5);
  g_assert_cmpfloat_with_epsilon (sac->axis[2], 0.0, 1e-12);
  /* the found neck may lie a little below the tangent plane, where the tube's own wall still bounds it */
  h = t->height_mm;
  g_assert_cmpfloat_with_epsilon (h, 5.598, 0.05);
  g_assert_cmpfloat_with_epsilon (t->volume_mm3, M_PI * h * h * (3 * R - h) / 3, 0.6);
  g_assert_cmpfloat_with_epsilon (t->area_mm2, 2 * M_PI * R * h, 0.01 * 2 * M_PI * R * h);
  g_assert_cmpfloat_with_epsilon (t->neck_diameter_mm, 2 * sqrt (h * (2 * R - h)), 0.05);
  g_assert_cmpfloat_with_epsilon (t->size_mm, 6.0, 0.03);
  g_assert_cmpfloat_with_epsilon (t->width_mm, 6.0, 0.02);
  phantom_sac_truth_free (t);
}

/* A second artery beside the sac leaves its truth as it is; one through its middle or into its side does not. */
static void
test_sac_parted (void)
{
  static const struct
  {
    const char *points;
    gboolean parted;
  } other[]
      = { { "[9,-20,0,1],[9,20,0,1]", TRUE }, { "[5,-20,0,1],[5,20,0,1]", FALSE }, { "[5,3.3,0,1],[5,30,0,1]", FALSE } };

  for (gsize k = 0; k < G_N_ELEMENTS (other); k++)
    {
      g_autofree char *text = g_strdup_printf (
          "{" GRID ", \"blend_mm\": 0, \"vessels\": [{\"id\": \"a\", \"points\": [[0,0,-30,2],[0,0,30,2]]},"
          "{\"id\": \"b\", \"points\": [%s]}], \"aneurysms\": [{\"id\": \"x\", \"parent\": \"a\", \"at_mm\": 30,"
          "\"axis\": [1, 0, 0], \"height_mm\": 5.6, \"width_mm\": 6, \"neck_mm\": 3}]}",
          other[k].points);
      g_autoptr (WillisPhantom) p = phantom_from (text, NULL);
      g_autofree char *folder = g_dir_make_tmp ("willis-phantom-XXXXXX", NULL);
      static const char *const files[]
          = { "ct.nii.gz", "labels.nii.gz", "lumen.vtp", "truth.json" };
      g_autoptr (GPtrArray) unparted = g_ptr_array_new_with_free_func (g_free);

      g_assert_true (willis_phantom_write (p, folder, unparted, NULL, NULL));
      g_assert_cmpuint (unparted->len, ==, !other[k].parted);
      if (!other[k].parted)
        g_assert_cmpstr (unparted->pdata[0], ==, "x");
      for (gsize f = 0; f < G_N_ELEMENTS (files); f++)
        {
          g_autofree char *path = g_build_filename (folder, files[f], NULL);

          g_unlink (path);
        }
      g_rmdir (folder);
    }
}

static void
test_motion (void)
{
  g_autoptr (WillisPhantom) p
      = phantom_from ("{" GRID ", \"rotation_deg\": [10, -20, 30], \"translation_mm\": [1, 2, 3]}", NULL);
  double x[3] = { 3, -4, 5 }, y[3], z[3];

  phantom_to_scan (p, x, y);
  phantom_to_anatomy (p, y, z);
  g_assert_cmpfloat (vec3_dist (x, z), <, 1e-12);
  g_assert_cmpfloat (vec3_dist (x, y), >, 1.0);
}

static void
test_refuses (void)
{
  const char *bad[] = {
    "{\"vessel\": []}",
    "{" GRID ", \"vessels\": [{\"id\": \"a\", \"points\": [[0,0,0,1]]}]}",
    "{" GRID ", \"vessels\": [{\"id\": \"a\", \"points\": [[0,0,0,1],[0,0,1,-1]]}]}",
    "{\"grid\": {\"dims\": [0, 4, 4], \"spacing_mm\": [1, 1, 1]}}",
    "{\"grid\": {\"dims\": [4, 4, 4], \"spacing_mm\": [0, 1, 1]}}",
    "{" GRID ", \"aneurysms\": [{\"parent\": \"nobody\", \"axis\": [1, 0, 0]}]}",
    "{\"base\": \"../elsewhere.json\"}",
    "{\"base\": \"missing.json\"}",
  };

  for (gsize n = 0; n < G_N_ELEMENTS (bad); n++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (phantom_from (bad[n], &error));
      g_assert_nonnull (error);
      g_assert_true (error->domain == WILLIS_ERROR);
    }
}

/* The three demonstrations load, and their true measures are near what their descriptions ask for. */
static void
test_demonstrations (void)
{
  const char *names[] = { "carotid-sidewall", "mca-bifurcation", "acom" };

  for (gsize n = 0; n < G_N_ELEMENTS (names); n++)
    {
      g_autofree char *file = g_strdup_printf ("%s.json", names[n]);
      g_autofree char *path = g_build_filename (g_getenv ("WILLIS_SOURCE_DIR"), "data", "phantoms", file, NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (WillisPhantom) p = willis_phantom_load (path, &error);
      const PhantomSac *sac;
      PhantomSacTruth *t;

      g_assert_no_error (error);
      sac = p->sacs->pdata[0];
      t = phantom_sac_truth (p, sac);
      g_test_message ("%s: volume %.2f height %.2f width %.2f neck %.2f size %.2f", names[n], t->volume_mm3,
                      t->height_mm, t->width_mm, t->neck_diameter_mm, t->size_mm);
      g_assert_cmpfloat_with_epsilon (t->height_mm, sac->height_mm, 0.25 * sac->height_mm);
      g_assert_cmpfloat_with_epsilon (t->neck_diameter_mm, sac->neck_mm, 0.3 * sac->neck_mm);
      /* a sac that runs into another artery would have no size of its own */
      g_assert_cmpfloat (t->size_mm, <, 1.1 * hypot (sac->height_mm, sac->width_mm));
      g_assert_cmpfloat_with_epsilon (t->width_mm, sac->width_mm, 0.15 * sac->width_mm);
      phantom_sac_truth_free (t);
    }
}

/* An artery given as a surface: a sphere in a file. */
static void
test_lumen (void)
{
  g_autofree char *folder = g_dir_make_tmp ("willis-lumen-XXXXXX", NULL);
  g_autofree char *ball = g_build_filename (folder, "ball.stl", NULL);
  g_autofree char *spec = g_build_filename (folder, "case.json", NULL);
  const double nowhere[3] = { 0, 0, 0 };
  g_autoptr (WillisSurface) unit = shape_sphere (5);
  g_autoptr (WillisSurface) sphere = shape_moved (unit, 3.0, 3.0, 3.0, 0.0, nowhere);
  g_autoptr (WillisPhantom) phantom = NULL;
  g_autoptr (WillisPhantom) none = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (willis_surface_write (sphere, ball, &error));
  g_assert_true (g_file_set_contents (spec, "{" GRID ", \"lumens\": [{\"surface\": \"ball.stl\"}]}", -1, NULL));
  phantom = willis_phantom_load (spec, &error);
  g_assert_no_error (error);
  for (int n = 0; n < 8; n++)
    {
      double r = 0.5 + 0.5 * n, x[3] = { r * 0.48, r * -0.6, r * 0.64 };

      g_assert_cmpfloat_with_epsilon (phantom_field_artery (phantom->field, x), r - 3.0, 0.02);
    }
  g_assert_true (g_file_set_contents (spec, "{" GRID ", \"lumens\": [{\"surface\": \"../ball.stl\"}]}", -1, NULL));
  none = willis_phantom_load (spec, &error);
  g_assert_null (none);
  g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_BAD_INPUT);
  g_unlink (ball);
  g_unlink (spec);
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  int status = 0;

  if (willis_reader_main (argc, argv, &status))
    return status;
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/phantom/tube-profile", test_tube_profile);
  g_test_add_func ("/phantom/noise-level", test_noise_level);
  g_test_add_func ("/phantom/same-for-any-threads", test_same_for_any_threads);
  g_test_add_func ("/phantom/sac-truth", test_sac_truth);
  g_test_add_func ("/phantom/sac-parted", test_sac_parted);
  g_test_add_func ("/phantom/lumen", test_lumen);
  g_test_add_func ("/phantom/motion", test_motion);
  g_test_add_func ("/phantom/refuses", test_refuses);
  g_test_add_func ("/phantom/demonstrations", test_demonstrations);
  return g_test_run ();
}
