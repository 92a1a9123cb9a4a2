/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Problems with known answers, solved with the same code that plans: value, reference, error, tolerance, mesh, and the order in
 * which the error falls with the mesh where it was measured.
 */
#include "core/base/progress.h"

G_BEGIN_DECLS

typedef struct
{
  const char *problem;  // for "willis verify NAME"
  const char *room;     // rod, contact, insertion, stent
  char *quantity;
  double value, reference;
  double tolerance;     // largest |value - reference|
  char *mesh;
  double order;         // observed; NAN where not measured
  double least_order;   // it must reach; NAN
  gboolean information; // printed beside its reference, not judged: the published problem is not known in full
} WillisVerifyRow;

gboolean willis_verify_row_passed (const WillisVerifyRow *row);

/* Runs the problems whose name or room is name (NULL: all; "rod": contact and insertion too); returns WillisVerifyRow (new). WILLIS_ERROR_USAGE where there is none. */
GPtrArray *willis_verify_run (const char *name, const WillisProgress *progress, GError **error);

/* The names of all problems, NULL at the end. */
const char *const *willis_verify_names (void);

G_END_DECLS
