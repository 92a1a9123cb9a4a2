/* SPDX-License-Identifier: Apache-2.0 */
#include "solver/shaping/plan.h"

#include <math.h>
#include <string.h>

WillisCatheterPlan *
willis_shaping_plan_new (const WillisShapingSite *site, const WillisCatheter *c, const char *guide, int aneurysm,
                         const double *entry, const WillisShapeProposal *p, const WillisDesign *found,
                         const WillisHandling *handling, double stiffness)
{
  const WillisShape *s = &p->shape;
  const WillisShapingCloud *cloud = &p->cloud;
  gboolean known = cloud->n > 0;
  WillisCatheterPlanData d = {
    .device = (char *) c->id,
    .name = (char *) c->name,
    .guide = (char *) guide,
    .tip_form = (char *) willis_tip_form_name (s->form),
    .heat = (char *) willis_heat_name (s->shaped ? s->heating.heat : WILLIS_HEAT_NONE),
    .aneurysm = aneurysm,
    .shaped = s->shaped,
    .n_bends = s->shaped ? s->mandrel.n_bends : 0,
    .form_roll = s->form_roll,
    .heat_s = s->shaped ? s->heating.seconds : 0.0,
    .feed_mm = s->feed_mm,
    .wire_passes = s->heating.wire_passes,
    .entry = { NAN, NAN, NAN },
    .set_fraction = c->set_fraction,
    .set_fraction_sd = c->set_fraction_sd,
    .friction = c->friction,
    .stiffness = stiffness,
    .assumed = c->assumed && c->calibrations == 0,
    .error_mm = p->seat.error_mm,
    .angle_off = p->seat.angle,
    .inserted_mm = p->seat.inserted_mm,
    .support_n = 1e-6 * p->seat.support_un,
    .reached = p->reached,
    .reachable = p->reached || (found != NULL && found->reachable),
    .nearest_mm = found != NULL ? found->nearest_mm : NAN,
    .draws = cloud->n,
    .success = known ? cloud->in_zone : NAN,
    .success_sd = known ? cloud->in_zone_sd : NAN,
    .in_sac = known ? cloud->in_sac : NAN,
    .dome = known ? cloud->touches_dome : NAN,
    .region_mm = known ? cloud->region_mm : NAN,
    .kick_n = handling != NULL && handling->kicked ? 1e-6 * handling->kick_un : NAN,
  };

  for (int i = 0; i < d.n_bends; i++)
    {
      const WillisMandrelBend *b = &s->mandrel.bends[i];

      d.from_tip_mm[i] = b->from_tip_mm;
      d.angle[i] = b->angle;
      d.roll[i] = b->roll;
      d.radius_mm[i] = b->radius_mm;
    }
  if (entry != NULL)
    vec3_copy (d.entry, entry);
  vec3_copy (d.target, site->target);
  vec3_copy (d.direction, site->direction);
  vec3_copy (d.tip, p->seat.tip);
  vec3_copy (d.tip_direction, p->seat.direction);
  return willis_catheter_plan_new (&d);
}

gboolean
willis_shaping_plan_shape (const WillisCatheterPlan *plan, WillisShape *out)
{
  const WillisCatheterPlanData *d = willis_catheter_plan_data (plan);

  memset (out, 0, sizeof *out);
  if (!willis_tip_form_find (d->tip_form, &out->form) || !willis_heat_find (d->heat, &out->heating.heat))
    return FALSE;
  out->form_roll = d->form_roll;
  out->shaped = d->shaped;
  out->heating.seconds = d->heat_s;
  out->heating.wire_passes = d->wire_passes;
  out->feed_mm = d->feed_mm;
  out->mandrel.n_bends = MIN (d->n_bends, WILLIS_MANDREL_BENDS);
  for (int i = 0; i < out->mandrel.n_bends; i++)
    out->mandrel.bends[i] = (WillisMandrelBend){ d->from_tip_mm[i], d->angle[i], d->roll[i], d->radius_mm[i] };
  return TRUE;
}
