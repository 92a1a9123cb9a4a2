/* SPDX-License-Identifier: Apache-2.0 */
#include "solver/stent/laser.h"

#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/num/vec3.h"
#include "solver/stent/lattice.h"
#include "solver/stent/wire-path.h"

#define BRIDGE_MM 0.3      // between rows of open cells: an assumption
#define STRUT_MM 0.06      // width and thickness where the catalogue has none
#define FORESHORTENING 0.03
#define YOUNG_GPA 60.0     // of nitinol below its plateau
#define WALL_N_MM 20.0
#define HOLD_N_MM 1.0
#define TOLERANCE_MM 1e-5

typedef struct
{
  const WillisDevice *d;
  const WillisLumenLine *line;
  const WillisWirePath *path;
  WillisLattice *l;
  gboolean shared;  // rows share their crowns
  int rows, around, direction;
  double row_mm, bridge_mm, strut_mm, free_mm; // of the free stent; strut_mm: length of a strut
  double *at;       // [n_rings]
} Cut;

void
willis_laser_cut_clear (WillisLaserCut *cut)
{
  g_clear_pointer (&cut->points_lps_mm, g_free);
}

static double
or_else (double value, double otherwise)
{
  return isnan (value) ? otherwise : value;
}

/* Half of the way from crown to crown around a tube. */
static double
half_pitch (double diameter, double crowns)
{
  return G_PI * diameter / (2.0 * crowns);
}

static double
row_at (const WillisDevice *d, double diameter)
{
  double strut = hypot (d->row_length_mm, half_pitch (d->free_diameter_mm, d->crowns)), half = half_pitch (diameter, d->crowns);

  return sqrt (fmax (strut * strut - half * half, 0.0));
}

double
willis_laser_length (const WillisDevice *d, double diameter_mm, double *sd_mm)
{
  double diameter = fmin (diameter_mm, d->free_diameter_mm), x = diameter / d->label_diameter_mm, f = or_else (d->foreshortening, FORESHORTENING);
  double printed = d->length_mm * (1.0 - f * x * x), cells = printed;

  if (!isnan (d->crowns) && !isnan (d->row_length_mm) && row_at (d, d->label_diameter_mm) > 0.0)
    cells = d->length_mm * row_at (d, diameter) / row_at (d, d->label_diameter_mm);
  if (sd_mm != NULL)
    *sd_mm = fmax (0.5 * fabs (cells - printed), 0.5 * f * d->length_mm);
  return 0.5 * (printed + cells);
}

static gboolean
read_device (Cut *c, GError **error)
{
  const WillisDevice *d = c->d;
  double length;

  if (d->type != WILLIS_DEVICE_LASER_STENT || isnan (d->crowns) || isnan (d->row_length_mm) || isnan (d->free_diameter_mm)
      || d->crowns < 3 || d->crowns > 40)
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("the cells of %s are not known"), d->name);
  c->shared = g_strcmp0 (d->cells, "closed") == 0;
  c->around = (int) d->crowns;
  c->free_mm = d->free_diameter_mm;
  length = willis_laser_length (d, c->free_mm, NULL);
  c->bridge_mm = c->shared ? 0.0 : BRIDGE_MM;
  c->rows = MAX ((int) lrint ((length + c->bridge_mm) / (d->row_length_mm + c->bridge_mm)), 2);
  if (c->rows > 200)
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("the cells of %s are not known"), d->name);
  c->row_mm = (length - (c->rows - 1) * c->bridge_mm) / c->rows;
  c->strut_mm = hypot (c->row_mm, half_pitch (c->free_mm, c->around));
  return TRUE;
}

/* Half of a strut's turn from the axis where the tube is so wide. */
static double
strut_angle (const Cut *c, double diameter)
{
  return asin (fmin (half_pitch (diameter, c->around) / c->strut_mm, 0.98));
}

/* Rings of crowns along the lumen, as wide as it is there, the struts as long as they are. */
static void
place (Cut *c)
{
  WillisLattice *l = c->l;
  double s = c->at[0], u[3], v[3], clearance = l->clearance_mm;

  for (int k = 0; k < l->n_rings; k++)
    {
      double diameter = fmin (willis_lumen_line_diameter (c->line, s) - 2.0 * clearance, c->free_mm), t[3], centre[3];
      /* the last ring of a row stands over the first one of the next: bridges run along the tube */
      double phase = c->shared ? 0.5 * (k % 2) : 0.5 * ((k + 1) / 2 % 2);
      gboolean bridge = !c->shared && k % 2 == 1;

      c->at[k] = s;
      _willis_wire_path_point (c->path, s, centre);
      _willis_wire_path_tangent (c->path, s, 0.25, t);
      vec3_scale (t, t, c->direction);
      if (k == 0)
        vec3_basis (t, u, v);
      vec3_axpy (u, u, -vec3_dot (u, t), t);
      vec3_normalize (u);
      vec3_cross (v, t, u);
      for (int m = 0; m < c->around; m++)
        {
          double phi = 2.0 * G_PI * (m + phase) / c->around;
          WillisFrame *f = &l->frames[k * c->around + m];

          _willis_wire_path_crossing (centre, t, u, v, phi, 0.5 * diameter, f);
          l->angle[k * c->around + m] = strut_angle (c, c->free_mm); // crowns are rigid: they keep what they had when free
        }
      s += c->direction * (bridge ? c->bridge_mm : c->strut_mm * cos (strut_angle (c, diameter)));
    }
}

