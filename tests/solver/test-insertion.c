/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/base/parallel.h"
#include "core/num/rng.h"
#include "solver/insertion/insertion.h"

static const double centre[3] = { 0, 8, 0 }, axis[3] = { 0, 0, 1 };
static const WillisFrame mouth = { { 0, 0, 0 }, { 1, 0, 0, 0 } };
static const WillisTool catheter = { 2,
                                     { { 8, { 30e6, 10e6, 10e6, 0.4e6, 0.5e6, 0.5e6 }, { 0, 0, 0.15 } },
                                       { 1e9, { 90e6, 30e6, 30e6, 1.6e6, 2e6, 2e6 }, { 0, 0, 0 } } },
                                     0.3 };
static const WillisTool wire = { 1, { { 1e9, { 200e6, 80e6, 80e6, 2.4e6, 3e6, 3e6 }, { 0, 0, 0 } } }, 0.18 };

static WillisInsertion *
begin (double friction)
{
  g_autoptr (WillisLumen) lumen = willis_lumen_torus (centre, axis, 8.0, 1.8);
  WillisInsertionParams params = WILLIS_INSERTION_PARAMS_INIT;

  params.friction = friction;
  return willis_insertion_new (lumen, &mouth, &params);
}

static const WillisInsertionRecord *
last_record (const WillisInsertion *in)
{
  const GArray *r = willis_insertion_records (in);

  return &g_array_index (r, WillisInsertionRecord, r->len - 1);
}

/* In, turned, and back out of a bend: stays in the lumen, friction resists both ways. */
static void
test_to_and_fro (void)
{
  g_autoptr (WillisInsertion) in = begin (0.1);
  GError *error = NULL;
  double pushed;
  int tool = willis_insertion_add_tool (in, &catheter, 1.0, &error);

  g_assert_no_error (error);
  g_assert_cmpint (willis_insertion_move (in, tool, 24.0, 0.0, NULL, &error), ==, WILLIS_INSERTION_DONE);
  g_assert_cmpfloat (fabs (willis_insertion_depth (in, tool) - 25.0), <, 1e-9);
  pushed = last_record (in)->push_un;
  g_assert_cmpfloat (pushed, >, 0.0);
  g_assert_cmpint (willis_insertion_move (in, tool, 0.0, 1.5, NULL, &error), ==, WILLIS_INSERTION_DONE);
  g_assert_cmpint (willis_insertion_move (in, tool, -3.0, 0.0, NULL, &error), ==, WILLIS_INSERTION_DONE);
  /* drawing back, friction pulls the other way and the stored bending helps */
  g_assert_cmpfloat (last_record (in)->push_un, <, pushed);
  for (guint i = 0; i < willis_insertion_records (in)->len; i++)
    g_assert_cmpfloat (g_array_index (willis_insertion_records (in), WillisInsertionRecord, i).penetration_mm, <, 0.02);
}

/* A catheter over a stiff wire lies otherwise than alone; when the wire is drawn back its shape returns. */
static void
test_exchange (void)
{
  g_autoptr (WillisInsertion) in = begin (0.05);
  GError *error = NULL;
  int over, inside;
  double with_wire[3], alone;

  inside = willis_insertion_add_tool (in, &wire, 1.0, &error);
  g_assert_cmpint (willis_insertion_move (in, inside, 15.0, 0.0, NULL, &error), ==, WILLIS_INSERTION_DONE);
  over = willis_insertion_add_tool (in, &catheter, 0.5, &error);
  g_assert_no_error (error);
  g_assert_cmpint (willis_insertion_move (in, over, 15.0, 0.0, NULL, &error), ==, WILLIS_INSERTION_DONE);
  vec3_copy (with_wire, last_record (in)->tip_mm);
  alone = last_record (in)->energy;
  g_assert_cmpint (willis_insertion_move (in, inside, -14.0, 0.0, NULL, &error), ==, WILLIS_INSERTION_DONE);
  g_assert_no_error (error);
  g_assert_cmpfloat (fabs (willis_insertion_depth (in, inside) - 2.0), <, 1e-9);
  g_assert_cmpfloat (last_record (in)->energy, <, alone);
  g_assert_cmpfloat (vec3_dist (with_wire, last_record (in)->tip_mm), >, 0.05);
  g_assert_true (willis_insertion_remove_tool (in, inside, &error));
  g_assert_false (willis_insertion_remove_tool (in, inside, NULL));
}

