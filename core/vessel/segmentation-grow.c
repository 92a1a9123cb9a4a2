/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From marks to arteries. In CTA bone and vessels compete for the voxels between them: both grow from what is certain,
 * bone cheaply where the scan is brighter than half way from lumen to bone, vessels cheaply below (a geodesic
 * competition with label-dependent speed). Elsewhere the bright voxels that hang together with vessel cores are taken.
 */
#include <math.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/parallel.h"
#include "core/num/vec3.h"
#include "core/vessel/segmentation-grow.h"

#define REACH_MM 1.7     // vessels grow at most so far from their cores
#define COST_PER_MM 16.0 // cost units
#define AROUND_MM 0.9    // flat: alike so far around
#define DULL 0.6         // of the contrast: a thick piece that is less bright inside is a vein or sinus, and ..
#define DULL_APART 0.76  // .. one apart from the arteries, whose blood is of one value to some 15 %
/* what lies in bone, but is an artery: */
#define CANAL_DEEP 0.25  // so much of it is deep inside ..
#define CANAL_BLOOD 0.2  // .. where it is as bright as blood to this part of the contrast
#define CANAL_VALLEY 0.2 // and the scan falls by so much ..
#define CANAL_LINED 0.75 // .. where it meets bone, all but everywhere

typedef struct
{
  const WillisGrowth *g;
  double least, most;
  guint8 bit;
} MarkContext;

static void
mark_range (gsize lo, gsize hi, gpointer data)
{
  const MarkContext *c = data;

  for (gsize v = lo; v < hi; v++)
    {
      double x = willis_voxel (c->g->volume, c->g->voxels, v);

      if (x > c->least && x < c->most)
        c->g->mark[v] |= c->bit;
    }
}

/* Sets a bit where the scan lies between two values, both left out. */
static void
mark_between (const WillisGrowth *g, double least, double most, guint8 bit)
{
  MarkContext c = { g, least, most, bit };

  willis_parallel_for (willis_grid_n_voxels (g->grid), 1 << 18, mark_range, &c);
}

static void
clear_range (gsize lo, gsize hi, gpointer data)
{
  const MarkContext *c = data;

  for (gsize v = lo; v < hi; v++)
    c->g->mark[v] &= (guint8) ~c->bit;
}

static void
clear_marks (const WillisGrowth *g, guint8 bit)
{
  MarkContext c = { .g = g, .bit = bit };

  willis_parallel_for (willis_grid_n_voxels (g->grid), 1 << 18, clear_range, &c);
}

typedef struct
{
  const WillisGrowth *g;
  double min_mm3;
  guint8 from, to; // pieces of bit from that are large enough also get to
  double max_near; // and at most this part of them near bone
  double max_side; // and small ones at most so much to the side
  double voxel_mm3;
} PieceContext;

/* How much bright stuff spreads sideways from a small core, against what the core explains: in a tube nearly all that is
 * bright lies within 1 mm of a core, in a plate of bone it goes on. Followed up to 3 mm through touching voxels. */
static double
sideways_part (const WillisGrowth *g, const gsize *voxels, gsize n)
{
  const int *d = g->grid->dims;
  gsize stride[3] = { 1, (gsize) d[0], (gsize) d[0] * d[1] }, near = n, side = 0;
  g_autoptr (GArray) queue = g_array_new (FALSE, FALSE, sizeof (gsize));
  g_autoptr (GArray) way = g_array_new (FALSE, FALSE, sizeof (float));

  for (gsize i = 0; i < n; i++)
    {
      const float none = 0.0f;

      g->mark[voxels[i]] |= WILLIS_MARK_VISITED;
      g_array_append_val (queue, voxels[i]);
      g_array_append_val (way, none);
    }
  for (guint q = 0; q < queue->len; q++)
    {
      gsize v = g_array_index (queue, gsize, q);
      int at[3] = { (int) (v % stride[1]), (int) (v % stride[2] / stride[1]), (int) (v / stride[2]) };

      for (int a = 0; a < 3; a++)
        for (int s = -1; s <= 1; s += 2)
          {
            gsize u = s > 0 ? v + stride[a] : v - stride[a];
            float to = g_array_index (way, float, q) + (float) g->grid->spacing_mm[a];

            if (at[a] + s < 0 || at[a] + s >= d[a] || to > 3.0f || !(g->mark[u] & WILLIS_MARK_BAND)
                || (g->mark[u] & WILLIS_MARK_VISITED))
              continue;
            g->mark[u] |= WILLIS_MARK_VISITED;
            g_array_append_val (queue, u);
            g_array_append_val (way, to);
            near += to <= 1.0f;
            side += to > 1.0f && !(g->mark[u] & WILLIS_MARK_NEAR_CORE);
          }
    }
  for (guint q = 0; q < queue->len; q++)
    g->mark[g_array_index (queue, gsize, q)] &= (guint8) ~WILLIS_MARK_VISITED;
  return (double) side / (double) near;
}

