/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inverse over sites of phantoms and patients: what is proposed, seated anew on a finer mesh, how far its tip lies
 * from the target, how many bends, how long it took, and whether the stated probabilities come true over draws that
 * were not used.
 * usage: [HARD=N] shapes [FIRST [COUNT [STRIDE [FRESH DRAWS]]]]   the table, then one line a figure; with HARD, N random
 * mandrels more where the target was not reached
 * usage: shapes rules [FIRST [COUNT]]   what is found at the sites that clinical notes have a rule for
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/num/rng.h"
#include "solver/shaping/design.h"
#include "tests/sweep/shape-cases.h"

#define MOST_CASES 256
#define FRESH_SEED 424242
#define STATED_DRAWS 64

typedef struct
{
  int n, reachable, two_bends_or_less, bends_sum;
  double error[MOST_CASES], angle[MOST_CASES], refined[MOST_CASES], seconds[MOST_CASES], forward[MOST_CASES];
  double drag[MOST_CASES], settle[MOST_CASES], dragged_mm[MOST_CASES]; // s while and after the target is moved; how near then
  int n_dragged;
  int bends[WILLIS_MANDREL_BENDS + 1]; // of the shape that reaches the target best
  int n_draws, in_region, stated_n;
  double stated, came_true;
  /* of zones of many sizes about the target: what was stated in this tenth, what came true over draws that were not
   * used */
  double bin_stated[10], bin_true[10];
  int bin_n[10];
} Table;

