/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The signed distance to a closed surface on a grid, positive inside, and its smooth interpolation. For
 * contact (value and continuous gradient) and for centrelines (the inscribed radius at any point).
 */
#include "core/base/progress.h"
#include "core/image/volume.h"
#include "core/mesh/surface.h"

G_BEGIN_DECLS

typedef struct _WillisSdf WillisSdf;

typedef struct
{
  double spacing_mm;        // of the grid; 0.1 .. 0.3 for arteries
  double band_mm;           // outside the surface, distances are exact to here; at least 2 spacings
  const double *box_lps_mm; // [6] lowest and highest corner, borrowed, to have it there only; NULL: the
                            // surface and the band
} WillisSdfParams;

#define WILLIS_SDF_PARAMS_INIT { 0.2, 1.0, NULL }

/* Computes the field: exact at every grid point inside and in the band (nearest triangle, sign by
 * angle-weighted normals), within half a spacing's diagonal beyond. The surface must be closed, manifold and
 * outward (willis_surface_check_closed); willis_surface_fill_holes closes open ends. Errors:
 * WILLIS_ERROR_BAD_INPUT for the surface, the parameters or a grid of over 3e8 points; NO_MEMORY; cancelled.
 * Time some microseconds a point inside or in the band a core; same bits for any number of threads. */
WillisSdf *willis_sdf_new (WillisSurface *surface, const WillisSdfParams *params,
                           const WillisProgress *progress, GError **error);

WillisSdf *willis_sdf_ref (WillisSdf *sdf);
void willis_sdf_unref (WillisSdf *sdf);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WillisSdf, willis_sdf_unref)

/* The distances at the grid points: f32 mm on an axis-aligned grid (borrowed). */
WillisVolume *willis_sdf_volume (const WillisSdf *sdf);

/* The distance at any point, mm, positive inside, and its gradient (towards the inside, about unit length;
 * may be NULL). Continuous with continuous gradient: tri-quadratic B-spline whose weights reproduce quadratic
 * fields, 27 taps. Off the grid the distance to the grid is taken off. Error on smooth walls: about (spacing
 * / radius)^2 / 30 of a spacing. Safe from any thread; a tenth of a microsecond and what the memory takes. */
double willis_sdf_sample (const WillisSdf *sdf, const double lps_mm[3], double gradient[3]);

/* The same with the symmetric second derivatives xx, xy, xz, yy, yz, zz (per mm; constant in each cell by
 * pieces). */
double willis_sdf_sample2 (const WillisSdf *sdf, const double lps_mm[3], double gradient[3],
                           double hessian[6]);

G_END_DECLS
