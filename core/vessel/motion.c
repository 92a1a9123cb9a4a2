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
#define ARM_MM 60.0    // a turn counts as what it moves here: about the skull
#define ABOUT 6        // slices before and behind that say what is usual here
#define LEAST_ABOUT 4  // of them, on either side
#define SPREAD 1       // slices on either side that share a jump, for each is blurred across
#define LEAST_MM 0.8   // jumps that matter: two voxels
#define STANDS_OUT 6.0 // times what such differences are over the whole scan
#define LEAST_SLICES 24
#define MOST_UNSURE_MM 0.3 // of a shift that is believed
#define MOST_LEFT 0.45     // of the squared difference after it; where the skull begins or ends, more is
#define PARAMETERS 3

/* All slices on coarse pixels. */
typedef struct
{
  WillisVolume *volume;
  const void *voxels;
  int nx, ny, nz, step[2];
  double pixel_mm[2];
  float *values;               // [nz][ny][nx]
  double (*shift)[PARAMETERS]; // [nz]: of slice k against the one before, mm, the third times ARM_MM; NAN where it is
                               // not known
  double *left;                // [nz]: of the squared difference to the slice before, what the shift leaves
} Stack;

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

/* Solves the symmetric 3 x 3 system A x = b; returns FALSE where it is singular. inverse_trace: of the inverse. */
static gboolean
solve3 (const double A[3][3], const double b[3], double x[3], double *inverse_trace)
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
  *inverse_trace = (c[0][0] + c[1][1] + c[2][2]) / det;
  return TRUE;
}

/* Shift and turn of slice k against the one before: b(x) = a(x - shift) to first order, residuals beyond scale weighed
 * down. left: what of the squared difference the shift before this one leaves. Returns how unsure the shift is in mm. */
static double
fit (const Stack *s, const float *a, const float *b, double scale, const double last[3], double x[3], double *rms,
     double *left)
{
  double A[3][3] = { { 0 } }, r[3] = { 0 }, sum = 0.0, all = 0.0, weights = 0.0, trace;

  for (int j = 1; j + 1 < s->ny; j++)
    for (int i = 1; i + 1 < s->nx; i++)
      {
        gsize at = (gsize) j * (gsize) s->nx + (gsize) i;
        gsize up = at + (gsize) s->nx, down = at - (gsize) s->nx;
        double gx = 0.25 * (a[at + 1] - a[at - 1] + b[at + 1] - b[at - 1]) / s->pixel_mm[0];
        double gy = 0.25 * (a[up] - a[down] + b[up] - b[down]) / s->pixel_mm[1];
        double px = (i - 0.5 * s->nx) * s->pixel_mm[0], py = (j - 0.5 * s->ny) * s->pixel_mm[1];
        double row[3] = { -gx, -gy, (gx * py - gy * px) / ARM_MM }, d = b[at] - a[at], e, w;

        if (gx * gx + gy * gy < 100.0) // HU a mm: no edge
          continue;
        e = d - row[0] * last[0] - row[1] * last[1] - row[2] * last[2];
        w = 1.0 / (1.0 + e * e / (scale * scale));
        for (int p = 0; p < 3; p++)
          {
            for (int q = 0; q < 3; q++)
              A[p][q] += w * row[p] * row[q];
            r[p] += w * row[p] * d;
          }
        sum += w * e * e;
        all += w * d * d;
        weights += w;
      }
  *left = all > 0.0 ? sum / all : 1.0;
  *rms = weights > 0.0 ? sqrt (sum / weights) : 0.0;
  if (weights < 50.0 || !solve3 (A, r, x, &trace))
    return INFINITY;
  return *rms * sqrt (trace);
}

static void
shift_range (gsize lo, gsize hi, gpointer context)
{
  Stack *s = context;
  gsize slice = (gsize) s->nx * (gsize) s->ny;

  for (gsize k = lo; k < hi; k++)
    {
      double x[3] = { 0 }, next[3], rms = 0.0, unsure = INFINITY, scale = 1e6;

      for (int round = 0; round < 4 && k > 0; round++)
        {
          unsure = fit (s, s->values + (k - 1) * slice, s->values + k * slice, scale, x, next, &rms, &s->left[k]);
          if (!isfinite (unsure))
            break;
          memcpy (x, next, sizeof x);
          scale = fmax (rms, 10.0);
        }
      for (int p = 0; p < PARAMETERS; p++)
        s->shift[k][p] = unsure < MOST_UNSURE_MM ? x[p] : NAN;
    }
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

/* How far slice k and those that share its jump are moved beyond what the slices about them are. NAN where it is not
 * known. */
static double
jump_at (const Stack *s, int k)
{
  double jump[PARAMETERS];

  for (int p = 0; p < PARAMETERS; p++)
    {
      double about[2 * ABOUT], here = 0.0;
      int n = 0, before = 0;

      for (int i = MAX (1, k - SPREAD - ABOUT); i <= MIN (s->nz - 1, k + SPREAD + ABOUT); i++)
        if (abs (i - k) > SPREAD && isfinite (s->shift[i][p]))
          {
            about[n++] = s->shift[i][p];
            before += i < k;
          }
      if (before < LEAST_ABOUT || n - before < LEAST_ABOUT)
        return NAN;
      jump[p] = -(2.0 * SPREAD + 1.0) * median (about, n);
      for (int i = k - SPREAD; i <= k + SPREAD; i++)
        here += s->shift[i][p];
      jump[p] += here;
    }
  return hypot (hypot (jump[0], jump[1]), jump[2]);
}

/* Is the jump of slice k one of the head? A shift explains most of what changes there, in one at least of the slices
 * that share it. */
static gboolean
is_explained (const Stack *s, int k)
{
  double least = INFINITY;

  for (int i = k - SPREAD; i <= k + SPREAD; i++)
    least = MIN (least, s->left[i]);
  return least < MOST_LEFT;
}

gboolean
willis_motion_find (WillisVolume *volume, WillisMotion *out)
{
  const WillisGrid *grid = willis_volume_grid (volume);
  g_autofree float *values = NULL;
  g_autofree double (*shift)[PARAMETERS] = NULL, *jumps = NULL, *sorted = NULL, *left = NULL;
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
  s.shift = shift = g_malloc (sizeof *shift * (gsize) s.nz);
  s.left = left = g_new0 (double, s.nz);
  jumps = g_new (double, s.nz);
  sorted = g_new (double, s.nz);
  willis_parallel_for ((gsize) s.nz, 4, reduce_range, &s);
  willis_parallel_for ((gsize) s.nz, 4, shift_range, &s);
  for (int k = 1 + SPREAD; k + SPREAD < s.nz; k++)
    {
      jumps[k] = jump_at (&s, k);
      if (!isfinite (jumps[k]))
        continue;
      sorted[n++] = jumps[k];
      if (best < 0 || jumps[k] > jumps[best])
        best = k;
    }
  if (best < 0 || n < LEAST_SLICES / 2)
    return FALSE;
  usual = median (sorted, n);
  *out = (WillisMotion){ jumps[best], best };
  return jumps[best] > fmax (LEAST_MM, STANDS_OUT * usual) && is_explained (&s, best);
}
