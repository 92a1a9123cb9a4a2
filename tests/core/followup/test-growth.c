/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/error.h"
#include "core/base/parallel.h"
#include "core/followup/growth-map.h"
#include "core/followup/growth.h"
#include "core/followup/repeat.h"
#include "core/mesh/isosurface.h"
#include "tests/core/followup/head.h"

#define SAC_MM 2.8

/* The sac on a made-up head: where it stands, and a bleb on it. */
typedef struct
{
  Head head;
  double foot[3], out[3], centre[3]; // on the artery's axis; away from it; of the ball
  double radius, bleb[3], bleb_mm;   // of the artery; bleb_mm 0: none
  gboolean no_sac;
} Patient;

static void
patient_make (Patient *p, guint64 seed)
{
  memset (p, 0, sizeof *p);
  head_make (&p->head, seed);
  for (int t = 0; t < HEAD_TUBES; t++)
    for (int turn = 0; turn < 12; turn++)
      {
        double along[3], u[3], v[3], d;
        Head others = p->head;

        p->radius = p->head.tube[t][6];
        vec3_sub (along, p->head.tube[t] + 3, p->head.tube[t]);
        if (vec3_normalize (along) < 18.0)
          continue;
        vec3_lerp (p->foot, p->head.tube[t], p->head.tube[t] + 3, 0.5);
        vec3_basis (along, u, v);
        vec3_scale (p->out, u, cos (turn * G_PI / 6.0));
        vec3_axpy (p->out, p->out, sin (turn * G_PI / 6.0), v);
        vec3_axpy (p->centre, p->foot, p->radius + 0.75 * SAC_MM, p->out);
        // the sac must stand free of all other arteries
        for (int a = 0; a < 6; a++)
          others.tube[t][a] = 1e3 + a;
        d = head_artery_mm (&others, p->centre);
        if (d > SAC_MM + 2.5 && vec3_norm (p->centre) < 22.0)
          return;
      }
  g_assert_not_reached ();
}

static double
patient_mm (const Patient *p, const double x[3])
{
  double d = head_artery_mm (&p->head, x);

  if (!p->no_sac)
    d = MIN (d, vec3_dist (x, p->centre) - SAC_MM);
  if (p->bleb_mm > 0.0)
    {
      double c[3];

      vec3_axpy (c, p->centre, SAC_MM + p->bleb_mm - 1.0, p->bleb);
      d = MIN (d, vec3_dist (x, c) - 1.0);
    }
  return d;
}

/* The deviation of a change of shape or angle is no less than the two scans' own; those of size cancel. */
static void
check_own_deviations (WillisGrowth *g, WillisAneurysm *aneurysm)
{
  static const WillisIndex shape[]
      = { WILLIS_INDEX_UNDULATION, WILLIS_INDEX_WRITHE, WILLIS_INDEX_NECK_MAX, WILLIS_INDEX_BULGE_HEIGHT };
  WillisMorphology m = *willis_aneurysm_morphology (aneurysm);
  const WillisNeckDoubt doubt = *willis_aneurysm_neck_doubt (aneurysm);
  g_autoptr (WillisAneurysm) sure = NULL;
  const WillisAneurysm *own[2];
  double volume_sd = g->delta[WILLIS_INDEX_VOLUME].sd;
  gsize n;
  const double *curve = willis_aneurysm_neck_curve (aneurysm, &n);

  for (int i = 0; i < WILLIS_N_INDICES; i++)
    m.index[i].sd = 0.3;
  sure = willis_aneurysm_new (willis_aneurysm_neck (aneurysm), curve, n, willis_aneurysm_sac (aneurysm),
                              willis_aneurysm_ostium (aneurysm), -1, &m, &doubt);
  own[0] = own[1] = sure;
  g_assert_true (isfinite (volume_sd));
  willis_growth_widen (g, own, 10.0);
  for (gsize k = 0; k < G_N_ELEMENTS (shape); k++)
    g_assert_cmpfloat (g->delta[shape[k]].sd, >=, 0.3 * G_SQRT2 - 1e-9);
  g_assert_cmpfloat (g->delta[WILLIS_INDEX_ANEURYSM_ANGLE].sd, >=, 10.0);
  g_assert_true (g->delta[WILLIS_INDEX_VOLUME].sd == volume_sd);
}

