/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A Gauss-Newton fit of the surface to the voxels around it. With m the blurred inside (lumen-model.h), C the contrast
 * of the blood there, e the scan above its background and B what e is beside the vessel there, the shifts d of the
 * points along their normals minimise
 *
 *   sum w ((e - B) / (C - B) - m - J d)^2 + lambda sum over edges of the squared difference of d
 *
 * where J = area of the point x point spread at the voxel. A sinus with some contrast in it, fluid or fat beside the
 * vessel moves the half maximum as the brightness of the blood does. The half maximum of a blurred wall lies inside it
 * where the wall bulges (Bouma et al. 2005, IEEE TMI 24:1); the voxels' own values know nothing of such a rule, nor do
 * the voxels' size, the triangles' flatness or a neighbour's blur bias the fit.
 */
#include "core/vessel/lumen-fit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/parallel.h"
#include "core/num/vec3.h"
#include "core/vessel/lumen-model.h"

#define LEAST_ROUNDS 2
#define MOST_ROUNDS 6
#define SETTLED 0.04   // part by which the blur still changes
#define STEPS 12       // of conjugate gradients
#define LENGTH_MM 0.5  // shifts are smoothed over about so much, or a voxel; sizes come out the same for 0.3 to 0.8
#define MOST_MM 0.3    // a point moves no farther
#define BESIDE_LOW 5e-4 // m of voxels beside the vessel, hardly reached by it: they tell what is around ..
#define BESIDE_HIGH 0.02
#define FEW_BESIDE 2.0    // .. drawn to none as by so many voxels
#define BESIDE_LEAST -0.4 // of the blood's contrast: fat; what is darker is air
#define BESIDE_MOST 0.7   // a sinus; what is brighter is another vessel
#define OWN 0.08       // weight of the blood around beside a vessel's own: two voxels that are not dimmed
#define APART 1.12     // no thin vessel is brighter or duller than the blood around by more
#define RELAX 1.4      // of a step of the blur: the shifts have taken a part of it already
#define REACH 2.5      // blurs, of J
#define ROBUST 0.3     // of the contrast: what is farther off is not this wall's doing
#define BORDER 3       // voxels at the scan's border tell nothing: the surface is closed there
#define LEAST_ROWS 500 // fewer voxels say nothing of the blur

/* The voxels that are compared with the surface, and how they depend on it. */
typedef struct
{
  const WillisGrid *grid;
  const WillisBricks *field, *contrast;
  double fraction;
  const guint8 *labels;
  WillisLumenModel *model;
  WillisBricks inside; // m; NaN where not known
  WillisBricks weight; // of a voxel, 0 where it is not looked at
  double *sums;        // [bricks of the grid][2] w e m and w m m, of deep voxels: their ratio is the contrast
  double *near;        // [8 stored bricks][4] the same of eighths of a brick, and of voxels not so deep
  double *beside;      // [8 stored bricks][2] sum of e, and number, of the voxels beside the vessel in an eighth
  double *broad;       // [stored bricks][5] normal equations of the blur
  gint32 *row_of;      // [512 bricks] row of a voxel or -1
  gsize n_rows;
  float *left, *weights; // [rows] (e - B) / (C - B) - m, how much it counts
  gsize *by_point;       // [points + 1] into rows and of_point: J by columns
  gint32 *rows;
  float *of_point;
  gsize *by_row; // [rows + 1] into points and of_row: J by rows
  gint32 *points;
  float *of_row;
  gsize *around_start; // [points + 1] into around, the neighbours of each point
  gint32 *around;
  double lambda;
  double *x, *y, *product; // of the running product: [points], [rows], [points]
} Fit;

static void
brick_from (const WillisBricks *b, gint32 at, int from[3])
{
  from[0] = 8 * (at % b->bricks[0]);
  from[1] = 8 * (at / b->bricks[0] % b->bricks[1]);
  from[2] = 8 * (at / b->bricks[0] / b->bricks[1]);
}