static void
promote_piece (const gsize *voxels, gsize n, gpointer data)
{
  PieceContext *c = data;
  gsize near = 0;

  for (gsize i = 0; i < n; i++)
    near += (c->g->mark[voxels[i]] & WILLIS_MARK_NEAR_BONE) != 0;
  /* beside bone a piece must be larger to count */
  if ((double) n * c->voxel_mm3 < c->min_mm3 * (10 * near > n ? 4.0 : 1.0)
      || (double) near > c->max_near * (double) n)
    return;
  if ((double) n * c->voxel_mm3 < 40.0 && sideways_part (c->g, voxels, n) > c->max_side)
    return;
  for (gsize i = 0; i < n; i++)
    c->g->mark[voxels[i]] |= c->to;
}

/* Bone: large pieces above ceiling. ARTERY serves as the scratch bit. */
static void
mark_bone (const WillisGrowth *g, double ceiling)
{
  PieceContext c = { g, 0.6, WILLIS_MARK_ARTERY, WILLIS_MARK_BONE, 1.0, INFINITY, g->voxel_mm3 };

  mark_between (g, ceiling, INFINITY, WILLIS_MARK_ARTERY);
  willis_mark_pieces (g->mark, g->grid->dims, WILLIS_MARK_ARTERY, 0, promote_piece, &c);
  clear_marks (g, WILLIS_MARK_ARTERY);
}

typedef struct
{
  gsize voxel;
  guint8 label;
} Front;

typedef struct
{
  const WillisGrowth *g;
  double middle; // half way from lumen to bone
  double rise;   // how much a step may go uphill
  GArray *bucket[128];
} Contest;

static void
contest_push (Contest *c, double cost, gsize voxel, guint8 label)
{
  Front front = { voxel, label };
  int b = (int) cost;

  if (b >= 128)
    return;
  if (c->bucket[b] == NULL)
    c->bucket[b] = g_array_new (FALSE, FALSE, sizeof (Front));
  g_array_append_val (c->bucket[b], front);
}

/* The way from u to v for a label, in cost units; INFINITY where it may not go. */
static double
contest_cost (const Contest *c, gsize u, gsize v, double length, guint8 label)
{
  float a = willis_voxel (c->g->volume, c->g->voxels, u), b = willis_voxel (c->g->volume, c->g->voxels, v);
  double factor;

  if (label == WILLIS_MARK_BONE)
    {
      if (b > a + c->rise)
        return INFINITY; // over a valley into something else
      factor = b > c->middle ? 0.3 : 1.6;
    }
  else
    {
      if (b > c->middle && b > a + c->rise)
        factor = 3.0;
      else
        factor = 0.9;
    }
  return MAX (1.0, COST_PER_MM * length * factor);
}

