/* SPDX-License-Identifier: Apache-2.0 */
/* Hard cases end in plain statements; a good scan in none. */
#include <glib.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/phantom/phantom.h"
#include "core/vessel/anatomy.h"
#include "core/vessel/doubts.h"

/* The statements about a drawn scan that is taken for one of a kind, as one text (new). */
static char *
doubts_as (const char *spec, WillisModality kind)
{
  WillisSegmentParams params = WILLIS_SEGMENT_PARAMS_INIT;
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("willis-doubts-XXXXXX", NULL),
                  *path = g_build_filename (folder, "case.json", NULL);
  g_autoptr (WillisPhantom) phantom = NULL;
  g_autoptr (WillisVolume) scan = NULL;
  g_autoptr (WillisSegmentation) segmentation = NULL;
  g_autoptr (WillisSurface) lumen = NULL;
  g_autoptr (WillisTree) tree = NULL;
  g_autoptr (WillisTree) named = NULL;
  g_auto (GStrv) doubts = NULL;

  g_assert_true (g_file_set_contents (path, spec, -1, NULL));
  phantom = willis_phantom_load (path, &error);
  g_assert_no_error (error);
  g_unlink (path);
  g_rmdir (folder);
  scan = willis_phantom_scan (phantom, NULL, &error);
  g_assert_no_error (error);
  params.modality = kind;
  segmentation = willis_segment (scan, &params, NULL, &error);
  if (segmentation == NULL)
    return g_strdup (error->message);
  lumen = willis_lumen_surface (scan, segmentation, NULL, &error);
  g_assert_no_error (error);
  tree = willis_tree_extract (lumen, NULL, NULL, &error);
  g_assert_no_error (error);
  named = willis_anatomy_name (tree, NULL, &error);
  g_assert_no_error (error);
  doubts = willis_vessel_doubts (scan, segmentation, named);
  return g_strjoinv ("\n", doubts);
}

static char *
doubts_of (const char *spec)
{
  return doubts_as (spec, WILLIS_MODALITY_UNKNOWN);
}

#define AIR "\"patches\": [{\"id\": \"air\", \"centre\": [-16,-16,0], \"radii\": [6,6,6], \"hu\": -950}]"

static void
assert_says (const char *text, const char *words, gboolean says)
{
  if ((strstr (text, words) != NULL) != says)
    g_error ("\"%s\" %s in: %s", words, says ? "is missing" : "should not be", text);
}

/* A vein as thick and as bright as a sinus in the late phase, a clip, and no circle of Willis. */
static void
test_late_with_metal (void)
{
  g_autofree char *text = doubts_of (
      "{\"seed\": 3, \"noise_hu\": 10, \"lumen_hu\": 380, \"grid\": {\"dims\": [72,72,72], \"spacing_mm\": "
      "[0.6,0.6,0.6], "
      "\"centre_lps_mm\": [0,0,0]}, \"vessels\": [{\"id\": \"artery\", \"points\": "
      "[[-6,-6,-26,1.8],[-6,0,0,1.8],[-6,-4,26,1.8]]},"
      "{\"id\": \"sinus\", \"kind\": \"vein\", \"hu\": 380, \"points\": [[9,2,-26,4.2],[9,2,0,4.2],[9,4,26,4.2]]}],"
      "\"plaques\": [{\"vessel\": \"artery\", \"at_mm\": 20, \"angle_deg\": 90, \"radius_mm\": 2.5, \"hu\": 3000}]," AIR
      "}");

  assert_says (text, "venous sinus", TRUE);
  assert_says (text, "metal", TRUE);
  assert_says (text, "circle of Willis", TRUE);
  assert_says (text, "voxels are", FALSE);
  assert_says (text, "HU brighter", FALSE);
}

/* Something as bright as metal, a filled tooth, more than 20 mm from the next artery, though among them. */
static void
test_metal_far_off (void)
{
  g_autofree char *text = doubts_of (
      "{\"seed\": 3, \"noise_hu\": 10, \"lumen_hu\": 380, \"grid\": {\"dims\": [84,84,72], \"spacing_mm\": "
      "[0.6,0.6,0.6], \"centre_lps_mm\": [0,0,0]}, \"vessels\": [{\"id\": \"artery\", \"points\": "
      "[[-16,16,-26,1.8],[-16,15,0,1.8],[-16,16,26,1.8]]}, {\"id\": \"other\", \"points\": "
      "[[16,-16,-26,1.8],[16,-15,0,1.8],[16,-16,26,1.8]]}], \"bones\": [{\"id\": \"tooth\", \"kind\": "
      "\"ellipsoid\", \"centre\": [15,15,0], \"radii\": [3,3,3], \"hu\": 3000}]," AIR "}");

  assert_says (text, "metal", FALSE);
}

