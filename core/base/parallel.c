/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Threads that sleep between the loops. (Those of OpenMP keep turning for some milliseconds after every loop, in case
 * another follows: that takes the processor from others, and on a busy machine from the loop itself.)
 */
#include "core/base/parallel.h"

#include <omp.h>

/* One loop that is running; on its caller's stack. Fields below the blank line belong to the mutex. */
typedef struct _Loop
{
  WillisRangeFunc func;
  gpointer context;
  gsize n, grain, chunks;
  gsize next; // chunk, atomic

  int helpers, room; // threads at work beside the caller's; how many there may be
  struct _Loop *link;
} Loop;

static GMutex mutex;
static GCond work, done;
static Loop *loops;        // with chunks left, newest first
static int n_threads;      // a loop uses, the caller's included; 0: not asked for yet
static int n_workers;      // started
static GPrivate is_worker; // non-NULL on threads that run chunks: loops within loops stay on their thread

static void
run_chunks (Loop *loop)
{
  gsize c;

  while ((c = __atomic_fetch_add (&loop->next, 1, __ATOMIC_RELAXED)) < loop->chunks)
    loop->func (c * loop->grain, MIN (loop->n, (c + 1) * loop->grain), loop->context);
}

/* A loop that wants help, or NULL. */
static Loop *
loop_to_help (void)
{
  for (Loop *loop = loops; loop != NULL; loop = loop->link)
    if (loop->helpers < loop->room && __atomic_load_n (&loop->next, __ATOMIC_RELAXED) < loop->chunks)
      return loop;
  return NULL;
}

static gpointer
worker (gpointer data)
{
  g_private_set (&is_worker, GINT_TO_POINTER (1));
  g_mutex_lock (&mutex);
  for (;;)
    {
      Loop *loop = loop_to_help ();

      if (loop == NULL)
        {
          g_cond_wait (&work, &mutex);
          continue;
        }
      loop->helpers++;
      g_mutex_unlock (&mutex);
      run_chunks (loop);
      g_mutex_lock (&mutex);
      if (--loop->helpers == 0)
        g_cond_broadcast (&done);
    }
  return NULL;
}

/* Adds the loop and sees that there are threads to help; on a machine that gives none the caller does all of it. */
static void
loop_begin (Loop *loop)
{
  g_mutex_lock (&mutex);
  if (n_threads == 0)
    n_threads = MAX (omp_get_max_threads (), 1);
  loop->room = (int) MIN ((gsize) (n_threads - 1), loop->chunks - 1);
  while (n_workers < n_threads - 1)
    {
      GThread *thread = g_thread_try_new ("willis-loop", worker, NULL, NULL);

      if (thread == NULL)
        break;
      g_thread_unref (thread);
      n_workers++;
    }
  if (loop->room > 0)
    {
      loop->link = loops;
      loops = loop;
      g_cond_broadcast (&work);
    }
  g_mutex_unlock (&mutex);
}

static void
loop_end (Loop *loop)
{
  g_mutex_lock (&mutex);
  for (Loop **at = &loops; *at != NULL; at = &(*at)->link)
    if (*at == loop)
      {
        *at = loop->link;
        break;
      }
  while (loop->helpers > 0)
    g_cond_wait (&done, &mutex);
  g_mutex_unlock (&mutex);
}

void
willis_parallel_for (gsize n, gsize grain, WillisRangeFunc func, gpointer context)
{
  Loop loop = { .func = func, .context = context, .n = n, .grain = MAX (grain, 1) };
  gboolean within = g_private_get (&is_worker) != NULL;

  if (n == 0)
    return;
  loop.chunks = (n + loop.grain - 1) / loop.grain;
  if (within || loop.chunks == 1)
    {
      run_chunks (&loop);
      return;
    }
  loop_begin (&loop);
  g_private_set (&is_worker, GINT_TO_POINTER (1));
  run_chunks (&loop);
  g_private_set (&is_worker, NULL);
  loop_end (&loop);
}

void
willis_parallel_set_threads (int n)
{
  omp_set_num_threads (n > 0 ? n : omp_get_num_procs ());
  g_mutex_lock (&mutex);
  n_threads = n > 0 ? n : omp_get_num_procs ();
  g_mutex_unlock (&mutex);
}
