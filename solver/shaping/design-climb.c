/* SPDX-License-Identifier: Apache-2.0 */
/* From one shape to a better one nearby: a damped least squares step at a time. */
#include <math.h>
#include <string.h>

#include "core/base/parallel.h"
#include "solver/shaping/design-private.h"

#define MOST_VARIABLES WILLIS_DESIGN_VARIABLES
#define N_RESIDUALS (6 + MOST_VARIABLES)
#define POLISH_MM 0.08 // residuals are in units of these once the direction is found
#define POLISH_ANGLE (9.0 * G_PI / 180.0)
#define POLISH_ROUNDS 8
#define PRIOR 0.04 // pull of every variable towards its start, in units of its scale
#define LEAST_FEED_MM -6.0
#define MOST_FEED_MM 12.0
#define GOOD_MM 0.12 // near enough to stop
#define GOOD_ANGLE (6.0 * G_PI / 180.0)
#define SMALL 0.12 // of a variable's scale: the change that shows its derivative
#define N_DAMPINGS 3
#define ANGLE_DOES 0.9   // of the angle that counts as reached
#define MOST_TILT 3.0    // of the units of distance and direction against each other

typedef WillisDesignSearch Search;

static int
pack (const WillisShape *s, double *x)
{
  int n = 0;

  x[n++] = s->feed_mm;
  if (!s->shaped)
    {
      if (s->form != WILLIS_TIP_STRAIGHT)
        x[n++] = s->form_roll;
      return n;
    }
  for (int i = 0; i < s->mandrel.n_bends; i++)
    {
      const WillisMandrelBend *b = &s->mandrel.bends[i];

      x[n++] = b->from_tip_mm;
      x[n++] = b->angle * cos (b->roll);
      x[n++] = b->angle * sin (b->roll);
    }
  return n;
}

static void
unpack (const Search *search, const double *x, WillisShape *s)
{
  int n = 0;

  *s = search->base;
  s->feed_mm = CLAMP (x[n], LEAST_FEED_MM, MOST_FEED_MM);
  n++;
  if (!s->shaped)
    {
      if (s->form != WILLIS_TIP_STRAIGHT)
        s->form_roll = remainder (x[n], 2.0 * G_PI);
      return;
    }
  for (int i = 0; i < s->mandrel.n_bends; i++, n += 3)
    {
      WillisMandrelBend *b = &s->mandrel.bends[i];

      b->from_tip_mm = x[n];
      b->angle = hypot (x[n + 1], x[n + 2]);
      b->roll = atan2 (x[n + 2], x[n + 1]);
    }
  willis_mandrel_mend (&s->mandrel);
  /* a bent tip lies in the plane of the mandrel's first bend */
  s->form_roll = s->mandrel.bends[0].roll;
}

/* Tip, direction and the pull towards the start; returns the sum of squares. */
static double
residuals (const Search *search, const WillisSeat *seat, const double *x, double *r)
{
  double sum = 0.0;

  if (!isfinite (seat->error_mm))
    return INFINITY;
  for (int k = 0; k < 3; k++)
    {
      r[k] = (seat->tip[k] - search->site->target[k]) / search->tip_mm;
      r[3 + k] = (seat->direction[k] - search->site->direction[k]) / search->tip_angle;
    }
  for (int i = 0; i < search->n; i++)
    r[6 + i] = PRIOR * (x[i] - search->start[i]) / search->scale[i];
  for (int i = 0; i < 6 + search->n; i++)
    sum += r[i] * r[i];
  return sum;
}

/* Solves (J^T J + lambda D) step = -J^T r. */
static void
damped_step (const Search *search, const double J[N_RESIDUALS][MOST_VARIABLES], const double *r, double lambda,
             double *step)
{
  int n = search->n, m = 6 + n;
  double A[MOST_VARIABLES * MOST_VARIABLES], b[MOST_VARIABLES];

  for (int i = 0; i < n; i++)
    {
      b[i] = 0.0;
      for (int k = 0; k < m; k++)
        b[i] -= J[k][i] * r[k];
      for (int j = 0; j < n; j++)
        {
          double s = 0.0;

          for (int k = 0; k < m; k++)
            s += J[k][i] * J[k][j];
          A[i * n + j] = s + (i == j ? lambda / (search->scale[i] * search->scale[i]) : 0.0);
        }
    }
  /* Cholesky in place: A is positive definite */
  for (int j = 0; j < n; j++)
    {
      for (int k = 0; k < j; k++)
        A[j * n + j] -= A[j * n + k] * A[j * n + k];
      A[j * n + j] = sqrt (fmax (A[j * n + j], 1e-12));
      for (int i = j + 1; i < n; i++)
        {
          for (int k = 0; k < j; k++)
            A[i * n + j] -= A[i * n + k] * A[j * n + k];
          A[i * n + j] /= A[j * n + j];
        }
    }
  for (int i = 0; i < n; i++)
    {
      for (int k = 0; k < i; k++)
        b[i] -= A[i * n + k] * b[k];
      b[i] /= A[i * n + i];
    }
  for (int i = n; i-- > 0;)
    {
      for (int k = i + 1; k < n; k++)
        b[i] -= A[k * n + i] * b[k];
      step[i] = b[i] / A[i * n + i];
      step[i] = CLAMP (step[i], -2.0 * search->scale[i], 2.0 * search->scale[i]);
    }
}

