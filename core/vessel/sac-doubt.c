/* SPDX-License-Identifier: Apache-2.0 */
#include "core/vessel/sac-doubt.h"

#include <math.h>

#include "core/mesh/bvh.h"
#include "core/num/vec3.h"
#include "core/vessel/artery-tubes.h"
#include "core/vessel/parting.h"

#define THIN 0.4 // of the width of the sac
#define IN_MM 1e-3

#define LEVEL_MM 0.55 // out of the tubes, more than they are inexact: 0.4 counts more of what is right
#define AROUND 1.5    // radii of the neck: farther off it may be another sac
#define BELOW_MM 0.2  // the neck, which is that uncertain
#define SAME_MM 1e-3  // as far as that a point is one of the sac's

#define THROUGH_STEP_MM 0.1

double
willis_sac_thin_reach (WillisSurface *sac, double width_mm)
{
  gsize n = willis_surface_n_points (sac);
  const double *p = willis_surface_points (sac);
  g_autoptr (WillisBvh) bvh = n > 0 ? willis_bvh_new (sac) : NULL;
  g_autofree double *normals = n > 0 ? willis_surface_point_normals (sac) : NULL;
  g_autofree gboolean *thin = g_new (gboolean, MAX (n, 1));
  double reach = 0.0;

  for (gsize i = 0; i < n; i++)
    {
      WillisRayHit hit;
      double from[3], in[3];

      vec3_scale (in, normals + 3 * i, -1.0);
      vec3_axpy (from, p + 3 * i, IN_MM, in);
      thin[i] = willis_bvh_ray (bvh, from, in, THIN * width_mm, &hit);
    }
  for (gsize i = 0; i < n; i++)
    {
      double nearest = INFINITY;

      for (gsize k = 0; thin[i] && k < n && nearest > reach; k++)
        if (!thin[k])
          nearest = MIN (nearest, vec3_dist (p + 3 * i, p + 3 * k));
      if (thin[i] && isfinite (nearest))
        reach = MAX (reach, nearest);
    }
  return reach;
}

/* The wedge over the tubes of what is marked, lies below the neck and is none of the sac's, mm3. */
static double
wedge_below (const WillisSurface *lumen, const guint8 *marked, const double *out, const WillisNeck *neck,
             WillisSurface *sac)
{
  const double *p = willis_surface_points (lumen);
  const gint32 *v = willis_surface_triangles (lumen);
  g_autoptr (WillisBvh) bvh = willis_bvh_new (sac);
  double volume = 0.0;

  for (gsize t = 0; t < willis_surface_n_triangles (lumen); t++)
    {
      const double *a = p + 3 * v[3 * t], *b = p + 3 * v[3 * t + 1], *c = p + 3 * v[3 * t + 2];
      double u[3], w[3], middle[3], area[3], high = (out[v[3 * t]] + out[v[3 * t + 1]] + out[v[3 * t + 2]]) / 3.0;
      WillisNearest nearest;

      for (int k = 0; k < 3; k++)
        middle[k] = (a[k] + b[k] + c[k]) / 3.0;
      if (!marked[t] || willis_neck_above (neck, middle) > -BELOW_MM
          || willis_bvh_nearest (bvh, middle, SAME_MM, &nearest))
        continue;
      vec3_sub (u, b, a);
      vec3_sub (w, c, a);
      vec3_cross (area, u, w);
      volume += 0.5 * high * 0.5 * vec3_norm (area);
    }
  return volume;
}

double
willis_sac_below (const WillisSurface *lumen, const WillisTree *tree, const WillisNeck *neck, WillisSurface *sac,
                  const WillisMorphology *morphology)
{
  gsize n = willis_surface_n_points (lumen), n_triangles = willis_surface_n_triangles (lumen);
  const double *p = willis_surface_points (lumen);
  const gint32 *v = willis_surface_triangles (lumen);
  double around = AROUND * sqrt (morphology->index[WILLIS_INDEX_OSTIUM_AREA].value / G_PI);
  g_autoptr (GArray) balls = tree != NULL ? willis_artery_tubes (tree, lumen, neck->dome_lps_mm) : NULL;
  g_autofree double *out = g_new0 (double, MAX (n, 1));
  g_autofree gint8 *side = g_new (gint8, MAX (n_triangles, 1));
  g_autofree guint8 *piece = NULL;

  if (balls == NULL || balls->len == 0 || willis_surface_n_triangles (sac) == 0)
    return NAN;
  for (gsize i = 0; i < n; i++)
    if (vec3_dist (p + 3 * i, neck->centre_lps_mm) < around)
      willis_tubes_nearest (balls, balls->len, p + 3 * i, out + i);
  for (gsize t = 0; t < n_triangles; t++)
    side[t] = out[v[3 * t]] > LEVEL_MM && out[v[3 * t + 1]] > LEVEL_MM && out[v[3 * t + 2]] > LEVEL_MM ? 1 : -1;
  piece = willis_piece_at (lumen, side, neck->dome_lps_mm);
  return wedge_below (lumen, piece, out, neck, sac) / morphology->index[WILLIS_INDEX_VOLUME].value;
}

