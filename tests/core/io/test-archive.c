/* SPDX-License-Identifier: Apache-2.0 */
/* Archives as files: round trip, same bytes, whole after any kill, hostile files. This test is its own reader. */
#include "core/io/archive.h"

#include <glib/gstdio.h>
#include <hdf5.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/error.h"
#include "core/base/parallel.h"
#include "core/num/rng.h"

static char *folder;

static char *
in_folder (const char *name)
{
  return g_build_filename (folder, name, NULL);
}

/* An array of every type, small and large, with bytes from seed. */
static WillisArray *
noise_array (WillisArrayType type, int rank, const gsize *extents, guint seed)
{
  gsize n = willis_array_type_size (type);
  guint8 *bytes;

  for (int a = 0; a < rank; a++)
    n *= extents[a];
  bytes = g_malloc (n + 1);
  for (gsize i = 0; i < n; i++)
    bytes[i] = (guint8) ((i * 2654435761u + seed) >> 13);
  return willis_array_new (type, rank, extents, bytes, g_free, bytes);
}

static WillisArchive *
example (guint seed, gsize large)
{
  WillisArchive *root = willis_archive_new (), *group, *deep;
  const double doubles[] = { 1.0 / 3.0, -1e-300, NAN, INFINITY, 0.1 };
  const gint64 ints[] = { G_MININT64, 0, G_MAXINT64, (gint64) 1 << 60 };
  const char *texts[] = { "one", "", "脑动脉瘤", "line\nbreak", NULL };

  willis_archive_set_string (root, "format", "example");
  willis_archive_set_string (root, "empty", "");
  willis_archive_set_string (root, "chinese", "脑动脉瘤");
  willis_archive_set_int (root, "seed", seed);
  group = willis_archive_group (root, "group");
  willis_archive_set_doubles (group, "doubles", doubles, 5);
  willis_archive_set_ints (group, "ints", ints, 4);
  willis_archive_set_strings (group, "texts", texts);
  willis_archive_set_strings (group, "no-texts", NULL);
  for (int type = 0; type < WILLIS_N_ARRAY_TYPES; type++)
    {
      g_autofree char *small = g_strdup_printf ("small-%d", type), *big = g_strdup_printf ("big-%d", type);
      const gsize s[] = { 3, 2, 5, 7 }, b[] = { large + 3, 67, 31 }, none[] = { 0, 3 };

      willis_archive_take_array (group, small, noise_array (type, 1 + type % 4, s, seed));
      willis_archive_take_array (group, big, noise_array (type, 3, b, seed));
      willis_archive_take_array (group, type == 0 ? "none" : "none-too", noise_array (type, 2, none, seed));
    }
  deep = willis_archive_group (willis_archive_group (willis_archive_group (root, "a"), "b"), "c");
  willis_archive_set_double (deep, "pi", G_PI);
  return root;
}

static void
assert_same_array (const WillisArchive *a, const WillisArchive *b, const char *name, WillisArrayType type, int rank)
{
  g_autoptr (GError) error = NULL;
  const WillisArray *x = willis_archive_get_array (a, name, type, rank, NULL, &error);
  const WillisArray *y = willis_archive_get_array (b, name, type, rank, x->extents, &error);

  g_assert_no_error (error);
  g_assert_cmpmem (x->data, willis_array_length (x) * willis_array_type_size (type), y->data,
                   willis_array_length (y) * willis_array_type_size (type));
}

static void
assert_same (const WillisArchive *a, const WillisArchive *b)
{
  const WillisArchive *ga = willis_archive_find_group (a, "group"), *gb = willis_archive_find_group (b, "group");
  double x[5], y[5];
  gint64 i[4], j[4];
  const char *text;
  g_auto (GStrv) texts = NULL;

  g_assert_true (willis_archive_get_string (b, "chinese", &text, NULL));
  g_assert_cmpstr (text, ==, "脑动脉瘤");
  g_assert_true (willis_archive_get_string (b, "empty", &text, NULL));
  g_assert_cmpstr (text, ==, "");
  g_assert_true (willis_archive_get_doubles (ga, "doubles", 5, NAN, NAN, x, NULL));
  g_assert_true (willis_archive_get_doubles (gb, "doubles", 5, NAN, NAN, y, NULL));
  g_assert_cmpmem (x, 2 * sizeof *x, y, 2 * sizeof *y);
  g_assert_true (isnan (y[2]) && isinf (y[3]) && y[4] == 0.1);
  g_assert_true (willis_archive_get_ints (ga, "ints", 4, G_MININT64, G_MAXINT64, i, NULL));
  g_assert_true (willis_archive_get_ints (gb, "ints", 4, G_MININT64, G_MAXINT64, j, NULL));
  g_assert_cmpmem (i, sizeof i, j, sizeof j);
  g_assert_true (willis_archive_get_strings (gb, "texts", &texts, NULL));
  g_assert_cmpuint (g_strv_length (texts), ==, 4);
  g_assert_cmpstr (texts[2], ==, "脑动脉瘤");
  for (int type = 0; type < WILLIS_N_ARRAY_TYPES; type++)
    {
      g_autofree char *small = g_strdup_printf ("small-%d", type), *big = g_strdup_printf ("big-%d", type);

      assert_same_array (ga, gb, small, type, 1 + type % 4);
      assert_same_array (ga, gb, big, type, 3);
    }
}

