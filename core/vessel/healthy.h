/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What of a centreline tree is artery: which blind ends are the inside of a sac, and how thick the artery is where a
 * sac or a fork widens the lumen around its centreline. Private to core/vessel.
 */
#include "core/mesh/surface.h"
#include "core/vessel/tree.h"

G_BEGIN_DECLS

typedef struct
{
  gsize n_branches;
  gboolean *sac;   // [n_branches] the branch lies in a sac, all of it but what is in its parent
  double **radius; // [n_branches][n_points] mm, of the artery: at most that of the tree
} WillisHealthy;

/* lumen: the surface that the tree was made of, for where the picture ends (its open rims and the sides of its box). */
WillisHealthy *willis_healthy_new (const WillisTree *tree, const WillisSurface *lumen);
void willis_healthy_free (WillisHealthy *healthy);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WillisHealthy, willis_healthy_free)

/* The area of a triangle of the lumen that lies flat on a side of its box (willis_surface_bounds), where the scan ends;
 * 0 of another. */
double willis_flat_area (const WillisSurface *lumen, const double box[6], gsize triangle);

G_END_DECLS
