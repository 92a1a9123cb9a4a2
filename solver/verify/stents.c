/* SPDX-License-Identifier: Apache-2.0 */
/*
 * References: the helix law and the open-coiled springs of Jedwab & Clerc 1993, tabled for one braid (48 wires of 0.030 mm, free at
 * 4.25 mm, 20 mm, 16 degrees of pitch, 200 GPa, nu 0.3), and integrals of the law over lumens that change, done by hand or by
 * quadrature apart from the code.
 */
#include <math.h>

#include "solver/stent/energy.h"
#include "solver/stent/wires.h"
#include "solver/verify/verify-private.h"

static WillisBraid
reference_braid (void)
{
  WillisBraid braid;

  if (!willis_braid_from_free (&braid, 48, 0.030, 4.25, 20.0, 74.0 * G_PI / 180.0, 200.0, 0.3, NULL))
    g_error ("the reference braid is none");
  braid.lumen_offset_mm = 0.0;
  return braid;
}

static double
laid_length (const WillisBraid *braid, const double *s, const double *d, const double *curvature, gsize n)
{
  const WillisLumenLine line = { n, s, d, curvature, NULL };
  WillisDeployment deployment;
  double length;

  if (!willis_braid_deploy (braid, &line, s[0], 1, 0.0, FALSE, &deployment, NULL))
    return NAN;
  length = deployment.length_mm;
  willis_deployment_clear (&deployment);
  return length;
}

void
_willis_verify_braid (Verify *v)
{
  /* D, L, alpha, p, coverage, pores/mm2, axial F, pressure Pa, radial N/mm: half a unit of the last printed digit */
  static const double table[][9] = {
    { 4.25, 20.0000, 74.0000, .1533, .3530, 22.536, 0, 0, 0 },
    { 4.20, 22.6670, 71.7965, .1717, .3188, 20.121, .002499, 833.93, .011003 },
    { 4.00, 30.9111, 64.7852, .2231, .2509, 15.493, .011115, 1994.50, .025064 },
    { 3.50, 44.3339, 52.3378, .2799, .2029, 12.345, .030376, 2649.91, .029137 },
    { 3.00, 53.2994, 42.7295, .2885, .1972, 11.980, .051480, 3107.14, .029284 },
    { 2.00, 64.7108, 26.8951, .2335, .2405, 14.801, .115389, 4724.76, .029687 },
    { 0.60, 71.8879, 7.7995, .0778, .6224, 44.411, .513723, 17044.6, .032128 },
  };
  static const char *const names[] = { "length mm",     "angle deg",         "wire spacing mm", "coverage", "pores per mm2",
                                       "axial force N", "wall pressure Pa", "radial force N/mm" };
  static const double digits[] = { 1e-4, 1e-4, 1e-4, 1e-4, 1e-3, 1e-6, 1e-2, 1e-6 };
  WillisBraid braid = reference_braid ();

  _willis_verify_add (v, "D_max mm", braid.d_max_mm, 4.421273, 5e-7, "closed form");
  _willis_verify_add (v, "wire length mm", braid.wire_length_mm, 72.559106, 5e-7, "closed form");
  _willis_verify_add (v, "turns", braid.wire_length_mm / (G_PI * braid.d_max_mm), 5.223899, 5e-7, "closed form");
  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      const double s[2] = { 0.0, 100.0 }, d[2] = { table[i][0], table[i][0] };
      WillisBraidState state;
      double values[8];

      willis_braid_state (&braid, table[i][0], &state);
      values[0] = laid_length (&braid, s, d, NULL, 2);
      values[1] = state.angle * 180.0 / G_PI;
      values[2] = state.spacing_mm;
      values[3] = state.coverage;
      values[4] = state.pore_density_mm2;
      values[5] = state.axial_force_n;
      values[6] = state.pressure_mpa * 1e6;
      values[7] = state.radial_force_n_mm;
      for (int k = 0; k < 8; k++)
        {
          g_autofree char *name = g_strdup_printf ("D = %.2f mm: %s", table[i][0], names[k]);
          /* 17044.6 has one digit fewer */
          double tolerance = k == 6 && table[i][0] < 1.0 ? 0.051 : 0.51 * digits[k];

          _willis_verify_add (v, name, values[k], table[i][k + 1], tolerance, "closed form");
        }
    }
}

