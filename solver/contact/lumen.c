/* SPDX-License-Identifier: Apache-2.0 */
#include "solver/contact/lumen.h"

#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/parallel.h"
#include "core/num/kernel.h"
#include "core/num/vec3.h"

typedef enum
{
  LUMEN_CYLINDER,
  LUMEN_TORUS,
  LUMEN_VOLUME,
} LumenKind;

struct _WillisLumen
{
  int ref_count;
  LumenKind kind;
  double at[3], axis[3], radius, major;
  WillisGrid grid;
  float *coefficients; // [nk][nj][ni] of the quadratic B-spline
  double scale;
};

static WillisLumen *
lumen_new (LumenKind kind)
{
  WillisLumen *lumen = g_new0 (WillisLumen, 1);

  lumen->ref_count = 1;
  lumen->kind = kind;
  return lumen;
}

WillisLumen *
willis_lumen_cylinder (const double from[3], const double to[3], double radius_mm)
{
  WillisLumen *lumen = lumen_new (LUMEN_CYLINDER);

  vec3_copy (lumen->at, from);
  vec3_sub (lumen->axis, to, from);
  vec3_normalize (lumen->axis);
  lumen->radius = lumen->scale = radius_mm;
  return lumen;
}

WillisLumen *
willis_lumen_torus (const double centre[3], const double axis[3], double major_mm, double minor_mm)
{
  WillisLumen *lumen = lumen_new (LUMEN_TORUS);

  vec3_copy (lumen->at, centre);
  vec3_copy (lumen->axis, axis);
  vec3_normalize (lumen->axis);
  lumen->major = major_mm;
  lumen->radius = lumen->scale = minor_mm;
  return lumen;
}

/* Quadratic B-spline coefficients along one axis in place (Unser, Aldroubi & Eden 1993): one pole, mirror ends. */
static void
prefilter_line (float *x, gsize n, gsize stride)
{
  const double pole = sqrt (8.0) - 3.0;
  double sum = 0.0, power = 1.0;

  if (n < 2)
    return;
  for (gsize i = 0; i < n && fabs (power) > 1e-9; i++)
    {
      sum += power * x[i * stride];
      power *= pole;
    }
  x[0] = (float) (8.0 * sum);
  for (gsize i = 1; i < n; i++)
    x[i * stride] = (float) (8.0 * x[i * stride] + pole * x[(i - 1) * stride]);
  x[(n - 1) * stride]
      = (float) (pole / (pole * pole - 1.0) * (x[(n - 1) * stride] + pole * x[(n - 2) * stride]));
  for (gsize i = n - 1; i-- > 0;)
    x[i * stride] = (float) (pole * (x[(i + 1) * stride] - x[i * stride]));
}

typedef struct
{
  float *x;
  const int *dims;
  int axis;
} Prefilter;

static void
prefilter_range (gsize lo, gsize hi, gpointer context)
{
  const Prefilter *p = context;
  gsize ni = p->dims[0], nj = p->dims[1];

  for (gsize r = lo; r < hi; r++)
    if (p->axis == 0)
      prefilter_line (p->x + r * ni, ni, 1);
    else if (p->axis == 1)
      prefilter_line (p->x + r / ni * ni * nj + r % ni, nj, ni);
    else
      prefilter_line (p->x + r, p->dims[2], ni * nj);
}

WillisLumen *
willis_lumen_volume (WillisVolume *distance, GError **error)
{
  const WillisGrid *grid = willis_volume_grid (distance);
  gsize n = willis_grid_n_voxels (grid), ni = grid->dims[0], nj = grid->dims[1], nk = grid->dims[2];
  WillisLumen *lumen;

  if (willis_volume_f32 (distance) == NULL || grid->dims[0] < 4 || grid->dims[1] < 4 || grid->dims[2] < 4)
    {
      willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("The distance field of the lumen is too small or not of type float"));
      return NULL;
    }
  lumen = lumen_new (LUMEN_VOLUME);
  lumen->grid = *grid;
  lumen->scale = 4.0 * willis_grid_min_spacing (grid);
  lumen->coefficients = g_memdup2 (willis_volume_f32 (distance), sizeof (float) * n);
  for (int axis = 0; axis < 3; axis++)
    {
      Prefilter p = { lumen->coefficients, grid->dims, axis };

      willis_parallel_for (axis == 0 ? nj * nk : axis == 1 ? ni * nk : ni * nj, 64, prefilter_range, &p);
    }
  return lumen;
}

