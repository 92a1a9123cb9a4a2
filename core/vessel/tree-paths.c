/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The skeleton of a lumen as voxel paths. Ends are found one after another as the inside point farthest from what
 * the tree covers so far (each path point covers its inscribed sphere), and joined to the tree by the path of least
 * integral of 1 / phi, the cost of Antiga 2003. A piece that sticks out by less than its own thickness is covered
 * without a branch: a bump, a stub, a sac. Loops are where two paths that part far back meet again.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/num/vec3.h"
#include "core/vessel/tree-private.h"

#define BRANCH_FACTOR 3.0 // a branch reaches out at least this many of its radii (2 to the centre of its tip)
#define LOOP_FACTOR 8.0   // a loop is at least this many radii around
#define THICK_PART 0.5    // of the radius of the thicker of two places that meet: no noise

typedef struct
{
  double key;
  gint32 id;
} HeapItem;

typedef struct
{
  const WillisInside *in;
  gint32 step[26]; // cell offsets
  double length[26];
  HeapItem *heap;
  gsize n_heap, room;
  double *cost;  // [n] weighted distance from the root
  gint32 *pred;  // [n] toward the root, -1 there
  gint32 *order; // [n] in order of cost
  gsize n_order;
  float *reach;        // [n] mm to what is covered
  guint8 *on_tree;     // [n]
  double *arc;         // [n] mm from the root along the tree, for tree voxels
  gint32 *head, *fork; // [n] runs of the tree, for tree voxels
  GArray *loops;       // pairs of gint32: voxels joined across
  const WillisProgress *progress;
} Paths;

static gboolean
item_less (HeapItem a, HeapItem b)
{
  return a.key < b.key || (a.key == b.key && a.id < b.id);
}

static void
heap_push (Paths *p, double key, gint32 id)
{
  gsize i = p->n_heap++;
  HeapItem item = { key, id };

  if (p->n_heap > p->room)
    {
      p->room = 2 * p->n_heap + 1024;
      p->heap = g_renew (HeapItem, p->heap, p->room);
    }
  while (i > 0 && item_less (item, p->heap[(i - 1) / 2]))
    {
      p->heap[i] = p->heap[(i - 1) / 2];
      i = (i - 1) / 2;
    }
  p->heap[i] = item;
}

static HeapItem
heap_pop (Paths *p)
{
  HeapItem top = p->heap[0], last = p->heap[--p->n_heap];
  gsize i = 0;

  for (;;)
    {
      gsize c = 2 * i + 1;

      if (c >= p->n_heap)
        break;
      if (c + 1 < p->n_heap && item_less (p->heap[c + 1], p->heap[c]))
        c++;
      if (!item_less (p->heap[c], last))
        break;
      p->heap[i] = p->heap[c];
      i = c;
    }
  if (p->n_heap > 0)
    p->heap[i] = last;
  return top;
}

static void
init_steps (Paths *p)
{
  int n = 0;

  for (int k = -1; k <= 1; k++)
    for (int j = -1; j <= 1; j++)
      for (int i = -1; i <= 1; i++)
        if (i != 0 || j != 0 || k != 0)
          {
            p->step[n] = (k * p->in->dims[1] + j) * p->in->dims[0] + i;
            p->length[n++] = p->in->h * sqrt (i * i + j * j + k * k);
          }
}

static gint32
neighbour (const Paths *p, gint32 v, int s)
{
  return p->in->index[p->in->cell[v] + p->step[s]];
}

