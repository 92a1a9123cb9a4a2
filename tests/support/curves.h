/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * How far two closed curves lie apart.
 */
#include <glib.h>
#include <math.h>

#include "core/num/vec3.h"

/* The mean distance of the n points of a from the nearest of the m points of b, [n][3] and [m][3]. */
static inline double
curve_one_way (const double *a, gsize n, const double *b, gsize m)
{
  double sum = 0.0;

  for (gsize i = 0; i < n; i++)
    {
      double best = INFINITY;

      for (gsize k = 0; k < m; k++)
        best = MIN (best, vec3_dist (a + 3 * i, b + 3 * k));
      sum += best / (double) n;
    }
  return sum;
}
