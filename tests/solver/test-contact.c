/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/base/error.h"
#include "core/num/rng.h"
#include "solver/contact/contact.h"

static const double origin[3] = { 0, 0, 0 }, along[3] = { 1, 2, 3 }, up[3] = { 0, 0, 1 };

/* Gradient and second derivatives against differences; tolerance from the differences and, for a sampled field, float. */
static void
check_derivatives (const WillisLumen *lumen, const double x[3], double eps, double tolerance)
{
  double g[3], h[9], gp[3], gm[3];

  willis_lumen_sample (lumen, x, g, h);
  for (int k = 0; k < 3; k++)
    {
      double p[3], m[3], fp, fm;

      vec3_copy (p, x);
      vec3_copy (m, x);
      p[k] += eps;
      m[k] -= eps;
      fp = willis_lumen_sample (lumen, p, gp, NULL);
      fm = willis_lumen_sample (lumen, m, gm, NULL);
      g_assert_cmpfloat (fabs ((fp - fm) / (2 * eps) - g[k]), <, tolerance);
      for (int i = 0; i < 3; i++)
        g_assert_cmpfloat (fabs ((gp[i] - gm[i]) / (2 * eps) - h[3 * i + k]), <, 10.0 * tolerance);
    }
}

static void
test_closed_forms (void)
{
  g_autoptr (WillisLumen) tube = willis_lumen_cylinder (origin, along, 2.0);
  g_autoptr (WillisLumen) ring = willis_lumen_torus (origin, along, 6.0, 2.0);
  g_autoptr (WillisLumen) flat = willis_lumen_torus (origin, up, 6.0, 2.0);
  const double on[3] = { 6, 0, 0 }, beside[3] = { 7, 0, 1 };
  WillisRng rng;

  willis_rng_init (&rng, 1, 2);
  for (int n = 0; n < 50; n++)
    {
      double x[3] = { 3.0 + willis_rng_normal (&rng), willis_rng_normal (&rng), 2.0 + willis_rng_normal (&rng) };

      check_derivatives (tube, x, 1e-5, 1e-6);
      check_derivatives (ring, x, 1e-5, 1e-6);
    }
  g_assert_cmpfloat (fabs (willis_lumen_sample (flat, on, NULL, NULL) - 2.0), <, 1e-12);
  g_assert_cmpfloat (fabs (willis_lumen_sample (flat, beside, NULL, NULL) - (2.0 - sqrt (2.0))), <, 1e-12);
}

/* Every voxel of a tangled line with uneven radii holds the largest radius less distance over its segments, near and far. */
static void
test_line (void)
{
  const double voxel = 0.3;
  double points[3 * 40], radius[40], lo[3] = { INFINITY, INFINITY, INFINITY }, worst = 0.0;
  WillisRng rng;
  g_autoptr (WillisLumen) lumen = NULL;

  willis_rng_init (&rng, 3, 7);
  for (int i = 0; i < 40; i++)
    {
      radius[i] = 0.5 + willis_rng_uniform (&rng);
      for (int k = 0; k < 3; k++)
        {
          points[3 * i + k] = (i > 0 ? points[3 * i - 3 + k] : 0.0) + willis_rng_normal (&rng);
          lo[k] = MIN (lo[k], points[3 * i + k] - radius[i] - 4.0 * voxel);
        }
    }
  lumen = willis_lumen_line (points, radius, 40, TRUE, voxel, NULL);
  for (int n = 0; n < 4000; n++)
    {
      double x[3], best = -INFINITY;

      for (int k = 0; k < 3; k++)
        x[k] = lo[k] + voxel * (2 + (int) (20.0 * willis_rng_uniform (&rng)));
      for (int i = 0; i < 40; i++)
        {
          const double *a = points + 3 * i, *b = points + 3 * ((i + 1) % 40);
          double ab[3], ax[3], c[3], t;

          vec3_sub (ab, b, a);
          vec3_sub (ax, x, a);
          t = CLAMP (vec3_dot (ab, ax) / vec3_norm2 (ab), 0.0, 1.0);
          vec3_axpy (c, a, t, ab);
          best = fmax (best, (1.0 - t) * radius[i] + t * radius[(i + 1) % 40] - vec3_dist (x, c));
        }
      worst = fmax (worst, fabs (willis_lumen_sample (lumen, x, NULL, NULL) - best));
    }
  g_test_message ("largest difference at voxels: %.2g mm", worst);
  g_assert_cmpfloat (worst, <, 1e-5);
}

