/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include <glib/gstdio.h>

#include "core/base/error.h"
#include "core/base/parallel.h"
#include "solver/shaping/calibration.h"
#include "core/mesh/check.h"
#include "solver/shaping/design.h"
#include "solver/shaping/jig.h"
#include "solver/shaping/site-private.h"

static const double neck[3] = { 0, 0, 1.75 }, up[3] = { 0, 0, 1 };

static WillisCatheter
catheter (void)
{
  g_autoptr (WillisCatalogue) catalogue = willis_catalogue_load (FALSE, NULL);
  WillisCatheter c;

  g_assert_true (willis_catheter_init (&c, willis_catalogue_find (catalogue, "echelon-10"), NULL));
  return c;
}

/* A straight artery of 1.8 mm with a ball of 2.6 mm on it. */
static WillisLumen *
artery_with_sac (void)
{
  const int dims[3] = { 141, 31, 54 };
  const double spacing[3] = { 0.3, 0.3, 0.3 }, origin[3] = { -34, -4.5, -4.5 };
  WillisGrid grid = willis_grid_new (dims, spacing, origin);
  g_autoptr (WillisVolume) volume = willis_volume_new (&grid, WILLIS_SCALAR_F32, NULL);
  float *out = willis_volume_voxels_rw (volume);

  for (int k = 0; k < dims[2]; k++)
    for (int j = 0; j < dims[1]; j++)
      for (int i = 0; i < dims[0]; i++)
        {
          double x[3] = { origin[0] + 0.3 * i, origin[1] + 0.3 * j, origin[2] + 0.3 * k };
          const double middle[3] = { 0, 0, 3.9 };
          double tube = 1.8 - hypot (x[1], x[2]), ball = 2.6 - vec3_dist (x, middle),
                 h = fmax (0.5 - fabs (tube - ball), 0.0);

          *out++ = (float) (fmax (tube, ball) + 0.5 * h * h);
        }
  return willis_lumen_volume (volume, NULL);
}

static WillisShapingSite *
site_new (const double *target, GError **error)
{
  g_autoptr (WillisLumen) lumen = artery_with_sac ();
  WillisShapingSiteParams params = { .target_lps_mm = target };
  double line[40][3], sac[60][3];
  int n = 0;

  for (int i = 0; i < 40; i++)
    vec3_set (line[i], -30.0 + 30.0 * i / 39.0, 0, 0);
  for (int i = 0; i < 60; i++)
    {
      double z = 1.0 - 2.0 * i / 59.0, r = sqrt (fmax (1.0 - z * z, 0.0)),
             x[3] = { 2.6 * r * cos (2.4 * i), 2.6 * r * sin (2.4 * i), 3.9 + 2.6 * z };

      if (x[2] > neck[2])
        vec3_copy (sac[n++], x);
    }
  return willis_shaping_site_from_line (lumen, line[0], 40, neck, up, 1.8, sac[0], (gsize) n, &params, error);
}

/* The line of a bend turns by its angle, over its radius; what a hand cannot bend is mended. */
static void
test_mandrel (void)
{
  WillisMandrel m = { 1, { { 6.0, G_PI_2, 0.3, 2.0 } } };
  gsize n;
  g_autofree double *line = willis_mandrel_line (&m, 1.0, 0.01, &n);
  double a[3], b[3];

  vec3_sub (a, line + 3, line);
  vec3_sub (b, line + 3 * (n - 1), line + 3 * (n - 2));
  g_assert_cmpfloat (fabs (vec3_dot (a, b)) / 1e-4, <, 0.02);
  m.bends[0] = (WillisMandrelBend){ 0.5, -4.0, 0.0, 0.5 };
  m.n_bends = 2;
  m.bends[1] = (WillisMandrelBend){ 1.0, 1.0, 9.0, 3.0 };
  willis_mandrel_mend (&m);
  g_assert_cmpfloat (willis_mandrel_least_radius (&m), >=, WILLIS_MANDREL_RADIUS_MM);
  g_assert_cmpfloat (m.bends[0].angle, <=, WILLIS_MANDREL_MOST_ANGLE + 1e-12);
  g_assert_cmpfloat (m.bends[0].from_tip_mm - 0.5 * m.bends[0].angle * m.bends[0].radius_mm, >=,
                     WILLIS_MANDREL_TIP_MM - 1e-9);
  g_assert_cmpfloat (m.bends[1].from_tip_mm - 0.5 * m.bends[1].angle * m.bends[1].radius_mm, >,
                     m.bends[0].from_tip_mm + 0.5 * m.bends[0].angle * m.bends[0].radius_mm);
}