/* Twice the same march: the same bits. */
static void
test_determinism (void)
{
  g_autofree WillisFrame *first = NULL;

  for (int k = 0; k < 2; k++)
    {
      g_autoptr (WillisInsertion) in = begin (0.1);
      gsize size;

      willis_insertion_add_tool (in, &catheter, 1.0, NULL);
      willis_insertion_move (in, 0, 12.0, 0.3, NULL, NULL);
      size = sizeof (WillisFrame) * willis_insertion_n_nodes (in);
      if (first == NULL)
        first = g_memdup2 (willis_insertion_frames (in), size);
      else
        g_assert_cmpmem (first, size, willis_insertion_frames (in), size);
    }
}

/* A march taken up again from a copy goes on to the same bits, also when its first half was made with other numbers of threads. */
static void
test_restart (void)
{
  static const int threads[2] = { 1, 2 };
  g_autofree WillisFrame *first = NULL;

  for (int k = 0; k < 2; k++)
    {
      g_autoptr (WillisInsertion) in = NULL;
      g_autoptr (WillisInsertion) again = NULL;
      gsize size;

      willis_parallel_set_threads (threads[k]);
      in = begin (0.15);
      g_assert_cmpint (willis_insertion_add_tool (in, &catheter, 1.0, NULL), ==, 0);
      g_assert_cmpint (willis_insertion_move (in, 0, 11.0, 0.4, NULL, NULL), ==, WILLIS_INSERTION_DONE);
      again = willis_insertion_copy (in);
      g_assert_cmpint (willis_insertion_move (in, 0, 7.0, 0.0, NULL, NULL), ==, WILLIS_INSERTION_DONE);
      g_assert_cmpint (willis_insertion_move (again, 0, 7.0, 0.0, NULL, NULL), ==, WILLIS_INSERTION_DONE);
      size = sizeof (WillisFrame) * willis_insertion_n_nodes (in);
      g_assert_cmpint (willis_insertion_n_nodes (again), ==, willis_insertion_n_nodes (in));
      g_assert_cmpmem (willis_insertion_frames (again), size, willis_insertion_frames (in), size);
      g_assert_cmpmem (willis_insertion_records (again)->data, sizeof (WillisInsertionRecord) * willis_insertion_records (again)->len,
                       willis_insertion_records (in)->data, sizeof (WillisInsertionRecord) * willis_insertion_records (in)->len);
      if (first == NULL)
        first = g_memdup2 (willis_insertion_frames (in), size);
      else
        g_assert_cmpmem (first, size, willis_insertion_frames (in), size);
    }
  willis_parallel_set_threads (0);
}

static int
iterations (const WillisInsertion *in)
{
  int n = 0;

  for (guint i = 0; i < willis_insertion_records (in)->len; i++)
    n += g_array_index (willis_insertion_records (in), WillisInsertionRecord, i).newton;
  return n;
}

/* A march that follows the trail of one much like it comes to where it would have come alone, in fewer iterations; a trail that does
 * not fit does no harm. */
static void
test_trail (void)
{
  enum
  {
    N = 200
  };
  g_autoptr (WillisTrail) trail = willis_trail_new ();
  WillisTool other = catheter;
  double line[N + 1][3], tip[3][3];
  int n[3];

  other.pieces[0].rest[2] *= 1.04;
  for (int i = 0; i <= N; i++)
    vec3_set (line[i], 8.0 * sin (2.0 * i / N), 8.0 - 8.0 * cos (2.0 * i / N), 0.0);
  for (int k = 0; k < 4; k++)
    {
      g_autoptr (WillisInsertion) in = begin (0.06);

      willis_insertion_set_trail (in, k == 0 ? trail : NULL, k >= 2 ? trail : NULL);
      g_assert_cmpint (willis_insertion_place (in, k == 0 ? &catheter : &other, line[0], k == 3 ? N / 2 : N + 1, NULL), ==, 0);
      g_assert_true (willis_insertion_settle (in, NULL));
      g_assert_cmpint (willis_insertion_move (in, 0, 1.0, 0.0, NULL, NULL), ==, WILLIS_INSERTION_DONE);
      if (k == 3)
        break;
      vec3_copy (tip[k], last_record (in)->tip_mm);
      n[k] = iterations (in);
    }
  g_assert_cmpfloat (vec3_dist (tip[0], tip[1]), >, 0.02);
  g_assert_cmpfloat (vec3_dist (tip[1], tip[2]), <, 2e-3);
  g_test_message ("%d iterations alone, %d along the trail", n[1], n[2]);
  g_assert_cmpint (n[2], <, n[1]);
}

