/* SPDX-License-Identifier: Apache-2.0 */
#include "solver/shaping/design.h"

#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/num/dense.h"

#define MOST_VARIABLES 10
#define N_RESIDUALS (6 + MOST_VARIABLES)
#define AIM_MM 0.25 // residuals are in units of these while the direction is sought,
#define AIM_ANGLE (5.0 * G_PI / 180.0)
#define POLISH_MM 0.08 // and of these once it is found
#define POLISH_ANGLE (9.0 * G_PI / 180.0)
#define POLISH_ROUNDS 4
#define PRIOR 0.04 // pull of every variable towards its start, in units of its scale
#define LEAST_FEED_MM -6.0
#define MOST_FEED_MM 12.0
#define BEND_RADIUS_MM WILLIS_MANDREL_RADIUS_MM // tight: the set bend is wider by 1 / r
#define ROUNDS 8
#define GOOD_MM 0.12 // near enough to stop
#define GOOD_ANGLE (6.0 * G_PI / 180.0)
#define RANK_SEED_SHIFT 77777

/* Shape <-> variables: feed; for each bend its place and the two components of its angle; for a bought tip its roll. */
typedef struct
{
  const WillisShapingSite *site;
  const WillisCatheter *catheter;
  const WillisDesignParams *params;
  WillisSeatParams seat; // of the seatings now
  WillisShape base;
  double tip_mm, tip_angle;     // units of the residuals
  int n;                        // variables
  double scale[MOST_VARIABLES]; // of a variable
  double start[MOST_VARIABLES];
  int seatings;
} Search;

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

