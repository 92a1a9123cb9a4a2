/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The surface between the voxels where a volume crosses a level: marching cubes with a case table that
 * makes a manifold of any data.
 */
#include "core/base/progress.h"
#include "core/image/volume.h"
#include "core/mesh/surface.h"

G_BEGIN_DECLS

/* The iso-surface of volume at level (in the volume's values); voxels >= level are inside. LPS mm, normals
 * towards lower values. Points lie where the trilinear interpolant crosses the voxel edges, at least 1e-3 of
 * an edge away from its ends so that no triangle is degenerate, and are shared: the result is always closed,
 * oriented and manifold (each edge in two triangles, one fan a point), whatever the data. mask (u8, same
 * grid, or NULL): zero voxels count as outside. box (lo[3], hi[3] inclusive voxel indices, or NULL): so do
 * voxels beyond it. Where an inside voxel meets a neighbour that is outside for these reasons only, or the
 * border of the volume, the surface runs half way between the voxels (the voxel's face).
 * Errors: WILLIS_ERROR_BAD_INPUT for a mask on another grid, a box that leaves the volume or a level that is
 * not finite; WILLIS_ERROR_NO_MEMORY; cancelled. An empty surface is no error. Method: Lorensen & Cline 1987;
 * faces with four crossings by the asymptotic decider (Nielson & Hamann 1991), loops of crossings
 * triangulated without chords in cube faces. Time O(voxels / 64 + triangles), memory 1 bit a voxel besides
 * the result; parallel, the same bits for any number of threads. */
WillisSurface *willis_isosurface (const WillisVolume *volume, double level, const WillisVolume *mask,
                                  const int box[6], const WillisProgress *progress, GError **error);

G_END_DECLS
