/* SPDX-License-Identifier: Apache-2.0 */
#include "solver/stent/wire-path.h"

#include <math.h>

#include "core/num/vec3.h"

void
_willis_wire_path_point (const WillisWirePath *path, double s, double point[3])
{
  gsize lo = 0, hi = path->n - 1;
  double t;

  while (hi - lo > 1)
    {
      gsize mid = (lo + hi) / 2;

      if (path->s_mm[mid] <= s)
        lo = mid;
      else
        hi = mid;
    }
  t = (s - path->s_mm[lo]) / (path->s_mm[hi] - path->s_mm[lo]); // goes on straight beyond its ends
  vec3_lerp (point, path->points_lps_mm + 3 * lo, path->points_lps_mm + 3 * hi, t);
}

void
_willis_wire_path_tangent (const WillisWirePath *path, double s, double over, double tangent[3])
{
  double a[3], b[3];

  _willis_wire_path_point (path, s - over, a);
  _willis_wire_path_point (path, s + over, b);
  vec3_sub (tangent, b, a);
  vec3_normalize (tangent);
}

/* Abscissa of the point of the path nearest to x, near a guess. */
double
_willis_wire_path_foot (const WillisWirePath *path, const double x[3], double guess)
{
  double best = guess, least = INFINITY;

  for (gsize i = 0; i + 1 < path->n; i++)
    {
      const double *a = path->points_lps_mm + 3 * i, *b = a + 3;
      double ab[3], ax[3], t, p[3], d, ds = path->s_mm[i + 1] - path->s_mm[i];

      if (path->s_mm[i + 1] < guess - 6.0 || path->s_mm[i] > guess + 6.0)
        continue;
      vec3_sub (ab, b, a);
      vec3_sub (ax, x, a);
      t = vec3_dot (ax, ab) / vec3_norm2 (ab);
      t = CLAMP (t, i == 0 ? -1e3 : 0.0, i + 2 == path->n ? 1e3 : 1.0);
      vec3_axpy (p, a, t, ab);
      d = vec3_dist (p, x);
      if (d < least)
        {
          least = d;
          best = path->s_mm[i] + t * ds;
        }
    }
  return best;
}

gboolean
_willis_wire_path_unsupported (const WillisLumenLine *line, double s)
{
  gsize i = 0;

  while (i + 1 < line->n && line->s_mm[i] < s)
    i++;
  return line->unsupported != NULL && line->unsupported[i];
}

void
_willis_wire_path_curvature (const double *points, const double *s, gsize n, double *curvature)
{
  for (gsize i = 0; i < n; i++)
    {
      gsize lo = i >= 2 ? i - 2 : 0, hi = MIN (i + 2, n - 1);
      double a[3], b[3], c[3];

      curvature[i] = 0.0;
      if (lo == i || hi == i)
        continue;
      vec3_sub (a, points + 3 * i, points + 3 * lo);
      vec3_sub (b, points + 3 * hi, points + 3 * i);
      vec3_cross (c, a, b);
      curvature[i] = 2.0 * atan2 (vec3_norm (c), vec3_dot (a, b)) / (s[hi] - s[lo]);
    }
}

void
_willis_wire_path_crossing (const double centre[3], const double t[3], const double u[3], const double v[3], double phi,
                            double radius, WillisFrame *frame)
{
  double r[3], w[3], q[9];

  vec3_scale (r, u, cos (phi));
  vec3_axpy (r, r, sin (phi), v);
  vec3_axpy (frame->r, centre, radius, r);
  vec3_cross (w, t, r);
  for (int i = 0; i < 3; i++)
    {
      q[3 * i] = t[i];
      q[3 * i + 1] = r[i];
      q[3 * i + 2] = w[i];
    }
  quat_from_matrix (frame->q, q);
}