/* Wire used between 0 and x in a lumen D(x): composite Gauss quadrature of 1 / sqrt (1 - (D / D_max)^2), apart from the code. */
static double
wire_used (double (*lumen) (double), double d_max, double x)
{
  static const double node = 0.5773502691896258;
  double sum = 0.0, h = x / 4000.0;

  for (int i = 0; i < 4000; i++)
    for (int k = -1; k <= 1; k += 2)
      {
        double r = lumen ((i + 0.5 + 0.5 * k * node) * h) / d_max;

        sum += 0.5 * h / sqrt (1.0 - r * r);
      }
  return sum;
}

static double
length_by_quadrature (double (*lumen) (double), const WillisBraid *braid)
{
  double lo = 0.0, hi = braid->wire_length_mm;

  for (int step = 0; step < 100; step++)
    {
      double mid = 0.5 * (lo + hi);

      if (wire_used (lumen, braid->d_max_mm, mid) < braid->wire_length_mm)
        lo = mid;
      else
        hi = mid;
    }
  return 0.5 * (lo + hi);
}

static double
waisted (double x)
{
  return 3.6 - 0.5 * exp (-0.02 * (x - 20.0) * (x - 20.0));
}

static double
funnel (double x)
{
  return fmin (4.25, 4.6 - 0.03 * x);
}

static double
wavy (double x)
{
  return 3.5 + 0.3 * sin (0.4 * x);
}

void
_willis_verify_lumen (Verify *v)
{
  static const struct
  {
    const char *name;
    double (*lumen) (double);
  } cases[] = { { "waisted lumen: length mm", waisted }, { "wavy lumen: length mm", wavy },
                { "lumen wider than the free braid, then narrower: length mm", funnel } };
  WillisBraid braid = reference_braid ();
  const double s[2] = { 0.0, 60.0 }, d[2] = { 4.0, 1.0 };

  _willis_verify_add (v, "D = 4.0 - 0.05 x: length mm", laid_length (&braid, s, d, NULL, 2), 53.012708, 1e-6, "one piece");
  for (gsize c = 0; c < G_N_ELEMENTS (cases); c++)
    {
      enum
      {
        N = 40001
      };
      g_autofree double *sn = g_new (double, N), *dn = g_new (double, N);

      for (int i = 0; i < N; i++)
        {
          sn[i] = i * 80.0 / (N - 1);
          dn[i] = c == 2 ? 4.6 - 0.03 * sn[i] : cases[c].lumen (sn[i]);
        }
      _willis_verify_add (v, cases[c].name, laid_length (&braid, sn, dn, NULL, N), length_by_quadrature (cases[c].lumen, &braid), 1e-6,
                          "pieces of 2 um");
    }
}

void
_willis_verify_bent (Verify *v)
{
  static const double angles[] = { 50, 56, 62, 70 };

  for (gsize i = 0; i < G_N_ELEMENTS (angles); i++)
    {
      double sine = sin (angles[i] * G_PI / 180.0), straight = sqrt (1.0 - sine * sine), errors[3];
      g_autofree char *name = g_strdup_printf ("alpha %g deg, curvature x radius 0.02: dL / L", angles[i]);
      WillisVerifyRow *row;

      for (int k = 0; k < 3; k++)
        {
          double e = 0.08 / (1 << k);

          errors[k] = willis_braid_bent_cos (sine, e) / straight - 1.0 + e * e / (4.0 * sine * sine);
        }
      row = _willis_verify_add (v, name, willis_braid_bent_cos (sine, 0.02) / straight - 1.0, -0.02 * 0.02 / (4.0 * sine * sine), 1e-6,
                                "16 azimuths");
      row->order = _willis_verify_order (errors); // what the first order leaves out is of fourth order
      row->least_order = 3.6;
    }
}

