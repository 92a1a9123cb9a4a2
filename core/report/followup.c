/* SPDX-License-Identifier: Apache-2.0 */
/* The follow-up: what has changed since the earlier scan, and how sure that is. */
#include <math.h>

#include "core/base/i18n.h"
#include "core/report/format.h"
#include "core/report/sections.h"

static const char *
verdict_text (const WillisGrowth *g)
{
  static const char *const names[] = { N_ ("Cannot be told"), N_ ("No change seen"), N_ ("Grown"), N_ ("Shrunk") };

  return g->is_new ? N_ ("New aneurysm") : g->vanished ? N_ ("No longer there") : names[g->verdict];
}

/* Growth a year with its deviation (new). */
static char *
per_year_text (const WillisGrowth *g, WillisIndex i, double years, const char *unit)
{
  double value = g->delta[i].value / years;
  g_autofree char *number = NULL, *sd = NULL;

  willis_format_measure (value, g->delta[i].sd / years, &number, &sd);
  return sd != NULL ? g_strdup_printf ("%s%s ± %s %s", value > 0 ? "+" : "", number, sd, unit)
                    : g_strdup_printf ("%s%s %s", value > 0 ? "+" : "", number, unit);
}

static void
change_row (Pages *pages, const Column *columns, const char *name, const WillisGrowth *g, WillisIndex i, double years,
            gboolean shaded)
{
  const char *unit = willis_format_unit (willis_index_info (i)->unit);
  const WillisMeasure *m[3] = { &g->before[i], &g->after[i], &g->delta[i] };
  g_autofree char *year = NULL;
  char *text[3];
  const char *texts[5];

  for (int k = 0; k < 3; k++)
    {
      g_autofree char *value = NULL, *sd = NULL;

      willis_format_index (i, m[k]->value, g->delta[i].sd, &value, &sd);
      text[k] = k == 2 && sd != NULL ? g_strdup_printf ("%s%s ± %s %s", m[k]->value > 0 ? "+" : "", value, sd, unit)
                                     : g_strdup_printf ("%s %s", value, unit);
    }
  year = years > 0.0 ? per_year_text (g, i, years, unit) : g_strdup ("");
  texts[0] = name;
  for (int k = 0; k < 3; k++)
    texts[1 + k] = text[k];
  texts[4] = year;
  table_row (pages, columns, 5, texts, shaded);
  for (int k = 0; k < 3; k++)
    g_free (text[k]);
}

static void
line (Pages *pages, const char *text)
{
  const Style style = { 9, FALSE, INK, PANGO_ALIGN_LEFT };

  pages_need (pages, 14);
  pages->y += draw_text (pages, &style, pages->left, pages->y, pages->right - pages->left, text) + 3;
}

static void
changes_table (Pages *pages, const WillisComparison *c)
{
  double width = pages->right - pages->left - 12;
  const Column columns[5] = { { 0.26 * width, PANGO_ALIGN_LEFT },
                              { 0.15 * width, PANGO_ALIGN_RIGHT },
                              { 0.15 * width, PANGO_ALIGN_RIGHT },
                              { 0.22 * width, PANGO_ALIGN_RIGHT },
                              { 0.22 * width, PANGO_ALIGN_RIGHT } };
  const char *heads[5] = { t (pages, N_ ("Index")), t (pages, N_ ("Before")), t (pages, N_ ("Now")),
                           t (pages, N_ ("Change")), t (pages, N_ ("A year")) };
  int n = 0;

  for (int i = 0; i < WILLIS_N_INDICES; i++)
    n += isfinite (c->growth->delta[i].value);
  if (n == 0)
    return;
  pages_need (pages, 60);
  table_head (pages, columns, 5, heads);
  n = 0;
  for (int i = 0; i < WILLIS_N_INDICES; i++)
    if (isfinite (c->growth->delta[i].value))
      change_row (pages, columns, t (pages, willis_index_info ((WillisIndex) i)->label), c->growth, (WillisIndex) i,
                  c->years, n++ % 2 == 1);
  pages->y += 8;
}

static void
remarks (Pages *pages, const WillisComparison *c)
{
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < c->remarks->len; i++)
    g_ptr_array_add (texts, willis_remark_text (&g_array_index (c->remarks, WillisRemark, i), text_in_report, pages));
  g_ptr_array_add (texts, NULL);
  if (texts->len > 1)
    draw_notice (pages, t (pages, N_ ("Warnings")), (char **) texts->pdata, FALSE);
}

