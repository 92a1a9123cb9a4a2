/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How well growth is found on pairs of scans of known truth, each through the whole chain. The earlier scan of a number
 * serves all changes asked for, and the later ones share their picture away from the sac; noise is drawn for each.
 * With WILLIS_SWEEP_INDICES set all indices' changes are printed; with WILLIS_SWEEP_KEEP set to a folder the cases are
 * kept there, to look at. usage: followup FIRST COUNT SPACING CHANGE... SPACING: voxels of both scans in mm, 0: drawn,
 * wide: sacs of 2 to 15 mm on voxels of 0.35 to 0.8 mm, soft-later and soft-both: the later scan or both of a soft
 * kernel with little contrast and much noise; CHANGE: none, bleb=MM (on a sac of 5 mm), scale=FACTOR (the whole sac) or
 * grow=MM (the whole sac, this much larger in radius)
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "core/case/compare.h"
#include "tests/sweep/pairs.h"

#define NEAR_SAC_MM 5.5 // beyond this from a sac nothing of it shows in a scan: blending, gaps in bone, point spread

typedef struct
{
  const char *text;
  double bleb_mm, scale, grow_mm;
  int verdicts[4], n, failed, not_cases, overlaps, volumes, measured, beyond;
  double tre, worst, volume_error, expected;
} Change;

#define NOT_A_CASE g_quark_from_static_string ("willis-not-a-case")

/* A made-up sac that another artery runs through is none that a person could have: there is no truth to compare with.
 */
static gboolean
sac_stands_alone (const WillisPhantom *p, GError **error)
{
  PhantomSacTruth *truth = phantom_sac_truth (p, p->sacs->pdata[0]);
  gboolean alone = !truth->artery_beyond;

  phantom_sac_truth_free (truth);
  if (!alone)
    g_set_error_literal (error, NOT_A_CASE, 0, "another artery runs through the sac: not a case");
  return alone;
}

static WillisCase *
make_case (WillisVolume *scan, const double site[3], int number, const char *what, GError **error)
{
  g_autoptr (WillisCase) c = willis_case_new ();
  const char *keep = g_getenv ("WILLIS_SWEEP_KEEP");
  WillisStudy study = WILLIS_STUDY_INIT;
  gboolean ok;

  willis_case_set_scan (c, scan, &study);
  ok = willis_case_run_segment (c, NULL, NULL, error) && willis_case_run_tree (c, NULL, error)
       && willis_case_run_aneurysm_at (c, site, -1, NULL, error);
  if (keep != NULL)
    {
      g_autofree char *path = g_strdup_printf ("%s/%d-%s.h5", keep, number, what);

      willis_case_save (c, path, NULL, NULL);
    }
  if (!ok)
    return NULL;
  return g_steal_pointer (&c);
}

/* The values of p's scan (to be freed) where those of like are known, which differs from it in the sac alone. */
static float *
clean_like (const WillisPhantom *p, const WillisPhantom *like, const float *known, GError **error)
{
  const int *dims = p->grid.dims;
  float *out = g_malloc_n (willis_grid_n_voxels (&p->grid), sizeof (float)), *part;
  int lo[3] = { 1 << 20, 1 << 20, 1 << 20 }, hi[3] = { -1, -1, -1 };
  WillisPhantom near = *p;
  const WillisPhantom *const both[2] = { p, like };

  memcpy (out, known, willis_grid_n_voxels (&p->grid) * sizeof (float));
  for (int which = 0; which < 2; which++)
    {
      const PhantomSac *sac = both[which]->sacs->pdata[0];
      double reach = MAX (sac->semi[0], sac->semi[1]) + NEAR_SAC_MM, at[3];

      for (guint b = 0; b < sac->blebs->len; b++)
        reach += MAX (g_array_index (sac->blebs, PhantomBleb, b).height, 0.0);
      phantom_to_scan (p, sac->centre, at);
      willis_grid_lps_to_ijk (&p->grid, at, at);
      for (int a = 0; a < 3; a++)
        {
          lo[a] = MIN (lo[a], CLAMP ((int) floor (at[a] - reach / p->grid.spacing_mm[a]), 0, dims[a] - 1));
          hi[a] = MAX (hi[a], CLAMP ((int) ceil (at[a] + reach / p->grid.spacing_mm[a]), 0, dims[a] - 1));
        }
    }
  for (int a = 0; a < 3; a++)
    near.grid.dims[a] = hi[a] - lo[a] + 1;
  willis_grid_ijk_to_lps (&p->grid, (double[3]){ lo[0], lo[1], lo[2] }, near.grid.origin_lps_mm);
  part = phantom_scan_clean (&near, NULL, error);
  for (int k = lo[2]; part != NULL && k <= hi[2]; k++)
    for (int j = lo[1]; j <= hi[1]; j++)
      memcpy (out + ((gsize) k * (gsize) dims[1] + (gsize) j) * (gsize) dims[0] + (gsize) lo[0],
              part
                  + ((gsize) (k - lo[2]) * (gsize) near.grid.dims[1] + (gsize) (j - lo[1])) * (gsize) near.grid.dims[0],
              (gsize) near.grid.dims[0] * sizeof (float));
  if (part == NULL)
    g_clear_pointer (&out, g_free);
  free (part);
  return out;
}