/* ---- the energy model against the closed forms and against geometry alone */

static WillisDeployment
relaxed (const WillisBraid *braid, const double *s, const double *d, gsize n, const WillisBraidEnergy *options)
{
  const WillisLumenLine line = { n, s, d, NULL, NULL };
  g_autoptr (GError) error = NULL;
  WillisDeployment out;

  if (!willis_braid_relax (braid, &line, s[0], 1, options, &out, &error))
    g_error ("a verification braid does not come to rest: %s", error->message);
  return out;
}

void
_willis_verify_relax (Verify *v)
{
  static const double tubes[] = { 4.20, 4.0, 3.5, 3.0, 2.0 };
  static const double forces[] = { -0.004, 0.005, 0.02, 0.05 };
  WillisBraid braid = reference_braid ();

  for (gsize i = 0; i < G_N_ELEMENTS (tubes); i++)
    {
      const double s[2] = { 0.0, 100.0 }, d[2] = { tubes[i], tubes[i] };
      g_autofree char *length = g_strdup_printf ("tube of %.2f mm: length mm", tubes[i]);
      g_autofree char *force = g_strdup_printf ("tube of %.2f mm: radial force N/mm", tubes[i]);
      WillisDeployment out = relaxed (&braid, s, d, 2, NULL);
      WillisBraidState state;

      willis_braid_state (&braid, tubes[i], &state);
      _willis_verify_add (v, length, out.length_mm, willis_braid_length (&braid, tubes[i]), 2e-3, "400 nodes");
      _willis_verify_add (v, force, out.radial_force_n_mm, state.radial_force_n_mm, 0.01 * state.radial_force_n_mm, "400 nodes");
      willis_deployment_clear (&out);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (forces); i++)
    {
      const double s[2] = { 0.0, 100.0 }, d[2] = { 20.0, 20.0 };
      const WillisBraidEnergy options = { .axial_force_n = forces[i] };
      g_autofree char *name = g_strdup_printf ("free braid, axial force %g N: length mm", forces[i]);
      WillisDeployment out = relaxed (&braid, s, d, 2, &options);

      _willis_verify_add (v, name, out.length_mm, willis_braid_length_under_force (&braid, forces[i]), 1e-3, "400 nodes");
      willis_deployment_clear (&out);
    }
}

void
_willis_verify_ladder (Verify *v)
{
  static const struct
  {
    const char *name;
    double (*lumen) (double);
  } cases[] = { { "waisted lumen: length mm, energy against geometry", waisted },
                { "wavy lumen: length mm, energy against geometry", wavy } };
  WillisBraid braid = reference_braid ();

  for (gsize c = 0; c < G_N_ELEMENTS (cases); c++)
    {
      enum
      {
        N = 801
      };
      double s[N], d[N], lengths[3];
      WillisVerifyRow *row;

      for (int i = 0; i < N; i++)
        {
          s[i] = i * 80.0 / (N - 1);
          d[i] = cases[c].lumen (s[i]);
        }
      for (int k = 0; k < 3; k++)
        {
          const WillisBraidEnergy options = { .nodes = 150u << k };
          WillisDeployment out = relaxed (&braid, s, d, N, &options);

          lengths[k] = out.length_mm;
          willis_deployment_clear (&out);
        }
      /* narrow lumens hold the braid all along: there the two models agree but for the give of the wall */
      row = _willis_verify_add (v, cases[c].name, lengths[2], laid_length (&braid, s, d, NULL, N), 0.01, "600 nodes");
      row->order = log2 (fabs ((lengths[0] - lengths[1]) / (lengths[1] - lengths[2])));
      row->least_order = 1.5;
    }
}

