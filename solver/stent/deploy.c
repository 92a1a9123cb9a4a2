/* SPDX-License-Identifier: Apache-2.0 */
#include "solver/stent/deploy.h"

#include <math.h>

#include "core/base/error.h"
#include "core/base/i18n.h"

#define PACKING 0.04     // of the free diameter, at |packing| = 1
#define FLATTEST 0.9995  // D / D_max that cells are let come to

typedef struct
{
  const WillisBraid *braid;
  const WillisLumenLine *line;
  double packing;
  int direction;
  double left_mm; // wire not used up yet
  gboolean stations;
  WillisDeployment *out;
  double weight;  // of the means: length so far
  double supported_mm;
} Laying;

void
willis_deployment_clear (WillisDeployment *deployment)
{
  if (deployment->stations != NULL)
    g_array_unref (deployment->stations);
  deployment->stations = NULL;
}

double
willis_lumen_line_diameter (const WillisLumenLine *line, double s_mm)
{
  gsize i = 1;
  double t;

  while (i < line->n - 1 && line->s_mm[i] < s_mm)
    i++;
  t = CLAMP ((s_mm - line->s_mm[i - 1]) / (line->s_mm[i] - line->s_mm[i - 1]), 0.0, 1.0);
  return line->diameter_mm[i - 1] + t * (line->diameter_mm[i] - line->diameter_mm[i - 1]);
}

/* The widest the braid is where nothing is in its way. */
static double
widest (const WillisBraid *braid, double packing)
{
  double free = braid->free_diameter_mm;

  if (isnan (free))
    return braid->d_max_mm * FLATTEST;
  return packing > 0.0 ? fmin (free * (1.0 + PACKING * packing), fmax (free, braid->d_max_mm * FLATTEST))
                       : free * (1.0 + PACKING * packing);
}

/* Diameter of the helix in a lumen; at the neck a pushed braid goes beyond the virtual wall, a pulled one stays within. */
static double
helix_in (const Laying *l, double lumen_mm, gboolean unsupported)
{
  double wall = lumen_mm - l->braid->lumen_offset_mm, limit = widest (l->braid, l->packing);

  if (unsupported)
    wall *= 1.0 + PACKING * l->packing;
  return fmin (wall, limit);
}

/* Wire used over a unit of length, averaged between two diameters that change linearly: mean of 1 / cos alpha. */
static double
wire_per_length (double x0, double x1)
{
  double xm = 0.5 * (x0 + x1);

  if (fabs (x1 - x0) > 1e-6)
    return (asin (x1) - asin (x0)) / (x1 - x0);
  return 1.0 / sqrt ((1.0 - xm) * (1.0 + xm));
}

/* Where along a piece of length dx, from x0 on with slope dx/ds, a length of wire is used up. */
static double
reach (double x0, double slope, double wire)
{
  if (fabs (slope * wire) > 1e-7)
    return (sin (asin (x0) + slope * wire) - x0) / slope;
  return wire * sqrt ((1.0 - x0) * (1.0 + x0));
}

static void
add_station (Laying *l, double s_mm, double lumen_mm, double helix_mm, double bend, gboolean unsupported)
{
  WillisStation station = { s_mm, lumen_mm, fmax (0.5 * (lumen_mm - l->braid->lumen_offset_mm - helix_mm), 0.0), unsupported };

  station.bend = bend;
  if (unsupported)
    station.gap_mm = 0.0;
  l->out->gap_max_mm = fmax (l->out->gap_max_mm, station.gap_mm);
  if (!l->stations)
    return;
  willis_braid_state (l->braid, helix_mm, &station.state);
  g_array_append_val (l->out->stations, station);
}

static void
add_means (Laying *l, double dx, double d0, double d1, double lumen0, double lumen1, gboolean unsupported)
{
  WillisBraidState state;
  WillisDeployment *out = l->out;
  double d = 0.5 * (d0 + d1), gap = 0.5 * (0.5 * (lumen0 + lumen1) - l->braid->lumen_offset_mm - d);

  willis_braid_state (l->braid, d, &state);
  out->diameter_mm += dx * d;
  out->coverage += dx * state.coverage;
  out->porosity += dx * state.porosity;
  out->pore_density_mm2 += dx * state.pore_density_mm2;
  out->radial_force_n_mm += dx * state.radial_force_n_mm;
  l->weight += dx;
  if (d < l->braid->known_lo_mm - 1e-9 || d > l->braid->known_hi_mm + 1e-9)
    out->outside_table_mm += dx;
  if (unsupported)
    return;
  l->supported_mm += dx;
  out->apposed_01 += gap < 0.1 ? dx : 0.0;
  out->apposed_03 += gap < 0.3 ? dx : 0.0;
}

/* Lays the braid over one piece with linear lumen; TRUE while wire is left. */
static gboolean
lay_piece (Laying *l, double s0, double s1, double lumen0, double lumen1, double bend, gboolean unsupported)
{
  double ds = fabs (s1 - s0), d_max = l->braid->d_max_mm;
  double d0 = helix_in (l, lumen0, unsupported), d1 = helix_in (l, lumen1, unsupported);
  double x0 = d0 / d_max, x1 = d1 / d_max, xm = 0.5 * (x0 + x1);
  double straight = sqrt ((1.0 - xm) * (1.0 + xm)), factor, used;

  if (ds <= 0.0)
    return TRUE;
  factor = bend > 0.0 ? willis_braid_bent_cos (xm, bend) / straight : 1.0;
  used = ds * wire_per_length (x0, x1) / factor;
  if (used < l->left_mm)
    {
      l->left_mm -= used;
      l->out->length_mm += ds;
      add_means (l, ds, d0, d1, lumen0, lumen1, unsupported);
      add_station (l, s1, lumen1, d1, bend, unsupported);
      return TRUE;
    }
  else
    {
      double dx = fmin (reach (x0, (x1 - x0) / ds, l->left_mm * factor), ds), t = dx / ds;
      double lumen = lumen0 + t * (lumen1 - lumen0), d = helix_in (l, lumen, unsupported);

      l->left_mm = 0.0;
      l->out->length_mm += dx;
      l->out->end_mm = s0 + l->direction * dx;
      add_means (l, dx, d0, d, lumen0, lumen, unsupported);
      add_station (l, l->out->end_mm, lumen, d, bend, unsupported);
      return FALSE;
    }
}

