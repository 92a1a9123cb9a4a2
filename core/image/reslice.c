/* SPDX-License-Identifier: Apache-2.0 */
#include "core/image/reslice.h"

#include <math.h>
#include <string.h>

#include "core/base/parallel.h"
#include "core/num/kernel.h"
#include "core/num/vec3.h"

#define ROWS_PER_CHUNK 16

/* Where a row of pixels runs through the voxels. */
typedef struct
{
  float start[3]; // continuous index of the row's first pixel
  float step[3];  // per pixel
  float last[3];  // dims - 1
  gsize stride[3]; // voxels from one index to the next; 0 along an axis of one voxel
} Row;

typedef struct
{
  const WillisVolume *volume;
  const WillisPlane *plane;
  const WillisResliceParams *params;
  float *values;   // either this
  guint32 *pixels; // or this
  gsize stride_px;
  double origin_ijk[3], right_ijk[3], down_ijk[3], normal_ijk[3]; // per pixel, normal per mm
  int n_samples;     // of the slab
  double step_mm;    // between them
} Job;

static inline float
clampf (float v, float lo, float hi)
{
  v = v < lo ? lo : v;
  return v > hi ? hi : v;
}

#define DEFINE_SAMPLERS(NAME, TYPE)                                                                                   \
  WILLIS_KERNEL static void linear_##NAME (const TYPE *restrict v, const Row *restrict row, int lo, int hi,           \
                                           float *restrict out)                                                       \
  {                                                                                                                   \
    const gsize si = row->stride[0], sj = row->stride[1], sk = row->stride[2];                                        \
    const float ti = row->last[0], tj = row->last[1], tk = row->last[2];                                              \
                                                                                                                      \
    for (int x = lo; x < hi; x++)                                                                                     \
      {                                                                                                               \
        float pi = clampf (row->start[0] + x * row->step[0], 0.0f, ti);                                               \
        float pj = clampf (row->start[1] + x * row->step[1], 0.0f, tj);                                               \
        float pk = clampf (row->start[2] + x * row->step[2], 0.0f, tk);                                               \
        int i = (int) pi, j = (int) pj, k = (int) pk;                                                                 \
        float fi, fj, fk, a, b, c, d;                                                                                 \
        const TYPE *p;                                                                                                \
                                                                                                                      \
        i -= (float) i >= ti && i > 0; /* the cell below the last voxel, with weight 1 */                             \
        j -= (float) j >= tj && j > 0;                                                                                \
        k -= (float) k >= tk && k > 0;                                                                                \
        fi = pi - (float) i;                                                                                          \
        fj = pj - (float) j;                                                                                          \
        fk = pk - (float) k;                                                                                          \
        p = v + (gsize) i * si + (gsize) j * sj + (gsize) k * sk;                                                     \
        a = (float) p[0] + fi * ((float) p[si] - (float) p[0]);                                                       \
        b = (float) p[sj] + fi * ((float) p[sj + si] - (float) p[sj]);                                                \
        c = (float) p[sk] + fi * ((float) p[sk + si] - (float) p[sk]);                                                \
        d = (float) p[sk + sj] + fi * ((float) p[sk + sj + si] - (float) p[sk + sj]);                                 \
        a += fj * (b - a);                                                                                            \
        c += fj * (d - c);                                                                                            \
        out[x] = a + fk * (c - a);                                                                                    \
      }                                                                                                               \
  }                                                                                                                   \
  WILLIS_KERNEL static void nearest_##NAME (const TYPE *restrict v, const Row *restrict row, int lo, int hi,          \
                                            float *restrict out)                                                      \
  {                                                                                                                   \
    const gsize si = row->stride[0], sj = row->stride[1], sk = row->stride[2];                                        \
    const float ti = row->last[0], tj = row->last[1], tk = row->last[2];                                              \
                                                                                                                      \
    for (int x = lo; x < hi; x++)                                                                                     \
      {                                                                                                               \
        gsize i = (gsize) (clampf (row->start[0] + x * row->step[0], 0.0f, ti) + 0.5f);                               \
        gsize j = (gsize) (clampf (row->start[1] + x * row->step[1], 0.0f, tj) + 0.5f);                               \
        gsize k = (gsize) (clampf (row->start[2] + x * row->step[2], 0.0f, tk) + 0.5f);                               \
                                                                                                                      \
        out[x] = (float) v[i * si + j * sj + k * sk];                                                                 \
      }                                                                                                               \
  }

DEFINE_SAMPLERS (u8, guint8)
DEFINE_SAMPLERS (i16, gint16)
DEFINE_SAMPLERS (f32, float)

void
willis_plane_normal (const WillisPlane *plane, double normal[3])
{
  vec3_cross (normal, plane->right, plane->down);
}

