/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A sac that touches an artery beside the one it comes from is one lumen with it in the scan. But the artery is known
 * on both sides of the contact, so its tube between them is, too: where the centreline is lost in the sac, a smooth
 * curve with the radii of both sides stands for it. What stands out of all tubes around a point in the sac is its
 * wall; it ends at one rim around the neck and at another around each contact. The largest rim is the neck; another at
 * which an artery passes, apart from that of the neck, is a contact: the artery is left out beside it, and the sac
 * closed by the least surface on the rim.
 */
#include "core/vessel/touching.h"

#include <math.h>

#include "core/base/parallel.h"
#include "core/mesh/clip.h"
#include "core/mesh/edit.h"
#include "core/mesh/rims.h"
#include "core/num/vec3.h"
#include "core/vessel/aneurysm-cut.h"
#include "core/vessel/healthy.h"
#include "core/vessel/neck-field.h"
#include "core/vessel/neck-ostium.h"

#define WIDE 1.6       // where the lumen is so much wider than its artery, the centreline is that of a sac or a fork
#define HARDLY 1.2     // where it is no wider than this, the centreline is the artery's
#define WITHIN 0.9     // of the radius of a ball of the sac: a centreline there is the sac's
#define LIKE 0.6       // radii of one artery on both sides of a contact differ by no more than this factor
#define LONGEST 10.0   // radii: a contact is no longer
#define MOST_STEPS 999 // along centrelines, from the sac
#define STRAIGHT 0.5   // cosine of the angle by which an artery may turn into its contact
#define LEADS_ON -0.2  // cosine of the angle between the two sides of an artery that passes a contact
#define LEADS_AWAY 0.5 // and the neck, which often lies in a bend
#define ON 1.5         // radii beyond its rim: so far an artery is beside the contact
#define BESIDE_MM 1.0  // at least so much of the sac between the artery of its neck and one that touches it
#define LEVEL_MM 0.2   // the sac's wall stands this far out of all tubes, more than noise does, or up to ..
#define LEVELS 4       // .. one of so many in all, where tubes are less exact
#define LEVEL_STEP_MM 0.15
#define LASTS_MM 0.5   // a contact is one still so much farther out
#define CONTACT_MM 2.0 // a shorter rim is noise of the wall

/* A ball of a tube. */
typedef struct
{
  double at[3], radius;
} Ball;

/* A point of a branch and the way that is walked from it: step -1 or 1 in the branch's points; left: steps, for
 * arteries may run in a ring. */
typedef struct
{
  gsize branch, i;
  int step, left;
} Walk;

/* Where the centreline of an artery goes over into the sac: the last point that is the artery's own. */
typedef struct
{
  double at[3], in[3], radius; // in: unit, towards the sac
  Walk from, to;               // from beside the sac to that point
  gboolean used;
} Mouth;

/* The points of a tree that lie in the sac: in_sac[b][i]. */
typedef struct
{
  const WillisTree *tree;
  const WillisHealthy *healthy;
  guint8 **in_sac;
} Inside;

static gboolean
is_wide (const Inside *in, gsize b, gsize i)
{
  return in->healthy->sac[b] || willis_tree_branch (in->tree, b)->radius_mm[i] > WIDE * in->healthy->radius[b][i];
}

/* Marks what is in a ball; wide points there are to be gone on from. */
static void
mark_within (Inside *in, const Ball *ball, GArray *queue)
{
  for (gsize b = 0; b < willis_tree_n_branches (in->tree); b++)
    {
      const WillisBranch *branch = willis_tree_branch (in->tree, b);

      for (gsize i = 0; i < branch->n_points; i++)
        {
          Ball next = { { 0 }, branch->radius_mm[i] };

          if (in->in_sac[b][i] || vec3_dist (branch->points_lps_mm + 3 * i, ball->at) > WITHIN * ball->radius)
            continue;
          in->in_sac[b][i] = TRUE;
          vec3_copy (next.at, branch->points_lps_mm + 3 * i);
          if (is_wide (in, b, i))
            g_array_append_val (queue, next);
        }
    }
}

