/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "core/base/error.h"
#include "core/image/fast-marching.h"
#include "core/num/vec3.h"

/* Way along the field of arrival times; positions are continuous voxel indices. */
typedef struct
{
  const WillisGrid *grid;
  const float *time;
} Field;

static double
time_at (const Field *f, const int at[3])
{
  gsize idx;

  for (int a = 0; a < 3; a++)
    if (at[a] < 0 || at[a] >= f->grid->dims[a])
      return INFINITY;
  idx = ((gsize)at[2] * (gsize)f->grid->dims[1] + (gsize)at[1]) * (gsize)f->grid->dims[0] + (gsize)at[0];
  return f->time[idx] < WILLIS_NOT_REACHED ? (double)f->time[idx] : INFINITY;
}

/* Upwind gradient at a voxel, per mm: along each axis the difference to the earlier neighbour, central where
 * both are reached and earlier-later. */
static gboolean
voxel_gradient (const Field *f, const int at[3], double g[3])
{
  double t = time_at (f, at);

  if (!isfinite (t))
    return FALSE;
  for (int a = 0; a < 3; a++)
    {
      int up[3] = { at[0], at[1], at[2] }, down[3] = { at[0], at[1], at[2] };
      double tu, td, h = f->grid->spacing_mm[a];

      up[a]++;
      down[a]--;
      tu = time_at (f, up);
      td = time_at (f, down);
      if (isfinite (tu) && isfinite (td))
        g[a] = (tu - td) / (2.0 * h);
      else if (isfinite (tu))
        g[a] = (tu - t) / h;
      else if (isfinite (td))
        g[a] = (t - td) / h;
      else
        g[a] = 0.0;
    }
  return TRUE;
}

/* The unit direction of descent at p, in mm along the index axes: trilinear mean over the reached corners. */
static gboolean
descent (const Field *f, const double p[3], double dir[3])
{
  int base[3];
  double t[3], sum = 0.0;

  vec3_set (dir, 0, 0, 0);
  for (int a = 0; a < 3; a++)
    {
      base[a] = (int)floor (p[a]);
      t[a] = p[a] - base[a];
    }
  for (int c = 0; c < 8; c++)
    {
      int at[3] = { base[0] + (c & 1), base[1] + ((c >> 1) & 1), base[2] + (c >> 2) };
      double w = 1.0, g[3];

      for (int a = 0; a < 3; a++)
        w *= at[a] > base[a] ? t[a] : 1.0 - t[a];
      if (w <= 0.0 || !voxel_gradient (f, at, g))
        continue;
      vec3_axpy (dir, dir, -w, g);
      sum += w;
    }
  return sum > 0.0 && vec3_normalize (dir) > 0.0;
}

static void
advance (const Field *f, const double p[3], double mm, const double dir[3], double out[3])
{
  for (int a = 0; a < 3; a++)
    out[a] = p[a] + mm * dir[a] / f->grid->spacing_mm[a];
}

/* One step of Runge and Kutta; FALSE where the field has no slope. */
static gboolean
step_rk4 (const Field *f, const double p[3], double mm, double out[3])
{
  double k1[3], k2[3], k3[3], k4[3], q[3], dir[3];

  if (!descent (f, p, k1))
    return FALSE;
  advance (f, p, mm / 2, k1, q);
  if (!descent (f, q, k2))
    return FALSE;
  advance (f, p, mm / 2, k2, q);
  if (!descent (f, q, k3))
    return FALSE;
  advance (f, p, mm, k3, q);
  if (!descent (f, q, k4))
    return FALSE;
  for (int a = 0; a < 3; a++)
    dir[a] = (k1[a] + 2 * k2[a] + 2 * k3[a] + k4[a]) / 6.0;
  if (vec3_normalize (dir) == 0.0)
    return FALSE;
  advance (f, p, mm, dir, out);
  return TRUE;
}

