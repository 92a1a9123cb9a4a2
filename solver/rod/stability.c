/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/num/dense.h"
#include "core/num/rng.h"
#include "solver/rod/equilibrium.h"

#define KRYLOV 48

static double
dot (const double *a, const double *b, int n)
{
  double s = 0.0;

  for (int i = 0; i < n; i++)
    s += a[i] * b[i];
  return s;
}

/* Negative real eigenvalues of K^-1 M by Arnoldi's method: where the loads have no potential, these stand for the negative
 * pivots; each is a motion that runs away without swinging (divergence). Those near zero, which come first as a load
 * grows, are the ones K^-1 M shows best. Flutter, a matter of inertia and damping, is not counted. */
static int
count_by_arnoldi (WillisRodSolver *s)
{
  int n = s->model->n_dof, m = MIN (n, KRYLOV), used = m, count = 0;
  double unit = s->model->stiffness_scale / s->model->length_scale, top = 0.0;
  g_autofree double *v = g_new0 (double, (gsize) (m + 1) * n);
  g_autofree double *h = g_new0 (double, m * m);
  g_autofree double *small = NULL, *re = g_new (double, m), *im = g_new (double, m);
  WillisRng rng;

  willis_rng_init (&rng, 1, 7);
  for (int i = 0; i < n; i++)
    v[i] = willis_rng_normal (&rng);
  for (int j = 0; j < m; j++)
    {
      double *x = v + (gsize) j * n, *y = x + n, norm = sqrt (dot (x, x, n));

      for (int i = 0; i < n; i++)
        {
          x[i] /= norm;
          /* symmetric scaling: M^1/2 K^-1 M^1/2 */
          y[i] = x[i] * sqrt (s->weight[i] * unit);
        }
      willis_band_solve (&s->tangent, y);
      for (int i = 0; i < n; i++)
        y[i] *= sqrt (s->weight[i] * unit);
      for (int pass = 0; pass < 2; pass++)
        for (int k = 0; k <= j; k++)
          {
            double p = dot (v + (gsize) k * n, y, n);

            h[k * m + j] += p;
            for (int i = 0; i < n; i++)
              y[i] -= p * v[(gsize) k * n + i];
          }
      norm = sqrt (dot (y, y, n));
      top = fmax (top, fabs (h[j * m + j]));
      if (j + 1 == m || norm < 1e-13 * top)
        {
          used = j + 1;
          break;
        }
      h[(j + 1) * m + j] = norm;
    }
  small = g_new (double, used * used);
  for (int i = 0; i < used; i++)
    for (int j = 0; j < used; j++)
      small[i * used + j] = h[i * m + j];
  willis_eigen_general (small, used, re, im);
  top = 0.0;
  for (int i = 0; i < used; i++)
    top = fmax (top, hypot (re[i], im[i]));
  s->softest = top > 0.0 ? 1.0 / top : INFINITY;
  for (int i = 0; i < used; i++)
    count += re[i] < -1e-6 * top && fabs (im[i]) < 1e-3 * fabs (re[i]);
  return count;
}

int
willis_rod_unstable_modes (WillisRodSolver *s, const WillisFrame *frames, double factor)
{
  if (s->conservative)
    {
      willis_rod_assemble (s, frames, factor, TRUE, TRUE);
      return willis_band_inertia (&s->tangent, s->count_shift, s->work, NULL);
    }
  willis_rod_factor (s, frames, factor);
  return count_by_arnoldi (s);
}