static void
contest_step (Contest *c, const Front *f, int cost)
{
  const int *d = c->g->grid->dims;
  gsize stride[3] = { 1, (gsize) d[0], (gsize) d[0] * d[1] };
  int at[3] = { (int) (f->voxel % stride[1]), (int) (f->voxel % stride[2] / stride[1]),
                (int) (f->voxel / stride[2]) };

  for (int a = 0; a < 3; a++)
    for (int s = -1; s <= 1; s += 2)
      {
        gsize v = s > 0 ? f->voxel + stride[a] : f->voxel - stride[a];
        double to;

        if (at[a] + s < 0 || at[a] + s >= d[a] || !(c->g->mark[v] & WILLIS_MARK_BAND)
            || (c->g->mark[v] & (WILLIS_MARK_ARTERY | WILLIS_MARK_BONE)))
          continue;
        to = cost + contest_cost (c, f->voxel, v, c->g->grid->spacing_mm[a], f->label);
        if (to <= COST_PER_MM * REACH_MM)
          contest_push (c, to, v, f->label);
      }
}

/* Cores and bone share out the band; or, where from is given, these voxels take what is left of it around them. */
static gboolean
share_band (const WillisGrowth *g, double middle, const GArray *from, const WillisProgress *progress, GError **error)
{
  Contest c = { g, middle, 0.0, { NULL } };
  gsize n = from != NULL ? from->len : willis_grid_n_voxels (g->grid);
  gboolean ok = TRUE;

  c.rise = MAX (2.0 * g->levels->noise, 0.04 * (g->levels->lumen - g->levels->background));
  for (gsize i = 0; i < n; i++)
    {
      gsize v = from != NULL ? g_array_index (from, gsize, i) : i;

      if (g->mark[v] & (WILLIS_MARK_ARTERY | WILLIS_MARK_BONE))
        {
          Front f = { v, g->mark[v] & WILLIS_MARK_BONE ? WILLIS_MARK_BONE : WILLIS_MARK_ARTERY };

          contest_step (&c, &f, 0);
        }
    }
  for (int b = 0; b < 128 && ok; b++)
    {
      ok = willis_progress_step (progress, b / 128.0, error);
      for (guint i = 0; ok && c.bucket[b] != NULL && i < c.bucket[b]->len; i++)
        {
          Front f = g_array_index (c.bucket[b], Front, i);

          if (g->mark[f.voxel] & (WILLIS_MARK_ARTERY | WILLIS_MARK_BONE))
            continue;
          g->mark[f.voxel] |= f.label;
          contest_step (&c, &f, b);
        }
    }
  for (int b = 0; b < 128; b++)
    g_clear_pointer (&c.bucket[b], g_array_unref);
  return ok;
}

/* Are the values around a voxel between lo and hi? Of voxels up to AROUND_MM long those within it count, for the
 * insides of small sacs have no more; of longer ones all that touch it. */
static gboolean
all_between (const WillisGrowth *g, int i, int j, int k, double lo, double hi)
{
  const int *d = g->grid->dims;
  const double *h = g->grid->spacing_mm;
  double far = MAX (MAX (h[0], h[1]), h[2]) <= AROUND_MM ? AROUND_MM : INFINITY;

  for (int z = MAX (k - 1, 0); z <= MIN (k + 1, d[2] - 1); z++)
    for (int y = MAX (j - 1, 0); y <= MIN (j + 1, d[1] - 1); y++)
      for (int x = MAX (i - 1, 0); x <= MIN (i + 1, d[0] - 1); x++)
        {
          double away[3] = { (x - i) * h[0], (y - j) * h[1], (z - k) * h[2] };
          float value = willis_voxel (g->volume, g->voxels, ((gsize) z * d[1] + y) * d[0] + x);

          if (!(value >= lo && value <= hi) && vec3_norm (away) <= far)
            return FALSE;
        }
  return TRUE;
}

/* ARTERY spreads from where it is through voxels without bits avoided whose whole neighbourhood lies between lo and hi:
 * the insides of thick vessels and sacs, where nothing is curved. Returns the voxels it comes to (new). */
