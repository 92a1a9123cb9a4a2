/* SPDX-License-Identifier: Apache-2.0 */
#include "core/image/fast-marching.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/error.h"
#include "core/image/front-queue.h"
#include "core/num/vec3.h"

/* Radius about a start, in largest voxel edges, within which times are set directly where it changes little.
 */
#define START_REACH 3

/* Times of voxels that have none: those still to be reached have WILLIS_NOT_REACHED, those that were given a time that
 * no longer changes and takes its turn in the queue have GIVEN, walls and the border have WALL. */
#define GIVEN 2e30f
#define WALL 3e30f

/* Pops between two looks at the progress: about a tenth of a millisecond each thousand. */
#define POPS_PER_STEP 16384

/* Pops from the moment that the memory is asked for a voxel to when that comes up. */
#define FETCH_AHEAD 6

/* One of the six ways on from a voxel. */
typedef struct
{
  gssize step[3];      // cells along its own axis, towards where it goes, and along the two others
  double weight[3][2]; // of each of these axes in the upwind quadratic, of first and of second order, per mm^2
} Way;

/* Cells are the voxels and a border of walls about them, so that whether there is a neighbour need not be asked. */
typedef struct
{
  const WillisGrid *grid;
  const float *speed; // as given, borrowed
  gsize n_cells;
  float *time;      // [nz + 4][ny + 2][nx + 2]: what is two steps away is looked at, too
  float *slowness;  // the same; 1 / speed
  gssize stride[3]; // cells from one voxel to the next along each axis
  Way way[6];
  WillisFrontQueue queue;
} March;

static gboolean
is_wall (float speed)
{
  return !(speed > 0.0f) || !isfinite (speed);
}

/* One axis of the upwind quadratic: sum over axes of a (T - v)^2 = 1 / speed^2. Times are from the moment that the
 * front stands at, so that late ones lose no digits. */
typedef struct
{
  double a, v;
} Term;

/* Second order where the voxel behind has been reached, too, and not later. */
static inline Term
term_from (const double weight[2], float one, float two, float now)
{
  double v = (double) one - (double) now;

  return two <= one ? (Term){ weight[1], v + ((double) one - (double) two) / 3.0 } : (Term){ weight[0], v };
}

/* The term of an axis from the earlier neighbour; without weight where neither has been reached. */
static inline Term
upwind (const float *cell, gssize step, const double weight[2], float now)
{
  float before = cell[-step], after = cell[step], one = MIN (before, after);
  float two = after < before ? cell[2 * step] : cell[-2 * step];

  return one < WILLIS_NOT_REACHED ? term_from (weight, one, two, now) : (Term){ 0.0, 0.0 };
}

/* Solves the quadratic, dropping the latest term as long as it is not upwind of the solution. Rarely needed. */
static double
solve_upwind (Term terms[3], double slowness)
{
  for (int i = 1; i < 3; i++) // by v, earliest first
    for (int j = i; j > 0 && terms[j].v < terms[j - 1].v; j--)
      {
        Term swap = terms[j];

        terms[j] = terms[j - 1];
        terms[j - 1] = swap;
      }
  for (int n = 3; n > 0; n--)
    {
      double a = 0.0, b = 0.0, c = -slowness * slowness, disc, t;

      for (int i = 0; i < n; i++)
        {
          a += terms[i].a;
          b += terms[i].a * terms[i].v;
          c += terms[i].a * terms[i].v * terms[i].v;
        }
      disc = b * b - a * c;
      t = (b + sqrt (disc)) / a;
      if (disc >= 0.0 && a > 0.0 && t >= terms[n - 1].v)
        return t;
    }
  return INFINITY;
}

static inline double
solve (Term x, Term y, Term z, double slowness)
{
  double a = x.a + y.a + z.a, b = x.a * x.v + y.a * y.v + z.a * z.v;
  double c = x.a * x.v * x.v + y.a * y.v * y.v + z.a * z.v * z.v - slowness * slowness;
  double t = (b + sqrt (b * b - a * c)) / a; // not a number where there is no solution

  if (G_LIKELY (t >= MAX (x.v, MAX (y.v, z.v))))
    return t;
  return solve_upwind ((Term[3]){ x, y, z }, slowness);
}

/* The front goes on from a cell to those beside it, but not to one that it came to from its other side: that was
 * earlier, and nothing of it changes. */
static inline void
go_on (March *m, gsize cell, float now)
{
  for (int w = 0; w < 6; w++)
    {
      const Way *way = &m->way[w];
      const float *from = m->time + cell, *to = from + way->step[0];
      double t;

      if (*to != WILLIS_NOT_REACHED || to[way->step[0]] < WILLIS_NOT_REACHED)
        continue;
      t = (double) now
          + solve (term_from (way->weight[0], now, from[-way->step[0]], now),
                   upwind (to, way->step[1], way->weight[1], now), upwind (to, way->step[2], way->weight[2], now),
                   (double) m->slowness[to - m->time]);
      if (t < (double) WILLIS_NOT_REACHED)
        willis_front_queue_push (&m->queue, MAX ((float) t, now), (guint32) (to - m->time));
    }
}

