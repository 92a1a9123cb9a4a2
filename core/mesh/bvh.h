/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * A tree of boxes over the triangles of a surface, for questions about places: the nearest point, what a ray
 * meets, what lies in a ball. Immutable; all questions may be asked from several threads at a time.
 */
#include "core/mesh/surface.h"

G_BEGIN_DECLS

typedef struct _WillisBvh WillisBvh;

/* The nearest point of the surface. */
typedef struct
{
  double lps_mm[3];
  double distance_mm;
  gint32 triangle;
  double weight[3]; // barycentric, of the triangle's corners
  int feature;      // 0 inside the triangle, 1 + c on edge c (corner c to c + 1), 4 + c at corner c
} WillisNearest;

/* Where a ray meets the surface. */
typedef struct
{
  double t; // in units of the direction's length
  gint32 triangle;
  gboolean leaves; // the ray goes out of the surface here (direction along the normal)
} WillisRayHit;

/* Refs surface, which must pass willis_surface_check. Never NULL. Time O(n log n), memory about 150 bytes a
 * triangle. */
WillisBvh *willis_bvh_new (WillisSurface *surface);
void willis_bvh_free (WillisBvh *bvh);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WillisBvh, willis_bvh_free)

WillisSurface *willis_bvh_surface (const WillisBvh *bvh); // borrowed

/* The nearest point to lps_mm not farther than max_mm (INFINITY: any); FALSE where there is none. */
gboolean willis_bvh_nearest (const WillisBvh *bvh, const double lps_mm[3], double max_mm,
                             WillisNearest *nearest);

/* The same without a limit, quicker where triangle (-1: none) is a good guess: the nearest one of a point
 * close by. */
gboolean willis_bvh_nearest_from (const WillisBvh *bvh, const double lps_mm[3], gint32 triangle,
                                  WillisNearest *nearest);

/* The distance to the surface, positive inside (behind the normals), by angle-weighted normals at edges and
 * corners (Baerentzen & Aanaes 2005, IEEE TVCG 11:243): right for every point where the surface is closed,
 * manifold and outward; near the surface elsewhere. nearest may be NULL. An empty surface: -INFINITY. */
double willis_bvh_signed_distance (const WillisBvh *bvh, const double lps_mm[3], WillisNearest *nearest);

/* The same from a nearest point that is known. */
double willis_bvh_sign_distance (const WillisBvh *bvh, const double lps_mm[3], const WillisNearest *nearest);

/* The first triangle that the ray from lps_mm along direction meets with 0 <= t <= t_max. */
gboolean willis_bvh_ray (const WillisBvh *bvh, const double lps_mm[3], const double direction[3],
                         double t_max, WillisRayHit *hit);

/* All of them, nearest first (new GArray of WillisRayHit). A ray through an edge may count both triangles. */
GArray *willis_bvh_ray_all (const WillisBvh *bvh, const double lps_mm[3], const double direction[3],
                            double t_max);

/* The triangles that come within radius_mm of lps_mm, ascending (new GArray of gint32). */
GArray *willis_bvh_triangles_in_sphere (const WillisBvh *bvh, const double lps_mm[3], double radius_mm);

/* The surface points within radius_mm of lps_mm, ascending (new GArray of gint32). */
GArray *willis_bvh_points_in_sphere (const WillisBvh *bvh, const double lps_mm[3], double radius_mm);

/* The unit normal at a nearest point: the triangle's, or the mean of its edge's or corner's triangles. */
void willis_bvh_normal (const WillisBvh *bvh, const WillisNearest *nearest, double normal[3]);

G_END_DECLS
