/* SPDX-License-Identifier: Apache-2.0 */
/* How it was made: the scan, and each stage with its digest, parameters, program and time. */
#include "core/base/i18n.h"
#include "core/report/sections.h"

static const char *
stage_title (Pages *pages, WillisStage stage)
{
  switch (stage)
    {
    case WILLIS_STAGE_SCAN:
      return t (pages, N_ ("Scan"));
    case WILLIS_STAGE_SEGMENTATION:
      return t (pages, N_ ("Segmentation"));
    case WILLIS_STAGE_SURFACE:
      return t (pages, N_ ("Surface"));
    case WILLIS_STAGE_TREE:
      return t (pages, N_ ("Vessel tree"));
    case WILLIS_STAGE_CANDIDATES:
      return t (pages, N_ ("Search for aneurysms"));
    case WILLIS_STAGE_ANEURYSMS:
      return t (pages, N_ ("Aneurysm"));
    case WILLIS_N_STAGES:
      break;
    }
  g_return_val_if_reached ("");
}

static void
row (Pages *pages, const Column *columns, const char *title, const WillisProvenance *p, WillisState state,
     gboolean shaded)
{
  g_autofree char *digest = g_strndup (p->digest != NULL ? p->digest : "", 16);
  g_autofree char *time = g_strdelimit (g_strdup (p->time != NULL ? p->time : ""), "TZ", ' ');
  const char *texts[5] = { title, digest, p->params != NULL && *p->params != '\0' ? p->params : "\xe2\x80\x93",
                           p->program != NULL ? p->program : "", g_strchomp (time) };
  g_autofree char *stale = NULL;

  if (state == WILLIS_STATE_STALE)
    {
      stale = g_strdup_printf (t (pages, N_ ("%s (stale)")), title);
      texts[0] = stale;
    }
  table_row (pages, columns, 5, texts, shaded);
}

void
report_provenance (Pages *pages, const WillisCase *c)
{
  double width = pages->right - pages->left - 6;
  const Column columns[5] = {
    { width * 0.17, PANGO_ALIGN_LEFT }, { width * 0.18, PANGO_ALIGN_LEFT }, { width * 0.34, PANGO_ALIGN_LEFT },
    { width * 0.12, PANGO_ALIGN_LEFT }, { width * 0.19, PANGO_ALIGN_LEFT },
  };
  const char *const head[5] = { t (pages, N_ ("Stage")), t (pages, N_ ("Digest (SHA-256)")),
                                t (pages, N_ ("Parameters")), t (pages, N_ ("Program")), t (pages, N_ ("Time (UTC)")) };
  const Style small = { 7.5, FALSE, INK_SOFT, PANGO_ALIGN_LEFT };
  int n_rows = 0;

  if (willis_case_state (c, WILLIS_STAGE_SCAN) == WILLIS_STATE_MISSING
      && willis_case_state (c, WILLIS_STAGE_SURFACE) == WILLIS_STATE_MISSING)
    return;
  draw_heading (pages, t (pages, N_ ("How this was made")),
                MIN (60 + 28 * (WILLIS_STAGE_ANEURYSMS + willis_case_n_sacs (c)), 400));
  if (willis_case_digest (c, WILLIS_STAGE_SCAN) != NULL)
    {
      g_autofree char *text
          = g_strdup_printf (t (pages, N_ ("Whole digest of the scan: %s")), willis_case_digest (c, WILLIS_STAGE_SCAN));

      pages->y += 3 + draw_text (pages, &small, pages->left + 6, pages->y, 0, text);
    }
  table_head (pages, columns, 5, head);
  for (int stage = 0; stage < WILLIS_STAGE_ANEURYSMS; stage++)
    {
      const WillisProvenance *p = willis_case_provenance (c, stage);

      if (p != NULL)
        row (pages, columns, stage_title (pages, stage), p, willis_case_state (c, stage), n_rows++ % 2 == 0);
    }
  for (gsize n = 0; n < willis_case_n_aneurysms (c); n++)
    {
      g_autofree char *title = NULL;

      if (willis_case_sac_before (c, n) >= 0) // not printed
        continue;
      title = g_strdup_printf ("%s %u", stage_title (pages, WILLIS_STAGE_ANEURYSMS), (guint) n + 1);

      row (pages, columns, title, willis_case_aneurysm_provenance (c, n), willis_case_aneurysm_state (c, n),
           n_rows++ % 2 == 0);
    }
  for (gsize n = 0; n < willis_case_n_comparisons (c); n++)
    {
      const WillisComparison *comparison = willis_case_comparison (c, n);
      g_autofree char *title = g_strdup_printf ("%s %u", t (pages, N_ ("Comparison")), (guint) n + 1);

      row (pages, columns, title, &comparison->provenance, willis_case_comparison_state (c, n), n_rows++ % 2 == 0);
    }
  pages->y += 6;
}