static void
test_round_trip (void)
{
  g_autofree char *path = in_folder ("a file 文件.h5");
  g_autoptr (WillisArchive) a = example (1, 200);
  g_autoptr (GError) error = NULL;
  g_autoptr (WillisArchive) b = NULL;
  g_auto (GStrv) names = NULL;

  willis_archive_write (a, path, NULL, &error);
  g_assert_no_error (error);
  b = willis_archive_read (path, NULL, &error);
  g_assert_no_error (error);
  assert_same (a, b);
  names = willis_archive_group_names (b);
  g_assert_cmpstr (names[0], ==, "a");
  g_assert_cmpstr (names[1], ==, "group");
  g_assert_null (names[2]);
}

static void
test_same_bytes (void)
{
  g_autofree char *path = in_folder ("first.h5"), *path2 = in_folder ("second.h5");
  g_autofree char *x = NULL, *y = NULL, *z = NULL;
  gsize nx = 0, ny = 0, nz = 0;

  for (int n = 0; n < 3; n++)
    {
      g_autoptr (WillisArchive) a = example (3, 300);

      willis_parallel_set_threads (n == 1 ? 1 : 4);
      g_assert_true (willis_archive_write (a, n == 0 ? path : path2, NULL, NULL));
      g_assert_true (g_file_get_contents (n == 0 ? path : path2, n == 0 ? &x : n == 1 ? &y : &z,
                                          n == 0 ? &nx : n == 1 ? &ny : &nz, NULL));
      g_usleep (n == 1 ? 1100000 : 0); // into another second, should a time be stored
    }
  willis_parallel_set_threads (0);
  g_assert_cmpmem (x, nx, y, ny);
  g_assert_cmpmem (x, nx, z, nz);
}

static void
test_getters_refuse (void)
{
  g_autoptr (WillisArchive) a = example (1, 1);
  WillisArchive *group = willis_archive_find_group (a, "group");
  const gsize wrong[] = { 9 };
  const char *text;
  double d[5];
  gint64 i;
  GError *error = NULL;
  g_auto (GStrv) texts = NULL;

  g_assert_false (willis_archive_get_string (a, "seed", &text, NULL));
  g_assert_false (willis_archive_get_int (a, "format", 0, 9, &i, NULL));
  g_assert_false (willis_archive_get_int (a, "seed", 2, 9, &i, NULL));
  g_assert_false (willis_archive_get_doubles (group, "doubles", 4, NAN, NAN, d, NULL));
  g_assert_false (willis_archive_get_doubles (group, "doubles", 5, -INFINITY, INFINITY, d, NULL)); // holds NaN
  g_assert_false (willis_archive_get_double (group, "nothing", 0, 1, d, NULL));
  g_assert_null (willis_archive_get_array (group, "small-0", WILLIS_ARRAY_I16, 1, NULL, NULL));
  g_assert_null (willis_archive_get_array (group, "small-0", WILLIS_ARRAY_U8, 2, NULL, NULL));
  g_assert_null (willis_archive_get_array (group, "small-0", WILLIS_ARRAY_U8, 1, wrong, &error));
  g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_BAD_FILE);
  g_assert_nonnull (strstr (error->message, "/group"));
  g_clear_error (&error);
  g_assert_false (willis_archive_get_strings (group, "small-1", &texts, NULL));
}

/* Reads and expects a refusal that names the file. */
static void
assert_refused (const char *path)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (willis_archive_read (path, NULL, &error));
  g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_BAD_FILE);
  if (strstr (error->message, path) == NULL)
    g_error ("\"%s\" does not name %s", error->message, path);
}

static void
test_not_an_archive (void)
{
  g_autofree char *path = in_folder ("text.h5"), *missing = in_folder ("missing.h5");

  g_assert_true (g_file_set_contents (path, "hello", -1, NULL));
  assert_refused (path);
  g_assert_true (g_file_set_contents (path, "", -1, NULL));
  assert_refused (path);
  assert_refused (missing);
  assert_refused (folder);
}

