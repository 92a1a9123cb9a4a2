/* SPDX-License-Identifier: Apache-2.0 */
#include "solver/rod/path-private.h"

#include <string.h>

gboolean
_willis_rod_walk_may_go_on (const WillisRodWalk *walk)
{
  return walk->solver->spent < walk->most_work && !g_cancellable_is_cancelled (walk->solver->cancellable);
}

WillisRodSpot *
_willis_rod_spot_new (const WillisRodWalk *walk)
{
  WillisRodSpot *s = g_new0 (WillisRodSpot, 1);

  s->frames = g_memdup2 (walk->model->start, sizeof (WillisFrame) * walk->model->n_nodes);
  s->tangent = g_new0 (double, walk->model->n_dof);
  s->came = g_new0 (double, walk->model->n_dof);
  s->memory = g_malloc0 (walk->memory_size + 1);
  return s;
}

void
_willis_rod_spot_free (WillisRodSpot *s)
{
  if (s == NULL)
    return;
  g_free (s->frames);
  g_free (s->tangent);
  g_free (s->came);
  g_free (s->memory);
  g_free (s);
}
void
_willis_rod_spot_copy (const WillisRodWalk *walk, WillisRodSpot *to, const WillisRodSpot *from)
{
  memcpy (to->frames, from->frames, sizeof (WillisFrame) * walk->model->n_nodes);
  memcpy (to->tangent, from->tangent, sizeof (double) * walk->model->n_dof);
  memcpy (to->came, from->came, sizeof (double) * walk->model->n_dof);
  memcpy (to->memory, from->memory, walk->memory_size);
  to->factor = from->factor;
  to->unstable = from->unstable;
  to->tangent_factor = from->tangent_factor;
  to->came_factor = from->came_factor;
  to->softest = from->softest;
  to->stray = from->stray;
}

void
_willis_rod_spot_save (const WillisRodWalk *walk, WillisRodSpot *s)
{
  gsize at = 0;

  for (int f = 0; f < walk->model->n_fields; f++)
    {
      memcpy (s->memory + at, walk->model->fields[f].memory, walk->model->fields[f].size_memory);
      at += walk->model->fields[f].size_memory;
    }
}

void
_willis_rod_spot_restore (const WillisRodWalk *walk, const WillisRodSpot *s)
{
  gsize at = 0;

  for (int f = 0; f < walk->model->n_fields; f++)
    {
      memcpy (walk->model->fields[f].memory, s->memory + at, walk->model->fields[f].size_memory);
      at += walk->model->fields[f].size_memory;
    }
}

double
_willis_rod_walk_dot (const WillisRodWalk *walk, const double *a, const double *b)
{
  double sum = 0.0;

  for (int i = 0; i < walk->model->n_dof; i++)
    sum += walk->solver->weight[i] * a[i] * b[i];
  return sum;
}

double
_willis_rod_walk_largest (const WillisRodWalk *walk, const double *a, const double *b, double scale)
{
  double m = 0.0;

  for (int i = 0; i < walk->model->n_dof; i++)
    m = fmax (m, fabs (a[i] - (b != NULL ? scale * b[i] : 0.0)) * sqrt (walk->solver->weight[i]));
  return m;
}
