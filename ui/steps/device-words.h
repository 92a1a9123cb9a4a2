/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What the stent's step says of devices of every kind.
 */
#include "core/case/case.h"
#include "core/plan/catalogue.h"
#include "solver/stent/rank.h"

G_BEGIN_DECLS

extern const char *const willis_fit_icons[]; // names, by WillisFit

/* Lines of what speaks against it, then for it; say: willis_stent_remark () or the like. */
typedef char *(*WillisSayRemark) (const char *remark, WillisTranslate translate, gconstpointer data);
void willis_append_remarks (GString *text, const GPtrArray *warnings, const GPtrArray *reasons, WillisSayRemark say);

/* A line on where its numbers are from, and its note. */
void willis_append_source (GString *text, const WillisDevice *device);

/* What the plan holds for aneurysm n, in a line (new); NULL: nothing. */
char *willis_plan_line (const WillisCase *c, gsize n);

G_END_DECLS
