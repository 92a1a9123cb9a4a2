/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Who is whose neighbour on a surface. Half edge h = 3 t + c runs from corner c to corner c + 1 of triangle
 * t.
 */
#include "core/mesh/surface.h"

G_BEGIN_DECLS

typedef struct
{
  gsize n_points, n_triangles;
  const gint32 *triangles; // [n_triangles][3], borrowed from the surface
  gint32 *twin;            // [3 n_triangles] opposite half edge; WILLIS_EDGE_RIM or WILLIS_EDGE_BAD
  gint32 *first;           // [n_points + 2] where each point's part of corners begins
  gint32 *corners;         // [3 n_triangles] the half edges that start at each point, by end point
  gsize n_rim_edges;       // with one triangle
  gsize n_bad_edges;       // with three or more triangles, or two that run the same way
  gsize n_flipped_edges;   // of the bad ones: two triangles that run the same way
} WillisTopology;

enum
{
  WILLIS_EDGE_RIM = -1,
  WILLIS_EDGE_BAD = -2,
};

/* Finds the twins; the surface must pass willis_surface_check, have fewer than 2^31 / 3 triangles and live
 * longer than the result (new). Time O(triangles). */
WillisTopology *willis_topology_new (const WillisSurface *surface);
void willis_topology_free (WillisTopology *topology);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WillisTopology, willis_topology_free)

static inline gint32
willis_half_edge_next (gint32 h)
{
  return h % 3 == 2 ? h - 2 : h + 1;
}

static inline gint32
willis_half_edge_prev (gint32 h)
{
  return h % 3 == 0 ? h + 2 : h - 1;
}

/* The open rims, each as its points in the order that keeps the surface on the left (new GPtrArray of GArray
 * of gint32 point indices). Where several fans of triangles meet in a point, each rim follows its own fan. */
GPtrArray *willis_topology_rims (const WillisTopology *topology);

G_END_DECLS