static inline gsize
cell_at (const March *m, int i, int j, int k)
{
  return (gsize) ((i + 1) * m->stride[0] + (j + 1) * m->stride[1] + (k + 2) * m->stride[2]);
}

static inline float
speed_at (const March *m, int i, int j, int k)
{
  return m->speed[(gsize) i + (gsize) m->grid->dims[0] * ((gsize) j + (gsize) m->grid->dims[1] * (gsize) k)];
}

/* Of several times given, the earliest comes up first. */
static void
give_time (March *m, gsize cell, double time)
{
  m->time[cell] = GIVEN;
  willis_front_queue_push (&m->queue, (float) time, (guint32) cell);
}

/* Asks the memory for what will be looked at about a cell. */
static inline void
fetch (const March *m, gsize cell)
{
  const float *at = m->time + cell;
  gssize y = m->stride[1], z = m->stride[2];

  __builtin_prefetch (at);
  __builtin_prefetch (at - y);
  __builtin_prefetch (at + y);
  __builtin_prefetch (at - z);
  __builtin_prefetch (at + z);
  __builtin_prefetch (at - y - z);
  __builtin_prefetch (at + y - z);
  __builtin_prefetch (at - y + z);
  __builtin_prefetch (at + y + z);
  __builtin_prefetch (at - 2 * y);
  __builtin_prefetch (at + 2 * y);
  __builtin_prefetch (at - 2 * z);
  __builtin_prefetch (at + 2 * z);
}

/* Whether all voxels of the box can be walked, at about this speed. */
static gboolean
is_even (const March *m, const int lo[3], const int hi[3], float speed)
{
  for (int k = lo[2]; k <= hi[2]; k++)
    for (int j = lo[1]; j <= hi[1]; j++)
      for (int i = lo[0]; i <= hi[0]; i++)
        {
          float s = speed_at (m, i, j, k);

          if (!(s >= 0.7f * speed && s <= 1.4f * speed))
            return FALSE;
        }
  return TRUE;
}

/* Times around a start: the straight way at the mean slowness of its ends, within a ball where nothing is in
 * the way and the speed changes little, else to the neighbours of its voxel alone. FALSE where the start lies
 * outside or in a wall. */
static gboolean
put_start (March *m, const double lps_mm[3])
{
  const double *h = m->grid->spacing_mm;
  double ijk[3], reach = START_REACH * MAX (h[0], MAX (h[1], h[2]));
  int centre[3], lo[3], hi[3];
  float speed;
  gboolean even;

  willis_grid_lps_to_ijk (m->grid, lps_mm, ijk);
  for (int a = 0; a < 3; a++)
    {
      if (!(ijk[a] >= -0.5 && ijk[a] <= m->grid->dims[a] - 0.5))
        return FALSE;
      centre[a] = CLAMP ((int) lrint (ijk[a]), 0, m->grid->dims[a] - 1);
      lo[a] = MAX ((int) floor (ijk[a] - reach / h[a]), 0);
      hi[a] = MIN ((int) ceil (ijk[a] + reach / h[a]), m->grid->dims[a] - 1);
    }
  speed = speed_at (m, centre[0], centre[1], centre[2]);
  if (is_wall (speed))
    return FALSE;
  even = is_even (m, lo, hi, speed);
  for (int k = lo[2]; k <= hi[2]; k++)
    for (int j = lo[1]; j <= hi[1]; j++)
      for (int i = lo[0]; i <= hi[0]; i++)
        {
          const double d[3] = { (i - ijk[0]) * h[0], (j - ijk[1]) * h[1], (k - ijk[2]) * h[2] };
          gsize cell = cell_at (m, i, j, k);
          int steps = abs (i - centre[0]) + abs (j - centre[1]) + abs (k - centre[2]);

          if (is_wall (speed_at (m, i, j, k)))
            continue;
          if (even ? vec3_norm (d) <= reach : steps <= 1)
            give_time (m, cell, vec3_norm (d) * 0.5 * (1.0 / (double) speed + 1.0 / (double) speed_at (m, i, j, k)));
        }
  return TRUE;
}

/* Voxels that end the march when they freeze. */
typedef struct
{
  GHashTable *left; // voxel number of each stop not yet reached
  gboolean first;
} Stops;

static void
find_stops (const March *m, const WillisMarchParams *params, Stops *stops)
{
  stops->left = g_hash_table_new (NULL, NULL);
  stops->first = params->stop_at_first;
  for (gsize n = 0; n < params->n_stops; n++)
    {
      double ijk[3];
      int at[3];

      willis_grid_lps_to_ijk (m->grid, params->stop_lps_mm + 3 * n, ijk);
      for (int a = 0; a < 3; a++)
        at[a] = CLAMP ((int) lrint (CLAMP (ijk[a], -1.0, 1e6)), 0, m->grid->dims[a] - 1);
      g_hash_table_add (stops->left, GSIZE_TO_POINTER (cell_at (m, at[0], at[1], at[2])));
    }
}

