/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Arteries that touch a sac away from its neck ("kissing"): in the scan both are one lumen, for no wall shows between
 * them. Private to core/vessel.
 */
#include "core/mesh/surface.h"
#include "core/vessel/tree.h"

G_BEGIN_DECLS

/* The lumen around the sac at a point inside it, with every artery that touches the sac parted from it along the
 * tube that the artery has on both sides of the contact: the sac is closed there, the artery beside it left out (new).
 * NULL where none touches it, without a tree (NULL) and where no sac stands out of the arteries there. */
WillisSurface *willis_part_touching (const WillisSurface *lumen, const WillisTree *tree, const double inside[3]);

G_END_DECLS
