/* SPDX-License-Identifier: Apache-2.0 */
#include "core/vessel/blebs.h"

#include <math.h>
#include <stdlib.h>

#include "core/base/parallel.h"
#include "core/mesh/bvh.h"
#include "core/mesh/check.h"
#include "core/mesh/components.h"
#include "core/mesh/curvature.h"
#include "core/mesh/edit.h"
#include "core/mesh/hull.h"
#include "core/mesh/isosurface.h"
#include "core/mesh/topology.h"
#include "core/num/vec3.h"

#define BALL 0.7 // of the largest inscribed ball
#define LEAST_HEIGHT_MM 0.5
#define LEAST_SLENDER 0.25 // height over radius of the foot
#define LEAST_VALLEY 0.1   // of the height
#define FOOT 0.15          // of the height: where the foot is taken
#define SURROUNDINGS 2.5   // radii of the foot, from its middle
#define RING 2.0           // the valley is looked for so far, too
#define STEPS 40           // of the grid along the sac's longest side
#define BLOCK 4            // voxels a side, of the blocks that the grid is filled in; a power of 2
#define SECTORS 16

/* --- how far the wall stands out of the opened sac --- */

typedef struct
{
  const WillisBvh *wall, *closed;
  gsize n_wall; // triangles of the wall, which come first in closed
  WillisGrid grid;
  double ball_mm;
  float *room; // [voxels] as far as the ball's centre goes, this is ball_mm or more
} Opening;

/* The distance to the wall, which is what stops the ball; ball_mm less the distance from the sac where that is smaller,
 * for the centre stays inside. Changes no faster than the place. */
static double
room_at (const Opening *o, const double lps[3], gint32 *hint)
{
  WillisNearest nearest;
  double inside;

  willis_bvh_nearest_from (o->closed, lps, *hint, &nearest);
  *hint = nearest.triangle;
  inside = willis_bvh_sign_distance (o->closed, lps, &nearest);
  if ((gsize) nearest.triangle < o->n_wall || inside <= -o->ball_mm) // the wall, or below ball_mm anyhow
    return inside;
  willis_bvh_nearest (o->wall, lps, INFINITY, &nearest);
  return MIN (nearest.distance_mm, o->ball_mm + inside);
}

static void
block_at (const WillisGrid *grid, gsize b, int corner[3])
{
  gsize nx = (gsize) grid->dims[0] / BLOCK, ny = (gsize) grid->dims[1] / BLOCK;

  corner[0] = BLOCK * (int) (b % nx);
  corner[1] = BLOCK * (int) (b / nx % ny);
  corner[2] = BLOCK * (int) (b / nx / ny);
}

/* The middle of the voxels of a block of so many a side. */
static void
middle_lps (const WillisGrid *grid, const int corner[3], int size, double lps[3])
{
  double half = 0.5 * (size - 1);

  willis_grid_ijk_to_lps (grid, (double[3]){ corner[0] + half, corner[1] + half, corner[2] + half }, lps);
}

/* A block of size voxels a side: down to the voxels where the level may run through or next to it, else all get the
 * value of the middle, which is on the same side of the level. */
static void
fill_block (const Opening *o, const int corner[3], int size, gint32 *hint)
{
  gsize nx = (gsize) o->grid.dims[0], ny = (gsize) o->grid.dims[1];
  double lps[3], room;

  middle_lps (&o->grid, corner, size, lps);
  room = room_at (o, lps, hint);
  if (size > 1 && fabs (room - o->ball_mm) <= (0.5 * (size - 1) * sqrt (3.0) + 1.0) * o->grid.spacing_mm[0])
    {
      for (int k = 0; k < 8; k++)
        fill_block (
            o, (int[3]){ corner[0] + k % 2 * size / 2, corner[1] + k / 2 % 2 * size / 2, corner[2] + k / 4 * size / 2 },
            size / 2, hint);
      return;
    }
  for (int z = 0; z < size; z++)
    for (int y = 0; y < size; y++)
      for (int x = 0; x < size; x++)
        o->room[(gsize) (corner[0] + x) + nx * ((gsize) (corner[1] + y) + ny * (gsize) (corner[2] + z))] = (float) room;
}

