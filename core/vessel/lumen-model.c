/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The blurred inside of a closed triangle surface at a point x, exactly in the surface: with P (r) the part of a unit
 * Gaussian within r,
 *
 *   m (x) = inside (x) - sum over triangles of (1 - P (r)) dOmega / (4 pi)
 *
 * for the field (y - x) P (r) / (4 pi r^3) has the Gaussian as its divergence, and without P the sum of solid angles is
 * the inside itself. Only triangles within a few blurs count. Solid angles of near triangles after van Oosterom and
 * Strackee (1983), IEEE Trans Biomed Eng 30:125; the inside is counted along columns of voxels.
 */
#include "core/vessel/lumen-model.h"

#include <math.h>
#include <string.h>

#include "core/num/vec3.h"

#define REACH 3.2   // blurs; beyond them lies 1.7 % of the point spread
#define LONGEST 0.7 // blurs; longer triangles are split
#define TABLE 2048
#define DEPTH 2
#define PARTS 16     // 4 to the power of DEPTH
#define NUDGE 1.7e-5 // voxels; columns of voxels keep off points and edges of the surface

static double beyond[TABLE + 2]; // 1 - P over r^2
static double bell[TABLE + 2];   // the Gaussian itself
static double pull[TABLE + 2];   // (1 - P) / (4 pi r^3)

static void
fill_tables (void)
{
  static gsize ready = 0;

  if (!g_once_init_enter (&ready))
    return;
  for (int i = 0; i < TABLE + 2; i++)
    {
      double r2 = i * REACH * REACH / TABLE, r = sqrt (r2);

      beyond[i] = erfc (r / G_SQRT2) + sqrt (2.0 / G_PI) * r * exp (-0.5 * r2);
      pull[i] = beyond[i] / (4.0 * G_PI * MAX (r * r2, 1e-6));
      bell[i] = pow (2.0 * G_PI, -1.5) * exp (-0.5 * r2);
    }
  g_once_init_leave (&ready, 1);
}

static inline double
look_up (const double *table, double r2)
{
  double x = r2 * (TABLE / (REACH * REACH));
  int i = (int) x;

  return table[i] + (x - i) * (table[i + 1] - table[i]);
}

/* The place of voxel (i, j, k) in blurs. */
static inline void
voxel_place (const WillisLumenModel *m, int i, int j, int k, double out[3])
{
  out[0] = (i + NUDGE) * m->grid->spacing_mm[0] / m->sigma[0];
  out[1] = (j + 1.37 * NUDGE) * m->grid->spacing_mm[1] / m->sigma[1];
  out[2] = k * m->grid->spacing_mm[2] / m->sigma[2];
}

static void
place_points (WillisLumenModel *m, const WillisSurface *surface)
{
  const double *p = willis_surface_points (surface);

  m->at = g_new (double, MAX (3 * m->n, 1));
  for (gsize v = 0; v < m->n; v++)
    {
      double x[3];

      vec3_sub (x, p + 3 * v, m->origin);
      for (int a = 0; a < 3; a++)
        m->at[3 * v + a] = vec3_dot (m->to + 3 * a, x);
    }
}

/* Twice the area that edge a b spans with column c, exactly opposite for the edge b a. */
static inline double
edge_side (const WillisLumenModel *m, gint32 a, gint32 b, const double c[2])
{
  const double *p = m->at + 3 * MIN (a, b), *q = m->at + 3 * MAX (a, b);
  double s = (p[0] - c[0]) * (q[1] - c[1]) - (p[1] - c[1]) * (q[0] - c[0]);

  return a < b ? s : -s;
}

typedef struct
{
  gint32 column;
  double at, step;
} Crossing;

static int
compare_crossings (gconstpointer a, gconstpointer b)
{
  const Crossing *x = a, *y = b;

  if (x->column != y->column)
    return x->column < y->column ? -1 : 1;
  return (x->at > y->at) - (x->at < y->at);
}