static int
compare (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static double
quantile (double *x, int n, double q)
{
  if (n == 0)
    return NAN;
  qsort (x, (size_t) n, sizeof *x, compare);
  return x[CLAMP ((int) ceil (q * n) - 1, 0, n - 1)];
}

/* Part of n tips, of which n_there came to rest, that lie in the sac and within radius of the target; as a cloud states it. */
static double
part_within (const ShapeCase *c, double (*tips)[3], int n_there, int n, double radius)
{
  int inside = 0;

  for (int i = 0; i < n_there; i++)
    inside += willis_shaping_site_depth (c->site, tips[i]) > 0.0 && vec3_dist (tips[i], c->site->target) <= radius;
  return (inside + 0.5) / (n + 1.0);
}

/* The first proposal's cloud as the program shows it, held against random draws of this case's own: how often the tip is in the zone,
 * and in the 80 % region. */
static void
calibrate (const ShapeCase *c, int number, const WillisCatheter *catheter, WillisShapeProposal *p,
           const WillisDesignParams *params, int n, Table *t)
{
  g_autofree const WillisShape **shapes = g_new (const WillisShape *, MAX (n, 1));
  g_autofree WillisShapingWorld *worlds = g_new (WillisShapingWorld, MAX (n, 1));
  g_autofree WillisSeat *seats = g_new0 (WillisSeat, MAX (n, 1));
  g_autofree double(*tips)[3] = g_malloc (sizeof *tips * (gsize) MAX (n, 1));
  WillisShapingCloud *cloud = &p->cloud;
  int inside = 0, there = 0;
  double came_true;

  willis_shaping_cloud_clear (cloud);
  if (n == 0
      || !willis_shaping_cloud (c->site, catheter, &p->shape, &params->spread, params->seed, STATED_DRAWS, &params->seat,
                                NULL, cloud, NULL))
    return;
  for (int i = 0; i < n; i++)
    {
      shapes[i] = &p->shape;
      willis_shaping_draw (catheter, &params->spread, FRESH_SEED + (guint64) number, i, 0, &worlds[i]);
    }
  willis_shaping_seat_many (c->site, catheter, shapes, worlds, n, &params->seat, seats);
  for (int i = 0; i < n; i++)
    if (isfinite (seats[i].error_mm))
      {
        inside += vec3_dist (seats[i].tip, cloud->mean) <= cloud->region_mm;
        vec3_copy (tips[there++], seats[i].tip);
      }
  came_true = part_within (c, tips, there, n, WILLIS_TARGET_ZONE_MM);
  t->n_draws += n;
  t->in_region += inside;
  t->stated += cloud->in_zone;
  t->came_true += came_true;
  t->stated_n++;
  for (double radius = 0.25; radius < 4.1; radius += 0.25)
    {
      double stated = part_within (c, cloud->tips, cloud->n - cloud->n_failed, cloud->n, radius);
      int bin = CLAMP ((int) (10.0 * stated), 0, 9);

      t->bin_n[bin]++;
      t->bin_stated[bin] += stated;
      t->bin_true[bin] += part_within (c, tips, there, n, radius);
    }
  printf ("    %d fresh draws: in zone %.3f (stated %.3f +- %.2f), in the 80 %% region %.3f, failed %d\n", n, came_true,
          cloud->in_zone, cloud->in_zone_sd, (double) inside / n, n - there);
}

/* A hard look where the search found nothing: mandrels of three bends from everywhere, the best of them improved. What it
 * finds beyond the search says how far that can be trusted. */
static void
hard_look (const ShapeCase *c, const WillisCatheter *catheter, int n)
{
  enum
  {
    KEPT = 12
  };
  g_autofree WillisShape *shapes = g_new0 (WillisShape, n);
  g_autofree const WillisShape **list = g_new (const WillisShape *, n);
  g_autofree WillisSeat *seats = g_new0 (WillisSeat, n);
  WillisDesignParams params = WILLIS_DESIGN_PARAMS_INIT;
  double best_mm = INFINITY, best_deg = INFINITY, best = INFINITY;
  WillisShape shape = { 0 };

  for (int i = 0; i < n; i++)
    {
      double at = 2.0;
      WillisRng rng;

      willis_rng_init (&rng, FRESH_SEED, (guint64) i);
      shapes[i]
          = (WillisShape){ .heating = params.heating, .shaped = TRUE, .feed_mm = -1.0 + 5.0 * willis_rng_uniform (&rng) };
      shapes[i].mandrel.n_bends = WILLIS_MANDREL_BENDS;
      for (int b = 0; b < WILLIS_MANDREL_BENDS; b++)
        {
          WillisMandrelBend *bend = &shapes[i].mandrel.bends[b];

          at += 1.0 + 9.0 * willis_rng_uniform (&rng);
          bend->from_tip_mm = at;
          bend->angle = WILLIS_MANDREL_MOST_ANGLE * willis_rng_uniform (&rng);
          bend->roll = 2.0 * G_PI * willis_rng_uniform (&rng);
          bend->radius_mm = WILLIS_MANDREL_RADIUS_MM;
        }
      willis_mandrel_mend (&shapes[i].mandrel);
      list[i] = &shapes[i];
    }
  params.seat.quick = TRUE;
  willis_shaping_seat_many (c->site, catheter, list, NULL, n, &params.seat, seats);
  params.seat.quick = FALSE;
  params.coarse = TRUE;
  params.rounds = 10;
  params.n_proposals = 1;
  for (int k = 0; k < KEPT; k++)
    {
      WillisDesign design;
      int pick = -1;
      double least = INFINITY;

      for (int i = 0; i < n; i++)
        {
          double miss = fmax (seats[i].error_mm / WILLIS_REACHED_MM, seats[i].angle / WILLIS_REACHED_ANGLE);

          if (isfinite (seats[i].error_mm) && miss < least)
            {
              least = miss;
              pick = i;
            }
        }
      if (pick < 0)
        break;
      seats[pick].error_mm = INFINITY; // not again
      params.start = &shapes[pick];
      if (!willis_shaping_design (c->site, catheter, &params, NULL, &design, NULL))
        continue;
      for (guint i = 0; i < design.proposals->len; i++)
        {
          const WillisSeat *s = &g_array_index (design.proposals, WillisShapeProposal, i).seat;
          double miss = fmax (s->error_mm / WILLIS_REACHED_MM, s->angle / WILLIS_REACHED_ANGLE);

          if (miss < best)
            {
              best = miss;
              best_mm = s->error_mm;
              best_deg = s->angle * 180.0 / G_PI;
              shape = g_array_index (design.proposals, WillisShapeProposal, i).shape;
            }
        }
      willis_design_clear (&design);
    }
  printf ("    %d mandrels from everywhere, the best %d improved: %.2f mm, %.0f deg: %s\n", n, KEPT, best_mm, best_deg,
          best <= 1.0 ? "the search had missed it" : "not reached either");
  for (int b = 0; b < shape.mandrel.n_bends; b++)
    printf ("    its bend %d: %.1f mm from the tip, %.0f deg, roll %.0f deg, feed %.1f mm\n", b + 1,
            shape.mandrel.bends[b].from_tip_mm, shape.mandrel.bends[b].angle * 180.0 / G_PI,
            shape.mandrel.bends[b].roll * 180.0 / G_PI, shape.feed_mm);
}

/* The target moved by half a millimetre aside: how long the shape at hand takes to follow, as the window asks for it while
 * the ring is held and once it is let go. */
static void
drag (const ShapeCase *c, const WillisCatheter *catheter, const WillisShapeProposal *p, Table *t)
{
  double *const seconds[] = { &t->drag[t->n_dragged], &t->settle[t->n_dragged] };
  double u[3], v[3], target[3];
  WillisShapingSite *moved;

  vec3_basis (c->site->direction, u, v);
  vec3_axpy (target, c->site->target, 0.5, u);
  moved = willis_shaping_site_retarget (c->site, target, NULL, NULL);
  if (moved == NULL)
    return;
  for (int k = 0; k < 2; k++)
    {
      WillisDesignParams params = willis_design_params_follow (&p->shape, k == 1);
      gint64 start = g_get_monotonic_time ();
      WillisDesign design;

      if (!willis_shaping_design (moved, catheter, &params, NULL, &design, NULL))
        break;
      *seconds[k] = (g_get_monotonic_time () - start) * 1e-6;
      if (k == 1)
        {
          t->dragged_mm[t->n_dragged++] = design.nearest_mm;
          printf ("    target moved 0.5 mm: %.2f s, let go %.2f s, then %.2f mm from it\n", *seconds[0], *seconds[1], design.nearest_mm);
        }
      willis_design_clear (&design);
    }
  willis_shaping_site_free (moved);
}

static void
one_case (const ShapeCase *c, int number, const WillisCatheter *catheter, int n_fresh, Table *t)
{
  WillisDesignParams params = WILLIS_DESIGN_PARAMS_INIT;
  WillisSeatParams fine = WILLIS_SEAT_PARAMS_INIT;
  WillisDesign design;
  gint64 start = g_get_monotonic_time (), end;
  GError *error = NULL;
  WillisShapeProposal *p;
  WillisSeat again;

  /* the table of distances: small clouds; the one that is held against fresh draws is made of its own */
  params.n_rank = 12;
  params.n_cloud = 16;
  if (!willis_shaping_design (c->site, catheter, &params, NULL, &design, &error))
    {
      printf ("%-11s %-15s %s\n", c->name, c->place, error->message);
      g_clear_error (&error);
      return;
    }
  end = g_get_monotonic_time ();
  p = &g_array_index (design.proposals, WillisShapeProposal, 0);
  /* seated anew, on elements half as long and with half the steps */
  fine.element_mm *= 0.5;
  fine.step_mm *= 0.5;
  if (!willis_shaping_seat (c->site, catheter, &p->shape, NULL, &fine, FALSE, FALSE, &again, NULL))
    again.error_mm = INFINITY;
  printf ("%-11s %-15s depth %4.1f %-11s", c->name, c->place, c->site->depth_mm,
          design.reachable ? "reachable" : "unreachable");
  for (guint i = 0; i < design.proposals->len; i++)
    {
      const WillisShapeProposal *q = &g_array_index (design.proposals, WillisShapeProposal, i);

      printf (" | %s%d %.2f mm %2.0f deg P %.2f", q->shape.shaped ? "b" : willis_tip_form_name (q->shape.form),
              q->shape.mandrel.n_bends, q->seat.error_mm, q->seat.angle * 180.0 / G_PI, q->cloud.in_zone);
    }
  if (!design.reachable)
    printf (" | nearest %.2f mm", design.nearest_mm);
  printf (" | %.1f s, %d seatings; finer mesh %.2f mm\n", (end - start) * 1e-6, design.seatings,
          isfinite (again.error_mm) ? vec3_dist (again.tip, p->seat.tip) : INFINITY);
  for (int b = 0; b < p->shape.mandrel.n_bends && p->shape.shaped; b++)
    printf ("    bend %d: %.1f mm from the tip, %.0f deg, roll %.0f deg\n", b + 1,
            p->shape.mandrel.bends[b].from_tip_mm, p->shape.mandrel.bends[b].angle * 180.0 / G_PI,
            p->shape.mandrel.bends[b].roll * 180.0 / G_PI);
  t->seconds[t->n] = (end - start) * 1e-6;
  t->n++;
  if (design.reachable)
    {
      /* the shape that reaches it best among those proposed */
      const WillisShapeProposal *best = p;

      for (guint i = 1; i < design.proposals->len; i++)
        {
          const WillisShapeProposal *q = &g_array_index (design.proposals, WillisShapeProposal, i);

          if (q->reached && (!best->reached || q->seat.error_mm < best->seat.error_mm))
            best = q;
        }
      t->error[t->reachable] = best->seat.error_mm;
      t->angle[t->reachable] = best->seat.angle * 180.0 / G_PI;
      t->refined[t->reachable] = isfinite (again.error_mm) ? vec3_dist (again.tip, p->seat.tip) : INFINITY;
      t->reachable++;
      t->two_bends_or_less += best->shape.mandrel.n_bends <= 2;
      t->bends[best->shape.shaped ? best->shape.mandrel.n_bends : 0]++;
    }
  drag (c, catheter, p, t);
  if (!design.reachable && g_getenv ("HARD") != NULL)
    hard_look (c, catheter, (int) g_ascii_strtoll (g_getenv ("HARD"), NULL, 10));
  calibrate (c, number, catheter, p, &params, n_fresh, t);
  willis_seat_clear (&again);
  willis_design_clear (&design);
  fflush (stdout);
}

/* What a surgeon would call the shape that stays. */
static void
say_kind (const WillisShape *shape, double keep)
{
  const WillisMandrel *m = &shape->mandrel;
  double first = keep * m->bends[0].angle * 180.0 / G_PI, turned;

  if (!shape->shaped)
    {
      printf ("%s as sold", willis_tip_form_name (shape->form));
      return;
    }
  turned = m->n_bends > 1 ? fabs (remainder (m->bends[1].roll - m->bends[0].roll, 2.0 * G_PI)) * 180.0 / G_PI : 0.0;
  if (m->n_bends < 2)
    printf ("%s", first < 20.0 ? "nearly straight" : first < 65.0 ? "45" : first < 110.0 ? "90" : "J");
  else
    printf ("%s", turned < 60.0 ? "C or pigtail" : turned > 120.0 ? "S" : "two planes");
  printf (" (%s kept:", shape->form == WILLIS_TIP_STRAIGHT ? "mandrel," : willis_tip_form_name (shape->form));
  for (int b = 0; b < m->n_bends; b++)
    printf (" %.0f of %.0f deg at %.0f mm%s", keep * m->bends[b].angle * 180.0 / G_PI, m->bends[b].angle * 180.0 / G_PI,
            m->bends[b].from_tip_mm, b + 1 < m->n_bends ? "," : "");
  printf (")");
}

static void
compare_rules (const WillisCatheter *catheter, int first, int count)
{
  for (int i = first; i < MIN (shape_rules_n (), first + count); i++)
    {
      WillisDesignParams params = WILLIS_DESIGN_PARAMS_INIT;
      double keep = willis_catheter_set_fraction (catheter, &params.heating) * willis_catheter_retention (catheter, &params.heating);
      WillisDesign design;
      ShapeCase c;

      params.n_cloud = 24;
      if (!shape_rule_load (i, 0.5 * catheter->outer_mm, 0.25, &c))
        continue;
      if (willis_shaping_design (c.site, catheter, &params, NULL, &design, NULL))
        {
          printf ("%s | rule: %s | %s\n", c.place, shape_rule (i), design.reachable ? "reached" : "not reached");
          for (guint k = 0; k < design.proposals->len; k++)
            {
              const WillisShapeProposal *p = &g_array_index (design.proposals, WillisShapeProposal, k);

              printf ("    %.2f mm %2.0f deg P %.2f: ", p->seat.error_mm, p->seat.angle * 180.0 / G_PI, p->cloud.in_zone);
              say_kind (&p->shape, keep);
              printf ("\n");
            }
          willis_design_clear (&design);
        }
      fflush (stdout);
      willis_shaping_site_free (c.site);
    }
}

static int
argument (int argc, char **argv, int n, int fallback)
{
  return argc > n ? (int) g_ascii_strtoll (argv[n], NULL, 10) : fallback;
}

int
main (int argc, char **argv)
{
  int first = argument (argc, argv, 1, 0), count = argument (argc, argv, 2, 1000), stride = argument (argc, argv, 3, 1);
  int fresh = argument (argc, argv, 4, 0);
  g_autoptr (WillisCatalogue) catalogue = willis_catalogue_load (FALSE, NULL);
  g_autofree Table *t = g_new0 (Table, 1);
  WillisCatheter catheter;

  if (!willis_catheter_init (&catheter, willis_catalogue_find (catalogue, "echelon-10"), NULL))
    return 1;
  if (argc > 1 && strcmp (argv[1], "rules") == 0)
    {
      compare_rules (&catheter, argument (argc, argv, 2, 0), argument (argc, argv, 3, 1000));
      return 0;
    }
  for (int i = first, k = 0; k < count && i < shape_cases_n () && t->n < MOST_CASES; i += stride, k++)
    {
      ShapeCase c;

      if (!shape_case_load (i, 0.5 * catheter.outer_mm, 0.25, &c))
        continue;
      one_case (&c, i, &catheter, fresh, t);
      willis_shaping_site_free (c.site);
    }
  printf ("cases %d, reachable %d\n", t->n, t->reachable);
  if (t->reachable > 0)
    {
      int n = t->reachable;

      printf ("distance from the target: median %.2f mm, 95 %% within %.2f mm\n", quantile (t->error, n, 0.5),
              quantile (t->error, n, 0.95));
      printf ("direction: median %.1f, 95 %% within %.1f degrees\n", quantile (t->angle, n, 0.5),
              quantile (t->angle, n, 0.95));
      printf ("two bends or fewer: %d of %d; with 0, 1, 2, 3 bends: %d %d %d %d\n", t->two_bends_or_less, n,
              t->bends[0], t->bends[1], t->bends[2], t->bends[3]);
      printf ("finer mesh and steps move the tip: median %.3f mm, 95 %% within %.3f mm\n",
              quantile (t->refined, n, 0.5), quantile (t->refined, n, 0.95));
    }
  printf ("time: median %.1f s, longest %.1f s\n", quantile (t->seconds, t->n, 0.5), quantile (t->seconds, t->n, 1.0));
  if (t->n_dragged > 0)
    printf ("target dragged by 0.5 mm: answer in %.2f s in the median, %.2f s at most; let go %.2f and %.2f s, then %.2f mm from it\n",
            quantile (t->drag, t->n_dragged, 0.5), quantile (t->drag, t->n_dragged, 1.0),
            quantile (t->settle, t->n_dragged, 0.5), quantile (t->settle, t->n_dragged, 1.0),
            quantile (t->dragged_mm, t->n_dragged, 0.5));
  if (t->n_draws > 0)
    {
      printf ("%d fresh draws: %.3f in the 80 %% region; in zone stated %.3f, came true %.3f\n", t->n_draws,
              (double) t->in_region / t->n_draws, t->stated / t->stated_n, t->came_true / t->stated_n);
      printf ("zones of 0.25 to 4 mm, by what was stated:\n");
      for (int b = 0; b < 10; b++)
        if (t->bin_n[b] > 0)
          printf ("  %3d to %3d %%: %.3f stated, %.3f came true (%d zones)\n", 10 * b, 10 * b + 10,
                  t->bin_stated[b] / t->bin_n[b], t->bin_true[b] / t->bin_n[b], t->bin_n[b]);
    }
  return 0;
}
