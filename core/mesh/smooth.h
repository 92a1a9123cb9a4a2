/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Smoothing that does not shrink.
 */
#include "core/base/progress.h"
#include "core/mesh/surface.h"

G_BEGIN_DECLS

typedef struct
{
  int iterations;   // pairs of a smoothing and an unshrinking step, 0 .. 1000; about one for each 1/10 of
                    // 1/pass_band
  double pass_band; // 0.01 .. 0.5: waves longer than about 2 pi / sqrt(pass_band) edges stay
} WillisSmoothParams;

#define WILLIS_SMOOTH_PARAMS_INIT { 12, 0.1 }

/* A smoother copy (new) with the same triangles: Taubin's lambda-mu filter with equal weights (Taubin 1995),
 * then each closed piece is moved along its normals until it has its old volume to 1e-6. Points on rims and
 * bad edges stay. progress may be NULL. Errors: BAD_INPUT for parameters out of range; cancelled. Same bits
 * for any threads. */
WillisSurface *willis_surface_smooth (const WillisSurface *surface, const WillisSmoothParams *params,
                                      const WillisProgress *progress, GError **error);

G_END_DECLS
