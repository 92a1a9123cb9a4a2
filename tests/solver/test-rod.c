/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/base/parallel.h"
#include "core/num/rng.h"
#include "solver/rod/path.h"

static const WillisRodElement sample
    = { { 0, 1 }, 0.7, { 1.0, 0.0, 0.0, 0.1, 0.3, -0.2 }, { 100.0, 40.0, 50.0, 2.0, 3.0, 4.0 } };

static void
random_pair (WillisRng *rng, double size, WillisFrame *a, WillisFrame *b)
{
  double h[6], d[6];

  for (int i = 0; i < 6; i++)
    {
      h[i] = willis_rng_normal (rng);
      d[i] = size * willis_rng_normal (rng) + (i == 0 ? 0.7 : 0.0);
    }
  *a = (WillisFrame){ { 1.0, 2.0, 3.0 }, { 1.0, 0.0, 0.0, 0.0 } };
  willis_frame_move (a, h);
  willis_frame_exp (a, d, 1.0, b);
}

static double
tangent_error (const WillisFrame *a, const WillisFrame *b, double *force_error)
{
  WillisRodElementForces f, plus, minus;
  const double eps = 1e-5;
  double worst = 0.0, scale = 0.0;

  willis_rod_element_eval (&sample, a, b, NULL, &f);
  *force_error = 0.0;
  for (int j = 0; j < 12; j++)
    {
      WillisFrame p[2] = { *a, *b }, m[2] = { *a, *b };
      double h[12] = { 0 };

      h[j] = eps;
      willis_frame_move (&p[0], h);
      willis_frame_move (&p[1], h + 6);
      h[j] = -eps;
      willis_frame_move (&m[0], h);
      willis_frame_move (&m[1], h + 6);
      willis_rod_element_eval (&sample, &p[0], &p[1], NULL, &plus);
      willis_rod_element_eval (&sample, &m[0], &m[1], NULL, &minus);
      *force_error = fmax (*force_error, fabs ((plus.energy - minus.energy) / (2 * eps) - f.gradient[j]) / 100.0);
      for (int i = 0; i < 12; i++)
        {
          worst = fmax (worst, fabs ((plus.gradient[i] - minus.gradient[i]) / (2 * eps) - f.tangent[i][j]));
          scale = fmax (scale, fabs (f.tangent[i][j]));
        }
    }
  return worst / scale;
}

/* Forces are the energy's derivative and the tangent theirs, at small, middling and large turns (series and closed forms). */
static void
test_tangent (void)
{
  static const double sizes[] = { 1e-4, 1e-2, 0.1, 0.5, 0.9 };
  WillisRng rng;

  willis_rng_init (&rng, 3, 3);
  for (gsize k = 0; k < G_N_ELEMENTS (sizes); k++)
    for (int n = 0; n < 20; n++)
      {
        WillisFrame a, b;
        double force_error;

        random_pair (&rng, sizes[k], &a, &b);
        /* central differences with 1e-5: about 1e-9 */
        g_assert_cmpfloat (tangent_error (&a, &b, &force_error), <, 1e-7);
        g_assert_cmpfloat (force_error, <, 1e-7);
      }
}

static void
test_log_exp (void)
{
  WillisRng rng;

  willis_rng_init (&rng, 5, 1);
  for (int n = 0; n < 200; n++)
    {
      const WillisFrame a = { { 1, 2, 3 }, { 0.5, 0.5, 0.5, 0.5 } };
      double d[6], e[6];
      WillisFrame b;

      for (int i = 0; i < 6; i++)
        d[i] = willis_rng_normal (&rng) * (n % 2 ? 1.0 : 1e-5);
      willis_frame_exp (&a, d, 1.0, &b);
      willis_frame_log (&a, &b, e);
      if (vec3_norm (d + 3) < 3.1)
        for (int i = 0; i < 6; i++)
          g_assert_cmpfloat (fabs (d[i] - e[i]), <, 1e-11);
    }
}