/* Where triangle t crosses columns of voxels. */
static void
cross_columns (const WillisLumenModel *m, gsize t, GArray *out)
{
  const gint32 *id = m->triangles + 3 * t;
  const double *p[3] = { m->at + 3 * id[0], m->at + 3 * id[1], m->at + 3 * id[2] };
  double h[2] = { m->grid->spacing_mm[0] / m->sigma[0], m->grid->spacing_mm[1] / m->sigma[1] };
  int lo[2], hi[2];

  for (int a = 0; a < 2; a++)
    {
      lo[a] = (int) MAX (floor (MIN (p[0][a], MIN (p[1][a], p[2][a])) / h[a]), 0.0);
      hi[a] = (int) MIN (ceil (MAX (p[0][a], MAX (p[1][a], p[2][a])) / h[a]), m->grid->dims[a] - 1.0);
    }
  for (int j = lo[1]; j <= hi[1]; j++)
    for (int i = lo[0]; i <= hi[0]; i++)
      {
        double c[3], s[3], sum;
        Crossing crossing;

        voxel_place (m, i, j, 0, c);
        for (int e = 0; e < 3; e++)
          s[e] = edge_side (m, id[(e + 1) % 3], id[(e + 2) % 3], c);
        if (!((s[0] > 0.0 && s[1] > 0.0 && s[2] > 0.0) || (s[0] < 0.0 && s[1] < 0.0 && s[2] < 0.0)))
          continue;
        sum = s[0] + s[1] + s[2];
        crossing.column = j * m->grid->dims[0] + i;
        crossing.at = (s[0] * p[0][2] + s[1] * p[1][2] + s[2] * p[2][2]) / sum;
        crossing.step = (sum > 0.0 ? -1.0 : 1.0) * m->side; // a triangle that faces up ends the inside
        g_array_append_val (out, crossing);
      }
}

static void
fill_columns (WillisLumenModel *m)
{
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (Crossing));
  gsize n_columns = (gsize) m->grid->dims[0] * m->grid->dims[1], at = 0;

  for (gsize t = 0; t < m->n_triangles; t++)
    cross_columns (m, t, all);
  g_array_sort (all, compare_crossings);
  m->column_start = g_new (gint32, n_columns + 1);
  m->crossing = g_new (double, MAX (2 * all->len, 1));
  for (gsize c = 0; c <= n_columns; c++)
    {
      while (at < all->len && (gsize) g_array_index (all, Crossing, at).column < c)
        at++;
      m->column_start[c] = (gint32) at;
    }
  for (guint i = 0; i < all->len; i++)
    {
      m->crossing[2 * i] = g_array_index (all, Crossing, i).at;
      m->crossing[2 * i + 1] = g_array_index (all, Crossing, i).step;
    }
}

/* The stored bricks that triangle t reaches; calls for each either count or store. */
static void
list_triangle (WillisLumenModel *m, gsize t, gint32 *next)
{
  const gint32 *id = m->triangles + 3 * t;
  int lo[3], hi[3];

  for (int a = 0; a < 3; a++)
    {
      double x = m->at[3 * id[0] + a], y = m->at[3 * id[1] + a], z = m->at[3 * id[2] + a];
      double h = m->grid->spacing_mm[a] / m->sigma[a];

      lo[a] = (int) MAX (ceil ((MIN (x, MIN (y, z)) - REACH) / h), 0.0) >> 3;
      hi[a] = (int) CLAMP (floor ((MAX (x, MAX (y, z)) + REACH) / h), -8.0, m->grid->dims[a] - 1.0) >> 3;
    }
  for (int k = lo[2]; k <= hi[2]; k++)
    for (int j = lo[1]; j <= hi[1]; j++)
      for (int i = lo[0]; i <= hi[0]; i++)
        {
          gint32 b = m->bricks->table[((gsize) k * m->bricks->bricks[1] + j) * m->bricks->bricks[0] + i];

          if (b < 0)
            continue;
          if (m->list != NULL)
            m->list[next[b]] = (gint32) t;
          next[b]++;
        }
}

static void
fill_lists (WillisLumenModel *m)
{
  gsize n_bricks = (gsize) m->bricks->bricks[0] * m->bricks->bricks[1] * m->bricks->bricks[2];
  g_autofree gint32 *next = g_new0 (gint32, m->bricks->n + 1);

  m->place = g_new (gint32, MAX (m->bricks->n, 1));
  for (gsize at = 0; at < n_bricks; at++)
    if (m->bricks->table[at] >= 0)
      m->place[m->bricks->table[at]] = (gint32) at;
  for (gsize t = 0; t < m->n_triangles; t++)
    list_triangle (m, t, next);
  m->list_start = g_new (gint32, m->bricks->n + 1);
  m->list_start[0] = 0;
  for (gsize b = 0; b < m->bricks->n; b++)
    {
      m->list_start[b + 1] = m->list_start[b] + next[b];
      next[b] = m->list_start[b];
    }
  m->list = g_new (gint32, MAX (m->list_start[m->bricks->n], 1));
  for (gsize t = 0; t < m->n_triangles; t++)
    list_triangle (m, t, next);
}

