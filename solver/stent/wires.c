/* SPDX-License-Identifier: Apache-2.0 */
#include "solver/stent/wires.h"

#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/num/vec3.h"
#include "solver/stent/lattice.h"
#include "solver/stent/wire-path.h"

#define WALL_N_MM 10.0
#define HOLD_N_MM 1.0
#define TOLERANCE_MM 1e-6
#define SOFT 30.0         // how much softer along themselves the wires are while they come near their rest
#define BEND_OVER_MM 0.75 // half the stretch of centreline that curvature is taken from

void
willis_wires_clear (WillisWires *wires)
{
  g_clear_pointer (&wires->points_lps_mm, g_free);
  g_clear_pointer (&wires->gap_mm, g_free);
}

/* ---- building */

typedef struct
{
  const WillisBraid *b;
  const WillisLumenLine *line;
  const WillisWirePath *path;
  const GArray *stations; // of the first model
  WillisLattice *l;
  double *at;   // [n_rings] abscissae
  double side;  // wire between crossings
  int direction;
} Build;

/* Where the first model has used up a length of wire, and how wide it is there. */
static void
ring_places (Build *b, double *diameter)
{
  double used = 0.0;
  guint i = 1;

  for (int k = 0; k < b->l->n_rings; k++)
    {
      double want = k * b->side;

      for (; i < b->stations->len; i++)
        {
          const WillisStation *p = &g_array_index (b->stations, WillisStation, i - 1), *q = p + 1;
          double per = 2.0 / (cos (p->state.angle) + cos (q->state.angle)), piece = fabs (q->s_mm - p->s_mm) * per;

          if (used + piece >= want)
            break;
          used += piece;
        }
      {
        guint j = MIN (i, b->stations->len - 1);
        const WillisStation *p = &g_array_index (b->stations, WillisStation, j - 1), *q = p + 1;
        double per = 2.0 / (cos (p->state.angle) + cos (q->state.angle));
        double piece = fabs (q->s_mm - p->s_mm) * per, t = piece > 0.0 ? (want - used) / piece : 0.0;

        b->at[k] = p->s_mm + t * (q->s_mm - p->s_mm);
        diameter[k] = p->state.diameter_mm + fmin (t, 1.0) * (q->state.diameter_mm - p->state.diameter_mm);
      }
    }
}

/* In a bend cells at the outer side are longer and narrower: crossings crowd towards it (first order in curvature x radius). */
static void
place_ring (Build *b, int k, double diameter, const double t[3], const double u[3], const double v[3])
{
  int around = b->l->around;
  double sine = fmin (diameter / b->b->d_max_mm, 0.9995), cosine = sqrt (1.0 - sine * sine), ahead[3], behind[3], bend[3], centre[3];
  double e, inward = 0.0, shift;

  _willis_wire_path_point (b->path, b->at[k], centre);
  _willis_wire_path_tangent (b->path, b->at[k] - BEND_OVER_MM, 0.25, behind);
  _willis_wire_path_tangent (b->path, b->at[k] + BEND_OVER_MM, 0.25, ahead);
  vec3_sub (bend, ahead, behind);
  e = fmin (vec3_norm (bend) / (2.0 * BEND_OVER_MM) * 0.5 * diameter, 0.6);
  if (e > 1e-9)
    inward = atan2 (vec3_dot (bend, v), vec3_dot (bend, u));
  shift = fmin (e * cosine * cosine / (sine * sine), 0.5);
  for (int m = 0; m < around; m++)
    {
      double chi = 2.0 * G_PI * (m + 0.5 * (k % 2)) / around - inward, psi = chi + shift * sin (chi), phi = psi + inward;
      double local = fmin (cosine * (1.0 - e * cos (psi)), 0.98);
      WillisFrame *f = &b->l->frames[k * around + m];

      _willis_wire_path_crossing (centre, t, u, v, phi, 0.5 * diameter, f);
      b->l->angle[k * around + m] = acos (CLAMP (local, 0.02, 0.98));
    }
}

static void
place_rings (Build *b, const double *diameter)
{
  double u[3], v[3];

  for (int k = 0; k < b->l->n_rings; k++)
    {
      double t[3];

      _willis_wire_path_tangent (b->path, b->at[k], 0.25, t);
      vec3_scale (t, t, b->direction);
      if (k == 0)
        vec3_basis (t, u, v);
      vec3_axpy (u, u, -vec3_dot (u, t), t);
      vec3_normalize (u);
      vec3_cross (v, t, u);
      place_ring (b, k, diameter[k], t, u, v);
    }
}

/* The crossing that a wire of this hand (+1 right: azimuth rises) comes to from place m of ring k. */
static int
next_place (int around, int k, int m, int hand)
{
  if (hand > 0)
    return (m + k % 2) % around;
  return (m - 1 + k % 2 + around) % around;
}