static void
seat_points (Search *search, double (*x)[MOST_VARIABLES], int n, WillisSeat *seats)
{
  WillisShape shapes[MOST_VARIABLES + 4];
  const WillisShape *list[MOST_VARIABLES + 4];

  for (int i = 0; i < n; i++)
    {
      unpack (search, x[i], &shapes[i]);
      list[i] = &shapes[i];
    }
  willis_shaping_seat_many (search->site, search->catheter, list, NULL, n, &search->seat, seats);
  search->seatings += n;
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

/* How far from what was wanted, one number. */
static double
miss (const WillisSeat *s)
{
  double d = s->error_mm / WILLIS_REACHED_MM, a = s->angle / WILLIS_REACHED_ANGLE;

  return isfinite (d) ? fmax (d, a) + 0.2 * (d + a) : INFINITY;
}

static gboolean
good_enough (const WillisSeat *s)
{
  return s->error_mm < GOOD_MM && s->angle < GOOD_ANGLE;
}

/* Derivatives of the residuals at at, whose residuals are r, by seating anew. Quick seatings do: the tip moves as it
 * does with short elements, though it starts from a slightly other place. Where a neighbour has no equilibrium its
 * column is 0. */
static void
derivatives (Search *search, const double *at, const double *r, double J[N_RESIDUALS][MOST_VARIABLES])
{
  double x[MOST_VARIABLES + 1][MOST_VARIABLES], here[N_RESIDUALS], there[N_RESIDUALS];
  gboolean quick = search->seat.quick;
  WillisSeat seats[MOST_VARIABLES + 1];
  int n = search->n;

  for (int i = 0; i <= n; i++)
    {
      memcpy (x[i], at, sizeof x[i]);
      if (i < n)
        x[i][i] += 0.12 * search->scale[i];
    }
  search->seat.quick = TRUE;
  seat_points (search, x, quick ? n : n + 1, seats);
  search->seat.quick = quick;
  memcpy (here, r, sizeof here);
  memset (J, 0, sizeof (double) * N_RESIDUALS * MOST_VARIABLES);
  if (!quick && !isfinite (residuals (search, &seats[n], at, here)))
    return;
  for (int i = 0; i < n; i++)
    {
      if (!isfinite (residuals (search, &seats[i], x[i], there)))
        continue;
      for (int k = 0; k < 6 + n; k++)
        J[k][i] = (there[k] - here[k]) / (0.12 * search->scale[i]);
    }
}

/* Levenberg-Marquardt from the base shape; *best is the shape, *seat where it comes to rest. */
static gboolean
climb (Search *search, int rounds, const WillisProgress *progress, WillisShape *best, WillisSeat *seat, GError **error)
{
  static const double damping[] = { 0.01, 0.3, 8.0 };
  double x[4][MOST_VARIABLES], at[MOST_VARIABLES] = { 0 }, r[N_RESIDUALS], J[N_RESIDUALS][MOST_VARIABLES];
  double try_r[N_RESIDUALS], cost, level = 1.0;
  WillisSeat seats[4];

  search->n = pack (&search->base, at);
  memcpy (search->start, at, sizeof at);
  for (int i = 0; i < search->n; i++)
    search->scale[i] = i == 0 ? 1.5 : !search->base.shaped ? 0.6 : (i - 1) % 3 == 0 ? 2.0 : 0.6;
  memcpy (x[0], at, sizeof at);
  seat_points (search, x, 1, seats);
  *seat = seats[0];
  unpack (search, at, best);
  cost = residuals (search, &seats[0], at, r);
  for (int round = 0; round < rounds && isfinite (cost) && !good_enough (seat); round++)
    {
      int better = -1;
      double least = cost;

      if (!willis_progress_step (progress, (double) round / rounds, error))
        return FALSE;
      derivatives (search, at, r, J);
      for (guint d = 0; d < G_N_ELEMENTS (damping); d++)
        {
          double step[MOST_VARIABLES];

          damped_step (search, J, r, level * damping[d], step);
          for (int i = 0; i < search->n; i++)
            x[d][i] = at[i] + step[i];
        }
      seat_points (search, x, G_N_ELEMENTS (damping), seats);
      for (guint d = 0; d < G_N_ELEMENTS (damping); d++)
        {
          double c = residuals (search, &seats[d], x[d], try_r);

          if (c < least)
            {
              least = c;
              better = (int) d;
            }
        }
      if (better < 0)
        {
          level *= 30.0;
          if (level > 1e4)
            break;
          continue;
        }
      level = CLAMP (level * (better == 0 ? 0.3 : better == 1 ? 1.0 : 4.0), 1e-4, 1e4);
      memcpy (at, x[better], sizeof at);
      unpack (search, at, best);
      pack (best, at);
      residuals (search, &seats[better], at, r);
      *seat = seats[better];
      if (least > 0.98 * cost && round > 2)
        break;
      cost = least;
    }
  return TRUE;
}

/* From the base shape, which seats quickly at quick, with short elements; weight on the distance where it is near. */
static gboolean
polish (Search *search, const WillisSeat *quick, const WillisProgress *progress, WillisShape *best, WillisSeat *seat,
        GError **error)
{
  gboolean in_hand = search->params->coarse && search->params->rounds <= 2;
  gboolean near = isfinite (quick->error_mm) && quick->angle < 1.3 * WILLIS_REACHED_ANGLE
                  && quick->error_mm < 2.0 * WILLIS_REACHED_MM;

  search->seat.quick = FALSE;
  if (near)
    {
      search->tip_mm = POLISH_MM;
      search->tip_angle = POLISH_ANGLE;
    }
  return climb (search, near && !in_hand ? POLISH_ROUNDS : 1, progress, best, seat, error);
}

/* First quick seatings with weight on the direction, then polished. */
static gboolean
improve (Search *search, int rounds, const WillisProgress *progress, WillisShape *best, WillisSeat *seat,
         GError **error)
{
  WillisShape before;
  WillisSeat quick;

  search->tip_mm = AIM_MM;
  search->tip_angle = AIM_ANGLE;
  search->seat.quick = TRUE;
  if (!climb (search, rounds, progress, &before, &quick, error))
    return FALSE;
  search->base = before;
  return polish (search, &quick, progress, best, seat, error);
}

/* Turning of the path, from the tip back, in the frame that is carried along without twist: between two distances. */
static void
path_turn (const WillisShapingSite *site, double from, double to, double *middle, double turn[2])
{
  WillisFrame frame = site->mouth;
  double left = site->length_mm, weight = 0.0;

  turn[0] = turn[1] = *middle = 0.0;
  for (int i = 0; i + 2 < site->n_path; i++)
    {
      double a[3], b[3], w[3], q[4], u[3], v[3], sine, angle;

      vec3_sub (a, site->path + 3 * (i + 1), site->path + 3 * i);
      vec3_sub (b, site->path + 3 * (i + 2), site->path + 3 * (i + 1));
      left -= vec3_normalize (a);
      vec3_normalize (b);
      vec3_cross (w, a, b);
      sine = vec3_normalize (w);
      angle = atan2 (sine, vec3_dot (a, b));
      if (left >= from && left < to)
        {
          double towards[3], c, s;

          willis_frame_axis (&frame, 1, u);
          willis_frame_axis (&frame, 2, v);
          vec3_axpy (towards, b, -vec3_dot (a, b), a);
          c = vec3_dot (towards, u);
          s = vec3_dot (towards, v);
          turn[0] += c;
          turn[1] += s;
          weight += angle;
          *middle += angle * left;
        }
      vec3_scale (w, w, angle);
      quat_exp (q, w);
      quat_mul (frame.q, q, frame.q);
    }
  *middle = weight > 1e-6 ? *middle / weight : 0.5 * (from + to);
}

/* A mandrel of n bends that follows the path's last stretch, over-bent by the set. */
static void
start_shape (const WillisShapingSite *site, const WillisCatheter *c, const WillisDesignParams *p, int n, double over,
             WillisShape *out)
{
  double keep = willis_catheter_set_fraction (c, &p->heating) * willis_catheter_retention (c, &p->heating);
  double bound[WILLIS_MANDREL_BENDS + 1];

  memset (out, 0, sizeof *out);
  out->heating = p->heating;
  out->shaped = TRUE;
  bound[0] = WILLIS_MANDREL_TIP_MM;
  bound[1] = site->target_depth_mm + 2.5 * site->parent_radius_mm + 1.5;
  bound[2] = bound[1] + 9.0;
  bound[3] = bound[2] + 9.0;
  out->mandrel.n_bends = n;
  for (int i = 0; i < n; i++)
    {
      WillisMandrelBend *b = &out->mandrel.bends[i];
      double turn[2];

      path_turn (site, bound[i], bound[i + 1], &b->from_tip_mm, turn);
      b->angle = MIN (over * hypot (turn[0], turn[1]) / keep, 0.85 * WILLIS_MANDREL_MOST_ANGLE);
      b->roll = atan2 (turn[1], turn[0]);
      b->radius_mm = BEND_RADIUS_MM;
    }
  willis_mandrel_mend (&out->mandrel);
}

static void
keep_better (GArray *list, const WillisShape *shape, const WillisSeat *seat)
{
  WillisShapeProposal p = { .shape = *shape, .seat = *seat };

  if (!isfinite (seat->error_mm))
    return;
  p.reached = seat->error_mm <= WILLIS_REACHED_MM && seat->angle <= WILLIS_REACHED_ANGLE;
  g_array_append_val (list, p);
}

/* Anywhere that a mandrel can be bent: turns beyond what the path shows are wanted where walls press the catheter. */
static void
wide_start (const double *u, int n, WillisShape *out)
{
  double hub = out->mandrel.n_bends > 0 ? out->mandrel.bends[0].roll : 0.0, at = 0.0;
  int k = 0;

  out->feed_mm = 1.0 + 6.0 * u[k++];
  for (int bend = 0; bend < n; bend++)
    {
      WillisMandrelBend *b = &out->mandrel.bends[bend];

      at += bend == 0 ? 5.5 + 7.0 * u[k] : 8.0 + 9.0 * u[k];
      k++;
      b->from_tip_mm = at;
      b->angle = (90.0 + 140.0 * u[k++]) * G_PI / 180.0;
      b->roll = hub + (bend == 0 ? 0.6 : 1.0) * 2.0 * G_PI * u[k++];
    }
}

/* Start number i of n bends: the first as the path bends; of the others one half is scattered about it, one half
 * anywhere (Halton 1960: the same everywhere). */
static void
scattered_start (const Search *search, int n, int i, WillisShape *out)
{
  static const int primes[] = { 2, 3, 5, 7, 11, 13, 17, 19, 23, 29 };
  double u[MOST_VARIABLES];
  int k = 0;

  for (int v = 0; v < MOST_VARIABLES; v++)
    {
      double f = 1.0;

      u[v] = 0.0;
      for (int left = i; left > 0; left /= primes[v])
        {
          f /= primes[v];
          u[v] += f * (left % primes[v]);
        }
      u[v] -= 0.5;
    }
  start_shape (search->site, search->catheter, search->params, n, 1.0, out);
  if (i == 0)
    return;
  if (i % 2 == 0)
    {
      wide_start (u, n, out);
      willis_mandrel_mend (&out->mandrel);
      return;
    }
  out->feed_mm = 1.0 + 5.0 * u[k++];
  for (int bend = 0; bend < n; bend++)
    {
      WillisMandrelBend *b = &out->mandrel.bends[bend];

      b->from_tip_mm += 6.0 * u[k++];
      b->angle = b->angle * (1.1 + 1.4 * u[k]) + (bend > 0 ? 1.2 * u[k] : 0.0);
      k++;
      b->roll += (bend > 0 ? 3.0 : 1.6) * u[k++];
    }
  willis_mandrel_mend (&out->mandrel);
}

/* Whether fewer bends do as well, or nearly. */
static gboolean
simpler_does (const GArray *list, const WillisShape *shape, const WillisSeat *seat)
{
  for (guint i = 0; i < list->len; i++)
    {
      const WillisShapeProposal *p = &g_array_index (list, WillisShapeProposal, i);

      if (p->shape.mandrel.n_bends < shape->mandrel.n_bends && miss (&p->seat) < 1.05 * miss (seat))
        return TRUE;
    }
  return FALSE;
}

/* Numbers of seats, best first. */
static void
sort_seats (const WillisSeat *seats, int n, int *order)
{
  for (int i = 0; i < n; i++)
    {
      int k = i;

      for (; k > 0 && miss (&seats[order[k - 1]]) > miss (&seats[i]); k--)
        order[k] = order[k - 1];
      order[k] = i;
    }
}

/* The best shape so far with one gentle bend more behind. */
static void
one_bend_more (const WillisShape *from, WillisShape *out)
{
  WillisMandrel *m = &out->mandrel;
  const WillisMandrelBend *last = &from->mandrel.bends[from->mandrel.n_bends - 1];

  *out = *from;
  m->bends[m->n_bends++]
      = (WillisMandrelBend){ last->from_tip_mm + 9.0, 20.0 * G_PI / 180.0, last->roll + 0.5 * G_PI, last->radius_mm };
  willis_mandrel_mend (m);
}

/* Few rounds for shapes[0 .. n-1], quick: they and their seats become better. */
static gboolean
climb_each (Search *search, int rounds, WillisShape *shapes, WillisSeat *seats, const int *order, int n,
            const WillisProgress *progress, GError **error)
{
  search->tip_mm = AIM_MM;
  search->tip_angle = AIM_ANGLE;
  search->seat.quick = TRUE;
  for (int i = 0; i < n; i++)
    {
      WillisProgress part = willis_progress_part (progress, (double) i / n, (i + 1.0) / n, NULL);
      WillisShape shape;
      WillisSeat seat;

      if (!isfinite (seats[order[i]].error_mm))
        break;
      search->base = shapes[order[i]];
      if (!climb (search, rounds, &part, &shape, &seat, error))
        return FALSE;
      if (isfinite (seat.error_mm) && miss (&seat) < miss (&seats[order[i]]))
        {
          shapes[order[i]] = shape;
          seats[order[i]] = seat;
        }
    }
  return TRUE;
}

/* Shapes of n bends: many starts seated once, some improved a little, the best of these as far as it goes, the best two
 * with short elements. The best one is kept in list; *best, if it has bends, is where fewer bends led to, and becomes
 * it. */
static gboolean
try_bends (Search *search, int n, GArray *list, const WillisProgress *progress, WillisShape *best, WillisSeat *found,
           GError **error)
{
  enum
  {
    STARTS = 48,
    SOME = 5,
    FEW = 2,
    LAST = 2
  };
  const int start_rounds = 3;
  int count = MAX ((int) lrint (search->params->effort * (n == 1 ? 16 : STARTS)), 4), order[STARTS];
  int some = MAX ((int) lrint (search->params->effort * SOME), 1);
  WillisShape starts[STARTS];
  const WillisShape *pointers[STARTS];
  WillisSeat seats[STARTS];
  WillisProgress first = willis_progress_part (progress, 0.1, 0.5, NULL),
                 second = willis_progress_part (progress, 0.5, 0.8, NULL);
  gboolean any = FALSE;

  for (int i = 0; i < count; i++)
    {
      scattered_start (search, n, i, &starts[i]);
      if (i == 1 && best->mandrel.n_bends == n - 1 && n > 1)
        one_bend_more (best, &starts[i]);
      pointers[i] = &starts[i];
    }
  search->seat.quick = TRUE;
  willis_shaping_seat_many (search->site, search->catheter, pointers, NULL, count, &search->seat, seats);
  search->seatings += count;
  sort_seats (seats, count, order);
  if (!climb_each (search, start_rounds, starts, seats, order, MIN (count, some), &first, error))
    return FALSE;
  sort_seats (seats, count, order);
  if (!climb_each (search, ROUNDS, starts, seats, order, MIN (FEW, some), &second, error))
    return FALSE;
  sort_seats (seats, count, order);
  for (int i = 0; i < MIN (LAST, some); i++)
    {
      WillisProgress part = willis_progress_part (progress, 0.8 + 0.1 * i, 0.9 + 0.1 * i, NULL);
      WillisShape shape;
      WillisSeat seat;

      if (!isfinite (seats[order[i]].error_mm))
        break;
      search->base = starts[order[i]];
      if (!polish (search, &seats[order[i]], &part, &shape, &seat, error))
        return FALSE;
      if (isfinite (seat.error_mm) && (!any || miss (&seat) < miss (found)))
        {
          any = TRUE;
          *best = shape;
          *found = seat;
        }
      if (any && found->error_mm < 0.3 && found->angle < 0.7 * WILLIS_REACHED_ANGLE)
        break;
    }
  if (any && !simpler_does (list, best, found))
    keep_better (list, best, found);
  else if (!any)
    found->error_mm = INFINITY;
  return TRUE;
}

/* A tip as sold, unheated: the best of four rolls, then feed and roll together. */
static gboolean
try_form (Search *search, WillisTipForm form, GArray *list, const WillisProgress *progress, GError **error)
{
  double x[4][MOST_VARIABLES] = { 0 };
  WillisSeat seats[4], seat;
  WillisShape shape;
  int best = 0, n = form == WILLIS_TIP_STRAIGHT ? 1 : 4;

  memset (&search->base, 0, sizeof search->base);
  search->base.heating = (WillisHeating){ WILLIS_HEAT_NONE, 0.0, search->params->heating.wire_passes };
  search->base.form = form;
  for (int i = 0; i < n; i++)
    x[i][1] = 0.5 * G_PI * i;
  search->seat.quick = TRUE;
  seat_points (search, x, n, seats);
  for (int i = 1; i < n; i++)
    if (miss (&seats[i]) < miss (&seats[best]))
      best = i;
  search->base.form_roll = x[best][1];
  if (!improve (search, 3, progress, &shape, &seat, error))
    return FALSE;
  keep_better (list, &shape, &seat);
  return TRUE;
}

static int
by_rank (gconstpointer a, gconstpointer b)
{
  double x = ((const WillisShapeProposal *) a)->rank, y = ((const WillisShapeProposal *) b)->rank;

  return (x < y) - (x > y);
}

void
willis_shape_proposal_clear (WillisShapeProposal *p)
{
  willis_seat_clear (&p->seat);
  willis_shaping_cloud_clear (&p->cloud);
}

void
willis_design_clear (WillisDesign *d)
{
  for (guint i = 0; d->proposals != NULL && i < d->proposals->len; i++)
    willis_shape_proposal_clear (&g_array_index (d->proposals, WillisShapeProposal, i));
  g_clear_pointer (&d->proposals, g_array_unref);
}

/* Ranked by a small cloud, less for every bend and for touching the dome. */
static gboolean
rank (const WillisShapingSite *site, const WillisCatheter *c, const WillisDesignParams *p, GArray *list,
      const WillisProgress *progress, GError **error)
{
  for (guint i = 0; i < list->len; i++)
    {
      WillisShapeProposal *s = &g_array_index (list, WillisShapeProposal, i);
      WillisProgress part = willis_progress_part (progress, (double) i / list->len, (i + 1.0) / list->len, NULL);
      WillisSeatParams quick = p->seat;
      WillisShapingCloud cloud;

      s->rank = -0.03 * miss (&s->seat) - (s->reached ? 0.0 : 0.15);
      s->rank -= s->shape.shaped ? 0.02 + 0.02 * s->shape.mandrel.n_bends : 0.0;
      if (p->coarse || p->n_rank < 1)
        continue;
      /* a miss by far needs no cloud */
      if (s->seat.error_mm > 2.5 * WILLIS_TARGET_ZONE_MM)
        continue;
      quick.quick = TRUE;
      if (!willis_shaping_cloud (site, c, &s->shape, &p->spread, p->seed + RANK_SEED_SHIFT, p->n_rank, &quick, &part,
                                 &cloud, error))
        return FALSE;
      s->rank += cloud.in_zone - 0.3 * cloud.touches_dome;
      willis_shaping_cloud_clear (&cloud);
    }
  g_array_sort (list, by_rank);
  return TRUE;
}

gboolean
willis_shaping_evaluate (const WillisShapingSite *site, const WillisCatheter *catheter, const WillisShape *shape,
                         const WillisDesignParams *params, const WillisProgress *progress, WillisShapeProposal *out,
                         GError **error)
{
  memset (out, 0, sizeof *out);
  out->shape = *shape;
  if (!willis_shaping_seat (site, catheter, shape, NULL, &params->seat, TRUE, FALSE, &out->seat, error))
    return FALSE;
  out->reached = out->seat.error_mm <= WILLIS_REACHED_MM && out->seat.angle <= WILLIS_REACHED_ANGLE;
  if (!params->coarse && params->n_cloud > 0
      && !willis_shaping_cloud (site, catheter, shape, &params->spread, params->seed, params->n_cloud, &params->seat,
                                progress, &out->cloud, error))
    {
      willis_seat_clear (&out->seat);
      return FALSE;
    }
  return TRUE;
}

/* The best few in full: seated with contacts, clouds of draws that the choice has not seen. */
static gboolean
finish (const WillisShapingSite *site, const WillisCatheter *c, const WillisDesignParams *p, GArray *list,
        const WillisProgress *progress, WillisDesign *out, GError **error)
{
  int n = MIN (p->n_proposals, (int) list->len);

  out->proposals = g_array_new (FALSE, TRUE, sizeof (WillisShapeProposal));
  for (int i = 0; i < n; i++)
    {
      WillisProgress part = willis_progress_part (progress, (double) i / n, (i + 1.0) / n, NULL);
      WillisShapeProposal full;

      if (!willis_shaping_evaluate (site, c, &g_array_index (list, WillisShapeProposal, i).shape, p, &part, &full,
                                    error))
        return FALSE;
      full.rank = g_array_index (list, WillisShapeProposal, i).rank;
      g_array_append_val (out->proposals, full);
    }
  return TRUE;
}

gboolean
willis_shaping_design (const WillisShapingSite *site, const WillisCatheter *catheter, const WillisDesignParams *params,
                       const WillisProgress *progress, WillisDesign *out, GError **error)
{
  g_autoptr (GArray) list = g_array_new (FALSE, TRUE, sizeof (WillisShapeProposal));
  Search search = { .site = site, .catheter = catheter, .params = params, .seat = params->seat };
  WillisProgress part = willis_progress_part (progress, 0.0, 0.55, _ ("Searching the mandrel's bends"));
  WillisProgress ranking = willis_progress_part (progress, 0.55, 0.75, _ ("Comparing shapes"));
  WillisProgress last = willis_progress_part (progress, 0.75, 1.0, _ ("Trying the shapes with what is not known"));
  gboolean fine = TRUE;

  memset (out, 0, sizeof *out);
  if (params->coarse && params->start != NULL)
    {
      WillisShape shape;
      WillisSeat seat;

      search.base = *params->start;
      fine = improve (&search, params->rounds, &part, &shape, &seat, error);
      if (fine)
        keep_better (list, &shape, &seat);
    }
  else
    {
      WillisSeat seat = { 0 };
      WillisShape best = { 0 };

      for (int n = 1; fine && n <= WILLIS_MANDREL_BENDS; n++)
        {
          WillisProgress one = willis_progress_part (&part, 0.25 * (n - 1), 0.25 * n, NULL);

          /* another bend only where fewer do not reach */
          if (n > 1 && seat.error_mm < 0.4 && seat.angle < 0.8 * WILLIS_REACHED_ANGLE)
            break;
          fine = try_bends (&search, n, list, &one, &best, &seat, error);
        }
      for (int form = 0; fine && form < WILLIS_N_TIPS; form++)
        if (catheter->tip_forms & (1u << form))
          fine = try_form (&search, form, list, &part, error);
    }
  out->seatings = search.seatings;
  if (!fine || !rank (site, catheter, params, list, &ranking, error))
    return FALSE;
  if (list->len == 0)
    return willis_fail (error, WILLIS_ERROR_FAILED, _ ("No shape of the catheter comes to rest in this lumen"));
  out->nearest_mm = INFINITY;
  for (guint i = 0; i < list->len; i++)
    {
      const WillisShapeProposal *p = &g_array_index (list, WillisShapeProposal, i);

      out->reachable = out->reachable || p->reached;
      if (p->seat.error_mm < out->nearest_mm)
        {
          out->nearest_mm = p->seat.error_mm;
          vec3_copy (out->nearest, p->seat.tip);
        }
    }
  if (!finish (site, catheter, params, list, &last, out, error))
    {
      willis_design_clear (out);
      return FALSE;
    }
  return TRUE;
}