/* The sac: the balls of the wide places around a point, and what they hold. */
static void
inside_init (Inside *in, const WillisTree *tree, const WillisHealthy *healthy, const double point[3])
{
  g_autoptr (GArray) queue = g_array_new (FALSE, FALSE, sizeof (Ball));
  gsize n = willis_tree_n_branches (tree);

  *in = (Inside){ tree, healthy, g_new0 (guint8 *, MAX (n, 1)) };
  for (gsize b = 0; b < n; b++)
    {
      const WillisBranch *branch = willis_tree_branch (tree, b);

      in->in_sac[b] = g_new0 (guint8, branch->n_points);
      for (gsize i = 0; i < branch->n_points; i++)
        {
          Ball ball = { { 0 }, branch->radius_mm[i] };

          vec3_copy (ball.at, branch->points_lps_mm + 3 * i);
          if (is_wide (in, b, i) && vec3_dist (ball.at, point) < ball.radius)
            g_array_append_val (queue, ball);
        }
    }
  for (guint q = 0; q < queue->len; q++)
    {
      Ball ball = g_array_index (queue, Ball, q); // the array moves as it grows

      mark_within (in, &ball, queue);
    }
}

static void
inside_clear (Inside *in)
{
  for (gsize b = 0; b < willis_tree_n_branches (in->tree); b++)
    g_free (in->in_sac[b]);
  g_free (in->in_sac);
}

/* Goes on to the next point; at a node to the branch that is the most alike, not into the sac. */
static gboolean
walk_on (const Inside *in, Walk *at)
{
  const WillisBranch *branch = willis_tree_branch (in->tree, at->branch);
  double least = INFINITY;
  Walk next = *at;
  int node;

  if (at->left-- <= 0)
    return FALSE;
  if (at->step > 0 ? at->i + 1 < branch->n_points : at->i > 0)
    {
      at->i = at->step > 0 ? at->i + 1 : at->i - 1;
      return TRUE;
    }
  node = branch->node[at->step > 0];
  for (gsize b = 0; b < willis_tree_n_branches (in->tree); b++)
    for (int e = 0; e < 2; e++)
      {
        const WillisBranch *other = willis_tree_branch (in->tree, b);
        gsize behind, end = e == 0 ? 0 : other->n_points - 1;
        double unlike;

        if (other->node[e] != node || b == at->branch || in->healthy->sac[b])
          continue;
        for (behind = end; vec3_dist (other->points_lps_mm + 3 * behind, other->points_lps_mm + 3 * end)
                           < 2.0 * branch->radius_mm[at->i];
             behind = e == 0 ? behind + 1 : behind - 1)
          if (behind == (e == 0 ? other->n_points - 1 : 0))
            break;
        unlike = fabs (log (other->radius_mm[behind] / in->healthy->radius[at->branch][at->i]));
        if (in->in_sac[b][behind] || unlike >= least)
          continue;
        least = unlike;
        next = (Walk){ b, end, e == 0 ? 1 : -1, at->left };
      }
  *at = next;
  return isfinite (least);
}

static const double *
walk_point (const Inside *in, const Walk *at)
{
  return willis_tree_branch (in->tree, at->branch)->points_lps_mm + 3 * at->i;
}

static double
walk_healthy (const Inside *in, const Walk *at)
{
  return in->healthy->radius[at->branch][at->i];
}

/* Walks until away_mm from where it is, over nodes or not; FALSE where the artery ends before. */
static gboolean
walk_away (const Inside *in, Walk *at, double away_mm, gboolean over_nodes)
{
  double from[3];

  vec3_copy (from, walk_point (in, at));
  while (vec3_dist (walk_point (in, at), from) < away_mm)
    {
      gsize branch = at->branch;

      if (!walk_on (in, at) || in->in_sac[at->branch][at->i] || (!over_nodes && at->branch != branch))
        return FALSE;
    }
  return TRUE;
}

/* The mouth of the artery that leads away from the sac at a point beside it: where it is as thick as it should be, and
 * a little on, where the sac does not draw its centreline aside. FALSE where it leads back or is too short. */
static gboolean
mouth_from (const Inside *in, const Walk *beside, Mouth *out)
{
  Walk at = *beside, far;

  while (willis_tree_branch (in->tree, at.branch)->radius_mm[at.i] > HARDLY * walk_healthy (in, &at))
    if (!walk_on (in, &at) || in->in_sac[at.branch][at.i]
        || vec3_dist (walk_point (in, &at), walk_point (in, beside)) > LONGEST * walk_healthy (in, &at))
      return FALSE;
  if (!walk_away (in, &at, walk_healthy (in, &at), TRUE))
    return FALSE;
  far = at;
  if (!walk_away (in, &far, 2.0 * walk_healthy (in, &at), FALSE))
    {
      far = at;
      if (!walk_away (in, &far, walk_healthy (in, &at), TRUE))
        return FALSE;
    }
  *out = (Mouth){ .radius = walk_healthy (in, &at), .from = *beside, .to = at };
  vec3_copy (out->at, walk_point (in, &at));
  vec3_sub (out->in, out->at, walk_point (in, &far));
  return vec3_normalize (out->in) > 0.0;
}

