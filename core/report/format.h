/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Numbers as people read them: no finer than their uncertainty allows.
 */
#include "core/vessel/morphology.h"

G_BEGIN_DECLS

/* The place of the last digit worth showing is 10^-decimals (negative: before the point): that of the first significant digit of
 * sd, or of its second where the first is a 1 or 2. Without an sd (NaN or not positive): of the third digit of value. */
int willis_format_decimals (double value, double sd);

/* value with as many digits as sd supports: sd with one significant digit (two where that is a 1 or 2), value to the
 * same place. Without an sd (NaN or not positive): three significant digits, and *sd_text is NULL. A value that is
 * not finite is "–". Both texts are new; sd_text may be NULL. The decimal sign is a point. */
void willis_format_measure (double value, double sd, char **value_text, char **sd_text);

/* The same for a value of this index (itself or its change): a count has no decimals, whatever its sd. */
void willis_format_index (WillisIndex index, double value, double sd, char **value_text, char **sd_text);

/* "mm3" as "mm³", "deg" as "°" (static or the unit itself). */
const char *willis_format_unit (const char *unit);

G_END_DECLS
