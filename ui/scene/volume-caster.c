/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/scene/volume-caster.h"

#include <math.h>
#include <string.h>

#include "core/base/parallel.h"
#include "core/num/vec3.h"
#include "ui/scene/raster.h"

/* Voxels along a side of a brick, the unit of skipping what cannot be seen. */
#define BRICK 8
/* A ray ends when less light than this is left. */
#define FULL 0.98f

struct _WillisCaster
{
  WillisVolume *volume;
  WillisTransferTable table;
  int bricks[3];
  guint8 *seen; // [bricks 2][bricks 1][bricks 0], whether any value in the brick can be seen
};

/* --- Which bricks can be seen. */

static double
value_at (const WillisVolume *volume, gsize i)
{
  switch (willis_volume_scalar (volume))
    {
    case WILLIS_SCALAR_U8:
      return willis_volume_u8 (volume)[i];
    case WILLIS_SCALAR_I16:
      return willis_volume_i16 (volume)[i];
    default:
      return willis_volume_f32 (volume)[i];
    }
}

static inline double
entry (const WillisTransferTable *table, double value)
{
  double t = (value - table->lo) * ((WILLIS_TRANSFER_SIZE - 1.0) / (table->hi - table->lo));

  return t > 0.0 ? MIN (t, WILLIS_TRANSFER_SIZE - 1.0) : 0.0; // not a number counts as the lowest
}

static void
look_at_bricks (gsize lo, gsize hi, gpointer context)
{
  WillisCaster *caster = context;
  const WillisGrid *grid = willis_volume_grid (caster->volume);
  const int *dims = grid->dims;

  for (gsize k = lo; k < hi; k++)
    for (int j = 0; j < caster->bricks[1]; j++)
      for (int i = 0; i < caster->bricks[0]; i++)
        {
          /* One voxel more at the far side: values between bricks need both. */
          int x1 = MIN (i * BRICK + BRICK, dims[0] - 1), y1 = MIN (j * BRICK + BRICK, dims[1] - 1);
          int z1 = MIN ((int) k * BRICK + BRICK, dims[2] - 1), e0, e1;
          double least = HUGE_VAL, most = -HUGE_VAL;
          guint8 seen = 0;

          for (int z = (int) k * BRICK; z <= z1; z++)
            for (int y = j * BRICK; y <= y1; y++)
              for (int x = i * BRICK; x <= x1; x++)
                {
                  double v = value_at (caster->volume, ((gsize) z * dims[1] + y) * dims[0] + x);

                  least = MIN (least, v);
                  most = MAX (most, v);
                }
          e0 = (int) entry (&caster->table, least);
          e1 = (int) ceil (entry (&caster->table, most));
          for (int e = e0; e <= e1 && !seen; e++)
            seen = caster->table.rgba[e][3] > 0.0f;
          caster->seen[(k * caster->bricks[1] + j) * caster->bricks[0] + i] = seen;
        }
}

WillisCaster *
willis_caster_new (WillisVolume *volume, const WillisTransfer *transfer)
{
  WillisCaster *caster = g_new0 (WillisCaster, 1);
  const WillisGrid *grid = willis_volume_grid (volume);

  caster->volume = willis_volume_ref (volume);
  willis_transfer_table (transfer, volume, &caster->table);
  for (int a = 0; a < 3; a++)
    caster->bricks[a] = (grid->dims[a] + BRICK - 1) / BRICK;
  caster->seen = g_new (guint8, (gsize) caster->bricks[0] * caster->bricks[1] * caster->bricks[2]);
  willis_parallel_for (caster->bricks[2], 1, look_at_bricks, caster);
  return caster;
}

void
willis_caster_free (WillisCaster *caster)
{
  if (caster == NULL)
    return;
  willis_volume_unref (caster->volume);
  g_free (caster->seen);
  g_free (caster);
}

/* --- Values between voxels, for each type. */

