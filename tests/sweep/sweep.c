/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How well the whole chain does on scans of known truth: draws phantoms over sites, sizes, spacings, noise, contrast
 * and bone gap, runs every one through the same functions as the window, and prints a table.
 * usage: sweep [first [count]]   (cases are numbered; a case is the same on every machine)
 */
#include <glib.h>
#include <glib/gstdio.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/case/case.h"
#include "core/mesh/bvh.h"
#include "core/mesh/isosurface.h"
#include "core/num/rng.h"
#include "core/num/vec3.h"
#include "core/phantom/phantom-private.h"

typedef struct
{
  const char *name, *kind, *parent;
  double at_mm; // < 0: the vessel's end
  double axis[3];
  double centre[3]; // of the field of view
} Site;

static const Site sites[] = {
  { "ICA ophthalmic", "sidewall", "ICA left", 78, { -0.75, 0.15, 0.65 }, { 12, -8, -12 } },
  { "ICA superior", "sidewall", "ICA right", 76, { 0.2, 0.2, 1 }, { -12, -8, -12 } },
  { "ICA cavernous", "sidewall", "ICA left", 62, { 1, -0.4, 0 }, { 13, -10, -20 } },
  { "PCom", "sidewall", "ICA right", 84, { -0.6, 0.8, -0.1 }, { -13, -5, -9 } },
  { "ICA terminus", "bifurcation", "ICA left", -1, { -0.1, 0.1, 1 }, { 14, -4, -2 } },
  { "ACom", "sidewall", "ACom", 2.3, { 0.1, -0.9, -0.4 }, { 0, -12, -2 } },
  { "MCA right", "bifurcation", "MCA M1 right", -1, { -0.75, -0.6, -0.25 }, { -31, -4, -3 } },
  { "MCA left", "bifurcation", "MCA M1 left", -1, { 0.8, -0.5, -0.3 }, { 31, -4, -3 } },
  { "M1", "sidewall", "MCA M1 left", 8, { 0, -0.3, 1 }, { 22, -5, -3 } },
  { "A1", "sidewall", "ACA A1 right", 7, { 0, -0.6, 0.8 }, { -9, -8, -3 } },
  { "Basilar tip", "bifurcation", "Basilar", -1, { 0, -0.35, 1 }, { 0, 8, -12 } },
  { "Vertebral", "sidewall", "VA left", 14, { 0.9, -0.4, 0 }, { 10, 22, -55 } },
};

typedef struct
{
  const Site *site;
  double size_mm, spacing_mm, noise_hu, lumen_hu, gap_mm;
  double height_mm, width_mm, neck_mm;
} Draw;

static double
between (WillisRng *rng, double lo, double hi)
{
  return lo + (hi - lo) * willis_rng_uniform (rng);
}

static Draw
draw_case (int number)
{
  WillisRng rng;
  Draw d;

  willis_rng_init (&rng, 20260101, (guint64) number);
  d.site = &sites[number % (int) G_N_ELEMENTS (sites)];
  d.size_mm = exp (between (&rng, log (2.0), log (d.site->kind[0] == 's' && d.site->name[0] == 'A' ? 6.0 : 10.0)));
  d.height_mm = d.size_mm;
  d.width_mm = d.size_mm * between (&rng, 0.75, 1.05);
  d.neck_mm = d.width_mm * between (&rng, 0.45, 0.8);
  d.spacing_mm = between (&rng, 0.35, 0.8);
  d.noise_hu = between (&rng, 8, 30);
  d.lumen_hu = between (&rng, 250, 500);
  d.gap_mm = between (&rng, 0.5, 2.9);
  return d;
}