/* Weighted distance from start to all it is connected with. flat: plain length instead of length / phi. */
static gboolean
march (Paths *p, gint32 start, gboolean flat, double lo, GError **error)
{
  const float *phi = p->in->phi;
  double floor_phi = 0.25 * p->in->h;
  WillisProgress part = willis_progress_part (p->progress, lo, lo + 0.2, NULL);

  for (gsize v = 0; v < p->in->n; v++)
    {
      p->cost[v] = INFINITY;
      p->pred[v] = -1;
    }
  p->n_heap = p->n_order = 0;
  p->cost[start] = 0.0;
  heap_push (p, 0.0, start);
  while (p->n_heap > 0)
    {
      HeapItem top = heap_pop (p);

      if (top.key > p->cost[top.id])
        continue;
      if (p->n_order % 16384 == 0 && !willis_progress_step (&part, (double) p->n_order / (double) p->in->n, error))
        return FALSE;
      p->order[p->n_order++] = top.id;
      for (int s = 0; s < 26; s++)
        {
          gint32 u = neighbour (p, top.id, s);
          double c;

          if (u < 0)
            continue;
          c = flat ? p->length[s] : p->length[s] * 2.0 / (MAX (phi[u], floor_phi) + MAX (phi[top.id], floor_phi));
          c += top.key;
          if (c >= p->cost[u])
            continue;
          p->cost[u] = c;
          p->pred[u] = top.id;
          heap_push (p, c, u);
        }
    }
  return TRUE;
}

/* From v uphill in phi to the ridge, no farther than it is thick. */
static gint32
climb (const Paths *p, gint32 v)
{
  double walked = 0.0;

  while (walked < 1.5 * p->in->phi[v] + 2.0 * p->in->h)
    {
      gint32 best = v;
      int step = 0;

      for (int s = 0; s < 26; s++)
        {
          gint32 u = neighbour (p, v, s);

          if (u >= 0 && p->in->phi[u] > p->in->phi[best])
            {
              best = u;
              step = s;
            }
        }
      if (best == v)
        break;
      walked += p->length[step];
      v = best;
    }
  return v;
}

/* Lets reach fall to zero in the sphere of voxel v and spread from there. */
static void
cover_sphere (Paths *p, gint32 v, double radius)
{
  const WillisInside *in = p->in;
  gint32 c = in->cell[v];
  int ijk[3] = { c % in->dims[0], c / in->dims[0] % in->dims[1], c / in->dims[0] / in->dims[1] };
  int n = (int) floor (radius / in->h);
  double r2 = radius * radius / (in->h * in->h);

  for (int k = MAX (-n, -ijk[2]); k <= MIN (n, in->dims[2] - 1 - ijk[2]); k++)
    for (int j = MAX (-n, -ijk[1]); j <= MIN (n, in->dims[1] - 1 - ijk[1]); j++)
      {
        double left = r2 - k * k - j * j;
        int half;

        if (left < 0.0)
          continue;
        half = (int) floor (sqrt (left));
        for (int i = MAX (-half, -ijk[0]); i <= MIN (half, in->dims[0] - 1 - ijk[0]); i++)
          {
            gint32 u = in->index[c + (k * in->dims[1] + j) * in->dims[0] + i];

            if (u >= 0 && p->reach[u] > 0.0f)
              {
                p->reach[u] = 0.0f;
                heap_push (p, 0.0, u);
              }
          }
      }
}

static void
spread_reach (Paths *p)
{
  while (p->n_heap > 0)
    {
      HeapItem top = heap_pop (p);

      if (top.key > p->reach[top.id])
        continue;
      for (int s = 0; s < 26; s++)
        {
          gint32 u = neighbour (p, top.id, s);
          float c = (float) (top.key + p->length[s]);

          if (u >= 0 && c < p->reach[u])
            {
              p->reach[u] = c;
              heap_push (p, c, u);
            }
        }
    }
}

/* Covers the path from v to the tree (or to the root). accept also puts it on the tree. */
static void
cover_path (Paths *p, gint32 v, gboolean accept)
{
  double since = INFINITY;

  p->n_heap = 0;
  for (gint32 u = v; u >= 0; u = p->pred[u])
    {
      gboolean joined = p->on_tree[u];

      since += p->in->h;
      if (since > 0.25 * p->in->phi[u] || joined)
        {
          cover_sphere (p, u, 1.05 * p->in->phi[u] + p->in->h);
          since = 0.0;
        }
      if (joined)
        break;
      if (accept)
        p->on_tree[u] = 1;
    }
  spread_reach (p);
}

