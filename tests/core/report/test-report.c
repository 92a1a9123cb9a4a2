/* SPDX-License-Identifier: Apache-2.0 */
/* Reports of a made-up case: a ball on a tube. Text is read back with pdftotext where that is installed. */
#include "core/report/report.h"

#include <glib/gstdio.h>
#include <libintl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/error.h"
#include "core/mesh/isosurface.h"

#define N 72
#define SPACING 0.4

static char *folder;

/* fontconfig and cairo keep their caches to the end; asked by the leak sanitizer alone. */
const char *__lsan_default_suppressions (void);

const char *
__lsan_default_suppressions (void)
{
  return "leak:libfontconfig\nleak:libcairo\nleak:libpango\n";
}

/* Signed distance to a tube of radius 1.8 along x and a ball of radius 3.2 on it; negative inside. */
static double
distance_mm (const double p[3])
{
  double tube = hypot (p[1], p[2]) - 1.8;
  double dx = p[0], dy = p[1] + 3.9, dz = p[2] - 1.2;

  return MIN (tube, sqrt (dx * dx + dy * dy + dz * dz) - 3.2);
}

static WillisVolume *
make_scan (void)
{
  const int dims[3] = { N, N, N };
  const double spacing[3] = { SPACING, SPACING, SPACING }, at = -SPACING * (N - 1) / 2;
  WillisGrid grid = willis_grid_new (dims, spacing, (double[]){ at, at, at });
  WillisVolume *volume = willis_volume_new (&grid, WILLIS_SCALAR_I16, NULL);
  gint16 *voxel = willis_volume_voxels_rw (volume);

  for (int k = 0; k < N; k++)
    for (int j = 0; j < N; j++)
      for (int i = 0; i < N; i++)
        {
          const double p[3] = { at + i * SPACING, at + j * SPACING, at + k * SPACING };

          *voxel++ = (gint16) (40 + 340 / (1 + exp (distance_mm (p) / 0.25)) + (i * 7 + j * 13 + k * 29) % 23);
        }
  return volume;
}

/* The triangles of lumen beyond the neck plane, without the tube's that lie beyond it farther off. */
static WillisSurface *
cut_sac (WillisSurface *lumen, const WillisNeck *neck)
{
  const double *p = willis_surface_points (lumen);
  const gint32 *tri = willis_surface_triangles (lumen);
  g_autoptr (GArray) kept = g_array_new (FALSE, FALSE, sizeof (gint32));

  for (gsize n = 0; n < willis_surface_n_triangles (lumen); n++)
    {
      gboolean beyond = TRUE;

      for (int a = 0; a < 3; a++)
        {
          double height = 0;

          for (int k = 0; k < 3; k++)
            height += (p[3 * tri[3 * n + a] + k] - neck->centre_lps_mm[k]) * neck->normal[k];
          beyond = beyond && height > 0 && fabs (p[3 * tri[3 * n + a]]) < 4;
        }
      if (beyond)
        g_array_append_vals (kept, tri + 3 * n, 3);
    }
  return willis_surface_new_copy (p, willis_surface_n_points (lumen), (const gint32 *) (void *) kept->data,
                                  kept->len / 3);
}

/* A ball beside that of the case, with a thin artery that was cut off along with it. */
static WillisSurface *
sac_with_artery (void)
{
  const int dims[3] = { 40, 80, 40 };
  const double spacing[3] = { 0.3, 0.3, 0.3 };
  WillisGrid grid = willis_grid_new (dims, spacing, (double[]){ 4, -21, -4.8 });
  g_autoptr (WillisVolume) volume = willis_volume_new (&grid, WILLIS_SCALAR_F32, NULL);
  float *voxel = willis_volume_voxels_rw (volume);

  for (int k = 0; k < dims[2]; k++)
    for (int j = 0; j < dims[1]; j++)
      for (int i = 0; i < dims[0]; i++)
        {
          double x = -6 + 0.3 * i, y = -21 + 0.3 * j, z = -4.8 + 0.3 * k - 1.2;
          double ball = sqrt (x * x + (y + 3.9) * (y + 3.9) + z * z) - 3.2;
          double artery = MAX (hypot (x, z) - 0.8, fabs (y + 8.8) - 5.2);

          *voxel++ = (float) -MIN (ball, artery);
        }
  return willis_isosurface (volume, 0, NULL, NULL, NULL, NULL);
}