#define DEFINE_SAMPLE(NAME, TYPE)                                                                                   \
  static inline float NAME (const void *voxels, const int dims[3], const double p[3])                              \
  {                                                                                                                \
    const TYPE *v = voxels;                                                                                        \
    double x = CLAMP (p[0], 0.0, dims[0] - 1.0), y = CLAMP (p[1], 0.0, dims[1] - 1.0),                             \
           z = CLAMP (p[2], 0.0, dims[2] - 1.0);                                                                   \
    int i = MIN ((int) x, MAX (dims[0] - 2, 0)), j = MIN ((int) y, MAX (dims[1] - 2, 0)),                          \
        k = MIN ((int) z, MAX (dims[2] - 2, 0));                                                                   \
    float fx = (float) (x - i), fy = (float) (y - j), fz = (float) (z - k);                                        \
    gsize dx = dims[0] > 1, dy = dims[1] > 1 ? (gsize) dims[0] : 0,                                                \
          dz = dims[2] > 1 ? (gsize) dims[0] * dims[1] : 0;                                                        \
    const TYPE *c = v + ((gsize) k * dims[1] + j) * dims[0] + i;                                                   \
    float c00 = c[0] + fx * ((float) c[dx] - c[0]), c10 = c[dy] + fx * ((float) c[dy + dx] - c[dy]);               \
    float c01 = c[dz] + fx * ((float) c[dz + dx] - c[dz]);                                                         \
    float c11 = c[dz + dy] + fx * ((float) c[dz + dy + dx] - c[dz + dy]);                                          \
    float c0 = c00 + fy * (c10 - c00), c1 = c01 + fy * (c11 - c01);                                                \
                                                                                                                   \
    return c0 + fz * (c1 - c0);                                                                                    \
  }

DEFINE_SAMPLE (sample_u8, guint8)
DEFINE_SAMPLE (sample_i16, gint16)
DEFINE_SAMPLE (sample_f32, float)

static inline float
sample (WillisScalar scalar, const void *voxels, const int dims[3], const double p[3])
{
  if (scalar == WILLIS_SCALAR_U8)
    return sample_u8 (voxels, dims, p);
  if (scalar == WILLIS_SCALAR_I16)
    return sample_i16 (voxels, dims, p);
  return sample_f32 (voxels, dims, p);
}

/* --- Rays. */

typedef struct
{
  double o[3], d[3]; // voxel indices; d per mm
  double t_lo, t_hi; // mm
} Ray;

/* Shortens the ray to the part inside the volume and on the kept side of plane; FALSE when none is left. */
static gboolean
clip_ray (const WillisCaster *caster, const double origin[3], const double direction[3], const double plane[4],
          Ray *ray)
{
  const WillisGrid *grid = willis_volume_grid (caster->volume);

  if (plane != NULL)
    {
      double along = vec3_dot (plane, direction), left = plane[3] - vec3_dot (plane, origin);

      if (along > 0.0)
        ray->t_lo = MAX (ray->t_lo, left / along);
      else if (along < 0.0)
        ray->t_hi = MIN (ray->t_hi, left / along);
      else if (left > 0.0)
        return FALSE;
    }
  willis_grid_lps_to_ijk (grid, origin, ray->o);
  for (int a = 0; a < 3; a++)
    {
      double t0, t1;

      ray->d[a] = 0.0;
      for (int r = 0; r < 3; r++) // rows of the inverse: the direction matrix is orthonormal
        ray->d[a] += grid->direction[3 * r + a] * direction[r];
      ray->d[a] /= grid->spacing_mm[a];
      if (fabs (ray->d[a]) < 1e-12)
        {
          if (ray->o[a] < 0.0 || ray->o[a] > grid->dims[a] - 1.0)
            return FALSE;
          continue;
        }
      t0 = -ray->o[a] / ray->d[a];
      t1 = (grid->dims[a] - 1.0 - ray->o[a]) / ray->d[a];
      ray->t_lo = MAX (ray->t_lo, MIN (t0, t1));
      ray->t_hi = MIN (ray->t_hi, MAX (t0, t1));
    }
  return ray->t_lo < ray->t_hi;
}

