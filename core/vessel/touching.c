/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A sac that touches an artery beside the one it comes from is one lumen with it in the scan. But the artery is known
 * on both sides of the contact, so its tube between them is, too: where the centreline is lost in the sac, a smooth
 * curve with the radii of both sides stands for it. What stands out of all tubes around a point in the sac is its
 * wall; it ends at one rim around the neck and at another around each contact. The largest rim is the neck; another at
 * which an artery passes, apart from that of the neck, is a contact: the artery is left out beside it, and the sac
 * closed by the least surface on the rim. A rim at which an artery leads away to one side alone, no wider than its
 * tube, is where one leaves the sac (a posterior communicating artery from a large sac at its origin). Where the
 * neck's plane would take all that it leads to along, it is parted in the same way.
 */
#include "core/vessel/touching.h"

#include <math.h>
#include <string.h>

#include "core/base/parallel.h"
#include "core/mesh/clip.h"
#include "core/mesh/rims.h"
#include "core/num/vec3.h"
#include "core/vessel/aneurysm-cut.h"
#include "core/vessel/artery-tubes.h"
#include "core/vessel/neck-field.h"
#include "core/vessel/parting.h"

#define LEADS_ON -0.2  // cosine of the angle between the two sides of an artery that passes a contact
#define LEADS_AWAY 0.5 // and the neck, which often lies in a bend
#define ROUND 2.0      // times the section of its tube: the rim of an artery that leaves the sac is no larger
#define ONE_WAY 0.5    // cosine of the angle by which such an artery may turn while it leads away
#define ON 1.5         // radii beyond its rim: so far an artery is beside the contact
#define BESIDE_MM 1.0  // at least so much of the sac between the artery of its neck and one that touches it
#define LEVEL_MM 0.2   // the sac's wall stands this far out of all tubes, more than noise does, or up to ..
#define LEVELS 4       // .. one of so many in all, where tubes are less exact
#define LEVEL_STEP_MM 0.15
#define LASTS_MM 0.3   // a contact is one still so much farther out
#define LIFT_STEPS 50  // out of the tubes, ..
#define LIFT_MM 0.01   // .. so exactly
#define FADES_MM 0.5   // from the rim
#define AS_LARGE 0.87  // of the area of the largest rim
#define CONTACT_MM 2.0 // a shorter rim is noise of the wall

typedef WillisTubeBall Ball;

typedef struct
{
  const double *points;
  const GArray *balls;
  double *out;
} OutOf;

static void
out_range (gsize lo, gsize hi, gpointer data)
{
  OutOf *o = data;

  for (gsize i = lo; i < hi; i++)
    willis_tubes_nearest (o->balls, o->balls->len, o->points + 3 * i, o->out + i);
}

/* How far each point of the surface stands out of the tubes (new). */
static double *
out_of_tubes (const WillisSurface *surface, const GArray *balls)
{
  gsize n = willis_surface_n_points (surface);
  OutOf o = { willis_surface_points (surface), balls, g_new (double, MAX (n, 1)) };

  willis_parallel_for (n, 256, out_range, &o);
  return o.out;
}

/* The ball that the point is deepest in, or nearest to. */
static const Ball *
nearest_ball (const GArray *balls, const double point[3])
{
  double out;

  return &g_array_index (balls, Ball, willis_tubes_nearest (balls, balls->len, point, &out));
}

/* What is at a rim. */
typedef struct
{
  double length_mm, area_mm2, reach_mm, centre[3];
  const Ball *ball; // of the artery there
} Rim;

/* The balls of the artery at a rim, as far as they are away_mm from it: marked (new) and in the order in which they are
 * reached. */
static guint8 *
along_artery (const GArray *balls, const Rim *rim, double away_mm, GArray *order)
{
  guint8 *seen = g_new0 (guint8, balls->len);
  guint first = (guint) (rim->ball - (const Ball *) (void *) balls->data);

  g_array_append_val (order, first);
  seen[first] = TRUE;
  for (guint q = 0; q < order->len; q++)
    {
      const Ball *here = &g_array_index (balls, Ball, g_array_index (order, guint, q));

      for (guint b = 0; b < balls->len && vec3_dist (here->at, rim->centre) <= away_mm; b++)
        {
          const Ball *next = &g_array_index (balls, Ball, b);

          if (seen[b] || vec3_dist (next->at, here->at) > 0.6 * MIN (next->radius, here->radius)
              || next->radius < WILLIS_TUBE_LIKE * rim->ball->radius)
            continue;
          seen[b] = TRUE;
          g_array_append_val (order, b);
        }
    }
  return seen;
}