typedef struct
{
  const double *points, *radius;
  gsize n;
  gboolean closed;
  const WillisGrid *grid;
  float *out;
} LineField;

/* Radius less distance at x for segment i, radii between its ends in proportion; *steep: how much it changes per millimetre at most. */
static double
segment_distance (const LineField *f, gsize i, const double x[3], double *steep)
{
  gsize j = (i + 1) % f->n;
  const double *a = f->points + 3 * i, *b = f->points + 3 * j;
  double ab[3], ax[3], t, c[3], length2;

  vec3_sub (ab, b, a);
  vec3_sub (ax, x, a);
  length2 = fmax (vec3_norm2 (ab), 1e-30);
  t = CLAMP (vec3_dot (ab, ax) / length2, 0.0, 1.0);
  vec3_axpy (c, a, t, ab);
  if (steep != NULL)
    *steep = 1.0 + fabs (f->radius[j] - f->radius[i]) / sqrt (length2);
  return (1.0 - t) * f->radius[i] + t * f->radius[j] - vec3_dist (x, c);
}

/* Largest of radius - distance over the segments, for the voxels [lo, lo + size)^3. The n segments in list are those that can be the
 * largest in the block around; of them, a smaller block keeps those that can be the largest in it, behind the list. */
static void
fill_block (const LineField *f, const int lo[3], int size, gsize *list, gsize n)
{
  gsize *kept = list + n, n_kept = 0, ni = f->grid->dims[0], nj = f->grid->dims[1];
  double mid[3], x[3], half = 0.0, best = -INFINITY, value, steep;
  int hi[3], part = size / 4;

  for (int k = 0; k < 3; k++)
    {
      hi[k] = MIN (lo[k] + size, f->grid->dims[k]);
      if (lo[k] >= hi[k])
        return;
      mid[k] = 0.5 * (lo[k] + hi[k] - 1);
      half += pow (0.5 * (hi[k] - 1 - lo[k]) * f->grid->spacing_mm[k], 2.0);
    }
  half = size > 1 ? sqrt (half) + 1e-6 : 0.0; // with room for round-off
  willis_grid_ijk_to_lps (f->grid, size > 1 ? mid : (double[3]){ lo[0], lo[1], lo[2] }, x);
  for (gsize i = 0; i < n; i++)
    {
      value = segment_distance (f, list[i], x, &steep);
      best = fmax (best, value - half * steep);
    }
  if (size == 1)
    {
      f->out[lo[0] + ni * (lo[1] + nj * lo[2])] = (float) best;
      return;
    }
  for (gsize i = 0; i < n; i++)
    {
      value = segment_distance (f, list[i], x, &steep);
      if (value + half * steep >= best)
        kept[n_kept++] = list[i];
    }
  for (int k = lo[2]; k < hi[2]; k += part)
    for (int j = lo[1]; j < hi[1]; j += part)
      for (int i = lo[0]; i < hi[0]; i += part)
        fill_block (f, (int[3]){ i, j, k }, part, kept, n_kept);
}

#define BLOCK 16 // voxels; 4^2, for two levels of blocks

static void
line_range (gsize from, gsize to, gpointer context)
{
  const LineField *f = context;
  gsize n = f->n - (f->closed ? 0 : 1), bi = (f->grid->dims[0] + BLOCK - 1) / BLOCK, bj = (f->grid->dims[1] + BLOCK - 1) / BLOCK;
  g_autofree gsize *list = g_new (gsize, 4 * n);

  for (gsize b = from; b < to; b++)
    {
      const int lo[3] = { (int) (b % bi) * BLOCK, (int) (b / bi % bj) * BLOCK, (int) (b / (bi * bj)) * BLOCK };

      for (gsize i = 0; i < n; i++)
        list[i] = i;
      fill_block (f, lo, BLOCK, list, n);
    }
}