static GArray *
find_mouths (const Inside *in)
{
  GArray *out = g_array_new (FALSE, FALSE, sizeof (Mouth));

  for (gsize b = 0; b < willis_tree_n_branches (in->tree); b++)
    for (gsize i = 0; i + 1 < willis_tree_branch (in->tree, b)->n_points; i++)
      {
        gboolean here = in->in_sac[b][i];
        Walk beside = { b, here ? i + 1 : i, here ? 1 : -1, MOST_STEPS };
        Mouth mouth;

        if (here != in->in_sac[b][i + 1] && mouth_from (in, &beside, &mouth))
          g_array_append_val (out, mouth);
      }
  return out;
}

/* How much an artery would bend that goes on from one mouth to the other, 0 straight on; INFINITY where it cannot. */
static double
bend_between (const Mouth *a, const Mouth *b)
{
  double d[3], length, ca, cb;

  vec3_sub (d, b->at, a->at);
  length = vec3_normalize (d);
  if (a->used || b->used || a->radius < LIKE * b->radius || b->radius < LIKE * a->radius
      || length > 0.5 * LONGEST * (a->radius + b->radius))
    return INFINITY;
  ca = vec3_dot (a->in, d);
  cb = -vec3_dot (b->in, d);
  return ca < STRAIGHT || cb < STRAIGHT ? INFINITY : 2.0 - ca - cb;
}

/* Balls along a cubic from mouth to mouth. */
static void
add_bridge (const Mouth *a, const Mouth *b, GArray *balls)
{
  double length = vec3_dist (a->at, b->at);
  int n = (int) ceil (length / (0.25 * MIN (a->radius, b->radius)));

  for (int k = 1; k < n; k++)
    {
      double t = (double) k / n, u = 1.0 - t, rest[3];
      Ball ball = { { 0 }, u * a->radius + t * b->radius };

      vec3_scale (ball.at, a->at, u * u * (1.0 + 2.0 * t));
      vec3_axpy (ball.at, ball.at, t * t * (3.0 - 2.0 * t), b->at);
      vec3_scale (rest, a->in, u);
      vec3_axpy (rest, rest, t, b->in); // both point into the contact: -b->in goes on in a's sense
      vec3_axpy (ball.at, ball.at, u * t * length, rest);
      g_array_append_val (balls, ball);
    }
}

/* Appends the points (Walk) that a bridge from the mouth stands for: they are no artery's own. */
static void
left_out (const Inside *in, const Mouth *mouth, GArray *points)
{
  for (Walk at = mouth->from; at.branch != mouth->to.branch || at.i != mouth->to.i;)
    {
      g_array_append_val (points, at);
      if (!walk_on (in, &at))
        return;
    }
}

static void
add_bridges (Inside *in, GArray *balls)
{
  g_autoptr (GArray) mouths = find_mouths (in);
  g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (Walk));
  Mouth *all = (Mouth *) (void *) mouths->data;

  for (;;) // the straightest first
    {
      double least = INFINITY;
      Mouth *a = NULL, *b = NULL;

      for (guint i = 0; i < mouths->len; i++)
        for (guint j = i + 1; j < mouths->len; j++)
          if (bend_between (all + i, all + j) < least)
            {
              least = bend_between (all + i, all + j);
              a = all + i;
              b = all + j;
            }
      if (a == NULL)
        break;
      add_bridge (a, b, balls);
      a->used = b->used = TRUE;
    }
  for (guint i = 0; i < mouths->len; i++)
    if (all[i].used)
      left_out (in, all + i, points);
  for (guint i = 0; i < points->len; i++) // after all ways are walked, which depend on it
    in->in_sac[g_array_index (points, Walk, i).branch][g_array_index (points, Walk, i).i] = TRUE;
}

/* The tubes of the arteries within reach: their own centrelines, and the bridges over where these are lost in the sac.
 */
