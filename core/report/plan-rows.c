/* SPDX-License-Identifier: Apache-2.0 */
#include "core/report/plan-rows.h"

#include "core/base/i18n.h"

void
plan_row (Pages *pages, int *n, const char *label, const char *value)
{
  const Column columns[2] = { { 200, PANGO_ALIGN_LEFT, FALSE }, { 300, PANGO_ALIGN_LEFT, FALSE } };
  const char *const texts[2] = { t (pages, label), value };

  table_row (pages, columns, 2, texts, (*n)++ % 2 == 1);
}

void
plan_row_f (Pages *pages, int *n, const char *label, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  plan_row (pages, n, label, text);
}

void
plan_aneurysm_row (Pages *pages, int *n, const WillisCase *c, gsize aneurysm)
{
  if (willis_case_n_sacs (c) > 1)
    plan_row_f (pages, n, N_ ("Aneurysm"), "%u", (guint) aneurysm + 1);
}

void
plan_remark_rows (Pages *pages, int *n, char **remarks, PlanRemark say)
{
  for (int i = 0; remarks[i] != NULL; i++)
    {
      g_autofree char *remark = say (remarks[i], text_in_report, pages);

      plan_row (pages, n, i == 0 ? N_ ("Remarks") : "", remark);
    }
}

void
plan_stale_notice (Pages *pages, WillisState state, const char *why)
{
  char *lines[] = { (char *) t (pages, why), NULL };

  if (state != WILLIS_STATE_FRESH)
    draw_notice (pages, t (pages, N_ ("Out of date")), lines, TRUE);
}

const char *
plan_fit (const Pages *pages, const char *fit)
{
  return t (pages, g_strcmp0 (fit, "safe") == 0      ? N_ ("Safe")
                   : g_strcmp0 (fit, "depends") == 0 ? N_ ("Depends")
                                                     : N_ ("Does not fit"));
}
