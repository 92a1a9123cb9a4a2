/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Down to a stable state: an implicit gradient flow, and Newton with a shifted tangent and a line search.
 */
#include <string.h>

#include "solver/rod/equilibrium-private.h"

#define MAX_ROUNDS    60
#define MOST_DOWNHILL 1500 // steps down to a stable state

/* Farthest that a node was moved or turned, in lengths of the structure or radians. */
static double
moved (const WillisRodSolver *s, const WillisFrame *from, const WillisFrame *to)
{
  double most = 0.0;

  for (int n = 0; n < s->model->n_nodes; n++)
    {
      double h[6];

      _willis_rod_frame_difference (&from[n], &to[n], h);
      most = fmax (most, fmax (vec3_norm (h) / s->model->length_scale, vec3_norm (h + 3)));
    }
  return most;
}

void
willis_rod_increments (const WillisRodSolver *s, const WillisFrame *from, const WillisFrame *to, double *increments)
{
  for (int n = 0; n < s->model->n_nodes; n++)
    {
      double h[6];

      _willis_rod_frame_difference (&from[n], &to[n], h);
      for (int i = 0; i < 6; i++)
        if (s->model->dof[n][i] >= 0)
          increments[s->model->dof[n][i]] = h[i];
    }
}

/* One implicit step of the flow that goes downhill; FALSE where Newton fails or the energy does not fall.
 * Multipliers and friction bounds rest meanwhile. */
static gboolean
flow_step (WillisRodSolver *s, WillisFrame *frames, double factor, WillisFrame *before, double *energy,
           double *way)
{
  int its;
  double now, slack;
  gboolean good;

  memcpy (before, frames, sizeof *frames * s->model->n_nodes);
  s->anchor = before;
  good = willis_rod_newton (s, frames, &factor, NULL, NULL, &its) == WILLIS_ROD_CONVERGED;
  s->anchor = NULL;
  now = good ? willis_rod_potential (s, frames, factor) : INFINITY;
  *way = good ? moved (s, before, frames) : INFINITY;
  slack = 1e-9 * fabs (*energy) + 1e-12 * s->model->stiffness_scale / s->model->length_scale;
  if (good && (s->potential ? now <= *energy + slack : *way < 0.2))
    {
      *energy = now;
      return TRUE;
    }
  memcpy (frames, before, sizeof *frames * s->model->n_nodes);
  return FALSE;
}

/* The smallest shift of the tangent, in units of the structure's stiffness, with which it is positive definite, from *level on. */
static gboolean
lift (WillisRodSolver *s, double *level)
{
  double unit = s->model->stiffness_scale / s->model->length_scale;
  int n = s->model->n_dof;

  for (int tries = 0; tries < 30; tries++)
    {
      for (int i = 0; i < n; i++)
        s->aside[i] = s->count_shift[i] + *level * unit * s->weight[i];
      if (willis_band_inertia (&s->tangent, s->aside, s->work, NULL) == 0)
        {
          for (int i = 0; i < n; i++)
            willis_band_add (&s->tangent, i, i, *level * unit * s->weight[i]);
          return TRUE;
        }
      *level = *level == 0.0 ? 1e-7 : 8.0 * *level;
    }
  return FALSE;
}

/* Newton with a shifted tangent and a line search on the potential: slower than plain Newton, but walls that come and go do not
 * stop it. Multipliers and friction bounds rest. */
