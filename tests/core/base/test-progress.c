/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>

#include "core/base/parallel.h"
#include "core/base/progress.h"

static void
remember (double fraction, const char *label, gpointer data)
{
  *(double *) data = fraction;
}

static void
test_parts (void)
{
  double seen = -1;
  WillisProgress whole = WILLIS_PROGRESS_INIT;
  WillisProgress half, part;

  whole.func = remember;
  whole.data = &seen;
  half = willis_progress_part (&whole, 0.5, 1.0, "second");
  part = willis_progress_part (&half, 0.0, 0.5, NULL);
  g_assert_true (willis_progress_step (&part, 0.5, NULL));
  g_assert_cmpfloat_with_epsilon (seen, 0.625, 1e-12);
  g_assert_cmpstr (part.label, ==, "second");
  g_assert_true (willis_progress_step (NULL, 0.5, NULL));
}

static void
test_cancel (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  WillisProgress whole = WILLIS_PROGRESS_INIT;

  whole.cancellable = cancellable;
  g_assert_true (willis_progress_step (&whole, 0, &error));
  g_cancellable_cancel (cancellable);
  g_assert_false (willis_progress_step (&whole, 0, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
mark (gsize lo, gsize hi, gpointer context)
{
  for (gsize i = lo; i < hi; i++)
    ((guint8 *) context)[i]++;
}

static void
test_parallel_covers (void)
{
  guint8 seen[1001] = { 0 };

  willis_parallel_for (G_N_ELEMENTS (seen), 7, mark, seen);
  for (gsize i = 0; i < G_N_ELEMENTS (seen); i++)
    g_assert_cmpint (seen[i], ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/progress/parts", test_parts);
  g_test_add_func ("/progress/cancel", test_cancel);
  g_test_add_func ("/parallel/covers", test_parallel_covers);
  return g_test_run ();
}
