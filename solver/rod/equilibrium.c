/* SPDX-License-Identifier: Apache-2.0 */
#include "solver/rod/equilibrium-private.h"

#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"

#define MAX_ITERATIONS 40
#define MAX_ROUNDS     60

WillisRodSolver *
willis_rod_solver_new (const WillisRodModel *model)
{
  WillisRodSolver *s = g_new0 (WillisRodSolver, 1);
  double length = model->length_scale;

  s->model = model;
  if (willis_band_init (&s->tangent, model->n_dof, model->bandwidth, model->bandwidth) != 0)
    g_error ("out of memory for a rod problem of %d unknowns", model->n_dof);
  s->stress = g_malloc0_n (model->n_elements, sizeof *s->stress);
  s->own = g_malloc0_n (model->n_elements, sizeof *s->own);
  s->map = g_malloc0_n (model->n_elements, sizeof *s->map);
  s->node_gradient = g_malloc0_n (model->n_nodes, sizeof *s->node_gradient);
  s->residual = g_new0 (double, model->n_dof);
  s->load = g_new0 (double, model->n_dof);
  s->step = g_new0 (double, model->n_dof);
  s->aside = g_new0 (double, model->n_dof);
  s->shift = g_new0 (double, model->n_dof);
  s->count_shift = g_new0 (double, model->n_dof);
  s->weight = g_new0 (double, model->n_dof);
  s->work = g_new0 (double, (gsize)model->n_dof *(model->bandwidth + 1));
  for (int n = 0; n < model->n_nodes; n++)
    for (int i = 0; i < 6; i++)
      if (model->dof[n][i] >= 0)
        s->weight[model->dof[n][i]] = i < 3 ? 1.0 / (length * length) : 1.0;
  s->conservative = s->potential = TRUE;
  for (int f = 0; f < model->n_fields; f++)
    s->potential = s->potential && !model->fields[f].dissipative;
  for (int l = 0; l < model->n_loads; l++)
    {
      const WillisRodLoad *load = &model->loads[l];
      const int *dof = model->dof[load->node];
      int turns = (dof[3] >= 0) + (dof[4] >= 0) + (dof[5] >= 0);

      if (turns > 0 && (load->follower || vec3_norm (load->moment) > 0.0))
        s->potential = FALSE;
      if ((turns > 0 && load->follower) || (turns > 1 && vec3_norm (load->moment) > 0.0))
        s->conservative = FALSE;
    }
  return s;
}

void
willis_rod_solver_free (WillisRodSolver *s)
{
  if (s == NULL)
    return;
  willis_band_clear (&s->tangent);
  g_free (s->stress);
  g_free (s->own);
  g_free (s->map);
  g_free (s->node_gradient);
  g_free (s->residual);
  g_free (s->load);
  g_free (s->step);
  g_free (s->aside);
  g_free (s->shift);
  g_free (s->count_shift);
  g_free (s->weight);
  g_free (s->work);
  g_free (s);
}

static void
add_block (gpointer user, int a, int b, const double block[36])
{
  WillisRodSolver *s = user;
  const int *da = s->model->dof[a], *db = s->model->dof[b];

  for (int i = 0; i < 6; i++)
    for (int j = 0; j < 6; j++)
      if (da[i] >= 0 && db[j] >= 0)
        willis_band_add (&s->tangent, da[i], db[j], block[6 * i + j]);
}

static void
add_element (WillisRodSolver *s, const WillisFrame *frames, int e, gboolean tangent, gboolean own_stress)
{
  const WillisRodElement *el = &s->model->elements[e];
  WillisRodElementForces f;
  double block[36];

  willis_rod_element_eval (el, &frames[el->node[0]], &frames[el->node[1]], own_stress ? NULL : s->stress[e],
                           &f);
  s->energy += f.energy;
  memcpy (s->own[e], f.stress, sizeof f.stress);
  memcpy (s->map[e], f.map, sizeof f.map);
  for (int a = 0; a < 2; a++)
    {
      for (int i = 0; i < 6; i++)
        s->node_gradient[el->node[a]][i] += f.gradient[6 * a + i];
      for (int b = 0; tangent && b < 2; b++)
        {
          for (int i = 0; i < 36; i++)
            block[i] = f.tangent[6 * a + i / 6][6 * b + i % 6];
          add_block (s, el->node[a], el->node[b], block);
        }
    }
}

