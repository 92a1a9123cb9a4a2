/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What the parts on plans share: rows of a label and a value, shaded in turn by *n, which they count up.
 */
#include "core/report/sections.h"

G_BEGIN_DECLS

void plan_row (Pages *pages, int *n, const char *label, const char *value); // label is translated
void plan_row_f (Pages *pages, int *n, const char *label, const char *format, ...) G_GNUC_PRINTF (4, 5);

/* Which aneurysm (from 0) the plan is for, where the case has several. */
void plan_aneurysm_row (Pages *pages, int *n, const WillisCase *c, gsize aneurysm);

/* A row each, in words from text, made for the report's language by say (such as willis_stent_remark). */
typedef char *(*PlanRemark) (const char *remark, WillisTranslate translate, gconstpointer data);
void plan_remark_rows (Pages *pages, int *n, char **remarks, PlanRemark say);

/* A box that says why the plan is out of date (marked for translation); nothing where it is fresh. */
void plan_stale_notice (Pages *pages, WillisState state, const char *why);

/* "safe", "depends", "not" in words. */
const char *plan_fit (const Pages *pages, const char *fit);

G_END_DECLS