/* The description of a draw: the shared anatomy, with one sac and this scanner. */
static WillisPhantom *
make_phantom (const Draw *d, int number, GError **error)
{
  g_autofree char *folder = g_dir_make_tmp ("willis-sweep-XXXXXX", NULL);
  g_autofree char *base = g_build_filename (g_getenv ("WILLIS_SOURCE_DIR"), "data/phantoms/circle-of-willis.json", NULL);
  g_autofree char *base_copy = g_build_filename (folder, "base.json", NULL);
  g_autofree char *path = g_build_filename (folder, "case.json", NULL);
  g_autofree char *text = NULL;
  g_autofree char *base_text = NULL;
  g_autofree char *at = d->site->at_mm >= 0 ? g_strdup_printf ("\"at_mm\": %g,", d->site->at_mm) : g_strdup ("");
  int n = (int) ceil (64.0 / d->spacing_mm);
  WillisPhantom *phantom;

  text = g_strdup_printf ("{\"base\": \"base.json\", \"seed\": %d, \"noise_hu\": %g, \"lumen_hu\": %g,"
                          "\"grid\": {\"dims\": [%d, %d, %d], \"spacing_mm\": [%g, %g, %g], \"centre_lps_mm\": [%g, %g, %g]},"
                          "\"aneurysms\": [{\"parent\": \"%s\", \"kind\": \"%s\", %s \"axis\": [%g, %g, %g],"
                          "\"height_mm\": %g, \"width_mm\": %g, \"neck_mm\": %g}]}",
                          number + 1, d->noise_hu, d->lumen_hu, n, n, n, d->spacing_mm, d->spacing_mm, d->spacing_mm,
                          d->site->centre[0], d->site->centre[1], d->site->centre[2], d->site->parent, d->site->kind, at,
                          d->site->axis[0], d->site->axis[1], d->site->axis[2], d->height_mm, d->width_mm, d->neck_mm);
  g_file_get_contents (base, &base_text, NULL, NULL);
  g_file_set_contents (base_copy, base_text, -1, NULL);
  g_file_set_contents (path, text, -1, NULL);
  phantom = willis_phantom_load (path, error);
  g_unlink (path);
  g_unlink (base_copy);
  g_rmdir (folder);
  if (phantom != NULL)
    for (guint b = 0; b < phantom->bones->len; b++)
      ((PhantomBone *) phantom->bones->pdata[b])->gap_mm = d->gap_mm;
  return phantom;
}

typedef struct
{
  double dice, mean_mm, p95_mm, radius_bias_mm, radius_sd_mm;
  gboolean found, first;
  int false_positives;
  double volume_error, height_error_mm, width_error_mm, neck_error_mm; // NaN where no sac was measured
  double seconds;
} Result;

static double
dice (const WillisVolume *a, const WillisVolume *truth)
{
  const guint8 *p = willis_volume_u8 (a), *q = willis_volume_u8 (truth);
  gsize n = willis_grid_n_voxels (willis_volume_grid (a)), both = 0, sum = 0;

  for (gsize i = 0; i < n; i++)
    {
      both += p[i] == WILLIS_LABEL_ARTERY && q[i] == WILLIS_LABEL_ARTERY;
      sum += (p[i] == WILLIS_LABEL_ARTERY) + (q[i] == WILLIS_LABEL_ARTERY);
    }
  return sum > 0 ? 2.0 * (double) both / (double) sum : 0.0;
}

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

/* Distances both ways between the found surface and the true one. */
static void
surface_distances (const WillisPhantom *phantom, WillisSurface *found, Result *r)
{
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (double));
  WillisGrid grid = phantom->grid;
  g_autoptr (WillisVolume) field = NULL;
  g_autoptr (WillisSurface) truth = NULL;
  g_autoptr (WillisBvh) bvh = willis_bvh_new (found);
  float *out;
  double sum = 0.0;

  for (gsize i = 0; i < willis_surface_n_points (found); i++)
    {
      const double *p = willis_surface_points (found) + 3 * i;
      double x[3], d;

      if (!well_inside (&phantom->grid, p))
        continue;
      phantom_to_anatomy (phantom, p, x);
      d = fabs (phantom_field_artery (phantom->field, x));
      g_array_append_val (all, d);
    }
  field = willis_volume_new (&grid, WILLIS_SCALAR_F32, NULL);
  out = willis_volume_voxels_rw (field);
