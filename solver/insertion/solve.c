/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "solver/insertion/insertion-private.h"

#define MAX_ITERATIONS 120
#define MAX_ROUNDS 8 // of friction's bounds
#define ROUGH_ROUNDS 3
#define STEP_MM 0.4 // no node moves farther in one Newton step
#define STEP_RAD 0.5
#define STEP_DONE 1e-7    // mm, rad
#define STEP_CREEP 1e-4   // after CREEP_AFTER iterations: points go to and fro over kinks of wall and friction
#define CREEP_AFTER 20
#define DEPTH_MM 0.015   // the rod may press into the wall so far; beyond, the wall is made stiffer
#define FINE_GAIN 1e-10  // part of the energy that is left to gain where a solve ends,
#define ROUGH_GAIN 1e-7  // and where only friction's bounds are to follow
#define ESCAPES 6        // of a solve from saddles
#define ESCAPE_STEP 0.02 // mm, rad
#define ESCAPE_ROUNDS 20
#define SELF_GAP 6        // nodes nearer than so many radii along the rod do not count as touching themselves

static void
add_block (gpointer user, int a, int b, const double block[36])
{
  WillisInsertion *in = user;

  /* node 0 sits in the mouth; the upper triangle is the lower one's mirror */
  if (a == 0 || b == 0 || b > a)
    return;
  if (a == b)
    for (int i = 0; i < 6; i++)
      for (int j = 0; j < 6; j++)
        in->tangent.diag[a - 1][6 * i + j] += 0.5 * (block[6 * i + j] + block[6 * j + i]);
  else
    for (int i = 0; i < 36; i++)
      in->tangent.below[b - 1][i] += block[i];
}

static double
add_elements (WillisInsertion *in, const WillisFrame *frames)
{
  double energy = 0.0;

  for (int e = 0; e < in->model.n_elements; e++)
    {
      WillisRodElementForces f;

      willis_rod_element_eval (&in->model.elements[e], &frames[e], &frames[e + 1], NULL, &f);
      energy += f.energy;
      for (int i = 0; i < 6; i++)
        {
          in->gradient[e][i] += f.gradient[i];
          in->gradient[e + 1][i] += f.gradient[6 + i];
        }
      for (int i = 0; i < 6; i++)
        for (int j = 0; j < 6; j++)
          {
            if (e > 0)
              {
                in->tangent.diag[e - 1][6 * i + j] += 0.5 * (f.tangent[i][j] + f.tangent[j][i]);
                in->tangent.below[e - 1][6 * i + j] += 0.5 * (f.tangent[6 + i][j] + f.tangent[j][6 + i]);
              }
            in->tangent.diag[e][6 * i + j] += 0.5 * (f.tangent[6 + i][6 + j] + f.tangent[6 + j][6 + i]);
          }
    }
  return energy;
}

/* Two stretches of the rod that lie on each other press apart. The tangent takes each node's own part; what couples the two is
 * kept in pairs for the iteration around it. */
static double
add_self (WillisInsertion *in, const WillisFrame *frames, gboolean tangent)
{
  int n = in->model.n_nodes;
  double energy = 0.0;

  if (tangent)
    g_array_set_size (in->pairs, 0);
  for (int i = 1; in->params.self_contact && i < n; i++)
    for (int j = i + 2; j < n; j++)
      {
        double reach = in->contact.points[i].radius_mm + in->contact.points[j].radius_mm, d[3], dist, pen, k;

        vec3_sub (d, frames[i].r, frames[j].r);
        if (fabs (d[0]) >= reach || fabs (d[1]) >= reach || fabs (d[2]) >= reach)
          {
            /* nothing nearer than what is left to cover: skip ahead */
            double gap = fmax (fabs (d[0]), fmax (fabs (d[1]), fabs (d[2]))) - reach;

            j += MIN (n, (int) (gap / (1.6 * in->params.element_mm)));
            continue;
          }
        if (in->from_tip[i] - in->from_tip[j] < SELF_GAP * 0.5 * reach)
          continue;
        dist = vec3_norm (d);
        pen = reach - dist;
        if (pen <= 0.0 || dist < 1e-9)
          continue;
        k = in->contact.points[i].stiffness * in->params.element_mm * 0.1;
        energy += 0.5 * k * pen * pen;
        vec3_scale (d, d, 1.0 / dist);
        if (tangent)
          {
            WillisSelfPair pair = { i, j, k, { d[0], d[1], d[2] } };

            g_array_append_val (in->pairs, pair);
          }
        for (int a = 0; a < 3; a++)
          {
            in->gradient[i][a] -= k * pen * d[a];
            in->gradient[j][a] += k * pen * d[a];
            for (int b = 0; tangent && b < 3; b++)
              {
                in->tangent.diag[i - 1][6 * a + b] += k * d[a] * d[b];
                in->tangent.diag[j - 1][6 * a + b] += k * d[a] * d[b];
              }
          }
      }
  return energy;
}

