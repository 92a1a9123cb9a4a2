/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/error.h"
#include "core/base/parallel.h"
#include "core/followup/register.h"
#include "tests/core/followup/head.h"

static const double zero[3] = { 0 };

static HeadScanner
scanner (double spacing_mm, guint64 seed)
{
  HeadScanner s = { 90, spacing_mm, 20.0, seed, FALSE, { 0 }, WILLIS_RIGID_INIT };

  s.n = (int) (76.0 / spacing_mm);
  return s;
}

/* The head turned by turn_deg about axis and put elsewhere; the field of view goes with it but for a few millimetres. */
static void
move (HeadScanner *s, double turn_deg, double x, double y, double z, double shift_mm)
{
  const double off[3] = { 3.0, -4.0, 2.0 };
  double w[3] = { x, y, z };

  vec3_normalize (w);
  vec3_scale (s->middle, w, shift_mm);
  s->motion = willis_rigid_about (w, zero, s->middle);
  vec3_scale (w, w, turn_deg * G_PI / 180.0);
  s->motion = willis_rigid_about (w, zero, s->middle);
  vec3_add (s->middle, s->middle, off);
}

static double
worst_gap (const WillisRigid *a, const WillisRigid *b)
{
  double worst = 0.0;

  for (int c = 0; c < 8; c++)
    {
      double x[3] = { c & 1 ? 20 : -20, c & 2 ? 20 : -20, c & 4 ? 20 : -20 };

      worst = MAX (worst, willis_rigid_gap (a, b, x));
    }
  return worst;
}

static void
test_poses (void)
{
  static const double poses[][5] = { { 0, 1, 0, 0, 0 },    { 12, 0, 0, 1, 15 },   { 45, 1, 0, 0, 60 },
                                     { 45, 0, 1, 0, 50 },  { 45, -1, 1, -1, 60 }, { 30, 1, 1, 0, 58 },
                                     { 44, 0, -1, 1, 30 }, { 20, 0, 0, -1, 60 } };
  Head head;
  HeadScanner one = scanner (0.8, 1);
  g_autoptr (WillisVolume) a = NULL;
  WillisScanView view;

  head_make (&head, 4);
  a = head_scan (&head, &one, NULL);
  view = willis_scan_view (a, NULL);
  g_assert_true (view.hounsfield && view.bone);
  for (gsize n = 0; n < G_N_ELEMENTS (poses); n++)
    {
      HeadScanner two = scanner (0.9, 2 + n);
      g_autoptr (WillisVolume) b = NULL;
      g_autoptr (GError) error = NULL;
      WillisScanView other;
      WillisRegistration r;

      move (&two, poses[n][0], poses[n][1], poses[n][2], poses[n][3], poses[n][4]);
      b = head_scan (&head, &two, NULL);
      other = willis_scan_view (b, NULL);
      willis_register (&view, &other, NULL, NULL, &r, &error);
      g_assert_no_error (error);
      g_test_message ("pose %d: %.4f mm, sd %.4f", (int) n, worst_gap (&r.motion, &two.motion),
                      willis_registration_sd_at (&r, zero));
      g_assert_cmpfloat (worst_gap (&r.motion, &two.motion), <, 0.06);
      g_assert_cmpfloat (fabs (r.scale), <, 1e-3);
      g_assert_cmpfloat (r.bone_sd_mm, <, 0.05);
    }
}

/* Exchanged scans give the inverse to the bit; so does any number of threads. */
static void
test_symmetry (void)
{
  Head head;
  HeadScanner one = scanner (1.0, 1), two = scanner (0.9, 2);
  g_autoptr (WillisVolume) a = NULL;
  g_autoptr (WillisVolume) b = NULL;
  WillisScanView va, vb;
  WillisRegistration there, back, again;
  WillisRigid round;

  head_make (&head, 5);
  move (&two, 25, 1, -1, 0, 30);
  a = head_scan (&head, &one, NULL);
  b = head_scan (&head, &two, NULL);
  va = willis_scan_view (a, NULL);
  vb = willis_scan_view (b, NULL);
  g_assert_true (willis_register (&va, &vb, NULL, NULL, &there, NULL));
  g_assert_true (willis_register (&vb, &va, NULL, NULL, &back, NULL));
  round = willis_rigid_compose (&back.motion, &there.motion);
  g_assert_cmpfloat (worst_gap (&round, &(WillisRigid) WILLIS_RIGID_INIT), <, 1e-9);
  g_assert_cmpfloat_with_epsilon (willis_registration_sd_at (&there, zero),
                                  willis_registration_sd_at (&back, there.motion.t), 1e-9);
  for (int threads = 1; threads <= 3; threads++)
    {
      willis_parallel_set_threads (threads);
      g_assert_true (willis_register (&va, &vb, NULL, NULL, &again, NULL));
      g_assert_cmpmem (&there, sizeof there, &again, sizeof again);
    }
  willis_parallel_set_threads (0);
}