/* One scan with its lumen and aneurysm. */
typedef struct
{
  WillisVolume *volume;
  WillisSegmentation *segmentation;
  WillisSurface *lumen;
  WillisAneurysm *aneurysm;
  WillisFollowupScan scan;
} Visit;

static void
visit_make (Visit *v, const Patient *p, const HeadScanner *s)
{
  WillisVolume *labels = NULL;
  g_autoptr (WillisVolume) field = NULL;
  g_autoptr (GError) error = NULL;
  float *f;
  WillisRigid back = willis_rigid_invert (&s->motion);
  WillisNeck neck;
  WillisRng rng;
  const WillisGrid *g;

  v->volume = head_scan (&p->head, s, &labels);
  g = willis_volume_grid (v->volume);
  v->segmentation = willis_segmentation_new (labels, WILLIS_MODALITY_CTA, 200, 40, 340, 1);
  willis_volume_unref (labels);
  field = willis_volume_new (g, WILLIS_SCALAR_F32, NULL);
  f = willis_volume_voxels_rw (field);
  willis_rng_init (&rng, s->seed, 777);
  for (int k = 0; k < g->dims[2]; k++)
    for (int j = 0; j < g->dims[1]; j++)
      for (int i = 0; i < g->dims[0]; i++)
        {
          double x[3] = { i, j, k };

          willis_grid_ijk_to_lps (g, x, x);
          willis_rigid_apply (&back, x, x);
          f[((gsize) k * (gsize) g->dims[1] + (gsize) j) * (gsize) g->dims[0] + (gsize) i]
              = (float) (-patient_mm (p, x) + 0.04 * willis_rng_normal (&rng));
        }
  v->lumen = willis_isosurface (field, 0.0, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  v->aneurysm = NULL;
  if (!p->no_sac)
    {
      vec3_axpy (neck.centre_lps_mm, p->foot, p->radius + 0.25, p->out);
      vec3_copy (neck.dome_lps_mm, p->centre);
      willis_rigid_apply (&s->motion, neck.centre_lps_mm, neck.centre_lps_mm);
      willis_rigid_apply (&s->motion, neck.dome_lps_mm, neck.dome_lps_mm);
      mat3_apply (neck.normal, s->motion.r, p->out);
      v->aneurysm = willis_aneurysm_isolate (v->lumen, NULL, &neck, -1.0, NULL, &error);
      g_assert_no_error (error);
    }
  v->scan = (WillisFollowupScan){ v->volume, v->segmentation, v->lumen, NULL, v->aneurysm };
}

static void
visit_clear (Visit *v)
{
  willis_volume_unref (v->volume);
  willis_segmentation_unref (v->segmentation);
  willis_surface_unref (v->lumen);
  willis_aneurysm_unref (v->aneurysm);
}

static HeadScanner
scanner (double spacing_mm, guint64 seed, double turn, double shift)
{
  HeadScanner s
      = { (int) (66.0 / spacing_mm), spacing_mm, 20.0, seed, FALSE, { shift, -shift, 0.5 * shift }, WILLIS_RIGID_INIT };
  const double w[3] = { turn, -0.5 * turn, 0.3 * turn }, zero[3] = { 0 };

  s.motion = willis_rigid_about (w, zero, s.middle);
  return s;
}

static WillisGrowth *
compare (const Visit *a, const Visit *b)
{
  g_autoptr (GError) error = NULL;
  WillisGrowth *g = willis_growth_measure (&a->scan, &b->scan, NULL, NULL, &error);

  g_autofree char *rule = NULL;

  g_assert_no_error (error);
  rule = willis_growth_rule_text (g, NULL, NULL);
  g_test_message ("%s; tre %.3f, null %.3f sd %.3f, mean %.3f, volume %.1f %%", rule, g->align.tre_mm, g->null_mean_mm,
                  g->null_sd_mm, g->mean_mm, g->volume_percent);
  return g;
}

static void
test_unchanged (void)
{
  Patient p;
  Visit a, b;
  HeadScanner one = scanner (0.55, 1, 0, 0), two = scanner (0.5, 2, 0.3, 12);
  g_autoptr (WillisGrowth) g = NULL;

  patient_make (&p, 21);
  visit_make (&a, &p, &one);
  visit_make (&b, &p, &two);
  g = compare (&a, &b);
  g_assert_cmpint (g->verdict, ==, WILLIS_VERDICT_STABLE);
  g_assert_cmpfloat (willis_rigid_gap (&g->align.motion, &two.motion, p.centre), <, 0.1);
  g_assert_cmpfloat (fabs (g->volume_percent), <, 5.0);
  g_assert_cmpuint (g->regions->len, ==, 0);
  g_assert_false (g->one_mm || g->two_half_mm || g->volume_cov);
  check_own_deviations (g, a.aneurysm);
  visit_clear (&a);
  visit_clear (&b);
}

/* A bleb is growth, at its place; the scans exchanged it is shrinkage by the same amounts. */
static void
test_bleb (void)
{
  Patient p, q;
  Visit a, b;
  HeadScanner one = scanner (0.5, 1, 0, 0), two = scanner (0.55, 2, -0.25, 10);
  g_autoptr (WillisGrowth) there = NULL;
  g_autoptr (WillisGrowth) back = NULL;
  const WillisGrowthRegion *r;
  double tip[3], side[3];

  patient_make (&p, 22);
  q = p;
  vec3_basis (p.out, side, tip);
  vec3_axpy (q.bleb, p.out, 0.6, side);
  vec3_normalize (q.bleb);
  q.bleb_mm = 1.0;
  visit_make (&a, &p, &one);
  visit_make (&b, &q, &two);
  there = compare (&a, &b);
  back = compare (&b, &a);
  g_assert_cmpint (there->verdict, ==, WILLIS_VERDICT_GROWN);
  g_assert_cmpint (back->verdict, ==, WILLIS_VERDICT_SHRUNK);
  r = &g_array_index (there->regions, WillisGrowthRegion, 0);
  vec3_axpy (tip, p.centre, SAC_MM + 1.0, q.bleb);
  g_assert_cmpfloat (vec3_dist (tip, r->centre_lps_mm), <, 1.2);
  g_assert_cmpfloat (r->max_mm, >, 0.6);
  g_assert_cmpfloat_with_epsilon (r->max_mm, -g_array_index (back->regions, WillisGrowthRegion, 0).max_mm, 0.01);
  g_assert_cmpfloat_with_epsilon (there->volume_percent, -100.0 * back->volume_percent / (100.0 + back->volume_percent),
                                  1.0);
  for (int i = 0; i < WILLIS_N_INDICES; i++)
    if (isfinite (there->delta[i].value) && isfinite (back->delta[i].value) && isfinite (there->delta[i].sd))
      g_assert_cmpfloat (fabs (there->delta[i].value + back->delta[i].value), <=,
                         there->delta[i].sd + back->delta[i].sd + 1e-6);
  visit_clear (&a);
  visit_clear (&b);
}

/* A round dome has no farthest point that noise does not move, a pointed one has. */
static void
test_dome_spread (void)
{
  const int dims[3] = { 40, 40, 40 };
  const double spacing[3] = { 0.4, 0.4, 0.4 }, origin[3] = { -7.8, -7.8, -7.8 }, foot[3] = { 0, 0, -2 };
  WillisGrid grid = willis_grid_new (dims, spacing, origin);
  double spread[2];

  for (int pointed = 0; pointed < 2; pointed++)
    {
      g_autoptr (WillisVolume) field = willis_volume_new (&grid, WILLIS_SCALAR_F32, NULL);
      g_autoptr (WillisSurface) sac = NULL;
      float *f = willis_volume_voxels_rw (field);

      for (int k = 0; k < 40; k++)
        for (int j = 0; j < 40; j++)
          for (int i = 0; i < 40; i++)
            {
              double x[3] = { origin[0] + 0.4 * i, origin[1] + 0.4 * j, origin[2] + 0.4 * k };

              x[2] /= pointed ? 2.0 : 1.0;
              *f++ = (float) (3.0 - vec3_norm (x));
            }
      sac = willis_isosurface (field, 0.0, NULL, NULL, NULL, NULL);
      spread[pointed] = willis_dome_spread_deg (sac, foot, 0.1);
    }
  g_assert_cmpfloat (spread[0], >, 8.0);
  g_assert_cmpfloat (spread[1], <, 0.6 * spread[0]);
}

/* Everything said is the same to the bit with one, two and three threads. */
static void
test_threads (void)
{
  Patient p, q;
  Visit a, b;
  HeadScanner one = scanner (0.6, 1, 0, 0), two = scanner (0.6, 2, 0.2, 8);
  g_autoptr (WillisGrowth) first = NULL;

  patient_make (&p, 27);
  q = p;
  vec3_copy (q.bleb, p.out);
  q.bleb_mm = 0.8;
  visit_make (&a, &p, &one);
  visit_make (&b, &q, &two);
  for (int threads = 1; threads <= 3; threads++)
    {
      g_autoptr (WillisGrowth) g = NULL;

      willis_parallel_set_threads (threads);
      g = compare (&a, &b);
      if (first == NULL)
        {
          first = g_steal_pointer (&g);
          continue;
        }
      g_assert_cmpmem (&first->align.motion, sizeof first->align.motion, &g->align.motion, sizeof g->align.motion);
      g_assert_cmpmem (first->displacement_mm, willis_surface_n_points (first->sac) * sizeof (double), g->displacement_mm,
                       willis_surface_n_points (g->sac) * sizeof (double));
      g_assert_cmpint (first->verdict, ==, g->verdict);
      g_assert_true (first->limit_mm == g->limit_mm && first->mean_mm == g->mean_mm && first->mean_sd_mm == g->mean_sd_mm);
      for (int i = 0; i < WILLIS_N_INDICES; i++)
        {
          g_assert_cmpmem (&first->delta[i].value, sizeof (double), &g->delta[i].value, sizeof (double));
          g_assert_cmpmem (&first->delta[i].sd, sizeof (double), &g->delta[i].sd, sizeof (double));
        }
    }
  willis_parallel_set_threads (0);
  visit_clear (&a);
  visit_clear (&b);
}

static void
test_one_sided (void)
{
  Patient p, q;
  Visit a, b;
  HeadScanner one = scanner (0.6, 1, 0, 0), two = scanner (0.6, 2, 0.2, 5);
  g_autoptr (WillisGrowth) there = NULL;
  g_autoptr (WillisGrowth) back = NULL;

  patient_make (&p, 23);
  q = p;
  p.no_sac = TRUE;
  visit_make (&a, &p, &one);
  visit_make (&b, &q, &two);
  there = compare (&a, &b);
  back = compare (&b, &a);
  g_assert_true (there->is_new && there->verdict == WILLIS_VERDICT_GROWN);
  g_assert_true (back->vanished && back->verdict == WILLIS_VERDICT_SHRUNK);
  visit_clear (&a);
  visit_clear (&b);
}

static void
test_other_patient (void)
{
  Patient p, q;
  Visit a, b;
  HeadScanner one = scanner (0.7, 1, 0, 0);
  g_autoptr (GError) error = NULL;
  WillisFollowupScan bare;

  patient_make (&p, 24);
  patient_make (&q, 25);
  visit_make (&a, &p, &one);
  visit_make (&b, &q, &one);
  g_assert_null (willis_growth_measure (&a.scan, &b.scan, NULL, NULL, &error));
  g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_FAILED);
  g_clear_error (&error);
  bare = a.scan;
  bare.aneurysm = NULL;
  g_assert_null (willis_growth_measure (&bare, &bare, NULL, NULL, &error));
  g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_BAD_INPUT);
  visit_clear (&a);
  visit_clear (&b);
}

