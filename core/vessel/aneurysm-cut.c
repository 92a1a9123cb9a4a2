/* SPDX-License-Identifier: Apache-2.0 */
#include "core/vessel/aneurysm-cut.h"

#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/mesh/check.h"
#include "core/mesh/clip.h"
#include "core/mesh/edit.h"
#include "core/mesh/rims.h"
#include "core/num/vec3.h"
#include "core/vessel/neck-ostium.h"

/* More open rim than this share of the ostium means that an artery still hangs on the sac. */
#define MAX_OTHER_RIM 0.35
/* A part below the plane away from the neck is a lobe of the sac up to this share of the sac above; more is artery. */
#define MAX_LOBE 0.3

/* A surface split along a cut, its positive side, and the loops between. */
typedef struct
{
  WillisSurface *whole;
  guint8 *on_cut;      // [points]
  gint8 *side;         // [triangles]
  gint32 *opposite;    // [3 triangles]
  WillisLoops *loops;  // rims of the positive side, ids of whole
} Split;

static void
split_clear (Split *split)
{
  g_clear_pointer (&split->whole, willis_surface_unref);
  g_clear_pointer (&split->on_cut, g_free);
  g_clear_pointer (&split->side, g_free);
  g_clear_pointer (&split->opposite, g_free);
  g_clear_pointer (&split->loops, willis_loops_free);
}

void
willis_cut_clear (WillisCut *cut)
{
  g_clear_pointer (&cut->sac, willis_surface_unref);
  g_clear_pointer (&cut->curve, g_free);
}

WillisSurface *
willis_cut_near (const WillisSurface *lumen, const double centre[3], double radius_mm)
{
  gsize n = willis_surface_n_triangles (lumen);
  const double *p = willis_surface_points (lumen);
  const gint32 *v = willis_surface_triangles (lumen);
  g_autofree guint8 *keep = g_new0 (guint8, MAX (n, 1));

  for (gsize t = 0; t < n; t++)
    for (int c = 0; c < 3; c++)
      keep[t] |= vec3_dist (p + 3 * v[3 * t + c], centre) < radius_mm;
  return willis_surface_pick (lumen, keep, NULL);
}

/* A flat base that lies in the plane within rounding of the surface (one hundredth of its reach above it) is taken
 * off, so that a closed sac opens at its base. */
static void
mark_base (Split *split, const double *value, const double normal[3])
{
  const double *p = willis_surface_points (split->whole);
  const gint32 *v = willis_surface_triangles (split->whole);
  double reach = 0.0;

  for (gsize i = 0; i < willis_surface_n_points (split->whole); i++)
    reach = MAX (reach, value[i]);
  for (gsize t = 0; t < willis_surface_n_triangles (split->whole); t++, v += 3)
    {
      double a[3], b[3], x[3];

      if (split->side[t] <= 0 || MAX (MAX (value[v[0]], value[v[1]]), value[v[2]]) > 0.01 * reach)
        continue;
      vec3_sub (a, p + 3 * v[1], p + 3 * v[0]);
      vec3_sub (b, p + 3 * v[2], p + 3 * v[0]);
      vec3_cross (x, a, b);
      vec3_normalize (x);
      if (vec3_dot (x, normal) < -0.99)
        split->side[t] = 0;
    }
}

/* Loops around the positive side, as ids of the split surface. */
static void
find_loops (Split *split)
{
  gsize n = willis_surface_n_triangles (split->whole), n_points = willis_surface_n_points (split->whole);
  g_autofree guint8 *keep = g_new0 (guint8, MAX (n, 1));
  g_autofree gint32 *map = g_new (gint32, MAX (n_points, 1)), *back = g_new0 (gint32, MAX (n_points, 1));
  g_autoptr (WillisSurface) positive = NULL;

  for (gsize t = 0; t < n; t++)
    keep[t] = split->side[t] > 0;
  positive = willis_surface_pick (split->whole, keep, map);
  for (gsize i = 0; i < n_points; i++)
    if (map[i] >= 0)
      back[map[i]] = (gint32) i;
  g_clear_pointer (&split->loops, willis_loops_free);
  split->loops = willis_surface_rims (positive);
  for (guint i = 0; i < split->loops->ids->len; i++)
    g_array_index (split->loops->ids, gint32, i) = back[g_array_index (split->loops->ids, gint32, i)];
}

