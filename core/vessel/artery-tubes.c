/* SPDX-License-Identifier: Apache-2.0 */
#include "core/vessel/artery-tubes.h"

#include <math.h>

#include "core/num/vec3.h"
#include "core/vessel/healthy.h"
#include "core/vessel/neck-field.h"

#define WIDE 1.6       // where the lumen is so much wider than its artery, the centreline is that of a sac or a fork
#define HARDLY 1.2     // where it is no wider than this, the centreline is the artery's
#define WITHIN 0.9     // of the radius of a ball of the sac: a centreline there is the sac's
#define LONGEST 10.0   // radii: a contact is no longer
#define MOST_STEPS 999 // along centrelines, from the sac
#define JOINS 2.0      // radii of an artery: what joins a sac to its middle is no longer
#define WAIST 0.75     // of its radius: where they touch, the lumen is narrower than this
#define STRAIGHT 0.5   // cosine of the angle by which an artery may turn into its contact

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

/* Does a point lie in another artery that is as wide as it is there, as the end of a side branch does? That is wide
 * beside its own branch, but no sac's. */
static gboolean
is_in_artery (const Inside *in, gsize b, gsize i)
{
  const WillisBranch *own = willis_tree_branch (in->tree, b);

  for (gsize o = 0; o < willis_tree_n_branches (in->tree); o++)
    {
      const WillisBranch *other = willis_tree_branch (in->tree, o);

      for (gsize k = 0; k < other->n_points && o != b && !in->healthy->sac[o]; k++)
        if (!is_wide (in, o, k) && own->radius_mm[i] < WIDE * in->healthy->radius[o][k]
            && vec3_dist (own->points_lps_mm + 3 * i, other->points_lps_mm + 3 * k) < in->healthy->radius[o][k])
          return TRUE;
    }
  return FALSE;
}

/* Marks what is in a ball; wide points there are to be gone on from. */
static void
mark_within (Inside *in, const WillisTubeBall *ball, GArray *queue)
{
  for (gsize b = 0; b < willis_tree_n_branches (in->tree); b++)
    {
      const WillisBranch *branch = willis_tree_branch (in->tree, b);

      for (gsize i = 0; i < branch->n_points; i++)
        {
          WillisTubeBall next = { { 0 }, branch->radius_mm[i] };

          if (in->in_sac[b][i] || vec3_dist (branch->points_lps_mm + 3 * i, ball->at) > WITHIN * ball->radius)
            continue;
          in->in_sac[b][i] = TRUE;
          vec3_copy (next.at, branch->points_lps_mm + 3 * i);
          if (is_wide (in, b, i) && !is_in_artery (in, b, i))
            g_array_append_val (queue, next);
        }
    }
}

/* The sac: the balls of the wide places around a point, and what they hold. */
static void
inside_init (Inside *in, const WillisTree *tree, const WillisHealthy *healthy, const double point[3])
{
  g_autoptr (GArray) queue = g_array_new (FALSE, FALSE, sizeof (WillisTubeBall));
  gsize n = willis_tree_n_branches (tree);

  *in = (Inside){ tree, healthy, g_new0 (guint8 *, MAX (n, 1)) };
  for (gsize b = 0; b < n; b++)
    {
      const WillisBranch *branch = willis_tree_branch (tree, b);

      in->in_sac[b] = g_new0 (guint8, branch->n_points);
      for (gsize i = 0; i < branch->n_points; i++)
        {
          WillisTubeBall ball = { { 0 }, branch->radius_mm[i] };

          vec3_copy (ball.at, branch->points_lps_mm + 3 * i);
          if (is_wide (in, b, i) && vec3_dist (ball.at, point) < ball.radius)
            g_array_append_val (queue, ball);
        }
    }
  for (guint q = 0; q < queue->len; q++)
    {
      WillisTubeBall ball = g_array_index (queue, WillisTubeBall, q); // the array moves as it grows

      mark_within (in, &ball, queue);
    }
}

