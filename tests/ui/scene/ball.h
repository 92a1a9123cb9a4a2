/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* A ball of triangles for tests of pictures and picks. */
#include <math.h>

#include "core/mesh/surface.h"
#include "core/num/vec3.h"

/* About centre, of radius r; 3 rows^2 triangles, outward, closed but for two points at the poles. */
static inline WillisSurface *
make_ball (const double centre[3], double r, int rows)
{
  int sides = 3 * rows / 2;
  double *points = g_new (double, 3 * (rows + 1) * sides);
  gint32 *triangles = g_new (gint32, 6 * rows * sides), *t = triangles;

  for (int i = 0; i <= rows; i++)
    for (int j = 0; j < sides; j++)
      {
        double a = G_PI * (0.5 - (double) i / rows), b = 2.0 * G_PI * j / sides, *p = points + 3 * (i * sides + j);

        vec3_set (p, centre[0] + r * cos (a) * cos (b), centre[1] + r * cos (a) * sin (b), centre[2] + r * sin (a));
      }
  for (int i = 0; i < rows; i++)
    for (int j = 0; j < sides; j++)
      {
        int a = i * sides + j, b = i * sides + (j + 1) % sides, c = a + sides, d = b + sides;
        const gint32 two[6] = { a, c, b, b, c, d };

        for (int k = 0; k < 6; k++)
          *t++ = two[k];
      }
  return willis_surface_new_take (points, (rows + 1) * sides, triangles, 2 * rows * sides);
}