double
_willis_design_miss (const WillisSeat *s)
{
  double d = s->error_mm / WILLIS_REACHED_MM, a = s->angle / WILLIS_REACHED_ANGLE;

  /* a direction that will do: from here on the distance counts */
  if (a < ANGLE_DOES)
    a *= 0.35;
  return isfinite (d) ? fmax (d, a) + 0.2 * (d + a) : INFINITY;
}

static gboolean
good_enough (const WillisSeat *s)
{
  return s->error_mm < GOOD_MM && s->angle < GOOD_ANGLE;
}

/* Seatings of neighbours: each follows follow; trails may be NULL. */
typedef struct
{
  const Search *search;
  const WillisTrail *follow;
  gboolean quick;
  double (*x)[MOST_VARIABLES];
  WillisSeat *seats;
  WillisTrail **trails;
} Neighbours;

static void
neighbour_range (gsize lo, gsize hi, gpointer context)
{
  const Neighbours *n = context;
  WillisSeatParams params = n->search->seat;

  params.quick = n->quick;
  for (gsize i = lo; i < hi; i++)
    {
      WillisShape shape;

      unpack (n->search, n->x[i], &shape);
      if (willis_shaping_seat_near (n->search->site, n->search->catheter, &shape, &params, n->follow,
                                    n->trails != NULL ? n->trails[i] : NULL, &n->seats[i], NULL))
        continue;
      n->seats[i].error_mm = INFINITY;
      n->seats[i].angle = G_PI;
    }
}

/* Seats x[0 .. n-1]; their trails (new) into trails where that is not NULL. */
static void
seat_points (Search *search, double (*x)[MOST_VARIABLES], int n, gboolean quick, const WillisTrail *follow,
             WillisSeat *seats, WillisTrail **trails)
{
  Neighbours all = { search, follow, quick, x, seats, trails };

  for (int i = 0; i < n && trails != NULL; i++)
    trails[i] = willis_trail_new ();
  willis_parallel_for ((gsize) n, 1, neighbour_range, &all);
  search->seatings += n;
}

/* Derivatives of the residuals at at, whose residuals are r and trail is trail, by seating neighbours anew, so that
 * contacts may change. Quick seatings do: the tip moves as it does with short elements, though it starts from a
 * slightly other place. Where a neighbour has no equilibrium its column is 0. */
static void
derivatives (Search *search, const double *at, const double *r, const WillisTrail *trail,
             double J[N_RESIDUALS][MOST_VARIABLES])
{
  double x[MOST_VARIABLES][MOST_VARIABLES], start[1][MOST_VARIABLES], here[N_RESIDUALS], there[N_RESIDUALS];
  g_autoptr (WillisTrail) own = NULL;
  WillisSeat seats[MOST_VARIABLES], middle;
  int n = search->n;

  memset (J, 0, sizeof (double) * N_RESIDUALS * MOST_VARIABLES);
  memcpy (here, r, sizeof here);
  if (!search->seat.quick)
    {
      memcpy (start[0], at, sizeof start[0]);
      seat_points (search, start, 1, TRUE, NULL, &middle, &own);
      if (!isfinite (residuals (search, &middle, at, here)))
        return;
      trail = own;
    }
  for (int i = 0; i < n; i++)
    {
      memcpy (x[i], at, sizeof x[i]);
      x[i][i] += SMALL * search->scale[i];
    }
  seat_points (search, x, n, TRUE, trail, seats, NULL);
  for (int i = 0; i < n; i++)
    {
      if (!isfinite (residuals (search, &seats[i], x[i], there)))
        continue;
      for (int k = 0; k < 6 + n; k++)
        J[k][i] = (there[k] - here[k]) / (SMALL * search->scale[i]);
    }
}

/* Units of the residuals that pull most at what is missed by more; within both, at the distance. */
static void
weigh (Search *search, const WillisSeat *seat)
{
  double distance = fmax (seat->error_mm / WILLIS_REACHED_MM, 0.05), angle = fmax (seat->angle / WILLIS_REACHED_ANGLE, 0.05);

  if (!search->seat.quick && distance < 1.0 && angle < ANGLE_DOES)
    {
      search->tip_mm = POLISH_MM;
      search->tip_angle = POLISH_ANGLE;
      return;
    }
  search->tip_mm = WILLIS_DESIGN_AIM_MM * CLAMP (angle / distance, 1.0, MOST_TILT);
  search->tip_angle = WILLIS_DESIGN_AIM_ANGLE * CLAMP (distance / angle, 1.0, MOST_TILT);
}

