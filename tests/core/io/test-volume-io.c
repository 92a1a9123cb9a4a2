/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include <glib/gstdio.h>

#include "core/base/error.h"
#include "core/io/reader.h"
#include "core/io/volume-io.h"

static char *folder;

/* An oblique grid, so that no swap or flip of axes goes unseen. */
static WillisGrid
oblique_grid (void)
{
  const int dims[3] = { 31, 23, 17 };
  const double spacing[3] = { 0.4375, 0.512345, 0.7 }, origin[3] = { -81.25, 33.125, -204.0625 };
  WillisGrid g = willis_grid_new (dims, spacing, origin);
  double c = cos (0.4), s = sin (0.4), c2 = cos (-0.7), s2 = sin (-0.7);
  const double turned[9] = { c, -s * c2, s * s2, s, c * c2, -c * s2, 0, s2, c2 };

  memcpy (g.direction, turned, sizeof turned);
  return g;
}

static WillisVolume *
made_volume (WillisScalar scalar)
{
  WillisGrid g = oblique_grid ();
  WillisVolume *v = willis_volume_new (&g, scalar, NULL);
  guint8 *u8 = willis_volume_voxels_rw (v);

  for (gsize n = 0; n < willis_grid_n_voxels (&g); n++)
    {
      int value = (int) ((n * 2654435761u) >> 7 & 0xFFF) - 1024;

      if (scalar == WILLIS_SCALAR_U8)
        u8[n] = (guint8) value;
      else if (scalar == WILLIS_SCALAR_I16)
        ((gint16 *) (gpointer) u8)[n] = (gint16) value;
      else
        ((float *) (gpointer) u8)[n] = (float) value + 0.25f;
    }
  return v;
}

static WillisVolume *
read_one (const char *path, WillisSeries **series)
{
  const char *paths[] = { path, NULL };
  g_autoptr (GError) error = NULL;
  WillisVolume *v = willis_volume_read (paths, NULL, NULL, NULL, series, &error);

  g_assert_no_error (error);
  g_assert_nonnull (v);
  return v;
}

/* The same scan in every format lies at the same points to 1e-3 mm and holds the same values. */
static void
test_formats (void)
{
  static const char *const names[]
      = { "a.nii", "b.nii.gz", "c.nrrd", "d.mha", "e.tif", "f.h5", "\344\270\255\346\226\207 \303\274.nii.gz" };

  for (int scalar = WILLIS_SCALAR_U8; scalar <= WILLIS_SCALAR_F32; scalar++)
    for (gsize n = 0; n < G_N_ELEMENTS (names); n++)
      {
        g_autofree char *path = g_build_filename (folder, names[n], NULL);
        g_autoptr (WillisVolume) out = made_volume ((WillisScalar) scalar);
        g_autoptr (WillisVolume) in = NULL;
        g_autoptr (WillisSeries) series = NULL;
        g_autoptr (GError) error = NULL;
        const WillisGrid *a = willis_volume_grid (out), *b;

        g_assert_true (willis_volume_write (out, path, NULL, &error));
        g_assert_no_error (error);
        in = read_one (path, &series);
        b = willis_volume_grid (in);
        g_assert_cmpint (willis_volume_scalar (in), ==, scalar);
        g_assert_cmpmem (a->dims, sizeof a->dims, b->dims, sizeof b->dims);
        g_assert_cmpmem (willis_volume_voxels (out), willis_grid_n_voxels (a) * willis_scalar_size ((WillisScalar) scalar),
                         willis_volume_voxels (in), willis_grid_n_voxels (b) * willis_scalar_size ((WillisScalar) scalar));
        for (int corner = 0; corner < 8; corner++)
          {
            double ijk[3], p[3], q[3];

            for (int c = 0; c < 3; c++)
              ijk[c] = corner >> c & 1 ? a->dims[c] - 1 : 0;
            willis_grid_ijk_to_lps (a, ijk, p);
            willis_grid_ijk_to_lps (b, ijk, q);
            for (int c = 0; c < 3; c++)
              g_assert_cmpfloat_with_epsilon (p[c], q[c], 1e-3);
          }
        g_assert_cmpuint (g_strv_length (series->warnings), ==, 0);
        g_unlink (path);
      }
}