/* other_sac: NULL to cut it off the lumen. */
static WillisAneurysm *
make_aneurysm (WillisSurface *lumen, WillisSurface *other_sac)
{
  WillisNeck neck = { { 0, -1.7, 0.52 }, { 0, -0.956, 0.294 }, { 0, -4, 1.2 } };
  g_autoptr (WillisSurface) sac = other_sac != NULL ? willis_surface_ref (other_sac) : cut_sac (lumen, &neck);
  double curve[48][3];
  WillisMorphology m;

  for (int n = 0; n < 48; n++)
    {
      double c = 2.3 * cos (n * G_PI / 24), s = 2.3 * sin (n * G_PI / 24);

      curve[n][0] = c;
      curve[n][1] = neck.centre_lps_mm[1] + s * 0.294;
      curve[n][2] = neck.centre_lps_mm[2] + s * 0.956;
    }
  for (int n = 0; n < WILLIS_N_INDICES; n++)
    m.index[n] = (WillisMeasure){ 0.37 * (n + 1), n % 4 == 1 ? NAN : 0.013 * (n + 1), NULL };
  m.index[WILLIS_INDEX_SIZE] = (WillisMeasure){ 6.4321, 0.31, NULL };
  m.index[WILLIS_INDEX_WIDTH] = (WillisMeasure){ 6.3, 0.2, NULL };
  m.index[WILLIS_INDEX_VOLUME] = (WillisMeasure){ 131.22, 14.1, NULL };
  m.index[WILLIS_INDEX_SIZE_RATIO] = (WillisMeasure){ NAN, NAN, "no parent artery" };
  return willis_aneurysm_new (&neck, curve[0], 48, sac, NULL, 0, &m, NULL);
}

static WillisTree *
make_tree (void)
{
  WillisTreeNode *nodes = g_new0 (WillisTreeNode, 2);
  WillisBranch *branches = g_new0 (WillisBranch, 1);

  branches[0].node[1] = 1;
  branches[0].name = g_strdup ("ICA left");
  branches[0].n_points = 2;
  branches[0].points_lps_mm = g_memdup2 ((double[]){ -14, 0, 0, 14, 0, 0 }, 6 * sizeof (double));
  branches[0].radius_mm = g_memdup2 ((double[]){ 1.8, 1.8 }, 2 * sizeof (double));
  nodes[0] = (WillisTreeNode){ { -14, 0, 0 }, 1 };
  nodes[1] = (WillisTreeNode){ { 14, 0, 0 }, 1 };
  return willis_tree_new_take (nodes, 2, branches, 1);
}

static WillisCase *
make_case (void)
{
  WillisCase *c = willis_case_new ();
  char *warnings[] = { (char *) "slices 2.0 mm thick: sizes under 4 mm are not reliable", NULL };
  const WillisStudy study = { .modality = (char *) "CT",
                              .description = (char *) "CTA Zhang",
                              .study_date = (char *) "2024-03-05",
                              .manufacturer = (char *) "Maker",
                              .kernel = (char *) "H20f",
                              .source = (char *) "Zhang_San.nii.gz",
                              .series_uid = (char *) "1.2.840.99",
                              .patient_name = (char *) "Zhang San",
                              .patient_id = (char *) "P-77321",
                              .patient_birth_date = (char *) "1960-02-01",
                              .patient_sex = (char *) "F",
                              .patient_age = 64,
                              .pseudonym = (char *) "W-7QK4M2XA",
                              .warnings = warnings };
  g_autoptr (WillisVolume) scan = make_scan (), labels = willis_volume_convert (scan, WILLIS_SCALAR_U8, NULL);
  g_autoptr (WillisSegmentation) s = willis_segmentation_new (labels, WILLIS_MODALITY_CTA, 210, 40, 340, 1);
  g_autoptr (WillisSurface) lumen = willis_isosurface (scan, 220, NULL, NULL, NULL, NULL);
  g_autoptr (WillisTree) tree = make_tree ();
  g_autoptr (WillisAneurysm) aneurysm = make_aneurysm (lumen, NULL);
  g_autoptr (GArray) candidates = g_array_new (FALSE, TRUE, sizeof (WillisCandidate));

  for (int n = 0; n < 3; n++)
    {
      WillisCandidate candidate = { { 0, -3.9 + n, 1.2 }, 6.4 - n, 4.6, 0.93 - 0.2 * n, 0 };

      g_array_append_val (candidates, candidate);
    }
  willis_case_set_scan (c, scan, &study);
  willis_case_set_segmentation (c, s, "{\"modality\":\"CTA\",\"threshold\":210.0}");
  willis_case_set_surface (c, lumen, NULL);
  willis_case_set_tree (c, tree, NULL);
  willis_case_set_candidates (c, candidates, NULL);
  willis_case_add_aneurysm (c, aneurysm, "{\"neck\":\"found\",\"surface_sd_mm\":0.11}");
  return c;
}