/* The dome of the only sac, where a bleb of direction would stand. */
static void
bleb_place (const WillisPhantom *p, const double direction[3], double out[3])
{
  const PhantomSac *sac = p->sacs->pdata[0];
  double along = vec3_dot (direction, sac->axis) / sac->semi[1];
  double across
      = (1.0 - vec3_dot (direction, sac->axis) * vec3_dot (direction, sac->axis)) / (sac->semi[0] * sac->semi[0]);

  vec3_axpy (out, sac->centre, 1.0 / sqrt (along * along + MAX (across, 0.0)), direction);
}

/* The earlier scan of a number and the picture of the later one, unchanged. */
typedef struct
{
  Pair pair;
  WillisPhantom *phantom[2];
  WillisCase *earlier;
  float *clean;
  double site[3];
} Person;

/* What SPACING asks for. */
typedef struct
{
  double spacing_mm; // as pair_draw takes it
  gboolean soft[2];
} Scanners;

static Scanners
scanners_of (const char *text)
{
  Scanners s = { 0 };

  s.soft[1] = g_str_has_prefix (text, "soft-");
  s.soft[0] = g_str_equal (text, "soft-both");
  if (!s.soft[1])
    s.spacing_mm = g_str_equal (text, "wide") ? -1.0 : g_ascii_strtod (text, NULL);
  return s;
}

static void
soften (PairScan *scan)
{
  vec3_set (scan->spacing, 0.5, 0.5, 0.6);
  scan->noise_hu = 20.0;
  scan->lumen_hu = 280.0;
  scan->psf_mm[0] = 0.9;
  scan->psf_mm[1] = 1.0;
}

static void
person_clear (Person *p)
{
  for (int s = 0; s < 2; s++)
    willis_phantom_free (p->phantom[s]);
  if (p->earlier != NULL)
    willis_case_unref (p->earlier);
  free (p->clean);
}

static gboolean
person_init (Person *p, int number, gboolean blebs, const Scanners *scanners, GError **error)
{
  g_autoptr (WillisVolume) scan = NULL;
  WillisRigid from;

  memset (p, 0, sizeof *p);
  p->pair = pair_draw (number, 30.0, 40.0, scanners->spacing_mm);
  for (int s = 0; s < 2; s++)
    if (scanners->soft[s])
      soften (&p->pair.scan[s]);
  if (blebs)
    {
      WillisRng rng;
      double n;

      willis_rng_init (&rng, 4242, (guint64) number);
      p->pair.height_mm = p->pair.width_mm = 5.0;
      p->pair.neck_mm = 3.0;
      do // on the upper half of the dome
        {
          pair_direction (&rng, p->pair.scan[1].bleb);
          n = vec3_dot (p->pair.scan[1].bleb, p->pair.site->axis) / vec3_norm (p->pair.site->axis);
        }
      while (n < 0.3);
    }
  for (int s = 0; s < 2; s++)
    if ((p->phantom[s] = pair_phantom (&p->pair, s, error)) == NULL)
      return FALSE;
  if (!sac_stands_alone (p->phantom[0], error))
    return FALSE;
  scan = willis_phantom_scan (p->phantom[0], NULL, error);
  if (scan == NULL)
    return FALSE;
  from = pair_motion_of (p->phantom[0]);
  willis_rigid_apply (&from, ((PhantomSac *) p->phantom[0]->sacs->pdata[0])->centre, p->site);
  p->earlier = make_case (scan, p->site, number, "earlier", error);
  return p->earlier != NULL && (p->clean = phantom_scan_clean (p->phantom[1], NULL, error)) != NULL;
}

