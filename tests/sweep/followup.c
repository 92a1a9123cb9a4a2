/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How well growth is found on pairs of scans of known truth, each through the whole chain.
 * usage: followup [first [count [change [amount]]]]   change: 0 none, 1 a bleb of amount mm, 2 the sac amount times as large
 */
#include <stdio.h>
#include <stdlib.h>

#include "core/case/compare.h"
#include "tests/sweep/pairs.h"

static WillisCase *
make_case (const WillisPhantom *phantom, const double site[3], GError **error)
{
  g_autoptr (WillisCase) c = willis_case_new ();
  g_autoptr (WillisVolume) scan = willis_phantom_scan (phantom, NULL, error);
  WillisStudy study = WILLIS_STUDY_INIT;

  if (scan == NULL)
    return NULL;
  willis_case_set_scan (c, scan, &study);
  if (!willis_case_run_segment (c, NULL, NULL, error) || !willis_case_run_tree (c, NULL, error)
      || !willis_case_run_aneurysm_at (c, site, -1, NULL, error))
    return NULL;
  return g_steal_pointer (&c);
}

/* The dome of the only sac, where a bleb of direction would stand. */
static void
bleb_place (const WillisPhantom *p, const double direction[3], double out[3])
{
  const PhantomSac *sac = p->sacs->pdata[0];
  double along = vec3_dot (direction, sac->axis) / sac->semi[1];
  double across = (1.0 - vec3_dot (direction, sac->axis) * vec3_dot (direction, sac->axis)) / (sac->semi[0] * sac->semi[0]);

  vec3_axpy (out, sac->centre, 1.0 / sqrt (along * along + MAX (across, 0.0)), direction);
}

typedef struct
{
  int verdicts[4], n, found, overlaps, volumes;
  double tre, worst, volume_error, expected;
} Sum;