static GArray *
collect_balls (const WillisTree *tree, const WillisSurface *lumen, const double point[3])
{
  g_autoptr (WillisHealthy) healthy = willis_healthy_new (tree, lumen);
  GArray *balls = g_array_new (FALSE, FALSE, sizeof (Ball));
  Inside in;

  inside_init (&in, tree, healthy, point);
  add_bridges (&in, balls);
  for (gsize b = 0; b < willis_tree_n_branches (tree); b++)
    {
      const WillisBranch *branch = willis_tree_branch (tree, b);

      for (gsize i = 0; i < branch->n_points; i++)
        {
          Ball ball = { { 0 }, healthy->radius[b][i] };

          vec3_copy (ball.at, branch->points_lps_mm + 3 * i);
          if (!in.in_sac[b][i] && !is_wide (&in, b, i) && vec3_dist (ball.at, point) < NECK_REACH_MM + 5.0)
            g_array_append_val (balls, ball);
        }
    }
  inside_clear (&in);
  return balls;
}

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
    {
      double least = INFINITY;

      for (guint b = 0; b < o->balls->len; b++)
        {
          const Ball *ball = &g_array_index (o->balls, Ball, b);
          double d[3], far = least + ball->radius;

          vec3_sub (d, o->points + 3 * i, ball->at);
          if (far > 0.0 && vec3_norm2 (d) < far * far)
            least = vec3_norm (d) - ball->radius;
        }
      o->out[i] = least;
    }
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
  const Ball *best = NULL;
  double least = INFINITY;

  for (guint b = 0; b < balls->len; b++)
    {
      const Ball *ball = &g_array_index (balls, Ball, b);
      double d = vec3_dist (ball->at, point) - ball->radius;

      if (d < least)
        {
          least = d;
          best = ball;
        }
    }
  return best;
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
              || next->radius < LIKE * rim->ball->radius)
            continue;
          seen[b] = TRUE;
          g_array_append_val (order, b);
        }
    }
  return seen;
}

/* Does the artery at a rim lead away from it to two sides, by directions whose cosine is at most `most`, without coming
 * to the artery of another rim? */
static gboolean
passes (const GArray *balls, const Rim *rim, const Rim *other, double most)
{
  double away = rim->reach_mm + ON * rim->ball->radius, widest = 1.0;
  g_autoptr (GArray) order = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autofree guint8 *seen = along_artery (balls, rim, away, order);
  g_autoptr (GArray) ways = g_array_new (FALSE, FALSE, sizeof (double)); // unit vectors

  if (seen[other->ball - (const Ball *) (void *) balls->data])
    return FALSE;
  for (guint q = 0; q < order->len; q++)
    {
      const Ball *here = &g_array_index (balls, Ball, g_array_index (order, guint, q));
      double way[3];

      if (vec3_dist (here->at, rim->centre) <= away)
        continue;
      vec3_sub (way, here->at, rim->centre);
      vec3_normalize (way);
      for (guint k = 0; k < ways->len; k += 3)
        widest = MIN (widest, vec3_dot (way, &g_array_index (ways, double, k)));
      g_array_append_vals (ways, way, 3);
    }
  return widest <= most;
}

/* The surface split at a level of out, the part of the sac, and its rims. */
typedef struct
{
  WillisSurface *whole;
  guint8 *sac;       // [triangles] of whole
  WillisLoops *rims; // of the sac, ids of whole; those on the cut alone
  gboolean open;     // the sac has an old rim, too: it is none
} Part;

static void
part_clear (Part *part)
{
  g_clear_pointer (&part->whole, willis_surface_unref);
  g_clear_pointer (&part->sac, g_free);
  g_clear_pointer (&part->rims, willis_loops_free);
}

