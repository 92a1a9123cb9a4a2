/* SPDX-License-Identifier: Apache-2.0 */
#include "solver/stent/energy.h"

#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"

#define STIFF 3e5        // of the wall, in N EI / D_max^3: 1e-5 mm of give
#define LEAST_ANGLE 0.02
#define MOST_ANGLE (G_PI_2 - 0.005)
#define ROUNDS 200
#define SETTLED_MM 1e-6

typedef struct
{
  const WillisBraid *b;
  const WillisLumenLine *line;
  const WillisBraidEnergy *o;
  int direction;
  guint n;              // nodes
  double h;             // wire between them
  double bend, twist;   // 4 N EI / D_max^2 and 4 N GJ / D_max^2
  double couple;        // N EI
  double wall;          // stiffness
  double *a, *rest;     // angles, and those of the free braid
  double *x;            // abscissae
  double *limit;        // helix diameter at the wall, at x
  double *share;        // cos alpha of the round before: axial length per wire length
  double *force;        // axial, by friction
  double *g, *d, *e;    // gradient, diagonal, off-diagonal
} Relax;

static double
weight (const Relax *r, guint i)
{
  return i == 0 || i == r->n - 1 ? 0.5 * r->h : r->h;
}

static double
energy (const Relax *r, const double *a)
{
  double sum = 0.0;

  for (guint i = 0; i < r->n; i++)
    {
      double s = sin (a[i]) - sin (r->rest[i]), c = cos (a[i]) - cos (r->rest[i]);
      double over = fmax (r->b->d_max_mm * sin (a[i]) - r->limit[i], 0.0);

      sum += weight (r, i)
             * (0.5 * r->bend * s * s + 0.5 * r->twist * c * c + 0.5 * r->wall * r->share[i] * over * over - r->force[i] * cos (a[i]));
      if (i > 0)
        sum += 0.5 * r->couple * (a[i] - a[i - 1]) * (a[i] - a[i - 1]) / r->h;
    }
  return sum;
}

static void
derivatives (Relax *r)
{
  for (guint i = 0; i < r->n; i++)
    {
      double s = sin (r->a[i]), c = cos (r->a[i]), s0 = sin (r->rest[i]), c0 = cos (r->rest[i]), w = weight (r, i);
      double over = r->b->d_max_mm * s - r->limit[i], dd = r->b->d_max_mm * c;
      double curve = r->bend * (c * c - (s - s0) * s) + r->twist * (s * s - (c - c0) * c) + r->force[i] * c;

      r->g[i] = w * (r->bend * (s - s0) * c - r->twist * (c - c0) * s + r->force[i] * s);
      r->d[i] = w * fmax (curve, 1e-4 * r->bend);
      r->e[i] = 0.0;
      if (over > 0.0)
        {
          r->g[i] += w * r->wall * r->share[i] * over * dd;
          r->d[i] += w * r->wall * r->share[i] * dd * dd;
        }
    }
  for (guint i = 0; i + 1 < r->n; i++)
    {
      double k = r->couple / r->h, diff = r->a[i + 1] - r->a[i];

      r->g[i] -= k * diff;
      r->g[i + 1] += k * diff;
      r->d[i] += k;
      r->d[i + 1] += k;
      r->e[i] = -k;
    }
}

/* Thomas; the solution of H x = g stands in g. */
static void
solve (Relax *r)
{
  for (guint i = 1; i < r->n; i++)
    {
      double f = r->e[i - 1] / r->d[i - 1];

      r->d[i] -= f * r->e[i - 1];
      r->g[i] -= f * r->g[i - 1];
    }
  for (guint i = r->n; i-- > 0;)
    r->g[i] = (r->g[i] - (i + 1 < r->n ? r->e[i] * r->g[i + 1] : 0.0)) / r->d[i];
}

/* Newton with the wall's switching; steps are shortened until the energy falls. */
static void
minimise (Relax *r)
{
  g_autofree double *tried = g_new (double, r->n);
  double now = energy (r, r->a);

  for (int step = 0; step < 100; step++)
    {
      double largest = 0.0, t = 1.0, then = now;

      derivatives (r);
      solve (r);
      for (guint i = 0; i < r->n; i++)
        largest = fmax (largest, fabs (r->g[i]));
      for (int cut = 0; cut < 40; cut++, t *= 0.5)
        {
          for (guint i = 0; i < r->n; i++)
            tried[i] = CLAMP (r->a[i] - t * r->g[i], LEAST_ANGLE, MOST_ANGLE);
          then = energy (r, tried);
          if (then < now)
            break;
        }
      if (!(then < now))
        return;
      memcpy (r->a, tried, r->n * sizeof *tried);
      now = then;
      if (largest * t < 1e-13)
        return;
    }
}

