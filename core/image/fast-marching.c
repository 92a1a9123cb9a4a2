/* SPDX-License-Identifier: Apache-2.0 */
#include "core/image/fast-marching.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/error.h"
#include "core/num/vec3.h"

/* Radius about a start, in largest voxel edges, within which times are set directly where it changes little.
 */
#define START_REACH 3

/* States of a voxel; a given time is exact and no longer changes, but takes its turn in the heap. */
enum
{
  TRIAL,
  FROZEN,
  GIVEN,
};

/* Pops between two looks at the progress: about a tenth of a millisecond each thousand. */
#define POPS_PER_STEP 16384

typedef struct
{
  float time;
  guint32 voxel;
} Entry;

/* A heap of four children a node; an entry whose voxel is frozen already is stale and dropped when it comes
 * up. */
typedef struct
{
  Entry *entries;
  gsize n, room;
} Heap;

typedef struct
{
  const WillisGrid *grid;
  const float *speed;
  float *time;
  guint8 *state;
  gsize stride[3];
  Heap heap;
} March;

/* Equal times come up by voxel number, so that the order never depends on the heap's history. */
static inline gboolean
is_before (const Entry *a, const Entry *b)
{
  return a->time < b->time || (a->time == b->time && a->voxel < b->voxel);
}

static void
heap_push (Heap *heap, float time, gsize voxel)
{
  Entry e = { time, (guint32)voxel };
  gsize at;

  if (heap->n == heap->room)
    {
      heap->room = MAX (4096, 2 * heap->room);
      heap->entries = g_renew (Entry, heap->entries, heap->room);
    }
  at = heap->n++;
  while (at > 0 && is_before (&e, &heap->entries[(at - 1) / 4]))
    {
      heap->entries[at] = heap->entries[(at - 1) / 4];
      at = (at - 1) / 4;
    }
  heap->entries[at] = e;
}

static Entry
heap_pop (Heap *heap)
{
  Entry top = heap->entries[0], last = heap->entries[--heap->n];
  gsize at = 0;

  for (;;)
    {
      gsize child = 4 * at + 1, best = child;

      if (child >= heap->n)
        break;
      for (gsize c = child + 1; c < MIN (child + 4, heap->n); c++)
        if (is_before (&heap->entries[c], &heap->entries[best]))
          best = c;
      if (!is_before (&heap->entries[best], &last))
        break;
      heap->entries[at] = heap->entries[best];
      at = best;
    }
  heap->entries[at] = last;
  return top;
}

static gboolean
is_wall (float speed)
{
  return !(speed > 0.0f) || !isfinite (speed);
}

/* One axis of the upwind quadratic: sum over axes of a (T - v)^2 = 1 / speed^2. */
typedef struct
{
  double a, v;
} Term;

/* The upwind term along an axis from frozen neighbours: second order where the one behind is frozen too and
 * not later. */
static gboolean
upwind (const March *m, gsize voxel, int at, int axis, Term *term)
{
  double h = m->grid->spacing_mm[axis], best = INFINITY;
  int n = m->grid->dims[axis];

  for (int side = -1; side <= 1; side += 2)
    {
      gsize one = voxel + (gsize)side * m->stride[axis], two = one + (gsize)side * m->stride[axis];

      if (at + side < 0 || at + side >= n || m->state[one] != FROZEN || (double)m->time[one] >= best)
        continue;
      best = (double)m->time[one];
      *term = (Term){ 1.0 / (h * h), best };
      if (at + 2 * side >= 0 && at + 2 * side < n && m->state[two] == FROZEN && m->time[two] <= m->time[one])
        *term = (Term){ 9.0 / (4.0 * h * h), (4.0 * best - (double)m->time[two]) / 3.0 };
    }
  return isfinite (best);
}

/* Solves the quadratic over the given terms, dropping the latest one as long as it is not upwind of the
 * solution. */
