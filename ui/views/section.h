/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Where a surface meets a plane, as loose line segments: the lumen's outline in a slice.
 */
#include "core/mesh/surface.h"

G_BEGIN_DECLS

typedef struct
{
  double lps_mm[2][3];
} WillisSegment;

/* Appends the segments to out (GArray of WillisSegment). */
void willis_section_append (const WillisSurface *surface, const double point_lps_mm[3], const double normal[3],
                            GArray *out);

G_END_DECLS
