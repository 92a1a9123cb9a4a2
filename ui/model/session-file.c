/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/model/session-file.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/image/reslice.h"
#include "core/phantom/phantom.h"
#include "ui/model/recent.h"
#include "ui/model/session-private.h"

#define AUTOSAVE_DELAY_S 3

typedef struct
{
  char **paths;
  char *uid;
  gboolean recovered;
  gboolean demo;
  GPtrArray *known; // series listed before, or NULL
} OpenInput;

typedef struct
{
  WillisCase *c;
  char *path; // of the case file, or NULL
  WillisFileMark mark; // of it, as it was before it was read
  GPtrArray *series;
  char **sources;
  double quantiles[2];
  gboolean recovered;
} Opened;

static void
open_input_free (gpointer data)
{
  OpenInput *in = data;

  g_strfreev (in->paths);
  g_free (in->uid);
  g_clear_pointer (&in->known, g_ptr_array_unref);
  g_free (in);
}

static void
opened_free (gpointer data)
{
  Opened *o = data;

  g_clear_pointer (&o->c, willis_case_unref);
  g_free (o->path);
  g_clear_pointer (&o->series, g_ptr_array_unref);
  g_strfreev (o->sources);
  g_free (o);
}

static gboolean
looks_like_hdf5 (const char *path)
{
  static const char magic[8] = { '\x89', 'H', 'D', 'F', '\r', '\n', '\x1a', '\n' };
  char head[8] = { 0 };
  FILE *file = g_fopen (path, "rb");
  gsize n;

  if (file == NULL)
    return FALSE;
  n = fread (head, 1, sizeof head, file);
  fclose (file);
  return n == sizeof head && memcmp (head, magic, sizeof head) == 0;
}

static void
study_from_series (WillisStudy *study, const WillisSeries *s, const char *path)
{
  memset (study, 0, sizeof *study);
  study->modality = g_strdup (s->modality);
  study->description = g_strdup (s->description);
  study->study_date = g_strdup (s->study_date);
  study->series_uid = g_strdup (s->uid);
  study->source = g_path_get_basename (path);
  study->kernel = g_strdup (s->kernel);
  study->manufacturer = g_strdup (s->manufacturer);
  study->patient_name = g_strdup (s->patient_name);
  study->patient_id = g_strdup (s->patient_id);
  study->patient_birth_date = g_strdup (s->patient_birth_date);
  study->patient_sex = g_strdup (s->patient_sex);
  study->patient_age = s->patient_age;
  study->warnings = g_strdupv (s->warnings);
}

static gboolean
open_scan (OpenInput *in, Opened *o, const WillisProgress *progress, GError **error)
{
  const WillisReadOptions options = WILLIS_READ_OPTIONS_INIT;
  WillisProgress list = willis_progress_part (progress, 0.0, 0.2, _ ("looking for scans"));
  WillisProgress read = willis_progress_part (progress, 0.2, 0.95, _ ("reading the scan"));
  const char *const *paths = (const char *const *) in->paths;
  g_autoptr (WillisVolume) volume = NULL;
  g_autoptr (WillisSeries) series = NULL;
  WillisStudy study;

  o->series = in->known != NULL ? g_ptr_array_ref (in->known) : willis_series_list (paths, &options, &list, error);
  if (o->series == NULL)
    return FALSE;
  volume = willis_volume_read (paths, in->uid, &options, &read, &series, error);
  if (volume == NULL)
    return FALSE;
  o->c = willis_case_new ();
  if (series != NULL)
    {
      study_from_series (&study, series, in->paths[0]);
      willis_case_set_scan (o->c, volume, &study);
      willis_study_clear (&study);
    }
  else
    willis_case_set_scan (o->c, volume, NULL);
  return TRUE;
}

static gboolean
open_demo (OpenInput *in, Opened *o, const WillisProgress *progress, GError **error)
{
  WillisProgress part = willis_progress_part (progress, 0.0, 0.95, _ ("computing the demonstration scan"));
  g_autoptr (WillisPhantom) phantom = willis_phantom_load (in->paths[0], error);
  g_autoptr (WillisVolume) volume = phantom != NULL ? willis_phantom_scan (phantom, &part, error) : NULL;
  g_autofree char *base = g_path_get_basename (in->paths[0]);
  WillisStudy study = { .patient_age = -1 };

  if (volume == NULL)
    return FALSE;
  if (g_str_has_suffix (base, ".json"))
    base[strlen (base) - 5] = '\0';
  g_strdelimit (base, "-_", ' ');
  study.modality = g_strdup ("CT");
  study.description = g_strdup_printf (_ ("Demonstration: %s"), base);
  study.source = g_path_get_basename (in->paths[0]);
  o->c = willis_case_new ();
  willis_case_set_scan (o->c, volume, &study);
  willis_study_clear (&study);
  return TRUE;
}