/* The triangles on the positive side that hang together with the one nearest to a point. */
static guint8 *
piece_of (const WillisSurface *whole, const gint8 *side, const double inside[3])
{
  gsize n = willis_surface_n_triangles (whole);
  const gint32 *v = willis_surface_triangles (whole);
  const double *p = willis_surface_points (whole);
  g_autofree gint32 *opposite = willis_surface_opposites (whole);
  g_autoptr (GArray) stack = g_array_new (FALSE, FALSE, sizeof (gint32));
  guint8 *piece = g_new0 (guint8, MAX (n, 1));
  double best = INFINITY;
  gint32 first = -1;

  for (gsize t = 0; t < n; t++)
    if (side[t] > 0 && vec3_dist (p + 3 * v[3 * t], inside) < best)
      {
        best = vec3_dist (p + 3 * v[3 * t], inside);
        first = (gint32) t;
      }
  if (first < 0)
    return piece;
  piece[first] = TRUE;
  g_array_append_val (stack, first);
  while (stack->len > 0)
    {
      gint32 t = g_array_index (stack, gint32, stack->len - 1);

      g_array_set_size (stack, stack->len - 1);
      for (int c = 0; c < 3; c++)
        {
          gint32 k = opposite[3 * t + c] / 3;

          if (opposite[3 * t + c] < 0 || side[k] <= 0 || piece[k])
            continue;
          piece[k] = TRUE;
          g_array_append_val (stack, k);
        }
    }
  return piece;
}

static void
part_init (Part *part, const WillisSurface *surface, const double *out, double level, const double inside[3])
{
  gsize n = willis_surface_n_points (surface), n_whole;
  g_autofree double *value = g_new (double, MAX (n, 1));
  g_autofree guint8 *on_cut = NULL;
  g_autofree gint8 *side = NULL;
  g_autofree gint32 *map = NULL;
  g_autofree gint32 *back = NULL;
  g_autoptr (WillisSurface) sac = NULL;

  for (gsize i = 0; i < n; i++)
    value[i] = out[i] - level;
  part->whole = willis_surface_split_values (surface, value, willis_surface_snap_mm (surface), &on_cut, &side);
  part->sac = piece_of (part->whole, side, inside);
  n_whole = willis_surface_n_points (part->whole);
  map = g_new (gint32, MAX (n_whole, 1));
  back = g_new0 (gint32, MAX (n_whole, 1));
  sac = willis_surface_pick (part->whole, part->sac, map);
  for (gsize i = 0; i < n_whole; i++)
    if (map[i] >= 0)
      back[map[i]] = (gint32) i;
  part->rims = willis_surface_rims (sac);
  part->open = FALSE;
  for (guint i = 0; i < part->rims->ids->len; i++)
    {
      gint32 *id = &g_array_index (part->rims->ids, gint32, i);

      *id = back[*id];
      part->open |= !on_cut[*id];
    }
}

/* The points of a rim, new [n][3]. */
static double *
rim_points (const Part *part, gsize l, gsize *n)
{
  const gint32 *ids = willis_loops_get (part->rims, l, n);
  double *points = g_new (double, 3 * *n);

  for (gsize i = 0; i < *n; i++)
    vec3_copy (points + 3 * i, willis_surface_points (part->whole) + 3 * ids[i]);
  return points;
}

static Rim
rim_at (const Part *part, gsize l, const GArray *balls)
{
  gsize n;
  g_autofree double *points = rim_points (part, l, &n);
  double area[3];
  Rim rim = { 0 };

  rim.length_mm = willis_polygon_measure (points, n, area, rim.centre);
  rim.area_mm2 = vec3_norm (area);
  for (gsize i = 0; i < n; i++)
    rim.reach_mm = MAX (rim.reach_mm, vec3_dist (points + 3 * i, rim.centre));
  rim.ball = nearest_ball (balls, rim.centre);
  return rim;
}

/* Is the rim a contact: apart from the neck, and does an artery pass there that is not the one of the neck? */
static gboolean
is_contact (const GArray *balls, const Rim *rim, const Rim *neck)
{
  double apart = vec3_dist (rim->ball->at, neck->ball->at);

  return apart > rim->ball->radius + neck->ball->radius + BESIDE_MM && passes (balls, rim, neck, LEADS_ON)
         && passes (balls, neck, rim, LEADS_AWAY);
}

/* The rims at which an artery touches the sac (new array of gsize, may be empty). None where there is a rim that is
 * neither that nor the neck: then it is no sac that stands out of the tubes, or they are wrong. */