static gboolean
minimise (WillisRodSolver *s, WillisFrame *frames, double factor)
{
  int n_nodes = s->model->n_nodes, n = s->model->n_dof;
  g_autofree WillisFrame *before = g_new (WillisFrame, n_nodes);
  double level = 0.0;

  for (int it = 0; it < MOST_DOWNHILL; it++)
    {
      double energy = willis_rod_potential (s, frames, factor), slope = 0.0, size, scale, now = INFINITY;
      gboolean down = FALSE;

      s->spent++;
      if (g_cancellable_is_cancelled (s->cancellable))
        return FALSE;
      willis_rod_assemble (s, frames, factor, TRUE, TRUE);
      level = level < 1e-9 ? 0.0 : 0.1 * level;
      if (!isfinite (energy) || !lift (s, &level))
        return FALSE;
      if (level == 0.0 && _willis_rod_is_balanced (s, factor))
        return TRUE;
      for (int i = 0; i < n; i++)
        s->step[i] = -s->residual[i];
      willis_band_factor (&s->tangent, NULL, NULL);
      willis_band_solve (&s->tangent, s->step);
      for (int i = 0; i < n; i++)
        slope += s->step[i] * s->residual[i];
      size = _willis_rod_largest (s, s->step);
      if (!isfinite (size))
        return FALSE;
      scale = size > 0.1 ? 0.1 / size : 1.0;
      memcpy (before, frames, sizeof *frames * n_nodes);
      for (int tries = 0; tries < 20 && !down; tries++)
        {
          memcpy (frames, before, sizeof *frames * n_nodes);
          _willis_rod_take_step (s, frames, scale);
          now = willis_rod_potential (s, frames, factor);
          down = now <= energy + 1e-4 * scale * slope + 1e-14 * fabs (energy);
          scale *= down ? 1.0 : 0.4;
        }
      if (!down && size > 1e-7)
        {
          memcpy (frames, before, sizeof *frames * n_nodes);
          if (level > 1e6)
            return FALSE;
          level = fmax (1e-4, 100.0 * level);
          continue;
        }
      if (level < 1e-8 && size * scale < 1e-9)
        return TRUE;
      if (!down)
        return TRUE; // round-off is all that is left
    }
  return FALSE;
}

gboolean
willis_rod_downhill (WillisRodSolver *s, WillisFrame *frames, double factor)
{
  glong begun = s->spent;

  if (!s->potential || !s->conservative)
    return FALSE;
  for (int round = 0; round < MAX_ROUNDS; round++)
    {
      gboolean again = FALSE;

      if (s->spent - begun > 2 * MOST_DOWNHILL || !minimise (s, frames, factor))
        return FALSE;
      for (int f = 0; f < s->model->n_fields; f++)
        if (s->model->fields[f].update != NULL)
          again |= s->model->fields[f].update (s->model->fields[f].context, frames, round);
      if (!again)
        return TRUE;
    }
  return TRUE;
}

gboolean
willis_rod_descend (WillisRodSolver *s, WillisFrame *frames, double factor)
{
  g_autofree WillisFrame *before = g_new (WillisFrame, s->model->n_nodes);
  g_autofree double *mode = g_new (double, s->model->n_dof);
  double energy, last = INFINITY;

  for (int kick = 0; kick < 6; kick++)
    {
      int its;
      double target = factor, way = 0.0;

      energy = willis_rod_potential (s, frames, factor);
      s->pull = 1e4;
      for (int n = 0; n < 400 && s->pull > 1e-9 && s->pull < 1e14 && !g_cancellable_is_cancelled (s->cancellable); n++)
        {
          gboolean good = flow_step (s, frames, factor, before, &energy, &way);

          if (good && way < 1e-9 && s->pull < 1e-2)
            break;
          s->pull *= good ? 0.25 : 8.0;
        }
      if (s->pull > 1e4 || willis_rod_settle (s, frames, &target, NULL, NULL, &its) != WILLIS_ROD_CONVERGED)
        return willis_rod_downhill (s, frames, factor);
      /* where a kick led back to the same energy, what counts as unstable is neutral */
      if (!s->conservative || willis_rod_unstable_modes (s, frames, factor) == 0
          || fabs (energy - last)
                 < 1e-8 * (fabs (energy) + s->model->stiffness_scale / s->model->length_scale))
        return TRUE;
      last = energy;
      /* a saddle: leave it along its weakest motion, and a little in every other, so that no symmetry holds
       * it */
      willis_rod_softest_mode (s, frames, factor, mode);
      for (int i = 0; i < s->model->n_dof; i++)
        s->step[i] = 0.02 * mode[i] + 1e-4 * sin (12.9898 * i + kick) / sqrt (s->weight[i]);
      _willis_rod_take_step (s, frames, 1.0);
    }
  return FALSE;
}