/* Do only lumen and soft tissue reach the voxel through the blur? */
static gboolean
undisturbed (const Fit *f, const int at[3])
{
  const int *dims = f->grid->dims;
  int reach[3];

  for (int a = 0; a < 3; a++)
    {
      if (at[a] < BORDER || at[a] >= dims[a] - BORDER)
        return FALSE;
      reach[a] = (int) ceil (2.0 * f->model->sigma[a] / f->grid->spacing_mm[a] - 0.3);
      reach[a] = MAX (reach[a], 1);
    }
  for (int k = MAX (at[2] - reach[2], 0); k <= MIN (at[2] + reach[2], dims[2] - 1); k++)
    for (int j = MAX (at[1] - reach[1], 0); j <= MIN (at[1] + reach[1], dims[1] - 1); j++)
      for (int i = MAX (at[0] - reach[0], 0); i <= MIN (at[0] + reach[0], dims[0] - 1); i++)
        if (f->labels[((gsize) k * dims[1] + j) * dims[0] + i] > WILLIS_LABEL_ARTERY)
          return FALSE;
  return TRUE;
}

/* The scan above its background at stored voxel v. */
static inline double
excess (const Fit *f, gsize v)
{
  return ((double) f->field->data[v] + f->fraction) * f->contrast->data[v];
}

/* Which eighth of its brick voxel at lies in. */
static inline int
eighth (const int at[3])
{
  return (at[2] >> 2 & 1) << 2 | (at[1] >> 2 & 1) << 1 | (at[0] >> 2 & 1);
}

/* m, weights and the sums of the contrast of each brick. */
static void
model_range (gsize lo, gsize hi, gpointer data)
{
  Fit *f = data;

  for (gsize b = lo; b < hi; b++)
    {
      double m[512], *sum = f->sums + 2 * f->model->place[b], *near = f->near + 32 * b, *beside = f->beside + 16 * b;
      int from[3];

      brick_from (f->field, f->model->place[b], from);
      willis_lumen_model_brick (f->model, b, m, NULL);
      memset (near, 0, 32 * sizeof (double));
      memset (beside, 0, 16 * sizeof (double));
      for (int n = 0; n < 512; n++)
        {
          const int at[3] = { from[0] + (n & 7), from[1] + (n >> 3 & 7), from[2] + (n >> 6) };
          gsize v = 512 * b + n;
          double w;

          f->inside.data[v] = (float) m[n];
          f->weight.data[v] = 0.0f;
          if (at[0] >= f->grid->dims[0] || at[1] >= f->grid->dims[1] || at[2] >= f->grid->dims[2] || m[n] < BESIDE_LOW
              || isnan (f->contrast->data[v]) || !undisturbed (f, at))
            continue;
          if (m[n] < BESIDE_HIGH)
            {
              w = excess (f, v) / f->contrast->data[v] - m[n];
              if (w > BESIDE_LEAST && w < BESIDE_MOST)
                {
                  beside[2 * eighth (at)] += w * f->contrast->data[v];
                  beside[2 * eighth (at) + 1] += 1.0;
                }
              continue;
            }
          f->weight.data[v] = m[n] < 0.985 ? 1.0f : 0.0f;
          w = MAX (m[n] - 0.8, 0.0);
          w *= w;
          near[4 * eighth (at)] += w * m[n] * excess (f, v);
          near[4 * eighth (at) + 1] += w * m[n] * m[n];
          w = MAX (m[n] - 0.5, 0.0);
          w *= w;
          near[4 * eighth (at) + 2] += w * m[n] * excess (f, v);
          near[4 * eighth (at) + 3] += w * m[n] * m[n];
        }
      sum[0] = sum[1] = 0.0;
      for (int e = 0; e < 8; e++)
        {
          sum[0] += near[4 * e];
          sum[1] += near[4 * e + 1];
        }
    }
}

/* The contrast of the blood at a voxel, of the bricks around by linear falloff; drawn a little to the whole scan's. */
static double
blood_around (const Fit *f, const int at[3], double whole)
{
  const int *n = f->field->bricks;
  int b[3] = { at[0] >> 3, at[1] >> 3, at[2] >> 3 };
  double weights = 0.02, sum = weights * whole;

  for (int z = MAX (b[2] - 1, 0); z <= MIN (b[2] + 1, n[2] - 1); z++)
    for (int y = MAX (b[1] - 1, 0); y <= MIN (b[1] + 1, n[1] - 1); y++)
      for (int x = MAX (b[0] - 1, 0); x <= MIN (b[0] + 1, n[0] - 1); x++)
        {
          const double *a = f->sums + 2 * (((gsize) z * n[1] + y) * n[0] + x);
          double w = MAX (0.0, 1.0 - fabs (8 * x + 3.5 - at[0]) / 12.0)
                     * MAX (0.0, 1.0 - fabs (8 * y + 3.5 - at[1]) / 12.0)
                     * MAX (0.0, 1.0 - fabs (8 * z + 3.5 - at[2]) / 12.0);

          sum += w * a[0];
          weights += w * a[1];
        }
  return sum / weights;
}

