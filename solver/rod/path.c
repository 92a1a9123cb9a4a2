/* SPDX-License-Identifier: Apache-2.0 */
#include "solver/rod/path.h"

#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"

#define ARC_CAP            0.15 // largest predicted increment of an arc step: radians, or lengths of the structure
#define ARC_FACTOR_PART    0.02 // how much of the first arc step the load factor makes, beside the motion
#define JUMP               0.1  // a load step that moves more than this must agree with its tangent
#define STRAY              0.3
#define ACROSS             2e-5 // of the step: so far across a change it is looked at whether it is one
#define MAX_STEPS_PER_STEP 60
#define MOST_WORK 20000    // iterations of a whole path, and for each step asked for
#define WORK_PER_STEP 500
#define MAX_DETOURS        60 // times that a load step may be led back to the path it left

/* A point of the path with its tangent. */
typedef struct
{
  WillisFrame *frames;
  double factor;
  int unstable;
  double *tangent;       // [n_dof] motion per unit of arc, pointing onwards
  double tangent_factor; // change of the factor per unit of arc
  double *came;          // [n_dof] increments of the step that led here
  double came_factor;
  double softest; // smallest |eigenvalue| where the loads have no potential
  double stray;   // of the load step that led here: how far off its tangent, over its size
  guint8 *memory; // of the fields
} Spot;

typedef struct
{
  WillisRodSolver *solver;
  const WillisRodModel *model;
  const WillisRodPathParams *params;
  WillisRodPath *path;
  double first_factor;  // of the first step
  double factor_weight; // of the factor in the arc's length
  gsize memory_size;
  glong most_work; // iterations of the solver after which the path ends where it is
} Walk;

static gboolean
may_go_on (const Walk *walk)
{
  return walk->solver->spent < walk->most_work && !g_cancellable_is_cancelled (walk->solver->cancellable);
}

static Spot *
spot_new (const Walk *walk)
{
  Spot *s = g_new0 (Spot, 1);

  s->frames = g_memdup2 (walk->model->start, sizeof (WillisFrame) * walk->model->n_nodes);
  s->tangent = g_new0 (double, walk->model->n_dof);
  s->came = g_new0 (double, walk->model->n_dof);
  s->memory = g_malloc0 (walk->memory_size + 1);
  return s;
}

static void
spot_free (Spot *s)
{
  if (s == NULL)
    return;
  g_free (s->frames);
  g_free (s->tangent);
  g_free (s->came);
  g_free (s->memory);
  g_free (s);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Spot, spot_free)

static void
spot_copy (const Walk *walk, Spot *to, const Spot *from)
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

/* Fields remember things; the spot keeps a copy. */
static void
save_fields (const Walk *walk, Spot *s)
{
  gsize at = 0;

  for (int f = 0; f < walk->model->n_fields; f++)
    {
      memcpy (s->memory + at, walk->model->fields[f].memory, walk->model->fields[f].size_memory);
      at += walk->model->fields[f].size_memory;
    }
}

static void
restore_fields (const Walk *walk, const Spot *s)
{
  gsize at = 0;

  for (int f = 0; f < walk->model->n_fields; f++)
    {
      memcpy (walk->model->fields[f].memory, s->memory + at, walk->model->fields[f].size_memory);
      at += walk->model->fields[f].size_memory;
    }
}

static double
weighted_dot (const Walk *walk, const double *a, const double *b)
{
  double sum = 0.0;

  for (int i = 0; i < walk->model->n_dof; i++)
    sum += walk->solver->weight[i] * a[i] * b[i];
  return sum;
}

static double
largest (const Walk *walk, const double *a, const double *b, double scale)
{
  double m = 0.0;

  for (int i = 0; i < walk->model->n_dof; i++)
    m = fmax (m, fabs (a[i] - (b != NULL ? scale * b[i] : 0.0)) * sqrt (walk->solver->weight[i]));
  return m;
}

/* Counts unstable modes and finds the tangent at an equilibrium. */
static void
look_around (Walk *walk, Spot *s)
{
  WillisRodSolver *solver = walk->solver;
  double norm, sign = 1.0;

  restore_fields (walk, s);
  s->unstable = willis_rod_unstable_modes (solver, s->frames, s->factor);
  s->softest = solver->softest;
  willis_rod_response (solver, s->tangent);
  norm = sqrt (weighted_dot (walk, s->tangent, s->tangent) + walk->factor_weight);
  if (weighted_dot (walk, s->tangent, s->came) + walk->factor_weight * s->came_factor < 0.0)
    sign = -1.0;
  for (int i = 0; i < walk->model->n_dof; i++)
    s->tangent[i] *= sign / norm;
  s->tangent_factor = sign / norm;
}

