/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/parallel.h"

#define N 10007

static void
count (gsize lo, gsize hi, gpointer context)
{
  guint8 *times = context;

  g_assert_cmpuint (hi - lo, <=, 13);
  for (gsize i = lo; i < hi; i++)
    times[i]++;
}

static void
assert_once (const guint8 *times)
{
  for (gsize i = 0; i < N; i++)
    g_assert_cmpuint (times[i], ==, 1);
}

/* Every index once, for any number of threads. */
static void
test_once (void)
{
  for (int threads = 1; threads <= 5; threads++)
    for (int again = 0; again < 50; again++)
      {
        g_autofree guint8 *times = g_new0 (guint8, N);

        willis_parallel_set_threads (threads);
        willis_parallel_for (N, 13, count, times);
        assert_once (times);
      }
  willis_parallel_for (0, 13, count, NULL); // nothing
  willis_parallel_set_threads (0);
}

static void
count_within (gsize lo, gsize hi, gpointer context)
{
  guint8 **times = context;

  for (gsize i = lo; i < hi; i++)
    willis_parallel_for (N, 13, count, times[i]);
}

static void
test_within (void)
{
  guint8 *times[12];

  willis_parallel_set_threads (3);
  for (gsize i = 0; i < G_N_ELEMENTS (times); i++)
    times[i] = g_new0 (guint8, N);
  willis_parallel_for (G_N_ELEMENTS (times), 1, count_within, times);
  for (gsize i = 0; i < G_N_ELEMENTS (times); i++)
    {
      assert_once (times[i]);
      g_free (times[i]);
    }
  willis_parallel_set_threads (0);
}

static gpointer
loops_of_a_thread (gpointer data)
{
  for (int again = 0; again < 100; again++)
    {
      g_autofree guint8 *times = g_new0 (guint8, N);

      willis_parallel_for (N, 13, count, times);
      assert_once (times);
    }
  return NULL;
}

/* Loops of several threads at the same time, as of the window and its worker. */
static void
test_at_once (void)
{
  GThread *threads[4];

  willis_parallel_set_threads (3);
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("loops", loops_of_a_thread, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  willis_parallel_set_threads (0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/parallel/once", test_once);
  g_test_add_func ("/base/parallel/within", test_within);
  g_test_add_func ("/base/parallel/at-once", test_at_once);
  return g_test_run ();
}
