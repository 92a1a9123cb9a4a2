/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What the case keeps of a proposal, and back.
 */
#include "core/plan/catheter-plan.h"
#include "solver/shaping/design.h"

G_BEGIN_DECLS

/* The plan of a proposal (new). entry_lps_mm may be NULL (proposed), guide an id or NULL. found: the search it came
 * from, or NULL where the shape was given by hand; handling may be NULL. stiffness: factor on the catalogue's that the
 * catheter has. */
WillisCatheterPlan *willis_shaping_plan_new (const WillisShapingSite *site, const WillisCatheter *catheter,
                                             const char *guide, int aneurysm, const double *entry_lps_mm,
                                             const WillisShapeProposal *proposal, const WillisDesign *found,
                                             const WillisHandling *handling, double stiffness);

/* The shape of a plan. FALSE where the plan names a heating or a tip that is not known. */
gboolean willis_shaping_plan_shape (const WillisCatheterPlan *plan, WillisShape *out);

G_END_DECLS