/* The stable state at a factor that lies downhill from a stable spot, into *to with the increments that lead there. */
static gboolean
go_downhill (Walk *walk, const Spot *from, double factor, Spot *to)
{
  if (from->unstable > 0)
    return FALSE;
  restore_fields (walk, from);
  spot_copy (walk, to, from);
  to->factor = factor;
  if (!willis_rod_downhill (walk->solver, to->frames, factor))
    return FALSE;
  willis_rod_increments (walk->solver, from->frames, to->frames, to->came);
  return TRUE;
}

/* A step of the given length (arc) or change of factor from one spot to another; FALSE where it does not
 * converge. */
static gboolean
advance (Walk *walk, const Spot *from, gboolean arc, double length, Spot *to)
{
  const WillisRodArc plane = { from->tangent, walk->factor_weight * from->tangent_factor, length };
  WillisRodOutcome outcome;
  int its = 0;

  if (!may_go_on (walk))
    return FALSE;
  restore_fields (walk, from);
  spot_copy (walk, to, from);
  memset (to->came, 0, sizeof (double) * walk->model->n_dof);
  if (!arc)
    to->factor = from->factor + length;
  outcome = willis_rod_settle (walk->solver, to->frames, &to->factor, arc ? &plane : NULL, to->came, &its);
  walk->path->newton_iterations += its;
  /* walls that come and go stop plain Newton: a stable state can be had downhill from the last */
  if (outcome != WILLIS_ROD_CONVERGED && !(!arc && walk->model->n_fields > 0 && go_downhill (walk, from, from->factor + length, to)))
    return FALSE;
  to->came_factor = to->factor - from->factor;
  save_fields (walk, to);
  if (!arc)
    {
      double moved = largest (walk, to->came, NULL, 0.0);
      double predicted = length / from->tangent_factor;

      to->stray = largest (walk, to->came, from->tangent, predicted) / fmax (moved, 1e-300);
      /* Newton may have found another path: it did not, where the way agrees with the tangent */
      if (moved > JUMP && !walk->solver->neutral && to->stray > STRAY)
        return FALSE;
      /* onwards is where the factor grows */
      memset (to->came, 0, sizeof (double) * walk->model->n_dof);
      to->came_factor = length > 0.0 ? 1.0 : -1.0;
    }
  look_around (walk, to);
  if (arc && its > 10)
    return FALSE;
  return TRUE;
}

static WillisRodState *
state_new (Walk *walk, const Spot *s)
{
  WillisRodState *state = g_new0 (WillisRodState, 1);

  restore_fields (walk, s);
  state->factor = s->factor;
  state->unstable_modes = s->unstable;
  state->frames = g_memdup2 (s->frames, sizeof (WillisFrame) * walk->model->n_nodes);
  state->energy = willis_rod_potential (walk->solver, s->frames, s->factor);
  state->released_energy = NAN;
  return state;
}

static void
state_free (gpointer data)
{
  WillisRodState *state = data;

  if (state == NULL)
    return;
  g_free (state->frames);
  g_free (state);
}

static gboolean
same_kind (const Spot *a, const Spot *b)
{
  return a->unstable == b->unstable && (a->tangent_factor > 0.0) == (b->tangent_factor > 0.0);
}

static gboolean
enough_limits (const Walk *walk)
{
  int n = 0;

  for (guint i = 0; i < walk->path->limits->len; i++)
    n += ((const WillisRodState *)walk->path->limits->pdata[i])->kind == WILLIS_ROD_LIMIT_LOAD;
  return walk->params->stop_after_limits > 0 && n >= walk->params->stop_after_limits;
}

/* Whether the path itself changes at hi: a short step across, from a spot of the kind before, that agrees
 * with its tangent leads to another kind. Where a long step had left the path for another (a nearly perfect
 * structure whose path turns sharply) no short one does; and at the branching itself all is round-off. */
