/* SPDX-License-Identifier: Apache-2.0 */
/* What the plan puts into each sac: coils with their packing, or a device and how it lies. */
#include "core/base/i18n.h"
#include "core/plan/catalogue.h"
#include "core/plan/sac-remark.h"
#include "core/report/format.h"
#include "core/report/plan-rows.h"

/* "22.1 ± 1.3" (new). */
static char *
measure_text (double value, double sd)
{
  g_autofree char *number = NULL, *deviation = NULL;

  willis_format_measure (value, sd, &number, &deviation);
  return deviation != NULL ? g_strdup_printf ("%s ± %s", number, deviation) : g_steal_pointer (&number);
}

static void
coil_rows (Pages *pages, int *n, const WillisSacPlanData *d)
{
  g_autofree char *packing = measure_text (100.0 * d->packing, 100.0 * d->packing_sd);
  g_autofree char *sac = measure_text (d->sac_volume_mm3, d->sac_volume_sd_mm3);

  plan_row_f (pages, n, N_ ("Packing density"), "%s %%", packing);
  plan_row_f (pages, n, N_ ("Volume embolised"), t (pages, N_ ("%.1f mm³ of wire in a sac of %s mm³")), d->wire_mm3,
              sac);
  plan_row_f (pages, n, N_ ("Coils"), t (pages, N_ ("%u, together %.0f cm")), d->n_devices, 0.1 * d->length_mm);
}

static void
device_rows (Pages *pages, int *n, const WillisSacPlanData *d)
{
  plan_row_f (pages, n, N_ ("Device"), "%s (%s)", d->devices[0].name, d->devices[0].manufacturer);
  plan_row (pages, n, N_ ("Verdict"), plan_fit (pages, d->fit));
  plan_row_f (pages, n, N_ ("Contact with the wall"), t (pages, N_ ("over %.0f %% of its height")), 100.0 * d->contact);
}

/* The coils in the order of use. */
static void
coil_table (Pages *pages, const WillisSacPlanData *d)
{
  const Column columns[5] = { { 24, PANGO_ALIGN_RIGHT, FALSE },
                              { 236, PANGO_ALIGN_LEFT, FALSE },
                              { 80, PANGO_ALIGN_LEFT, FALSE },
                              { 70, PANGO_ALIGN_RIGHT, FALSE },
                              { 90, PANGO_ALIGN_RIGHT, FALSE } };
  const char *const head[5] = { "", t (pages, N_ ("Coil")), t (pages, N_ ("For")), t (pages, N_ ("Wire, mm³")),
                                t (pages, N_ ("Packing with it, %")) };

  table_head (pages, columns, 5, head);
  for (guint i = 0; i < d->n_devices; i++)
    {
      const WillisSacPlanDevice *coil = &d->devices[i];
      const char *role = willis_coil_role_label (coil->role);
      g_autofree char *number = g_strdup_printf ("%u", i + 1);
      g_autofree char *name = g_strdup_printf ("%s (%s)", coil->name, coil->manufacturer);
      g_autofree char *volume = g_strdup_printf ("%.1f", coil->volume_mm3);
      g_autofree char *packing = g_strdup_printf ("%.1f", 100.0 * coil->packing);
      const char *const texts[5] = { number, name, *role != '\0' ? t (pages, role) : "", volume, packing };

      table_row (pages, columns, 5, texts, i % 2 == 1);
    }
  pages->y += 6;
}

void
report_sac_plan (Pages *pages, const WillisCase *c, gsize aneurysm)
{
  const WillisSacPlan *plan = willis_case_sac_plan (c, aneurysm);
  const WillisSacPlanData *d;
  int n = 0;

  if (plan == NULL)
    return;
  d = willis_sac_plan_data (plan);
  draw_heading (pages, t (pages, d->coils ? N_ ("Coils in the plan") : N_ ("Device for the sac in the plan")), 120);
  plan_stale_notice (pages, willis_case_sac_plan_state (c, aneurysm),
                     N_ ("The arteries or the sac have changed since this was chosen: choose again."));
  plan_aneurysm_row (pages, &n, c, aneurysm);
  if (d->coils)
    coil_rows (pages, &n, d);
  else
    device_rows (pages, &n, d);
  plan_remark_rows (pages, &n, d->notes, willis_sac_remark);
  pages->y += 6;
  if (d->coils)
    coil_table (pages, d);
  pages->y += 2;
}
