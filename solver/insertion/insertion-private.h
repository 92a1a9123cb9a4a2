/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "solver/insertion/insertion.h"

G_BEGIN_DECLS

/* Two nodes of the rod that press on each other: stiffness k along the direction from j to i. */
typedef struct
{
  int i, j;
  double k, along[3];
} WillisSelfPair;

/* Where a solve ended. */
typedef struct
{
  int n_nodes;
  double depth;
  WillisFrame *frames;         // [n_nodes]
  WillisContactMemory *memory; // [2 n_nodes - 1]: bounds and normals
} WillisTrailStage;

struct _WillisTrail
{
  GArray *stages; // WillisTrailStage
};

struct _WillisInsertion
{
  WillisInsertionParams params;
  WillisFrame mouth;
  WillisTool tools[WILLIS_TOOLS];
  gboolean present[WILLIS_TOOLS];
  double depth[WILLIS_TOOLS]; // mm out of the mouth
  double roll[WILLIS_TOOLS];  // rad
  int lead;                   // the tool whose tip is farthest; its material carries the nodes
  int room;
  double *from_tip;           // [n_nodes] of the leading tool, falling to 0
  WillisFrame *frames;        // [n_nodes]
  WillisFrame *trial;
  WillisRodModel model;       // n_nodes, n_elements, elements: as the contact wants them
  WillisContact contact;
  WillisBlockTri tangent;     // of nodes 1 .. n_nodes - 1
  double (*gradient)[6];
  double *step;               // [6 n_nodes]
  double *krylov;             // [24 n_nodes]
  GArray *pairs;              // WillisSelfPair: of the last assembly
  double energy;              // of deformation and wall, last solve
  double tip_force[3];        // dead force on the leading tip, uN
  double wall_scale;          // grows where the default wall gives way too far
  double unit_turn;           // bending stiffness over an element, for the shift of the tangent
  GArray *records, *snaps;
  WillisTrail *keep;
  const WillisTrail *follow;
  guint stage; // of follow, next
};

/* Section of the chain between two distances from the leading tip (far > near): stiffness and rest strain, mixed over the
 * tools there; radius of the outermost. */
void _willis_insertion_section (const WillisInsertion *insertion, double far, double near, double stiffness[6], double rest[6],
                                double *radius_mm);

/* Sets the elements and contact points from from_tip, depth and roll. */
void _willis_insertion_rebuild (WillisInsertion *insertion);

/* Room for n nodes; forgets what contact point p remembers; writes a record of the state. */
void _willis_insertion_room (WillisInsertion *insertion, int n);
void _willis_insertion_forget (WillisInsertion *insertion, int p);
void _willis_insertion_record (WillisInsertion *insertion, int newton);

/* Moves every node of the chain, depth long, along the chain itself by push: the guess for the next state. */
void _willis_insertion_slide (WillisInsertion *insertion, double push, double depth);

/* Starts from the next stage of the trail that is followed; FALSE where there is none that fits. */
gboolean _willis_trail_start (WillisInsertion *insertion);
void _willis_trail_keep (WillisInsertion *insertion);

/* Minimises the incremental energy from frames; FALSE where it does not converge. *iterations is added to. */
gboolean _willis_insertion_solve (WillisInsertion *insertion, int *iterations);

G_END_DECLS