void
willis_lumen_model_init (WillisLumenModel *m, const WillisGrid *grid, const WillisBricks *bricks,
                         const double sigma_mm[3], const WillisSurface *surface)
{
  static const double zero[3] = { 0.0, 0.0, 0.0 };
  const double *d = grid->direction;

  fill_tables ();
  memset (m, 0, sizeof *m);
  m->grid = grid;
  m->bricks = bricks;
  m->n = willis_surface_n_points (surface);
  m->n_triangles = willis_surface_n_triangles (surface);
  m->triangles = willis_surface_triangles (surface);
  willis_grid_ijk_to_lps (grid, zero, m->origin);
  for (int a = 0; a < 3; a++)
    {
      m->sigma[a] = sigma_mm[a];
      for (int r = 0; r < 3; r++)
        m->to[3 * a + r] = d[3 * r + a] / sigma_mm[a];
    }
  m->side = d[0] * (d[4] * d[8] - d[5] * d[7]) - d[1] * (d[3] * d[8] - d[5] * d[6]) + d[2] * (d[3] * d[7] - d[4] * d[6])
                    < 0.0
                ? -1.0
                : 1.0;
  place_points (m, surface);
  fill_columns (m);
  fill_lists (m);
}

void
willis_lumen_model_clear (WillisLumenModel *m)
{
  g_free (m->at);
  g_free (m->column_start);
  g_free (m->crossing);
  g_free (m->list_start);
  g_free (m->list);
  g_free (m->place);
  memset (m, 0, sizeof *m);
}

/* The solid angle of triangle p, seen from x. */
static double
solid_angle (const double p[3][3], const double x[3])
{
  double a[3], b[3], c[3], u[3], la, lb, lc;

  vec3_sub (a, p[0], x);
  vec3_sub (b, p[1], x);
  vec3_sub (c, p[2], x);
  la = vec3_norm (a);
  lb = vec3_norm (b);
  lc = vec3_norm (c);
  vec3_cross (u, b, c);
  return 2.0
         * atan2 (vec3_dot (a, u), la * lb * lc + vec3_dot (a, b) * lc + vec3_dot (b, c) * la + vec3_dot (c, a) * lb);
}

/* A triangle with the parts it is split into. */
typedef struct
{
  double corner[3][3], centre[3], area[3];
} Piece;

typedef struct
{
  int from[3], to[3]; // voxels of the brick
  double *out;
  double (*broader)[2];
  Piece part[PARTS];
  int n_parts;
  double near2; // squared distance of a part's centre within which its solid angle is taken exactly
} Target;

static void
piece_set (Piece *q, const double p[3][3], double side)
{
  double e[3], f[3];

  memcpy (q->corner, p, sizeof q->corner);
  for (int a = 0; a < 3; a++)
    q->centre[a] = (p[0][a] + p[1][a] + p[2][a]) / 3.0;
  vec3_sub (e, p[1], p[0]);
  vec3_sub (f, p[2], p[0]);
  vec3_cross (q->area, e, f);
  vec3_scale (q->area, q->area, 0.5 * side);
}

static double
longest_edge2 (const double p[3][3])
{
  double longest = 0.0;

  for (int c = 0; c < 3; c++)
    {
      double e[3];

      vec3_sub (e, p[(c + 1) % 3], p[c]);
      longest = MAX (longest, vec3_norm2 (e));
    }
  return longest;
}

/* Splits p into parts with edges of at most LONGEST, or depth times. */
static void
split (Target *target, const double p[3][3], double side, int depth)
{
  double mid[3][3];

  if (depth == 0 || longest_edge2 (p) <= LONGEST * LONGEST)
    {
      piece_set (target->part + target->n_parts++, p, side);
      return;
    }
  for (int c = 0; c < 3; c++)
    vec3_lerp (mid[c], p[c], p[(c + 1) % 3], 0.5);
  for (int c = 0; c < 4; c++)
    {
      double part[3][3];

      vec3_copy (part[0], c < 3 ? p[c] : mid[0]);
      vec3_copy (part[1], c < 3 ? mid[c] : mid[1]);
      vec3_copy (part[2], c < 3 ? mid[(c + 2) % 3] : mid[2]);
      split (target, part, side, depth - 1);
    }
}

/* What a piece takes from the voxel at x, d and r2 from there to its centre; its part in broader is added. */
static inline double
taken (const Piece *q, const double d[3], double r2, double broader[2])
{
  if (broader != NULL)
    {
      double g = look_up (bell, r2);

      broader[0] -= g * (d[0] * q->area[0] + d[1] * q->area[1]);
      broader[1] -= g * d[2] * q->area[2];
    }
  return look_up (pull, r2) * vec3_dot (d, q->area);
}

