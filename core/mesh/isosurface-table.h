/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The case table of marching cubes, computed instead of typed: every cube is cut along closed loops of edge
 * crossings that depend, face by face, only on what both cubes at that face can see.
 *
 * Corner c = x + 2 y + 4 z. Edges 0-3 along x at (y, z) = e & 1, e >> 1; 4-7 along y at (x, z); 8-11 along z
 * at (x, y).
 */
#include <glib.h>

/* The cut of one cube. Vertices 0-11 are edge crossings, 12 + m is the middle of the m-th loop that needs
 * one. */
typedef struct
{
  guint8 n_triangles;
  guint8 n_middles;
  guint8 triangles[12][3];
} WillisCubeCut;

typedef struct
{
  guint16 first[256]; // of cuts, for a code with no ambiguous face joined
  guint8 n_ambiguous[256];
  guint8 ambiguous[256][6]; // the faces with four crossings; bit n of the decision: face n joins its inside
                            // corners
  WillisCubeCut *cuts;
  gsize n_cuts;
} WillisCubeTable;

/* Corners of each face, counter-clockwise seen from outside the cube. */
extern const guint8 willis_cube_faces[6][4];

WillisCubeTable *willis_cube_table_new (void);
void willis_cube_table_free (WillisCubeTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WillisCubeTable, willis_cube_table_free)
