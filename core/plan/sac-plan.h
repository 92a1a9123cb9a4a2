/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What was chosen to go into a sac: one intrasaccular device or a list of coils, with the answer that it was chosen
 * for. Immutable, reference counted.
 */
#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  char *id, *name, *manufacturer; // id in the catalogue, and how it is called
  char *role;                     // of a coil: "framing", "filling", "finishing"; "" where the catalogue says none
  double length_mm, volume_mm3;   // of a coil, and of its wire; NAN otherwise
  double packing;                 // of a coil: of the sac, with all coils before it; NAN otherwise
} WillisSacPlanDevice;

#define WILLIS_SAC_PLAN_MOST 200 // devices

typedef struct
{
  gboolean coils;               // devices are coils in the order of use; else there is one intrasaccular device
  WillisSacPlanDevice *devices; // at least one
  guint n_devices;
  char *fit;                                // of the device: "safe", "depends", "not"; "" for coils
  double sac_volume_mm3, sac_volume_sd_mm3; // what the answer is for; sd NAN where it is not known
  double packing, packing_sd;               // coils: fractions of the sac's volume
  double length_mm, wire_mm3;               // coils: sums
  double contact, volume_ratio;             // device: as in solver/stent/sac.h
  char **notes;                             // reasons and warnings, in English; NULL-terminated
} WillisSacPlanData;

typedef struct _WillisSacPlan WillisSacPlan;

/* Copies everything. */
WillisSacPlan *willis_sac_plan_new (const WillisSacPlanData *data);
WillisSacPlan *willis_sac_plan_ref (WillisSacPlan *plan);
void willis_sac_plan_unref (WillisSacPlan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WillisSacPlan, willis_sac_plan_unref)

const WillisSacPlanData *willis_sac_plan_data (const WillisSacPlan *plan);

/* Whether the plan is these devices in this order (ids, NULL-terminated). */
gboolean willis_sac_plan_is (const WillisSacPlan *plan, gboolean coils, const char *const *ids);

G_END_DECLS
