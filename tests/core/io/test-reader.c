/* SPDX-License-Identifier: Apache-2.0 */
/* The reader process with handlers that behave and handlers that do not: this test is its own helper program. */
#include "core/io/reader.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "core/base/error.h"
#include "core/base/json.h"

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif

/* ---- handlers ---- */

static gboolean
handle_echo (JsonObject *request, WillisReply *reply, GError **error)
{
  gsize n = 3 << 20;
  guint8 *a = willis_reply_blob (reply, "ramp", n, error);
  double *b = a != NULL ? willis_reply_blob (reply, "one", sizeof (double), error) : NULL;

  if (b == NULL || willis_reply_blob (reply, "none", 0, error) == NULL)
    return FALSE;
  for (gsize i = 0; i < n; i++)
    a[i] = (guint8) (i * 7);
  *b = 1.0 / 3.0;
  json_object_set_string_member (willis_reply_header (reply), "text", json_object_get_string_member (request, "text"));
  json_object_set_double_member (willis_reply_header (reply), "third", 1.0 / 3.0);
  return TRUE;
}

static gboolean
handle_progress (JsonObject *request, WillisReply *reply, GError **error)
{
  for (int n = 0; n <= 10; n++)
    {
      if (!willis_progress_step (willis_reply_progress (reply), n / 10.0, error))
        return FALSE;
      g_usleep (30000);
    }
  return TRUE;
}

static gboolean
handle_refuse (JsonObject *request, WillisReply *reply, GError **error)
{
  return willis_fail (error, WILLIS_ERROR_UNSUPPORTED, "a.dcm: \"colours\" are not supported,\nsorry");
}

static gboolean
handle_crash (JsonObject *request, WillisReply *reply, GError **error)
{
  signal (SIGSEGV, SIG_DFL);
  raise (SIGSEGV);
  return TRUE;
}

static gboolean
handle_abort (JsonObject *request, WillisReply *reply, GError **error)
{
  signal (SIGABRT, SIG_DFL);
  abort ();
}

static gboolean
handle_hang (JsonObject *request, WillisReply *reply, GError **error)
{
  for (;;)
    g_usleep (1000);
  return TRUE;
}

static gboolean
handle_burn (JsonObject *request, WillisReply *reply, GError **error)
{
  for (volatile guint64 n = 0;; n++)
    ;
  return TRUE;
}

static gboolean
handle_close (JsonObject *request, WillisReply *reply, GError **error)
{
  close (4);
  return handle_hang (request, reply, error);
}

static gboolean
handle_eat (JsonObject *request, WillisReply *reply, GError **error)
{
  for (;;)
    {
      char *more = malloc (16 << 20);

      if (more == NULL)
        return willis_fail (error, WILLIS_ERROR_NO_MEMORY, "memory is at its end");
      memset (more, 1, 16 << 20);
    }
}

static gboolean
handle_big_blob (JsonObject *request, WillisReply *reply, GError **error)
{
  return willis_reply_blob (reply, "big", (gsize) 1 << 40, error) != NULL;
}

static gboolean
handle_exit (JsonObject *request, WillisReply *reply, GError **error)
{
  _exit (0);
}

/* Writes what the request asks for onto the answer pipe, instead of an answer. */
static gboolean
handle_raw (JsonObject *request, WillisReply *reply, GError **error)
{
  const char *text = json_object_get_string_member (request, "text");

  if (willis_reply_blob (reply, "x", 10000, NULL) == NULL || write (4, text, strlen (text)) < 0)
    _exit (1);
  _exit (0);
}

static gboolean
handle_noise (JsonObject *request, WillisReply *reply, GError **error)
{
  char noise[4096];

  for (gsize i = 0; i < sizeof noise; i++)
    noise[i] = (char) (i * 131 + 17);
  noise[100] = '\n';
  if (write (4, noise, sizeof noise) < 0)
    _exit (1);
  _exit (0);
}

