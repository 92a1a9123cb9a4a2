/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The parts of the registration. Used only inside this room.
 */
#include "core/base/progress.h"
#include "core/followup/register.h"
#include "core/image/volume.h"

G_BEGIN_DECLS

/* ---- level.c: a scan thinned to coarser voxels, as float within a window of values ---- */

typedef struct
{
  WillisGrid grid;
  float *v; // [k][j][i]
} WillisLevel;

/* Mean of the values, clamped to [lo, hi] first, over blocks of about target_mm (at least one voxel). */
gboolean willis_level_init (WillisLevel *level, const WillisVolume *volume, double target_mm, double lo, double hi,
                            GError **error);
void willis_level_clear (WillisLevel *level);

/* A u8 volume on about target_mm voxels (new): 1 where a block has a voxel with the label. */
WillisVolume *willis_level_labels (const WillisVolume *labels, guint8 label, double target_mm, GError **error);

/* Places of a level with strong gradients, parted in blocks of space. Coordinates relative to centre. */
typedef struct
{
  double centre[3];
  gsize n;
  float *x[3], *f,
      *g[3]; // [n] place, value, gradient per mm along LPS; both of the level smoothed by the quadratic B-spline
  gsize n_blocks;
  gsize *first; // [n_blocks + 1]: samples of a block lie together
} WillisSamples;

/* The target places of largest gradient (of at most four times as many, evenly thinned). near (u8, any
 * grid, or NULL): only places on its non-zero voxels. block_mm: edge of the blocks. */
void willis_samples_init (WillisSamples *samples, const WillisLevel *level, const WillisVolume *near, gsize target,
                          double block_mm);

/* About target of the samples, evenly over their order; in one block. */
void willis_samples_thin (const WillisSamples *samples, gsize target, WillisSamples *out);
void willis_samples_clear (WillisSamples *samples);

/* ---- start.c: where to begin ---- */

typedef struct
{
  WillisRigid motion;
  double score; // 0 .. 1
} WillisStart;

/* Motions (fixed to moving) under which the shapes lie on each other, best first (new GArray of WillisStart, a few;
 * thorough: some more, found on a finer grid in ten times the time): rotations up to 60 degrees about the middle of the
 * fixed shape; translations up to 66 mm from the starting pose and about where the middles meet. Masks: u8 of about 2
 * mm voxels. Exhaustive: the sum of a blurred picture of the moving shape over points in the fixed shape and of its
 * complement over points beside it. */
GArray *willis_starts_find (const WillisVolume *fixed, const WillisVolume *moving, const WillisRigid *pose,
                            gboolean thorough, GError **error);

/* ---- align.c: least squares on values that are linear in each other ---- */

typedef struct
{
  double sum[10]
            [10]; // upper triangle: normal equations of six motions, gain, offset, scale; last column the right side
  double weight;  // sum of the weights
  double wrr;     // weighted sum of squared residuals
  double n, f, m, ff, mm, fm; // plain sums over the samples inside the moving scan
} WillisNormal;

typedef struct
{
  double ncc;     // correlation of the values at the samples, -1 .. 1
  double overlap; // share of the samples inside the moving scan
  double scale;   // size of the moving scan's anatomy relative to the fixed one's minus 1: a check, not applied
  int iterations;
  double gain, offset, width; // fixed value = gain x moving value + offset; residual that counts half
  double covariance[36];      // of (rotation vector, translation) about the samples' centre, by leaving out block after
                         // block; 0 where not asked for
} WillisAlignment;

/* Improves motion (fixed to moving). jackknife: also the covariance. near: what fewer samples of the same level gave,
 * motion with it, or NULL: then fewer passes do. */
void willis_align (const WillisSamples *samples, const WillisLevel *moving, int max_iterations, gboolean jackknife,
                   const WillisAlignment *near, WillisRigid *motion, WillisAlignment *out);

/* ---- information.c: mutual information, for scans of different kinds ---- */

/* Improves motion so that the samples say most of the moving values; returns the information in nats. */
double willis_align_information (const WillisSamples *samples, const WillisLevel *moving, int max_iterations,
                                 WillisRigid *motion, double *overlap);

/* ---- helpers ---- */

/* Mean square distance that a motion error of this covariance (about centre) makes at x, mm2. */
double willis_covariance_at (const double covariance[36], const double centre[3], const double x[3]);

/* Index space of a grid from world coordinates after motion: ijk = a x + b. */
void willis_level_map (const WillisGrid *moving, const WillisRigid *motion, const double centre[3], double a[9],
                       double b[3]);

G_END_DECLS