/* Time between voxels: trilinear over the reached corners. */
static double
sample_time (const Field *f, const double p[3])
{
  int base[3];
  double sum = 0.0, weight = 0.0;

  for (int a = 0; a < 3; a++)
    base[a] = (int)floor (p[a]);
  for (int c = 0; c < 8; c++)
    {
      int at[3] = { base[0] + (c & 1), base[1] + ((c >> 1) & 1), base[2] + (c >> 2) };
      double w = 1.0, t = time_at (f, at);

      for (int a = 0; a < 3; a++)
        w *= 1.0 - fabs (p[a] - at[a]);
      if (w > 0.0 && isfinite (t))
        {
          sum += w * t;
          weight += w;
        }
    }
  return weight > 1e-9 ? sum / weight : INFINITY;
}

/* The earliest voxel among the 27 about p; its time. */
static double
earliest_near (const Field *f, const double p[3], int best[3])
{
  double earliest = INFINITY;
  int c[3] = { (int)lrint (p[0]), (int)lrint (p[1]), (int)lrint (p[2]) };

  for (int n = 0; n < 27; n++)
    {
      int at[3] = { c[0] + n % 3 - 1, c[1] + n / 3 % 3 - 1, c[2] + n / 9 - 1 };
      double t = time_at (f, at);

      if (t < earliest)
        {
          earliest = t;
          for (int a = 0; a < 3; a++)
            best[a] = at[a];
        }
    }
  return earliest;
}

static double
distance_mm (const Field *f, const double p[3], const double q[3])
{
  double d[3];

  for (int a = 0; a < 3; a++)
    d[a] = (p[a] - q[a]) * f->grid->spacing_mm[a];
  return vec3_norm (d);
}

static void
append (GArray *points, const Field *f, const double p[3])
{
  double lps[3];

  willis_grid_ijk_to_lps (f->grid, p, lps);
  g_array_append_vals (points, lps, 3);
}

double *
willis_fast_march_path (const WillisVolume *time, const double from_lps_mm[3], double step_mm, gsize *n,
                        GError **error)
{
  Field f = { willis_volume_grid (time), willis_volume_f32 (time) };
  g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (double));
  double p[3], now;
  int best[3];
  gsize limit = 100 + 64 * (gsize)(f.grid->dims[0] + f.grid->dims[1] + f.grid->dims[2]);

  if (f.time == NULL || !(step_mm > 0.0))
    {
      willis_fail (error, WILLIS_ERROR_BAD_INPUT, "a path needs arrival times and a positive step");
      return NULL;
    }
  limit = (gsize)((double)limit * MAX (1.0, willis_grid_min_spacing (f.grid) / step_mm));
  willis_grid_lps_to_ijk (f.grid, from_lps_mm, p);
  now = sample_time (&f, p);
  if (!isfinite (now))
    {
      willis_fail (error, WILLIS_ERROR_FAILED,
                   "there is no path from (%.1f, %.1f, %.1f) mm: the front never came there", from_lps_mm[0],
                   from_lps_mm[1], from_lps_mm[2]);
      return NULL;
    }
  append (points, &f, p);
  for (gsize count = 0; count < limit; count++)
    {
      double next[3], earliest = earliest_near (&f, p, best), at[3] = { 0, 0, 0 }, then = INFINITY;

      if (isfinite (earliest))
        vec3_set (at, best[0], best[1], best[2]);
      if (step_rk4 (&f, p, step_mm, next))
        then = sample_time (&f, next);
      if (!(then < now))
        {
          /* no slope, or at the start: go to the earliest voxel near, unless this is it */
          if (!(earliest < now))
            break;
          vec3_copy (next, at);
          then = earliest;
        }
      vec3_copy (p, next);
      now = then;
      append (points, &f, p);
      if (distance_mm (&f, p, at) < 0.5 * step_mm && earliest >= now - 1e-6)
        break;
    }
  if (isfinite (earliest_near (&f, p, best)))
    {
      const double at[3] = { best[0], best[1], best[2] };

      if (distance_mm (&f, p, at) > 1e-6)
        append (points, &f, at);
    }
  *n = points->len / 3;
  return (double *)(gpointer)g_array_free (g_steal_pointer (&points), FALSE);
}