static GArray *
flood (const WillisGrowth *g, guint8 avoided, double lo, double hi)
{
  const int *d = g->grid->dims;
  gsize n = willis_grid_n_voxels (g->grid);
  GArray *queue = g_array_new (FALSE, FALSE, sizeof (gsize));
  guint first;

  for (gsize v = 0; v < n; v++)
    if (g->mark[v] & WILLIS_MARK_ARTERY)
      g_array_append_val (queue, v);
  first = queue->len;
  for (guint q = 0; q < queue->len; q++)
    {
      gsize v = g_array_index (queue, gsize, q);
      int i = (int) (v % (gsize) d[0]), j = (int) (v / (gsize) d[0] % (gsize) d[1]);
      int k = (int) (v / (gsize) d[0] / (gsize) d[1]);

      for (int z = MAX (k - 1, 0); z <= MIN (k + 1, d[2] - 1); z++)
        for (int y = MAX (j - 1, 0); y <= MIN (j + 1, d[1] - 1); y++)
          for (int x = MAX (i - 1, 0); x <= MIN (i + 1, d[0] - 1); x++)
            {
              gsize u = ((gsize) z * d[1] + y) * d[0] + x;

              if ((g->mark[u] & (avoided | WILLIS_MARK_ARTERY)) || !all_between (g, x, y, z, lo, hi))
                continue;
              g->mark[u] |= WILLIS_MARK_ARTERY;
              g_array_append_val (queue, u);
            }
    }
  return g_array_remove_range (queue, 0, first);
}

/* Slope of the scan at a voxel, per mm. */
static double
slope_at (const WillisGrowth *g, const int at[3], gsize v)
{
  const int *d = g->grid->dims;
  gsize stride[3] = { 1, (gsize) d[0], (gsize) d[0] * d[1] };
  double sum = 0.0;

  for (int a = 0; a < 3; a++)
    {
      gsize lo = at[a] > 0 ? v - stride[a] : v, hi = at[a] + 1 < d[a] ? v + stride[a] : v;
      double steps = (double) ((hi - lo) / stride[a]), s;

      if (steps == 0.0)
        continue;
      s = (willis_voxel (g->volume, g->voxels, hi) - willis_voxel (g->volume, g->voxels, lo))
          / (steps * g->grid->spacing_mm[a]);
      sum += s * s;
    }
  return sqrt (sum);
}

/* A core is a ridge or a plateau: not brighter than above and, beside bone, not on a slope, its side. Away from bone
 * the middle voxels of a thin artery lie on slopes, too: half a voxel off its axis, one of 1 mm in a sharp scan falls
 * by more than the contrast in a millimetre. */
static void
drop_slopes (const WillisGrowth *g, double above, double steepest)
{
  const int *d = g->grid->dims;
  gsize v = 0;

  for (int k = 0; k < d[2]; k++)
    for (int j = 0; j < d[1]; j++)
      for (int i = 0; i < d[0]; i++, v++)
        if (g->mark[v] & WILLIS_MARK_CORE)
          {
            const int at[3] = { i, j, k };

            if ((g->mark[v] & WILLIS_MARK_BONE) || willis_voxel (g->volume, g->voxels, v) > above
                || ((g->mark[v] & WILLIS_MARK_NEAR_BONE) && slope_at (g, at, v) > steepest))
              g->mark[v] &= (guint8) ~WILLIS_MARK_CORE;
          }
}

/* What a piece of artery looks like: the faces of its rim, those at bone, and the values of voxels that are not on it.
 */
typedef struct
{
  int box[6]; // first and last voxels
  gsize rim, bone, deep;
  double deep_sum;
} PieceLook;

