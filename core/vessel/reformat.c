/* SPDX-License-Identifier: Apache-2.0 */
/* The scan straightened along a vessel. */
#include <math.h>

#include "core/mesh/bvh.h"
#include "core/num/vec3.h"
#include "core/vessel/profile.h"

/* Centre and direction of the row at arc length s; the direction is across of the row. */
static void
row_at (const WillisCourse *course, WillisReformatKind kind, double angle, double s, gsize *hint, double centre[3],
        double across[3])
{
  const WillisCoursePoint *p = willis_course_points (course);
  gsize n = willis_course_n (course), i = *hint, middle = n / 2, from;
  double t, v[3];

  while (i + 2 < n && p[i + 1].at_mm < s)
    i++;
  *hint = i;
  t = CLAMP ((s - p[i].at_mm) / MAX (p[i + 1].at_mm - p[i].at_mm, 1e-9), 0.0, 1.0);
  vec3_lerp (centre, p[i].centre_lps_mm, p[i + 1].centre_lps_mm, t);
  from = kind == WILLIS_REFORMAT_STRETCHED ? middle : t < 0.5 ? i : i + 1;
  vec3_cross (v, p[from].tangent, p[from].normal);
  for (int a = 0; a < 3; a++)
    across[a] = cos (angle) * p[from].normal[a] + sin (angle) * v[a];
}

/* Half a voxel beyond the outermost voxel centres still belongs to the scan. */
static gboolean
inside (const WillisGrid *grid, const double ijk[3])
{
  for (int a = 0; a < 3; a++)
    if (!(ijk[a] >= -0.5 && ijk[a] <= grid->dims[a] - 0.5))
      return FALSE;
  return TRUE;
}

float *
willis_reformat (const WillisVolume *volume, const WillisCourse *course, WillisReformatKind kind, double angle,
                 double half_width_mm, double pixel_mm, int *width, int *height)
{
  const WillisGrid *grid = willis_volume_grid (volume);
  int half = (int) floor (half_width_mm / pixel_mm);
  gsize hint = 0;
  float *out;

  *width = 2 * half + 1;
  *height = (int) floor (willis_course_length_mm (course) / pixel_mm) + 1;
  out = g_new (float, (gsize) *width * (gsize) *height);
  for (int y = 0; y < *height; y++)
    {
      double centre[3], across[3];

      row_at (course, kind, angle, y * pixel_mm, &hint, centre, across);
      for (int x = 0; x < *width; x++)
        {
          double p[3], ijk[3];

          vec3_axpy (p, centre, (x - half) * pixel_mm, across);
          willis_grid_lps_to_ijk (grid, p, ijk);
          out[(gsize) y * (gsize) *width + (gsize) x]
              = inside (grid, ijk) ? (float) willis_volume_sample (volume, ijk) : NAN;
        }
    }
  return out;
}

double *
willis_reformat_edges (WillisSurface *lumen, const WillisCourse *course, WillisReformatKind kind, double angle,
                       double half_width_mm, double pixel_mm, int height)
{
  g_autoptr (WillisBvh) bvh = willis_bvh_new (lumen);
  double *out = g_new (double, 2 * MAX (height, 1));
  gsize hint = 0;

  for (int y = 0; y < height; y++)
    {
      double centre[3], across[3];

      row_at (course, kind, angle, y * pixel_mm, &hint, centre, across);
      for (int side = 0; side < 2; side++)
        {
          WillisRayHit hit;
          double d[3];

          vec3_scale (d, across, side == 0 ? -1.0 : 1.0);
          out[2 * y + side] = willis_bvh_ray (bvh, centre, d, half_width_mm, &hit) ? hit.t : NAN;
        }
    }
  return out;
}
