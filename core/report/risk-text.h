/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What an item of a risk score was scored on, as people read it: the same in the report, the window and the shell.
 */
#include "core/base/i18n.h"
#include "core/vessel/risk.h"

G_BEGIN_DECLS

/* "8.0 ± 0.3 mm", "65 years", "yes", "MCA", "size ratio 2.1 ± 0.1, aspect ratio 1.4 ± 0.1" (new); "?" where it is not
 * known and "" where the item is the same for everybody. translate NULL: into the program's own language. */
char *willis_risk_value_text (const WillisRiskValue *value, WillisTranslate translate, gconstpointer data);

/* "Near a cut-off. Where the size is under 7.0 mm: score 4, rupture 0.9 % in 5 years." (new), of one of the score's
 * others. */
char *willis_risk_other_text (const WillisRiskScore *score, const WillisRiskOther *other, WillisTranslate translate,
                              gconstpointer data);

/* Why an item's points are unsure (static, to translate); NULL where they are not. */
const char *willis_risk_unsure_text (const WillisRiskItem *item);

G_END_DECLS
