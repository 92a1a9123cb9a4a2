/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The risk scores of an aneurysm in JSON, as "risk" and "plan" print them.
 */
#include <json-glib/json-glib.h>

#include "core/vessel/risk.h"

G_BEGIN_DECLS

/* Adds "site", "site_from", "site_doubt" and "scores": each score with all its inputs, those that are still asked for
 * with "known" false. in NULL: null members. found: where the picture has the aneurysm. */
void willis_cli_add_risk (JsonBuilder *b, const WillisRiskInputs *in, const WillisSiteFound *found);

G_END_DECLS
