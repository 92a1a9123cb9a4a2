/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The connected pieces of a surface (triangles that share points).
 */
#include "core/mesh/surface.h"

G_BEGIN_DECLS

typedef struct
{
  gsize n_triangles;
  double area_mm2;
  double volume_mm3; // signed, by the divergence theorem about the piece's own first point
  gint32 triangle;   // one triangle of it
} WillisSurfacePiece;

/* Labels each triangle with its piece, 0 the one of the largest area (ties: the one met first). labels
 * [n_triangles] may be NULL. Returns the pieces (new GArray of WillisSurfacePiece), largest first. Time
 * O(triangles). */
GArray *willis_surface_pieces (const WillisSurface *surface, gint32 *labels);

G_END_DECLS
