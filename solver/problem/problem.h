/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Rod problem files (JSON; millimetres, newtons, degrees): reading, running, writing the result.
 */
#include <json-glib/json-glib.h>

#include "solver/contact/contact.h"
#include "solver/rod/path.h"

G_BEGIN_DECLS

typedef struct
{
  char *id;
  int n_nodes;
  int *nodes;       // [n_nodes] in the model, from start to end
  double *stations; // [n_nodes] mm from the start
  int first_element; // of its n_nodes - 1
  double stiffness[6];
  double radius_mm;
} WillisProblemRod;

typedef struct
{
  int rod, node;
  guint mask;     // of the increments that it holds: 1, 2, 4: x, y, z; 8, 16, 32: rotations about them
  double station; // mm from the rod's start
} WillisProblemSupport;

typedef struct
{
  WillisRodModel *model;
  WillisRodPathParams params;
  GPtrArray *rods;         // WillisProblemRod
  GArray *monitor;         // int nodes
  GArray *supports;        // WillisProblemSupport
  WillisContact *contact;  // NULL without lumen
} WillisRodProblem;

/* Makes the problem that object (a parsed file) describes; folder is where its files lie. refine divides every element;
 * plain_shear: as in WillisRodModel. Fails
 * with WILLIS_ERROR_BAD_INPUT and a sentence that names the key. */
WillisRodProblem *willis_rod_problem_new (JsonObject *object, const char *folder, int refine, gboolean plain_shear,
                                          GError **error);
void willis_rod_problem_free (WillisRodProblem *problem);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WillisRodProblem, willis_rod_problem_free)

/* Largest turn over one element in these frames, radians. */
double willis_rod_problem_turn (const WillisRodProblem *problem, const WillisFrame *frames);

/* Largest tension of an element over 12 EI / length^2 in these frames. */
double willis_rod_problem_tension (const WillisRodProblem *problem, const WillisFrame *frames);

/* Reads and runs a file; refines the elements where one of them turns by more than it may. *path_out (new). */
WillisRodProblem *willis_rod_problem_run (const char *path, const WillisProgress *progress, WillisRodPath **path_out,
                                          GError **error);

/* The same for a file's content; folder is where the files that it names lie. */
WillisRodProblem *willis_rod_problem_run_object (JsonObject *object, const char *folder, const WillisProgress *progress,
                                                 WillisRodPath **path_out, GError **error);

/* Force (N) and moment (N mm, about the supported place) that support number i puts on the rods at the path's last state. */
void willis_rod_problem_reaction (const WillisRodProblem *problem, const WillisRodPath *path, guint i, double force[3],
                                  double moment[3]);

/* The result as members of the object that builder has open; the README of this room lists them. */
void willis_rod_problem_write (const WillisRodProblem *problem, const WillisRodPath *path, JsonBuilder *builder);

G_END_DECLS