/* The largest radius on the way from v out of what is covered. */
static double
path_radius (const Paths *p, gint32 v)
{
  double r = 0.0;

  for (; v >= 0 && p->reach[v] > 0.0f; v = p->pred[v])
    r = MAX (r, p->in->phi[v]);
  return r;
}

static gboolean
find_ends (Paths *p, gint32 root, GError **error)
{
  const WillisInside *in = p->in;
  double first = -1.0;

  for (gsize v = 0; v < in->n; v++)
    p->reach[v] = isfinite (p->cost[v]) ? INFINITY : 0.0f;
  p->on_tree[root] = 1;
  cover_path (p, root, TRUE);
  for (;;)
    {
      gint32 far = 0;
      double reach;

      for (gsize v = 1; v < in->n; v++)
        if (p->reach[v] > p->reach[far])
          far = (gint32) v;
      reach = p->reach[far];
      if (first < 0.0)
        first = MAX (reach, 1e-9);
      if (reach < 3.0 * in->h)
        return TRUE;
      if (!willis_progress_step (p->progress, 0.6 + 0.3 * (1.0 - MIN (reach / first, 1.0)), error))
        return FALSE;
      {
        double r = path_radius (p, far);
        gboolean accept = reach > BRANCH_FACTOR * r + in->h;
        gint32 end = accept ? climb (p, far) : far;

        cover_path (p, end, accept);
        cover_path (p, far, FALSE);
        if (p->reach[far] > 0.0f) // thinner than a voxel: its own sphere has no centre in it
          p->reach[far] = 0.0f;
      }
    }
}

/* The tree voxel where the path from each voxel to the root meets the tree. */
static gint32 *
find_hits (Paths *p)
{
  gint32 *hit = g_new (gint32, MAX (p->in->n, 1));

  for (gsize i = 0; i < p->n_order; i++)
    {
      gint32 v = p->order[i], u = p->pred[v];

      hit[v] = p->on_tree[v] ? v : hit[u];
      if (p->on_tree[v])
        {
          double a[3], b[3];

          p->arc[v] = 0.0;
          if (u < 0)
            continue;
          willis_inside_point (p->in, v, a);
          willis_inside_point (p->in, u, b);
          p->arc[v] = p->arc[u] + vec3_dist (a, b);
        }
    }
  return hit;
}

/* Tree voxels by runs between forks: head is the first voxel of a run, fork the one above it. */
static void
find_runs (Paths *p)
{
  g_autofree guint8 *children = g_new0 (guint8, MAX (p->in->n, 1));

  for (gsize i = 0; i < p->n_order; i++)
    if (p->on_tree[p->order[i]] && p->pred[p->order[i]] >= 0 && children[p->pred[p->order[i]]] < 2)
      children[p->pred[p->order[i]]]++;
  for (gsize i = 0; i < p->n_order; i++)
    {
      gint32 v = p->order[i], u = p->pred[v];

      if (!p->on_tree[v])
        continue;
      p->head[v] = u < 0 || children[u] > 1 ? v : p->head[u];
      p->fork[v] = p->head[v] == v ? u : p->fork[u];
    }
}

/* Length of the way between tree voxels a and b along the tree. */
static double
tree_distance (const Paths *p, gint32 a, gint32 b)
{
  double ends = p->arc[a] + p->arc[b];

  while (p->head[a] != p->head[b])
    {
      /* the one whose run starts farther from the root goes up to its fork; ties by number */
      gint32 x = p->head[a], y = p->head[b];

      if (p->arc[x] > p->arc[y] || (p->arc[x] == p->arc[y] && x > y))
        a = p->fork[a];
      else
        b = p->fork[b];
      if (a < 0 || b < 0)
        return INFINITY;
    }
  return ends - 2.0 * MIN (p->arc[a], p->arc[b]);
}

typedef struct
{
  gint32 u, v;
  float phi;
} Meeting;

static int
compare_meetings (const void *a, const void *b)
{
  const Meeting *x = a, *y = b;

  if (x->phi != y->phi)
    return x->phi > y->phi ? -1 : 1;
  if (x->u != y->u)
    return x->u < y->u ? -1 : 1;
  return (x->v > y->v) - (x->v < y->v);
}

