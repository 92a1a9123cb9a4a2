/* SPDX-License-Identifier: Apache-2.0 */
/* The answering side of the reader: limits itself, reads the request, calls the handler, sends the answer. */
#include "core/io/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/json.h"
#include "core/io/reader-private.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1 // these map terabytes, and start threads and programs of their own
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif

struct _WillisReply
{
  JsonObject *header;
  JsonObject *blobs; // name: [offset, size]
  gsize end;         // of the memory file
  gboolean on_disk;  // it is a file, which held something before
  WillisProgress progress;
  gint64 last_word; // monotonic time of the last progress line
};

static void
limit (int resource, guint64 value)
{
  struct rlimit now;

  if (getrlimit (resource, &now) != 0)
    return;
  now.rlim_cur = MIN (now.rlim_max, (rlim_t) value);
  now.rlim_max = now.rlim_cur;
  setrlimit (resource, &now);
}

/* Everything that needs no file: no core dumps, no new rights, no life after the parent. */
static gboolean
confine (pid_t parent, guint64 memory_bytes, guint64 cpu_seconds)
{
  signal (SIGPIPE, SIG_DFL);
  signal (SIGINT, SIG_IGN); // Ctrl+C reaches the parent too, who ends us
  if (prctl (PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid () != parent)
    return FALSE;
  prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  prctl (PR_SET_DUMPABLE, 0);
  limit (RLIMIT_CORE, 0);
  limit (RLIMIT_NOFILE, 128);
  limit (RLIMIT_CPU, cpu_seconds);
#ifndef SANITIZED
  limit (RLIMIT_AS, memory_bytes);
  willis_reader_restrict_calls ();
#endif
  return TRUE;
}

static gboolean
write_all (int fd, const char *bytes, gsize size)
{
  while (size > 0)
    {
      gssize n = write (fd, bytes, size);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return FALSE;
      bytes += n;
      size -= (gsize) n;
    }
  return TRUE;
}

/* One line of JSON; takes object. */
static void
send_line (JsonObject *object)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  g_autofree char *text = NULL;

  json_node_take_object (node, object);
  text = willis_json_node_to_text (node, FALSE);
  if (!write_all (WILLIS_READER_FD_ANSWER, text, strlen (text)) || !write_all (WILLIS_READER_FD_ANSWER, "\n", 1))
    _exit (1);
}

static void
send_progress (double fraction, const char *label, gpointer data)
{
  WillisReply *reply = data;
  gint64 now = g_get_monotonic_time ();
  JsonObject *line;

  if (now - reply->last_word < 20000)
    return;
  reply->last_word = now;
  line = json_object_new ();
  json_object_set_double_member (line, "progress", fraction);
  if (label != NULL)
    json_object_set_string_member (line, "label", label);
  send_line (line);
}

static gboolean answering; // this process is a helper

void
willis_reader_note_file (const char *path)
{
  g_autofree char *base = answering ? g_path_get_basename (path) : NULL;
  g_autofree char *name = base != NULL ? g_filename_display_name (base) : NULL;
  JsonObject *line;

  if (name == NULL)
    return;
  line = json_object_new ();
  json_object_set_string_member (line, "at", name);
  send_line (line);
}

static void
send_error (const GError *error)
{
  JsonObject *line = json_object_new ();
  int code = error->domain == WILLIS_ERROR ? error->code : WILLIS_ERROR_BAD_FILE;
  g_autofree char *message = g_utf8_make_valid (error->message, -1);

  json_object_set_int_member (line, "error", code);
  json_object_set_string_member (line, "message", message);
  send_line (line);
}

static void
send_answer (WillisReply *reply)
{
  JsonObject *line = json_object_new ();

  json_object_set_object_member (line, "answer", json_object_ref (reply->header));
  json_object_set_object_member (line, "blobs", json_object_ref (reply->blobs));
  send_line (line);
}

static JsonObject *
read_request (GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (JsonParser) parser = json_parser_new ();
  char buffer[65536];
  gssize n;

  while ((n = read (WILLIS_READER_FD_REQUEST, buffer, sizeof buffer)) != 0)
    {
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0 || text->len > WILLIS_READER_MAX_TEXT)
        break;
      g_string_append_len (text, buffer, n);
    }
  close (WILLIS_READER_FD_REQUEST);
  if (!json_parser_load_from_data (parser, text->str, (gssize) text->len, error))
    return NULL;
  if (json_parser_get_root (parser) == NULL || !JSON_NODE_HOLDS_OBJECT (json_parser_get_root (parser)))
    {
      willis_fail (error, WILLIS_ERROR_BAD_INPUT, "the request to the reader is not an object");
      return NULL;
    }
  return json_node_dup_object (json_parser_get_root (parser));
}