/* One millimetre along all axes may be what a writer put that did not know: every format says so, and takes what is given. */
static void
test_stand_in (void)
{
  static const char *const names[] = { "a.nii", "b.nii.gz", "c.nrrd", "d.mha", "e.tif", "f.h5" };
  g_autoptr (WillisVolume) made = made_volume (WILLIS_SCALAR_I16);
  WillisGrid grid = *willis_volume_grid (made);
  gsize size = willis_grid_n_voxels (&grid) * sizeof (gint16);
  g_autoptr (WillisVolume) one = NULL;

  for (int a = 0; a < 3; a++)
    grid.spacing_mm[a] = 1;
  one = willis_volume_new_take (&grid, WILLIS_SCALAR_I16, g_memdup2 (willis_volume_voxels (made), size), g_free, NULL);
  for (gsize n = 0; n < G_N_ELEMENTS (names); n++)
    {
      g_autofree char *path = g_build_filename (folder, names[n], NULL);
      const char *paths[] = { path, NULL };
      const WillisReadOptions given = { { 0.25, 0.25, 0.5 }, FALSE };
      g_autoptr (WillisSeries) series = NULL, again = NULL;
      g_autoptr (WillisVolume) in = NULL, scaled = NULL;
      g_autoptr (GError) error = NULL;

      g_assert_true (willis_volume_write (one, path, NULL, &error));
      in = read_one (path, &series);
      g_assert_cmpuint (g_strv_length (series->warnings), ==, 1);
      g_assert_nonnull (strstr (series->warnings[0], "1 x 1 x 1 mm"));
      scaled = willis_volume_read (paths, NULL, &given, NULL, &again, &error);
      g_assert_no_error (error);
      g_assert_cmpfloat_with_epsilon (willis_volume_grid (scaled)->spacing_mm[0], 0.25, 1e-6);
      g_assert_cmpfloat_with_epsilon (willis_volume_grid (scaled)->spacing_mm[2], 0.5, 1e-6);
      g_assert_cmpuint (g_strv_length (again->warnings), ==, 0);
      g_unlink (path);
    }
}

/* A file of pages that ends early is refused: fewer slices would look like a whole scan. */
static void
test_short_tiff (void)
{
  g_autoptr (WillisVolume) made = made_volume (WILLIS_SCALAR_I16);
  g_autofree char *path = g_build_filename (folder, "short.tif", NULL);
  const char *paths[] = { path, NULL };
  g_autofree char *bytes = NULL;
  gsize size;

  g_assert_true (willis_volume_write (made, path, NULL, NULL));
  g_assert_true (g_file_get_contents (path, &bytes, &size, NULL));
  for (gsize keep = size / 10; keep <= size / 10 * 9; keep += size / 10)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (WillisVolume) in = NULL;

      g_assert_true (g_file_set_contents (path, bytes, (gssize) keep, NULL));
      in = willis_volume_read (paths, NULL, NULL, NULL, NULL, &error);
      g_assert_null (in);
      g_assert_nonnull (error);
    }
  g_unlink (path);
}

/* A chain of formats does not drift: the eighth copy is where the first was. */
static void
test_chain (void)
{
  static const char *const names[] = { "a.nii.gz", "a.nrrd", "a.tif", "a.nii", "a.h5", "a.mha", "b.nii", "b.nrrd" };
  g_autoptr (WillisVolume) v = made_volume (WILLIS_SCALAR_I16);
  WillisGrid first = *willis_volume_grid (v);
  double end[3] = { first.dims[0] - 1, first.dims[1] - 1, first.dims[2] - 1 }, p[3], q[3];

  for (gsize n = 0; n < G_N_ELEMENTS (names); n++)
    {
      g_autofree char *path = g_build_filename (folder, names[n], NULL);
      WillisVolume *next;

      g_assert_true (willis_volume_write (v, path, NULL, NULL));
      next = read_one (path, NULL);
      willis_volume_unref (v);
      v = next;
      g_unlink (path);
    }
  willis_grid_ijk_to_lps (&first, end, p);
  willis_grid_ijk_to_lps (willis_volume_grid (v), end, q);
  for (int c = 0; c < 3; c++)
    g_assert_cmpfloat_with_epsilon (p[c], q[c], 1e-3);
}

