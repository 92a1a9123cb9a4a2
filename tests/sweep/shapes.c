/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inverse over sites of phantoms and patients: what is proposed, seated anew on a finer mesh, how far its tip lies from the
 * target, how many bends, how long it took, and whether the stated probabilities come true over draws that were not used.
 * usage: shapes [FIRST [COUNT [STRIDE [FRESH DRAWS]]]]   the table, then one line a figure
 */
#include <math.h>
#include <stdio.h>

#include "solver/shaping/design.h"
#include "tests/sweep/shape-cases.h"

#define MOST_CASES 256
#define FRESH_SEED 424242

typedef struct
{
  int n, reachable, two_bends_or_less, bends_sum;
  double error[MOST_CASES], angle[MOST_CASES], refined[MOST_CASES], seconds[MOST_CASES], forward[MOST_CASES];
  int n_draws, in_region, stated_n;
  double stated, came_true, stated_80, came_80;
  int n_80;
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

/* Fresh draws of the first proposal: how often the tip is in the zone, and in the 80 % region. */
static void
calibrate (const ShapeCase *c, const WillisCatheter *catheter, const WillisShapeProposal *p, const WillisDesignParams *params,
           int n, Table *t)
{
  WillisShapingCloud fresh;
  int inside = 0;

  if (n == 0
      || !willis_shaping_cloud (c->site, catheter, &p->shape, &params->spread, FRESH_SEED, n, &params->seat, NULL, &fresh, NULL))
    return;
  for (int i = 0; i < fresh.n - fresh.n_failed; i++)
    inside += vec3_dist (fresh.tips[i], p->cloud.mean) <= p->cloud.region_mm;
  t->n_draws += n;
  t->in_region += inside;
  t->stated += p->cloud.in_zone;
  t->came_true += fresh.in_zone;
  t->stated_n++;
  if (p->cloud.in_zone >= 0.7 && p->cloud.in_zone <= 0.9)
    {
      t->n_80++;
      t->stated_80 += p->cloud.in_zone;
      t->came_80 += fresh.in_zone;
    }
  printf ("    fresh draws: in zone %.2f (stated %.2f +- %.2f), in the 80 %% region %.2f, failed %d\n", fresh.in_zone,
          p->cloud.in_zone, p->cloud.in_zone_sd, (double) inside / n, fresh.n_failed);
  willis_shaping_cloud_clear (&fresh);
}

static void
one_case (const ShapeCase *c, const WillisCatheter *catheter, int n_fresh, Table *t)
{
  WillisDesignParams params = WILLIS_DESIGN_PARAMS_INIT;
  WillisSeatParams fine = WILLIS_SEAT_PARAMS_INIT;
  WillisDesign design;
  gint64 start = g_get_monotonic_time (), end;
  GError *error = NULL;
  const WillisShapeProposal *p;
  WillisSeat again;

  if (n_fresh == 0)
    {
      /* the table of distances alone: small clouds */
      params.n_rank = 12;
      params.n_cloud = 16;
    }
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
  printf ("%-11s %-15s depth %4.1f %-11s", c->name, c->place, c->site->depth_mm, design.reachable ? "reachable" : "unreachable");
  for (guint i = 0; i < design.proposals->len; i++)
    {
      const WillisShapeProposal *q = &g_array_index (design.proposals, WillisShapeProposal, i);

      printf (" | %s%d %.2f mm %2.0f deg P %.2f", q->shape.shaped ? "b" : willis_tip_form_name (q->shape.form),
              q->shape.mandrel.n_bends, q->seat.error_mm, q->seat.angle * 180.0 / G_PI, q->cloud.in_zone);
    }
  printf (" | %.1f s, %d seatings; finer mesh %.2f mm\n", (end - start) * 1e-6, design.seatings,
          isfinite (again.error_mm) ? vec3_dist (again.tip, p->seat.tip) : INFINITY);
  for (int b = 0; b < p->shape.mandrel.n_bends && p->shape.shaped; b++)
    printf ("    bend %d: %.1f mm from the tip, %.0f deg, roll %.0f deg\n", b + 1, p->shape.mandrel.bends[b].from_tip_mm,
            p->shape.mandrel.bends[b].angle * 180.0 / G_PI, p->shape.mandrel.bends[b].roll * 180.0 / G_PI);
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
    }
  calibrate (c, catheter, p, &params, n_fresh, t);
  willis_seat_clear (&again);
  willis_design_clear (&design);
  fflush (stdout);
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
  for (int i = first, k = 0; k < count && i < shape_cases_n () && t->n < MOST_CASES; i += stride, k++)
    {
      ShapeCase c;

      if (!shape_case_load (i, 0.5 * catheter.outer_mm, 0.25, &c))
        continue;
      one_case (&c, &catheter, fresh, t);
      willis_shaping_site_free (c.site);
    }
  printf ("cases %d, reachable %d\n", t->n, t->reachable);
  if (t->reachable > 0)
    {
      int n = t->reachable;

      printf ("distance from the target: median %.2f mm, 95 %% within %.2f mm\n", quantile (t->error, n, 0.5),
              quantile (t->error, n, 0.95));
      printf ("direction: median %.1f, 95 %% within %.1f degrees\n", quantile (t->angle, n, 0.5), quantile (t->angle, n, 0.95));
      printf ("two bends or fewer: %d of %d\n", t->two_bends_or_less, n);
      printf ("finer mesh and steps move the tip: median %.3f mm, 95 %% within %.3f mm\n", quantile (t->refined, n, 0.5),
              quantile (t->refined, n, 0.95));
    }
  printf ("time: median %.1f s, longest %.1f s\n", quantile (t->seconds, t->n, 0.5), quantile (t->seconds, t->n, 1.0));
  if (t->n_draws > 0)
    printf ("%d fresh draws: %.3f in the 80 %% region; in zone stated %.3f, came true %.3f; where 70 to 90 %% was stated (%d cases): "
            "%.3f stated, %.3f came true\n",
            t->n_draws, (double) t->in_region / t->n_draws, t->stated / t->stated_n, t->came_true / t->stated_n, t->n_80,
            t->stated_80 / MAX (t->n_80, 1), t->came_80 / MAX (t->n_80, 1));
  return 0;
}