/* A straight line sampled on voxels is the tube of the closed form. */
static void
test_sampled (void)
{
  const double points[6] = { -5, 0, 0, 15, 0, 0 }, radius[2] = { 2, 2 }, to[3] = { 1, 0, 0 };
  g_autoptr (WillisLumen) sampled = willis_lumen_line (points, radius, 2, FALSE, 0.2, NULL);
  g_autoptr (WillisLumen) exact = willis_lumen_cylinder (origin, to, 2.0);
  WillisRng rng;

  willis_rng_init (&rng, 4, 4);
  g_assert_nonnull (sampled);
  for (int n = 0; n < 200; n++)
    {
      double a = 2 * M_PI * willis_rng_uniform (&rng), r = 0.8 + 1.2 * willis_rng_uniform (&rng);
      double x[3] = { 10.0 * willis_rng_uniform (&rng), r * cos (a), r * sin (a) }, g[3], h[3];
      double d = willis_lumen_sample (sampled, x, g, NULL), e = willis_lumen_sample (exact, x, h, NULL);

      /* a quadratic spline over voxels of a tenth of the radius: a few thousandths of a voxel near the wall */
      g_assert_cmpfloat (fabs (d - e), <, 1e-3);
      g_assert_cmpfloat (vec3_dist (g, h), <, 2e-2);
      if (n % 20 == 0)
        check_derivatives (sampled, x, 1e-3, 2e-3);
    }
}

/* A slanted tube as a label map of unequal voxels: the wall is where it was. */
static void
test_labels (void)
{
  const int dims[3] = { 60, 50, 40 };
  const double spacing[3] = { 0.4, 0.4, 0.5 }, at[3] = { -12, -10, -10 }, to[3] = { 1, 0.3, 0.2 }, none[3] = { 0, 0, 0 };
  const WillisGrid grid = willis_grid_new (dims, spacing, at);
  g_autoptr (WillisVolume) labels = willis_volume_new (&grid, WILLIS_SCALAR_U8, NULL);
  g_autoptr (WillisLumen) exact = willis_lumen_cylinder (none, to, 1.7);
  g_autoptr (WillisLumen) made = NULL;
  GError *error = NULL;
  guint8 *out = willis_volume_voxels_rw (labels);
  double mean = 0.0, worst = 0.0, t[3], u[3], v[3];
  int n = 0;

  for (int k = 0; k < dims[2]; k++)
    for (int j = 0; j < dims[1]; j++)
      for (int i = 0; i < dims[0]; i++)
        {
          double ijk[3] = { i, j, k }, x[3];

          willis_grid_ijk_to_lps (&grid, ijk, x);
          *out++ = willis_lumen_sample (exact, x, NULL, NULL) > 0.0 ? 7 : 2;
        }
  made = willis_lumen_from_labels (labels, 7, NULL, &error);
  g_assert_no_error (error);
  vec3_copy (t, to);
  vec3_normalize (t);
  vec3_basis (t, u, v);
  for (double s = -6.0; s < 6.0; s += 0.37)
    for (double a = 0.0; a < 6.2; a += 0.29, n++)
      {
        double x[3], d;

        for (int k = 0; k < 3; k++)
          x[k] = s * t[k] + 1.7 * (cos (a) * u[k] + sin (a) * v[k]);
        d = willis_lumen_sample (made, x, NULL, NULL);
        mean += d;
        worst = fmax (worst, fabs (d));
      }
  g_test_message ("wall of a label map: mean %.4f mm, worst %.4f mm", mean / n, worst);
  g_assert_cmpfloat (fabs (mean / n), <, 0.04);
  g_assert_cmpfloat (worst, <, 0.25);
  g_assert_null (willis_lumen_from_labels (labels, 9, NULL, &error));
  g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_BAD_INPUT);
  g_clear_error (&error);
}

static WillisRodModel *
short_rod (void)
{
  WillisRodModel *model = willis_rod_model_new ();
  const double stiff[6] = { 1e3, 1e3, 1e3, 1, 1, 1 }, strain[6] = { 1, 0, 0, 0, 0.1, 0.2 };
  const WillisFrame start = { { 0, 0.9, 0.2 }, { 1, 0, 0, 0 } };
  WillisFrame frame;

  for (int i = 0; i < 4; i++)
    {
      willis_frame_exp (&start, strain, 0.5 * i, &frame);
      willis_rod_model_add_node (model, &frame);
      if (i > 0)
        willis_rod_model_add_element_as_given (model, i - 1, i, stiff, FALSE);
    }
  return model;
}

typedef struct
{
  double k[24][24];
} Dense;

static void
add_dense (gpointer user, int a, int b, const double block[36])
{
  Dense *d = user;

  for (int i = 0; i < 36; i++)
    d->k[6 * a + i / 6][6 * b + i % 6] += block[i];
}