static void
split_init (Split *split, const WillisSurface *lumen, const double *value, double snap)
{
  split->whole = willis_surface_split_values (lumen, value, snap, &split->on_cut, &split->side);
  split->opposite = willis_surface_opposites (split->whole);
  find_loops (split);
}

/* Heights of the points of a surface over a plane (new). */
static double *
heights (const WillisSurface *surface, const double centre[3], const double normal[3])
{
  gsize n = willis_surface_n_points (surface);
  double *value = g_new (double, MAX (n, 1)), d[3];

  for (gsize i = 0; i < n; i++)
    {
      vec3_sub (d, willis_surface_points (surface) + 3 * i, centre);
      value[i] = vec3_dot (d, normal);
    }
  return value;
}

/* How far the point is from the loop in the plane across normal; negative inside. */
static double
loop_distance (const double *loop, gsize n, const double point[3], const double normal[3])
{
  double u[3], v[3], best = G_MAXDOUBLE;
  gboolean inside = FALSE;

  vec3_basis (normal, u, v);
  for (gsize i = 0; i < n; i++)
    {
      double a[3], b[3], ax, ay, bx, by, t, dx, dy;

      vec3_sub (a, loop + 3 * i, point);
      vec3_sub (b, loop + 3 * ((i + 1) % n), point);
      ax = vec3_dot (a, u), ay = vec3_dot (a, v), bx = vec3_dot (b, u), by = vec3_dot (b, v);
      if ((ay > 0.0) != (by > 0.0) && ax + (bx - ax) * ay / (ay - by) > 0.0)
        inside = !inside;
      dx = bx - ax, dy = by - ay;
      t = dx * dx + dy * dy > 0.0 ? CLAMP (-(ax * dx + ay * dy) / (dx * dx + dy * dy), 0.0, 1.0) : 0.0;
      best = MIN (best, hypot (ax + t * dx, ay + t * dy));
    }
  return inside ? -best : best;
}

/* Which pieces of the positive side the triangles belong to, and the piece nearest to the dome point. */
static gint32 *
dome_piece (const Split *split, const double dome[3], gint32 *nearest)
{
  gsize n = willis_surface_n_triangles (split->whole), top;
  const gint32 *v = willis_surface_triangles (split->whole);
  const double *p = willis_surface_points (split->whole);
  gint32 *piece = g_new0 (gint32, MAX (n, 1)), count = 0;
  g_autofree gint32 *stack = g_new (gint32, MAX (n, 1));
  double best = G_MAXDOUBLE;

  *nearest = 0;
  for (gsize seed = 0; seed < n; seed++)
    {
      if (split->side[seed] <= 0 || piece[seed] != 0)
        continue;
      count++;
      top = 0;
      stack[top++] = (gint32) seed;
      piece[seed] = count;
      while (top > 0)
        {
          gint32 t = stack[--top];

          for (int c = 0; c < 3; c++)
            {
              gint32 k = split->opposite[3 * t + c];
              double distance = vec3_dist (p + 3 * v[3 * t + c], dome);

              if (distance < best)
                {
                  best = distance;
                  *nearest = count;
                }
              if (k >= 0 && split->side[k / 3] > 0 && piece[k / 3] == 0)
                {
                  piece[k / 3] = count;
                  stack[top++] = k / 3;
                }
            }
        }
    }
  return piece;
}

/* The loop of the neck: around the centre and the smallest, else the nearest; with a dome only loops of its piece.
 * -1 where there is none. */
static int
choose_loop (const Split *split, const double centre[3], const double normal[3], const double *dome)
{
  g_autofree guint8 *allowed = NULL;
  double best_inside = G_MAXDOUBLE, best_near = G_MAXDOUBLE;
  int inside = -1, near = -1;

  if (dome != NULL)
    {
      gint32 wanted;
      g_autofree gint32 *piece = dome_piece (split, dome, &wanted);
      const gint32 *v = willis_surface_triangles (split->whole);

      allowed = g_new0 (guint8, MAX (willis_surface_n_points (split->whole), 1));
      for (gsize k = 0; k < 3 * willis_surface_n_triangles (split->whole); k++)
        if (piece[k / 3] == wanted)
          allowed[v[k]] = TRUE;
    }
  for (gsize l = 0; l < willis_loops_n (split->loops); l++)
    {
      gsize n, cut = 0;
      g_autofree double *loop = willis_loops_points (split->loops, l, split->whole, &n);
      const gint32 *ids = willis_loops_get (split->loops, l, &n);
      double d[3], distance, area[3], length, off = 0.0;

      for (gsize i = 0; i < n; i++)
        {
          cut += split->on_cut[ids[i]];
          vec3_sub (d, loop + 3 * i, centre);
          off = MAX (off, fabs (vec3_dot (d, normal)));
        }
      length = willis_polygon_measure (loop, n, area, NULL);
      /* an old rim of the surface counts where it lies at the plane: a sac that is open already */
      if (n < 3 || (cut < n / 2 && off > 0.05 * length) || (allowed != NULL && !allowed[ids[0]]))
        continue;
      distance = loop_distance (loop, n, centre, normal);
      if (distance <= 0.0 && vec3_norm (area) < best_inside)
        {
          best_inside = vec3_norm (area);
          inside = (int) l;
        }
      if (distance < best_near)
        {
          best_near = distance;
          near = (int) l;
        }
    }
  return inside >= 0 ? inside : near;
}

