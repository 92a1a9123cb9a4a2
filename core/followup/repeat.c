/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A neck plane that is carried over cancels in what changes with the plane alone: sizes, neck, areas, volume and their
 * ratios repeat to within the deviation that is found by moving the wall. The shape of the wall, and where its widest
 * and farthest points lie, do not: noise in either scan changes them, which a wall moved as a whole does not show.
 */
#include "core/followup/repeat.h"

#include <math.h>

#include "core/num/vec3.h"

#define DEGREES (180.0 / G_PI)

/* Does an unchanged sac's index repeat to within what the shared neck leaves? */
static gboolean
is_shared (WillisIndex i)
{
  return (i <= WILLIS_INDEX_HEIGHT_WIDTH && i != WILLIS_INDEX_BULGE_HEIGHT && i != WILLIS_INDEX_NECK_MAX)
         || i == WILLIS_INDEX_SURFACE_VOLUME || i == WILLIS_INDEX_VOLUME_OSTIUM;
}

double
willis_dome_spread_deg (const WillisSurface *sac, const double centre_lps_mm[3], double noise_mm)
{
  const double *p = willis_surface_points (sac);
  gsize n = willis_surface_n_points (sac), at = 0, count = 0;
  double farthest = 0.0, sum = 0.0, axis[3], d[3];

  for (gsize i = 0; i < n; i++)
    if (vec3_dist (p + 3 * i, centre_lps_mm) > farthest)
      {
        farthest = vec3_dist (p + 3 * i, centre_lps_mm);
        at = i;
      }
  if (!(farthest > 0.0))
    return 0.0;
  vec3_sub (axis, p + 3 * at, centre_lps_mm);
  vec3_normalize (axis);
  for (gsize i = 0; i < n; i++)
    if (vec3_dist (p + 3 * i, centre_lps_mm) >= farthest - noise_mm)
      {
        double angle;

        vec3_sub (d, p + 3 * i, centre_lps_mm);
        vec3_normalize (d);
        angle = acos (CLAMP (vec3_dot (d, axis), -1.0, 1.0));
        sum += angle * angle;
        count++;
      }
  return DEGREES * sqrt (sum / (double) count);
}

void
willis_growth_widen (WillisGrowth *g, const WillisAneurysm *const own[2], double spread_deg)
{
  for (int i = 0; i < WILLIS_N_INDICES; i++)
    {
      double sum = g->delta[i].sd * g->delta[i].sd;

      if (is_shared ((WillisIndex) i) || !isfinite (sum))
        continue;
      for (int side = 0; side < 2; side++)
        {
          double sd = own[side] != NULL ? willis_aneurysm_morphology (own[side])->index[i].sd : NAN;

          sum += isfinite (sd) ? sd * sd : 0.0;
        }
      if (i == WILLIS_INDEX_ANEURYSM_ANGLE || i == WILLIS_INDEX_FLOW_ANGLE)
        sum += spread_deg * spread_deg;
      g->delta[i].sd = sqrt (sum);
      g->before[i].sd = g->after[i].sd = g->delta[i].sd / G_SQRT2;
    }
}
