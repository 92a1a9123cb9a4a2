/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Static equilibrium of a structure of rods: residual, consistent tangent, Newton steps, stability. The workspace is not
 * thread-safe; one per thread.
 */
#include <gio/gio.h>

#include "core/num/band.h"
#include "solver/rod/model.h"

G_BEGIN_DECLS

typedef struct
{
  const WillisRodModel *model;
  WillisBand tangent;       // factored after willis_rod_newton and willis_rod_factor
  double (*stress)[6];      // [n_elements] stress that the geometric part of the tangent uses
  double (*map)[6][12];     // [n_elements] strain map of the last assembly
  double (*own)[6];         // [n_elements] stress of the last assembly
  double (*node_gradient)[6]; // [n_nodes] forces on all nodes, supports included: internal minus applied
  double *residual, *load;  // [n_dof] internal minus applied; applied at factor 1
  double *step, *aside;     // [n_dof]
  double *shift;            // [n_dof] small stiffness that stands for what nothing holds, or zeros
  gboolean neutral;         // a motion that nothing holds and no load drives: steps leave it out
  double *count_shift;      // [n_dof] more of it while unstable modes are counted, so that neutral ones are not
  double *work;             // [n_dof * (bandwidth + 1)]
  double *weight;           // [n_dof] of the norm of increments: 1 / length^2 or 1
  double energy;            // of the last assembly, without the work of the loads
  double asymmetry;         // of the last assembly: largest |K - K^T| over largest |K|
  double softest;           // non-conservative: smallest |eigenvalue| of the last count, else 0
  gboolean conservative;    // the tangent is symmetric: no follower loads, no moments on nodes that can turn about two axes
  gboolean potential;       // the loads have a potential that willis_rod_potential knows
  GCancellable *cancellable; // borrowed, may be NULL: iterations end without success once it is cancelled
  glong spent;              // iterations so far
  const WillisFrame *anchor; // proximal term: pulls towards these frames; NULL: none
  double pull;              // its stiffness over stiffness_scale / length_scale
} WillisRodSolver;

typedef enum
{
  WILLIS_ROD_CONVERGED,
  WILLIS_ROD_DIVERGED,   // no convergence within the iterations allowed
  WILLIS_ROD_NOT_FINITE, // numbers overflowed
} WillisRodOutcome;

/* A plane that the increments since the step began must end in: sum weight direction dq + factor_weight dfactor = length. */
typedef struct
{
  const double *direction; // [n_dof]
  double factor_weight;
  double length;
} WillisRodArc;

WillisRodSolver *willis_rod_solver_new (const WillisRodModel *model);
void willis_rod_solver_free (WillisRodSolver *solver);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WillisRodSolver, willis_rod_solver_free)

/* Residual, load vector and (tangent: TRUE) the tangent at these frames and this load factor. own_stress: the geometric part
 * uses the elements' own stress rather than solver->stress. */
void willis_rod_assemble (WillisRodSolver *solver, const WillisFrame *frames, double factor, gboolean tangent,
                          gboolean own_stress);

/* Assembles with own stress and factors; returns the sign of the determinant: 1 where it is negative. */
int willis_rod_factor (WillisRodSolver *solver, const WillisFrame *frames, double factor);

/* After willis_rod_unstable_modes: the motion per unit of load factor [n_dof]. */
void willis_rod_response (WillisRodSolver *solver, double *response);

/* Newton from frames (changed in place). arc NULL: at fixed *factor, otherwise on the arc, changing *factor.
 * total [n_dof] (may be NULL): sum of increments, added to. iterations: how many were needed. On failure the frames are
 * left where the iteration stopped. */
WillisRodOutcome willis_rod_newton (WillisRodSolver *solver, WillisFrame *frames, double *factor, const WillisRodArc *arc,
                                    double *total, int *iterations);

/* Newton, then the fields' updates, until both rest. */
WillisRodOutcome willis_rod_settle (WillisRodSolver *solver, WillisFrame *frames, double *factor, const WillisRodArc *arc,
                                    double *total, int *iterations);

/* A stable equilibrium at this factor that is reached downhill from frames: implicit gradient flow with growing steps. Where
 * the loads have no potential the steps follow the forces instead. FALSE where none was found. */
gboolean willis_rod_descend (WillisRodSolver *solver, WillisFrame *frames, double factor);

/* The increments [n_dof] that lead from some frames to others. */
void willis_rod_increments (const WillisRodSolver *solver, const WillisFrame *from, const WillisFrame *to, double *increments);

/* The same by Newton steps with a shifted tangent and a line search on the potential, which walls that come and go do not stop, and
 * the fields' updates between. FALSE where the loads have no potential or it does not converge. */
gboolean willis_rod_downhill (WillisRodSolver *solver, WillisFrame *frames, double factor);

/* How many independent motions lower the energy (conservative: negative pivots of the tangent; otherwise negative real
 * eigenvalues, without flutter). Assembles anew. */
int willis_rod_unstable_modes (WillisRodSolver *solver, const WillisFrame *frames, double factor);

/* The motion with the smallest |stiffness| into mode [n_dof] (unit norm in the solver's weights); returns its stiffness. */
double willis_rod_softest_mode (WillisRodSolver *solver, const WillisFrame *frames, double factor, double *mode);

/* Energy of deformation and fields minus the work of the dead forces; NAN where the loads have no potential. */
double willis_rod_potential (WillisRodSolver *solver, const WillisFrame *frames, double factor);

/* Looks for motions that nothing holds at the given configuration; steadies those that do no work. Fails with
 * WILLIS_ERROR_BAD_INPUT where a load would drive one. */
gboolean willis_rod_find_mechanisms (WillisRodSolver *solver, const WillisFrame *frames, GError **error);

G_END_DECLS
