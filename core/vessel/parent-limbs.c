/* SPDX-License-Identifier: Apache-2.0 */
#include "core/vessel/parent-limbs.h"

#include <math.h>

#include "core/num/vec3.h"
#include "core/vessel/parting.h"
#include "core/vessel/profile.h"

#define MOUTH_MARGIN 0.5 // radii beside a mouth, or before its plane, that are not yet the artery's own
#define THICKER 1.1      // than the artery beyond: of the mouth still
#define BEYOND 4.0       // radii
#define ONWARD 0.5       // cosine of the angle that an artery turns by where it goes on, at least
#define GOES_ON 0.75     // of its radius, at least, that it then has
#define SIDE_BRANCH 0.6  // of its radius, at most, that what leaves it has
#define THIN_BRANCH 0.4  // the same, where the artery turns more sharply than that
#define MOST_MM 25.0     // of a limb
#define INTO 1.25        // of a limb's radius: thicker, it is another artery, as upstream of a fork

/* The abscissa so far from the end of a branch that is at the node (its end; else its start). */
static double
off_node (const WillisBranch *branch, gboolean ends, double mm)
{
  return CLAMP (ends ? branch->length_mm - mm : mm, 0.0, branch->length_mm);
}

/* The point of a branch next to an abscissa. */
static gsize
point_at (const WillisBranch *branch, double mm)
{
  gsize i = 0;

  while (i + 1 < branch->n_points && branch->abscissa_mm[i] < mm)
    i++;
  return i;
}

/* The least radius of a branch some way from its end at a node: a mouth there widens it. */
static double
radius_off (const WillisBranch *branch, gboolean ends)
{
  const double r = branch->radius_mm[ends ? branch->n_points - 1 : 0];
  double least = INFINITY;

  for (int k = 2; k <= 4; k++)
    least = MIN (least, branch->radius_mm[point_at (branch, off_node (branch, ends, k * r))]);
  return least;
}

/* Unit direction in which a branch leaves the node, beyond what is in others there. FALSE of one too short to tell. */
static gboolean
leaves (const WillisBranch *branch, gboolean ends, double out[3])
{
  const double r = radius_off (branch, ends);

  if (branch->length_mm < 2.0 * r)
    return FALSE;
  vec3_sub (out, branch->points_lps_mm + 3 * point_at (branch, off_node (branch, ends, 3.0 * r)),
            branch->points_lps_mm + 3 * point_at (branch, off_node (branch, ends, r)));
  return vec3_normalize (out) > 0.0;
}

int
willis_artery_goes_on (const WillisTree *tree, int node, int branch)
{
  const WillisBranch *artery = willis_tree_branch (tree, (gsize) branch), *next;
  const gboolean ends = artery->node[1] == node;
  double most = 0.0, second = 0.0, one[3], two[3];
  int on = -1;

  for (gsize b = 0; b < willis_tree_n_branches (tree); b++)
    {
      const WillisBranch *other = willis_tree_branch (tree, b);
      double r;

      if ((int) b == branch || other->length_mm <= 0.0 || (other->node[0] != node && other->node[1] != node))
        continue;
      r = radius_off (other, other->node[1] == node);
      second = MAX (second, MIN (r, most));
      if (r <= most)
        continue;
      most = r;
      on = (int) b;
    }
  if (on < 0 || second > SIDE_BRANCH * most || most < GOES_ON * radius_off (artery, ends))
    return -1;
  next = willis_tree_branch (tree, (gsize) on);
  if (leaves (artery, ends, one) && leaves (next, next->node[1] == node, two) && -vec3_dot (one, two) < ONWARD)
    return -1;
  return on;
}

void
willis_limb_points_init (WillisLimbPoints *points, const WillisTree *tree, const WillisLimb *limb, double most_mm)
{
  int branch = limb->branch;
  double away = limb->away, from = limb->from_mm, way = 0.0;

  points->p = g_array_new (FALSE, FALSE, sizeof (double));
  points->r = g_array_new (FALSE, FALSE, sizeof (double));
  points->s = g_array_new (FALSE, FALSE, sizeof (double));
  while (branch >= 0 && way < most_mm)
    {
      const WillisBranch *b = willis_tree_branch (tree, (gsize) branch);
      const gssize n = (gssize) b->n_points;
      int node = b->node[away > 0.0];

      for (gssize k = 0; k < n; k++)
        {
          const gssize i = away > 0.0 ? k : n - 1 - k;
          const double on = way + (b->abscissa_mm[i] - from) * away;

          if (on < way || on > most_mm)
            continue;
          g_array_append_vals (points->p, b->points_lps_mm + 3 * i, 3);
          g_array_append_val (points->r, b->radius_mm[i]);
          g_array_append_val (points->s, on);
        }
      way += MAX ((away > 0.0 ? b->length_mm - from : from), 1e-3); // a ring of nothing ends, too
      branch = willis_artery_goes_on (tree, node, branch);
      if (branch < 0)
        break;
      b = willis_tree_branch (tree, (gsize) branch);
      away = b->node[0] == node ? 1.0 : -1.0;
      from = away > 0.0 ? 0.0 : b->length_mm;
    }
}

