/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cores of vessels: voxels where the scan bends down in two directions. The second eigenvalue of the Hessian is large
 * in tubes and in round sacs and small in plates, so thin bone does not answer (Sato et al. 1998, Jerman et al. 2016).
 */
#include <math.h>

#include "core/base/parallel.h"
#include "core/image/hessian.h"
#include "core/vessel/segmentation-private.h"

#define CORE_PART 0.08f // of the contrast; an ideal tube answers 0.37, one as wide as the blur 0.1
#define CORE_ROUND 0.4f // the second curvature is at least this part of the first: 1 in a tube, 0 in a plate
#define CLIPPED_SPAN 160.0 // grey values between background and lumen in the clipped scan

typedef struct
{
  const WillisVolume *volume;
  const void *voxels;
  guint8 *out;
  double lo, scale, top;
} ClipContext;

static void
clip_range (gsize first, gsize last, gpointer data)
{
  ClipContext *c = data;

  for (gsize n = first; n < last; n++)
    {
      double x = (willis_voxel (c->volume, c->voxels, n) - c->lo) * c->scale;

      c->out[n] = x > 0.0 ? (guint8) (MIN (x, c->top) + 0.5) : 0;
    }
}

typedef struct
{
  guint8 *mark;
  const int *dims;
  float threshold;
  guint8 avoid; // marks of voxels that cannot be core at this scale
} CoreContext;

static void
take_row (float *const *rows, int n, int j, int k, gpointer data)
{
  CoreContext *c = data;
  guint8 *row = c->mark + ((gsize) k * c->dims[1] + j) * c->dims[0];

  for (int i = 0; i < n; i++)
    if ((row[i] & WILLIS_MARK_BAND) && !(row[i] & c->avoid) && -rows[1][i] > c->threshold
        && rows[1][i] < CORE_ROUND * rows[2][i])
      row[i] |= WILLIS_MARK_CORE;
}

gboolean
willis_cores_mark (WillisVolume *volume, const WillisLevels *levels, double ceiling, guint8 *mark,
                   const WillisProgress *progress, GError **error)
{
  const double sigma[4] = { 0.6, 0.85, 1.2, 1.7 };
  const WillisGrid *grid = willis_volume_grid (volume);
  gsize n = willis_grid_n_voxels (grid);
  g_autoptr (WillisVolume) clipped = willis_volume_new (grid, WILLIS_SCALAR_U8, error);
  g_autoptr (WillisVolume) mask = willis_volume_new (grid, WILLIS_SCALAR_U8, error);
  ClipContext clip = { volume, willis_volume_voxels (volume), NULL, levels->background, 0.0, 0.0 };
  CoreContext context = { mark, grid->dims, (float) (CORE_PART * CLIPPED_SPAN), 0 };
  guint8 *m;

  if (clipped == NULL || mask == NULL)
    return FALSE;
  clip.out = willis_volume_voxels_rw (clipped);
  clip.scale = CLIPPED_SPAN / (levels->lumen - levels->background);
  clip.top = MIN ((ceiling - levels->background) * clip.scale, 255.0);
  willis_parallel_for (n, 1 << 16, clip_range, &clip);
  m = willis_volume_voxels_rw (mask);
  for (gsize v = 0; v < n; v++)
    m[v] = (mark[v] & WILLIS_MARK_BAND) != 0;
  for (int s = 0; s < 4; s++)
    {
      WillisProgress part = willis_progress_part (progress, s / 4.0, (s + 1) / 4.0, NULL);

      /* beside bone only what is thick: there thin bright things are bone themselves */
      context.avoid = sigma[s] < 1.0 ? WILLIS_MARK_NEAR_BONE : 0;
      /* a scale below the voxel says nothing */
      if (sigma[s] < 0.8 * willis_grid_min_spacing (grid) && s < 3)
        continue;
      if (!willis_hessian_eigenvalues (clipped, MAX (sigma[s], 0.8 * willis_grid_min_spacing (grid)), mask, take_row,
                                       &context, &part, error))
        return FALSE;
    }
  return TRUE;
}
