/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * A stack of parallel slices as scanners make them: tilted gantry, missing or irregular slices. Says which regular
 * grid stands for it, and resamples the slices onto that grid. Private to core/io.
 */
#include "core/base/progress.h"
#include "core/image/volume.h"
#include "core/io/room.h"

G_BEGIN_DECLS

typedef struct
{
  int dims[2]; // columns, rows
  int n;       // slices
  double spacing_mm[2];
  double axis_i[3], axis_j[3];  // unit, at right angles; LPS
  double thickness_mm;          // of one slice; only used where there is just one
  const double (*origin_lps_mm)[3]; // [n], centres of the first voxels, ascending along axis_i x axis_j
} WillisStack;

/* How the slices go into the grid. */
typedef struct
{
  WillisGrid grid;
  gboolean resample; // FALSE: slice k is slice k of the grid
} WillisStackPlan;

/* Finds the grid. Slices count as regular where each lies within 0.02 mm, or 2 % of the step, of its place; else they
 * are resampled, with a warning, onto the step that most of them keep. WILLIS_ERROR_BAD_INPUT where more than two
 * slices in a row are missing, or two are at one place. */
gboolean willis_stack_plan (const WillisStack *stack, WillisStackPlan *plan, GPtrArray *warnings, GError **error);

/* Resamples slices (the slices as if regular: dims of the stack) onto plan->grid: linear between slices, cubic
 * (Catmull-Rom) where slices shift within their plane; outside where no slice reaches. Slices at a place of the
 * grid are copied exactly. */
WillisVolume *willis_stack_resample (const WillisStack *stack, const WillisStackPlan *plan, const WillisVolume *slices,
                                     double outside, const WillisRoom *room, const WillisProgress *progress, GError **error);

G_END_DECLS
