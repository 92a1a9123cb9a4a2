/* SPDX-License-Identifier: Apache-2.0 */
/* The asking side of the reader: starts the helper, watches over it, maps what it answers. */
#include "core/io/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/json.h"
#include "core/io/reader-private.h"

#define POLL_MS 20
#define GRACE_MS 1000
#define ASKED_BY "WILLIS_READER_ASKED_BY" // the process that started a helper, in the helper's environment

typedef struct
{
  const void *bytes; // mapped
  gsize size;
} Blob;

struct _WillisReading
{
  gatomicrefcount refs;
  JsonObject *header;
  GHashTable *blobs; // name: Blob
};

/* The helper as seen from here. */
typedef struct
{
  pid_t pid;
  int request, answer, memory; // file descriptors, -1 when closed; request and memory are memory files
  const char *subject;
  WillisReaderLimits limits;
  GString *text;      // of the answer pipe, the lines not yet handled
  gsize scanned;      // of text, known to hold no newline
  JsonObject *result; // the last line: answer or error
  char *at;           // the file that the helper has said it is at, or NULL
  gint64 started, last_word;
} Helper;

static void
blob_free (gpointer data)
{
  Blob *blob = data;

  munmap ((void *) blob->bytes, MAX (blob->size, 1));
  g_free (blob);
}

WillisReading *
willis_reading_ref (WillisReading *reading)
{
  g_atomic_ref_count_inc (&reading->refs);
  return reading;
}

void
willis_reading_unref (WillisReading *reading)
{
  if (reading == NULL || !g_atomic_ref_count_dec (&reading->refs))
    return;
  g_clear_pointer (&reading->header, json_object_unref);
  g_hash_table_unref (reading->blobs);
  g_free (reading);
}

JsonObject *
willis_reading_header (const WillisReading *reading)
{
  return reading->header;
}

const void *
willis_reading_blob (const WillisReading *reading, const char *name, gsize expected_size, gsize *size)
{
  const Blob *blob = g_hash_table_lookup (reading->blobs, name);

  if (blob == NULL || (expected_size != G_MAXSIZE && blob->size != expected_size))
    return NULL;
  if (size != NULL)
    *size = blob->size;
  return blob->bytes;
}

static void
close_fd (int *fd)
{
  if (*fd >= 0)
    close (*fd);
  *fd = -1;
}

static guint64
default_memory (void)
{
  guint64 pages = (guint64) sysconf (_SC_PHYS_PAGES), size = (guint64) sysconf (_SC_PAGESIZE);

  return pages * size / 4 * 3;
}

/* The request as a file that the helper reads to its end. */
static gboolean
write_request (Helper *helper, JsonObject *request)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  g_autofree char *text = NULL;
  gsize size, written = 0;

  json_node_set_object (node, request);
  text = willis_json_node_to_text (node, FALSE);
  size = strlen (text);
  helper->request = memfd_create ("willis-request", MFD_CLOEXEC);
  while (helper->request >= 0 && written < size)
    {
      gssize n = write (helper->request, text + written, size - written);

      if (n < 0 && errno != EINTR)
        return FALSE;
      written += n > 0 ? (gsize) n : 0;
    }
  return helper->request >= 0 && lseek (helper->request, 0, SEEK_SET) == 0;
}

/* Whether this process was itself started as a helper, and goes on as if it had not been: a program whose main () lacks
 * willis_reader_main () would start itself for ever. */
static gboolean
is_deaf_helper (void)
{
  const char *asked_by = g_getenv (ASKED_BY);
  g_autofree char *parent = g_strdup_printf ("%ld", (long) getppid ());

  return g_strcmp0 (asked_by, parent) == 0;
}

/* The program to start: willis-reader beside this one, which loads no library of the window; without it this very
 * program. To be freed. */
static char *
helper_program (void)
{
  const char *exe = g_getenv ("WILLIS_EXE");
  g_autofree char *self = exe != NULL ? g_strdup (exe) : g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *folder = self != NULL ? g_path_get_dirname (self) : NULL;
  g_autofree char *beside = folder != NULL ? g_build_filename (folder, "willis-reader", NULL) : NULL;

  if (beside != NULL && g_file_test (beside, G_FILE_TEST_IS_EXECUTABLE))
    return g_steal_pointer (&beside);
  return g_strdup (exe != NULL ? exe : "/proc/self/exe");
}