/* The directions in which the artery at a rim leads away from it (new array of unit vectors, three doubles each). NULL
 * where it comes to the artery of another rim. */
static GArray *
ways_from (const GArray *balls, const Rim *rim, const Rim *other)
{
  double away = rim->reach_mm + ON * rim->ball->radius;
  g_autoptr (GArray) order = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autofree guint8 *seen = along_artery (balls, rim, away, order);
  GArray *ways;

  if (seen[other->ball - (const Ball *) (void *) balls->data])
    return NULL;
  ways = g_array_new (FALSE, FALSE, sizeof (double));
  for (guint q = 0; q < order->len; q++)
    {
      const Ball *here = &g_array_index (balls, Ball, g_array_index (order, guint, q));
      double way[3];

      if (vec3_dist (here->at, rim->centre) <= away)
        continue;
      vec3_sub (way, here->at, rim->centre);
      vec3_normalize (way);
      g_array_append_vals (ways, way, 3);
    }
  return ways;
}

/* Does the artery at a rim lead away from it to two sides, by directions whose cosine is at most `most`, without coming
 * to the artery of another rim? */
static gboolean
passes (const GArray *balls, const Rim *rim, const Rim *other, double most)
{
  g_autoptr (GArray) ways = ways_from (balls, rim, other);
  double widest = 1.0;

  if (ways == NULL)
    return FALSE;
  for (guint q = 0; q < ways->len; q += 3)
    for (guint k = 0; k < q; k += 3)
      widest = MIN (widest, vec3_dot (&g_array_index (ways, double, q), &g_array_index (ways, double, k)));
  return widest <= most;
}

/* The surface split at a level of out, the part of the sac, and its rims. */
typedef struct
{
  WillisSurface *whole;
  guint8 *sac;             // [triangles] of whole
  WillisLoops *rims;       // of the sac, ids of whole; those on the cut alone
  gboolean open;           // the sac has an old rim, too: it is none
  double level_mm;         // out of the tubes
  const WillisNeck *plane; // of the neck, may be NULL
} Part;

static void
part_clear (Part *part)
{
  g_clear_pointer (&part->whole, willis_surface_unref);
  g_clear_pointer (&part->sac, g_free);
  g_clear_pointer (&part->rims, willis_loops_free);
}

static void
part_init (Part *part, const WillisSurface *surface, const double *out, double level, const double inside[3])
{
  gsize n = willis_surface_n_points (surface);
  g_autofree double *value = g_new (double, MAX (n, 1));
  g_autofree guint8 *on_cut = NULL;
  g_autofree gint8 *side = NULL;

  for (gsize i = 0; i < n; i++)
    value[i] = out[i] - level;
  part->level_mm = level;
  part->whole = willis_surface_split_values (surface, value, willis_surface_snap_mm (surface), &on_cut, &side);
  part->sac = willis_piece_at (part->whole, side, inside);
  part->rims = willis_kept_rims (part->whole, part->sac);
  part->open = FALSE;
  for (guint i = 0; i < part->rims->ids->len; i++)
    part->open |= !on_cut[g_array_index (part->rims->ids, gint32, i)];
}

static Rim
rim_at (const Part *part, gsize l, const GArray *balls)
{
  gsize n;
  g_autofree double *points = willis_loops_points (part->rims, l, part->whole, &n);
  double area[3];
  Rim rim = { 0 };

  rim.length_mm = willis_polygon_measure (points, n, area, rim.centre);
  rim.area_mm2 = vec3_norm (area);
  for (gsize i = 0; i < n; i++)
    rim.reach_mm = MAX (rim.reach_mm, vec3_dist (points + 3 * i, rim.centre));
  rim.ball = nearest_ball (balls, rim.centre);
  return rim;
}

/* Does the artery at a rim lead away from the sac to one side, through a rim that is hardly wider than itself, without
 * coming to the artery of the neck? */
static gboolean
leaves (const GArray *balls, const Rim *rim, const Rim *neck, double level_mm)
{
  g_autoptr (GArray) ways = ways_from (balls, rim, neck);
  double tube = rim->ball->radius + level_mm, mean[3] = { 0 };

  if (ways == NULL || ways->len == 0 || rim->area_mm2 > ROUND * G_PI * tube * tube)
    return FALSE;
  for (guint q = 0; q < ways->len; q += 3)
    vec3_axpy (mean, mean, 1.0, &g_array_index (ways, double, q));
  for (guint q = 0; q < ways->len; q += 3)
    if (vec3_dot (&g_array_index (ways, double, q), mean) < ONE_WAY * vec3_norm (mean))
      return FALSE;
  return TRUE;
}

