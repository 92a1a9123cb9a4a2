/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Projections of the C-arm in which an aneurysm is treated: the neck view shows the neck in profile, long, and free
 * of the other arteries; the barrel view looks along the parent artery at the neck.
 */
#include "core/base/progress.h"
#include "core/mesh/surface.h"
#include "core/vessel/aneurysm.h"
#include "core/vessel/c-arm.h"

G_BEGIN_DECLS

/* What the machine can reach, rad. */
typedef struct
{
  double primary_max;   // |primary| at most
  double secondary_max; // |secondary| at most
} WillisCArmLimits;

/* A biplane unit's frontal arm: 110 and 45 degrees; change to the machine at hand. */
#define WILLIS_C_ARM_LIMITS_INIT { 110.0 * G_PI / 180.0, 45.0 * G_PI / 180.0 }

typedef enum
{
  WILLIS_WORKING_VIEW_NECK,
  WILLIS_WORKING_VIEW_BARREL,
} WillisWorkingViewKind;

typedef struct
{
  WillisWorkingViewKind kind;
  WillisCArm angles;
  double neck_mm;       // projected length of the neck
  double foreshortening; // 1 - sine of the angle between view and neck normal (neck view), or
                        // 1 - cosine between view and parent axis (barrel view); 0 is ideal
  double overlap;       // share of the sac's picture covered by other arteries, 0 .. 1
  gboolean at_limit;    // the ideal lies beyond the machine's reach
} WillisWorkingView;

/* The best views (new GArray of WillisWorkingView): two neck views at least 30 degrees apart and, where parent_axis
 * (unit, flow direction; may be NULL) is known, one barrel view. lumen: all arteries. limits NULL: the defaults.
 * Method: exhaustive over a grid of 2.5 degrees, then refined to half a degree; pictures are counted in cells of
 * 0.4 mm within 25 mm of the neck. Errors: cancelled. */
GArray *willis_working_views (const WillisSurface *lumen, const WillisAneurysm *aneurysm, const double parent_axis[3],
                              const WillisCArmLimits *limits, const WillisProgress *progress, GError **error);

/* The same with the parent axis taken from the tree (NULL, or one that does not come near the neck: no barrel view). */
GArray *willis_working_views_in_tree (const WillisSurface *lumen, const WillisTree *tree, const WillisAneurysm *aneurysm,
                                      const WillisCArmLimits *limits, const WillisProgress *progress, GError **error);

G_END_DECLS