static PieceLook
look_at_piece (const WillisGrowth *g, const gsize *voxels, gsize n)
{
  const int *d = g->grid->dims;
  gsize stride[3] = { 1, (gsize) d[0], (gsize) d[0] * d[1] };
  PieceLook look = { .box = { G_MAXINT, G_MAXINT, G_MAXINT, 0, 0, 0 } };

  for (gsize i = 0; i < n; i++)
    {
      gsize v = voxels[i];
      int at[3] = { (int) (v % stride[1]), (int) (v % stride[2] / stride[1]), (int) (v / stride[2]) };
      gsize rim_before = look.rim;

      for (int a = 0; a < 3; a++)
        {
          look.box[a] = MIN (look.box[a], at[a]);
          look.box[3 + a] = MAX (look.box[3 + a], at[a]);
          for (int s = -1; s <= 1; s += 2)
            {
              gsize u = s > 0 ? v + stride[a] : v - stride[a];

              if (at[a] + s < 0 || at[a] + s >= d[a] || (g->mark[u] & WILLIS_MARK_ARTERY))
                continue;
              look.rim++;
              look.bone += (g->mark[u] & WILLIS_MARK_BONE) != 0;
            }
        }
      if (look.rim == rim_before)
        {
          look.deep++;
          look.deep_sum += willis_voxel (g->volume, g->voxels, v);
        }
    }
  return look;
}

/* Is a piece in the midst of bone blood in a canal of it? Then its inside is as bright as blood, and what lies between,
 * the artery's wall and what is about it, makes a valley in the scan. The spongy inside of bone, which may be as
 * bright, passes into its shell without one. */
static gboolean
is_in_canal (const WillisGrowth *g, const gsize *voxels, gsize n, const PieceLook *look)
{
  const int *d = g->grid->dims;
  gsize stride[3] = { 1, (gsize) d[0], (gsize) d[0] * d[1] }, faces = 0, valleys = 0;
  double contrast = g->levels->lumen - g->levels->background, inside = look->deep_sum / (double) MAX (look->deep, 1);

  if ((double) look->deep < CANAL_DEEP * (double) n || fabs (inside - g->levels->lumen) > CANAL_BLOOD * contrast)
    return FALSE;
  for (gsize i = 0; i < n; i++)
    {
      gsize v = voxels[i];
      int at[3] = { (int) (v % stride[1]), (int) (v % stride[2] / stride[1]), (int) (v / stride[2]) };

      for (int a = 0; a < 3; a++)
        for (int s = -1; s <= 1; s += 2)
          {
            gsize u = s > 0 ? v + stride[a] : v - stride[a];
            float least;

            if (at[a] + s < 0 || at[a] + s >= d[a] || !(g->mark[u] & WILLIS_MARK_BONE))
              continue;
            least = MIN (willis_voxel (g->volume, g->voxels, u), willis_voxel (g->volume, g->voxels, v));
            faces++;
            valleys += least < inside - CANAL_VALLEY * contrast;
          }
    }
  return (double) valleys >= CANAL_LINED * (double) faces;
}

static void
judge_behind (const gsize *voxels, gsize n, gpointer data)
{
  const WillisGrowth *g = data;
  PieceLook look = look_at_piece (g, voxels, n);

  if (is_in_canal (g, voxels, n, &look))
    return;
  for (gsize i = 0; i < n; i++)
    g->mark[voxels[i]] &= (guint8) ~WILLIS_MARK_ARTERY;
}

/* Sacs in bone whose neck is too narrow to be flooded through: once the band is shared out, their mouth is artery. What
 * is not lined is no sac, but bone. */
static gboolean
grow_behind_necks (const WillisGrowth *g, double least, double middle, const WillisProgress *progress, GError **error)
{
  gsize n = willis_grid_n_voxels (g->grid);
  g_autoptr (GArray) behind = NULL;

  for (gsize v = 0; v < n; v++)
    if (g->mark[v] & WILLIS_MARK_ARTERY)
      g->mark[v] |= WILLIS_MARK_VISITED;
  behind = flood (g, WILLIS_MARK_BONE, least, middle);
  if (behind->len > 0)
    {
      if (!share_band (g, middle, behind, progress, error))
        return FALSE;
      willis_mark_pieces (g->mark, g->grid->dims, WILLIS_MARK_ARTERY, WILLIS_MARK_VISITED, judge_behind, (gpointer) g);
    }
  clear_marks (g, WILLIS_MARK_VISITED);
  return TRUE;
}