/* With WILLIS_SWEEP_INDICES set: each index' change, its deviation, and those of both scans alone. */
static void
print_indices (int number, const WillisComparison *c, const WillisCase *earlier, const WillisCase *now)
{
  const WillisMorphology *m[2] = { NULL, NULL };

  if (g_getenv ("WILLIS_SWEEP_INDICES") == NULL || c->aneurysm[0] < 0 || c->aneurysm[1] < 0)
    return;
  m[0] = willis_aneurysm_morphology (willis_case_aneurysm (earlier, (gsize) c->aneurysm[0]));
  m[1] = willis_aneurysm_morphology (willis_case_aneurysm (now, (gsize) c->aneurysm[1]));
  for (int i = 0; i < WILLIS_N_INDICES; i++)
    printf ("index %d %s %g %g %g %g\n", number, willis_index_info ((WillisIndex) i)->name, c->growth->delta[i].value,
            c->growth->delta[i].sd, m[0]->index[i].sd, m[1]->index[i].sd);
}

/* The later scan of the person with one change, compared. later: its phantom, to be freed. */
static WillisComparison *
compare_with (Person *person, int number, int nth, const Change *change, WillisPhantom **later, GError **error)
{
  Pair p = person->pair;
  g_autoptr (WillisVolume) scan = NULL;
  g_autoptr (WillisCase) now = NULL;
  g_autofree float *clean = NULL;
  WillisRigid to;
  double site[3];
  WillisComparison *out;

  p.scan[1].seed = 2 * number + 2 + 100000 * nth;
  p.scan[1].scale = change->scale + 2.0 * change->grow_mm / p.width_mm;
  p.scan[1].bleb_height_mm = change->bleb_mm;
  p.scan[1].bleb_radius_mm = MAX (change->bleb_mm, 1.0);
  *later = pair_phantom (&p, 1, error);
  if (*later == NULL || !sac_stands_alone (*later, error))
    return NULL;
  clean = clean_like (*later, person->phantom[1], person->clean, error);
  scan = clean != NULL ? phantom_scan_noisy (*later, clean, error) : NULL;
  if (scan == NULL)
    return NULL;
  to = pair_motion_of (*later);
  willis_rigid_apply (&to, ((PhantomSac *) (*later)->sacs->pdata[0])->centre, site);
  now = make_case (scan, site, number, change->text, error);
  out = now != NULL ? willis_case_compare (person->earlier, now, 0, NULL, NULL, NULL, error) : NULL;
  if (out != NULL)
    print_indices (number, out, person->earlier, now);
  return out;
}

static void
report (const Person *person, int number, const WillisPhantom *later, const WillisGrowth *g, double seconds,
        Change *change)
{
  const WillisPhantom *a = person->phantom[0];
  WillisRigid truth = pair_truth (a, later), from = pair_motion_of (a);
  double tre = willis_rigid_gap (&g->align.motion, &truth, person->site), near = INFINITY, top = -9.0, percent,
         place[3];
  PhantomSacTruth *ta = phantom_sac_truth (a, a->sacs->pdata[0]),
                  *tb = phantom_sac_truth (later, later->sacs->pdata[0]);
  const WillisGrowthRegion *r = g->regions->len > 0 ? &g_array_index (g->regions, WillisGrowthRegion, 0) : NULL;

  percent = 100.0 * (tb->volume_mm3 / ta->volume_mm3 - 1.0);
  phantom_sac_truth_free (ta);
  phantom_sac_truth_free (tb);
  if (change->bleb_mm > 0.0)
    {
      bleb_place (a, person->pair.scan[1].bleb, place);
      willis_rigid_apply (&from, place, place);
      for (guint i = 0; i < g->regions->len; i++)
        if (g_array_index (g->regions, WillisGrowthRegion, i).max_mm > 0.0)
          near = MIN (near, vec3_dist (place, g_array_index (g->regions, WillisGrowthRegion, i).centre_lps_mm));
    }
  for (gsize i = 0; g->displacement_mm != NULL && i < willis_surface_n_points (g->sac); i++)
    top = MAX (top, g->displacement_mm[i]);
  printf ("%4d %-10s %-14s %4.1f mm %.2f/%.2f %-9s TRE %.3f (bone %.3f, expected %.3f) null %+.3f sd %.3f limit %.2f "
          "mean %+.3f "
          "sd %.3f top %.2f region %.2f mm %.1f mm2 at %.1f volume %+.1f (true %+.1f) sd %.1f share %.2f, %.0f s\n",
          number, change->text, person->pair.site->name, person->pair.height_mm, person->pair.scan[0].spacing[0],
          person->pair.scan[1].spacing[0], willis_verdict_name (g->verdict), tre,
          willis_rigid_gap (&g->align.rigid.motion, &truth, person->site), g->align.tre_mm, g->null_mean_mm,
          g->null_sd_mm, g->limit_mm, g->mean_mm, g->mean_sd_mm, top, r != NULL ? r->max_mm : 0.0,
          r != NULL ? r->area_mm2 : 0.0, near, g->volume_percent, percent, g->volume_percent_sd, g->align.artery_share,
          seconds);
  change->n++;
  change->verdicts[g->verdict]++;
  change->tre += tre;
  change->expected += g->align.tre_mm;
  change->worst = MAX (change->worst, tre);
  change->overlaps += near < 1.5;
  if (isfinite (g->volume_percent))
    {
      change->volume_error = MAX (change->volume_error, fabs (g->volume_percent - percent));
      change->volumes += fabs (g->volume_percent - percent) < 5.0;
      change->beyond += fabs (g->volume_percent - percent) > 2.0 * g->volume_percent_sd;
      change->measured++;
    }
}

