/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/model/format.h"

#include <math.h>
#include <string.h>

#include "core/report/format.h"

const char *
willis_text_unit (const char *unit)
{
  static const char *const table[][2] = {
    { "mm2", "mm²" }, { "mm3", "mm³" }, { "1/mm", "mm⁻¹" }, { "1/mm2", "mm⁻²" }, { "deg", "°" },
  };

  for (gsize n = 0; n < G_N_ELEMENTS (table); n++)
    if (g_strcmp0 (unit, table[n][0]) == 0)
      return table[n][1];
  return unit != NULL ? unit : "";
}

/* x without the digits before the point that its uncertainty does not reach: 6434 with 302 is 6400. */
static double
rounded (double x, int decimals)
{
  double quantum = decimals < 0 ? pow (10.0, -decimals) : 0.0;

  return quantum > 0.0 ? round (x / quantum) * quantum : x;
}

char *
willis_text_value (double value, double sd, const char *unit)
{
  const char *u = willis_text_unit (unit);
  int decimals = willis_format_decimals (value, sd);

  if (!isfinite (value))
    return g_strdup ("–");
  return g_strdup_printf ("%.*f%s%s", MAX (decimals, 0), rounded (value, decimals),
                          *u == '\0' || strcmp (u, "°") == 0 ? "" : "\u00a0", u);
}

char *
willis_text_index (WillisIndex index, double value, double sd)
{
  const WillisIndexInfo *info = willis_index_info (index);

  return info->count && isfinite (value) ? g_strdup_printf ("%.0f", value) : willis_text_value (value, sd, info->unit);
}

char *
willis_text_sd (double value, double sd)
{
  int decimals = willis_format_decimals (value, sd);

  if (!isfinite (value) || !(sd > 0.0))
    return g_strdup ("");
  return g_strdup_printf ("±\u00a0%.*f", MAX (decimals, 0), rounded (sd, decimals));
}

char *
willis_text_measure (const WillisMeasure *measure, const char *unit)
{
  const char *u = willis_text_unit (unit);
  int decimals = willis_format_decimals (measure->value, measure->sd), shown = MAX (decimals, 0);

  if (!isfinite (measure->value))
    return g_strdup ("–");
  if (!(measure->sd > 0.0))
    return willis_text_value (measure->value, measure->sd, unit);
  return g_strdup_printf ("%.*f\u00a0±\u00a0%.*f%s%s", shown, rounded (measure->value, decimals), shown,
                          rounded (measure->sd, decimals), *u == '\0' || strcmp (u, "°") == 0 ? "" : "\u00a0", u);
}

char *
willis_text_position (const double lps_mm[3])
{
  return g_strdup_printf ("%s\u00a0%.1f  %s\u00a0%.1f  %s\u00a0%.1f\u00a0mm", lps_mm[0] >= 0.0 ? "L" : "R",
                          fabs (lps_mm[0]), lps_mm[1] >= 0.0 ? "P" : "A", fabs (lps_mm[1]),
                          lps_mm[2] >= 0.0 ? "S" : "I", fabs (lps_mm[2]));
}
