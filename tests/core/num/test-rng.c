/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>
#include <math.h>

#include "core/num/rng.h"

/* The reference stream of the PCG authors' demonstration program (seed 42, stream 54). */
static void
test_reference_stream (void)
{
  const guint32 expected[] = { 0xa15c02b7, 0x7b47f409, 0xba1d3330, 0x83d2f293, 0xbfa4784b, 0xcbed606e };
  WillisRng rng;

  willis_rng_init (&rng, 42, 54);
  for (gsize i = 0; i < G_N_ELEMENTS (expected); i++)
    g_assert_cmphex (willis_rng_u32 (&rng), ==, expected[i]);
}

static void
test_moments (void)
{
  WillisRng rng;
  double sum = 0, sum2 = 0;
  int n = 200000;

  willis_rng_init (&rng, 1, 1);
  for (int i = 0; i < n; i++)
    {
      double x = willis_rng_normal (&rng);

      sum += x;
      sum2 += x * x;
    }
  g_assert_cmpfloat (fabs (sum / n), <, 0.01);
  g_assert_cmpfloat (fabs (sum2 / n - 1.0), <, 0.02);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rng/reference-stream", test_reference_stream);
  g_test_add_func ("/rng/moments", test_moments);
  return g_test_run ();
}