/* The jig is closed and holds as much as its section along the wire. */
static void
test_jig (void)
{
  const WillisMandrel m = { 2, { { 5.0, 1.5, 0.0, 2.0 }, { 12.0, 1.0, 1.2, 2.5 } } }, none = { 0 };
  g_autoptr (WillisSurface) jig = willis_mandrel_jig (&m, 0.4, NULL);
  GError *error = NULL;
  gsize n;
  g_autofree double *line = willis_mandrel_line (&m, 1.0, 0.25, &n);
  double section = 2.8 * (1.4 + 0.9 - 0.25) - 0.5 * 0.9, volume;

  g_assert_true (willis_surface_check_closed (jig, &error));
  g_assert_no_error (error);
  volume = willis_surface_volume_mm3 (jig);
  g_assert_cmpfloat (fabs (volume / (section * 0.25 * (n - 1)) - 1.0), <, 0.08);
  g_assert_null (willis_mandrel_jig (&none, 0.4, &error));
  g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_BAD_INPUT);
  g_clear_error (&error);
}

/* kappa_free = r kappa_mandrel + (1 - r) kappa_before, less what the wire's passes take. */
static void
test_setting (void)
{
  WillisCatheter c = catheter ();
  WillisHeating steam = WILLIS_HEATING_INIT, half = { WILLIS_HEAT_STEAM, 5.0, 1 }, none = { WILLIS_HEAT_NONE, 0.0, 0 };
  WillisMandrel m = { 1, { { 6.0, G_PI_2, 0.0, 3.0 } } };
  double r = willis_catheter_set_fraction (&c, &steam), keep = willis_catheter_retention (&c, &steam), a[3], b[3];
  gsize n;
  double *line;

  g_assert_cmpfloat (fabs (r - c.set_fraction), <, 1e-12);
  g_assert_cmpfloat (fabs (willis_catheter_set_fraction (&c, &half) / r - (1 - exp (-0.5)) / (1 - exp (-3.0))), <,
                     1e-12);
  g_assert_cmpfloat (willis_catheter_set_fraction (&c, &none), ==, 0.0);
  line = willis_catheter_free_line (&c, WILLIS_TIP_STRAIGHT, 0.0, &m, &steam, r, 0.01, &n);
  vec3_sub (a, line + 3, line);
  vec3_sub (b, line + 3 * (n - 1), line + 3 * (n - 2));
  g_assert_cmpfloat (fabs (acos (vec3_dot (a, b) / (vec3_norm (a) * vec3_norm (b))) - r * keep * G_PI_2), <, 0.01);
  g_free (line);
  /* a bought 45 degree tip over a straight mandrel opens to (1 - r) 45 */
  m.bends[0].angle = 0.0;
  line = willis_catheter_free_line (&c, WILLIS_TIP_45, 0.0, &m, &steam, r, 0.01, &n);
  vec3_sub (a, line + 3, line);
  vec3_sub (b, line + 3 * (n - 1), line + 3 * (n - 2));
  g_assert_cmpfloat (fabs (acos (vec3_dot (a, b) / (vec3_norm (a) * vec3_norm (b))) - (1 - r) * keep * G_PI_4), <,
                     0.01);
  g_free (line);
}