static gpointer
open_work (const WillisProgress *progress, gpointer data, GError **error)
{
  OpenInput *in = data;
  Opened *o = g_new0 (Opened, 1);
  g_autoptr (GError) first = NULL;
  double range[2];

  if (!in->recovered)
    o->sources = g_strdupv (in->paths);
  o->recovered = in->recovered;
  if (in->demo)
    open_demo (in, o, progress, error);
  else
    {
      if (in->uid == NULL && in->paths[1] == NULL && looks_like_hdf5 (in->paths[0]))
        {
          WillisProgress part = willis_progress_part (progress, 0.0, 0.95, _ ("opening the case"));

          o->mark = willis_file_mark (in->paths[0]);
          o->c = willis_case_load (in->paths[0], &part, &first);
          if (o->c != NULL && !in->recovered)
            o->path = g_strdup (in->paths[0]);
        }
      if (o->c == NULL && !open_scan (in, o, progress, first == NULL ? error : NULL) && first != NULL)
        g_propagate_error (error, g_steal_pointer (&first)); // why it is not a case says more than why not a scan
    }
  if (o->c == NULL)
    {
      opened_free (o);
      return NULL;
    }
  if (willis_case_volume (o->c) != NULL)
    {
      o->quantiles[0] = willis_volume_quantile (willis_case_volume (o->c), 0.01);
      o->quantiles[1] = willis_volume_quantile (willis_case_volume (o->c), 0.995);
      willis_volume_range (willis_case_volume (o->c), range); // remembered; the main thread asks for it later
    }
  return o;
}

static void
open_done (WillisJob *job, gpointer result, const GError *error, gpointer data)
{
  WillisSession *self = data;
  Opened *o = result;

  if (o != NULL)
    {
      willis_session_take_series (self, g_steal_pointer (&o->series), g_steal_pointer (&o->sources));
      self->mark = o->mark;
      willis_session_install (self, g_steal_pointer (&o->c), o->path, o->quantiles);
      opened_free (o);
    }
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    willis_session_say (self, TRUE, "%s", error->message);
  g_object_unref (self);
}

static void
start_open (WillisSession *self, OpenInput *in)
{
  willis_session_start_job (self, _ ("Open"), open_work, in, open_input_free, opened_free, open_done,
                            g_object_ref (self));
}

void
willis_session_open (WillisSession *self, const char *const *paths, const char *uid)
{
  OpenInput *in = g_new0 (OpenInput, 1);

  g_return_if_fail (paths != NULL && paths[0] != NULL);
  in->paths = g_strdupv ((char **) paths);
  in->uid = g_strdup (uid);
  if (uid != NULL && willis_session_series (self) != NULL)
    in->known = g_ptr_array_ref (willis_session_series (self));
  start_open (self, in);
}

void
willis_session_open_demo (WillisSession *self, const char *description_path)
{
  OpenInput *in = g_new0 (OpenInput, 1);
  const char *paths[] = { description_path, NULL };

  in->paths = g_strdupv ((char **) paths);
  in->demo = TRUE;
  start_open (self, in);
}

void
willis_session_recover (WillisSession *self, const char *path)
{
  OpenInput *in = g_new0 (OpenInput, 1);
  const char *paths[] = { path, NULL };

  in->paths = g_strdupv ((char **) paths);
  in->recovered = TRUE;
  start_open (self, in);
}

/* --- saving */

typedef struct
{
  WillisCase *c;
  char *path;
} SaveInput;

typedef struct
{
  WillisSession *session;
  WillisCase *c;
  char *path;
  WillisSavedFunc done;
  gpointer data;
} SaveData;

static void
save_input_free (gpointer data)
{
  SaveInput *in = data;

  willis_case_unref (in->c);
  g_free (in->path);
  g_free (in);
}

static gpointer
save_work (const WillisProgress *progress, gpointer data, GError **error)
{
  SaveInput *in = data;
  WillisFileMark mark;

  if (!willis_case_save (in->c, in->path, progress, error))
    return NULL;
  mark = willis_file_mark (in->path);
  return g_memdup2 (&mark, sizeof mark);
}

