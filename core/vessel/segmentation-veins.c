/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Veins that hang on the arteries. While the agent is arterial, blood in veins and sinuses is duller. What is dull
 * although it is wide (a thin artery is dimmed by blur, which its width tells) and has nothing bright beside it is
 * certainly vein; what is bright is artery; between the two the voxels go to the front that reaches them first, at a
 * cost that rises with the difference from the brightness where it set out. What is nearer to the dullest that is
 * certainly artery than to a vein waits for an artery's front: where the two touch, their edge is half way.
 */
#include <math.h>

#include "core/base/parallel.h"
#include "core/vessel/segmentation-grow.h"

#define DULL 0.66       // of the contrast, corrected for blur: what is certainly vein
#define BRIGHT 0.78     // what is certainly artery
#define BRIGHT_THIN 0.9 // the same for what is thin, corrected for blur
#define TOP_NOISE 1.0   // deviations: so much noise adds to the brightest value of a neighbourhood, at least
#define ALIKE 2.0       // so many voxels are of one noise once they are smoothed
#define SEED_PART 0.25  // so much of a vein must have been certain
#define LEVEL_REACH_MM 1.2
#define WIDTH_REACH_MM 2.0
#define ASIDE_MM 4.0   // veins are followed so far off the label
#define LEAST_MM3 10.0 // of a vein
#define LEAST_MM 6.0   // diagonal of its box
#define UNITS_PER_MM 16.0
#define DIFFERENCE_COST 8.0
#define GIVEN_WAY_MM 16.0 // an artery's front goes first so far
#define BUCKETS 1024

#define IS_ARTERY WILLIS_MARK_CORE // the bits of growth are free by now
#define IS_VEIN WILLIS_MARK_VISITED
#define LOOKED_AT WILLIS_MARK_NEAR_CORE
#define WAS_SEED WILLIS_MARK_NEAR_BONE

typedef struct
{
  const WillisGrowth *g;
  WillisBricks bright; // part of the contrast, smoothed within what is looked at; NaN elsewhere
  GArray *voxels;      // gsize, all that are looked at: the label and what is bright beside it
  guint8 *seed;        // [voxels] IS_ARTERY, IS_VEIN or 0
  WillisBricks about;  // the same and what is beside it as far as a width is judged; NaN at bone
  WillisBricks whole;  // brightness without blur, as far as the width tells; NaN elsewhere
  double blur_mm;      // standard deviation: scanner, voxel and smoothing together
  double noise;        // of the smoothed values, standard deviation
} Veins;

static void
place_of (const Veins *c, gsize v, int at[3])
{
  const int *d = c->g->grid->dims;

  at[0] = (int) (v % (gsize) d[0]);
  at[1] = (int) (v / (gsize) d[0] % (gsize) d[1]);
  at[2] = (int) (v / ((gsize) d[0] * (gsize) d[1]));
}

/* Is a voxel looked at, or (beside) free of bone at least? */
static gboolean
is_seen (const Veins *c, gsize v, gboolean beside)
{
  guint8 mark = c->g->mark[v];

  return (mark & LOOKED_AT) || (beside && !(mark & (WILLIS_MARK_BONE | WILLIS_MARK_NEAR_BONE)));
}

/* Mean over what is seen among a voxel, counted four times, and its face neighbours, part of the contrast. */
static float
smoothed (const Veins *c, gsize v, const int at[3], gboolean beside)
{
  const WillisGrowth *g = c->g;
  const int *d = g->grid->dims;
  gsize stride[3] = { 1, (gsize) d[0], (gsize) d[0] * (gsize) d[1] };
  double sum = 4.0 * willis_voxel (g->volume, g->voxels, v), weights = 4.0;

  for (int a = 0; a < 3; a++)
    for (int s = -1; s <= 1; s += 2)
      {
        gsize u = s > 0 ? v + stride[a] : v - stride[a];

        if (at[a] + s < 0 || at[a] + s >= d[a] || !is_seen (c, u, beside))
          continue;
        sum += willis_voxel (g->volume, g->voxels, u);
        weights += 1.0;
      }
  return (float) ((sum / weights - g->levels->background) / (g->levels->lumen - g->levels->background));
}

