/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/mesh/check.h"
#include "core/mesh/edit.h"
#include "core/mesh/rims.h"
#include "core/mesh/sdf.h"
#include "core/num/so3.h"
#include "solver/shaping/site-private.h"

#define STEP_MM 0.5
#define ROUNDS 400
#define SHARE 0.42     // of the sac's depth: between a third and a half
#define LEAST_SHARE 0.25

double
willis_shaping_site_depth (const WillisShapingSite *site, const double x[3])
{
  double d[3];

  vec3_sub (d, x, site->neck);
  return vec3_dot (d, site->normal);
}

gboolean
willis_shaping_site_in_zone (const WillisShapingSite *site, const double tip[3])
{
  return willis_shaping_site_depth (site, tip) > 0.0 && vec3_dist (tip, site->target) <= WILLIS_TARGET_ZONE_MM;
}

double
willis_shaping_site_ahead (const WillisShapingSite *site, const double x[3], const double t[3], double limit)
{
  double s = 0.0;

  while (s < limit)
    {
      double y[3], phi;

      vec3_axpy (y, x, s, t);
      phi = willis_lumen_sample (site->lumen, y, NULL, NULL);
      if (phi < 0.01)
        return s;
      s += fmax (0.02, 0.8 * phi);
    }
  return limit;
}

/* Axis from the neck to the sac's middle, its depth along it. */
static void
measure_sac (WillisShapingSite *site, const double *sac, gsize n)
{
  double middle[3] = { 0 }, far = 0.0;

  for (gsize i = 0; i < n; i++)
    vec3_axpy (middle, middle, 1.0 / n, sac + 3 * i);
  vec3_sub (site->axis, middle, site->neck);
  if (vec3_normalize (site->axis) < 1e-6 || vec3_dot (site->axis, site->normal) < 0.2)
    vec3_copy (site->axis, site->normal);
  for (gsize i = 0; i < n; i++)
    {
      double d[3];

      vec3_sub (d, sac + 3 * i, site->neck);
      far = fmax (far, vec3_dot (d, site->axis));
    }
  site->depth_mm = fmin (far, willis_shaping_site_ahead (site, site->neck, site->axis, 60.0));
}

/* Between a third and a half of the depth, clear of the dome, in the middle of the sac there. */
static void
propose_target (WillisShapingSite *site, double radius)
{
  double depth = SHARE * site->depth_mm;

  if (site->depth_mm - depth < WILLIS_DOME_CLEARANCE_MM)
    depth = fmax (site->depth_mm - WILLIS_DOME_CLEARANCE_MM, LEAST_SHARE * site->depth_mm);
  vec3_axpy (site->target, site->neck, depth, site->axis);
  for (int round = 0; round < 40; round++)
    {
      double g[3], phi = willis_lumen_sample (site->lumen, site->target, g, NULL);

      /* aside only, and only where the axis comes near the wall */
      if (phi > radius + 0.5)
        break;
      vec3_axpy (g, g, -vec3_dot (g, site->axis), site->axis);
      vec3_axpy (site->target, site->target, 0.05, g);
    }
}

