/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The exhaustive search. A blurred picture of the moving shape lies on a coarse grid; for every rotation the points of
 * the fixed shape become offsets in it, and the sum over the points for a whole row of translations is a sum of shifted
 * rows of bytes, which the machine adds 64 at a time. A third of the points tells first which rows promise something,
 * and points that a row leaves beyond the moving scan's bounds are not added: what they add is known.
 */
#include <math.h>

#include "core/base/parallel.h"
#include "core/followup/followup-private.h"
#include "core/image/distance.h"
#include "core/num/dense.h"
#include "core/num/kernel.h"

#define N_POINTS 192  // on the shape, and as many beside it
#define TONES 15      // of the blurred picture, 0 .. TONES
#define LANES 64      // translations of one row
#define RANGE_MM 66.0 // of translations about the starting pose
#define TURN_MAX (60.0 * G_PI / 180.0)
#define LEAST_HELD 0.35 // share of the points that must lie in the moving scan
#define KEEP 3          // best translations kept for a rotation
#define FEW_STRIDE 3    // of the points, every third tells which translations are worth a look with all
#define PROMISING 0.06  // share of the rows of translations that are

/* ---- points ---- */

/* Voxel centres for which want is TRUE, about n of them, evenly spread: one in each cell of the largest grid of cells
 * that gives enough. */
static GArray *
spread_points (const WillisVolume *mask, const WillisVolume *distance, double from_mm, double to_mm, guint wanted)
{
  const WillisGrid *g = willis_volume_grid (mask);
  const float *d = willis_volume_f32 (distance);
  double longest = 0.0;
  GArray *points = NULL;

  for (int a = 0; a < 3; a++)
    longest = MAX (longest, g->dims[a] * g->spacing_mm[a]);
  for (double cell = longest / 4.0; cell > 0.3 * willis_grid_min_spacing (g); cell *= 0.84)
    {
      int n[3];
      g_autofree guint8 *taken = NULL;

      for (int a = 0; a < 3; a++)
        n[a] = (int) (g->dims[a] * g->spacing_mm[a] / cell) + 1;
      taken = g_new0 (guint8, (gsize) n[0] * (gsize) n[1] * (gsize) n[2]);
      g_clear_pointer (&points, g_array_unref);
      points = g_array_new (FALSE, FALSE, 3 * sizeof (double));
      for (int k = 0; k < g->dims[2]; k++)
        for (int j = 0; j < g->dims[1]; j++)
          for (int i = 0; i < g->dims[0]; i++)
            {
              gsize at = ((gsize) k * (gsize) g->dims[1] + (gsize) j) * (gsize) g->dims[0] + (gsize) i;
              guint8 *cell_taken;
              double x[3] = { i, j, k };

              if (d[at] < from_mm || d[at] > to_mm)
                continue;
              cell_taken
                  = taken
                    + ((gsize) (k * g->spacing_mm[2] / cell) * (gsize) n[1] + (gsize) (j * g->spacing_mm[1] / cell))
                          * (gsize) n[0]
                    + (gsize) (i * g->spacing_mm[0] / cell);
              if (*cell_taken)
                continue;
              *cell_taken = 1;
              willis_grid_ijk_to_lps (g, x, x);
              g_array_append_vals (points, x, 1);
            }
      if (points->len >= wanted)
        break;
    }
  if (points != NULL && points->len > wanted) // thin evenly
    {
      guint len = points->len;

      for (guint i = 0; i < wanted; i++)
        memmove (&((double *) points->data)[3 * i], &((double *) points->data)[3 * ((guint64) i * len / wanted)],
                 3 * sizeof (double));
      g_array_set_size (points, wanted);
    }
  return points;
}

static gboolean
shape_middle (const WillisVolume *mask, double middle[3])
{
  const WillisGrid *g = willis_volume_grid (mask);
  const guint8 *m = willis_volume_u8 (mask);
  double sum[3] = { 0 };
  gsize n = 0;

  for (int k = 0; k < g->dims[2]; k++)
    for (int j = 0; j < g->dims[1]; j++)
      for (int i = 0; i < g->dims[0]; i++)
        if (m[((gsize) k * (gsize) g->dims[1] + (gsize) j) * (gsize) g->dims[0] + (gsize) i])
          {
            sum[0] += i;
            sum[1] += j;
            sum[2] += k;
            n++;
          }
  vec3_scale (sum, sum, 1.0 / (double) MAX (n, 1));
  willis_grid_ijk_to_lps (g, sum, middle);
  return n > 0;
}