WillisLumen *
willis_lumen_line (const double *points, const double *radius_mm, gsize n, gboolean closed, double voxel_mm, GError **error)
{
  double lo[3] = { INFINITY, INFINITY, INFINITY }, hi[3] = { -INFINITY, -INFINITY, -INFINITY };
  const double spacing[3] = { voxel_mm, voxel_mm, voxel_mm };
  g_autoptr (WillisVolume) volume = NULL;
  LineField f = { points, radius_mm, n, closed };
  WillisGrid grid;
  gsize blocks = 1;
  int dims[3];

  if (n < 2 || !(voxel_mm > 0.0))
    {
      willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("A lumen line needs at least two points and a voxel size"));
      return NULL;
    }
  for (gsize i = 0; i < n; i++)
    for (int k = 0; k < 3; k++)
      {
        lo[k] = MIN (lo[k], points[3 * i + k] - radius_mm[i] - 4.0 * voxel_mm);
        hi[k] = MAX (hi[k], points[3 * i + k] + radius_mm[i] + 4.0 * voxel_mm);
      }
  for (int k = 0; k < 3; k++)
    dims[k] = (int) ceil ((hi[k] - lo[k]) / voxel_mm) + 1;
  grid = willis_grid_new (dims, spacing, lo);
  if (!willis_grid_check (&grid, error))
    return NULL;
  volume = willis_volume_new (&grid, WILLIS_SCALAR_F32, error);
  if (volume == NULL)
    return NULL;
  f.grid = &grid;
  f.out = willis_volume_voxels_rw (volume);
  for (int k = 0; k < 3; k++)
    blocks *= (dims[k] + BLOCK - 1) / BLOCK;
  willis_parallel_for (blocks, 4, line_range, &f);
  return willis_lumen_volume (volume, error);
}

WillisLumen *
willis_lumen_ref (WillisLumen *lumen)
{
  g_atomic_int_inc (&lumen->ref_count);
  return lumen;
}

void
willis_lumen_unref (WillisLumen *lumen)
{
  if (lumen == NULL || !g_atomic_int_dec_and_test (&lumen->ref_count))
    return;
  g_free (lumen->coefficients);
  g_free (lumen);
}

double
willis_lumen_scale_mm (const WillisLumen *lumen)
{
  return lumen->scale;
}

/* Weights of the quadratic B-spline at offset f in [-1/2, 1/2] from the middle voxel, first and second derivative. */
static inline void
weights (double f, double w[3], double d[3], double h[3])
{
  w[0] = 0.5 * (0.5 - f) * (0.5 - f);
  w[1] = 0.75 - f * f;
  w[2] = 0.5 * (0.5 + f) * (0.5 + f);
  d[0] = f - 0.5;
  d[1] = -2.0 * f;
  d[2] = f + 0.5;
  h[0] = h[2] = 1.0;
  h[1] = -2.0;
}

/* Value, gradient and second derivatives by index. */
WILLIS_KERNEL static double
spline_sample (const WillisLumen *lumen, const double ijk[3], double g[3], double hess[6])
{
  const int *n = lumen->grid.dims;
  double w[3][3], d[3][3], h[3][3], value = 0.0;
  gsize row = n[0], slab = (gsize) n[0] * n[1];
  int at[3];

  for (int k = 0; k < 3; k++)
    {
      at[k] = CLAMP ((int) floor (ijk[k] + 0.5), 1, n[k] - 2);
      weights (ijk[k] - at[k], w[k], d[k], h[k]);
    }
  for (int k = 0; k < 3; k++)
    g[k] = hess[k] = hess[3 + k] = 0.0;
  for (int c = 0; c < 3; c++)
    for (int b = 0; b < 3; b++)
      {
        const float *p = lumen->coefficients + (gsize) (at[2] - 1 + c) * slab + (gsize) (at[1] - 1 + b) * row + at[0] - 1;
        double v = w[0][0] * p[0] + w[0][1] * p[1] + w[0][2] * p[2];
        double vd = d[0][0] * p[0] + d[0][1] * p[1] + d[0][2] * p[2];
        double vh = p[0] - 2.0 * p[1] + p[2];
        double yz = w[1][b] * w[2][c];

        value += v * yz;
        g[0] += vd * yz;
        g[1] += v * d[1][b] * w[2][c];
        g[2] += v * w[1][b] * d[2][c];
        hess[0] += vh * yz;
        hess[1] += v * h[1][b] * w[2][c];
        hess[2] += v * w[1][b] * h[2][c];
        hess[3] += vd * d[1][b] * w[2][c];
        hess[4] += vd * w[1][b] * d[2][c];
        hess[5] += v * d[1][b] * d[2][c];
      }
  return value;
}