static void
save_done (WillisJob *job, gpointer result, const GError *error, gpointer data)
{
  SaveData *d = data;

  if (result != NULL)
    {
      d->session->mark = *(const WillisFileMark *) result;
      willis_session_set_saved (d->session, d->c, d->path);
    }
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    willis_session_say (d->session, TRUE, "%s", error->message);
  if (d->done != NULL)
    d->done (result != NULL, d->data);
  willis_case_unref (d->c);
  g_object_unref (d->session);
  g_free (d->path);
  g_free (d);
}

static SaveInput *
save_input_new (WillisCase *c, const char *path)
{
  SaveInput *in = g_new0 (SaveInput, 1);

  in->c = willis_case_copy (c); // the worker's own, as a case is not for two threads
  in->path = g_strdup (path);
  return in;
}

void
willis_session_save (WillisSession *self, const char *path, WillisSavedFunc done, gpointer data)
{
  SaveData *d;

  g_return_if_fail (self->c != NULL);
  d = g_new0 (SaveData, 1);
  d->session = g_object_ref (self);
  d->c = willis_case_ref (self->c);
  d->path = g_strdup (path);
  d->done = done;
  d->data = data;
  willis_session_start_job (self, _ ("Save"), save_work, save_input_new (self->c, path), save_input_free, g_free,
                            save_done, d);
}