static void
measure_room (gsize lo, gsize hi, gpointer context)
{
  Opening *o = context;

  for (gsize b = lo; b < hi; b++)
    {
      gint32 hint = -1;
      int corner[3];

      block_at (&o->grid, b, corner);
      fill_block (o, corner, BLOCK, &hint);
    }
}

/* The block's middle that lies deepest in the sac. The sign of a distance may be wrong beyond a neck whose rim folds
 * back, so what is found is checked; -INFINITY where no middle lies inside. */
static double
deepest_middle (const Opening *o, double lps[3])
{
  gsize n = willis_grid_n_voxels (&o->grid) / (BLOCK * BLOCK * BLOCK), best = 0;
  g_autofree double *depth = g_new (double, n);
  int corner[3];

  for (gsize b = 0; b < n; b++)
    {
      block_at (&o->grid, b, corner);
      middle_lps (&o->grid, corner, BLOCK, lps);
      depth[b] = willis_bvh_signed_distance (o->closed, lps, NULL);
    }
  do
    {
      for (gsize b = 0; b < n; b++)
        if (depth[b] > depth[best])
          best = b;
      block_at (&o->grid, best, corner);
      middle_lps (&o->grid, corner, BLOCK, lps);
      if (depth[best] <= 0.0 || willis_surface_winding (willis_bvh_surface (o->closed), lps) > 0.5)
        return depth[best];
      depth[best] = -INFINITY;
    }
  while (TRUE);
}

/* The radius of the largest ball in the closed sac: climbs from the deepest of the blocks' middles, never out of the
 * ball that it has. */
static double
largest_ball (const Opening *o)
{
  double best[3], radius = deepest_middle (o, best), step = BLOCK * o->grid.spacing_mm[0];

  while (radius > 0.0 && step > 0.02 * o->grid.spacing_mm[0])
    {
      gboolean moved = FALSE;

      step = MIN (step, 0.5 * radius);
      for (int k = 0; k < 6; k++)
        {
          double next[3], r;

          vec3_copy (next, best);
          next[k / 2] += k % 2 == 0 ? step : -step;
          r = willis_bvh_signed_distance (o->closed, next, NULL);
          if (r > radius + 0.01 * step) // else it would creep along a ridge
            {
              radius = r;
              vec3_copy (best, next);
              moved = TRUE;
            }
        }
      if (!moved)
        step *= 0.5;
    }
  return radius;
}

/* The surface without the pieces that lie outside the sac (new). */
static WillisSurface *
inside_only (const WillisSurface *surface, const WillisSurface *closed)
{
  gsize n = willis_surface_n_triangles (surface);
  const double *p = willis_surface_points (surface);
  const gint32 *v = willis_surface_triangles (surface);
  g_autofree gint32 *label = g_new (gint32, MAX (n, 1));
  g_autofree guint8 *keep = g_new0 (guint8, MAX (n, 1));
  g_autoptr (GArray) pieces = willis_surface_pieces (surface, label);
  g_autofree guint8 *inside = g_new0 (guint8, MAX (pieces->len, 1));

  for (guint k = 0; k < pieces->len; k++)
    inside[k]
        = willis_surface_winding (closed, p + 3 * v[3 * g_array_index (pieces, WillisSurfacePiece, k).triangle]) > 0.5;
  for (gsize t = 0; t < n; t++)
    keep[t] = inside[label[t]];
  return willis_surface_pick (surface, keep, NULL);
}