/* The sums (n of them) of the eighth of a brick that begins at voxel cell; NULL where nothing is stored. */
static const double *
eighth_of (const Fit *f, const double *sums, int n, const int cell[3])
{
  gint32 b;

  for (int a = 0; a < 3; a++)
    if (cell[a] < 0 || cell[a] >= f->grid->dims[a])
      return NULL;
  b = f->field->table[((gsize) (cell[2] >> 3) * f->field->bricks[1] + (cell[1] >> 3)) * f->field->bricks[0]
                      + (cell[0] >> 3)];
  return b >= 0 ? sums + 8 * n * (gsize) b + n * eighth (cell) : NULL;
}

/* How much the eighth at voxel cell counts at voxel at. */
static double
falloff (const int cell[3], const int at[3])
{
  double w = 1.0;

  for (int a = 0; a < 3; a++)
    w *= MAX (0.0, 1.0 - fabs (cell[a] + 1.5 - at[a]) / 6.0);
  return w;
}

/* Adds to sum[n] the n sums of each eighth around a voxel, the nearer the more. */
static void
add_near (const Fit *f, const double *sums, int n, const int at[3], double *sum)
{
  for (int z = (at[2] >> 2) - 1; z <= (at[2] >> 2) + 1; z++)
    for (int y = (at[1] >> 2) - 1; y <= (at[1] >> 2) + 1; y++)
      for (int x = (at[0] >> 2) - 1; x <= (at[0] >> 2) + 1; x++)
        {
          const int cell[3] = { 4 * x, 4 * y, 4 * z };
          const double *a = eighth_of (f, sums, n, cell);
          double w = falloff (cell, at);

          if (a == NULL)
            continue;
          for (int i = 0; i < n; i++)
            sum[i] += w * a[i];
        }
}

/* The same of the blood within a few voxels, as far as there is enough of it that the blur does not dim; else of the
 * blood around: a thin artery's own brightness says little of its width. Where it is far from the blood around, what
 * is there is something else, and so bright as it is. */
static double
blood_at (const Fit *f, const int at[3], double whole)
{
  double sum[4] = { OWN * blood_around (f, at, whole), OWN }, blood, own;

  add_near (f, f->near, 4, at, sum);
  blood = sum[0] / sum[1];
  if (!(sum[3] > 0.01))
    return blood;
  own = sum[2] / sum[3];
  return own > 0.0 ? CLAMP (blood, own / APART, own * APART) : blood;
}

/* What is around the vessel at a voxel, above the background that the field has there: a sinus with some contrast in
 * it, fluid, fat. 0 where no voxel tells, as where the blur is so wide that the field ends before. */
static double
around_at (const Fit *f, const int at[3], double blood)
{
  double sum[2] = { 0.0, FEW_BESIDE };

  add_near (f, f->beside, 2, at, sum);
  return CLAMP (sum[0] / sum[1], BESIDE_LEAST * blood, BESIDE_MOST * blood);
}

typedef struct
{
  Fit *f;
  double whole;
} Rows;

/* What is left of each voxel that is looked at: (e - B) / (C - B) - m, and the weight. */
static void
rows_range (gsize lo, gsize hi, gpointer data)
{
  Rows *rows = data;
  Fit *f = rows->f;

  for (gsize b = lo; b < hi; b++)
    {
      int from[3];

      brick_from (f->field, f->model->place[b], from);
      for (int n = 0; n < 512; n++)
        {
          const int at[3] = { from[0] + (n & 7), from[1] + (n >> 3 & 7), from[2] + (n >> 6) };
          gsize v = 512 * b + n;
          gint32 r = f->row_of[v];
          double left, blood, around;

          if (r < 0)
            continue;
          blood = blood_at (f, at, rows->whole);
          around = around_at (f, at, blood);
          left = (excess (f, v) - around) / (blood - around) - f->inside.data[v];
          f->left[r] = (float) left;
          f->weights[r] = (float) pow (1.0 + left * left / (ROBUST * ROBUST), -2.0); // Geman and McClure
        }
    }
}

