/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The tubes of the arteries around a sac, led on through it where their centrelines are lost in it. Private to
 * core/vessel.
 */
#include "core/mesh/surface.h"
#include "core/vessel/tree.h"

G_BEGIN_DECLS

/* Radii of one artery on both sides of a contact with a sac differ by no more than this factor. */
#define WILLIS_TUBE_LIKE 0.6

/* A ball of a tube, in mm, LPS. */
typedef struct
{
  double at[3], radius;
} WillisTubeBall;

/* The tubes of the arteries of a tree within reach of a point in a sac (new array of WillisTubeBall): their own
 * centrelines with the radius that is healthy there, and a smooth curve where an artery's centreline is drawn aside
 * into the sac on both sides. What is the sac's own is left out. */
GArray *willis_artery_tubes (const WillisTree *tree, const WillisSurface *lumen, const double inside[3]);

/* The ball, of the first n (at least one), that a point is deepest in, or nearest to; out receives how far the point is
 * out of it, mm, negative inside. */
guint willis_tubes_nearest (const GArray *balls, guint n, const double point[3], double *out);

G_END_DECLS