static gboolean
handle_limits (JsonObject *request, WillisReply *reply, GError **error)
{
  struct rlimit core, files;
  JsonObject *header = willis_reply_header (reply);

  getrlimit (RLIMIT_CORE, &core);
  getrlimit (RLIMIT_NOFILE, &files);
  json_object_set_int_member (header, "core", (gint64) core.rlim_cur);
  json_object_set_int_member (header, "files", (gint64) files.rlim_cur);
  json_object_set_int_member (header, "pid", getpid ());
  return TRUE;
}

/* Says its pid as the label of its progress, then hangs. */
static gboolean
handle_pid (JsonObject *request, WillisReply *reply, GError **error)
{
  g_autofree char *text = g_strdup_printf ("%d", getpid ());
  WillisProgress said = willis_progress_part (willis_reply_progress (reply), 0, 1, text);

  willis_progress_step (&said, 0.5, NULL);
  return handle_hang (request, reply, error);
}

/* Tries what a file must never bring about; says what it could do. */
static gboolean
handle_escape (JsonObject *request, WillisReply *reply, GError **error)
{
  const char *path = json_object_get_string_member (request, "text");
  JsonObject *header = willis_reply_header (reply);
  GThread *thread = g_thread_new ("thread", (GThreadFunc) g_strdup, (gpointer) "alive");
  g_autofree char *said = g_thread_join (thread);
  int fd = open (path, O_RDONLY);
  pid_t child = -1;

  json_object_set_boolean_member (header, "thread", g_strcmp0 (said, "alive") == 0);
  json_object_set_boolean_member (header, "read", fd >= 0);
  json_object_set_boolean_member (header, "write", open (path, O_WRONLY) >= 0);
  json_object_set_boolean_member (header, "create", creat ("/tmp/willis-escape", 0600) >= 0);
  json_object_set_boolean_member (header, "remove", unlink (path) == 0);
  json_object_set_boolean_member (header, "connect", socket (AF_INET, SOCK_STREAM, 0) >= 0);
  json_object_set_boolean_member (header, "kill", kill (getppid (), 0) == 0);
  child = fork ();
  if (child == 0)
    _exit (0);
  json_object_set_boolean_member (header, "fork", child > 0);
  execl ("/bin/false", "false", NULL); // would end without an answer
  return TRUE;
}

static const WillisReaderKind kinds[] = {
  { "echo", handle_echo },         { "progress", handle_progress }, { "refuse", handle_refuse },
  { "crash", handle_crash },       { "abort", handle_abort },       { "hang", handle_hang },
  { "burn", handle_burn },         { "close", handle_close },       { "eat", handle_eat },
  { "big-blob", handle_big_blob }, { "exit", handle_exit },         { "raw", handle_raw },
  { "noise", handle_noise },       { "limits", handle_limits },     { "pid", handle_pid },
  { "escape", handle_escape },
  { NULL, NULL },
};

/* ---- tests ---- */

static JsonObject *
request_text (const char *text)
{
  JsonObject *request = json_object_new ();

  json_object_set_string_member (request, "text", text);
  return request;
}

static WillisReading *
ask (const char *kind, const char *text, double seconds, const WillisProgress *progress, GError **error)
{
  g_autoptr (JsonObject) request = request_text (text);
  WillisReaderLimits limits = WILLIS_READER_LIMITS_INIT;

  if (seconds > 0)
    limits.silent_seconds = seconds;
  return willis_reader_run (kind, request, "some file.nii", &limits, progress, error);
}

