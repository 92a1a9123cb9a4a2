/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How well the whole chain does on scans of known truth: draws phantoms over sites, sizes 2 to 15 mm,
 * spacings 0.35 to 0.8 mm, noise 8 to 30 HU, contrast 250 to 500 HU, bone gaps 0.5 to 3 mm and three kinds of
 * scanner, runs every one through the same functions as the window, and prints a table. usage: sweep [patients] [first
 * [count]]   (cases are numbered; a case is the same on every machine; patients: scans made of the AneuRisk surfaces)
 */
#include <glib.h>
#include <math.h>
#include <stdio.h>

#include "core/io/reader.h"
#include "tests/sweep/sweep.h"

/* How many cases of how many are within a limit, and the largest of the rest. */
typedef struct
{
  const char *what;
  double limit;
  int n, within;
  double sum, worst;
} Limit;

static void
limit_add (Limit *l, double value)
{
  l->n++;
  if (isnan (value))
    return;
  l->within += fabs (value) <= l->limit;
  l->sum += fabs (value);
  l->worst = MAX (l->worst, fabs (value));
}

enum
{
  DICE,
  MEAN,
  P95,
  FOREIGN,
  BIAS,
  SPREAD,
  FINE_BIAS,
  FINE_SPREAD,
  MISSED,
  MISSED_SMALL,
  FALSE_CANDIDATES,
  VOLUME,
  HEIGHT,
  WIDTH,
  NECK,
  N_LIMITS
};

static Limit limits[N_LIMITS] = {
  { "1 - Dice (arteries over 1.2 mm)", 0.08, 0, 0, 0, 0 },
  { "mean surface distance, mm", 0.12, 0, 0, 0, 0 },
  { "95th percentile of it, mm", 0.5, 0, 0, 0, 0 },
  { "largest piece of bone or vein, mm3", 3.0, 0, 0, 0, 0 },
  { "branch radius bias, mm", 0.05, 0, 0, 0, 0 },
  { "branch radius spread, mm", 0.1, 0, 0, 0, 0 },
  { "the same bias up to 0.5 mm voxels", 0.05, 0, 0, 0, 0 },
  { "the same spread up to 0.5 mm voxels", 0.1, 0, 0, 0, 0 },
  { "missed, sac of at least 3 mm", 0.5, 0, 0, 0, 0 },
  { "missed, sac of 2 to 3 mm", 0.5, 0, 0, 0, 0 },
  { "false candidates a case", 0.5, 0, 0, 0, 0 },
  { "sac volume, part", 0.05, 0, 0, 0, 0 },
  { "sac height, mm", 0.3, 0, 0, 0, 0 },
  { "sac width, mm", 0.3, 0, 0, 0, 0 },
  { "neck diameter, mm", 0.5, 0, 0, 0, 0 },
};

/* Sacs within and outside of the limits, and of how many a doubt is said. */
static int sacs[2], doubts[2];

static void
tally_doubt (const Score *s)
{
  gboolean off = fabs (s->volume_error) > limits[VOLUME].limit || fabs (s->height_error_mm) > limits[HEIGHT].limit
                 || fabs (s->width_error_mm) > limits[WIDTH].limit || fabs (s->neck_error_mm) > limits[NECK].limit;

  if (isnan (s->volume_error))
    return;
  sacs[off]++;
  doubts[off] += s->doubt;
}

static void
tally (const Draw *d, const Score *s)
{
  tally_doubt (s);
  limit_add (&limits[DICE], 1.0 - s->dice);
  limit_add (&limits[MEAN], s->mean_mm);
  limit_add (&limits[P95], s->p95_mm);
  limit_add (&limits[FOREIGN], s->foreign_mm3);
  limit_add (&limits[BIAS], s->radius_bias_mm);
  limit_add (&limits[SPREAD], s->radius_sd_mm);
  if (d->spacing_mm[0] <= 0.5)
    {
      limit_add (&limits[FINE_BIAS], s->radius_bias_mm);
      limit_add (&limits[FINE_SPREAD], s->radius_sd_mm);
    }
  limit_add (&limits[s->size_mm >= 3.0 ? MISSED : MISSED_SMALL], s->found ? 0.0 : 1.0);
  limit_add (&limits[FALSE_CANDIDATES], s->false_candidates);
  limit_add (&limits[VOLUME], s->volume_error);
  limit_add (&limits[HEIGHT], s->height_error_mm);
  limit_add (&limits[WIDTH], s->width_error_mm);
  limit_add (&limits[NECK], s->neck_error_mm);
}