void
willis_limb_points_clear (WillisLimbPoints *points)
{
  g_array_unref (points->p);
  g_array_unref (points->r);
  g_array_unref (points->s);
}

/* The median of the radii from point i on. */
static double
radius_beyond (const WillisLimbPoints *points, guint i)
{
  const double *s = (const double *) (void *) points->s->data, *from = (const double *) (void *) points->r->data;
  g_autofree double *r = g_new (double, points->r->len);
  const double reach = s[i] + BEYOND * from[i];
  guint n = 0;

  for (; i < points->r->len && s[i] <= reach; i++)
    {
      guint k = n++;

      for (; k > 0 && r[k - 1] > from[i]; k--)
        r[k] = r[k - 1];
      r[k] = from[i];
    }
  return r[n / 2];
}

guint
willis_limb_own (const WillisLimbPoints *points)
{
  guint first = 0;

  while (first < points->r->len && g_array_index (points->r, double, first) > THICKER * radius_beyond (points, first))
    first++;
  return first;
}

/* Nearest point of a branch below the neck plane to q: abscissa and distance minus radius. */
static double
nearest_on (const WillisBranch *branch, const WillisNeck *neck, const double q[3], double *s)
{
  double best = G_MAXDOUBLE;

  for (gsize i = 0; i < branch->n_points; i++)
    {
      const double *p = branch->points_lps_mm + 3 * i;
      double gap;

      if (willis_neck_above (neck, p) > 0.3 * branch->radius_mm[i]) // in the sac, or beyond it
        continue;
      gap = vec3_dist (p, q) - branch->radius_mm[i];
      if (gap < best)
        {
          best = gap;
          *s = branch->abscissa_mm[i];
        }
    }
  return best;
}

/* The search for what leaves a mouth. */
typedef struct
{
  const WillisTree *tree;
  const WillisNeck *neck;
  const double *curve;
  gsize n_curve;
  double half;  // mm, half the width of the neck
  double reach; // mm about the neck's middle that are the mouth
  guint8 *done; // of each branch: seen, or the sac's own
  GArray *out;  // WillisMouthArtery
} Search;

/* Does a branch end in the sac? Its balls there hold the line from the neck's middle up into the sac. */
static gboolean
is_of_sac (const Search *search, const WillisBranch *branch)
{
  if (willis_tree_node (search->tree, (gsize) branch->node[0])->degree > 1
      && willis_tree_node (search->tree, (gsize) branch->node[1])->degree > 1)
    return FALSE;
  for (gsize i = 0; i < branch->n_points; i++)
    {
      double d[3], up;

      vec3_sub (d, branch->points_lps_mm + 3 * i, search->neck->centre_lps_mm);
      up = vec3_dot (d, search->neck->normal);
      vec3_axpy (d, d, -up, search->neck->normal);
      if (up > 0.5 * search->half && vec3_norm (d) < branch->radius_mm[i])
        return TRUE;
    }
  return FALSE;
}

static void
add_artery (Search *search, int b, double from, double away)
{
  const WillisBranch *branch = willis_tree_branch (search->tree, (gsize) b);
  const int along = willis_flow_along (search->tree, &b, 1);
  WillisMouthArtery a = { .limb = { b, from, away, 0.0 }, .entry_mm = from };
  double mm = 0.0;

  for (gsize q = 0; q < search->n_curve; q++) // how far along it the neck reaches
    {
      double s;

      if (nearest_on (branch, search->neck, search->curve + 3 * q, &s) < G_MAXDOUBLE)
        mm = MAX (mm, (s - from) * away);
    }
  mm += MOUTH_MARGIN * branch->radius_mm[point_at (branch, from + mm * away)];
  a.limb.from_mm = CLAMP (from + mm * away, 0.0, branch->length_mm);
  a.limb.mouth_mm = fabs (a.limb.from_mm - from);
  a.sure = along != 0;
  a.flow = (along < 0) == (away < 0.0) ? -1 : 1;
  g_array_append_val (search->out, a);
}