/* Slices of 3 mm, a scan with little contrast agent. */
static void
test_coarse_and_pale (void)
{
  g_autofree char *text
      = doubts_of ("{\"seed\": 4, \"noise_hu\": 8, \"lumen_hu\": 160, \"slice_mm\": 3, \"grid\": {\"dims\": "
                   "[72,72,16], \"spacing_mm\": "
                   "[0.6,0.6,3.0], \"centre_lps_mm\": [0,0,0]}, \"vessels\": [{\"id\": \"artery\", \"points\": "
                   "[[-6,-6,-26,2.4],[-6,0,0,2.4],[-6,-4,26,2.4]]}, {\"id\": \"other\", \"points\": "
                   "[[8,-6,-26,2.2],[9,0,0,2.2],[6,-4,26,2.2]]}]," AIR "}");

  assert_says (text, "3.0 mm long", TRUE);
  assert_says (text, "HU brighter", TRUE);
  assert_says (text, "metal", FALSE);
}

/* Sets all veins of a description (taken), and its arteries unless 0, to these HU (new). */
static char *
late_phase (char *text, int vein_hu, int artery_hu)
{
  g_autoptr (GRegex) veins = g_regex_new ("(\"kind\": \"vein\", \"hu\": )[0-9]+", 0, 0, NULL);
  g_autoptr (GRegex) arteries = g_regex_new ("(\"lumen_hu\": )[0-9]+", 0, 0, NULL);
  g_autofree char *by_veins = g_strdup_printf ("\\g<1>%d", vein_hu),
                  *by_arteries = g_strdup_printf ("\\g<1>%d", artery_hu);
  char *out = g_regex_replace (veins, text, -1, 0, by_veins, 0, NULL);

  g_free (text);
  if (artery_hu > 0)
    {
      text = out;
      out = g_regex_replace (arteries, text, -1, 0, by_arteries, 0, NULL);
      g_free (text);
    }
  return out;
}

/* What is said of the circle in a scan of these voxels about centre, with more in its description; vein_hu and
 * artery_hu: how bright they are, 0: as in the description. */
static char *
doubts_of_circle_in (const char *dims, const char *spacing, const char *centre, const char *more, int vein_hu,
                     int artery_hu)
{
  g_autofree char *base
      = g_build_filename (g_getenv ("WILLIS_SOURCE_DIR"), "data", "phantoms", "circle-of-willis.json", NULL);
  g_autofree char *spec = NULL;
  g_autofree char *head = NULL;
  char *grid;

  g_assert_true (g_file_get_contents (base, &head, NULL, NULL));
  grid = strstr (head, "\"grid\"");
  g_assert_nonnull (grid);
  *grid = '\0';
  spec = g_strconcat (head, more, "\"grid\": {\"dims\": ", dims, ", \"spacing_mm\": ", spacing,
                      ", \"centre_lps_mm\": ", centre, "}", strchr (grid + 1, '}') + 1, NULL);
  if (vein_hu > 0)
    spec = late_phase (g_steal_pointer (&spec), vein_hu, artery_hu);
  return doubts_of (spec);
}

/* The same of the whole circle. */
static char *
doubts_of_circle_at (const char *dims, const char *spacing, const char *more, int vein_hu, int artery_hu)
{
  return doubts_of_circle_in (dims, spacing, "[0,6,-16]", more, vein_hu, artery_hu);
}

static char *
doubts_of_circle (const char *dims, const char *spacing, const char *more)
{
  return doubts_of_circle_at (dims, spacing, more, 0, 0);
}

/* In a good scan: nothing to say. */
static void
test_good (void)
{
  g_autofree char *text = doubts_of_circle ("[120,94,84]", "[0.7,0.7,0.7]", "");

  g_assert_cmpstr (text, ==, "");
}

/* Veins as bright as the arteries, and brighter: there is no sinus in the picture that would tell it. */
static void
test_late (void)
{
  g_autofree char *as_bright = doubts_of_circle_at ("[120,94,84]", "[0.7,0.7,0.7]", "", 380, 0);
  g_autofree char *brighter = doubts_of_circle_at ("[120,94,84]", "[0.7,0.7,0.7]", "", 300, 180);

  assert_says (as_bright, "side by side", TRUE);
  assert_says (brighter, "veins are brighter", TRUE);
}