/* Floods from triangle `from` over triangles of its own side; piece[t] becomes mark. Adds up the area; *open: whether an
 * old rim of the surface was met. */
static double
flood (const Split *split, gint32 from, gint32 mark, gint32 *piece, gboolean *open)
{
  const double *p = willis_surface_points (split->whole);
  const gint32 *v = willis_surface_triangles (split->whole);
  g_autoptr (GArray) stack = g_array_new (FALSE, FALSE, sizeof (gint32));
  double area = 0.0;

  g_array_append_val (stack, from);
  piece[from] = mark;
  while (stack->len > 0)
    {
      gint32 t = g_array_index (stack, gint32, stack->len - 1);
      double a[3], b[3], x[3];

      g_array_set_size (stack, stack->len - 1);
      vec3_sub (a, p + 3 * v[3 * t + 1], p + 3 * v[3 * t]);
      vec3_sub (b, p + 3 * v[3 * t + 2], p + 3 * v[3 * t]);
      vec3_cross (x, a, b);
      area += 0.5 * vec3_norm (x);
      for (int c = 0; c < 3; c++)
        {
          gint32 k = split->opposite[3 * t + c];

          if (k < 0)
            *open = TRUE;
          else if (piece[k / 3] == 0 && split->side[k / 3] == split->side[t])
            {
              piece[k / 3] = mark;
              k /= 3;
              g_array_append_val (stack, k);
            }
        }
    }
  return area;
}

/* A lobe of the sac that dips through the plane away from the neck: the piece at triangle t on the other side belongs to
 * the sac where it has no open end, touches no piece but the sac, does not touch the neck, and is small. */
static gboolean
is_lobe (const Split *split, gint32 t, gint32 mark, gint32 *piece, const guint8 *in_loop, double sac_area)
{
  gsize n = willis_surface_n_triangles (split->whole);
  const gint32 *v = willis_surface_triangles (split->whole);
  gboolean open = FALSE;
  double area = flood (split, t, mark, piece, &open);

  if (open || area > MAX_LOBE * sac_area)
    return FALSE;
  for (gsize h = 0; h < 3 * n; h++)
    {
      gint32 k = split->opposite[h];

      if (piece[h / 3] != mark || k < 0 || piece[k / 3] == mark)
        continue;
      if (piece[k / 3] != 1 || (in_loop[v[h]] && in_loop[v[h % 3 == 2 ? h - 2 : h + 1]]))
        return FALSE;
    }
  return TRUE;
}

/* The triangles of the sac on one side of the loop: the piece there, and its lobes on the other side. New, a byte a
 * triangle; NULL where nothing is there. */