/* What is looked at keeps to itself: the middle of a thin artery is not dimmed more than the scan does. */
static void
smooth_range (gsize lo, gsize hi, gpointer data)
{
  Veins *c = data;

  for (gsize n = lo; n < hi; n++)
    {
      gsize v = g_array_index (c->voxels, gsize, n);
      int at[3];

      place_of (c, v, at);
      *willis_bricks_at (&c->bright, at[0], at[1], at[2]) = smoothed (c, v, at, FALSE);
    }
}

/* The same for what is about it, brick by brick. */
static void
smooth_about_range (gsize lo, gsize hi, gpointer data)
{
  Veins *c = data;
  const int *d = c->g->grid->dims;
  gsize bx = (gsize) c->about.bricks[0], by = (gsize) c->about.bricks[1];

  for (gsize b = lo; b < hi; b++)
    for (int w = 0; c->about.table[b] >= 0 && w < 512; w++)
      {
        int at[3]
            = { (int) (b % bx) * 8 + w % 8, (int) (b / bx % by) * 8 + w / 8 % 8, (int) (b / (bx * by)) * 8 + w / 64 };
        gsize v = ((gsize) at[2] * (gsize) d[1] + (gsize) at[1]) * (gsize) d[0] + (gsize) at[0];

        if (at[0] < d[0] && at[1] < d[1] && at[2] < d[2] && is_seen (c, v, TRUE))
          *willis_bricks_at (&c->about, at[0], at[1], at[2]) = smoothed (c, v, at, !(c->g->mark[v] & LOOKED_AT));
      }
}

/* The brightest value of a field within reach, and the volume of what is brighter than above. */
static void
look_around (const Veins *c, const WillisBricks *field, const int at[3], double reach_mm, double above, double *most,
             double *mm3)
{
  const WillisGrid *grid = c->g->grid;
  int lo[3], hi[3];

  *most = 0.0;
  *mm3 = 0.0;
  for (int a = 0; a < 3; a++)
    {
      int r = (int) MAX (floor (reach_mm / grid->spacing_mm[a]), 1.0);

      lo[a] = MAX (at[a] - r, 0);
      hi[a] = MIN (at[a] + r, grid->dims[a] - 1);
    }
  for (int k = lo[2]; k <= hi[2]; k++)
    for (int j = lo[1]; j <= hi[1]; j++)
      for (int i = lo[0]; i <= hi[0]; i++)
        {
          double dx = (i - at[0]) * grid->spacing_mm[0], dy = (j - at[1]) * grid->spacing_mm[1];
          double dz = (k - at[2]) * grid->spacing_mm[2];
          const float *p;

          if (dx * dx + dy * dy + dz * dz > reach_mm * reach_mm)
            continue;
          p = willis_bricks_at (field, i, j, k);
          if (p == NULL || isnan (*p))
            continue;
          *most = MAX (*most, (double) *p);
          if (*p > above)
            *mm3 += c->g->voxel_mm3;
        }
}