/* Tests move the set fraction towards what they show, by their weight. */
static void
test_calibration (void)
{
  const double r[] = { 0.7, 0.7, 0.7, 0.7 };
  double mean, sd, weight = 4.0 / (0.05 * 0.05), prior = 1.0 / (0.1 * 0.1);
  WillisCatheter c = catheter (), other;
  WillisShapingTest t = { 90.0, 63.0, WILLIS_HEATING_INIT }, wrong = { 90.0, 100.0, WILLIS_HEATING_INIT };
  GError *error = NULL;
  double fraction;

  willis_set_fraction_update (0.5, 0.1, r, 4, &mean, &sd);
  g_assert_cmpfloat (fabs (mean - (0.5 * prior + 0.7 * weight) / (prior + weight)), <, 1e-12);
  g_assert_cmpfloat (sd, <, 0.1);
  g_assert_cmpfloat (sd, >=, WILLIS_TEST_SD);
  willis_set_fraction_update (0.5, 0.1, r, 0, &mean, &sd);
  g_assert_cmpfloat (mean, ==, 0.5);
  g_assert_cmpfloat (sd, ==, 0.1);
  g_assert_false (willis_shaping_test_fraction (&c, &wrong, &fraction, &error));
  g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_BAD_INPUT);
  g_clear_error (&error);
  g_assert_true (willis_shaping_test_fraction (&c, &t, &fraction, NULL));
  g_assert_cmpfloat (fabs (fraction * willis_catheter_retention (&c, &t.heating) - 0.7), <, 1e-9);
  /* kept in the user's folder (one of the test's own) */
  for (int i = 0; i < 3; i++)
    g_assert_true (willis_shaping_test_add (c.id, &t, NULL));
  other = c;
  g_assert_true (willis_catheter_calibrate (&other, &error));
  g_assert_no_error (error);
  g_assert_cmpint (other.calibrations, ==, 3);
  g_assert_cmpfloat (other.set_fraction, >, c.set_fraction);
  g_assert_cmpfloat (other.set_fraction_sd, <, c.set_fraction_sd);
}

/* Without a wall the seated catheter is its free shape. */
static void
test_free (void)
{
  const double from[3] = { -100, 0, 0 }, to[3] = { 100, 0, 0 };
  g_autoptr (WillisLumen) lumen = willis_lumen_cylinder (from, to, 60.0);
  WillisCatheter c = catheter ();
  WillisShape shape = { .shaped = TRUE,
                        .mandrel = { 2, { { 6.0, 1.6, 0.4, 2.5 }, { 14.0, 1.2, 2.0, 3.0 } } },
                        .heating = WILLIS_HEATING_INIT };
  WillisSeatParams params = WILLIS_SEAT_PARAMS_INIT;
  WillisShapingSite site = { .lumen = lumen,
                             .mouth = { { 0, 0, 0 }, { 1, 0, 0, 0 } },
                             .normal = { 0, 0, 1 },
                             .axis = { 0, 0, 1 },
                             .direction = { 1, 0, 0 },
                             .parent_radius_mm = 2.0,
                             .length_mm = 40.0,
                             .n_path = 81 };
  g_autofree double *path = g_new0 (double, 3 * 81), *line = NULL;
  WillisSeat seat;
  double d[3], e[3];
  gsize n;

  for (int i = 0; i < 81; i++)
    path[3 * i] = 0.5 * i;
  site.path = path;
  params.element_mm = 0.25;
  g_assert_true (willis_shaping_seat (&site, &c, &shape, NULL, &params, TRUE, TRUE, &seat, NULL));
  line = willis_catheter_free_line (&c, WILLIS_TIP_STRAIGHT, 0.0, &shape.mandrel, &shape.heating,
                                    willis_catheter_set_fraction (&c, &shape.heating), 0.005, &n);
  /* both start along +x: the free line's straight part is as much shorter as its length says */
  vec3_sub (d, line + 3 * (n - 1), line);
  d[0] += 40.0 - 0.005 * (n - 1);
  vec3_sub (e, seat.tip, d);
  g_assert_cmpfloat (vec3_norm (e), <, 0.03);
  g_assert_cmpint (seat.contacts->len, ==, 0);
  g_assert_cmpint (seat.stages->len, >=, 5);
  willis_seat_clear (&seat);
}