/* Contact forces are the derivative of its energy (no friction), and its tangent theirs, middles of elements included; with
 * friction the tangent still is. */
static void
check_field (double friction, double stiffness)
{
  const double to[3] = { 1, 0, 0 };
  g_autoptr (WillisRodModel) model = short_rod ();
  g_autoptr (WillisLumen) tube = willis_lumen_cylinder (origin, to, 1.2);
  WillisContactParams params = { 0.25, friction, stiffness, 0.05, TRUE };
  g_autoptr (WillisContact) contact = willis_contact_new (model, tube, &params);
  WillisRodField field = willis_contact_field (contact);
  g_autofree WillisFrame *frames = g_memdup2 (model->start, sizeof (WillisFrame) * 4);
  double g[4][6] = { 0 }, size = 0.0;
  g_autofree Dense *dense = g_new0 (Dense, 1);

  for (int n = 0; n < 4 && friction > 0.0; n++)
    frames[n].r[0] += 1e-3 * (n + 1);
  field.eval (contact, frames, g, add_dense, dense);
  for (int i = 0; i < 576; i++)
    size = fmax (size, fabs (dense->k[i / 24][i % 24]));
  g_assert_cmpfloat (size, >, 1.0);
  for (int j = 0; j < 24; j++)
    {
      const double eps = 1e-6;
      double gp[4][6] = { 0 }, gm[4][6] = { 0 }, h[6] = { 0 }, ep, em;
      WillisFrame keep = frames[j / 6];

      h[j % 6] = eps;
      willis_frame_move (&frames[j / 6], h);
      ep = field.eval (contact, frames, gp, NULL, NULL);
      frames[j / 6] = keep;
      h[j % 6] = -eps;
      willis_frame_move (&frames[j / 6], h);
      em = field.eval (contact, frames, gm, NULL, NULL);
      frames[j / 6] = keep;
      if (friction == 0.0)
        g_assert_cmpfloat (fabs ((ep - em) / (2 * eps) - g[j / 6][j % 6]), <, 1e-6 * size);
      for (int i = 0; i < 24; i++)
        g_assert_cmpfloat (fabs ((gp[i / 6][i % 6] - gm[i / 6][i % 6]) / (2 * eps) - dense->k[i][j]), <,
                           friction > 0.0 ? 2e-2 * size : 1e-6 * size);
    }
}

static void
test_field (void)
{
  check_field (0.0, 0.0);
  check_field (0.0, 50.0);
  /* the tangent leaves out how the wall's normal turns under the friction spring: 2 % is allowed, the direction is Newton's */
  check_field (0.2, 0.0);
}

/* The energy of contact is the same when the scene is turned by 37 degrees about (1, 2, 3). */
static void
test_objectivity (void)
{
  const double angle = 37 * M_PI / 180 / sqrt (14.0), axis[3] = { angle, 2 * angle, 3 * angle }, to[3] = { 1, 0, 0 };
  g_autoptr (WillisRodModel) model = short_rod ();
  g_autoptr (WillisLumen) tube = willis_lumen_cylinder (origin, to, 1.2);
  g_autoptr (WillisLumen) turned_tube = NULL;
  WillisContactParams params = WILLIS_CONTACT_PARAMS_INIT;
  g_autoptr (WillisContact) contact = willis_contact_new (model, tube, &params);
  g_autoptr (WillisContact) turned = NULL;
  double turn[4], direction[3], a, b;

  a = willis_contact_field (contact).eval (contact, model->start, NULL, NULL, NULL);
  quat_exp (turn, axis);
  quat_apply (direction, turn, to);
  for (int n = 0; n < 4; n++)
    {
      quat_apply (model->start[n].r, turn, model->start[n].r);
      quat_mul (model->start[n].q, turn, model->start[n].q);
    }
  turned_tube = willis_lumen_cylinder (origin, direction, 1.2);
  turned = willis_contact_new (model, turned_tube, &params);
  b = willis_contact_field (turned).eval (turned, model->start, NULL, NULL, NULL);
  g_assert_cmpfloat (a, >, 0.0);
  g_assert_cmpfloat (fabs (a - b), <, 1e-11 * a);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/contact/closed-forms", test_closed_forms);
  g_test_add_func ("/contact/sampled", test_sampled);
  g_test_add_func ("/contact/line", test_line);
  g_test_add_func ("/contact/labels", test_labels);
  g_test_add_func ("/contact/field", test_field);
  g_test_add_func ("/contact/objectivity", test_objectivity);
  return g_test_run ();
}
