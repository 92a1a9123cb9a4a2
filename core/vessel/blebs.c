/* SPDX-License-Identifier: Apache-2.0 */
#include "core/vessel/blebs.h"

#include <math.h>

#include "core/mesh/rims.h"

#define LEAST_AREA_MM2 0.8 // of a cap: a disc of 1 mm
#define LEAST_SPREAD 0.84  // sr, 2 pi (1 - cos 30 degrees)

static gint32
root (gint32 *parent, gint32 i)
{
  while (parent[i] != i)
    i = parent[i] = parent[parent[i]];
  return i;
}

/* Mean curvature averaged over each point and its neighbours by area (new): the ring of a sharp crease is one point
 * wide and has gaps else. */
static double *
averaged (const WillisSurface *sac, const double *mean, const double *area)
{
  gsize n = willis_surface_n_points (sac), n_half = 3 * willis_surface_n_triangles (sac);
  const gint32 *v = willis_surface_triangles (sac);
  double *sum = g_new0 (double, MAX (n, 1));
  g_autofree double *weight = g_new0 (double, MAX (n, 1));

  for (gsize i = 0; i < n; i++)
    if (isfinite (mean[i]))
      {
        weight[i] = area[i];
        sum[i] = area[i] * mean[i];
      }
  for (gsize h = 0; h < n_half; h++) // each neighbour is met by two triangles
    for (int end = 0; end < 2; end++)
      {
        gint32 next = v[h % 3 == 2 ? h - 2 : h + 1], i = end == 0 ? v[h] : next, k = end == 0 ? next : v[h];

        if (!isfinite (mean[k]))
          continue;
        weight[i] += 0.5 * area[k];
        sum[i] += 0.5 * area[k] * mean[k];
      }
  for (gsize i = 0; i < n; i++)
    sum[i] = weight[i] > 0.0 ? sum[i] / weight[i] : NAN;
  return sum;
}

guint
willis_surface_blebs (const WillisSurface *sac, const double *mean, const double *gauss, const double *area)
{
  gsize n = willis_surface_n_points (sac), n_triangles = willis_surface_n_triangles (sac), dome = 0;
  const gint32 *v = willis_surface_triangles (sac);
  g_autofree gint32 *parent = g_new (gint32, MAX (n, 1)), *opposite = willis_surface_opposites (sac);
  g_autofree double *whole = g_new0 (double, MAX (n, 1)), *cap = g_new0 (double, MAX (n, 1)),
                    *spread = g_new0 (double, MAX (n, 1));
  g_autofree double *smooth = averaged (sac, mean, area);
  g_autofree guint8 *open = g_new0 (guint8, MAX (n, 1)), *concave = g_new0 (guint8, MAX (n, 1));
  guint count = 0;

  for (gsize i = 0; i < n; i++)
    {
      parent[i] = (gint32) i;
      concave[i] = mean[i] < 0.0 || smooth[i] < 0.0;
    }
  for (gsize h = 0; h < 3 * n_triangles; h++) // half edge h runs from v[h] to the next corner
    {
      gint32 a = v[h], b = v[h % 3 == 2 ? h - 2 : h + 1];

      if (concave[a] || concave[b])
        continue;
      a = root (parent, a);
      b = root (parent, b);
      parent[MAX (a, b)] = MIN (a, b);
    }
  for (gsize i = 0; i < n; i++)
    {
      gint32 r = root (parent, (gint32) i);

      whole[r] += area[i];
      if (!concave[i] && gauss[i] > 0.0)
        {
          cap[r] += area[i];
          spread[r] += area[i] * gauss[i];
        }
    }
  for (gsize h = 0; h < 3 * n_triangles; h++)
    if (opposite[h] < 0)
      open[root (parent, v[h])] = open[root (parent, v[h % 3 == 2 ? h - 2 : h + 1])] = TRUE;
  for (gsize i = 0; i < n; i++)
    if (whole[i] > whole[dome])
      dome = i;
  for (gsize i = 0; i < n; i++)
    count += i != dome && !open[i] && cap[i] >= LEAST_AREA_MM2 && spread[i] >= LEAST_SPREAD;
  return count;
}
