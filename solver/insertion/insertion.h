/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Tools pushed, turned and drawn back through a lumen from the mouth of a guiding catheter, as a quasi-static march. Each step
 * minimises the energy of bending, wall and friction from where the last one stood, so the state depends on the way, as
 * it does in a patient. A step in which energy is set free is a snap, and is recorded. Millimetres and micronewtons.
 *
 * The rod is one chain of elements from the mouth to the farthest tip. Its nodes belong to the leading tool; where tools run
 * inside each other their stiffnesses add and their natural curvatures are weighted by them (same centreline, free axial
 * slip, each tool's roll that of its own hub). Not thread-safe; one march per thread.
 */
#include "core/base/progress.h"
#include "core/num/blocktri.h"
#include "solver/contact/contact.h"

G_BEGIN_DECLS

/* A piece of a tool, counted from the tip. */
typedef struct
{
  double to_mm;        // distance from the tip where the piece ends; the last one goes on for ever
  double stiffness[6]; // EA, GA2, GA3 (uN), GJ, EI2, EI3 (uN mm2)
  double rest[3];      // natural twist and curvature about the second and third axis, 1/mm, along the way from hub to tip
} WillisToolPiece;

#define WILLIS_TOOL_PIECES 24
#define WILLIS_TOOLS 3

typedef struct
{
  int n_pieces;
  WillisToolPiece pieces[WILLIS_TOOL_PIECES];
  double radius_mm; // outer
} WillisTool;

typedef struct
{
  double element_mm;      // length of the elements
  double step_mm;         // longest push of one step
  double turn_rad;        // largest turn of one step
  double friction;        // Coulomb's mu
  double wall_stiffness;  // uN / mm2; 0: so stiff that the elements themselves give way as easily
  double most_push_un;    // the march stops where the hub would need more; 0: no limit
  gboolean self_contact;
  gboolean rough; // solves end early (about 0.001 mm off), friction's bounds follow two times only: for searching
} WillisInsertionParams;

#define WILLIS_INSERTION_PARAMS_INIT { 0.4, 0.5, 0.2, 0.05, 0.0, 0.0, TRUE, FALSE }

typedef enum
{
  WILLIS_INSERTION_DONE,
  WILLIS_INSERTION_CANCELLED,
  WILLIS_INSERTION_PUSH_LIMIT,    // the hub would need more force than allowed
  WILLIS_INSERTION_NOT_CONVERGED, // the smallest step has no equilibrium that could be found
} WillisInsertionEnd;

/* Energy set free in one step. */
typedef struct
{
  int tool;                // that was moved
  double depth_mm;         // its insertion then
  double turn_rad;         // and roll
  double released_un_mm;   // energy
  double tip_from_mm[3], tip_to_mm[3];
} WillisSnap;

typedef struct
{
  double depth_mm;   // of the leading tool
  double push_un;    // force at the hub along the guide, positive when pushing
  double torque;     // moment at the hub about the guide, uN mm
  double tip_mm[3];
  double wall_un;    // sum of the normal forces
  double most_un;    // largest normal force of one contact point
  double energy;     // of deformation, uN mm
  double penetration_mm;
  int newton;        // iterations
} WillisInsertionRecord;

typedef struct _WillisInsertion WillisInsertion;

/* mouth: its first axis points out of the guide into the vessel. lumen is kept. */
WillisInsertion *willis_insertion_new (WillisLumen *lumen, const WillisFrame *mouth, const WillisInsertionParams *params);
void willis_insertion_free (WillisInsertion *insertion);

/* A march that stands where this one does (new; the lumen is shared): it goes on to the same bits, and neither knows of the other. */
WillisInsertion *willis_insertion_copy (const WillisInsertion *insertion);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WillisInsertion, willis_insertion_free)

/* Puts a tool (copied) into the guide, its tip depth_mm out of the mouth (the first: straight ahead of it, at least one
 * element; later ones: inside or level with the first). Returns its number, or -1 with WILLIS_ERROR_BAD_INPUT. */
int willis_insertion_add_tool (WillisInsertion *insertion, const WillisTool *tool, double depth_mm, GError **error);

/* Lays the first tool along a line [n][3] from the mouth, as if a wire had led it there: frames turn with the line without
 * twist from the mouth's. Nothing is solved yet: call willis_insertion_settle. Returns 0, or -1 with
 * WILLIS_ERROR_BAD_INPUT. */
int willis_insertion_place (WillisInsertion *insertion, const WillisTool *tool, const double *points_mm, gsize n,
                            GError **error);

/* Changes in place: a tool (another shape or stiffness), friction, the lumen (kept), a dead force on the leading tip (uN).
 * They take effect with the next step or with settle, which finds the equilibrium from the present state, remembers its
 * friction and records it. */
void willis_insertion_set_tool (WillisInsertion *insertion, int tool, const WillisTool *to);
void willis_insertion_set_friction (WillisInsertion *insertion, double friction);
void willis_insertion_set_lumen (WillisInsertion *insertion, WillisLumen *lumen);
void willis_insertion_set_tip_force (WillisInsertion *insertion, const double force_un[3]);
gboolean willis_insertion_settle (WillisInsertion *insertion, GError **error);

/* The states that the solves of a march ended at, one after the other. A march much like it that follows them starts
 * each of its own solves there, and needs a third of the iterations; it falls back to its own where they do not lead to
 * an equilibrium or do not fit. */
typedef struct _WillisTrail WillisTrail;
WillisTrail *willis_trail_new (void);
void willis_trail_free (WillisTrail *trail);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WillisTrail, willis_trail_free)

/* From now on: what the march leaves behind is added to keep, and it follows follow (both borrowed, may be NULL). */
void willis_insertion_set_trail (WillisInsertion *insertion, WillisTrail *keep, const WillisTrail *follow);

/* Takes a tool out of the guide at once: allowed where its tip is back at the mouth or another tool leads. */
gboolean willis_insertion_remove_tool (WillisInsertion *insertion, int tool, GError **error);

/* Pushes (negative: draws back) and turns a tool, both evenly over the way. Returns how it ended; G_IO_ERROR_CANCELLED is set
 * for a cancelled march. The state stays that of the last good step. */
WillisInsertionEnd willis_insertion_move (WillisInsertion *insertion, int tool, double push_mm, double turn_rad,
                                          const WillisProgress *progress, GError **error);

/* A sentence that says why a march ended, in the user's language. */
const char *willis_insertion_end_text (WillisInsertionEnd end);

/* The chain now: frames [n_nodes] from the mouth to the tip, distances from the leading tip (borrowed). */
int willis_insertion_n_nodes (const WillisInsertion *insertion);
const WillisFrame *willis_insertion_frames (const WillisInsertion *insertion);
const double *willis_insertion_from_tip (const WillisInsertion *insertion);
double willis_insertion_depth (const WillisInsertion *insertion, int tool);

/* Steps made and snaps met so far (borrowed): WillisInsertionRecord, WillisSnap. */
const GArray *willis_insertion_records (const WillisInsertion *insertion);
const GArray *willis_insertion_snaps (const WillisInsertion *insertion);

/* Forces of the wall on the chain: for contact point i of *n: place, normal force, friction. */
int willis_insertion_n_contacts (const WillisInsertion *insertion);
double willis_insertion_contact (const WillisInsertion *insertion, int i, double place_mm[3], double *normal_un,
                                 double friction_un[3]);

G_END_DECLS
