/* SPDX-License-Identifier: Apache-2.0 */
/* The stent in the plan: which, where, how long it becomes and how sure that is. */
#include <math.h>

#include "core/base/i18n.h"
#include "core/plan/stent-remark.h"
#include "core/report/plan-rows.h"

static gboolean
cover_assumed (const WillisStentPlanData *d)
{
  for (int i = 0; d->notes[i] != NULL; i++)
    if (willis_stent_remark_on_cover (d->notes[i]))
      return TRUE;
  return FALSE;
}

void
report_stent_plan (Pages *pages, const WillisCase *c)
{
  WillisStentPlan *plan = willis_case_stent_plan (c);
  const WillisStentPlanData *d;
  g_autofree char *device = NULL, *length = NULL, *interval = NULL, *landing = NULL, *gap = NULL, *cover = NULL,
                  *ends = NULL;
  int n = 0;

  if (plan == NULL)
    return;
  d = willis_stent_plan_data (plan);
  draw_heading (pages, t (pages, N_ ("Stent in the plan")), 150);
  plan_stale_notice (pages, willis_case_stent_plan_state (c),
                     N_ ("The arteries, the neck or the way stents are laid have changed since this one was chosen: "
                         "choose again."));
  device = g_strdup_printf ("%s (%s)", d->name, d->manufacturer);
  length = g_strdup_printf ("%.1f mm", d->length_mm);
  interval = g_strdup_printf ("%.1f \xe2\x80\x93 %.1f mm", d->length_lo_mm, d->length_hi_mm);
  landing = g_strdup_printf (t (pages, N_ ("%.1f mm distal, %.1f mm proximal of the neck")), d->distal_landing_mm, d->proximal_landing_mm);
  gap = g_strdup_printf ("%.2f mm", d->gap_max_mm);
  cover = isnan (d->neck_coverage)
              ? g_strdup ("\xe2\x80\x93")
              : g_strdup_printf ("%s%.0f %%", cover_assumed (d) ? "≈ " : "", 100.0 * d->neck_coverage);
  ends = g_strdup_printf ("%.1f %.1f %.1f / %.1f %.1f %.1f", d->ends_lps_mm[0], d->ends_lps_mm[1], d->ends_lps_mm[2], d->ends_lps_mm[3],
                          d->ends_lps_mm[4], d->ends_lps_mm[5]);
  plan_aneurysm_row (pages, &n, c, (gsize) d->aneurysm);
  plan_row (pages, &n, N_ ("Device"), device);
  plan_row (pages, &n, N_ ("Verdict"), plan_fit (pages, d->fit));
  plan_row (pages, &n, N_ ("Predicted length"), length);
  plan_row (pages, &n, N_ ("Nine in ten lie within"), interval);
  plan_row (pages, &n, N_ ("Landing"), landing);
  plan_row (pages, &n, N_ ("Largest gap to the wall"), gap);
  plan_row (pages, &n, N_ ("Metal over the neck"), cover);
  plan_row (pages, &n, N_ ("Distal and proximal end, LPS mm"), ends);
  plan_remark_rows (pages, &n, d->notes, willis_stent_remark);
  pages->y += 8;
}