/* Goes along a branch until it leaves the mouth, and from a node in it into all others there. */
static void
go (Search *search, int b, double from, double away)
{
  const WillisBranch *branch = willis_tree_branch (search->tree, (gsize) b);
  const gssize n = (gssize) branch->n_points;
  const int node = branch->node[away > 0.0];

  for (gssize i = 0; i < n; i++)
    if ((branch->abscissa_mm[i] - from) * away >= 0.0
        && vec3_dist (branch->points_lps_mm + 3 * i, search->neck->centre_lps_mm) > search->reach)
      {
        add_artery (search, b, from, away);
        return;
      }
  for (gsize k = 0; k < willis_tree_n_branches (search->tree); k++)
    {
      const WillisBranch *other = willis_tree_branch (search->tree, k);

      if (search->done[k] || (other->node[0] != node && other->node[1] != node))
        continue;
      search->done[k] = TRUE;
      if (other->node[0] == node)
        go (search, (int) k, 0.0, 1.0);
      else
        go (search, (int) k, other->length_mm, -1.0);
    }
}

static gboolean
is_in_tube (const WillisLimbPoints *tube, const double p[3])
{
  for (guint i = 0; i < tube->r->len; i++)
    if (vec3_dist (&g_array_index (tube->p, double, 3 * i), p) < g_array_index (tube->r, double, i))
      return TRUE;
  return FALSE;
}

/* An artery's points, from where the search began in its branch on: those of its tube. */
static void
tube_init (WillisLimbPoints *points, const WillisTree *tree, const WillisMouthArtery *a)
{
  WillisLimb whole = a->limb;

  whole.from_mm = a->entry_mm;
  willis_limb_points_init (points, tree, &whole, MOST_MM);
}

static void
point_of (const WillisLimbPoints *points, double s, double p[3], double *r)
{
  guint i = 0;

  while (i + 1 < points->s->len && g_array_index (points->s, double, i) < s)
    i++;
  vec3_copy (p, &g_array_index (points->p, double, 3 * i));
  *r = g_array_index (points->r, double, i);
}

/* Unit direction from the first of points to the last. */
static void
chord (const WillisLimbPoints *points, double out[3])
{
  vec3_sub (out, &g_array_index (points->p, double, points->p->len - 3), (const double *) (void *) points->p->data);
  vec3_normalize (out);
}

/* Ends a limb's points where it runs into an artery that is thicker than it is at point own. */
static void
end_at_thicker (WillisLimbPoints *points, guint own)
{
  const double most = INTO * g_array_index (points->r, double, own);
  guint n = own + 1;

  while (n < points->r->len && g_array_index (points->r, double, n) <= most)
    n++;
  g_array_set_size (points->p, 3 * n);
  g_array_set_size (points->r, n);
  g_array_set_size (points->s, n);
}

/* Measures an artery where it is out of the mouth and out of the tubes of the others. */
static void
measure (WillisMouthArtery *a, const WillisTree *tree, const WillisLimbPoints *tubes, guint n_tubes, guint self)
{
  WillisLimbPoints points;
  guint first = 0, own;
  double r, beyond, edge[3], far[3];

  willis_limb_points_init (&points, tree, &a->limb, MOST_MM);
  if (points.r->len == 0) // the mouth reaches to its end
    {
      willis_limb_points_clear (&points);
      tube_init (&points, tree, a);
      first = points.r->len - 1;
    }
  for (guint k = 0; k < n_tubes; k++)
    while (k != self && first + 1 < points.r->len
           && is_in_tube (&tubes[k], &g_array_index (points.p, double, 3 * first)))
      first++;
  g_array_remove_range (points.p, 0, 3 * first);
  g_array_remove_range (points.r, 0, first);
  g_array_remove_range (points.s, 0, first);
  own = MIN (willis_limb_own (&points), points.r->len - 1);
  end_at_thicker (&points, own);
  a->radius = radius_beyond (&points, own);
  point_of (&points, g_array_index (points.s, double, own), edge, &r);
  point_of (&points, g_array_index (points.s, double, own) + 3.0 * r, far, &beyond);
  a->diameter_mm = r + beyond;
  vec3_sub (a->away, far, edge);
  if (vec3_normalize (a->away) == 0.0) // it ends there
    chord (&tubes[self], a->away);
  willis_limb_points_clear (&points);
}

/* Thicker first. */
static int
compare_arteries (const void *a, const void *b)
{
  const WillisMouthArtery *x = a, *y = b;

  return x->radius != y->radius ? (x->radius < y->radius) - (x->radius > y->radius) : x->limb.branch - y->limb.branch;
}

