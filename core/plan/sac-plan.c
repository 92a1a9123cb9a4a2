/* SPDX-License-Identifier: Apache-2.0 */
#include "core/plan/sac-plan.h"

struct _WillisSacPlan
{
  gatomicrefcount refs;
  WillisSacPlanData data;
};

WillisSacPlan *
willis_sac_plan_new (const WillisSacPlanData *data)
{
  WillisSacPlan *plan = g_new0 (WillisSacPlan, 1);

  g_atomic_ref_count_init (&plan->refs);
  plan->data = *data;
  plan->data.devices = g_new (WillisSacPlanDevice, data->n_devices);
  for (guint i = 0; i < data->n_devices; i++)
    {
      WillisSacPlanDevice *d = &plan->data.devices[i];

      *d = data->devices[i];
      d->id = g_strdup (d->id);
      d->name = g_strdup (d->name);
      d->manufacturer = g_strdup (d->manufacturer);
      d->role = g_strdup (d->role != NULL ? d->role : "");
    }
  plan->data.fit = g_strdup (data->fit != NULL ? data->fit : "");
  plan->data.notes = data->notes != NULL ? g_strdupv (data->notes) : g_new0 (char *, 1);
  return plan;
}

WillisSacPlan *
willis_sac_plan_ref (WillisSacPlan *plan)
{
  g_atomic_ref_count_inc (&plan->refs);
  return plan;
}

void
willis_sac_plan_unref (WillisSacPlan *plan)
{
  if (!g_atomic_ref_count_dec (&plan->refs))
    return;
  for (guint i = 0; i < plan->data.n_devices; i++)
    {
      g_free (plan->data.devices[i].id);
      g_free (plan->data.devices[i].name);
      g_free (plan->data.devices[i].manufacturer);
      g_free (plan->data.devices[i].role);
    }
  g_free (plan->data.devices);
  g_free (plan->data.fit);
  g_strfreev (plan->data.notes);
  g_free (plan);
}

const WillisSacPlanData *
willis_sac_plan_data (const WillisSacPlan *plan)
{
  return &plan->data;
}

gboolean
willis_sac_plan_is (const WillisSacPlan *plan, gboolean coils, const char *const *ids)
{
  guint n = g_strv_length ((char **) ids);

  if (plan->data.coils != coils || plan->data.n_devices != n)
    return FALSE;
  for (guint i = 0; i < n; i++)
    if (!g_str_equal (plan->data.devices[i].id, ids[i]))
      return FALSE;
  return TRUE;
}