/* A mirrored scan is refused, and the reason is said. */
static void
test_mirrored (void)
{
  Patient p;
  Visit a, b;
  HeadScanner one = scanner (0.7, 1, 0, 0), two = scanner (0.7, 2, 0.1, 4);
  g_autoptr (GError) error = NULL;
  const int *dims;
  gint16 *v;

  patient_make (&p, 26);
  visit_make (&a, &p, &one);
  visit_make (&b, &p, &two);
  dims = willis_volume_grid (b.volume)->dims;
  v = willis_volume_voxels_rw (b.volume);
  for (gsize row = 0; row < (gsize) dims[1] * (gsize) dims[2]; row++)
    for (int i = 0; i < dims[0] / 2; i++)
      {
        gint16 *left = v + row * (gsize) dims[0] + (gsize) i, *right = v + (row + 1) * (gsize) dims[0] - 1 - i,
               swap = *left;

        *left = *right;
        *right = swap;
      }
  g_assert_null (willis_growth_measure (&a.scan, &b.scan, NULL, NULL, &error));
  g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, "mirrored"));
  visit_clear (&a);
  visit_clear (&b);
}

/* What is decided from a limit, the largest region, the mean of the wall and the changes of volume and height. */
static void
test_decide (void)
{
  static const struct
  {
    double limit, region, mean, volume, volume_sd, height;
    WillisVerdict verdict;
    WillisRule rule;
  } cases[] = {
    { 0.3, 0.00, 0.01, 0.1, 4.0, 0.0, WILLIS_VERDICT_STABLE, WILLIS_RULE_NO_CHANGE },
    { 0.3, 0.35, 0.01, 0.1, 4.0, 0.0, WILLIS_VERDICT_GROWN, WILLIS_RULE_REGION_OUT },
    { 0.3, -0.35, 0.0, 0.1, 4.0, 0.0, WILLIS_VERDICT_SHRUNK, WILLIS_RULE_REGION_IN },
    { 0.3, 0.00, 0.20, 0.1, 4.0, 0.0, WILLIS_VERDICT_GROWN, WILLIS_RULE_WHOLE },
    // a poor yardstick: no change cannot be told, a plain one can
    { 1.1, 0.00, 0.01, 0.1, 4.0, 0.0, WILLIS_VERDICT_UNCERTAIN, WILLIS_RULE_NO_VERDICT },
    { 1.1, 1.20, 0.50, 74.0, 5.0, 1.0, WILLIS_VERDICT_GROWN, WILLIS_RULE_REGION_OUT },
    { 1.1, 1.20, 0.50, 4.0, 5.0, 1.0, WILLIS_VERDICT_UNCERTAIN, WILLIS_RULE_NO_VERDICT },
    { 1.1, 1.20, 0.50, 74.0, NAN, 1.0, WILLIS_VERDICT_UNCERTAIN, WILLIS_RULE_NO_VERDICT },
    { 1.1, 0.00, 0.90, 74.0, 5.0, 1.0, WILLIS_VERDICT_GROWN, WILLIS_RULE_WHOLE },
    { 1.1, 0.00, -0.9, -74.0, 5.0, -1.0, WILLIS_VERDICT_SHRUNK, WILLIS_RULE_WHOLE },
    { 1.1, 0.00, 0.90, 74.0, 5.0, 0.0, WILLIS_VERDICT_UNCERTAIN, WILLIS_RULE_NO_VERDICT },
  };

  for (gsize n = 0; n < G_N_ELEMENTS (cases); n++)
    {
      g_autoptr (WillisGrowth) g = willis_growth_new (&(WillisAlign){ .tre_mm = 0.02 });
      const WillisGrowthRegion region = { .max_mm = cases[n].region, .area_mm2 = 10.0, .z = 9.0 };

      if (region.max_mm != 0.0)
        g_array_append_val (g->regions, region);
      g->limit_mm = cases[n].limit;
      g->mean_mm = cases[n].mean;
      g->mean_sd_mm = 0.05;
      g->delta[WILLIS_INDEX_VOLUME] = (WillisMeasure){ cases[n].volume, cases[n].volume_sd, NULL };
      g->delta[WILLIS_INDEX_HEIGHT] = (WillisMeasure){ cases[n].height, 0.05, NULL };
      willis_growth_decide (g);
      g_assert_cmpint (g->verdict, ==, cases[n].verdict);
      g_assert_cmpint (g->rule, ==, cases[n].rule);
    }
}