/* If the brick at t cannot be seen, moves t just past it and returns TRUE. */
static inline gboolean
skip_brick (const WillisCaster *caster, const Ray *ray, const double p[3], double *t)
{
  int b[3];
  double leave = HUGE_VAL;

  for (int a = 0; a < 3; a++)
    b[a] = CLAMP ((int) (p[a] / BRICK), 0, caster->bricks[a] - 1);
  if (caster->seen[((gsize) b[2] * caster->bricks[1] + b[1]) * caster->bricks[0] + b[0]])
    return FALSE;
  for (int a = 0; a < 3; a++)
    if (ray->d[a] > 1e-12)
      leave = MIN (leave, ((b[a] + 1) * (double) BRICK - ray->o[a]) / ray->d[a]);
    else if (ray->d[a] < -1e-12)
      leave = MIN (leave, (b[a] * (double) BRICK - ray->o[a]) / ray->d[a]);
  *t = MAX (leave, *t);
  return TRUE;
}

typedef struct
{
  const WillisCaster *caster;
  WillisScalar scalar;
  const void *voxels;
  const WillisGrid *grid;
  double dt;                           // mm
  float opacity[WILLIS_TRANSFER_SIZE]; // of one step
} March;

static void
march_init (March *march, const WillisCaster *caster, double dt)
{
  march->caster = caster;
  march->scalar = willis_volume_scalar (caster->volume);
  march->voxels = willis_volume_voxels (caster->volume);
  march->grid = willis_volume_grid (caster->volume);
  march->dt = dt;
  for (int i = 0; i < WILLIS_TRANSFER_SIZE; i++)
    march->opacity[i]
        = (float) (1.0 - pow (1.0 - MIN (caster->table.rgba[i][3], 0.999), dt / caster->table.reference_mm));
}

/* Unit gradient of the values in world space, or zero. */
static void
gradient_at (const March *march, const double p[3], double g[3])
{
  for (int a = 0; a < 3; a++)
    {
      double q[3] = { p[0], p[1], p[2] };

      q[a] += 1.0;
      g[a] = sample (march->scalar, march->voxels, march->grid->dims, q);
      q[a] -= 2.0;
      g[a] -= sample (march->scalar, march->voxels, march->grid->dims, q);
    }
  willis_grid_gradient_to_lps (march->grid, g, g);
  vec3_normalize (g);
}

/* Light along one ray: premultiplied colour 0 .. 255 and opacity 0 .. 1. view: unit, along the ray's axis. */
static void
composite (const March *march, const Ray *ray, const double view[3], double jitter, float out[4])
{
  const WillisTransferTable *table = &march->caster->table;
  double t = ray->t_lo + jitter * march->dt, p[3], g[3];

  while (t < ray->t_hi)
    {
      int e;
      float a, c, f, shine;

      vec3_axpy (p, ray->o, t, ray->d);
      if (skip_brick (march->caster, ray, p, &t))
        {
          t += march->dt * 1e-3; // onto the next brick; then go on from the same grid of samples
          t = ray->t_lo + (ceil ((t - ray->t_lo) / march->dt - jitter) + jitter) * march->dt;
          continue;
        }
      t += march->dt;
      e = (int) (entry (table, sample (march->scalar, march->voxels, march->grid->dims, p)) + 0.5);
      a = march->opacity[e];
      if (a <= 0.002f)
        continue;
      gradient_at (march, p, g);
      c = (float) fabs (vec3_dot (g, view));
      f = a * (1.0f - out[3]);
      shine = (float) WILLIS_LIGHT_SPECULAR * powf (c, (float) WILLIS_LIGHT_POWER);
      for (int k = 0; k < 3; k++)
        out[k] += f * 255.0f
                  * MIN (table->rgba[e][k] * ((float) WILLIS_LIGHT_AMBIENT + (float) WILLIS_LIGHT_DIFFUSE * c)
                             + shine,
                         1.0f);
      out[3] += f;
      if (out[3] > FULL)
        return;
    }
}

/* The brightest value along the ray. */
static void
project_maximum (const March *march, const Ray *ray, double jitter, float out[4])
{
  const WillisTransferTable *table = &march->caster->table;
  double most = 0.0, p[3];
  int e;

  for (double t = ray->t_lo + jitter * march->dt; t < ray->t_hi; t += march->dt)
    {
      vec3_axpy (p, ray->o, t, ray->d);
      if (skip_brick (march->caster, ray, p, &t))
        continue;
      most = MAX (most, entry (table, sample (march->scalar, march->voxels, march->grid->dims, p)));
    }
  e = (int) (most + 0.5);
  for (int k = 0; k < 3; k++)
    out[k] = 255.0f * table->rgba[e][k] * table->rgba[e][3];
  out[3] = table->rgba[e][3];
}