/* Energy and the size of forces do not change when all is moved together. */
static void
test_objectivity (void)
{
  const double axis[3] = { 1 / sqrt (14.0) * 37 * M_PI / 180, 2 / sqrt (14.0) * 37 * M_PI / 180, 3 / sqrt (14.0) * 37 * M_PI / 180 };
  WillisRng rng;

  willis_rng_init (&rng, 8, 2);
  for (int n = 0; n < 50; n++)
    {
      WillisFrame a, b;
      double turn[4], before;

      random_pair (&rng, 0.5, &a, &b);
      before = willis_rod_element_energy (&sample, &a, &b);
      quat_exp (turn, axis);
      quat_apply (a.r, turn, a.r);
      quat_apply (b.r, turn, b.r);
      quat_mul (a.q, turn, a.q);
      quat_mul (b.q, turn, b.q);
      g_assert_cmpfloat (fabs (willis_rod_element_energy (&sample, &a, &b) - before), <, 1e-12 * (1.0 + before));
    }
}

static WillisRodModel *
bend (int n)
{
  WillisRodModel *model = willis_rod_model_new ();
  const double strain[6] = { 1.0, 0, 0, 0, 0, 0.01 }, none[3] = { 0 }, force[3] = { 0, 0, 600 };
  const double stiff[6] = { 1e7, 5e6, 5e6, 1e7 / 12, 1e7 / 12, 1e7 / 12 };
  WillisFrame start = { { 0, 0, 0 }, { 1, 0, 0, 0 } }, frame;
  double length = 100.0 * M_PI / 4;

  for (int i = 0; i <= n; i++)
    {
      willis_frame_exp (&start, strain, length * i / n, &frame);
      willis_rod_model_add_node (model, &frame);
      if (i > 0)
        willis_rod_model_add_element_as_given (model, i - 1, i, stiff, FALSE);
    }
  willis_rod_model_hold (model, 0, 63);
  willis_rod_model_add_load (model, n, force, none, FALSE);
  g_assert_true (willis_rod_model_finish (model, NULL));
  return model;
}

/* The same bits again, whatever the number of threads. */
static void
test_determinism (void)
{
  static const int threads[] = { 1, 2, 7 };
  g_autoptr (WillisRodModel) model = bend (12);
  g_autofree WillisFrame *first = NULL;

  for (gsize k = 0; k < G_N_ELEMENTS (threads); k++)
    {
      WillisRodPathParams params = WILLIS_ROD_PATH_PARAMS_INIT;
      g_autoptr (WillisRodPath) path = NULL;
      gsize size = sizeof (WillisFrame) * model->n_nodes;

      willis_parallel_set_threads (threads[k]);
      path = willis_rod_path_follow (model, &params, NULL, NULL);
      if (first == NULL)
        first = g_memdup2 (path->last->frames, size);
      g_assert_cmpmem (first, size, path->last->frames, size);
    }
  willis_parallel_set_threads (0);
}

/* At equilibrium under a dead load the tangent is symmetric and supports bear the load. */
static void
test_equilibrium (void)
{
  g_autoptr (WillisRodModel) model = bend (12);
  g_autoptr (WillisRodSolver) solver = willis_rod_solver_new (model);
  WillisRodPathParams params = WILLIS_ROD_PATH_PARAMS_INIT;
  g_autoptr (WillisRodPath) path = willis_rod_path_follow (model, &params, NULL, NULL);
  double worst = 0.0, size = 0.0;

  g_assert_cmpint (path->end, ==, WILLIS_ROD_END_MAX_FACTOR);
  willis_rod_assemble (solver, path->last->frames, 1.0, TRUE, TRUE);
  for (int i = 0; i < model->n_dof; i++)
    for (int j = MAX (0, i - model->bandwidth); j <= i; j++)
      {
        double a = solver->tangent.a[i * solver->tangent.width + j - i + solver->tangent.lower];
        double b = solver->tangent.a[j * solver->tangent.width + i - j + solver->tangent.lower];

        worst = fmax (worst, fabs (a - b));
        size = fmax (size, fabs (a));
      }
  g_assert_cmpfloat (worst, <, 1e-9 * size);
  g_assert_cmpfloat (fabs (solver->node_gradient[0][2] + 600.0), <, 1e-6);
  for (int i = 0; i < model->n_dof; i++)
    g_assert_cmpfloat (fabs (solver->residual[i]), <, 1e-4);
}