/* Free of the wall, a straight wire in a curved tip shares its bending: curvature = sum EI kappa / sum EI; drawn back out of the
 * tip, the tip has its own curvature again. */
static void
test_mandrel (void)
{
  const double from[3] = { 0, 0, 0 }, to[3] = { 1, 0, 0 };
  const WillisTool tip = { 1, { { 1e9, { 60e6, 20e6, 20e6, 0.8e6, 1e6, 1e6 }, { 0, 0, 0.12 } } }, 0.3 };
  const WillisTool straight = { 1, { { 1e9, { 60e6, 20e6, 20e6, 1.6e6, 2e6, 2e6 }, { 0, 0, 0 } } }, 0.15 };
  g_autoptr (WillisLumen) wide = willis_lumen_cylinder (from, to, 100.0);
  WillisInsertionParams params = WILLIS_INSERTION_PARAMS_INIT;
  g_autoptr (WillisInsertion) in = willis_insertion_new (wide, &mouth, &params);
  int outer, inner, n;
  double d[6];

  outer = willis_insertion_add_tool (in, &tip, 1.0, NULL);
  g_assert_cmpint (willis_insertion_move (in, outer, 9.0, 0.0, NULL, NULL), ==, WILLIS_INSERTION_DONE);
  inner = willis_insertion_add_tool (in, &straight, 1.0, NULL);
  g_assert_cmpint (willis_insertion_move (in, inner, 9.0, 0.0, NULL, NULL), ==, WILLIS_INSERTION_DONE);
  n = willis_insertion_n_nodes (in);
  willis_frame_log (&willis_insertion_frames (in)[n / 2], &willis_insertion_frames (in)[n / 2 + 1], d);
  g_assert_cmpfloat (fabs (d[5] / d[0] - 0.12 / 3.0), <, 1e-6);
  g_assert_cmpint (willis_insertion_move (in, inner, -8.0, 0.0, NULL, NULL), ==, WILLIS_INSERTION_DONE);
  n = willis_insertion_n_nodes (in);
  willis_frame_log (&willis_insertion_frames (in)[n - 3], &willis_insertion_frames (in)[n - 2], d);
  g_assert_cmpfloat (fabs (d[5] / d[0] - 0.12), <, 1e-6);
}

/* A tip whose natural shape is a coil of a pitch below its own diameter lies through itself unless it feels itself. */
static void
test_self_contact (void)
{
  const double from[3] = { 0, 0, 0 }, to[3] = { 1, 0, 0 };
  const WillisTool ring = { 1, { { 1e9, { 60e6, 20e6, 20e6, 0.8e6, 1e6, 1e6 }, { 0.014, 0, 0.45 } } }, 0.3 };
  double nearest[2];

  for (int k = 0; k < 2; k++)
    {
      g_autoptr (WillisLumen) wide = willis_lumen_cylinder (from, to, 100.0);
      WillisInsertionParams params = WILLIS_INSERTION_PARAMS_INIT;
      g_autoptr (WillisInsertion) in = NULL;

      params.self_contact = k == 1;
      in = willis_insertion_new (wide, &mouth, &params);
      g_assert_cmpint (willis_insertion_add_tool (in, &ring, 1.0, NULL), ==, 0);
      g_assert_cmpint (willis_insertion_move (in, 0, 20.0, 0.0, NULL, NULL), ==, WILLIS_INSERTION_DONE);
      nearest[k] = INFINITY;
      for (int i = 0; i < willis_insertion_n_nodes (in); i++)
        for (int j = i + 10; j < willis_insertion_n_nodes (in); j++)
          nearest[k] = fmin (nearest[k], vec3_dist (willis_insertion_frames (in)[i].r, willis_insertion_frames (in)[j].r));
    }
  g_test_message ("nearest middle lines: %.3f mm without, %.3f mm with self-contact, diameter 0.6 mm", nearest[0], nearest[1]);
  g_assert_cmpfloat (nearest[0], <, 0.45);
  g_assert_cmpfloat (nearest[1], >, 0.55);
}