gboolean
willis_grow_beside_bone (const WillisGrowth *g, const WillisProgress *progress, GError **error)
{
  const WillisLevels *l = g->levels;
  double contrast = l->lumen - l->background;
  double ceiling = l->lumen + MAX (0.22 * contrast, 5.0 * l->noise);
  double middle = l->lumen + 0.25 * contrast, least = l->lumen - 0.3 * contrast;
  WillisProgress cores = willis_progress_part (progress, 0.1, 0.8, NULL);
  WillisProgress share = willis_progress_part (progress, 0.8, 0.95, NULL);
  WillisProgress behind = willis_progress_part (progress, 0.95, 1.0, NULL);
  PieceContext keep = { g, 1.0, WILLIS_MARK_CORE, WILLIS_MARK_ARTERY, 0.55, 0.7, g->voxel_mm3 };

  mark_between (g, l->background + MAX (0.33 * contrast, 4.0 * l->noise), INFINITY, WILLIS_MARK_BAND);
  if (!willis_progress_step (progress, 0.02, error))
    return FALSE;
  mark_bone (g, ceiling);
  /* sinuses: what is bright beside air is their wall; SEEN serves as the scratch bit */
  mark_between (g, -INFINITY, -200.0, WILLIS_MARK_SEEN);
  willis_mark_dilate (g->mark, g->grid, WILLIS_MARK_BONE | WILLIS_MARK_SEEN, WILLIS_MARK_NEAR_BONE, 1.2);
  clear_marks (g, WILLIS_MARK_SEEN);
  if (!willis_progress_step (progress, 0.1, error)
      || !willis_cores_mark (g->volume, l, middle, g->mark, &cores, error))
    return FALSE;
  drop_slopes (g, middle + 0.1 * contrast, 0.3 * contrast);
  willis_mark_dilate (g->mark, g->grid, WILLIS_MARK_CORE, WILLIS_MARK_NEAR_CORE, 1.0);
  willis_mark_pieces (g->mark, g->grid->dims, WILLIS_MARK_CORE, 0, promote_piece, &keep);
  g_array_unref (flood (g, WILLIS_MARK_BONE, least, middle));
  if (!share_band (g, middle, NULL, &share, error))
    return FALSE;
  return grow_behind_necks (g, least, middle, &behind, error);
}

gboolean
willis_grow_bright (const WillisGrowth *g, const WillisProgress *progress, GError **error)
{
  const WillisLevels *l = g->levels;
  double contrast = l->lumen - l->background;
  double low = l->background + MAX (0.25 * contrast, 3.5 * l->noise);
  double half = l->background + MAX (0.5 * contrast, 4.5 * l->noise);
  gsize n = willis_grid_n_voxels (g->grid);
  WillisProgress cores = willis_progress_part (progress, 0.1, 0.9, NULL);
  PieceContext keep = { g, 1.0, WILLIS_MARK_CORE, WILLIS_MARK_ARTERY, 1.0, INFINITY, g->voxel_mm3 };

  mark_between (g, low, INFINITY, WILLIS_MARK_BAND);
  if (!willis_progress_step (progress, 0.1, error)
      || !willis_cores_mark (g->volume, l, l->lumen + 0.5 * contrast, g->mark, &cores, error))
    return FALSE;
  for (gsize v = 0; v < n; v++)
    if ((g->mark[v] & WILLIS_MARK_BAND) && willis_voxel (g->volume, g->voxels, v) > half)
      g->mark[v] |= WILLIS_MARK_CORE;
  willis_mark_pieces (g->mark, g->grid->dims, WILLIS_MARK_CORE, 0, promote_piece, &keep);
  {
    WillisProgress share = willis_progress_part (progress, 0.9, 1.0, NULL);

    return share_band (g, INFINITY, NULL, &share, error);
  }
}

typedef struct
{
  const WillisGrowth *g;
  double max_bone; // part of a piece's rim that may touch bone
  GArray *pieces;  // WillisArteryPiece
  GArray *voxels;  // gsize, all kept
} FilterContext;

