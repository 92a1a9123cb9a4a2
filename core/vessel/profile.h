/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Along a vessel: diameters and cross-sections, narrowing, bends, and the scan straightened along it.
 */
#include "core/base/progress.h"
#include "core/image/volume.h"
#include "core/mesh/sections.h"
#include "core/vessel/segmentation.h"
#include "core/vessel/tree.h"

G_BEGIN_DECLS

/* One place on a course. Frame: tangent, normal and tangent x normal are right-handed; the normal turns as little as
 * possible along the course (Bishop 1975; double reflection of Wang et al. 2008). */
typedef struct
{
  double at_mm; // arc length
  double centre_lps_mm[3], tangent[3], normal[3];
  double inscribed_mm;      // diameter of the maximal inscribed sphere
  double curvature_per_mm;
  int branch;               // of the tree
  gboolean near_junction;   // within the sphere of a junction, or a diameter of a free end: no vessel of its own
} WillisCoursePoint;

/* A smooth curve through one branch or several in a row, from start to end, points STEP apart. Immutable. */
typedef struct _WillisCourse WillisCourse;

#define WILLIS_COURSE_STEP_MM 0.25

/* The points of branch n, from and to inclusive, that are clear of its ends as the narrowing has it: of the spheres of
 * its junctions, and of free ends, where an artery fades or the scan cuts it. FALSE where there are none. */
gboolean willis_branch_clear (const WillisTree *tree, gsize n, gsize *from, gsize *to);

/* Branches in a row, each joined to the next at a node; the first runs away from where it meets the second, alone from
 * its start. Points are smoothed over about 1 mm along the curve. Errors: WILLIS_ERROR_BAD_INPUT where the branches do
 * not join, are not there or are shorter than 1 mm. */
WillisCourse *willis_course_new (const WillisTree *tree, const int *branches, gsize n_branches, GError **error);
/* The same with the blood: from its proximal end, as the names of the arteries tell it (carotids, vertebrals and the basilar run
 * upwards, an artery is fed by the one before it); where they do not, in the order given. "Distal" in a narrowing then means
 * downstream. */
WillisCourse *willis_course_new_with_flow (const WillisTree *tree, const int *branches, gsize n_branches, GError **error);
/* Which way the blood runs along branches in a row, as their names say: 1 from the first to the last, -1 from the last
 * to the first, 0 where they do not say. */
int willis_flow_along (const WillisTree *tree, const int *branches, gsize n_branches);
/* The artery that feeds what lies near a point beside a branch: where the point is within reach_mm of a junction, the
 * thickest that, as its name says, brings blood there; else the branch itself. */
int willis_flow_feeder (const WillisTree *tree, int branch, const double lps_mm[3], double reach_mm);
/* TRUE where the names say that blood runs from the last of these branches to the first. */
gboolean willis_way_against_flow (const WillisTree *tree, const int *branches, gsize n_branches);
void willis_course_free (WillisCourse *course);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WillisCourse, willis_course_free)

gsize willis_course_n (const WillisCourse *course);
const WillisCoursePoint *willis_course_points (const WillisCourse *course); // [n], borrowed
double willis_course_length_mm (const WillisCourse *course);
double willis_course_tortuosity (const WillisCourse *course);     // length over chord, less 1 (Piccinelli 2009)
double willis_course_total_curvature (const WillisCourse *course); // integral of the curvature, rad

/* Total curvature and, into torsion, total torsion (integral of |torsion| where the curve bends by more than 0.02 / mm: a
 * straight stretch has none), both rad, from cubics fitted to half_mm before and after each place; at the ends the nearest
 * whole fit holds. Both NaN where the course is shorter than two such stretches. */
double willis_course_turning (const WillisCourse *course, double half_mm, double *torsion);

/* The place on it nearest to a point: index, distance. */
gsize willis_course_nearest (const WillisCourse *course, const double lps_mm[3], double *distance_mm);

/* A cross-section of the lumen square to the course. All NaN where the plane cuts no closed curve around the centre. */
typedef struct
{
  double area_mm2, perimeter_mm;
  double area_diameter_mm;      // of the circle of that area
  double perimeter_diameter_mm; // of the circle of that perimeter
  double min_diameter_mm, max_diameter_mm; // narrowest and widest distance of parallel tangents
  double off_mm;                // of its middle from the course
} WillisCrossSection;

