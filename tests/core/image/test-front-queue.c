/* SPDX-License-Identifier: Apache-2.0 */
#include "core/image/front-queue.h"

typedef struct
{
  float time;
  guint32 item; // in the order in which they were put in
} Waiting;

static int
by_time (gconstpointer a, gconstpointer b)
{
  const Waiting *x = a, *y = b;

  return x->time != y->time ? (x->time > y->time) - (x->time < y->time) : (x->item > y->item) - (x->item < y->item);
}

/* Takes from the queue and puts in more, as a front does: what comes out is what a sorted list has first. */
static void
follow (float first, float reach, float grain, gsize n_items)
{
  WillisFrontQueue queue = { 0 };
  g_autoptr (GArray) waiting = g_array_new (FALSE, FALSE, sizeof (Waiting));
  guint32 n = 0;
  float now = first, time = 0.0f;
  guint32 item = 0;

  while (n < n_items || waiting->len > 0)
    {
      for (int k = g_test_rand_int_range (0, 5); k > 0 && n < n_items; k--)
        {
          Waiting next = { now + (float) g_test_rand_double_range (0.0, (double) reach), n++ };

          if (grain > 0.0f) // so that many are equal
            next.time = MAX (now, grain * (float) (int) (next.time / grain));
          g_array_append_val (waiting, next);
          willis_front_queue_push (&queue, next.time, next.item);
        }
      if (waiting->len == 0)
        continue;
      g_array_sort (waiting, by_time);
      g_assert_true (willis_front_queue_pop (&queue, &time, &item));
      g_assert_cmpfloat (time, ==, g_array_index (waiting, Waiting, 0).time);
      g_assert_cmpuint (item, ==, g_array_index (waiting, Waiting, 0).item);
      g_array_remove_index (waiting, 0);
      now = time;
    }
  g_assert_false (willis_front_queue_pop (&queue, &time, &item));
  willis_front_queue_clear (&queue);
}

static void
test_order (void)
{
  follow (0.0f, 1.0f, 0.0f, 2000);
  follow (0.0f, 1.0f, 0.125f, 2000);
  follow (0.0f, 1e-38f, 0.0f, 500);   // below the least normal number
  follow (100.0f, 1e-4f, 0.0f, 2000); // some neighbouring floats, most of them in the run that is being taken
  follow (3.0f, 1e20f, 0.0f, 500);
  follow (0.0f, 300.0f, 0.0f, 2000);
}

/* Many of one time keep their order, and so do those that come while they are taken. */
static void
test_equal (void)
{
  WillisFrontQueue queue = { 0 };
  float time = 0.0f;
  guint32 item = 0;

  for (guint32 n = 0; n < 1000; n++)
    willis_front_queue_push (&queue, n % 2 == 0 ? 7.5f : 8.25f, n);
  for (guint32 n = 0; n < 500; n++)
    {
      g_assert_true (willis_front_queue_pop (&queue, &time, &item));
      g_assert_cmpfloat (time, ==, 7.5f);
      g_assert_cmpuint (item, ==, 2 * n);
      if (n == 100)
        willis_front_queue_push (&queue, 7.5f, 5000);
    }
  g_assert_true (willis_front_queue_pop (&queue, &time, &item));
  g_assert_cmpuint (item, ==, 5000);
  g_assert_true (willis_front_queue_pop (&queue, &time, &item));
  g_assert_cmpfloat (time, ==, 8.25f);
  g_assert_cmpuint (item, ==, 1);
  willis_front_queue_clear (&queue);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/front-queue/order", test_order);
  g_test_add_func ("/front-queue/equal", test_equal);
  return g_test_run ();
}
