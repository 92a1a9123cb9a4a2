/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What a scan shows of the inside of a closed surface: the part of every voxel's point spread that lies inside.
 * Used only inside this room.
 */
#include "core/vessel/lumen-blur.h"

G_BEGIN_DECLS

/* A closed surface seen through a blur on the stored bricks of a field. Lengths are in blurs along the grid's axes, so
 * that the point spread is round with deviation 1 (an affine map changes no part of an inside). */
typedef struct
{
  const WillisGrid *grid;
  const WillisBricks *bricks; // which voxels are looked at, borrowed
  double sigma[3];            // blur along the grid's axes, mm
  double to[9];               // LPS to blurs: rows along the grid's axes
  double origin[3];           // of the grid, LPS
  double side;                // 1, or -1 where the grid's axes are left-handed
  gsize n, n_triangles;
  const gint32 *triangles; // borrowed
  double *at;              // [n][3] points, blurs
  gint32 *column_start;    // [dims[0] dims[1] + 1] into crossing
  double *crossing;        // [][2] where the surface crosses a column of voxels: k, and +1 inward or -1 outward
  gint32 *list_start;      // [bricks->n + 1] into list
  gint32 *list;            // triangles within reach of a brick
  gint32 *place;           // [bricks->n] where a stored brick lies
} WillisLumenModel;

void willis_lumen_model_init (WillisLumenModel *model, const WillisGrid *grid, const WillisBricks *bricks,
                              const double sigma_mm[3], const WillisSurface *surface);
void willis_lumen_model_clear (WillisLumenModel *model);

/* The part of the point spread inside, of the voxels of stored brick number b: out[512], 0 to 1. broader (may be NULL)
 * receives how it changes with the logarithm of the blur in the slice and across, [512][2]. */
void willis_lumen_model_brick (const WillisLumenModel *model, gsize b, double out[512], double broader[][2]);

G_END_DECLS
