/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>
#include <math.h>

#include "core/base/parallel.h"
#include "core/num/vec3.h"
#include "solver/stent/laser.h"
#include "solver/stent/straighten.h"

#define N 241

typedef struct
{
  double s[N], d[N], k[N], points[3 * N];
  WillisLumen *lumen;
} Tube;

/* Straight (radius 0) or bent in a circle. */
static void
tube (Tube *t, double diameter, double radius)
{
  static const double from[3] = { 0 }, to[3] = { 0, 0, 1 }, axis[3] = { 0, 1, 0 };
  const double centre[3] = { radius, 0, 0 };

  for (int i = 0; i < N; i++)
    {
      t->s[i] = 0.25 * i;
      t->d[i] = diameter;
      t->k[i] = radius > 0.0 ? 1.0 / radius : 0.0;
      if (radius > 0.0)
        vec3_set (t->points + 3 * i, radius - radius * cos (t->s[i] / radius), 0.0, radius * sin (t->s[i] / radius));
      else
        vec3_set (t->points + 3 * i, 0.0, 0.0, t->s[i]);
    }
  t->lumen = radius > 0.0 ? willis_lumen_torus (centre, axis, radius, 0.5 * diameter) : willis_lumen_cylinder (from, to, 0.5 * diameter);
}

static WillisDevice
device (char *cells)
{
  WillisDevice d = { 0 };

  d.name = (char *) "test stent";
  d.type = WILLIS_DEVICE_LASER_STENT;
  d.cells = cells;
  d.crowns = 8;
  d.connectors = 4;
  d.row_length_mm = 1.9;
  d.free_diameter_mm = 4.5;
  d.label_diameter_mm = 4.0;
  d.length_mm = 21.0;
  d.foreshortening = 0.02;
  d.strut_width_mm = 0.06;
  d.young_gpa = 60.0;
  return d;
}

static WillisLaserCut
settled (char *cells, double diameter, double radius)
{
  WillisDevice d = device (cells);
  g_autoptr (GError) error = NULL;
  WillisLaserCut out;
  Tube t;

  tube (&t, diameter, radius);
  {
    const WillisLumenLine line = { N, t.s, t.d, t.k, NULL };
    const WillisWirePath path = { N, t.s, t.points };
    gboolean ok = willis_laser_cut_settle (&d, &line, &path, t.lumen, 3.0, 1, NULL, &out, &error);

    g_assert_no_error (error);
    g_assert_true (ok);
  }
  willis_lumen_unref (t.lumen);
  return out;
}

/* In a wide tube nothing presses and the stent is what it was cut as; in a narrow one it is as wide as the tube and presses, the more the
 * narrower. */
static void
test_tube (void)
{
  static char *const kinds[] = { (char *) "closed", (char *) "hybrid" };

  for (int k = 0; k < 2; k++)
    {
      WillisLaserCut wide = settled (kinds[k], 4.6, 0.0), fit = settled (kinds[k], 3.8, 0.0), tight = settled (kinds[k], 3.0, 0.0);
      WillisDevice d = device (kinds[k]);
      double sd, free_length = willis_laser_length (&d, 5.0, NULL), law = willis_laser_length (&d, fit.diameter_mm, &sd);
      /* rows by the same struts as the free stent has, bridges as long as they are */
      double half = G_PI / 16.0, bridges = k == 0 ? 0.0 : 9 * 0.3;
      double row = (free_length - bridges) / (k == 0 ? 11 : 10), strut = hypot (row, half * 4.5);
      double by_struts = (k == 0 ? 11 : 10) * sqrt (strut * strut - half * half * fit.diameter_mm * fit.diameter_mm) + bridges;

      g_test_message ("%s: %.2f mm by its rods, %.2f mm by straight struts, label %.2f +- %.2f mm", kinds[k], fit.length_mm, by_struts,
                      law, sd);
      g_assert_cmpfloat (fabs (fit.length_mm - by_struts), <, 0.01 * by_struts); // crowns that do not turn bend the struts a little
      g_assert_cmpfloat (fabs (fit.length_mm - law), <, 1.645 * sd);
      g_assert_cmpfloat (fabs (wide.diameter_mm - 4.5), <, 1e-3);
      g_assert_cmpfloat (fabs (wide.length_mm - free_length), <, 0.01);
      g_assert_cmpfloat (wide.radial_force_n_mm, <, 1e-6);
      g_assert_cmpfloat (fabs (fit.diameter_mm - 3.74), <, 0.01);
      g_assert_cmpfloat (fabs (tight.diameter_mm - 2.94), <, 0.01);
      g_assert_cmpfloat (fit.radial_force_n_mm, >, 0.0);
      g_assert_cmpfloat (tight.radial_force_n_mm, >, fit.radial_force_n_mm);
      g_assert_cmpfloat (tight.gap_max_mm, <, 0.01);
      g_assert_cmpfloat (tight.opening_outer_mm, <, wide.opening_outer_mm);
      willis_laser_cut_clear (&wide);
      willis_laser_cut_clear (&fit);
      willis_laser_cut_clear (&tight);
    }
}