/* A target where it should be; one outside is refused. */
static void
test_target (void)
{
  const double outside[3] = { 0, 3.5, 3.9 }, artery[3] = { -5, 0, 0 };
  GError *error = NULL;
  g_autoptr (WillisShapingSite) site = site_new (NULL, &error);
  const double other[3] = { 0.5, 0.3, 3.0 };
  g_autoptr (WillisShapingSite) moved = NULL;

  g_assert_no_error (error);
  g_assert_cmpfloat (fabs (site->depth_mm - 4.75), <, 0.1);
  g_assert_cmpfloat (site->target_depth_mm, >=, site->depth_mm / 3.0);
  g_assert_cmpfloat (site->target_depth_mm, <=, site->depth_mm / 2.0);
  g_assert_cmpfloat (site->clearance_mm, >=, WILLIS_DOME_CLEARANCE_MM);
  g_assert_null (site_new (outside, &error));
  g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_BAD_INPUT);
  g_clear_error (&error);
  g_assert_null (site_new (artery, &error));
  g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_BAD_INPUT);
  g_clear_error (&error);
  moved = willis_shaping_site_retarget (site, other, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (vec3_dist (moved->target, other), <, 1e-12);
  g_assert_cmpfloat (vec3_dist (moved->path + 3 * (moved->n_path - 1), other), <, 1e-9);
  g_assert_cmpfloat (vec3_dist (moved->mouth.r, site->mouth.r), <, 1.0);
}

/* A proposal reaches the sac by few bends; on elements half as long its tip stays. */
static void
test_design (void)
{
  g_autoptr (WillisShapingSite) site = site_new (NULL, NULL);
  WillisCatheter c = catheter ();
  WillisDesignParams params = WILLIS_DESIGN_PARAMS_INIT;
  WillisDesign design;
  const WillisShapeProposal *p, *best = NULL;
  WillisSeatParams fine = WILLIS_SEAT_PARAMS_INIT;
  WillisSeat again;

  params.n_rank = 4;
  params.n_cloud = 8;
  g_assert_true (willis_shaping_design (site, &c, &params, NULL, &design, NULL));
  g_assert_cmpint (design.proposals->len, ==, 3);
  g_assert_true (design.reachable);
  for (guint i = 0; i < 3; i++)
    {
      p = &g_array_index (design.proposals, WillisShapeProposal, i);
      g_assert_cmpint (p->shape.mandrel.n_bends, <=, WILLIS_MANDREL_BENDS);
      g_assert_cmpfloat (willis_mandrel_least_radius (&p->shape.mandrel), >=, WILLIS_MANDREL_RADIUS_MM);
      if (p->reached && (best == NULL || p->seat.error_mm < best->seat.error_mm))
        best = p;
    }
  g_assert_nonnull (best);
  g_assert_cmpfloat (best->seat.error_mm, <, 0.5);
  g_assert_cmpfloat (best->seat.angle, <, WILLIS_REACHED_ANGLE);
  for (guint i = 0; i < best->seat.contacts->len; i++)
    g_assert_cmpfloat (g_array_index (best->seat.contacts, WillisShapingContact, i).force_un, >, 0.0);
  fine.element_mm *= 0.5;
  fine.step_mm *= 0.5;
  g_assert_true (willis_shaping_seat (site, &c, &best->shape, NULL, &fine, FALSE, FALSE, &again, NULL));
  g_assert_cmpfloat (vec3_dist (again.tip, best->seat.tip), <, 0.1);
  willis_seat_clear (&again);
  willis_design_clear (&design);
}

static void
fill_branch (WillisBranch *b, int from, int to, const double *a, const double *z, double radius)
{
  *b = (WillisBranch){ .node = { from, to }, .n_points = 40 };
  b->points_lps_mm = g_new (double, 3 * b->n_points);
  b->radius_mm = g_new (double, b->n_points);
  for (gsize i = 0; i < b->n_points; i++)
    {
      vec3_lerp (b->points_lps_mm + 3 * i, a, z, i / (b->n_points - 1.0));
      b->radius_mm[i] = radius;
    }
}

