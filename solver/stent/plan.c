/* SPDX-License-Identifier: Apache-2.0 */
#include "solver/stent/plan.h"

#include <math.h>

/* What speaks against it, then what for it (new list of borrowed texts). */
static char **
notes_of (const GPtrArray *warnings, const GPtrArray *reasons)
{
  char **notes = g_new0 (char *, warnings->len + reasons->len + 1);

  for (guint i = 0; i < warnings->len; i++)
    notes[i] = warnings->pdata[i];
  for (guint i = 0; i < reasons->len; i++)
    notes[warnings->len + i] = reasons->pdata[i];
  return notes;
}

WillisStentPlan *
willis_stent_plan_of (const WillisStentChoice *c, const WillisStentArtery *artery, int aneurysm, double distal_mm,
                      double proximal_mm)
{
  g_autofree char **notes = notes_of (c->warnings, c->reasons);
  WillisStentPlanData d = { c->device->id,
                            c->device->name,
                            c->device->manufacturer,
                            (char *) willis_fit_name (c->fit),
                            aneurysm,
                            -1,
                            distal_mm,
                            proximal_mm,
                            c->length_mm,
                            c->length_sd_mm,
                            c->length_lo_mm,
                            c->length_hi_mm,
                            c->distal_landing_mm,
                            c->proximal_landing_mm,
                            c->gap_max_mm,
                            c->apposition,
                            c->coverage,
                            c->neck_coverage,
                            c->pore_density_mm2,
                            c->radial_force_n_mm,
                            (int) c->branches_covered,
                            { 0 },
                            notes };

  willis_stent_artery_point (artery, c->distal_mm, d.ends_lps_mm, NULL);
  willis_stent_artery_point (artery, c->proximal_mm, d.ends_lps_mm + 3, NULL);
  return willis_stent_plan_new (&d);
}

static WillisSacPlanDevice
planned (const WillisDevice *d, double volume_mm3, double packing)
{
  return (WillisSacPlanDevice){ d->id, d->name, d->manufacturer, d->role, d->length_mm, volume_mm3, packing };
}

WillisSacPlan *
willis_sac_plan_of_coils (const WillisCoilPlan *coils, const WillisSacShape *sac)
{
  g_autofree WillisSacPlanDevice *devices = g_new (WillisSacPlanDevice, coils->steps->len);
  g_autofree char **notes = notes_of (coils->warnings, coils->reasons);
  WillisSacPlanData d = { .coils = TRUE,
                          .devices = devices,
                          .n_devices = coils->steps->len,
                          .sac_volume_mm3 = sac->volume_mm3,
                          .sac_volume_sd_mm3 = sac->volume_sd_mm3,
                          .packing = coils->packing,
                          .packing_sd = coils->packing_sd,
                          .length_mm = coils->length_mm,
                          .contact = NAN,
                          .volume_ratio = NAN,
                          .notes = notes };

  for (guint i = 0; i < coils->steps->len; i++)
    {
      const WillisCoilStep *s = &g_array_index (coils->steps, WillisCoilStep, i);

      devices[i] = planned (s->device, s->volume_mm3, s->packing);
      d.wire_mm3 += s->volume_mm3;
    }
  return willis_sac_plan_new (&d);
}

WillisSacPlan *
willis_sac_plan_of_device (const WillisSacChoice *choice, const WillisSacShape *sac)
{
  WillisSacPlanDevice device = planned (choice->device, NAN, NAN);
  g_autofree char **notes = notes_of (choice->warnings, choice->reasons);
  const WillisSacPlanData d = { .devices = &device,
                                .n_devices = 1,
                                .fit = (char *) willis_fit_name (choice->fit),
                                .sac_volume_mm3 = sac->volume_mm3,
                                .sac_volume_sd_mm3 = sac->volume_sd_mm3,
                                .packing = NAN,
                                .packing_sd = NAN,
                                .length_mm = NAN,
                                .wire_mm3 = NAN,
                                .contact = choice->contact,
                                .volume_ratio = choice->volume_ratio,
                                .notes = notes };

  return willis_sac_plan_new (&d);
}