/* The surface on which the ball's centre rolls (new); NULL where there is none. */
static WillisSurface *
centres (WillisSurface *sac, WillisSurface *closed, const WillisBvh *wall, double *ball_mm)
{
  g_autoptr (WillisBvh) bvh = willis_bvh_new (closed);
  g_autoptr (WillisVolume) volume = NULL;
  g_autoptr (WillisSurface) level = NULL;
  Opening o = { .wall = wall, .closed = bvh, .n_wall = willis_surface_n_triangles (sac) };
  double box[6], side = 0.0, origin[3], spacing[3];
  int dims[3];

  willis_surface_bounds (closed, box);
  for (int a = 0; a < 3; a++)
    side = MAX (side, box[3 + a] - box[a]);
  for (int a = 0; a < 3; a++)
    {
      spacing[a] = side / STEPS;
      origin[a] = box[a] - spacing[a];
      dims[a] = BLOCK * (int) ceil (((box[3 + a] - box[a]) / spacing[a] + 3.0) / BLOCK);
    }
  o.grid = willis_grid_new (dims, spacing, origin);
  *ball_mm = o.ball_mm = willis_grid_check (&o.grid, NULL) ? BALL * largest_ball (&o) : 0.0;
  volume = o.ball_mm > 0.0 ? willis_volume_new (&o.grid, WILLIS_SCALAR_F32, NULL) : NULL;
  if (volume == NULL)
    return NULL;
  o.room = willis_volume_voxels_rw (volume);
  willis_parallel_for (willis_grid_n_voxels (&o.grid) / (BLOCK * BLOCK * BLOCK), 16, measure_room, &o);
  level = willis_isosurface (volume, o.ball_mm, NULL, NULL, NULL, NULL);
  return level != NULL ? inside_only (level, closed) : NULL;
}

typedef struct
{
  const WillisBvh *centres;
  const double *points, *normals;
  double ball_mm, *rise, *level;
} Wall;

static void
measure_rise (gsize lo, gsize hi, gpointer context)
{
  Wall *w = context;
  WillisNearest nearest = { .triangle = -1 };
  double out[3];

  for (gsize i = lo; i < hi; i++)
    {
      willis_bvh_nearest_from (w->centres, w->points + 3 * i, nearest.triangle, &nearest);
      w->rise[i] = MAX (nearest.distance_mm - w->ball_mm, 0.0);
      vec3_sub (out, w->points + 3 * i, nearest.lps_mm);
      vec3_normalize (out);
      w->level[i] = MAX (vec3_dot (out, w->normals + 3 * i), 0.0);
    }
}

/* --- peaks --- */

typedef struct
{
  const WillisTopology *topology;
  const double *points, *rise, *area, *level; // level: cosine of the wall's slope against the opened sac
  gint32 *parent, *peak;                      // union-find over the points met so far, and each piece's highest point
  guint8 *rim;                                // of a piece's root: it has met an open rim
  double *saddle;                             // of a peak: where its piece met a higher one or the rim
} Peaks;

static gint32
root (gint32 *parent, gint32 i)
{
  while (parent[i] != i)
    i = parent[i] = parent[parent[i]];
  return i;
}

static int
highest_first (gconstpointer a, gconstpointer b, gpointer rise)
{
  gint32 i = *(const gint32 *) a, k = *(const gint32 *) b;
  double x = ((const double *) rise)[i], y = ((const double *) rise)[k];

  return x != y ? (x < y ? 1 : -1) : (i > k) - (i < k);
}

/* Pieces a and b meet at this rise: the one at the rim, else the higher one, swallows the other. */
static void
meet (Peaks *p, gint32 a, gint32 b, double rise)
{
  gint32 keep = a, lose = b;

  if (a == b)
    return;
  if (p->rim[a] != p->rim[b] ? p->rim[b] : highest_first (p->peak + a, p->peak + b, (gpointer) p->rise) > 0)
    keep = b, lose = a;
  if (isnan (p->saddle[p->peak[lose]]))
    p->saddle[p->peak[lose]] = rise;
  p->parent[lose] = keep;
}

/* The neighbours of a point: half edges that leave it, and the other end of those that come in. */
#define FOR_NEIGHBOURS(t, i, k, other)                                                                                 \
  for (gint32 k = 2 * (t)->first[i], other;                                                                            \
       k < 2 * (t)->first[(i) + 1]                                                                                     \
       && (other = (t)->triangles[k % 2 == 0 ? willis_half_edge_next ((t)->corners[k / 2])                             \
                                             : willis_half_edge_prev ((t)->corners[k / 2])],                           \
          TRUE);                                                                                                       \
       k++)