/* Ten patches of artery of 100 mm2 each, still but for one point in each that moved by peaks[n]. */
static double
limit_of_peaks (const double *peaks, int n)
{
  const int dims[2] = { 10, 10 };
  int size = dims[0] * dims[1];
  double *points = g_new (double, 3 * n * size);
  g_autofree double *mm = g_new (double, n *size), *area = g_new (double, n *size);
  g_autofree double *none = g_new (double, n *size);
  g_autoptr (WillisSurface) surface = NULL;
  const WillisArteryZone zone = { { 0 } };
  WillisMap maps[2];
  WillisNull null;

  for (int p = 0; p < n; p++)
    for (int i = 0; i < size; i++)
      {
        int at = p * size + i;

        vec3_set (points + 3 * at, 30.0 * p + i % dims[0], i / dims[0], 0.0);
        area[at] = 1.0;
        none[at] = NAN;
        mm[at] = i == 0 ? peaks[p] : i % 2 == 0 ? 0.06 : -0.06;
      }
  surface = willis_surface_new_take (points, (gsize) (n * size), NULL, 0);
  maps[0] = (WillisMap){ surface, mm, area };
  maps[1] = (WillisMap){ surface, none, area };
  g_assert_true (willis_null_measure (maps, &zone, 100.0, &null));
  return null.extreme_mm;
}