typedef struct
{
  March march;
  const WillisCamera *camera;
  const float *depth;
  const double *plane;
  int w, h, row_lo;
  guint8 *rgba;
} Cast;

/* A number in [0, 1) that looks random but belongs to the pixel: turns bands into fine grain. */
static double
grain (guint32 x, guint32 y)
{
  guint32 v = x * 0x9E3779B1u ^ y * 0x85EBCA77u;

  v ^= v >> 15;
  v *= 0x2C1B3C6Du;
  v ^= v >> 12;
  return (v >> 8) / 16777216.0;
}

static void
cast_rows (gsize lo, gsize hi, gpointer context)
{
  const Cast *cast = context;
  const WillisCaster *caster = cast->march.caster;
  double back[3], view[3];

  willis_camera_axes (cast->camera, NULL, NULL, back);
  vec3_scale (view, back, -1.0);
  for (gsize row = lo; row < hi; row++)
    for (int x = 0; x < cast->w; x++)
      {
        int y = cast->row_lo + (int) row;
        gsize at = (gsize) y * cast->w + x;
        double origin[3], direction[3], jitter = grain (x, y);
        Ray ray = { .t_lo = cast->camera->perspective ? 0.0 : -1e6, .t_hi = 1e6 };
        float out[4] = { 0, 0, 0, 0 };

        willis_camera_ray (cast->camera, cast->w, cast->h, x + 0.5, y + 0.5, origin, direction);
        if (cast->depth != NULL && isfinite (cast->depth[at]))
          ray.t_hi = cast->depth[at] / vec3_dot (direction, view);
        if (clip_ray (caster, origin, direction, cast->plane, &ray))
          {
            if (caster->table.mip)
              project_maximum (&cast->march, &ray, jitter, out);
            else
              composite (&cast->march, &ray, view, jitter, out);
          }
        for (int c = 0; c < 3; c++)
          cast->rgba[4 * at + c] = (guint8) MIN (out[c] + 0.5f, 255.0f);
        cast->rgba[4 * at + 3] = (guint8) MIN (255.0f * out[3] + 0.5f, 255.0f);
      }
}

void
willis_caster_cast (const WillisCaster *caster, const WillisCamera *camera, int w, int h, const float *depth,
                    const double plane[4], double step, int row_lo, int row_hi, guint8 *rgba)
{
  Cast cast = { .camera = camera, .depth = depth, .plane = plane, .w = w, .h = h, .row_lo = row_lo, .rgba = rgba };

  if (row_hi <= row_lo)
    return;
  march_init (&cast.march, caster, step * caster->table.reference_mm);
  willis_parallel_for (row_hi - row_lo, 4, cast_rows, &cast);
}

gboolean
willis_caster_hit (const WillisCaster *caster, const double origin[3], const double direction[3], double t_lo,
                   double t_hi, const double plane[4], double *t)
{
  Ray ray = { .t_lo = t_lo, .t_hi = t_hi };
  double gathered = 0.0, p[3];
  g_autofree March *march = NULL;

  if (!clip_ray (caster, origin, direction, plane, &ray))
    return FALSE;
  march = g_new (March, 1);
  march_init (march, caster, 0.25 * caster->table.reference_mm);
  for (double s = ray.t_lo; s < ray.t_hi; s += march->dt)
    {
      vec3_axpy (p, ray.o, s, ray.d);
      if (skip_brick (caster, &ray, p, &s))
        continue;
      gathered += (1.0 - gathered)
                  * march->opacity[(int) (entry (&caster->table, sample (march->scalar, march->voxels,
                                                                         march->grid->dims, p))
                                          + 0.5)];
      if (gathered >= 0.5)
        {
          *t = s;
          return TRUE;
        }
    }
  return FALSE;
}