/* A tip curved in one plane, exactly, meets its own shaft: it passes beside it, and neither stops at it nor goes through. */
static void
test_planar_self_contact (void)
{
  const double from[3] = { 0, 0, 0 }, to[3] = { 1, 0, 0 }, curvatures[3] = { 0.5, -0.8, 1.2 };

  for (int k = 0; k < 3; k++)
    {
      WillisTool tip = { 2,
                         { { 25, { 60e6, 20e6, 20e6, 0.8e6, 1e6, 1e6 }, { 0, 0, curvatures[k] } },
                           { 1e9, { 60e6, 20e6, 20e6, 0.8e6, 1e6, 1e6 }, { 0, 0, 0 } } },
                         0.3 };
      g_autoptr (WillisLumen) wide = willis_lumen_cylinder (from, to, 100.0);
      WillisInsertionParams params = WILLIS_INSERTION_PARAMS_INIT;
      g_autoptr (WillisInsertion) in = NULL;
      double nearest = INFINITY, beside = 0.0;

      in = willis_insertion_new (wide, &mouth, &params);
      g_assert_cmpint (willis_insertion_add_tool (in, &tip, 1.0, NULL), ==, 0);
      g_assert_cmpint (willis_insertion_move (in, 0, 44.0, 0.0, NULL, NULL), ==, WILLIS_INSERTION_DONE);
      for (int i = 0; i < willis_insertion_n_nodes (in); i++)
        {
          const double *a = willis_insertion_frames (in)[i].r;

          beside = fmax (beside, fabs (a[2]));
          for (int j = i + 5; j < willis_insertion_n_nodes (in); j++)
            nearest = fmin (nearest, vec3_dist (a, willis_insertion_frames (in)[j].r));
        }
      g_test_message ("curvature %.1f: nearest middle lines %.3f mm, diameter 0.6 mm; %.2f mm out of its plane",
                      curvatures[k], nearest, beside);
      g_assert_cmpfloat (nearest, >, 0.54);
      g_assert_cmpfloat (beside, >, 0.3);
    }
}

/* A curved tip turned at the hub in a bend holds back and then whips round: a snap, with the energy that it sets free. */
static void
test_whip (void)
{
  const double bend_centre[3] = { 0, 6, 0 };
  const WillisTool curved = { 1, { { 1e9, { 60e6, 20e6, 20e6, 0.8e6, 1e6, 1e6 }, { 0, 0, 0.25 } } }, 0.3 };
  g_autoptr (WillisLumen) lumen = willis_lumen_torus (bend_centre, axis, 6.0, 0.7);
  WillisInsertionParams params = WILLIS_INSERTION_PARAMS_INIT;
  g_autoptr (WillisInsertion) in = willis_insertion_new (lumen, &mouth, &params);
  double torque = 0.0;
  const WillisSnap *snap;

  g_assert_cmpint (willis_insertion_add_tool (in, &curved, 1.0, NULL), ==, 0);
  g_assert_cmpint (willis_insertion_move (in, 0, 19.0, 0.0, NULL, NULL), ==, WILLIS_INSERTION_DONE);
  g_assert_cmpint (willis_insertion_move (in, 0, 0.0, 4.0 * G_PI, NULL, NULL), ==, WILLIS_INSERTION_DONE);
  for (guint i = 0; i < willis_insertion_records (in)->len; i++)
    torque = fmax (torque, fabs (g_array_index (willis_insertion_records (in), WillisInsertionRecord, i).torque));
  g_assert_cmpfloat (torque, >, 1e3);
  g_assert_cmpuint (willis_insertion_snaps (in)->len, >=, 1);
  snap = &g_array_index (willis_insertion_snaps (in), WillisSnap, 0);
  g_test_message ("%u snaps; the first at %.2f rad: %.0f uN mm set free, largest torque %.0f uN mm", willis_insertion_snaps (in)->len,
                  snap->turn_rad, snap->released_un_mm, torque);
  g_assert_cmpfloat (snap->released_un_mm, >, 0.0);
  g_assert_cmpfloat (vec3_dist (snap->tip_from_mm, snap->tip_to_mm), >, 0.1);
}