/* Peaks in two heaps, as of wide and thin arteries, do not set a limit far beyond all of them; two odd patches do not
 * set it at all; peaks that lie close together do as they did. */
static void
test_limit (void)
{
  const double heaps[] = { 0.21, 0.22, 0.22, 0.23, 0.26, 0.34, 0.37, 0.39, 0.40, 0.40 };
  const double odd[] = { 0.10, 0.11, 0.11, 0.12, 0.12, 0.12, 0.12, 0.13, 0.60, 0.80 };

  g_assert_cmpfloat (limit_of_peaks (heaps, 10), >, 0.40);
  g_assert_cmpfloat (limit_of_peaks (heaps, 10), <, 0.65);
  g_assert_cmpfloat (limit_of_peaks (odd, 10), <, 0.30);
}

/* A neck that was moved into the artery is told from one that was not by its loop. */
static void
test_same_neck (void)
{
  WillisMorphology base, frayed, leapt, near;

  for (int i = 0; i < WILLIS_N_INDICES; i++)
    base.index[i] = (WillisMeasure){ 1.0, NAN, NULL };
  base.index[WILLIS_INDEX_OSTIUM_AREA].value = 17.5;
  base.index[WILLIS_INDEX_NECK_DIAMETER].value = 4.42;
  frayed = leapt = near = base;
  frayed.index[WILLIS_INDEX_OSTIUM_AREA].value = 23.2; // a spur of artery 4 mm long: the volume hardly knows
  frayed.index[WILLIS_INDEX_NECK_DIAMETER].value = 3.55;
  leapt.index[WILLIS_INDEX_OSTIUM_AREA].value = 35.0;
  leapt.index[WILLIS_INDEX_NECK_DIAMETER].value = 6.2;
  near.index[WILLIS_INDEX_OSTIUM_AREA].value = 19.0;
  near.index[WILLIS_INDEX_NECK_DIAMETER].value = 4.6;
  g_assert_true (willis_morphology_same_neck (&base, &near));
  g_assert_false (willis_morphology_same_neck (&base, &frayed));
  g_assert_false (willis_morphology_same_neck (&base, &leapt));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/followup/growth/decide", test_decide);
  g_test_add_func ("/followup/growth/limit", test_limit);
  g_test_add_func ("/followup/growth/same-neck", test_same_neck);
  g_test_add_func ("/followup/growth/dome-spread", test_dome_spread);
  g_test_add_func ("/followup/growth/unchanged", test_unchanged);
  g_test_add_func ("/followup/growth/bleb", test_bleb);
  g_test_add_func ("/followup/growth/threads", test_threads);
  g_test_add_func ("/followup/growth/one-sided", test_one_sided);
  g_test_add_func ("/followup/growth/other-patient", test_other_patient);
  g_test_add_func ("/followup/growth/mirrored", test_mirrored);
  return g_test_run ();
}