static double
solve (Term *terms, int n, double slowness)
{
  for (int i = 1; i < n; i++) // by v, earliest first
    for (int j = i; j > 0 && terms[j].v < terms[j - 1].v; j--)
      {
        Term swap = terms[j];

        terms[j] = terms[j - 1];
        terms[j - 1] = swap;
      }
  for (; n > 0; n--)
    {
      double a = 0.0, b = 0.0, c = -slowness * slowness, disc;

      /* relative to the latest v, so that late times lose no digits */
      for (int i = 0; i < n; i++)
        {
          double v = terms[i].v - terms[n - 1].v;

          a += terms[i].a;
          b += terms[i].a * v;
          c += terms[i].a * v * v;
        }
      disc = b * b - a * c;
      if (disc >= 0.0)
        {
          double t = (b + sqrt (disc)) / a;

          if (t >= 0.0)
            return terms[n - 1].v + t;
        }
    }
  return INFINITY;
}

static void
update (March *m, gsize voxel, const int at[3])
{
  Term terms[3];
  int n = 0;
  double t;

  for (int a = 0; a < 3; a++)
    n += upwind (m, voxel, at[a], a, &terms[n]);
  t = solve (terms, n, 1.0 / (double)m->speed[voxel]);
  if (t < (double)m->time[voxel])
    {
      m->time[voxel] = (float)t;
      heap_push (&m->heap, m->time[voxel], voxel);
    }
}

static void
voxel_ijk (const March *m, gsize voxel, int at[3])
{
  at[0] = (int)(voxel % m->stride[1]);
  at[1] = (int)(voxel / m->stride[1] % (gsize)m->grid->dims[1]);
  at[2] = (int)(voxel / m->stride[2]);
}

static inline gsize
voxel_at (const March *m, int i, int j, int k)
{
  return (gsize)i + (gsize)j * m->stride[1] + (gsize)k * m->stride[2];
}

static void
give_time (March *m, gsize voxel, double time)
{
  if ((float)time >= m->time[voxel])
    return;
  m->time[voxel] = (float)time;
  m->state[voxel] = GIVEN;
  heap_push (&m->heap, m->time[voxel], voxel);
}

/* Whether all voxels of the box can be walked, at about this speed. */
static gboolean
is_even (const March *m, const int lo[3], const int hi[3], float speed)
{
  for (int k = lo[2]; k <= hi[2]; k++)
    for (int j = lo[1]; j <= hi[1]; j++)
      for (int i = lo[0]; i <= hi[0]; i++)
        {
          float s = m->speed[voxel_at (m, i, j, k)];

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
      centre[a] = CLAMP ((int)lrint (ijk[a]), 0, m->grid->dims[a] - 1);
      lo[a] = MAX ((int)floor (ijk[a] - reach / h[a]), 0);
      hi[a] = MIN ((int)ceil (ijk[a] + reach / h[a]), m->grid->dims[a] - 1);
    }
  speed = m->speed[voxel_at (m, centre[0], centre[1], centre[2])];
  if (is_wall (speed))
    return FALSE;
  even = is_even (m, lo, hi, speed);
  for (int k = lo[2]; k <= hi[2]; k++)
    for (int j = lo[1]; j <= hi[1]; j++)
      for (int i = lo[0]; i <= hi[0]; i++)
        {
          const double d[3] = { (i - ijk[0]) * h[0], (j - ijk[1]) * h[1], (k - ijk[2]) * h[2] };
          gsize voxel = voxel_at (m, i, j, k);
          int steps = abs (i - centre[0]) + abs (j - centre[1]) + abs (k - centre[2]);

          if (is_wall (m->speed[voxel]))
            continue;
          if (even ? vec3_norm (d) <= reach : steps <= 1)
            give_time (m, voxel, vec3_norm (d) * 0.5 * (1.0 / (double)speed + 1.0 / (double)m->speed[voxel]));
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
      gsize voxel = 0;

      willis_grid_lps_to_ijk (m->grid, params->stop_lps_mm + 3 * n, ijk);
      for (int a = 0; a < 3; a++)
        voxel += (gsize)CLAMP (lrint (CLAMP (ijk[a], -1.0, 1e6)), 0, m->grid->dims[a] - 1) * m->stride[a];
      g_hash_table_add (stops->left, GSIZE_TO_POINTER (voxel));
    }
}