static double
add_tip_force (WillisInsertion *in, const WillisFrame *frames, gboolean gradient)
{
  int tip = in->model.n_nodes - 1;

  for (int k = 0; k < 3 && gradient; k++)
    in->gradient[tip][k] -= in->tip_force[k];
  return -vec3_dot (in->tip_force, frames[tip].r);
}

static double
assemble (WillisInsertion *in, const WillisFrame *frames)
{
  WillisRodField wall = willis_contact_field (&in->contact);
  double energy;

  memset (in->gradient, 0, sizeof *in->gradient * in->model.n_nodes);
  willis_blocktri_zero (&in->tangent);
  energy = add_elements (in, frames);
  energy += wall.eval (wall.context, frames, in->gradient, add_block, in);
  energy += add_tip_force (in, frames, TRUE);
  return energy + add_self (in, frames, TRUE);
}

static double
energy_at (WillisInsertion *in, const WillisFrame *frames)
{
  WillisRodField wall = willis_contact_field (&in->contact);
  double energy = 0.0;

  for (int e = 0; e < in->model.n_elements; e++)
    energy += willis_rod_element_energy (&in->model.elements[e], &frames[e], &frames[e + 1]);
  energy += wall.eval (wall.context, frames, NULL, NULL, NULL);
  energy += add_tip_force (in, frames, FALSE);
  return energy + add_self (in, frames, FALSE);
}

/* Factors the tangent, with as much added to it as makes it positive definite. */
static void
factor_shifted (WillisInsertion *in, double *shift_level)
{
  double unit = in->unit_turn, h = in->params.element_mm, level = *shift_level;

  for (int tries = 0; tries < 24; tries++)
    {
      double shift[6];

      for (int i = 0; i < 6; i++)
        shift[i] = level * (i < 3 ? unit / (h * h) : unit);
      if (willis_blocktri_factor_positive (&in->tangent, shift) == 0)
        break;
      level = level == 0.0 ? 1e-5 : 8.0 * level;
    }
  *shift_level = level;
}

/* y = the whole tangent times x: the chain's, the shift, and what couples touching nodes. */
static void
apply (const WillisInsertion *in, double level, const double *x, double *y)
{
  double unit = in->unit_turn * level, h = in->params.element_mm;

  willis_blocktri_multiply (&in->tangent, x, y);
  for (int i = 0; i < 6 * (in->model.n_nodes - 1); i++)
    y[i] += unit / (i % 6 < 3 ? h * h : 1.0) * x[i];
  for (guint p = 0; p < in->pairs->len; p++)
    {
      const WillisSelfPair *pair = &g_array_index (in->pairs, WillisSelfPair, p);
      double a = pair->k * vec3_dot (pair->along, x + 6 * (pair->i - 1));
      double b = pair->k * vec3_dot (pair->along, x + 6 * (pair->j - 1));

      vec3_axpy (y + 6 * (pair->i - 1), y + 6 * (pair->i - 1), -b, pair->along);
      vec3_axpy (y + 6 * (pair->j - 1), y + 6 * (pair->j - 1), -a, pair->along);
    }
}

static double
dot (const double *a, const double *b, int n)
{
  double s = 0.0;

  for (int i = 0; i < n; i++)
    s += a[i] * b[i];
  return s;
}

/* Solves for the step (right side on entry). Where the rod touches itself: conjugate gradients around the factored chain, which
 * need about one round for each touching pair. */
