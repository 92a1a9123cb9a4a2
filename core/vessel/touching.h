/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Arteries that touch a sac away from its neck ("kissing"), where both are one lumen in the scan, for no wall shows
 * between them, and arteries that leave the sac away from its neck. Private to core/vessel.
 */
#include "core/mesh/surface.h"
#include "core/vessel/aneurysm.h"
#include "core/vessel/tree.h"

G_BEGIN_DECLS

/* The lumen around the sac at a point inside it, with every artery that touches the sac parted from it along the
 * tube that the artery has on both sides of the contact and, with a plane of the neck (may be NULL), every one that
 * leaves it beyond the plane parted where its tube begins: the sac is closed there, the artery beside it left out
 * (new). NULL where there is none, without a tree (NULL) and where no sac stands out of the arteries there. */
WillisSurface *willis_part_touching (const WillisSurface *lumen, const WillisTree *tree, const double inside[3],
                                     const WillisNeck *neck);

/* The whole lumen without the sac around a point inside it where an artery beside its own touches it: closed along the
 * arteries' tubes where the sac stood and where it was touched (new). NULL where no artery touches it. */
WillisSurface *willis_without_touching (const WillisSurface *lumen, const WillisTree *tree, const double inside[3]);

G_END_DECLS
