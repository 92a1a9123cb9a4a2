/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/model/job.h"

#include <gio/gio.h>
#include <sys/resource.h>
#include <unistd.h>

#define NOTIFY_INTERVAL_MS 40

struct _WillisJob
{
  GObject parent_instance;
  char *label;
  char *text; // main thread's copy
  double fraction;
  gboolean running;
  GCancellable *cancellable;
  WillisJobWork work;
  gpointer input;
  GDestroyNotify free_input;
  GDestroyNotify free_result;
  WillisJobDone done;
  gpointer data;

  GMutex lock; // guards what the worker writes
  double worker_fraction;
  char *worker_text;
  guint notify_id;
};

G_DEFINE_FINAL_TYPE (WillisJob, willis_job, G_TYPE_OBJECT)

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
willis_job_finalize (GObject *object)
{
  WillisJob *self = WILLIS_JOB (object);

  g_free (self->label);
  g_free (self->text);
  g_free (self->worker_text);
  g_clear_object (&self->cancellable);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (willis_job_parent_class)->finalize (object);
}

static void
willis_job_class_init (WillisJobClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = willis_job_finalize;
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 0);
}

static void
willis_job_init (WillisJob *self)
{
  g_mutex_init (&self->lock);
  self->cancellable = g_cancellable_new ();
}

static void
take_over (WillisJob *self)
{
  g_mutex_lock (&self->lock);
  self->fraction = self->worker_fraction;
  if (self->worker_text != NULL)
    {
      g_free (self->text);
      self->text = g_steal_pointer (&self->worker_text);
    }
  self->notify_id = 0;
  g_mutex_unlock (&self->lock);
}

static gboolean
on_notify (gpointer data)
{
  WillisJob *self = data;

  take_over (self);
  g_signal_emit (self, signals[CHANGED], 0);
  return G_SOURCE_REMOVE;
}

/* On the worker thread, at any rate; the main thread hears of it at most every NOTIFY_INTERVAL_MS. */
static void
on_progress (double fraction, const char *label, gpointer data)
{
  WillisJob *self = data;

  g_mutex_lock (&self->lock);
  self->worker_fraction = fraction;
  if (label != NULL && g_strcmp0 (label, self->worker_text) != 0)
    {
      g_free (self->worker_text);
      self->worker_text = g_strdup (label);
    }
  if (self->notify_id == 0)
    self->notify_id = g_timeout_add_full (G_PRIORITY_DEFAULT_IDLE, NOTIFY_INTERVAL_MS, on_notify, g_object_ref (self),
                                          g_object_unref);
  g_mutex_unlock (&self->lock);
}

/* The window comes first: workers, and the threads they start, are a little nicer than it (Linux: for each thread). */
static void
be_nice (void)
{
  static GPrivate done = G_PRIVATE_INIT (NULL);

  if (g_private_get (&done) == NULL)
    {
      setpriority (PRIO_PROCESS, (id_t) gettid (), 2);
      g_private_set (&done, GINT_TO_POINTER (1));
    }
}

static void
run_work (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  WillisJob *self = source;
  const WillisProgress progress = { cancellable, on_progress, self, 0.0, 1.0, NULL };
  GError *error = NULL;
  gpointer result;

  be_nice ();
  result = self->work (&progress, self->input, &error);
  if (result != NULL && error == NULL)
    g_task_return_pointer (task, result, self->free_result);
  else if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_FAILED, "%s", self->label);
}

static void
on_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  WillisJob *self = WILLIS_JOB (source);
  g_autoptr (GError) error = NULL;
  gpointer value = g_task_propagate_pointer (G_TASK (result), &error);

  if (self->notify_id != 0)
    g_source_remove (self->notify_id); // the worker is gone; this tells all
  take_over (self);
  self->running = FALSE;
  self->fraction = 1.0;
  if (self->free_input != NULL)
    self->free_input (g_steal_pointer (&self->input));
  if (self->done != NULL)
    self->done (self, value, error, self->data);
  else if (value != NULL && self->free_result != NULL)
    self->free_result (value);
  g_signal_emit (self, signals[CHANGED], 0);
}

WillisJob *
willis_job_start (const char *label, WillisJobWork work, gpointer input, GDestroyNotify free_input,
                  GDestroyNotify free_result, WillisJobDone done, gpointer data)
{
  WillisJob *self = g_object_new (WILLIS_TYPE_JOB, NULL);
  g_autoptr (GTask) task = NULL;

  self->label = g_strdup (label);
  self->work = work;
  self->input = input;
  self->free_input = free_input;
  self->free_result = free_result;
  self->done = done;
  self->data = data;
  self->running = TRUE;
  task = g_task_new (self, self->cancellable, on_ready, NULL);
  g_task_set_source_tag (task, willis_job_start);
  g_task_set_check_cancellable (task, TRUE);
  g_task_run_in_thread (task, run_work);
  return self;
}

void
willis_job_cancel (WillisJob *job)
{
  g_return_if_fail (WILLIS_IS_JOB (job));
  g_cancellable_cancel (job->cancellable);
}

gboolean
willis_job_running (WillisJob *job)
{
  return job->running;
}

double
willis_job_fraction (WillisJob *job)
{
  return job->fraction;
}

const char *
willis_job_label (WillisJob *job)
{
  return job->label;
}

const char *
willis_job_text (WillisJob *job)
{
  return job->text != NULL ? job->text : job->label;
}
