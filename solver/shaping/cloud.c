/* SPDX-License-Identifier: Apache-2.0 */
#include "solver/shaping/cloud.h"

#include <math.h>
#include <string.h>

#include "core/base/parallel.h"
#include "core/num/rng.h"

#define REGION 0.8
#define N_UNKNOWN 6    // of a draw
#define SHUFFLES 1000 // streams of a seed that shuffle come before those that draw
#define BATCH 8 // between two looks at the progress

typedef struct
{
  const WillisShapingSite *site;
  const WillisCatheter *catheter;
  const WillisShape *const *shapes;
  const WillisShapingWorld *worlds;
  const WillisSeatParams *params;
  WillisSeat *out;
} Many;

static void
seat_range (gsize lo, gsize hi, gpointer context)
{
  const Many *m = context;

  for (gsize i = lo; i < hi; i++)
    {
      if (!willis_shaping_seat (m->site, m->catheter, m->shapes[i], m->worlds != NULL ? &m->worlds[i] : NULL, m->params, FALSE,
                                FALSE, &m->out[i], NULL))
        {
          memset (&m->out[i], 0, sizeof m->out[i]);
          m->out[i].error_mm = INFINITY;
          m->out[i].angle = G_PI;
        }
      g_clear_pointer (&m->out[i].frames, g_free);
    }
}

void
willis_shaping_seat_many (const WillisShapingSite *site, const WillisCatheter *catheter, const WillisShape *const *shapes,
                          const WillisShapingWorld *worlds, int n, const WillisSeatParams *params, WillisSeat *out)
{
  Many m = { site, catheter, shapes, worlds, params, out };

  willis_parallel_for ((gsize) n, 1, seat_range, &m);
}

/* The z that a standard normal stays below with probability u: Halley's steps on the distribution, from the logistic one. */
static double
normal_below (double u)
{
  double z = log (u / (1.0 - u)) / 1.702;

  for (int round = 0; round < 8; round++)
    {
      double e = (0.5 * erfc (-z * M_SQRT1_2) - u) * sqrt (2.0 * G_PI) * exp (0.5 * z * z);

      z -= e / (1.0 + 0.5 * z * e);
    }
  return z;
}

/* Where number i of n stands in a shuffled row (Fisher & Yates). */
static int
shuffled (guint64 seed, int row, int i, int n)
{
  g_autofree int *place = g_new (int, n);
  WillisRng rng;

  willis_rng_init (&rng, seed, (guint64) row);
  for (int k = 0; k < n; k++)
    {
      int j = (int) (willis_rng_uniform (&rng) * (k + 1));

      place[k] = place[j];
      place[j] = k;
    }
  return place[i];
}

void
willis_shaping_draw (const WillisCatheter *c, const WillisShapingSpread *spread, guint64 seed, int i, int of,
                     WillisShapingWorld *out)
{
  double z[N_UNKNOWN];
  WillisRng rng;

  willis_rng_init (&rng, seed, (guint64) i + (of > 0 ? SHUFFLES : 0));
  for (int k = 0; k < N_UNKNOWN; k++)
    z[k] = of > 0 ? normal_below (CLAMP ((shuffled (seed, k, i, of) + willis_rng_uniform (&rng)) / of, 1e-6, 1.0 - 1e-6))
                  : willis_rng_normal (&rng);
  out->set_fraction = CLAMP (c->set_fraction + c->set_fraction_sd * z[0], 0.05, 0.98);
  out->friction = c->friction * exp (spread->friction * z[1]);
  out->stiffness = exp (spread->stiffness * z[2]);
  out->feed_mm = spread->feed_mm * z[3];
  out->roll = spread->roll * z[4];
  out->surface_mm = CLAMP (spread->surface_mm * z[5], -0.5 * c->outer_mm, 0.4 * c->outer_mm);
}

void
willis_shaping_cloud_clear (WillisShapingCloud *cloud)
{
  g_free (cloud->tips);
  memset (cloud, 0, sizeof *cloud);
}

static int
compare (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static void
summarise (WillisShapingCloud *c, int zone, int sac, int dome)
{
  int n = c->n - c->n_failed;
  g_autofree double *far = g_new (double, MAX (n, 1));
  double square = 0.0;

  for (int i = 0; i < n; i++)
    vec3_axpy (c->mean, c->mean, 1.0 / n, c->tips[i]);
  for (int i = 0; i < n; i++)
    {
      for (int k = 0; k < 3; k++)
        c->sd[k] += (c->tips[i][k] - c->mean[k]) * (c->tips[i][k] - c->mean[k]) / MAX (n - 1, 1);
      far[i] = vec3_dist (c->tips[i], c->mean);
      square += far[i] * far[i];
    }
  for (int k = 0; k < 3; k++)
    c->sd[k] = sqrt (c->sd[k]);
  c->sd_mm = sqrt (square / (3.0 * MAX (n - 1, 1)));
  qsort (far, (gsize) n, sizeof (double), compare);
  /* so that a further draw lies within with this probability; a failed one lies outside */
  {
    int rank = (int) ceil (REGION * (c->n + 1));

    c->region_mm = rank <= n ? far[MAX (rank, 1) - 1] : INFINITY;
  }
  c->in_zone = (zone + 0.5) / (c->n + 1.0);
  c->in_zone_sd = sqrt (c->in_zone * (1.0 - c->in_zone) / (c->n + 2.0));
  c->in_sac = (sac + 0.5) / (c->n + 1.0);
  c->touches_dome = (dome + 0.5) / (c->n + 1.0);
}

gboolean
willis_shaping_cloud (const WillisShapingSite *site, const WillisCatheter *catheter, const WillisShape *shape,
                      const WillisShapingSpread *spread, guint64 seed, int n, const WillisSeatParams *params,
                      const WillisProgress *progress, WillisShapingCloud *out, GError **error)
{
  const WillisShape *shapes[BATCH];
  WillisShapingWorld worlds[BATCH];
  WillisSeat seats[BATCH];
  int zone = 0, sac = 0, dome = 0;

  memset (out, 0, sizeof *out);
  out->n = n;
  out->tips = g_malloc (sizeof *out->tips * (gsize) MAX (n, 1));
  for (int done = 0; done < n; done += BATCH)
    {
      int some = MIN (BATCH, n - done);

      if (!willis_progress_step (progress, (double) done / n, error))
        {
          willis_shaping_cloud_clear (out);
          return FALSE;
        }
      for (int i = 0; i < some; i++)
        {
          shapes[i] = shape;
          willis_shaping_draw (catheter, spread, seed, done + i, n, &worlds[i]);
        }
      willis_shaping_seat_many (site, catheter, shapes, worlds, some, params, seats);
      for (int i = 0; i < some; i++)
        {
          if (!isfinite (seats[i].error_mm))
            {
              out->n_failed++;
              continue;
            }
          vec3_copy (out->tips[done + i - out->n_failed], seats[i].tip);
          zone += seats[i].in_zone;
          sac += seats[i].depth_mm > 0.0;
          dome += seats[i].touches_dome;
        }
    }
  summarise (out, zone, sac, dome);
  return TRUE;
}