static gboolean
spawn (Helper *helper, const char *kind, JsonObject *request, GError **error)
{
  g_autofree char *program = helper_program ();
  g_autofree char *parent = g_strdup_printf ("%ld", (long) getpid ());
  g_autofree char *memory = g_strdup_printf ("%" G_GUINT64_FORMAT, helper->limits.memory_bytes);
  // all threads together; generous, for the wall clock is the true limit
  g_autofree char *cpu = g_strdup_printf ("%.0f", ceil (helper->limits.seconds) * g_get_num_processors () + 1);
  const char *argv[] = { program, WILLIS_READER_FLAG, kind, parent, memory, cpu, NULL };
  int answer[2] = { -1, -1 };
  const int targets[] = { WILLIS_READER_FD_REQUEST, WILLIS_READER_FD_ANSWER, WILLIS_READER_FD_BLOBS };
  GSpawnFlags flags = G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL;
  g_autoptr (GError) local = NULL;
  g_auto (GStrv) environment = g_environ_setenv (g_get_environ (), ASKED_BY, parent, TRUE);
  gboolean ok = FALSE;

  if (is_deaf_helper ())
    return willis_fail (error, WILLIS_ERROR_FAILED, _ ("the reader process cannot be started: %s"),
                        "this program does not answer as a reader");
  if (g_getenv ("WILLIS_READER_STDERR") == NULL) // for developers: what libraries say about a file
    flags |= G_SPAWN_STDERR_TO_DEV_NULL;
  helper->memory = helper->limits.file >= 0 ? fcntl (helper->limits.file, F_DUPFD_CLOEXEC, 0)
                                            : memfd_create ("willis-reader", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (helper->memory >= 0 && write_request (helper, request) && pipe2 (answer, O_CLOEXEC) == 0)
    {
      const int sources[] = { helper->request, answer[1], helper->memory };

      ok = g_spawn_async_with_pipes_and_fds (NULL, argv, (const char *const *) environment, flags, NULL, NULL, -1, -1,
                                             -1, sources, targets, 3, &helper->pid, NULL, NULL, NULL, &local);
    }
  helper->answer = answer[0];
  close_fd (&helper->request);
  close_fd (&answer[1]);
  if (!ok)
    return willis_fail (error, WILLIS_ERROR_FAILED, _ ("the reader process cannot be started: %s"),
                        local != NULL ? local->message : g_strerror (errno));
  return TRUE;
}

/* One line of the helper. FALSE where it makes no sense or the user cancelled. */
static gboolean
take_line (Helper *helper, const char *line, gsize length, const WillisProgress *progress, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonNode *root;
  JsonObject *object;

  if (helper->result != NULL || !g_utf8_validate (line, (gssize) length, NULL)
      || !json_parser_load_from_data (parser, line, (gssize) length, NULL)
      || (root = json_parser_get_root (parser)) == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    return willis_fail (error, WILLIS_ERROR_BAD_FILE, _ ("%s: the reader's answer makes no sense; the file is damaged"),
                        helper->subject);
  object = json_node_get_object (root);
  if (json_object_has_member (object, "progress"))
    {
      double fraction = 0;
      const char *label = NULL;
      WillisProgress part;

      willis_json_get_double (object, "", "progress", 0, 0, 1, &fraction, NULL);
      willis_json_get_string (object, "", "label", NULL, &label, NULL);
      part = willis_progress_part (progress, 0, 1, label);
      return willis_progress_step (progress != NULL ? &part : NULL, fraction, error);
    }
  if (json_object_has_member (object, "at"))
    {
      const char *name = NULL;

      if (willis_json_get_string (object, "", "at", NULL, &name, NULL) && name != NULL)
        {
          g_free (helper->at);
          helper->at = g_strdup (name);
        }
      return TRUE;
    }
  helper->result = json_object_ref (object);
  return TRUE;
}

/* Reads what has come through the pipe; *open turns FALSE at its end. */
static gboolean
listen_to (Helper *helper, gboolean *open, const WillisProgress *progress, GError **error)
{
  char buffer[65536];
  gssize n = read (helper->answer, buffer, sizeof buffer);
  const char *newline;

  if (n < 0 && (errno == EINTR || errno == EAGAIN))
    return TRUE;
  if (n <= 0)
    {
      *open = FALSE;
      return TRUE;
    }
  helper->last_word = g_get_monotonic_time ();
  g_string_append_len (helper->text, buffer, n);
  while ((newline = memchr (helper->text->str + helper->scanned, '\n', helper->text->len - helper->scanned)) != NULL)
    {
      gsize length = (gsize) (newline - helper->text->str);

      if (!take_line (helper, helper->text->str, length, progress, error))
        return FALSE;
      g_string_erase (helper->text, 0, (gssize) length + 1);
      helper->scanned = 0;
    }
  helper->scanned = helper->text->len;
  if (helper->text->len > WILLIS_READER_MAX_TEXT)
    return willis_fail (error, WILLIS_ERROR_BAD_FILE, _ ("%s: the reader's answer makes no sense; the file is damaged"),
                        helper->subject);
  return TRUE;
}

static gboolean
check_clock (const Helper *helper, const WillisProgress *progress, GError **error)
{
  gint64 now = g_get_monotonic_time ();

  if (progress != NULL && progress->cancellable != NULL
      && g_cancellable_set_error_if_cancelled (progress->cancellable, error))
    return FALSE;
  if ((double) (now - helper->started) > helper->limits.seconds * 1e6)
    return willis_fail (error, WILLIS_ERROR_BAD_FILE, _ ("%s: reading took longer than %.0f s and was given up"),
                        helper->subject, helper->limits.seconds);
  if ((double) (now - helper->last_word) > helper->limits.silent_seconds * 1e6)
    return willis_fail (error, WILLIS_ERROR_BAD_FILE, _ ("%s: reading made no progress for %.0f s and was given up"),
                        helper->subject, helper->limits.silent_seconds);
  return TRUE;
}

/* Hears the helper to the end of its answer. */
static gboolean
hear (Helper *helper, const WillisProgress *progress, GError **error)
{
  gboolean open = TRUE;

  while (open)
    {
      struct pollfd fd = { helper->answer, POLLIN, 0 };

      if (poll (&fd, 1, POLL_MS) < 0 && errno != EINTR)
        return willis_fail (error, WILLIS_ERROR_FAILED, _ ("%s: the reader process is lost: %s"), helper->subject,
                            g_strerror (errno));
      if (!check_clock (helper, progress, error))
        return FALSE;
      if (fd.revents != 0 && !listen_to (helper, &open, progress, error))
        return FALSE;
    }
  return TRUE;
}

/* Ends the helper, however it fares, and returns its wait status. It has a moment to go by itself, so that how it
 * died can be told. */
static int
end (Helper *helper, gboolean kill_it)
{
  int status = 0;
  pid_t gone = 0;

  for (int n = 0; n < GRACE_MS && !kill_it && gone == 0; n++)
    {
      gone = waitpid (helper->pid, &status, WNOHANG);
      if (gone == 0)
        g_usleep (1000);
    }
  if (gone != helper->pid)
    {
      kill (helper->pid, SIGKILL);
      while (waitpid (helper->pid, &status, 0) < 0 && errno == EINTR)
        ;
    }
  return status;
}

/* Maps one blob: [offset, size], which must lie inside the memory file of memory_size bytes. */
static Blob *
map_blob (int memory, goffset memory_size, JsonObject *extents, const char *name)
{
  gsize page = (gsize) sysconf (_SC_PAGESIZE), n = 0;
  double extent[2]; // whole numbers far below 2^53
  Blob *blob;
  void *bytes;

  if (!willis_json_get_doubles (extents, "", name, 2, 2, extent, &n, NULL) || n != 2 || extent[0] < 0 || extent[1] < 0
      || extent[0] + extent[1] > (double) memory_size || extent[0] >= (double) memory_size
      || (gsize) extent[0] % page != 0)
    return NULL;
  bytes = mmap (NULL, MAX ((gsize) extent[1], 1), PROT_READ, MAP_PRIVATE, memory, (off_t) extent[0]);
  if (bytes == MAP_FAILED)
    return NULL;
  blob = g_new0 (Blob, 1);
  blob->bytes = bytes;
  blob->size = (gsize) extent[1];
  return blob;
}

static gboolean
map_blobs (const Helper *helper, GHashTable *blobs)
{
  JsonObject *extents = NULL;
  g_autoptr (GList) names = NULL;
  struct stat info;

  // the helper is dead: nothing may change the memory file under us any more (a file on a disk bears no seals)
  if ((helper->limits.file < 0 && fcntl (helper->memory, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) != 0
       && errno != EINVAL)
      || fstat (helper->memory, &info) != 0 || !willis_json_get_object (helper->result, "", "blobs", &extents, NULL)
      || extents == NULL)
    return FALSE;
  names = json_object_get_members (extents);
  for (GList *l = names; l != NULL; l = l->next)
    {
      Blob *blob = map_blob (helper->memory, info.st_size, extents, l->data);

      if (blob == NULL)
        return FALSE;
      g_hash_table_replace (blobs, g_strdup (l->data), blob);
    }
  return TRUE;
}

/* The reading, or the error that the helper reported or died of. */
static WillisReading *
conclude (Helper *helper, int status, GError **error)
{
  g_autoptr (WillisReading) reading = NULL;
  JsonNode *answer;

  if (WIFSIGNALED (status))
    {
      willis_fail (error, WILLIS_ERROR_BAD_FILE,
                   _ ("%s: reading it ended the reader process (%s); the file is damaged or too large"),
                   helper->at != NULL ? helper->at : helper->subject, g_strsignal (WTERMSIG (status)));
      return NULL;
    }
  if (helper->result == NULL)
    {
      willis_fail (error, WILLIS_ERROR_BAD_FILE, _ ("%s: the reader process ended without an answer"), helper->subject);
      return NULL;
    }
  if (json_object_has_member (helper->result, "error"))
    {
      gint64 code = WILLIS_ERROR_BAD_FILE;
      const char *message = "";

      willis_json_get_int (helper->result, "", "error", code, WILLIS_ERROR_USAGE, WILLIS_ERROR_NO_MEMORY, &code, NULL);
      willis_json_get_string (helper->result, "", "message", "", &message, NULL);
      willis_fail (error, (WillisErrorCode) code, "%s", message);
      return NULL;
    }
  reading = g_new0 (WillisReading, 1);
  g_atomic_ref_count_init (&reading->refs);
  reading->blobs = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, blob_free);
  answer = json_object_get_member (helper->result, "answer");
  if (answer == NULL || !JSON_NODE_HOLDS_OBJECT (answer) || !map_blobs (helper, reading->blobs))
    {
      willis_fail (error, WILLIS_ERROR_BAD_FILE, _ ("%s: the reader's answer makes no sense; the file is damaged"),
                   helper->subject);
      return NULL;
    }
  reading->header = json_node_dup_object (answer);
  return g_steal_pointer (&reading);
}

WillisReading *
willis_reader_run (const char *kind, JsonObject *request, const char *subject, const WillisReaderLimits *limits,
                   const WillisProgress *progress, GError **error)
{
  const WillisReaderLimits defaults = WILLIS_READER_LIMITS_INIT;
  Helper helper = { .request = -1, .answer = -1, .memory = -1, .subject = subject };
  WillisReading *reading = NULL;

  helper.limits = limits != NULL ? *limits : defaults;
  if (helper.limits.memory_bytes == 0)
    helper.limits.memory_bytes = default_memory ();
  helper.text = g_string_new (NULL);
  helper.started = helper.last_word = g_get_monotonic_time ();
  if (spawn (&helper, kind, request, error))
    {
      gboolean heard = hear (&helper, progress, error);
      int status = end (&helper, !heard);

      if (heard)
        reading = conclude (&helper, status, error);
    }
  close_fd (&helper.request);
  close_fd (&helper.answer);
  close_fd (&helper.memory);
  g_clear_pointer (&helper.result, json_object_unref);
  g_string_free (helper.text, TRUE);
  g_free (helper.at);
  return reading;
}