static guint8 *
sac_triangles (const Split *split, const gint32 *ids, gsize n, gint8 side)
{
  gsize n_triangles = willis_surface_n_triangles (split->whole);
  const gint32 *v = willis_surface_triangles (split->whole);
  g_autofree gint32 *piece = g_new0 (gint32, MAX (n_triangles, 1));
  g_autofree guint8 *in_loop = g_new0 (guint8, MAX (willis_surface_n_points (split->whole), 1));
  g_autoptr (GArray) lobes = g_array_new (FALSE, FALSE, sizeof (gint32));
  guint8 *keep;
  gint32 mark = 1;
  gboolean open = FALSE;
  double area = 0.0;

  for (gsize i = 0; i < n; i++)
    in_loop[ids[i]] = TRUE;
  for (gsize h = 0; h < 3 * n_triangles; h++) // triangles with an edge on the loop
    if (split->side[h / 3] == side && piece[h / 3] == 0 && in_loop[v[h]] && in_loop[v[h % 3 == 2 ? h - 2 : h + 1]]
        && (split->opposite[h] < 0 || split->side[split->opposite[h] / 3] != side))
      area += flood (split, (gint32) (h / 3), 1, piece, &open);
  if (area == 0.0)
    return NULL;
  for (gsize h = 0; h < 3 * n_triangles; h++)
    {
      gint32 k = split->opposite[h];

      if (piece[h / 3] == 1 && k >= 0 && piece[k / 3] == 0 && split->side[k / 3] == -side
          && !(in_loop[v[h]] && in_loop[v[h % 3 == 2 ? h - 2 : h + 1]]) && is_lobe (split, k / 3, ++mark, piece, in_loop, area))
        g_array_append_val (lobes, mark);
    }
  keep = g_new0 (guint8, MAX (n_triangles, 1));
  for (gsize t = 0; t < n_triangles; t++)
    {
      keep[t] = piece[t] == 1;
      for (guint l = 0; l < lobes->len; l++)
        keep[t] |= piece[t] == g_array_index (lobes, gint32, l);
    }
  return keep;
}

/* Area of all rims of a surface but the largest one on the loop. */
static double
other_rims (const WillisSurface *sac, const double *curve, gsize n_curve)
{
  g_autoptr (WillisLoops) rims = willis_surface_rims (sac);
  double total = 0.0, own[3];

  willis_polygon_measure (curve, n_curve, own, NULL);
  for (gsize l = 0; l < willis_loops_n (rims); l++)
    {
      gsize n;
      const gint32 *ids = willis_loops_get (rims, l, &n);
      g_autofree double *points = g_new (double, 3 * n);
      double area[3];

      for (gsize i = 0; i < n; i++)
        vec3_copy (points + 3 * i, willis_surface_points (sac) + 3 * ids[i]);
      willis_polygon_measure (points, n, area, NULL);
      total += vec3_norm (area);
    }
  return MAX (total - vec3_norm (own), 0.0);
}

/* The sac on one side of loop l. */
static gboolean
take_side (const Split *split, gsize l, gint8 side, WillisCut *out, GError **error)
{
  gsize n;
  const gint32 *ids = willis_loops_get (split->loops, l, &n);
  g_autofree guint8 *reached = sac_triangles (split, ids, n, side);

  memset (out, 0, sizeof *out);
  if (reached == NULL)
    return willis_fail (error, WILLIS_ERROR_FAILED, _ ("nothing lies beyond the neck"));
  out->sac = willis_surface_pick (split->whole, reached, NULL);
  out->curve = willis_loops_points (split->loops, l, split->whole, &out->n_curve);
  out->other_rim_mm2 = other_rims (out->sac, out->curve, out->n_curve);
  return TRUE;
}

static gboolean
check_rims (WillisCut *cut, GError **error)
{
  double area[3];

  willis_polygon_measure (cut->curve, cut->n_curve, area, NULL);
  if (cut->other_rim_mm2 <= MAX_OTHER_RIM * vec3_norm (area))
    return TRUE;
  willis_cut_clear (cut);
  return willis_fail (error, WILLIS_ERROR_FAILED, _ ("an artery with an open end lies beyond the neck: the neck does not part "
                      "the sac from its artery, or its normal points the wrong way"));
}

gboolean
willis_cut_plane (const WillisSurface *lumen, const double centre[3], const double normal[3], const double *dome,
                  WillisCut *out, GError **error)
{
  g_autofree double *value = heights (lumen, centre, normal), *split_value = NULL;
  Split split = { 0 };
  gboolean ok = FALSE;
  int loop;

  split_init (&split, lumen, value, willis_surface_snap_mm (lumen));
  loop = choose_loop (&split, centre, normal, dome);
  if (loop < 0)
    {
      split_value = heights (split.whole, centre, normal);
      mark_base (&split, split_value, normal);
      find_loops (&split);
      loop = choose_loop (&split, centre, normal, dome);
    }
  if (loop < 0)
    willis_fail (error, WILLIS_ERROR_FAILED, _ ("the neck plane does not cut the surface near its centre"));
  else
    ok = take_side (&split, (gsize) loop, 1, out, error) && check_rims (out, error);
  split_clear (&split);
  return ok;
}