/* Saves under this name; the text of the pages, or NULL where pdftotext is not there. */
static char *
save_and_read (const WillisCase *c, const WillisReportOptions *options, const char *name, int *n_pages)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (WillisReport) report = willis_report_new (c, options, &error);
  g_autofree char *tool = g_find_program_in_path ("pdftotext");
  const char *argv[] = { "pdftotext", "-layout", "-enc", "UTF-8", path, "-", NULL };
  char *text = NULL;

  g_assert_no_error (error);
  *n_pages = willis_report_n_pages (report);
  willis_report_save (report, path, &error);
  g_assert_no_error (error);
  if (tool == NULL)
    return NULL;
  g_assert_true (g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &text, NULL, NULL, &error));
  return text;
}

static int
count (const char *text, const char *what)
{
  int n = 0;

  for (const char *at = strstr (text, what); at != NULL; at = strstr (at + 1, what))
    n++;
  return n;
}

static void
assert_says (const char *text, const char *what)
{
  if (strstr (text, what) == NULL)
    g_error ("the report does not say \"%s\":\n%s", what, text);
}

static const WillisReportOptions english = { WILLIS_PAPER_A4, FALSE, "en", WILLIS_REPORT_ALL, NULL, 0, NULL };

static void
test_content (void)
{
  g_autoptr (WillisCase) c = make_case ();
  int n_pages = 0;
  g_autofree char *text = save_and_read (c, &english, "report.pdf", &n_pages), *last = NULL;

  g_assert_cmpint (n_pages, >=, 2);
  if (text == NULL)
    {
      g_test_skip ("pdftotext is not installed");
      return;
    }
  last = g_strdup_printf ("Page %d of %d", n_pages, n_pages);
  assert_says (text, last);
  assert_says (text, "W-7QK4M2XA");
  assert_says (text, "2024-03");
  assert_says (text, "64 years");
  assert_says (text, "Aneurysm 1: ICA, left");
  assert_says (text, "± 0.3 mm");
  assert_says (text, "131");
  assert_says (text, "not measurable: no parent artery");
  assert_says (text, "Slices 2.0 mm thick");
  assert_says (text, "circle of Willis was not recognised"); // of a single artery
  assert_says (text, "0.4 × 0.4 × 0.4 mm");
  assert_says (text, willis_case_digest (c, WILLIS_STAGE_SCAN));
  assert_says (text, "surface_sd_mm");
  for (int n = 0; n < WILLIS_N_INDICES; n++) // every index has its row; a long label may be on two lines
    {
      g_auto (GStrv) words = g_strsplit (willis_index_info (n)->label, " ", 2);

      assert_says (text, words[0]);
    }
  // the standing line, once a page
  g_assert_cmpint (count (text, "Not for clinical decisions"), ==, n_pages);
}

/* Risk scores stand in it once somebody has answered, item by item, in its language. */
static void
test_risk (void)
{
  g_autoptr (WillisCase) c = make_case ();
  WillisReportOptions chinese = english;
  WillisRiskInputs in = willis_case_risk_answers (c, 0);
  int n_pages = 0;
  g_autofree char *po = g_build_filename (g_getenv ("WILLIS_BUILD_DIR"), "po", NULL);
  g_autofree char *before = save_and_read (c, &english, "risk-none.pdf", &n_pages), *after = NULL, *translated = NULL;

  bindtextdomain (GETTEXT_PACKAGE, po);
  if (before == NULL)
    {
      g_test_skip ("pdftotext is not installed");
      return;
    }
  g_assert_null (strstr (before, "PHASES"));
  in.population = WILLIS_POPULATION_JAPAN;
  in.hypertension = WILLIS_ANSWER_YES;
  in.earlier_sah = WILLIS_ANSWER_NO;
  in.site = WILLIS_SITE_PCOM;
  in.mass_effect = TRUE;
  willis_case_set_risk_answers (c, 0, &in);
  after = save_and_read (c, &english, "risk.pdf", &n_pages);
  assert_says (after, "PHASES: ");
  assert_says (after, "% in 5 years (95");
  assert_says (after, "Hypertension: yes, +1 (asked)");
  assert_says (after, "Population: Japan, +3 (asked)");
  assert_says (after, "Site: PCom, +4 (asked)");
  assert_says (after, "Several aneurysms: ? (not answered)"); // UIATS lacks it and gives no number
  assert_says (after, "yes, +4 (picture)");                   // irregular: it has daughter sacs
  assert_says (after, "No score: inputs marked ? are missing.");
  assert_says (after, "Counts 0: Earlier subarachnoid haemorrhage from another aneurysm: no (asked);");
  assert_says (after, "sources disagree");
  assert_says (after, "Lancet Neurol 2014;13:59");
  g_free (after);
  in.age = 93; // an age that singles out a person stays out of a report without the name
  willis_case_set_risk_answers (c, 0, &in);
  after = save_and_read (c, &english, "risk-old.pdf", &n_pages);
  assert_says (after, "Age: 90 years or over, +1 (asked)");
  g_assert_null (strstr (after, "93 years"));
  chinese.language = "zh_CN";
  translated = save_and_read (c, &chinese, "risk-zh.pdf", &n_pages);
  assert_says (translated, "PHASES");
  g_assert_null (strstr (translated, "Hypertension"));
}