static void
test_truncated (void)
{
  g_autofree char *path = in_folder ("whole.h5"), *cut = in_folder ("cut.h5");
  g_autoptr (WillisArchive) a = example (1, 20);
  g_autofree char *bytes = NULL;
  gsize size = 0;

  g_assert_true (willis_archive_write (a, path, NULL, NULL));
  g_assert_true (g_file_get_contents (path, &bytes, &size, NULL));
  for (int n = 1; n < 12; n++)
    {
      g_assert_true (g_file_set_contents (cut, bytes, (gssize) (size * (gsize) n / 12), NULL));
      assert_refused (cut);
    }
}

/* Bytes turned at random: read or refused, never a crash of this process, never arrays of another size. */
static void
test_damaged (void)
{
  g_autofree char *path = in_folder ("whole.h5"), *bad = in_folder ("bad.h5");
  g_autoptr (WillisArchive) a = example (1, 1);
  g_autofree char *bytes = NULL;
  gsize size = 0;

  g_assert_true (willis_archive_write (a, path, NULL, NULL));
  g_assert_true (g_file_get_contents (path, &bytes, &size, NULL));
  for (int n = 0; n < 15; n++)
    {
      g_autofree char *copy = g_memdup2 (bytes, size);
      g_autoptr (WillisArchive) b = NULL;

      for (int k = 0; k < 12; k++)
        copy[(gsize) g_test_rand_int_range (0, (gint32) size)] ^= (char) g_test_rand_int_range (1, 255);
      g_assert_true (g_file_set_contents (bad, copy, (gssize) size, NULL));
      b = willis_archive_read (bad, NULL, NULL);
    }
}

static void
test_links_refused (void)
{
  g_autofree char *path = in_folder ("links.h5");

  for (int kind = 0; kind < 3; kind++)
    {
      hid_t file = H5Fcreate (path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);

      if (kind == 0)
        H5Lcreate_external ("/etc/passwd", "/", file, "out", H5P_DEFAULT, H5P_DEFAULT);
      else if (kind == 1)
        H5Lcreate_soft ("/elsewhere", file, "soft", H5P_DEFAULT, H5P_DEFAULT);
      else
        { // a group that holds itself
          hid_t group = H5Gcreate2 (file, "loop", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);

          H5Lcreate_hard (file, "/loop", group, "loop", H5P_DEFAULT, H5P_DEFAULT);
          H5Gclose (group);
        }
      H5Fclose (file);
      assert_refused (path);
    }
}

/* Raw data in another file, and data promised but not there. */
static void
test_storage_refused (void)
{
  g_autofree char *path = in_folder ("storage.h5");

  for (int kind = 0; kind < 2; kind++)
    {
      hid_t file = H5Fcreate (path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
      hid_t plist = H5Pcreate (H5P_DATASET_CREATE), space, dataset;
      hsize_t small[] = { 100 }, huge[] = { (hsize_t) 1 << 20, (hsize_t) 1 << 20 }, chunk[] = { 1024, 1024 };

      if (kind == 0)
        H5Pset_external (plist, "/etc/passwd", 0, 100);
      else
        H5Pset_chunk (plist, 2, chunk);
      space = H5Screate_simple (kind == 0 ? 1 : 2, kind == 0 ? small : huge, NULL);
      dataset = H5Dcreate2 (file, "x", H5T_STD_U8LE, space, H5P_DEFAULT, plist, H5P_DEFAULT);
      g_assert_cmpint (dataset, >=, 0);
      H5Dclose (dataset);
      H5Sclose (space);
      H5Pclose (plist);
      H5Fclose (file);
      assert_refused (path);
    }
}

static void
test_unwritable (void)
{
  g_autoptr (WillisArchive) a = example (1, 1);
  g_autofree char *nowhere = in_folder ("no/such/folder.h5");
  GError *error = NULL;

  g_assert_false (willis_archive_write (a, nowhere, NULL, &error));
  g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_BAD_FILE);
  g_clear_error (&error);
  g_assert_false (willis_archive_write (a, folder, NULL, &error)); // a folder of that name
  g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_BAD_FILE);
  g_clear_error (&error);
}

static void
cancel_in_the_middle (double fraction, const char *label, gpointer data)
{
  if (fraction > 0.3)
    g_cancellable_cancel (data);
}

