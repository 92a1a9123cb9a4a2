/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "solver/rod/path.h"

G_BEGIN_DECLS

/* A point of the path with its tangent. */
typedef struct
{
  WillisFrame *frames;
  double factor;
  int unstable;
  double *tangent;       // [n_dof] motion per unit of arc, pointing onwards
  double tangent_factor; // change of the factor per unit of arc
  double *came;          // [n_dof] increments of the step that led here
  double came_factor;
  double softest; // smallest |eigenvalue| where the loads have no potential
  double stray;   // of the load step that led here: how far off its tangent, over its size
  guint8 *memory; // of the fields
} WillisRodSpot;

typedef struct
{
  WillisRodSolver *solver;
  const WillisRodModel *model;
  const WillisRodPathParams *params;
  WillisRodPath *path;
  double first_factor;  // of the first step
  double factor_weight; // of the factor in the arc's length
  gsize memory_size;
  gboolean loose;  // until the wall takes it: a load drives what nothing holds
  glong most_work; // iterations of the solver after which the path ends where it is
} WillisRodWalk;

WillisRodSpot *_willis_rod_spot_new (const WillisRodWalk *walk);
void _willis_rod_spot_free (WillisRodSpot *spot);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WillisRodSpot, _willis_rod_spot_free)
void _willis_rod_spot_copy (const WillisRodWalk *walk, WillisRodSpot *to, const WillisRodSpot *from);

/* Fields remember things; the spot keeps a copy. */
void _willis_rod_spot_save (const WillisRodWalk *walk, WillisRodSpot *spot);
void _willis_rod_spot_restore (const WillisRodWalk *walk, const WillisRodSpot *spot);

/* Neither cancelled nor out of iterations. */
gboolean _willis_rod_walk_may_go_on (const WillisRodWalk *walk);

/* In the solver's weights: inner product; largest entry of a - scale b (b may be NULL), in lengths of the structure or
 * radians. */
double _willis_rod_walk_dot (const WillisRodWalk *walk, const double *a, const double *b);
double _willis_rod_walk_largest (const WillisRodWalk *walk, const double *a, const double *b, double scale);

G_END_DECLS