/* Is the rim a contact: apart from the neck, and does an artery pass there that is not the one of the neck, or leave
 * where the plane does not cut off the sac alone, but one of the two with it? */
static gboolean
is_contact (const Part *part, const GArray *balls, const Rim *rim, const Rim *neck)
{
  double apart = vec3_dist (rim->ball->at, neck->ball->at);

  if (apart <= rim->ball->radius + neck->ball->radius + BESIDE_MM || !passes (balls, neck, rim, LEADS_AWAY))
    return FALSE;
  return passes (balls, rim, neck, LEADS_ON)
         || (part->plane != NULL
             && (willis_neck_above (part->plane, rim->ball->at) > 0.0
                 || willis_neck_above (part->plane, neck->ball->at) > 0.0)
             && leaves (balls, rim, neck, part->level_mm));
}

/* Which of the rims is the neck: the largest, for a contact is long, but narrow; of those that are as large, that of
 * the thickest artery. */
static gsize
find_neck (const GArray *rims)
{
  double largest = 0.0, thickest = 0.0;
  gsize neck = 0;

  for (guint l = 0; l < rims->len; l++)
    largest = MAX (largest, g_array_index (rims, Rim, l).area_mm2);
  for (guint l = 0; l < rims->len; l++)
    {
      const Rim *rim = &g_array_index (rims, Rim, l);

      if (rim->area_mm2 < AS_LARGE * largest || rim->ball->radius <= thickest)
        continue;
      thickest = rim->ball->radius;
      neck = l;
    }
  return neck;
}

/* The rims at which an artery touches the sac (new array of gsize, may be empty). None where there is a rim that is
 * neither that nor the neck: then it is no sac that stands out of the tubes, or they are wrong. */
static GArray *
contacts_of (const Part *part, const GArray *balls)
{
  g_autoptr (GArray) rims = g_array_new (FALSE, FALSE, sizeof (Rim));
  GArray *out = g_array_new (FALSE, FALSE, sizeof (gsize));
  gsize n = willis_loops_n (part->rims), neck;

  for (gsize l = 0; l < n; l++)
    {
      Rim rim = rim_at (part, l, balls);

      g_array_append_val (rims, rim);
    }
  neck = find_neck (rims);
  for (gsize l = 0; l < n && !part->open; l++)
    {
      if (l == neck || g_array_index (rims, Rim, l).length_mm < CONTACT_MM)
        continue;
      if (!is_contact (part, balls, &g_array_index (rims, Rim, l), &g_array_index (rims, Rim, neck)))
        {
          g_array_set_size (out, 0);
          break;
        }
      g_array_append_val (out, l);
    }
  return out;
}

/* Are the same contacts found farther out of the tubes? An artery that is not round, or thicker than its tube, has
 * holes in what stands out of it that look like contacts, but they do not last. */
static gboolean
last (const Part *part, const GArray *contacts, const Part *above, const GArray *balls)
{
  g_autoptr (GArray) farther = contacts_of (above, balls);

  if (farther->len != contacts->len)
    return FALSE;
  for (guint i = 0; i < contacts->len; i++)
    {
      Rim rim = rim_at (part, g_array_index (contacts, gsize, i), balls);
      gboolean found = FALSE;

      for (guint k = 0; k < farther->len && !found; k++)
        {
          Rim wider = rim_at (above, g_array_index (farther, gsize, k), balls);

          found = vec3_dist (wider.centre, rim.centre) < rim.reach_mm;
        }
      if (!found)
        return FALSE;
    }
  return TRUE;
}

/* Marks the triangles of the artery at a contact, as far as it is beside the sac. */
static void
mark_artery (const Part *part, const GArray *balls, const Rim *rim, guint8 *artery)
{
  g_autoptr (GArray) order = g_array_new (FALSE, FALSE, sizeof (guint));
  double away = rim->reach_mm + ON * rim->ball->radius;
  g_autofree guint8 *beside = along_artery (balls, rim, away, order);
  const double *p = willis_surface_points (part->whole);
  const gint32 *v = willis_surface_triangles (part->whole);

  for (gsize t = 0; t < willis_surface_n_triangles (part->whole); t++)
    {
      const double *corner = p + 3 * v[3 * t];

      if (!part->sac[t] && vec3_dist (corner, rim->centre) < away + 2.0 * rim->ball->radius)
        artery[t] |= beside[nearest_ball (balls, corner) - (const Ball *) (void *) balls->data];
    }
}