/* Force and moment of a load at its node as it is turned now. */
static void
load_now (const WillisRodSolver *s, const WillisRodLoad *load, const WillisFrame *frames, double p[6])
{
  double turn[4];
  const double *q0 = s->model->start[load->node].q, back[4] = { q0[0], -q0[1], -q0[2], -q0[3] };

  vec3_copy (p, load->force);
  vec3_copy (p + 3, load->moment);
  if (!load->follower)
    return;
  quat_mul (turn, frames[load->node].q, back);
  quat_apply (p, turn, p);
  quat_apply (p + 3, turn, p + 3);
}

static void
add_loads (WillisRodSolver *s, const WillisFrame *frames, double factor, gboolean tangent)
{
  for (int l = 0; l < s->model->n_loads; l++)
    {
      const WillisRodLoad *load = &s->model->loads[l];
      const int *dof = s->model->dof[load->node];
      double p[6], f[9], m[9], block[36] = { 0 };

      load_now (s, load, frames, p);
      for (int i = 0; i < 6; i++)
        {
          s->node_gradient[load->node][i] -= factor * p[i];
          if (dof[i] >= 0)
            s->load[dof[i]] += p[i];
        }
      if (!load->follower || !tangent)
        continue;
      /* d (turned p) = dtheta x p = -[p] dtheta, and the residual holds -factor p */
      mat3_skew (f, p);
      mat3_skew (m, p + 3);
      for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
          {
            block[6 * i + 3 + j] = factor * f[3 * i + j];
            block[6 * (3 + i) + 3 + j] = factor * m[3 * i + j];
          }
      add_block (s, load->node, load->node, block);
    }
}

/* Dead forces per length: half goes to either node, and moments length^2 / 12 (axis x force) as from the
 * middle's place on a cubic between the nodes (Simpson's rule). */
static void
add_spread (WillisRodSolver *s, const WillisFrame *frames, double factor, gboolean tangent)
{
  for (int e = 0; e < s->model->n_elements; e++)
    {
      const WillisRodElement *el = &s->model->elements[e];
      const double *q = s->model->spread[e];

      if (q[0] == 0.0 && q[1] == 0.0 && q[2] == 0.0)
        continue;
      for (int n = 0; n < 2; n++)
        {
          const int node = el->node[n], *dof = s->model->dof[node];
          double t[3], p[6], block[36] = { 0 }, arm = (n == 0 ? 1.0 : -1.0) * el->length * el->length / 12.0;

          willis_frame_axis (&frames[node], 0, t);
          vec3_scale (t, t, arm);
          vec3_scale (p, q, 0.5 * el->length);
          vec3_cross (p + 3, t, q);
          for (int i = 0; i < 6; i++)
            {
              s->node_gradient[node][i] -= factor * p[i];
              if (dof[i] >= 0)
                s->load[dof[i]] += p[i];
            }
          for (int i = 0; i < 3; i++)
            for (int j = 0; j < 3; j++)
              block[6 * (3 + i) + 3 + j] = -factor * (t[i] * q[j] - (i == j ? vec3_dot (t, q) : 0.0));
          if (tangent)
            add_block (s, node, node, block);
        }
    }
}

/* Work of the spread forces at factor 1 from the given configuration. */
static double
spread_work (const WillisRodSolver *s, const WillisFrame *frames)
{
  double work = 0.0;

  for (int e = 0; e < s->model->n_elements; e++)
    for (int n = 0; n < 2; n++)
      {
        const WillisRodElement *el = &s->model->elements[e];
        double arm = (n == 0 ? 1.0 : -1.0) * el->length * el->length / 12.0, d[3], t[3], t0[3];

        vec3_sub (d, frames[el->node[n]].r, s->model->start[el->node[n]].r);
        willis_frame_axis (&frames[el->node[n]], 0, t);
        willis_frame_axis (&s->model->start[el->node[n]], 0, t0);
        for (int k = 0; k < 3; k++)
          work += s->model->spread[e][k] * (0.5 * el->length * d[k] + arm * (t[k] - t0[k]));
      }
  return work;
}

/* Increment h[6] that leads from frame a to frame b. */
void
_willis_rod_frame_difference (const WillisFrame *a, const WillisFrame *b, double h[6])
{
  const double back[4] = { a->q[0], -a->q[1], -a->q[2], -a->q[3] };
  double q[4];

  vec3_sub (h, b->r, a->r);
  quat_mul (q, b->q, back);
  quat_log (h + 3, q);
}

static double
proximal_stiffness (const WillisRodSolver *s, int dof)
{
  return s->pull * s->model->stiffness_scale / s->model->length_scale * s->weight[dof];
}

