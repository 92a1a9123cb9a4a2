/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What the search for a neck looks at: the surface around a sac, how far each of its points stands out of the
 * arteries, and the axis along which the sac rises. Private to core/vessel.
 */
#include "core/base/progress.h"
#include "core/mesh/sections.h"
#include "core/vessel/tree.h"

G_BEGIN_DECLS

#define NECK_REACH_MM 30.0 // around the seed; the largest sacs that are coiled are smaller

typedef struct
{
  WillisSurface *near; // the lumen around the sac, oriented
  gint32 *opposite;    // [3 n_triangles]
  WillisSectioner *sectioner;
  gsize n_sections;    // of the last plane
  gboolean past_small; // sections part the sac though a small vessel that touches it leads around them
  double *out;    // [n_points] mm out of the arteries' tubes
  double *normal; // [n_points][3] of the wall, smoothed
  guint8 *artery; // [n_triangles] 0, or 1 + the number of the artery's end that is here (not sac)
  GArray *sizes;  // double, mm2: cross-sections of the ends: open rims, then free ends of the tree
  GArray *sides;  // gboolean: which of them are of side branches, thin beside the trunk that they leave
  gint32 dome;    // point of the sac that stands out most
  gint32 dome_triangle;
  double blur_mm;     // of the scan that the surface was found in, 0: none
  GArray *axis;       // double, 3 a point: barycentres of the levels of out, from the artery to the dome
  GArray *level;      // double: their levels, mm
  gboolean has_tubes; // FALSE without a tree: then out is REACH - the way from the seed over the surface
  guint32 *stamp;     // [n_triangles] scratch of neck_plane
  guint32 now;
  gint32 *stack;
} WillisNeckField;

gboolean willis_neck_field_init (WillisNeckField *field, const WillisSurface *lumen, const WillisTree *tree,
                                 const double seed_lps_mm[3], GError **error);
/* The surface around a neck and its wall alone, for sections: no arteries, dome or axis. FALSE where there is none. */
gboolean willis_neck_field_init_wall (WillisNeckField *field, const WillisSurface *lumen, const double centre[3]);
void willis_neck_field_clear (WillisNeckField *field);

/* The section through point across normal that runs around the point: FALSE where there is none or
 * where the nearest is not closed. It stays valid until the next one. */
gboolean willis_neck_section (WillisNeckField *field, const double point[3], const double normal[3],
                              WillisSection *section);

/* Does the section part the dome from the arteries? A small artery may leave the sac: open receives the cross-sections
 * of those beyond, in parts of the section, side that of the side branches; beyond how many triangles there are beyond.
 */
gboolean willis_neck_section_parts (WillisNeckField *field, const WillisSection *section, double *open, double *side,
                                    gsize *beyond);

/* How much the wall leans over the plane along the section: the dot product of its normal with the plane's, 1 where the
 * wall lies flat below the plane (the top of an artery), 0 where it stands upright, negative where it bulges over.
 * least and most: what a tenth of the section leans less and a twentieth more. */
void willis_neck_section_lean (const WillisNeckField *field, const WillisSection *section, const double normal[3],
                               double *least, double *most);

G_END_DECLS