/* ---- the exhaustive part ---- */

/* Points under one rotation, by their cells in the picture, ascending in y. */
typedef struct
{
  guint n;
  gint32 *offset; // of the cell where the first translation puts the point
  gint16 *y, *z;  // the same cell's
} Turned;

typedef struct
{
  double h;          // edge of the coarse cells, mm
  int side;          // cells along each edge of the picture
  double mean;       // of the picture within the moving scan
  guint8 *in;        // 1 within it
  guint8 *on, *off;  // the picture and its complement; beyond the moving scan 0 and the complement's mean
  guint8 off_beyond; // that mean
  int lo[3], hi[3];  // cells that bound what lies within it
  int steps;         // translations along each axis: steps <= LANES
  const GArray *points[2];
  double middle[3]; // of the fixed shape: rotations turn about it
  double aim[3];    // where it goes under the middle translation
  WillisRigid pose;
  GArray *turns;      // double[3]
  guint8 *promise;    // [turns][steps][steps]: best score of a row of translations with few points, in 255ths; 0: none
  guint8 least;       // promise from which on a row is looked at with all points
  WillisStart *found; // [turns][KEEP]
} Search;

typedef guint8 Row __attribute__ ((vector_size (LANES)));
typedef guint8 HalfRow __attribute__ ((vector_size (LANES / 2)));

/* out[x] = sum over the points of map at their offset + x, for all the lanes of type. The picture has TONES tones, so
 * that many rows of bytes add up before they must be widened. */
#define DEFINE_ADD_SHIFTED(type)                                                                                       \
  WILLIS_KERNEL static void add_shifted_##type (const guint8 *map, const gint32 *offset, guint n, guint16 *out)        \
  {                                                                                                                    \
    memset (out, 0, sizeof (type) * sizeof *out);                                                                      \
    for (guint p = 0; p < n;)                                                                                          \
      {                                                                                                                \
        guint end = MIN (p + 255 / TONES, n);                                                                          \
        type sum = { 0 };                                                                                              \
        guint8 bytes[sizeof (type)];                                                                                   \
                                                                                                                       \
        for (; p < end; p++)                                                                                           \
          {                                                                                                            \
            type row;                                                                                                  \
                                                                                                                       \
            memcpy (&row, map + offset[p], sizeof row);                                                                \
            sum += row;                                                                                                \
          }                                                                                                            \
        memcpy (bytes, &sum, sizeof sum);                                                                              \
        for (gsize x = 0; x < sizeof (type); x++)                                                                      \
          out[x] = (guint16) (out[x] + bytes[x]);                                                                      \
      }                                                                                                                \
  }

DEFINE_ADD_SHIFTED (Row)
DEFINE_ADD_SHIFTED (HalfRow)

/* Scores of a row of translations, 0 where the moving scan holds fewer than least of the points. on, in: sums over the
 * points on the shape; off: over n_off points beside it. */
WILLIS_KERNEL static float
row_scores (const guint16 *on, const guint16 *in, const guint16 *off, int n, float least, float prior, float mean,
            float off_unit, float *score)
{
  float best = 0.0f;

  for (int x = 0; x < n; x++)
    {
      // the mean over the points that the moving scan holds, few of them trusted less
      float held = (float) in[x], s = ((float) on[x] + prior * mean) / (held + prior) + (float) off[x] * off_unit;

      s *= 0.5f / TONES;
      score[x] = held >= least ? s : 0.0f;
    }
  for (int x = 0; x < n; x++)
    best = score[x] > best ? score[x] : best;
  return best;
}

