/* SPDX-License-Identifier: Apache-2.0 */
#include "core/plan/catheter-plan.h"

struct _WillisCatheterPlan
{
  gatomicrefcount refs;
  WillisCatheterPlanData data;
  char *digest;
};

#define NUMBER(member, n)                                                                                              \
  {                                                                                                                    \
#member, G_STRUCT_OFFSET(WillisCatheterPlanData, member), n                                                        \
  }
const WillisCatheterPlanNumber willis_catheter_plan_numbers[] = {
  NUMBER (from_tip_mm, 3), NUMBER (angle, 3),     NUMBER (roll, 3),         NUMBER (radius_mm, 3),
  NUMBER (form_roll, 1),   NUMBER (heat_s, 1),    NUMBER (feed_mm, 1),      NUMBER (entry, 3),
  NUMBER (target, 3),      NUMBER (direction, 3), NUMBER (set_fraction, 1), NUMBER (set_fraction_sd, 1),
  NUMBER (friction, 1),    NUMBER (stiffness, 1), NUMBER (tip, 3),          NUMBER (tip_direction, 3),
  NUMBER (error_mm, 1),    NUMBER (angle_off, 1), NUMBER (inserted_mm, 1),  NUMBER (support_n, 1),
  NUMBER (nearest_mm, 1),  NUMBER (success, 1),   NUMBER (success_sd, 1),   NUMBER (in_sac, 1),
  NUMBER (dome, 1),        NUMBER (region_mm, 1), NUMBER (kick_n, 1),       { NULL, 0, 0 },
};
#undef NUMBER

static char *
digest_of (const WillisCatheterPlanData *d)
{
  GString *text = g_string_new (NULL);
  char *digest;

  g_string_append_printf (text, "%s|%s|%s|%s|%d|%d|%d|%d|%d|%d|%d|%d", d->device, d->guide, d->tip_form, d->heat,
                          d->aneurysm, d->shaped, d->n_bends, d->wire_passes, d->assumed, d->reached, d->reachable,
                          d->draws);
  for (const WillisCatheterPlanNumber *f = willis_catheter_plan_numbers; f->name != NULL; f++)
    for (gsize k = 0; k < f->n; k++)
      {
        char number[G_ASCII_DTOSTR_BUF_SIZE];

        g_string_append_c (text, '|');
        g_string_append (text, g_ascii_dtostr (number, sizeof number, (&G_STRUCT_MEMBER (double, d, f->offset))[k]));
      }
  digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text->str, (gssize) text->len);
  g_string_free (text, TRUE);
  return digest;
}

WillisCatheterPlan *
willis_catheter_plan_new (const WillisCatheterPlanData *data)
{
  WillisCatheterPlan *plan = g_new0 (WillisCatheterPlan, 1);

  g_atomic_ref_count_init (&plan->refs);
  plan->data = *data;
  plan->data.device = g_strdup (data->device);
  plan->data.name = g_strdup (data->name);
  plan->data.guide = g_strdup (data->guide != NULL ? data->guide : "");
  plan->data.tip_form = g_strdup (data->tip_form);
  plan->data.heat = g_strdup (data->heat);
  plan->digest = digest_of (&plan->data);
  return plan;
}

WillisCatheterPlan *
willis_catheter_plan_ref (WillisCatheterPlan *plan)
{
  g_atomic_ref_count_inc (&plan->refs);
  return plan;
}

void
willis_catheter_plan_unref (WillisCatheterPlan *plan)
{
  if (!g_atomic_ref_count_dec (&plan->refs))
    return;
  g_free (plan->data.device);
  g_free (plan->data.name);
  g_free (plan->data.guide);
  g_free (plan->data.tip_form);
  g_free (plan->data.heat);
  g_free (plan->digest);
  g_free (plan);
}

const WillisCatheterPlanData *
willis_catheter_plan_data (const WillisCatheterPlan *plan)
{
  return &plan->data;
}

const char *
willis_catheter_plan_digest (const WillisCatheterPlan *plan)
{
  return plan->digest;
}