JsonObject *
willis_reply_header (WillisReply *reply)
{
  return reply->header;
}

const WillisProgress *
willis_reply_progress (WillisReply *reply)
{
  return &reply->progress;
}

void *
willis_reply_blob (WillisReply *reply, const char *name, gsize size, GError **error)
{
  gsize page = (gsize) sysconf (_SC_PAGESIZE);
  gsize room = (MAX (size, 1) + page - 1) / page * page;
  JsonArray *extent;
  void *bytes;

  if (size > G_MAXSSIZE / 2 || json_object_get_size (reply->blobs) >= WILLIS_READER_MAX_BLOBS
      || ftruncate (WILLIS_READER_FD_BLOBS, (off_t) (reply->end + room)) != 0)
    {
      willis_fail (error, WILLIS_ERROR_NO_MEMORY, _ ("not enough memory for %.1f GB"), (double) size / 1e9);
      return NULL;
    }
  // on a full disk a page that is written to would end this process
  if (reply->on_disk && fallocate (WILLIS_READER_FD_BLOBS, 0, (off_t) reply->end, (off_t) room) != 0
      && (errno == ENOSPC || errno == EDQUOT || errno == EFBIG))
    {
      willis_fail (error, WILLIS_ERROR_BAD_FILE, _ ("there is no room for %.1f GB on the disk"), (double) size / 1e9);
      return NULL;
    }
  bytes = mmap (NULL, room, PROT_READ | PROT_WRITE, MAP_SHARED, WILLIS_READER_FD_BLOBS, (off_t) reply->end);
  if (bytes == MAP_FAILED)
    {
      willis_fail (error, WILLIS_ERROR_NO_MEMORY, _ ("not enough memory for %.1f GB"), (double) size / 1e9);
      return NULL;
    }
  extent = json_array_new ();
  json_array_add_int_element (extent, (gint64) reply->end);
  json_array_add_int_element (extent, (gint64) size);
  json_object_set_array_member (reply->blobs, name, extent);
  reply->end += room;
  return bytes;
}

static void
answer (WillisReadHandler handler)
{
  g_autoptr (GError) error = NULL;
  WillisReply reply = { .progress = WILLIS_PROGRESS_INIT };
  JsonObject *request = read_request (&error);
  struct stat blobs;

  if (fstat (WILLIS_READER_FD_BLOBS, &blobs) == 0 && blobs.st_size > 0)
    {
      gsize page = (gsize) sysconf (_SC_PAGESIZE);

      reply.end = ((gsize) blobs.st_size + page - 1) / page * page;
      reply.on_disk = TRUE;
    }
  reply.header = json_object_new ();
  reply.blobs = json_object_new ();
  answering = TRUE;
  reply.progress.func = send_progress;
  reply.progress.data = &reply;
  if (request != NULL && handler (request, &reply, &error))
    send_answer (&reply);
  else
    {
      if (error == NULL)
        willis_fail (&error, WILLIS_ERROR_FAILED, "reading failed for an unknown reason");
      send_error (error);
    }
}

gboolean
willis_reader_main_with (const WillisReaderKind *kinds, int argc, char **argv, int *status)
{
  if (argc < 2 || strcmp (argv[1], WILLIS_READER_FLAG) != 0)
    return FALSE;
  *status = 1;
  if (argc != WILLIS_READER_ARGC
      || !confine ((pid_t) g_ascii_strtoll (argv[3], NULL, 10), g_ascii_strtoull (argv[4], NULL, 10),
                   g_ascii_strtoull (argv[5], NULL, 10)))
    return TRUE;
  setlocale (LC_NUMERIC, "C"); // numbers in files never depend on the locale
  for (; kinds->kind != NULL; kinds++)
    if (strcmp (kinds->kind, argv[2]) == 0)
      {
        answer (kinds->handler);
        *status = 0;
        _exit (0); // no destructors of libraries that met a hostile file
      }
  return TRUE;
}
