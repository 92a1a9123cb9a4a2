/* SPDX-License-Identifier: Apache-2.0 */
#include "core/case/date.h"

#include <math.h>
#include <string.h>

gboolean
willis_date_read (const char *text, GDate *date)
{
  int digits[8], n = 0;
  int year, month, day;

  for (const char *c = text != NULL ? text : ""; *c != '\0' && n < 8; c++)
    if (g_ascii_isdigit (*c))
      digits[n++] = *c - '0';
    else if (*c != '-' && *c != '.')
      break;
  if (n < 8)
    return FALSE;
  year = digits[0] * 1000 + digits[1] * 100 + digits[2] * 10 + digits[3];
  month = digits[4] * 10 + digits[5];
  day = digits[6] * 10 + digits[7];
  if (!g_date_valid_dmy ((GDateDay) day, month, (GDateYear) year))
    return FALSE;
  g_date_clear (date, 1);
  g_date_set_dmy (date, (GDateDay) day, month, (GDateYear) year);
  return TRUE;
}

char *
willis_date_iso (const char *text)
{
  GDate d;

  return willis_date_read (text, &d)
             ? g_strdup_printf ("%04d-%02d-%02d", g_date_get_year (&d), g_date_get_month (&d), g_date_get_day (&d))
             : NULL;
}

char *
willis_date_local (const char *text)
{
  GDate date;
  char shown[64], year[8];

  if (!willis_date_read (text, &date))
    return g_strdup (text);
  g_snprintf (year, sizeof year, "%04d", g_date_get_year (&date));
  return g_date_strftime (shown, sizeof shown, "%x", &date) > 0 && strstr (shown, year) != NULL
             ? g_strdup (shown)
             : willis_date_iso (text);
}

double
willis_date_years (const char *from, const char *to)
{
  GDate a, b;

  return willis_date_read (from, &a) && willis_date_read (to, &b) ? g_date_days_between (&a, &b) / 365.25 : NAN;
}

double
willis_date_year (const char *text)
{
  return 2000.0 + willis_date_years ("2000-01-01", text);
}