/* ---- every wire a rod: against the open-coiled springs, and against geometry in bends */

/* A braid of the reference's shape with fewer, thicker wires: as many turns a millimetre, larger cells. */
static WillisBraid
coarse_braid (double wires, double length_mm)
{
  WillisBraid braid;

  if (!willis_braid_from_free (&braid, wires, 0.96 / wires, 4.25, length_mm, 74.0 * G_PI / 180.0, 200.0, 0.3, NULL))
    g_error ("the coarse braid is none");
  braid.lumen_offset_mm = 0.0;
  return braid;
}

static WillisWires
settled (const WillisBraid *braid, double diameter_mm, double axial_force_n)
{
  static const double from[3] = { 0.0, 0.0, 0.0 }, to[3] = { 0.0, 0.0, 1.0 };
  const double s[2] = { 0.0, 200.0 }, d[2] = { diameter_mm, diameter_mm }, points[6] = { 0.0, 0.0, 0.0, 0.0, 0.0, 200.0 };
  const WillisLumenLine line = { 2, s, d, NULL, NULL };
  const WillisWirePath path = { 2, s, points };
  const WillisWireOptions options = { .axial_force_n = axial_force_n };
  g_autoptr (WillisLumen) lumen = axial_force_n == 0.0 ? willis_lumen_cylinder (from, to, 0.5 * diameter_mm) : NULL;
  g_autoptr (GError) error = NULL;
  WillisWires out;

  if (!willis_wires_settle (braid, &line, &path, lumen, 0.0, 1, &options, NULL, &out, &error))
    g_error ("the wires of a verification braid do not come to rest: %s", error->message);
  willis_wires_clear (&out);
  return out;
}

void
_willis_verify_wires (Verify *v)
{
  static const double tubes[] = { 4.0, 3.5, 3.0 }, pulls[] = { 4.0 };

  for (gsize i = 0; i < G_N_ELEMENTS (tubes); i++)
    {
      g_autofree char *length = g_strdup_printf ("tube of %.2f mm: length mm", tubes[i]);
      g_autofree char *force = g_strdup_printf ("tube of %.2f mm: radial force N/mm", tubes[i]);
      WillisBraidState state;
      WillisBraid braid;
      WillisVerifyRow *row;
      double lengths[3], errors[3];

      for (int k = 0; k < 3; k++)
        {
          WillisWires out;

          braid = coarse_braid (6 << k, 14.0);
          out = settled (&braid, tubes[i], 0.0);
          willis_braid_state (&braid, tubes[i], &state);
          lengths[k] = out.length_mm;
          errors[k] = out.radial_force_n_mm / state.radial_force_n_mm - 1.0;
          if (k == 2)
            row = _willis_verify_add (v, force, out.radial_force_n_mm, state.radial_force_n_mm, 0.01 * state.radial_force_n_mm,
                                      "24 wires");
        }
      row->order = _willis_verify_order (errors); // of the size of the cells: a wall is felt at crossings only
      row->least_order = 1.5;
      _willis_verify_add (v, length, lengths[2], willis_braid_length (&braid, tubes[i]), 0.1, "24 wires");
    }
  for (gsize i = 0; i < G_N_ELEMENTS (pulls); i++)
    {
      g_autofree char *name = g_strdup_printf ("pulled as for %.2f mm, no wall: axial force N", pulls[i]);
      WillisBraid braid = coarse_braid (24, 24.0); // long: its ends reach far in
      WillisBraidState state;
      double pull;
      WillisWires out;

      willis_braid_state (&braid, pulls[i], &state);
      pull = state.axial_force_n;
      out = settled (&braid, 4.25, pull);
      willis_braid_state (&braid, out.diameter_mm, &state);
      _willis_verify_add (v, name, state.axial_force_n, pull, 0.01 * pull, "24 wires"); // the springs' force for the diameter that it has
    }
}
