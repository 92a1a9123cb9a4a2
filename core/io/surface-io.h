/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Surfaces in and out of files: STL, PLY, OBJ, VTP and legacy VTK polydata. Foreign files are read in the
 * same helper process as scans.
 */
#include "core/io/reader.h"
#include "core/mesh/surface.h"

G_BEGIN_DECLS

/* Reads triangles and polygons (split into triangles); points closer than 1e-7 of the box are merged for STL.
 * Coordinates are taken as LPS millimetres. */
WillisSurface *willis_surface_read (const char *path, GError **error);

/* The same in this process, as the helper does it; for trusted files and tests. */
WillisSurface *willis_surface_parse (const char *path, GError **error);

/* Writes by ending: .stl (binary) .ply .obj .vtp .vtk. Atomic. */
gboolean willis_surface_write (const WillisSurface *surface, const char *path, GError **error);

/* One line of a file. */
typedef struct
{
  gsize n;
  double *points_lps_mm; // [n][3]
  double *radius_mm;     // [n] MaximumInscribedSphereRadius or Radius; or NULL
  gboolean closed;       // the last point joins the first, which is not repeated
} WillisPolyline;

/* Reads all lines of a file: line cells, and polygon cells as closed lines (legacy VTK, VTP, OBJ, PLY edges), or a text
 * of one "x y z" a row (.csv .txt .xyz .dat). New GArray of WillisPolyline that frees what it holds; never empty. */
GArray *willis_polylines_read (const char *path, GError **error);

/* The same in this process. */
GArray *willis_polylines_parse (const char *path, GError **error);

/* An empty array of lines that frees what it holds. */
GArray *willis_polylines_new (void);

/* The helper's answer to "surface" requests (readers.c). */
gboolean willis_surface_handle_read (JsonObject *request, WillisReply *reply, GError **error);

/* Reads polylines (as above): all line cells chained, [n][3]; a polygon cell counts as closed line. radius may
 * be NULL; *radius_mm (new or NULL) is the point array MaximumInscribedSphereRadius where there is one. */
double *willis_polyline_read (const char *path, gsize *n, double **radius_mm, GError **error);

G_END_DECLS