static void
keep_best (WillisStart *kept, const WillisRigid *motion, double score, double apart_mm)
{
  int at = KEEP - 1;

  for (int i = 0; i < KEEP; i++) // a neighbour that is better already, or that gives way
    if (kept[i].score > 0.0 && vec3_dist (kept[i].motion.t, motion->t) < apart_mm)
      {
        if (kept[i].score >= score)
          return;
        at = i;
        break;
      }
  if (kept[at].score >= score)
    return;
  for (; at > 0 && kept[at - 1].score < score; at--)
    kept[at] = kept[at - 1];
  kept[at].motion = *motion;
  kept[at].score = score;
}

/* Every stride-th of the points on the shape (which 0) or beside it under the turn. */
static void
turn_points (const Search *s, int which, guint stride, const WillisRigid *turn, Turned *out)
{
  const double *points = (const double *) s->points[which]->data;

  out->n = 0;
  for (guint p = stride / 2; p < s->points[which]->len; p += stride)
    {
      double x[3];
      int at[3];
      guint i;

      // the pose's own rotation comes after the turn about the middle
      willis_rigid_apply (turn, points + 3 * p, x);
      vec3_sub (x, x, s->middle);
      mat3_apply (x, s->pose.r, x);
      for (int a = 0; a < 3; a++)
        at[a] = CLAMP ((int) lrint (x[a] / s->h) + s->side / 2 - s->steps / 2, 0, s->side - s->steps);
      for (i = out->n++; i > 0 && out->y[i - 1] > at[1]; i--)
        {
          out->offset[i] = out->offset[i - 1];
          out->y[i] = out->y[i - 1];
          out->z[i] = out->z[i - 1];
        }
      out->offset[i] = (at[2] * s->side + at[1]) * s->side + at[0];
      out->y[i] = (gint16) at[1];
      out->z[i] = (gint16) at[2];
    }
}

/* Those of in that a step along z leaves within the moving scan's bounds. */
static void
turned_at_z (const Search *s, const Turned *in, int step, Turned *out)
{
  out->n = 0;
  for (guint p = 0; p < in->n; p++)
    {
      out->offset[out->n] = in->offset[p];
      out->y[out->n] = in->y[p];
      out->n += in->z[p] + step >= s->lo[2] && in->z[p] + step <= s->hi[2];
    }
}

/* Moves [first, end) on to those that a step along y leaves within the bounds: later steps want earlier ones. */
static void
turned_at_y (const Search *s, const Turned *t, int step, guint *first, guint *end)
{
  while (*first > 0 && t->y[*first - 1] + step >= s->lo[1])
    --*first;
  while (*end > 0 && t->y[*end - 1] + step > s->hi[1])
    --*end;
}

static void
add_row (const guint8 *map, const Turned *t, guint first, guint end, int steps, guint16 *out)
{
  if (steps > LANES / 2)
    add_shifted_Row (map, t->offset + first, end - first, out);
  else
    add_shifted_HalfRow (map, t->offset + first, end - first, out);
}

static void
keep_row (Search *s, gsize t, const WillisRigid *turn, int y, int z, const float *score)
{
  int half = s->steps / 2;

  for (int x = 0; x < s->steps; x++)
    {
      WillisRigid motion;
      double shift[3] = { (x - half) * s->h, (y - half) * s->h, (z - half) * s->h };

      if (score[x] <= 0.0f || (double) score[x] <= s->found[t * KEEP + KEEP - 1].score)
        continue;
      mat3_mul (motion.r, s->pose.r, turn->r);
      mat3_apply (motion.t, motion.r, s->middle);
      vec3_sub (motion.t, s->aim, motion.t);
      vec3_add (motion.t, motion.t, shift);
      keep_best (s->found + t * KEEP, &motion, (double) score[x], 2.5 * s->h);
    }
}

/* All translations under turn t. few: with some of the points, to tell which rows of translations promise something;
 * else those rows with all points. */
