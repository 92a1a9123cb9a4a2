/* SPDX-License-Identifier: Apache-2.0 */
#include "solver/problem/curve.h"

#include <string.h>

#include "core/num/band.h"

#define SUB 32 // steps of the arc length table per span

struct _WillisCurve
{
  double start[3], tangent[3], normal[3], curvature, length; // line, arc
  gsize n;                                                   // points; 0: line or arc
  double *t;                                                 // [n] parameter
  double *x;                                                 // [n][3]
  double *m;                                                 // [n][3] second derivatives
  double *s;                                                 // [(n - 1) * SUB + 1] arc length
};

WillisCurve *
willis_curve_line (const double from[3], const double to[3])
{
  WillisCurve *c = g_new0 (WillisCurve, 1);
  double v[3];

  vec3_copy (c->start, from);
  vec3_sub (c->tangent, to, from);
  c->length = vec3_normalize (c->tangent);
  vec3_basis (c->tangent, c->normal, v);
  return c;
}

WillisCurve *
willis_curve_arc (const double start[3], const double tangent[3], const double normal[3], double radius, double angle)
{
  WillisCurve *c = g_new0 (WillisCurve, 1);

  vec3_copy (c->start, start);
  vec3_copy (c->tangent, tangent);
  vec3_normalize (c->tangent);
  vec3_axpy (c->normal, normal, -vec3_dot (normal, c->tangent), c->tangent);
  vec3_normalize (c->normal);
  c->curvature = 1.0 / radius;
  c->length = radius * angle;
  return c;
}

/* Second derivatives of the interpolating cubic spline: tridiagonal inside, third derivative continuous at the second and last
 * but one point (for three points: one parabola; for two: a line). */
static void
spline (WillisCurve *c)
{
  int n = (int) c->n;
  const double *t = c->t;
  WillisBand band;
  g_autofree double *rhs = g_new0 (double, n);

  if (n == 2 || willis_band_init (&band, n, 2, 2) != 0)
    return;
  for (int k = 0; k < 3; k++)
    {
      willis_band_zero (&band);
      for (int i = 1; i < n - 1; i++)
        {
          double h0 = t[i] - t[i - 1], h1 = t[i + 1] - t[i];

          willis_band_add (&band, i, i - 1, h0 / 6.0);
          willis_band_add (&band, i, i, (h0 + h1) / 3.0);
          willis_band_add (&band, i, i + 1, h1 / 6.0);
          rhs[i] = (c->x[3 * (i + 1) + k] - c->x[3 * i + k]) / h1 - (c->x[3 * i + k] - c->x[3 * (i - 1) + k]) / h0;
        }
      for (int side = 0; side < 2; side++)
        {
          int a = side ? n - 1 : 0, b = side ? n - 2 : 1, d = side ? n - 3 : 2;
          double h0 = fabs (t[b] - t[a]), h1 = fabs (t[d] - t[b]);

          rhs[a] = 0.0;
          if (n == 3)
            {
              willis_band_add (&band, a, a, 1.0);
              willis_band_add (&band, a, b, -1.0);
              continue;
            }
          willis_band_add (&band, a, a, 1.0 / h0);
          willis_band_add (&band, a, b, -1.0 / h0 - 1.0 / h1);
          willis_band_add (&band, a, d, 1.0 / h1);
        }
      willis_band_factor (&band, NULL, NULL);
      willis_band_solve (&band, rhs);
      for (int i = 0; i < n; i++)
        c->m[3 * i + k] = rhs[i];
    }
  willis_band_clear (&band);
}

static void
spline_at (const WillisCurve *c, gsize span, double u, double x[3], double dx[3])
{
  double h = c->t[span + 1] - c->t[span], a = 1.0 - u, b = u;
  const double *p = c->x + 3 * span, *m = c->m + 3 * span;

  for (int k = 0; k < 3; k++)
    {
      x[k] = a * p[k] + b * p[3 + k] + ((a * a * a - a) * m[k] + (b * b * b - b) * m[3 + k]) * h * h / 6.0;
      dx[k] = (p[3 + k] - p[k]) / h + ((1.0 - 3.0 * a * a) * m[k] + (3.0 * b * b - 1.0) * m[3 + k]) * h / 6.0;
    }
}