static GArray *
contacts_of (const Part *part, const GArray *balls)
{
  g_autoptr (GArray) rims = g_array_new (FALSE, FALSE, sizeof (Rim));
  GArray *out = g_array_new (FALSE, FALSE, sizeof (gsize));
  gsize n = willis_loops_n (part->rims), neck = 0;

  for (gsize l = 0; l < n; l++)
    {
      Rim rim = rim_at (part, l, balls);

      g_array_append_val (rims, rim);
      if (rim.area_mm2 > g_array_index (rims, Rim, neck).area_mm2) // a contact is long, but narrow
        neck = l;
    }
  for (gsize l = 0; l < n && !part->open; l++)
    {
      if (l == neck || g_array_index (rims, Rim, l).length_mm < CONTACT_MM)
        continue;
      if (!is_contact (balls, &g_array_index (rims, Rim, l), &g_array_index (rims, Rim, neck)))
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

/* Closes a rim of the sac by the least surface on it; what is added is appended. */
static gboolean
close_rim (const Part *part, gsize l, GArray *points, GArray *triangles)
{
  gsize n, n_inner;
  const gint32 *ids = willis_loops_get (part->rims, l, &n);
  g_autofree double *curve = rim_points (part, l, &n);
  gint32 inner = (gint32) (points->len / 3);
  WillisOstium lid;

  if (!willis_ostium_init (&lid, curve, n, NULL))
    return FALSE;
  n_inner = willis_surface_n_points (lid.surface) - n;
  g_array_append_vals (points, willis_surface_points (lid.surface) + 3 * n, (guint) (3 * n_inner));
  for (gsize k = 0; k < 3 * willis_surface_n_triangles (lid.surface); k++)
    {
      gint32 id = willis_surface_triangles (lid.surface)[k];

      id = (gsize) id < n ? ids[id] : id - (gint32) n + inner;
      g_array_append_val (triangles, id);
    }
  willis_ostium_clear (&lid);
  return TRUE;
}

static WillisSurface *
part_along (const Part *part, const GArray *contacts, const GArray *balls)
{
  gsize n = willis_surface_n_triangles (part->whole), n_points, n_triangles;
  g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GArray) triangles = g_array_new (FALSE, FALSE, sizeof (gint32));
  g_autofree guint8 *artery = g_new0 (guint8, MAX (n, 1));
  g_autoptr (WillisSurface) parted = NULL;

  for (guint i = 0; i < contacts->len; i++)
    {
      Rim rim = rim_at (part, g_array_index (contacts, gsize, i), balls);

      mark_artery (part, balls, &rim, artery);
    }
  g_array_append_vals (points, willis_surface_points (part->whole),
                       (guint) (3 * willis_surface_n_points (part->whole)));
  for (gsize t = 0; t < n; t++)
    if (!artery[t])
      g_array_append_vals (triangles, willis_surface_triangles (part->whole) + 3 * t, 3);
  for (guint i = 0; i < contacts->len; i++)
    if (!close_rim (part, g_array_index (contacts, gsize, i), points, triangles))
      return NULL;
  n_points = points->len / 3;
  n_triangles = triangles->len / 3;
  parted
      = willis_surface_new_take ((double *) (void *) g_array_free (g_steal_pointer (&points), FALSE), n_points,
                                 (gint32 *) (void *) g_array_free (g_steal_pointer (&triangles), FALSE), n_triangles);
  return willis_surface_oriented (parted);
}

WillisSurface *
willis_part_touching (const WillisSurface *lumen, const WillisTree *tree, const double inside[3])
{
  g_autoptr (WillisSurface) near = NULL;
  g_autoptr (WillisSurface) surface = NULL;
  g_autoptr (GArray) balls = NULL;
  g_autofree double *out = NULL;
  WillisSurface *parted = NULL;

  if (tree == NULL)
    return NULL;
  balls = collect_balls (tree, lumen, inside);
  near = willis_cut_near (lumen, inside, NECK_REACH_MM);
  if (balls->len == 0 || willis_surface_n_triangles (near) == 0)
    return NULL;
  surface = willis_surface_oriented (near);
  out = out_of_tubes (surface, balls);
  for (int k = 0; k < LEVELS && parted == NULL; k++)
    {
      double level = LEVEL_MM + k * LEVEL_STEP_MM;
      Part part = { 0 }, above = { 0 };
      g_autoptr (GArray) contacts = NULL;

      part_init (&part, surface, out, level, inside);
      contacts = contacts_of (&part, balls);
      if (contacts->len > 0)
        part_init (&above, surface, out, level + LASTS_MM, inside);
      if (contacts->len > 0 && last (&part, contacts, &above, balls))
        parted = part_along (&part, contacts, balls);
      part_clear (&part);
      part_clear (&above);
    }
  return parted;
}