static void
test_echo (void)
{
  const char *text = "a \"quoted\" 脑动脉瘤 \n line";
  g_autoptr (GError) error = NULL;
  g_autoptr (WillisReading) reading = ask ("echo", text, 0, NULL, &error);
  g_autoptr (WillisReading) again = NULL;
  const guint8 *ramp;
  gsize size = 0;

  g_assert_no_error (error);
  again = willis_reading_ref (reading);
  g_assert_cmpstr (json_object_get_string_member (willis_reading_header (reading), "text"), ==, text);
  g_assert_true (json_object_get_double_member (willis_reading_header (reading), "third") == 1.0 / 3.0);
  ramp = willis_reading_blob (reading, "ramp", G_MAXSIZE, &size);
  g_assert_cmpuint (size, ==, 3 << 20);
  for (gsize i = 0; i < size; i++)
    if (ramp[i] != (guint8) (i * 7))
      g_assert_cmpuint (ramp[i], ==, (guint8) (i * 7));
  g_assert_true (*(const double *) willis_reading_blob (reading, "one", sizeof (double), NULL) == 1.0 / 3.0);
  g_assert_null (willis_reading_blob (reading, "one", 4, NULL));
  g_assert_nonnull (willis_reading_blob (reading, "none", 0, NULL));
  g_assert_null (willis_reading_blob (reading, "other", G_MAXSIZE, NULL));
}

static void
remember (double fraction, const char *label, gpointer data)
{
  double *seen = data;

  g_assert_cmpfloat (fraction, >=, seen[0]);
  seen[0] = fraction;
  seen[1] += 1;
}

static void
test_progress (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WillisReading) reading = NULL;
  WillisProgress whole = WILLIS_PROGRESS_INIT, half;
  double seen[2] = { 0, 0 };

  whole.func = remember;
  whole.data = seen;
  half = willis_progress_part (&whole, 0.0, 0.5, NULL);
  reading = ask ("progress", "", 0, &half, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (seen[0], >, 0.3);
  g_assert_cmpfloat (seen[0], <=, 0.5);
  g_assert_cmpfloat (seen[1], >, 3);
}

static void
test_refuse (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (ask ("refuse", "", 0, NULL, &error));
  g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_UNSUPPORTED);
  g_assert_cmpstr (error->message, ==, "a.dcm: \"colours\" are not supported,\nsorry");
}

/* Every way to go wrong is one error that names the file. */
static void
assert_fails (const char *kind, const char *text, double seconds, const char *says)
{
  g_autoptr (GError) error = NULL;
  gint64 started = g_get_monotonic_time ();

  g_assert_null (ask (kind, text, seconds, NULL, &error));
  g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_BAD_FILE);
  g_assert_true (g_str_has_prefix (error->message, "some file.nii: "));
  if (strstr (error->message, says) == NULL)
    g_error ("\"%s\" does not say \"%s\"", error->message, says);
  g_assert_cmpint (g_get_monotonic_time () - started, <, 20 * G_USEC_PER_SEC);
}

static void
test_crash (void)
{
  assert_fails ("crash", "", 0, "ended the reader process (Segmentation fault)");
  assert_fails ("abort", "", 0, "ended the reader process (Aborted)");
  assert_fails ("exit", "", 0, "without an answer");
  assert_fails ("no-such-kind", "", 0, "without an answer");
}

static void
test_hang (void)
{
  assert_fails ("hang", "", 0.3, "no progress");
  assert_fails ("burn", "", 0.3, "no progress");
  assert_fails ("close", "", 0, "ended the reader process (Killed)");
}

static void
test_clock (void)
{
  g_autoptr (JsonObject) request = request_text ("");
  g_autoptr (GError) error = NULL;
  WillisReaderLimits limits = { 0, 0.1, 60, -1 };

  g_assert_null (willis_reader_run ("progress", request, "f", &limits, NULL, &error));
  g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_BAD_FILE);
}

static void
test_memory (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) request = request_text ("");
  WillisReaderLimits limits = WILLIS_READER_LIMITS_INIT;

#ifdef SANITIZED
  g_test_skip ("the address space is not limited under a sanitizer");
  return;
#endif
  limits.memory_bytes = (guint64) 512 << 20;
  g_assert_null (willis_reader_run ("eat", request, "f", &limits, NULL, &error));
  g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_NO_MEMORY);
  g_clear_error (&error);
  g_assert_null (willis_reader_run ("big-blob", request, "f", &limits, NULL, &error));
  g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_NO_MEMORY);
}

