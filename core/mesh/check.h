/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What kind of surface this is: closed, manifold, oriented, in how many pieces.
 */
#include "core/mesh/surface.h"

G_BEGIN_DECLS

typedef struct
{
  gsize n_components; // pieces joined by shared points
  gsize n_rims;       // open rims (loops of edges with one triangle)
  gsize n_rim_edges;
  gsize n_bad_edges;      // edges of three or more triangles, or of two that disagree about the outside
  gsize n_bad_points;     // points where more than one fan of triangles meets
  gsize n_lone_points;    // points of no triangle
  gsize n_flat_triangles; // area below 1e-12 of the squared longest edge, or zero
  gint64 euler;           // points (used) - edges + triangles
  gboolean manifold;      // no bad edges or points
  gboolean closed;        // manifold and no rims ("watertight")
  gboolean outward; // closed, and every component encloses a positive volume or lies inside another as a void
  double area_mm2;
  double volume_mm3; // by the divergence theorem; meaningful where closed
} WillisSurfaceReport;

/* Fills report. The surface must pass willis_surface_check. */
void willis_surface_report (const WillisSurface *surface, WillisSurfaceReport *report);

/* TRUE where the surface is closed, manifold and outward; otherwise WILLIS_ERROR_BAD_INPUT with what is
 * wrong. */
gboolean willis_surface_check_closed (const WillisSurface *surface, GError **error);

/* How often the surface goes around a point: the sum of the solid angles of its triangles over 4 pi (van Oosterom and
 * Strackee 1983). 1 inside a closed, outward surface, 0 outside; between where it has holes or folds, which it bears
 * better than the sign of a distance does (Jacobson et al. 2013). Time O(triangles). */
double willis_surface_winding (const WillisSurface *surface, const double lps_mm[3]);

/* The part of it that is one triangle's. */
double willis_winding_of_triangle (const double a[3], const double b[3], const double c[3], const double lps_mm[3]);

G_END_DECLS
