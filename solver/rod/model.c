/* SPDX-License-Identifier: Apache-2.0 */
#include "solver/rod/model.h"

#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"

WillisRodModel *
willis_rod_model_new (void)
{
  return g_new0 (WillisRodModel, 1);
}

void
willis_rod_model_free (WillisRodModel *model)
{
  if (model == NULL)
    return;
  g_free (model->start);
  g_free (model->elements);
  g_free (model->loads);
  g_free (model->spread);
  g_free (model->dof);
  g_free (model->tie_place);
  g_free (model->tie_turn);
  g_free (model->held);
  g_free (model);
}

int
willis_rod_model_add_node (WillisRodModel *model, const WillisFrame *frame)
{
  int n = model->n_nodes++;

  if (n >= model->room_nodes)
    {
      model->room_nodes = MAX (64, 2 * n);
      model->start = g_renew (WillisFrame, model->start, model->room_nodes);
      model->tie_place = g_renew (int, model->tie_place, model->room_nodes);
      model->tie_turn = g_renew (int, model->tie_turn, model->room_nodes);
      model->held = g_renew (guint8, model->held, model->room_nodes);
    }
  model->start[n] = *frame;
  model->tie_place[n] = model->tie_turn[n] = n;
  model->held[n] = 0;
  return n;
}

int
willis_rod_model_add_element (WillisRodModel *model, int a, int b, double length, const double rest[6],
                              const double stiffness[6])
{
  int n = model->n_elements++;
  WillisRodElement *e;

  if (n >= model->room_elements)
    {
      model->room_elements = MAX (64, 2 * n);
      model->elements = g_renew (WillisRodElement, model->elements, model->room_elements);
      model->spread = g_realloc_n (model->spread, model->room_elements, sizeof *model->spread);
    }
  vec3_set (model->spread[n], 0.0, 0.0, 0.0);
  e = &model->elements[n];
  e->node[0] = a;
  e->node[1] = b;
  e->length = length;
  memcpy (e->rest, rest, sizeof e->rest);
  memcpy (e->stiffness, stiffness, sizeof e->stiffness);
  for (int k = 0; k < 2 && !model->plain_shear; k++)
    e->stiffness[1 + k] = 1.0 / (1.0 / stiffness[1 + k] + length * length / (12.0 * stiffness[5 - k]));
  return n;
}

int
willis_rod_model_add_element_as_given (WillisRodModel *model, int a, int b, const double stiffness[6],
                                       gboolean straight)
{
  double d[6], rest[6] = { 1.0, 0.0, 0.0, 0.0, 0.0, 0.0 }, length;

  willis_frame_log (&model->start[a], &model->start[b], d);
  length = vec3_norm (d);
  for (int i = 0; i < 6 && !straight; i++)
    rest[i] = d[i] / length;
  return willis_rod_model_add_element (model, a, b, length, rest, stiffness);
}

int
willis_rod_model_add_load (WillisRodModel *model, int node, const double force[3], const double moment[3],
                           gboolean follower)
{
  int n = model->n_loads++;

  if (n >= model->room_loads)
    {
      model->room_loads = MAX (16, 2 * n);
      model->loads = g_renew (WillisRodLoad, model->loads, model->room_loads);
    }
  model->loads[n].node = node;
  vec3_copy (model->loads[n].force, force);
  vec3_copy (model->loads[n].moment, moment);
  model->loads[n].follower = follower;
  return n;
}

void
willis_rod_model_add_spread (WillisRodModel *model, int element, const double force[3])
{
  vec3_add (model->spread[element], model->spread[element], force);
}

void
willis_rod_model_hold (WillisRodModel *model, int node, guint mask)
{
  model->held[node] |= (guint8) (mask & 63);
}

static int
root (const int *tie, int n)
{
  while (tie[n] != n)
    n = tie[n];
  return n;
}

void
willis_rod_model_tie (WillisRodModel *model, int a, int b, gboolean rigid)
{
  int ra = root (model->tie_place, a), rb = root (model->tie_place, b);

  model->tie_place[MAX (ra, rb)] = MIN (ra, rb);
  if (rigid)
    {
      ra = root (model->tie_turn, a);
      rb = root (model->tie_turn, b);
      model->tie_turn[MAX (ra, rb)] = MIN (ra, rb);
    }
}

void
willis_rod_model_add_field (WillisRodModel *model, const WillisRodField *field)
{
  g_return_if_fail (model->n_fields < (int) G_N_ELEMENTS (model->fields));
  model->fields[model->n_fields++] = *field;
}

/* Groups of three unknowns: 2 n for the translation of node n, 2 n + 1 for its rotation. */
static int
group_of (const WillisRodModel *model, int node, int turn)
{
  return 2 * root (turn ? model->tie_turn : model->tie_place, node) + turn;
}

typedef struct
{
  int n;
  int *first, *next; // neighbours of group g: next[first[g]] .. next[first[g + 1] - 1]
} Graph;

