/* SPDX-License-Identifier: Apache-2.0 */
#include "core/vessel/motion.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/parallel.h"
#include "core/vessel/segmentation-private.h"

#define CELL_MM 1.4   // pixels that shifts are sought on: a jump stays within the reach of a linear step
#define LOW_HU -300.0 // beyond these nothing more is told by an edge
#define HIGH_HU 900.0
#define EDGE_HU_MM 30.0 // slope of what tells a shift: bone, skin, air
#define STEP_MM 0.9     // slices so far apart are compared, for each is blurred across
#define WIDE_MM 30.0    // edges lie so far from their middle where a turn is told from a shift
#define LEAST_MM 0.8    // jumps that matter: two voxels
#define STANDS_OUT 5.0  // times what such differences are over the whole scan
#define LEAST_SLICES 24
#define LEAST_EDGES 50 // pixels
#define ROUNDS 6
#define LEAST_SCALE_HU 10.0 // of differences that count in full
#define MOST_LEFT 0.4       // of the squared difference after the shift; where anatomy itself changes, more is
#define SIZES 1024          // of differences, HU
#define PARAMETERS 3

/* All slices on coarse pixels. */
typedef struct
{
  WillisVolume *volume;
  const void *voxels;
  int nx, ny, nz, step[2], apart;
  double pixel_mm[2];
  float *values; // [nz][ny][nx]
  double *jump;  // [nz]: of slice k against the one STEP_MM before, mm; NAN where it is not known
  double *left;  // [nz]: of the squared difference, what the jump leaves
} Stack;

/* A pixel of an edge: where it is, its slope, how a shift and a turn change it, and what has changed. */
typedef struct
{
  double at[2], slope[2], row[PARAMETERS], d;
} Edge;

static void
reduce_range (gsize lo, gsize hi, gpointer context)
{
  Stack *s = context;
  const int *dims = willis_volume_grid (s->volume)->dims;

  for (gsize k = lo; k < hi; k++)
    for (int j = 0; j < s->ny; j++)
      for (int i = 0; i < s->nx; i++)
        {
          double sum = 0.0;

          for (int b = 0; b < s->step[1]; b++)
            for (int a = 0; a < s->step[0]; a++)
              sum += CLAMP (willis_voxel (s->volume, s->voxels,
                                          (k * (gsize) dims[1] + (gsize) (j * s->step[1] + b)) * (gsize) dims[0]
                                              + (gsize) (i * s->step[0] + a)),
                            LOW_HU, HIGH_HU);
          s->values[(k * (gsize) s->ny + (gsize) j) * (gsize) s->nx + (gsize) i]
              = (float) (sum / (s->step[0] * s->step[1]));
        }
}

/* Solves the symmetric 3 x 3 system A x = b; returns FALSE where it is singular. */
static gboolean
solve3 (const double A[3][3], const double b[3], double x[3])
{
  double c[3][3], det;

  for (int i = 0; i < 3; i++)
    for (int j = 0; j < 3; j++)
      c[i][j] = A[(i + 1) % 3][(j + 1) % 3] * A[(i + 2) % 3][(j + 2) % 3]
                - A[(i + 1) % 3][(j + 2) % 3] * A[(i + 2) % 3][(j + 1) % 3];
  det = A[0][0] * c[0][0] + A[0][1] * c[0][1] + A[0][2] * c[0][2];
  if (!(det > 1e-12 * A[0][0] * A[1][1] * A[2][2]))
    return FALSE;
  for (int i = 0; i < 3; i++)
    x[i] = (c[0][i] * b[0] + c[1][i] * b[1] + c[2][i] * b[2]) / det;
  return TRUE;
}

