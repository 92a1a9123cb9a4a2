/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "solver/problem/curve.h"
#include "solver/problem/problem.h"

G_BEGIN_DECLS

/* A rod as the file describes it. */
typedef struct
{
  const char *id; // borrowed from the file
  WillisCurve *curve;
  int elements;
  double stiffness[6];
  double axis2[3];
  gboolean has_axis2, straight;
  double radius_mm; // -1: not given here
  GArray *breaks;   // double: stations where a node must lie
} RodSpec;

typedef struct
{
  WillisRodProblem *problem;
  GArray *specs; // RodSpec
  int refine;
} Reader;

/* Reads one entry of rods[]. */
gboolean _willis_problem_read_rod (Reader *reader, JsonObject *item, const char *where, GError **error);

/* Reads "lumen" (new). */
WillisLumen *_willis_problem_read_lumen (JsonObject *spec, const char *folder, GError **error);

G_END_DECLS
