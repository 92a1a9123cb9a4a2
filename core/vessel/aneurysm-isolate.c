/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a neck to a measured sac, and how far each index moves when the neck and the surface are a little off.
 */
#include <math.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/mesh/rims.h"
#include "core/num/vec3.h"
#include "core/vessel/alongside.h"
#include "core/vessel/aneurysm-cut.h"
#include "core/vessel/aneurysm.h"
#include "core/vessel/neck-foot.h"
#include "core/vessel/neck-ostium.h"
#include "core/vessel/sac-doubt.h"
#include "core/vessel/touching.h"

#define NOTHING_KNOWN_DEG 45.0 // deviation of an angle from which on it says nothing
#define MOVE_MM 0.5
#define TILT_RAD (5.0 * G_PI / 180.0)

/* Sets the parent and measures the cut; offset_mm: how far the wall was moved outwards since the tree was made. */
static gboolean
measure_cut (const WillisCut *cut, const WillisNeck *neck, const WillisTree *tree, const double *normal,
             double offset_mm, WillisMorphology *out, int *branch, GError **error)
{
  WillisParent parent;
  gboolean known = willis_parent_find (tree, neck, cut->curve, cut->n_curve, &parent, branch);

  parent.diameter_mm += 2.0 * offset_mm;
  return willis_morphology_measure (cut->sac, cut->curve, cut->n_curve, normal, known ? &parent : NULL, out, error);
}

/* The curve [n][3] (new) moved with its neck: the frame (normal, across) of from becomes that of to. */
static double *
carried (const double *curve, gsize n, const WillisNeck *from, const WillisNeck *to, const double across[3])
{
  double *out = g_new (double, 3 * n), third[3], across_to[3], d = vec3_dot (across, to->normal), third_to[3];

  vec3_cross (third, from->normal, across);
  vec3_axpy (across_to, across, -d, to->normal); // the tilt is along across, or along third and leaves across as it is
  vec3_normalize (across_to);
  vec3_cross (third_to, to->normal, across_to);
  for (gsize i = 0; i < n; i++)
    {
      double r[3];

      vec3_sub (r, curve + 3 * i, from->centre_lps_mm);
      vec3_axpy (out + 3 * i, to->centre_lps_mm, vec3_dot (r, from->normal), to->normal);
      vec3_axpy (out + 3 * i, out + 3 * i, vec3_dot (r, across), across_to);
      vec3_axpy (out + 3 * i, out + 3 * i, vec3_dot (r, third), third_to);
    }
  return out;
}

/* One change: kind 0 along the normal, 1 and 2 tilts about u and v, 3 the surface; amount in its own unit. A tilt is
 * about a line lift_mm to the side, so that the plane rises there. With a curve [n_curve][3] (else NULL) the cut is
 * along it, moved as the plane is. */
static gboolean
measure_changed (const WillisSurface *near, const WillisTree *tree, const WillisNeck *neck, const double *curve,
                 gsize n_curve, int kind, double amount, double lift_mm, WillisMorphology *out)
{
  WillisNeck changed = *neck;
  WillisSurface *moved = kind == 3 ? willis_surface_offset (near, amount) : NULL;
  const WillisSurface *lumen = moved != NULL ? moved : near;
  WillisCut cut = { 0 };
  double u[3], v[3];
  const double *dome = isfinite (neck->dome_lps_mm[0]) ? neck->dome_lps_mm : NULL;
  gboolean ok;

  vec3_basis (neck->normal, u, v);
  if (kind == 0)
    vec3_axpy (changed.centre_lps_mm, neck->centre_lps_mm, amount, neck->normal);
  else if (kind < 3)
    {
      vec3_scale (changed.normal, neck->normal, cos (amount));
      vec3_axpy (changed.normal, changed.normal, sin (amount), kind == 1 ? u : v);
      vec3_axpy (changed.centre_lps_mm, neck->centre_lps_mm, lift_mm * fabs (sin (amount)), neck->normal);
    }
  if (curve != NULL)
    {
      g_autofree double *with = carried (curve, n_curve, neck, &changed, u);

      ok = willis_cut_curve (lumen, with, n_curve, dome, &cut, NULL);
    }
  else
    ok = willis_cut_plane (lumen, changed.centre_lps_mm, changed.normal, dome, &cut, NULL);
  ok = ok && measure_cut (&cut, &changed, tree, changed.normal, moved != NULL ? amount : 0.0, out, NULL, NULL);
  willis_cut_clear (&cut);
  willis_surface_unref (moved);
  return ok;
}

/* The two directions of one change, both tried half and a quarter as large where they no longer cut off a sac; scale
 * receives by how much to multiply the difference, 0 where nothing was cut off. Returns how many directions there are.
 */
