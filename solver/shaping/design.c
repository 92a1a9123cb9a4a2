/* SPDX-License-Identifier: Apache-2.0 */

#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/parallel.h"
#include "solver/shaping/design-private.h"

#define FIRST_ROUNDS 3 // of every start that looks good, with weight on the direction
#define ROUNDS 8       // of the best of these
#define RANK_SEED_SHIFT 77777
#define SAME_PLACE_MM 0.1 // that a finer mesh may move a tip

typedef WillisDesignSearch Search;

/* Tips as sold that a mandrel is tried in where a straight one does not do. */
static const WillisTipForm most_bent[] = { WILLIS_TIP_J, WILLIS_TIP_90 };

/* No further bend is worth trying. */
static gboolean
well_reached (const WillisSeat *seat)
{
  return seat->error_mm < 0.4 && seat->angle < 0.8 * WILLIS_REACHED_ANGLE;
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

/* Whether fewer bends do as well, or nearly. */
static gboolean
simpler_does (const GArray *list, const WillisShape *shape, const WillisSeat *seat)
{
  for (guint i = 0; i < list->len; i++)
    {
      const WillisShapeProposal *p = &g_array_index (list, WillisShapeProposal, i);

      if (p->shape.mandrel.n_bends < shape->mandrel.n_bends
          && _willis_design_miss (&p->seat) < 1.05 * _willis_design_miss (seat))
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

      for (; k > 0 && _willis_design_miss (&seats[order[k - 1]]) > _willis_design_miss (&seats[i]); k--)
        order[k] = order[k - 1];
      order[k] = i;
    }
}

/* Shapes that are improved beside each other, each on one thread. */
typedef struct
{
  const Search *search;
  int rounds;
  gboolean polish;
  WillisShape *shapes;
  WillisSeat *seats;
  const int *order;
  int *seatings;
} Batch;

static void
batch_range (gsize lo, gsize hi, gpointer context)
{
  const Batch *b = context;

  for (gsize i = lo; i < hi; i++)
    {
      Search own = *b->search;
      WillisShape *shape = &b->shapes[b->order[i]], better;
      WillisSeat *seat = &b->seats[b->order[i]], there;

      own.seatings = 0;
      own.base = *shape;
      if (!isfinite (seat->error_mm))
        continue;
      if (b->polish)
        _willis_design_polish (&own, seat, &better, &there);
      else
        _willis_design_climb (&own, b->rounds, &better, &there);
      /* what short elements say counts, better or not */
      if (b->polish || _willis_design_miss (&there) < _willis_design_miss (seat))
        {
          *shape = better;
          *seat = there;
        }
      b->seatings[i] = own.seatings;
    }
}

/* Improves the first n in order, by rounds of quick seatings or (0) with short elements, and sorts all again. */
static gboolean
improve_first (Search *search, int rounds, WillisShape *shapes, WillisSeat *seats, int *order, int n, int count,
               const WillisProgress *progress, double fraction, GError **error)
{
  g_autofree int *seatings = g_new0 (int, n);
  Batch batch = { search, rounds, rounds == 0, shapes, seats, order, seatings };

  if (!willis_progress_step (progress, fraction, error))
    return FALSE;
  search->tip_mm = WILLIS_DESIGN_AIM_MM;
  search->tip_angle = WILLIS_DESIGN_AIM_ANGLE;
  search->seat.quick = TRUE;
  search->balanced = rounds > FIRST_ROUNDS;
  willis_parallel_for ((gsize) n, 1, batch_range, &batch);
  for (int i = 0; i < n; i++)
    search->seatings += seatings[i];
  if (rounds > 0)
    sort_seats (seats, count, order);
  for (int i = 1; i < n && rounds == 0; i++) // the others have been seated on longer elements only
    for (int k = i; k > 0 && _willis_design_miss (&seats[order[k - 1]]) > _willis_design_miss (&seats[order[k]]); k--)
      {
        int o = order[k];

        order[k] = order[k - 1];
        order[k - 1] = o;
      }
  return willis_progress_step (progress, fraction, error);
}

/* A shape that comes to rest elsewhere on elements half as long stands at a snap: what is said of it would not hold. Which of n
 * shapes do. */
static void
find_snapping (const WillisShapingSite *site, const WillisCatheter *c, const WillisDesignParams *p,
               const WillisShape *const *shapes, const WillisSeat *const *seats, int n, gboolean *snapping)
{
  g_autofree WillisSeat *again = g_new0 (WillisSeat, MAX (n, 1));
  WillisSeatParams fine = p->seat;

  fine.element_mm *= 0.5;
  fine.step_mm *= 0.5;
  willis_shaping_seat_many (site, c, shapes, NULL, n, &fine, again);
  for (int i = 0; i < n; i++)
    snapping[i] = !isfinite (again[i].error_mm) || vec3_dist (again[i].tip, seats[i]->tip) > SAME_PLACE_MM;
}

/* Those that do go, unless nothing else is there. */
static void
drop_snapping (const WillisShapingSite *site, const WillisCatheter *c, const WillisDesignParams *p, GArray *list)
{
  guint n = list->len;
  g_autofree const WillisShape **shapes = g_new (const WillisShape *, MAX (n, 1));
  g_autofree const WillisSeat **seats = g_new (const WillisSeat *, MAX (n, 1));
  g_autofree gboolean *snapping = g_new0 (gboolean, MAX (n, 1));

  for (guint i = 0; i < n; i++)
    {
      shapes[i] = &g_array_index (list, WillisShapeProposal, i).shape;
      seats[i] = &g_array_index (list, WillisShapeProposal, i).seat;
    }
  find_snapping (site, c, p, shapes, seats, (int) n, snapping);
  for (guint i = n; i-- > 0;)
    if (list->len > 1 && snapping[i])
      g_array_remove_index (list, i);
}

/* Mandrels of n bends that keep the bends of the tips as sold where these came to rest, into at most room places: what they lack to
 * the target is little. */
static void
start_from_forms (const Search *search, const GArray *list, int n, WillisShape *out, int room)
{
  const WillisHeating *heating = &search->params->heating;
  double keep = willis_catheter_set_fraction (search->catheter, heating) * willis_catheter_retention (search->catheter, heating);

  for (guint i = 0; i < list->len && room > 0; i++)
    {
      const WillisShape *s = &g_array_index (list, WillisShapeProposal, i).shape;
      WillisShape made = { .shaped = TRUE, .heating = *heating, .feed_mm = s->feed_mm };

      if (s->shaped)
        continue;
      willis_tip_form_curve (s->form, s->form_roll, &made.mandrel);
      if (made.mandrel.n_bends != n && (made.mandrel.n_bends != n - 1 || n == 1))
        continue;
      for (int b = 0; b < made.mandrel.n_bends; b++)
        {
          made.mandrel.bends[b].angle = MIN (made.mandrel.bends[b].angle / fmax (keep, 0.05), WILLIS_MANDREL_MOST_ANGLE);
          made.mandrel.bends[b].radius_mm = WILLIS_MANDREL_RADIUS_MM;
        }
      willis_mandrel_mend (&made.mandrel);
      if (made.mandrel.n_bends == n)
        *out = made;
      else
        _willis_design_bend_more (&made, out);
      out++;
      room--;
    }
}

/* How widely is looked for: starts about the path or from anywhere, how many are seated, how many of them are improved a little, of these how many as far as it
 * goes, of these how many with short elements (at most MOST_LAST). */
typedef struct
{
  gboolean anywhere;
  int count, some, few, last;
} Width;

#define MOST_LAST 8
/* the widest drops nothing early: what lies best after a few rounds is not what ends best */
static const Width one_bend = { FALSE, 24, 8, 4, 3 }, more_bends = { FALSE, 64, 8, 4, 3 },
                   widest = { TRUE, 256, 12, 12, 8 };

/* Shapes of n bends on a tip as sold: many starts seated once, some improved a little, the best of these as far as it
 * goes, the best three with short elements. The best one is kept in list; *best, if it has bends, is where fewer bends
 * led to, and becomes it. */
static gboolean
try_bends (Search *search, WillisTipForm form, int n, const Width *width, GArray *list, const WillisProgress *progress,
           WillisShape *best, WillisSeat *found, GError **error)
{
  double effort = CLAMP (search->params->effort, 0.0, 1.0);
  int count = MAX ((int) lrint (effort * width->count), 4), some = CLAMP ((int) lrint (effort * width->some), 1, count);
  int few = MIN (width->few, some), last = MIN (width->last, some), pick = 0;
  const WillisShape *polished[MOST_LAST];
  const WillisSeat *rest[MOST_LAST];
  gboolean snapping[MOST_LAST];
  g_autofree WillisShape *starts = g_new0 (WillisShape, count);
  g_autofree const WillisShape **pointers = g_new (const WillisShape *, count);
  g_autofree WillisSeat *seats = g_new0 (WillisSeat, count);
  g_autofree int *order = g_new0 (int, count);

  for (int i = 0; i < count; i++)
    if (width->anywhere)
      _willis_design_anywhere (search->params, n, i + 1, &starts[i]);
    else
      _willis_design_start (search->site, search->catheter, search->params, n, i, &starts[i]);
  if (best->mandrel.n_bends == n - 1 && n > 1)
    _willis_design_bend_more (best, &starts[1]);
  if (form == WILLIS_TIP_STRAIGHT && !width->anywhere)
    start_from_forms (search, list, n, starts + 2, count - 2);
  for (int i = 0; i < count; i++)
    {
      starts[i].form = form;
      starts[i].form_roll = starts[i].mandrel.bends[0].roll;
      pointers[i] = &starts[i];
    }
  search->seat.quick = TRUE;
  willis_shaping_seat_many (search->site, search->catheter, pointers, NULL, count, &search->seat, seats);
  search->seatings += count;
  sort_seats (seats, count, order);
  if ((few < some && !improve_first (search, FIRST_ROUNDS, starts, seats, order, some, count, progress, 0.2, error))
      || !improve_first (search, ROUNDS, starts, seats, order, few, count, progress, 0.4, error)
      || !improve_first (search, 0, starts, seats, order, last, count, progress, 0.7, error))
    return FALSE;
  /* the best that does not stand at a snap */
  for (int i = 0; i < last; i++)
    {
      polished[i] = &starts[order[i]];
      rest[i] = &seats[order[i]];
    }
  find_snapping (search->site, search->catheter, search->params, polished, rest, last, snapping);
  while (pick + 1 < last && snapping[pick])
    pick++;
  pick = snapping[pick] ? 0 : pick;
  *best = *polished[pick];
  *found = *rest[pick];
  if (isfinite (found->error_mm) && !simpler_does (list, best, found))
    keep_better (list, best, found);
  return TRUE;
}

/* Tips as sold, unheated: of each the best of four rolls, then feed and roll together. */
typedef struct
{
  const Search *search;
  int n, seatings[WILLIS_N_TIPS];
  WillisTipForm forms[WILLIS_N_TIPS];
  WillisShape shapes[WILLIS_N_TIPS];
  WillisSeat seats[WILLIS_N_TIPS];
} Forms;

static void
form_range (gsize lo, gsize hi, gpointer context)
{
  Forms *f = context;

  for (gsize k = lo; k < hi; k++)
    {
      Search own = *f->search;
      WillisShape turned[4];
      const WillisShape *list[4];
      WillisSeat seats[4];
      int best = 0, n = f->forms[k] == WILLIS_TIP_STRAIGHT ? 1 : 4;

      own.seatings = n;
      for (int i = 0; i < n; i++)
        {
          turned[i] = (WillisShape){ .form = f->forms[k], .form_roll = 0.5 * G_PI * i };
          turned[i].heating = (WillisHeating){ WILLIS_HEAT_NONE, 0.0, own.params->heating.wire_passes };
          list[i] = &turned[i];
        }
      own.seat.quick = TRUE;
      willis_shaping_seat_many (own.site, own.catheter, list, NULL, n, &own.seat, seats);
      for (int i = 1; i < n; i++)
        if (_willis_design_miss (&seats[i]) < _willis_design_miss (&seats[best]))
          best = i;
      own.base = turned[best];
      _willis_design_improve (&own, 3, &f->shapes[k], &f->seats[k]);
      f->seatings[k] = own.seatings;
    }
}

static gboolean
try_forms (Search *search, GArray *list, const WillisProgress *progress, GError **error)
{
  Forms f = { .search = search };

  for (int form = 0; form < WILLIS_N_TIPS; form++)
    if (search->catheter->tip_forms & (1u << form))
      f.forms[f.n++] = form;
  if (!willis_progress_step (progress, 0.0, error))
    return FALSE;
  willis_parallel_for ((gsize) f.n, 1, form_range, &f);
  for (int i = 0; i < f.n; i++)
    {
      search->seatings += f.seatings[i];
      keep_better (list, &f.shapes[i], &f.seats[i]);
    }
  return willis_progress_step (progress, 1.0, error);
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

WillisDesignParams
willis_design_params_follow (const WillisShape *start, gboolean let_go)
{
  WillisDesignParams params = WILLIS_DESIGN_PARAMS_INIT;

  params.coarse = TRUE;
  params.n_proposals = 1;
  params.start = start;
  params.rounds = let_go ? 8 : 2;
  return params;
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

      s->rank = -0.03 * _willis_design_miss (&s->seat) - (s->reached ? 0.0 : 0.15);
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

/* The least bent shapes may rank first and miss: the best of those that reach the target is always among the first n, so that what
 * is said to be reachable is shown. */
static void
show_one_that_reaches (GArray *list, guint n)
{
  for (guint i = 0; i < list->len; i++)
    {
      WillisShapeProposal p = g_array_index (list, WillisShapeProposal, i);

      if (!p.reached)
        continue;
      if (i >= n)
        {
          g_array_remove_index (list, i);
          g_array_insert_val (list, n - 1, p);
        }
      return;
    }
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
      out->reachable = out->reachable || full.reached;
      g_array_append_val (out->proposals, full);
    }
  return TRUE;
}

static gboolean
any_reached (const GArray *list)
{
  for (guint i = 0; i < list->len; i++)
    if (g_array_index (list, WillisShapeProposal, i).reached)
      return TRUE;
  return FALSE;
}

/* Bought tips, then mandrels of one bend, of two, of three; where none of them does, mandrels in the most bent tip that
 * is sold: what it keeps of its own bend adds to the mandrel's; last, mandrels of three bends from everywhere, before the target is
 * said to be out of reach. */
static gboolean
search_all (Search *search, GArray *list, const WillisProgress *progress, GError **error)
{
  WillisSeat seat = { .error_mm = INFINITY };
  WillisShape best = { 0 };
  WillisProgress forms = willis_progress_part (progress, 0.0, 0.1, NULL),
                 last = willis_progress_part (progress, 0.7, 1.0, NULL),
                 widely = willis_progress_part (progress, 0.85, 1.0, NULL);

  if (!try_forms (search, list, &forms, error))
    return FALSE;
  for (int n = 1; n <= WILLIS_MANDREL_BENDS; n++)
    {
      WillisProgress one = willis_progress_part (progress, 0.2 * n - 0.1, 0.2 * n + 0.1, NULL);

      /* another bend only where fewer do not reach */
      if (well_reached (&seat))
        break;
      if (!try_bends (search, WILLIS_TIP_STRAIGHT, n, n == 1 ? &one_bend : &more_bends, list, &one, &best, &seat, error))
        return FALSE;
    }
  for (guint i = 0; i < G_N_ELEMENTS (most_bent) && !any_reached (list); i++)
    {
      WillisProgress one = willis_progress_part (&last, 0.25 * i, 0.25 * (i + 1), NULL);

      if (!(search->catheter->tip_forms & (1u << most_bent[i])))
        continue;
      memset (&best, 0, sizeof best);
      if (!try_bends (search, most_bent[i], 2, &more_bends, list, &one, &best, &seat, error))
        return FALSE;
    }
  memset (&best, 0, sizeof best);
  return any_reached (list)
         || try_bends (search, WILLIS_TIP_STRAIGHT, WILLIS_MANDREL_BENDS, &widest, list, &widely, &best, &seat, error);
}

gboolean
willis_shaping_design (const WillisShapingSite *site, const WillisCatheter *catheter, const WillisDesignParams *params,
                       const WillisProgress *progress, WillisDesign *out, GError **error)
{
  g_autoptr (GArray) list = g_array_new (FALSE, TRUE, sizeof (WillisShapeProposal));
  Search search = { .site = site,
                    .catheter = catheter,
                    .params = params,
                    .seat = params->seat,
                    .cancellable = progress != NULL ? progress->cancellable : NULL };
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
      fine = willis_progress_step (&part, 0.0, error);
      if (fine)
        _willis_design_improve (&search, params->rounds, &shape, &seat);
      fine = fine && willis_progress_step (&part, 1.0, error);
      if (fine)
        keep_better (list, &shape, &seat);
    }
  else
    fine = search_all (&search, list, &part, error);
  out->seatings = search.seatings;
  if (fine && !params->coarse && list->len > 1)
    drop_snapping (site, catheter, params, list);
  if (!fine || !rank (site, catheter, params, list, &ranking, error))
    return FALSE;
  if (list->len == 0)
    return willis_fail (error, WILLIS_ERROR_FAILED, _ ("No shape of the catheter comes to rest in this lumen"));
  show_one_that_reaches (list, (guint) MAX (1, params->n_proposals));
  out->nearest_mm = INFINITY;
  for (guint i = 0; i < list->len; i++)
    {
      const WillisShapeProposal *p = &g_array_index (list, WillisShapeProposal, i);

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