/* A loop is at least so far around between these two places: of the thicker one's radii, and of their mean where it is
 * so thick where they meet that noise makes no such passage. For one of them is often a sac, and the ring that leads
 * through it shorter than so many of the sac's radii. */
static double
least_way_around (const Paths *p, const gint32 *hit, gint32 u, gint32 v)
{
  double a = p->in->phi[hit[u]], b = p->in->phi[hit[v]], most = MAX (a, b);
  gboolean thick = MIN (p->in->phi[u], p->in->phi[v]) > THICK_PART * most;

  return LOOP_FACTOR * (thick ? 0.5 * (a + b) : most) + 4.0 * p->in->h;
}

/* All neighbouring voxels whose ways to the root part far back, thickest first. */
static GArray *
find_meetings (Paths *p, const gint32 *hit)
{
  GArray *meetings = g_array_new (FALSE, FALSE, sizeof (Meeting));

  for (gsize i = 0; i < p->n_order; i++)
    {
      gint32 v = p->order[i];

      for (int s = 13; s < 26; s++) // each pair once
        {
          gint32 u = neighbour (p, v, s);
          double limit, radius;

          if (u < 0 || hit[u] == hit[v] || p->pred[u] == v || p->pred[v] == u)
            continue;
          radius = MIN (p->in->phi[u], p->in->phi[v]);
          limit = MAX (least_way_around (p, hit, u, v), LOOP_FACTOR * radius);
          if (radius < 0.75 * p->in->h || tree_distance (p, hit[u], hit[v]) <= limit)
            continue;
          {
            Meeting m = { v, u, (float) radius };

            g_array_append_val (meetings, m);
          }
        }
    }
  if (meetings->len > 1) // an empty array has no memory to sort
    qsort (meetings->data, meetings->len, sizeof (Meeting), compare_meetings);
  return meetings;
}

static void
add_to_tree (Paths *p, gint32 v)
{
  GArray *way = g_array_new (FALSE, FALSE, sizeof (gint32));

  for (; !p->on_tree[v]; v = p->pred[v])
    g_array_append_val (way, v);
  for (guint i = way->len; i-- > 0;)
    {
      gint32 w = g_array_index (way, gint32, i);
      double a[3], b[3];

      willis_inside_point (p->in, w, a);
      willis_inside_point (p->in, p->pred[w], b);
      p->arc[w] = p->arc[p->pred[w]] + vec3_dist (a, b);
      p->on_tree[w] = 1;
    }
  g_array_free (way, TRUE);
}

/* How far the ends of a meeting are along the tree from those of a loop that is closed already. */
static double
way_over (Paths *p, const gint32 *hit, const Meeting *m, gint32 w, gint32 x)
{
  return MIN (tree_distance (p, hit[m->u], hit[w]) + tree_distance (p, hit[m->v], hit[x]),
              tree_distance (p, hit[m->u], hit[x]) + tree_distance (p, hit[m->v], hit[w]));
}

/* Does a meeting belong to the loop that is closed between w and x: on the same front, or joining the same two places?
 * Near to it there may be another: where a third artery comes in between two fronts. */
static gboolean
same_loop (Paths *p, const gint32 *hit, const Meeting *m, gint32 w, gint32 x)
{
  double a[3], b[3], over = way_over (p, hit, m, w, x);

  willis_inside_point (p->in, m->u, a);
  willis_inside_point (p->in, w, b);
  return over < LOOP_FACTOR * p->in->phi[w]
         || (vec3_dist (a, b) < 4.0 * MAX (p->in->phi[w], m->phi) + 4.0 * p->in->h
             && over <= MAX (least_way_around (p, hit, m->u, m->v), least_way_around (p, hit, w, x)));
}