static void
number_rows (Fit *f)
{
  f->n_rows = 0;
  for (gsize v = 0; v < 512 * f->field->n; v++)
    f->row_of[v] = f->weight.data[v] > 0.0f ? (gint32) f->n_rows++ : -1;
}

typedef struct
{
  Fit *f;
  const double *direction; // [n][3] the normal in blurs
  const double *area;      // [n][3] of a point, blurs
  gboolean count;
} Entries;

static void
entries_range (gsize lo, gsize hi, gpointer data)
{
  Entries *e = data;
  Fit *f = e->f;
  const WillisLumenModel *m = f->model;

  for (gsize p = lo; p < hi; p++)
    {
      const double *x = m->at + 3 * p;
      double scale = vec3_dot (e->area + 3 * p, e->direction + 3 * p) * pow (2.0 * G_PI, -1.5), h[3];
      gsize next = e->count ? 0 : f->by_point[p];
      int from[3], to[3];

      for (int a = 0; a < 3; a++)
        {
          h[a] = f->grid->spacing_mm[a] / m->sigma[a];
          from[a] = (int) MAX (ceil ((x[a] - REACH) / h[a]), 0.0);
          to[a] = (int) MIN (floor ((x[a] + REACH) / h[a]), f->grid->dims[a] - 1.0);
        }
      for (int k = from[2]; k <= to[2]; k++)
        for (int j = from[1]; j <= to[1]; j++)
          for (int i = from[0]; i <= to[0]; i++)
            {
              double r2 = pow (i * h[0] - x[0], 2.0) + pow (j * h[1] - x[1], 2.0) + pow (k * h[2] - x[2], 2.0);
              const float *stored;
              gint32 row;

              if (r2 > REACH * REACH)
                continue;
              stored = willis_bricks_at (f->field, i, j, k);
              row = stored != NULL ? f->row_of[stored - f->field->data] : -1;
              if (row < 0)
                continue;
              if (!e->count)
                {
                  f->rows[next] = row;
                  f->of_point[next] = (float) (scale * exp (-0.5 * r2));
                }
              next++;
            }
      if (e->count)
        f->by_point[p + 1] = next;
    }
}

/* J by points and by rows. */
static void
fill_entries (Fit *f, const double *direction, const double *area)
{
  gsize n = f->model->n, *next;
  Entries e = { f, direction, area, TRUE };

  f->by_point = g_new0 (gsize, n + 1);
  willis_parallel_for (n, 1024, entries_range, &e);
  for (gsize p = 0; p < n; p++)
    f->by_point[p + 1] += f->by_point[p];
  f->rows = g_new (gint32, MAX (f->by_point[n], 1));
  f->of_point = g_new (float, MAX (f->by_point[n], 1));
  e.count = FALSE;
  willis_parallel_for (n, 1024, entries_range, &e);
  f->by_row = g_new0 (gsize, f->n_rows + 1);
  for (gsize l = 0; l < f->by_point[n]; l++)
    f->by_row[f->rows[l] + 1]++;
  for (gsize r = 0; r < f->n_rows; r++)
    f->by_row[r + 1] += f->by_row[r];
  next = g_memdup2 (f->by_row, (f->n_rows + 1) * sizeof (gsize));
  f->points = g_new (gint32, MAX (f->by_point[n], 1));
  f->of_row = g_new (float, MAX (f->by_point[n], 1));
  for (gsize p = 0; p < n; p++)
    for (gsize l = f->by_point[p]; l < f->by_point[p + 1]; l++)
      {
        gsize to = next[f->rows[l]]++;

        f->points[to] = (gint32) p;
        f->of_row[to] = f->of_point[l];
      }
  g_free (next);
}

static void
clear_entries (Fit *f)
{
  g_clear_pointer (&f->by_point, g_free);
  g_clear_pointer (&f->by_row, g_free);
  g_clear_pointer (&f->rows, g_free);
  g_clear_pointer (&f->points, g_free);
  g_clear_pointer (&f->of_point, g_free);
  g_clear_pointer (&f->of_row, g_free);
  g_clear_pointer (&f->left, g_free);
  g_clear_pointer (&f->weights, g_free);
  g_clear_pointer (&f->y, g_free);
}

