/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How far sections and narrowings are off beside what is stated: a straight artery with one narrowing in a small scan,
 * by voxel, noise, contrast and blur. Exits with 1 where the errors are not those that the stated deviations say.
 * usage: sections [FIRST [COUNT]]
 */
#include <glib.h>
#include <glib/gstdio.h>
#include <math.h>
#include <stdio.h>

#include "core/num/rng.h"
#include "core/num/vec3.h"
#include "core/phantom/phantom.h"
#include "core/vessel/profile.h"

#define HALF_MM 13.0

typedef struct
{
  double radius, narrow, half_width; // of the artery, of its narrowest place, along it (mm)
  double along[3];
  double spacing[2], blur_fwhm, noise, noise_fwhm, contrast;
} Draw;

static double
between (WillisRng *rng, double lo, double hi)
{
  return lo + (hi - lo) * willis_rng_uniform (rng);
}

static Draw
draw (int number)
{
  WillisRng rng;
  Draw d;

  willis_rng_init (&rng, 20261127, (guint64) number);
  d.radius = between (&rng, 1.0, 2.4);
  d.narrow = d.radius * between (&rng, 0.35, 1.0);
  d.half_width = between (&rng, 1.0, 3.0);
  d.along[0] = between (&rng, -1.0, 1.0);
  d.along[1] = between (&rng, -1.0, 1.0);
  d.along[2] = between (&rng, 0.3, 1.0);
  vec3_normalize (d.along);
  d.spacing[0] = between (&rng, 0.35, 0.8);
  d.spacing[1] = d.spacing[0] * between (&rng, 0.8, 1.3);
  d.blur_fwhm = MAX (between (&rng, 0.55, 1.0), 1.1 * d.spacing[0]);
  d.noise = between (&rng, 8.0, 30.0);
  d.noise_fwhm = between (&rng, 0.0, 1.0) < 0.5 ? 0.0 : 0.7 * d.blur_fwhm;
  d.contrast = between (&rng, 250.0, 500.0);
  return d;
}

static double
true_radius (const Draw *d, double at)
{
  double t = at / d->half_width;

  return d->radius - (d->radius - d->narrow) * exp (-0.5 * t * t);
}