/* In a bend. */
static void
test_bend (void)
{
  WillisLaserCut straight = settled ((char *) "hybrid", 3.5, 0.0), open = settled ((char *) "hybrid", 3.5, 8.0);
  WillisLaserCut closed = settled ((char *) "closed", 3.5, 8.0);

  /* closed cells cannot open at the outer side: the tube leaves the wall; open ones follow it better */
  g_assert_cmpfloat (closed.gap_max_mm, >, open.gap_max_mm);
  g_assert_cmpfloat (open.opening_outer_mm, >, open.opening_inner_mm);
  g_assert_cmpfloat (straight.gap_max_mm, <, 0.01);
  g_assert_cmpfloat (open.apposed_03, >, 0.8);
  willis_laser_cut_clear (&straight);
  willis_laser_cut_clear (&open);
  willis_laser_cut_clear (&closed);
}

static void
test_refused (void)
{
  WillisDevice d = device ((char *) "closed");
  WillisLaserCut out;
  Tube t;

  tube (&t, 3.5, 0.0);
  {
    const WillisLumenLine line = { N, t.s, t.d, t.k, NULL };
    const WillisWirePath path = { N, t.s, t.points };

    d.crowns = NAN;
    g_assert_false (willis_laser_cut_settle (&d, &line, &path, t.lumen, 3.0, 1, NULL, &out, NULL));
    d.crowns = 8;
    d.type = WILLIS_DEVICE_COIL;
    g_assert_false (willis_laser_cut_settle (&d, &line, &path, t.lumen, 3.0, 1, NULL, &out, NULL));
  }
  willis_lumen_unref (t.lumen);
}

/* ---- straightening */

static void
artery_of (WillisStentArtery *a, Tube *t, double *tangents)
{
  *a = (WillisStentArtery){ .n = N, .step_mm = 0.25, .s_mm = t->s, .points_lps_mm = t->points, .tangents = tangents,
                            .curvature_1_mm = t->k, .diameter_mm = t->d };
}

/* Half of a siphon of 7.1 mm radius: a third less curved it has the radius that was measured after release, 10.7 mm; a stiffer
 * device takes more, none leaves all as it was. */
static void
test_straighten (void)
{
  double tangents[3 * N] = { 0 }, moved = 0.0;
  g_autoptr (GError) error = NULL;
  WillisStentArtery a;
  WillisStraightened out;
  Tube t;

  tube (&t, 3.5, 7.1);
  willis_lumen_unref (t.lumen);
  artery_of (&a, &t, tangents);
  g_assert_true (willis_stent_straighten (&a, 40.0, 20.0, 1.0 / 3.0, 0.0, &out, &error));
  g_assert_cmpfloat (fabs (1.0 / out.mean_curvature_before - 7.1), <, 0.02);
  g_assert_cmpfloat (fabs (1.0 / out.mean_curvature_after - 10.65), <, 0.03);
  g_assert_cmpfloat (out.moved_mm, >, 0.2);
  g_assert_cmpfloat (fabs (out.shorter_mm), <, 0.2);
  g_assert_cmpfloat (vec3_dist (out.points_lps_mm, t.points), <, out.moved_mm); // an artery that keeps its length is pushed along
  g_assert_cmpfloat (out.from_mm, >, out.to_mm);
  moved = out.moved_mm;
  willis_straightened_clear (&out);
  g_assert_true (willis_stent_straighten (&a, 40.0, 20.0, 0.1, 0.0, &out, &error));
  g_assert_cmpfloat (out.moved_mm, <, moved);
  willis_straightened_clear (&out);
  g_assert_true (willis_stent_straighten (&a, 40.0, 20.0, 0.0, 0.0, &out, &error));
  g_assert_cmpfloat (out.moved_mm, <, 1e-6);
  g_assert_cmpfloat (fabs (out.from_mm - 40.0), <, 0.02);
  willis_straightened_clear (&out);
  g_assert_false (willis_stent_straighten (&a, 40.0, 39.0, 0.3, 0.0, &out, NULL));
  g_assert_false (willis_stent_straighten (&a, 40.0, 20.0, 1.5, 0.0, &out, NULL));
  willis_straightened_clear (&out);
}

/* A braid in a straight artery that is asked to straighten changes nothing; in a bent one it becomes longer, as the law of bends says. */
static void
test_length (void)
{
  double tangents[3 * N] = { 0 }, lengths[2];
  WillisStentArtery a;
  WillisBraid braid;
  Tube t;

  g_assert_true (willis_braid_from_free (&braid, 48, 0.03, 4.25, 10, 74 * G_PI / 180, 200, 0.3, NULL));
  tube (&t, 3.5, 7.1);
  willis_lumen_unref (t.lumen);
  artery_of (&a, &t, tangents);
  for (int k = 0; k < 2; k++)
    {
      WillisStraightened out;
      WillisDeployment laid;

      g_assert_true (willis_stent_straighten (&a, 42.0, 20.0, k / 3.0, 0.0, &out, NULL));
      g_assert_true (willis_braid_deploy (&braid, &out.line, out.from_mm, -1, 0.0, FALSE, &laid, NULL));
      lengths[k] = laid.length_mm;
      willis_deployment_clear (&laid);
      willis_straightened_clear (&out);
    }
  g_assert_cmpfloat (lengths[1], >, lengths[0] + 0.1);
  g_assert_cmpfloat (lengths[1], <, lengths[0] * 1.05);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cells/tube", test_tube);
  g_test_add_func ("/cells/bend", test_bend);
  g_test_add_func ("/cells/refused", test_refused);
  g_test_add_func ("/straighten/radius", test_straighten);
  g_test_add_func ("/straighten/length", test_length);
  return g_test_run ();
}
