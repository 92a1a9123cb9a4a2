/* SPDX-License-Identifier: Apache-2.0 */
/* Working projections and pictures in the report of a case with several aneurysms: two balls on a tube. */
#include <glib/gstdio.h>
#include <libintl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/mesh/isosurface.h"
#include "core/report/report.h"
#include "core/vessel/working-angle.h"

#define N 64
#define SPACING 0.5
#define BALL_MM 2.5

static char *folder;
static const double balls[2][3] = { { -7, -3.5, 0 }, { 7, 0, 3.5 } };

/* fontconfig and cairo keep their caches to the end; asked by the leak sanitizer alone. */
const char *__lsan_default_suppressions (void);

const char *
__lsan_default_suppressions (void)
{
  return "leak:libfontconfig\nleak:libcairo\nleak:libpango\n";
}

static double
from_ball (const double p[3], int ball)
{
  const double *o = balls[ball];

  return sqrt ((p[0] - o[0]) * (p[0] - o[0]) + (p[1] - o[1]) * (p[1] - o[1]) + (p[2] - o[2]) * (p[2] - o[2])) - BALL_MM;
}

/* The tube with both balls, or the ball of this number alone. */
static WillisVolume *
make_scan (int ball)
{
  const int dims[3] = { N, N, N };
  const double spacing[3] = { SPACING, SPACING, SPACING }, at = -SPACING * (N - 1) / 2;
  WillisGrid grid = willis_grid_new (dims, spacing, (double[]){ at, at, at });
  WillisVolume *volume = willis_volume_new (&grid, WILLIS_SCALAR_I16, NULL);
  gint16 *voxel = willis_volume_voxels_rw (volume);

  for (int n = 0; n < N * N * N; n++)
    {
      const double p[3] = { at + n % N * SPACING, at + n / N % N * SPACING, at + n / (N * N) * SPACING };
      double all = MIN (hypot (p[1], p[2]) - 1.8, MIN (from_ball (p, 0), from_ball (p, 1)));

      *voxel++ = (gint16) (40 + 340 / (1 + exp ((ball >= 0 ? from_ball (p, ball) : all) / 0.25)));
    }
  return volume;
}

static WillisAneurysm *
make_aneurysm (int ball)
{
  g_autoptr (WillisVolume) alone = make_scan (ball);
  g_autoptr (WillisSurface) sac = willis_isosurface (alone, 220, NULL, NULL, NULL, NULL);
  double curve[24][3], length = hypot (balls[ball][1], balls[ball][2]);
  WillisMorphology m = { 0 };
  WillisNeck neck = { 0 };

  neck.normal[1] = balls[ball][1] / length;
  neck.normal[2] = balls[ball][2] / length;
  neck.centre_lps_mm[0] = balls[ball][0];
  for (int a = 1; a < 3; a++)
    neck.centre_lps_mm[a] = 1.8 * neck.normal[a];
  memcpy (neck.dome_lps_mm, balls[ball], sizeof neck.dome_lps_mm);
  for (int n = 0; n < 24; n++)
    {
      double c = 1.8 * cos (2 * G_PI * n / 24), s = 1.8 * sin (2 * G_PI * n / 24);

      curve[n][0] = neck.centre_lps_mm[0] + c;
      curve[n][1] = neck.centre_lps_mm[1] - s * neck.normal[2];
      curve[n][2] = neck.centre_lps_mm[2] + s * neck.normal[1];
    }
  for (int n = 0; n < WILLIS_N_INDICES; n++)
    m.index[n] = (WillisMeasure){ 3.0, 0.2, NULL };
  return willis_aneurysm_new (&neck, curve[0], 24, sac, NULL, 0, &m, NULL);
}

static WillisCase *
make_case (void)
{
  WillisCase *c = willis_case_new ();
  const WillisStudy study = { .modality = (char *) "CT", .patient_age = -1 };
  g_autoptr (WillisVolume) scan = make_scan (-1), labels = willis_volume_convert (scan, WILLIS_SCALAR_U8, NULL);
  g_autoptr (WillisSegmentation) s = willis_segmentation_new (labels, WILLIS_MODALITY_CTA, 210, 40, 340, 1);
  g_autoptr (WillisSurface) lumen = willis_isosurface (scan, 220, NULL, NULL, NULL, NULL);

  willis_case_set_scan (c, scan, &study);
  willis_case_set_segmentation (c, s, NULL);
  willis_case_set_surface (c, lumen, NULL);
  for (int n = 0; n < 2; n++)
    {
      g_autoptr (WillisAneurysm) aneurysm = make_aneurysm (n);

      willis_case_add_aneurysm (c, aneurysm, NULL);
    }
  return c;
}

