/* SPDX-License-Identifier: Apache-2.0 */
/* The stent in the plan: which, where, how long it becomes and how sure that is. */
#include <math.h>

#include "core/base/i18n.h"
#include "core/plan/stent-remark.h"
#include "core/report/sections.h"

static void
row (Pages *pages, int n, const char *label, const char *value)
{
  const Column columns[2] = { { 200, PANGO_ALIGN_LEFT, FALSE }, { 300, PANGO_ALIGN_LEFT, FALSE } };
  const char *const texts[2] = { t (pages, label), value };

  table_row (pages, columns, 2, texts, n % 2 == 1);
}

static const char *
translate (gconstpointer pages, const char *text)
{
  return t (pages, text);
}

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
  g_autofree char *device = NULL, *length = NULL, *interval = NULL, *landing = NULL, *gap = NULL, *cover = NULL, *ends = NULL;
  const char *fit;
  int n = 0;

  if (plan == NULL)
    return;
  d = willis_stent_plan_data (plan);
  fit = g_strcmp0 (d->fit, "safe") == 0 ? N_ ("Safe") : g_strcmp0 (d->fit, "depends") == 0 ? N_ ("Depends") : N_ ("Does not fit");
  draw_heading (pages, t (pages, N_ ("Stent in the plan")), 150);
  if (willis_case_stent_plan_state (c) != WILLIS_STATE_FRESH)
    {
      char *lines[] = { (char *) t (pages, N_ ("The arteries, the neck or the way stents are laid have changed since "
                                               "this one was chosen: choose again.")),
                        NULL };

      draw_notice (pages, t (pages, N_ ("Out of date")), lines, TRUE);
    }
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
  row (pages, n++, N_ ("Device"), device);
  row (pages, n++, N_ ("Verdict"), t (pages, fit));
  row (pages, n++, N_ ("Predicted length"), length);
  row (pages, n++, N_ ("Nine in ten lie within"), interval);
  row (pages, n++, N_ ("Landing"), landing);
  row (pages, n++, N_ ("Largest gap to the wall"), gap);
  row (pages, n++, N_ ("Metal over the neck"), cover);
  row (pages, n++, N_ ("Distal and proximal end, LPS mm"), ends);
  for (int i = 0; d->notes[i] != NULL; i++)
    {
      g_autofree char *remark = willis_stent_remark (d->notes[i], translate, pages);

      row (pages, n++, i == 0 ? N_ ("Remarks") : "", remark);
    }
  pages->y += 8;
}
