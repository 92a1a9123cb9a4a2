/* SPDX-License-Identifier: Apache-2.0 */
/* A catheter of the catalogue as a tool of a march: pieces of constant stiffness and natural curvature. */
#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "solver/shaping/mandrel.h"

#define FAR_MM 1e9
#define TORSION 0.7 // GJ / EI of a tube of Poisson's ratio 0.43 (assumption: coils and braids differ)

/* Assumptions for rows that lack them: the set fraction of methods in use (finished tip 40 to 70 % of the mandrel's angle),
 * friction of hydrophilic coats (0.04 to 0.1). */
#define SET_FRACTION 0.55
#define SET_FRACTION_SD 0.10
#define LOSS_PER_PASS 0.005
#define FRICTION 0.06

/* A soft 0.014 inch coil wire: a nitinol core ground to 0.06 mm at its tip that reaches its 0.36 mm 300 mm farther back
 * (EI 0.03 and 39 N mm2 by its section; the taper is an assumption). */
#define WIRE_TIP_MM 0.06
#define WIRE_BODY_MM 0.36
#define WIRE_TAPER_MM 300.0
#define WIRE_TIP_EI 0.03

gboolean
willis_catheter_init (WillisCatheter *c, const WillisDevice *d, GError **error)
{
  memset (c, 0, sizeof *c);
  if (d->type != WILLIS_DEVICE_MICROCATHETER)
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("%s is no microcatheter"), d->id);
  if (!(d->outer_distal_mm > 0.0) || !(d->inner_mm > 0.0) || d->inner_mm >= d->outer_distal_mm)
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("%s: the catalogue does not give its outer and inner diameter"),
                        d->id);
  g_strlcpy (c->id, d->id, sizeof c->id);
  g_strlcpy (c->name, d->name != NULL ? d->name : d->id, sizeof c->name);
  c->outer_mm = d->outer_distal_mm;
  c->inner_mm = d->inner_mm;
  c->assumed = d->assumed != NULL && d->assumed[0] != NULL;
  for (gsize i = 0; i < d->stiffness_at_mm.n && i < d->stiffness_ei_n_mm2.n && i < WILLIS_CATHETER_STATIONS; i++)
    {
      c->at_mm[i] = d->stiffness_at_mm.v[i];
      c->ei_n_mm2[i] = d->stiffness_ei_n_mm2.v[i];
      c->n_stations++;
    }
  if (c->n_stations == 0)
    {
      /* from the section: polymer of 80, 250 and 1500 MPa at the tip, 60 and 300 mm from it */
      const double at[] = { 0, 60, 300 }, mpa[] = { 80, 250, 1500 };
      double second = G_PI / 64.0 * (pow (c->outer_mm, 4.0) - pow (c->inner_mm, 4.0));

      for (int i = 0; i < 3; i++)
        {
          c->at_mm[i] = at[i];
          c->ei_n_mm2[i] = mpa[i] * second;
        }
      c->n_stations = 3;
      c->assumed = TRUE;
    }
  c->set_fraction = isfinite (d->set_fraction) ? d->set_fraction : SET_FRACTION;
  c->set_fraction_sd = isfinite (d->set_fraction_sd) ? d->set_fraction_sd : SET_FRACTION_SD;
  c->loss_per_pass = isfinite (d->set_loss_per_pass) ? d->set_loss_per_pass : LOSS_PER_PASS;
  c->friction = isfinite (d->friction) ? d->friction : FRICTION;
  c->tip_forms = 1u << WILLIS_TIP_STRAIGHT;
  for (char **f = d->tip_forms; f != NULL && *f != NULL; f++)
    {
      WillisTipForm form;

      if (willis_tip_form_find (*f, &form))
        c->tip_forms |= 1u << form;
    }
  return TRUE;
}

/* EI in uN mm2 at s from the tip: logarithms in proportion. */
static double
stiffness_at (const WillisCatheter *c, double s)
{
  int i = 0;

  if (c->n_stations == 1 || s <= c->at_mm[0])
    return 1e6 * c->ei_n_mm2[0];
  while (i + 2 < c->n_stations && s > c->at_mm[i + 1])
    i++;
  if (s >= c->at_mm[c->n_stations - 1])
    return 1e6 * c->ei_n_mm2[c->n_stations - 1];
  {
    double f = (s - c->at_mm[i]) / (c->at_mm[i + 1] - c->at_mm[i]);

    return 1e6 * exp ((1.0 - f) * log (c->ei_n_mm2[i]) + f * log (c->ei_n_mm2[i + 1]));
  }
}