static void
score_case (int number, const char *name, const Draw *d, const WillisPhantom *phantom, const SweepTruth *truth)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WillisVolume) scan = willis_phantom_scan (phantom, NULL, NULL);
  Score s;

  if (!sweep_score (phantom, scan, truth, &s, &error))
    printf ("%3d %-15s %s\n", number, name, error->message);
  else
    {
      tally (d, &s);
      printf ("%3d %-15s%5.1f %.2f %.2f %.2f%c%3.0f %3.0f %3.1f | %.3f %.3f %.2f %+.3f %5.1f %-6s | %+.3f "
              "%.3f %+.3f %3.0f%% | "
              "%s %d | %+6.1f%% %+5.2f %+5.2f %+5.2f | %4.1f%s\n",
              number, name, truth->size_mm, d->spacing_mm[0], d->spacing_mm[1], d->psf_fwhm_mm[0],
              d->slice_mm > 0.0    ? 't'
              : d->sharpness > 0.0 ? 's'
                                   : ' ',
              d->noise_hu, d->contrast_hu, d->gap_mm, s.dice, s.mean_mm, s.p95_mm, s.surface_bias_mm, s.foreign_mm3,
              s.foreign_is, s.radius_bias_mm, s.radius_sd_mm, s.worst_branch_mm, 100.0 * s.thin_part,
              s.found ? (s.first ? "first" : "found") : "MISS ", s.false_candidates, 100.0 * s.volume_error,
              s.height_error_mm, s.width_error_mm, s.neck_error_mm, s.seconds, s.doubt ? " doubt said" : "");
    }
  fflush (stdout);
}

static void
run_case (int number)
{
  Draw d = sweep_draw (number);
  g_autoptr (GError) error = NULL;
  g_autoptr (WillisPhantom) phantom = sweep_phantom (&d, number, &error);
  PhantomSacTruth *sac;
  SweepTruth truth;

  if (phantom == NULL)
    {
      fprintf (stderr, "case %d: %s\n", number, error->message);
      return;
    }
  sac = phantom_sac_truth (phantom, phantom->sacs->pdata[0]);
  truth = (SweepTruth){ { sac->dome[0], sac->dome[1], sac->dome[2] },
                        sac->volume_mm3,
                        sac->height_mm,
                        sac->width_mm,
                        sac->size_mm,
                        sac->neck_diameter_mm,
                        NULL };
  if (!sac->parted)
    printf ("%3d %-15s another artery runs through the sac: not a case\n", number, d.site->name);
  else
    score_case (number, d.site->name, &d, phantom, &truth);
  phantom_sac_truth_free (sac);
}

/* Scans of patients' arteries: the limits of the drawn ones and a third more. */
static int
run_patients (int first, int count)
{
  g_auto (GStrv) names = sweep_patient_names ("models");

  for (int l = 0; l < N_LIMITS; l++)
    if (l < MISSED || l > FALSE_CANDIDATES)
      limits[l].limit *= 4.0 / 3.0;
  for (int n = first; n < first + count && n < (int) g_strv_length (names); n++)
    {
      g_autoptr (GError) error = NULL;
      SweepTruth truth = { 0 };
      Draw d;
      g_autoptr (WillisPhantom) phantom = sweep_patient (names[n], n, &d, &truth, &error);

      if (phantom == NULL)
        fprintf (stderr, "%s: %s\n", names[n], error->message);
      else
        score_case (n, names[n], &d, phantom, &truth);
      sweep_truth_clear (&truth);
    }
  return names[0] != NULL ? 0 : 77;
}

int
main (int argc, char **argv)
{
  gboolean patients = argc > 1 && g_strcmp0 (argv[1], "patients") == 0;
  int first, count, status = 0;

  if (willis_reader_main (argc, argv, &status))
    return status;
  argv += patients;
  argc -= patients;
  first = argc > 1 ? (int) g_ascii_strtoll (argv[1], NULL, 10) : 0;
  count = argc > 2 ? (int) g_ascii_strtoll (argv[2], NULL, 10) : 24;
  printf ("size: of the true sac; psf: Gaussian, t averaging slices, s sharp kernel; HU: noise, contrast; "
          "foreign: largest piece\n"
          "of the label outside all arteries, mm3; radius: bias, spread, worst branch; thin: part of 1 mm "
          "arteries followed\n"
          "  # site            size mm x mm z psf   HU  HU gap | Dice  mean  p95  bias  foreign      | "
          "radius             thin "
          "| cand. F | volume height width  neck  | s\n");
  if (patients)
    status = run_patients (first, count);
  for (int i = first; !patients && i < first + count; i++)
    run_case (i);
  printf ("\n%-38s %6s %7s %7s %7s\n", "", "limit", "within", "mean", "worst");
  for (int l = 0; l < N_LIMITS; l++)
    if (limits[l].n > 0)
      printf ("%-38s %6.2f %3d/%-3d %7.3f %7.3f\n", limits[l].what, limits[l].limit, limits[l].within, limits[l].n,
              limits[l].sum / limits[l].n, limits[l].worst);
  printf ("doubt said of %d of %d sacs within the limits, of %d of %d outside\n", doubts[0], sacs[0], doubts[1],
          sacs[1]);
  return status;
}
