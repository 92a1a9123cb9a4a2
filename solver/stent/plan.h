/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What a case keeps of a choice: a device past the neck, or what goes into the sac.
 */
#include "core/plan/sac-plan.h"
#include "core/plan/stent-plan.h"
#include "solver/stent/rank.h"
#include "solver/stent/sac.h"

G_BEGIN_DECLS

/* A stent whose landing marks are this far from the neck, for the aneurysm of that number (new). */
WillisStentPlan *willis_stent_plan_of (const WillisStentChoice *c, const WillisStentArtery *artery, int aneurysm,
                                       double distal_mm, double proximal_mm);

/* Coils (at least one), or a device, for this sac (new). */
WillisSacPlan *willis_sac_plan_of_coils (const WillisCoilPlan *coils, const WillisSacShape *sac);
WillisSacPlan *willis_sac_plan_of_device (const WillisSacChoice *choice, const WillisSacShape *sac);

G_END_DECLS