static gboolean
changes_at (Walk *walk, const Spot *from, const Spot *base, double lo, double hi, double length)
{
  double reach = ACROSS * length;
  g_autoptr (Spot) near = spot_new (walk);
  g_autoptr (Spot) far = spot_new (walk);

  if (walk->solver->neutral)
    return FALSE;
  if (!(advance (walk, from, FALSE, hi - 0.5 * reach, near) && same_kind (from, near))
      && !(advance (walk, base, FALSE, hi - 0.5 * reach - lo, near) && same_kind (base, near)))
    return FALSE;
  return advance (walk, near, FALSE, reach, far) && !same_kind (near, far) && far->stray < STRAY;
}

/* Finds by bisection where between two spots the number of unstable modes or the sense of the factor changes,
 * each time it does, and files it under limits. Leaves *to at the last limit where no more are wanted. */
static void
locate (Walk *walk, const Spot *from, gboolean arc, double length, Spot *to)
{
  g_autoptr (Spot) before = spot_new (walk);
  g_autoptr (Spot) after = spot_new (walk);
  g_autoptr (Spot) middle = spot_new (walk);
  g_autoptr (Spot) base = spot_new (walk);
  double lo = 0.0;
  int detours = 0;

  spot_copy (walk, base, from);
  spot_copy (walk, before, from);
  while (!same_kind (before, to) && !enough_limits (walk) && may_go_on (walk))
    {
      double hi = length;
      WillisRodState *state;

      spot_copy (walk, after, to);
      for (int n = 0; n < 40 && fabs (hi - lo) > 1e-9 * fabs (length) && may_go_on (walk); n++)
        {
          double s = 0.5 * (lo + hi);

          /* at fixed load from the last good spot, on the arc always in the same plane */
          if (!(arc ? advance (walk, from, TRUE, s, middle) : advance (walk, base, FALSE, s - lo, middle))
              || !same_kind (before, middle))
            {
              /* a middle that does not converge sits at the critical point itself */
              hi = s;
              if (!same_kind (before, middle))
                spot_copy (walk, after, middle);
            }
          else
            {
              lo = s;
              spot_copy (walk, base, middle);
            }
        }
      if (!arc && base->factor != from->factor && !changes_at (walk, from, base, lo, hi, length)
          && advance (walk, base, FALSE, hi - lo, middle) && same_kind (before, middle)
          && ++detours < MAX_DETOURS)
        {
          /* nothing changes on the way here: the long step had left the path for another. On along this one
           */
          spot_copy (walk, base, middle);
          lo = hi;
          if (lo >= length * (1.0 - 1e-9))
            spot_copy (walk, to, base);
          else if (advance (walk, base, FALSE, length - lo, middle))
            spot_copy (walk, to, middle);
          continue;
        }
      /* at a limit point itself the sense of the factor is round-off: take it from beyond */
      if (fabs (after->tangent_factor) < 1e-3 * fmax (fabs (from->tangent_factor), fabs (to->tangent_factor)))
        {
          after->tangent_factor = copysign (after->tangent_factor, to->tangent_factor);
          if (after->unstable == before->unstable)
            after->unstable = to->unstable;
        }
      state = state_new (walk, after);
      state->kind = (before->tangent_factor > 0.0) != (after->tangent_factor > 0.0)
                        ? WILLIS_ROD_LIMIT_LOAD
                        : WILLIS_ROD_LIMIT_BIFURCATION;
      /* without a potential two real eigenvalues may meet and leave as a pair, which is no other equilibrium
       */
      if (walk->solver->conservative || after->softest < 1e-2 * fmax (from->softest, to->softest))
        g_ptr_array_add (walk->path->limits, state);
      else
        state_free (state);
      spot_copy (walk, before, after);
      spot_copy (walk, base, after);
      lo = hi;
      if (enough_limits (walk))
        spot_copy (walk, to, after);
    }
}

/* Length of an arc step whose prediction moves no node by more than the cap. */
static double
capped (const Walk *walk, const Spot *s, double length)
{
  double per_unit = largest (walk, s->tangent, NULL, 0.0);

  return per_unit * length > ARC_CAP ? ARC_CAP / per_unit : length;
}

/* One arc step from *at, of at most *length, which is adapted; FALSE where even the smallest fails. *jumped:
 * limits passed. */
