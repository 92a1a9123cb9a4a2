/* SPDX-License-Identifier: Apache-2.0 */
/*
 * In the tangent frame of a point (x, y in the plane, z along the normal, lengths divided by the radius of the
 * neighbourhood) the surface is fitted by least squares as
 *     z = c0 + c1 x + c2 y + c3 x2 + c4 xy + c5 y2 + c6 xz + c7 yz + c8 z2 + c9 x3 + c10 x2y + c11 xy2 + c12 y3.
 * The first nine terms are a general quadric, so quadrics are reproduced whatever the spacing; the cubic terms
 * make the curvature second-order accurate elsewhere (jet fitting: Cazals and Pouget 2005). The curvatures are those
 * of the implicit surface F = right side - z = 0 (Goldman 2005, Comput Aided Geom Des 22:632).
 */
#include "core/mesh/curvature.h"

#include <string.h>

#include "core/base/parallel.h"
#include "core/mesh/rims.h"
#include "core/num/vec3.h"

#define N_FULL 13
#define N_QUADRATIC 6
#define MIN_POINTS 24
#define RIDGE 1e-7 // damps terms that the points cannot tell apart
#define MAX_POINTS 400

typedef struct
{
  const WillisSurface *surface;
  double *normals;
  gint32 *start, *around; // neighbours over edges: around[start[i] .. start[i + 1])
  guint8 *on_rim;         // a rim point may lie on a chord of the true surface (a cut): not fitted to
  double *edge;           // local edge length between points that are not on the rim
  double *mean, *gauss;
} Job;

/* Least squares of rows [n][N_FULL + 1] (the last column is the right side) by Householder reflections; the solution
 * of the first `terms` columns is left in out. */
static gboolean
solve (double (*a)[N_FULL + 1], gsize n, int terms, double out[N_FULL])
{
  for (int j = 0; j < terms; j++)
    {
      double norm = 0.0, scale;

      for (gsize i = (gsize) j; i < n; i++)
        norm += a[i][j] * a[i][j];
      norm = sqrt (norm);
      if (!(norm > 0.0))
        return FALSE;
      if (a[j][j] > 0.0)
        norm = -norm;
      scale = 1.0 / (norm * (norm - a[j][j])); // 2 / |v|^2 for v = x - norm e
      a[j][j] -= norm;
      for (int k = j + 1; k <= N_FULL; k++)
        {
          double dot = 0.0;

          if (k >= terms && k < N_FULL)
            continue;
          for (gsize i = (gsize) j; i < n; i++)
            dot += a[i][j] * a[i][k];
          for (gsize i = (gsize) j; i < n; i++)
            a[i][k] -= scale * dot * a[i][j];
        }
      a[j][j] = norm; // the diagonal of R; v below it is not needed again
    }
  for (int i = terms - 1; i >= 0; i--)
    {
      double sum = a[i][N_FULL];

      for (int k = i + 1; k < terms; k++)
        sum -= a[i][k] * out[k];
      out[i] = sum / a[i][i];
    }
  return TRUE;
}

/* Mean and Gaussian curvature of F = 0 at (0, 0, z0) for the coefficients c of the fit, lengths in units of scale. */
static void
implicit_curvature (const double c[N_FULL], double scale, double *mean, double *gauss)
{
  double z = c[0] + c[8] * c[0] * c[0];
  double g[3] = { c[1] + c[6] * z, c[2] + c[7] * z, 2.0 * c[8] * z - 1.0 };
  double h[3][3] = { { 2.0 * c[3], c[4], c[6] }, { c[4], 2.0 * c[5], c[7] }, { c[6], c[7], 2.0 * c[8] } };
  double norm = vec3_norm (g), trace = h[0][0] + h[1][1] + h[2][2], quadratic = 0.0, adjugate = 0.0;

  for (int i = 0; i < 3; i++)
    for (int j = 0; j < 3; j++)
      {
        int i1 = (i + 1) % 3, i2 = (i + 2) % 3, j1 = (j + 1) % 3, j2 = (j + 2) % 3;

        quadratic += g[i] * h[i][j] * g[j];
        adjugate += g[i] * (h[i1][j1] * h[i2][j2] - h[i1][j2] * h[i2][j1]) * g[j];
      }
  /* F falls along the outward normal, so a bulge has F's Laplacian negative */
  *mean = (quadratic - norm * norm * trace) / (2.0 * norm * norm * norm) / scale;
  *gauss = adjugate / (norm * norm * norm * norm) / (scale * scale);
}

