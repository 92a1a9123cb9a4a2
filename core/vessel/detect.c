/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Places that bulge out of the vessel tree. The healthy tree is modelled by spheres along the centrelines with robust
 * radii (a bulge does not enter the running low median); wall that lies beyond the model is gathered into pieces, and
 * each piece is judged by its shape: how thick and how round it is against its parent, how narrow where it begins,
 * whether it is a cut-off branch, a cone that ends in one, or a mere unevenness. No training data; the weights are set
 * by hand so that each feature alone orders a clear case rightly (methods F6).
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/image/batch.h"
#include "core/mesh/bvh.h"
#include "core/num/vec3.h"
#include "core/vessel/aneurysm.h"
#include "core/vessel/detect-private.h"
#include "core/vessel/healthy.h"
#include "core/vessel/profile.h"

#define DILATE 1.12      // the model stands off the healthy wall by this factor
#define BULGE_PART 0.25  // wall beyond the model by this part of the radius is a bulge
#define LEAST_HEIGHT 0.3 // mm
#define LEAST_SIZE 1.0   // mm; smaller ones no one can treat or tell from unevenness
#define THIN_MM 0.85     // radius
#define LEAST_SCORE 0.02 // of a candidate

typedef struct
{
  double centre[3], radius, parent; // model radius; robust radius of the vessel there
  int branch;
} Sphere;

typedef struct
{
  WillisSurface *lumen;
  const WillisTree *tree;
  WillisBvh *bvh;
  GArray *spheres; // Sphere
  double *beyond;  // [n_points] mm beyond the model
  gint32 *nearest; // [n_points] sphere
  double *normals;
  double edge_mm; // mean edge of the mesh
  double box[6];  // of the lumen, lowest and highest
} Detect;

static int
compare_doubles (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

/* The value below which a part q of values lies within +- window_mm along the branch. */
static double
running_quantile (const WillisBranch *b, gsize at, double window_mm, double q, double *scratch)
{
  gsize lo = at, hi = at;

  while (lo > 0 && b->abscissa_mm[at] - b->abscissa_mm[lo - 1] <= window_mm)
    lo--;
  while (hi + 1 < b->n_points && b->abscissa_mm[hi + 1] - b->abscissa_mm[at] <= window_mm)
    hi++;
  memcpy (scratch, b->radius_mm + lo, (hi - lo + 1) * sizeof (double));
  qsort (scratch, hi - lo + 1, sizeof (double), compare_doubles);
  return scratch[(gsize) (q * (double) (hi - lo))];
}

/* The radius that a branch mostly has. */
static double
usual_radius (const WillisBranch *b)
{
  g_autofree double *scratch = g_new (double, b->n_points);

  return running_quantile (b, b->n_points / 2, INFINITY, 0.4, scratch);
}

/* Spheres of the healthy tree, half a radius apart. */
static void
model_tree (Detect *d)
{
  g_autoptr (WillisHealthy) healthy = willis_healthy_new (d->tree, d->lumen);

  d->spheres = g_array_new (FALSE, FALSE, sizeof (Sphere));
  for (gsize n = 0; n < willis_tree_n_branches (d->tree); n++)
    {
      const WillisBranch *b = willis_tree_branch (d->tree, n);
      g_autofree double *scratch = g_new (double, b->n_points);
      double usual, last = -INFINITY;

      if (b->n_points < 2 || healthy->sac[n])
        continue;
      usual = usual_radius (b);
      for (gsize i = 0; i < b->n_points; i++)
        {
          Sphere s = { .branch = (int) n };

          if (b->abscissa_mm[i] - last < 0.4 * b->radius_mm[i] && i + 1 < b->n_points)
            continue;
          last = b->abscissa_mm[i];
          s.parent = MIN (running_quantile (b, i, 7.0 * usual, 0.4, scratch), MIN (1.5 * usual, healthy->radius[n][i]));
          vec3_copy (s.centre, b->points_lps_mm + 3 * i);
          s.radius = MIN (b->radius_mm[i], 1.2 * s.parent);
          g_array_append_val (d->spheres, s);
        }
    }
}

static double
beyond_model (const Detect *d, const double q[3], gint32 *nearest)
{
  const Sphere *s = (const Sphere *) (void *) d->spheres->data;
  double best = INFINITY;

  for (guint i = 0; i < d->spheres->len; i++)
    {
      double x[3], far;

      vec3_sub (x, q, s[i].centre);
      far = best + DILATE * s[i].radius;
      if (far < 0.0 || vec3_norm2 (x) >= far * far)
        continue;
      best = vec3_norm (x) - DILATE * s[i].radius;
      *nearest = (gint32) i;
    }
  return best;
}

static void
beyond_range (gsize lo, gsize hi, gpointer data)
{
  Detect *d = data;
  const double *p = willis_surface_points (d->lumen);

  for (gsize i = lo; i < hi; i++)
    d->beyond[i] = beyond_model (d, p + 3 * i, d->nearest + i);
}

static gint32
find_root (gint32 *parent, gint32 i)
{
  while (parent[i] != i)
    {
      parent[i] = parent[parent[i]];
      i = parent[i];
    }
  return i;
}

static gboolean
bulges (const Detect *d, gint32 v)
{
  const Sphere *s = &g_array_index (d->spheres, Sphere, d->nearest[v]);

  return d->beyond[v] > MAX (BULGE_PART * s->parent, LEAST_HEIGHT);
}

/* The pieces of bulging wall (new array of arrays of point numbers), in order of their first point. */
static GPtrArray *
gather_bulges (const Detect *d)
{
  gsize n = willis_surface_n_points (d->lumen);
  const gint32 *t = willis_surface_triangles (d->lumen);
  g_autofree gint32 *parent = g_new (gint32, MAX (n, 1));
  g_autofree gint32 *number = g_new (gint32, MAX (n, 1));
  GPtrArray *pieces = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);

  for (gsize v = 0; v < n; v++)
    {
      parent[v] = (gint32) v;
      number[v] = -1;
    }
  for (gsize i = 0; i < 3 * willis_surface_n_triangles (d->lumen); i++)
    {
      gint32 a = t[i], b = t[i / 3 * 3 + (i + 1) % 3];

      if (bulges (d, a) && bulges (d, b))
        {
          a = find_root (parent, a);
          b = find_root (parent, b);
          parent[MAX (a, b)] = MIN (a, b);
        }
    }
  for (gsize v = 0; v < n; v++)
    if (bulges (d, (gint32) v))
      {
        gint32 r = find_root (parent, (gint32) v), p = (gint32) v;

        if (number[r] < 0)
          {
            number[r] = (gint32) pieces->len;
            g_ptr_array_add (pieces, g_array_new (FALSE, FALSE, sizeof (gint32)));
          }
        g_array_append_val ((GArray *) pieces->pdata[number[r]], p);
      }
  return pieces;
}