static void
search_turn (Search *s, gsize t, gboolean few, Turned *turned, Turned *held)
{
  static const double zero[3] = { 0 };
  WillisRigid turn = willis_rigid_about (&((const double *) s->turns->data)[3 * t], s->middle, zero);
  float prior, least, off_unit;

  for (int which = 0; which < 2; which++)
    turn_points (s, which, few ? FEW_STRIDE : 1, &turn, &turned[which]);
  prior = 0.3f * (float) turned[0].n;
  least = (float) LEAST_HELD * (float) turned[0].n;
  off_unit = 1.0f / (float) MAX (turned[1].n, 1);
  for (int z = 0; z < s->steps; z++)
    {
      guint first[2], end[2];

      for (int which = 0; which < 2; which++)
        {
          turned_at_z (s, &turned[which], z, &held[which]);
          first[which] = end[which] = held[which].n;
        }
      if ((float) held[0].n < least)
        continue;
      for (int y = 0; y < s->steps; y++)
        {
          guint16 on[LANES], off[LANES], in[LANES];
          float score[LANES], best;
          gsize base = ((gsize) z * (gsize) s->side + (gsize) y) * (gsize) s->side;
          guint16 beyond;

          guint8 *promise = s->promise + ((t * (gsize) s->steps + (gsize) z) * (gsize) s->steps + (gsize) y);
          for (int which = 0; which < 2; which++)
            turned_at_y (s, &held[which], y, &first[which], &end[which]);
          if (end[0] <= first[0] || (float) (end[0] - first[0]) < least
              || (!few && (*promise == 0 || *promise < s->least)))
            continue;
          add_row (s->in + base, &held[0], first[0], end[0], s->steps, in);
          add_row (s->on + base, &held[0], first[0], end[0], s->steps, on);
          add_row (s->off + base, &held[1], first[1], end[1], s->steps, off);
          beyond = (guint16) ((turned[1].n - (end[1] - first[1])) * s->off_beyond);
          for (int x = 0; x < s->steps; x++)
            off[x] = (guint16) (off[x] + beyond);
          best = row_scores (on, in, off, s->steps, least, prior, (float) s->mean, off_unit, score);
          if (few)
            *promise = (guint8) ceilf (255.0f * MIN (best, 1.0f));
          else if ((double) best > s->found[t * KEEP + KEEP - 1].score)
            keep_row (s, t, &turn, y, z, score);
        }
    }
}

static void
turned_init (Turned *t, guint n)
{
  t->offset = g_new (gint32, n + 1);
  t->y = g_new (gint16, n + 1);
  t->z = g_new (gint16, n + 1);
}

static void
turned_clear (Turned *t)
{
  g_free (t->offset);
  g_free (t->y);
  g_free (t->z);
}

static void
search_range (Search *s, gsize from, gsize to, gboolean few)
{
  Turned turned[2], held[2];

  for (int which = 0; which < 2; which++)
    {
      turned_init (&turned[which], s->points[which]->len);
      turned_init (&held[which], s->points[which]->len);
    }
  for (gsize t = from; t < to; t++)
    search_turn (s, t, few, turned, held);
  for (int which = 0; which < 2; which++)
    {
      turned_clear (&turned[which]);
      turned_clear (&held[which]);
    }
}

static void
search_few (gsize from, gsize to, gpointer context)
{
  search_range (context, from, to, TRUE);
}

static void
search_all (gsize from, gsize to, gpointer context)
{
  search_range (context, from, to, FALSE);
}

/* The promise that the best share of the rows reach. */
static guint8
least_promise (const Search *s, double share)
{
  gsize n = (gsize) s->turns->len * (gsize) s->steps * (gsize) s->steps, count[256] = { 0 }, sum = 0;
  int least = 255;

  for (gsize i = 0; i < n; i++)
    count[s->promise[i]]++;
  while (least > 1 && (double) (sum += count[least]) < share * (double) (n - count[0]))
    least--;
  return (guint8) least;
}

