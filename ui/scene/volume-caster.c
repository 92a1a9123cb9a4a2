/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/scene/volume-caster.h"

#include <math.h>
#include <string.h>

#include "core/base/parallel.h"
#include "core/num/kernel.h"
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
  guint8 *away; // [bricks 2][bricks 1][bricks 0], bricks to the nearest one in which anything can be seen; 0: this one
  float *most;  // the same, entry of the brightest value in the brick
};

/* What follows is always inlined with scalar a constant, so that each type gets loops of its own. */
#define ALWAYS_INLINE static inline __attribute__ ((always_inline))

ALWAYS_INLINE float
voxel (WillisScalar scalar, const void *voxels, gsize i)
{
  if (scalar == WILLIS_SCALAR_U8)
    return ((const guint8 *) voxels)[i];
  if (scalar == WILLIS_SCALAR_I16)
    return ((const gint16 *) voxels)[i];
  return ((const float *) voxels)[i];
}

/* --- Which bricks can be seen. */

static inline double
entry (const WillisTransferTable *table, double value)
{
  double t = (value - table->lo) * ((WILLIS_TRANSFER_SIZE - 1.0) / (table->hi - table->lo));

  return t > 0.0 ? MIN (t, WILLIS_TRANSFER_SIZE - 1.0) : 0.0; // not a number counts as the lowest
}

/* The least and most of one brick and one voxel more at the far side: values between bricks need both. */
ALWAYS_INLINE void
brick_range (const WillisVolume *volume, WillisScalar scalar, int i, int j, int k, float *least, float *most)
{
  const int *dims = willis_volume_grid (volume)->dims;
  const void *voxels = willis_volume_voxels (volume);
  int x1 = MIN (i * BRICK + BRICK, dims[0] - 1), y1 = MIN (j * BRICK + BRICK, dims[1] - 1);
  int z1 = MIN (k * BRICK + BRICK, dims[2] - 1);

  *least = HUGE_VALF;
  *most = -HUGE_VALF;
  for (int z = k * BRICK; z <= z1; z++)
    for (int y = j * BRICK; y <= y1; y++)
      for (int x = i * BRICK; x <= x1; x++)
        {
          float v = voxel (scalar, voxels, ((gsize) z * dims[1] + y) * dims[0] + x);

          *least = MIN (*least, v);
          *most = MAX (*most, v);
        }
}

static void
look_at_bricks (gsize lo, gsize hi, gpointer context)
{
  WillisCaster *caster = context;
  WillisScalar scalar = willis_volume_scalar (caster->volume);
  gsize b = lo * caster->bricks[1] * caster->bricks[0];

  for (gsize k = lo; k < hi; k++)
    for (int j = 0; j < caster->bricks[1]; j++)
      for (int i = 0; i < caster->bricks[0]; i++, b++)
        {
          float least, most;
          gboolean seen = FALSE;
          int e1;

          if (scalar == WILLIS_SCALAR_U8)
            brick_range (caster->volume, WILLIS_SCALAR_U8, i, j, (int) k, &least, &most);
          else if (scalar == WILLIS_SCALAR_I16)
            brick_range (caster->volume, WILLIS_SCALAR_I16, i, j, (int) k, &least, &most);
          else
            brick_range (caster->volume, WILLIS_SCALAR_F32, i, j, (int) k, &least, &most);
          caster->most[b] = (float) entry (&caster->table, most);
          e1 = (int) ceilf (caster->most[b]);
          for (int e = (int) entry (&caster->table, least); e <= e1 && !seen; e++)
            seen = caster->table.rgba[e][3] > 0.0f;
          caster->away[b] = seen ? 0 : 255;
        }
}