static gboolean
march (March *m, const WillisMarchParams *params, const WillisProgress *progress, GError **error)
{
  Stops stops;
  gsize n_voxels = willis_grid_n_voxels (m->grid), n_frozen = 0, n_pops = 0;
  gboolean ok = TRUE;

  find_stops (m, params, &stops);
  while (m->heap.n > 0)
    {
      Entry e = heap_pop (&m->heap);
      int at[3];

      if (n_pops++ % POPS_PER_STEP == 0
          && !willis_progress_step (progress, (double)n_frozen / (double)n_voxels, error))
        {
          ok = FALSE;
          break;
        }
      if (m->state[e.voxel] == FROZEN)
        continue;
      if ((double)e.time > params->stop_time)
        break;
      m->state[e.voxel] = FROZEN;
      n_frozen++;
      if (params->n_stops > 0 && g_hash_table_remove (stops.left, GSIZE_TO_POINTER ((gsize)e.voxel))
          && (stops.first || g_hash_table_size (stops.left) == 0))
        break;
      voxel_ijk (m, e.voxel, at);
      for (int a = 0; a < 3; a++)
        for (int side = -1; side <= 1; side += 2)
          {
            gsize to = e.voxel + (gsize)side * m->stride[a];

            if (at[a] + side < 0 || at[a] + side >= m->grid->dims[a] || m->state[to] != TRIAL
                || is_wall (m->speed[to]))
              continue;
            at[a] += side;
            update (m, to, at);
            at[a] -= side;
          }
    }
  g_hash_table_unref (stops.left);
  for (gsize n = 0; ok && n < n_voxels; n++)
    if (m->state[n] != FROZEN)
      m->time[n] = WILLIS_NOT_REACHED; // trial times are only bounds
  return ok;
}

WillisVolume *
willis_fast_march (const WillisVolume *speed, const WillisMarchParams *params, const WillisProgress *progress,
                   GError **error)
{
  const WillisGrid *grid = willis_volume_grid (speed);
  gsize n_voxels = willis_grid_n_voxels (grid);
  g_autoptr (WillisVolume) time = NULL;
  March m = { .grid = grid,
              .speed = willis_volume_f32 (speed),
              .stride = { 1, (gsize)grid->dims[0], (gsize)grid->dims[0] * (gsize)grid->dims[1] } };
  gboolean started = FALSE, ok;

  if (m.speed == NULL || params->n_starts == 0)
    {
      willis_fail (error, WILLIS_ERROR_BAD_INPUT, "a front needs a speed in float and a point to start from");
      return NULL;
    }
  time = willis_volume_new (grid, WILLIS_SCALAR_F32, error);
  if (time == NULL)
    return NULL;
  m.time = willis_volume_voxels_rw (time);
  m.state = willis_try_alloc (n_voxels, 1, 1, 1, error);
  if (m.state == NULL)
    return NULL;
  memset (m.state, 0, n_voxels);
  for (gsize n = 0; n < n_voxels; n++)
    m.time[n] = WILLIS_NOT_REACHED;
  for (gsize n = 0; n < params->n_starts; n++)
    started |= put_start (&m, params->starts_lps_mm + 3 * n);
  if (!started)
    ok = willis_fail (error, WILLIS_ERROR_BAD_INPUT,
                      "no start of the front lies where it can move: (%.1f, %.1f, %.1f) mm",
                      params->starts_lps_mm[0], params->starts_lps_mm[1], params->starts_lps_mm[2]);
  else
    ok = march (&m, params, progress, error);
  free (m.state);
  g_free (m.heap.entries);
  return ok ? g_steal_pointer (&time) : NULL;
}