/* A piece is cut where the lumen passes the widest diameter of the braid: there the slope changes. */
static gboolean
lay_segment (Laying *l, double s0, double s1, double lumen0, double lumen1, double bend, gboolean unsupported)
{
  double limit = widest (l->braid, l->packing) / (unsupported ? 1.0 + PACKING * l->packing : 1.0) + l->braid->lumen_offset_mm;

  if ((lumen0 - limit) * (lumen1 - limit) < 0.0)
    {
      double t = (limit - lumen0) / (lumen1 - lumen0), s = s0 + t * (s1 - s0);

      return lay_piece (l, s0, s, lumen0, limit, bend, unsupported) && lay_piece (l, s, s1, limit, lumen1, bend, unsupported);
    }
  return lay_piece (l, s0, s1, lumen0, lumen1, bend, unsupported);
}

static gboolean
check_line (const WillisBraid *braid, const WillisLumenLine *line, double start_mm, GError **error)
{
  if (!(start_mm >= line->s_mm[0] - 1e-9 && start_mm <= line->s_mm[line->n - 1] + 1e-9))
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("the distal end at %.2f mm is not on the centreline (%.2f to %.2f mm)"),
                        start_mm, line->s_mm[0], line->s_mm[line->n - 1]);
  for (gsize i = 0; i < line->n; i++)
    {
      double d = line->diameter_mm[i] - braid->lumen_offset_mm;

      if (!(d > 0.0) || (!isnan (braid->wire_diameter_mm) && d <= braid->wire_diameter_mm))
        return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("a lumen of %.3g mm is too narrow for two layers of wire"),
                            line->diameter_mm[i]);
      if (isnan (braid->free_diameter_mm) && d > braid->d_max_mm * FLATTEST)
        return willis_fail (error, WILLIS_ERROR_BAD_INPUT,
                            _ ("a lumen of %.3g mm is wider than this braid can open (%.3g mm, cells flat); its free diameter is "
                               "not known"),
                            line->diameter_mm[i], braid->d_max_mm + braid->lumen_offset_mm);
    }
  return TRUE;
}

static double
bend_of (const Laying *l, gsize i, gsize j)
{
  const WillisLumenLine *line = l->line;

  if (line->curvature_1_mm == NULL)
    return 0.0;
  return 0.25 * (line->curvature_1_mm[i] + line->curvature_1_mm[j])
         * (0.5 * (line->diameter_mm[i] + line->diameter_mm[j]) - l->braid->lumen_offset_mm);
}

static void
finish (Laying *l)
{
  WillisDeployment *out = l->out;

  out->diameter_mm /= l->weight;
  out->coverage /= l->weight;
  out->porosity /= l->weight;
  out->pore_density_mm2 /= l->weight;
  out->radial_force_n_mm /= l->weight;
  out->apposed_01 = l->supported_mm > 0.0 ? out->apposed_01 / l->supported_mm : 1.0;
  out->apposed_03 = l->supported_mm > 0.0 ? out->apposed_03 / l->supported_mm : 1.0;
}

gboolean
willis_braid_deploy (const WillisBraid *braid, const WillisLumenLine *line, double start_mm, int direction, double packing,
                     gboolean stations, WillisDeployment *out, GError **error)
{
  Laying l = { braid, line, CLAMP (packing, -1.0, 1.0), direction, braid->wire_length_mm, stations, out, 0.0, 0.0 };
  double s = start_mm, lumen = willis_lumen_line_diameter (line, start_mm);
  gssize last = direction > 0 ? (gssize) line->n : -1;
  gssize i = direction > 0 ? 0 : (gssize) line->n - 1;
  gboolean left = TRUE;

  *out = (WillisDeployment){ .start_mm = start_mm, .end_mm = start_mm };
  if (!check_line (braid, line, start_mm, error))
    return FALSE;
  if (stations)
    out->stations = g_array_new (FALSE, FALSE, sizeof (WillisStation));
  add_station (&l, s, lumen, helix_in (&l, lumen, FALSE), 0.0, FALSE);
  for (; left && i != last; i += direction)
    {
      gssize before = CLAMP (i - direction, 0, (gssize) line->n - 1);

      if (direction * (line->s_mm[i] - s) <= 0.0)
        continue;
      left = lay_segment (&l, s, line->s_mm[i], lumen, line->diameter_mm[i], bend_of (&l, before, i),
                          line->unsupported != NULL && line->unsupported[i] && line->unsupported[before]);
      s = line->s_mm[i];
      lumen = line->diameter_mm[i];
    }
  if (left) // past the end: its diameter goes on
    {
      double before = out->length_mm;

      lay_segment (&l, s, s + direction * braid->wire_length_mm * 1.01, lumen, lumen, 0.0, FALSE);
      out->beyond_mm = out->length_mm - before;
    }
  finish (&l);
  return TRUE;
}
