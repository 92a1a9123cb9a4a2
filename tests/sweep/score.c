/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/image/components.h"
#include "core/mesh/bvh.h"
#include "core/mesh/isosurface.h"
#include "core/num/vec3.h"
#include "core/vessel/doubts.h"
#include "tests/sweep/sweep.h"

#define THIN_MM 0.6 // radius; arteries up to this are followed, not measured

typedef struct
{
  const WillisPhantom *phantom;
  const WillisGrid *grid;
  guint8 *thin;   // 1 where a thin artery is, which is not measured
  double *artery; // signed distance to the arteries, or far
} Truth;

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

/* TRUE at least 2 mm inside the field of view, where the scan's border plays no part. */
static gboolean
well_inside (const WillisGrid *grid, const double x[3])
{
  double ijk[3];

  willis_grid_lps_to_ijk (grid, x, ijk);
  for (int a = 0; a < 3; a++)
    if (ijk[a] * grid->spacing_mm[a] < 2.0 || (grid->dims[a] - 1 - ijk[a]) * grid->spacing_mm[a] < 2.0)
      return FALSE;
  return TRUE;
}

/* Calls mark on the voxels within reach of a point of the anatomy. */
static void
mark_ball (const Truth *t, const double anatomy[3], double reach, guint8 value)
{
  double x[3], at[3];
  int lo[3], hi[3];

  phantom_to_scan (t->phantom, anatomy, x);
  willis_grid_lps_to_ijk (t->grid, x, at);
  for (int a = 0; a < 3; a++)
    {
      lo[a] = (int) MAX (ceil (at[a] - reach / t->grid->spacing_mm[a]), 0.0);
      hi[a] = (int) MIN (floor (at[a] + reach / t->grid->spacing_mm[a]), t->grid->dims[a] - 1.0);
    }
  for (int k = lo[2]; k <= hi[2]; k++)
    for (int j = lo[1]; j <= hi[1]; j++)
      for (int i = lo[0]; i <= hi[0]; i++)
        {
          double dx = (i - at[0]) * t->grid->spacing_mm[0], dy = (j - at[1]) * t->grid->spacing_mm[1];
          double dz = (k - at[2]) * t->grid->spacing_mm[2];

          if (dx * dx + dy * dy + dz * dz <= reach * reach)
            t->thin[((gsize) k * (gsize) t->grid->dims[1] + (gsize) j) * (gsize) t->grid->dims[0] + (gsize) i] = value;
        }
}

static void
truth_init (Truth *t, const WillisPhantom *phantom)
{
  gsize n = willis_grid_n_voxels (&phantom->grid);

  t->phantom = phantom;
  t->grid = &phantom->grid;
  t->thin = g_new0 (guint8, n);
  t->artery = g_new (double, n);
  for (int pass = 0; pass < 2; pass++) // thin ones first, then thick ones take their room back
    for (guint v = 0; v < phantom->vessels->len; v++)
      {
        const PhantomVessel *vessel = phantom->vessels->pdata[v];
        const double *p = (const double *) (void *) vessel->points->data;

        for (guint i = 0; vessel->artery && i < vessel->points->len; i++)
          if ((p[4 * i + 3] <= THIN_MM) == (pass == 0))
            mark_ball (t, p + 4 * i, p[4 * i + 3] + (pass == 0 ? 1.2 : 0.3), pass == 0);
      }
#pragma omp parallel for schedule(dynamic, 1)
  for (int k = 0; k < t->grid->dims[2]; k++)
    for (int j = 0; j < t->grid->dims[1]; j++)
      for (int i = 0; i < t->grid->dims[0]; i++)
        {
          double ijk[3] = { i, j, k }, x[3];

          willis_grid_ijk_to_lps (t->grid, ijk, x);
          phantom_to_anatomy (phantom, x, x);
          t->artery[((gsize) k * (gsize) t->grid->dims[1] + (gsize) j) * (gsize) t->grid->dims[0] + (gsize) i]
              = phantom_field_artery (phantom->field, x);
        }
}

static gboolean
is_thin (const Truth *t, const double lps[3])
{
  double at[3];
  int n[3];

  willis_grid_lps_to_ijk (t->grid, lps, at);
  for (int a = 0; a < 3; a++)
    n[a] = (int) CLAMP (floor (at[a] + 0.5), 0.0, t->grid->dims[a] - 1.0);
  return t->thin[((gsize) n[2] * (gsize) t->grid->dims[1] + (gsize) n[1]) * (gsize) t->grid->dims[0] + (gsize) n[0]];
}

