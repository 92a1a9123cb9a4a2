/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The shaped microcatheter that was chosen for an aneurysm: what it is for, how it is shaped, and the answer that it
 * was chosen for. Immutable, reference counted. LPS millimetres, radians, newtons.
 */
#include <glib.h>

G_BEGIN_DECLS

#define WILLIS_CATHETER_PLAN_BENDS 3

typedef struct
{
  char *device, *name, *guide; // ids in the catalogue and how it is called; guide "" where none was said
  char *tip_form, *heat;       // "straight", "45", ...; "steam", "air", "none"
  int aneurysm;                // number in the case, from 0
  gboolean shaped;             // over a mandrel; else as sold
  int n_bends;                 // from the tip on
  double from_tip_mm[WILLIS_CATHETER_PLAN_BENDS], angle[WILLIS_CATHETER_PLAN_BENDS], roll[WILLIS_CATHETER_PLAN_BENDS],
      radius_mm[WILLIS_CATHETER_PLAN_BENDS];
  double form_roll, heat_s, feed_mm;
  int wire_passes;

  double entry[3]; // where the guide comes from; NAN: proposed
  double target[3], direction[3];
  double set_fraction, set_fraction_sd, friction, stiffness; // stiffness: factor on the catalogue's
  gboolean assumed;                                          // some of these are assumptions of the catalogue

  double tip[3], tip_direction[3]; // where it comes to rest
  double error_mm, angle_off, inserted_mm, support_n;
  gboolean reached, reachable; // by this shape; by any that was tried
  double nearest_mm;           // of those tried; NAN: none was
  int draws;                   // 0: probabilities are not known (NAN)
  double success, success_sd, in_sac, dome, region_mm;
  double kick_n; // force at the tip that drives it out; NAN: none that was tried, or not asked
} WillisCatheterPlanData;

typedef struct _WillisCatheterPlan WillisCatheterPlan;

/* Copies everything. */
WillisCatheterPlan *willis_catheter_plan_new (const WillisCatheterPlanData *data);
WillisCatheterPlan *willis_catheter_plan_ref (WillisCatheterPlan *plan);
void willis_catheter_plan_unref (WillisCatheterPlan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WillisCatheterPlan, willis_catheter_plan_unref)

const WillisCatheterPlanData *willis_catheter_plan_data (const WillisCatheterPlan *plan);
const char *willis_catheter_plan_digest (const WillisCatheterPlan *plan);

/* The numbers of the data by name, for files; ended by a NULL name. Each n doubles. */
typedef struct
{
  const char *name;
  gsize offset, n;
} WillisCatheterPlanNumber;

extern const WillisCatheterPlanNumber willis_catheter_plan_numbers[];

G_END_DECLS
