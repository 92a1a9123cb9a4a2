/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * How surely: the same shape seated many times with what is not known drawn anew (set fraction, friction, stiffness, feed, roll
 * of the hub, where the wall is). The spreads are of the model's inputs; what the model leaves out is not in them.
 */
#include "core/base/progress.h"
#include "solver/shaping/seat.h"

G_BEGIN_DECLS

/* Draws that a chance of success is counted over, wherever it is shown: its deviation is then 3.5 % at most, so that whole per cents
 * and ten between two shapes mean something; with a third of them it would be 6 % and 17 between two. */
#define WILLIS_SHAPING_DRAWS 200

/* Spreads (standard deviations): friction and stiffness of their logarithms. Set fraction: the catheter's own. */
typedef struct
{
  double friction, stiffness, feed_mm, roll, surface_mm;
} WillisShapingSpread;

/* Feed within 2 mm and roll within 20 degrees at two deviations; friction 0.03 to 0.12 about 0.06; stiffness within a half;
 * wall 0.1 mm (a quarter of a CTA voxel). Assumptions all. */
#define WILLIS_SHAPING_SPREAD_INIT { 0.35, 0.25, 1.0, 10.0 * G_PI / 180.0, 0.1 }

typedef struct
{
  int n, n_failed;         // draws; of these without an equilibrium (they count as misses)
  double (*tips)[3];       // [n - n_failed] (owned)
  double mean[3], sd[3];   // of the tips, along x, y, z
  double sd_mm;            // root of the mean square distance to the mean over 3: one number
  double region_mm;        // 80 % of tips come to rest within this of the mean
  double in_zone, in_zone_sd;       // probability that the tip ends in the target zone, and its own deviation
  double in_sac, touches_dome;      // probabilities
} WillisShapingCloud;

void willis_shaping_cloud_clear (WillisShapingCloud *cloud);

/* Draw number i of a seed: the same on every machine. of 0: each draw for itself. of n: the n draws together are a Latin hypercube
 * (McKay, Beckman & Conover 1979), of every unknown one draw in each n-th of its distribution, so that a few stand for the whole
 * better than random ones do. */
void willis_shaping_draw (const WillisCatheter *catheter, const WillisShapingSpread *spread, guint64 seed, int i, int of,
                          WillisShapingWorld *out);

/* The n draws of seed, as a Latin hypercube. Parallel; the same bits at any number of threads. Errors: cancelled. */
gboolean willis_shaping_cloud (const WillisShapingSite *site, const WillisCatheter *catheter, const WillisShape *shape,
                               const WillisShapingSpread *spread, guint64 seed, int n, const WillisSeatParams *params,
                               const WillisProgress *progress, WillisShapingCloud *out, GError **error);

/* Seats jobs in parallel: shapes[i] in worlds[i] (NULL: as meant). Frames and contacts are not kept; where seating fails
 * error_mm is INFINITY. */
void willis_shaping_seat_many (const WillisShapingSite *site, const WillisCatheter *catheter, const WillisShape *const *shapes,
                               const WillisShapingWorld *worlds, int n, const WillisSeatParams *params, WillisSeat *out);

G_END_DECLS
