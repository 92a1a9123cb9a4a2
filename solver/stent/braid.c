/* SPDX-License-Identifier: Apache-2.0 */
#include "solver/stent/braid.h"

#include <math.h>

#include "core/base/error.h"
#include "core/base/i18n.h"

gboolean
willis_braid_from_free (WillisBraid *out, double wires, double wire_diameter_mm, double free_diameter_mm,
                        double free_length_mm, double free_angle, double young_gpa, double poisson, GError **error)
{
  if (!(free_angle > 0.0 && free_angle < G_PI_2) || !(free_diameter_mm > 0.0) || !(free_length_mm > 0.0))
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT,
                        _ ("a free braid of %g mm diameter, %g mm length and %g degrees is none"), free_diameter_mm,
                        free_length_mm, free_angle * 180.0 / G_PI);
  *out = (WillisBraid){
    .wires = wires,
    .wire_diameter_mm = wire_diameter_mm,
    .d_max_mm = free_diameter_mm / sin (free_angle),
    .wire_length_mm = free_length_mm / cos (free_angle),
    .free_diameter_mm = free_diameter_mm,
    .young_gpa = young_gpa,
    .poisson = poisson,
    .lumen_offset_mm = isnan (wire_diameter_mm) ? 0.0 : 2.0 * wire_diameter_mm,
    .known_lo_mm = NAN,
    .known_hi_mm = NAN,
  };
  return TRUE;
}

/* Least squares of L^2 = a - b D^2, then Gauss-Newton on L itself. skip: a row left out, -1 none. */
static gboolean
fit_square (const double *d, const double *l, gsize n, int skip, double *a, double *b)
{
  double sw = 0, sx = 0, sy = 0, sxx = 0, sxy = 0, det;

  for (gsize i = 0; i < n; i++)
    {
      double x = d[i] * d[i], y = l[i] * l[i], w = 1.0 / y;

      if ((int) i == skip)
        continue;
      sw += w;
      sx += w * x;
      sy += w * y;
      sxx += w * x * x;
      sxy += w * x * y;
    }
  det = sw * sxx - sx * sx;
  if (!(det > 1e-12 * sw * sxx))
    return FALSE;
  *b = -(sw * sxy - sx * sy) / det;
  *a = (sy + *b * sx) / sw;
  for (int step = 0; step < 30; step++)
    {
      double jaa = 0, jab = 0, jbb = 0, ra = 0, rb = 0, da, db;

      for (gsize i = 0; i < n; i++)
        {
          double x = d[i] * d[i], square = *a - *b * x, length, ja, jb;

          if ((int) i == skip)
            continue;
          if (square <= 0.0)
            return FALSE;
          length = sqrt (square);
          ja = 0.5 / length;
          jb = -0.5 * x / length;
          jaa += ja * ja;
          jab += ja * jb;
          jbb += jb * jb;
          ra += ja * (l[i] - length);
          rb += jb * (l[i] - length);
        }
      det = jaa * jbb - jab * jab;
      if (!(det > 0.0))
        break;
      da = (jbb * ra - jab * rb) / det;
      db = (jaa * rb - jab * ra) / det;
      *a += da;
      *b += db;
      if (fabs (da) <= 1e-14 * fabs (*a) && fabs (db) <= 1e-14 * fabs (*b))
        break;
    }
  return *a > 0.0 && *b > 0.0;
}

static void
judge_fit (const double *d, const double *l, gsize n, double a, double b, WillisBraidFit *fit)
{
  double sum = 0.0, loo = 0.0;
  gsize inner = 0;

  *fit = (WillisBraidFit){ 0.0, 0.0, NAN, NAN, NAN };
  for (gsize i = 0; i < n; i++)
    {
      double r = l[i] - sqrt (a - b * d[i] * d[i]);

      fit->worst_mm = fmax (fit->worst_mm, fabs (r));
      sum += r * r;
    }
  fit->rms_mm = sqrt (sum / (double) n);
  for (gsize i = 0; n >= 3 && i < n; i++)
    {
      double ai, bi, square, r;

      if (!fit_square (d, l, n, (int) i, &ai, &bi))
        continue;
      square = ai - bi * d[i] * d[i];
      r = l[i] - (square > 0.0 ? sqrt (square) : 0.0);
      if (i == 0 || i == n - 1)
        fit->loo_end_worst_mm = fmax (isnan (fit->loo_end_worst_mm) ? 0.0 : fit->loo_end_worst_mm, fabs (r));
      else
        {
          fit->loo_worst_mm = fmax (isnan (fit->loo_worst_mm) ? 0.0 : fit->loo_worst_mm, fabs (r));
          loo += r * r;
          inner++;
        }
    }
  if (inner > 0)
    fit->loo_rms_mm = sqrt (loo / (double) inner);
}

