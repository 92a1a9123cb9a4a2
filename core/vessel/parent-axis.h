/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The direction of the parent artery at a neck, from its healthy centreline before and after it. Private to
 * core/vessel.
 */
#include "core/vessel/parent-limbs.h"

G_BEGIN_DECLS

/* Unit direction of the blood where an artery passes nearest to a neck's centre. The mouth of a sac draws the
 * centreline aside and widens it, so that stretch is left out: up to where the artery is as thick as beyond. Its course
 * over the mouth is the cubic through both limbs that is nearest by least squares. Of one limb alone (the other is
 * none, as at a fork, or too short) it is a parabola's direction, led on into the mouth by a radius at most. FALSE
 * where no limb is long enough.
 */
gboolean willis_parent_axis (const WillisTree *tree, const WillisLimb *up, const WillisLimb *down,
                             const double neck_lps_mm[3], double axis[3]);

G_END_DECLS