static void
find_peaks (Peaks *p, const guint8 *on_rim)
{
  gsize n = p->topology->n_points;
  g_autofree gint32 *order = g_new (gint32, MAX (n, 1));

  for (gsize i = 0; i < n; i++)
    {
      order[i] = (gint32) i;
      p->parent[i] = -1;
      p->saddle[i] = NAN;
    }
  g_qsort_with_data (order, (gint) n, sizeof *order, highest_first, (gpointer) p->rise);
  for (gsize k = 0; k < n; k++)
    {
      gint32 i = order[k];

      p->parent[i] = p->peak[i] = i;
      p->rim[i] = on_rim[i];
      if (on_rim[i])
        p->saddle[i] = p->rise[i];
      FOR_NEIGHBOURS (p->topology, i, h, other)
      if (p->parent[other] >= 0)
        meet (p, root (p->parent, i), root (p->parent, other), p->rise[i]);
    }
}

/* --- one peak --- */

typedef struct
{
  guint8 *in;                            // [n_points] the bleb, down to its foot
  GArray *ids;                           // gint32: its points
  double base_mm, middle[3], u[3], v[3]; // foot: radius, centre, directions along it
} Foot;

static void
find_foot (const Peaks *p, gint32 peak, double height, Foot *foot)
{
  double level = p->rise[peak] - (1.0 - FOOT) * height, flat = 0.0, area = 0.0, axis[3];

  g_array_append_val (foot->ids, peak);
  foot->in[peak] = TRUE;
  for (guint k = 0; k < foot->ids->len; k++)
    {
      gint32 i = g_array_index (foot->ids, gint32, k);

      flat += p->area[i] * p->level[i];
      area += p->area[i];
      vec3_axpy (foot->middle, foot->middle, p->area[i], p->points + 3 * i);
      FOR_NEIGHBOURS (p->topology, i, h, other)
      if (!foot->in[other] && p->rise[other] >= level)
        {
          foot->in[other] = TRUE;
          g_array_append_val (foot->ids, other);
        }
    }
  foot->base_mm = sqrt (flat / G_PI);
  vec3_scale (foot->middle, foot->middle, area > 0.0 ? 1.0 / area : 0.0);
  vec3_sub (axis, p->points + 3 * peak, foot->middle);
  if (vec3_normalize (axis) <= 0.0)
    axis[2] = 1.0;
  vec3_basis (axis, foot->u, foot->v);
}

/* How far each of n points lies below the hull of them all; where it is less than least, anything less than that. */
static double *
depths (const double *points, gsize n, double least)
{
  g_autoptr (GArray) hull = willis_convex_hull (points, n, NULL);
  gsize n_faces = hull != NULL ? hull->len / 3 : 0;
  g_autofree double *plane = g_new (double, 4 * MAX (n_faces, 1));
  double *depth = g_new0 (double, n);

  for (gsize f = 0; f < n_faces; f++)
    {
      const gint32 *c = &g_array_index (hull, gint32, 3 * f);
      double a[3], b[3];

      vec3_sub (a, points + 3 * c[1], points + 3 * c[0]);
      vec3_sub (b, points + 3 * c[2], points + 3 * c[0]);
      vec3_cross (plane + 4 * f, a, b);
      vec3_normalize (plane + 4 * f);
      plane[4 * f + 3] = vec3_dot (plane + 4 * f, points + 3 * c[0]);
    }
  for (gsize i = 0; i < n && n_faces > 0; i++)
    {
      depth[i] = INFINITY;
      for (gsize f = 0; f < n_faces && depth[i] >= least; f++)
        depth[i] = MIN (depth[i], plane[4 * f + 3] - vec3_dot (plane + 4 * f, points + 3 * i));
    }
  return depth;
}