/* Where each piece begins: its edges to wall that does not bulge, and open edges of the surface. */
typedef struct
{
  GArray *rim;  // gint32 points just inside the piece
  GArray *open; // gint32 points on open edges of the surface in the piece, in no order
} Border;

static Border *
find_borders (const Detect *d, const gint32 *piece_of, guint n_pieces)
{
  Border *borders = g_new0 (Border, n_pieces);
  const gint32 *t = willis_surface_triangles (d->lumen);
  g_autofree guint8 *seen = g_new0 (guint8, MAX (willis_surface_n_points (d->lumen), 1));
  g_autoptr (GHashTable) open = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  GHashTableIter iter;
  gpointer key;

  for (guint p = 0; p < n_pieces; p++)
    {
      borders[p].rim = g_array_new (FALSE, FALSE, sizeof (gint32));
      borders[p].open = g_array_new (FALSE, FALSE, sizeof (gint32));
    }
  for (gsize i = 0; i < 3 * willis_surface_n_triangles (d->lumen); i++)
    {
      gint32 a = t[i], b = t[i / 3 * 3 + (i + 1) % 3];
      gint64 edge = (gint64) MIN (a, b) << 32 | MAX (a, b);

      for (int turn = 0; turn < 2; turn++)
        {
          gint32 in = turn ? b : a, out = turn ? a : b;

          if (piece_of[in] >= 0 && piece_of[out] < 0 && !seen[in])
            {
              seen[in] = 1;
              g_array_append_val (borders[piece_of[in]].rim, in);
            }
        }
      if (piece_of[a] < 0 || piece_of[b] < 0)
        continue;
      if (!g_hash_table_remove (open, &edge))
        g_hash_table_add (open, g_memdup2 (&edge, sizeof edge));
    }
  g_hash_table_iter_init (&iter, open);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      gint32 v = (gint32) (*(gint64 *) key >> 32);

      g_array_append_val (borders[piece_of[v]].open, v);
    }
  return borders;
}

static void
mean_point (const Detect *d, const GArray *points, double out[3])
{
  const double *p = willis_surface_points (d->lumen);

  vec3_set (out, 0.0, 0.0, 0.0);
  for (guint i = 0; i < points->len; i++)
    vec3_add (out, out, p + 3 * g_array_index (points, gint32, i));
  vec3_scale (out, out, 1.0 / MAX (points->len, 1));
}