gboolean
willis_braid_from_table (WillisBraid *out, const double *diameter_mm, const double *length_mm, gsize n,
                         double offset_mm, WillisBraidFit *fit, GError **error)
{
  g_autofree double *d = g_new (double, n);
  double a, b;

  for (gsize i = 0; i < n; i++)
    {
      d[i] = diameter_mm[i] - offset_mm;
      if (!(d[i] > 0.0) || !(length_mm[i] > 0.0))
        return willis_fail (error, WILLIS_ERROR_BAD_INPUT,
                            _ ("the table has a diameter or a length that is not above 0"));
      if (i > 0 && d[i] <= d[i - 1])
        return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("the diameters of the table must rise"));
    }
  if (n < 2)
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT,
                        _ ("a table of fewer than two diameters says nothing of a braid"));
  if (!fit_square (d, length_mm, n, -1, &a, &b) || a - b * d[n - 1] * d[n - 1] <= 0.0)
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT,
                        _ ("the lengths of the table do not fall with the diameter as a braid's do"));
  *out = (WillisBraid){
    .wires = NAN,
    .wire_diameter_mm = NAN,
    .d_max_mm = sqrt (a / b),
    .wire_length_mm = sqrt (a),
    .free_diameter_mm = NAN,
    .young_gpa = NAN,
    .poisson = NAN,
    .lumen_offset_mm = offset_mm,
    .known_lo_mm = d[0],
    .known_hi_mm = d[n - 1],
  };
  if (fit != NULL)
    judge_fit (d, length_mm, n, a, b, fit);
  return TRUE;
}

double
willis_braid_length (const WillisBraid *braid, double diameter_mm)
{
  double x = diameter_mm / braid->d_max_mm;

  return x <= 1.0 ? braid->wire_length_mm * sqrt ((1.0 - x) * (1.0 + x)) : NAN;
}

/* Jedwab & Clerc 1993: F of N springs in parallel; p from the work of both over a change of diameter. */
static void
forces (const WillisBraid *braid, WillisBraidState *out)
{
  double k3 = braid->d_max_mm, d0 = braid->free_diameter_mm, b0 = acos (fmin (d0 / k3, 1.0));
  double k1 = sin (2.0 * b0) / d0, k2 = 2.0 * cos (b0) * cos (b0) / d0;
  double w = braid->wire_diameter_mm, inertia = G_PI * w * w * w * w / 64.0;
  double e = braid->young_gpa * 1000.0, g = e / (2.0 * (1.0 + braid->poisson));
  double d = out->diameter_mm, b = G_PI_2 - out->angle, tan_b = tan (b);

  out->axial_force_n
      = 2.0 * braid->wires / k3
        * (2.0 * g * inertia * (2.0 * sin (b) / k3 - k1) - e * inertia * tan_b * (2.0 * cos (b) / k3 - k2));
  out->pressure_mpa = 2.0 * out->axial_force_n / (G_PI * d * d * tan_b * tan_b);
  out->radial_force_n_mm = out->pressure_mpa * G_PI * d;
}

void
willis_braid_state (const WillisBraid *braid, double diameter_mm, WillisBraidState *out)
{
  double x = fmin (diameter_mm / braid->d_max_mm, 1.0), cosine = sqrt ((1.0 - x) * (1.0 + x)), open;

  *out = (WillisBraidState){ .diameter_mm = diameter_mm,
                             .angle = asin (x),
                             .spacing_mm = NAN,
                             .coverage = NAN,
                             .porosity = NAN,
                             .pore_density_mm2 = NAN,
                             .axial_force_n = NAN,
                             .pressure_mpa = NAN,
                             .radial_force_n_mm = NAN,
                             .dl_l_per_dd_d = -x * x / (cosine * cosine) };
  if (isnan (braid->wires))
    return;
  out->spacing_mm = 2.0 * G_PI * diameter_mm / braid->wires * cosine;
  out->pore_density_mm2 = braid->wires * braid->wires * x / (2.0 * G_PI * G_PI * diameter_mm * diameter_mm * cosine);
  if (isnan (braid->wire_diameter_mm))
    return;
  open = fmax (1.0 - braid->wire_diameter_mm / out->spacing_mm, 0.0);
  out->porosity = open * open;
  out->coverage = 1.0 - out->porosity;
  if (!isnan (braid->young_gpa) && !isnan (braid->free_diameter_mm))
    forces (braid, out);
}

/* Mean over the azimuth and its derivative with respect to c. */
static double
closure (double c, double e, double *slope)
{
  // cos ((2 k + 1) pi / 32): midpoints of a half turn, each with its mirror; exact to rounding for so smooth a function
  static const double at[8]
      = { 0.995184726672196886, 0.956940335732208864, 0.881921264348355029, 0.773010453362736960,
          0.634393284163645498, 0.471396736825997648, 0.290284677254462367, 0.098017140329560601 };
  double sum = 0.0, d = 0.0;

  for (int k = 0; k < 16; k++)
    {
      double h = k < 8 ? 1.0 - e * at[k] : 1.0 + e * at[15 - k], root = sqrt (fmax (1.0 - c * c * h * h, 1e-12));

      sum += root;
      d -= c * h * h / root;
    }
  *slope = d / 16.0;
  return sum / 16.0;
}

double
willis_braid_bent_cos (double sin_alpha, double bend)
{
  double e = fmin (fabs (bend), 0.9), lock = 1.0 / (1.0 + e), lo = 0.0, hi = lock, slope, c;
  double straight = sqrt (fmax (1.0 - sin_alpha * sin_alpha, 0.0));

  if (e < 1e-9)
    return straight;
  if (closure (lock, e, &slope) >= sin_alpha)
    return fmin (lock, straight);
  c = fmin (straight, hi);
  for (int step = 0; step < 60; step++)
    {
      double f = closure (c, e, &slope) - sin_alpha, next;

      if (f > 0.0)
        lo = c;
      else
        hi = c;
      next = slope < 0.0 ? c - f / slope : 0.5 * (lo + hi);
      if (!(next > lo && next < hi))
        next = 0.5 * (lo + hi);
      if (fabs (next - c) < 1e-14)
        break;
      c = next;
    }
  return c;
}
