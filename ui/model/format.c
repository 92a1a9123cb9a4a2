/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/model/format.h"

#include <math.h>
#include <string.h>

#include "core/base/i18n.h"

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

int
willis_text_decimals (double value, double sd)
{
  double quantum = isfinite (sd) && sd > 0.0 ? sd : fabs (value) * 0.02;

  if (!(quantum > 0.0))
    return 1;
  // the first digit of the uncertainty is the last digit shown; 0.95 so that 0.098 counts as 0.1
  return CLAMP ((int) ceil (-log10 (quantum / 0.95)), 0, 4);
}

/* x without the digits before the point that its uncertainty does not reach: 6434 with 302 is 6400. */
static double
rounded (double x, double sd)
{
  double quantum;

  if (!isfinite (sd) || sd < 9.5)
    return x;
  quantum = pow (10.0, floor (log10 (sd / 0.95)));
  return round (x / quantum) * quantum;
}

char *
willis_text_value (double value, double sd, const char *unit)
{
  const char *u = willis_text_unit (unit);

  if (!isfinite (value))
    return g_strdup ("–");
  return g_strdup_printf ("%.*f%s%s", willis_text_decimals (value, sd), rounded (value, sd),
                          *u == '\0' || strcmp (u, "°") == 0 ? "" : "\u00a0", u);
}

char *
willis_text_sd (double value, double sd)
{
  if (!isfinite (value) || !isfinite (sd))
    return g_strdup ("");
  return g_strdup_printf ("±\u00a0%.*f", willis_text_decimals (value, sd), rounded (sd, sd));
}

char *
willis_text_measure (const WillisMeasure *measure, const char *unit)
{
  const char *u = willis_text_unit (unit);
  int decimals = willis_text_decimals (measure->value, measure->sd);

  if (!isfinite (measure->value))
    return g_strdup ("–");
  if (!isfinite (measure->sd))
    return willis_text_value (measure->value, measure->sd, unit);
  return g_strdup_printf ("%.*f\u00a0±\u00a0%.*f%s%s", decimals, rounded (measure->value, measure->sd), decimals,
                          rounded (measure->sd, measure->sd),
                          *u == '\0' || strcmp (u, "°") == 0 ? "" : "\u00a0", u);
}

char *
willis_text_position (const double lps_mm[3])
{
  return g_strdup_printf ("%s\u00a0%.1f  %s\u00a0%.1f  %s\u00a0%.1f\u00a0mm", lps_mm[0] >= 0.0 ? "L" : "R",
                          fabs (lps_mm[0]), lps_mm[1] >= 0.0 ? "P" : "A", fabs (lps_mm[1]), lps_mm[2] >= 0.0 ? "S" : "I",
                          fabs (lps_mm[2]));
}