static void
solve_step (WillisInsertion *in, double level)
{
  int n = 6 * (in->model.n_nodes - 1);
  double *x = in->step, *r = in->krylov, *z = r + n, *p = z + n, *q = p + n, rz, first;

  if (in->pairs->len == 0)
    {
      willis_blocktri_solve (&in->tangent, x);
      return;
    }
  memcpy (r, x, sizeof (double) * n);
  memcpy (z, r, sizeof (double) * n);
  memset (x, 0, sizeof (double) * n);
  willis_blocktri_solve (&in->tangent, z);
  memcpy (p, z, sizeof (double) * n);
  first = rz = dot (r, z, n);
  for (int it = 0; it < 60 && rz > 1e-16 * first; it++)
    {
      double pq, alpha, next;

      apply (in, level, p, q);
      pq = dot (p, q, n);
      if (pq <= 0.0)
        {
          /* no minimum along p: what there is so far points down; at first p itself does */
          if (it == 0)
            memcpy (x, p, sizeof (double) * n);
          return;
        }
      alpha = rz / pq;
      for (int i = 0; i < n; i++)
        {
          x[i] += alpha * p[i];
          r[i] -= alpha * q[i];
        }
      memcpy (z, r, sizeof (double) * n);
      willis_blocktri_solve (&in->tangent, z);
      next = dot (r, z, n);
      for (int i = 0; i < n; i++)
        p[i] = z[i] + next / rz * p[i];
      rz = next;
    }
}

static double
capped_scale (const double *step, int n)
{
  double place = 0.0, turn = 0.0;

  for (int i = 0; i < n; i++)
    {
      place = fmax (place, vec3_norm (step + 6 * i));
      turn = fmax (turn, vec3_norm (step + 6 * i + 3));
    }
  return fmin (1.0, fmin (STEP_MM / fmax (place, 1e-30), STEP_RAD / fmax (turn, 1e-30)));
}

/* Nothing pulls any more, but the tangent is not positive: a saddle, as where a tip bends in one plane into its own shaft and nothing
 * tells it to which side to pass. Goes a little down the softest way (inverse iteration on the factored tangent). FALSE where energy
 * does not fall either way. */
static gboolean
leave_saddle (WillisInsertion *in, double energy)
{
  int n = in->model.n_nodes - 1;
  double h = in->params.element_mm, *v = in->krylov, *step = in->step, best = energy, size;
  int best_sign = 0;

  for (int i = 0; i < 6 * n; i++)
    v[i] = sin (1.0 + 0.7 * i) * (i % 6 < 3 ? h : 1.0);
  for (int round = 0; round <= ESCAPE_ROUNDS; round++)
    {
      size = 0.0;
      for (int i = 0; i < 6 * n; i++)
        size = fmax (size, fabs (v[i]));
      if (!(size > 0.0) || !isfinite (size))
        return FALSE;
      for (int i = 0; i < 6 * n; i++)
        v[i] *= ESCAPE_STEP / size;
      if (round == ESCAPE_ROUNDS)
        break;
      for (int i = 0; i < 6 * n; i++)
        v[i] /= i % 6 < 3 ? h * h : 1.0;
      willis_blocktri_solve (&in->tangent, v);
    }
  for (int sign = 1; sign >= -1; sign -= 2)
    {
      double there;

      memcpy (in->trial, in->frames, sizeof *in->frames * (n + 1));
      for (int i = 0; i < 6 * n; i++)
        step[i] = sign * v[i];
      for (int i = 0; i < n; i++)
        willis_frame_move (&in->trial[1 + i], step + 6 * i);
      there = energy_at (in, in->trial);
      if (there < best)
        {
          best = there;
          best_sign = sign;
        }
    }
  for (int i = 0; best_sign != 0 && i < n; i++)
    {
      for (int k = 0; k < 6; k++)
        step[6 * i + k] = best_sign * v[6 * i + k];
      willis_frame_move (&in->frames[1 + i], step + 6 * i);
    }
  return best_sign != 0;
}