/* y = w J x over rows. */
static void
forward_range (gsize lo, gsize hi, gpointer data)
{
  Fit *f = data;

  for (gsize r = lo; r < hi; r++)
    {
      double sum = 0.0;

      for (gsize l = f->by_row[r]; l < f->by_row[r + 1]; l++)
        sum += f->of_row[l] * f->x[f->points[l]];
      f->y[r] = f->weights[r] * sum;
    }
}

/* product = J' y + lambda (differences of x) over points. */
static void
back_range (gsize lo, gsize hi, gpointer data)
{
  Fit *f = data;

  for (gsize p = lo; p < hi; p++)
    {
      double sum = 0.0, apart = 0.0;

      for (gsize l = f->by_point[p]; l < f->by_point[p + 1]; l++)
        sum += f->of_point[l] * f->y[f->rows[l]];
      for (gsize l = f->around_start[p]; l < f->around_start[p + 1]; l++)
        apart += f->x[p] - f->x[f->around[l]];
      f->product[p] = sum + f->lambda * (apart + 1e-3 * f->x[p]);
    }
}

static void
multiply (Fit *f, double *x, double *out)
{
  f->x = x;
  f->product = out;
  willis_parallel_for (f->n_rows, 4096, forward_range, f);
  willis_parallel_for (f->model->n, 2048, back_range, f);
}

static double
dot (const double *a, const double *b, gsize n)
{
  double sum = 0.0;

  for (gsize i = 0; i < n; i++)
    sum += a[i] * b[i];
  return sum;
}

/* Conjugate gradients from zero with the diagonal as preconditioner; total: shifts so far, which the differences are
 * of as well. */
static void
solve (Fit *f, const double *total, double *shift)
{
  gsize n = f->model->n;
  g_autofree double *r = g_new (double, MAX (n, 1));
  g_autofree double *z = g_new (double, MAX (n, 1));
  g_autofree double *p = g_new (double, MAX (n, 1));
  g_autofree double *q = g_new (double, MAX (n, 1));
  g_autofree double *diagonal = g_new (double, MAX (n, 1));
  double rz;

  for (gsize v = 0; v < n; v++)
    {
      double sum = 0.0, d = 0.0, apart = 0.0;

      for (gsize l = f->by_point[v]; l < f->by_point[v + 1]; l++)
        {
          sum += (double) f->of_point[l] * f->weights[f->rows[l]] * f->left[f->rows[l]];
          d += (double) f->of_point[l] * f->of_point[l] * f->weights[f->rows[l]];
        }
      for (gsize l = f->around_start[v]; l < f->around_start[v + 1]; l++)
        apart += total[v] - total[f->around[l]];
      r[v] = sum - f->lambda * (apart + 1e-3 * total[v]);
      diagonal[v] = d + f->lambda * ((double) (f->around_start[v + 1] - f->around_start[v]) + 1e-3);
      p[v] = z[v] = r[v] / diagonal[v];
      shift[v] = 0.0;
    }
  rz = dot (r, z, n);
  for (int step = 0; step < STEPS && rz > 0.0; step++)
    {
      double alpha, before = rz;

      multiply (f, p, q);
      alpha = rz / dot (p, q, n);
      for (gsize v = 0; v < n; v++)
        {
          shift[v] += alpha * p[v];
          r[v] -= alpha * q[v];
          z[v] = r[v] / diagonal[v];
        }
      rz = dot (r, z, n);
      for (gsize v = 0; v < n; v++)
        p[v] = z[v] + rz / before * p[v];
    }
}

static void
fill_neighbours (Fit *f)
{
  gsize n = f->model->n, *next;
  const gint32 *t = f->model->triangles;

  /* every edge runs once each way on a closed surface */
  f->around_start = g_new0 (gsize, n + 1);
  for (gsize h = 0; h < 3 * f->model->n_triangles; h++)
    f->around_start[t[h] + 1]++;
  for (gsize v = 0; v < n; v++)
    f->around_start[v + 1] += f->around_start[v];
  f->around = g_new (gint32, MAX (f->around_start[n], 1));
  next = g_memdup2 (f->around_start, (n + 1) * sizeof (gsize));
  for (gsize h = 0; h < 3 * f->model->n_triangles; h++)
    f->around[next[t[h]]++] = t[h / 3 * 3 + (h + 1) % 3];
  g_free (next);
}