static double
wire_at (double s)
{
  double d = WIRE_TIP_MM + (WIRE_BODY_MM - WIRE_TIP_MM) * CLAMP (s / WIRE_TAPER_MM, 0.0, 1.0);

  return 1e6 * WIRE_TIP_EI * pow (d / WIRE_TIP_MM, 4.0);
}

static int
compare (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static void
add_bounds (const WillisMandrel *m, double *bounds, int *n)
{
  for (int i = 0; m != NULL && i < m->n_bends; i++)
    {
      double half = 0.5 * m->bends[i].angle * m->bends[i].radius_mm;

      bounds[(*n)++] = m->bends[i].from_tip_mm - half;
      bounds[(*n)++] = m->bends[i].from_tip_mm + half;
    }
}

/* Mean over [a, b] of the indicator of bend i times its curvature vector. */
static void
add_curvature (const WillisMandrel *m, double share, double a, double b, double k[2])
{
  for (int i = 0; m != NULL && i < m->n_bends; i++)
    {
      const WillisMandrelBend *bend = &m->bends[i];
      double half = 0.5 * bend->angle * bend->radius_mm;
      double in = MIN (b, bend->from_tip_mm + half) - MAX (a, bend->from_tip_mm - half);

      if (in <= 0.0)
        continue;
      k[0] -= share * in / (b - a) * sin (bend->roll) / bend->radius_mm;
      k[1] += share * in / (b - a) * cos (bend->roll) / bend->radius_mm;
    }
}

void
willis_catheter_tool (const WillisCatheter *c, WillisTipForm form, double form_roll, const WillisMandrel *mandrel,
                      const WillisHeating *heating, double set_fraction, double stiffness, double wire_back_mm,
                      WillisTool *out)
{
  /* where stiffness is stepped, besides the bends' ends; the guide end of the last piece goes on for ever */
  static const double steps[] = { 5, 12, 20, 30, 42, 58, 80, 120 };
  double keep = willis_catheter_retention (c, heating), bounds[WILLIS_TOOL_PIECES] = { 0 }, from = 0.0;
  double outer2 = c->outer_mm * c->outer_mm, inner2 = c->inner_mm * c->inner_mm;
  WillisMandrel before;
  int n = 0;

  willis_tip_form_curve (form, form_roll, &before);
  if (mandrel == NULL || mandrel->n_bends == 0)
    set_fraction = 0.0;
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    bounds[n++] = steps[i];
  if (wire_back_mm > 0.0)
    bounds[n++] = wire_back_mm;
  add_bounds (mandrel, bounds, &n);
  add_bounds (&before, bounds, &n);
  qsort (bounds, (size_t) n, sizeof (double), compare);
  memset (out, 0, sizeof *out);
  out->radius_mm = 0.5 * c->outer_mm;
  for (int i = 0; i <= n && out->n_pieces < WILLIS_TOOL_PIECES; i++)
    {
      WillisToolPiece *p;
      double to = i < n ? bounds[i] : FAR_MM, end = i < n ? to : from + 40.0, middle = 0.5 * (from + end), tube, ei, k[2] = { 0 };

      if (to - from < 1e-6)
        continue;
      p = &out->pieces[out->n_pieces++];
      tube = stiffness * stiffness_at (c, middle);
      ei = tube + (wire_back_mm >= 0.0 && middle > wire_back_mm ? wire_at (middle - wire_back_mm) : 0.0);
      add_curvature (mandrel, set_fraction * keep, from, end, k);
      add_curvature (&before, (1.0 - set_fraction) * keep, from, end, k);
      p->to_mm = to;
      p->stiffness[0] = 16.0 * tube / (outer2 + inner2);
      p->stiffness[1] = p->stiffness[2] = p->stiffness[0] / 6.0;
      p->stiffness[3] = TORSION * ei;
      p->stiffness[4] = p->stiffness[5] = ei;
      /* the wire is straight: curvatures are weighted by stiffness */
      p->rest[1] = k[0] * tube / ei;
      p->rest[2] = k[1] * tube / ei;
      from = to;
    }
  out->pieces[out->n_pieces - 1].to_mm = FAR_MM;
}