static int
compare (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static double
median (double *x, int n)
{
  qsort (x, (size_t) n, sizeof *x, compare);
  return n > 0 ? 0.5 * (x[(n - 1) / 2] + x[n / 2]) : NAN;
}

/* Slope of a slice at a pixel, HU a mm. */
static void
slope_at (const Stack *s, const float *slice, gsize at, double out[2])
{
  out[0] = 0.5 * (slice[at + 1] - slice[at - 1]) / s->pixel_mm[0];
  out[1] = 0.5 * (slice[at + (gsize) s->nx] - slice[at - (gsize) s->nx]) / s->pixel_mm[1];
}

/* The edges of slice k, those that are there in the two slices before the step and the two after it: what begins or
 * ends here, as the skull does, has not moved. What has changed is the step less the mean of the steps on either side
 * of it: the anatomy's own course goes out of it, edge by edge. */
static GArray *
edges_of (const Stack *s, gsize k)
{
  gsize apart = (gsize) s->nx * (gsize) s->ny * (gsize) s->apart;
  const float *b = s->values + k * (gsize) s->nx * (gsize) s->ny, *a = b - apart;
  const float *const slices[4] = { a - apart, a, b, b + apart };
  GArray *edges = g_array_new (FALSE, FALSE, sizeof (Edge));

  for (int j = 1; j + 1 < s->ny; j++)
    for (int i = 1; i + 1 < s->nx; i++)
      {
        gsize at = (gsize) j * (gsize) s->nx + (gsize) i;
        Edge e = { .at = { i * s->pixel_mm[0], j * s->pixel_mm[1] },
                   .d = 1.5 * (b[at] - a[at]) - 0.5 * (slices[3][at] - slices[0][at]) };
        double slope[4][2];
        gboolean there = TRUE;

        for (int n = 0; n < 4; n++)
          slope_at (s, slices[n], at, slope[n]);
        for (int c = 0; c < 2; c++)
          {
            e.slope[c] = 0.5 * (slope[1][c] + slope[2][c]);
            e.row[c] = -e.slope[c];
          }
        for (int n = 0; n < 4; n++)
          there &= slope[n][0] * e.slope[0] + slope[n][1] * e.slope[1] >= 0.0;
        if (there && hypot (e.slope[0], e.slope[1]) >= EDGE_HU_MM && isfinite (e.d))
          g_array_append_val (edges, e);
      }
  return edges;
}

/* Lets the edges tell a turn, too, about their middle and counted by what it moves them, where they lie far enough from
 * it: nearer, a turn is no more than a shift. */
static gboolean
add_turn (GArray *edges)
{
  double middle[2] = { 0.0, 0.0 }, arm = 0.0;

  for (guint n = 0; n < edges->len; n++)
    for (int a = 0; a < 2; a++)
      middle[a] += g_array_index (edges, Edge, n).at[a] / edges->len;
  for (guint n = 0; n < edges->len; n++)
    for (int a = 0; a < 2; a++)
      arm += pow (g_array_index (edges, Edge, n).at[a] - middle[a], 2.0) / edges->len;
  arm = sqrt (arm);
  if (arm < WIDE_MM)
    return FALSE;
  for (guint n = 0; n < edges->len; n++)
    {
      Edge *e = &g_array_index (edges, Edge, n);

      e->row[2] = (e->slope[0] * (e->at[1] - middle[1]) - e->slope[1] * (e->at[0] - middle[0])) / arm;
    }
  return TRUE;
}

static double
rest_of (const Edge *e, const double x[PARAMETERS])
{
  return e->d - e->row[0] * x[0] - e->row[1] * x[1] - e->row[2] * x[2];
}

/* The median of counted values. */
static int
middle_of (const guint counts[SIZES], guint n)
{
  guint sum = 0;
  int i = 0;

  while (i < SIZES - 1 && 2 * (sum += counts[i]) < n)
    i++;
  return i;
}

/* The shift (and turn) that explains what has changed at the edges to first order, what it does not explain weighed
 * down. left: what of the squared change remains. FALSE where it is not determined. */
static gboolean
fit (const GArray *edges, gboolean turns, double x[PARAMETERS], double *left)
{
  double scale = INFINITY;

  memset (x, 0, PARAMETERS * sizeof *x);
  for (int round = 0; round < ROUNDS; round++)
    {
      guint counts[SIZES] = { 0 }; // of the rests by whole HU
      double A[3][3] = { { 0 } }, r[3] = { 0 }, sum = 0.0, all = 0.0;

      A[2][2] = turns ? 0.0 : 1.0;
      for (guint n = 0; n < edges->len; n++)
        {
          const Edge *e = &g_array_index (edges, Edge, n);
          double w = 1.0 / (1.0 + pow (rest_of (e, x) / scale, 2.0));

          for (int p = 0; p < PARAMETERS; p++)
            {
              for (int q = 0; q < PARAMETERS; q++)
                A[p][q] += w * e->row[p] * e->row[q];
              r[p] += w * e->row[p] * e->d;
            }
        }
      if (!solve3 (A, r, x))
        return FALSE;
      for (guint n = 0; n < edges->len; n++)
        {
          const Edge *e = &g_array_index (edges, Edge, n);
          double rest = rest_of (e, x), w = 1.0 / (1.0 + pow (rest / scale, 2.0));

          counts[(int) fmin (fabs (rest), SIZES - 1.0)]++;
          sum += w * rest * rest;
          all += w * e->d * e->d;
        }
      *left = all > 0.0 ? sum / all : 1.0;
      scale = fmax (1.5 * 1.4826 * middle_of (counts, edges->len), LEAST_SCALE_HU);
    }
  return TRUE;
}

static void
jump_range (gsize lo, gsize hi, gpointer context)
{
  Stack *s = context;

  for (gsize k = lo; k < hi; k++)
    {
      g_autoptr (GArray) edges = NULL;
      double x[PARAMETERS];

      s->jump[k] = NAN;
      s->left[k] = 1.0;
      if (k < 2 * (gsize) s->apart || k + (gsize) s->apart >= (gsize) s->nz)
        continue;
      edges = edges_of (s, k);
      if (edges->len >= LEAST_EDGES && fit (edges, add_turn (edges), x, &s->left[k]))
        s->jump[k] = hypot (hypot (x[0], x[1]), x[2]);
    }
}

gboolean
willis_motion_find (WillisVolume *volume, WillisMotion *out)
{
  const WillisGrid *grid = willis_volume_grid (volume);
  g_autofree float *values = NULL;
  g_autofree double *jump = NULL, *sorted = NULL, *left = NULL;
  Stack s = { .volume = volume, .voxels = willis_volume_voxels (volume), .nz = grid->dims[2] };
  double usual;
  int n = 0, best = -1;

  for (int a = 0; a < 2; a++)
    {
      s.step[a] = MAX (1, (int) lround (CELL_MM / grid->spacing_mm[a]));
      s.pixel_mm[a] = s.step[a] * grid->spacing_mm[a];
    }
  s.nx = grid->dims[0] / s.step[0];
  s.ny = grid->dims[1] / s.step[1];
  if (s.nz < LEAST_SLICES || s.nx < 16 || s.ny < 16)
    return FALSE;
  s.values = values = g_try_malloc_n ((gsize) s.nx * (gsize) s.ny * (gsize) s.nz, sizeof *values);
  if (values == NULL)
    return FALSE;
  s.apart = MAX (1, (int) lround (STEP_MM / grid->spacing_mm[2]));
  s.jump = jump = g_new (double, s.nz);
  s.left = left = g_new (double, s.nz);
  sorted = g_new (double, s.nz);
  willis_parallel_for ((gsize) s.nz, 4, reduce_range, &s);
  willis_parallel_for ((gsize) s.nz, 4, jump_range, &s);
  for (int k = 0; k < s.nz; k++)
    {
      if (!isfinite (jump[k]))
        continue;
      sorted[n++] = jump[k];
      if (best < 0 || jump[k] > jump[best])
        best = k;
    }
  if (best < 0 || n < LEAST_SLICES / 2)
    return FALSE;
  usual = median (sorted, n);
  *out = (WillisMotion){ jump[best], best };
  return jump[best] > fmax (LEAST_MM, STANDS_OUT * usual) && left[best] < MOST_LEFT;
}