#pragma omp parallel for schedule(dynamic, 1)
  for (int k = 0; k < grid.dims[2]; k++)
    for (int j = 0; j < grid.dims[1]; j++)
      for (int i = 0; i < grid.dims[0]; i++)
        {
          double ijk[3] = { i, j, k }, x[3];

          willis_grid_ijk_to_lps (&grid, ijk, x);
          phantom_to_anatomy (phantom, x, x);
          out[((gsize) k * (gsize) grid.dims[1] + (gsize) j) * (gsize) grid.dims[0] + (gsize) i]
              = (float) -phantom_field_artery (phantom->field, x);
        }
  truth = willis_isosurface (field, 0.0, NULL, NULL, NULL, NULL);
  for (gsize i = 0; i < willis_surface_n_points (truth); i++)
    {
      const double *p = willis_surface_points (truth) + 3 * i;
      double d;
      WillisNearest nearest;

      if (!well_inside (&phantom->grid, p))
        continue;
      willis_bvh_nearest (bvh, p, INFINITY, &nearest);
      d = nearest.distance_mm;
      g_array_append_val (all, d);
    }
  g_array_sort (all, compare_doubles);
  for (guint i = 0; i < all->len; i++)
    sum += g_array_index (all, double, i);
  r->mean_mm = all->len > 0 ? sum / all->len : NAN;
  r->p95_mm = all->len > 0 ? g_array_index (all, double, (guint) (0.95 * (all->len - 1))) : NAN;
}

