/* SPDX-License-Identifier: Apache-2.0 */
#include "core/vessel/sac-doubt.h"

#include <math.h>

#include "core/mesh/bvh.h"
#include "core/num/vec3.h"

#define THIN 0.4 // of the width of the sac
#define IN_MM 1e-3

double
willis_sac_thin_reach (WillisSurface *sac, double width_mm)
{
  gsize n = willis_surface_n_points (sac);
  const double *p = willis_surface_points (sac);
  g_autoptr (WillisBvh) bvh = n > 0 ? willis_bvh_new (sac) : NULL;
  g_autofree double *normals = n > 0 ? willis_surface_point_normals (sac) : NULL;
  g_autofree gboolean *thin = g_new (gboolean, MAX (n, 1));
  double reach = 0.0;

  for (gsize i = 0; i < n; i++)
    {
      WillisRayHit hit;
      double from[3], in[3];

      vec3_scale (in, normals + 3 * i, -1.0);
      vec3_axpy (from, p + 3 * i, IN_MM, in);
      thin[i] = willis_bvh_ray (bvh, from, in, THIN * width_mm, &hit);
    }
  for (gsize i = 0; i < n; i++)
    {
      double nearest = INFINITY;

      for (gsize k = 0; thin[i] && k < n && nearest > reach; k++)
        if (!thin[k])
          nearest = MIN (nearest, vec3_dist (p + 3 * i, p + 3 * k));
      if (thin[i] && isfinite (nearest))
        reach = MAX (reach, nearest);
    }
  return reach;
}