static double
interpolate (const WillisLumenLine *line, const double *values, double s)
{
  gsize lo = 0, hi = line->n - 1;
  double t;

  while (hi - lo > 1)
    {
      gsize mid = (lo + hi) / 2;

      if (line->s_mm[mid] <= s)
        lo = mid;
      else
        hi = mid;
    }
  t = CLAMP ((s - line->s_mm[lo]) / (line->s_mm[hi] - line->s_mm[lo]), 0.0, 1.0);
  return values[lo] + t * (values[hi] - values[lo]);
}

/* Where no wall is, the braid may go as wide as it is when free: the open part of its circumference does. */
static double
wall_at (const Relax *r, double s)
{
  double wall = interpolate (r->line, r->line->diameter_mm, s) - r->b->lumen_offset_mm, open;

  if (r->o->open == NULL)
    return wall;
  open = CLAMP (interpolate (r->line, r->o->open, s), 0.0, 1.0);
  return open > 0.0 && r->b->free_diameter_mm > wall ? wall + open * (r->b->free_diameter_mm - wall) : wall;
}

/* Nodes along the lumen from the angles; returns how far the last one moved. */
static double
place (Relax *r)
{
  double before = r->x[r->n - 1], factor = 1.0;

  for (guint i = 0; i + 1 < r->n; i++)
    {
      double c = 0.5 * (cos (r->a[i]) + cos (r->a[i + 1]));

      if (r->line->curvature_1_mm != NULL)
        {
          double s = 0.5 * (sin (r->a[i]) + sin (r->a[i + 1])), k = interpolate (r->line, r->line->curvature_1_mm, r->x[i]);
          double straight = sqrt ((1.0 - s) * (1.0 + s));

          // past the end of the line it is straight
          if (r->x[i] < r->line->s_mm[0] || r->x[i] > r->line->s_mm[r->line->n - 1])
            k = 0.0;
          factor = willis_braid_bent_cos (s, 0.5 * k * s * r->b->d_max_mm) / straight;
        }
      r->x[i + 1] = r->x[i] + r->direction * r->h * c * factor;
    }
  for (guint i = 0; i < r->n; i++)
    {
      r->limit[i] = wall_at (r, r->x[i]);
      r->share[i] = cos (r->a[i]);
    }
  return fabs (r->x[r->n - 1] - before);
}

static double
contact (const Relax *r, guint i) // force on the wall per length, as pressure x circumference
{
  return 2.0 * r->wall * fmax (r->b->d_max_mm * sin (r->a[i]) - r->limit[i], 0.0);
}

/* The axial force from the proximal end on, less what friction takes: dF / dx = mu p pi D. */
static void
rub (Relax *r)
{
  double left = fabs (r->o->axial_force_n);

  for (guint i = r->n; i-- > 0;)
    {
      r->force[i] = copysign (left, r->o->axial_force_n);
      left = fmax (left - r->o->friction * contact (r, i) * r->h * cos (r->a[i]), 0.0);
    }
}

static gboolean
settle (Relax *r, GError **error)
{
  double moved = INFINITY;

  place (r);
  for (int round = 0; round < ROUNDS; round++)
    {
      minimise (r);
      if (r->o->axial_force_n != 0.0)
        rub (r);
      moved = place (r);
      if (moved < SETTLED_MM)
        return TRUE;
    }
  return willis_fail (error, WILLIS_ERROR_FAILED, _ ("the braid does not come to rest in this lumen (its end still moves by %.2g mm)"), moved);
}

