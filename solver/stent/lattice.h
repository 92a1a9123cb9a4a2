/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * A tube of rods in rings of nodes: the crossings of a braid or the joints of a laser-cut stent, in a lumen. Every rod is a
 * geometrically exact beam (solver/rod); rods join nodes of one ring or of neighbouring rings, so Newton's equations are
 * block-tridiagonal. A hinged node carries one more unknown: the two rods that cross there turn about its normal (axis 1 of its frame)
 * by +angle and -angle, as crossing wires do; without hinges that angle is fixed, as in the crowns of a laser-cut stent. Units: mm, N, MPa.
 */
#include "core/base/progress.h"
#include "solver/contact/lumen.h"
#include "solver/rod/element.h"

G_BEGIN_DECLS

typedef struct
{
  WillisRodElement rod; // node [2]: ring * around + place
  double side;          // -1 or +1: which of the two rods of a hinged node; 0: the node's own frame
} WillisLatticeRod;

typedef struct
{
  int n_rings, around;
  gboolean hinged;
  WillisFrame *frames;   // [n_rings * around]
  double *angle;         // [n_rings * around] rad; unknown where hinged, else as it is given
  double (*load)[3];     // [n_rings * around] dead forces
  double *multiplier;    // [n_rings * around] the wall's force on a node beyond that of the penalty
  double *wall;          // [n_rings * around] after willis_lattice_settle: the wall's force, N
  GArray *rods;          // of WillisLatticeRod
  WillisLumen *lumen;    // NULL: none
  double clearance_mm;   // nodes stay so far from the wall
  double wall_n_mm;      // stiffness of the wall, a node
  gboolean elastic_wall; // it gives; else that stiffness is but a means and multipliers make it rigid
  double hold_n_mm;      // soft hold of ring 0 along hold_axis, a node: nothing else keeps a tube in its place along a lumen
  double hold_axis[3];
  double *hold_at;       // [around]
  double soft;           // rods' axial stiffness is divided by this while the tube comes near its rest; 1: never
  int steps;             // Newton steps taken
} WillisLattice;

WillisLattice *willis_lattice_new (int n_rings, int around, gboolean hinged);
void willis_lattice_free (WillisLattice *lattice);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WillisLattice, willis_lattice_free)

/* A rod between two nodes; the shear stiffness is made softer by what bending along it leaves out (as solver/rod does). */
void willis_lattice_add_rod (WillisLattice *lattice, int a, int b, double side, double length, const double rest[6],
                             const double stiffness[6]);

/* Holds ring 0 where it is, along axis. */
void willis_lattice_hold (WillisLattice *lattice, const double axis[3], double stiffness_n_mm);

/* Newton with a shifted tangent and a line search on the energy until steps are below tolerance_mm; then the wall's multipliers, and
 * again. Errors: cancelled; WILLIS_ERROR_FAILED where it does not come to rest. */
gboolean willis_lattice_settle (WillisLattice *lattice, double tolerance_mm, int max_steps, const WillisProgress *progress,
                                GError **error);

/* Energy, and the gradient [n_rings * around][7] where not NULL; for tests. */
double willis_lattice_energy (const WillisLattice *lattice, double (*gradient)[7]);

G_END_DECLS
