/* SPDX-License-Identifier: Apache-2.0 */
#include "solver/rod/path-private.h"

#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"

#define ARC_CAP 0.15         // largest predicted increment of an arc step: radians, or lengths of the structure
#define FIRST_ARC 0.01       // the same for the first arc step where loads cannot be raised
#define ARC_FACTOR_PART 0.02 // how much of the first arc step the load factor makes, beside the motion
#define LEAST_MOTION 1e-9 // of a node over the first step, lengths of the structure or radians: less counts as so much
#define LEAST_TURN 0.6    // cosine of the turn of the path over one arc step
#define SLOPE_OFF 0.2     // of the larger slope at its ends: how far the factor may be off their mean
#define SLOPE_CHANGE 0.5  // of the larger slope: beyond, the middle of the step is looked at too
#define MOST_SHORTER 12   // times an arc step is made shorter for that
#define LEAP 1.5 // of the larger of what the tangents at both ends predict: a load step that moves more is not taken
#define LEAST_LEAP 1e-4 // lengths of the structure or radians: less is no leap
#define JUMP 0.1        // a load step that moves more than this must agree with its tangent
#define STRAY 0.3
#define ACROSS 2e-5 // of the step: so far across a change it is looked at whether it is one
#define MAX_STEPS_PER_STEP 60
#define MOST_WORK 20000 // iterations of a whole path, and for each step asked for
#define WORK_PER_STEP 500
#define MAX_DETOURS 60 // times that a load step may be led back to the path it left

/* Counts unstable modes and finds the tangent at an equilibrium. */
static void
look_around (WillisRodWalk *walk, WillisRodSpot *s)
{
  WillisRodSolver *solver = walk->solver;
  double norm, sign = 1.0;

  _willis_rod_spot_restore (walk, s);
  s->unstable = willis_rod_unstable_modes (solver, s->frames, s->factor);
  s->softest = solver->softest;
  willis_rod_response (solver, s->tangent);
  norm = sqrt (_willis_rod_walk_dot (walk, s->tangent, s->tangent) + walk->factor_weight);
  if (_willis_rod_walk_dot (walk, s->tangent, s->came) + walk->factor_weight * s->came_factor < 0.0)
    sign = -1.0;
  for (int i = 0; i < walk->model->n_dof; i++)
    s->tangent[i] *= sign / norm;
  s->tangent_factor = sign / norm;
}

/* The stable state at a factor that lies downhill from a stable spot, into *to with the increments that lead there. */
static gboolean
go_downhill (WillisRodWalk *walk, const WillisRodSpot *from, double factor, WillisRodSpot *to)
{
  if (from->unstable > 0)
    return FALSE;
  _willis_rod_spot_restore (walk, from);
  _willis_rod_spot_copy (walk, to, from);
  to->factor = factor;
  if (!willis_rod_downhill (walk->solver, to->frames, factor))
    return FALSE;
  willis_rod_increments (walk->solver, from->frames, to->frames, to->came);
  return TRUE;
}

/* Whether a change of the factor led farther than the tangents at both its ends account for: over a limit point to
 * another part of the path, or over a stretch where it is steeper. */
static gboolean
leapt (const WillisRodWalk *walk, const WillisRodSpot *from, double change, const WillisRodSpot *to)
{
  g_autofree double *way = g_new0 (double, walk->model->n_dof);
  double moved, most;

  if (walk->solver->neutral)
    return FALSE;
  willis_rod_increments (walk->solver, from->frames, to->frames, way);
  moved = _willis_rod_walk_largest (walk, way, NULL, 0.0);
  most = fmax (_willis_rod_walk_largest (walk, from->tangent, NULL, 0.0) / fabs (from->tangent_factor),
               _willis_rod_walk_largest (walk, to->tangent, NULL, 0.0) / fabs (to->tangent_factor));
  return moved > LEAST_LEAP && moved > LEAP * most * fabs (change);
}

/* A step of the given length (arc) or change of factor from one spot to another; FALSE where it does not
 * converge. */