/* Nothing that names the person, anywhere in the file, unless asked for. */
static void
test_identity (void)
{
  g_autoptr (WillisCase) c = make_case ();
  WillisReportOptions identified = english;
  int n_pages = 0;
  g_autofree char *text = save_and_read (c, &english, "hidden.pdf", &n_pages), *named = NULL, *bytes = NULL;
  g_autofree char *path = g_build_filename (folder, "hidden.pdf", NULL);
  const char *secrets[] = { "Zhang", "P-77321", "1960", "1.2.840.99", "2024-03-05" };
  gsize size = 0;

  identified.identified = TRUE;
  named = save_and_read (c, &identified, "named.pdf", &n_pages);
  g_assert_true (g_file_get_contents (path, &bytes, &size, NULL));
  for (gsize n = 0; n < G_N_ELEMENTS (secrets); n++)
    {
      g_assert_null (g_strstr_len (bytes, (gssize) size, secrets[n])); // not in the metadata either
      if (text != NULL)
        g_assert_null (strstr (text, secrets[n]));
    }
  if (named != NULL)
    {
      assert_says (named, "Zhang San");
      assert_says (named, "P-77321");
      assert_says (named, "1960-02-01");
      assert_says (named, "2024-03-05");
    }
}

static void
test_same_bytes (void)
{
  g_autoptr (WillisCase) c = make_case ();
  g_autofree char *first = g_build_filename (folder, "1.pdf", NULL), *second = g_build_filename (folder, "2.pdf", NULL);
  g_autofree char *a = NULL, *b = NULL;
  gsize na = 0, nb = 0;
  int n_pages;

  g_free (save_and_read (c, &english, "1.pdf", &n_pages));
  g_usleep (1100000);
  g_free (save_and_read (c, &english, "2.pdf", &n_pages));
  g_assert_true (g_file_get_contents (first, &a, &na, NULL) && g_file_get_contents (second, &b, &nb, NULL));
  g_assert_cmpmem (a, na, b, nb);
}

static void
test_stale (void)
{
  g_autoptr (WillisCase) c = make_case ();
  g_autoptr (WillisSurface) other = willis_surface_new_copy ((double[]){ 0, 0, 0, 1, 0, 0, 0, 1, 0 }, 3,
                                                             (gint32[]){ 0, 1, 2 }, 1);
  int n_pages = 0;
  g_autofree char *fresh = save_and_read (c, &english, "fresh.pdf", &n_pages), *stale = NULL;

  willis_case_set_surface (c, other, NULL);
  stale = save_and_read (c, &english, "stale.pdf", &n_pages);
  if (stale == NULL)
    {
      g_test_skip ("pdftotext is not installed");
      return;
    }
  g_assert_null (strstr (fresh, "Not up to date"));
  assert_says (stale, "Not up to date");
}

/* What speaks against a sac stands under a title of its own before its numbers, in the report's language; and on that
 * sac's page alone. */