static void
report (const Relax *r, WillisDeployment *out)
{
  double length = 0.0, supported = 0.0;

  out->stations = g_array_new (FALSE, FALSE, sizeof (WillisStation));
  for (guint i = 0; i < r->n; i++)
    {
      double d = r->b->d_max_mm * sin (r->a[i]), lumen = interpolate (r->line, r->line->diameter_mm, r->x[i]);
      double dx = i + 1 < r->n ? fabs (r->x[i + 1] - r->x[i]) : 0.0;
      gboolean open = r->o->open != NULL && interpolate (r->line, r->o->open, r->x[i]) > 0.0;
      WillisStation s = { r->x[i], lumen, open ? 0.0 : fmax (0.5 * (lumen - r->b->lumen_offset_mm - d), 0.0), open };

      willis_braid_state (r->b, d, &s.state);
      s.state.radial_force_n_mm = contact (r, i);
      s.state.pressure_mpa = s.state.radial_force_n_mm / (G_PI * d);
      g_array_append_val (out->stations, s);
      out->gap_max_mm = fmax (out->gap_max_mm, s.gap_mm);
      out->diameter_mm += dx * d;
      out->coverage += dx * s.state.coverage;
      out->pore_density_mm2 += dx * s.state.pore_density_mm2;
      out->radial_force_n_mm += dx * s.state.radial_force_n_mm;
      length += dx;
      if (!open)
        {
          supported += dx;
          out->apposed_01 += s.gap_mm < 0.1 ? dx : 0.0;
          out->apposed_03 += s.gap_mm < 0.3 ? dx : 0.0;
        }
      if (d < r->b->known_lo_mm - 1e-4 || d > r->b->known_hi_mm + 1e-4)
        out->outside_table_mm += dx;
    }
  out->length_mm = length;
  out->end_mm = r->x[r->n - 1];
  out->beyond_mm = fmax (fmax (out->end_mm - r->line->s_mm[r->line->n - 1], r->line->s_mm[0] - out->end_mm), 0.0);
  out->diameter_mm /= length;
  out->coverage /= length;
  out->porosity = 1.0 - out->coverage;
  out->pore_density_mm2 /= length;
  out->radial_force_n_mm /= length;
  out->apposed_01 = supported > 0.0 ? out->apposed_01 / supported : 1.0;
  out->apposed_03 = supported > 0.0 ? out->apposed_03 / supported : 1.0;
}

gboolean
willis_braid_relax (const WillisBraid *braid, const WillisLumenLine *line, double start_mm, int direction,
                    const WillisBraidEnergy *options, WillisDeployment *out, GError **error)
{
  static const WillisBraidEnergy none = { 0 };
  const WillisBraidEnergy *o = options != NULL ? options : &none;
  guint n = o->nodes != 0 ? o->nodes : 400;
  g_autofree double *memory = g_new0 (double, 9 * (gsize) n);
  double w = braid->wire_diameter_mm, ei = braid->young_gpa * 1000.0 * G_PI * w * w * w * w / 64.0, gj = ei / (1.0 + braid->poisson);
  Relax r = { braid, line, o, direction, n, braid->wire_length_mm / (n - 1) };
  WillisDeployment first;
  gboolean ok;

  *out = (WillisDeployment){ .start_mm = start_mm, .end_mm = start_mm };
  if (isnan (ei) || isnan (gj) || isnan (braid->wires) || isnan (braid->free_diameter_mm))
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT,
                        _ ("forces need the number, diameter and stiffness of the wires and the free diameter of the device"));
  if (!willis_braid_deploy (braid, line, start_mm, direction, 0.0, FALSE, &first, error))
    return FALSE;
  r.bend = 4.0 * braid->wires * ei / (braid->d_max_mm * braid->d_max_mm);
  r.twist = 4.0 * braid->wires * gj / (braid->d_max_mm * braid->d_max_mm);
  r.couple = 4.0 * braid->wires * ei;
  r.wall = STIFF * braid->wires * ei / (braid->d_max_mm * braid->d_max_mm * braid->d_max_mm);
  r.a = memory;
  r.rest = memory + n;
  r.x = memory + 2 * n;
  r.limit = memory + 3 * n;
  r.share = memory + 4 * n;
  r.force = memory + 5 * n;
  r.g = memory + 6 * n;
  r.d = memory + 7 * n;
  r.e = memory + 8 * n;
  for (guint i = 0; i < n; i++)
    {
      double from_end = fmin (i, n - 1 - i) * r.h;
      double flare = o->flare_mm > 0.0 ? o->flare * fmax (1.0 - from_end / o->flare_mm, 0.0) : 0.0;

      r.rest[i] = fmin (asin (fmin (braid->free_diameter_mm * (1.0 + flare) / braid->d_max_mm, 0.9999)), MOST_ANGLE);
      r.a[i] = fmin (asin (fmin (first.diameter_mm / braid->d_max_mm, 0.9999)), MOST_ANGLE);
      r.force[i] = 0.0;
    }
  r.x[0] = start_mm;
  if (o->axial_force_n != 0.0)
    for (guint i = 0; i < n; i++)
      r.force[i] = o->axial_force_n;
  ok = settle (&r, error);
  if (ok)
    report (&r, out);
  return ok;
}

double
willis_braid_length_under_force (const WillisBraid *braid, double force_n)
{
  double lo = 1e-6, hi = braid->d_max_mm * 0.999999;

  // the force of the free braid falls with its diameter
  for (int step = 0; step < 200; step++)
    {
      WillisBraidState state;
      double mid = 0.5 * (lo + hi);

      willis_braid_state (braid, mid, &state);
      if (state.axial_force_n > force_n)
        lo = mid;
      else
        hi = mid;
    }
  return willis_braid_length (braid, 0.5 * (lo + hi));
}