/* The pixels [*lo, *hi) of the row whose index along each axis lies in [-0.5, dims - 0.5]. */
static void
clip_row (const double start[3], const double step[3], const int dims[3], int width, int *lo, int *hi)
{
  double a = 0.0, b = width - 1;

  for (int n = 0; n < 3; n++)
    {
      double low = -0.5 - start[n], high = dims[n] - 0.5 - start[n];

      if (fabs (step[n]) < 1e-12)
        {
          if (low > 0.0 || high < 0.0)
            b = -1.0;
          continue;
        }
      low /= step[n];
      high /= step[n];
      a = MAX (a, MIN (low, high));
      b = MIN (b, MAX (low, high));
    }
  *lo = a > width ? width : (int) ceil (a - 1e-6);
  *hi = b < 0.0 ? *lo : MAX (*lo, (int) floor (b + 1e-6) + 1);
  *hi = MIN (*hi, width);
}

static void
sample_row (const WillisVolume *volume, gboolean nearest, const double start[3], const double step[3], int width,
            int *lo, int *hi, float *out)
{
  const WillisGrid *grid = willis_volume_grid (volume);
  Row row;
  gsize stride = 1;

  clip_row (start, step, grid->dims, width, lo, hi);
  for (int n = 0; n < 3; n++)
    {
      row.start[n] = (float) start[n];
      row.step[n] = (float) step[n];
      row.last[n] = (float) (grid->dims[n] - 1);
      row.stride[n] = grid->dims[n] > 1 ? stride : 0;
      stride *= (gsize) grid->dims[n];
    }
  switch (willis_volume_scalar (volume))
    {
    case WILLIS_SCALAR_U8:
      (nearest ? nearest_u8 : linear_u8) (willis_volume_u8 (volume), &row, *lo, *hi, out);
      break;
    case WILLIS_SCALAR_I16:
      (nearest ? nearest_i16 : linear_i16) (willis_volume_i16 (volume), &row, *lo, *hi, out);
      break;
    case WILLIS_SCALAR_F32:
    default:
      (nearest ? nearest_f32 : linear_f32) (willis_volume_f32 (volume), &row, *lo, *hi, out);
      break;
    }
}

WILLIS_KERNEL static void
combine (WillisSlab slab, const float *restrict in, int lo, int hi, float *restrict out, float *restrict count)
{
  if (slab == WILLIS_SLAB_MAX)
    for (int x = lo; x < hi; x++)
      out[x] = count[x] == 0.0f || in[x] > out[x] ? in[x] : out[x];
  else if (slab == WILLIS_SLAB_MIN)
    for (int x = lo; x < hi; x++)
      out[x] = count[x] == 0.0f || in[x] < out[x] ? in[x] : out[x];
  else
    for (int x = lo; x < hi; x++)
      out[x] += in[x];
  for (int x = lo; x < hi; x++)
    count[x] += 1.0f;
}

/* One row of values; NaN where no sample of the slab is inside. */
static void
values_row (const Job *job, int y, float *out, float *scratch, float *count)
{
  int width = job->plane->width, lo, hi;
  double start[3];

  for (int n = 0; n < 3; n++)
    start[n] = job->origin_ijk[n] + y * job->down_ijk[n];
  if (job->n_samples == 1)
    {
      for (int x = 0; x < width; x++)
        out[x] = NAN;
      sample_row (job->volume, job->params->nearest, start, job->right_ijk, width, &lo, &hi, out);
      return;
    }
  memset (out, 0, sizeof (float) * (gsize) width);
  memset (count, 0, sizeof (float) * (gsize) width);
  for (int s = 0; s < job->n_samples; s++)
    {
      double t = (s - 0.5 * (job->n_samples - 1)) * job->step_mm, at[3];

      vec3_axpy (at, start, t, job->normal_ijk);
      sample_row (job->volume, job->params->nearest, at, job->right_ijk, width, &lo, &hi, scratch);
      combine (job->params->slab, scratch, lo, hi, out, count);
    }
  for (int x = 0; x < width; x++)
    if (count[x] == 0.0f)
      out[x] = NAN;
    else if (job->params->slab == WILLIS_SLAB_MEAN)
      out[x] /= count[x];
}

WILLIS_KERNEL static void
shade_row (const float *restrict in, int width, float low, float scale, guint32 outside, guint32 *restrict out)
{
  for (int x = 0; x < width; x++)
    {
      float v = in[x];
      float g = clampf (v == v ? (v - low) * scale : 0.0f, 0.0f, 255.0f);
      guint32 grey = (guint32) (g + 0.5f);

      out[x] = v == v ? 0xff000000u | grey << 16 | grey << 8 | grey : outside;
    }
}

static inline guint32
over (guint32 top, guint32 bottom)
{
  guint32 keep = 255 - (top >> 24);
  guint32 rb = ((bottom & 0xff00ff) * keep + 0x800080) >> 8 & 0xff00ff;
  guint32 ag = ((bottom >> 8 & 0xff00ff) * keep + 0x800080) & 0xff00ff00;

  return top + rb + ag;
}