static gboolean
advance (WillisRodWalk *walk, const WillisRodSpot *from, gboolean arc, double length, WillisRodSpot *to)
{
  const WillisRodArc plane = { from->tangent, walk->factor_weight * from->tangent_factor, length };
  WillisRodOutcome outcome;
  int its = 0;

  if (!_willis_rod_walk_may_go_on (walk))
    return FALSE;
  _willis_rod_spot_restore (walk, from);
  _willis_rod_spot_copy (walk, to, from);
  memset (to->came, 0, sizeof (double) * walk->model->n_dof);
  if (!arc)
    to->factor = from->factor + length;
  outcome = walk->loose
                ? WILLIS_ROD_DIVERGED
                : willis_rod_settle (walk->solver, to->frames, &to->factor, arc ? &plane : NULL, to->came, &its);
  walk->path->newton_iterations += its;
  /* walls that come and go stop plain Newton: a stable state can be had downhill from the last */
  if (outcome != WILLIS_ROD_CONVERGED
      && !(!arc && walk->model->n_fields > 0 && go_downhill (walk, from, from->factor + length, to)))
    return FALSE;
  to->came_factor = to->factor - from->factor;
  _willis_rod_spot_save (walk, to);
  if (walk->loose)
    {
      memset (to->came, 0, sizeof (double) * walk->model->n_dof);
      look_around (walk, to);
      return TRUE;
    }
  if (!arc)
    {
      double moved = _willis_rod_walk_largest (walk, to->came, NULL, 0.0);
      double predicted = length / from->tangent_factor;

      to->stray = _willis_rod_walk_largest (walk, to->came, from->tangent, predicted) / fmax (moved, 1e-300);
      /* Newton may have found another path: it did not, where the way agrees with the tangent */
      if (moved > JUMP && !walk->solver->neutral && to->stray > STRAY)
        return FALSE;
      /* onwards is where the factor grows */
      memset (to->came, 0, sizeof (double) * walk->model->n_dof);
      to->came_factor = length > 0.0 ? 1.0 : -1.0;
    }
  look_around (walk, to);
  if (arc)
    return its <= 10;
  return !leapt (walk, from, length, to);
}