static void
test_other_kind (void)
{
  Head head;
  HeadScanner one = scanner (0.9, 1), two = scanner (1.0, 2);
  g_autoptr (WillisVolume) a = NULL;
  g_autoptr (WillisVolume) b = NULL;
  g_autoptr (WillisVolume) la = NULL;
  g_autoptr (WillisVolume) lb = NULL;
  g_autoptr (GError) error = NULL;
  WillisScanView va, vb;
  WillisRegistration r;

  head_make (&head, 6);
  two.inverted = TRUE;
  move (&two, 40, 1, 2, -1, 45);
  a = head_scan (&head, &one, &la);
  b = head_scan (&head, &two, &lb);
  va = willis_scan_view (a, la);
  vb = willis_scan_view (b, lb);
  g_assert_false (vb.hounsfield);
  willis_register (&va, &vb, NULL, NULL, &r, &error);
  g_assert_no_error (error);
  g_assert_cmpint (r.match, ==, WILLIS_MATCH_INFORMATION);
  g_test_message ("other kind: %.4f mm, information %.3f", worst_gap (&r.motion, &two.motion), r.similarity);
  g_assert_cmpfloat (worst_gap (&r.motion, &two.motion), <, 0.3);
}

static void
test_bad_pairs (void)
{
  Head head, other;
  HeadScanner one = scanner (1.0, 1), two = scanner (1.0, 2);
  g_autoptr (WillisVolume) a = NULL;
  g_autoptr (WillisVolume) b = NULL;
  g_autoptr (WillisVolume) flat = NULL;
  g_autoptr (GError) error = NULL;
  WillisScanView va, vb;
  WillisRegistration r;

  head_make (&head, 7);
  head_make (&other, 8);
  a = head_scan (&head, &one, NULL);
  va = willis_scan_view (a, NULL);
  b = head_scan (&other, &two, NULL);
  vb = willis_scan_view (b, NULL);
  if (willis_register (&va, &vb, NULL, NULL, &r, &error))
    g_test_message ("another head: correlation %.3f", r.similarity);
  g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_FAILED);
  g_clear_error (&error);
  flat = willis_volume_new (willis_volume_grid (a), WILLIS_SCALAR_I16, NULL);
  memset (willis_volume_voxels_rw (flat), 0, willis_grid_n_voxels (willis_volume_grid (a)) * sizeof (gint16));
  vb = willis_scan_view (flat, NULL);
  g_assert_false (willis_register (&va, &vb, NULL, NULL, &r, &error));
  g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_BAD_INPUT);
}

/* A thigh: fat, muscle, the shaft of the femur, two vessels. */
static WillisVolume *
thigh_scan (int n, double spacing_mm, guint64 seed)
{
  const int dims[3] = { n, n, n };
  const double spacing[3] = { spacing_mm, spacing_mm, spacing_mm }, origin[3] = { 0 };
  WillisGrid grid = willis_grid_new (dims, spacing, origin);
  WillisVolume *out = willis_volume_new (&grid, WILLIS_SCALAR_I16, NULL);
  gint16 *v = willis_volume_voxels_rw (out);
  WillisRng rng;

  willis_rng_init (&rng, seed, 3);
  for (int k = 0; k < n; k++)
    for (int j = 0; j < n; j++)
      for (int i = 0; i < n; i++)
        {
          double x = (i - 0.5 * n) * spacing_mm, y = (j - 0.5 * n) * spacing_mm, z = (k - 0.5 * n) * spacing_mm;
          double r = hypot (x, y), bone = hypot (x - 4.0 - 0.05 * z, y + 3.0), hu = -1000.0;

          if (r < 34.0)
            hu = r > 29.0 ? -95.0 : 55.0;
          if (bone < 12.0)
            hu = bone > 7.0 ? 1250.0 : -40.0;
          if (hypot (x + 17.0 - 0.1 * z, y - 6.0) < 3.2)
            hu = 340.0;
          *v++ = (gint16) lrint (hu + 20.0 * willis_rng_normal (&rng));
        }
  return out;
}

