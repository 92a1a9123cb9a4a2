/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Plane sections of a surface, made for many planes through one surface: a sectioner keeps the neighbours of the
 * triangles and its scratch. One sectioner belongs to one thread.
 */
#include "core/mesh/surface.h"

G_BEGIN_DECLS

typedef struct
{
  gboolean closed;    // FALSE: it ends at open rims
  gsize first, n;     // its points in willis_sectioner_points ()
  double area_mm2;    // of the flat polygon
  double perimeter_mm;
  double centre_lps_mm[3]; // barycentre of the polygon
} WillisSection;

typedef struct _WillisSectioner WillisSectioner;

WillisSectioner *willis_sectioner_new (WillisSurface *surface); // keeps a reference
void willis_sectioner_free (WillisSectioner *sectioner);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WillisSectioner, willis_sectioner_free)

/* Cuts with a plane; returns how many curves there are. They stay valid until the next cut. */
gsize willis_sectioner_cut (WillisSectioner *sectioner, const double origin_lps_mm[3], const double normal[3]);

const WillisSection *willis_sectioner_section (const WillisSectioner *sectioner, gsize n);
const double *willis_sectioner_points (const WillisSectioner *sectioner); // [..][3]

const gint32 *willis_sectioner_triangles (const WillisSectioner *sectioner); // [..], the triangle behind each point

/* The curve around point (in the plane or projected to it): the smallest closed one that holds it, else the
 * nearest closed one; -1 where there is none. */
int willis_sectioner_around (const WillisSectioner *sectioner, const double point_lps_mm[3]);

/* 4 A / P. */
double willis_section_diameter (const WillisSection *section);

G_END_DECLS