/* Which of the arteries brings the blood: the thickest that surely runs in, else the thickest that may. */
static int
find_in (const GArray *arteries)
{
  int unsure = -1;

  for (guint i = 0; i < arteries->len; i++)
    {
      const WillisMouthArtery *a = &g_array_index (arteries, WillisMouthArtery, i);

      if (a->flow > 0 && a->sure)
        return (int) i;
      if (a->flow > 0 && unsure < 0)
        unsure = (int) i;
    }
  return unsure;
}

/* Measures all of them and sorts them, the one that brings blood first. */
static void
measure_all (WillisMouth *mouth, const Search *search)
{
  GArray *arteries = mouth->arteries;
  const guint n = arteries->len;
  g_autofree WillisLimbPoints *tubes = g_new (WillisLimbPoints, n);
  WillisMouthArtery first;
  int in;

  for (guint i = 0; i < n; i++)
    tube_init (&tubes[i], search->tree, &g_array_index (arteries, WillisMouthArtery, i));
  for (guint i = 0; i < n; i++)
    measure (&g_array_index (arteries, WillisMouthArtery, i), search->tree, tubes, n, i);
  for (guint i = 0; i < n; i++)
    willis_limb_points_clear (&tubes[i]);
  g_array_sort (arteries, compare_arteries);
  in = find_in (arteries);
  mouth->has_in = in >= 0;
  if (in <= 0)
    return;
  first = g_array_index (arteries, WillisMouthArtery, in);
  g_array_remove_index (arteries, (guint) in);
  g_array_insert_val (arteries, 0, first);
}

/* Do three arteries or more meet as a fork's? Not where the first goes on in the second, and what else there is are
 * side branches of them. */
static gboolean
is_fork (const GArray *arteries)
{
  const WillisMouthArtery *a = (const WillisMouthArtery *) (void *) arteries->data;

  if (arteries->len < 3)
    return FALSE;
  return a[2].radius > SIDE_BRANCH * a[1].radius || a[1].radius < GOES_ON * a[0].radius
         || (a[2].radius > THIN_BRANCH * a[1].radius && -vec3_dot (a[0].away, a[1].away) < ONWARD);
}

/* Where the tree passes nearest below the neck's middle. */
static gboolean
find_place (WillisMouth *mouth, const Search *search, double *radius)
{
  const WillisBranch *at = NULL;
  double best = G_MAXDOUBLE;

  for (gsize b = 0; b < willis_tree_n_branches (search->tree); b++)
    {
      double s = 0.0, gap = search->done[b] ? G_MAXDOUBLE
                                            : nearest_on (willis_tree_branch (search->tree, b), search->neck,
                                                          search->neck->centre_lps_mm, &s);

      if (gap >= best)
        continue;
      best = gap;
      at = willis_tree_branch (search->tree, b);
      mouth->branch = (int) b;
      mouth->at_mm = s;
    }
  if (at == NULL)
    return FALSE;
  *radius = at->radius_mm[point_at (at, mouth->at_mm)];
  return best <= MAX (2.0 * *radius, search->half); // else the tree passes elsewhere
}

gboolean
willis_mouth_init (WillisMouth *mouth, const WillisTree *tree, const WillisNeck *neck, const double *neck_curve_lps_mm,
                   gsize n_curve)
{
  const gsize n = willis_tree_n_branches (tree);
  g_autofree guint8 *done = g_new0 (guint8, n + 1);
  Search search = { tree, neck, neck_curve_lps_mm, n_curve, 0.0, 0.0, done, NULL };
  double r;

  for (gsize i = 0; i < n_curve; i++)
    search.half += vec3_dist (neck_curve_lps_mm + 3 * i, neck->centre_lps_mm) / (double) n_curve;
  for (gsize b = 0; b < n; b++)
    done[b] = is_of_sac (&search, willis_tree_branch (tree, b));
  if (!find_place (mouth, &search, &r))
    return FALSE;
  search.reach = 1.2 * r + 0.5 * search.half;
  mouth->arteries = search.out = g_array_new (FALSE, FALSE, sizeof (WillisMouthArtery));
  done[mouth->branch] = TRUE;
  go (&search, mouth->branch, mouth->at_mm, -1.0);
  go (&search, mouth->branch, mouth->at_mm, 1.0);
  if (search.out->len == 0) // it ends in the mouth on all sides
    add_artery (&search, mouth->branch, mouth->at_mm, -1.0);
  measure_all (mouth, &search);
  mouth->fork = is_fork (mouth->arteries);
  return TRUE;
}

void
willis_mouth_clear (WillisMouth *mouth)
{
  g_array_unref (mouth->arteries);
}