/* Closes loops: the thickest meeting first. */
static gboolean
find_loops (Paths *p, GError **error)
{
  g_autofree gint32 *hit = find_hits (p);
  g_autoptr (GArray) meetings = NULL;

  find_runs (p);
  meetings = find_meetings (p, hit);
  for (guint i = 0; i < meetings->len; i++)
    {
      Meeting *m = &g_array_index (meetings, Meeting, i);
      gboolean same = FALSE;

      if (i % 256 == 0 && !willis_progress_step (p->progress, 0.9 + 0.1 * i / meetings->len, error))
        return FALSE;
      for (guint j = 0; j < p->loops->len && !same; j += 2)
        same = same_loop (p, hit, m, g_array_index (p->loops, gint32, j), g_array_index (p->loops, gint32, j + 1));
      if (same)
        continue;
      g_array_append_val (p->loops, m->u);
      g_array_append_val (p->loops, m->v);
    }
  for (guint j = 0; j < p->loops->len; j++)
    add_to_tree (p, g_array_index (p->loops, gint32, j));
  return TRUE;
}

/* The tree as chains between voxels where not exactly two links meet. */
typedef struct
{
  GArray *links; // pairs of tree voxel ranks
  gint32 *rank;  // [n] tree voxels counted in order
  gint32 *voxel; // [count]
  gint32 *first; // [count + 1] into list
  gint32 *list;  // neighbours by rank
  gint32 count;
} Links;

static void
collect_links (Paths *p, Links *l)
{
  g_autofree gint32 *fill = NULL;

  l->links = g_array_new (FALSE, FALSE, sizeof (gint32));
  l->rank = g_new (gint32, MAX (p->in->n, 1));
  l->voxel = g_new (gint32, MAX (p->n_order, 1));
  l->count = 0;
  for (gsize i = 0; i < p->n_order; i++)
    if (p->on_tree[p->order[i]])
      {
        l->voxel[l->count] = p->order[i];
        l->rank[p->order[i]] = l->count++;
      }
  for (gint32 i = 0; i < l->count; i++)
    if (p->pred[l->voxel[i]] >= 0)
      {
        g_array_append_val (l->links, i);
        g_array_append_val (l->links, l->rank[p->pred[l->voxel[i]]]);
      }
  for (guint j = 0; j < p->loops->len; j++)
    g_array_append_val (l->links, l->rank[g_array_index (p->loops, gint32, j)]);
  l->first = g_new0 (gint32, l->count + 1);
  l->list = g_new (gint32, MAX (l->links->len, 1));
  for (guint j = 0; j < l->links->len; j++)
    l->first[g_array_index (l->links, gint32, j) + 1]++;
  for (gint32 i = 0; i < l->count; i++)
    l->first[i + 1] += l->first[i];
  fill = g_memdup2 (l->first, (l->count + 1) * sizeof (gint32));
  for (guint j = 0; j < l->links->len; j++)
    l->list[fill[g_array_index (l->links, gint32, j)]++] = g_array_index (l->links, gint32, j ^ 1);
}

static void
free_links (Links *l)
{
  g_array_free (l->links, TRUE);
  g_free (l->rank);
  g_free (l->voxel);
  g_free (l->first);
  g_free (l->list);
}

static int
link_degree (const Links *l, gint32 i)
{
  return l->first[i + 1] - l->first[i];
}

static int
node_of (const Paths *p, const Links *l, gint32 i, gint32 *node, WillisGraph *out)
{
  if (node[i] < 0)
    {
      double x[3];

      node[i] = (gint32) (out->nodes->len / 3);
      willis_inside_point (p->in, l->voxel[i], x);
      g_array_append_vals (out->nodes, x, 3);
    }
  return node[i];
}

