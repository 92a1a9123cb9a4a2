/* SPDX-License-Identifier: Apache-2.0 */
#include "solver/shaping/mandrel.h"

#include <math.h>
#include <string.h>

#define FAR_MM 1e9
#define GAP_MM 0.5 // straight between two bends

/* Time constants of the polymer's relaxation over hot metal (assumption: steam for the 30 s of instructions for use is
 * nearly complete; hot air at 150 degrees is faster). */
#define STEAM_S 10.0
#define AIR_S 5.0

/* Forms: straight before the tip, radius of the bends. */
#define FORM_TIP_MM 3.0
#define FORM_RADIUS_MM 3.0

static const char *const heat_names[] = { "none", "steam", "air" };
static const char *const form_names[] = { "straight", "45", "90", "J", "S", "C" };

const char *
willis_heat_name (WillisHeat heat)
{
  return heat_names[heat];
}

gboolean
willis_heat_find (const char *name, WillisHeat *heat)
{
  for (guint i = 0; i < G_N_ELEMENTS (heat_names); i++)
    if (g_strcmp0 (name, heat_names[i]) == 0)
      {
        *heat = i;
        return TRUE;
      }
  return FALSE;
}

const char *
willis_tip_form_name (WillisTipForm form)
{
  return form_names[form];
}

gboolean
willis_tip_form_find (const char *name, WillisTipForm *form)
{
  for (guint i = 0; i < G_N_ELEMENTS (form_names); i++)
    if (name != NULL && g_ascii_strcasecmp (name, form_names[i]) == 0)
      {
        *form = i;
        return TRUE;
      }
  return FALSE;
}

static void
add_form_bend (WillisMandrel *m, double *at, double straight, double degrees, double roll)
{
  WillisMandrelBend *b = &m->bends[m->n_bends++];

  b->angle = degrees * G_PI / 180.0;
  b->radius_mm = FORM_RADIUS_MM;
  b->roll = roll;
  b->from_tip_mm = *at + straight + 0.5 * b->angle * b->radius_mm;
  *at = b->from_tip_mm + 0.5 * b->angle * b->radius_mm;
}

void
willis_tip_form_curve (WillisTipForm form, double roll, WillisMandrel *out)
{
  double at = 0.0;

  memset (out, 0, sizeof *out);
  switch (form)
    {
    case WILLIS_TIP_45:
      add_form_bend (out, &at, FORM_TIP_MM, 45.0, roll);
      break;
    case WILLIS_TIP_90:
      add_form_bend (out, &at, FORM_TIP_MM, 90.0, roll);
      break;
    case WILLIS_TIP_J:
      add_form_bend (out, &at, 2.0, 145.0, roll);
      break;
    case WILLIS_TIP_C:
      add_form_bend (out, &at, 2.0, 60.0, roll);
      add_form_bend (out, &at, 2.0, 60.0, roll);
      break;
    case WILLIS_TIP_S:
      add_form_bend (out, &at, FORM_TIP_MM, 60.0, roll);
      add_form_bend (out, &at, 3.0, 60.0, roll + G_PI);
      break;
    default:
      break;
    }
}

double
willis_mandrel_least_radius (const WillisMandrel *m)
{
  double least = INFINITY;

  for (int i = 0; i < m->n_bends; i++)
    least = MIN (least, m->bends[i].radius_mm);
  return least;
}

void
willis_mandrel_mend (WillisMandrel *m)
{
  double at = WILLIS_MANDREL_TIP_MM;

  for (int i = 0; i < m->n_bends; i++)
    {
      WillisMandrelBend *b = &m->bends[i];
      double half;

      if (b->angle < 0.0)
        {
          b->angle = -b->angle;
          b->roll += G_PI;
        }
      b->roll = remainder (b->roll, 2.0 * G_PI);
      b->angle = MIN (b->angle, WILLIS_MANDREL_MOST_ANGLE);
      b->radius_mm = MAX (b->radius_mm, WILLIS_MANDREL_RADIUS_MM);
      half = 0.5 * b->angle * b->radius_mm;
      b->from_tip_mm = CLAMP (b->from_tip_mm, at + half, MAX (at + half, WILLIS_MANDREL_REACH_MM));
      at = b->from_tip_mm + half + GAP_MM;
    }
}