/* Whether the pair is refused; exchanged it must be too. */
static void
assert_refused (const WillisVolume *first, const WillisVolume *second, const char *what)
{
  for (int way = 0; way < 2; way++)
    {
      g_autoptr (GError) error = NULL;
      WillisScanView a = willis_scan_view ((WillisVolume *) (way == 0 ? first : second), NULL);
      WillisScanView b = willis_scan_view ((WillisVolume *) (way == 0 ? second : first), NULL);
      WillisRegistration r;

      if (willis_register (&a, &b, NULL, NULL, &r, &error))
        g_test_message ("%s: similarity %.3f, overlap %.2f", what, r.similarity, r.overlap);
      g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_FAILED);
      g_test_message ("%s: %s", what, error->message);
    }
}

/* Opposite corners of one head share no field of view; a thigh is no head. */
static void
test_nothing_in_common (void)
{
  Head head;
  HeadScanner one = scanner (0.9, 1), two = scanner (0.9, 2);
  g_autoptr (WillisVolume) a = NULL;
  g_autoptr (WillisVolume) b = NULL;
  g_autoptr (WillisVolume) thigh = NULL;

  head_make (&head, 9);
  one.n = two.n = 44;
  for (int c = 0; c < 3; c++)
    {
      one.middle[c] = 22.0;
      two.middle[c] = -22.0;
    }
  a = head_scan (&head, &one, NULL);
  b = head_scan (&head, &two, NULL);
  assert_refused (a, b, "no overlap");
  thigh = thigh_scan (84, 0.95, 5);
  assert_refused (a, thigh, "another part of the body, small");
  one = scanner (1.0, 3);
  g_clear_pointer (&a, willis_volume_unref);
  a = head_scan (&head, &one, NULL);
  assert_refused (a, thigh, "another part of the body");
}

/* One crop holds the skull, the other hardly any of it: most bone of the one lies beyond the other. */
static void
test_bone_beyond (void)
{
  Head head;

  head_make (&head, 11);
  for (int l = 8; l < HEAD_LUMPS; l++)
    vec3_set (head.lump[l] + 3, 0.1, 0.1, 0.1);
  for (int which = 0; which < 2; which++) // which of them has the coarser voxels and is carried
    {
      HeadScanner one = scanner (which == 0 ? 0.9 : 0.8, 1), two = scanner (which == 0 ? 0.8 : 0.9, 2);
      const double rim[3] = { 31.0, 8.0, 0.0 }, inside[3] = { 12.0, 4.0, -3.0 };
      g_autoptr (WillisVolume) a = NULL;
      g_autoptr (WillisVolume) b = NULL;
      g_autoptr (GError) error = NULL;
      WillisScanView va, vb;
      WillisRegistration r;

      one.n = (int) (56.0 / one.spacing_mm);
      two.n = (int) (52.0 / two.spacing_mm);
      vec3_copy (one.middle, rim);
      move (&two, 27, 1, -1, 2, 40);
      willis_rigid_apply (&two.motion, inside, two.middle);
      a = head_scan (&head, &one, NULL);
      b = head_scan (&head, &two, NULL);
      va = willis_scan_view (a, NULL);
      vb = willis_scan_view (b, NULL);
      willis_register (&va, &vb, NULL, NULL, &r, &error);
      g_assert_no_error (error);
      g_test_message ("%.4f mm, correlation %.3f, overlap %.2f", worst_gap (&r.motion, &two.motion), r.similarity,
                      r.overlap);
      g_assert_cmpfloat (worst_gap (&r.motion, &two.motion), <, 0.1);
    }
}

static void
test_cancel (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  WillisProgress progress = WILLIS_PROGRESS_INIT;
  g_autoptr (GError) error = NULL;
  Head head;
  HeadScanner one = scanner (2.0, 1);
  g_autoptr (WillisVolume) a = NULL;
  WillisScanView va;
  WillisRegistration r;

  head_make (&head, 7);
  a = head_scan (&head, &one, NULL);
  va = willis_scan_view (a, NULL);
  progress.cancellable = cancellable;
  g_cancellable_cancel (cancellable);
  g_assert_false (willis_register (&va, &va, NULL, &progress, &r, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/followup/register/poses", test_poses);
  g_test_add_func ("/followup/register/symmetry", test_symmetry);
  g_test_add_func ("/followup/register/other-kind", test_other_kind);
  g_test_add_func ("/followup/register/bad-pairs", test_bad_pairs);
  g_test_add_func ("/followup/register/nothing-in-common", test_nothing_in_common);
  g_test_add_func ("/followup/register/bone-beyond", test_bone_beyond);
  g_test_add_func ("/followup/register/cancel", test_cancel);
  return g_test_run ();
}
