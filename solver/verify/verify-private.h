/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "solver/problem/problem.h"
#include "solver/verify/verify.h"

G_BEGIN_DECLS

typedef struct
{
  GPtrArray *rows;
  const char *problem, *room;
} Verify;

/* Adds a row; returns it, so that an order can be set. */
WillisVerifyRow *_willis_verify_add (Verify *v, const char *quantity, double value, double reference, double tolerance,
                                     const char *mesh);

typedef struct
{
  WillisRodProblem *problem;
  WillisRodPath *path;
} Solved;

/* Solves the problem in the JSON text made by format. Ends the program on a text that cannot be read. */
Solved _willis_verify_solve (const char *format, ...) G_GNUC_PRINTF (1, 2);
void _willis_verify_clear (Solved *s);

/* Position of the last node of the last rod at the last state. */
const double *_willis_verify_end (const Solved *s);

/* Observed order from errors at three meshes, each twice as fine. */
double _willis_verify_order (const double errors[3]);

typedef void (*VerifyFunc) (Verify *v);

void _willis_verify_elastica (Verify *v);
void _willis_verify_column (Verify *v);
void _willis_verify_rollup (Verify *v);
void _willis_verify_bend45 (Verify *v);
void _willis_verify_lee (Verify *v);
void _willis_verify_arch (Verify *v);
void _willis_verify_helix (Verify *v);
void _willis_verify_princeton (Verify *v);
void _willis_verify_stability (Verify *v);
void _willis_verify_ring (Verify *v);
void _willis_verify_frame (Verify *v);
void _willis_verify_weight (Verify *v);
void _willis_verify_snap (Verify *v);
void _willis_verify_buckling (Verify *v);
void _willis_verify_frames (Verify *v);
void _willis_verify_capstan (Verify *v);
void _willis_verify_tube (Verify *v);
void _willis_verify_torus (Verify *v);
void _willis_verify_stick (Verify *v);
void _willis_verify_helical (Verify *v);
void _willis_verify_bend (Verify *v);
void _willis_verify_fit (Verify *v);
void _willis_verify_scurve (Verify *v);
void _willis_verify_gates (Verify *v);
void _willis_verify_insertion (Verify *v);
void _willis_verify_push (Verify *v);
void _willis_verify_braid (Verify *v);
void _willis_verify_lumen (Verify *v);
void _willis_verify_bent (Verify *v);
void _willis_verify_relax (Verify *v);
void _willis_verify_ladder (Verify *v);
void _willis_verify_wires (Verify *v);

G_END_DECLS
