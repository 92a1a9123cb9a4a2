/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What is measured of a bulge before it becomes a candidate; here so that the tests can check the judgement alone.
 */
#include <glib.h>

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
  double cut_part;         // of its neck's area that lies flat at the end of the scan
  gboolean through;        // arteries run on through its thickest ball
  int branch;
} WillisBulge;

/* How much it looks like an aneurysm, 0 .. 1. */
double willis_bulge_score (const WillisBulge *bulge);

G_END_DECLS