/* Chessboard distances in two sweeps (Rosenfeld and Pfaltz 1968). */
static void
measure_away (WillisCaster *caster)
{
  const int *n = caster->bricks;
  gsize total = (gsize) n[0] * n[1] * n[2];

  for (int sweep = 0; sweep < 2; sweep++)
    for (gsize at = 0; at < total; at++)
      {
        gsize b = sweep == 0 ? at : total - 1 - at;
        int x = (int) (b % n[0]), y = (int) (b / n[0] % n[1]), z = (int) (b / ((gsize) n[0] * n[1]));
        int best = caster->away[b];

        for (int k = -1; k <= 1 && best > 0; k++)
          for (int j = -1; j <= 1; j++)
            for (int i = -1; i <= 1; i++)
              {
                int order = 9 * k + 3 * j + i; // negative: met before b in the first sweep

                if ((sweep == 0 ? order >= 0 : order <= 0) || x + i < 0 || x + i >= n[0] || y + j < 0
                    || y + j >= n[1] || z + k < 0 || z + k >= n[2])
                  continue;
                best = MIN (best, caster->away[((gsize) (z + k) * n[1] + y + j) * n[0] + x + i] + 1);
              }
        caster->away[b] = (guint8) best;
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
  caster->away = g_new (guint8, (gsize) caster->bricks[0] * caster->bricks[1] * caster->bricks[2]);
  caster->most = g_new (float, (gsize) caster->bricks[0] * caster->bricks[1] * caster->bricks[2]);
  willis_parallel_for (caster->bricks[2], 1, look_at_bricks, caster);
  measure_away (caster);
  return caster;
}

void
willis_caster_free (WillisCaster *caster)
{
  if (caster == NULL)
    return;
  willis_volume_unref (caster->volume);
  g_free (caster->away);
  g_free (caster->most);
  g_free (caster);
}

/* --- Values between voxels. */

/* Trilinear, clamped to the border. */
ALWAYS_INLINE float
sample (WillisScalar scalar, const void *voxels, const int dims[3], float x, float y, float z)
{
  float mx = (float) (dims[0] - 1), my = (float) (dims[1] - 1), mz = (float) (dims[2] - 1);
  int i, j, k;
  gsize dx = dims[0] > 1, dy = dims[1] > 1 ? (gsize) dims[0] : 0, dz = dims[2] > 1 ? (gsize) dims[0] * dims[1] : 0, c;
  float fx, fy, fz, c00, c10, c01, c11, c0, c1;

  x = CLAMP (x, 0.0f, mx);
  y = CLAMP (y, 0.0f, my);
  z = CLAMP (z, 0.0f, mz);
  i = MIN ((int) x, MAX (dims[0] - 2, 0));
  j = MIN ((int) y, MAX (dims[1] - 2, 0));
  k = MIN ((int) z, MAX (dims[2] - 2, 0));
  fx = x - i;
  fy = y - j;
  fz = z - k;
  c = ((gsize) k * dims[1] + j) * dims[0] + i;
  c00 = voxel (scalar, voxels, c);
  c00 += fx * (voxel (scalar, voxels, c + dx) - c00);
  c10 = voxel (scalar, voxels, c + dy);
  c10 += fx * (voxel (scalar, voxels, c + dy + dx) - c10);
  c01 = voxel (scalar, voxels, c + dz);
  c01 += fx * (voxel (scalar, voxels, c + dz + dx) - c01);
  c11 = voxel (scalar, voxels, c + dz + dy);
  c11 += fx * (voxel (scalar, voxels, c + dz + dy + dx) - c11);
  c0 = c00 + fy * (c10 - c00);
  c1 = c01 + fy * (c11 - c01);
  return c0 + fz * (c1 - c0);
}

/* --- Rays. */

typedef struct
{
  double o[3], d[3];  // voxel indices; d per mm
  double inverse[3];  // of d; huge where d is nearly zero
  double t_lo, t_hi;  // mm
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
      ray->inverse[a] = 1.0 / copysign (MAX (fabs (ray->d[a]), 1e-12), ray->d[a]);
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

/* The brick at t, and where (mm) the ray leaves it, or leaves the empty bricks around it. */
ALWAYS_INLINE gsize
brick_at (const WillisCaster *caster, const Ray *ray, double t, double *leave)
{
  gsize brick = 0;
  int b[3], more;

  for (int a = 2; a >= 0; a--)
    {
      b[a] = CLAMP ((int) ((ray->o[a] + t * ray->d[a]) * (1.0 / BRICK)), 0, caster->bricks[a] - 1);
      brick = brick * caster->bricks[a] + b[a];
    }
  more = MAX (caster->away[brick] - 1, 0);
  *leave = HUGE_VAL;
  for (int a = 0; a < 3; a++)
    *leave = MIN (*leave, ((b[a] + (ray->inverse[a] > 0.0 ? 1 + more : -more)) * (double) BRICK - ray->o[a]) * ray->inverse[a]);
  return brick;
}

typedef struct
{
  const WillisCaster *caster;
  const void *voxels;
  const WillisGrid *grid;
  double dt;                           // mm
  float lo, per_entry;                 // value of the first entry; entries per unit of value
  float opacity[WILLIS_TRANSFER_SIZE]; // of one step
} March;

static void
march_init (March *march, const WillisCaster *caster, double dt)
{
  const WillisTransferTable *table = &caster->table;

  march->caster = caster;
  march->voxels = willis_volume_voxels (caster->volume);
  march->grid = willis_volume_grid (caster->volume);
  march->dt = dt;
  march->lo = (float) table->lo;
  march->per_entry = (float) ((WILLIS_TRANSFER_SIZE - 1.0) / (table->hi - table->lo));
  for (int i = 0; i < WILLIS_TRANSFER_SIZE; i++)
    march->opacity[i] = (float) (1.0 - pow (1.0 - MIN (table->rgba[i][3], 0.999), dt / table->reference_mm));
}

ALWAYS_INLINE float
entry_at (const March *march, WillisScalar scalar, const Ray *ray, double t)
{
  float v = sample (scalar, march->voxels, march->grid->dims, (float) (ray->o[0] + t * ray->d[0]),
                    (float) (ray->o[1] + t * ray->d[1]), (float) (ray->o[2] + t * ray->d[2]));
  float e = (v - march->lo) * march->per_entry;

  return e > 0.0f ? MIN (e, WILLIS_TRANSFER_SIZE - 1.0f) : 0.0f; // not a number counts as the lowest
}

/* How straight the surface of equal values at t faces the viewer, 0 .. 1. */
ALWAYS_INLINE float
facing (const March *march, WillisScalar scalar, const Ray *ray, double t, const double view[3])
{
  double p[3], g[3];

  for (int a = 0; a < 3; a++)
    p[a] = ray->o[a] + t * ray->d[a];
  for (int a = 0; a < 3; a++)
    {
      float q[3] = { (float) p[0], (float) p[1], (float) p[2] };

      q[a] += 1.0f;
      g[a] = sample (scalar, march->voxels, march->grid->dims, q[0], q[1], q[2]);
      q[a] -= 2.0f;
      g[a] -= sample (scalar, march->voxels, march->grid->dims, q[0], q[1], q[2]);
    }
  willis_grid_gradient_to_lps (march->grid, g, g);
  vec3_normalize (g);
  return (float) fabs (vec3_dot (g, view));
}

/* Light along one ray: premultiplied colour 0 .. 255 and opacity 0 .. 1. view: unit, along the ray's axis. Samples lie at
 * t_lo + (n + jitter) dt. */
ALWAYS_INLINE void
composite (const March *march, WillisScalar scalar, const Ray *ray, const double view[3], double jitter, float out[4])
{
  const WillisTransferTable *table = &march->caster->table;
  gint64 n = 0, end = (gint64) ceil ((ray->t_hi - ray->t_lo) / march->dt - jitter);
  float c = 1.0f;

  while (n < end)
    {
      double leave;
      gsize brick = brick_at (march->caster, ray, ray->t_lo + (n + jitter) * march->dt, &leave);
      gint64 stop = (gint64) ceil ((leave - ray->t_lo) / march->dt - jitter);

      stop = CLAMP (stop, n + 1, end);
      if (march->caster->away[brick] > 0)
        n = stop;
      for (; n < stop; n++)
        {
          double t = ray->t_lo + (n + jitter) * march->dt;
          int e = (int) (entry_at (march, scalar, ray, t) + 0.5f);
          float f = march->opacity[e] * (1.0f - out[3]), shine, shade;

          if (f <= 0.002f)
            continue;
          if (f > 0.015f) // fainter samples borrow the light of the one before
            c = facing (march, scalar, ray, t, view);
          shine = (float) WILLIS_LIGHT_SPECULAR * powf (c, (float) WILLIS_LIGHT_POWER);
          shade = (float) WILLIS_LIGHT_AMBIENT + (float) WILLIS_LIGHT_DIFFUSE * c;
          for (int k = 0; k < 3; k++)
            out[k] += f * 255.0f * MIN (table->rgba[e][k] * shade + shine, 1.0f);
          out[3] += f;
          if (out[3] > FULL)
            return;
        }
    }
}

/* The brightest value along the ray; bricks that hold nothing brighter than what was met are skipped. */
ALWAYS_INLINE void
project_maximum (const March *march, WillisScalar scalar, const Ray *ray, double jitter, float out[4])
{
  const WillisTransferTable *table = &march->caster->table;
  gint64 n = 0, end = (gint64) ceil ((ray->t_hi - ray->t_lo) / march->dt - jitter);
  float most = 0.0f;
  int e;

  while (n < end)
    {
      double leave;
      gsize brick = brick_at (march->caster, ray, ray->t_lo + (n + jitter) * march->dt, &leave);
      gint64 stop = (gint64) ceil ((leave - ray->t_lo) / march->dt - jitter);

      stop = CLAMP (stop, n + 1, end);
      if (march->caster->away[brick] > 0 || march->caster->most[brick] <= most)
        n = stop;
      for (; n < stop; n++)
        most = MAX (most, entry_at (march, scalar, ray, ray->t_lo + (n + jitter) * march->dt));
    }
  e = (int) (most + 0.5f);
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

ALWAYS_INLINE void
cast_typed (const Cast *cast, WillisScalar scalar, gsize lo, gsize hi)
{
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
              project_maximum (&cast->march, scalar, &ray, jitter, out);
            else
              composite (&cast->march, scalar, &ray, view, jitter, out);
          }
        for (int c = 0; c < 3; c++)
          cast->rgba[4 * at + c] = (guint8) MIN (out[c] + 0.5f, 255.0f);
        cast->rgba[4 * at + 3] = (guint8) MIN (255.0f * out[3] + 0.5f, 255.0f);
      }
}

WILLIS_KERNEL static void
cast_rows (gsize lo, gsize hi, gpointer context)
{
  const Cast *cast = context;

  switch (willis_volume_scalar (cast->march.caster->volume))
    {
    case WILLIS_SCALAR_U8:
      cast_typed (cast, WILLIS_SCALAR_U8, lo, hi);
      break;
    case WILLIS_SCALAR_I16:
      cast_typed (cast, WILLIS_SCALAR_I16, lo, hi);
      break;
    default:
      cast_typed (cast, WILLIS_SCALAR_F32, lo, hi);
      break;
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
  WillisScalar scalar = willis_volume_scalar (caster->volume);
  Ray ray = { .t_lo = t_lo, .t_hi = t_hi };
  double gathered = 0.0;
  g_autofree March *march = NULL;

  if (!clip_ray (caster, origin, direction, plane, &ray))
    return FALSE;
  march = g_new (March, 1);
  march_init (march, caster, 0.25 * caster->table.reference_mm);
  for (double s = ray.t_lo; s < ray.t_hi; s += march->dt)
    {
      double leave;
      gsize brick = brick_at (caster, &ray, s, &leave);

      if (caster->away[brick] > 0)
        {
          s = MAX (leave, s);
          continue;
        }
      gathered += (1.0 - gathered) * march->opacity[(int) (entry_at (march, scalar, &ray, s) + 0.5f)];
      if (gathered >= 0.5)
        {
          *t = s;
          return TRUE;
        }
    }
  return FALSE;
}