/* --- along a curve --- */

/* Signed distance to the curve on the surface for the points in a band around it; beyond the band the sign of the
 * nearest banded neighbour times the band's width. FALSE where the curve is nowhere near. */
static gboolean
curve_values (const WillisSurface *lumen, const double *curve, gsize n_curve, double *value)
{
  gsize n = willis_surface_n_points (lumen), n_edges = 3 * willis_surface_n_triangles (lumen), near = 0, head = 0;
  const double *p = willis_surface_points (lumen);
  const gint32 *v = willis_surface_triangles (lumen);
  g_autofree double *normals = willis_surface_point_normals (lumen);
  g_autoptr (GArray) queue = g_array_new (FALSE, FALSE, sizeof (gint32));
  g_autofree gint32 *start = g_new0 (gint32, n + 2), *around = g_new (gint32, 2 * n_edges);
  double edge = 0.0, band;

  for (gsize h = 0; h < n_edges; h++)
    edge += vec3_dist (p + 3 * v[h], p + 3 * v[h % 3 == 2 ? h - 2 : h + 1]) / (double) n_edges;
  band = 3.0 * edge;
  for (gsize i = 0; i < n; i++)
    {
      double best = band, best_side = 0.0;

      for (gsize k = 0; k < n_curve; k++)
        {
          const double *a = curve + 3 * k, *b = curve + 3 * ((k + 1) % n_curve);
          double t[3], d[3], q[3], x[3], s, distance;

          if (fabs (a[0] - p[3 * i]) > 2.0 * band + fabs (b[0] - a[0]))
            continue;
          vec3_sub (t, b, a);
          vec3_sub (d, p + 3 * i, a);
          s = vec3_norm2 (t) > 0.0 ? CLAMP (vec3_dot (d, t) / vec3_norm2 (t), 0.0, 1.0) : 0.0;
          vec3_lerp (q, a, b, s);
          distance = vec3_dist (q, p + 3 * i);
          if (distance >= best)
            continue;
          /* across the curve within the surface, over a longer chord so that kinks do not count */
          vec3_sub (t, curve + 3 * ((k + 2) % n_curve), curve + 3 * ((k + n_curve - 1) % n_curve));
          vec3_cross (x, normals + 3 * i, t);
          vec3_normalize (x);
          vec3_sub (d, p + 3 * i, q);
          best = distance;
          best_side = vec3_dot (d, x);
        }
      value[i] = best < band ? best_side : 0.0;
      if (best < band)
        {
          gint32 id = (gint32) i;

          g_array_append_val (queue, id);
          near++;
        }
      else
        value[i] = NAN;
    }
  for (gsize h = 0; h < n_edges; h++)
    start[v[h] + 2]++;
  for (gsize i = 1; i < n + 2; i++)
    start[i] += start[i - 1];
  for (gsize h = 0; h < n_edges; h++)
    around[start[v[h] + 1]++] = v[h % 3 == 2 ? h - 2 : h + 1];
  for (; head < queue->len; head++)
    {
      gint32 i = g_array_index (queue, gint32, head);

      for (gint32 k = start[i]; k < start[i + 1]; k++)
        if (isnan (value[around[k]]))
          {
            value[around[k]] = copysign (band, value[i]);
            g_array_append_val (queue, around[k]);
          }
    }
  for (gsize i = 0; i < n; i++)
    if (isnan (value[i]))
      value[i] = band; // another piece of the surface
  return near >= 3;
}

/* The loop that runs along the curve: mean distance of the curve's points to it, and that it is no shorter than half. */
static int
loop_along (const Split *split, const double *curve, gsize n_curve, double *mean)
{
  double length = willis_polygon_measure (curve, n_curve, NULL, NULL);
  int found = -1;

  *mean = G_MAXDOUBLE;
  for (gsize l = 0; l < willis_loops_n (split->loops); l++)
    {
      gsize n;
      g_autofree double *loop = willis_loops_points (split->loops, l, split->whole, &n);
      double sum = 0.0;

      if (n < 3 || willis_polygon_measure (loop, n, NULL, NULL) < 0.5 * length)
        continue;
      for (gsize i = 0; i < n_curve; i++)
        {
          double best = G_MAXDOUBLE, d[3];

          for (gsize k = 0; k < n; k++)
            {
              vec3_sub (d, loop + 3 * k, curve + 3 * i);
              best = MIN (best, vec3_norm2 (d));
            }
          sum += sqrt (best) / (double) n_curve;
        }
      if (sum < *mean)
        {
          *mean = sum;
          found = (int) l;
        }
    }
  return found;
}