static WillisRodState *
state_new (WillisRodWalk *walk, const WillisRodSpot *s)
{
  WillisRodState *state = g_new0 (WillisRodState, 1);

  _willis_rod_spot_restore (walk, s);
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
same_kind (const WillisRodSpot *a, const WillisRodSpot *b)
{
  return a->unstable == b->unstable && (a->tangent_factor > 0.0) == (b->tangent_factor > 0.0);
}

static gboolean
enough_limits (const WillisRodWalk *walk)
{
  int n = 0;

  for (guint i = 0; i < walk->path->limits->len; i++)
    n += ((const WillisRodState *) walk->path->limits->pdata[i])->kind == WILLIS_ROD_LIMIT_LOAD;
  return walk->params->stop_after_limits > 0 && n >= walk->params->stop_after_limits;
}

/* Whether the path itself changes at hi: a short step across, from a spot of the kind before, that agrees
 * with its tangent leads to another kind. Where a long step had left the path for another (a nearly perfect
 * structure whose path turns sharply) no short one does; and at the branching itself all is round-off. */
static gboolean
changes_at (WillisRodWalk *walk, const WillisRodSpot *from, const WillisRodSpot *base, double lo, double hi,
            double length)
{
  double reach = ACROSS * length;
  g_autoptr (WillisRodSpot) near = _willis_rod_spot_new (walk);
  g_autoptr (WillisRodSpot) far = _willis_rod_spot_new (walk);

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
locate (WillisRodWalk *walk, const WillisRodSpot *from, gboolean arc, double length, WillisRodSpot *to)
{
  g_autoptr (WillisRodSpot) before = _willis_rod_spot_new (walk);
  g_autoptr (WillisRodSpot) after = _willis_rod_spot_new (walk);
  g_autoptr (WillisRodSpot) middle = _willis_rod_spot_new (walk);
  g_autoptr (WillisRodSpot) base = _willis_rod_spot_new (walk);
  double lo = 0.0;
  int detours = 0;

  _willis_rod_spot_copy (walk, base, from);
  _willis_rod_spot_copy (walk, before, from);
  while (!same_kind (before, to) && !enough_limits (walk) && _willis_rod_walk_may_go_on (walk))
    {
      double hi = length;
      WillisRodState *state;

      _willis_rod_spot_copy (walk, after, to);
      for (int n = 0; n < 40 && fabs (hi - lo) > 1e-9 * fabs (length) && _willis_rod_walk_may_go_on (walk); n++)
        {
          double s = 0.5 * (lo + hi);

          /* at fixed load from the last good spot, on the arc always in the same plane */
          if (!(arc ? advance (walk, from, TRUE, s, middle) : advance (walk, base, FALSE, s - lo, middle))
              || !same_kind (before, middle))
            {
              /* a middle that does not converge sits at the critical point itself */
              hi = s;
              if (!same_kind (before, middle))
                _willis_rod_spot_copy (walk, after, middle);
            }
          else
            {
              lo = s;
              _willis_rod_spot_copy (walk, base, middle);
            }
        }
      if (!arc && base->factor != from->factor && !changes_at (walk, from, base, lo, hi, length)
          && advance (walk, base, FALSE, hi - lo, middle) && same_kind (before, middle) && ++detours < MAX_DETOURS)
        {
          /* nothing changes on the way here: the long step had left the path for another. On along this one
           */
          _willis_rod_spot_copy (walk, base, middle);
          lo = hi;
          if (lo >= length * (1.0 - 1e-9))
            _willis_rod_spot_copy (walk, to, base);
          else if (advance (walk, base, FALSE, length - lo, middle))
            _willis_rod_spot_copy (walk, to, middle);
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
      state->kind = (before->tangent_factor > 0.0) != (after->tangent_factor > 0.0) ? WILLIS_ROD_LIMIT_LOAD
                                                                                    : WILLIS_ROD_LIMIT_BIFURCATION;
      /* without a potential two real eigenvalues may meet and leave as a pair, which is no other equilibrium
       */
      if (walk->solver->conservative || after->softest < 1e-2 * fmax (from->softest, to->softest))
        g_ptr_array_add (walk->path->limits, state);
      else
        state_free (state);
      _willis_rod_spot_copy (walk, before, after);
      _willis_rod_spot_copy (walk, base, after);
      lo = hi;
      if (enough_limits (walk))
        _willis_rod_spot_copy (walk, to, after);
    }
}

/* Length of an arc step whose prediction moves no node by more than the cap. */
static double
capped (const WillisRodWalk *walk, const WillisRodSpot *s, double length)
{
  double per_unit = _willis_rod_walk_largest (walk, s->tangent, NULL, 0.0);

  return per_unit * length > ARC_CAP ? ARC_CAP / per_unit : length;
}

/* Whether a step along the arc follows the path: its chord agrees with the tangents at both ends, the factor's part of
 * it for itself (two limit points that lie within one step leave no other trace). */
static gboolean
follows (WillisRodWalk *walk, const WillisRodSpot *from, double length, const WillisRodSpot *to)
{
  double chord = sqrt (_willis_rod_walk_dot (walk, to->came, to->came)
                       + walk->factor_weight * to->came_factor * to->came_factor);
  double turn = _willis_rod_walk_dot (walk, from->tangent, to->tangent)
                + walk->factor_weight * from->tangent_factor * to->tangent_factor;
  double most = fmax (fabs (from->tangent_factor), fabs (to->tangent_factor));
  double mean = 0.5 * (from->tangent_factor + to->tangent_factor);
  g_autoptr (WillisRodSpot) middle = NULL;

  if (turn < LEAST_TURN
      || fabs (to->came_factor - chord * mean) > SLOPE_OFF * chord * fmax (most, 1e-3 / sqrt (walk->factor_weight)))
    return FALSE;
  if (fabs (from->tangent_factor - to->tangent_factor) < SLOPE_CHANGE * most)
    return TRUE;
  /* a slope that changes much: it has to do so evenly */
  middle = _willis_rod_spot_new (walk);
  return advance (walk, from, TRUE, 0.5 * length, middle) && fabs (middle->tangent_factor - mean) <= SLOPE_OFF * most;
}

/* One arc step from *at, of at most *length, which is adapted; FALSE where even the smallest fails. *jumped:
 * limits passed. */
static gboolean
arc_step (WillisRodWalk *walk, WillisRodSpot *at, double *length)
{
  g_autoptr (WillisRodSpot) next = _willis_rod_spot_new (walk);

  for (int tries = 0; tries < 30 && _willis_rod_walk_may_go_on (walk); tries++)
    {
      double ds = capped (walk, at, *length);
      int before = walk->path->newton_iterations;

      if (advance (walk, at, TRUE, ds, next) && (follows (walk, at, ds, next) || tries > MOST_SHORTER))
        {
          int its = walk->path->newton_iterations - before;

          locate (walk, at, TRUE, ds, next);
          _willis_rod_spot_copy (walk, at, next);
          *length = ds * (its <= 4 ? 1.5 : its <= 6 ? 1.0 : 0.7);
          return TRUE;
        }
      *length = 0.4 * ds;
    }
  return FALSE;
}

static void
keep (WillisRodWalk *walk, const WillisRodSpot *s)
{
  g_ptr_array_add (walk->path->states, state_new (walk, s));
}

static void
accept_fields (WillisRodWalk *walk, WillisRodSpot *s)
{
  _willis_rod_spot_restore (walk, s);
  for (int f = 0; f < walk->model->n_fields; f++)
    if (walk->model->fields[f].accept != NULL)
      walk->model->fields[f].accept (walk->model->fields[f].context, s->frames);
  _willis_rod_spot_save (walk, s);
}

/* Down to a stable state at a factor, from *at. */
static gboolean
fall (WillisRodWalk *walk, WillisRodSpot *at, double factor)
{
  g_autoptr (WillisRodSpot) next = _willis_rod_spot_new (walk);

  _willis_rod_spot_copy (walk, next, at);
  _willis_rod_spot_restore (walk, at);
  if (!willis_rod_descend (walk->solver, next->frames, factor))
    return FALSE;
  next->factor = factor;
  _willis_rod_spot_save (walk, next);
  memset (next->came, 0, sizeof (double) * walk->model->n_dof);
  next->came_factor = 1.0;
  look_around (walk, next);
  _willis_rod_spot_copy (walk, at, next);
  return TRUE;
}

/* Beyond a limit point: down to the next stable state at a factor a little higher. */
static gboolean
snap_at (WillisRodWalk *walk, WillisRodSpot *at, double factor, double *released)
{
  g_autofree double *mode = g_new (double, walk->model->n_dof);
  double before;

  _willis_rod_spot_restore (walk, at);
  before = willis_rod_potential (walk->solver, at->frames, factor);
  willis_rod_softest_mode (walk->solver, at->frames, factor, mode);
  /* the load does work on the way on */
  if (_willis_rod_walk_dot (walk, mode, at->tangent) < 0.0)
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
  *released = before - willis_rod_potential (walk->solver, at->frames, factor);
  return TRUE;
}

static gboolean
snap (WillisRodWalk *walk, WillisRodSpot *at)
{
  WillisRodState *limit = walk->path->limits->pdata[walk->path->limits->len - 1];
  g_autoptr (WillisRodSpot) start = _willis_rod_spot_new (walk);
  double scale = fmax (fabs (walk->first_factor), fabs (at->factor));

  _willis_rod_spot_copy (walk, start, at);
  /* so near the limit point a state may look like one in balance: farther off, until energy is set free */
  for (double beyond = 1e-6; beyond < 2e-3; beyond *= 10.0)
    {
      double released = NAN;

      _willis_rod_spot_copy (walk, at, start);
      if (!snap_at (walk, at, start->factor + beyond * scale, &released))
        return FALSE;
      limit->snapped = TRUE;
      limit->released_energy = released;
      if (!(released <= 1e-9 * fabs (limit->energy)))
        return TRUE;
    }
  return TRUE;
}

/* The load cannot be raised further from *at by Newton alone: goes along the arc until the factor turns (a
 * limit point, then a snap) or the target is passed. */
static gboolean
pass_difficulty (WillisRodWalk *walk, WillisRodSpot *at, double target, WillisRodEnd *end)
{
  double length = 0.25 * walk->first_factor / fmax (at->tangent_factor, 1e-3 * walk->first_factor);
  guint limits = walk->path->limits->len, first = limits;
  g_autoptr (WillisRodSpot) start = _willis_rod_spot_new (walk);

  length = fmin (length, FIRST_ARC / fmax (_willis_rod_walk_largest (walk, at->tangent, NULL, 0.0), 1e-300));
  _willis_rod_spot_copy (walk, start, at);
  for (int n = 0; n < 400 && _willis_rod_walk_may_go_on (walk); n++)
    {
      gboolean stepped;

      /* no farther past the target than it is away */
      if (at->tangent_factor > 0.0)
        length = fmin (length, 2.0 * (target - at->factor) / at->tangent_factor);
      stepped = arc_step (walk, at, &length);

      if (!stepped || (at->factor < start->factor && walk->path->limits->len == limits))
        {
          /* the arc leads nowhere (slack cables, rods held by contact alone): down to a stable state at the
           * target */
          g_ptr_array_set_size (walk->path->limits, (int) first);
          _willis_rod_spot_copy (walk, at, start);
          *end = WILLIS_ROD_END_NOT_CONVERGED;
          return fall (walk, at, target);
        }
      if (enough_limits (walk))
        {
          *end = WILLIS_ROD_END_LIMITS;
          return FALSE;
        }
      for (; limits < walk->path->limits->len; limits++)
        {
          WillisRodState *limit = walk->path->limits->pdata[limits];

          if (limit->kind != WILLIS_ROD_LIMIT_LOAD)
            continue;
          /* what the arc met beyond is not on the way of a load that only grows */
          g_ptr_array_set_size (walk->path->limits, (int) limits + 1);
          memcpy (at->frames, limit->frames, sizeof (WillisFrame) * walk->model->n_nodes);
          at->factor = limit->factor;
          if (snap (walk, at))
            return TRUE;
          *end = WILLIS_ROD_END_LIMIT_POINT;
          return FALSE;
        }
      if (at->factor >= target)
        return TRUE;
    }
  *end = _willis_rod_walk_may_go_on (walk) ? WILLIS_ROD_END_STEPS : WILLIS_ROD_END_NOT_CONVERGED;
  return FALSE;
}

/* Raises the factor to the target in as few steps as go. */
static gboolean
raise_to (WillisRodWalk *walk, WillisRodSpot *at, double target, WillisRodEnd *end)
{
  g_autoptr (WillisRodSpot) next = _willis_rod_spot_new (walk);
  double step = target - at->factor, least = 1e-4 * fabs (walk->first_factor);

  while (fabs (target - at->factor) > 1e-12 * fabs (target))
    {
      double df = step > target - at->factor ? target - at->factor : step;

      if (!_willis_rod_walk_may_go_on (walk))
        return *end = WILLIS_ROD_END_NOT_CONVERGED, FALSE;
      if (advance (walk, at, FALSE, df, next))
        {
          if (!walk->loose)
            locate (walk, at, FALSE, df, next);
          walk->loose = FALSE;
          _willis_rod_spot_copy (walk, at, next);
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
          _willis_rod_spot_copy (walk, at, next);
          /* from here the factor grows again */
          at->came_factor = 1.0;
          look_around (walk, at);
        }
      else
        step = fmax (step, 4.0 * least);
    }
  return TRUE;
}

static gboolean
follow_load (WillisRodWalk *walk, WillisRodSpot *at, const WillisProgress *progress, GError **error)
{
  const WillisRodPathParams *p = walk->params;

  for (int n = 1; n <= p->steps; n++)
    {
      double target = p->max_factor * n / p->steps;

      if (!willis_progress_step (progress, (double) (n - 1) / p->steps, error))
        return FALSE;
      if (!raise_to (walk, at, target, &walk->path->end))
        return TRUE;
      accept_fields (walk, at);
      keep (walk, at);
    }
  walk->path->end = WILLIS_ROD_END_MAX_FACTOR;
  return TRUE;
}

/* Takes out what was met a second time: limits from met on that are among those between first and met. */
static void
forget_again (WillisRodWalk *walk, guint first, guint met)
{
  GPtrArray *limits = walk->path->limits;

  for (guint i = limits->len; i-- > met;)
    for (guint k = first; k < met; k++)
      {
        const WillisRodState *a = limits->pdata[i], *b = limits->pdata[k];

        if (a->kind == b->kind && fabs (a->factor - b->factor) <= 1e-6 * fabs (b->factor))
          {
            g_ptr_array_remove_index (limits, i);
            break;
          }
      }
}

static gboolean
follow_arc (WillisRodWalk *walk, WillisRodSpot *at, const WillisProgress *progress, GError **error)
{
  const WillisRodPathParams *p = walk->params;
  double length = walk->first_factor / at->tangent_factor;
  int most = 500 + MAX_STEPS_PER_STEP * p->steps;
  g_autoptr (WillisRodSpot) before = _willis_rod_spot_new (walk);

  for (int n = 0; n < most; n++)
    {
      guint limits = walk->path->limits->len, met;

      if (!willis_progress_step (progress, (double) n / most, error))
        return FALSE;
      _willis_rod_spot_copy (walk, before, at);
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
                 && ((WillisRodState *) walk->path->limits->pdata[walk->path->limits->len - 1])->factor > p->max_factor)
            g_ptr_array_remove_index (walk->path->limits, walk->path->limits->len - 1);
          met = walk->path->limits->len;
          if (!raise_to (walk, before, p->max_factor, &walk->path->end))
            return TRUE;
          forget_again (walk, limits, met);
          _willis_rod_spot_copy (walk, at, before);
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
relax (WillisRodWalk *walk, WillisRodSpot *at)
{
  int its;
  gboolean conservative = walk->solver->conservative, potential = walk->solver->potential, good;

  /* at factor 0 there are no loads that could spoil it */
  walk->solver->conservative = walk->solver->potential = TRUE;
  good = willis_rod_settle (walk->solver, at->frames, &at->factor, NULL, NULL, &its) == WILLIS_ROD_CONVERGED
         && willis_rod_unstable_modes (walk->solver, at->frames, 0.0) == 0;
  if (!good)
    {
      _willis_rod_spot_restore (walk, at);
      memcpy (at->frames, walk->model->start, sizeof (WillisFrame) * walk->model->n_nodes);
      good = willis_rod_descend (walk->solver, at->frames, 0.0);
    }
  walk->solver->conservative = conservative;
  walk->solver->potential = potential;
  accept_fields (walk, at);
  _willis_rod_spot_save (walk, at);
  return good;
}

/* Whether the given configuration is out of balance without loads. */
static gboolean
is_stressed (WillisRodWalk *walk, const WillisRodSpot *at)
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
begin (WillisRodWalk *walk, WillisRodSpot *at)
{
  walk->first_factor = (isfinite (walk->params->max_factor) ? walk->params->max_factor : 1.0) / walk->params->steps;
  walk->factor_weight = LEAST_MOTION * LEAST_MOTION / (walk->first_factor * walk->first_factor) * walk->model->n_nodes;
  at->came_factor = 1.0;
  look_around (walk, at);
  /* beside the motion as it is here, however small, so that an arc is led by the motion and not by the load */
  walk->factor_weight = fmax (walk->factor_weight, ARC_FACTOR_PART * ARC_FACTOR_PART
                                                       * _willis_rod_walk_dot (walk, at->tangent, at->tangent)
                                                       / (at->tangent_factor * at->tangent_factor));
  look_around (walk, at);
}

WillisRodPath *
willis_rod_path_follow (const WillisRodModel *model, const WillisRodPathParams *params, const WillisProgress *progress,
                        GError **error)
{
  g_autoptr (WillisRodSolver) solver = willis_rod_solver_new (model);
  g_autoptr (WillisRodPath) path = g_new0 (WillisRodPath, 1);
  WillisRodWalk walk = { solver, model, params, path };
  g_autoptr (WillisRodSpot) at = NULL;
  g_autoptr (GError) failure = NULL;

  path->n_nodes = model->n_nodes;
  path->states = g_ptr_array_new_with_free_func (state_free);
  path->limits = g_ptr_array_new_with_free_func (state_free);
  solver->cancellable = progress != NULL ? progress->cancellable : NULL;
  walk.most_work = MOST_WORK + WORK_PER_STEP * (glong) params->steps;
  for (int f = 0; f < model->n_fields; f++)
    walk.memory_size += model->fields[f].size_memory;
  at = _willis_rod_spot_new (&walk);
  _willis_rod_spot_save (&walk, at);
  if (!willis_rod_find_mechanisms (solver, at->frames, &failure))
    {
      /* the wall may hold what the supports leave free */
      if (model->n_fields == 0 || !solver->potential || !solver->conservative)
        {
          g_propagate_error (error, g_steal_pointer (&failure));
          return NULL;
        }
      walk.loose = TRUE;
    }
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
  static const char *const names[] = { "max_factor", "limits", "limit_point", "steps", "not_converged", "no_start" };

  return names[end];
}