static int
measure_sides (const WillisSurface *near, const WillisTree *tree, const WillisNeck *neck, const double *curve,
               gsize n_curve, int kind, double amount, double lift_mm, const WillisMorphology *base,
               WillisMorphology changed[2], double scale[2])
{
  int n = 0;

  for (int side = 0; side < 2; side++)
    {
      scale[side] = 0.0;
      for (double s = 1.0; s > 0.2 && scale[side] == 0.0; s *= 0.5)
        if (measure_changed (near, tree, neck, curve, n_curve, kind, (side == 0 ? s : -s) * amount, lift_mm,
                             &changed[side])
            && willis_morphology_same_neck (base, &changed[side]))
          scale[side] = 1.0 / s;
      n += scale[side] > 0.0;
    }
  return n;
}

/* Fills the deviations of base. A change that no longer cuts off a sac (a neck moved into its artery) is tried half and
 * a quarter as large and scaled; where none does, the other direction stands for both. A neck close above its artery
 * may bear no tilt about its middle at all: then it is tilted about its edges. */
static gboolean
fill_deviations (const WillisSurface *near, const WillisTree *tree, const WillisNeck *neck, const double *curve,
                 gsize n_curve, double surface_sd_mm, const WillisProgress *progress, WillisMorphology *base,
                 GError **error)
{
  double variance[WILLIS_N_INDICES] = { 0 };
  const double amounts[4] = { MOVE_MM, TILT_RAD, TILT_RAD, surface_sd_mm };

  for (int kind = 0; kind < 4; kind++)
    {
      WillisMorphology changed[2];
      double scale[2] = { 0.0, 0.0 };
      int n = 0;

      if (!willis_progress_step (progress, kind / 4.0, error))
        return FALSE;
      if (amounts[kind] > 0.0)
        n = measure_sides (near, tree, neck, curve, n_curve, kind, amounts[kind], 0.0, base, changed, scale);
      if (n == 0 && (kind == 1 || kind == 2))
        n = measure_sides (near, tree, neck, curve, n_curve, kind, amounts[kind],
                           0.5 * base->index[WILLIS_INDEX_NECK_MAX].value, base, changed, scale);
      for (int i = 0; i < WILLIS_N_INDICES; i++)
        for (int side = 0; side < 2; side++)
          if (scale[side] > 0.0)
            {
              double d = scale[side] * (changed[side].index[i].value - base->index[i].value);

              variance[i] += d * d / n;
            }
      if (n == 0 && amounts[kind] > 0.0) // not known at all
        for (int i = 0; i < WILLIS_N_INDICES; i++)
          variance[i] = NAN;
    }
  for (int i = 0; i < WILLIS_N_INDICES; i++)
    {
      double own = base->index[i].sd; // of what the tree tells, which does not move with neck and surface

      base->index[i].sd = sqrt (variance[i] + (isfinite (own) ? own * own : 0.0));
    }
  for (int i = WILLIS_INDEX_ANEURYSM_ANGLE; i <= WILLIS_INDEX_INFLOW_ANGLE; i++)
    if (base->index[i].sd > NOTHING_KNOWN_DEG)
      {
        base->index[i].value = NAN;
        base->index[i].reason = N_ ("it differs by more than 45 degrees with where exactly the neck is put");
      }
  return TRUE;
}

/* The neck as it came out of the cut: centre of the ostium, dome point inside the sac. */
static void
settle_neck (const WillisCut *cut, const WillisOstium *ostium, WillisNeck *neck)
{
  const double *p = willis_surface_points (cut->sac);
  gsize n = willis_surface_n_points (cut->sac);
  double mean[3] = { 0 }, d[3];

  vec3_copy (neck->centre_lps_mm, ostium->centre_lps_mm);
  for (gsize i = 0; i < n; i++)
    vec3_axpy (mean, mean, 1.0 / (double) n, p + 3 * i);
  vec3_sub (d, mean, neck->centre_lps_mm);
  if (vec3_norm (neck->normal) == 0.0)
    {
      vec3_copy (neck->normal, ostium->normal);
      if (vec3_dot (d, neck->normal) < 0.0)
        vec3_scale (neck->normal, neck->normal, -1.0);
    }
  if (!isfinite (neck->dome_lps_mm[0]))
    vec3_copy (neck->dome_lps_mm, mean);
}

/* How far the sac reaches from a point. */
static double
reach (const WillisSurface *sac, const double centre[3])
{
  double best = 0.0;

  for (gsize i = 0; i < willis_surface_n_points (sac); i++)
    best = MAX (best, vec3_dist (willis_surface_points (sac) + 3 * i, centre));
  return best;
}

