/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Whether the head moved while a CT was taken: slices beyond some place lie beside those before it.
 */
#include "core/image/volume.h"

G_BEGIN_DECLS

typedef struct
{
  double jump_mm; // by which, at least (large ones come out too small), the slices from here on are displaced in their plane, a turn counted at 60 mm from the middle
  int slice;      // the first displaced one, along the grid's third axis
} WillisMotion;

/* Looks for the largest jump from slice to slice (third axis of the grid): the shift, in wide fields also the turn, in
 * the plane that best explains how edges of bone, skin and air change there beyond the course that each of them takes
 * before and after (least squares as in Lucas and Kanade 1981, what no shift explains weighed down). FALSE where none
 * stands out, or the scan shows too little to tell. A slow drift, a movement across the slices, and one that is spread
 * over some millimetres are not seen. */
gboolean willis_motion_find (WillisVolume *volume, WillisMotion *out);

G_END_DECLS