/* The coarse picture around aim of the moving shape from its distances. */
static void
fill_picture (Search *s, const WillisVolume *distance)
{
  const WillisGrid *g = willis_volume_grid (distance);
  gsize n = (gsize) s->side * (gsize) s->side * (gsize) s->side, inside = 0;
  double mean = 0.0, blur = 1.2 * s->h;
  guint8 *in = g_new0 (guint8, n);

  for (int a = 0; a < 3; a++)
    {
      s->lo[a] = s->side;
      s->hi[a] = -1;
    }
  for (int k = 0; k < s->side; k++)
    for (int j = 0; j < s->side; j++)
      for (int i = 0; i < s->side; i++)
        {
          double x[3] = { s->aim[0] + (i - s->side / 2) * s->h, s->aim[1] + (j - s->side / 2) * s->h,
                          s->aim[2] + (k - s->side / 2) * s->h };
          gsize at = ((gsize) k * (gsize) s->side + (gsize) j) * (gsize) s->side + (gsize) i;
          double d;

          willis_grid_lps_to_ijk (g, x, x);
          for (int a = 0; a < 3; a++)
            if (!(x[a] >= -0.5 && x[a] <= g->dims[a] - 0.5))
              goto outside;
          d = willis_volume_sample (distance, x) / blur;
          s->on[at] = (guint8) lrint (TONES * exp (-0.5 * d * d));
          in[at] = 1;
          inside++;
          for (int a = 0; a < 3; a++)
            {
              const int cell[3] = { i, j, k };

              s->lo[a] = MIN (s->lo[a], cell[a]);
              s->hi[a] = MAX (s->hi[a], cell[a]);
            }
          mean += s->on[at];
        outside:;
        }
  mean = inside > 0 ? mean / (double) inside : 0.0;
  s->mean = mean;
  s->off_beyond = (guint8) lrint (TONES - mean);
  for (gsize i = 0; i < n; i++)
    {
      s->off[i] = in[i] ? (guint8) (TONES - s->on[i]) : s->off_beyond;
      s->in[i] = in[i];
    }
  g_free (in);
}

static void
add_turns (GArray *turns, double apart)
{
  int n = (int) (TURN_MAX / apart);

  for (int k = -n; k <= n; k++)
    for (int j = -n; j <= n; j++)
      for (int i = -n; i <= n; i++)
        {
          double w[3] = { i * apart, j * apart, k * apart };

          if (vec3_norm (w) <= TURN_MAX + 1e-9)
            g_array_append_vals (turns, w, 1);
        }
}

/* ---- improvement of what was found, on the distances themselves ---- */

/* The distance at ijk, within the grid, and its slope per voxel; both trilinear. */
static double
sample_slope (const WillisVolume *distance, const double ijk[3], double slope[3])
{
  const int *dims = willis_volume_grid (distance)->dims;
  gsize step[3] = { 1, (gsize) dims[0], (gsize) dims[0] * (gsize) dims[1] };
  const float *p = willis_volume_f32 (distance);
  double t[3], v[8], x[4], y[2];

  for (int a = 0; a < 3; a++)
    {
      int lo = CLAMP ((int) ijk[a], 0, MAX (dims[a] - 2, 0));

      t[a] = ijk[a] - lo;
      p += (gsize) lo * step[a];
      if (dims[a] < 2)
        step[a] = 0;
    }
  for (int c = 0; c < 8; c++)
    v[c] = (double) p[(c & 1 ? step[0] : 0) + (c & 2 ? step[1] : 0) + (c & 4 ? step[2] : 0)];
  for (int c = 0; c < 4; c++)
    x[c] = v[2 * c] + t[0] * (v[2 * c + 1] - v[2 * c]);
  for (int c = 0; c < 2; c++)
    y[c] = x[2 * c] + t[1] * (x[2 * c + 1] - x[2 * c]);
  slope[2] = y[1] - y[0];
  slope[1] = (1.0 - t[2]) * (x[1] - x[0]) + t[2] * (x[3] - x[2]);
  slope[0] = (1.0 - t[2]) * ((1.0 - t[1]) * (v[1] - v[0]) + t[1] * (v[3] - v[2]))
             + t[2] * ((1.0 - t[1]) * (v[5] - v[4]) + t[1] * (v[7] - v[6]));
  return y[0] + t[2] * (y[1] - y[0]);
}

/* Steps of least squares on the distances of the moved points, far ones counting little (Geman & McClure 1985), the
 * reach falling from reach_mm to 2 mm. Returns how well the points lie, 0 .. 1. */
