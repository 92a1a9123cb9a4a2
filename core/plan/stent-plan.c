/* SPDX-License-Identifier: Apache-2.0 */
#include "core/plan/stent-plan.h"


struct _WillisStentPlan
{
  gatomicrefcount refs;
  WillisStentPlanData data;
  char *digest;
};

static char *
digest_of (const WillisStentPlanData *d)
{
  const double numbers[] = { d->distal_mm,         d->proximal_mm,         d->length_mm,  d->length_sd_mm, d->length_lo_mm,
                             d->length_hi_mm,      d->distal_landing_mm,   d->proximal_landing_mm,
                             d->gap_max_mm,        d->apposition,          d->coverage,   d->neck_coverage,
                             d->pore_density_mm2,  d->radial_force_n_mm,   d->ends_lps_mm[0], d->ends_lps_mm[1],
                             d->ends_lps_mm[2],    d->ends_lps_mm[3],      d->ends_lps_mm[4], d->ends_lps_mm[5] };
  GString *text = g_string_new (d->device);
  char *digest;

  g_string_append_printf (text, "|%d|%d|%d", d->aneurysm, d->into, d->branches_covered);
  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      char number[G_ASCII_DTOSTR_BUF_SIZE];

      g_string_append_c (text, '|');
      g_string_append (text, g_ascii_dtostr (number, sizeof number, numbers[i]));
    }
  digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text->str, (gssize) text->len);
  g_string_free (text, TRUE);
  return digest;
}

WillisStentPlan *
willis_stent_plan_new (const WillisStentPlanData *data)
{
  WillisStentPlan *plan = g_new0 (WillisStentPlan, 1);

  g_atomic_ref_count_init (&plan->refs);
  plan->data = *data;
  plan->data.device = g_strdup (data->device);
  plan->data.name = g_strdup (data->name);
  plan->data.manufacturer = g_strdup (data->manufacturer);
  plan->data.fit = g_strdup (data->fit);
  plan->data.notes = data->notes != NULL ? g_strdupv (data->notes) : g_new0 (char *, 1);
  plan->digest = digest_of (data);
  return plan;
}

WillisStentPlan *
willis_stent_plan_ref (WillisStentPlan *plan)
{
  g_atomic_ref_count_inc (&plan->refs);
  return plan;
}

void
willis_stent_plan_unref (WillisStentPlan *plan)
{
  if (!g_atomic_ref_count_dec (&plan->refs))
    return;
  g_free (plan->data.device);
  g_free (plan->data.name);
  g_free (plan->data.manufacturer);
  g_free (plan->data.fit);
  g_strfreev (plan->data.notes);
  g_free (plan->digest);
  g_free (plan);
}

const WillisStentPlanData *
willis_stent_plan_data (const WillisStentPlan *plan)
{
  return &plan->data;
}

const char *
willis_stent_plan_digest (const WillisStentPlan *plan)
{
  return plan->digest;
}