static void
add_proximal (WillisRodSolver *s, const WillisFrame *frames, gboolean tangent)
{
  for (int n = 0; n < s->model->n_nodes; n++)
    {
      double h[6];

      _willis_rod_frame_difference (&s->anchor[n], &frames[n], h);
      for (int i = 0; i < 6; i++)
        {
          int d = s->model->dof[n][i];

          if (d < 0)
            continue;
          s->node_gradient[n][i] += proximal_stiffness (s, d) * h[i];
          s->energy += 0.5 * proximal_stiffness (s, d) * h[i] * h[i];
          if (tangent)
            willis_band_add (&s->tangent, d, d, proximal_stiffness (s, d));
        }
    }
}

void
willis_rod_assemble (WillisRodSolver *s, const WillisFrame *frames, double factor, gboolean tangent,
                     gboolean own_stress)
{
  const WillisRodModel *model = s->model;

  memset (s->node_gradient, 0, sizeof *s->node_gradient * model->n_nodes);
  memset (s->residual, 0, sizeof (double) * model->n_dof);
  memset (s->load, 0, sizeof (double) * model->n_dof);
  if (tangent)
    willis_band_zero (&s->tangent);
  s->energy = 0.0;
  for (int e = 0; e < model->n_elements; e++)
    add_element (s, frames, e, tangent, own_stress);
  for (int f = 0; f < model->n_fields; f++)
    s->energy += model->fields[f].eval (model->fields[f].context, frames, s->node_gradient,
                                        tangent ? add_block : NULL, s);
  add_loads (s, frames, factor, tangent);
  add_spread (s, frames, factor, tangent);
  if (s->anchor != NULL)
    add_proximal (s, frames, tangent);
  for (int n = 0; n < model->n_nodes; n++)
    for (int i = 0; i < 6; i++)
      if (model->dof[n][i] >= 0)
        s->residual[model->dof[n][i]] += s->node_gradient[n][i];
  for (int d = 0; tangent && d < model->n_dof; d++)
    willis_band_add (&s->tangent, d, d, s->shift[d]);
}

int
willis_rod_factor (WillisRodSolver *s, const WillisFrame *frames, double factor)
{
  int negative;

  willis_rod_assemble (s, frames, factor, TRUE, TRUE);
  willis_band_factor (&s->tangent, &negative, NULL);
  return negative;
}

static double
weighted_dot (const WillisRodSolver *s, const double *a, const double *b)
{
  double sum = 0.0;

  for (int i = 0; i < s->model->n_dof; i++)
    sum += s->weight[i] * a[i] * b[i];
  return sum;
}

/* Largest increment, in lengths of the structure or radians. */
double
_willis_rod_largest (const WillisRodSolver *s, const double *a)
{
  double m = 0.0;

  for (int i = 0; i < s->model->n_dof; i++)
    m = fmax (m, fabs (a[i]) * sqrt (s->weight[i]));
  return m;
}

static void
node_increment (const WillisRodSolver *s, int n, const double *step, double scale, double h[6])
{
  for (int i = 0; i < 6; i++)
    {
      int d = s->model->dof[n][i];

      h[i] = d >= 0 ? scale * step[d] : 0.0;
    }
}

/* Moves the frames and extrapolates the stress of the geometric part along the step. */
void
_willis_rod_take_step (WillisRodSolver *s, WillisFrame *frames, double scale)
{
  const WillisRodModel *model = s->model;

  for (int e = 0; e < model->n_elements; e++)
    {
      const WillisRodElement *el = &model->elements[e];
      double h[12];

      node_increment (s, el->node[0], s->step, scale, h);
      node_increment (s, el->node[1], s->step, scale, h + 6);
      for (int k = 0; k < 6; k++)
        {
          double d = 0.0;

          for (int i = 0; i < 12; i++)
            d += s->map[e][k][i] * h[i];
          s->stress[e][k] = s->own[e][k] + el->stiffness[k] * d / el->length;
        }
    }
  for (int n = 0; n < model->n_nodes; n++)
    {
      double h[6];

      node_increment (s, n, s->step, scale, h);
      willis_frame_move (&frames[n], h);
    }
}

/* Inverse iteration with the tangent in solver->tangent (factored) and the masses weight * scale. */
static double
inverse_iteration (WillisRodSolver *s, double *x, int most)
{
  int n = s->model->n_dof;
  double value = 0.0, unit = s->model->stiffness_scale / s->model->length_scale;

  for (int i = 0; i < n; i++)
    x[i] = (1.0 + 0.3 * sin (1.7 * i + 0.4)) / sqrt (s->weight[i]) * (i % 2 ? 1.0 : 0.7);
  for (int it = 0; it < most; it++)
    {
      double norm = sqrt (weighted_dot (s, x, x)), dot = 0.0, old = value;

      for (int i = 0; i < n; i++)
        {
          x[i] /= norm;
          s->aside[i] = x[i];
          x[i] *= s->weight[i] * unit;
        }
      willis_band_solve (&s->tangent, x);
      dot = weighted_dot (s, x, s->aside);
      value = 1.0 / dot;
      if (it > 3 && fabs (value - old) < 1e-6 * fabs (value))
        break;
    }
  value = 1.0 / sqrt (weighted_dot (s, x, x));
  for (int i = 0; i < n; i++)
    x[i] *= value;
  return weighted_dot (s, x, s->aside) < 0.0 ? -value : value;
}