/* Local coordinates of the neighbours in units of scale, four a point: x, y, z, weight. rows: room for n + N_FULL. */
static void
fit (const double (*local)[4], gsize n, double scale, double (*rows)[N_FULL + 1], double *mean, double *gauss)
{
  double c[N_FULL] = { 0 };
  int terms = n >= MIN_POINTS - 4 ? N_FULL : N_QUADRATIC;

  for (gsize k = 0; k < n; k++)
    {
      double x = local[k][0], y = local[k][1], z = local[k][2], w = local[k][3];
      const double basis[N_FULL + 1] = { 1.0, x, y, x * x, x * y, y * y, x * z, y * z, z * z,
                                         x * x * x, x * x * y, x * y * y, y * y * y, z };

      for (int i = 0; i <= N_FULL; i++)
        rows[k][i] = w * basis[i];
    }
  for (int i = 0; i < terms; i++)
    {
      memset (rows[n + (gsize) i], 0, sizeof rows[0]);
      rows[n + (gsize) i][i] = sqrt (RIDGE * (double) n);
    }
  if (solve (rows, n + (gsize) terms, terms, c))
    implicit_curvature (c, scale, mean, gauss);
}

/* Points around i within radius, over edges, whose normals do not turn away (the other side of a crease). */
static gsize
collect (const Job *job, gint32 i, double radius, gint32 *found, guint8 *seen)
{
  const double *p = willis_surface_points (job->surface);
  gsize n = 0;

  found[n++] = i;
  seen[i] = TRUE;
  for (gsize head = 0; head < n; head++)
    for (gint32 k = job->start[found[head]]; k < job->start[found[head] + 1] && n < MAX_POINTS; k++)
      {
        gint32 j = job->around[k];

        if (seen[j] || vec3_dist (p + 3 * j, p + 3 * i) > radius
            || vec3_dot (job->normals + 3 * j, job->normals + 3 * i) < 0.3)
          continue;
        seen[j] = TRUE;
        found[n++] = j;
      }
  for (gsize k = 0; k < n; k++)
    seen[found[k]] = FALSE;
  return n;
}

typedef struct
{
  gint32 found[MAX_POINTS + 1];
  double local[MAX_POINTS + 1][4];
  double rows[MAX_POINTS + 1 + N_FULL][N_FULL + 1];
  guint8 *seen; // [n_points], all zero between uses
} Scratch;

static void
curvature_at (const Job *job, gint32 i, Scratch *scratch)
{
  const double *p = willis_surface_points (job->surface);
  double u[3], v[3], radius = 2.6 * job->edge[i], limit = 2.0 / job->edge[i];
  gsize n = 0, used = 0;

  job->mean[i] = job->gauss[i] = NAN;
  if (!(job->edge[i] > 0.0) || vec3_norm (job->normals + 3 * i) == 0.0)
    return;
  for (int grow = 0; grow < 6; grow++, radius *= 1.25)
    {
      n = collect (job, i, radius, scratch->found, scratch->seen);
      used = 0;
      for (gsize k = 0; k < n; k++)
        used += !job->on_rim[scratch->found[k]];
      if (used >= MIN_POINTS)
        break;
    }
  vec3_basis (job->normals + 3 * i, u, v);
  used = 0;
  for (gsize k = 0; k < n; k++)
    {
      double d[3];

      if (job->on_rim[scratch->found[k]])
        continue;
      vec3_sub (d, p + 3 * scratch->found[k], p + 3 * i);
      vec3_scale (d, d, 1.0 / radius);
      scratch->local[used][0] = vec3_dot (d, u);
      scratch->local[used][1] = vec3_dot (d, v);
      scratch->local[used][2] = vec3_dot (d, job->normals + 3 * i);
      scratch->local[used][3] = exp (-0.75 * vec3_norm2 (d));
      used++;
    }
  if (used < N_QUADRATIC + 2)
    return;
  fit ((const double (*)[4]) scratch->local, used, radius, scratch->rows, &job->mean[i], &job->gauss[i]);
  /* a radius below half the edge length cannot be seen in the points: creases and tips are held at that */
  job->mean[i] = CLAMP (job->mean[i], -limit, limit);
  job->gauss[i] = CLAMP (job->gauss[i], -limit * limit, limit * limit);
}

static void
curvature_range (gsize lo, gsize hi, gpointer context)
{
  const Job *job = context;
  g_autofree Scratch *scratch = g_new (Scratch, 1);
  g_autofree guint8 *seen = g_new0 (guint8, willis_surface_n_points (job->surface));

  scratch->seen = seen;
  for (gsize i = lo; i < hi; i++)
    if (!job->on_rim[i])
      curvature_at (job, (gint32) i, scratch);
    else
      job->mean[i] = job->gauss[i] = NAN;
}

/* A rim point takes the mean of its neighbours that are not on the rim: an error of the first order on a strip of half
 * an edge, so of the second in an integral, where a one-sided fit would swing. */
