/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Thin arteries that come from the artery of a sac beside its neck and lie against the sac on their way, as a posterior
 * communicating artery does. Private to core/vessel.
 */
#include "core/mesh/surface.h"
#include "core/vessel/tree.h"

G_BEGIN_DECLS

/* The lumen around a point in the sac without such arteries, from their artery to where they are on their own, closed
 * where they lay (new), and its centreline tree (new, NULL where there is none). NULL where there is no such artery,
 * and without a tree (NULL). direction: of the grid that the tree is found on, as of willis_tree_extract (). */
WillisSurface *willis_part_alongside (const WillisSurface *lumen, const WillisTree *tree, const double inside[3],
                                      const double *direction, WillisTree **own_tree);

G_END_DECLS