static void
test_sac_doubt (void)
{
  g_autoptr (WillisCase) c = make_case ();
  g_autoptr (WillisSurface) sac = sac_with_artery ();
  g_autoptr (WillisAneurysm) doubtful = make_aneurysm (willis_case_surface (c), sac);
  WillisReportOptions chinese = english;
  int n_pages = 0;
  g_autofree char *none = save_and_read (c, &english, "doubt-none.pdf", &n_pages), *text = NULL, *translated = NULL;
  g_autofree char *po = g_build_filename (g_getenv ("WILLIS_BUILD_DIR"), "po", NULL);
  const char *title, *numbers;

  bindtextdomain (GETTEXT_PACKAGE, po);
  g_assert_null (willis_aneurysm_doubt (willis_case_aneurysm (c, 0)));
  g_assert_nonnull (willis_aneurysm_doubt (doubtful));
  willis_case_add_aneurysm (c, doubtful, NULL);
  text = save_and_read (c, &english, "doubt.pdf", &n_pages);
  chinese.language = "zh_CN";
  translated = save_and_read (c, &chinese, "doubt-zh.pdf", &n_pages);
  if (text == NULL)
    {
      g_test_skip ("pdftotext is not installed");
      return;
    }
  g_assert_null (strstr (none, "These numbers are in doubt"));
  g_assert_cmpint (count (text, "These numbers are in doubt"), ==, 1);
  title = strstr (text, "These numbers are in doubt");
  g_assert_true (title > strstr (text, "Aneurysm 2"));
  numbers = strstr (title, "± 0.3 mm");
  assert_says (title, "An artery runs on in what the neck cuts off");
  g_assert_true (numbers > strstr (title, "An artery runs on"));
  assert_says (translated, "以下数值存疑");
  assert_says (translated, "瘤颈所切下的部分中还有动脉继续延伸");
}

/* A sac that the case of an older Willis holds twice is printed once, and the other is named. */
static void
test_sac_twice (void)
{
  g_autoptr (WillisCase) c = make_case ();
  g_autoptr (WillisSurface) sac = sac_with_artery ();
  g_autoptr (WillisAneurysm) second = make_aneurysm (willis_case_surface (c), sac);
  int n_pages = 0, n_pages_before;
  g_autofree char *text = NULL;

  willis_case_add_aneurysm (c, second, NULL);
  g_free (save_and_read (c, &english, "sacs.pdf", &n_pages_before));
  willis_case_add_aneurysm (c, second, NULL);
  text = save_and_read (c, &english, "sac-twice.pdf", &n_pages);
  g_assert_cmpint (n_pages, ==, n_pages_before);
  if (text == NULL)
    {
      g_test_skip ("pdftotext is not installed");
      return;
    }
  assert_says (text, "Aneurysm 2: ICA, left");
  g_assert_null (strstr (text, "Aneurysm 3: "));
  g_assert_cmpint (count (text, "Aneurysm 3 of the case is this sac measured another time"), ==, 1);
}

/* A case at any stage has a report. */
static void
test_stages (void)
{
  g_autoptr (WillisCase) whole = make_case ();
  g_autoptr (WillisCase) c = willis_case_new ();
  g_autoptr (WillisSurface) sac = sac_with_artery ();
  g_autoptr (WillisAneurysm) second = NULL;
  int n_pages = 0;
  g_autofree char *text = save_and_read (c, &english, "empty.pdf", &n_pages);

  if (text != NULL)
    assert_says (text, "No aneurysm was measured");
  willis_case_set_scan (c, willis_case_volume (whole), willis_case_study (whole));
  g_free (save_and_read (c, &english, "scan.pdf", &n_pages));
  g_assert_cmpint (n_pages, ==, 1);
  willis_case_add_aneurysm (c, willis_case_aneurysm (whole, 0), NULL); // with no surface, tree or segmentation
  g_free (save_and_read (c, &english, "odd.pdf", &n_pages));
  second = make_aneurysm (willis_case_surface (whole), sac);
  willis_case_add_aneurysm (whole, second, NULL);
  g_free (text);
  text = save_and_read (whole, &english, "two.pdf", &n_pages);
  if (text != NULL)
    assert_says (text, "Aneurysm 2: ICA, left");
}

