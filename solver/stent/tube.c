/* SPDX-License-Identifier: Apache-2.0 */
#include "solver/stent/tube.h"

#include <math.h>

#include "core/num/vec3.h"

#define AROUND 24

typedef struct
{
  double p[3], u[3], v[3], radius, gap, turn; // turn: azimuth of a wire, rad
} Ring;

/* Frames carried along without twist. */
static Ring *
rings (const WillisStentArtery *a, const GArray *stations)
{
  Ring *r = g_new (Ring, stations->len);
  double before[3] = { 0 };

  for (guint i = 0; i < stations->len; i++)
    {
      const WillisStation *s = &g_array_index (stations, WillisStation, i);
      double t[3];

      willis_stent_artery_point (a, s->s_mm, r[i].p, t);
      if (i == 0)
        vec3_basis (t, r[i].u, r[i].v);
      else
        {
          vec3_copy (r[i].u, before);
          vec3_axpy (r[i].u, r[i].u, -vec3_dot (r[i].u, t), t);
          vec3_normalize (r[i].u);
          vec3_cross (r[i].v, t, r[i].u);
        }
      vec3_copy (before, r[i].u);
      r[i].radius = 0.5 * s->state.diameter_mm;
      r[i].gap = s->gap_mm;
      r[i].turn = i == 0 ? 0.0
                         : r[i - 1].turn
                               + fabs (s->s_mm - (s - 1)->s_mm)
                                     * (tan (s->state.angle) / r[i].radius + tan ((s - 1)->state.angle) / r[i - 1].radius) * 0.5;
    }
  return r;
}

static void
on_ring (const Ring *r, double azimuth, double out[3])
{
  vec3_axpy (out, r->p, r->radius * cos (azimuth), r->u);
  vec3_axpy (out, out, r->radius * sin (azimuth), r->v);
}

WillisSurface *
willis_stent_tube (const WillisStentArtery *artery, const GArray *stations, double **gaps_mm)
{
  guint n = stations->len;
  g_autofree Ring *r = rings (artery, stations);
  double *points = g_new (double, 3 * AROUND * n), *gaps = g_new (double, AROUND * n);
  gint32 *triangles = g_new (gint32, 6 * AROUND * MAX (n - 1, 1));
  gsize count = 0;

  for (guint i = 0; i < n; i++)
    for (int k = 0; k < AROUND; k++)
      {
        on_ring (&r[i], 2.0 * G_PI * k / AROUND, points + 3 * (AROUND * i + k));
        gaps[AROUND * i + k] = r[i].gap;
      }
  for (guint i = 0; i + 1 < n; i++)
    for (int k = 0; k < AROUND; k++)
      {
        gint32 a = (gint32) (AROUND * i + k), b = (gint32) (AROUND * i + (k + 1) % AROUND);

        triangles[count++] = a;
        triangles[count++] = a + AROUND;
        triangles[count++] = b;
        triangles[count++] = b;
        triangles[count++] = a + AROUND;
        triangles[count++] = b + AROUND;
      }
  if (gaps_mm != NULL)
    *gaps_mm = gaps;
  else
    g_free (gaps);
  return willis_surface_new_take (points, AROUND * n, triangles, count / 3);
}

double *
willis_stent_wires (const WillisStentArtery *artery, const GArray *stations, guint wires, guint max_wires, guint *n_wires,
                    guint *n_points)
{
  g_autofree Ring *r = rings (artery, stations);
  guint shown = MAX (2, MIN (wires, max_wires) / 2 * 2);
  double *out = g_new (double, 3 * (gsize) shown * stations->len);

  *n_wires = shown;
  *n_points = stations->len;
  for (guint w = 0; w < shown; w++)
    for (guint i = 0; i < stations->len; i++)
      {
        double start = 2.0 * G_PI * (w / 2) / (shown / 2), hand = w % 2 ? 1.0 : -1.0;

        on_ring (&r[i], start + hand * r[i].turn, out + 3 * ((gsize) w * stations->len + i));
      }
  return out;
}

/* The ring of frames at a distance from the first station. */
static Ring
ring_at (const Ring *r, const GArray *stations, double along_mm)
{
  double first = g_array_index (stations, WillisStation, 0).s_mm;
  guint i = 1;
  Ring out;
  double a, b, t;

  while (i + 1 < stations->len && fabs (g_array_index (stations, WillisStation, i).s_mm - first) < along_mm)
    i++;
  a = fabs (g_array_index (stations, WillisStation, i - 1).s_mm - first);
  b = fabs (g_array_index (stations, WillisStation, i).s_mm - first);
  t = b > a ? CLAMP ((along_mm - a) / (b - a), 0.0, 1.0) : 0.0;
  vec3_lerp (out.p, r[i - 1].p, r[i].p, t);
  vec3_lerp (out.u, r[i - 1].u, r[i].u, t);
  vec3_lerp (out.v, r[i - 1].v, r[i].v, t);
  out.radius = r[i - 1].radius + t * (r[i].radius - r[i - 1].radius);
  out.gap = out.turn = 0.0;
  return out;
}

double *
willis_stent_crowns (const WillisStentArtery *artery, const GArray *stations, guint crowns, double row_mm,
                     guint max_rows, guint *n_rows, guint *n_points)
{
  g_autofree Ring *r = rings (artery, stations);
  double length = fabs (g_array_index (stations, WillisStation, stations->len - 1).s_mm
                        - g_array_index (stations, WillisStation, 0).s_mm);
  double *out;

  crowns = CLAMP (crowns, 3, 40);
  *n_rows = (guint) CLAMP (lrint (length / fmax (row_mm, 0.2)), 1, (long) max_rows);
  *n_points = 2 * crowns;
  out = g_new (double, 3 * (gsize) *n_rows * *n_points);
  for (guint k = 0; k < *n_rows; k++)
    for (int side = 0; side < 2; side++)
      {
        Ring ring = ring_at (r, stations, length * (k + side) / *n_rows);

        for (guint m = 0; m < crowns; m++) // a row begins under the crowns that the one before ends with
          on_ring (&ring, 2.0 * G_PI * (m + 0.5 * ((k + (guint) side) % 2)) / crowns,
                   out + 3 * ((gsize) k * *n_points + 2 * m + (guint) (k % 2 ? !side : side)));
      }
  return out;
}