/* Slope of the scan at a voxel inside the grid, part of the contrast per mm. */
static double
slope_at (const Veins *c, gsize v, const int at[3])
{
  const WillisGrowth *g = c->g;
  const int *d = g->grid->dims;
  gsize stride[3] = { 1, (gsize) d[0], (gsize) d[0] * (gsize) d[1] };
  double sum = 0.0;

  for (int a = 0; a < 3; a++)
    {
      gsize lo = at[a] > 0 ? v - stride[a] : v, hi = at[a] + 1 < d[a] ? v + stride[a] : v;

      if (hi > lo)
        sum += pow ((willis_voxel (g->volume, g->voxels, hi) - willis_voxel (g->volume, g->voxels, lo))
                        / ((double) ((hi - lo) / stride[a]) * g->grid->spacing_mm[a]),
                    2.0);
    }
  return sqrt (sum) / (g->levels->lumen - g->levels->background);
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

/* The blur of the scan as the smoothed values show it: an edge of a Gaussian blur s has slope 1 / (s sqrt (2 pi)) in
 * its middle. The middles of the edges of bright vessels, their median; steps over two voxels and the smoothing blur
 * too. */
static double
measure_blur (Veins *c)
{
  double voxel = cbrt (c->g->voxel_mm3), edge;
  g_autoptr (GArray) slopes = g_array_new (FALSE, FALSE, sizeof (double));

  for (guint n = 0; n < c->voxels->len; n++)
    {
      gsize v = g_array_index (c->voxels, gsize, n);
      double own, most, mm3, slope;
      int at[3];

      own = (willis_voxel (c->g->volume, c->g->voxels, v) - c->g->levels->background)
            / (c->g->levels->lumen - c->g->levels->background);
      if (own < 0.4 || own > 0.6)
        continue;
      place_of (c, v, at);
      look_around (c, &c->bright, at, LEVEL_REACH_MM, 0.0, &most, &mm3);
      if (most < 0.9 || most > 1.2)
        continue;
      slope = slope_at (c, v, at);
      g_array_append_val (slopes, slope);
    }
  if (slopes->len < 200)
    return hypot (0.4, 0.45 * voxel);
  g_array_sort (slopes, compare_doubles);
  edge = 1.0 / (sqrt (2.0 * G_PI) * MAX (g_array_index (slopes, double, slopes->len / 2), 0.1));
  return CLAMP (sqrt (MAX (edge * edge - 0.133 * voxel * voxel, 0.0)), 0.25, 1.0);
}

/* How many deviations the largest of so many values of one noise lies above their mean, about (Gumbel). */
static double
largest_of (double n)
{
  double t = sqrt (2.0 * log (MAX (n, 2.0)));

  return MAX (t - (2.0 * log (t) + log (2.0 * G_PI)) / (2.0 * t), 0.0);
}

static void
seed_range (gsize lo, gsize hi, gpointer data)
{
  Veins *c = data;

  for (gsize n = lo; n < hi; n++)
    {
      double most, mm3, width, left;
      int at[3];
      float own, *whole;

      place_of (c, g_array_index (c->voxels, gsize, n), at);
      own = *willis_bricks_at (&c->bright, at[0], at[1], at[2]);
      whole = willis_bricks_at (&c->whole, at[0], at[1], at[2]);
      *whole = own;
      c->seed[n] = own > BRIGHT ? IS_ARTERY : 0;
      if (own > BRIGHT)
        continue;
      look_around (c, &c->bright, at, LEVEL_REACH_MM, 0.0, &most, &mm3);
      most = MAX (most - TOP_NOISE * c->noise, own);
      /* the radius of a tube that fills the ball so far (at half its brightness, which of a dull one lies below the
       * band), and what blur leaves of its middle */
      look_around (c, &c->about, at, WIDTH_REACH_MM, 0.5 * most, &left, &mm3);
      width = sqrt (mm3 / (2.0 * G_PI * WIDTH_REACH_MM));
      mm3 *= pow (LEVEL_REACH_MM / WIDTH_REACH_MM, 3) / (ALIKE * c->g->voxel_mm3);
      most = MAX (most - MAX (largest_of (mm3) - TOP_NOISE, 0.0) * c->noise, own);
      left = 1.0 - exp (-0.5 * width * width / (c->blur_mm * c->blur_mm));
      *whole = own / (float) MAX (left, 0.3);
      if (most < DULL * left)
        c->seed[n] = IS_VEIN;
      else if (most < BRIGHT && most > BRIGHT_THIN * left)
        c->seed[n] = IS_ARTERY;
    }
}

typedef struct
{
  gsize voxel;
  float from; // brightness where the front set out
  guint8 label;
} Front;

/* Both labels grow from their seeds over the rest; where they meet they stop. */
static void
share_out (Veins *c)
{
  const int *d = c->g->grid->dims;
  gsize stride[3] = { 1, (gsize) d[0], (gsize) d[0] * (gsize) d[1] };
  g_autofree GArray **bucket = g_new0 (GArray *, BUCKETS);

  bucket[0] = g_array_new (FALSE, FALSE, sizeof (Front));
  for (guint n = 0; n < c->voxels->len; n++)
    if (c->seed[n] != 0)
      {
        Front f = { g_array_index (c->voxels, gsize, n), 1.0f, c->seed[n] };
        int at[3];

        place_of (c, f.voxel, at);
        if (f.label == IS_VEIN)
          f.from = *willis_bricks_at (&c->whole, at[0], at[1], at[2]);
        g_array_append_val (bucket[0], f);
      }
  for (int b = 0; b < BUCKETS; b++)
    {
      for (guint i = 0; bucket[b] != NULL && i < bucket[b]->len; i++)
        {
          Front f = g_array_index (bucket[b], Front, i);
          int at[3];

          if (c->g->mark[f.voxel] & (IS_ARTERY | IS_VEIN))
            continue;
          c->g->mark[f.voxel] |= f.label;
          place_of (c, f.voxel, at);
          for (int a = 0; a < 3; a++)
            for (int s = -1; s <= 1; s += 2)
              {
                Front to = f;
                int at_to[3] = { at[0], at[1], at[2] }, cost;
                double apart;
                float bright;

                at_to[a] += s;
                to.voxel = s > 0 ? f.voxel + stride[a] : f.voxel - stride[a];
                if (at_to[a] < 0 || at_to[a] >= d[a] || !(c->g->mark[to.voxel] & LOOKED_AT)
                    || (c->g->mark[to.voxel] & (IS_ARTERY | IS_VEIN)))
                  continue;
                bright = MIN (*willis_bricks_at (&c->whole, at_to[0], at_to[1], at_to[2]), 1.0f);
                apart = fabs (bright - f.from);
                cost = b + 1
                       + (int) (UNITS_PER_MM * c->g->grid->spacing_mm[a]
                                * (1.0 + DIFFERENCE_COST * MAX (apart - 0.1, 0.0)));
                if (f.label == IS_VEIN && bright > 0.5 * (BRIGHT + f.from))
                  cost += (int) (UNITS_PER_MM * GIVEN_WAY_MM);
                if (cost >= BUCKETS)
                  continue;
                if (bucket[cost] == NULL)
                  bucket[cost] = g_array_new (FALSE, FALSE, sizeof (Front));
                g_array_append_val (bucket[cost], to);
              }
        }
      g_clear_pointer (&bucket[b], g_array_unref);
    }
}

/* A vein is long, of some size, and was certain in a good part; what is not stays artery. */
static void
judge_vein (const gsize *voxels, gsize n, gpointer data)
{
  Veins *c = data;
  int lo[3] = { G_MAXINT, G_MAXINT, G_MAXINT }, hi[3] = { 0, 0, 0 };
  double diagonal2 = 0.0;
  gsize certain = 0;

  for (gsize i = 0; i < n; i++)
    {
      int at[3];

      place_of (c, voxels[i], at);
      certain += (c->g->mark[voxels[i]] & WAS_SEED) != 0;
      for (int a = 0; a < 3; a++)
        {
          lo[a] = MIN (lo[a], at[a]);
          hi[a] = MAX (hi[a], at[a]);
        }
    }
  for (int a = 0; a < 3; a++)
    diagonal2 += pow ((hi[a] - lo[a] + 1) * c->g->grid->spacing_mm[a], 2.0);
  if ((double) n * c->g->voxel_mm3 >= LEAST_MM3 && diagonal2 >= LEAST_MM * LEAST_MM
      && (double) certain >= SEED_PART * (double) n)
    return;
  for (gsize i = 0; i < n; i++)
    c->g->mark[voxels[i]] &= (guint8) ~IS_VEIN;
}

/* Gathers the label and, up to ASIDE_MM from it, the band that hangs on it and is not at bone. */
static void
gather (Veins *c)
{
  const WillisGrowth *g = c->g;
  const int *d = g->grid->dims;
  gsize stride[3] = { 1, (gsize) d[0], (gsize) d[0] * (gsize) d[1] }, n = willis_grid_n_voxels (g->grid);
  g_autoptr (GArray) way = g_array_new (FALSE, FALSE, sizeof (float));

  for (gsize v = 0; v < n; v++)
    {
      const float none = 0.0f;

      g->mark[v] &= (guint8) ~(IS_ARTERY | IS_VEIN | LOOKED_AT);
      if (!(g->mark[v] & WILLIS_MARK_ARTERY))
        continue;
      g->mark[v] |= LOOKED_AT;
      g_array_append_val (c->voxels, v);
      g_array_append_val (way, none);
    }
  for (guint q = 0; q < c->voxels->len; q++)
    {
      gsize v = g_array_index (c->voxels, gsize, q);
      int at[3];

      place_of (c, v, at);
      for (int a = 0; a < 3; a++)
        for (int s = -1; s <= 1; s += 2)
          {
            gsize u = s > 0 ? v + stride[a] : v - stride[a];
            float to = g_array_index (way, float, q) + (float) g->grid->spacing_mm[a];

            if (at[a] + s < 0 || at[a] + s >= d[a] || to > ASIDE_MM || !(g->mark[u] & WILLIS_MARK_BAND)
                || (g->mark[u] & (LOOKED_AT | WILLIS_MARK_BONE | WILLIS_MARK_NEAR_BONE)))
              continue;
            g->mark[u] |= LOOKED_AT;
            g_array_append_val (c->voxels, u);
            g_array_append_val (way, to);
          }
    }
}

void
willis_veins_part (const WillisGrowth *g, guint8 *labels)
{
  const WillisGrid *grid = g->grid;
  Veins c = { .g = g, .voxels = g_array_new (FALSE, FALSE, sizeof (gsize)) };

  gather (&c);
  c.seed = g_new0 (guint8, MAX (c.voxels->len, 1));
  for (guint i = 0; i < c.voxels->len; i++)
    g->mark[g_array_index (c.voxels, gsize, i)] &= (guint8) ~WAS_SEED;
  willis_bricks_init (&c.bright, grid->dims, g->mark, LOOKED_AT, 0, NAN);
  willis_bricks_init_like (&c.whole, &c.bright, NAN);
  willis_bricks_init (&c.about, grid->dims, g->mark, LOOKED_AT,
                      (int) ceil (WIDTH_REACH_MM / willis_grid_min_spacing (grid)), NAN);
  willis_parallel_for (c.voxels->len, 1024, smooth_range, &c);
  willis_parallel_for ((gsize) c.about.bricks[0] * (gsize) c.about.bricks[1] * (gsize) c.about.bricks[2], 16,
                       smooth_about_range, &c);
  c.blur_mm = measure_blur (&c);
  c.noise = sqrt (4.0 * 4.0 + 6.0) / 10.0 * g->levels->noise / (g->levels->lumen - g->levels->background);
  willis_parallel_for (c.voxels->len, 1024, seed_range, &c);
  for (guint i = 0; i < c.voxels->len; i++)
    if (c.seed[i] == IS_VEIN)
      g->mark[g_array_index (c.voxels, gsize, i)] |= WAS_SEED;
  share_out (&c);
  willis_mark_pieces (g->mark, grid->dims, IS_VEIN, 0, judge_vein, &c);
  for (guint i = 0; i < c.voxels->len; i++)
    {
      gsize v = g_array_index (c.voxels, gsize, i);

      if (!(g->mark[v] & IS_VEIN))
        continue;
      g->mark[v] &= (guint8) ~WILLIS_MARK_ARTERY;
      labels[v] = WILLIS_LABEL_VEIN;
    }
  willis_bricks_clear (&c.bright);
  willis_bricks_clear (&c.about);
  willis_bricks_clear (&c.whole);
  g_free (c.seed);
  g_array_unref (c.voxels);
}