static void
test_options (void)
{
  g_autoptr (WillisCase) c = make_case ();
  WillisReportOptions options = english;
  guint8 *rgba = g_malloc (64 * 48 * 4);
  WillisReportPicture pictures[3];
  int n_all = 0, n_few = 0;
  double width, height;
  g_autoptr (WillisReport) letter = NULL;

  for (int n = 0; n < 64 * 48 * 4; n++)
    rgba[n] = (guint8) (n * 5);
  for (int n = 0; n < 3; n++)
    pictures[n] = (WillisReportPicture){ "A caption", 64, 48, 64 * 4, rgba, NULL };
  options.pictures = pictures;
  options.n_pictures = 3;
  g_free (save_and_read (c, &options, "pictures.pdf", &n_all));
  options.sections = WILLIS_REPORT_SLICES;
  g_free (save_and_read (c, &options, "few.pdf", &n_few));
  g_assert_cmpint (n_few, <, n_all);
  options.paper = WILLIS_PAPER_LETTER;
  letter = willis_report_new (c, &options, NULL);
  willis_report_page_size (letter, &width, &height);
  g_assert_cmpfloat (width, ==, 612);
  g_assert_cmpfloat (height, ==, 792);
  g_free (rgba);
}

/* The page as the window shows it: there is ink in it, and not only at its top. */
static void
test_draw_page (void)
{
  g_autoptr (WillisCase) c = make_case ();
  g_autoptr (WillisReport) report = willis_report_new (c, &english, NULL);
  cairo_surface_t *image = cairo_image_surface_create (CAIRO_FORMAT_RGB24, 300, 424);
  cairo_t *cr = cairo_create (image);
  const guint8 *bytes = cairo_image_surface_get_data (image);
  int dark[2] = { 0, 0 };

  cairo_scale (cr, 300 / 595.276, 300 / 595.276);
  willis_report_draw_page (report, 0, cr);
  cairo_surface_flush (image);
  for (int y = 0; y < 424; y++)
    for (int x = 0; x < 300; x++)
      dark[y / 212] += bytes[y * cairo_image_surface_get_stride (image) + 4 * x + 1] < 100;
  g_assert_cmpint (dark[0], >, 500);
  g_assert_cmpint (dark[1], >, 5000); // the slices are dark
  cairo_destroy (cr);
  cairo_surface_destroy (image);
}

static void
test_unknown_language (void)
{
  g_autoptr (WillisCase) c = willis_case_new ();
  WillisReportOptions options = english;
  g_autoptr (GError) error = NULL;

  options.language = "tlh";
  g_assert_null (willis_report_new (c, &options, &error));
  g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_BAD_INPUT);
  g_clear_error (&error);
  options.language = "../../etc";
  g_assert_null (willis_report_new (c, &options, &error));
}

/* Chinese text comes out as Chinese text: glyphs, and characters to copy. */
static void
test_chinese (void)
{
  g_autoptr (WillisCase) c = make_case ();
  WillisReportOptions options = english;
  WillisStudy study;
  int n_pages = 0;
  g_autofree char *text = NULL;
  g_autofree char *po = g_build_filename (g_getenv ("WILLIS_BUILD_DIR"), "po", NULL);

  bindtextdomain (GETTEXT_PACKAGE, po);
  willis_study_copy (&study, willis_case_study (c));
  g_free (study.patient_name);
  study.patient_name = g_strdup ("张三丰");
  willis_case_set_study (c, &study);
  willis_study_clear (&study);
  options.language = "zh_CN";
  options.identified = TRUE;
  text = save_and_read (c, &options, "chinese.pdf", &n_pages);
  if (text == NULL)
    g_test_skip ("pdftotext is not installed");
  else
    assert_says (text, "张三丰");
}

/* Plans of a stent and of a shaped microcatheter, as an English program has kept them. */
static void
add_plans (WillisCase *c)
{
  const char *const notes[]
      = { "covers the origins of 2 branches",
          "whether it covers a branch of 2.2 mm, 5.0 mm before the neck, depends on how long it becomes",
          "too short: the proximal end stops 1.5 mm before the proximal edge of the neck",
          "covers the neck with 5.0 mm beyond it distally and 6.5 mm proximally",
          "lies on the wall all along",
          "coverage over the neck is only 21 %: the device is oversized here",
          "the metal cover is computed from an assumed braid; published are 30 to 35 %",
          NULL };
  const WillisStentPlanData stent = { .device = (char *) "pipeline-flex-3.50x20",
                                      .name = (char *) "Pipeline Flex 3.5 mm x 20 mm",
                                      .manufacturer = (char *) "Medtronic",
                                      .fit = (char *) "depends",
                                      .into = -1,
                                      .length_mm = 23.4,
                                      .length_lo_mm = 22.0,
                                      .length_hi_mm = 24.8,
                                      .neck_coverage = 0.27,
                                      .notes = (char **) notes };
  WillisCatheterPlanData catheter = { .device = (char *) "echelon-10",
                                      .name = (char *) "Echelon 10",
                                      .guide = (char *) "",
                                      .tip_form = (char *) "straight",
                                      .heat = (char *) "steam",
                                      .shaped = 1,
                                      .n_bends = 1,
                                      .heat_s = 30.0,
                                      .assumed = 1,
                                      .reachable = 1,
                                      .draws = 200,
                                      .kick_n = 0.02 };
  g_autoptr (WillisStentPlan) a = willis_stent_plan_new (&stent);
  g_autoptr (WillisCatheterPlan) b = willis_catheter_plan_new (&catheter);

  willis_case_set_stent_plan (c, a);
  willis_case_set_catheter_plan (c, b);
}