static double
slide (const WillisVolume *distance, const GArray *points, const double middle[3], double reach_mm, WillisRigid *motion)
{
  const WillisGrid *g = willis_volume_grid (distance);
  double score = 0.0;

  for (int step = 0; step < 24; step++)
    {
      double s = MAX (reach_mm * pow (0.85, step), 2.0), a[36] = { 0 }, b[6] = { 0 }, n = 0.0;
      double trace = 0.0;
      WillisRigid change;

      score = 0.0;
      for (guint p = 0; p < points->len; p++)
        {
          const double *x0 = &((const double *) points->data)[3 * p];
          double x[3], ijk[3], d, grad[3], arm[3], j[6], w;
          gboolean in = TRUE;

          willis_rigid_apply (motion, x0, x);
          willis_grid_lps_to_ijk (g, x, ijk);
          for (int c = 0; c < 3; c++)
            in = in && ijk[c] >= 0.0 && ijk[c] <= g->dims[c] - 1.0;
          if (!in)
            continue;
          d = sample_slope (distance, ijk, grad);
          n += 1.0;
          score += exp (-0.5 * d * d / 9.0);
          willis_grid_gradient_to_lps (g, grad, grad);
          mat3_apply_t (grad, motion->r, grad);
          vec3_sub (arm, x0, middle);
          vec3_cross (j, arm, grad);
          vec3_copy (j + 3, grad);
          w = 1.0 / (1.0 + d * d / (s * s));
          w *= w;
          for (int r = 0; r < 6; r++)
            {
              for (int c = 0; c <= r; c++)
                a[6 * r + c] += w * j[r] * j[c];
              b[r] -= w * j[r] * d;
            }
        }
      if (n < 0.25 * points->len)
        return 0.0;
      // points beyond the other scan count like badly placed ones, half
      score = (score + 0.3 * (points->len - n)) / points->len;
      for (int r = 0; r < 6; r++)
        trace += a[7 * r];
      for (int r = 0; r < 6; r++)
        a[7 * r] += 1e-3 * (r < 3 ? a[7 * r] : trace / 6.0) + 1e-9;
      if (willis_cholesky_factor (a, 6) != 0)
        break;
      willis_cholesky_solve (a, 6, b, 1);
      if (vec3_norm (b) > 0.2)
        vec3_scale (b, b, 0.2 / vec3_norm (b));
      change = willis_rigid_about (b, middle, b + 3);
      *motion = willis_rigid_compose (motion, &change);
      if (step > 14 && vec3_norm (b) < 1e-4 && vec3_norm (b + 3) < 1e-2)
        break;
    }
  return score;
}

typedef struct
{
  const WillisVolume *distance;
  const GArray *points;
  const double *middle;
  double reach_mm;
  WillisStart *starts;
} Slide;

static void
slide_range (gsize from, gsize to, gpointer context)
{
  const Slide *s = context;

  for (gsize i = from; i < to; i++)
    s->starts[i].score = slide (s->distance, s->points, s->middle, s->reach_mm, &s->starts[i].motion);
}

static int
compare_starts (gconstpointer a, gconstpointer b)
{
  const WillisStart *p = a, *q = b;

  if (p->score != q->score)
    return p->score < q->score ? 1 : -1;
  return memcmp (&p->motion, &q->motion, sizeof p->motion);
}

/* Sorts and leaves out those close to a better one. */
static void
thin_starts (GArray *starts, const double middle[3], double mm, double rad, guint max)
{
  guint kept = 0;

  g_array_sort (starts, compare_starts);
  for (guint i = 0; i < starts->len && kept < max; i++)
    {
      WillisStart s = g_array_index (starts, WillisStart, i);
      gboolean fresh = s.score > 0.0;

      for (guint k = 0; k < kept && fresh; k++)
        {
          const WillisStart *other = &g_array_index (starts, WillisStart, k);
          WillisRigid inverse = willis_rigid_invert (&other->motion);
          WillisRigid between = willis_rigid_compose (&inverse, &s.motion);

          fresh = willis_rigid_gap (&s.motion, &other->motion, middle) > mm || willis_rigid_angle (&between) > rad;
        }
      if (fresh)
        g_array_index (starts, WillisStart, kept++) = s;
    }
  g_array_set_size (starts, kept);
}