WillisCurve *
willis_curve_points (const double *points, gsize n)
{
  static const double gauss[3] = { -0.7745966692414834, 0.0, 0.7745966692414834 };
  static const double weight[3] = { 5.0 / 18.0, 8.0 / 18.0, 5.0 / 18.0 };
  WillisCurve *c = g_new0 (WillisCurve, 1);

  c->n = n;
  c->x = g_memdup2 (points, sizeof (double) * 3 * n);
  c->t = g_new0 (double, n);
  c->m = g_new0 (double, 3 * n);
  c->s = g_new0 (double, (n - 1) * SUB + 1);
  for (gsize i = 1; i < n; i++)
    c->t[i] = c->t[i - 1] + vec3_dist (points + 3 * i, points + 3 * (i - 1));
  spline (c);
  for (gsize i = 0; i + 1 < n; i++)
    for (int k = 0; k < SUB; k++)
      {
        double sum = 0.0, x[3], dx[3];

        for (int g = 0; g < 3; g++)
          {
            spline_at (c, i, (k + 0.5 + 0.5 * gauss[g]) / SUB, x, dx);
            sum += weight[g] * vec3_norm (dx);
          }
        c->s[i * SUB + k + 1] = c->s[i * SUB + k] + sum * (c->t[i + 1] - c->t[i]) / SUB;
      }
  c->length = c->s[(n - 1) * SUB];
  return c;
}

void
willis_curve_free (WillisCurve *c)
{
  if (c == NULL)
    return;
  g_free (c->t);
  g_free (c->x);
  g_free (c->m);
  g_free (c->s);
  g_free (c);
}

double
willis_curve_length (const WillisCurve *c)
{
  return c->length;
}

gsize
willis_curve_n_points (const WillisCurve *c)
{
  return c->n;
}

double
willis_curve_at_point (const WillisCurve *c, gsize i)
{
  return c->s[i * SUB];
}

static void
place (const WillisCurve *c, double s, double x[3], double t[3])
{
  gsize lo = 0, hi = (c->n - 1) * SUB;
  double u;

  if (c->n == 0 && c->curvature == 0.0)
    {
      vec3_axpy (x, c->start, s, c->tangent);
      vec3_copy (t, c->tangent);
      return;
    }
  if (c->n == 0)
    {
      double a = s * c->curvature;

      vec3_axpy (x, c->start, sin (a) / c->curvature, c->tangent);
      vec3_axpy (x, x, 2.0 * sin (0.5 * a) * sin (0.5 * a) / c->curvature, c->normal);
      vec3_scale (t, c->tangent, cos (a));
      vec3_axpy (t, t, sin (a), c->normal);
      return;
    }
  while (hi - lo > 1)
    {
      gsize mid = (lo + hi) / 2;

      if (c->s[mid] <= s)
        lo = mid;
      else
        hi = mid;
    }
  u = CLAMP ((s - c->s[lo]) / (c->s[hi] - c->s[lo]), 0.0, 1.0);
  spline_at (c, lo / SUB, ((double) (lo % SUB) + u) / SUB, x, t);
  vec3_normalize (t);
}

/* Turns q by the smallest rotation that brings its first axis onto t. */
static void
align (double q[4], const double t[3])
{
  double r[9], a[3], w[3], turn[4], s, c;

  quat_to_matrix (r, q);
  vec3_set (a, r[0], r[3], r[6]);
  vec3_cross (w, a, t);
  s = vec3_norm (w);
  c = vec3_dot (a, t);
  if (s > 0.0)
    vec3_scale (w, w, atan2 (s, c) / s);
  quat_exp (turn, w);
  quat_mul (q, turn, q);
  quat_normalize (q);
}

void
willis_curve_frames (const WillisCurve *c, const double *stations, gsize n, const double *axis2, WillisFrame *frames)
{
  double x[3], t[3], u[3], v[3], r[9], q[4];

  place (c, 0.0, x, t);
  vec3_basis (t, u, v);
  if (c->n == 0 && axis2 == NULL)
    vec3_copy (u, c->normal);
  else if (axis2 != NULL)
    {
      vec3_axpy (u, axis2, -vec3_dot (axis2, t), t);
      vec3_normalize (u);
    }
  vec3_cross (v, t, u);
  for (int i = 0; i < 3; i++)
    {
      r[3 * i] = t[i];
      r[3 * i + 1] = u[i];
      r[3 * i + 2] = v[i];
    }
  quat_from_matrix (q, r);
  for (gsize i = 0; i < n; i++)
    {
      /* in small steps, so that the frame turns about the tangent as little as it can */
      double from = i > 0 ? stations[i - 1] : 0.0, to = stations[i];
      int steps = c->n > 0 ? 8 : 1 + (int) ((to - from) * c->curvature);

      for (int k = 1; k <= steps; k++)
        {
          place (c, from + (to - from) * k / steps, frames[i].r, t);
          align (q, t);
        }
      memcpy (frames[i].q, q, sizeof q);
    }
}