static void
test_garbage (void)
{
  const char *bad[] = {
    "nonsense\n", "[1,2]\n", "{\"answer\":{}}\n", "{\"answer\":7,\"blobs\":{}}\n", "{\"answer\":{},\"blobs\":[]}\n",
    "{\"answer\":{},\"blobs\":{\"x\":[0,20000]}}\n", "{\"answer\":{},\"blobs\":{\"x\":[-4096,10]}}\n",
    "{\"answer\":{},\"blobs\":{\"x\":[1,10]}}\n", "{\"answer\":{},\"blobs\":{\"x\":[0]}}\n",
    "{\"answer\":{},\"blobs\":{\"x\":[4096,1e300]}}\n", "{\"answer\":{},\"blobs\":{\"x\":\"y\"}}\n",
    "{\"answer\":{},\"blobs\":{}}\n{\"answer\":{},\"blobs\":{}}\n", "{}\n", "{\"progress\":[]}\nx\n", "\n",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    assert_fails ("raw", bad[i], 0, "makes no sense");
  assert_fails ("noise", "", 0, "makes no sense");
  assert_fails ("raw", "{\"answer\":{},\"blobs\":{}}", 0, "without an answer"); // no end of line
}

static void
test_error_garbage (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (ask ("raw", "{\"error\":{},\"message\":5}\n", 0, NULL, &error));
  g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_BAD_FILE);
}

static gpointer
cancel_soon (gpointer data)
{
  g_usleep (150000);
  g_cancellable_cancel (data);
  return NULL;
}

static void
test_cancel (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  WillisProgress progress = WILLIS_PROGRESS_INIT;
  GThread *thread = g_thread_new ("cancel", cancel_soon, cancellable);
  gint64 started = g_get_monotonic_time ();

  progress.cancellable = cancellable;
  g_assert_null (ask ("hang", "", 0, &progress, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (g_get_monotonic_time () - started, <, 5 * G_USEC_PER_SEC);
  g_thread_join (thread);
}

static void
test_limits (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WillisReading) reading = ask ("limits", "", 0, NULL, &error);
  JsonObject *header;

  g_assert_no_error (error);
  header = willis_reading_header (reading);
  g_assert_cmpint (json_object_get_int_member (header, "core"), ==, 0);
  g_assert_cmpint (json_object_get_int_member (header, "files"), <=, 128);
  g_assert_cmpint (kill ((pid_t) json_object_get_int_member (header, "pid"), 0), ==, -1); // it is gone
}

static void
test_escape (void)
{
  const char *refused[] = { "write", "create", "remove", "connect", "kill", "fork" };
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (WillisReading) reading = NULL;
  JsonObject *header;
  int fd = g_file_open_tmp ("willis-escape-XXXXXX", &path, NULL);

#ifdef SANITIZED
  close (fd);
  g_remove (path);
  g_test_skip ("calls are not restricted under a sanitizer");
  return;
#endif
  close (fd);
  reading = ask ("escape", path, 0, NULL, &error);
  g_assert_no_error (error);
  header = willis_reading_header (reading);
  g_assert_true (json_object_get_boolean_member (header, "read"));
  g_assert_true (json_object_get_boolean_member (header, "thread"));
  for (gsize n = 0; n < G_N_ELEMENTS (refused); n++)
    if (json_object_get_boolean_member (header, refused[n]))
      g_error ("the helper may %s", refused[n]);
  g_assert_cmpint (g_remove (path), ==, 0);
}

static gpointer
ask_in_thread (gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WillisReading) reading = ask ("echo", data, 0, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (json_object_get_string_member (willis_reading_header (reading), "text"), ==, data);
  return NULL;
}

/* A program without willis_reader_main () in its main () goes on asking when it is started as a helper: it must not start
 * itself for ever. */
static void
test_deaf (void)
{
  g_autofree char *parent = g_strdup_printf ("%ld", (long) getppid ());
  g_autoptr (GError) error = NULL;

  g_setenv ("WILLIS_READER_ASKED_BY", parent, TRUE); // as in a helper of our parent
  g_assert_null (ask ("echo", "", 0, NULL, &error));
  g_unsetenv ("WILLIS_READER_ASKED_BY");
  g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, "does not answer as a reader"));
}