/* Strain that is no stress in the free tube: a strut from azimuth 0 to its neighbour's, hand +1 towards rising azimuth. */
static double
rest_of_strut (const Cut *c, int hand, double rest[6])
{
  double turn = hand * G_PI / c->around, angle = -hand * strut_angle (c, c->free_mm), length;
  const double spin[4] = { cos (0.5 * angle), 0.0, sin (0.5 * angle), 0.0 };
  WillisFrame end[2];

  for (int k = 0; k < 2; k++)
    {
      double phi = k * turn;
      /* columns: along the tube (z), outwards, and their cross product */
      const double q[9] = { 0.0, cos (phi), -sin (phi), 0.0, sin (phi), cos (phi), 1.0, 0.0, 0.0 };

      vec3_set (end[k].r, 0.5 * c->free_mm * cos (phi), 0.5 * c->free_mm * sin (phi), k * c->row_mm);
      quat_from_matrix (end[k].q, q);
      quat_mul (end[k].q, end[k].q, spin);
    }
  willis_frame_log (&end[0], &end[1], rest);
  length = vec3_norm (rest);
  for (int i = 0; i < 6; i++)
    rest[i] /= length;
  return length;
}

static int
neighbour (const Cut *c, int k, int m, int hand)
{
  gboolean half = c->shared ? k % 2 : (k + 1) / 2 % 2; // this ring stands half a crown on

  return hand > 0 ? (m + half) % c->around : (m - 1 + half + c->around) % c->around;
}

static void
add_struts (Cut *c)
{
  const WillisDevice *d = c->d;
  double w = or_else (d->strut_width_mm, STRUT_MM), t = STRUT_MM, e = 1000.0 * or_else (d->young_gpa, YOUNG_GPA), g = e / 2.66;
  /* axis 1 of a strut looks outwards: bending about it changes the crown's opening (width), about axis 2 it leaves the wall */
  double across = t * w * w * w / 12.0, out = w * t * t * t / 12.0, twist = 4.0 * across * out / (across + out) * 0.84;
  const double stiffness[6] = { e * w * t, 0.83 * g * w * t, 0.83 * g * w * t, g * twist, e * across, e * out };
  static const double straight[6] = { 1.0 };
  int every = isnan (d->connectors) ? 2 : MAX ((int) lrint (c->around / fmax (d->connectors, 1.0)), 1);

  for (int k = 0; k + 1 < c->l->n_rings; k++)
    for (int m = 0; m < c->around; m++)
      if (!c->shared && k % 2 == 1)
        {
          if ((m + k / 2) % every == 0)
            willis_lattice_add_rod (c->l, k * c->around + m, (k + 1) * c->around + m, 0.0, c->bridge_mm, straight, stiffness);
        }
      else
        for (int hand = -1; hand <= 1; hand += 2)
          {
            double rest[6], length = rest_of_strut (c, hand, rest);

            willis_lattice_add_rod (c->l, k * c->around + m, (k + 1) * c->around + neighbour (c, k, m, hand), -hand, length, rest,
                                    stiffness);
          }
}

/* ---- what came out */

static double
ring_foot (const Cut *c, int k)
{
  double sum = 0.0;

  for (int m = 0; m < c->around; m++)
    sum += _willis_wire_path_foot (c->path, c->l->frames[k * c->around + m].r, c->at[k]);
  return sum / c->around;
}

/* Largest circle of a rhombus with these diagonals, less a strut. */
static double
circle (double p, double q, double strut)
{
  return p * q / hypot (p, q) - strut;
}

