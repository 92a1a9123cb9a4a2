/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/views/section.h"

#include "core/num/kernel.h"
#include "core/num/vec3.h"

WILLIS_KERNEL static void
distances (const double *restrict points, gsize n, const double normal[3], double offset, float *restrict out)
{
  for (gsize i = 0; i < n; i++)
    out[i] = (float) (points[3 * i] * normal[0] + points[3 * i + 1] * normal[1] + points[3 * i + 2] * normal[2] - offset);
}

void
willis_section_append (const WillisSurface *surface, const double point[3], const double normal[3], GArray *out)
{
  gsize n_points = willis_surface_n_points (surface), n_triangles = willis_surface_n_triangles (surface);
  const double *points = willis_surface_points (surface);
  const gint32 *t = willis_surface_triangles (surface);
  g_autofree float *d = g_new (float, n_points + 1);

  distances (points, n_points, normal, vec3_dot (point, normal), d);
  for (gsize n = 0; n < n_triangles; n++, t += 3)
    {
      WillisSegment segment;
      int found = 0;
      gboolean a = d[t[0]] >= 0.0f, b = d[t[1]] >= 0.0f, c = d[t[2]] >= 0.0f;

      if (a == b && b == c)
        continue;
      for (int e = 0; e < 3 && found < 2; e++)
        {
          gint32 p = t[e], q = t[(e + 1) % 3];

          if ((d[p] >= 0.0f) != (d[q] >= 0.0f))
            vec3_lerp (segment.lps_mm[found++], points + 3 * p, points + 3 * q, (double) d[p] / ((double) d[p] - (double) d[q]));
        }
      if (found == 2)
        g_array_append_val (out, segment);
    }
}
