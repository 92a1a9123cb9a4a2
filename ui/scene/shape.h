/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Private to ui/scene. Shapes: the triangles and lines that things are drawn as, whoever draws them. World is
 * LPS millimetres.
 */
#include "core/image/volume.h"
#include "core/mesh/surface.h"

G_BEGIN_DECLS

typedef struct
{
  WillisSurface *surface; // owned reference
  double *normals;        // [n_points][3], unit, outward
  guint8 *rgb;            // [n_points][3], or NULL: one colour
  gint64 *cells;          // [n_triangles], what a pick reports; NULL: the triangle's number
} WillisShape;

/* A polyline of constant width on the screen. */
typedef struct
{
  double *points_lps_mm; // [n][3]
  gsize n;
  guint8 *rgb;           // [n][3], or NULL: one colour
  double width_px;       // before the scale of the picture
  gint64 cell;
} WillisLine;

/* What a label is drawn with at most. */
#define WILLIS_LABEL_TRIANGLES 150000

/* References surface; normals are computed. */
WillisShape *willis_shape_new (WillisSurface *surface);
void willis_shape_free (WillisShape *shape);

void willis_line_free (WillisLine *line);

/* Triangles gathered piece by piece. */
typedef struct
{
  GArray *points, *normals; // double[3]
  GArray *rgb;              // guint8[3]
  GArray *triangles;        // gint32[3]
  GArray *cells;            // gint64
} WillisShapeBuilder;

void willis_shape_builder_init (WillisShapeBuilder *builder);
/* The shape (new); empties builder. */
WillisShape *willis_shape_builder_finish (WillisShapeBuilder *builder);

/* A tube along points [n][3] of radii [n], n >= 1, with rounded ends unless closed. rgb: [n][3]. */
void willis_shape_add_tube (WillisShapeBuilder *builder, const double *points, const double *radii, gsize n,
                            gboolean closed, const guint8 *rgb, int sides, gint64 cell);
void willis_shape_add_ball (WillisShapeBuilder *builder, const double centre[3], double radius, guint32 rgb,
                            gint64 cell);
/* A cone from its base centre to its tip. */
void willis_shape_add_cone (WillisShapeBuilder *builder, const double base[3], const double tip[3],
                            double radius, guint32 rgb, gint64 cell);
/* An ellipsoid with half axes along x, y, z. */
void willis_shape_add_ellipsoid (WillisShapeBuilder *builder, const double centre[3], const double half[3],
                                 guint32 rgb, gint64 cell);

/* A coarser shape of at most about n_triangles triangles, by merging the points in each box of a grid
 * (Rossignac and Borrel 1993). NULL where shape is coarse enough already. */
WillisShape *willis_shape_coarser (const WillisShape *shape, gsize n_triangles);

/* The boundary of a label as dual of the voxel faces (surface nets, Gibson 1998), every step-th voxel; step is
 * chosen so that at most about max_triangles result. NULL where the label does not occur. */
WillisShape *willis_shape_from_label (WillisVolume *labels, int label, gsize max_triangles);

/* The nearest hit of origin + t direction with t in (t_lo, t_hi), on the side plane[0..2] . x >= plane[3] (plane
 * NULL: everywhere). Tries every triangle: 300 000 take a few milliseconds. FALSE: none. */
gboolean willis_shape_hit (const WillisShape *shape, const double origin[3], const double direction[3],
                           double t_lo, double t_hi, const double plane[4], double *t, gsize *triangle);

G_END_DECLS