static void
openings (const Cut *c, WillisLaserCut *out)
{
  const WillisFrame *f = c->l->frames;
  double strut = or_else (c->d->strut_width_mm, STRUT_MM), outer = 0.0, inner = INFINITY, any = 0.0;
  int span = c->shared ? 2 : 3; // rings from one tip of a cell to the other

  for (int k = 0; k + span < c->l->n_rings; k += c->shared ? 1 : 2)
    for (int m = 0; m < c->around; m++)
      {
        int a = (k + 1) * c->around + neighbour (c, k, m, -1), b = (k + 1) * c->around + neighbour (c, k, m, 1);
        const double *p = f[k * c->around + m].r, *far;
        double bent[3], behind[3], ahead[3], centre[3], outwards[3], middle[3], size, side;
        int tip = -1;

        for (int j = 0; j < c->around; j++) // the crown straight ahead
          if (tip < 0 || vec3_dist (f[(k + span) * c->around + j].r, p) < vec3_dist (f[tip].r, p))
            tip = (k + span) * c->around + j;
        far = f[tip].r;
        size = circle (vec3_dist (p, far), vec3_dist (f[a].r, f[b].r), strut);
        any = fmax (any, size);
        vec3_lerp (middle, p, far, 0.5);
        _willis_wire_path_tangent (c->path, c->at[k + 1] - 0.75, 0.25, behind);
        _willis_wire_path_tangent (c->path, c->at[k + 1] + 0.75, 0.25, ahead);
        vec3_sub (bent, ahead, behind);
        if (vec3_norm (bent) < 0.03)
          continue;
        vec3_normalize (bent);
        _willis_wire_path_point (c->path, c->at[k + 1], centre);
        vec3_sub (outwards, middle, centre);
        vec3_normalize (outwards);
        side = vec3_dot (outwards, bent);
        if (side < -0.7)
          outer = fmax (outer, size);
        if (side > 0.7)
          inner = fmin (inner, size);
      }
  out->opening_outer_mm = outer > 0.0 ? outer : any;
  out->opening_inner_mm = isfinite (inner) ? inner : any;
}

static void
report (const Cut *c, WillisLaserCut *out)
{
  const WillisLattice *l = c->l;
  int n = l->n_rings * c->around, close = 0, counted = 0, lo = l->n_rings / 4, hi = MAX (3 * l->n_rings / 4, lo + 1);
  double force = 0.0;

  out->n_rings = l->n_rings;
  out->around = c->around;
  out->steps = l->steps;
  out->points_lps_mm = g_new (double, 3 * (gsize) n);
  for (int i = 0; i < n; i++)
    {
      double gap = l->lumen != NULL ? willis_lumen_sample (l->lumen, l->frames[i].r, NULL, NULL) - l->clearance_mm : 0.0;

      vec3_copy (out->points_lps_mm + 3 * i, l->frames[i].r);
      if (_willis_wire_path_unsupported (c->line, c->at[i / c->around]))
        continue;
      counted++;
      out->gap_max_mm = fmax (out->gap_max_mm, gap);
      close += gap < 0.3;
    }
  out->apposed_03 = counted > 0 ? (double) close / counted : 1.0;
  for (int k = lo; k <= hi; k++)
    {
      double centre[3] = { 0 }, share = k == lo || k == hi ? 0.5 : 1.0;

      for (int m = 0; m < c->around; m++)
        vec3_axpy (centre, centre, 1.0 / c->around, l->frames[k * c->around + m].r);
      for (int m = 0; m < c->around; m++)
        {
          out->diameter_mm += share * 2.0 * vec3_dist (centre, l->frames[k * c->around + m].r) / c->around / (hi - lo);
          force += share * l->wall[k * c->around + m];
        }
    }
  out->start_mm = ring_foot (c, 0);
  out->end_mm = ring_foot (c, l->n_rings - 1);
  out->length_mm = fabs (out->end_mm - out->start_mm);
  out->radial_force_n_mm = force / fmax (fabs (ring_foot (c, hi) - ring_foot (c, lo)), 1e-6);
  openings (c, out);
}

gboolean
willis_laser_cut_settle (const WillisDevice *device, const WillisLumenLine *line, const WillisWirePath *path, WillisLumen *lumen,
                         double start_mm, int direction, const WillisProgress *progress, WillisLaserCut *out, GError **error)
{
  Cut c = { .d = device, .line = line, .path = path, .direction = direction };
  g_autoptr (WillisLattice) lattice = NULL;
  g_autofree double *at = NULL;
  double t[3];

  memset (out, 0, sizeof *out);
  if (!read_device (&c, error))
    return FALSE;
  lattice = c.l = willis_lattice_new (c.shared ? c.rows + 1 : 2 * c.rows, c.around, FALSE);
  at = c.at = g_new0 (double, lattice->n_rings);
  c.at[0] = start_mm;
  lattice->lumen = lumen != NULL ? willis_lumen_ref (lumen) : NULL;
  lattice->clearance_mm = 0.5 * STRUT_MM;
  lattice->wall_n_mm = WALL_N_MM;
  lattice->soft = 10.0;
  place (&c);
  add_struts (&c);
  _willis_wire_path_tangent (path, start_mm, 0.25, t);
  willis_lattice_hold (lattice, t, HOLD_N_MM);
  if (!willis_lattice_settle (lattice, TOLERANCE_MM, 300, progress, error))
    return FALSE;
  report (&c, out);
  return TRUE;
}