static void
add_wires (Build *b)
{
  const WillisBraid *d = b->b;
  WillisLattice *l = b->l;
  double w = d->wire_diameter_mm, e = d->young_gpa * 1000.0, g = e / (2.0 * (1.0 + d->poisson)), area = G_PI * w * w / 4.0;
  double inertia = G_PI * w * w * w * w / 64.0, sine = d->free_diameter_mm / d->d_max_mm, cosine = sqrt (1.0 - sine * sine);
  const double stiffness[6] = { e * area, 0.9 * g * area, 0.9 * g * area, 2.0 * g * inertia, e * inertia, e * inertia };

  for (int k = 0; k + 1 < l->n_rings; k++)
    for (int m = 0; m < l->around; m++)
      for (int hand = -1; hand <= 1; hand += 2)
        {
          /* of the free helix, its second axis outwards: twist by hand, bent towards the axis of the tube */
          const double rest[6] = { 1.0, 0.0, 0.0, hand * 2.0 * sine * cosine / d->free_diameter_mm, 0.0,
                                   -2.0 * sine * sine / d->free_diameter_mm };

          willis_lattice_add_rod (l, k * l->around + m, (k + 1) * l->around + next_place (l->around, k, m, hand), -hand, b->side, rest,
                                  stiffness);
        }
}

/* A pull on the last ring along the tube and its answer on the first, spread over their crossings. */
static void
pull (Build *b, double force)
{
  WillisLattice *l = b->l;

  for (int m = 0; m < l->around; m++)
    {
      double t[3];

      willis_frame_axis (&l->frames[(l->n_rings - 1) * l->around + m], 0, t);
      vec3_scale (l->load[(l->n_rings - 1) * l->around + m], t, force / l->around);
      willis_frame_axis (&l->frames[m], 0, t);
      vec3_scale (l->load[m], t, -force / l->around);
    }
}

/* ---- what came out */

static double
ring_at (const Build *b, int k, double guess)
{
  double sum = 0.0;

  for (int m = 0; m < b->l->around; m++)
    sum += _willis_wire_path_foot (b->path, b->l->frames[k * b->l->around + m].r, guess);
  return sum / b->l->around;
}

static double
ring_diameter (const Build *b, int k)
{
  const WillisLattice *l = b->l;
  double centre[3] = { 0 }, sum = 0.0;

  for (int m = 0; m < l->around; m++)
    vec3_axpy (centre, centre, 1.0 / l->around, l->frames[k * l->around + m].r);
  for (int m = 0; m < l->around; m++)
    sum += 2.0 * vec3_dist (centre, l->frames[k * l->around + m].r) / l->around;
  return sum;
}

/* Porosity of the cells by the side of the bend that they lie on. */
static void
sides (const Build *b, int first, int last, WillisWires *out)
{
  const WillisLattice *l = b->l;
  double w = b->b->wire_diameter_mm, sum[2] = { 0 }, n[2] = { 0 };

  out->porosity_inner = out->porosity_outer = NAN;
  for (int k = first; k < last; k++)
    {
      double behind[3], ahead[3], bend[3], centre[3];

      _willis_wire_path_tangent (b->path, b->at[k] - BEND_OVER_MM, 0.25, behind);
      _willis_wire_path_tangent (b->path, b->at[k] + BEND_OVER_MM, 0.25, ahead);
      vec3_sub (bend, ahead, behind);
      if (vec3_norm (bend) < 0.02 * 2.0 * BEND_OVER_MM)
        continue;
      vec3_normalize (bend);
      _willis_wire_path_point (b->path, b->at[k], centre);
      for (int m = 0; m < l->around; m++)
        {
          double out_ward[3], side, angle = l->angle[k * l->around + m], spacing = b->side * fabs (sin (2.0 * angle));

          vec3_sub (out_ward, l->frames[k * l->around + m].r, centre);
          vec3_normalize (out_ward);
          side = vec3_dot (out_ward, bend);
          if (fabs (side) < 0.8)
            continue;
          sum[side < 0.0] += spacing > w ? (1.0 - w / spacing) * (1.0 - w / spacing) : 0.0;
          n[side < 0.0] += 1.0;
        }
    }
  if (n[0] > 0.0 && n[1] > 0.0)
    {
      out->porosity_inner = sum[0] / n[0];
      out->porosity_outer = sum[1] / n[1];
    }
}