static WillisPhantom *
phantom_of (const Draw *d, int number)
{
  g_autofree char *folder = g_dir_make_tmp ("willis-sections-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "case.json", NULL);
  g_autoptr (GString) points = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  int n = (int) ceil (2.0 * HALF_MM / d->spacing[0]), n_slices = (int) ceil (2.0 * HALF_MM / d->spacing[1]);
  WillisPhantom *phantom;

  for (double at = -30.0; at <= 30.0; at += 0.5)
    g_string_append_printf (points, "%s[%g, %g, %g, %g]", points->len > 0 ? ", " : "", at * d->along[0],
                            at * d->along[1], at * d->along[2], true_radius (d, at));
  text = g_strdup_printf (
      "{\"seed\": %d, \"noise_hu\": %g, \"noise_fwhm_mm\": %g, \"lumen_hu\": %g, \"psf_fwhm_mm\": [%g, %g],"
      "\"grid\": {\"dims\": [%d, %d, %d], \"spacing_mm\": [%g, %g, %g], \"centre_lps_mm\": [0.11, 0.07, -0.13]},"
      "\"vessels\": [{\"id\": \"V\", \"points\": [%s]}]}",
      number + 1, d->noise, d->noise_fwhm, 36.0 + d->contrast, d->blur_fwhm, d->blur_fwhm, n, n, n_slices,
      d->spacing[0], d->spacing[0], d->spacing[1], points->str);
  if (!g_file_set_contents (path, text, -1, &error))
    g_error ("%s", error->message);
  phantom = willis_phantom_load (path, &error);
  if (phantom == NULL)
    g_error ("%s", error->message);
  g_unlink (path);
  g_rmdir (folder);
  return phantom;
}

static int
longest_branch (const WillisTree *tree)
{
  int best = 0;

  for (gsize n = 1; n < willis_tree_n_branches (tree); n++)
    if (willis_tree_branch (tree, n)->length_mm > willis_tree_branch (tree, (gsize) best)->length_mm)
      best = (int) n;
  return best;
}

/* Errors in deviations, squared and summed. */
typedef struct
{
  double area, width, narrowest, reference, percent;
  int n, n_references, n_within; // narrowest places, references, narrowest places within one deviation
} Sum;

/* Mean squares of the errors of single sections, in mm and in deviations, away from the ends. */
static void
add_sections (const Draw *d, const WillisCourse *course, const WillisProfile *p, const WillisDiameterSd *sd, Sum *sum)
{
  double area = 0.0, width = 0.0, area_mm2 = 0.0, width_mm = 0.0, bias = 0.0, n = 0.0;

  for (gsize k = 0; k < p->n; k++)
    {
      const WillisCoursePoint *c = willis_course_points (course) + k;
      double at = vec3_dot (c->centre_lps_mm, d->along), truth = 2.0 * true_radius (d, at), a, w;

      if (c->near_junction || p->apart[k] || !isfinite (p->sections[k].area_mm2) || fabs (at) > 9.0)
        continue;
      a = p->sections[k].area_diameter_mm - truth;
      w = p->sections[k].min_diameter_mm - truth;
      area += pow (a / willis_section_sd_mm (sd, truth), 2.0);
      width += pow (w / willis_narrowest_sd_mm (sd, truth), 2.0);
      area_mm2 += a * a, width_mm += w * w, bias += w, n += 1.0;
    }
  sum->area += area / n;
  sum->width += width / n;
  printf ("| section %.3f mm (%.2f sd), width %.3f (%+.3f, %.2f sd) ", sqrt (area_mm2 / n), sqrt (area / n),
          sqrt (width_mm / n), bias / n, sqrt (width / n));
}

/* The narrowest place, its reference and the narrowing between them. */
static void
add_narrowing (const Draw *d, const WillisStenosis *s, const WillisDiameterSd *sd, Sum *sum)
{
  double off = s->diameter_mm - 2.0 * d->narrow, off_sd = willis_narrowest_sd_mm (sd, s->diameter_mm);

  printf ("| narrowest %.3f err %+.3f sd %.3f ", 2.0 * d->narrow, off, off_sd);
  sum->narrowest += pow (off / off_sd, 2.0);
  sum->n++;
  sum->n_within += fabs (off) < off_sd;
  if (s->reference != WILLIS_REFERENCE_NONE)
    {
      double off_ref = s->reference_mm - 2.0 * d->radius,
             off_percent = s->percent - 100.0 * (1.0 - d->narrow / d->radius);
      double sd_percent = willis_stenosis_percent_sd (s, sd);

      printf ("| reference err %+.3f sd %.3f | %.0f %% err %+.1f sd %.1f ", off_ref,
              willis_narrowest_sd_mm (sd, s->reference_mm), s->percent, off_percent, sd_percent);
      sum->reference += pow (off_ref / willis_narrowest_sd_mm (sd, s->reference_mm), 2.0);
      sum->percent += pow (off_percent / sd_percent, 2.0);
      sum->n_references++;
    }
  printf ("\n");
}

static gboolean
measure (const Draw *d, int number, Sum *sum, GError **error)
{
  WillisSegmentParams params = WILLIS_SEGMENT_PARAMS_INIT;
  g_autoptr (WillisPhantom) phantom = phantom_of (d, number);
  g_autoptr (WillisVolume) scan = willis_phantom_scan (phantom, NULL, error);
  g_autoptr (WillisSegmentation) s = NULL;
  g_autoptr (WillisSurface) lumen = NULL;
  g_autoptr (WillisTree) tree = NULL;
  g_autoptr (WillisCourse) course = NULL;
  g_autoptr (WillisProfile) p = NULL;
  WillisDiameterSd sd;
  int branch;

  params.modality = WILLIS_MODALITY_CTA; // there is no bone in it to tell it by
  s = willis_segment (scan, &params, NULL, error);
  lumen = s != NULL ? willis_lumen_surface (scan, s, NULL, error) : NULL;
  tree = lumen != NULL ? willis_tree_extract (lumen, willis_volume_grid (scan)->direction, NULL, error) : NULL;
  if (tree == NULL)
    return FALSE;
  branch = longest_branch (tree);
  course = willis_course_new (tree, &branch, 1, error);
  p = course != NULL ? willis_profile_new (course, tree, lumen, NULL, error) : NULL;
  if (p == NULL)
    return FALSE;
  sd = willis_lumen_diameter_sd (scan, s);
  printf ("%3d radius %.2f narrow %.2f over %.1f, voxel %.2f %.2f, fwhm %.2f, noise %4.1f of %3.0f ", number, d->radius,
          d->narrow, d->half_width, d->spacing[0], d->spacing[1], d->blur_fwhm, d->noise, d->contrast);
  add_sections (d, course, p, &sd, sum);
  add_narrowing (d, &p->stenosis, &sd, sum);
  return TRUE;
}

int
main (int argc, char **argv)
{
  int first = argc > 1 ? (int) g_ascii_strtoll (argv[1], NULL, 10) : 0;
  int count = argc > 2 ? (int) g_ascii_strtoll (argv[2], NULL, 10) : 20;
  Sum sum = { 0 };
  gboolean stated;

  for (int i = first; i < first + count; i++)
    {
      Draw d = draw (i);
      g_autoptr (GError) error = NULL;

      if (!measure (&d, i, &sum, &error))
        printf ("%3d %s\n", i, error->message);
      fflush (stdout);
    }
  printf ("reduced chi square: sections %.2f, widths %.2f, narrowest %.2f (%d of %d within one deviation), references "
          "%.2f, narrowing %.2f\n",
          sum.area / sum.n, sum.width / sum.n, sum.narrowest / sum.n, sum.n_within, sum.n,
          sum.reference / sum.n_references, sum.percent / sum.n_references);
  stated = sum.area / sum.n < 2.5 && sum.width / sum.n < 2.0 && sum.narrowest / sum.n > 0.4
           && sum.narrowest / sum.n < 2.5 && sum.reference / sum.n_references < 2.0
           && sum.percent / sum.n_references < 2.0;
  return stated ? 0 : 1; // stated as it is
}