static WillisSurface *
part_along (const Part *part, const GArray *contacts, const GArray *balls)
{
  gsize n = willis_surface_n_triangles (part->whole);
  g_autofree guint8 *artery = g_new0 (guint8, MAX (n, 1));

  for (guint i = 0; i < contacts->len; i++)
    {
      Rim rim = rim_at (part, g_array_index (contacts, gsize, i), balls);

      mark_artery (part, balls, &rim, artery);
    }
  for (gsize t = 0; t < n; t++)
    artery[t] = !artery[t];
  return willis_kept_closed (part->whole, artery, part->rims, (const gsize *) (const void *) contacts->data,
                             contacts->len);
}

/* The contacts of the sac around a point (new array of gsize, numbers of rims of part, which is of the least level at
 * which they last). NULL, and nothing in part, where there is none. */
static GArray *
find_contacts (const WillisSurface *surface, const double *out, const GArray *balls, const double inside[3],
               const WillisNeck *neck, Part *part)
{
  for (int k = 0; k < LEVELS; k++)
    {
      double level = LEVEL_MM + k * LEVEL_STEP_MM;
      Part above = { .plane = neck };
      GArray *contacts;
      gboolean found = FALSE;

      *part = (Part){ .plane = neck };
      part_init (part, surface, out, level, inside);
      contacts = contacts_of (part, balls);
      if (contacts->len > 0)
        {
          part_init (&above, surface, out, level + LASTS_MM, inside);
          found = last (part, contacts, &above, balls);
          part_clear (&above);
        }
      if (found)
        return contacts;
      g_array_unref (contacts);
      part_clear (part);
    }
  return NULL;
}

/* The lumen near a sac, oriented, the tubes of the arteries there, and how far its points are out of them (all new).
 * NULL where there is nothing. */
static WillisSurface *
look_around (const WillisSurface *lumen, const WillisTree *tree, const double inside[3], GArray **balls, double **out)
{
  g_autoptr (WillisSurface) near = willis_cut_near (lumen, inside, NECK_REACH_MM);
  WillisSurface *surface;

  *balls = willis_artery_tubes (tree, lumen, inside);
  if ((*balls)->len == 0 || willis_surface_n_triangles (near) == 0)
    return NULL;
  surface = willis_surface_oriented (near);
  *out = out_of_tubes (surface, *balls);
  return surface;
}

WillisSurface *
willis_part_touching (const WillisSurface *lumen, const WillisTree *tree, const double inside[3],
                      const WillisNeck *neck)
{
  g_autoptr (WillisSurface) surface = NULL;
  g_autoptr (GArray) balls = NULL;
  g_autoptr (GArray) contacts = NULL;
  g_autofree double *out = NULL;
  WillisSurface *parted;
  Part part;

  if (tree != NULL)
    surface = look_around (lumen, tree, inside, &balls, &out);
  if (surface != NULL)
    contacts = find_contacts (surface, out, balls, inside, neck, &part);
  if (contacts == NULL)
    return NULL;
  parted = part_along (&part, contacts, balls);
  part_clear (&part);
  return parted;
}

/* Moves a point of the least surface on a rim, which dips into the artery there, by the way that the rim faces so far
 * out of all tubes. */
static void
lift (double point[3], const double up[3], double level_mm, const GArray *balls)
{
  double out;

  willis_tubes_nearest (balls, balls->len, point, &out);
  for (int step = 0; step < LIFT_STEPS && out < level_mm - LIFT_MM; step++)
    {
      vec3_axpy (point, point, level_mm - out, up);
      willis_tubes_nearest (balls, balls->len, point, &out);
    }
}

/* How far out of the tubes what closes a rim of a part is to be at a point: as the wall at the rim, less farther from
 * it. */
static double
level_within (const Part *part, const double *rim, gsize n, const double point[3])
{
  double away = INFINITY;

  for (gsize i = 0; i < n; i++)
    away = MIN (away, vec3_dist (rim + 3 * i, point));
  return part->level_mm * exp (-away / FADES_MM);
}

/* Unit vector square to a rim, from its artery into the sac. */
static void
up_from (const double *points, gsize n, const Rim *rim, double up[3])
{
  double from[3];

  willis_polygon_measure (points, n, up, NULL);
  vec3_sub (from, rim->centre, rim->ball->at);
  if (vec3_dot (from, up) < 0.0)
    vec3_scale (up, up, -1.0);
  vec3_normalize (up);
}