/* Newton with a shifted tangent and a line search, at fixed friction bounds. roughly: enough to move these by. */
static gboolean
minimise (WillisInsertion *in, gboolean roughly, int *iterations)
{
  const double gain = roughly ? ROUGH_GAIN : FINE_GAIN;
  int n = in->model.n_nodes - 1;
  int escapes = 0;
  double level = 0.0;

  for (int it = 0; it < MAX_ITERATIONS; it++)
    {
      double energy = assemble (in, in->frames), slope = 0.0, scale, size = 0.0, least;
      gboolean down = FALSE;

      *iterations += 1;
      if (!isfinite (energy))
        return FALSE;
      level = level < 1e-9 ? 0.0 : 0.1 * level;
      least = level;
      factor_shifted (in, &level);
      for (int i = 0; i < 6 * n; i++)
        in->step[i] = -in->gradient[1 + i / 6][i % 6];
      solve_step (in, level);
      for (int i = 0; i < 6 * n; i++)
        {
          slope += in->step[i] * in->gradient[1 + i / 6][i % 6];
          size = fmax (size, fabs (in->step[i]));
        }
      if (!isfinite (size))
        return FALSE;
      if (level > least && level >= 1e-6 && escapes < ESCAPES && size < STEP_CREEP
          && -slope < 1e-12 * in->unit_turn + 1e-10 * fabs (energy) && leave_saddle (in, energy))
        {
          escapes++;
          continue;
        }
      scale = capped_scale (in->step, n);
      for (int tries = 0; tries < 16 && !down; tries++)
        {
          memcpy (in->trial, in->frames, sizeof *in->frames * (n + 1));
          for (int i = 0; i < 6 * n; i++)
            in->step[i] *= tries == 0 ? scale : 0.4;
          for (int i = 0; i < n; i++)
            willis_frame_move (&in->trial[1 + i], in->step + 6 * i);
          /* down, but for round-off */
          down = energy_at (in, in->trial) <= energy + 1e-4 * scale * slope + 1e-13 * fabs (energy) + 1e-9 * in->unit_turn * size;
        }
      if (!down && size > 1e-5)
        {
          if (level > 1e6)
            return FALSE;
          level = fmax (1e-3, 100.0 * level);
          continue;
        }
      memcpy (in->frames, in->trial, sizeof *in->frames * (n + 1));
      in->energy = energy;
      /* what is left to gain is round-off, or nothing moves */
      if ((level < 1e-6 && (size < STEP_DONE || -slope < 1e-12 * in->unit_turn + gain * fabs (energy))) || !down)
        return TRUE;
      if (level < 1e-6 && it >= CREEP_AFTER && size < STEP_CREEP)
        return TRUE;
    }
  return FALSE;
}

/* Minimises, moves friction's bounds, minimises again, until they rest. */
static gboolean
solve_rounds (WillisInsertion *in, int *iterations)
{
  WillisRodField wall = willis_contact_field (&in->contact);
  gboolean rough = in->params.rough, roughly = rough || in->params.friction > 0.0;

  for (int round = 0; round < (rough ? ROUGH_ROUNDS : MAX_ROUNDS); round++)
    {
      gboolean stiffer, moved;

      if (!minimise (in, roughly, iterations))
        return FALSE;
      moved = wall.update (wall.context, in->frames, round);
      stiffer = in->contact.worst_mm > DEPTH_MM && in->params.wall_stiffness <= 0.0;
      if (!moved && !stiffer && (rough || !roughly))
        break;
      roughly = rough;
      if (stiffer)
        {
          in->wall_scale *= MIN (10.0, 1.5 * in->contact.worst_mm / DEPTH_MM);
          _willis_insertion_rebuild (in);
        }
    }
  in->energy = assemble (in, in->frames);
  return TRUE;
}

gboolean
_willis_insertion_solve (WillisInsertion *in, int *iterations)
{
  int n = in->model.n_nodes;
  g_autofree WillisFrame *frames = NULL;
  g_autofree WillisContactMemory *memory = NULL;
  gboolean good;

  if (in->follow != NULL)
    {
      frames = g_memdup2 (in->frames, sizeof *frames * n);
      memory = g_memdup2 (in->contact.memory, sizeof *memory * (2 * n - 1));
    }
  good = _willis_trail_start (in) && solve_rounds (in, iterations);
  if (!good)
    {
      if (in->follow != NULL)
        {
          memcpy (in->frames, frames, sizeof *frames * n);
          memcpy (in->contact.memory, memory, sizeof *memory * (2 * n - 1));
        }
      good = solve_rounds (in, iterations);
    }
  if (good)
    _willis_trail_keep (in);
  return good;
}
