/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Nodes that lie in a thin artery, off the thick ones that meet there. The voxel paths run to the tip of a thin artery
 * far off, and others are closed to loops: where such an artery leaves a thick one, the two halves of the thick one
 * turn off into it, each on its own, and meet there. Its course would show a narrowing that is not there.
 */
#include <math.h>
#include <stdlib.h>

#include "core/num/vec3.h"
#include "core/vessel/tree-private.h"

#define USUAL_MM 12.0 // from a node: the stretch that an artery's usual distance to the wall is taken over
#define USUAL_PART                                                                                                     \
  0.3 // of it that is narrower: the stretch off its course is shorter, the mouth of a sac, which is wider, longer
#define SEATED 0.75  // of the second thickest one's: a node with less lies in a thinner one
#define REACHED 0.9  // of its own usual one: the artery is back on its course
#define LONGEST 4.0  // of its own usual one: the way that it is off its course for, at most
#define THROUGH -0.5 // cosine between the ways in which the halves of an artery leave, at most
#define INSIDE 0.75  // of the thinner one's usual one: what the new place must have

/* A chain at a node. */
typedef struct
{
  WillisChain *chain;
  gboolean ends;    // at the node
  double usual;     // mm to the wall
  gsize back;       // points off its course, from the node on
  double course[3]; // where it is back on it
} Arm;

static double *
point_of (const Arm *arm, gsize i)
{
  const gsize n = arm->chain->points->len / 3;

  return &g_array_index (arm->chain->points, double, 3 * (arm->ends ? n - 1 - i : i));
}

static int
compare_doubles (const void *a, const void *b)
{
  const double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static double
usual_distance (const Arm *arm, const WillisBvh *wall)
{
  const gsize n = arm->chain->points->len / 3;
  g_autofree double *r = g_new (double, n);
  double way = 0.0;
  gsize k = 0;

  for (gsize i = 0; i < n && (i == 0 || way <= USUAL_MM); i++)
    {
      r[k++] = willis_wall_distance (wall, point_of (arm, i), WILLIS_WALL_FAR_MM);
      if (i + 1 < n)
        way += vec3_dist (point_of (arm, i), point_of (arm, i + 1));
    }
  qsort (r, k, sizeof *r, compare_doubles);
  return r[(gsize) (USUAL_PART * k)];
}

/* Thicker first. */
static int
compare_arms (const void *a, const void *b)
{
  return compare_doubles (&((const Arm *) b)->usual, &((const Arm *) a)->usual);
}

/* Finds where an arm is back on its course. */
static gboolean
find_course (Arm *arm, const WillisBvh *wall)
{
  const gsize n = arm->chain->points->len / 3;
  const double enough = REACHED * arm->usual;
  double way = 0.0, last = willis_wall_distance (wall, point_of (arm, 0), WILLIS_WALL_FAR_MM);

  for (gsize i = 1; i + 2 < n; i++)
    {
      const double at = willis_wall_distance (wall, point_of (arm, i), WILLIS_WALL_FAR_MM);

      way += vec3_dist (point_of (arm, i), point_of (arm, i - 1));
      if (way > LONGEST * arm->usual)
        return FALSE;
      arm->back = i;
      if (at >= enough) // between two points, so that it moves with the surface and not by steps
        {
          vec3_lerp (arm->course, point_of (arm, i - 1), point_of (arm, i), (enough - last) / MAX (at - last, 1e-9));
          return TRUE;
        }
      last = at;
    }
  return FALSE;
}

/* Unit direction in which an arm goes on from where it is back on its course. */
static void
onward (const Arm *arm, double out[3])
{
  const gsize n = arm->chain->points->len / 3;
  gsize i = arm->back;

  while (i + 1 < n && vec3_dist (point_of (arm, i), arm->course) < 2.0 * arm->usual)
    i++;
  vec3_sub (out, point_of (arm, i), arm->course);
  vec3_normalize (out);
}

/* Takes the points off its course from an arm and lets it begin at q. */
static void
begin_at (Arm *arm, const double q[3])
{
  GArray *points = arm->chain->points;
  const guint n = points->len / 3, gone = (guint) arm->back;

  g_array_remove_range (points, arm->ends ? 3 * (n - gone) : 0, 3 * gone);
  if (arm->ends)
    g_array_append_vals (points, q, 3);
  else
    g_array_prepend_vals (points, q, 3);
}

/* The arms at a node, the thickest first (new array of Arm); NULL with a chain back to it. */
static GArray *
arms_at (WillisGraph *graph, int node, const WillisBvh *wall)
{
  GArray *arms = g_array_new (FALSE, FALSE, sizeof (Arm));

  for (guint c = 0; c < graph->chains->len; c++)
    {
      WillisChain *chain = &g_array_index (graph->chains, WillisChain, c);
      Arm arm = { chain, chain->node[1] == node, 0.0, 0 };

      if (chain->node[0] != node && chain->node[1] != node)
        continue;
      if (chain->node[0] == chain->node[1])
        {
          g_array_unref (arms);
          return NULL;
        }
      arm.usual = usual_distance (&arm, wall);
      g_array_append_val (arms, arm);
    }
  g_array_sort (arms, compare_arms);
  return arms;
}

static void
seat (WillisGraph *graph, int node, const WillisBvh *wall)
{
  double *place = &g_array_index (graph->nodes, double, 3 * node), q[3];
  g_autoptr (GArray) arms = arms_at (graph, node, wall);
  Arm *arm = arms != NULL ? (Arm *) (void *) arms->data : NULL;
  double one[3], two[3];

  if (arms == NULL || arms->len < 3 || willis_wall_distance (wall, place, WILLIS_WALL_FAR_MM) >= SEATED * arm[1].usual)
    return;
  if (!find_course (&arm[0], wall) || !find_course (&arm[1], wall))
    return;
  onward (&arm[0], one);
  onward (&arm[1], two);
  if (vec3_dot (one, two) > THROUGH)
    return;
  vec3_lerp (q, arm[0].course, arm[1].course, 0.5);
  if (willis_wall_distance (wall, q, WILLIS_WALL_FAR_MM) < INSIDE * arm[1].usual)
    return;
  for (guint i = 0; i < arms->len; i++)
    begin_at (&arm[i], q);
  vec3_copy (place, q);
}

void
willis_graph_seat (WillisGraph *graph, const WillisBvh *wall)
{
  for (int n = 0; n < (int) (graph->nodes->len / 3); n++)
    seat (graph, n, wall);
}
