/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "solver/shaping/design.h"

G_BEGIN_DECLS

#define WILLIS_DESIGN_VARIABLES 10
#define WILLIS_DESIGN_AIM_MM 0.25 // residuals are in units of these while the direction is sought
#define WILLIS_DESIGN_AIM_ANGLE (5.0 * G_PI / 180.0)

/* One climb: feed; for each bend its place and the two components of its angle; for a bought tip its roll. */
typedef struct
{
  const WillisShapingSite *site;
  const WillisCatheter *catheter;
  const WillisDesignParams *params;
  WillisSeatParams seat; // of the seatings now
  WillisShape base;
  double tip_mm, tip_angle;              // units of the residuals
  gboolean balanced; // these follow what is missed by more, distance or direction
  int n;                                 // variables
  double scale[WILLIS_DESIGN_VARIABLES]; // of a variable
  double start[WILLIS_DESIGN_VARIABLES];
  GCancellable *cancellable; // NULL, or looked at between rounds
  int seatings;
} WillisDesignSearch;

/* How far a seat is from what was wanted, one number. */
double _willis_design_miss (const WillisSeat *seat);

/* Levenberg-Marquardt from the base shape, with weight on the direction: *best is the shape, *seat where it comes to
 * rest. */
void _willis_design_climb (WillisDesignSearch *search, int rounds, WillisShape *best, WillisSeat *seat);

/* From the base shape, which seats quickly at quick, with short elements. */
void _willis_design_polish (WillisDesignSearch *search, const WillisSeat *quick, WillisShape *best, WillisSeat *seat);

/* First quick seatings, then polished. */
void _willis_design_improve (WillisDesignSearch *search, int rounds, WillisShape *best, WillisSeat *seat);

/* Start number i for a mandrel of n bends: the first as the path bends; of the others one half is scattered about it,
 * one half anywhere (Halton 1960: the same everywhere). */
void _willis_design_start (const WillisShapingSite *site, const WillisCatheter *catheter,
                           const WillisDesignParams *params, int n, int i, WillisShape *out);

/* Number i of the mandrels of n bends that have nothing to do with the path (Halton). */
void _willis_design_anywhere (const WillisDesignParams *params, int n, int i, WillisShape *out);

/* A shape with one gentle bend more behind. */
void _willis_design_bend_more (const WillisShape *from, WillisShape *out);

G_END_DECLS
