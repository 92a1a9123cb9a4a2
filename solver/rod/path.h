/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The states of a structure as its loads grow: load steps, or an arc that passes limit points. Every change in the number of
 * unstable modes is located and told apart: limit (the load factor turns) or bifurcation (another path crosses).
 */
#include "core/base/progress.h"
#include "solver/rod/equilibrium.h"

G_BEGIN_DECLS

typedef enum
{
  WILLIS_ROD_PATH_LOAD, // equal steps of the factor; past a limit point the structure snaps to a stable state
  WILLIS_ROD_PATH_ARC,  // along the path itself, stable or not
} WillisRodPathType;

typedef struct
{
  WillisRodPathType type;
  int steps;             // load: number of steps; arc: the first step is 1 / steps of the way
  double max_factor;     // the path ends here
  int stop_after_limits; // ends after so many limit points (bifurcations do not count); 0: never
} WillisRodPathParams;

#define WILLIS_ROD_PATH_PARAMS_INIT { WILLIS_ROD_PATH_LOAD, 20, 1.0, 0 }

typedef enum
{
  WILLIS_ROD_LIMIT_NONE,
  WILLIS_ROD_LIMIT_LOAD,        // the factor has an extremum
  WILLIS_ROD_LIMIT_BIFURCATION, // the factor goes on, another path branches off
} WillisRodLimitKind;

typedef struct
{
  double factor;
  int unstable_modes;      // just beyond
  WillisRodLimitKind kind; // of limits[]
  gboolean snapped;        // a snap led from here to a state far off
  double released_energy;  // by the snap; NAN where there was none
  double energy;           // potential; NAN where the loads have none
  WillisFrame *frames;     // [n_nodes]
} WillisRodState;

typedef enum
{
  WILLIS_ROD_END_MAX_FACTOR,
  WILLIS_ROD_END_LIMITS,        // as many limits as were asked for
  WILLIS_ROD_END_LIMIT_POINT,   // no equilibrium could be found beyond a limit point
  WILLIS_ROD_END_STEPS,         // an arc that came back to no end
  WILLIS_ROD_END_NOT_CONVERGED, // Newton failed with the smallest step
  WILLIS_ROD_END_NO_START,      // no equilibrium without loads
} WillisRodEnd;

typedef struct
{
  int n_nodes;
  WillisRodEnd end;
  GPtrArray *states; // WillisRodState: load steps, or steps of the arc
  GPtrArray *limits; // WillisRodState
  WillisRodState *last;
  int newton_iterations;
} WillisRodPath;

/* Follows the path. Returns it (new), or NULL with WILLIS_ERROR_BAD_INPUT (mechanism) or cancelled. */
WillisRodPath *willis_rod_path_follow (const WillisRodModel *model, const WillisRodPathParams *params,
                                       const WillisProgress *progress, GError **error);
void willis_rod_path_free (WillisRodPath *path);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WillisRodPath, willis_rod_path_free)

/* A short word for files: "max_factor", "limits", "limit_point", "steps", "not_converged", "no_start". */
const char *willis_rod_end_name (WillisRodEnd end);

G_END_DECLS