static void
test_refusals (void)
{
  g_autoptr (WillisInsertion) in = begin (0.1);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  WillisProgress progress = WILLIS_PROGRESS_INIT;
  WillisTool bad = catheter;
  GError *error = NULL;

  bad.pieces[0].stiffness[3] = 0.0;
  g_assert_cmpint (willis_insertion_add_tool (in, &bad, 1.0, &error), ==, -1);
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_assert_cmpint (willis_insertion_add_tool (in, &catheter, 1.0, &error), ==, 0);
  g_cancellable_cancel (cancellable);
  progress.cancellable = cancellable;
  g_assert_cmpint (willis_insertion_move (in, 0, 5.0, 0.0, &progress, &error), ==, WILLIS_INSERTION_CANCELLED);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
}

/* Random tools, bends, friction: each march ends well or says that it did not, nothing is NaN or through the wall. */
static void
test_random (void)
{
  int failed = 0, runs = g_test_slow () ? 60 : 8;
  WillisRng rng;

  willis_rng_init (&rng, 11, 5);
  for (int n = 0; n < runs; n++)
    {
      double scale = pow (10.0, -1.5 + 3.0 * willis_rng_uniform (&rng)), major = 5.0 + 20.0 * willis_rng_uniform (&rng);
      double at[3] = { 0, major, 0 };
      g_autoptr (WillisLumen) lumen = willis_lumen_torus (at, axis, major, 1.2 + willis_rng_uniform (&rng));
      WillisInsertionParams params = WILLIS_INSERTION_PARAMS_INIT;
      g_autoptr (WillisInsertion) in = NULL;
      WillisTool tool = catheter;

      params.friction = 0.3 * willis_rng_uniform (&rng);
      tool.pieces[0].rest[2] = 0.3 * willis_rng_normal (&rng);
      for (int k = 0; k < 12; k++)
        tool.pieces[k / 6].stiffness[k % 6] *= scale;
      in = willis_insertion_new (lumen, &mouth, &params);
      g_assert_cmpint (willis_insertion_add_tool (in, &tool, 1.0, NULL), ==, 0);
      failed += willis_insertion_move (in, 0, 25.0, 3.0 * willis_rng_uniform (&rng), NULL, NULL) != WILLIS_INSERTION_DONE;
      for (guint i = 0; i < willis_insertion_records (in)->len; i++)
        {
          const WillisInsertionRecord *r = &g_array_index (willis_insertion_records (in), WillisInsertionRecord, i);

          g_assert_true (isfinite (r->push_un) && isfinite (r->energy) && isfinite (r->tip_mm[0]));
          g_assert_cmpfloat (r->penetration_mm, <, 0.02);
        }
    }
  g_test_message ("%d of %d did not converge", failed, runs);
  g_assert_cmpint (failed, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/insertion/to-and-fro", test_to_and_fro);
  g_test_add_func ("/insertion/exchange", test_exchange);
  g_test_add_func ("/insertion/determinism", test_determinism);
  g_test_add_func ("/insertion/trail", test_trail);
  g_test_add_func ("/insertion/restart", test_restart);
  g_test_add_func ("/insertion/mandrel", test_mandrel);
  g_test_add_func ("/insertion/self-contact", test_self_contact);
  g_test_add_func ("/insertion/planar-self-contact", test_planar_self_contact);
  g_test_add_func ("/insertion/whip", test_whip);
  g_test_add_func ("/insertion/refusals", test_refusals);
  g_test_add_func ("/insertion/random", test_random);
  return g_test_run ();
}
