/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What is measured of a bulge before it becomes a candidate; here so that the tests can check the judgement alone.
 */
#include <glib.h>

#include "core/base/progress.h"
#include "core/mesh/surface.h"
#include "core/vessel/tree.h"

G_BEGIN_DECLS

typedef struct
{
  double centre_lps_mm[3]; // of the thickest ball in it
  double size_mm;          // largest extent
  double neck_mm;          // mean width where it leaves the healthy wall
  double height_mm;        // beyond the healthy wall
  double ball_mm;          // radius of the thickest ball in it
  double parent_mm;        // radius of the healthy parent
  double edge_mm;          // mean edge of the mesh: what it can show
  double flatness;         // of its far end, 1 for a cut
  double open_part;        // open edges at its far end, against those of its neck
  double cut_part;         // what lies flat at the end of the scan, in cross-sections of the ball
  gboolean through;        // arteries run on through its thickest ball
  int branch;
  double score; // 0 .. 1, of willis_bulge_score
} WillisBulge;

/* How much it looks like an aneurysm, 0 .. 1. */
double willis_bulge_score (const WillisBulge *bulge);

/* All bulges of a lumen, best first (new GArray of WillisBulge): what willis_detect takes its candidates from. NULL
 * only where the surface is bad or the work was cancelled. */
GArray *willis_detect_bulges (const WillisSurface *lumen, const WillisTree *tree, const WillisProgress *progress,
                              GError **error);

G_END_DECLS