/* Area vectors of the points in blurs. */
static double *
point_areas (const WillisLumenModel *m)
{
  double *area = g_new0 (double, MAX (3 * m->n, 1));

  for (gsize t = 0; t < m->n_triangles; t++)
    {
      const gint32 *id = m->triangles + 3 * t;
      double e[3], g[3], a[3];

      vec3_sub (e, m->at + 3 * id[1], m->at + 3 * id[0]);
      vec3_sub (g, m->at + 3 * id[2], m->at + 3 * id[0]);
      vec3_cross (a, e, g);
      for (int c = 0; c < 3; c++)
        vec3_axpy (area + 3 * id[c], area + 3 * id[c], m->side / 6.0, a);
    }
  return area;
}

/* Normal equations of a change of the logarithms of the blur, from the voxels that are looked at. */
static void
broad_range (gsize lo, gsize hi, gpointer data)
{
  Fit *f = data;

  for (gsize b = lo; b < hi; b++)
    {
      double m[512], broader[512][2], *sum = f->broad + 5 * b;

      memset (sum, 0, 5 * sizeof (double));
      if (b % 2 != 0)
        continue;
      willis_lumen_model_brick (f->model, b, m, broader);
      for (int n = 0; n < 512; n++)
        {
          gint32 r = f->row_of[512 * b + n];
          double w;

          if (r < 0)
            continue;
          w = f->weights[r];
          sum[0] += w * broader[n][0] * broader[n][0];
          sum[1] += w * broader[n][0] * broader[n][1];
          sum[2] += w * broader[n][1] * broader[n][1];
          sum[3] += w * broader[n][0] * f->left[r];
          sum[4] += w * broader[n][1] * f->left[r];
        }
    }
}

static void
fit_blur (Fit *f, WillisBlur *blur)
{
  double a[5] = { 0.0, 0.0, 0.0, 0.0, 0.0 }, det, in, through;

  f->broad = g_new0 (double, 5 * MAX (f->field->n, 1));
  willis_parallel_for (f->field->n, 4, broad_range, f);
  for (gsize b = 0; b < f->field->n; b++)
    for (int c = 0; c < 5; c++)
      a[c] += f->broad[5 * b + c];
  g_clear_pointer (&f->broad, g_free);
  det = a[0] * a[2] - a[1] * a[1];
  if (!(det > 1e-6 * a[0] * a[2]) || f->n_rows < LEAST_ROWS)
    return;
  in = (a[3] * a[2] - a[4] * a[1]) / det;
  through = (a[4] * a[0] - a[3] * a[1]) / det;
  blur->sigma_mm[0] = CLAMP (blur->sigma_mm[0] * exp (CLAMP (RELAX * in, -0.3, 0.3)), 0.12, 1.0);
  blur->sigma_mm[1] = CLAMP (blur->sigma_mm[1] * exp (CLAMP (RELAX * through, -0.3, 0.3)), 0.12, 1.0);
}

/* The surface with its points moved by shift, no farther than allowed in all; takes surface. */
static WillisSurface *
moved (WillisSurface *surface, const double *normals, const double *shift, double *total)
{
  gsize n = willis_surface_n_points (surface), n_triangles = willis_surface_n_triangles (surface);
  const double *p = willis_surface_points (surface);
  double *points = g_new (double, MAX (3 * n, 1));
  WillisSurface *out;

  for (gsize v = 0; v < n; v++)
    {
      double to = CLAMP (total[v] + shift[v], -MOST_MM, MOST_MM);

      vec3_axpy (points + 3 * v, p + 3 * v, to - total[v], normals + 3 * v);
      total[v] = to;
    }
  out = willis_surface_new_take (
      points, n, g_memdup2 (willis_surface_triangles (surface), 3 * n_triangles * sizeof (gint32)), n_triangles);
  willis_surface_unref (surface);
  return out;
}