static void
labels_row (const Job *job, const double start_lps[3], guint32 *out, float *scratch)
{
  const WillisGrid *grid = willis_volume_grid (job->params->labels);
  double a[3], b[3], next[3], step[3];
  int lo, hi;

  willis_grid_lps_to_ijk (grid, start_lps, a);
  vec3_axpy (next, start_lps, job->plane->pixel_mm, job->plane->right);
  willis_grid_lps_to_ijk (grid, next, b);
  vec3_sub (step, b, a);
  sample_row (job->params->labels, TRUE, a, step, job->plane->width, &lo, &hi, scratch);
  for (int x = lo; x < hi; x++)
    {
      guint32 colour = job->params->palette[(guint8) scratch[x]];

      if (colour != 0)
        out[x] = over (colour, out[x]);
    }
}

static void
reslice_rows (gsize lo, gsize hi, gpointer data)
{
  const Job *job = data;
  const WillisPlane *plane = job->plane;
  gsize width = (gsize) plane->width;
  g_autofree float *scratch = g_new (float, 3 * width);
  float window = (float) MAX (job->params->window, 1e-6);
  float low = (float) job->params->level - 0.5f * window;

  for (gsize y = lo; y < hi; y++)
    {
      float *values = job->values != NULL ? job->values + y * width : scratch;
      guint32 *pixels;
      double start[3];

      values_row (job, (int) y, values, scratch + width, scratch + 2 * width);
      if (job->pixels == NULL)
        continue;
      pixels = job->pixels + y * job->stride_px;
      shade_row (values, plane->width, low, 255.0f / window, job->params->outside, pixels);
      if (job->params->labels == NULL)
        continue;
      vec3_axpy (start, plane->corner_lps_mm, (double) y * plane->pixel_mm, plane->down);
      labels_row (job, start, pixels, scratch + width);
    }
}

static void
run (Job *job)
{
  const WillisGrid *grid = willis_volume_grid (job->volume);
  const WillisPlane *plane = job->plane;
  double normal[3], at[3], zero[3];

  g_return_if_fail (plane->width > 0 && plane->height > 0 && plane->pixel_mm > 0.0);
  willis_plane_normal (plane, normal);
  willis_grid_lps_to_ijk (grid, plane->corner_lps_mm, job->origin_ijk);
  vec3_copy (zero, job->origin_ijk);
  vec3_axpy (at, plane->corner_lps_mm, plane->pixel_mm, plane->right);
  willis_grid_lps_to_ijk (grid, at, job->right_ijk);
  vec3_sub (job->right_ijk, job->right_ijk, zero);
  vec3_axpy (at, plane->corner_lps_mm, plane->pixel_mm, plane->down);
  willis_grid_lps_to_ijk (grid, at, job->down_ijk);
  vec3_sub (job->down_ijk, job->down_ijk, zero);
  vec3_add (at, plane->corner_lps_mm, normal);
  willis_grid_lps_to_ijk (grid, at, job->normal_ijk);
  vec3_sub (job->normal_ijk, job->normal_ijk, zero);

  job->n_samples = 1;
  job->step_mm = willis_grid_min_spacing (grid);
  if (job->params->thickness_mm > job->step_mm)
    {
      job->n_samples = (int) ceil (job->params->thickness_mm / job->step_mm) + 1;
      job->step_mm = job->params->thickness_mm / (job->n_samples - 1);
    }
  willis_parallel_for ((gsize) plane->height, ROWS_PER_CHUNK, reslice_rows, job);
}

void
willis_reslice_values (const WillisVolume *volume, const WillisPlane *plane, const WillisResliceParams *params,
                       float *out)
{
  Job job = { .volume = volume, .plane = plane, .params = params, .values = out };

  run (&job);
}

void
willis_reslice_argb (const WillisVolume *volume, const WillisPlane *plane, const WillisResliceParams *params,
                     guint32 *out, gsize stride_px)
{
  Job job = { .volume = volume, .plane = plane, .params = params, .pixels = out, .stride_px = stride_px };

  g_return_if_fail (params->labels == NULL || willis_volume_scalar (params->labels) == WILLIS_SCALAR_U8);
  g_return_if_fail (params->labels == NULL || params->palette != NULL);
  run (&job);
}

static int
compare_floats (gconstpointer a, gconstpointer b)
{
  float x = *(const float *) a, y = *(const float *) b;

  return (x > y) - (x < y);
}

double
willis_volume_quantile (const WillisVolume *volume, double q)
{
  const WillisGrid *grid = willis_volume_grid (volume);
  gsize n = willis_grid_n_voxels (grid), every = MAX (n >> 20, 1), count = 0;
  g_autofree float *values = NULL;

  every |= 1; // odd, so that it does not keep step with rows of even length
  values = g_new (float, n / every + 1);
  for (gsize i = 0; i < n; i += every)
    {
      gsize row = i / (gsize) grid->dims[0];
      double v = willis_volume_get (volume, (int) (i % (gsize) grid->dims[0]), (int) (row % (gsize) grid->dims[1]),
                                    (int) (row / (gsize) grid->dims[1]));

      if (isfinite (v))
        values[count++] = (float) v;
    }
  if (count == 0)
    return 0.0;
  qsort (values, count, sizeof (float), compare_floats);
  return values[MIN (count - 1, (gsize) (CLAMP (q, 0.0, 1.0) * (double) (count - 1) + 0.5))];
}