/* The true radius at x, or NaN near junctions, ends and sacs, where a tube's radius is not what is asked. */
static double
true_radius (const WillisPhantom *phantom, const double scan[3])
{
  double x[3], best = 1.5, radius = NAN;
  int owner = -1;

  phantom_to_anatomy (phantom, scan, x);
  for (guint v = 0; v < phantom->vessels->len; v++)
    {
      const PhantomVessel *vessel = phantom->vessels->pdata[v];
      const double *p = (const double *) vessel->points->data;

      for (guint i = 0; vessel->artery && i < vessel->points->len; i++)
        if (vec3_dist (p + 4 * i, x) < best)
          {
            best = vec3_dist (p + 4 * i, x);
            radius = p[4 * i + 3];
            owner = (int) v;
          }
    }
  for (guint v = 0; owner >= 0 && v < phantom->vessels->len; v++)
    {
      const PhantomVessel *vessel = phantom->vessels->pdata[v];
      const double *p = (const double *) vessel->points->data;

      for (guint i = 0; vessel->artery && (int) v != owner && i < vessel->points->len; i++)
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

static void
radius_errors (const WillisPhantom *phantom, const WillisTree *tree, Result *r)
{
  double sum = 0.0, sum2 = 0.0;
  int n = 0;

  for (gsize b = 0; b < willis_tree_n_branches (tree); b++)
    {
      const WillisBranch *branch = willis_tree_branch (tree, b);

      for (gsize i = 0; i < branch->n_points; i++)
        {
          double truth, e;

          if (!well_inside (&phantom->grid, branch->points_lps_mm + 3 * i))
            continue;
          truth = true_radius (phantom, branch->points_lps_mm + 3 * i);
          if (isnan (truth) || truth < 0.6)
            continue;
          e = branch->radius_mm[i] - truth;
          sum += e;
          sum2 += e * e;
          n++;
        }
    }
  r->radius_bias_mm = n > 0 ? sum / n : NAN;
  r->radius_sd_mm = n > 1 ? sqrt (MAX (sum2 / n - sum / n * sum / n, 0.0)) : NAN;
}

static void
candidates (const GArray *list, const PhantomSacTruth *truth, Result *r, int *hit)
{
  *hit = -1;
  for (guint n = 0; n < list->len; n++)
    {
      const WillisCandidate *c = &g_array_index (list, WillisCandidate, n);

      if (vec3_dist (c->centre_lps_mm, truth->dome) < MAX (0.6 * truth->size_mm, 1.5))
        {
          if (*hit < 0)
            *hit = (int) n;
        }
      else if (c->score >= 0.5)
        r->false_positives++;
    }
  r->found = *hit >= 0;
  r->first = *hit == 0;
}

static void
measures (WillisCase *c, const PhantomSacTruth *truth, Result *r)
{
  const WillisMorphology *m;
  GError *error = NULL;

  r->volume_error = r->height_error_mm = r->width_error_mm = r->neck_error_mm = NAN;
  if (!willis_case_run_aneurysm_at (c, truth->dome, -1, NULL, &error))
    {
      fprintf (stderr, "  no sac: %s\n", error->message);
      g_clear_error (&error);
      return;
    }
  m = willis_aneurysm_morphology (willis_case_aneurysm (c, willis_case_n_aneurysms (c) - 1));
  r->volume_error = m->index[WILLIS_INDEX_VOLUME].value / truth->volume_mm3 - 1.0;
  r->height_error_mm = m->index[WILLIS_INDEX_HEIGHT].value - truth->height_mm;
  r->width_error_mm = m->index[WILLIS_INDEX_WIDTH].value - truth->width_mm;
  r->neck_error_mm = m->index[WILLIS_INDEX_NECK_DIAMETER].value - truth->neck_diameter_mm;
}

static gboolean
run_case (int number, Result *r)
{
  Draw d = draw_case (number);
  g_autoptr (GError) error = NULL;
  g_autoptr (WillisPhantom) phantom = make_phantom (&d, number, &error);
  g_autoptr (WillisVolume) scan = NULL;
  g_autoptr (WillisVolume) labels = NULL;
  g_autoptr (WillisCase) c = willis_case_new ();
  WillisSegmentParams params = WILLIS_SEGMENT_PARAMS_INIT;
  WillisStudy study = { .modality = (char *) "CT", .patient_age = -1 };
  PhantomSacTruth *truth;
  gint64 start;
  int hit;

  if (phantom == NULL)
    {
      fprintf (stderr, "case %d: %s\n", number, error->message);
      return FALSE;
    }
  truth = phantom_sac_truth (phantom, phantom->sacs->pdata[0]);
  if (truth->size_mm > 1.15 * hypot (d.height_mm, d.width_mm))
    {
      phantom_sac_truth_free (truth); // the sac runs into another artery: not a case
      return FALSE;
    }
  scan = willis_phantom_scan (phantom, NULL, NULL);
  labels = willis_phantom_labels (phantom, NULL, NULL);
  willis_case_set_scan (c, scan, &study);
  memset (r, 0, sizeof *r);
  start = g_get_monotonic_time ();
  if (!willis_case_run_segment (c, &params, NULL, &error) || !willis_case_run_tree (c, NULL, &error)
      || !willis_case_run_detect (c, NULL, &error))
    {
      fprintf (stderr, "case %d: %s\n", number, error->message);
      phantom_sac_truth_free (truth);
      return FALSE;
    }
  r->seconds = (double) (g_get_monotonic_time () - start) / 1e6;
  r->dice = dice (willis_segmentation_labels (willis_case_segmentation (c)), labels);
  surface_distances (phantom, willis_case_surface (c), r);
  radius_errors (phantom, willis_case_tree (c), r);
  candidates (willis_case_candidates (c), truth, r, &hit);
  measures (c, truth, r);
  printf ("%3d %-15s %5.1f %4.2f %3.0f %3.0f %3.1f | %.3f %.3f %.2f %+.3f %.3f | %s %d | %+6.1f%% %+5.2f %+5.2f %+5.2f | %4.1f\n",
          number, d.site->name, truth->size_mm, d.spacing_mm, d.noise_hu, d.lumen_hu, d.gap_mm, r->dice, r->mean_mm, r->p95_mm,
          r->radius_bias_mm, r->radius_sd_mm, r->first ? "first" : r->found ? "found" : "MISS ", r->false_positives,
          100.0 * r->volume_error, r->height_error_mm, r->width_error_mm, r->neck_error_mm, r->seconds);
  fflush (stdout);
  phantom_sac_truth_free (truth);
  return TRUE;
}

int
main (int argc, char **argv)
{
  int first = argc > 1 ? (int) g_ascii_strtoll (argv[1], NULL, 10) : 0;
  int count = argc > 2 ? (int) g_ascii_strtoll (argv[2], NULL, 10) : 24;
  int n = 0, found = 0, false_positives = 0, volume = 0, height = 0, width = 0, neck = 0;

  printf ("  # site             size  mm/v  HU  HU gap | Dice  mean  p95  r bias r sd  | cand FP | volume height width  neck  | s\n");
  for (int i = first; i < first + count; i++)
    {
      Result r;

      if (!run_case (i, &r))
        continue;
      n++;
      found += r.found;
      false_positives += r.false_positives;
      volume += fabs (r.volume_error) < 0.05;
      height += fabs (r.height_error_mm) < 0.3;
      width += fabs (r.width_error_mm) < 0.3;
      neck += fabs (r.neck_error_mm) < 0.5;
    }
  printf ("%d cases: found %d, false candidates %.2f a case; volume within 5 %%: %d, height within 0.3 mm: %d, width: %d, "
          "neck within 0.5 mm: %d\n",
          n, found, n > 0 ? (double) false_positives / n : 0.0, volume, height, width, neck);
  return 0;
}