/* What the scan would show of the surface, and what of the scan that does not explain. */
static void
compare (Fit *f)
{
  double whole[2] = { 0.0, 0.0 };
  Rows rows = { f, 0.0 };

  willis_parallel_for (f->field->n, 4, model_range, f);
  for (gsize b = 0; b < f->field->n; b++)
    {
      whole[0] += f->sums[2 * f->model->place[b]];
      whole[1] += f->sums[2 * f->model->place[b] + 1];
    }
  rows.whole = whole[1] > 0.0 && whole[0] > 0.0 ? whole[0] / whole[1] : 1.0;
  number_rows (f);
  f->left = g_new (float, MAX (f->n_rows, 1));
  f->weights = g_new (float, MAX (f->n_rows, 1));
  f->y = g_new (double, MAX (f->n_rows, 1));
  willis_parallel_for (f->field->n, 4, rows_range, &rows);
}

/* One round: moves the points of surface (takes it), adds by how much to total, and betters blur. */
static WillisSurface *
fit_round (Fit *f, WillisBlur *blur, WillisSurface *surface, double *total)
{
  const double sigma[3] = { blur->sigma_mm[0], blur->sigma_mm[0], blur->sigma_mm[1] };
  const double *h = f->grid->spacing_mm;
  double voxel = h[0] * h[1] * h[2], length = MAX (LENGTH_MM, cbrt (voxel));
  gsize n = willis_surface_n_points (surface);
  g_autofree double *normals = willis_surface_point_normals (surface);
  g_autofree double *direction = g_new (double, MAX (3 * n, 1));
  g_autofree double *area = NULL;
  g_autofree double *shift = g_new (double, MAX (n, 1));
  WillisLumenModel model;

  willis_lumen_model_init (&model, f->grid, f->field, sigma, surface);
  f->model = &model;
  if (f->around == NULL)
    fill_neighbours (f);
  compare (f);
  area = point_areas (&model);
  for (gsize v = 0; v < n; v++)
    for (int a = 0; a < 3; a++)
      direction[3 * v + a] = vec3_dot (model.to + 3 * a, normals + 3 * v);
  fill_entries (f, direction, area);
  /* a wall's part in the sum is 1 / (2 sqrt (pi) blur) a voxel's volume for each area and squared shift */
  f->lambda = 0.577 * length * length / (voxel * 2.0 * sqrt (G_PI) * cbrt (sigma[0] * sigma[1] * sigma[2]));
  solve (f, total, shift);
  fit_blur (f, blur);
  clear_entries (f);
  surface = moved (surface, normals, shift, total);
  willis_lumen_model_clear (&model);
  f->model = NULL;
  return surface;
}

WillisSurface *
willis_lumen_fit (const WillisGrid *grid, const WillisBricks *field, const WillisBricks *contrast, double fraction,
                  const guint8 *labels, WillisBlur *blur, const WillisSurface *surface, const WillisProgress *progress,
                  GError **error)
{
  Fit f = { .grid = grid, .field = field, .contrast = contrast, .fraction = fraction, .labels = labels };
  gsize n = willis_surface_n_points (surface);
  g_autofree double *total = g_new0 (double, MAX (n, 1));
  WillisSurface *out = willis_surface_ref ((WillisSurface *) surface);
  gboolean ok = TRUE;

  willis_bricks_init_like (&f.inside, field, 0.0f);
  willis_bricks_init_like (&f.weight, field, 0.0f);
  f.sums = g_new0 (double, 2 * (gsize) field->bricks[0] * field->bricks[1] * field->bricks[2]);
  f.near = g_new0 (double, 32 * MAX (field->n, 1));
  f.beside = g_new0 (double, 16 * MAX (field->n, 1));
  f.row_of = g_new (gint32, MAX (512 * field->n, 1));
  for (int round = 0; ok && round < MOST_ROUNDS; round++)
    {
      WillisBlur before = *blur;

      out = fit_round (&f, blur, out, total);
      ok = willis_progress_step (progress, (round + 1.0) / MOST_ROUNDS, error);
      if (round + 1 >= LEAST_ROUNDS && fabs (log (blur->sigma_mm[0] / before.sigma_mm[0])) < SETTLED
          && fabs (log (blur->sigma_mm[1] / before.sigma_mm[1])) < SETTLED)
        break;
    }
  willis_bricks_clear (&f.inside);
  willis_bricks_clear (&f.weight);
  g_free (f.sums);
  g_free (f.near);
  g_free (f.beside);
  g_free (f.row_of);
  g_free (f.around);
  g_free (f.around_start);
  if (!ok)
    g_clear_pointer (&out, willis_surface_unref);
  return out;
}
