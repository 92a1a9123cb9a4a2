/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How well registration alone does on pairs of scans of known motion: no segmentation, so it is quick.
 * usage: registration [first [count [max_turn_deg max_shift_mm]]]
 */
#include <stdio.h>
#include <stdlib.h>

#include "core/followup/register.h"
#include "tests/sweep/pairs.h"

int
main (int argc, char **argv)
{
  int first = argc > 1 ? (int) g_ascii_strtoll (argv[1], NULL, 10) : 0;
  int count = argc > 2 ? (int) g_ascii_strtoll (argv[2], NULL, 10) : 10;
  double turn = argc > 3 ? g_ascii_strtod (argv[3], NULL) : 30.0, shift = argc > 4 ? g_ascii_strtod (argv[4], NULL) : 40.0;
  double sum = 0.0, worst = 0.0;
  int done = 0;

  printf ("%4s %-16s %5s %6s %6s | %7s %7s %7s %7s %7s %6s\n", "case", "site", "turn", "shift", "voxels", "TRE mm",
          "sd mm", "corr", "overlap", "scale%", "s");
  for (int number = first; number < first + count; number++)
    {
      Pair p = pair_draw (number, turn, shift, 0.0);
      g_autoptr (GError) error = NULL;
      g_autoptr (WillisPhantom) a = pair_phantom (&p, 0, &error);
      g_autoptr (WillisPhantom) b = a != NULL ? pair_phantom (&p, 1, &error) : NULL;
      g_autoptr (WillisVolume) va = b != NULL ? willis_phantom_scan (a, NULL, &error) : NULL;
      g_autoptr (WillisVolume) vb = va != NULL ? willis_phantom_scan (b, NULL, &error) : NULL;
      WillisScanView view_a, view_b;
      WillisRegistration out;
      WillisRigid truth, from;
      double site[3], tre;
      gint64 t0;

      if (vb == NULL)
        {
          printf ("%4d %s\n", number, error->message);
          continue;
        }
      truth = pair_truth (a, b);
      from = pair_motion_of (a);
      willis_rigid_apply (&from, p.site->centre, site);
      view_a = willis_scan_view (va, NULL);
      view_b = willis_scan_view (vb, NULL);
      t0 = g_get_monotonic_time ();
      if (!willis_register (&view_a, &view_b, NULL, NULL, &out, &error))
        {
          printf ("%4d %-16s %5.1f %6.1f | %s\n", number, p.site->name, willis_rigid_angle (&truth) * 180 / G_PI,
                  vec3_norm (p.scan[1].shift_mm), error->message);
          continue;
        }
      tre = willis_rigid_gap (&out.motion, &truth, site);
      printf ("%4d %-16s %5.1f %6.1f %.2f/%.2f | %7.3f %7.3f %7.3f %7.2f %7.2f %6.2f\n", number, p.site->name,
              willis_rigid_angle (&truth) * 180 / G_PI, vec3_dist (site, truth.t), p.scan[0].spacing[0],
              p.scan[1].spacing[0], tre, willis_registration_sd_at (&out, site), out.similarity, out.overlap,
              100.0 * out.scale, (double) (g_get_monotonic_time () - t0) * 1e-6);
      fflush (stdout);
      sum += tre;
      worst = MAX (worst, tre);
      done++;
    }
  printf ("TRE at the aneurysm: mean %.3f mm, worst %.3f mm, %d of %d registered\n", done > 0 ? sum / done : 0.0, worst,
          done, count);
  return 0;
}