/* The lumen's section at a point of a course: the area that the flat triangles enclose, the perimeter of a smooth wall about that
 * area, without the ripples of noise. */
WillisCrossSection willis_cross_section (WillisSectioner *lumen, const WillisCoursePoint *at);

typedef enum
{
  WILLIS_REFERENCE_NONE,
  WILLIS_REFERENCE_DISTAL,   // as in NASCET
  WILLIS_REFERENCE_PROXIMAL, // where what lies distal is too short
  WILLIS_REFERENCE_GIVEN,
} WillisReference;

/* Narrowing as in NASCET (1991): 1 - narrowest diameter / diameter of the normal artery distal to it. */
typedef struct
{
  WillisReference reference;
  double at_mm, diameter_mm;                                 // the narrowest place, its smallest diameter
  double reference_from_mm, reference_to_mm, reference_mm;   // where the reference was taken, its mean smallest diameter
  double percent;                                            // of the diameter; below 0 counts as 0
  double area_percent;                                       // of the area
} WillisStenosis;

typedef struct
{
  WillisCrossSection *sections; // [n], one a course point
  guint8 *apart;                // [n] not a whole section of the artery: a sac's, or cut short where the scan ends
  gsize n;
  WillisStenosis stenosis;      // of the whole course
  double mean_diameter_mm, min_diameter_mm, max_diameter_mm; // area diameters away from junctions; NaN where there are none
} WillisProfile;

/* Cuts lumen at every point of the course, which is of tree. Errors: cancelled. */
WillisProfile *willis_profile_new (const WillisCourse *course, const WillisTree *tree, WillisSurface *lumen,
                                   const WillisProgress *progress, GError **error);
void willis_profile_free (WillisProfile *profile);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WillisProfile, willis_profile_free)

/* The narrowing between two places of the course (NaN: its ends), junctions, sections of sacs and free ends left out.
 * reference_mm: a place where the
 * artery is normal, NaN: found as follows. Distal of the narrowest place, the 5 mm stretch within 30 mm that changes
 * least among those that are at least 0.85 as wide as the widest; where nothing of 5 mm is left there, the same
 * proximally. reference NONE where neither side has one. */
WillisStenosis willis_profile_stenosis (const WillisCourse *course, const WillisProfile *profile, double from_mm,
                                        double to_mm, double reference_mm);

typedef enum
{
  WILLIS_REFORMAT_STRAIGHT,  // across the vessel along its own normal: the vessel straightened
  WILLIS_REFORMAT_STRETCHED, // along one fixed direction: curved planar reformation (Kanitsar et al. 2002)
} WillisReformatKind;

/* The scan along the course: row y lies at arc length y * pixel_mm, column x at (x - (width - 1) / 2) * pixel_mm from
 * the centreline along the normal turned by angle (rad) about the tangent; for STRETCHED along the fixed direction that
 * the normal in the middle of the course, turned so, has. NaN outside the scan. New float[height * width]. */
float *willis_reformat (const WillisVolume *volume, const WillisCourse *course, WillisReformatKind kind, double angle,
                        double half_width_mm, double pixel_mm, int *width, int *height);

/* Where the lumen's wall is in the same picture, left and right of the centre in mm, NaN where the ray meets none within
 * half_width_mm (new double[height][2]). */
double *willis_reformat_edges (WillisSurface *lumen, const WillisCourse *course, WillisReformatKind kind, double angle,
                               double half_width_mm, double pixel_mm, int height);

/* One standard deviation of a narrowing in per cent, that of its two diameters as they stand by themselves. NaN without
 * a reference. */
double willis_stenosis_percent_sd (const WillisStenosis *stenosis, const WillisDiameterSd *sd);

/* Rows "s_mm,diameter_mm,inscribed_mm,..." with a heading, one a course point (new). diameter_mm is that of the area, or
 * of the inscribed sphere where the section is none, so that every row has one. */
char *willis_profile_csv (const WillisCourse *course, const WillisProfile *profile);

G_END_DECLS