static double
largest_extent (const Detect *d, const GArray *points)
{
  const double *p = willis_surface_points (d->lumen);
  guint step = MAX (points->len / 300, 1);
  double best = 0.0;

  for (guint i = 0; i < points->len; i += step)
    for (guint j = i + step; j < points->len; j += step)
      best = MAX (best,
                  vec3_dist (p + 3 * g_array_index (points, gint32, i), p + 3 * g_array_index (points, gint32, j)));
  return best;
}

/* The thickest healthy artery whose centreline runs through the ball or, where one does, comes near it (the end of
 * a branch may run on from a thicker one); 0 where none runs through. */
static double
thickest_within (const Detect *d, const double centre[3], double radius)
{
  double most = 0.0;
  gboolean through = FALSE;

  for (guint i = 0; i < d->spheres->len; i++)
    {
      const Sphere *s = &g_array_index (d->spheres, Sphere, i);
      double away = vec3_dist (s->centre, centre);

      through |= away < radius;
      if (away < 1.55 * radius)
        most = MAX (most, s->parent);
    }
  return through ? most : 0.0;
}

/* The thickest ball in the piece outside the healthy tree: middles of chords from wall to wall, centred a little. */
static double
thickest_ball (const Detect *d, const GArray *points, double centre[3])
{
  const double *p = willis_surface_points (d->lumen);
  guint step = MAX (points->len / 150, 1);
  double best = 0.0;

  for (guint i = 0; i < points->len; i += step)
    {
      gint32 v = g_array_index (points, gint32, i), near = 0;
      double in[3], start[3], q[3];
      WillisRayHit hit;

      vec3_scale (in, d->normals + 3 * v, -1.0);
      vec3_axpy (start, p + 3 * v, 1e-3, in);
      if (!willis_bvh_ray (d->bvh, start, in, 1e4, &hit)
          || !hit.leaves) // from a fold it may run outside, to the next artery
        continue;
      for (int part = 1; part <= 4; part++)
        {
          double r, within;

          vec3_axpy (q, start, hit.t * part / 8.0, in);
          r = willis_bvh_signed_distance (d->bvh, q, NULL);
          if (r <= best)
            continue;
          /* a branch may run through the middle of a sac: what is far thicker than the arteries counts there too */
          within = thickest_within (d, q, r);
          if (beyond_model (d, q, &near) > -0.15 * r || (within > 0.0 && r > 1.5 * within))
            {
              best = r;
              vec3_copy (centre, q);
            }
        }
    }
  return best;
}

/* How flat the far end is: length of the mean normal over the top fifth of the height; 1 for a cut. */
static double
top_flatness (const Detect *d, const GArray *points, double height)
{
  double sum[3] = { 0 };
  gsize n = 0;

  for (guint i = 0; i < points->len; i++)
    {
      gint32 v = g_array_index (points, gint32, i);

      if (d->beyond[v] < 0.8 * height)
        continue;
      vec3_add (sum, sum, d->normals + 3 * v);
      n++;
    }
  return n >= 4 ? vec3_norm (sum) / (double) n : 0.0;
}

/* The area of the piece that lies flat on a side of the lumen's box, where the scan ends, against that of its ball's
 * cross-section. */
static double
cut_part (const Detect *d, const GArray *points, double ball_mm)
{
  const double *p = willis_surface_points (d->lumen);
  double most = 0.0;

  for (int side = 0; side < 6; side++)
    {
      gsize n = 0;

      for (guint i = 0; i < points->len; i++)
        {
          gint32 v = g_array_index (points, gint32, i);

          n += fabs (p[3 * v + side % 3] - d->box[side]) < 0.5 * d->edge_mm
               && fabs (d->normals[3 * v + side % 3]) > 0.9;
        }
      most = MAX (most, (double) n);
    }
  /* a point of a mesh of equal triangles stands for sqrt (3) / 2 of the square of its edge */
  return most * 0.87 * d->edge_mm * d->edge_mm / (G_PI * ball_mm * ball_mm);
}

static double
logistic (double x)
{
  return 1.0 / (1.0 + exp (-x));
}

/* 0 .. 1. Each term is 0 for a doubtful piece, positive for a sac: thickness against the parent (where arteries run on
 * through it, as at every fork, it must be thicker than they are), height against the width of the neck, and against:
 * the longer than wide (a branch), the flat or open end (a cut), the end of the scan. */
