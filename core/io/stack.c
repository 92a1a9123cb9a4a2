/* SPDX-License-Identifier: Apache-2.0 */
#include "core/io/stack.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/note.h"
#include "core/base/parallel.h"
#include "core/io/raw-image.h"
#include "core/num/vec3.h"

#define SAME_PLACE_MM 1e-3  // two slices closer than this are at one place
#define REGULAR_MM 0.02     // a slice this close to its place is at it ...
#define REGULAR_PART 0.02   // ... or within this part of the step
#define LARGEST_GAP 3.5     // in steps: two slices in a row may be missing, not three

static void
normal_of (const WillisStack *stack, double normal[3])
{
  vec3_cross (normal, stack->axis_i, stack->axis_j);
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

/* The step most slices keep: the mean of the gaps near the tenth percentile. */
static double
usual_gap (const double *gaps, int n)
{
  g_autofree double *sorted = g_memdup2 (gaps, sizeof (double) * (gsize) n);
  double low, sum = 0;
  int count = 0;

  qsort (sorted, (gsize) n, sizeof (double), compare_doubles);
  low = sorted[n / 10];
  for (int k = 0; k < n; k++)
    if (sorted[k] > 0.75 * low && sorted[k] < 1.25 * low)
      {
        sum += sorted[k];
        count++;
      }
  return count > 0 ? sum / count : low;
}

static gboolean
check_gaps (const double *height, const double *gaps, int n_gaps, double usual, gboolean regular, GPtrArray *warnings,
            GError **error)
{
  double smallest = gaps[0], largest = gaps[0], worst_at = height[0];
  int n_missing = 0;

  for (int k = 0; k < n_gaps; k++)
    {
      if (gaps[k] > largest)
        {
          largest = gaps[k];
          worst_at = height[k];
        }
      smallest = MIN (smallest, gaps[k]);
      // whole multiples of the step are missing slices, others thicker ones
      if (gaps[k] > 1.5 * usual && fabs (gaps[k] / usual - nearbyint (gaps[k] / usual)) < 0.1)
        n_missing += (int) nearbyint (gaps[k] / usual) - 1;
    }
  if (smallest < SAME_PLACE_MM)
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _("several of its slices are at the same place"));
  if (largest > LARGEST_GAP * usual)
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT,
                        _("a gap of %.2f mm between its slices at %.1f mm is too large to fill; most are %.2f mm apart"),
                        largest, worst_at, usual);
  if (!regular && n_missing > 0)
    willis_note_add (warnings, WILLIS_NOTE_MISSING_SLICES, n_missing);
  if (!regular && (n_missing == 0 || smallest < 0.9 * usual))
    willis_note_add (warnings, WILLIS_NOTE_UNEVEN_SLICES, smallest, largest, usual);
  return TRUE;
}

/* How far the slices slide within their plane, in millimetres along axis_i and axis_j, against the first. */
static void
slides_of (const WillisStack *stack, double lo[2], double hi[2])
{
  lo[0] = lo[1] = hi[0] = hi[1] = 0;
  for (int k = 1; k < stack->n; k++)
    {
      double d[3], u, v;

      vec3_sub (d, stack->origin_lps_mm[k], stack->origin_lps_mm[0]);
      u = vec3_dot (d, stack->axis_i);
      v = vec3_dot (d, stack->axis_j);
      lo[0] = MIN (lo[0], u);
      hi[0] = MAX (hi[0], u);
      lo[1] = MIN (lo[1], v);
      hi[1] = MAX (hi[1], v);
    }
}

static void
set_grid (const WillisStack *stack, WillisGrid *grid, int n_slices, double step)
{
  double normal[3];

  normal_of (stack, normal);
  grid->dims[0] = stack->dims[0];
  grid->dims[1] = stack->dims[1];
  grid->dims[2] = n_slices;
  grid->spacing_mm[0] = stack->spacing_mm[0];
  grid->spacing_mm[1] = stack->spacing_mm[1];
  grid->spacing_mm[2] = step;
  vec3_copy (grid->origin_lps_mm, stack->origin_lps_mm[0]);
  for (int a = 0; a < 3; a++)
    {
      grid->direction[3 * a] = stack->axis_i[a];
      grid->direction[3 * a + 1] = stack->axis_j[a];
      grid->direction[3 * a + 2] = normal[a];
    }
}

/* Room for the slides: the grid grows within the plane so that it holds all of every slice. */
static void
grow_for_slides (const WillisStack *stack, WillisGrid *grid, const double lo[2], const double hi[2])
{
  vec3_axpy (grid->origin_lps_mm, grid->origin_lps_mm, lo[0], stack->axis_i);
  vec3_axpy (grid->origin_lps_mm, grid->origin_lps_mm, lo[1], stack->axis_j);
  for (int a = 0; a < 2; a++)
    grid->dims[a] += (int) MIN (ceil ((hi[a] - lo[a]) / stack->spacing_mm[a] - 1e-3), 65536.0);
}