static void
graph_of_elements (const WillisRodModel *model, Graph *graph)
{
  int n = 2 * model->n_nodes, *fill = NULL;

  graph->n = n;
  graph->first = g_new0 (int, n + 1);
  graph->next = NULL;
  for (int pass = 0; pass < 2; pass++)
    {
      if (pass == 1)
        {
          for (int g = 0; g < n; g++)
            graph->first[g + 1] += graph->first[g];
          graph->next = g_new (int, MAX (1, graph->first[n]));
          fill = g_memdup2 (graph->first, sizeof (int) * (n + 1));
        }
      for (int e = 0; e < model->n_elements; e++)
        {
          const int *node = model->elements[e].node;
          int group[4] = { group_of (model, node[0], 0), group_of (model, node[0], 1), group_of (model, node[1], 0),
                           group_of (model, node[1], 1) };

          for (int i = 0; i < 4; i++)
            for (int j = 0; j < 4; j++)
              if (i != j && pass == 0)
                graph->first[group[i] + 1]++;
              else if (i != j)
                graph->next[fill[group[i]]++] = group[j];
        }
    }
  g_free (fill);
}

/* Breadth-first order from a group; returns how many were reached, order[0 .. count - 1]. rank: -1 where not yet taken. */
static int
breadth_first (const Graph *graph, int from, int *rank, int *order, int count)
{
  int begin = count;

  order[count] = from;
  rank[from] = count++;
  for (int i = begin; i < count; i++)
    {
      int g = order[i], before = count;

      for (int k = graph->first[g]; k < graph->first[g + 1]; k++)
        if (rank[graph->next[k]] < 0)
          {
            order[count] = graph->next[k];
            rank[graph->next[k]] = count++;
          }
      /* by rising degree */
      for (int a = before + 1; a < count; a++)
        for (int b = a; b > before; b--)
          {
            int x = order[b - 1], y = order[b];

            if (graph->first[x + 1] - graph->first[x] <= graph->first[y + 1] - graph->first[y])
              break;
            order[b - 1] = y;
            order[b] = x;
          }
      for (int a = before; a < count; a++)
        rank[order[a]] = a;
    }
  return count;
}

static int *
cuthill_mckee (const Graph *graph)
{
  int *rank = g_new (int, graph->n), *order = g_new (int, graph->n), count = 0;

  for (int g = 0; g < graph->n; g++)
    rank[g] = -1;
  for (int g = 0; g < graph->n; g++)
    {
      int start = g;

      if (rank[g] >= 0)
        continue;
      /* a far end of this part: the last of a search from anywhere, twice */
      for (int pass = 0; pass < 2; pass++)
        {
          int reached = breadth_first (graph, start, rank, order, count);

          start = order[reached - 1];
          for (int i = count; i < reached; i++)
            rank[order[i]] = -1;
        }
      count = breadth_first (graph, start, rank, order, count);
    }
  g_free (rank);
  return order;
}

static void
number_equations (WillisRodModel *model)
{
  int n = 2 * model->n_nodes, *order, *first = g_new (int, n);
  guint8 *held = g_new0 (guint8, n);
  Graph graph;

  for (int node = 0; node < model->n_nodes; node++)
    {
      held[group_of (model, node, 0)] |= model->held[node] & 7;
      held[group_of (model, node, 1)] |= model->held[node] >> 3;
    }
  graph_of_elements (model, &graph);
  order = cuthill_mckee (&graph);
  model->n_dof = 0;
  for (int i = n - 1; i >= 0; i--)
    {
      int g = order[i];

      first[g] = model->n_dof;
      if (root (g % 2 ? model->tie_turn : model->tie_place, g / 2) == g / 2)
        for (int k = 0; k < 3; k++)
          model->n_dof += !(held[g] >> k & 1);
    }
  g_free (model->dof);
  model->dof = g_malloc_n (MAX (1, model->n_nodes), sizeof *model->dof);
  for (int node = 0; node < model->n_nodes; node++)
    for (int turn = 0; turn < 2; turn++)
      {
        int g = group_of (model, node, turn), next = first[g];

        for (int k = 0; k < 3; k++)
          model->dof[node][3 * turn + k] = held[g] >> k & 1 ? -1 : next++;
      }
  g_free (graph.first);
  g_free (graph.next);
  g_free (order);
  g_free (first);
  g_free (held);
}

static void
measure (WillisRodModel *model)
{
  double lo[3] = { INFINITY, INFINITY, INFINITY }, hi[3] = { -INFINITY, -INFINITY, -INFINITY };

  model->stiffness_scale = 0.0;
  for (int n = 0; n < model->n_nodes; n++)
    for (int k = 0; k < 3; k++)
      {
        lo[k] = MIN (lo[k], model->start[n].r[k]);
        hi[k] = MAX (hi[k], model->start[n].r[k]);
      }
  model->length_scale = vec3_dist (lo, hi);
  model->bandwidth = 0;
  for (int e = 0; e < model->n_elements; e++)
    {
      const WillisRodElement *el = &model->elements[e];

      for (int k = 3; k < 6; k++)
        model->stiffness_scale = MAX (model->stiffness_scale, el->stiffness[k]);
      for (int i = 0; i < 12; i++)
        for (int j = 0; j < 12; j++)
          {
            int a = model->dof[el->node[i / 6]][i % 6], b = model->dof[el->node[j / 6]][j % 6];

            if (a >= 0 && b >= 0)
              model->bandwidth = MAX (model->bandwidth, ABS (a - b));
          }
    }
}

gboolean
willis_rod_model_finish (WillisRodModel *model, GError **error)
{
  if (model->n_elements == 0)
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("The rod problem has no rods"));
  number_equations (model);
  measure (model);
  if (model->n_dof == 0)
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("The supports leave nothing that could move"));
  return TRUE;
}