static double
sample_volume (const WillisLumen *lumen, const double x[3], double gradient[3], double hessian[9])
{
  const WillisGrid *grid = &lumen->grid;
  double ijk[3], out[3] = { 0 }, g[3], h[6], m[9], t[9], over, value;

  willis_grid_lps_to_ijk (grid, x, ijk);
  for (int k = 0; k < 3; k++)
    {
      double inside = CLAMP (ijk[k], 1.0, grid->dims[k] - 2.0);

      out[k] = (ijk[k] - inside) * grid->spacing_mm[k];
      ijk[k] = inside;
    }
  value = spline_sample (lumen, ijk, g, h);
  over = vec3_norm (out);
  if (over > 0.0)
    {
      /* off the grid: downhill away from it */
      for (int k = 0; k < 3; k++)
        g[k] = -out[k] / over * grid->spacing_mm[k];
      memset (h, 0, sizeof h);
      value -= over;
    }
  if (gradient != NULL)
    willis_grid_gradient_to_lps (grid, g, gradient);
  if (hessian == NULL)
    return value;
  for (int i = 0; i < 3; i++)
    for (int j = 0; j < 3; j++)
      m[3 * i + j] = (i == j ? h[i] : h[2 + i + j]) / (grid->spacing_mm[i] * grid->spacing_mm[j]);
  for (int i = 0; i < 3; i++)
    for (int j = 0; j < 3; j++)
      t[3 * i + j] = grid->direction[3 * i] * m[j] + grid->direction[3 * i + 1] * m[3 + j]
                     + grid->direction[3 * i + 2] * m[6 + j];
  for (int i = 0; i < 3; i++)
    for (int j = 0; j < 3; j++)
      hessian[3 * i + j] = t[3 * i] * grid->direction[3 * j] + t[3 * i + 1] * grid->direction[3 * j + 1]
                           + t[3 * i + 2] * grid->direction[3 * j + 2];
  return value;
}

/* Distance to a line or circle through c with tangent t there: gradient and second derivatives of -|x - c|.
 * bend: 1 / (1 - curvature * offset) - 1 along t, zero for a line. */
static void
minus_distance (const double v[3], double rho, const double t[3], double along, double gradient[3], double hessian[9])
{
  double n[3];

  if (rho > 1e-12)
    vec3_scale (n, v, 1.0 / rho);
  else
    {
      double w[3];

      vec3_basis (t, n, w);
      rho = 1e-12;
    }
  if (gradient != NULL)
    vec3_scale (gradient, n, -1.0);
  if (hessian == NULL)
    return;
  for (int i = 0; i < 3; i++)
    for (int j = 0; j < 3; j++)
      hessian[3 * i + j] = -((i == j) - n[i] * n[j] - t[i] * t[j]) / rho - along * t[i] * t[j];
}

static double
sample_torus (const WillisLumen *lumen, const double x[3], double gradient[3], double hessian[9])
{
  double v[3], e[3], t[3], c[3], z, rho, s;

  vec3_sub (v, x, lumen->at);
  z = vec3_dot (v, lumen->axis);
  vec3_axpy (e, v, -z, lumen->axis);
  s = vec3_norm (e);
  if (s > 0.0)
    vec3_scale (e, e, 1.0 / s);
  else
    vec3_basis (lumen->axis, e, t);
  vec3_cross (t, lumen->axis, e);
  vec3_scale (c, e, s - lumen->major);
  vec3_axpy (c, c, z, lumen->axis);
  rho = vec3_norm (c);
  /* along the circle: the distance's radial part (s - major) / rho changes the direction of e by 1 / s per length */
  minus_distance (c, rho, t, rho > 1e-12 && s > 1e-12 ? (s - lumen->major) / (rho * s) : 0.0, gradient, hessian);
  return lumen->radius - rho;
}

double
willis_lumen_sample (const WillisLumen *lumen, const double x[3], double gradient[3], double hessian[9])
{
  double v[3], rho;

  if (lumen->kind == LUMEN_VOLUME)
    return sample_volume (lumen, x, gradient, hessian);
  if (lumen->kind == LUMEN_TORUS)
    return sample_torus (lumen, x, gradient, hessian);
  vec3_sub (v, x, lumen->at);
  vec3_axpy (v, v, -vec3_dot (v, lumen->axis), lumen->axis);
  rho = vec3_norm (v);
  minus_distance (v, rho, lumen->axis, 0.0, gradient, hessian);
  return lumen->radius - rho;
}
