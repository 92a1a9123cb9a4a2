/* SPDX-License-Identifier: Apache-2.0 */
/* The risk scores of an aneurysm, each with every item and what it was scored on, who said it, and what it was derived
 * on. */
#include <math.h>

#include "core/base/i18n.h"
#include "core/report/risk-text.h"
#include "core/report/sections.h"

/* Age and sex come with the scan; the scores are printed where somebody answered more than that. */
static gboolean
was_asked (const WillisCase *c, gsize n)
{
  WillisRiskInputs answers = willis_case_risk_answers (c, n);
  gsize n_questions;
  const WillisRiskQuestion *q = willis_risk_questions (&n_questions);

  for (gsize i = 0; i < n_questions; i++)
    if (q[i].kind != WILLIS_QUESTION_NUMBER && q[i].kind != WILLIS_QUESTION_SEX
        && willis_risk_answer (&answers, q + i) != willis_risk_no_answer (q + i))
      return TRUE;
  return FALSE;
}

static char *
result_text (const Pages *pages, const WillisRiskScore *s)
{
  if (!s->complete)
    return g_strdup (t (pages, N_ ("No score: inputs marked ? are missing.")));
  if (s->verdict != NULL)
    return g_strdup_printf (t (pages, N_ ("repair %.0f, observation %.0f: %s")), s->repair, s->observe, t (pages, s->verdict));
  if (isfinite (s->percent_5y))
    return g_strdup_printf (t (pages, N_ ("%.0f points: growth %.1f %% in 3 years, %.1f %% in 5 years")), s->score, s->percent,
                            s->percent_5y);
  return g_strdup_printf (t (pages, N_ ("%.0f points: rupture %.1f %% in 5 years (95 %% interval %.1f to %.1f)")), s->score, s->percent,
                          s->percent_low, s->percent_high);
}

/* UIATS has thirty items, most of which count nothing for most people. */
static gboolean
counts_nothing (const WillisRiskItem *item)
{
  return item->known && item->points == 0.0 && item->side != 0;
}

/* "Age: 65 years, +1 (asked)": what it was scored on, its points and who said so. */
static void
append_item (GString *text, const Pages *pages, const WillisRiskItem *item, gboolean identified)
{
  gboolean old = item->value.kind == WILLIS_RISK_VALUE_YEARS && item->value.number > 89 && !identified;
  g_autofree char *value = old ? g_strdup (t (pages, N_ ("90 years or over")))
                               : willis_risk_value_text (&item->value, text_in_report, pages);
  const char *origin = t (pages, willis_risk_item_origin_text (item));

  g_string_append_printf (text, "%s%s%s%s", text->len > 0 ? "; " : "", t (pages, item->label),
                          *value != '\0' ? ": " : "", value);
  if (item->known && !counts_nothing (item))
    g_string_append_printf (text, item->points != 0.0 ? ", %+.0f" : ", %.0f", willis_risk_item_points (item));
  g_string_append_printf (text, " (%s%s%s)", origin, item->unsure ? ", " : "",
                          item->unsure ? t (pages, willis_risk_unsure_text (item)) : "");
}

/* The items that count or are missing, or those that count nothing (new). */
static char *
items_text (const Pages *pages, const WillisRiskScore *s, gboolean nothing, gboolean identified)
{
  GString *text = g_string_new (NULL);

  for (guint n = 0; n < s->items->len; n++)
    if (counts_nothing (&g_array_index (s->items, WillisRiskItem, n)) == nothing)
      append_item (text, pages, &g_array_index (s->items, WillisRiskItem, n), identified);
  return g_string_free (text, FALSE);
}

static void
draw_score (Pages *pages, WillisRiskScore *score, gboolean identified)
{
  g_autoptr (WillisRiskScore) s = score;
  const Style bold = { 9.5, TRUE, INK, PANGO_ALIGN_LEFT }, plain = { 8.5, FALSE, INK, PANGO_ALIGN_LEFT };
  const Style soft = { 8, FALSE, INK_SOFT, PANGO_ALIGN_LEFT };
  g_autofree char *result = result_text (pages, s), *items = items_text (pages, s, FALSE, identified);
  g_autofree char *rest = items_text (pages, s, TRUE, identified),
                  *nothing = g_strdup_printf (t (pages, N_ ("Counts 0: %s")), rest);
  g_autofree char *head = g_strdup_printf ("%s: %s", s->name, result);
  g_autofree char *derived = g_strdup_printf (t (pages, N_ ("Derived on %s. %s.")), t (pages, s->derived_on), s->source);
  double width = pages->right - pages->left;

  pages_need (pages, 70);
  pages->y += draw_text (pages, &bold, pages->left, pages->y, width, head) + 2;
  for (guint n = 0; n < s->others->len; n++)
    {
      g_autofree char *other
          = willis_risk_other_text (s, &g_array_index (s->others, WillisRiskOther, n), text_in_report, pages);

      pages->y += draw_text (pages, &plain, pages->left, pages->y, width, other) + 2;
    }
  pages->y += draw_text (pages, &plain, pages->left, pages->y, width, items) + 2;
  if (*rest != '\0')
    pages->y += draw_text (pages, &soft, pages->left, pages->y, width, nothing) + 2;
  for (guint n = 0; n < s->notes->len; n++)
    pages->y += draw_text (pages, &soft, pages->left, pages->y, width, t (pages, s->notes->pdata[n])) + 1;
  pages->y += draw_text (pages, &soft, pages->left, pages->y, width, derived) + 8;
}

void
report_risk (Pages *pages, const WillisCase *c, gsize n, gboolean identified)
{
  WillisRiskInputs in;

  if (!was_asked (c, n))
    return;
  in = willis_case_risk_inputs (c, n);
  draw_heading (pages, t (pages, N_ ("Risk scores")), 110);
  draw_score (pages, willis_risk_phases (&in), identified);
  draw_score (pages, willis_risk_elapss (&in), identified);
  draw_score (pages, willis_risk_uiats (&in), identified);
}