double
willis_bulge_score (const WillisBulge *b)
{
  double thick = b->ball_mm / b->parent_mm, height = b->height_mm / MAX (0.5 * b->neck_mm, 1e-6);
  double slender = b->size_mm / (2.0 * b->ball_mm), x;

  /* where the centrelines run through the middle of a sac, their model takes off the height, which then says little */
  if (b->through)
    x = -1.0 + 4.0 * log (MAX (thick, 0.05) / 1.2) + MAX (0.6 * log (MAX (height, 0.05) / 0.8), 0.0);
  else
    x = -0.15 + 2.0 * log (MAX (thick, 0.05) / 0.6) + 2.0 * log (CLAMP (height, 0.05, 2.5) / 1.3);
  if (b->through) // no fork stands out of its arteries by as much as they are thick
    x += MAX (log (MAX (b->height_mm, 0.05) / (0.8 * b->parent_mm)), 0.0);
  x += 0.6 * log (MAX (b->ball_mm, 0.05) / 1.0);
  x += 2.0 * log (MIN (b->ball_mm / (3.0 * b->edge_mm), 1.0));         // hardly more than the mesh resolves
  x += 2.0 * log (CLAMP (b->neck_mm / (4.0 * b->edge_mm), 0.05, 1.0)); // a hair of the surface
  x += 2.0 * log (CLAMP (b->size_mm / (2.0 * b->ball_mm), 0.05, 1.0)); // the ball is not of this piece
  x -= 2.5 * MAX (0.0, slender - 2.2);
  if (b->ball_mm < THIN_MM) // as thin as arteries that fade out: a stump of one
    x -= 3.0 * (THIN_MM - b->ball_mm) + 3.0 * MAX (0.0, slender - 1.5);
  x -= b->flatness > 0.96 ? 3.5 : 0.0;
  x -= b->open_part > 0.15 ? 3.5 : 0.0;
  x -= 3.5 * CLAMP ((b->cut_part - 0.15) / 0.15, 0.0, 1.0); // a dome that touches the side of the box has up to 0.15
  return logistic (x);
}

static gboolean
judge (const Detect *d, const GArray *points, const Border *border, WillisBulge *out)
{
  const double *p = willis_surface_points (d->lumen);
  double rim_centre[3], sum = 0.0, parent = 0.0;
  const Sphere *s;
  gint32 top = g_array_index (points, gint32, 0), root = top;

  memset (out, 0, sizeof *out);
  if (points->len < 6 || border->rim->len < 4)
    return FALSE;
  for (guint i = 0; i < points->len; i++)
    if (d->beyond[g_array_index (points, gint32, i)] > d->beyond[top])
      top = g_array_index (points, gint32, i);
  mean_point (d, border->rim, rim_centre);
  for (guint i = 0; i < border->rim->len; i++)
    {
      gint32 v = g_array_index (border->rim, gint32, i);

      sum += vec3_dist (p + 3 * v, rim_centre);
      parent += log (g_array_index (d->spheres, Sphere, d->nearest[v]).parent);
      if (vec3_dist (p + 3 * v, rim_centre) < vec3_dist (p + 3 * root, rim_centre))
        root = v;
    }
  s = &g_array_index (d->spheres, Sphere, d->nearest[root]);
  out->branch = s->branch;
  out->parent_mm = exp (parent / border->rim->len); // at a fork the root alone is of one artery or of another
  out->edge_mm = d->edge_mm;
  out->neck_mm = 2.0 * sum / border->rim->len;
  out->height_mm = d->beyond[top];
  out->size_mm = largest_extent (d, points);
  vec3_copy (out->centre_lps_mm, p + 3 * top);
  out->ball_mm = thickest_ball (d, points, out->centre_lps_mm);
  if (out->ball_mm > 0.0)
    {
      double within = thickest_within (d, out->centre_lps_mm, out->ball_mm);

      out->through = within > 0.0;
      out->parent_mm = MAX (out->parent_mm, within);
    }
  out->cut_part = cut_part (d, points, MAX (out->ball_mm, d->edge_mm));
  out->flatness = top_flatness (d, points, out->height_mm);
  for (guint i = 0; i < border->open->len; i++) // a count: the order of the table does not matter
    out->open_part += d->beyond[g_array_index (border->open, gint32, i)] > 0.6 * out->height_mm;
  out->open_part /= border->rim->len;
  return out->ball_mm > 0.0 && out->size_mm > MAX (LEAST_SIZE, 3.0 * d->edge_mm);
}

static double
mean_edge (const WillisSurface *surface)
{
  const double *p = willis_surface_points (surface);
  const gint32 *t = willis_surface_triangles (surface);
  gsize n = willis_surface_n_triangles (surface);
  double sum = 0.0;

  for (gsize i = 0; i < n; i++)
    sum += vec3_dist (p + 3 * t[3 * i], p + 3 * t[3 * i + 1]);
  return n > 0 ? MAX (sum / (double) n, 1e-6) : 1e-6;
}

