/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Contact of a structure of rods with the wall of a lumen, with Coulomb friction. It is felt at the nodes and at the middle
 * of every element (weights of Simpson's rule). The wall is rigid (augmented Lagrangian: Simo & Laursen 1992) or a soft
 * foundation. Friction remembers: it sticks by a stiff spring to where a point stood when the last state was accepted,
 * and slides where the spring would exceed mu times the normal force (return mapping).
 */
#include "solver/contact/lumen.h"
#include "solver/rod/model.h"

G_BEGIN_DECLS

typedef struct
{
  double radius_mm;       // of the rods
  double friction;        // Coulomb's mu
  double stiffness;       // of the wall per length and depth (force / mm2); 0: rigid
  double skin_mm;         // soft wall: the depth over which its resistance sets in
  gboolean coupled;       // friction follows the normal force within Newton (unsymmetric tangent), not from round to round
} WillisContactParams;

#define WILLIS_CONTACT_PARAMS_INIT { 0.25, 0.0, 0.0, 0.03, FALSE }

/* A point of contact. Forces are per length of rod. */
typedef struct
{
  int element;        // -1: at node a
  int a, b;           // nodes
  double weight;      // mm
  double stiffness;   // of the rigid wall's penalty
  double radius_mm;
} WillisContactPoint;

/* What a point remembers. */
typedef struct
{
  double multiplier; // normal force that the penalty adds to
  double bound;      // normal force that limits friction
  double anchor[3];  // where it was when last accepted
  double held[3];    // friction then
  double normal[3];  // of the wall, at the last update: friction lies across it (not coupled)
  double drift[3];   // motion of the rod's own material past the point since then (coaxial tools)
  double seen[3];    // where the lumen was sampled last,
  double room_mm;    // and how far the wall was from there; 0: not known
} WillisContactMemory;

typedef struct
{
  const WillisRodModel *model;
  WillisLumen *lumen;
  WillisContactParams params;
  WillisContactPoint *points; // [n_points]
  WillisContactMemory *memory;
  int n_points;
  double tolerance_mm;        // penetration that a rigid wall may leave
  double worst_mm;            // penetration after the last update
} WillisContact;

/* lumen is kept. The model's elements must all be there. */
WillisContact *willis_contact_new (const WillisRodModel *model, WillisLumen *lumen, const WillisContactParams *params);
void willis_contact_free (WillisContact *contact);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WillisContact, willis_contact_free)

/* The field to give to willis_rod_model_add_field; contact must outlive it. */
WillisRodField willis_contact_field (WillisContact *contact);

/* Position of contact point p. */
void willis_contact_place (const WillisContact *contact, int p, const WillisFrame *frames, double x[3]);

/* Gap (negative: penetration), normal force and friction (vector) at point p, the forces times its weight. */
double willis_contact_forces (const WillisContact *contact, int p, const WillisFrame *frames, double *normal,
                              double friction[3]);

G_END_DECLS