gboolean
willis_stack_plan (const WillisStack *stack, WillisStackPlan *plan, GPtrArray *warnings, GError **error)
{
  int n_gaps = stack->n - 1;
  g_autofree double *height = g_new (double, stack->n);
  g_autofree double *gaps = g_new (double, MAX (n_gaps, 1));
  double normal[3], lo[2], hi[2], step, slide, tolerance;
  gboolean regular = TRUE;

  normal_of (stack, normal);
  for (int k = 0; k < stack->n; k++)
    height[k] = vec3_dot (stack->origin_lps_mm[k], normal);
  if (n_gaps == 0)
    {
      set_grid (stack, &plan->grid, 1, stack->thickness_mm > 0 ? stack->thickness_mm : 1);
      plan->resample = FALSE;
      willis_note_add (warnings, WILLIS_NOTE_ONE_SLICE);
      if (!(stack->thickness_mm > 0))
        willis_note_add (warnings, WILLIS_NOTE_NO_THICKNESS);
      return willis_grid_check (&plan->grid, error);
    }
  for (int k = 0; k < n_gaps; k++)
    gaps[k] = height[k + 1] - height[k];
  step = (height[n_gaps] - height[0]) / n_gaps;
  tolerance = MIN (MAX (REGULAR_MM, REGULAR_PART * step), 0.1);
  for (int k = 0; k < stack->n; k++)
    regular = regular && fabs (height[k] - height[0] - k * step) <= tolerance;
  if (!check_gaps (height, gaps, n_gaps, regular ? step : usual_gap (gaps, n_gaps), regular, warnings, error))
    return FALSE;
  if (!regular)
    step = usual_gap (gaps, n_gaps);
  slides_of (stack, lo, hi);
  slide = MAX (hi[0] - lo[0], hi[1] - lo[1]);
  set_grid (stack, &plan->grid, regular ? stack->n : (int) MIN ((height[n_gaps] - height[0]) / step + 1.01, 65536.0), step);
  plan->resample = !regular;
  if (slide > MAX (REGULAR_MM, 0.05 * MIN (stack->spacing_mm[0], stack->spacing_mm[1])))
    {
      willis_note_add (warnings, WILLIS_NOTE_TILTED, atan2 (slide, height[n_gaps] - height[0]) * 180 / G_PI);
      grow_for_slides (stack, &plan->grid, lo, hi);
      plan->resample = TRUE;
    }
  return willis_grid_check (&plan->grid, error);
}

/* ---- resampling ---- */

typedef struct
{
  const WillisStack *stack;
  const WillisGrid *grid;
  const WillisVolume *slices;
  const double *height; // of the slices above the first
  double outside;
  void *out;
  int first; // slice of the grid
} Resampling;

/* Weights of Catmull and Rom for the fraction t past sample 1 of 4. */
static void
cubic_weights (double t, double w[4])
{
  w[0] = t * (-0.5 + t * (1 - 0.5 * t));
  w[1] = 1 + t * t * (-2.5 + 1.5 * t);
  w[2] = t * (0.5 + t * (2 - 1.5 * t));
  w[3] = t * t * (-0.5 + 0.5 * t);
}

static inline double
stored (const WillisVolume *v, gsize idx)
{
  switch (willis_volume_scalar (v))
    {
    case WILLIS_SCALAR_U8:
      return ((const guint8 *) willis_volume_voxels (v))[idx];
    case WILLIS_SCALAR_I16:
      return ((const gint16 *) willis_volume_voxels (v))[idx];
    case WILLIS_SCALAR_F32:
    default:
      return (double) ((const float *) willis_volume_voxels (v))[idx];
    }
}