/* A cantilever whose halves differ in stiffness: P a^3 / 3 EI2 + 7 P a^3 / 3 EI1. */
static void
test_stepped (void)
{
  g_autoptr (WillisRodModel) model = willis_rod_model_new ();
  const double none[3] = { 0 }, force[3] = { 0, 1e-5, 0 }, ei[2] = { 3.0, 0.5 };
  WillisRodPathParams params = WILLIS_ROD_PATH_PARAMS_INIT;
  g_autoptr (WillisRodPath) path = NULL;
  double exact = 1e-5 * (7.0 / ei[0] + 1.0 / ei[1]) / 3.0;

  for (int i = 0; i <= 8; i++)
    {
      const WillisFrame frame = { { 0.25 * i, 0, 0 }, { 1, 0, 0, 0 } };
      const double e = ei[i > 4], stiff[6] = { 1e6, 1e6, 1e6, e, e, e };

      willis_rod_model_add_node (model, &frame);
      if (i > 0)
        willis_rod_model_add_element_as_given (model, i - 1, i, stiff, FALSE);
    }
  willis_rod_model_hold (model, 0, 63);
  willis_rod_model_add_load (model, 8, force, none, FALSE);
  g_assert_true (willis_rod_model_finish (model, NULL));
  path = willis_rod_path_follow (model, &params, NULL, NULL);
  /* shear and stretching take 1e-6 of it */
  g_assert_cmpfloat (fabs (path->last->frames[8].r[1] - exact), <, 1e-5 * exact);
}

/* A rod that nothing holds is refused with a reason; a cancelled path too. */
static void
test_refusals (void)
{
  g_autoptr (WillisRodModel) model = willis_rod_model_new ();
  g_autoptr (WillisRodModel) held = bend (4);
  const double stiff[6] = { 1e3, 1e3, 1e3, 1, 1, 1 }, force[3] = { 0, 1, 0 }, none[3] = { 0 };
  WillisFrame a = { { 0, 0, 0 }, { 1, 0, 0, 0 } }, b = { { 1, 0, 0 }, { 1, 0, 0, 0 } };
  WillisRodPathParams params = WILLIS_ROD_PATH_PARAMS_INIT;
  WillisProgress progress = WILLIS_PROGRESS_INIT;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  willis_rod_model_add_node (model, &a);
  willis_rod_model_add_node (model, &b);
  willis_rod_model_add_element_as_given (model, 0, 1, stiff, FALSE);
  willis_rod_model_hold (model, 0, 7);
  willis_rod_model_add_load (model, 1, force, none, FALSE);
  g_assert_true (willis_rod_model_finish (model, NULL));
  g_assert_null (willis_rod_path_follow (model, &params, NULL, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_cancellable_cancel (cancellable);
  progress.cancellable = cancellable;
  g_assert_null (willis_rod_path_follow (held, &params, &progress, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rod/log-exp", test_log_exp);
  g_test_add_func ("/rod/tangent", test_tangent);
  g_test_add_func ("/rod/objectivity", test_objectivity);
  g_test_add_func ("/rod/determinism", test_determinism);
  g_test_add_func ("/rod/equilibrium", test_equilibrium);
  g_test_add_func ("/rod/stepped", test_stepped);
  g_test_add_func ("/rod/refusals", test_refusals);
  return g_test_run ();
}
