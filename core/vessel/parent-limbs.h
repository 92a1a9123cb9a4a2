/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The arteries that leave the mouth of a sac, whatever nodes the tree has there. Private to core/vessel.
 */
#include "core/vessel/aneurysm.h"
#include "core/vessel/tree.h"

G_BEGIN_DECLS

/* An artery from the mouth of a sac on; it goes on over nodes where only side branches leave. */
typedef struct
{
  int branch;      // of the tree; -1: none
  double from_mm;  // abscissa that the mouth ends at
  double away;     // -1 or 1: the abscissa's sense away from the mouth
  double mouth_mm; // from the neck's middle, or the node of a fork, to there
} WillisLimb;

/* The points of a limb, up to so many mm or its end: their places and radii, and the ways to them along it. */
typedef struct
{
  GArray *p, *r, *s; // double[3], double, double
} WillisLimbPoints;

void willis_limb_points_init (WillisLimbPoints *points, const WillisTree *tree, const WillisLimb *limb, double most_mm);
void willis_limb_points_clear (WillisLimbPoints *points);

/* The first point from which on a limb is no thicker than beyond, as the mouth widens it; their number where none is.
 */
guint willis_limb_own (const WillisLimbPoints *points);

/* The branch in which an artery goes on past a node where only side branches leave, as a posterior communicating artery
 * does; -1 at a fork and at an end. */
int willis_artery_goes_on (const WillisTree *tree, int node, int branch);

/* A limb as an artery of its own. */
typedef struct
{
  WillisLimb limb;
  double entry_mm;    // abscissa within the mouth that the limb was followed from
  double radius;      // beyond the mouth
  double diameter_mm; // mean of those where it is its own and 1.5 of them on (Dhar 2008)
  double away[3];     // unit, the way it leaves in, over those 1.5 diameters
  int flow;           // of the blood: 1 into the mouth, -1 out of it, as names say, else as the tree has it,
  gboolean sure;      // less surely
} WillisMouthArtery;

/* What leaves a sac's mouth. */
typedef struct
{
  GArray *arteries; // WillisMouthArtery: the parent first, as far as one brings blood, then the thickest first
  gboolean has_in;  // the first one brings blood
  gboolean fork; // they are a fork's; else the parent goes on in the second, and what else there is are side branches
  int branch;    // the tree's that passes nearest below the neck
  double at_mm;  // its abscissa there
} WillisMouth;

/* FALSE where the tree does not come near the neck. Clear with willis_mouth_clear otherwise. */
gboolean willis_mouth_init (WillisMouth *mouth, const WillisTree *tree, const WillisNeck *neck,
                            const double *neck_curve_lps_mm, gsize n_curve);
void willis_mouth_clear (WillisMouth *mouth);

G_END_DECLS