static void
copied (WillisJob *job, gpointer result, const GError *error, gpointer data)
{
  SaveData *d = data;

  if (result == NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    willis_session_say (d->session, TRUE, "%s", error->message);
  if (d->done != NULL)
    d->done (result != NULL, d->data);
  g_object_unref (d->session);
  g_free (d);
}

void
willis_session_save_deidentified (WillisSession *self, const char *path, WillisSavedFunc done, gpointer data)
{
  g_autoptr (WillisCase) stripped = NULL;
  SaveData *d;

  g_return_if_fail (self->c != NULL);
  stripped = willis_case_deidentified (self->c, NULL, NULL); // fails for a pseudonym that was given only
  d = g_new0 (SaveData, 1);
  d->session = g_object_ref (self);
  d->done = done;
  d->data = data;
  willis_session_start_job (self, _ ("Save"), save_work, save_input_new (stripped, path), save_input_free, g_free,
                            copied, d);
}

gboolean
willis_session_file_changed (WillisSession *self)
{
  WillisFileMark now;

  if (self->path == NULL)
    return FALSE;
  now = willis_file_mark (self->path);
  return now.exists && !willis_file_mark_same (&now, &self->mark); // one that is gone holds nothing that could be lost
}

gboolean
willis_session_shows_file (WillisSession *self, const char *path)
{
  WillisFileMark asked, own;

  if (self->path == NULL)
    return FALSE;
  asked = willis_file_mark (path);
  own = willis_file_mark (self->path); // now: saving puts another file in its place
  return asked.exists && own.exists && asked.device == own.device && asked.inode == own.inode;
}

/* --- the copy for recovery */

typedef struct
{
  WillisSession *session; // borrowed; the struct is the session's datum
  char *folder, *file, *note;
  guint timer;
  WillisCase *copied; // what the file holds
  WillisJob *job;
  gboolean stopped;
} Autosave;

static void
autosave_free (gpointer data)
{
  Autosave *a = data;

  g_clear_handle_id (&a->timer, g_source_remove);
  g_clear_pointer (&a->copied, willis_case_unref);
  g_clear_object (&a->job);
  g_free (a->folder);
  g_free (a->file);
  g_free (a->note);
  g_free (a);
}

static void
write_note (Autosave *a)
{
  g_autoptr (GKeyFile) keys = g_key_file_new ();
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *time = g_date_time_format_iso8601 (now);
  g_autofree char *title = willis_session_title (a->session);

  g_key_file_set_integer (keys, "recovery", "pid", (int) getpid ());
  g_key_file_set_string (keys, "recovery", "time", time);
  g_key_file_set_string (keys, "recovery", "title", title);
  g_key_file_save_to_file (keys, a->note, NULL);
}

static void
autosave_done (WillisJob *job, gpointer result, const GError *error, gpointer data)
{
  WillisSession *session = data;
  Autosave *a = g_object_get_data (G_OBJECT (session), "autosave");

  if (a != NULL)
    {
      g_clear_object (&a->job);
      if (a->stopped)
        {
          g_unlink (a->file);
          g_unlink (a->note);
        }
      else if (result != NULL)
        write_note (a);
      else
        g_warning ("the copy for recovery could not be written: %s", error->message);
    }
  g_object_unref (session);
}

static gboolean
on_autosave (gpointer data)
{
  Autosave *a = data;
  WillisSession *self = a->session;

  if (a->job != NULL)
    return G_SOURCE_CONTINUE; // the one before is still being written
  a->timer = 0;
  if (!willis_session_dirty (self) || a->copied == self->c || willis_case_volume (self->c) == NULL)
    return G_SOURCE_REMOVE;
  g_clear_pointer (&a->copied, willis_case_unref);
  a->copied = willis_case_ref (self->c);
  g_mkdir_with_parents (a->folder, 0700);
  a->job = willis_job_start (_ ("Copy for recovery"), save_work, save_input_new (self->c, a->file), save_input_free,
                             g_free, autosave_done, g_object_ref (self));
  return G_SOURCE_REMOVE;
}

static void
on_case_changed (WillisSession *self, Autosave *a)
{
  a->stopped = FALSE;
  if (!willis_session_dirty (self))
    {
      willis_session_autosave_stop (self); // saved: nothing to recover
      return;
    }
  g_clear_handle_id (&a->timer, g_source_remove);
  a->timer = g_timeout_add_seconds (AUTOSAVE_DELAY_S, on_autosave, a);
}

static char *
default_folder (void)
{
  return g_build_filename (g_get_user_state_dir (), "willis", "recovery", NULL);
}

void
willis_session_autosave_start (WillisSession *self, const char *folder)
{
  Autosave *a = g_new0 (Autosave, 1);
  g_autofree char *stem = g_strdup_printf ("%d-%" G_GINT64_FORMAT, (int) getpid (), g_get_real_time ());

  a->session = self;
  a->folder = folder != NULL ? g_strdup (folder) : default_folder ();
  a->file = g_strdup_printf ("%s/%s.willis", a->folder, stem);
  a->note = g_strdup_printf ("%s/%s.ini", a->folder, stem);
  g_object_set_data_full (G_OBJECT (self), "autosave", a, autosave_free);
  g_signal_connect (self, "case-changed", G_CALLBACK (on_case_changed), a);
}

void
willis_session_autosave_stop (WillisSession *self)
{
  Autosave *a = g_object_get_data (G_OBJECT (self), "autosave");

  if (a == NULL)
    return;
  a->stopped = TRUE;
  g_clear_handle_id (&a->timer, g_source_remove);
  g_clear_pointer (&a->copied, willis_case_unref);
  if (a->job != NULL)
    return; // removed when it has been written
  g_unlink (a->file);
  g_unlink (a->note);
}

static char *
note_of (const char *path)
{
  g_autofree char *stem = g_strdup (path);
  char *dot = strrchr (stem, '.');

  if (dot != NULL)
    *dot = '\0';
  return g_strconcat (stem, ".ini", NULL);
}

GPtrArray *
willis_recovery_list (const char *folder)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *place = folder != NULL ? g_strdup (folder) : default_folder ();
  g_autoptr (GDir) dir = g_dir_open (place, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (place, name, NULL);
      g_autofree char *note = note_of (path);
      g_autoptr (GKeyFile) keys = g_key_file_new ();
      int pid;

      if (!g_str_has_suffix (name, ".willis") || !g_key_file_load_from_file (keys, note, G_KEY_FILE_NONE, NULL))
        continue;
      pid = g_key_file_get_integer (keys, "recovery", "pid", NULL);
      if (pid == (int) getpid () || (pid > 0 && (kill (pid, 0) == 0 || errno == EPERM)))
        continue; // still at work
      g_ptr_array_add (list, g_steal_pointer (&path));
    }
  return list;
}

char *
willis_recovery_title (const char *path)
{
  g_autofree char *note = note_of (path);
  g_autoptr (GKeyFile) keys = g_key_file_new ();
  g_autofree char *title = NULL, *time = NULL, *shown = NULL;
  g_autoptr (GDateTime) when = NULL;
  g_autoptr (GDateTime) local = NULL;

  g_key_file_load_from_file (keys, note, G_KEY_FILE_NONE, NULL);
  title = g_key_file_get_string (keys, "recovery", "title", NULL);
  time = g_key_file_get_string (keys, "recovery", "time", NULL);
  when = time != NULL ? g_date_time_new_from_iso8601 (time, NULL) : NULL;
  local = when != NULL ? g_date_time_to_local (when) : NULL;
  shown = local != NULL ? g_date_time_format (local, "%x %H:%M") : NULL;
  return g_strdup_printf ("%s · %s", title != NULL ? title : _ ("New case"), shown != NULL ? shown : "?");
}

void
willis_recovery_discard (const char *path)
{
  g_autofree char *note = note_of (path);

  g_unlink (path);
  g_unlink (note);
}