static void
report (const Build *b, double tail, WillisWires *out)
{
  const WillisLattice *l = b->l;
  int last = l->n_rings - 1, first_quarter = l->n_rings / 4, third_quarter = 3 * l->n_rings / 4, fine = 0, close = 0, counted = 0;
  double force = 0.0, from, to, tail_cosine = 0.0;

  out->n_rings = l->n_rings;
  out->around = l->around;
  out->steps = l->steps;
  out->points_lps_mm = g_new (double, 3 * (gsize) l->n_rings * l->around);
  out->gap_mm = g_new0 (double, (gsize) l->n_rings * l->around);
  for (int i = 0; i < l->n_rings * l->around; i++)
    {
      int k = i / l->around;

      vec3_copy (out->points_lps_mm + 3 * i, l->frames[i].r);
      if (l->lumen != NULL)
        out->gap_mm[i] = fmax (willis_lumen_sample (l->lumen, l->frames[i].r, NULL, NULL) - l->clearance_mm, 0.0);
      if (k < 2 || k > last - 2 || _willis_wire_path_unsupported (b->line, b->at[k]))
        continue;
      counted++;
      out->gap_max_mm = fmax (out->gap_max_mm, out->gap_mm[i]);
      fine += out->gap_mm[i] < 0.1;
      close += out->gap_mm[i] < 0.3;
    }
  out->apposed_01 = counted > 0 ? (double) fine / counted : 1.0;
  out->apposed_03 = counted > 0 ? (double) close / counted : 1.0;
  for (int m = 0; m < l->around; m++)
    tail_cosine += cos (l->angle[last * l->around + m]) / l->around;
  out->start_mm = ring_at (b, 0, b->at[0]);
  out->end_mm = ring_at (b, last, b->at[last]) + b->direction * tail * tail_cosine;
  out->length_mm = fabs (out->end_mm - out->start_mm);
  from = ring_at (b, first_quarter, b->at[first_quarter]);
  to = ring_at (b, third_quarter, b->at[third_quarter]);
  for (int k = first_quarter; k <= third_quarter; k++)
    {
      double share = k == first_quarter || k == third_quarter ? 0.5 : 1.0;

      out->diameter_mm += share * ring_diameter (b, k) / (third_quarter - first_quarter);
      for (int m = 0; m < l->around; m++)
        {
          force += share * l->wall[k * l->around + m];
          out->angle += share * l->angle[k * l->around + m] / l->around / (third_quarter - first_quarter);
        }
    }
  out->radial_force_n_mm = force / fabs (to - from);
  sides (b, first_quarter, third_quarter, out);
}

static gboolean
check (const WillisBraid *braid, GError **error)
{
  if (isnan (braid->wires) || isnan (braid->wire_diameter_mm) || isnan (braid->young_gpa) || isnan (braid->poisson)
      || isnan (braid->free_diameter_mm))
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT,
                        _ ("forces need the number, diameter and stiffness of the wires and the free diameter of the device"));
  if (braid->wires < 6 || braid->wires > 200 || fmod (braid->wires, 2.0) != 0.0)
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("%g wires cannot be half of each hand"), braid->wires);
  if (braid->wire_length_mm * braid->wires / (G_PI * braid->d_max_mm) > 5000.0)
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("the braid has too many crossings to follow each of its wires"));
  return TRUE;
}

gboolean
willis_wires_settle (const WillisBraid *braid, const WillisLumenLine *line, const WillisWirePath *path, WillisLumen *lumen,
                     double start_mm, int direction, const WillisWireOptions *options, const WillisProgress *progress, WillisWires *out,
                     GError **error)
{
  static const WillisWireOptions none = { 0 };
  const WillisWireOptions *o = options != NULL ? options : &none;
  Build b = { braid, line, path, NULL, NULL, NULL, 0.0, direction };
  g_autoptr (WillisLattice) lattice = NULL;
  g_autofree double *at = NULL, *diameter = NULL;
  WillisDeployment first;
  double tail, t[3];
  int cells;

  memset (out, 0, sizeof *out);
  if (!check (braid, error) || !willis_braid_deploy (braid, line, start_mm, direction, 0.0, TRUE, &first, error))
    return FALSE;
  b.side = G_PI * braid->d_max_mm / braid->wires;
  cells = (int) floor (braid->wire_length_mm / b.side + 1e-9);
  tail = braid->wire_length_mm - cells * b.side;
  lattice = b.l = willis_lattice_new (cells + 1, (int) braid->wires / 2, TRUE);
  at = b.at = g_new (double, cells + 1);
  diameter = g_new (double, cells + 1);
  b.stations = first.stations;
  ring_places (&b, diameter);
  place_rings (&b, diameter);
  willis_deployment_clear (&first);
  add_wires (&b);
  if (o->axial_force_n != 0.0)
    pull (&b, o->axial_force_n);
  lattice->lumen = lumen != NULL ? willis_lumen_ref (lumen) : NULL;
  lattice->clearance_mm = 0.5 * braid->lumen_offset_mm;
  lattice->wall_n_mm = o->wall_n_mm > 0.0 ? o->wall_n_mm : WALL_N_MM;
  lattice->elastic_wall = o->wall_n_mm > 0.0;
  lattice->soft = SOFT;
  _willis_wire_path_tangent (path, start_mm, 0.25, t);
  willis_lattice_hold (lattice, t, HOLD_N_MM);
  if (!willis_lattice_settle (lattice, TOLERANCE_MM, o->max_steps > 0 ? o->max_steps : 400, progress, error))
    return FALSE;
  report (&b, tail, out);
  return TRUE;
}

int
willis_wires_crossing (const WillisWires *wires, int wire, int ring)
{
  int m = wire / 2, hand = wire % 2 ? -1 : 1;

  for (int k = 0; k < ring; k++)
    m = next_place (wires->around, k, m, hand);
  return ring * wires->around + m;
}