/* The radius of the thickest artery that passes a node beside branch b, 0 where none does. */
static double
passing_radius (const Inside *in, int node, gsize b)
{
  double most = 0.0;
  int n = 0;

  for (gsize o = 0; o < willis_tree_n_branches (in->tree); o++)
    for (int e = 0; e < 2; e++)
      {
        const WillisBranch *other = willis_tree_branch (in->tree, o);
        gsize end = e == 0 ? 0 : other->n_points - 1;

        if (o == b || other->node[e] != node || in->healthy->sac[o] || in->in_sac[o][end])
          continue;
        n++;
        most = MAX (most, in->healthy->radius[o][end]);
      }
  return n >= 2 ? most : 0.0;
}

/* A branch that comes out of the sac through a waist and ends in an artery that passes there, hardly beyond its wall,
 * is no artery: it leads through where the two touch. Adds such ways to the sac. */
static void
mark_contacts (Inside *in)
{
  for (gsize b = 0; b < willis_tree_n_branches (in->tree); b++)
    for (int e = 0; e < 2; e++)
      {
        const WillisBranch *branch = willis_tree_branch (in->tree, b);
        double passing = passing_radius (in, branch->node[e], b), way = 0.0, waist = INFINITY;
        gsize n = 0;

        for (; n < branch->n_points && way <= JOINS * passing; n++)
          {
            gsize i = e == 0 ? n : branch->n_points - 1 - n, last = e == 0 ? i - 1 : i + 1;

            if (in->in_sac[b][i])
              break;
            waist = MIN (waist, branch->radius_mm[i]);
            if (n > 0)
              way += vec3_dist (branch->points_lps_mm + 3 * i, branch->points_lps_mm + 3 * last);
          }
        if (n == branch->n_points || way > JOINS * passing || waist > WAIST * passing)
          continue;
        for (gsize k = 0; k < n; k++)
          in->in_sac[b][e == 0 ? k : branch->n_points - 1 - k] = TRUE;
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
  if (a->used || b->used || a->radius < WILLIS_TUBE_LIKE * b->radius || b->radius < WILLIS_TUBE_LIKE * a->radius
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
      WillisTubeBall ball = { { 0 }, u * a->radius + t * b->radius };

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

GArray *
willis_artery_tubes (const WillisTree *tree, const WillisSurface *lumen, const double inside[3])
{
  g_autoptr (WillisHealthy) healthy = willis_healthy_new (tree, lumen);
  GArray *balls = g_array_new (FALSE, FALSE, sizeof (WillisTubeBall));
  Inside in;

  inside_init (&in, tree, healthy, inside);
  mark_contacts (&in);
  add_bridges (&in, balls);
  for (gsize b = 0; b < willis_tree_n_branches (tree); b++)
    {
      const WillisBranch *branch = willis_tree_branch (tree, b);

      for (gsize i = 0; i < branch->n_points; i++)
        {
          WillisTubeBall ball = { { 0 }, healthy->radius[b][i] };

          vec3_copy (ball.at, branch->points_lps_mm + 3 * i);
          if (!in.in_sac[b][i] && !is_wide (&in, b, i) && vec3_dist (ball.at, inside) < NECK_REACH_MM + 5.0)
            g_array_append_val (balls, ball);
        }
    }
  inside_clear (&in);
  return balls;
}

guint
willis_tubes_nearest (const GArray *balls, guint n, const double point[3], double *out)
{
  guint best = 0;

  *out = INFINITY;
  for (guint b = 0; b < n; b++)
    {
      const WillisTubeBall *ball = &g_array_index (balls, WillisTubeBall, b);
      double d[3], far = *out + ball->radius, is_out;

      vec3_sub (d, point, ball->at);
      if (far <= 0.0 || vec3_norm2 (d) >= far * far)
        continue; // no root of what is farther anyway
      is_out = vec3_norm (d) - ball->radius;
      if (is_out >= *out)
        continue;
      *out = is_out;
      best = b;
    }
  return best;
}
