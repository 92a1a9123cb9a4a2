/* SPDX-License-Identifier: Apache-2.0 */
#include "core/report/risk-text.h"

#include <math.h>

#include "core/report/format.h"

/* "2.10 ± 0.12" or "2.10" (new). */
static char *
measure_text (double value, double sd)
{
  g_autofree char *number = NULL, *deviation = NULL;

  willis_format_measure (value, sd, &number, &deviation);
  return deviation != NULL ? g_strdup_printf ("%s ± %s", number, deviation) : g_steal_pointer (&number);
}

static const char *
in_own_language (gconstpointer data, const char *text)
{
  (void) data;
  return _ (text);
}

char *
willis_risk_value_text (const WillisRiskValue *value, WillisTranslate translate, gconstpointer data)
{
  if (translate == NULL)
    translate = in_own_language;
  if (!value->known)
    return g_strdup ("?");
  switch (value->kind)
    {
    case WILLIS_RISK_VALUE_YES_NO:
      return g_strdup (translate (data, value->yes ? N_ ("yes") : N_ ("no")));
    case WILLIS_RISK_VALUE_YEARS:
      return g_strdup_printf (translate (data, N_ ("%.0f years")), value->number);
    case WILLIS_RISK_VALUE_MM:
      {
        g_autofree char *length = measure_text (value->number, value->sd);

        return g_strdup_printf ("%s mm", length);
      }
    case WILLIS_RISK_VALUE_CHOICE:
      return g_strdup (translate (data, value->text));
    case WILLIS_RISK_VALUE_RATIOS:
      {
        g_autofree char *size = measure_text (value->size_ratio.value, value->size_ratio.sd);
        g_autofree char *aspect = measure_text (value->aspect_ratio.value, value->aspect_ratio.sd);

        return g_strdup_printf (translate (data, N_ ("size ratio %s, aspect ratio %s")), size, aspect);
      }
    case WILLIS_RISK_VALUE_NONE:
    default:
      return g_strdup ("");
    }
}

const char *
willis_risk_unsure_text (const WillisRiskItem *item)
{
  return item->near_cutoff ? N_ ("near a cut-off") : item->unsure ? N_ ("sources disagree") : NULL;
}

char *
willis_risk_other_text (const WillisRiskScore *score, const WillisRiskOther *other, WillisTranslate translate,
                        gconstpointer data)
{
  g_autofree char *result = NULL;

  if (translate == NULL)
    translate = in_own_language;
  if (!score->complete)
    result = g_strdup (translate (data, N_ ("other points")));
  else if (other->verdict != NULL)
    result = g_strdup_printf (translate (data, N_ ("repair %.0f, observation %.0f: %s")), other->repair, other->observe,
                              translate (data, other->verdict));
  else if (isfinite (other->percent_5y))
    result = g_strdup_printf (translate (data, N_ ("score %.0f, growth %.1f %% in 3 years")), other->score,
                              other->percent);
  else
    result = g_strdup_printf (translate (data, N_ ("score %.0f, rupture %.1f %% in 5 years")), other->score,
                              other->percent);
  switch (other->where)
    {
    case WILLIS_RISK_SIZE_UNDER:
      return g_strdup_printf (translate (data, N_ ("Near a cut-off. Where the size is under %.1f mm: %s.")),
                              other->cutoff_mm, result);
    case WILLIS_RISK_SIZE_FROM:
      return g_strdup_printf (translate (data, N_ ("Near a cut-off. Where the size is %.1f mm or more: %s.")),
                              other->cutoff_mm, result);
    case WILLIS_RISK_RATIO_OVER:
      return g_strdup_printf (
          translate (data, N_ ("Near a cut-off. Where the size ratio is over 3 or the aspect ratio over 1.6: %s.")),
          result);
    case WILLIS_RISK_RATIO_NOT:
    default:
      return g_strdup_printf (
          translate (data,
                     N_ ("Near a cut-off. Where neither the size ratio is over 3 nor the aspect ratio over 1.6: %s.")),
          result);
    }
}
