/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Thin arteries that come from the artery of a sac beside its neck and lie against the sac on their way, or run through
 * it, as a posterior communicating artery does. Private to core/vessel.
 */
#include "core/mesh/surface.h"
#include "core/vessel/tree.h"

G_BEGIN_DECLS

/* The lumen around a point in the sac without such arteries, from their artery to where they are on their own, closed
 * where they lay, and the tree without them (both new). NULL where there is no such artery, and without a tree (NULL).
 */
WillisSurface *willis_part_alongside (const WillisSurface *lumen, const WillisTree *tree, const double inside[3],
                                      WillisTree **tree_left);

G_END_DECLS