/* Curvature (about the second and third axis) of bends at s from the tip. Bending towards cos(roll) e2 + sin(roll) e3 turns
 * the tangent about -sin(roll) e2 + cos(roll) e3. */
static void
curvature_at (const WillisMandrel *m, double s, double k[2])
{
  k[0] = k[1] = 0.0;
  for (int i = 0; m != NULL && i < m->n_bends; i++)
    {
      const WillisMandrelBend *b = &m->bends[i];

      if (fabs (s - b->from_tip_mm) < 0.5 * b->angle * b->radius_mm)
        {
          k[0] -= sin (b->roll) / b->radius_mm;
          k[1] += cos (b->roll) / b->radius_mm;
        }
    }
}

/* The line of curvature k(s), from reach mm behind the tip: each step is an arc. */
static double *
bent_line (const WillisMandrel *heated, double heated_share, const WillisMandrel *form, double form_share, double step,
           gsize *n)
{
  double reach = 5.0;
  WillisFrame frame = { { 0, 0, 0 }, { 1, 0, 0, 0 } };
  double *line;
  gsize count;

  for (int pass = 0; pass < 2; pass++)
    {
      const WillisMandrel *m = pass == 0 ? heated : form;

      for (int i = 0; m != NULL && i < m->n_bends; i++)
        reach = MAX (reach, m->bends[i].from_tip_mm + 0.5 * m->bends[i].angle * m->bends[i].radius_mm + 8.0);
    }
  count = (gsize) ceil (reach / step) + 1;
  line = g_new (double, 3 * count);
  for (gsize i = 0; i < count; i++)
    {
      double s = step * (count - 1 - i), a[2], b[2], d[6] = { 1, 0, 0, 0, 0, 0 };

      vec3_copy (line + 3 * i, frame.r);
      if (i + 1 == count)
        break;
      curvature_at (heated, s - 0.5 * step, a);
      curvature_at (form, s - 0.5 * step, b);
      d[4] = heated_share * a[0] + form_share * b[0];
      d[5] = heated_share * a[1] + form_share * b[1];
      willis_frame_exp (&frame, d, step, &frame);
    }
  *n = count;
  return line;
}

double *
willis_mandrel_line (const WillisMandrel *mandrel, double share, double step_mm, gsize *n)
{
  return bent_line (mandrel, share, NULL, 0.0, step_mm, n);
}

double
willis_catheter_set_fraction (const WillisCatheter *c, const WillisHeating *heating)
{
  double full, x;

  if (heating->heat == WILLIS_HEAT_NONE || heating->seconds <= 0.0)
    return 0.0;
  full = heating->heat == WILLIS_HEAT_AIR ? AIR_S : STEAM_S;
  x = 1.0 - exp (-heating->seconds / full);
  return MIN (1.0, c->set_fraction * x / (1.0 - exp (-30.0 / STEAM_S)));
}

double
willis_catheter_retention (const WillisCatheter *c, const WillisHeating *heating)
{
  return pow (1.0 - CLAMP (c->loss_per_pass, 0.0, 0.5), MAX (heating->wire_passes, 0));
}

double *
willis_catheter_free_line (const WillisCatheter *c, WillisTipForm form, double form_roll, const WillisMandrel *mandrel,
                           const WillisHeating *heating, double set_fraction, double step_mm, gsize *n)
{
  double keep = willis_catheter_retention (c, heating);
  WillisMandrel before;

  willis_tip_form_curve (form, form_roll, &before);
  if (mandrel == NULL || mandrel->n_bends == 0)
    set_fraction = 0.0;
  return bent_line (mandrel, set_fraction * keep, &before, (1.0 - set_fraction) * keep, step_mm, n);
}
