/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The course of a thin artery along the wall that is seen of it, where the lumen beside it draws its centreline aside.
 * Private to core/vessel.
 */
#include "core/mesh/bvh.h"

G_BEGIN_DECLS

/* The part of the way around an artery of that radius, running through a point in a direction, where its wall is seen:
 * 1 where it is on its own. */
double willis_thin_seen (const WillisBvh *lumen, const double at[3], const double along[3], double radius);

/* The course of a thin artery from a point where it is on its own, in a unit direction, along its wall until it comes
 * into one of the tubes (WillisTubeBall): new array of WillisTubeBall, the last one outside first. NULL where it is
 * lost on the way, or longer than that. lumen: oriented. */
GArray *willis_thin_course (const WillisBvh *lumen, const GArray *tubes, const double from[3], const double along[3],
                            double radius, double longest_mm);

G_END_DECLS
