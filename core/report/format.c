/* SPDX-License-Identifier: Apache-2.0 */
#include "core/report/format.h"

#include <math.h>
#include <string.h>

#define MINUS "\xe2\x88\x92" // the minus sign, as wide as a plus

/* Fixed notation with this many decimals, negative: rounded before the point. */
static char *
fixed (double value, int decimals)
{
  char format[16], buffer[G_ASCII_DTOSTR_BUF_SIZE];
  double unit = decimals < 0 ? pow (10, -decimals) : 1;
  double rounded = decimals < 0 ? round (value / unit) * unit : value;

  g_snprintf (format, sizeof format, "%%.%df", CLAMP (decimals, 0, 9));
  g_ascii_formatd (buffer, sizeof buffer, format, fabs (rounded));
  // what rounds to zero has no sign
  if (value < 0 && strpbrk (buffer, "123456789") != NULL)
    return g_strconcat (MINUS, buffer, NULL);
  return g_strdup (buffer);
}

/* The place of the last digit worth showing: 10^-decimals. */
static int
decimals_of_sd (double sd)
{
  int place = (int) floor (log10 (sd));
  double lead = sd / pow (10, place);

  // 0.0996 rounds to 0.10: its leading digit is that of the rounded number
  if (lead >= 9.5)
    return -place;
  return lead < 2.95 ? 1 - place : -place;
}

int
willis_format_decimals (double value, double sd)
{
  if (isfinite (sd) && sd > 0 && sd < 1e9)
    return MIN (decimals_of_sd (sd), 6);
  // 0.99951 is 1.00 in three digits
  return value != 0 && isfinite (value) ? CLAMP (2 - (int) floor (log10 (fabs (value) * (1 + 5e-4))), 0, 6) : 2;
}

void
willis_format_measure (double value, double sd, char **value_text, char **sd_text)
{
  int decimals;

  if (sd_text != NULL)
    *sd_text = NULL;
  if (!isfinite (value))
    {
      *value_text = g_strdup ("\xe2\x80\x93");
      return;
    }
  decimals = willis_format_decimals (value, sd);
  *value_text = fixed (value, decimals);
  if (sd_text != NULL && isfinite (sd) && sd > 0 && sd < 1e9)
    *sd_text = fixed (sd, decimals);
}

void
willis_format_index (WillisIndex index, double value, double sd, char **value_text, char **sd_text)
{
  willis_format_measure (value, sd, value_text, sd_text);
  if (!willis_index_info (index)->count || !isfinite (value))
    return;
  g_free (*value_text);
  *value_text = fixed (value, 0);
}

const char *
willis_format_unit (const char *unit)
{
  static const char *const table[][2] = {
    { "mm2", "mm²" }, { "mm3", "mm³" }, { "1/mm2", "1/mm²" }, { "deg", "°" }, { NULL, NULL },
  };

  for (int n = 0; table[n][0] != NULL; n++)
    if (strcmp (table[n][0], unit) == 0)
      return table[n][1];
  return unit;
}
