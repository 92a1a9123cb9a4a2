/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Where a catheter is to go: the lumen as a distance, the wire's way from the mouth of the guiding catheter along the tree
 * into the sac, the sac itself and the target in it. LPS millimetres. Immutable once made; threads may share it.
 */
#include "core/mesh/surface.h"
#include "core/vessel/aneurysm.h"
#include "core/vessel/tree.h"
#include "solver/contact/lumen.h"
#include "solver/rod/frame.h"

G_BEGIN_DECLS

#define WILLIS_GUIDE_MM 60.0       // the guiding catheter's mouth stands so far before the neck, where the tree reaches so far
#define WILLIS_DOME_CLEARANCE_MM 1.5
#define WILLIS_TARGET_ZONE_MM 2.0  // the tip within so much of the target, in the sac, is where it should be

typedef struct
{
  WillisLumen *lumen;
  WillisFrame mouth;           // first axis out of the guide
  double *path;                // [n_path][3] mouth to target: a line that a soft wire takes
  int n_path;
  double length_mm;            // of the path
  double neck[3], normal[3];   // neck plane, normal into the sac
  double neck_radius_mm;
  double axis[3];              // the sac's long axis, out of the neck
  double depth_mm;             // from the neck to the dome along it
  double target[3], direction[3];
  double target_depth_mm;      // beyond the neck plane, along the axis
  double clearance_mm;         // from the target to the wall ahead
  double parent_radius_mm;     // of the artery before the neck
  gboolean cramped;            // the sac leaves less than WILLIS_DOME_CLEARANCE_MM
} WillisShapingSite;

typedef struct
{
  const double *entry_lps_mm;     // near the wanted mouth of the guide; NULL: proposed
  const double *target_lps_mm;    // NULL: proposed
  const double *direction;        // of the tip at the target; NULL: the sac's long axis
  double spacing_mm;              // of the distance field; 0: 0.2
  double catheter_radius_mm;      // the way keeps so far from the wall; 0: 0.3
} WillisShapingSiteParams;

/* lumen: surface with the sac, open ends or closed; tree: its centrelines; neck and sac as measured.
 * Errors: BAD_INPUT where the tree does not lead to the neck, the entry or the target is not in the lumen; FAILED. */
WillisShapingSite *willis_shaping_site_new (WillisSurface *lumen, const WillisTree *tree, const WillisNeck *neck,
                                            WillisSurface *sac, const WillisShapingSiteParams *params,
                                            const WillisProgress *progress, GError **error);

/* The same from a lumen that is there and a line [n][3] from the entry to the neck (for phantoms and tests): sac is the
 * set of sac points [n_sac][3]. Keeps lumen. */
WillisShapingSite *willis_shaping_site_from_line (WillisLumen *lumen, const double *line, gsize n, const double neck[3],
                                                  const double normal[3], double neck_radius_mm, const double *sac, gsize n_sac,
                                                  const WillisShapingSiteParams *params, GError **error);

/* A copy with another target; direction NULL: the sac's axis. Quick: lumen and way up to the neck stay.
 * BAD_INPUT where the target is not in the lumen. */
WillisShapingSite *willis_shaping_site_retarget (const WillisShapingSite *site, const double target[3],
                                                 const double direction[3], GError **error);

void willis_shaping_site_free (WillisShapingSite *site);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WillisShapingSite, willis_shaping_site_free)

/* Distance beyond the neck plane. */
double willis_shaping_site_depth (const WillisShapingSite *site, const double x[3]);

/* Is the tip where it should be: in the sac and within WILLIS_TARGET_ZONE_MM of the target? */
gboolean willis_shaping_site_in_zone (const WillisShapingSite *site, const double tip[3]);

/* Free way from x along the unit vector t to the wall, at most limit. */
double willis_shaping_site_ahead (const WillisShapingSite *site, const double x[3], const double t[3], double limit);

G_END_DECLS