static WillisAneurysm *
finish (const WillisSurface *lumen, const WillisTree *tree, WillisCut *cut, WillisNeck *neck, const double *curve,
        gsize n_curve, double surface_sd_mm, const WillisProgress *progress, GError **error)
{
  WillisMorphology morphology;
  WillisOstium ostium = { 0 };
  WillisAneurysm *out = NULL;
  g_autoptr (WillisSurface) near = NULL;
  WillisNeckDoubt doubt = { NAN, NAN, NAN };
  int branch = -1;

  if (willis_ostium_init (&ostium, cut->curve, cut->n_curve, error))
    {
      settle_neck (cut, &ostium, neck);
      if (measure_cut (cut, neck, tree, neck->normal, 0.0, &morphology, &branch, error)
          && willis_progress_step (progress, 0.2, error))
        {
          gboolean ok = TRUE;

          if (surface_sd_mm >= 0.0)
            {
              WillisProgress part = willis_progress_part (progress, 0.2, 1.0, NULL);

              near = willis_cut_near (lumen, neck->centre_lps_mm, reach (cut->sac, neck->centre_lps_mm) + 3.0);
              doubt.foot_mm = willis_neck_foot_mm (lumen, neck);
              doubt.below = willis_sac_below (lumen, tree, neck, cut->sac, &morphology);
              doubt.through_mm = willis_sac_through_mm (tree, neck, cut->sac);
              ok = fill_deviations (near, tree, neck, curve, n_curve, surface_sd_mm, &part, &morphology, error);
            }
          if (ok)
            out = willis_aneurysm_new (neck, cut->curve, cut->n_curve, cut->sac, ostium.surface, branch, &morphology,
                                       &doubt);
          if (out != NULL && surface_sd_mm >= 0.0)
            willis_aneurysm_doubt (out); // it is measured in full: not later, in a window's loop
        }
    }
  willis_ostium_clear (&ostium);
  willis_cut_clear (cut);
  return out;
}

/* The lumen, oriented, parted from the arteries that lie against the sac where a point inside it is known (not NULL,
 * and finite), and of a plane (may be NULL) from those that leave the sac (new). */
static WillisSurface *
parted (const WillisSurface *lumen, const WillisTree *tree, const double *inside, const WillisNeck *plane)
{
  g_autoptr (WillisTree) tree_left = NULL;
  g_autoptr (WillisSurface) alone = NULL;
  WillisSurface *out = NULL;

  if (inside != NULL && isfinite (inside[0]))
    {
      alone = willis_part_alongside (lumen, tree, inside, &tree_left);
      out = willis_part_touching (alone != NULL ? alone : lumen, alone != NULL ? tree_left : tree, inside, plane);
    }
  if (out != NULL)
    return out;
  return alone != NULL ? g_steal_pointer (&alone) : willis_surface_oriented (lumen);
}

WillisAneurysm *
willis_aneurysm_isolate (const WillisSurface *lumen, const WillisTree *tree, const WillisNeck *neck,
                         double surface_sd_mm, const WillisProgress *progress, GError **error)
{
  g_autoptr (WillisSurface) oriented = NULL;
  WillisNeck settled = *neck;
  WillisCut cut = { 0 };

  if (!willis_surface_check (lumen, error) || !willis_progress_step (progress, 0.0, error))
    return NULL;
  if (!(vec3_normalize (settled.normal) > 0.0) || !isfinite (vec3_norm (settled.centre_lps_mm)))
    {
      willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("the neck plane has no direction"));
      return NULL;
    }
  oriented = parted (lumen, tree, settled.dome_lps_mm, &settled);
  if (!willis_cut_plane (oriented, settled.centre_lps_mm, settled.normal,
                         isfinite (settled.dome_lps_mm[0]) ? settled.dome_lps_mm : NULL, &cut, error))
    return NULL;
  return finish (oriented, tree, &cut, &settled, NULL, 0, surface_sd_mm, progress, error);
}

WillisAneurysm *
willis_aneurysm_isolate_curve (const WillisSurface *lumen, const WillisTree *tree, const double *curve_lps_mm,
                               gsize n_curve, const double *dome_lps_mm, double surface_sd_mm,
                               const WillisProgress *progress, GError **error)
{
  g_autoptr (WillisSurface) oriented = NULL;
  WillisNeck neck = { { 0 }, { 0 }, { NAN, NAN, NAN } };
  WillisCut cut = { 0 };
  double area[3];

  if (!willis_surface_check (lumen, error) || !willis_progress_step (progress, 0.0, error))
    return NULL;
  if (n_curve < 3 || (willis_polygon_measure (curve_lps_mm, n_curve, area, NULL), !(vec3_norm (area) > 0.0)))
    {
      willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("the neck curve encloses no area"));
      return NULL;
    }
  oriented = parted (lumen, tree, dome_lps_mm, NULL);
  if (!willis_cut_curve (oriented, curve_lps_mm, n_curve, dome_lps_mm, &cut, error))
    return NULL;
  if (dome_lps_mm != NULL)
    vec3_copy (neck.dome_lps_mm, dome_lps_mm);
  return finish (oriented, tree, &cut, &neck, curve_lps_mm, n_curve, surface_sd_mm, progress, error);
}