static gboolean
arc_step (Walk *walk, Spot *at, double *length)
{
  g_autoptr (Spot) next = spot_new (walk);

  for (int tries = 0; tries < 30 && may_go_on (walk); tries++)
    {
      double ds = capped (walk, at, *length);
      int before = walk->path->newton_iterations;

      if (advance (walk, at, TRUE, ds, next))
        {
          int its = walk->path->newton_iterations - before;

          locate (walk, at, TRUE, ds, next);
          spot_copy (walk, at, next);
          *length = ds * (its <= 4 ? 1.5 : its <= 6 ? 1.0 : 0.7);
          return TRUE;
        }
      *length = 0.4 * ds;
    }
  return FALSE;
}

static void
keep (Walk *walk, const Spot *s)
{
  g_ptr_array_add (walk->path->states, state_new (walk, s));
}

static void
accept_fields (Walk *walk, Spot *s)
{
  restore_fields (walk, s);
  for (int f = 0; f < walk->model->n_fields; f++)
    if (walk->model->fields[f].accept != NULL)
      walk->model->fields[f].accept (walk->model->fields[f].context, s->frames);
  save_fields (walk, s);
}

/* Down to a stable state at a factor, from *at. */
static gboolean
fall (Walk *walk, Spot *at, double factor)
{
  g_autoptr (Spot) next = spot_new (walk);

  spot_copy (walk, next, at);
  restore_fields (walk, at);
  if (!willis_rod_descend (walk->solver, next->frames, factor))
    return FALSE;
  next->factor = factor;
  save_fields (walk, next);
  memset (next->came, 0, sizeof (double) * walk->model->n_dof);
  next->came_factor = 1.0;
  look_around (walk, next);
  spot_copy (walk, at, next);
  return TRUE;
}

/* Beyond a limit point: down to the next stable state at the same factor. */
static gboolean
snap (Walk *walk, Spot *at)
{
  WillisRodState *limit = walk->path->limits->pdata[walk->path->limits->len - 1];
  g_autofree double *mode = g_new (double, walk->model->n_dof);
  double before, factor = at->factor + 1e-6 * fabs (walk->first_factor);

  restore_fields (walk, at);
  before = willis_rod_potential (walk->solver, at->frames, factor);
  willis_rod_softest_mode (walk->solver, at->frames, factor, mode);
  /* the load does work on the way on */
  if (weighted_dot (walk, mode, at->tangent) < 0.0)
    for (int i = 0; i < walk->model->n_dof; i++)
      mode[i] = -mode[i];
  for (int n = 0; n < walk->model->n_nodes; n++)
    {
      double h[6];

      for (int i = 0; i < 6; i++)
        h[i] = walk->model->dof[n][i] >= 0 ? 1e-3 * mode[walk->model->dof[n][i]] : 0.0;
      willis_frame_move (&at->frames[n], h);
    }
  if (!fall (walk, at, factor))
    return FALSE;
  limit->snapped = TRUE;
  limit->released_energy = before - willis_rod_potential (walk->solver, at->frames, factor);
  return TRUE;
}

/* The load cannot be raised further from *at by Newton alone: goes along the arc until the factor turns (a
 * limit point, then a snap) or the target is passed. */
static gboolean
pass_difficulty (Walk *walk, Spot *at, double target, WillisRodEnd *end)
{
  double length = 0.25 * walk->first_factor / fmax (at->tangent_factor, 1e-3 * walk->first_factor);
  guint limits = walk->path->limits->len, first = limits;
  g_autoptr (Spot) start = spot_new (walk);

  spot_copy (walk, start, at);
  for (int n = 0; n < 400 && may_go_on (walk); n++)
    {
      gboolean stepped = arc_step (walk, at, &length);

      if (!stepped || (at->factor < start->factor && walk->path->limits->len == limits))
        {
          /* the arc leads nowhere (slack cables, rods held by contact alone): down to a stable state at the
           * target */
          g_ptr_array_set_size (walk->path->limits, (int)first);
          spot_copy (walk, at, start);
          *end = WILLIS_ROD_END_NOT_CONVERGED;
          return fall (walk, at, target);
        }
      if (enough_limits (walk))
        {
          *end = WILLIS_ROD_END_LIMITS;
          return FALSE;
        }
      if (at->factor >= target)
        return TRUE;
      for (; limits < walk->path->limits->len; limits++)
        {
          WillisRodState *limit = walk->path->limits->pdata[limits];

          if (limit->kind != WILLIS_ROD_LIMIT_LOAD)
            continue;
          /* what the arc met beyond is not on the way of a load that only grows */
          g_ptr_array_set_size (walk->path->limits, (int)limits + 1);
          memcpy (at->frames, limit->frames, sizeof (WillisFrame) * walk->model->n_nodes);
          at->factor = limit->factor;
          if (snap (walk, at))
            return TRUE;
          *end = WILLIS_ROD_END_LIMIT_POINT;
          return FALSE;
        }
    }
  *end = may_go_on (walk) ? WILLIS_ROD_END_STEPS : WILLIS_ROD_END_NOT_CONVERGED;
  return FALSE;
}

