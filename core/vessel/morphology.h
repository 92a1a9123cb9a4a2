/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The shape of an aneurysm in numbers. Sac = open surface S beyond the neck plus the flat ostium;
 * S excludes the ostium. Names, formulas and sources stand in the table of morphology.c and are what
 * the window, the report and JSON show.
 */
#include <glib.h>

#include "core/mesh/surface.h"

G_BEGIN_DECLS

/* clang-format off */
typedef enum
{
  WILLIS_INDEX_SIZE,              // mm,  largest distance of two sac points
  WILLIS_INDEX_MAX_HEIGHT,        // mm,  neck centre to farthest dome point
  WILLIS_INDEX_HEIGHT,            // mm,  largest distance along the neck normal
  WILLIS_INDEX_BULGE_HEIGHT,      // mm,  height of the widest section
  WILLIS_INDEX_WIDTH,             // mm,  largest diameter of sections parallel to the ostium (4 A / P)
  WILLIS_INDEX_PERPENDICULAR_WIDTH, // mm, largest diameter across the max-height line
  WILLIS_INDEX_NECK_DIAMETER,     // mm,  4 A / P of the ostium
  WILLIS_INDEX_NECK_MIN,          // mm,  shortest width of the neck curve
  WILLIS_INDEX_NECK_MAX,          // mm,  longest chord of the neck curve
  WILLIS_INDEX_OSTIUM_AREA,       // mm2
  WILLIS_INDEX_VOLUME,            // mm3
  WILLIS_INDEX_AREA,              // mm2, sac surface without the ostium
  WILLIS_INDEX_ASPECT_RATIO,
  WILLIS_INDEX_SIZE_RATIO,
  WILLIS_INDEX_BOTTLENECK_FACTOR,
  WILLIS_INDEX_HEIGHT_WIDTH,
  WILLIS_INDEX_BULGE_LOCATION,
  WILLIS_INDEX_CONICITY,
  WILLIS_INDEX_UNDULATION,
  WILLIS_INDEX_ELLIPTICITY,
  WILLIS_INDEX_NONSPHERICITY,
  WILLIS_INDEX_CONVEXITY,
  WILLIS_INDEX_ISOPERIMETRIC,
  WILLIS_INDEX_SURFACE_VOLUME,    // 1/mm
  WILLIS_INDEX_VOLUME_OSTIUM,     // mm
  WILLIS_INDEX_MAA,               // 1/mm, area average of mean curvature
  WILLIS_INDEX_GAA,               // 1/mm2, area average of Gaussian curvature
  WILLIS_INDEX_MLN,               // L2 norm of mean curvature
  WILLIS_INDEX_GLN,               // L2 norm of Gaussian curvature
  WILLIS_INDEX_HGLN,              // the same over hyperbolic points
  WILLIS_INDEX_BLEBS,             // how many daughter sacs
  WILLIS_INDEX_WRITHE,            // mean of |w| over the sac (core/mesh/writhe.h)
  /* 3D Zernike moment invariants F(n, l) of the closed sac (core/mesh/zernike.h), rising n, then rising l; F(1, 1) is 0 */
  WILLIS_INDEX_ZERNIKE_0_0,
  WILLIS_INDEX_ZERNIKE_2_0,
  WILLIS_INDEX_ZERNIKE_2_2,
  WILLIS_INDEX_ZERNIKE_3_1,
  WILLIS_INDEX_ZERNIKE_3_3,
  WILLIS_INDEX_ZERNIKE_4_0,
  WILLIS_INDEX_ZERNIKE_4_2,
  WILLIS_INDEX_ZERNIKE_4_4,
  WILLIS_INDEX_ZERNIKE_5_1,
  WILLIS_INDEX_ZERNIKE_5_3,
  WILLIS_INDEX_ZERNIKE_5_5,
  WILLIS_INDEX_ZERNIKE_6_0,
  WILLIS_INDEX_ZERNIKE_6_2,
  WILLIS_INDEX_ZERNIKE_6_4,
  WILLIS_INDEX_ZERNIKE_6_6,
  WILLIS_INDEX_ZERNIKE_7_1,
  WILLIS_INDEX_ZERNIKE_7_3,
  WILLIS_INDEX_ZERNIKE_7_5,
  WILLIS_INDEX_ZERNIKE_7_7,
  WILLIS_INDEX_ZERNIKE_8_0,
  WILLIS_INDEX_ZERNIKE_8_2,
  WILLIS_INDEX_ZERNIKE_8_4,
  WILLIS_INDEX_ZERNIKE_8_6,
  WILLIS_INDEX_ZERNIKE_8_8,
  WILLIS_INDEX_ANEURYSM_ANGLE,    // deg, max-height line to neck plane
  WILLIS_INDEX_VESSEL_ANGLE,      // deg, parent axis to neck plane
  WILLIS_INDEX_FLOW_ANGLE,        // deg, max-height line to parent axis
  WILLIS_INDEX_INFLOW_ANGLE,      // deg, parent flow direction at the neck to the sac axis
  WILLIS_INDEX_PARENT_DIAMETER,   // mm
  WILLIS_INDEX_BIFURCATION_ANGLE, // deg, between the two daughters
  WILLIS_INDEX_DAUGHTER_LARGE,    // deg, parent to the larger daughter, both as they leave the junction
  WILLIS_INDEX_DAUGHTER_SMALL,    // deg, the same to the smaller one
  WILLIS_INDEX_LATERAL_RATIO,     // of the two angles before
  WILLIS_INDEX_PARENT_TORTUOSITY,
  WILLIS_INDEX_PARENT_CURVATURE,  // rad, total
  WILLIS_INDEX_PARENT_TORSION,    // rad, total
  WILLIS_N_INDICES
} WillisIndex;
/* clang-format on */