/* The way: line up to about a radius before the neck, a curve through the neck, straight to the target; then relaxed. */
static gboolean
make_path (WillisShapingSite *site, const double *line, gsize n, double margin, GError **error)
{
  g_autoptr (GArray) even = _willis_shaping_resample (line, n, STEP_MM), all = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GArray) path = NULL;
  double *points = (double *) even->data, length = 0.0, before[3], tangent[3];
  gsize count = even->len / 3, keep = count - 1, first;

  /* back from the neck by the artery's radius or so */
  while (keep > 2 && vec3_dist (points + 3 * keep, site->neck) < 1.6 * site->parent_radius_mm)
    keep--;
  for (first = keep; first > 0 && length < WILLIS_GUIDE_MM; first--)
    length += vec3_dist (points + 3 * first, points + 3 * (first - 1));
  /* the mouth stands in the open lumen */
  while (first + 4 < keep && willis_lumen_sample (site->lumen, points + 3 * first, NULL, NULL) < margin + 0.1)
    first++;
  if (keep < first + 4)
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT,
                        _ ("The way from the guiding catheter to the neck is shorter than 2 mm; move the entry back"));
  g_array_append_vals (all, points + 3 * first, 3 * (keep - first + 1));
  vec3_copy (before, points + 3 * keep);
  vec3_sub (tangent, before, points + 3 * (keep - 2));
  vec3_normalize (tangent);
  {
    double reach = 0.4 * vec3_dist (before, site->neck), p1[3], p2[3];

    vec3_axpy (p1, before, reach, tangent);
    vec3_axpy (p2, site->neck, -reach, site->axis);
    for (int i = 1; i <= 12; i++)
      {
        double t = i / 12.0, u = 1.0 - t, x[3];

        for (int k = 0; k < 3; k++)
          x[k] = u * u * u * before[k] + 3.0 * u * u * t * p1[k] + 3.0 * u * t * t * p2[k] + t * t * t * site->neck[k];
        g_array_append_vals (all, x, 3);
      }
  }
  {
    double back[3];

    vec3_axpy (back, site->target, -fmin (STEP_MM, 0.4 * site->target_depth_mm), site->direction);
    if (site->target_depth_mm > 2.0 * STEP_MM)
      g_array_append_vals (all, back, 3);
    g_array_append_vals (all, site->target, 3);
  }
  path = _willis_shaping_resample ((double *) all->data, all->len / 3, STEP_MM);
  _willis_shaping_relax (site->lumen, (double *) path->data, path->len / 3, margin, ROUNDS);
  {
    g_autoptr (GArray) again = _willis_shaping_resample ((double *) path->data, path->len / 3, STEP_MM);

    site->n_path = (int) (again->len / 3);
    site->path = g_memdup2 (again->data, sizeof (double) * again->len);
  }
  return TRUE;
}

static void
set_mouth (WillisShapingSite *site)
{
  double t[3], u[3], v[3], m[9];

  vec3_sub (t, site->path + 3, site->path);
  vec3_normalize (t);
  vec3_basis (t, u, v);
  for (int k = 0; k < 3; k++)
    {
      m[3 * k] = t[k];
      m[3 * k + 1] = u[k];
      m[3 * k + 2] = v[k];
    }
  vec3_copy (site->mouth.r, site->path);
  quat_from_matrix (site->mouth.q, m);
  site->length_mm = 0.0;
  for (int i = 1; i < site->n_path; i++)
    site->length_mm += vec3_dist (site->path + 3 * i, site->path + 3 * (i - 1));
}

/* Sets target, direction and what follows from them. */
static gboolean
set_target (WillisShapingSite *site, const double *target, const double *direction, double radius, GError **error)
{
  if (target != NULL)
    vec3_copy (site->target, target);
  else
    propose_target (site, radius);
  vec3_copy (site->direction, direction != NULL ? direction : site->axis);
  if (vec3_normalize (site->direction) < 1e-9)
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("The direction of the tip has no length"));
  if (!(willis_lumen_sample (site->lumen, site->target, NULL, NULL) > 0.0))
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("The target %.2f, %.2f, %.2f does not lie in the lumen"),
                        site->target[0], site->target[1], site->target[2]);
  site->target_depth_mm = willis_shaping_site_depth (site, site->target);
  if (!(site->target_depth_mm > 0.0))
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("The target %.2f, %.2f, %.2f does not lie in the sac"),
                        site->target[0], site->target[1], site->target[2]);
  site->clearance_mm = willis_shaping_site_ahead (site, site->target, site->direction, 60.0);
  site->cramped = site->clearance_mm < WILLIS_DOME_CLEARANCE_MM - 0.1;
  return TRUE;
}

WillisShapingSite *
willis_shaping_site_from_line (WillisLumen *lumen, const double *line, gsize n, const double neck[3], const double normal[3],
                               double neck_radius_mm, const double *sac, gsize n_sac, const WillisShapingSiteParams *params,
                               GError **error)
{
  g_autoptr (WillisShapingSite) site = g_new0 (WillisShapingSite, 1);
  double radius = params->catheter_radius_mm > 0.0 ? params->catheter_radius_mm : 0.3;

  site->lumen = willis_lumen_ref (lumen);
  vec3_copy (site->neck, neck);
  vec3_copy (site->normal, normal);
  vec3_normalize (site->normal);
  site->neck_radius_mm = neck_radius_mm;
  if (n < 2 || n_sac < 4)
    {
      willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("There is no way to the aneurysm, or no sac"));
      return NULL;
    }
  site->parent_radius_mm = CLAMP (willis_lumen_sample (lumen, line + 3 * (n - 1), NULL, NULL), 0.5, 4.0);
  measure_sac (site, sac, n_sac);
  if (!set_target (site, params->target_lps_mm, params->direction, radius, error)
      || !make_path (site, line, n, radius + 0.1, error))
    return NULL;
  set_mouth (site);
  return g_steal_pointer (&site);
}