static double
cpu_s (void)
{
  struct timespec t;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double) t.tv_sec + 1e-9 * (double) t.tv_nsec;
}

static void
count_failure (int number, const char *what, const Person *person, const GError *error, Change *change)
{
  gboolean no_case = g_error_matches (error, NOT_A_CASE, 0);

  printf ("%4d %-10s %-14s %s%s\n", number, what, person->pair.site->name, no_case ? "" : "failed: ", error->message);
  change->not_cases += no_case;
  change->failed += !no_case;
}

static void
one (int number, const Scanners *scanners, Change *changes, int n)
{
  g_autoptr (GError) error = NULL;
  double start = cpu_s ();
  gboolean blebs = FALSE;
  Person person;

  for (int i = 0; i < n; i++)
    blebs = blebs || changes[i].bleb_mm > 0.0;
  if (!person_init (&person, number, blebs, scanners, &error))
    for (int i = 0; i < n; i++)
      count_failure (number, changes[i].text, &person, error, &changes[i]);
  else
    for (int i = 0; i < n; i++, start = cpu_s ())
      {
        WillisPhantom *later = NULL;
        g_autoptr (WillisComparison) c = compare_with (&person, number, i, &changes[i], &later, &error);

        if (c != NULL)
          report (&person, number, later, c->growth, cpu_s () - start, &changes[i]);
        else
          {
            count_failure (number, changes[i].text, &person, error, &changes[i]);
            g_clear_error (&error);
          }
        willis_phantom_free (later);
        fflush (stdout);
      }
  fflush (stdout);
  person_clear (&person);
}

int
main (int argc, char **argv)
{
  int first = argc > 1 ? (int) g_ascii_strtoll (argv[1], NULL, 10) : 0;
  int count = argc > 2 ? (int) g_ascii_strtoll (argv[2], NULL, 10) : 1, n = MAX (argc - 4, 1);
  Scanners scanners = scanners_of (argc > 3 ? argv[3] : "0");
  g_autofree Change *changes = g_new0 (Change, n);

  for (int i = 0; i < n; i++)
    {
      Change *c = &changes[i];

      c->text = argc > 4 ? argv[4 + i] : "none";
      c->scale = g_str_has_prefix (c->text, "scale=") ? g_ascii_strtod (c->text + 6, NULL) : 1.0;
      c->bleb_mm = g_str_has_prefix (c->text, "bleb=") ? g_ascii_strtod (c->text + 5, NULL) : 0.0;
      c->grow_mm = g_str_has_prefix (c->text, "grow=") ? g_ascii_strtod (c->text + 5, NULL) : 0.0;
      if (c->scale <= 0.0
          || (c->scale == 1.0 && c->bleb_mm <= 0.0 && c->grow_mm <= 0.0 && !g_str_equal (c->text, "none")))
        {
          fprintf (stderr, "%s: none, bleb=MM, scale=FACTOR or grow=MM\n", c->text);
          return 2;
        }
    }
  for (int number = first; number < first + count; number++)
    one (number, &scanners, changes, n);
  for (int i = 0; i < n; i++)
    {
      const Change *c = &changes[i];

      printf ("%s: %d pairs: grown %d, stable %d, shrunk %d, uncertain %d, failed %d, not a case %d; region at the "
              "true place %d; TRE "
              "mean "
              "%.3f worst %.3f (expected %.3f); volume change measured %d, within 5 points %d, worst %.1f, beyond two "
              "deviations %d\n",
              c->text, c->n, c->verdicts[WILLIS_VERDICT_GROWN], c->verdicts[WILLIS_VERDICT_STABLE],
              c->verdicts[WILLIS_VERDICT_SHRUNK], c->verdicts[WILLIS_VERDICT_UNCERTAIN], c->failed, c->not_cases,
              c->overlaps, c->n > 0 ? c->tre / c->n : 0.0, c->worst, c->n > 0 ? c->expected / c->n : 0.0, c->measured,
              c->volumes, c->volume_error, c->beyond);
    }
  return 0;
}
