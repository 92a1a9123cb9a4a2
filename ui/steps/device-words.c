/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/steps/device-words.h"

#include "core/base/i18n.h"

const char *const willis_fit_icons[] = { "emblem-ok-symbolic", "dialog-warning-symbolic", "window-close-symbolic" };

static void
append_list (GString *text, const char *mark, const GPtrArray *remarks, WillisSayRemark say)
{
  for (guint i = 0; i < remarks->len; i++)
    {
      g_autofree char *remark = say (remarks->pdata[i], NULL, NULL);

      g_string_append_printf (text, "%s %s\n", mark, remark);
    }
}

void
willis_append_remarks (GString *text, const GPtrArray *warnings, const GPtrArray *reasons, WillisSayRemark say)
{
  append_list (text, "⚠", warnings, say);
  append_list (text, "•", reasons, say);
}

void
willis_append_source (GString *text, const WillisDevice *device)
{
  g_autofree char *source = willis_device_source (device, NULL, NULL);

  g_string_append_printf (text, "%s %s (%s)", _ ("Source:"), source, device->date);
  if (device->note != NULL)
    g_string_append_printf (text, "\n%s", _ (device->note));
}

static void
append_plan (GString *text, const char *what, WillisState state)
{
  g_string_append (text, text->len > 0 ? " · " : _ ("In the plan: "));
  g_string_append (text, what);
  if (state == WILLIS_STATE_STALE)
    g_string_append (text, _ (" (out of date: choose again)"));
}

char *
willis_plan_line (const WillisCase *c, gsize n)
{
  WillisStentPlan *stent = willis_case_stent_plan (c);
  WillisSacPlan *sac = willis_case_sac_plan (c, n);
  GString *text = g_string_new (NULL);

  if (stent != NULL && willis_stent_plan_data (stent)->aneurysm == (int) n)
    append_plan (text, willis_stent_plan_data (stent)->name, willis_case_stent_plan_state (c));
  if (sac != NULL)
    {
      const WillisSacPlanData *d = willis_sac_plan_data (sac);
      g_autofree char *coils = g_strdup_printf (_ ("%u coils, packing %.0f %%"), d->n_devices, 100.0 * d->packing);

      append_plan (text, d->coils ? coils : d->devices[0].name, willis_case_sac_plan_state (c, n));
    }
  return g_string_free (text, text->len == 0);
}