static void
compared_with (Pages *pages, const WillisComparison *c, gboolean identified)
{
  g_autofree char *date = report_date (pages, c->earlier_date, identified), *text = NULL;

  if (c->years > 0.0 && date != NULL)
    text = g_strdup_printf (t (pages, N_ ("Compared with the scan of %s, %.2f years before.")), date, c->years);
  else if (date != NULL)
    text = g_strdup_printf (t (pages, N_ ("Compared with the scan of %s.")), date);
  else
    text = g_strdup (t (pages, N_ ("Compared with a scan of unknown date.")));
  line (pages, text);
}

static void
regions (Pages *pages, const WillisGrowth *g, const char *yes, const char *no)
{
  for (guint i = 0; i < g->regions->len; i++)
    {
      const WillisGrowthRegion *r = &g_array_index (g->regions, WillisGrowthRegion, i);
      g_autofree char *text = NULL;
      double at[3];

      willis_rigid_apply (&g->align.motion, r->centre_lps_mm, at);
      text = g_strdup_printf (
          t (pages, N_ ("Region %u at %.1f, %.1f, %.1f mm (LPS, this scan): %.1f mm², up to %+.2f mm, "
                        "significance %.1f; daughter sac: %s.")),
          i + 1, at[0], at[1], at[2], r->area_mm2, r->max_mm, r->z, r->daughter ? yes : no);

      line (pages, text);
    }
}

void
report_followup (Pages *pages, const WillisCase *c, gsize n, gboolean identified)
{
  const Style large = { 17, TRUE, INK, PANGO_ALIGN_LEFT };
  const WillisComparison *comparison = willis_case_comparison (c, n);
  const WillisGrowth *g = comparison->growth;
  const char *yes = t (pages, N_ ("yes")), *no = t (pages, N_ ("no"));
  g_autofree char *rule = willis_growth_rule_text (g, text_in_report, pages);
  char *stale[]
      = { (char *) t (pages, N_ ("The arteries or the aneurysms have changed since this comparison. These numbers "
                                 "are of the earlier state.")),
          NULL };
  g_autofree char *definitions = g_strdup_printf (
      t (pages, N_ ("Clinic's definitions: at least 1 mm in one direction: %s; at least 0.5 mm in two "
                    "directions: %s; volume beyond twice the coefficient of variation: %s.")),
      g->one_mm ? yes : no, g->two_half_mm ? yes : no, g->volume_cov ? yes : no);
  g_autofree char *registration = g_strdup_printf (
      t (pages, N_ ("Registration: expected error %.2f mm at the aneurysm; %.0f %% of the arteries around "
                    "it meet, %.2f mm apart.")),
      g->align.tre_mm, 100.0 * g->align.artery_share, g->align.artery_mm);
  g_autofree char *yardstick
      = g_strdup_printf (t (pages, N_ ("Yardstick: the walls of %.0f mm² of unchanged artery differ by %+.3f ± %.3f mm "
                                       "between the two scans.")),
                         g->align.artery_area_mm2, g->null_mean_mm, g->null_sd_mm);

  pages_break (pages);
  draw_heading (pages, t (pages, N_ ("Follow-up")), 60);
  if (willis_case_comparison_state (c, n) == WILLIS_STATE_STALE)
    draw_notice (pages, t (pages, N_ ("Not up to date")), stale, TRUE);
  pages->y += draw_text (pages, &large, pages->left, pages->y, 0, t (pages, verdict_text (g))) + 4;
  line (pages, rule);
  compared_with (pages, comparison, identified);
  if (comparison->by_hand)
    line (pages, t (pages, N_ ("The scans were laid on each other by hand.")));
  remarks (pages, comparison);
  pages->y += 6;
  report_growth_maps (pages, g);
  regions (pages, g, yes, no);
  pages->y += 4;
  changes_table (pages, comparison);
  if (isfinite (g->delta[WILLIS_INDEX_SIZE].value))
    line (pages, definitions);
  line (pages, registration);
  if (isfinite (g->align.bone_mm))
    {
      g_autofree char *bone = g_strdup_printf (
          t (pages, N_ ("Registration by bone and the whole picture: expected error %.2f mm.")), g->align.bone_mm);

      line (pages, bone);
    }
  if (g->displacement_mm != NULL)
    line (pages, yardstick);
}