/* A large sac has a branch of its own, wider than any artery: the guide does not come from there. */
static void
test_entry (void)
{
  static const double ends[4][3] = { { -30, 0, 0 }, { 0, 0, 0 }, { 20, 0, 0 }, { 0, 0, 8 } };
  WillisTreeNode *nodes = g_new0 (WillisTreeNode, 4);
  WillisBranch *branches = g_new0 (WillisBranch, 3);
  WillisNeck at = { { 0, 0, 1.75 }, { 0, 0, 1 }, { 0, 0, 4 } };
  g_autoptr (WillisTree) tree = NULL;
  g_autoptr (GArray) way = NULL;
  GError *error = NULL;

  for (int i = 0; i < 4; i++)
    {
      vec3_copy (nodes[i].lps_mm, ends[i]);
      nodes[i].degree = i == 1 ? 3 : 1;
    }
  fill_branch (&branches[0], 0, 1, ends[0], ends[1], 1.8);
  fill_branch (&branches[1], 1, 2, ends[1], ends[2], 1.2);
  fill_branch (&branches[2], 1, 3, ends[1], ends[3], 3.0);
  tree = willis_tree_new_take (nodes, 4, branches, 3);
  way = _willis_shaping_tree_way (tree, &at, 8.5, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (g_array_index (way, double, 0), <, -25.0);
}

/* Pushed all the way from the guide, as it is played: it comes to rest near where it does when it was laid along the
 * way. */
static void
test_from_mouth (void)
{
  g_autoptr (WillisShapingSite) site = site_new (NULL, NULL);
  WillisCatheter c = catheter ();
  WillisSeatParams params = WILLIS_SEAT_PARAMS_INIT, pushed = WILLIS_SEAT_PARAMS_INIT;
  WillisShape shape = { .shaped = TRUE, .heating = WILLIS_HEATING_INIT, .feed_mm = 0.0 };
  WillisSeat laid, played;
  GError *error = NULL;

  shape.mandrel = (WillisMandrel){ 1, { { 4.0, 2.4, 0.0, WILLIS_MANDREL_RADIUS_MM } } };
  pushed.from_mouth = TRUE;
  pushed.element_mm = 0.4;
  g_assert_true (willis_shaping_seat (site, &c, &shape, NULL, &params, FALSE, FALSE, &laid, &error));
  g_assert_no_error (error);
  willis_shaping_seat (site, &c, &shape, NULL, &pushed, FALSE, TRUE, &played, &error);
  g_assert_no_error (error);
  g_test_message ("%u stages; the tip %.2f mm from where it rests when laid along the way", played.stages->len,
                  vec3_dist (played.tip, laid.tip));
  g_assert_cmpuint (played.stages->len, >, 10);
  g_assert_cmpfloat (vec3_dist (played.tip, laid.tip), <, 1.0);
  willis_seat_clear (&laid);
  willis_seat_clear (&played);
}

/* Draws depend on their number alone; the cloud's region holds what it says of its own draws. */
static void
test_cloud (void)
{
  g_autoptr (WillisShapingSite) site = site_new (NULL, NULL);
  WillisCatheter c = catheter ();
  WillisShapingSpread spread = WILLIS_SHAPING_SPREAD_INIT;
  WillisSeatParams params = WILLIS_SEAT_PARAMS_INIT;
  WillisShape shape = { .form = WILLIS_TIP_90, .form_roll = 0.0, .heating = { WILLIS_HEAT_NONE, 0, 0 } };
  WillisShapingWorld a, b;
  WillisShapingCloud cloud, other;
  GCancellable *cancel = g_cancellable_new ();
  WillisProgress progress = WILLIS_PROGRESS_INIT;
  GError *error = NULL;
  double mean = 0.0;
  int inside = 0;

  willis_shaping_draw (&c, &spread, 7, 3, 0, &a);
  willis_shaping_draw (&c, &spread, 7, 3, 0, &b);
  g_assert_cmpmem (&a, sizeof a, &b, sizeof b);
  for (int i = 0; i < 2000; i++)
    {
      willis_shaping_draw (&c, &spread, 7, i, 0, &a);
      mean += a.set_fraction / 2000.0;
    }
  g_assert_cmpfloat (fabs (mean - c.set_fraction), <, 0.01);
  /* the draws of a Latin hypercube: each unknown has one in every n-th, so few have its mean and deviation; no two go together */
  for (guint64 seed = 1; seed <= 20; seed++)
    {
      double sum = 0.0, square = 0.0, cross = 0.0;

      for (int i = 0; i < 64; i++)
        {
          willis_shaping_draw (&c, &spread, seed, i, 64, &a);
          sum += a.feed_mm / spread.feed_mm / 64.0;
          square += a.feed_mm * a.feed_mm / (spread.feed_mm * spread.feed_mm) / 64.0;
          cross += a.feed_mm / spread.feed_mm * a.roll / spread.roll / 64.0;
        }
      g_assert_cmpfloat (fabs (sum), <, 0.02); // random ones: 0.125
      g_assert_cmpfloat (fabs (square - 1.0), <, 0.12); // 0.18
      g_assert_cmpfloat (fabs (cross), <, 0.4);
    }
  g_assert_true (willis_shaping_cloud (site, &c, &shape, &spread, 1, 40, &params, NULL, &cloud, NULL));
  for (int i = 0; i < cloud.n - cloud.n_failed; i++)
    inside += vec3_dist (cloud.tips[i], cloud.mean) <= cloud.region_mm;
  g_assert_cmpint (inside, >=, 32);
  g_assert_cmpint (inside, <=, 34);
  willis_parallel_set_threads (1);
  g_assert_true (willis_shaping_cloud (site, &c, &shape, &spread, 1, 40, &params, NULL, &other, NULL));
  willis_parallel_set_threads (0);
  g_assert_cmpmem (cloud.tips, sizeof *cloud.tips * 40, other.tips, sizeof *cloud.tips * 40);
  willis_shaping_cloud_clear (&other);
  willis_shaping_cloud_clear (&cloud);
  progress.cancellable = cancel;
  g_cancellable_cancel (cancel);
  g_assert_false (willis_shaping_cloud (site, &c, &shape, &spread, 1, 40, &params, &progress, &cloud, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_object_unref (cancel);
}

/* A push at the tip bends it; the sac holds it against some. */
static void
test_handling (void)
{
  g_autoptr (WillisShapingSite) site = site_new (NULL, NULL);
  WillisCatheter c = catheter ();
  WillisSeatParams params = WILLIS_SEAT_PARAMS_INIT;
  WillisShape shape = { .form = WILLIS_TIP_90, .heating = { WILLIS_HEAT_NONE, 0, 0 } };
  WillisHandling h;

  g_assert_true (willis_shaping_handle (site, &c, &shape, &params, &h, NULL));
  g_assert_cmpfloat (h.kick_un, >=, 0.0);
  g_assert_cmpfloat (h.kick_un, <=, h.most_un);
  for (int i = 0; i < 2; i++)
    g_assert_true (isfinite (h.fed_mm[i][0]) && isfinite (h.rolled_mm[i][2]));
}

int
main (int argc, char **argv)
{
  g_autofree char *home = g_dir_make_tmp ("willis-shaping-XXXXXX", NULL); // a user who has calibrated nothing yet
  g_autofree char *folder = g_build_filename (home, "willis", NULL);
  g_autofree char *file = g_build_filename (folder, "shaping.ini", NULL);
  int status;

  g_setenv ("XDG_DATA_HOME", home, TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/shaping/mandrel", test_mandrel);
  g_test_add_func ("/shaping/jig", test_jig);
  g_test_add_func ("/shaping/setting", test_setting);
  g_test_add_func ("/shaping/calibration", test_calibration);
  g_test_add_func ("/shaping/free", test_free);
  g_test_add_func ("/shaping/target", test_target);
  g_test_add_func ("/shaping/entry", test_entry);
  g_test_add_func ("/shaping/from-mouth", test_from_mouth);
  g_test_add_func ("/shaping/cloud", test_cloud);
  if (g_test_slow ())
    g_test_add_func ("/shaping/design", test_design);
  g_test_add_func ("/shaping/handling", test_handling);
  status = g_test_run ();
  g_remove (file);
  g_rmdir (folder);
  g_rmdir (home);
  return status;
}