static gboolean
march (March *m, const WillisMarchParams *params, const WillisProgress *progress, GError **error)
{
  Stops stops;
  gsize n_reached = 0, n_pops = 0;
  gboolean ok = TRUE;
  float now;
  guint32 cell;

  find_stops (m, params, &stops);
  while (willis_front_queue_pop (&m->queue, &now, &cell))
    {
      fetch (m, willis_front_queue_ahead (&m->queue, FETCH_AHEAD));
      if (n_pops++ % POPS_PER_STEP == 0
          && !willis_progress_step (progress, (double) n_reached / (double) m->n_cells, error))
        {
          ok = FALSE;
          break;
        }
      if (m->time[cell] < WILLIS_NOT_REACHED)
        continue; // it was come to in another way, earlier
      if ((double) now > params->stop_time)
        break;
      m->time[cell] = now;
      n_reached++;
      if (params->n_stops > 0 && g_hash_table_remove (stops.left, GSIZE_TO_POINTER ((gsize) cell))
          && (stops.first || g_hash_table_size (stops.left) == 0))
        break;
      go_on (m, cell, now);
    }
  g_hash_table_unref (stops.left);
  return ok;
}

static void
set_ways (March *m)
{
  for (int w = 0; w < 6; w++)
    for (int a = 0; a < 3; a++)
      {
        int axis = (w / 2 + a) % 3;
        double h = m->grid->spacing_mm[axis];

        m->way[w].step[a] = a == 0 && w % 2 == 0 ? -m->stride[axis] : m->stride[axis];
        m->way[w].weight[a][0] = 1.0 / (h * h);
        m->way[w].weight[a][1] = 9.0 / (4.0 * h * h);
      }
}

/* The cells of the speed, none reached. */
static gboolean
set_cells (March *m, GError **error)
{
  const int *n = m->grid->dims;
  const float *speed = m->speed;

  m->stride[0] = 1;
  m->stride[1] = n[0] + 2;
  m->stride[2] = m->stride[1] * (n[1] + 2);
  m->n_cells = (gsize) m->stride[2] * ((gsize) n[2] + 4);
  if (m->n_cells > G_MAXUINT32)
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, "a front is not marched through more than %u voxels",
                        G_MAXUINT32);
  m->time = willis_try_alloc (m->n_cells, 1, 1, sizeof (float), error);
  m->slowness = m->time != NULL ? willis_try_alloc (m->n_cells, 1, 1, sizeof (float), error) : NULL;
  if (m->slowness == NULL)
    return FALSE;
  for (gsize c = 0; c < m->n_cells; c++)
    m->time[c] = WALL;
  for (int k = 0; k < n[2]; k++)
    for (int j = 0; j < n[1]; j++)
      {
        gsize cell = cell_at (m, 0, j, k);

        for (int i = 0; i < n[0]; i++, cell++, speed++)
          if (!is_wall (*speed))
            {
              m->time[cell] = WILLIS_NOT_REACHED;
              m->slowness[cell] = 1.0f / *speed;
            }
      }
  return TRUE;
}

static void
copy_times (const March *m, float *out)
{
  const int *n = m->grid->dims;

  for (int k = 0; k < n[2]; k++)
    for (int j = 0; j < n[1]; j++)
      {
        const float *row = m->time + cell_at (m, 0, j, k);

        for (int i = 0; i < n[0]; i++)
          *out++ = MIN (row[i], WILLIS_NOT_REACHED);
      }
}

static WillisVolume *
march_from (March *m, const WillisMarchParams *params, const WillisProgress *progress, GError **error)
{
  g_autoptr (WillisVolume) time = NULL;
  gboolean started = FALSE;

  if (!set_cells (m, error))
    return NULL;
  set_ways (m);
  for (gsize n = 0; n < params->n_starts; n++)
    started |= put_start (m, params->starts_lps_mm + 3 * n);
  if (!started)
    {
      willis_fail (error, WILLIS_ERROR_BAD_INPUT, "no start of the front lies where it can move: (%.1f, %.1f, %.1f) mm",
                   params->starts_lps_mm[0], params->starts_lps_mm[1], params->starts_lps_mm[2]);
      return NULL;
    }
  if (!march (m, params, progress, error))
    return NULL;
  willis_front_queue_clear (&m->queue); // before the result takes memory
  time = willis_volume_new (m->grid, WILLIS_SCALAR_F32, error);
  if (time != NULL)
    copy_times (m, willis_volume_voxels_rw (time));
  return g_steal_pointer (&time);
}

WillisVolume *
willis_fast_march (const WillisVolume *speed, const WillisMarchParams *params, const WillisProgress *progress,
                   GError **error)
{
  March m = { .grid = willis_volume_grid (speed), .speed = willis_volume_f32 (speed) };
  WillisVolume *time;

  if (m.speed == NULL || params->n_starts == 0)
    {
      willis_fail (error, WILLIS_ERROR_BAD_INPUT, "a front needs a speed in float and a point to start from");
      return NULL;
    }
  time = march_from (&m, params, progress, error);
  free (m.time);
  free (m.slowness);
  willis_front_queue_clear (&m.queue);
  return time;
}
