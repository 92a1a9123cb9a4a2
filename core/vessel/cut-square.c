/* SPDX-License-Identifier: Apache-2.0 */
#include "core/vessel/cut-square.h"

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/num/vec3.h"

#define TANGENT_POINTS 3 // on either side
#define WALL_WIDE 1.5    // times the radius, and
#define WALL_MM 0.7      // so much more

gboolean
willis_cut_square (const WillisTree *tree, const double at_lps_mm[3], double centre_lps_mm[3], double normal[3],
                   double *radius_mm, GError **error)
{
  const WillisBranch *b = NULL;
  double distance;
  int branch;
  gsize n, lo, hi;

  if (tree != NULL && willis_tree_nearest (tree, at_lps_mm, &branch, &n, &distance))
    b = willis_tree_branch (tree, (gsize) branch);
  if (b == NULL || b->n_points < 3 || distance >= MAX (WILLIS_CUT_REACH_MM, b->radius_mm[n]))
    return willis_fail (error, WILLIS_ERROR_FAILED, _ ("there is no centreline within %.0f mm of that place"),
                        WILLIS_CUT_REACH_MM);
  lo = n > TANGENT_POINTS ? n - TANGENT_POINTS : 0;
  hi = MIN (n + TANGENT_POINTS, b->n_points - 1);
  vec3_sub (normal, b->points_lps_mm + 3 * hi, b->points_lps_mm + 3 * lo);
  vec3_copy (centre_lps_mm, b->points_lps_mm + 3 * n);
  *radius_mm = WALL_WIDE * b->radius_mm[n] + WALL_MM;
  if (vec3_normalize (normal) > 0.0)
    return TRUE;
  return willis_fail (error, WILLIS_ERROR_FAILED, "%s", _ ("the centreline has no direction there"));
}