static void
one (int number, int change, double amount, double spacing, Sum *sum)
{
  Pair p = pair_draw (number, 30.0, 40.0, spacing);
  g_autoptr (GError) error = NULL;
  g_autoptr (WillisPhantom) a = NULL;
  g_autoptr (WillisPhantom) b = NULL;
  g_autoptr (WillisCase) ca = NULL;
  g_autoptr (WillisCase) cb = NULL;
  WillisComparison c = { 0 };
  WillisRng rng;
  WillisRigid truth, from, to;
  double site[2][3], place[3] = { 0 }, tre, near = INFINITY, true_percent = 0.0;
  gint64 t0 = g_get_monotonic_time ();
  PhantomSacTruth *ta, *tb;

  willis_rng_init (&rng, 4242, (guint64) number);
  p.height_mm = change == 1 ? 5.0 : p.height_mm;
  p.width_mm = change == 1 ? 5.0 : p.width_mm;
  p.neck_mm = change == 1 ? 3.0 : p.neck_mm;
  if (change == 1)
    {
      double n = 0.0;

      // on the upper half of the dome
      do
        {
          pair_direction (&rng, p.scan[1].bleb);
          n = vec3_dot (p.scan[1].bleb, p.site->axis) / vec3_norm (p.site->axis);
        }
      while (n < 0.3);
      p.scan[1].bleb_height_mm = amount;
      p.scan[1].bleb_radius_mm = MAX (amount, 1.0);
    }
  if (change == 2)
    p.scan[1].scale = amount;
  a = pair_phantom (&p, 0, &error);
  b = a != NULL ? pair_phantom (&p, 1, &error) : NULL;
  if (b == NULL)
    goto failed;
  truth = pair_truth (a, b);
  from = pair_motion_of (a);
  to = pair_motion_of (b);
  willis_rigid_apply (&from, ((PhantomSac *) a->sacs->pdata[0])->centre, site[0]);
  willis_rigid_apply (&to, ((PhantomSac *) b->sacs->pdata[0])->centre, site[1]);
  ca = make_case (a, site[0], &error);
  cb = ca != NULL ? make_case (b, site[1], &error) : NULL;
  if (cb == NULL || !willis_case_compare (ca, cb, 0, NULL, NULL, &c, &error))
    goto failed;
  tre = willis_rigid_gap (&c.growth->align.motion, &truth, site[0]);
  ta = phantom_sac_truth (a, a->sacs->pdata[0]);
  tb = phantom_sac_truth (b, b->sacs->pdata[0]);
  true_percent = 100.0 * (tb->volume_mm3 / ta->volume_mm3 - 1.0);
  phantom_sac_truth_free (ta);
  phantom_sac_truth_free (tb);
  if (change == 1)
    {
      bleb_place (a, p.scan[1].bleb, place);
      willis_rigid_apply (&from, place, place);
      for (guint i = 0; i < c.growth->regions->len; i++)
        if (g_array_index (c.growth->regions, WillisGrowthRegion, i).max_mm > 0.0)
          near = MIN (near, vec3_dist (place, g_array_index (c.growth->regions, WillisGrowthRegion, i).centre_lps_mm));
    }
  {
    const WillisGrowthRegion *r = c.growth->regions->len > 0 ? &g_array_index (c.growth->regions, WillisGrowthRegion, 0)
                                                              : NULL;
    double top = -9.0;

    for (gsize i = 0; i < willis_surface_n_points (c.growth->sac); i++)
      top = c.growth->displacement_mm != NULL ? MAX (top, c.growth->displacement_mm[i]) : top;
    printf ("%4d %-14s %.2f/%.2f %-9s TRE %.3f (bone %.3f, expected %.3f) null %+.3f sd %.3f limit %.2f mean %+.3f sd %.3f "
            "top %.2f region %.2f mm %.1f mm2 at %.1f volume %+.1f (true %+.1f) sd %.1f share %.2f, %.0f s\n",
            number, p.site->name, p.scan[0].spacing[0], p.scan[1].spacing[0], willis_verdict_name (c.growth->verdict), tre,
            willis_rigid_gap (&c.growth->align.rigid.motion, &truth, site[0]), c.growth->align.tre_mm,
            c.growth->null_mean_mm, c.growth->null_sd_mm, c.growth->limit_mm, c.growth->mean_mm, c.growth->mean_sd_mm, top,
            r != NULL ? r->max_mm : 0.0, r != NULL ? r->area_mm2 : 0.0, near, c.growth->volume_percent, true_percent,
            c.growth->volume_percent_sd, c.growth->align.artery_share,
            (double) (g_get_monotonic_time () - t0) * 1e-6);
  }
  sum->n++;
  sum->verdicts[c.growth->verdict]++;
  sum->tre += tre;
  sum->expected += c.growth->align.tre_mm;
  sum->worst = MAX (sum->worst, tre);
  sum->found += c.growth->verdict == WILLIS_VERDICT_GROWN;
  sum->overlaps += near < 1.5;
  if (isfinite (c.growth->volume_percent))
    {
      sum->volume_error = MAX (sum->volume_error, fabs (c.growth->volume_percent - true_percent));
      sum->volumes += fabs (c.growth->volume_percent - true_percent) < 5.0;
    }
  willis_comparison_clear (&c);
  fflush (stdout);
  return;
failed:
  printf ("%4d %-14s failed: %s\n", number, p.site->name, error->message);
  fflush (stdout);
}

int
main (int argc, char **argv)
{
  int first = argc > 1 ? (int) g_ascii_strtoll (argv[1], NULL, 10) : 0;
  int count = argc > 2 ? (int) g_ascii_strtoll (argv[2], NULL, 10) : 5;
  int change = argc > 3 ? (int) g_ascii_strtoll (argv[3], NULL, 10) : 0;
  double amount = argc > 4 ? g_ascii_strtod (argv[4], NULL) : 1.0;
  double spacing = argc > 5 ? g_ascii_strtod (argv[5], NULL) : 0.0;
  Sum sum = { { 0 } };

  for (int number = first; number < first + count; number++)
    one (number, change, amount, spacing, &sum);
  printf ("%d pairs: grown %d, stable %d, shrunk %d, uncertain %d; region at the true place %d; TRE mean %.3f worst %.3f "
          "(expected %.3f); volume change within 5 points %d, worst %.1f\n",
          sum.n, sum.verdicts[WILLIS_VERDICT_GROWN], sum.verdicts[WILLIS_VERDICT_STABLE],
          sum.verdicts[WILLIS_VERDICT_SHRUNK], sum.verdicts[WILLIS_VERDICT_UNCERTAIN], sum.overlaps,
          sum.n > 0 ? sum.tre / sum.n : 0.0, sum.worst, sum.n > 0 ? sum.expected / sum.n : 0.0, sum.volumes,
          sum.volume_error);
  return 0;
}