/* The same of the parts of a triangle, those that are near exactly. */
static double
taken_near (const WillisLumenModel *m, const Target *target, const double x[3], double broader[2])
{
  double sum = 0.0;

  for (int n = 0; n < target->n_parts; n++)
    {
      const Piece *q = target->part + n;
      double d[3], r2;

      vec3_sub (d, q->centre, x);
      r2 = vec3_norm2 (d);
      if (r2 >= REACH * REACH)
        continue;
      if (r2 > target->near2)
        sum += taken (q, d, r2, broader);
      else
        {
          taken (q, d, r2, broader);
          sum += look_up (beyond, r2) * m->side * solid_angle (q->corner, x) * (0.25 / G_PI);
        }
    }
  return sum;
}

/* Takes from the voxels around what a triangle takes. */
static void
add_triangle (const WillisLumenModel *m, const double p[3][3], Target *target)
{
  double h[3], longest = longest_edge2 (p), far2;
  int lo[3], hi[3];
  Piece whole;

  piece_set (&whole, p, m->side);
  target->n_parts = 0;
  split (target, p, m->side, DEPTH);
  target->near2 = 2.25 * (target->n_parts == 1 ? longest : MIN (longest / target->n_parts, LONGEST * LONGEST));
  far2 = MAX (1.7 * longest, 2.0);
  for (int a = 0; a < 3; a++)
    {
      h[a] = m->grid->spacing_mm[a] / m->sigma[a];
      lo[a] = MAX ((int) ceil (MAX ((whole.centre[a] - REACH) / h[a], -1.0)), target->from[a]);
      hi[a] = MIN ((int) floor (MAX ((whole.centre[a] + REACH) / h[a], -1.0)), target->to[a]);
    }
  for (int k = lo[2]; k <= hi[2]; k++)
    for (int j = lo[1]; j <= hi[1]; j++)
      for (int i = lo[0]; i <= hi[0]; i++)
        {
          gsize v = (gsize) ((k & 7) << 6 | (j & 7) << 3 | (i & 7));
          double *broader = target->broader != NULL ? target->broader[v] : NULL;
          double x[3], d[3], r2;

          voxel_place (m, i, j, k, x);
          vec3_sub (d, whole.centre, x);
          r2 = vec3_norm2 (d);
          if (r2 < far2)
            target->out[v] -= taken_near (m, target, x, broader);
          else if (r2 < REACH * REACH)
            target->out[v] -= taken (&whole, d, r2, broader);
        }
}

void
willis_lumen_model_brick (const WillisLumenModel *m, gsize b, double out[512], double broader[][2])
{
  gint32 at = m->place[b];
  int n[3] = { m->bricks->bricks[0], m->bricks->bricks[1], m->bricks->bricks[2] };
  Target target
      = { { 8 * (at % n[0]), 8 * (at / n[0] % n[1]), 8 * (at / n[0] / n[1]) }, { 0 }, .out = out, .broader = broader };

  for (int a = 0; a < 3; a++)
    target.to[a] = MIN (target.from[a] + 7, m->grid->dims[a] - 1);
  memset (out, 0, 512 * sizeof (double));
  if (broader != NULL)
    memset (broader, 0, 512 * sizeof *broader);
  for (int j = target.from[1]; j <= target.to[1]; j++)
    for (int i = target.from[0]; i <= target.to[0]; i++)
      {
        gsize c = (gsize) j * m->grid->dims[0] + i;
        double inside = 0.0;
        gint32 next = m->column_start[c];

        for (int k = 0; k <= target.to[2]; k++)
          {
            double z = k * m->grid->spacing_mm[2] / m->sigma[2];

            if (k < target.from[2]) // count on from below the brick
              k = target.from[2], z = k * m->grid->spacing_mm[2] / m->sigma[2];
            while (next < m->column_start[c + 1] && m->crossing[2 * next] < z)
              inside += m->crossing[2 * next++ + 1];
            out[(k & 7) << 6 | (j & 7) << 3 | (i & 7)] = inside;
          }
      }
  for (gint32 l = m->list_start[b]; l < m->list_start[b + 1]; l++)
    {
      const gint32 *id = m->triangles + 3 * m->list[l];
      double p[3][3];

      for (int c = 0; c < 3; c++)
        vec3_copy (p[c], m->at + 3 * id[c]);
      add_triangle (m, p, &target);
    }
  for (int v = 0; v < 512; v++)
    out[v] = CLAMP (out[v], 0.0, 1.0);
}