static double
dice (const Truth *t, const WillisVolume *labels)
{
  const guint8 *p = willis_volume_u8 (labels);
  gsize n = willis_grid_n_voxels (t->grid), both = 0, sum = 0;

  for (gsize v = 0; v < n; v++)
    if (!t->thin[v])
      {
        both += p[v] == WILLIS_LABEL_ARTERY && t->artery[v] < 0.0;
        sum += (p[v] == WILLIS_LABEL_ARTERY) + (t->artery[v] < 0.0);
      }
  return sum > 0 ? 2.0 * (double) both / (double) sum : 0.0;
}

/* The largest connected piece of the artery label that is clearly outside all arteries, and what most of it
 * is. */
static void
foreign (const Truth *t, const WillisVolume *labels, const WillisVolume *true_labels, Score *s)
{
  const char *const names[] = { "tissue", "artery", "bone", "plaque", "vein" };
  const guint8 *p = willis_volume_u8 (labels), *q = willis_volume_u8 (true_labels);
  gsize n = willis_grid_n_voxels (t->grid), count[5] = { 0 };
  g_autoptr (WillisVolume) mask = willis_volume_new (t->grid, WILLIS_SCALAR_U8, NULL);
  guint8 *m = willis_volume_voxels_rw (mask);
  g_autoptr (WillisComponents) pieces = NULL;
  const WillisComponent *largest;
  int most = 0;

  for (gsize v = 0; v < n; v++)
    m[v] = p[v] == WILLIS_LABEL_ARTERY && t->artery[v] > 0.7;
  pieces = willis_components_new (mask, WILLIS_COMPONENTS_NONZERO, 26, NULL, NULL);
  s->foreign_is = "-";
  if (pieces == NULL || willis_components_n (pieces) == 0)
    return;
  largest = willis_components_get (pieces, 0);
  s->foreign_mm3
      = (double) largest->n_voxels * t->grid->spacing_mm[0] * t->grid->spacing_mm[1] * t->grid->spacing_mm[2];
  for (int k = largest->box[2]; k <= largest->box[5]; k++)
    for (int j = largest->box[1]; j <= largest->box[4]; j++)
      for (int i = largest->box[0]; i <= largest->box[3]; i++)
        if (willis_components_at (pieces, i, j, k) == 0)
          count[q[((gsize) k * (gsize) t->grid->dims[1] + (gsize) j) * (gsize) t->grid->dims[0] + (gsize) i]]++;
  for (int l = 0; l < 5; l++)
    if (count[l] > count[most])
      most = l;
  s->foreign_is = names[most];
}

/* Distances both ways between the found surface and the true one. */
static void
surface_distances (const Truth *t, WillisSurface *found, Score *s)
{
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (WillisVolume) field = willis_volume_new (t->grid, WILLIS_SCALAR_F32, NULL);
  g_autoptr (WillisSurface) truth = NULL;
  g_autoptr (WillisBvh) bvh = willis_bvh_new (found);
  float *out = willis_volume_voxels_rw (field);
  double sum = 0.0, bias = 0.0;
  gsize n = willis_grid_n_voxels (t->grid), n_bias = 0;

  for (gsize i = 0; i < willis_surface_n_points (found); i++)
    {
      const double *p = willis_surface_points (found) + 3 * i;
      double x[3], d, size;

      if (!well_inside (t->grid, p) || is_thin (t, p))
        continue;
      phantom_to_anatomy (t->phantom, p, x);
      d = phantom_field_artery (t->phantom->field, x);
      size = fabs (d);
      g_array_append_val (all, size);
      if (size < 0.6)
        {
          bias += d;
          n_bias++;
        }
    }
  s->surface_bias_mm = n_bias > 0 ? bias / (double) n_bias : NAN;
  for (gsize v = 0; v < n; v++)
    out[v] = (float) -t->artery[v];
  truth = willis_isosurface (field, 0.0, NULL, NULL, NULL, NULL);
  for (gsize i = 0; i < willis_surface_n_points (truth); i++)
    {
      const double *p = willis_surface_points (truth) + 3 * i;
      WillisNearest nearest;

      if (!well_inside (t->grid, p) || is_thin (t, p))
        continue;
      willis_bvh_nearest (bvh, p, INFINITY, &nearest);
      g_array_append_val (all, nearest.distance_mm);
    }
  g_array_sort (all, compare_doubles);
  for (guint i = 0; i < all->len; i++)
    sum += g_array_index (all, double, i);
  s->mean_mm = all->len > 0 ? sum / all->len : NAN;
  s->p95_mm = all->len > 0 ? g_array_index (all, double, (guint) (0.95 * (all->len - 1))) : NAN;
}

/* The true vessel and radius at scan point, or NaN near junctions, ends and sacs, where a tube's radius is
 * not what is asked. */
