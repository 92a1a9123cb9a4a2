/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * willis stent CASE: what goes into the sac, and what of it all is in the case's plan.
 */
#include <json-glib/json-glib.h>

#include "app/cmd-stent.h"
#include "core/case/case.h"
#include "core/plan/catalogue.h"

G_BEGIN_DECLS

/* Coils (as asked for, or a proposal) and intrasaccular devices (all, or the one asked for), printed and as members of
 * the object that is being built; with args->keep what was asked for becomes the plan of its sac. */
gboolean willis_cli_add_sac (JsonBuilder *builder, WillisCase *c, const WillisCatalogue *catalogue,
                             const WillisStentCaseArgs *args, GError **error);

/* Member "plan": the stent of the case and what goes into the sac of aneurysm n; printed, too. */
void willis_cli_add_plans (JsonBuilder *builder, const WillisCase *c, gsize n);

/* The error of a device that does not fit; FALSE. */
gboolean willis_cli_refuse_plan (const WillisDevice *device, GError **error);

G_END_DECLS
