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
/* Which series fit as well as the one that was taken, which may be NULL. */
void willis_cli_add_others (JsonBuilder *builder, const WillisSeries *taken);
void willis_cli_add_segmentation (JsonBuilder *builder, const WillisCase *c, double seconds);
/* willis_vessel_doubts, g_strfreev; empty before there are arteries, and of a bare surface (c NULL). */
char **willis_cli_doubts (const WillisCase *c);
void willis_cli_add_doubts (JsonBuilder *builder, char **doubts);
/* Every command that prints numbers of a case says them: as notes for people, as "doubts" in JSON. */
void willis_cli_say_doubts (JsonBuilder *builder, const WillisCase *c);
void willis_cli_add_branches (JsonBuilder *builder, const WillisTree *tree);      // tree NULL: an empty list
void willis_cli_add_candidates (JsonBuilder *builder, const WillisCase *c);
/* aneurysm NULL: null members; c NULL: of a bare surface. */
void willis_cli_add_measures (JsonBuilder *builder, const WillisCase *c, WillisAneurysm *aneurysm);

/* Which aneurysm the numbers are of ("aneurysm", from 1; null: none), and whether they are of arteries that have
 * changed since
 * ("stale", "stale_doubt"); c NULL: of a bare surface. */
void willis_cli_add_aneurysm_state (JsonBuilder *builder, const WillisCase *c, gsize n);
/* The same for people, with what to do about it: on stderr, so that it is read with --json, too. */
void willis_cli_warn_stale (const WillisCase *c, gsize n, const char *path);

G_END_DECLS