/* A surface (taken) with rim l of a part of it closed as the artery there would be (new). NULL where it cannot be. */
static WillisSurface *
closed_at (WillisSurface *surface, const Part *part, gsize l, const GArray *balls)
{
  gsize first = willis_surface_n_points (surface), n = willis_surface_n_triangles (surface), n_points;
  g_autofree guint8 *all = g_malloc (MAX (n, 1));
  g_autoptr (WillisSurface) closed = NULL;
  g_autofree double *points = NULL, *loop = NULL;
  Rim rim = rim_at (part, l, balls);
  gsize n_loop;
  double up[3];

  memset (all, TRUE, MAX (n, 1));
  closed = willis_kept_closed (surface, all, part->rims, &l, 1);
  willis_surface_unref (surface);
  if (closed == NULL)
    return NULL;
  n_points = willis_surface_n_points (closed);
  points = g_memdup2 (willis_surface_points (closed), 3 * n_points * sizeof (double));
  loop = willis_loops_points (part->rims, l, part->whole, &n_loop);
  up_from (loop, n_loop, &rim, up);
  for (gsize i = first; i < n_points; i++)
    lift (points + 3 * i, up, level_within (part, loop, n_loop, points + 3 * i), balls);
  return willis_surface_new_copy (points, n_points, willis_surface_triangles (closed),
                                  willis_surface_n_triangles (closed));
}

/* The whole of a part without its sac, closed at each of its rims (new). NULL where one cannot be. */
static WillisSurface *
without_sac (const Part *part, const GArray *balls)
{
  gsize n = willis_surface_n_triangles (part->whole);
  const gint32 *v = willis_surface_triangles (part->whole);
  g_autoptr (GArray) kept = g_array_new (FALSE, FALSE, sizeof (gint32));
  WillisSurface *left;

  for (gsize t = 0; t < n; t++)
    if (!part->sac[t])
      g_array_append_vals (kept, v + 3 * t, 3);
  left = willis_surface_new_copy (willis_surface_points (part->whole), willis_surface_n_points (part->whole),
                                  (const gint32 *) (const void *) kept->data, kept->len / 3);
  for (gsize l = 0; l < willis_loops_n (part->rims) && left != NULL; l++)
    left = closed_at (left, part, l, balls);
  return left;
}

/* The rims of the sac that are none of noise. */
static gsize
count_rims (const Part *part, const GArray *balls)
{
  gsize count = 0;

  for (gsize l = 0; l < willis_loops_n (part->rims); l++)
    count += rim_at (part, l, balls).length_mm >= CONTACT_MM;
  return count;
}

/* Splits the whole lumen as a part of it was, as near to the tubes as the sac has the same rims: beyond the neck it
 * bulges over the artery, and what is left of that is a pocket. */
static void
split_whole (const WillisSurface *lumen, const GArray *balls, const double inside[3], const Part *part, Part *out)
{
  g_autoptr (WillisSurface) all = willis_surface_oriented (lumen);
  g_autofree double *out_of = out_of_tubes (all, balls);

  for (gsize i = 0; i < willis_surface_n_points (all); i++)
    if (vec3_dist (willis_surface_points (all) + 3 * i, inside) > NECK_REACH_MM)
      out_of[i] = -NECK_REACH_MM; // none of the sac's
  for (int k = 0; k < LEVELS; k++)
    {
      double level = LEVEL_MM + k * LEVEL_STEP_MM;

      *out = (Part){ 0 };
      part_init (out, all, out_of, level, inside);
      if (level >= part->level_mm || (!out->open && count_rims (out, balls) == count_rims (part, balls)))
        return;
      part_clear (out);
    }
}

WillisSurface *
willis_without_touching (const WillisSurface *lumen, const WillisTree *tree, const double inside[3])
{
  g_autoptr (WillisSurface) near = NULL;
  g_autoptr (WillisSurface) left = NULL;
  g_autoptr (GArray) balls = NULL;
  g_autoptr (GArray) contacts = NULL;
  g_autofree double *out = NULL;
  Part part, whole;

  near = look_around (lumen, tree, inside, &balls, &out);
  if (near != NULL)
    contacts = find_contacts (near, out, balls, inside, NULL, &part);
  if (contacts == NULL)
    return NULL;
  split_whole (lumen, balls, inside, &part, &whole);
  left = without_sac (&whole, balls);
  part_clear (&part);
  part_clear (&whole);
  return g_steal_pointer (&left);
}