/* The text of the report, NULL where pdftotext is not there. */
static char *
read_report (const WillisCase *c, const WillisReportOptions *options)
{
  g_autofree char *path = g_build_filename (folder, "several.pdf", NULL), *tool = g_find_program_in_path ("pdftotext");
  const char *argv[] = { "pdftotext", "-layout", "-enc", "UTF-8", path, "-", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (WillisReport) report = willis_report_new (c, options, &error);
  char *text = NULL;

  g_assert_no_error (error);
  willis_report_save (report, path, &error);
  g_assert_no_error (error);
  if (tool != NULL)
    g_assert_true (
        g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &text, NULL, NULL, &error));
  g_unlink (path);
  return text;
}

/* Every aneurysm has its own projections, and its pictures stand before what is said of the next. */
static void
test_every_aneurysm (void)
{
  g_autoptr (WillisCase) c = make_case ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) views = willis_report_views (c, NULL, NULL, NULL, &error);
  g_autofree guint8 *rgba = g_malloc0 (64 * 48 * 4);
  WillisReportPicture pictures[] = { { "First large", 64, 48, 256, rgba, NULL, 0 },
                                     { "First other", 64, 48, 256, rgba, NULL, 0 },
                                     { "Second large", 64, 48, 256, rgba, NULL, 1 },
                                     { "Second other", 64, 48, 256, rgba, NULL, 1 },
                                     { "Whole tree", 64, 48, 256, rgba, NULL, -1 } };
  const char *const order[]
      = { "Aneurysm 1",   "First large",         "Working projections", "First other", "Aneurysm 2",
          "Second large", "Working projections", "Second other",        "Whole tree" };
  WillisReportOptions options = WILLIS_REPORT_OPTIONS_INIT;
  g_autofree char *text = NULL;
  const char *at;

  g_assert_no_error (error);
  g_assert_cmpuint (views->len, ==, 2);
  for (gsize n = 0; n < 2; n++)
    g_assert_cmpuint (willis_report_views_of (views, n)->len, >=, 2);
  g_assert_null (willis_report_views_of (views, 2));
  options.language = "en";
  options.working_views = views;
  options.pictures = pictures;
  options.n_pictures = G_N_ELEMENTS (pictures);
  text = read_report (c, &options);
  at = text;
  for (gsize n = 0; n < G_N_ELEMENTS (order) && at != NULL; n++)
    {
      const char *found = strstr (at, order[n]);

      if (found == NULL)
        g_error ("\"%s\" does not follow in:\n%s", order[n], text);
      at = found + strlen (order[n]);
    }
}

/* What is known is not computed again, and a sac of other arteries has none. */
static void
test_known (void)
{
  g_autoptr (WillisCase) c = make_case ();
  g_autoptr (GPtrArray) known = g_ptr_array_new (), views = NULL;
  g_autoptr (GArray) mine = g_array_new (FALSE, FALSE, sizeof (WillisWorkingView));
  g_autoptr (WillisSurface) other = NULL;
  g_autoptr (WillisVolume) alone = make_scan (0);

  g_ptr_array_add (known, mine);
  g_ptr_array_add (known, NULL);
  views = willis_report_views (c, known, NULL, NULL, NULL);
  g_assert_true (willis_report_views_of (views, 0) == mine);
  g_assert_nonnull (willis_report_views_of (views, 1));
  other = willis_isosurface (alone, 220, NULL, NULL, NULL, NULL);
  willis_case_set_surface (c, other, NULL);
  g_clear_pointer (&views, g_ptr_array_unref);
  views = willis_report_views (c, NULL, NULL, NULL, NULL);
  g_assert_cmpuint (views->len, ==, 2);
  g_assert_null (willis_report_views_of (views, 1));
}

int
main (int argc, char **argv)
{
  int status;

  g_setenv ("LC_ALL", "C.UTF-8", TRUE);
  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("willis-report-XXXXXX", NULL);
  g_test_add_func ("/report-views/every-aneurysm", test_every_aneurysm);
  g_test_add_func ("/report-views/known", test_known);
  status = g_test_run ();
  g_rmdir (folder);
  g_free (folder);
  return status;
}
