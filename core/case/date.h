/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Dates of studies as files give them: "2026-01-31", "20260131" (DICOM) or "2026.01.31" (its forerunner).
 */
#include <glib.h>

G_BEGIN_DECLS

/* FALSE where text (may be NULL) is no date. */
gboolean willis_date_read (const char *text, GDate *date);

/* "2026-01-31" (new); NULL where text is no date. For files and JSON. */
char *willis_date_iso (const char *text);

/* As the reader's locale writes it, or as ISO where that would leave out the century (new); text itself where it is no
 * date, NULL for NULL. For the screen. */
char *willis_date_local (const char *text);

/* Years between two dates; NaN where one is none. */
double willis_date_years (const char *from, const char *to);

/* A date as a calendar year with its part: 2026.08; NaN where it is none. */
double willis_date_year (const char *text);

G_END_DECLS
