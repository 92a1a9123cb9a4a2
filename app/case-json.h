/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What the subcommands say of a case, in JSON: each adds its members to the object that builder has open, so that
 * "plan" prints the union of what "import", "segment", "vessels", "detect" and "measure" print.
 */
#include <json-glib/json-glib.h>

#include "core/case/case.h"

G_BEGIN_DECLS

void willis_cli_add_import (JsonBuilder *builder, const WillisCase *c, const char *path); // case, dims, spacing_mm, ...
void willis_cli_add_segmentation (JsonBuilder *builder, const WillisCase *c, double seconds);
char **willis_cli_doubts (const WillisCase *c); // willis_vessel_doubts, g_strfreev; empty before there are arteries
void willis_cli_add_doubts (JsonBuilder *builder, char **doubts);
void willis_cli_add_branches (JsonBuilder *builder, const WillisTree *tree);      // tree NULL: an empty list
void willis_cli_add_candidates (JsonBuilder *builder, const WillisCase *c);
void willis_cli_add_measures (JsonBuilder *builder, WillisAneurysm *aneurysm); // NULL: null members

G_END_DECLS