static double
true_radius (const WillisPhantom *phantom, const double scan[3], int *owner)
{
  double x[3], best = 1.5, radius = NAN;

  *owner = -1;
  phantom_to_anatomy (phantom, scan, x);
  for (guint v = 0; v < phantom->vessels->len; v++)
    {
      const PhantomVessel *vessel = phantom->vessels->pdata[v];
      const double *p = (const double *) (void *) vessel->points->data;

      for (guint i = 0; vessel->artery && i < vessel->points->len; i++)
        if (vec3_dist (p + 4 * i, x) < best)
          {
            best = vec3_dist (p + 4 * i, x);
            radius = p[4 * i + 3];
            *owner = (int) v;
          }
    }
  for (guint v = 0; *owner >= 0 && v < phantom->vessels->len; v++)
    {
      const PhantomVessel *vessel = phantom->vessels->pdata[v];
      const double *p = (const double *) (void *) vessel->points->data;

      for (guint i = 0; vessel->artery && (int) v != *owner && i < vessel->points->len; i++)
        if (vec3_dist (p + 4 * i, x) < radius + p[4 * i + 3] + 1.5)
          return NAN;
    }
  for (guint s = 0; s < phantom->sacs->len; s++)
    {
      const PhantomSac *sac = phantom->sacs->pdata[s];

      if (vec3_dist (sac->centre, x) < MAX (sac->semi[0], sac->semi[1]) + radius + 1.5)
        return NAN;
    }
  return radius;
}

/* The same where arteries are given as a surface: the radius that the tree of the true surface has there, for the
 * radius of an artery that is not round is a matter of definition. Not near junctions, ends and the sac. */
static double
true_tree_radius (const SweepTruth *truth, const double x[3], int *owner)
{
  double distance = INFINITY;
  gsize point = 0;
  int branch = 0;
  const WillisBranch *b;

  *owner = -1;
  if (!willis_tree_nearest (truth->tree, x, &branch, &point, &distance) || distance > 0.7)
    return NAN;
  b = willis_tree_branch (truth->tree, (gsize) branch);
  *owner = branch;
  if (MIN (b->abscissa_mm[point], b->length_mm - b->abscissa_mm[point]) < b->radius_mm[point] + 2.0
      || vec3_dist (x, truth->dome) < truth->size_mm + b->radius_mm[point])
    return NAN;
  return b->radius_mm[point];
}

static void
radius_errors (const WillisPhantom *phantom, const WillisTree *tree, const SweepTruth *t, Score *s)
{
  guint n_vessels = t->tree != NULL ? (guint) willis_tree_n_branches (t->tree) : phantom->vessels->len;
  g_autofree double *sums = g_new0 (double, 3 * n_vessels); // of each vessel: error, its square, points
  double sum = 0.0, spread = 0.0, n = 0.0;

  for (gsize b = 0; b < willis_tree_n_branches (tree); b++)
    {
      const WillisBranch *branch = willis_tree_branch (tree, b);

      for (gsize i = 0; i < branch->n_points; i++)
        {
          double truth, e;
          int owner;

          if (!well_inside (&phantom->grid, branch->points_lps_mm + 3 * i))
            continue;
          truth = t->tree != NULL ? true_tree_radius (t, branch->points_lps_mm + 3 * i, &owner)
                                  : true_radius (phantom, branch->points_lps_mm + 3 * i, &owner);
          if (isnan (truth) || truth <= THIN_MM)
            continue;
          e = branch->radius_mm[i] - truth;
          sums[3 * owner] += e;
          sums[3 * owner + 1] += e * e;
          sums[3 * owner + 2] += 1.0;
        }
    }
  s->worst_branch_mm = 0.0;
  for (guint v = 0; v < n_vessels; v++)
    if (sums[3 * v + 2] >= 8.0)
      {
        double mean = sums[3 * v] / sums[3 * v + 2];

        sum += sums[3 * v];
        n += sums[3 * v + 2];
        spread += sums[3 * v + 1] - sums[3 * v + 2] * mean * mean;
        if (fabs (mean) > fabs (s->worst_branch_mm))
          s->worst_branch_mm = mean;
      }
  s->radius_bias_mm = n > 0.0 ? sum / n : NAN;
  s->radius_sd_mm = n > 1.0 ? sqrt (MAX (spread / n, 0.0)) : NAN;
}

