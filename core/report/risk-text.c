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
