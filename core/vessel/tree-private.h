/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The parts of willis_tree_extract: the voxel picture of one closed piece, the
 * voxel paths through it, and their refinement to smooth branches. Used only inside this room.
 */
#include <glib.h>

#include "core/base/progress.h"
#include "core/mesh/bvh.h"
#include "core/vessel/tree.h"

G_BEGIN_DECLS

#define WILLIS_WALL_FAR_MM 1e6 // farther than any wall

/* Distance from q to the triangles, at most limit. */
static inline double
willis_wall_distance (const WillisBvh *wall, const double q[3], double limit)
{
  WillisNearest nearest;

  return willis_bvh_nearest (wall, q, limit, &nearest) ? nearest.distance_mm : limit;
}

/* Distance along the unit direction from q to the first triangle, at most limit. */
static inline double
willis_wall_ray (const WillisBvh *wall, const double q[3], const double direction[3], double limit)
{
  WillisRayHit hit;

  return willis_bvh_ray (wall, q, direction, limit, &hit) ? hit.t : limit;
}

/* One connected piece of a surface, closed by fans where it was open. */
typedef struct
{
  double *points;    // [n_points][3] mm
  gint32 *triangles; // [n_triangles][3]; the first n_wall are the wall, the rest caps
  gsize n_points, n_triangles, n_wall;
  double volume_mm3, area_mm2, edge_mm; // edge: mean edge length
  double box[6];                        // of the grid, too
  double spacing_mm;                    // of the grid; 0: to be chosen
} WillisPiece;

void willis_piece_clear (WillisPiece *piece);

/* Splits a surface into pieces, largest volume first; inner shells go with the piece around them.
 * (new GArray of WillisPiece with its clear function). */
GArray *willis_pieces_new (const double *points, gsize n_points, const gint32 *triangles, gsize n_triangles);

/* The spacing of the grid that is chosen for a piece: half an edge of the mesh or an eighth of the mean thickness, as
 * fine as the limits allow. */
double willis_piece_spacing_mm (const WillisPiece *piece);

/* The inside voxels of a piece. Cells have a border of one empty voxel, so neighbours need no check. */
typedef struct
{
  int dims[3];
  double origin[3], h; // centre of cell 0, spacing in mm
  gint32 *index;       // [dims product] inside number or -1
  gint32 *cell;        // [n] cell of inside number
  float *phi;          // [n] mm to the wall (caps not counted)
  gsize n;
} WillisInside;

void willis_inside_clear (WillisInside *inside);
void willis_inside_point (const WillisInside *inside, gint32 n, double out[3]);

/* Fills *out; nearest is over the walls of piece. FALSE only where cancelled. */
gboolean willis_inside_fill (const WillisPiece *piece, const WillisBvh *wall, const WillisProgress *progress,
                             WillisInside *out, GError **error);

/* A branch under construction: a polyline between two nodes. */
typedef struct
{
  int node[2];
  GArray *points; // double, 3 a point
} WillisChain;

typedef struct
{
  GArray *nodes;  // double, 3 a node
  GArray *chains; // WillisChain
} WillisGraph;

void willis_graph_clear (WillisGraph *graph);

/* Voxel paths from ends to ends through the inside, loops included. A blob gives one node and no chain. */
gboolean willis_paths_find (const WillisInside *inside, const WillisProgress *progress, WillisGraph *out,
                            GError **error);

/* Moves nodes that lie in a thin artery onto the thick ones that meet there. */
void willis_graph_seat (WillisGraph *graph, const WillisBvh *wall);

/* Centres, joins and smooths the chains in place; closed is over walls and caps. step_mm: distance of the points. */
gboolean willis_graph_refine (WillisGraph *graph, const WillisInside *inside, const WillisBvh *wall,
                              const WillisBvh *closed, double step_mm, const WillisProgress *progress,
                              GError **error);

/* The same as willis_tree_extract () on the grids that the tree of another lumen is found on, of which this one is a
 * part: where the two are the same, their trees hardly differ. */
WillisTree *willis_tree_extract_on (const WillisSurface *lumen, const WillisSurface *grid_of, const double *direction,
                                    const WillisProgress *progress, GError **error);

G_END_DECLS