/* Coils or a device for the sac, as a program has kept them. */
static void
add_sac_plan (WillisCase *c, gboolean coils)
{
  const char *const of_coils[]
      = { "packing 18.3 % stays below 20 %",
          "with the uncertainty of the sac's volume it may be as low as 17.9 %",
          "framing coil of 6.0 mm for a smallest dimension of 5.8 mm",
          "the frame alone gives 14.5 %, 15 % are wanted",
          "a coil of 6.5 mm is wider than the sac's smallest dimension of 5.8 mm",
          "no one microcatheter takes all of these coils: they ask for bores of 0.53 to 0.43 mm",
          NULL };
  const char *const of_device[]
      = { "width 6.4 mm is within the chart's 5.5 to 6.5 mm", "neck 5.8 mm, the chart asks for 2.0 to 5.5 mm",
          "touches the sac over 62 % of its height only", "the sac is lower than half its width: not suited", NULL };
  WillisSacPlanDevice list[]
      = { { (char *) "ed-coil14-standard-6x20", (char *) "ED Coil14 Standard 6 mm x 20 cm", (char *) "Kaneka",
            (char *) "framing", 200, 19.9, 0.145 },
          { (char *) "ed-coil10-extrasoft-3x6", (char *) "ED Coil10 ExtraSoft 3 mm x 6 cm", (char *) "Kaneka",
            (char *) "finishing", 60, 5.2, 0.183 } },
      web = { (char *) "web-sl-7x5", (char *) "WEB SL 7 mm x 5 mm", (char *) "MicroVention", NULL, NAN, NAN, NAN };
  const WillisSacPlanData data = { .coils = coils,
                                   .devices = coils ? list : &web,
                                   .n_devices = coils ? 2 : 1,
                                   .fit = (char *) (coils ? "" : "depends"),
                                   .sac_volume_mm3 = 137,
                                   .sac_volume_sd_mm3 = 12,
                                   .packing = 0.183,
                                   .packing_sd = 0.016,
                                   .length_mm = 260,
                                   .wire_mm3 = 25.1,
                                   .contact = 0.62,
                                   .notes = (char **) (coils ? of_coils : of_device) };
  g_autoptr (WillisSacPlan) plan = willis_sac_plan_new (&data);

  willis_case_set_sac_plan (c, 0, plan);
}

/* Words of Latin letters (new set of new texts). */
static GHashTable *
latin_words (const char *text)
{
  GHashTable *out = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GRegex) word = g_regex_new ("[A-Za-z]{2,}", 0, 0, NULL);
  GMatchInfo *found = NULL;

  g_regex_match (word, text, 0, &found);
  for (; g_match_info_matches (found); g_match_info_next (found, NULL))
    g_hash_table_add (out, g_match_info_fetch (found, 0));
  g_match_info_free (found);
  return out;
}

/* What goes into the sac is printed with its numbers and, where the sac has changed, as out of date. */
static void
test_sac_plan (void)
{
  g_autoptr (WillisCase) c = make_case ();
  g_autoptr (WillisSurface) sac = sac_with_artery ();
  g_autoptr (WillisAneurysm) anew = make_aneurysm (willis_case_surface (c), sac);
  int n_pages = 0;
  g_autofree char *none = save_and_read (c, &english, "sac-none.pdf", &n_pages), *coils = NULL, *device = NULL,
                  *stale = NULL;

  if (none == NULL)
    {
      g_test_skip ("pdftotext is not installed");
      return;
    }
  g_assert_null (strstr (none, "in the plan"));
  add_sac_plan (c, TRUE);
  coils = save_and_read (c, &english, "sac-coils.pdf", &n_pages);
  assert_says (coils, "Coils in the plan");
  assert_says (coils, "18.3 ± 1.6 %");
  assert_says (coils, "25.1 mm³ of wire in a sac of 137 ± 12 mm³");
  assert_says (coils, "2, together 26 cm");
  assert_says (coils, "ED Coil14 Standard 6 mm x 20 cm (Kaneka)");
  assert_says (coils, "packing 18.3 % stays below 20 %");
  g_assert_null (strstr (coils, "choose again"));
  add_sac_plan (c, FALSE);
  device = save_and_read (c, &english, "sac-device.pdf", &n_pages);
  g_assert_null (strstr (device, "Coils in the plan"));
  assert_says (device, "WEB SL 7 mm x 5 mm (MicroVention)");
  assert_says (device, "over 62 % of its height");
  assert_says (device, "Depends");
  willis_case_replace_aneurysm (c, 0, anew, NULL);
  stale = save_and_read (c, &english, "sac-stale.pdf", &n_pages);
  assert_says (stale, "The arteries or the sac have changed since this was chosen: choose again.");
}