/* Takes the part of step and aside out that moves along a neutral motion: there they are round-off over
 * nothing. */
static void
leave_neutral (WillisRodSolver *s, double *step, double *other)
{
  int n = s->model->n_dof;
  g_autofree double *mode = g_new (double, n), *keep = g_memdup2 (s->aside, sizeof (double) * n);
  double stiffness = inverse_iteration (s, mode, 6), a, b;

  memcpy (s->aside, keep, sizeof (double) * n);
  if (fabs (stiffness) > 1e-5)
    return;
  a = weighted_dot (s, mode, step);
  b = other != NULL ? weighted_dot (s, mode, other) : 0.0;
  for (int i = 0; i < n; i++)
    {
      step[i] -= a * mode[i];
      if (other != NULL)
        other[i] -= b * mode[i];
    }
}

void
willis_rod_response (WillisRodSolver *s, double *response)
{
  if (s->conservative)
    willis_band_factor (&s->tangent, NULL, NULL);
  memcpy (response, s->load, sizeof (double) * s->model->n_dof);
  willis_band_solve (&s->tangent, response);
  if (s->neutral)
    leave_neutral (s, response, NULL);
}

/* The residual is round-off beside the loads and the stiffness of the structure. */
gboolean
_willis_rod_is_balanced (const WillisRodSolver *s, double factor)
{
  double most = 0.0, load = 0.0;

  for (int i = 0; i < s->model->n_dof; i++)
    {
      most = fmax (most, fabs (s->residual[i]) / sqrt (s->weight[i]));
      load = fmax (load, fabs (factor * s->load[i]) / sqrt (s->weight[i]));
    }
  return most < 1e-11 * (s->model->stiffness_scale / s->model->length_scale + load);
}

WillisRodOutcome
willis_rod_newton (WillisRodSolver *s, WillisFrame *frames, double *factor, const WillisRodArc *arc,
                   double *total, int *iterations)
{
  int n_dof = s->model->n_dof;
  double passed = 0.0, before = INFINITY, begin = *factor;

  for (int it = 0; it < MAX_ITERATIONS; it++)
    {
      double df = 0.0, size, scale = 1.0;

      s->spent++;
      if (g_cancellable_is_cancelled (s->cancellable))
        return WILLIS_ROD_DIVERGED;
      willis_rod_assemble (s, frames, *factor, TRUE, it == 0);
      /* near a critical point the steps are round-off over nothing while the forces are in balance long since
       */
      if (it > 0 && before < 1e-3 && _willis_rod_is_balanced (s, *factor))
        return WILLIS_ROD_CONVERGED;
      for (int i = 0; i < n_dof; i++)
        s->step[i] = -s->residual[i];
      willis_band_factor (&s->tangent, NULL, NULL);
      willis_band_solve (&s->tangent, s->step);
      if (arc != NULL)
        {
          memcpy (s->aside, s->load, sizeof (double) * n_dof);
          willis_band_solve (&s->tangent, s->aside);
        }
      if (s->neutral && s->anchor == NULL)
        leave_neutral (s, s->step, arc != NULL ? s->aside : NULL);
      if (arc != NULL)
        {
          df = (arc->length - passed - arc->factor_weight * (*factor - begin)
                - weighted_dot (s, arc->direction, s->step))
               / (weighted_dot (s, arc->direction, s->aside) + arc->factor_weight);
          for (int i = 0; i < n_dof; i++)
            s->step[i] += df * s->aside[i];
        }
      size = _willis_rod_largest (s, s->step);
      *iterations = it + 1;
      if (!isfinite (size) || !isfinite (df))
        return WILLIS_ROD_NOT_FINITE;
      if (size > 0.9)
        scale = 0.9 / size;
      _willis_rod_take_step (s, frames, scale);
      *factor += scale * df;
      for (int i = 0; i < n_dof && total != NULL; i++)
        total[i] += scale * s->step[i];
      if (arc != NULL)
        passed += scale * weighted_dot (s, arc->direction, s->step);
      /* The error after this step is of the order of its square; a step that no longer shrinks is round-off.
       */
      if (size < 1e-9 || (it > 2 && size < 1e-7 && size > 0.3 * before))
        return WILLIS_ROD_CONVERGED;
      if (it > 12 && size > 0.5 && before > 0.5)
        return WILLIS_ROD_DIVERGED;
      before = size;
    }
  return WILLIS_ROD_DIVERGED;
}