/* Writes text (and zeros behind it) as a file. */
static char *
make_file (const char *name, const char *text, gsize n_zeros)
{
  char *path = g_build_filename (folder, name, NULL);
  gsize n = strlen (text);
  g_autofree char *bytes = g_malloc0 (n + n_zeros + 1);

  memcpy (bytes, text, n);
  g_assert_true (g_file_set_contents (path, bytes, (gssize) (n + n_zeros), NULL));
  return path;
}

static void
refuse (const char *path, const WillisReadOptions *options, const char *word)
{
  const char *paths[] = { path, NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (WillisVolume) v = willis_volume_read (paths, NULL, options, NULL, NULL, &error);

  g_assert_null (v);
  g_assert_nonnull (error);
  if (strstr (error->message, word) == NULL)
    g_error ("%s: the reason \"%s\" does not speak of \"%s\"", path, error->message, word);
}

/* Left-handed NRRD in RAS: points hold, the grid is right-handed, the slices are turned around. */
static void
test_left_handed (void)
{
  g_autofree char *path = make_file ("left.nrrd",
                                     "NRRD0004\ntype: uchar\ndimension: 3\nspace: right-anterior-superior\n"
                                     "sizes: 2 2 3\nspace directions: (0.5,0,0) (0,0.5,0) (0,0,-2)\n"
                                     "kinds: domain domain domain\nencoding: ascii\nspace origin: (1,2,3)\n\n"
                                     "0 1 2 3 10 11 12 13 20 21 22 23\n",
                                     0);
  g_autoptr (WillisVolume) v = read_one (path, NULL);
  const WillisGrid *g = willis_volume_grid (v);
  double p[3], ijk[3];

  g_assert_true (willis_grid_check (g, NULL));
  for (int k = 0; k < 3; k++)
    for (int j = 0; j < 2; j++)
      for (int i = 0; i < 2; i++)
        {
          // RAS (1 + i/2, 2 + j/2, 3 - 2k) in LPS
          p[0] = -(1 + 0.5 * i);
          p[1] = -(2 + 0.5 * j);
          p[2] = 3 - 2.0 * k;
          willis_grid_lps_to_ijk (g, p, ijk);
          g_assert_cmpfloat_with_epsilon (willis_volume_sample (v, ijk), 10 * k + 2 * j + i, 1e-9);
        }
}

/* A detached header, its voxels big endian behind 5 bytes to skip. */
static void
test_detached (void)
{
  g_autofree char *header = make_file ("apart.nhdr",
                                       "NRRD0004\ntype: int16\ndimension: 3\nsizes: 2 1 1\nspacings: 1 1 1\nendian: big\n"
                                       "encoding: raw\nbyte skip: 5\ndata file: apart.raw\n\n",
                                       0);
  g_autofree char *raw = g_build_filename (folder, "apart.raw", NULL);
  g_autoptr (WillisVolume) v = NULL;

  g_assert_true (g_file_set_contents (raw, "skip.\x01\x02\xff\xfe", 9, NULL));
  v = read_one (header, NULL);
  g_assert_cmpfloat (willis_volume_get (v, 0, 0, 0), ==, 258);
  g_assert_cmpfloat (willis_volume_get (v, 1, 0, 0), ==, -2);
}

static void
test_not_finite (void)
{
  g_autofree char *path = make_file ("nan.nrrd",
                                     "NRRD0004\ntype: float\ndimension: 3\nsizes: 2 2 1\nspacings: 1 1 1\nencoding: ascii\n\n"
                                     "nan 1.5 inf -2.5\n",
                                     0);
  g_autoptr (WillisSeries) series = NULL;
  g_autoptr (WillisVolume) v = read_one (path, &series);

  g_assert_cmpfloat (willis_volume_get (v, 0, 0, 0), ==, -2.5);
  g_assert_cmpfloat (willis_volume_get (v, 0, 1, 0), ==, -2.5);
  g_assert_cmpfloat (willis_volume_get (v, 1, 0, 0), ==, 1.5);
  g_assert_nonnull (strstr (series->warnings[g_strv_length (series->warnings) - 1], "2 voxels"));
}

/* Hounsfield units without their rescale: air, brain and bone 1024 higher. They come without the 1024, and it is said.
 */
static void
test_hounsfield (void)
{
  GString *text
      = g_string_new ("NRRD0004\ntype: short\ndimension: 3\nsizes: 10 10 10\nspacings: 1 1 2\nencoding: ascii\n\n");
  g_autofree char *path = NULL;
  g_autoptr (WillisSeries) series = NULL;
  g_autoptr (WillisVolume) v = NULL;

  for (int n = 0; n < 1000; n++)
    g_string_append_printf (text, "%d ", 1024 + (n < 100 ? -1000 : n < 200 ? 900 : 20 + n % 40));
  path = make_file ("shifted.nrrd", text->str, 0);
  v = read_one (path, &series);
  g_assert_cmpfloat (willis_volume_get (v, 0, 0, 0), ==, -1000);
  g_assert_cmpfloat (willis_volume_get (v, 0, 0, 1), ==, 900);
  g_assert_nonnull (strstr (series->warnings[g_strv_length (series->warnings) - 1], "1024 was taken off"));
  g_assert_cmpfloat (series->range[0], ==, -1000);
  g_string_free (text, TRUE);
}

static void
test_refusals (void)
{
  static const struct
  {
    const char *name, *text;
    gsize zeros;
    const char *word;
  } cases[] = {
    { "short.nrrd", "NRRD0004\ntype: short\ndimension: 3\nsizes: 9 9 9\nspacings: 1 1 1\nendian: little\nencoding: raw\n\n",
      100, "truncated" },
    { "huge.nrrd",
      "NRRD0004\ntype: short\ndimension: 3\nsizes: 60000 60000 60000\nspacings: 1 1 1\nendian: little\nencoding: raw\n\n",
      100, "voxels" },
    { "zero.nrrd", "NRRD0004\ntype: short\ndimension: 3\nsizes: 9 9 9\nspacings: 0 1 1\nendian: little\nencoding: raw\n\n",
      2000, "spacing" },
    { "nosize.nrrd", "NRRD0004\ntype: short\ndimension: 3\nencoding: raw\n\n", 100, "lacks" },
    { "colour.nrrd",
      "NRRD0004\ntype: uchar\ndimension: 4\nsizes: 3 4 4 4\nkinds: RGB-color domain domain domain\nencoding: raw\n\n", 192,
      "3 values" },
    { "gone.nhdr",
      "NRRD0004\ntype: uchar\ndimension: 3\nsizes: 4 4 4\nspacings: 1 1 1\nencoding: raw\ndata file: gone.raw\n\n", 0,
      "gone.raw" },
    { "short.mha",
      "ObjectType = Image\nNDims = 3\nDimSize = 8 8 8\nElementType = MET_SHORT\nElementSpacing = 1 1 1\n"
      "ElementDataFile = LOCAL\n",
      1000, "truncated" },
    { "zero.mha",
      "ObjectType = Image\nNDims = 3\nDimSize = 8 8 8\nElementType = MET_SHORT\nElementSpacing = 1 1 0\n"
      "ElementDataFile = LOCAL\n",
      1024, "spacing" },
    { "negative.mha",
      "ObjectType = Image\nNDims = 3\nDimSize = 8 -8 8\nElementType = MET_SHORT\nElementDataFile = LOCAL\n", 1024, "sizes" },
    { "flat.mha",
      "ObjectType = Image\nNDims = 3\nDimSize = 4 4 4\nElementType = MET_UCHAR\nElementSpacing = 1 1 1\n"
      "TransformMatrix = 1 0 0 0 1 0 0 1 0\nElementDataFile = LOCAL\n",
      64, "plane" },
    { "skew.mha",
      "ObjectType = Image\nNDims = 3\nDimSize = 4 4 4\nElementType = MET_UCHAR\nElementSpacing = 1 1 1\n"
      "TransformMatrix = 1 0 0 0.6 0.8 0 0 0 1\nElementDataFile = LOCAL\n",
      64, "right angles" },
    { "text.nii", "this is no image", 400, "not a scan" },
    { "empty.nii", "", 0, "empty" },
  };

  for (gsize n = 0; n < G_N_ELEMENTS (cases); n++)
    {
      g_autofree char *path = make_file (cases[n].name, cases[n].text, cases[n].zeros);

      refuse (path, NULL, cases[n].word);
      refuse (path, NULL, cases[n].name);
    }
}

/* A sheared MetaImage is straightened: a linear function stays what it is. */
static void
test_sheared (void)
{
  GString *text = g_string_new ("ObjectType = Image\nNDims = 3\nDimSize = 12 12 9\nElementType = MET_FLOAT\n"
                                "ElementSpacing = 1 1 1.1180339887498949\nBinaryData = False\n"
                                "TransformMatrix = 1 0 0 0 1 0 0 0.44721359549995793 0.89442719099991586\n"
                                "Offset = 5 6 7\nElementDataFile = LOCAL\n");
  g_autoptr (WillisSeries) series = NULL;
  g_autoptr (WillisVolume) v = NULL;
  g_autofree char *path = NULL;
  const WillisGrid *g;
  int n = 0;

  for (int k = 0; k < 9; k++)
    for (int j = 0; j < 12; j++)
      for (int i = 0; i < 12; i++)
        {
          char number[G_ASCII_DTOSTR_BUF_SIZE];

          g_string_append_printf (text, "%s ",
                                  g_ascii_dtostr (number, sizeof number, 3.0 * (5 + i) - 2 * (6 + j + 0.5 * k) + (7 + k)));
        }
  path = make_file ("sheared.mha", text->str, 0);
  g_string_free (text, TRUE);
  v = read_one (path, &series);
  g = willis_volume_grid (v);
  g_assert_cmpint (g->dims[1], ==, 16);
  g_assert_nonnull (strstr (series->warnings[0], "26.6 degrees"));
  for (int k = 0; k < g->dims[2]; k++)
    for (int j = 0; j < g->dims[1]; j++)
      for (int i = 1; i < g->dims[0] - 1; i++)
        {
          double ijk[3] = { i, j, k }, p[3], row;

          willis_grid_ijk_to_lps (g, ijk, p);
          row = p[1] - 6 - 0.5 * (p[2] - 7);
          if (row < 1 || row > 10)
            continue;
          g_assert_cmpfloat_with_epsilon (willis_volume_get (v, i, j, k), 3 * p[0] - 2 * p[1] + p[2], 1e-4);
          n++;
        }
  g_assert_cmpint (n, >, 700);
}

/* TIFF without a spacing: asked for, then taken. */
static void
test_tiff_spacing (void)
{
  // a 2 x 2 picture of 8 bits, little endian
  static const guint8 tiff[] = {
    'I', 'I', 42, 0, 8, 0, 0, 0, 8, 0, 0, 1, 3, 0, 1, 0, 0, 0, 2, 0, 0, 0, 1, 1, 3, 0, 1, 0, 0, 0, 2, 0, 0, 0,
    2, 1, 3, 0, 1, 0, 0, 0, 8, 0, 0, 0, 3, 1, 3, 0, 1, 0, 0, 0, 1, 0, 0, 0, 6, 1, 3, 0, 1, 0, 0, 0, 1, 0, 0, 0,
    17, 1, 4, 0, 1, 0, 0, 0, 110, 0, 0, 0, 22, 1, 3, 0, 1, 0, 0, 0, 2, 0, 0, 0, 23, 1, 4, 0, 1, 0, 0, 0, 4, 0, 0, 0,
    0, 0, 0, 0, 7, 8, 9, 10,
  };
  g_autofree char *stack = g_build_filename (folder, "pages", NULL);
  const char *paths[] = { stack, NULL };
  WillisReadOptions options = { { 0.5, 0.25, 2 }, FALSE };
  g_autoptr (WillisVolume) v = NULL;
  g_autoptr (GError) error = NULL;

  g_mkdir (stack, 0700);
  for (int n = 8; n < 12; n++) // 8, 9, 10, 11: by number, not by letters
    {
      g_autofree char *name = g_strdup_printf ("page%d.tif", n);
      g_autofree char *path = g_build_filename (stack, name, NULL);
      guint8 copy[sizeof tiff];

      memcpy (copy, tiff, sizeof tiff);
      copy[sizeof tiff - 4] = (guint8) n;
      g_assert_true (g_file_set_contents (path, (const char *) copy, sizeof copy, NULL));
    }
  refuse (stack, NULL, "--spacing");
  v = willis_volume_read (paths, NULL, &options, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (willis_volume_grid (v)->dims[2], ==, 4);
  g_assert_cmpfloat (willis_volume_grid (v)->spacing_mm[1], ==, 0.25);
  for (int k = 0; k < 4; k++)
    g_assert_cmpfloat (willis_volume_get (v, 0, 0, k), ==, 8 + k);
  g_assert_cmpfloat (willis_volume_get (v, 1, 1, 3), ==, 10);
}

static void
test_cancelled (void)
{
  g_autofree char *path = g_build_filename (folder, "stop.nii.gz", NULL);
  g_autoptr (WillisVolume) v = made_volume (WILLIS_SCALAR_I16);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  WillisProgress progress = WILLIS_PROGRESS_INIT;
  g_autoptr (GError) error = NULL;
  const char *paths[] = { path, NULL };

  g_assert_true (willis_volume_write (v, path, NULL, NULL));
  g_cancellable_cancel (cancellable);
  progress.cancellable = cancellable;
  g_assert_null (willis_volume_read (paths, NULL, NULL, &progress, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_unlink (path);
  g_assert_false (willis_volume_write (v, path, &progress, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

static void
test_age (void)
{
  g_assert_cmpint (willis_series_age ("045Y", NULL, NULL), ==, 45);
  g_assert_cmpint (willis_series_age ("18M", NULL, NULL), ==, 1);
  g_assert_cmpint (willis_series_age ("", "19700201", "20240131"), ==, 53);
  g_assert_cmpint (willis_series_age (NULL, "19700201", "20240201"), ==, 54);
  g_assert_cmpint (willis_series_age ("old", "", "20240201"), ==, -1);
}

int
main (int argc, char **argv)
{
  int status;

  if (willis_reader_main (argc, argv, &status))
    return status;
  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("willis-io-XXXXXX", NULL);
  g_test_add_func ("/volume-io/formats", test_formats);
  g_test_add_func ("/volume-io/stand-in", test_stand_in);
  g_test_add_func ("/volume-io/short-tiff", test_short_tiff);
  g_test_add_func ("/volume-io/chain", test_chain);
  g_test_add_func ("/volume-io/left-handed", test_left_handed);
  g_test_add_func ("/volume-io/detached", test_detached);
  g_test_add_func ("/volume-io/not-finite", test_not_finite);
  g_test_add_func ("/volume-io/hounsfield", test_hounsfield);
  g_test_add_func ("/volume-io/refusals", test_refusals);
  g_test_add_func ("/volume-io/sheared", test_sheared);
  g_test_add_func ("/volume-io/tiff-spacing", test_tiff_spacing);
  g_test_add_func ("/volume-io/cancelled", test_cancelled);
  g_test_add_func ("/volume-io/age", test_age);
  status = g_test_run ();
  {
    const char *argv_rm[] = { "rm", "-rf", folder, NULL };

    g_spawn_sync (NULL, (char **) argv_rm, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
  }
  return status;
}
