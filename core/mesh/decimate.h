/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Fewer triangles for the same shape.
 */
#include "core/base/progress.h"
#include "core/mesh/surface.h"

G_BEGIN_DECLS

typedef struct
{
  gsize target_triangles; // stop there (0: only the error stops)
  double max_error_mm;    // no collapse whose root mean square distance to the planes it replaces is larger;
                          // INFINITY: any
} WillisDecimateParams;

/* Collapses edges, cheapest first, until a limit is met (new). Points on rims and on bad edges or fans stay,
 * no collapse changes the topology (genus, pieces, rims), turns a triangle over or leaves one flatter than
 * 1:20. Points keep their order, so do triangles. Errors: BAD_INPUT for a negative error; cancelled. Method:
 * quadric error metrics, area-weighted (Garland & Heckbert 1997), link condition (Dey et al. 1999). Time O(n
 * log n); single thread, the same bits always. */
WillisSurface *willis_surface_decimate (const WillisSurface *surface, const WillisDecimateParams *params,
                                        const WillisProgress *progress, GError **error);

G_END_DECLS