/* Raises the factor to the target in as few steps as go. */
static gboolean
raise_to (Walk *walk, Spot *at, double target, WillisRodEnd *end)
{
  g_autoptr (Spot) next = spot_new (walk);
  double step = target - at->factor, least = 1e-4 * fabs (walk->first_factor);

  while (fabs (target - at->factor) > 1e-12 * fabs (target))
    {
      double df = step > target - at->factor ? target - at->factor : step;

      if (!may_go_on (walk))
        return *end = WILLIS_ROD_END_NOT_CONVERGED, FALSE;
      if (advance (walk, at, FALSE, df, next))
        {
          locate (walk, at, FALSE, df, next);
          spot_copy (walk, at, next);
          step *= 2.0;
          if (enough_limits (walk))
            {
              *end = WILLIS_ROD_END_LIMITS;
              return FALSE;
            }
        }
      else if (df > least)
        step = 0.25 * df;
      else if (!pass_difficulty (walk, at, target, end))
        return FALSE;
      else if (at->factor > target)
        {
          /* the arc went past: come back to it */
          if (!advance (walk, at, FALSE, target - at->factor, next))
            return *end = WILLIS_ROD_END_NOT_CONVERGED, FALSE;
          spot_copy (walk, at, next);
        }
      else
        step = fmax (step, 4.0 * least);
    }
  return TRUE;
}

static gboolean
follow_load (Walk *walk, Spot *at, const WillisProgress *progress, GError **error)
{
  const WillisRodPathParams *p = walk->params;

  for (int n = 1; n <= p->steps; n++)
    {
      double target = p->max_factor * n / p->steps;

      if (!willis_progress_step (progress, (double)(n - 1) / p->steps, error))
        return FALSE;
      if (!raise_to (walk, at, target, &walk->path->end))
        return TRUE;
      accept_fields (walk, at);
      keep (walk, at);
    }
  walk->path->end = WILLIS_ROD_END_MAX_FACTOR;
  return TRUE;
}

static gboolean
follow_arc (Walk *walk, Spot *at, const WillisProgress *progress, GError **error)
{
  const WillisRodPathParams *p = walk->params;
  double length = walk->first_factor / at->tangent_factor;
  int most = 500 + MAX_STEPS_PER_STEP * p->steps;
  g_autoptr (Spot) before = spot_new (walk);

  for (int n = 0; n < most; n++)
    {
      guint limits = walk->path->limits->len;

      if (!willis_progress_step (progress, (double)n / most, error))
        return FALSE;
      spot_copy (walk, before, at);
      if (!arc_step (walk, at, &length))
        {
          walk->path->end = WILLIS_ROD_END_NOT_CONVERGED;
          return TRUE;
        }
      if (enough_limits (walk))
        {
          walk->path->end = WILLIS_ROD_END_LIMITS;
          keep (walk, at);
          return TRUE;
        }
      if (at->factor >= p->max_factor)
        {
          /* events beyond the end do not count */
          while (walk->path->limits->len > limits
                 && ((WillisRodState *)walk->path->limits->pdata[walk->path->limits->len - 1])->factor
                        > p->max_factor)
            g_ptr_array_remove_index (walk->path->limits, walk->path->limits->len - 1);
          if (!raise_to (walk, before, p->max_factor, &walk->path->end))
            return TRUE;
          spot_copy (walk, at, before);
          accept_fields (walk, at);
          keep (walk, at);
          walk->path->end = WILLIS_ROD_END_MAX_FACTOR;
          return TRUE;
        }
      accept_fields (walk, at);
      keep (walk, at);
    }
  walk->path->end = WILLIS_ROD_END_STEPS;
  return TRUE;
}