static void
test_cancel_write (void)
{
  g_autofree char *path = in_folder ("cancelled.h5");
  g_autoptr (WillisArchive) old = example (1, 3), big = example (2, 1200), after = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  WillisProgress progress = WILLIS_PROGRESS_INIT;
  GError *error = NULL;
  g_autoptr (GDir) dir = NULL;
  const char *name;
  gint64 seed;

  progress.cancellable = cancellable;
  progress.func = cancel_in_the_middle;
  progress.data = cancellable;
  g_assert_true (willis_archive_write (old, path, NULL, NULL));
  g_assert_false (willis_archive_write (big, path, &progress, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  after = willis_archive_read (path, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (willis_archive_get_int (after, "seed", 1, 1, &seed, NULL));
  dir = g_dir_open (folder, 0, NULL);
  while ((name = g_dir_read_name (dir)) != NULL)
    g_assert_null (strstr (name, "cancelled.h5.willis-new")); // nothing half written stays
}

/* The writing program is killed after a random time, many times; each time the old or the new file stands. */
static void
test_kill (void)
{
  g_autofree char *path = in_folder ("killed.h5"), *left = in_folder (".killed.h5.willis-new");
  g_autoptr (WillisArchive) first = example (0, 120);
  int n_new = 0, n_old = 0;
  gint64 seed = 0, started = g_get_monotonic_time (), one_write;

  g_assert_true (willis_archive_write (first, path, NULL, NULL));
  one_write = g_get_monotonic_time () - started;
  for (int n = 1; n <= 12; n++)
    {
      g_autoptr (WillisArchive) now = NULL, expected = NULL;
      g_autoptr (GError) error = NULL;
      gint64 before = seed;
      pid_t pid = fork ();
      int status;

      if (pid == 0)
        {
          g_autoptr (WillisArchive) next = example ((guint) n, 120);

          willis_parallel_set_threads (1); // no threads of the parent are left after a fork
          willis_archive_write (next, path, NULL, NULL);
          _exit (0);
        }
      g_usleep ((gulong) g_test_rand_int_range (0, (gint32) (one_write * 2)));
      kill (pid, SIGKILL);
      waitpid (pid, &status, 0);
      now = willis_archive_read (path, NULL, &error);
      g_assert_no_error (error);
      g_assert_true (willis_archive_get_int (now, "seed", 0, n, &seed, NULL));
      g_assert_true (seed == before || seed == n);
      n_new += seed == n;
      n_old += seed == before;
      expected = example ((guint) seed, 120);
      assert_same (expected, now);
    }
  g_test_message ("%d times the new file, %d times the old", n_new, n_old);
  // what the last kill left behind is taken over by the next write, and goes with it
  g_assert_true (willis_archive_write (first, path, NULL, NULL));
  g_assert_false (g_file_test (left, G_FILE_TEST_EXISTS));
}

static gboolean
is_ours (const char *path)
{
  g_autoptr (WillisArchive) archive = willis_archive_read (path, NULL, NULL);

  return archive != NULL;
}

/* The files of the HDF Group's list of vulnerabilities: this process lives, and none takes for ever. */
static void
test_malformed_collection (void)
{
  const char *data = g_getenv ("WILLIS_DATA");
  g_autofree char *beside = g_build_filename (g_getenv ("WILLIS_SOURCE_DIR"), "..", "shared", "data", NULL);
  g_autofree char *where = g_build_filename (data != NULL ? data : beside, "hdf5", "malformed", NULL);
  g_autoptr (GDir) dir = g_dir_open (where, 0, NULL);
  const char *name;
  int n = 0, n_read = 0;

  if (dir == NULL)
    {
      g_test_skip ("no sample data");
      return;
    }
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (where, name, NULL);
      gint64 started = g_get_monotonic_time ();

      n_read += is_ours (path);
      n++;
      if (g_get_monotonic_time () - started > 5 * G_USEC_PER_SEC)
        g_test_message ("%s took long", name);
    }
  g_test_message ("%d of %d malformed files held something readable", n_read, n);
  g_assert_cmpint (n, >, 5);
}

int
main (int argc, char **argv)
{
  int status;

  if (willis_reader_main (argc, argv, &status))
    return status;
  g_setenv ("WILLIS_EXE", "/proc/self/exe", TRUE);
  g_test_init (&argc, &argv, NULL);
  willis_hdf5_lock ();
  willis_hdf5_unlock ();
  folder = g_dir_make_tmp ("willis-archive-XXXXXX", NULL);
  g_test_add_func ("/archive/kill", test_kill); // first: it forks, and no threads are there yet
  g_test_add_func ("/archive/round-trip", test_round_trip);
  g_test_add_func ("/archive/same-bytes", test_same_bytes);
  g_test_add_func ("/archive/getters-refuse", test_getters_refuse);
  g_test_add_func ("/archive/not-an-archive", test_not_an_archive);
  g_test_add_func ("/archive/truncated", test_truncated);
  g_test_add_func ("/archive/damaged", test_damaged);
  g_test_add_func ("/archive/links-refused", test_links_refused);
  g_test_add_func ("/archive/storage-refused", test_storage_refused);
  g_test_add_func ("/archive/unwritable", test_unwritable);
  g_test_add_func ("/archive/cancel-write", test_cancel_write);
  g_test_add_func ("/archive/malformed-collection", test_malformed_collection);
  status = g_test_run ();
  {
    g_autofree char *remove = g_strdup_printf ("rm -rf '%s'", folder);

    if (system (remove) != 0)
      g_printerr ("%s stays\n", folder);
  }
  return status;
}