/* The lumen's distance in a box about the way and the sac. */
static WillisLumen *
make_lumen (WillisSurface *surface, const double *line, gsize n, const double *sac, gsize n_sac, double spacing,
            const WillisProgress *progress, GError **error)
{
  double box[6] = { INFINITY, INFINITY, INFINITY, -INFINITY, -INFINITY, -INFINITY };
  g_autoptr (WillisSurface) closed = NULL;
  g_autoptr (WillisSdf) sdf = NULL;
  WillisSdfParams p = WILLIS_SDF_PARAMS_INIT;

  for (gsize i = 0; i < n + n_sac; i++)
    for (int k = 0; k < 3; k++)
      {
        double x = i < n ? line[3 * i + k] : sac[3 * (i - n) + k], pad = i < n ? 5.0 : 2.0;

        box[k] = fmin (box[k], x - pad);
        box[3 + k] = fmax (box[3 + k], x + pad);
      }
  p.spacing_mm = spacing > 0.0 ? spacing : 0.2;
  p.box_lps_mm = box;
  if (willis_surface_check_closed (surface, NULL))
    closed = willis_surface_ref (surface);
  else
    {
      g_autoptr (WillisSurface) outward = willis_surface_oriented (surface);

      closed = willis_surface_fill_holes (outward, 0, NULL);
    }
  sdf = willis_sdf_new (closed, &p, progress, error);
  return sdf != NULL ? willis_lumen_volume (willis_sdf_volume (sdf), error) : NULL;
}

WillisShapingSite *
willis_shaping_site_new (WillisSurface *surface, const WillisTree *tree, const WillisNeck *neck, WillisSurface *sac,
                         const WillisShapingSiteParams *params, const WillisProgress *progress, GError **error)
{
  const double *points = willis_surface_points (sac);
  gsize n_sac = willis_surface_n_points (sac), n, first;
  g_autoptr (GArray) way = NULL;
  g_autoptr (WillisLumen) lumen = NULL;
  double reach = 0.0, rim = 0.0, length = 0.0;
  const double *line;

  for (gsize i = 0; i < n_sac; i++)
    {
      double d[3];

      vec3_sub (d, points + 3 * i, neck->centre_lps_mm);
      reach = fmax (reach, vec3_norm (d));
      if (fabs (vec3_dot (d, neck->normal)) < 0.3)
        rim = fmax (rim, vec3_norm (d));
    }
  way = _willis_shaping_tree_way (tree, neck, reach + 0.5, params->entry_lps_mm, error);
  if (way == NULL)
    return NULL;
  line = (const double *) way->data;
  n = way->len / 3;
  for (first = n - 1; first > 0 && length < WILLIS_GUIDE_MM + 12.0; first--)
    length += vec3_dist (line + 3 * first, line + 3 * (first - 1));
  lumen = make_lumen (surface, line + 3 * first, n - first, points, n_sac, params->spacing_mm, progress, error);
  if (lumen == NULL)
    return NULL;
  return willis_shaping_site_from_line (lumen, line + 3 * first, n - first, neck->centre_lps_mm, neck->normal, rim, points,
                                        n_sac, params, error);
}

WillisShapingSite *
willis_shaping_site_retarget (const WillisShapingSite *old, const double target[3], const double direction[3], GError **error)
{
  g_autoptr (WillisShapingSite) site = g_memdup2 (old, sizeof *old);
  int keep = old->n_path - 1;
  WillisFrame mouth = old->mouth;

  site->path = NULL;
  site->lumen = willis_lumen_ref (old->lumen);
  if (!set_target (site, target, direction, 0.3, error))
    return NULL;
  /* the way before the neck stays what it was */
  while (keep > 8 && willis_shaping_site_depth (old, old->path + 3 * keep) > -0.2)
    keep--;
  if (!make_path (site, old->path, keep + 1, 0.4, error))
    return NULL;
  set_mouth (site);
  if (vec3_dist (site->mouth.r, mouth.r) < 1e-6)
    site->mouth = mouth;
  return g_steal_pointer (&site);
}

void
willis_shaping_site_free (WillisShapingSite *site)
{
  if (site == NULL)
    return;
  willis_lumen_unref (site->lumen);
  g_free (site->path);
  g_free (site);
}
