/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>
#include <math.h>

#include "core/num/chain.h"
#include "core/num/rng.h"

/* A random positive definite system of n blocks, its solution known; the residual is round-off. */
static void
check (int n, int size)
{
  WillisChain chain;
  WillisRng rng;
  gsize total = (gsize) n * size;
  g_autofree double *a = g_new0 (double, total * total), *x = g_new (double, total), *b = g_new0 (double, total);

  willis_rng_init (&rng, 17 + n * 1000 + size, 0);
  g_assert_cmpint (willis_chain_init (&chain, n, size), ==, 0);
  willis_chain_zero (&chain);
  for (gsize i = 0; i < total; i++)
    {
      x[i] = willis_rng_uniform (&rng) - 0.5;
      for (gsize j = 0; j <= i; j++)
        if (i / size - j / size <= 1)
          a[i * total + j] = a[j * total + i] = willis_rng_uniform (&rng) - 0.5;
      a[i * total + i] += 1.5 * size;
    }
  for (gsize i = 0; i < total; i++)
    for (gsize j = 0; j < total; j++)
      {
        double v = a[i * total + j];

        b[i] += v * x[j];
        if (j <= i && i / size == j / size)
          willis_chain_diag (&chain, (int) (i / size))[(i % size) * chain.stride + j % size] = v;
        else if (i / size == j / size + 1)
          willis_chain_below (&chain, (int) (j / size))[(i % size) * chain.stride + j % size] = v;
      }
  g_assert_cmpint (willis_chain_factor_half (&chain, 0), ==, 0);
  g_assert_cmpint (willis_chain_factor_half (&chain, 1), ==, 0);
  g_assert_cmpint (willis_chain_factor_finish (&chain), ==, 0);
  willis_chain_solve (&chain, b);
  for (gsize i = 0; i < total; i++)
    g_assert_cmpfloat (fabs (b[i] - x[i]), <, 1e-11);
  willis_chain_clear (&chain);
}

static void
test_solve (void)
{
  static const int sizes[] = { 1, 7, 16, 17, 42, 64 };

  for (gsize s = 0; s < G_N_ELEMENTS (sizes); s++)
    for (int n = 1; n <= 6; n++)
      check (n, sizes[s]);
}

/* One negative direction anywhere is seen. */
static void
test_indefinite (void)
{
  for (int at = 0; at < 5; at++)
    {
      WillisChain chain;
      int failed;

      g_assert_cmpint (willis_chain_init (&chain, 5, 3), ==, 0);
      willis_chain_zero (&chain);
      for (int i = 0; i < 5; i++)
        for (int k = 0; k < 3; k++)
          willis_chain_diag (&chain, i)[k * chain.stride + k] = i == at && k == 1 ? -1.0 : 2.0;
      failed = willis_chain_factor_half (&chain, 0) | willis_chain_factor_half (&chain, 1);
      g_assert_true (failed || willis_chain_factor_finish (&chain) != 0);
      willis_chain_clear (&chain);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/chain/solve", test_solve);
  g_test_add_func ("/chain/indefinite", test_indefinite);
  return g_test_run ();
}