/* Slice k, slid to its place in the plane, times weight, added to sum and total weight of each pixel of the grid. */
static void
add_slice (const Resampling *r, int k, double weight, double *sum, double *total)
{
  const WillisStack *s = r->stack;
  int nx = s->dims[0], ny = s->dims[1], gx = r->grid->dims[0], gy = r->grid->dims[1], whole[2];
  double d[3], shift[2], wx[4], wy[4];
  gsize base = (gsize) k * (gsize) nx * (gsize) ny;

  vec3_sub (d, r->grid->origin_lps_mm, s->origin_lps_mm[k]);
  shift[0] = vec3_dot (d, s->axis_i) / s->spacing_mm[0];
  shift[1] = vec3_dot (d, s->axis_j) / s->spacing_mm[1];
  for (int a = 0; a < 2; a++)
    {
      double near = nearbyint (shift[a]);

      if (fabs (shift[a] - near) < 1e-3)
        shift[a] = near;
      whole[a] = (int) floor (shift[a]);
      cubic_weights (shift[a] - whole[a], a == 0 ? wx : wy);
    }
  for (int j = 0; j < gy; j++)
    for (int i = 0; i < gx; i++)
      {
        int x = i + whole[0], y = j + whole[1];
        double value = 0, lo = INFINITY, hi = -INFINITY;

        // half a pixel of reach beyond the border
        if (i + shift[0] < -0.5 || i + shift[0] > nx - 0.5 || j + shift[1] < -0.5 || j + shift[1] > ny - 0.5)
          continue;
        for (int b = 0; b < 4; b++)
          {
            if (wy[b] == 0)
              continue;
            for (int a = 0; a < 4; a++)
              {
                gsize idx;
                double v;

                if (wx[a] == 0)
                  continue;
                idx = base + (gsize) CLAMP (y + b - 1, 0, ny - 1) * (gsize) nx + (gsize) CLAMP (x + a - 1, 0, nx - 1);
                v = stored (r->slices, idx);
                value += wx[a] * wy[b] * v;
                lo = MIN (lo, v);
                hi = MAX (hi, v);
              }
          }
        // no overshoot beyond the samples around it
        sum[(gsize) j * (gsize) gx + (gsize) i] += weight * CLAMP (value, lo, hi);
        total[(gsize) j * (gsize) gx + (gsize) i] += weight;
      }
}

static void
store_slice (const Resampling *r, int k, const double *sum, const double *total, gsize n)
{
  gsize at = (gsize) k * n;

  for (gsize p = 0; p < n; p++)
    {
      double v = total[p] > 0 ? sum[p] / total[p] : r->outside;

      switch (willis_volume_scalar (r->slices))
        {
        case WILLIS_SCALAR_U8:
          ((guint8 *) r->out)[at + p] = (guint8) lrint (CLAMP (v, 0, 255));
          break;
        case WILLIS_SCALAR_I16:
          ((gint16 *) r->out)[at + p] = (gint16) lrint (CLAMP (v, -32768, 32767));
          break;
        case WILLIS_SCALAR_F32:
        default:
          ((float *) r->out)[at + p] = (float) v;
        }
    }
}

static void
resample_slices (gsize lo, gsize hi, gpointer context)
{
  const Resampling *r = context;
  gsize n = (gsize) r->grid->dims[0] * (gsize) r->grid->dims[1];
  g_autofree double *sum = g_new (double, n);
  g_autofree double *total = g_new (double, n);

  for (gsize m = lo; m < hi; m++)
    {
      int k = r->first + (int) m, below = 0, last = r->stack->n - 1;
      double z = k * r->grid->spacing_mm[2], t;

      memset (sum, 0, n * sizeof (double));
      memset (total, 0, n * sizeof (double));
      while (below < last - 1 && r->height[below + 1] <= z)
        below++;
      t = (z - r->height[below]) / (r->height[below + 1] - r->height[below]);
      t = CLAMP (t, 0, 1);
      if (t < 1e-3 || t > 1 - 1e-3)
        t = nearbyint (t);
      if (t < 1)
        add_slice (r, below, 1 - t, sum, total);
      if (t > 0)
        add_slice (r, below + 1, t, sum, total);
      store_slice (r, k, sum, total, n);
    }
}

WillisVolume *
willis_stack_resample (const WillisStack *stack, const WillisStackPlan *plan, const WillisVolume *slices, double outside,
                       const WillisRoom *room, const WillisProgress *progress, GError **error)
{
  g_autofree double *height = g_new (double, stack->n);
  g_autoptr (WillisVolume) out = willis_room_volume (room, &plan->grid, willis_volume_scalar (slices), error);
  Resampling r = { stack, &plan->grid, slices, height, outside, NULL, 0 };
  double normal[3], d[3];

  if (out == NULL)
    return NULL;
  normal_of (stack, normal);
  for (int k = 0; k < stack->n; k++)
    {
      vec3_sub (d, stack->origin_lps_mm[k], stack->origin_lps_mm[0]);
      height[k] = vec3_dot (d, normal);
    }
  r.out = willis_volume_voxels_rw (out);
  for (r.first = 0; r.first < plan->grid.dims[2]; r.first += 8)
    {
      if (!willis_progress_step (progress, (double) r.first / plan->grid.dims[2], error))
        return NULL;
      willis_parallel_for ((gsize) MIN (8, plan->grid.dims[2] - r.first), 1, resample_slices, &r);
    }
  return g_steal_pointer (&out);
}