/* Does the piece, closed by a fan over its rim, hold the point? */
static gboolean
holds (const WillisCut *cut, const double point[3])
{
  double sum = willis_surface_winding (cut->sac, point), fan = 0.0, centre[3] = { 0 };

  for (gsize i = 0; i < cut->n_curve; i++)
    vec3_axpy (centre, centre, 1.0 / (double) cut->n_curve, cut->curve + 3 * i);
  for (gsize i = 0; i < cut->n_curve; i++)
    fan += willis_winding_of_triangle (centre, cut->curve + 3 * i, cut->curve + 3 * ((i + 1) % cut->n_curve), point);
  // the way round of the rim is not told: the one that makes a whole
  if (fabs (sum - fan - round (sum - fan)) < fabs (sum + fan - round (sum + fan)))
    fan = -fan;
  return fabs (sum + fan) > 0.5;
}

/* Is the first cut the sac, rather than the second: holds the dome point, or is nearer to it, fewer open ends, smaller. */
static gboolean
first_is_sac (const WillisCut *a, const WillisCut *b, const double *dome)
{
  const WillisCut *cuts[2] = { a, b };
  double distance[2] = { G_MAXDOUBLE, G_MAXDOUBLE };

  if (dome != NULL && holds (a, dome) != holds (b, dome))
    return holds (a, dome);

  for (int c = 0; c < 2 && dome != NULL; c++)
    for (gsize i = 0; i < willis_surface_n_points (cuts[c]->sac); i++)
      distance[c] = MIN (distance[c], vec3_dist (willis_surface_points (cuts[c]->sac) + 3 * i, dome));
  if (distance[0] != distance[1])
    return distance[0] < distance[1];
  if (fabs (a->other_rim_mm2 - b->other_rim_mm2) > 1e-3 * (a->other_rim_mm2 + b->other_rim_mm2))
    return a->other_rim_mm2 < b->other_rim_mm2;
  return willis_surface_area_mm2 (a->sac) <= willis_surface_area_mm2 (b->sac);
}

gboolean
willis_cut_curve (const WillisSurface *lumen, const double *curve, gsize n_curve, const double *dome, WillisCut *out,
                  GError **error)
{
  gsize n = willis_surface_n_points (lumen);
  g_autofree double *value = NULL;
  double centre[3], normal[3], off, mean = 0.0, length = willis_polygon_measure (curve, n_curve, NULL, NULL);
  WillisCut one = { 0 }, two = { 0 };
  Split split = { 0 };
  gboolean ok = FALSE, have_one, have_two;
  int loop;

  off = willis_curve_plane (curve, n_curve, centre, normal);
  if (off < 1e-3 * length) // a flat curve: the plane cuts exactly
    value = heights (lumen, centre, normal);
  else
    {
      value = g_new (double, MAX (n, 1));
      if (!curve_values (lumen, curve, n_curve, value))
        return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("the neck curve does not lie on the surface"));
    }
  split_init (&split, lumen, value, willis_surface_snap_mm (lumen));
  loop = loop_along (&split, curve, n_curve, &mean);
  if (loop < 0 || mean > 0.05 * length) // a sac that is open at the curve has one side only
    {
      for (gsize i = 0; i < n; i++)
        value[i] = -value[i];
      split_clear (&split);
      split_init (&split, lumen, value, willis_surface_snap_mm (lumen));
      loop = loop_along (&split, curve, n_curve, &mean);
    }
  if (loop < 0 || mean > 0.05 * length)
    {
      split_clear (&split);
      return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("the neck curve does not lie on the surface"));
    }
  have_one = take_side (&split, (gsize) loop, 1, &one, NULL);
  have_two = take_side (&split, (gsize) loop, -1, &two, NULL);
  if (have_one && (!have_two || first_is_sac (&one, &two, dome)))
    {
      *out = one;
      willis_cut_clear (&two);
      ok = TRUE;
    }
  else if (have_two)
    {
      *out = two;
      willis_cut_clear (&one);
      ok = TRUE;
    }
  else
    willis_fail (error, WILLIS_ERROR_FAILED, _ ("the neck does not part the sac from its artery"));
  split_clear (&split);
  return ok && check_rims (out, error);
}
