/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>
#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/parallel.h"
#include "core/io/reader.h"
#include "core/io/volume-io.h"
#include "core/vessel/segmentation.h"
#include "tests/core/vessel/scene.h"

static const SceneTube tubes[] = {
  { { 8, 4, -5 }, { 14, 22, 40 }, 1.5 }, // beside the bone's plane
  { { 4, 25, -5 }, { 4, 12, 40 }, 0.8 },
};

static const Scene cta = { 80, 0.45, 40, 350, 1000, -1000, 0.45, 12, 17.0, tubes, 2 };

static WillisSegmentation *
run (WillisVolume *scan, const WillisSegmentParams *params, GError **error)
{
  return willis_segment (scan, params, NULL, error);
}

/* Overlap of artery label and truth. */
static double
dice (const WillisSegmentation *s, const Scene *scene)
{
  const guint8 *l = willis_volume_u8 (willis_segmentation_labels (s));
  double both = 0.0, sum = 0.0;

  for (int k = 0; k < scene->n; k++)
    for (int j = 0; j < scene->n; j++)
      for (int i = 0; i < scene->n; i++)
        {
          double p[3] = { i * scene->spacing, j * scene->spacing, k * scene->spacing };
          gboolean in = scene_depth (scene, p) >= 0.0, is = *l++ == WILLIS_LABEL_ARTERY;

          both += in && is;
          sum += in + is;
        }
  return 2.0 * both / sum;
}

/* A piece of a CT in which nothing is as dark as fat or air is still a CT: its bone is no artery. */
static void
test_without_air (void)
{
  Scene scene = cta;
  g_autoptr (WillisVolume) scan = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (WillisSegmentation) s = NULL;

  scene.air = scene.tissue;
  scan = scene_scan (&scene, WILLIS_SCALAR_I16);
  s = run (scan, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (willis_segmentation_modality (s), ==, WILLIS_MODALITY_CTA);
  g_assert_cmpfloat (dice (s, &scene), >, 0.92);
}

/* A vessel of 3 mm whose wall comes within 1.2 mm of bone, and one of 1.6 mm: at least 0.92 (half a voxel of error all
 * round would give 0.85 for the two). */
static void
test_beside_bone (void)
{
  g_autoptr (WillisVolume) scan = scene_scan (&cta, WILLIS_SCALAR_I16);
  g_autoptr (GError) error = NULL;
  g_autoptr (WillisSegmentation) s = run (scan, NULL, &error);
  const guint8 *l;
  gsize n_bone = 0, wrong = 0, v = 0;

  g_assert_no_error (error);
  g_assert_cmpint (willis_segmentation_modality (s), ==, WILLIS_MODALITY_CTA);
  g_assert_cmpfloat_with_epsilon (willis_segmentation_background (s), 40.0, 6.0);
  g_assert_cmpfloat_with_epsilon (willis_segmentation_threshold (s), 195.0, 10.0);
  g_assert_cmpint (willis_segmentation_components (s), ==, 2);
  g_assert_cmpfloat (dice (s, &cta), >, 0.92);
  l = willis_volume_u8 (willis_segmentation_labels (s));
  for (int k = 0; k < cta.n; k++)
    for (int j = 0; j < cta.n; j++)
      for (int i = 0; i < cta.n; i++, v++)
        if (i * cta.spacing > cta.bone_x && i * cta.spacing < cta.bone_x + 2.0)
          {
            n_bone += l[v] == WILLIS_LABEL_BONE;
            wrong += l[v] == WILLIS_LABEL_ARTERY;
          }
  g_assert_cmpuint (wrong, ==, 0);
  g_assert_cmpuint (n_bone, >, 80 * 80 * 3);
}

static void
test_no_contrast (void)
{
  Scene plain = cta;
  g_autoptr (WillisVolume) scan = NULL;
  g_autoptr (WillisSegmentation) s = NULL;
  g_autoptr (GError) error = NULL;

  plain.blood = 55.0;
  scan = scene_scan (&plain, WILLIS_SCALAR_I16);
  s = run (scan, NULL, &error);
  g_assert_null (s);
  g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, "no vessels"));
}