/* By score, best first, then by place. */
static int
compare_bulges (gconstpointer a, gconstpointer b)
{
  const WillisBulge *x = a, *y = b;

  if (x->score != y->score)
    return x->score > y->score ? -1 : 1;
  for (int k = 0; k < 3; k++)
    if (x->centre_lps_mm[k] != y->centre_lps_mm[k])
      return x->centre_lps_mm[k] < y->centre_lps_mm[k] ? -1 : 1;
  return 0;
}

static GArray *
judge_all (Detect *d)
{
  g_autoptr (GPtrArray) pieces = gather_bulges (d);
  gsize n = willis_surface_n_points (d->lumen);
  g_autofree gint32 *piece_of = g_new (gint32, MAX (n, 1));
  g_autofree Border *borders = NULL;
  GArray *out = g_array_new (FALSE, TRUE, sizeof (WillisBulge));

  for (gsize v = 0; v < n; v++)
    piece_of[v] = -1;
  for (guint k = 0; k < pieces->len; k++)
    {
      const GArray *points = pieces->pdata[k];

      for (guint i = 0; i < points->len; i++)
        piece_of[g_array_index (points, gint32, i)] = (gint32) k;
    }
  borders = find_borders (d, piece_of, pieces->len);
  for (guint k = 0; k < pieces->len; k++)
    {
      WillisBulge bulge;

      if (judge (d, pieces->pdata[k], borders + k, &bulge))
        {
          bulge.score = willis_bulge_score (&bulge);
          g_array_append_val (out, bulge);
        }
      g_array_unref (borders[k].rim);
      g_array_unref (borders[k].open);
    }
  g_array_sort (out, compare_bulges);
  return out;
}

GArray *
willis_detect_bulges (const WillisSurface *lumen, const WillisTree *tree, const WillisProgress *progress,
                      GError **error)
{
  WillisProgress all = willis_progress_part (progress, 0.0, 1.0, _ ("Looking for aneurysms"));
  gsize n = willis_surface_n_points (lumen);
  Detect d = { .lumen = (WillisSurface *) lumen, .tree = tree };
  g_autofree double *beyond = g_new (double, MAX (n, 1));
  g_autofree gint32 *nearest = g_new0 (gint32, MAX (n, 1));
  g_autofree double *normals = NULL;
  g_autoptr (WillisBvh) bvh = NULL;
  GArray *out = NULL;

  if (!willis_surface_check (lumen, error) || !willis_progress_step (&all, 0.0, error))
    return NULL;
  d.beyond = beyond;
  d.nearest = nearest;
  d.normals = normals = willis_surface_point_normals (lumen);
  d.bvh = bvh = willis_bvh_new (d.lumen);
  d.edge_mm = mean_edge (lumen);
  for (int a = 0; a < 3; a++)
    {
      d.box[a] = INFINITY;
      d.box[3 + a] = -INFINITY;
      for (gsize i = 0; i < n; i++)
        {
          d.box[a] = MIN (d.box[a], willis_surface_points (lumen)[3 * i + a]);
          d.box[3 + a] = MAX (d.box[3 + a], willis_surface_points (lumen)[3 * i + a]);
        }
    }
  model_tree (&d);
  if (d.spheres->len == 0)
    out = g_array_new (FALSE, TRUE, sizeof (WillisBulge));
  else if (willis_batch_for (n, 256, beyond_range, &d, &all, 0.1, 0.8, error))
    out = judge_all (&d);
  g_array_unref (d.spheres);
  return out;
}

GArray *
willis_detect (const WillisSurface *lumen, const WillisTree *tree, const WillisProgress *progress, GError **error)
{
  g_autoptr (GArray) bulges = willis_detect_bulges (lumen, tree, progress, error);
  GArray *out;

  if (bulges == NULL)
    return NULL;
  out = g_array_new (FALSE, TRUE, sizeof (WillisCandidate));
  for (guint i = 0; i < bulges->len; i++)
    {
      const WillisBulge *b = &g_array_index (bulges, WillisBulge, i);
      WillisCandidate c = { .size_mm = b->size_mm, .neck_mm = b->neck_mm, .score = b->score };

      vec3_copy (c.centre_lps_mm, b->centre_lps_mm);
      c.branch = willis_flow_feeder (tree, b->branch, c.centre_lps_mm, 0.5 * c.neck_mm);
      if (c.score >= LEAST_SCORE)
        g_array_append_val (out, c);
    }
  return out;
}