/* Follows the chain that leaves node voxel i by its link number e. */
static void
follow (const Paths *p, const Links *l, gint32 i, gint32 e, gint32 *node, guint8 *walked, WillisGraph *out)
{
  WillisChain chain = { { 0 }, g_array_new (FALSE, FALSE, sizeof (double)) };
  gint32 start = i, prev = i, at = l->list[e];
  double x[3];

  chain.node[0] = node_of (p, l, i, node, out);
  willis_inside_point (p->in, l->voxel[i], x);
  g_array_append_vals (chain.points, x, 3);
  walked[e] = 1;
  for (;;)
    {
      gint32 on = -1;

      willis_inside_point (p->in, l->voxel[at], x);
      g_array_append_vals (chain.points, x, 3);
      for (gint32 f = l->first[at]; f < l->first[at + 1]; f++)
        if (l->list[f] == prev && !walked[f])
          {
            walked[f] = 1;
            break;
          }
      if (link_degree (l, at) != 2 || node[at] >= 0 || at == start)
        break;
      for (gint32 f = l->first[at]; f < l->first[at + 1] && on < 0; f++)
        if (!walked[f])
          on = f;
      if (on < 0)
        break;
      walked[on] = 1;
      prev = at;
      at = l->list[on];
    }
  chain.node[1] = node_of (p, l, at, node, out);
  g_array_append_val (out->chains, chain);
}

static void
build_graph (Paths *p, WillisGraph *out)
{
  Links l;
  g_autofree gint32 *node = NULL;
  g_autofree guint8 *walked = NULL;

  collect_links (p, &l);
  node = g_new (gint32, MAX (l.count, 1));
  walked = g_new0 (guint8, MAX (l.links->len, 1));
  for (gint32 i = 0; i < l.count; i++)
    node[i] = -1;
  for (int pass = 0; pass < 2; pass++) // second: rings without any node
    for (gint32 i = 0; i < l.count; i++)
      if (pass == 1 || link_degree (&l, i) != 2)
        {
          if (link_degree (&l, i) == 0)
            node_of (p, &l, i, node, out);
          for (gint32 e = l.first[i]; e < l.first[i + 1]; e++)
            if (!walked[e])
              follow (p, &l, i, e, node, walked, out);
        }
  free_links (&l);
}

static void
chain_clear (gpointer data)
{
  WillisChain *chain = data;

  g_clear_pointer (&chain->points, g_array_unref);
}

void
willis_graph_clear (WillisGraph *graph)
{
  g_clear_pointer (&graph->nodes, g_array_unref);
  g_clear_pointer (&graph->chains, g_array_unref);
}

gboolean
willis_paths_find (const WillisInside *inside, const WillisProgress *progress, WillisGraph *out, GError **error)
{
  gsize n = MAX (inside->n, 1);
  g_autofree double *cost = g_new (double, n);
  g_autofree double *arc = g_new (double, n);
  g_autofree gint32 *pred = g_new (gint32, n);
  g_autofree gint32 *order = g_new (gint32, n);
  g_autofree gint32 *head = g_new (gint32, n);
  g_autofree gint32 *fork = g_new (gint32, n);
  g_autofree float *reach = g_new (float, n);
  g_autofree guint8 *on_tree = g_new0 (guint8, n);
  g_autoptr (GArray) loops = g_array_new (FALSE, FALSE, sizeof (gint32));
  Paths p = { .in = inside,
              .cost = cost,
              .arc = arc,
              .pred = pred,
              .order = order,
              .head = head,
              .fork = fork,
              .reach = reach,
              .on_tree = on_tree,
              .loops = loops,
              .progress = progress };
  gint32 root = 0;
  gboolean ok;

  out->nodes = g_array_new (FALSE, FALSE, sizeof (double));
  out->chains = g_array_new (FALSE, FALSE, sizeof (WillisChain));
  g_array_set_clear_func (out->chains, chain_clear);
  if (inside->n == 0)
    return TRUE;
  init_steps (&p);
  for (gsize v = 1; v < inside->n; v++)
    if (inside->phi[v] > inside->phi[root])
      root = (gint32) v;
  ok = march (&p, root, TRUE, 0.0, error);
  if (ok)
    {
      gint32 thickest = root;

      root = p.order[p.n_order - 1];
      /* a blob is one place: its farthest point is no farther than it is thick */
      root = p.cost[root] > 2.0 * inside->phi[thickest] ? climb (&p, root) : thickest;
      ok = march (&p, root, FALSE, 0.3, error) && find_ends (&p, root, error) && find_loops (&p, error);
    }
  if (ok)
    build_graph (&p, out);
  g_free (p.heap);
  return ok;
}