/* Part of the thin arteries that the tree runs along, without their first 2 mm, which lie in the parent. */
static double
thin_part (const WillisPhantom *phantom, const WillisTree *tree)
{
  double all = 0.0, followed = 0.0;

  for (guint v = 0; v < phantom->vessels->len; v++)
    {
      const PhantomVessel *vessel = phantom->vessels->pdata[v];
      const double *p = (const double *) (void *) vessel->points->data;
      double way = 0.0;

      for (guint i = 1; vessel->artery && i < vessel->points->len; i++)
        {
          double x[3], distance = INFINITY;

          way += vec3_dist (p + 4 * i, p + 4 * (i - 1));
          phantom_to_scan (phantom, p + 4 * i, x);
          if (p[4 * i + 3] > THIN_MM || way < 2.0 + p[3] || !well_inside (&phantom->grid, x))
            continue;
          all += 1.0;
          followed += willis_tree_nearest (tree, x, NULL, NULL, &distance) && distance < 0.7;
        }
    }
  return all > 0.0 ? followed / all : NAN;
}

static void
candidates (const GArray *list, const SweepTruth *truth, Score *s)
{
  int hit = -1;

  for (guint n = 0; n < list->len; n++)
    {
      const WillisCandidate *c = &g_array_index (list, WillisCandidate, n);

      if (vec3_dist (c->centre_lps_mm, truth->dome) < MAX (0.6 * truth->size_mm, 1.5))
        hit = hit < 0 ? (int) n : hit;
      else if (c->score >= WILLIS_LIKELY_SCORE)
        s->false_candidates++;
    }
  s->found = hit >= 0 && g_array_index (list, WillisCandidate, hit).score >= WILLIS_LIKELY_SCORE;
  s->first = hit == 0;
}

/* What is doubted of a scan in which nothing is to be doubted. */
static void
print_doubts (WillisCase *c)
{
  g_auto (GStrv) doubts
      = willis_vessel_doubts (willis_case_volume (c), willis_case_segmentation (c), willis_case_tree (c));

  for (int n = 0; doubts[n] != NULL; n++)
    fprintf (stderr, "  doubt: %s\n", doubts[n]);
}

static void
measures (WillisCase *c, const SweepTruth *truth, Score *s)
{
  const WillisMorphology *m;
  WillisAneurysm *sac;
  GError *error = NULL;

  s->volume_error = s->height_error_mm = s->width_error_mm = s->neck_error_mm = NAN;
  print_doubts (c);
  if (!willis_case_run_aneurysm_at (c, truth->dome, -1, NULL, &error))
    {
      fprintf (stderr, "  no sac: %s\n", error->message);
      g_clear_error (&error);
      return;
    }
  sac = willis_case_aneurysm (c, willis_case_n_aneurysms (c) - 1);
  s->doubt = willis_aneurysm_doubt (sac) != NULL;
  m = willis_aneurysm_morphology (sac);
  s->volume_error = m->index[WILLIS_INDEX_VOLUME].value / truth->volume_mm3 - 1.0;
  s->height_error_mm = m->index[WILLIS_INDEX_HEIGHT].value - truth->height_mm;
  s->width_error_mm = m->index[WILLIS_INDEX_WIDTH].value - truth->width_mm;
  s->neck_error_mm = m->index[WILLIS_INDEX_NECK_DIAMETER].value - truth->neck_diameter_mm;
}

gboolean
sweep_score (const WillisPhantom *phantom, WillisVolume *scan, const SweepTruth *truth, Score *s, GError **error)
{
  WillisSegmentParams params = WILLIS_SEGMENT_PARAMS_INIT;
  WillisStudy study = { .modality = (char *) "CT", .patient_age = -1 };
  g_autoptr (WillisCase) c = willis_case_new ();
  g_autoptr (WillisVolume) labels = willis_phantom_labels (phantom, NULL, NULL);
  Truth t;
  gint64 start = g_get_monotonic_time ();

  memset (s, 0, sizeof *s);
  s->size_mm = truth->size_mm;
  willis_case_set_scan (c, scan, &study);
  if (!willis_case_run_segment (c, &params, NULL, error) || !willis_case_run_tree (c, NULL, error)
      || !willis_case_run_detect (c, NULL, error))
    return FALSE;
  s->seconds = (double) (g_get_monotonic_time () - start) / 1e6;
  truth_init (&t, phantom);
  s->dice = dice (&t, willis_segmentation_labels (willis_case_segmentation (c)));
  foreign (&t, willis_segmentation_labels (willis_case_segmentation (c)), labels, s);
  surface_distances (&t, willis_case_surface (c), s);
  radius_errors (phantom, willis_case_tree (c), truth, s);
  s->thin_part = thin_part (phantom, willis_case_tree (c));
  candidates (willis_case_candidates (c), truth, s);
  measures (c, truth, s);
  g_free (t.thin);
  g_free (t.artery);
  return TRUE;
}
