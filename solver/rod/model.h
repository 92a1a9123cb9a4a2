/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * A structure of rods: frames (nodes), elements between them, ties, supports and loads. Units are any coherent set; Willis
 * uses mm and N at the command line, mm and uN inside. Build it with the functions below, then call
 * willis_rod_model_finish once; after that it is only read.
 */
#include "solver/rod/element.h"

G_BEGIN_DECLS

/* A load at a node at factor 1. follower: force and moment turn with the section; otherwise both keep their world axes. */
typedef struct
{
  int node;
  double force[3];
  double moment[3];
  gboolean follower;
} WillisRodLoad;

/* Adds the 6 x 6 block (row-major) that couples the increments of nodes a and b. */
typedef void (*WillisRodAddBlock) (gpointer user, int a, int b, const double block[36]);

/* Something else that acts on the nodes, such as contact. All functions get its context. */
typedef struct
{
  gpointer context;
  /* Returns the energy at these frames; where gradient [n_nodes][6] is not NULL adds to it, where add is not NULL hands it
   * the blocks of the tangent. Blocks may couple a node with itself and with its neighbour in an element only. */
  double (*eval) (gpointer context, const WillisFrame *frames, double (*gradient)[6], WillisRodAddBlock add, gpointer user);
  /* After equilibrium: renews what was held fixed (multipliers, friction bounds); returns TRUE where it has to be solved
   * again. May be NULL. */
  gboolean (*update) (gpointer context, const WillisFrame *frames, int round);
  /* The state is accepted: remembers it (friction anchors). May be NULL. */
  void (*accept) (gpointer context, const WillisFrame *frames);
  /* It has no potential (friction that follows the normal force). */
  gboolean dissipative;
  /* Its memory, as bytes, so that a step can be taken back. size_memory may be 0. */
  gsize size_memory;
  gpointer memory;
} WillisRodField;

typedef struct
{
  int n_nodes, n_elements, n_loads, n_fields, n_dof, bandwidth;
  WillisFrame *start;          // [n_nodes] given configuration
  WillisRodElement *elements;  // [n_elements]
  WillisRodLoad *loads;        // [n_loads]
  double (*spread)[3];         // [n_elements] dead force per length at factor 1, or NULL
  WillisRodField fields[4];    // [n_fields]
  int (*dof)[6];               // [n_nodes] equation of each increment, -1 where it is held
  gboolean plain_shear;        // elements added while set keep their shear stiffness as it is (see add_element)
  double length_scale;         // size of the structure, mm
  double stiffness_scale;      // largest bending or twisting stiffness of an element
  /* while it is built */
  int *tie_place, *tie_turn;   // [n_nodes] node whose translation / rotation this one shares
  guint8 *held;                // [n_nodes] bit i: increment i held
  int room_nodes, room_elements, room_loads;
} WillisRodModel;

WillisRodModel *willis_rod_model_new (void);
void willis_rod_model_free (WillisRodModel *model);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WillisRodModel, willis_rod_model_free)

/* Each returns the index of what it adds. An element's curvature is constant, so the part of bending that varies along it is
 * missing; it is given back as shear compliance length^2 / (12 EI) (residual bending flexibility: MacNeal 1978, Comput
 * Struct 8:175), which makes straight elements exact for end loads and plane problems converge with the fourth power of the
 * length. Not for elements whose tension exceeds a fifth of 12 EI / length^2: set plain_shear for cables. */
int willis_rod_model_add_node (WillisRodModel *model, const WillisFrame *frame);
int willis_rod_model_add_element (WillisRodModel *model, int a, int b, double length, const double rest[6],
                                  const double stiffness[6]);
int willis_rod_model_add_load (WillisRodModel *model, int node, const double force[3], const double moment[3],
                               gboolean follower);

/* Adds a dead force per length of rod to an element. */
void willis_rod_model_add_spread (WillisRodModel *model, int element, const double force[3]);

/* Adds an element between two nodes that is free of stress in the given configuration (straight: that has no natural
 * curvature, its length being that of the curve). */
int willis_rod_model_add_element_as_given (WillisRodModel *model, int a, int b, const double stiffness[6],
                                           gboolean straight);

/* Holds the increments named by the bits of mask (1: x, 2: y, 4: z, 8, 16, 32: rotations about x, y, z). A rotation held
 * alone is held against a moment about that fixed axis. */
void willis_rod_model_hold (WillisRodModel *model, int node, guint mask);

/* Node b moves with node a; rigid: it also turns with it (a hinge otherwise). */
void willis_rod_model_tie (WillisRodModel *model, int a, int b, gboolean rigid);

void willis_rod_model_add_field (WillisRodModel *model, const WillisRodField *field);

/* Numbers the equations (reverse Cuthill-McKee 1969). Fails with WILLIS_ERROR_BAD_INPUT where nothing can move. */
gboolean willis_rod_model_finish (WillisRodModel *model, GError **error);

G_END_DECLS