typedef struct
{
  double value; // NaN where not measurable, then reason says why
  double sd;    // standard deviation; NaN where not estimated
  const char *reason; // static text or NULL
} WillisMeasure;

typedef struct
{
  WillisMeasure index[WILLIS_N_INDICES];
} WillisMorphology;

typedef struct
{
  const char *name;    // stable key of JSON and files: "aspect_ratio"
  const char *label;   // to translate: "Aspect ratio"
  const char *unit;    // "mm", "mm2", "mm3", "1/mm", "deg", ""
  const char *formula; // one line, to translate
  const char *source;  // author year
  gboolean headline;   // one of the five that people use
  gboolean count;      // a whole number of things
} WillisIndexInfo;

const WillisIndexInfo *willis_index_info (WillisIndex index);

/* -1 where no index has this name. */
int willis_index_find (const char *name);

/* A value and how much it depends on how it was taken; both NaN where not known. */
typedef struct
{
  double value, sd;
} WillisEstimate;

/* What the parent artery contributes; NaN / zero vectors where not known. */
typedef struct
{
  double diameter_mm;  // mean diameter of the parent artery (Dhar 2008)
  double axis[3];      // unit direction of flow in the parent at the neck
  double upstream[3];  // unit mean direction of flow over the last 1.5 diameters before the neck
  /* Of the bifurcation that the aneurysm sits at: rad, between the arteries as they leave it; pi: straight on. Each along
   * the diameter that begins a radius from the junction; deviations from half and twice that stretch. */
  WillisEstimate bifurcation_angle;       // between the two thickest daughters
  WillisEstimate daughter_angle[2];       // between parent and the thicker, the thinner of the two
  WillisEstimate lateral_ratio;           // of the two (Sadatomo 2013)
  /* Of the parent branch of the tree from end to end (Piccinelli 2009); deviations from ends 1 mm shorter (tortuosity) and
   * from shorter and longer stretches of the fit. */
  WillisEstimate tortuosity, curvature, torsion;
} WillisParent;

/* Measures an isolated sac. sac: open surface, outward, one rim near the neck; neck_curve [n][3]: the closed
 * neck polygon; normal: unit, into the sac, or NULL for the best-fit plane's. parent may be NULL.
 * Sets all values; deviations only of what parent brings them for. Errors: WILLIS_ERROR_BAD_INPUT for an empty or
 * unclosable sac. */
gboolean willis_morphology_measure (const WillisSurface *sac, const double *neck_curve_lps_mm, gsize n_neck,
                                    const double neck_normal[3], const WillisParent *parent,
                                    WillisMorphology *out, GError **error);

/* Is a sac that was cut off with its neck or its surface moved a little still cut off at that neck? One that was moved
 * into the artery is not: its loop leaps in area or frays out along the artery. */
gboolean willis_morphology_same_neck (const WillisMorphology *base, const WillisMorphology *changed);

G_END_DECLS