WillisRodOutcome
willis_rod_settle (WillisRodSolver *s, WillisFrame *frames, double *factor, const WillisRodArc *arc,
                   double *total, int *iterations)
{
  const WillisRodModel *model = s->model;
  WillisRodOutcome outcome = willis_rod_newton (s, frames, factor, arc, total, iterations);

  for (int round = 0; outcome == WILLIS_ROD_CONVERGED && round < MAX_ROUNDS; round++)
    {
      gboolean again = FALSE;
      int more;

      for (int f = 0; f < model->n_fields; f++)
        if (model->fields[f].update != NULL)
          again |= model->fields[f].update (model->fields[f].context, frames, round);
      if (!again)
        return outcome;
      if (arc != NULL)
        {
          /* the same plane: what is left of it is zero */
          WillisRodArc rest = *arc;

          rest.length = 0.0;
          outcome = willis_rod_newton (s, frames, factor, &rest, total, &more);
        }
      else
        outcome = willis_rod_newton (s, frames, factor, NULL, total, &more);
    }
  return outcome;
}

double
willis_rod_potential (WillisRodSolver *s, const WillisFrame *frames, double factor)
{
  const WillisRodModel *model = s->model;
  double work;

  if (!s->potential)
    return NAN;
  willis_rod_assemble (s, frames, factor, FALSE, TRUE);
  work = spread_work (s, frames);
  for (int l = 0; l < model->n_loads; l++)
    {
      double d[3];

      vec3_sub (d, frames[model->loads[l].node].r, model->start[model->loads[l].node].r);
      work += vec3_dot (model->loads[l].force, d);
    }
  return s->energy - factor * work;
}

double
willis_rod_softest_mode (WillisRodSolver *s, const WillisFrame *frames, double factor, double *mode)
{
  willis_rod_factor (s, frames, factor);
  return inverse_iteration (s, mode, 30);
}

/* Stiffness of a motion of unit size by the strains that it makes, over that of the softest element: sums of
 * squares, so that a motion without strain shows as nothing however stiff the elements are. 0 where there are
 * stresses, which add to it. */
static double
strain_stiffness (const WillisRodSolver *s, const double *mode)
{
  double sum = 0.0, soft = INFINITY;

  for (int e = 0; e < s->model->n_elements; e++)
    {
      const WillisRodElement *el = &s->model->elements[e];
      double h[12];

      node_increment (s, el->node[0], mode, 1.0, h);
      node_increment (s, el->node[1], mode, 1.0, h + 6);
      for (int k = 0; k < 6; k++)
        {
          double d = 0.0;

          if (k >= 3 && fabs (s->own[e][k]) * s->model->length_scale > 1e-6 * el->stiffness[k])
            return 0.0;
          for (int i = 0; i < 12; i++)
            d += s->map[e][k][i] * h[i];
          sum += el->stiffness[k] * d * d / el->length;
          soft = k >= 3 ? fmin (soft, el->stiffness[k]) : soft;
        }
    }
  return sum * s->model->length_scale / soft;
}

gboolean
willis_rod_find_mechanisms (WillisRodSolver *s, const WillisFrame *frames, GError **error)
{
  int n = s->model->n_dof;
  g_autofree double *mode = g_new (double, n);
  double unit = s->model->stiffness_scale / s->model->length_scale, stiffness, work = 0.0, size = 0.0;

  for (int i = 0; i < n; i++)
    s->shift[i] = 1e-9 * unit * s->weight[i];
  stiffness = willis_rod_softest_mode (s, frames, 0.0, mode);
  if (fabs (stiffness) > 1e-7 || strain_stiffness (s, mode) > 1e-7)
    {
      memset (s->shift, 0, sizeof (double) * n);
      return TRUE;
    }
  for (int i = 0; i < n; i++)
    {
      s->shift[i] = 1e-7 * unit * s->weight[i];
      s->count_shift[i] = 1e-5 * unit * s->weight[i];
      work += s->load[i] * mode[i];
      size += s->load[i] * s->load[i] / s->weight[i];
    }
  if (fabs (work) > 1e-6 * sqrt (size) && size > 0.0)
    return willis_fail (
        error, WILLIS_ERROR_BAD_INPUT,
        _ ("The supports leave a motion free that the loads would drive; hold it with a support"));
  s->neutral = TRUE;
  return TRUE;
}
