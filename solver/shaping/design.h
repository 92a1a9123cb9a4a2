/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The way back: which shape brings the tip to the target. Bends start where the path bends; Gauss-Newton steps with every
 * derivative from seating the catheter anew, so that contacts may change; simplest shapes first. Tips as sold, unheated, are
 * tried beside. What is proposed is ranked by how surely it works.
 */
#include "solver/shaping/cloud.h"

G_BEGIN_DECLS

#define WILLIS_REACHED_MM 1.0                       // the tip nearer than this to its target: reached
#define WILLIS_REACHED_ANGLE (15.0 * G_PI / 180.0)

typedef struct
{
  WillisHeating heating;
  WillisShapingSpread spread;
  WillisSeatParams seat;
  guint64 seed;
  int n_rank;        // draws to rank by
  int n_cloud;       // draws of the clouds of the proposals that are returned
  int n_proposals;
  gboolean coarse;   // one custom shape from start, no clouds: while a target is dragged
  const WillisShape *start; // of coarse; may be NULL
  int rounds;        // of coarse: 2 while it is dragged, more at rest
  double effort;     // share of the starts that are tried: 1, less for a look
} WillisDesignParams;

#define WILLIS_DESIGN_PARAMS_INIT \
  { WILLIS_HEATING_INIT, WILLIS_SHAPING_SPREAD_INIT, WILLIS_SEAT_PARAMS_INIT, 20260101, 24, WILLIS_SHAPING_DRAWS, 3, FALSE, NULL, 2, \
    1.0 }

/* How the shape at hand follows a target that is dragged: coarse, from start (borrowed, must outlive them); fewer rounds while it is
 * held than once it is let go, so that an answer comes within a second. */
WillisDesignParams willis_design_params_follow (const WillisShape *start, gboolean let_go);

typedef struct
{
  WillisShape shape;
  WillisSeat seat;          // with contacts
  WillisShapingCloud cloud; // of draws that the choice did not see; n = 0 where coarse
  double rank;              // higher is better
  gboolean reached;         // within WILLIS_REACHED_MM and WILLIS_REACHED_ANGLE
} WillisShapeProposal;

typedef struct
{
  GArray *proposals;        // WillisShapeProposal, best first
  gboolean reachable;       // some shape reaches the target
  double nearest[3];        // tip of the one that comes nearest
  double nearest_mm;
  int seatings;             // that it took
} WillisDesign;

void willis_design_clear (WillisDesign *design);

/* Errors: cancelled; FAILED where no shape can be seated at all. */
gboolean willis_shaping_design (const WillisShapingSite *site, const WillisCatheter *catheter, const WillisDesignParams *params,
                                const WillisProgress *progress, WillisDesign *out, GError **error);

/* A proposal of a shape given by hand: seated, with its cloud. */
gboolean willis_shaping_evaluate (const WillisShapingSite *site, const WillisCatheter *catheter, const WillisShape *shape,
                                  const WillisDesignParams *params, const WillisProgress *progress, WillisShapeProposal *out,
                                  GError **error);

void willis_shape_proposal_clear (WillisShapeProposal *proposal);

G_END_DECLS
