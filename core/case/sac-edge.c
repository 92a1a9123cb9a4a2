/* SPDX-License-Identifier: Apache-2.0 */
/* What speaks against a sac, as the scan shows it that it was cut off in. */
#include "core/base/i18n.h"
#include "core/case/case-private.h"

/* The grid that the arteries were found in; NULL for a bare surface. */
static const WillisGrid *
grid_of (const WillisCase *c)
{
  if (c->segmentation != NULL)
    return willis_volume_grid (willis_segmentation_labels (c->segmentation));
  return c->volume != NULL ? willis_volume_grid (c->volume) : NULL;
}

/* Does a surface reach beyond the middles of a grid's last voxels? What goes on outside is closed there. */
static gboolean
reaches_edge (const WillisGrid *grid, const WillisSurface *surface)
{
  const double *p = willis_surface_points (surface);
  const gint32 *v = willis_surface_triangles (surface);

  for (gsize i = 0; i < 3 * willis_surface_n_triangles (surface); i++)
    {
      double ijk[3];

      willis_grid_lps_to_ijk (grid, p + 3 * v[i], ijk);
      for (int a = 0; a < 3; a++)
        if (ijk[a] < 0.0 || ijk[a] > grid->dims[a] - 1.0)
          return TRUE;
    }
  return FALSE;
}

static gboolean
goes_on_outside (const WillisCase *c, WillisAneurysm *aneurysm)
{
  const WillisGrid *grid = c != NULL ? grid_of (c) : NULL;

  return grid != NULL && reaches_edge (grid, willis_aneurysm_sac (aneurysm));
}

gboolean
willis_case_sac_is_more (const WillisCase *c, WillisAneurysm *aneurysm)
{
  return goes_on_outside (c, aneurysm) || willis_aneurysm_runs_on (aneurysm);
}

const char *
willis_case_sac_doubt (const WillisCase *c, WillisAneurysm *aneurysm)
{
  if (goes_on_outside (c, aneurysm))
    return N_ (
        "What the neck cuts off reaches the edge of the scan and goes on outside: the numbers are not those of a "
        "whole sac. It may be an artery on its way out of the scan: look at the neck.");
  return willis_aneurysm_doubt (aneurysm);
}