static void
judge_piece (const gsize *voxels, gsize n, gpointer data)
{
  FilterContext *c = data;
  WillisArteryPiece piece = { 0 };
  double bone_part;
  PieceLook look;

  if ((double) n * c->g->voxel_mm3 < c->g->min_mm3)
    return;
  look = look_at_piece (c->g, voxels, n);
  /* thick and yet dull inside, where blur does not reach: a vein or sinus */
  if (c->g->levels->modality == WILLIS_MODALITY_CTA && 5 * look.deep > n)
    {
      double bright = (look.deep_sum / (double) look.deep - c->g->levels->background)
                      / (c->g->levels->lumen - c->g->levels->background);

      if (bright < DULL)
        return;
      piece.dull = 2 * look.deep > n && bright < DULL_APART; // blur does not reach the middle of one so thick
    }
  bone_part = look.rim > 0 ? (double) look.bone / (double) look.rim : 0.0;
  for (int a = 0; a < 3; a++)
    {
      double side = (look.box[3 + a] - look.box[a] + 1) * c->g->grid->spacing_mm[a];

      piece.extent_mm = sqrt (piece.extent_mm * piece.extent_mm + side * side);
    }
  if (bone_part > c->max_bone && !is_in_canal (c->g, voxels, n, &look))
    return;
  piece.first = c->voxels->len;
  piece.n = n;
  g_array_append_val (c->pieces, piece);
  g_array_append_vals (c->voxels, voxels, (guint) n);
}

static gboolean
seed_touches (const WillisGrowth *g, const gsize *voxels, gsize n, const double *seeds_lps_mm, gsize n_seeds)
{
  const int *d = g->grid->dims;

  for (gsize s = 0; s < n_seeds; s++)
    {
      double ijk[3];

      willis_grid_lps_to_ijk (g->grid, seeds_lps_mm + 3 * s, ijk);
      for (gsize i = 0; i < n; i++)
        {
          double at[3] = { (double) (voxels[i] % (gsize) d[0]), (double) (voxels[i] / (gsize) d[0] % (gsize) d[1]),
                           (double) (voxels[i] / (gsize) d[0] / (gsize) d[1]) };
          double sum = 0.0;

          for (int a = 0; a < 3; a++)
            sum += pow ((at[a] - ijk[a]) * g->grid->spacing_mm[a], 2.0);
          if (sum <= 2.0 * 2.0)
            return TRUE;
        }
    }
  return FALSE;
}

int
willis_keep_arteries (const WillisGrowth *g, const double *seeds_lps_mm, gsize n_seeds, double *longest_mm)
{
  FilterContext c = { g, 0.4, g_array_new (FALSE, FALSE, sizeof (WillisArteryPiece)),
                      g_array_new (FALSE, FALSE, sizeof (gsize)) };
  gsize n = willis_grid_n_voxels (g->grid), largest = 0;
  int kept = 0;

  *longest_mm = 0.0;
  willis_mark_pieces (g->mark, g->grid->dims, WILLIS_MARK_ARTERY, 0, judge_piece, &c);
  for (gsize v = 0; v < n; v++)
    g->mark[v] &= (guint8) ~WILLIS_MARK_ARTERY;
  for (guint p = 0; p < c.pieces->len; p++)
    largest = MAX (largest, g_array_index (c.pieces, WillisArteryPiece, p).n);
  for (guint p = 0; p < c.pieces->len; p++)
    {
      WillisArteryPiece *piece = &g_array_index (c.pieces, WillisArteryPiece, p);
      const gsize *voxels = &g_array_index (c.voxels, gsize, piece->first);

      if (n_seeds == 0 && piece->dull && piece->n < largest)
        continue; // a sinus that touches no artery
      if (n_seeds > 0 && !seed_touches (g, voxels, piece->n, seeds_lps_mm, n_seeds))
        continue;
      for (gsize i = 0; i < piece->n; i++)
        g->mark[voxels[i]] |= WILLIS_MARK_ARTERY;
      *longest_mm = MAX (*longest_mm, piece->extent_mm);
      kept++;
    }
  g_array_unref (c.pieces);
  g_array_unref (c.voxels);
  return kept;
}