void
_willis_design_climb (Search *search, int rounds, WillisShape *best, WillisSeat *seat)
{
  static const double damping[N_DAMPINGS] = { 0.01, 0.3, 8.0 }, change[N_DAMPINGS] = { 0.3, 1.0, 4.0 };
  double x[N_DAMPINGS][MOST_VARIABLES], at[MOST_VARIABLES] = { 0 }, r[N_RESIDUALS], J[N_RESIDUALS][MOST_VARIABLES];
  double try_r[N_RESIDUALS], cost, level = 1.0;
  WillisSeat seats[N_DAMPINGS];
  WillisTrail *trails[N_DAMPINGS], *trail = NULL;
  gboolean stale = TRUE; // the derivatives are of another place
  WillisSeat now;

  search->n = pack (&search->base, at);
  memcpy (search->start, at, sizeof at);
  for (int i = 0; i < search->n; i++)
    search->scale[i] = i == 0 ? 1.5 : !search->base.shaped ? 0.6 : (i - 1) % 3 == 0 ? 2.0 : 0.6;
  memcpy (x[0], at, sizeof at);
  seat_points (search, x, 1, search->seat.quick, NULL, &now, &trail);
  unpack (search, at, best);
  *seat = now;
  cost = residuals (search, &now, at, r);
  for (int round = 0; round < rounds && isfinite (cost) && !good_enough (&now); round++)
    {
      int better = -1;
      double least;
      WillisShape shape;

      if (search->cancellable != NULL && g_cancellable_is_cancelled (search->cancellable))
        break;
      if (search->balanced && stale)
        {
          weigh (search, &now);
          cost = residuals (search, &now, at, r);
        }
      least = cost;
      if (stale)
        derivatives (search, at, r, trail, J);
      stale = FALSE;
      for (int d = 0; d < N_DAMPINGS; d++)
        {
          double step[MOST_VARIABLES];

          damped_step (search, J, r, level * damping[d], step);
          for (int i = 0; i < search->n; i++)
            x[d][i] = at[i] + step[i];
        }
      /* short elements: what counts in the end, so from the start */
      seat_points (search, x, N_DAMPINGS, search->seat.quick, search->seat.quick ? trail : NULL, seats, trails);
      for (int d = 0; d < N_DAMPINGS; d++)
        {
          double c = residuals (search, &seats[d], x[d], try_r);

          if (c < least)
            {
              least = c;
              better = d;
            }
        }
      for (int d = 0; d < N_DAMPINGS; d++)
        if (d == better)
          {
            willis_trail_free (trail);
            trail = trails[d];
          }
        else
          willis_trail_free (trails[d]);
      if (better < 0)
        {
          level *= 30.0;
          if (level > 1e4)
            break;
          continue;
        }
      stale = TRUE;
      level = CLAMP (level * change[better], 1e-4, 1e4);
      memcpy (at, x[better], sizeof at);
      unpack (search, at, &shape);
      pack (&shape, at);
      now = seats[better];
      residuals (search, &now, at, r);
      if (_willis_design_miss (&now) < _willis_design_miss (seat))
        {
          *best = shape;
          *seat = now;
        }
      if (least > 0.98 * cost && round > 2)
        break;
      cost = least;
    }
  willis_trail_free (trail);
}

void
_willis_design_polish (Search *search, const WillisSeat *quick, WillisShape *best, WillisSeat *seat)
{
  gboolean in_hand = search->params->coarse && search->params->rounds <= 2;
  gboolean near = isfinite (quick->error_mm) && quick->angle < 1.3 * WILLIS_REACHED_ANGLE
                  && quick->error_mm < 2.0 * WILLIS_REACHED_MM;

  search->seat.quick = FALSE;
  search->balanced = TRUE;
  _willis_design_climb (search, near && !in_hand ? POLISH_ROUNDS : 1, best, seat);
}

void
_willis_design_improve (Search *search, int rounds, WillisShape *best, WillisSeat *seat)
{
  WillisShape before;
  WillisSeat quick;

  search->tip_mm = WILLIS_DESIGN_AIM_MM;
  search->tip_angle = WILLIS_DESIGN_AIM_ANGLE;
  search->seat.quick = TRUE;
  search->balanced = FALSE;
  _willis_design_climb (search, rounds, &before, &quick);
  search->base = before;
  _willis_design_polish (search, &quick, best, seat);
}