static void
search_around (Search *s, const WillisVolume *distance, const double aim[3], double range_mm, double reach_mm,
               GArray *starts)
{
  gsize n;

  vec3_copy (s->aim, aim);
  s->steps = MIN (2 * (int) ceil (range_mm / s->h) + 1, LANES);
  s->side = 2 * (int) ceil (reach_mm / s->h) + s->steps + 3;
  n = (gsize) s->side * (gsize) s->side * (gsize) s->side;
  s->on = g_new0 (guint8, n + LANES);
  s->off = g_new0 (guint8, n + LANES);
  s->in = g_new0 (guint8, n + LANES);
  s->found = g_new0 (WillisStart, (gsize) s->turns->len * KEEP);
  fill_picture (s, distance);
  s->promise = g_new0 (guint8, (gsize) s->turns->len * (gsize) s->steps * (gsize) s->steps);
  willis_parallel_for (s->turns->len, 8, search_few, s);
  s->least = least_promise (s, PROMISING);
  willis_parallel_for (s->turns->len, 8, search_all, s);
  for (guint i = 0; i < s->turns->len * KEEP; i++)
    if (s->found[i].score > 0.0)
      g_array_append_val (starts, s->found[i]);
  g_free (s->on);
  g_free (s->off);
  g_free (s->in);
  g_free (s->promise);
  g_free (s->found);
}

GArray *
willis_starts_find (const WillisVolume *fixed, const WillisVolume *moving, const WillisRigid *pose, gboolean thorough,
                    GError **error)
{
  const WillisGrid *g = willis_volume_grid (fixed);
  GArray *starts = g_array_new (FALSE, FALSE, sizeof (WillisStart));
  g_autoptr (WillisVolume) near_fixed = willis_distance_to_mask (fixed, 40.0, NULL, error);
  g_autoptr (WillisVolume) near_moving = NULL;
  g_autoptr (GArray) on = NULL;
  g_autoptr (GArray) off = NULL;
  g_autoptr (GArray) fine = NULL;
  Search s = { .pose = *pose };
  double middle_moving[3], aim[3], extent = 1.0, reach = 0.0;
  WillisStart given = { *pose, 1.0 };
  Slide slides;

  near_moving = near_fixed != NULL ? willis_distance_to_mask (moving, 40.0, NULL, error) : NULL;
  if (near_moving == NULL || !shape_middle (fixed, s.middle) || !shape_middle (moving, middle_moving))
    return starts;
  for (int a = 0; a < 3; a++)
    extent *= g->dims[a] * g->spacing_mm[a];
  s.h = CLAMP (cbrt (extent) / 16.0, 2.2, 6.0) * (thorough ? 0.85 : 1.0);
  on = spread_points (fixed, near_fixed, 0.0, 0.0, N_POINTS);
  off = spread_points (fixed, near_fixed, 1.6 * s.h, 6.0 * s.h, N_POINTS);
  fine = spread_points (fixed, near_fixed, 0.0, 0.0, 500);
  if (on == NULL || off == NULL || fine == NULL || on->len == 0)
    return starts;
  s.points[0] = on;
  s.points[1] = off;
  for (int side = 0; side < 2; side++)
    for (guint p = 0; p < s.points[side]->len; p++)
      reach = MAX (reach, vec3_dist (&((const double *) s.points[side]->data)[3 * p], s.middle));
  s.turns = g_array_new (FALSE, FALSE, 3 * sizeof (double));
  add_turns (s.turns, (thorough ? 10.0 : 15.0) * G_PI / 180.0);
  willis_rigid_apply (pose, s.middle, aim);
  search_around (&s, near_moving, aim, RANGE_MM, reach, starts);
  // headers that share no frame: the shapes' middles on each other
  if (vec3_dist (aim, middle_moving) > 20.0)
    search_around (&s, near_moving, middle_moving, 0.6 * RANGE_MM, reach, starts);
  g_array_unref (s.turns);
  thin_starts (starts, s.middle, 1.5 * s.h, 10.0 * G_PI / 180.0, thorough ? 300 : 48);
  g_array_append_val (starts, given);
  slides = (Slide){ near_moving, fine, s.middle, 2.0 * s.h, (WillisStart *) starts->data };
  willis_parallel_for (starts->len, 1, slide_range, &slides);
  thin_starts (starts, s.middle, 2.0, 3.0 * G_PI / 180.0, thorough ? 24 : 6);
  return starts;
}