/* Of plans that were made in English nothing is left in English but the names of devices. */
static void
test_chinese_plans (gconstpointer coils)
{
  static const char *const names[] = { "Pipeline", "Flex",     "Medtronic", "Echelon", "mm",  "cm", "LPS",         "ED",
                                       "Coil",     "Standard", "ExtraSoft", "Kaneka",  "WEB", "SL", "MicroVention" };
  g_autoptr (WillisCase) c = make_case ();
  WillisReportOptions options = english;
  int n_pages = 0;
  g_autofree char *before = NULL, *text = NULL;
  g_autofree char *po = g_build_filename (g_getenv ("WILLIS_BUILD_DIR"), "po", NULL);
  g_autoptr (GHashTable) old = NULL, all = NULL;
  GHashTableIter each;
  gpointer word;

  bindtextdomain (GETTEXT_PACKAGE, po);
  options.language = "zh_CN";
  before = save_and_read (c, &options, "chinese-before.pdf", &n_pages);
  add_plans (c);
  add_sac_plan (c, GPOINTER_TO_INT (coils));
  text = save_and_read (c, &options, coils ? "chinese-coils.pdf" : "chinese-device.pdf", &n_pages);
  if (text == NULL)
    {
      g_test_skip ("pdftotext is not installed");
      return;
    }
  old = latin_words (before);
  all = latin_words (text);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    g_hash_table_add (old, g_strdup (names[i]));
  g_hash_table_iter_init (&each, all);
  while (g_hash_table_iter_next (&each, &word, NULL))
    if (!g_hash_table_contains (old, word))
      g_error ("the Chinese report says \"%s\":\n%s", (char *) word, text);
  assert_says (text, "Pipeline Flex");
  assert_says (text, "≈ 27 %");
  g_assert_null (strstr (text, "ICA left")); // nor of arteries, where places were found
  assert_says (text, "。瘤颈中心"); // a full stop of its own
}

int
main (int argc, char **argv)
{
  int status;
  const char *keep = g_getenv ("WILLIS_KEEP"); // a folder: leave the pages there to be looked at

  folder = keep != NULL ? g_strdup (keep) : g_dir_make_tmp ("willis-report-XXXXXX", NULL);
  g_setenv ("SOURCE_DATE_EPOCH", "1700000000", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/report/content", test_content);
  g_test_add_func ("/report/risk", test_risk);
  g_test_add_func ("/report/identity", test_identity);
  g_test_add_func ("/report/same-bytes", test_same_bytes);
  g_test_add_func ("/report/stale", test_stale);
  g_test_add_func ("/report/sac-doubt", test_sac_doubt);
  g_test_add_func ("/report/sac-twice", test_sac_twice);
  g_test_add_func ("/report/stages", test_stages);
  g_test_add_func ("/report/options", test_options);
  g_test_add_func ("/report/draw-page", test_draw_page);
  g_test_add_func ("/report/unknown-language", test_unknown_language);
  g_test_add_func ("/report/chinese", test_chinese);
  g_test_add_func ("/report/sac-plan", test_sac_plan);
  g_test_add_data_func ("/report/chinese-plans/coils", GINT_TO_POINTER (TRUE), test_chinese_plans);
  g_test_add_data_func ("/report/chinese-plans/device", GINT_TO_POINTER (FALSE), test_chinese_plans);
  status = g_test_run ();
  if (keep == NULL)
    {
      g_autofree char *remove = g_strdup_printf ("rm -rf '%s'", folder);

      if (system (remove) != 0)
        g_printerr ("%s stays\n", folder);
    }
  return status;
}
