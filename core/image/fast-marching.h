/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Arrival times of a front that moves with a given speed (|grad T| = 1 / speed), and the quickest way back to
 * its start.
 */
#include "core/base/progress.h"
#include "core/image/volume.h"

G_BEGIN_DECLS

/* The time of voxels that the front did not reach. */
#define WILLIS_NOT_REACHED 1e30f

typedef struct
{
  const double *starts_lps_mm; // [n_starts][3], borrowed; time 0
  gsize n_starts;
  double stop_time;          // the march ends there (INFINITY: when all is reached)
  const double *stop_lps_mm; // [n_stops][3], borrowed, or NULL: the march ends when these are reached ...
  gsize n_stops;
  gboolean stop_at_first; // ... at the first of them instead of all
} WillisMarchParams;

#define WILLIS_MARCH_PARAMS_INIT { NULL, 0, (1.0 / 0.0), NULL, 0, FALSE }

/* Marches through speed (f32, mm per unit of time; voxels <= 0 or not finite are walls). Returns the arrival
 * times as f32 on the same grid (new), WILLIS_NOT_REACHED beyond. Second order where two upwind neighbours
 * are known, first order else; straight within three voxels of a start where the speed changes little there.
 * Error for constant speed: the time the front takes for 0.15 of the largest voxel edge. Errors:
 * WILLIS_ERROR_BAD_INPUT where speed is not f32, no start is given, or all starts lie outside or in walls;
 * a grid that its border of two voxels makes too large;
 * cancelled. Method: Sethian 1996, with a queue of buckets by the bits of the time (front-queue.h) in place of a heap;
 * second order after Rickett & Fomel 1999. Time O(n), about 12 bytes a voxel of the grid and some 30 a voxel of the
 * front; slower where a very slow region opens into one more than ten thousand times as fast. Single thread: the same
 * bits always. */
WillisVolume *willis_fast_march (const WillisVolume *speed, const WillisMarchParams *params,
                                 const WillisProgress *progress, GError **error);

/* The way of steepest descent of time from from_lps_mm to the front's start: points [n][3] (new, g_free),
 * step_mm apart, sub-voxel (Runge-Kutta 4 on the interpolated upwind gradient; where the field has no slope,
 * voxel to voxel). The last point is the start (a voxel of time 0 to within half a voxel). Errors:
 * WILLIS_ERROR_FAILED where from_lps_mm was not reached ("no path", naming the point); BAD_INPUT for a step
 * that is not positive. */
double *willis_fast_march_path (const WillisVolume *time, const double from_lps_mm[3], double step_mm,
                                gsize *n, GError **error);

G_END_DECLS