/* The points of a tree: how far each is above the plane of a neck, and whether it is in its sac. */
typedef struct
{
  const WillisTree *tree;
  gsize *first;  // [branches] of the points of each
  double *above; // [points]
  guint8 *in;    // [points]
  gint32 *group; // [points] scratch: those that hang together
  gsize n;
} Course;

static void
course_init (Course *c, const WillisTree *tree, const WillisNeck *neck, WillisSurface *sac)
{
  g_autoptr (WillisBvh) bvh = willis_bvh_new (sac);
  gsize n_branches = willis_tree_n_branches (tree);

  *c = (Course){ .tree = tree, .first = g_new0 (gsize, n_branches + 1) };
  for (gsize b = 0; b < n_branches; b++)
    c->first[b + 1] = c->first[b] + willis_tree_branch (tree, b)->n_points;
  c->n = c->first[n_branches];
  c->above = g_new (double, MAX (c->n, 1));
  c->in = g_new (guint8, MAX (c->n, 1));
  c->group = g_new (gint32, MAX (c->n, 1));
  for (gsize b = 0; b < n_branches; b++)
    for (gsize i = c->first[b]; i < c->first[b + 1]; i++)
      {
        const double *p = willis_tree_branch (tree, b)->points_lps_mm + 3 * (i - c->first[b]);

        c->above[i] = willis_neck_above (neck, p);
        c->in[i] = c->above[i] > 0.0 && willis_bvh_signed_distance (bvh, p, NULL) > 0.0;
      }
}

static void
course_clear (Course *c)
{
  g_free (c->first);
  g_free (c->above);
  g_free (c->in);
  g_free (c->group);
}

static gboolean
is_above (const Course *c, gsize i, double level)
{
  return c->in[i] && c->above[i] > level;
}

static gint32
group_of (const Course *c, gsize i)
{
  while (c->group[i] != (gint32) i)
    i = (gsize) c->group[i];
  return (gint32) i;
}

static void
join (const Course *c, gsize i, gsize k)
{
  gint32 a = group_of (c, i), b = group_of (c, k);

  c->group[MAX (a, b)] = MIN (a, b);
}

/* Joins the ends of branches that meet at a node. */
static void
join_nodes (const Course *c)
{
  g_autofree gssize *at = g_new (gssize, willis_tree_n_nodes (c->tree) + 1);

  for (gsize n = 0; n < willis_tree_n_nodes (c->tree); n++)
    at[n] = -1;
  for (gsize b = 0; b < willis_tree_n_branches (c->tree); b++)
    for (int e = 0; e < 2; e++)
      {
        int node = willis_tree_branch (c->tree, b)->node[e];
        gsize end = e == 0 ? c->first[b] : c->first[b + 1] - 1;

        if (at[node] >= 0)
          join (c, end, (gsize) at[node]);
        at[node] = (gssize) end;
      }
}

/* Groups what lies in the sac, farther above its neck than a level, by how it hangs together. */
static void
group_above (const Course *c, double level)
{
  for (gsize i = 0; i < c->n; i++)
    c->group[i] = (gint32) i;
  join_nodes (c);
  for (gsize b = 0; b < willis_tree_n_branches (c->tree); b++)
    for (gsize i = c->first[b]; i + 1 < c->first[b + 1]; i++)
      if (is_above (c, i, level) && is_above (c, i + 1, level))
        join (c, i, i + 1);
}

/* Does what hangs together above a level lead out of the sac's wall at two places, or at one and by two ways down to
 * the neck? (By one it is an artery that leaves the sac; ways to the neck alone may be those of a fork.) */
static gboolean
leads_through (const Course *c, double level)
{
  g_autofree gint32 *down = g_new0 (gint32, MAX (c->n, 1)), *out = g_new0 (gint32, MAX (c->n, 1));

  group_above (c, level);
  for (gsize b = 0; b < willis_tree_n_branches (c->tree); b++)
    for (gsize i = c->first[b]; i + 1 < c->first[b + 1]; i++)
      {
        gsize in = is_above (c, i, level) ? i : i + 1, other = 2 * i + 1 - in;
        gint32 group = group_of (c, in);

        if (is_above (c, i, level) == is_above (c, i + 1, level))
          continue;
        down[group] += c->above[other] <= level;
        out[group] += c->above[other] > level;
        if (out[group] >= 2 || (out[group] == 1 && down[group] >= 2))
          return TRUE;
      }
  return FALSE;
}

double
willis_sac_through_mm (const WillisTree *tree, const WillisNeck *neck, WillisSurface *sac)
{
  double through = 0.0;
  Course c;

  if (tree == NULL || willis_surface_n_triangles (sac) == 0)
    return NAN;
  course_init (&c, tree, neck, sac);
  while (leads_through (&c, through))
    through += THROUGH_STEP_MM;
  course_clear (&c);
  return through;
}
