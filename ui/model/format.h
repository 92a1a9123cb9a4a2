/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Numbers as people read them: value, unit, uncertainty, in the reader's locale and with no more digits than the
 * uncertainty allows (the rule of core/report/format.h, so that window, report and shell agree). For the screen only: files and JSON never use these.
 */
#include "core/vessel/morphology.h"

G_BEGIN_DECLS

/* "mm2" -> "mm²", "deg" -> "°" and so on; borrowed. */
const char *willis_text_unit (const char *unit);

/* "6.2 mm"; an en dash where value is NaN (new). */
char *willis_text_value (double value, double sd, const char *unit);

/* The same of an index: a count has no decimals (new). */
char *willis_text_index (WillisIndex index, double value, double sd);

/* "± 0.3", or "" where sd is NaN (new). */
char *willis_text_sd (double value, double sd);

/* "6.2 ± 0.3 mm", "6.2 mm" or an en dash (new). */
char *willis_text_measure (const WillisMeasure *measure, const char *unit);

/* A position: "L 12.3  P 4.0  S 55.1 mm" (new). */
char *willis_text_position (const double lps_mm[3]);

G_END_DECLS