static void
test_threads (void)
{
  const char *texts[] = { "a", "b", "c", "d", "e", "f" };
  GThread *threads[6];

  for (int n = 0; n < 6; n++)
    threads[n] = g_thread_new ("ask", ask_in_thread, (gpointer) texts[n]);
  for (int n = 0; n < 6; n++)
    g_thread_join (threads[n]);
}

static void
test_file_descriptors (void)
{
  int before = open ("/dev/null", O_RDONLY), after;

  close (before);
  for (int n = 0; n < 5; n++)
    {
      g_autoptr (WillisReading) reading = ask ("echo", "x", 0, NULL, NULL);

      g_assert_nonnull (reading);
    }
  after = open ("/dev/null", O_RDONLY);
  close (after);
  g_assert_cmpint (before, ==, after);
}

/* Running, and not a dead child that nobody has waited for yet. */
static gboolean
is_alive (int pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/stat", pid);
  g_autofree char *text = NULL;

  return g_file_get_contents (path, &text, NULL, NULL) && strstr (text, ") Z ") == NULL && strstr (text, ") X ") == NULL;
}

static void
write_label (double fraction, const char *label, gpointer data)
{
  g_file_set_contents (data, label, -1, NULL);
}

static void
test_parent_dies (void)
{
  g_autofree char *folder = g_dir_make_tmp ("willis-reader-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "pid", NULL);
  g_autofree char *text = NULL;
  pid_t parent = fork ();
  int pid, status;

  if (parent == 0)
    {
      WillisProgress progress = WILLIS_PROGRESS_INIT;

      progress.func = write_label;
      progress.data = path;
      ask ("pid", "", 0, &progress, NULL);
      _exit (0);
    }
  for (int n = 0; n < 1000 && !g_file_get_contents (path, &text, NULL, NULL); n++)
    g_usleep (10000);
  g_assert_nonnull (text);
  pid = (int) g_ascii_strtoll (text, NULL, 10);
  g_assert_true (is_alive (pid));
  kill (parent, SIGKILL);
  waitpid (parent, &status, 0);
  for (int n = 0; n < 500 && is_alive (pid); n++)
    g_usleep (10000);
  g_assert_false (is_alive (pid));
  g_remove (path);
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  int status;

  if (willis_reader_main_with (kinds, argc, argv, &status))
    return status;
  g_setenv ("WILLIS_EXE", "/proc/self/exe", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/reader/echo", test_echo);
  g_test_add_func ("/reader/progress", test_progress);
  g_test_add_func ("/reader/refuse", test_refuse);
  g_test_add_func ("/reader/crash", test_crash);
  g_test_add_func ("/reader/hang", test_hang);
  g_test_add_func ("/reader/clock", test_clock);
  g_test_add_func ("/reader/memory", test_memory);
  g_test_add_func ("/reader/garbage", test_garbage);
  g_test_add_func ("/reader/error-garbage", test_error_garbage);
  g_test_add_func ("/reader/cancel", test_cancel);
  g_test_add_func ("/reader/limits", test_limits);
  g_test_add_func ("/reader/escape", test_escape);
  g_test_add_func ("/reader/parent-dies", test_parent_dies);
  g_test_add_func ("/reader/deaf", test_deaf);
  g_test_add_func ("/reader/threads", test_threads);
  g_test_add_func ("/reader/file-descriptors", test_file_descriptors);
  return g_test_run ();
}
