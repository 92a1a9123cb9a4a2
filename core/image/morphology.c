/* SPDX-License-Identifier: Apache-2.0 */
#include "core/image/morphology.h"

#include <math.h>

#include "core/base/error.h"
#include "core/base/parallel.h"
#include "core/image/distance.h"

typedef struct
{
  const float *distance;
  guint8 *out;
  float radius;
  guint8 near; // value of voxels within the radius
} Cut;

static void
cut_range (gsize lo, gsize hi, gpointer context)
{
  const Cut *c = context;

  for (gsize n = lo; n < hi; n++)
    c->out[n] = c->distance[n] <= c->radius ? c->near : !c->near;
}

static WillisVolume *
by_distance (const WillisVolume *mask, double radius_mm, gboolean grow, const WillisProgress *progress,
             GError **error)
{
  g_autoptr (WillisVolume) distance = NULL;
  g_autoptr (WillisVolume) out = NULL;
  double limit = radius_mm * 1.01 + 0.01; // just beyond the radius
  Cut cut;

  if (!(radius_mm >= 0.0) || !isfinite (radius_mm))
    {
      willis_fail (error, WILLIS_ERROR_BAD_INPUT, "a mask cannot be moved by %g mm", radius_mm);
      return NULL;
    }
  distance = grow ? willis_distance_to_mask (mask, limit, progress, error)
                  : willis_distance_in_mask (mask, limit, progress, error);
  if (distance == NULL)
    return NULL;
  out = willis_volume_new (willis_volume_grid (mask), WILLIS_SCALAR_U8, error);
  if (out == NULL)
    return NULL;
  /* a radius that is a distance of voxels must not depend on the last bit */
  cut = (Cut){ willis_volume_f32 (distance), willis_volume_voxels_rw (out), (float)(radius_mm * (1.0 + 1e-6)),
               grow };
  willis_parallel_for (willis_grid_n_voxels (willis_volume_grid (mask)), 1 << 18, cut_range, &cut);
  return g_steal_pointer (&out);
}

WillisVolume *
willis_mask_dilate (const WillisVolume *mask, double radius_mm, const WillisProgress *progress,
                    GError **error)
{
  return by_distance (mask, radius_mm, TRUE, progress, error);
}

WillisVolume *
willis_mask_erode (const WillisVolume *mask, double radius_mm, const WillisProgress *progress, GError **error)
{
  return by_distance (mask, radius_mm, FALSE, progress, error);
}

static WillisVolume *
two_steps (const WillisVolume *mask, double radius_mm, gboolean grow_first, const WillisProgress *progress,
           GError **error)
{
  WillisProgress first = willis_progress_part (progress, 0.0, 0.5, NULL);
  WillisProgress second = willis_progress_part (progress, 0.5, 1.0, NULL);
  g_autoptr (WillisVolume) half
      = by_distance (mask, radius_mm, grow_first, progress != NULL ? &first : NULL, error);

  if (half == NULL)
    return NULL;
  return by_distance (half, radius_mm, !grow_first, progress != NULL ? &second : NULL, error);
}

WillisVolume *
willis_mask_open (const WillisVolume *mask, double radius_mm, const WillisProgress *progress, GError **error)
{
  return two_steps (mask, radius_mm, FALSE, progress, error);
}

WillisVolume *
willis_mask_close (const WillisVolume *mask, double radius_mm, const WillisProgress *progress, GError **error)
{
  return two_steps (mask, radius_mm, TRUE, progress, error);
}
