/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names, formulas and sources of the indices. S, V: area and volume of the sac (S without the ostium); S_ch, V_ch: the
 * same of its convex hull; A_o, P_o: area and perimeter of the ostium; c: barycentre of the ostium;
 * n: its normal into the sac; H, K: mean and Gaussian curvature.
 */
#include <string.h>

#include "core/base/i18n.h"
#include "core/vessel/morphology.h"

#define ZERNIKE_FORMULA                                                                                                \
  N_ ("F(n, l), norm over m of the 3D Zernike moments of order n, l of the closed sac, its barycentre at 0, its "      \
      "farthest point at 1")
#define ZERNIKE_SOURCE "Novotni 2003, Millán 2007"

/* clang-format off */
static const WillisIndexInfo table[WILLIS_N_INDICES] = {
  [WILLIS_INDEX_SIZE] = { "size", N_("Size"), "mm", N_("largest distance of two points of the sac"), "Wiebers 2003 (ISUIA)", TRUE },
  [WILLIS_INDEX_MAX_HEIGHT] = { "max_height", N_("Maximum height"), "mm", N_("largest distance of c to a point of the sac"), "Dhar 2008", FALSE },
  [WILLIS_INDEX_HEIGHT] = { "height", N_("Height"), "mm", N_("max of (x - c) · n over the sac"), "Raghavan 2005", FALSE },
  [WILLIS_INDEX_BULGE_HEIGHT] = { "bulge_height", N_("Bulge height"), "mm", N_("height of the widest section above the neck plane"), "Raghavan 2005", FALSE },
  [WILLIS_INDEX_WIDTH] = { "width", N_("Width"), "mm", N_("largest 4 A / P of sections parallel to the neck plane"), "Raghavan 2005", FALSE },
  [WILLIS_INDEX_PERPENDICULAR_WIDTH] = { "perpendicular_width", N_("Perpendicular width"), "mm", N_("largest diameter across the line of maximum height"), "Dhar 2008", FALSE },
  [WILLIS_INDEX_NECK_DIAMETER] = { "neck_diameter", N_("Neck diameter"), "mm", N_("4 A_o / P_o"), "Raghavan 2005", TRUE },
  [WILLIS_INDEX_NECK_MIN] = { "neck_min", N_("Neck, shortest width"), "mm", N_("smallest distance of two parallel lines that hold the neck curve between them"), "Dhar 2008", FALSE },
  [WILLIS_INDEX_NECK_MAX] = { "neck_max", N_("Neck, longest width"), "mm", N_("longest chord of the neck curve"), "Dhar 2008", FALSE },
  [WILLIS_INDEX_OSTIUM_AREA] = { "ostium_area", N_("Ostium area"), "mm2", N_("area of the flat or minimal surface that closes the neck"), "Raghavan 2005", FALSE },
  [WILLIS_INDEX_VOLUME] = { "volume", N_("Volume"), "mm3", N_("V, sac closed by the ostium (divergence theorem)"), "Raghavan 2005", TRUE },
  [WILLIS_INDEX_AREA] = { "area", N_("Surface area"), "mm2", N_("S, sac without the ostium"), "Raghavan 2005", FALSE },
  [WILLIS_INDEX_ASPECT_RATIO] = { "aspect_ratio", N_("Aspect ratio"), "", N_("height / neck diameter"), "Ujiie 1999", TRUE },
  [WILLIS_INDEX_SIZE_RATIO] = { "size_ratio", N_("Size ratio"), "", N_("maximum height / mean diameter of the parent artery"), "Dhar 2008", TRUE },
  [WILLIS_INDEX_BOTTLENECK_FACTOR] = { "bottleneck_factor", N_("Bottleneck factor"), "", N_("width / neck diameter"), "Raghavan 2005", FALSE },
  [WILLIS_INDEX_HEIGHT_WIDTH] = { "height_width", N_("Height to width"), "", N_("height / width"), "Hoh 2007", FALSE },
  [WILLIS_INDEX_BULGE_LOCATION] = { "bulge_location", N_("Bulge location"), "", N_("bulge height / height"), "Raghavan 2005", FALSE },
  [WILLIS_INDEX_CONICITY] = { "conicity", N_("Conicity"), "", N_("0.5 - bulge height / height"), "Raghavan 2005", FALSE },
  [WILLIS_INDEX_UNDULATION] = { "undulation", N_("Undulation"), "", N_("1 - V / V_ch"), "Raghavan 2005", FALSE },
  [WILLIS_INDEX_ELLIPTICITY] = { "ellipticity", N_("Ellipticity"), "", N_("1 - (18 π)^(1/3) V_ch^(2/3) / S_ch"), "Raghavan 2005", FALSE },
  [WILLIS_INDEX_NONSPHERICITY] = { "nonsphericity", N_("Nonsphericity"), "", N_("1 - (18 π)^(1/3) V^(2/3) / S"), "Raghavan 2005", FALSE },
  [WILLIS_INDEX_CONVEXITY] = { "convexity", N_("Convexity ratio"), "", N_("V / V_ch"), "Raghavan 2005", FALSE },
  [WILLIS_INDEX_ISOPERIMETRIC] = { "isoperimetric", N_("Isoperimetric ratio"), "", N_("S / V^(2/3)"), "Berg 2018 (MATCH)", FALSE },
  [WILLIS_INDEX_SURFACE_VOLUME] = { "surface_volume", N_("Surface to volume"), "1/mm", N_("S / V"), "Raghavan 2005", FALSE },
  [WILLIS_INDEX_VOLUME_OSTIUM] = { "volume_ostium", N_("Volume to ostium"), "mm", N_("V / A_o"), "Yasuda 2011", FALSE },
  [WILLIS_INDEX_MAA] = { "maa", N_("Mean curvature, average"), "1/mm", N_("(1 / S) ∫ H dA"), "Ma 2004", FALSE },
  [WILLIS_INDEX_GAA] = { "gaa", N_("Gaussian curvature, average"), "1/mm2", N_("(1 / S) ∫ K dA"), "Ma 2004", FALSE },
  [WILLIS_INDEX_MLN] = { "mln", N_("Mean curvature, norm"), "", N_("√(∫ H² dA) / 4 π"), "Ma 2004", FALSE },
  [WILLIS_INDEX_GLN] = { "gln", N_("Gaussian curvature, norm"), "", N_("√(S ∫ K² dA) / 4 π"), "Ma 2004", FALSE },
  [WILLIS_INDEX_HGLN] = { "hgln", N_("Gaussian curvature, hyperbolic norm"), "", N_("√(S ∫ K² dA) / 4 π over points with K < 0"), "Ma 2004", FALSE },
  [WILLIS_INDEX_BLEBS] = { "bleb_count", N_("Daughter sacs"), "", N_("where the wall stands out by 0.5 mm or more of the sac opened by a ball of 0.7 of its largest inscribed one, with a valley beside it"), "Serra 1982", FALSE, TRUE },
  [WILLIS_INDEX_WRITHE] = { "writhe", N_("Writhe"), "", N_("(1 / 4 π S) ∬ |w| dA dA over the sac, w = n₁ · ((x₁ - x₂) × n₂) / |x₁ - x₂|³; 0 for parts of a sphere"), "Lauric 2010", FALSE },
  [WILLIS_INDEX_ZERNIKE_0_0] = { "zernike_0_0", N_("Zernike moment 0, 0"), "", ZERNIKE_FORMULA, ZERNIKE_SOURCE, FALSE },
  [WILLIS_INDEX_ZERNIKE_2_0] = { "zernike_2_0", N_("Zernike moment 2, 0"), "", ZERNIKE_FORMULA, ZERNIKE_SOURCE, FALSE },
  [WILLIS_INDEX_ZERNIKE_2_2] = { "zernike_2_2", N_("Zernike moment 2, 2"), "", ZERNIKE_FORMULA, ZERNIKE_SOURCE, FALSE },
  [WILLIS_INDEX_ZERNIKE_3_1] = { "zernike_3_1", N_("Zernike moment 3, 1"), "", ZERNIKE_FORMULA, ZERNIKE_SOURCE, FALSE },
  [WILLIS_INDEX_ZERNIKE_3_3] = { "zernike_3_3", N_("Zernike moment 3, 3"), "", ZERNIKE_FORMULA, ZERNIKE_SOURCE, FALSE },
  [WILLIS_INDEX_ZERNIKE_4_0] = { "zernike_4_0", N_("Zernike moment 4, 0"), "", ZERNIKE_FORMULA, ZERNIKE_SOURCE, FALSE },
  [WILLIS_INDEX_ZERNIKE_4_2] = { "zernike_4_2", N_("Zernike moment 4, 2"), "", ZERNIKE_FORMULA, ZERNIKE_SOURCE, FALSE },
  [WILLIS_INDEX_ZERNIKE_4_4] = { "zernike_4_4", N_("Zernike moment 4, 4"), "", ZERNIKE_FORMULA, ZERNIKE_SOURCE, FALSE },
  [WILLIS_INDEX_ZERNIKE_5_1] = { "zernike_5_1", N_("Zernike moment 5, 1"), "", ZERNIKE_FORMULA, ZERNIKE_SOURCE, FALSE },
  [WILLIS_INDEX_ZERNIKE_5_3] = { "zernike_5_3", N_("Zernike moment 5, 3"), "", ZERNIKE_FORMULA, ZERNIKE_SOURCE, FALSE },
  [WILLIS_INDEX_ZERNIKE_5_5] = { "zernike_5_5", N_("Zernike moment 5, 5"), "", ZERNIKE_FORMULA, ZERNIKE_SOURCE, FALSE },
  [WILLIS_INDEX_ZERNIKE_6_0] = { "zernike_6_0", N_("Zernike moment 6, 0"), "", ZERNIKE_FORMULA, ZERNIKE_SOURCE, FALSE },
  [WILLIS_INDEX_ZERNIKE_6_2] = { "zernike_6_2", N_("Zernike moment 6, 2"), "", ZERNIKE_FORMULA, ZERNIKE_SOURCE, FALSE },
  [WILLIS_INDEX_ZERNIKE_6_4] = { "zernike_6_4", N_("Zernike moment 6, 4"), "", ZERNIKE_FORMULA, ZERNIKE_SOURCE, FALSE },
  [WILLIS_INDEX_ZERNIKE_6_6] = { "zernike_6_6", N_("Zernike moment 6, 6"), "", ZERNIKE_FORMULA, ZERNIKE_SOURCE, FALSE },
  [WILLIS_INDEX_ZERNIKE_7_1] = { "zernike_7_1", N_("Zernike moment 7, 1"), "", ZERNIKE_FORMULA, ZERNIKE_SOURCE, FALSE },
  [WILLIS_INDEX_ZERNIKE_7_3] = { "zernike_7_3", N_("Zernike moment 7, 3"), "", ZERNIKE_FORMULA, ZERNIKE_SOURCE, FALSE },
  [WILLIS_INDEX_ZERNIKE_7_5] = { "zernike_7_5", N_("Zernike moment 7, 5"), "", ZERNIKE_FORMULA, ZERNIKE_SOURCE, FALSE },
  [WILLIS_INDEX_ZERNIKE_7_7] = { "zernike_7_7", N_("Zernike moment 7, 7"), "", ZERNIKE_FORMULA, ZERNIKE_SOURCE, FALSE },
  [WILLIS_INDEX_ZERNIKE_8_0] = { "zernike_8_0", N_("Zernike moment 8, 0"), "", ZERNIKE_FORMULA, ZERNIKE_SOURCE, FALSE },
  [WILLIS_INDEX_ZERNIKE_8_2] = { "zernike_8_2", N_("Zernike moment 8, 2"), "", ZERNIKE_FORMULA, ZERNIKE_SOURCE, FALSE },
  [WILLIS_INDEX_ZERNIKE_8_4] = { "zernike_8_4", N_("Zernike moment 8, 4"), "", ZERNIKE_FORMULA, ZERNIKE_SOURCE, FALSE },
  [WILLIS_INDEX_ZERNIKE_8_6] = { "zernike_8_6", N_("Zernike moment 8, 6"), "", ZERNIKE_FORMULA, ZERNIKE_SOURCE, FALSE },
  [WILLIS_INDEX_ZERNIKE_8_8] = { "zernike_8_8", N_("Zernike moment 8, 8"), "", ZERNIKE_FORMULA, ZERNIKE_SOURCE, FALSE },
  [WILLIS_INDEX_ANEURYSM_ANGLE] = { "aneurysm_angle", N_("Aneurysm angle"), "deg", N_("line of maximum height to the neck plane"), "Dhar 2008", FALSE },
  [WILLIS_INDEX_VESSEL_ANGLE] = { "vessel_angle", N_("Vessel angle"), "deg", N_("axis of the parent artery to the neck plane"), "Dhar 2008", FALSE },
  [WILLIS_INDEX_FLOW_ANGLE] = { "flow_angle", N_("Flow angle"), "deg", N_("line of maximum height to the mean direction of flow over 1.5 diameters before the neck"), "Lin 2012", FALSE },
  [WILLIS_INDEX_INFLOW_ANGLE] = { "inflow_angle", N_("Inflow angle"), "deg", N_("direction of flow in the parent artery at the neck to the line from c to the barycentre of the sac"), "Baharoglu 2010", FALSE },
  [WILLIS_INDEX_PARENT_DIAMETER] = { "parent_diameter", N_("Parent artery diameter"), "mm", N_("mean of the diameters at the neck edge and 1.5 diameters upstream, over the arteries involved"), "Dhar 2008", FALSE },
  [WILLIS_INDEX_BIFURCATION_ANGLE] = { "bifurcation_angle", N_("Bifurcation angle"), "deg", N_("between the two larger daughter arteries as they leave the junction"), "Bor 2015", FALSE },
  [WILLIS_INDEX_DAUGHTER_LARGE] = { "daughter_angle_large", N_("Angle to the larger daughter"), "deg", N_("between parent and larger daughter artery as they leave the junction; 180 is straight on"), "Bor 2015", FALSE },
  [WILLIS_INDEX_DAUGHTER_SMALL] = { "daughter_angle_small", N_("Angle to the smaller daughter"), "deg", N_("between parent and smaller daughter artery as they leave the junction; 180 is straight on"), "Bor 2015", FALSE },
  [WILLIS_INDEX_LATERAL_RATIO] = { "lateral_angle_ratio", N_("Lateral angle ratio"), "", N_("angle to the larger daughter / angle to the smaller daughter"), "Sadatomo 2013", FALSE },
  [WILLIS_INDEX_PARENT_TORTUOSITY] = { "parent_tortuosity", N_("Parent artery tortuosity"), "", N_("length / chord - 1 of the parent branch, from end to end in the picture"), "Piccinelli 2009", FALSE },
  [WILLIS_INDEX_PARENT_CURVATURE] = { "parent_curvature", N_("Parent artery, total curvature"), "rad", N_("∫ κ ds along the parent branch"), "Piccinelli 2009", FALSE },
  [WILLIS_INDEX_PARENT_TORSION] = { "parent_torsion", N_("Parent artery, total torsion"), "rad", N_("∫ |τ| ds along the parent branch where it bends (κ > 0.02 / mm)"), "Piccinelli 2009", FALSE },
};
/* clang-format on */

const WillisIndexInfo *
willis_index_info (WillisIndex index)
{
  g_return_val_if_fail ((guint) index < WILLIS_N_INDICES, NULL);
  return &table[index];
}

int
willis_index_find (const char *name)
{
  for (int i = 0; i < WILLIS_N_INDICES; i++)
    if (strcmp (table[i].name, name) == 0)
      return i;
  return -1;
}
