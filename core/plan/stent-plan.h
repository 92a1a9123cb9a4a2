/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The stent that was chosen for an aneurysm, with the answer that it was chosen for. Immutable, reference counted.
 */
#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  char *device, *name, *manufacturer; // id in the catalogue, and how it is called
  char *fit;                          // "safe", "depends", "not"
  int aneurysm;                       // number in the case, from 0
  int into;                           // branch of the distal end, -1 not said
  double distal_mm, proximal_mm;      // landing that was asked for; NAN: what the device asks for
  double length_mm, length_sd_mm, length_lo_mm, length_hi_mm; // 90 % interval
  double distal_landing_mm, proximal_landing_mm;
  double gap_max_mm, apposition, coverage, neck_coverage, pore_density_mm2, radial_force_n_mm;
  int branches_covered;
  double ends_lps_mm[6];              // distal, proximal
  char **notes;                       // reasons and warnings as shown; NULL-terminated
} WillisStentPlanData;

typedef struct _WillisStentPlan WillisStentPlan;

/* Copies everything. */
WillisStentPlan *willis_stent_plan_new (const WillisStentPlanData *data);
WillisStentPlan *willis_stent_plan_ref (WillisStentPlan *plan);
void willis_stent_plan_unref (WillisStentPlan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WillisStentPlan, willis_stent_plan_unref)

const WillisStentPlanData *willis_stent_plan_data (const WillisStentPlan *plan);
const char *willis_stent_plan_digest (const WillisStentPlan *plan);

G_END_DECLS