static void
fill_rims (const Job *job)
{
  gsize n = willis_surface_n_points (job->surface);

  for (int pass = 0; pass < 3; pass++)
    for (gsize i = 0; i < n; i++)
      {
        double mean = 0.0, gauss = 0.0;
        int count = 0;

        if (!job->on_rim[i] || isfinite (job->mean[i]))
          continue;
        for (gint32 k = job->start[i]; k < job->start[i + 1]; k++)
          if (isfinite (job->mean[job->around[k]]) && (pass > 0 || !job->on_rim[job->around[k]]))
            {
              mean += job->mean[job->around[k]];
              gauss += job->gauss[job->around[k]];
              count++;
            }
        if (count > 0)
          {
            job->mean[i] = mean / count;
            job->gauss[i] = gauss / count;
          }
      }
}

/* Rim points, and the mean length of the edges between points that are not. */
static void
find_scale (Job *job)
{
  gsize n_points = willis_surface_n_points (job->surface), n = willis_surface_n_triangles (job->surface);
  const gint32 *t = willis_surface_triangles (job->surface);
  const double *p = willis_surface_points (job->surface);
  g_autofree gint32 *opposite = willis_surface_opposites (job->surface);

  job->on_rim = g_new0 (guint8, MAX (n_points, 1));
  job->edge = g_new0 (double, MAX (n_points, 1));
  for (gsize h = 0; h < 3 * n; h++)
    if (opposite[h] < 0)
      job->on_rim[t[h]] = job->on_rim[t[h % 3 == 2 ? h - 2 : h + 1]] = TRUE;
  for (gsize i = 0; i < n_points; i++)
    for (int pass = 0; pass < 2 && job->edge[i] == 0.0; pass++)
      {
        double sum = 0.0;
        int count = 0;

        for (gint32 k = job->start[i]; k < job->start[i + 1]; k++)
          if (pass == 1 || (!job->on_rim[i] && !job->on_rim[job->around[k]]))
            {
              sum += vec3_dist (p + 3 * job->around[k], p + 3 * i);
              count++;
            }
        job->edge[i] = count > 0 ? sum / count : 0.0;
      }
}

/* Neighbours of every point over edges, each once. */
static void
find_neighbours (Job *job)
{
  gsize n_points = willis_surface_n_points (job->surface), n = willis_surface_n_triangles (job->surface);
  const gint32 *t = willis_surface_triangles (job->surface);
  g_autofree gint32 *fill = g_new0 (gint32, n_points + 1);
  gint32 out = 0;

  job->start = g_new0 (gint32, n_points + 2);
  job->around = g_new (gint32, MAX (6 * n, 1));
  for (gsize k = 0; k < 3 * n; k++)
    job->start[t[k] + 1] += 2;
  for (gsize i = 0; i < n_points; i++)
    job->start[i + 1] += job->start[i];
  for (gsize k = 0; k < 3 * n; k++)
    for (gsize c = 1; c < 3; c++)
      job->around[job->start[t[k]] + fill[t[k]]++] = t[k / 3 * 3 + (k % 3 + c) % 3];
  for (gsize i = 0; i < n_points; i++) // pack: each neighbour once
    {
      gint32 lo = job->start[i], hi = lo + fill[i], first = out;

      for (gint32 a = lo; a < hi; a++)
        {
          gboolean known = FALSE;

          for (gint32 b = first; b < out && !known; b++)
            known = job->around[b] == job->around[a];
          if (!known)
            job->around[out++] = job->around[a];
        }
      job->start[i] = first;
    }
  job->start[n_points] = out;
}

void
willis_surface_curvature (const WillisSurface *surface, double *mean, double *gauss)
{
  Job job = { .surface = surface, .normals = willis_surface_point_normals (surface), .mean = mean, .gauss = gauss };

  find_neighbours (&job);
  find_scale (&job);
  willis_parallel_for (willis_surface_n_points (surface), 512, curvature_range, &job);
  fill_rims (&job);
  g_free (job.normals);
  g_free (job.start);
  g_free (job.on_rim);
  g_free (job.edge);
  g_free (job.around);
}

double *
willis_surface_point_areas (const WillisSurface *surface)
{
  double *area = g_new0 (double, MAX (willis_surface_n_points (surface), 1));
  const double *p = willis_surface_points (surface);
  const gint32 *v = willis_surface_triangles (surface);

  for (gsize t = 0; t < willis_surface_n_triangles (surface); t++, v += 3)
    {
      double a[3], b[3], x[3];

      vec3_sub (a, p + 3 * v[1], p + 3 * v[0]);
      vec3_sub (b, p + 3 * v[2], p + 3 * v[0]);
      vec3_cross (x, a, b);
      for (int c = 0; c < 3; c++)
        area[v[c]] += vec3_norm (x) / 6.0;
    }
  return area;
}