/* A scan of one value throughout. */
static void
test_flat (void)
{
  Scene plain = cta;
  g_autoptr (WillisVolume) scan = NULL;
  g_autoptr (WillisSegmentation) s = NULL;
  g_autoptr (GError) error = NULL;

  plain.blood = plain.bone = plain.air = plain.tissue;
  plain.noise = 0.0;
  scan = scene_scan (&plain, WILLIS_SCALAR_U8);
  s = run (scan, NULL, &error);
  g_assert_null (s);
  g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_FAILED);
}

static void
test_rotational (void)
{
  Scene xa = cta;
  g_autoptr (WillisVolume) scan = NULL;
  g_autoptr (WillisSegmentation) s = NULL;
  g_autoptr (GError) error = NULL;

  xa.tissue = 8;
  xa.blood = 220;
  xa.noise = 4;
  xa.bone_x = 1000; // none
  scan = scene_scan (&xa, WILLIS_SCALAR_U8);
  s = run (scan, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (willis_segmentation_modality (s), ==, WILLIS_MODALITY_3DRA);
  g_assert_cmpint (willis_segmentation_components (s), ==, 2);
  g_assert_cmpfloat (dice (s, &xa), >, 0.92);
}

static void
test_seed_and_threshold (void)
{
  g_autoptr (WillisVolume) scan = scene_scan (&cta, WILLIS_SCALAR_I16);
  g_autoptr (WillisSegmentation) one = NULL;
  g_autoptr (WillisSegmentation) low = NULL;
  g_autoptr (WillisSegmentation) high = NULL;
  g_autoptr (WillisSegmentation) bad = NULL;
  g_autoptr (GError) error = NULL;
  WillisSegmentParams params = WILLIS_SEGMENT_PARAMS_INIT;
  const double seed[3] = { -3.0 + 4.0, 5.0 + 18.5, 7.0 + 17.5 }; // on the thin tube

  params.seeds_lps_mm = seed;
  params.n_seeds = 1;
  one = run (scan, &params, &error);
  g_assert_no_error (error);
  g_assert_cmpint (willis_segmentation_components (one), ==, 1);
  params.n_seeds = 0;
  params.threshold = 150;
  low = run (scan, &params, &error);
  g_assert_no_error (error);
  params.threshold = 240;
  high = run (scan, &params, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (willis_segmentation_volume_mm3 (low), >, 1.1 * willis_segmentation_volume_mm3 (high));
  g_assert_cmpfloat_with_epsilon (willis_segmentation_threshold (high), 240.0, 1e-9);
  params.threshold = 2000;
  bad = run (scan, &params, &error);
  g_assert_null (bad);
  g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_BAD_INPUT);
}

static void
test_threads_and_cancel (void)
{
  g_autoptr (WillisVolume) scan = scene_scan (&cta, WILLIS_SCALAR_I16);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  WillisProgress progress = WILLIS_PROGRESS_INIT;
  g_autoptr (GError) error = NULL;
  g_autofree char *first = NULL;

  for (int threads = 1; threads <= 5; threads += 2)
    {
      g_autoptr (WillisSegmentation) s = NULL;

      willis_parallel_set_threads (threads);
      s = run (scan, NULL, NULL);
      if (first == NULL)
        first = g_strdup (willis_segmentation_digest (s));
      g_assert_cmpstr (first, ==, willis_segmentation_digest (s));
    }
  willis_parallel_set_threads (0);
  progress.cancellable = cancellable;
  g_cancellable_cancel (cancellable);
  g_assert_null (willis_segment (scan, NULL, &progress, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* A real CTA crop with the skull base in it: the arteries of the circle of Willis in one piece, no cortical bone. By
 * eye (slice, row, column): both carotids, basilar tip, both middle cerebrals, the anterior cerebrals, a posterior
 * cerebral where a vein touches it; not the dorsum sellae, nor that vein, nor the bone beside an anterior clinoid. The
 * MR angiography of the same head says the same. */
static void
test_real_crop (void)
{
  static const int inside[][3]
      = { { 0, 24, 16 }, { 0, 27, 74 }, { 16, 37, 21 }, { 18, 42, 10 }, { 18, 42, 85 }, { 8, 74, 67 }, { 7, 75, 69 } };
  static const int outside[][3]
      = { { 3, 40, 60 }, { 5, 44, 64 }, { 5, 41, 60 }, { 10, 75, 70 }, { 6, 25, 84 }, { 7, 24, 85 } };
  const char *data = g_getenv ("WILLIS_DATA"), *source = g_getenv ("WILLIS_SOURCE_DIR");
  g_autofree char *root = data != NULL     ? g_strdup (data)
                          : source != NULL ? g_build_filename (source, "..", "shared", "data", NULL)
                                           : g_strdup (".");
  g_autofree char *path = g_build_filename (root, "circle-of-willis", "cta.mha", NULL);
  const char *const paths[] = { path, NULL };
  g_autoptr (WillisVolume) scan = NULL;
  g_autoptr (WillisSegmentation) s = NULL;
  g_autoptr (GError) error = NULL;
  const guint8 *l;
  const int *d;
  gsize hot = 0;

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    {
      g_test_skip ("the shared data are not there");
      return;
    }
  scan = willis_volume_read (paths, NULL, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  s = run (scan, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (willis_segmentation_modality (s), ==, WILLIS_MODALITY_CTA);
  g_assert_cmpint (willis_segmentation_components (s), <=, 2);
  g_assert_cmpfloat (willis_segmentation_volume_mm3 (s), >, 900.0);
  g_assert_cmpfloat (willis_segmentation_volume_mm3 (s), <, 1050.0);
  l = willis_volume_u8 (willis_segmentation_labels (s));
  d = willis_volume_grid (scan)->dims;
  for (gsize n = 0; n < G_N_ELEMENTS (inside); n++)
    g_assert_cmpint (l[((gsize) inside[n][0] * d[1] + inside[n][1]) * d[0] + inside[n][2]], ==, WILLIS_LABEL_ARTERY);
  for (gsize n = 0; n < G_N_ELEMENTS (outside); n++)
    g_assert_cmpint (l[((gsize) outside[n][0] * d[1] + outside[n][1]) * d[0] + outside[n][2]], !=, WILLIS_LABEL_ARTERY);
  for (int k = 0; k < d[2]; k++)
    for (int j = 0; j < d[1]; j++)
      for (int i = 0; i < d[0]; i++)
        hot += l[((gsize) k * d[1] + j) * d[0] + i] == WILLIS_LABEL_ARTERY && willis_volume_get (scan, i, j, k) > 550.0;
  g_assert_cmpuint (hot, ==, 0);
}

/* A made CT of n x n x n voxels: its values without noise, in HU, and which of its parts a place is well inside of, -1
 * for none. */
typedef struct
{
  int n;
  double h, origin[3], noise; // mm, of the first voxel, HU
  guint32 seed;
  double (*hu) (double x, double y, double z, gconstpointer data);
  int (*part) (double x, double y, double z, gconstpointer data);
  gconstpointer data;
} MadeScan;

/* Voxels of the parts, and how many of them are labelled. */
typedef struct
{
  gsize in[3], artery[3], vein[3];
} Parts;

static Parts
segment_made (const MadeScan *c)
{
  const double *o = c->origin;
  WillisGrid grid = willis_grid_new ((const int[3]){ c->n, c->n, c->n }, (const double[3]){ c->h, c->h, c->h },
                                     (const double[3]){ 0, 0, 0 });
  g_autoptr (WillisVolume) scan = willis_volume_new (&grid, WILLIS_SCALAR_I16, NULL);
  g_autoptr (WillisSegmentation) found = NULL;
  g_autoptr (GError) error = NULL;
  gint16 *voxels = willis_volume_voxels_rw (scan);
  Parts parts = { { 0 }, { 0 }, { 0 } };
  gsize n = willis_grid_n_voxels (&grid), row = (gsize) c->n;
  const guint8 *l;
  WillisRng rng;

  willis_rng_init (&rng, c->seed, 1);
  for (gsize v = 0; v < n; v++)
    voxels[v] = (gint16) lrint (v < 2 * row * row // air, so that it is a CT
                                    ? -1000.0
                                    : c->hu (o[0] + c->h * (double) (v % row), o[1] + c->h * (double) (v / row % row),
                                             o[2] + c->h * (double) (v / (row * row)), c->data)
                                          + c->noise * willis_rng_normal (&rng));
  found = run (scan, NULL, &error);
  g_assert_no_error (error);
  l = willis_volume_u8 (willis_segmentation_labels (found));
  for (gsize v = 0; v < n; v++)
    {
      int part = c->part (o[0] + c->h * (double) (v % row), o[1] + c->h * (double) (v / row % row),
                          o[2] + c->h * (double) (v / (row * row)), c->data);

      if (part < 0)
        continue;
      parts.in[part]++;
      parts.artery[part] += l[v] == WILLIS_LABEL_ARTERY;
      parts.vein[part] += l[v] == WILLIS_LABEL_VEIN;
    }
  return parts;
}

/* An artery of 4 mm, a vein of 3.6 mm at half its brightness that leans on it, and a branch of 1 mm whose middle blur
 * dims nearly as much (0.4 mm: 0.54 of the contrast is left). The vein is told apart whole, the branch is not lost. In
 * noise the brightest voxel around is brighter than a vein is. */
typedef struct
{
  double brightness, contrast, noise; // of the vein, part of the artery's; HU
  gsize least_artery, least_branch;   // %
} VeinCase;

static const VeinCase clear_vein = { 0.5, 300.0, 3.0, 99, 90 }, noisy_vein = { 0.6, 300.0, 20.0, 97, 90 },
                      weak_vein = { 0.63, 214.0, 28.0, 95, 0 };

static double
vein_hu (double x, double y, double z, gconstpointer data)
{
  const VeinCase *c = data;
  const double blur = 0.4, s = blur * G_SQRT2, in_branch = hypot (y, z - 16);
  double thin
      = x < -3 ? (1.0 - exp (-0.5 * 0.25 / (blur * blur))) * exp (-0.5 * in_branch * in_branch / (blur * blur + 0.0625))
               : 0.0;
  double a = 0.5 * erfc ((hypot (x + 3, y) - 2.0) / s), b = 0.5 * erfc ((hypot (x - 0.9, y) - 1.8) / s);

  return 40.0 + c->contrast * MAX (MAX (a, thin), MIN (c->brightness * b, 1.0 - a));
}

/* Artery, vein, branch. */
static int
vein_part (double x, double y, double z, gconstpointer data)
{
  double artery = hypot (x + 3, y);

  if (z < 2.0 || z > 30.0)
    return -1;
  if (artery < 1.8)
    return 0;
  if (artery > 2.3 && hypot (x - 0.9, y) < 1.5)
    return 1;
  return x < -6 && x > -15 && hypot (y, z - 16) < 0.3 ? 2 : -1;
}

static void
test_vein (gconstpointer data)
{
  const VeinCase *c = data;
  Parts parts = segment_made (&(MadeScan){ 72, 0.45, { -16.2, -16.2, 0 }, c->noise, 5, vein_hu, vein_part, c });

  g_test_message ("artery %.3f, vein %.3f, branch %.3f found", (double) parts.artery[0] / (double) parts.in[0],
                  (double) parts.vein[1] / (double) parts.in[1], (double) parts.artery[2] / (double) parts.in[2]);
  g_assert_cmpuint (parts.artery[0] * 100, >=, parts.in[0] * c->least_artery);
  g_assert_cmpuint (parts.vein[1] * 100, >=, parts.in[1] * 95);
  g_assert_cmpuint (parts.artery[2] * 100, >=, parts.in[2] * c->least_branch);
}

/* A round tube of brightness 1 and this radius, blurred by a Gaussian, at a distance from its axis. */
static double
blurred_tube (double radius, double blur, double away)
{
  const double step = 0.1 * MIN (radius, blur);
  double sum = 0.0;

  for (double x = -radius + 0.5 * step; x < radius; x += step)
    {
      double half = sqrt (radius * radius - x * x) / (blur * G_SQRT2), from = (away - x) / blur;

      sum += erf (half) * exp (-0.5 * from * from) * step;
    }
  return sum / (blur * sqrt (2.0 * G_PI));
}

/* Three tubes apart from each other. */
typedef struct
{
  double radius[3], brightness[3], blur, contrast;
} ThinCase;

static const ThinCase thin_vein = { { 2.0, 0.55, 0.9 }, { 1.0, 1.0, 0.45 }, 0.36, 260.0 },
                      sharp_thin = { { 2.0, 0.5, 0.5 }, { 1.0, 1.0, 1.0 }, 0.24, 320.0 };

/* From the axis of tube t. */
static double
thin_away (int t, double x, double y, double z)
{
  return hypot (x - 10.0 * (t + 1), y - 20.0 - 0.1 * z);
}

static double
thin_hu (double x, double y, double z, gconstpointer data)
{
  const ThinCase *c = data;
  double hu = 40.0;

  for (int t = 0; t < 3; t++)
    hu += c->contrast * c->brightness[t] * blurred_tube (c->radius[t], c->blur, thin_away (t, x, y, z));
  return hu;
}

static int
thin_part (double x, double y, double z, gconstpointer data)
{
  for (int t = 0; t < 3; t++)
    if (z > 4.0 && z < 40.2 && thin_away (t, x, y, z) < 0.4)
      return t;
  return -1;
}

/* Coarse voxels, an artery of 4 mm, and apart from it an artery of 1.1 mm and a vein of 1.8 mm that the blur leaves
 * about as bright: the width tells them apart, though half of what is left of the vein lies below what stands out. */
static void
test_thin_vein (void)
{
  Parts parts = segment_made (&(MadeScan){ 60, 0.7, { 0 }, 15.0, 7, thin_hu, thin_part, &thin_vein });

  for (int t = 0; t < 3; t++)
    g_test_message ("tube %d: %.3f of it is artery", t, (double) parts.artery[t] / (double) parts.in[t]);
  g_assert_cmpuint (parts.artery[0] * 100, >=, parts.in[0] * 97);
  g_assert_cmpuint (parts.artery[1] * 100, >=, parts.in[1] * 90);
  g_assert_cmpuint (parts.artery[2], ==, 0);
}

/* In a sharp scan the voxels along the middle of an artery of 1 mm, half a voxel off it, lie on steep slopes. */
static void
test_sharp_thin (void)
{
  Parts parts = segment_made (&(MadeScan){ 105, 0.4, { 0 }, 16.0, 7, thin_hu, thin_part, &sharp_thin });

  for (int t = 0; t < 3; t++)
    {
      g_test_message ("tube %d: %.3f of it is artery", t, (double) parts.artery[t] / (double) parts.in[t]);
      g_assert_cmpuint (parts.artery[t] * 100, >=, parts.in[t] * 93);
    }
}

typedef struct
{
  double value; // HU, without blur
  gboolean artery;
} Limb;

static const Limb bone_limb = { 470.0, FALSE }, artery_limb = { 390.0, TRUE };

static double
limb_hu (double x, double y, double z, gconstpointer data)
{
  const Limb *c = data;
  const double blur = 0.35, s = blur * G_SQRT2, radius = 1.0, gap = 0.3, deep = y - radius - gap;
  double blood = 0.5 * erfc ((hypot (x, y) - 2.0) / s), limb = blurred_tube (radius, blur, hypot (y, z));
  double bone = 0.125 * erfc (-deep / s) * erfc ((deep - 4.0) / s) * erfc ((4.0 - x) / s);

  limb *= (1.0 - blood) * 0.25 * erfc (-x / s) * erfc ((x - 16.0) / s);
  return 40.0 + 350.0 * blood + (c->value - 40.0) * limb + 960.0 * bone;
}

static int
limb_part (double x, double y, double z, gconstpointer data)
{
  return x > 5.0 && x < 15.0 && hypot (y, z) < 0.5 ? 0 : -1;
}

/* An artery of 4 mm, and what is 2 mm thick, hangs on it and runs along bone, 0.3 mm from it: an artery as bright as
 * the other, which blur dims, or bone that is somewhat brighter. */
static void
test_limb (gconstpointer data)
{
  const Limb *c = data;
  Parts parts = segment_made (&(MadeScan){ 72, 0.45, { -8, -16, -16 }, 12.0, 11, limb_hu, limb_part, c });

  g_test_message ("%g HU: %.3f of it is artery", c->value, (double) parts.artery[0] / (double) parts.in[0]);
  if (c->artery)
    g_assert_cmpuint (parts.artery[0] * 100, >=, parts.in[0] * 98);
  else
    g_assert_cmpuint (parts.artery[0], ==, 0);
}

typedef struct
{
  double gap, spacing, noise; // mm, mm, HU
  gboolean sac;
} Canal;

static const Canal canal = { 0.6, 0.45, 12.0, FALSE }, canal_sac = { 0.6, 0.7, 27.0, TRUE },
                   spongy_bone = { 0.0, 0.45, 12.0, FALSE };

/* How far a point is out of the blood in the bone: a tube, and a sac of 5 mm on it. */
static double
canal_distance (const Canal *c, double x, double y, double z)
{
  double tube = hypot (x - 23, y - 16) - 1.6, sac = hypot (hypot (x - 23, y - 19.6), z - 23) - 2.5;

  return c->sac ? MIN (tube, sac) : tube;
}

static double
canal_hu (double x, double y, double z, gconstpointer data)
{
  const Canal *c = data;
  const double s = 0.3 * G_SQRT2, near = canal_distance (c, x, y, z);
  double blood = 0.5 * erfc ((hypot (x - 6, y - 16) - 1.8) / s) + 0.25 * erfc (near / s) * erfc ((5.0 - z) / s);
  double bone = 0.5 * erfc ((14.0 - x) / s) * 0.25 * erfc ((c->gap - near) / s) * erfc ((14.0 - z) / s);

  return 40.0 + 380.0 * blood + 960.0 * bone;
}

static int
canal_part (double x, double y, double z, gconstpointer data)
{
  const Canal *c = data;

  return z > 6.0 && z < 32.4 - 2.5 * c->spacing && canal_distance (c, x, y, z) < -0.2 ? 0 : -1;
}

/* A block of bone with blood in it that comes out at one end, and an artery of 3.6 mm beside it. With 0.6 mm about the
 * blood that is no bone, its wall and the canal's lining, it is an artery; without, spongy bone that is as bright. */
static void
test_canal (gconstpointer data)
{
  const Canal *c = data;
  Parts parts = segment_made (
      &(MadeScan){ (int) (32.4 / c->spacing), c->spacing, { 0 }, c->noise, 3, canal_hu, canal_part, c });

  g_test_message ("%.1f mm about the blood: %.3f of it is artery", c->gap,
                  (double) parts.artery[0] / (double) parts.in[0]);
  if (c->gap > 0.0)
    g_assert_cmpuint (parts.artery[0] * 100, >=, parts.in[0] * 98);
  else
    g_assert_cmpuint (parts.artery[0], ==, 0);
}

int
main (int argc, char **argv)
{
  int status;

  if (willis_reader_main (argc, argv, &status))
    return status;
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/segmentation/without-air", test_without_air);
  g_test_add_func ("/segmentation/beside-bone", test_beside_bone);
  g_test_add_func ("/segmentation/no-contrast", test_no_contrast);
  g_test_add_data_func ("/segmentation/vein", &clear_vein, test_vein);
  g_test_add_data_func ("/segmentation/vein-in-noise", &noisy_vein, test_vein);
  g_test_add_data_func ("/segmentation/vein-weak", &weak_vein, test_vein);
  g_test_add_func ("/segmentation/thin-vein", test_thin_vein);
  g_test_add_func ("/segmentation/sharp-thin", test_sharp_thin);
  g_test_add_data_func ("/segmentation/bone-limb", &bone_limb, test_limb);
  g_test_add_data_func ("/segmentation/artery-limb", &artery_limb, test_limb);
  g_test_add_data_func ("/segmentation/canal", &canal, test_canal);
  g_test_add_data_func ("/segmentation/canal-sac", &canal_sac, test_canal);
  g_test_add_data_func ("/segmentation/spongy-bone", &spongy_bone, test_canal);
  g_test_add_func ("/segmentation/flat", test_flat);
  g_test_add_func ("/segmentation/rotational", test_rotational);
  g_test_add_func ("/segmentation/seed-and-threshold", test_seed_and_threshold);
  g_test_add_func ("/segmentation/threads-and-cancel", test_threads_and_cancel);
  g_test_add_func ("/segmentation/real-crop", test_real_crop);
  return g_test_run ();
}