/* Whether a valley runs around the bleb on a third of the directions or more. */
static gboolean
has_valley (const Peaks *p, const Foot *foot, double height)
{
  gsize n = p->topology->n_points, n_near = 0;
  g_autofree double *near = g_new (double, 3 * n), *depth = NULL;
  guint8 deep[SECTORS] = { 0 };
  int n_deep = 0;

  for (gsize i = 0; i < n; i++)
    if (foot->in[i] || vec3_dist (p->points + 3 * i, foot->middle) < SURROUNDINGS * foot->base_mm)
      vec3_copy (near + 3 * n_near++, p->points + 3 * i);
  depth = depths (near, n_near, LEAST_VALLEY * height);
  for (gsize i = 0, k = 0; i < n; i++)
    {
      double d[3], turn, far = vec3_dist (p->points + 3 * i, foot->middle);

      if (!foot->in[i] && far >= SURROUNDINGS * foot->base_mm)
        continue;
      vec3_sub (d, p->points + 3 * i, foot->middle);
      turn = atan2 (vec3_dot (d, foot->v), vec3_dot (d, foot->u)) / (2.0 * G_PI) + 0.5;
      if ((foot->in[i] || far <= RING * foot->base_mm) && depth[k] >= LEAST_VALLEY * height)
        deep[CLAMP ((int) (turn * SECTORS), 0, SECTORS - 1)] = TRUE;
      k++;
    }
  for (int s = 0; s < SECTORS; s++)
    n_deep += deep[s];
  return 3 * n_deep >= SECTORS;
}

static int
higher_first (gconstpointer a, gconstpointer b)
{
  double x = ((const WillisBleb *) a)->height_mm, y = ((const WillisBleb *) b)->height_mm;

  return (x < y) - (x > y);
}

/* The peaks that count. */
static GArray *
choose (const Peaks *p)
{
  gsize n = p->topology->n_points;
  GArray *blebs = g_array_new (FALSE, FALSE, sizeof (WillisBleb));

  for (gsize i = 0; i < n; i++)
    {
      double height = p->rise[i] - (isnan (p->saddle[i]) ? 0.0 : p->saddle[i]);

      if (p->peak[i] == (gint32) i && height >= LEAST_HEIGHT_MM)
        {
          Foot foot = { .in = g_new0 (guint8, n), .ids = g_array_new (FALSE, FALSE, sizeof (gint32)) };
          WillisBleb bleb = { .height_mm = height };

          find_foot (p, (gint32) i, height, &foot);
          vec3_copy (bleb.tip_lps_mm, p->points + 3 * i);
          bleb.base_mm = foot.base_mm;
          if (height >= LEAST_SLENDER * foot.base_mm && has_valley (p, &foot, height))
            g_array_append_val (blebs, bleb);
          g_free (foot.in);
          g_array_unref (foot.ids);
        }
    }
  g_array_sort (blebs, higher_first);
  return blebs;
}

GArray *
willis_sac_blebs (WillisSurface *sac, WillisSurface *closed)
{
  gsize n = willis_surface_n_points (sac), size = MAX (n, 1);
  g_autoptr (WillisBvh) wall_bvh = willis_bvh_new (sac), centre_bvh = NULL;
  g_autoptr (WillisSurface) rolling = NULL;
  g_autoptr (WillisTopology) topology = willis_topology_new (sac);
  g_autofree double *normals = willis_surface_point_normals (sac), *area = willis_surface_point_areas (sac),
                    *rise = g_new0 (double, size), *level = g_new0 (double, size), *saddle = g_new (double, size);
  g_autofree gint32 *parent = g_new (gint32, size), *peak = g_new (gint32, size);
  g_autofree guint8 *on_rim = g_new0 (guint8, size), *rim = g_new0 (guint8, size);
  Wall wall = { .points = willis_surface_points (sac), .normals = normals, .rise = rise, .level = level };
  Peaks peaks = { topology, wall.points, rise, area, level, parent, peak, rim, saddle };

  rolling = centres (sac, closed, wall_bvh, &wall.ball_mm);
  if (rolling == NULL || willis_surface_n_triangles (rolling) == 0)
    return g_array_new (FALSE, FALSE, sizeof (WillisBleb));
  wall.centres = centre_bvh = willis_bvh_new (rolling);
  willis_parallel_for (n, 512, measure_rise, &wall);
  for (gsize h = 0; h < 3 * topology->n_triangles; h++)
    if (topology->twin[h] < 0)
      on_rim[topology->triangles[h]] = on_rim[topology->triangles[willis_half_edge_next ((gint32) h)]] = TRUE;
  find_peaks (&peaks, on_rim);
  return choose (&peaks);
}
