/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The surface that closes a neck: flat where the neck curve is flat, else the minimal surface on the curve.
 */
#include "core/mesh/surface.h"

G_BEGIN_DECLS

typedef struct
{
  WillisSurface *surface; // its first n points are the curve; faces away from the sac
  gboolean flat;          // curve within 1e-3 of its own diameter of a plane
  double area_mm2;
  double perimeter_mm;
  double centre_lps_mm[3]; // barycentre
  double normal[3];        // unit, of the best-fit plane, right-handed around the curve
  double max_off_mm;       // farthest point of the curve from that plane
} WillisOstium;

/* curve [n][3] closed, n >= 3, run with the sac on its left seen from outside the sac (as a rim of the sac runs).
 * FALSE with WILLIS_ERROR_BAD_INPUT where it encloses no area. */
gboolean willis_ostium_init (WillisOstium *ostium, const double *curve_lps_mm, gsize n, GError **error);
void willis_ostium_clear (WillisOstium *ostium);

/* Best-fit plane of a closed curve: barycentre and unit area normal; returns the largest distance of a point. */
double willis_curve_plane (const double *curve_lps_mm, gsize n, double centre[3], double normal[3]);

G_END_DECLS