/* The head jumps by 2 mm while the scan is half done: seen where the scan shows the skull. */
static void
test_moved (void)
{
  g_autofree char *text = doubts_of_circle ("[140,140,36]", "[0.9,0.9,0.9]", "\"jolt\": [-16, 1.6, 1.2, 0], "), *place = NULL;

  assert_says (text, "The head moved", TRUE);
  place = strstr (text, "(S -1") != NULL ? g_strndup (strstr (text, "(S ") + 3, 3) : NULL;
  g_assert_nonnull (place);
  g_assert_cmpfloat (fabs (g_ascii_strtod (place, NULL) + 16.0), <=, 2.0);
}

/* The same by 1.4 mm in a scan of 60 mm, and a head that lies still there. */
static void
test_moved_in_small_field (void)
{
  g_autofree char *moved = doubts_of_circle ("[100,100,44]", "[0.6,0.6,0.9]", "\"jolt\": [-16, 1.15, 0.8, 0], ");
  g_autofree char *still = doubts_of_circle ("[100,100,44]", "[0.6,0.6,0.9]", "");

  assert_says (moved, "The head moved", TRUE);
  assert_says (still, "The head moved", FALSE);
}

/* An artery along the side of a sinus full of air, and one 5 mm away from it. */
static void
test_against_air (void)
{
  for (int against = 0; against < 2; against++)
    {
      g_autofree char *spec = g_strdup_printf (
          "{\"seed\": 3, \"noise_hu\": 10, \"lumen_hu\": 380, \"grid\": {\"dims\": [48,48,48], \"spacing_mm\": "
          "[0.6,0.6,0.6], \"centre_lps_mm\": [0,0,0]}, \"vessels\": [{\"id\": \"artery\", \"points\": "
          "[[-6,-1,-26,1.8],[-6,0,0,1.8],[-6,-1,26,1.8]]}], \"patches\": [{\"id\": \"air\", \"centre\": [%d,0,0], "
          "\"radii\": [5,8,8], \"hu\": -950}]}",
          against ? 0 : 6);
      g_autofree char *text = doubts_of (spec);

      assert_says (text, "lies against air", against);
    }
}

/* More than a head's arteries in one bar, as bone in a scan that is taken for an MR angiography; the same of a rotational
 * scan whose voxels are of the size that a file gives that knows none. */
static void
test_much (void)
{
  static const char spec[] = "{\"seed\": 3, \"noise_hu\": 10, \"lumen_hu\": 900, \"grid\": {\"dims\": [52,52,60], "
                             "\"spacing_mm\": [1,1,1], \"centre_lps_mm\": [0,0,0]}, \"vessels\": [{\"id\": \"bar\", "
                             "\"points\": [[0,0,-32,14],[2,0,0,13],[0,0,32,14]]}]}";
  g_autofree char *bone = doubts_as (spec, WILLIS_MODALITY_MRA), *sizeless = doubts_as (spec, WILLIS_MODALITY_3DRA);

  assert_says (bone, "cm³ were taken for arteries", TRUE);
  assert_says (bone, "do not know their size", FALSE);
  assert_says (sizeless, "cm³ were taken for arteries", FALSE);
  assert_says (sizeless, "do not know their size", TRUE);
}

/* The right half of the head: what is not there is named. */
static void
test_missing (void)
{
  g_autofree char *half = doubts_of_circle_in ("[64,94,84]", "[0.7,0.7,0.7]", "[-20,6,-16]", "", 0, 0);

  assert_says (half, "Not recognised in the scan: ", TRUE);
  for (int n = 0; n < 2; n++)
    {
      static const char *const names[] = { "ICA", "MCA M1" };
      g_autofree char *left = g_strconcat (names[n], ", left", NULL), *right = g_strconcat (names[n], ", right", NULL);

      assert_says (half, left, TRUE);
      assert_says (half, right, FALSE);
    }
  assert_says (half, "Basilar", FALSE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/doubts/late-with-metal", test_late_with_metal);
  g_test_add_func ("/doubts/metal-far-off", test_metal_far_off);
  g_test_add_func ("/doubts/coarse-and-pale", test_coarse_and_pale);
  g_test_add_func ("/doubts/good", test_good);
  g_test_add_func ("/doubts/missing", test_missing);
  g_test_add_func ("/doubts/late", test_late);
  g_test_add_func ("/doubts/moved", test_moved);
  g_test_add_func ("/doubts/moved-in-small-field", test_moved_in_small_field);
  g_test_add_func ("/doubts/against-air", test_against_air);
  g_test_add_func ("/doubts/much", test_much);
  return g_test_run ();
}