/* Equilibrium at factor 0 for a configuration that is not free of stress. */
static gboolean
relax (Walk *walk, Spot *at)
{
  int its;
  gboolean conservative = walk->solver->conservative, potential = walk->solver->potential, good;

  /* at factor 0 there are no loads that could spoil it */
  walk->solver->conservative = walk->solver->potential = TRUE;
  good = willis_rod_settle (walk->solver, at->frames, &at->factor, NULL, NULL, &its) == WILLIS_ROD_CONVERGED
         && willis_rod_unstable_modes (walk->solver, at->frames, 0.0) == 0;
  if (!good)
    {
      restore_fields (walk, at);
      memcpy (at->frames, walk->model->start, sizeof (WillisFrame) * walk->model->n_nodes);
      good = willis_rod_descend (walk->solver, at->frames, 0.0);
    }
  walk->solver->conservative = conservative;
  walk->solver->potential = potential;
  accept_fields (walk, at);
  save_fields (walk, at);
  return good;
}

/* Whether the given configuration is out of balance without loads. */
static gboolean
is_stressed (Walk *walk, const Spot *at)
{
  WillisRodSolver *s = walk->solver;
  double most = 0.0, load = 0.0, unit = walk->model->stiffness_scale / walk->model->length_scale;
  double first = (isfinite (walk->params->max_factor) ? walk->params->max_factor : 1.0) / walk->params->steps;

  willis_rod_assemble (s, at->frames, 0.0, FALSE, TRUE);
  for (int i = 0; i < walk->model->n_dof; i++)
    {
      most = fmax (most, fabs (s->residual[i]) / sqrt (s->weight[i]));
      load = fmax (load, fabs (s->load[i]) / sqrt (s->weight[i]));
    }
  /* what the first step's load drowns is a matter of rounding, as where a rod is given lying on the wall */
  return most > fmax (1e-7 * unit, 1e-4 * first * load);
}

static void
begin (Walk *walk, Spot *at)
{
  walk->first_factor
      = (isfinite (walk->params->max_factor) ? walk->params->max_factor : 1.0) / walk->params->steps;
  walk->factor_weight
      = ARC_FACTOR_PART * ARC_FACTOR_PART / (walk->first_factor * walk->first_factor) * walk->model->n_nodes;
  at->came_factor = 1.0;
  look_around (walk, at);
}

WillisRodPath *
willis_rod_path_follow (const WillisRodModel *model, const WillisRodPathParams *params,
                        const WillisProgress *progress, GError **error)
{
  g_autoptr (WillisRodSolver) solver = willis_rod_solver_new (model);
  g_autoptr (WillisRodPath) path = g_new0 (WillisRodPath, 1);
  Walk walk = { solver, model, params, path };
  g_autoptr (Spot) at = NULL;

  path->n_nodes = model->n_nodes;
  path->states = g_ptr_array_new_with_free_func (state_free);
  path->limits = g_ptr_array_new_with_free_func (state_free);
  solver->cancellable = progress != NULL ? progress->cancellable : NULL;
  walk.most_work = MOST_WORK + WORK_PER_STEP * (glong) params->steps;
  for (int f = 0; f < model->n_fields; f++)
    walk.memory_size += model->fields[f].size_memory;
  at = spot_new (&walk);
  save_fields (&walk, at);
  if (!willis_rod_find_mechanisms (solver, at->frames, error))
    return NULL;
  if (is_stressed (&walk, at) && !relax (&walk, at))
    path->end = WILLIS_ROD_END_NO_START;
  else
    {
      begin (&walk, at);
      if (!(params->type == WILLIS_ROD_PATH_ARC ? follow_arc (&walk, at, progress, error)
                                                : follow_load (&walk, at, progress, error)))
        return NULL;
    }
  /* where it was cancelled in the middle of a step */
  if (!willis_progress_step (progress, 1.0, error))
    return NULL;
  path->last = state_new (&walk, at);
  return g_steal_pointer (&path);
}

void
willis_rod_path_free (WillisRodPath *path)
{
  if (path == NULL)
    return;
  g_clear_pointer (&path->states, g_ptr_array_unref);
  g_clear_pointer (&path->limits, g_ptr_array_unref);
  state_free (path->last);
  g_free (path);
}

const char *
willis_rod_end_name (WillisRodEnd end)
{
  static const char *const names[]
      = { "max_factor", "limits", "limit_point", "steps", "not_converged", "no_start" };

  return names[end];
}
